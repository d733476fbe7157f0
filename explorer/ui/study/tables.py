"""A study in numbers: one row per variant, one row per run, and everything as CSV files for download."""

import io
import zipfile
from dataclasses import asdict

import pandas as pd
import streamlit as st

from explorer.charts.formatting import percent
from explorer.errors import UserError
from explorer.insights.receptive_field import field_growth
from explorer.report import table_text
from explorer.runs import Run
from explorer.runs.history import seconds_a_batch
from explorer.ui import cache, saving
from explorer.ui.accuracies import FORMAT, PERCENT, balanced_test_accuracy, in_percent, written
from explorer.ui.study.frames import View

COLUMNS = {
    "parameters": st.column_config.NumberColumn(format="localized"),
    "receptive field": st.column_config.TextColumn(
        help="Side of the square of pixels that one unit of the last convolution sees; it may extend beyond the image."
    ),
    "best validation accuracy": PERCENT,
    "lowest validation loss": st.column_config.NumberColumn(format="%.3f", help="Over all epochs."),
    "training loss": st.column_config.NumberColumn(format="%.3f", help="In the last epoch."),
    "test accuracy": PERCENT,
    "with test-time flips": st.column_config.NumberColumn(
        format=FORMAT, help="Test accuracy by the mean logits of each image and its mirror image."
    ),
    "test loss": st.column_config.NumberColumn(format="%.3f"),
    "balanced test accuracy": st.column_config.NumberColumn(format=FORMAT, help="The mean recall of the classes."),
    "training batch": st.column_config.NumberColumn(
        format="%.1f ms", help="One training step on one batch: the mean over each epoch, the median over epochs."
    ),
    "seconds an epoch": st.column_config.NumberColumn("seconds per epoch", format="%.2f s"),
    "training time": st.column_config.NumberColumn(format="%.1f s"),
}
UNITS = {"lowest validation loss": "nats", "training loss": "nats", "test loss": "nats"}
UNITS |= {"best validation accuracy": "%", "test accuracy": "%", "balanced test accuracy": "%"}
UNITS |= {"with test-time flips": "%"}
PERCENTAGES = [name for name, unit in UNITS.items() if unit == "%"]
UNITS |= {"training batch": "ms", "seconds an epoch": "s", "training time": "s"}
TIMES = ("training batch", "seconds an epoch", "training time")
MEASURES = ("best validation accuracy", "lowest validation loss", "training loss", "test accuracy")
MEASURES += ("with test-time flips", "balanced test accuracy")


def runs_table(view: View) -> pd.DataFrame:
    """One row per run."""
    epochs = view.epochs().groupby("run", sort=False)
    lowest, last, took = epochs["validation_loss"].min(), epochs["train_loss"].last(), epochs["seconds"].median()
    late = {
        mark.run: mark.number
        for f in view.found
        for mark in f.marks
        if mark.over == "epoch" and mark.text == "over-fits"
    }
    rows = []
    for begun in view.begun:
        run, test = begun.run, begun.run.record.test
        rows.append(
            {
                "variant": begun.variant,
                "seed": run.config.training.seed,
                "parameters": run.record.parameters,
                "receptive field": seen_by_last_convolution(run),
                "best validation accuracy": in_percent(run.best_validation_accuracy),
                "best epoch": run.best_epoch,
                "lowest validation loss": lowest[run.id],
                "training loss": last[run.id],
                "over-fits after epoch": late.get(run.id),
                "test accuracy": in_percent(run.test_accuracy),
                "with test-time flips": in_percent(test.flipped_accuracy) if test else None,
                "balanced test accuracy": in_percent(balanced_test_accuracy(run)),
                "test loss": test.loss if test else None,
                "training batch": milliseconds_a_batch(run),
                "seconds an epoch": took[run.id],
                "training time": run.record.training_seconds,
                "device": run.device_name,
                "run": run.id,
            }
        )
    return pd.DataFrame(rows).dropna(axis="columns", how="all")


def variants_table(runs: pd.DataFrame) -> pd.DataFrame:
    """One row per variant: the mean over its seeds, of times the median, and the lowest and highest test accuracy."""
    groups = runs.groupby("variant", sort=False)
    given = [name for name in ("parameters", "receptive field") if name in runs]
    table = pd.concat(
        [
            groups.size().rename("seeds"),
            groups[given].first(),
            groups[[name for name in MEASURES if name in runs]].mean(),
            groups[[name for name in TIMES if name in runs]].median(),
        ],
        axis="columns",
    )
    if "test accuracy" in runs and (table["seeds"] > 1).any():
        spread = groups["test accuracy"].agg(
            lambda values: f"{percent(values.min() / 100)} to {percent(values.max() / 100)}"
        )
        table.insert(table.columns.get_loc("test accuracy") + 1, "test, lowest to highest", spread)
    if "over-fits after epoch" in runs:
        epochs = groups["over-fits after epoch"].agg(
            lambda values: ", ".join(f"{e:.0f}" for e in sorted(values.dropna()))
        )
        table["over-fits after epoch"] = epochs
    return table.reset_index()


def milliseconds_a_batch(run: Run) -> float | None:
    """The time of a training step; None before the first epoch ends."""
    seconds = seconds_a_batch(run)
    return None if seconds is None else 1000 * seconds


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def seen_by_last_convolution(run: Run) -> str | None:
    """The side of the theoretical receptive field of the last convolution, in pixels; a network without convolutions
    sees the whole image. None if it is not known."""
    try:
        grown = field_growth(run.network.on_meta(), run.network.channels, run.network.size)
    except UserError:
        return None
    return f"{grown[-1][1].size} px" if grown else "whole image"


def show(view: View, runs: pd.DataFrame) -> None:
    """Show the variants; every run on request."""
    variants = variants_table(runs)
    saving.dataframe(
        variants,
        hide_index=True,
        written=written(variants, PERCENTAGES),
        alt="Parameters, receptive field, accuracy, loss and time of each variant, the mean over its seeds, of "
        "times the median",
        column_config=COLUMNS,
    )
    with st.expander(f"Each of the {len(runs)} runs", icon=":material/table_rows:"):
        saving.dataframe(
            runs,
            hide_index=True,
            written=written(runs, PERCENTAGES),
            alt="Parameters, accuracy and time of every run of the study",
            column_config=COLUMNS,
        )


def archive(view: View, runs: pd.DataFrame) -> bytes:
    """A zip file of CSV files: variants, runs, every epoch, and the findings with their rules and numbers."""
    with_units = {name: f"{name} ({unit})" for name, unit in UNITS.items()}
    findings = pd.DataFrame([{**asdict(finding), "runs": " ".join(finding.runs)} for finding in view.found])
    tables = {"variants": variants_table(runs), "runs": runs, "epochs": view.epochs(), "findings": findings}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for name, table in tables.items():
            files.writestr(f"{name}.csv", table_text.csv(table.rename(columns=with_units)))
    return packed.getvalue()
