"""Names, tags and the trash from the command line."""

import json

import pytest

from explorer.cli import main
from explorer.runs import RunConfig, create, list_runs
from explorer.training import TrainConfig

RUN, OTHER = "digits-simple_cnn-0001", "digits-simple_cnn-0002"


@pytest.fixture(autouse=True)
def _runs(checkpoints):
    for seed in range(2):
        create(RunConfig("digits", "simple_cnn", {}, TrainConfig(seed=seed)), status="finished")


def printed(capsys, *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_list_calls_runs_by_what_sets_them_apart_or_as_a_person_did(capsys):
    assert [row["name"] for row in json.loads(printed(capsys, "list", "--json"))] == [
        "simple_cnn · seed 1",
        "simple_cnn · seed 0",
    ]
    printed(capsys, "rename", RUN, "the small one")
    printed(capsys, "tag", RUN, "lecture", "week 2")
    printed(capsys, "star", RUN)
    newest, named = json.loads(printed(capsys, "list", "--json"))
    assert {"id", "name", "status", "dataset", "model", "epochs", "best_validation_accuracy"} == newest.keys()
    assert (newest["name"], named["name"]) == ("simple_cnn", "the small one")
    _, line = printed(capsys, "list").splitlines()
    for shown in (RUN, "the small one", "finished", "digits", "simple_cnn", "–", "★", "lecture, week 2"):
        assert shown in line
    printed(capsys, "tag", RUN, "lecture", "--remove")
    printed(capsys, "star", RUN, "--undo")
    _, line = printed(capsys, "list").splitlines()
    assert line.endswith("week 2")
    assert "★" not in line
    assert "lecture" not in line


def test_what_is_archived_is_listed_apart(capsys):
    printed(capsys, "archive", RUN)
    assert [row["id"] for row in json.loads(printed(capsys, "list", "--json"))] == [OTHER]
    assert [row["id"] for row in json.loads(printed(capsys, "list", "--archived", "--json"))] == [RUN]
    printed(capsys, "archive", RUN, "--undo")
    assert len(json.loads(printed(capsys, "list", "--json"))) == 2
    assert printed(capsys, "list", "--archived") == "No run is archived.\n"


def test_a_note_is_kept_and_printed(capsys):
    assert printed(capsys, "note", RUN) == f"{RUN} has no note.\n"
    printed(capsys, "note", RUN, "Seen in week 2.")
    assert printed(capsys, "note", RUN) == "Seen in week 2.\n"


def test_what_is_deleted_can_be_restored(capsys):
    assert f"restore {RUN}" in printed(capsys, "delete", RUN)
    assert [run.id for run in list_runs()] == [OTHER]
    assert main(["evaluate", RUN]) == 2
    assert f"restore {RUN}" in capsys.readouterr().err
    assert printed(capsys, "restore").startswith(RUN)
    printed(capsys, "restore", RUN)
    assert [run.id for run in list_runs()] == [OTHER, RUN]
    assert printed(capsys, "restore") == "Nothing is in the trash.\n"
    assert main(["restore", RUN]) == 2


def test_who_starts_from_a_deleted_run_is_told(capsys):
    create(RunConfig("digits", "simple_cnn", {}, TrainConfig(source=RUN, tune="all")), status="failed")
    assert main(["delete", RUN]) == 0
    assert "starts from its weights, and has not begun" in capsys.readouterr().err
