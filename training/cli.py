"""What can be asked of `python -m training`? Drawing, training, measuring."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from joytag_core.tags.vocabulary import PUBLISHED_THRESHOLD

DESCRIPTION = "Train JoyTag-format models from a folder of pictures with a .txt file of tags beside each."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parsed = build_parser().parse_args(arguments)
    try:
        parsed.run(parsed)
    except (OSError, ValueError) as error:
        print(f"training: {error}", file=sys.stderr)
        return 1
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; `run` of what it parses is the command's function."""
    parser = argparse.ArgumentParser(prog="python -m training", description=DESCRIPTION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_draw(commands.add_parser("draw", help="draw the demo model's pictures, with their tags, from a seed"))
    _add_train(commands.add_parser("train", help="train a model; run the same command again to go on after a break"))
    _add_evaluate(commands.add_parser("evaluate", help="print precision, recall and F1 of every tag"))
    _add_calibrate(commands.add_parser("calibrate", help="make one threshold fit every tag of a trained model"))
    return parser


def _add_draw(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where the pictures and their .txt files go")
    parser.add_argument("--seed", type=int, required=True, help="pictures of different seeds are different pictures")
    parser.add_argument("--count", type=int, required=True, help="how many pictures")
    parser.add_argument("--processes", type=int, default=1, help="how many draw at a time (default 1)")
    lesson = (
        "to start a network with: one large plain shape each, or the usual pictures without colour or full of shapes"
    )
    parser.add_argument("--lesson", choices=("black-and-white", "colour", "grey", "crowd"), help=lesson)
    parser.set_defaults(run=_draw)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "pictures", type=Path, nargs="+", help="folders of pictures with .txt files, searched below too"
    )
    parser.add_argument("--config", type=Path, required=True, help="the model's config.json; n_tags is filled in")
    parser.add_argument("--out", type=Path, required=True, help="gets the model, checkpoint.pt and metrics.md")
    parser.add_argument("--stages", nargs="+", required=True, metavar="SIZE:PICTURES:RATE",
                        help="low resolution first, the config's image_size last: each with the pictures it sees and "
                             "its first learning rate, as in 64:200000:0.005 128:300000:0.003")  # fmt: skip
    parser.add_argument(
        "--tags", type=Path, help="a top_tags.txt to learn (default: every tag found, most frequent first)"
    )
    parser.add_argument("--least-pictures", type=int, default=1, help="without --tags: ignore rarer tags (default 1)")
    parser.add_argument(
        "--start-from", type=Path, metavar="MODEL", help="folder of a model whose weights to start from"
    )
    parser.add_argument("--held-out", type=float, default=0.05, help="share of pictures to measure on (default 0.05)")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--weight-decay", type=float, default=0.05)
    modes = "TrivialAugment as published, only what keeps colour and shape tags true, or none"
    parser.add_argument("--augmentation", choices=("full", "gentle", "off"), default="gentle", help=modes)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--float16", action="store_true", help="store the weights in half the space")
    parser.add_argument(
        "--from-disk", action="store_true", help="read pictures at each use, do not keep them in memory"
    )
    parser.add_argument("--workers", type=int, default=0, help="processes that read ahead (0: none, exactly resumable)")
    parser.add_argument("--device", default=None, help="cuda, cpu, ... (default: cuda where there is one)")
    parser.set_defaults(run=_train)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="folder with the three model files")
    parser.add_argument("pictures", type=Path, help="folder of pictures with .txt files")
    parser.add_argument(
        "--threshold", type=float, default=PUBLISHED_THRESHOLD, help="a tag is predicted above it (default %(default)s)"
    )
    parser.add_argument("--device", default=None, help="cuda, cpu, ... (default: cuda where there is one)")
    parser.add_argument("--write-into", type=Path, help="a Markdown file: replaces the table between its two markers")
    parser.set_defaults(run=_evaluate)


def _add_calibrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, help="folder with the three model files; changed in place")
    parser.add_argument("pictures", type=Path, help="folder of pictures with .txt files that nothing is measured on")
    parser.add_argument(
        "--threshold",
        type=float,
        default=PUBLISHED_THRESHOLD,
        help="the threshold that is to fit (default %(default)s)",
    )
    parser.add_argument("--device", default=None, help="cuda, cpu, ... (default: cuda where there is one)")
    parser.set_defaults(run=_calibrate)


def _draw(parsed: argparse.Namespace) -> None:
    from .drawing.folder import draw_folder

    draw_folder(
        parsed.folder,
        seed=parsed.seed,
        count=parsed.count,
        processes=parsed.processes,
        lesson=parsed.lesson,
    )


def _train(parsed: argparse.Namespace) -> None:
    from .recipe import Recipe, Stage
    from .session import train_folder

    recipe = Recipe(
        tuple(Stage.parse(stage) for stage in parsed.stages),
        batch_size=parsed.batch_size,
        weight_decay=parsed.weight_decay,
        augmentation=parsed.augmentation,
        seed=parsed.seed,
    )
    train_folder(
        parsed.pictures,
        parsed.out,
        config=json.loads(parsed.config.read_text(encoding="utf-8")),
        recipe=recipe,
        tags=parsed.tags.read_text(encoding="utf-8").split() if parsed.tags else None,
        least_pictures=parsed.least_pictures,
        start_from=parsed.start_from,
        held_out=parsed.held_out,
        float16=parsed.float16,
        in_memory=not parsed.from_disk,
        workers=parsed.workers,
        device=parsed.device,
    )


def _evaluate(parsed: argparse.Namespace) -> None:
    from .report import write_between_markers
    from .session import evaluate_folder

    table = evaluate_folder(parsed.model, parsed.pictures, threshold=parsed.threshold, device=parsed.device)
    print(table)
    if parsed.write_into:
        write_between_markers(parsed.write_into, table)


def _calibrate(parsed: argparse.Namespace) -> None:
    from .session import calibrate_folder

    calibrate_folder(parsed.model, parsed.pictures, threshold=parsed.threshold, device=parsed.device)
