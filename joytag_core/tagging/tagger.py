"""How do pictures become scores?"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from ..errors import ModelError, PictureError
from ..host.protocol import Host, LocalHost, Placement
from ..model.download import download_joytag
from ..model.folders import find_installed
from ..model.network import Network
from ..model.weights import load_network
from ..pictures.pixels import to_pixels
from ..pictures.rgb import OnePicture, Pictures, count_pictures, open_picture, split_pictures, to_rgb
from ..tags.scores import TagScores
from ..tags.vocabulary import Vocabulary

_BATCH_ON_CPU = 2  # more gains no speed there
_BATCH_ON_DEVICE = 16
_PREPARING_THREADS = 4

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
        self._residence = host.adopt(network, self.placement)
        self._lock = lock or threading.RLock()
        self._warned: set[str] = set()

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
        size = batch_size or (_BATCH_ON_CPU if self.placement.device.type == "cpu" else _BATCH_ON_DEVICE)
        progress = self.host.progress(total=total, label="JoyTag")
        done = 0
        for prepared in self._prepare(split_pictures(pictures), size, total):
            self.host.check_cancelled()
            results = self._score_batch(prepared)
            done += len(results)
            progress.update(done)
            yield from results

    def unload(self) -> None:
        """Give the model's memory back; the tagger still works, and takes it again when used."""
        with self._lock:
            self._residence.leave()

    def _prepare(self, pictures: Iterable[OnePicture], size: int, total: int) -> Iterator[list[Tensor | PictureError]]:
        """Yield each batch's pixels, one [1, 3, S, S] a picture, or its error; read and scaled in threads, one batch
        ahead of the one that is computed."""
        if total == 1:
            yield from ([self._pixels_of(picture)] for picture in pictures)
            return
        with ThreadPoolExecutor(_PREPARING_THREADS, thread_name_prefix="joytag") as threads:
            waiting: list[Future[Tensor | PictureError]] = []
            remaining = iter(pictures)
            while batch := list(islice(remaining, size)):
                started = [threads.submit(self._pixels_of, _own(picture)) for picture in batch]
                if waiting:
                    yield [future.result() for future in waiting]
                waiting = started
            if waiting:
                yield [future.result() for future in waiting]

    def _pixels_of(self, picture: OnePicture | PictureError) -> Tensor | PictureError:
        if isinstance(picture, PictureError):
            return picture
        try:
            return to_pixels([open_picture(picture)], self.network.config.image_size)
        except PictureError as error:
            return error

    def _score_batch(self, prepared: list[Tensor | PictureError]) -> list[TagScores | PictureError]:
        pixels = [one for one in prepared if isinstance(one, Tensor)]
        rows = iter(self._logits(torch.cat(pixels)).sigmoid().numpy() if pixels else ())
        return [TagScores(self.vocabulary, next(rows)) if isinstance(one, Tensor) else one for one in prepared]

    def _logits(self, pixels: Tensor) -> Tensor:
        """Return logits [N, T] float32 on the CPU; again in float32 where they are not finite."""
        with self._lock:
            logits = self._fitting(pixels)
            if not bool(torch.isfinite(logits).all()):
                self._warn_once(
                    "JoyTag: %s gave values that are not finite; computing in float32", self.placement.dtype
                )
                logits = self._in_float32(pixels)
            if not bool(torch.isfinite(logits).all()):
                raise ModelError("The model's outputs are not finite, even in float32: its weights are broken.")
            return logits

    def _in_float32(self, pixels: Tensor) -> Tensor:
        before = self.network.compute_dtype
        self.network.compute_in(torch.float32)
        try:
            return self._fitting(pixels)
        finally:
            self.network.compute_in(before)

    def _fitting(self, pixels: Tensor) -> Tensor:
        """Compute a batch; where it does not fit into the device's memory, its halves; at last, on the CPU."""
        try:
            return self._compute(pixels)
        except self.host.out_of_memory:
            pass  # outside the handler, so that the traceback no longer holds the tensors of the failed try
        self._residence.leave()
        if len(pixels) > 1:
            self._warn_once("JoyTag: %d pictures at once do not fit into memory; trying fewer", len(pixels))
            return torch.cat([self._fitting(half) for half in pixels.tensor_split(2)])
        self._warn_once("JoyTag: one picture does not fit into the memory of %s; using the CPU", self.placement.device)
        return self._compute_on_cpu(pixels)

    def _compute(self, pixels: Tensor) -> Tensor:
        with self._residence.occupy(self._memory_for(pixels)) as device:
            return self._run(pixels, device)

    def _compute_on_cpu(self, pixels: Tensor) -> Tensor:
        before = self.network.compute_dtype
        self.network.to("cpu").compute_in(torch.float32)
        try:
            return self._run(pixels, torch.device("cpu"))
        finally:
            self.network.compute_in(before)

    def _run(self, pixels: Tensor, device: torch.device) -> Tensor:
        # Only here: weights that are moved in inference mode could not be moved outside it again.
        with torch.inference_mode(), _without_autocast(device):
            logits: Tensor = self.network(pixels.to(device))
            return logits.float().cpu()

    def _memory_for(self, pixels: Tensor) -> int:
        """Estimate the bytes of the activations: the widest stem layer, or a block's, whichever is more."""
        config = self.network.config
        count, _, height, width = pixels.shape
        patches = height * width // config.patch_size**2
        block = patches * (2 * config.mlp_dim + 4 * config.d_model) * 4
        stem = height * width // 4 * 64 * 4 * 3
        return count * max(block, stem)

    def _warn_once(self, message: str, *values: object) -> None:
        if message not in self._warned:
            self._warned.add(message)
            logger.warning(message, *values)


def _with_place(error: PictureError, number: int, count: int) -> PictureError:
    return error if count == 1 else type(error)(f"picture {number} of {count}: {error}")


def _own(picture: OnePicture) -> OnePicture | PictureError:
    """Return a picture that is one thread's own: Pillow decodes a file at first use, and not in two threads at once."""
    try:
        return to_rgb(picture) if isinstance(picture, Image.Image) else picture
    except PictureError as error:
        return error


def _without_autocast(device: torch.device) -> AbstractContextManager[object]:
    # A host may run us inside its own autocast, which would take the residual stream out of float32.
    if device.type in ("cuda", "cpu", "xpu"):
        return torch.autocast(device.type, enabled=False)
    return nullcontext()
