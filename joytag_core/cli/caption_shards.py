"""What does `caption --shards` do? Tars, tables and folders of pictures to one table each."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..errors import CaptionError, SettingError
from ..settings.parameters import FILTER_NAMES, READING_NAMES, SELECTION_NAMES
from .arguments import model_of, settings_of
from .parts import part_of
from .shard_count import Outcome, ShardCount
from .streams import complain, say, to_json

if TYPE_CHECKING:
    from ..captions.shards import ShardCaptioner

_FILES_ONLY = (
    "own",
    "backup",
    "dry_run",
    "folder_triggers",
    "name_template",
    "extension",
    "output",
    "scores",
    "report",
)


def run_shards(arguments: argparse.Namespace, defaults: dict[str, Any]) -> int:
    """Caption this process's shards; return 1 if one failed, or with --strict a picture did."""
    from ..captions.parts import Part
    from ..captions.shard_names import expand_shards
    from ..captions.shards import ShardResult

    check_for_shards(arguments)
    part = part_of(arguments.part) if arguments.part else Part(0, 1)
    shards = part.of(expand_shards(arguments.shards))
    captioner = make_captioner(arguments, defaults)
    count = ShardCount(len(shards))
    for shard in shards:
        try:
            outcome = asdict(captioner.caption(shard, again=arguments.existing == "overwrite")) | {"error": None}
        except CaptionError as error:
            outcome = asdict(ShardResult(shard)) | {"error": str(error)}
        tell_outcome(outcome, count, as_json=arguments.json)
    tell_end(count, before=f"part {part.index}/{part.count}: " if arguments.part else "")
    return count.status(strict=arguments.strict)


def tell_outcome(outcome: Outcome, count: ShardCount, *, as_json: bool) -> None:
    """Count what became of a shard, and say it."""
    line = count.add(outcome)
    if as_json:
        say(to_json(outcome))
    else:
        complain(line)


def tell_end(count: ShardCount, *, before: str = "") -> None:
    """Say which shards failed, since their lines are far above by now, and what became of all."""
    for line in count.failures():
        complain(line)
    complain(before + count.summary())


def make_captioner(arguments: argparse.Namespace, defaults: dict[str, Any]) -> ShardCaptioner:
    """Return what captions shards with the settings that were given.

    Raises:
        SettingError: one is out of range; as RuleError: a rule is malformed.
        ModelError: there is no such model.
    """
    from ..captions.addresses import place_of
    from ..captions.composing import Composer
    from ..captions.lazy_model import LazyModel
    from ..captions.scoring import Scorer
    from ..captions.shards import ShardCaptioner
    from ..pictures.reading import Reading
    from ..settings.interrogation import Interrogation
    from .terminal_host import TerminalHost

    settings = defaults | settings_of(arguments, (*SELECTION_NAMES, *FILTER_NAMES, *READING_NAMES))
    model = LazyModel.find(model_of(arguments), TerminalHost(device=arguments.device, dtype=arguments.dtype))
    composer = Composer(
        interrogation=Interrogation.from_settings(settings, lists_folder=arguments.lists_folder),
        vocabulary=model.vocabulary,
        triggers=tuple(arguments.trigger),
        keep_separator=arguments.keep_separator,
    )
    remembered = [settings, arguments.trigger, arguments.keep_separator, model.folder.name]
    column = arguments.image_column or "image"
    return ShardCaptioner(
        Scorer(
            model,
            reading=Reading.from_settings(settings),
            threads=arguments.threads,
            batch_size=arguments.batch_size,
        ),
        composer,
        place_of(arguments.output_folder),
        form=arguments.format or "jsonl",
        settings=remembered if column == "image" else [*remembered, column],
        image_column=column,
    )


def check_for_shards(arguments: argparse.Namespace) -> None:
    """Refuse what has no meaning with shards.

    Raises:
        SettingError: such an option is given, one is missing, or a number is out of range.
    """
    if arguments.paths:
        raise SettingError(
            f"--shards names the shards, and {arguments.paths[0]!r} is named beside them; caption it apart"
        )
    for name in ("threads", "batch_size"):
        if getattr(arguments, name) is not None and getattr(arguments, name) < 1:
            raise SettingError(
                f"--{name.replace('_', '-')} {getattr(arguments, name)} is out of range; expected 1 or more"
            )
    if arguments.output_folder is None:
        raise SettingError("--shards needs --output-folder: there each shard gets its table and its mark")
    if arguments.existing not in ("skip", "overwrite"):
        raise SettingError(f"--existing {arguments.existing} is for caption files; with --shards skip or overwrite")
    given = [name for name in _FILES_ONLY if getattr(arguments, name)]
    given += [name for name, idle in {"min_share": 0.0, "max_share": 1.0}.items() if getattr(arguments, name) != idle]
    if given:
        raise SettingError(f"--{given[0].replace('_', '-')} has no meaning with --shards")
