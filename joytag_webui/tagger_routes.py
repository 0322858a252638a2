"""How do clients of the WD14 tagger's API find JoyTag under the routes that they know?"""

from __future__ import annotations

from typing import Any

from starlette.routing import Match

from joytag_core.errors import JoyTagError
from joytag_core.pictures.reading import Reading
from joytag_core.tags.selection import Selection

from .api_models import TaggerRequest
from .errors import as_http_error
from .guarded_route import GuardedRoute
from .sent_pictures import picture_content
from .settings import current_settings
from .tagging import choosable_models, score_in_queue, unload

PREFIX = "/tagger/v1"


class YieldingRoute(GuardedRoute):
    """Answer only where no other extension does, whichever of the two was added first."""

    def matches(self, scope: Any) -> Any:
        match, child = super().matches(scope)
        if match != Match.NONE and _is_served_by_another(scope):
            return Match.NONE, {}
        return match, child


def add_routes(app: Any) -> None:
    """Add the tagger's routes, outside the API page: another extension may document its own there."""
    for path, endpoint, method in (
        ("/interrogate", interrogate, "POST"),
        ("/interrogators", interrogators, "GET"),
        ("/unload-interrogators", unload_interrogators, "POST"),
    ):
        app.router.add_api_route(
            PREFIX + path,
            endpoint,
            methods=[method],
            include_in_schema=False,
            route_class_override=YieldingRoute,
        )


def interrogate(request: TaggerRequest) -> dict[str, Any]:
    """Tag one picture: every tag above the threshold with its score, and no ratings, which JoyTag has none of."""
    try:
        settings = current_settings({"model": request.model} if request.model else None)
        selection = Selection(threshold=request.threshold)
        reading = Reading.from_settings(settings)
        makers = [lambda: picture_content(request.image)]
        scores = score_in_queue(makers, model=settings["model"], reading=reading)[0]
    except JoyTagError as error:
        raise as_http_error(error) from error
    return {"caption": {"tag": {item.name: item.score for item in scores.select(selection)}, "rating": {}}}


def interrogators() -> dict[str, list[str]]:
    """List the models."""
    return {"models": choosable_models()}


def unload_interrogators() -> str:
    """Give the model's memory back."""
    unloaded = unload()
    return f"Successfully unload {1 if unloaded else 0} model(s)"


def _is_served_by_another(scope: Any) -> bool:
    others = (route for route in scope["app"].router.routes if not isinstance(route, YieldingRoute))
    return any(route.matches(scope)[0] == Match.FULL for route in others if _is_exact(route, scope["path"]))


def _is_exact(route: Any, path: str) -> bool:
    # gradio ends its own routes with one that matches any path; only the tagger's own path counts.
    return getattr(route, "path", None) == path
