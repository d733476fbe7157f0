"""Every chart is valid Vega-Lite, readable, small enough, and survives nothing, one epoch and what is not a number."""

import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import vl_convert

from explorer import charts
from explorer.charts import downsample
from explorer.charts.gradient_axes import with_place
from explorer.charts.gradients_over_steps import _binned
from explorer.charts.palette import colour
from tests.charts.frames import epochs, faded, font_sizes, norms, run_ids, steps

PROBABILITIES = pd.DataFrame(
    [(run, label, p) for run in run_ids(2) for label, p in (("three", 0.9), ("five", 0.1))],
    columns=["run", "label", "probability"],
)
GROWTH = pd.DataFrame(
    [(f"kernel {k}", f"run-{k}", f"conv{n}", n, 1 + n * (k - 1)) for k in (3, 7) for n in range(1, 5)],
    columns=["variant", "run", "layer", "place", "pixels"],
)
CHARTS = {
    "loss": lambda **k: charts.loss_curves(epochs(), **k),
    "log loss": lambda **k: charts.loss_curves(epochs(), log=True, **k),
    "accuracy": lambda **k: charts.accuracy_curves(epochs(), **k),
    "one epoch": lambda **k: charts.loss_curves(epochs(count=1), **k),
    "live": lambda **k: charts.live_curves(steps(2), epochs(2), **k),
    "bars of few": lambda **k: charts.norm_bars(norms(), note="Vanishing: below 1e-3.", **k),
    "bars of many": lambda **k: charts.norm_bars(norms(layers=110), **k),
    "bars of runs": lambda **k: charts.norm_bars(norms(3), **k),
    "profile": lambda **k: charts.norm_profile(norms(3), **k),
    "lines": lambda **k: charts.norm_lines(norms(count=20), **k),
    "lines of runs": lambda **k: charts.norm_lines(norms(2, count=20), **k),
    "heat map": lambda **k: charts.norm_heatmap(norms(count=20), **k),
    "heat map of many": lambda **k: charts.norm_heatmap(norms(2, layers=60, count=20), **k),
    "receptive fields": lambda **k: charts.receptive_growth(GROWTH, 32, **k),
    "colour bar": lambda **k: charts.colour_bar(-1, 2, signed=True, title="Logits", **k),
    "pixels": lambda **k: charts.pixels(np.eye(32), **k),
    "pixels in colour": lambda **k: charts.pixels(np.zeros((3, 8, 8), dtype=np.uint8), **k),
    "probabilities": lambda **k: charts.probability_bars(PROBABILITIES, **k),
    "nothing": charts.empty,
}
EMPTY = {
    "loss": lambda: charts.loss_curves(epochs().head(0)),
    "accuracy": lambda: charts.accuracy_curves(epochs().head(0)),
    "live": lambda: charts.live_curves(steps().head(0), epochs().head(0)),
    "bars": lambda: charts.norm_bars(norms().head(0)),
    "profile": lambda: charts.norm_profile(norms().head(0)),
    "lines": lambda: charts.norm_lines(norms(count=2).head(0)),
    "heat map": lambda: charts.norm_heatmap(norms(count=2).head(0)),
    "probabilities": lambda: charts.probability_bars(PROBABILITIES.head(0)),
    "receptive fields": lambda: charts.receptive_growth(GROWTH.head(0), 32),
}


def rows(spec: dict) -> dict[str, list[dict]]:
    return spec["datasets"]


def values_of(spec: dict, key: str) -> list:
    """Everything under this key, anywhere in the data."""
    return [row[key] for data in rows(spec).values() for row in data if key in row]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("present", [False, True])
def test_valid_legible_and_without_a_ground_of_its_own(name, present):
    spec = CHARTS[name](present=present).to_dict()  # validates
    json.dumps(spec, allow_nan=False)
    assert spec["config"]["background"] == "transparent"
    assert min(font_sizes(spec)) >= (20 if present else 13)
    assert all(len(data) <= 5000 for data in rows(spec).values())


