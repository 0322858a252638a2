"""What becomes of captions that are there already?"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from joytag_core import ScoreStore, Tagger, caption_folder
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.outputs import Change, FileOutput, Plan
from tests.captions.conftest import Draw, captions_in, lazy


def test_captions_that_are_there_are_skipped_by_default(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Nothing of a person's is touched, and the picture is not even scored."""
    draw(tmp_path, ["a.png", "b.png"])
    (tmp_path / "a.txt").write_bytes("mine, café".encode("utf-16"))

    summary = caption_folder(tmp_path, model=model)

    assert "mine, café".encode("utf-16") == (tmp_path / "a.txt").read_bytes()
    assert (1, 1, 1) == (summary.written, summary.skipped, summary.scored)


def test_prune_keeps_what_the_picture_shows(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """Shown tags and unknown words stay, as written; the others go, protected ones excepted."""
    (path,) = draw(tmp_path, ["a.png"])
    scores = Tagger.load(tiny, device="cpu").score(path)[0]
    shown, *_, gone, guarded = (item.name for item in scores.top(40))
    (tmp_path / "a.txt").write_text(f"ohwx, {gone}, {shown}, my dog, {guarded}")

    summary = caption_folder(tmp_path, model=lazy(tiny), existing="prune", backup=True, settings={"protect": guarded})

    assert f"ohwx, {shown}, my dog, {guarded}\n" == (tmp_path / "a.txt").read_text()
    assert f"ohwx, {gone}, {shown}, my dog, {guarded}" == (tmp_path / "a.txt.bak").read_text()
    assert 1 == summary.written


def test_a_caption_that_changes_while_its_picture_is_scored_is_left_alone(
    tiny: Path, draw: Draw, tmp_path: Path
) -> None:
    """The person's last word counts; the run says so."""
    draw(tmp_path, ["a.png"])
    (tmp_path / "a.txt").write_text("mine")
    model = lazy(tiny)
    keep = ScoreStore.note_captions

    def edited(store: ScoreStore, captions: object) -> None:
        (tmp_path / "a.txt").write_text("mine, new")
        keep(store, captions)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScoreStore, "note_captions", edited)
        summary = caption_folder(tmp_path, model=model, existing="append")

    assert "mine, new" == (tmp_path / "a.txt").read_text()
    assert "somebody changed the caption in the meantime" in summary.failed[0][1]


@pytest.mark.parametrize("age", [0, 10_000])
def test_a_change_of_the_same_length_shows_too(tiny: Path, draw: Draw, tmp_path: Path, age: int) -> None:
    """Of a caption that is seconds old its bytes are compared, of an older one what the file system says of it."""
    draw(tmp_path, ["a.png"])
    caption = tmp_path / "a.txt"
    caption.write_text("mine")
    seconds = time.time() - age
    os.utime(caption, (seconds, seconds))
    keep = ScoreStore.note_captions

    def edited(store: ScoreStore, captions: object) -> None:
        caption.write_text("MINE")
        keep(store, captions)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScoreStore, "note_captions", edited)
        summary = caption_folder(tmp_path, model=lazy(tiny), existing="append")

    assert "MINE" == caption.read_text()
    assert "somebody changed the caption in the meantime" in summary.failed[0][1]


@pytest.mark.parametrize(
    ("options", "was_there"),
    [
        ({"own": True}, True),
        ({"own": True}, False),
        ({"existing": "overwrite"}, True),
        ({"existing": "overwrite"}, False),
    ],
)
def test_words_written_before_a_picture_s_batch_is_done_are_left(
    tiny: Path, draw: Draw, tmp_path: Path, options: dict[str, Any], was_there: bool
) -> None:
    """Between its turn and its scores, which take a while: JoyTag's own caption has become a person's, or is new."""
    draw(tmp_path, ["a.png", "b.png"])
    model = lazy(tiny)
    if was_there:
        caption_folder(tmp_path, model=model)
    change = FileOutput.change

    def edited(output: FileOutput, plan: Plan, *rest: Any) -> Change:
        if plan.target.name == "b.txt":
            plan.target.write_text("a person's words")
        return change(output, plan, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileOutput, "change", edited)
        summary = caption_folder(tmp_path, model=model, triggers=("new",), **options)

    assert "a person's words" == (tmp_path / "b.txt").read_text()
    assert (tmp_path / "a.txt").read_text().startswith("new")
    assert ["somebody changed the caption in the meantime" in reason for _, reason in summary.failed] == [True]


