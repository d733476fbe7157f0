"""Frames as runs and insights make them, from a formula."""

import numpy as np
import pandas as pd

from explorer.charts.curves import BEHIND, STEPS


def run_ids(count: int) -> list[str]:
    return [f"digits-simple_cnn-{number:04d}" for number in range(1, count + 1)]


def epochs(runs: int = 3, count: int = 25) -> pd.DataFrame:
    """The columns of runs.epochs that charts read."""
    epoch = np.arange(1, count + 1)
    parts = []
    for place, run in enumerate(run_ids(runs)):
        loss = 2.3 * np.exp(-epoch / (3 + place)) + 0.05
        accuracy = 1 - loss / 3
        columns = {"train_loss": loss, "validation_loss": loss + 0.1}
        columns |= {"train_accuracy": accuracy, "validation_accuracy": accuracy - 0.02}
        parts.append(pd.DataFrame({"run": run, "epoch": epoch, **columns}))
    return pd.concat(parts, ignore_index=True)


def steps(runs: int = 1, count: int = 3000, per_epoch: int = 100) -> pd.DataFrame:
    step = np.arange(1, count + 1)
    loss = 2 * np.exp(-step / 500) + 0.2 * np.abs(np.sin(step * 1.7))
    one = pd.DataFrame({"step": step, "epoch": (step - 1) // per_epoch + 1, "loss": loss})
    return pd.concat([one.assign(run=run) for run in run_ids(runs)], ignore_index=True)


def norms(runs: int = 1, layers: int = 4, count: int | None = None) -> pd.DataFrame:
    """Three parameters a layer; the first layer's gradients are the smallest. With count: so many steps."""
    rows = [
        (run, f"block.{layer}.{kind}", kind, layer, step, 10.0 ** (layer - layers - place / 10))
        for run in run_ids(runs)
        for layer in range(layers)
        for place, kind in enumerate(("weight", "scale", "shift"))
        for step in range(1, (count or 1) + 1)
    ]
    frame = pd.DataFrame(rows, columns=["run", "parameter", "kind", "depth", "step", "norm"])
    return frame if count else frame.drop(columns="step")


def font_sizes(value) -> list[float]:
    """All font sizes in a nested specification."""
    if isinstance(value, dict):
        own = [v for key, v in value.items() if key.lower().endswith("fontsize") and isinstance(v, int | float)]
        return own + [n for v in value.values() for n in font_sizes(v)]
    return [n for v in value for n in font_sizes(v)] if isinstance(value, list) else []


def faded(spec: dict) -> list[float]:
    """The opacities of lines that are too faint: below 1, or below BEHIND of what is smoothed in front."""
    found = []

    def look(part: object) -> None:
        if isinstance(part, list):
            for each in part:
                look(each)
        if not isinstance(part, dict):
            return
        mark, opacity = part.get("mark"), part.get("opacity")
        if isinstance(mark, dict) and mark.get("type") == "line":
            found.append((mark.get("opacity", 1), BEHIND if "opacity" in mark and "detail" in part["encoding"] else 1))
        if isinstance(opacity, dict) and isinstance(scaled := opacity.get("condition", opacity), dict):
            ends = scaled.get("scale", {})
            ends = zip(ends.get("domain", []), ends.get("range", []), strict=True)
            found.extend((value, BEHIND if split == STEPS else 1) for split, value in ends)
        for each in part.values():
            look(each)

    look({key: each for key, each in spec.items() if key != "datasets"})
    return [opacity for opacity, least in found if opacity < least]
