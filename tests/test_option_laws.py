"""Laws of options, those of models and of training, for whatever value is given."""

import json

from hypothesis import given, strategies as st

from explorer.errors import UserError
from explorer.models import MODELS, options
from explorer.options import options_of, parse_option
from explorer.training import TrainConfig

OPTIONS = [(name, key, option) for name in MODELS for key, option in options(name).items()]
OPTIONS += [("training", key, option) for key, option in options_of(TrainConfig()).items()]
values = st.one_of(
    st.text(max_size=12),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(),
    st.none(),
    st.lists(st.integers(-2, 20_000), max_size=4),
)


@given(st.sampled_from(OPTIONS), values)
def test_a_value_is_taken_or_refused_in_one_sentence(which, value):
    _, key, option = which
    try:
        parsed = parse_option(key, option, value)
    except UserError as error:
        sentence = str(error)
    else:
        assert parse_option(key, option, parsed) == parsed  # what was taken is taken again
        kept = json.loads(json.dumps(parsed))  # as run.json keeps it
        assert parse_option(key, option, tuple(kept) if isinstance(kept, list) else kept) == parsed
        return
    assert sentence.startswith(f"Option {key} cannot be {value!r}: ")
    assert sentence.endswith(".")
