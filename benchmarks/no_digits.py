"""Images that show anything but a digit: filled shapes, screenshots, noise, blank ones, parts of photos."""

import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.fonts import paper_and_ink
from benchmarks.image_bytes import jpeg, png

WORDS = ["the", "of", "and", "to", "you", "that", "was", "for", "are", "with", "they", "this", "have", "from", "word"]
LETTERS = "ABCEFGHJKLMNPQRTUVWXYacdefhkmnprtuvwxy"  # without those that are digits as well
SYMBOLS = "&@#%?+=<*€§"


def filled_shape(number: int, random: np.random.RandomState) -> bytes:
    """A disc, star, polygon, blot, house or heart."""
    side = random.randint(150, 500)
    paper, ink = paper_and_ink(random)
    image = Image.new("RGB", (side, side), paper)
    outline = _outline(number % 6, random) * side * random.uniform(0.25, 0.42) + side / 2
    ImageDraw.Draw(image).polygon([(float(x), float(y)) for x, y in outline], fill=ink)
    return png(image)


def _outline(kind: int, random: np.random.RandomState) -> np.ndarray:
    """Points (N, 2) around 0, about 1 away from it."""
    corners = (72, 10, random.randint(3, 7), 40, 5, 80)[kind]
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False) + (random.uniform(0, 2 * np.pi) if kind else 0)
    if kind == 4:
        return np.array([(-1, 0.5), (-1, -0.6), (0, -1.1), (1, -0.6), (1, 0.5)])
    if kind == 5:
        waves = 13 * np.cos(angle) - 5 * np.cos(2 * angle) - 2 * np.cos(3 * angle) - np.cos(4 * angle)
        return np.stack([16 * np.sin(angle) ** 3, -waves], axis=1) / 17
    radius = np.ones(corners)
    if kind == 1:
        radius[::2] = 0.45
    if kind == 3:
        radius = 0.8 + sum(0.8 * random.uniform(-0.25, 0.25) * np.cos(wave * angle) for wave in range(1, 6))
    flat = random.uniform(0.6, 1) if kind == 0 else 1
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius * flat], axis=1)


def screenshot(random: np.random.RandomState, files: tuple[str, ...]) -> bytes:
    """Bars, boxes and lines of text."""
    width, height = random.randint(320, 1200), random.randint(240, 900)
    background, text = ((random.randint(15, 45),) * 3, (220,) * 3) if random.rand() < 0.3 else ((248,) * 3, (45,) * 3)
    image = Image.new("RGB", (width, height), background)
    draw = ImageDraw.Draw(image)
    if random.rand() < 0.8:
        draw.rectangle((0, 0, width, random.randint(24, 60)), fill=_colour(random))
    if random.rand() < 0.6:
        draw.rectangle((0, 0, random.randint(60, 220), height), fill=tuple(int(level * 0.9) for level in background))
    for _ in range(random.randint(0, 5)):
        x, y = random.randint(0, width - 40), random.randint(0, height - 30)
        box, filled = (x, y, x + random.randint(40, 240), y + random.randint(20, 160)), random.rand() < 0.5
        draw.rounded_rectangle(box, 6, fill=_colour(random) if filled else None, outline=text)
    font = ImageFont.truetype(files[random.randint(len(files))], random.randint(11, 24))
    for y in np.cumsum(random.randint(20, 60, 60)):
        draw.text((random.randint(10, 240), y), words(random, random.randint(2, 12)), fill=text, font=font)
    return png(image)


def words(random: np.random.RandomState, count: int) -> str:
    """So many of WORDS, drawn at random, with spaces between."""
    return " ".join(random.choice(WORDS, count))


def noise(number: int, random: np.random.RandomState) -> bytes:
    """Coloured or grey, of every pixel or of wide patches, from 32 to 300 pixels a side."""
    side = (32, 48, 128, 300)[number % 4]
    pixels = random.randint(0, 256, (side, side, 3)).astype(np.uint8)
    if number % 5 == 1:
        pixels = pixels[..., :1].repeat(3, axis=2)
    if number % 5 == 2:
        pixels = random.normal(128, random.uniform(10, 60), pixels.shape).clip(0, 255).astype(np.uint8)
    if number % 5 == 3:
        return png(Image.fromarray(pixels[:6, :6].copy()).resize((side, side), Image.Resampling.BICUBIC))
    if number % 5 == 4:
        patches = Image.fromarray(pixels[..., 0].copy()).filter(ImageFilter.GaussianBlur(random.uniform(1, 6)))
        low, high = patches.getextrema()
        return png(patches.point(lambda level: (level - low) * 255 / max(1, high - low)).convert("RGB"))
    return png(Image.fromarray(pixels))


def blank(number: int, random: np.random.RandomState) -> bytes:
    """One colour, or a slope from one grey to another."""
    side = (32, 64, 200, 400)[number % 4]
    if number % 2:
        return png(Image.new("RGB", (side, side), _colour(random)))
    down, across = random.uniform(-1, 1, 2)
    slope = np.add.outer(np.linspace(0, down, side), np.linspace(0, across, side))
    low, high = sorted(random.randint(0, 256, 2))
    grey = low + (slope - slope.min()) / np.ptp(slope) * (high - low) + random.normal(0, 1, (side, side))
    return jpeg(Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB"))


@functools.cache
def _photos() -> list[np.ndarray]:
    from sklearn.datasets import load_sample_images

    return load_sample_images().images


def part_of_a_photo(number: int, random: np.random.RandomState, half: int) -> bytes:
    """Of scikit-learn's two sample photos; `half`: 0 left, 1 right."""
    photo = _photos()[number % 2]
    height, width = photo.shape[0], photo.shape[1] // 2
    side = random.randint(60, 300)
    top, left = random.randint(0, height - side), half * width + random.randint(0, width - side)
    return jpeg(Image.fromarray(photo[top : top + side, left : left + side]))


def _colour(random: np.random.RandomState) -> tuple[int, ...]:
    return tuple(int(level) for level in random.randint(0, 256, 3))
