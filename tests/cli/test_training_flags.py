"""`train` has a flag for each option of training, made from TrainConfig."""

import json

import pytest
import typer
from typer.testing import CliRunner

from explorer.cli.training_flags import training_flag, with_training_flags
from explorer.options import options_of
from explorer.training import TrainConfig

OPTIONS = options_of(TrainConfig())


@pytest.fixture
def command() -> typer.Typer:
    """A command that prints what was typed."""
    app = typer.Typer(rich_markup_mode=None)

    @app.command()
    @with_training_flags
    def told(context: typer.Context, first: str = "1", training: dict | None = None, last: bool = False) -> int:
        print(json.dumps({"first": first, "last": last, "training": training}))
        return 0

    return app


def test_every_option_has_a_flag_with_its_help_and_default(command):
    shown = " ".join(CliRunner().invoke(command, ["--help"]).output.split())
    for name, option in OPTIONS.items():
        flag = option.flag or f"--{name.replace('_', '-')}"
        assert f" {flag} " in shown
        assert option.help in shown
        assert option.bounds().capitalize() in shown
        if option.type is not bool:
            assert f"[default: {option.default}]" in shown


def test_the_command_gets_what_was_typed_and_nothing_else(command):
    typed = ["--first", "2", "--lr", "0.1", "--augment", "--no-augment", "--momentum", "0.9", "--last"]
    told = json.loads(CliRunner().invoke(command, typed).output)
    training = {"learning_rate": "0.1", "augment": False, "momentum": "0.9"}
    assert told == {"first": "2", "last": True, "training": training}
    assert json.loads(CliRunner().invoke(command, []).output)["training"] == {}


def test_choices_are_in_the_help():
    assert training_flag("device").metavar == "auto|cpu|cuda|mps"
