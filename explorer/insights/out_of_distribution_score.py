"""What is said about an image that looks unlike those that a network was trained on."""

from dataclasses import dataclass

STATED = 2  # reasons in the warning, at most: those farthest beyond their limits


@dataclass(frozen=True)
class OutOfDistributionScore:
    """How one image compares with the images of a data set."""

    reasons: tuple[str, ...]  # each with measure, value and limit; the farthest beyond first; () if similar
    rule: str  # where the limits come from, and what they cannot show: sentences
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
        """The text if no measure is beyond its limit; None if one is."""
        return None if self.reasons else f"The check finds nothing unusual in this image. {self.rule}"
