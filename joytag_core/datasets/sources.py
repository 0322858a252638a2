"""Which pictures and captions lie in a folder, and what do they score?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..captions.caption_files import caption_text, is_text, read_caption
from ..captions.lazy_model import LazyModel
from ..captions.score_store import ScoreStore
from ..captions.scoring import Result, Scorer
from ..errors import UnreadablePictureError
from ..pictures.folders import Report, find_pictures
from ..pictures.reading import Reading
from ..prompts.merging import tag_names

if TYPE_CHECKING:
    from ..host.protocol import Host, Progress
    from ..tags.vocabulary import Vocabulary

_EXACT = Reading()


@dataclass(frozen=True, slots=True)
class Captioned:
    """Pair a picture with its caption's text, None where it has none."""

    picture: Path
    caption: str | None


def captioned_pictures(
    folders: Iterable[str | os.PathLike[str]],
    *,
    recursive: bool = True,
    extension: str = "txt",
    report: Report | None = None,
) -> Iterator[Captioned]:
    """Yield the pictures of folders with their captions; raises as `find_pictures`, and CaptionError.

    A file that is no text is no caption, and told as a picture is that cannot be read.
    """
    for picture in find_pictures(folders, recursive=recursive, report=report):
        path = picture.with_suffix(f".{extension.lstrip('.')}")
        content = read_caption(path)
        text = None if content is None else caption_text(content)
        if text is not None and not is_text(text):
            error = UnreadablePictureError(f"{path}: this is no caption: it holds no text", path=path)
            if report is None:
                raise error
            report(error)
            text = None
        yield Captioned(picture, text)


def caption_tags(text: str, vocabulary: Vocabulary) -> list[str]:
    """Return the tags of a caption as they are written, sentences left out."""
    return [name.strip() for name in tag_names(text, target="caption", vocabulary=vocabulary) if name.strip()]


def scored(
    captioned: Iterable[Captioned],
    *,
    model: LazyModel,
    host: Host,
    reading: Reading = _EXACT,
    scores: Path | None = None,
    threads: int | None = None,
    batch_size: int | None = None,
    total: int = 0,
) -> Iterator[tuple[Captioned, Result]]:
    """Yield captioned pictures with their scores, kept in the database `scores` if given; raises as `Scorer`."""
    with ExitStack() as stack:
        store = None if scores is None else stack.enter_context(ScoreStore(scores))
        scorer = Scorer(
            model, store, reading=reading, threads=threads, batch_size=batch_size,
            check_cancelled=host.check_cancelled,
        )  # fmt: skip
        progress: Progress = host.progress(total=total, label="score")
        done = 0
        path_of: Callable[[Captioned], Path] = lambda one: one.picture  # noqa: E731
        for batch in scorer.scored(captioned, path_of):
            yield from batch
            done += len(batch)
            progress.update(done)
