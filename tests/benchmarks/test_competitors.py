"""Laws of the comparison: everybody trains the same model, and the clock counts training alone."""

import math
import time

import pytest
import torch

from benchmarks.competitors import COMPETITORS, Samples, normalised_outside
from benchmarks.gate import WARM_UP, EnoughMeasured, Gate
from benchmarks.measure import accuracy, new_model
from benchmarks.rows import B_NORMS, OURS, QUIET, A, B, Row
from explorer.training import TrainConfig
from explorer.training.events import Steps
from explorer.training.loop import fit

TINY = Row("tiny", "cpu", "tiny", "mlp", {"batch_size": 24, "epochs": 2}, {"widths": (8,)})
CONFIG = TrainConfig(**TINY.config, device="cpu")


class Pipe:
    """The other end of a gate, in this process: asks for these turns, and keeps what is answered."""

    def __init__(self, *turns):
        self.turns, self.answers = list(turns), []

    def recv(self):
        return self.turns.pop(0)

    def send(self, answer):
        self.answers.append(answer)


@pytest.mark.parametrize("name", [A, QUIET, OURS])
def test_a_competitor_trains_on_every_image_of_every_epoch(tiny, name):
    pipe = Pipe(math.inf)
    gate = Gate(pipe, torch.device("cpu"), CONFIG.batch_size)
    model = new_model(TINY, tiny, seed=0)
    before = accuracy(model, tiny.test)
    COMPETITORS[name](model, tiny, TrainConfig(**{**TINY.config, "epochs": 12}, learning_rate=0.03, device="cpu"), gate)
    gate.report()
    (ready, start_up), (turn, images, seconds, own) = pipe.answers
    assert (ready, turn) == ("ready", "turn")
    assert start_up > 0
    assert seconds > own > 0
    assert 11 * 96 <= images < 12 * 96  # the first steps are the start-up's
    assert accuracy(model, tiny.test) > max(before, 0.9)


def test_all_see_the_same_initial_loss(tiny):
    """Through PIL, ToTensor and Normalize outside as through uint8 and the model's own normalisation."""
    mine = new_model(TINY, tiny, seed=3)
    whole = TrainConfig(batch_size=len(tiny.train), epochs=1, device="cpu", precision="float32")
    told = next(event for event in fit(mine, tiny, whole) if isinstance(event, Steps))
    theirs = new_model(TINY, tiny, seed=3)
    samples = Samples(tiny, augment=False)
    images, labels = zip(*(samples[index] for index in range(len(samples))), strict=True)
    with normalised_outside(theirs):
        loss = torch.nn.functional.cross_entropy(theirs(torch.stack(images)), torch.tensor(labels))
    assert told.loss[0] == pytest.approx(loss.item(), abs=1e-5)


def test_without_telemetry_the_training_is_the_same(tiny):
    trained = []
    for name in (QUIET, OURS):
        model = new_model(TINY, tiny, seed=0)
        COMPETITORS[name](model, tiny, CONFIG, Gate(Pipe(math.inf), torch.device("cpu"), CONFIG.batch_size))
        trained.append(model.state_dict())
    assert all(torch.equal(trained[0][key], trained[1][key]) for key in trained[0])


@pytest.mark.parametrize("name", [B, B_NORMS])
@pytest.mark.filterwarnings("ignore")
def test_lightning_trains_the_same_model(tiny, name):
    pytest.importorskip("lightning", reason="it is in the group bench")
    pipe = Pipe(math.inf)
    gate = Gate(pipe, torch.device("cpu"), CONFIG.batch_size)
    model = new_model(TINY, tiny, seed=0)
    before = model.head.weight.detach().clone()
    COMPETITORS[name](model, tiny, CONFIG, gate)
    gate.report()
    assert pipe.answers[-1][1] == 2 * 96 - 24
    assert not torch.equal(before, model.head.weight)


def test_a_turn_leaves_out_what_was_ready_and_what_is_no_training():
    pipe = Pipe(0.02, None)
    gate = Gate(pipe, torch.device("cpu"), batch_size=10)
    gate.tick(10)  # the first step ends the start-up
    for _ in range(WARM_UP):
        gate.tick(10)
    gate.hold()
    time.sleep(0.3)
    gate.go_on()
    gate.tick(10)
    with pytest.raises(EnoughMeasured):  # noqa: PT012 – the turn ends inside
        while True:
            time.sleep(0.005)
            gate.tick(10)
    _, (turn, images, seconds, own) = pipe.answers
    assert turn == "turn"
    assert images >= 20
    assert 0.02 <= seconds < 0.25
    assert own < 0.02  # sleeping takes no CPU time
