"""Every attribution method answers in one form, and leaves the model as it was."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch

from explorer.errors import UserError
from explorer.insights.attribution import METHODS, explain

from .explaining import attribution
from .nets import PooledNet, hooks, images, seeded


@pytest.mark.parametrize("method", METHODS)
def test_one_kind_of_answer(method):
    model, x = seeded(PooledNet), images(3)
    result = attribution(method, model, x, target=[0, 4, 2])
    assert result.method == method
    assert (result.map.shape, result.map.dtype, result.raw.dtype) == ((3, 16, 16), np.float32, np.float32)
    assert result.raw.ndim == 4
    assert result.signed == METHODS[method].signed
    assert result.signed or result.map.min() >= 0
    assert (result.target.tolist(), result.contrast) == ([0, 4, 2], None)
    assert (result.layer is None) != METHODS[method].needs_layer
    assert not result.blank.all()
    with pytest.raises(FrozenInstanceError):
        result.signed = not result.signed
    alone = [attribution(method, model, x[i : i + 1], target=[0, 4, 2][i]).map[0] for i in range(3)]
    np.testing.assert_allclose(result.map, alone, atol=1e-5 * np.abs(result.map).max())  # whatever else is in the batch


@pytest.mark.parametrize("method", METHODS)
def test_the_default_target_is_the_predicted_class(method):
    model, x = seeded(PooledNet), images(4)
    predicted = model(x).argmax(dim=1)
    result = attribution(method, model, x)
    assert result.target.tolist() == predicted.tolist()
    np.testing.assert_array_equal(result.raw, attribution(method, model, x, predicted).raw)


PASSES = {
    "grad-cam": (1, 1), "hirescam": (1, 1), "guided-grad-cam": (2, 2), "saliency": (1, 1), "smoothgrad": (26, 25),
    "input-x-gradient": (1, 1), "guided-backprop": (1, 1), "integrated-gradients": (51, 50), "deeplift": (2, 2),
    "occlusion": (226, 0),
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_the_passes_that_are_counted_are_those_that_the_help_names(method):
    model = seeded(PooledNet)
    ran = []
    model.register_forward_pre_hook(lambda module, inputs: ran.append(len(inputs[0])))
    result = attribution(method, model, images(2, size=32), target=1)
    assert result.passes == PASSES[method]
    layer_search = 1 if METHODS[method].needs_layer else 0  # default_cam_layer sends one black image
    assert sum(ran) - layer_search == 2 * result.passes.forward


@pytest.mark.parametrize("method", METHODS)
def test_the_help_says_what_it_is_what_it_costs_and_when_it_does_not_apply(method):
    what, cost, limits = METHODS[method].help.split("\n\n")
    assert what.endswith(")")  # the source
    assert any(year in what for year in map(str, range(2013, 2021)))
    assert cost.startswith("Cost: ")
    assert limits.startswith("Does not ")


@pytest.mark.parametrize("method", [n for n in METHODS if n not in ("guided-grad-cam", "guided-backprop", "deeplift")])
def test_why_one_and_not_another_is_the_difference_of_the_two(method):
    """Of the methods that are linear in the logits; completeness holds DeepLift to it."""
    model, x = seeded(PooledNet), images(3)
    one, other = attribution(method, model, x, 1), attribution(method, model, x, 4)
    both = attribution(method, model, x, 1, contrast=4)
    assert both.contrast.tolist() == [4, 4, 4]
    scale = max(np.abs(one.raw).max(), np.abs(other.raw).max())
    np.testing.assert_allclose(both.raw, one.raw - other.raw, atol=1e-5 * scale)


def test_a_class_is_not_set_against_itself():
    with pytest.raises(UserError, match="Class 2 compared with itself explains nothing"):
        explain("saliency", seeded(PooledNet), images(), target=2, contrast=2)


def test_wrong_input_is_named():
    model = seeded(PooledNet)
    with pytest.raises(UserError, match=r"No method 'gradcam'\. Did you mean 'grad-cam'\?"):
        explain("gradcam", model, images())
    with pytest.raises(UserError, match="Grad-CAM needs a layer: name one"):
        explain("grad-cam", model, images())
    with pytest.raises(UserError, match="Saliency explains the image, not layer 'conv1': leave out the layer"):
        explain("saliency", model, images(), "conv1")
    with pytest.raises(UserError, match="No class 5; choose one from 0 to 4"):
        explain("saliency", model, images(), target=1, contrast=5)
    with pytest.raises(UserError, match="2 target classes for 4 images"):
        explain("occlusion", model, images(), target=[1, 2])


@pytest.fixture
def one_torch_thread():
    """Sixteen threads with a pool of threads each would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_sixteen_threads_give_the_serial_answers(one_torch_thread):
    model, names = seeded(PooledNet), list(METHODS)
    questions = [(names[i % len(names)], images(2, seed=i), i % 5) for i in range(80)]

    def answer(question):
        method, x, target = question
        return explain(method, model, x, "conv2" if METHODS[method].needs_layer else None, target).raw

    serial = [answer(question) for question in questions]
    model.train()  # the first to finish would put it back in train mode under the others
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(answer, questions))
    for one, other in zip(serial, together, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert hooks(model) == 0
    assert all(module.training for module in model.modules())


@pytest.mark.parametrize("method", METHODS)
def test_the_callers_gradient_mode_does_not_matter(method):
    model, x = seeded(PooledNet), images()
    expected = attribution(method, model, x, 1).raw
    with torch.inference_mode():
        np.testing.assert_array_equal(attribution(method, model, x.clone(), 1).raw, expected)
    model.requires_grad_(False)
    with torch.no_grad():
        np.testing.assert_array_equal(attribution(method, model, x, 1).raw, expected)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_stays_on_the_modules_when_captum_fails_on_the_way_back(method):
    """Its DeepLift keeps tensors on every module until the gradient has passed."""

    class Refuses(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            raise ZeroDivisionError

    model = seeded(PooledNet).train()
    before = [set(vars(module)) for module in model.modules()]
    whole = model.pool1.forward
    model.pool1.forward = lambda x: Refuses.apply(whole(x)) if torch.is_grad_enabled() else 1 / 0
    before[list(model.modules()).index(model.pool1)].add("forward")
    with pytest.raises(ZeroDivisionError):
        explain(method, model, images(), "conv1" if METHODS[method].needs_layer else None)
    assert hooks(model) == 0
    assert model.training
    assert [set(vars(module)) for module in model.modules()] == before
