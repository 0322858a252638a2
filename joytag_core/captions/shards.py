"""How are webdataset tars captioned: which of them are one process's part, and one table a shard out?

The parts of n processes are disjoint and complete, so the same command serves several GPUs and job arrays. A shard's
table takes its place whole, then a mark says that it is done; a rerun does what has no mark.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from ..errors import CaptionError, PictureError, SettingError
from ..pictures.formats import SUFFIXES
from ..tags.scores import TagScores
from ..whole_files import whole_file, write_whole
from .composing import Composer
from .fingerprints import text_digest
from .packing import FLOOR
from .paths import readable
from .scoring import Result, Scorer
from .shard_tables import SHARD_FORMATS, make_shard_table

_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
_LIST = re.compile(r"\{([^{}]*,[^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold one picture of a shard: its key, its member's name, and the file's bytes."""

    key: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ShardResult:
    """Say what became of a shard: its number of pictures and of those that failed."""

    shard: str
    pictures: int = 0
    failed: int = 0
    was_done: bool = False


def expand_shards(patterns: Iterable[str]) -> list[str]:
    """Return the shards that patterns such as `data-{0000..0999}.tar`, `{a,b}.tar` or `*.tar` name, in order.

    Raises:
        SettingError: two of them have one name, so that their tables would be one.
    """
    shards = [shard for pattern in patterns for braced in _braces(pattern) for shard in _globbed(braced)]
    stems = [shard_name(shard) for shard in shards]
    if len(set(stems)) != len(stems):
        twice = next(stem for stem in stems if stems.count(stem) > 1)
        raise SettingError(f"several shards are named {twice!r}; their tables would be one")
    return shards


def shard_name(shard: str) -> str:
    """Return the name of a shard's table and mark, without an ending."""
    name = PurePosixPath(shard.replace("\\", "/")).name
    return re.sub(r"\.(tar|tgz|tar\.gz|parquet)$", "", name) or name


class ShardCaptioner:
    """Caption shards, a table each."""

    def __init__(
        self, scorer: Scorer, composer: Composer, folder: Path, *, form: str = "jsonl", settings: Any = None
    ) -> None:
        """Take what scores and composes, where the tables go, their format, and the settings that marks remember.

        Raises:
            SettingError: the format is unknown, or its library is not there.
        """
        if form not in SHARD_FORMATS:
            raise SettingError(f"format {form!r} is none for shards; expected one of {', '.join(SHARD_FORMATS)}")
        self._scorer = scorer
        self._composer = composer
        self._folder = folder
        self._form = form
        self._settings = text_digest(json.dumps(settings, sort_keys=True, default=str).encode()).hex()

    def caption(self, shard: str, *, again: bool = False) -> ShardResult:
        """Write a shard's table and mark, unless the mark is there; `again` does it anyway.

        Raises:
            CaptionError: the shard cannot be read to its end, the table cannot be written, or the mark that is there
                was made with other settings.
        """
        mark = self._folder / f"{shard_name(shard)}.done"
        if mark.exists() and not again:
            return self._checked(shard, mark)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            pictures = failed = 0
            with whole_file(self._folder / f"{shard_name(shard)}.{self._form}") as temporary:
                table = make_shard_table(self._form, temporary)
                try:
                    for batch in self._scorer.scored_contents(samples_of(shard), lambda one: (one.name, one.content)):
                        table.put([self._row(sample, result) for sample, result in batch])
                        pictures += len(batch)
                        failed += sum(isinstance(result, PictureError) for _, result in batch)
                finally:
                    table.close()
            done = {"pictures": pictures, "failed": failed, "settings": self._settings}
            write_whole(mark, json.dumps(done) + "\n")
        except OSError as error:
            if isinstance(error, CaptionError):
                raise
            raise CaptionError(f"{shard}: its table cannot be written: {error.strerror or error}") from error
        return ShardResult(shard, pictures, failed)

    def _checked(self, shard: str, mark: Path) -> ShardResult:
        try:
            done = json.loads(mark.read_text("utf-8"))
            found = ShardResult(shard, int(done["pictures"]), int(done["failed"]), was_done=True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CaptionError(f"{mark}: the mark cannot be read: {error}; delete it to do the shard again") from error
        if done.get("settings") != self._settings:
            raise CaptionError(
                f"{mark}: this shard was done with other settings; take another output folder, or --existing overwrite"
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


def samples_of(shard: str) -> Iterator[Sample]:
    """Yield a tar's pictures in its own order, reading it once, a member at a time; addresses go through fsspec.

    Raises:
        CaptionError: it is no whole tar, or not there.
    """
    try:
        with _opened(shard) as file, tarfile.open(fileobj=file, mode="r|*") as tar:
            for member in tar:
                if member.isfile() and PurePosixPath(member.name).suffix.lower() in SUFFIXES:
                    content = cast(BinaryIO, tar.extractfile(member)).read()
                    yield Sample(_key_of(member.name), f"{shard}/{readable(member.name)}", content)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise CaptionError(f"{shard}: the shard cannot be read to its end: {error}") from error


def _opened(shard: str) -> Any:
    if "://" not in shard:
        return Path(shard).open("rb")
    try:
        import fsspec
    except ImportError as error:
        raise SettingError(f"{shard}: addresses need fsspec: `pip install fsspec`, and s3fs for s3://") from error
    return fsspec.open(shard, "rb")


def _key_of(name: str) -> str:
    """Return webdataset's key: the name up to the first dot of its last part."""
    folder, slash, base = readable(name).rpartition("/")
    return folder + slash + base.partition(".")[0]


def _braces(pattern: str) -> Iterator[str]:
    match = _RANGE.search(pattern) or _LIST.search(pattern)
    if match is None:
        yield pattern
        return
    if match.re is _LIST:
        values = match[1].split(",")
    else:
        first, last = int(match[1]), int(match[2])
        step = 1 if last >= first else -1
        width = max(len(match[1]), len(match[2])) if match[1].startswith("0") or match[2].startswith("0") else 0
        values = [f"{number:0{width}d}" for number in range(first, last + step, step)]
    for value in values:
        yield from _braces(pattern[: match.start()] + value + pattern[match.end() :])


def _globbed(pattern: str) -> list[str]:
    if "://" in pattern or not set(pattern) & set("*?["):
        return [pattern]
    path = Path(pattern)
    found = sorted(str(one) for one in Path(path.anchor or ".").glob(str(path.relative_to(path.anchor))))
    if not found:
        raise SettingError(f"{pattern}: no shard is named so")
    return found
