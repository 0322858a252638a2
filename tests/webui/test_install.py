"""Does install.py bring only what is missing, and stay silent where there is no WebUI?"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
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


def launcher(monkeypatch: pytest.MonkeyPatch, installed: set[str], folder: Path | None = None) -> list[str]:
    """Put a WebUI's launcher in place; return the pip commands that it was asked for."""
    commands: list[str] = []
    launch = ModuleType("launch")
    launch.__file__ = str(folder / "launch.py") if folder else None
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


# Lines of the files in which the hosts pin what they run on.
PINS = {
    "requirements_versions.txt": ("Pillow==9.5.0", "safetensors==0.4.2", None),  # A1111 1.10.1
    "requirements.txt": ("Pillow==12.2.0", "safetensors==0.7.0", "huggingface-hub==0.36.2"),  # Forge Neo 2.26
}


@pytest.mark.parametrize("file", PINS)
def test_what_is_missing_is_installed_as_the_host_pins_it(
    monkeypatch: pytest.MonkeyPatch, install: Any, tmp_path: Path, file: str
) -> None:
    """Neither below nor above what the WebUI was made for: Pillow 12 on Forge Neo, 9.5 on A1111."""
    lines = [pin for pin in PINS[file] if pin]
    (tmp_path / file).write_text("torch\ngradio==4.40.0\n" + "\n".join(f"{pin};python_version>='3'" for pin in lines))
    commands = launcher(monkeypatch, set(), tmp_path)
    install.main()
    wanted = [pin or install.REQUIREMENTS["huggingface_hub"] for pin in PINS[file]]
    assert [f'install --no-deps "{requirement}"' for requirement in wanted] == commands


def test_pins_of_the_file_that_the_launcher_uses_come_first(
    monkeypatch: pytest.MonkeyPatch, install: Any, tmp_path: Path
) -> None:
    """REQS_FILE names another file to every launcher; a range is no pin."""
    (tmp_path / "mine.txt").write_text("pillow == 11.0.0  # mine\nsafetensors>=0.4\n")
    (tmp_path / "requirements.txt").write_text("Pillow==12.2.0\n")
    monkeypatch.setenv("REQS_FILE", "mine.txt")
    assert {"pillow": "pillow==11.0.0"} == install.pins_in(tmp_path)


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
