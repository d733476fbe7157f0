"""What follows from a data set's arrays."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.data import Dataset, Images


def some(count, seed, channels=3):
    random = np.random.RandomState(seed)
    return Images(random.randint(0, 256, (count, channels, 8, 8)).astype(np.uint8), np.arange(count) % 2)


@pytest.fixture
def data():
    return Dataset("some", ("a", "b"), some(40, 1), some(6, 2), some(8, 3))


def test_mean_and_std_are_those_of_the_training_pixels(data):
    pixels = data.train.pixels / 255
    assert data.mean == pytest.approx(pixels.mean(axis=(0, 2, 3)))
    assert data.std == pytest.approx(pixels.std(axis=(0, 2, 3)))


def test_images_of_one_colour_can_still_be_divided_by_their_std(data):
    flat = replace(data, train=Images(np.full((4, 1, 8, 8), 7, np.uint8), np.arange(4) % 2))
    assert flat.std == (1 / 255,)
    assert flat.channels == 1


def test_fingerprint_is_the_same_for_equal_content(data):
    again = Dataset("another name", ("a", "b"), some(40, 1), some(6, 2), some(8, 3), "digit")
    assert again.fingerprint == data.fingerprint
    assert len(data.fingerprint) == 64


def test_fingerprint_changes_with_a_pixel_a_label_a_class_or_the_split(data):
    def with_pixel(images):
        pixels = images.pixels.copy()
        pixels[-1, -1, -1, -1] ^= 1
        return replace(images, pixels=pixels)

    def moved(one, other):  # the last image of `one` becomes the first of `other`
        return Images(one.pixels[:-1], one.labels[:-1]), Images(
            np.concatenate([one.pixels[-1:], other.pixels]), np.concatenate([one.labels[-1:], other.labels])
        )

    fewer, more = moved(data.train, data.validation)
    changed = [
        replace(data, train=with_pixel(data.train)),
        replace(data, validation=with_pixel(data.validation)),
        replace(data, test=with_pixel(data.test)),
        replace(data, test=replace(data.test, labels=1 - data.test.labels)),
        replace(data, classes=("a", "c")),
        replace(data, train=fewer, validation=more),
    ]
    assert len({data.fingerprint, *(one.fingerprint for one in changed)}) == 7
