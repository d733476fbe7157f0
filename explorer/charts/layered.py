"""Layered charts and their axes in Vega-Lite's form: dictionaries, which are not validated again and again."""

from collections.abc import Sequence

import altair as alt

from explorer.charts.sizes import FIT, ON_A_LOG_AXIS, WHOLE, chart_sizes, config


class _Layers(alt.TopLevelMixin, alt.TopLevelLayerSpec):
    """A layered chart made of dictionaries and charts, whose parts need no merging.

    `alt.layer` and `+` compare and copy all layers each time, and once more in `to_dict`. The curves, which thirty
    viewers of a training run request again and again, took 155 ms of CPU with them and 50 ms without (12 runs × 25
    epochs, `to_dict` included, on a busy machine).
    """


def layered(layers: Sequence[dict | alt.Chart], present: bool, height: int = 0, **shared: object) -> alt.TopLevelMixin:
    """The layers as one chart in the common style. `height`: of the plot, in pixels; 0 for the usual one. `shared`:
    what all layers have, such as data."""
    height, style = height or chart_sizes(present).height, config(present)
    return _Layers(layer=list(layers), width="container", height=height, autosize=FIT, config=style, **shared)


def over_axis(over: str, present: bool) -> dict:
    """The x axis of curves over whole epochs or steps. `over`: the column, and its title."""
    return {
        "field": over,
        "type": "quantitative",
        "title": over.capitalize(),
        "scale": {"nice": False, "padding": chart_sizes(present).font / 2},
        "axis": WHOLE,
    }


def value_axis(field: str, title: str, log: bool = False, zero: bool = False) -> dict:
    """The y axis of a number: logarithmic, or linear and, if `zero`, starting from zero."""
    scale = {"type": "log", "nice": False} if log else {"zero": zero}
    axis = {"tickCount": 5, "format": ON_A_LOG_AXIS} if log else {"tickCount": 6}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}
