"""Does an image look like those that a network was trained on? If not, the network's answer for it means little.

Digits have `digit_out_of_distribution`; this is for all other images. Two measures of the pixels alone, the same for
every network of a data set, with limits set by the validation images. The distance to the nearest training images is
what Sun et al. 2022 take, of a network's features; the distance in units of the spread of the training images is
Mahalanobis's (1936).
"""

import numpy as np
from PIL import Image

from explorer.data import Dataset, unit_range
from explorer.insights.digit_out_of_distribution import DigitOutOfDistributionDetector
from explorer.insights.out_of_distribution_score import OutOfDistributionScore

BANK = 2000  # training images to compare with, at most
LIMIT_IMAGES = 1000  # validation images that set the limits, at most
SHARE = 0.995  # share of them within each limit: of images like them, about 1 in 100 is beyond one of the two
SIDE = 32  # pixels: larger images are compared at this size
FLAT = 0.01  # standard deviation, as a share of white: an image with less has no pattern to compare
RULE = (
    "The check compares its pixels, brightness, contrast and edges; {0:g} % of {1:,} validation images lie within each "
    "limit. The limits do not tell what an image shows: many other images lie within them too."
)
RIDGE = 1e-3  # of the mean variance, so that the covariance can be inverted


class OutOfDistributionDetector:
    """What the images of a data set look like. Takes a few seconds to make, then milliseconds for each image."""

    def __init__(self, data: Dataset) -> None:
        random = np.random.RandomState(0)
        self.places = np.sort(random.permutation(len(data.train))[:BANK])
        bank = data.train.pixels[self.places]
        limit_images = data.validation.pixels[np.sort(random.permutation(len(data.validation))[:LIMIT_IMAGES])]
        self._patterns = patterns(bank)
        measured = image_statistics(bank)
        self._mean = measured.mean(axis=0)
        covariance = np.cov(measured.T)
        ridge = RIDGE * np.trace(covariance) / len(covariance) + 1e-9
        self._precision = np.linalg.inv(covariance + ridge * np.eye(len(covariance)))
        self.least = float(np.quantile(self.likeness(limit_images)[0], 1 - SHARE))
        self.most = float(np.quantile(self.distance(limit_images), SHARE))
        self.rule = RULE.format(100 * SHARE, len(limit_images))

    def likeness(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For uint8 (N, C, H, W): correlation with the most similar image of the bank, and its index; (N,) each."""
        similar = patterns(pixels) @ self._patterns.T
        best = similar.argmax(axis=1)
        return similar[np.arange(len(best)), best], self.places[best]

    def distance(self, pixels: np.ndarray) -> np.ndarray:
        """For images, uint8 (N, C, H, W): Mahalanobis distance from the training images' mean in `image_statistics`,
        (N,)."""
        away = image_statistics(pixels) - self._mean
        return np.sqrt(np.einsum("ni,ij,nj->n", away, self._precision, away).clip(0))

    def unlike(self, pixels: np.ndarray) -> np.ndarray:
        """Which of uint8 (N, C, H, W) are beyond one of the two limits, bool (N,)."""
        return (self.likeness(pixels)[0] < self.least) | (self.distance(pixels) > self.most)

    def score(self, pixels: np.ndarray, original: Image.Image | None = None) -> OutOfDistributionScore:
        """`pixels`: uint8 (C, H, W), as the network sees it; `original` is not used."""
        (likeness,), (nearest,) = self.likeness(pixels[None])
        (distance,) = self.distance(pixels[None])
        reasons = []
        if likeness < self.least:
            reasons.append(
                f"its pixels correlate {likeness:.2f} with the most similar training image (at least {self.least:.2f})"
            )
        if distance > self.most:
            reasons.append(
                f"its brightness, contrast and edges lie {distance:.1f} standard deviations from the training images' "
                f"mean (at most {self.most:.1f})"
            )
        return OutOfDistributionScore(tuple(reasons), self.rule, int(nearest))


def detector_for(data: Dataset) -> OutOfDistributionDetector | DigitOutOfDistributionDetector:
    """The detector for images that are shown to a network for `data`."""
    return DigitOutOfDistributionDetector(data) if data.preparation == "digit" else OutOfDistributionDetector(data)


def patterns(pixels: np.ndarray) -> np.ndarray:
    """Images without their brightness and contrast: float32 (N, C·H·W), mean 0 and length 1 each, 0 for a flat one.

    The product of two is their correlation. `pixels`: uint8 (N, C, H, W).
    """
    flat = _small(pixels).reshape(len(pixels), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.divide(flat, length, out=np.zeros_like(flat), where=length > FLAT * flat.shape[1] ** 0.5)


def image_statistics(pixels: np.ndarray) -> np.ndarray:
    """Brightness, contrast and edges of uint8 (N, C, H, W): float64 (N, 10·C).

    For each channel the mean, the standard deviation, the means of the outermost rows and columns, the mean step
    between neighbours and its change, the standard deviation of 8 × 8 blocks, and the 5th, 50th and 95th percentile.
    """
    x = _small(pixels).astype(np.float64)
    down, right = np.abs(np.diff(x, axis=2)), np.abs(np.diff(x, axis=3))
    blocks = _blocks(x)
    measures = [
        x.mean(axis=(2, 3)),
        x.std(axis=(2, 3)),
        x[:, :, [0, -1]].mean(axis=(2, 3)),
        x[..., [0, -1]].mean(axis=(2, 3)),
        (down.mean(axis=(2, 3)) + right.mean(axis=(2, 3))) / 2,
        np.abs(np.diff(x, n=2, axis=3)).mean(axis=(2, 3)),
        blocks.std(axis=(2, 3)),
        *np.quantile(x, [0.05, 0.5, 0.95], axis=(2, 3)),
    ]
    return np.concatenate(measures, axis=1)


def _blocks(x: np.ndarray) -> np.ndarray:
    """Means of about 8 × 8 blocks of (N, C, H, W)."""
    rows, columns = (np.linspace(0, side, min(side, 8) + 1).astype(int) for side in x.shape[2:])
    sums = np.add.reduceat(np.add.reduceat(x, rows[:-1], axis=2), columns[:-1], axis=3)
    return sums / (np.diff(rows)[:, None] * np.diff(columns))


def _small(pixels: np.ndarray) -> np.ndarray:
    """float32 (N, C, h, w) in [0, 1], at most SIDE pixels a side."""
    if max(pixels.shape[2:]) > SIDE:
        height, width = (min(side, SIDE) for side in pixels.shape[2:])
        shrunk = [
            [Image.fromarray(plane).resize((width, height), Image.Resampling.BOX) for plane in image]
            for image in pixels
        ]
        pixels = np.stack([np.stack([np.asarray(plane) for plane in image]) for image in shrunk])
    return unit_range(pixels)
