"""The package can be installed: one version, and a command line behind the name `explorer`."""

import tomllib
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
    assert f"## {explorer.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_installed_command_is_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    module, function = PROJECT["project"]["scripts"]["explorer"].split(":")
    monkeypatch.setattr("sys.argv", ["explorer", "models", "--no-such-option"])
    assert getattr(import_module(module), function)() == 2
    assert "--no-such-option" in capsys.readouterr().err
