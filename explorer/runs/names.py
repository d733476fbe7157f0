"""What runs are called: by what sets each apart among those shown.

A name is the network's title and, of the settings in a fixed order, those in which a run differs from another that has
been called the same so far: "VGG-16 · seed 1", "simple_cnn · 1 % · frozen". So a name cut short at any part fits two of
the runs, their order does not matter, and one more run can only make names longer. Where runs do not differ at all,
their numbers do. A name that a person gave comes in place of the title, without its middle where it is long.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from explorer.runs.checkpoint import WeightsSource
from explorer.runs.config import RunConfig
from explorer.runs.folder import RUN_ID, Run
from explorer.runs.kept import kept
from explorer.runs.wording import rank, words_of

SEPARATOR = " · "
LONGEST = 40  # characters of a given name: a line of a telephone
TAIL = 14  # of them from its end, where numbers mostly stand
LAST = ("sample", "weights", "number", "id")  # of the parts of a name, behind the settings
Words = dict[str, str]  # setting → what a name says of it


class Described(NamedTuple):
    """All that a name can be made of."""

    title: str
    given: bool  # by a person
    words: Words

    @property
    def kind(self) -> tuple[str, bool]:
        """Among runs of one kind, `distinct` looks for what sets them apart."""
        return self.title, self.given


def run_names(runs: Iterable[WeightsSource]) -> dict[str, str]:
    """id → display name, all different; give all runs and published models that are shown together."""
    return dict(_run_names(runs))


def default_names(runs: Sequence[Run]) -> dict[str, str]:
    """id → what each would be called if nobody had given a name to any of them."""
    described = [_described(run, given=False) for run in runs]
    return {run.id: SEPARATOR.join(parts) for run, parts in zip(runs, distinct(described), strict=True)}


@kept
def _run_names(runs: Iterable[WeightsSource]) -> dict[str, str]:
    by_id = {run.id: run for run in runs}
    return dict(zip(by_id, _names(list(by_id.values())), strict=True))


def _names(shown: Sequence[WeightsSource]) -> list[str]:
    described = [_described(run) for run in shown]
    parts, clashing = distinct(described), _clashing(described)
    for run, name_parts in zip(described, parts, strict=True):
        if run.given and run.title in clashing and name_parts[-1] != run.words["id"]:
            name_parts.append(run.words["id"])
    return [SEPARATOR.join(name_parts) for name_parts in parts]


def config_names(configs: Sequence[RunConfig], without: Sequence[str] = ()) -> list[str]:
    """What runs with these configs would be called; equal ones are called alike. `without`: settings to pass over."""
    words = [{key: text for key, text in _words(config).items() if key not in without} for config in configs]
    return [
        SEPARATOR.join(parts)
        for parts in distinct([Described(words_of["model"], False, words_of) for words_of in words])
    ]


@lru_cache(maxsize=4096)
def found_by(config: RunConfig) -> str:
    """What a search finds a run by, also under a name that a person gave: the title of its network, and in words each
    setting that is not at its default."""
    words, plain = _words(config), _words(RunConfig(config.dataset, config.model))
    return " ".join(text for key, text in words.items() if key == "model" or plain.get(key) != text)


def distinct(described: Sequence[Described]) -> list[list[str]]:
    """Of each the title and the words that set it apart.

    Whether a setting is needed depends on those alone that agree in the title and in all settings before it.
    """
    parts = [[run.title] for run in described]
    alike = _grouped(range(len(described)), lambda index: described[index].kind)
    for key in sorted({key for run in described for key in run.words}, key=_place):
        groups: list[list[int]] = []
        for group in (indices for indices in alike if len(indices) > 1):
            words_of = [described[index].words.get(key) for index in group]
            if words_of.count(words_of[0]) == len(group):  # most settings, and of thousands of runs
                groups.append(group)
                continue
            for index, words in zip(group, words_of, strict=True):
                parts[index] += [words] if words else []
            groups += _grouped(group, lambda index, key=key: described[index].words.get(key))
        alike = groups
    return parts


def _described(source: WeightsSource, given: bool = True) -> Described:
    """given: by the name that a person gave it, where there is one."""
    words = {**_words(source.config), "id": source.id}
    title = f"{source.kind} {words['model']}".lstrip()
    if isinstance(source, Run) and source.is_sample:
        words["sample"] = "sample"
    if source.version:
        words["weights"] = source.version
    if number := RUN_ID.fullmatch(source.id):
        words["number"] = f"#{int(number[1])}"
    name = source.given_name if given else None
    return Described(_shortened(name or title), name is not None, words)


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST else f"{title[: LONGEST - TAIL - 1].rstrip()}…{title[-TAIL:].lstrip()}"


@lru_cache(maxsize=4096)
def _words(config: RunConfig) -> Words:
    from explorer.models import title  # imports torch

    return {"model": title(config.model, config.options), **words_of(config)}


def _clashing(described: Iterable[Described]) -> set[str]:
    """The titles that others, or their parts, could be taken for."""
    kinds = {run.kind for run in described}
    by_first = _grouped(kinds, lambda kind: kind[0].partition(SEPARATOR)[0])
    return {title for group in by_first if len(group) > 1 for title, _ in group}


def _grouped(items: Iterable[Any], of: Callable[[Any], Any]) -> list[list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(of(item), []).append(item)
    return list(groups.values())


def _place(key: str) -> tuple[int | str, ...]:
    """Where the words of a setting stand in a name."""
    if key == "model":
        return 0, 0, ""
    return (2, LAST.index(key), "") if key in LAST else (1, *rank(key))
