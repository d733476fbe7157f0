"""The process that decodes a folder's images: `python -m explorer.data.folder_decoder PATH SIZE FILE`, started by
`folder_apart`."""

import sys
from pathlib import Path

from explorer.data.folder_cache import pack
from explorer.data.image_folder import MAX_BYTES, read_here
from explorer.data.processes import limit_memory

BESIDES = 4 * 1024**3  # bytes of address space for libraries, threads and the images being decoded


def main(path: str, size: int, file: Path) -> None:
    """Decode the images, and write them and the key of their files."""
    limit_memory(MAX_BYTES + BESIDES)
    key, read = read_here(path, size)
    pack(file, key, read)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
