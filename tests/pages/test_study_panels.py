"""A study's panels: all that it names exist, are drawn where they apply, and leave out what does not."""

import io
import zipfile
from statistics import median

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from explorer.insights.findings.collect import findings
from explorer.insights.findings.finding import KINDS
from explorer.runs import list_runs
from explorer.runs.epochs_file import epoch_rows
from explorer.studies import STUDIES, PlannedRun
from explorer.ui.study.finding_panels import PANEL_OF
from explorer.ui.study.frames import View
from explorer.ui.study.panels import PANELS, shown
from explorer.ui.study.panels.outcomes import noises
from explorer.ui.study.tables import archive, runs_table, variants_table

from ..insights.findings.test_curves import PLANTED
from ..insights.planted import step_loss, trial
from .conftest import SECONDS, words
from .test_curves import made

# What the study asks for by name, see the reports that students write.
ASKED = {
    "cnn-vs-resnet": {"loss", "accuracy", "parameter gradients", "explained"},
    "batch-size": {"steps", "step accuracy", "time", "noise"},
    "learning-rate": {"steps"},
    "activation": {"loss", "accuracy", "gradients"},
    "vgg-vs-vgg-residual": {"loss", "ahead", "filters", "maps"},
    "equal-parameters": {"parameters", "accuracy", "loss", "time"},
    "kernel-size": {"accuracy", "time", "first maps", "receptive field"},
    "depth": {"accuracy", "time", "norms"},
    "fully-connected-vs-conv": {"loss", "parameters", "time", "inference", "accuracy", "confusion"},
    "regularisation": {"loss", "confusion", "gradient flow"},
    "degradation": {"training error"},
}


def test_every_panel_that_a_study_names_exists_and_every_panel_is_named():
    assert all(set(study.panels) <= set(PANELS) for study in STUDIES.values())
    assert all(ASKED[name] <= set(STUDIES[name].panels) for name in ASKED)
    assert set(PANELS) == {name for study in STUDIES.values() for name in study.panels}


def test_behind_every_finding_is_a_panel():
    one, other = (
        {"label": f"{depth} plain", "model": f"resnet{depth}", "macs": depth, "test_accuracy": right}
        for depth, right in ((20, 0.9), (56, 0.5))
    )
    compared = findings([
        trial([1.0, 0.2], steps=step_loss(), run="net-0001", **one),
        trial([1.0, 0.5], steps=step_loss(seed=1), seconds=5.0, run="net-0002", running=0.1, **other),
    ])  # fmt: skip
    compared += findings([trial([0.5], steps=step_loss(), label=label, batch_size=len(label)) for label in ("a", "bc")])
    single = [finding for planted, _ in PLANTED.values() for finding in findings([planted])]
    # Planted curves and runs find every kind of a study; the Transfer, Checks and Curves pages draw their own.
    assert {finding.kind for finding in (*compared, *single)} == set(PANEL_OF)
    assert set(KINDS) - set(PANEL_OF) == {"transfer", "pointing game", "test images"}
    assert set(PANEL_OF.values()) <= set(PANELS)


def all_panels():
    """The texts of a study that names every panel there is."""
    from dataclasses import replace

    import streamlit as st

    from explorer.runs import list_runs
    from explorer.studies import STUDIES, PlannedRun
    from explorer.ui import page
    from explorer.ui.study import panels, summary, tables
    from explorer.ui.study.frames import View

    page.presentation_switch()
    study = replace(STUDIES["your-own"], panels=tuple(panels.PANELS))
    view = View(study, [PlannedRun(run.config.model, run.config, run) for run in list_runs()[::-1]])
    summary.show_findings(view)
    summary.controls(view)
    panels.show_all(view)
    tables.show(view, tables.runs_table(view))
    st.caption(f"Image {view.image}")


def test_every_panel_is_drawn(with_runs):
    app = AppTest.from_function(all_panels, default_timeout=SECONDS).run()
    assert not app.exception
    assert titles(app) == set(PANELS) - {"noise"}
    assert len(app.number_input) == 1
    assert len(app.dataframe) == 2


