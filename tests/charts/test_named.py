"""A chart of ids, shown with names: nothing of it holds an id, colours stay those of the ids, its data are shared."""

import json
import re

import pandas as pd

from explorer import charts
from explorer.charts.palette import RUN_COLOURS
from explorer.ui.display import specification

IDS = ["digits-mlp-0001", "digits-mlp-0002"]
NAMES = dict(zip(IDS, ["MLP · a.b", 'MLP · ["c"]'], strict=True))


def chart() -> dict:
    rows = [(run, epoch, 1.0 / epoch, 0.5) for run in IDS for epoch in (1, 2, 3)]
    frame = pd.DataFrame(rows, columns=["run", "epoch", "train_loss", "validation_loss"])
    return specification(charts.loss_curves(frame))


def test_names_stand_in_data_scales_and_tooltips_and_ids_nowhere():
    shown = charts.with_names(chart(), NAMES)
    spec = json.dumps({key: part for key, part in shown.items() if key != "datasets"})
    assert not any(run in spec for run in IDS)
    assert json.dumps({"domain": list(NAMES.values()), "range": list(RUN_COLOURS[:2])})[1:-1] in spec
    assert all(json.dumps({"title": name})[1:-1] in spec for name in NAMES.values())
    assert {name for table in shown["datasets"].values() if "run" in table for name in table["run"]} == set(
        NAMES.values()
    )


def test_what_visitors_share_is_not_changed():
    made = chart()
    before = {key: table.copy() for key, table in made["datasets"].items()}
    charts.with_names(made, NAMES)
    assert json.dumps({key: part for key, part in made.items() if key != "datasets"}) == json.dumps(
        {key: part for key, part in chart().items() if key != "datasets"}
    )
    for key, table in made["datasets"].items():
        pd.testing.assert_frame_equal(table, before[key])


def test_the_legend_has_as_many_columns_as_names_fit():
    long = {run: "a name that takes more room than an id" + run for run in IDS}
    short = dict(zip(IDS, "ab", strict=True))
    widths = [entry_widths(charts.with_names(chart(), names)) for names in (short, {}, long)]
    assert widths[0] < widths[1] < widths[2]


def entry_widths(shown: dict) -> int:
    """Pixels of an entry of the legend of runs: by it the width of the chart is divided."""
    text = json.dumps({key: part for key, part in shown.items() if key != "datasets"})
    return max(int(found) for found in re.findall(r"width\) / (\d+)\)\)\"", text))
