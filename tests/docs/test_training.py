"""docs/training.md lists every option of training with its default."""

from explorer.training import TrainConfig
from tests.docs.documents import ROOT, code, section, table


def test_the_table_of_options_is_that_of_the_code() -> None:
    rows = table(section((ROOT / "docs/training.md").read_text(), "All options"))
    listed = {code(name)[0]: default for name, default, _ in rows}
    assert listed == {name: str(default) for name, default in vars(TrainConfig()).items()}
