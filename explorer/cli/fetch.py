"""`fetch`: a published model's weights, once."""

import sys

import typer

from explorer.cli.common import RunId


def fetch(run: RunId) -> None:
    """Download the weights of a published model into torch's cache, where other programs find them too.

    Stopped with Ctrl-C, it leaves nothing behind.
    """
    from explorer.runs.fetch import fetch as fetch_weights
    from explorer.runs.published import find_published

    wanted = find_published(run)
    with typer.progressbar(length=1000, label=run, file=sys.stderr) as bar:

        def progress(fraction: float, text: str) -> None:
            bar.update(int(1000 * fraction) - bar.pos)

        fetch_weights(wanted, progress)
    print(wanted.published.path)
