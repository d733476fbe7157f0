"""A run as a folder for model hubs: weights, settings, the network's code, and a model card."""

import json
from collections.abc import Iterator
from pathlib import Path

from explorer.charts.formatting import percent
from explorer.data import is_folder
from explorer.data.sources import base_of
from explorer.export.plain.script import network_file
from explorer.insights.findings.collect import of_runs
from explorer.insights.statistics import wilson
from explorer.report.folder import literal
from explorer.runs import Checkpoint, Run
from explorer.runs.names import run_names
from explorer.runs.weights import weights_file
from explorer.text import plural

NO_LIMIT = "best epoch"  # a kind of finding that every run has: it says what was saved, not what is wrong


def files(run: Run) -> dict[str, bytes]:
    """Name → content. Raises UserError if the weights are missing, or if the network cannot be written as code."""
    model = Checkpoint(run).load()
    return {
        "model.safetensors": weights_file(run, "best").read_bytes(),
        "config.json": json.dumps(_config(run), indent=2).encode(),
        "network.py": network_file(run, model).encode(),
        "README.md": _card(run).encode(),
    }


def _data(run: Run) -> str:
    """The name of its data for other machines: without the path of a folder on this one."""
    name = run.dataset.name
    return f"own images ({Path(base_of(name)).name})" if is_folder(name) else name


def _config(run: Run) -> dict[str, object]:
    spec, labels = run.input_spec, dict(enumerate(run.dataset.classes))
    return {
        "model_type": run.config.model,
        "options": run.config.options,
        "num_channels": spec.channels,
        "image_size": spec.size,
        "num_labels": len(labels),
        "id2label": {str(index): name for index, name in labels.items()},
        "label2id": {name: index for index, name in labels.items()},
        "normalisation": "inside the network: give it pixels in [0, 1]",
        "training": run.config.to_json()["training"],
        "dataset": {"name": _data(run), "fingerprint": run.dataset.fingerprint},
        "versions": run.record.versions,
    }


def _card(run: Run) -> str:
    return "\n\n".join([_front_matter(run), *_paragraphs(run)]) + "\n"


def _front_matter(run: Run) -> str:
    """YAML, written as JSON, which is a subset: text from the run stands in quotes."""
    lines = ["---", "library_name: pytorch", "pipeline_tag: image-classification", "metrics: [accuracy]"]
    lines += [f"tags: {json.dumps([run.config.model, 'image-classification'])}"]
    if test := run.record.test:
        data = {"name": _data(run), "type": _data(run), "split": "test"}
        metric = {"type": "accuracy", "value": test.accuracy}
        task = {"type": "image-classification"}
        results = [{"task": task, "dataset": data, "metrics": [metric]}]
        lines += [f"model-index: {json.dumps([{'name': run.id, 'results': results}])}"]
    return "\n".join([*lines, "---"])


def _paragraphs(run: Run) -> Iterator[str]:
    data, training, record = run.dataset, run.config.training, run.record
    name = run_names([run])[run.id]
    yield f"# {literal(name)} on {literal(_data(run))}"
    shape = f"{'grey' if data.channels == 1 else 'colour'} images of {data.size}×{data.size} pixels"
    yield (
        f"It sorts {shape} into {plural(len(data.classes), 'class').replace('classs', 'classes')}: "
        f"{literal(', '.join(data.classes))}. It has {record.parameters or 0:,} parameters; the weights are those of "
        f"epoch {run.best_epoch}, the best by validation accuracy."
    )
    yield "## Use"
    yield _USE.format(channels=data.channels, size=data.size)
    yield "## Data"
    yield (
        f"{literal(_data(run))}: {data.images.train:,} images to train, {data.images.validation:,} to choose the "
        f"epoch, {data.images.test:,} to test; fingerprint `{data.fingerprint[:16]}`. Training: "
        f"{plural(run.epochs_done, 'epoch')} of {training.optimizer}, batches of {training.batch_size}, seed "
        f"{training.seed}; all settings are in `config.json`."
    )
    yield "## Accuracy"
    yield _accuracy(run)
    yield "## Limits"
    yield "\n".join(f"- {sentence}" for sentence in _limits(run))


def _accuracy(run: Run) -> str:
    test = run.record.test
    if not test:
        return (
            f"It was not tested. {percent(run.best_validation_accuracy or 0)} of the validation images are classified "
            f"correctly; its epoch was chosen on them, so this is an optimistic estimate for new images."
        )
    low, high = wilson(round(test.accuracy * test.n), test.n)
    return (
        f"{percent(test.accuracy)} of {test.n:,} test images are classified correctly (95 % interval {percent(low)} to "
        f"{percent(high)}, Wilson). They were used once, when the training ended."
    )


def _limits(run: Run) -> Iterator[str]:
    name = run_names([run])[run.id]
    for finding in of_runs([run], [name]):
        if finding.kind == NO_LIMIT:
            continue
        yield f"{literal(finding.sentence)} (Rule: {literal(finding.rule)})"
    yield "It was trained with one seed: another would give another accuracy, and this run cannot show by how much."
    yield (
        f"It assigns one of its classes to every image, even to one that shows none of them. It was trained only on "
        f"{literal(_data(run))}, and nothing was measured on other images."
    )
    if run.record.imported:
        yield "It was trained on another machine, and its numbers were not measured again here."


_USE = """```python
import torch
from network import Network
from safetensors.torch import load_file

model = Network()
model.load_state_dict(load_file("model.safetensors"))
model.eval()
logits = model(torch.rand(1, {channels}, {size}, {size}))  # pixels in [0, 1]; it normalises them itself
```"""
