"""The number of a run is given once."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from explorer.runs import RunConfig, create
from explorer.runs.numbers import LAST_NUMBER, TRASH, keep_numbers, take_number

CONFIG = RunConfig("digits", "simple_cnn")


def test_the_number_of_a_deleted_run_is_not_given_again(checkpoints):
    first, second = create(CONFIG), create(CONFIG)
    shutil.rmtree(second.path)
    assert create(CONFIG).id == "digits-simple_cnn-0003"
    shutil.rmtree(checkpoints / first.id)
    assert create(CONFIG).id == "digits-simple_cnn-0004"


@pytest.mark.parametrize("content", [None, b"", b"7", b"12", b"x\n", b"\xff\n", b"-3\n", b"1\n", b"9" * 40 + b"\n"])
def test_a_counter_that_is_missing_torn_or_behind_gives_no_number_twice(checkpoints, content):
    create(CONFIG), create(CONFIG)
    counter = checkpoints / LAST_NUMBER
    if content is None:
        counter.unlink()
    else:
        counter.write_bytes(content)
    assert create(CONFIG).id == "digits-simple_cnn-0003"


def test_what_was_copied_here_counts_also_from_the_trash(checkpoints):
    (checkpoints / "mnist-mlp-0041").mkdir()
    (checkpoints / TRASH / "20261126T082600.000000Z" / "mnist-mlp-0099").mkdir(parents=True)
    assert create(CONFIG).id == "digits-simple_cnn-0100"


def test_a_kept_number_survives_its_run(checkpoints):
    (checkpoints / "mnist-mlp-0041").mkdir()
    keep_numbers(checkpoints)
    (checkpoints / "mnist-mlp-0041").rmdir()
    assert take_number(checkpoints) == 42


@given(st.lists(st.sampled_from(["make", "remove newest", "remove oldest", "copy", "lose counter"]), max_size=20))
def test_whatever_happens_no_number_of_a_run_made_here_is_given_while_the_counter_is_there(tmp_path_factory, steps):
    root = Path(tmp_path_factory.mktemp("runs"))
    given_so_far: set[int] = set()
    lost = False
    for step in steps:
        runs = sorted(path for path in root.iterdir() if path.is_dir())
        if step == "make":
            number = take_number(root)
            there = {int(path.name[-4:]) for path in runs}
            assert number not in there
            assert lost or number not in given_so_far
            given_so_far.add(number)
            (root / f"digits-mlp-{number:04d}").mkdir()
        elif step == "copy":
            (root / f"digits-mlp-{max(given_so_far, default=0) + 20:04d}").mkdir(exist_ok=True)
        elif step == "lose counter":
            (root / LAST_NUMBER).unlink(missing_ok=True)
            lost = True
        elif runs:
            runs[-1 if step == "remove newest" else 0].rmdir()
