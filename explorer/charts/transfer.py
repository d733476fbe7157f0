"""What a start from another network changes: accuracy by number of images, the gain, the change of each layer.

A line is a way to start (and an architecture, if two are compared). It has the colour and dash of its first run.
"""

import altair as alt
import pandas as pd

from explorer.charts.bands import variant_colours, variant_scale
from explorer.charts.formatting import percent
from explorer.charts.hover import reading_rule
from explorer.charts.layered import layered, value_axis
from explorer.charts.palette import NEUTRAL, RUN_COLOURS, run_number, sort_runs
from explorer.charts.sizes import Sizes, chart_sizes, empty, finish, legend_columns

ACCURACY = "Test accuracy (%)"
IMAGES = "Training images (log scale)"
GAIN = "Gain over training from scratch (points)"
HEIGHT = 2.2  # of a line of the gains, in font sizes
SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")  # of dots, for lines of one colour


def accuracy_by_images(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Test accuracy against the number of training images: every run, the mean over seeds, a band of their range.

    `frame`: columns line, run, images, accuracy (a fraction).
    """
    if frame.empty:
        return empty(present)
    size, encodings = chart_sizes(present), variant_scale(frame, present, "line")
    rows = frame.assign(value=frame["accuracy"] * 100)
    means = rows.groupby(["line", "images"], sort=False)["value"].agg(value="mean", low="min", high="max").reset_index()
    counts = sorted(set(frame["images"]))
    x = {
        "field": "images",
        "type": "quantitative",
        "title": IMAGES,
        "scale": {"type": "log", "nice": False, "padding": size.font},
        "axis": {"values": counts, "format": ",d"},
    }
    y, colour = value_axis("value", ACCURACY), {"color": encodings["color"]}
    layers = [
        _layer(
            means, {"type": "area", "opacity": 0.18}, x, value_axis("low", ACCURACY), colour | {"y2": {"field": "high"}}
        ),
        _layer(means, {"type": "line", "strokeWidth": size.stroke}, x, y, encodings),
        _layer(rows, {"type": "point", "filled": True, "size": size.point, "opacity": 0.7}, x, y, colour),
    ]
    return layered([*layers, reading_rule(_reading(means, counts), x, list(dict.fromkeys(means["line"])))], present)


def _reading(means: pd.DataFrame, counts: list[int]) -> pd.DataFrame:
    reading = pd.DataFrame({"images": counts})
    for line, rows in means.groupby("line", sort=False):
        texts = {
            row.images: f"{percent(row.value / 100)} ({percent(row.low / 100)} to {percent(row.high / 100)})"
            for row in rows.itertuples()
        }
        reading[line] = [texts.get(images, "") for images in counts]
    return reading


def gain_dots(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Each gain with its 95 % interval and the range over the pairs of seeds; a rule at zero gain.

    `frame`: columns line, run, share, gain, low, high, smallest, largest (fractions; low and high may be missing).
    """
    if frame.empty:
        return empty(present)
    size = chart_sizes(present)
    numbers = ["gain", "low", "high", "smallest", "largest"]
    rows = frame.assign(**{name: frame[name] * 100 for name in numbers})
    lines, colours, _ = variant_colours(frame.rename(columns={"line": "variant"}))
    y = alt.Y("share:N", sort=list(dict.fromkeys(frame["share"])), title="Share of the images")
    tooltip = [alt.Tooltip("line:N", title="Start"), alt.Tooltip("share:N", title="Share of the images")] + [
        alt.Tooltip(f"{name}:Q", title=label, format="+.1f")
        for name, label in zip(numbers, ("Gain (points)", "95 % from", "to", "Smallest", "Largest"), strict=True)
    ]
    columns = legend_columns(lines, present)
    legend = alt.Legend(title=None, orient="bottom", columns=columns, symbolSize=size.font**2, symbolOpacity=1)
    base = alt.Chart(rows).encode(
        y=y,
        yOffset=alt.YOffset("line:N", sort=lines),
        color=alt.Color("line:N", scale=alt.Scale(domain=lines, range=colours), legend=legend),
        tooltip=tooltip,
    )
    x = alt.X("low:Q", title=GAIN, axis=alt.Axis(tickCount=6))
    whiskers = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=size.stroke * 0.7)
    span = base.mark_rule(strokeWidth=size.stroke * 2.5, opacity=0.35)
    shape = alt.Shape("line:N", scale=alt.Scale(domain=lines, range=_shapes(frame)), legend=legend)
    dots = base.mark_point(filled=True, size=size.point * 2.5, opacity=1).encode(
        x=alt.X("gain:Q", title=GAIN), shape=shape
    )
    nothing = alt.Chart(pd.DataFrame({"gain": [0.0]})).mark_rule(color=NEUTRAL, strokeDash=[4, 4]).encode(x="gain:Q")
    drawn = nothing + span.encode(x=alt.X("smallest:Q", title=GAIN), x2="largest:Q")
    drawn = drawn + whiskers.encode(x=x, x2="high:Q") + dots
    return finish(drawn, present, height=alt.Step(round(size.font * HEIGHT), **{"for": "offset"}))


