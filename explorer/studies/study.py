"""What a study is: a question, a base, variants, and two sizes. Plain data; nothing is trained here."""

from dataclasses import dataclass, field
from typing import Any

from explorer.errors import UserError

BASE = "the study's base model"  # as a model's option: replaced by the base model with its options
CURVES_AND_COSTS = ("loss", "accuracy", "gradients", "norms", "test", "time")
SOURCE = "the study's source"  # as a run's source: replaced by the id of the run that is trained first


@dataclass(frozen=True)
class Variant:
    """What one group of runs changes in the study's base; charts use the name."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)  # options of the model
    training: dict[str, Any] = field(default_factory=dict)  # fields of TrainConfig
    model: str | None = None  # None: the study's base model


@dataclass(frozen=True)
class Size:
    """How much is trained."""

    epochs: int
    seeds: int  # runs of each variant, with the seeds 0, 1, …
    variants: tuple[Variant, ...] = ()  # replace the study's own variants if those would take too long
    options: dict[str, Any] = field(default_factory=dict)  # options of the base model, if they differ from the study's
    training: dict[str, Any] = field(default_factory=dict)  # training settings that differ from the study's
    note: str = ""  # what it leaves out, in one sentence
    source_epochs: int = 0  # epochs of the run whose pretrained weights the others start from, in a study with a source


@dataclass(frozen=True)
class Study:
    """One question and the runs that answer it. Raises UserError if two variants have the same name."""

    name: str
    question: str
    axis: str  # what is varied, in two or three words
    variants: tuple[Variant, ...]
    full: Size
    quick: Size  # on digits, within three minutes on two cores
    lab: str  # the data set of the lab course this comes from
    hint: str  # what to compare beyond the panels of every study, one sentence
    source: str
    model: str | None = None  # the base; None if every variant names its own
    options: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)  # data set → where its source is trained; "" for any other
    expects: tuple[str, ...] = ()  # kinds of findings that come first, or are reported as absent
    panels: tuple[str, ...] = CURVES_AND_COSTS  # in order; names in explorer.ui.study.panels
    on_card: str = ""  # the panel that its card shows in small; by default the first; see explorer.ui.study.pictures

    def __post_init__(self) -> None:
        for variants in (self.variants, self.quick.variants, self.full.variants):
            names = [variant.name for variant in variants]
            if len(set(names)) != len(names):
                raise UserError(
                    f"Study {self.name} has two variants with the same name among {', '.join(names)}: rename one."
                )

    @property
    def picture(self) -> str:
        """The panel that its card shows in small."""
        return self.on_card or self.panels[0]

    @property
    def base(self) -> str:
        """The base model. Raises UserError if every variant names its own."""
        if self.model is None:
            raise UserError(f"Study {self.name} compares named models and has no base model: give one.")
        return self.model

    def size(self, quick: bool) -> Size:
        """How much is trained: `quick` on digits within three minutes, else as much as the question needs."""
        return self.quick if quick else self.full

    def variants_at(self, quick: bool) -> tuple[Variant, ...]:
        """The size's own variants if it has any, else the study's."""
        return self.size(quick).variants or self.variants
