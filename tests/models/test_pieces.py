"""The pieces that models are made of."""

import math
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.models import MODELS, Normalize, Spec, build, describe, options, set_statistics
from explorer.models.activations import activation_option, new_activation
from explorer.models.blocks import Block, ZeroPad, projection_skip, weightless_skip
from explorer.models.convolutional import CONVOLUTIONAL
from explorer.models.layers import sequential
from explorer.options import option


def test_normalised_images_have_zero_mean_and_unit_variance():
    images = torch.rand(50, 3, 8, 8) * torch.tensor([1.0, 0.5, 0.1]).view(1, 3, 1, 1)
    model = build("mlp", 3, 2, 8)
    set_statistics(model, images.mean((0, 2, 3)).tolist(), images.std((0, 2, 3)).tolist())
    normalised = model.normalize(images)
    torch.testing.assert_close(normalised.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(normalised.std((0, 2, 3)), torch.ones(3))


def test_fresh_normalisation_changes_nothing():
    images = torch.rand(2, 3, 4, 4)
    assert torch.equal(Normalize(3)(images), images)


def test_statistics_are_buffers_not_parameters():
    layer = Normalize(3)
    assert {key: value.shape for key, value in layer.state_dict().items()} == {
        "mean": (1, 3, 1, 1),
        "std": (1, 3, 1, 1),
    }
    assert not list(layer.parameters())


def test_a_constant_channel_gives_no_nan():
    model = build("mlp", 1, 2, 8)
    set_statistics(model, (0.25,), (0.0,))
    assert model(torch.full((1, 1, 8, 8), 0.25)).isfinite().all()


def test_statistics_of_other_channels_are_refused():
    with pytest.raises(UserError, match="Statistics of 3 and 3 channels do not fit a model of 1"):
        set_statistics(build("mlp", 1, 2, 8), (0.5,) * 3, (0.5,) * 3)


def test_zero_padding_keeps_every_second_pixel_and_adds_empty_channels():
    x = torch.rand(2, 3, 5, 5)
    out = ZeroPad(4, stride=2)(x)
    assert out.shape == (2, 7, 3, 3)
    assert torch.equal(out[:, :3], x[:, :, ::2, ::2])
    assert not out[:, 3:].any()


@pytest.mark.parametrize("new_skip", [weightless_skip, projection_skip])
def test_a_skip_between_equal_shapes_is_the_identity(new_skip):
    assert isinstance(new_skip(16, 16), nn.Identity)
    assert new_skip(16, 32, 2)(torch.rand(2, 16, 8, 8)).shape == (2, 32, 4, 4)
    assert new_skip(16, 16, 2)(torch.rand(2, 16, 8, 8)).shape == (2, 16, 4, 4)


def test_a_block_adds_before_its_last_activation():
    conv = nn.Conv2d(2, 2, 3, padding=1)
    x = torch.randn(1, 2, 4, 4)
    assert torch.equal(Block({"conv1": conv}, nn.Identity(), nn.ReLU())(x), (conv(x) + x).relu())
    assert torch.equal(Block({"conv1": conv}, None, nn.ReLU())(x), conv(x).relu())


@pytest.mark.parametrize("name", ["residual_cnn", "resnet20", "resnet18", "vgg11"])
def test_with_weights_of_zero_a_block_passes_on_its_input(name):
    model = build(name, 1, 10, **({"residual": True} if name == "vgg11" else {}))
    blocks = [module for module in model.modules() if isinstance(module, Block)]
    identities = [block for block in blocks if isinstance(block.skip, nn.Identity)]
    assert identities
    for block in identities:
        for parameter in block.parameters():
            nn.init.zeros_(parameter)
        x = torch.rand(2, block.conv1.in_channels, 4, 4)
        assert torch.equal(block(x), x)  # not negative, so that relu changes nothing


def test_residual_vgg_skips_every_two_convolutions_but_the_first():
    def convs(name: str) -> list[int]:
        features = build(name, 3, 10, residual=True).features
        return [
            sum(isinstance(layer, nn.Conv2d) for layer in block.children())
            for block in features
            if isinstance(block, Block)
        ]

    assert convs("vgg11") == [1, 2, 2, 2]
    assert convs("vgg16") == [1, 2, 2, 1, 2, 1, 2, 1]


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / (256 * 9)), ("tanh", 2 / (128 * 9 + 256 * 9))])
def test_convolutions_start_as_documented(activation, variance):
    weight = build("vgg11", 3, 10, activation=activation).features[8].weight
    assert weight.shape == (256, 128, 3, 3)
    assert weight.std().item() == pytest.approx(math.sqrt(variance), rel=0.01)
    assert abs(weight.mean().item()) < 1e-3


