"""Laws of starting from another network: what fits, what is frozen, what learns how fast."""

import copy

import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.models import build, set_statistics
from explorer.training import TrainConfig
from explorer.training.events import Started
from explorer.training.loop import fit
from explorer.training.optimizer import make_optimizer, restore
from explorer.training.step import set_learning_rate
from explorer.training.transfer import blocks, fingerprint, fitted, freeze, head_of, training_mode

TEN, OTHERS = tuple("0123456789"), tuple("abcdefghij")
BLOCKS = {
    "simple_cnn": ["stage1.conv1", "stage2.conv1", "stage3.conv1"],
    "mlp": ["linear1", "linear2"],
    "vgg11": ["features.0", "features.4", "features.8", "features.15", "features.22"],
    "resnet20": ["conv1", *(f"stage{stage}.{block}" for stage in (1, 2, 3) for block in range(3))],
    "resnet18": ["conv1", *(f"stage{stage}.{block}" for stage in (1, 2, 3, 4) for block in range(2))],
}


def net(model="simple_cnn", channels=1, classes=10, seed=0, **options) -> nn.Module:
    torch.manual_seed(seed)
    return build(model, channels, classes, **options)


def grey(count=4, size=32) -> torch.Tensor:
    return torch.rand(count, 1, size, size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("model", BLOCKS)
def test_blocks_are_what_the_papers_call_so(model):
    found = blocks(net(model))
    assert list(found) == BLOCKS[model]


@pytest.mark.parametrize("model", ["simple_cnn", "residual_cnn", "mlp", "vgg11", "resnet20", "resnet50"])
def test_blocks_and_head_hold_every_parameter_once(model):
    with torch.device("meta"):
        one = build(model, 3, 10)
    below = [name for names in blocks(one).values() for name in names]
    head = [f"{head_of(one)}.{name}" for name, _ in one.get_submodule(head_of(one)).named_parameters()]
    assert [*below, *head] == [name for name, _ in one.named_parameters()]


def test_of_a_head_of_three_layers_the_last_is_the_class_head():
    with torch.device("meta"):
        one = build("vgg11", 3, 10, head="imagenet")
    assert head_of(one) == "head.6"
    assert list(blocks(one))[-2:] == ["head.0", "head.3"]


def learned(model: nn.Module) -> list[str]:
    return [name for name, parameter in model.named_parameters() if parameter.requires_grad]


def test_freezing_leaves_the_head_or_the_last_blocks():
    one = net()
    freeze(one, "frozen")
    assert learned(one) == ["head.weight", "head.bias"]
    one = net()
    freeze(one, "last-2")
    assert learned(one) == [n for n, _ in one.named_parameters() if n.startswith(("stage2", "stage3", "head"))]
    for trainable in ("all", "scratch"):
        one = net()
        freeze(one, trainable)
        assert learned(one) == [name for name, _ in one.named_parameters()]
    with pytest.raises(UserError, match=r"3 blocks.*last-4"):
        freeze(net(), "last-4")


def test_the_same_classes_keep_the_head_and_others_get_a_new_one():
    source, fresh = net(seed=1), net(seed=2)
    kept, said = fitted(source.state_dict(), fresh, TEN, TEN)
    assert all(torch.equal(kept[name], tensor) for name, tensor in source.state_dict().items())
    assert "reused" in said[0]
    start, said = fitted(source.state_dict(), fresh, TEN, OTHERS)  # as many, but not the same
    assert "new" in said[0]
    for name, tensor in start.items():
        expected = fresh if name.startswith("head.") else source
        assert torch.equal(tensor, expected.state_dict()[name]), name
    start, said = fitted(source.state_dict(), net(classes=3), TEN, OTHERS[:3])
    assert start["head.weight"].shape == (3, 64)
    assert "10 classes became 3" in said[0]


@pytest.mark.parametrize("model", ["simple_cnn", "mlp", "vgg11", "resnet20"])
def test_the_same_classes_in_another_order_keep_the_head_by_name(model):
    source, fresh = net(model, seed=1).eval(), net(model, seed=2).eval()
    start, said = fitted(source.state_dict(), fresh, TEN, TEN[::-1])
    assert "rows reordered" in said[0]
    fresh.load_state_dict(start)
    with torch.no_grad():
        assert torch.allclose(fresh(grey()).flip(1), source(grey()), atol=1e-6)


@pytest.mark.parametrize("model", ["simple_cnn", "mlp", "vgg11", "resnet20"])
@pytest.mark.parametrize(("had", "has"), [(1, 3), (3, 1)])
def test_grey_images_get_the_same_answer_from_other_channels(model, had, has):
    source = net(model, channels=had, seed=1)
    set_statistics(source, [0.3] * had, [0.2] * had)
    adapted = net(model, channels=has, seed=2)
    start, said = fitted(source.state_dict(), adapted, TEN, TEN)
    adapted.load_state_dict(start)
    images = grey()
    expected = source.eval()(images.expand(-1, had, -1, -1))
    adapted_logits = adapted.eval()(images.expand(-1, has, -1, -1))
    torch.testing.assert_close(adapted_logits, expected, rtol=1e-4, atol=1e-5)
    assert "first layer" in said[1]


def without_colour(mean, std, images) -> tuple[torch.Tensor, torch.Tensor, str]:
    """What the first layer of a network of colour, and of it made grey, answer to grey images; and what is said."""
    source, adapted = net(channels=3, seed=1), net(seed=2)
    set_statistics(source, mean, std)
    start, said = fitted(source.state_dict(), adapted, TEN, TEN)
    adapted.load_state_dict(start)
    first = "stage1.conv1"
    before, after = (
        one.get_submodule(first)(one.normalize(images.expand(-1, channels, -1, -1)))
        for one, channels in ((source, 3), (adapted, 1))
    )
    return before, after, said[1]


def test_without_colour_unequal_statistics_cost_a_constant_at_most():
    std, images = [0.1, 0.2, 0.4], grey()
    before, after, said = without_colour([0.3] * 3, std, images)
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)
    assert said.endswith("as before.")
    before, after, said = without_colour([0.2, 0.3, 0.6], std, images)
    off = (after - before)[:, :, 1:-1, 1:-1]  # around an image lie zeros, whatever the mean
    torch.testing.assert_close(off, off[:1, :, :1, :1].expand_as(off), rtol=1e-3, atol=1e-4)
    assert off.abs().max() > 0.1
    assert "approximately as before" in said


