"""Do the documents say what the code does?"""

from __future__ import annotations

import contextlib
import io
import re
import runpy
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

import joytag_core
from joytag_core.settings.parameters import FILTER_NAMES, PARAMETERS, READING_NAMES, SELECTION_NAMES
from tests.settings_page import PAGE, settings_page

ROOT = Path(__file__).parents[1]
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON_PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_settings_page_is_the_one_that_the_parameters_make() -> None:
    """docs/settings.md is written by `python -m tests.settings_page`, never by hand."""
    assert settings_page() == PAGE.read_text(encoding="utf-8")


def test_every_setting_is_of_the_selection_the_filter_or_the_reading() -> None:
    """A setting that none takes would silently do nothing."""
    assert set(PARAMETERS) == {*SELECTION_NAMES, *FILTER_NAMES, *READING_NAMES}


def test_links_of_the_readme_lead_to_files() -> None:
    """README links only to files that are there."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text(encoding="utf-8"))

    missing = [link for link in links if not (ROOT / link).exists()]

    assert [] == missing


def test_project_and_package_have_one_version() -> None:
    """The registry's version is the package's."""
    project = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)

    assert project is not None
    assert joytag_core.__version__ == project[1]


def test_every_public_name_can_be_imported() -> None:
    """Names are imported when first used, so nothing but a use shows a wrong one."""
    missing = [name for name in joytag_core.__all__ if getattr(joytag_core, name, None) is None]

    assert [] == missing


def test_property_tests_try_the_same_examples_in_every_run(pytestconfig: pytest.Config) -> None:
    """README's test command gives the same result today and tomorrow; CONTRIBUTING's random run looks for more."""
    asked_for = pytestconfig.getoption("--hypothesis-profile")

    assert (asked_for != "random") == settings().derandomize
    assert "pytest --hypothesis-profile random" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_python_examples_print_what_the_page_says(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's blocks run one after the other, and what they print is in the comments behind or below."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("joytag_core.tagging.session._shared", None)
    names: dict[str, object] = {}

    examples = PYTHON_BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert examples
    for example in examples:
        block, printed = tmp_path / "block.py", io.StringIO()
        block.write_text(example, encoding="utf-8")
        with contextlib.redirect_stdout(printed):
            names |= runpy.run_path(str(block), names)
        promised = re.findall(r"^(?:print\(.*\)  )?# (.+)$", example, re.MULTILINE)
        assert promised == printed.getvalue().splitlines(), example


def test_the_python_page_has_an_example_of_every_public_name() -> None:
    """A new public name needs a sentence and a use: beside its import, it stands somewhere in the code."""
    code = re.sub(
        r"^from \w+ import (\([^)]*\)|.*)$", "", "\n".join(PYTHON_BLOCK.findall(PYTHON_PAGE)), flags=re.MULTILINE
    )
    prose = PYTHON_BLOCK.sub("", PYTHON_PAGE)

    for text in (code, prose):
        assert [] == [name for name in joytag_core.__all__ if not re.search(rf"\b{name}\b", text)]


def test_powershell_gets_the_same_commands() -> None:
    """README's two commands stand there once for a Unix shell, which CI runs, and once for Windows."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    unix = re.findall(r"^(python3 -m venv \.venv && .+)$", readme, re.MULTILINE)
    changes = {"python3 ": "py ", " && ": "; ", ".venv/bin/python": r".venv\Scripts\python"}

    assert 2 == len(unix)
    for command in unix:
        for old, new in changes.items():
            command = command.replace(old, new)  # noqa: PLW2901
        assert f"\n{command}\n" in readme
