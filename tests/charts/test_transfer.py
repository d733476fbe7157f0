"""Charts of a transfer: accuracy by images, gains, layers, time."""

import pandas as pd
import pytest

from explorer.charts.palette import colour
from explorer.charts.transfer import accuracy_by_images, accuracy_over_seconds, by_layer, gain_dots

LINES = ("from scratch", "frozen")


def results() -> pd.DataFrame:
    rows, number = [], 0
    for line in LINES:
        for images in (10, 130, 1294):
            for seed in range(3):
                number += 1
                rows.append((line, f"digits-net-{number:04d}", images, 0.3 + images / 2000 + seed / 100))
    return pd.DataFrame(rows, columns=["line", "run", "images", "accuracy"])


def gained(low: float = 0.05) -> pd.DataFrame:
    rows = [("frozen", "digits-net-0010", share, 0.1, low, 0.15, 0.08, 0.12) for share in ("1 %", "10 %", "100 %")]
    return pd.DataFrame(rows, columns=["line", "run", "share", "gain", "low", "high", "smallest", "largest"])


def layers() -> pd.DataFrame:
    rows = [(line, f"digits-net-{n:04d}", layer, 0.1 * n) for n, line in enumerate(LINES, 1) for layer in ("b", "a")]
    return pd.DataFrame(rows, columns=["line", "run", "layer", "change"])


def seconds() -> pd.DataFrame:
    rows = [(line, f"digits-net-{n:04d}", 2.0 * e, 0.2 * e) for n, line in enumerate(LINES, 1) for e in (1, 2, 3)]
    return pd.DataFrame(rows, columns=["line", "run", "seconds", "accuracy"])


CHARTS = {
    "accuracy by images": lambda p: accuracy_by_images(results(), present=p),
    "gains": lambda p: gain_dots(gained(), present=p),
    "layers": lambda p: by_layer(layers(), "change", "Change", p),
    "alike": lambda p: by_layer(layers().assign(cka=0.9, baseline=0.7), "cka", "CKA", p),
    "seconds": lambda p: accuracy_over_seconds(seconds(), p),
}


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_and_names_its_axes(name, present):
    spec = CHARTS[name](present).to_dict()
    axes = [
        layer["encoding"][axis].get("title") for layer in spec["layer"] for axis in "xy" if axis in layer["encoding"]
    ]
    assert any(axes)
    assert spec["width"] == "container"


def rows_of(spec: dict, *columns: str) -> list[dict]:
    return next(rows for rows in spec["datasets"].values() if set(columns) <= set(rows[0]))


def test_images_are_on_a_log_axis_with_the_counts_as_ticks():
    spec = accuracy_by_images(results()).to_dict()
    x = spec["layer"][0]["encoding"]["x"]
    assert x["scale"]["type"] == "log"
    assert x["axis"]["values"] == [10, 130, 1294]


def test_a_line_is_the_mean_of_its_seeds_in_per_cent_and_its_band_their_range():
    rows = rows_of(accuracy_by_images(results()).to_dict(), "low", "high")
    first = next(row for row in rows if row["line"] == "from scratch" and row["images"] == 10)
    assert first["value"] == pytest.approx(31.5)
    assert (first["low"], first["high"]) == pytest.approx((30.5, 32.5))


def test_a_line_has_the_colour_of_its_first_run():
    scale = accuracy_by_images(results()).to_dict()["layer"][1]["encoding"]["color"]["scale"]
    assert scale == {"domain": list(LINES), "range": [colour("x-0001"), colour("x-0010")]}


def test_two_lines_of_one_colour_have_different_dots():
    frame = pd.concat([gained(), gained().assign(line="again", run="digits-net-0017")])
    spec = gain_dots(frame).to_dict()
    scales = [layer["encoding"].get("shape", {}).get("scale") for layer in spec["layer"]]
    assert {"domain": ["frozen", "again"], "range": ["square", "diamond"]} in scales


def test_layers_stay_in_their_order():
    x = by_layer(layers(), "change", "Change").to_dict()["layer"][0]["encoding"]["x"]
    assert x["sort"] == ["b", "a"]


def test_one_pair_has_a_dot_without_an_interval():
    assert "isValid(datum.low)" in str(gain_dots(gained(float("nan"))).to_dict())


@pytest.mark.parametrize("make", [accuracy_by_images, gain_dots, accuracy_over_seconds])
def test_nothing_is_an_empty_chart(make):
    make(results().iloc[:0]).to_dict()
