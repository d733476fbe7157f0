"""Which runs the Runs page lists, and in which order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.runs import Run
from explorer.runs.kept import kept
from explorer.runs.names import found_by
from explorer.text import plural
from explorer.ui import choices, page

NO_STUDY, STARRED = "no study", "only-starred"
NEWEST, NAME, ACCURACY, STUDY = "newest", "name", "accuracy", "study"
ORDERS = {NEWEST: "newest first", NAME: "name", ACCURACY: "validation accuracy", STUDY: "grouped by study"}


def _studies(run: Run) -> list[str]:
    return [record.name for record in run.studies]


FACTS: dict[str, Callable[[Run], Sequence[str]]] = {  # a fact that runs can be filtered by → its values for a run
    "data": lambda run: [run.config.dataset],
    "network": lambda run: [run.config.model],
    "study": lambda run: _studies(run),
    "status": lambda run: [run.status],
    "tag": lambda run: run.record.tags,
    "who": lambda run: [run.record.who] if run.record.who else [],
}


@dataclass(frozen=True)
class Filter:
    """What a run must match: every word of the search, and one of the chosen values of each fact."""

    search: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    starred: bool = False
    archived: bool = False  # list archived runs too

    @property
    def words(self) -> list[str]:
        """The filter in words, as the page shows it; empty if it matches every run outside the archive."""
        searched = [f"“{self.search}”"] if self.search else []
        facts = [f"{fact} {' or '.join(values)}" for fact, values in self.chosen if values]
        return [*searched, *facts, *(["starred"] if self.starred else [])]

    def takes(self, run: Run, name: str) -> bool:
        """Whether the run, under this display name, is listed."""
        record = run.record
        if (self.starred and not record.starred) or (record.archived and not self.archived):
            return False
        if any(values and not set(values) & set(FACTS[fact](run)) for fact, values in self.chosen):
            return False
        if not self.search:
            return True
        facts = [value for values in FACTS.values() for value in values(run)]
        text = " ".join([name, found_by(run.config), run.id, record.note or "", *facts]).casefold()
        return all(word in text for word in self.search.casefold().split())


@kept
def _values(runs: Iterable[Run]) -> dict[str, list[str]]:
    """Fact → all its values among these runs."""
    runs = list(runs)
    return {fact: sorted({value for run in runs for value in values_of(run)}) for fact, values_of in FACTS.items()}


def pick_filter(runs: Sequence[Run]) -> tuple[Filter, str]:
    """One row of widgets: the filter, and the order of the list. To leave room for the list, facts are behind a button,
    and a fact that is the same for all runs is not offered."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = choices.text_input("Search", "search", width=180, placeholder="name, seed, note, tag …")
        with st.popover("Filter", icon=":material/filter_alt:"), st.container(horizontal=True, width=356):
            chosen = [
                (fact, tuple(_pick(fact, values))) for fact, values in _values(runs).items() if _tells(fact, values)
            ]
            starred = choices.toggle("Starred", STARRED)
            archived = choices.toggle("Archived too", "archived")
        order = choices.selectbox("Order", list(ORDERS), "order", format_func=ORDERS.__getitem__, width=180)
        found = Filter(search, tuple(chosen), starred, archived)
        if found.words:
            st.button("Show all", icon=":material/filter_alt_off:", on_click=_show_all, type="tertiary")
    return found, order


def _tells(fact: str, values: Sequence[str]) -> bool:
    """Whether the fact can tell runs apart; one tag is enough, because a run may have none."""
    return len(values) > (fact not in ("tag", "who"))


def _pick(fact: str, values: Sequence[str]) -> list[str]:
    anything = "Anybody" if fact == "who" else f"Any {fact}"
    return choices.multiselect(fact.capitalize(), values, f"only-{fact}", width=170, placeholder=anything)


def say(listed: int, there: int, chosen: Filter) -> None:
    """Show the verdict: how many runs are listed, out of how many, and by which filter."""
    found = f": {', '.join(chosen.words)}" if chosen.words else ""
    of = f"of {plural(there, 'run')}{found}"
    page.verdict(f"{listed:,} {of}. Select rows to show, mark or delete them." if listed else f"None {of}.")


def _show_all() -> None:
    """Clear the search and the filters; called before the widgets are shown."""
    for key in ("search", STARRED, *(f"only-{fact}" for fact in FACTS)):
        choices.put(key, "" if key == "search" else False if key == STARRED else [])


def in_order(runs: Sequence[Run], order: str, names: dict[str, str]) -> list[Run]:
    """`runs`, which come newest first, in the chosen order; ties stay newest first."""
    keys: dict[str, Callable[[Run], Any]] = {
        NEWEST: lambda run: 0,
        NAME: lambda run: names[run.id].casefold(),
        ACCURACY: lambda run: -(run.best_validation_accuracy or 0.0),
        STUDY: lambda run: (not run.studies, _studies(run)[:1], names[run.id].casefold()),
    }
    return sorted(runs, key=keys[order])


def grouped(runs: Sequence[Run], order: str) -> dict[str, list[Run]]:
    """Heading → its runs, for runs `in_order`: one per study, with a run of several studies in the first; a single
    heading "" if they are not grouped."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        heading = next(iter(_studies(run)), NO_STUDY) if order == STUDY else ""
        groups.setdefault(heading, []).append(run)
    return groups
