"""A folder's images decoded by another process.

A server that decodes sixty thousand images for one visitor keeps all others waiting, and a decoder that crashes takes
the server with it.
"""

import subprocess
import tempfile
from pathlib import Path
from threading import BoundedSemaphore

from explorer.data.folder_cache import Read, unpacked
from explorer.data.processes import command, environment
from explorer.errors import UserError

AT_ONCE = 2  # folders
SECONDS = 1800  # for one folder

_slots = BoundedSemaphore(AT_ONCE)


def read_apart(path: str, size: int, key: str) -> Read:
    """All images of the folder at `size` × `size` pixels, including damaged ones. `key`: of its files when they were
    listed.

    Raises UserError if they change meanwhile, take more than SECONDS, or need more memory than there is.
    """
    with _slots, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "images.npz")
        try:
            ended = subprocess.run(
                command("explorer.data.folder_decoder", path, str(size), str(file)),
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            minutes = SECONDS // 60
            raise UserError(f"'{path}' takes longer than {minutes} minutes to read: give fewer images.") from error
        if ended.returncode:
            raise UserError(f"'{path}' cannot be read (the server's log has the details): give other images.")
        read = unpacked(file, key)
    if read is None:
        raise UserError(f"The files of '{path}' changed while they were read: try again.")
    return read
