"""`python -m benchmarks.start [--rounds N]`: from `streamlit run` to a usable Home, and to the first saliency map.

Each round starts three servers in turn: an empty Streamlit app, this app for Home, this app for Saliency. Each is asked
by a session of the websocket protocol as soon as it answers, and has no cache but Python's compiled files. Seconds by
the clock, from the start of the process to the end of the page's run; in brackets the server's CPU time, which says
more when others work on the machine.
"""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.server.visitor import Visitor, connected

ROOT = Path(__file__).parents[1]
EMPTY = "import streamlit as st\nst.title('Nothing?')\n"


def main() -> None:
    """Prints medians of the three, and how many times the empty app Home takes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY)
        app = ROOT / "streamlit_app.py"
        sides = {"an empty app": (empty, ""), "Home": (app, ""), "the first saliency map": (app, "saliency")}
        took: dict[str, list[tuple[float, float]]] = {side: [] for side in sides}
        print(f"load {os.getloadavg()[0]:.1f}")
        for _ in range(given.rounds):
            for side, (script, page) in sides.items():
                took[side].append(asyncio.run(first_page(script, page, Path(folder))))
    middle = {side: [statistics.median(each) for each in zip(*times, strict=True)] for side, times in took.items()}
    for side, times in took.items():
        every = ", ".join(f"{wall:.1f} ({cpu:.1f})" for wall, cpu in times)
        print(f"{side:24s} {middle[side][0]:5.2f} s ({middle[side][1]:.2f} s of CPU), n = {len(times)}: {every}")
    wall, cpu = (home / none for home, none in zip(middle["Home"], middle["an empty app"], strict=True))
    print(f"Home takes {wall:.2f} times an empty app by the clock, {cpu:.2f} times its CPU (goal 1.5)")


async def first_page(script: Path, page: str, folder: Path) -> tuple[float, float]:
    """(seconds by the clock, the server's CPU seconds) until the page has been sent."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.monotonic()
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    environment = os.environ | {"EXPLORER_CHECKPOINTS": str(folder / f"runs-{port}")}
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                async with connected(f"http://127.0.0.1:{port}") as connection:
                    visitor = Visitor(connection)
                    await visitor.open(page)
                    return time.monotonic() - began, cpu_seconds(server.pid)
            except OSError:
                assert server.poll() is None, "The server has ended."
                await asyncio.sleep(0.02)
    finally:
        server.terminate()
        server.wait(timeout=60)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process; of Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
