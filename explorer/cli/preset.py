"""`train --preset NAME`: a recipe; options on the command line override it."""

from collections.abc import Collection
from typing import Annotated, Any

import typer

from explorer.cli.training_flags import was_typed
from explorer.errors import unknown

Preset = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="A recipe, such as cifar10-best; other options override it."),
]


def of_preset(name: str | None, context: typer.Context, given: Collection[str]) -> dict[str, Any]:
    """The recipe's values that were not given on the command line: possibly "dataset" and "model", and fields of
    TrainConfig as "training".

    `given`: keys of --set. Contains the model's "options" if the model is the recipe's. Raises UserError if there is no
    such recipe.
    """
    if name is None:
        return {"training": {}, "options": {}}
    from explorer.studies.presets import PRESETS

    if name not in PRESETS:
        raise unknown("preset", name, PRESETS)
    recipe = PRESETS[name]
    typed = {key for key in context.params if was_typed(context, key)} | set(given)
    own_model = bool({"model", "source"} & typed) and context.params["model"] != recipe.model
    from_flags = {
        "training": {key: value for key, value in recipe.training.items() if key not in typed},
        "options": {} if own_model else recipe.options,
    }
    if "dataset" not in typed:
        from_flags["dataset"] = recipe.dataset
    if not own_model:
        from_flags["model"] = recipe.model
    return from_flags
