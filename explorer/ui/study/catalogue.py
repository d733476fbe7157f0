"""The studies as cards: the question, how long it takes here, a small picture, and how much of it is done."""

from html import escape

import streamlit as st

from explorer.charts.formatting import seconds
from explorer.data import DATASETS
from explorer.runs import ACTIVE, Run
from explorer.runs.store import listed
from explorer.studies import STUDIES, PlannedRun, Study, match_runs, plan_runs
from explorer.studies.plan import SOURCE_NAME
from explorer.ui import cache, navigation
from explorer.ui.components.card import Card, cards
from explorer.ui.markdown import literal
from explorer.ui.study import pictures
from explorer.ui.study.pictures import Picture, Variants
from explorer.ui.train import estimate

DATA = "digits"  # of the quick size
_LEGEND = "display:flex;flex-wrap:wrap;gap:0 0.8em;font-size:0.8rem;line-height:1.3"
_MARK = "display:inline-block;width:1.4em;margin-right:0.3em;vertical-align:middle;border-top:3px"


def show() -> None:
    """Show a card for each; a click opens the study, or its own page if it has one."""
    of_study = listed().by_study
    cards([_card(study, of_study.get(study.name, [])) for study in STUDIES.values()])


def agenda() -> None:
    """Show the questions as a list for a class to read."""
    st.markdown("\n".join(f"1. {literal(study.question)}" for study in STUDIES.values()))


def _card(study: Study, runs: list[Run]) -> Card:
    plan = match_runs(plan_runs(study, DATA, quick=True), study, today={(DATA, 32): cache.dataset(DATA).fingerprint})
    done = [planned for planned in plan if planned.run and planned.run.status == "finished"]
    missing = [planned.config for planned in plan if planned not in done]
    if any(planned.run and planned.run.status in ACTIVE for planned in plan):
        text = f"{len(done)} of {len(plan)} runs done, in training now."
    elif not missing:
        text = f"Done: {len(plan)} runs."
    else:
        takes = estimate.rough_seconds(missing)
        how_long = "this machine is too busy to estimate the time"
        if takes is not None:
            how_long = f"about {seconds(max(1, round(takes)))} on this machine"
        text = f"{len(done)} of {len(plan)} runs done; the rest: " if done else f"{len(plan)} runs: "
        text += f"{how_long}."
    picture = pictures.of(study, _variants(done) or _elsewhere(study, runs))
    return Card(
        study.name,
        navigation.TRANSFER if study.sources else navigation.STUDY,
        study.question,
        f"{study.axis.capitalize()}, on {DATASETS[DATA].title.lower()}. {text}",
        picture.svg,
        picture.words if picture.names else f"A sketch, without numbers: {picture.words}",
        {} if study.sources else {"study": study.name},
        _legend(picture),
    )


def _variants(done: list[PlannedRun]) -> Variants:
    variants: Variants = {}
    for planned in done:
        if planned.run:
            variants.setdefault(planned.variant, []).append(planned.run)
    return variants


def _elsewhere(study: Study, runs: list[Run]) -> Variants:
    """The study's finished runs on other data or of another size: those on the data of the newest run whose data have
    several variants."""
    by_data: dict[str, Variants] = {}
    for run in runs:
        variant = run.variant_in(study.name)
        if run.status == "finished" and variant not in (None, SOURCE_NAME) and run.epochs_done:
            by_data.setdefault(run.config.dataset, {}).setdefault(variant, []).append(run)
    return next((variants for variants in by_data.values() if len(variants) > 1), {})


def _legend(picture: Picture) -> str:
    """What is drawn, and the variants with their colours and dashes."""
    marks = [
        f'<span style="white-space:nowrap"><span style="{_MARK} {_line(dash)} {colour}"></span>{escape(name)}</span>'
        for name, colour, dash in picture.names
    ]
    what = picture.words if picture.names else f"Sketch: {picture.words[0].lower()}{picture.words[1:]}"
    return f'<div style="{_LEGEND}">{"".join(marks)}<span>{escape(what)}</span></div>'


def _line(dash: tuple[float, ...]) -> str:
    return "solid" if dash[1] == 0 else "dotted" if dash[0] < dash[1] else "dashed"
