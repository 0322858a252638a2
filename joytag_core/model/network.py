"""How do pixels become tag logits? The published Vision Transformer, for inference.

Tensor names are the published checkpoint's. Axes: N pictures, S side in pixels, P patches, D width, T tags.
The residual stream, the norms, the residual scales and the head are float32 whatever the compute dtype: the stream of
a trained model leaves float16's range.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import NetworkConfig, parse_stem


class Network(nn.Module):
    """Compute tag logits from pixels; see the module's docstring for the arithmetic."""

    def __init__(
        self,
        config: NetworkConfig,
        *,
        operations: Any = nn,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str | None = None,
    ) -> None:
        """Build an uninitialised network.

        `operations` offers `Linear`, `Conv2d` and `LayerNorm` with torch.nn's signatures; a host hands in its own.
        `dtype` is that of the weights and of the arithmetic inside the branches.
        """
        super().__init__()
        self.config = config
        self.compute_dtype = dtype
        width = config.d_model
        float32 = {"dtype": torch.float32, "device": device}
        if config.cnn_stem is None:
            patch = config.patch_size
            self.patch_embeddings = operations.Conv2d(3, width, patch, stride=patch, dtype=dtype, device=device)
        else:
            self.patch_embeddings = ConvolutionalStem(config.cnn_stem, operations, dtype, device)
        if not config.use_sine:
            self.pos_embedding = LearnedPositions((config.image_size // config.patch_size) ** 2, width, device)
        self.blocks = nn.ModuleList(Block(config, operations, dtype, device) for _ in range(config.num_blocks))
        self.norm = operations.LayerNorm(width, **float32)
        self.head = operations.Linear(width, config.n_tags, **float32)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return logits [N, T] float32 for normalised pixels [N, 3, H, W]; H and W are multiples of the patch size."""
        features = self.patch_features(pixels)
        if self.config.head_mean_after:
            return self.patch_logits(features).mean(dim=1)
        logits: Tensor = self.head(features.mean(dim=1))
        return logits

    def patch_features(self, pixels: Tensor) -> Tensor:
        """Return the normed features of every patch, [N, P, D] float32, row by row from the top left.

        The mean over P of `patch_logits(features)` is the picture's logits, exactly: the head is linear.
        """
        grid = self.patch_embeddings(pixels.to(self.compute_dtype))
        height, width = grid.shape[-2:]
        stream = grid.flatten(2).transpose(1, 2).float()
        stream = stream + self._positions(height, width, stream)
        for block in self.blocks:
            stream = block(stream)
        features: Tensor = self.norm(stream)
        return features

    def patch_logits(self, features: Tensor) -> Tensor:
        """Return what each patch says of each tag, [N, P, T] float32, for `patch_features`."""
        logits: Tensor = self.head(features)
        return logits

    def compute_in(self, dtype: torch.dtype) -> None:
        """Change the dtype of the arithmetic inside the branches; the weights stay as they are.

        Where it differs from the weights' dtype, `operations` has to be one that casts its weights to its input.
        """
        self.compute_dtype = dtype
        for module in self.modules():
            if isinstance(module, Block | ConvolutionalStem):
                module.compute_dtype = dtype

    def _positions(self, height: int, width: int, like: Tensor) -> Tensor:
        if self.config.use_sine:
            return sine_positions(height, width, self.config.d_model, device=like.device)
        positions: Tensor = self.pos_embedding(height, width, like)
        return positions


class Block(nn.Module):
    """Add self-attention, then a perceptron, each normed before and scaled per channel after."""

    def __init__(self, config: NetworkConfig, operations: Any, dtype: torch.dtype, device: Any) -> None:
        super().__init__()
        width, placed = config.d_model, {"dtype": dtype, "device": device}
        self.num_heads = config.num_heads
        self.compute_dtype = dtype
        self.norm1 = operations.LayerNorm(width, dtype=torch.float32, device=device)
        self.qkv_proj = operations.Linear(width, 3 * width, **placed)
        self.out_proj = operations.Linear(width, width, **placed)
        self.skip_init1 = ResidualScale(width, device)
        self.norm2 = operations.LayerNorm(width, dtype=torch.float32, device=device)
        self.mlp = Perceptron(width, config.mlp_dim, operations, placed)
        self.skip_init2 = ResidualScale(width, device)

    def forward(self, stream: Tensor) -> Tensor:
        """Map the residual stream [N, P, D] float32 to the next one."""
        stream = self.skip_init1(stream, self._attend(self.norm1(stream).to(self.compute_dtype)))
        stream = self.skip_init2(stream, self.mlp(self.norm2(stream).to(self.compute_dtype)))
        return stream

    def _attend(self, x: Tensor) -> Tensor:
        count, patches, width = x.shape
        split = self.qkv_proj(x).view(count, patches, 3, self.num_heads, width // self.num_heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        attended: Tensor = self.out_proj(mixed.transpose(1, 2).reshape(count, patches, width))
        return attended


class Perceptron(nn.Module):
    """Widen, GELU, narrow."""

    def __init__(self, width: int, inner: int, operations: Any, placed: dict[str, Any]) -> None:
        super().__init__()
        self.linear1 = operations.Linear(width, inner, **placed)
        self.linear2 = operations.Linear(inner, width, **placed)

    def forward(self, x: Tensor) -> Tensor:
        """Map [N, P, D] to [N, P, D]."""
        out: Tensor = self.linear2(functional.gelu(self.linear1(x)))
        return out


class ResidualScale(nn.Module):
    """Scale a residual branch per channel, in float32, and add it to the stream."""

    def __init__(self, width: int, device: Any) -> None:
        super().__init__()
        self.skip = nn.Parameter(torch.empty(width, dtype=torch.float32, device=device))

    def forward(self, stream: Tensor, branch: Tensor) -> Tensor:
        """Return stream + skip * branch: [N, P, D] float32."""
        # Moved by hand: a host that loads a model in part leaves bare parameters where they were.
        return torch.addcmul(stream, branch.float(), self.skip.to(stream))


class LearnedPositions(nn.Module):
    """Hold one learned vector for each patch of the config's own size."""

    position_ids: Tensor
    embedding: Any

    def __init__(self, patches: int, width: int, device: Any) -> None:
        super().__init__()
        # No nn.Embedding: to initialise one on the meta device takes torch seconds of imports.
        self.embedding = nn.Module()
        self.embedding.weight = nn.Parameter(torch.empty(patches, width, dtype=torch.float32, device=device))
        self.register_buffer("position_ids", torch.arange(patches, device=device))

    def forward(self, height: int, width: int, like: Tensor) -> Tensor:
        """Return [P, D] for a grid of the trained size.

        Raises:
            ValueError: the grid has another number of patches than was learned.
        """
        learned: Tensor = self.embedding.weight
        if height * width != len(learned):
            raise ValueError(f"{height}x{width} patches; this model's learned positions are for {len(learned)}")
        return learned.to(like)


class ConvolutionalStem(nn.Module):
    """Turn pixels into a grid of patches by the config's list of layers."""

    def __init__(self, stem: str, operations: Any, dtype: torch.dtype, device: Any) -> None:
        super().__init__()
        self.compute_dtype = dtype
        self.conv = nn.ModuleList()
        channels = 3
        for kind, options in parse_stem(stem):
            if kind == "conv":
                out, kernel = options["c"], options["k"]
                self.conv.append(
                    operations.Conv2d(
                        channels, out, kernel, stride=options["s"], padding=options["p"], dtype=dtype, device=device
                    )
                )
                channels = out
            elif kind == "ln":
                self.conv.append(ChannelNorm(channels, operations, device))
            else:
                self.conv.append(nn.ReLU())

    def forward(self, pixels: Tensor) -> Tensor:
        """Map [N, 3, H, W] to [N, D, H / patch, W / patch]."""
        grid = pixels.contiguous(memory_format=torch.channels_last)
        for layer in self.conv:
            grid = layer(grid if isinstance(layer, ChannelNorm) else grid.to(self.compute_dtype))
        return grid


class ChannelNorm(nn.Module):
    """Norm every place of a grid over its channels, in float32."""

    def __init__(self, channels: int, operations: Any, device: Any) -> None:
        super().__init__()
        self.norm = operations.LayerNorm(channels, dtype=torch.float32, device=device)

    def forward(self, grid: Tensor) -> Tensor:
        """Map [N, C, H, W] to the same, float32."""
        normed: Tensor = self.norm(grid.permute(0, 2, 3, 1).float()).permute(0, 3, 1, 2)
        return normed


def sine_positions(
    height: int, width: int, d_model: int, *, device: torch.device | None = None, temperature: float = 10_000.0
) -> Tensor:
    """Return the positions of a grid, [height * width, d_model] float32 in -1..1, row by row.

    A quarter of the channels each holds sin x, cos x, sin y and cos y at frequencies that fall geometrically from 1 to
    1 / temperature (the two-dimensional positions of MoCo v3, arXiv:2104.02057, which the published model uses).
    """
    frequencies = torch.arange(d_model // 4, dtype=torch.float32, device=device)
    frequencies = 1.0 / temperature ** (frequencies / max(d_model // 4 - 1, 1))
    x = torch.arange(width, dtype=torch.float32, device=device)[:, None] * frequencies
    y = torch.arange(height, dtype=torch.float32, device=device)[:, None] * frequencies
    x = x.expand(height, width, -1)
    y = y[:, None].expand(height, width, -1)
    return torch.cat([x.sin(), x.cos(), y.sin(), y.cos()], dim=-1).flatten(0, 1)
