"""How are another tagger's scores given to a command?"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SettingError
from ..settings.other_parameters import OTHER_PARAMETERS
from .arguments import add_settings, settings_of
from .streams import read_text_file

if TYPE_CHECKING:
    from ..settings.interrogation import Interrogation
    from ..settings.two_taggers import TwoTaggers

_SUFFIXES = (".json", ".txt")


def add_other_tagger_options(parser: Any, *, scores: str) -> None:
    """Add `--scores`, explained as the command takes them, and how they are combined with JoyTag's."""
    group = parser.add_argument_group("another tagger's scores")
    group.add_argument("--scores", metavar="FILE", help=scores)
    add_settings(parser, group, OTHER_PARAMETERS, parameters=OTHER_PARAMETERS)


def two_taggers(arguments: argparse.Namespace, interrogation: Interrogation) -> TwoTaggers:
    """Return how the other tagger's scores and JoyTag's become one.

    Raises:
        SettingError: `--combine` names no way, or there is nothing to combine.
    """
    from ..settings.two_taggers import TwoTaggers

    given = settings_of(arguments, OTHER_PARAMETERS, parameters=OTHER_PARAMETERS)
    if arguments.scores is None and given:
        raise SettingError("--combine and --other-threshold are for another tagger's scores, and --scores names none")
    return TwoTaggers.from_settings(interrogation, given)


def read_score_file(path: Path) -> dict[str, float]:
    """Return the scores in a file, in any form that `read_scores` knows.

    Raises:
        SettingError: the file cannot be read, or holds no scores; the message names it.
    """
    from ..judging.other_scores import read_scores

    try:
        return read_scores(read_text_file(path))
    except SettingError as error:
        raise SettingError(str(error) if str(path) in str(error) else f"{path}: {error}") from error


def check_place(given: str, *, pictures: int) -> None:
    """Raise SettingError if a file of scores cannot be read, or is one for several pictures."""
    if Path(given).is_dir():
        return
    read_score_file(Path(given))
    if pictures > 1:
        raise SettingError(f"--scores {given} is no folder; expected one, with a file for each of {pictures} pictures")


def scores_for(given: str, picture: Path) -> dict[str, float]:
    """Return the scores of one picture: the file's, or in a folder those of NAME.json or NAME.txt.

    Raises:
        SettingError: there is no such file, or it holds no scores.
    """
    folder = Path(given)
    if not folder.is_dir():
        return read_score_file(folder)
    for path in (folder / f"{picture.stem}{suffix}" for suffix in _SUFFIXES):
        if path.is_file():
            return read_score_file(path)
    raise SettingError(f"{picture}: {folder} holds neither {picture.stem}.json nor {picture.stem}.txt with its scores")
