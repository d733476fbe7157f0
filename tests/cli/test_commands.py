"""The command line does what its contract says."""

import json
import shutil
from inspect import signature

import numpy as np
import pytest
from PIL import Image

from benchmarks.one_step import one_step
from explorer.cli import inference, main
from explorer.data import network_input, to_tensor
from explorer.insights.attribution import METHODS
from explorer.insights.predict import predict
from explorer.runs import RunConfig, create, find, list_runs, load_model


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A small run on digits, trained by the command itself; (checkpoints folder, run id)."""
    folder = tmp_path_factory.mktemp("checkpoints")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CHECKPOINTS", str(folder))
        assert main(["train", "--model", "simple_cnn", "--set", "depth=2", "--epochs", "2", "--device", "cpu"]) == 0
    (run,) = list_runs(folder)
    return folder, run.id


@pytest.fixture(autouse=True)
def _use(trained, monkeypatch):
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(trained[0]))


@pytest.fixture
def photo(tmp_path):
    """A dark vertical stroke on light paper: a one."""
    paper = np.full((120, 90), 230, np.uint8)
    paper[20:100, 40:50] = 30
    file = tmp_path / "one.png"
    Image.fromarray(paper).save(file)
    return file


def test_train_prints_the_run_id_as_its_last_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(tmp_path))
    arguments = (
        "train --dataset digits --model mlp --epochs 1 --batch-size 128 --lr 0.01 --optimizer sgd --schedule onecycle"
    )
    assert (
        main([*arguments.split(), "--activation", "tanh", "--no-augment", "--seed", "3", "--set", "momentum=0.5"]) == 0
    )
    run = find(capsys.readouterr().out.splitlines()[-1])
    assert run.status == "finished"
    assert run.config.options == {"activation": "tanh"}
    training = run.config.training
    assert (training.batch_size, training.learning_rate, training.optimizer) == (128, 0.01, "sgd")
    assert (training.schedule, training.seed, training.momentum, training.augment) == ("onecycle", 3, 0.5, False)


def test_list(trained, capsys):
    assert main(["list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert set(row) == {"id", "name", "status", "dataset", "model", "epochs", "best_validation_accuracy"}
    assert (row["id"], row["status"], row["dataset"], row["model"], row["epochs"]) == (
        trained[1], "finished", "digits", "simple_cnn", 2
    )  # fmt: skip
    assert 0 <= row["best_validation_accuracy"] <= 1
    assert main(["list"]) == 0
    assert trained[1] in capsys.readouterr().out


def test_a_list_has_columns(tmp_path, capsys):
    one_step("shapes", "simple_cnn", tmp_path)
    create(RunConfig("digits", "mlp"), tmp_path, "stopped")
    assert main(["list", "--checkpoints", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert {line.index("best validation") for line in lines} == {lines[0].index("best validation")}
    assert "0 epochs" in lines[0]
    assert "1 epoch " in lines[1]


def test_predict(trained, photo, capsys):
    assert main(["predict", trained[1], str(photo), str(photo), "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == second
    assert set(first) == {"file", "label", "probability", "top"}
    assert first["file"] == str(photo)
    assert len(first["top"]) == 3
    assert first["top"][0] == {"label": first["label"], "probability": first["probability"]}
    assert first["top"][0]["probability"] >= first["top"][1]["probability"]


def test_predict_warns_of_what_is_no_digit_on_stderr(trained, photo, tmp_path, capsys):
    blot = tmp_path / "blot.png"
    page = np.full((200, 200), 230, np.uint8)
    page[40:160, 40:160] = 30
    page[80:120, 150:190] = 90
    Image.fromarray(page).save(blot)
    assert main(["predict", trained[1], str(photo), str(blot), "--json"]) == 0
    shown = capsys.readouterr()
    assert len(json.loads(shown.out)) == 2
    (warning,) = shown.err.splitlines()
    assert warning.startswith(f"{blot}: This image is out of distribution (unlike the training images)")
    assert "(at most " in warning


def test_predict_downloads_nothing_to_compare_with(trained, photo, tmp_path, monkeypatch, capsys):
    """A run whose data are not on this computer."""
    shutil.copytree(trained[0], tmp_path / "runs")
    file = tmp_path / "runs" / trained[1] / "run.json"
    file.write_text(file.read_text().replace('"dataset": "digits"', '"dataset": "mnist"'))
    assert (
        main(["predict", trained[1], str(photo), "--checkpoints", str(tmp_path / "runs"), "--data", str(tmp_path)]) == 0
    )
    shown = capsys.readouterr()
    assert shown.out.startswith(f"{photo}: ")
    assert shown.err.startswith("Not compared with the training images: mnist is not in the data folder")


def test_letterboxed_the_network_sees_all_of_an_image(tmp_path, monkeypatch, capsys):

    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(tmp_path))
    run, wide = one_step("shapes", "simple_cnn"), np.zeros((40, 160, 3), np.uint8)
    wide[:, :60], wide[10:30, 70:90] = (250, 220, 20), (20, 200, 40)  # what lies on the left, the middle square lacks
    file = tmp_path / "wide.png"
    Image.fromarray(wide).save(file)
    for flags, letterbox in ([], False), (["--crop"], False), (["--letterbox"], True):
        pixels = to_tensor(network_input(Image.fromarray(wide), run.input_spec, letterbox))[None]
        likely = float(predict(load_model(run.id), pixels).max())
        assert main(["predict", run.id, str(file), "--json", *flags]) == 0
        assert json.loads(capsys.readouterr().out)[0]["probability"] == pytest.approx(likely, abs=1e-6)
        out = tmp_path / "map.png"
        assert main(["explain", run.id, str(file), "--method", "saliency", "--out", str(out), *flags]) == 0
        heat = Image.open(out).convert("L").resize((32, 32), Image.Resampling.BOX)
        grey = Image.fromarray(pixels[0].mul(255).byte().numpy().transpose(1, 2, 0)).convert("L")
        assert np.corrcoef(np.ravel(heat), np.ravel(grey))[0, 1] > 0.5, "the map lies over what the network saw"
        capsys.readouterr()


def test_explain(trained, photo, tmp_path):
    out, npy = tmp_path / "map.png", tmp_path / "map.npy"
    assert main(["explain", trained[1], str(photo), "--target", "1", "--out", str(out), "--npy", str(npy)]) == 0
    heat = np.load(npy)
    assert (heat.dtype, heat.shape) == (np.float32, (32, 32))
    assert (heat >= 0).all()
    with Image.open(out) as written:
        assert written.size == (256, 256)


@pytest.mark.parametrize(
    ("ending", "kind"),
    [("png", "PNG"), ("jpg", "JPEG"), ("JPEG", "JPEG"), ("webp", "WEBP"), ("tiff", "TIFF"), ("bmp", "BMP")],
)
def test_an_image_is_written_as_its_ending_says(ending, kind, trained, photo, tmp_path):
    out = tmp_path / f"map.{ending}"
    assert main(["explain", trained[1], str(photo), "--method", "saliency", "--out", str(out)]) == 0
    with Image.open(out) as written:
        assert (written.format, written.size) == (kind, (256, 256))
    assert [file.name for file in tmp_path.iterdir() if "map" in file.name] == [out.name], "nothing else is left"


def test_no_part_of_a_file_is_left_where_writing_fails(trained, photo, tmp_path, monkeypatch, capsys):
    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("explorer.runs.folder.Path.write_bytes", full)
    out = tmp_path / "map.png"
    assert main(["explain", trained[1], str(photo), "--method", "saliency", "--out", str(out)]) == 2
    assert "map.png' (No space left on device): choose another place" in capsys.readouterr().err
    assert not list(tmp_path.glob("*map*"))


@pytest.mark.parametrize(
    ("flags", "place"),
    [
        ([], "stage3.act1, a map of 8×8,"),  # the default: the last activation
        (["--layer", "stage3.conv1"], "stage3.conv1, a map of 8×8,"),
        (["--layer", "stage1"], "stage1, a map of 32×32,"),
    ],
)
def test_explain_says_where_it_looks(flags, place, trained, photo, tmp_path, capsys):
    assert main(["explain", trained[1], str(photo), "--out", str(tmp_path / "map.png"), *flags]) == 0
    assert capsys.readouterr().out.startswith(f"grad-cam at {place} for class")


@pytest.mark.parametrize("method", METHODS)
def test_explain_by_every_method(method, trained, photo, tmp_path, capsys):
    out, npy = tmp_path / "map.png", tmp_path / "map.npy"
    arguments = ["--method", method, "--target", "1", "--versus", "7", "--out", str(out), "--npy", str(npy)]
    assert main(["explain", trained[1], str(photo), *arguments]) == 0
    assert "for class 1 compared with 7" in capsys.readouterr().out
    heat = np.load(npy)
    assert (heat.dtype, heat.shape) == (np.float32, (32, 32))
    assert METHODS[method].signed or heat.min() >= 0
    with Image.open(out) as written:
        colours = np.asarray(written).astype(int)
    if METHODS[method].signed and heat.min() < 0:  # drawn signed: blue where it speaks against the class
        assert (colours[..., 2] > colours[..., 0] + 10).any() or abs(heat.min()) < 0.05 * heat.max()


def test_evaluate(trained, capsys):
    assert main(["evaluate", trained[1], "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    test = find(trained[1]).record.test
    assert set(printed) == {"accuracy", "interval", "n", "balanced_accuracy", "confusion"}
    assert printed["accuracy"] == pytest.approx(test.accuracy)
    assert printed["confusion"] == [list(row) for row in test.confusion]
    low, high = printed["interval"]
    assert low < printed["accuracy"] < high


def test_a_finished_run_is_trained_further(tmp_path, capsys):
    where = ["--checkpoints", str(tmp_path)]
    assert main(["train", "--model", "mlp", "--epochs", "1", "--device", "cpu", "--balance", "sampler", *where]) == 0
    (run,) = list_runs(tmp_path)
    capsys.readouterr()
    assert main(["resume", run.id, *where]) == 2
    assert "give --epochs above 1" in capsys.readouterr().err
    assert main(["resume", run.id, "--epochs", "1", *where]) == 2
    assert "it already has 1, give more" in capsys.readouterr().err
    assert main(["resume", run.id, "--epochs", "2", *where]) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == run.id
    assert "a run of 2 epochs" in told.err
    longer = find(run.id, tmp_path)
    assert (longer.status, longer.epochs_done, len(longer.record.earlier_tests)) == ("finished", 2, 1)
    assert longer.config.training.balance == "sampler"
    assert main(["evaluate", run.id, *where]) == 0
    said = capsys.readouterr().out
    assert "was trained further after its test accuracy was known" in said
    assert "Balanced accuracy" in said


@pytest.mark.parametrize("command", ["datasets", "models"])
def test_registries_are_listed(command, capsys):
    from explorer.data import DATASETS
    from explorer.models import MODELS

    assert main([command]) == 0
    out = capsys.readouterr().out
    assert all(f"\n{name} " in f"\n{out}" for name in {"datasets": DATASETS, "models": MODELS}[command])


WRONG = {
    "an unknown command": (["tarin"], "tarin"),
    "an unknown data set": (["train", "--dataset", "minst"], "minst"),
    "an unknown model": (["train", "--model", "lent"], "lent"),
    "an unknown option of a model": (["train", "--set", "colour=red"], "colour"),
    "an impossible value of an option": (["train", "--set", "depth=3"], "3"),
    "an unknown activation": (["train", "--activation", "swish"], "swish"),
    "a setting without a value": (["train", "--set", "depth"], "depth"),
    "a word for a number": (["train", "--epochs", "many"], "many"),
    "no epochs": (["train", "--epochs", "0"], "0"),
    "a negative batch": (["train", "--batch-size", "-5"], "-5"),
    "a learning rate of nothing": (["train", "--lr", "0"], "0"),
    "a learning rate that is no number": (["train", "--lr", "nan"], "nan"),
    "an unknown optimizer": (["train", "--optimizer", "adamm"], "adamm"),
    "an unknown schedule": (["train", "--schedule", "step"], "step"),
    "an unknown device": (["train", "--device", "tpu"], "tpu"),
    "a word for a momentum": (["train", "--set", "momentum=high"], "high"),
    "a folder that is not there": (["train", "--dataset", "folder:/no/such/place"], "/no/such/place"),
    "an unknown flag": (["train", "--eepochs", "3"], "--eepochs"),
    "an unknown run": (["predict", "digits-mlp-9999", "{photo}"], "digits-mlp-9999"),
    "a run that is a path": (["predict", "../../etc/passwd", "{photo}"], "../../etc/passwd"),
    "an epoch that was not kept": (["predict", "{run}", "{photo}", "--epoch", "77"], "77"),
    "an image that is not there": (["predict", "{run}", "/no/such.png"], "/no/such.png"),
    "a text for an image": (["predict", "{run}", "{text}"], "{text}"),
    "a letterbox for digits": (["predict", "{run}", "{photo}", "--letterbox"], "--letterbox"),
    "an unknown class": (["explain", "{run}", "{photo}", "--target", "cat", "--out", "{out}"], "cat"),
    "an unknown layer": (["explain", "{run}", "{photo}", "--layer", "conv99", "--out", "{out}"], "conv99"),
    "a layer without a map": (["explain", "{run}", "{photo}", "--layer", "head", "--out", "{out}"], "head"),
    "an unknown method": (["explain", "{run}", "{photo}", "--method", "magic", "--out", "{out}"], "magic"),
    "a class against itself": (
        ["explain", "{run}", "{photo}", "--target", "3", "--versus", "3", "--out", "{out}"],
        "Class 3 compared with itself",
    ),
    "a layer where none is looked at": (
        ["explain", "{run}", "{photo}", "--method", "saliency", "--layer", "stage1.conv1", "--out", "{out}"],
        "stage1.conv1",
    ),
    "a folder to write to that is not there": (
        ["explain", "{run}", "{photo}", "--out", "/no/such/a.png"],
        "/no/such/a.png",
    ),
    "an image of no known kind": (["explain", "{run}", "{photo}", "--out", "{text}.pdf"], "ends in .png, .jpg,"),
    "an image without an ending": (["explain", "{run}", "{photo}", "--out", "/tmp/map"], "ends in .png, .jpg,"),
    "a raw map that is no .npy": (
        ["explain", "{run}", "{photo}", "--out", "{out}", "--npy", "{out}.csv"],
        "--npy takes a file that ends in .npy",
    ),
    "a finished run to resume": (["resume", "{run}"], "{run}"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_input_is_one_sentence_and_exit_2(case, trained, photo, tmp_path, capsys):
    text = tmp_path / "notes.png"
    text.write_text("not an image")
    places = {"run": trained[1], "photo": photo, "text": text, "out": tmp_path / "out.png"}
    arguments, named = WRONG[case]
    runs_before = len(list_runs())
    assert main([a.format(**places) for a in arguments]) == 2
    printed = capsys.readouterr()
    sentence = printed.err.strip()
    assert named.format(**places) in sentence, sentence
    assert len(sentence.splitlines()) == 1, sentence
    assert "Traceback" not in sentence
    assert len(list_runs()) == runs_before, "a run was half-made"
    assert not (tmp_path / "out.png").exists()


def test_help_answers(capsys):
    assert main(["--help"]) == 0
    assert "train" in capsys.readouterr().out


def test_the_help_of_explain_names_every_method():
    """Written out there, for to import the methods takes seconds; in their order."""
    explained = signature(inference.explain).parameters["method"].annotation.__metadata__[0].help
    assert explained.rstrip(".").replace(" or ", ", ").split(", ") == list(METHODS)


def test_a_loss_from_a_report_is_checked(capsys):
    report = ["check-loss", "--loss", "0.026161", "--accuracy", "0.7969", "--batch-size", "64"]
    assert main(report) == 0
    assert "cannot be a mean cross-entropy" in capsys.readouterr().out
    assert main([*report, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "impossible"
    assert set(found) == {"verdict", "sentence", "rule", "numbers"}
    assert main(["check-loss", "--loss", "0.02", "--accuracy", "79.7"]) == 2
    assert "fraction from 0 to 1" in capsys.readouterr().err
