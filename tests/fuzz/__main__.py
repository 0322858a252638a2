"""Run the fuzz targets by a count: `python -m tests.fuzz pictures 12000 [SEED]`; also `models` and `texts`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.checkpoints import write_checkpoint
from tests.fuzz.models import fuzz_models
from tests.fuzz.pictures import fuzz_pictures
from tests.fuzz.texts import fuzz_texts


def main(target: str, count: int, seed: int) -> None:
    """Run one target and print what came of its inputs; a foreign exception ends it with its trace."""
    with tempfile.TemporaryDirectory() as folder:
        if target == "pictures":
            found = fuzz_pictures(count, seed=seed)
        elif target == "texts":
            found = fuzz_texts(count, seed=seed)
        else:
            write_checkpoint(Path(folder) / "tiny", "tiny")
            found = fuzz_models(count, Path(folder), Path(folder) / "tiny", seed=seed)
    print(f"{target}: {count} inputs, no foreign exception: {dict(found)}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
