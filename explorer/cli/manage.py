"""Commands that organise runs: names, notes, tags, stars, the archive, and the trash."""

import sys
from typing import Annotated

import typer

from explorer.cli.common import Checkpoints, RunId

Runs = Annotated[list[str], typer.Argument(metavar="RUN…", help="Ids of runs, as `list` prints them.")]
Undo = Annotated[bool, typer.Option("--undo", help="Undo it.")]


def rename(
    run: RunId,
    name: Annotated[str, typer.Argument(help="One line; empty: the name made from what sets the run apart.")],
    checkpoints: Checkpoints = None,
) -> None:
    """Call a run by a name of your own wherever it is shown; its id stays."""
    from explorer.runs import annotate, find

    named = annotate.rename(find(run, checkpoints), name)
    print(f"{run} is called '{named.record.name}'." if named.record.name else f"{run} has no name of its own.")


def note(
    run: RunId,
    text: Annotated[str | None, typer.Argument(help="The new note; empty removes it. Without: print it.")] = None,
    checkpoints: Checkpoints = None,
) -> None:
    """Keep a note with a run, or print its note."""
    from explorer.runs import annotate, find

    found = find(run, checkpoints)
    if text is None:
        print(found.record.note or f"{run} has no note.")
        return
    noted = annotate.note(found, text)
    print(f"{run} has a new note." if noted.record.note else f"{run} has no note.")


def tag(
    run: RunId,
    tags: Annotated[list[str], typer.Argument(metavar="TAG…", help="Words to find the run by.")],
    remove: Annotated[bool, typer.Option("--remove", help="Remove these tags.")] = False,
    checkpoints: Checkpoints = None,
) -> None:
    """Give a run tags, or remove them."""
    from explorer.runs import annotate, find

    found = find(run, checkpoints)
    tagged = annotate.untag(found, tags) if remove else annotate.tag(found, tags)
    print(f"{run} has the tags: {', '.join(tagged.record.tags)}." if tagged.record.tags else f"{run} has no tags.")


def star(runs: Runs, undo: Undo = False, checkpoints: Checkpoints = None) -> None:
    """Star runs, to find them again."""
    from explorer.runs import annotate, find

    for run in [find(run, checkpoints) for run in dict.fromkeys(runs)]:
        annotate.star(run, not undo)
        print(f"{run.id} has {'no star' if undo else 'a star'}.")


def archive(runs: Runs, undo: Undo = False, checkpoints: Checkpoints = None) -> None:
    """Archive runs: `list` and the pages' first choices leave them out; nothing is lost, and links still work."""
    from explorer.runs import annotate, find

    for run in [find(run, checkpoints) for run in dict.fromkeys(runs)]:
        annotate.archive(run, not undo)
        print(f"{run.id} is {'back in the list' if undo else 'archived'}.")


def delete(runs: Runs, checkpoints: Checkpoints = None) -> None:
    """Move runs to the trash, from which `restore` brings them back for 30 days."""
    from explorer.runs import trash

    for run in dict.fromkeys(runs):
        for sentence in trash.consequences(run, checkpoints):
            print(sentence, file=sys.stderr)
        deleted = trash.delete(run, checkpoints)
        print(f"{run} is deleted; until {deleted.gone_at:%Y-%m-%d}, `restore {run}` brings it back.")


def restore(
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="RUN…", help="Ids of deleted runs. Without: list them.")
    ] = None,
    checkpoints: Checkpoints = None,
) -> None:
    """Restore deleted runs, or list those that can be restored."""
    from explorer.runs import trash

    for run in dict.fromkeys(runs or []):
        trash.restore(run, checkpoints)
        print(f"{run} is restored.")
    if runs:
        return
    there = trash.trashed(checkpoints)
    for old in there:
        print(f"{old.id:36s} deleted {old.deleted_at:%Y-%m-%d %H:%M} UTC, can be restored until {old.gone_at:%Y-%m-%d}")
    if not there:
        print("Nothing is in the trash.")
