"""The transfer study: sources come first, once; their id is in every run that starts from them."""

import pytest

from explorer.errors import UserError
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, list_runs
from explorer.runs.check import check
from explorer.runs.wording import FROM_SCRATCH, share_of_images, way_to_start
from explorer.studies import STUDIES, match_runs, plan_runs, sources, submit, with_model, with_source
from explorer.studies.study import SOURCE
from explorer.studies.transfer import SHARES, WAYS_TO_START, with_blocks
from explorer.training import TrainConfig

TRANSFER = STUDIES["transfer"]


def test_every_way_to_start_is_crossed_with_every_share():
    names = [variant.name for variant in TRANSFER.variants]
    assert names == [f"{way_to_start(trainable)} {share}" for trainable in WAYS_TO_START for share in SHARES]
    for one in plan_runs(TRANSFER, "digits"):
        training = one.config.training
        assert (training.source == SOURCE) == (way_to_start(training.tune) != FROM_SCRATCH)


def test_at_one_share_only_the_start_differs():
    for share in SHARES:
        plan = [
            one.config.training for one in plan_runs(TRANSFER, "digits", seeds=1) if one.variant.endswith(f" {share}")
        ]
        varied = {key for key in vars(plan[0]) if len({getattr(one, key) for one in plan}) > 1}
        assert varied == {"tune", "source"}


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("blocks", [0, 1, 3])
def test_a_variants_name_is_what_its_runs_say(quick, blocks):
    """Tables and findings take the way to start from a run's config; its variant's name says the same."""
    for one in plan_runs(with_blocks(TRANSFER, blocks), "digits", quick, seeds=1):
        training = one.config.training
        assert one.variant == f"{way_to_start(training.tune)} {share_of_images(training.fraction)}"


@pytest.mark.parametrize("quick", [True, False])
def test_any_number_of_last_blocks_can_be_tuned(quick):
    plan = plan_runs(with_blocks(TRANSFER, 2), "digits", quick, seeds=1, head_learning_rate=0.02)
    modes = list(dict.fromkeys(way_to_start(one.config.training.tune) for one in plan))
    assert modes == [FROM_SCRATCH, "frozen", "last 2 blocks", "all layers"]
    tuned = [one.config.training for one in plan if one.config.training.tune == "last-2"]
    assert [(one.tune, one.source, one.fraction) for one in tuned] == [
        ("last-2", SOURCE, SHARES[share].get("fraction", 1.0)) for share in SHARES
    ]
    assert {one.config.training.head_learning_rate for one in plan} == {0.02}
    assert sources(plan) == sources(plan_runs(TRANSFER, "digits", quick, seeds=1)), "the source needs no new training"
    assert with_blocks(TRANSFER, 0).variants == with_blocks(with_blocks(TRANSFER, 3), 0).variants
    assert with_blocks(TRANSFER, 1).variants == TRANSFER.variants


@pytest.mark.parametrize(
    ("target", "source"),
    [("mnist", "digits"), ("cifar10", "shapes"), ("fashion-mnist", "mnist"), ("folder:/a", "shapes")],
)
def test_where_the_source_is_trained(target, source):
    (one,) = sources(plan_runs(TRANSFER, target, quick=True))
    assert (one.config.dataset, one.config.training.source, one.config.training.fraction) == (source, "", 1.0)
    check(one.config)


def test_the_source_is_queued_first_and_once(checkpoints):
    plan = plan_runs(TRANSFER, "digits", quick=True)
    runs = submit(plan, TRANSFER)
    first = list_runs()[-1]
    assert (first.config.dataset, first.study.variant) == ("shapes", "source")
    assert len(list_runs()) == len(plan) + 1
    assert {run.config.training.source for run in runs} == {"", first.id}
    assert [run.id for run in submit(plan, TRANSFER)] == [run.id for run in runs], "studying again goes on"
    assert all(one.run for one in match_runs(plan, TRANSFER))


def test_two_architectures_have_a_source_each(checkpoints):
    plans = [plan_runs(with_model(TRANSFER, model), "digits", quick=True, seeds=1) for model in ("vgg11", "resnet20")]
    for plan in plans:
        submit(plan, TRANSFER)
    sources = [run for run in list_runs() if run.study.variant == "source"]
    assert {run.config.model for run in sources} == {"vgg11", "resnet20"}
    for run in list_runs():
        if run.config.training.source:
            assert run.config.training.source in {one.id for one in sources if one.config.model == run.config.model}


def test_a_run_of_ones_own_can_be_the_source(checkpoints):
    options = {"depth": 2}
    own = create(RunConfig("shapes", "residual_cnn", options, TrainConfig()), status="finished")
    plan = plan_runs(with_source(TRANSFER, own.id), "digits", quick=True, seeds=1)
    assert not sources(plan)
    assert {(one.config.model, one.config.options["depth"]) for one in plan} == {("residual_cnn", 2)}
    assert {one.config.training.source for one in plan} == {"", own.id}


def test_a_wrong_source_is_named(checkpoints):
    with pytest.raises(UserError, match="minst"):
        with_source(TRANSFER, "minst")
    with pytest.raises(UserError, match="no source: leave out 'mnist'"):
        with_source(STUDIES["depth"], "mnist")


def test_without_its_source_a_run_fails_in_a_sentence(checkpoints, tiny):
    """The source was stopped before it had weights."""
    plan = [one for one in plan_runs(TRANSFER, "digits", quick=True, seeds=1) if one.source][:1]
    (run,) = submit(plan, TRANSFER)
    list_runs()[-1].change(status="stopped", dataset=None)
    ended = train_run(run, loader=lambda *_, **__: tiny)
    assert ended.status == "failed"
    assert "\n" not in ended.reason
