"""What a run needs from the machine while it trains."""

from dataclasses import dataclass

from explorer.data import Dataset
from explorer.models.work import Work
from explorer.training.device import ExecutionPlan

ARRAYS = 10  # float32 values per parameter: weights, gradients, AdamW's two, telemetry and the best epoch
PROCESS = 300 * 2**20  # bytes that a training process needs before it has a network


@dataclass(frozen=True)
class Demand:
    """What one run needs."""

    threads: int
    memory: int  # bytes, an estimate
    gpu: bool


def demand_of(plan: ExecutionPlan, work: Work, batch_size: int, data: Dataset) -> Demand:
    """`work`: for one image. `batch_size`: images per step."""
    outputs = 2 * 4 * work.outputs * batch_size  # float32, and their gradients
    images = 2 * sum(split.pixels.nbytes for split in (data.train, data.validation, data.test))
    memory = PROCESS + images + 4 * ARRAYS * work.parameters + outputs
    return Demand(plan.threads, memory, plan.device.type != "cpu")
