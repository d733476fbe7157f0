"""Options: what is asked for is what is built, and what cannot be built is refused in one sentence."""

from dataclasses import FrozenInstanceError, dataclass, fields

import pytest
from torch import nn

from explorer.errors import UserError
from explorer.models import MODELS, Normalize, Spec, build, describe, options
from explorer.models.layers import sequential
from explorer.options import option, parse_option, read_network, write_network


@pytest.mark.parametrize("name", MODELS)
def test_specs_are_frozen(name):
    with pytest.raises(FrozenInstanceError):
        setattr(MODELS[name], fields(MODELS[name])[0].name, None)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_describes_itself_and_its_options(name):
    assert describe(name).endswith(".")
    assert "{" not in describe(name)
    assert options(name)["activation"].choices == ("relu", "sigmoid", "tanh", "gelu")
    assert all(each.help.endswith(".") for each in options(name).values())


@pytest.mark.parametrize("name", MODELS)
def test_a_default_passes_its_own_check_also_as_text(name):
    for key, each in options(name).items():
        text = ",".join(map(str, each.default)) if each.type is tuple else str(each.default)
        assert parse_option(key, each, each.default) == each.default
        assert parse_option(key, each, text) == each.default


def test_a_description_names_the_depth():
    assert describe("vgg19").startswith("VGG-19")
    assert describe("resnet50").startswith("ResNet-50")
    assert describe("resnet110").startswith("ResNet-110 ")


def test_text_from_the_command_line_means_the_same_as_values():
    text = build("mlp", 1, 10, widths="64,32", dropout="0.5", batch_norm="true", activation="tanh")
    values = build("mlp", 1, 10, widths=(64, 32), dropout=0.5, batch_norm=True, activation="tanh")
    assert repr(text) == repr(values)
    assert repr(build("simple_cnn", 1, 10, kernel="7")) == repr(build("simple_cnn", 1, 10, kernel=7))
    assert repr(build("resnet20", 1, 10, skip="false")) == repr(build("resnet20", 1, 10, skip=False))


def test_values_read_back_from_json_are_accepted():
    assert repr(build("mlp", 1, 10, widths=[64, 32], dropout=0)) == repr(build("mlp", 1, 10, widths=(64, 32)))


def test_a_single_width_needs_no_comma():
    assert build("mlp", 1, 10, widths="50").linear1.out_features == 50


def test_unknown_model():
    with pytest.raises(UserError, match=r"No model 'simple_cn'. Did you mean 'simple_cnn'\? Choose one of: mlp, "):
        build("simple_cn", 1, 10)


def test_unknown_option_names_the_options_of_that_model():
    with pytest.raises(UserError, match=r"No resnet20 option 'skips'. Did you mean 'skip'\? .*: skip, shortcut, act"):
        build("resnet20", 1, 10, skips=False)


def test_the_depth_of_a_named_net_is_no_option():
    assert "depth" not in options("vgg16")
    with pytest.raises(UserError, match="No vgg16 option 'depth'"):
        build("vgg16", 1, 10, depth=11)


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("simple_cnn", {"depth": 3}, "Option depth cannot be 3: choose one of 2, 4, 6."),
        ("simple_cnn", {"depth": "deep"}, "Option depth cannot be 'deep': choose one of 2, 4, 6."),
        ("simple_cnn", {"kernel": "4"}, "Option kernel cannot be '4': choose one of 3, 5, 7, 1x1+3x3."),
        ("simple_cnn", {"depth": 4.0}, "Option depth cannot be 4.0: choose one of 2, 4, 6."),
        ("simple_cnn", {"dropout": 1.5}, "Option dropout cannot be 1.5: choose a number from 0.0 to 0.9."),
        ("simple_cnn", {"dropout": "nan"}, "Option dropout cannot be 'nan': choose a number from 0.0 to 0.9."),
        ("simple_cnn", {"dropout": None}, "Option dropout cannot be None: choose a number from 0.0 to 0.9."),
        ("simple_cnn", {"dropout": True}, "Option dropout cannot be True: choose a number from 0.0 to 0.9."),
        ("vgg16", {"batch_norm": 1}, "Option batch_norm cannot be 1: choose true or false."),
        ("vgg16", {"batch_norm": "maybe"}, "Option batch_norm cannot be 'maybe': choose true or false."),
        ("vgg16", {"head": "big"}, "Option head cannot be 'big': choose one of compact, imagenet."),
        (
            "mlp",
            {"widths": "64;32"},
            "Option widths cannot be '64;32': give whole numbers from 1 to 16384 separated by commas",
        ),
        (
            "mlp",
            {"widths": (64, 0)},
            "Option widths cannot be (64, 0): give whole numbers from 1 to 16384 separated by commas",
        ),
        ("mlp", {"widths": ()}, "Option widths cannot be (): give whole numbers from 1 to 16384 separated by commas"),
        (
            "mlp",
            {"widths": (8.5,)},
            "Option widths cannot be (8.5,): give whole numbers from 1 to 16384 separated by commas",
        ),
        ("mlp", {"match": "mlp"}, "Option match cannot be 'mlp': choose one of none, simple_cnn, "),
        ("resnet18", {"activation": "swish"}, "Option activation cannot be 'swish': choose one of relu, sigmoid, "),
    ],
)
def test_a_bad_value_is_named_with_what_is_possible(name, given, sentence):
    with pytest.raises(UserError) as error:
        build(name, 1, 10, **given)
    assert str(error.value).startswith(sentence)
    assert str(error.value).endswith(".")


