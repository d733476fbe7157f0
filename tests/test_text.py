"""The plural is written in one place."""

import re
from pathlib import Path

from explorer.text import plural

ROOT = Path(__file__).parents[1]
BY_HAND = re.compile(r"""['"]s['"] *\*|\* *['"]s['"]|['"]s['"] if |else ['"]s['"]""")


def test_only_one_has_no_s() -> None:
    assert [plural(n, "run") for n in (0, 1, 2, 1234)] == ["0 runs", "1 run", "2 runs", "1,234 runs"]


def test_nobody_writes_the_s_himself() -> None:
    files = [*(ROOT / "explorer").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    by_hand = {str(path.relative_to(ROOT)) for path in files if BY_HAND.search(path.read_text())}
    assert by_hand == {"explorer/text.py"}  # the one that all use
