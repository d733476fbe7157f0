"""Pictures as the bytes of a file."""

import io

from PIL import Image


def jpeg(image: Image.Image) -> bytes:
    return _file(image, "JPEG", quality=85)


def png(image: Image.Image) -> bytes:
    return _file(image, "PNG")


def _file(image: Image.Image, kind: str, **settings) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **settings)
    return content.getvalue()
