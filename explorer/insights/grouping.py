"""Which runs belong together: by model, data, study variant, or any setting in which they differ."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from explorer.runs import Run
from explorer.runs.names import config_names, run_names
from explorer.runs.wording import plain, settings_of
from explorer.training import TrainConfig

EACH = "each run"
SEEDS = "all but the seed"
VARIANT = "study variant"
TRAINING = frozenset(field.name for field in fields(TrainConfig))
ABSENT = "–"  # a model has no such option, or a run belongs to no study


def groupings(runs: list[Run], names: Sequence[str] = ()) -> dict[str, list[str]]:
    """Name → the group of each run, in the order of `runs`. Only groupings that separate some runs or join some.

    `names`: the names of the runs, by default what sets them apart among themselves.
    """
    settings = [settings_of(run.config) for run in runs]
    found = {EACH: list(names or run_names(runs).values())}
    together = [_written({**setting, "seed": None}) for setting in settings]
    if len(set(together)) < len(runs):
        found[SEEDS] = config_names([run.config for run in runs], without=["seed"])
    if any(run.studies for run in runs):
        found[VARIANT] = _variants(runs)
    for key in ("model", "dataset", *sorted({key for setting in settings for key in setting} - {"model", "dataset"})):
        values = [plain(setting.get(key, ABSENT)) for setting in settings]
        if len(set(values)) > 1 or (key in ("model", "dataset") and len(runs) > 1):
            named = key in ("model", "dataset")
            found[key.replace("_", " ")] = values if named else [f"{key.replace('_', ' ')} {value}" for value in values]
    return found


def _variants(runs: list[Run]) -> list[str]:
    """The variant of each run in the study that has most of them, else in the first study that has it."""
    names = [record.name for run in runs for record in run.studies]
    most = max(names, key=names.count)
    return [run.variant_in(most) or next((record.variant for record in run.studies), ABSENT) for run in runs]


def by_seed(runs: list[Run], names: Sequence[str] = ()) -> list[str]:
    """The group of each run: those that differ only in their seed are one; if there are none, every run.

    `names`: the names of the runs, by default what sets them apart among themselves.
    """
    by_kind = groupings(runs, names)
    return by_kind.get(SEEDS, by_kind[EACH])


def sizes(runs: list[Run], study: str) -> list[tuple[str, list[Run]]]:
    """(what sets it apart, its runs) for every size at which the study of this name was run; "" if there is only one.

    A study that was run with 5 and with 10 epochs, or on two data sets, counts as two, because the runs of a variant
    must differ only in their seed. What differs between variants is what the study varies. A run that starts from
    random weights belongs to every source that it is compared with.
    """
    settings = {run.id: {**settings_of(run.config), "dataset": run.dataset.name} for run in runs}
    settings = {
        run: {k: plain(v) for k, v in setting.items() if k not in ("seed", "device")}
        for run, setting in settings.items()
    }
    of_variant: dict[str, list[dict[str, str]]] = {}
    for run in runs:
        of_variant.setdefault(run.variant_in(study) or "", []).append(settings[run.id])
    keys = [key for key in next(iter(settings.values()), {}) if any(_differ(of, key) for of in of_variant.values())]
    places: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        places.setdefault((*(settings[run.id].get(key, ABSENT) for key in keys), _fingerprint(run)), []).append(run)
    if "source" in keys:
        places = _with_their_rivals(places, keys.index("source"))
    if len(places) == 1:
        return [("", of_place) for of_place in places.values()]
    named = [key for key in keys if key in ("dataset", "model") or "model" not in keys or key in TRAINING]
    return [(_place(dict(zip(keys, values, strict=False)), named), of_place) for values, of_place in places.items()]


def _differ(settings: list[dict[str, str]], key: str) -> bool:
    return len({setting.get(key) for setting in settings}) > 1


def _fingerprint(run: Run) -> str:
    return run.dataset.fingerprint


def _with_their_rivals(places: dict[tuple[str, ...], list[Run]], axis: int) -> dict[tuple[str, ...], list[Run]]:
    """The runs without a source are added to the places of all sources."""

    def other_values(values: tuple[str, ...]) -> tuple[str, ...]:
        return values[:axis] + values[axis + 1 :]

    with_source = {values: list(runs) for values, runs in places.items() if values[axis]}
    for values, runs in places.items():
        rivals = [rival for rival in with_source if not values[axis] and other_values(rival) == other_values(values)]
        for rival in rivals:
            with_source[rival] += runs
        if not values[axis] and not rivals:
            with_source[values] = runs
    return with_source


def _place(settings: dict[str, str], keys: list[str]) -> str:
    """On digits, with epochs 5"""
    where = f"on {settings['dataset']}" if "dataset" in keys else ""
    values = [f"{key.replace('_', ' ')} {settings[key]}" for key in keys if key != "dataset" and settings[key]]
    label = ", ".join([*([where] if where else []), *(["with " + " and ".join(values)] if values else [])])
    return label[:1].upper() + label[1:]


def only_seeds_differ(runs: list[Run], groups: list[str]) -> bool:
    """Whether the runs of every group are repetitions with other seeds: then their spread is that of the seed."""
    first_of: dict[str, str] = {}
    for run, group in zip(runs, groups, strict=True):
        written = _written({**settings_of(run.config), "seed": None})
        if first_of.setdefault(group, written) != written:
            return False
    return True


def _written(settings: dict[str, Any]) -> str:
    return repr(sorted((key, plain(value)) for key, value in settings.items()))
