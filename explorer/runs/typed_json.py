"""JSON as a frozen dataclass: every value is checked against the type of its field, and lists become tuples."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, partial
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from explorer.errors import UserError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")
Json = Any  # what `json.loads` returns; its type is found out here
Hint = Any  # a type hint: `tuple[int, ...]` is not itself a type
Check = Callable[[Json, str], Json]  # (a value, where it is) → the value in the field's type; raises UserError

INTEGER_LIMIT = 2**63
NAMES = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", dict: "an object"}


def typed(kind: type[T], data: Json, where: str) -> T:
    """An instance of the dataclass `kind` from the object that `json.loads` returned; keys without a field are ignored.

    `where` names the object in the message. Raises UserError if a value is missing or has another type.
    """
    return kind(**known_values(kind, data, where))


def known_values(kind: "type[DataclassInstance]", data: Json, where: str) -> dict[str, Json]:
    """The values of `data` that the dataclass `kind` has fields for, checked as by `typed`.

    Raises UserError if a value is missing or has another type.
    """
    if not isinstance(data, dict):
        raise UserError(f"{where} is {data!r:.60}, not {NAMES[dict]}.")
    checks, required = _checks(kind)
    for name in required:
        if name not in data:
            raise UserError(f"{where} has no '{name}'.")
    return {name: check(data[name], f"{where}.{name}") for name, check in checks.items() if name in data}


def is_text(data: Json) -> bool:
    """Whether all of it can be printed and sent to a browser: an escape in JSON can also stand for half a character."""
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


@cache
def _dataclass_in(hint: Hint) -> "type[DataclassInstance] | None":
    """The dataclass in a hint such as `DatasetRecord` or `DatasetRecord | None`."""
    return next(
        (candidate for candidate in (hint, *get_args(hint)) if isinstance(candidate, type) and is_dataclass(candidate)),
        None,
    )


@cache
def _hints(kind: "type[DataclassInstance]") -> dict[str, Hint]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}


@cache
def _checks(kind: "type[DataclassInstance]") -> tuple[dict[str, Check], list[str]]:
    """(field → the function that checks its value, the fields that have no default)."""
    absent = [field for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING]
    checks = {name: _check(hint) for name, hint in _hints(kind).items()}
    return checks, [field.name for field in absent if field.init]


@cache
def _check(hint: Hint) -> Check:
    """The function that checks values of this type. Cached, because a folder of thousands of runs has a million of
    them."""
    container, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return lambda value, where: value
    if container in (Union, UnionType):  # a single type and None
        inner = _check(arguments[0])
        return lambda value, where: None if value is None else inner(value, where)
    if container is Literal:
        return partial(_choice, arguments)
    if container is tuple and arguments[-1] is Ellipsis:
        return partial(_list, _check(arguments[0]), _plain(arguments[0]))
    if container is tuple:
        return partial(_tuple, [_check(each) for each in arguments])
    if container is dict:
        return partial(_object, _check(arguments[1]), _plain(arguments[1]))
    if is_dataclass(hint):
        return lambda value, where: value if isinstance(value, hint) else typed(hint, value, where)
    return partial(_single, hint)


def _choice(choices: tuple[Json, ...], value: Json, where: str) -> Json:
    if value not in choices:
        raise UserError(f"{where} is {value!r:.60}, not one of: {', '.join(map(str, choices))}.")
    return value


def _list(check: Check, plain: frozenset[type], value: Json, where: str) -> tuple[Json, ...]:
    if not isinstance(value, list | tuple):
        raise UserError(f"{where} is {value!r:.60}, not a list.")
    if _all_are(value, plain):
        return tuple(value)
    return tuple(check(item, where) for item in value)


def _tuple(checks: list[Check], value: Json, where: str) -> tuple[Json, ...]:
    if not isinstance(value, list | tuple):
        raise UserError(f"{where} is {value!r:.60}, not a list.")
    if len(value) != len(checks):
        raise UserError(f"{where} is {value!r:.60}, not a list of {len(checks)}.")
    return tuple(check(item, where) for check, item in zip(checks, value, strict=True))


def _object(check: Check, plain: frozenset[type], value: Json, where: str) -> dict[str, Json]:
    items = _single(dict, value, where)
    if _all_are(items.values(), plain):
        return dict(items)
    return {name: check(item, f"{where}.{name}") for name, item in items.items()}


def _plain(hint: Hint) -> frozenset[type]:
    """The types whose values `hint` accepts unchanged; whole numbers only if they are not too large."""
    optional = get_origin(hint) in (Union, UnionType)
    inner = get_args(hint)[0] if optional else hint
    return frozenset((inner, type(None)) if optional else (inner,)) if inner in (int, float, str, bool) else frozenset()


def _all_are(values: Collection[Json], plain: frozenset[type]) -> bool:
    """Whether all have these types: handles thousands of names and counts without a call for each."""
    if not set(map(type, values)) <= plain:
        return False
    return int not in plain or max(map(abs, filter(None, values)), default=0) < INTEGER_LIMIT


def _single(hint: type, value: Json, where: str) -> Json:
    if not _is(hint, value):
        raise UserError(f"{where} is {value!r:.60}, not {NAMES.get(hint, hint.__name__)}.")
    return value


def _is(hint: type, value: Json) -> bool:
    """bool is not a number, 3 is a float, and 3.0 is a whole number, because JSON does not tell them apart. A whole
    number has at most 64 bits, as in arrays and tables."""
    if type(value) is hint and hint is not int:
        return True
    if hint in (int, float) and isinstance(value, int | float) and not isinstance(value, bool):
        if isinstance(value, float) and hint is float:
            return True
        return abs(value) < INTEGER_LIMIT and float(value).is_integer()
    return isinstance(value, hint) and not (hint is not bool and isinstance(value, bool))
