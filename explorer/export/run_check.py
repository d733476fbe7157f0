"""Whether the files of an imported run are consistent, before it gets a name among the runs here.

Each check raises a UserError of one sentence. The files cannot prove what was measured, but they can be checked against
each other, and an edited number or setting rarely agrees with all the rest.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.data import DATASETS, is_folder, source_of
from explorer.data.sources import FORMS
from explorer.errors import UserError, unknown
from explorer.export.run_files import CHECKSUMS
from explorer.runs.annotate import LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG, MOST_TAGS
from explorer.runs.epochs_file import best_of, epoch_rows
from explorer.runs.folder import ENDED, RUN_ID, Run
from explorer.runs.history import TEST_PREDICTIONS, read_test_predictions
from explorer.runs.record import RunRecord
from explorer.runs.typed_json import Json
from explorer.training.config import learning_rate_at

LONGEST_TEXT = 1000  # characters of any other text in run.json
LONGEST_NUMBER = 6  # digits in an id
LARGEST = 10**24  # more than any count, time in nanoseconds or seed
_MARKUP = re.compile(r"<[A-Za-z/!?]|!?\[[^\]]*\]\(|javascript:|&#?\w+;", re.IGNORECASE)
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def check_sums(folder: Path, names: set[str]) -> None:
    """Check that the files are those that were packed. An archive packed by hand has no list of checksums. Raises
    UserError if a file differs."""
    if CHECKSUMS not in names:
        return
    sums = _json(folder / CHECKSUMS)
    if not isinstance(sums, dict) or set(sums) != names - {CHECKSUMS}:
        raise UserError(f"The files in the zip file are not those that its {CHECKSUMS} lists: export the run again.")
    for name, expected in sums.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
            raise UserError(f"{name} was changed after the run was exported: export the run again.")


def read_record(folder: Path, name: str) -> RunRecord:
    """The record in run.json of the run `name`. Raises UserError if this version cannot read it, or if no page could
    show it."""
    content = _json(folder / "run.json")
    _check_text(content)  # first, because later sentences name the values
    record = RunRecord.from_json(content)
    if record.id != name:
        raise UserError(f"The folder '{name:.60}' holds the run '{record.id:.60}': give the folder that name.")
    number = RUN_ID.fullmatch(record.id)
    if not number or len(number[1]) > LONGEST_NUMBER:
        raise UserError(
            f"'{record.id:.60}' is not the id of a run, such as digits-simple_cnn-0007: export the run again."
        )
    if record.status not in ENDED:
        raise UserError(f"{record.id} is {record.status}: export it again when it has ended.")
    _check_notes(record)
    return record


def check_data(record: RunRecord) -> None:
    """Check that the data set is one that this machine has, or could have. Raises UserError if not."""
    name = record.config.dataset
    if not is_folder(name):
        if source_of(name) is None:
            raise unknown("data set", name, [*DATASETS, *FORMS])
        if record.dataset and record.dataset.name != name:
            raise UserError(f"run.json says that {record.id} learned from {name} and from {record.dataset.name:.60}.")


def check_files(run: Run) -> None:
    """Check that the measurements fit the settings, and the weights the network. Raises UserError if not."""
    _check_epochs(run)
    _check_test(run)
    _check_weights(run)


def _json(path: Path) -> Json:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise UserError(f"{path.name} in the zip file is not JSON: export the run again.") from None


def _check_text(content: Json) -> None:
    for where, text in _texts(content, "run.json"):
        if isinstance(text, int):
            raise UserError(f"{where:.80} is a number of {len(str(text))} digits: export the run again.")
        longest = LONGEST_NOTE if where == "run.json.note" else LONGEST_TEXT
        if len(text) > longest:
            raise UserError(f"{where:.80} has {len(text):,} characters: at most {longest:,} are possible.")
        if _HIDDEN.search(text):
            raise UserError(f"{where:.80} has a control character: remove it where the run comes from.")
        if found := _MARKUP.search(text):
            raise UserError(
                f"{where:.80} has markup, '{text[found.start() :]:.20}': remove it where the run comes from."
            )


def _texts(value: Json, where: str) -> Iterator[tuple[str, str | int]]:
    """(where in run.json, the text, or a number that no run has)."""
    if isinstance(value, str) or (isinstance(value, int) and abs(value) >= LARGEST):
        yield where, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield f"A name in {where}", key
            yield from _texts(item, f"{where}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, where)


def _check_notes(record: RunRecord) -> None:
    if len(record.name or "") > LONGEST_NAME or "\n" in (record.name or ""):
        raise UserError(
            f"The name '{record.name:.20}…' of {record.id} has more than {LONGEST_NAME} characters or a line."
        )
    if len(record.tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG or not tag or "," in tag for tag in record.tags):
        raise UserError(f"{record.id} has more tags or longer ones than are possible: at most {MOST_TAGS}.")


def _check_epochs(run: Run) -> None:
    rows, training = epoch_rows(run), run.config.training
    if run.epochs_done > training.epochs:
        raise UserError(f"{run.id} says that it trained {run.epochs_done} of {training.epochs} epochs.")
    # A process that died between two writes left an epoch that run.json does not count.
    if [row["epoch"] for row in rows] not in [list(range(1, run.epochs_done + more)) for more in (1, 2)]:
        raise UserError(f"epochs.jsonl has other epochs than the {run.epochs_done} of {run.id}: export the run again.")
    steps = run.record.steps_per_epoch
    if rows and abs(steps - training.passes * run.dataset.images.train / training.batch_size) > training.passes:
        raise UserError(
            f"{run.dataset.images.train:,} images in batches of {training.batch_size} are not the {steps:,} steps an "
            f"epoch of {run.id}: its run.json was edited."
        )
    for row in rows:
        planned = training.planned_epochs(row["epoch"]) * steps
        expected = learning_rate_at(training, row["epoch"] * steps - 1, planned)
        if not math.isclose(row["learning_rate"], expected, rel_tol=1e-6, abs_tol=1e-12):
            raise UserError(
                f"The learning rate of epoch {row['epoch']}, {row['learning_rate']:g}, is not that of the settings of "
                f"{run.id}, {expected:g}: its run.json was edited."
            )
    bests = {best.validation_accuracy for best in (best_of(rows), best_of(rows[: run.epochs_done])) if best}
    if bests and run.record.best and run.record.best.validation_accuracy not in bests:
        raise UserError(f"The best validation accuracy of {run.id} is not in its epochs.jsonl: its files were edited.")


def _check_test(run: Run) -> None:
    test, path = run.record.test, run.path / TEST_PREDICTIONS
    if not path.is_file():
        return
    predicted = read_test_predictions(run)
    if predicted is None:
        raise UserError(
            f"{TEST_PREDICTIONS} of {run.id} is not a table of labels and predictions: export the run again."
        )
    labels, predictions = predicted
    classes = len(run.dataset.classes)
    if labels.size and not (
        min(labels.min(), predictions.min()) >= 0 and max(labels.max(), predictions.max()) < classes
    ):
        raise UserError(f"{TEST_PREDICTIONS} of {run.id} names classes that its data do not have.")
    if test is None:
        return
    if not math.isclose(float(np.mean(labels == predictions)), test.accuracy, abs_tol=1e-6):
        raise UserError(f"The test accuracy of {run.id} is not that of its predictions: its run.json was edited.")
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, predictions), 1)
    if test.confusion and counts.tolist() != [list(row) for row in test.confusion]:
        raise UserError(f"The confusion matrix of {run.id} is not that of its predictions: its run.json was edited.")


def _check_weights(run: Run) -> None:
    files = sorted(run.path.glob("*/*.safetensors"))
    if run.record.dataset is None:
        if files:
            raise UserError(f"{run.id} has weights, but its run.json does not name its data.")
        return
    model = run.network.on_meta()  # raises UserError for an unknown model, invalid options, or too large a network
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    if run.epochs_done and tuple(dict(model.named_parameters())) != run.record.parameter_names:
        trained = set(run.record.parameter_names)
        if not trained < set(dict(model.named_parameters())):
            raise UserError(f"run.json does not name the parameters of a {run.config.model} with these options.")
    for epoch in ("best", "last") if run.epochs_done else ():
        if not (run.path / "weights" / f"{epoch}.safetensors").is_file():
            raise UserError(f"{run.id} has no weights/{epoch}.safetensors: export the run again.")
    for file in files:
        _check_shapes(run, file, shapes)


def _check_shapes(run: Run, file: Path, shapes: dict[str, tuple[int, ...]]) -> None:
    from safetensors import SafetensorError, safe_open

    name, is_state = f"{file.parent.name}/{file.name}", file.parent.name == "state"
    try:
        with safe_open(file, "np") as tensors:
            found = {key: tuple(tensors.get_slice(key).get_shape()) for key in tensors.keys()}  # noqa: SIM118
            meta = tensors.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"{name} of {run.id} is not a safetensors file ({error!s:.80}): export the run again."
        ) from None
    if is_state:
        if meta.get("epoch") not in map(str, range(run.epochs_done + 2)):
            raise UserError(f"{name} of {run.id} belongs to no epoch of the run: export the run again.")
        found = {key.removeprefix("model."): shape for key, shape in found.items() if key.startswith("model.")}
    differing = sorted(found.keys() ^ shapes.keys()) or [key for key in shapes if found[key] != shapes[key]]
    if differing:
        raise UserError(
            f"{name} does not fit {run.config.model} as the run.json of {run.id} describes it: '{differing[0]:.60}' "
            "differs."
        )
