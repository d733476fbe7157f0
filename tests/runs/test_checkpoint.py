"""A checkpoint stands for the weights that lie there now; other weights under the same name are another one."""

import os

import pytest

from explorer.errors import UserError
from explorer.runs import Checkpoint, RunConfig, create
from explorer.runs.weights import save_weights, weights_file


@pytest.fixture
def run(checkpoints):
    """With the weights of one epoch."""
    run = create(RunConfig("digits", "simple_cnn", {"depth": 2}))
    data = {"name": "digits", "channels": 1, "size": 32, "classes": [*"0123456789"], "mean": [0.1], "std": [0.3]}
    run = run.change(
        dataset=data | {"fingerprint": "", "ink": True, "images": {"train": 10, "validation": 2, "test": 2}}
    )
    save_weights(run, run.network.build().state_dict(), "best")
    return run


def test_it_loads_the_weights_that_were_saved(run):
    model = run.network.build()
    save_weights(run, model.state_dict(), 3)
    loaded = Checkpoint(run, 3).load()
    assert not loaded.training
    assert all((a == b).all() for a, b in zip(loaded.parameters(), model.parameters(), strict=True))
    assert (Checkpoint(run).network, Checkpoint(run).input_spec) == (run.network, run.input_spec)


def test_it_is_equal_until_other_weights_are_written(run):
    before = Checkpoint(run)
    assert before == Checkpoint(run)
    later = before.stamp + 1_000_000_000
    os.utime(weights_file(run, "best"), ns=(later, later))
    assert before != Checkpoint(run)


def test_weights_that_are_not_there_are_named_with_those_that_are(run):
    assert Checkpoint(run, 17).stamp == 0
    with pytest.raises(UserError, match=r"no weights of epoch '17'. Choose one of: best\."):
        Checkpoint(run, 17).load()


def test_weights_of_another_architecture_are_refused_in_a_sentence(run):
    """As where run.json was edited."""
    save_weights(run, {"other": next(iter(run.network.build().parameters())).detach()}, "best")
    with pytest.raises(UserError, match="do not fit simple_cnn"):
        Checkpoint(run).load()
