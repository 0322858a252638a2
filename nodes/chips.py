"""What does the page need to show a result as chips to click, and to try other settings without a run?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..joytag_core.errors import SettingError
from ..joytag_core.settings.other_parameters import OTHER_PARAMETERS
from ..joytag_core.settings.parameters import PARAMETERS, check_settings
from ..joytag_core.tags.scores import TagScores
from ..joytag_core.tags.vocabulary import Tag, Vocabulary
from .schema import Settings
from .sent_scores import pack_other, pack_scores, unpack_other, unpack_scores
from .tag_lists import Picture
from .work import Work

if TYPE_CHECKING:
    from ..joytag_core.filtering.result import FilterResult, Kept

_MOST_PICTURES = 100
_NEAR_MISSES = 24


def for_page(settings: Settings, pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    """Return what goes to the page with a run: its settings, and the tags and scores of each picture."""
    sent = [_packed(picture) for picture in pictures[:_MOST_PICTURES]]
    return [{"settings": settings, "pictures": sent}]


def preview(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run would give for one picture with other settings, or after a click on a tag.

    Takes `settings`, one of the `pictures` that `for_page` made, and perhaps a `click` ({"tag", "action"}). Gives the
    `settings` that the click changed, the `text`, what was `dropped`, and the `chips`.

    Raises:
        SettingError: what was asked is malformed, or a setting is wrong.
    """
    settings = _defaults() | check_settings({k: v for k, v in _mapping(asked, "settings").items() if k in PARAMETERS})
    picture = _unpacked(_mapping(asked, "picture"))
    changed = _clicked(settings, asked["click"]) if asked.get("click") else {}
    work = Work(settings | _of_other_tagger(asked["settings"]) | changed)
    result = work.result(picture)
    near = [] if picture.tags is not None or picture.scores is None else work.near_misses(picture.scores, _NEAR_MISSES)
    chips = _Chips(settings | changed, picture.scores).of(result, near)
    return {"settings": changed, "text": result.text, "dropped": result.explain(), "chips": chips}


def _packed(picture: Picture) -> dict[str, Any]:
    from ..joytag_core.prompts.merging import tag_names  # late, as in work.py

    text, scores, other = picture
    names = tag_names(text, vocabulary=None if scores is None else scores.vocabulary) if text else []
    packed: dict[str, Any] = {"tags": text, "scores": None}
    if other is not None:
        packed["other"] = pack_other(other, scores, names)
    if scores is not None:
        packed["scores"] = pack_scores(scores, names, other)
    return packed


def _unpacked(packed: Mapping[str, Any]) -> Picture:
    text = packed.get("tags")
    scores = unpack_scores(packed["scores"]) if isinstance(packed.get("scores"), Mapping) else None
    other = unpack_other(packed["other"]) if isinstance(packed.get("other"), Mapping) else None
    if not (text is None or isinstance(text, str)) or (text is None and scores is None and other is None):
        raise SettingError(f"the picture's tags are {text!r}; expected text, or none with scores")
    return Picture(text, scores, other)


def _of_other_tagger(settings: Mapping[str, Any]) -> Settings:
    return {name: value for name, value in settings.items() if name in OTHER_PARAMETERS}


def _defaults() -> Settings:
    return {name: parameter.default for name, parameter in PARAMETERS.items()}


def _mapping(asked: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = asked.get(name)
    if not isinstance(value, Mapping):
        raise SettingError(f"{name} is {value!r}; expected an object")
    return value


def _clicked(settings: Settings, click: Any) -> dict[str, str]:
    from ..joytag_core.settings.clicks import ACTIONS, click_tag

    tag, action = (click.get("tag"), click.get("action")) if isinstance(click, Mapping) else (None, None)
    if not isinstance(tag, str) or action not in ACTIONS:
        raise SettingError(f"the click is {click!r}; expected a tag, and an action of {', '.join(ACTIONS)}")
    return click_tag(settings, tag, action)


class _Chips:
    """Say of each tag its name, score and category, what became of it, and what a click would do."""

    def __init__(self, settings: Settings, scores: TagScores | None) -> None:
        from ..joytag_core.settings.clicks import ClickedTags

        self._scores = scores
        self._vocabulary = Vocabulary.joytag() if scores is None else scores.vocabulary
        self._clicked = ClickedTags(settings)

    def of(self, result: FilterResult, near: Sequence[Kept]) -> list[dict[str, Any]]:
        """Return the chips: what remains, in its order, then what nearly was chosen, then what was dropped."""
        kept = [self._chip(one.name, one.tag, "kept", score=one.score) for one in result.kept]
        gone = [self._chip(item, self._vocabulary.find(item), "dropped", rule=rule) for item, rule in result.dropped]
        shown = {chip["tag"] for chip in (*kept, *gone)}
        missed = [self._chip(*one[:2], "near") for one in near if one.tag and one.tag.name not in shown]
        return [*kept, *missed, *gone]

    def _chip(
        self, name: str, tag: Tag | None, state: str, *, score: float | None = None, rule: str = ""
    ) -> dict[str, Any]:
        if score is None and tag is not None and self._scores is not None:
            score = float(self._scores.values[tag.index])
        key = tag.name if tag else name
        return {
            "tag": key,
            "name": name,
            "score": None if score is None else round(score, 4),
            "category": tag.category if tag else None,
            "state": state,
            "rule": rule,
            "action": self._action(key, state),
        }

    def _action(self, key: str, state: str) -> str:
        if state == "kept":
            return "add" if self._clicked.is_added(key) else "ban"
        if state == "near":
            return "add"
        return "ban" if self._clicked.is_banned(key) else "keep"
