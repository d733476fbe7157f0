"""Images as the bytes of a file."""

import io

from PIL import Image


def jpeg(image: Image.Image) -> bytes:
    """With the loss of a telephone's camera: quality 85."""
    return _file(image, "JPEG", quality=85)


def png(image: Image.Image) -> bytes:
    """Without loss."""
    return _file(image, "PNG")


def _file(image: Image.Image, kind: str, **settings: object) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **settings)
    return content.getvalue()
