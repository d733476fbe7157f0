"""A cache for what every visitor and every click would make again of the same many runs."""

from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

MANY = 20  # objects: of fewer it is made as fast as found
KEPT = 8  # values of each function
T = TypeVar("T")
V = TypeVar("V")
P = ParamSpec("P")


def kept(make: Callable[Concatenate[Iterable[T], P], V]) -> Callable[Concatenate[Iterable[T], P], V]:
    """The function, whose value is kept for as long as it is called with the very same objects in the same order, and
    equal further arguments. Objects and value must never be changed."""
    values: dict[Hashable, tuple[tuple[T, ...], V]] = {}
    one_at_a_time = Lock()

    @wraps(make)
    def found(objects: Iterable[T], *args: P.args, **kwargs: P.kwargs) -> V:
        objects = tuple(objects)
        if len(objects) < MANY:
            return make(objects, *args, **kwargs)
        key = tuple(map(id, objects)), args, tuple(kwargs.items())
        with one_at_a_time:
            if key not in values:
                values[key] = objects, make(objects, *args, **kwargs)  # what is held gives its id to no other
                while len(values) > KEPT:
                    values.pop(next(iter(values)))
            return values[key][1]

    return found
