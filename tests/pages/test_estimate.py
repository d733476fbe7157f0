"""What a training will cost is known from an earlier run only if that did the same work."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs import find
from explorer.ui.train import estimate


def test_only_a_run_that_did_the_same_work_is_gone_by(with_runs, monkeypatch):
    monkeypatch.setattr(estimate, "_trial_rate", lambda *_: float("inf"))
    config = find("digits-simple_cnn-0001").config
    known = estimate.expected_seconds([config])
    assert known > 0
    assert estimate.expected_seconds([config, config]) == pytest.approx(2 * known)
    half = replace(config, training=replace(config.training, fraction=0.5))
    assert estimate.expected_seconds([half]) == pytest.approx(known * half.training.passes / 2)
    others = [
        replace(config, dataset="shapes"),
        replace(config, model="residual_cnn", options={}),
        *(
            replace(config, training=replace(config.training, **other))
            for other in ({"batch_size": 64}, {"tune": "frozen", "source": config.model}, {"precision": "bfloat16"})
        ),
    ]
    assert [estimate.expected_seconds([other]) for other in others] == [0] * len(others)


def test_a_speed_that_could_not_be_timed_is_said_not_made_up(checkpoints, monkeypatch):
    """Trials end without an answer on a machine that is too busy."""
    monkeypatch.setattr(estimate, "_trial_rate", lambda *_: None)

    def page():
        import streamlit as st

        from explorer.runs import RunConfig
        from explorer.ui.train import estimate, fit_button

        config = RunConfig("digits", "vgg16")
        estimate.table([config])
        st.write(str(estimate.expected_seconds([config])))
        fit_button.offer(estimate.expected_seconds([config]), 10, 1.0, lambda *_: None, "fit")

    shown = AppTest.from_function(page).run(timeout=60)
    assert not shown.exception
    row = shown.dataframe[0].value.iloc[0]
    assert row["expected time"] == "not measured"
    assert "too busy" in row["estimated from"]
    assert shown.markdown[0].value == "None"
    assert not shown.button
