"""The relative weight change of each layer of a network during training."""

import pandas as pd
from torch import Tensor


def weight_change_per_layer(start: dict[str, Tensor], end: dict[str, Tensor], layers: list[str]) -> pd.DataFrame:
    """Relative change of each layer's weights, ‖w − w₀‖ / ‖w₀‖ (L2 over the weight tensor): columns layer, change.

    start, end: state dicts of one network. NaN if a layer began at zero.
    """
    rows = []
    for layer in layers:
        first, last = start[f"{layer}.weight"].double(), end[f"{layer}.weight"].double()
        norm = float(first.norm())
        rows.append((layer, float((last - first).norm()) / norm if norm else float("nan")))
    return pd.DataFrame(rows, columns=["layer", "change"])
