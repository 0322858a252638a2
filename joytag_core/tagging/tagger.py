"""How do pictures become scores and maps?"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ..errors import PictureError, SettingError
from ..host.local import LocalHost
from ..host.protocol import Host, Placement
from ..maps.features import Head, PatchFeatures, find_tags
from ..maps.grid import PatchGrid
from ..maps.tag_maps import TagMaps
from ..model.download import download_joytag
from ..model.folders import find_installed
from ..model.network import Network
from ..model.weights import load_network
from ..pictures.inputs import OnePicture, Pictures, count_pictures
from ..pictures.reading import Reading
from ..tags.scores import TagScores
from ..tags.vocabulary import Vocabulary
from .computing import Computer
from .forwards import features_and_logits, pooled_features
from .preparation import PreparedPicture, prepare
from .region_pictures import Region, crop_regions, masks_of
from .remembered import RememberedScores
from .results import all_of
from .tensor_squares import TensorSquares

logger = logging.getLogger("joytag")

OnProgress = Callable[[int, int | None], object]
"""What is told how many pictures are done, and of how many; None where that is not known."""

_Result = TypeVar("_Result")
_EXACT = Reading()
_SQUARES = 100
"""How many pictures' squares are kept beside remembered scores: 60 MB of 448x448."""


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
        remember: int = 0,
        name: str = "the model",
    ) -> None:
        """Take a network on the CPU and hand it to the host's memory management; keep `remember` bytes of scores.

        `name` is the model's, with its files, for messages.
        """
        self.network = network
        self.vocabulary = vocabulary
        self.host = host
        self.placement = placement or host.placement()
        self._computer = Computer(network, host, self.placement, lock=lock, name=name)
        self._head: Head | None = None
        self._remembered = RememberedScores(remember)
        self._squares = TensorSquares(_SQUARES if remember else 0)

    @classmethod
    def load(
        cls,
        model: str | os.PathLike[str] = "joytag",
        *,
        device: str = "auto",
        dtype: str = "auto",
        host: Host | None = None,
        lock: AbstractContextManager[Any] | None = None,
        remember: int = 0,
    ) -> Tagger:
        """Load a model by name (`joytag`, `demo`, one in the model folders) or folder.

        `joytag` is downloaded where it is missing. `device` is auto, cpu, cuda, cuda:1, mps or xpu, `dtype` auto,
        float32, float16 or bfloat16; a `host` given decides both itself. The last pictures' scores are remembered, up
        to `remember` bytes, so that the same picture costs no second pass.

        Raises:
            ModelNotFoundError: there is no such model; as ModelDownloadError: the download failed.
            ModelFileError: its files are broken.
            ModelError: a process from which this one was forked has loaded a model, and torch has several threads.
            DeviceError: the device or dtype is not available.
        """
        Computer.enter_process()
        host = host or LocalHost(device=device, dtype=dtype)
        placement = host.placement()
        folder = find_installed(model, host) or download_joytag(host)
        network, vocabulary = load_network(folder, operations=host.operations, dtype=placement.dtype)
        logger.info("loaded %s for %s in %s", folder.path, placement.device, placement.dtype)
        name = f"{folder.name} ({folder.weights})"
        return cls(network, vocabulary, host, placement=placement, lock=lock, remember=remember, name=name)

    def score(
        self,
        pictures: Pictures,
        *,
        batch_size: int | None = None,
        reading: Reading = _EXACT,
        progress: OnProgress | None = None,
    ) -> list[TagScores]:
        """Score pictures: paths, Pillow pictures, files, tensors, arrays, or an iterable of them; one result a picture.

        `progress` is called with how many are done, and of how many (None where that is not known).

        Raises:
            PictureError: a picture cannot be turned into pixels; of several, the message says which.
            ModelError: the model's outputs are not finite.
            Whatever the host raises to cancel, between two batches or while a picture is read.
        """
        results = self.score_each(pictures, batch_size=batch_size, reading=reading, progress=progress)
        return all_of(results, pictures, reading)

    def score_each(
        self,
        pictures: Pictures,
        *,
        batch_size: int | None = None,
        reading: Reading = _EXACT,
        progress: OnProgress | None = None,
    ) -> Iterator[TagScores | PictureError]:
        """Yield each picture's scores, in order, or the error of one that cannot be turned into pixels.

        A generator of pictures is gone through as results are taken, at most two batches ahead.

        Raises: as `score`, but for the errors of pictures.
        """
        return self._each(pictures, self._score_batch, batch_size, reading=reading, on_progress=progress)

    def embed(
        self,
        pictures: Pictures,
        *,
        batch_size: int | None = None,
        reading: Reading = _EXACT,
        progress: OnProgress | None = None,
    ) -> npt.NDArray[np.float32]:
        """Return the pictures' features [N, D] float32: the mean over the patches of what the head is given.

        Raises: as `score`.
        """
        rows = self._each(pictures, self._embed_batch, batch_size, reading=reading, on_progress=progress)
        return np.array(all_of(rows, pictures, reading), dtype=np.float32).reshape(-1, self.network.config.d_model)

    def features_each(
        self, pictures: Pictures, *, batch_size: int | None = None, reading: Reading = _EXACT
    ) -> Iterator[PatchFeatures | PictureError]:
        """Yield what the network knows of each patch of each picture: any tag's map and any region's scores follow.

        Raises: as `score_each`.
        """
        return self._each(pictures, self._features_of_batch, batch_size, reading=reading)

    def maps(
        self, pictures: Pictures, tags: Iterable[str], *, batch_size: int | None = None, reading: Reading = _EXACT
    ) -> list[TagMaps]:
        """Say where in each picture each of some tags is, for any number of tags in one pass; one result a picture.

        Raises: as `score`; SettingError: the model has no such tag.
        """
        names = [tag.name for tag in find_tags(self.vocabulary, tags)]
        features = self.features_each(pictures, batch_size=batch_size, reading=reading)
        return [one.maps(names) for one in all_of(features, pictures, reading)]

    def score_regions(
        self,
        picture: OnePicture,
        regions: Sequence[Region],
        *,
        crop: bool = False,
        batch_size: int | None = None,
        reading: Reading = _EXACT,
    ) -> list[TagScores]:
        """Score regions of one picture: boxes, or masks [H, W] (bool, or 0..1 as weights); one result a region.

        All come out of one pass over the whole picture, whose patches know what is around them. With `crop`, each
        region's own rectangle goes through the network as a picture instead: more exact for what is small, and a pass
        a region.

        Raises: as `score`; SettingError: a region is empty, or reaches out of the picture.
        """
        if count_pictures(picture, reading=reading) != 1:
            raise PictureError("several pictures were given; expected one, whose regions these are")
        if crop:
            crops = crop_regions(picture, regions, reading=reading)
            return self.score(crops, batch_size=batch_size, reading=reading)
        (features,) = all_of(self.features_each([picture], reading=reading), [picture], reading)
        return [features.scores_in(mask) for mask in masks_of(regions, features.grid.picture_size)]

    def forget(self) -> None:
        """Forget the scores of the last pictures."""
        self._remembered.forget()
        self._squares.forget()

    def unload(self) -> None:
        """Give the model's memory back; the tagger still works, and takes it again when used."""
        self._computer.leave()
        self.forget()

    def _each(
        self,
        pictures: Pictures,
        run: Callable[[list[PreparedPicture]], list[_Result]],
        batch_size: int | None,
        *,
        reading: Reading = _EXACT,
        on_progress: OnProgress | None = None,
    ) -> Iterator[_Result | PictureError]:
        self._computer.check_process()
        if batch_size is not None and batch_size < 1:
            raise SettingError(f"batch_size is {batch_size}; expected 1 or more, or None for the device's own")
        total = count_pictures(pictures, reading=reading)
        progress = self.host.progress(total=total or 0, label="JoyTag")
        done = 0
        for prepared in prepare(
            self._squares.pictures_of(pictures, reading),
            image_size=self.network.config.image_size,
            batch_size=batch_size or self.batch_size,
            reading=reading,
            check_cancelled=self.host.check_cancelled,
        ):
            self.host.check_cancelled()
            ready = [one for one in prepared if isinstance(one, PreparedPicture)]
            results = iter(run(ready) if ready else [])
            done += len(prepared)
            progress.update(done)
            if on_progress is not None:
                on_progress(done, total)
            yield from [next(results) if isinstance(one, PreparedPicture) else one for one in prepared]

    def score_pixels(self, pixels: Tensor) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return scores [N, T] in 0..1 and pooled features [N, D], float32, of pixels [N, 3, S, S].

        They come from `to_squares` (uint8, normalised on the device: a quarter of the bytes to move) or `to_pixels`.
        One pass gives both; the door for callers that prepare pictures themselves.

        Raises:
            ModelError: the model's outputs are not finite.
        """
        both = self._computer.compute(pixels, features_and_logits)
        features, logits = both.tensor_split([self.network.config.d_model], dim=1)
        return logits.sigmoid().numpy(), features.numpy()

    @property
    def batch_size(self) -> int:
        """Return how many pictures at once make full use of the device."""
        return self._computer.batch_size()

    def _score_batch(self, prepared: list[PreparedPicture]) -> list[TagScores]:
        rows = self._remembered.fill([one.pixels for one in prepared], self._scores_of)
        return [TagScores(self.vocabulary, row) for row in rows]

    def _scores_of(self, pixels: Sequence[Tensor]) -> Sequence[npt.NDArray[np.float32]]:
        return list(self._computer.compute(torch.cat(list(pixels))).sigmoid().numpy())

    def _embed_batch(self, prepared: list[PreparedPicture]) -> list[npt.NDArray[np.float32]]:
        return list(self._computer.compute(torch.cat([one.pixels for one in prepared]), pooled_features).numpy())

    def _features_of_batch(self, prepared: list[PreparedPicture]) -> list[PatchFeatures]:
        features = self._computer.compute(torch.cat([one.pixels for one in prepared]), self._patch_features).numpy()
        assert self._head is not None
        config = self.network.config
        grids = [PatchGrid(one.size, config.image_size, config.patch_centres()) for one in prepared]
        return [
            PatchFeatures(self.vocabulary, values.reshape(*grid.shape, -1), self._head, grid)
            for values, grid in zip(features, grids, strict=True)
        ]

    def _patch_features(self, network: Network, pixels: Tensor) -> Tensor:
        if self._head is None:
            # Read where the host has just made sure of the weights; kept, since they never change.
            weight, bias = (
                values.detach().to("cpu", torch.float32).numpy() for values in (network.head.weight, network.head.bias)
            )
            self._head = Head(weight, bias)
        return network.patch_features(pixels)
