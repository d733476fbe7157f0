"""Sixty more learning curves of which one knows what they show, positive and healthy: what is found, and in what words.

Ten classes and nats unless a curve says otherwise; epochs and steps are counted from one. The first twenty are those of
a review that found a finding missing or wrong.
"""

import numpy as np
import pytest

from benchmarks.false_alarms import SHAPES, count
from explorer.insights.findings.curves import DETECTORS
from tests.insights.planted import CHANCE, falling, flow, noisy, overfitted, step_loss, trial

NAN = float("nan")
E = np.arange(1, 31)  # epochs
RNG = np.random.default_rng


def rising(low: int, by: float, epochs: int = 20, floor: float = 0.4):
    """Falls to its low at epoch `low`, then rises evenly by `by` of it until the end."""
    epoch = np.arange(1, epochs + 1)
    down = floor + (CHANCE - floor) * np.exp(-epoch / (low / 4))
    return np.where(epoch <= low, down, down[low - 1] * (1 + by * (epoch - low) / (epochs - low)))


def zigzag(curve, by):
    return np.asarray(curve) * (1 + by * (-1.0) ** np.arange(len(curve)))


def changed(curve, at, value):
    """The curve with other values at these epochs or steps, counted from one."""
    curve = np.array(curve, dtype=float)
    curve[np.asarray(at) - 1] = value
    return curve


def decayed(start: float, end: float, steps: int):
    """Exponentially from one loss to another."""
    return start * (end / start) ** np.linspace(0, 1, steps)


def exploding(top: float, wide: int):
    """Up to `top` in so many steps, down again in as many, then an e-fold every 150 steps to 0.003."""
    up = np.linspace(CHANCE, top, wide + 1)
    return np.concatenate([up, up[-2::-1], decayed(CHANCE, 0.003, 1000)])


def hard_images(steps: int = 400):
    """Batch size 1, two classes, 97 % right: a wrong image costs 7 to 9 nats."""
    loss = RNG(0).exponential(0.03, steps)
    return changed(loss, [50, 130, 220, 301, 377], [7.0, 8.5, 9.0, 7.4, 8.1])


def gamma(shape: float, steps: int = 600, seed: int = 0):
    """The noise of small batches: a sum of that many images' losses."""
    return (0.4 + 1.9 * np.exp(-np.arange(steps) / 100)) * RNG(seed).gamma(shape, 1 / shape, steps)


def cosine(epochs: int):
    """The learning rate at the end of each epoch."""
    return 0.003 * 0.5 * (1 + np.cos(np.pi * np.arange(1, epochs + 1) / epochs))


TRAINED = falling(20, 0.001)
LONG = falling(30, 0.001, 6)

