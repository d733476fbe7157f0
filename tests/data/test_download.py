"""Downloaded data sets: wholly there or not at all, and one sentence when they cannot be had."""

import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest

from explorer.data import DATASETS, download, load
from explorer.errors import UserError
from tests.data.tiny_archives import COUNTS, cifar_files, mnist_files, put_mnist, serve_cifar, serve_mnist

DOWNLOADED = ["mnist", "fashion-mnist", "cifar10"]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def mirror(tmp_path):
    path = tmp_path / "mirror"
    path.mkdir()
    return path


@pytest.fixture
def offline(monkeypatch):
    """No internet; counts how often it was tried."""
    tried = []

    def refuse(request, timeout):
        tried.append(request.full_url)
        assert timeout <= 10
        raise URLError("Name or service not known")

    monkeypatch.setattr(download, "urlopen", refuse)
    return tried


def files(folder: Path) -> set[str]:
    """What lies below a folder, but for empty lock files."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    return {str(path.relative_to(folder)) for path in found}


def test_files_that_are_there_are_read_without_torch_or_network(folder):
    put_mnist(folder)
    check = (
        f"import sys; from explorer.data import load; data = load('mnist', {str(folder)!r});"
        "print(len(data.train), len(data.validation), len(data.test), 'torch' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["90", "10", str(COUNTS["t10k"]), "False"]


def test_mnist_is_padded_to_32(folder):
    put_mnist(folder)
    data = load("mnist", folder)
    raw = np.frombuffer(mnist_files()["t10k-images-idx3-ubyte"], np.uint8, offset=16).reshape(-1, 28, 28)
    assert (data.test.pixels[:, 0, 2:-2, 2:-2] == raw).all()
    assert data.test.pixels.sum() == raw.sum()
    assert data.test.pixels.shape == (COUNTS["t10k"], 1, 32, 32)
    assert data.preparation == "digit"


def test_the_folder_comes_from_the_environment(folder, monkeypatch):
    put_mnist(folder)
    monkeypatch.setenv("EXPLORER_DATA", str(folder))
    assert load("mnist").fingerprint == load("mnist", folder).fingerprint


@pytest.mark.parametrize("name", DOWNLOADED)
def test_without_internet_one_sentence_and_nothing_left(name, folder, offline):
    with pytest.raises(UserError) as caught:
        load(name, folder)
    sentence = str(caught.value)
    assert sentence.startswith(f"Cannot download {name} from ")
    assert sentence.count(". ") == 0
    assert "\n" not in sentence
    assert "'digits'" in sentence  # what needs no download
    assert str(folder.absolute()) in sentence  # where files can be put
    assert ".gz" in sentence  # and which
    assert files(folder) == set()
    assert len(offline) <= 2  # the first file from each mirror, no more


def test_a_download_reports_its_progress_and_leaves_what_is_needed(folder, mirror, monkeypatch):
    serve_mnist(mirror, monkeypatch)
    shares = []
    data = load("mnist", folder, progress=lambda fraction, text: shares.append((fraction, text)))
    fractions = [fraction for fraction, _ in shares]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    assert all("mnist" in text for _, text in shares)
    assert files(folder) == {f"MNIST/raw/{name}" for name in mnist_files()}
    assert len(data.train) == 90


def test_a_second_time_nothing_is_downloaded(folder, mirror, monkeypatch, offline):
    put_mnist(folder)
    load("mnist", folder)
    assert not offline


def test_cifar10_is_downloaded_and_read(folder, mirror, monkeypatch):
    serve_cifar(mirror, monkeypatch)
    data = load("cifar10", folder)
    assert (len(data.train), len(data.validation), len(data.test)) == (90, 10, 20)
    assert data.test.pixels.shape == (20, 3, 32, 32)
    assert data.test.pixels.flags.c_contiguous
    assert data.classes == DATASETS["cifar10"].classes
    assert files(folder) == {f"cifar-10-batches-py/{name}" for name in cifar_files()}


def test_archives_put_there_by_hand_are_unpacked_without_internet(folder, mirror, monkeypatch, offline):
    archives = serve_mnist(mirror, monkeypatch)
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in archives.items():
        (raw / name).write_bytes(content)
    assert len(load("mnist", folder).test) == COUNTS["t10k"]
    assert not offline


def test_a_damaged_archive_put_there_by_hand_is_named(folder, mirror, monkeypatch, offline):
    archive = serve_cifar(mirror, monkeypatch)
    folder.mkdir()
    (folder / "cifar-10-python.tar.gz").write_bytes(archive[:-1])
    with pytest.raises(UserError, match=r"cifar-10-python\.tar\.gz is damaged: delete it"):
        load("cifar10", folder)
    assert files(folder) == {"cifar-10-python.tar.gz"}


def test_a_download_that_arrives_damaged_leaves_nothing(folder, mirror, monkeypatch):
    archives = serve_mnist(mirror, monkeypatch)
    name = "t10k-images-idx3-ubyte.gz"
    (mirror / name).write_bytes(archives[name][:-1])
    with pytest.raises(UserError, match="the downloaded file is damaged"):
        load("mnist", folder)
    assert files(folder) == set()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ConnectionResetError, TimeoutError])
def test_an_interrupted_download_leaves_nothing_and_can_be_repeated(interruption, folder, mirror, monkeypatch):
    serve_mnist(mirror, monkeypatch)
    real = download._stream

    def broken(url, target, report):
        real(url, target, report)
        if "t10k-images" in url:
            raise interruption

    with monkeypatch.context() as patch:
        patch.setattr(download, "_stream", broken)
        expected = UserError if issubclass(interruption, OSError) else interruption
        with pytest.raises(expected):
            load("mnist", folder)
    assert files(folder) == set()
    assert len(load("mnist", folder).train) == 90


def test_two_at_once_download_once(folder, mirror, monkeypatch):
    serve_mnist(mirror, monkeypatch)
    fetched, real = [], download._stream

    def slow(url, target, report):
        fetched.append(url)
        time.sleep(0.05)
        real(url, target, report)

    monkeypatch.setattr(download, "_stream", slow)
    prints = []
    threads = [threading.Thread(target=lambda: prints.append(load("mnist", folder).fingerprint)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fetched) == 4
    assert len(prints) == 3
    assert len(set(prints)) == 1


def test_what_a_killed_download_left_is_removed_by_the_next(folder, mirror, monkeypatch):
    serve_mnist(mirror, monkeypatch)
    left = folder / ".mnist-killed" / "MNIST"
    left.mkdir(parents=True)
    (left / "half").write_bytes(b"half")
    load("mnist", folder)
    assert not left.exists()


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path, offline):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UserError, match=r"Cannot write to the data folder .*file"):
        load("mnist", tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("train-images-idx3-ubyte", mnist_files()["train-images-idx3-ubyte"][:-1]),
        ("train-images-idx3-ubyte", b""),
        ("t10k-images-idx3-ubyte", b"<html>404</html>"),
        ("t10k-labels-idx1-ubyte", mnist_files()["t10k-images-idx3-ubyte"]),
    ],
)
def test_a_damaged_file_is_named(name, content, folder):
    put_mnist(folder)
    (folder / "MNIST" / "raw" / name).write_bytes(content)
    with pytest.raises(UserError, match=f"{name} is damaged: delete it"):
        load("mnist", folder)


def test_labels_of_other_images_are_refused(folder):
    put_mnist(folder)
    raw = folder / "MNIST" / "raw"
    (raw / "train-labels-idx1-ubyte").write_bytes((raw / "t10k-labels-idx1-ubyte").read_bytes())
    with pytest.raises(UserError, match="do not match"):
        load("mnist", folder)


def test_damaged_cifar10_files_are_never_unpickled(folder, mirror, monkeypatch):
    serve_cifar(mirror, monkeypatch)
    load("cifar10", folder)
    (folder / "cifar-10-batches-py" / "test_batch").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(UserError, match="cifar-10-batches-py is damaged"):
        load("cifar10", folder)
