"""Which settings has a person saved under which names?"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joytag_core.errors import SettingError
from joytag_core.settings.parameters import check_settings
from joytag_core.whole_files import write_whole

PAGE = "as on the settings page"
"""Stands for no preset, in lists of them."""
FILE_NAME = "joytag_presets.json"

logger = logging.getLogger("joytag")


def presets_file() -> Path:
    """Return the file that holds the presets, beside the WebUI's own settings."""
    from modules import paths

    return Path(paths.data_path) / FILE_NAME


class Presets:
    """Keep named settings in one JSON file, read anew each time, so that a person may edit it."""

    def __init__(self, path: Path) -> None:
        """Take the path of the file; it need not be there."""
        self._path = path

    def names(self) -> list[str]:
        """Return the names of all presets, sorted."""
        return sorted(self._read())

    def load(self, name: str) -> dict[str, Any]:
        """Return the settings saved under a name.

        Raises:
            SettingError: there is no such preset, or it holds a setting that is unknown or out of its range.
        """
        presets = self._read()
        if name not in presets:
            raise SettingError(f"there is no preset {name!r}; there is: {', '.join(sorted(presets)) or 'none yet'}")
        return check_settings(presets[name])

    def save(self, name: str, settings: Mapping[str, Any]) -> None:
        """Save settings under a name, over those that it had.

        Raises:
            SettingError: the name is empty or taken, or a setting is unknown or out of its range.
        """
        if not name.strip():
            raise SettingError("the preset has no name; type one beside the Save button")
        if name.strip() == PAGE:
            raise SettingError(f"{PAGE!r} stands for no preset; choose another name")
        self._write({**self._read(), name.strip(): check_settings(settings)})

    def delete(self, name: str) -> None:
        """Forget a preset; one that is not there is no error."""
        self._write({known: settings for known, settings in self._read().items() if known != name})

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            presets = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise SettingError(f"{self._path} is no JSON: {error}. Mend it or move it away.") from error
        if not isinstance(presets, dict) or not all(isinstance(one, dict) for one in presets.values()):
            raise SettingError(f"{self._path} holds no presets; expected names with settings. Move it away.")
        return presets

    def _write(self, presets: Mapping[str, Mapping[str, Any]]) -> None:
        write_whole(self._path, json.dumps(presets, indent=1, ensure_ascii=False))


def saved_names() -> list[str]:
    """Return the names of all presets; a broken file, which is logged, offers none."""
    try:
        return Presets(presets_file()).names()
    except SettingError as error:
        logger.warning("JoyTag: %s", error)
        return []


def preset_names() -> list[str]:
    """Return what can be chosen where no preset is a choice too."""
    return [PAGE, *saved_names()]
