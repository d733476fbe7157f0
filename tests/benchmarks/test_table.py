"""The table says what was measured, and judges each goal by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import Thread

import pytest
import torch

from benchmarks import measure, training
from benchmarks.measure import Measured, in_turns, to_the_end
from benchmarks.profile_step import part_of, profiled, report
from benchmarks.rows import EVERYBODY, OURS, QUIET, ROWS, SIDE, A, Row
from benchmarks.table import as_markdown, as_text, lines_of, verdicts
from explorer.models import build
from explorer.training import TrainConfig
from explorer.training.loop import fit

ROW = Row(
    "small", "cpu", "digits", "mlp", {"batch_size": 64, "epochs": 200}, {"widths": (8,)}, goals=((A, 2.5),), study=4
)
RESULTS = {
    A: Measured([1.5], [100.0, 110.0, 90.0], own=[120.0, 120.0, 120.0]),
    QUIET: Measured([0.5], [303.0, 333.3, 270.0]),
    OURS: Measured([0.5], [300.0, 330.0, 270.0], own=[300.0, 360.0, 480.0]),
    SIDE: Measured([0.5], [390.0, 429.0, 351.0], own=[600.0, 600.0, 600.0]),
}


def test_ratios_are_those_of_the_rounds():
    tutorial, quiet, ours, _ = lines_of(ROW, RESULTS, training_images=1000)
    assert tutorial == (A, "100", "3.00 × [3.00–3.00]", "3.00 × [2.50–4.00]", "10.00", "1.5", "", "", "3")
    assert quiet[2] == "0.99 × [0.99–1.00]"
    assert ours[2] == ""


def test_a_goal_is_judged_by_what_was_measured():
    assert verdicts(ROW, RESULTS, 1000) == [
        "Goal: 2.5 × A tutorial, telemetry on. Measured: 3.00 × [3.00–3.00], reached; by CPU time 3.00 × [2.50–4.00].",
        "Goal of a study, runs side by side: 4 × A tutorial. Measured: 3.90 × [3.90–3.90], missed; by CPU time 5.00 × "
        "[5.00–5.00].",
        "Telemetry costs +1.0% [+0.0%–+1.0%]; goal: at most 3 %.",
    ]
    slow = {**RESULTS, OURS: Measured([0.5], [200.0, 220.0, 180.0])}
    assert "missed" in verdicts(ROW, slow, 1000)[0]


def test_a_whole_row_is_judged_by_its_time_and_its_accuracy():
    row = Row("whole", "cuda", "mnist", "mlp", {}, whole=True, epoch_seconds=0.5, seconds=3, accuracy=0.99)
    results = {OURS: Measured([1.0], [1000.0, 1500.0, 2500.0], [4.0, 2.0, 2.5], [0.989, 0.992, 0.9905])}
    assert verdicts(row, results, 1000) == [
        "Goal: 0.50 s an epoch. Measured: 0.67 s an epoch, missed.",
        "Goal: 3.0 s of training. Measured: 2.5 s of training, reached.",
        "Goal: 99.00% of the test images. Measured: 99.05% of the test images, reached.",
    ]


@contextmanager
def trained_beside(*work) -> Iterator[Connection]:
    """In a thread: a process of its own has eight seconds of imports, and one is tested below."""
    here, there = Pipe()

    def train():
        with there:  # whoever waits for an answer gets an EOFError, should this fail
            measure._train(there, *work)

    thread = Thread(target=train, daemon=True)
    thread.start()
    yield here
    thread.join(60)


def test_a_whole_row_is_trained_once_a_seed(monkeypatch):
    monkeypatch.setattr(measure, "_trained_apart", trained_beside)
    recipe = {"batch_size": 64, "epochs": 5, "learning_rate": 0.01}
    row = Row("whole", "cpu", "digits", "mlp", recipe, {"widths": (32,)}, whole=True, accuracy=0.5)
    results = to_the_end(row, (OURS,), "digits", None, seeds=range(2))
    assert len(results[OURS].seconds) == len(results[OURS].accuracies) == 2
    assert min(results[OURS].accuracies) > 0.5


@pytest.mark.parametrize("form", [as_text, as_markdown])
def test_a_table_has_a_line_for_each_competitor(form):
    text = form(ROW.title, lines_of(ROW, RESULTS, 1000))
    assert text.count("\n") >= 4
    assert all(name in text for name in RESULTS)


def test_every_row_names_a_recipe_and_its_goal():
    for row in ROWS.values():
        TrainConfig(**row.config, device="cpu")
        with torch.device("meta"):  # shapes only
            build(row.model, 3, 10, **row.options)
        assert row.goals or row.whole
        assert all(name in EVERYBODY for name, _ in row.goals)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_its_rows_say_so(capsys, tmp_path):
    training.main(["--row", "gpu-resnet56-512", "--markdown", str(tmp_path / "benchmarks.md")])
    assert "not measurable here: no CUDA device" in capsys.readouterr().out
    assert "resnet56 on CIFAR-10, batch 512" in (tmp_path / "benchmarks.md").read_text()


def test_competitors_take_turns_in_processes_of_their_own():
    results = in_turns(ROW, (OURS,), "digits", None, seconds=0.3, rounds=3)
    assert len(results[OURS].speeds) == 3
    assert min(results[OURS].speeds) > 0


def test_a_profile_adds_up(tiny):
    events = fit(build("mlp", 1, 3, 8), tiny, TrainConfig(epochs=10_000, batch_size=48, device="cpu"))
    text = report(*profiled(events, 0.3, warm_up=0.1))
    assert "optimizer" in text
    assert part_of("aten::_foreach_norm") == "telemetry"
    assert part_of("aten::mkldnn_convolution") == "convolution"
