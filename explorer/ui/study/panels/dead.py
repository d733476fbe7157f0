"""Dead units."""

import pandas as pd

from explorer import charts
from explorer.insights.findings.layers import DEAD
from explorer.runs.epochs_file import epoch_rows
from explorer.ui import names
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, chart_panel


def shares(view: View) -> pd.DataFrame:
    """The share of dead units of each ReLU after the last epoch, for the first seed of each variant."""
    rows = [
        (view.label(run), names.layer(run, layer), number, share)
        for run in view.first_seeds()
        for number, (layer, share) in enumerate(epoch_rows(run)[-1].get("dead_relus", {}).items(), start=1)
    ]
    return pd.DataFrame(rows, columns=["run", "layer", "place", "share"])


PANELS: dict[str, Panel] = {
    "dead units": chart_panel(
        "Dead units, last epoch, first seed",
        "Share of dead units by depth, a line for each variant",
        lambda view, present: charts.dead_profile(shares(view), DEAD, present),
        "After each ReLU: units (in maps: channels) that are zero for every probe image. The probe images are all "
        "validation images, plus training images if there are fewer than 256 (older runs: 1 to 256 validation images). "
        "On more images the share can only be smaller. Dashed: the threshold of the finding.",
        applies=lambda view: not shares(view).empty,
    ),
}
