"""Is the public face what it is promised to be: its names, its errors, and imports that cost nothing?"""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import joytag_core
from joytag_core import errors

REPOSITORY = Path(__file__).parents[1]
PUBLIC = {
    "AskedTag", "Combination", "PromptCheck", "PromptReport", "Reading", "TagSwitch", "Verdict", "read_scores",
    "Box", "CancelledError", "CaptionError", "CaptionOptions", "CaptionSummary", "DeviceError", "Dropped",
    "FilterResult", "Host", "Interrogation", "JoyTagError", "Kept", "LocalHost", "MaskSettings", "ModelDownloadError",
    "ModelError", "ModelFileError", "ModelNotFoundError", "PictureError", "PictureTooLargeError", "Placement", "Point",
    "Progress", "PromptFormat", "Replaced", "Residence", "RuleError", "ScoreStore", "ScoreStoreError", "ScoredTag",
    "Selection", "Session", "SettingError", "Tag", "TagFilter", "TagMaps", "TagScores", "Tagger",
    "UnreadablePictureError", "Vocabulary", "caption_folder", "combine_frames",
    "shared_session",
}  # fmt: skip

NO_NETWORK = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("the network was touched")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""


def run(script: str) -> str:
    """Run a script in a fresh interpreter in the repository and return what it prints."""
    command = [sys.executable, "-c", NO_NETWORK + script]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, timeout=300, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_the_public_names_are_these() -> None:
    """No more and no fewer; each is there, documented, and found once."""
    assert PUBLIC == set(joytag_core.__all__)
    for name in joytag_core.__all__:
        assert inspect.getdoc(getattr(joytag_core, name)), name
        assert getattr(joytag_core, name) is getattr(joytag_core, name)


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="Taggr"):
        joytag_core.Taggr  # noqa: B018


def test_the_api_reads_as_promised() -> None:
    """`Tagger.load(model, *, device="auto", dtype="auto")` and `tagger.score(pictures)`."""
    load = inspect.signature(joytag_core.Tagger.load).parameters
    assert [("model", "joytag"), ("device", "auto"), ("dtype", "auto")] == [
        (name, load[name].default) for name in list(load)[:3]
    ]
    assert {inspect.Parameter.KEYWORD_ONLY} == {load[name].kind for name in list(load)[1:]}
    assert ["self", "pictures"] == list(inspect.signature(joytag_core.Tagger.score).parameters)[:2]


def test_all_errors_are_ours_and_python_s() -> None:
    """One base for all; file and value problems can also be caught as what they are."""
    own = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert all(issubclass(error, joytag_core.JoyTagError) for error in own)
    assert {error.__name__ for error in own} <= PUBLIC
    for error, base in [
        (errors.ModelNotFoundError, FileNotFoundError),
        (errors.ModelDownloadError, errors.ModelNotFoundError),
        (errors.ModelFileError, ValueError),
        (errors.PictureError, ValueError),
        (errors.UnreadablePictureError, OSError),
        (errors.UnreadablePictureError, errors.PictureError),
        (errors.PictureTooLargeError, errors.PictureError),
        (errors.DeviceError, ValueError),
        (errors.SettingError, ValueError),
        (errors.RuleError, errors.SettingError),
    ]:
        assert issubclass(error, base)


def test_errors_print_their_message_alone() -> None:
    """Those that are OSErrors too."""
    for error in (errors.ModelNotFoundError, errors.ModelDownloadError, errors.UnreadablePictureError):
        assert "what failed" == str(error("what failed"))


def test_importing_the_package_imports_nothing_heavy() -> None:
    """Nor do vocabulary, settings, filter and formats, which hosts show before a model is wanted."""
    out = run("""
import joytag_core
assert not {"torch", "numpy", "PIL", "huggingface_hub"} & set(sys.modules), "package"
from joytag_core import PromptFormat, TagFilter, Vocabulary, JoyTagError
from joytag_core.settings import parameters
print(sorted({"torch", "PIL", "huggingface_hub", "safetensors"} & set(sys.modules)))
""")
    assert "[]" == out.strip()


def test_a_public_name_imports_no_other_room() -> None:
    """Each name has one home; the local host needs no filter, the filter no torch."""
    out = run("""
from joytag_core import LocalHost
print([name for name in sys.modules if name.startswith(("joytag_core.filtering", "joytag_core.tagging"))])
""")
    assert "[]" == out.strip()


def test_importing_every_module_touches_no_network_and_no_device() -> None:
    """The tagger's too; and making hosts and sessions loads nothing."""
    files = (REPOSITORY / "joytag_core").rglob("*.py")
    modules = [".".join(file.relative_to(REPOSITORY).with_suffix("").parts) for file in files]
    assert {"joytag_core.tagging.session", "joytag_core.model.download"} <= set(modules)
    out = run(f"""
import importlib
for name in {[name for name in modules if "__" not in name]!r}:
    importlib.import_module(name)
import torch
from joytag_core import LocalHost, Session
Session(LocalHost())
print(torch.cuda.is_initialized(), torch.is_inference_mode_enabled(), torch.is_grad_enabled())
""")
    assert "False False True" == out.strip()


def test_the_core_knows_no_host() -> None:
    """No module of the core imports one of a host's, nor an adapter."""
    for path in (REPOSITORY / "joytag_core").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if words[:1] in (["import"], ["from"]) and len(words) > 1:
                top = words[1].split(".")[0]
                assert top not in {"comfy", "modules", "gradio", "fastapi", "folder_paths", "nodes", "transformers"}, (
                    path
                )
                assert top not in {"einops", "joytag_core", "joytag_webui", "training"}, path
