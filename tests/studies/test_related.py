"""Which study compares the networks that somebody is about to train once."""

import pytest

from explorer.runs import RunConfig
from explorer.studies.related import related_study


def of(*networks: tuple[str, dict]):
    study = related_study(RunConfig("digits", model, options) for model, options in networks)
    return study.name if study else None


@pytest.mark.parametrize(
    ("networks", "name"),
    [
        ([("vgg16", {}), ("vgg16", {"residual": True})], "vgg-vs-vgg-residual"),
        ([("simple_cnn", {"depth": 2}), ("simple_cnn", {}), ("residual_cnn", {"depth": 6})], "depth"),
        ([("simple_cnn", {}), ("residual_cnn", {})], "cnn-vs-resnet"),
        ([("resnet20", {"skip": False}), ("resnet56", {})], "degradation"),
        ([("simple_cnn", {})], None),
        ([("simple_cnn", {}), ("simple_cnn", {"depth": 6})], None),
        ([("vgg16", {}), ("mlp", {})], None),
    ],
)
def test_a_study_trains_all_these_networks_or_none_is_named(networks, name):
    assert of(*networks) == name
