"""An accuracy in a table reads as in a sentence, and is sorted as the number that it is."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from explorer.text import percent
from explorer.ui.accuracies import FORMAT

FRACTIONS = [1.0, 0.9999, 0.5, 0.0004, 0.0]


def _table(fractions: list[float | None]) -> None:
    import pandas as pd

    from explorer.ui import saving
    from explorer.ui.accuracies import PERCENT, in_percent, written

    rows = [{"accuracy": in_percent(each), "loss": each, "epochs": 12, "note": None} for each in fractions]
    frame = pd.DataFrame(rows).astype({"note": object})
    columns = {"accuracy": PERCENT}
    saving.dataframe(frame, alt="t", written=written(frame, ["accuracy"]), column_config=columns)


def shown(*fractions: float | None) -> pd.DataFrame:
    """The cells as Streamlit shows them: by the format of a column, or where it has none by a table's style."""
    (table,) = AppTest.from_function(_table, kwargs={"fractions": list(fractions)}).run().dataframe
    formatted = FORMAT in table.proto.columns
    if not table.proto.arrow_data.styler.display_values:
        return table.value.assign(accuracy=[FORMAT % value for value in table.value["accuracy"]])
    import pyarrow as pa

    styled = pa.ipc.open_stream(table.proto.arrow_data.styler.display_values).read_pandas()
    assert not formatted, "the format hides what the style says"
    return styled


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_an_accuracy_in_a_table_reads_as_in_a_sentence(fraction):
    assert list(shown(fraction, 0.5)["accuracy"]) == [percent(fraction), percent(0.5)]


def test_beside_it_all_is_as_without():
    cells = shown(1.0, None)
    assert list(cells["accuracy"]) == ["100 %", ""]
    assert list(cells["loss"]) == ["1", ""]
    assert list(cells["epochs"]) == ["12", "12"]
    assert list(cells["note"]) == ["", ""]
