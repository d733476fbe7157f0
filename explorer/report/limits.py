"""What the data of a report cannot show, in sentences with numbers."""

from collections import Counter
from collections.abc import Iterator

from explorer.charts.formatting import percent
from explorer.insights.findings.wording import listed
from explorer.insights.statistics import wilson
from explorer.report import images
from explorer.report.subject import Subject
from explorer.runs.record import are_alike
from explorer.text import plural

ENOUGH_SEEDS = 5


def of(subject: Subject) -> Iterator[str]:
    """Sentences on what these runs leave open."""
    runs, firsts = subject.runs, subject.firsts
    yield from _seeds(subject)
    tests = [run.record.test for run in runs if run.record.test]
    if tests:
        test = min(tests, key=lambda one: abs(one.accuracy - 0.5))
        low, high = wilson(round(test.accuracy * test.n), test.n)
        yield (
            f"The test has {test.n:,} images: at {percent(test.accuracy)} its 95 % interval reaches from "
            f"{percent(low)} to {percent(high)}"
            + (", the widest of these runs. " if len(tests) > 1 else ". ")
            + "The accuracy on all images of this kind may lie anywhere within it."
        )
    if len({run.dataset.fingerprint for run in runs}) > 1:
        yield "The runs learned from different images: their accuracies cannot be compared."
    if not are_alike(run.record.device for run in runs):
        yield "The runs were trained on different devices: their times cannot be compared."
    yield from _harder_test(subject)
    yield "Times include whatever else the machine did."
    names = listed(list(dict.fromkeys(run.dataset.name for run in runs)))
    yield f"All of this holds for {names} and this training: other images or more epochs may change the order."
    if len(runs) > len(firsts):
        yield (
            "Confusions, filters, maps, explanations and gradients are those of the first seed of each variant: "
            "another seed gives others."
        )
    yield (
        f"Explanations and feature maps are of the first {images.EXPLAINED} validation images at most: they show how "
        "the networks see these, not how they see others. A map says what the score depends on, not why."
    )


def _harder_test(subject: Subject) -> Iterator[str]:
    """A sentence if a validation accuracy is above the interval of the test accuracy; names the run that is furthest
    above."""
    gaps = [
        (run.best_validation_accuracy - wilson(round(test.accuracy * test.n), test.n)[1], run, test)
        for run in subject.runs
        if run.best_validation_accuracy is not None and (test := run.record.test)
    ]
    gap, run, test = max(gaps, key=lambda found: found[0], default=(0.0, None, None))
    high = wilson(round(test.accuracy * test.n), test.n)[1] if test else 0.0
    if run and test and gap > 0 and percent(run.best_validation_accuracy or 0.0) != percent(high):
        yield (
            f"The validation accuracy of {subject.names[run.id]}, {percent(run.best_validation_accuracy or 0.0)}, lies "
            f"above the interval of its test accuracy, {percent(test.accuracy)}: the best epoch was chosen on the "
            "validation images, and the test images may be harder. An interval counts images as if each were drawn by "
            "itself; images of one origin, such as a writer, are alike."
        )


def _seeds(subject: Subject) -> Iterator[str]:
    of_each = Counter(subject.groups.values())
    fewest, most = min(of_each.values()), max(of_each.values())
    if most == 1:
        yield (
            "Each network was trained with one seed: another seed alone may change the order of the curves and "
            "accuracies by as much as what is compared."
        )
    elif fewest < ENOUGH_SEEDS:
        how_many = f"{fewest} to {most} seeds" if fewest < most else plural(most, "seed")
        yield f"Each network was trained with {how_many}: few, and only a rough measure of how seeds differ."
