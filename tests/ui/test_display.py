"""Charts as streamlit gets them, and when those of a run in training are drawn anew."""

import math
from types import SimpleNamespace

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from explorer import charts
from explorer.ui import display
from tests.charts.test_charts import CHARTS, EMPTY

EVERY_CHART = CHARTS | {f"empty {name}": make for name, make in EMPTY.items()}


def with_rows(spec: dict) -> dict:
    """The specification with the rows of each data set in the place of its name."""
    datasets = {
        name: pa.Table.from_pandas(rows).to_pylist() if isinstance(rows, pd.DataFrame) else rows
        for name, rows in spec["datasets"].items()
    }

    def filled(part):
        if isinstance(part, list):
            return [filled(one) for one in part]
        if not isinstance(part, dict):
            return part
        return {k: datasets[v["name"]] if k == "data" and "name" in v else filled(v) for k, v in part.items()}

    return filled({key: value for key, value in spec.items() if key != "datasets"})


@pytest.mark.parametrize("name", EVERY_CHART)
def test_a_specification_is_the_chart_as_altair_writes_it(name):
    chart = EVERY_CHART[name]()
    if "datasets" in (written := chart.to_dict()):
        assert with_rows(display.specification(chart)) == with_rows(written)
    else:
        assert display.specification(chart) == {**written, "datasets": {}}
    as_drawn, titled = display.specification(chart), charts.with_titles(display.specification(chart))
    assert computed_fields(titled) == computed_fields(as_drawn), "a field under a title has its column"


def computed_fields(spec: dict) -> int:
    """How many fields have no column, for Vega computes them."""
    columns = {column for table in spec["datasets"].values() for column in table}

    def fields(part):
        if isinstance(part, list):
            return [field for each in part for field in fields(each)]
        if not isinstance(part, dict):
            return []
        own = [part["field"]] if isinstance(part.get("field"), str) else []
        return own + [field for each in part.values() for field in fields(each)]

    return sum(field not in columns for field in fields({**spec, "datasets": None}))


def test_the_table_of_a_chart_has_the_titles_of_its_axes():
    chart = display.specification(CHARTS["loss"]())
    columns = {short: next(iter(charts.with_titles(chart, short)["datasets"].values())) for short in (False, True)}
    assert list(columns[False]) == ["run", "Epoch", "split", "Loss (cross-entropy, nats per image)"]
    assert list(columns[True]) == ["run", "Epoch", "split", "Loss"]


def test_a_click_is_told_by_the_fields_of_the_chart_whatever_their_titles(monkeypatch):
    frame = pd.DataFrame({"run": ["a"], "layer": ["conv1"], "norm": [0.1]})
    made = alt.Chart(frame).mark_point().encode(x=alt.X("norm", title="Norm"), color=alt.Color("run", title="Network"))
    drawn, clicked = {}, []
    monkeypatch.setattr(display.st, "vega_lite_chart", lambda spec, **settings: drawn.update(settings, spec=spec))
    display.clickable(display.specification(made), "Norms", "norms", "point", clicked.append)
    (table,) = drawn["spec"]["datasets"].values()
    assert table.column_names == ["Network", "Norm"]
    state = {"norms": SimpleNamespace(selection={"point": [{"Network": "a", "Norm": 0.1}]})}
    monkeypatch.setattr(display.st, "session_state", state)
    drawn["on_select"]()
    assert clicked == [{"run": "a", "norm": 0.1}]


def test_no_number_that_is_not_finite_reaches_the_browser():
    frame = pd.DataFrame({"x": [1.0, np.inf, -np.inf, np.nan], "n": [1, 2, 3, 4], "text": ["a", None, "b", "c"]})
    (table,) = display.specification(alt.Chart(frame).mark_point())["datasets"].values()
    assert pa.Table.from_pandas(table).to_pydict() == {
        "x": [1.0, None, None, None],
        "n": [1, 2, 3, 4],
        "text": ["a", None, "b", "c"],
    }


@pytest.fixture
def after(monkeypatch):
    """What the charts of a run depend on after some steps."""

    def progress(steps: int, points: int, status: str = "running") -> int:
        monkeypatch.setattr(display.cache, "steps", lambda run: SimpleNamespace(step=range(steps)))
        return display._progress(SimpleNamespace(status=status), points)

    return progress


@pytest.mark.parametrize("points", [display.LOSS_POINTS, display.NORM_POINTS])
def test_a_long_run_in_training_is_drawn_anew_ever_more_rarely(after, points):
    seen = [after(steps, points) for steps in range(1, 9000)]
    assert seen == sorted(seen)
    assert len(set(seen[:points])) == points  # the first steps one by one
    assert len(set(seen)) <= points * (1 + math.log(9000 / points)) + 1
    assert all(after(steps + math.ceil(steps / points), points) > after(steps, points) for steps in (300, 2000, 8000))


def test_a_run_that_has_ended_is_drawn_to_its_last_step(after):
    assert after(8441, 200, "finished") != after(8440, 200, "finished")
