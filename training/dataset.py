"""What does a model learn from? A folder of pictures, each with a .txt file of tags beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset, Sampler
from tqdm import tqdm

from joytag_core.captions.caption_files import caption_text, read_caption
from joytag_core.datasets.sources import caption_tags
from joytag_core.errors import PictureError
from joytag_core.pictures.files import load_picture
from joytag_core.pictures.folders import find_pictures
from joytag_core.pictures.pixels import fit_square
from joytag_core.tags.vocabulary import Vocabulary

Augment = Callable[[Image.Image], Image.Image]


@dataclass(frozen=True)
class Example:
    """A picture file and the names of its tags."""

    path: Path
    tags: frozenset[str]


def find_examples(folder: Path) -> list[Example]:
    """Return the pictures below `folder` that have a .txt beside them, sorted by path."""
    found = [
        Example(path, read_tags(path.with_suffix(".txt")))
        for path in _pictures_below(folder)
        if path.with_suffix(".txt").is_file()
    ]
    if not found:
        raise FileNotFoundError(f"{folder}: no picture with a .txt file of tags beside it")
    return found


def _pictures_below(folder: Path) -> list[Path]:
    try:
        return list(find_pictures([folder], recursive=True))
    except PictureError:  # no picture at all: the caller says what was looked for
        return []


def read_tags(path: Path) -> frozenset[str]:
    """Return the tags of a .txt file as `joytag evaluate` reads them: no escapes, weights and sentences; underscores.

    Raises:
        CaptionError: it cannot be read.
    """
    names = caption_tags(caption_text(read_caption(path) or b""), Vocabulary.joytag())
    return frozenset(name.replace(" ", "_") for name in names)


def most_frequent_tags(examples: Sequence[Example], *, at_least: int = 1) -> list[str]:
    """Return the tags that at least so many pictures have, the most frequent first, equals by name."""
    counts: dict[str, int] = {}
    for example in examples:
        for tag in example.tags:
            counts[tag] = counts.get(tag, 0) + 1
    return sorted((tag for tag, count in counts.items() if count >= at_least), key=lambda tag: (-counts[tag], tag))


def hold_out(examples: Sequence[Example], share: float, *, seed: int) -> tuple[list[Example], list[Example]]:
    """Split the examples at random into those to train on and a `share` (0 to 1) to measure on."""
    order = np.random.default_rng(seed).permutation(len(examples))
    cut = round(len(examples) * share)
    return [examples[i] for i in sorted(order[cut:])], [examples[i] for i in sorted(order[:cut])]


class TaggedPictures(Dataset[tuple[Tensor, Tensor]]):
    """Pixels and targets of examples at one size, preprocessed as the core does it.

    An item is uint8 pixels [3, S, S] and float32 targets [T] of 0 and 1. With `in_memory` every picture is read once,
    at the start; without, at every use, which is what a data set larger than the memory needs.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        tags: Sequence[str],
        *,
        size: int,
        augment: Augment | None = None,
        in_memory: bool = False,
    ) -> None:
        self.examples = examples
        self.size = size
        self.augment = augment
        self.targets = target_matrix(examples, tags)
        self._squares: np.ndarray | None = None
        if in_memory:
            self._squares = np.empty((len(examples), size, size, 3), dtype=np.uint8)
            for index, example in enumerate(tqdm(examples, desc=f"read at {size}", unit="picture", leave=False)):
                self._squares[index] = np.asarray(read_square(example.path, size))

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        if self._squares is not None:
            square = Image.fromarray(self._squares[index])
        else:
            square = read_square(self.examples[index].path, self.size)
        if self.augment is not None:
            square = self.augment(square)
        return torch.from_numpy(np.array(square)).permute(2, 0, 1), self.targets[index]


def read_square(path: Path, size: int) -> Image.Image:
    """Return a picture file as the product sees it: upright, over white, on a centred white square of `size`, RGB."""
    return fit_square(load_picture(path), size)


def target_matrix(examples: Sequence[Example], tags: Sequence[str]) -> Tensor:
    """Return float32 [examples, tags], 1 where a picture has a tag."""
    column = {tag: index for index, tag in enumerate(tags)}
    targets = torch.zeros(len(examples), len(tags))
    for row, example in enumerate(examples):
        targets[row, [column[tag] for tag in example.tags if tag in column]] = 1.0
    return targets


class ShuffledBatches(Sampler[list[int]]):
    """Batches of a number of steps, from step `start` on: the same ones whether or not training was interrupted.

    Every pass over the examples has an order of its own, drawn from the seed and the pass's number.
    """

    def __init__(self, examples: int, batch_size: int, *, steps: int, seed: int, start: int = 0) -> None:
        if batch_size > examples:
            raise ValueError(f"a batch of {batch_size} needs more than the {examples} examples there are")
        self.examples, self.batch_size, self.steps, self.seed, self.start = examples, batch_size, steps, seed, start

    def __len__(self) -> int:
        return self.steps - self.start

    def __iter__(self) -> Iterator[list[int]]:
        batches_a_pass = self.examples // self.batch_size
        order, current = np.empty(0, dtype=int), -1
        for step in range(self.start, self.steps):
            number, place = divmod(step, batches_a_pass)
            if number != current:
                order, current = np.random.default_rng([self.seed, number]).permutation(self.examples), number
            yield order[place * self.batch_size : (place + 1) * self.batch_size].tolist()
