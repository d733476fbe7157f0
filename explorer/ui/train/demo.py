"""The demo pair: one click to a first comparison."""

from explorer import jobs
from explorer.runs import Run, RunConfig
from explorer.training import TrainConfig

MODELS = ("simple_cnn", "residual_cnn")


def submit() -> list[Run]:
    """Queue a plain and a residual network on the bundled digits, alike in all else."""
    return [jobs.submit(RunConfig("digits", model, training=TrainConfig())) for model in MODELS]
