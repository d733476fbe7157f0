"""A folder decoded by another process is the folder decoded here; what is kept of folders has a limit."""

import os
import time

import numpy as np
import pytest

from explorer.data import folder_apart, folder_cache, image_folder, load
from explorer.errors import UserError

from .test_image_folder import fill


@pytest.fixture
def pets(tmp_path):
    folder = fill(tmp_path / "-my pets", {"cat": 4, "dog": 4}, kind="tif")
    (folder / "cat" / "000.tif").write_bytes(b"II*\0")
    return folder


def test_the_images_are_those_decoded_here(pets, tmp_path, monkeypatch):
    here = load(f"folder:{pets}", tmp_path / "data", skip_damaged=True)

    def decoded(*_):
        raise AssertionError("decoded here")

    monkeypatch.setattr(image_folder, "_read", decoded)
    monkeypatch.chdir(tmp_path)
    for path in (pets, "-my pets"):  # also where the path is one from here
        there = load(f"folder:{path}", tmp_path / "data", skip_damaged=True, apart=True)
        assert there.fingerprint == here.fingerprint
        assert list(there.report.damaged) == ["cat/000.tif"]


def test_what_goes_wrong_there_is_a_sentence(pets, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="changed while they were read: try again"):
        folder_apart.read_apart(str(pets), 8, "the key of other files")
    monkeypatch.setattr(folder_apart, "SECONDS", 0)
    with pytest.raises(UserError, match="takes longer than 0 minutes to read"):
        folder_apart.read_apart(str(pets), 8, "")
    monkeypatch.undo()
    with pytest.raises(UserError, match="the server's log has the details"):
        folder_apart.read_apart(str(tmp_path / "nothing"), 8, "")


def test_the_least_recently_used_is_forgotten_first(tmp_path, monkeypatch):
    monkeypatch.setattr(image_folder, "SLOW", 0)
    data, files = tmp_path / "data", {}
    for age, name in enumerate("abc"):
        folder = fill(tmp_path / name, {"cat": 3, "dog": 3})
        load(f"folder:{folder}", data)
        (files[name],) = {*data.glob(".cache/folder-*")} - {*files.values()}
        moment = time.time() - 1000 + age
        os.utime(files[name], (moment, moment))
    left_behind, being_written = data / ".cache" / "aside-1", data / ".cache" / "aside-2"
    for folder in (left_behind, being_written):
        folder.mkdir()
        (folder / "half.npz").write_bytes(b"half")
    os.utime(left_behind, (0, 0))
    load(f"folder:{tmp_path / 'a'}", data)  # used again
    monkeypatch.setattr(folder_cache, "MOST_KEPT", 2 * files["a"].stat().st_size)
    folder_cache.forget_oldest(data / ".cache")
    assert {name for name, file in files.items() if file.exists()} == {"a", "c"}
    assert being_written.exists()
    assert not left_behind.exists()
    monkeypatch.setattr(folder_cache, "MOST_KEPT", 1)
    load(f"folder:{fill(tmp_path / 'd', {'cat': 3, 'dog': 3})}", data)
    (last,) = data.glob(".cache/folder-*")
    assert last not in files.values(), "what has just been read is kept, however large"


def test_what_was_kept_is_read_again(tmp_path):
    read = folder_cache.Read(
        np.arange(24, dtype=np.uint8).reshape(2, 3, 2, 2), {1: "'ä.png' is empty: choose another."}
    )
    folder_cache.pack(tmp_path / "x.npz", "key", read)
    again = folder_cache.unpacked(tmp_path / "x.npz", "key")
    assert np.array_equal(again.pixels, read.pixels)
    assert again.damaged == read.damaged
    assert folder_cache.unpacked(tmp_path / "x.npz", "another key") is None
