"""Laws of equal runs: what is equal is found, and nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given

from explorer.runs import RunConfig, create
from explorer.runs.equal import find_equal, trains_the_same
from explorer.runs.names import config_names
from explorer.training import TrainConfig
from tests.runs.drawn import configs, run_of

CONFIG = RunConfig("digits", "simple_cnn")


@given(configs(), configs())
def test_configs_train_the_same_if_and_only_if_they_are_called_alike(a, b):
    assert trains_the_same(a, a)
    assert trains_the_same(a, b) == trains_the_same(b, a) == (len(set(config_names([a, b]))) == 1)


@given(configs(), configs())
def test_only_an_equal_run_is_found(a, b):
    run = run_of(1, a)
    assert find_equal(a, [run]) is run
    assert (find_equal(b, [run]) is run) == trains_the_same(a, b)


def test_an_option_left_out_is_its_default_and_the_device_does_not_count():
    assert trains_the_same(CONFIG, replace(CONFIG, options={"batch_norm": True}))
    assert trains_the_same(CONFIG, replace(CONFIG, training=TrainConfig(device="cpu")))
    assert not trains_the_same(CONFIG, replace(CONFIG, training=TrainConfig(seed=1)))


@pytest.mark.parametrize("status", ["stopped", "failed"])
def test_what_ended_early_is_no_equal_run(checkpoints, status):
    assert find_equal(CONFIG, [create(CONFIG, status=status)]) is None


def test_a_finished_run_comes_before_one_under_way_and_that_before_one_that_waits(checkpoints):
    runs = [create(CONFIG, status=status) for status in ("queued", "running", "finished")]
    assert find_equal(CONFIG, runs) == runs[2]
    assert find_equal(CONFIG, runs[:2]) == runs[1]
    runs[1].request_stop()
    assert find_equal(CONFIG, runs[:2]) == runs[0]
