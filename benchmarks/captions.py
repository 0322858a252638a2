"""How fast are folders captioned, beside the bare model and bare decoding? One run, ratios.

    python -m benchmarks.captions folder MODEL PICTURES [--device cpu] [--dtype float32] [--batch-size 16] [--rounds 3]
    python -m benchmarks.captions again [--pictures 10000] [--tags 5813]
    python -m benchmarks.captions many [--files 100000]

`folder` compares captioning a folder with the bare model on ready tensors and with bare decoding and shrinking, in
turns. `again` times captioning from kept scores of made-up pictures. `many` looks at one folder of many files: when the
first picture is scored, and how memory grows.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from joytag_core import LocalHost, ScoreStore, Tagger, caption_folder
from joytag_core.captions.fingerprints import FileState, file_digest
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.score_store import DATABASE_NAME, Sighting
from joytag_core.pictures.files import load_picture
from joytag_core.pictures.folders import find_pictures
from joytag_core.pictures.pixels import to_pixels
from joytag_core.pictures.reading import Reading
from tests.checkpoints import write_checkpoint

_OLD = 1_000_000_000


def main() -> None:
    """Run one part and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True)
    folder = parts.add_parser("folder")
    folder.add_argument("model", type=Path)
    folder.add_argument("pictures", type=Path)
    folder.add_argument("--device", default="cpu")
    folder.add_argument("--dtype", default="auto")
    folder.add_argument("--batch-size", type=int)
    folder.add_argument("--rounds", type=int, default=3)
    folder.set_defaults(run=report_folder)
    again = parts.add_parser("again")
    again.add_argument("--pictures", type=int, default=10_000)
    again.add_argument("--tags", type=int, default=5813)
    again.set_defaults(run=report_again)
    many = parts.add_parser("many")
    many.add_argument("--files", type=int, default=100_000)
    many.set_defaults(run=report_many)
    given = parser.parse_args()
    given.run(given)


def report_folder(given: argparse.Namespace) -> None:
    """Time captioning, the bare model, and bare decoding, in turns."""
    host = LocalHost(device=given.device, dtype=given.dtype)
    tagger = Tagger.load(given.model, host=host)
    batch = given.batch_size or tagger.batch_size
    paths = list(find_pictures([given.pictures]))
    size = tagger.network.config.image_size
    ready = to_pixels([load_picture(path) for path in paths[:batch]], size)
    model = LazyModel.find(given.model, host, load=lambda: tagger)
    place = tempfile.TemporaryDirectory()
    steps: dict[str, Callable[[], int]] = {
        "bare model": lambda: _run_model(tagger, ready, len(paths)),
        "bare decoding": lambda: _decode(paths, size),
        "captioning": lambda: _caption(given.pictures, model, batch, known=Path(place.name)),
    }
    # A database reads the model's own bytes once; that is told apart.
    started = time.perf_counter()
    with ScoreStore(place.name) as store:
        model.key_in(store, Reading())
    print(f"- the model's bytes, once a database: {time.perf_counter() - started:.2f} s")
    rates: dict[str, list[float]] = {name: [] for name in steps}
    work: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(given.rounds + 1):
        for name, step in steps.items():
            started, worked = time.perf_counter(), time.process_time()
            count = step()
            if number:
                rates[name].append(count / (time.perf_counter() - started))
                work[name].append((time.process_time() - worked) / count)
    place.cleanup()
    rate = {name: statistics.median(values) for name, values in rates.items()}
    spent = {name: statistics.median(values) for name, values in work.items()}
    for name in steps:
        print(f"- {name}: {rate[name]:.2f} pictures/s, {spent[name]:.3f} s of a processor a picture")
    limit = min(rate["bare model"], rate["bare decoding"])
    print(f"- captioning over the bare model: {rate['captioning'] / rate['bare model']:.3f}")
    print(f"- captioning over the smaller of the two: {rate['captioning'] / limit:.3f} ({len(paths)} pictures)")
    # On a machine that others use as well, the processor's own time says more than the clock's.
    print(f"- the same in a processor's time: {spent['bare model'] / spent['captioning']:.3f} of the bare model")


def _run_model(tagger: Tagger, ready: torch.Tensor, count: int) -> int:
    done = 0
    while done < count:
        tagger.score_pixels(ready)
        done += len(ready)
    return done


def _decode(paths: list[Path], size: int) -> int:
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 16)) as threads:
        for _ in threads.map(lambda path: to_pixels([load_picture(path)], size), paths):
            pass
    return len(paths)