def _shapes(frame: pd.DataFrame) -> list[str]:
    """A shape for each line, by its first run, like its dash: two lines of one colour have different shapes."""
    firsts = [sort_runs(rows)[0] for _, rows in frame.groupby("line", sort=False)["run"]]
    return [SHAPES[(run_number(run) - 1) // len(RUN_COLOURS) % len(SHAPES)] for run in firsts]


def by_layer(frame: pd.DataFrame, value: str, title: str, present: bool = False) -> alt.Chart:
    """A number for each layer of one architecture, starting at the image, one line per way to start.

    `frame`: columns line, run, layer, `value`; for `cka` also baseline, the same for all lines, drawn in grey.
    """
    if frame.empty:
        return empty(present)
    size, encodings = chart_sizes(present), variant_scale(frame, present, "line")
    layers = list(dict.fromkeys(frame["layer"]))
    x = {
        "field": "layer",
        "type": "ordinal",
        "sort": layers,
        "title": "Layer, from the image on",
        "axis": {"labelLimit": size.font * 10, "labelOverlap": True, "labelAngle": -40},
    }
    tooltip = [
        {"field": "line", "type": "nominal", "title": "Start"},
        {"field": "layer", "type": "nominal", "title": "Layer"},
        {"field": "value", "type": "quantitative", "title": title, "format": ".3f"},
    ]
    rows = frame.assign(value=frame[value])
    marks = (
        ({"type": "line", "strokeWidth": size.stroke}, encodings),
        ({"type": "point", "filled": True, "size": size.point * 1.5, "opacity": 1}, {"color": encodings["color"]}),
    )
    drawn = [
        _layer(rows, mark, x, value_axis("value", title, zero=True), {**settings, "tooltip": tooltip})
        for mark, settings in marks
    ]
    if value == "cka" and "baseline" in frame:
        drawn.insert(0, _baseline(frame, x, title, size))
    return layered(drawn, present)


def _baseline(frame: pd.DataFrame, x: dict, title: str, size: Sizes) -> alt.Chart:
    rows = frame.drop_duplicates("layer")[["layer", "baseline"]].assign(line="untrained networks")
    tooltip = [
        {"field": "line", "type": "nominal", "title": "Between"},
        {"field": "layer", "type": "nominal", "title": "Layer"},
        {"field": "baseline", "type": "quantitative", "title": title, "format": ".3f"},
    ]
    mark = {"type": "line", "point": {"color": NEUTRAL, "size": size.point}, "color": NEUTRAL, "strokeDash": [6, 4]}
    return _layer(rows, mark, x, value_axis("baseline", title, zero=True), {"tooltip": tooltip})


def accuracy_over_seconds(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Validation accuracy in per cent against the seconds of training so far, a pale line per run.

    `frame`: columns line, run, seconds, accuracy (a fraction).
    """
    if frame.empty:
        return empty(present)
    size, encodings = chart_sizes(present), variant_scale(frame, present, "line")
    x = {"field": "seconds", "type": "quantitative", "title": "Seconds of training", "axis": {"tickCount": 6}}
    tooltip = [
        {"field": "run", "type": "nominal", "title": "Run"},
        {"field": "seconds", "type": "quantitative", "title": "Seconds", "format": ".1f"},
        {"field": "value", "type": "quantitative", "title": "Validation accuracy (%)", "format": ".1f"},
    ]
    rows = frame.assign(value=frame["accuracy"] * 100)
    settings = {**encodings, "detail": {"field": "run"}, "tooltip": tooltip}
    mark = {"type": "line", "strokeWidth": size.stroke, "opacity": 0.75, "point": {"size": size.point}}
    return layered([_layer(rows, mark, x, value_axis("value", "Validation accuracy (%)"), settings)], present)


def _layer(rows: pd.DataFrame, mark: dict, x: dict, y: dict, settings: dict) -> alt.Chart:
    """`settings`: further channels of the encoding."""
    return alt.Chart(rows, mark={"strokeJoin": "round", **mark}, encoding={"x": x, "y": y, **settings})
