"""Studies are data; their runs are valid; studying again goes on where it stopped."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
import torch

from explorer.data import DATASETS
from explorer.errors import UserError
from explorer.insights.findings.curves import FEWEST_EPOCHS
from explorer.jobs.train_run import train_run
from explorer.models import build
from explorer.runs import create, find, list_runs
from explorer.runs.check import check
from explorer.runs.config import RunConfig
from explorer.runs.record import ClusterRecord, DeviceRecord, StudyRecord
from explorer.studies import (
    STUDIES,
    Size,
    Study,
    Variant,
    axis_values,
    bases,
    match_runs,
    on_other_images,
    plan_runs,
    shared_options,
    submit,
    taken,
    with_model,
    with_options,
    your_own as make_own,
)
from explorer.training import TrainConfig
from explorer.training.device import choose_precision
from tests.records import images_of

TWELVE = {
    "cnn-vs-resnet", "batch-size", "learning-rate", "activation", "vgg-vs-vgg-residual", "equal-parameters",
    "kernel-size", "depth", "fully-connected-vs-conv", "regularisation", "degradation", "your-own",
}  # fmt: skip


def runs_of(study, *size, **training):
    return [one.config for one in plan_runs(study, *size, **training)]


def test_there_are_twelve_of_the_lab_course_and_two_more():
    assert set(STUDIES) == {*TWELVE, "fast-training", "transfer"}
    assert all(study.name == name for name, study in STUDIES.items())


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_asks_a_question_and_varies_something(name):
    study = STUDIES[name]
    assert study.question.endswith("?")
    assert study.lab in DATASETS
    assert "," not in "".join(variant.name for variant in study.variants)
    for quick in (True, False):
        configs = runs_of(study, quick=quick)
        assert len(configs) == len(study.variants_at(quick)) * study.size(quick).seeds
        assert len({str(config) for config in configs}) == len(configs), "two runs are the same"
        assert len({config.training.epochs for config in configs}) == 1
    assert study.quick.epochs <= study.full.epochs
    quick = study.quick
    assert bool(quick.variants or quick.training) == bool(quick.note), "a size that does something else says so"


def test_a_study_that_asks_for_over_fitting_trains_long_enough_to_see_it():
    """Its lowest validation loss must lie some epochs before the end, and the detector wants FEWEST_EPOCHS of them."""
    over_fitting = [study for study in STUDIES.values() if "over-fit" in f"{study.question} {study.hint}"]
    assert {study.name for study in over_fitting} == {"fully-connected-vs-conv", "regularisation"}
    for study in over_fitting:
        assert study.quick.epochs >= FEWEST_EPOCHS + 2
        assert study.full.epochs >= 2 * FEWEST_EPOCHS


@pytest.mark.parametrize("dataset", ["digits", "cifar10", "folder:/some/where"])
@pytest.mark.parametrize("name", STUDIES)
def test_every_study_runs_on_any_data(name, dataset):
    for quick in (True, False):
        for config in runs_of(STUDIES[name], dataset, quick, seeds=1):
            assert config.dataset == dataset
            check(config)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("model", ["simple_cnn", "resnet20", "vgg11"])
def test_equal_parameters_are_equal_within_one_per_cent(model, channels):
    study = with_model(STUDIES["equal-parameters"], model)
    counts = [
        sum(p.numel() for p in build(config.model, channels, 10, **config.options).parameters())
        for config in runs_of(study, seeds=1)
    ]
    assert counts[1] == pytest.approx(counts[0], rel=0.01)
    assert {config.model for config in runs_of(study)} == {model, "mlp"}


def test_an_mlp_is_sized_to_a_configured_base():
    """The 134 million parameters of VGG-16 with its original head, not those of its defaults."""
    base = with_model(STUDIES["equal-parameters"], "vgg16")
    study = with_options(base, {"head": "imagenet", "batch_norm": "false"})
    conv, mlp = runs_of(study, seeds=1)
    assert conv.options == {"head": "imagenet", "batch_norm": False}
    assert mlp.options == {"match": "vgg16:head=imagenet,batch_norm=false"}
    counts = []
    for config in (conv, RunConfig.from_json(json.loads(json.dumps(mlp.to_json())))):
        with torch.device("meta"):
            counts.append(sum(p.numel() for p in build(config.model, 3, 10, **config.options).parameters()))
    assert counts[0] == 134_301_514
    assert counts[1] == pytest.approx(counts[0], rel=0.01)


def test_an_option_is_for_all_networks_that_have_it():
    study = with_options(STUDIES["cnn-vs-resnet"], {"bias": "true"})
    assert [config.options for config in runs_of(study, seeds=1)] == [{"bias": True}] * 2
    depth = with_options(STUDIES["depth"], {"kernel": 5})
    assert {config.options["kernel"] for config in runs_of(depth, quick=True)} == {5}
    everything = with_options(STUDIES["fully-connected-vs-conv"], {"bias": True})
    assert {config.model: config.options for config in runs_of(everything)} == {
        "mlp": {}, "simple_cnn": {"bias": True}, "residual_cnn": {"bias": True},
    }  # fmt: skip


def test_a_default_finds_the_runs_that_are_there():
    for name in ("cnn-vs-resnet", "learning-rate"):
        study = STUDIES[name]
        offered = shared_options(study)
        same = with_options(study, {"depth": offered["depth"].default, "activation": "relu"})
        assert runs_of(same) == runs_of(study)
    plain = with_options(STUDIES["learning-rate"], {"batch_norm": True})
    assert all(config.options == {} for config in runs_of(plain))


def test_a_size_has_options_of_its_own_that_give_way_to_chosen_ones():
    def widths(study, quick):
        return {config.options.get("widths") for config in runs_of(study, quick=quick)}

    study = STUDIES["fast-training"]
    assert (widths(study, True), widths(study, False)) == ({(16, 32, 32)}, {None})
    chosen = with_options(study, {"widths": "8,8"})
    assert (widths(chosen, True), widths(chosen, False)) == ({(8, 8)}, {(8, 8)})
    assert widths(with_options(study, {"widths": "64,256,256"}), True) == {None}, "the network's default"


def test_what_a_study_varies_is_not_set_beside():
    with pytest.raises(UserError, match="Study depth varies depth itself"):
        with_options(STUDIES["depth"], {"depth": 4})
    with pytest.raises(UserError, match="No option in the networks of study depth 'heads'"):
        with_options(STUDIES["depth"], {"heads": 4})


def test_only_what_is_varied_differs():
    for name in ("batch-size", "learning-rate"):
        configs = [config.training for config in runs_of(STUDIES[name], seeds=1)]
        varied = {key for key in vars(configs[0]) if len({getattr(config, key) for config in configs}) > 1}
        assert varied == {name.replace("-", "_")}


def test_seeds_and_epochs_can_be_chosen():
    configs = runs_of(STUDIES["depth"], quick=True, seeds=3, epochs=7, device="cpu")
    assert [config.training.seed for config in configs] == [0, 1, 2] * 4
    assert {(config.training.epochs, config.training.device) for config in configs} == {(7, "cpu")}


@pytest.mark.parametrize("seeds", [0, -1, 1000, 2.5])
def test_impossible_seeds_are_named(seeds):
    with pytest.raises(UserError, match=str(seeds)):
        runs_of(STUDIES["depth"], seeds=seeds)


def test_a_study_of_named_models_has_no_other_base():
    with pytest.raises(UserError, match=r"cnn-vs-resnet.*'mlp'"):
        with_model(STUDIES["cnn-vs-resnet"], "mlp")
    with pytest.raises(UserError, match="No model 'lent'"):
        with_model(STUDIES["depth"], "lent")


def test_two_variants_of_one_name_are_refused():
    with pytest.raises(UserError, match="two variants with the same name"):
        Study("x", "?", "x", (Variant("a"), Variant("a")), Size(1, 1), Size(1, 1), "digits", "", "", model="mlp")


OWN = STUDIES["your-own"]


def test_a_study_of_ones_own_has_every_combination():
    axes = {
        name: axis_values("simple_cnn", name, text)
        for name, text in (("depth", "2, 4"), ("learning_rate", "0.01,1e-3"))
    }
    configs = runs_of(make_own(OWN, "simple_cnn", {}, {"batch_size": 32}, axes), seeds=1)
    assert [(c.options["depth"], c.training.learning_rate) for c in configs] == [
        (2, 0.01), (2, 0.001), (4, 0.01), (4, 0.001)
    ]  # fmt: skip
    assert {config.training.batch_size for config in configs} == {32}


def test_models_can_be_varied_too():
    axes = {"model": axis_values("mlp", "model", "mlp,simple_cnn")}
    assert [config.model for config in runs_of(make_own(OWN, "mlp", {}, {}, axes), seeds=1)] == ["mlp", "simple_cnn"]


def test_widths_have_commas_themselves():
    assert axis_values("mlp", "widths", "64,32; 128") == [(64, 32), (128,)]


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("colour", "red", "colour"),
        ("depth", "3", "3"),
        ("learning_rate", "fast", "fast"),
        ("optimizer", "", "no values"),
        ("model", "lent", "lent"),
    ],
)
def test_a_wrong_axis_is_named(name, text, named):
    with pytest.raises(UserError, match=named):
        axis_values("simple_cnn", name, text)


@pytest.mark.parametrize("axes", [{}, {"depth": []}, {"depth": [2], "kernel": [3], "dropout": [0.1]}, {"seed": [1, 2]}])
def test_axes_that_are_no_study_are_refused(axes):
    with pytest.raises(UserError):
        make_own(OWN, "simple_cnn", {}, {}, axes)


# A study that trains in a second, on the images of the fixture `tiny`.
SMALL = Study(
    name="small",
    question="Is it small?",
    axis="batch size",
    variants=tuple(Variant(f"batch {n}", training={"batch_size": n}) for n in (24, 48)),
    full=Size(epochs=2, seeds=2),
    quick=Size(epochs=1, seeds=1),
    lab="digits",
    hint="",
    source="",
    model="mlp",
    options={"widths": (8,)},
)


def plan(**changes):
    return plan_runs(SMALL, "tiny", image_size=8, device="cpu", **changes)


def test_a_run_says_which_study_it_belongs_to(checkpoints):
    first, *_ = submit(plan(), SMALL)
    assert find(first.id).study == StudyRecord("small", "batch 24")
    assert first.config == plan()[0].config
    assert TrainConfig(**vars(first.config.training)) == first.config.training


def test_studying_again_goes_on(checkpoints, tiny):
    first, second, third, fourth = submit(plan(), SMALL)
    train_run(first, loader=lambda *_, **__: tiny)
    second.change(status="stopped")
    third.change(status="failed", reason="No memory.")
    again = submit(plan(), SMALL)
    assert [run.id for run in again] == [run.id for run in (first, second, third, fourth)]
    assert [run.status for run in again] == ["finished", "queued", "queued", "queued"]
    assert len(list_runs()) == 4


def test_more_seeds_add_runs_and_keep_the_others(checkpoints):
    before = {run.id for run in submit(plan(), SMALL)}
    after = submit(plan(seeds=3), SMALL)
    assert before < {run.id for run in after}
    assert len(after) == 6


def test_two_that_submit_at_the_same_moment_get_the_same_runs(checkpoints):
    together = Barrier(2)

    def press(_) -> set[str]:
        together.wait()
        return {run.id for run in submit(plan(), SMALL)}

    with ThreadPoolExecutor(2) as visitors:
        first, second = visitors.map(press, range(2))
    assert first == second == {run.id for run in list_runs()}
    assert len(first) == len(plan())


def test_what_was_trained_elsewhere_is_taken_and_belongs_to_both(checkpoints):
    alone = create(plan()[0].config, status="finished")
    of_other = submit(plan()[1:], replace(SMALL, name="other"))
    planned = match_runs(plan(), SMALL)
    assert [one.run.id for one in planned] == [alone.id, *(run.id for run in of_other)]
    assert len(taken(planned, SMALL)) == len(planned)
    assert find(alone.id).variant_in("small") is None, "a look changes nothing"
    again = submit(plan(), SMALL)
    assert [run.id for run in again] == [one.run.id for one in planned]
    assert len(list_runs()) == len(planned)
    assert [run.variant_in("small") for run in again] == [one.variant for one in planned]
    assert [record.name for record in find(of_other[0].id).studies] == ["other", "small"]
    assert find(alone.id).study is None
    assert submit(plan(), SMALL) == again, "nobody belongs to a study twice"


AUTOMATIC = str(choose_precision(TrainConfig(), torch.device("cpu"))).removeprefix("torch.")
OTHERWISE = {
    "stopped": {"status": "stopped"},
    "failed": {"status": "failed"},
    "on a GPU": {"device": DeviceRecord("cuda", "a GPU")},
    "in another precision": {"device": DeviceRecord("cpu", "a CPU", "float16", threads=1)},
    "with other threads": {"device": DeviceRecord("cpu", "a CPU", AUTOMATIC, threads=3)},
    "for a cluster": {"device": None, "status": "queued", "cluster": ClusterRecord("10.0.0.5:6379", 1)},
    "on other images": {"dataset": images_of("then")},
}


@pytest.mark.parametrize("otherwise", OTHERWISE.values(), ids=OTHERWISE)
def test_what_could_have_other_numbers_is_not_taken(checkpoints, otherwise):
    config, (first, *_) = plan()[0].config, plan()
    here = DeviceRecord("cpu", "a CPU", AUTOMATIC, threads=1)  # small
    run = create(config, status="finished").change(device=here, dataset=images_of("now"))
    today = {("tiny", 8): "now"}
    assert match_runs([first], SMALL, today=today)[0].run.id == run.id
    run.change(**otherwise)
    assert match_runs([first], SMALL, today=today)[0].run is None


@pytest.mark.parametrize("change", [{"epochs": 3}, {"seed": 9}, {"augment": True}, {"precision": "float32"}])
def test_a_run_with_another_setting_is_not_taken(checkpoints, change):
    first = plan()[0]
    create(replace(first.config, training=replace(first.config.training, **change)), status="finished")
    create(replace(first.config, unknown={"training.ema": True}), status="finished")
    assert match_runs([first], SMALL)[0].run is None


def test_what_was_trained_on_another_device_is_taken_when_it_has_finished(checkpoints):
    gpu = plan_runs(SMALL, "tiny", image_size=8, device="cuda", seeds=1)
    done, stopped = submit(gpu, SMALL)
    done.change(status="finished")
    stopped.change(status="stopped")
    here = match_runs(plan_runs(SMALL, "tiny", image_size=8, seeds=1), SMALL)
    assert [one.run and one.run.id for one in here] == [done.id, None]


def test_a_finished_run_is_preferred_to_a_failed_one(checkpoints):
    done = submit(plan(), SMALL)[0].change(status="finished")
    later = submit(plan()[:1], SMALL)[0]
    assert later.id == done.id
    create(done.config, status="failed", study=done.study)
    assert match_runs(plan(), SMALL)[0].run.id == done.id


def test_a_run_on_images_that_have_changed_since_is_not_taken(checkpoints):
    first, second = submit(plan(), SMALL)[:2]
    first.change(status="finished", dataset=images_of("then"))
    known = {("tiny", 8): "now"}
    assert match_runs(plan(), SMALL)[0].run.id == first.id, "nobody knows of other images"
    assert match_runs(plan(), SMALL, today=known)[0].run is None
    assert [run.id for run in on_other_images(plan(), SMALL, today=known)] == [first.id]
    second.change(status="finished", dataset=images_of("now"))
    assert match_runs(plan(), SMALL)[0].run is None, "a newer run of the study saw other images"
    assert match_runs(plan(), SMALL)[1].run.id == second.id
    assert submit(plan(), SMALL, today=known)[0].id not in (first.id, second.id)


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("name", STUDIES)
def test_a_study_can_be_planned_on_each_of_its_bases(name, quick):
    study = STUDIES[name]
    offered = bases(study, quick)
    assert not offered or study.model in offered
    for model in offered:
        assert plan_runs(with_model(study, model), quick=quick)


def test_a_base_has_what_the_study_varies_and_is_not_what_it_is_set_against():
    assert bases(STUDIES["kernel-size"], True) == ["simple_cnn", "residual_cnn"]
    assert "mlp" not in bases(STUDIES["equal-parameters"], True)
    assert "resnet56" in bases(STUDIES["equal-parameters"], True)
    assert bases(STUDIES["cnn-vs-resnet"], True) == []
    assert bases(STUDIES["vgg-vs-vgg-residual"], False) == ["vgg11", "vgg13", "vgg16", "vgg19"]
