"""Layers are called as people call them; a module's own name stays what identifies it."""

import pytest

from explorer.errors import UserError
from explorer.insights.hooks import find_layer
from explorer.insights.matching import label, roles, rows
from explorer.models import MODELS
from explorer.models.layer_names import known, layer_names, module_name
from explorer.models.network import Network


def network(model, **options):
    return Network(model, tuple(sorted(options.items())), 3, 10, 32)


@pytest.mark.parametrize(
    ("of", "module", "called"),
    [
        (network("vgg16"), "features.40", "conv5_3"),
        (network("vgg16"), "features.42", "relu5_3"),
        (network("vgg16", residual=True), "features.11.conv1", "conv4_3"),
        (network("vgg16", residual=True), "features.11", "block4_2"),
        (network("vgg11", batch_norm=False, activation="tanh"), "features.4", "tanh2_1"),
        (network("vgg19", head="imagenet"), "head.3", "fc7"),
        (network("resnet18"), "stage2.1.conv1", "layer2.1.conv1"),
        (network("resnet50"), "stage3.0.skip.conv", "layer3.0.downsample.0"),
        (network("resnet20"), "head", "fc"),
        (network("residual_cnn"), "stage3.block1.conv1", "stage3.block1.conv1"),
    ],
)
def test_a_layer_has_the_name_of_the_literature(of, module, called):
    assert known(of, module) == called
    assert known(of, f"{module}.weight") == f"{called}.weight"
    assert module_name(of, called) == module
    assert find_layer(of.on_meta(), called) is not None


def test_what_is_no_layer_stays_as_it_is():
    assert known(network("vgg11"), "the last layer's input") == "the last layer's input"
    assert module_name(network("vgg11"), "") == ""
    with pytest.raises(UserError, match="conv1_1"):
        find_layer(network("vgg11").on_meta(), "conv6_1")


@pytest.mark.parametrize("model", MODELS)
def test_no_two_layers_have_one_name_or_one_role(model):
    module = network(model).on_meta()
    names = layer_names(module)
    assert len(set(names.values())) == len(names)
    found = roles(module, 3, 32)
    assert len(set(found.values())) == len(found)
    assert list(found) == sorted(found, key=found.__getitem__)  # by depth, as the network has them


def matched(first, second):
    of_both = [
        {known(net, layer): role for layer, role in roles(net.on_meta(), 3, 32).items()} for net in (first, second)
    ]
    return list(rows(of_both).values())


def test_plain_and_residual_layers_match_by_name():
    found = matched(network("resnet20"), network("resnet20", skip=False))
    assert all(first == second for first, second in found)
    assert label(found[0]) == "conv1"


def test_layers_match_by_the_size_of_their_maps_and_ends_match_ends():
    found = matched(network("vgg16"), network("resnet18"))
    assert found[0] == ("conv1_1", "conv1")
    assert ("conv2_1", "layer2.0.conv1") in found
    assert (None, "layer4.1.conv2") in found or ("conv4_3", "layer4.1.conv2") not in found
    assert ("conv5_3", None) in found  # the other has no maps of 2×2
    assert found[-1] == ("head", "fc")
    assert label(found[-1]) == "head / fc"
