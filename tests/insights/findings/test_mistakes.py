"""What is said of mistakes: a most frequent one only where there is one, a difference only where images can tell."""

import numpy as np
import pytest

from explorer.insights.findings.mistakes import answer, calibration, comparison, confidence, summary
from explorer.insights.mistakes import Predictions, calibration as measure, disagreement

OFTEN = "most often takes cat for dog"
EVERY = [(true, taken) for true in range(3) for taken in range(3) if true != taken]
CLASSES = ("cat", "dog", "cow")


def predicted(pairs: list[tuple[int, int]]) -> Predictions:
    """(true, predicted) of each image, as sure as one can be."""
    labels = np.array([true for true, _ in pairs])
    return Predictions.of(labels, np.eye(3, dtype=np.float32)[[taken for _, taken in pairs]])


@pytest.mark.parametrize(
    ("pairs", "beginning", "often"),
    [
        (
            [(0, 0)] * 3 + [(0, 1)],
            "net misclassifies 1 of 4 test images (25.0 %; 95 %: ",
            "takes no class for another m",
        ),
        ([(0, 1), (0, 1), (1, 0), (1, 1)], "net misclassifies 3 of 4 test images (75.0 %; ", f"{OFTEN} (2 images)"),
        ([(0, 1)] * 2 + [(2, 2)] * 2, "net misclassifies 2 of 4 test images (50.0 %; ", f"{OFTEN} (2 images)"),
        (
            [(0, 1), (1, 0)] * 2,
            "net misclassifies 4 of 4 test images (100 %; ",
            f"{OFTEN} and dog for cat (2 images e",
        ),
        (EVERY * 2, "net misclassifies 12 of 12 test images", "has no most frequent mistake: 6 are equally frequent"),
    ],
)
def test_the_most_frequent_mistakes_are_named_unless_many_tie(pairs, beginning, often):
    sentence = summary("net", predicted(pairs), "test")
    assert sentence.startswith(beginning)
    assert sentence.endswith(")")
    assert answer("net", predicted(pairs), CLASSES).startswith(f"net {often}")


def test_no_mistake_among_few_images_does_not_mean_that_there_is_none():
    sentence = summary("net", predicted([(0, 0)] * 4), "test")
    assert sentence == "net misclassifies none of the 4 test images (95 %: at most 49.0 % of others like these)"
    assert summary("net", predicted([(0, 0)]), "test").startswith("net does not misclassify the only test image")


def sure(share: float, right: int, n: int) -> Predictions:
    """n images of class 0, of which `right` are classified correctly, each with the same confidence."""
    return Predictions(np.zeros(n, int), (np.arange(n) >= right).astype(int), np.full(n, share, np.float32))


@pytest.mark.parametrize(
    ("share", "right", "n", "answer"),
    [
        (0.99, 50, 100, "no, on average net is overconfident: mean confidence 99.0 %, accuracy 50.0 % of 100 images"),
        (0.51, 99, 100, "no, on average net is underconfident: "),
        (0.90, 90, 100, "as far as these images can tell, net is on average neither over"),
        (0.9, 3, 4, "as far as these images can tell, net is on average neither over"),
    ],
)
def test_confidence_is_called_wrong_only_outside_of_the_interval_of_the_accuracy(share, right, n, answer):
    assert calibration("net", measure(sure(share, right, n))).startswith(answer)


def test_most_half_and_none_of_the_mistakes_are_told_apart():
    of = Predictions(np.zeros(4, int), np.array([0, 1, 1, 1]), np.array([0.9, 0.9, 0.4, 0.4], np.float32))
    assert confidence(of, "test").startswith("Most mistakes are not confident: in 1 of 3 ")
    assert confidence(sure(0.9, 4, 4), "test") == "There are no mistakes: all 4 test images are classified correctly."
    assert confidence(sure(0.9, 3, 4), "test").startswith("The only mistake is confident: ")
    assert confidence(sure(0.9, 2, 4), "test").startswith("Most mistakes are confident: in 2 of 2 ")


@pytest.mark.parametrize(
    ("only_a", "only_b", "answer"),
    [
        (0, 12, "Yes: a classifies more of these images correctly than b."),
        (12, 0, "Yes: b classifies more of these images correctly than a."),
        (3, 4, "These images cannot tell."),
        (4, 4, "A tie: both misclassify equally many images."),
    ],
)
def test_two_networks_differ_only_where_the_images_can_tell(only_a, only_b, answer):
    wrong = np.zeros((2, 40), bool)
    wrong[0, :only_a], wrong[1, 20 : 20 + only_b] = True, True
    sentence = comparison("a", "b", disagreement(*wrong))
    assert sentence.startswith(answer)
    assert f"Only a misclassifies {only_a}, only b {only_b}, both 0 of 40 images (exact McNemar, " in sentence