@pytest.mark.parametrize("name", CHARTS)
def test_fits_its_container(name):
    spec = CHARTS[name]().to_dict()
    if name.startswith("pixels"):
        assert spec["width"] == spec["height"]  # square pixels
    elif "vconcat" not in spec:
        assert spec["width"] == "container"
        assert spec["autosize"] == {"type": "fit-x", "contains": "padding"}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_frame_gives_an_empty_chart(name):
    assert not any(rows(EMPTY[name]().to_dict()).values())


@pytest.mark.parametrize("log", [False, True])
def test_axes_have_names_and_units(log):
    text = json.dumps(charts.loss_curves(epochs(), log=log).to_dict(), ensure_ascii=False)
    assert "Loss (cross-entropy, nats per image)" in text
    assert '"Epoch"' in text
    assert "Accuracy (%)" in json.dumps(charts.accuracy_curves(epochs()).to_dict())


def test_accuracy_is_in_per_cent():
    values = values_of(charts.accuracy_curves(epochs(1, 2)).to_dict(), "value")
    assert min(values) > 1
    assert max(values) <= 100


def test_hover_reads_all_runs_at_once():
    spec = charts.loss_curves(epochs(12)).to_dict()
    rule = spec["layer"][-1]
    assert [t["title"] for t in rule["encoding"]["tooltip"]] == ["Epoch", *run_ids(12)]
    reading = rows(spec)[rule["data"]["name"]]
    assert len(reading) == 25
    assert all(f"line{i}" in reading[0] for i in range(12))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("log", [False, True])
def test_a_loss_that_is_no_number_is_shown_as_a_divergence(bad, log):
    frame = epochs(2)
    run = run_ids(2)[1]
    lost = (frame["run"] == run) & (frame["epoch"] >= 10)
    frame.loc[lost, ["train_loss", "validation_loss"]] = bad
    spec = charts.loss_curves(frame, log=log).to_dict()
    json.dumps(spec, allow_nan=False)
    words = spec["layer"][0]["layer"][-1]
    assert words["mark"]["text"] == "✕ diverged"
    [place] = rows(spec)[words["data"]["name"]]
    assert (place["run"], place["epoch"]) == (run, 10)
    assert "not finite" in values_of(spec, "line1")


def test_all_runs_diverged_from_the_start():
    frame = epochs(2).assign(train_loss=np.nan, validation_loss=np.nan)
    spec = charts.loss_curves(frame, log=True).to_dict()
    assert values_of(spec, "line0") == ["not finite"] * 25
    lost = steps(1).assign(loss=np.nan)
    charts.live_curves(lost, frame).to_dict()


def test_a_log_axis_meets_no_zero():
    spec = charts.loss_curves(epochs(1).assign(train_loss=0.0), log=True).to_dict()
    assert min(values_of(spec, "value")) > 0


def test_runs_have_their_colour_in_every_chart():
    for name in ("loss", "live", "bars of runs", "profile", "probabilities"):
        spec = json.dumps(CHARTS[name]().to_dict())
        assert all(colour(run) in spec for run in run_ids(2)), name


@pytest.mark.parametrize("name", CHARTS)
def test_a_line_that_is_read_has_all_of_its_colour(name):
    """The colours of runs are 3 : 1 on a dark page, and no more."""
    assert faded(CHARTS[name]().to_dict()) == []


def test_the_live_chart_has_no_image_without_a_text_before_its_first_epoch_ends():
    svg = vl_convert.vegalite_to_svg(charts.live_curves(steps(2), epochs(2).head(0)).to_dict())
    assert not re.search(r'<g (?![^>]*aria-label)[^>]*role="graphics-symbol"[^>]*>', svg)


def test_the_live_chart_keeps_its_specification_while_it_learns():
    """So that streamlit only swaps rows: data aside, the second look is the first."""

    def bare(spec: dict) -> str:
        names = sorted(spec.pop("datasets"), key=lambda name: json.dumps(spec).index(name))
        text = json.dumps(spec)
        for place, name in enumerate(names):
            text = text.replace(name, f"data{place}")
        return text

    early = charts.live_curves(steps(2, 150), epochs(2, 1)).to_dict()
    late = charts.live_curves(steps(2, 3000), epochs(2, 30)).to_dict()
    assert bare(early) == bare(late)


