"""The entries of a zip file from a stranger: each must be a file of one run's folder, or the archive is refused.

Nothing is unpacked here. The table at the end of a zip file lists its content; anything that could make that table
wrong, or make an entry more than a plain file in the run's folder, has its own error message.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from explorer.errors import UserError
from explorer.export.run_files import (
    CHECKSUMS,
    MOST_BYTES,
    MOST_FILES,
    MOST_JSON,
    MOST_RATIO,
    SMALL,
    is_left_behind,
    travels,
)

LONGEST_NAME = 200  # characters of a path
# All that `zipfile` raises for bytes that are not a zip file. For what it cannot read, such as a later version of the
# format, it raises a NotImplementedError, a kind of RuntimeError; for a name that is not text, a kind of ValueError.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, OverflowError)
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib", ".npz")
BLOCK = 2**20
_END, _END_64, _LOCAL = b"PK\x05\x06", b"PK\x06\x07", b"PK\x03\x04"
_MOST_OF_TABLE = MOST_FILES * (46 + 2 * LONGEST_NAME)  # bytes


def entries(file: BinaryIO) -> tuple[str, dict[str, zipfile.ZipInfo]]:
    """(the run's folder in the archive, path in that folder → its entry). Raises UserError if the archive is not a zip
    file, or if anything in it is not a plain file of one run's folder."""
    _check_end(file)
    try:
        infos = zipfile.ZipFile(file).infolist()
    except DAMAGED as error:
        raise UserError(f"This zip file is damaged ({error}): send or download it again.") from None
    if not infos:
        raise UserError("This zip file is empty: choose a run's zip file, as `export` writes it.")
    if len(infos) > MOST_FILES:
        raise UserError(f"This zip file holds {len(infos):,} files, more than the {MOST_FILES:,} that a run can have.")
    for info in infos:
        _check_name(info)
        _check_kind(info)
    files = [info for info in infos if not info.is_dir() and not is_left_behind(info.filename)]
    _check_twice(files)
    _check_places(file, infos)
    _check_sizes(file, infos)
    return _of_one_run(files)


def unpack(file: BinaryIO, infos: dict[str, zipfile.ZipInfo], folder: Path) -> None:
    """Write each entry into a new file in `folder`, with our own permissions. Raises UserError if one is damaged, or
    does not agree with the table."""
    with zipfile.ZipFile(file) as archive:
        for name, info in infos.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            with path.open("xb") as unpacked:
                for block in _blocks(archive, info):
                    unpacked.write(block)


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(info) as content:
            while block := content.read(BLOCK):
                yield block
    except DAMAGED as error:
        raise UserError(f"'{info.filename}' is damaged ({error}): send or download the zip file again.") from None


def _check_end(file: BinaryIO) -> None:
    """Check what `zipfile` would believe: the position and size of the table."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    begins = file.read(4)
    if begins not in (_LOCAL, _END):
        raise UserError("This is not a zip file, or something comes before it: choose a run's zip file.")
    file.seek(max(0, size - 22 - 65_535))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise UserError("This zip file ends too early: send or download it again.")
    if tail[:at].endswith(_END_64) or tail[max(0, at - 20) : at].startswith(_END_64):
        raise UserError("This zip file has a table for more than 4 GB or 65,535 files: no run has that many.")
    table, _, comment = struct.unpack("<LLH", tail[at + 12 : at + 22])
    if at + 22 + comment != len(tail):
        raise UserError("Something follows the end of this zip file: choose a run's zip file.")
    if table > _MOST_OF_TABLE:
        raise UserError(f"This zip file's table has {table:,} bytes: no run has that many files.")


def _check_name(info: zipfile.ZipInfo) -> None:
    name, shown = info.orig_filename, f"{info.orig_filename!r:.60}"
    if not name.isprintable():
        raise UserError(f"The zip file has a name with a control character, {shown}: no file of a run has one.")
    if len(name) > LONGEST_NAME:
        raise UserError(f"The zip file has a name of {len(name):,} characters, {shown}: no file of a run has one.")
    if "\\" in name or ":" in name:
        raise UserError(f"The zip file has a name with a backslash or colon, {shown}: no file of a run has one.")
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or name.startswith("~"):
        raise UserError(f"The zip file names {shown}, a place outside of the run's folder: do not trust it.")
    if ".." in parts:
        raise UserError(f"The zip file names {shown}, which leads out of the run's folder: do not trust it.")
    if "" in parts or "." in parts:
        raise UserError(f"The zip file has a name with an empty part, {shown}: no file of a run has one.")


def _check_kind(info: zipfile.ZipInfo) -> None:
    shown, mode = f"{info.filename!r:.60}", info.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise UserError(f"{shown} in the zip file is a link, not a file: a run has none.")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UserError(f"{shown} in the zip file is a device, a pipe or a socket, not a file: do not trust it.")
    if info.is_dir() and info.file_size:
        raise UserError(f"{shown} in the zip file is a folder with content of its own: do not trust it.")
    if not info.is_dir() and stat.S_ISDIR(mode):
        raise UserError(f"{shown} in the zip file is a folder under the name of a file: do not trust it.")
    if info.flag_bits & 0x41:
        raise UserError(f"{shown} in the zip file is encrypted: pack the run without a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UserError(f"{shown} in the zip file is packed in an unusual way: pack the run as a plain zip file.")


def _check_twice(files: list[zipfile.ZipInfo]) -> None:
    first: dict[str, str] = {}
    for info in files:
        before = first.setdefault(info.filename.casefold(), info.filename)
        if before is not info.filename:
            again = "twice" if before == info.filename else f"also as '{info.filename:.60}'"
            raise UserError(f"The zip file holds '{before:.60}' {again}: it is not clear which one counts.")


def _check_places(file: BinaryIO, infos: list[zipfile.ZipInfo]) -> None:
    """Check that no entry overlaps another: one block, named a thousand times, would unpack to a thousand files."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if 0 <= info.header_offset < end:
            raise UserError(f"{info.filename!r:.60} overlaps another file in the zip file: do not trust it.")
        if info.header_offset > 0 and end == 0:
            raise UserError("Something comes before the first file of this zip file: choose a run's zip file.")
        file.seek(max(info.header_offset, 0))
        header = file.read(30)
        if info.header_offset < 0 or len(header) < 30 or not header.startswith(_LOCAL):
            raise UserError(f"{info.filename!r:.60} is not where the zip file says: send or download it again.")
        names, extra = struct.unpack("<HH", header[26:30])
        end = info.header_offset + 30 + names + extra + info.compress_size
        if file.read(names) != _encoded(info):
            raise UserError(f"{info.filename!r:.60} has two names in the zip file: do not trust it.")


def _encoded(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _check_sizes(file: BinaryIO, infos: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(info.file_size for info in infos), file.seek(0, io.SEEK_END)
    if unpacked > MOST_BYTES:
        raise UserError(
            f"The zip file would unpack to {unpacked / 1e9:,.1f} GB, more than the {MOST_BYTES / 1e9:.1f} GB allowed."
        )
    if unpacked > SMALL and unpacked > MOST_RATIO * packed:
        raise UserError(
            f"The zip file would unpack to {unpacked / packed:,.0f} times its size, more than the {MOST_RATIO} times "
            "allowed: do not trust it."
        )
    for info in infos:
        if info.filename.endswith(("/run.json", f"/{CHECKSUMS}")) and info.file_size > MOST_JSON:
            raise UserError(
                f"'{info.filename:.60}' has {info.file_size / 1e6:,.0f} MB, more than the {MOST_JSON / 1e6:.0f} MB "
                "allowed."
            )


def _of_one_run(files: list[zipfile.ZipInfo]) -> tuple[str, dict[str, zipfile.ZipInfo]]:
    folders = sorted({info.filename.partition("/")[0] for info in files if "/" in info.filename})
    loose = next((info.filename for info in files if "/" not in info.filename), None)
    if loose and travels(loose):
        raise UserError(f"'{loose:.60}' is in no folder of the zip file: pack the run's folder, not its contents.")
    found = {info.filename.partition("/")[2]: info for info in files if "/" in info.filename}
    foreign = loose or next((info.filename for name, info in found.items() if not travels(name)), None)
    if foreign and foreign.lower().endswith(PICKLES):
        raise UserError(
            f"'{foreign:.60}' may be a pickle, which can carry code: a run keeps its weights as safetensors."
        )
    if foreign:
        raise UserError(f"'{foreign:.60}' is not a file of a run: pack the run's folder alone.")
    if len(folders) != 1:
        raise UserError(f"The zip file holds {len(folders)} folders: pack one run at a time.")
    if "run.json" not in found:
        raise UserError(f"'{folders[0]:.60}' in the zip file has no run.json: choose a run's zip file.")
    return folders[0], found
