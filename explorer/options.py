"""What a user may change, in a model or in training: fields of a dataclass, their ranges, and how text becomes a value.

An option is declared once, where its default is. The pages' widgets, the command line's flags, links and the axes of a
study are made from it.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from explorer.errors import UserError, unknown

OptionValue = Any  # a bool, int, float, str or tuple of int: `Option.type` says which, and no type checker can know
Value = TypeVar("Value")
_NEXT = re.compile(r",(?=\s*\w+=)")  # a comma that is not within a value of several numbers
REMEDIES: dict[type, str] = {int: "choose a whole number", float: "choose a number", str: "give a text"}
BOOLEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True)
class Option:
    """One option, with everything that a widget or a flag needs.

    `choices` or `low` to `high` (both included) limit the value.
    """

    default: OptionValue
    help: str
    choices: tuple | None = None
    low: float | None = None
    high: float | None = None
    type: type = str  # of the default: bool, int, float, str or tuple (of int, bounds on each)
    networks: Mapping[str, "Configurable"] | None = (
        None  # choices that may have options themselves: vgg16:head=imagenet
    )
    step: float = 0.1  # step of the widget for a float
    label: str = ""  # on a page; by default the name in words
    flag: str = ""  # on the command line; by default the name

    def bounds(self) -> str:
        """ "from 1 to 10000"; "" if nothing limits the value."""
        return "" if self.low is None or self.high is None else f"from {self.low} to {self.high}"

    def takes(self, value: OptionValue) -> bool:
        """Whether a value of the option's type is within its bounds; for a tuple, each item."""
        if self.low is None or self.high is None:
            return True
        return all(self.low <= item <= self.high for item in (value if isinstance(value, tuple) else (value,)))


def option(
    default: Value,
    help: str,
    choices: tuple | None = None,
    low: float | None = None,
    high: float | None = None,
    networks: Mapping[str, "Configurable"] | None = None,
    **shown: str | float,
) -> Value:
    """A dataclass field that users may change. `networks` come after the `choices`; `shown`: step, label and flag."""
    about = {"help": help, "choices": choices, "low": low, "high": high, "networks": networks, **shown}
    return dataclasses.field(default=default, metadata={"option": about})


@dataclass(frozen=True)
class Configurable:
    """A dataclass with options. Values are converted and checked, so an instance is always valid; raises UserError if a
    value does not fit."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if "option" in field.metadata:
                parsed = parse_option(field.name, _read(field, field.default), value)
                object.__setattr__(self, field.name, parsed)


def options_of(configured: Configurable) -> dict[str, Option]:
    """The options in the order of the fields; their defaults are the values that `configured` holds."""
    return {
        field.name: _read(field, getattr(configured, field.name))
        for field in dataclasses.fields(configured)
        if "option" in field.metadata
    }


def _read(field: dataclasses.Field, default: OptionValue) -> Option:
    about = dict(field.metadata["option"])
    if about["networks"]:
        about["choices"] = (*about["choices"], *about["networks"])
    return Option(default, type=type(field.default), **about)


def parse_option(name: str, option: Option, value: object) -> OptionValue:
    """`value` in the option's type. Text such as "true", "7" or "64,32" is converted. Raises UserError if it does not
    fit, or is out of bounds."""
    try:
        parsed = _network(option, option.networks, value) if option.networks else _parsed(option, value)
    except UserError:
        raise  # the option of a matched network is wrong; the message names it
    except (ValueError, OverflowError):
        parsed = None
    if parsed is None or not option.takes(parsed):
        raise UserError(f"Option {name} cannot be {value!r}: {_remedy(option)}.")
    return parsed


def _parsed(option: Option, value: object) -> OptionValue:
    return _choose(option.choices, value) if option.choices else _convert(option.type, value)


def _network(option: Option, networks: Mapping[str, Configurable], value: OptionValue) -> str | None:
    """A choice with its options, always written the same way; None if it is not a choice."""
    name, colon, _ = value.partition(":") if isinstance(value, str) else (value, "", "")
    chosen = _choose(option.choices or (), name)
    return write_network(*read_network(value, networks)) if chosen is not None and colon else chosen


def _choose(choices: tuple[OptionValue, ...], value: object) -> OptionValue:
    """The choice that `value` is or spells; None if there is none. Types count, since True == 1."""
    for choice in choices:
        if str(choice) == value or (type(choice) is type(value) and choice == value):
            return choice
    return None


def _convert(kind: type, value: OptionValue) -> OptionValue:
    """`value` as `kind`, from text or unchanged; None or ValueError if it is something else."""
    if kind is tuple:
        items = value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
        numbers = tuple(_convert(int, item) for item in items)
        return numbers if numbers and None not in numbers else None
    if isinstance(value, str):
        return BOOLEANS.get(value.strip().lower()) if kind is bool else kind(value)
    if isinstance(value, bool) or kind is bool:
        return value if type(value) is kind else None
    if kind is float and isinstance(value, int | float):
        return float(value)
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value if type(value) is kind else None


def _remedy(option: Option) -> str:
    if option.choices:
        with_options = ", perhaps with options, such as vgg16:head=imagenet" if option.networks else ""
        return f"choose one of {', '.join(map(str, option.choices))}{with_options}"
    if option.type is bool:
        return "choose true or false"
    bounds = f" {option.bounds()}".rstrip()
    if option.type is tuple:
        return f"give whole numbers{bounds} separated by commas, such as {','.join(map(str, option.default))}"
    return REMEDIES[option.type] + bounds


def read_network(text: str, models: Mapping[str, Configurable]) -> tuple[str, dict[str, OptionValue]]:
    """Reads a network with its options, such as vgg16:head=imagenet,batch_norm=false.

    Returns (key of `models`, its options that differ from their defaults, in the order of its spec). Raises UserError
    if the network, an option or a value does not exist.
    """
    name, _, given = text.partition(":")
    if name not in models:
        raise unknown("model", name, models)
    declared, chosen = options_of(models[name]), {}
    for pair in _NEXT.split(given) if given else ():
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not (key and equals and value):
            raise UserError(f"'{pair}' in '{text}' cannot be read: write {name}:key=value,key=value.")
        if key not in declared:
            raise unknown(f"{name} option", key, declared)
        chosen[key] = parse_option(key, declared[key], value)
    changed = (key for key, option in declared.items() if chosen.get(key, option.default) != option.default)
    return name, {key: chosen[key] for key in changed}


def write_network(name: str, options: dict[str, OptionValue]) -> str:
    """The text that `read_network` reads: only the name if there are no options."""
    pairs = ",".join(f"{key}={_text(value)}" for key, value in options.items())
    return f"{name}:{pairs}" if pairs else name


def _text(value: OptionValue) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
