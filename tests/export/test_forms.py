"""What others read of a run: TensorBoard, onnxruntime, safetensors and a spreadsheet get the numbers that we have."""

import csv
import io
import json
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from explorer.cli import main
from explorer.errors import UserError
from explorer.export import forms, hub, onnx, tables, tensorboard
from explorer.insights.statistics import wilson
from explorer.runs import RunConfig, create, epochs, find, load_model, steps
from explorer.runs.folder import Run
from explorer.runs.history import read_test_predictions
from explorer.runs.names import run_names

SAMPLE = "sample-residual"


@pytest.fixture
def sample(checkpoints, monkeypatch) -> Run:
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    return find(SAMPLE)


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def test_tables_are_the_measurements(sample) -> None:
    made = {name: rows(content) for name, content in tables.files(sample).items()}
    history, frame = steps(SAMPLE), epochs([SAMPLE])
    assert made["epochs.csv"][0] == list(frame.columns[1:])
    assert [float(row[1]) for row in made["epochs.csv"][1:]] == pytest.approx(frame.train_loss.tolist(), rel=1e-6)
    norms = np.array(made["gradient-norms.csv"][1:], float)
    assert made["gradient-norms.csv"][0] == ["step", *history.parameters]
    assert norms[:, 1:] == pytest.approx(history.norms, rel=1e-6)
    assert np.array([row[1:] for row in made["confusion.csv"][1:]], int).tolist() == [
        list(row) for row in sample.record.test.confusion
    ]
    right = [row[1] == row[2] for row in made["predictions.csv"][1:]]
    assert np.mean(right) == pytest.approx(sample.test_accuracy)


def test_tables_say_of_which_run_they_are(sample) -> None:
    named = Run(sample.path, replace(sample.record, name="=1+2", note="for the report", tags=("best", "lesson 3")))
    settings = dict(rows(tables.files(named)["settings.csv"])[1:])
    assert (settings["run"], settings["name"], settings["note"]) == (SAMPLE, "'=1+2", "for the report")
    assert (settings["tags"], settings["model"]) == ("best, lesson 3", "resnet32")
    unnamed = dict(rows(tables.files(sample)["settings.csv"])[1:])
    assert unnamed["name"] == "ResNet-32"
    assert "note" not in unnamed


def test_no_cell_is_a_formula(sample) -> None:
    evil = replace(sample.dataset, classes=("=cmd|' /C calc'!A0", "@b", *"23456789"))
    made = tables.files(Run(sample.path, replace(sample.record, dataset=evil)))
    cells = {cell for row in rows(made["confusion.csv"]) + rows(made["predictions.csv"]) for cell in row}
    assert not [cell for cell in cells if cell[:1] in "=@+-" and cell]


def test_the_model_card_says_accuracy_interval_data_and_limits(sample, tmp_path, monkeypatch) -> None:
    for name, content in hub.files(sample).items():
        (tmp_path / name).write_bytes(content)
    card, config = (tmp_path / "README.md").read_text(), json.loads((tmp_path / "config.json").read_text())
    test = sample.record.test
    low, high = wilson(round(test.accuracy * test.n), test.n)
    assert f"{test.accuracy:.1%}".replace("%", " %") in card
    for bound in (low, high):
        assert f"{bound:.1%}".replace("%", " %") in card
    assert sample.dataset.fingerprint[:16] in card
    assert "Best epoch" not in card, "it is no limit"
    assert config["id2label"]["3"] == "3"
    code: dict[str, Any] = {}
    exec((tmp_path / "network.py").read_text(), code)
    model = code["Network"]()
    model.load_state_dict(load_file(tmp_path / "model.safetensors"))
    images = torch.rand(2, 1, 32, 32)
    assert torch.equal(model.eval()(images), load_model(SAMPLE)(images))


def test_the_card_does_not_say_where_own_images_lie(sample) -> None:
    config = replace(sample.config, dataset="folder:/home/ada/cats")
    record = replace(sample.record, config=config, dataset=replace(sample.dataset, name=config.dataset))
    made = hub.files(Run(sample.path, record))
    assert b"own images (cats)" in made["README.md"]
    assert not [name for name, content in made.items() if b"/home/ada" in content]


