"""How does the WebUI's own /sdapi/v1/interrogate learn the model "joytag", and who answers where it has none?"""

from __future__ import annotations

from functools import wraps
from typing import Any

from joytag_core.errors import JoyTagError, ModelNotFoundError, PictureError

from .api_models import SdapiRequest, SdapiResponse
from .errors import as_http_error
from .guarded_route import GuardedRoute
from .sent_pictures import picture_from
from .settings import current_settings
from .tagging import prompt_of

MODEL = "joytag"
PATH = "/sdapi/v1/interrogate"
_KEY = "joytag_webui"
_FIELD = "interrogateapi"


def install() -> None:
    """Put ours around the WebUI's endpoint; its authentication and its place in the API page stay as they are."""
    from modules.api.api import Api

    if not hasattr(Api, _FIELD):
        return
    from modules import patches

    if patches.original(_KEY, Api, _FIELD) is None:
        patches.patch(_KEY, Api, _FIELD, _wrapped(Api.interrogateapi))


def remove() -> None:
    """Give the WebUI its own endpoint back."""
    from modules import patches
    from modules.api.api import Api

    if patches.original(_KEY, Api, _FIELD) is not None:
        patches.undo(_KEY, Api, _FIELD)


def serve(app: Any) -> None:
    """Answer on the path ourselves, in the same shape, where the WebUI's API has no such endpoint (Forge Neo)."""
    if is_asked_for() and not any(getattr(route, "path", None) == PATH for route in app.router.routes):
        app.router.add_api_route(
            PATH, interrogate, methods=["POST"], response_model=SdapiResponse, tags=["JoyTag"],
            route_class_override=GuardedRoute,
        )  # fmt: skip


def is_asked_for() -> bool:
    """Say whether the person has switched the WebUI's API on."""
    from modules import shared

    return bool(getattr(shared.cmd_opts, "api", False) or getattr(shared.cmd_opts, "nowebui", False))


def interrogate(request: SdapiRequest) -> SdapiResponse:
    """Tag one picture with JoyTag; there is no other interrogator here."""
    try:
        if request.model != MODEL:
            raise ModelNotFoundError(f"there is no interrogator {request.model!r} here; there is: {MODEL}")
        return SdapiResponse(caption=_caption(request.image))
    except JoyTagError as error:
        raise as_http_error(error) from error


def _wrapped(original: Any) -> Any:
    @wraps(original)
    def interrogateapi(self: Any, interrogatereq: Any) -> Any:
        if interrogatereq.model != MODEL:
            return original(self, interrogatereq)
        try:
            return {"caption": _caption(interrogatereq.image)}
        except JoyTagError as error:
            raise as_http_error(error) from error

    return interrogateapi


def _caption(image: Any) -> str:
    if not image:
        raise PictureError("the request holds no image")
    return prompt_of(lambda: picture_from(image), current_settings())
