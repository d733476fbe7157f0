"""`train` and `resume`: train in this process, with a progress bar."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.cluster import DEFAULT_CPUS, Cluster, Cpus, cluster_setting, follow
from explorer.cli.common import Checkpoints, Data, RunId, SkipDamaged, tell_report
from explorer.cli.preset import Preset, of_preset
from explorer.errors import UserError
from explorer.training import TrainConfig
from explorer.training.config import SCRATCH

if TYPE_CHECKING:
    from explorer.runs import RunConfig

DEFAULT = TrainConfig()
TRAINING = frozenset(vars(DEFAULT))
TUNE = "all"  # what learns of a network that starts from another


def _number(name: str, help: str = "") -> typer.models.OptionInfo:
    """Numbers arrive as text and are read by `_like`, which names what it could not read."""
    return typer.Option(name, metavar="N", help=help)


def train(
    context: typer.Context,
    preset: Preset = None,
    dataset: Annotated[str, typer.Option(help="A data set's name, or folder:PATH.")] = "digits",
    model: Annotated[
        str | None, typer.Option(help="A model's name; simple_cnn, or that of --from, if none is given.")
    ] = None,
    epochs: Annotated[str, _number("--epochs")] = str(DEFAULT.epochs),
    batch_size: Annotated[str, _number("--batch-size")] = str(DEFAULT.batch_size),
    learning_rate: Annotated[str, _number("--lr", "The peak of the schedule.")] = str(DEFAULT.learning_rate),
    optimizer: Annotated[str, typer.Option(help="adamw or sgd.")] = DEFAULT.optimizer,
    schedule: Annotated[str, typer.Option(help="constant, cosine, onecycle or steps.")] = DEFAULT.schedule,
    activation: Annotated[str | None, typer.Option(help="relu, sigmoid, tanh or gelu.")] = None,
    augment: Annotated[bool, typer.Option(help="Random crop, and flip where it means the same.")] = DEFAULT.augment,
    balance: Annotated[
        str,
        typer.Option(
            help="Of unequal classes: none, class-weights (rare images weigh more), sampler (come more often)."
        ),
    ] = DEFAULT.balance,
    seed: Annotated[str, _number("--seed")] = str(DEFAULT.seed),
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = DEFAULT.device,
    image_size: Annotated[str, _number("--image-size", "Pixels a side; for folder:PATH only.")] = "32",
    skip_damaged: SkipDamaged = False,
    source: Annotated[
        str | None, typer.Option("--from", metavar="RUN", help="Start from the weights of a run or published model.")
    ] = None,
    source_epoch: Annotated[str, typer.Option("--from-epoch", help="best, last, or a number.")] = DEFAULT.source_epoch,
    tune: Annotated[
        str, typer.Option(help="With --from: what learns, frozen (the head alone), last-K blocks, all, or scratch.")
    ] = TUNE,
    head_rate: Annotated[str, _number("--head-lr", "Of the class head; 0 is --lr.")] = str(DEFAULT.head_learning_rate),
    fraction: Annotated[str, _number("--fraction", "Of the training images, 0.01 for example.")] = str(
        DEFAULT.fraction
    ),
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="An option of the model or of training; may be repeated."),
    ] = None,
    cluster: Cluster = None,
    cluster_cpus: Cpus = DEFAULT_CPUS,
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> int:
    """Train one model on one data set. The last line printed is the run's id."""
    from explorer.runs import create
    from explorer.runs.check import check

    given = settings(set_ or [])
    recipe = of_preset(preset, context, given)
    numbers = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "seed": seed}
    numbers |= {"head_learning_rate": head_rate, "fraction": fraction}
    words = {"optimizer": optimizer, "schedule": schedule, "augment": augment, "device": device, "balance": balance}
    model, borrowed, start = _start(recipe.get("model", model), source, source_epoch, tune, checkpoints)
    if activation is not None:
        given["activation"] = activation
    config = _config(recipe.get("dataset", dataset), model, words | start, numbers, given, borrowed, recipe, image_size)
    config = replace(config, skip_damaged=skip_damaged)
    check(config)
    if setting := cluster_setting(cluster, cluster_cpus):
        return _ended(*follow([create(config, checkpoints, status="running")], setting, checkpoints, data))
    loaded = config.load_data(data, _download_bar())
    tell_report(loaded)
    return _perform(create(config, checkpoints, status="running"), loaded)


