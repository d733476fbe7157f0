"""On curves of which one knows what they show, each detector is right."""

import numpy as np
import pytest

from explorer.insights.findings import curves as detect
from explorer.insights.findings.collect import findings
from explorer.insights.findings.comparisons import best_epochs
from explorer.insights.findings.layers import fires_below
from explorer.insights.findings.noise import noise
from explorer.insights.findings.variants import by_variant
from tests.insights.planted import CHANCE, falling, flow, noisy, overfitted, step_loss, trial

NAN = float("nan")


def with_leap(at, times):
    loss = step_loss()
    loss[at] *= times
    return loss


# What every planted curve shows; what is not named must not be found. "best" is found wherever there are two epochs.
PLANTED = {
    "healthy": (trial(falling()), {"best"}),
    "healthy, few epochs": (trial(falling(4)), {"best"}),
    "healthy, with steps": (trial(falling(), steps=step_loss()), {"best"}),
    "healthy, a little noisy": (trial(noisy(falling(25, 0.1, 8), 0.03)), {"best"}),
    "healthy, very noisy": (trial(noisy(falling(25, 0.1, 8), 0.15)), {"best"}),
    "over-fits early": (trial(overfitted(20, 4), falling(20, 0.001)), {"best", "overfitting"}),
    "over-fits late": (trial(overfitted(20, 14), falling(20, 0.001)), {"best", "overfitting"}),
    "over-fits slowly": (trial(overfitted(25, 10, 0.01), falling(25, 0.001, 5)), {"best", "overfitting"}),
    "over-fits fast": (trial(overfitted(12, 3, 0.5), falling(12, 0.001)), {"best", "overfitting"}),
    "over-fits, noisy": (trial(noisy(overfitted(30, 8, 0.08), 0.05), falling(30, 0.001)), {"best", "overfitting"}),
    "over-fits above the loss of guessing": (
        trial(overfitted(20, 4, 0.8), falling(20, 0.001)),
        {"best", "overfitting"},
    ),
    "both losses rise": (trial(overfitted(20, 6), overfitted(20, 6)), {"best"}),
    "rises in its last epoch only": (trial([*falling(12), 0.5], falling(13, 0.001)), {"best"}),
    "a lucky epoch in between": (
        trial(np.where(np.arange(20) == 11, 0.5, 1) * falling(20, 0.4, 3), falling(20, 0.001, 3)),
        {"best"},
    ),
    "plateau": (trial(falling(20, 0.4, 1.5)), {"best", "plateau"}),
    "plateau of the training loss alone": (
        trial(falling(20), falling(20, 0.4, 1.5)),
        {"best", "plateau"},
    ),
    "constant at guessing": (trial([CHANCE] * 8, [CHANCE] * 8), {"best", "unlearned"}),
    "wavers around guessing": (
        trial(noisy([CHANCE] * 10, 0.004), noisy([CHANCE] * 10, 0.004, 1)),
        {"best", "unlearned"},
    ),
    "constant below guessing": (trial([1.0] * 8, [1.0] * 8), {"best", "plateau"}),
    "one epoch": (trial([0.5]), set()),
    "one epoch of guessing": (trial([CHANCE], [CHANCE]), {"unlearned"}),
    "one epoch that ends well": (trial([0.6], [CHANCE], steps=step_loss(80, rate=15)), set()),
    "no epoch yet": (trial([]), set()),
    "not a number from the start": (trial([NAN] * 3), {"divergence"}),
    "not a number in the third epoch": (trial([1.0, 0.8, NAN, NAN]), {"best", "divergence"}),
    "infinite": (trial([1.0, 0.8], [1.0, float("inf")]), {"best", "divergence"}),
    "not a number in a step": (trial([0.6], steps=[2.3, 1.5, NAN, NAN]), {"divergence"}),
    "explodes and comes back to guessing": (
        trial([CHANCE], [900.0], steps=[2.3, 263_864.0, 900.0, *[2.32] * 60]),
        {"divergence"},
    ),
    "ends worse than guessing": (trial([2.0, 2.8], steps=np.linspace(2.3, 3.5, 60)), {"best", "divergence"}),
    "epochs worse than guessing": (trial([2.0, 3.0, 4.0], [2.0, 3.0, 4.0]), {"best", "divergence"}),
    "bad first epoch, then well": (trial([1.0, 0.8, 0.7], [4.0, 0.9, 0.7]), {"best"}),
    "back to chance": (
        trial(falling(), steps=np.concatenate([np.geomspace(2.3, 0.1, 300), np.full(120, CHANCE)])),
        {"best", "collapse"},
    ),
    "one step without a number": (trial(falling(), steps=with_leap(200, NAN)), {"best", "without a number"}),
    "one spike": (trial(falling(), steps=with_leap(200, 6)), {"best", "spikes"}),
    "a spike that is none": (trial(falling(), steps=with_leap(200, 1.2)), {"best"}),
    "heavy noise without a spike": (trial(falling(), steps=step_loss(noise=0.4)), {"best"}),
    "a leap where the loss is tiny": (
        trial(falling(), steps=np.where(np.arange(400) == 300, 8, 1) * step_loss() / 100),
        {"best"},
    ),
    "vanishing gradients": (trial(falling(), flow=flow(1e-6)), {"best", "gradients"}),
    "exploding gradients": (trial(falling(), flow=flow(1e5)), {"best", "gradients"}),
    "gradients that arrive": (trial(falling(), flow=flow(0.4)), {"best"}),
    "half a layer dead": (trial(falling(), dead={"act1": 0.5, "act2": 0.0}), {"best", "dead"}),
    "all layers dead": (
        trial([CHANCE] * 8, [CHANCE] * 8, dead={"act1": 1.0, "act2": 1.0}),
        {"best", "unlearned", "dead"},
    ),
    "a few dead units": (trial(falling(), dead={"act1": 0.1, "act2": 0.25}), {"best"}),
    "not a number, all dead": (trial([NAN] * 3, dead={"act1": 1.0}), {"divergence", "dead"}),
}
DETECTORS = {
    "best": lambda planted: best_epochs(by_variant([planted])),
    "overfitting": detect.overfitting,
    "plateau": detect.plateau,
    "unlearned": detect.unlearned,
    "divergence": detect.divergence,
    "collapse": detect.collapse,
    "without a number": detect.without_number,
    "spikes": detect.spikes,
    "gradients": detect.gradients,
    "dead": detect.dead_units,
}


