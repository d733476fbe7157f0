"""What a run is to train, as run.json stores it. Settings that a newer version wrote are kept and named."""

from dataclasses import asdict, dataclass, field, fields

from explorer.data import Dataset, load, tidy
from explorer.data.dataset import Progress
from explorer.errors import UserError
from explorer.options import OptionValue
from explorer.runs.typed_json import Json, known_values
from explorer.training import TrainConfig

AS_BEFORE = {"norm_statistics": "running"}  # the values with which runs were trained before the option existed
TRAINING = "training."  # the prefix of unknown training settings


@dataclass(frozen=True)
class RunConfig:
    """One model, one data set, one way to train."""

    dataset: str
    model: str
    options: dict[str, OptionValue] = field(default_factory=dict)  # of the model; missing ones have their defaults
    training: TrainConfig = field(default_factory=TrainConfig)
    image_size: int = 32  # pixels a side; only folder:PATH data sets come in other sizes
    skip_damaged: bool = False  # leave out a folder's images that cannot be read
    unknown: dict[str, Json] = field(default_factory=dict)  # written by a newer version: "ema", "training.warm_up"

    def __post_init__(self) -> None:
        object.__setattr__(self, "dataset", tidy(self.dataset))  # two spellings of a path are one data set

    def __hash__(self) -> int:
        return hash((self.dataset, self.model, frozenset(self.options), self.training, self.image_size))

    def load_data(self, folder: str | None = None, progress: Progress | None = None) -> Dataset:
        """The run's images in their current state."""
        return load(self.dataset, folder, self.image_size, progress, self.skip_damaged)

    def check_known(self) -> None:
        """Raises UserError if a setting is not known here, because training would ignore it."""
        if self.unknown:
            raise UserError(
                f"This version of the app does not support the settings {', '.join(sorted(self.unknown))}: "
                "update the app to train this run."
            )

    def to_json(self) -> dict[str, Json]:
        """The config as run.json stores it, with the settings that this version does not know."""
        data = asdict(self)
        for name, value in data.pop("unknown").items():
            into = data["training"] if name.startswith(TRAINING) else data
            into[name.removeprefix(TRAINING)] = value
        return data

    @classmethod
    def from_json(cls, data: Json) -> "RunConfig":
        """The inverse of `to_json`. Accepts options that JSON turned into lists, and fills in what older runs lack.

        Raises UserError if a value is missing, has another type, or is out of its range.
        """
        names_of_fields = [field.name for field in fields(cls) if field.name != "unknown"]
        for name in ("options", "training"):
            if not isinstance(data, dict) or not isinstance(data.get(name), dict):
                raise UserError(f"config has no '{name}' that is an object.")
        training = {**AS_BEFORE, **data["training"]}
        values = known_values(
            cls, {name: data[name] for name in names_of_fields if name in data} | {"training": training}, "config"
        )
        options = {name: tuple(v) if isinstance(v, list) else v for name, v in data["options"].items()}
        unknown = {name: value for name, value in data.items() if name not in names_of_fields}
        names = {field.name for field in fields(TrainConfig)}
        unknown |= {TRAINING + name: value for name, value in training.items() if name not in names}
        values |= {"options": options, "unknown": unknown}
        return cls(**values)
