"""How do pictures become scores?"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..errors import PictureError
from ..host.local import LocalHost
from ..host.protocol import Host, Placement
from ..model.download import download_joytag
from ..model.folders import find_installed
from ..model.network import Network
from ..model.weights import load_network
from ..pictures.inputs import Pictures, count_pictures, split_pictures
from ..tags.scores import TagScores
from ..tags.vocabulary import Vocabulary
from .computing import Computer
from .preparation import Prepared, prepare

_BATCH_ON_CPU = 2  # more gains no speed there
_BATCH_ON_DEVICE = 16

logger = logging.getLogger("joytag")


class Tagger:
    """Score pictures with one loaded model; safe to use from several threads, one at a time computes."""

    def __init__(
        self,
        network: Network,
        vocabulary: Vocabulary,
        host: Host,
        *,
        placement: Placement | None = None,
        lock: AbstractContextManager[Any] | None = None,
    ) -> None:
        """Take a network on the CPU and hand it to the host's memory management."""
        self.network = network
        self.vocabulary = vocabulary
        self.host = host
        self.placement = placement or host.placement()
        self._computer = Computer(network, host, self.placement, lock=lock)

    @classmethod
    def load(
        cls,
        model: str | os.PathLike[str] = "joytag",
        *,
        device: str = "auto",
        dtype: str = "auto",
        host: Host | None = None,
        lock: AbstractContextManager[Any] | None = None,
    ) -> Tagger:
        """Load a model by name (`joytag`, `demo`, one in the model folders) or folder.

        `joytag` is downloaded where it is missing. `device` is auto, cpu, cuda, cuda:1, mps or xpu, `dtype` auto,
        float32, float16 or bfloat16; a `host` given decides both itself.

        Raises:
            ModelNotFoundError: there is no such model; as ModelDownloadError: the download failed.
            ModelFileError: its files are broken.
            DeviceError: the device or dtype is not available.
        """
        host = host or LocalHost(device=device, dtype=dtype)
        placement = host.placement()
        folder = find_installed(model, host) or download_joytag(host)
        network, vocabulary = load_network(folder, operations=host.operations, dtype=placement.dtype)
        logger.info("loaded %s for %s in %s", folder.path, placement.device, placement.dtype)
        return cls(network, vocabulary, host, placement=placement, lock=lock)

    def score(self, pictures: Pictures, *, batch_size: int | None = None) -> list[TagScores]:
        """Score pictures: paths, Pillow pictures, or a float tensor [B, H, W, C] in 0..1; one result a picture.

        Raises:
            PictureError: a picture cannot be turned into pixels; of several, the message says which.
            ModelError: the model's outputs are not finite.
            Whatever the host raises to cancel, between two batches.
        """
        scores: list[TagScores] = []
        for result in self.score_each(pictures, batch_size=batch_size):
            if isinstance(result, PictureError):
                raise _with_place(result, len(scores) + 1, count_pictures(pictures))
            scores.append(result)
        return scores

    def score_each(self, pictures: Pictures, *, batch_size: int | None = None) -> Iterator[TagScores | PictureError]:
        """Yield each picture's scores, in order, or the error of one that cannot be turned into pixels.

        Raises: as `score`, but for `PictureError`.
        """
        total = count_pictures(pictures)
        size = batch_size or self.batch_size
        progress = self.host.progress(total=total, label="JoyTag")
        side = self.network.config.image_size
        done = 0
        for prepared in prepare(split_pictures(pictures), image_size=side, batch_size=size, total=total):
            self.host.check_cancelled()
            results = self._score_batch(prepared)
            done += len(results)
            progress.update(done)
            yield from results

    def score_pixels(self, pixels: Tensor) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return scores [N, T] in 0..1 and pooled features [N, D], float32, of pixels [N, 3, S, S] from `to_pixels`.

        The door for callers that prepare pictures themselves: one pass gives both.

        Raises:
            ModelError: the model's outputs are not finite.
        """
        both = self._computer.compute(pixels, _features_and_logits)
        features, logits = both.tensor_split([self.network.config.d_model], dim=1)
        return logits.sigmoid().numpy(), features.numpy()

    @property
    def batch_size(self) -> int:
        """Return how many pictures at once make full use of the device."""
        return _BATCH_ON_CPU if self.placement.device.type == "cpu" else _BATCH_ON_DEVICE

    def unload(self) -> None:
        """Give the model's memory back; the tagger still works, and takes it again when used."""
        self._computer.leave()

    def _score_batch(self, prepared: list[Prepared]) -> list[TagScores | PictureError]:
        pixels = [one for one in prepared if isinstance(one, Tensor)]
        rows = iter(self._computer.compute(torch.cat(pixels)).sigmoid().numpy() if pixels else ())
        return [TagScores(self.vocabulary, next(rows)) if isinstance(one, Tensor) else one for one in prepared]


def _features_and_logits(network: Network, pixels: Tensor) -> Tensor:
    """Return [N, D + T]: the mean of the patches' features, and the logits."""
    features = network.patch_features(pixels)
    pooled = features.mean(dim=1)
    if network.config.head_mean_after:
        return torch.cat([pooled, network.patch_logits(features).mean(dim=1)], dim=1)
    return torch.cat([pooled, network.head(pooled)], dim=1)


def _with_place(error: PictureError, number: int, count: int) -> PictureError:
    return error if count == 1 else type(error)(f"picture {number} of {count}: {error}")
