"""The runs that a picker offers. The runs of a study stand together, after one entry that opens the study."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.charts.formatting import percent
from explorer.data import source_of
from explorer.runs import Run, WeightsSource
from explorer.runs.kept import kept
from explorer.runs.names import SEPARATOR, run_names
from explorer.runs.wording import in_words
from explorer.text import plural
from explorer.ui.pickers.first_choice import best_of

STUDY = "study:"  # the key of a study's entry begins with it; no run's id does


@dataclass(frozen=True)
class OfferedStudy:
    """The runs of one study on one data set."""

    name: str
    data: str
    runs: tuple[Run, ...]  # the newest first

    @property
    def key(self) -> str:
        """The key in links."""
        return f"{STUDY}{self.name}:{self.data}"

    @property
    def best(self) -> list[Run]:
        """For each variant the run with the highest validation accuracy, in the order in which the variants were
        begun."""
        variants: dict[str, list[Run]] = {}
        for run in reversed(self.runs):
            variants.setdefault(run.variant_in(self.name) or "", []).append(run)
        return [best_of(of_variant) for of_variant in variants.values()]

    @property
    def label(self) -> str:
        """The entry in the picker."""
        many = len({run.variant_in(self.name) for run in self.runs})
        of_each = f"best run of each of {many} variants" if many < len(self.runs) else f"its {many} variants"
        return f"Study {self.name} on {_data(self.data)}: {of_each} ({plural(len(self.runs), 'run')})"


class Offered:
    """What can be chosen, by key: runs and published models by id, and studies."""

    def __init__(self, runs: Iterable[Run], others: Iterable[WeightsSource] = ()) -> None:
        """`runs`: the newest first. `others`: samples and published models, offered after them."""
        trained = list(runs)
        self.studies = {study.key: study for study in _studies(trained)}
        self.by_id: dict[str, WeightsSource] = {source.id: source for source in [*trained, *others]}
        self._names = self._named()

    def _named(self) -> dict[str, str]:
        """The name of each run, by id. In a study it is what sets a run apart within the study, which is shorter and
        still unique, since a label names the study; for all others, what sets them apart from each other."""
        names: dict[str, str] = {}
        for study in self.studies.values():
            names = run_names(study.runs) | names
        return names | run_names(run for run in self.by_id.values() if run.id not in names)

    @cached_property
    def keys(self) -> list[str]:
        """All keys in the order of the picker. A study's runs follow its entry, which stands in the place of its newest
        run; a run of two studies follows the first of them."""
        grouped = {run.id for study in self.studies.values() for run in study.runs}
        opens: dict[str, list[OfferedStudy]] = {}
        for study in self.studies.values():
            opens.setdefault(study.runs[0].id, []).append(study)
        keys: dict[str, None] = {}
        for run_id in self.by_id:
            for study in opens.get(run_id, []):
                keys |= dict.fromkeys([study.key, *(run.id for run in study.runs)])
            if run_id not in grouped:
                keys[run_id] = None
        return list(keys)

    def label(self, key: str) -> str:
        """The entry in the picker."""
        return self._labels[key]

    @cached_property
    def _labels(self) -> dict[str, str]:
        """By key: name, data, accuracy, study, who started it, and the status of a run that has not finished."""
        return {key: self._label(key) for key in self.keys}

    def _label(self, key: str) -> str:
        if key in self.studies:
            return self.studies[key].label
        run, name = self.by_id[key], self._names[key]
        if not isinstance(run, Run):
            return f"{name} (ImageNet)"
        return about(run, name)

    def opened(self, chosen: Sequence[str], most: int | None) -> list[str]:
        """The ids of the chosen runs. If a study was chosen last, its variants, at most `most`, replace the whole
        choice; a study among runs adds its variants to them."""
        if chosen and chosen[-1] in self.studies:
            return [run.id for run in self.studies[chosen[-1]].best][:most]
        runs = [[run.id for run in self.studies[key].best] if key in self.studies else [key] for key in chosen]
        return list(dict.fromkeys(run_id for of_key in runs for run_id in of_key))


def about(run: Run, name: str) -> str:
    """A run in a picker: `name`, data, accuracy, study, who started it, and its status unless it finished."""
    data, accuracy = in_words("dataset", run.config.dataset), run.best_validation_accuracy
    facts = [
        "sample" if run.is_sample and "sample" not in name.split(SEPARATOR) else "",
        "" if data in name.split(SEPARATOR) else data.removeprefix("on "),
        "" if accuracy is None else f"{percent(accuracy)} validation",
        "" if run.status == "finished" else {"running": "in training"}.get(run.status, run.status),
        " and ".join(f"study {record.name}" for record in run.studies),
        f"by {run.record.who}" if run.record.who else "",
        "archived" if run.record.archived else "",
    ]
    return f"{name} ({', '.join(filter(None, facts))})"


@kept
def _offered(sources: Iterable[WeightsSource], trained: int) -> Offered:
    every = list(sources)
    return Offered([run for run in every[:trained] if isinstance(run, Run)], every[trained:])


def offered(runs: Sequence[Run], others: Sequence[WeightsSource] = ()) -> Offered:
    """The choices that these runs and models make; computed once for all visitors."""
    return _offered([*runs, *others], len(runs))


def _studies(runs: Iterable[Run]) -> list[OfferedStudy]:
    """The studies with several variants on the same data."""
    found: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        for study in run.studies:
            found.setdefault((study.name, run.config.dataset), []).append(run)
    several = {key: of for key, of in found.items() if len({run.variant_in(key[0]) for run in of}) > 1}
    return [OfferedStudy(name, data, tuple(of)) for (name, data), of in several.items()]


def _data(name: str) -> str:
    source = source_of(name)
    return source.title if source else in_words("dataset", name).removeprefix("on ")
