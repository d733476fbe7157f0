"""What a run needs of the machine while it trains."""

from dataclasses import dataclass

from explorer.data import Dataset
from explorer.models.work import Work
from explorer.training.device import ExecutionPlan

ARRAYS = 10  # of one float32 a parameter: weights, gradients, AdamW's two, what telemetry and the best epoch keep
PROCESS = 300 * 2**20  # bytes that a training process needs before it has a network


@dataclass(frozen=True)
class Demand:
    """Of one run."""

    threads: int
    memory: int  # bytes, an estimate
    gpu: bool


def demand_of(plan: ExecutionPlan, work: Work, batch_size: int, data: Dataset) -> Demand:
    """`work`: of one image. `batch_size`: images a step."""
    outputs = 2 * 4 * work.outputs * batch_size  # float32, and their gradients
    images = 2 * sum(split.pixels.nbytes for split in (data.train, data.validation, data.test))
    memory = PROCESS + images + 4 * ARRAYS * work.parameters + outputs
    return Demand(plan.threads, memory, plan.device.type != "cpu")
