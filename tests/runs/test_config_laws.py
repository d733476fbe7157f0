"""A config comes back from run.json as it was written, whatever it says."""

import json

from hypothesis import given, strategies as st

from explorer.runs import RunConfig
from explorer.training import TrainConfig

trainings = st.builds(
    TrainConfig,
    epochs=st.integers(1, 10_000),
    batch_size=st.integers(1, 4096),
    learning_rate=st.floats(1e-6, 10),
    seed=st.integers(0, 2**31 - 1),
    fraction=st.floats(0.001, 1),
    augment=st.booleans(),
)
option_values = st.one_of(
    st.text(max_size=8), st.booleans(), st.integers(-9, 9), st.lists(st.integers(), max_size=3).map(tuple)
)


@given(trainings, st.dictionaries(st.text(min_size=1, max_size=8), option_values, max_size=4))
def test_what_is_written_is_read(training, options):
    config = RunConfig("digits", "mlp", options, training)
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
