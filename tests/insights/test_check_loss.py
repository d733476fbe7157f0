"""A loss from a report: what it can be, by bounds that random networks never leave."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explorer.errors import UserError
from explorer.insights.check_loss import CANNOT_TELL, IMPOSSIBLE, POSSIBLE, SoftmaxTwice, check_loss


def logits_and_labels(classes: int, sharpness: float, right: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (512, classes) and labels (512,) of which about this share is right."""
    random = torch.Generator().manual_seed(seed)
    logits = sharpness * torch.randn(512, classes, generator=random)
    labels = torch.randint(classes, (512,), generator=random)
    known = torch.rand(512, generator=random) < right
    return logits, torch.where(known, logits.argmax(1), labels)


NETWORKS = [
    (c, s, r, seed) for c in (2, 3, 10, 100) for s in (0.1, 1, 5, 50) for r in (0, 0.5, 0.95, 1) for seed in (0, 1)
]


@pytest.mark.parametrize(("classes", "sharpness", "right", "seed"), NETWORKS)
def test_no_mean_cross_entropy_is_impossible_and_no_double_softmax_leaves_its_bounds(classes, sharpness, right, seed):
    logits, labels = logits_and_labels(classes, sharpness, right, seed)
    accuracy = (logits.argmax(1) == labels).float().mean().item()
    assert check_loss(F.cross_entropy(logits, labels).item(), accuracy, classes, 64).verdict != IMPOSSIBLE
    low, high = SoftmaxTwice(classes).bounds(accuracy)
    assert low - 1e-5 <= F.cross_entropy(logits.softmax(1), labels).item() <= high + 1e-5


def test_the_bounds_are_reached():
    twice = SoftmaxTwice(10)
    certain = torch.eye(10)[:1]
    assert twice.lowest == pytest.approx(F.cross_entropy(certain, torch.tensor([0])).item())
    assert twice.highest == pytest.approx(F.cross_entropy(certain, torch.tensor([1])).item())
    assert (round(twice.lowest, 4), round(twice.highest, 4)) == (1.4612, 2.4612)
    between = torch.tensor([[0.5, 0.5, *[0.0] * 8]])
    assert twice.bounds(0)[0] == pytest.approx(F.cross_entropy(between, torch.tensor([1])).item())
    assert twice.bounds(1)[1] == pytest.approx(math.log(10))


def test_the_loss_of_a_report_that_was_divided_twice():
    found = check_loss(0.026161, 0.7969, classes=10, batch_size=64)
    assert found.verdict == IMPOSSIBLE
    assert (
        "each of the 20.3 % that are misclassified has a loss of at least ln 2, so the mean is at least 0.141"
        in found.sentence
    )
    assert "64 × 0.026161 = 1.6743" in found.sentence
    assert "1.4612 + (1 − 0.7969) = 1.6643" in found.sentence
    assert "Give the batch size" in check_loss(0.026161, 0.7969).sentence


@pytest.mark.parametrize("batch_size", [16, 64, 128])
def test_softmax_twice_and_the_batch_again_is_recognised_as_it_comes_out(batch_size):
    logits, labels = logits_and_labels(10, 50, 0.8, 3)
    accuracy = (logits.argmax(1) == labels).float().mean().item()
    loss = F.cross_entropy(logits.softmax(1), labels).item() / batch_size
    found = check_loss(loss, accuracy, 10, batch_size)
    assert found.verdict == IMPOSSIBLE
    assert "softmax outputs, divided by the batch size a second time" in found.sentence


@pytest.mark.parametrize(
    ("loss", "accuracy"),
    [
        (2.303, 0.1),
        (1.6, 0.42),
        (0.9, 0.68),
        (0.35, 0.88),
        (0.05, 0.985),
        (0.004, 0.999),
        (0.0, 1.0),
        (0.0001, 1.0),
        (3.5, 0.6),
    ],
)
def test_healthy_losses_are_not_accused(loss, accuracy):
    assert check_loss(loss, accuracy, 10, 64).verdict == POSSIBLE


@pytest.mark.parametrize(
    ("loss", "accuracy", "batch_size", "verdict", "words"),
    [
        (1.5612, 0.9, 64, CANNOT_TELL, "softmax applied twice"),
        (1.4612, 1.0, 64, CANNOT_TELL, "never falls below 1.4612"),
        (0.02, 0.5, 64, IMPOSSIBLE, "divided by the batch size a second time: 64 × 0.02 = 1.28"),
        (44.8, 0.8, 64, CANNOT_TELL, "sum over the images of a batch: 44.8 / 64 = 0.7"),
        (44.8, 0.8, None, CANNOT_TELL, "may be the sum over a batch"),
        (2.4, 1.0, 1, IMPOSSIBLE, "no loss is above ln 10 = 2.303"),
        (-0.79, 0.8, 64, IMPOSSIBLE, "negative log-likelihood"),
        (-3.0, 0.8, 64, IMPOSSIBLE, "no image has a loss below 0"),
        (0.0001, 0.5, 64, IMPOSSIBLE, "No known mistake"),
    ],
)
def test_what_else_it_may_be(loss, accuracy, batch_size, verdict, words):
    found = check_loss(loss, accuracy, 10, batch_size)
    assert found.verdict == verdict
    assert words in found.sentence
    assert found.sentence.endswith(".")


def test_few_random_healthy_networks_look_like_a_mistake():
    """By chance a good number lies where a mistake would put it; then nothing is claimed, in at most one of twenty."""
    random, told = np.random.default_rng(0), []
    for _ in range(500):
        logits, labels = logits_and_labels(10, random.uniform(1, 8), random.uniform(0, 1), int(random.integers(1e6)))
        accuracy = (logits.argmax(1) == labels).float().mean().item()
        told.append(check_loss(F.cross_entropy(logits, labels).item(), accuracy, 10, 64).verdict)
    assert IMPOSSIBLE not in told
    assert told.count(CANNOT_TELL) <= 25


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((float("nan"), 0.5), "not a finite number"),
        ((0.5, 93.0), r"fraction from 0 to 1"),
        ((0.5, 0.5, 1), "from 2 on"),
        ((0.5, 0.5, 10, 0), "batch size 0"),
    ],
)
def test_wrong_input_gets_a_sentence(arguments, words):
    with pytest.raises(UserError, match=words):
        check_loss(*arguments)
