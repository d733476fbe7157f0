"""`python -m benchmarks.classroom [PART…] [--minutes M]`: thirty visitors at once and one training.

Each visitor is a session of the websocket protocol that Streamlit's own page speaks. Parts, each with its own server:

- arrivals: all open Home within a second of a fresh server's first answer, then all press "Train the demo pair".
- clicks: each opens a page, another one every five seconds, while one run trains; three of them are real browsers.
- watching: all look at the run in training every second, as the page does by itself.
- growth: memory over 1,000 reruns of mixed pages.
- folders: the same pages with 10 and with 2,000 runs in the folder, in turns.

The training is measured alone before and after the visitors, so that other work on the machine shows. Visitors share
the machine with the server: their process has a lower priority (nice 10 more).
"""

import argparse
import asyncio
import hashlib
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from benchmarks.classroom_runs import in_training, planted, steps_done, trained
from benchmarks.start import cpu_seconds
from explorer.runs import Run, find, list_runs
from explorer.runs.weights import weights_file
from tests.server.visitor import Visitor, connected
from tests.serving import serving

PAUSE = 5.0  # seconds between two clicks of a visitor
KNOWN_PID = "import os, pathlib; pathlib.Path(os.environ['EXPLORER_CHECKPOINTS'], '.pid').write_text(str(os.getpid()))"
MEGABYTE = 2**20


