"""The GPU rows in calls of some minutes: nothing is measured twice, nothing is begun that may not end in time."""

import json
import sys
from dataclasses import asdict

import pytest

from benchmarks import gpu
from benchmarks.measure import Measured
from benchmarks.rows import B_NORMS, OURS, QUIET, ROWS, A

VERSUS = {A: [100.0], B_NORMS: [200.0], QUIET: [610.0], OURS: [600.0]}


@pytest.fixture
def call(tmp_path, monkeypatch):
    """Calls the benchmark with every piece taking no time; the names of what it measured."""

    def piece(arguments, seconds):
        done.append(arguments[-1])
        (tmp_path / f"{arguments[-1]}.json").write_text("{}")
        return "measured"

    def call(minutes):
        done.clear()
        gpu.main(["--minutes", str(minutes), "--out", str(tmp_path)])
        return list(done)

    done: list[str] = []
    monkeypatch.setattr(gpu, "_apart", piece)
    return call


def test_every_gpu_row_is_measured_once_and_what_takes_too_long_is_left(call, capsys):
    everything = [piece.name for piece in gpu.pieces(40)]
    assert {piece.row for piece in gpu.pieces(40)} == {key for key, row in ROWS.items() if row.device == "cuda"}
    assert len(set(everything)) == len(everything)
    assert max(piece.seconds for piece in gpu.pieces(40)) < 8 * 60
    short = call(minutes=0.5)
    assert 0 < len(short) < len(everything)
    assert "left for the next call" in capsys.readouterr().out
    assert sorted(short + call(minutes=8)) == sorted(everything)
    assert call(minutes=8) == []


def kept(folder, key, measured, seed=None):
    piece = gpu.Piece(key if seed is None else f"{key}-seed{seed}", key, 1, seed)
    gpu.keep(folder / piece.file, piece, measured, "cifar10", 45_000)


def test_the_table_says_what_the_files_hold_and_whose_it_is(tmp_path):
    kept(tmp_path, "gpu-resnet18-512", {name: Measured([1.0], speeds) for name, speeds in VERSUS.items()})
    for seed, accuracy in enumerate((0.91, 0.89, 0.92)):
        kept(tmp_path, "gpu-vgg16-25", {OURS: Measured([1.0], [50_000.0], [20.0 + seed], [accuracy])}, seed)
    text = gpu.TABLE.read_text()
    before = text.split("\n")
    after = gpu.filled(text, gpu.read(tmp_path)).split("\n")
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 2
    assert "5 × A tutorial, telemetry on. Measured: 6.00 ×" in changed[0]
    assert "3 × B + norms, telemetry on. Measured: 3.00 ×" in changed[0]
    assert "Goal: 90.00% of the test images. Measured: 91.00% of the test images, reached." in changed[1]
    assert "n = 3" in changed[1]
    assert "\n".join(after) == gpu.filled("\n".join(after), gpu.read(tmp_path))


def test_a_file_holds_all_or_nothing(tmp_path):
    kept(tmp_path, "gpu-mnist-99", {OURS: Measured([1.0], [2.0], [3.0], [0.99])}, seed=0)
    (file,) = tmp_path.iterdir()
    figures = json.loads(file.read_text())
    assert figures["measured"] == {OURS: asdict(Measured([1.0], [2.0], [3.0], [0.99]))}
    assert {"commit", "card", "versions", "date", "command", "training_images"} <= figures.keys()


def test_a_piece_that_stands_still_or_crashes_costs_itself_alone(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert gpu._apart([], 10) == "failed with exit code 1"


def test_every_row_stands_in_the_table():
    text = gpu.TABLE.read_text()
    assert [key for key in ROWS if f"| `{key}` |" not in text] == []
