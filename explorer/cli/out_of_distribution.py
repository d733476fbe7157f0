"""Whether an image file looks like what a run was trained on: a warning on stderr."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from explorer.data import Dataset


def warn(run_id: str, files: list[Path], inputs: np.ndarray, checkpoints: str | None, data: str | None) -> None:
    """Warn about each file that looks unlike the training images, and say what cannot be compared without a download.

    `inputs`: uint8 (N, C, H, W), as the network sees them.
    """
    from explorer.data import open_image
    from explorer.errors import UserError
    from explorer.insights.out_of_distribution import detector_for

    try:
        detector = detector_for(_training_images(run_id, checkpoints, data))
    except UserError as error:
        print(f"Not compared with the training images: {error}", file=sys.stderr)
        return
    for file, pixels in zip(files, inputs, strict=True):
        if warning := detector.score(pixels, open_image(file)).warning:
            print(f"{file}: {warning}", file=sys.stderr)


def _training_images(run_id: str, checkpoints: str | None, data: str | None) -> "Dataset":
    from explorer.data import is_on_disk
    from explorer.errors import UserError
    from explorer.runs.checkpoint import find_source, trained_on_images
    from explorer.runs.same_data import same

    run = trained_on_images(find_source(run_id, checkpoints))
    if not is_on_disk(run.config.dataset, data):
        raise UserError(f"{run.config.dataset} is not in the data folder: give the folder with --data.")
    return same(run, run.config.load_data(data))
