"""The command line, a public contract. Each command imports what it needs when it runs: `--help` answers at once."""

import sys
from typing import Any

import typer

from explorer.cli import (
    check_loss,
    fetch,
    findings,
    inference,
    listing,
    manage,
    registries,
    report,
    study,
    take_home,
    train,
)
from explorer.errors import UserError, disk_problem

# The base of all usage errors. Newer versions of typer contain a click of their own, which has no public name.
Usage: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")

app = typer.Typer(
    help="A lab bench for image-classifier architectures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    registries.datasets,
    registries.models,
    train.train,
    train.resume,
    study.studies,
    study.study,
    listing.list_,
    manage.rename,
    manage.note,
    manage.tag,
    manage.star,
    manage.archive,
    manage.delete,
    manage.restore,
    fetch.fetch,
    inference.predict,
    inference.explain,
    inference.evaluate,
    findings.findings,
    check_loss.check_loss,
    report.report,
    report.verify,
    take_home.export,
    take_home.import_,
):
    app.command(command.__name__.rstrip("_").replace("_", "-"))(command)


def main(arguments: list[str]) -> int:
    """The exit code: 0, 1 for a run that failed, 2 for wrong input."""
    try:
        return app(arguments, standalone_mode=False) or 0
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    except Usage as error:
        print(error.format_message(), file=sys.stderr)
        return 2
    except OSError as error:
        if (sentence := disk_problem(error)) is None:
            raise
        print(sentence, file=sys.stderr)
        return 2
    except (KeyboardInterrupt, typer.Abort):
        return 130
