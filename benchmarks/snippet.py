"""What does the model card's own snippet do, step by step? Written from its description, to compare with.

The network is the published architecture in the plainest torch: no shared code with `joytag_core`, so it also serves
as a second opinion on the arithmetic.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

THRESHOLD = 0.4


class Snippet:
    """Load a model folder as the card says, and tag one picture or a batch of prepared ones."""

    def __init__(self, folder: Path, device: str) -> None:
        """Take a folder with config.json, model.safetensors and top_tags.txt, and a torch device."""
        self.device = device
        config = json.loads((folder / "config.json").read_text())
        self.size = config["image_size"]
        self.network = PlainViT(config)
        self.network.load_state_dict(load_file(folder / "model.safetensors"))
        self.network.eval().to(device)
        self.tags = (folder / "top_tags.txt").read_text().split()

    def tag(self, picture: Image.Image) -> tuple[str, dict[str, Tensor]]:
        """Return the tag text and all scores of one RGB picture."""
        scores = self.scores(self.prepare(picture)[None])[0]
        by_tag = {name: scores[index] for index, name in enumerate(self.tags)}
        predicted = [name for name, score in by_tag.items() if score > THRESHOLD]
        return ", ".join(predicted), by_tag

    @torch.no_grad()
    def scores(self, batch: Tensor) -> Tensor:
        """Return scores [N, T] on the CPU for prepared pictures [N, 3, S, S]."""
        with torch.autocast(self.device.split(":")[0], dtype=torch.float16, enabled=self.device != "cpu"):
            return self.network(batch.to(self.device)).sigmoid().cpu()

    def prepare(self, picture: Image.Image) -> Tensor:
        """Pad with white to a centred square, resize bicubic, normalise: [3, S, S] float32."""
        side = max(picture.size)
        square = Image.new("RGB", (side, side), (255, 255, 255))
        square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
        if side != self.size:
            square = square.resize((self.size, self.size), Image.BICUBIC)
        pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1) / 255.0
        mean = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
        std = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]
        return (pixels - mean) / std


class PlainViT(nn.Module):
    """Be the released architecture (convolutional stem, sine positions, mean before the head), and no other."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width = config["d_model"]
        self.width, self.heads = width, config["num_heads"]
        self.patch_embeddings = nn.Module()
        self.patch_embeddings.conv = nn.ModuleList(_stem(config["cnn_stem"]))
        self.blocks = nn.ModuleList(
            PlainBlock(width, config["mlp_dim"], self.heads) for _ in range(config["num_blocks"])
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, config["n_tags"])

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.patch_embeddings.conv:
            x = layer(x)
        side = x.shape[-1]
        x = x.flatten(2).transpose(1, 2)
        x = x + self._positions(side).to(x.device)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x).mean(dim=1))

    def _positions(self, side: int) -> Tensor:
        omega = 10000.0 ** -(torch.arange(self.width // 4) / (self.width // 4 - 1))
        row, column = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
        y, x = row.flatten()[:, None] * omega, column.flatten()[:, None] * omega
        return torch.cat([x.sin(), x.cos(), y.sin(), y.cos()], dim=1)


class PlainBlock(nn.Module):
    """Attention and perceptron with a learned scale on each residual branch."""

    def __init__(self, width: int, inner: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv_proj, self.out_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.ModuleDict({"linear1": nn.Linear(width, inner), "linear2": nn.Linear(inner, width)})
        self.skip_init1, self.skip_init2 = _Scale(width), _Scale(width)

    def forward(self, x: Tensor) -> Tensor:
        batch, count, width = x.shape
        parts = self.qkv_proj(self.norm1(x)).split(width, dim=-1)
        query, key, value = (p.view(batch, count, self.heads, -1).transpose(1, 2) for p in parts)
        mixed = functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(x.shape)
        x = x + self.skip_init1(self.out_proj(mixed))
        return x + self.skip_init2(self.mlp["linear2"](functional.gelu(self.mlp["linear1"](self.norm2(x)))))


class _Scale(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.skip = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.skip


class _NormOfChannels(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x.transpose(1, -1)).transpose(1, -1)


def _stem(text: str) -> list[nn.Module]:
    layers: list[nn.Module] = []
    channels = 3
    for part in text.split(";"):
        kind, _, rest = part.partition(":")
        if kind == "conv":
            option = {"s": 2, "k": 3, "p": 1} | {
                key: int(value) for key, value in (p.split("=") for p in rest.split(","))
            }
            layers.append(nn.Conv2d(channels, option["c"], option["k"], stride=option["s"], padding=option["p"]))
            channels = option["c"]
        else:
            layers.append(_NormOfChannels(channels) if kind == "ln" else nn.ReLU())
    return layers
