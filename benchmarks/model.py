"""How fast and how exact is this code, beside the published snippet and the machine's own limit? One run, ratios.

    python -m benchmarks.model FOLDER PICTURE... [--device cpu] [--rounds 7] [--golden LOGITS.safetensors]

FOLDER is a full-size checkpoint (real or of random weights: the arithmetic is the same).
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from benchmarks.snippet import Snippet
from joytag_core import PromptFormat, Tagger, TagScores
from joytag_core.tags.vocabulary import Vocabulary

# 2 x multiply-adds of the linear layers and the stem at 448 px. The attention's own two products, another 22.7 GFLOP,
# are not in it.
GFLOP_WITHOUT_ATTENTION = 139.5
GFLOP = 162.1


def main() -> None:
    """Run every part and print a report in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pictures", type=Path, nargs="+")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--golden", type=Path, help="recorded logits, one entry a picture's file stem")
    given = parser.parse_args()
    pictures = [Image.open(path).convert("RGB") for path in given.pictures]
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs, {torch.get_num_threads()} threads; ",
        end="",
    )
    print(f"torch {torch.__version__}, Python {platform.python_version()}, device {_device_name(given.device)}\n")
    report_one_picture(given.folder, pictures, given.device, given.rounds)
    if given.device != "cpu":
        report_batches(given.folder, pictures, given.device, given.rounds)
    report_text()
    report_loading(given.folder)
    if given.golden:
        report_drift(given.folder, given.pictures, given.golden, given.device)


def report_one_picture(folder: Path, pictures: list[Image.Image], device: str, rounds: int) -> None:
    """Time one picture, here and in the snippet, with the matrix-product rate in between."""
    ours, theirs, rate = time_one_picture(folder, pictures, device, rounds)
    print("## One picture, from Pillow to tags\n")
    print(f"- joytag_core {ours * 1e3:.1f} ms, snippet {theirs * 1e3:.1f} ms: ratio {ours / theirs:.3f}")
    print(f"- matrix products of this machine: {rate:.1f} GFLOP/s (dtype of the network, side {_MATRIX_SIDE})")
    print(f"- time over that of {GFLOP_WITHOUT_ATTENTION} GFLOP: {ours / (GFLOP_WITHOUT_ATTENTION / rate):.3f}")
    print(f"- time over that of {GFLOP} GFLOP, the attention's products included: {ours / (GFLOP / rate):.3f}\n")


def time_one_picture(
    folder: Path, pictures: list[Image.Image], device: str, rounds: int, *, dtype: str = "auto"
) -> tuple[float, float, float]:
    """Return the median seconds of one picture from Pillow to tags, here and in the snippet, and the machine's rate."""
    tagger, snippet = Tagger.load(folder, device=device, dtype=dtype), Snippet(folder, device)
    text = PromptFormat(target="caption")

    def tag(number: int) -> str:
        tagger.forget()
        return text.render(tagger.score(pictures[number % len(pictures)])[0].select())

    return time_beside_snippet(tag, lambda number: snippet.tag(pictures[number % len(pictures)]), rounds, device)


def report_batches(folder: Path, pictures: list[Image.Image], device: str, rounds: int) -> None:
    """Time 64 pictures in one call, and as the snippet would, one by one."""
    tagger, snippet = Tagger.load(folder, device=device), Snippet(folder, device)
    many = [pictures[i % len(pictures)] for i in range(64)]
    ours, theirs, rate = time_beside_snippet(
        lambda _: tagger.score(many, batch_size=64),
        lambda _: [snippet.tag(picture) for picture in many],
        rounds,
        device,
    )
    print("## 64 pictures\n")
    print(f"- joytag_core {64 / ours:.1f} pictures/s, snippet {64 / theirs:.1f}: ratio {theirs / ours:.2f}")
    print(f"- {64 * GFLOP / ours / rate:.2%} of the device's matrix-product rate, {rate / 1e3:.1f} TFLOP/s\n")


def report_text() -> None:
    """Time choosing and writing the tags of one picture out of 5,813 scores, some 30 of them over the threshold."""
    vocabulary = Vocabulary.joytag()
    random = np.random.default_rng(0)
    scores = [TagScores(vocabulary, random.beta(0.08, 5.0, len(vocabulary))) for _ in range(200)]
    text = PromptFormat(weights="mapped")
    chosen = statistics.mean(len(one.select()) for one in scores)
    start = time.perf_counter()
    for one in scores:
        text.render(one.select(order="prompt", category_thresholds={"character": 0.6}))
    spent = (time.perf_counter() - start) / len(scores)
    print(f"## Text\n\n- choosing, ordering and writing {chosen:.0f} of 5,813 tags: {spent * 1e3:.3f} ms\n")


