"""The files of a run's folder that are exported, and how large they may be."""

import re

CHECKSUMS = "checksums.json"  # name → sha256 of every other file, in an archive that `export` wrote
_FILES = re.compile(
    r"run\.json|epochs\.jsonl|steps\.jsonl|test_answers\.npy|checksums\.json"
    r"|weights/(best|last|epoch-\d{4,5})\.safetensors|state/state\.safetensors"
)
# What systems and this app leave in a folder and nobody needs; portrait.npz is computed again.
_LEFT_BEHIND = re.compile(
    r"(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini|\.lock|stop|portrait\.npz)|(.*/)?explanation-checks/.*|__MACOSX/.*"
)

MOST_FILES = 20_100  # two for each of 10,000 epochs, and some more
MOST_BYTES = 2 * 2**30  # of all files, unpacked
MOST_JSON = 16 * 2**20  # of run.json and checksums.json
MOST_RATIO = 100  # unpacked size over packed size, for archives larger than SMALL when unpacked: weights hardly shrink
SMALL = 20 * 2**20


def travels(name: str) -> bool:
    """Whether a file, by its path in the run's folder, belongs to a run."""
    return _FILES.fullmatch(name) is not None


def is_left_behind(name: str) -> bool:
    """Whether a file, by its path in an archive, is ignored."""
    return _LEFT_BEHIND.fullmatch(name) is not None
