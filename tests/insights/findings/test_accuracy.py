"""Which is more accurate, and whether seeds and images can tell."""

import numpy as np
import pytest

from explorer.insights.findings.accuracy import more_accurate
from explorer.insights.findings.collect import findings, leaders
from explorer.insights.findings.leading import reached
from explorer.insights.findings.variants import by_variant
from tests.insights.planted import falling, trial

N = 360


def seeds(label, accuracies, number=1, n=N, kept=True, luck=0, **known):
    """A variant with a run for each test accuracy, on n images; `luck` turns the images that are wrong."""
    runs = []
    for i, accuracy in enumerate(accuracies):
        correct = np.roll(np.arange(n) < round(accuracy * n), luck * (i + 1))
        predictions = {"correct": correct, "test_accuracy": correct.mean()} if kept else {"test_accuracy": accuracy}
        runs.append(
            trial(falling(), label=label, run=f"digits-{label}-{number + i:04d}", data="d", seed=i, test_images=n)
        )
        runs[-1] = replaced(runs[-1], **predictions, **known)
    return runs


def replaced(one, **known):
    from dataclasses import replace

    return replace(one, **known)


def said(*trials):
    return more_accurate(by_variant([one for of_label in trials for one in of_label]))


def test_several_seeds_that_lie_apart_can_tell():
    found = said(seeds("a", [0.98, 0.981, 0.975]), seeds("b", [0.90, 0.905, 0.899], 4))
    assert found.sentence.startswith("a has the highest mean test accuracy, 97.9 % (3 seeds each, 20 ")
    assert "20 epochs, 360 test images); then b 90.2 %. a is more" in found.sentence
    assert "a is more accurate than b (p < 0.001)." in found.sentence
    assert found.answer == "a is more accurate than b."
    assert found.numbers["p by seeds and images, a and b"] < found.threshold


def test_several_seeds_that_overlap_cannot_tell():
    found = said(seeds("a", [0.98, 0.95, 0.97], luck=7), seeds("b", [0.96, 0.98, 0.95], 4, luck=11))
    assert "a cannot be distinguished from b" in found.sentence
    assert found.answer == "A tie: these tests cannot tell a and b apart."
    assert "more accurate" not in found.sentence


def test_what_is_told_of_some_is_not_told_of_the_others():
    found = said(seeds("a", [0.98] * 3), seeds("b", [0.979] * 3, 4), seeds("c", [0.7] * 3, 7))
    assert found.answer == "a is more accurate than c; the tests cannot tell whether it is more accurate than b."
    found = said(seeds("a", [0.98]), seeds("b", [0.979], 4), seeds("c", [0.7], 7))
    assert (
        found.answer == "a is more accurate than c in these runs; no test can tell whether it is more accurate than b."
    )


def test_seeds_without_spread_are_decided_by_the_images():
    """Three runs at 90 % and three at 70 %; nobody can say that they cannot be told apart."""
    assert "a is more accurate than b (p < 0.001)" in said(seeds("a", [0.9] * 3), seeds("b", [0.7] * 3, 4)).sentence


def test_one_image_is_no_difference_however_equal_the_seeds_are():
    found = said(seeds("a", [0.9] * 3), seeds("b", [0.9 - 1 / N] * 3, 4))
    assert "a cannot be distinguished from b" in found.sentence


def test_answers_that_were_not_kept_are_counted():
    apart = said(seeds("a", [0.9] * 3, kept=False), seeds("b", [0.7] * 3, 4, kept=False))
    assert "a is more accurate than b" in apart.sentence
    near = said(seeds("a", [0.9] * 3, kept=False), seeds("b", [0.89] * 3, 4, kept=False))
    assert "a cannot be distinguished from b" in near.sentence


def test_equal_accuracies_share_the_first_place():
    found = said(seeds("a", [0.9, 0.92]), seeds("b", [0.92, 0.9], 3), seeds("c", [0.5, 0.52], 5))
    assert found.sentence.startswith("a and b share the highest mean test accuracy, 91.0 % (2 seeds each, 20 ")
    assert "a and b are each more accurate than c" in found.sentence
    equal = said(seeds("a", [0.9]), seeds("b", [0.9], 2)).sentence
    assert equal.startswith(
        "a and b have the same test accuracy, 90.0 % (1 seed each, 20 epochs, 360 test images): a tie, "
    )


