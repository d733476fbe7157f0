"""What the four steps of the shortcut lesson show, a sentence each, from one network's own predictions and maps."""

from explorer.insights.findings.wording import percent
from explorer.insights.shortcut import ShortcutReliance
from explorer.insights.statistics import mcnemar

SURE = 0.05  # of a p-value


def looks_right(name: str, validation: float, n: int) -> str:
    """Step 1. `validation`: the accuracy on n validation images, a fraction, like all here."""
    return f"{name} classifies {percent(validation)} of {n:,} validation images correctly."


def in_the_map(share: float, covered: float, n: int, is_local: bool) -> str:
    """Step 2. `share` of the support in n maps is on the mark, which covers `covered` of the image."""
    if not is_local:
        return "The mark covers the whole image: no map can set it apart from what the image shows."
    if share != share:
        return f"The maps of all {n} test images are blank."
    if share > 2 * covered:
        return (
            f"Yes, the map shows it: {percent(share)} of the support lies on the mark, which covers {percent(covered)} "
            f"of the image ({n} test images)."
        )
    return (
        f"No, the map does not show it: {percent(share)} of the support lies on the mark, which covers "
        f"{percent(covered)} of the image ({n} test images)."
    )


def in_the_mistakes(reliance: ShortcutReliance) -> str:
    """Step 3. The rule: among the images for which it predicts one of the two, the shares differ by an exact sign
    test."""
    if not reliance.n:
        return "No test image carries the mark of another class."
    mark, image = (round(share * reliance.n) for share in (reliance.mark, reliance.image))
    follows = "It follows the mark" if mark > image else "It follows the image"
    if mcnemar(mark, image) >= SURE:
        follows = "A tie: these images cannot tell whether it follows the mark or the image"
    return (
        f"{follows}: where the two disagree, it predicts the mark's class for {percent(reliance.mark)} of "
        f"{reliance.n:,} test images and the image's for {percent(reliance.image)}."
    )


def in_the_split(validation: float, test: float, unmarked: float, classes: int) -> str:
    """Step 4. `unmarked`: the accuracy on the same test images without marks."""
    lost = validation - test
    verdict = (
        "The accuracy came from the mark" if lost > 0.5 * validation else "The mark explains a part of the accuracy"
    )
    if lost <= 0.02:
        verdict = "The accuracy does not depend on the mark"
    if validation < 2 / classes:
        verdict = "The network has hardly learned anything yet: train it for more epochs"
    return (
        f"{verdict}: {percent(validation)} of the validation images are classified correctly, but {percent(test)} of "
        f"the test images, where the mark tells nothing, and {percent(unmarked)} without marks."
    )
