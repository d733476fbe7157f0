"""What a photo costs: the accuracy of a run on test digits, and on the same digits photographed and uploaded.

    python -m benchmarks.photos RUN [--count 1000] [--checkpoints DIR] [--data DIR]

Each photo is drawn by `tests.data.paper` (uneven light, a shadow, noise, two thirds of them on lined paper, pens of
several widths), saved as JPEG, and takes the way of an upload. Its figures are for RUN alone.
"""

import argparse
import io
import time

import numpy as np
from PIL import Image

SIZES = (480, 640), (640, 480), (900, 1200)  # pixels: height, width
PENS = 0.8, 0.9, 1.0, 1.1


def photo(digit: np.ndarray, number: int) -> bytes:
    """A JPEG file. `digit`: uint8 (H, W), light on black."""
    from tests.data.paper import photograph

    page = photograph(digit, number, SIZES[number % 3], rules=number % 3 > 0, pen=PENS[number % 4])
    content = io.BytesIO()
    Image.fromarray(page).save(content, "JPEG", quality=85)
    return content.getvalue()


def main() -> None:
    """Prints the accuracy on clean digits and on photos of them, with 95 % intervals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--checkpoints")
    parser.add_argument("--data")
    given = parser.parse_args()
    from explorer.data import load, network_input, open_image, to_tensor
    from explorer.errors import UserError
    from explorer.insights.predict import predict
    from explorer.insights.statistics import wilson
    from explorer.runs import find, load_model

    run = find(given.run, given.checkpoints)
    model, spec = load_model(run.id, "best", given.checkpoints), run.input_spec
    test = load(run.config.dataset, given.data).test
    pixels, labels = test.pixels[: given.count], test.labels[: given.count]
    start, inputs, refused = time.monotonic(), [], 0
    for number, image in enumerate(pixels):
        try:
            inputs.append(network_input(open_image(photo(image[0], number)), spec))
        except UserError:
            inputs.append(np.zeros_like(image))  # counts as wrong, unless a black image is taken for its class
            refused += 1
    seconds = time.monotonic() - start
    right = []
    for what, images in (("clean", pixels), ("photos", np.stack(inputs))):
        predicted = predict(model, to_tensor(images)).argmax(axis=1)
        right.append(int((predicted == labels).sum()))
        low, high = wilson(right[-1], len(labels))
        print(f"{what:8s} {right[-1] / len(labels):.2%} (95 % interval {low:.2%} to {high:.2%}, n = {len(labels)})")
    print(f"kept     {right[1] / right[0]:.2%} of the accuracy; goal: at least 97 %. Refused: {refused}.")
    print(f"{1000 * seconds / len(labels):.0f} ms a photo, drawing it included.")


if __name__ == "__main__":
    main()
