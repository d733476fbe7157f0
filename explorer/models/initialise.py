"""The random weights a model starts from."""

from torch import nn

RECTIFIERS = ("relu", "gelu")  # pass about half of their input on, which He's factor 2 makes up for


def initialise(model: nn.Module, activation: str) -> nn.Module:
    """Draw the weights of all convolutions, with zero biases, and return the model.

    relu, gelu: normal, variance 2 / fan_out (He et al. 2015, "Delving Deep into Rectifiers"; as torchvision does).
    sigmoid, tanh: normal, variance 2 / (fan_in + fan_out) (Glorot and Bengio 2010).
    Batch norm keeps PyTorch's initial values (weight 1, bias 0), and so do linear layers: uniform in ±1/√fan_in.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            if activation in RECTIFIERS:
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            else:
                nn.init.xavier_normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return model
