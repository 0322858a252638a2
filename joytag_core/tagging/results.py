"""How do the results of many pictures become a list, or the error of the first that has none?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ..errors import PictureError
from ..pictures.inputs import Pictures, count_pictures
from ..pictures.reading import Reading

_Result = TypeVar("_Result")


def all_of(results: Iterable[_Result | PictureError], pictures: Pictures, reading: Reading) -> list[_Result]:
    """Return the results, one a picture; raise the error of the first that has none."""
    done: list[_Result] = []
    for result in results:
        if isinstance(result, PictureError):
            raise _with_place(result, len(done) + 1, count_pictures(pictures, reading=reading))
        done.append(result)
    return done


def _with_place(error: PictureError, number: int, count: int | None) -> PictureError:
    if count == 1:
        return error
    of_many = "" if count is None else f" of {count}"
    return type(error)(f"picture {number}{of_many}: {error}", path=error.path)
