"""The form of the Train page: data, networks, options, their cost, and the button."""

import streamlit as st

from explorer.mode import IN_A_DEMO, is_demo
from explorer.runs import RunConfig
from explorer.runs.check import check
from explorer.studies.related import related_study
from explorer.ui import choices, navigation, page, stage
from explorer.ui.pickers.dataset import pick_data
from explorer.ui.pickers.options import model_options, training_options
from explorer.ui.pickers.share import FIELD
from explorer.ui.train import estimate, fit_button, submission
from explorer.ui.train.presets import pick_preset

MOST_VARIANTS = 4  # variants of one network at once


def form() -> None:
    """Show the form and queue what the visitor has chosen; the result appears below the button. A public demo has no
    form."""
    configs = _configs()
    if is_demo():
        page.notes([IN_A_DEMO])
        return
    for config in configs:
        check(config)
    estimate.table(configs)
    if study := related_study(configs):
        st.page_link(
            navigation.STUDY.page(),
            label=f"Compare these with several seeds in the study “{study.name}”",
            icon=navigation.STUDY.icon,
            query_params={"study": study.name},
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        with stage.kept("start"):
            pressed = st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not configs)
        if configs:
            training = configs[0].training  # one for all networks
            fit_button.offer(
                estimate.expected_seconds(configs), training.epochs, training.fraction, _fit, "fit-training"
            )
    if pressed:
        submission.submit(submission.TRAIN, configs)
    submission.show(submission.TRAIN)


def _fit(epochs: int, fraction: float) -> None:
    choices.put("epochs", epochs)
    choices.put(FIELD, fraction)


def _configs() -> list[RunConfig]:
    """A config for each variant of each chosen network, without duplicates."""
    from explorer.models import MODELS

    pick_preset()
    data, size, skip_damaged = pick_data()
    models = choices.multiselect("Networks", list(MODELS), "models", ["simple_cnn"])
    training = training_options()
    configs: list[RunConfig] = []
    for model in models:
        for options in _variants(model):
            config = RunConfig(data, model, options, training, size, skip_damaged)
            if config not in configs:
                configs.append(config)
    return configs


def _variants(model: str) -> list[dict]:
    """The options of each variant of a network: a single one unless the visitor compares more."""
    from explorer.models import describe

    with st.expander(f"Options of {model}", icon=":material/account_tree:"):
        st.caption(describe(model))
        number = choices.number_input(
            "Variants",
            1,
            MOST_VARIANTS,
            1,
            f"{model}.variants",
            width=130,
            help="Train this network several times at once, each time with different options.",
        )
        chosen = []
        for nth in range(1, number + 1):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                if number > 1:
                    st.markdown(f"**{nth}**", width=20)
                chosen.append(model_options(model, nth))
    if number > len({repr(options) for options in chosen}):
        st.caption(f"Some variants of {model} are equal: each is trained once. Change an option to compare them.")
    return chosen
