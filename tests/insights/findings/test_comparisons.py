"""Which is faster, deeper, ahead and noisier, and in which epoch each is best; with what the runs cannot tell."""

import pytest

from explorer.insights.findings import comparisons as compare
from explorer.insights.findings.variants import by_variant
from explorer.runs.record import DeviceRecord
from tests.insights.planted import falling, trial


def timed(label, seconds, macs, run, **known):
    known = {"device": DeviceRecord("cpu", "CPU"), "images": 1000, **known}
    return trial(falling(), label=label, seconds=seconds, macs=macs * 10**6, run=run, **known)


def test_faster_says_the_factor_and_what_was_counted_in_this_one_run():
    found = compare.faster(by_variant([timed("a", 0.8, 1.2, "a-0001"), timed("b", 2.5, 20.5, "b-0002")]))
    assert found.sentence == (
        "In one run of each, a was 3.1 times as fast as b: 0.80 s compared with 2.5 s per epoch, at 1.2 MMAC "
        "compared with 20.5 MMAC per image."
    )


@pytest.mark.parametrize(
    "trials",
    [
        [timed("a", 1.0, 1, "a-0001"), timed("b", 1.7, 2, "b-0002")],
        [
            timed(label, s, n, f"{label}-000{i}")
            for n, (label, s) in enumerate((("a", 1.0), ("b", 1.1)))
            for i in (1, 2)
        ],
        [timed("a", 1.0, 1, "a-0001"), timed("b", 3.0, 1, "b-0002")],
        [timed("a", s, 1, f"a-000{i}") for i, s in enumerate((1, 3))] + [timed("b", 2, 5, "b-0009")],
        [timed("a", 1.0, 1, "a-0001"), timed("b", 9.0, 2, "b-0002", images=10_000)],
        [timed("a", 1.0, 1, "a-0001"), timed("b", 9.0, 2, "b-0002", device=DeviceRecord("cuda", "GPU"))],
        [timed("a", 1.0, 1, "a-0001")],
        [
            timed("a", 1.0, 1, "a-0001", device=DeviceRecord("cpu", "CPU", processor="A")),
            timed("b", 9.0, 2, "b-0002", device=DeviceRecord("cpu", "CPU", processor="B")),
        ],
    ],
    ids=[
        "one seed",
        "hardly faster",
        "equal work",
        "seeds overlap",
        "other images",
        "other device",
        "one variant",
        "other processor",
    ],
)
def test_who_is_not_faster_is_not_called_so(trials):
    assert compare.faster(by_variant(trials)) is None


def test_two_seeds_tell_a_smaller_difference_than_one():
    trials = [
        timed(label, s, n, f"{label}-000{i}") for n, (label, s) in enumerate((("a", 80), ("b", 130))) for i in (1, 2)
    ]
    said = compare.faster(by_variant(trials)).sentence
    assert said.startswith("In both runs of each, a was 1.6 times as fast as b: 80 s compared with 130 s per epoch")


def test_who_is_ahead_is_counted():
    a = trial(falling(4), label="a", accuracy=[0.5, 0.7, 0.8, 0.8], validation_images=258)
    b = trial(falling(4), label="b", accuracy=[0.6, 0.6, 0.8, 0.9], validation_images=258)
    found = compare.ahead(by_variant([a, b]))
    assert found.sentence == (
        "In validation accuracy (258 images, 1 seed each) b is ahead in 2 of 4 epochs, a in 1 (1 tie); b leads by "
        "10.0 points at the end. This is a count of epochs, not a test."
    )
    hardly = trial(falling(4), label="b", accuracy=[0.6, 0.6, 0.8, 0.8003], validation_images=258)
    assert "b leads by less than 0.1 points at the end" in compare.ahead(by_variant([a, hardly])).sentence
    assert found.numbers["epochs ahead, a"] == 1
    assert found.numbers["epochs ahead, b"] == 2
    assert compare.ahead(by_variant([a])) is None
    assert compare.ahead(by_variant([a, trial(falling(3), label="c")])) is None


