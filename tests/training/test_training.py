"""The training loop: it learns, goes on where it was interrupted, and hands over a model that the core loads."""

import json

import pytest
import torch
from PIL import Image
from tiny_training import CONFIG, TAGS, make_training, write_pictures

from joytag_core import Tagger
from training.export import export_model
from training.network import build_network, start_as_edges
from training.recipe import Recipe, Stage
from training.session import evaluate_folder, train_folder


def weights(training):
    return {name: tensor.clone() for name, tensor in training.network.state_dict().items()}


def assert_equal_weights(expected, actual):
    assert expected.keys() == actual.keys()
    for name in expected:
        assert torch.equal(expected[name], actual[name]), name


def test_training_lowers_the_loss(pictures):
    """Red and blue are told apart after some dozen steps."""
    training = make_training(pictures, pictures=240)
    training.run()
    assert sum(training.losses[-5:]) < 0.5 * sum(training.losses[:5])


def test_stages_run_one_after_the_other(pictures):
    """Each stage makes pictures / batch size steps, and tells when it is done."""
    training, ended = make_training(pictures), []
    training.run(at_stage_end=lambda stage: ended.append(stage.size))
    assert (ended, len(training.losses)) == ([16, 32], 12)


def test_learning_rate_falls_along_a_cosine_without_warm_up(pictures):
    """The first step of a stage has the full rate, half-way it is half, at the end nothing; then it starts afresh."""
    training = make_training(pictures, pictures=32)
    rates = []
    for _ in range(5):
        rates.append(training.optimizer.param_groups[0]["lr"])
        training.run(stop_after=1)
    assert rates == pytest.approx([0.02, 0.017071, 0.01, 0.002929, 0.02], abs=1e-6)


@pytest.mark.parametrize("interrupted_after", [2, 6, 8])
def test_resumed_training_equals_an_uninterrupted_one(pictures, tmp_path, interrupted_after):
    """Within a stage, at its very end and in the next: the same weights, bit for bit."""
    whole = make_training(pictures)
    whole.run()

    checkpoint = tmp_path / "checkpoint.pt"
    make_training(pictures, checkpoint=checkpoint).run(stop_after=interrupted_after)
    resumed = make_training(pictures, checkpoint=checkpoint)
    torch.manual_seed(999)  # a new process starts with other random numbers
    resumed.resume()
    resumed.run()

    assert_equal_weights(weights(whole), weights(resumed))
    assert whole.losses[interrupted_after:] == resumed.losses


def test_checkpoint_of_another_recipe_is_refused(pictures, tmp_path):
    """Going on with other settings would be neither the one training nor the other."""
    checkpoint = tmp_path / "checkpoint.pt"
    make_training(pictures, checkpoint=checkpoint).run(stop_after=1)
    with pytest.raises(ValueError, match="another recipe"):
        make_training(pictures, checkpoint=checkpoint, pictures=56).resume()


def test_checkpoint_leaves_no_part_behind(pictures, tmp_path):
    """What is written appears whole, under its own name."""
    make_training(pictures, checkpoint=tmp_path / "checkpoint.pt").run()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "pictures"]


def test_stochastic_depth_drops_nothing_when_evaluating():
    """A network that is not training gives what one without stochastic depth gives."""
    torch.manual_seed(0)
    network = build_network({**CONFIG, "stochdepth_rate": 0.999}).eval()
    bare = build_network({**CONFIG, "stochdepth_rate": 0.0}).eval()
    bare.load_state_dict(network.state_dict())
    pixels = torch.randn(4, 3, 32, 32)
    assert torch.equal(bare(pixels), network(pixels))


def test_stochastic_depth_drops_whole_pictures_when_training():
    """At a rate near one a training network's last block leaves the stream as it is; without a rate it does not."""
    torch.manual_seed(0)
    unchanged = []
    for rate in (0.999, 0.0):
        block = build_network({**CONFIG, "stochdepth_rate": rate}).train().blocks[1]
        stream = torch.randn(4, 4, 16)
        unchanged.append(torch.equal(stream, block(stream)))
    assert unchanged == [True, False]


