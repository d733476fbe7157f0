"""A network that is not built yet: equal ones have the same layers, and can be looked up by value."""

import pytest
import torch

from explorer.data import DATASETS
from explorer.errors import UserError
from explorer.models import MODELS, build
from explorer.models.network import Network

DIGITS = DATASETS["digits"].input_spec


@pytest.mark.parametrize("model", MODELS)
def test_it_has_the_layers_that_building_gives(model):
    network = Network.of(model, {}, DATASETS["cifar10"].input_spec)
    with torch.device("meta"):
        built = build(model, 3, 10)
    named = {name: weight.shape for name, weight in network.on_meta().named_parameters()}
    assert named == {name: weight.shape for name, weight in built.named_parameters()}


def test_on_meta_no_weight_is_drawn_and_building_draws_as_build_does():
    network = Network.of("mlp", {"widths": (32, 16)}, DIGITS)
    torch.manual_seed(0)
    assert all(weight.is_meta for weight in network.on_meta().parameters())
    built = network.build()
    torch.manual_seed(0)
    again = build("mlp", 1, 10, 32, widths=(32, 16))
    assert all(map(torch.equal, built.parameters(), again.parameters()))


def test_it_is_a_key_whatever_the_order_of_its_options():
    one = Network.of("simple_cnn", {"depth": 2, "kernel": 5}, DIGITS)
    assert {one: "kept"}[Network.of("simple_cnn", {"kernel": 5, "depth": 2}, DIGITS)] == "kept"
    assert one != Network.of("simple_cnn", {"kernel": 5, "depth": 3}, DIGITS)
    assert one != Network.of("simple_cnn", {"depth": 2, "kernel": 5}, DATASETS["cifar10"].input_spec)


def test_what_does_not_fit_is_found_when_it_is_built():
    with pytest.raises(UserError, match="deepness"):
        Network.of("simple_cnn", {"deepness": 2}, DIGITS).on_meta()
    with pytest.raises(UserError, match="lent"):
        Network.of("lent", {}, DIGITS).build()
