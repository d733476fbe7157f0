"""What a picker of runs offers: a study is one entry that opens into the best run of each variant."""

import time

import pytest

from explorer.runs import Run, RunConfig, create
from explorer.runs.record import BestEpoch, StudyRecord
from explorer.training import TrainConfig
from explorer.ui.pickers.offered import Offered
from tests.records import images_of


@pytest.fixture
def made(checkpoints):
    def make(model: str, accuracy: float, seed: int = 0, study: str = "", variant: str = "", **values: object) -> Run:
        config = RunConfig("digits", model, {}, TrainConfig(seed=seed))
        run = create(config, checkpoints, study=StudyRecord(study, variant) if study else None)
        best = BestEpoch(epoch=1, validation_accuracy=accuracy, validation_loss=1.0)
        known = {"parameters": 10, "parameter_names": ("a",), "steps_per_epoch": 1, "dataset": images_of("a")}
        return run.change(**{"status": "finished", "epochs_done": 1, "best": best, **known, **values})

    return make


@pytest.fixture
def runs(made) -> list[Run]:
    """Two runs of no study around a study of two variants with two seeds each; the newest first."""
    first = made("simple_cnn", 0.8)
    study = [made(m, a, s, "depth", m) for m, a, s in (("mlp", 0.5, 0), ("mlp", 0.6, 1), ("vgg11", 0.9, 0))]
    study.append(made("vgg11", 0.7, 1, "depth", "vgg11"))
    return [made("resnet20", 0.7), *study[::-1], first]


def test_a_studys_runs_follow_its_entry_and_nothing_is_offered_twice(runs):
    keys = Offered(runs).keys
    assert keys == [runs[0].id, "study:depth:digits", *(run.id for run in runs[1:5]), runs[5].id]


def test_opening_a_study_chooses_the_best_run_of_each_variant(runs):
    offered = Offered(runs)
    best_mlp, best_vgg = runs[3].id, runs[2].id
    assert offered.opened([runs[0].id, "study:depth:digits"], None) == [best_mlp, best_vgg]
    assert offered.opened(["study:depth:digits"], 1) == [best_mlp]
    assert offered.opened([runs[0].id], 1) == [runs[0].id]
    assert offered.opened([], 1) == []


def test_a_study_among_runs_is_opened_beside_them(runs):
    """As after "Select all", and where a link holds a study and a run was added."""
    offered = Offered(runs)
    assert offered.opened(["study:depth:digits", runs[0].id], None) == [runs[3].id, runs[2].id, runs[0].id]
    assert set(offered.opened(offered.keys, None)) == {run.id for run in runs}


def test_one_variant_is_no_study_to_open(made):
    one = made("mlp", 0.5, 0, "depth", "mlp"), made("mlp", 0.5, 1, "depth", "mlp")
    assert not Offered(one).studies


def test_a_label_says_name_data_accuracy_study_and_what_is_not_finished(made):
    offered = Offered([made("mlp", 0.5, status="stopped"), made("vgg11", 0.25, study="depth", variant="a")])
    assert [offered.label(key) for key in offered.keys] == [
        "MLP (digits, 50.0 % validation, stopped)",
        "VGG-11 (digits, 25.0 % validation, study depth)",
    ]


def test_labels_are_all_different(runs):
    offered = Offered(runs)
    assert len({offered.label(key) for key in offered.keys}) == len(offered.keys)


def test_five_hundred_runs_are_offered_in_a_fraction_of_a_second(runs):
    from dataclasses import replace

    many = [
        replace(run, record=replace(run.record, id=f"{run.id[:-4]}{number:04d}", config=seeded(run.config, number)))
        for number, run in enumerate(runs * 84)
    ]
    Offered(many)  # the words of a setting are kept
    began = time.process_time()
    offered = Offered(many)
    labels = [offered.label(key) for key in offered.keys]
    assert len(labels) > 500
    assert time.process_time() - began < 0.5


def seeded(config: RunConfig, seed: int) -> RunConfig:
    from dataclasses import replace

    return replace(config, training=replace(config.training, seed=seed))
