"""From a study to runs: which it needs, which exist already, and how to get the others."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

from explorer.errors import UserError, unknown
from explorer.jobs import computed_alike, submitting
from explorer.jobs.bounds import check_disk, check_queue
from explorer.options import OptionValue, write_network
from explorer.runs import ACTIVE, Run, RunConfig, create
from explorer.runs.equal import find_equal, training_the_same, trains_the_same
from explorer.runs.listing import Listing
from explorer.runs.owners import may_change
from explorer.runs.record import StudyRecord
from explorer.runs.same_data import is_same
from explorer.runs.store import listed
from explorer.studies.study import BASE, SOURCE, Size, Study, Variant
from explorer.training import TrainConfig

TRAINING = frozenset(f.name for f in fields(TrainConfig))
MOST_RUNS = 200
ASKED_ABOVE = 50  # runs; above this a visitor has to confirm
Fingerprints = dict[tuple[str, int], str]  # of the current data, by name and image size
SOURCE_NAME = "source"  # the variant name of a run that is trained for its weights
# Of several runs with one config, the one to take: a finished run needs nothing more.
PREFERRED = ("finished", "running", "queued", "stopped", "failed")


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study: planned, and possibly existing."""

    variant: str
    config: RunConfig
    run: Run | None = None
    source: RunConfig | None = None  # the config of the run to be trained first; its id replaces SOURCE in the config


@dataclass(frozen=True)
class StudyRun:
    """An existing run of a study, finished or not, with the name of its variant."""

    variant: str
    run: Run


def taken(planned: list[PlannedRun], study: Study) -> list[Run]:
    """The runs that others have made and that the study uses, because they equal its own."""
    return [one.run for one in planned if one.run and (one.run.study is None or one.run.study.name != study.name)]


def existing(planned: list[PlannedRun]) -> list[StudyRun]:
    """The runs of a plan that exist already."""
    return [StudyRun(planned_run.variant, planned_run.run) for planned_run in planned if planned_run.run]


def plan_runs(
    study: Study,
    dataset: str = "digits",
    quick: bool = False,
    seeds: int | None = None,
    image_size: int = 32,
    skip_damaged: bool = False,
    **training: OptionValue,
) -> list[PlannedRun]:
    """The runs of a study on a data set, with all seeds of a variant together.

    `seeds`: the number for each variant; None for the size's own. `training`: fields of TrainConfig for every run, such
    as the epochs; None for the study's own. Raises UserError if this number of seeds is not possible.
    """
    size, variants = study.size(quick), study.variants_at(quick)
    count = size.seeds if seeds is None else seeds
    if type(count) is not int or not 1 <= count <= MOST_RUNS // len(variants):
        raise UserError(
            f"{count!r} seeds are not possible for {len(variants)} variants: "
            f"give a whole number from 1 to {MOST_RUNS // len(variants)}."
        )
    chosen = {name: value for name, value in training.items() if value is not None}
    shared = {**study.training, **size.training, "epochs": size.epochs, **chosen}
    planned = []
    for variant in variants:
        for seed in range(count):
            options: dict[str, OptionValue] = {**shared, **variant.training, "seed": seed}
            config = RunConfig(
                dataset,
                variant.model or study.base,
                _options(study, size, variant),
                TrainConfig(**options),
                image_size,
                skip_damaged,
            )
            planned.append(PlannedRun(variant.name, config, source=_source(study, size, config, shared)))
    return planned


def _source(study: Study, size: Size, config: RunConfig, shared: dict[str, OptionValue]) -> RunConfig | None:
    """The run that provides this one's pretrained weights: the same network, on other data, trained as the study says.

    One run serves all seeds and variants, with one seed of its own, so the spread between seeds is conditional on this
    one source. Its head begins at random like all other layers, and learns at the same rate.
    """
    if config.training.source != SOURCE:
        return None
    dataset = study.sources.get(config.dataset, study.sources[""])
    training: dict[str, OptionValue] = {**shared, "epochs": size.source_epochs, "head_learning_rate": 0.0}
    return RunConfig(dataset, config.model, config.options, TrainConfig(**training))


def sources(planned: list[PlannedRun]) -> list[PlannedRun]:
    """The runs that must be trained before these, each once."""
    configs = [planned_run.source for planned_run in planned if planned_run.source]
    return [PlannedRun(SOURCE_NAME, config) for index, config in enumerate(configs) if config not in configs[:index]]


def _options(study: Study, size: Size, variant: Variant) -> dict[str, OptionValue]:
    # The base's options belong to the base model: a variant with its own model has none of them.
    of_base = {**study.options, **size.options}
    options = variant.options if variant.model else {**of_base, **variant.options}
    base = write_network(study.model, of_base) if study.model else ""
    return {key: base if value == BASE else value for key, value in options.items()}


def with_model(study: Study, model: str) -> Study:
    """The study with another base model and that model's default options.

    Raises UserError if there is no such model, or if every variant names its own.
    """
    from explorer.models import MODELS

    if model not in MODELS:
        raise unknown("model", model, MODELS)
    if study.model is None:
        raise UserError(f"Study {study.name} compares named models, so '{model}' cannot be its base: leave it out.")
    if model == study.model:
        return study
    quick, full = (replace(size, options={}) for size in (study.quick, study.full))
    return replace(study, model=model, options={}, quick=quick, full=full)


