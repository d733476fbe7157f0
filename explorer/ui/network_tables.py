"""The Architecture page's tables: every layer, the totals, the memory of training."""

import streamlit as st

from explorer.charts.formatting import memory
from explorer.insights.architecture import OPTIMIZER_STATE, WEIGHTED, Layer, Pair, same, side_by_side
from explorer.ui import frame, pick
from explorer.ui.networks import Known, Network

MANY = 60  # layers: of more, the table at first shows those with weights
BATCHES = (1, 8, 16, 32, 64, 128, 256, 512, 1024)  # images


def table(known: Known, chosen: dict[str, Layer]) -> None:
    """Every layer with its figures; two networks share rows where they are alike."""
    long = max(len(built.layers) for _, built in known) > MANY
    only = frame.presenting() or st.toggle("Only layers with weights", long, key="weighted")
    if len(known) == 1:
        network, built = known[0]
        layers = [layer for layer in built.layers if layer.kind in WEIGHTED or not only]
        _one_table(network, layers, chosen[network.name])
    else:
        (left, a), (right, b) = known
        pairs = [pair for pair in side_by_side(a, b) if not only or any(x and x.kind in WEIGHTED for x in pair)]
        alike = sum(map(same, pairs))
        st.markdown(f"{alike} of {len(pairs)} rows are the same in both; the others are marked ≠.")
        rows = [_pair_row(left, right, pair) for pair in pairs]
        st.dataframe(rows, hide_index=True, alt="The layers of both networks in rows")
        st.caption("Of figures that differ, the first is that of the first network.")
    _totals(known)


def _one_table(network: Network, layers: list[Layer], chosen: Layer) -> None:
    key = f"table-{network.name}-{len(layers)}"

    def keep() -> None:
        picked = st.session_state[key].selection.rows
        if picked and layers[picked[0]].is_module:
            pick.keep_layer(network.model, layers[picked[0]].name)

    rows = [{"": "▸" if layer == chosen else "", **_row(layer)} for layer in layers]
    st.dataframe(
        rows,
        hide_index=True,
        key=key,
        on_select=keep,
        selection_mode="single-row",
        column_config=_columns(rows),
        alt=f"Every layer of {network.name} with its figures",
    )
    st.caption("Select a row to choose its layer.")


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


def _pair_row(left: Network, right: Network, pair: Pair) -> dict[str, str]:
    """What both have once; what differs as "first / second"."""
    row = {"": "" if same(pair) else "≠"}
    shown = [_row(layer) for layer in pair if layer]
    for network, layer in zip((left, right), pair, strict=True):
        row[network.name] = layer.name if layer else "–"
    for name in ("type", "output", "parameters", "MACs", "receptive field"):
        values = [f"{each[name]:,}" if isinstance(each[name], int) else each[name] for each in shown]
        row[name] = " / ".join(dict.fromkeys(values))
    return row


def _columns(rows: list[dict[str, object]]) -> dict[str, object]:
    numbers = {name for row in rows for name, value in row.items() if isinstance(value, int)}
    config = {name: st.column_config.NumberColumn(format="localized") for name in numbers}
    for name in numbers & {"activations"}:
        config[name] = st.column_config.NumberColumn(
            format="localized", help="Bytes of the output of one image, in float32."
        )
    for name in numbers & {"receptive field", "stride"}:
        config[name] = st.column_config.NumberColumn(format="localized", help="Pixels of the image.")
    return config


def _totals(known: Known) -> None:
    st.subheader("In total", anchor=False)
    rows = [
        {
            "network": network.name,
            "parameters": built.parameters,
            "MACs of an image": built.macs,
            "layers with weights": sum(layer.kind in WEIGHTED for layer in built.layers),
            "outputs of all layers": memory(sum(layer.activation_bytes for layer in built.layers)),
            "kept for the backward pass": memory(built.saved_bytes),
            "weights on disk": memory(4 * built.parameters),
        }
        for network, built in known
    ]
    st.dataframe(rows, hide_index=True, column_config=_columns(rows), alt="Totals of each network")
    st.caption("MAC: one multiplication and one addition, of convolutions and linear layers. Memory in float32.")


def training_memory(known: Known) -> None:
    """What training takes, by optimizer and batch size."""
    batch = 64
    if not frame.presenting():
        batch = st.select_slider("Batch size", BATCHES, batch, key="memory-batch", bind="query-params")
    rows, totals = [], []
    for network, built in known:
        for optimizer in OPTIMIZER_STATE:
            parts = built.training_bytes(optimizer, batch)
            totals.append((network.name, optimizer, sum(parts.values())))
            row = {"network": network.name, "trained with": optimizer, "in all": memory(sum(parts.values()))}
            rows.append(row | {part: memory(size) for part, size in parts.items()})
    name, _, most = max(totals, key=lambda row: row[2])
    st.markdown(f"With batches of {batch} images, training {name} with AdamW takes **{memory(most)}** in float32.")
    st.dataframe(rows, hide_index=True, alt="Memory of training by network and optimizer")
    st.caption(
        "weights + gradients + optimizer state + activations. Each of the first two is 4 bytes a parameter; the "
        "optimizer keeps nothing (SGD), one number (momentum) or two (AdamW) of 4 bytes a parameter. Activations are "
        "what the forward pass keeps for the backward pass, counted for one image, times the batch size. What a "
        "library uses besides, such as work space for convolutions, comes on top."
    )
