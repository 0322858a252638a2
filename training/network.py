"""How does a network start, and what does training add to it? Initial weights and stochastic depth."""

from __future__ import annotations

import functools

import torch
from torch import Tensor, nn

from joytag_core.model.config import NetworkConfig
from joytag_core.model.network import ConvolutionalStem, LearnedPositions, Network, ResidualScale

DEFAULT_SCALE = 0.1
"""What residual scales start at without a `layerscale_init`: small, so that blocks begin near identity."""


def build_network(config: dict[str, object], *, prior: float = 0.05) -> Network:
    """Build a network to train from a config.json's mapping.

    `prior` (0 to 1) is the score that every tag starts from: with most tags absent, starting from a half wastes the
    first steps.
    """
    settings = NetworkConfig.from_dict(config)
    network = Network(settings)
    for module in network.modules():
        _initialise(module, settings)
    if isinstance(network.patch_embeddings, ConvolutionalStem):
        first = next(module for module in network.patch_embeddings.modules() if isinstance(module, nn.Conv2d))
        start_as_edges(first.weight)
    nn.init.constant_(network.head.bias, torch.logit(torch.tensor(prior)).item())
    add_stochastic_depth(network, float(config.get("stochdepth_rate", 0.0)))  # type: ignore[arg-type]
    return network


def _initialise(module: nn.Module, config: NetworkConfig) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)
    elif isinstance(module, LearnedPositions):
        nn.init.trunc_normal_(module.embedding.weight, std=0.02)
    elif isinstance(module, ResidualScale):
        nn.init.constant_(module.skip, DEFAULT_SCALE if config.layerscale_init is None else config.layerscale_init)


@torch.no_grad()
def start_as_edges(weight: Tensor) -> None:
    """Make up to 24 filters [C, 3, 3, 3] edge detectors: four directions, three colour axes, both signs; in place.

    A stem that starts at random takes most of a short training to find these, which every trained one has.
    """
    across = torch.tensor([-1.0, 0.0, 1.0])
    x, y = across.expand(3, 3), across[:, None].expand(3, 3)
    axes = torch.tensor([[1.0, 1.0, 1.0], [1.0, -1.0, 0.0], [0.5, 0.5, -1.0]])
    filters = []
    for angle in torch.tensor([0.0, 45.0, 90.0, 135.0]).deg2rad():
        edge = x * angle.cos() + y * angle.sin()
        for axis in axes:
            filters += [sign * axis[:, None, None] * edge / edge.abs().sum() for sign in (1.0, -1.0)]
    count = min(len(filters), len(weight))
    if weight.shape[1:] == filters[0].shape:
        weight[:count] = torch.stack(filters[:count])


def add_stochastic_depth(network: Network, rate: float) -> None:
    """Make training drop residual branches, a picture at a time: the last block's at `rate`, earlier ones' less."""
    for index, block in enumerate(network.blocks, start=1):
        share = rate * index / len(network.blocks)
        if share > 0:
            for scale in (block.skip_init1, block.skip_init2):
                scale.register_forward_pre_hook(functools.partial(_drop_branch, share))


def _drop_branch(rate: float, module: nn.Module, inputs: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    stream, branch = inputs
    if not module.training:
        return inputs
    kept = torch.rand(len(branch), 1, 1, device=branch.device) >= rate
    return stream, branch * kept.to(branch.dtype) / (1 - rate)
