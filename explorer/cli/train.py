"""`train` and `resume`: train in this process, with a progress bar."""

import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated

import typer

from explorer.cli.common import Checkpoints, Data, RunId
from explorer.errors import UserError
from explorer.training import TrainConfig

DEFAULT = TrainConfig()


def _number(name: str, help: str = "") -> typer.models.OptionInfo:
    """Numbers arrive as text and are read by `_like`, which names what it could not read."""
    return typer.Option(name, metavar="N", help=help)


def train(
    dataset: Annotated[str, typer.Option(help="A data set's name, or folder:PATH.")] = "digits",
    model: Annotated[str, typer.Option(help="A model's name.")] = "simple_cnn",
    epochs: Annotated[str, _number("--epochs")] = str(DEFAULT.epochs),
    batch_size: Annotated[str, _number("--batch-size")] = str(DEFAULT.batch_size),
    learning_rate: Annotated[str, _number("--lr", "The peak of the schedule.")] = str(DEFAULT.learning_rate),
    optimizer: Annotated[str, typer.Option(help="adamw or sgd.")] = DEFAULT.optimizer,
    schedule: Annotated[str, typer.Option(help="constant, cosine or onecycle.")] = DEFAULT.schedule,
    activation: Annotated[str | None, typer.Option(help="relu, sigmoid, tanh or gelu.")] = None,
    augment: Annotated[bool, typer.Option(help="Random crop, and flip where it means the same.")] = DEFAULT.augment,
    seed: Annotated[str, _number("--seed")] = str(DEFAULT.seed),
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = DEFAULT.device,
    image_size: Annotated[str, _number("--image-size", "Pixels a side; for folder:PATH only.")] = "32",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An option of the model or of training; may be repeated."),
    ] = None,
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> int:
    """Train one model on one data set. The last line printed is the run's id."""
    from explorer.data import load
    from explorer.runs import RunConfig, create
    from explorer.runs.check import check

    given = settings(set_ or [])
    numbers = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "seed": seed}
    numbers |= {key: given.pop(key) for key in list(given) if key in {f.name for f in fields(TrainConfig)}}
    words = {"optimizer": optimizer, "schedule": schedule, "augment": augment, "device": device}
    training = TrainConfig(
        **{**words, **{key: _like(key, text, getattr(DEFAULT, key)) for key, text in numbers.items()}}
    )
    if activation is not None:
        given["activation"] = activation
    config = RunConfig(dataset, model, _options(model, given), training, _like("image_size", image_size, 32))
    check(config)
    loaded = load(dataset, data, config.image_size, progress=_download_bar())
    return _perform(create(config, checkpoints, status="running"), loaded)


def resume(run: RunId, checkpoints: Checkpoints = None, data: Data = None) -> int:
    """Go on with a stopped or failed run from the end of its last whole epoch."""
    from explorer.data import load
    from explorer.runs import find

    found = find(run, checkpoints)
    if found.status == "finished":
        raise UserError(f"{run} is finished: there is nothing to resume.")
    loaded = load(found.config.dataset, data, found.config.image_size)
    return _perform(found.requeue().change(status="running"), loaded)


def _perform(run, data) -> int:
    ended = perform_with_bar(run, data)
    if ended.status == "failed":
        print(ended.reason, file=sys.stderr)
        return 1
    print(ended.id)
    return 0


def perform_with_bar(run, data):
    """Train a run on loaded data with a progress bar; the run as it ended."""
    from explorer.jobs.perform import perform
    from explorer.training.events import EpochEnd, Steps

    epochs = run.config.training.epochs
    total = epochs * -(-len(data.train) // run.config.training.batch_size)
    with typer.progressbar(length=total, label=run.id, file=sys.stderr) as bar:

        def show(event) -> None:
            if isinstance(event, Steps):
                bar.update(event.first_step + len(event.loss) - 1 - bar.pos)
            elif isinstance(event, EpochEnd):
                bar.label = f"{run.id} epoch {event.epoch}/{epochs} {event.validation_accuracy:.1%}"

        return perform(run, on_event=show, loader=lambda *_, **__: data)


def _download_bar() -> Callable[[float, str], None]:
    """A progress bar that appears with the first news; most data sets are there and have none."""
    bar = None

    def progress(fraction: float, text: str) -> None:
        nonlocal bar
        bar = bar or typer.progressbar(length=100, file=sys.stderr).__enter__()
        bar.label = text
        bar.update(round(100 * fraction) - bar.pos)

    return progress


def settings(pairs: list[str]) -> dict[str, str]:
    """["depth=4", …] → {"depth": "4", …}"""
    parsed = dict(pair.partition("=")[::2] for pair in pairs)
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals and value):
            raise UserError(f"--set {pair} cannot be read: write --set key=value, for example --set depth=4.")
    return parsed


def _options(model: str, given: dict[str, str]) -> dict:
    """The model's options with the types of their defaults."""
    from explorer.models import options, parse_option

    known = options(model)
    return {key: parse_option(key, known[key], value) if key in known else value for key, value in given.items()}


def _like(key: str, text: str, example: object) -> object:
    """A setting from the command line, with the type of an example."""
    kind = type(example)
    if kind is bool:
        known = {"true": True, "false": False}
        if text.lower() not in known:
            raise UserError(f"{key}={text} is not possible: give true or false.")
        return known[text.lower()]
    try:
        return kind(text)
    except ValueError:
        raise UserError(f"{key} '{text}' is not a number that fits: give one like {example}.") from None
