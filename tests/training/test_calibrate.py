"""One threshold for every tag: biases move to where it gives the best F1."""

import torch
from tiny_training import CONFIG, TAGS, make_training

from training.calibrate import MOST, bias_shifts
from training.export import export_model
from training.session import calibrate_folder, evaluate_folder


def test_too_high_scores_are_lowered_and_too_low_ones_raised():
    """After the shift exactly the deserving pictures are above the threshold."""
    targets = torch.tensor([[1.0, 1.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])
    scores = torch.tensor([[0.9, 0.3], [0.8, 0.25], [0.6, 0.1], [0.55, 0.05]])
    shifts = bias_shifts(scores, targets, threshold=0.4)
    assert torch.equal((scores.logit() + shifts).sigmoid() > 0.4, targets > 0.5)


def test_what_fits_already_stays():
    """Of equally good shifts the smallest is taken."""
    targets = torch.tensor([[1.0], [0.0]])
    assert torch.equal(bias_shifts(torch.tensor([[0.7], [0.2]]), targets, threshold=0.4), torch.zeros(1))


def test_no_bias_moves_far():
    """A tag that is never scored right stays within the limit."""
    shifts = bias_shifts(torch.tensor([[1e-6], [0.999999]]), torch.tensor([[1.0], [0.0]]), threshold=0.4)
    assert shifts.abs().max() <= MOST


def test_calibrated_model_is_no_worse_on_its_pictures(pictures, tmp_path):
    """A head whose biases are spoilt is mended in place."""
    training = make_training(pictures, pictures=240)
    training.run()
    with torch.no_grad():
        training.network.head.weight *= 0.1  # so sure of itself that no bias within the limit would matter
        training.network.head.bias.mul_(0.1).add_(torch.tensor([1.9, -1.9]))
    export_model(training.network, CONFIG, TAGS, tmp_path / "model")
    spoilt = evaluate_folder(tmp_path / "model", pictures, device="cpu")
    calibrate_folder(tmp_path / "model", pictures, device="cpu")
    mended = evaluate_folder(tmp_path / "model", pictures, device="cpu")
    assert macro(spoilt) < macro(mended) == 1.0


def macro(table):
    return float(table.splitlines()[-1].split("**")[-2])