def main() -> None:
    """Prints one line per figure, with its goal and n."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classroom", description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)} (all)")
    parser.add_argument("--minutes", type=float, default=2.0, help="of clicks, and of watching")
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--browsers", type=int, default=3, help="of the visitors, in the part `clicks`")
    parser.add_argument("--reruns", type=int, default=1000, help="in the part `growth`")
    parser.add_argument("--runs", type=int, default=2000, help="in the part `folders`, against 10")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}: choose from {', '.join(PARTS)}.")
    for part in given.parts or PARTS:
        print(f"{part} (load {os.getloadavg()[0]:.1f})", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            os.environ["EXPLORER_CHECKPOINTS"] = folder  # of what is read here, too
            asyncio.run(PARTS[part](Path(folder), given))


async def arrivals(folder: Path, given: argparse.Namespace) -> None:
    """Cold arrivals on Home, then the demo button."""
    with app(folder) as url:
        seconds: list[float] = []

        async def arrive(visitor: Visitor) -> None:
            await asyncio.sleep(random.random())
            seconds.append(await timed(visitor.open("")))
            await visitor.press("Train the demo pair")

        visitors = await together(url, given.visitors, arrive)
        line("Home after a cold start", seconds, "< 3 s")
        answered = [visitor for visitor in visitors if visitor.title and not visitor.wrong]
        runs = list_runs(folder)
        named = [sorted(run.id for run in runs if visitor.shows(run.id)) for visitor in answered]
        await trained(folder)
        weights = {
            tuple(hashlib.sha256(weights_file(find(run_id), "best").read_bytes()).hexdigest() for run_id in ids)
            for ids in named
        }
        print(f"  {given.visitors} presses: {len(answered)} answers, {len(runs)} runs (a pair is one training of two)")
        print(f"  sha256 of the weights that {len(named)} visitors see: {len(weights)} different pair(s)", flush=True)


async def clicks(folder: Path, given: argparse.Namespace) -> None:
    """Everybody clicks every five seconds; memory a session; what the training loses."""
    planted(folder, 6)
    with app(folder) as url, in_training(folder) as run:
        await together(url, 1, all_pages)  # warm: what a page imports, and what all share
        seconds: list[float] = []
        before, alone = resident(folder), [await rate(run, 20)]

        async def click(visitor: Visitor) -> None:
            draw = random.Random(id(visitor))
            await asyncio.sleep(PAUSE * draw.random())
            await visitor.open("")
            end = time.monotonic() + 60 * given.minutes
            while time.monotonic() < end:
                took = await timed(visitor.open(draw.choice(visitor.pages)))
                seconds.append(took)
                wrong.extend(visitor.wrong)
                await asyncio.sleep(max(0.0, PAUSE - took))
            most.append(resident(folder))

        wrong, most = [], []
        from benchmarks.classroom_browsers import browse

        looked: list[float] = []
        sessions = given.visitors - given.browsers
        began, steps, computed = time.monotonic(), steps_done(run), cpu_seconds(int(pid(folder)))
        await asyncio.gather(
            together(url, sessions, click), browse(url, given.browsers, 60 * given.minutes, PAUSE, looked)
        )
        during = (steps_done(run) - steps) / (time.monotonic() - began)
        alone.append(await rate(run, 20))
        line(f"a click, {sessions} sessions", seconds, "p95 < 1.0 s")
        of_server(folder, computed, len(seconds) + len(looked))
        if looked:
            line(f"a click until its title, {given.browsers} browsers", looked, "")
        print(f"  {len(wrong)} red sentences or exceptions: {sorted(set(wrong))[:3]}")
        print(f"  memory a session: {(max(most) - before) / MEGABYTE / given.visitors:.1f} MB (goal < 20 MB)")
        slower("clicks", alone, during, 10)


async def watching(folder: Path, given: argparse.Namespace) -> None:
    """Everybody looks at the training, every second."""
    with app(folder) as url, in_training(folder) as run:
        await together(url, 1, lambda visitor: visitor.open("train"))
        seconds: list[float] = []
        alone = [await rate(run, 20)]

        async def watch(visitor: Visitor) -> None:
            await asyncio.sleep(random.random())
            await visitor.open("train")
            ready.append(visitor)
            while len(ready) < given.visitors:
                await asyncio.sleep(0.1)
            await asyncio.sleep(random.random())  # as a browser's timer begins when its visitor comes: not in step
            end = time.monotonic() + 60 * given.minutes
            computed.append(cpu_seconds(int(pid(folder))))
            first.append((time.monotonic(), steps_done(run)))
            while time.monotonic() < end:
                took = await timed(visitor.look_again())
                seconds.append(took)
                await asyncio.sleep(max(0.0, 1.0 - took))
            last.append((time.monotonic(), steps_done(run)))

        ready: list[Visitor] = []
        computed: list[float] = []
        first, last = [], []
        await together(url, given.visitors, watch)
        (began, before), (ended, after) = first[0], last[0]
        alone.append(await rate(run, 20))
        line("a live look", seconds, "p95 < 200 ms")
        of_server(folder, computed[0], len(seconds))
        slower("watching", alone, (after - before) / (ended - began), 5)


async def growth(folder: Path, given: argparse.Namespace) -> None:
    """Memory over reruns of mixed pages, by one visitor after all pages have been open twice."""
    planted(folder, 6)
    with app(folder) as url:

        async def rerun(visitor: Visitor) -> None:
            for _ in range(2):
                await all_pages(visitor)
            await asyncio.sleep(10)  # what is collected every five seconds
            sizes.append(resident(folder))
            for number in range(given.reruns):
                await visitor.open(visitor.pages[number % len(visitor.pages)])
                if number + 1 in (given.reruns // 2, given.reruns):
                    await asyncio.sleep(10)
                    sizes.append(resident(folder))

        sizes: list[int] = []
        await together(url, 1, rerun)
        begin, half, end = (size / MEGABYTE for size in sizes)
        print(f"  {given.reruns} reruns: {begin:.0f} MB, half way {half:.0f} MB, at the end {end:.0f} MB", flush=True)


async def folders(folder: Path, given: argparse.Namespace) -> None:
    """What a page costs with many runs in the folder, over what it costs with ten."""
    few, many = folder / "few", folder / "many"
    for path, count in ((few, 10), (many, given.runs)):
        path.mkdir()
        planted(path, count)
    with app(few) as fewer, app(many) as more:
        computed: dict[str, dict[str, list[float]]] = {fewer: {}, more: {}}
        async with AsyncExitStack() as stack:
            pair = {url: Visitor(await stack.enter_async_context(connected(url))) for url in (fewer, more)}
            clock = {url: cpu_clock(int(pid(path))) for url, path in ((fewer, few), (more, many))}
            for visitor in [*pair.values()] * 2:
                await all_pages(visitor)
            for page in [page for page in pair[fewer].pages for _ in range(5)]:
                for url, visitor in pair.items():
                    before = time.clock_gettime(clock[url])
                    await visitor.open(page)
                    await asyncio.sleep(0.02)  # the end of a run is computed after it has been sent
                    computed[url].setdefault(page, []).append(time.clock_gettime(clock[url]) - before)
        middle = {url: {page: sorted(times)[2] for page, times in pages.items()} for url, pages in computed.items()}
        print("  the server's CPU, with 10 runs and with many:")
        for page in middle[fewer]:
            some, lots = middle[fewer][page], middle[more][page]
            print(f"  {page or 'home':14s} {1e3 * some:6.0f} ms {1e3 * lots:6.0f} ms, {lots / some:.2f} times (n = 5)")
        total = sum(middle[more].values()) / sum(middle[fewer].values())
        print(f"  all pages: {given.runs} runs cost {total:.2f} times 10 (goal < 1.5)", flush=True)


def cpu_clock(process: int) -> int:
    """Of a process, for `time.clock_gettime`: what other work on the machine changes little; of Linux."""
    return (~process << 3) | 2


PARTS: dict[str, Callable[[Path, argparse.Namespace], Awaitable[None]]] = {
    part.__name__: part for part in (arrivals, clicks, watching, growth, folders)
}


@contextmanager
def app(folder: Path) -> Generator[str]:
    """A server's address; what is measured from here on has the lower priority of visitors."""
    with serving(folder, KNOWN_PID) as url:
        os.setpriority(os.PRIO_PROCESS, 0, min(19, os.getpriority(os.PRIO_PROCESS, int(pid(folder))) + 10))
        yield url


