"""What can a person set? Every setting once: name, default, range, help; each door draws its controls from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import SettingError
from ..filtering.choices import BASE_MODELS, DUPLICATES
from ..filtering.implications import IMPLICATIONS
from ..pictures.reading import COLOURS, READINGS
from ..prompts.choices import ARTIST_STYLES, NAMES, PROSE, TARGETS, WEIGHTS
from ..tags.ordering import ORDERS
from ..tags.vocabulary import CATEGORIES, PUBLISHED_THRESHOLD
from .parameter import Parameter


def _unit(name: str, default: float, label: str, help: str, **more: Any) -> Parameter:
    return Parameter(
        name=name, default=default, label=label, help=help, minimum=0.0, maximum=1.0, step=0.01, **more
    )  # fmt: skip


def _rules(name: str, label: str, help: str) -> Parameter:
    return Parameter(name=name, default="", label=label, help=help, multiline=True)


_SELECTION = (
    Parameter(
        name="model", default="joytag", label="Model",
        help="joytag (downloaded once, 366 MB), demo (offline; knows only shapes, colours and patterns), or the name "
        "of a folder in your JoyTag models folder.",
    ),
    _unit(
        "threshold", PUBLISHED_THRESHOLD, "Threshold",
        "A tag is taken if its score is greater than this. The published rule is 0.4; lower finds more, also more "
        "that is wrong.",
    ),
    _unit(
        "character_threshold", 0.0, "Character threshold",
        "The threshold for the names of characters. Raise it if characters are named that are not there. "
        "0: as Threshold.",
    ),
    Parameter(
        name="categories", default=CATEGORIES, label="Categories", choices=CATEGORIES, advanced=True,
        help="Which kinds of tags to take: general, character, copyright (series), artist, meta.",
    ),
    Parameter(
        name="min_tags", default=0, label="At least", minimum=0, maximum=500, step=1, advanced=True,
        help="If fewer tags pass the threshold, fill up to this many with the next best. 0: no filling up.",
    ),
    _unit(
        "min_precision", 0.0, "Minimum reliability",
        "Drop tags whose published precision (how often the model is right when it says the tag) is lower. "
        "0: keep all.",
        advanced=True,
    ),
    Parameter(
        name="thresholds", default="", label="Thresholds by pattern", multiline=True, advanced=True,
        help="One rule a line, a pattern and its threshold: category:character 0.75, group:hair 0.3, @file. The last "
        "that matches wins; everything else has the threshold.",
    ),
)  # fmt: skip

_FILTER = (
    _rules("exclude", "Exclude", "Tags to drop: names, *globs, /regex/, category:, group:, set:, implies:, @lists."),
    _rules("keep_only", "Keep only", "Drop every tag that none of these patterns matches. Empty: keep all."),
    _rules("protect", "Protect", "Tags that no rule may drop."),
    _rules("replace", "Replace", "One rule a line: old -> new. Nothing after the arrow deletes."),
    Parameter(
        name="lists", default="", label="Lists",
        help="Ready-made rules by name, separated by commas: prompt, character-lora, style-lora, outfit, pose, "
        "background, sfw, photo, no-names, anima, pony, illustrious, or a file in your lists folder.",
    ),
    Parameter(
        name="base_model", default="any", label="Base model", choices=BASE_MODELS,
        help="What the prompt is for: anima, pony and illustrious put tags into the order and mark artists as those "
        "models were trained. A setting made by hand stays as it is. any: as the settings say.",
    ),
    _unit(
        "min_score", 0.0, "Minimum score", "Drop tags whose score is lower; tags without a score stay.",
        advanced=True,
    ),
    Parameter(
        name="exclusive", default=False, label="One of a kind", advanced=True,
        help="Of tags that exclude each other (hair colours, eye colours, framing, ...) keep only the best.",
    ),
    Parameter(
        name="implications", default="off", label="Implied tags", choices=IMPLICATIONS, advanced=True,
        help="specific: drop 'skirt' where 'black skirt' is present. general: the other way round. off: keep both.",
    ),
    Parameter(
        name="duplicates", default="merge", label="Duplicates", choices=DUPLICATES, advanced=True,
        help="merge: each tag once, in its first place, with its highest weight. keep: leave them.",
    ),
    Parameter(
        name="max_tags", default=0, label="At most", minimum=0, maximum=5813, step=1,
        help="Keep at most this many tags, the best ones. 0: no limit.",
    ),
    Parameter(
        name="max_per_group", default="", label="At most, of a group", advanced=True,
        help="How many tags of a group to keep, for example: clothing 5, hair 3.",
    ),
    Parameter(
        name="max_tokens", default=0, label="At most, in tokens", minimum=0, maximum=10_000, step=1, advanced=True,
        help="Keep the best tags that fit into this many CLIP tokens (75 fill one part of a prompt). 0: no limit.",
    ),
    Parameter(
        name="order", default="given", label="Order", choices=ORDERS, advanced=True,
        help="given: as they come (best score first from JoyTag). prompt: quality, subject, names, then outwards "
        "to the background.",
    ),
    Parameter(
        name="add_first", default="", label="Add first",
        help="Put before all tags, exactly as given, and taken away from where else it stands.",
    ),
    Parameter(
        name="add_last", default="", label="Add last",
        help="Put after all tags, exactly as given, and taken away from where else it stands.",
    ),
    Parameter(
        name="keep_line_breaks", default=False, label="Keep line breaks", advanced=True,
        help="One line in, one line out. Off: all tags on one line.",
    ),
)  # fmt: skip

_FORMAT = (
    Parameter(
        name="target", default="comfyui", label="Written for", choices=TARGETS, advanced=True,
        help="comfyui and a1111 escape brackets so that they are no weights; caption (for training) escapes nothing.",
    ),
    Parameter(
        name="spaces", default=True, label="Spaces for underscores", advanced=True,
        help="long hair instead of long_hair; faces such as ^_^ and names that are no words, such as score_9, stay.",
    ),
    Parameter(
        name="names", default="model", label="Tag names", choices=NAMES, advanced=True,
        help="model: as JoyTag was trained (Danbooru of 2021). current: as Danbooru names them today.",
    ),
    Parameter(
        name="weights", default="off", label="Weights", choices=WEIGHTS, advanced=True,
        help="off; mapped: (tag:1.1) from the score, within 0.8 to 1.2; score: the score itself.",
    ),
    Parameter(
        name="weight_range", default=(0.8, 1.2), label="Weights from, to", advanced=True,
        help="The weights that mapped gives to a score at the threshold, and to the score 1.",
    ),
    Parameter(
        name="separator", default=", ", label="Separator", advanced=True, help="What stands between two tags.",
    ),
    Parameter(
        name="trailing_separator", default=False, label="Separator at the end", advanced=True,
        help="End with a separator, so that more can be typed behind it.",
    ),
    Parameter(
        name="artist_style", default="as written", label="Artists", choices=ARTIST_STYLES, advanced=True,
        help="How names of artists are marked: as written; bare: kantoku; @: @kantoku (Anima); by: by kantoku; "
        "artist: artist:kantoku.",
    ),
    Parameter(
        name="prose", default="keep", label="Sentences", choices=PROSE, advanced=True,
        help="keep: sentences pass through untouched, commas and all. drop: only tags remain.",
    ),
)  # fmt: skip

_READING = (
    Parameter(
        name="colours", default="srgb", label="Colours", choices=COLOURS, advanced=True,
        help="srgb: a picture with another colour profile is tagged as browsers show it. stored: its bare numbers, as "
        "the published snippet takes them.",
    ),
    Parameter(
        name="reading", default="exact", label="Reading", choices=READINGS, advanced=True,
        help="exact: pictures as they are. fast: JPEG files decoded at a fraction of their size, at least twice what "
        "the model looks at; scores move a little.",
    ),
)  # fmt: skip

PARAMETERS: Mapping[str, Parameter] = {p.name: p for p in (*_SELECTION, *_FILTER, *_FORMAT, *_READING)}
SELECTION_NAMES = tuple(p.name for p in _SELECTION)
FILTER_NAMES = tuple(p.name for p in (*_FILTER, *_FORMAT))
"""The fields of TagFilter, in the order of the doors' controls."""

THRESHOLDS = ("threshold", "character_threshold")
"""What decides whether a tag is there, where nothing is chosen: in maps, checks and switches."""

READING_NAMES = tuple(p.name for p in _READING)
"""How files are read. ComfyUI's nodes have none of these: an IMAGE has been decoded, and has lost its profile."""


def check_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings checked and in their own types.

    Raises:
        SettingError: a name is unknown, or a value is out of its range.
    """
    unknown = sorted(set(settings) - set(PARAMETERS))
    if unknown:
        raise SettingError(f"setting {unknown[0]!r} is unknown; there is: {', '.join(PARAMETERS)}")
    return {name: PARAMETERS[name].check(value) for name, value in settings.items()}
