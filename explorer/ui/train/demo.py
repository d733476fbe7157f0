"""The demo pair: one click to train it, and where to see what it shows."""

from explorer.charts.formatting import percent
from explorer.insights.findings import demo_pair
from explorer.runs import Run, list_runs, sample_runs
from explorer.samples import PAIR
from explorer.ui import cache, navigation
from explorer.ui.train import live, submission


def submit() -> list[Run]:
    """Train the pair that comes with the app, unless it has been trained here: a deep network without skip connections
    and one with them, otherwise the same."""
    return submission.submit(submission.DEMO, list(PAIR.values()))


def outcome(plain: Run, residual: Run) -> str:
    """What the finished pair shows, in a sentence about these two networks."""
    right = [percent(run.test_accuracy or 0.0) for run in (plain, residual)]
    return (
        "Two networks of 32 layers differ in their skip connections alone: with them, "
        f"{right[1]} of {residual.dataset.images.test} test digits are classified correctly, without them {right[0]}."
    )


def pair(run_ids: list[str]) -> list[Run]:
    """The visitor's own pair if it has finished; the samples if the visitor has no runs of their own; else empty."""
    trained = [run for run in live.still_there(run_ids) if run.status == "finished"]
    if len(trained) == len(PAIR):
        return trained
    return [] if any(run.status == "finished" for run in list_runs()) else sample_runs()


def tour(plain: Run, residual: Run) -> list[tuple[navigation.Entry, str]]:
    """Four pages, each with one sentence from the two runs' own numbers; a page without one is left out."""
    stops = (
        (navigation.CURVES, demo_pair.accuracy(plain, residual)),
        (navigation.GRADIENTS, demo_pair.first_layer(cache.steps(plain), cache.steps(residual))),
        (navigation.MISTAKES, demo_pair.test_images(plain, residual)),
        (navigation.SALIENCY, "The same digit, both networks: which pixels support the prediction of each?"),
    )
    return [(entry, sentence) for entry, sentence in stops if sentence]
