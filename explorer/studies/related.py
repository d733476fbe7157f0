"""The study that compares the networks that a visitor is about to train once."""

from collections.abc import Iterable

from explorer.models import changed_options
from explorer.runs import RunConfig
from explorer.studies.catalogue import STUDIES
from explorer.studies.study import Study

Compared = tuple[str, tuple[tuple[str, str], ...]]  # a model and its changed options


def related_study(configs: Iterable[RunConfig]) -> Study | None:
    """The first study that trains all these networks with the same options; None for fewer than two networks, or if
    there is no such study. A study of transfer does not count, because its networks start from trained weights."""
    wanted = {(config.model, changed_options(config.model, config.options)) for config in configs}
    if len(wanted) < 2:
        return None
    return next((study for study in STUDIES.values() if not study.sources and wanted <= _networks(study)), None)


def _networks(study: Study) -> set[Compared]:
    found: set[Compared] = set()
    for variant in study.variants:
        model = variant.model or study.model
        if model is not None:
            base = study.options if model == study.model else {}
            found.add((model, changed_options(model, {**base, **variant.options})))
    return found
