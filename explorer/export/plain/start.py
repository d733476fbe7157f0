"""The random weights that a run began with, as code: it draws the same numbers in the same order as the app."""

from explorer.models import MODELS
from explorer.models.airbench import Airbench
from explorer.models.initialise import RECTIFIERS
from explorer.models.mlp import MLP
from explorer.models.vgg import VGG
from explorer.runs import RunConfig

HIDDEN = "hidden_linear"  # makes the linear layers of an mlp, which draws their weights one after the other

_RECTIFIED = 'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")  # He et al. 2015'
_OTHERS = "nn.init.xavier_normal_(module.weight)  # Glorot and Bengio 2010"


def linear_of(model: str) -> str:
    """The code that makes the hidden linear layers of a network."""
    return HIDDEN if isinstance(MODELS[model], MLP) else "nn.Linear"


def in_a_file(config: RunConfig) -> bool:
    """Whether the initial weights are in a file beside the code: those of another run, or weights that depend on the
    images."""
    return bool(config.training.source) or isinstance(MODELS[config.model], Airbench)


def code(model: str, activation: str) -> str:
    """The code of `fresh_network(seed)`, and what it needs."""
    rectified = activation in RECTIFIERS
    if isinstance(MODELS[model], MLP):
        drawn = '.kaiming_normal_(layer.weight, nonlinearity="relu")' if rectified else ".xavier_normal_(layer.weight)"
        return _HIDDEN_LINEAR.format(drawn=drawn) + _FRESH.format(initialise="")
    linear = _VGG if isinstance(MODELS[model], VGG) else ""
    initialise = _CONVOLUTIONS.format(drawn=_RECTIFIED if rectified else _OTHERS) + linear
    return _FRESH.format(initialise=initialise)


_HIDDEN_LINEAR = '''def hidden_linear(inputs: int, outputs: int) -> nn.Linear:
    """A linear layer with random weights and zero biases."""
    layer = nn.Linear(inputs, outputs)
    nn.init{drawn}
    nn.init.zeros_(layer.bias)
    return layer


'''
_FRESH = '''def fresh_network(seed: int) -> Network:
    """The network with the random weights that a training of this seed begins with."""
    torch.manual_seed(seed)
    network = Network()
{initialise}    network.normalize.mean.copy_(torch.tensor(MEAN).view(1, -1, 1, 1))
    network.normalize.std.copy_(torch.tensor(STD).view(1, -1, 1, 1))
    return network
'''
_CONVOLUTIONS = """    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            {drawn}
            if module.bias is not None:
                nn.init.zeros_(module.bias)
"""
_VGG = """    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.01)
            nn.init.zeros_(module.bias)
"""
