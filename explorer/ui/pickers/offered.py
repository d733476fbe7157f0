"""The runs that a picker offers: those of a study beside each other, behind one entry that opens the study."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.charts.formatting import percent
from explorer.data import DATASETS
from explorer.runs import Run
from explorer.runs.names import SEPARATOR, run_names
from explorer.runs.published import PublishedRun
from explorer.runs.wording import in_words
from explorer.text import plural
from explorer.ui.pickers.first_choice import best_of

STUDY = "study:"  # begins the key of a study's entry; no run is called so


@dataclass(frozen=True)
class OfferedStudy:
    """The runs of one study on one data set."""

    name: str
    data: str
    runs: tuple[Run, ...]  # the newest first

    @property
    def key(self) -> str:
        """As links hold it."""
        return f"{STUDY}{self.name}:{self.data}"

    @property
    def best(self) -> list[Run]:
        """Of each variant the run with the highest validation accuracy, in the order in which the variants began."""
        variants: dict[str, list[Run]] = {}
        for run in reversed(self.runs):
            variants.setdefault(_variant(run), []).append(run)
        return [best_of(of_variant) for of_variant in variants.values()]

    @property
    def label(self) -> str:
        """As the picker shows it."""
        many = len({_variant(run) for run in self.runs})
        of_each = f"best run of each of {many} variants" if many < len(self.runs) else f"its {many} variants"
        return f"Study {self.name} on {_data(self.data)}: {of_each} ({plural(len(self.runs), 'run')})"


class Offered:
    """What can be chosen, by key: runs and published models by id, and studies."""

    def __init__(self, runs: Iterable[Run], published: Iterable[Run] = ()) -> None:
        """runs: the newest first."""
        trained = list(runs)
        self.studies = {study.key: study for study in _studies(trained)}
        self.runs = {run.id: run for run in [*trained, *published]}
        self._names = run_names(self.runs.values())

    @property
    def keys(self) -> list[str]:
        """In the order in which they are offered: a study's runs behind its entry, which stands where its newest run
        would."""
        first = {study.runs[0].id: key for key, study in self.studies.items()}
        grouped = {run.id for study in self.studies.values() for run in study.runs}
        keys = []
        for run_id in self.runs:
            if run_id in first:
                study = self.studies[first[run_id]]
                keys += [study.key, *(run.id for run in study.runs)]
            elif run_id not in grouped:
                keys.append(run_id)
        return keys

    def label(self, key: str) -> str:
        """Name, data, accuracy, study, and the status of a run that has not finished."""
        if key in self.studies:
            return self.studies[key].label
        run, name = self.runs[key], self._names[key]
        if isinstance(run, PublishedRun):
            return f"{name} (ImageNet)"
        data, accuracy = in_words("dataset", run.config.dataset), run.best_validation_accuracy
        facts = [
            "" if data in name.split(SEPARATOR) else data.removeprefix("on "),
            "" if accuracy is None else percent(accuracy),
            "" if run.status == "finished" else {"running": "in training"}.get(run.status, run.status),
            f"study {run.study.name}" if run.study else "",
            "archived" if run.record.archived else "",
        ]
        return f"{name} ({', '.join(filter(None, facts))})"

    def opened(self, chosen: Sequence[str], most: int | None) -> list[str]:
        """The runs that are chosen. A study that was chosen last shows its variants, at most `most`, in place of
        everything; one among runs shows them beside those."""
        if chosen and chosen[-1] in self.studies:
            return [run.id for run in self.studies[chosen[-1]].best][:most]
        runs = [[run.id for run in self.studies[key].best] if key in self.studies else [key] for key in chosen]
        return list(dict.fromkeys(run_id for of_key in runs for run_id in of_key))


def _studies(runs: Iterable[Run]) -> list[OfferedStudy]:
    """Those with several variants on the same data."""
    found: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        if run.study:
            found.setdefault((run.study.name, run.config.dataset), []).append(run)
    several = {key: of for key, of in found.items() if len({_variant(run) for run in of}) > 1}
    return [OfferedStudy(name, data, tuple(of)) for (name, data), of in several.items()]


def _variant(run: Run) -> str:
    return run.study.variant if run.study else ""


def _data(name: str) -> str:
    return DATASETS[name].title if name in DATASETS else in_words("dataset", name).removeprefix("on ")
