"""How far the units of a network see, layer by layer."""

import altair as alt
import pandas as pd

from explorer.charts.bands import variant_colours
from explorer.charts.palette import NEUTRAL
from explorer.charts.sizes import WHOLE, chart_sizes, empty, finish, line_legend


def receptive_growth(frame: pd.DataFrame, size: int, present: bool = False) -> alt.LayerChart:
    """The side of the receptive field after each layer, one line per variant with its last value at its end, and a
    dashed rule at the side of the image, `size` pixels.

    `frame`: columns variant, run, layer, place (1 for the first layer), pixels.
    """
    if frame.empty:
        return empty(present)
    sizes = chart_sizes(present)
    variants, colours, dashes = variant_colours(frame)
    legend = alt.Legend(**line_legend(variants, present, "bottom"))
    top = float(max(frame["pixels"].max(), size))
    base = alt.Chart(frame).encode(
        x=alt.X(
            "place:Q",
            title="Convolution or pooling, counted from the first",
            scale=alt.Scale(nice=False, padding=sizes.font * 1.5),
            axis=alt.Axis(**WHOLE),
        ),
        y=alt.Y("pixels:Q", title="Receptive field (pixels per side)", scale=alt.Scale(domain=[0, top], nice=True)),
        color=alt.Color("variant:N", scale=alt.Scale(domain=variants, range=colours), legend=legend),
    )
    tooltip = ["variant:N", alt.Tooltip("layer:N", title="Layer"), alt.Tooltip("pixels:Q", title="Pixels per side")]
    dash = alt.StrokeDash("variant:N", scale=alt.Scale(domain=variants, range=dashes), legend=legend)
    lines = base.mark_line(strokeWidth=sizes.stroke).encode(strokeDash=dash)
    points = base.mark_point(filled=True, size=sizes.point, opacity=1).encode(tooltip=tooltip)
    last = frame[~frame["variant"].duplicated(keep="last")]
    ends = base.properties(data=last).mark_text(align="center", dy=-0.9 * sizes.font, fontSize=sizes.font)
    rule = alt.Chart(pd.DataFrame({"pixels": [size], "label": [f"image: {size} pixels"]})).encode(y="pixels:Q")
    image = rule.mark_rule(color=NEUTRAL, strokeDash=[4, 4], strokeWidth=1.5)
    word = rule.mark_text(align="left", baseline="bottom", dx=4, dy=-2, color=NEUTRAL, fontSize=sizes.font)
    layers = alt.layer(image, word.encode(x=alt.value(0), text="label:N"), lines, points, ends.encode(text="pixels:Q"))
    return finish(layers, present)
