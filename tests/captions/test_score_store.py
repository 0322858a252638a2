"""Does the score database keep what it is given, and refuse what it cannot read?"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from joytag_core.captions.fingerprints import FileState, file_digest
from joytag_core.captions.schema import VERSION
from joytag_core.captions.score_store import DATABASE_NAME, ModelKey, ScoreStore, Sighting
from joytag_core.errors import ScoreStoreError

TAGS = ("a", "b", "c")
SCORES = np.array([0.9, 0.005, 0.25], dtype=np.float32)


def _model(store: ScoreStore, fingerprint: bytes = b"one", *, view: int | str = 64) -> ModelKey:
    return store.model(fingerprint, name="tiny", tags=TAGS, view=view)


def _file(path: Path, content: bytes = b"picture") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def _seen(path: Path, picture: bytes = b"square") -> Sighting:
    return Sighting(path, FileState.of(path), file_digest(path), picture, 30, 20)


def test_what_is_kept_is_found_by_file_by_contents_and_by_picture(tmp_path: Path) -> None:
    """The three ways that a picture is known again; each asks for the same model."""
    path = _file(tmp_path / "a.png")
    with ScoreStore(tmp_path) as store:
        model = _model(store)
        store.add(model, [(_seen(path), SCORES, np.ones(4))])

        by_file = store.of_file(path, FileState.of(path), model)
        by_content = store.of_content(file_digest(path), model)
        by_picture = store.of_picture(b"square", model, width=1, height=2)

        assert by_file is not None and by_content is not None and by_picture is not None
        for kept in (by_file, by_content[0], by_picture):
            assert [pytest.approx(0.9, abs=1e-5), 0.0, pytest.approx(0.25, abs=1e-5)] == kept.scores.tolist()
        assert (30, 20) == (by_file.width, by_file.height)
        assert b"square" == by_content[1]
        assert store.of_file(path, FileState.of(path), _model(store, b"another")) is None


def test_a_file_read_otherwise_is_another_picture(tmp_path: Path) -> None:
    """Its scores are found by the picture alone, where that looks the same."""
    path = _file(tmp_path / "a.png")
    with ScoreStore(tmp_path) as store:
        usual, stored = _model(store), _model(store, view="64 stored")
        store.add(usual, [(_seen(path), SCORES, None)])

        assert store.of_file(path, FileState.of(path), stored) is None
        assert store.of_content(file_digest(path), stored) is None
        assert store.of_picture(b"square", stored, width=1, height=2) is not None

        store.add(stored, [(_seen(path, b"other"), SCORES / 2, None)])
        kept = [store.of_file(path, FileState.of(path), model) for model in (usual, stored)]
        assert [0.9, 0.45] == [pytest.approx(one.scores[0], abs=1e-4) for one in kept if one is not None]
        assert [64, "64 stored"] == store.views(usual.id)


def test_a_changed_file_is_not_known_by_its_path(tmp_path: Path) -> None:
    """Another size or time, and the contents are looked at again."""
    path = _file(tmp_path / "a.png")
    with ScoreStore(tmp_path) as store:
        model = _model(store)
        store.add(model, [(_seen(path), SCORES, None)])
        os.utime(path, (1_000_000_001, 1_000_000_001))

        assert store.of_file(path, FileState.of(path), model) is None


def test_a_file_that_changed_just_now_is_not_trusted_by_its_time(tmp_path: Path) -> None:
    """A second change within the clock's step would not show."""
    path = tmp_path / "a.png"
    path.write_bytes(b"picture")
    with ScoreStore(tmp_path) as store:
        model = _model(store)
        store.add(model, [(_seen(path), SCORES, None)])

        assert store.of_file(path, FileState.of(path), model) is None
        assert store.of_content(file_digest(path), model) is not None


def test_the_database_moves_with_its_folder(tmp_path: Path) -> None:
    """Paths are kept as seen from the database."""
    _file(tmp_path / "old" / "below" / "a.png")
    with ScoreStore(tmp_path / "old") as store:
        store.add(_model(store), [(_seen(tmp_path / "old" / "below" / "a.png"), SCORES, None)])
    shutil.move(tmp_path / "old", tmp_path / "new")

    path = tmp_path / "new" / "below" / "a.png"
    with ScoreStore(tmp_path / "new") as store:
        assert store.of_file(path, FileState.of(path), _model(store)) is not None
        assert [path] == [found for found, _ in store.pictures(_model(store))]


