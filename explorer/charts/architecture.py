"""A network as a diagram: steps below each other, blocks framed, skips drawn as lines around them.

Units, steps and layers are those of explorer.insights.architecture. A layer's place in its row shows what it does:
first what has weights or pools, then batch norm, the + of a skip, the activation, the rest.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

import altair as alt
import pandas as pd

from explorer.charts.formatting import count, macs, memory
from explorer.charts.palette import NEUTRAL
from explorer.charts.sizes import chart_sizes, columns_of, empty, finish
from explorer.insights.architecture import Layer, Unit

# None is a run's colour; white text on each has a contrast of 4.8 : 1, and each has 3.2 : 1 on white and on dark.
COLOURS = {
    "convolution": "#5A62C8",
    "linear": "#9A4FC0",
    "pooling": "#37798C",
    "normalisation": "#68737F",
    "addition": "#5F7A2E",
    "activation": "#B83A52",
    "other": "#7A6A75",
}
WIDTH = 400  # of the diagram in its own units: about a pixel each on a phone
FIRST = (64, 210)  # from … to, of the first layer of a step
PLACES = {"normalisation": (214, 246), "addition": (250, 280), "activation": (284, 338), "other": (342, 398)}
SKIP = sum(PLACES["addition"]) / 2  # where skips run down to their +
FLOW = sum(FIRST) / 2
HALF = 0.37  # of a row: half the height of a layer
GAP = 0.34  # of a row: above and below the content of a block's frame
ROW = {False: 2.4, True: 1.7}  # height of a row in font sizes
LETTERS = {False: 12, True: 22}  # font size at a desk and in a classroom
TIPS = {  # column of a layer's row → its name under the pointer
    "called": "Layer",
    "type": "Type",
    "output": "Output",
    "parameters": "Parameters",
    "cost": "Multiply-accumulates",
    "memory": "Output in memory",
    "field": "Receptive field",
}
SHORT = {
    "BatchNorm2d": "BN", "BatchNorm1d": "BN", "GroupNorm": "GN", "LayerNorm": "LN", "MaxPool2d": "Max pool",
    "AvgPool2d": "Average pool", "AdaptiveAvgPool2d": "Average pool", "AdaptiveMaxPool2d": "Max pool",
    "Conv2d": "Conv", "add": "+", "ZeroPad": "pad", "flatten": "Flatten", "Dropout": "Dropout",
}  # fmt: skip


@dataclass
class _Drawing:
    """Rows of data, collected from the top of the network down."""

    boxes: list[dict] = field(default_factory=list)
    lines: list[dict] = field(default_factory=list)
    frames: list[dict] = field(default_factory=list)
    notes: list[dict] = field(default_factory=list)
    y: float = 0.0


def diagram(
    units: Sequence[Unit],
    chosen: str = "",
    marked: Collection[str] = (),
    present: bool = False,
    called: Callable[[str], str] = str,
) -> alt.LayerChart:
    """The network from top to bottom. A click selects `layer`, the name of the one under the pointer.

    `units`: from `Architecture.units`. `chosen`: the layer with a border, and ▸ before its row. `marked`: layers that
    not all networks on the page have, with ≠ before their row. `called`: the name of a layer under the pointer.
    """
    if not units:
        return empty(present)
    drawing, side = _Drawing(), -1
    for unit in units:
        if unit.side != side:
            side = unit.side
            drawing.notes.append(_note(2, drawing.y + 0.5, _side(unit.steps[-1][0]), "left"))
        _draw(drawing, unit, _drawn(chosen, unit), set(marked))
    for box in drawing.boxes:
        box["called"] = called(box["layer"])
    return _chart(drawing, present)


def _drawn(chosen: str, unit: Unit) -> str:
    """The layer of a unit's first block that stands for the chosen one, if that is in a block that is not drawn."""
    for block in unit.blocks[1:]:
        if chosen == block or chosen.startswith(f"{block}."):
            return unit.blocks[0] + chosen.removeprefix(block)
    return chosen