def test_one_seed_says_what_the_two_networks_do_and_no_more():
    found = said(seeds("a", [0.989]), seeds("b", [0.783], 2))
    assert found.sentence.startswith("a has the highest test accuracy, 98.9 % (1 seed each, 20 epochs, 360 ")
    assert "In these runs, a differs from b on these test images (p < 0.001)" in found.sentence
    assert "one seed cannot show whether the variant is the cause" in found.sentence
    assert found.numbers["only a right"] == round(0.989 * N) - round(0.783 * N)
    assert found.numbers["95 % from"] > 0


def test_one_seed_tests_every_pair_not_the_first_two():
    found = said(seeds("a", [0.989]), seeds("b", [0.986], 2), seeds("c", [0.783], 3))
    assert "a differs from c on these test images" in found.sentence
    assert "a cannot be distinguished from b" in found.sentence
    assert "These images tell 2 of all 3 pairs of trained networks apart" in found.sentence
    assert sum(name.startswith("p by images") for name in found.numbers) == 3


def test_without_images_one_seed_cannot_say():
    found = said(seeds("a", [0.99], kept=False, n=0), seeds("b", [0.5], 2, kept=False, n=0))
    assert "One seed each cannot show" in found.sentence


def test_uneven_seeds_compare_the_means_that_they_quote():
    found = said(seeds("a", [0.99, 0.80, 0.81]), seeds("b", [0.9], 4))
    assert found.sentence.startswith("b (1 seed) has the highest mean test accuracy, 90.0 % (20 epochs, 360 ")
    assert "then a 86.7 % (3 seeds)" in found.sentence
    assert "more accurate" not in found.sentence


def test_seeds_that_vary_much_do_not_hide_that_these_networks_differ():
    found = said(seeds("a", [0.95, 0.80]), seeds("b", [0.1, 0.1], 3), seeds("c", [0.1, 0.1], 5))
    assert "a differs from b and c on these test images (p < 0.001); 2 seeds are too few" in found.sentence


def test_a_seed_that_was_trained_twice_is_one_seed():
    twice = [replaced(one, seed=0) for one in seeds("a", [0.9, 0.9])]
    found = said(twice, seeds("b", [0.5, 0.51], 3))
    assert found.numbers["seeds of a"] == 1
    assert "more accurate" not in found.sentence


def test_runs_that_have_not_finished_are_named():
    found = said(seeds("a", [0.9]), seeds("b", [0.7], 2), [trial(falling(), label="c", data="d")])
    assert found.sentence.endswith("Left out: 1 run without a test accuracy.")


def test_different_images_are_not_compared():
    assert said(seeds("a", [0.9]), [trial(falling(), label="b", test_accuracy=0.5, data="other")]) is None


def test_many_equal_variants_are_not_told_apart_by_their_number():
    """Twelve variants of one kind: without Holm, one pair of 66 would often look different."""
    draw, wrong = np.random.default_rng(0), 0
    for _ in range(20):
        trials = [
            replaced(one, correct=correct, test_accuracy=correct.mean())
            for v in range(12)
            for one in seeds(f"v{v}", [0.9] * 3, 1 + 3 * v)
            for correct in [draw.random(N) < 0.9]
        ]
        sentence = more_accurate(by_variant(trials)).sentence
        wrong += "more accurate" in sentence or "differs" in sentence
    assert wrong <= 3  # a twentieth of 20 for either test, and chance


def running(label, accuracy, run, **known):
    return trial(falling(len(accuracy)), label=label, run=run, accuracy=accuracy, data="d", **known)


