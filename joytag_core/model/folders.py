"""Which models are on this machine, and where?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelNotFoundError
from ..host.protocol import Host

HUB_REPOSITORY = "fancyfeast/joytag"
HUB_REVISION = "6b7f16331a6ccf0fdce37d5a9564715f6e772b22"
"""The published model, pinned: a later upload cannot change what people run."""

JOYTAG = "joytag"
DEMO = "demo"
CONFIG_FILE = "config.json"
TAGS_FILE = "top_tags.txt"
WEIGHTS_FILE = "model.safetensors"
PICKLED_WEIGHTS_FILE = "model.pt"
MODEL_FILES = (CONFIG_FILE, TAGS_FILE, WEIGHTS_FILE)

_DEMO_FOLDER = Path(__file__).parents[1] / "demo"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """Point at one model's three files."""

    name: str
    path: Path

    @property
    def config(self) -> Path:
        """Return the path of config.json."""
        return self.path / CONFIG_FILE

    @property
    def tags(self) -> Path:
        """Return the path of top_tags.txt."""
        return self.path / TAGS_FILE

    @property
    def weights(self) -> Path:
        """Return the path of the weights: model.safetensors, or model.pt where only that is there."""
        pickled = self.path / PICKLED_WEIGHTS_FILE
        return pickled if pickled.is_file() and not (self.path / WEIGHTS_FILE).is_file() else self.path / WEIGHTS_FILE

    @property
    def size(self) -> int:
        """Return the bytes of the files that are there."""
        return sum(path.stat().st_size for path in (self.config, self.tags, self.weights) if path.is_file())

    def missing(self) -> list[str]:
        """Return the names of the files that are not there."""
        return [path.name for path in (self.config, self.tags, self.weights) if not path.is_file()]


def find_installed(model: str | os.PathLike[str], host: Host) -> ModelFolder | None:
    """Return the model of a name, or in a folder, that is on this machine; None where a known name is not installed.

    Looked for in this order: the folder given, or that of the weights given; the host's model folders; the Hub's
    cache; `demo` is always there.

    Raises:
        ModelNotFoundError: a folder lacks some of the files, or nothing of that name is known.
    """
    name = os.fspath(model)
    given = Path(os.path.expanduser(model))  # noqa: PTH111 - pathlib raises where there is no such person
    if _is_weights(given):
        return _complete(_model_at(given))
    if name and _is_folder(given) and (len(given.parts) > 1 or given.is_absolute() or (given / CONFIG_FILE).is_file()):
        return _complete(_model_at(given))
    for folder in installed_models(host):
        if folder.name == name:
            return folder
    for parent in host.model_folders():
        if _is_plain_name(name) and _is_folder(parent / name) and name != JOYTAG:
            return _complete(ModelFolder(name, parent / name))
    if name == JOYTAG:
        return None
    why = (_why_no_model(given) if name else "") or "neither a folder nor installed"
    raise ModelNotFoundError(f"model {name!r} is {why}; there is: {_there(host)}")


def installed_models(host: Host) -> list[ModelFolder]:
    """Return every complete model on this machine: the host's folders, the Hub's cache, the demo; first of a name.

    One of the host's folders may be a model itself, or its weights.
    """
    found: dict[str, ModelFolder] = {}
    for folder in _candidates(host):
        if not folder.missing():
            found.setdefault(folder.name, folder)
    return list(found.values())


def model_names(host: Host) -> list[str]:
    """Return the names to choose from: JoyTag, which is downloaded where it is missing, then all others installed."""
    return list(dict.fromkeys([JOYTAG, *(folder.name for folder in installed_models(host))]))


def check_model_name(name: str, host: Host) -> str:
    """Return the name of a model that may be used by whoever may not name a path: a prompt or a call from a network.

    Raises:
        ModelNotFoundError: it is not one of `model_names`.
    """
    if name not in model_names(host):
        # No path in the message: whoever asks may be anybody on the network.
        raise ModelNotFoundError(
            f"There is no model {name!r}; there is: {', '.join(model_names(host))}. "
            f"Put its three files into a folder of that name in models/{JOYTAG}."
        )
    return name


def _candidates(host: Host) -> Iterator[ModelFolder]:
    for parent in host.model_folders():
        if is_model(parent):
            yield _model_at(parent)
        elif _is_folder(parent):
            yield from (ModelFolder(path.name, path) for path in sorted(parent.iterdir()) if path.is_dir())
    yield ModelFolder(JOYTAG, hub_cache() / "snapshots" / HUB_REVISION)
    yield ModelFolder(DEMO, _DEMO_FOLDER)


def is_model(path: Path) -> bool:
    """Say whether a path is a model's own folder, or its weights, and no folder of models."""
    return _is_file(path / CONFIG_FILE) or _is_weights(path)


def why_no_models(path: Path) -> str:
    """Say why neither a model nor a folder of models is at a path; empty where there may be one."""
    if not os.path.lexists(path):
        return "not there"
    if _is_file(path):
        return "" if _is_weights(path) else _why_no_model(path)
    has_weights = any(_is_file(path / name) for name in (WEIGHTS_FILE, PICKLED_WEIGHTS_FILE))
    return _why_no_model(path) if has_weights and not is_model(path) else ""


def hub_cache() -> Path:
    """Return the published model's folder in the Hub's own cache, there or not."""
    # Not the library's own look-up: its module takes longer to import than a host should wait.
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"models--{HUB_REPOSITORY.replace('/', '--')}"


def _model_at(path: Path) -> ModelFolder:
    folder = path.parent if _is_file(path) else path
    return ModelFolder(folder.resolve().name, folder)


def _is_weights(path: Path) -> bool:
    return path.name in (WEIGHTS_FILE, PICKLED_WEIGHTS_FILE) and _is_file(path)


def _why_no_model(path: Path) -> str:
    """Say why what is at a path is no model; empty where nothing is there."""
    if _is_folder(path):
        return f"a folder without {', '.join(_model_at(path).missing())}, and not installed"
    names = f"{WEIGHTS_FILE} (or {PICKLED_WEIGHTS_FILE}), with {CONFIG_FILE} and {TAGS_FILE} beside it"
    return f"a file; expected a model's folder, or its weights by the name of {names}" if _is_file(path) else ""


def _there(host: Host) -> str:
    """Name what is installed, and how JoyTag gets here where it is not."""
    names = [folder.name for folder in installed_models(host)]
    return ", ".join(names) + ("" if JOYTAG in names else f" ({JOYTAG!r} is downloaded when it is asked for)")


def _is_file(path: Path) -> bool:
    # False where a name is too long, or has a NUL in it; pathlib raises before Python 3.14.
    return os.path.isfile(path)  # noqa: PTH113


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112


def _complete(folder: ModelFolder) -> ModelFolder:
    missing = folder.missing()
    if missing:
        raise ModelNotFoundError(f"{folder.path}: {', '.join(missing)} missing; a model is {', '.join(MODEL_FILES)}")
    return folder


def _is_plain_name(name: str) -> bool:
    return name not in ("", ".", "..") and not set(name) & {"/", "\\", "\0"}
