"""Places an image with transparent parts on a background that makes its visible parts stand out."""

import numpy as np
from PIL import Image

from explorer.data.handwriting import border
from explorer.data.levels import grey_levels

LIGHT = 0.7  # mean brightness of the visible part, 1 is white: from here on black is used
BLACK = "Its visible part is light on a transparent background: it was placed on black."
NOTHING = "The whole image is transparent: it was placed on white, and nothing is visible."


def laid_out(image: Image.Image) -> tuple[Image.Image, str | None]:
    """(RGB, a remark if one is needed) for an 8-bit image in any mode. Opaque images are only converted.

    The background is white, like a page, unless the border is mostly transparent and the visible part is light: white
    strokes would vanish.
    """
    if not image.has_transparency_data:
        return image.convert("RGB"), None
    image = image.convert("RGBA")
    alpha = np.asarray(image.getchannel("A")) / 255
    remark = None
    if not alpha.any():
        remark = NOTHING
    elif np.median(border(alpha)) < 0.5:
        grey = grey_levels(image.convert("RGB"))
        if (grey * alpha).sum() > LIGHT * alpha.sum():
            remark = BLACK
    background = Image.new("RGBA", image.size, "black" if remark == BLACK else "white")
    return Image.alpha_composite(background, image).convert("RGB"), remark