def report_loading(folder: Path) -> None:
    """Measure loading in a process of its own: the peak of memory, and the time."""
    peak, first, second = measure_loading(folder)
    size = (folder / "model.safetensors").stat().st_size
    print("## Loading\n")
    print(f"- peak memory above torch's own: {peak:.2f} times the file ({size / 1e6:.0f} MB)")
    print(
        f"- first use {first:.2f} s; second use in the same process loads {'nothing' if second < 0.01 else 'again!'}\n"
    )


def measure_loading(folder: Path, dtype: str = "auto") -> tuple[float, float, float]:
    """Return the peak of memory above torch's own in times of the file, and the seconds of a first and second use."""
    command = [sys.executable, "-c", _LOADING, str(folder), dtype]
    measured = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after, first, second = (float(value) for value in measured.stdout.split())
    return (after - before) / (folder / "model.safetensors").stat().st_size, first, second


def report_drift(folder: Path, paths: list[Path], golden: Path, device: str) -> None:
    """Compare each dtype's logits and scores of two pictures with recorded ones of the reference."""
    recorded, paths = load_file(golden), paths[:2]
    expected = torch.stack([recorded[path.stem] for path in paths])
    print("## Distance from the reference's recorded logits\n\n| dtype | largest of logits | largest of scores |")
    print("| --- | --- | --- |")
    for dtype in ("float32", "bfloat16", "float16"):
        scores = torch.from_numpy(
            np.stack([s.values for s in Tagger.load(folder, device=device, dtype=dtype).score(paths)])
        )
        drift = (torch.logit(scores.double()) - expected.double()).abs().max()
        print(f"| {dtype} | {drift:.2e} | {(scores - expected.sigmoid()).abs().max():.2e} |")


def time_beside_snippet(
    ours: Callable[[int], object], theirs: Callable[[int], object], rounds: int, device: str
) -> tuple[float, float, float]:
    """Return the median seconds of both, and the machine's matrix-product rate in GFLOP/s, all taken in turns."""
    steps = {"ours": ours, "theirs": theirs, "matrix product": matrix_product(device)}
    seconds = interleaved(steps, rounds, device)
    return seconds["ours"], seconds["theirs"], 2 * _MATRIX_SIDE**3 / seconds["matrix product"] / 1e9


def interleaved(steps: dict[str, Callable[[int], object]], rounds: int, device: str) -> dict[str, float]:
    """Return the median seconds of each step, run in turns so that a busy machine slows all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(-1, rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            step(number)
            if device.startswith("cuda"):
                torch.cuda.synchronize()
            if number >= 0:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


_MATRIX_SIDE = 4096


def matrix_product(device: str) -> Callable[[int], object]:
    """Return a step that multiplies two square matrices in the dtype that networks have on the device."""
    dtype = torch.float32 if device == "cpu" else torch.float16
    left, right = (torch.randn(_MATRIX_SIDE, _MATRIX_SIDE, device=device, dtype=dtype) for _ in range(2))
    return lambda _: left @ right


def matrix_product_rate(device: str, rounds: int) -> float:
    """Return the device's measured matrix-product rate in GFLOP/s, in the dtype that networks have there."""
    seconds = interleaved({"matrix product": matrix_product(device)}, rounds, device)["matrix product"]
    return 2 * _MATRIX_SIDE**3 / seconds / 1e9


def _device_name(device: str) -> str:
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else device


_LOADING = """
import re, sys, time
from pathlib import Path
import torch
torch.zeros(1) @ torch.zeros(1)
from joytag_core import LocalHost, Session
from PIL import Image
# Not getrusage: its ru_maxrss begins at the parent's.
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
before, start = peak(), time.perf_counter()
session = Session(LocalHost(device="cpu", dtype=sys.argv[2]))
tagger = session.tagger(sys.argv[1])
first, after, start = time.perf_counter() - start, peak(), time.perf_counter()
assert session.tagger(sys.argv[1]) is tagger
print(before, after, first, time.perf_counter() - start)
"""

if __name__ == "__main__":
    main()
