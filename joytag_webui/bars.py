"""How are a picture's scores shown as bars that can be clicked?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from joytag_core.filtering.result import FilterResult
from joytag_core.tags.scored_tag import ScoredTag
from joytag_core.tags.scores import TagScores

from .folders import FolderResult

MOST_BARS = 150
LOWEST_SCORE = 0.05
"""Tags that the model finds less likely than this are not worth a bar."""
_BUTTONS = {"ban": ("&#10005;", "never"), "keep": ("&#10003;", "always"), "add": ("&#10003;", "always")}
_MEANINGS = {
    "kept": "in the prompt",
    "dropped": "dropped by rules",
    "replaced": "replaced by rules",
    "below": "not chosen",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """Say which tags a person has clicked: ✕ never, ✓ always."""

    is_banned: Callable[[str], bool]
    is_kept: Callable[[str], bool]


def render_bars(scores: TagScores, result: FilterResult, *, marks: Marks) -> str:
    """Return HTML: a bar for each of the best tags, with what became of it and why.

    javascript/joytag.js listens for clicks on what carries `data-joytag-action`: `ban`, `keep`, or, on a tag that was
    not chosen, `add`; and `map`, to see where the tag is.
    """
    fate_of = {_key(scores, item): ("replaced", rule) for item, rule in result.replaced}
    fate_of |= {_key(scores, item): ("dropped", rule) for item, rule in result.dropped}
    fate_of |= {_key(scores, name): ("kept", "") for name in result.tags}
    shown = [item for item in scores.top(MOST_BARS) if item.score >= LOWEST_SCORE or item.name in fate_of]
    fates = [fate_of.get(item.name, ("below", "")) for item in shown]
    rows = "".join(_row(item, *fate, marks) for item, fate in zip(shown, fates, strict=True))
    return f"{_legend([state for state, _ in fates])}<div class='joytag-bars'>{rows}</div>{_others(scores, result)}"


def render_error(message: str) -> str:
    """Return HTML that shows a message in place of the bars."""
    return f"<div class='joytag-error'>{escape(message)}</div>"


def _legend(states: Sequence[str]) -> str:
    """Return a line that says what the colours mean and what can be clicked."""
    counts = "".join(
        f"<span class='joytag-count {state}'>{states.count(state)} {meaning}</span>"
        for state, meaning in _MEANINGS.items()
        if state != "replaced" or state in states
    )
    help = "&#10005; never, &#10003; always: click again to undo; a name: where it is"
    return f"<p class='joytag-legend'>{counts}<span>{help}</span></p>"


def _row(item: ScoredTag, state: str, rule: str, marks: Marks) -> str:
    keep = "add" if state == "below" else "keep"
    buttons = _button("ban", item.name, marks.is_banned(item.name)) + _button(keep, item.name, marks.is_kept(item.name))
    why = f"<span class='joytag-why'>{escape(rule)}</span>" if rule else ""
    return (
        f"<div class='joytag-bar {state}' title='{_MEANINGS[state]}'>{buttons}"
        f"<span class='joytag-fill' style='--score:{round(item.score * 100)}%'>"
        f"{_name(item.name)}{why}</span>"
        f"<span class='joytag-score'>{item.score:.2f}</span></div>"
    )


def _name(name: str) -> str:
    name = escape(name, quote=True)
    return (
        f"<span class='joytag-name' role='button' tabindex='0' data-joytag-action='map' data-joytag-tag='{name}'"
        f" title='show where {name} is'>{name}</span>"
    )


def _button(action: str, name: str, is_on: bool) -> str:
    name, (symbol, meaning) = escape(name, quote=True), _BUTTONS[action]
    marked = " class='marked'" if is_on else ""
    return (
        f"<button type='button'{marked} data-joytag-action='{action}' data-joytag-tag='{name}'"
        f" title='{meaning} {name}'>{symbol}</button>"
    )


def _others(scores: TagScores, result: FilterResult) -> str:
    """Return a line on what rules put in that the model does not know."""
    unknown = [name for name in result.tags if scores.vocabulary.find(name) is None]
    return f"<p class='joytag-added'>Added by rules: {escape(', '.join(unknown))}</p>" if unknown else ""


def _key(scores: TagScores, name: str) -> str:
    tag = scores.vocabulary.find(name)
    return tag.name if tag else name


def render_list(result: FolderResult) -> str:
    """Return HTML: what was done, and a table of picture names and their tags, and of those that failed."""
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(tags)}</td></tr>" for name, tags in result.tagged)
    wrong = "".join(
        f"<tr class='joytag-failed'><td>&#9888; {escape(name)}</td><td>{escape(why)}</td></tr>"
        for name, why in result.failed
    )
    return f"<p class='joytag-said'>{escape(result.said)}</p><table class='joytag-list'>{cells}{wrong}</table>"
