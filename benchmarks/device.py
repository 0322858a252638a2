"""How fast and how exact is this code on one CUDA device? One run, under eight minutes; `device.sh` starts it.

    python -m benchmarks.device [--device cuda] [--small]

The weights are the reproducible ones of the tests, full size; `--small` runs every part in little, on the CPU too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from benchmarks.folders import drawn_files, report_folder
from benchmarks.model import GFLOP, interleaved, matrix_product_rate
from benchmarks.snippet import Snippet
from joytag_core import Tagger
from tests.checkpoints import full_checkpoint, write_checkpoint

_DATA = Path(__file__).parents[1] / "tests" / "data"
_PICTURES = sorted((_DATA / "pictures").glob("*.png"))


@dataclass(frozen=True)
class Plan:
    """Say how much to run."""

    folder: Path
    golden: Path
    device: str
    batches: tuple[int, ...]
    files: int
    rounds: int
    is_small: bool

    @property
    def is_cuda(self) -> bool:
        """Say whether there is a device whose memory can be measured."""
        return self.device.startswith("cuda")


def main() -> None:
    """Run every part and print a report in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--small", action="store_true", help="a tiny model, few pictures: to see that it runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        plan = _plan(given.device, Path(temporary), is_small=given.small)
        name = torch.cuda.get_device_name(given.device) if plan.is_cuda else "CPU"
        print(f"# {name}, torch {torch.__version__}{', small form' if given.small else ''}\n")
        for part in (report_parity, report_latency, report_batches, report_ladder, report_files):
            start = time.perf_counter()
            part(plan)
            print(f"({part.__name__}: {time.perf_counter() - start:.0f} s)\n", flush=True)


def _plan(device: str, temporary: Path, *, is_small: bool) -> Plan:
    golden = _DATA / "golden" / f"logits_{'tiny' if is_small else 'full'}.safetensors"
    if is_small:
        return Plan(write_checkpoint(temporary / "tiny", "tiny"), golden, device, (1, 4), 8, 1, is_small=True)
    return Plan(full_checkpoint(), golden, device, (1, 2, 4, 8, 16, 32, 64, 128, 256), 2000, 7, is_small=False)


def report_parity(plan: Plan) -> None:
    """Compare each dtype's logits with the recorded ones of the reference."""
    expected = load_file(plan.golden)
    print("## Distance from the reference's recorded logits\n\n| dtype | largest of logits | largest of scores |")
    print("| --- | --- | --- |")
    for dtype in ("float32", "float16", "bfloat16"):
        scores = Tagger.load(plan.folder, device=plan.device, dtype=dtype).score(_PICTURES)
        found = torch.stack([torch.tensor(one.values) for one in scores]).double()
        wanted = torch.stack([expected[path.stem] for path in _PICTURES]).double()
        logits = (torch.logit(found) - wanted).abs().max()
        print(f"| {dtype} | {logits:.2e} | {(found - wanted.sigmoid()).abs().max():.2e} |")
    print()


def report_latency(plan: Plan) -> None:
    """Time one picture, from Pillow to scores, beside the snippet."""
    tagger, snippet = Tagger.load(plan.folder, device=plan.device), Snippet(plan.folder, plan.device)
    picture = Image.open(_PICTURES[0]).convert("RGB")
    seconds = interleaved(
        {"ours": lambda _: tagger.score(picture), "theirs": lambda _: snippet.tag(picture)},
        plan.rounds * 3,
        plan.device,
    )
    print("## One picture\n")
    print(f"- joytag_core {seconds['ours'] * 1e3:.2f} ms, snippet {seconds['theirs'] * 1e3:.2f} ms: ", end="")
    print(f"ratio {seconds['ours'] / seconds['theirs']:.2f} (aim 0.6)\n")


def report_batches(plan: Plan) -> None:
    """Time batches of ready pixels, as pictures a second and as a share of the measured matrix-product rate."""
    tagger, snippet = Tagger.load(plan.folder, device=plan.device), Snippet(plan.folder, plan.device)
    side = tagger.network.config.image_size
    rate = matrix_product_rate(plan.device, plan.rounds)
    print(f"## Batches of ready pixels ({tagger.placement.dtype}; matrix products {rate:,.0f} GFLOP/s)\n")
    print("| batch | pictures/s | share of the rate | over the snippet's rate | peak GiB |")
    print("| --- | --- | --- | --- | --- |")
    for size in plan.batches:
        pixels = torch.randint(0, 256, (size, 3, side, side), dtype=torch.uint8)
        steps = {"ours": _scoring(tagger, pixels), "theirs": lambda _, p=pixels: snippet.scores(p[:1].float() / 255)}
        _reset_peak(plan)
        seconds = interleaved(steps, plan.rounds, plan.device)
        speed, theirs = size / seconds["ours"], 1 / seconds["theirs"]
        share = "-" if plan.is_small else f"{speed * GFLOP / rate:.1%}"  # the figure is the full-size network's
        print(f"| {size} | {speed:.1f} | {share} | {speed / theirs:.2f} | {_peak_gibibytes(plan):.2f} |")
    print(f"\nIts own choice here: batches of {tagger.batch_size}.\n")


def _scoring(tagger: Tagger, pixels: Tensor) -> Callable[[int], object]:
    return lambda _: tagger.score_pixels(pixels)


def report_ladder(plan: Plan) -> None:
    """Let a batch not fit into the device's memory, and see it come out all the same."""
    if not plan.is_cuda:
        print("## Out of memory\n\n- only on CUDA\n")
        return
    tagger = Tagger.load(plan.folder, device=plan.device)
    pictures = [Image.open(path).convert("RGB") for path in _PICTURES] * 40
    expected = tagger.score(pictures)
    free, total = torch.cuda.mem_get_info(plan.device)
    held = torch.empty(free - (1 << 30), dtype=torch.uint8, device=plan.device)  # leave one gibibyte
    try:
        found = tagger.score(pictures, batch_size=256)
    finally:
        del held
        torch.cuda.empty_cache()
    drift = max(float(abs(one.values - two.values).max()) for one, two in zip(expected, found, strict=True))
    print(f"## Out of memory\n\n- 1 GiB of {total >> 30} free, batches of 256: scores differ by at most {drift:.1e}\n")


def report_files(plan: Plan) -> None:
    """Time a folder of drawn JPEG files of one megapixel."""
    with drawn_files(plan.files, 1.0) as paths:
        report_folder(Tagger.load(plan.folder, device=plan.device), paths, 1)


def _reset_peak(plan: Plan) -> None:
    if plan.is_cuda:
        torch.cuda.reset_peak_memory_stats(plan.device)


def _peak_gibibytes(plan: Plan) -> float:
    return torch.cuda.max_memory_allocated(plan.device) / (1 << 30) if plan.is_cuda else 0.0


if __name__ == "__main__":
    main()
