"""README and docs/ as data: tables, code blocks, inline code, and the commands that they show."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
PROGRAMS = ("uv ", "uvx ", "pip ", "python -m ", "git ", "ray ", "apt-get ", ".ci/", "explorer ")


@dataclass(frozen=True)
class Command:
    """One program call of a document: `words` as a shell splits them, without what chooses the environment."""

    document: str
    text: str

    @property
    def words(self) -> tuple[str, ...]:
        words = shlex.split(self.text)
        if words[:2] == ["uv", "run"]:
            words = words[2:]
            while words[0] in ("--extra", "--group"):
                words = words[2:]
        return tuple(words)

    def __str__(self) -> str:
        return f"{self.document}: {self.text}"


def section(text: str, title: str) -> str:
    """What stands below a heading, up to the next one of its rank."""
    found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"no heading '{title}'"
    return found[2]


def table(text: str) -> list[list[str]]:
    """The cells of the first table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<= )\|(?= )", line.strip("|"))] for line in lines[2:]]


def code(text: str) -> list[str]:
    """What stands between backticks, outside code blocks."""
    return [" ".join(found.split()) for found in re.findall(r"(?<!`)`([^`]+)`(?!`)", FENCE.sub("", text))]


def blocks(text: str, language: str = "") -> list[str]:
    return [body for marked, body in FENCE.findall(text) if marked == language]


def commands() -> list[Command]:
    """Every command of README and docs, in their order: from code blocks, and inline ones that name a program."""
    found = []
    for document in DOCUMENTS:
        text = document.read_text()
        lines = [line for block in blocks(text) for line in block.replace("\\\n", " ").splitlines()]
        inline = [span for span in code(text) if "…" not in span and "NAME" not in span]
        for line in [*lines, *inline]:
            parts = [" ".join(part.split()) for part in line.partition(" # ")[0].split("&&")]
            found += [Command(document.name, part) for part in parts if part.startswith(PROGRAMS)]
    return list(dict.fromkeys(found))
