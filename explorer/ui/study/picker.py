"""Choosing a study: which one, on what data, how large, with how many seeds; and the form for a study of your own."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.data import DATASETS
from explorer.errors import UserError
from explorer.options import options_of
from explorer.studies import (
    STUDIES,
    PlannedRun,
    Study,
    axis_values,
    bases,
    match_runs,
    on_other_images,
    plan_runs,
    shared_options,
    with_model,
    with_options,
    your_own,
)
from explorer.studies.plan import MOST_RUNS, Fingerprints
from explorer.studies.your_own import NOT_AN_AXIS
from explorer.training import TrainConfig
from explorer.training.config import OF_THE_MACHINE
from explorer.ui import cache, choices, names, page, stage
from explorer.ui.markdown import literal
from explorer.ui.pickers.dataset import pick_data
from explorer.ui.pickers.options import chosen_options
from explorer.ui.pickers.share import pick_share
from explorer.ui.study import catalogue

FULL, QUICK = "full", "quick"
NONE = "–"
SIZE = "study-size"
SHARE = "study-share"
ALL = "all"
WORDS = {ALL: "All studies"}
OFFERED = [name for name in STUDIES if name != "transfer"]  # which has its own page
EXAMPLES = {"batch_size": "16, 64", "learning_rate": "0.01, 0.001", "weight_decay": "0, 0.1", "momentum": "0, 0.9"}


def pick(head: DeltaGenerator) -> tuple[Study, list[PlannedRun]]:
    """The study and its runs, with existing runs filled in.

    The study's question goes into `head` as soon as it is known, because later choices can end the page. Raises
    UserError if the visitor's own study has too many variants.
    """
    row = st.container(horizontal=True, vertical_alignment="bottom")
    # A link to a study that does not exist leads to the first one, with a notice.
    first = OFFERED[0] if choices.linked("study") else ALL
    with row:
        name = choices.selectbox(
            "Study", [ALL, *OFFERED], "study", first, lambda name: WORDS.get(name, name), width=260, always=True
        )
    if name == ALL:
        with head:
            page.title("Which setting matters?")
        if page.presenting():
            page.verdict(f"{len(STUDIES)} questions that your own runs can answer.")
            with stage.picture():
                catalogue.agenda()
        else:
            catalogue.show()
        page.end()
    with row:
        size = choices.segmented("Size", [QUICK, FULL], SIZE)
    study, quick = STUDIES[name], size == QUICK
    with head:
        page.title(study.question)
    with row:
        study = _with_base(study, quick)
        chosen_size = study.size(quick)
        most = MOST_RUNS // len(study.variants_at(quick))
        seeds = choices.number_input("Seeds", 1, most, chosen_size.seeds, f"study-seeds-{name}-{size}", width=120)
        epochs = choices.number_input("Epochs", 1, 1000, chosen_size.epochs, f"study-epochs-{name}-{size}", width=120)
        share = pick_share(SHARE)
    data, image_size, skip_damaged = pick_data()
    if name == "your-own":
        study = _form(study)
    with row:
        study = _with_options(study)
    plan = plan_runs(study, data, quick, int(seeds), image_size, skip_damaged, epochs=int(epochs), fraction=share)
    today = cache.fingerprints(planned.config for planned in plan)
    warn_of_other_images(plan, study, today)
    return study, match_runs(plan, study, today=today)


def warn_of_other_images(plan: list[PlannedRun], study: Study, today: Fingerprints) -> None:
    """Say which of the study's runs are not counted because their images have changed since."""
    others = on_other_images(plan, study, today=today)
    if others:
        many = f"{len(others)} runs of this study" if len(others) > 1 else names.of(others[0])
        st.warning(
            literal(
                f"{many} used images of {others[0].config.dataset} that have changed since, so new runs cannot be "
                f"compared with them: not counted here. Start the study to train again."
            ),
            icon=":material/warning:",
        )


def _with_base(study: Study, quick: bool) -> Study:
    """The study with the chosen base; the visitor's own study has a form for it, and some studies name their models."""
    offered = bases(study, quick)
    if study.name == "your-own" or len(offered) < 2:
        return study
    base = choices.selectbox("Base", offered, f"study-base-{study.name}", study.base, width=170)
    return with_model(study, base)


def _with_options(study: Study) -> Study:
    """The study with the options that all its networks get."""
    with st.popover(
        "Options", icon=":material/tune:", help="These options apply to all networks of the study that have them."
    ):
        chosen = chosen_options(shared_options(study), f"study-{study.name}-{study.model}")
    return with_options(study, chosen)


def fit(study: Study, epochs: int, fraction: float) -> None:
    """Choose these epochs and this share of the images; called by the button that fits a study into a lesson."""
    choices.put(f"study-epochs-{study.name}-{QUICK if is_quick() else FULL}", epochs)
    choices.put(SHARE, fraction)


def note(study: Study, quick: bool) -> str:
    """What to look at, what the chosen size leaves out, and the data of the lab course."""
    course = f"A lab course uses {DATASETS[study.lab].title}."
    return " ".join(filter(None, (study.hint, study.size(quick).note, course)))


def is_quick() -> bool:
    """Whether the quick size of a study was chosen last."""
    return choices.value_of(SIZE, QUICK) == QUICK


def _form(study: Study) -> Study:
    """The form of the visitor's own study: a base and one or two axes, each with its values."""
    from explorer.models import MODELS

    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = choices.selectbox("Base", list(MODELS), "own-model", study.base, width=170)
        names = axes_of(model)
        axes = {}
        for nth, label in enumerate(("Vary", "and")):
            offered = [name for name in names if name not in axes]
            offered = offered if nth == 0 else [NONE, *offered]
            first = "optimizer" if nth == 0 else NONE
            axis = choices.selectbox(label, offered, f"own-axis-{nth}", first, width=170)
            if axis != NONE:
                key = f"own-values-{nth}-{model}-{axis}"
                text = choices.text_input("Values, separated by commas", key, example(model, axis), width=240)
                axes[axis] = axis_values(model, axis, text)
    made = your_own(study, model, {}, study.training, axes)
    if len(made.variants) > MOST_RUNS:
        raise UserError(
            f"{len(made.variants)} variants are too many: give fewer values, for at most {MOST_RUNS} variants in total."
        )
    return made


def axes_of(model: str) -> list[str]:
    """What a study can vary: the model, how it is trained, its options."""
    from explorer.models import options

    return ["model", *sorted(options_of(TrainConfig()).keys() - NOT_AN_AXIS.keys() - OF_THE_MACHINE), *options(model)]


def example(model: str, axis: str) -> str:
    """Sample values of an axis, as a starting point."""
    from explorer.models import options

    if axis == "model":
        return f"{model}, mlp" if model != "mlp" else "mlp, simple_cnn"
    if axis in EXAMPLES:
        return EXAMPLES[axis]
    option = {**options_of(TrainConfig()), **options(model)}[axis]
    if option.choices:
        return ", ".join(map(str, option.choices[:4]))
    default = option.default
    if option.type is bool:
        return "true, false"
    if option.type is tuple:
        return ",".join(map(str, default)) + "; " + ",".join(str(width // 2) for width in default)
    other = 0.3 if option.type is float else default * 2 or 1
    return f"{default}, {other if option.takes(other) else option.low}"
