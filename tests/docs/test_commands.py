"""Every command of README and docs does what it says: each is run, reduced, or read by the parser of its program."""

import importlib.util
import os
import re
import runpy
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from pathlib import Path

import pytest
import typer
from click import Command as Parser
from PIL import Image

from explorer.cli import app, main
from explorer.data import load
from tests.docs.documents import DOCUMENTS, ROOT, Command, code, commands
from tests.serving import serving

CLI: dict[str, Parser] = typer.main.get_command(app).commands
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ALL = commands()
OURS = [command for command in ALL if command.words[:3] == ("python", "-m", "explorer")]
BENCHMARKS = [command for command in ALL if " ".join(command.words[:3]).startswith("python -m benchmarks.")]
# What makes a command short enough to run; a later option overrides an earlier one.
REDUCED = {
    "train": ("--epochs", "1", "--device", "cpu", "--fraction", "0.05"),
    "study": ("--epochs", "1", "--seeds", "1", "--device", "cpu"),
    "resume": ("--epochs", "2"),
}
ELSEWHERE = {  # what a command needs that a test must not: the command is only parsed here
    "--cluster": "tests/jobs/test_cluster.py",
    "fetch": "tests/runs/test_fetch.py",
}


def arguments(command: Command) -> list[str]:
    return list(command.words[3:])


def test_the_documents_show_commands() -> None:
    assert len(OURS) >= 13
    assert len(BENCHMARKS) >= 15


@pytest.mark.parametrize("command", OURS, ids=str)
def test_the_command_line_can_parse(command: Command) -> None:
    name, *rest = arguments(command)
    CLI[name].make_context(name, rest)


def test_every_command_of_the_command_line_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    shown = {arguments(command)[0] for command in OURS if command.document == "README.md"}
    beside = set(re.findall(r"[\w-]+", " ".join(re.findall(r"# and: ([\w, -]+)", readme))))
    assert set(CLI) <= shown | beside


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_options_in_the_text_exist(document: Path) -> None:
    """`explain --layer` is an option of explain; a bare `--cluster` is an option of some command."""
    wrong = []
    known = {name: {opt for p in parser.params for opt in (*p.opts, *p.secondary_opts)} for name, parser in CLI.items()}
    anywhere = set().union(*known.values())
    for span in code(document.read_text()):
        first, given = span.split()[0], re.findall(r"(?<!\S)--[a-z][\w-]*", span)
        if first in known:
            wrong += [span for option in given if option not in known[first]]
        elif first.startswith("--") and document.name in ("README.md", "training.md", "why.md", "CONTRIBUTING.md"):
            wrong += [span for option in given if option not in {*anywhere, "--option"}]
    assert wrong == []


@pytest.mark.slow
def test_the_commands_of_the_documents_run(tmp_path, monkeypatch, capsys) -> None:
    """In their order, in an empty folder, where the ids of runs are those of the README; on bundled digits."""
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(tmp_path / "checkpoints"))
    data = load("digits")
    monkeypatch.chdir(tmp_path)
    Image.fromarray(255 - data.test.pixels[0, 0]).save("photo.png")
    for command in OURS:
        name, *rest = arguments(command)
        if name in ELSEWHERE or "--cluster" in rest:
            continue
        if "--preset" in rest:
            rest += ["--dataset", "digits"]  # its own is a download
        assert main([name, *rest, *REDUCED.get(name, ())]) == 0, command
        written = capsys.readouterr().out
        assert written.strip(), f"{command} printed nothing"
    with Image.open("overlay.png") as overlay:
        assert overlay.mode == "RGB"


@pytest.mark.parametrize("command", BENCHMARKS, ids=str)
def test_a_benchmark_can_parse(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the moment when it would begin to measure."""
    _, _, module, *rest = command.words
    if module != "benchmarks.training" and "playwright" in Path(f"{module.replace('.', '/')}.py").read_text():
        pytest.importorskip("playwright")
    parse = ArgumentParser.parse_args

    def parse_and_end(self, given=None, namespace=None):
        parse(self, given, namespace)
        raise _Parsed

    monkeypatch.setattr(ArgumentParser, "parse_args", parse_and_end)
    monkeypatch.setattr("sys.argv", [module, *("simple_cnn" if word == "MODEL" else word for word in rest)])
    monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(_Parsed):
        runpy.run_module(module, run_name="__main__")


class _Parsed(Exception):
    """The arguments of a benchmark were understood."""


@pytest.mark.slow
def test_the_app_starts_with_the_command_of_the_readme(tmp_path) -> None:
    assert Command("README.md", "uv run streamlit run streamlit_app.py") in ALL
    with serving(tmp_path):
        pass  # it has answered


@pytest.mark.slow
def test_both_tiers_of_tests_run_by_their_commands() -> None:
    for text, file in (
        ("uv run pytest", "tests/test_package.py"),
        ("uv run pytest -n 0 -m slow", "tests/jobs/test_kill.py"),
    ):
        (command,) = {command.words for command in ALL if command.text == text}
        collected = subprocess.run(
            [sys.executable, "-m", *command, "--collect-only", file], cwd=ROOT, capture_output=True, text=True
        )
        assert collected.returncode == 0, f"{text} finds nothing in {file}: {collected.stdout}"


def test_the_script_of_all_checks_is_a_script() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True)


def test_ray_is_called_with_options_that_it_has() -> None:
    scripts = pytest.importorskip("ray.scripts.scripts")
    calls = [command.words for command in ALL if command.words[0] == "ray"]
    assert sorted(name for _, name, *_ in calls) == ["get-auth-token", "start", "start"]
    for _, name, *rest in calls:
        known = {option for parameter in scripts.cli.commands[name].params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known


def test_what_is_installed_can_be_installed() -> None:
    """Extras and groups are those of pyproject.toml, and what pip gets by name belongs to one of them."""
    offered = {*PROJECT["project"]["optional-dependencies"], *PROJECT["dependency-groups"]}
    packages = re.findall(r"[\w-]+(?=[><=~])", str([PROJECT["project"], PROJECT["dependency-groups"]]))
    for command in ALL:
        assert set(re.findall(r"--(?:extra|group) (\S+)", command.text)) <= offered, command
        if command.words[:2] == ("pip", "install"):
            assert set(command.words[2:]) <= {*packages, "uv", "."}, command


def test_no_command_is_left_out() -> None:
    """A command in a document that none of these tests reads would be a claim that nobody checks."""
    read = ("python -m explorer", "python -m benchmarks.", "pytest", "streamlit run", "ray ", "pip install")
    others = ("uv sync --extra", "uv sync --project", "uv audit ")
    others += ("uvx pre-commit", "apt-get install chromium", ".ci/run", "ruff ", "ty check")
    left = [str(command) for command in ALL if not " ".join(command.words).startswith((*read, *others))]
    assert left == []


def test_modules_that_documents_name_exist() -> None:
    for document in DOCUMENTS:
        for module in re.findall(r"python -m ((?:benchmarks|tests|explorer)[\w.]*[a-z_])\b", document.read_text()):
            assert importlib.util.find_spec(module), f"{document.name}: {module}"


def test_hooks_run_what_all_checks_run() -> None:
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text())
    checks = (ROOT / ".ci/run").read_text().splitlines()
    assert hooks
    assert [hook for hook in hooks if not {hook, f"{hook} ."} & set(checks)] == []