def test_a_presentation_draws_every_panel_and_one_at_a_time(with_runs):
    app = AppTest.from_function(all_panels, default_timeout=SECONDS)
    app.session_state["present"] = True
    for name in set(PANELS) - {"noise"}:
        app.session_state["study-panel"] = name
        app.run()
        assert not app.exception
        assert titles(app) == {name}
        assert not app.number_input, "controls are hidden from a class"


def titles(app):
    """Of the panels that are drawn: all but the noise of steps, compared between batch sizes, of which there is one."""
    return {name for name, panel in PANELS.items() if f"**{panel.title}**" in words(app)}


def test_the_noise_of_steps_is_drawn_for_several_batch_sizes(checkpoints):
    runs = [made(batch_size=size, loss=[1.0, 0.9, 0.8, 0.7]) for size in (16, 64)]
    view = View(STUDIES["batch-size"], [PlannedRun(f"batch {n}", run.config, run) for n, run in enumerate(runs)])
    assert PANELS["noise"].applies(view)
    assert len(noises(view)) == 2
    assert not PANELS["noise"].applies(View(STUDIES["batch-size"], view.wanted[:1]))


def test_another_image_can_be_chosen_and_is_kept_for_the_class(with_runs):
    app = AppTest.from_function(all_panels, default_timeout=SECONDS).run()
    app.number_input[0].set_value(3).run()
    assert not app.exception
    assert "Image 3" in words(app)
    app.session_state["present"] = True
    app.run()
    assert "Image 3" in words(app)
    assert not app.number_input


def view_of(runs, **changes):
    from dataclasses import replace

    study = replace(STUDIES["your-own"], panels=tuple(PANELS))
    return View(study, [PlannedRun(run.config.model, run.config, run.change(**changes)) for run in runs])


def test_what_does_not_apply_is_left_out(with_runs):
    mlp = [run for run in list_runs() if run.config.model == "mlp"]
    named = shown(view_of(mlp))
    assert "loss" in named
    assert not {"filters", "maps", "first maps", "explained", "ahead"} & set(named)
    unfinished = shown(view_of(list_runs(), status="stopped", test=None))
    assert not {"test", "confusion"} & set(unfinished)


def test_one_epoch_makes_no_curves_but_steps(with_runs):
    named = shown(view_of(list_runs(), epochs_done=1))
    assert named[:2] == ["steps", "step accuracy"]
    assert not {"loss", "accuracy", "norms", "training error"} & set(named)
    assert len(named) == len(set(named))


def test_the_numbers_are_those_of_the_runs(with_runs):
    view = view_of(list_runs()[::-1])
    runs = runs_table(view)
    variants = variants_table(runs).set_index("variant")
    cnn = next(run for run in view.runs if run.config.model == "simple_cnn")
    assert variants.loc["simple_cnn", "test accuracy"] == pytest.approx(100 * cnn.record.test.accuracy)
    assert variants.loc["mlp", "receptive field"] == "whole image"
    # 3×3, twice a pooling by two, 3×3: 3 + 1 + 2 + 2 · 4 pixels.
    assert variants.loc["simple_cnn", "receptive field"] == "14 px"
    assert list(variants["seeds"]) == [1, 1, 1]
    assert variants.loc["simple_cnn", "seconds an epoch"] == median(row["seconds"] for row in epoch_rows(cnn))


def test_what_is_shown_can_be_taken_home(with_runs):
    view = view_of(list_runs()[::-1])
    with zipfile.ZipFile(io.BytesIO(archive(view, runs_table(view)))) as files:
        written = {name: pd.read_csv(files.open(name)) for name in files.namelist()}
    assert {name: len(table) for name, table in written.items()} == {
        "variants.csv": 3, "runs.csv": 3, "epochs.csv": 6, "findings.csv": len(view.found)
    }  # fmt: skip
    assert "test accuracy (%)" in written["variants.csv"]
    assert written["findings.csv"]["rule"].str.endswith(".").all()
