"""Which files of a folder are taken: the usual names of splits, any image, and a reason for what is left out."""

import re
import shutil

import pytest
from PIL import Image

from explorer.data import load, tidy
from explorer.data.folder_files import natural
from explorer.data.image_folder import state
from explorer.data.report import Damaged
from explorer.errors import UserError

from .test_image_folder import fill, random_image


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "images"


def read(folder, **options):
    return load(f"folder:{folder}", folder.parent / "data", **options)


def sizes(data):
    return len(data.train), len(data.validation), len(data.test)


def reasons(data):
    return {some.reason: some.files for some in data.report.left_out}


PETS = {"cat": 10, "dog": 10}


@pytest.mark.parametrize(
    ("train", "validation", "test"),
    [
        ("train", "val", "test"),
        ("Train", "Valid", "Test"),
        ("TRAINING", "validation", "testing"),
        ("training_set", "dev", "test_set"),
        ("train-images", "Val", "TestData"),
        ("trn", "eval", "tst"),
        ("1_train", "2_validate", "3_holdout"),
        ("seg_train", "seg_val", "seg_test"),
        ("Train 2017", "val2017", "test2017"),
    ],
)
def test_splits_have_usual_names_in_any_case(folder, train, validation, test):
    fill(folder / train, PETS)
    fill(folder / test, {"cat": 3, "dog": 4})
    two = read(folder)
    assert two.classes == ("cat", "dog")
    assert sizes(two) == (18, 2, 7)
    assert two.report.sources == {
        "training": "the rest",
        "validation": f"a tenth of {train}/, drawn at random",
        "test": f"{test}/",
    }
    fill(folder / validation, {"cat": 2, "dog": 1})
    three = read(folder)
    assert sizes(three) == (20, 3, 7)
    assert three.report.sources == {"training": f"{train}/", "validation": f"{validation}/", "test": f"{test}/"}


@pytest.mark.parametrize("names", [("train station", "test tube"), ("train station", "bus"), ("seg_train", "dog_test")])
def test_a_class_that_is_called_a_bit_like_a_split_is_a_class(folder, names):
    for name in names:
        fill(folder / name, PETS)
    data = read(folder)
    assert set(data.classes) == set(names)
    assert sum(sizes(data)) == 40


def test_splits_may_lie_in_a_folder_of_their_own_name(folder):
    fill(folder / "seg_train" / "seg_train", PETS)
    fill(folder / "seg_test" / "seg_test", {"cat": 3, "dog": 4})
    data = read(folder)
    assert data.classes == ("cat", "dog")
    assert sizes(data) == (18, 2, 7)
    assert data.report.sources["test"] == "seg_test/seg_test/"


def test_a_split_of_one_class_with_folders_below_is_not_looked_through(folder):
    fill(folder / "train", PETS)
    fill(folder / "test" / "dog", {"large": 2, "small": 3})
    data = read(folder)
    assert data.classes == ("cat", "dog")
    assert sizes(data) == (18, 2, 5)


def test_two_folders_of_one_split_are_named(folder):
    for name in ("train", "val", "Valid"):
        fill(folder / name, PETS)
    with pytest.raises(UserError, match=r"Valid' and '.*val' both look like validation images: rename one"):
        read(folder)


def test_splits_without_training_images_are_named(folder):
    fill(folder / "test", PETS)
    fill(folder / "val", PETS)
    with pytest.raises(UserError, match=r"holds 'test' and 'val', but no training images"):
        read(folder)


def test_what_lies_beside_the_splits_is_left_out_with_a_reason(folder):
    fill(folder / "train", PETS)
    (folder / "test").mkdir()
    random_image(1).save(folder / "test" / "1.png")  # a test of a competition: nobody says what it shows
    fill(folder / "extra", PETS)
    random_image(2).save(folder / "train" / "loose.png")
    random_image(3).save(folder / "top.png")
    data = read(folder)
    assert sizes(data) == (14, 2, 4)
    assert reasons(data) == {
        "folders with images of no class": ("test",),
        "folders beside the splits": ("extra",),
        "images outside any class folder": ("top.png", "train/loose.png"),
    }
    assert any("folders beside the splits (1): extra" in remark for remark in data.report.remarks)


@pytest.mark.parametrize("ending", ["jfif", "JPG", "jpe", "", "img"])
def test_images_are_known_by_their_content(folder, ending):
    fill(folder, PETS)
    for name in PETS:
        for index in range(20, 25):
            file = folder / name / (f"{index}.{ending}" if ending else str(index))
            random_image(index).save(file, "JPEG")
        (folder / name / "notes.txt").write_text("no image")
        (folder / name / "Thumbs.db").write_bytes(b"no image")
        (folder / name / "._1.png").write_bytes(b"no image")
    data = read(folder)
    assert sum(sizes(data)) == 30
    assert reasons(data) == {"files that are not images": ("cat/notes.txt", "dog/notes.txt")}


def test_linked_folders_are_followed_once(folder, tmp_path):
    fill(folder, PETS)
    elsewhere = fill(tmp_path / "elsewhere", {"more": 5, "cow": 6})
    (folder / "cat" / "linked").symlink_to(elsewhere / "more")
    (folder / "cow").symlink_to(elsewhere / "cow")
    (elsewhere / "more" / "round").symlink_to(folder / "cat")  # in circles
    data = read(folder)
    assert data.classes == ("cat", "cow", "dog")
    assert sum(sizes(data)) == 31


