"""What is made to fit takes no longer than it may, if anything can, and what fits is left alone."""

from hypothesis import given, strategies as st

from explorer.training import TrainConfig
from explorer.training.fit_time import LEAST_EPOCHS, LEAST_SHARE, fitted

SECONDS = st.floats(1, 1e6)
EPOCHS = st.integers(1, 1000)
SHARES = st.sampled_from([0.001, 0.01, 0.13, 0.5, 1.0])


@given(SECONDS, SECONDS, EPOCHS, SHARES)
def test_it_fits_or_nothing_smaller_is_left(expected, budget, epochs, fraction):
    fewer, share = fitted(expected, budget, epochs, fraction)
    assert TrainConfig(epochs=fewer, fraction=share)
    assert 1 <= fewer <= epochs
    assert share <= fraction
    takes = expected * fewer * share / (epochs * fraction)
    assert takes <= budget * (1 + 1e-9) or (fewer, share) == (1, min(fraction, LEAST_SHARE))
    if expected <= budget:
        assert (fewer, share) == (epochs, fraction)
    if share < fraction:
        assert fewer <= LEAST_EPOCHS, "epochs fall first"


@given(EPOCHS.filter(lambda epochs: epochs >= LEAST_EPOCHS), st.floats(1, 50))
def test_little_of_the_time_is_wasted(epochs, budget):
    expected = 60.0 * epochs  # a minute an epoch
    fewer, share = fitted(expected, budget, epochs, 1.0)
    if share > LEAST_SHARE:
        assert fewer * share * 60 >= 0.9 * budget
