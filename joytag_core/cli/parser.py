"""How is a command line read, and what is said of a mistyped one?"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from ..checks import YES_OR_NO
from .streams import complain

_PATHS = ("PATH", "FILE", "FOLDER", "FILE|FOLDER", "PICTURE")
"""What options and arguments call a path in their help."""

_OPTION = re.compile(r"-(?![0-9.])[^\s]+$")
"""What argparse takes for an option: no number, and no text with a space in it."""

_NEARLY = ("y", "n", "0", "1", "maybe", "auto", "enabled", "disabled", "ture", "flase")
"""What behind a switch is meant as its value, and hardly as a prompt or a path."""


class CommandParser(argparse.ArgumentParser):
    """Read options and arguments in any order, and name the nearest option or command for one that is unknown.

    An option of two values is a switch (`--spaces`, `--no-spaces`), or has its value behind it (`--spaces off`).
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Take what `ArgumentParser` takes; options are written in full."""
        super().__init__(*args, **{"allow_abbrev": False, **settings})
        self.switches: set[str] = set()
        self._reads_intermixed = False

    def add_switch(self, group: Any, name: str, **settings: Any) -> None:
        """Add `--NAME`, `--no-NAME` and `--NAME yes|no|on|off|true|false` for a setting; its value is the word."""
        self.switches.add(name)
        group.add_argument(f"--{name}", metavar="on|off", **settings)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Read everything, or end the program with a sentence about the first thing that is unknown."""
        if self._reads_intermixed:
            return super().parse_known_args(args, namespace)
        words = list(self._with_values(sys.argv[1:] if args is None else args))
        if first := self._unknown_option(words):
            self.error(self._about(first, words))
        if self._subparsers is not None or "--" in words:
            found, unknown = super().parse_known_args(words, namespace)
        else:
            self._reads_intermixed = True
            try:
                found, unknown = super().parse_known_intermixed_args(words, namespace)
            finally:
                self._reads_intermixed = False
        if unknown:
            self.error(self._about(unknown[0], words))
        return found, []

    def error(self, message: str) -> NoReturn:
        """End the program with status 2, one sentence, and where to read more."""
        complain(f"error: {message}\n`{self.prog} --help` explains it")
        self.exit(2)

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse's own hides that the disk is full.
        if file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        # An empty path, as of a shell's variable that is not set, would mean the current folder.
        if action.metavar in _PATHS and not arg_string.strip():
            raise argparse.ArgumentError(action, f"{arg_string!r} is no path; expected a file or folder")
        return super()._get_value(action, arg_string)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = [str(choice) for choice in action.choices]
            known = f"expected one of {', '.join(choices)}"
            raise argparse.ArgumentError(action, f"{value!r} is unknown; {nearest(str(value), choices) or known}")

    def _with_values(self, arguments: Sequence[str]) -> Iterable[str]:
        """Write each switch as an option with a value, so that a picture's name behind it is not taken for one."""
        words = iter(arguments)
        waiting = next(words, None)
        while waiting is not None:
            word, waiting = waiting, next(words, None)
            if word == "--":
                yield from (word, *([] if waiting is None else [waiting]), *words)
                return
            name = word.removeprefix("--")
            if word.startswith("--no-") and name.removeprefix("no-") in self.switches:
                yield f"--{name.removeprefix('no-')}=off"
            elif word.startswith("--") and name in self.switches:
                has_value = waiting is not None and waiting.lower() in YES_OR_NO
                if waiting is not None and not has_value and waiting.lower() in _NEARLY:
                    self.error(f"argument {word}: {waiting!r} is no value; expected one of {', '.join(YES_OR_NO)}")
                yield f"{word}={waiting if has_value else 'on'}"
                waiting = next(words, None) if has_value else waiting
            else:
                yield word

    def _unknown_option(self, words: Sequence[str]) -> str:
        """Return the first of some words that looks like an option and is none, empty where there is none.

        Before argparse looks: it would miss the arguments that it took for options first. With sub-commands, only what
        stands before the command.
        """
        for word in words:
            if word == "--" or (self._subparsers is not None and not word.startswith("-")):
                break
            known = word.partition("=")[0] in self._option_string_actions or (
                not word.startswith("--") and word[:2] in self._option_string_actions
            )
            if _OPTION.match(word) and not known:
                return word
        return ""

    def _about(self, unknown: str, words: Sequence[str]) -> str:
        name = unknown.partition("=")[0]
        if os.path.lexists(unknown):
            return f"{unknown} looks like an option; for the file of that name write .{os.sep}{unknown}"
        commands = self._commands()
        named = next((commands[word] for word in words if word in commands), None)
        for parser in [named] if named else commands.values():
            if name in parser._options():
                return f"{name} stands behind its command: `{parser.prog} {name} ...`"
        behind = named or self
        suggestion = nearest(name, behind._options())
        return f"{name} is no option of `{behind.prog}`" + (f"; {suggestion}" if suggestion else "")

    def _options(self) -> list[str]:
        return [*self._option_string_actions, *(f"--no-{switch}" for switch in self.switches)]

    def _commands(self) -> dict[str, CommandParser]:
        actions = self._subparsers._group_actions if self._subparsers is not None else []
        return {name: parser for action in actions for name, parser in dict(action.choices or {}).items()}


def nearest(word: str, words: Iterable[str]) -> str:
    """Return "did you mean ...?" with the word that is most like one, or nothing where none is like it."""
    words = list(words)
    found = difflib.get_close_matches(word.lower(), words, n=1) or [one for one in words if one.startswith(word)][:1]
    return f"did you mean {found[0]}?" if found and len(word) > 1 else ""
