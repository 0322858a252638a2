"""Which models may a node use?"""

from __future__ import annotations

from ..joytag_core.errors import ModelNotFoundError
from ..joytag_core.model.folders import JOYTAG, installed_models
from .host import MODEL_FOLDER, session


def model_names() -> list[str]:
    """Return the names to choose from: JoyTag, which is downloaded where it is missing, then all others installed."""
    return list(dict.fromkeys([JOYTAG, *(folder.name for folder in installed_models(session().host))]))


def check_model_name(name: str) -> str:
    """Return the name of a model that may be used.

    The core would take a path as well; a prompt from the network may not name one.

    Raises:
        ModelNotFoundError: it is not one of `model_names`.
    """
    names = model_names()
    if name not in names:
        raise ModelNotFoundError(
            f"There is no model {name!r}; there is: {', '.join(names)}. "
            f"Put its three files into a folder of that name in models/{MODEL_FOLDER}."
        )
    return name