def _config(
    dataset: str,
    model: str,
    words: dict,
    numbers: dict[str, str],
    given: dict[str, str],
    borrowed: dict,
    recipe: dict,
    image_size: str,
) -> "RunConfig":
    """The run as it was asked for. `given`: options of the model or fields of TrainConfig, as text; `borrowed`: the
    options of the network whose weights it starts from; `recipe`: as `of_preset` gave it."""
    from explorer.runs import RunConfig

    numbers = {**numbers, **{key: value for key, value in given.items() if key in TRAINING}}
    options = {key: value for key, value in given.items() if key not in TRAINING}
    read = {key: _like(key, text, getattr(DEFAULT, key)) for key, text in numbers.items()}
    return RunConfig(
        dataset,
        model,
        {**recipe["options"], **borrowed, **_options(model, options)},
        TrainConfig(**{**words, **read, **recipe["training"]}),
        _like("image_size", image_size, 32),
    )


def _start(
    model: str | None, source: str | None, epoch: str, tune: str, checkpoints: str | None
) -> tuple[str, dict, dict[str, str]]:
    """(model, its options, where the weights come from as fields of TrainConfig)."""
    if source is None:
        for name, value, default in (("--tune", tune, TUNE), ("--from-epoch", epoch, DEFAULT.source_epoch)):
            if value != default:
                raise UserError(f"{name} {value} is about the weights to start from: say with --from RUN whose.")
        return model or "simple_cnn", {}, {}
    from explorer.runs import find

    lender = find(source, checkpoints).config
    if model not in (None, lender.model):
        raise UserError(f"{source} is a {lender.model}, not a {model}: leave --model out, or start from another run.")
    words = {} if tune == SCRATCH else {"source": source, "source_epoch": epoch, "tune": tune}
    return lender.model, lender.options, words


def resume(
    run: RunId,
    epochs: Annotated[
        str | None, typer.Option(metavar="N", help="Train to N epochs in all; also a run that is finished.")
    ] = None,
    cluster: Cluster = None,
    cluster_cpus: Cpus = DEFAULT_CPUS,
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> int:
    """Go on with a stopped or failed run from the end of its last whole epoch, or give any ended run more epochs."""
    from explorer.runs import find
    from explorer.runs.published import is_published
    from explorer.runs.same_data import same

    found = find(run, checkpoints)
    if is_published(run):
        raise UserError(f"{run} is a published model without a history: there is nothing to resume.")
    if found.status == "finished" and epochs is None:
        raise UserError(f"{run} is finished: to train it further, give --epochs with more than {found.epochs_done}.")
    setting = cluster_setting(cluster, cluster_cpus)
    loaded = None if setting else same(found, found.config.load_data(data))
    if epochs is not None:
        found = _further(found, _like("epochs", epochs, DEFAULT.epochs))
    again = found.requeue().change(status="running")
    return _ended(*follow([again], setting, checkpoints, data)) if setting else _perform(again, loaded)


def _further(run, epochs: int):
    from explorer.runs.further import train_further, what_it_does

    going_on = what_it_does(run, epochs)
    changed = train_further(run, epochs)
    print(going_on, file=sys.stderr)
    return changed


def _perform(run, data) -> int:
    return _ended(perform_with_bar(run, data))


def _ended(ended) -> int:
    if ended.status == "failed":
        print(ended.reason, file=sys.stderr)
        return 1
    print(ended.id)
    return 0


def perform_with_bar(run, data):
    """Train a run on loaded data with a progress bar; the run as it ended."""
    from explorer.jobs.perform import perform
    from explorer.training.events import EpochEnd, Started, Steps

    epochs = run.config.training.epochs
    with typer.progressbar(length=epochs, label=run.id, file=sys.stderr) as bar:

        def show(event) -> None:
            if isinstance(event, Started):
                bar.length = epochs * event.steps_per_epoch
                for said in (run.reload().info.get("origin") or {}).get("changed", []):
                    print(f"\n{said}", file=sys.stderr)
            elif isinstance(event, Steps):
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
