"""Runs that cost next to nothing: trained for one real step, for measuring and testing what looks at runs."""

from dataclasses import replace
from pathlib import Path

from explorer.data import Images, load
from explorer.jobs.train_run import train_run
from explorer.options import OptionValue
from explorer.runs import Run, RunConfig, create
from explorer.runs.record import ImageCounts
from explorer.training import TrainConfig

IMAGES = 8  # of each split: enough for one step and one look at the others
ONE_STEP = TrainConfig(epochs=1, batch_size=IMAGES, optimizer="sgd", learning_rate=1e-3, device="cpu")


def one_step(dataset: str, model: str, folder: Path | str | None = None, **options: OptionValue) -> Run:
    """A finished run of a model on a data set that has seen IMAGES of its images once. What is needed to resume it is
    removed: of a network of 134 million weights it would be another gigabyte."""
    run = create(RunConfig(dataset, model, options, ONE_STEP), folder, status="running")
    data = load(dataset)
    few = replace(data, train=_first(data.train), validation=_first(data.validation), test=_first(data.test))
    run = train_run(run, loader=lambda *given, **more: few)
    assert run.status == "finished", run.reason
    (run.path / "state" / "state.safetensors").unlink()
    # The pages look at whole splits of the data set, and know them by this.
    counts = ImageCounts(len(data.train), len(data.validation), len(data.test))
    return run.change(dataset=replace(run.dataset, fingerprint=data.fingerprint, images=counts))


def _first(images: Images) -> Images:
    return Images(images.pixels[:IMAGES], images.labels[:IMAGES])