@pytest.mark.parametrize(("activation", "variance"), [("gelu", 2 / 1024), ("sigmoid", 2 / (1024 + 256))])
def test_linear_layers_start_as_documented(activation, variance):
    layer = build("mlp", 1, 10, activation=activation).linear1
    assert layer.weight.std().item() == pytest.approx(math.sqrt(variance), rel=0.02)
    assert not layer.bias.any()


def test_vgg_starts_its_linear_layers_as_torchvision():
    head = build("vgg11", 3, 100).head
    assert head.weight.std().item() == pytest.approx(0.01, rel=0.03)
    assert not head.bias.any()


@pytest.mark.parametrize("name", ["simple_cnn", "vgg16", "resnet110"])
def test_activations_neither_vanish_nor_explode_through_fresh_layers(name):
    torch.manual_seed(0)
    model = build(name, 1, 10)
    with torch.no_grad():
        out = model[:-3](torch.randn(4, 1, 32, 32))  # all but pooling, flatten and head
    assert 0.1 < out.std() < 100


# What a newcomer writes: this, in a file of its own …
@dataclass(frozen=True)
class Strided(Spec):
    """Two convolutions with stride {stride} and a linear layer."""

    stride: int = 2
    width: int = option(8, "Feature maps.", low=1, high=64)
    activation: str = activation_option()

    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        return sequential(
            normalize=Normalize(channels),
            conv1=nn.Conv2d(channels, self.width, 3, self.stride),
            act1=new_activation(self.activation),
            conv2=nn.Conv2d(self.width, self.width, 3, self.stride),
            act2=new_activation(self.activation),
            global_pool=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            head=nn.Linear(self.width, classes),
        )


def test_a_new_model_is_one_file_and_one_line(monkeypatch):
    monkeypatch.setitem(CONVOLUTIONAL, "strided", Strided())  # … and this line,
    monkeypatch.setitem(MODELS, "strided", Strided())  # which MODELS is made with
    assert describe("strided") == "Two convolutions with stride 2 and a linear layer."
    assert list(options("strided")) == ["width", "activation"]
    assert "strided" in options("mlp")["match"].choices
    torch.manual_seed(0)
    model = build("strided", 1, 2, 16, width="16", activation="gelu")
    images, labels = torch.rand(32, 1, 16, 16), torch.arange(32) % 2
    images[labels == 1, :, :8] *= 0.2
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(20):
        loss = nn.functional.cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_behind_a_relu_a_skip_passes_the_gradient_only_where_the_unit_is_active():
    """The identity alone would pass it unchanged; with branches of zero weights nothing else is in the way."""
    conv = nn.Conv2d(2, 2, 3, padding=1)
    nn.init.zeros_(conv.weight)
    nn.init.zeros_(conv.bias)
    x = torch.randn(1, 2, 4, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
    upstream = torch.randn(1, 2, 4, 4, generator=torch.Generator().manual_seed(1))
    Block({"conv1": conv}, weightless_skip(2, 2), nn.ReLU())(x).backward(upstream)
    assert torch.equal(x.grad, upstream * (x > 0))
