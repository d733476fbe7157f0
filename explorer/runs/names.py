"""The names of runs: each run is called by what sets it apart among those shown.

A name is the network's title and, from the settings in a fixed order, those in which the run differs from another that
has had the same name so far: "VGG-16 · seed 1", "simple_cnn · 1 % · frozen". So a name that is cut short fits at least
two of the runs, the order of the runs does not matter, and one more run can only make names longer. Runs that do not
differ at all get their numbers. A name that a person gave replaces the title, without its middle if it is long.
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
LONGEST = 40  # characters of a given name: one line of a phone
TAIL = 14  # of these, characters from its end, where numbers usually are
LAST = ("sample", "weights", "number", "id")  # between the parts of a name, after the settings
Words = dict[str, str]  # setting → its words in a name


class Described(NamedTuple):
    """Everything that a name can be made from."""

    title: str
    given: bool  # given by a person
    words: Words

    @property
    def kind(self) -> tuple[str, bool]:
        """`distinct` looks for differences only among runs of one kind."""
        return self.title, self.given


def run_names(runs: Iterable[WeightsSource]) -> dict[str, str]:
    """id → display name, all different; call it with all runs and published models that are shown together."""
    return dict(_run_names(runs))


def default_names(runs: Sequence[Run]) -> dict[str, str]:
    """id → the name that each would have if nobody had given a name to any of them."""
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
    """The names of runs with these configs; equal configs have equal names. `without`: settings to ignore."""
    words = [{key: text for key, text in _words(config).items() if key not in without} for config in configs]
    return [
        SEPARATOR.join(parts)
        for parts in distinct([Described(words_of["model"], False, words_of) for words_of in words])
    ]


@lru_cache(maxsize=4096)
def found_by(config: RunConfig) -> str:
    """The text by which a search finds a run, even if a person gave it a name: the title of its network, and in words
    each setting that is not at its default."""
    words, plain = _words(config), _words(RunConfig(config.dataset, config.model))
    return " ".join(text for key, text in words.items() if key == "model" or plain.get(key) != text)


def distinct(described: Sequence[Described]) -> list[list[str]]:
    """For each, the title and the words that set it apart.

    Whether a setting is needed depends only on those that agree in the title and in all settings before it.
    """
    parts = [[run.title] for run in described]
    alike = _grouped(range(len(described)), lambda index: described[index].kind)
    for key in sorted({key for run in described for key in run.words}, key=_place):
        groups: list[list[int]] = []
        for group in (indices for indices in alike if len(indices) > 1):
            words_of = [described[index].words.get(key) for index in group]
            if words_of.count(words_of[0]) == len(group):  # true for most settings, even of thousands of runs
                groups.append(group)
                continue
            for index, words in zip(group, words_of, strict=True):
                parts[index] += [words] if words else []
            groups += _grouped(group, lambda index, key=key: described[index].words.get(key))
        alike = groups
    return parts


def _described(source: WeightsSource, given: bool = True) -> Described:
    """`given`: start with the name that a person gave it, if there is one."""
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
    """The titles that could be confused with others, or with their parts."""
    kinds = {run.kind for run in described}
    by_first = _grouped(kinds, lambda kind: kind[0].partition(SEPARATOR)[0])
    return {title for group in by_first if len(group) > 1 for title, _ in group}


def _grouped(items: Iterable[Any], of: Callable[[Any], Any]) -> list[list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(of(item), []).append(item)
    return list(groups.values())


def _place(key: str) -> tuple[int | str, ...]:
    """The position of a setting's words in a name."""
    if key == "model":
        return 0, 0, ""
    return (2, LAST.index(key), "") if key in LAST else (1, *rank(key))