def _draw(drawing: _Drawing, unit: Unit, chosen: str, marked: set[str]) -> None:
    framed = unit.skip is not None
    top = drawing.y
    drawing.y += GAP * framed
    for row, step in enumerate(unit.steps):
        middle = drawing.y + 0.5
        for layer, position in zip(step, _places(step), strict=True):
            drawing.boxes.append(_box(layer, *position, middle, chosen))
        before = unit.skip[row] if unit.skip and row < len(unit.skip) and len(unit.steps) > 1 else None
        if before is not None and before.type != "Identity" and row < len(unit.steps) - 1:
            drawing.boxes.append(_box(before, *PLACES["addition"], middle, chosen))
        names = {layer.name for layer in step}
        sign = "▸" * (chosen in names) + "≠" * bool(names & marked)
        if sign:
            drawing.notes.append(_note(FIRST[0] - 6, middle, sign, "right"))
        drawing.y += 1
    end = drawing.y - 0.5
    drawing.y += GAP * framed
    drawing.lines.append(_line([(FLOW, top - 0.1), (FLOW, end)], top))
    if framed:
        drawing.frames.append({"x": FIRST[0] - 4, "x2": PLACES["activation"][1] + 4, "y": top + 0.04, "y2": drawing.y})
        way = [(FLOW, top + GAP / 2), (SKIP, top + GAP / 2), (SKIP, end - HALF)]
        drawing.lines.append(_line(way, top, skip=True))
    if unit.repeats > 1:
        drawing.notes.append(_note(PLACES["other"][0] + 8, (top + drawing.y) / 2, f"× {unit.repeats}", "left"))
    drawing.y += 0.16 * framed


def _places(step: Sequence[Layer]) -> list[tuple[float, float]]:
    """The place of each layer of a step. If the place of its kind is taken, and at the end, layers share the last
    one."""
    kinds = [layer.kind if layer.kind in PLACES else "other" for layer in step[1:]]
    if "other" in kinds and "activation" not in kinds:
        kinds[kinds.index("other")] = "activation"
    kinds = [kind if kind not in kinds[:number] else "other" for number, kind in enumerate(kinds)]
    crowd, (left, right) = max(1, kinds.count("other")), PLACES["other"]
    share = (right - left) / crowd
    places: list[tuple[float, float]] = [FIRST]
    for number, kind in enumerate(kinds):
        before = kinds[:number].count("other")
        places.append(PLACES[kind] if kind != "other" else (left + before * share, left + (before + 1) * share - 2))
    return places


def _box(layer: Layer, left: float, right: float, middle: float, chosen: str) -> dict:
    return {
        "layer": layer.name,
        "kind": layer.kind,
        "x": left,
        "x2": right,
        "y": middle - HALF,
        "y2": middle + HALF,
        "text": _text(layer, right - left > PLACES["other"][1] - PLACES["other"][0]),
        "border": 4 if layer.name == chosen else 0,
        "type": f"{layer.type} {layer.setting}".strip(),
        "output": " × ".join(map(str, layer.shape)),
        "parameters": count(layer.parameters),
        "cost": macs(layer.macs),
        "memory": memory(layer.activation_bytes),
        "field": f"{layer.field.size} × {layer.field.size} pixels",
    }


def _text(layer: Layer, long: bool) -> str:
    """The text on a layer, as long as there is room for."""
    short = SHORT.get(layer.type, layer.type)
    if not long:
        return layer.setting.split(",")[0] if layer.kind == "convolution" else short
    if layer.setting == "to 1×1":
        return f"Global {short[0].lower()}{short[1:]}"
    words = layer.setting.split(", stride ")
    if layer.kind == "pooling":
        return f"{short} {words[0]}"
    return " ".join([short, *words[:1], *(f"↓{stride}" for stride in words[1:])])


def _side(layer: Layer) -> str:
    return f"{layer.shape[1]}×{layer.shape[2]}" if len(layer.shape) == 3 else "flat"


def _note(x: float, y: float, text: str, align: str) -> dict:
    return {"x": x, "y": y, "text": text, "align": align}


def _line(points: list[tuple[float, float]], top: float, skip: bool = False) -> dict:
    return {"name": f"{'skip' if skip else 'flow'} {top:.2f}", "skip": skip, "points": points}


