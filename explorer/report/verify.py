"""Check a report: compute each of its lines again from the run folders, and name those that differ."""

import base64
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from difflib import Match, SequenceMatcher
from html import unescape
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from explorer import __version__
from explorer.errors import UserError
from explorer.report.build import Progress, build
from explorer.report.content import Computed
from explorer.report.html import Line, lines, request_of
from explorer.report.request import other_names

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

HASHES = re.compile(r' data-run="([^"]*)" data-file="([^"]*)" data-hash="([^"]*)"')
PIXELS = re.compile(r'src="data:image/png;base64,([^"]*)"')
ALT = re.compile(r' aria-label="[^"]*"')  # of a chart
TAG = re.compile(r"(<[^<>]*>)")  # not past the next one: a line of a million "<" would take days
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
VALUE = re.compile(r' data-value="([^"]*)"')
HASH = re.compile(r"(?<=>)[0-9a-f]{16}(?=</td>)")  # that a cell shows
CLOSE = 1e-4  # for probabilities and correlations that a network computes: 5 × the largest difference seen
MOST_TIMES = 5  # times the expected number of lines: a longer file is not compared
OFF = 0.02  # pixels: tolerance of a position in a chart, which another machine may round differently
LEVELS = 2  # of 255: tolerance of a pixel
MOST_WORK = 50_000_000  # comparisons of two lines, several seconds: a malicious file could need hours
LONGEST = 160  # characters of a line that are shown


def verify(
    page: str, folder: str | None = None, data_folder: str | None = None, progress: Progress | None = None
) -> list[str]:
    """A sentence for each line of a report's HTML that does not agree with the runs; empty if all do.

    Raises UserError if it is not a report, or if one of its runs does not exist. `progress`: see `build`.
    """
    request = request_of(page)
    found = differences(page, lines(build(request, folder, data_folder, progress)))
    return [*other_names(request, folder), *found]


def other_version(page: str) -> str | None:
    """A sentence if the report was made by another version of this app; else None."""
    version = request_of(page).version
    if version == __version__:
        return None
    return f"Version {version} made this report; this is version {__version__}, which may write some lines differently."


def differences(page: str, again: list[Line], hashes: bool = True) -> list[str]:
    """Compare a file with the lines that were computed again; `hashes`: also compare the hashes of their files.

    Raises UserError if the file has so many lines, or differs in so many places, that it cannot be this report.
    """
    given = page.removesuffix("\n").split("\n")
    if len(given) > MOST_TIMES * len(again):
        raise UserError(f"The file has {len(given):,} lines; the report of these runs has {len(again):,}.")
    files: dict[str, None] = {}  # that differ now, in the order in which they occur
    found: list[str] = []
    matcher = _Matcher([_plain(text) for text in given], [_plain(line.text) for line in again])
    for kind, start, end, start_again, end_again in matcher.get_opcodes():
        old, new = given[start:end], again[start_again:end_again]
        both = min(len(old), len(new))
        pairs = list(zip(old[:both], new[:both], strict=True))
        for number, (text, line) in enumerate(pairs, start + 1):
            files |= dict.fromkeys(_other_files(text, line.text) if hashes else ())
            if kind != "equal" and not _same(_plain(text), _plain(line.text), line.computed):
                if not hashes and HASH.search(text) and HASH.sub("", _plain(text)) == HASH.sub("", _plain(line.text)):
                    continue
                found.append(_differs(number, text, line))
        place = again[min(start_again, len(again) - 1)].place
        found += [
            f"Line {number}, at {place}: the runs do not give “{_short(text)}”."
            for number, text in enumerate(old[both:], start + both + 1)
        ]
        found += [f"Line {end}, {line.place}: “{_short(line.text)}” is missing." for line in new[both:]]
    return [*files, *found]


