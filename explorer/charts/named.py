"""Runs under their names in a chart: charts are made with ids, which determine colours, and shown with names."""

from collections.abc import Mapping

import pandas as pd

from explorer.charts.sizes import entry_width

COLUMNS = ("run", "series")  # fields of data that may contain ids


def with_names(specification: dict, names: Mapping[str, str], present: bool = False) -> dict:
    """A Vega-Lite specification with the name of each run in place of its id: in data, scales, titles and legends.

    `specification`: its `datasets` are DataFrames, which are not changed. `names`: id → name, all different. A click in
    the chart then returns a name.
    """
    datasets = {key: _renamed(table, names) for key, table in specification.get("datasets", {}).items()}
    rest = {key: part for key, part in specification.items() if key != "datasets"}
    return {key: _named(each, names, present) for key, each in rest.items()} | {"datasets": datasets}


def _renamed(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    found = {
        column: table[column].map(lambda run_id: names.get(run_id, run_id)) for column in COLUMNS if column in table
    }
    return table.assign(**found) if found else table


def _named(part: object, names: Mapping[str, str], present: bool) -> object:
    if isinstance(part, str):
        return names.get(part, part)
    if isinstance(part, list):
        return [_named(each, names, present) for each in part]
    if not isinstance(part, dict):
        return part
    made = {key: each if key == "field" else _named(each, names, present) for key, each in part.items()}
    legend, scale = made.get("legend"), made.get("scale")
    if isinstance(legend, dict) and "columns" in legend and isinstance(scale, dict):
        domain = scale.get("domain")
        if isinstance(domain, list) and domain != part["scale"]["domain"]:  # names and ids differ in length
            room, _, _ = part["legend"]["columns"]["expr"].rpartition(" / ")
            made["legend"] = {**legend, "columns": {"expr": f"{room} / {entry_width(domain, present):.0f}))"}}
    return made
