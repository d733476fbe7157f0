"""Two finished runs come with the app: they differ, nothing changes them, and no own run is mistaken for one."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explorer import jobs
from explorer.cli import main
from explorer.data import load
from explorer.errors import UserError
from explorer.insights.findings.collect import of_runs
from explorer.insights.findings.pairwise_tests import pairwise_tests, predictions_of
from explorer.jobs.train_run import train_run
from explorer.runs import (
    RunConfig,
    annotate,
    create,
    find,
    folder as run_folder,
    list_runs,
    load_model,
    sample_runs,
    steps,
)
from explorer.runs.equal import find_equal, trains_the_same
from explorer.runs.folder import SAMPLES
from explorer.runs.further import train_further
from explorer.runs.names import run_names
from explorer.runs.same_data import meet
from explorer.runs.trash import delete
from explorer.samples import CALLED, PAIR
from explorer.samples.__main__ import keep
from explorer.training import TrainConfig
from explorer.training.evaluation import evaluate

LARGEST = 3_000_000  # bytes, both together


@pytest.fixture
def samples(checkpoints, monkeypatch):
    """The plain run and the residual one, beside an empty checkpoints folder."""
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    return sample_runs()


def test_they_are_the_pair_that_the_button_trains_finished_and_small(samples):
    assert [run.id for run in samples] == list(PAIR)
    for run in samples:
        assert run.status == "finished"
        assert run.epochs_done == run.config.training.epochs
        on_cpu = replace(PAIR[run.id], training=replace(PAIR[run.id].training, precision="float32"))
        assert trains_the_same(run.config, on_cpu)
    assert sum(file.stat().st_size for run in samples for file in run.path.rglob("*")) <= LARGEST


def test_home_calls_them_as_every_other_page_does(samples):
    assert run_names(samples) == CALLED


def test_their_weights_give_the_recorded_predictions_on_the_digits_of_today(samples):
    data = load("digits")
    for run in samples:
        assert meet(run, data).changed is None
        predictions = evaluate(load_model(run.id), data.test).predictions
        recorded = predictions_of(run, run.id).correct
        assert ((predictions == data.test.labels) == recorded).mean() > 0.99, "another CPU may round a close call up"
        assert recorded.mean() == pytest.approx(run.test_accuracy)


def test_the_skip_connections_make_a_difference_that_is_not_chance(samples):
    plain, residual = samples
    assert residual.best_validation_accuracy > plain.best_validation_accuracy + 0.2
    (test,) = pairwise_tests([predictions_of(run, run.id) for run in samples])
    assert (test.a, test.p < 1e-6) == (residual.id, True)
    first = [np.median(steps(run.id).norms[:, 0]) for run in samples]
    assert first[0] > 3 * first[1], "gradients of the first convolution"
    assert any(finding.kind == "test accuracy" for finding in of_runs(samples))


def test_nothing_of_a_sample_can_be_changed(samples, capsys):
    before = {file: file.stat().st_mtime_ns for file in SAMPLES.rglob("*")}
    run = samples[0]
    attempts = (
        lambda: annotate.rename(run, "mine"),
        lambda: annotate.archive(run),
        lambda: delete(run.id),
        lambda: train_further(run, 20),
        lambda: jobs.resume(run),
        lambda: jobs.stop(run),
        lambda: train_run(run),
    )
    for attempt in attempts:
        with pytest.raises(UserError, match=rf"{run.id} is a sample that comes with the app and cannot be changed"):
            attempt()
    for command in (["delete"], ["rename", "mine"], ["resume"], ["archive"], ["tag", "mine"]):
        assert main([command[0], run.id, *command[1:]]) == 2
        assert "cannot be changed" in capsys.readouterr().err
    assert {file: file.stat().st_mtime_ns for file in SAMPLES.rglob("*")} == before


def test_they_are_found_in_every_folder_but_never_counted_among_its_runs(samples):
    assert list_runs() == []
    assert find_equal(samples[0].config, list_runs()) is None
    own = create(PAIR["sample-plain"])
    assert own.id.endswith("-0001")
    assert [run.id for run in list_runs()] == [own.id]
    assert find("sample-plain") == samples[0]
    assert [run.is_sample for run in (own, *samples)] == [False, True, True]
    assert len({*run_names([own, *samples]).values()}) == 3


def test_list_names_them_and_a_host_can_switch_them_off(samples, capsys, monkeypatch):
    assert main(["list", "--samples", "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)] == list(PAIR)
    assert main(["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["list"]) == 0
    assert "sample-plain, sample-residual" in capsys.readouterr().err
    monkeypatch.setenv("EXPLORER_SAMPLES", "off")
    assert sample_runs() == []
    assert main(["list"]) == 0
    assert "sample" not in capsys.readouterr().err
    with pytest.raises(UserError, match="No run 'sample-plain'"):
        find("sample-plain")


def test_what_is_kept_of_a_run_has_the_same_weights_and_history(checkpoints, tmp_path, monkeypatch):
    config = RunConfig("digits", "simple_cnn", {"depth": 2}, TrainConfig(epochs=2, fraction=0.1, device="cpu"))
    run = train_run(create(config, status="running"))
    monkeypatch.setattr(run_folder, "SAMPLES", tmp_path / "samples")
    keep(run, tmp_path / "samples" / "sample-kept")
    monkeypatch.setattr("explorer.runs.store.SAMPLES", tmp_path / "samples")
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    (kept,) = sample_runs()
    assert kept.record.test == run.record.test
    for epoch in ("best", "last", 0, 1):
        a, b = (load_model(one.id, epoch).state_dict() for one in (run, kept))
        assert all((a[name] == b[name]).all() for name in a)
    assert (steps(kept.id).norms == steps(run.id).norms).all()
    assert find("sample-kept").is_sample
