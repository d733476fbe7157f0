"""What a picture of a network needs: the maps of one of its layers and of an explanation, for one validation image.

`python -m explorer.ui.home.portrait` writes those of the samples next to them, so that the first visit needs no torch.
Those of a visitor's own runs are computed in the background, one after the other, and kept while the server runs.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.data import source_of
from explorer.data.array_file import DAMAGED
from explorer.runs import Run, load_model, sample_runs
from explorer.runs.folder import write_atomically

FILE = "portrait.npz"
MAPS = 3  # strongest feature maps
IMAGE = 3  # index of the validation image: a fixed one, not the prettiest
MOST = 32  # portraits in memory
_one_by_one = ThreadPoolExecutor(1, "portrait")
_made: dict[tuple[Path, int], "Future[Portrait | None]"] = {}


@dataclass(frozen=True)
class Portrait:
    """The portrait of a run, for one image."""

    image: np.ndarray  # uint8 (C, H, W)
    saliency: np.ndarray  # float16 (H, W), Grad-CAM of the predicted class
    maps: np.ndarray  # float16 (n, h, w), the strongest of a layer in the middle


def of(run: Run) -> Portrait | None:
    """The portrait if it exists; otherwise None, and it is made in the background."""
    if run.is_sample:
        return _read(run.path / FILE)
    key = run.path, run.epochs_done
    if key not in _made:
        while len(_made) >= MOST:
            _made.pop(next(iter(_made)))
        _made[key] = _one_by_one.submit(make, run)
    made = _made[key]
    # Nothing depends on it: if it fails, the card shows the picture of a sample, or none.
    return made.result() if made.done() and made.exception() is None else None


def is_coming(run: Run) -> bool:
    """Whether a portrait is being made."""
    future = _made.get((run.path, run.epochs_done))
    return future is not None and not future.done()


def make(run: Run) -> Portrait | None:
    """Compute the portrait. None for a network without maps, or for data that need a download or come from a folder."""
    from explorer.data import to_tensor
    from explorer.insights.attribution import METHODS, explain
    from explorer.insights.features import feature_maps, strongest
    from explorer.insights.layers import last_wide, map_layers

    source = source_of(run.config.dataset)
    if source is None or not source.is_bundled or METHODS["grad-cam"].why_not(run.network):
        return None
    layers = map_layers(run.network.on_meta(), run.network.channels, run.network.size)
    model, image = load_model(run.id, folder=run.path.parent), run.config.load_data().validation.pixels[IMAGE]
    saliency = explain("grad-cam", model, to_tensor(image[None]), last_wide(layers, run.network.size)).map[0]
    maps = feature_maps(model, layers[len(layers) // 4].name, to_tensor(image[None]))
    best = strongest(maps)[:MAPS]
    return Portrait(image, saliency.astype(np.float16), maps[0][best].astype(np.float16))


def _read(file: Path) -> Portrait | None:
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            return Portrait(arrays["image"], arrays["saliency"], arrays["maps"])
    except DAMAGED:
        return None


def write(run: Run, portrait: Portrait) -> None:
    """Write the portrait into the folder of a sample."""
    import io

    content = io.BytesIO()
    np.savez_compressed(content, image=portrait.image, saliency=portrait.saliency, maps=portrait.maps)
    write_atomically(run.path / FILE, content.getvalue())


if __name__ == "__main__":
    for sample in sample_runs():
        if portrait := make(sample):
            write(sample, portrait)
