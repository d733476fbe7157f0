"""The forms in which a run can be exported: each is a file, or a folder of files."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import UserError, unknown
from explorer.export import archive
from explorer.runs import Run
from explorer.runs.folder import write_atomically

Files = dict[str, bytes]  # name, or folder/name → content


@dataclass(frozen=True)
class Form:
    """One of FORMS. `files(run, data folder)` raises UserError if the run cannot be written in this form, or not on
    this machine."""

    title: str  # the button's label
    about: str  # one sentence: what it is good for
    suffix: str  # the suffix of its only file; "" for a folder
    files: Callable[[Run, str | None], Files]


def _zip(run: Run, data: str | None) -> Files:
    made = io.BytesIO()
    archive.pack(run, made)
    return {f"{run.id}.zip": made.getvalue()}


def _pytorch(run: Run, data: str | None) -> Files:
    from explorer.export.plain import script
    from explorer.runs.same_data import meet

    return script.files(run, meet(run, run.config.load_data(data)).data)


def _csv(run: Run, data: str | None) -> Files:
    from explorer.export import tables

    return tables.files(run)


def _tensorboard(run: Run, data: str | None) -> Files:
    from explorer.export import tensorboard

    return tensorboard.files(run)


def _onnx(run: Run, data: str | None) -> Files:
    from explorer.export import onnx

    return {f"{run.id}.onnx": onnx.file(run)}


def _hub(run: Run, data: str | None) -> Files:
    from explorer.export import hub

    return hub.files(run)


FORMS: dict[str, Form] = {
    "zip": Form(
        "The run itself",
        "A zip file with curves, measurements and weights, which `import` or the page Runs reads on another machine.",
        ".zip",
        _zip,
    ),
    "pytorch": Form(
        "Plain PyTorch",
        "A file of code without this app, and the weights: it builds the network, prints logits, and trains it again.",
        "",
        _pytorch,
    ),
    "hub": Form(
        "For a model hub",
        "The weights as safetensors, the network's code, and a model card with data, accuracy, interval and limits.",
        "",
        _hub,
    ),
    "onnx": Form(
        "ONNX",
        "The network for other programs; onnxruntime must give our logits before the file is written.",
        ".onnx",
        _onnx,
    ),
    "tensorboard": Form(
        "TensorBoard",
        "An event file with curves, gradient and weight norms, filters and settings.",
        "",
        _tensorboard,
    ),
    "csv": Form(
        "Tables",
        "Epochs, steps, norms, predictions and the confusion matrix as CSV files.",
        "",
        _csv,
    ),
}


def export(run: Run, form: str, out: Path, data: str | None = None) -> None:
    """Write a run in one of FORMS; a form that is a folder becomes a zip file if `out` ends in .zip.

    `data`: the folder of the data sets. Raises UserError if there is no such form, if `out` exists as a folder or its
    folder does not exist, or if the run cannot be written in this form.
    """
    chosen = _form(form)
    if chosen.suffix and out.suffix.lower() != chosen.suffix:
        raise UserError(f"Cannot write '{out}': the form {form} is a file that ends in {chosen.suffix}.")
    if not out.absolute().parent.is_dir():
        raise UserError(f"The folder of {out} does not exist: create it, or choose another --out.")
    if out.is_dir() or (out.exists() and not out.suffix):
        raise UserError(f"{out} exists: choose another --out, or remove it.")
    check(run)
    try:
        if form == "zip":
            archive.write(run, out)  # may be larger than the memory
        elif chosen.suffix or out.suffix.lower() == ".zip":
            write_atomically(out, packed(run, form, data)[1])
        else:
            _write_folder(chosen.files(run, data), out)
    except OSError as error:
        raise UserError(f"Cannot write {out} ({error.strerror}): choose another place.") from error


def packed(run: Run, form: str, data: str | None = None) -> tuple[str, bytes]:
    """(file name, content); a form that is a folder becomes a zip file. Raises UserError like `export`."""
    check(run)
    files = _form(form).files(run, data)
    if _form(form).suffix:
        return next(iter(files.items()))
    made, folder = io.BytesIO(), f"{run.id}-{form}"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, content in files.items():
            packing.writestr(f"{folder}/{name}", content)
    return f"{folder}.zip", made.getvalue()


def check(run: Run) -> None:
    """Raises UserError if the run has nothing to export yet."""
    if not run.epochs_done:
        raise UserError(f"{run.id} has not finished an epoch: there is nothing to export yet.")


def _write_folder(files: Files, out: Path) -> None:
    out.mkdir()
    for name, content in files.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(content)


def _form(name: str) -> Form:
    if name not in FORMS:
        raise unknown("form", name, FORMS)
    return FORMS[name]
