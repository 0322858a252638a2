"""What is computed of pixels beside the logits?"""

from __future__ import annotations

import torch
from torch import Tensor

from ..model.network import Network


def pooled_features(network: Network, pixels: Tensor) -> Tensor:
    """Return [N, D] for pixels [N, 3, S, S]: the mean of the patches' features."""
    return network.patch_features(pixels).mean(dim=1)


def features_and_logits(network: Network, pixels: Tensor) -> Tensor:
    """Return [N, D + T]: the mean of the patches' features, and the logits."""
    features = network.patch_features(pixels)
    pooled = features.mean(dim=1)
    if network.config.head_mean_after:
        return torch.cat([pooled, network.patch_logits(features).mean(dim=1)], dim=1)
    return torch.cat([pooled, network.head(pooled)], dim=1)
