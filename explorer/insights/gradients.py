"""Do gradients reach the first layer? A run's recorded gradient norms as tidy tables, and the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from torch import nn

from explorer.errors import UserError
from explorer.models.layer_names import known
from explorer.models.network import Network
from explorer.runs import StepHistory

KINDS = ("weight", "bias", "scale", "shift")  # the last two: γ and β of a normalisation layer
NORMALISATIONS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm)
NOT_BETTER = (
    "A larger gradient norm is not a better one: it depends on the scale of the weights and of the loss, on "
    "normalisation and on the number of weights in a layer. Compare only how it changes with depth."
)
VANISHING = 1e-3  # first layer's gradient over the last layer's; below this, gradients vanish

BIAS_BEFORE_NORM = (
    "Batch norm subtracts the mean of its input, and with it any bias of the layer before: such a bias has no effect, "
    "and its gradient is rounding error."
)


def parameter_table(model: nn.Module) -> pd.DataFrame:
    """Columns parameter, layer (the module that holds it), kind (see KINDS), depth (0 is the layer nearest the image,
    counting the layers that have parameters). One row per parameter, in the model's order."""
    rows = []
    depths: dict[str, int] = {}
    for name, _ in model.named_parameters():
        layer, _, parameter = name.rpartition(".")
        depth = depths.setdefault(layer, len(depths))
        rows.append((name, layer, _kind(model.get_submodule(layer), parameter), depth))
    return pd.DataFrame(rows, columns=["parameter", "layer", "kind", "depth"])


def known_table(network: Network) -> pd.DataFrame:
    """`parameter_table` of a network with familiar names for its layers; parameters keep their names, which a run's
    steps use."""
    table = parameter_table(network.on_meta())
    return table.assign(layer=[known(network, layer) for layer in table["layer"]])


def _kind(module: nn.Module, own_name: str) -> str:
    bias = "bias" in own_name
    if isinstance(module, NORMALISATIONS):
        return "shift" if bias else "scale"
    return "bias" if bias else "weight"


