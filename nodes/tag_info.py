"""The node JoyTag Tag Info: what is known of each tag?"""

from __future__ import annotations

from comfy_api.latest import io

from ..joytag_core.tags.description import describe, describe_parts
from ..joytag_core.tags.scores import TagScores
from ..joytag_core.tags.vocabulary import Tag, Vocabulary
from .received import connected, scores_in, texts_of
from .said import SaidLine, listed
from .schema import CATEGORY, Scores, output, schema


class TagInfo(io.ComfyNode):
    """Say of each tag what the model and its makers know, for people who tune thresholds and rules."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        """Describe the node."""
        return schema(
            node_id="JoyTag_TagInfo",
            display_name="JoyTag Tag Info",
            category=CATEGORY,
            description="Says of each tag, one a line: category, group, today's name, how reliable JoyTag is with it, "
            "and with scores, its score.",
            search_aliases=["tag statistics", "tag category", "danbooru"],
            is_output_node=True,
            inputs=[
                io.String.Input(
                    "tags", display_name="Tags", multiline=True, default="",
                    tooltip="Any prompt or tag list.",
                ),
                Scores.Input(
                    "scores", optional=True,
                    tooltip="Scores from JoyTag Interrogate, to see each tag's score for that picture.",
                ),
            ],
            outputs=[output(io.String, "info", "What is known of each tag: one line a tag.")],
        )  # fmt: skip

    @classmethod
    def execute(cls, tags: str, scores: TagScores | None = None) -> io.NodeOutput:
        """Describe every tag of one list."""
        from ..joytag_core.filtering.tag_filter import TagFilter  # late, as in work.py

        (text,), found = texts_of([tags]), scores_in(connected([scores]))
        scores = found[0] if found else None
        vocabulary = Vocabulary.joytag() if scores is None else scores.vocabulary
        named = [(name, vocabulary.find(name)) for name in TagFilter().apply(text).tags]
        info = "\n".join(describe(name, tag, score=_score(tag, scores)) for name, tag in named)
        said = [_said(name, tag, _score(tag, scores)) for name, tag in named]
        return io.NodeOutput(info, ui={"text": [info], "said": [said]})


def _score(tag: Tag | None, scores: TagScores | None) -> float | None:
    return None if scores is None or tag is None else scores[tag.name]


def _said(name: str, tag: Tag | None, score: float | None) -> SaidLine:
    parts = listed([(f"said_{kind}", text) for kind, text in describe_parts(name, tag, score=score)])
    return parts if tag is None else [f"{tag.name}: ", *parts]
