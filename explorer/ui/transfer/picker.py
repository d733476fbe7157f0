"""Choosing a transfer: which networks, what they have learned before, on what data, how large."""

from dataclasses import dataclass

import streamlit as st

from explorer.data import DATASETS
from explorer.models import MODELS
from explorer.runs import list_runs
from explorer.runs.names import run_names
from explorer.runs.published import PublishedModel, find_published, is_published, published_models
from explorer.studies import STUDIES, PlannedRun, Study, match_runs, plan_runs, sources, submit, with_model, with_source
from explorer.studies.plan import MOST_RUNS, Fingerprints
from explorer.studies.transfer import RATES, with_blocks
from explorer.training import TrainConfig
from explorer.ui import cache, choices, page
from explorer.ui.pickers.dataset import pick_data
from explorer.ui.pickers.offered import Offered, offered
from explorer.ui.study.picker import FULL, QUICK, warn_of_other_images
from explorer.ui.train.submission import session

MOST_NETWORKS = 2
BASE = STUDIES["transfer"]


@dataclass(frozen=True)
class Transfer:
    """One network's part: the study with its source, and its runs, with existing runs filled in."""

    network: str  # a model's name, or the id of the run with the pretrained weights
    name: str  # its display name
    study: Study
    plan: list[PlannedRun]

    @property
    def every(self) -> list[PlannedRun]:
        """All its runs in their current state, that of the pretrained weights first."""
        return [*self.before, *match_runs(self.plan, self.study, today=_today(self.plan))]

    @property
    def before(self) -> list[PlannedRun]:
        """The run of the pretrained weights, if it is trained for this transfer."""
        return match_runs(sources(self.plan), self.study, today=_today(self.plan))

    def submit(self) -> None:
        """Queue the missing runs, the source first."""
        submit(self.plan, self.study, today=_today(self.plan), session=session())


def _today(plan: list[PlannedRun]) -> Fingerprints:
    """The current fingerprints of the images of a plan's runs and of their sources."""
    return cache.fingerprints(planned.config for planned in (*plan, *sources(plan)))


def pick() -> list[Transfer]:
    """The transfers of one or two networks, all with the same images, steps and seeds."""
    row = st.container(horizontal=True, vertical_alignment="bottom")
    target, image_size, skip_damaged = pick_data()
    with row:
        networks = _pick_networks()
        before = _pick_before(target)
        size = choices.segmented("Size", [QUICK, FULL], "transfer-size")
        blocks = choices.number_input(
            "Last blocks",
            0,
            16,
            0 if size == QUICK else 1,
            f"transfer-blocks-{size}",
            width=100,
            help="The number of blocks below the head that are trained with it, as a further variant; 0: none.",
        )
        base = with_blocks(BASE, int(blocks))
        chosen_size = base.size(size == QUICK)
        most = MOST_RUNS // len(base.variants_at(size == QUICK))
        seeds = choices.number_input("Seeds", 1, most, chosen_size.seeds, f"transfer-seeds-{size}", width=100)
        epochs = choices.number_input("Epochs", 1, 1000, chosen_size.epochs, f"transfer-epochs-{size}", width=100)
        head_rate = _pick_head_rate()
    if not networks:
        page.stop_with("Choose a network above: an architecture, which is pretrained first, or a trained run.")
    if len(networks) > MOST_NETWORKS:
        st.caption(f"This page compares {MOST_NETWORKS} networks: the first {MOST_NETWORKS} of {len(networks)} chosen.")
    studies = {name: _study(base, name, before) for name in networks[:MOST_NETWORKS]}
    chosen = (target, size == QUICK, int(seeds), image_size, skip_damaged)
    return [
        _transfer(name, study, plan_runs(study, *chosen, epochs=int(epochs), head_learning_rate=head_rate))
        for name, study in studies.items()
    ]


def _transfer(network: str, study: Study, plan: list[PlannedRun]) -> Transfer:
    today = _today(plan)
    warn_of_other_images(plan, study, today)
    return Transfer(network, _name(network), study, match_runs(plan, study, today=today))


def note(transfers: list[Transfer]) -> str:
    """What is chosen, in words."""
    sentences = [_sentence(transfer) for transfer in transfers]
    equal = " Both take the same steps on the same images: the budgets are equal in steps, not in seconds."
    return f"{'; '.join(sentences)}.{equal if len(sentences) > 1 else ''} {BASE.hint}"


def _sentence(transfer: Transfer) -> str:
    if transfer.plan[0].config.model != transfer.network:
        return f"{transfer.name} is already pretrained"
    return f"{transfer.name} is first pretrained on {DATASETS[transfer.study.sources['']].title}"


def _study(base: Study, network: str, before: str) -> Study:
    if network in MODELS:
        return with_source(with_model(base, network), before)
    return with_source(base, network)


def _pick_head_rate() -> float:
    return choices.number_input(
        "Head learning rate",
        1e-4,
        1.0,
        RATES["head_learning_rate"],
        "transfer-head-rate",
        step=0.001,
        format="%g",
        width=110,
        help=f"Peak learning rate of the class head, for every variant; all other layers have "
        f"{RATES['learning_rate']:g}.",
    )


def _pretrained() -> Offered:
    """The runs and published models whose weights a transfer can start from."""
    finished = [run for run in list_runs() if run.status == "finished" and _whole(run.config.training)]
    return offered([run for run in finished if not run.record.archived], published_models())


def _name(network: str) -> str:
    """The name of a network; a trained one is told apart from its architecture."""
    return network if network in MODELS else _trained(network, run_names(_pretrained().by_id.values())[network])


def _trained(run_id: str, name: str) -> str:
    return name if is_published(run_id) else f"trained {name}"


def _pick_networks() -> list[str]:
    pretrained = _pretrained()
    names = {model: model for model in MODELS}
    names |= {key: _trained(key, pretrained.label(key)) for key in pretrained.by_id}
    return choices.multiselect(
        "Networks",
        list(names),
        "networks",
        [BASE.base],
        format_func=names.__getitem__,
        width=300,
        help="Architectures, which are first pretrained on other data; your own runs; models pretrained on ImageNet. "
        "Choose one, or two to compare.",
    )


def _whole(training: TrainConfig) -> bool:
    """Whether it trained on all images, from random weights. Other runs could be a source too, but a transfer study has
    many of them."""
    return training.fraction == 1 and not training.source


def _pick_before(target: str) -> str:
    """The data on which architectures are trained first; the choice is kept for each target data set separately."""
    offered = [name for name in DATASETS if name != target]
    default = BASE.sources.get(target, BASE.sources[""])
    return choices.selectbox("Pretrained on", offered, f"before-{target}", default, width=160)


def unfetched(transfers: list[Transfer]) -> list[PublishedModel]:
    """The published models among them whose weights are not on this machine."""
    published = [find_published(transfer.network) for transfer in transfers if is_published(transfer.network)]
    return [model for model in published if not model.is_here]
