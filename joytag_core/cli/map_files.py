"""Which files does `map` write, and where?"""

from __future__ import annotations

import json
import os
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
        recursive: bool,
        kinds: Sequence[str],
        settings: Mapping[str, Any],
        reading: Reading,
    ) -> None:
        """Take where to write, all pictures to come, the paths that were given, `KINDS`, settings and the reading.

        Raises:
            SettingError: `out` names one file, for several pictures or of another kind, or a folder that is read.
        """
        from ..settings.showing import showing_of

        if _is_file_name(out) and len(pictures) > 1:
            raise SettingError(f"--out {out} is one file, for {len(pictures)} pictures; expected a folder's name")
        _check_suffix(out, kinds)
        self.showing = showing_of(settings)
        self._reading = reading
        self._out = out
        self._kinds = kinds
        self._folders = [Path(folder) for folder in folders if Path(folder).is_dir()]
        for folder in self._folders:
            _check_apart(out, folder, recursive=recursive)
        self._pictures = pictures
        self._stems = Counter(self._place(path).with_suffix("") for path in pictures)

    def refuse_pictures(self, tags: Sequence[str]) -> None:
        """Refuse to write over one of the pictures that are read.

        Raises:
            SettingError: a file to come has the name of one.
        """
        read = {_key(path) for path in self._pictures}
        for picture in self._pictures:
            for path in self._paths(picture, tags):
                if _key(path) in read:
                    raise SettingError(f"{path} is a picture that is read; take another --out")

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

    def told(self, picture: Path, maps: TagMaps, tags: Sequence[str]) -> dict[str, Any]:
        """Return what is known of tags' places in one picture, ready for JSON."""
        width, height = maps.picture_size
        told = [self.showing.describe(maps, tag) for tag in tags]
        together = self.showing.describe_together(maps)
        combined = {} if together is None else {"combined": together}
        return {"path": str(picture), "width": width, "height": height, "tags": told, **combined}

    def _path(self, picture: Path, tags: Sequence[str], kind: str, *, alone: bool) -> Path:
        name = _FORBIDDEN.sub("_", "+".join(tags))
        if _is_file_name(self._out):
            stem = self._out.with_suffix("")
            return stem.with_name(stem.name + ("" if alone else f".{name}") + _SUFFIXES[kind])
        place = self._place(picture)
        stem = place.with_suffix("")
        # Two pictures that differ in their suffix alone keep it.
        first = stem.name if self._stems[stem] == 1 else place.name
        return self._out / stem.with_name(f"{first}.{name}{_SUFFIXES[kind]}")

    def _paths(self, picture: Path, tags: Sequence[str]) -> list[Path]:
        groups = self.showing.groups(tags)
        return [self._path(picture, names, kind, alone=len(groups) == 1) for names in groups for kind in self._kinds]

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
        write_whole(path, json.dumps(self.told(picture, maps, tags), ensure_ascii=False, indent=2) + "\n")


def _is_file_name(out: Path) -> bool:
    return bool(out.suffix) and not out.is_dir()


def _check_suffix(out: Path, kinds: Sequence[str]) -> None:
    expected = dict.fromkeys([".png", *("." + _SUFFIXES[kind].rpartition(".")[2] for kind in kinds)])
    if _is_file_name(out) and out.suffix.lower() not in expected:
        raise SettingError(
            f"--out {out} ends in {out.suffix}; expected {' or '.join(expected)}, or a folder's name without a suffix"
        )


def _check_apart(out: Path, folder: Path, *, recursive: bool) -> None:
    """Raise SettingError for a folder whose pictures are read: the next run would read this one's as well."""
    place = Path(_key(out.parent if _is_file_name(out) else out))
    read = Path(_key(folder))
    if place == read or (recursive and place.is_relative_to(read)):
        raise SettingError(f"--out {out} lies where pictures are read, in {folder}; take a folder beside it")


def _key(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))