def _chart(drawing: _Drawing, present: bool) -> alt.LayerChart:
    scale = alt.Scale(domain=[drawing.y, -0.15], nice=False, zero=False)
    layers = [_flow(drawing, scale, present), _boxes(drawing, scale, present), _box_texts(drawing, scale, present)]
    if drawing.frames:
        frames = alt.Chart(pd.DataFrame(drawing.frames)).mark_rect(
            filled=False, stroke=NEUTRAL, strokeOpacity=0.6, cornerRadius=6
        )
        layers.insert(0, frames.encode(**_xy(scale), x2="x2:Q", y2="y2:Q"))
    notes = pd.DataFrame(drawing.notes)
    for align in sorted(set(notes["align"])):
        there = alt.Chart(notes[notes["align"] == align])
        text = there.mark_text(align=align, color=NEUTRAL, fontSize=LETTERS[present], baseline="middle")
        layers.append(text.encode(**_xy(scale), text="text:N"))
    return finish(alt.layer(*layers), present, height=round(drawing.y * ROW[present] * (LETTERS[present] + 2)))


def _xy(y_scale: alt.Scale, x: str = "x", y: str = "y") -> dict:
    x_scale = alt.Scale(domain=[0, WIDTH], nice=False, zero=False)
    return {"x": alt.X(f"{x}:Q", scale=x_scale, axis=None), "y": alt.Y(f"{y}:Q", scale=y_scale, axis=None)}


def _flow(drawing: _Drawing, y_scale: alt.Scale, present: bool) -> alt.Chart:
    """The path of the image from layer to layer, and the skips around blocks in the colour of their +."""
    points = pd.DataFrame(
        [
            {"name": line["name"], "skip": line["skip"], "order": order, "x": x, "y": y}
            for line in drawing.lines
            for order, (x, y) in enumerate(line["points"])
        ]
    )
    stroke = chart_sizes(present).stroke
    return alt.Chart(points).mark_line(interpolate="linear").encode(
        **_xy(y_scale),
        detail="name:N",
        order="order:Q",
        size=alt.condition("datum.skip", alt.value(stroke), alt.value(stroke / 2)),
        color=alt.condition("datum.skip", alt.value(COLOURS["addition"]), alt.value(NEUTRAL)),
    )  # fmt: skip


def _boxes(drawing: _Drawing, y_scale: alt.Scale, present: bool) -> alt.Chart:
    """A box for each layer in the colour of its kind; a click on one selects "layer"."""
    font = chart_sizes(present).font
    columns = columns_of(9.3 * font, present, least=2, beside=0)
    symbols = {"symbolType": "square", "symbolSize": font**2, "symbolStrokeWidth": 0}
    legend = alt.Legend(title=None, orient="top", direction="horizontal", columns=columns, **symbols)
    kinds = [kind for kind in COLOURS if kind in {box["kind"] for box in drawing.boxes}]
    return alt.Chart(pd.DataFrame(drawing.boxes)).mark_rect(cornerRadius=4, stroke=NEUTRAL, cursor="pointer").encode(
        **_xy(y_scale),
        x2="x2:Q",
        y2="y2:Q",
        color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[COLOURS[k] for k in kinds]), legend=legend),
        strokeWidth=alt.StrokeWidth("border:Q", scale=None),
        tooltip=[alt.Tooltip(f"{name}:N", title=title) for name, title in TIPS.items()],
    ).add_params(alt.selection_point(name="layer", fields=["layer"], on="click", clear=False))  # fmt: skip


def _box_texts(drawing: _Drawing, y_scale: alt.Scale, present: bool) -> alt.Chart:
    return alt.Chart(pd.DataFrame(drawing.boxes)).mark_text(
        color="white", fontSize=LETTERS[present], baseline="middle"
    ).encode(
        **_xy(y_scale, "middle", "centre"), text="text:N"
    ).transform_calculate(middle="(datum.x + datum.x2) / 2", centre="(datum.y + datum.y2) / 2")  # fmt: skip
