"""Why a run may have learned nothing: how far its steps moved the weights, compared with a rule of thumb."""

from explorer.insights.findings.trial import Trial
from explorer.insights.updates import GUIDE

LARGE = 1.0  # of a weight tensor's norm: a step that changes as much leaves nothing of the old weights
DEAD = 0.9  # of a layer's units: if fewer are alive, they pass hardly any gradient
RULE = (
    f" Steps are called small where the median ‖Δw‖ / ‖w‖ over measured steps and weight tensors is below {GUIDE:g} in "
    f"every epoch (a rule of thumb, Karpathy 2015), and large where it is above {LARGE:g} in one."
)
CHANGE = "largest median change of a weight tensor in a step, of its norm"


def advice(trial: Trial, diverged: bool = False) -> tuple[str, dict[str, float]]:
    """(what to try, in a sentence with its evidence; its number), for a run that has not learned; empty if its steps
    had a usual size, or were not measured.

    After a step that was too large the steps are small, too: if a run has diverged, or a layer has died that then
    passes no gradient, small steps say nothing about the learning rate.
    """
    change = trial.largest_update
    if change is None or GUIDE <= change <= LARGE:
        return "", {}
    if change < GUIDE and (diverged or max(trial.dead.values(), default=0.0) > DEAD):
        return "", {}
    size, where, way = ("small", "in every epoch", "higher") if change < GUIDE else ("large", "in one epoch", "lower")
    bound = "at most " if change < GUIDE else ""
    return (
        f" Its steps are {size}: {where} the median change of a weight tensor in a step is {bound}{100 * change:.2g} % "
        f"of its norm (rule of thumb: {100 * GUIDE:g} %). A {way} learning rate may help.",
        {CHANGE: change},
    )
