"""How is a folder of pictures listed or captioned from the page, while others can generate?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from joytag_core.captions.combining import EXISTING
from joytag_core.errors import CancelledError, SettingError
from joytag_core.host.protocol import Progress

from .host import WebUIHost
from .rules import lists_folder
from .settings import TARGET
from .tagging import cancellable, checked_model, ensure_installed, in_queue, outside_inference_mode, session, tagger

if TYPE_CHECKING:
    from torch import Tensor

    from joytag_core.captions.outputs import Change
    from joytag_core.captions.summary import CaptionSummary

LIST_ONLY = "list only"
CAPTIONS = (LIST_ONLY, *EXISTING)
"""What becomes of caption files: none is written, or what is done with one that is there."""
_THREADS = 2
_APART = "[name].[extension].[output_extension]"
"""No two pictures share this name; where nothing is written, they need not."""

Report = Callable[[int, int], None]
"""Told how many pictures of how many are done."""


@dataclass
class FolderResult:
    """Hold pictures' names with their tags, those that failed with the reason, and what was done in one line."""

    tagged: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    said: str = ""


def run_folder(
    paths: Sequence[Path],
    settings: Mapping[str, Any],
    *,
    captions: str = LIST_ONLY,
    triggers: str = "",
    recursive: bool = False,
    report: Report = lambda done, total: None,
) -> FolderResult:
    """Tag pictures or folders of pictures, and write caption files if asked; an interrupted run tells how far it came.

    The queue is held for one picture at a time, and not while a file is read.

    Raises:
        JoyTagError: a setting is wrong, there is no picture, or the model or the folder cannot be used.
    """
    from joytag_core.captions.folder import CaptionRun
    from joytag_core.captions.lazy_model import LazyModel

    if captions not in CAPTIONS:
        raise SettingError(f"caption files: {captions!r} is unknown; expected one of {', '.join(CAPTIONS)}")
    model = checked_model(settings["model"])
    ensure_installed(model)
    result = FolderResult()
    with cancellable() as cancelled:
        host = _FolderHost(cancelled, report)
        run = CaptionRun(
            paths,
            _options(captions, triggers, recursive=recursive),
            model=LazyModel.find(model, host, load=lambda: _QueuedTagger(model)),  # type: ignore[arg-type,return-value]
            settings={**settings, "target": TARGET if captions == LIST_ONLY else "caption"},
            host=host,
            lists_folder=lists_folder(),
        )
        try:
            run.run(lambda change: result.tagged.append(_row(change)))
        except CancelledError:
            result.said = "interrupted: "
    _tell(run.summary, result, is_listing=captions == LIST_ONLY)
    return result


def _options(captions: str, triggers: str, *, recursive: bool) -> Any:
    from joytag_core.captions.options import CaptionOptions

    words = tuple(word for line in triggers.splitlines() for word in line.split(","))
    if captions == LIST_ONLY:
        return CaptionOptions(
            recursive=recursive, dry_run=True, existing="overwrite", keep_scores=False, name_template=_APART,
            triggers=words, threads=_THREADS, computes_ahead=False,
        )  # fmt: skip
    return CaptionOptions(
        recursive=recursive, existing=captions, triggers=words, threads=_THREADS, computes_ahead=False
    )


def _row(change: Change) -> tuple[str, str]:
    return change.plan.picture.name, change.after


def _tell(summary: CaptionSummary, result: FolderResult, *, is_listing: bool) -> None:
    result.failed += [(Path(path).name, reason.removeprefix(f"{path}: ")) for path, reason in summary.failed]
    result.failed += [(Path(path).name, f"shares its caption file: {caption}") for path, caption in summary.twins]
    done = len(result.tagged)
    failed = f", {len(result.failed)} failed" if result.failed else ""
    result.said += f"{done} tagged{failed}" if is_listing else summary.lines()[-1]


class _QueuedTagger:
    """Stand for the session's tagger, whose every use waits for the WebUI's queue."""

    batch_size = 1

    def __init__(self, model: str) -> None:
        self._model = model

    def score_pixels(self, pixels: Tensor) -> Any:
        with in_queue(), outside_inference_mode():
            found = tagger(self._model).score_pixels(pixels)
            session().host.check_cancelled()  # before the queue, and what was pressed meanwhile, is given back
            return found


class _FolderHost(WebUIHost):
    """Be the host of work that goes on outside the queue too."""

    def __init__(self, cancelled: threading.Event, report: Report) -> None:
        super().__init__()
        self._cancelled = cancelled
        self._report = report

    def progress(self, *, total: int, label: str) -> Progress:
        return _Reported(total, self._report)

    def check_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise CancelledError("JoyTag was interrupted.")


class _Reported:
    def __init__(self, total: int, report: Report) -> None:
        self._total = total
        self._report = report

    def update(self, done: int) -> None:
        self._report(done, self._total)
