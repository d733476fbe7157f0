"""From a study to runs: which are wanted, which are there already, and how to get the others."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

from explorer.errors import UserError, unknown
from explorer.jobs import submitting
from explorer.options import OptionValue, write_network
from explorer.runs import ACTIVE, Run, RunConfig, create, list_runs
from explorer.runs.record import StudyRecord
from explorer.runs.same_data import is_same
from explorer.studies.study import BASE, SOURCE, Size, Study, Variant
from explorer.training import TrainConfig

TRAINING = frozenset(f.name for f in fields(TrainConfig))
MOST_RUNS = 200
Fingerprints = dict[tuple[str, int], str]  # of data sets as they are now, by name and image size
SOURCE_NAME = "source"  # the variant of a run that is trained for its weights
# Of several runs with one config, the one to take: what is finished needs nothing more.
PREFERRED = ("finished", "running", "queued", "stopped", "failed")


@dataclass(frozen=True)
class PlannedRun:
    """One run of a study: wanted, and perhaps there already."""

    variant: str
    config: RunConfig
    run: Run | None = None
    source: RunConfig | None = None  # of the run that must be trained before, whose id replaces SOURCE in the config


@dataclass(frozen=True)
class StudyRun:
    """A run of a study that is there, finished or not, with the name of its variant."""

    variant: str
    run: Run


def existing(planned: list[PlannedRun]) -> list[StudyRun]:
    """Those of a plan that are there already."""
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
    """The runs of a study on a data set, all seeds of a variant together.

    `seeds`: of each variant, None for the size's own. `training`: fields of TrainConfig that every run shall have, the
    epochs for example; None for what the study says. Raises UserError if these seeds are not possible.
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
                _options(study, variant),
                TrainConfig(**options),
                image_size,
                skip_damaged,
            )
            planned.append(PlannedRun(variant.name, config, source=_source(study, size, config, shared)))
    return planned


def _source(study: Study, size: Size, config: RunConfig, shared: dict[str, OptionValue]) -> RunConfig | None:
    """The run with the pretrained weights of this one: the same network, on other data, trained as the study says.

    One for all seeds and variants, with one seed of its own: the spread between seeds is that given this one source.
    Its head begins at random with all the rest, and learns at the same rate.
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


def _options(study: Study, variant: Variant) -> dict[str, OptionValue]:
    # The base's options are of the base model: a variant with a model of its own has none of them.
    options = variant.options if variant.model else {**study.options, **variant.options}
    base = write_network(study.model, study.options) if study.model else ""
    return {key: base if value == BASE else value for key, value in options.items()}


def with_model(study: Study, model: str) -> Study:
    """The study with another base model, and that model's default options.


    Raises UserError if there is no such model, or if every variant names its own.
    """
    from explorer.models import MODELS

    if model not in MODELS:
        raise unknown("model", model, MODELS)
    if study.model is None:
        raise UserError(f"Study {study.name} compares named models, so '{model}' cannot be its base: leave it out.")
    return study if model == study.model else replace(study, model=model, options={})


def bases(study: Study, quick: bool) -> list[str]:
    """The models that the study can have as its base at this size: those with all options that it varies, and none
    that it sets the base against. Empty where every variant names its own."""
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
    """Whether a model has these options, with these values among those that it can have."""
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
    """The same runs, each with the run of this study that has its config, if there is one.

    Runs that learned from other images than those of `today` are none of them; see `on_other_images`.
    """
    there, _ = _by_images(study, folder, today)
    there.sort(key=lambda run: PREFERRED.index(run.status))  # the newest first among equals
    configs = [(run, run.config) for run in there]
    # A finished run needs no device: what a GPU has learned elsewhere answers the question here.
    anywhere = [(run, _anywhere(of_run)) for run, of_run in configs if run.status == "finished"]

    def of(config: RunConfig) -> Run | None:
        same = (run for run, of_run in configs if of_run == config)
        elsewhere = (run for run, of_run in anywhere if of_run == _anywhere(config))
        return next(same, None) or next(elsewhere, None)

    with_sources = [
        replace(planned_run, config=_from(planned_run.config, of(planned_run.source) if planned_run.source else None))
        for planned_run in planned
    ]
    return [replace(planned_run, run=of(planned_run.config)) for planned_run in with_sources]


def on_other_images(
    planned: list[PlannedRun], study: Study, folder: Path | str | None = None, today: Fingerprints | None = None
) -> list[Run]:
    """The runs of this study that have a config of the plan, but learned from images that have changed since."""
    _, others = _by_images(study, folder, today)
    configs = [_anywhere(planned_run.config) for planned_run in planned]
    return [run for run in others if _anywhere(run.config) in configs]


def _by_images(study: Study, folder: Path | str | None, today: Fingerprints | None) -> tuple[list[Run], list[Run]]:
    """(the study's runs on the images of today, its other runs), the newest first.

    Where `today` does not name a data set, the images of the study's newest run on it count as those of today.
    """
    runs = [run for run in list_runs(folder) if run.study and run.study.name == study.name]
    fingerprints = {_images(run): run.dataset.fingerprint for run in reversed(runs) if run.record.dataset}
    fingerprints |= today or {}
    there, others = [], []
    for run in runs:
        (there if is_same(run, fingerprints.get(_images(run))) else others).append(run)
    return there, others


def _images(run: Run) -> tuple[str, int]:
    return run.config.dataset, run.config.image_size


def _anywhere(config: RunConfig) -> RunConfig:
    """The config without the device that was asked for."""
    return replace(config, training=replace(config.training, device="auto"))


def _from(config: RunConfig, source: Run | None) -> RunConfig:
    """The config with the id of the source's run, once there is one."""
    if source is None or config.training.source != SOURCE:
        return config
    return replace(config, training=replace(config.training, source=source.id))


def get_or_create(planned: PlannedRun, study: Study, folder: Path | str | None = None, status: str = "queued") -> Run:
    """The run to go on with: what is finished or under way as it is, what stopped or failed once more from its last
    whole epoch, what is missing new. A worker takes what is "queued"; who trains it himself says "running"."""
    if planned.run is None:
        return create(planned.config, folder, status, StudyRecord(study.name, planned.variant))
    if planned.run.status == "finished" or planned.run.status in ACTIVE:
        return planned.run
    again = planned.run.requeue()
    return again if status == "queued" else again.change(status=status)


def submit(
    planned: list[PlannedRun], study: Study, folder: Path | str | None = None, today: Fingerprints | None = None
) -> list[Run]:
    """Queue whatever of the study is not finished or under way, sources first; all its runs, in order.

    Two that ask at the same moment get the same runs."""
    with submitting(folder):
        for planned_run in match_runs(sources(planned), study, folder, today):
            get_or_create(planned_run, study, folder)
        return [get_or_create(planned_run, study, folder) for planned_run in match_runs(planned, study, folder, today)]
