"""A finding: a sentence, with everything needed to check it."""

from dataclasses import dataclass, field, replace

# The stable names of what can be found; explorer.ui.study.finding_panels says which panel shows each.
KINDS = (
    "divergence",
    "collapse",
    "unlearned",
    "gradients",
    "dead units",
    "over-fitting",
    "without a number",
    "spikes",
    "plateau",
    "best epoch",
    "degradation",
    "test accuracy",
    "validation accuracy",
    "speed",
    "ahead",
    "step noise",
    "norm statistics",
    "transfer",
    "pointing game",
    "test images",
)


@dataclass(frozen=True)
class Mark:
    """The place of a finding on a curve."""

    run: str
    over: str  # "epoch" or "step"
    number: int  # counted from one
    text: str  # the text there, one or two words


@dataclass(frozen=True)
class Finding:
    """What was measured, and how."""

    sentence: str
    rule: str  # what was measured and compared, one sentence
    threshold: float | None  # the number in the rule that decides; None if nothing is decided
    numbers: dict[str, float] = field(default_factory=dict)
    runs: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    answer: str = ""  # the answer to the question of a page or a study, in words only; the sentence has its evidence
    kind: str = field(kw_only=True)  # one of KINDS

    @property
    def verdict(self) -> str:
        """The answer and, after a line break, its evidence; without an answer only the sentence."""
        return f"{self.answer}\n{self.sentence}" if self.answer else self.sentence

    def __post_init__(self) -> None:
        assert self.kind in KINDS, f"{self.kind} is not a kind of finding: add it to KINDS."


def merged(found: list[Finding], seeds: int) -> Finding:
    """The same finding on several seeds of one variant as one; `seeds`: how many were examined."""
    first = found[0]
    if seeds == 1:
        return first
    clause = f" Found with {len(found)} of {seeds} seeds"
    clause += "; the figures are those of the first." if len(found) > 1 else "."
    numbers = {f"{key} ({finding.runs[0]})": value for finding in found for key, value in finding.numbers.items()}
    runs = tuple(run for finding in found for run in finding.runs)
    marks = tuple(mark for finding in found for mark in finding.marks)
    return replace(first, sentence=first.sentence + clause, numbers=numbers, runs=runs, marks=marks)
