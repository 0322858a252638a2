"""How often is the prompt check right? On freshly drawn pictures, whose tags are known.

`python -m benchmarks.prompt_check`. The demo model judges prompts of which half the tags are false, and picks one
picture of eight by its prompt.
"""

from __future__ import annotations

import argparse
import random

from joytag_core import PromptCheck, Tagger, TagScores
from joytag_core.judging.prompt_check import best_first
from training.drawing.picture import DrawnPicture, draw_picture
from training.drawing.tags import TAGS

SEED = 20_261_126
"""No seed of the training's: these pictures were never seen."""

Judged = list[tuple[DrawnPicture, TagScores]]


def main() -> None:
    """Draw, judge, and print both shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--of", type=int, default=8, help="pictures to pick one of")
    arguments = parser.parse_args()
    judged = draw_and_score(arguments.pictures)
    right, tags = judged_rightly(judged, random.Random(SEED))
    print(f"{right} of {tags} tags judged rightly ({right / tags:.1%}), half of them false, on {len(judged)} pictures")
    picked = picked_rightly(judged, random.Random(SEED), of=arguments.of)
    print(f"best of {arguments.of}: the right picture in {picked} of {len(judged)} ({picked / len(judged):.1%})")


def draw_and_score(count: int) -> Judged:
    """Return drawn pictures with the demo model's scores."""
    drawn = [draw_picture(SEED, number) for number in range(count)]
    tagger = Tagger.load("demo", device="cpu", dtype="float32")
    return list(zip(drawn, tagger.score([one.image for one in drawn]), strict=True))


def judged_rightly(judged: Judged, rng: random.Random) -> tuple[int, int]:
    """Return how many tags were judged rightly, and of how many: as many false ones as true ones in each prompt."""
    right = total = 0
    for picture, scores in judged:
        true = [tag for tag in TAGS if tag in picture.tags]
        false = [tag for tag in TAGS if tag not in picture.tags]
        count = min(5, len(true))
        asked = rng.sample(true, count) + rng.sample(false, count)
        rng.shuffle(asked)
        shown = {one.tag.name for one in PromptCheck().check(_prompt(asked), scores).shown}
        right += sum((tag in shown) == (tag in picture.tags) for tag in asked)
        total += len(asked)
    return right, total


def picked_rightly(judged: Judged, rng: random.Random, *, of: int) -> int:
    """Return for how many pictures a prompt of all their tags picks them, or one with all these tags, among others."""
    right = 0
    for picture, scores in judged:
        others = rng.sample([one for one in judged if one[0] is not picture], of - 1)
        batch = [(picture, scores), *others]
        rng.shuffle(batch)
        reports = [PromptCheck().check(_prompt(sorted(picture.tags)), seen) for _, seen in batch]
        right += picture.tags <= batch[best_first(reports)[0]][0].tags
    return right


def _prompt(tags: list[str]) -> str:
    return ", ".join(tag.replace("_", " ").replace("(", "\\(").replace(")", "\\)") for tag in tags)


if __name__ == "__main__":
    main()
