"""Which tags does the setting "Add last" name, as clicks on the tab put them there and take them out?"""

from __future__ import annotations

from joytag_core.prompts.format import PromptFormat
from joytag_core.prompts.merging import merge_prompts, tag_names, without

from .settings import TARGET


def added_tags(text: str) -> set[str]:
    """Return the tags that a text names, by the model's names."""
    return {name.replace(" ", "_") for name in tag_names(text, target=TARGET)}


def with_added(text: str, tag: str, *, spaces: bool) -> str:
    """Return the text with a tag at its end, with spaces for underscores or not: it is later written as it stands."""
    written = PromptFormat(target=TARGET, spaces=spaces)
    return merge_prompts(text, written.escape(written.spell(tag, is_tag=True)), how="append", target=TARGET)


def without_added(text: str, tag: str) -> str:
    """Return the text without a tag."""
    return without(text, PromptFormat(target=TARGET, spaces=False).render_tag(tag), target=TARGET)