def test_a_set_that_lies_deeper_is_found(folder):
    fill(folder / "pets" / "pets", PETS)
    (folder / "__MACOSX" / "pets").mkdir(parents=True)
    data = read(folder)
    assert data.classes == ("cat", "dog")
    assert data.report.folder == str(folder / "pets" / "pets")
    shutil.move(folder / "pets" / "pets", folder / "pets" / "Train")
    fill(folder / "pets" / "Test", PETS)
    assert sizes(read(folder)) == (18, 2, 20)


def test_a_class_with_folders_below_is_no_deeper_set(folder):
    fill(folder / "cat", {"indoors": 5, "outdoors": 5})
    fill(folder / "dog", {"indoors": 5, "outdoors": 5})
    assert read(folder).classes == ("cat", "dog")


@pytest.mark.parametrize("form", ["{}", "{}/", "{}//", '"{}"', "'{}'", " {} ", '" {}/ "'])
def test_a_path_may_be_copied_as_it_comes(folder, form):
    fill(folder, PETS)
    written = f"folder:{form.format(folder)}"
    assert tidy(written) == f"folder:{folder}"
    assert sum(sizes(load(written, folder.parent / "data"))) == 20


def test_home_is_known(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    assert tidy("folder:~/images") == f"folder:{folder}"
    assert tidy("digits") == "digits"
    assert tidy("folder:") == "folder:"


def test_numbers_are_classes_in_natural_order(folder):
    """The files keep the order that names have as text: an older run, whose labels are mapped by name, meets its own
    images in its own splits."""
    names = [str(number) for number in range(12)]
    for name in names:
        (folder / name).mkdir(parents=True)
        for index in range(6):
            Image.new("RGB", (8, 8), (20 * int(name), index, 0)).save(folder / name / f"{index}.png")
    data = read(folder)
    assert data.classes == tuple(names)
    for part in (data.train, data.validation, data.test):
        assert (part.pixels[:, 0, 0, 0] == 20 * part.labels).all()
        text = [names[label] for label in part.labels]
        assert text == sorted(text)
    assert sorted(["img12", "img10", "img2", "a", "B"], key=natural) == ["B", "a", "img2", "img10", "img12"]


def broken(folder, count):
    for index in range(count):
        (folder / "dog" / f"{index:03d}.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")


def test_damaged_images_are_named_together_and_one_may_go_on_without_them(folder):
    fill(folder, {"cat": 20, "dog": 20})
    whole = read(folder)
    broken(folder, 7)
    with pytest.raises(Damaged, match=r"7 of 40 images cannot be read") as caught:
        read(folder)
    assert "--skip-damaged" in str(caught.value)
    named = re.findall(r"'([^']*)'", str(caught.value))
    assert named == [str(folder / "dog" / f"{index:03d}.png") for index in range(7)], "all of them"
    left = read(folder, skip_damaged=True)
    assert sum(sizes(left)) == 33
    assert list(left.report.damaged) == [f"dog/{index:03d}.png" for index in range(7)]
    for before, after in ((whole.train, left.train), (whole.validation, left.validation), (whole.test, left.test)):
        known = {image.tobytes() for image in before.pixels}
        assert all(image.tobytes() in known for image in after.pixels), "whole images stay in their splits"


def test_damaged_images_are_remembered_with_the_others(folder, monkeypatch):
    from explorer.data import image_folder

    monkeypatch.setattr(image_folder, "SLOW", 0)
    fill(folder, PETS)
    broken(folder, 2)
    one = read(folder, skip_damaged=True)
    monkeypatch.setattr(image_folder, "_read", None)
    again = read(folder, skip_damaged=True)
    assert again.fingerprint == one.fingerprint
    assert again.report == one.report
    with pytest.raises(Damaged, match="2 of 20"):
        read(folder)


def test_a_class_of_damaged_images_cannot_be_left_out(folder):
    fill(folder, PETS)
    broken(folder, 10)
    with pytest.raises(UserError, match="without them no image is left for dog"):
        read(folder, skip_damaged=True)


def test_the_same_pixels_in_two_splits_are_counted(folder):
    fill(folder / "train", PETS)
    fill(folder / "test", {"cat": 4, "dog": 4})  # the images of `fill` are the same again
    random_image(999).save(folder / "test" / "dog" / "new.png")
    data = read(folder)
    known = {image.tobytes() for image in data.train.pixels}
    repeated = sum(image.tobytes() in known for image in (*data.validation.pixels, *data.test.pixels))
    assert data.report.repeated == repeated >= 6
    assert any("same pixels as a training image" in remark for remark in data.report.remarks)


def test_the_report_counts_what_there_is(folder):
    fill(folder / "train", PETS)
    fill(folder / "test", {"cat": 3, "dog": 4})
    data = read(folder)
    assert data.report.counts == {"training": (9, 9), "validation": (1, 1), "test": (3, 4)}
    assert data.report.summary == f"{folder}: 2 classes with 18 training, 2 validation and 7 test images."
    assert data.report.remarks[0] == (
        "Training images: the rest; validation images: a tenth of train/, drawn at random; test images: test/."
    )


def test_the_state_changes_with_the_files_alone(folder):
    fill(folder, PETS)
    (folder / "cat" / "gone.png").symlink_to(folder / "nowhere.png")
    before = state(str(folder))
    assert state(f"{folder}/") == before
    Image.new("RGB", (20, 20)).save(folder / "cat" / "000.png")
    assert state(str(folder)) != before