def test_first_filters_start_as_edge_detectors():
    """They answer to edges and not to flat colour; filters beyond the 24 stay as they were."""
    weight = torch.full((26, 3, 3, 3), 7.0)
    start_as_edges(weight)
    torch.testing.assert_close(weight[:24].sum(dim=(2, 3)), torch.zeros(24, 3))
    assert (weight[:24].abs().sum(dim=(1, 2, 3)) > 0.5).all()
    assert (weight[24:] == 7.0).all()


def test_learned_positions_start_from_drawn_values():
    """Small numbers that the seed decides, never what happened to lie in memory."""
    started = []
    for _ in range(2):
        torch.manual_seed(3)
        network = build_network({**CONFIG, "use_sine": False})
        started.append(network.pos_embedding.embedding.weight.detach().clone())
    assert torch.equal(*started)
    assert started[0].abs().max() <= 2.0
    assert started[0].std().item() == pytest.approx(0.02, rel=0.3)


def test_every_weight_is_initialised(monkeypatch):
    """Memory that comes full of NaN leaves none in any network that can be trained."""
    monkeypatch.setattr(torch, "empty", lambda *size, **options: torch.zeros(*size, **options).fill_(float("nan")))
    for config in (CONFIG, {**CONFIG, "use_sine": False}, {**CONFIG, "cnn_stem": None, "layerscale_init": 0.1}):
        for name, tensor in build_network(config).state_dict().items():
            assert torch.isfinite(tensor).all(), name


def test_only_matrices_decay(pictures):
    """Biases, norms and residual scales learn at the same rate, and LAMB scales the steps of matrices only."""
    matrices, vectors = make_training(pictures).optimizer.param_groups
    assert (matrices["lr"], matrices["weight_decay"]) == (0.02, 0.05)
    assert (vectors["lr"], vectors["weight_decay"]) == (0.02, 0.0)
    assert {parameter.ndim for parameter in vectors["params"]} == {1}


def test_train_folder_writes_a_model_that_the_core_loads(pictures, tmp_path):
    """config.json, model.safetensors and top_tags.txt: the core's own loader tags with them."""
    out = tmp_path / "model"
    recipe = Recipe((Stage(16, 160, 0.02), Stage(32, 320, 0.02)), batch_size=8)
    train_folder([pictures], out, config=CONFIG, recipe=recipe, tags=TAGS, held_out=0.25, float16=True, device="cpu")
    tagger = Tagger.load(out, device="cpu")
    (scores,) = tagger.score([Image.new("RGB", (40, 40), (230, 20, 0))])
    assert scores.as_dict()["red_background"] > 0.5 > scores.as_dict()["blue_background"]
    assert "macro mean" in (out / "metrics.md").read_text(encoding="utf-8")


def test_train_folder_goes_on_from_its_checkpoint(pictures, tmp_path):
    """A second call with the same recipe finds the training done and changes nothing."""
    out = tmp_path / "model"
    recipe = Recipe((Stage(16, 16, 0.02),), batch_size=8)
    for _ in range(2):
        train_folder([pictures], out, config=CONFIG, recipe=recipe, tags=TAGS, held_out=0.0, device="cpu")
        before = (out / "model.safetensors").read_bytes()
    assert before == (out / "model.safetensors").read_bytes()


def test_config_counts_the_tags_and_keeps_the_rest(tmp_path):
    """n_tags is what was learned; every other value of the config stays as given."""
    export_model(build_network(CONFIG), CONFIG, TAGS, tmp_path)
    assert json.loads((tmp_path / "config.json").read_text(encoding="utf-8")) == CONFIG
    assert (tmp_path / "top_tags.txt").read_text(encoding="utf-8").split() == TAGS


def test_evaluation_reads_model_and_pictures(tmp_path):
    """One line for every tag of the model, with the pictures that deserve it."""
    export_model(build_network(CONFIG), CONFIG, TAGS, tmp_path / "model")
    write_pictures(tmp_path / "pictures", count=6)
    lines = evaluate_folder(tmp_path / "model", tmp_path / "pictures", device="cpu").splitlines()
    assert [line.split(" | ")[:2] for line in lines[2:4]] == [["| `red_background`", "3"], ["| `blue_background`", "3"]]
