"""What does `caption --shards` do? Tars, tables and folders of pictures to one table each."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..errors import CaptionError, SettingError
from ..settings.parameters import FILTER_NAMES, READING_NAMES, SELECTION_NAMES
from .arguments import model_of, settings_of
from .parts import part_of
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

    check_for_shards(arguments)
    part = part_of(arguments.part) if arguments.part else Part(0, 1)
    shards = part.of(expand_shards(arguments.shards))
    captioner = make_captioner(arguments, defaults)
    failed = pictures = bad = 0
    for number, shard in enumerate(shards, start=1):
        try:
            result = captioner.caption(shard, again=arguments.existing == "overwrite")
        except CaptionError as error:
            failed += 1
            complain(f"error: {error}")
            continue
        pictures, bad = pictures + result.pictures, bad + result.failed
        done = {"shard": shard, "pictures": result.pictures, "failed": result.failed, "was_done": result.was_done}
        if arguments.json:
            say(to_json(done))
        else:
            state = "done before" if result.was_done else "done"
            complain(f"{number}/{len(shards)} {shard}: {state}, {result.pictures} pictures, {result.failed} failed")
    complain(
        f"part {part.index}/{part.count}: {len(shards)} shards, {failed} failed; {pictures} pictures, {bad} failed"
    )
    return 1 if failed or (arguments.strict and bad) else 0


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
        SettingError: such an option is given, or one is missing.
    """
    if arguments.paths:
        raise SettingError(
            f"--shards names the shards, and {arguments.paths[0]!r} is named beside them; caption it apart"
        )
    if arguments.output_folder is None:
        raise SettingError("--shards needs --output-folder: there each shard gets its table and its mark")
    if arguments.existing not in ("skip", "overwrite"):
        raise SettingError(f"--existing {arguments.existing} is for caption files; with --shards skip or overwrite")
    given = [name for name in _FILES_ONLY if getattr(arguments, name)]
    given += [name for name, idle in {"min_share": 0.0, "max_share": 1.0}.items() if getattr(arguments, name) != idle]
    if given:
        raise SettingError(f"--{given[0].replace('_', '-')} has no meaning with --shards")
