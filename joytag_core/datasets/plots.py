"""How do counts become plots that a page can hold without any script? As SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH = 720
_ROW = 18
_LABEL = 220


def bars(rows: Sequence[tuple[str, int]], *, total: int) -> str:
    """Return horizontal bars, one a row, each with its count and its share of a total."""
    largest = max((count for _, count in rows), default=1)
    space = _WIDTH - _LABEL - 110
    parts = [f'<svg viewBox="0 0 {_WIDTH} {len(rows) * _ROW + 4}" role="img">']
    for number, (name, count) in enumerate(rows):
        top = number * _ROW + 2
        share = f" {count / total:.0%}" if total else ""
        parts.append(
            f'<text x="{_LABEL - 6}" y="{top + 12}" text-anchor="end">{escape(name[:34])}</text>'
            f'<rect x="{_LABEL}" y="{top + 2}" width="{max(space * count / largest, 1):.1f}" height="{_ROW - 5}"/>'
            f'<text x="{_LABEL + space * count / largest + 5:.1f}" y="{top + 12}">{count}{share}</text>'
        )
    return "".join([*parts, "</svg>"])


def histogram(values: Sequence[int], *, most: int = 40) -> str:
    """Return upright bars of how often each whole number, or range of numbers, occurs."""
    if not values:
        return ""
    low, high = min(values), max(values)
    step = max(-(-(high - low + 1) // most), 1)
    counts = [0] * ((high - low) // step + 1)
    for value in values:
        counts[(value - low) // step] += 1
    width, tallest, height = _WIDTH / len(counts), max(counts), 120
    parts = [f'<svg viewBox="0 0 {_WIDTH} {height + 30}" role="img">']
    every = max(len(counts) // 12, 1)
    for number, count in enumerate(counts):
        tall = height * count / tallest
        name = f"{low + number * step}" + (f"-{low + (number + 1) * step - 1}" if step > 1 else "")
        parts.append(
            f'<rect x="{number * width:.1f}" y="{height - tall:.1f}" width="{max(width - 1, 0.5):.1f}" '
            f'height="{tall:.1f}"><title>{name}: {count}</title></rect>'
        )
        if number % every == 0:
            parts.append(f'<text x="{number * width:.1f}" y="{height + 15}">{low + number * step}</text>')
    return "".join([*parts, "</svg>"])


def scatter(sizes: Sequence[tuple[int, int]], *, most: int = 4000) -> str:
    """Return widths and heights in pixels as points, on scales that double; of very many an even selection."""
    if not sizes:
        return ""
    from math import log2

    shown = sizes[:: max(len(sizes) // most, 1)]
    low = min(min(size) for size in shown) * 0.9
    high = max(max(size) for size in shown) * 1.1
    side = 360

    def place(value: float) -> float:
        return 30 + (log2(value) - log2(low)) / (log2(high) - log2(low)) * (side - 40)

    parts = [f'<svg viewBox="0 0 {side} {side}" class="square" role="img">']
    mark = 1 << max(int(log2(low)), 0)
    while mark <= high:
        if mark >= low:
            at = place(mark)
            parts.append(
                f'<path d="M{at:.1f} 10V{side - 30}M30 {side - at:.1f}H{side - 10}"/>'
                f'<text x="{at:.1f}" y="{side - 14}" text-anchor="middle">{mark}</text>'
                f'<text x="26" y="{side - at + 4:.1f}" text-anchor="end">{mark}</text>'
            )
        mark *= 2
    parts += [
        f'<circle cx="{place(width):.1f}" cy="{side - place(height):.1f}" r="2.5">'
        f"<title>{width}x{height}</title></circle>"
        for width, height in dict.fromkeys(shown)
    ]
    return "".join([*parts, "</svg>"])
