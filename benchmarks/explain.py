"""One Grad-CAM explanation, ours against torch-cam's: `python -m benchmarks.explain [--model M …] [--rounds N]`.

Both explain the same image by the same network and layer in one process and take turns, call by call, so that whatever
else the machine does hits both; the ratio is the median of the rounds' ratios. torch-cam is timed in two ways: with an
extractor made for the call, as its README shows, which leaves nothing on the model afterwards, as ours does not; and
with an extractor that is kept, whose hooks stay on the model. Each call ends with the map at the image's size, as an
array: torch-cam gives the coarse map, stretched to [0, 1], and leaves enlarging it to the caller; ours gives both, in
logits, behind the model's lock.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from explorer.insights.attribution import grad_cam
from explorer.insights.layers import default_cam_layer
from explorer.models import build

SIZE = 32
WARM_UP = 20  # rounds that are not counted
OURS, MADE, KEPT = "ours", "torch-cam, extractor made for the call", "torch-cam, extractor kept"


def competitors(model_name: str) -> dict[str, Callable[[], object]]:
    """Name → one explain call. Each has a network of its own with the same weights: kept hooks stay out of the others'
    way."""
    from torchcam.methods import GradCAM

    def network() -> nn.Module:
        torch.manual_seed(0)
        return build(model_name, 3, 10, SIZE).eval()

    ours, made, for_cam = network(), network(), network()
    layer = default_cam_layer(ours, 3, SIZE)
    image = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    extractor = GradCAM(for_cam, layer)

    def explain_with(model: nn.Module, cam: GradCAM) -> tuple[torch.Tensor, np.ndarray]:
        scores = model(image)
        (coarse,) = cam(scores.squeeze(0).argmax().item(), scores)
        enlarged = F.interpolate(coarse[None], (SIZE, SIZE), mode="bilinear", align_corners=False)
        return coarse, enlarged[0].numpy()

    def with_new_extractor() -> tuple[torch.Tensor, np.ndarray]:
        with GradCAM(made, layer) as cam:
            return explain_with(made, cam)

    return {
        OURS: lambda: grad_cam(ours, image, layer),
        MADE: with_new_extractor,
        KEPT: lambda: explain_with(for_cam, extractor),
    }


def agree(calls: dict[str, Callable[[], object]]) -> None:
    """They must compute the same map before their speed says anything."""
    coarse = calls[OURS]().raw[0, 0].clip(0)
    stretched = (coarse - coarse.min()) / (coarse.max() - coarse.min() + 1e-8)
    for name in (MADE, KEPT):
        theirs, _ = calls[name]()
        np.testing.assert_allclose(stretched, theirs[0], atol=1e-3, err_msg=name)


def take_turns(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each call, in rounds; who begins changes from round to round."""
    names, seconds = list(calls), {name: [] for name in calls}
    for number in range(WARM_UP + rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            began = time.perf_counter()
            calls[name]()
            if number >= WARM_UP:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """Prints a line for each network and call: milliseconds, and what share of that time ours takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help="default: simple_cnn, residual_cnn, resnet20")
    parser.add_argument("--rounds", type=int, default=1000)
    given = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, n = {given.rounds}")
    print("| network | explain call | ms, median [10 %–90 %] | ours takes |\n|---|---|---|---|")
    for model in given.model or ["simple_cnn", "residual_cnn", "resnet20"]:
        calls = competitors(model)
        agree(calls)
        seconds = take_turns(calls, given.rounds)
        for name, timed in seconds.items():
            low, middle, high = np.percentile(timed, [10, 50, 90]) * 1000
            ratio = statistics.median(a / b for a, b in zip(seconds[OURS], timed, strict=True))
            compared = "" if name == OURS else f"{ratio:.2f} × its time"
            print(f"| {model} | {name} | {middle:.2f} [{low:.2f}–{high:.2f}] | {compared} |")


if __name__ == "__main__":
    main()
