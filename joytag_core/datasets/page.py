"""How does a report become one page that works without a network?"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from ..captions.own_files import PAGE
from ..errors import PictureError
from ..pictures.files import load_picture
from .page_style import STYLE
from .plots import bars, histogram, scatter

_THUMBNAIL = 96
_ROWS = 60
"""How many rows of a kind are on the page; the JSON has more. So a page stays small, whatever the folder."""


Thumbnail = Callable[[str], str]


def render_page(report: dict[str, Any], *, title: str, thumbnail: Thumbnail | None = None) -> str:
    """Return a report as HTML; `thumbnail` turns a path into an address, by default that of a small picture itself."""
    thumbnail = thumbnail or small_picture
    parts = [
        ("numbers", "", _numbers(report)),
        ("tags", "Tags", _tags(report)),
        ("sizes", "Sizes", scatter(report["sizes"])),
        ("disagreements", "Captions and pictures that disagree", _disagreements(report, thumbnail)),
        ("contradictions", "Tags that exclude each other", _contradictions(report, thumbnail)),
        ("duplicates", "Duplicates", _duplicates(report, thumbnail)),
        ("outliers", "Like no other", _gallery([(one["path"], "") for one in report["outliers"]], thumbnail)),
        ("missing", "Files", _files(report)),
    ]
    if "leaks" in report:
        parts.insert(-1, ("leaks", "In the other folder too", _pairs(report["leaks"], thumbnail)))
    links = "".join(f'<a href="#{name}">{escape(heading)}</a>' for name, heading, _ in parts if heading)
    body = "".join(_section(*part) for part in parts)
    return (
        f'{PAGE.decode()}<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1><nav>{links}</nav>{body}</body></html>\n"
    )


def small_picture(path: str) -> str:
    """Return a picture as a data address of some 2 kB, empty where it cannot be read."""
    try:
        picture = load_picture(Path(path))
    except PictureError:
        return ""
    picture.thumbnail((_THUMBNAIL, _THUMBNAIL))
    file = BytesIO()
    picture.save(file, "JPEG", quality=75)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")


def _section(name: str, heading: str, content: str) -> str:
    title = f"<h2>{escape(heading)}</h2>" if heading else ""
    return f'<section id="{name}">{title}{content or _none()}</section>'


def _numbers(report: dict[str, Any]) -> str:
    counts = {
        "pictures": report["pictures"],
        "captions": report["captions"],
        "different tags": report["tags"],
        "near duplicates": report["near"]["count"],
        "captions in doubt": report["disagreements"]["count"],
        "broken files": report["broken"]["count"],
    }
    return '<div class="numbers">' + "".join(f"<div><b>{n:,}</b>{name}</div>" for name, n in counts.items()) + "</div>"


def _tags(report: dict[str, Any]) -> str:
    together = [f"{a} + {b} ({count})" for a, b, count in report["always_together"]["listed"][:_ROWS]]
    return (
        bars(report["frequencies"][:40], total=report["captions"])
        + "<h3>Tags in a caption</h3>"
        + histogram(report["tags_a_caption"])
        + "<h3>On nearly every picture: what a trigger word would stand for</h3>"
        + _chips(f"{name} ({count})" for name, count in report["common"][:_ROWS])
        + "<h3>Seen, and in no caption</h3>"
        + _chips(f"{name} ({count})" for name, count in report["never_said"][:_ROWS])
        + f"<h3>Rare: {report['rare']['count']}</h3>"
        + _chips(name for name, _ in report["rare"]["listed"][: _ROWS * 2])
        + f"<h3>Always together: {report['always_together']['count']}</h3>"
        + _chips(together)
    )


def _disagreements(report: dict[str, Any], thumbnail: Thumbnail) -> str:
    rows = [
        (one["path"], _scored(one["doubtful"]), _scored(one["missing"]))
        for one in report["disagreements"]["listed"][:_ROWS]
    ]
    heads = ("picture", "in the caption, hardly in the picture", "in the picture, not in the caption")
    return _table(heads, rows, thumbnail, report["disagreements"]["count"])


def _contradictions(report: dict[str, Any], thumbnail: Thumbnail) -> str:
    rows = [(one["path"], _chips(one["tags"])) for one in report["contradictions"]["listed"][:_ROWS]]
    return _table(("picture", "tags that another tag excludes"), rows, thumbnail, report["contradictions"]["count"])


def _duplicates(report: dict[str, Any], thumbnail: Thumbnail) -> str:
    groups = "".join(
        f"<p>{_gallery([(path, '') for path in group], thumbnail)}</p>" for group in report["exact"]["listed"][:_ROWS]
    )
    exact = f"<h3>The same bytes: {report['exact']['count']}</h3>{groups}"
    return f"{exact}<h3>Nearly the same: {report['near']['count']}</h3>{_pairs(report['near'], thumbnail)}"


def _pairs(pairs: dict[str, Any], thumbnail: Thumbnail) -> str:
    def shown(one: dict[str, Any]) -> str:
        pictures = _gallery([(path, "") for path in one["paths"]], thumbnail)
        return f"<div>{pictures}<span class=soft>{one['likeness']:.3f}</span></div>"

    return "".join(shown(one) for one in pairs["listed"][:_ROWS])


def _files(report: dict[str, Any]) -> str:
    broken = [f"{one['path']}: {one['reason']}" for one in report["broken"]["listed"][:_ROWS]]
    kinds = {
        "Broken": (report["broken"]["count"], broken),
        "Pictures without a caption": (report["without_caption"]["count"], report["without_caption"]["listed"]),
        "Captions without a picture": (report["without_picture"]["count"], report["without_picture"]["listed"]),
    }
    return "".join(
        f"<h3>{name}: {count}</h3><p class=soft>" + "<br>".join(map(escape, listed[:_ROWS])) + "</p>"
        for name, (count, listed) in kinds.items()
    )


def _table(heads: Iterable[str], rows: Sequence[tuple[str, ...]], thumbnail: Thumbnail, count: int) -> str:
    if not rows:
        return ""
    lines = "".join(
        f"<tr><td>{_figure(path, '', thumbnail)}</td>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        for path, *cells in rows
    )
    more = f"<p class=soft>{len(rows)} of {count}</p>" if count > len(rows) else ""
    return f"<table><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>{lines}</table>{more}"


def _gallery(pictures: list[tuple[str, str]], thumbnail: Thumbnail) -> str:
    return "".join(_figure(path, note, thumbnail) for path, note in pictures)


def _figure(path: str, note: str, thumbnail: Thumbnail) -> str:
    name = escape(Path(path).name)
    image = thumbnail(path)
    shown = f'<img src="{image}" alt="{name}" title="{escape(path)}">' if image else ""
    return f"<figure>{shown}<figcaption>{name}{escape(note)}</figcaption></figure>"


def _scored(tags: Iterable[tuple[str, float]]) -> str:
    return _chips(f"{name} {score:.2f}" for name, score in tags)


def _chips(texts: Iterable[str]) -> str:
    return "".join(f'<span class="tag">{escape(text)}</span>' for text in texts) or _none()


def _none() -> str:
    return '<p class="soft">none</p>'
