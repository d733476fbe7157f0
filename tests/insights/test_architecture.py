"""The table is what PyTorch counts, the diagram holds every layer once, and memory is what autograd keeps."""

from functools import lru_cache

import pytest
import torch
from torch import Tensor, nn

from explorer.insights.architecture import (
    OPTIMIZER_STATE,
    Architecture,
    architecture,
    layers,
    same,
    saved_bytes,
    side_by_side,
)
from explorer.insights.cost import cost
from explorer.insights.layers import layer_shapes
from explorer.models import MODELS, build

from .nets import PooledNet, SkipNet, dense_net, hooks, seeded


def on_meta(name: str, **options) -> nn.Module:
    with torch.device("meta"):
        return build(name, 3, 10, **options)


@lru_cache
def read(name: str, **options) -> Architecture:
    return architecture(on_meta(name, **options), 3, 32)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_a_table_that_agrees_with_the_counts(name):
    model = on_meta(name)
    found, counted = read(name), cost(model, 3, 32)
    assert (found.parameters, found.macs) == (counted.parameters, counted.macs)
    assert sum(layer.parameters for layer in found.layers) == counted.parameters
    assert {layer.name: layer.macs for layer in found.layers if layer.macs} == {c.layer: c.macs for c in counted.layers}
    assert {layer.name: layer.shape for layer in found.layers if layer.is_module} == layer_shapes(model, 3, 32)
    assert all(layer.activation_bytes == 4 * torch.Size(layer.shape).numel() for layer in found.layers)


@pytest.mark.parametrize("name", MODELS)
def test_the_diagram_holds_every_layer_once(name):
    found = read(name)
    drawn = [layer.name for unit in found.blocks for step in unit.steps for layer in step]
    around = [layer.name for unit in found.blocks for layer in unit.skip or ()]
    assert sorted(drawn + around) == sorted(layer.name for layer in found.layers)
    assert [name for unit in found.units() for name in unit.blocks] == [u.blocks[0] for u in found.blocks]
    assert found.units({unit.side for unit in found.blocks}) == found.blocks


def test_resnet110_is_fifty_four_blocks_in_five_units():
    blocks = [unit for unit in read("resnet110").units() if unit.skip is not None]
    assert [unit.repeats for unit in blocks] == [18, 1, 17, 1, 17]
    assert [[layer.type for layer in unit.skip] for unit in blocks[:3]] == [["Identity"], ["ZeroPad"], ["Identity"]]
    assert len(read("resnet110").units([32])) == len(read("resnet110").units()) + 17


def test_the_skip_is_the_way_that_does_less():
    first = next(unit for unit in read("resnet50").units() if unit.skip)
    assert [layer.name for layer in first.skip] == ["stage1.0.skip.conv", "stage1.0.skip.bn"]
    assert [step[0].setting for step in first.steps] == ["1×1, 64→64", "3×3, 64→64", "1×1, 64→256"]
    assert [layer.kind for layer in first.steps[-1]] == ["convolution", "normalisation", "addition", "activation"]
    assert all(unit.skip is None for unit in read("resnet50", skip=False).units())


def test_torchvisions_blocks_are_found_too():
    import torchvision

    with torch.device("meta"):
        found = architecture(torchvision.models.resnet18(), 3, 224)
    blocks = [unit for unit in found.blocks if unit.skip is not None]
    assert [unit.blocks[0] for unit in blocks] == [f"layer{i}.{j}" for i in (1, 2, 3, 4) for j in (0, 1)]
    assert [len(unit.skip) for unit in blocks] == [0, 0, 2, 0, 2, 0, 2, 0]


def test_a_function_is_no_module_that_a_page_could_look_into():
    found = layers(seeded(SkipNet), 3, 16)
    assert [layer.name for layer in found if not layer.is_module] == ["add"]


@pytest.mark.parametrize("name", ["simple_cnn", "resnet20", "mlp"])
def test_memory_of_training_is_the_formula(name):
    found = read(name)
    for optimizer, arrays in OPTIMIZER_STATE.items():
        parts = found.training_bytes(optimizer, 32)
        assert parts["weights"] == parts["gradients"] == 4 * found.parameters
        assert parts["optimizer state"] == 4 * found.parameters * arrays
        assert parts["activations"] == 32 * found.saved_bytes


@pytest.mark.parametrize(
    ("choice", "make"),
    [
        ("sgd", lambda p: torch.optim.SGD(p, lr=0.1)),
        ("sgd with momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        ("adamw", torch.optim.AdamW),
    ],
)
def test_optimizers_keep_what_the_formula_says(choice, make):
    model = dense_net()
    optimizer = make(model.parameters())
    model(torch.zeros(2, 3, 16, 16)).sum().backward()
    optimizer.step()
    kept = [t for state in optimizer.state.values() for t in state.values() if isinstance(t, Tensor) and t.dim()]
    parameters = sum(p.numel() for p in model.parameters())
    assert sum(t.numel() for t in kept) == OPTIMIZER_STATE[choice] * parameters


@pytest.mark.parametrize("make", [PooledNet, SkipNet, dense_net])
def test_saved_bytes_are_what_a_real_forward_pass_keeps(make):
    model, batch = seeded(make), 8
    own = {t.untyped_storage().data_ptr() for t in (*model.parameters(), *model.buffers())}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if tensor.untyped_storage().data_ptr() not in own:
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model.train()(torch.rand(batch, 3, 16, 16))
    real = sum(tensor.untyped_storage().nbytes() for tensor in kept.values()) / batch
    assert saved_bytes(model, 3, 16) == pytest.approx(real, rel=0.02)  # statistics of batch norm are shared by a batch


def test_reading_a_network_leaves_it_as_it_was():
    model = PooledNet().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model.conv1.weight.requires_grad_(False)
    architecture(model, 3, 16)
    assert hooks(model) == 0
    assert model.training
    assert not model.conv1.weight.requires_grad
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    with torch.device("meta"):
        shape_only = PooledNet()
    assert architecture(shape_only, 3, 16) == architecture(model, 3, 16)


def test_a_network_is_the_same_as_itself():
    found = read("resnet20")
    assert all(same(pair) and pair[0] is pair[1] for pair in side_by_side(found, found))


def test_the_residual_net_differs_by_its_skips_alone():
    pairs = side_by_side(read("simple_cnn"), read("residual_cnn"))
    different = [pair for pair in pairs if not same(pair)]
    assert all(left is None and right.type in ("add", "Identity", "ZeroPad") for left, right in different)
    assert len(different) == 6


@pytest.mark.parametrize(("left", "right"), [("vgg11", "vgg19"), ("resnet20", "vgg11"), ("mlp", "resnet18")])
def test_side_by_side_every_layer_has_one_row_in_its_order(left, right):
    a, b = read(left), read(right)
    pairs = side_by_side(a, b)
    assert [pair[0] for pair in pairs if pair[0]] == list(a.layers)
    assert [pair[1] for pair in pairs if pair[1]] == list(b.layers)
    assert all(x.type == y.type for x, y in pairs if x and y)


def test_three_side_by_side_hold_every_layer_once_in_its_order():
    found = [read(name) for name in ("simple_cnn", "residual_cnn", "resnet20")]
    rows = side_by_side(*found)
    for place, each in enumerate(found):
        assert [row[place] for row in rows if row[place]] == list(each.layers)
    assert all(any(row) and len({layer.type for layer in row if layer}) == 1 for row in rows)
    assert [row[:2] for row in rows if any(row[:2])] == side_by_side(*found[:2])
