"""Do the short forms of the fuzz targets raise nothing but our own errors?"""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.models import fuzz_models
from tests.fuzz.pictures import fuzz_pictures
from tests.fuzz.texts import fuzz_texts


def test_mutated_pictures_are_pictures_or_our_error() -> None:
    """Both come of them: mutations that break all, or none, would say nothing."""
    found = fuzz_pictures(600)
    assert found["pictures"] > 60
    assert found.total() - found["pictures"] > 60


def test_mutated_models_are_models_or_our_error(tiny: Path, tmp_path: Path) -> None:
    """Both come of them here too."""
    found = fuzz_models(60, tmp_path, tiny)
    assert found["models"] > 3
    assert found.total() - found["models"] > 20


def test_texts_and_rules_are_taken_or_our_error() -> None:
    """Whatever is written."""
    found = fuzz_texts(600)
    assert found["texts"] > 60
    assert found.total() == 600
