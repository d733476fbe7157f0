"""The list of data sets, and the one that is always there."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from explorer.data import DATASETS, is_on_disk, load
from explorer.errors import UserError


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def test_digits_are_what_the_list_says(digits):
    source = DATASETS["digits"]
    assert (len(digits.train), len(digits.validation), len(digits.test)) == (source.training_images, 258, 382)
    assert (digits.name, digits.classes, digits.preparation) == (source.name, source.classes, source.preparation)
    for images in (digits.train, digits.validation, digits.test):
        assert images.pixels.dtype == np.uint8
        assert images.labels.dtype == np.int64
        assert images.pixels.shape == (len(images), source.channels, source.size, source.size)
        assert images.pixels.max() == 255


def test_digits_are_scikit_learns(digits):
    """All 1,797 of them: our short cut to the file reads what load_digits reads."""
    from sklearn.datasets import load_digits

    from explorer.data.digits import _table

    bunch = load_digits()
    assert (_table() == np.column_stack([bunch.data, bunch.target])).all()
    labels = np.concatenate([part.labels for part in (digits.train, digits.validation, digits.test)])
    assert np.bincount(labels).tolist() == np.bincount(bunch.target).tolist()


def test_each_form_is_the_same_digits_again():
    """The blocks of the file are what they are said to be: each is the longest one, less a few digits."""
    from difflib import SequenceMatcher

    from explorer.data.digits import FORMS, _table

    labels = "".join(str(int(label)) for label in _table()[:, -1])
    blocks = [labels[start:end] for start, end in pairwise((*FORMS, len(labels)))]
    form = max(blocks, key=len)
    assert (len(blocks), len(form)) == (14, 130)
    for block in blocks:
        kept = sum(match.size for match in SequenceMatcher(None, form, block, autojunk=False).get_matching_blocks())
        assert kept >= len(block) - 1, block  # one person wrote one other digit


def test_no_form_is_in_two_splits(digits):
    """Images of one form look alike: a network tested on forms that it was trained on would seem to know more."""
    from explorer.data.digits import FORMS, _table
    from explorer.data.ink import mnist_layout

    starts = (*FORMS, len(_table()))
    pages = [mnist_layout(row[:-1].reshape(8, 8) / 16).tobytes() for row in _table()]
    form_of = {page: form for form, (start, end) in enumerate(pairwise(starts)) for page in pages[start:end]}
    parts = digits.train, digits.validation, digits.test
    forms = [{form_of[image.tobytes()] for image in part.pixels} for part in parts]
    assert forms == [set(range(9)), {9, 10}, {11, 12, 13}]


def test_the_splits_share_no_image(digits):
    parts = [{image.tobytes() for image in part.pixels} for part in (digits.train, digits.validation, digits.test)]
    assert sum(map(len, parts)) == len(set.union(*parts))


def test_the_splits_are_stratified(digits):
    shares = [np.bincount(part.labels) / len(part) for part in (digits.train, digits.validation, digits.test)]
    assert np.ptp(shares, axis=0).max() < 0.01


def test_loading_twice_gives_the_same(digits):
    assert load("digits").fingerprint == digits.fingerprint


def test_digits_sit_as_mnist_digits_do(digits):
    """LeCun et al. 1998: the longer side is 20, the centre of mass is the middle of 28 × 28, which pads to 32 × 32."""
    for page in digits.train.pixels[:200, 0].astype(float):
        rows, columns = np.flatnonzero(page.sum(axis=1)), np.flatnonzero(page.sum(axis=0))
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
        centre = [(page.sum(axis=1 - axis) * np.arange(32)).sum() / page.sum() for axis in (0, 1)]
        assert np.abs(np.array(centre) - 16).max() <= 0.51


@pytest.mark.parametrize("code", ["pass", "explorer.data.load('digits')", "explorer.data.prepare.network_input"])
def test_no_torch(code):
    heavy = "torch", "torchvision", "sklearn", "scipy"
    check = f"import explorer.data, sys; {code}; print(sorted({set(heavy)} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_unknown_name_lists_the_names():
    with pytest.raises(UserError, match=r"No data set 'digit'\. Did you mean 'digits'\? .*mnist.*folder:PATH"):
        load("digit")


def test_only_own_images_have_an_image_size():
    with pytest.raises(UserError, match="digits has images of 32 pixels, not 48"):
        load("digits", image_size=48)


def test_what_is_on_disk_needs_no_download(tmp_path):
    assert is_on_disk("digits", tmp_path)
    assert is_on_disk("folder:anywhere", tmp_path)
    for name in ("mnist", "fashion-mnist", "cifar10"):
        assert not is_on_disk(name, tmp_path)
        for file in DATASETS[name].files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).touch()
        assert is_on_disk(name, tmp_path)


def test_a_download_is_named_by_its_files():
    assert {name for name, source in DATASETS.items() if source.files} == {"mnist", "fashion-mnist", "cifar10"}
    assert all((source.needs == "nothing") == (not source.files) for source in DATASETS.values())


def test_every_source_describes_itself():
    for name, source in DATASETS.items():
        assert source.name == name
        assert source.about.endswith(".")
        assert not source.needs.endswith(".")
        assert source.channels in (1, 3)
    assert next(iter(DATASETS.values())).needs == "nothing"  # the first choice needs no download