def test_there_are_thirty_planted_curves():
    assert len(PLANTED) >= 30
    assert set(DETECTORS.values()) == {*detect.DETECTORS, DETECTORS["best"]}


@pytest.mark.parametrize("name", PLANTED)
def test_every_detector_is_right(name):
    planted, expected = PLANTED[name]
    assert {kind for kind, detector in DETECTORS.items() if detector(planted)} == expected


@pytest.mark.parametrize("seed", range(20))
def test_noise_alone_is_neither_over_fitting_nor_a_spike(seed):
    curve = trial(noisy(falling(25, 0.2, 4), 0.1, seed), falling(25, 0.01), steps=step_loss(seed=seed, noise=0.2))
    assert detect.overfitting(curve) is None
    assert detect.spikes(curve) is None


@pytest.mark.parametrize("best", [3, 8, 12])
def test_the_over_fitting_epoch_is_the_best_one(best):
    found = detect.overfitting(trial(overfitted(20, best), falling(20, 0.001)))
    assert found.numbers["epoch of the lowest validation loss"] == best
    assert f"after epoch {best}" in found.sentence
    assert found.numbers["generalisation loss in %"] > found.threshold


def test_a_spike_is_where_it_was_planted():
    found = detect.spikes(trial(falling(), steps=with_leap(200, 6)))
    assert (found.numbers["spikes"], found.numbers["step"]) == (1, 201)


