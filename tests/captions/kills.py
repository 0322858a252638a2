"""Does captioning survive SIGKILL at any moment? Many runs, each killed at random moments until one comes through.

    python -m tests.captions.kills --kills 200 --pictures 500 [--seed 0]

After every kill all captions that are there are whole and the database is; the run that comes through gives byte for
byte what an undisturbed one gives, and has scored again at most one batch a kill. In every third round two runs work on
the same folder at once. Needs `os.fork`; the moments come from the seed, what they hit depends on the machine.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from joytag_core import ScoreStore, Tagger, caption_folder
from joytag_core.captions.listing import sweep_left_overs
from joytag_core.captions.score_store import DATABASE_NAME
from tests.captions.conftest import draw_pictures, lazy
from tests.checkpoints import write_checkpoint

BATCH = 4
MODES: list[dict[str, Any]] = [
    {"existing": "skip"},
    {"existing": "append", "triggers": ("ohwx",)},
    {"existing": "overwrite", "min_share": 0.05},
    {"existing": "prune", "backup": True},
]


@dataclass
class Harness:
    """Hold the pictures, the model, and what all rounds together found."""

    folder: Path
    pictures: int
    random: random.Random
    kills: int = 0
    rounds: int = 0
    scored_again: int = 0
    seconds: float = 0.0
    expected: dict[int, dict[str, bytes]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Draw the pictures, make the model, and run each mode once undisturbed."""
        write_checkpoint(self.folder / "tiny")
        draw_pictures(self.folder / "pictures", [f"{number:04d}.png" for number in range(self.pictures)])
        for mode in range(len(MODES)):
            out = self._begin(mode)
            started = time.monotonic()
            assert 0 == os.waitstatus_to_exitcode(os.waitpid(self._start(mode, out), 0)[1])
            self.seconds = time.monotonic() - started
            self.expected[mode] = _contents(out)
            assert len(self.expected[mode]) >= self.pictures

    def round(self, *, most_kills: int, at_once: int) -> None:
        """Run a mode, killed again and again until it comes through or there were enough kills, and then to its end."""
        mode = self.rounds % len(MODES)
        out = self._begin(mode)
        kills = 0
        while True:
            children = [self._start(mode, out) for _ in range(at_once)]
            deadline = (
                time.monotonic() + self.random.uniform(0.0, self.seconds / 2) if kills < most_kills else float("inf")
            )
            ended = [
                self._kill_at(child, deadline + self.seconds / 10 * number) for number, child in enumerate(children)
            ]
            kills += ended.count(None)
            self.kills += ended.count(None)
            assert all(status in (None, 0) for status in ended), f"a run failed: {ended}"
            self._check_whole(mode, out)
            if 0 in ended:
                break
        sweep_left_overs(out, older_than=0.0)
        assert self.expected[mode] == _contents(out), f"{MODES[mode]}: not what an undisturbed run gives"
        again = self._scored(out) - self.pictures
        assert at_once > 1 or again <= BATCH * kills, f"{again} pictures scored again after {kills} kills"
        self.scored_again += max(again, 0) if at_once == 1 else 0
        self.rounds += 1

    def _begin(self, mode: int) -> Path:
        """Return a new output folder; in the modes that change captions, half of the pictures have one."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        (self.folder / "scored").write_bytes(b"")
        if MODES[mode]["existing"] in ("append", "prune"):
            for number in range(0, self.pictures, 2):
                (out / f"{number:04d}.txt").write_text(f"mine {number}, tag_8, tag_{number % 40}\n")
        return out

    def _start(self, mode: int, out: Path) -> int:
        child = os.fork()
        if child:
            return child
        status = 1
        try:
            self._caption(mode, out)
            status = 0
        finally:
            sys.stdout.flush()
            os._exit(status)

    def _caption(self, mode: int, out: Path) -> None:
        log = os.open(self.folder / "scored", os.O_WRONLY | os.O_APPEND)
        score = Tagger.score_pixels

        def logged(tagger: Tagger, pixels: torch.Tensor) -> Any:
            os.write(log, b"%d\n" % len(pixels))
            return score(tagger, pixels)

        Tagger.score_pixels = logged  # type: ignore[method-assign]
        caption_folder(
            self.folder / "pictures", model=lazy(self.folder / "tiny"), output_folder=out, batch_size=BATCH,
            settings={"threshold": 0.3}, **MODES[mode],
        )  # fmt: skip

    def _kill_at(self, child: int, deadline: float) -> int | None:
        """Return a child's exit status, or None where it had to be killed."""
        while time.monotonic() < deadline:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return None if status == -signal.SIGKILL else status

    def _check_whole(self, mode: int, out: Path) -> None:
        expected = self.expected[mode]
        for name, content in _contents(out).items():
            is_old = content.startswith(b"mine ") or name.endswith(".bak")
            assert is_old or content == expected[name], f"{name} is torn: {content!r}"
        if (out / DATABASE_NAME).exists():
            with ScoreStore(out) as store:
                assert [] == store.check()

    def _scored(self, out: Path) -> int:
        return sum(map(int, (self.folder / "scored").read_bytes().split()))


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".txt", ".bak")}


def main() -> None:
    """Run rounds until there were enough kills, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)  # a forked child cannot use its parent's threads
    with tempfile.TemporaryDirectory(prefix="joytag-kills-") as folder:
        harness = Harness(Path(folder), given.pictures, random.Random(given.seed))
        harness.prepare()
        while harness.kills < given.kills:
            at_once = 2 if harness.rounds % 3 == 1 else 1
            most = min(given.kills - harness.kills, harness.random.randint(2, max(given.kills // 8, 4)))
            harness.round(most_kills=most, at_once=at_once)
            print(f"{harness.kills} kills in {harness.rounds} rounds", flush=True)
        print(
            f"{harness.kills} kills, {harness.rounds} rounds of {given.pictures} pictures: "
            f"every result as undisturbed, {harness.scored_again} pictures scored again, batches of {BATCH}"
        )


if __name__ == "__main__":
    main()
