"""What a network takes: read from run.json as it was written, and every image becomes it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from PIL import Image

from explorer.data import DATASETS, InputSpec, load, network_input, to_tensor, unit_range

SPECS = [source.input_spec for source in DATASETS.values()]
PETS = InputSpec("folder:/home/me/pets", 3, 48, ("cat", "dog"), (0.5, 0.4, 0.3), (0.2, 0.2, 0.1), resize=64)
COATS = InputSpec("coats", 1, 28, ("long", "short"), preparation="garment")

channels_and_size = st.tuples(st.sampled_from([1, 3]), st.integers(8, 40))


def some_pixels(channels: int, size: int) -> np.ndarray:
    return np.random.RandomState(size).randint(0, 256, (channels, size, size)).astype(np.uint8)


@pytest.mark.parametrize("spec", [*SPECS, PETS, COATS], ids=lambda spec: spec.name)
def test_run_json_gives_back_every_spec(spec):
    assert InputSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    assert hash(InputSpec.from_json(spec.to_json())) == hash(spec)  # it is part of the keys of caches


def test_run_json_of_older_versions_is_read():
    """As versions before there was an `InputSpec` wrote it, with all that stood beside it."""
    older = {
        "name": "fashion-mnist",
        "fingerprint": "ab12",
        "classes": ["T-shirt", "Trouser"],
        "channels": 1,
        "size": 32,
        "ink": False,
        "mean": [0.2],
        "std": [0.3],
        "images": {"train": 10, "validation": 2, "test": 2},
    }
    assert InputSpec.from_json(older) == InputSpec(
        "fashion-mnist", 1, 32, ("T-shirt", "Trouser"), (0.2,), (0.3,), "garment"
    )
    assert InputSpec.from_json({**older, "name": "mnist", "ink": True}).preparation == "digit"
    assert InputSpec.from_json({**older, "name": "folder:/a/fashion-mnist"}).preparation == "photo"


def test_a_loaded_data_set_takes_what_its_source_says():
    data = load("digits")
    assert replace(data.input_spec, mean=(), std=()) == DATASETS["digits"].input_spec
    assert (data.input_spec.mean, data.input_spec.std) == (data.mean, data.std)


@given(own=channels_and_size, wanted=channels_and_size)
def test_an_image_of_a_data_set_keeps_all_that_fits(own, wanted):
    """Sampled images are prepared already, whatever the preparation: size and channels alone change, if they differ."""
    pixels = some_pixels(*own)
    for preparation in ("photo", "digit", "garment"):
        spec = InputSpec("any", *wanted, ("a", "b"), preparation=preparation)
        shown = network_input(pixels, spec)
        assert (shown.dtype, shown.shape) == (np.uint8, spec.shape)
        assert own != wanted or (shown == pixels).all()
        assert (network_input(shown, spec) == shown).all()


@given(wanted=channels_and_size, width=st.integers(1, 90), height=st.integers(1, 90), letterbox=st.booleans())
def test_any_photo_becomes_what_the_network_takes(wanted, width, height, letterbox):
    image = Image.effect_noise((width, height), 60).convert("RGB")
    for resize in (None, wanted[1] + 5):
        spec = InputSpec("any", *wanted, ("a", "b"), resize=resize if wanted[0] == 3 else None)
        shown = network_input(image, spec, letterbox)
        assert (shown.dtype, shown.shape) == (np.uint8, spec.shape)


def test_a_digits_mirror_image_is_another_sign_and_only_photos_are_letterboxed():
    assert {spec.name for spec in SPECS if not spec.may_flip} == {"digits", "mnist"}
    assert {spec.name for spec in SPECS if not spec.shows_whole_image} == {"digits", "mnist", "fashion-mnist"}


def test_a_tensor_holds_each_level_to_the_bit_and_is_a_copy():
    """The division that ToTensor of torchvision does, in float32."""
    from torchvision.transforms.functional import to_tensor as torchvisions

    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    tensor = to_tensor(levels[None])
    assert (tensor == torchvisions(levels)).all()
    assert (tensor.numpy() == unit_range(levels[None])).all()
    assert (float(tensor.min()), float(tensor.max()), tensor.dtype.itemsize) == (0.0, 1.0, 4)
    tensor.zero_()
    assert levels.any()
