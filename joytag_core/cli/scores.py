"""What does `scores` do? Say what a score database holds, export it, make it smaller."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CaptionError, ScoreStoreError, SettingError
from ..lines import counted, one_line
from ..settings.parameters import READING_NAMES
from .arguments import add_format_option, add_settings, unit
from .scoring import reading_of
from .streams import complain, say, to_json

if TYPE_CHECKING:
    from ..captions.score_store import ScoreStore, StoredModel
    from ..pictures.reading import Reading

_WIDE = {"path": "text", "width": "number", "height": "number", "scores": "scores"}
_LONG = ("path", "width", "height", "tag", "score")
_COLUMNS = {"jsonl": tuple(_WIDE), "csv": _LONG, "parquet": tuple(_WIDE)}
"""By format; those of a row for each picture have their kinds in Parquet."""
_EPILOG = """\
examples:
  %(prog)s pictures                                # which models, how many pictures, how many bytes each
  %(prog)s pictures --export scores.parquet --floor 0.3
  %(prog)s pictures --prune-missing                # forget pictures that are gone
"""


def add_scores_command(commands: Any) -> None:
    """Add `scores` to the sub-commands."""
    parser = commands.add_parser(
        "scores",
        usage="%(prog)s PLACE [options]",
        help="list, export and prune kept scores",
        description="Say what a score database holds; `caption` keeps one beside the captions.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="PLACE", help="the database, or the folder that it lies in")
    parser.add_argument("--export", metavar="FILE", help="write every known file's scores as .jsonl, .csv or .parquet")
    parser.add_argument("--floor", type=unit, default=0.01, metavar="0..1", help="lowest score there. Default: 0.01.")
    parser.add_argument("--model", metavar="NAME", help="export this model's, where there are several")
    add_settings(parser, parser, READING_NAMES)
    parser.add_argument("--prune-missing", action="store_true", help="forget files that are gone")
    parser.add_argument("--prune-model", metavar="NAME", help="forget all scores of a model")
    parser.add_argument("--check", action="store_true", help="read all of it, and say whether it is whole")
    add_format_option(parser, ("text", "json"), "How the list is printed: text: for reading; json: one object.")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List, export or prune; return 2 (by way of the error) where it is no score database."""
    from ..captions.score_store import DATABASE_NAME, ScoreStore

    place = Path(arguments.place)
    path = place / DATABASE_NAME if place.is_dir() else place
    if not path.exists():
        raise ScoreStoreError(f"{path}: there is no score database; `caption` makes one")
    with ScoreStore(path) as store:
        if arguments.prune_missing or arguments.prune_model:
            forgotten = store.prune(missing_files=arguments.prune_missing, model=arguments.prune_model)
            complain(f"forgot {counted(forgotten, 'picture')}")
        if arguments.check:
            wrong = store.check()
            if wrong:
                raise ScoreStoreError(f"{path}: the database is broken: {wrong[0]}; delete it to begin anew")
            complain("whole")
        if arguments.export:
            model, reading = _model(store, arguments.model), reading_of(arguments)
            _export(store, Path(arguments.export), model=model, floor=arguments.floor, reading=reading)
        else:
            _list(store, path, as_json=arguments.format == "json")
    return 0


def _list(store: ScoreStore, path: Path, *, as_json: bool) -> None:
    size = path.stat().st_size
    models = store.models()
    if as_json:
        listed = [{"name": one.name, "tags": len(one.tags), "pictures": one.pictures} for one in models]
        say(to_json({"path": str(path), "bytes": size, "models": listed}))
        return
    pictures = sum(one.pictures for one in models)
    lines = [f"{one.name:24}{counted(one.pictures, 'picture'):>20}, {counted(len(one.tags), 'tag')}" for one in models]
    say("\n".join([*lines, f"{one_line(path)}: {size:,} bytes, {size / max(pictures, 1):,.0f} a picture"]))


def _model(store: ScoreStore, name: str | None) -> StoredModel:
    models = [one for one in store.models() if one.pictures and name in (None, one.name)]
    if len(models) != 1:
        there = ", ".join(one.name for one in store.models()) or "none"
        raise SettingError(f"model {name!r} names {len(models)} models with scores; --model takes one of: {there}")
    return models[0]


def _export(store: ScoreStore, path: Path, *, model: StoredModel, floor: float, reading: Reading) -> None:
    from ..captions.fingerprints import reading_mark
    from ..captions.own_files import refuse_foreign_table
    from ..whole_files import whole_file

    form = path.suffix.lstrip(".").lower()
    if form not in _COLUMNS:
        raise SettingError(f"{path}: its ending names no format; expected .jsonl, .csv or .parquet")
    try:
        if path.is_file():
            with path.open("rb") as file:
                refuse_foreign_table(file, str(path), "export", form=form, columns=_COLUMNS[form])
        with whole_file(path) as temporary:
            count = _write(temporary, form, _rows(store, model, floor, reading_mark(reading)))
    except OSError as error:
        if isinstance(error, CaptionError):
            raise
        raise CaptionError(f"{path}: the scores cannot be written: {error.strerror}") from error
    complain(f"{one_line(path)}: {counted(count, 'picture')}")


def _rows(store: ScoreStore, model: StoredModel, floor: float, mark: str) -> Iterator[dict[str, Any]]:
    from ..captions.paths import readable
    from ..captions.score_store import ModelKey

    for view in (one for one in store.views(model.id) if str(one).lstrip("0123456789") == mark):
        for path, kept in store.pictures(ModelKey(model.id, len(model.tags), view)):
            found = (kept.scores >= max(floor, 1e-9)).nonzero()[0].tolist()
            yield {
                "path": readable(str(path)), "width": kept.width, "height": kept.height,
                "scores": {model.tags[i]: round(float(kept.scores[i]), 5) for i in found},
            }  # fmt: skip


def _write(path: Path, form: str, rows: Iterator[dict[str, Any]]) -> int:
    if form == "parquet":
        return _write_parquet(path, rows)
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        if form == "csv":
            table.writerow(_LONG)
        for row in rows:
            count += 1
            if form == "jsonl":
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            else:
                table.writerows((row["path"], row["width"], row["height"], *one) for one in row["scores"].items())
    return count


def _write_parquet(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    from itertools import islice

    from ..captions.parquet import ParquetRows, schema_of

    count = 0
    with closing(ParquetRows(path, schema_of(**_WIDE))) as table:
        while some := list(islice(rows, 2000)):
            table.put(some)
            count += len(some)
    return count
