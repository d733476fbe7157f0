"""Characters in many fonts, as images: printed, or printed and photographed."""

import functools
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.image_bytes import jpeg, png
from tests.data.paper import photograph

NO_DIGITS = "symbol", "dingbat", "d050000l", "math", "lignes", "isabella", "opendyslexicalta"  # figures unlike digits
SIZES = (480, 640), (640, 480), (900, 1200)  # pixels of a photo: height, width


@functools.cache
def fonts(folders: tuple[str, ...], half: int) -> tuple[str, ...]:
    """Files of the fonts below `folders` that have digits and letters of their own: half of the families (0 or 1)."""
    files = sorted(file for folder in folders for file in Path(folder).rglob("*.[to]tf"))
    return tuple(str(file) for file in files if _is_usable(file) and _half(file) == half)


def _is_usable(file: Path) -> bool:
    if any(part in file.name.lower() for part in NO_DIGITS):
        return False
    try:
        font = ImageFont.truetype(str(file), 40)
    except OSError:
        return False
    drawn = [font.getmask(character) for character in "0123456789AK"]
    return None not in [each.getbbox() for each in drawn] and len({bytes(each) for each in drawn}) > 10


def _half(file: Path) -> int:
    return zlib.crc32(ImageFont.truetype(str(file), 40).getname()[0].encode()) % 2


def page(text: str, random: np.random.RandomState, files: tuple[str, ...], size: int | None = None) -> Image.Image:
    """Text on an even background, dark on light or now and then light on dark, turned by up to 6 degrees."""
    font = ImageFont.truetype(files[random.randint(len(files))], size or random.randint(60, 260))
    left, top, right, bottom = font.getbbox(text)
    width, height = right - left, bottom - top
    side = int(max(width, height) * random.uniform(1.3, 2.6)) + 8
    sides = [side, int(side * random.uniform(1, 1.35))]
    random.shuffle(sides)
    free = sides[0] - width, sides[1] - height
    x, y = (int(length * random.uniform(0.15, 0.85)) for length in free)
    mask = Image.new("L", tuple(sides), 0)
    ImageDraw.Draw(mask).text((x - left, y - top), text, fill=255, font=font)
    paper, ink = paper_and_ink(random)
    image = Image.new("RGB", tuple(sides), paper)
    image.paste(ink, (0, 0), mask.rotate(random.uniform(-6, 6), Image.Resampling.BICUBIC))
    return image


def paper_and_ink(random: np.random.RandomState) -> list[tuple[int, ...]]:
    """Two colours, RGB."""
    paper = random.randint(215, 256) - random.randint(0, 25, 3) * (random.rand() < 0.4)
    ink = random.randint(0, 110, 3) if random.rand() < 0.5 else np.repeat(random.randint(0, 60), 3)
    inverted = random.rand() < 0.15
    return [tuple(int(255 - level if inverted else level) for level in colour) for colour in (paper, ink)]


def printed(character: str, random: np.random.RandomState, files: tuple[str, ...]) -> bytes:
    """A page with one character, as PNG or JPEG."""
    image = page(character, random, files)
    return jpeg(image) if random.rand() < 0.5 else png(image)


def photographed(character: str, number: int, random: np.random.RandomState, files: tuple[str, ...]) -> bytes:
    """As `benchmarks.photos` does it with handwriting: uneven light, a shadow, noise, every third on lined paper."""
    font, mask = ImageFont.truetype(files[random.randint(len(files))], 80), Image.new("L", (112, 112), 0)
    ImageDraw.Draw(mask).text((56, 56), character, fill=255, font=font, anchor="mm")
    size, seed = SIZES[number % 3], random.randint(2**31)
    return jpeg(Image.fromarray(photograph(np.asarray(mask), seed, size, number % 3 == 0, number % 7 == 0)))
