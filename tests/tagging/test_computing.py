"""How much memory does the core ask a host for before it computes?"""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from joytag_core import Placement, Tagger
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


def test_a_batch_leaves_the_host_a_part_of_what_is_free(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a GPU: at least a third stays free, and at least half is used; a picture goes in any case."""
    tagger = Tagger.load(tiny, device="cpu")
    config = tagger.network.config
    one = activation_bytes(config, config.image_size, config.image_size)
    computer = tagger._computer
    monkeypatch.setattr(computer, "placement", Placement(torch.device("cuda"), torch.float16))
    for free in (0, one, 12 * one, 60 * one, 10_000 * one):
        monkeypatch.setattr("joytag_core.tagging.computing._free_bytes", lambda _device, free=free: free)
        assert max(min(free // (2 * one), 256), 1) <= computer.batch_size() <= max(min(2 * free // (3 * one), 256), 1)


def test_the_published_model_is_asked_for_as_it_is() -> None:
    """The first layer of its stem is the widest: 64 channels of 224 x 224, three times, in float32."""
    config = NetworkConfig.from_dict(PRESETS["full"])
    assert 3 * 64 * 224 * 224 * 4 == activation_bytes(config, 448, 448)
