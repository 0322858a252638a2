"""Is a folder captioned as asked, without losing what is there, and without scoring twice?"""

from __future__ import annotations

import errno
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from joytag_core import CancelledError, LocalHost, ScoreStore, Tagger, caption_folder
from joytag_core.captions import outputs
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.listing import sweep_left_overs
from joytag_core.captions.score_store import DATABASE_NAME
from joytag_core.errors import CaptionError, SettingError, UnreadablePictureError
from joytag_core.pictures.reading import Reading
from tests.captions.conftest import Draw, lazy
from tests.sample_pictures import wide_picture


def _captions(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.txt"))}


def _expected(tiny: Path, paths: list[Path]) -> list[str]:
    """Return what `tag` would say."""
    scores = Tagger.load(tiny, device="cpu").score(list(paths))
    return [", ".join(item.name.replace("_", " ") for item in one.select()) + "\n" for one in scores]


def test_each_picture_gets_the_tags_that_it_would_get_alone(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """UTF-8, one line end, beside the picture; order does not matter."""
    paths = draw(tmp_path / "p", [f"{n}.png" for n in range(7)])

    summary = caption_folder(tmp_path / "p", model=lazy(tiny), batch_size=3)

    assert _expected(tiny, paths) == list(_captions(tmp_path / "p").values())
    assert (7, 7, 0) == (summary.written, summary.scored, summary.skipped)
    assert summary.is_complete


def test_captions_that_are_there_are_skipped_by_default(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Nothing of a person's is touched, and the picture is not even scored."""
    draw(tmp_path, ["a.png", "b.png"])
    (tmp_path / "a.txt").write_bytes("mine, café".encode("utf-16"))

    summary = caption_folder(tmp_path, model=model)

    assert "mine, café".encode("utf-16") == (tmp_path / "a.txt").read_bytes()
    assert (1, 1, 1) == (summary.written, summary.skipped, summary.scored)


def test_captioning_again_runs_no_model(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """Other thresholds, the same scores: the network is not even loaded."""
    draw(tmp_path, ["a.png", "b.png"])
    caption_folder(tmp_path, model=lazy(tiny))

    def refuse() -> Tagger:
        raise AssertionError("the model was loaded")

    again = LazyModel.find(tiny, LocalHost(device="cpu"), load=refuse)
    summary = caption_folder(tmp_path, model=again, existing="overwrite", settings={"threshold": 0.05})

    assert (2, 0) == (summary.written, summary.scored)


def test_moved_renamed_and_turned_copies_are_known_again(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """By the bytes, or by what the network sees of them."""
    (path,) = draw(tmp_path, ["a.png"])
    caption_folder(tmp_path, model=lazy(tiny))
    (tmp_path / "moved").mkdir()
    with Image.open(path) as picture:
        turned = picture.transpose(Image.Transpose.ROTATE_90)  # counter-clockwise: EXIF 6 turns it back
        exif = Image.Exif()
        exif[0x0112] = 6
        turned.save(tmp_path / "moved" / "turned.png", exif=exif)
        picture.save(tmp_path / "moved" / "other.webp", lossless=True)
    path.rename(tmp_path / "moved" / "renamed.png")

    summary = caption_folder(tmp_path / "moved", model=lazy(tiny), scores=tmp_path / DATABASE_NAME)

    assert (3, 0) == (summary.written, summary.scored)
    assert 1 == len(set(_captions(tmp_path / "moved").values()))


def test_without_kept_scores_captions_are_the_same(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """The database changes how long it takes, and nothing else."""
    for name in ("kept", "none"):
        draw(tmp_path / name, ["a.png", "b.png", "c.png"])
    caption_folder(tmp_path / "kept", model=lazy(tiny))

    caption_folder(tmp_path / "none", model=lazy(tiny), keep_scores=False)

    assert _captions(tmp_path / "kept") == _captions(tmp_path / "none")
    assert not (tmp_path / "none" / DATABASE_NAME).exists()


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


def test_own_captions_are_redone_and_others_left(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """A caption that a person changed since is the person's."""
    draw(tmp_path, ["a.png", "b.png", "c.png"])
    caption_folder(tmp_path, model=lazy(tiny), settings={"max_tags": 1})
    (tmp_path / "b.txt").write_text("mine")
    (tmp_path / "c.txt").unlink()

    summary = caption_folder(tmp_path, model=lazy(tiny), own=True, triggers=["new"])

    assert ["mine"] == [text for text in _captions(tmp_path).values() if not text.startswith("new, ")]
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
    assert {"a.txt": "mine"} == _captions(tmp_path)


def test_twins_are_told_before_anything_is_written(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """The first of them gets the caption."""
    draw(tmp_path, ["a.jpg", "a.png", "b.png"])
    written_then: list[dict[str, str]] = []

    summary = caption_folder(
        tmp_path, model=lazy(tiny), on_twins=lambda twins: written_then.append(_captions(tmp_path))
    )

    assert [{}] == written_then
    assert [(str(tmp_path / "a.png"), str(tmp_path / "a.txt"))] == summary.twins
    assert 2 == summary.written
    assert _expected(tiny, [tmp_path / "a.jpg"])[0] == (tmp_path / "a.txt").read_text()


def test_twins_are_told_apart_by_a_template(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """The picture's own extension is part of the name then."""
    draw(tmp_path, ["a.jpg", "a.png"])

    summary = caption_folder(tmp_path, model=model, name_template="[name]-[extension].[output_extension]")

    assert ["a-jpg.txt", "a-png.txt"] == list(_captions(tmp_path))
    assert [] == summary.twins


def test_bad_pictures_are_listed_and_do_not_stop_the_run(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Each with its reason; also one that is gone when its turn comes."""
    draw(tmp_path, ["a.png", "z.png"])
    (tmp_path / "b.png").write_bytes(b"no picture")
    (tmp_path / "c.png").symlink_to(tmp_path / "c.png")

    summary = caption_folder([tmp_path, tmp_path / "gone.png"], model=model)

    assert ["a.txt", "z.txt"] == list(_captions(tmp_path))
    reasons = dict(summary.failed)
    assert "no picture that Pillow can read" in reasons[str(tmp_path / "b.png")]
    assert "there is no such file" in reasons[str(tmp_path / "gone.png")]


def test_a_folder_without_pictures_is_told_and_the_others_are_captioned(
    model: LazyModel, draw: Draw, tmp_path: Path
) -> None:
    """Only where there is nothing at all the run fails."""
    draw(tmp_path / "full", ["a.png"])
    (tmp_path / "empty").mkdir()

    summary = caption_folder([tmp_path / "empty", tmp_path / "full"], model=model)

    assert [str(tmp_path / "empty")] == [path for path, _ in summary.failed]
    assert 1 == summary.written
    with pytest.raises(UnreadablePictureError, match="there is no picture in this folder"):
        caption_folder(tmp_path / "empty", model=model)


def test_a_mirrored_tree_is_written(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Nothing comes into the pictures' own folders."""
    draw(tmp_path / "p", ["a.png"])
    draw(tmp_path / "p" / "x" / "y", ["a.png"], first=5)

    caption_folder(tmp_path / "p", model=model, recursive=True, output_folder=tmp_path / "out")

    assert ["a.txt", "x/y/a.txt"] == list(_captions(tmp_path / "out"))
    assert {"a.png", "x"} == {path.name for path in (tmp_path / "p").iterdir()}
    assert (tmp_path / "out" / DATABASE_NAME).is_file()


def test_triggers_come_first_and_from_folder_names(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Kohya's folders say how often and what."""
    draw(tmp_path / "10_mychar woman", ["a.png"])

    caption_folder(
        tmp_path, model=model, recursive=True, triggers=["Ohwx_1"], folder_triggers=True, keep_separator="|||"
    )

    assert (tmp_path / "10_mychar woman" / "a.txt").read_text().startswith("Ohwx_1, mychar woman ||| tag ")


@pytest.mark.parametrize(("low", "high"), [(4 / 6, 1.0), (5 / 6, 1.0), (0.0, 4 / 6), (0.0, 3 / 6)])
def test_shares_leave_rare_and_common_tags_out(tiny: Path, draw: Draw, tmp_path: Path, low: float, high: float) -> None:
    """Counted over all pictures; both ends belong to the range."""
    paths = draw(tmp_path, [f"{n}.png" for n in range(6)])
    counts = Counter(
        item.name for one in Tagger.load(tiny, device="cpu").score(list(paths)) for item in one.select(threshold=0.3)
    )
    assert {4, 6} == set(counts.values())
    kept = {name.replace("_", " ") for name, count in counts.items() if low <= count / 6 <= high}

    caption_folder(tmp_path, model=lazy(tiny), min_share=low, max_share=high, settings={"threshold": 0.3})

    assert kept == {tag for text in _captions(tmp_path).values() for tag in text.strip().split(", ") if tag}


@pytest.mark.parametrize("keep_scores", [True, False])
def test_shares_need_one_scoring_alone(model: LazyModel, draw: Draw, tmp_path: Path, keep_scores: bool) -> None:
    """The second pass takes what the first has scored."""
    draw(tmp_path, ["a.png", "b.png", "c.png"])

    assert 3 == caption_folder(tmp_path, model=model, min_share=0.1, keep_scores=keep_scores).scored


def test_a_threshold_below_what_is_kept_says_so(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Without kept scores it is allowed."""
    draw(tmp_path, ["a.png"])

    with pytest.raises(SettingError, match=r"0\.005 needs scores below 0\.01, which are not kept"):
        caption_folder(tmp_path, model=model, settings={"threshold": 0.005})
    assert 1 == caption_folder(tmp_path, model=model, settings={"threshold": 0.005}, keep_scores=False).written


def test_thresholds_by_pattern_hold_for_new_tags_and_for_pruning(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """And ask for no score that is not kept."""
    draw(tmp_path, ["a.png"])
    (tmp_path / "a.txt").write_text("tag_8, tag_13")
    by_pattern = {"thresholds": "tag_8 1.0"}

    caption_folder(tmp_path, model=lazy(tiny), existing="prune", settings=by_pattern)
    assert "tag_13\n" == (tmp_path / "a.txt").read_text()
    caption_folder(tmp_path, model=lazy(tiny), existing="overwrite", settings=by_pattern)
    assert (tmp_path / "a.txt").read_text().startswith("tag 13, ")
    with pytest.raises(SettingError, match=r"0\.001 needs scores below"):
        caption_folder(tmp_path, model=lazy(tiny), settings={"thresholds": "tag_8 0.001"})


def test_interrupted_work_goes_on(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """A host that cancels after some batches; the next run scores only what is missing."""
    draw(tmp_path, [f"{n}.png" for n in range(8)])

    class Stopping(LocalHost):
        left = 2

        def check_cancelled(self) -> None:
            if not self.left:
                raise CancelledError("stopped")
            self.left -= 1

    with pytest.raises(CancelledError):
        caption_folder(tmp_path, model=lazy(tiny), host=Stopping(device="cpu"), batch_size=2)
    assert 4 == len(_captions(tmp_path))
    summary = caption_folder(tmp_path, model=lazy(tiny), batch_size=2)

    assert (4, 4, 4) == (summary.written, summary.scored, summary.skipped)


def test_a_full_disk_stops_the_run_and_says_so(
    model: LazyModel, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No caption is torn; the scores are kept."""
    draw(tmp_path, ["a.png", "b.png"])
    write_whole = outputs.write_whole

    def full(path: Path, content: bytes) -> None:
        if path.name == "b.txt":
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(path, content)

    monkeypatch.setattr(outputs, "write_whole", full)

    with pytest.raises(CaptionError, match=r"b\.txt: the caption cannot be written: No space left on device"):
        caption_folder(tmp_path, model=model)
    assert ["a.txt"] == list(_captions(tmp_path))
    with ScoreStore(tmp_path) as store:
        assert 2 == store.models()[0].pictures


def test_one_read_only_folder_fails_alone(
    model: LazyModel, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The captions of other folders are written."""
    draw(tmp_path / "locked", ["a.png"])
    draw(tmp_path / "open", ["b.png"])
    write_whole = outputs.write_whole

    def locked(path: Path, content: bytes) -> None:
        if path.parent.name == "locked":
            raise OSError(errno.EACCES, "Permission denied")
        write_whole(path, content)

    monkeypatch.setattr(outputs, "write_whole", locked)

    summary = caption_folder(tmp_path, model=model, recursive=True)

    assert ["open/b.txt"] == list(_captions(tmp_path))
    assert (1, 1) == (summary.written, len(summary.failed))


def test_names_with_newlines_and_other_bytes(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """Linux names are bytes; the report is text."""
    name = os.fsdecode(b"caf\xe9\n1.png")
    draw(tmp_path, [name])
    (tmp_path / os.fsdecode(b"bad\xe9\n.png")).write_bytes(b"")

    summary = caption_folder(tmp_path, model=model)
    summary.write_report(tmp_path / "report.json")

    assert (tmp_path / name).with_suffix(".txt").is_file()
    (failed,) = json.loads((tmp_path / "report.json").read_text("utf-8"))["failed"]
    assert failed["path"].endswith("bad\\udce9\\n.png")


def test_half_written_files_of_killed_runs_are_swept_away(tmp_path: Path) -> None:
    """Only those that nobody works on: ten minutes old."""
    for name, age in (("old", 601), ("new", 0)):
        path = tmp_path / f".joytag-{name}.part"
        path.write_bytes(b"half")
        os.utime(path, (path.stat().st_mtime - age,) * 2)

    sweep_left_overs(tmp_path)

    assert [".joytag-new.part"] == [path.name for path in tmp_path.iterdir()]


def test_identical_pictures_are_scored_once_in_later_batches(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """A copy is known by its bytes as soon as the first is kept."""
    (first,) = draw(tmp_path, ["a.png"])
    caption_folder(first, model=model)
    for name in ("b.png", "c.png"):
        (tmp_path / name).write_bytes(first.read_bytes())

    assert 0 == caption_folder(tmp_path, model=model).scored


def test_kept_scores_are_those_of_the_model(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """To a 65535th, from 0.01 up."""
    (path,) = draw(tmp_path, ["a.png"])
    caption_folder(tmp_path, model=lazy(tiny))
    fresh = Tagger.load(tiny, device="cpu").score(path)[0].values

    with ScoreStore(tmp_path) as store:
        ((found, kept),) = store.pictures(lazy(tiny).key_in(store, Reading()))

    assert path == found
    assert (40, 30) == (kept.width, kept.height)
    assert np.abs(np.where(fresh >= 0.01, fresh, 0.0) - kept.scores).max() <= 1e-5
    assert kept.features is not None and (64,) == kept.features.shape


def test_the_reading_is_part_of_what_is_kept(tiny: Path, draw: Draw, tmp_path: Path) -> None:
    """A picture of a wide gamut has other scores by its bare numbers; one without a profile is not scored again."""
    (plain,) = draw(tmp_path / "p", ["plain.png"])
    wide = tmp_path / "p" / "wide.png"
    wide.write_bytes(wide_picture())
    os.utime(wide, (1_000_000_000, 1_000_000_000))
    tagger = Tagger.load(tiny, device="cpu")
    told: dict[str, list[dict[str, str]]] = {}
    for colours, scored in (("srgb", 2), ("stored", 1), ("srgb", 0), ("stored", 0)):
        summary = caption_folder(
            tmp_path / "p", model=lazy(tiny), existing="overwrite", settings={"colours": colours, "threshold": 0.3}
        )
        assert scored == summary.scored
        captions = _captions(tmp_path / "p")
        for path in (plain, wide):
            (scores,) = tagger.score(path, reading=Reading(colours=colours))
            expected = ", ".join(item.name.replace("_", " ") for item in scores.select(threshold=0.3)) + "\n"
            assert expected == captions[f"{path.stem}.txt"]
        told.setdefault(colours, []).append(captions)
    assert told["srgb"][0] == told["srgb"][1] != told["stored"][0] == told["stored"][1]


def test_a_fast_reading_tells_the_pictures_own_size(tiny: Path, tmp_path: Path) -> None:
    """Not that of what was decoded."""
    Image.linear_gradient("L").resize((1001, 500)).convert("RGB").save(tmp_path / "a.jpg")

    caption_folder(tmp_path, model=lazy(tiny), settings={"reading": "fast"})

    with ScoreStore(tmp_path) as store:
        ((_, kept),) = store.pictures(lazy(tiny).key_in(store, Reading(reading="fast")))
    assert (1001, 500) == (kept.width, kept.height)
