"""How long inference takes."""

import pandas as pd

from explorer import charts
from explorer.ui import inference
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, chart_panel

BATCH = 128


def milliseconds(view: View) -> pd.DataFrame:
    """The time for the first seed of each variant: columns variant, run, milliseconds."""
    rows = [(view.variant[run.id], run.id, 1000 * inference.timed(run, BATCH).seconds) for run in view.first_seeds()]
    return pd.DataFrame(rows, columns=["variant", "run", "milliseconds"])


PANELS: dict[str, Panel] = {
    "inference": chart_panel(
        "Inference time",
        f"Inference time of each variant for {BATCH} images in milliseconds",
        lambda view, present: charts.run_bars(
            milliseconds(view), "milliseconds", f"Milliseconds per batch of {BATCH} images", present
        ),
        f"Forward passes of {BATCH} images on this server's CPU, the median of nine; other work on it is included.",
    ),
}