def test_a_network_with_options_is_always_written_alike():
    match = options("mlp")["match"]
    same = "vgg16:batch_norm=false,head=imagenet"
    for text in (same, "vgg16:head=imagenet,batch_norm=no", "vgg16:residual=false, head=imagenet, batch_norm=off"):
        assert parse_option("match", match, text) == same
    assert parse_option("match", match, "vgg16") == parse_option("match", match, "vgg16:head=compact") == "vgg16"
    assert parse_option("match", match, "none") == "none"


def test_text_and_options_of_a_network_are_inverse():
    for name, given in (("vgg16", {"head": "imagenet"}), ("mlp", {"widths": (64, 32), "dropout": 0.5}), ("mlp", {})):
        assert read_network(write_network(name, given), MODELS) == (name, given)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("vgg16:heads=imagenet", "No vgg16 option 'heads'. Did you mean 'head'?"),
        ("vgg16:head=big", "Option head cannot be 'big'"),
        ("vgg16:head", "'head' in 'vgg16:head' cannot be read: write vgg16:key=value,key=value."),
        ("vgg61:head=imagenet", "Option match cannot be 'vgg61:head=imagenet': choose one of none, simple_cnn, "),
        ("mlp:widths=3,4", "Option match cannot be 'mlp:widths=3,4': choose one of none, simple_cnn, "),
    ],
)
def test_a_network_that_cannot_be_matched_is_named(text, sentence):
    with pytest.raises(UserError) as error:
        build("mlp", 1, 10, match=text)
    assert str(error.value).startswith(sentence)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"channels": 0}, "channels = 0: give a whole number of at least 1."),
        ({"classes": 1}, "classes = 1: give a whole number of at least 2."),
        ({"size": 7}, "size = 7: give a whole number of at least 8."),
        ({"size": 32.0}, "size = 32.0: give a whole number of at least 8."),
    ],
)
def test_impossible_images_and_classes(given, sentence):
    with pytest.raises(UserError, match=sentence):
        build("simple_cnn", **({"channels": 1, "classes": 10} | given))


def test_vgg_needs_32_pixels():
    with pytest.raises(UserError, match=r"16×16 pixels are too small for VGG-11, .* image size of at least 32\."):
        build("vgg11", 1, 10, 16)


def test_a_spec_checks_itself_also_without_build():
    with pytest.raises(UserError, match="Option depth cannot be 5"):
        type(MODELS["simple_cnn"])(depth=5)


@dataclass(frozen=True)
class Bare(Spec):
    """A linear classifier."""

    def build(self, channels, classes, size):
        return sequential(
            normalize=Normalize(channels), flatten=nn.Flatten(), head=nn.Linear(channels * size * size, classes)
        )


@dataclass(frozen=True)
class Bounded(Bare):
    """A linear classifier with a whole number."""

    number: int = option(3, "A number.", low=1, high=5)


def test_a_model_without_options_says_so(monkeypatch):
    monkeypatch.setitem(MODELS, "bare", Bare())
    with pytest.raises(UserError, match="Model bare has no options: leave out 'depth'"):
        build("bare", 1, 10, depth=2)


@pytest.mark.parametrize("value", [0, 6, "six", 2.5, "2.5"])
def test_whole_numbers_have_a_range(monkeypatch, value):
    monkeypatch.setitem(MODELS, "bounded", Bounded())
    with pytest.raises(UserError, match=r"Option number cannot be .*: choose a whole number from 1 to 5\."):
        build("bounded", 1, 10, number=value)
