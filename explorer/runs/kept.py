"""A cache for values that every visitor and every click would otherwise compute again from the same runs."""

from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

MANY = 20  # objects; for fewer, computing is as fast as looking up
KEPT = 8  # values of each function
T = TypeVar("T")
V = TypeVar("V")
P = ParamSpec("P")


def kept(make: Callable[Concatenate[Iterable[T], P], V]) -> Callable[Concatenate[Iterable[T], P], V]:
    """The function with a cache: a value is kept as long as the function is called with the very same objects in the
    same order, and equal further arguments. Objects and value must never be changed."""
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
                values[key] = objects, make(objects, *args, **kwargs)  # while an object is held, no other gets its id
                while len(values) > KEPT:
                    values.pop(next(iter(values)))
            return values[key][1]

    return found
