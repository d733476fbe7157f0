"""`study` and `studies`: trains, says what it found, goes on where it stopped, survives a failure."""

import pytest
import typer

from explorer.cli import main
from explorer.runs import list_runs
from explorer.studies import STUDIES

ARGUMENTS = ["study", "your-own", "--model", "mlp", "--vary", "batch_size=128,256", "--device", "cpu"]
SMALL = [*ARGUMENTS, "--epochs", "1", "--seeds", "1"]


def test_the_studies_are_listed_with_their_questions(capsys):
    assert main(["studies"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n{name} " in f"\n{out}" and study.question in out for name, study in STUDIES.items())


def test_a_study_prints_its_runs_and_what_they_show(checkpoints, capsys):
    assert main(SMALL) == 0
    out = capsys.readouterr().out
    runs = list_runs()
    assert [run.study.variant for run in runs[::-1]] == ["batch size 128", "batch size 256"]
    assert all(run.id in out and run.status == "finished" for run in runs)
    assert "(1 seed each, 1 epoch, 382 test images)" in out
    assert "explorer findings --study your-own" in out


def test_a_study_can_take_a_share_of_the_images(checkpoints, capsys):
    assert main([*SMALL, "--fraction", "0.1"]) == 0
    assert {run.config.training.fraction for run in list_runs()} == {0.1}
    assert main([*SMALL, "--fraction", "2"]) == 2
    assert "2" in capsys.readouterr().err


def test_studying_again_trains_only_what_is_missing(checkpoints, capsys):
    assert main(SMALL) == 0
    before = {run.id: run.record.finished_at for run in list_runs()}
    newest = list_runs()[0].change(status="stopped")
    assert main([*ARGUMENTS, "--epochs", "1", "--seeds", "2"]) == 0
    after = {run.id: run for run in list_runs()}
    assert len(after) == 4
    assert all(run.status == "finished" for run in after.values())
    kept = [run_id for run_id in before if run_id != newest.id]
    assert all(after[run_id].record.finished_at == before[run_id] for run_id in kept)
    assert "already finished" in capsys.readouterr().err


def test_a_failed_run_does_not_stop_its_study(checkpoints, capsys, monkeypatch):
    from explorer.jobs import train_run

    sound = train_run.begin_from_source

    def begin_from_source(run, model):
        if run.config.training.batch_size == 128:
            raise RuntimeError("planted")
        return sound(run, model)

    monkeypatch.setattr(train_run, "begin_from_source", begin_from_source)
    assert main(SMALL) == 1
    statuses = {run.study.variant: (run.status, run.reason) for run in list_runs()}
    assert statuses["batch size 128"] == ("failed", "RuntimeError: planted")
    assert statuses["batch size 256"][0] == "finished"
    assert "failed: RuntimeError: planted" in capsys.readouterr().out


WRONG = {
    "an unknown study": (["study", "dpeth"], "dpeth"),
    "an unknown data set": (["study", "depth", "--dataset", "minst"], "minst"),
    "no seeds": (["study", "depth", "--seeds", "0"], "0"),
    "a word for seeds": (["study", "depth", "--seeds", "many"], "many"),
    "no epochs": (["study", "depth", "--epochs", "0"], "0"),
    "an unknown model": (["study", "depth", "--model", "lent"], "lent"),
    "a model without the study's option": (["study", "kernel-size", "--model", "vgg11"], "kernel"),
    "a model where the study names its own": (["study", "cnn-vs-resnet", "--model", "mlp"], "mlp"),
    "an axis of a study that has one": (["study", "depth", "--vary", "kernel=3"], "depth"),
    "an unknown axis": (["study", "your-own", "--vary", "colour=red"], "colour"),
    "an axis without values": (["study", "your-own", "--vary", "kernel"], "kernel"),
    "an option that the study varies": (["study", "depth", "--set", "depth=4"], "depth"),
    "an unknown option": (["study", "depth", "--set", "heads=4"], "heads"),
    "an unknown device": (["study", "depth", "--device", "tpu"], "tpu"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_one_sentence_and_exit_2(case, checkpoints, capsys):
    arguments, named = WRONG[case]
    assert main(arguments) == 2
    sentence = capsys.readouterr().err.strip()
    assert named in sentence
    assert len(sentence.splitlines()) == 1
    assert not list_runs()


def _no():
    raise typer.Abort


def test_at_a_terminal_more_than_fifty_runs_are_asked_about(checkpoints, capsys, monkeypatch):
    monkeypatch.setattr("explorer.runs.check.check", lambda config: None)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda question, abort: _no())
    assert main(["study", "cnn-vs-resnet", "--quick", "--seeds", "26"]) == 130
    assert "52 runs on digits" in capsys.readouterr().out
    assert list_runs() == []
