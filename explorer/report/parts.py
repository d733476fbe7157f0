"""The parts of a report in order, each made when it is needed."""

import math
from collections.abc import Iterable, Iterator
from functools import partial

from explorer.insights.findings.finding import Finding
from explorer.report import blocks, figures, lecture, limits, study_tables, tables
from explorer.report.content import Block, Cell, Figure, Part, Statement, Table
from explorer.report.origin import SHORT, WEIGHTS, origin
from explorer.report.subject import Subject
from explorer.runs import Run
from explorer.text import plural, signed

BEHIND_VIEWS = ("Findings", "What the data cannot tell", "Set-up", "Files behind this report")  # of a lecture


def of(subject: Subject) -> list[Part]:
    """All parts of a report."""
    if not subject.request.lecture:
        return _of_runs(subject)
    views = lecture.parts_of(subject)
    if not subject.runs:
        return views
    return [*views, *(part for part in _of_runs(subject) if part.title in BEHIND_VIEWS)]


def _of_runs(subject: Subject) -> list[Part]:
    runs, names, firsts = subject.runs, subject.names, subject.firsts
    looked_into = f"{plural(len(subject.looked_into), 'network')}, first and last convolution"
    confusions = f"matrices of {plural(len(firsts), 'network')}"
    explained = f"by Grad-CAM, {plural(len(subject.looked_into), 'network')}, with checks"
    varied = []
    if subject.request.study:
        variants = plural(len(firsts), "variant")
        varied = [Part("What varies", f"{variants}, with their seeds", partial(study_tables.varied, subject))]
    return [
        *varied,
        Part("Results", f"accuracy and cost of {plural(len(runs), 'run')}", partial(_results, subject)),
        Part("Learning curves", "loss and accuracy", partial(figures.curves, runs, names, subject.variants)),
        Part("Findings", "with rule, threshold and numbers", partial(_findings, subject)),
        Part("What the data cannot tell", "seeds, intervals, devices", partial(limits.of, subject)),
        Part("Confusions", confusions, partial(figures.confusion, firsts, subject.called)),
        Part("Filters", looked_into, partial(blocks.filters, subject, subject.looked_into)),
        Part("Feature maps", looked_into, partial(blocks.maps, subject, subject.looked_into)),
        Part("Explained images", explained, partial(blocks.explained, subject, subject.looked_into)),
        Part("Gradients", "by depth and of every parameter", partial(_gradients, subject)),
        Part("Set-up", "settings, images, split, hardware, versions", partial(_set_up, subject)),
        Part("Gradient norms in numbers", "of every parameter", partial(_norms, subject)),
        Part("Files behind this report", "with their hashes", partial(_files, subject)),
    ]


def _results(subject: Subject) -> Iterator[Block]:
    yield from tables.images_of(subject.runs)
    if subject.request.study:
        yield study_tables.by_variant_table(subject)
        yield from study_tables.tests(subject)
    yield tables.results(subject.runs, subject.names)


def _findings(subject: Subject) -> Iterator[Statement]:
    for finding in subject.found:
        yield _statement(finding, subject.runs, subject.names)


def _statement(finding: Finding, runs: list[Run], names: dict[str, str]) -> Statement:
    behind = [run for run in runs if run.id in finding.runs] or runs
    return Statement(
        finding.sentence,
        finding.rule,
        "" if finding.threshold is None else signed(f"{finding.threshold:.6g}"),
        tuple((_of_whom(what, names), _number(value)) for what, value in finding.numbers.items()),
        origin(behind, "epochs.jsonl"),
    )


def _of_whom(what: str, names: dict[str, str]) -> str:
    """ "best epoch (digits-simple_cnn-0001)" with the run's name in place of its id."""
    for run_id, name in names.items():
        what = what.replace(f"({run_id})", f"({name})")
    return what


def _number(value: float) -> str:
    """A number of a finding, with more digits than its sentence: 0.968586, 9,585,280."""
    whole = math.isfinite(value) and value == round(value) and abs(value) < 1e15
    return signed(f"{value:,.0f}" if whole else f"{value:.6g}")


def _gradients(subject: Subject) -> Iterable[Figure]:
    if not subject.with_steps:
        return ()
    by_place = bool(subject.variants)  # like the dashes of the learning curves' bands
    return figures.gradients(subject.with_steps, subject.called, subject.frames, by_place)


def _set_up(subject: Subject) -> Iterator[Table]:
    yield from tables.settings(subject.runs, subject.names)
    yield from tables.data(subject.runs, subject.names)
    yield from tables.machine(subject.runs, subject.names)


def _norms(subject: Subject) -> Iterable[Table]:
    return tables.norms(subject.with_steps, subject.called, subject.frames) if subject.with_steps else ()


def _files(subject: Subject) -> Iterator[Table]:
    """Every file that a number above comes from: one row per run, with its name and the name of its folder."""
    rows = []
    for run in subject.runs:
        name = subject.names[run.id]
        found = [origin([run], file) for file in ("run.json", "epochs.jsonl", WEIGHTS)]
        steps = origin([run], "steps.jsonl") if run in subject.with_steps else None
        cells = [Cell(one.hashes[0], one) for one in found]
        called = Cell(name if name == run.id else f"{name}: {run.id}")
        rows.append((called, *cells, Cell(steps.hashes[0], steps) if steps else Cell("not used")))
    caption = (
        f"Each run with its folder, and the first {SHORT} digits of the SHA-256 of each file (of "
        "run.json without name, note and tags; the weights are those of the best epoch)"
    )
    yield Table("files", caption, ("run", "run.json", "epochs.jsonl", "weights", "steps.jsonl"), tuple(rows))
