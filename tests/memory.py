"""How do tests measure a process's peak memory? In a process of its own, from what Linux says of it.

Not by `ru_maxrss`: a new process begins with its parent's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

PEAK_MEMORY = """
import re, sys
def peak():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read())[1]) * 1024
"""
"""Defines `peak()`, in bytes, for a script run by `python -c`."""

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured on Linux")