# name: (the curve, {finding: what its sentence says}); what is not named must not be found.
REVIEW = {
    "1 low at epoch 8, then +40 %": (trial(rising(8, 0.4), TRAINED), {"over-fitting": "after epoch 8 of 20"}),
    "2 flat with noise, training falls": (trial(noisy([0.5] * 30, 0.06), 0.5 * 0.95**E), {}),
    "3 falls 8 % an epoch with noise": (trial(noisy(2 * 0.92**E, 0.05), 2 * 0.9**E), {}),
    "4 a lucky low at 3, the real one at 18": (
        trial(changed(rising(18, 0.3, 30), 3, 0.3), LONG),
        {"over-fitting": "after epoch 18 of 30"},
    ),
    "5 loss rises, accuracy too": (
        trial(
            np.where(E <= 6, falling(30, 0.8, 1.2), 0.8 * 1.03 ** (E - 6.0)),
            LONG,
            accuracy=np.interp(E, [1, 6, 30], [0.3, 0.6, 0.92]),
            validation_images=500,
        ),
        {"over-fitting": "Its accuracy still rose, from 60.0 % to 92.0 % of 500 validation images"},
    ),
    "6 rises and falls to a new low": (
        trial(np.interp(E, [1, 8, 15, 30], [2.0, 0.6, 0.9, 0.4]), LONG),
        {},
    ),
    "7 training loss to and fro": (
        trial(falling(12), [2, 1.5, 1.2, 0.9, 0.9, 0.6, 0.3, 0.6, 0.9, 0.3, 0.6, 0.9]),
        {},
    ),
    "8 training loss down and up": (trial(falling(8), [2, 1.5, 1, 0.5, 0.2, 0.2, 0.5, 1]), {}),
    "9 nothing left to learn": (trial(falling(12), [0.001] * 12), {"plateau": "There is nothing left to learn"}),
    "10 the cosine has ended": (
        trial(falling(20), falling(20, 0.5, 1.5), learning_rate=cosine(20)),
        {"plateau": "The schedule had ended"},
    ),
    "11 up to 26 and down again": (trial([0.5, 0.1], steps=exploding(26, 5)), {"spikes": "one spike at step 6"}),
    "12 hard images one by one": (trial([0.2, 0.1], steps=hard_images(), classes=2, batch_size=1), {}),
    "13 one step without a number": (
        trial([0.5, 0.4], [NAN, 0.4], steps=changed(step_loss(201), 101, NAN)),
        {"without a number": "one step with a non-finite loss (step 101 of 201), and recovered"},
    ),
    "14 no number from step 300 on": (
        trial([0.5, NAN], [0.5, NAN], steps=changed(step_loss(400), np.arange(300, 401), NAN)),
        {"divergence": "from step 300 of 400 on"},
    ),
    "15 worse than guessing at the end": (
        trial([0.5, 0.4], steps=[*decayed(2.3, 0.1, 880), *[3.0] * 120]),
        {"divergence": "since step 881"},
    ),
    "16 back to chance": (
        trial([0.5, 0.4], steps=[*decayed(2.3, 0.1, 800), *[2.303] * 200]),
        {"collapse": "collapsed to chance in step 801"},
    ),
    "17 three spikes": (
        trial(falling(), steps=changed(step_loss(600, 0.1), [200, 310, 480], 5 * 0.32)),
        {"spikes": "3 spikes"},
    ),
    "17 gamma noise": (trial(falling(), steps=gamma(2), batch_size=4), {}),
    "18 a loss of zero": (
        trial(falling(), steps=changed(step_loss(600, 0.1), [250, 400], [0.0, 5 * 0.32])),
        {"spikes": "one spike at step 400"},
    ),
    "19 label smoothing": (
        trial([0.1] * 5, [2.258] * 5, train_accuracy=[0.99] * 5, accuracy=[0.98] * 5, smoothing=0.5),
        {},
    ),
    "19 label smoothing that is not known of": (
        trial([0.1] * 5, [2.258] * 5, train_accuracy=[0.99] * 5, accuracy=[0.98] * 5),
        {},
    ),
    "20 zig-zag with a trend": (trial(zigzag(rising(6, 0.6, 30), 0.2), LONG), {"over-fitting": "after epoch"}),
    "20 both rise": (trial(rising(6, 0.6, 30), rising(6, 0.6, 30, 0.3)), {}),
}
MORE = {
    "over-fits from its second epoch": (
        trial(rising(2, 0.8, 10), falling(10)),
        {"over-fitting": "after epoch 2 of 10"},
    ),
    "over-fits, accuracy falls": (
        trial(rising(5, 0.5), TRAINED, accuracy=np.interp(E[:20], [1, 5, 20], [0.3, 0.8, 0.6]), validation_images=400),
        {"over-fitting": "Its accuracy also fell"},
    ),
    "over-fits, accuracy stays": (
        trial(rising(5, 0.5), TRAINED, accuracy=np.interp(E[:20], [1, 5, 20], [0.3, 0.8, 0.81]), validation_images=200),
        {"over-fitting": "has not changed by more than chance would"},
    ),
    "over-fits, zig-zag of a tenth": (trial(zigzag(rising(5, 0.6), 0.1), TRAINED), {"over-fitting": "over-fits"}),
    "over-fits with a lucky epoch late": (
        trial(changed(rising(6, 0.6), 15, 0.3), TRAINED),
        {"over-fitting": "after epoch 6"},
    ),
    "a single unlucky epoch": (trial(changed(falling(20), 12, 1.5), TRAINED), {}),
    "rises by 4 % alone": (trial(rising(10, 0.04), TRAINED), {}),
    "seven epochs are too few": (trial(overfitted(7, 3), falling(7, 0.001)), {}),
    "flat, very noisy, fifty epochs": (trial(noisy([0.6] * 50, 0.2, 3), falling(50, 0.05, 10)), {}),
    "falls in a zig-zag": (trial(zigzag(falling(20, 0.3, 5), 0.2), falling(20, 0.01, 5)), {}),
    "a slow fall is no plateau": (trial(falling(20), 1.0 * 0.99 ** E[:20]), {}),
    "a noisy level is no plateau": (trial(falling(20), noisy([0.5] * 20, 0.04)), {}),
    "a plateau far from guessing": (
        trial(falling(12), [0.7] * 12, learning_rate=[0.003] * 12),
        {"plateau": "0.7 over the last 6 of 12 epochs"},
    ),
    "a plateau under the first of three steps": (
        trial(falling(20), falling(20, 0.4, 1.5), learning_rate=[0.1] * 10 + [0.01] * 5 + [0.001] * 5),
        {"plateau": "at most 1 % of its peak"},
    ),
    "nothing left although the schedule ended": (
        trial(falling(12), [0.002] * 12, learning_rate=cosine(12)),
        {"plateau": "There is nothing left to learn"},
    ),
    "a schedule that ends while the loss falls": (trial(falling(), falling(), learning_rate=cosine(20)), {}),
    "accuracy far above guessing at a high loss": (
        trial([2.29] * 3, [2.29] * 3, accuracy=[0.6] * 3),
        {},
    ),
    "two classes, guessing": (
        trial([0.693] * 3, [0.693] * 3, accuracy=[0.5] * 3, classes=2),
        {"unlearned": "its highest accuracy is 50.0 %, random guessing gives 50.0 %"},
    ),
    "label smoothing, guessing": (
        trial([CHANCE] * 3, [CHANCE] * 3, smoothing=0.5),
        {"unlearned": "including label smoothing 0.5"},
    ),
    "a hundred classes, learning slowly": (
        trial([4.4, 4.2, 4.0], [4.5, 4.3, 4.1], accuracy=[0.03, 0.05, 0.08], classes=100),
        {},
    ),
    "explodes for a hundred steps, then learns": (
        trial([0.5, 0.1], steps=[*step_loss(300), *[60.0] * 100, *decayed(2.3, 0.1, 600)]),
        {"spikes": "the loss came down again"},
    ),
    "explodes and stays at guessing": (
        trial([2.5, 2.4], [2.5, 2.4], steps=[*[2.3] * 20, 5000.0, 300.0, *noisy([2.302] * 200, 0.01)]),
        {"divergence": "no better than random guessing"},
    ),
    "ends in no number after one in between": (
        trial([0.5, NAN], [NAN, NAN], steps=changed(step_loss(400), [50, *range(350, 401)], NAN)),
        {"divergence": "from step 350 of 400 on"},
    ),
    "an epoch without a number": (
        trial([0.9, 0.7, 0.5], [1.0, NAN, 0.6]),
        {"without a number": "one epoch with a non-finite loss (epoch 2 of 3)"},
    ),
    "validation that is no number": (
        trial([0.9, NAN, NAN], [1.0, 0.8, 0.6]),
        {"divergence": "its validation loss is not a finite number from epoch 2 of 3 on"},
    ),
    "several steps without a number": (
        trial([0.5, 0.4], steps=changed(step_loss(300), [100, 101, 150], NAN)),
        {"without a number": "3 steps with a non-finite loss (steps 100 to 150 of 300)"},
    ),
    "loses most of what it had learned": (
        trial([0.5, 0.4], steps=[*decayed(2.3, 0.1, 800), *noisy([1.6] * 200, 0.1)]),
        {"collapse": "lost most of what it had learned since step 801"},
    ),
    "collapses by its epochs": (
        trial([*falling(10), *[CHANCE] * 5], [*falling(10), *[CHANCE] * 5]),
        {"collapse": "collapsed to chance in epoch 11"},
    ),
    "waits at chance, then learns": (
        trial([2.3, 0.5], steps=[*noisy([CHANCE] * 300, 0.02), *decayed(CHANCE, 0.1, 300)]),
        {},
    ),
    "a bad hundred steps in between": (
        trial([0.5, 0.2], steps=[*decayed(2.3, 0.2, 400), *[1.9] * 60, *decayed(1.0, 0.1, 400)]),
        {},
    ),
    "guesses noisily at batch size 2": (
        trial([CHANCE] * 2, [CHANCE] * 2, steps=CHANCE * RNG(1).gamma(8, 1 / 8, 300), batch_size=2),
        {"unlearned": "next to nothing"},
    ),
    "two classes, batch size 1, slow": (
        trial([0.68, 0.66], steps=0.67 * RNG(2).gamma(4, 1 / 4, 400), classes=2, batch_size=1),
        {},
    ),
    "gamma noise at batch size 1": (trial(falling(), steps=gamma(1), batch_size=1), {}),
    "normal noise of a large batch": (trial(falling(), steps=step_loss(600, 0.03), batch_size=512), {}),
    "a few images that an epoch leaves over": (
        trial(falling(), steps=changed(step_loss(600, 0.05), 600, 1.2), batch_size=64, step_images=[64] * 599 + [5]),
        {},
    ),
    "a noisy last batch of twenty images": (
        trial(falling(), steps=changed(step_loss(600, 0.14), 600, 1.0), batch_size=256, step_images=[256] * 599 + [20]),
        {},
    ),
    "a spike that goes on into what is left over": (
        trial(
            falling(),
            steps=changed(step_loss(600, 0.05), [599, 600], 1.2),
            batch_size=64,
            step_images=[64] * 599 + [5],
        ),
        {"spikes": "one spike"},
    ),
    "a spike at the first step": (
        trial(falling(), steps=changed(step_loss(300, 0.05), 1, 15.0)),
        {"spikes": "at step 1 of 300"},
    ),
    "a spike at the last step": (
        trial(falling(), steps=changed(step_loss(300, 0.05), 300, 2.0)),
        {"spikes": "it is the last step, so it is unknown whether it would have lasted"},
    ),
    "a spike near the end": (
        trial(falling(), steps=changed(step_loss(300, 0.05), np.arange(299, 301), [2.5, 2.0])),
        {"spikes": "the run ends 1 step later, too soon to see it come down"},
    ),
    "noise that grows as the loss falls": (
        trial(falling(), steps=[*noisy([CHANCE] * 200, 0.02), *noisy([0.35] * 200, 0.35)]),
        {},
    ),
    "a leap of whole batches at the end of an epoch": (
        trial(
            falling(),
            steps=changed(step_loss(190, 0.05), np.arange(94, 97), 2.0),
            step_images=np.resize([64] * 18 + [5], 190),
            batch_size=64,
        ),
        {"spikes": "the loss came down again"},
    ),
    "one batch an epoch of few images": (
        trial(falling(), steps=changed(step_loss(300, 0.05), 150, 2.0), step_images=np.full(300, 11), batch_size=64),
        {"spikes": "one spike at step 150 of 300"},
    ),
    "steps in a row are one spike": (
        trial(falling(), steps=changed(step_loss(600, 0.1), np.arange(300, 308), 2.0)),
        {"spikes": "one spike"},
    ),
    "zeros at the end": (trial(falling(), steps=[*decayed(2.3, 0.001, 300), *[0.0] * 100]), {}),
    "all steps zero": (trial([0.0, 0.0], [0.0, 0.0], steps=np.zeros(100)), {}),
    "few steps": (trial([0.9, 0.5], steps=step_loss(20)), {}),
    "gets no gradient in epoch": (trial(falling(), flow=flow(0.0)), {"gradients": "no gradient"}),
}
PLANTED = REVIEW | MORE


def test_there_are_sixty_of_them():
    assert len(PLANTED) >= 60


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_found_and_in_what_words(name):
    planted, expected = PLANTED[name]
    found = {finding.kind: finding for detect in DETECTORS if (finding := detect(planted))}
    assert {kind: finding.sentence for kind, finding in found.items() if kind not in expected} == {}
    assert set(found) == set(expected)
    for kind, words in expected.items():
        assert words in found[kind].sentence


def test_a_hundred_healthy_curves_are_healthy():
    """False alarms per 1,000: docs/benchmarks.md. A plateau is none, where a healthy run has come to its floor."""
    assert sum(count(shape, 20, seed=99)["any"] for shape in SHAPES.values()) <= 1
