"""The tables behind the charts of a transfer: one row per run, epoch or layer, with the way the run started."""

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from explorer.data import Dataset, to_tensor
from explorer.insights.findings.finding import Finding
from explorer.insights.findings.transfer import transfer_findings
from explorer.insights.findings.transfer_gains import gains
from explorer.models.network import Network
from explorer.runs import Checkpoint, Run
from explorer.runs.history import read_test_predictions
from explorer.runs.pretrained import START
from explorer.runs.weights import weights_file
from explorer.runs.wording import share_of_images, way_to_start
from explorer.studies import existing
from explorer.ui import cache, names
from explorer.ui.transfer.picker import Transfer

if TYPE_CHECKING:
    from torch import Tensor, nn

PROBE = 128  # validation images on which CKA compares two states
MOST_FLOATS = 20_000_000  # bytes of all their feature maps; networks for large images are compared on fewer images
FEWEST = 32


class View:
    """The runs of one or two networks that have finished an epoch; a line is a network's way to start."""

    def __init__(self, transfers: list[Transfer]) -> None:
        self.several = len(transfers) > 1
        self.begun = [(t.name, run) for t in transfers for run in _begun(t)]

    @cached_property
    def results(self) -> pd.DataFrame:
        """Every finished run: model, mode, share, seed, line, run, images, accuracy (on the test images), seconds, and
        correct (bool, one per test image; None if the predictions were not stored)."""
        rows = [
            {**self._where(network, run), **_tested(run), **_cost(run)}
            for network, run in self.begun
            if run.status == "finished"
        ]
        return pd.DataFrame(rows, columns=[*_WHERE, "accuracy", "correct", "images", "seconds"])

    @cached_property
    def gains(self) -> pd.DataFrame:
        """The table of `explorer.insights.findings.transfer_gains.gains`, with line and the first run of each."""
        table = gains(self.results)
        firsts = self.results.drop_duplicates(["model", "mode"]).set_index(["model", "mode"])
        places = list(zip(table["model"], table["mode"], strict=True))
        return table.assign(
            line=[firsts.loc[index, "line"] for index in places], run=[firsts.loc[index, "run"] for index in places]
        )

    @cached_property
    def found(self) -> list[Finding]:
        """What is gained and lost, share by share; empty before the first pair."""
        return transfer_findings(self.results)

    @property
    def shares(self) -> list[str]:
        """The shares of the training images, each label once."""
        return list(dict.fromkeys(_share(run) for _, run in self.begun))

    def seconds(self, share: str) -> pd.DataFrame:
        """For each epoch: line, run, seconds (of training so far), accuracy (on the validation images)."""
        parts = []
        for network, run in self._at(share):
            epochs = cache.epochs([run])
            where = {key: self._where(network, run)[key] for key in ("line", "run")}
            table = {"seconds": epochs["seconds"].cumsum(), "accuracy": epochs["validation_accuracy"]}
            parts.append(pd.DataFrame(table).assign(**where))
        return pd.concat(parts, ignore_index=True)

    def changes(self, share: str) -> pd.DataFrame:
        """For each layer: model, line, run, layer, change, cka, baseline (of the cka) and images (that it was measured
        on), for the first seed of each way to start."""
        parts = []
        for network, run in self.first_seeds(share):
            where = {key: self._where(network, run)[key] for key in ("model", "line", "run")}
            parts.append(_changes(run, cache.data_of(run)).assign(**where))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["model"])

    def changed_words(self) -> list[str]:
        """How the weights of the source were changed to fit, each sentence once."""
        records = [run.record.origin for _, run in self.begun]
        return list(dict.fromkeys(remark for pretrained in records if pretrained for remark in pretrained.changed))

    def first_seeds(self, share: str) -> list[tuple[str, Run]]:
        """(network, run) for the first seed of each way to start, if its initial weights are stored."""
        firsts = {self._where(network, run)["line"]: (network, run) for network, run in reversed(self._at(share))}
        ordered = list(firsts.values())[::-1]
        return [(network, run) for network, run in ordered if weights_file(run, START).is_file()]

    def _at(self, share: str) -> list[tuple[str, Run]]:
        return [(network, run) for network, run in self.begun if _share(run) == share]

    def _where(self, network: str, run: Run) -> dict[str, object]:
        mode, share = way_to_start(run.config.training.tune), _share(run)
        line = f"{network}, {mode}" if self.several else mode
        values = (network, mode, share, run.config.training.seed, line, run.id)
        return dict(zip(_WHERE, values, strict=True))


_WHERE = ("model", "mode", "share", "seed", "line", "run")


def _begun(transfer: Transfer) -> list[Run]:
    return [begun.run for begun in existing(transfer.plan) if begun.run.epochs_done]


def _share(run: Run) -> str:
    return share_of_images(run.config.training.fraction)


def _tested(run: Run) -> dict[str, object]:
    predictions = read_test_predictions(run)
    return {"accuracy": run.test_accuracy, "correct": None if predictions is None else predictions[0] == predictions[1]}


def _cost(run: Run) -> dict[str, float]:
    return {"images": run.dataset.images.train, "seconds": run.record.training_seconds}


_BY_BOTH_ENDS = cache.keys(f"weights/epoch-{START:04d}.safetensors", "weights/best.safetensors")


@st.cache_data(
    max_entries=128, show_spinner="Comparing the layers before and after training …", hash_funcs=_BY_BOTH_ENDS
)
def _changes(run: Run, data: Dataset) -> pd.DataFrame:
    import math

    from explorer.insights.cka import similarity
    from explorer.insights.layers import layer_shapes, weighted_layers
    from explorer.insights.weight_change import weight_change_per_layer

    before, after = cache.model(Checkpoint(run, START)), cache.model(Checkpoint(run))
    layers = weighted_layers(after)
    table = weight_change_per_layer(before.state_dict(), after.state_dict(), layers)
    spec = run.input_spec
    shapes = layer_shapes(after, spec.channels, spec.size)
    floats = sum(math.prod(shapes[layer]) for layer in layers)
    count = min(PROBE, max(FEWEST, MOST_FLOATS // floats))
    images = to_tensor(data.validation.pixels[:count])
    alike = similarity(before, after, layers, images).merge(_baseline(run.network, data, after, images))
    both = table.merge(alike, on="layer").assign(images=len(images))
    return both.assign(layer=[names.layer(run, layer) for layer in both["layer"]])


@st.cache_data(max_entries=32, show_spinner="Comparing untrained networks …", hash_funcs=cache.keys())
def _baseline(network: Network, data: Dataset, _trained: "nn.Module", _images: "Tensor") -> pd.DataFrame:
    """layer, baseline: the CKA of such networks with random weights on the same data as `_trained`."""
    import torch

    from explorer.insights.cka import untrained_baseline
    from explorer.insights.layers import weighted_layers
    from explorer.models.normalize import normalize_of

    def make(seed: int) -> "nn.Module":
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            untrained = network.build()
        normalize_of(untrained).load_state_dict(normalize_of(_trained).state_dict())
        return untrained.eval()

    return untrained_baseline(make, weighted_layers(_trained), _images)
