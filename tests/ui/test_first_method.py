"""Where nobody has chosen a method, the first one explains every network on the page."""

import itertools

import pytest

from explorer.insights.attribution import METHODS
from explorer.runs import RunConfig, create
from explorer.training import TrainConfig
from explorer.ui import compute
from tests.records import images_of

OPTIONS = [("simple_cnn", {}), ("mlp", {}), ("simple_cnn", {"activation": "sigmoid"})]


@pytest.mark.parametrize("networks", [*itertools.combinations(OPTIONS, 1), *itertools.combinations(OPTIONS, 2)])
def test_it_serves_all_networks(checkpoints, networks):
    runs = [create(RunConfig("digits", model, options, TrainConfig()), checkpoints) for model, options in networks]
    runs = [run.change(dataset=images_of("a")) for run in runs]
    first = compute.first_method(runs)
    assert not any(METHODS[first].why_not(run.network) for run in runs)
    assert (first == "grad-cam") == all(model != "mlp" for model, _ in networks)
