"""What a network must have for a method to explain it: sentences that name the method and what to choose instead."""

from collections.abc import Callable

from torch import nn

from explorer.errors import UserError

# (model, title of a method) → why the method cannot explain it; None if it can
Requirement = Callable[[nn.Module, str], str | None]
# The activations that Captum's DeepLift has a rule for; a test compares it with Captum's own table.
RULES = nn.ReLU, nn.ELU, nn.LeakyReLU, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Softmax


def any_network(model: nn.Module, title: str) -> None:
    """For methods that only need the gradient."""
    return None


def relu(model: nn.Module, title: str) -> str | None:
    """For methods that change how ReLUs pass the gradient back."""
    if any(isinstance(module, nn.ReLU) for module in model.modules()):
        return None
    return f"{title} changes the gradient of ReLUs, and this network has none: choose Saliency."


def rules(model: nn.Module, title: str) -> str | None:
    """Without a rule Captum silently uses the gradient, and nothing adds up."""
    for module in model.modules():
        activation = type(module).__module__ == "torch.nn.modules.activation"
        if activation and type(module) not in RULES:
            return f"{title} has no rule for {type(module).__name__}: choose Integrated Gradients for this network."
    return None


def convolution(model: nn.Module, title: str) -> str | None:
    """For methods that need a layer of maps."""
    if any(isinstance(module, nn.Conv2d) for module in model.modules()):
        return None
    return f"{title} needs a convolution and this network has none: choose Input × Gradient."


def expect(requirement: Requirement, model: nn.Module, title: str) -> None:
    """Raises UserError if the model does not meet it; the message is its sentence."""
    if reason := requirement(model, title):
        raise UserError(reason)
