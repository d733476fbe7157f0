"""The package can be installed: one version, and a command line behind the name `explorer`."""

import re
import tomllib
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

import explorer

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_version_stands_in_one_place() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "explorer/__init__.py"
    assert (ROOT / "explorer/__init__.py").read_text().count("__version__ = ") == 1


def test_the_changelog_has_a_dated_section_for_this_version_and_one_line_a_change() -> None:
    """Between two releases the version is that of the next one with `.dev0`, so that what is made then says so."""
    lines = (ROOT / "CHANGELOG.md").read_text().splitlines()
    dated = dict(re.findall(r"^## (\d+\.\d+\.\d+) \((.+)\)$", "\n".join(lines), re.MULTILINE))
    assert [date.fromisoformat(text) for text in dated.values()]
    number, development = re.fullmatch(r"(\d+\.\d+\.\d+)(\.dev0)?", explorer.__version__).groups()
    newest = next(iter(dated))
    if "## Unreleased" in lines:
        assert development
        assert [*map(int, number.split("."))] > [*map(int, newest.split("."))]
    else:
        assert (number, development) == (newest, None)
    assert [line for line in lines[4:] if line and not line.startswith(("## ", "### ", "- "))] == []
    assert [line for line in lines if len(line) > 120] == []


def test_the_installed_command_is_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    module, function = PROJECT["project"]["scripts"]["explorer"].split(":")
    monkeypatch.setattr("sys.argv", ["explorer", "models", "--no-such-option"])
    assert getattr(import_module(module), function)() == 2
    assert "--no-such-option" in capsys.readouterr().err