def test_live_validation_stands_where_its_epoch_ended():
    spec = charts.live_curves(steps(1, 250), epochs(1, 2)).to_dict()
    places = [row["step"] for data in rows(spec).values() for row in data if row.get("split") == "validation"]
    assert places == [100, 200]


def test_live_takes_runs_that_have_no_epoch_yet():
    charts.live_curves(steps(1, 5), epochs().head(0)).to_dict()


def test_thinning_keeps_peaks_gaps_order_and_the_end():
    values = np.sin(np.arange(10_000) / 7)
    values[1234], values[8000] = 50.0, -50.0
    values[3000:4000] = np.nan
    kept = downsample.extremes(values, 500)
    assert len(kept) <= 500
    assert (np.diff(kept) > 0).all()
    assert {1234, 8000, 9999} <= set(kept)
    assert np.isnan(values[kept]).any()
    assert (downsample.extremes(values[:400], 500) == np.arange(400)).all()


@pytest.mark.parametrize("runs", [1, 3, 12])
def test_thinned_frames_fit_the_budget(runs):
    few = downsample.downsample(steps(runs, 5000), "run", "loss")
    assert len(few) <= 4500
    assert few.groupby("run").size().max() <= 1000
    assert few["run"].nunique() == runs


def test_norms_share_powers_of_ten():
    frame = norms(2)
    low, high = charts.norm_limits(frame)
    norm = frame["norm"]
    assert low <= norm.min()
    assert norm.max() <= high
    assert np.log10([low, high]).round(9).tolist() == [-5, -1]
    assert charts.norm_limits(frame.assign(norm=0.0)) == (0.1, 10)
    domains = {
        tuple(layer["encoding"]["x"]["scale"]["domain"])
        for run in run_ids(2)
        for layer in charts.norm_bars(frame[frame["run"] == run], limits=(low, high)).to_dict()["layer"]
    }
    assert domains == {(low, high)}


def test_norms_of_zero_and_no_number_are_said():
    frame = norms()
    frame.loc[0, "norm"], frame.loc[1, "norm"], frame.loc[2, "norm"] = 0.0, np.nan, np.inf
    said = values_of(charts.norm_bars(frame).to_dict(), "label")
    assert sorted(said)[-3:] == ["◂ 0", "◂ not a number", "◂ not a number"]
    over_time = norms(count=5).assign(norm=0.0)
    json.dumps([c(over_time).to_dict() for c in (charts.norm_lines, charts.norm_heatmap)], allow_nan=False)


def test_a_bias_whose_gradient_is_rounding_is_written_and_does_not_stretch_the_scale():
    frame = norms()
    bias = frame.head(1).assign(parameter="conv1.bias", kind="bias", norm=3.4e-9)
    both = pd.concat([frame, bias], ignore_index=True)
    assert charts.norm_limits(both) == charts.norm_limits(frame)
    assert "◂ 3.4e-9" in values_of(charts.norm_bars(both).to_dict(), "label")
    low, _ = charts.norm_limits(bias)
    assert low <= 3.4e-9, "alone it has a scale of its own"


def test_parameters_stand_in_the_order_of_the_model():
    """Also the two or three of one layer, which have one depth, and whatever their names."""
    frame = norms(layers=12)
    names = frame["parameter"].tolist()
    assert with_place(frame)["parameter"].tolist() == names
    assert with_place(frame)["place"].tolist() == list(range(1, 37))


def test_kinds_are_told_apart_by_shape_and_colour():
    encoding = charts.norm_bars(norms()).to_dict()["layer"][0]["encoding"]
    kinds = ["weight", "batch-norm scale", "batch-norm shift"]
    for channel in ("color", "shape"):
        assert encoding[channel]["scale"]["domain"] == kinds
        assert len(set(encoding[channel]["scale"]["range"])) == 3


def test_deep_networks_have_no_names_on_the_axis():
    assert "block.0.weight" not in json.dumps(charts.norm_bars(norms(layers=110)).to_dict()["layer"])
    assert "block.0.weight" in json.dumps(charts.norm_bars(norms(layers=4)).to_dict()["layer"])


