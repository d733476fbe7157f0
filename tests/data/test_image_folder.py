"""One's own images: read as ImageFolder would, split for ever, and refused in one sentence."""

import os

import numpy as np
import pytest
from PIL import Image

from explorer.data import image_folder, load
from explorer.errors import UserError


def random_image(seed, size=(40, 30), grey=False):
    random = np.random.RandomState(seed)
    pixels = random.randint(0, 256, (*size, 1 if grey else 3)).astype(np.uint8)
    return Image.fromarray(pixels.repeat(3, axis=2) if grey else pixels)


def fill(folder, counts, kind="png", grey=False):
    """One folder per class with that many images."""
    for label, (name, count) in enumerate(counts.items()):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            random_image(100 * label + index, grey=grey).save(folder / name / f"{index:03d}.{kind}")
    return folder


@pytest.fixture
def animals(tmp_path):
    return fill(tmp_path / "animals", {"dog": 20, "cat": 30})


def read(folder, tmp_path, **options):
    return load(f"folder:{folder}", tmp_path / "data", **options)


def test_a_folder_a_class(animals, tmp_path):
    data = read(animals, tmp_path)
    assert data.classes == ("cat", "dog")
    assert [np.bincount(part.labels).tolist() for part in (data.test, data.validation, data.train)] == [
        [6, 4],
        [2, 2],
        [22, 14],
    ]
    assert data.train.pixels.shape == (36, 3, 32, 32)
    assert data.train.pixels.dtype == np.uint8
    assert data.name == f"folder:{animals}"
    assert data.preparation == "photo"


def test_the_same_every_time(animals, tmp_path):
    assert read(animals, tmp_path).fingerprint == read(animals, tmp_path).fingerprint


def test_the_middle_square_at_the_wanted_size(tmp_path):
    folder = fill(tmp_path / "images", {"a": 3, "b": 3})
    wide = np.zeros((16, 48, 3), np.uint8)
    wide[:, 16:32] = 255  # white in the middle, black on both sides
    for index in range(3):
        Image.fromarray(wide).save(folder / "a" / f"{index:03d}.png")
    data = read(folder, tmp_path, image_size=8)
    assert data.train.pixels.shape[1:] == (3, 8, 8)
    assert data.train.pixels[data.train.labels == 0].min() == 255


def test_train_and_test_folders_are_kept_apart(tmp_path):
    folder = tmp_path / "images"
    fill(folder / "train", {"a": 10, "b": 10})
    fill(folder / "test", {"a": 4, "b": 2})
    data = read(folder, tmp_path)
    assert np.bincount(data.test.labels).tolist() == [4, 2]
    assert len(data.train) + len(data.validation) == 20


def test_val_is_the_validation_split_and_a_fifth_of_train_the_test(tmp_path):
    """Validation is a fixed tenth of the training images unless the folder brings its own."""
    folder = tmp_path / "images"
    fill(folder / "train", {"a": 10, "b": 10})
    fill(folder / "val", {"a": 4, "b": 3})
    data = read(folder, tmp_path)
    assert (len(data.train), len(data.validation), len(data.test)) == (16, 7, 4)


def test_train_can_be_a_class(tmp_path):
    folder = fill(tmp_path / "images", {"bus": 5, "train": 5})
    assert read(folder, tmp_path).classes == ("bus", "train")


def test_grey_images_have_one_channel(tmp_path):
    folder = fill(tmp_path / "images", {"a": 5, "b": 5}, grey=True)
    assert read(folder, tmp_path).channels == 1
    random_image(0).save(folder / "a" / "colour.png")
    assert read(folder, tmp_path).channels == 3


def test_what_is_no_image_is_left_out(animals, tmp_path):
    before = read(animals, tmp_path).fingerprint
    (animals / "cat" / ".hidden.png").write_bytes(b"not an image")
    (animals / "cat" / "Thumbs.db").write_bytes(b"not an image")
    (animals / ".cache").mkdir()
    (animals / "readme.txt").write_text("cats and dogs")
    assert read(animals, tmp_path).fingerprint == before


def test_images_in_folders_below_belong_to_the_class(animals, tmp_path):
    (animals / "cat" / "more").mkdir()
    random_image(1000).save(animals / "cat" / "more" / "one.WEBP")
    assert len(read(animals, tmp_path).train) == 37


def test_photos_are_turned_upright(tmp_path):
    folder = fill(tmp_path / "images", {"a": 3, "b": 3})
    upright = np.zeros((32, 32, 3), np.uint8)
    upright[:16] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated by 90 degrees
    for index in range(3):
        lying = Image.fromarray(np.rot90(upright))
        (folder / "a" / f"{index:03d}.png").unlink()
        lying.save(folder / "a" / f"{index:03d}.jpg", exif=exif)
    data = read(folder, tmp_path)
    pixels = data.train.pixels[data.train.labels == 0][0]
    assert pixels[:, :14].min() > 230
    assert pixels[:, 18:].max() < 25


