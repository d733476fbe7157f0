"""The parts of a report about one network at a time: filters, feature maps, explanations."""

from collections.abc import Iterator

from explorer.insights.findings.wording import listed
from explorer.report import images
from explorer.report.content import Block
from explorer.report.subject import Subject
from explorer.runs import Run


def filters(subject: Subject, runs: list[Run]) -> Iterator[Block]:
    """The filters of the runs that have a convolution; a sentence names the runs that have none."""
    if without := [subject.called[run.id] for run in runs if run not in subject.convolutional]:
        has = "has" if len(without) == 1 else "have"
        yield f"{listed(without)} {has} no convolution, so no filters, feature maps or Grad-CAM."
    for run in _convolutional(subject, runs):
        yield images.filters_of(run, subject.called[run.id], subject.models[run.id])


def maps(subject: Subject, runs: list[Run]) -> Iterator[Block]:
    """The feature maps of the first validation image."""
    for run in _convolutional(subject, runs):
        if not isinstance(data := subject.data_of(run), str):
            yield images.maps_of(run, subject.called[run.id], subject.models[run.id], data)


def explained(subject: Subject, runs: list[Run]) -> Iterator[Block]:
    """The first validation images, with the checks of their explanations."""
    chosen = _convolutional(subject, runs)
    if chosen:
        yield images.CHECKS
    for run in chosen:
        name = subject.called[run.id]
        if isinstance(data := subject.data_of(run), str):
            yield data
            continue
        if changed := subject.changed(run):
            yield f"{name}: {changed}"
        yield from images.explained(run, name, subject.models[run.id], data)


def _convolutional(subject: Subject, runs: list[Run]) -> list[Run]:
    return [run for run in subject.convolutional if run in runs]
