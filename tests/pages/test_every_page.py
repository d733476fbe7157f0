"""Every page opens with no run, with one and with many, and never shows a traceback."""

import re
import shutil

import pytest

from explorer.runs import list_runs

from .conftest import PAGES, as_read, open_page, words

HYPHEN = re.compile(r"(?<![\w.-])-\d")  # before a number, where a minus stands everywhere else


def assert_fine(app) -> None:
    assert not app.exception, app.exception
    assert not app.error, [e.value for e in app.error]
    assert app.title[0].value.endswith("?")
    assert not [line for line in words(app).split("\n") if HYPHEN.search(line)]


@pytest.mark.parametrize("page", PAGES)
def test_with_no_run(page, checkpoints):
    app = open_page(page)
    assert_fine(app)
    empty = "There is no trained run yet." in words(app)
    assert app.get("page_link") if empty else app.button or app.get("page_link"), "an empty page leads on"


@pytest.mark.parametrize("page", PAGES)
def test_with_the_samples_alone_no_page_is_empty(page, checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    app = open_page(page)
    assert_fine(app)
    assert "There is no trained run yet." not in words(app)
    if app.multiselect and app.multiselect[0].label == "Runs":
        assert app.multiselect[0].value == ["sample-residual", "sample-plain"]
    for chart in app.get("vega_lite_chart"):
        alternative = chart.proto.alt
        assert alternative.startswith("Colour scale") or alternative.endswith(as_read(app.header[0].value)), alternative


@pytest.mark.parametrize("page", PAGES)
def test_with_one_run_with_many_and_in_presentation(page, with_runs, tmp_path):
    aside = [shutil.move(run.path, tmp_path / run.id) for run in list_runs()[1:]]
    app = open_page(page)
    assert_fine(app)
    for folder in aside:
        shutil.move(folder, with_runs)
    assert_fine(app.run())
    if app.multiselect and app.multiselect[0].label == "Runs":
        app.multiselect[0].set_value([run.id for run in list_runs()]).run()
        assert_fine(app)
    app.toggle(key="present").set_value(True).run()
    assert_fine(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_link_to_what_is_gone_falls_back(page, with_runs):
    app = open_page(page, runs="digits-mlp-9999", epoch="77", image="painted", number="-4", target="cat", at="99")
    assert not app.exception, app.exception


@pytest.mark.parametrize("page", PAGES)
def test_a_broken_run_does_not_break_a_page(page, with_runs):
    newest = list_runs()[0]
    (newest.path / "weights" / "best.safetensors").write_bytes(b"not weights")
    app = open_page(page, runs=newest.id)
    assert not app.exception, app.exception
    assert "Traceback" not in words(app)
