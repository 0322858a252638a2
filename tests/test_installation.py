"""Can the package be installed, and does its command then run from any folder?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import joytag_core

ROOT = Path(__file__).parents[1]
CORE = ROOT / "joytag_core"


def run(*command: str | Path, folder: Path) -> str:
    """Run a command in a folder, away from the repository, and return what it prints."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of what a build reads, so that the build leaves nothing in the repository."""
    copy = tmp_path_factory.mktemp("source")
    for folder in ("joytag_core", "joytag_ray"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "hosts", copy / "tests")  # beside the package, as in the repository
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the package's wheel, built with the setuptools that is here: no index is asked."""
    folder = tmp_path_factory.mktemp("wheel")
    pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Return an environment with nothing of its own, that only looks for torch and the like where the tests run."""
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False)
    site = Path(
        run(interpreter(folder), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip()
    )
    (site / "of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def pip(python: str | Path, *arguments: str | Path, folder: Path) -> None:
    """Run the tests' own pip for an interpreter."""
    run(sys.executable, "-m", "pip", "--python", python, *arguments, "--no-index", folder=folder)


def scripts(environment: Path) -> Path:
    """Return where an environment has its commands."""
    return environment / ("Scripts" if os.name == "nt" else "bin")


def interpreter(environment: Path) -> Path:
    """Return an environment's Python."""
    return scripts(environment) / "python"


def test_the_wheel_holds_the_core_with_all_its_files_and_nothing_else(wheel: Path) -> None:
    """Data, lists, the demo model and the mark of its types are in, and the door to a cluster; nothing of a host is."""
    folders = (CORE, ROOT / "joytag_ray")
    files = {path.relative_to(ROOT).as_posix() for one in folders for path in one.rglob("*") if path.is_file()}
    of_git = {name for name in files if "__pycache__" not in name}

    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert "joytag_core/py.typed" in names
    assert of_git == names


@pytest.mark.parametrize("way", ["wheel", "editable"])
def test_the_installed_command_runs_from_another_folder(
    way: str, wheel: Path, source: Path, environment: Path, tmp_path: Path
) -> None:
    """`joytag` is there after pip has installed the package; it finds its vocabulary and lists beside its code."""
    what = ["--no-build-isolation", "--editable", source] if way == "editable" else [wheel]
    pip(interpreter(environment), "install", "--no-deps", *what, folder=tmp_path)
    command = scripts(environment) / "joytag"

    home = run(interpreter(environment), "-c", "import joytag_core; print(joytag_core.__file__)", folder=tmp_path)
    assert (source if way == "editable" else environment) in Path(home.strip()).parents
    assert f"joytag {joytag_core.__version__}\n" == run(command, "--version", folder=tmp_path)
    assert "1girl\n" == run(
        command, "filter", "1girl, long_hair, touhou", "--exclude", "*hair, @no-names", folder=tmp_path
    )
    assert "usage: joytag tags " in run(command, "tags", "--help", folder=tmp_path)


def test_the_installed_demo_model_tags_a_picture(wheel: Path, environment: Path, tmp_path: Path) -> None:
    """The model that comes along is found wherever the package is."""
    pip(interpreter(environment), "install", "--no-deps", wheel, folder=tmp_path)

    tags = run(
        scripts(environment) / "joytag", "tag", ROOT / "examples" / "lightning.png", "--model", "demo",
        "--device", "cpu", folder=tmp_path,
    )  # fmt: skip

    assert "lightning" in tags
