"""The content of run.json, typed and checked; every key that the code reads is a field here."""

import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import datetime

from explorer.data import InputSpec
from explorer.data.input_spec import Preparation
from explorer.errors import UserError
from explorer.runs.config import RunConfig
from explorer.runs.typed_json import Json, is_text, known_values, unknown_names
from explorer.text import plural

SCHEMA_VERSION = 1
STATUSES = ("queued", "running", "finished", "stopped", "failed")
MOST_CHANNELS, MOST_PIXELS, MOST_IMAGES = 64, 4096, 100_000_000  # they size a network, or a list of batches
KNOWN_AFTER_AN_EPOCH = ("dataset", "best", "parameters", "parameter_names", "steps_per_epoch")


@dataclass(frozen=True)
class ImageCounts:
    """The number of images in each split; of the training images, those that are used."""

    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class DatasetRecord:
    """What a page needs to know about a run's data set without loading it."""

    name: str
    fingerprint: str  # sha256 of images, labels and splits
    classes: tuple[str, ...]
    channels: int
    size: int  # pixels a side
    mean: tuple[float, ...]  # per channel of the training images, pixels in [0, 1]
    std: tuple[float, ...]
    images: ImageCounts
    preparation: Preparation | None = None  # of images, as in InputSpec; older runs only have `ink`
    ink: bool = False  # dark strokes on light background, as handwriting
    resize: int | None = None
    left_out: tuple[str, ...] = ()  # paths of images that could not be read

    @property
    def input_spec(self) -> InputSpec:
        """The input of a network trained on these data."""
        return InputSpec.from_json(vars(self))


@dataclass(frozen=True)
class DeviceRecord:
    """What a run trained on, and what was chosen automatically."""

    type: str  # cpu, cuda or mps
    name: str
    precision: str = "float32"
    captured: bool = False  # whether a step was replayed as one CUDA graph
    threads: int | None = None  # of the CPU; older runs do not record it
    processor: str | None = None  # model of the CPU; older runs and some systems do not record it


def are_alike(devices: Iterable[DeviceRecord | None]) -> bool:
    """Whether times on these devices can be compared: they have the same name and, if recorded, the same processor."""
    devices = list(devices)
    processors = {device.processor for device in devices if device and device.processor}
    return len({device and device.name for device in devices}) <= 1 and len(processors) <= 1


@dataclass(frozen=True)
class BestEpoch:
    """The first epoch with the highest validation accuracy; its weights are stored as `best`."""

    epoch: int  # 1-based
    validation_accuracy: float  # a fraction
    validation_loss: float | None = None  # nats an image; None if it was not finite


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """The test of a run when it finished, with the weights of its best epoch."""

    loss: float | None = None  # nats an image
    accuracy: float  # a fraction
    n: int  # images
    flipped_accuracy: float | None = None  # by the mean logits of image and mirror image, for runs with test_time_flips
    balanced_accuracy: float | None = None  # mean recall of the classes; older runs do not record it
    confusion: tuple[tuple[int, ...], ...] = ()  # images of each true class (rows) by predicted class (columns)


@dataclass(frozen=True, kw_only=True)
class EarlierTest(TestResult):
    """A test result from before the run was given more epochs."""

    epochs: int  # epochs done by then
    at: str | None = None  # ISO 8601, UTC


@dataclass(frozen=True)
class PretrainedWeights:
    """The weights that a run started from, under the key `origin` of run.json."""

    run: str  # id of the run, or of the published model
    epoch: int | None  # None for a published model, which does not say
    fingerprint: str  # of the source's weights
    dataset: str  # classes that they were trained on
    tune: str  # as in TrainConfig
    fraction: float
    changed: tuple[str, ...] = ()  # sentences: how the weights were adapted to fit


@dataclass(frozen=True)
class StudyRecord:
    """The study that a run belongs to, and its variant there."""

    name: str
    variant: str


@dataclass(frozen=True)
class ImportRecord:
    """Where an imported run comes from."""

    id: str  # its id there
    at: str  # time of the import, ISO 8601, UTC
    trained_by: str | None = None  # from its run.json


@dataclass(frozen=True)
class ClusterRecord:
    """The cluster that a run was sent to."""

    address: str
    cpus: int  # per run, if it has no GPU


