"""Small stand-ins for the files that torchvision downloads."""

import gzip
import hashlib
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np

COUNTS = {"train": 100, "t10k": 20}


def idx(array: np.ndarray) -> bytes:
    """uint8 array as an idx file: zero, zero, type 8, dimensions, the sizes as big-endian int32, the data."""
    sizes = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return bytes((0, 0, 8, array.ndim)) + sizes + array.tobytes()


def mnist_files() -> dict[str, bytes]:
    """Name to content of the four raw files, with 100 and 20 random images."""
    random = np.random.RandomState(0)
    files = {}
    for part, count in COUNTS.items():
        files[f"{part}-images-idx3-ubyte"] = idx(random.randint(0, 256, (count, 28, 28)).astype(np.uint8))
        files[f"{part}-labels-idx1-ubyte"] = idx((np.arange(count) % 10).astype(np.uint8))
    return files


def put_mnist(folder: Path) -> None:
    """The raw files where torchvision keeps them under a data folder."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, content in mnist_files().items():
        (raw / name).write_bytes(content)


def serve_mnist(folder: Path, monkeypatch) -> dict[str, bytes]:
    """A mirror of gzipped files in `folder`, and torchvision pointed at it; returns the archives, name to content."""
    from torchvision.datasets import MNIST

    archives = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in mnist_files().items()}
    order = [name for name, _ in MNIST.resources]
    for name in order:
        (folder / name).write_bytes(archives[name])
    monkeypatch.setattr(MNIST, "resources", [(name, hashlib.md5(archives[name]).hexdigest()) for name in order])
    monkeypatch.setattr(MNIST, "mirrors", [f"{folder.as_uri()}/"])
    return archives


def cifar_files() -> dict[str, bytes]:
    """Name to content of CIFAR-10's pickles, 20 random images each."""
    random = np.random.RandomState(0)
    files = {}
    for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"):
        data = random.randint(0, 256, (20, 3072)).astype(np.uint8)
        files[name] = pickle.dumps({"data": data, "labels": [index % 10 for index in range(20)]})
    files["batches.meta"] = pickle.dumps({"label_names": [str(index) for index in range(10)]})
    return files


def serve_cifar(folder: Path, monkeypatch) -> bytes:
    """A mirror of the archive in `folder`, and torchvision pointed at it; returns the archive."""
    from torchvision.datasets import CIFAR10

    files = cifar_files()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    md5 = {name: hashlib.md5(content).hexdigest() for name, content in files.items()}
    (folder / CIFAR10.filename).write_bytes(packed.getvalue())
    monkeypatch.setattr(CIFAR10, "url", (folder / CIFAR10.filename).as_uri())
    monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(packed.getvalue()).hexdigest())
    monkeypatch.setattr(CIFAR10, "train_list", [[f"data_batch_{n}", md5[f"data_batch_{n}"]] for n in range(1, 6)])
    monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", md5["test_batch"]]])
    monkeypatch.setattr(CIFAR10, "meta", {**CIFAR10.meta, "md5": md5["batches.meta"]})
    return packed.getvalue()