def bases(study: Study, quick: bool) -> list[str]:
    """The models that can be the study's base at this size: they have all options that the study varies, and the study
    does not compare the base with them. Empty if every variant names its own model."""
    from explorer.models import MODELS

    without_model = [variant for variant in study.variants_at(quick) if variant.model is None]
    against = {variant.model for variant in study.variants_at(quick)}
    if study.model is None or not without_model:
        return []
    return [
        name
        for name in MODELS
        if name not in against and all(_takes(name, variant.options) for variant in without_model)
    ]


def _takes(model: str, chosen: dict[str, OptionValue]) -> bool:
    """Whether a model has these options and allows these values."""
    from explorer.models import options
    from explorer.options import parse_option

    declared = options(model)
    if not chosen.keys() <= declared.keys():
        return False
    try:
        for name, value in chosen.items():
            parse_option(name, declared[name], value)
    except UserError:
        return False
    return True


def match_runs(
    planned: list[PlannedRun], study: Study, folder: Path | str | None = None, today: Fingerprints | None = None
) -> list[PlannedRun]:
    """The same runs, each with the existing run that trains the same, if there is one.

    Any of the study's own runs counts, even one that was stopped or finished on another device: what a GPU learned
    elsewhere answers the question here. Of all other runs, only those that differ in nothing count: see `find_equal`.
    Runs that learned from images other than those of `today` never count; see `on_other_images`.
    """
    listing, fingerprints = _with_images(folder, study, today)

    def of(config: RunConfig) -> Run | None:
        alike = training_the_same(config, listing)
        there = [run for run in alike if is_same(run, fingerprints.get(_images(run))) and _is_open(run)]
        own = [run for run in there if run.variant_in(study.name) is not None]
        own.sort(key=lambda run: PREFERRED.index(run.status))  # the newest first if they are equal
        same = (run for run in own if run.config.training.device == config.training.device)
        found = next(same, None) or next((run for run in own if run.status == "finished"), None)
        if found and (found.status == "finished" or found.status in ACTIVE):
            return found
        return find_equal(config, there, is_computed_alike=computed_alike(config, folder)) or found

    with_sources = [
        replace(planned_run, config=_from(planned_run.config, of(planned_run.source) if planned_run.source else None))
        for planned_run in planned
    ]
    return [replace(planned_run, run=of(planned_run.config)) for planned_run in with_sources]


def _is_open(run: Run) -> bool:
    """Whether the run has finished, or the acting person may continue it."""
    return run.status not in ("stopped", "failed") or may_change(run.record.owner)


def on_other_images(
    planned: list[PlannedRun], study: Study, folder: Path | str | None = None, today: Fingerprints | None = None
) -> list[Run]:
    """The runs of this study that have a config of the plan but learned from images that have changed since."""
    listing, fingerprints = _with_images(folder, study, today)
    others = [run for run in listing.by_study.get(study.name, []) if not is_same(run, fingerprints.get(_images(run)))]
    return [run for run in others if any(trains_the_same(run.config, one.config) for one in planned)]


def _with_images(folder: Path | str | None, study: Study, today: Fingerprints | None) -> tuple[Listing, Fingerprints]:
    """(all runs; the current fingerprints of the data).

    If `today` lacks a data set, the images of the study's newest run on it count as current, or else those of the
    newest run of any study.
    """
    listing = listed(folder)
    of_study = _fingerprints(listing.by_study.get(study.name, []))
    return listing, _newest_fingerprints(listing) | of_study | (today or {})


@lru_cache(maxsize=4)
def _newest_fingerprints(listing: Listing) -> Fingerprints:
    return _fingerprints(listing.runs)


def _fingerprints(runs: Sequence[Run]) -> Fingerprints:
    """The fingerprint of each data set, from the newest run on it; `runs`: the newest first."""
    return {_images(run): run.dataset.fingerprint for run in reversed(runs) if run.record.dataset}


def _images(run: Run) -> tuple[str, int]:
    return run.config.dataset, run.config.image_size


def _from(config: RunConfig, source: Run | None) -> RunConfig:
    """The config with the id of the source's run, once that exists."""
    if source is None or config.training.source != SOURCE:
        return config
    return replace(config, training=replace(config.training, source=source.id))


def get_or_create(
    planned: PlannedRun,
    study: Study,
    folder: Path | str | None = None,
    status: str = "queued",
    session: str | None = None,
) -> Run:
    """The run to work on: a finished or active run unchanged, a stopped or failed run continued from its last whole
    epoch, a missing run new. It then belongs to the study. A worker takes runs that are "queued"; a caller who trains
    the run passes "running"."""
    place = StudyRecord(study.name, planned.variant)
    if planned.run is None:
        return create(planned.config, folder, status, place, session)
    run = planned.run.join(place)
    if run.status == "finished" or run.status in ACTIVE:
        return run
    again = run.requeue()
    return again if status == "queued" else again.change(status=status)


def submit(
    planned: list[PlannedRun],
    study: Study,
    folder: Path | str | None = None,
    today: Fingerprints | None = None,
    session: str | None = None,
) -> list[Run]:
    """Queue everything in the study that is neither finished nor active, sources first; returns all its runs, in order.

    Two callers at the same moment get the same runs. Raises UserError if the queue has no room for them.
    """
    with submitting(folder):
        every = match_runs([*sources(planned), *planned], study, folder, today)
        new = [one.config for one in every if one.run is None]
        again = [one for one in every if one.run and one.run.status in ("stopped", "failed")]
        check_queue(len(new) + len(again), session, folder)
        check_disk(new, folder)
        for planned_run in match_runs(sources(planned), study, folder, today):
            get_or_create(planned_run, study, folder, session=session)
        matched = match_runs(planned, study, folder, today)
        return [get_or_create(planned_run, study, folder, session=session) for planned_run in matched]
