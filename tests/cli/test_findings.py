"""`findings`: sentences with their rule, threshold and numbers, of runs or of a study."""

import json

import pytest

from explorer.cli import main
from explorer.insights.findings.finding import KINDS
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, list_runs
from explorer.runs.record import StudyRecord
from explorer.training import TrainConfig

KEYS = ["sentence", "kind", "rule", "threshold", "numbers", "runs"]


@pytest.fixture(scope="module")
def studied(tmp_path_factory, tiny):
    """Two variants of a study with two seeds each, and one of them again with more epochs."""
    folder = tmp_path_factory.mktemp("studied")
    for name, model, epochs, seed in (
        ("small", "mlp", 2, 0),
        ("small", "mlp", 2, 1),
        ("large", "simple_cnn", 2, 0),
        ("large", "simple_cnn", 2, 1),
        ("small", "mlp", 3, 0),
    ):
        training = TrainConfig(epochs=epochs, seed=seed, batch_size=16, device="cpu")
        run = create(RunConfig("digits", model, {}, training), folder, "running", StudyRecord("depth", name))
        train_run(run, loader=lambda *_, **__: tiny)
    return folder


@pytest.fixture
def folder(studied, monkeypatch):
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(studied))
    return studied


def printed(capsys, *arguments):
    assert main(["findings", *arguments]) == 0
    return capsys.readouterr().out


def test_a_study_is_a_list_of_findings_and_each_size_is_by_itself(folder, capsys):
    found = json.loads(printed(capsys, "--study", "depth", "--json"))
    assert found
    assert all(list(one) == KEYS and one["kind"] in KINDS and one["rule"] for one in found)
    known = {run.id: run for run in list_runs(folder)}
    assert {run for one in found for run in one["runs"]} <= set(known)
    for one in found:
        epochs = {known[run].config.training.epochs for run in one["runs"]}
        assert len(epochs) == 1
        assert one["sentence"].startswith(f"With epochs {epochs.pop()}: ")
    (accuracy,) = (one for one in found if one["kind"] == "test accuracy")
    assert accuracy["numbers"]["seeds of small"] == 2
    assert accuracy["threshold"] == 0.05


def test_two_runs_are_compared_on_the_same_test_images(folder, capsys):
    first, second = (run.id for run in list_runs(folder)[:2])
    found = json.loads(printed(capsys, first, second, "--json"))
    (differ,) = (one for one in found if one["kind"] == "test images")
    assert set(differ["runs"]) == {first, second}
    assert "test images" in differ["sentence"]
    assert not any(one["kind"] == "test images" for one in json.loads(printed(capsys, first, "--json")))


def test_a_trial_knows_how_many_images_each_step_saw(folder):
    from explorer.insights.findings.trial import trial_of

    for run in list_runs(folder):
        trial = trial_of(run)
        assert trial.step_images.sum() == trial.images * run.epochs_done
        assert len(trial.sizes) == len(trial.step_loss)
        assert set(trial.sizes[:-1]) <= {16, trial.sizes[-1]}


def test_runs_that_differ_in_their_seed_are_one_variant(folder, capsys):
    four = [run.id for run in list_runs(folder) if run.config.training.epochs == 2]
    found = json.loads(printed(capsys, *four, "--json"))
    (accuracy,) = (one for one in found if one["kind"] == "test accuracy")
    assert {"seeds of MLP", "seeds of simple_cnn"} <= set(accuracy["numbers"])
    assert sorted(accuracy["runs"]) == sorted(four)


def test_a_sentence_stands_above_its_rule_threshold_and_numbers(folder, capsys):
    out = printed(capsys, "--study", "depth")
    one = next(block for block in out.split("\n\n") if "test accuracy" in block.splitlines()[0])
    assert [line.split(":")[0].strip() for line in one.splitlines()[1:]] == ["Rule", "Threshold", "Numbers"]


def test_one_run_has_findings_of_its_own(folder, capsys):
    run = list_runs(folder)[0].id
    assert all(one["runs"] == [run] for one in json.loads(printed(capsys, run, "--json")))


def test_wrong_input_is_one_sentence_and_exit_2(checkpoints, capsys):
    waiting = create(RunConfig("digits", "mlp"))
    cases = {
        (): "--study NAME",
        ("a-0001", "--study", "depth"): "--study NAME",
        ("a-0001",): "a-0001",
        (waiting.id,): "not finished an epoch",
        ("published-vgg16",): "not trained here",
        ("--study", "dpeth"): "dpeth",
        ("--study", "depth"): "python -m explorer study depth --quick",
    }
    for arguments, named in cases.items():
        assert main(["findings", *arguments]) == 2
        told = capsys.readouterr().err.strip()
        assert named in told
        assert len(told.splitlines()) == 1
