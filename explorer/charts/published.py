"""Published models as bubbles: what accuracy costs."""

import altair as alt
import pandas as pd

from explorer.charts.architecture import COLOURS
from explorer.charts.look import empty, finish, look
from explorer.charts.palette import NEUTRAL

# Of layer types, for these models are no runs.
FAMILY_COLOURS = {
    "VGG": COLOURS["pooling"],
    "VGG with batch norm": COLOURS["convolution"],
    "ResNet": COLOURS["activation"],
}


def accuracy_bubbles(frame: pd.DataFrame, present: bool = False) -> alt.LayerChart:
    """Accuracy over multiply-accumulates, a bubble a model, whose area is its number of parameters.

    frame: columns model, family (a key of FAMILY_COLOURS), weights (V1, V2), accuracy (a fraction), parameters, gmacs.
    """
    if frame.empty:
        return empty(present)
    size = look(present)
    rows = frame.assign(
        percent=frame["accuracy"] * 100,
        millions=frame["parameters"] / 1e6,
        label=frame["model"] + frame["weights"].map(lambda weights: "" if weights == "V1" else f" {weights}"),
    )
    families = [family for family in FAMILY_COLOURS if family in set(rows["family"])]
    colours = alt.Scale(domain=families, range=[FAMILY_COLOURS[family] for family in families])
    columns = alt.ExprRef("max(1, floor(width / 190))")
    flat = {"direction": "horizontal", "columns": columns}
    base = alt.Chart(rows).encode(
        x=alt.X(
            "gmacs:Q",
            title="Multiply-accumulates for one image (GMAC, log scale)",
            scale=alt.Scale(type="log", domain=[1.2, 30], nice=False),
            axis=alt.Axis(values=[2, 5, 10, 20], format="~g"),
        ),
        y=alt.Y(
            "percent:Q",
            title="ImageNet top-1 accuracy (%)",
            scale=alt.Scale(zero=False, nice=True, padding=size.font),
            axis=alt.Axis(tickCount=6),
        ),
    )
    bubbles = base.mark_circle(stroke=NEUTRAL, strokeWidth=1).encode(
        size=alt.Size(
            "millions:Q",
            title="Parameters (millions)",
            scale=alt.Scale(domain=[0, 144], range=[0, 32 * size.point], type="linear"),
            legend=alt.Legend(
                **flat, orient="bottom", values=[10, 50, 140], symbolFillColor=NEUTRAL, symbolStrokeWidth=0
            ),
        ),
        color=alt.Color(
            "family:N", scale=colours, legend=alt.Legend(**flat, title=None, orient="top", symbolType="circle")
        ),
        opacity=alt.value(0.75),
        tooltip=[
            alt.Tooltip("label:N", title="Model"),
            alt.Tooltip("percent:Q", title="Top-1 accuracy (%)", format=".2f"),
            alt.Tooltip("parameters:Q", title="Parameters", format=","),
            alt.Tooltip("gmacs:Q", title="GMAC", format=".2f"),
        ],
    )
    radius = (32 * size.point / 3.14) ** 0.5  # of the largest
    # Away from the neighbours' bubbles, on a telephone too.
    places = {
        "VGG": {"align": "left", "dx": radius * 0.6, "dy": radius + size.font * 0.2},
        "VGG with batch norm": {"align": "right", "dx": -radius * 0.6, "dy": -radius - size.font * 0.2},
        "ResNet": {"align": "left", "dx": radius * 0.5, "dy": size.font},
    }
    names = [
        base.mark_text(color=NEUTRAL, fontSize=size.font - 2, **places[family])
        .transform_filter(alt.datum.family == family)
        .encode(text="label:N")
        for family in families
    ]
    return finish(alt.layer(bubbles, *names), present, height=round(size.height * 1.4))
