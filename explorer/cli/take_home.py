"""`export` and `import`: a run in a form that other programs read, and a run from another machine."""

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.common import Checkpoints, Data, RunId
from explorer.errors import UserError

FORMS = "zip (the run itself), pytorch (code without this app), hub, onnx, tensorboard or csv; see docs/export.md."


def export(
    run: RunId,
    form: Annotated[str, typer.Option("--as", "--format", metavar="FORM", help=FORMS)],
    out: Annotated[Path, typer.Option("--out", metavar="PATH", help="The file or folder to write.")],
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> None:
    """Write a run in a form that other programs read. A form that is a folder becomes a zip file if PATH ends in
    .zip."""
    from explorer.export import forms
    from explorer.runs import find

    forms.export(find(run, checkpoints), form, out, data)
    print(out)


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A run that `export --as zip` wrote.")],
    images: Annotated[
        str | None,
        typer.Option("--images", metavar="DIR", help="The images of a run that learned from a folder elsewhere."),
    ] = None,
    checkpoints: Checkpoints = None,
) -> None:
    """Import a run from another machine, and print its id here. It is checked before anything of it is stored."""
    from explorer.export.bring_in import bring_in

    try:
        with file.open("rb") as archive:
            run = bring_in(archive, checkpoints, images)
    except FileNotFoundError:
        raise UserError(f"There is no file {file}: give a run's zip file.") from None
    except IsADirectoryError:
        raise UserError(f"{file} is a folder: give a run's zip file, as `export --as zip` writes it.") from None
    print(run.id)
