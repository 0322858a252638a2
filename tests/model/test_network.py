"""Does the network compute what its config says, wherever its weights are, and show every patch's part?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from joytag_core.host import operations
from joytag_core.model.folders import ModelFolder
from joytag_core.model.network import Network, sine_positions
from joytag_core.model.weights import load_network
from tests.checkpoints import write_checkpoint

PRESET_NAMES = ["tiny", "tiny-plain", "tiny-hot"]


def network_of(folder: Path, **options: Any) -> Network:
    """Load the network of a model folder."""
    return load_network(ModelFolder(folder.name, folder), **options)[0]


def pixels_of(seeded: torch.Generator, *shape: int) -> Tensor:
    """Return normalised noise [N, 3, H, W]."""
    return torch.randn(*shape, generator=seeded)


@pytest.mark.parametrize("preset", PRESET_NAMES)
def test_the_mean_over_patches_of_their_logits_is_the_picture_s(
    checkpoints: Path, seeded: torch.Generator, preset: str
) -> None:
    """The head is linear after the mean, so each patch's part of each tag is exact."""
    network = network_of(checkpoints / preset)
    pixels = pixels_of(seeded, 2, 3, 64, 64)
    with torch.no_grad():
        features = network.patch_features(pixels)
        parts = network.patch_logits(features)
        logits = network(pixels)
    assert ((2, 16, 64), (2, 16, 40)) == (tuple(features.shape), tuple(parts.shape))
    assert torch.allclose(parts.mean(dim=1), logits, atol=1e-5)


def test_patches_go_row_by_row_from_the_top_left(checkpoints: Path, seeded: torch.Generator) -> None:
    """Without attention, a change at the top right changes the fourth patch of four columns most."""
    network = network_of(checkpoints / "tiny-plain")
    pixels = pixels_of(seeded, 1, 3, 64, 64)
    changed = pixels.clone()
    changed[..., :16, 48:] += 3
    with torch.no_grad():
        difference = (network.patch_features(changed) - network.patch_features(pixels)).norm(dim=-1)[0]
    assert 3 == difference.argmax().item()


@pytest.mark.parametrize("size", [(64, 64), (32, 96), (96, 32), (16, 16), (128, 64)])
def test_other_sizes_and_shapes_run_with_sine_positions(
    tiny: Path, seeded: torch.Generator, size: tuple[int, int]
) -> None:
    """Positions are computed from the input's own grid."""
    network = network_of(tiny)
    with torch.no_grad():
        logits = network(pixels_of(seeded, 1, 3, *size))
    assert (1, 40) == tuple(logits.shape)
    assert torch.isfinite(logits).all()


def test_learned_positions_are_for_one_size(checkpoints: Path, seeded: torch.Generator) -> None:
    """Another number of patches than was learned is an error, not an accident."""
    network = network_of(checkpoints / "tiny-plain")
    with pytest.raises(ValueError, match=r"4x6.*16"):
        network(pixels_of(seeded, 1, 3, 64, 96))


def test_sine_positions_tell_rows_from_columns() -> None:
    """The first half of the channels says the column, the second the row; the frequencies fall from 1 to 1/10,000."""
    positions = sine_positions(3, 5, 16).view(3, 5, 16)
    assert torch.equal(positions[0, :, :8], positions[2, :, :8])
    assert torch.equal(positions[:, 0, 8:], positions[:, 4, 8:])
    columns = torch.arange(5.0)
    assert torch.allclose(columns.sin(), positions[0, :, 0], atol=1e-6)
    assert torch.allclose((columns / 10_000).sin(), positions[0, :, 3], atol=1e-6)
    assert torch.allclose((columns / 10_000).cos(), positions[0, :, 7], atol=1e-6)


def test_a_batch_is_its_pictures(tiny: Path, seeded: torch.Generator) -> None:
    """Nothing of one picture is in another's logits."""
    network = network_of(tiny)
    pixels = pixels_of(seeded, 3, 3, 64, 64)
    with torch.no_grad():
        together, alone = network(pixels), torch.cat([network(one[None]) for one in pixels])
    assert torch.allclose(alone, together, atol=1e-5)


@pytest.mark.parametrize("preset", PRESET_NAMES)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_stream_norms_scales_and_head_stay_float32(
    checkpoints: Path, seeded: torch.Generator, preset: str, dtype: torch.dtype
) -> None:
    """Whatever the branches compute in."""
    network = network_of(checkpoints / preset, dtype=dtype)
    seen: list[torch.dtype] = []
    for block in network.blocks:
        block.register_forward_hook(lambda _m, inputs, stream: seen.extend([inputs[0].dtype, stream.dtype]))
    with torch.no_grad():
        assert torch.float32 == network(pixels_of(seeded, 1, 3, 64, 64)).dtype
    assert [torch.float32] * 4 == seen
    for name, parameter in network.named_parameters():
        is_kept = any(part in name for part in ("norm", "skip", "head", "pos_embedding"))
        assert (torch.float32 if is_kept else dtype) == parameter.dtype, name


