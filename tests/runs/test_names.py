"""Laws of what runs are called, on runs that hypothesis draws."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from explorer.models import MODELS, title
from explorer.runs import RunConfig
from explorer.runs.names import (
    LONGEST,
    SEPARATOR,
    Described,
    config_names,
    distinct,
    run_names,
)
from explorer.runs.published import published_models
from explorer.training import TrainConfig
from tests.runs.drawn import run_of, runs

SETTINGS = ("dataset", "tune", "activation", "seed")
WORDS = st.dictionaries(st.sampled_from(SETTINGS), st.sampled_from("ab"))
DESCRIBED = st.lists(st.builds(Described, st.sampled_from("XY"), st.booleans(), WORDS), max_size=8)


@given(runs())
def test_different_runs_have_different_names(drawn):
    names = run_names(drawn)
    assert list(names) == [run.id for run in drawn]
    assert len(set(names.values())) == len(drawn)


@given(runs(), st.randoms())
def test_the_order_of_the_runs_does_not_matter(drawn, chance: random.Random):
    shuffled = chance.sample(drawn, len(drawn))
    assert run_names(shuffled) == run_names(drawn)


@given(runs())
def test_one_more_run_can_only_make_names_longer(drawn):
    before, after = run_names(drawn[:-1]), run_names(drawn)
    for run_id, name in before.items():
        parts = iter(after[run_id].split(SEPARATOR))
        assert all(part in parts for part in name.split(SEPARATOR)), (name, after[run_id])  # in their order


@given(DESCRIBED)
def test_a_name_that_is_cut_short_at_any_part_fits_another_one_too(described):
    parts = distinct(described)
    for one, own in zip(described, parts, strict=True):
        same = [other for of, other in zip(described, parts, strict=True) if of.kind == one.kind and other is not own]
        for length in range(1, len(own)):
            assert any(other[:length] == own[:length] for other in same)


@given(DESCRIBED)
def test_who_differs_in_any_setting_is_told_apart(described):
    full = [one._replace(words=dict.fromkeys(SETTINGS, "-") | one.words) for one in described]
    parts = distinct(full)
    for (one, own), (other, others) in itertools.product(zip(full, parts, strict=True), repeat=2):
        if one.kind == other.kind:
            assert (own == others) == (one == other)


def test_titles_are_those_of_the_literature_and_differ():
    assert title("vgg16") == "VGG-16"
    assert title("vgg16", {"residual": True}) == "VGG-16 + skips"
    assert title("resnet20", {"skip": False}) == "ResNet-20 without skips"
    assert title("simple_cnn") == "simple_cnn"
    assert title("gone", {"a": 1}) == "gone"
    assert len({title(name) for name in MODELS}) == len(MODELS)


def test_a_name_has_what_differs_and_nothing_else():
    base = RunConfig("digits", "simple_cnn", training=TrainConfig(source="shapes-vgg16-0001", tune="frozen"))
    tenth = replace(base, training=replace(base.training, fraction=0.1))
    hundredth = replace(base, training=replace(base.training, fraction=0.01, tune="all"))
    again = replace(hundredth, training=replace(hundredth.training, seed=2))
    assert config_names([base]) == ["simple_cnn"]
    assert config_names([base, tenth]) == ["simple_cnn · 100 %", "simple_cnn · 10 %"]
    assert config_names([tenth, hundredth, again]) == [
        "simple_cnn · 10 %",
        "simple_cnn · 1 % · seed 0",
        "simple_cnn · 1 % · seed 2",
    ]
    assert config_names([hundredth, again], without=["seed"]) == ["simple_cnn", "simple_cnn"]
    skips = [RunConfig("digits", "vgg16", {"residual": skips}) for skips in (False, True)]
    assert config_names(skips) == ["VGG-16", "VGG-16 + skips"]


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("batch_norm", False, "no batch norm"), ("activation", "sigmoid", "sigmoid"), ("dropout", 0.5, "dropout 0.5")],
)
def test_an_option_of_the_network_is_in_plain_words(option, value, words):
    usual, other = RunConfig("digits", "simple_cnn"), RunConfig("digits", "simple_cnn", {option: value})
    assert config_names([usual, other])[1] == f"simple_cnn · {words}"


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("batch_size", 128, "batch 128"),
        ("learning_rate", 0.1, "learning rate 0.1"),
        ("optimizer", "sgd", "SGD"),
        ("augment", True, "augmented"),
        ("seed", 2, "seed 2"),
    ],
)
def test_a_setting_of_the_training_is_in_plain_words(setting, value, words):
    usual = RunConfig("digits", "simple_cnn")
    other = replace(usual, training=replace(usual.training, **{setting: value}))
    assert config_names([usual, other])[1] == f"simple_cnn · {words}"


def test_folders_are_called_by_their_name_and_by_their_path_where_two_share_it():
    cats, dogs = RunConfig("folder:/a/cats", "mlp"), RunConfig("folder:/b/dogs", "mlp")
    assert config_names([cats, dogs]) == ["MLP · on cats", "MLP · on dogs"]
    assert config_names([cats, RunConfig("folder:/b/cats", "mlp")]) == ["MLP · in /a/cats", "MLP · in /b/cats"]


def test_equal_runs_are_told_apart_by_their_number():
    assert list(run_names([run_of(7), run_of(12)]).values()) == ["simple_cnn · #7", "simple_cnn · #12"]


def test_a_name_that_a_person_gave_wins_and_stays_unique():
    own = run_of(1, name="mine")
    assert run_names([own, run_of(2)]) == {own.id: "mine", "digits-simple_cnn-0002": "simple_cnn"}
    seeds = [run_of(number, RunConfig("digits", "mlp", training=TrainConfig(seed=number)), "mine") for number in (1, 2)]
    assert list(run_names(seeds).values()) == ["mine · seed 1", "mine · seed 2"]
    posing = run_of(3, RunConfig("digits", "mlp"), name="simple_cnn")
    assert run_names([posing, run_of(2)])[posing.id] == f"simple_cnn · {posing.id}"


@pytest.mark.parametrize("length", [LONGEST, LONGEST + 1, 80, 200])
def test_a_long_name_is_shown_in_a_line_with_both_ends(length):
    (shown,) = run_names([run_of(1, name="begin" + "x" * (length - 8) + "end")]).values()
    assert len(shown) == LONGEST
    assert (shown.startswith("begin"), shown.endswith("end"), "…" in shown) == (True, True, length > LONGEST)


def test_published_models_have_names_of_their_own():
    names = run_names([*published_models(), run_of(1, RunConfig("digits", "resnet18"))])
    assert len(set(names.values())) == len(names)
    assert names["published-resnet18"] == "published ResNet-18"
    assert names["published-vgg16_bn"] == "published VGG-16 · batch norm"
