"""A run's settings in plain words, one by one: names and comparisons of runs are made from them."""

from collections.abc import Callable, Iterable
from dataclasses import fields
from decimal import Decimal

from explorer.data import shortcut
from explorer.data.sources import FOLDER_PREFIX
from explorer.options import OptionValue
from explorer.runs.config import RunConfig
from explorer.training import TrainConfig
from explorer.training.config import SCRATCH

FROM_SCRATCH = "from scratch"
IN_THE_TITLE = ("model", "residual", "skip")  # the network's title says them


def way_to_start(trainable: str) -> str:
    """ "last-2" → "last 2 blocks": the display name of a TrainConfig's `tune`."""
    blocks = int(trainable.removeprefix("last-")) if trainable.startswith("last-") else 0
    last = "last block" if blocks == 1 else f"last {blocks} blocks"
    return {SCRATCH: FROM_SCRATCH, "frozen": "frozen", "all": "all layers"}.get(trainable, last)


def share_of_images(fraction: float) -> str:
    """0.01 → "1 %": the display name of a TrainConfig's `fraction`."""
    return f"{100 * fraction:g} %"


def settings_of(config: RunConfig) -> dict[str, OptionValue]:
    """Everything that determines how a run learns: data set, model, its options with their defaults, and the
    training."""
    from explorer.models import MODELS, options  # imports torch

    declared = options(config.model) if config.model in MODELS else {}
    given = {name: option.default for name, option in declared.items()} | config.options
    training = {field.name: getattr(config.training, field.name) for field in fields(TrainConfig)}
    return {
        "dataset": config.dataset,
        "model": config.model,
        "image_size": config.image_size,
        "skip_damaged": config.skip_damaged,
        **given,
        **training,
        **config.unknown,
    }


def words_of(config: RunConfig) -> dict[str, str]:
    """Setting → its value in words, without what the network's title says; values with equal words are treated as
    one."""
    settings = settings_of(config)
    words = {key: in_words(key, settings[key]) for key in settings if key not in IN_THE_TITLE}
    if config.dataset.startswith(FOLDER_PREFIX):  # two folders may have the same name
        words["folder"] = in_words("folder", config.dataset.removeprefix(FOLDER_PREFIX))
    return words


def rank(key: str) -> tuple[int, int, str]:
    """The position of a setting among all: data and start, the network's own, training, and finally the seed."""
    for part, words in ((0, OF_THE_START), (2, OF_TRAINING)):
        if key in words:
            return part, list(words).index(key), ""
    return 1, 0, key


def in_words(key: str, value: OptionValue) -> str:
    """("batch_norm", False) → "no batch norm": what names and tables call this value of a setting."""
    words = OF_THE_START.get(key) or OF_TRAINING.get(key)
    if words:
        return words(value)
    title = key.replace("_", " ")
    if isinstance(value, bool):
        return title if value else f"no {title}"
    return f"{title} {plain(value)}"


def plain(value: OptionValue) -> str:
    """A value as text: 0.1, 256×128, yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return "×".join(map(plain, value))
    return _decimal(value) if isinstance(value, float) else str(value)


def _decimal(value: float) -> str:
    """At most six digits; small numbers as people write a learning rate: 0.00003, not 3e-05."""
    text = f"{value:g}"
    return f"{Decimal(text):f}" if 1e-6 <= abs(value) < 1e-4 else text


def _data(name: str) -> str:
    if planted := shortcut.parsed(name):
        return f"{_data(planted.base)} {planted.words}"
    return f"on {name.rstrip('/').rpartition('/')[2].removeprefix('folder:') or name}"


def _or_none(text: str) -> Callable[[float], str]:
    """For a setting that 0 switches off."""
    return lambda value: f"{text} {plain(value)}" if value else f"no {text}"


def _flag(on: str, off: str) -> Callable[[bool], str]:
    return lambda value: on if value else off


def _matched(network: str) -> str:
    return "own size" if network == "none" else f"as large as {network}"


def _extended(pairs: Iterable[tuple[int, int]]) -> str:
    ends = ", ".join(str(done) for done, _ in pairs)
    return f"extended after epoch {ends}" if ends else "not extended"


OF_THE_START: dict[str, Callable[[OptionValue], str]] = {
    "dataset": _data,
    "folder": lambda path: f"in {path}",
    "image_size": lambda size: f"{size} × {size} pixels",
    "skip_damaged": _flag("without damaged images", "with all images"),
    "fraction": share_of_images,
    "tune": way_to_start,
    "source": lambda run: f"from {run}" if run else "from random weights",
    "source_epoch": lambda epoch: f"from its {epoch} epoch" if not epoch.isdecimal() else f"from its epoch {epoch}",
}
OF_TRAINING: dict[str, Callable[[OptionValue], str]] = {
    "activation": str,
    "head": lambda head: f"{head} head",
    "stem": lambda stem: f"{stem} stem",
    "match": _matched,
    "dropout": _or_none("dropout"),
    "optimizer": lambda name: {"adamw": "AdamW", "sgd": "SGD", "muon": "Muon"}.get(name, name),
    "learning_rate": lambda rate: f"learning rate {plain(rate)}",
    "head_learning_rate": lambda rate: f"head learning rate {plain(rate)}" if rate else "one learning rate",
    "bias_learning_rate": lambda rate: f"bias learning rate {plain(rate)}" if rate else "biases at the learning rate",
    "schedule": lambda name: f"{ {'onecycle': 'one-cycle', 'steps': 'step'}.get(name, name) } schedule",
    "batch_size": lambda images: f"batch {images}",
    "momentum": lambda momentum: f"momentum {momentum:g}",
    "weight_decay": _or_none("weight decay"),
    "label_smoothing": _or_none("label smoothing"),
    "clip_norm": lambda norm: f"gradients clipped at {norm:g}" if norm else "no clipping",
    "augment": _flag("augmented", "not augmented"),
    "flips": lambda choice: f"{choice} flips",
    "crop_padding": lambda pixels: f"crops of {pixels} px padding",
    "test_time_flips": _flag("test-time flips", "no test-time flips"),
    "lookahead": _flag("lookahead", "no lookahead"),
    "balance": lambda choice: {"none": "no balancing", "class-weights": "class weights"}.get(
        choice, f"balancing {choice}"
    ),
    "norm_statistics": lambda choice: f"{choice} statistics",
    "passes": lambda passes: f"{passes} passes per epoch" if passes > 1 else "1 pass per epoch",
    "patience": lambda epochs: f"patience {epochs}" if epochs else "no early stopping",
    "epochs": lambda epochs: f"{epochs} epochs" if epochs > 1 else "1 epoch",
    "extended": _extended,
    "precision": lambda name: f"precision {name}",
    "path": lambda name: f"path {name}",
    "device": lambda name: f"device {name}",
    "seed": lambda seed: f"seed {seed}",
}
