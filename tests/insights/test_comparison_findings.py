"""Which is faster, which is better, and whether the data can tell."""

import numpy as np
import pytest

from explorer.insights import comparison_findings as compare
from explorer.insights.comparison_findings import grouped

from .planted import falling, step_loss, trial


def seeds(label, accuracies, number=1, **known):
    """A variant with a run for each test accuracy."""
    return [
        trial(falling(), label=label, run=f"digits-{label}-{number + i:04d}", test_accuracy=a, data="d", **known)
        for i, a in enumerate(accuracies)
    ]


def answers(right, wrong_first=0, n=1000):
    """bool (n,): `right` images right, after `wrong_first` wrong ones."""
    return (np.arange(n) >= wrong_first) & (np.arange(n) < wrong_first + right)


def test_several_seeds_that_lie_apart_can_tell():
    found = compare.more_accurate(grouped(seeds("a", [0.98, 0.981, 0.979]) + seeds("b", [0.95, 0.951, 0.949], 4)))
    assert found.sentence.startswith(
        "a has the best mean test accuracy, 98.0 % over 3 seeds; it is better than b 95.0 %"
    )
    assert found.numbers["p, a and b"] < found.threshold


def test_several_seeds_that_overlap_cannot_tell():
    found = compare.more_accurate(grouped(seeds("a", [0.98, 0.95, 0.97]) + seeds("b", [0.96, 0.98, 0.95], 4)))
    assert "3 seeds cannot tell it from b" in found.sentence
    assert "better" not in found.sentence


def test_one_seed_cannot_say():
    found = compare.more_accurate(grouped(seeds("a", [0.99]) + seeds("b", [0.5], 2)))
    assert "one seed cannot say whether it is better" in found.sentence


def test_one_seed_of_one_variant_is_not_enough_either():
    found = compare.more_accurate(grouped(seeds("a", [0.99, 0.98, 0.99]) + seeds("b", [0.5], 4)))
    assert "one seed cannot say" in found.sentence


@pytest.mark.parametrize(("wrong", "verdict"), [(100, "do differ"), (2, "cannot be told apart")])
def test_two_networks_are_compared_on_the_same_images(wrong, verdict):
    a, b = (
        seeds("a", [1.0], correct=answers(1000)),
        seeds("b", [1 - wrong / 1000], 2, correct=answers(1000 - wrong, wrong)),
    )
    found = compare.more_accurate(grouped(a + b))
    assert verdict in found.sentence
    assert "one seed cannot say" in found.sentence
    assert found.numbers["only a right"] == wrong
    assert found.numbers["difference"] == pytest.approx(wrong / 1000)


def test_different_images_are_not_compared():
    other = trial(falling(), label="b", test_accuracy=0.5, data="other")
    assert compare.more_accurate(grouped([*seeds("a", [0.9]), other])) is None


def test_many_equal_variants_are_not_told_apart_by_their_number():
    """Twelve variants of one kind: without Holm, one pair of 66 would often look different."""
    draw, wrong = np.random.default_rng(0), 0
    for _ in range(20):
        trials = [t for v in range(12) for t in seeds(f"v{v}", draw.normal(0.9, 0.01, 3), 1 + 3 * v)]
        wrong += "it is better" in compare.more_accurate(grouped(trials)).sentence
    assert wrong <= 3  # a twentieth of 20, and chance


def timed(label, seconds, work, run):
    return trial(falling(), label=label, seconds=seconds, work=work, run=run, device="CPU")


def test_faster_says_the_factor():
    found = compare.faster(grouped([timed("a", 0.8, "x", "a-0001"), timed("b", 2.5, "y", "b-0002")]))
    assert found.sentence == "a is 3.1 times as fast as b: 0.8 s against 2.5 s an epoch."


@pytest.mark.parametrize(
    "trials",
    [
        [timed("a", 1.0, "x", "a-0001"), timed("b", 1.7, "y", "b-0002")],
        [timed(label, s, label, f"{label}-000{i}") for label, s in (("a", 1.0), ("b", 1.1)) for i in (1, 2)],
        [timed("a", 1.0, "same", "a-0001"), timed("b", 3.0, "same", "b-0002")],
        [timed("a", s, "x", f"a-000{i}") for i, s in enumerate((1, 3))] + [timed("b", 2, "y", "b-0009")],
        [timed("a", 1.0, "x", "a-0001")],
    ],
    ids=["one seed", "hardly faster", "equal work", "seeds overlap", "one variant"],
)
def test_who_is_not_faster_is_not_called_so(trials):
    assert compare.faster(grouped(trials)) is None


def test_two_seeds_tell_a_smaller_difference_than_one():
    trials = [timed(label, s, label, f"{label}-000{i}") for label, s in (("a", 80), ("b", 130)) for i in (1, 2)]
    assert compare.faster(grouped(trials)).sentence == "a is 1.6 times as fast as b: 80 s against 130 s an epoch."


def test_who_is_ahead_is_counted():
    a = trial(falling(4), label="a", accuracy=[0.5, 0.7, 0.8, 0.8])
    b = trial(falling(4), label="b", accuracy=[0.6, 0.6, 0.7, 0.9])
    assert compare.ahead(grouped([a, b])).numbers == {"epochs ahead, a": 2, "epochs ahead, b": 2}
    assert compare.ahead(grouped([a, b])).sentence == "a and b are each ahead in 2 of 4 epochs, b at the end."
    assert compare.ahead(grouped([a])) is None
    assert compare.ahead(grouped([a, trial(falling(3), label="c")])) is None


def test_the_noise_of_steps_is_a_number_for_each_batch_size():
    trials = [
        trial([0.5], steps=1 + np.random.default_rng(n).normal(0, 1 / np.sqrt(n), 2000), label=str(n), batch_size=n)
        for n in (16, 64)
    ]
    found = compare.step_noise(grouped(trials))
    assert found.numbers["noise at batch size 16"] == pytest.approx(0.25, rel=0.1)
    assert found.numbers["noise at batch size 64"] == pytest.approx(0.125, rel=0.1)
    same = [trial([0.5], steps=step_loss(), label=label, batch_size=64) for label in "ab"]
    assert compare.step_noise(grouped(same)) is None


def test_degradation_is_a_deeper_network_that_fits_worse():
    def net(label, model, loss):
        return trial([1.0, loss], [1.0, loss], label=label, model=model)

    plain = [net("20 plain", "resnet20", 0.2), net("56 plain", "resnet56", 0.5)]
    residual = [net("20 residual", "resnet20", 0.2), net("56 residual", "resnet56", 0.1)]
    found = compare.degradation(grouped(plain + residual))
    assert "56 plain 0.5, 20 plain 0.2" in found.sentence
    assert "residual" not in found.sentence
    assert compare.degradation(grouped(residual)) is None
    assert compare.degradation(grouped([net("a", "mlp", 0.1), net("b", "vgg16", 0.9)])) is None


def test_best_epochs_of_all_seeds_are_in_one_sentence():
    trials = [
        trial(curve, label=label, run=f"net-000{i}")
        for i, (label, curve) in enumerate([("a", [3, 1, 2]), ("a", [3, 2, 1.5]), ("b", [1, 2, 3])])
    ]
    found = compare.best_epochs(grouped(trials))
    assert found.sentence == "Lowest validation loss, of 3 epochs: a in 2 and 3 (1), b in 1 (1)."
    assert list(found.numbers.values()) == [2, 3, 1]
    assert compare.best_epochs(grouped([trial([0.5])])) is None
