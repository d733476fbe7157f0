"""In a class, a visitor reads below the folders that the host lists, and learns nothing of any other."""

import os

import pytest

from explorer.data import folder_files, load, state
from explorer.data.allowed import FOLDERS
from explorer.errors import UserError
from explorer.mode import CLASS

from .test_image_folder import fill

PETS = {"cat": 4, "dog": 4}


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A machine in class mode: `open/pets` is listed by its folder, `secret` lies beside it."""
    monkeypatch.setenv(CLASS, "1")
    monkeypatch.setenv(FOLDERS, str(tmp_path / "open"))
    fill(tmp_path / "open" / "pets", PETS)
    fill(tmp_path / "secret", {"spy": 4, "agent": 4})
    (tmp_path / "open-too").mkdir()  # begins with the listed name
    return tmp_path


def sentence(path, data):
    with pytest.raises(UserError) as error:
        load(f"folder:{path}", data)
    return str(error.value)


def test_what_the_host_lists_is_read(host):
    assert load(f"folder:{host}/open/pets", host / "data").classes == ("cat", "dog")
    assert load(f"folder:{host}/open/../open/pets/", host / "data").classes == ("cat", "dog")


def test_all_else_is_refused_with_one_sentence_whatever_is_there(host):
    outside = host / "secret"
    (host / "open" / "way-out").symlink_to(outside)
    (host / "open" / "gone").symlink_to(host / "nothing")
    paths = [outside, host / "nothing", outside / "spy" / "000.png", host / "open-too", "/", "/etc/passwd", "/root", ""]
    paths += [f"{host}/open/../secret", f"{host}/open/pets/../../secret/", f"{host}/open/way-out", host, ".", "~"]
    paths += [f"{host}/open/way-out/spy", f"{host}/open/way-out/nothing", f"{host}/open/gone", f" '{outside}' "]
    paths += ["~nobody-here", "~root", "a" * 5000, f"{host}/open\0", f"{host}/open/\0", "\udce4", "/proc/self/root"]
    sentences = {sentence(path, host / "data") for path in paths}
    assert len(sentences) == 1, sentences
    assert f"'{host / 'open'}' only" in sentences.pop()


def test_nothing_is_looked_at_before_it_is_refused(host, monkeypatch):
    def looked(*_, **__):
        raise AssertionError("the disk was looked at")

    for name in ("stat", "lstat", "scandir", "listdir", "readlink", "open"):
        monkeypatch.setattr(os, name, looked)
    for path in (host / "secret", "/etc", "nothing"):
        with pytest.raises(UserError):
            state(f"folder:{path}")


def test_links_out_of_a_listed_folder_are_left_out_and_those_within_are_followed(host):
    pets, secret = host / "open" / "pets", host / "secret"
    (pets / "cat" / "spy.png").symlink_to(secret / "spy" / "000.png")
    (pets / "cat" / "more").symlink_to(secret / "spy")
    (pets / "spy").symlink_to(secret / "spy")  # would be a class
    (pets / "loose.png").symlink_to(secret / "spy" / "001.png")
    (pets / "cat" / "own.png").symlink_to(pets / "dog" / "000.png")
    data = load(f"folder:{pets}", host / "data")
    assert data.classes == ("cat", "dog")
    assert len(data.train) + len(data.validation) + len(data.test) == 9
    (left,) = data.report.left_out
    assert left.reason == "links out of the folders that can be used"
    assert sorted(left.files) == ["cat/more", "cat/spy.png", "loose.png", "spy"]


def test_a_train_folder_that_leads_out_is_no_split(host):
    (host / "open" / "trick").mkdir()
    for name in ("train", "test"):
        (host / "open" / "trick" / name).symlink_to(host / "secret")
    assert "holds no class folders" in sentence(host / "open" / "trick", host / "data")


def test_several_folders_may_be_listed_and_none_at_first(host, monkeypatch):
    monkeypatch.setenv(FOLDERS, f"{host / 'secret'}{os.pathsep}{host / 'open'}")
    assert load(f"folder:{host}/secret", host / "data").classes == ("agent", "spy")
    assert load(f"folder:{host}/open/pets", host / "data").classes == ("cat", "dog")
    monkeypatch.delenv(FOLDERS)
    assert "ask the host" in sentence(host / "open" / "pets", host / "data")


def test_at_a_desk_every_folder_is_the_visitors(host, monkeypatch):
    monkeypatch.delenv(CLASS)
    monkeypatch.setenv(FOLDERS, "")
    (host / "open" / "way").symlink_to(host / "secret")
    assert load(f"folder:{host}/open/way", host / "data").classes == ("agent", "spy")
    for path in ("~nobody-here", "a" * 5000, "\0"):
        assert "does not exist" in sentence(path, host / "data")


def test_a_whole_disk_is_no_data_set(host, monkeypatch):
    monkeypatch.setattr(folder_files, "MOST_FILES", 8)
    assert "holds more than 8 files" in sentence(host / "open" / "pets", host / "data")
