"""The study that compares networks which somebody is about to train once."""

from collections.abc import Iterable, Mapping

from explorer.models import options as options_of_model
from explorer.options import OptionValue
from explorer.runs import RunConfig
from explorer.studies.catalogue import STUDIES
from explorer.studies.study import Study


def related_study(configs: Iterable[RunConfig]) -> Study | None:
    """The first study that trains all these networks, with the same options; None for fewer than two, or if there is
    none. A study of transfer does not count: its networks start from weights."""
    wanted = {_network(config.model, config.options) for config in configs}
    if len(wanted) < 2:
        return None
    return next((study for study in STUDIES.values() if not study.sources and wanted <= _networks(study)), None)


def _networks(study: Study) -> set[tuple[str, str]]:
    found = set()
    for variant in study.variants:
        model = variant.model or study.model
        if model is not None:
            base = study.options if model == study.model else {}
            found.add(_network(model, {**base, **variant.options}))
    return found


def _network(model: str, options: Mapping[str, OptionValue]) -> tuple[str, str]:
    """A network by what its options differ in from their defaults."""
    defaults = options_of_model(model)
    changed = {name: value for name, value in options.items() if value != defaults[name].default}
    return model, repr(sorted(changed.items()))