def _caption(pictures: Path, model: LazyModel, batch: int, *, known: Path) -> int:
    with tempfile.TemporaryDirectory() as out:
        shutil.copy(known / DATABASE_NAME, out)
        return caption_folder(pictures, model=model, output_folder=Path(out), batch_size=batch).scored


def report_again(given: argparse.Namespace) -> None:
    """Keep made-up scores of so many small files, then time captioning them with other settings, and once more."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        checkpoint = write_checkpoint(folder / "model", "tiny", n_tags=given.tags, names=_names(given.tags))
        model = LazyModel.find(checkpoint, LocalHost(device="cpu"))
        (folder / "p").mkdir()
        size = _keep_made_up(folder / "p", model, given.pictures)
        print(f"- the database holds {size / given.pictures:,.0f} bytes a picture")
        for settings in ({}, {"threshold": 0.3}, {"exclude": "*background, category:meta", "lists": "character-lora"}):
            started, worked = time.perf_counter(), time.process_time()
            summary = caption_folder(folder / "p", model=model, existing="overwrite", settings=settings)
            seconds = time.perf_counter() - started
            worked = time.process_time() - worked
            took = f"{seconds:.2f} s ({worked:.2f} s of a processor)"
            print(f"- {settings or 'first'}: {took}, {summary.written} written, {summary.scored} scored")


def _names(count: int) -> list[str]:
    from joytag_core.tags.vocabulary import Vocabulary

    known = list(Vocabulary.joytag().names)
    return known[:count] + [f"tag_{index}" for index in range(count - len(known))]


def _keep_made_up(folder: Path, model: LazyModel, count: int) -> int:
    random = np.random.default_rng(0)
    base = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    base.save(folder / "base.png")
    content = (folder / "base.png").read_bytes()
    (folder / "base.png").unlink()
    tags = len(model.vocabulary)
    with ScoreStore(folder) as store:
        key = model.key_in(store, Reading())
        rows = []
        for number in range(count):
            path = folder / f"{number:06d}.png"
            path.write_bytes(content + number.to_bytes(4, "little"))
            os.utime(path, (_OLD, _OLD))
            seen = Sighting(path, FileState.of(path), file_digest(path), number.to_bytes(16, "little"), 8, 8)
            rows.append((seen, _made_up_scores(random, tags), random.normal(size=768)))
            if len(rows) == 500 or number == count - 1:
                store.add(key, rows)
                rows = []
    return (folder / DATABASE_NAME).stat().st_size


def _made_up_scores(random: np.random.Generator, tags: int) -> np.ndarray:
    """Return scores as JoyTag's pictures have them: some 32 over 0.4 (its report), ten times as many over the floor."""
    scores = np.zeros(tags, dtype=np.float32)
    where = random.choice(tags, min(330, tags), replace=False)
    values = [random.uniform(0.01, 0.1, 250), random.uniform(0.1, 0.4, 48), random.uniform(0.4, 1.0, 32)]
    scores[where] = np.concatenate(values)[: len(where)]
    return scores


def report_many(given: argparse.Namespace) -> None:
    """Caption one folder of many small files; print when the first is scored, and the memory on the way."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        checkpoint = write_checkpoint(folder / "model", "tiny")
        (folder / "p").mkdir()
        for number in range(given.files):
            pixels = np.frombuffer(number.to_bytes(12, "little"), dtype=np.uint8).reshape(2, 2, 3)
            Image.fromarray(pixels).save(folder / "p" / f"{number:07d}.png", compress_level=0)
        model = LazyModel.find(checkpoint, LocalHost(device="cpu"))
        score, first = Tagger.score_pixels, []

        def timed(tagger: Tagger, pixels: torch.Tensor) -> object:
            first.append(time.perf_counter())
            if len(first) % max(given.files // 16 // 8, 1) == 1:
                print(f"- after {16 * (len(first) - 1)} pictures: {_resident_megabytes():.0f} MB resident")
            return score(tagger, pixels)

        Tagger.score_pixels = timed  # type: ignore[assignment, method-assign]
        model.tagger  # noqa: B018 - loading is no part of finding files
        started = time.perf_counter()
        summary = caption_folder(folder / "p", model=model, batch_size=16)
        print(f"- first picture scored after {first[0] - started:.2f} s, all after {summary.seconds:.0f} s")


def _resident_megabytes() -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


if __name__ == "__main__":
    main()
