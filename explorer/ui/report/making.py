"""Making a report on the page: once for all visitors, with a bar and a button that stops it."""

from collections.abc import Generator, Hashable
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import Lock

from explorer.report import build, folder, html
from explorer.report.content import Figure, Report, Request
from explorer.runs import Run, find
from explorer.runs.weights import weights_file
from explorer.text import plural
from explorer.ui import cache, passes

SECONDS_BETWEEN_LOOKS = 0.5
_in_turn = Lock()


def is_made(request: Request) -> bool:
    """Whether any visitor has made the report since its runs last changed."""
    return passes.is_done(_key(request))


def make(request: Request) -> Report:
    """The report, made now unless it exists. Title, names, date and words come from each request."""
    plain = replace(request, title="", authors="", date="", words={})
    saying = f"Making the report of {plural(len(request.runs), 'run')} …"
    made: Report = passes.once(_key(request), partial(_made_in_turn, plain), saying)
    return replace(made, request=request, title=build.title(request))


def _made_in_turn(request: Request, progress: passes.Progress) -> Report:
    """One report at a time, so that a class leaves the server time for its pages. Waiting can be stopped: the bar is
    redrawn."""
    with in_turn(progress):
        return build.build(request, progress=lambda share, _: progress(share))


@contextmanager
def in_turn(progress: passes.Progress) -> Generator[None]:
    """Waits until nobody else makes or checks a report."""
    while not _in_turn.acquire(timeout=SECONDS_BETWEEN_LOOKS):
        progress(0.0)
    try:
        yield
    finally:
        _in_turn.release()


def figures(report: Report) -> dict[str, str]:
    """Key → "Figure 3. Loss over epochs …", in the order of the report."""
    found = [block for section in report.sections for block in section.blocks if isinstance(block, Figure)]
    return {figure.key: f"Figure {number}. {figure.caption}" for number, figure in enumerate(found, 1)}


def page_of(report: Report) -> str:
    """The report as one HTML file."""
    return html.to_html(report)


def zip_of(report: Report) -> bytes:
    """The report as a zipped folder: Markdown, SVG, PNG and CSV."""
    return folder.zipped(report)


def _key(request: Request) -> tuple[Hashable, ...]:
    runs = [find(run_id) for run_id in request.runs]
    return ("report", request.study, request.lecture, *((run.id, request.names[run.id], _stamps(run)) for run in runs))


def _stamps(run: Run) -> tuple[Hashable, ...]:
    """Stamps that change whenever anything changes that a report reads."""
    weights = weights_file(run, "best")
    stamp = weights.stat().st_mtime_ns if weights.is_file() else 0
    return (str(run.path), stamp, *(cache.stamp(run, file) for file in cache.WHOLE_RUN))
