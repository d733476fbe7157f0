"""Files that somebody might upload as an image, by mistake or on purpose: name → bytes. Always the same ones."""

import functools
import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, PngImagePlugin

GRADIENT = np.linspace(0, 255, 40 * 60).reshape(40, 60).astype(np.uint8)
COLOUR = np.stack([GRADIENT, GRADIENT[::-1], GRADIENT[:, ::-1]], axis=-1)
IMAGE = Image.fromarray(COLOUR)
KINDS = "PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "PPM"
MODES = "1", "L", "P", "LA", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16"


@functools.cache
def files() -> dict[str, bytes]:
    """All of them."""
    return dict(
        (*_cut_short(), *_damaged(), *_modes(), *_sizes(), *bombs(), *_numbers(), *_moving(), *_tags(), *_else())
    )


def saved(image: Image.Image, kind: str, **options) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes, bits: int = 8, colours: int = 0) -> bytes:
    """A PNG that claims to have that size, whatever its data."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def tiff(width: int, height: int, data: bytes = b"", **tags: int) -> bytes:
    """A grey TIFF of 8 bits that claims to have that size; other tags by their number, as t258=16."""
    entries = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: len(data)}
    entries |= {int(name[1:]): value for name, value in tags.items()}
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(entries.items()))
    data += b"\0" * (len(data) % 2)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(entries)) + table + bytes(4)


def black(length: int) -> bytes:
    """The data of a PNG whose file is small and whose image is not: `length` zeros, compressed."""
    packer = zlib.compressobj(1)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(length // 2**20 + 1)) + packer.flush()


def _cut_short() -> Iterator[tuple[str, bytes]]:
    for kind in KINDS:
        whole = saved(IMAGE, kind)
        for length in (1, 2, 4, 8, 16, 30, len(whole) // 10, len(whole) // 3, len(whole) * 2 // 3, len(whole) - 1):
            yield f"{length} bytes of a {kind}", whole[:length]


def _damaged() -> Iterator[tuple[str, bytes]]:
    random = np.random.RandomState(0)
    for kind in KINDS:
        whole = saved(IMAGE, kind)
        for number in range(7):
            at = random.randint(len(whole)) if number > 3 else random.randint(60)
            yield f"{kind} damaged at {at}", whole[:at] + random.bytes(4) + whole[at + 4 :]
        yield f"{kind} after a wrong beginning", b"GIF9" + whole[4:]
        yield f"{kind} with more behind it", whole + b"more" * 100


def _modes() -> Iterator[tuple[str, bytes]]:
    for kind in KINDS:
        for mode in MODES:
            image = IMAGE.convert("L") if mode in ("PA", "I", "F", "I;16") else IMAGE
            try:
                yield f"{kind} of mode {mode}", saved(image.convert(mode), kind)
            except (OSError, ValueError, KeyError):
                continue  # that format knows no such mode
    for transparent in (0, bytes(range(256)), b"\0"):
        yield f"palette, transparent {transparent!r:.12}", saved(IMAGE.convert("P"), "PNG", transparency=transparent)
    indices = zlib.compress((b"\0" + bytes(range(40))) * 40)
    for colours in (0, 1, 200, 257):
        palette = chunk(b"PLTE", bytes(3 * colours))
        yield f"palette of {colours} colours", png(40, 40, palette, chunk(b"IDAT", indices), colours=3)
    yield "palette of half a colour", png(40, 40, chunk(b"PLTE", bytes(4)), chunk(b"IDAT", indices), colours=3)
    yield "no palette", png(40, 40, chunk(b"IDAT", indices), colours=3)


def _sizes() -> Iterator[tuple[str, bytes]]:
    for width, height in ((1, 1), (1, 10_000), (10_000, 1), (7, 7), (8, 8), (8, 10_000), (100_000, 9), (3000, 2)):
        for kind in ("PNG", "TIFF"):
            yield f"{kind} of {width} × {height}", saved(Image.new("RGB", (width, height), "teal"), kind)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" + b"\x80" * 40) * 40)
    for width, height in ((0, 0), (0, 40), (40, 0), (2**31 - 1, 1), (2**31, 2**31), (2**32 - 1, 2**32 - 1)):
        yield f"PNG that claims {width} × {height}", png(width, height, pixels)
        yield f"TIFF that claims {width} × {height}", tiff(width, height, bytes(100))
    yield "GIF that claims 0 × 0", b"GIF89a" + bytes(7) + b","
    yield "GIF that claims 65535 × 65535", b"GIF89a" + b"\xff" * 4 + bytes(3) + b","
    yield "BMP of negative width", saved(IMAGE, "BMP")[:18] + struct.pack("<i", -60) + saved(IMAGE, "BMP")[22:]
    yield "PPM that claims a billion rows", b"P6 60 1000000000 255\n" + bytes(100)
    yield "PPM that claims no pixels", b"P6 0 0 255\n"


def bombs() -> Iterator[tuple[str, bytes]]:
    yield "PNG of 20,000 × 20,000", png(20_000, 20_000, chunk(b"IDAT", black(2**25)))
    yield "PNG of 7,000 × 7,000, grey", png(7000, 7000, chunk(b"IDAT", black(7001 * 7000)))
    yield "PNG of 7,000 × 7,000, 16 bits", png(7000, 7000, chunk(b"IDAT", black(14_001 * 7000)), bits=16)
    yield "PNG of 7,000 × 7,000, colours and alpha", png(7000, 7000, chunk(b"IDAT", black(28_001 * 7000)), colours=6)
    yield "PNG of 8 × 6,000,000", png(8, 6_000_000, chunk(b"IDAT", black(9 * 6_000_000)))
    yield "TIFF of 4,000 × 4,000 floats", saved(Image.new("F", (4000, 4000), 0.5), "TIFF", compression="tiff_deflate")
    yield "WebP of 16,383 × 16,383", saved(Image.new("L", (16, 16)), "WEBP")[:20] + b"\x2f\xff\xff\xff\x0f" + bytes(40)
    yield "PNG with a text of 100 MB", png(40, 40, chunk(b"zTXt", b"a\0\0" + black(10**8)))
    yield "PNG with a profile of 100 MB", png(40, 40, chunk(b"iCCP", b"a\0\0" + black(10**8)))
    photo = saved(IMAGE.resize((1600, 1200)), "JPEG", progressive=True)
    last = photo.rindex(b"\xff\xda")
    yield "JPEG of 2,000 scans", photo[:-2] + photo[last:-2] * 2000 + b"\xff\xd9"
    yield "text of 21 MB", b"P3 1000 1000 255\n" + b"1 " * (21 * 2**19)
    yield "PPM of 20 MB in digits", b"P3 1800 1800 255\n" + b"1 " * (3 * 1800 * 1800)


def _numbers() -> Iterator[tuple[str, bytes]]:
    """TIFFs of levels that are no brightness."""
    ramp = GRADIENT.astype(np.float32)
    for name, levels in {
        "NaN": np.full((40, 60), np.nan, np.float32),
        "some NaN": np.where(ramp > 99, np.nan, ramp),
        "infinity": np.full((40, 60), np.inf, np.float32),
        "both infinities": np.where(ramp > 99, np.inf, -np.inf).astype(np.float32),
        "floats to 1": ramp / 255,
        "floats to 255": ramp,
        "floats to 3e38": ramp * np.float32(1.3e36),
        "floats below 0": -ramp,
        "tiny floats": ramp * np.float32(1e-40),
        "32 bits": GRADIENT.astype(np.int32) * 8_000_000,
        "negative whole numbers": -GRADIENT.astype(np.int32),
        "16 bits": GRADIENT.astype(np.uint16) * 257,
    }.items():
        yield f"TIFF of {name}", saved(Image.fromarray(levels), "TIFF")


def _moving() -> Iterator[tuple[str, bytes]]:
    others = [Image.new("RGB", (60, 40), colour) for colour in ("red", "green", "blue")]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        whole = saved(IMAGE, kind, save_all=True, append_images=others)
        yield f"{kind} of four frames", whole
        yield f"{kind} of four frames, cut short", whole[: len(whole) * 3 // 4]
    pages = saved(IMAGE, "TIFF", save_all=True, append_images=[Image.new("F", (9, 9)), Image.new("1", (500, 500))])
    yield "TIFF of different pages", pages
    yield "MPO of two photos", saved(IMAGE, "MPO", save_all=True, append_images=others[:1])
    offset = struct.unpack("<I", saved(IMAGE, "TIFF")[4:8])[0]
    loop = bytearray(saved(IMAGE, "TIFF"))
    end = offset + 2 + 12 * struct.unpack("<H", loop[offset : offset + 2])[0]
    loop[end : end + 4] = struct.pack("<I", offset)
    yield "TIFF whose next page is its first", bytes(loop)


def _tags() -> Iterator[tuple[str, bytes]]:
    for orientation in (0, 6, 9, 65_535):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"turned by EXIF {orientation}", saved(IMAGE, "JPEG", exif=exif)
    text = Image.Exif()
    text[0x010E] = "x" * 60_000
    yield "EXIF of 60 kB", saved(IMAGE, "JPEG", exif=text)
    huge = Image.Exif()
    huge[0x010E] = "x" * 5_000_000
    yield "EXIF of 5 MB", saved(IMAGE, "PNG", exif=huge)
    for name, exif in {
        "EXIF of nothing": b"Exif\0\0",
        "EXIF that counts four billion": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\xff\xff\xff\xff\x06\0\0\0",
        "EXIF that points far away": b"Exif\0\0II*\0\xff\xff\xff\x7f",
        "EXIF of noise": b"Exif\0\0" + np.random.RandomState(1).bytes(500),
        "EXIF with a word for a turn": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x04\0\0\0left\0\0\0\0",
    }.items():
        yield name, saved(IMAGE, "JPEG", exif=exif)
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", "\nexif\n 9\nnot hexadecimal")
    yield "PNG whose EXIF is no number", saved(IMAGE, "PNG", pnginfo=info)
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/" tiff:Orientation="6"><unclosed'
    yield "PNG with XMP that is no XML", saved(IMAGE, "PNG", xmp=xmp)
    yield "JPEG with a broken colour profile", saved(IMAGE, "JPEG", icc_profile=b"no profile")
    yield "JPEG of strange resolution", saved(IMAGE, "JPEG", dpi=(0, 0))
    for name, tags in {
        "of 3 bits": {"t258": 3},
        "of 64 bits": {"t258": 64},
        "of 1,000 samples": {"t277": 1000},
        "of unknown compression": {"t259": 9999},
        "that says JPEG": {"t259": 7},
        "that says LZW": {"t259": 5},
        "in endless tiles": {"t322": 2**31 - 1, "t323": 2**31 - 1, "t324": 8, "t325": 100},
        "whose data lie outside": {"t273": 2**31},
        "of no rows a strip": {"t278": 0},
    }.items():
        yield f"TIFF {name}", tiff(40, 40, bytes(1600), **tags)


def _else() -> Iterator[tuple[str, bytes]]:
    random = np.random.RandomState(2)
    yield from {
        "nothing": b"",
        "a zero byte": b"\0",
        "zeros": bytes(5000),
        "text": b"Not an image, I fear.",
        "html": b"<!doctype html><img src='x' onerror='alert(1)'>",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        "pdf": b"%PDF-1.7\n1 0 obj <<>> endobj",
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 60 40\n",
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
        "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ",
        "icon": saved(IMAGE, "ICO"),
        "targa": saved(IMAGE, "TGA"),
        "zip": b"PK\x03\x04" + bytes(100),
        "program": b"\x7fELF" + bytes(100),
        "pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
        "numpy": b"\x93NUMPY\x01\0v\0{'descr': '|O'}",
        "three beginnings": b"\x89PNG\r\n\x1a\nGIF89a\xff\xd8\xff\xe0",
    }.items()
    for length in (1, 10, 100, 1000, 10_000, 100_000):
        yield f"{length} random bytes", random.bytes(length)
    for start in (
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"\xff\xd8\xff\xe0",
        b"RIFF\xff\0\0\0WEBPVP8 ",
        b"II*\0",
        b"BM",
        b"P6 ",
    ):
        yield f"{start[:4]!r} and random bytes", start + random.bytes(2000)
