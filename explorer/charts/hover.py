"""The rule that reads all lines of a chart at once."""

import altair as alt
import pandas as pd

from explorer.charts.palette import NEUTRAL


def reading_rule(reading: pd.DataFrame, x: dict, names: list[str]) -> alt.Chart:
    """A vertical rule at the place nearest to the pointer, with a tooltip line for each of `names`, in order.

    `reading`: the column of the encoding `x`, and a column of texts for each name.
    """
    over = x["field"]
    columns = {name: f"line{i}" for i, name in enumerate(names)}  # a dot in a name would be read as a path
    texts = [{"field": columns[name], "type": "nominal", "title": name} for name in names]
    select = {"type": "point", "fields": [over], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    return alt.Chart(
        reading.rename(columns=columns),
        mark={"type": "rule", "color": NEUTRAL, "strokeWidth": 1.5},
        params=[{"name": "nearest", "select": select}],
        encoding={
            "x": x,
            "opacity": {"condition": {"param": "nearest", "empty": False, "value": 1}, "value": 0},
            "tooltip": [{"field": over, "type": "quantitative", "title": x["title"]}, *texts],
        },
    )
