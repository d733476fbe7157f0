"""What is stated of an image that looks unlike those that a network was trained on."""

from dataclasses import dataclass

STATED = 2  # reasons in the warning, at most: those that lie farthest beyond their limits


@dataclass(frozen=True)
class OutOfDistributionScore:
    """How one image compares with the images of a data set."""

    reasons: tuple[str, ...]  # each names a measure, its value and its limit; the farthest beyond first; none if alike
    rule: str  # where the limits come from, and what they cannot tell: sentences
    nearest: int  # index of the most similar training image

    @property
    def warning(self) -> str | None:
        """One paragraph with the measures beyond their limits; None if there are none."""
        if not self.reasons:
            return None
        reasons = "; ".join(self.reasons[:STATED])
        return (
            f"This image is out of distribution (unlike the training images), so the prediction may be meaningless: "
            f"{reasons}. {self.rule}"
        )

    @property
    def passed(self) -> str | None:
        """What is stated where no measure is beyond its limit; None if one is."""
        return None if self.reasons else f"The check finds nothing unusual in this image. {self.rule}"
