"""Images with several frames: animations, and documents with several pages."""

from collections.abc import Callable

import numpy as np
from PIL import Image

SEVERAL = "GIF", "WEBP", "PNG", "AVIF", "TIFF"  # a photo's further images are previews and depth maps, not frames
FRAMES = 200  # the most frames to examine
PIXELS = 200_000_000  # of all frames looked at
CONTENT = 16  # levels of 255 between the darkest and the lightest pixel of a frame that shows something


def turn_to_first_with_content(
    image: Image.Image, shown: Callable[[Image.Image], Image.Image], check: Callable[[Image.Image], None]
) -> str | None:
    """Leave `image` at its first frame that is not blank, else at the first; returns a sentence if it has several
    frames.

    `shown`: a frame as RGB. `check` raises UserError if a frame is too large; it is called before a frame is decoded.
    """
    if image.format not in SEVERAL or not getattr(image, "is_animated", False):
        return None
    kind = "page" if image.format == "TIFF" else "frame"
    looked_at = 0
    for number in range(FRAMES):
        try:
            image.seek(number)
        except EOFError:
            break
        check(image)
        looked_at += image.width * image.height
        if looked_at > PIXELS:
            break
        image.load()
        if _has_content(shown(image)):
            before = "" if number == 0 else f": {_all_before(number, kind)}"
            return f"It has several {kind}s; {kind} {number + 1} was used{before}."
    image.seek(0)
    image.load()
    return f"It has several {kind}s, and all that were examined are blank; {kind} 1 was used."


def _all_before(number: int, kind: str) -> str:
    return f"{kind} 1 is blank" if number == 1 else f"{kind}s 1 to {number} are blank"


def _has_content(frame: Image.Image) -> bool:
    pixels = np.asarray(frame)
    return bool((np.ptp(pixels, axis=(0, 1)) > CONTENT).any())
