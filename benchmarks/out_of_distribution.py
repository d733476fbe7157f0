"""How often the warning "unlike the training images" is wrong, and how often right.

    python -m benchmarks.out_of_distribution [DATASET …] [--count 250] [--data DIR] [--fonts DIR …] \\
        [--half choose|report]

The first table is of images as they are uploaded, the second of pixels as a network sees them, its first row all test
images of the data set. A warning is not always due there: a 6 upside down is a 9, and a CIFAR image upside down has the
same colours and edges. Limits are chosen on the one half (validation images, half of the font families, of the photos
and of the random numbers) and reported on the other (test images, the other families and so on). Of the data sets
given, the images of the others are strangers.
"""

import argparse
import multiprocessing
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

from benchmarks.uploads import HALVES, group, short, uploads
from explorer.data import Dataset, load, network_input, open_image
from explorer.data.ink_page import ink_page
from explorer.errors import UserError
from explorer.insights.out_of_distribution import detector_for


def warned_of(make: Callable[[int], bytes], count: int, detectors: list) -> np.ndarray:
    """Of images, for each of `judges`, (data, familiar): 0 no warning, 1 warning, 2 refused; int (data sets, N)."""
    found = np.zeros((len(detectors), count), int)
    for n in range(count):
        uploaded = open_image(make(n))
        around = ink_page(uploaded) if any(data.preparation == "digit" for data, _ in detectors) else None
        for row, (data, detector) in enumerate(detectors):
            try:
                pixels = network_input(uploaded, data.input_spec)
            except UserError:  # no ink: nothing is shown
                found[row, n] = 2
                continue
            found[row, n] = bool(
                (detector.score_page(pixels, around) if data.preparation == "digit" else detector.score(pixels)).reasons
            )
    return found


def tell_uploads(sets: dict[str, Callable[[int], bytes]], count: int, detectors: list) -> None:
    """Prints how often each detector warns of uploads of each kind, and of familiar and strange ones together."""

    def one_kind(name: str) -> np.ndarray:
        return warned_of(sets[name], count, detectors)

    print(f"| uploads, n = {count} each | {' | '.join(short(data) for data, _ in detectors)} |")
    print("|---|" + "---|" * len(detectors))
    groups: dict[tuple[int, str], list[np.ndarray]] = {}
    for name, rows in in_processes(one_kind, list(sets)):
        cells = []
        for row, (found, (data, _)) in enumerate(zip(rows, detectors, strict=True)):
            groups.setdefault((row, group(name, data)), []).append(found)
            refused = f", {(found == 2).mean():.1%} refused" if (found == 2).any() else ""
            cells.append(f"{(found == 1).mean():.1%}{refused}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    for (row, kind), parts in sorted(groups.items()):
        found = np.concatenate(parts)
        shares = f"{(found == 1).mean():.1%} warned of, {(found == 2).mean():.1%} refused"
        print(f"{short(detectors[row][0])}, {kind}: {shares} (n = {len(found)})")


def in_processes(work: Callable[[str], np.ndarray], names: list[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Each name and what `work` makes of it, on all cores. They fork, so that nothing is copied to them."""
    global _work
    _work = work
    with multiprocessing.get_context("fork").Pool() as pool:
        yield from zip(names, pool.imap(_measures_of, names), strict=True)


def _measures_of(name: str) -> np.ndarray:
    return _work(name)


def altered(data: Dataset, others: list[Dataset], count: int) -> dict[str, np.ndarray]:
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
            sets[f"of {short(other)}"] = _channels(other.test.pixels[:count], data.channels)
    return sets


def _channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    if pixels.shape[1] == channels:
        return pixels
    if channels == 3:
        return pixels.repeat(3, axis=1)
    return np.stack([np.asarray(Image.fromarray(image.transpose(1, 2, 0)).convert("L"))[None] for image in pixels])


def tell_altered(loaded: list[Dataset], count: int, detectors: list) -> None:
    """Prints how often each detector warns of its own test images and of altered ones."""
    for data, detector in detectors:
        print(f"\n| pixels, {short(data)} | n | warned |\n|---|---|---|")
        for name, pixels in {"its own test images": data.test.pixels, **altered(data, loaded, count)}.items():
            parts = [pixels[start : start + 1000] for start in range(0, len(pixels), 1000)]
            warned = np.concatenate([detector.unlike(part) for part in parts])
            print(f"| {name} | {len(pixels)} | {warned.mean():.1%} |", flush=True)


def main() -> None:
    """Loads the data sets, then prints a table on uploads and one a data set on altered images."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="*", default=["digits", "shapes"])
    parser.add_argument("--count", type=int, default=250)
    parser.add_argument("--data")
    parser.add_argument("--fonts", nargs="+", default=["/usr/share/fonts"])
    parser.add_argument("--half", choices=HALVES, default="report")
    given = parser.parse_args()
    loaded = [load(name, given.data) for name in given.datasets]
    detectors = [(data, detector_for(data)) for data in loaded]
    tell_uploads(uploads(HALVES.index(given.half), loaded, tuple(given.fonts)), given.count, detectors)
    tell_altered(loaded, given.count, detectors)


if __name__ == "__main__":
    main()
