"""Published models as bubbles: what accuracy costs."""

import math

import altair as alt
import pandas as pd

from explorer.charts.architecture import COLOURS
from explorer.charts.palette import NEUTRAL
from explorer.charts.sizes import chart_sizes, columns_of, empty, finish

# The colours of layer types, because these models are not runs.
FAMILY_COLOURS = {
    "VGG": COLOURS["pooling"],
    "VGG with batch norm": COLOURS["convolution"],
    "ResNet": COLOURS["activation"],
}


def accuracy_bubbles(
    frame: pd.DataFrame,
    present: bool = False,
    accuracy: str = "accuracy",
    cost: str = "gmacs",
    titles: tuple[str, str] = ("ImageNet top-1 accuracy (%)", "Multiply-accumulates for one image (GMAC)"),
) -> alt.LayerChart:
    """Accuracy over cost on a log scale, one bubble per model, whose area is its number of parameters.

    `frame`: columns model, family (a key of FAMILY_COLOURS), weights (V1, V2), parameters, and the two columns named by
    `accuracy` (a fraction) and `cost` (above zero; a model without it is left out), with the titles `titles`.
    """
    frame = frame[frame[cost].notna()] if len(frame) else frame
    if frame.empty:
        return empty(present)
    size = chart_sizes(present)
    rows = frame.assign(
        percent=frame[accuracy] * 100,
        millions=frame["parameters"] / 1e6,
        label=frame["model"] + frame["weights"].map(lambda weights: "" if weights == "V1" else f" {weights}"),
    )
    base = alt.Chart(rows).encode(
        x=alt.X(
            f"{cost}:Q",
            title=f"{titles[1]}, log scale",
            scale=alt.Scale(type="log", domain=[rows[cost].min() / 1.5, rows[cost].max() * 1.5], nice=False),
            axis=alt.Axis(values=_steps(rows[cost].min() / 1.5, rows[cost].max() * 1.5), format="~g"),
        ),
        y=alt.Y(
            "percent:Q",
            title=titles[0],
            scale=alt.Scale(zero=False, nice=True, padding=size.font),
            axis=alt.Axis(tickCount=6),
        ),
    )
    tooltip = [
        alt.Tooltip("label:N", title="Model"),
        alt.Tooltip("percent:Q", title=titles[0], format=".2f"),
        alt.Tooltip("parameters:Q", title="Parameters", format=","),
        alt.Tooltip(f"{cost}:Q", title=titles[1], format=".4~g"),
    ]
    families = [family for family in FAMILY_COLOURS if family in set(rows["family"])]
    layers = [_bubbles(base, families, present).encode(tooltip=tooltip), *_names(base, families, present)]
    return finish(alt.layer(*layers), present, height=round(size.height * 1.4))


def _bubbles(base: alt.Chart, families: list[str], present: bool) -> alt.Chart:
    """A circle for each model: area for parameters, colour for family."""
    flat = {"direction": "horizontal", "columns": columns_of(190, present)}
    sizes = alt.Legend(**flat, orient="bottom", values=[10, 50, 140], symbolFillColor=NEUTRAL, symbolStrokeWidth=0)
    area = alt.Scale(domain=[0, 144], range=[0, _largest(present)], type="linear")
    colours = alt.Scale(domain=families, range=[FAMILY_COLOURS[family] for family in families])
    legend = alt.Legend(**flat, title=None, orient="top", symbolType="circle")
    return base.mark_circle(stroke=NEUTRAL, strokeWidth=1).encode(
        size=alt.Size("millions:Q", title="Parameters (millions)", scale=area, legend=sizes),
        color=alt.Color("family:N", scale=colours, legend=legend),
        opacity=alt.value(0.75),
    )


def _largest(present: bool) -> float:
    """Area of the largest bubble in pixels."""
    return 32 * chart_sizes(present).point


def _names(base: alt.Chart, families: list[str], present: bool) -> list[alt.Chart]:
    """The name of each model, away from the neighbours' bubbles, even on a phone."""
    font, radius = chart_sizes(present).font, (_largest(present) / 3.14) ** 0.5
    places = {
        "VGG": {"align": "left", "dx": radius * 0.6, "dy": radius + font * 0.2},
        "VGG with batch norm": {"align": "right", "dx": -radius * 0.6, "dy": -radius - font * 0.2},
        "ResNet": {"align": "left", "dx": radius * 0.5, "dy": font},
    }
    return [
        base.mark_text(color=NEUTRAL, fontSize=font - 2, **places[family])
        .transform_filter(alt.datum.family == family)
        .encode(text="label:N")
        for family in families
    ]


def _steps(low: float, high: float) -> list[float]:
    """1, 2, 5, 10, 20, … between two numbers above zero."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [step * 10.0**power for power in powers for step in (1, 2, 5) if low <= step * 10.0**power <= high]
