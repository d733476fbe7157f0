"""Do digits of one writer in training and test flatter a network? `python -m benchmarks.writers [--seeds N] [--forms]`.

Trains on digits as they are split, each form in one split only, and on the same images split at random, as they were
until 2026-11-26. With --forms: once for each form, which is then the test, to see how far writers differ.
"""

import argparse
import statistics

import numpy as np

from benchmarks.cpu_accuracy import accuracy
from explorer.data import Dataset, Images, load
from explorer.data.digits import FORMS
from explorer.data.split import TEST_SHARE, held_out, with_validation
from explorer.training import TrainConfig


def main() -> None:
    """Prints the accuracy on digits as they are split and as they were split, or of each form."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.writers", description=__doc__)
    parser.add_argument("--model", default="simple_cnn")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--forms", action="store_true")
    given = parser.parse_args()
    data = load("digits")
    if given.forms:
        tests = {f"form {form + 1}": without(data, form) for form in range(len(FORMS))}
    else:
        tests = {"random split": at_random(data), "split by forms": data}
    means = []
    for name, split in tests.items():
        configs = [TrainConfig(epochs=given.epochs, seed=seed, device="cpu") for seed in range(given.seeds)]
        print(f"{name}: {len(split.train):,} training and {len(split.test)} test images", flush=True)
        right = [100 * accuracy(given.model, split, config) for config in configs]
        spread = f" ± {statistics.stdev(right):.2f}" if given.seeds > 1 else ""
        print(f"{name}: {statistics.mean(right):.2f}{spread} % (n = {given.seeds} seeds)", flush=True)
        means.append(statistics.mean(right))
    if given.forms:
        print(f"{statistics.mean(means):.2f} ± {statistics.stdev(means):.2f} % over {len(means)} forms")


def whole(data: Dataset) -> Images:
    """All images, in the order of the file."""
    parts = data.train, data.validation, data.test
    return Images(*(np.concatenate([getattr(part, kind) for part in parts]) for kind in ("pixels", "labels")))


def at_random(data: Dataset) -> Dataset:
    """A fifth of each class is the test, a tenth of the rest the validation, whoever wrote it."""
    images = whole(data)
    held = held_out(images.labels, TEST_SHARE)
    return with_validation(data.name, data.classes, images.where(~held), images.where(held), data.preparation)


def without(data: Dataset, form: int) -> Dataset:
    """Trained on all forms but one, which is the test; what validates is not looked at."""
    images = whole(data)
    is_of = np.searchsorted(FORMS[1:], np.arange(len(images)), side="right") == form
    test = images.where(is_of)
    return Dataset(data.name, data.classes, images.where(~is_of), test, test, data.preparation)


if __name__ == "__main__":
    main()
