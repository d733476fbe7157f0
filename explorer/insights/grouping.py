"""Which runs belong together: by model, data, study variant, or any setting in which they differ."""

from dataclasses import fields
from typing import Any

from explorer.models import options
from explorer.runs import Run
from explorer.training import TrainConfig

EACH = "each run"
SEEDS = "all but the seed"
VARIANT = "study variant"
ABSENT = "–"  # a model has no such option, a run belongs to no study


def settings_of(run: Run) -> dict[str, Any]:
    """All that decides how a run learns: data set, model, its options with their defaults, and the training."""
    config = run.config
    known = {name: option.default for name, option in options(config.model).items()} | config.options
    training = {field.name: getattr(config.training, field.name) for field in fields(TrainConfig)}
    return {"dataset": config.dataset, "model": config.model, "image_size": config.image_size, **known, **training}


def groupings(runs: list[Run]) -> dict[str, list[str]]:
    """Name → the group of each run, in the order of `runs`. Only what tells some runs apart or brings some together."""
    settings = [settings_of(run) for run in runs]
    found = {EACH: [run.id for run in runs]}
    together = [_written({**one, "seed": None}) for one in settings]
    if len(set(together)) < len(runs):
        found[SEEDS] = _short_names(settings, together)
    if any(run.study for run in runs):
        found[VARIANT] = [(run.study or {}).get("variant") or ABSENT for run in runs]
    for key in ("model", "dataset", *sorted({key for one in settings for key in one} - {"model", "dataset"})):
        values = [_text(one.get(key, ABSENT)) for one in settings]
        if len(set(values)) > 1 or (key in ("model", "dataset") and len(runs) > 1):
            named = key in ("model", "dataset")
            found[key.replace("_", " ")] = values if named else [f"{key.replace('_', ' ')} {value}" for value in values]
    return found


def only_seeds_differ(runs: list[Run], groups: list[str]) -> bool:
    """Whether the runs of every group are the same thing tried again: then their spread is that of the seed."""
    seen: dict[str, str] = {}
    for run, group in zip(runs, groups, strict=True):
        written = _written({**settings_of(run), "seed": None})
        if seen.setdefault(group, written) != written:
            return False
    return True


def _short_names(settings: list[dict[str, Any]], together: list[str]) -> list[str]:
    """The model, and as few of the settings in which its groups differ as tell them apart."""
    order = ["dataset", *(key for one in settings for key in one if key not in ("dataset", "model", "seed", "epochs"))]
    names: dict[str, str] = {group: one["model"] for group, one in zip(together, settings, strict=True)}
    by_group = dict(zip(together, settings, strict=True))
    for key in dict.fromkeys([*order, "epochs"]):
        alike: dict[str, list[str]] = {}
        for group, name in names.items():
            alike.setdefault(name, []).append(group)
        for name, groups in alike.items():
            values = {group: _text(by_group[group].get(key, ABSENT)) for group in groups}
            if len(set(values.values())) > 1:
                label = "" if key == "dataset" else f"{key.replace('_', ' ')} "
                names |= {group: f"{name}, {label}{value}" for group, value in values.items()}
    return [names[group] for group in together]


def _written(settings: dict[str, Any]) -> str:
    return repr(sorted((key, _text(value)) for key, value in settings.items()))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return "×".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