def test_own_captions_are_redone_and_others_left(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """A caption that a person changed since is the person's."""
    draw(tmp_path, ["a.png", "b.png", "c.png"])
    caption_folder(tmp_path, model=lazy(tiny), settings={"max_tags": 1})
    (tmp_path / "b.txt").write_text("mine")
    (tmp_path / "c.txt").unlink()

    summary = caption_folder(tmp_path, model=lazy(tiny), own=True, triggers=["new"])

    assert ["mine"] == [text for text in captions_in(tmp_path).values() if not text.startswith("new, ")]
    assert (2, 1) == (summary.written, summary.skipped)


@pytest.mark.parametrize("how", ["append", "merge", "prune"])
def test_a_person_s_words_among_joytag_s_stay_the_person_s(tiny: Path, draw: Draw, tmp_path: Path, how: str) -> None:
    """A caption that was merged is never taken for JoyTag's own; one that JoyTag began is."""
    draw(tmp_path, ["a.png", "b.png"])
    (tmp_path / "a.txt").write_text("my words, tag_39")
    caption_folder(tmp_path, model=lazy(tiny), existing=how, settings={"max_tags": 1, "threshold": 0.6})
    caption_folder(tmp_path, model=lazy(tiny), existing=how, triggers=["x"])

    summary = caption_folder(tmp_path, model=lazy(tiny), own=True, triggers=["new"])

    assert "my words" in (tmp_path / "a.txt").read_text()
    assert (tmp_path / "b.txt").read_text().startswith("new, tag 8")
    assert (1, 1) == (summary.written, summary.skipped)


def test_one_trigger_may_be_given_as_a_text(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """It is one, and not its letters."""
    draw(tmp_path, ["a.png"])
    caption_folder(tmp_path, model=lazy(tiny), triggers="ohwx man")
    assert captions_in(tmp_path)["a.txt"].startswith("ohwx man, tag ")


def test_a_dry_run_tells_and_writes_nothing(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """What is there before and after is told for each picture."""
    draw(tmp_path, ["a.png", "b.png"])
    (tmp_path / "a.txt").write_text("mine")
    told: list[tuple[str, str | None]] = []

    caption_folder(
        tmp_path, model=lazy(tiny), existing="append", dry_run=True,
        on_change=lambda change: told.append((change.plan.target.name, change.before)),
    )  # fmt: skip

    assert [("a.txt", "mine"), ("b.txt", None)] == told
    assert {"a.txt": "mine"} == captions_in(tmp_path)


@pytest.mark.parametrize("existing", ["append", "merge", "prepend", "prune"])
@pytest.mark.parametrize(
    "content",
    [
        "少女, 1girl".encode("shift-jis"),
        "少女, 1girl".encode("gbk"),
        "소녀, 1girl".encode("cp949"),
        "радуга, 1girl".encode("cp1251"),
        "café, 1girl\xff".encode("latin-1").replace(b"\xe9", b"\xc3\xa9"),
    ],
)
def test_captions_in_unknown_encodings_are_left_alone(
    model: LazyModel, draw: Draw, tmp_path: Path, content: bytes, existing: str
) -> None:
    """Their words would be lost; the run says so, and does the others."""
    draw(tmp_path, ["a.png", "b.png"])
    (tmp_path / "a.txt").write_bytes(content)

    summary = caption_folder(tmp_path, model=model, existing=existing)

    assert content == (tmp_path / "a.txt").read_bytes()
    assert ["in no encoding that is known here; save it as UTF-8" in reason for _, reason in summary.failed] == [True]
    assert (tmp_path / "b.txt").exists()


@pytest.mark.parametrize("text", ["café, “naïve”, señorita – Köln", "Ça, où, œuvre", "1girl"])
def test_western_captions_are_read_whole(model: LazyModel, draw: Draw, tmp_path: Path, text: str) -> None:
    """In cp1252, as Windows' older programs write."""
    draw(tmp_path, ["a.png"])
    (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))

    caption_folder(tmp_path, model=model, existing="append")

    assert (tmp_path / "a.txt").read_text(encoding="utf-8").startswith(text)


@pytest.mark.parametrize("separator", [", ", "; ", " | ", "\n"])
@pytest.mark.parametrize("existing", ["append", "prepend", "merge"])
def test_nothing_is_said_twice_whatever_separates_the_new_tags(
    tiny: Path, draw: Draw, tmp_path: Path, existing: str, separator: str
) -> None:
    """And a limit counts the tags that are new."""
    (path,) = draw(tmp_path, ["a.png"])
    first, second, third, *_ = (item.name.replace("_", " ") for item in Tagger.load(tiny).score(path)[0].top(3))
    (tmp_path / "a.txt").write_text(f"{second}, my words")
    settings = {"separator": separator, "max_tags": 2, "threshold": 0.1}

    caption_folder(tmp_path, model=lazy(tiny), existing=existing, settings=settings)

    new, old = separator.join((first, third)), f"{second}, my words"
    expected = f"{new}, {old}" if existing == "prepend" else f"{old}, {new}"
    assert expected == (tmp_path / "a.txt").read_text().rstrip("\n")
