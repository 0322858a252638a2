"""How does a stem without norms learn fast? With batch norms that the finished model no longer has.

A stem of bare convolutions runs fast and is what the config describes, but learns slowly. While it is trained every
convolution before a ReLU gets a batch norm, and a normed way around it where shapes allow; at the end these are
multiplied into the convolution's own weights (RepVGG, arXiv:2101.03697), so the exported model computes the same.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from joytag_core.model.network import ConvolutionalStem, Network


class NormedConvolution(nn.Module):
    """A convolution with a batch norm behind it and, where input and output have one shape, a normed way around it."""

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        channels = convolution.out_channels
        self.convolution = nn.Conv2d(
            convolution.in_channels, channels, convolution.kernel_size,
            stride=convolution.stride, padding=convolution.padding, bias=False,
        )  # fmt: skip
        self.convolution.weight = convolution.weight
        self.norm = nn.BatchNorm2d(channels)
        self.around = nn.BatchNorm2d(channels) if _keeps_shape(convolution) else None

    def forward(self, grid: Tensor) -> Tensor:
        """Map [N, C, H, W] to the convolution's shape."""
        out: Tensor = self.norm(self.convolution(grid))
        return out if self.around is None else out + self.around(grid)

    @torch.no_grad()
    def folded(self) -> tuple[Tensor, Tensor]:
        """Return weight and bias of the one convolution that computes the same when not training."""
        gain, bias = _gain_and_bias(self.norm)
        weight = self.convolution.weight * gain[:, None, None, None]
        if self.around is not None:
            gain, bias_around = _gain_and_bias(self.around)
            middle = weight.shape[-1] // 2
            weight[range(len(weight)), range(len(weight)), middle, middle] += gain
            bias = bias + bias_around
        return weight, bias


def add_stem_norms(network: Network) -> None:
    """Put a batch norm behind every convolution of the stem that a ReLU follows; in place."""
    stem = network.patch_embeddings
    if not isinstance(stem, ConvolutionalStem):
        return
    for index, layer in enumerate(list(stem.conv)[:-1]):
        if isinstance(layer, nn.Conv2d) and isinstance(stem.conv[index + 1], nn.ReLU):
            stem.conv[index] = NormedConvolution(layer)


def folded_state(network: Network) -> dict[str, Tensor]:
    """Return the network's tensors under the names of the model format, batch norms multiplied in."""
    tensors = dict(network.state_dict())
    for name, module in network.named_modules():
        if isinstance(module, NormedConvolution):
            for inner in module.state_dict():
                del tensors[f"{name}.{inner}"]
            tensors[f"{name}.weight"], tensors[f"{name}.bias"] = module.folded()
    return tensors


def _keeps_shape(convolution: nn.Conv2d) -> bool:
    kernel = convolution.kernel_size[0]
    return (
        convolution.in_channels == convolution.out_channels
        and convolution.stride == (1, 1)
        and kernel == 2 * convolution.padding[0] + 1  # type: ignore[operator]
    )


def _gain_and_bias(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return what an evaluating batch norm multiplies with and adds, [C] each."""
    assert norm.running_var is not None and norm.running_mean is not None
    gain = norm.weight / (norm.running_var + norm.eps).sqrt()
    return gain, norm.bias - norm.running_mean * gain
