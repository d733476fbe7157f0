"""What is asked for shapes alone is told the same shapes as a computation shows, and costs none."""

import subprocess
import sys

import pytest

from explorer.data import DATASETS
from explorer.insights.cost import cost
from explorer.insights.layers import layer_shapes, map_layers
from explorer.models import MODELS
from explorer.models.network import Network
from explorer.models.work import work_of

WITHOUT_COMPILER = """
import sys
from explorer.data import load
from explorer.data.split import part_of
from explorer.insights.cost import cost
from explorer.models import MODELS
from explorer.models.network import Network
from explorer.runs import RunConfig
from explorer.runs.check import check
from explorer.training import TrainConfig
from explorer.training.loop import fit

data = part_of(load("digits"), 0.05, 0)
for model in MODELS:
    check(RunConfig("digits", model, {}, TrainConfig()))
    cost(Network.of(model, {}, data.input_spec).on_meta(), 1, 32)
for optimizer in ("adamw", "sgd", "muon"):
    config = TrainConfig(epochs=1, optimizer=optimizer, device="cpu", precision="float32")
    for event in fit(Network.of("mlp", {"batch_norm": True}, data.input_spec).build(), data, config):
        pass
event.optimizer.load_state_dict(event.optimizer.state_dict())
print(*{"torch._dynamo", "sympy"} & set(sys.modules))
"""


@pytest.mark.parametrize("model", ["mlp", "residual_cnn", "vgg11", "resnet20", "airbench94"])
def test_without_memory_the_shapes_are_those_that_a_computation_shows(model):
    network = Network.of(model, {}, DATASETS["digits"].input_spec)
    built, where = network.build().eval(), (network.channels, network.size)
    for told in (work_of, cost, layer_shapes, map_layers):
        assert told(network.on_meta(), *where) == told(built, *where)


def test_neither_checking_nor_counting_nor_training_imports_the_compiler():
    assert MODELS
    done = subprocess.run([sys.executable, "-c", WITHOUT_COMPILER], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
