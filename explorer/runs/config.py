"""What a run is to train, and the check of it that needs the registries."""

from dataclasses import asdict, dataclass, field
from typing import Any

from explorer.data import Dataset, load, tidy
from explorer.data.dataset import Progress
from explorer.training import TrainConfig

AS_BEFORE = {"norm_statistics": "running"}  # how runs trained before there was the option


@dataclass(frozen=True)
class RunConfig:
    """One model, one data set, one way to train."""

    dataset: str
    model: str
    options: dict[str, Any] = field(default_factory=dict)  # of the model; what is absent has its default
    training: TrainConfig = field(default_factory=TrainConfig)
    image_size: int = 32  # pixels a side; only folder:PATH data sets come in other sizes
    skip_damaged: bool = False  # leave out a folder's images that cannot be read

    def __post_init__(self) -> None:
        object.__setattr__(self, "dataset", tidy(self.dataset))  # two ways to write a path are one data set

    def __hash__(self) -> int:
        return hash((self.dataset, self.model, frozenset(self.options), self.training, self.image_size))

    def load_data(self, folder: str | None = None, progress: Progress | None = None) -> Dataset:
        """The run's images as they are now."""
        return load(self.dataset, folder, self.image_size, progress, self.skip_damaged)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "RunConfig":
        """The inverse of `to_json`, also for options that JSON has made lists, and for what older runs do not name."""
        options = {k: tuple(v) if isinstance(v, list) else v for k, v in data["options"].items()}
        return cls(**{**data, "options": options, "training": TrainConfig(**{**AS_BEFORE, **data["training"]})})
