"""Do the demo model's maps mean something? Measures it on drawn pictures whose shapes' places are known.

python -m tests.maps.meaning [--count 500] [--seed 5] [--model demo]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from joytag_core import Tagger
from joytag_core.maps.masks import grow_mask
from joytag_core.maps.tag_maps import TagMaps
from training.drawing import SHAPES, DrawnPicture, draw_picture

Mask = npt.NDArray[np.bool_]
_TRIES = 20


@dataclass(frozen=True)
class Meaning:
    """Hold how many shapes were looked at for each claim, and for how many it is true."""

    peaks: int
    peaks_inside: int
    painted: int
    painted_lower: int
    pairs: int
    pairs_told_apart: int

    def shares(self) -> tuple[float, float, float]:
        """Return how often the peak is inside, how often the mask matters, how often two shapes are told apart."""
        return (
            self.peaks_inside / self.peaks,
            self.painted_lower / self.painted,
            self.pairs_told_apart / self.pairs,
        )


def measure(tagger: Tagger, *, seed: int, count: int) -> Meaning:
    """Draw pictures and count, for each shape that was tagged, whether its map is right."""
    drawn = [draw_picture(seed, number) for number in range(count)]
    all_maps = tagger.maps([one.image for one in drawn], SHAPES, batch_size=50)
    inside, lower, apart = [], [], []
    for number, (one, maps) in enumerate(zip(drawn, all_maps, strict=True)):
        places = _places_of(one, maps)
        inside += [_peak_is_inside(maps, tag, place) for tag, place in places.items()]
        lower += _painting_matters(tagger, one, maps, list(places), np.random.default_rng([seed, number]))
        apart += _told_apart(maps, places)
    return Meaning(len(inside), sum(inside), len(lower), sum(lower), len(apart), sum(apart))


def _places_of(drawn: DrawnPicture, maps: TagMaps) -> dict[str, Mask]:
    """Return where each shape is that was drawn and tagged; several of one kind are one place."""
    places: dict[str, Mask] = {}
    for place in drawn.places:
        if maps.holds(place.tag):
            places[place.tag] = place.pixels() | places.get(place.tag, np.zeros(drawn.image.size[::-1], dtype=bool))
    return places


def _peak_is_inside(maps: TagMaps, tag: str, place: Mask) -> bool:
    patch = round(max(maps.picture_size) / maps.grid.shape[0])
    (peak,) = maps.points(tag, 1)
    return bool(grow_mask(place, patch)[peak.y, peak.x])


def _painting_matters(
    tagger: Tagger, drawn: DrawnPicture, maps: TagMaps, tags: Sequence[str], random: np.random.Generator
) -> list[bool]:
    """Say for each tag whether painting its mask over lowers its score more than painting as much elsewhere."""
    masks = [maps.mask(tag) for tag in tags]
    elsewhere = [_moved(mask, random) for mask in masks]
    painted = tagger.score([_paint(drawn.image, mask) for mask in [*masks, *elsewhere]], batch_size=16)
    return [painted[i][tag] < painted[i + len(tags)][tag] for i, tag in enumerate(tags)]


def _moved(mask: Mask, random: np.random.Generator) -> Mask:
    """Return the same region at a random place, of twenty the one that meets it least, for else it would be compared
    with itself; what leaves the picture comes in on the other side."""
    height, width = mask.shape
    shifts = [(int(random.integers(height)), int(random.integers(width))) for _ in range(_TRIES)]
    return min((np.roll(mask, shift, axis=(0, 1)) for shift in shifts), key=lambda moved: (moved & mask).sum())


def _paint(picture: Image.Image, mask: Mask) -> Image.Image:
    """Paint a region over with the picture's own middle colour."""
    pixels = np.asarray(picture).copy()
    pixels[mask] = np.median(pixels.reshape(-1, 3), axis=0).astype(np.uint8)
    return Image.fromarray(pixels)


def _told_apart(maps: TagMaps, places: dict[str, Mask]) -> list[bool]:
    """Say of each two shapes in a picture whether the first's map is stronger in its half than in the other's."""
    told = []
    for tag, place in places.items():
        contributions = maps.contributions(tag)
        for other_tag, other in places.items():
            if other_tag != tag:
                own = _nearer(place, other)
                told.append(bool(contributions[own].mean() > contributions[~own].mean()))
    return told


def _nearer(place: Mask, other: Mask) -> Mask:
    """Return the half of the picture on one place's side of the line in the middle between two."""
    rows, columns = np.indices(place.shape)
    near, far = (
        (rows - where[0].mean()) ** 2 + (columns - where[1].mean()) ** 2 for where in map(np.nonzero, (place, other))
    )
    half: Mask = near < far
    return half


def main() -> None:
    """Print the three shares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--model", default="demo")
    given = parser.parse_args()
    meaning = measure(Tagger.load(given.model, device="cpu"), seed=given.seed, count=given.count)
    print(meaning)
    print("peak inside {:.3f}, painting matters {:.3f}, two told apart {:.3f}".format(*meaning.shares()))


if __name__ == "__main__":
    main()
