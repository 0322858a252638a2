"""The focal loss, against values worked out by hand."""

import math

import pytest
import torch

from training.loss import focal_loss


def logit(score):
    return math.log(score / (1 - score))


@pytest.mark.parametrize(
    ("score", "target", "expected"),
    [
        (0.5, 1, 0.25 * math.log(2)),
        (0.5, 0, 0.25 * math.log(2)),
        (0.9, 1, 0.01 * -math.log(0.9)),
        (0.9, 0, 0.81 * -math.log(0.1)),
    ],
)
def test_focal_loss_of_one_tag(score, target, expected):
    """-(1 - p)^2 log p, where p is the score of the right answer, times 256."""
    loss = focal_loss(torch.tensor([[logit(score)]]), torch.tensor([[float(target)]]))
    assert loss.item() == pytest.approx(256 * expected, rel=1e-5)


def test_focal_loss_is_the_mean_over_pictures_and_tags():
    """Two pictures of two tags: the mean of four values."""
    logits = torch.tensor([[logit(0.5), logit(0.9)], [logit(0.5), logit(0.9)]])
    targets = torch.tensor([[1.0, 1.0], [0.0, 0.0]])
    values = [0.25 * math.log(2), 0.01 * -math.log(0.9), 0.25 * math.log(2), 0.81 * -math.log(0.1)]
    assert focal_loss(logits, targets, multiplier=1.0).item() == pytest.approx(sum(values) / 4, rel=1e-5)


def test_gamma_zero_is_cross_entropy():
    """Without focus every answer counts in full."""
    loss = focal_loss(torch.tensor([[logit(0.9)]]), torch.tensor([[1.0]]), gamma=0.0, multiplier=1.0)
    assert loss.item() == pytest.approx(-math.log(0.9), rel=1e-5)


@pytest.mark.parametrize(("logit_value", "target"), [(100.0, 1.0), (-100.0, 0.0), (100.0, 0.0), (-100.0, 1.0)])
def test_extreme_logits_keep_loss_and_gradient_finite(logit_value, target):
    """Certainty, right or wrong, makes no NaN."""
    logits = torch.tensor([[logit_value]], requires_grad=True)
    loss = focal_loss(logits, torch.tensor([[target]]))
    loss.backward()
    assert math.isfinite(loss.item())
    assert math.isfinite(logits.grad.item())
