"""A folder of one's own on the pages that train: what is taken from it stands there before one presses Start."""

import pytest

from explorer.runs import list_runs
from explorer.ui.pickers.dataset import FOLDER

from ..data.test_image_folder import fill
from .conftest import as_read, open_page, words


@pytest.fixture
def pets(checkpoints, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    folder = fill(tmp_path / "pets" / "Train", {"cat": 10, "dog": 10}).parent
    fill(folder / "Valid", {"cat": 3, "dog": 4})
    (folder / "Train" / "cat" / "notes.txt").write_text("no image")
    return folder


def opened(folder, page="pages/train/train.py"):
    app = open_page(page, **({"study": "depth"} if "study" in page else {}))
    app.session_state["data"], app.session_state["folder"] = FOLDER, f'"{folder}/"'
    app.run()
    assert not app.exception
    return look(app)


def look(app):
    next(button for button in app.button if button.label == "Look at this folder").click().run()
    assert not app.exception
    return app


def shown(app):
    return "\n".join([words(app), *(one.label for one in app.expander), *(one.value for one in app.text)])


@pytest.mark.parametrize("page", ["pages/train/train.py", "pages/study/study.py"])
def test_what_is_taken_is_shown_before_training(pets, page):
    text = shown(opened(pets, page))
    assert "2 classes; 16 training, 7 validation, 4 test images; 1 left out" in text
    assert "validation images: Valid/; test images: a fifth of Train/, drawn at random." in text
    assert "files that are not images (1): Train/cat/notes.txt" in text


def start(app):
    return next((button for button in app.button if button.label == "Start training"), None)


def test_damaged_images_are_named_and_left_out_by_choice(pets):
    for name in ("001.png", "002.png"):
        (pets / "Train" / "dog" / name).write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    app = opened(pets)
    assert "2 images cannot be read" in shown(app)
    assert "002.png' cannot be read as an image" in shown(app)
    assert start(app) is None, "nothing can be trained before one has chosen"
    next(box for box in app.checkbox if box.label == "Leave out 2 images").check().run()
    assert not app.exception
    start(app).click().run()
    assert not app.exception
    (run,) = list_runs()
    assert run.config.skip_damaged
    assert run.config.dataset == f"folder:{pets}"


def test_nothing_is_read_while_one_types_or_because_a_link_says_so(pets, monkeypatch):
    def listed(path):
        raise AssertionError(f"{path} was read")

    with monkeypatch.context() as unread:
        unread.setattr("explorer.data.image_folder.list_images", listed)
        app = open_page("pages/train/train.py", data=FOLDER, folder=str(pets))
        assert not app.exception
        for size in (48, 32):
            next(one for one in app.number_input if one.label == "Image size").set_value(size).run()
            assert not app.exception
        assert "Press “Look at this folder”" in words(app)
    assert "2 classes; 16 training" in shown(look(app))


def test_in_a_class_one_sentence_refuses_what_the_host_does_not_list(pets, monkeypatch):
    """While one types, too: no button tells a folder that is there from one that is not."""
    monkeypatch.setattr("explorer.ui.classroom.gate.enter", lambda: True)
    monkeypatch.setenv("EXPLORER_CLASS", "1")
    monkeypatch.setenv("EXPLORER_FOLDERS", str(pets / "Train"))
    app = open_page("pages/train/train.py", data=FOLDER, folder=str(pets))
    (refused,) = app.error
    app.text_input[0].set_value("/nothing/here").run()
    (again,) = app.error
    assert as_read(refused.value) == as_read(again.value)
    assert f"Images can be read in '{pets / 'Train'}' only" in as_read(refused.value)
    assert "Look at this folder" not in [button.label for button in app.button]
