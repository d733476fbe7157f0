"""Whoever looks inside a model leaves it as it was."""

import threading

import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.insights.attribution import METHODS, explain
from explorer.insights.cost import cost
from explorer.insights.features import feature_maps
from explorer.insights.filters import layer_statistics
from explorer.insights.hooks import capture, evaluating, lock, watching
from explorer.insights.layers import default_cam_layer, layer_shapes
from explorer.insights.predict import predict
from explorer.training.speed import images_per_second

from .nets import PooledNet, SkipNet, hooks, images, seeded

INSIGHTS = {
    "feature_maps": lambda model: feature_maps(model, "conv2", images()),
    **{
        name: lambda model, name=name, needs=method.needs_layer: explain(
            name, model, images(), "conv2" if needs else None, target=[0, 1, 2, 3]
        )
        for name, method in METHODS.items()
    },
    "layer_shapes": lambda model: layer_shapes(model, 3, 16),
    "default_cam_layer": lambda model: default_cam_layer(model, 3, 16),
    "layer_statistics": layer_statistics,
    "predict": lambda model: predict(model, images()),
    "cost": lambda model: cost(model, 3, 16),
    "images_per_second": lambda model: images_per_second(model, 3, 16, batch_size=8),
}


def mixed_model() -> nn.Module:
    """In train mode, with a frozen batch norm and a frozen parameter: what a careless restore gets wrong."""
    model = seeded(PooledNet).train()
    model.bn1.eval()
    model.drop.eval()
    model.conv1.weight.requires_grad_(False)
    return model


def everything(model: nn.Module) -> dict[str, object]:
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    return {
        "state": state,
        "training": [module.training for module in model.modules()],
        "requires_grad": [parameter.requires_grad for parameter in model.parameters()],
        "grad": [parameter.grad is None for parameter in model.parameters()],
        "hooks": hooks(model),
    }


def assert_same(before: dict[str, object], after: dict[str, object]) -> None:
    for name, tensor in before.pop("state").items():
        assert torch.equal(tensor, after["state"][name]), name
    after.pop("state")
    assert before == after


@pytest.mark.parametrize("name", INSIGHTS)
def test_nothing_is_left_behind(name):
    model = mixed_model()
    before, random_state = everything(model), torch.get_rng_state()
    grad, threads = torch.is_grad_enabled(), torch.get_num_threads()
    INSIGHTS[name](model)
    assert_same(before, everything(model))
    assert torch.equal(torch.get_rng_state(), random_state)
    assert (torch.is_grad_enabled(), torch.get_num_threads()) == (grad, threads)


@pytest.mark.parametrize("name", [name for name in INSIGHTS if name != "layer_statistics"])  # that one runs no model
def test_nothing_is_left_behind_after_an_exception(name):
    model = mixed_model()
    before = everything(model)
    model.conv2.forward = lambda x: 1 / 0  # nobody stops before it
    with pytest.raises(ZeroDivisionError):
        INSIGHTS[name](model)
    assert_same(before, everything(model))


def test_training_goes_on_as_if_nobody_had_looked():
    looked, alone = seeded(PooledNet).train(), seeded(PooledNet).train()
    for model in (looked, alone):
        torch.manual_seed(0)
        model(images()).sum().backward()
        if model is looked:
            for insight in INSIGHTS.values():
                insight(model)
        model(images(seed=1)).sum().backward()
    for (name, a), b in zip(looked.state_dict().items(), alone.state_dict().values(), strict=True):
        assert torch.equal(a, b), name
    for a, b in zip(looked.parameters(), alone.parameters(), strict=True):
        assert torch.equal(a.grad, b.grad)


def test_hooks_go_when_the_block_raises():
    model = seeded(PooledNet)
    counted = []

    def fail():
        counted.append(hooks(model))
        raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"), capture(model, ["conv1", "conv2"]):
        fail()
    assert counted == [2]
    assert hooks(model) == 0


def test_hooks_go_when_a_hook_raises():
    model = seeded(PooledNet)
    with pytest.raises(ZeroDivisionError), watching(model, ["conv1"], lambda *_: 1 / 0):
        model(images())
    assert hooks(model) == 0


def test_captured_outputs_are_the_layers_own():
    model = seeded(PooledNet)
    with torch.no_grad(), capture(model, ["conv1", "bn1"]) as outputs:
        logits = model(images())
    assert torch.equal(outputs["conv1"], model.conv1(images()))
    assert torch.equal(outputs["bn1"], model.bn1(model.conv1(images())))
    assert torch.equal(logits, model(images()))


def test_what_follows_in_place_does_not_spoil_a_capture():
    kept, spoiling = seeded(PooledNet), seeded(lambda: PooledNet(inplace=True))
    for layer in ("bn1", "conv2", "relu2"):
        assert (feature_maps(kept, layer, images()) == feature_maps(spoiling, layer, images())).all()
    assert feature_maps(spoiling, "conv2", images()).min() < 0
    block = seeded(SkipNet)
    with torch.no_grad(), capture(block, ["block.0"]) as outputs:
        block(images())
    assert torch.equal(outputs["block.0"], block.block[0](block.stem(images())))


def test_captured_outputs_carry_the_gradient():
    model = seeded(PooledNet)
    with capture(model, ["relu2"]) as outputs:
        logits = model(images())
    (gradient,) = torch.autograd.grad(logits[:, 1].sum(), outputs["relu2"])
    expected = (model.head.weight[1] / 64)[None, :, None, None].expand_as(gradient)
    torch.testing.assert_close(gradient, expected)


def test_evaluating_is_eval_mode_inside():
    model = mixed_model()
    with evaluating(model) as same:
        assert same is model
        assert not any(module.training for module in model.modules())
        model.conv1.weight.requires_grad_(True)
    assert not model.conv1.weight.requires_grad
    assert model.training
    assert not model.bn1.training


def test_an_unknown_layer_is_named_with_some_of_the_known():
    with pytest.raises(UserError, match=r"No layer 'conv3'.*conv1.*conv2.*head"), capture(seeded(PooledNet), ["conv3"]):
        pass
    long = nn.Sequential(*(nn.Identity() for _ in range(200)))
    with pytest.raises(UserError, match=r"Choose one of: 0, 1, 2, 3, …, 196, 197, 198, 199\.$"), capture(long, ["x"]):
        pass
    with pytest.raises(UserError, match="No layer ''"), capture(long, [""]):
        pass


def test_a_container_that_never_runs_is_said_so():
    with pytest.raises(UserError, match="Layer 'block' has no output of its own"):
        feature_maps(seeded(SkipNet), "block", images())


def test_each_model_has_one_lock_that_one_thread_may_take_twice():
    one, other = seeded(PooledNet), seeded(PooledNet)
    assert lock(one) is lock(one)
    assert lock(one) is not lock(other)
    taken = threading.Event()
    with evaluating(one), evaluating(one):
        thread = threading.Thread(target=lambda: lock(one).acquire() and taken.set())
        thread.start()
        assert not taken.wait(0.05)
    thread.join(timeout=5)
    assert taken.is_set()
