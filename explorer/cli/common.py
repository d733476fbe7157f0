"""Options that several commands share."""

from typing import Annotated

import typer

Checkpoints = Annotated[
    str | None,
    typer.Option("--checkpoints", envvar="EXPLORER_CHECKPOINTS", metavar="DIR", help="Where run folders lie."),
]
Data = Annotated[str | None, typer.Option("--data", envvar="EXPLORER_DATA", metavar="DIR", help="Where data sets lie.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, as `list` prints it.")]
Epoch = Annotated[str, typer.Option("--epoch", help="best, last, or a number of epochs trained.")]


def epoch_of(text: str) -> int | str:
    return int(text) if text.isdigit() else text
