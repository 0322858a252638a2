"""How is a shard of pictures captioned: one table out, whole or not at all?

A table takes its place whole, then a mark says that the shard is done; a rerun does what has no mark. So the same work
may be divided among any number of processes and machines.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CaptionError, PictureError, SettingError
from ..tags.scores import TagScores
from .addresses import Place
from .composing import Composer
from .fingerprints import text_digest
from .own_files import refuse_foreign_table
from .packing import FLOOR
from .scoring import Result, Scorer
from .shard_names import shard_name
from .shard_sources import Sample, samples_of
from .shard_tables import COLUMNS, SHARD_FORMATS, make_shard_table


@dataclass(frozen=True, slots=True)
class ShardResult:
    """Say what became of a shard: its number of pictures and of those that failed."""

    shard: str
    pictures: int = 0
    failed: int = 0
    was_done: bool = False


class ShardCaptioner:
    """Caption shards, a table each."""

    def __init__(
        self,
        scorer: Scorer,
        composer: Composer,
        place: Place,
        *,
        form: str = "jsonl",
        settings: Any = None,
        image_column: str = "image",
    ) -> None:
        """Take what scores and composes, where tables go, their format, and the settings that marks remember.

        `image_column` holds the pictures of shards that are tables.

        Raises:
            SettingError: the format is unknown, or its library is not there.
        """
        if form not in SHARD_FORMATS:
            raise SettingError(f"format {form!r} is none for shards; expected one of {', '.join(SHARD_FORMATS)}")
        self._scorer = scorer
        self._composer = composer
        self._place = place
        self._form = form
        self._settings = text_digest(json.dumps(settings, sort_keys=True, default=str).encode()).hex()
        self._image_column = image_column

    def caption(self, shard: str, *, again: bool = False) -> ShardResult:
        """Write a shard's table and mark, unless the mark is there; `again` does it anyway.

        Raises:
            CaptionError: the shard cannot be read to its end, the table cannot be written, or the mark that is there
                was made with other settings.
        """
        name = shard_name(shard)
        try:
            done = None if again else self._place.read(f"{name}.done")
            if done is not None:
                return self._checked(shard, done)
            table = f"{name}.{self._form}"
            self._check_table(table)
            with self._place.writing(table) as temporary:
                result = self._write_table(shard, temporary)
            mark = {
                "pictures": result.pictures, "failed": result.failed, "settings": self._settings, "format": self._form,
            }  # fmt: skip
            self._place.write(f"{name}.done", (json.dumps(mark) + "\n").encode())
        except OSError as error:
            if isinstance(error, CaptionError):
                raise
            raise CaptionError(f"{shard}: its table cannot be written: {error.strerror or error}") from error
        return result

    def _check_table(self, name: str) -> None:
        """Refuse to replace what JoyTag did not write: the shard itself may lie there, under the table's name."""
        with suppress(FileNotFoundError), self._place.opened(name) as file:
            refuse_foreign_table(file, name, "table", form=self._form, columns=list(COLUMNS))

    def _write_table(self, shard: str, path: Path) -> ShardResult:
        pictures = failed = 0
        table = make_shard_table(self._form, path)
        try:
            samples = samples_of(shard, image_column=self._image_column)
            for batch in self._scorer.scored_contents(samples, lambda one: (one.name, one.read)):
                table.put([self._row(sample, result) for sample, result in batch])
                pictures += len(batch)
                failed += sum(isinstance(result, PictureError) for _, result in batch)
        finally:
            table.close()
        return ShardResult(shard, pictures, failed)

    def _checked(self, shard: str, mark: bytes) -> ShardResult:
        try:
            done = json.loads(mark)
            found = ShardResult(shard, int(done["pictures"]), int(done["failed"]), was_done=True)
        except (ValueError, KeyError, TypeError) as error:
            raise CaptionError(
                f"{shard_name(shard)}.done: the mark cannot be read: {error}; delete it to do the shard again"
            ) from error
        form = done.get("format", self._form)
        if done.get("settings") != self._settings or form != self._form:
            what = "other settings" if form == self._form else f"the format {form}"
            raise CaptionError(
                f"{shard_name(shard)}.done: this shard was done with {what}; take another output folder, or "
                "--existing overwrite"
            )
        return found

    def _row(self, sample: Sample, result: Result) -> dict[str, Any]:
        if isinstance(result, PictureError):
            return {"key": sample.key, "tags": [], "text": "", "scores": {}, "error": str(result)}
        tags = self._composer.tags(result.scores)
        kept = TagScores(self._composer.vocabulary, result.scores)
        over = {one.name: round(one.score, 4) for one in kept.top(int((result.scores >= FLOOR).sum()))}
        text = self._composer.caption(Path(sample.name), result.scores, None)
        return {"key": sample.key, "tags": list(tags.names), "text": text, "scores": over, "error": None}
