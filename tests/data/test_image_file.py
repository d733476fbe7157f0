"""Any bytes give an image or one sentence."""

import io
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from explorer.data import DATASETS, InputSpec, network_input, open_image
from explorer.data.image_file import decode_here
from explorer.errors import UserError

GRADIENT = np.linspace(0, 255, 40 * 60).reshape(40, 60).astype(np.uint8)
COLOUR = np.stack([GRADIENT, GRADIENT[::-1], GRADIENT[:, ::-1]], axis=-1)
OWN = InputSpec("folder:pets", 3, 48, ("cat", "dog"))
GREY = InputSpec("folder:scans", 1, 16, ("a", "b"))


def saved(image, kind, **options):
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def colour(kind, **options):
    return saved(Image.fromarray(COLOUR), kind, **options)


def mode(name, kind, **options):
    return saved(Image.fromarray(COLOUR).convert(name), kind, **options)


def frames(kind):
    return colour(kind, save_all=True, append_images=[Image.new("RGB", (60, 40), "red")] * 3)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, *more, bits=8, colours=0):
    """A PNG that claims to have that size, whatever its data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + chunk(b"IEND", b"")


def half(content):
    return content[: len(content) // 2]


def changed(content, at, value):
    return content[:at] + value + content[at + len(value) :]


PIXELS = chunk(b"IDAT", zlib.compress(b"\0" + b"\x80" * 40) * 40)

IMAGES = {
    "jpeg": colour("JPEG", quality=95),
    "progressive jpeg": colour("JPEG", progressive=True),
    "grey jpeg": mode("L", "JPEG"),
    "cmyk jpeg": mode("CMYK", "JPEG"),
    "jpeg with more behind it": colour("JPEG") + b"more" * 100,
    "jpeg with broken exif": colour("JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03" * 9),
    "png": colour("PNG"),
    "png of 1 bit": mode("1", "PNG"),
    "png with palette": mode("P", "PNG"),
    "png with palette and transparency": mode("P", "PNG", transparency=0),
    "png with transparency for each colour": mode("P", "PNG", transparency=bytes(range(256))),
    "png with alpha": mode("RGBA", "PNG"),
    "grey png with alpha": mode("LA", "PNG"),
    "png with one transparent colour": mode("RGB", "PNG", transparency=(0, 0, 0)),
    "png of 16 bits": saved(Image.fromarray(GRADIENT.astype(np.uint16) * 257), "PNG"),
    "png of 8 pixels": saved(Image.fromarray(COLOUR[:8, :8]), "PNG"),
    "long strip": saved(Image.new("RGB", (3000, 8)), "PNG"),
    "gif": mode("P", "GIF"),
    "animated gif": frames("GIF"),
    "webp": colour("WEBP"),
    "webp with alpha": mode("RGBA", "WEBP"),
    "animated webp": frames("WEBP"),
    "tiff": colour("TIFF", compression="tiff_lzw"),
    "tiff of many pages": frames("TIFF"),
    "cmyk tiff": mode("CMYK", "TIFF"),
    "tiff of 16 bits": saved(Image.fromarray(GRADIENT.astype(np.uint16) * 257), "TIFF"),
    "tiff of 32 bits": saved(Image.fromarray(GRADIENT.astype(np.int32) * 100_000), "TIFF"),
    "tiff of floats": saved(Image.fromarray(GRADIENT.astype(np.float32) / 255), "TIFF"),
    "tiff of infinities": saved(Image.fromarray(np.full((20, 20), np.inf, np.float32)), "TIFF"),
    "tiff of one float": saved(Image.fromarray(np.full((20, 20), -3.0, np.float32)), "TIFF"),
    "bmp": colour("BMP"),
    "avif": colour("AVIF"),
    "avif with alpha": mode("RGBA", "AVIF"),
    "animated avif": frames("AVIF"),
    "ppm": colour("PPM"),
}

SENTENCES = {
    "nothing": (b"", "is an empty file"),
    "a zero byte": (b"\0", "cannot be read as an image"),
    "text": (b"Not an image, I fear.", "cannot be read as an image"),
    "html": (b"<!doctype html><img src='x'>", "cannot be read as an image"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read as an image"),
    "pdf": (b"%PDF-1.7\n", "cannot be read as an image"),
    "postscript, which Pillow would run": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "cannot be read as an image|needs the extra `heic`"),
    "half an avif": (half(IMAGES["avif"]), "is damaged|cannot be read"),
    "noise": (np.random.RandomState(0).bytes(5000), "cannot be read as an image"),
    "jpeg of a header": (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "cannot be read|is damaged"),
    "half a jpeg": (IMAGES["jpeg"][:-200], "is damaged"),
    "half a png": (half(IMAGES["png"]), "is damaged"),
    "half a gif": (half(IMAGES["gif"]), "is damaged"),
    "half a webp": (half(IMAGES["webp"]), "is damaged|cannot be read"),
    "half a tiff": (half(IMAGES["tiff"]), "is damaged|cannot be read"),
    "half a bmp": (half(IMAGES["bmp"]), "is damaged"),
    "png with wrong data": (png(40, 40, chunk(b"IDAT", b"nothing")), "is damaged"),
    "png without data": (png(40, 40), "is damaged"),
    "png with a wrong checksum": (changed(IMAGES["png"], 60, b"\0\1\2\3"), "is damaged"),
    "png of no pixels": (png(0, 0, PIXELS), "cannot be read|a side needs"),
    "png of 1 pixel": (saved(Image.new("RGB", (1, 1)), "PNG"), "1 × 1 pixels: a side needs at least 8"),
    "png of 7 columns": (saved(Image.new("RGB", (7, 90)), "PNG"), "7 × 90 pixels: a side needs at least 8"),
    "png of 51 million pixels": (png(8000, 6400, PIXELS), "8000 × 6400 pixels, over 50 million"),
    "png of 100 million pixels": (png(10_000, 10_000, PIXELS), "over 50 million"),
    "png of 4 billion pixels": (png(65_000, 65_000, PIXELS), "more than 50 million"),
    "png of all pixels": (png(2**31 - 1, 2**31 - 1, PIXELS), "more than 50 million"),
    "png with a long text": (png(40, 40, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8)))), "cannot be read"),
    "bmp of negative width": (
        changed(IMAGES["bmp"], 18, struct.pack("<i", -60)),
        "cannot be read|is damaged|50 million",
    ),
    "21 MB": (IMAGES["jpeg"] + bytes(21 * 1024**2), "more than 20 MB"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_every_kind_of_image_is_read(name):
    image = open_image(IMAGES[name])
    assert image.mode == "RGB"
    for spec in (DATASETS["cifar10"].input_spec, DATASETS["fashion-mnist"].input_spec, OWN, GREY):
        pixels = network_input(image, spec)
        assert pixels.dtype == np.uint8
        assert pixels.shape == spec.shape
    try:
        assert network_input(image, DATASETS["digits"].input_spec).shape == (1, 32, 32)
    except UserError as error:
        assert "No ink found" in str(error)  # noqa: PT017


@pytest.mark.parametrize("name", SENTENCES)
def test_everything_else_gets_a_sentence(name):
    content, sentence = SENTENCES[name]
    with pytest.raises(UserError, match=sentence) as caught:
        open_image(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP", "PPM"])
def test_damage_anywhere_gives_an_image_or_a_sentence(kind):
    whole, random = colour(kind), np.random.RandomState(0)
    refused = 0
    for _ in range(60):
        at = random.randint(len(whole)) if random.rand() < 0.5 else random.randint(100)
        content = changed(whole, at, random.bytes(4)) if random.rand() < 0.7 else whole[:at]
        try:
            assert open_image(content).mode == "RGB"
        except UserError:
            refused += 1
    assert refused


def test_files_by_their_path(tmp_path):
    file = tmp_path / "one.png"
    file.write_bytes(IMAGES["png"])
    assert (np.asarray(open_image(file)) == COLOUR).all()
    assert (np.asarray(open_image(str(file))) == COLOUR).all()
    for wrong, sentence in [
        (tmp_path / "gone.png", "gone.png' does not exist"),
        (tmp_path, "is not a file"),
        ("a\0b.png", "does not exist"),
    ]:
        with pytest.raises(UserError, match=sentence):
            open_image(wrong)
    file.write_bytes(b"")
    with pytest.raises(UserError, match=r"one\.png' is an empty file"):
        open_image(file)


@pytest.mark.parametrize("name", ["png of 16 bits", "tiff of 16 bits", "tiff of floats"])
def test_many_levels_are_scaled_not_clipped(name):
    assert (np.asarray(open_image(IMAGES[name]))[..., 0] == GRADIENT).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(orientation):
    """EXIF 2.3, tag 0x0112: how the stored image must be turned to be upright."""
    undo = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a),
        7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }[orientation]
    stored = Image.fromarray(np.ascontiguousarray(undo(COLOUR)))
    assert (np.asarray(open_image(saved(stored, "PNG", exif=exif(orientation)))) == COLOUR).all()


@pytest.mark.parametrize("ending", [".png", ".jfif", ".heic", ""])
def test_a_file_is_read_by_its_content_whatever_its_ending(ending, tmp_path):
    file = tmp_path / f"photo{ending}"
    file.write_bytes(IMAGES["jpeg"])
    assert open_image(file).size == (60, 40)


def heic(**options):
    pytest.importorskip("pillow_heif").register_heif_opener()
    return colour("HEIF", quality=-1, **options)  # lossless, but for the change of colour space


def test_heic_is_read_with_its_extra():
    assert np.abs(np.asarray(open_image(heic())).astype(int) - COLOUR).mean() < 8
    assert open_image(heic(exif=exif(6).tobytes())).size == (40, 60)
    with pytest.raises(UserError, match=r"is damaged|cannot be read"):
        open_image(half(heic()))


def test_heic_without_its_extra_is_a_sentence_that_names_it(monkeypatch):
    content = heic()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(
        UserError, match=r"'a\.heic' is a HEIC photo, .* `pip install pillow-heif`, or save .* as JPEG\."
    ):
        decode_here(content, "'a.heic'")  # as the process does that reads rare kinds
