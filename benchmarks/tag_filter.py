"""How fast is the Tag Filter? Prints the best of many rounds beside the limits set for it.

Processor time, so that other work on the machine disturbs little.

python -m benchmarks.tag_filter
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from joytag_core import TagFilter, Vocabulary
from joytag_core.tags.names import NameIndex

PATTERNS = """
*hair, blue *, *_eyes, * skirt, *hat, group:background, group:meta, category:artist, category:copyright
set:framing, implies:swimsuit, precision<0.1, score<0.05, /.*print/, /(red|green) .*/, chair, ass, hand on hip
!blue eyes, !long hair
"""
RULES = f"{PATTERNS}\n@prompt, @no-names, @style-lora"
RUNS = 400


def main() -> None:
    """Measure and print."""
    random.seed(0)
    names = Vocabulary.joytag().names
    few, many = random.sample(names[:1500], 40), [*random.sample(names, 1500), *(f"tag {n}" for n in range(500))]
    full = TagFilter(exclude=RULES, implications="specific", exclusive=True, order="prompt")
    scores = {name: random.random() for name in names}

    _show("vocabulary and its index, once", 100.0, _first_use_ms())
    _show(
        "a filter of 20 patterns and three lists, made first", None, _once_ms(lambda: _warm(TagFilter(exclude=RULES)))
    )
    _show("the same, made again", None, _best_ms(lambda: TagFilter(exclude=RULES)))
    _show("40 tags, 20 patterns, three lists, implications", 1.0, _best_ms(lambda: full.apply(", ".join(few))))
    _show("2,000 items nobody has seen", None, _once_ms(lambda: full.apply(", ".join(many))))
    _show("2,000 items", 50.0, _best_ms(lambda: full.apply(", ".join(many)), 30))
    _show("40 tags with 5,813 scores", None, _best_ms(lambda: full.apply(", ".join(few), scores=scores)))


def _warm(tag_filter: TagFilter) -> None:
    tag_filter.apply("1girl")


def _first_use_ms() -> float:
    from joytag_core.tags import vocabulary

    vocabulary._joytag.cache_clear()
    return _once_ms(lambda: NameIndex(Vocabulary.joytag()).facts("long hair"))


def _once_ms(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def _best_ms(work: Callable[[], object], runs: int = RUNS) -> float:
    work()
    return min(_once_ms(work) for _ in range(runs))


def _show(what: str, limit: float | None, found: float) -> None:
    print(f"{what:58}{found:9.3f} ms" + (f"   limit {limit:g} ms" if limit else ""))


if __name__ == "__main__":
    main()
