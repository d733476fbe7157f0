"""`train --from` and `study transfer --from`: from bundled data, without internet."""

from types import SimpleNamespace

import pytest

from explorer.cli import main, study
from explorer.runs import list_runs
from explorer.studies import STUDIES, plan_runs, sources
from explorer.studies.plan import SOURCE_NAME

QUICK = ["--epochs", "1", "--device", "cpu"]
RESULT = {"test_accuracy": 0.5, "record": SimpleNamespace(training_seconds=1.0)}


@pytest.fixture
def source(checkpoints, capsys):
    assert main(["train", "--model", "simple_cnn", "--set", "depth=2", "--fraction", "0.1", *QUICK]) == 0
    return capsys.readouterr().out.split()[-1]


def test_a_run_starts_from_another_and_says_what_it_changed(source, capsys):
    arguments = ["--from", source, "--tune", "frozen", "--head-lr", "0.01", "--fraction", "0.01", *QUICK]
    assert main(["train", "--dataset", "shapes", *arguments]) == 0
    told = capsys.readouterr()
    run = list_runs()[0]
    assert told.out.split()[-1] == run.id
    training = run.config.training
    assert (training.source, training.tune, training.fraction) == (source, "frozen", 0.01)
    assert (training.head_learning_rate, run.config.options) == (0.01, {"depth": 2})
    assert "The head is new" in told.err
    assert "repeated for 3 channels" in told.err


def test_from_scratch_has_the_network_but_not_the_weights(source):
    assert main(["train", "--from", source, "--tune", "scratch", "--fraction", "0.05", *QUICK]) == 0
    run = list_runs()[0]
    assert (run.config.options, run.config.training.source) == ({"depth": 2}, "")
    assert run.record.origin is None


@pytest.mark.parametrize("trained", ["finished", "failed"])
def test_what_starts_from_nothing_trains_beside_the_source_and_the_rest_after_it(trained):
    plan = plan_runs(STUDIES["transfer"], "digits", quick=True, seeds=1)
    before, calls = sources(plan), []

    def train_all(planned):
        calls.append([one.variant for one in planned])
        return [SimpleNamespace(id=one.variant, status=trained, reason="", **RESULT) for one in planned]

    ended = study._train_plan(before, plan, train_all)
    assert calls[0][0] == SOURCE_NAME
    assert calls[0][1:] == [one.variant for one in plan if one.source is None] != []
    assert [run.id for run in ended] == ([one.variant for one in plan] if trained == "finished" else [])


def test_a_study_starts_from_a_run_of_ones_own(source, capsys, monkeypatch):
    from dataclasses import replace

    from explorer.studies import STUDIES

    two = [one for one in STUDIES["transfer"].quick.variants if one.name in ("from scratch 1 %", "frozen 1 %")]
    small = replace(STUDIES["transfer"], quick=replace(STUDIES["transfer"].quick, variants=tuple(two)))
    monkeypatch.setitem(STUDIES, "transfer", small)
    assert main(["study", "transfer", "--from", source, "--quick", "--seeds", "1", *QUICK]) == 0
    out = capsys.readouterr().out
    assert "2 runs on digits" in out
    assert {run.config.training.source for run in list_runs()[:2]} == {"", source}


WRONG = {
    "a source that is not there": (["train", "--from", "digits-mlp-0099"], "digits-mlp-0099"),
    "an unknown way to tune": (["train", "--from", "SOURCE", "--tune", "half"], "half"),
    "more blocks than there are": (["train", "--from", "SOURCE", "--tune", "last-9"], "last-9"),
    "a way to tune without a source": (["train", "--tune", "frozen"], "--tune frozen"),
    "an epoch without a source": (["train", "--from-epoch", "3"], "--from-epoch 3"),
    "another model": (["train", "--from", "SOURCE", "--model", "mlp"], "mlp"),
    "an impossible share": (["train", "--fraction", "2"], "2"),
    "a source for another study": (["study", "depth", "--from", "shapes"], "shapes"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_one_sentence_and_exit_2(case, source, capsys):
    arguments, named = WRONG[case]
    assert main([source if one == "SOURCE" else one for one in arguments]) == 2
    sentence = capsys.readouterr().err.strip()
    assert named in sentence
    assert len(sentence.splitlines()) == 1
