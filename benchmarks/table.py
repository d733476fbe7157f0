"""What was measured, as a table for a terminal or for docs/benchmarks.md."""

import statistics

from benchmarks.measure import Measured
from benchmarks.rows import OURS, QUIET, SIDE, A, Row

HEAD = (
    "competitor",
    "images/s",
    "C telemetry is",
    "by CPU time",  # of the thread that trains
    "s/epoch",
    "start-up s",
    "training s",
    "test accuracy",
    "n",
)


def lines_of(row: Row, results: dict[str, Measured], training_images: int) -> list[tuple[str, ...]]:
    """One line per competitor, in the order of HEAD."""
    return [
        (
            name,
            f"{statistics.median(measured.speeds):,.0f}",
            _times(results[OURS].speeds, measured.speeds) if name != OURS and OURS in results else "",
            _times(results[OURS].own, measured.own) if name != OURS and measured.own and OURS in results else "",
            f"{training_images / statistics.median(measured.speeds):.2f}",
            f"{statistics.median(measured.start_up):.1f}",
            _spread(measured.seconds, "{:.1f}"),
            _spread(measured.accuracies, "{:.2%}"),
            str(len(measured.speeds)),
        )
        for name, measured in results.items()
    ]


def verdicts(row: Row, results: dict[str, Measured], training_images: int) -> list[str]:
    """One sentence per goal, with the ratio it is judged by: the median of the rounds."""
    lines = []
    for name, goal in row.goals:
        if name in results and OURS in results:
            lines.append(f"Goal: {goal:g} × {name}, telemetry on. {_verdict(results[OURS], results[name], goal)}")
    if row.study and A in results and SIDE in results:
        verdict = _verdict(results[SIDE], results[A], row.study)
        lines.append(f"Goal of a study, runs side by side: {row.study:g} × {A}. {verdict}")
    if QUIET in results and OURS in results:
        costs = [ratio - 1 for ratio in ratios(results[QUIET].speeds, results[OURS].speeds)]
        lines.append(f"Telemetry costs {_spread(costs, '{:+.1%}')}; goal: at most 3 %.")
    ours = results.get(OURS, Measured())
    for goal, values, form, at_most in (
        (row.epoch_seconds, [training_images / speed for speed in ours.speeds], "{:.2f} s an epoch", True),
        (row.seconds, ours.seconds, "{:.1f} s of training", True),
        (row.accuracy, ours.accuracies, "{:.2%} of the test images", False),
    ):
        if goal and values:
            middle = statistics.median(values)
            reached = middle <= goal if at_most else middle >= goal
            lines.append(f"Goal: {form.format(goal)}. Measured: {form.format(middle)}, {_met(reached)}.")
    return lines


def _met(reached: bool) -> str:
    return "reached" if reached else "missed"


def _verdict(ours: Measured, theirs: Measured, goal: float) -> str:
    reached = statistics.median(ratios(ours.speeds, theirs.speeds)) >= goal
    by_cpu = f"; by CPU time {_times(ours.own, theirs.own)}" if ours.own else ""
    return f"Measured: {_times(ours.speeds, theirs.speeds)}, {_met(reached)}{by_cpu}."


def ratios(ours: list[float], theirs: list[float]) -> list[float]:
    """How many times as fast ours was, round by round, each round at about one time."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def as_text(title: str, lines: list[tuple[str, ...]]) -> str:
    """In columns, for a terminal."""
    cells = [HEAD, *lines]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    rows = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)
    return "\n".join([title, *rows])


def as_markdown(title: str, lines: list[tuple[str, ...]]) -> str:
    """For docs/benchmarks.md, under a heading."""
    rows = (" | ".join(line) for line in (HEAD, ("---",) * len(HEAD), *lines))
    return "\n".join([f"### {title}", "", *(f"| {row} |" for row in rows)])


def _times(ours: list[float], theirs: list[float]) -> str:
    rounds = ratios(ours, theirs)
    return f"{statistics.median(rounds):.2f} × [{min(rounds):.2f}–{max(rounds):.2f}]"


def _spread(values: list[float], form: str) -> str:
    if not values:
        return ""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{form.format(middle)} [{form.format(low)}–{form.format(high)}]"
