"""Whatever befell an array's file: it is the array, or one kind of error."""

import io

import numpy as np
import pytest
from hypothesis import given, strategies as st

from explorer.data.array_file import read_array


def file_of(array: np.ndarray) -> bytes:
    made = io.BytesIO()
    np.save(made, array)
    return made.getvalue()


GOOD = file_of(np.arange(764, dtype=np.int32).reshape(2, 382))


@pytest.mark.parametrize("shape", [b"(2, 10**12)", b"(2, 382000000000)", b"(9, 9, (", b"(1000000000,)*9", b"(2, -1)"])
def test_a_shape_that_no_file_has(shape):
    with pytest.raises(ValueError, match="is not an array of numpy"):
        read_array(io.BytesIO(GOOD.replace(b"(2, 382), }" + b" " * 30, (shape + b", }").ljust(41))))


def test_objects_are_not_read():
    with pytest.raises(ValueError, match="is not an array of numpy"):
        read_array(io.BytesIO(file_of(np.array([{}], object))))


@given(st.lists(st.tuples(st.integers(0, 140), st.binary(min_size=1, max_size=4)), max_size=4), st.integers(0, 4000))
def test_bytes_that_were_changed(changes, end):
    content = bytearray(GOOD)
    for at, value in changes:
        content[at : at + len(value)] = value
    for damaged in (content, content[:end]):
        try:
            array = read_array(io.BytesIO(bytes(damaged)))
        except ValueError:
            continue
        assert array.size <= 764
