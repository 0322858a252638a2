"""What does a folder of captioned pictures hold? Everything that `stats` tells, as plain values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..captions.fingerprints import file_digest
from ..captions.scoring import Found
from ..captions.summary import shown
from ..tags.names import name_index
from ..tags.vocabulary import Vocabulary
from .caption_statistics import CaptionStatistics, contradictions
from .disagreements import Disagreement, disagreement
from .neighbours import NEAR, find_leaks, find_neighbours, unit_features
from .sources import Captioned, caption_tags

LISTED = 500
"""At most so many entries of a kind are listed; the counts tell how many there are."""

_OUTLIERS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Hold what is needed of one scored picture: its size in pixels, features [D], and where its caption disagrees."""

    width: int
    height: int
    features: npt.NDArray[np.float32] | None
    disagreement: Disagreement | None

    @classmethod
    def of(cls, place: int, one: Captioned, found: Found, vocabulary: Vocabulary) -> Seen:
        """Take what is needed; the scores may go."""
        apart = None
        if one.caption is not None:
            apart = disagreement(place, caption_tags(one.caption, vocabulary), found.scores, vocabulary)
        return cls(found.width, found.height, found.features, apart)


@dataclass(frozen=True, eq=False)
class Material:
    """Hold what was found: pictures with captions, what was seen of each (None: not readable), and errors."""

    captioned: Sequence[Captioned]
    found: Sequence[Seen | None]
    broken: Sequence[tuple[str, str]]
    lone_captions: Sequence[str]

    def features(self) -> tuple[npt.NDArray[np.float32], list[int]]:
        """Return the features [N, D] that there are, and the places of their pictures."""
        places = [i for i, one in enumerate(self.found) if one is not None and one.features is not None]
        rows = [one.features for one in (self.found[i] for i in places) if one is not None and one.features is not None]
        return (np.stack(rows) if rows else np.zeros((0, 1), dtype=np.float32)), places

    def name(self, place: int) -> str:
        """Return a picture's path for people."""
        return shown(self.captioned[place].picture)


def lone_captions(folders: Iterable[Path], *, extension: str, stems: set[str], recursive: bool) -> list[str]:
    """Return the caption files beside which no picture lies; `stems` are the pictures' paths without their endings."""
    found = []
    for folder in folders:
        if folder.is_dir():
            files = folder.rglob(f"*.{extension}") if recursive else folder.glob(f"*.{extension}")
            found += [shown(path) for path in sorted(files) if str(path.with_suffix("")) not in stems]
    return found


def build_report(
    material: Material,
    vocabulary: Vocabulary,
    *,
    common: float = 0.9,
    rare: int = 2,
    near: float = NEAR,
    against: Material | None = None,
) -> dict[str, Any]:
    """Return the report, ready for JSON; `against` is another folder, whose pictures should not be in this one."""
    texts = {i: one.caption for i, one in enumerate(material.captioned) if one.caption is not None}
    statistics = CaptionStatistics.of(texts.values(), vocabulary)
    places = list(texts)
    index = name_index(vocabulary)
    said = {tag.name for key in statistics.counts if (tag := index.facts(key).tag) is not None}
    sizes = [(one.width, one.height) for one in material.found if one is not None]
    together = statistics.always_together()
    rare_tags = statistics.rare(rare)
    return {
        "pictures": len(material.captioned),
        "captions": len(texts),
        "tags": len(statistics.counts),
        "tags_a_caption": [len(caption) for caption in statistics.captions],
        "frequencies": statistics.frequencies()[: LISTED * 4],
        "common": statistics.common(common),
        "rare": {"count": len(rare_tags), "listed": rare_tags[:LISTED]},
        "always_together": {"count": len(together), "listed": together[:LISTED]},
        "contradictions": _named(material, contradictions(list(texts.values()), vocabulary), places),
        **_disagreements(material, said),
        "without_caption": _listed([material.name(i) for i in range(len(material.captioned)) if i not in texts]),
        "without_picture": _listed(list(material.lone_captions)),
        "broken": _listed([{"path": path, "reason": reason} for path, reason in material.broken]),
        "sizes": sizes,
        **_duplicates(material, near),
        **({} if against is None else {"leaks": _leaks(material, against, near)}),
    }


def _listed(values: list[Any]) -> dict[str, Any]:
    return {"count": len(values), "listed": values[:LISTED]}


def _named(material: Material, found: list[tuple[int, list[str]]], places: list[int]) -> dict[str, Any]:
    return _listed([{"path": material.name(places[i]), "tags": tags} for i, tags in found])


def _disagreements(material: Material, said: set[str]) -> dict[str, Any]:
    """Return what is doubtful and missing; a tag that is in no caption at all was left out on purpose, and is apart."""
    found, never = [], Counter[str]()
    for one in material.found:
        if one is None or one.disagreement is None:
            continue
        never.update(name for name, _ in one.disagreement.missing if name not in said)
        missing = tuple(entry for entry in one.disagreement.missing if entry[0] in said)
        found.append(Disagreement(one.disagreement.place, one.disagreement.doubtful, missing))
    worst = sorted((one for one in found if one.size), key=lambda one: -one.size)
    rows = [{"path": material.name(one.place), "doubtful": one.doubtful, "missing": one.missing} for one in worst]
    return {"disagreements": _listed(rows), "never_said": never.most_common(LISTED)}


def _duplicates(material: Material, near: float) -> dict[str, Any]:
    features, places = material.features()
    exact = _exact(material)
    if len(features) < 2:
        return {"exact": _listed(exact), "near": _listed([]), "outliers": []}
    around = find_neighbours(unit_features(features), near=near)
    copies = {name: number for number, group in enumerate(exact) for name in group}
    pairs: list[dict[str, Any]] = []
    for pair in around.near:
        first, second = material.name(places[pair.first]), material.name(places[pair.second])
        if first not in copies or copies[first] != copies.get(second):  # else told as exact
            pairs.append({"paths": [first, second], "likeness": pair.likeness})
    outliers = [
        {"path": material.name(places[i]), "closeness": round(float(around.closeness[i]), 4)}
        for i in around.outliers(min(_OUTLIERS, len(places) // 4))
    ]
    return {"exact": _listed(exact), "near": _listed(pairs), "outliers": outliers}


def _exact(material: Material) -> list[list[str]]:
    """Return groups of files with the same bytes; only files of one size are read."""
    by_size: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(material.captioned):
        if one.picture.is_file():
            by_size[one.picture.stat().st_size].append(place)
    groups: dict[bytes, list[str]] = defaultdict(list)
    for alike in by_size.values():
        if len(alike) > 1:
            for place in alike:
                groups[file_digest(material.captioned[place].picture)].append(material.name(place))
    return [group for group in groups.values() if len(group) > 1]


def _leaks(material: Material, against: Material, near: float) -> dict[str, Any]:
    features, places = material.features()
    others, other_places = against.features()
    if not len(features) or not len(others):
        return _listed([])
    mean = np.concatenate([features, others]).mean(axis=0)
    pairs = find_leaks(unit_features(features, mean), unit_features(others, mean), near=near)
    return _listed([
        {"paths": [material.name(places[one.first]), against.name(other_places[one.second])], "likeness": one.likeness}
        for one in pairs
    ])  # fmt: skip
