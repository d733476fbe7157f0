"""Runs are grouped by what they share; a group's name says what tells it apart."""

import pytest

from explorer.insights.grouping import EACH, SEEDS, VARIANT, groupings, only_seeds_differ, sizes
from explorer.runs import RunConfig, create
from explorer.runs.names import run_names
from explorer.runs.record import StudyRecord
from explorer.training import TrainConfig
from tests.records import images_of

STUDY = "s"

pytestmark = pytest.mark.usefixtures("checkpoints")


def run(model="mlp", dataset="digits", study=None, options=None, **training):
    return create(RunConfig(dataset, model, options or {}, TrainConfig(**training)), study=study)


def test_seeds_of_one_configuration_are_a_group():
    runs = [run(seed=0), run(seed=1), run("simple_cnn"), run(learning_rate=0.1)]
    found = groupings(runs)
    assert found[SEEDS] == [
        "MLP · learning rate 0.003",
        "MLP · learning rate 0.003",
        "simple_cnn",
        "MLP · learning rate 0.1",
    ]
    assert found[EACH] == list(run_names(runs).values())
    assert found["model"] == ["mlp", "mlp", "simple_cnn", "mlp"]
    assert found["seed"] == ["seed 0", "seed 1", "seed 0", "seed 0"]


def test_what_all_share_is_no_grouping():
    found = groupings([run(seed=0), run(seed=1)])
    assert "batch size" not in found
    assert "learning rate" not in found


def test_an_option_left_out_is_its_default():
    from explorer.models import options

    default = options("simple_cnn")["depth"].default
    found = groupings([run("simple_cnn"), run("simple_cnn", options={"depth": default})])
    assert found[SEEDS] == ["simple_cnn", "simple_cnn"]
    assert "depth" not in found


def test_a_model_without_an_option_has_a_group_of_its_own():
    found = groupings([run("simple_cnn", options={"depth": 2}), run("simple_cnn", options={"depth": 4}), run("mlp")])
    assert found["depth"] == ["depth 2", "depth 4", "depth –"]


def test_variants_of_a_study_are_groups():
    study = StudyRecord("depth", "two")
    assert groupings([run(study=study), run(study=study), run()])[VARIANT] == ["two", "two", "–"]
    assert VARIANT not in groupings([run()])


def test_one_run_alone_cannot_be_grouped():
    assert list(groupings([run()])) == [EACH]


def test_only_seeds_of_one_thing_may_be_called_seeds():
    runs = [run(seed=0), run(seed=1), run("simple_cnn")]
    found = groupings(runs)
    assert only_seeds_differ(runs, found[SEEDS])
    assert only_seeds_differ(runs, found[EACH])
    assert not only_seeds_differ(runs, found["dataset"])


def of_study(variant, source="", **training):
    run = create(
        RunConfig("digits", "mlp", {}, TrainConfig(source=source, tune="all" if source else "scratch", **training)),
        study=StudyRecord(STUDY, variant),
    )
    return run.change(dataset=images_of("f"))


def test_a_study_of_two_sizes_is_two(checkpoints):
    quick = [of_study(variant, epochs=5, seed=seed) for variant in "ab" for seed in (0, 1)]
    assert sizes(quick, STUDY) == [("", quick)]
    full = [of_study(variant, epochs=10) for variant in "ab"]
    assert sizes(quick + full, STUDY) == [("With epochs 5", quick), ("With epochs 10", full)]
    other = full[0].change(dataset=images_of("g", "shapes"))
    assert [name for name, _ in sizes([quick[0], other], STUDY)] == [
        "On digits, with epochs 5",
        "On shapes, with epochs 10",
    ]


def test_runs_without_a_source_are_compared_with_every_source(checkpoints):
    scratch, one, two = of_study("scratch"), of_study("all", "a-0001"), of_study("all", "b-0002")
    assert sizes([scratch, one, two], STUDY) == [
        ("With source a-0001", [one, scratch]),
        ("With source b-0002", [two, scratch]),
    ]


def test_what_the_study_varies_does_not_split_it(checkpoints):
    runs = [of_study(f"batch {n}", batch_size=n) for n in (16, 64)]
    assert sizes(runs, STUDY) == [("", runs)]
