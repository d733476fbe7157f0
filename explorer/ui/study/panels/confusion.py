"""Which class each variant takes for which."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.runs import Run
from explorer.ui import cache, display, page
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, beside

IN_A_ROW = 2


def _confusion(view: View, key: str) -> None:
    runs = _ended(view)
    made = _made(runs, page.presenting())
    for run in beside(view, runs, IN_A_ROW):
        name = view.variant[run.id]
        display.show(made[run.id], f"Confusion matrix of {name} on the test images", f"study-confusion-{run.id}-{key}")


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cache.keys("run.json"))
def _made(runs: list[Run], present: bool) -> dict[str, dict]:
    matrices = {run.id: np.array(run.record.test.confusion) for run in runs if run.record.test}
    most = max(1, *(int((m - np.diag(np.diag(m))).max()) for m in matrices.values()))
    classes = runs[0].dataset.classes
    return {
        run_id: display.specification(charts.confusion_heat(matrix, classes, present=present, most=most))
        for run_id, matrix in matrices.items()
    }


def _ended(view: View) -> list[Run]:
    return [run for run in view.first_seeds() if run.status == "finished" and _has_confusion(run)]


def _has_confusion(run: Run) -> bool:
    return run.record.test is not None and bool(run.record.test.confusion)


PANELS: dict[str, Panel] = {
    "confusion": Panel(
        "Confusion matrices, first seed, test images",
        _confusion,
        "Rows are the true classes, columns the predicted classes; correct predictions are grey. One scale for all.",
        wide=True,
        applies=lambda view: bool(_ended(view)),
    ),
}
