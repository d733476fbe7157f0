"""Rare image formats are decoded in a separate process: a decoder that crashes harms nothing else.

TIFF, AVIF, HEIC and similar formats are read by large libraries that few files ever test. The process has limited
memory, does not contain the secrets of a server's memory, and is killed when it takes too long. It is reused for the
next image.
"""

import atexit
import json
import os
import struct
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from threading import BoundedSemaphore, Lock, Timer
from typing import IO

from PIL import Image

from explorer.data.processes import command, environment
from explorer.errors import UserError

SECONDS = 20  # for one image
AT_ONCE = max(2, os.cpu_count() or 1)
KEPT = 2  # processes that wait for the next image
LENGTH = struct.Struct("<I")  # length of the message that follows, in bytes

Answer = tuple[Image.Image, tuple[str, ...]]  # RGB, remarks


def decode_apart(content: bytes, name: str, enough: int | None) -> Answer:
    """Like `explorer.data.image_file.decode_here`, in another process. Raises UserError like it, and if the process
    dies or takes more than SECONDS."""
    with _decoder() as process:
        too_slow = Timer(SECONDS, process.kill)
        too_slow.start()
        try:
            to, back = _pipes(process)
            send(to, json.dumps([name, enough]).encode())
            send(to, content)
            answer = json.loads(receive(back))
            pixels = receive(back)
        except (OSError, EOFError) as error:
            process.kill()
            raise UserError(
                f"{name} needs too much memory or time to be decoded, or is damaged: save it again as PNG or JPEG."
            ) from error
        finally:
            too_slow.cancel()
    if "error" in answer:
        raise UserError(answer["error"])
    return Image.frombytes("RGB", tuple(answer["size"]), pixels), tuple(answer["remarks"])


def send(pipe: IO[bytes], content: bytes) -> None:
    """Send one message, its length first. Raises OSError if nobody reads it."""
    pipe.write(LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes:
    """One message. Raises EOFError if the other side has gone."""
    (length,) = LENGTH.unpack(_exactly(pipe, LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    content = pipe.read(count)
    if len(content) < count:
        raise EOFError
    return content


Decoder = subprocess.Popen[bytes]
_slots = BoundedSemaphore(AT_ONCE)
_lock = Lock()
_waiting: list[Decoder] = []
_owner = os.getpid()  # a forked process must not talk through its parent's pipes


@contextmanager
def _decoder() -> Generator[Decoder]:
    """A process that decodes one image at a time for one caller."""
    with _slots:
        process = _taken() or _started()
        try:
            yield process
        except BaseException:  # stopped in the middle of a message: it cannot be used any more
            _end(process)
            raise
        with _lock:
            if kept := len(_waiting) < KEPT:
                _waiting.append(process)
        if not kept:
            _end(process)


def _taken() -> Decoder | None:
    global _owner
    with _lock:
        if _owner != os.getpid():
            _waiting.clear()
            _owner = os.getpid()
        while _waiting:
            process = _waiting.pop()
            if process.poll() is None:
                return process
            _end(process)
    return None


def _started() -> Decoder:
    return subprocess.Popen(
        command("explorer.data.decoder"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
    )


def _pipes(process: Decoder) -> tuple[IO[bytes], IO[bytes]]:
    """(its input, its output)."""
    if process.stdin is None or process.stdout is None:
        raise TypeError("A decoder is started with pipes.")
    return process.stdin, process.stdout


def _end(process: Decoder) -> None:
    process.kill()
    for pipe in _pipes(process):
        with suppress(OSError):  # unwritten data for a process that is gone
            pipe.close()
    process.wait()


@atexit.register
def _end_all() -> None:
    if _owner == os.getpid():
        while _waiting:
            _end(_waiting.pop())