@pytest.mark.slow
def test_tensorboard_reads_curves_norms_filters_and_settings(sample, tmp_path) -> None:
    """By its own reader."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    out = tmp_path / "events"
    forms.export(sample, "tensorboard", out)
    called = run_names([sample])[SAMPLE]
    assert list(EventMultiplexer().AddRunsFromDirectory(str(out)).Runs()) == [called]
    read = EventAccumulator(str(out / called), size_guidance={"scalars": 0, "images": 0}).Reload()
    history, frame = steps(SAMPLE), epochs([SAMPLE])
    validation = read.Scalars("accuracy/validation")
    assert [event.value for event in validation] == pytest.approx(frame.validation_accuracy.tolist())
    assert [event.wall_time for event in validation] == sorted(event.wall_time for event in validation)
    for column, name in enumerate(history.parameters):
        events = read.Scalars(f"gradient norm/{name}")
        assert [event.step for event in events] == history.step.tolist()
        assert [event.value for event in events] == pytest.approx(history.norms[:, column].tolist())
    assert len(read.Images("filters/conv1")) == 9
    summary = read.SummaryMetadata("_hparams_/session_start_info")
    given = HParamsPluginData.FromString(summary.plugin_data.content).session_start_info.hparams
    assert given["model"].string_value == sample.config.model
    assert given["learning_rate"].number_value == sample.config.training.learning_rate
    assert read.Scalars("result/test accuracy")[0].value == pytest.approx(sample.test_accuracy)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("four convolutions", "four convolutions"),
        ("a/b: <1 %> of ü", "a b 1 % of ü"),
        ("../..", SAMPLE),
    ],
)
def test_tensorboard_calls_a_run_by_its_name(sample, name, folder) -> None:
    named = replace(sample, record=replace(sample.record, name=name))
    assert tensorboard.folder_of(named) == folder


@pytest.mark.slow
def test_onnxruntime_gives_our_logits_for_any_number_of_images(sample, tmp_path) -> None:
    import onnxruntime

    out = tmp_path / "run.onnx"
    forms.export(sample, "onnx", out)
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    about = session.get_modelmeta().custom_metadata_map
    assert json.loads(about["classes"]) == list("0123456789")
    assert (about["run"], about["name"]) == (SAMPLE, "ResNet-32")
    images = torch.rand(5, 1, 32, 32)
    with torch.inference_mode():
        ours = load_model(SAMPLE)(images).numpy()
    (theirs,) = session.run(None, {"images": images.numpy()})
    assert theirs == pytest.approx(ours, abs=1e-4)


def test_onnx_that_gives_other_logits_is_not_written(sample, monkeypatch) -> None:
    monkeypatch.setattr(onnx, "_exported", lambda *_: b"")
    monkeypatch.setattr(onnx, "_outputs_elsewhere", lambda content, images: np.zeros((len(images), 10), "float32"))
    with pytest.raises(UserError, match=r"differ by 100\.0%"):
        onnx.file(sample)


@pytest.mark.parametrize(
    ("module", "form", "extra"),
    [("torch.utils.tensorboard", "tensorboard", "tensorboard"), ("onnxscript", "onnx", "onnx")],
)
def test_a_missing_library_is_one_sentence(sample, tmp_path, monkeypatch, capsys, module, form, extra) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["export", SAMPLE, "--as", form, "--out", str(tmp_path / f"a.{form}")]) == 2
    said = capsys.readouterr().err
    assert f"--extra {extra}" in said
    assert not list(tmp_path.glob("a*"))


@pytest.mark.parametrize(
    ("form", "out", "words"),
    [
        ("zip", "run.tar", "ends in .zip"),
        ("zip", "nowhere/run.zip", "does not exist"),
        ("csv", "there", "exists: choose another"),
        ("exe", "run.exe", "No form 'exe'"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_sentence(sample, tmp_path, capsys, form, out, words) -> None:
    (tmp_path / "there").mkdir()
    assert main(["export", SAMPLE, "--as", form, "--out", str(tmp_path / out)]) == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir() if path.name != "checkpoints"] == ["there"]


def test_a_folder_becomes_a_zip_file_where_its_name_says_so(sample, tmp_path: Path) -> None:
    forms.export(sample, "csv", tmp_path / "tables.zip")
    with zipfile.ZipFile(tmp_path / "tables.zip") as archive:
        assert f"{SAMPLE}-csv/epochs.csv" in archive.namelist()
    assert read_test_predictions(sample) is not None


def test_a_run_without_an_epoch_has_nothing_to_take_home(checkpoints, tmp_path) -> None:
    with pytest.raises(UserError, match="has not finished an epoch"):
        forms.export(create(RunConfig("digits", "mlp")), "zip", tmp_path / "run.zip")
