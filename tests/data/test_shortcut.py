"""A planted shortcut tells the class as often as its name says, only on its mark, and nothing in the test split."""

import numpy as np
import pytest

from explorer.data import is_folder, is_on_disk, load, source_of, tidy
from explorer.data.shortcut import MARKS, Shortcut, evenly, is_local, parsed, region
from explorer.errors import UserError
from explorer.runs import RunConfig

SPLITS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.mark.parametrize("strength", [1.0, 0.8, 0.0])
def test_the_mark_tells_the_class_as_often_as_the_strength_says(digits, strength):
    planted = load(Shortcut("corner", "digits", strength).name)
    for split in ("train", "validation"):
        images = getattr(planted, split)
        own = images.marks == images.labels
        for label in range(10):
            members = images.labels == label
            assert abs(own[members].sum() - strength * members.sum()) <= 0.5, "to the nearest image of each class"


def test_in_the_test_split_every_mark_is_as_frequent_with_each_class(digits):
    images = load("shortcut:tint:digits").test
    pairs = np.zeros((10, 10), int)
    np.add.at(pairs, (images.labels, images.marks), 1)
    assert (pairs.max(axis=1) - pairs.min(axis=1) <= 1).all()
    assert (evenly(images.labels, 10) == images.marks).all()


@pytest.mark.parametrize("mark", MARKS)
def test_nothing_but_the_mark_changes(digits, mark):
    planted = load(f"shortcut:{mark}:digits")
    where = region(mark, 32)
    assert is_local(mark) == (not where.all())
    for split in SPLITS:
        before, after = getattr(digits, split), getattr(planted, split)
        assert after.pixels.shape == (len(before), 3, 32, 32)
        assert (after.labels == before.labels).all()
        assert (after.pixels[:, :, ~where] == before.pixels[:, :, ~where]).all()


@pytest.mark.parametrize("mark", ["corner", "border"])
def test_marks_of_two_classes_differ_and_those_of_one_do_not(mark):
    images, where = load(f"shortcut:{mark}:digits").train, region(mark, 32)
    on_mark = images.pixels[:, :, where]
    kinds = {int(one): {image.tobytes() for image in on_mark[images.marks == one]} for one in range(10)}
    assert all(len(looks) == 1 for looks in kinds.values())
    assert len(set.union(*kinds.values())) == 10


@pytest.mark.parametrize("mark", MARKS)
def test_one_name_gives_the_same_images_and_each_name_others(digits, mark):
    name = f"shortcut:{mark}:digits"
    assert load(name).fingerprint == load(name).fingerprint
    assert len({load(other).fingerprint for other in (name, f"shortcut:{mark}@0.5:digits", "digits")}) == 3


def test_a_folder_is_planted_with_its_own_size(tmp_path):
    from PIL import Image

    for label in ("a", "b"):
        (tmp_path / label).mkdir()
        for shade in range(12):
            Image.new("RGB", (20, 20), (shade * 20, 0, 0)).save(tmp_path / label / f"{shade}.png")
    data = load(f"shortcut:border:folder:{tmp_path}", image_size=16)
    assert data.size == 16
    assert data.report is not None
    assert (data.train.pixels[:, :, region("border", 16)].reshape(len(data.train), -1).std(axis=1) > 0).any()


def test_a_name_says_what_is_planted_and_is_read_back():
    for given in (Shortcut("tint", "digits"), Shortcut("corner", "folder:/a:b@c", 0.75)):
        assert parsed(given.name) == given
    assert parsed("digits") is None
    assert tidy("shortcut:border@1.0:folder:/images/") == "shortcut:border:folder:/images"
    assert is_folder("shortcut:tint:folder:/images")
    assert not is_folder("shortcut:tint:digits")
    assert is_on_disk("shortcut:tint:digits")


def test_what_is_said_before_loading_is_true_of_what_is_loaded():
    source, data = source_of("shortcut:watermark@0.9:digits"), load("shortcut:watermark@0.9:digits")
    assert source is not None
    assert (source.channels, source.classes, source.training_images) == (data.channels, data.classes, len(data.train))
    assert source.input_spec.preparation == data.preparation
    assert source.title == "Digits with a watermark in 90 %"


def test_a_run_records_it(checkpoints):
    config = RunConfig("shortcut:border@0.9:digits", "mlp")
    assert RunConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("shortcut:frame:digits", "No mark 'frame'.*border"),
        ("shortcut:border@2:digits", "strength from 0 to 1"),
        ("shortcut:border@much:digits", "write shortcut:MARK:DATA"),
        ("shortcut:border", "write shortcut:MARK:DATA"),
        ("shortcut:border:shortcut:tint:digits", "has a shortcut already"),
        ("shortcut:border:digit", "No data set 'digit'"),
    ],
)
def test_a_wrong_name_says_what_is_right(name, why):
    with pytest.raises(UserError, match=why):
        load(name)
