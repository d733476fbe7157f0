"""The numbers of a chart under the titles of its axes, for a table beside it or a saved file."""

import re
from collections.abc import Iterator

import pandas as pd

PLACES = ("axis", "legend", "header")  # of a title, beside the channel's own
UNUSABLE = re.compile(r"""[.\[\]'"\\]""")  # characters that a Vega field name cannot contain
TEXTS = ("expr", "test", "transform", "sort")  # finds field names in a text
LONG = 20  # characters of a title
Drawn = tuple[str, str, str]  # data set, field, the title that the field is shown under or ""


def with_titles(specification: dict, short: bool = False) -> dict:
    """A Vega-Lite specification that draws the same, with its fields named by the titles that it shows them under.

    `specification`: its `datasets` are DataFrames, which are not changed. The one with the most drawn fields comes
    first, because a browser shows that one as a table; its number of rows does not matter, because a chart that is
    updated in place identifies its data by their order. Columns that are not drawn are left out of it. `short`: long
    titles lose what is in brackets or after a comma, for a table as narrow as the chart. A field that an expression or
    a transformation names keeps its name.
    """
    tables: dict[str, pd.DataFrame] = specification.get("datasets", {})
    rest = {key: part for key, part in specification.items() if key != "datasets"}
    drawn, texts, titles = list(_drawn(rest, "")), set(_texts(rest)), titles_of(specification, short)
    visible = {(data, field) for data, field, _ in _drawn(rest, "", apart_from="tooltip")}
    ordered = sorted(tables, key=lambda name: -sum(data == name for data, _ in visible))
    used = {field for data, field, _ in drawn if data == ordered[0]} | texts if ordered else texts
    shown = {
        name: tables[name] if at else tables[name][[column for column in tables[name] if str(column) in used]]
        for at, name in enumerate(ordered)
    }
    datasets = {name: table.rename(columns=titles) for name, table in shown.items()}
    return {key: _renamed(part, titles) for key, part in rest.items()} | {"datasets": datasets}


def titles_of(specification: dict, short: bool = False) -> dict[str, str]:
    """Field → the title under which `with_titles` draws it, for the fields that it renames."""
    tables: dict[str, pd.DataFrame] = specification.get("datasets", {})
    rest = {key: part for key, part in specification.items() if key != "datasets"}
    texts = set(_texts(rest))
    drawn = [
        (data, field, _cut(title) if short else title) for data, field, title in _drawn(rest, "") if field not in texts
    ]
    return _titles(drawn, {str(column) for table in tables.values() for column in table})


def _titles(drawn: list[Drawn], taken: set[str]) -> dict[str, str]:
    """Field → the first title that it is shown under, if that can be a name and is not taken."""
    titles: dict[str, str] = {}
    for _, field, title in drawn:
        free = title and title not in {*taken, *titles.values()} and not UNUSABLE.search(title)
        if free and field not in titles:
            titles[field] = title
    return titles


def _cut(title: str) -> str:
    return re.split(r" \(|, ", title)[0] if len(title) > LONG else title


def _drawn(part: object, data: str, apart_from: str = "") -> Iterator[Drawn]:
    if isinstance(part, list):
        for each in part:
            yield from _drawn(each, data, apart_from)
    if not isinstance(part, dict):
        return
    own = part.get("data")
    data = own.get("name", data) if isinstance(own, dict) else data
    if isinstance(part.get("field"), str):
        yield data, part["field"], _title(part)
    ends = [key for key in ("x", "y") if f"{key}2" in part]  # of a band: its lower end is not what the title says
    for key, each in part.items():
        if key == "fields":
            yield from ((data, field, "") for field in each)
        elif key in ends:
            yield from ((data, field, "") for data, field, _ in _drawn(each, data))
        elif key != apart_from:
            yield from _drawn(each, data, apart_from)


def drawn_fields(specification: dict) -> set[str]:
    """The fields that a Vega-Lite specification draws, without those that only decide what is drawn."""
    return {field for _, field, _ in _drawn({**specification, "datasets": {}}, "")}


def _title(channel: dict) -> str:
    for place in (channel, *(channel.get(name) for name in PLACES)):
        title = place.get("title") if isinstance(place, dict) else None
        if isinstance(title, str) and title.strip():
            return title
    return ""


def _texts(part: object, is_text: bool = False) -> Iterator[str]:
    """The words of all texts that may name a field; those of an axis name scales and labels."""
    if isinstance(part, str) and is_text:
        yield from re.findall(r"\w+", part)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each, is_text)
    elif isinstance(part, dict):
        for key, each in part.items():
            if key != "axis":
                yield from _texts(each, is_text or key in TEXTS)


def _renamed(part: object, titles: dict[str, str]) -> object:
    if isinstance(part, list):
        return [_renamed(each, titles) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _field(each, titles) if key in ("field", "fields") else _renamed(each, titles)
        for key, each in part.items()
    }


def _field(named: object, titles: dict[str, str]) -> object:
    """One field or a list of them."""
    if isinstance(named, list):
        return [_field(each, titles) for each in named]
    return titles.get(named, named) if isinstance(named, str) else _renamed(named, titles)
