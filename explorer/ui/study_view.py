"""What a study shows: its pictures on shared axes, its findings with the numbers behind them, its table."""

from collections.abc import Callable

import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.insights.finding import Finding
from explorer.runs import Run
from explorer.ui import draw, frame, load
from explorer.ui.study_frames import View


def pictures(view: View) -> None:
    """All pictures of a study; single epochs make no curves, so then the steps come first."""
    curves = view.epochs()["epoch"].max() > 1
    if curves:
        _beside(view, "loss", "accuracy")
        st.caption("Bold: validation, the mean over seeds, in a band from the lowest to the highest. Thin: training.")
    _beside(view, "steps", "step accuracy")
    st.caption("Pale: every step of every run. Bold: the mean over seeds, smoothed over up to 20 steps.")
    _beside(view, *(("gradients", "norms") if curves else ("gradients",)))
    _beside(view, "test", "time")
    st.caption("A line a seed; the whiskers are 95 % Wilson intervals, which know nothing of the spread between seeds.")


def pick_log(view: View) -> None:
    """A log scale for losses; where one has exploded it is on from the start."""
    exploded = view.exploded
    view.log = exploded if frame.presenting() else st.toggle("Logarithmic loss", exploded, key=f"study-log-{exploded}")


def _beside(view: View, *names: str) -> None:
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column:
            picture(view, name, place="page")


def picture(view: View, name: str, place: str) -> None:
    """One picture by its name, as findings call it. `place` keeps the charts of a page apart."""
    title, description, make = PICTURES[name]
    st.markdown(f"**{title}**")
    draw.chart(make(view, frame.presenting()), description, key=f"study-{name}-{place}")


Make = Callable[[View, bool], object]
PICTURES: dict[str, tuple[str, str, Make]] = {
    "loss": (
        "Loss",
        "Loss over epochs, a band for each variant",
        lambda v, p: charts.loss_bands(v.epochs(), v.log, present=p),
    ),
    "accuracy": (
        "Accuracy",
        "Accuracy over epochs, a band for each variant",
        lambda v, p: charts.accuracy_bands(v.epochs(), present=p),
    ),
    "steps": (
        "Training loss, each step",
        "Training loss of every step",
        lambda v, p: charts.step_bands(v.steps(), log=v.log, present=p),
    ),
    "step accuracy": (
        "Training accuracy, each step",
        "Training accuracy of every step",
        lambda v, p: charts.step_bands(v.steps(), "accuracy", present=p),
    ),
    "gradients": (
        "Gradients by depth, last epoch, first seed",
        "Gradient norm of the weights by depth, a line for each variant",
        lambda v, p: charts.norm_profile(v.profile(), present=p),
    ),
    "norms": (
        "Mean gradient norm of each epoch",
        "Mean gradient norm of the weights over epochs, on a log scale",
        lambda v, p: charts.norm_bands(v.norms(), present=p),
    ),
    "test": (
        "Test accuracy",
        "Test accuracy of every run with its interval",
        lambda v, p: charts.accuracy_dots(v.accuracies(), present=p),
    ),
    "time": ("Time", "Seconds an epoch of every run", lambda v, p: charts.time_bars(v.seconds(), present=p)),
}


def findings(view: View) -> list[Finding]:
    """Measured from the runs, and kept until one of them changes."""
    changed = tuple((load.stamp(run, "run.json"), load.stamp(run, "epochs.jsonl")) for run in view.runs)
    return _findings(tuple(view.variant.items()), changed, view.runs)


@st.cache_data(max_entries=64, show_spinner="Measuring …")
def _findings(variants: tuple[tuple[str, str], ...], changed: tuple, _runs: list[Run]) -> list[Finding]:
    from explorer.insights.findings import of_runs

    return of_runs(_runs, [variant for _, variant in variants])


def show_findings(found: list[Finding], view: View) -> None:
    """Each opens to its rule, its numbers and the picture behind it, drawn only then."""
    for place, finding in enumerate(found):
        # A dollar would begin a formula.
        opened = st.expander(finding.sentence.replace("$", r"\$"), key=f"finding-{place}", on_change="rerun")
        if opened.open:
            with opened:
                threshold = "" if finding.threshold is None else f" Threshold: {number(finding.threshold)}."
                st.markdown(f"**Rule.** {finding.rule}{threshold}")
                left, right = st.columns([2, 3])
                values = [{"what": name, "value": number(float(value))} for name, value in finding.numbers.items()]
                left.dataframe(values, hide_index=True, alt="The numbers behind the finding")
                with right:
                    picture(view, finding.picture, place=f"finding-{place}")


def table(view: View) -> None:
    """A row a run; click a column to sort."""
    rows = []
    for one in view.plan:
        run, test = one.run, one.run.info.get("test") or {}
        rows.append(
            {
                "variant": one.variant,
                "seed": one.config.training.seed,
                "parameters": run.info["parameters"],
                "best validation accuracy": run.best_validation_accuracy,
                "test accuracy": test.get("accuracy"),
                "test loss": test.get("loss"),
                "seconds an epoch": run.info["training_seconds"] / run.epochs_done,
                "training time": run.info["training_seconds"],
                "device": run.info["device"]["name"],
                "run": run.id,
            }
        )
    st.dataframe(
        rows,
        hide_index=True,
        alt="Parameters, accuracy and time of every run of the study",
        column_config={
            "parameters": st.column_config.NumberColumn(format="localized"),
            "best validation accuracy": st.column_config.NumberColumn(format="percent"),
            "test accuracy": st.column_config.NumberColumn(format="percent"),
            "test loss": st.column_config.NumberColumn(format="%.3f"),
            "seconds an epoch": st.column_config.NumberColumn(format="%.2f s"),
            "training time": st.column_config.NumberColumn(format="%.1f s"),
        },
    )
