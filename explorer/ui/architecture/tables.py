"""The Architecture page: a table of every layer, the totals, and the memory that training needs."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from explorer.charts.formatting import memory
from explorer.insights.architecture import OPTIMIZER_STATE, WEIGHTED, Layer, Row, same, side_by_side
from explorer.models.layer_names import known
from explorer.ui import choices, page, saving
from explorer.ui.markdown import literal
from explorer.ui.pickers.networks import PickedArchitectures
from explorer.ui.pickers.runs import keep_layer

MANY = 60  # layers; in longer networks the table first shows only those with weights
BATCHES = (1, 8, 16, 32, 64, 128, 256, 512, 1024)  # images


def table(architectures: PickedArchitectures, chosen: dict[str, Layer]) -> None:
    """Show every layer with its figures; networks share a row where a layer is the same. A click chooses a layer."""
    long = choices.Follows(lambda: max(len(built.layers) for _, built in architectures) > MANY)
    only = choices.toggle("Only layers with weights", "weighted", long, page.presenting()) or page.presenting()
    if len(architectures) == 1:
        picked, built = architectures[0]
        layers = [layer for layer in built.layers if layer.kind in WEIGHTED or not only]
        rows = [
            {"": "▸" if layer == chosen[picked.name] else "", **_row(layer), "layer": known(picked.network, layer.name)}
            for layer in layers
        ]
        _selectable(architectures, [(layer,) for layer in layers], rows)
        st.caption("Select a row to choose its layer.")
    else:
        lines = side_by_side(*(built for _, built in architectures))
        lines = [line for line in lines if not only or any(layer and layer.kind in WEIGHTED for layer in line)]
        alike = sum(map(same, lines))
        st.markdown(f"{alike} of {len(lines)} rows are the same in all networks; the others are marked ≠.")
        _selectable(architectures, lines, [_shared_row(architectures, line, chosen) for line in lines])
        st.caption(
            "Select a row to choose its layers. Values that differ are listed in the order of the networks; – means "
            "that a network has no such layer."
        )
    _totals(architectures)


def _selectable(architectures: PickedArchitectures, lines: list[Row], rows: list[dict[str, object]]) -> None:
    """Show the rows; selecting one chooses its layer in every network that has it."""
    names = [picked.name for picked, _ in architectures]
    key = f"table-{'-'.join(names)}-{len(rows)}"

    def keep() -> None:
        for row in saving.selected_rows(st.session_state[key], len(lines))[:1]:
            for (picked, _), layer in zip(architectures, lines[row], strict=True):
                if layer and layer.is_module:
                    keep_layer(picked.network.model, layer.name)

    saving.dataframe(
        rows,
        hide_index=True,
        key=key,
        on_select=keep,
        selection_mode="single-row",
        column_config=_columns(rows),
        alt=f"Every layer of {' and '.join(names)} with its size and cost",
    )


def _row(layer: Layer) -> dict[str, object]:
    return {
        "layer": layer.name,
        "type": f"{layer.type} {layer.setting}".strip(),
        "output": "×".join(map(str, layer.shape)),
        "parameters": layer.parameters,
        "MACs": layer.macs,
        "activations": layer.activation_bytes,
        "receptive field": layer.field.size,
        "stride": layer.field.stride,
        "map": f"{layer.shape[1]}×{layer.shape[2]}" if len(layer.shape) == 3 else "flat",
    }


def _shared_row(architectures: PickedArchitectures, line: Row, chosen: dict[str, Layer]) -> dict[str, object]:
    """A table row: a value that all networks share appears once; others as "first / second", in the order of the
    networks."""
    is_chosen = any(
        layer and layer == chosen[picked.name] for (picked, _), layer in zip(architectures, line, strict=True)
    )
    row: dict[str, object] = {"": "▸" * is_chosen + "≠" * (not same(line))}
    for (picked, _), layer in zip(architectures, line, strict=True):
        row[picked.name] = known(picked.network, layer.name) if layer else "–"
    figures = [_row(layer) if layer else None for layer in line]
    for name in [name for name in next(filter(None, figures)) if name != "layer"]:
        values = ["–" if each is None else _text(each[name]) for each in figures]
        there = set(values) - {"–"}
        row[name] = " / ".join(values) if len(there) > 1 else there.pop()
    return row


def _text(figure: object) -> str:
    return f"{figure:,}" if isinstance(figure, int) else str(figure)


def _columns(rows: Sequence[Mapping[str, object]]) -> dict[str, ColumnConfig]:
    numbers = {name for row in rows for name, value in row.items() if isinstance(value, int)}
    config = {name: st.column_config.NumberColumn(format="localized") for name in numbers}
    for name in numbers & {"activations"}:
        config[name] = st.column_config.NumberColumn(
            format="localized", help="Bytes of the output for one image, in float32."
        )
    for name in numbers & {"receptive field", "stride"}:
        config[name] = st.column_config.NumberColumn(format="localized", help="Pixels of the image.")
    return config


def _totals(architectures: PickedArchitectures) -> None:
    st.subheader("In total", anchor=False)
    rows = [
        {
            "network": picked.name,
            "parameters": built.parameters,
            "MACs per image": built.macs,
            "layers with weights": sum(layer.kind in WEIGHTED for layer in built.layers),
            "outputs of all layers": memory(sum(layer.activation_bytes for layer in built.layers)),
            "kept for the backward pass": memory(built.saved_bytes),
            "weights on disk": memory(4 * built.parameters),
        }
        for picked, built in architectures
    ]
    saving.dataframe(rows, hide_index=True, column_config=_columns(rows), alt="Totals of each network")
    st.caption("MAC: a multiplication and an addition, counted in convolutions and linear layers. Memory in float32.")


def training_memory(architectures: PickedArchitectures) -> None:
    """Show how much memory training needs, by optimizer and batch size."""
    batch = choices.select_slider("Batch size", BATCHES, "memory-batch", 64, page.presenting())
    rows, totals = [], []
    for picked, built in architectures:
        for optimizer in OPTIMIZER_STATE:
            parts = built.training_bytes(optimizer, batch)
            totals.append((picked.name, optimizer, sum(parts.values())))
            row = {"network": picked.name, "trained with": optimizer, "in all": memory(sum(parts.values()))}
            rows.append(row | {part: memory(size) for part, size in parts.items()})
    name, _, most = max(totals, key=lambda row: row[2])
    name = literal(name)
    st.markdown(f"With batches of {batch} images, training {name} with AdamW takes **{memory(most)}** in float32.")
    saving.dataframe(rows, hide_index=True, alt="Memory of training by network and optimizer")
    st.caption(
        "weights + gradients + optimizer state + activations. Weights and gradients take 4 bytes per parameter each; "
        "the optimizer keeps nothing (SGD), one number (momentum, Muon) or two (AdamW) of 4 bytes per parameter. "
        "Activations are what the forward pass keeps for the backward pass, counted for one image and multiplied by "
        "the batch size. Libraries use more, such as workspace for convolutions; that is not included."
    )
