"""The warning is rare for a data set's own images and sure for what is plainly something else."""

import numpy as np
import pytest

from explorer.data import Dataset, Images, load
from explorer.insights.out_of_distribution import OutOfDistributionDetector, image_statistics, patterns


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.fixture(scope="module")
def detector(digits):
    return OutOfDistributionDetector(digits)


def warned(detector, pixels):
    """The share of uint8 (N, C, H, W) that is warned of."""
    return detector.unlike(pixels).mean()


def test_false_alarms_are_rare(detector, digits):
    """Limits at 99.5 % of 258 validation images; on the 382 test images: see benchmarks/out_of_distribution.py."""
    assert warned(detector, digits.test.pixels) < 0.05


def test_what_is_no_digit_is_warned_of(detector, digits):
    test, random = digits.test.pixels[:50], np.random.RandomState(0)
    assert warned(detector, 255 - test) == 1
    assert warned(detector, random.randint(0, 256, test.shape).astype(np.uint8)) == 1
    assert warned(detector, np.full_like(test, 128)) == 1
    assert warned(detector, np.rot90(test, axes=(2, 3))) > 0.9
    assert warned(detector, load("shapes").test.pixels[:50].mean(axis=1, keepdims=True).astype(np.uint8)) == 1


def test_a_training_image_is_its_own_nearest(detector, digits):
    place = int(detector.places[5])
    assert detector.score(digits.train.pixels[place]).nearest == place
    assert detector.likeness(digits.train.pixels[place][None])[0] == pytest.approx(1, abs=1e-5)


def test_the_warning_names_the_measure_its_value_and_its_limit(detector, digits):
    inverted = 255 - digits.test.pixels[:1]
    warning = detector.score(inverted[0]).warning
    assert f"correlate {detector.likeness(inverted)[0][0]:.2f}" in warning
    assert f"(at least {detector.least:.2f})" in warning
    assert f"{detector.distance(inverted)[0]:.1f} standard deviations" in warning
    assert f"(at most {detector.most:.1f})" in warning
    assert f"99.5 % of {len(digits.validation)} validation images" in warning
    assert detector.score(digits.train.pixels[detector.places[0]]).warning is None


def test_the_product_of_two_patterns_is_their_correlation(digits):
    pixels = digits.train.pixels[:6]
    expected = np.corrcoef(pixels.reshape(6, -1))
    np.testing.assert_allclose(patterns(pixels) @ patterns(pixels).T, expected, atol=1e-5)
    assert (patterns(np.full((1, 3, 8, 8), 7, np.uint8)) == 0).all()


def test_likeness_does_not_depend_on_brightness_but_distance_does(detector, digits):
    image = digits.test.pixels[:1]
    dim = image // 4
    assert detector.likeness(dim)[0] == pytest.approx(detector.likeness(image)[0], abs=0.01)
    assert detector.distance(dim)[0] > detector.distance(image)[0] + 1


@pytest.mark.parametrize(("channels", "size"), [(1, 8), (3, 20), (3, 48)])
def test_any_size(channels, size):
    random = np.random.RandomState(0)
    part = Images(random.randint(0, 256, (9, channels, size, size)).astype(np.uint8), np.arange(9) % 3)
    detector = OutOfDistributionDetector(Dataset("own", ("a", "b", "c"), part, part, part))
    assert detector.score(part.pixels[4]).warning is None
    assert image_statistics(part.pixels).shape == (9, 10 * channels)