class _Parked:
    """Layers whose weights stay in another dtype, and are brought along only for the moment they are needed.

    As a host does with a model that it keeps out of the device's memory in whole or in part.
    """

    calls = 0

    class Linear(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            _Parked.calls += 1
            return nn.functional.linear(x, self.weight.double().to(x), self.bias.double().to(x))

    class Conv2d(nn.Conv2d):
        def forward(self, x: Tensor) -> Tensor:
            _Parked.calls += 1
            return self._conv_forward(x, self.weight.double().to(x), self.bias.double().to(x))

    class LayerNorm(nn.LayerNorm):
        def forward(self, x: Tensor) -> Tensor:
            _Parked.calls += 1
            weight, bias = self.weight.double().to(x), self.bias.double().to(x)
            return nn.functional.layer_norm(x, self.normalized_shape, weight, bias, self.eps)


@pytest.mark.parametrize(("preset", "layers"), [("tiny", 5 + 4 + 2 * 6 + 2), ("tiny-plain", 1 + 2 * 6 + 2)])
def test_a_host_s_own_layers_do_all_the_work(
    checkpoints: Path, seeded: torch.Generator, preset: str, layers: int
) -> None:
    """Every linear, convolution and norm is the host's, and the logits are the same though the weights never move."""
    own = network_of(checkpoints / preset)
    hosted = network_of(checkpoints / preset, operations=_Parked)
    for module in hosted.modules():
        if isinstance(module, _Parked.Linear | _Parked.Conv2d | _Parked.LayerNorm):
            module.double()  # parked elsewhere: plain torch.nn layers would refuse to compute with these
    pixels = pixels_of(seeded, 1, 3, 64, 64)
    _Parked.calls = 0
    with torch.no_grad():
        expected, actual = own(pixels), hosted(pixels)
    assert layers == _Parked.calls
    assert torch.allclose(expected, actual, atol=1e-5)


def test_bare_parameters_may_stay_where_they_were(checkpoints: Path, seeded: torch.Generator) -> None:
    """A host that loads a model in part moves layers only; scales and learned positions come along by themselves."""
    network = network_of(checkpoints / "tiny-plain")
    pixels = pixels_of(seeded, 1, 3, 64, 64)
    with torch.no_grad():
        expected = network(pixels)
        for name, parameter in network.named_parameters():
            if "skip" in name or "pos_embedding" in name:
                parameter.data = parameter.data.double()
        actual = network(pixels)
    assert torch.float32 == actual.dtype
    assert torch.allclose(expected, actual, atol=1e-6)


@pytest.mark.parametrize("preset", PRESET_NAMES)
def test_casting_layers_compute_in_another_dtype_than_their_weights(
    checkpoints: Path, seeded: torch.Generator, preset: str
) -> None:
    """With the package's own layers, the arithmetic can change while the weights stay, and change back."""
    network = network_of(checkpoints / preset, operations=operations, dtype=torch.bfloat16)
    rounded = network_of(checkpoints / preset)
    rounded.load_state_dict({name: tensor.float() for name, tensor in network.state_dict().items()})
    pixels = pixels_of(seeded, 2, 3, 64, 64)
    with torch.no_grad():
        half = network(pixels)
        network.compute_in(torch.float32)
        full = network(pixels)
        network.compute_in(torch.bfloat16)
        again = network(pixels)
        expected = rounded(pixels)
    assert torch.equal(half, again)
    assert torch.allclose(expected, full, atol=1e-4)
    assert not torch.allclose(expected, half, atol=1e-4)


def test_plain_torch_layers_are_the_default(tiny: Path) -> None:
    """No wrapper where none is wanted."""
    network = network_of(tiny)
    assert nn.Linear is type(network.head)
    assert nn.LayerNorm is type(network.norm)


def test_attention_leaves_the_choice_of_kernel_to_torch(tiny: Path, seeded: torch.Generator) -> None:
    """No kernel is forbidden: with the fast ones switched off, the plain one runs, as on CPUs and old cards."""
    network = network_of(tiny)
    pixels = pixels_of(seeded, 1, 3, 64, 64)
    with torch.no_grad():
        expected = network(pixels)
        was = torch.backends.cuda.flash_sdp_enabled()
        try:
            torch.backends.cuda.enable_flash_sdp(False)
            actual = network(pixels)
        finally:
            torch.backends.cuda.enable_flash_sdp(was)
    assert torch.allclose(expected, actual, atol=1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"head_mean_after": True},
        {"use_sine": False},
        {"cnn_stem": None},
        {"cnn_stem": "conv:c=8,s=4,k=5,p=2;ln;relu;conv:c=64,s=4,k=4,p=0"},
        {"cnn_stem": "conv:c=8;relu;conv:c=64"},  # patch_size says nothing where the stem and sine positions do
        {"image_size": 96, "num_heads": 1, "num_blocks": 1},
        {"patch_size": 8, "cnn_stem": None, "use_sine": False},
    ],
)
def test_any_config_that_the_class_allows_runs(
    tmp_path: Path, seeded: torch.Generator, changes: dict[str, Any]
) -> None:
    """Loaded strictly and computed."""
    folder = write_checkpoint(tmp_path / "model", "tiny", **changes)
    network = network_of(folder)
    side = network.config.image_size
    with torch.no_grad():
        logits = network(pixels_of(seeded, 1, 3, side, side))
    assert torch.isfinite(logits).all()
    assert logits.std() > 0.1


def test_head_before_and_after_the_mean_agree(tmp_path: Path, seeded: torch.Generator) -> None:
    """A linear head may stand on either side."""
    pixels = pixels_of(seeded, 1, 3, 64, 64)
    with torch.no_grad():
        before, after = (
            network_of(write_checkpoint(tmp_path / str(value), "tiny", head_mean_after=value))(pixels)
            for value in (True, False)
        )
    assert torch.allclose(before, after, atol=1e-5)


def test_nothing_of_the_network_is_trained(tiny: Path) -> None:
    """No gradients, no dropout: inference only."""
    network = network_of(tiny)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