class _Matcher(SequenceMatcher):
    """Raises UserError if finding equal parts would take more than MOST_WORK."""

    def __init__(self, given: list[str], again: list[str]) -> None:
        super().__init__(None, given, again, False)
        often = Counter(again)
        self._work = list(accumulate((1 + often[text] for text in given), initial=0))
        self._left = MOST_WORK

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Like the method of the base class."""
        self._left -= self._work[-1 if ahi is None else ahi] - self._work[alo]
        if self._left < 0:
            raise UserError("The file differs from the report of these runs in too many places to list them.")
        return super().find_longest_match(alo, ahi, blo, bhi)


def _plain(text: str) -> str:
    """A line without its hashes, which are compared separately."""
    return HASHES.sub("", text)


def _other_files(text: str, again: str) -> Iterator[str]:
    for (runs, file, hashes), (runs_now, file_now, hashes_now) in zip(
        HASHES.findall(text), HASHES.findall(again), strict=False
    ):
        if (runs, file) != (runs_now, file_now):  # so that their hashes are those of other files
            yield f"The report gives {file} of {runs} as the origin of what comes from {file_now} of {runs_now}."
            continue
        for run, old, new in zip(runs_now.split(), hashes.split(), hashes_now.split(), strict=False):
            if old != new:
                yield f"{run}: {file_now} has the hash {new}, but the report was made from {old}."
        if len(hashes.split()) != len(hashes_now.split()):
            yield f"The report does not give one hash for each of the runs {runs_now}."
    if len(HASHES.findall(text)) != len(HASHES.findall(again)):
        yield f"The report does not say where “{_short(again)}” comes from."


def _differs(number: int, text: str, line: Line) -> str:
    pixels, pixels_again = PIXELS.search(text), PIXELS.search(line.text)
    if pixels and pixels_again and (pixels[1] == pixels_again[1] or _same_pixels(pixels[1], pixels_again[1])):
        rest, rest_again = (PIXELS.sub("", each) for each in (text, line.text))
        return f"Line {number}, {line.place}: the words of the picture differ ({_first(rest, rest_again)})."
    if pixels and pixels_again:
        return f"Line {number}, {line.place}: the picture is not the one that the runs give."
    if text.startswith("<svg") and line.text.startswith("<svg"):
        if ALT.sub("", text, count=1) == ALT.sub("", line.text, count=1):
            return f"Line {number}, {line.place}: the words of the chart differ ({_first(text, line.text)})."
        return f"Line {number}, {line.place}: the chart is not the one that the runs give ({_first(text, line.text)})."
    if _shown(text) == _shown(line.text):
        return f"Line {number}, {line.place}: only the markup differs ({_first(text, line.text)})."
    if _short(text) == _short(line.text):
        return f"Line {number}, {line.place}: {_first(_shown(text), _shown(line.text))}."
    return f"Line {number}, {line.place}: the report says “{_short(text)}”, the runs give “{_short(line.text)}”."


def _first(text: str, again: str) -> str:
    """The place where two long lines begin to differ."""
    at = next((i for i, (a, b) in enumerate(zip(text, again, strict=False)) if a != b), min(len(text), len(again)))
    return f"“{text[max(0, at - 15) : at + 15]}” instead of “{again[max(0, at - 15) : at + 15]}”"


def _same(text: str, again: str, computed: Computed | None) -> bool:
    """Whether two lines agree except for what machines round differently."""
    if text == again:
        return True
    if computed:
        return _same_number(text, again, computed)
    pixels, pixels_again = PIXELS.search(text), PIXELS.search(again)
    if pixels and pixels_again:
        rest, rest_again = PIXELS.sub("", text), PIXELS.sub("", again)
        return rest == rest_again and _same_pixels(pixels[1], pixels_again[1])
    return text.startswith("<svg") and again.startswith("<svg") and _same_drawing(text, again)


def _same_number(text: str, again: str, computed: Computed) -> bool:
    """The number that the file stores must be close, and the shown number must be the stored one as it is written."""
    given = VALUE.search(text)
    try:
        other = replace(computed, value=float(given[1])) if given else None
    except ValueError:
        return False
    if not other or not abs(other.value - computed.value) <= CLOSE:
        return False
    return text == again.replace(f'"{computed.kept}">{computed.text}<', f'"{other.kept}">{other.text}<')


def _same_pixels(encoded: str, encoded_again: str) -> bool:
    from PIL import Image

    try:
        images = [_opened(text) for text in (encoded, encoded_again)]
        if images[0].size != images[1].size:  # checked before unpacking, because a stranger may have made it
            return False
        first, second = (np.asarray(image.convert("RGB"), dtype=np.int16) for image in images)
    except (ValueError, OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
    return int(np.abs(first - second).max()) <= LEVELS


def _opened(encoded: str) -> "ImageFile":
    """An image of which only the header has been read."""
    from PIL import Image

    return Image.open(io.BytesIO(base64.b64decode(encoded)), formats=["PNG"])


def _same_drawing(text: str, again: str) -> bool:
    """Texts and names must be equal; positions may differ by OFF."""
    parts, parts_again = TAG.split(text), TAG.split(again)
    if len(parts) != len(parts_again):
        return False
    for part, other in zip(parts, parts_again, strict=True):
        if part == other:
            continue
        if not part.startswith("<") or part.startswith("<svg") or NUMBER.sub("#", part) != NUMBER.sub("#", other):
            return False
        values, values_again = ([float(n) for n in NUMBER.findall(each)] for each in (part, other))
        if not np.allclose(values, values_again, rtol=0, atol=OFF):
            return False
    return True


def _shown(text: str) -> str:
    """What a reader sees of a line."""
    return " ".join(unescape(TAG.sub(" ", text)).split()) or text


def _short(text: str) -> str:
    written = _shown(text)
    return written if len(written) <= LONGEST else written[: LONGEST - 1] + "…"