def test_what_does_not_fit_is_one_sentence():
    with pytest.raises(UserError, match=r"do not fit.*'"):
        fitted(net(depth=2).state_dict(), net(depth=6), TEN, TEN)
    with pytest.raises(UserError, match="do not fit"):
        fitted(net("mlp", size=16).state_dict(), net("mlp", size=32), TEN, TEN)
    with pytest.raises(UserError, match="4 channels"):
        fitted(net(channels=4).state_dict(), net(channels=3), TEN, TEN)


def config(**changes) -> TrainConfig:
    return TrainConfig(**{"epochs": 2, "batch_size": 20, "device": "cpu", "tune": "frozen", "source": "x-1", **changes})


@pytest.mark.parametrize(("trainable", "moving"), [("frozen", ("head",)), ("last-1", ("stage3", "head"))])
def test_what_is_frozen_stays_bit_for_bit_batch_norm_too(tiny, trainable, moving):
    one = build("simple_cnn", 1, 3, size=8, dropout=0.3)
    freeze(one, trainable)
    before = copy.deepcopy(one.state_dict())
    for _ in fit(one, tiny, config(tune=trainable)):
        pass
    for name, tensor in one.state_dict().items():
        same = torch.equal(tensor, before[name])
        assert same != name.startswith(moving), name


def test_all_that_learns_is_in_train_mode_and_what_lies_below_is_not():
    one = net(dropout=0.5)
    freeze(one, "last-1")
    training_mode(one)
    modes = {name: module.training for name, module in one.named_modules() if not any(module.children())}
    below = ("normalize", "stage1", "pool1", "stage2.conv", "stage2.bn")
    assert not any(mode for name, mode in modes.items() if name.startswith(below))
    assert all(mode for name, mode in modes.items() if name.startswith(("stage3", "dropout", "head")))
    whole = net()
    training_mode(whole)
    assert all(module.training for module in whole.modules())


def test_head_and_body_have_rates_of_their_own_that_the_schedule_scales():
    one = net()
    optimizer = make_optimizer(one, config(learning_rate=0.001, head_learning_rate=0.01, tune="all"))
    set_learning_rate(optimizer, 0.0005)  # half of the peak
    rates = {id(p): group["lr"] for group in optimizer.param_groups for p in group["params"]}
    for name, parameter in one.named_parameters():
        assert rates[id(parameter)] == pytest.approx(0.005 if name.startswith("head") else 0.0005), name


def test_without_a_rate_of_the_head_the_optimizer_is_as_before():
    groups = make_optimizer(net(), TrainConfig(weight_decay=0.1)).param_groups
    assert [(group["weight_decay"], group["lr"]) for group in groups] == [(0.1, 0.003), (0.0, 0.003)]


def test_restoring_keeps_the_factors():
    """Also of a state that was saved before there were any."""
    one = net()
    optimizer = make_optimizer(one, config(head_learning_rate=0.01, tune="all"))
    state = optimizer.state_dict()
    for group in state["param_groups"]:
        del group["factor"]
    restore(optimizer, state)
    assert sorted({group["factor"] for group in optimizer.param_groups}) == [1.0, 0.01 / 0.003]


def test_an_epoch_of_several_passes_takes_as_many_steps(tiny):
    events = list(fit(build("mlp", 1, 3, size=8), tiny, TrainConfig(epochs=2, batch_size=20, passes=3, device="cpu")))
    started = next(event for event in events if isinstance(event, Started))
    assert started.steps_per_epoch == 15
    assert sum(len(event.loss) for event in events if hasattr(event, "loss")) == 30


def test_a_fingerprint_is_of_the_values():
    one = net(seed=1).state_dict()
    assert fingerprint(one) == fingerprint(copy.deepcopy(one))
    changed = copy.deepcopy(one)
    changed["head.bias"][0] += 1e-6
    assert fingerprint(one) != fingerprint(changed)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"tune": "half"}, "half"),
        ({"tune": "last-0"}, "last-0"),
        ({"tune": "all", "source": ""}, "'all'"),
        ({"tune": "scratch", "source": "x-1"}, "x-1"),
        ({"fraction": 0}, "0"),
        ({"fraction": 1.5}, "1.5"),
        ({"passes": 0}, "passes"),
        ({"head_learning_rate": -1.0}, "-1.0"),
        ({"source_epoch": "first"}, "first"),
    ],
)
def test_what_cannot_be_is_named(given, named):
    with pytest.raises(UserError, match=named):
        config(**given)