def test_a_divergence_says_where():
    assert "step 3" in detect.divergence(trial([0.6], steps=[2.3, 1.5, NAN, NAN])).sentence
    assert "epoch 2" in detect.divergence(trial([1.0, 0.8], [1.0, NAN])).sentence


def test_dead_units_are_told_for_the_worst_layer():
    found = detect.dead_units(trial(falling(), dead={"act1": 0.3, "act2": 0.62, "act3": 0.1}))
    assert "62 % of the units of 'act2' are dead, and more than 25 % in 2 of its 3 layers with a ReLU" in found.sentence
    assert found.numbers["layers above the threshold"] == 2


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (256, "silent on all 256 probe images, so such a unit fires on fewer than 1.2 % of images (95 % confidence)"),
        (5000, "silent on all 5,000 probe images, so such a unit fires on fewer than 0.06 % of images"),
        (1, "its single probe image, which is almost no evidence"),
        (None, "whose number this older run did not record"),
    ],
)
def test_dead_units_say_on_how_many_images_they_were_silent(images, said):
    found = detect.dead_units(trial(falling(), dead={"act1": 0.6}, probe_images=images))
    assert said in found.sentence
    assert found.numbers.get("probe images") == images


@pytest.mark.parametrize("images", [10, 256, 10_000])
def test_what_fires_as_often_as_the_bound_is_silent_with_a_chance_of_one_in_twenty(images):
    assert (1 - fires_below(images)) ** images == pytest.approx(0.05)
    assert fires_below(images) < 3 / images


def test_what_happens_at_one_place_says_where_it_is_on_the_curve():
    marks = {
        "over-fits": detect.overfitting(trial(overfitted(20, 8), falling(20, 0.001))).marks,
        "spike": detect.spikes(trial(falling(), steps=with_leap(200, 6))).marks,
        "diverges": detect.divergence(trial([0.6], steps=[2.3, 1.5, NAN, NAN])).marks,
    }
    places = {"over-fits": ("epoch", 8), "spike": ("step", 201), "diverges": ("step", 3)}
    for word, (mark,) in marks.items():
        assert (mark.run, mark.text, mark.over, mark.number) == ("digits-net-0001", word, *places[word])


def test_findings_of_several_seeds_keep_the_marks_of_each():
    trials = [trial(overfitted(20, best), falling(20, 0.001), run=f"digits-net-000{best}") for best in (4, 6)]
    (found,) = [f for f in findings(trials) if "over-fits" in f.sentence]
    assert [(mark.run, mark.number) for mark in found.marks] == [("digits-net-0004", 4), ("digits-net-0006", 6)]


@pytest.mark.parametrize("deviation", [0.02, 0.3])
def test_noise_is_what_was_added_to_a_smooth_curve(deviation):
    added = np.random.default_rng(3).normal(0, deviation, 4000)
    assert noise(np.linspace(2.3, 0.2, 4000) + added) == pytest.approx(deviation, rel=0.05)
    assert noise(np.linspace(2.3, 0.2, 50)) == pytest.approx(0, abs=1e-12)


def test_every_finding_carries_its_rule_its_numbers_and_its_run():
    for planted, expected in PLANTED.values():
        found = findings([planted])
        assert len(found) == len(expected)
        for finding in found:
            assert finding.rule.endswith(".")
            assert finding.sentence.endswith(".")
            assert finding.numbers
            assert all(isinstance(value, int | float) for value in finding.numbers.values())
            assert finding.runs == ("digits-net-0001",)


def test_seeds_of_a_variant_share_a_sentence():
    trials = [trial(overfitted(20, best), falling(20, 0.001), run=f"digits-net-000{best}") for best in (4, 6)]
    trials.append(trial(falling(), run="digits-net-0009"))
    (found,) = [f for f in findings(trials) if "over-fits" in f.sentence]
    assert "2 of 3 seeds" in found.sentence
    assert found.runs == ("digits-net-0004", "digits-net-0006")
