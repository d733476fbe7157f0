"""The four tests of an explanation as a page shows them: the measured answer first, then the picture."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.explanation import cascade_lines, pixel_lines
from explorer.charts.formatting import number, percent
from explorer.insights.explanation_checks import BASELINES
from explorer.runs import Run
from explorer.ui import checked, draw, frame
from explorer.ui.picture import Picture

SIDE = 128  # pixels of a small map


@dataclass(frozen=True)
class Tested:
    """What is tested: one method on one image, for some runs, each with its layer."""

    asked: list[tuple[Run, int | str, str, str | None]]  # run, epoch, method, layer
    seen: Picture


def forget(tested: Tested) -> None:
    """Layer by layer the network loses what it has learned; the map must change with it."""
    found = {args[0].id: checked.cascade(*args, tested.seen) for args in tested.asked}
    last = {run_id: cascade.correlation[-1] for run_id, cascade in found.items()}
    frame.answer(
        "With all layers randomised, "
        + "; ".join(
            f"the map of {run_id} has a rank correlation of {number(value, 2)}" for run_id, value in last.items()
        )
        + " with the trained one: 1 would be the same map, 0 nothing in common."
    )
    rows = [
        (run_id, step, layer or "trained", value)
        for run_id, cascade in found.items()
        for step, (layer, value) in enumerate(zip(cascade.layers, cascade.correlation, strict=True))
    ]
    table = pd.DataFrame(rows, columns=["run", "step", "layer", "correlation"])
    draw.chart(cascade_lines(table, frame.presenting()), "Rank correlation while layers are randomised", key="cascade")
    for run_id, cascade in found.items():
        frame.heading(run_id)
        low, high = charts.limits(cascade.maps, signed=True) if cascade.signed else (0.0, float(cascade.maps.max()))
        tiled = charts.tile(
            cascade.maps, len(cascade.maps), low, high, cascade.signed, max(1, SIDE // cascade.maps.shape[-1])
        )
        draw.image(tiled, f"Maps of {run_id} while its layers are randomised, the trained one first", width="stretch")
    st.caption("The trained network's map first, then a map a step; one scale a run. One image, one random draw.")


def pixels(tested: Tested) -> None:
    """Take away what the map calls important; the probability should fall at once."""
    baseline = st.selectbox("Pixels become", list(BASELINES), key="baseline", bind="query-params")
    found = {args[0].id: checked.curves(*args, tested.seen, baseline) for args in tested.asked}
    frame.answer(
        "; ".join(
            f"{run_id}: area under deletion {number(own.deletion_area, 2)} (random order "
            f"{number(chance.deletion_area, 2)}), under insertion {number(own.insertion_area, 2)} "
            f"(random {number(chance.insertion_area, 2)})"
            for run_id, (own, chance) in found.items()
        )
        + "."
    )
    rows = [
        pd.DataFrame({"run": run_id, "curve": name, "share": own.share, "probability": getattr(own, name)})
        for run_id, (own, _) in found.items()
        for name in ("deletion", "insertion")
    ]
    draw.chart(pixel_lines(pd.concat(rows), frame.presenting()), "Deletion and insertion curves", key="pixels")
    st.caption(f"A small area under deletion and a large one under insertion are good. Pixels become {baseline}.")


def pointed(tested: Tested) -> None:
    """Only for data that knows where the object is."""
    found = {args[0].id: checked.pointing(*args) for args in tested.asked}
    known = {run_id: one for run_id, one in found.items() if one is not None}
    if not known:
        frame.stop_with("Choose a run on shapes or shapes-shortcut: only they know where the object is.")
    frame.answer(
        "; ".join(
            f"{run_id} points at the object in {percent(one.pointing)} of {len(one.hits)} test images"
            for run_id, one in known.items()
        )
        + "."
    )
    table = [
        {
            "run": run_id,
            "highest pixel on the object": percent(one.pointing),
            "95 % interval": " to ".join(percent(end) for end in one.interval),
            "share of the map on the object": percent(one.mean_share),
            "the object's share of the image": percent(one.size.mean()),
        }
        for run_id, one in known.items()
    ]
    st.dataframe(table, hide_index=True, alt="Pointing game and share inside the mask of each run")
    st.caption("A map that knows nothing reaches the object's share of the image. Explained: the predicted class.")


def noise(tested: Tested) -> None:
    """Two figures of captum.metrics."""
    found = {args[0].id: checked.robust(*args, tested.seen) for args in tested.asked}
    frame.answer(
        "; ".join(
            f"{run_id}: infidelity {number(one.infidelity, 2)}, sensitivity {number(one.sensitivity, 2)}"
            for run_id, one in found.items()
        )
        + "."
    )
    st.caption(
        "Infidelity: mean squared error, in squared logits, of what the map foretells about 50 images with noise of "
        "0.1 of the brightness range. Sensitivity: the largest change of the map, of its own size, in 10 images with "
        "noise of at most 0.02, too weak to see. Of both, less is better; compare methods on one run, not runs."
    )
