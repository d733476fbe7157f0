"""A run's gradient norms for a small picture, read without torch and pandas."""

import numpy as np

from explorer.runs import Run
from explorer.runs.weights import weights_file
from explorer.ui import cache


def weight_shapes(run: Run) -> dict[str, list[int]]:
    """The shapes of a run's weights; empty if the file cannot be read, which other pages report."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights_file(run, "best"), "np") as file:
            return {name: file.get_slice(name).get_shape() for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError):
        return {}


def of_weights(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """(the epoch of each recorded step, int64 (n,); the gradient norm of each layer's weights, float32 (n, layers),
    from the first layer to the last). Steps with a norm that is not finite are omitted."""
    steps, shapes = cache.steps(run), weight_shapes(run)
    weights = [place for place, name in enumerate(steps.parameters) if len(shapes.get(name, ())) > 1]
    norms = steps.norms[:, weights]
    finite = np.isfinite(norms).all(axis=1)
    return steps.epoch[finite], norms[finite]
