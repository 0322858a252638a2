"""Is a model found by its name or folder, in the order that people are promised?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from huggingface_hub import constants

from joytag_core import LocalHost, ModelNotFoundError, Tagger
from joytag_core.model.folders import HUB_REVISION, JOYTAG, find_installed, hub_cache, installed_models


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the person an empty cache of the Hub."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def host(*folders: Path) -> LocalHost:
    """Return a host with these model folders."""
    return LocalHost(device="cpu", model_folders=folders)


def path_of(model: str | Path, *folders: Path) -> Path | None:
    """Return where a model is found."""
    found = find_installed(model, host(*folders))
    return found and found.path


def test_a_folder_is_taken_as_it_is(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its full path, as text or Path, and by one from where the person stands."""
    assert tiny == path_of(tiny) == path_of(str(tiny))
    monkeypatch.chdir(tiny.parent)
    assert Path("tiny") == path_of("tiny")
    monkeypatch.chdir(tiny)
    assert Path() == path_of(".")
    assert tiny.name == getattr(find_installed(".", host()), "name", None)


def test_weights_stand_for_their_folder(tiny: Path, tmp_path: Path) -> None:
    """Their path is what a file dialogue gives; of other files it is said by what name weights are known."""
    assert tiny == path_of(tiny / "model.safetensors")
    shutil.copy(tiny / "model.safetensors", tmp_path / "mine.safetensors")
    for other in (tiny / "top_tags.txt", tmp_path / "mine.safetensors"):
        with pytest.raises(ModelNotFoundError, match=r"is a file; expected a model's folder, or .*model\.safetensors"):
            path_of(other)
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(tiny / "model.safetensors", alone)
    with pytest.raises(ModelNotFoundError, match=r"config.json, top_tags.txt missing"):
        path_of(alone / "model.safetensors")


