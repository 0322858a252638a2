"""Which layers compute in the dtype of their input, whatever the dtype of their weights?

The contract is the one of ComfyUI's `comfy.ops.manual_cast`: the input decides the arithmetic. `to` returns the weight
itself where nothing has to change, so the usual case costs nothing.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class Linear(nn.Linear):
    """Cast the weights to the input's device and dtype, then multiply."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [..., in] to [..., out]."""
        return functional.linear(x, self.weight.to(x), None if self.bias is None else self.bias.to(x))


class Conv2d(nn.Conv2d):
    """Cast the weights to the input's device and dtype, then convolve."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, C, H, W] to [N, C', H', W']."""
        out: Tensor = self._conv_forward(x, self.weight.to(x), None if self.bias is None else self.bias.to(x))
        return out


class LayerNorm(nn.LayerNorm):
    """Cast the weights to the input's device and dtype, then norm."""

    def forward(self, x: Tensor) -> Tensor:
        """Map [..., D] to the same."""
        return functional.layer_norm(x, self.normalized_shape, self.weight.to(x), self.bias.to(x), self.eps)
