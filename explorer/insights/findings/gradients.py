"""Do gradients reach the first layer? A single answer for several networks, if they agree."""

from collections.abc import Mapping

from explorer.insights.findings.wording import listed
from explorer.insights.gradients import VANISHING, GradientFlow


def reach(flows: Mapping[str, GradientFlow]) -> str:
    """`flows`: network → its gradient flow in one epoch. Uses the rule of `GradientFlow.vanishing` and `exploding`."""
    reaching = [name for name, flow in flows.items() if flow.reaches]
    if len(reaching) == len(flows):
        (first, flow), *others = flows.items()
        where = f" in {first}" if others else ""
        answer = f"Yes, in {'both' if len(others) == 1 else f'all {len(flows)}'} networks" if others else "Yes, they do"
        figures = [f"{flow.readable_ratio} times the last layer's{where}"]
        figures += [f"{other.readable_ratio} times in {name}" for name, other in others]
        return (
            f"{answer}.\nIn epoch {flow.epoch} the first layer's gradient norm is {listed(figures)} "
            f"(rule: below {VANISHING:g} gradients vanish; a larger ratio is not better)."
        )
    if all(flow.vanishing for flow in flows.values()):
        answer = "No"
    else:
        answer = f"Not in {listed([name for name in flows if name not in reaching])}" if len(flows) > 1 else ""
    sentences = " ".join(
        f"{name}: {flow.sentence}" if len(flows) > 1 else flow.sentence for name, flow in flows.items()
    )
    return f"{answer}.\n{sentences}" if answer else sentences
