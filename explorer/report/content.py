"""What a report is made of, before it is written as HTML or Markdown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explorer import __version__

DIGITS = 9
MOST_RUNS = 60  # of a report
INTRODUCTION, CONCLUSION = "introduction", "conclusion"  # keys of words that do not belong to a figure


@dataclass(frozen=True)
class Origin:
    """Where a number or figure comes from: a file of runs, with the hash of its content; empty if it comes from no
    file."""

    runs: tuple[str, ...] = ()
    file: str = ""  # in the folder of each run
    hashes: tuple[str, ...] = ()  # of the file, for each run


@dataclass(frozen=True)
class Computed:
    """A number that a network computes here. Another machine may round it differently, so the report stores more digits
    than it shows."""

    value: float
    write: Callable[[float], str]

    @property
    def kept(self) -> str:
        """The number with DIGITS significant digits."""
        return f"{self.value:.{DIGITS}g}"

    @property
    def text(self) -> str:
        """The text to show, written from `kept`."""
        return self.write(float(self.kept))


@dataclass(frozen=True)
class Cell:
    """One entry of a table."""

    text: str
    origin: Origin = Origin()
    computed: Computed | None = None  # what `text` was written from


@dataclass(frozen=True)
class Table:
    """Numbers below a caption; the first cell of a row says what the row is about."""

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
    """A chart as SVG, or pictures side by side."""

    key: str
    caption: str
    alt: str  # text alternative
    origin: Origin
    svg: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A finding with everything needed to check it."""

    sentence: str
    rule: str
    threshold: str  # "" if nothing is decided
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
    """A section that has not been made yet."""

    title: str
    content: str  # a few words about its content
    make: Callable[[], Iterable[Block]]


@dataclass(frozen=True)
class Request:
    """A requested report: together with the runs' folders it determines every line."""

    runs: tuple[str, ...]
    study: str = ""  # "": the runs were chosen one by one
    size: str = ""  # for a study: the id of a run of this size, see `report.request.size_key`
    lecture: str = ""  # the JSON file of the lecture whose views the report shows
    title: str = ""
    authors: str = ""
    date: str = ""  # ISO 8601
    version: str = __version__  # of this app when the report was made: another may word its sentences differently
    names: dict[str, str] = field(default_factory=dict)  # id → name of the run
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
    )  # id → how a run, or one that it starts from, was trained
