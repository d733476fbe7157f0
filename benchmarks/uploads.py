"""Images as they are uploaded, of one digit and of anything else, by their names; two halves of each."""

import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

from benchmarks import no_digits
from benchmarks.drawn_digits import drawn, scribble
from benchmarks.fonts import fonts, page, photographed, printed
from benchmarks.image_bytes import jpeg, png
from benchmarks.photos import photo
from explorer.data import Dataset

HALVES = "choose", "report"
OTHER_INK = "letters", "symbols", "scribbles", "numbers of 2 to 5 digits"
SIDES = 200, 400, 640  # pixels, of enlarged images


def uploads(half: int, loaded: list[Dataset], folders: tuple[str, ...]) -> dict[str, Callable[[int], bytes]]:
    """Name → what makes the nth image as the bytes of a file."""
    files = fonts(folders, half)
    if not files:
        raise SystemExit(f"No fonts below {', '.join(folders)}: name folders of .ttf or .otf files with --fonts.")

    def number(n: int, random: np.random.RandomState) -> bytes:
        return png(page(str(random.randint(10, 10 ** (2 + n % 4))), random, files, 100))

    def text(n: int, random: np.random.RandomState) -> bytes:
        return png(page(no_digits.words(random, random.randint(2, 5)), random, files, random.randint(30, 90)))

    made = {
        "printed digits": lambda n, random: printed(str(n % 10), random, files),
        "photos of printed digits": lambda n, random: photographed(str(n % 10), n, random, files),
        "drawn digits": lambda n, random: drawn(str(n % 10), random),
        "filled outlines": no_digits.filled_shape,
        "screenshots": lambda n, random: no_digits.screenshot(random, files),
        "lines of text": text,
        "noise": no_digits.noise,
        "blank": no_digits.blank,
        "parts of photos": lambda n, random: no_digits.part_of_a_photo(n, random, half),
        "letters": lambda n, random: printed(no_digits.LETTERS[n % len(no_digits.LETTERS)], random, files),
        "symbols": lambda n, random: printed(no_digits.SYMBOLS[n % len(no_digits.SYMBOLS)], random, files),
        "scribbles": lambda n, random: scribble(random),
        "numbers of 2 to 5 digits": number,
    }

    def seeded(name: str, make: Callable) -> Callable[[int], bytes]:
        return lambda n: make(n, np.random.RandomState(zlib.crc32(f"{name} {half} {n}".encode())))

    sets = {name: seeded(name, make) for name, make in made.items()}
    for data in loaded:
        sets |= of(data, half)
    return sets


def of(data: Dataset, half: int) -> dict[str, Callable[[int], bytes]]:
    """Its own validation (half 0) or test images, as files; digits photographed too, others enlarged."""
    pixels = (data.test if half else data.validation).pixels
    order = np.random.RandomState(0).permutation(len(pixels))

    def image(n: int) -> Image.Image:
        image_pixels = pixels[order[n % len(order)]]
        return Image.fromarray(image_pixels[0] if len(image_pixels) == 1 else image_pixels.transpose(1, 2, 0))

    def enlarged(n: int) -> bytes:
        return jpeg(image(n).resize((SIDES[n % 3],) * 2, Image.Resampling.BICUBIC))

    more = {f"photos of {short(data)}": lambda n: photo(np.asarray(image(n)), n)}
    return {
        f"of {short(data)}": lambda n: png(image(n)),
        **(more if data.preparation == "digit" else {f"{short(data)}, enlarged": enlarged}),
    }


def short(data: Dataset) -> str:
    """Its name, without the path of a folder."""
    return data.name.rpartition("/")[2]


def group(kind: str, data: Dataset) -> str:
    """What images of that kind are to a network for `data`: familiar, strange, other ink (for digits), or neither."""
    familiar = short(data) in kind.replace(",", "").split()
    if data.preparation != "digit":
        return "familiar" if familiar else "strange"
    if kind in OTHER_INK:
        return "other ink"
    if familiar or kind in ("printed digits", "photos of printed digits", "drawn digits"):
        return "familiar"
    return "other digits" if "digits" in kind or "mnist" in kind.split() else "strange"