def test_lines_and_cells_are_said_when_left_out():
    assert "90 of 120 parameters are drawn" in json.dumps(charts.norm_lines(norms(layers=40, count=2)).to_dict())
    many = charts.norm_heatmap(norms(layers=40, count=2)).to_dict()
    assert "Only layers with a kernel or a matrix" in json.dumps(many)
    assert len(set(values_of(many, "parameter"))) == 40


def test_a_single_step_and_steps_that_lie_apart_are_seen_where_they_are():
    """The weights are looked at at every 50th step: once in a short run."""
    apart = norms(layers=2, count=4).assign(step=lambda rows: 50 * rows["step"] - 49)
    binned = _binned(with_place(apart), 1e-9)
    assert sorted(set(binned["middle"])) == [1, 51, 101, 151]
    short, long = (charts.norm_lines(norms(layers=2, count=count), guide=1e-3).to_dict() for count in (1, 2))
    assert short["mark"]["point"]
    assert "point" not in long["mark"]
    assert {row["step"] for rows in short["datasets"].values() for row in rows if row["parameter"] == "guide"} == {1, 2}


def test_panels_of_networks_of_different_depth_are_filled():
    rows = pd.concat([norms(layers=50, count=2), norms(layers=110, count=2).assign(run="deep")])
    panels = charts.norm_heatmap(rows).to_dict()["vconcat"]
    assert sorted(panel["encoding"]["y"]["scale"]["domain"][1] for panel in panels) == [50.5, 110.5]


def test_a_click_in_the_profile_chooses_the_nearest_point():
    """Points of a hundred layers lie closer than a finger is wide."""
    frame = norms(layers=110).assign(layer=lambda rows: rows["parameter"])
    profile = charts.norm_profile(frame, chosen={}).to_dict()
    (click,) = [each for each in profile["params"] if each["name"] == "layer"]
    assert click["select"]["nearest"]


def test_cells_are_geometric_means_of_neighbouring_steps():
    frame = norms(layers=1, count=240)
    frame["norm"] = np.where(frame["step"] % 2, 1e-2, 1e-4)
    binned = _binned(with_place(frame), 1e-4)
    assert len(binned) == 3 * 120
    assert np.allclose(binned["norm"], 1e-3)
    assert binned["step"].tolist()[:3] == [1, 3, 5]


def test_pixels_carry_their_value():
    values = np.arange(12.0).reshape(3, 4)
    spec = charts.pixels(values).to_dict()
    [data] = rows(spec).values()
    assert [(p["row"], p["column"], p["value"]) for p in data] == [(*at, v) for at, v in np.ndenumerate(values)]


def test_probabilities_keep_the_order_of_the_frame():
    spec = charts.probability_bars(PROBABILITIES).to_dict()
    assert spec["layer"][0]["encoding"]["y"]["sort"] == ["three", "five"]
    assert set(values_of(spec, "percent")) == {90.0, 10.0}


def test_the_public_names_exist_and_formatting_needs_no_altair():
    assert all(callable(getattr(charts, name)) for name in charts.__all__)
    with pytest.raises(AttributeError, match="pie_chart"):
        charts.pie_chart  # noqa: B018
    alone = "import sys; from explorer.charts.formatting import percent; from explorer.charts import tile, colour; "
    alone += "assert not {'altair', 'pandas', 'streamlit', 'torch'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", alone], check=True)


def test_thousands_of_epochs_fit_into_a_chart():
    epoch = np.arange(1, 6001)
    frame = pd.DataFrame({"run": "a", "epoch": epoch, "train_loss": 1 / epoch, "validation_loss": 1 / epoch})
    per_step = pd.DataFrame({"run": "a", "step": epoch, "epoch": epoch, "loss": 1 / epoch})
    for chart in (charts.loss_curves(frame), charts.live_curves(per_step, frame)):
        data = rows(chart.to_dict()).values()  # altair refuses more than 5000 of a frame
        assert 1000 < sum(map(len, data)) <= 5000
        assert max(row["value"] for each in data for row in each if "value" in row) == 1
