"""What the input images of a network are like, and how any image becomes one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Preparation = Literal["photo", "digit", "garment"]
"""photo: shown as it is, cropped or letterboxed. digit: handwriting is cut out and laid out as the data set's own
digits. garment: cut out of its plain background, light on black."""


@dataclass(frozen=True)
class InputSpec:
    """Everything needed to prepare any image for a network without loading the data set that it was trained on."""

    name: str  # of the data set
    channels: int  # 1 (grey) or 3 (red, green, blue)
    size: int  # height and width in pixels
    classes: tuple[str, ...]
    mean: tuple[float, ...] = ()  # of the training pixels in [0, 1], per channel; empty if they were not loaded
    std: tuple[float, ...] = ()  # standard deviation of the same
    preparation: Preparation = "photo"
    resize: int | None = None  # pixels of a photo's shorter side before the middle is cut out; None: the largest square

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one image."""
        return self.channels, self.size, self.size

    @property
    def shows_whole_image(self) -> bool:
        """Whether networks get the image itself, so that it can be letterboxed; otherwise an object is cut out of
        it."""
        return self.preparation == "photo"

    @property
    def may_flip(self) -> bool:
        """Whether training may flip images left to right: a mirrored digit is not that digit."""
        return self.preparation != "digit"

    def to_json(self) -> dict[str, Any]:
        """For run.json; `from_json` reads it. Versions without `preparation` read `ink`."""
        values = {
            "name": self.name,
            "classes": list(self.classes),
            "channels": self.channels,
            "size": self.size,
            "preparation": self.preparation,
            "ink": self.preparation == "digit",
            "mean": list(self.mean),
            "std": list(self.std),
        }
        return values if self.resize is None else values | {"resize": self.resize}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "InputSpec":
        """The inverse of `to_json`; ignores other keys. Raises KeyError if one is missing."""
        return cls(
            name=data["name"],
            channels=data["channels"],
            size=data["size"],
            classes=tuple(data["classes"]),
            mean=tuple(data["mean"]),
            std=tuple(data["std"]),
            preparation=data.get("preparation") or _preparation(data["name"], data["ink"]),
            resize=data.get("resize"),
        )


def _preparation(name: str, ink: bool) -> Preparation:
    """The preparation of a run from before run.json recorded it."""
    if ink:
        return "digit"
    return "garment" if name == "fashion-mnist" else "photo"
