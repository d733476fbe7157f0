"""The button that queues what is missing of a study."""

from streamlit.testing.v1 import AppTest

from explorer.studies import STUDIES, plan_runs
from explorer.ui.train import start_plan


def _page(seeds: int) -> None:
    import streamlit as st

    from explorer.studies import STUDIES, plan_runs
    from explorer.ui.train import start_plan

    study = STUDIES["cnn-vs-resnet"]
    started = st.session_state.setdefault("started", [])
    start_plan.offer(plan_runs(study, seeds=seeds), study, lambda: started.append(seeds))


def test_more_than_fifty_runs_are_started_after_a_second_question(monkeypatch):
    monkeypatch.setattr(start_plan, "check", lambda config: None)
    monkeypatch.setattr(start_plan.estimate, "expected_seconds", lambda configs: 90.0)
    many, few = AppTest.from_function(_page, args=(26,)).run(), AppTest.from_function(_page, args=(25,)).run()
    assert len(plan_runs(STUDIES["cnn-vs-resnet"], seeds=26)) == 52
    assert not few.checkbox
    assert not few.button[0].disabled
    assert many.button[0].disabled
    many.checkbox[0].check().run()
    many.button[0].click().run()
    assert many.session_state["started"] == [26]


def test_a_time_that_could_not_be_measured_is_not_made_up(monkeypatch):
    monkeypatch.setattr(start_plan, "check", lambda config: None)
    monkeypatch.setattr(start_plan.estimate, "expected_seconds", lambda configs: None)
    shown = AppTest.from_function(_page, args=(1,)).run()
    assert not shown.exception
    assert "could not be estimated" in shown.caption[0].value
