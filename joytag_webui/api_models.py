"""What do requests and answers of our routes look like, in pydantic 1 and 2 alike?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Dict, List, Optional, Tuple, Union  # noqa: UP035 - pydantic 1 on Python 3.10 resolves these

import pydantic
from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from joytag_core.settings.frame_parameters import FRAME_PARAMETERS
from joytag_core.settings.map_parameters import MAP_PARAMETERS
from joytag_core.settings.other_parameters import OTHER_PARAMETERS
from joytag_core.settings.parameter import Parameter
from joytag_core.settings.parameters import FILTER_NAMES, PARAMETERS, READING_NAMES, THRESHOLDS

_IS_PYDANTIC_2 = pydantic.VERSION.startswith("2")
# A misspelt setting has to be an error, not a setting that is silently not made.
_STRICT: Any = {"extra": "forbid"} if _IS_PYDANTIC_2 else type("Config", (), {"extra": "forbid"})


class DroppedTag(BaseModel):
    """A tag that a rule dropped or replaced."""

    tag: str
    rule: str


class KeptTag(BaseModel):
    """A tag that remains."""

    tag: Optional[str] = Field(description="The model's name of the tag; null for a word that it does not know.")  # noqa: UP045
    name: str = Field(description="The tag as written, plain: no escapes, no weights.")
    score: Optional[float] = Field(description="0 to 1; null for a tag that nobody has scored.")  # noqa: UP045
    category: Optional[str] = Field(description="general, character, copyright, artist or meta; null as `tag`.")  # noqa: UP045


class FilteredTags(BaseModel):
    """What remains after the Tag Filter: of a text, or of what one picture shows."""

    text: str = Field(description="The tags as text, ready for the prompt.")
    tags: List[KeptTag]  # noqa: UP006
    dropped: List[DroppedTag] = Field(description="What the Tag Filter dropped, and by which rule.")  # noqa: UP006
    replaced: List[DroppedTag] = Field(description="What the Tag Filter replaced, and by which rule.")  # noqa: UP006
    sentences: List[str] = Field(description="What was left alone as sentences, which no rule about tags names.")  # noqa: UP006


class InterrogateResponse(BaseModel):
    """The pictures of one call, in the order they came."""

    pictures: List[FilteredTags]  # noqa: UP006


class BoxOrPoint(BaseModel):
    """A place in the picture's pixels and its strength, 0 to 1."""

    strength: float


class Box(BoxOrPoint):
    """A rectangle around one region of a mask; right and bottom lie just outside."""

    left: int
    top: int
    right: int
    bottom: int


class Point(BoxOrPoint):
    """A pixel that speaks for the tag."""

    x: int
    y: int


class TagPlace(BaseModel):
    """Where one tag is. One that does not hold has places too: where it would be."""

    tag: str
    score: float
    holds: bool = Field(description="Whether the score is greater than the tag's threshold.")
    logit: float
    bias: float
    border_share: float = Field(description="How much of the logit comes from the white border around the picture.")
    boxes: List[Box]  # noqa: UP006
    points: List[Point]  # noqa: UP006


class CombinedPlace(BaseModel):
    """Where combined tags are: the boxes of their one mask, and their points in it."""

    boxes: List[Box]  # noqa: UP006
    points: List[Point]  # noqa: UP006


class MapImages(BaseModel):
    """The pictures of one tag's map, or of several tags' together."""

    tags: List[str]  # noqa: UP006
    overlay: str = Field(description="Orange speaks for the tags, blue against: base64 of a PNG.")
    mask: str = Field(description="White where the tags are: base64 of a grey PNG.")


class MapResponse(BaseModel):
    """Where in a picture tags are."""

    width: int
    height: int
    tags: List[TagPlace]  # noqa: UP006
    combined: Optional[CombinedPlace] = Field(  # noqa: UP045
        default=None, description="Where the tags are together; null where they are separate."
    )
    images: List[MapImages] = Field(description="One for each tag, or one of all; empty where none are asked for.")  # noqa: UP006


class ModelState(BaseModel):
    """One model that can be named."""

    name: str
    installed: bool
    loaded: bool


class ModelsResponse(BaseModel):
    """All models that can be named."""

    models: List[ModelState]  # noqa: UP006


class UnloadResponse(BaseModel):
    """The model that was unloaded; null where none was loaded."""

    unloaded: Optional[str] = None  # noqa: UP045