def test_before_the_test_the_leader_is_only_named():
    a, b = running("a", [0.5, 0.9, 0.9], "a-0001"), running("b", [0.6, 0.7, 0.8], "b-0002")
    found = reached(by_variant([a, b]))
    assert found.sentence.startswith(
        "a (in epoch 2 of 3) reaches the highest validation accuracy, 90.0 %; then b 80.0 %"
    )
    assert "once these runs have finished" in found.sentence
    assert found.answer.startswith("A tie so far: a leads on the validation images, but no test")
    tied = reached(by_variant([a, running("c", [0.9], "c-0003")]))
    assert "share the highest validation accuracy" in tied.sentence
    alone = reached(by_variant([running("a", [0.5, 0.9], "a-0001", validation_images=144)]))
    assert alone.sentence == "a classifies 90.0 % of the 144 validation images correctly (in epoch 2 of 2)."


def test_groups_of_unlike_runs_are_no_seeds():
    trials = seeds("relu", [0.9, 0.8]) + seeds("tanh", [0.7, 0.6], 3)
    (led,) = leaders(trials, are_seeds=False)
    assert led.answer.startswith("A tie")
    assert "differ in more than their seed" in led.sentence
    assert not any("seeds" in one.sentence for one in findings(trials, are_seeds=False) if one.kind == "test accuracy")


def test_every_data_set_is_looked_at_by_itself():
    other = [replaced(one, data="e", data_name="shapes") for one in seeds("a", [0.5]) + seeds("b", [0.9], 2)]
    digits = [
        replaced(one, data_name="digits") for one in seeds("a", [0.9]) + seeds("b", [0.5], 2) + seeds("c", [0.5], 3)
    ]
    of_digits, of_shapes = leaders(digits + other)
    assert of_digits.sentence.startswith("On digits: a has")
    assert of_digits.answer.startswith("On digits: a is more accurate than b and c in these runs; ")
    assert of_shapes.sentence.startswith("On shapes: b has")
    assert {one.sentence.split(":")[0] for one in findings(digits + other)} == {"On digits", "On shapes"}


def test_seeds_of_one_network_are_no_variants():
    same = {"settings": {"model": "net"}}
    found = said(seeds("a", [0.95], **same), seeds("b", [0.5], 4, **same))
    assert found.answer == "a is more accurate than b, though they differ in nothing but the seed."
    assert "the variant is the cause" not in found.sentence


def test_runs_on_different_data_have_one_answer_together():
    (found,) = leaders(
        [*seeds("a", [0.9]), *(replaced(one, data="e", data_name="shapes") for one in seeds("b", [0.5]))]
    )
    assert found.answer == "They learned from different data, so that no test can compare them."


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_finding_says_more_than_there_are_seeds(count):
    found = said(seeds("a", [0.95, 0.94, 0.96][:count]), seeds("b", [0.5, 0.52, 0.48][:count], 4))
    assert ("is more accurate" in found.sentence) == (count > 1)


def test_what_the_length_of_the_training_leaves_open_is_said():
    """Losses that still fell; steps that differ between batch sizes; a single epoch."""
    falls, ends = seeds("a", [0.9] * 2), seeds("b", [0.5] * 2, 4)
    risen = [replaced(one, epochs=trial([3, 1, 2]).epochs) for one in ends]
    assert "of all 4 runs was lowest at the end: more epochs may change the order" in said(falls, ends).sentence
    assert "lowest at the end" not in said(falls, risen).sentence
    one_epoch = [replaced(one, epochs=trial([2.0]).epochs) for one in (*falls, *ends)]
    assert "They were trained for one epoch: more" in said(one_epoch).sentence
    many, few = ([replaced(one, step_loss=np.ones(n)) for one in of] for of, n in ((falls, 73), (ends, 10)))
    assert "different numbers of steps, from 10 (b) to 73 (a), which may be the cause" in said(many, few).sentence
    assert "unequal" not in said(many, [replaced(one, step_loss=np.ones(73)) for one in ends]).sentence


def test_of_several_p_values_the_sentence_has_the_one_that_says_least():
    found = said(seeds("a", [0.9, 0.91, 0.9]), seeds("b", [0.5, 0.52, 0.51], 4), seeds("c", [0.1, 0.3, 0.2], 7))
    p = max(found.numbers[f"p by seeds and images, a and {other}"] for other in "bc")
    assert f"a is more accurate than b and c (p ≤ {p:.2g})" in found.sentence
