"""The process that decodes rare kinds of images, one after the other: `python -m explorer.data.decoder`, started by
`apart`. It reads [name, enough] and the file's bytes, and writes the result and the pixels."""

import json
import sys

from explorer.data.apart import receive, send
from explorer.data.image_file import decode_here
from explorer.data.processes import limit_memory
from explorer.errors import UserError

MEMORY = 2 * 1024**3  # bytes of address space: 50 million pixels, a few times over


def main() -> None:
    """Decode one image after another until the input closes."""
    limit_memory(MEMORY)
    source, to = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            name, enough = json.loads(receive(source))
            content = receive(source)
        except EOFError:
            return
        try:
            opened = decode_here(content, name, enough)
        except UserError as error:
            answer, pixels = {"error": str(error)}, b""
        else:
            answer, pixels = {"size": opened.image.size, "remarks": opened.remarks}, opened.image.tobytes()
        send(to, json.dumps(answer).encode())
        send(to, pixels)


if __name__ == "__main__":
    main()
