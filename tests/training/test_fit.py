"""Laws of the training loop."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from explorer.data import Images, load
from explorer.models import build
from explorer.training import TrainConfig
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd, Started, Steps
from explorer.training.lookahead import Lookahead
from explorer.training.loop import Resume, fit
from explorer.training.optimizer import make_optimizer
from explorer.training.step import CapturedStep, Step

CONFIG = TrainConfig(epochs=3, batch_size=20, learning_rate=0.01, device="cpu")


def small_net(dropout: float = 0.0) -> nn.Module:
    torch.manual_seed(7)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Flatten(),
        nn.Linear(8 * 64, 3),
    )


def history(model, data, config, resume=None) -> list[tuple]:
    """Everything that an event says, but for clock times, as comparable numbers."""
    told = []
    for event in fit(model, data, config, resume):
        if isinstance(event, Steps):
            rows = zip(event.loss.tolist(), event.accuracy.tolist(), event.gradient_norms.tolist(), strict=True)
            told += [("step", event.epoch, event.first_step + i, *row) for i, row in enumerate(rows)]
        elif isinstance(event, EpochEnd):
            losses = (event.train_loss, event.train_accuracy, event.validation_loss, event.validation_accuracy)
            told.append(("epoch", event.epoch, *losses))
    return told


@pytest.mark.parametrize(("optimizer", "precision"), [("adamw", "float32"), ("sgd", "float32"), ("adamw", "bfloat16")])
def test_equal_seeds_give_equal_histories_and_weights(tiny, optimizer, precision):
    config = TrainConfig(
        epochs=2, batch_size=20, optimizer=optimizer, augment=True, seed=3, device="cpu", precision=precision
    )
    first, second = small_net(0.3), small_net(0.3)
    assert history(first, tiny, config) == history(second, tiny, config)
    for a, b in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_another_seed_gives_another_history(tiny):
    other = TrainConfig(epochs=1, batch_size=20, seed=1, device="cpu")
    assert history(small_net(), tiny, TrainConfig(epochs=1, batch_size=20, device="cpu")) != history(
        small_net(), tiny, other
    )


@pytest.mark.parametrize(("optimizer", "precision"), [("adamw", "float32"), ("sgd", "float32"), ("adamw", "bfloat16")])
def test_resuming_gives_the_numbers_of_never_having_stopped(tiny, optimizer, precision):
    config = TrainConfig(
        epochs=4,
        batch_size=20,
        optimizer=optimizer,
        schedule="onecycle",
        augment=True,
        device="cpu",
        weight_decay=0.01,
        precision=precision,
    )
    whole_model, model = small_net(0.3), small_net(0.3)
    whole = history(whole_model, tiny, config)
    for event in fit(model, tiny, config):
        if isinstance(event, EpochEnd) and event.epoch == 2:
            state = Resume(2, event.optimizer.state_dict())
            break
    rest = history(model, tiny, config, state)
    assert rest == [row for row in whole if row[1] > 2]
    for a, b in zip(whole_model.state_dict().values(), model.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_losses_are_means_per_image(tiny):
    """The last batch is smaller (96 = 4 · 20 + 16): a mean of batch means would be wrong."""
    config = TrainConfig(
        epochs=1, batch_size=20, learning_rate=1e-8, optimizer="sgd", momentum=0.0, device="cpu", precision="float32"
    )
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    (end,) = [event for event in fit(model, tiny, config) if isinstance(event, EpochEnd)]
    # With a learning rate of nothing, the epoch's mean is the loss of the whole split.
    assert end.train_loss == pytest.approx(evaluate(model, tiny.train).loss, abs=1e-4)
    assert end.train_accuracy == pytest.approx(evaluate(model, tiny.train).accuracy, abs=1e-6)
    assert end.validation_loss == pytest.approx(evaluate(model, tiny.validation).loss)


def test_gradient_norms_are_those_of_autograd(tiny):
    model, reference = small_net(), small_net()
    config = TrainConfig(epochs=1, batch_size=96, device="cpu", precision="float32")
    steps = next(event for event in fit(model, tiny, config) if isinstance(event, Steps))
    images = torch.from_numpy(tiny.train.pixels).float() / 255
    nn.functional.cross_entropy(reference(images), torch.from_numpy(tiny.train.labels)).backward()
    expected = [p.grad.norm().item() for p in reference.parameters()]
    np.testing.assert_allclose(steps.gradient_norms[0], expected, rtol=1e-3, atol=1e-5)


def test_every_step_is_told_once_and_in_order(tiny):
    events = list(fit(small_net(), tiny, CONFIG))
    started = events[0]
    assert isinstance(started, Started)
    assert started.steps_per_epoch == 5
    assert started.parameters == ("0.weight", "0.bias", "1.weight", "1.bias", "5.weight", "5.bias")
    numbers = [e.first_step + i for e in events if isinstance(e, Steps) for i in range(len(e.loss))]
    assert numbers == list(range(1, 16))
    assert [e.epoch for e in events if isinstance(e, EpochEnd)] == [1, 2, 3]


def test_it_learns(tiny):
    ends = [
        e for e in fit(small_net(), tiny, TrainConfig(epochs=8, batch_size=16, device="cpu")) if isinstance(e, EpochEnd)
    ]
    assert ends[-1].validation_accuracy == 1.0
    assert ends[-1].validation_loss < 0.02 < ends[0].validation_loss


def test_validation_and_test_leave_the_model_alone(tiny):
    model = small_net(0.5).train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    evaluate(model, tiny.validation)
    assert model.training
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("name", ["simple_cnn", "mlp"])
def test_on_a_cpu_few_images_pass_at_once_and_the_numbers_are_those_of_one_pass(name, monkeypatch):
    split, seen = load("digits").validation, []
    model = build(name, 1, 10)
    model.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    monkeypatch.setattr("explorer.training.evaluation.CPU_PART", 100)
    parts = evaluate(model, split)
    assert (max(seen), sum(seen)) == (100, len(split))
    monkeypatch.setattr("explorer.training.evaluation.CPU_PART", len(split))
    whole = evaluate(model, split)
    assert parts.loss == pytest.approx(whole.loss, abs=1e-6)
    np.testing.assert_array_equal(parts.predictions, whole.predictions)


def test_with_flips_an_image_and_its_mirror_image_are_one(tiny):
    model, split = small_net(), tiny.validation
    mirrored = Images(split.pixels[:, :, :, ::-1].copy(), split.labels)
    both = [evaluate(model, images, flips=True) for images in (split, mirrored)]
    assert both[0].loss == pytest.approx(both[1].loss)
    assert both[0].loss != pytest.approx(evaluate(model, split).loss)
    np.testing.assert_array_equal(both[0].predictions, both[1].predictions)


def test_label_smoothing_is_in_no_recorded_loss(tiny):
    """It is in what is minimised: the gradient is another one. Training and validation loss stay comparable."""
    still = {"learning_rate": 1e-8, "optimizer": "sgd", "momentum": 0.0, "precision": "float32", "device": "cpu"}
    norms = []
    for smoothing in (0.0, 0.4):
        model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
        nn.init.eye_(model[1].weight)
        events = list(fit(model, tiny, TrainConfig(epochs=1, batch_size=20, label_smoothing=smoothing, **still)))
        (end,) = [event for event in events if isinstance(event, EpochEnd)]
        steps = np.concatenate([event.loss for event in events if isinstance(event, Steps)])
        plain = evaluate(model, tiny.train).loss
        assert end.train_loss == pytest.approx(plain, abs=1e-4)
        assert np.average(steps, weights=[20, 20, 20, 20, 16]) == pytest.approx(plain, abs=1e-4)
        assert end.validation_loss == pytest.approx(evaluate(model, tiny.validation).loss)
        norms.append(np.concatenate([event.gradient_norms for event in events if isinstance(event, Steps)]))
    assert not np.allclose(norms[0], norms[1], rtol=0.05)


def test_clipping_bounds_the_update_but_not_what_is_reported(tiny):
    plain = {"optimizer": "sgd", "momentum": 0.0, "learning_rate": 1.0, "schedule": "constant"}
    moved = []
    for clip in (0.0, 1e-3):
        model = small_net()
        before = nn.utils.parameters_to_vector(model.parameters()).clone()
        steps = next(
            e
            for e in fit(model, tiny, TrainConfig(epochs=1, batch_size=96, device="cpu", clip_norm=clip, **plain))
            if isinstance(e, Steps)
        )
        moved.append((nn.utils.parameters_to_vector(model.parameters()) - before).norm().item())
        norms = steps.gradient_norms
    assert np.sqrt((norms**2).sum()) > 1e-2
    assert moved[1] == pytest.approx(1e-3, rel=1e-2)
    assert moved[0] > 10 * moved[1]


def test_a_divergence_is_told_and_not_hidden(tiny):
    wild = TrainConfig(epochs=2, batch_size=20, optimizer="sgd", learning_rate=100.0, schedule="constant", device="cpu")
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.Linear(64, 64), nn.Linear(64, 3))
    losses = [event.validation_loss for event in fit(model, tiny, wild) if isinstance(event, EpochEnd)]
    assert len(losses) == 2
    assert not math.isfinite(losses[-1])


def test_weight_and_update_norms_are_those_of_what_was_really_applied(tiny):
    """With momentum and decay the update is not learning rate times gradient: it is measured."""
    config = TrainConfig(epochs=1, batch_size=48, optimizer="sgd", weight_decay=0.1, device="cpu")
    model = small_net()
    before = [p.detach().clone() for p in model.parameters()]
    events = fit(model, tiny, TrainConfig(**{**vars(config), "batch_size": 96}))
    steps = next(event for event in events if isinstance(event, Steps))
    applied = [(p.detach() - b).norm().item() for p, b in zip(model.parameters(), before, strict=True)]
    np.testing.assert_allclose(steps.weights[0][0], [b.norm().item() for b in before], rtol=1e-5)
    np.testing.assert_allclose(steps.weights[0][1], applied, rtol=1e-5)


def test_weights_are_looked_at_at_the_same_steps_after_resuming(tiny, monkeypatch):
    monkeypatch.setattr("explorer.training.telemetry.WEIGHTS_EVERY", 4)
    looked = []
    for event in fit(small_net(), tiny, CONFIG):
        if isinstance(event, Steps):
            looked += [event.first_step + place for place in event.weights]
    assert looked == [1, 5, 9, 13]


class ReplayedStep(CapturedStep):
    """A captured step without a GPU: replaying runs the step on the index that lies in the graph's place."""

    def plain(self, index):
        Step.run(self, index)

    def capture(self):
        return lambda: Step.run(self, self._index)


