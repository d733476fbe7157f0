"""Looking inside a model that others use too, and leaving nothing behind."""

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from itertools import chain
from threading import Lock, RLock
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from explorer.errors import UserError, unknown
from explorer.models.layer_names import layer_names

# See(name, module, inputs, output) -> None, or a tensor that replaces the output.
See = Callable[[str, nn.Module, tuple[Tensor, ...], Tensor], Tensor | None]

_LOCKS: "WeakKeyDictionary[nn.Module, RLock]" = WeakKeyDictionary()
_LOCKS_GUARD = Lock()


def lock(model: nn.Module) -> RLock:
    """The single lock of this model; everything in explorer.insights holds it while it uses the model.

    A cached model is shared by all visitors of the server: without a lock one thread's hooks see another's images, and
    the first to finish puts the model back in train mode under the others.
    """
    with _LOCKS_GUARD:
        return _LOCKS.setdefault(model, RLock())


@contextmanager
def evaluating(model: nn.Module, frozen: bool = False) -> Generator[nn.Module]:
    """Eval mode inside, and if `frozen` no gradient for any weight; afterwards, even after an exception, every module's
    training flag and every parameter's requires_grad are restored, module by module (a frozen batch norm in a training
    model stays frozen)."""
    with lock(model):
        # One walk through the modules, setting only flags that are wrong: for a small network, the flags cost more than
        # the network.
        modules = all_modules(model)
        training = [module.training for module in modules]
        parameters = parameters_of(modules)
        trainable = [parameter.requires_grad for parameter in parameters]
        try:
            if any(training):
                model.eval()
            if frozen:
                for parameter in parameters:
                    parameter.requires_grad_(False)
            yield model
        finally:
            for module, flag in zip(modules, training, strict=True):
                if module.training != flag:
                    module.training = flag
            for parameter, flag in zip(parameters, trainable, strict=True):
                parameter.requires_grad_(flag)


def all_modules(model: nn.Module) -> list[nn.Module]:
    """The model and all its modules, in half the time of `model.modules()`; a shared module appears twice."""
    found = [model]
    for module in found:
        found.extend(part for part in module._modules.values() if part is not None)
    return found


def parameters_of(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    """Each module's own parameters, in a fraction of the time of `module.parameters()`; a shared one appears twice."""
    return [p for module in modules for p in module._parameters.values() if p is not None]


@contextmanager
def watching(model: nn.Module, layers: Iterable[str], see: See) -> Generator[None]:
    """Call see(name, module, inputs, output) whenever one of the layers has run; the hooks are removed at the end."""
    watched = [(name, find_layer(model, name)) for name in layers]
    with lock(model), ExitStack() as hooks:
        for name, module in watched:
            # A default argument, because a closure would see only the last name.
            hook = module.register_forward_hook(lambda module, x, y, name=name: see(name, module, x, y))
            hooks.callback(hook.remove)
        yield


@contextmanager
def capture(model: nn.Module, layers: Iterable[str]) -> Generator[dict[str, Tensor]]:
    """`with capture(model, ["conv1"]) as outputs: model(images)` gives outputs["conv1"], (B, ...).

    The tensors are the layer's own outputs, with their gradient path if there is one. A layer that has not run is
    missing from the dict; for one that ran several times it has the last output.
    """
    outputs: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        outputs[name] = output
        return output.clone()  # later operations may change it in place (ReLU(inplace=True), x += skip)

    with watching(model, layers, keep):
        yield outputs


def find_layer(model: nn.Module, name: str) -> nn.Module:
    """The module of that name, its own or the familiar one. Raises UserError if there is none; the message has some of
    the existing names."""
    try:
        if name:
            return model.get_submodule(name)
    except AttributeError:
        pass
    called = layer_names(model)
    for module, known_name in called.items():
        if known_name == name:
            return model.get_submodule(module)
    raise unknown("layer", name, _shortened(name, list(called.values())))


def _shortened(name: str, names: list[str]) -> list[str]:
    """At most a dozen names: the first and last ones and similar ones, with … for what is left out."""
    close = get_close_matches(name, names, n=3)
    shown = {i for i, known_name in enumerate(names) if min(i, len(names) - 1 - i) < 4 or known_name in close}
    marked = [known_name if i in shown else "…" for i, known_name in enumerate(names)]
    return [known_name for i, known_name in enumerate(marked) if known_name != "…" or marked[i - 1] != "…"]


def device_of(model: nn.Module) -> torch.device:
    """The model's device; the CPU for one without parameters and buffers."""
    for tensor in chain(model.parameters(), model.buffers()):
        return tensor.device
    return torch.device("cpu")


def as_input(model: nn.Module, images: Tensor) -> Tensor:
    """The images on the model's device. `images`: float32 (B, C, H, W) in [0, 1]; uint8 is a mistake of our own
    code."""
    assert images.is_floating_point(), f"images are {images.dtype}, not float32 in [0, 1]"
    assert images.dim() == 4, f"images have shape {tuple(images.shape)}, not (B, C, H, W)"
    return images.to(device_of(model))


def did_not_run(layer: str) -> UserError:
    """The error for a name that exists but is only a container, or belongs to a branch that was not taken."""
    return UserError(
        f"Layer '{layer}' has no output of its own when the model runs; choose one of the layers inside it."
    )
