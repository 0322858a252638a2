"""Which bias of the head makes one threshold fit every tag? For models whose tags would each want one of their own."""

from __future__ import annotations

import torch
from torch import Tensor

MOST = 2.0
"""How far a bias may move, in logits: a tag with few pictures must not be thrown out of its range by chance."""


def bias_shifts(scores: Tensor, targets: Tensor, *, threshold: float) -> Tensor:
    """Return what to add to each tag's logit so that `threshold` gives its best F1, [T] within -MOST..MOST.

    Takes scores [N, T] in 0..1 and targets [N, T] of 0 and 1, of pictures that nothing is measured on later.
    """
    logits, deserved = torch.logit(scores.double(), eps=1e-9), targets > 0.5
    wanted = torch.logit(torch.tensor(threshold, dtype=torch.float64))
    steps = torch.arange(-40, 41, dtype=torch.float64) / 40 * MOST
    steps = steps[steps.abs().argsort(stable=True)]  # of equally good ones the smallest
    f1 = torch.stack([_f1(logits + step > wanted, deserved) for step in steps])
    return steps[f1.argmax(dim=0)].float()


def _f1(predicted: Tensor, deserved: Tensor) -> Tensor:
    hits = (predicted & deserved).sum(0)
    return 2 * hits / (predicted.sum(0) + deserved.sum(0)).clamp(min=1)
