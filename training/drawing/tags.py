"""Which tags do the drawn pictures speak, and which follow from which?"""

from __future__ import annotations

from collections.abc import Iterable

from .colours import COLOUR_NAMES

SHAPES = (
    "heart",
    "star_(symbol)",
    "circle",
    "triangle",
    "diamond_(shape)",
    "spade_(shape)",
    "cross",
    "crescent_moon",
    "sun",
    "cloud",
    "rainbow",
    "snowflakes",
    "musical_note",
    "lightning_bolt_symbol",
    "arrow_(symbol)",
    "speech_bubble",
    "hexagram",
    "yin_yang",
    "cube",
)

PATTERNS = (
    "gradient_background",
    "two-tone_background",
    "striped_background",
    "polka_dot_background",
    "checkered_background",
    "plaid_background",
    "argyle_background",
    "starry_background",
)

OTHERS = (
    "monochrome",
    "greyscale",
    "sepia",
    "spot_color",
    "border",
    "white_border",
    "black_border",
    "letterboxed",
    "pillarboxed",
    "blurry",
    "pixel_art",
    "english_text",
    "no_humans",
)

TAGS = (*SHAPES, *(f"{name}_background" for name in COLOUR_NAMES), "simple_background", *PATTERNS, *OTHERS)
"""The demo's vocabulary, in the order of its `top_tags.txt`: names from JoyTag's own vocabulary."""

IMPLICATIONS = {"greyscale": "monochrome", "white_border": "border", "black_border": "border"}
"""Child -> parent: those of JoyTag's implications that have both ends among `TAGS`."""


def close_implications(tags: Iterable[str]) -> set[str]:
    """Return the tags with every tag that they imply."""
    closed = set(tags)
    return closed | {IMPLICATIONS[tag] for tag in closed if tag in IMPLICATIONS}