def pid(folder: Path) -> str:
    """Of the server."""
    return (folder / ".pid").read_text()


def resident(folder: Path) -> int:
    """Bytes of memory that the server has and no file backs: of files the system takes pages back as it likes."""
    _, every, of_files, *_ = map(int, Path(f"/proc/{pid(folder)}/statm").read_text().split())
    return (every - of_files) * os.sysconf("SC_PAGE_SIZE")


async def together(url: str, count: int, visit: Callable[[Visitor], Awaitable[None]]) -> list[Visitor]:
    """What `visit` does, done by so many visitors at once."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(connected(url)) for _ in range(count)]
        visitors = [Visitor(socket) for socket in sockets]
        await asyncio.gather(*(visit(visitor) for visitor in visitors))
    return visitors


async def all_pages(visitor: Visitor) -> None:
    """Each page once."""
    await visitor.open("")
    for page in visitor.pages:
        await visitor.open(page)


async def timed(done: Awaitable[None]) -> float:
    """Seconds."""
    began = time.monotonic()
    await done
    return time.monotonic() - began


async def rate(run: Run, seconds: float) -> float:
    """Steps a second of a run that trains."""
    before, began = steps_done(run), time.monotonic()
    await asyncio.sleep(seconds)
    return (steps_done(run) - before) / (time.monotonic() - began)


def line(what: str, seconds: list[float], goal: str) -> None:
    """Print median, p95 and most."""
    ordered = sorted(seconds)
    middle, p95, most = (1e3 * ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.95, 1.0))
    print(f"  {what}: median {middle:.0f} ms, p95 {p95:.0f} ms, most {most:.0f} ms (n = {len(ordered)}; goal {goal})")


def of_server(folder: Path, before: float, count: int) -> None:
    """Print what the server computed for each of so many, which other work on the machine changes little."""
    each = (cpu_seconds(int(pid(folder))) - before) / count
    print(f"  of the server's CPU for each: {1e3 * each:.1f} ms")


def slower(what: str, alone: list[float], during: float, goal: int) -> None:
    """Print what the training loses."""
    before, after = alone
    share = 100 * (1 - during / ((before + after) / 2))
    rates = f"{before:.1f} steps/s alone, {during:.1f} with {what}, {after:.1f} alone again"
    print(f"  training: {rates}: {share:.1f} % slower (goal < {goal} %)", flush=True)


if __name__ == "__main__":
    main()
