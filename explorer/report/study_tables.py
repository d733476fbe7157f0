"""What the report of a study adds to that of runs: what varies, one row per variant, and the tests of every pair."""

from collections.abc import Iterator
from statistics import mean, median

from explorer.charts.formatting import count, macs, number, percent, seconds
from explorer.insights.cost import cost
from explorer.insights.findings.accuracy import SURE, pairs
from explorer.insights.findings.variants import by_variant
from explorer.insights.findings.wording import points
from explorer.report.content import Block, Cell, Table
from explorer.report.origin import origin
from explorer.report.subject import Subject
from explorer.report.tables import median_epoch, written_setting
from explorer.runs import Run
from explorer.runs.epochs_file import EPOCHS
from explorer.runs.wording import settings_of
from explorer.studies import STUDIES
from explorer.studies.transfer import TRANSFER

MISSING = "–"
SAME_SIZE = 1.1  # ratio of parameters; below it sizes count as equal


def varied(subject: Subject) -> Iterator[Block]:
    """The settings in which variants differ, with the seeds of each."""
    study = STUDIES[subject.request.study]
    groups = _groups(subject)
    settings = {variant: settings_of(runs[0].config) for variant, runs in groups.items()}
    keys = [key for key in dict.fromkeys(key for of in settings.values() for key in of) if key != "seed"]
    written = {key: [written_setting(key, of) for of in settings.values()] for key in keys}
    differ = [key for key in keys if len(set(written[key])) > 1]
    rows = []
    for place, (variant, runs) in enumerate(groups.items()):
        source = origin(runs, "run.json")
        seeds = ", ".join(str(run.config.training.seed) for run in runs)
        values = [*(written[key][place] for key in differ), seeds]
        rows.append((Cell(variant), *(Cell(value, source) for value in values)))
    columns = ("variant", *(key.replace("_", " ") for key in differ), "seeds")
    yield f"The study varies {study.axis}.{_else_the_same(differ)}{_sizes(groups)}"
    absent = f"; {MISSING}: the network has no such option" if any(MISSING in written[key] for key in differ) else ""
    yield Table("varied", f"What varies{absent}", columns, tuple(rows))
    yield f"Literature: {study.source}."


def _else_the_same(differ: list[str]) -> str:
    if len(differ) == 1:
        return " All other settings are the same."
    return " Its variants differ in the settings of this table; all others are the same."


def _sizes(groups: dict[str, list[Run]]) -> str:
    """How much the sizes of the networks differ, if an effect may be one of size."""
    parameters = [runs[0].record.parameters or 0 for runs in groups.values()]
    low, high = min(parameters), max(parameters)
    if not low or high / low < SAME_SIZE:
        return ""
    return (
        f" Its networks have {count(low)} to {count(high)} parameters: what differs between them may come from their "
        "size as well."
    )


def by_variant_table(subject: Subject) -> Table:
    """Accuracy and cost of each variant over its seeds."""
    rows = []
    for variant, runs in _groups(subject).items():
        source, first = origin(runs, "run.json"), runs[0]
        tested = [run.record.test.accuracy for run in runs if run.record.test]
        best = [run.best_validation_accuracy for run in runs if run.best_validation_accuracy is not None]
        counted = cost(first.network.on_meta(), first.dataset.channels, first.dataset.size)
        epoch = median(median_epoch(run) for run in runs)
        values = (
            str(len(runs)),
            count(first.record.parameters or 0),
            macs(counted.macs),
            seconds(epoch),
            percent(mean(best)) if best else MISSING,
            percent(mean(tested)) if tested else MISSING,
            f"{percent(min(tested))} to {percent(max(tested))}" if tested else MISSING,
        )
        cells = [Cell(value, source) for value in values]
        cells[3] = Cell(values[3], origin(runs, EPOCHS))
        rows.append((Cell(variant), *cells))
    columns = ("variant", "seeds", "parameters", "MACs per image", "time per epoch")
    columns += ("best validation accuracy", "test accuracy", "lowest to highest")
    caption = (
        "Each variant: means over its seeds; lowest to highest: of the test accuracies. Time per epoch, with its "
        "validation: the median over the epochs of a run, then over the seeds"
    )
    return Table("variants", caption, columns, tuple(rows))


def tests(subject: Subject) -> Iterator[Block]:
    """Whether seeds and images can tell variants apart, for every pair."""
    if subject.request.study == TRANSFER.name:
        return
    found = pairs(by_variant(subject.trials))
    if not found:
        return
    groups = _groups(subject)
    rows = []
    for pair in found:
        source = origin([*groups[pair.a], *groups[pair.b]], "run.json")
        values = (points(pair.difference), _p(pair.images), _p(pair.seeds_and_images))
        rows.append((Cell(f"{pair.a} and {pair.b}"), *(Cell(value, source) for value in values)))
    caption = (
        "Test accuracy of the first minus that of the second, in percentage points, and p-values adjusted for all "
        f"pairs by Holm's method: of these trained networks on these images, and of the variants over seeds and "
        f"images; below {SURE} they differ. The tests are described with the finding on the test accuracy"
    )
    columns = ("pair", "difference", "p of these networks", "p of the variants")
    yield Table("tests", caption, columns, tuple(rows))


def _p(value: float | None) -> str:
    if value is None:
        return MISSING
    return "< 0.001" if value < 0.001 else number(value, 2)


def _groups(subject: Subject) -> dict[str, list[Run]]:
    """Variant → its runs."""
    groups: dict[str, list[Run]] = {}
    for run in subject.runs:
        groups.setdefault(subject.variants[run.id], []).append(run)
    return groups
