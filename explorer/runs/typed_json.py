"""JSON as a frozen dataclass: every value is checked against the type of its field, and lists become tuples."""

import json
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from explorer.errors import UserError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
Json = Any  # what `json.loads` gives: of which type it is, is found out here
Hint = Any  # of a type: `tuple[int, ...]` is none itself

INTEGER_LIMIT = 2**63
NAMES = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", dict: "an object"}


def typed(kind: type[T], data: Json, where: str) -> T:
    """A `kind`, a dataclass, from the object that `json.loads` gave; keys that it has no field for are passed over.

    `where` names the object in the message. Raises UserError if a value is missing or has another type.
    """
    return kind(**known_values(kind, data, where))


def known_values(kind: "type[DataclassInstance]", data: Json, where: str) -> dict[str, Json]:
    """The values of `data` that the dataclass `kind` has fields for, checked as by `typed`.


    Raises UserError if a value is missing or has another type.
    """
    if not isinstance(data, dict):
        raise _wrong(where, data, dict)
    hints = _hints(kind)
    for field in fields(kind):
        if field.init and field.name not in data and field.default is MISSING and field.default_factory is MISSING:
            raise UserError(f"{where} has no '{field.name}'.")
    return {name: _value(hint, data[name], f"{where}.{name}") for name, hint in hints.items() if name in data}


def is_text(data: Json) -> bool:
    """Whether all of it can be printed and sent to a browser: an escape in JSON can also say half a character."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def unknown_names(kind: "type[DataclassInstance]", data: dict[str, Json]) -> Iterator[str]:
    """The keys of `data` that the dataclass `kind` has no field for, and those of objects in it: "dataset.palette"."""
    hints = _hints(kind)
    for name, value in data.items():
        inner = _dataclass_in(hints.get(name))
        if name not in hints:
            yield name
        elif inner and isinstance(value, dict):
            yield from (f"{name}.{each}" for each in unknown_names(inner, value))


def _dataclass_in(hint: Hint) -> "type[DataclassInstance] | None":
    """The dataclass of a hint as `DatasetRecord` or `DatasetRecord | None`."""
    return next(
        (candidate for candidate in (hint, *get_args(hint)) if isinstance(candidate, type) and is_dataclass(candidate)),
        None,
    )


@cache
def _hints(kind: "type[DataclassInstance]") -> dict[str, Hint]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


def _value(hint: Hint, value: Json, where: str) -> Json:
    container, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if container in (Union, UnionType):  # of one type and None
        return None if value is None else _value(arguments[0], value, where)
    if container is Literal:
        if value not in arguments:
            raise UserError(f"{where} is {value!r:.60}, not one of: {', '.join(map(str, arguments))}.")
        return value
    if container is tuple:
        return _items(arguments, value, where)
    if container is dict:
        items = _value(dict, value, where)
        return {name: _value(arguments[1], item, f"{where}.{name}") for name, item in items.items()}
    if is_dataclass(hint):
        return value if isinstance(value, hint) else typed(hint, value, where)
    if not _is(hint, value):
        raise _wrong(where, value, hint)
    return value


def _items(arguments: tuple[Hint, ...], value: Json, where: str) -> tuple[Json, ...]:
    if not isinstance(value, list | tuple):
        raise UserError(f"{where} is {value!r:.60}, not a list.")
    if arguments[-1] is not Ellipsis:
        if len(value) != len(arguments):
            raise UserError(f"{where} is {value!r:.60}, not a list of {len(arguments)}.")
        return tuple(_value(hint, item, where) for hint, item in zip(arguments, value, strict=True))
    hint = arguments[0]
    if set(map(type, value)) <= {hint} and (hint is not int or max(map(abs, value), default=0) < INTEGER_LIMIT):
        return tuple(value)  # thousands of names and counts, without a call for each
    return tuple(_value(hint, item, where) for item in value)


def _is(hint: type, value: Json) -> bool:
    """bool is not a number, 3 is a float, and 3.0 is a whole number: JSON does not tell them apart. A whole number has
    at most 64 bits, as in arrays and tables."""
    if hint in (int, float) and isinstance(value, int | float) and not isinstance(value, bool):
        if isinstance(value, float) and hint is float:
            return True
        return abs(value) < INTEGER_LIMIT and float(value).is_integer()
    return isinstance(value, hint) and not (hint is not bool and isinstance(value, bool))


def _wrong(where: str, value: Json, hint: type) -> UserError:
    return UserError(f"{where} is {value!r:.60}, not {NAMES.get(hint, hint.__name__)}.")
