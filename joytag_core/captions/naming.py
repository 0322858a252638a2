"""Where does each picture's caption go, and which pictures would share one?"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import SettingError
from ..pictures.formats import SUFFIXES
from .score_store import DATABASE_NAME

DEFAULT_TEMPLATE = "[name].[output_extension]"

_FIELD = re.compile(r"\[([a-z_]+)(?::(\w+))?\]")
_FIELDS = ("name", "extension", "output_extension", "hash")
_FOLDER_TRIGGER = re.compile(r"\d+_(.*\S)\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptionNames:
    """Name caption files: beside the pictures, or in a mirrored tree below `output_folder`.

    `template` may hold `[name]`, `[extension]` (the picture's), `[output_extension]` and `[hash:ALGORITHM]` (of the
    picture's bytes), as in the WD14 tagger's extension.
    """

    template: str = DEFAULT_TEMPLATE
    extension: str = "txt"
    output_folder: Path | None = None

    def __post_init__(self) -> None:
        """Check the template.

        Raises:
            SettingError: it has an unknown field or algorithm, or no field that tells pictures apart.
        """
        fields = _FIELD.findall(self.template)
        unknown = [name for name, _ in fields if name not in _FIELDS]
        if unknown:
            raise SettingError(f"name template field [{unknown[0]}] is unknown; expected one of {', '.join(_FIELDS)}")
        if not {"name", "hash"} & {name for name, _ in fields}:
            raise SettingError(f"name template {self.template!r} has neither [name] nor [hash:...]: all would be one")
        if "/" in self.template or "\\" in self.template:
            raise SettingError(f"name template {self.template!r} is no plain file name; folders are --output-folder's")
        for name, algorithm in fields:
            fixed = hashlib.algorithms_guaranteed - {"shake_128", "shake_256"}
            if name == "hash" and algorithm not in fixed:
                raise SettingError(f"hash {algorithm!r} is unknown; expected one of {', '.join(sorted(fixed))}")

    def path_for(self, picture: Path, root: Path) -> Path:
        """Return the caption's path for a picture below a root; raises OSError where its bytes are to be hashed.

        Raises:
            SettingError: that is a picture's name, or the score database's.
        """
        name = _FIELD.sub(lambda field: self._filled(field, picture), self.template)
        refuse_picture(name, "caption")
        if self.output_folder is None:
            return picture.parent / name
        try:
            below = picture.parent.relative_to(root)
        except ValueError:
            below = Path()
        return self.output_folder / below / name

    def _filled(self, field: re.Match[str], picture: Path) -> str:
        if field[1] == "name":
            return picture.stem
        if field[1] == "extension":
            return picture.suffix[1:]
        if field[1] == "output_extension":
            return self.extension.lstrip(".")
        return hashlib.new(field[2], picture.read_bytes()).hexdigest()


def refuse_picture(name: str | os.PathLike[str], what: str) -> None:
    """Refuse to write over a picture, or over kept scores.

    Raises:
        SettingError: the name is that of a picture file, or of the score database.
    """
    path = Path(name)
    is_picture = path.suffix.lower() in SUFFIXES
    if is_picture or path.name == DATABASE_NAME:
        whose = "a picture" if is_picture else "the kept scores"
        raise SettingError(f"{path}: a {what} would have the name of {whose}; take another extension or name")


def find_twins(named: Iterable[tuple[Path, Path]]) -> Iterator[tuple[Path, Path]]:
    """Yield a caption's path and a picture for each picture that comes second to a caption, of (picture, caption)s.

    What is remembered is a hash of each caption's path: a million pictures take some 60 MB.
    """
    seen: set[int] = set()
    for picture, caption in named:
        key = hash(os.path.normcase(caption))
        if key in seen:
            yield caption, picture
        seen.add(key)


def folder_trigger(picture: Path) -> str:
    """Return the trigger words in the name of a picture's folder, such as `mychar` in `10_mychar`; else nothing."""
    match = _FOLDER_TRIGGER.fullmatch(picture.parent.name)
    return match[1] if match else ""
