"""Does any mutated picture file raise another error than ours? Run in long form by `python -m tests.fuzz`."""

from __future__ import annotations

import io
import warnings
from collections import Counter

import numpy as np
import numpy.typing as npt
from PIL import Image

from joytag_core.errors import PictureError
from joytag_core.pictures.inputs import open_picture
from joytag_core.pictures.pixels import fit_square

KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000", "AVIF", "DDS", "PCX", "SGI")


def fuzz_pictures(count: int, *, seed: int = 0) -> Counter[str]:
    """Read so many mutated pictures, from files' content and opened by somebody else; count what came of them.

    Raises: whatever is no `PictureError`.
    """
    random = np.random.default_rng(seed)
    seeds = _seeds(random)
    found: Counter[str] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
            content = _mutated(seeds[number % len(seeds)], random)
            try:
                picture = open_picture(content)
                if picture.width * picture.height < 1 << 22:  # to scale a larger one would only take time
                    fit_square(picture, 64)
                found["pictures"] += 1
            except PictureError as error:
                found[type(error).__name__] += 1
    return found


def _seeds(random: np.random.Generator) -> list[bytes]:
    made = []
    noise = Image.fromarray(random.integers(0, 256, (24, 31, 3), dtype=np.uint8))
    for kind in KINDS:
        for picture in (noise, noise.convert("L"), noise.convert("P"), noise.convert("RGBA")):
            buffer = io.BytesIO()
            try:
                picture.save(buffer, kind)
            except (OSError, ValueError, KeyError):  # not every format holds every mode, nor has every Pillow all
                continue
            made.append(buffer.getvalue())
    return made


def _mutated(content: bytes, random: np.random.Generator) -> bytes:
    """Change some bytes, mostly near the start where the structure is; cut, repeat or insert a piece now and then."""
    data: npt.NDArray[np.uint8] = np.frombuffer(content, dtype=np.uint8).copy()
    reach = len(data) if random.random() < 0.3 else min(len(data), 200)
    places = random.integers(0, reach, random.integers(1, 12))
    data[places] = random.choice([0, 1, 127, 128, 255, *random.integers(0, 256, 5)], len(places))
    kept = data.tobytes()
    start, end = sorted(random.integers(0, len(kept) + 1, 2).tolist())
    match random.integers(0, 6):
        case 0:
            return kept[:end]
        case 1:
            return kept[:start] + kept[end:]
        case 2:
            return kept[:end] + kept[start:]
        case _:
            return kept
