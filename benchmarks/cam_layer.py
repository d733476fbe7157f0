"""Where Grad-CAM looks, at a convolution or behind the block: `python -m benchmarks.cam_layer [--model M …]`.

Each network is trained on `shapes`, whose objects are known, and Grad-CAM explains the predicted class of every test
image at its last convolution of at least 4×4 pixels and at the default layer, the output of the last block or
activation. Pointing game with its 95 % interval (Wilson), exact McNemar on the same images, and how many maps are
blank. Runs that are finished in the checkpoints folder are taken as they are.
"""

import argparse
import os

import numpy as np
import torch

from explorer.data import load, to_tensor
from explorer.insights.explanation_checks import Localisation, point
from explorer.insights.layers import CAM_SIDE, default_cam_layer, map_layers
from explorer.insights.statistics import mcnemar
from explorer.jobs.train_run import train_run
from explorer.runs import Run, RunConfig, create, list_runs, load_model
from explorer.training import TrainConfig

MODELS = ("simple_cnn", "residual_cnn", "vgg11", "resnet20")
SIZE = 32


def trained(config: RunConfig) -> Run:
    """A finished run with this config, trained here if there is none."""
    for run in list_runs():
        if run.status == "finished" and run.config == config:
            return run
    run = create(config, status="running")
    train_run(run)
    return run.reload()


def measured(run: Run, images: torch.Tensor, masks: np.ndarray) -> list[tuple[str, Localisation]]:
    """The last convolution and the default layer, each with what its maps point at."""
    model = load_model(run.id)
    wide = [layer for layer in map_layers(model, images.shape[1], SIZE) if layer.side >= CAM_SIDE]
    convolution = [layer.name for layer in wide if layer.kind == "convolution"][-1]
    names = convolution, default_cam_layer(model, images.shape[1], SIZE)
    return [(name, point(model, images, masks, "grad-cam", name)) for name in names]


def row(run: Run, layer: str, found: Localisation, before: Localisation) -> str:
    """One network and layer; `before`: its convolution, whose images it is compared with."""
    low, high = found.interval
    pointing = f"{found.pointing:.1%} ({low:.1%} to {high:.1%})"
    gained, lost = int((found.hits & ~before.hits).sum()), int((before.hits & ~found.hits).sum())
    against = "" if found is before else f"{gained} gained, {lost} lost, p = {mcnemar(gained, lost):.1g}"
    return f"| {run.config.model} | `{layer}` | {pointing} | {against} | {found.blank} |"


def main() -> None:
    """Trains each network, then prints a line for each of its two layers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help=f"default: {', '.join(MODELS)}")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    test = load("shapes").test
    images = to_tensor(test.pixels)
    print(f"shapes, {given.epochs} epochs, seed {given.seed}, n = {len(test)} test images, {os.cpu_count()} cores")
    print("| network | layer | pointing game | images, exact McNemar | blank maps |\n|---|---|---|---|---|")
    for model in given.model or MODELS:
        run = trained(RunConfig("shapes", model, {}, TrainConfig(epochs=given.epochs, seed=given.seed, device="cpu")))
        found = measured(run, images, test.masks)
        for layer, localisation in found:
            print(row(run, layer, localisation, found[0][1]), flush=True)


if __name__ == "__main__":
    main()