def test_a_folder_here_that_is_no_model_is_told_so(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not said not to be there; but an installed model of that name is found."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    with pytest.raises(ModelNotFoundError, match=r"'mine' is a folder without config\.json, .* and not installed"):
        path_of("mine")
    shutil.copytree(tiny, tmp_path / "models" / "mine")
    assert tmp_path / "models" / "mine" == path_of("mine", tmp_path / "models")


def test_no_name_is_no_folder(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a shell's variable that is not set, even where the person stands in a model's folder."""
    monkeypatch.chdir(tiny)
    with pytest.raises(ModelNotFoundError, match="model '' is neither a folder nor installed"):
        path_of("")


@pytest.mark.parametrize("pointed_at", ["", "model.safetensors"])
def test_a_model_folder_may_be_one_model_itself(tiny: Path, tmp_path: Path, pointed_at: str) -> None:
    """Its model is found by its name among the others, and nothing is downloaded into it."""
    one = host(tiny / pointed_at, tmp_path)

    assert [tiny.name, "demo"] == [folder.name for folder in installed_models(one)]
    assert tiny == getattr(find_installed("tiny", one), "path", None)
    assert tmp_path == one.download_folder()
    assert host(tiny / pointed_at).download_folder() is None


@pytest.mark.parametrize("name", ["a" * 300, "a/" + "b" * 300, "a\0b"])
def test_a_name_that_no_file_can_have_is_no_model(name: str, tmp_path: Path) -> None:
    """The answer is the same as for any other name that is not there."""
    with pytest.raises(ModelNotFoundError, match="neither a folder nor installed"):
        path_of(name, tmp_path)


def test_a_name_is_looked_for_in_the_host_s_folders_then_in_the_cache(tiny: Path, tmp_path: Path, cache: Path) -> None:
    """The first that is complete wins."""
    first, second = tmp_path / "first", tmp_path / "second"
    cached = hub_cache() / "snapshots" / HUB_REVISION
    assert cache in cached.parents
    assert path_of(JOYTAG, first, second) is None
    shutil.copytree(tiny, cached)
    assert cached == path_of(JOYTAG, first, second)
    shutil.copytree(tiny, second / JOYTAG)
    assert second / JOYTAG == path_of(JOYTAG, first, second)
    shutil.copytree(tiny, first / JOYTAG)
    assert first / JOYTAG == path_of(JOYTAG, first, second)
    (first / JOYTAG / "model.safetensors").unlink()
    assert second / JOYTAG == path_of(JOYTAG, first, second)


def test_an_incomplete_folder_says_what_is_missing(tiny: Path, tmp_path: Path) -> None:
    """All three names of what a model is."""
    folder = shutil.copytree(tiny, tmp_path / "models" / "mine")
    (folder / "top_tags.txt").unlink()
    for model in (folder, "mine"):
        with pytest.raises(ModelNotFoundError, match=r"top_tags\.txt missing; a model is config\.json") as caught:
            find_installed(model, host(tmp_path / "models"))
        assert str(folder) in str(caught.value)


def test_a_pickled_model_is_a_model(tiny: Path, tmp_path: Path) -> None:
    """model.pt in the place of model.safetensors; where both are, it is the latter."""
    folder = shutil.copytree(tiny, tmp_path / "mine")
    (folder / "model.pt").write_bytes(b"x")
    found = find_installed(folder, host())
    assert found is not None
    assert folder / "model.safetensors" == found.weights
    (folder / "model.safetensors").unlink()
    assert folder / "model.pt" == found.weights
    assert [] == found.missing()


@pytest.mark.parametrize(
    "name", ["nonesuch", "", "../tiny", "a/b", "C:\\models", "jo\0ytag", "~nobody/x", "~no one of that name/x"]
)
def test_an_unknown_name_lists_what_there_is(checkpoints: Path, name: str) -> None:
    """Also one that is no name at all; never anything outside the model folders."""
    with pytest.raises(ModelNotFoundError) as caught:
        find_installed(name, host(checkpoints / "tiny-hot"))
    assert str(caught.value).endswith("there is: tiny-hot, demo ('joytag' is downloaded when it is asked for)")


def test_all_models_are_listed_once(tiny: Path, tmp_path: Path) -> None:
    """By name, the first place of each; folders without a model are none; the demo is always there."""
    shutil.copytree(tiny, tmp_path / "a" / "mine")
    shutil.copytree(tiny, tmp_path / "b" / "mine")
    shutil.copytree(tiny, tmp_path / "b" / "joytag")
    (tmp_path / "a" / "empty").mkdir()
    (tmp_path / "a" / "file.txt").write_text("x")
    listed = installed_models(host(tmp_path / "a", tmp_path / "none", tmp_path / "b"))
    assert ["mine", "joytag", "demo"] == [folder.name for folder in listed]
    assert tmp_path / "a" / "mine" == listed[0].path
    assert sum(path.stat().st_size for path in tiny.iterdir()) == listed[0].size


def test_the_demo_ships_with_the_package_and_needs_nothing_else(picture_paths: list[Path]) -> None:
    """It loads, it scores, and its tags are JoyTag's own words; it has at most 3 MB."""
    tagger = Tagger.load("demo", device="cpu")
    (scores,) = tagger.score(picture_paths[0])
    assert {"heart", "white_background", "striped_background"} <= set(scores.as_dict())
    found = find_installed("demo", host())
    assert found is not None and found.size <= 3_000_000


def test_model_folders_come_from_the_environment(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Separated as in PATH; downloads go to the first; without any, to the Hub's cache."""
    monkeypatch.setenv("JOYTAG_MODELS", os.pathsep.join(map(str, (tmp_path, tiny.parent))))
    local = LocalHost(device="cpu")
    assert [tmp_path, tiny.parent] == list(local.model_folders())
    assert tmp_path == local.download_folder()
    assert tiny == getattr(find_installed("tiny", local), "path", None)
    monkeypatch.delenv("JOYTAG_MODELS")
    assert LocalHost().download_folder() is None
