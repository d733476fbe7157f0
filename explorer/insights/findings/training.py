"""What runs that have ended have learned."""

from collections.abc import Mapping

from explorer.insights.findings.wording import percent
from explorer.insights.statistics import wilson
from explorer.runs import Run
from explorer.runs.epochs_file import epoch_rows


def learned(name: str, run: Run) -> str:
    """Whether a run learned anything, by its best validation accuracy and that of random guessing, 1 / classes.

    The best of several epochs is chosen on these images, and so is a little too high; the test accuracy is not.
    """
    best, epoch = run.best_validation_accuracy, run.best_epoch
    if best is None or epoch is None:
        return f"Nothing is measured yet: {name} {run.status} before the end of its first epoch; the reason is below."
    images, guess, epochs = run.dataset.images.validation, 1 / len(run.input_spec.classes), len(epoch_rows(run))
    figures = (
        f"{percent(best)} of the {images:,} validation images correctly (random guessing: {percent(guess)}) after "
        f"epoch {epoch} of {epochs}, its best"
    )
    if not _has_learned(run):
        return f"{name} has not visibly learned: it classified {figures}, which chance can explain."
    more = ". The last epoch was the best: more may help" if epoch == epochs and epochs > 1 else ""
    return f"{name} has learned: it classified {figures}{more}."


def all_learned(runs: Mapping[str, Run]) -> str:
    """`runs`: name → run, at least one. How many have learned and, if there are several, after a line break, the
    sentence of each."""
    sentences = [learned(name, run) for name, run in runs.items()]
    if len(runs) == 1:
        answer, _, figures = sentences[0].partition(": it ")
        return f"{answer}.\nIt {figures}" if figures else sentences[0]
    many, count = len(runs), sum(map(_has_learned, runs.values()))
    answer = f"{count} of {many} networks {'has' if count == 1 else 'have'} learned"
    if count in (0, many):
        none, every = ("Neither network has", "Both networks have") if many == 2 else ("No network has", "All have")
        answer = f"{every if count else none} learned"
    return f"{answer}.\n{' '.join(sentences)}"


def _has_learned(run: Run) -> bool:
    """Whether its best validation accuracy is above that of guessing, by its 95 % interval."""
    if run.best_validation_accuracy is None:
        return False
    images = run.dataset.images.validation
    low, _ = wilson(round(run.best_validation_accuracy * images), images)
    return low > 1 / len(run.input_spec.classes)
