"""docs/training.md lists every option of training with its default and its help."""

from explorer.options import options_of
from explorer.training import TrainConfig
from tests.docs.documents import ROOT, code, section, table

ROWS = table(section((ROOT / "docs/training.md").read_text(), "All options"))


def test_the_table_of_options_is_that_of_the_code() -> None:
    listed = {code(name)[0]: default for name, default, _ in ROWS}
    assert listed == {name: str(default) for name, default in vars(TrainConfig()).items()}


def test_the_table_explains_options_as_page_and_command_line_do() -> None:
    meanings = {code(name)[0]: meaning for name, _, meaning in ROWS}
    for name, option in options_of(TrainConfig()).items():
        assert meanings[name] == option.help
