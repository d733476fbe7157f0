"""Competitors in processes of their own, each in turn for a moment, so that a busy machine is busy for all of them."""

import itertools
import math
import multiprocessing
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection

import torch
from torch import nn

from benchmarks.competitors import COMPETITORS
from benchmarks.gate import EnoughMeasured, Gate
from benchmarks.rows import OURS, SIDE, Row
from explorer.data import Dataset, Images, load
from explorer.jobs.capacity import cores
from explorer.models import build, set_statistics
from explorer.training import TrainConfig


@dataclass
class Measured:
    """What one competitor did in one row."""

    start_up: list[float] = field(default_factory=list)  # seconds until the first step was done
    speeds: list[float] = field(default_factory=list)  # images/s, one a round
    seconds: list[float] = field(default_factory=list)  # of training, one a seed, where it was trained to the end
    accuracies: list[float] = field(default_factory=list)  # of the test images, fractions, one a seed
    own: list[float] = field(default_factory=list)  # on a CPU: images a second of CPU time of the thread that trains


def in_turns(
    row: Row, names: tuple[str, ...], source: str, folder: str | None, seconds: float, rounds: int
) -> dict[str, Measured]:
    """`rounds` turns of each, `seconds` in all, the order turning round by round. Nobody comes to the last epoch."""
    row = replace(row, config={**row.config, "epochs": 10_000})
    results = {name: Measured() for name in names}
    turn = seconds / (rounds * len(names))
    with ExitStack() as stack:
        pipes: dict[str, list[Connection]] = {}
        for name in names:  # one after the other: a start-up is measured without the others
            competitor, runs = (OURS, cores()) if name == SIDE else (name, 1)
            apart = (_trained_apart(row, competitor, source, folder, seed) for seed in range(runs))
            pipes[name] = [stack.enter_context(process) for process in apart]
            results[name].start_up.append(max(_answer(pipe, "ready")[0] for pipe in pipes[name]))
        for number in range(rounds):
            shift = number % len(names)
            for name in names[shift:] + names[:shift]:
                for pipe in pipes[name]:
                    pipe.send(turn)
                turns = [_answer(pipe, "turn") for pipe in pipes[name]]
                results[name].speeds.append(sum(images / timed for images, timed, _ in turns))
                if row.device == "cpu":
                    results[name].own.append(sum(images / own for images, _, own in turns))
    return results


def to_the_end(
    row: Row, names: tuple[str, ...], source: str, folder: str | None, seeds: Iterable[int]
) -> dict[str, Measured]:
    """Each trained to the last epoch once a seed, all with one seed before the next, and the test images looked at."""
    results = {name: Measured() for name in names}
    for seed, name in itertools.product(seeds, names):
        result = results[name]
        with _trained_apart(row, name, source, folder, seed) as pipe:
            result.start_up.append(_answer(pipe, "ready")[0])
            pipe.send(math.inf)
            images, timed, _ = _answer(pipe, "turn")
            result.speeds.append(images / timed)
            result.seconds.append(timed)
            result.accuracies.append(_answer(pipe, "accuracy")[0])
    return results


def together(row: Row, count: int, source: str, folder: str | None, seconds: float) -> Measured:
    """`count` processes that train the row's network at once, each with telemetry; the speed is that of all."""
    row = replace(row, config={**row.config, "epochs": 10_000})
    with ExitStack() as stack:
        pipes = [stack.enter_context(_trained_apart(row, OURS, source, folder, seed)) for seed in range(count)]
        start_up = [_answer(pipe, "ready")[0] for pipe in pipes]
        for pipe in pipes:
            pipe.send(seconds)
        turns = [_answer(pipe, "turn") for pipe in pipes]
    return Measured(start_up, [sum(images / timed for images, timed, _ in turns)])


@contextmanager
def _trained_apart(row: Row, name: str, source: str, folder: str | None, seed: int) -> Iterator[Connection]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_train, args=(there, row, name, source, folder, seed))
    process.start()
    there.close()
    try:
        yield here
    finally:
        if process.is_alive():
            with suppress(BrokenPipeError):
                here.send(None)
        process.join(60)
        if process.is_alive():
            process.terminate()


def _train(pipe: Connection, row: Row, name: str, source: str, folder: str | None, seed: int) -> None:
    """In the competitor's process."""
    data = load(source, folder)
    config = TrainConfig(**row.config, device=row.device, seed=seed)
    model = new_model(row, data, seed)
    gate = Gate(pipe, torch.device(row.device), config.batch_size)
    try:
        COMPETITORS[name](model, data, config, gate)
    except EnoughMeasured:
        return
    gate.report()
    pipe.send(("accuracy", accuracy(model, data.test)))


def _answer(pipe: Connection, kind: str) -> list[float]:
    """The numbers of the next message, which must be of this kind."""
    got, *numbers = pipe.recv()  # EOFError, where the competitor's process ended: it said why on stderr
    if got != kind:
        raise RuntimeError(f"A competitor answered {got!r} when it was asked for {kind!r}: give it more epochs.")
    return numbers


def new_model(row: Row, data: Dataset, seed: int) -> nn.Module:
    """The same weights for every competitor."""
    torch.manual_seed(seed)
    model = build(row.model, data.channels, len(data.classes), data.size, **row.options)
    set_statistics(model, data.mean, data.std)
    return model


@torch.inference_mode()
def accuracy(model: nn.Module, split: Images) -> float:
    """A fraction, in eval mode and float32."""
    model.eval()
    device = next(model.parameters()).device
    correct = 0
    for start in range(0, len(split), 500):
        part = slice(start, start + 500)
        images = torch.from_numpy(split.pixels[part]).to(device).float() / 255
        correct += (model(images).argmax(1).cpu() == torch.from_numpy(split.labels[part])).sum().item()
    return correct / len(split)