_STRICT_TYPES: Dict[type, Any] = {  # noqa: UP006
    # "0.5", true or 1 for a number, "yes" or 1 for a switch: a client's mistake, which pydantic would let pass.
    bool: StrictBool,
    int: StrictInt,
    float: Union[StrictFloat, StrictInt],  # noqa: UP007
    str: StrictStr,
    tuple: List[StrictStr],  # noqa: UP006
}


def _type_of(parameter: Parameter) -> Any:
    if parameter.is_range:
        return List[_STRICT_TYPES[float]]  # noqa: UP006
    return _STRICT_TYPES[parameter.kind]


def _fields(names: Any) -> Dict[str, Tuple[Any, Any]]:  # noqa: UP006
    return {name: _field(PARAMETERS[name], "as on the settings page") for name in names}


def _own_fields(parameters: Mapping[str, Parameter]) -> Dict[str, Tuple[Any, Any]]:  # noqa: UP006
    """Return the fields of settings that are not on the settings page."""
    return {name: _field(parameter, parameter.text(parameter.default)) for name, parameter in parameters.items()}


def _field(parameter: Parameter, default: str) -> Tuple[Any, Any]:  # noqa: UP006
    return (
        Optional[_type_of(parameter)],  # noqa: UP045
        Field(default=None, description=f"{parameter.help} Default: {default}."),
    )


_OTHER_SCORES: Any = (
    Any,
    Field(
        default=None,
        description="Another tagger's scores: an object, pairs, objects with `tag` and `score`, or text such as "
        "`smile: 0.95`, a line each. With `images`, a list: one for each picture.",
    ),
)
_IMAGE = Field(default=None, description="One picture: base64 or a data URI.")

InterrogateRequest: Any = pydantic.create_model(
    "JoyTagInterrogateRequest",
    __config__=_STRICT,
    image=(Optional[str], _IMAGE),  # noqa: UP045
    images=(
        Optional[List[str]],  # noqa: UP006, UP045
        Field(default=None, description="Many pictures, each base64 or a data URI."),
    ),
    other_scores=_OTHER_SCORES,
    **_fields(PARAMETERS),
    **_own_fields(OTHER_PARAMETERS),
    **_own_fields(FRAME_PARAMETERS),
)

FilterRequest: Any = pydantic.create_model(
    "JoyTagFilterRequest",
    __config__=_STRICT,
    text=(str, Field(description="The prompt or tag list to filter.")),
    image=(
        Optional[str],  # noqa: UP045
        Field(default=None, description="A picture that gives every known tag its score: base64 or a data URI."),
    ),
    other_scores=_OTHER_SCORES,
    **_fields(("model", *FILTER_NAMES, *READING_NAMES)),
    **_own_fields(OTHER_PARAMETERS),
)


MapRequest: Any = pydantic.create_model(
    "JoyTagMapRequest",
    __config__=_STRICT,
    image=(str, Field(description="The picture: base64 or a data URI.")),
    tags=(List[StrictStr], Field(description="The tags to look for, by name.")),  # noqa: UP006
    images=(StrictBool, Field(default=True, description="Whether to answer with overlays and masks as pictures.")),
    **_fields(("model", *THRESHOLDS, "colours")),  # decoded whole: it is shown
    **_own_fields(MAP_PARAMETERS),
)


class SdapiRequest(BaseModel):
    """What clients of the WebUI's own interrogators send."""

    image: str = Field(default="", description="One picture: base64 or a data URI.")
    model: str = Field(default="joytag", description="The interrogator: joytag.")


class SdapiResponse(BaseModel):
    """What the WebUI's own interrogators answer."""

    caption: str


class TaggerRequest(BaseModel):
    """What clients of the WD14 tagger's API send."""

    image: str
    model: str = ""
    threshold: Union[StrictFloat, StrictInt] = 0.35  # noqa: UP007
    queue: str = ""
    name_in_queue: str = ""


def given_settings(request: Any) -> Dict[str, Any]:  # noqa: UP006
    """Return the settings that a request makes: those that are not null."""
    return {name: value for name in PARAMETERS if (value := getattr(request, name, None)) is not None}


def given_own_settings(request: Any, parameters: Mapping[str, Parameter]) -> Dict[str, Any]:  # noqa: UP006
    """Return the settings that a request makes of those that are not on the settings page."""
    return {name: value for name in parameters if (value := getattr(request, name)) is not None}
