"""What network does a config.json describe?"""

from __future__ import annotations

import json
import reprlib
from dataclasses import dataclass, fields
from math import prod
from pathlib import Path
from typing import Any

from ..errors import ModelFileError, reason_of

RELEASE_STEM = "conv:c=64;ln;relu;conv:c=128;ln;relu;conv:c=256;ln;relu;conv:c=512;ln;relu;conv:c=768,s=1,k=1,p=0"
"""The stem of the released model, in the config's own language: layers, each `kind:option=value,...`."""

_STEM_DEFAULTS = {"s": 2, "k": 3, "p": 1}  # read off the released stem: 3x3, stride 2, padding 1 halves the side

# Far over any model that there is. Beyond them a broken number takes minutes and all memory before it is found out.
_LARGEST = {
    "image_size": 8192,
    "n_tags": 1 << 20,
    "patch_size": 1024,
    "d_model": 1 << 16,
    "mlp_dim": 1 << 18,
    "num_heads": 1 << 12,
    "num_blocks": 1 << 8,
}
_LARGEST_IN_STEM = {"c": 1 << 16, "s": 1024, "k": 1024, "p": 1023}
_MOST_LAYERS = 1000
_LARGEST_GRID = 128


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Hold a `class: ViT` config.json; what only training uses is left out."""

    image_size: int
    n_tags: int
    patch_size: int = 16
    d_model: int = 768
    mlp_dim: int = 3072
    num_heads: int = 12
    num_blocks: int = 12
    use_sine: bool = True
    cnn_stem: str | None = RELEASE_STEM
    head_mean_after: bool = False
    layerscale_init: float | None = None

    @classmethod
    def from_dict(cls, config: dict[str, Any]) -> NetworkConfig:
        """Read a config.json's mapping.

        Raises:
            ModelFileError: the class is not ViT, or a value is missing, of the wrong kind or impossible.
        """
        if config.get("class") != "ViT":
            raise ModelFileError(f"config.json: class is {config.get('class')!r}; expected 'ViT'")
        known = {field.name for field in fields(cls)}
        missing = {"image_size", "n_tags"} - set(config)
        if missing:
            raise ModelFileError(f"config.json: {', '.join(sorted(missing))} missing; expected whole numbers")
        made = cls(**{name: value for name, value in config.items() if name in known})
        made._check()
        return made

    def patch_centres(self) -> tuple[float, ...]:
        """Return the middle of what each patch of a row sees before any attention, in pixels from the square's edge.

        A convolution's output looks at its kernel's middle: through the released stem, a patch looks at the 31 pixels
        around the first of its own 16.
        """
        places = [float(index) for index in range(self._grid_side())]
        for step in reversed(self._steps()):
            places = [place * step["s"] + (step["k"] - 1) / 2 - step["p"] for place in places]
        return tuple(place + 0.5 for place in places)

    def _steps(self) -> list[dict[str, int]]:
        """Return the options of the convolutions that turn pixels into patches."""
        if self.cnn_stem is None:
            return [{"s": self.patch_size, "k": self.patch_size, "p": 0}]
        return [options for kind, options in parse_stem(self.cnn_stem) if kind == "conv"]

    def _grid_side(self) -> int:
        """Return how many patches are in a row: 0 where a kernel is larger than what it is laid on."""
        side = self.image_size
        for step in self._steps():
            side = max((side + 2 * step["p"] - step["k"]) // step["s"] + 1, 0)
        return side

    def _check(self) -> None:
        for name, largest in _LARGEST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= largest:
                raise ModelFileError(
                    f"config.json: {name} is {reprlib.repr(value)}; expected a whole number from 1 to {largest}"
                )
        for name in ("use_sine", "head_mean_after"):
            if not isinstance(getattr(self, name), bool):
                raise ModelFileError(f"config.json: {name} is {getattr(self, name)!r}; expected true or false")
        for name, divisor in (("image_size", self.patch_size), ("d_model", self.num_heads)):
            if getattr(self, name) % divisor:
                raise ModelFileError(f"config.json: {name} {getattr(self, name)} is no multiple of {divisor}")
        if self.use_sine and self.d_model % 4:
            raise ModelFileError(f"config.json: d_model {self.d_model} is no multiple of 4, which sine positions need")
        scale = self.layerscale_init
        if isinstance(scale, bool) or not isinstance(scale, int | float | None):
            raise ModelFileError(f"config.json: layerscale_init is {scale!r}; expected a number or null")
        if self.cnn_stem is not None:
            self._check_stem(self.cnn_stem)
        if not 1 <= (side := self._grid_side()) <= _LARGEST_GRID:
            raise ModelFileError(f"config.json: makes {side:,} patches a row; expected 1 to {_LARGEST_GRID}")

    def _check_stem(self, stem: object) -> None:
        if not isinstance(stem, str):
            raise ModelFileError(f"config.json: cnn_stem is {stem!r}; expected a text or null")
        convolutions = [options for kind, options in parse_stem(stem) if kind == "conv"]
        channels = convolutions[-1]["c"] if convolutions else 3
        step = prod(options["s"] for options in convolutions)
        for options in convolutions:
            if options["p"] >= options["k"]:  # such places would see nothing of the picture
                raise ModelFileError(
                    f"config.json: cnn_stem has a padding p={options['p']}; expected less than its kernel, "
                    f"k={options['k']}"
                )
        if channels != self.d_model:
            raise ModelFileError(f"config.json: cnn_stem ends in {channels} channels; expected d_model, {self.d_model}")
        if not self.use_sine and step != self.patch_size:
            raise ModelFileError(f"config.json: cnn_stem makes patches of {step} pixels; expected {self.patch_size}")


def read_config(path: Path) -> NetworkConfig:
    """Read a config.json.

    Raises:
        ModelFileError: it cannot be read, is no JSON object, or describes no network that there can be.
    """
    try:
        config = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ModelFileError(f"{path}: this is no readable JSON: {reason_of(error)}") from error
    if not isinstance(config, dict):
        raise ModelFileError(f"{path}: this holds a JSON {type(config).__name__}; expected an object")
    try:
        return NetworkConfig.from_dict(config)
    except ModelFileError as error:
        raise ModelFileError(f"{path.parent / str(error)}") from error


def parse_stem(stem: str) -> list[tuple[str, dict[str, int]]]:
    """Read a stem such as `conv:c=64;ln;relu;...`: (kind, options) of each layer, options complete.

    Raises:
        ModelFileError: a layer or an option is unknown, malformed or too large, or there are too many layers.
    """
    layers = []
    if stem.count(";") >= _MOST_LAYERS:
        raise ModelFileError(f"config.json: cnn_stem has over {_MOST_LAYERS} layers; expected fewer")
    for layer in stem.split(";"):
        kind, _, rest = layer.partition(":")
        try:
            given = {name: int(value) for name, value in (pair.split("=") for pair in rest.split(",") if pair)}
        except ValueError:
            given = {"?": 0}
        wanted = set(_LARGEST_IN_STEM) if kind == "conv" else set()
        is_possible = all((name != "p") <= value <= _LARGEST_IN_STEM.get(name, 0) for name, value in given.items())
        if (
            kind not in ("conv", "ln", "relu")
            or set(given) - wanted
            or bool(wanted) != ("c" in given)
            or not is_possible
        ):
            raise ModelFileError(
                f"config.json: cnn_stem has the layer {layer!r}; expected ln, relu or conv:c=N[,s,k,p], with numbers "
                f"up to {', '.join(f'{name}={value}' for name, value in _LARGEST_IN_STEM.items())}"
            )
        layers.append((kind, {**_STEM_DEFAULTS, **given} if kind == "conv" else given))
    return layers
