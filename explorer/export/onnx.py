"""A run's network as ONNX; its outputs are compared with ours before the file is written."""

import json
import warnings

import torch
from torch import nn

from explorer.errors import UserError
from explorer.runs import Checkpoint, Run
from explorer.runs.names import run_names

CLOSE = 1e-3  # of the largest logit: other kernels round differently in every layer
COMPARED = 4  # images
INPUT, OUTPUT = "images", "logits"


def file(run: Run) -> bytes:
    """The network with the weights of its best epoch: float32 (B, C, H, W) in [0, 1] to logits (B, classes), for any B.

    The run and its classes are in its metadata. Raises UserError if a library is missing, or if onnxruntime gives other
    logits.
    """
    model, spec = Checkpoint(run).load(), run.input_spec
    content = _exported(model, spec.channels, spec.size, run)
    images = torch.rand(COMPARED, spec.channels, spec.size, spec.size, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        ours = model(images)
    theirs = torch.from_numpy(_outputs_elsewhere(content, images))
    difference = float((ours - theirs).abs().max() / ours.abs().max().clamp(min=1e-6))
    if not difference <= CLOSE:
        raise UserError(
            f"onnxruntime gives logits of {run.id} that differ by {difference:.1%} of the largest: the file was not "
            "written; export the run as pytorch."
        )
    return content


def _exported(model: nn.Module, channels: int, size: int, run: Run) -> bytes:
    try:
        import onnxscript  # noqa: F401 (torch's exporter needs it, and would say so in many lines)

        example = torch.zeros(2, channels, size, size)
        with warnings.catch_warnings(action="ignore"):  # from future changes of the libraries
            program = torch.onnx.export(
                model,
                (example,),
                dynamo=True,
                verbose=False,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
            )
    except ImportError as error:
        raise _missing(error) from None
    assert program is not None  # not set if there is no file to write
    proto = program.model_proto
    name = run_names([run])[run.id]
    about = {"classes": json.dumps(run.dataset.classes), "run": run.id, "name": name, "trained on": run.dataset.name}
    for key, value in about.items():
        proto.metadata_props.add(key=key, value=value)
    return proto.SerializeToString()


def _outputs_elsewhere(content: bytes, images: torch.Tensor) -> "torch.types.Any":
    try:
        import onnxruntime
    except ImportError as error:
        raise _missing(error) from None
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run([OUTPUT], {INPUT: images.numpy()})[0]


def _missing(error: ImportError) -> UserError:
    return UserError(f"ONNX needs the library {error.name}, which is not installed: start the app with --extra onnx.")
