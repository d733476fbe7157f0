"""The transfer benchmark: CIFAR-10 cut in two by links, and a table that carries gains with their intervals."""

import pandas as pd
import pytest

from benchmarks.transfer import halves, table
from explorer.errors import UserError


def folders(place, count=10):
    for split in ("train", "test"):
        for number in range(count):
            (place / split / f"class{number}").mkdir(parents=True)
            (place / split / f"class{number}" / "0.png").write_bytes(b"")
    return place


def test_the_halves_share_no_class(tmp_path):
    names = halves(folders(tmp_path / "whole"), tmp_path / "cut")
    assert halves(tmp_path / "whole", tmp_path / "cut") == names, "a second call finds them"
    places = [tmp_path / "cut" / name.rpartition("/")[2] / split for name in names for split in ("train", "test")]
    held = [{path.parent.name for path in place.glob("*/0.png")} for place in places]
    assert held[0] == held[1] == {f"class{n}" for n in range(5)}
    assert held[2] == held[3] == {f"class{n}" for n in range(5, 10)}


def test_another_number_of_classes_is_refused(tmp_path):
    with pytest.raises(UserError, match="9 folders"):
        halves(folders(tmp_path / "whole", 9), tmp_path / "cut")


def test_the_table_tells_gains_of_pairs_with_their_intervals():
    rows = [
        ("net", mode, "1 %", seed, 13, accuracy, 2.0)
        for mode, of_mode in (("from scratch", (0.4, 0.5, 0.6)), ("frozen", (0.6, 0.7, 0.86)))
        for seed, accuracy in enumerate(of_mode)
    ]
    columns = ["model", "mode", "share", "seed", "images", "accuracy", "seconds"]
    scratch, frozen = table(pd.DataFrame(rows, columns=columns)).splitlines()[2:]
    assert scratch == "| 1 % (13) | net, from scratch | 50.0 [40.0–60.0] |  | 2 | 3 |"
    assert frozen == "| 1 % (13) | net, frozen | 72.0 [60.0–86.0] | +22.0 (+13.4 to +30.6) | 2 | 3 |"
