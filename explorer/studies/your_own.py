"""A study of the visitor's own: any base, one or two axes."""

from dataclasses import replace
from itertools import product
from typing import Any

from explorer.errors import UserError, unknown
from explorer.options import Option, options_of, parse_option
from explorer.studies.plan import TRAINING, with_model
from explorer.studies.study import Study, Variant
from explorer.training import TrainConfig

NOT_AN_AXIS = {
    "seed": "give a number of seeds instead",
    "extended": "it is set when a run is trained further",
    "epochs": "all runs of a study are trained for the same number of epochs",
    **dict.fromkeys(("tune", "source", "source_epoch", "head_learning_rate"), "the study transfer does that"),
}


def your_own(
    study: Study, model: str, options: dict[str, Any], training: dict[str, Any], axes: dict[str, list]
) -> Study:
    """`study` (the one named your-own) with a base and with one variant for every combination of the axes' values.

    `axes`: name → values, for one or two axes; a name is "model", a training setting, or an option of the model.

    Raises UserError if there are no axes or more than two, or if one of them cannot be varied.
    """
    if not 1 <= len(axes) <= 2 or not all(axes.values()):
        raise UserError(f"{len(axes)} axes are not possible: vary one or two settings, with at least one value each.")
    for name in axes:
        _refuse_what_is_no_axis(name)
    variants = tuple(_variant(dict(zip(axes, values, strict=True))) for values in product(*axes.values()))
    based = replace(with_model(study, model), options=options, training=training)
    quick = replace(study.quick, variants=())
    return replace(based, axis=" and ".join(axes).replace("_", " "), variants=variants, quick=quick)


def _variant(values: dict[str, Any]) -> Variant:
    name = ", ".join(str(v) if key == "model" else f"{key.replace('_', ' ')} {v}" for key, v in values.items())
    rest = {key: value for key, value in values.items() if key != "model"}
    return Variant(
        name,
        options={key: value for key, value in rest.items() if key not in TRAINING},
        training={key: value for key, value in rest.items() if key in TRAINING},
        model=values.get("model"),
    )


def _refuse_what_is_no_axis(name: str) -> None:
    if name in NOT_AN_AXIS:
        raise UserError(f"'{name}' cannot be varied: {NOT_AN_AXIS[name]}.")


def axis_values(model: str, name: str, text: str) -> list[Any]:
    """The values of one axis, separated by commas (by semicolons if the values contain commas), converted to their
    types in the model's options or in TrainConfig.

    Raises UserError if there is no such axis, or if values are missing or invalid.
    """
    from explorer.models import MODELS, options

    _refuse_what_is_no_axis(name)
    declared = {**options_of(TrainConfig()), "model": Option(model, "", choices=tuple(MODELS)), **options(model)}
    if name not in declared:
        raise unknown("axis", name, [key for key in declared if key not in NOT_AN_AXIS])
    values = [part.strip() for part in text.split(";" if ";" in text else ",") if part.strip()]
    if not values:
        raise UserError(f"Axis '{name}' has no values: separate them by commas, such as {declared[name].default},….")
    return [parse_option(name, declared[name], value) for value in values]