def test_progress_goes_forward(animals, tmp_path):
    shares = []
    read(animals, tmp_path, progress=lambda fraction, text: shares.append(fraction))
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1


def test_many_threads_read_the_same(animals, tmp_path, monkeypatch):
    one = read(animals, tmp_path).fingerprint
    monkeypatch.setattr(image_folder, "LARGE_FILE", 0)
    assert read(animals, tmp_path).fingerprint == one


def test_what_is_kept_is_used_until_a_file_changes(animals, tmp_path, monkeypatch):
    monkeypatch.setattr(image_folder, "SLOW", 0)
    reads, real = [], image_folder._read
    monkeypatch.setattr(image_folder, "_read", lambda *args: reads.append(1) or real(*args))
    first = read(animals, tmp_path).fingerprint
    assert read(animals, tmp_path).fingerprint == first
    assert len(reads) == 1
    random_image(999).save(animals / "cat" / "000.png")
    assert read(animals, tmp_path).fingerprint != first
    assert len(reads) == 2
    kept = list((tmp_path / "data" / ".cache").iterdir())
    assert [file.suffix for file in kept] == [".npz"]  # one a folder, and nothing half-written
    kept[0].write_bytes(kept[0].read_bytes()[:1000])
    read(animals, tmp_path)
    assert len(reads) == 3


def test_a_data_folder_that_cannot_be_written_to_costs_only_time(animals, tmp_path, monkeypatch):
    monkeypatch.setattr(image_folder, "SLOW", 0)
    (tmp_path / "data").write_text("not a folder")
    assert len(read(animals, tmp_path).train) == 36


def nothing(folder):
    pass


def a_file(folder):
    folder.write_text("not a folder")


def no_classes(folder):
    folder.mkdir()
    random_image(1).save(folder / "one.png")


def one_class(folder):
    fill(folder, {"cat": 10})


def too_few(folder):
    fill(folder, {"cat": 10, "dog": 2})


def empty_class(folder):
    fill(folder, {"cat": 10, "dog": 0})


def strange_test_class(folder):
    fill(folder / "train", {"cat": 5, "dog": 5})
    fill(folder / "test", {"cat": 5, "cow": 5})


def empty_test(folder):
    fill(folder / "train", {"cat": 5, "dog": 5})
    (folder / "test").mkdir()


def broken_image(folder):
    fill(folder, {"cat": 10, "dog": 10})
    (folder / "dog" / "003.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")


def cut_image(folder):
    fill(folder, {"cat": 10, "dog": 10}, kind="jpg")
    file = folder / "dog" / "003.jpg"
    file.write_bytes(file.read_bytes()[:-400])


def link_to_nowhere(folder):
    fill(folder, {"cat": 10, "dog": 10})
    (folder / "dog" / "999.png").symlink_to(folder / "gone.png")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (nothing, "does not exist: give folder:PATH"),
        (a_file, "is a file: give folder:PATH"),
        (no_classes, "holds no class folders: make at least two"),
        (one_class, "holds one class folder: make at least two"),
        (too_few, "dog' holds 2 images, .*put at least 3"),
        (empty_class, "dog' holds no images, .*put at least 3"),
        (strange_test_class, "test.cow' is not a class of"),
        (empty_test, "test' holds no images"),
        (broken_image, r"dog.003\.png' cannot be read|dog.003\.png' is damaged"),
        (cut_image, r"dog.003\.jpg' is damaged"),
        (link_to_nowhere, r"Cannot read '.*999\.png'"),
    ],
)
def test_what_cannot_be_trained_on_is_named(make, sentence, tmp_path):
    make(tmp_path / "images")
    with pytest.raises(UserError, match=sentence) as caught:
        read(tmp_path / "images", tmp_path)
    assert "\n" not in str(caught.value)


def test_no_path_at_all():
    with pytest.raises(UserError, match="give folder:PATH"):
        load("folder:")


def test_too_many_images_for_memory_names_the_size_that_fits(animals, tmp_path, monkeypatch):
    monkeypatch.setattr(image_folder, "MAX_BYTES", 50 * 3 * 20 * 20)
    with pytest.raises(UserError, match=r"50 images of 32 × 32 pixels need .*choose an image size of 20 or less"):
        read(animals, tmp_path)
    assert read(animals, tmp_path, image_size=20).size == 20


@pytest.mark.parametrize("size", [0, 7, 513, -1])
def test_impossible_image_sizes(size, animals, tmp_path):
    with pytest.raises(UserError, match=f"{size} pixels per side"):
        read(animals, tmp_path, image_size=size)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user who may not read everything")
def test_a_folder_that_may_not_be_read(animals, tmp_path):
    animals.chmod(0)
    try:
        with pytest.raises(UserError, match="Cannot read"):
            read(animals, tmp_path)
    finally:
        animals.chmod(0o700)
