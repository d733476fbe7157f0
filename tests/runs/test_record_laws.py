"""run.json is read as it was written, and whatever else it says is a sentence."""

import json
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, strategies as st

from explorer.errors import UserError
from explorer.runs import RunConfig, create, find
from explorer.runs.record import (
    KNOWN_AFTER_AN_EPOCH,
    MOST_CHANNELS,
    MOST_IMAGES,
    MOST_PIXELS,
    STATUSES,
    DatasetRecord,
    ImageCounts,
    RunRecord,
)
from tests.runs.test_config_laws import option_values, trainings

texts, numbers = st.text(max_size=6), st.floats(0, 1)
whole_numbers = st.integers(1, 2**62)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
# A network, or a list of batches, is made of them.
BOUNDED = {
    DatasetRecord: {"channels": st.integers(1, MOST_CHANNELS), "size": st.integers(1, MOST_PIXELS)},
    ImageCounts: dict.fromkeys(("train", "validation", "test"), st.integers(1, MOST_IMAGES)),
}
LEAVES = {str: texts, int: whole_numbers, float: numbers, bool: st.booleans()}


def of(hint):
    """Values that a field with this hint may have."""
    container, inner = get_origin(hint), get_args(hint)
    if container in (Union, UnionType):
        return st.none() | of(inner[0])
    if container is Literal:
        return st.sampled_from(inner)
    if container is tuple:
        return st.lists(of(inner[0]), max_size=3).map(tuple)
    if container is dict:
        return st.dictionaries(texts, texts, max_size=2)
    return records(hint, **BOUNDED.get(hint, {})) if is_dataclass(hint) else LEAVES[hint]


def records(kind, **given_strategies):
    hints = get_type_hints(kind)
    others = {one.name: of(hints[one.name]) for one in fields(kind) if one.init and one.name not in given_strategies}
    return st.builds(kind, **given_strategies, **others)


configs = st.builds(
    RunConfig,
    dataset=st.just("digits"),
    model=texts,
    options=st.dictionaries(texts, option_values, max_size=2),
    training=trainings,
    unknown=st.dictionaries(st.sampled_from(["ema", "training.warm_up"]), texts),
)
moments = st.none() | st.datetimes().map(lambda moment: moment.isoformat())
run_records = records(RunRecord, status=st.sampled_from(STATUSES), config=configs, started_at=moments).map(
    lambda one: one if all(getattr(one, name) for name in KNOWN_AFTER_AN_EPOCH) else replace(one, epochs_done=0)
)


def through_a_file(content):
    return json.loads(json.dumps(content))


@given(run_records)
def test_what_is_written_is_read(record):
    read = RunRecord.from_json(through_a_file(record.to_json()))
    assert replace(read) == record
    assert set(read.unknown) == {f"config.{name}" for name in record.config.unknown}
    assert read.to_json() == record.to_json()


@given(run_records, st.data())
def test_whatever_one_value_is_replaced_by_it_is_a_record_or_a_sentence(record, data):
    content = through_a_file(record.to_json())
    place = content
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(json_values)
    with suppress(UserError):
        RunRecord.from_json(content)


def test_keys_that_this_version_does_not_know_are_named_and_stay(checkpoints):
    run = create(RunConfig("digits", "mlp"))
    file = run.path / "run.json"
    images = {"train": 1, "validation": 1, "test": 1}
    like = {"channels": 1, "size": 8, "ink": True, "mean": [0.5], "std": [0.5], "classes": ["a", "b"]}
    run.change(dataset={"name": "digits", "fingerprint": "f", "images": images, **like})
    content = json.loads(file.read_text())
    content["mood"] = ["a"]
    content["dataset"]["palette"] = [1]
    content["config"]["ema"] = 0.9
    content["config"]["training"]["warm_up"] = 3
    file.write_text(json.dumps(content))
    names = ("config.ema", "config.training.warm_up", "dataset.palette", "mood")
    changed = find(run.id).change(status="running", message="Loading …")
    assert json.loads(file.read_text()) == {**content, "status": "running", "message": "Loading …"}
    assert tuple(sorted(changed.record.unknown)) == names
    again = changed.change(config=replace(changed.config, image_size=64))
    assert tuple(sorted(again.record.unknown)) == names
    assert json.loads(file.read_text())["config"]["training"]["warm_up"] == 3


def test_only_fields_of_a_record_can_be_changed(checkpoints):
    with pytest.raises(AssertionError, match="messsage"):
        create(RunConfig("digits", "mlp")).change(messsage="?")
