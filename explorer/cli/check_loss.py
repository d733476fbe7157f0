"""`check-loss`: can a loss from a report be a mean cross-entropy?"""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from explorer.cli.common import AsJson


def check_loss(
    loss: Annotated[float, typer.Option(help="The loss in nats per image.")],
    accuracy: Annotated[float, typer.Option(help="The accuracy on the same images, as a fraction.")],
    classes: Annotated[int, typer.Option(help="The number of classes.")] = 10,
    batch_size: Annotated[int | None, typer.Option(help="Images per batch, if known.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check whether a loss can be a mean cross-entropy at its accuracy and, if not, which mistake explains it."""
    from explorer.insights.check_loss import check_loss as checked

    found = checked(loss, accuracy, classes, batch_size)
    print(json.dumps(asdict(found), indent=1) if as_json else f"{found.sentence}\nRule: {found.rule}")
