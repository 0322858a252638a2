"""What network does a config.json describe?"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from math import prod
from pathlib import Path
from typing import Any

from ..errors import ModelFileError

RELEASE_STEM = "conv:c=64;ln;relu;conv:c=128;ln;relu;conv:c=256;ln;relu;conv:c=512;ln;relu;conv:c=768,s=1,k=1,p=0"
"""The stem of the released model, in the config's own language: layers, each `kind:option=value,...`."""

_STEM_DEFAULTS = {"s": 2, "k": 3, "p": 1}  # read off the released stem: 3x3, stride 2, padding 1 halves the side


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
        if self.cnn_stem is None:
            steps = [{"s": self.patch_size, "k": self.patch_size, "p": 0}]
        else:
            steps = [options for kind, options in parse_stem(self.cnn_stem) if kind == "conv"]
        count = self.image_size
        for step in steps:
            count = (count + 2 * step["p"] - step["k"]) // step["s"] + 1
        places = [float(index) for index in range(count)]
        for step in reversed(steps):
            places = [place * step["s"] + (step["k"] - 1) / 2 - step["p"] for place in places]
        return tuple(place + 0.5 for place in places)

    def _check(self) -> None:
        for name in ("image_size", "n_tags", "patch_size", "d_model", "mlp_dim", "num_heads", "num_blocks"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ModelFileError(f"config.json: {name} is {value!r}; expected a whole number from 1")
        for name in ("use_sine", "head_mean_after"):
            if not isinstance(getattr(self, name), bool):
                raise ModelFileError(f"config.json: {name} is {getattr(self, name)!r}; expected true or false")
        for name, divisor in (("image_size", self.patch_size), ("d_model", self.num_heads)):
            if getattr(self, name) % divisor:
                raise ModelFileError(f"config.json: {name} {getattr(self, name)} is no multiple of {divisor}")
        if self.use_sine and self.d_model % 4:
            raise ModelFileError(f"config.json: d_model {self.d_model} is no multiple of 4, which sine positions need")
        if self.cnn_stem is not None:
            self._check_stem(self.cnn_stem)

    def _check_stem(self, stem: object) -> None:
        if not isinstance(stem, str):
            raise ModelFileError(f"config.json: cnn_stem is {stem!r}; expected a text or null")
        convolutions = [options for kind, options in parse_stem(stem) if kind == "conv"]
        channels = convolutions[-1]["c"] if convolutions else 3
        step = prod(options["s"] for options in convolutions)
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
        raise ModelFileError(f"{path}: this is no readable JSON: {error}") from error
    if not isinstance(config, dict):
        raise ModelFileError(f"{path}: this holds a JSON {type(config).__name__}; expected an object")
    try:
        return NetworkConfig.from_dict(config)
    except ModelFileError as error:
        raise ModelFileError(f"{path.parent / str(error)}") from error


def parse_stem(stem: str) -> list[tuple[str, dict[str, int]]]:
    """Read a stem such as `conv:c=64;ln;relu;...`: (kind, options) of each layer, options complete.

    Raises:
        ModelFileError: a layer or an option is unknown or malformed.
    """
    layers = []
    for layer in stem.split(";"):
        kind, _, rest = layer.partition(":")
        try:
            given = {name: int(value) for name, value in (pair.split("=") for pair in rest.split(",") if pair)}
        except ValueError:
            given = {"?": 0}
        wanted = {"c", "s", "k", "p"} if kind == "conv" else set()
        is_possible = all(value >= (name != "p") for name, value in given.items())
        if (
            kind not in ("conv", "ln", "relu")
            or set(given) - wanted
            or bool(wanted) != ("c" in given)
            or not is_possible
        ):
            raise ModelFileError(
                f"config.json: cnn_stem has the layer {layer!r}; expected conv:c=N[,s,k,p], ln or relu"
            )
        layers.append((kind, {**_STEM_DEFAULTS, **given} if kind == "conv" else given))
    return layers