def learned(steps: StepHistory, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of what learns: frozen layers have no gradient. Before the first step all of them."""
    return table[table["parameter"].isin(steps.parameters)].reset_index(drop=True) if len(steps.step) else table


def norms_at_epoch(steps: StepHistory, epoch: int, table: pd.DataFrame) -> pd.DataFrame:
    """Mean gradient norm of each parameter over an epoch's recorded steps.

    `table`: from parameter_table or known_table; parameters are named after their layer. Adds the columns norm (over
    the finite steps; NaN if there are none), steps, and non_finite (how many of them were not finite: a divergence).
    Raises UserError if no step is recorded, or none in this epoch.
    """
    table = learned(steps, table)
    norms = _ordered(steps, table)[_in_epoch(steps, epoch)]
    mean, non_finite = _finite_mean(norms, [0])
    return _by_layer(table).assign(norm=mean[0], steps=len(norms), non_finite=non_finite[0])


def _by_layer(table: pd.DataFrame) -> pd.DataFrame:
    """With parameters named after their layer, in whichever names: conv5_3.weight."""
    own = table["parameter"].str.rpartition(".")[2]
    return table.assign(parameter=(table["layer"] + "." + own).str.removeprefix("."))


def layer_norms(steps: StepHistory, table: pd.DataFrame, kinds: Sequence[str] = KINDS) -> pd.DataFrame:
    """L2 norm of each layer's gradient (over its tensors of these kinds) at each step: wide, float64, one row per step
    and one column per layer, in depth order; not finite if one of its tensors was not."""
    table = learned(steps, table)
    chosen = table[table["kind"].isin(kinds)]
    norms, owner = _ordered(steps, table, chosen), chosen["layer"].to_numpy()
    layers = list(dict.fromkeys(owner))
    if len(layers) == len(owner):  # one tensor per layer: its norm is the layer's
        return pd.DataFrame(norms, columns=layers, index=pd.Index(np.asarray(steps.step), name="step"))
    squares = norms**2
    columns = {layer: np.sqrt(squares[:, owner == layer].sum(axis=1)) for layer in layers}
    return pd.DataFrame(columns, index=pd.Index(np.asarray(steps.step), name="step"))


def norms_over_time(
    steps: StepHistory, table: pd.DataFrame, kinds: Sequence[str] = KINDS, points: int | None = None
) -> pd.DataFrame:
    """Each layer's gradient norm over training: columns step, epoch, layer, depth, norm, non_finite.

    `points`: the most rows per layer, each the mean over neighbouring steps (norm over the finite ones, non_finite the
    number of the others) at the step where it ends; None for every recorded step.
    """
    wide = layer_norms(steps, table, kinds)
    n = len(wide)
    bins = n if points is None else min(points, n)
    starts = np.arange(bins) * n // max(bins, 1)
    ends = np.append(starts[1:], n)[:bins] - 1
    mean, non_finite = _finite_mean(wide.to_numpy(), starts)
    depth = table.drop_duplicates("layer").set_index("layer")["depth"]
    layers = len(wide.columns)
    return pd.DataFrame(
        {
            "step": np.tile(np.asarray(steps.step)[ends], layers),
            "epoch": np.tile(np.asarray(steps.epoch)[ends], layers),
            "layer": np.repeat(wide.columns.to_numpy(), bins),
            "depth": np.repeat(depth[wide.columns].to_numpy(), bins),
            "norm": mean.T.reshape(-1),
            "non_finite": non_finite.T.reshape(-1),
        }
    )


@dataclass(frozen=True)
class GradientFlow:
    """The first layer's gradient compared with the last one's, as mean norms over the recorded steps of one epoch."""

    epoch: int
    first: str  # names of the first and last layer with weights
    last: str
    first_norm: float
    last_norm: float

    @property
    def ratio(self) -> float:
        """first_norm / last_norm; NaN if that is meaningless."""
        return self.first_norm / self.last_norm if self.last_norm else float("nan")

    @property
    def vanishing(self) -> bool:
        """The rule: the ratio is not finite, or below VANISHING."""
        return not VANISHING <= self.ratio < np.inf

    @property
    def exploding(self) -> bool:
        """The opposite rule: the ratio is above 1 / VANISHING, and finite."""
        return 1 / VANISHING < self.ratio < np.inf

    @property
    def reaches(self) -> bool:
        """Whether gradients neither vanish nor explode between two layers."""
        return self.first != self.last and VANISHING <= self.ratio <= 1 / VANISHING

    @property
    def readable_ratio(self) -> str:
        """The ratio with two digits."""
        return _readable(self.ratio)

    @property
    def sentence(self) -> str:
        """The answer with its number and rule."""
        limit = f"exploding above {1 / VANISHING:,.0f}" if self.exploding else f"vanishing below {VANISHING:g}"
        rule = f"(rule: {limit})"
        if not np.isfinite(self.first_norm + self.last_norm):
            return f"Gradients were not finite in epoch {self.epoch}: training diverged {rule}."
        if self.last_norm == 0:
            return f"The last layer's gradient is zero in epoch {self.epoch}: nothing flows back {rule}."
        if self.first_norm == 0:
            return (
                f"The first layer gets no gradient in epoch {self.epoch}: its norm is exactly zero, the last layer's "
                f"is {_readable(self.last_norm)}. Dead ReLUs or saturated units on the way block the gradient {rule}."
            )
        if self.first == self.last:
            return f"'{self.first}' is the only layer with trainable weights: it is both the first and the last."
        verdict = "gradients vanish before they reach it" if self.vanishing else "gradients reach it"
        if self.exploding:
            verdict = "gradients explode on their way to it"
        return f"The first layer's gradient is {_readable(self.ratio)} times the last layer's: {verdict} {rule}."


def first_to_last_ratio(steps: StepHistory, table: pd.DataFrame, epoch: int | None = None) -> GradientFlow:
    """Compare the first with the last layer that has weights (convolution or linear), over all their tensors, in one
    epoch; None for the last recorded one. A single step that is not finite makes the result not finite. Raises
    UserError if no step is recorded, or none in this epoch."""
    if epoch is None:
        _require(steps)
        epoch = int(np.asarray(steps.epoch)[-1])
    table = learned(steps, table)
    weighted = table["layer"][table["kind"] == "weight"]
    first, last = weighted.iloc[0], weighted.iloc[-1]
    mean = layer_norms(steps, table).to_numpy()[_in_epoch(steps, epoch)].mean(axis=0)
    norm = dict(zip(dict.fromkeys(table["layer"]), mean.tolist(), strict=True))
    return GradientFlow(epoch, first, last, norm[first], norm[last])


def _readable(ratio: float) -> str:
    """Two digits: 25, 0.4, 0.00002, 3e-09."""
    two_digits = float(f"{ratio:.2g}")
    return np.format_float_positional(two_digits, trim="-") if 1e-6 <= ratio < 1e6 else f"{two_digits:g}"


def _require(steps: StepHistory) -> None:
    if not len(steps.step):
        raise UserError("This run has no recorded steps yet; wait for the first steps or choose another run.")


def _in_epoch(steps: StepHistory, epoch: int) -> np.ndarray:
    _require(steps)
    epochs = np.asarray(steps.epoch)
    if not (epochs == epoch).any():
        raise UserError(f"No recorded steps in epoch {epoch}; choose one from {epochs.min()} to {epochs.max()}.")
    return epochs == epoch


def _ordered(steps: StepHistory, table: pd.DataFrame, chosen: pd.DataFrame | None = None) -> np.ndarray:
    """The norms of the chosen rows of the table, by default of all, in order, as float64 (n, P).

    The table must belong to the same model as the steps.
    """
    chosen = table if chosen is None else chosen
    if not len(steps.step):
        return np.empty((0, len(chosen)))  # a run that has not begun need not know its parameters
    column = {name: i for i, name in enumerate(steps.parameters)}
    assert set(column) == set(table["parameter"]), "the steps and the table are of different models"
    return np.asarray(steps.norms)[:, [column[name] for name in chosen["parameter"]]].astype(np.float64)


def _finite_mean(values: np.ndarray, starts: np.ndarray | list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the finite values and count of the others, both (blocks, P); a block of rows begins at each start."""
    if not len(values):
        return values, values.astype(np.int64)
    finite = np.isfinite(values)
    count = np.add.reduceat(finite.astype(np.int64), starts, axis=0)
    total = np.add.reduceat(np.where(finite, values, 0.0), starts, axis=0)
    mean = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return mean, np.add.reduceat((~finite).astype(np.int64), starts, axis=0)
