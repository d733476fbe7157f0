"""Classes of unequal size: what weights and the sampler do, and what stays as it is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.metrics import balanced_accuracy_score
from torch import nn
from torch.nn import functional as F

from explorer.data import Dataset
from explorer.errors import UserError
from explorer.training import TrainConfig
from explorer.training.balance import balanced_order, class_weights
from explorer.training.evaluation import balanced_accuracy, evaluate
from explorer.training.events import EpochEnd, Steps
from explorer.training.loop import Resume, fit

from ..conftest import blobs

LABELS = torch.tensor([0] * 50 + [2] * 5 + [3] * 12)  # none of class 1
CONFIG = TrainConfig(epochs=2, batch_size=16, device="cpu", precision="float32")


@pytest.fixture
def skewed(tiny) -> Dataset:
    """Of the last class, 4 training images instead of 32."""
    labels = tiny.train.labels
    kept = (labels != 2) | (np.cumsum(labels == 2) <= 4)
    return replace(tiny, train=tiny.train.where(kept))


def linear() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 3))


def test_weights_are_inverse_to_frequency_and_one_on_average():
    weights = class_weights(LABELS)
    assert weights[1] == 0
    torch.testing.assert_close(weights * torch.bincount(LABELS), torch.tensor([67 / 3, 0, 67 / 3, 67 / 3]))
    assert weights[LABELS].mean() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_an_epoch_has_each_class_as_often_and_no_image_much_oftener(seed):
    order = balanced_order(LABELS, torch.Generator().manual_seed(seed))
    assert len(order) == len(LABELS)
    counts = torch.bincount(LABELS[order], minlength=4)[[0, 2, 3]]
    assert counts.sum() == len(LABELS)
    assert counts.max() - counts.min() <= 1
    for label in (0, 2, 3):
        often = torch.bincount(order, minlength=len(LABELS))[label == LABELS]
        assert often.max() - often.min() <= 1
    assert torch.equal(order, balanced_order(LABELS, torch.Generator().manual_seed(seed)))
    assert not torch.equal(order, balanced_order(LABELS, torch.Generator().manual_seed(seed + 10)))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_gradient_is_that_of_the_weighted_mean_and_the_recorded_loss_is_not_weighted(skewed, smoothing):
    whole = len(skewed.train)
    config = replace(CONFIG, batch_size=whole, balance="class-weights", label_smoothing=smoothing)
    steps = next(event for event in fit(linear(), skewed, config) if isinstance(event, Steps))
    model, labels = linear(), torch.from_numpy(skewed.train.labels)
    logits = model(torch.from_numpy(skewed.train.pixels).float() / 255)
    weights = (whole / (3 * torch.bincount(labels)))[labels]
    losses = F.cross_entropy(logits, labels, reduction="none", label_smoothing=smoothing)
    ((weights * losses).sum() / whole).backward()
    expected = [parameter.grad.norm().item() for parameter in model.parameters()]
    np.testing.assert_allclose(steps.gradient_norms[0], expected, rtol=1e-4)
    assert steps.loss[0] == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-5)


def test_validation_losses_are_not_weighted(skewed):
    model, config = linear(), replace(CONFIG, balance="class-weights")
    ends = [event for event in fit(model, skewed, config) if isinstance(event, EpochEnd)]
    assert ends[-1].validation_loss == pytest.approx(evaluate(model, skewed.validation).loss)


@pytest.mark.parametrize("balance", ["class-weights", "sampler"])
def test_a_rare_class_is_recognised_more_often(skewed, balance):
    def recall(config):
        model = linear()
        for _ in fit(model, skewed, config):
            pass
        labels = skewed.validation.labels
        return (evaluate(model, skewed.validation).predictions == labels)[labels == 2].mean()

    config = replace(CONFIG, epochs=8)
    assert recall(replace(config, balance=balance)) > recall(config) + 0.5


@pytest.mark.parametrize("balance", ["class-weights", "sampler"])
def test_resuming_gives_the_numbers_of_never_having_stopped(skewed, balance):
    config = replace(CONFIG, epochs=3, balance=balance, augment=True)

    def losses(events):
        return [loss for event in events if isinstance(event, Steps) for loss in event.loss.tolist()]

    whole, model = losses(fit(linear(), skewed, config)), linear()
    for event in fit(model, skewed, config):
        if isinstance(event, EpochEnd):
            state = Resume(1, event.optimizer.state_dict())
            break
    rest = losses(fit(model, skewed, config, state))
    assert rest == whole[len(whole) // 3 :]


def test_a_wrong_way_is_named():
    with pytest.raises(UserError, match=r"'weights'.*class-weights, sampler"):
        TrainConfig(balance="weights")


def test_balanced_accuracy_is_the_mean_recall():
    random = np.random.default_rng(0)
    labels, guesses = random.choice([0, 1, 3], 200, p=[0.8, 0.15, 0.05]), random.choice([0, 1, 3], 200)
    right = np.bincount(labels[labels == guesses], minlength=5)
    expected = balanced_accuracy_score(labels, guesses)
    assert balanced_accuracy(right, np.bincount(labels, minlength=5)) == pytest.approx(expected)
    split = blobs(31, 5)
    evaluation = evaluate(linear(), split)
    assert evaluation.balanced_accuracy == pytest.approx(balanced_accuracy_score(split.labels, evaluation.predictions))
