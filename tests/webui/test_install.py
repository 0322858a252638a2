"""Does install.py bring only what is missing, and stay silent where there is no WebUI?"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.webui.fake_webui import REPOSITORY

INSTALL = REPOSITORY / "install.py"


@pytest.fixture
def install() -> Any:
    """Return install.py as a module."""
    spec = importlib.util.spec_from_file_location("joytag_install", INSTALL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def launcher(monkeypatch: pytest.MonkeyPatch, installed: set[str]) -> list[str]:
    """Put a WebUI's launcher in place; return the pip commands that it was asked for."""
    commands: list[str] = []
    launch = ModuleType("launch")
    launch.is_installed = installed.__contains__  # type: ignore[attr-defined]
    launch.run_pip = lambda command, _: commands.append(command)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "launch", launch)
    return commands


def test_nothing_is_installed_where_all_is_there(monkeypatch: pytest.MonkeyPatch, install: Any) -> None:
    """Any version that is there is left alone."""
    commands = launcher(monkeypatch, {"PIL", "safetensors", "huggingface_hub"})
    install.main()
    assert [] == commands


@pytest.mark.parametrize(
    ("missing", "package"),
    [("PIL", "pillow"), ("safetensors", "safetensors"), ("huggingface_hub", "huggingface_hub")],
)
def test_only_what_is_missing_is_installed(
    monkeypatch: pytest.MonkeyPatch, install: Any, missing: str, package: str
) -> None:
    """One missing package is one command, which may move nothing else."""
    commands = launcher(monkeypatch, {"PIL", "safetensors", "huggingface_hub"} - {missing})
    install.main()
    (command,) = commands
    assert command.startswith("install --no-deps ")
    assert f'"{package}>=' in command


def test_no_version_is_installed_that_the_hosts_cannot_use(install: Any) -> None:
    """The hosts' transformers refuses huggingface_hub 1, and their gradio Pillow 11."""
    allowed = {(one := Requirement(text)).name: one.specifier for text in install.REQUIREMENTS.values()}
    assert "0.36.2" in allowed["huggingface_hub"]
    assert "1.0.0" not in allowed["huggingface_hub"]
    assert "10.4.0" in allowed["pillow"]
    assert "11.0.0" not in allowed["pillow"]


def test_requirements_never_move_the_hosts_packages(install: Any) -> None:
    """torch, numpy, gradio, pydantic and fastapi are the host's alone."""
    assert {"pillow", "safetensors", "huggingface_hub"} == {
        requirement.partition(">=")[0] for requirement in install.REQUIREMENTS.values()
    }


def test_without_a_webui_it_ends_at_once(tmp_path: Any) -> None:
    """ComfyUI's manager runs install.py too: without the launcher it ends without a word."""
    done = subprocess.run([sys.executable, str(INSTALL)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
