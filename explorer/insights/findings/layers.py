"""What a run's layers show: gradients that do not arrive, dead units."""

import numpy as np

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.trial import Trial
from explorer.insights.gradients import VANISHING

DEAD = 0.25  # of a layer's units; a few are silent on some hundred images in any network


def gradients(trial: Trial) -> Finding | None:
    """Vanishing or exploding on the way to the first layer; see explorer.insights.gradients."""
    flow = trial.flow
    if flow is None or flow.first == flow.last or not np.isfinite(flow.ratio):
        return None
    numbers = {"first to last": flow.ratio, "first layer": flow.first_norm, "last layer": flow.last_norm}
    verb, rule = None, f"The mean gradient norm of '{flow.first}' over that of '{flow.last}' in the last epoch is "
    if flow.vanishing:
        verb, limit, rule = "vanish", VANISHING, f"{rule}below {VANISHING:g}."
    elif flow.ratio > 1 / VANISHING:
        verb, limit, rule = "explode", 1 / VANISHING, f"{rule}above {1 / VANISHING:g}."
    if verb is None:
        return None
    arrives = (
        "" if flow.first_norm else f"{trial.label}: no gradient reaches the first layer, '{flow.first}': its norm is 0."
    )
    sentence = arrives or (
        f"{trial.label}: gradients {verb} on their way to the first layer, where they are {flow.ratio:.2g} times as "
        "large as in the last."
    )
    answer = f"Gradients {verb} on their way to the first layer of {trial.label}."
    return Finding(sentence, rule, limit, numbers, (trial.run,), answer=answer, kind="gradients")


def dead_units(trial: Trial) -> Finding | None:
    """A layer with many units that are zero on every image after their ReLU, and so get no gradient either.

    Every unit of the layer is examined, so its share has no interval: with more images it can only fall. The number of
    images limits how often a silent unit may fire on others, by the rule of three.
    """
    if not trial.dead:
        return None
    layer, share = max(trial.dead.items(), key=lambda item: item[1])
    if share <= DEAD:
        return None
    many = sum(of_layer > DEAD for of_layer in trial.dead.values())
    images = trial.probe_images
    numbers = {f"dead share of '{layer}'": share, "layers above the threshold": many}
    numbers["layers with a ReLU"] = len(trial.dead)
    if images:
        numbers |= {"probe images": images, "a silent unit fires on fewer than (95 %)": fires_below(images)}
    others = f", and more than {100 * DEAD:.0f} % in {many} of its {len(trial.dead)} layers with a ReLU"
    return Finding(
        f"{trial.label}: {100 * share:.0f} % of the units of '{layer}' are dead{others if many > 1 else ''}: "
        f"{silence(images)}.",
        f"After the last epoch, more than {100 * DEAD:.0f} % of the units after a ReLU (in maps: channels) are zero "
        "at every pixel of every probe image: all validation images, plus training images if there are fewer than "
        "256. On more images the share can only be smaller. A unit that is silent on n images fires, with 95 % "
        "confidence, on fewer than 1 − 0.05^(1/n) of all images, about 3/n (the rule of three).",
        DEAD,
        numbers,
        (trial.run,),
        kind="dead units",
    )


def silence(images: int | None) -> str:
    """What a unit's silence on this many probe images shows about it, for each unit separately."""
    if not images:
        return "silent on its probe images, whose number this older run did not record (it may have been a single one)"
    if images == 1:
        return "silent on its single probe image, which is almost no evidence"
    return (
        f"silent on all {images:,} probe images, so such a unit fires on fewer than {100 * fires_below(images):.2g} % "
        "of images (95 % confidence)"
    )


def fires_below(images: int) -> float:
    """The upper end of the one-sided 95 % interval of how often a unit fires that was silent on n images, a fraction: 1
    − 0.05^(1/n), for large n about 3/n (Hanley & Lippman-Hand 1983)."""
    return 1 - 0.05 ** (1 / images)
