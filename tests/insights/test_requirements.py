"""Every attribution method explains every kind of network, or says why not before one tries."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from torch import nn

from explorer.errors import UserError
from explorer.insights.attribution import METHODS, explain
from explorer.insights.attribution.requirements import RULES
from explorer.insights.layers import conv_layers
from explorer.models import build
from explorer.models.activations import ACTIVATIONS
from explorer.models.network import Network

from .explaining import MODELS, attribution, model_of
from .nets import dense_net, hooks, images, seeded


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_works_with_every_kind_of_model_or_says_why_not(method, name):
    model, x = model_of(name), images(2, size=32)
    if METHODS[method].needs_layer and not conv_layers(model):
        with pytest.raises(UserError, match="no convolution"):
            attribution(method, model, x)
        return
    if method.startswith("guided") and "tanh" in name:
        with pytest.raises(UserError, match="has none: choose Saliency"):
            attribution(method, model, x)
        return
    result = attribution(method, model, x)
    assert np.isfinite(result.map).all()
    assert not result.blank.any()
    assert hooks(model) == 0


NETWORKS = {
    **{name: ("simple_cnn", (("activation", name), ("depth", 2)), 16) for name in ACTIVATIONS},
    "flat": ("mlp", (("widths", (8,)),), 8),
    "flat, gelu": ("mlp", (("activation", "gelu"), ("widths", (8,))), 8),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("method", METHODS)
def test_why_not_says_what_trying_would(method, name):
    model, options, size = NETWORKS[name]
    network = Network(model, options, 3, 3, size)
    reason, module = METHODS[method].why_not(network), seeded(network.build)
    if METHODS[method].needs_layer and not conv_layers(module):
        title = METHODS[method].title
        assert reason == f"{title} needs a convolution and this network has none: choose Input × Gradient."
        return
    if reason is None:
        assert np.isfinite(attribution(method, module, images(1, size=size)).map).all()
    else:
        with pytest.raises(UserError, match=f"^{re.escape(reason)}$"):
            attribution(method, module, images(1, size=size))


@dataclass(frozen=True)
class Coarse(Network):
    """One convolution whose maps are too small to say where."""

    def _module(self) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 4, 5, stride=5), nn.ReLU(), nn.Flatten(), nn.Linear(36, 3))


def test_why_not_knows_when_maps_are_too_small():
    small = Coarse("", (), 3, 3, 16)
    assert METHODS["guided-backprop"].why_not(small) is None
    reason = METHODS["grad-cam"].why_not(small)
    assert reason == "On 16×16 images no layer of this model has a map of 4×4 pixels; use larger images."


def test_deeplift_knows_its_limits():
    from captum.attr._core.deep_lift import SUPPORTED_NON_LINEAR

    theirs = {kind for kind in SUPPORTED_NON_LINEAR if kind.__module__ == "torch.nn.modules.activation"}
    assert theirs == set(RULES)
    for name, kind in ACTIVATIONS.items():
        model = seeded(lambda name=name: build("simple_cnn", 3, 10, depth=2, activation=name))
        if kind in theirs:
            explain("deeplift", model, images(1, size=32))
        else:
            with pytest.raises(UserError, match="DeepLift has no rule for GELU: choose Integrated Gradients"):
                explain("deeplift", model, images(1, size=32))


@pytest.mark.parametrize("method", [name for name in METHODS if not METHODS[name].needs_layer])
def test_a_network_without_maps_can_be_explained_too(method):
    assert explain(method, dense_net(), images()).map.shape == (4, 16, 16)
