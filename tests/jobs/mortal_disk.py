"""A disk on which the nth write is the last: its process dies in the middle of it, or there is no room left."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.runs import recorder


class Killed(BaseException):
    """Stands for kill -9: nothing that the process had in mind is written after it, nor removed."""


def full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


class MortalDisk:
    """Of the write after `left` others a part has reached the disk; no later one does."""

    def __init__(self, error: Callable[[], BaseException] = Killed) -> None:
        self.left: int | None = None  # writes until the last; None: all succeed
        self.part = 0.5
        self.writes = 0
        self.error = error
        self.real = {name: getattr(Path, name) for name in ("write_bytes", "replace", "unlink")}
        self.append = recorder.append

    def install(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(Path, "write_bytes", lambda path, content: self._write(path, content))
        for name in ("replace", "unlink") if self.error is Killed else ("replace",):
            patch.setattr(Path, name, self._whole(self.real[name]))
        patch.setattr(recorder, "append", self._append)

    def _ends(self) -> bool:
        self.writes += 1
        if self.left is not None:
            self.left -= 1
        return self.left is not None and self.left < 0

    def _write(self, path: Path, content: bytes) -> int:
        if self._ends():
            if self.left == -1:
                self.real["write_bytes"](path, content[: int(self.part * len(content))])
            raise self.error()
        return self.real["write_bytes"](path, content)

    def _whole(self, real):
        def call(*arguments, **named):
            if self._ends():
                raise self.error()
            return real(*arguments, **named)

        return call

    def _append(self, path: Path, rows: list) -> None:
        before = path.stat().st_size if path.exists() else 0
        if self._ends() and self.left != -1:
            raise self.error()
        self.append(path, rows)
        if self.left == -1:
            os.truncate(path, before + int(self.part * (path.stat().st_size - before)))
            raise self.error()
