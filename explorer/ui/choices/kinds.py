"""What can be chosen and how a link holds it: one of several, some of several, a number, a switch, a text."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

LONGEST = 60  # characters of a wrong part of a link that are repeated


class Choice(Protocol):
    """A kind of value."""

    def encode(self, value: Any) -> tuple[str, ...]:
        """As a link holds it."""
        ...

    def decode(self, parts: tuple[str, ...], default: Any) -> tuple[Any, list[str]]:
        """The value that a link asks for, as near as there is, and the parts of the link that do not fit."""
        ...

    def nearest(self, value: Any, default: Any) -> Any:
        """A value that was chosen elsewhere, if it can be chosen here; else what comes nearest, or the default."""
        ...

    def shown(self, value: Any) -> list[str]:
        """As a visitor reads it."""
        ...


@dataclass(frozen=True)
class OneOf:
    """One of `options`. Links hold `str(option)`; older ones its label, or what `was` maps to an option."""

    options: tuple[Any, ...]
    label: Callable[[Any], str] = str
    was: Mapping[str, Any] = field(default_factory=dict)

    def encode(self, value: Any) -> tuple[str, ...]:
        return (str(value),)

    def decode(self, parts: tuple[str, ...], default: Any) -> tuple[Any, list[str]]:
        if len(parts) == 1 and (found := self.find(parts[0])):
            return found[0], []
        return default, [_quoted(part) for part in parts]

    def find(self, part: str) -> list[Any]:
        """The option that a part of a link means; empty if none."""
        if part in self.was and self.was[part] in self.options:
            return [self.was[part]]
        by_key = [option for option in self.options if str(option) == part]
        return by_key or [option for option in self.options if self.label(option) == part]

    def nearest(self, value: Any, default: Any) -> Any:
        return value if value in self.options else default

    def shown(self, value: Any) -> list[str]:
        return [self.label(value)]


@dataclass(frozen=True)
class SomeOf(OneOf):
    """Any number of `options`, in an order."""

    def encode(self, value: Any) -> tuple[str, ...]:
        return tuple(map(str, value)) or ("",)  # a link cannot hold an empty list

    def decode(self, parts: tuple[str, ...], default: Any) -> tuple[Any, list[str]]:
        found = {part: self.find(part) for part in parts if part}
        wrong = [_quoted(part) for part, option in found.items() if not option]
        value = list(dict.fromkeys(option for options in found.values() for option in options))
        return (value if value or not wrong else default), wrong

    def nearest(self, value: Any, default: Any) -> Any:
        if not isinstance(value, list | tuple):
            return default
        here = [one for one in value if one in self.options]
        return here if here or not value else default

    def shown(self, value: Any) -> list[str]:
        return [self.label(one) for one in value]


@dataclass(frozen=True)
class Number:
    """A number in [low, high]; a whole one where `low` is."""

    low: float
    high: float

    def encode(self, value: Any) -> tuple[str, ...]:
        return (repr(value),)

    def decode(self, parts: tuple[str, ...], default: Any) -> tuple[Any, list[str]]:
        wrong = [_quoted(part) for part in parts]
        try:
            (part,) = parts
            value = float(part)
        except ValueError:
            return default, wrong
        if not math.isfinite(value) or (isinstance(self.low, int) and value != int(value)):
            return default, wrong
        inside = self.nearest(value, default)
        return inside, [] if inside == value else wrong

    def nearest(self, value: Any, default: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            return default
        return type(self.low)(min(max(value, self.low), self.high))

    def shown(self, value: Any) -> list[str]:
        return [f"{value:g}" if isinstance(value, float) else str(value)]


@dataclass(frozen=True)
class Switch:
    """On or off."""

    def encode(self, value: Any) -> tuple[str, ...]:
        return ("true" if value else "false",)

    def decode(self, parts: tuple[str, ...], default: Any) -> tuple[Any, list[str]]:
        if len(parts) == 1 and parts[0] in ("true", "false"):
            return parts[0] == "true", []
        return default, [_quoted(part) for part in parts]

    def nearest(self, value: Any, default: Any) -> Any:
        return value if isinstance(value, bool) else default

    def shown(self, value: Any) -> list[str]:
        return ["it on" if value else "it off"]


@dataclass(frozen=True)
class Text:
    """A line of at most `most` characters."""

    most: int

    def encode(self, value: Any) -> tuple[str, ...]:
        return (value or "",)

    def decode(self, parts: tuple[str, ...], default: Any) -> tuple[Any, list[str]]:
        if len(parts) == 1 and len(parts[0]) <= self.most and parts[0].isprintable():
            return parts[0], []
        return default, [_quoted(part) for part in parts]

    def nearest(self, value: Any, default: Any) -> Any:
        return value[: self.most] if isinstance(value, str) else default

    def shown(self, value: Any) -> list[str]:
        return [_quoted(value)]


def _quoted(part: str) -> str:
    return f"“{part[:LONGEST]}{'…' if len(part) > LONGEST else ''}”"
