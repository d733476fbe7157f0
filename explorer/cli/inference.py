"""`predict`, `explain` and `evaluate`: a trained network applied to images."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli.common import AsJson, Checkpoints, Data, Epoch, RunId, epoch_of

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from explorer.data import InputSpec

Letterbox = Annotated[
    bool,
    typer.Option("--letterbox/--crop", help="Give the network the whole image between two bars, or only its centre."),
]
Out = Annotated[
    Path,
    typer.Option("--out", metavar="FILE.png", help="The overlay image to write: .png, .jpg, .webp, .tif or .bmp."),
]


def predict(
    run: RunId,
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE…", help="Image files.")],
    epoch: Epoch = "best",
    letterbox: Letterbox = False,
    as_json: AsJson = False,
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> None:
    """Predict the label, its probability and the top 3 of each image file; warn if it is out of distribution."""
    from explorer.cli import out_of_distribution
    from explorer.data import to_tensor
    from explorer.insights.predict import predict as probabilities_of, top

    model, spec, pixels = _prepared(run, images, epoch, letterbox, checkpoints)
    out_of_distribution.warn(run, images, pixels, checkpoints, data)
    rows: list[dict[str, Any]] = []
    for file, guesses in zip(images, top(probabilities_of(model, to_tensor(pixels)), spec.classes, 3), strict=True):
        best = [guess._asdict() for guess in guesses]
        rows.append({"file": str(file), **best[0], "top": best})
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print(f"{row['file']}: " + ", ".join(f"{t['label']} {t['probability']:.1%}" for t in row["top"]))


def explain(
    run: RunId,
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="An image file.")],
    out: Out,
    method: Annotated[
        str,
        typer.Option(
            help="grad-cam, hirescam, guided-grad-cam, saliency, smoothgrad, input-x-gradient, guided-backprop, "
            "integrated-gradients, deeplift or occlusion."
        ),
    ] = "grad-cam",
    target: Annotated[
        str | None, typer.Option(metavar="CLASS", help="The name of a class; default: the predicted class.")
    ] = None,
    contrast: Annotated[
        str | None,
        typer.Option("--versus", metavar="CLASS", help="Explain why the target rather than this class."),
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            help="For the CAM methods: a convolution, an activation or a block. Default: the output of the last block "
            "or activation with a map of at least 4×4."
        ),
    ] = None,
    npy: Annotated[
        Path | None, typer.Option(metavar="FILE.npy", help="Also write the raw map, float32 (H, W).")
    ] = None,
    epoch: Epoch = "best",
    letterbox: Letterbox = False,
    checkpoints: Checkpoints = None,
) -> None:
    """Explain a prediction: write an overlay image and, on request, the raw map.

    Pixels that support the class are bright, or orange if the method is signed; blue pixels oppose it.
    """
    from explorer.charts.images import overlay, upscale
    from explorer.charts.palette import limits
    from explorer.cli import outputs
    from explorer.data import to_tensor
    from explorer.errors import unknown
    from explorer.insights.attribution import METHODS, explain as explanation
    from explorer.insights.layers import default_cam_layer
    from explorer.models.layer_names import layer_names

    if method not in METHODS:
        raise unknown("method", method, METHODS)
    outputs.check("--out", out, outputs.IMAGE_FORMATS)
    if npy:
        outputs.check("--npy", npy, outputs.ARRAYS)
    model, spec, pixels = _prepared(run, [image], epoch, letterbox, checkpoints)
    if layer is None and METHODS[method].needs_layer:
        layer = default_cam_layer(model, spec.channels, spec.size)
    result = explanation(method, model, to_tensor(pixels), layer, _class(target, spec), _class(contrast, spec))
    heat = result.map[0]
    low, high = limits(heat, signed=True) if result.signed else (0.0, float(heat.max()))
    overlaid = overlay(pixels[0], heat, low, high)
    outputs.write_image(out, upscale(overlaid, max(1, 256 // spec.size)))
    if npy:
        outputs.write_array(npy, heat)
    where = (
        f" at {layer_names(model).get(layer, layer)}, a map of {result.resolution[0]}×{result.resolution[1]},"
        if layer
        else ""
    )
    against = f" compared with {spec.classes[int(result.contrast[0])]}" if result.contrast is not None else ""
    print(f"{method}{where} for class {spec.classes[int(result.target[0])]}{against}: {out}")
    if result.blank[0]:
        print(f"Nothing supports the class: {result.blank_because}. This is a result, not an error.")


def _class(name: str | None, spec: "InputSpec") -> int | None:
    from explorer.errors import unknown

    if name is not None and name not in spec.classes:
        raise unknown("class", name, spec.classes)
    return None if name is None else spec.classes.index(name)


def evaluate(
    run: RunId, as_json: AsJson = False, epoch: Epoch = "best", checkpoints: Checkpoints = None, data: Data = None
) -> None:
    """Test accuracy with its 95 % interval (Wilson), and the confusion matrix (rows: true class).

    Images that have changed since the training are not a valid test: the output says so, in JSON under "changed".
    """
    from explorer.insights.statistics import confusion_matrix, wilson
    from explorer.runs import find, load_model
    from explorer.runs.further import second_test
    from explorer.runs.published import find_published, is_published, no_images
    from explorer.runs.same_data import meet
    from explorer.training.evaluation import balanced_accuracy, evaluate as evaluate_on

    if is_published(run):
        raise no_images(find_published(run))
    found = find(run, checkpoints)
    model = load_model(run, epoch_of(epoch), checkpoints)
    met = meet(found, found.config.load_data(data))
    dataset = met.data
    evaluation = evaluate_on(model, dataset.test)
    confusion = confusion_matrix(dataset.test.labels, evaluation.predictions, len(dataset.classes))
    correct, n = int(confusion.trace()), len(dataset.test)
    low, high = wilson(correct, n)
    balanced = balanced_accuracy(confusion.diagonal(), confusion.sum(axis=1))
    wanted = found.config.training.test_time_flips and dataset.input_spec.may_flip
    flipped = evaluate_on(model, dataset.test, flips=True).accuracy if wanted else None
    if as_json:
        result = {"accuracy": correct / n, "interval": [low, high], "n": n, "balanced_accuracy": balanced}
        result |= {"confusion": confusion.tolist()} | ({} if flipped is None else {"flipped_accuracy": flipped})
        print(json.dumps(result | ({"changed": met.changed} if met.changed else {})))
        return
    if met.changed:
        print(met.changed)
    what = "Accuracy of today's test images" if met.changed else "Test accuracy"
    print(f"{what} {correct / n:.2%} (95 % interval {low:.2%} to {high:.2%}, n = {n})")
    if second_test(found):
        print(second_test(found))
    if flipped is not None:
        low, high = wilson(round(flipped * n), n)
        print(f"With test-time flips {flipped:.2%} (95 % interval {low:.2%} to {high:.2%})")
    print(f"Balanced accuracy, the mean recall of the classes: {balanced:.2%}")
    for name, row in zip(dataset.classes, confusion, strict=True):
        print(f"{name:12s} " + " ".join(f"{count:5d}" for count in row))


def _prepared(
    run_id: str, files: list[Path], epoch: str, letterbox: bool, checkpoints: str | None
) -> "tuple[nn.Module, InputSpec, np.ndarray]":
    """(model, its input spec, the image files as its input: uint8 (B, C, H, W))."""
    import numpy as np

    from explorer.data import network_input, open_image
    from explorer.errors import UserError
    from explorer.runs import find_source, load_model

    spec = find_source(run_id, checkpoints).input_spec
    if letterbox and not spec.shows_whole_image:
        raise UserError(
            f"{run_id} takes the object cut out of the image, whatever surrounds it: leave out --letterbox."
        )
    model = load_model(run_id, epoch_of(epoch), checkpoints)
    return model, spec, np.stack([network_input(open_image(file), spec, letterbox) for file in files])
