"""How good is a model? Precision, recall and F1 of every tag on pictures that it was not trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from tqdm import tqdm

from joytag_core.datasets.outcomes import Counts, Outcomes
from joytag_core.model.network import Network
from joytag_core.pictures.pixels import normalise
from joytag_core.tags.vocabulary import PUBLISHED_THRESHOLD

from .dataset import TaggedPictures


def measure(
    scores: Tensor, targets: Tensor, tags: Sequence[str], *, threshold: float = PUBLISHED_THRESHOLD
) -> dict[str, Counts]:
    """Compare scores [N, T] in 0..1 with targets [N, T] of 0 and 1, a tag at a time, as `joytag evaluate` does."""
    columns = zip(scores.numpy().T, (targets > 0.5).numpy().T, strict=True)
    return {tag: Outcomes.of(*column).counts(threshold) for tag, column in zip(tags, columns, strict=True)}


def macro_f1(measured: Mapping[str, Counts]) -> float:
    """Return the mean of the tags' F1."""
    return fmean(counts.f1 for counts in measured.values())


@torch.inference_mode()
def score_pictures(network: Network, pictures: TaggedPictures, *, batch_size: int = 64, workers: int = 0) -> Tensor:
    """Return scores [N, T] float32 in 0..1, on the CPU."""
    device = next(network.parameters()).device
    was_training = network.training
    network.eval()
    batches = tqdm(DataLoader(pictures, batch_size, num_workers=workers), desc="score", unit="batch", leave=False)
    scores = [network(normalise(pixels.to(device))).sigmoid().float().cpu() for pixels, _ in batches]
    network.train(was_training)
    return torch.cat(scores)


def render_table(measured: Mapping[str, Counts]) -> str:
    """Return a Markdown table: one line a tag and the macro mean below."""
    lines = ["| tag | pictures | precision | recall | F1 |", "| --- | ---: | ---: | ---: | ---: |"]
    for tag, counts in measured.items():
        lines.append(f"| `{tag}` | {counts.support} | {counts.precision:.3f} | {counts.recall:.3f} | {counts.f1:.3f} |")
    means = (fmean(getattr(one, name) for one in measured.values()) for name in ("precision", "recall", "f1"))
    lines.append(f"| **macro mean** | | {' | '.join(f'**{mean:.3f}**' for mean in means)} |")
    return "\n".join(lines)