def net(label, model, loss, **known):
    return trial([1.0, loss], [1.0, loss], label=label, model=model, **known)


def test_degradation_is_a_deeper_network_that_fits_worse():
    plain = [
        net(f"{depth} plain", f"resnet{depth}", x, settings={"skip": False}) for depth, x in ((20, 0.2), (56, 0.5))
    ]
    skips = {"settings": {"skip": True}}
    residual = [net("20 residual", "resnet20", 0.2, **skips), net("56 residual", "resnet56", 0.1, **skips)]
    found = compare.degradation(by_variant(plain + residual))
    assert "in this one run of each: training loss of 56 plain 0.5, 20 plain 0.2" in found.sentence
    assert "residual" not in found.sentence
    assert compare.degradation(by_variant(residual)) is None
    assert compare.degradation(by_variant([net("a", "mlp", 0.1), net("b", "vgg16", 0.9)])) is None


def test_runs_that_differ_in_more_than_their_depth_show_no_degradation():
    """Whatever they are called: by their ids, for example, where each run is looked at by itself."""
    plain = net("cifar10-resnet56-0001", "resnet56", 0.5, settings={"skip": False, "model": "resnet56", "seed": 1})
    for other, expected in (({"skip": True}, False), ({"skip": False}, True), ({"skip": False, "epochs": 9}, False)):
        shallow = net("cifar10-resnet20-0001", "resnet20", 0.2, settings={**other, "model": "resnet20", "seed": 0})
        said = compare.degradation(by_variant([plain, shallow])) is not None
        assert said == expected, other


def seeds(label, model, losses):
    return [net(label, model, loss, seed=seed, run=f"{model}-{seed:04d}") for seed, loss in enumerate(losses)]


def test_degradation_is_said_of_every_seed_or_not_at_all():
    found = compare.degradation(by_variant(seeds("20", "resnet20", [0.2, 0.3]) + seeds("56", "resnet56", [0.5, 0.4])))
    assert "in every seed (2 of each)" in found.sentence
    mixed = seeds("20", "resnet20", [0.2, 0.45]) + seeds("56", "resnet56", [0.9, 0.4])
    assert compare.degradation(by_variant(mixed)) is None


def test_accuracies_that_read_alike_are_no_range():
    trials = [trial([2, 1], run=f"net-000{i}", accuracy=[0.1, accuracy]) for i, accuracy in enumerate((0.99, 0.9902))]
    found = compare.best_epochs(by_variant(trials))
    assert "in epoch 2, 99.0 %. " in found.sentence


def test_best_epochs_have_the_highest_accuracy_and_the_lowest_loss_its_own():
    trials = [
        trial(curve, label=label, run=f"net-000{i}", accuracy=accuracy)
        for i, (label, curve, accuracy) in enumerate(
            [("a", [3, 1, 2], [0.1, 0.5, 0.8]), ("a", [3, 2, 1.5], [0.2, 0.7, 0.7]), ("b", [1, 2, 3], [0.3, 0.2, 0.1])]
        )
    ]
    found = compare.best_epochs(by_variant(trials))
    assert found.sentence == (
        "Best epoch of 3 epochs, by validation accuracy: a in epochs 2 and 3, 70.0 % to 80.0 %; b in epoch 1, 30.0 %. "
        "Lowest validation loss, in nats: a in epochs 2 and 3, 1.00 to 1.50; b in epoch 1, 1.00."
    )
    assert [found.numbers[f"best epoch (net-000{i})"] for i in range(3)] == [3, 2, 1]
    assert [found.numbers[f"epoch of the lowest validation loss (net-000{i})"] for i in range(3)] == [2, 3, 1]
    assert compare.best_epochs(by_variant([trial([0.5])])) is None
