"""The table of the Curves page: what each run costs and achieves. It can be sorted, timed and downloaded."""

from statistics import median
from typing import Any

import pandas as pd
import streamlit as st

from explorer.charts.formatting import percent
from explorer.runs import Run, list_runs
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.further import second_test
from explorer.runs.history import seconds_a_batch
from explorer.runs.record import are_alike
from explorer.text import plural
from explorer.ui import choices, inference, names, page, saving
from explorer.ui.accuracies import FORMAT, PERCENT, balanced_test_accuracy, in_percent, written
from explorer.ui.curves.comparison import Comparison, interval
from explorer.ui.curves.csv import csv_text
from explorer.ui.markdown import literal
from explorer.ui.pickers import networks

BATCHES = (1, 8, 16, 32, 64, 128, 256)  # images
MEGABYTE = 1e6


@st.fragment
def show(compared: Comparison) -> None:
    """Show one row per run; a click on a column's name sorts. Inference is timed on request."""
    inference_at = st.session_state.get("inference")  # (batch size, device)
    rows = [row(run, group, compared, inference_at) for run, group in zip(compared.runs, compared.groups, strict=True)]
    same = {name for name in ("data", "status") if len({shown_row[name] for shown_row in rows}) == 1}
    shown = pd.DataFrame([_displayed(shown_row, same) for shown_row in rows])
    saving.dataframe(
        shown,
        hide_index=True,
        written=written(shown, ["test accuracy", "balanced test accuracy", "best validation accuracy"]),
        alt="Parameters, accuracy, time and memory of each run",
        column_config=_columns(inference_at),
    )
    if not page.presenting():
        _below(rows, compared)
    st.caption(_notes(inference_at, compared))


def row(run: Run, group: str, compared: Comparison, inference_at: tuple[int, str] | None) -> dict[str, Any]:
    """The run's raw figures: fractions, seconds, bytes; None if a figure is missing."""
    built = networks.architecture(run.network)
    epochs, test = epoch_rows(run), run.record.test
    training = run.config.training
    losses = {
        of_epoch["validation_loss"]: of_epoch["epoch"]
        for of_epoch in epochs[::-1]
        if of_epoch["validation_loss"] is not None
    }
    low, high = interval(run.best_validation_accuracy, run.dataset.images.validation)
    test_low, test_high = interval(test.accuracy, test.n) if test else (None, None)
    time = inference.timed(run, *inference_at) if inference_at else None
    return {
        "run": names.of(run),
        "id": run.id,
        **({compared.grouping: group} if compared.is_grouped else {}),
        "data": run.config.dataset,
        "model": run.config.model,
        "status": run.status,
        "epochs": run.epochs_done,
        "parameters": built.parameters,
        "MACs": built.macs,
        "best validation accuracy": run.best_validation_accuracy,
        "validation accuracy from": low,
        "validation accuracy to": high,
        "best epoch": run.best_epoch,
        "test accuracy": run.test_accuracy,
        "test accuracy from": test_low,
        "test accuracy to": test_high,
        "balanced test accuracy": balanced_test_accuracy(run),
        "lowest validation loss": min(losses, default=None),
        "lowest loss in epoch": losses[min(losses)] if losses else None,
        "test loss": test.loss if test else None,
        "seconds an epoch": median(of_epoch["seconds"] for of_epoch in epochs),
        "training seconds a batch": seconds_a_batch(run),
        "training seconds": run.record.training_seconds,
        "inference seconds a batch": time.seconds if time else None,
        "training memory in bytes": sum(built.training_bytes(_optimizer(run), training.batch_size).values()),
        "optimizer": _optimizer(run),
        "batch size": training.batch_size,
        "device": run.device_name,
    }


def _optimizer(run: Run) -> str:
    training = run.config.training
    return "sgd with momentum" if training.optimizer == "sgd" and training.momentum > 0 else training.optimizer


