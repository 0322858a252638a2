"""How much memory does the core ask a host for before it computes?"""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from joytag_core.model.config import NetworkConfig
from joytag_core.model.network import Network
from joytag_core.tagging.computing import activation_bytes
from tests.checkpoints import PRESETS


def largest_step(network: Network, side: int) -> int:
    """Return the most bytes that one layer's input and output take together, seen in a real pass of one picture."""
    seen = [0]

    def measure(_module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen.append(inputs[0].numel() * 4 + output.numel() * 4)

    for module in network.modules():
        if not list(module.children()):
            module.register_forward_hook(measure)
    with torch.inference_mode():
        network(torch.zeros(1, 3, side, side))
    return max(seen)


@pytest.mark.parametrize(
    "changes",
    [{}, {"mlp_dim": 4096}, {"cnn_stem": "conv:c=96;ln;relu;conv:c=64,s=8,k=9,p=4"}, {"cnn_stem": None}],
    ids=["stem", "perceptron", "wide stem", "no stem"],
)
def test_the_estimate_holds_what_every_layer_needs(changes: dict[str, object]) -> None:
    """Enough for any layer's input and output at once, whether the stem or a block is widest; not ten times that."""
    config = NetworkConfig.from_dict(PRESETS["tiny"] | changes)
    network = Network(config)
    nn.init.zeros_(network.head.weight)
    needed = largest_step(network.eval(), 64)
    assert needed <= activation_bytes(config, 64, 64) <= 10 * needed


def test_the_published_model_is_asked_for_as_it_is() -> None:
    """The first layer of its stem is the widest: 64 channels of 224 x 224, three times, in float32."""
    config = NetworkConfig.from_dict(PRESETS["full"])
    assert 3 * 64 * 224 * 224 * 4 == activation_bytes(config, 448, 448)
