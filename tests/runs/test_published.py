"""Published models are torchvision's to the bit: checkpoints like a run's, but no runs."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torchvision.models import get_model, get_model_weights, list_models

from explorer.cli import main
from explorer.data import network_input
from explorer.errors import UserError
from explorer.models import build
from explorer.models.published import PUBLISHED, our_state, weights_of
from explorer.runs import epochs_of, find, find_source, list_runs, load_model
from explorer.runs.published import find_published, published_models

NETWORKS = {published.torchvision_name: name for name, published in PUBLISHED.items()}  # of two versions one


def test_every_published_vgg_and_resnet_is_there_under_its_file_name():
    wanted = {
        (name, weights.name.removeprefix("IMAGENET1K_"), weights.url.rpartition("/")[2])
        for name in list_models(include=["vgg*", "resnet*"])
        for weights in get_model_weights(name)
        if weights.name != "IMAGENET1K_FEATURES"  # vgg16's without a head
    }
    assert {(p.torchvision_name, p.version, p.file) for p in PUBLISHED.values()} == wanted


@pytest.mark.parametrize("name", NETWORKS.values(), ids=list(NETWORKS))
def test_its_layers_take_torchvisions_weights_and_nothing_else(name):
    published = PUBLISHED[name]
    with torch.device("meta"):
        ours = build(published.model, 3, 1000, 224, **published.options)
        state = our_state(get_model(published.torchvision_name).state_dict())
    own = {key: value for key, value in ours.state_dict().items() if not key.startswith("normalize.")}
    assert [(key, value.shape) for key, value in own.items()] == [(key, value.shape) for key, value in state.items()]
    assert sum(p.numel() for p in ours.parameters()) == weights_of(published).meta["num_params"]
    uses = [module for module in ours.modules() if isinstance(module, nn.ReLU)]
    assert not any(module.inplace for module in uses)


def test_logits_are_torchvisions_to_the_bit(resnet18, theirs):
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (250, 330, 3), dtype=np.uint8))
    weights = weights_of(resnet18.published)
    pixels = network_input(photo, resnet18.input_spec)
    model = load_model(resnet18.id)
    with torch.no_grad():
        mine = model(torch.from_numpy(pixels)[None].float() / 255)
        assert torch.equal(mine, theirs(weights.transforms()(photo)[None]))
    assert resnet18.input_spec.classes == tuple(weights.meta["categories"])


@pytest.mark.parametrize("size", [(224, 224), (640, 480), (333, 500), (97, 31)])
def test_a_photo_is_prepared_as_the_weights_say(size):
    photo = Image.fromarray(np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8))
    for name in ("vgg16", "resnet50-v2"):  # shorter side to 256 and to 232
        run = find_published(f"published-{name}")
        ours = torch.from_numpy(network_input(photo, run.input_spec)).float() / 255
        mean, std = (torch.tensor(getattr(run.input_spec, key)).view(3, 1, 1) for key in ("mean", "std"))
        assert torch.equal((ours - mean) / std, weights_of(run.published).transforms()(photo))


def test_a_strip_is_no_reason_to_fill_the_memory():
    strip = Image.fromarray(np.random.default_rng(2).integers(0, 256, (8, 100_000, 3), dtype=np.uint8))
    assert network_input(strip, find_published("published-resnet18").input_spec).shape == (3, 224, 224)


def test_it_is_no_run_and_has_no_epochs(resnet18, checkpoints):
    assert find_source(resnet18.id) == resnet18
    assert epochs_of(resnet18) == []
    with pytest.raises(UserError, match="only be read"):
        find(resnet18.id)
    with pytest.raises(UserError, match="none of epoch '3'"):
        load_model(resnet18.id, 3)


def test_runs_of_ones_own_are_listed_alone_unless_asked(resnet18, checkpoints, capsys):
    assert list_runs() == []
    assert main(["list"]) == 0
    assert "published" not in capsys.readouterr().out
    assert main(["list", "--published", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == {run.id for run in published_models()}
    assert [row["id"] for row in rows.values() if row["status"] == "here"] == [resnet18.id]
    assert rows["published-resnet50-v2"]["best_validation_accuracy"] == pytest.approx(0.80858)


def test_the_command_line_predicts_and_explains(resnet18, theirs, tmp_path, capsys):
    photo = Image.fromarray(np.random.default_rng(3).integers(0, 256, (260, 300, 3), dtype=np.uint8))
    photo.save(tmp_path / "photo.png")
    assert main(["predict", resnet18.id, str(tmp_path / "photo.png"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)[0]
    weights = weights_of(resnet18.published)
    with torch.no_grad():
        wanted = theirs(weights.transforms()(photo)[None]).softmax(dim=1)[0]
    assert found["label"] == weights.meta["categories"][int(wanted.argmax())]
    assert found["probability"] == pytest.approx(float(wanted.max()), abs=1e-6)
    out = tmp_path / "map.png"
    assert main(["explain", resnet18.id, str(tmp_path / "photo.png"), "--out", str(out)]) == 0
    with Image.open(out) as written:
        assert written.size == (224, 224)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["predict", "published-vgg16", "x.png"], "not on this machine: download them"),
        (["predict", "published-vgg12", "x.png"], "Did you mean"),
        (["evaluate", "published-resnet18"], "69.76%"),
        (["resume", "published-resnet18"], "nothing to resume"),
        (["rename", "published-resnet18", "mine"], "only be read"),
        (["star", "published-resnet18"], "only be read"),
        (["train", "--from", "published-resnet18", "--model", "mlp"], "is a resnet18, not a mlp"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(cache, command, said, capsys):
    assert main(command) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"no weights", "another network"])
def test_a_file_that_holds_something_else_is_said(cache, content):
    file = cache / PUBLISHED["resnet18"].file
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        torch.save({"layer1.weight": torch.zeros(3)}, file)
    with pytest.raises(UserError, match="delete it and download it again"):
        load_model("published-resnet18")
