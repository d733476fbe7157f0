"""The architectures. To add one: a file with its frozen spec, and one line in CONVOLUTIONAL, or here in MODELS."""

from collections.abc import Mapping
from dataclasses import replace

from torch import nn

from explorer.errors import UserError, unknown
from explorer.models.convolutional import CONVOLUTIONAL
from explorer.models.mlp import MLP
from explorer.models.normalize import Normalize, set_statistics
from explorer.models.spec import Spec
from explorer.models.whitening import whiten
from explorer.options import Option, OptionValue, options_of

__all__ = [
    "MODELS",
    "Normalize",
    "Spec",
    "build",
    "describe",
    "options",
    "set_statistics",
    "title",
    "whiten",
]

MODELS: dict[str, Spec] = {"mlp": MLP(), **CONVOLUTIONAL}

SMALLEST_SIZE = 8  # pixels a side


def build(name: str, channels: int, classes: int, size: int = 32, **options: OptionValue) -> nn.Module:
    """A fresh model, its weights drawn from torch's global generator.

    It takes images, float32 (B, channels, size, size) in [0, 1], normalises them itself in its first module,
    `model.normalize`, and returns logits (B, classes). Options may be values or text, as on the command line. Raises
    UserError if the model, an option, a number of channels or classes, or the size is not possible.
    """
    spec = _spec(name)
    allowed = options_of(spec)
    for given in options:
        if given not in allowed:
            raise _unknown_option(name, given, allowed)
    _check("channels", channels, 1)
    _check("classes", classes, 2)
    _check("size", size, SMALLEST_SIZE)
    return replace(spec, **options).build(channels, classes, size)


def options(name: str) -> dict[str, Option]:
    """The options of a model, by name, in display order. Raises UserError if there is no such model."""
    return options_of(_spec(name))


def changed_options(name: str, given: Mapping[str, OptionValue]) -> tuple[tuple[str, str], ...]:
    """The given options that differ from the model's defaults, as text and sorted: equal for networks that are built
    alike. An unknown model has no defaults."""
    declared = options(name) if name in MODELS else {}
    changed = {key: value for key, value in given.items() if key not in declared or value != declared[key].default}
    return tuple(sorted((key, repr(value)) for key, value in changed.items()))


def describe(name: str) -> str:
    """One sentence on a model: the first line of its spec's docstring, with the spec's values in {braces}.

    Raises UserError if there is no such model.
    """
    spec = _spec(name)
    return (type(spec).__doc__ or name).strip().splitlines()[0].format_map(vars(spec))


def title(name: str, options: dict[str, OptionValue] | None = None) -> str:
    """The literature's name of a model with these options: "VGG-16", "VGG-16 + skips"; the model's own name if it has
    no other title, or if this version has no such model."""
    try:
        return replace(_spec(name), **(options or {})).title() or name
    except (UserError, TypeError):  # from another version, or from another machine's own network
        return name


def _spec(name: str) -> Spec:
    if name not in MODELS:
        raise unknown("model", name, MODELS)
    return MODELS[name]


def _unknown_option(name: str, given: str, allowed: dict[str, Option]) -> UserError:
    if not allowed:
        return UserError(f"Model {name} has no options: leave out '{given}'.")
    return unknown(f"{name} option", given, allowed)


def _check(what: str, value: int, low: int) -> None:
    if type(value) is not int or value < low:
        raise UserError(f"A model cannot have {what} = {value!r}: give a whole number of at least {low}.")
