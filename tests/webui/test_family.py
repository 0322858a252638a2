"""Does the one file that knows where the WebUIs differ answer rightly on each of them?"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from joytag_webui import family
from tests.webui.fake_webui import FakeWebUI, Script

# The columns of family.py's table that can be asked for.
NEIGHBOUR = {"a1111": "deepbooru", "forge": "deepbooru", "reforge": "deepbooru", "neo": "img2img_clear_prompt"}
TOASTS = {"a1111": "<b>", "forge": "&lt;b&gt;", "reforge": "<b>", "neo": "&lt;b&gt;"}
HAS_LOCK = {"a1111": True, "forge": False, "reforge": True, "neo": False}


def test_each_member_has_its_own_answers(any_webui: FakeWebUI) -> None:
    """The button's neighbour, messages as text or HTML, and the lock of checkpoints are those of the table."""
    kind = any_webui.kind
    assert NEIGHBOUR[kind] == family.img2img_neighbour()
    assert TOASTS[kind] == family.toast("<b>")
    assert HAS_LOCK[kind] != isinstance(family.checkpoint_lock(), nullcontext)
    assert family.shows_toasts()
    assert 2 == len(family.sending())


def test_every_member_has_a_column() -> None:
    """The table names each member of the family that the tests stand in for."""
    for name in ("A1111 1.6 to 1.10", "Forge (June 2025)", "reForge (March 2026)", "Forge Neo (2.26)"):
        assert name in (family.__doc__ or "")


def test_sending_is_found_where_it_was_before_1_8(webui: FakeWebUI) -> None:
    """A1111 1.6 and 1.7 have it under the old name alone."""
    webui.take_away("modules.infotext_utils")
    assert SimpleNamespace is family.sending()[0]


@pytest.mark.parametrize("value", [None, ["all"]])
def test_flags_that_are_not_set_have_their_default(webui: FakeWebUI, value: Any) -> None:
    """Forge's parsers leave some flags at None, and Forge Neo has not got them at all."""
    webui.cmd_opts.use_cpu = value
    assert (value or ()) == family.flag("use_cpu", ())
    del webui.cmd_opts.use_cpu
    assert () == family.flag("use_cpu", ())


def counting(length: int) -> Any:
    """Return a method that counts tokens as the checkpoint of Forge and Forge Neo does."""
    return SimpleNamespace(get_prompt_lengths_on_ui=lambda text: (len(text) + length, 75))


class FakeInitialModel:
    """Stand for what Forge and Forge Neo hold before the first checkpoint is loaded."""


@pytest.mark.parametrize(
    ("checkpoint", "tokens"),
    [(None, None), (FakeInitialModel(), None), (counting(7), 10), (SimpleNamespace(), 1)],
    ids=["none", "Forge before its first", "Forge", "A1111"],
)
def test_tokens_are_counted_as_the_checkpoint_counts_them(
    webui: FakeWebUI, checkpoint: Any, tokens: int | None
) -> None:
    """Each kind of checkpoint has its own way, and without one nothing counts."""
    sys.modules["modules.sd_models"].model_data.sd_model = checkpoint
    count = family.token_counter()
    assert tokens == (None if count is None else count("abc"))


def test_reforge_is_told_the_text_encoder(webui: FakeWebUI) -> None:
    """Its counter takes two values."""
    encoder = Script()
    sys.modules["modules.sd_models"].model_data.sd_model = SimpleNamespace(cond_stage_model=encoder)
    given: list[Any] = []

    def get_prompt_lengths(text: str, cond_stage_model: Any) -> tuple[int, int]:
        given.append(cond_stage_model)
        return 3, 75

    sys.modules["modules.sd_hijack"].model_hijack.get_prompt_lengths = get_prompt_lengths
    count = family.token_counter()
    assert count is not None
    assert (3, [encoder]) == (count("a"), given)
