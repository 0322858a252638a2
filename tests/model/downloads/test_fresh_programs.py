"""Does a program that was just started find, download and use the model?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file

from joytag_core import Vocabulary
from tests.conftest import DATA
from tests.hub import HubStandIn, serving
from tests.model.downloads.conftest import GENUINE

REPOSITORY = Path(__file__).parents[3]


GET_MODEL = """
from joytag_core import LocalHost
from joytag_core.model.download import download_joytag
from joytag_core.model.folders import find_installed
host = LocalHost(device="cpu", model_folders=[])
print((find_installed("joytag", host) or download_joytag(host)).path)
"""

SCORE_PICTURE = """
import json, sys
from joytag_core import Tagger
(scores,) = Tagger.load(device="cpu", dtype="float32").score(sys.argv[1])
print(json.dumps(scores.as_dict()))
"""


def run_script(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script in a fresh interpreter whose environment holds only these of the library's variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "JOYTAG_"))}
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env=kept | variables, cwd=REPOSITORY, timeout=300, check=False
    )


def test_the_library_s_variables_hold(tmp_path: Path) -> None:
    """HF_ENDPOINT names the server and HF_HOME the cache; HF_HUB_OFFLINE asks nobody, with a model and without."""
    home = tmp_path / "home"
    with serving(HubStandIn(dict(GENUINE))) as hub:
        first = run_script(GET_MODEL, HF_ENDPOINT=hub.url, HF_HOME=str(home))
        assert 0 == first.returncode, first.stderr
        assert home / "hub" in Path(first.stdout.strip()).parents
        assert 3 == len(hub.gets)
        asked = hub.requests
        again = run_script(GET_MODEL, HF_ENDPOINT=hub.url, HF_HOME=str(home), HF_HUB_OFFLINE="1")
        assert first.stdout == again.stdout
        without = run_script(GET_MODEL, HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "empty"), HF_HUB_OFFLINE="1")
        assert "ModelDownloadError" in without.stderr
        assert "--model demo" in without.stderr
        assert asked == hub.requests


@pytest.mark.slow
def test_the_full_model_is_downloaded_loaded_and_tags(full: Path, tmp_path: Path) -> None:
    """The whole way, with nothing there before: 366 MB over HTTP, verified, and the reference's scores."""
    content = GENUINE | {"model.safetensors": (full / "model.safetensors").read_bytes()}
    with serving(HubStandIn(content)) as hub:
        picture = str(DATA / "pictures" / "coffee_600x400.png")
        done = run_script(SCORE_PICTURE, picture, HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path))
    assert 0 == done.returncode, done.stderr
    actual = json.loads(done.stdout)
    expected = load_file(DATA / "golden" / "logits_full.safetensors")["coffee_600x400"].sigmoid().tolist()
    names = Vocabulary.joytag().names
    assert set(names) == set(actual)
    assert expected == pytest.approx([actual[name] for name in names], abs=1e-4)
