"""Options that several commands share."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.options import Option, parse_option

if TYPE_CHECKING:
    from explorer.data import Dataset

Checkpoints = Annotated[
    str | None,
    typer.Option("--checkpoints", envvar="EXPLORER_CHECKPOINTS", metavar="DIR", help="The folder with the runs."),
]
Data = Annotated[
    str | None, typer.Option("--data", envvar="EXPLORER_DATA", metavar="DIR", help="The folder with the data sets.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, as `list` prints it.")]
SkipDamaged = Annotated[
    bool, typer.Option("--skip-damaged", help="Skip images that cannot be read; for folder:PATH only.")
]
ImageSize = Annotated[str, typer.Option("--image-size", metavar="N", help="Pixels a side; for folder:PATH only.")]
Epoch = Annotated[
    str, typer.Option("--epoch", help="best (the highest validation accuracy), last, or the number of an epoch.")
]


def print_report(data: "Dataset") -> None:
    """Print which classes, counts and splits were read from a folder, and what was left out, before anything is
    trained."""
    if data.report:
        for line in (data.report.summary, *data.report.remarks):
            print(line, file=sys.stderr)
        for split, counts in data.report.counts.items():
            each = ", ".join(f"{name} {count:,}" for name, count in zip(data.classes, counts, strict=True))
            print(f"  {split}: {each}", file=sys.stderr)


def epoch_of(text: str) -> int | str:
    """A number as an int; best, last and any other text unchanged."""
    return int(text) if text.isdigit() else text


def whole_number(name: str, text: str) -> int:
    """The number given for `name`. Raises UserError if it is not a whole number."""
    return parse_option(name, Option(0, "", type=int), text)