def _displayed(row: dict[str, Any], same: set[str]) -> dict[str, Any]:
    """The row for display: percentages, an interval in one cell, milliseconds, megabytes; without the columns in
    `same`."""
    shown = {name: value for name, value in row.items() if name not in same}
    for split in ("validation", "test"):
        low, high = shown.pop(f"{split} accuracy from"), shown.pop(f"{split} accuracy to")
        name = "best validation accuracy" if split == "validation" else "test accuracy"
        shown[name] = in_percent(shown[name])
        shown[f"{split}, 95 %"] = f"{percent(low)} to {percent(high)}" if low is not None else None
    shown["balanced test accuracy"] = in_percent(shown["balanced test accuracy"])
    shown["training batch"] = _times(shown.pop("training seconds a batch"), 1000)
    shown["inference"] = _times(shown.pop("inference seconds a batch"), 1000)
    shown["training memory"] = shown.pop("training memory in bytes") / MEGABYTE
    order = ["test accuracy", "test, 95 %", "balanced test accuracy", "best validation accuracy"]
    order += ["validation, 95 %", "best epoch"]
    costs = ["parameters", "MACs", "seconds an epoch", "training batch", "training seconds", "inference"]
    costs.append("training memory")
    losses = ["test loss", "lowest validation loss", "lowest loss in epoch"]
    first = [name for name in shown if name not in {*order, *costs, *losses, "optimizer", "batch size", "device"}]
    if shown["inference"] is None:
        costs.remove("inference")
    return {name: shown[name] for name in [*first, *order, *losses, *costs, "optimizer", "batch size", "device"]}


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _columns(inference_at: tuple[int, str] | None) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "run": st.column_config.TextColumn(pinned=True),
        "parameters": number(format="localized"),
        "MACs": number(format="compact", help="Multiply-accumulates in the forward pass of one image."),
        "best validation accuracy": PERCENT,
        "test accuracy": number(format=FORMAT, help="With the weights of the best epoch; evaluated once, at the end."),
        "balanced test accuracy": number(format=FORMAT, help="The mean recall of the classes."),
        "test, 95 %": st.column_config.TextColumn(
            help="Wilson interval: it covers the choice of test images, not the choice of the seed."
        ),
        "validation, 95 %": st.column_config.TextColumn(
            help="Wilson interval. The best of many epochs is an optimistic estimate."
        ),
        "best epoch": number(help="The first epoch with the highest validation accuracy: its weights were tested."),
        "test loss": number(format="%.3f", help="Nats per image, with the weights of the best epoch."),
        "lowest validation loss": number(format="%.3f", help="Nats per image."),
        "seconds an epoch": number(
            "seconds per epoch", format="%.2f s", help="Median over epochs; includes validation."
        ),
        "training batch": number(
            format="%.1f ms", help="One training step on one batch: the mean over each epoch, the median over epochs."
        ),
        "training seconds": number("training time", format="%.1f s"),
        "inference": number(f"inference, batch of {inference_at[0]}" if inference_at else None, format="%.2f ms"),
        "training memory": number(format="%.1f MB", help="An estimate, see below."),
    }


def _below(rows: list[dict[str, Any]], compared: Comparison) -> None:
    """Show what can be done with the table: time inference, download it."""
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    devices = [kind for kind, is_there in there.items() if is_there]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        batch = choices.selectbox("Images per batch", BATCHES, "inference-batch", 64, width=130)
        device = devices[0]
        if len(devices) > 1:
            device = choices.segmented("Device", devices, "inference-on", devices[-1])
        st.button("Measure inference time", icon=":material/timer:", on_click=_ask, args=(batch, device))
        st.download_button(
            "Table as CSV", csv_text(rows), "runs.csv", "text/csv", icon=":material/download:", on_click="ignore"
        )


def _ask(batch: int, device: str) -> None:
    st.session_state["inference"] = (batch, device)


def _notes(inference_at: tuple[int, str] | None, compared: Comparison) -> str:
    notes = []
    if inference_at:
        timed = inference.timed(compared.runs[0], *inference_at)
        notes.append(
            f"Inference: forward pass of a batch of {timed.batch_size} in float32 on {timed.device}, median of "
            f"{timed.times}; runs of one architecture share the measurement."
        )
        training = sum(run.status == "running" for run in list_runs())
        if training:
            notes.append(f"{plural(training, 'run')} training at the same time: without them, expect shorter times.")
    notes.append(
        "Training memory is an estimate, not a measured peak: weights, gradients, the optimizer's state and the "
        "activations kept for a batch of the run's size, in float32; workspace is not included."
    )
    notes += [literal(names.in_sentence(sentence, run)) for run in compared.runs if (sentence := second_test(run))]
    if not are_alike(run.record.device for run in compared.runs):
        notes.append("These runs trained on different devices: their seconds cannot be compared.")
    return " ".join(notes)
