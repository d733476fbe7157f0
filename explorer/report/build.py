"""From runs to the content of a report, which depends only on the request and the run folders."""

from collections.abc import Callable

from explorer.report import lecture, parts
from explorer.report.content import Block, Report, Request, Section
from explorer.report.recipe import recipes_with_sources
from explorer.report.subject import Subject
from explorer.studies import STUDIES
from explorer.text import plural

Progress = Callable[[float, str], None]  # (the share that is done, 0 to 1; the title of the part being made)


def build(
    request: Request, folder: str | None = None, data_folder: str | None = None, progress: Progress | None = None
) -> Report:
    """Build the requested report. Raises UserError if a run or one of its files is missing.

    `progress` is called before each part and each of its blocks; it may raise an exception to stop.
    """
    subject = Subject(request, folder, data_folder)
    planned = parts.of(subject)
    sections = []
    for number, part in enumerate(planned):
        _tell(progress, number / len(planned), part.title)
        blocks: list[Block] = []
        for block in part.make():
            blocks.append(block)
            _tell(progress, (number + 0.5) / len(planned), part.title)
        if blocks:
            sections.append(Section(part.title, tuple(blocks)))
    verdict = _question_and_verdict(subject)
    return Report(request, title(request), *verdict, tuple(sections), recipes_with_sources(subject.runs))


def _question_and_verdict(subject: Subject) -> tuple[str, str]:
    request = subject.request
    if request.lecture:
        return "What was shown, and what do its runs say?", lecture.verdict(subject)
    if request.study:  # the question is the title if there is no other
        question = f"The study “{request.study}”" + (f": {STUDIES[request.study].question}" if request.title else "")
    else:
        question = "What sets these runs apart?"
    return question, " ".join(subject.found[0].verdict.split("\n")) if subject.found else "The runs show no finding."


def _tell(progress: Progress | None, share: float, title: str) -> None:
    if progress:
        progress(share, title)


def title(request: Request) -> str:
    """The title at the top of the report."""
    if request.title:
        return request.title
    if request.lecture:
        return lecture.lecture_of(request.lecture).title or "Lecture"
    return STUDIES[request.study].question if request.study else "Report on " + plural(len(request.runs), "run")


def contents(request: Request) -> list[tuple[str, str]]:
    """(title, description) of each part, before anything is measured."""
    return [(part.title, part.content) for part in parts.of(Subject(request, None, None))]
