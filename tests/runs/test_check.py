"""What no machine could train is refused before anything is built."""

import resource

import pytest

from explorer.data import InputSpec
from explorer.errors import UserError
from explorer.models.network import Network
from explorer.runs import RunConfig
from explorer.runs.check import check
from explorer.training import TrainConfig

WIDE = {"widths": (16384,) * 12}


def peak() -> int:
    """MB of memory that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (
            RunConfig("digits", "mlp", WIDE),
            r"mlp would have 2,970 million parameters, .* 300 million allowed: choose",
        ),
        (
            RunConfig("folder:x", "vgg16", {}, TrainConfig(batch_size=1024), image_size=512),
            r"1,024 images would keep 1,687 GB of activations, .* 128 GB allowed: choose a smaller batch size",
        ),
    ],
)
def test_too_large_is_a_sentence_and_costs_no_memory(config, sentence):
    before = peak()
    with pytest.raises(UserError, match=sentence):
        check(config)
    assert peak() - before < 500


def test_no_way_leads_to_a_module_that_is_too_large():
    spec = InputSpec("digits", 1, 32, tuple("0123456789"))
    with pytest.raises(UserError, match="million parameters"):
        Network.of("mlp", WIDE, spec).build()
