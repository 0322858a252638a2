"""How is a command line read, and what is said of a mistyped one?"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

_PATHS = ("PATH", "FILE", "FOLDER", "FILE|FOLDER", "PICTURE")
"""What options and arguments call a path in their help."""

YES_OR_NO = ("yes", "no", "on", "off", "true", "false")
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
        if self._subparsers is not None or "--" in words:
            found, unknown = super().parse_known_args(words, namespace)
        else:
            self._reads_intermixed = True
            try:
                found, unknown = super().parse_known_intermixed_args(words, namespace)
            finally:
                self._reads_intermixed = False
        if unknown:
            self.error(self._about(unknown))
        return found, []

    def error(self, message: str) -> NoReturn:
        """End the program with status 2, one sentence, and where to read more."""
        self.exit(2, f"error: {message}\n`{self.prog} --help` explains it\n")

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

    def _about(self, unknown: Sequence[str]) -> str:
        option = next((word for word in unknown if word.startswith("-")), unknown[0])
        name = option.partition("=")[0]
        options = [*self._option_string_actions, *(f"--no-{switch}" for switch in self.switches)]
        suggestion = nearest(name, options)
        return f"{name} is no option of `{self.prog}`" + (f"; {suggestion}" if suggestion else "")


def nearest(word: str, words: Iterable[str]) -> str:
    """Return "did you mean ...?" with the word that is most like one, or nothing where none is like it."""
    words = list(words)
    found = difflib.get_close_matches(word.lower(), words, n=1) or [one for one in words if one.startswith(word)][:1]
    return f"did you mean {found[0]}?" if found and len(word) > 1 else ""
