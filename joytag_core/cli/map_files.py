"""Which files does `map` write, and where?"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SettingError
from ..whole_files import whole_file, write_whole

if TYPE_CHECKING:
    from ..maps.tag_maps import TagMaps
    from ..pictures.reading import Reading

KINDS = ("overlay", "mask", "raw", "json")
"""The picture with the map over it; the mask; what each patch adds; score, boxes and points."""

_SUFFIXES = {"overlay": ".png", "mask": ".mask.png", "raw": ".npy", "json": ".json"}
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')  # in names of files, on one system or another


class MapFiles:
    """Write the files of one run of `map`."""

    def __init__(
        self,
        out: Path,
        pictures: Sequence[Path],
        *,
        folders: Sequence[str],
        kinds: Sequence[str],
        settings: Mapping[str, Any],
        reading: Reading,
    ) -> None:
        """Take where to write, all pictures to come, the paths that were given, `KINDS`, settings and the reading.

        Raises:
            SettingError: `out` names one file, for several pictures.
        """
        from ..settings.showing import showing_of

        if out.suffix and len(pictures) > 1:
            raise SettingError(f"--out {out} is one file, for {len(pictures)} pictures; expected a folder's name")
        self.showing = showing_of(settings)
        self._reading = reading
        self._out = out
        self._kinds = kinds
        self._folders = [Path(folder) for folder in folders if Path(folder).is_dir()]
        self._stems = Counter(self._place(path).with_suffix("") for path in pictures)

    def write(self, picture: Path, maps: TagMaps) -> list[Path]:
        """Write one picture's files, a set for each tag or one for all; return their paths.

        Raises:
            OSError: one cannot be written.
        """
        groups = self.showing.groups(maps.tags)
        written = []
        for tags in groups:
            for kind in self._kinds:
                path = self._path(picture, tags, kind, alone=len(groups) == 1)
                path.parent.mkdir(parents=True, exist_ok=True)
                self._writer(kind)(path, picture, maps, tags)
                written.append(path)
        return written

    def _path(self, picture: Path, tags: Sequence[str], kind: str, *, alone: bool) -> Path:
        name = _FORBIDDEN.sub("_", "+".join(tags))
        if self._out.suffix:
            stem = self._out.with_suffix("")
            return stem.with_name(stem.name + ("" if alone else f".{name}") + _SUFFIXES[kind])
        place = self._place(picture)
        stem = place.with_suffix("")
        # Two pictures that differ in their suffix alone keep it.
        first = stem.name if self._stems[stem] == 1 else place.name
        return self._out / stem.with_name(f"{first}.{name}{_SUFFIXES[kind]}")

    def _place(self, picture: Path) -> Path:
        """Return a picture's path below the folder that was given, or its name."""
        for folder in self._folders:
            if picture.is_relative_to(folder):
                return picture.relative_to(folder)
        return Path(picture.name)

    def _writer(self, kind: str) -> Callable[[Path, Path, TagMaps, Sequence[str]], None]:
        writers = {"overlay": self._overlay, "mask": self._mask_picture, "raw": self._raw, "json": self._json}
        return writers[kind]

    def _overlay(self, path: Path, picture: Path, maps: TagMaps, tags: Sequence[str]) -> None:
        from ..pictures.files import load_picture

        shown = self.showing.overlay(load_picture(picture, reading=self._reading), maps, tags)
        with whole_file(path) as temporary:
            shown.save(temporary, "PNG")

    def _mask_picture(self, path: Path, _picture: Path, maps: TagMaps, tags: Sequence[str]) -> None:
        from ..maps.overlay import draw_mask

        with whole_file(path) as temporary:
            draw_mask(self.showing.mask(maps, tags)).save(temporary, "PNG")

    def _raw(self, path: Path, _picture: Path, maps: TagMaps, tags: Sequence[str]) -> None:
        import numpy as np

        values = maps.raw[[maps.place_of(tag) for tag in tags]]
        with whole_file(path) as temporary, temporary.open("wb") as file:
            np.save(file, values[0] if len(tags) == 1 else values)

    def _json(self, path: Path, picture: Path, maps: TagMaps, tags: Sequence[str]) -> None:
        write_whole(path, json.dumps(self._told(picture, maps, tags), ensure_ascii=False, indent=2) + "\n")

    def _told(self, picture: Path, maps: TagMaps, tags: Sequence[str]) -> dict[str, Any]:
        width, height = maps.picture_size
        told = [self.showing.describe(maps, tag) for tag in tags]
        return {"path": str(picture), "width": width, "height": height, "tags": told}
