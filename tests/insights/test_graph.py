"""The graph is what ran: every layer once, fed by what really feeds it, and nothing is left behind."""

import threading

import pytest
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.graph import graph
from explorer.insights.layers import layer_shapes
from explorer.models import MODELS, build

from .nets import PooledNet, SkipNet, dense_net, hooks, random_net, seeded


def edges(model: nn.Module, channels: int = 3, size: int = 16) -> dict[str, list[str]]:
    return {node.name: [given.name for given in node.inputs] for node in graph(model, channels, size)}


@pytest.mark.parametrize("inplace", [False, True])
def test_a_chain_is_a_chain(inplace):
    names = ["conv1", "bn1", "relu1", "pool1", "conv2", "relu2", "pool", "flatten", "drop", "head"]
    found = edges(seeded(lambda: PooledNet(inplace)))
    assert list(found) == names
    assert found == {name: names[max(i - 1, 0) : i] for i, name in enumerate(names)}


def test_a_skip_leads_around():
    found = edges(seeded(SkipNet))
    assert found["block.0"] == found["project"] == ["stem"]
    assert found["add"] == ["block.0", "project"]
    assert found["block.1"] == ["add"]


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_the_layers_and_shapes_that_run(name):
    with torch.device("meta"):
        model = build(name, 3, 10)
    nodes = graph(model, 3, 32)
    assert {n.name: n.shape for n in nodes if n.module is not None} == layer_shapes(model, 3, 32)
    blocks = sum(getattr(module, "skip", None) is not None for module in model.modules())
    assert sum(node.kind == "add" and len(node.inputs) == 2 for node in nodes) == blocks
    places = {node: place for place, node in enumerate(nodes)}
    assert all(places[given] < places[node] for node in nodes for given in node.inputs)


def test_a_module_that_runs_twice_is_two_nodes():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 3, padding=1)

        def forward(self, x: Tensor) -> Tensor:
            return self.conv(self.conv(x))

    assert edges(Twice()) == {"conv": [], "conv#2": ["conv"]}


def test_what_leads_nowhere_is_no_node():
    class Curious(nn.Module):
        def __init__(self):
            super().__init__()
            self.called, self.used = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 1)

        def forward(self, x: Tensor) -> Tensor:
            self.called(x).mean()
            return self.used(x) * 2

    assert edges(Curious()) == {"used": [], "mul": ["used"]}


def test_a_model_without_layers_is_told_so():
    class Idle(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 1)

        def forward(self, x: Tensor) -> Tensor:
            return x

    with pytest.raises(UserError, match="depends on no layer"):
        graph(Idle(), 3, 16)


@pytest.mark.parametrize("make", [PooledNet, SkipNet, dense_net, lambda: random_net(3)])
def test_nothing_is_left_behind(make):
    model = make().train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    graph(model, 3, 16)
    assert hooks(model) == 0
    assert model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_nor_after_an_exception():
    model = PooledNet().train()
    with pytest.raises(RuntimeError):
        graph(model, 1, 16)  # three channels are wanted
    assert hooks(model) == 0
    assert model.training
    torch.zeros(1).add(1)  # no mode is left that would see it
    assert len(graph(model, 3, 16)) == 10


def test_what_another_thread_runs_meanwhile_is_not_seen():
    started, done = threading.Event(), threading.Event()

    class Waiting(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            started.set()
            done.wait(10)
            return x

    def other() -> None:
        started.wait(10)
        dense_net()(torch.zeros(1, 3, 16, 16))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    found = edges(nn.Sequential(Waiting(), nn.Conv2d(3, 4, 1)))
    thread.join()
    assert done.is_set()
    assert list(found) == ["0", "1"]
