"""Norms that only training has: the exported model computes the same without them."""

import pytest
import torch
from tiny_training import CONFIG, TAGS, make_training, write_pictures
from torch import nn

from joytag_core.model.config import RELEASE_STEM, NetworkConfig
from joytag_core.model.network import Network
from training.export import export_model
from training.network import build_network
from training.recipe import Recipe, Stage
from training.session import start_network, train_folder
from training.stem_norm import NormedConvolution, add_stem_norms, folded_state

BARE_STEM = "conv:c=8;relu;conv:c=8,s=1;relu;conv:c=8,k=5,p=2;relu;conv:c=12;relu;conv:c=16,s=2,k=1,p=0"
BARE = {**CONFIG, "cnn_stem": BARE_STEM}


def trained_a_little(config=BARE):
    """Return a network whose norms have seen pictures and whose gains are not all one."""
    torch.manual_seed(3)
    network = build_network(config)
    add_stem_norms(network)
    for _ in range(20):
        network(torch.randn(8, 3, 32, 32) * 2 + 1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 2.0)
            nn.init.uniform_(module.bias, -1.0, 1.0)
    return network.eval()


def normed_layers(network):
    return [i for i, layer in enumerate(network.patch_embeddings.conv) if isinstance(layer, NormedConvolution)]


@torch.no_grad()
def test_folded_weights_compute_the_same():
    """A bare network with the folded weights gives the trained one's logits, to float32's precision."""
    network = trained_a_little()
    bare = Network(NetworkConfig.from_dict(BARE)).eval()
    bare.load_state_dict(folded_state(network))
    pixels = torch.randn(4, 3, 32, 32)
    torch.testing.assert_close(bare(pixels), network(pixels), atol=2e-5, rtol=1e-4)


def test_every_convolution_before_a_relu_is_normed():
    """Four convolutions of five; only the second keeps its input's shape and has a way around."""
    stem = trained_a_little().patch_embeddings.conv
    assert normed_layers(trained_a_little()) == [0, 2, 4, 6]
    assert [stem[i].around is not None for i in (0, 2, 4, 6)] == [False, True, False, False]


@pytest.mark.parametrize("stem", [RELEASE_STEM.replace("c=768", "c=16"), CONFIG["cnn_stem"], None])
def test_stem_with_norms_of_its_own_is_left_alone(stem):
    """The published stem norms by itself, a plain patch convolution has no ReLU: nothing is added."""
    network = build_network({**CONFIG, "cnn_stem": stem})
    names = set(network.state_dict())
    add_stem_norms(network)
    assert set(network.state_dict()) == names == set(folded_state(network))


def test_export_has_the_names_of_the_model_format(tmp_path):
    """No batch norm reaches model.safetensors."""
    export_model(trained_a_little(), BARE, TAGS, tmp_path)
    assert normed_layers(start_network(BARE, tmp_path)) == []


def test_going_on_from_a_checkpoint_keeps_the_norms(tmp_path):
    """The folder that training wrote continues with its norms; without its checkpoint, with the folded weights."""
    write_pictures(tmp_path / "pictures")
    recipe = Recipe((Stage(32, 32, 0.02),), batch_size=8)
    out = tmp_path / "model"
    train_folder([tmp_path / "pictures"], out, config=BARE, recipe=recipe, tags=TAGS, held_out=0.0, device="cpu")
    normed = start_network(BARE, out).eval()
    (out / "checkpoint.pt").unlink()
    bare = start_network(BARE, out).eval()
    assert (normed_layers(normed), normed_layers(bare)) == ([0, 2, 4, 6], [])
    pixels = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(normed(pixels), bare(pixels), atol=2e-5, rtol=1e-4)


def test_interrupted_training_with_norms_goes_on_bit_for_bit(pictures, tmp_path):
    """What the norms have counted is in the checkpoint."""
    whole = make_training(pictures, config=BARE)
    whole.run()
    checkpoint = tmp_path / "checkpoint.pt"
    make_training(pictures, checkpoint=checkpoint, config=BARE).run(stop_after=5)
    resumed = make_training(pictures, checkpoint=checkpoint, config=BARE)
    resumed.resume()
    resumed.run()
    for name, tensor in whole.network.state_dict().items():
        assert torch.equal(tensor, resumed.network.state_dict()[name]), name
