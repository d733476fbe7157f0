"""Runs that hypothesis draws, without a folder."""

from pathlib import Path

from hypothesis import strategies as st

from explorer.runs import Run, RunConfig
from explorer.runs.record import RunRecord
from explorer.training import TrainConfig


def run_of(number: int, config: RunConfig | None = None, name: str | None = None) -> Run:
    config = config or RunConfig("digits", "simple_cnn")
    run_id = f"digits-{config.model}-{number:04d}"
    return Run(Path("checkpoints") / run_id, RunRecord(run_id, "finished", config, name=name))


def configs() -> st.SearchStrategy[RunConfig]:
    """Few values each, so that many are equal and many differ in one thing."""
    options = st.one_of(
        st.tuples(st.just("vgg16"), st.fixed_dictionaries({}, optional={"residual": st.booleans()})),
        st.tuples(
            st.just("simple_cnn"),
            st.fixed_dictionaries({}, optional={"kernel": st.sampled_from([3, 5]), "batch_norm": st.booleans()}),
        ),
        st.tuples(st.just("mlp"), st.fixed_dictionaries({}, optional={"batch_norm": st.booleans()})),
    )
    training = st.builds(
        TrainConfig, seed=st.integers(0, 2), batch_size=st.sampled_from([64, 128]), fraction=st.sampled_from([1.0, 0.1])
    )
    datasets = st.sampled_from(["digits", "folder:/a/cats", "folder:/b/cats"])
    return st.builds(lambda data, model, how: RunConfig(data, model[0], model[1], how), datasets, options, training)


def runs() -> st.SearchStrategy[list[Run]]:
    """One run or several, each with its number; a few were given a name, perhaps one that another has."""
    long = [f"{'a' * 40}{middle}{'z' * 39}" for middle in "bc"]  # which are shown alike
    name = st.sampled_from([None, None, None, None, "mine", "VGG-16", "simple_cnn · seed 1", "mine · seed 1", *long])
    one = st.tuples(configs(), name)
    return st.lists(one, min_size=1, max_size=8).map(
        lambda drawn: [run_of(number, config, name) for number, (config, name) in enumerate(drawn, 1)]
    )
