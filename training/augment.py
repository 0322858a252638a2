"""How are pictures varied during training without making their tags untrue?"""

from __future__ import annotations

import torch
from PIL import Image
from torch import Tensor
from torchvision.transforms import InterpolationMode, TrivialAugmentWide

MODES = ("full", "gentle", "off")

_WHITE = (255, 255, 255)


def make_augment(mode: str) -> TrivialAugmentWide | None:
    """Return the augmentation of a mode: `full` is TrivialAugment as published, `gentle` keeps colours and places."""
    if mode == "off":
        return None
    if mode not in MODES:
        raise ValueError(f"augmentation {mode!r}; expected one of {', '.join(MODES)}")
    kind = TrivialAugmentWide if mode == "full" else GentleTrivialAugment
    return kind(interpolation=InterpolationMode.BILINEAR, fill=list(_WHITE))


class GentleTrivialAugment(TrivialAugmentWide):
    """TrivialAugment (arXiv:2103.10158) with the operations that change no tag about colour, frame or place.

    One operation a picture, at random and at random strength, as published. Left out are those that turn white to
    grey, one hue into another or a sharp picture into a blurry one; turns and shifts stay small. New edges are white,
    as the padding is.
    """

    def _augmentation_space(self, num_bins: int) -> dict[str, tuple[Tensor, bool]]:
        return {
            "Identity": (torch.tensor(0.0), False),
            "ShearX": (torch.linspace(0.0, 0.12, num_bins), True),
            "ShearY": (torch.linspace(0.0, 0.12, num_bins), True),
            "TranslateX": (torch.linspace(0.0, 8.0, num_bins), True),
            "TranslateY": (torch.linspace(0.0, 8.0, num_bins), True),
            "Rotate": (torch.linspace(0.0, 8.0, num_bins), True),
            "Brightness": (torch.linspace(0.0, 0.08, num_bins), True),
            "Contrast": (torch.linspace(0.0, 0.12, num_bins), True),
            "Sharpness": (torch.linspace(0.0, 0.5, num_bins), True),
        }

    def __call__(self, image: Image.Image) -> Image.Image:
        varied: Image.Image = super().__call__(image)
        return varied
