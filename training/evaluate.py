"""How good is a model? Precision, recall and F1 of every tag on pictures that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from tqdm import tqdm

from joytag_core.model.network import Network
from joytag_core.pictures.pixels import normalise
from joytag_core.tags.vocabulary import PUBLISHED_THRESHOLD

from .dataset import TaggedPictures


@dataclass(frozen=True)
class TagQuality:
    """How one tag was predicted: counts of pictures, and what follows from them (0 to 1)."""

    tag: str
    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def support(self) -> int:
        """How many pictures deserve the tag."""
        return self.true_positives + self.false_negatives

    @property
    def precision(self) -> float:
        return _ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        return _ratio(self.true_positives, self.support)

    @property
    def f1(self) -> float:
        return _ratio(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)


def measure(
    scores: Tensor, targets: Tensor, tags: Sequence[str], *, threshold: float = PUBLISHED_THRESHOLD
) -> list[TagQuality]:
    """Compare scores [N, T] in 0..1 with targets [N, T] of 0 and 1, a tag at a time."""
    predicted, deserved = scores > threshold, targets > 0.5
    hits = (predicted & deserved).sum(0).tolist()
    alarms = (predicted & ~deserved).sum(0).tolist()
    misses = (~predicted & deserved).sum(0).tolist()
    return [TagQuality(*row) for row in zip(tags, hits, alarms, misses, strict=True)]


def macro_f1(qualities: Sequence[TagQuality]) -> float:
    """Return the mean of the tags' F1."""
    return sum(quality.f1 for quality in qualities) / len(qualities)


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


def render_table(qualities: Sequence[TagQuality]) -> str:
    """Return a Markdown table: one line a tag and the macro mean below."""
    lines = ["| tag | pictures | precision | recall | F1 |", "| --- | ---: | ---: | ---: | ---: |"]
    for quality in qualities:
        figures = f"{quality.precision:.3f} | {quality.recall:.3f} | {quality.f1:.3f}"
        lines.append(f"| `{quality.tag}` | {quality.support} | {figures} |")
    count = len(qualities)
    means = (sum(getattr(q, name) for q in qualities) / count for name in ("precision", "recall", "f1"))
    lines.append(f"| **macro mean** | | {' | '.join(f'**{mean:.3f}**' for mean in means)} |")
    return "\n".join(lines)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
