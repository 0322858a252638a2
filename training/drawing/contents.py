"""What goes into a picture, and how much of it?"""

from __future__ import annotations

from collections.abc import Sequence

from .scene import Scene
from .tags import SHAPES


def fill_scene(scene: Scene, *, bold: bool) -> None:
    """Put shapes, people, words and distractors into the scene; `bold` keeps to few and large shapes."""
    rng = scene.rng
    names = [name for name in SHAPES if scene.palette.tone == "colour" or name != "rainbow"]
    scene.tags.add("no_humans")
    if rng.random() < 0.07:
        scene.add_person()
    counts: Sequence[int] = (1, 2) if bold else (0, 1, 2, 3, 4, 6)
    weights = (0.65, 0.35) if bold else (0.07, 0.4, 0.23, 0.16, 0.08, 0.06)
    count = rng.choices(counts, weights)[0]
    if scene.palette.tone != "colour":
        count = max(2 if scene.palette.tone == "spot" else 1, count)
    if not bold and rng.random() < 0.05:
        scene.add_scattered(rng.choice(("snowflakes", "snowflakes", "heart", "star_(symbol)", "musical_note")))
        count = min(count, 1)
    share = {0: (0.3, 0.4), 1: (0.14, 0.48), 2: (0.13, 0.36), 3: (0.12, 0.28)}.get(count, (0.1, 0.22))
    if bold:
        share = (0.28, 0.47) if count == 1 else (0.24, 0.38)
    for _ in range(count):
        scene.add_shape(rng.choice(names), share=share)
    if not bold and rng.random() < 0.3:
        scene.add_text()
    if not bold and rng.random() < 0.22:
        for _ in range(rng.randint(1, 3)):
            scene.add_distractor()
