"""What a finished run predicts for each test image."""

import numpy as np
import pytest

from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, find
from explorer.runs.history import TEST_PREDICTIONS, read_test_predictions, write_test_predictions
from explorer.runs.record import StudyRecord
from explorer.training import TrainConfig

CONFIG = RunConfig("tiny", "mlp", {"widths": (8,)}, TrainConfig(epochs=1, device="cpu"), image_size=8)


def test_a_finished_run_has_a_prediction_for_each_test_image(checkpoints, tiny):
    run = train_run(create(CONFIG), loader=lambda *_, **__: tiny)
    labels, predictions = read_test_predictions(run)
    assert (labels == tiny.test.labels).all()
    assert (labels == predictions).mean() == pytest.approx(run.record.test.accuracy)


def test_what_is_kept_comes_back(checkpoints):
    run = create(CONFIG)
    assert read_test_predictions(run) is None
    write_test_predictions(run, np.array([3, 1, 2]), np.array([3, 2, 2]))
    labels, predictions = read_test_predictions(run)
    assert (labels.tolist(), predictions.tolist()) == ([3, 1, 2], [3, 2, 2])


def test_pickles_and_broken_files_are_not_read(checkpoints):
    run = create(CONFIG)
    np.save(run.path / TEST_PREDICTIONS, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert read_test_predictions(run) is None
    (run.path / TEST_PREDICTIONS).write_bytes(b"\x93NUMPY")
    assert read_test_predictions(run) is None


def test_a_run_may_belong_to_a_study(checkpoints):
    assert find(create(CONFIG).id).study is None
    assert find(create(CONFIG, study=StudyRecord("depth", "2 layers")).id).study.variant == "2 layers"
