"""Is every config of the class read, and every other refused with its reason?"""

from __future__ import annotations

from typing import Any

import pytest

from joytag_core import ModelFileError
from joytag_core.model.config import NetworkConfig, parse_stem
from tests.checkpoints import RELEASE_CONFIG
from tests.model.conftest import config


def test_the_published_config_is_read() -> None:
    """With its training settings left aside."""
    read = NetworkConfig.from_dict(RELEASE_CONFIG)
    assert (448, 16, 5813, 12, 12, 768, 3072, True, False) == (
        read.image_size, read.patch_size, read.n_tags, read.num_blocks, read.num_heads, read.d_model, read.mlp_dim,
        read.use_sine, read.head_mean_after,
    )  # fmt: skip


def test_training_settings_change_nothing() -> None:
    """Dropout, stochastic depth, loss and unknown words are of no interest to inference."""
    more = config(patch_dropout=0.5, stochdepth_rate=0.3, layerscale_init=0.1, loss_type="ce", something_new=[1])
    assert NetworkConfig.from_dict(config(layerscale_init=0.1)) == NetworkConfig.from_dict(more)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"class": "CLIP"}, "class is 'CLIP'"),
        ({"class": None}, "class is None"),
        ({"image_size": 0}, "image_size is 0"),
        ({"image_size": 64.5}, "image_size is 64.5"),
        ({"image_size": "64"}, "image_size is '64'"),
        ({"image_size": 65}, "image_size 65 is no multiple of 16"),
        ({"n_tags": True}, "n_tags is True"),
        ({"n_tags": -1}, "n_tags is -1"),
        ({"num_heads": 5}, "d_model 64 is no multiple of 5"),
        ({"num_blocks": None}, "num_blocks is None"),
        ({"d_model": 66, "num_heads": 2, "cnn_stem": None}, "multiple of 4"),
        ({"cnn_stem": 5}, "cnn_stem is 5"),
        ({"use_sine": "yes"}, "use_sine is 'yes'"),
        ({"head_mean_after": 1}, "head_mean_after is 1"),
        ({"cnn_stem": "conv:c=8;swish"}, "'swish'"),
        ({"cnn_stem": "conv:c=8;conv:k=3"}, "'conv:k=3'"),
        ({"cnn_stem": "conv:c=x"}, "'conv:c=x'"),
        ({"cnn_stem": "conv:c=0"}, "'conv:c=0'"),
        ({"cnn_stem": "conv:c=64,s=0"}, "'conv:c=64,s=0'"),
        ({"cnn_stem": "conv:c=8;relu;conv:c=32"}, "32 channels; expected d_model, 64"),
        ({"cnn_stem": "conv:c=8;relu;conv:c=64", "use_sine": False}, "patches of 4 pixels; expected 16"),
        ({"cnn_stem": "relu"}, "3 channels"),
        ({"cnn_stem": ""}, "''"),
        ({"num_blocks": 257}, "num_blocks is 257; expected a whole number from 1 to 256"),
        ({"image_size": 16 * 10**400}, "image_size is 16000"),
        ({"image_size": 2064}, "129 patches a row; expected 1 to 128"),
        ({"image_size": 16, "cnn_stem": "conv:c=64,s=1,k=17,p=0"}, "0 patches a row"),
        ({"cnn_stem": "conv:c=64,s=16,k=1025"}, "'conv:c=64,s=16,k=1025'"),
        ({"cnn_stem": "conv:c=8,k=3,p=3;conv:c=64"}, "padding p=3; expected less than its kernel, k=3"),
        ({"cnn_stem": "relu;" * 1000 + "conv:c=64"}, "over 1000 layers"),
        ({"layerscale_init": "x"}, "layerscale_init is 'x'"),
        ({"layerscale_init": [0.1]}, "layerscale_init is [0.1]"),
        ({"layerscale_init": True}, "layerscale_init is True"),
    ],
)  # fmt: skip
def test_an_impossible_config_is_named(changes: dict[str, Any], reason: str) -> None:
    """Before anything is built: which value, and what was expected."""
    with pytest.raises(ModelFileError) as caught:
        NetworkConfig.from_dict(config(**changes))
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"num_blocks": 256},
        {"image_size": 2048},
        {"image_size": 16, "cnn_stem": "conv:c=64,s=1,k=16,p=0"},
        {"cnn_stem": "conv:c=64,s=16,k=1024,p=1023"},
        {"cnn_stem": "relu;" * 999 + "conv:c=64"},
        {"layerscale_init": 1},
        {"layerscale_init": None},
    ],
)
def test_what_is_just_possible_is_read(changes: dict[str, Any]) -> None:
    """The other side of each limit."""
    read = NetworkConfig.from_dict(config(**changes))
    assert changes == {name: getattr(read, name) for name in changes}


@pytest.mark.parametrize("name", ["image_size", "n_tags", "class"])
def test_a_missing_value_is_named(name: str) -> None:
    """What has no default has to be there."""
    given = config()
    del given[name]
    with pytest.raises(ModelFileError, match=name):
        NetworkConfig.from_dict(given)


def test_the_stem_s_language() -> None:
    """Options not given are those of the released stem."""
    assert [
        ("conv", {"c": 64, "s": 2, "k": 3, "p": 1}),
        ("ln", {}),
        ("relu", {}),
        ("conv", {"c": 768, "s": 1, "k": 1, "p": 0}),
    ] == parse_stem("conv:c=64;ln;relu;conv:c=768,s=1,k=1,p=0")
