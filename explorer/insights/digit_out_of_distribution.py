"""Whether an image shows one digit, written or printed, as a network for digits expects.

Before the ink is cut out: is there anything else on the page, and is the ink one thing? Afterwards: are its strokes
like those of a training image? The limits hold for all data sets of digits. They were chosen on one half of the images
of `benchmarks.out_of_distribution` (other fonts, other writers, other photos than in the half that is reported).
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.data import Dataset
from explorer.data.ink_page import InkPage, ink_page
from explorer.insights.out_of_distribution_score import OutOfDistributionScore
from explorer.insights.strokes import directions

BANK = 2000  # training images to compare with, at most
LIKENESS = 0.83  # minimum similarity of the strokes to those of the most similar training image
STROKES = "the similarity of its strokes to those of the most similar training image is {0:.2f} (at least {1:.2f})"
RULE = (
    "The check compares the surroundings of the ink, its shape and its strokes. At least 98 % of the 750 images of "
    "single digits on which the limits were chosen lie within them; letters and scribbles often do too."
)


@dataclass(frozen=True)
class Limit:
    """The largest allowed value of a measure of a page."""

    measure: str  # a field of InkPage
    most: float
    reason: str  # the sentence for the value and the limit

    def excess(self, page: InkPage) -> float:
        """How many times the limit the measure is."""
        return getattr(page, self.measure) / self.most

    def stated(self, page: InkPage) -> str:
        """The reason with the values of this page."""
        return self.reason.format(getattr(page, self.measure), self.most)


LIMITS = (
    Limit("clutter", 0.1, "the dark area beside the ink is {0:.2f} times the area of the ink (at most {1:.2f})"),
    Limit("edges", 0.12, "{0:.2f} of the edges near the ink do not belong to the ink (at most {1:.2f})"),
    Limit("colour", 0.05, "the colour of the background near the ink varies by {0:.2f} (at most {1:.2f})"),
    Limit("things", 1, "{0:.0f} pieces of ink lie side by side (at most {1:.0f})"),
    Limit("width", 0.45, "the widest stroke is {0:.2f} of the ink's length (at most {1:.2f})"),
    Limit("aspect", 1.5, "the ink is {0:.1f} times as wide as tall (at most {1:.1f})"),
)


class DigitOutOfDistributionDetector:
    """What digits look like. Takes a second to make, then a tenth of a second for each image."""

    def __init__(self, data: Dataset) -> None:
        random = np.random.RandomState(0)
        self.places = np.sort(random.permutation(len(data.train))[:BANK])
        self._strokes = directions(data.train.pixels[self.places])

    def likeness(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For uint8 (N, 1, H, W): similarity to the most similar image of the bank, 0 to 1, and its index; (N,)
        each."""
        similar = directions(pixels) @ self._strokes.T
        best = similar.argmax(axis=1)
        return similar[np.arange(len(best)), best], self.places[best]

    def unlike(self, pixels: np.ndarray) -> np.ndarray:
        """For uint8 (N, 1, H, W), as the network sees them: whose strokes are unlike, bool (N,)."""
        return self.likeness(pixels)[0] < LIKENESS

    def score(self, pixels: np.ndarray, original: Image.Image | None = None) -> OutOfDistributionScore:
        """`pixels`: uint8 (1, H, W), as the network sees it. `original`: what it was cut out of, if anything."""
        return self.score_page(pixels, ink_page(original) if original else None)

    def score_page(self, pixels: np.ndarray, page: InkPage | None) -> OutOfDistributionScore:
        """The same, if the image was measured already."""
        (likeness,), (nearest,) = self.likeness(pixels[None])
        beyond = [(limit.excess(page), limit.stated(page)) for limit in LIMITS if page and limit.excess(page) > 1]
        if likeness < LIKENESS:
            beyond.append(((1 - likeness) / (1 - LIKENESS), STROKES.format(likeness, LIKENESS)))
        return OutOfDistributionScore(tuple(reason for _, reason in sorted(beyond, reverse=True)), RULE, int(nearest))
