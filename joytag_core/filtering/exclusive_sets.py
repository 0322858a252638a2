"""Which tags cannot be true of one picture at once, and which of them stays?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..prompts.items import Item
from ..tags.vocabulary import Vocabulary


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


APPEARANCE = _tags("hair_color hair_length eye_color skin breast_size mouth")
"""The sets that hold for one person each, and so for none where there are several."""

VIEW = _tags("framing viewpoint place time_of_day background_color mouth")
"""The sets that hold for one view each, and so for none where a picture shows several."""

ONE_OF_EACH = _tags("1girl 1boy 1other")
"""Two of these make several persons."""

SEVERAL_PERSONS = _tags(
    """
    multiple_girls 2girls 3girls 4girls 5girls 6+girls multiple_boys 2boys 3boys 4boys 5boys 6+boys multiple_others
    2others everyone crowd couple hetero yuri yaoi harem siblings sisters brothers brother_and_sister twins cousins
    family mother_and_daughter mother_and_son father_and_daughter father_and_son husband_and_wife wife_and_wife
    interracial interspecies age_difference height_difference size_difference dual_persona multiple_persona clone
    furry_with_non-furry team_rocket group_sex threesome mmf_threesome ffm_threesome gangbang orgy spitroast
    """
)

SEVERAL_VIEWS = _tags(
    """
    multiple_views collage character_sheet expressions variations turnaround projected_inset chibi_inset
    lineup column_lineup chart color_guide zoom_layer evolutionary_line
    """
)

COMICS = _tags("comic 1koma 2koma 3koma 4koma 5koma multiple_4koma silent_comic left-to-right_manga")
"""Several persons in several views."""

MIXED = {
    "hair_color": _tags(
        """
        multicolored_hair two-tone_hair gradient_hair streaked_hair colored_inner_hair split-color_hair dyed_bangs
        alternate_hair_color
        """
    ),
    "hair_length": _tags("short_hair_with_long_locks asymmetrical_hair alternate_hair_length"),
    "eye_color": _tags("heterochromia multicolored_eyes gradient_eyes alternate_eye_color"),
    "skin": _tags("multicolored_skin two-tone_skin bodypaint tan tanlines"),
    "background_color": _tags(
        """
        two-tone_background multicolored_background gradient_background checkered_background striped_background
        polka_dot_background argyle_background plaid_background patterned_background halftone_background
        abstract_background
        """
    ),
    "time_of_day": _tags("gradient_sky"),
}
"""By set, the tags that say that several of its members may be true."""


def losers(
    items: Sequence[Item], vocabulary: Vocabulary, is_protected: Callable[[Item], bool]
) -> Iterator[tuple[Item, str, Item]]:
    """Yield each item that a better member of its set beats, with the set and that member."""
    members: dict[str, list[Item]] = {}
    for item in items:
        if item.facts.tag is not None and item.facts.tag.exclusive_set:
            members.setdefault(item.facts.tag.exclusive_set, []).append(item)
    rivals = {name: found for name, found in members.items() if len(found) > 1}
    off = _sets_that_are_off(items, vocabulary) if rivals else frozenset()
    for name, found in rivals.items():
        if name not in off:
            # The first of equals wins: max() keeps it.
            best = max(found, key=lambda item: (is_protected(item), -1.0 if item.score is None else item.score))
            yield from ((item, name, best) for item in found if not _related(item, best, vocabulary))


def _sets_that_are_off(items: Sequence[Item], vocabulary: Vocabulary) -> frozenset[str]:
    names = {item.facts.tag.name for item in items if item.facts.tag is not None}
    present = names.union(*map(vocabulary.ancestors, names))
    off = {name for name, tags in MIXED.items() if present & tags}
    if present & SEVERAL_PERSONS or len(present & ONE_OF_EACH) > 1:
        off |= APPEARANCE
    if present & SEVERAL_VIEWS:
        off |= VIEW
    if present & COMICS:
        off |= APPEARANCE | VIEW
    return frozenset(off)


def _related(item: Item, other: Item, vocabulary: Vocabulary) -> bool:
    assert item.facts.tag is not None and other.facts.tag is not None
    one, two = item.facts.tag.name, other.facts.tag.name
    return one == two or one in vocabulary.ancestors(two) or two in vocabulary.ancestors(one)
