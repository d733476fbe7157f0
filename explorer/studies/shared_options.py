"""Options that all networks of a study share: a study holds equal what it does not vary, at a value that the user can
choose."""

from dataclasses import replace
from typing import Any

from explorer.errors import UserError, unknown
from explorer.models import options
from explorer.options import Option, parse_option
from explorer.studies.study import Size, Study, Variant


def shared_options(study: Study) -> dict[str, Option]:
    """The options of the study's networks that it does not vary, with the base's values as defaults; if several
    networks have an option, the first one's."""
    models = dict.fromkeys([*filter(None, [study.model]), *(v.model for v in _variants(study) if v.model)])
    offered: dict[str, Option] = {}
    for model in models:
        offered = {**options(model), **offered}
    varied = _varied(study)
    return {
        name: replace(option, default=study.options.get(name, option.default))
        for name, option in offered.items()
        if name not in varied
    }


def with_options(study: Study, given: dict[str, Any]) -> Study:
    """The study with these options, values or text, in every one of its networks that has them.

    A value that is a network's default is left out of its options, so that existing runs are found.

    Raises UserError if no network has one of them, or if the study varies it itself.
    """
    offered = shared_options(study)
    for name in given:
        if name in _varied(study):
            raise UserError(f"Study {study.name} varies {name} itself: leave it out.")
        if name not in offered:
            raise unknown(f"option in the networks of study {study.name}", name, offered)

    def applied(model: str, options_before: dict[str, Any]) -> dict[str, Any]:
        declared = options(model)
        new = {name: parse_option(name, declared[name], value) for name, value in given.items() if name in declared}
        unchanged = {name: value for name, value in options_before.items() if name not in new}
        return unchanged | {name: value for name, value in new.items() if value != declared[name].default}

    def changed(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
        return tuple(replace(v, options=applied(v.model, v.options)) if v.model else v for v in variants)

    def resized(size: Size) -> Size:
        of_base = {name: value for name, value in size.options.items() if name not in given}
        return replace(size, variants=changed(size.variants), options=of_base)

    return replace(
        study,
        options=applied(study.model, study.options) if study.model else study.options,
        variants=changed(study.variants),
        quick=resized(study.quick),
        full=resized(study.full),
    )


def _variants(study: Study) -> tuple[Variant, ...]:
    return (*study.variants, *study.quick.variants, *study.full.variants)


def _varied(study: Study) -> set[str]:
    return {name for variant in _variants(study) for name in variant.options}
