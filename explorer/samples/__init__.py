"""The pair of runs that comes with the app, so that no page is empty at first: what they are, and beside this file
their folders. `python -m explorer.samples` trains them anew; `explorer.runs.sample_runs` reads them.
"""

from explorer.runs import RunConfig
from explorer.training import TrainConfig

_TRAINING = TrainConfig(epochs=8, batch_size=32)

# Chosen by measuring (docs/benchmarks.md): the same network twice, once without its skip connections, so deep that
# they decide whether it learns, and so narrow that both train within a minute on two cores.
PAIR: dict[str, RunConfig] = {
    "sample-plain": RunConfig("digits", "resnet32", {"skip": False, "width": 4}, _TRAINING),
    "sample-residual": RunConfig("digits", "resnet32", {"width": 4}, _TRAINING),
}
# The names that `explorer.runs.names` would give them, which imports torch: Home does not wait for that.
CALLED = {"sample-plain": "ResNet-32 without skips", "sample-residual": "ResNet-32"}