@dataclass(frozen=True)
class RunRecord:
    """A run at one moment. Before the training begins, values that only the training can set are None, 0 or empty."""

    id: str
    status: str  # one of STATUSES
    config: RunConfig
    reason: str | None = None  # why it failed or was stopped, a sentence
    name: str | None = None  # given by a person
    note: str | None = None
    tags: tuple[str, ...] = ()
    starred: bool = False
    archived: bool = False  # left out of lists and first choices
    who: str | None = None  # who asked for the run, if visitors have names
    owner: str | None = None  # who may change it, besides the host: see owners.py; None: only the host
    session: str | None = None  # the session that asked for it: people take turns in the queue
    study: StudyRecord | None = None  # the study that made the run
    also_in: tuple[StudyRecord, ...] = ()  # studies that use it because it equals one of theirs
    imported: ImportRecord | None = None  # None: it was trained here
    queued_at: str | None = None  # times are ISO 8601 in UTC
    queue_key: int = 0  # ns; the lowest is trained first
    message: str | None = None  # what is being done, a sentence
    message_fraction: float = 0.0  # how far that is, 0 to 1
    cluster: ClusterRecord | None = None  # None: trained on this machine
    nodes: tuple[str, ...] = ()  # of the cluster, in order, including nodes that were lost
    dataset: DatasetRecord | None = None
    origin: PretrainedWeights | None = None  # None for a start from random weights
    device: DeviceRecord | None = None
    parameters: int | None = None  # number of trainable and frozen weights
    parameter_names: tuple[str, ...] = ()  # in the order of the norms in steps.jsonl
    steps_per_epoch: int = 0
    started_at: str | None = None  # of the last start: resuming starts it again
    resumed_at_step: int = 0
    epochs_done: int = 0
    training_seconds: float = 0.0  # of complete epochs, with their validation
    recorded_loss: str | None = None  # see history.PLAIN_LOSS
    best: BestEpoch | None = None
    test: TestResult | None = None
    earlier_tests: tuple[EarlierTest, ...] = ()
    finished_at: str | None = None  # also set if the run was stopped or failed
    versions: dict[str, Json] = field(default_factory=dict)  # of the app, Python and libraries
    unknown: tuple[str, ...] = field(default=(), init=False)  # keys of run.json that this version does not know

    def to_json(self) -> dict[str, Json]:
        """The record in the form of a new run.json, without values that are not known yet."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.init}
        known_values = {name: as_json(value) for name, value in values.items() if value not in (None, (), {})}
        return {"schema_version": SCHEMA_VERSION, **known_values}

    @classmethod
    def from_json(cls, data: Json) -> "RunRecord":
        """The inverse of `to_json`. Raises UserError if this version cannot read it: a value is missing, has another
        type, or is out of range."""
        if not isinstance(data, dict):
            raise UserError("run.json is not a JSON object.")
        if data.get("schema_version") != SCHEMA_VERSION:
            raise UserError(
                f"run.json has schema version {data.get('schema_version')}, but this app reads {SCHEMA_VERSION}: "
                "update the app to open it."
            )
        if not is_text(data):
            raise UserError("run.json holds half a character (\\ud800 to \\udfff): write it out, or remove it.")
        if "config" not in data:
            raise UserError("run.json has no 'config'.")
        config = RunConfig.from_json(data["config"])
        record = cls(**known_values(cls, {**data, "config": config}, "run.json"))
        record._check()
        unknown = [name for name in unknown_names(cls, data) if name != "schema_version"]
        object.__setattr__(record, "unknown", tuple(unknown))
        return record

    def _check(self) -> None:
        if self.status not in STATUSES:
            raise UserError(f"run.json has the status '{self.status}', not one of: {', '.join(STATUSES)}.")
        absent = [name for name in KNOWN_AFTER_AN_EPOCH if not getattr(self, name)]
        if self.epochs_done and absent:
            raise UserError(f"run.json counts {plural(self.epochs_done, 'epoch')}, but has no '{absent[0]}'.")
        for name, value, low, high in self._ranges():
            if not low <= value <= high:
                raise UserError(f"run.json.{name} is {value}, not between {low} and {high}.")
        try:
            datetime.fromisoformat(self.started_at or "2000-01-01")
        except ValueError:
            raise UserError(
                f"run.json.started_at is '{self.started_at}', not a time such as 2026-01-31T12:00."
            ) from None

    def _ranges(self) -> Iterator[tuple[str, float, float, float]]:
        """(name, value, lowest, highest) for numbers that pages divide by or draw."""
        yield "epochs_done", self.epochs_done, 0, math.inf
        yield "steps_per_epoch", self.steps_per_epoch, 0, math.inf
        yield "training_seconds", self.training_seconds, 0, sys.float_info.max
        yield "message_fraction", self.message_fraction, 0, 1
        if self.dataset:
            yield "dataset.channels", self.dataset.channels, 1, MOST_CHANNELS
            yield "dataset.size", self.dataset.size, 1, MOST_PIXELS
            yield "dataset.images.train", self.dataset.images.train, 1, MOST_IMAGES
            yield "dataset.images.validation", self.dataset.images.validation, 1, MOST_IMAGES
        if self.best:
            yield "best.validation_accuracy", self.best.validation_accuracy, 0, 1
        if self.test:
            yield "test.accuracy", self.test.accuracy, 0, 1
            yield "test.flipped_accuracy", self.test.flipped_accuracy or 0, 0, 1
            yield "test.n", self.test.n, 1, math.inf


def as_json(value: object) -> Json:
    """A value of a record in a form that `json.dumps` accepts."""
    if isinstance(value, RunConfig):
        return value.to_json()
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
