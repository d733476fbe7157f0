"""The nonlinearities with which every family can be built."""

from torch import nn

from explorer.options import option

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "gelu": nn.GELU}


def activation_option(default: str = "relu") -> str:
    """The field `activation`, the same in every spec except for its default."""
    return option(default, "The nonlinearity after every hidden layer.", choices=tuple(ACTIVATIONS))


def new_activation(name: str) -> nn.Module:
    """A fresh module. One for each use: a shared or functional one makes guided backpropagation and DeepLift wrong."""
    return ACTIVATIONS[name]()
