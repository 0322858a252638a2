"""How wrong are the logits? The focal loss of the published recipe."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

GAMMA = 2.0
LOSS_MULTIPLIER = 256.0
"""The published recipe's: keeps float16 gradients away from zero; LAMB itself does not care about the scale."""


def focal_loss(logits: Tensor, targets: Tensor, *, gamma: float = GAMMA, multiplier: float = LOSS_MULTIPLIER) -> Tensor:
    """Return the mean focal loss times `multiplier`, a float32 scalar, for logits and 0/1 targets [N, T].

    Focal loss (arXiv:1708.02002) without its class weight: the cross entropy of each tag, times (1 - p)^gamma, where
    p is the score given to the right answer.
    """
    cross_entropy = functional.binary_cross_entropy_with_logits(logits.float(), targets.float(), reduction="none")
    surprise = -torch.expm1(-cross_entropy)  # 1 - p
    return (surprise.pow(gamma) * cross_entropy).mean() * multiplier
