"""steps.jsonl is read on from where the last look stopped, and gives what reading all of it gives."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from explorer.runs.lines import append, cut
from explorer.runs.steps_file import StepsReader

PARAMETERS = ("weight", "bias")


def row(step: int, epoch: int = 1, loss: float = 0.5) -> dict:
    weighed = {"weight_norms": [1.0, 2.0], "update_norms": [step / 10, None]} if step % 3 == 1 else {}
    return {"step": step, "epoch": epoch, "loss": loss, "accuracy": 0.25, "gradient_norms": [step, None], **weighed}


def everything(reader: StepsReader) -> list[np.ndarray]:
    return [value for part in reader.read(PARAMETERS) for value in vars(part).values() if value is not PARAMETERS]


def assert_reads_all(reader: StepsReader) -> None:
    for one, other in zip(everything(reader), everything(StepsReader(reader.path)), strict=True):
        assert_array_equal(one, other)


@pytest.fixture
def reader(tmp_path) -> StepsReader:
    return StepsReader(tmp_path / "steps.jsonl")


def test_before_the_first_step_there_are_empty_arrays(reader):
    steps, stats = reader.read(PARAMETERS)
    assert steps.norms.shape == stats.updates.shape == (0, 2)
    assert len(steps.step) == 0


def test_looks_at_a_growing_file_give_what_one_look_at_the_end_gives(reader):
    handed_out = []
    for step in range(1, 41):
        append(reader.path, [row(step)])
        if step % 3 == 0:
            handed_out.append((step, reader.read(PARAMETERS)[0].step))
        assert_reads_all(reader)
    for step, steps in handed_out:  # what was handed out stays as it was
        assert_array_equal(steps, np.arange(1, step + 1))


def test_only_what_is_new_is_read(reader, monkeypatch):
    append(reader.path, [row(step) for step in range(1, 101)])
    reader.read(PARAMETERS)
    parsed = []
    monkeypatch.setattr("explorer.runs.lines.json.loads", lambda line: parsed.append(line) or row(len(parsed)))
    append(reader.path, [row(101), row(102)])
    assert len(reader.read(PARAMETERS)[0].step) == 102
    assert len(parsed) == 2


def test_a_large_file_is_read_in_blocks(reader, monkeypatch):
    append(reader.path, [row(step) for step in range(1, 41)])
    whole = everything(reader)
    monkeypatch.setattr("explorer.runs.steps_file.BLOCK_BYTES", 100)
    in_blocks = everything(StepsReader(reader.path))
    assert len(whole[0]) == 40
    for one, other in zip(whole, in_blocks, strict=True):
        assert_array_equal(one, other)


def test_a_half_written_last_line_is_read_once_it_is_whole(reader):
    append(reader.path, [row(1)])
    with reader.path.open("a") as half:
        half.write('{"step": 2, "epoch": 1, "loss": 0.5, "accu')
    assert len(reader.read(PARAMETERS)[0].step) == 1
    with reader.path.open("a") as rest:
        rest.write('racy": 0.25, "gradient_norms": [2, null]}\n')
    assert_reads_all(reader)
    assert len(reader.read(PARAMETERS)[0].step) == 2


@pytest.mark.parametrize("steps_written_after", [1, 5, 40])
def test_a_file_that_was_cut_and_went_on_is_read_anew(reader, steps_written_after):
    append(reader.path, [row(step, epoch=1 + step // 10) for step in range(1, 26)])
    reader.read(PARAMETERS)
    cut(reader.path, 2)  # as a resumed run does
    append(reader.path, [row(step, epoch=3, loss=0.125) for step in range(20, 20 + steps_written_after)])
    assert_reads_all(reader)
    assert reader.read(PARAMETERS)[0].loss[-1] == 0.125


def test_a_run_that_was_deleted_has_no_steps(reader):
    append(reader.path, [row(1)])
    reader.read(PARAMETERS)
    reader.path.unlink()
    assert len(reader.read(PARAMETERS)[0].step) == 0


def test_nobody_can_change_what_all_share(reader):
    append(reader.path, [row(1)])
    with pytest.raises(ValueError, match="read-only"):
        reader.read(PARAMETERS)[0].loss[0] = 1
