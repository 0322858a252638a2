"""How are a picture's scores shown as bars that can be clicked?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from joytag_core.filtering import FilterResult
from joytag_core.ordering import ScoredTag
from joytag_core.scores import TagScores

MOST_BARS = 150
LOWEST_SCORE = 0.05
"""Tags that the model finds less likely than this are not worth a bar."""


def render_bars(scores: TagScores, result: FilterResult) -> str:
    """Return HTML: a bar for each of the best tags, with what became of it and why.

    javascript/joytag.js listens for clicks on what carries `data-joytag-action`.
    """
    kept = {_key(scores, name) for name in result.tags}
    dropped = {_key(scores, item): rule for item, rule in result.dropped}
    shown = [item for item in scores.top(MOST_BARS) if item.score >= LOWEST_SCORE or item.name in kept]
    rows = "".join(_row(item, item.name in kept, dropped.get(item.name)) for item in shown)
    return f"<div class='joytag-bars'>{rows}</div>{_others(scores, result)}"


def render_error(message: str) -> str:
    """Return HTML that shows a message in place of the bars."""
    return f"<div class='joytag-error'>{escape(message)}</div>"


def _row(item: ScoredTag, kept: bool, rule: str | None) -> str:
    name, percent = escape(item.name, quote=True), round(item.score * 100)
    state = "kept" if kept else "dropped" if rule else "below"
    why = {"kept": "in the prompt", "dropped": f"dropped by {rule}", "below": "not chosen"}[state]
    return (
        f"<div class='joytag-bar {state}' title='{escape(why, quote=True)}'>"
        f"<button type='button' data-joytag-action='ban' data-joytag-tag='{name}' title='ban {name}'>&#10005;</button>"
        f"<button type='button' data-joytag-action='keep' data-joytag-tag='{name}' title='always keep {name}'>"
        f"&#10003;</button><span class='joytag-fill' style='--score:{percent}%'>"
        f"<span class='joytag-name'>{name}</span></span><span class='joytag-score'>{item.score:.2f}</span></div>"
    )


def _others(scores: TagScores, result: FilterResult) -> str:
    """Return a line on what rules put in that the model does not know."""
    unknown = [name for name in result.tags if scores.vocabulary.find(name) is None]
    return f"<p class='joytag-added'>Added by rules: {escape(', '.join(unknown))}</p>" if unknown else ""


def _key(scores: TagScores, name: str) -> str:
    tag = scores.vocabulary.find(name)
    return tag.name if tag else name


def render_list(rows: Iterable[tuple[str, str]], failures: Mapping[str, str]) -> str:
    """Return HTML: a table of picture names and their tags, and of those that failed."""
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(tags)}</td></tr>" for name, tags in rows)
    wrong = "".join(
        f"<tr class='joytag-error'><td>{escape(name)}</td><td>{escape(why)}</td></tr>" for name, why in failures.items()
    )
    return f"<table class='joytag-list'>{cells}{wrong}</table>"
