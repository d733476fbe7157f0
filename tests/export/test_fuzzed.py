"""Whatever befalls an archive on its way, byte by byte or value by value: it becomes a run that every page can show, or
gets one sentence and leaves nothing."""

import io
import json
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from explorer.errors import UserError
from explorer.export.bring_in import bring_in
from explorer.runs import epochs, list_runs, steps
from explorer.runs.history import read_test_predictions
from explorer.runs.store import damaged_runs
from tests.export.hostile import Files, packed, unsummed
from tests.runs.test_any_damage import damages

KEPT = {".create.lock", ".last-number", ".change.lock"}


@pytest.fixture(scope="module")
def whole(good) -> bytes:
    return packed(good)


def brought_in(content: bytes) -> bool:
    """Whether it became a run."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CHECKPOINTS", folder)
        patch.setenv("EXPLORER_SAMPLES", "off")
        told = ""
        try:
            run = bring_in(io.BytesIO(content))
        except UserError as error:
            told = str(error)
        if told:
            assert "\n" not in told
            assert len(told) < 400
            assert not list(Path(folder).iterdir())
            return False
        assert {path.name for path in Path(folder).iterdir()} <= {run.id, *KEPT}
        assert [each.id for each in list_runs()] == [run.id]
        assert not damaged_runs()
        assert len(epochs([run.id])) >= run.epochs_done
        steps(run.id)
        read_test_predictions(run)
        return True


def test_the_good_one_comes(whole):
    assert brought_in(whole)


@st.composite
def cuts(draw: st.DrawFn) -> list[tuple[int, int, bytes]]:
    """Some damages: (which part of the archive, where in it, by which bytes)."""
    where = st.tuples(st.integers(0, 3), st.integers(0, 2**16), st.binary(max_size=4))
    return draw(st.lists(where, min_size=1, max_size=3))


@settings(max_examples=80)
@given(cuts(), st.sampled_from(["write over", "insert", "cut out", "cut off"]))
def test_bytes(whole, damaged, how):
    whole = bytearray(whole)
    for part, place, value in damaged:
        table = whole.find(b"PK\x01\x02") if b"PK\x01\x02" in whole else 0
        # Anywhere; in the table at the end; in the last bytes, which say where that is; in the head of the first file.
        start, length = [(0, len(whole)), (table, len(whole) - table), (len(whole) - 22, 22), (0, 60)][part]
        at = max(0, start) + place % max(1, length)
        if how == "write over":
            whole[at : at + len(value)] = value
        elif how == "insert":
            whole[at:at] = value
        elif how == "cut out":
            del whole[at : at + 1 + 7 * len(value)]
        else:
            del whole[at:]
    brought_in(bytes(whole))


def edited(good: Files, name: str, every: int) -> Iterator[bytes]:
    """Archives in which one value of a file is strange or gone."""
    lines = [good[name]] if name == "run.json" else good[name].splitlines()
    for damaged in islice(damages(json.loads(lines[0])), 0, None, every):
        yield packed({**unsummed(good), name: b"\n".join([json.dumps(damaged).encode(), *lines[1:], b""])})


@pytest.mark.parametrize(("name", "every"), [("run.json", 211), ("epochs.jsonl", 41), ("steps.jsonl", 41)])
def test_values(good, name, every):
    for content in edited(good, name, every):
        brought_in(content)


@settings(max_examples=12)
@given(st.sampled_from(["weights/best.safetensors", "test_answers.npy", "state/state.safetensors"]), cuts())
def test_bytes_of_a_file(good, name, damaged):
    """Packed anew by a person, so that no sum tells."""
    content = bytearray(good.get(name) or good["weights/best.safetensors"])
    for part, place, value in damaged:
        at = place % (len(content) if part else 200)  # numpy's head, or that of safetensors
        content[at : at + len(value)] = value
    brought_in(packed({**unsummed(good), name: bytes(content)}))
