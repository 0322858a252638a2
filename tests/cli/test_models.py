"""What does `joytag models` tell, and which models are found?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from joytag_core.cli.main import main
from tests.cli.conftest import Capture


def test_models_lists_names_sizes_and_places(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    """Every complete model in the model folders is there, and how to get JoyTag where it is not."""
    shutil.copytree(tiny, tmp_path / "mine")
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").write_text("{}")
    monkeypatch.setenv("JOYTAG_MODELS", str(tmp_path))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))

    status = main(["models"])

    lines = capsys.readouterr().out.splitlines()
    assert 0 == status
    assert "mine" == lines[0].split()[0]
    assert str(tmp_path / "mine") == lines[0].split()[-1]
    assert "half" not in {line.split()[0] for line in lines}


def test_models_list_is_models_and_may_be_json(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    """Whoever types the action gets the list; JSON is one object a model and line."""
    monkeypatch.setenv("JOYTAG_MODELS", str(tiny))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    outputs = []
    for words in (["models"], ["models", "list"], ["models", "--json"], ["models", "list", "--format", "json"]):
        assert 0 == main(words)
        outputs.append(capsys.readouterr().out)

    found = {one["name"]: one for one in map(json.loads, outputs[2].splitlines())}
    assert (outputs[0], outputs[2]) == (outputs[1], outputs[3])
    assert {"name": "tiny", "bytes": sum(path.stat().st_size for path in tiny.iterdir()), "path": str(tiny)} == found[
        "tiny"
    ]
    assert "demo" in found


@pytest.mark.parametrize("pointed_at", ["", "model.safetensors"])
def test_a_model_that_the_environment_names_is_used(
    pointed_at: str, tiny: Path, picture_paths: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """JOYTAG_MODELS may be one model itself; then no other is asked for, unless it is named."""
    monkeypatch.setenv("JOYTAG_MODELS", str(tiny / pointed_at))

    assert 0 == main(["tag", str(picture_paths[0]), "--device", "cpu"])
    assert "tag 8, tag 13, tag 39, tag 18\n" == capsys.readouterr().out
    assert 0 == main(["tag", str(picture_paths[0]), "--device", "cpu", "--model", "demo"])
    assert "tag 8" not in capsys.readouterr().out


def test_models_verify_reads_a_model_whole_and_names_what_is_broken(
    tiny: Path, tmp_path: Path, capsys: Capture
) -> None:
    """A good model is described; a truncated one is an error, and the status 2."""
    broken = shutil.copytree(tiny, tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])

    status = main(["models", "verify", str(tiny), str(broken)])

    out, err = capsys.readouterr()
    assert 2 == status
    assert out.startswith("tiny: whole; ")
    assert err.startswith(f"error: {weights}: this is no whole safetensors file")


def test_models_verify_goes_on_behind_a_name_that_is_unknown(tiny: Path, capsys: Capture) -> None:
    """As every command does with pictures: the others are verified, and the status tells."""
    assert 2 == main(["models", "verify", str(tiny), "nope", "demo"])

    out, err = capsys.readouterr()
    assert ["tiny", "demo"] == [line.split(": ")[0] for line in out.splitlines()]
    assert "error: model 'nope' is neither a folder nor installed" in err


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("nowhere", "not there"),
        ("mine.safetensors", "a file; expected a model's folder, or its weights by the name of model.safetensors"),
        ("alone", "a folder without config.json, top_tags.txt"),
        ("empty", None),
        ("tiny", None),
        ("tiny/model.safetensors", None),
    ],
)
def test_a_wrong_place_of_models_is_told(
    place: str, why: str | None, tiny: Path, *, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Else JoyTag would be downloaded in silence, for a mistake in JOYTAG_MODELS."""
    shutil.copytree(tiny, tmp_path / "tiny")
    shutil.copy(tiny / "model.safetensors", tmp_path / "mine.safetensors")
    for name in ("alone", "empty"):
        (tmp_path / name).mkdir()
    shutil.copy(tiny / "model.safetensors", tmp_path / "alone")
    monkeypatch.setenv("JOYTAG_MODELS", str(tmp_path / place))

    assert 0 == main(["models"])

    expected = "" if why is None else f"JOYTAG_MODELS: {tmp_path / place} is {why}"
    assert capsys.readouterr().err[: len(expected) or None] == expected
