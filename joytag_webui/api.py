"""Which routes does the extension answer on?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from joytag_core.errors import JoyTagError, PictureError, SettingError
from joytag_core.filtering.result import FilterResult
from joytag_core.judging.frames import combine_frames
from joytag_core.judging.other_scores import read_scores
from joytag_core.model.folders import installed_models
from joytag_core.pictures.reading import Reading
from joytag_core.settings.frame_parameters import FRAME_PARAMETERS, frame_ways
from joytag_core.settings.map_parameters import MAP_PARAMETERS
from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.two_taggers import TwoTaggers

from . import tagger_routes
from .api_models import (
    FilteredTags,
    FilterRequest,
    InterrogateRequest,
    InterrogateResponse,
    MapImages,
    MapRequest,
    MapResponse,
    ModelsResponse,
    ModelState,
    TagPlace,
    UnloadResponse,
    given_own_settings,
    given_settings,
)
from .authentication import credentials
from .errors import TextTooLongError, as_http_error
from .family import token_counter
from .guarded_route import GuardedRoute
from .maps import MappedPicture, encoded, mapping_in_queue
from .rules import embedding_names, make_interrogation
from .sdapi_interrogate import is_asked_for
from .sent_pictures import PixelBudget, check_pictures, picture_content
from .settings import current_settings, option
from .tagging import choosable_models, score_in_queue, session, unload

PREFIX = "/joytag/v1"


def add_routes(app: Any) -> None:
    """Add our routes to the WebUI's application, where the person has switched its API on.

    Raises:
        ImportError: the WebUI does not say who may call them, so there are none.
    """
    if not is_asked_for():
        return
    list(credentials())
    for path, endpoint, method, answer in (
        ("/interrogate", interrogate, "POST", InterrogateResponse),
        ("/filter", filter_text, "POST", FilteredTags),
        ("/map", map_tags, "POST", MapResponse),
        ("/models", models, "GET", ModelsResponse),
        ("/unload", unload_model, "POST", UnloadResponse),
    ):
        app.router.add_api_route(
            PREFIX + path, endpoint, methods=[method], response_model=answer, tags=["JoyTag"],
            route_class_override=GuardedRoute,
        )  # fmt: skip
    if option("tagger_routes"):
        tagger_routes.add_routes(app)


def interrogate(request: InterrogateRequest) -> InterrogateResponse:
    """Tag one or many pictures."""
    return _answered(lambda: _interrogate(request))


def filter_text(request: FilterRequest) -> FilteredTags:
    """Filter a prompt or tag list, by what a picture shows if one is given."""
    return _answered(lambda: _filter(request))


def map_tags(request: MapRequest) -> MapResponse:
    """Say where in a picture tags are."""
    return _answered(lambda: _map(request))


def models() -> ModelsResponse:
    """List the models that can be named."""
    current = session()
    installed = {folder.name for folder in installed_models(current.host)}
    return ModelsResponse(
        models=[
            ModelState(name=name, installed=name in installed, loaded=name == current.loaded)
            for name in choosable_models()
        ]
    )


def unload_model() -> UnloadResponse:
    """Give the model's memory back."""
    return UnloadResponse(unloaded=unload())


def _interrogate(request: Any) -> InterrogateResponse:
    texts = [*([request.image] if request.image else []), *(request.images or [])]
    most = int(option("api_max_pictures"))
    if not 1 <= len(texts) <= most:
        raise PictureError(f"{len(texts)} pictures were sent; expected 1 to {most} in `image` or `images`")
    settings = current_settings(_given(request))
    taggers = _taggers(request, settings)
    ways = frame_ways(given_own_settings(request, FRAME_PARAMETERS))
    are_many = request.images is not None and ways["how"] == "each"
    others = _other_scores(request, len(texts)) if are_many else [_read_scores(request.other_scores)]
    check_pictures(texts)
    makers = [partial(picture_content, text) for text in texts]
    seen = score_in_queue(makers, model=settings["model"], reading=Reading.from_settings(settings))
    pairs = zip(combine_frames(seen, **ways), others, strict=True)
    return InterrogateResponse(
        pictures=[_answer(taggers.prompt(scores, other, count_tokens=token_counter())) for scores, other in pairs]
    )


def _filter(request: Any) -> FilteredTags:
    _check_length("text", request.text)
    settings = current_settings(_given(request))
    taggers, other = _taggers(request, settings), _read_scores(request.other_scores)
    makers = [partial(picture_content, request.image)] if request.image else []
    reading = Reading.from_settings(settings)
    scores = score_in_queue(makers, model=settings["model"], reading=reading)[0] if makers else None
    return _answer(taggers.filter(request.text, scores, other, count_tokens=token_counter(), tokens=embedding_names()))


def _map(request: Any) -> MapResponse:
    settings = current_settings(_given(request))
    budget = PixelBudget(each=1 + len(request.tags))  # every tag's map is as large as the picture
    with mapping_in_queue(
        partial(picture_content, request.image, budget),
        request.tags,
        settings=settings,
        look=given_own_settings(request, MAP_PARAMETERS),
    ) as mapped:
        return _shown(mapped, request)


def _shown(mapped: MappedPicture, request: Any) -> MapResponse:
    """Draw what a call asks for: in the queue, so that one call's pictures are there at a time."""
    width, height = mapped.maps.picture_size
    images = [
        MapImages(tags=list(tags), overlay=encoded(mapped.overlay(tags)), mask=encoded(mapped.mask(tags)))
        for tags in (mapped.groups() if request.images else [])
    ]
    places = [TagPlace(**mapped.described(tag)) for tag in mapped.maps.tags]
    combined = mapped.showing.describe_together(mapped.maps)
    return MapResponse(width=width, height=height, tags=places, combined=combined, images=images)


def _taggers(request: Any, settings: Mapping[str, Any]) -> TwoTaggers:
    return TwoTaggers.from_settings(make_interrogation(settings), given_own_settings(request, OTHER_PARAMETERS))


def _other_scores(request: Any, count: int) -> list[dict[str, float] | None]:
    """Return another tagger's scores of each of several pictures."""
    given = request.other_scores
    if given is None:
        return [None] * count
    if not isinstance(given, list) or len(given) != count:
        found = f"{len(given)} of them" if isinstance(given, list) else repr(given)[:60]
        raise SettingError(f"other_scores is {found}; expected a list, one for each of {count} pictures")
    return [_read_scores(one) for one in given]


def _read_scores(source: Any) -> dict[str, float] | None:
    if isinstance(source, str):
        _check_length("other_scores", source)
    return None if source is None else read_scores(source)


def _answer(result: FilterResult) -> FilteredTags:
    return FilteredTags(**result.to_dict())


def _given(request: Any) -> dict[str, Any]:
    settings = given_settings(request)
    for name, value in settings.items():
        if isinstance(value, str):
            _check_length(name, value)
    return settings


def _check_length(name: str, text: str) -> None:
    most = int(option("api_max_characters"))
    if len(text) > most:
        raise TextTooLongError(f"{name} has {len(text):,} characters; the limit in the settings is {most:,}")


def _answered(answer: Callable[[], Any]) -> Any:
    try:
        return answer()
    except JoyTagError as error:
        raise as_http_error(error) from error
