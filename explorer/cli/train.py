"""`train` and `resume`: train in this process, with a progress bar."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli.cluster import DEFAULT_CPUS, Cluster, Cpus, cluster_setting, follow
from explorer.cli.common import Checkpoints, Data, ImageSize, RunId, SkipDamaged, print_report, whole_number
from explorer.cli.preset import Preset, of_preset
from explorer.cli.training_flags import with_training_flags
from explorer.errors import UserError
from explorer.options import options_of, parse_option
from explorer.training import TrainConfig
from explorer.training.config import SCRATCH

if TYPE_CHECKING:
    from explorer.data import Dataset
    from explorer.runs import Run

DEFAULT = TrainConfig()
TRAINING = frozenset(vars(DEFAULT))
TRAINABLE = "all"  # which layers learn in a network that starts from another


@with_training_flags
def train(
    context: typer.Context,
    preset: Preset = None,
    dataset: Annotated[str, typer.Option(help="A data set's name, or folder:PATH.")] = "digits",
    model: Annotated[
        str | None, typer.Option(help="The name of a model. Default: simple_cnn, or the model of --from.")
    ] = None,
    activation: Annotated[str | None, typer.Option(help="relu, sigmoid, tanh or gelu.")] = None,
    training: dict[str, Any] | None = None,  # a flag for each, made by the decorator
    image_size: ImageSize = "32",
    skip_damaged: SkipDamaged = False,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="RUN", help="Start from the pretrained weights of a run or published model."),
    ] = None,
    source_epoch: Annotated[str, typer.Option("--from-epoch", help="best, last, or a number.")] = DEFAULT.source_epoch,
    tune: Annotated[
        str,
        typer.Option(
            help="With --from: the trainable layers: frozen (only the head), last-K (blocks), all, or scratch."
        ),
    ] = TRAINABLE,
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
    from explorer.jobs import check_queue
    from explorer.runs import RunConfig, create
    from explorer.runs.check import check

    given = settings(set_ or [])
    recipe = of_preset(preset, context, given)
    model, source_options, start = _start(recipe.get("model", model), source, source_epoch, tune, checkpoints)
    if activation is not None:
        given["activation"] = activation
    typed = (training or {}) | start | {key: given.pop(key) for key in TRAINING & given.keys()}
    config = RunConfig(
        recipe.get("dataset", dataset),
        model,
        {**recipe["options"], **source_options, **_options(model, given)},
        TrainConfig(**recipe["training"] | typed),
        whole_number("image_size", image_size),
        skip_damaged,
    )
    check(config)
    if setting := cluster_setting(cluster, cluster_cpus):
        check_queue(1, folder=checkpoints)
        return _ended(*follow([create(config, checkpoints, status="running")], setting, checkpoints, data))
    loaded = config.load_data(data, _download_bar())
    print_report(loaded)
    return _train(create(config, checkpoints, status="running"), loaded)


def _start(
    model: str | None, source: str | None, epoch: str, trainable: str, checkpoints: str | None
) -> tuple[str, dict, dict[str, str]]:
    """(model, its options, the origin of the weights as fields of TrainConfig)."""
    if source is None:
        for name, value, default in (("--tune", trainable, TRAINABLE), ("--from-epoch", epoch, DEFAULT.source_epoch)):
            if value != default:
                raise UserError(f"{name} {value} needs weights to start from: name a run with --from RUN.")
        return model or "simple_cnn", {}, {}
    from explorer.runs import find_source

    pretrained = find_source(source, checkpoints).config
    if model not in (None, pretrained.model):
        raise UserError(
            f"{source} is a {pretrained.model}, not a {model}: leave out --model, or start from another run."
        )
    words = {} if trainable == SCRATCH else {"source": source, "source_epoch": epoch, "tune": trainable}
    return pretrained.model, pretrained.options, words


def resume(
    run: RunId,
    epochs: Annotated[
        str | None, typer.Option(metavar="N", help="Train to N epochs in total; also for a finished run.")
    ] = None,
    cluster: Cluster = None,
    cluster_cpus: Cpus = DEFAULT_CPUS,
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> int:
    """Resume a stopped or failed run from the end of its last complete epoch, or train any ended run further."""
    from explorer.runs import find
    from explorer.runs.published import is_published
    from explorer.runs.same_data import same

    if is_published(run):
        raise UserError(f"{run} is a published model without a history: there is nothing to resume.")
    found = find(run, checkpoints)
    found.check_own()
    if found.status == "finished" and epochs is None:
        raise UserError(f"{run} is finished: to train it further, give --epochs above {found.epochs_done}.")
    if setting := cluster_setting(cluster, cluster_cpus):
        return _ended(*follow([_again(found, epochs)], setting, checkpoints, data))
    loaded = same(found, found.config.load_data(data))
    return _train(_again(found, epochs), loaded)


def _again(run: "Run", epochs: str | None) -> "Run":
    """The run, ready to train again; `epochs`: the total, None for as many as were planned."""
    if epochs is not None:
        run = _further(run, parse_option("epochs", options_of(DEFAULT)["epochs"], epochs))
    return run.requeue().change(status="running")


def _further(run: "Run", epochs: int) -> "Run":
    from explorer.runs.further import train_further, what_it_does

    going_on = what_it_does(run, epochs)
    changed = train_further(run, epochs)
    print(going_on, file=sys.stderr)
    return changed


def _train(run: "Run", data: "Dataset") -> int:
    return _ended(train_with_bar(run, data))


def _ended(ended: "Run") -> int:
    if ended.status == "failed":
        print(ended.reason, file=sys.stderr)
        return 1
    print(ended.id)
    return 0


def train_with_bar(run: "Run", data: "Dataset") -> "Run":
    """Train a run on loaded data with a progress bar; the run as it ended."""
    from explorer.jobs.train_run import train_run
    from explorer.training.events import EpochEnd, Event, Started, Steps

    epochs = run.config.training.epochs
    with typer.progressbar(length=epochs, label=run.id, file=sys.stderr) as bar:

        def show(event: Event) -> None:
            if isinstance(event, Started):
                bar.length = epochs * event.steps_per_epoch
                pretrained = run.reload().record.origin
                for sentence in pretrained.changed if pretrained else ():
                    print(f"\n{sentence}", file=sys.stderr)
            elif isinstance(event, Steps):
                bar.update(event.first_step + len(event.loss) - 1 - bar.pos)
            elif isinstance(event, EpochEnd):
                bar.label = f"{run.id} epoch {event.epoch}/{epochs} {event.validation_accuracy:.1%}"

        return train_run(run, on_event=show, loader=lambda *_, **__: data)


def _download_bar() -> Callable[[float, str], None]:
    """A progress bar that appears with the first report; most data sets are on disk and make none."""
    bar = None

    def progress(fraction: float, text: str) -> None:
        nonlocal bar
        bar = bar or typer.progressbar(length=100, file=sys.stderr).__enter__()
        bar.label = text
        bar.update(round(100 * fraction) - bar.pos)

    return progress


def settings(pairs: list[str]) -> dict[str, str]:
    """["depth=4", …] → {"depth": "4", …}. Raises UserError if one has another form."""
    parsed = dict(pair.partition("=")[::2] for pair in pairs)
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals and value):
            raise UserError(f"--set {pair} cannot be read: write --set key=value, for example --set depth=4.")
    return parsed


def _options(model: str, given: dict[str, str]) -> dict:
    """The model's options with the types of their defaults."""
    from explorer.models import options

    declared = options(model)
    return {key: parse_option(key, declared[key], value) if key in declared else value for key, value in given.items()}
