"""The report of a lecture: a part for each view, with what the view showed, and what its runs show."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from explorer.lecture import Lecture, View, from_json
from explorer.report import blocks, figures, tables
from explorer.report.content import Block, Figure, Part, Table
from explorer.report.picture import own_ids
from explorer.report.subject import Subject
from explorer.runs import Run
from explorer.text import plural


def lecture_of(text: str) -> Lecture:
    """The lecture in the JSON text of a request. Raises UserError if it is not one."""
    return from_json(text, None)


def run_ids(lecture: Lecture) -> list[str]:
    """The runs that its views show, in order; some may not exist here."""
    return list(dict.fromkeys(run_id for view in lecture.views for run_id in view.query.get("runs", ())))


def parts_of(subject: Subject) -> list[Part]:
    """A part for each view."""
    lecture = lecture_of(subject.request.lecture)
    return [
        Part(f"{number}. {view.sentence or view.page}", _content(view), partial(_view, subject, view, number))
        for number, view in enumerate(lecture.views, 1)
    ]


def verdict(subject: Subject) -> str:
    """The length of the lecture, and the first finding on its runs."""
    lecture = lecture_of(subject.request.lecture)
    length = f"{plural(len(lecture.views), 'view')}, {plural(lecture.minutes, 'minute')}."
    return " ".join([length, *(line for found in subject.found[:1] for line in found.verdict.split("\n"))])


def _content(view: View) -> str:
    return SHOWN[view.page][0] if view.page in SHOWN and view.query.get("runs") else "what to say"


def _view(subject: Subject, view: View, number: int) -> Iterator[Block]:
    yield from (line for line in view.say.splitlines() if line.strip())
    yield f"In the app: /{view.link}" + (f" ({plural(view.minutes, 'minute')})" if view.minutes else "")
    wanted = view.query.get("runs", ())
    runs = [run for run in subject.runs if run.id in wanted]
    if view.page not in SHOWN:
        return
    if missing := [run_id for run_id in wanted if run_id not in subject.names]:
        yield f"Not here, and left out: {', '.join(missing)}."
    if runs:
        for block in SHOWN[view.page][1](subject, runs):
            yield _own_key(block, f"view-{number}")


def _own_key(block: Block, prefix: str) -> Block:
    """Gives the block a unique key: two views may show the same."""
    if isinstance(block, Figure):
        key = f"{prefix}-{block.key}"
        return replace(block, key=key, svg=own_ids(block.svg, key))
    return replace(block, key=f"{prefix}-{block.key}") if isinstance(block, Table) else block


def _curves(subject: Subject, runs: list[Run]) -> Iterator[Block]:
    yield from figures.curves(runs, subject.names, {})


def _gradients(subject: Subject, runs: list[Run]) -> Iterator[Block]:
    with_steps = [run for run in runs if run in subject.with_steps]
    if with_steps:
        frames = {run.id: subject.frames[run.id] for run in with_steps}
        yield figures.gradients(with_steps, subject.names, frames)[0]


def _costs(subject: Subject, runs: list[Run]) -> Iterator[Block]:
    yield tables.results(runs, subject.names)


def _confusions(subject: Subject, runs: list[Run]) -> Iterator[Block]:
    yield from figures.confusion(runs, subject.names)


# Page → what is shown of its runs, in a few words, and how.
SHOWN: dict[str, tuple[str, Callable[[Subject, list[Run]], Iterator[Block]]]] = {
    "curves": ("loss and accuracy", _curves),
    "gradients": ("gradient norms by depth", _gradients),
    "architecture": ("accuracy and cost", _costs),
    "filters": ("filters of the first and last convolution", blocks.filters),
    "feature_maps": ("feature maps of the first and last convolution", blocks.maps),
    "mistakes": ("confusion matrices", _confusions),
    "saliency": ("explained images, with checks", blocks.explained),
    "checks": ("explained images, with checks", blocks.explained),
}
