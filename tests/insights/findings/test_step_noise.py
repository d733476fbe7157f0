"""The noise of single steps, compared where the losses are equal."""

import numpy as np
import pytest

from explorer.insights.findings.step_noise import at_equal_loss, step_noise
from explorer.insights.findings.variants import by_variant
from tests.insights.planted import trial


def stepped(size, curve, noise=0.0, seed=0, **known):
    """A run whose steps follow `curve`, with noise of this size at batch size 1, in proportion to the loss."""
    off = np.random.default_rng(seed + size).normal(0, noise / np.sqrt(size), len(curve))
    known = {"model": "net", "seed": seed, "run": f"net-{size:04d}{seed}", **known}
    return trial([0.5], steps=curve * (1 + off), label=f"batch {size}", batch_size=size, **known)


def fall(steps, to=0.1):
    return 2.3 * (to / 2.3) ** (np.arange(steps) / steps)


def test_the_noise_is_a_number_for_each_batch_size():
    trials = [stepped(size, np.full(2000, 1.0), 1.0) for size in (16, 64)]
    found = step_noise(by_variant(trials))
    assert found.numbers["noise at batch size 16"] == pytest.approx(0.25, rel=0.1)
    assert found.numbers["noise at batch size 64"] == pytest.approx(0.125, rel=0.1)
    assert found.numbers["loss"] == pytest.approx(1, abs=0.1)


def test_what_has_learned_less_is_not_noisier_for_that():
    """The noise goes with the loss, and a large batch takes fewer steps: over a whole epoch it would look noisier."""
    small, large = stepped(16, fall(1600, 0.05), 0.8), stepped(64, fall(400, 0.5), 0.8)
    found = at_equal_loss([small, large])
    assert found.noise[16] / found.noise[64] == pytest.approx(2, rel=0.25)
    assert min(found.steps.values()) >= 12


def test_what_an_epoch_leaves_over_is_not_the_noise_of_whole_batches():
    """The last batch of each epoch has 5 images, and wavers as such a batch does."""
    images = np.resize([128] * 9 + [5], 400)
    few = np.where(images == 5, np.sqrt(128 / 5), 1) * np.random.default_rng(0).normal(0, 0.03, 400)
    whole = stepped(16, np.full(400, 1.0), 0.4)
    found = at_equal_loss([whole, stepped(128, 1 + few, step_images=images)])
    assert found.noise[128] == pytest.approx(0.03, rel=0.15)
    assert found.noise[16] == pytest.approx(0.1, rel=0.15)


def test_seeds_are_looked_at_together():
    few = [stepped(128, fall(12), 0.5, seed) for seed in range(8)]
    assert at_equal_loss([stepped(16, fall(96), 0.5), *few]).steps[128] >= 12


@pytest.mark.parametrize(
    "trials",
    [
        [stepped(16, fall(200), 0.5), stepped(16, fall(200), 0.5, seed=1)],
        [stepped(16, np.full(200, 2.3), 0.5), stepped(64, np.full(200, 0.2), 0.5)],
        [stepped(16, fall(200), 0.5), stepped(64, fall(8), 0.5)],
        [stepped(16, fall(200), 0.5), stepped(64, fall(200), 0.5, model="other")],
    ],
    ids=["one batch size", "no common loss", "too few steps", "two networks"],
)
def test_what_cannot_be_compared_is_not(trials):
    assert step_noise(by_variant(trials)) is None
