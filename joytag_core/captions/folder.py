"""How is a folder of pictures captioned, without ever losing work?"""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import CaptionError, PictureError, UnreadablePictureError
from ..pictures.folders import Report, find_pictures
from ..pictures.reading import Reading
from ..settings.interrogation import Interrogation
from .composing import Composer, check_floor
from .fingerprints import text_digest
from .lazy_model import LazyModel
from .listing import Listing
from .options import CaptionOptions
from .outputs import Change, FileOutput, Output, Plan, is_own
from .paths import checked_paths
from .score_store import ScoreStore
from .scoring import Found, Result, Scorer
from .summary import CaptionSummary, shown
from .tables import TableOutput

if TYPE_CHECKING:
    from ..host.protocol import Host, Progress

_FULL_OR_LOCKED = (errno.ENOSPC, errno.EROFS, errno.EDQUOT)
"""What no other file of the run would escape."""

Paths = Iterable[str | os.PathLike[str]]


def caption_folder(
    paths: str | os.PathLike[str] | Paths,
    *,
    model: str | os.PathLike[str] | LazyModel = "joytag",
    settings: Mapping[str, Any] | None = None,
    host: Host | None = None,
    lists_folder: str | os.PathLike[str] | None = None,
    on_change: Callable[[Change], None] | None = None,
    **options: Any,
) -> CaptionSummary:
    """Caption pictures and folders; return what was done.

    `settings` are those of `settings/parameters.py`, `options` the fields of `CaptionOptions`. `host` shows progress
    and may cancel; `on_change` is told each caption that is made.

    Raises:
        SettingError: a setting or option is out of range; as RuleError: a rule is malformed.
        UnreadablePictureError: no picture is there at all.
        CaptionError: the captions cannot be written at all (disk full, read-only).
        ScoreStoreError: the score database cannot be used.
        ModelError: the model cannot be used. Whatever the host raises to cancel.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    run = CaptionRun(
        given, CaptionOptions(**options), model=model, settings=settings or {}, host=host, lists_folder=lists_folder
    )
    run.run(on_change)
    return run.summary


class CaptionRun:
    """Run one captioning; `summary` tells how far it came, also after an interruption."""

    def __init__(
        self,
        paths: Paths,
        options: CaptionOptions,
        *,
        model: str | os.PathLike[str] | LazyModel = "joytag",
        settings: Mapping[str, Any] | None = None,
        host: Host | None = None,
        lists_folder: str | os.PathLike[str] | None = None,
    ) -> None:
        """Check everything that can be wrong before any work; raises as `caption_folder`."""
        if host is None:
            from ..host.local import LocalHost

            host = LocalHost()
        self.options = options
        self.summary = CaptionSummary(is_dry=options.dry_run)
        self._host = host
        self._paths = checked_paths(paths)
        self._table = options.table_in(self.folder)
        settings = {"target": "caption", **(settings or {})}
        interrogation = Interrogation.from_settings(settings, lists_folder=lists_folder)
        self._reading = Reading.from_settings(settings)
        if options.keep_scores:
            check_floor(interrogation)
        self._model = model if isinstance(model, LazyModel) else LazyModel.find(model, host)
        self._composer = Composer(
            interrogation=interrogation,
            vocabulary=self._model.vocabulary,
            how="overwrite" if options.existing == "skip" else options.existing,
            triggers=tuple(options.triggers),
            folder_triggers=options.folder_triggers,
            keep_separator=options.keep_separator,
        )

    def run(self, on_change: Callable[[Change], None] | None = None) -> None:
        """Caption all; raises as `caption_folder`."""
        started = time.monotonic()
        with ExitStack() as stack:
            store = self._open_store(stack)
            scorer = Scorer(
                self._model, store, reading=self._reading, threads=self.options.threads,
                batch_size=self.options.batch_size, computes_ahead=self.options.computes_ahead,
                check_cancelled=self._host.check_cancelled,
            )  # fmt: skip
            output = self._output()
            listing = Listing(
                self._plans,
                with_twins=isinstance(output, FileOutput),
                sweep=isinstance(output, FileOutput) and not self.options.dry_run,
            )
            stack.callback(listing.stop)
            try:
                self._caption_all(scorer, store, output, listing, on_change)
                if not self.options.dry_run:
                    output.finish()
                self.summary.is_complete = True
            finally:
                output.abandon()
                self.summary.scored = scorer.newly_scored
                self.summary.seconds = time.monotonic() - started

    @property
    def folder(self) -> Path:
        """Return where the run's own files go unless another place is named."""
        first = self._paths[0]
        return self.options.output_folder or (first if first.is_dir() else first.parent)

    def _open_store(self, stack: ExitStack) -> ScoreStore | None:
        if not self.options.keep_scores:
            if not self.options.needs_two_passes:
                return None
            # The second pass needs what the first one scored.
            return stack.enter_context(ScoreStore(stack.enter_context(tempfile.TemporaryDirectory(prefix="joytag-"))))
        place = self.options.scores or self.folder
        if self.options.scores is None:
            try:
                place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CaptionError(f"{place}: the folder cannot be made: {error.strerror}") from error
        return stack.enter_context(ScoreStore(place))

    def _output(self) -> Output:
        form = self.options.format
        if self._table is not None:
            return TableOutput(self._table, form)
        loses_words = self.options.own or self.options.existing == "overwrite"
        return FileOutput(as_xmp=form == "xmp", backup=self.options.backup, leaves_new=loses_words)

    def _plans(self, report: Report = lambda error: None) -> Iterator[Plan]:
        names, table = self.options.names, self._table
        for root in self._paths:
            below = root if root.is_dir() else root.parent
            for picture in find_pictures([root], recursive=self.options.recursive, report=report):
                yield Plan(picture, table or names.path_for(picture, below))

    def _caption_all(
        self,
        scorer: Scorer,
        store: ScoreStore | None,
        output: Output,
        listing: Listing,
        on_change: Callable[[Change], None] | None,
    ) -> None:
        if self.options.needs_two_passes:
            self._composer = replace(self._composer, allowed=self._common_tags(scorer, listing))
        progress: Progress | None = None
        for batch in scorer.scored(self._due(output, store), lambda plan: plan.picture):
            if progress is None:
                self._tell_twins(listing)
                progress = self._host.progress(total=listing.total, label="caption")
            changes = list(self._changes(batch, output, listing))
            self._write(changes, output, store)
            for change in changes:
                if on_change is not None:
                    on_change(change)
            self.summary.pictures += len(batch)
            progress.update(self.summary.pictures)
        if progress is None:  # all were skipped, or there is none
            self._tell_twins(listing)

    def _common_tags(self, scorer: Scorer, listing: Listing) -> Any:
        """Return which tags are on as large a share of the pictures as was asked for, [T] of booleans."""
        counts = np.zeros(len(self._model.vocabulary), dtype=np.int64)
        pictures = done = 0
        progress: Progress | None = None
        for batch in scorer.scored(self._plans(), lambda plan: plan.picture):
            if progress is None:
                listing.wait()
                progress = self._host.progress(total=listing.total, label="score")
            for _, found in batch:
                if isinstance(found, Found):
                    counts[self._composer.chosen(found.scores)] += 1
                    pictures += 1
            done += len(batch)
            progress.update(done)
        shares = counts / max(pictures, 1)
        return (shares >= self.options.min_share) & (shares <= self.options.max_share)

    def _tell_twins(self, listing: Listing) -> None:
        """Wait for the list of all pictures: nothing is written before twins are known."""
        listing.wait()
        if not listing.total:
            raise UnreadablePictureError(self.summary.failed[0][1])
        self.summary.twins = [(shown(picture), shown(caption)) for picture, caption in listing.twins.items()]
        if self.summary.twins and self.options.on_twins is not None:
            self.options.on_twins(self.summary.twins)

    def _due(self, output: Output, store: ScoreStore | None) -> Iterator[Plan]:
        """Yield the pictures whose captions are to be made, and count the others as skipped."""
        for plan in (planned.as_seen() for planned in self._plans(self._tell_folder)):
            try:
                is_due = self._is_due(plan, output, store)
            except CaptionError as error:
                self._fail(plan, str(error))
                self.summary.pictures += 1
                continue
            if is_due:
                yield plan
            else:
                output.keep(plan)
                self.summary.skipped += 1
                self.summary.pictures += 1

    def _is_due(self, plan: Plan, output: Output, store: ScoreStore | None) -> bool:
        if self.options.own and store is not None:
            return not output.is_there(plan) or is_own(plan, store.wrote_caption)
        return self.options.existing != "skip" or not output.is_there(plan)

    def _changes(self, batch: list[tuple[Plan, Result]], output: Output, listing: Listing) -> Iterator[Change]:
        for plan, found in batch:
            if plan.picture in listing.twins:
                continue
            if isinstance(found, PictureError):
                self._fail(plan, str(found))
                continue
            try:
                change = output.change(plan, self._composer, found)
            except CaptionError as error:
                self._fail(plan, str(error))
                continue
            if change.before is not None and self.options.existing == "skip" and not self.options.own:
                self.summary.skipped += 1  # it came while the picture was scored
            else:
                yield change

    def _write(self, changes: list[Change], output: Output, store: ScoreStore | None) -> None:
        """Note the captions as JoyTag's own, then write them: after a kill in between they are made again."""
        needed = [change for change in changes if change.is_needed]
        if not self.options.dry_run:
            if store is not None and self.options.keep_scores and needed and isinstance(output, FileOutput):
                own = [change for change in needed if self._is_all_ours(change, store)]
                store.note_captions([(change.plan.target, text_digest(change.content)) for change in own])
            for change in changes:
                if change.is_needed or not isinstance(output, FileOutput):
                    self._write_one(change, output)
        failed = {path for path, _ in self.summary.failed}
        for change in changes:
            if shown(change.plan.picture) in failed:
                continue
            self.summary.written += change.is_needed
            self.summary.unchanged += not change.is_needed
            self.summary.empty += change.is_needed and not change.after
            self.summary.tags += change.after.count(",") + 1 if change.after else 0

    def _is_all_ours(self, change: Change, store: ScoreStore) -> bool:
        """Say whether no word of a caption is a person's: words that were merged with JoyTag's stay theirs."""
        if change.original is None or self._composer.how == "overwrite":
            return True
        return store.wrote_caption(change.plan.target, text_digest(change.original))

    def _write_one(self, change: Change, output: Output) -> None:
        try:
            output.write(change)
        except CaptionError as error:
            cause = error.__cause__
            if isinstance(cause, OSError) and cause.errno in _FULL_OR_LOCKED:
                raise
            self._fail(change.plan, str(error))

    def _tell_folder(self, error: UnreadablePictureError) -> None:
        self.summary.failed.append((shown(error.path or ""), shown(str(error))))

    def _fail(self, plan: Plan, reason: str) -> None:
        self.summary.failed.append((shown(plan.picture), shown(reason)))
