"""docs/tour.md: at most twelve stops a way, and every file and name is where it says."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, section

TEXT = (ROOT / "docs/tour.md").read_text()
STOP = re.compile(r"^\d+\. (.+?)(?=\n\d+\. |\n\n|\Z)", re.DOTALL | re.MULTILINE)
WAYS = re.findall(r"^## (From .+)$", TEXT, re.MULTILINE)
FILE = re.compile(r"`((?:explorer|pages)/[\w/.]+\.py)`((?:, `[\w.]+`)*)")


def defined(path: Path) -> set[str]:
    """Top-level names of a file, and `Class.method`."""
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{part.name}" for part in node.body if isinstance(part, ast.FunctionDef)}
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def test_there_are_four_ways() -> None:
    assert len(WAYS) == 4


@pytest.mark.parametrize("way", WAYS)
def test_a_way_has_at_most_twelve_stops_each_of_them_a_file(way: str) -> None:
    stops = STOP.findall(section(TEXT, way))
    assert 8 <= len(stops) <= 12
    assert [stop for stop in stops if not FILE.match(stop)] == []


def test_every_name_is_where_the_tour_says() -> None:
    wrong = []
    for file, names in FILE.findall(" ".join(TEXT.split())):
        path = ROOT / file
        if path.stem.startswith("my_"):  # what a newcomer writes
            assert path.parent.is_dir(), file
        elif not path.is_file():
            wrong.append(file)
        else:
            wrong += [f"{file}, {name}" for name in re.findall(r"`(.+?)`", names) if name not in defined(path)]
    assert wrong == []


def test_names_that_stand_alone_are_defined_somewhere() -> None:
    """`fit` and `asking`, whose file was named before or stands beside them."""
    everywhere = set().union(*(defined(path) for path in (ROOT / "explorer").rglob("*.py")))
    alone = re.findall(r"(?<!, )`([A-Za-z_]+)`(?!, `)", FILE.sub("", " ".join(TEXT.split())))
    files = {path.stem for path in (ROOT / "explorer").rglob("*.py")}
    assert [name for name in alone if name not in {*everywhere, *files}] == []


def test_adding_takes_at_most_three_files() -> None:
    rows = [line for line in section(TEXT, "Where to add something").splitlines() if line.startswith("| a")]
    assert len(rows) >= 4
    assert [row for row in rows if len(set(FILE.findall(row))) > 4 or "4. " in row] == []
