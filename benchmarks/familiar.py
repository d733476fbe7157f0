"""How often the warning "unlike the training data" is wrong, and how often right: `python -m benchmarks.familiar`.

    python -m benchmarks.familiar [DATASET …] [--count 300] [--data DIR]

The first row is false alarms, on all test images. The others are images that the data set does not have. A warning
is not always due there: a 6 upside down is a 9, and a CIFAR image upside down has the same colours and edges.
"""

import argparse
import io
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.photos import photo
from explorer.data import Dataset, load, network_input, open_image
from explorer.errors import UserError
from explorer.insights.familiar import Familiar

LETTERS = "ABCEFGHJKLMNPQRTUVWXY"  # without those that are digits as well


def strange(data: Dataset, others: list[Dataset], count: int) -> dict[str, np.ndarray]:
    """Name → uint8 (N, C, H, W)."""
    random, test = np.random.RandomState(0), data.test.pixels[:count]
    levels = np.linspace(0, 255, count).astype(np.uint8)
    pixels = test.reshape(len(test), test.shape[1], -1)
    sets = {
        "noise": random.randint(0, 256, test.shape).astype(np.uint8),
        "one grey": np.broadcast_to(levels[: len(test), None, None, None], test.shape),
        "inverted": 255 - test,
        "pixels shuffled": np.stack([image[:, random.permutation(image.shape[1])] for image in pixels]).reshape(
            test.shape
        ),
        "shifted by a quarter": np.roll(test, test.shape[3] // 4, axis=3),
        "turned by 90°": np.rot90(test, axes=(2, 3)),
        "upside down": test[:, :, ::-1],
    }
    for other in others:
        if other.name != data.name and other.size == data.size:
            sets[f"of {other.name.rpartition('/')[2]}"] = _channels(other.test.pixels[:count], data.channels)
    if data.ink:
        sets["uploaded photos of its own digits"] = _uploaded(
            [photo(image[0], n) for n, image in enumerate(test)], data
        )
        sets["uploaded letters"] = _uploaded([_letter(n) for n in range(count)], data)
    return sets


def _channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    if pixels.shape[1] == channels:
        return pixels
    if channels == 3:
        return pixels.repeat(3, axis=1)
    return np.stack([np.asarray(Image.fromarray(image.transpose(1, 2, 0)).convert("L"))[None] for image in pixels])


def _uploaded(files: list[bytes], data: Dataset) -> np.ndarray:
    pages = []
    for file in files:
        try:
            pages.append(network_input(open_image(file), data))
        except UserError:
            continue  # no warning is needed where nothing is shown
    return np.stack(pages)


def _letter(number: int) -> bytes:
    page = Image.new("L", (200, 200), 235)
    font = ImageFont.load_default(size=90 + number % 60)
    ImageDraw.Draw(page).text((60, 30), LETTERS[number % len(LETTERS)], fill=30, font=font)
    content = io.BytesIO()
    page.save(content, "PNG")
    return content.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=["digits", "shapes"])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--data")
    given = parser.parse_args()
    loaded = [load(name, given.data) for name in given.datasets]
    for data in loaded:
        familiar = Familiar(data)
        print(f"\n{data.name}: likeness at least {familiar.least:.3f}, distance at most {familiar.most:.2f}")
        print("| images | n | likeness | distance | warned |\n|---|---|---|---|---|")
        for name, pixels in {"its own test images": data.test.pixels, **strange(data, loaded, given.count)}.items():
            unlike = np.concatenate([familiar.likeness(part)[0] < familiar.least for part in _parts(pixels)])
            away = np.concatenate([familiar.distance(part) > familiar.most for part in _parts(pixels)])
            shares = (f"{share.mean():.1%}" for share in (unlike, away, unlike | away))
            print(f"| {name} | {len(pixels)} | {' | '.join(shares)} |")
            sys.stdout.flush()


def _parts(pixels: np.ndarray) -> list[np.ndarray]:
    return [pixels[start : start + 1000] for start in range(0, len(pixels), 1000)]


if __name__ == "__main__":
    main()
