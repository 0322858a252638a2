"""What goes into a picture, and how much of it?"""

from __future__ import annotations

from .scene import Scene
from .tags import SHAPES

# How many shapes -> how often, and the range of their radius as a share of the picture's short side.
_COUNTS = {0: 0.08, 1: 0.56, 2: 0.23, 3: 0.1, 4: 0.03}
_SHARES = {1: (0.17, 0.47), 2: (0.19, 0.33), 3: (0.16, 0.25), 4: (0.13, 0.2)}
_LARGE = (0.27, 0.47)
_CROWD = range(4, 8)


def fill_scene(scene: Scene, *, bold: bool, crowded: bool = False) -> None:
    """Put shapes, people, words and distractors into the scene; `bold` keeps to large shapes, which effects leave.

    `crowded` puts many shapes there and nothing else.
    """
    rng = scene.rng
    scene.tags.add("no_humans")
    if crowded:
        _add_shapes(scene, rng.choice(_CROWD), bold=False)
        return
    if rng.random() < 0.03:
        scene.add_person()
    count = rng.choices(list(_COUNTS), list(_COUNTS.values()))[0]
    least = {"colour": 0, "spot": 2}.get(scene.palette.tone, 1)
    count = min(max(count, 1), 2) if bold else max(count, least)
    if not bold and rng.random() < 0.04:
        scene.add_scattered(rng.choice(("snowflakes", "heart", "star_(symbol)", "musical_note")))
        count = least
    elif not bold and rng.random() < 0.22 and scene.add_text():
        count = min(count, max(1, least))
    _add_shapes(scene, count, bold=bold)
    if not bold and rng.random() < 0.06:
        scene.add_distractor()


def _add_shapes(scene: Scene, count: int, *, bold: bool) -> None:
    names = [name for name in SHAPES if scene.palette.tone == "colour" or name != "rainbow"]
    for _ in range(count):
        large = bold or (count == 1 and scene.rng.random() < 0.7)
        share = (_LARGE[0], _LARGE[1] if count == 1 else 0.34) if large else _SHARES[min(count, max(_SHARES))]
        scene.add_shape(scene.rng.choice(names), share=share)
