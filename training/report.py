"""Where does a measured table go? Between two markers of a Markdown file, so that nobody copies figures by hand."""

from __future__ import annotations

from pathlib import Path

from joytag_core.whole_files import write_whole

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def write_between_markers(path: Path, text: str) -> None:
    """Replace what stands between the two markers.

    Raises:
        ValueError: the file lacks a marker.
    """
    before, found_begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not (found_begin and found_end):
        raise ValueError(f"{path} lacks the lines {BEGIN} and {END}")
    write_whole(path, f"{before}{BEGIN}\n{text}\n{END}{after}")
