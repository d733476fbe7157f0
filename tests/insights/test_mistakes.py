"""Mistakes are counted as by hand, and as scikit-learn counts them."""

import numpy as np
import pytest

from explorer.insights.mistakes import BINS, Predictions, calibration, class_table, confused_pairs, disagreement
from explorer.insights.statistics import mcnemar


def predictions(seed: int = 0, n: int = 400, classes: int = 6) -> Predictions:
    random = np.random.default_rng(seed)
    return Predictions.of(random.integers(0, classes, n), random.dirichlet(np.full(classes, 0.4), n).astype(np.float32))


def test_the_likeliest_class_and_its_probability():
    found = Predictions.of(np.array([0, 1, 2]), np.array([[0.6, 0.3, 0.1], [0.6, 0.3, 0.1], [0.2, 0.3, 0.5]]))
    assert found.predicted_classes.tolist() == [0, 0, 2]
    assert found.confidence.tolist() == [0.6, 0.6, 0.5]
    assert found.wrong.tolist() == [False, True, False]
    assert found.confusion(3).tolist() == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]


def test_the_images_of_all_cells_are_all_images_once_the_surest_first():
    found = predictions()
    cells = [found.of_cell(true, predicted) for true in range(6) for predicted in range(6)]
    assert sorted(np.concatenate(cells).tolist()) == list(range(len(found)))
    assert [len(cell) for cell in cells] == found.confusion(6).ravel().tolist()
    for cell in [*cells, found.surest_mistakes()]:
        assert (np.diff(found.confidence[cell]) <= 0).all()
    assert set(found.surest_mistakes().tolist()) == set(np.flatnonzero(found.wrong).tolist())


def test_pairs_are_directed_and_the_most_frequent_come_first():
    pairs = confused_pairs(np.array([[5, 3, 0], [1, 9, 0], [7, 0, 0]]))
    assert pairs[["true", "predicted", "count", "back"]].to_numpy().tolist() == [
        [2, 0, 7, 0],
        [0, 1, 3, 1],
        [1, 0, 1, 3],
    ]
    np.testing.assert_allclose(pairs["share"], [1, 3 / 8, 1 / 10])
    assert confused_pairs(np.diag([4, 4])).empty
    assert confused_pairs(predictions().confusion(6))["count"].sum() == predictions().wrong.sum()


def test_precision_and_recall_are_scikit_learns():
    from sklearn.metrics import precision_recall_fscore_support

    found = predictions()
    table = class_table(found.confusion(6))
    precision, recall, _, images = precision_recall_fscore_support(found.labels, found.predicted_classes)
    np.testing.assert_allclose(table["precision"], precision)
    np.testing.assert_allclose(table["recall"], recall)
    assert table["images"].tolist() == images.tolist()
    assert table["right"].sum() == (~found.wrong).sum()


def test_a_class_that_is_never_predicted_or_never_there_has_no_share():
    table = class_table(np.array([[2, 1, 0], [0, 0, 0], [3, 0, 0]]))
    np.testing.assert_array_equal(table["precision"], [2 / 5, 0, np.nan])
    np.testing.assert_array_equal(table["recall"], [2 / 3, np.nan, 0])


@pytest.mark.parametrize("bins", [1, 10, BINS])
def test_the_calibration_error_is_its_definition(bins):
    found = predictions()
    error = 0.0
    for low, high in zip(np.arange(bins) / bins, np.arange(1, bins + 1) / bins, strict=True):
        inside = (found.confidence > low) & (found.confidence <= high)
        if inside.any():
            error += inside.mean() * abs((~found.wrong)[inside].mean() - found.confidence[inside].mean())
    result = calibration(found, bins)
    assert result.ece == pytest.approx(error, abs=1e-6)
    assert result.bins["count"].sum() == len(found)
    # The bins together are the whole: their means, weighed by their images.
    known = result.bins[result.bins["count"] > 0]
    assert np.average(known["accuracy"], weights=known["count"]) == pytest.approx(result.accuracy)
    assert np.average(known["confidence"], weights=known["count"]) == pytest.approx(result.confidence)


def test_who_is_as_sure_as_right_has_no_calibration_error():
    random = np.random.default_rng(0)
    sure = random.uniform(0.5, 1, 200_000)
    right = random.random(200_000) < sure
    honest = Predictions(np.zeros(200_000, int), np.where(right, 0, 1), sure)
    assert calibration(honest).ece < 0.01
    boastful = Predictions(honest.labels, honest.predicted_classes, np.ones(200_000))
    assert calibration(boastful).ece == pytest.approx(honest.wrong.mean())


def test_both_ends_belong_to_a_bin():
    ends = Predictions(np.zeros(2, int), np.array([0, 1]), np.array([1.0, 0.0]))
    assert calibration(ends, 4).bins["count"].tolist() == [1, 0, 0, 1]


def test_two_models_share_the_images_out():
    a, b = predictions(1).wrong, predictions(2).wrong
    found = disagreement(a, b)
    neither = np.flatnonzero(~a & ~b)
    groups = [*found.both, *found.only_a, *found.only_b, *neither]
    assert sorted(groups) == list(range(found.n))
    assert len(found.both) + len(found.only_a) == a.sum()
    assert len(found.both) + len(found.only_b) == b.sum()
    assert found.p == mcnemar(int((a & ~b).sum()), int((b & ~a).sum()))
    assert disagreement(a, a).p == 1
    with pytest.raises(AssertionError, match="not the same images"):
        disagreement(a, b[:-1])
