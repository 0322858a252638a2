"""How does the WebUI's own /sdapi/v1/interrogate learn the model "joytag"?"""

from __future__ import annotations

from functools import wraps
from typing import Any

from joytag_core.errors import JoyTagError, PictureError

from .errors import as_http_error
from .sent_pictures import picture_from
from .settings import current_settings
from .tagging import prompt_of

MODEL = "joytag"
_KEY = "joytag_webui"
_FIELD = "interrogateapi"


def install() -> None:
    """Put ours around the WebUI's endpoint; its authentication and its place in the API page stay as they are."""
    from modules import patches
    from modules.api.api import Api

    if patches.original(_KEY, Api, _FIELD) is None:
        patches.patch(_KEY, Api, _FIELD, _wrapped(Api.interrogateapi))


def remove() -> None:
    """Give the WebUI its own endpoint back."""
    from modules import patches
    from modules.api.api import Api

    if patches.original(_KEY, Api, _FIELD) is not None:
        patches.undo(_KEY, Api, _FIELD)


def _wrapped(original: Any) -> Any:
    @wraps(original)
    def interrogateapi(self: Any, interrogatereq: Any) -> Any:
        if interrogatereq.model != MODEL:
            return original(self, interrogatereq)
        return _interrogate(interrogatereq)

    return interrogateapi


def _interrogate(request: Any) -> Any:
    from modules.api import models

    try:
        picture = picture_from(request.image)
        if picture is None:
            raise PictureError("the request holds no image")
        return models.InterrogateResponse(caption=prompt_of(picture, current_settings()))
    except JoyTagError as error:
        raise as_http_error(error) from error
