"""Every study runs to its end on digits: its quick size, reduced to one seed, one epoch and a few images."""

from dataclasses import replace

import pytest

from explorer.insights.findings.collect import of_runs
from explorer.jobs.train_run import train_run
from explorer.runs import list_runs
from explorer.studies import STUDIES, match_runs, plan_runs, sources, submit

FEW = 0.05  # of the training images: 60 of digits


def reduced(plan: list) -> list:
    return [
        replace(one, config=replace(one.config, training=replace(one.config.training, fraction=FEW))) for one in plan
    ]


@pytest.mark.parametrize("name", [name for name in STUDIES if name != "transfer"])
def test_a_study_runs_and_says_something(name, checkpoints):
    study = STUDIES[name]
    plan = reduced(plan_runs(study, "digits", quick=True, seeds=1, epochs=1, device="cpu"))
    assert not sources(plan)
    ended = [train_run(run) for run in submit(plan, study)]
    assert [run.status for run in ended] == ["finished"] * len(plan), [run.reason for run in ended]
    assert [one.run.id for one in match_runs(plan, study)] == [run.id for run in ended]
    assert len(list_runs()) == len(plan)
    found_out = of_runs(ended, [one.variant for one in plan])
    assert found_out, "networks of different size or training differ in time at least, or are told to be alike"
    assert all(finding.sentence.endswith((".", "?")) and finding.rule for finding in found_out)


def test_a_run_that_fails_does_not_stop_its_study(checkpoints, monkeypatch):
    study = STUDIES["depth"]
    plan = reduced(plan_runs(study, "digits", quick=True, seeds=1, epochs=1, device="cpu"))[:2]
    runs = submit(plan, study)
    (runs[0].path / "weights").write_text("no folder, so nothing can be kept")
    with pytest.raises(OSError, match="weights"):
        train_run(runs[0])
    assert train_run(runs[1]).status == "finished"
    first, second = match_runs(plan, study)
    assert (first.run.status, second.run.status) == ("failed", "finished")
    again = submit(plan, study)
    assert [run.id for run in again] == [run.id for run in runs]
    assert [run.status for run in again] == ["queued", "finished"]
