"""How was the command line called?"""

from __future__ import annotations

import sys
from pathlib import Path


def program_name() -> str:
    """Return what a person has to type to call it again: `joytag` where pip installed that command."""
    return "joytag" if Path(sys.argv[0]).stem.lower() == "joytag" else "python -m joytag_core"