def test_paths_that_are_no_utf_8_are_kept(tmp_path: Path) -> None:
    """Linux names are bytes; a newline is one of them."""
    path = _file(tmp_path / os.fsdecode(b"caf\xe9\n1.png"))
    with ScoreStore(tmp_path) as store:
        store.add(_model(store), [(_seen(path), SCORES, None)])

        assert [path] == [found for found, _ in store.pictures(_model(store))]


def test_pictures_come_in_pages_and_each_once(tmp_path: Path) -> None:
    """1,001 pictures are two full pages and one more."""
    path = _file(tmp_path / "a.png")
    with ScoreStore(tmp_path) as store:
        model = _model(store)
        state = FileState.of(path)
        names = [tmp_path / f"{number:04d}.png" for number in range(1001)]
        store.add(
            model,
            [(Sighting(name, state, name.name.encode(), name.name.encode(), 1, 1), SCORES, None) for name in names],
        )

        assert names == [found for found, _ in store.pictures(model)]


def test_own_captions_are_known_by_their_contents(tmp_path: Path) -> None:
    """A caption that a person changed is the person's."""
    with ScoreStore(tmp_path) as store:
        store.note_captions([(tmp_path / "a.txt", b"digest")])

        assert store.wrote_caption(tmp_path / "a.txt", b"digest")
        assert not store.wrote_caption(tmp_path / "a.txt", b"changed")
        assert not store.wrote_caption(tmp_path / "b.txt", b"digest")


def test_prune_forgets_files_that_are_gone_and_models(tmp_path: Path) -> None:
    """A picture that another known file still shows stays."""
    gone, copy, alone = (_file(tmp_path / name, name.encode()) for name in ("gone.png", "copy.png", "alone.png"))
    with ScoreStore(tmp_path) as store:
        model = _model(store)
        store.add(model, [(_seen(gone, b"1"), SCORES, None), (_seen(alone, b"2"), SCORES, None)], [_seen(copy, b"1")])
        gone.unlink()
        alone.unlink()

        assert 1 == store.prune(missing_files=True)
        assert [copy] == [path for path, _ in store.pictures(model)]
        assert 1 == store.prune(model="tiny")
        assert [] == store.models()


def test_models_are_listed_with_their_tags(tmp_path: Path) -> None:
    """The database can be read without the model."""
    path = _file(tmp_path / "a.png")
    with ScoreStore(tmp_path) as store:
        store.add(_model(store), [(_seen(path), SCORES, None)])
        (model,) = store.models()

    assert ("tiny", TAGS, 1) == (model.name, model.tags, model.pictures)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (f"PRAGMA user_version={VERSION + 1}", f"its version is {VERSION + 1}; this JoyTag knows {VERSION}"),
        ("PRAGMA application_id=1", "this database is not JoyTag's"),
    ],
)
def test_another_database_is_refused(tmp_path: Path, statement: str, message: str) -> None:
    """Nothing of somebody else's is written to."""
    ScoreStore(tmp_path).close()
    other = sqlite3.connect(tmp_path / DATABASE_NAME)
    other.execute(statement)
    other.commit()
    other.close()

    with pytest.raises(ScoreStoreError, match=message):
        ScoreStore(tmp_path)


def test_an_empty_caption_is_not_made_a_database(tmp_path: Path) -> None:
    """SQLite takes any empty file; one that is named as a database may be, such as after a kill, other ones stay."""
    caption = tmp_path / "1.txt"
    caption.touch()
    named = tmp_path / "mine.db"
    named.touch()

    with pytest.raises(ScoreStoreError, match=r"1\.txt: an empty file .* left alone"):
        ScoreStore(caption)
    assert b"" == caption.read_bytes()
    ScoreStore(named).close()
    assert named.stat().st_size


def test_what_is_no_database_is_an_error_that_names_it(tmp_path: Path) -> None:
    """The message says which file and what to do."""
    (tmp_path / DATABASE_NAME).write_bytes(b"no database at all" * 100)

    with pytest.raises(ScoreStoreError, match=f"{DATABASE_NAME}: the score database cannot be opened.*--no-scores"):
        ScoreStore(tmp_path)


def test_several_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each has its own connection, as processes have."""
    path = _file(tmp_path / "a.png")
    state = FileState.of(path)

    def write(writer: int) -> None:
        with ScoreStore(tmp_path) as store:
            model = _model(store)
            for number in range(30):
                name = f"{writer}-{number}"
                store.add(model, [(Sighting(tmp_path / name, state, name.encode(), name.encode(), 1, 1), SCORES, None)])

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with ScoreStore(tmp_path) as store:
        assert 120 == len(list(store.pictures(_model(store))))
        assert [] == store.check()
