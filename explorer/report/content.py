"""What a report is made of, before it is written as HTML or Markdown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer import __version__

DIGITS = 9
MOST_RUNS = 60  # of a report
INTRODUCTION, CONCLUSION = "introduction", "conclusion"  # keys of words that stand beside no figure


@dataclass(frozen=True)
class Origin:
    """Where a number or figure comes from: a file of runs, with its content's hash; empty if it comes from none."""

    runs: tuple[str, ...] = ()
    file: str = ""  # in the folder of each
    hashes: tuple[str, ...] = ()  # of the file of each run


@dataclass(frozen=True)
class Computed:
    """A number that a network computes here: another machine may round it otherwise, so the report keeps more of it
    than it shows."""

    value: float
    write: Callable[[float], str]

    @property
    def kept(self) -> str:
        """With DIGITS significant digits."""
        return f"{self.value:.{DIGITS}g}"

    @property
    def text(self) -> str:
        """As it is shown: what is written of `kept`."""
        return self.write(float(self.kept))


@dataclass(frozen=True)
class Cell:
    """One entry of a table."""

    text: str
    origin: Origin = Origin()
    computed: Computed | None = None  # what `text` was written from


@dataclass(frozen=True)
class Table:
    """Numbers below a caption; the first cell of a row says what it is about."""

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """Pixels with a line above them."""

    label: str
    pixels: np.ndarray  # uint8 (H, W, 3)


@dataclass(frozen=True)
class Figure:
    """A chart as SVG, or pictures beside each other."""

    key: str
    caption: str
    alt: str  # what it shows, for those who cannot see it
    origin: Origin
    svg: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A finding with all that is needed to check it."""

    sentence: str
    rule: str
    threshold: str  # "" where nothing is decided
    numbers: tuple[tuple[str, str], ...]
    origin: Origin


Block = str | Table | Figure | Statement  # a str is a paragraph


@dataclass(frozen=True)
class Section:
    """A part of the report under a heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Part:
    """A section that is still to be made."""

    title: str
    content: str  # what will be in it, a few words
    make: Callable[[], Iterable[Block]]


@dataclass(frozen=True)
class Request:
    """What somebody asked for: with the runs' folders it decides every line of a report."""

    runs: tuple[str, ...]
    study: str = ""  # "": runs that were chosen one by one
    size: str = ""  # of a study: the id of a run that was trained at this size, as `report.request.size_key` says
    lecture: str = ""  # the JSON file of the lecture whose views the report shows
    title: str = ""
    authors: str = ""
    date: str = ""  # ISO 8601
    version: str = __version__  # of this app, when the report was made: another one may write its sentences otherwise
    names: dict[str, str] = field(default_factory=dict)  # id → what the run is called
    words: dict[str, str] = field(
        default_factory=dict
    )  # key of a figure, or INTRODUCTION or CONCLUSION → the author's Markdown


@dataclass(frozen=True)
class Report:
    """A whole report."""

    request: Request
    title: str
    question: str
    verdict: str
    sections: tuple[Section, ...]
    recipes: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # id → how a run, or one it starts from, was trained
