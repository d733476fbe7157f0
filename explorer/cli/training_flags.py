"""The flags of `train` that are options of training: made from TrainConfig, so that a new option needs no new flag."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from explorer.options import Option, options_of
from explorer.training import TrainConfig

OPTIONS = options_of(TrainConfig())


def training_flag(name: str) -> typer.models.OptionInfo:
    """The flag of one option. Its value arrives as text, which TrainConfig checks."""
    option = OPTIONS[name]
    flag = option.flag or f"--{name.replace('_', '-')}"
    if option.type is bool:
        return typer.Option(f"{flag}/--no-{flag.removeprefix('--')}", help=option.help)
    bounds = f" {option.bounds().capitalize()}." if option.bounds() else ""
    return typer.Option(flag, metavar=_metavar(option), help=option.help + bounds)


def _metavar(option: Option) -> str:
    return "|".join(option.choices) if option.choices else "N"


def was_typed(context: typer.Context, name: str) -> bool:
    """Whether a flag was on the command line; a value from the environment counts, a default does not."""
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def with_training_flags(command: Callable[..., int]) -> Callable[..., int]:
    """The command with a flag for each option of training. Its argument `training` receives those on the command line:
    name → text, or a bool. It also needs an argument `context`."""

    @wraps(command)
    def wrapped(context: typer.Context, **given: object) -> int:
        training = {name: given.pop(name) for name in OPTIONS}
        typed = {name: value for name, value in training.items() if was_typed(context, name)}
        return command(context=context, training=typed, **given)

    before = list(signature(command).parameters.values())
    index = next(number for number, parameter in enumerate(before) if parameter.name == "training")
    parameters = [*before[:index], *map(_parameter, OPTIONS), *before[index + 1 :]]
    made: Any = wrapped
    made.__signature__ = signature(command).replace(parameters=parameters)
    made.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return made


def _parameter(name: str) -> Parameter:
    option, flag = OPTIONS[name], training_flag(name)
    annotation, default = Annotated[str, flag], str(option.default)
    if option.type is bool:
        annotation, default = Annotated[bool, flag], option.default
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=annotation)
