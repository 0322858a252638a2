"""What happens from a folder of pictures to a model, and from a model to its table of figures?"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file

from joytag_core.model.folders import CONFIG_FILE, WEIGHTS_FILE, ModelFolder
from joytag_core.model.network import Network
from joytag_core.model.weights import load_network
from joytag_core.tags.vocabulary import PUBLISHED_THRESHOLD
from joytag_core.whole_files import write_whole

from .calibrate import bias_shifts
from .dataset import Example, TaggedPictures, find_examples, hold_out, most_frequent_tags
from .evaluate import macro_f1, measure, render_table, score_pictures
from .export import export_model
from .loop import Training
from .network import build_network
from .recipe import Recipe, Stage
from .stem_norm import add_stem_norms

log = logging.getLogger("joytag")

CHECKPOINT = "checkpoint.pt"


def train_folder(
    folders: Sequence[Path],
    out: Path,
    *,
    config: dict[str, object],
    recipe: Recipe,
    tags: Sequence[str] | None = None,
    least_pictures: int = 1,
    start_from: Path | None = None,
    held_out: float = 0.05,
    float16: bool = False,
    in_memory: bool = True,
    workers: int = 0,
    device: str | None = None,
) -> None:
    """Train on folders of tagged pictures; after every stage write the model and its metrics.md to `out`.

    Goes on from `out`/checkpoint.pt where there is one.
    """
    examples = [example for folder in folders for example in find_examples(folder)]
    learned, measured = hold_out(examples, held_out, seed=recipe.seed)
    tags = list(tags) if tags else most_frequent_tags(learned, at_least=least_pictures)
    config = {**config, "n_tags": len(tags)}
    log.info("%d pictures to learn from, %d to measure on, %d tags", len(learned), len(measured), len(tags))

    torch.manual_seed(recipe.seed)
    network = start_network(config, start_from)
    network.to(choose_device(device))
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / CHECKPOINT
    training = Training(network, learned, tags, recipe, checkpoint=checkpoint, in_memory=in_memory, workers=workers)
    if checkpoint.exists():
        training.resume()
        log.info("going on at stage %d, step %d", training.stage_index + 1, training.step)

    def publish(stage: Stage) -> None:
        export_model(network, config, tags, out, dtype=torch.float16 if float16 else torch.float32)
        if measured:
            table = _measured_table(network, measured, tags, size=stage.size, threshold=PUBLISHED_THRESHOLD)
            write_whole(out / "metrics.md", table + "\n")
            log.info("after %d pictures at %d: %s", stage.pictures, stage.size, table.splitlines()[-1])

    training.run(at_stage_end=publish)


def start_network(config: dict[str, object], start_from: Path | None) -> Network:
    """Build a network to train: from nothing, or with the weights of a model's folder.

    A finished model's stem has no norms any more and goes on without; one with its checkpoint.pt still has them.
    """
    network = build_network(config)
    if start_from is None:
        add_stem_norms(network)
    elif (start_from / CHECKPOINT).exists():
        add_stem_norms(network)
        network.load_state_dict(torch.load(start_from / CHECKPOINT, map_location="cpu", weights_only=True)["network"])
    else:
        network.load_state_dict(load_file(start_from / WEIGHTS_FILE))
    return network


def evaluate_folder(
    model: Path, pictures: Path, *, threshold: float = PUBLISHED_THRESHOLD, device: str | None = None
) -> str:
    """Return a Markdown table of a model's quality on a folder of tagged pictures."""
    network, tags = _load_model(model, device)
    size = network.config.image_size
    return _measured_table(network, find_examples(pictures), tags, size=size, threshold=threshold)


def calibrate_folder(
    model: Path, pictures: Path, *, threshold: float = PUBLISHED_THRESHOLD, device: str | None = None
) -> None:
    """Move the biases of a model's head so that `threshold` suits every tag on tagged pictures; in place."""
    network, tags = _load_model(model, device)
    examples = TaggedPictures(find_examples(pictures), tags, size=network.config.image_size)
    shifts = bias_shifts(score_pictures(network, examples), examples.targets, threshold=threshold)
    with torch.no_grad():
        network.head.bias = torch.nn.Parameter(network.head.bias + shifts.to(network.head.bias))
    stored = load_file(model / WEIGHTS_FILE)["head.bias"].dtype
    export_model(network, _read_config(model), tags, model, dtype=stored)


def choose_device(name: str | None) -> torch.device:
    """Return the device of that name; without a name CUDA where there is one."""
    return torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))


def _load_model(model: Path, device: str | None) -> tuple[Network, list[str]]:
    """Return a finished model's network, ready to score, and its tags."""
    network, vocabulary = load_network(ModelFolder(model.name, model))
    return network.to(choose_device(device)), list(vocabulary.names)


def _read_config(model: Path) -> dict[str, object]:
    config: dict[str, object] = json.loads((model / CONFIG_FILE).read_text(encoding="utf-8"))
    return config


def _measured_table(
    network: Network, examples: Sequence[Example], tags: Sequence[str], *, size: int, threshold: float
) -> str:
    pictures = TaggedPictures(examples, tags, size=size)
    by_tag = measure(score_pictures(network, pictures), pictures.targets, tags, threshold=threshold)
    log.debug("macro F1 %.4f", macro_f1(by_tag))
    return render_table(by_tag)
