"""Kinds of choices and how a link stores them: one of several, some of several, a number, a switch, a text."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

LONGEST = 60  # the most characters of a wrong part of a link that are repeated on screen
T = TypeVar("T")
N = TypeVar("N", int, float)


class Choice(Protocol[T]):
    """A kind of value."""

    def encode(self, value: T) -> tuple[str, ...]:
        """The value as a link stores it."""
        ...

    def decode(self, parts: tuple[str, ...], default: T) -> tuple[T, list[str]]:
        """The value that the link asks for, or the closest valid one, and the parts of the link that are invalid."""
        ...

    def nearest(self, value: object, default: T) -> T:
        """A value chosen elsewhere if it is valid here; else the closest valid one, or the default."""
        ...

    def shown(self, value: T) -> list[str]:
        """The value as a visitor reads it."""
        ...


@dataclass(frozen=True)
class _Options(Generic[T]):
    """Links store `str(option)`; older links store its label, or a key of `was`, which maps to an option."""

    options: tuple[T, ...]
    label: Callable[[T], str] = str
    was: Mapping[str, T] = field(default_factory=dict)

    def find(self, part: str) -> list[T]:
        """The option that a part of a link means, in a list; empty if there is none."""
        if part in self.was and self.was[part] in self.options:
            return [self.was[part]]
        by_key = [option for option in self.options if str(option) == part]
        return by_key or [option for option in self.options if self.label(option) == part]


@dataclass(frozen=True)
class OneOf(_Options[T]):
    """One of `options`."""

    def encode(self, value: T) -> tuple[str, ...]:
        """The key of the option."""
        return (str(value),)

    def decode(self, parts: tuple[str, ...], default: T) -> tuple[T, list[str]]:
        """The option that the only part means; the default if there are several parts or it means no option."""
        if len(parts) == 1 and (found := self.find(parts[0])):
            return found[0], []
        return default, [_quoted(part) for part in parts]

    def nearest(self, value: object, default: T) -> T:
        """The option that equals the value, or the default."""
        return next((option for option in self.options if option == value), default)

    def shown(self, value: T) -> list[str]:
        """The option's label."""
        return [self.label(value)]


@dataclass(frozen=True)
class SomeOf(_Options[T]):
    """Any number of `options`, in order."""

    def encode(self, value: list[T]) -> tuple[str, ...]:
        """The keys of the options; one empty part for no option, because a link cannot hold an empty list."""
        return tuple(map(str, value)) or ("",)

    def decode(self, parts: tuple[str, ...], default: list[T]) -> tuple[list[T], list[str]]:
        """The options that the parts mean, each once; the default if all parts are invalid."""
        found = {part: self.find(part) for part in parts if part}
        wrong = [_quoted(part) for part, option in found.items() if not option]
        value = list(dict.fromkeys(option for options in found.values() for option in options))
        return (value if value or not wrong else default), wrong

    def nearest(self, value: object, default: list[T]) -> list[T]:
        """The values that are options, each once; the default if there are values and none is an option."""
        if not isinstance(value, list | tuple):
            return default
        here = list(dict.fromkeys(option for option in value if option in self.options))
        return here if here or not value else default

    def shown(self, value: list[T]) -> list[str]:
        """The labels of the options."""
        return [self.label(option) for option in value]


@dataclass(frozen=True)
class Number(Generic[N]):
    """A number in [low, high]; a whole number if `low` is one."""

    low: N
    high: N

    def encode(self, value: N) -> tuple[str, ...]:
        """The number with all its digits."""
        return (repr(value),)

    def decode(self, parts: tuple[str, ...], default: N) -> tuple[N, list[str]]:
        """The number, clipped to the bounds; the default if the part is not a number of this kind."""
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

    def nearest(self, value: object, default: N) -> N:
        """The number, clipped to the bounds; the default if the value is not a number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # not a number
            return default
        return type(self.low)(min(max(value, self.low), self.high))

    def shown(self, value: N) -> list[str]:
        """The number; a float with at most six digits."""
        return [f"{value:g}" if isinstance(value, float) else str(value)]


@dataclass(frozen=True)
class Switch:
    """On or off."""

    def encode(self, value: bool) -> tuple[str, ...]:
        """`true` or `false`."""
        return ("true" if value else "false",)

    def decode(self, parts: tuple[str, ...], default: bool) -> tuple[bool, list[str]]:
        """The value if the only part is `true` or `false`; else the default."""
        if len(parts) == 1 and parts[0] in ("true", "false"):
            return parts[0] == "true", []
        return default, [_quoted(part) for part in parts]

    def nearest(self, value: object, default: bool) -> bool:
        """The value if it is a bool; else the default."""
        return value if isinstance(value, bool) else default

    def shown(self, value: bool) -> list[str]:
        """In a word: on or off."""
        return ["on" if value else "off"]


@dataclass(frozen=True)
class Text:
    """One line of at most `most` characters."""

    most: int

    def encode(self, value: str) -> tuple[str, ...]:
        """The text itself; an emptied field, which holds None, becomes ""."""
        return (value or "",)

    def decode(self, parts: tuple[str, ...], default: str) -> tuple[str, list[str]]:
        """The only part; the default if it is too long or has characters that cannot be displayed."""
        if len(parts) == 1 and len(parts[0]) <= self.most and parts[0].isprintable():
            return parts[0], []
        return default, [_quoted(part) for part in parts]

    def nearest(self, value: object, default: str) -> str:
        """The first `most` characters of the value; the default if it is not text."""
        return value[: self.most] if isinstance(value, str) else default

    def shown(self, value: str) -> list[str]:
        """The text in quotation marks."""
        return [_quoted(value)]


def _quoted(part: str) -> str:
    return f"“{part[:LONGEST]}{'…' if len(part) > LONGEST else ''}”"