@pytest.mark.parametrize(
    "values",
    [{}, {"augment": True}, {"augment": True, "flips": "alternating", "optimizer": "muon", "lookahead": True}],
    ids=str,
)
def test_a_captured_step_gives_the_same_history(tiny, monkeypatch, values):
    """Its bookkeeping, that is: plain steps first, static indices, the smaller last batch."""
    config = TrainConfig(epochs=3, batch_size=20, device="cpu", **values)
    plain = history(small_net(0.3), tiny, config)
    monkeypatch.setattr("explorer.training.device.use_graph", lambda config, device: True)
    monkeypatch.setattr("explorer.training.loop.CapturedStep", ReplayedStep)
    monkeypatch.setattr(
        "explorer.training.loop.make_optimizer", lambda model, config, capturable: make_optimizer(model, config)
    )
    assert history(small_net(0.3), tiny, config) == plain


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_lookahead_ends_with_weights_between_those_along_the_way(tiny, optimizer):
    """Six steps: slow weights begin with the fifth, and the last ends between them and the fast ones."""
    ends = []
    for lookahead in (False, True):
        model = small_net()
        optimize = {"optimizer": optimizer, "schedule": "constant", "norm_statistics": "running"}
        events = fit(model, tiny, TrainConfig(epochs=6, batch_size=96, device="cpu", lookahead=lookahead, **optimize))
        after = [model[5].weight.detach().clone() for event in events if isinstance(event, EpochEnd)]
        ends.append(after)
    fast, slow = ends
    assert all(torch.equal(a, b) for a, b in zip(fast[:5], slow[:5], strict=True))  # the fifth only begins them
    torch.testing.assert_close(slow[5], torch.lerp(fast[5], fast[4], Lookahead.hold))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu_the_captured_path_follows_the_plain_one(tiny):
    def losses(path):
        config = TrainConfig(epochs=3, batch_size=20, device="cuda", precision="float32", path=path)
        return [row[3] for row in history(small_net(), tiny, config) if row[0] == "step"]

    np.testing.assert_allclose(losses("captured"), losses("plain"), rtol=1e-2, atol=1e-3)
