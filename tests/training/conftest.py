"""What several tests of the training need."""

import importlib.util
import sys
from pathlib import Path

import pytest

# The test suite imports by file path, so a module beside the tests has to be made known by name.
_spec = importlib.util.spec_from_file_location("tiny_training", Path(__file__).with_name("tiny_training.py"))
tiny_training = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("tiny_training", tiny_training)
_spec.loader.exec_module(tiny_training)


@pytest.fixture
def pictures(tmp_path):
    """A folder of 16 tagged pictures."""
    folder = tmp_path / "pictures"
    tiny_training.write_pictures(folder)
    return folder
