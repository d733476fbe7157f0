"""What a start from another network gains, loses, or does not change, with equally many images."""

from itertools import product
from typing import Protocol

import numpy as np
import pandas as pd

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.transfer_gains import gains, interval
from explorer.insights.findings.wording import listed, p_value, percent, points
from explorer.insights.statistics import paired_images, paired_t
from explorer.studies.transfer import SHARES
from explorer.text import plural

SURE = 0.05  # of an adjusted p-value
RULE = (
    f"The test accuracy minus that of training from scratch with the same seed and images, mean over seeds. A variant "
    f"gains or loses if two tests both give p < {SURE:g}: Student's paired t over the seeds and a sign-flip test over "
    f"the test images (for one seed each, the test of the images alone, which holds for these networks only). Both are "
    f"adjusted by Holm's method for all variants and shares of the network. The 95 % intervals are unadjusted, for one "
    f"comparison each: Student's t over the seeds, but not narrower than the images allow. Everything holds for this "
    f"one source: another source may give a larger or smaller gain."
)


class GainRow(Protocol):
    """A row of the table by `gains`: accuracies as fractions, p-values after Holm's method."""

    mode: str
    gain: float
    low: float
    high: float
    pairs: int
    adjusted: float
    adjusted_images: float


def transfer_findings(results: pd.DataFrame) -> list[Finding]:
    """A finding for each share of the images, the smallest first, and network; then one that compares two networks.
    `results`: as for explorer.insights.findings.transfer_gains.gains, with the column run."""
    table = gains(results)
    found = [
        _gains(of_model, results)
        for share in SHARES
        for _, of_model in table[table["share"] == share].groupby("model", sort=False)
    ]
    against = [_against(results[results["share"] == share], share) for share in SHARES]
    return [*found, *(finding for finding in against if finding)]


def _gains(rows: pd.DataFrame, results: pd.DataFrame) -> Finding:
    """The ways to start of one network and share, by what they gain."""
    rows = rows.sort_values("gain", ascending=False, kind="stable")
    model, share = rows["model"].iloc[0], rows["share"].iloc[0]
    where = f"With {share} of the images" + (f", {model}" if results["model"].nunique() > 1 else "")
    of = results[(results["model"] == model) & (results["share"] == share)]
    seeds = plural(int(rows["pairs"].max()), "seed")
    if "correct" in of and of["correct"].notna().any():
        seeds += f", {len(of['correct'].dropna().iloc[0]):,} test images"
    gains = "; ".join(_gain(row) for row in rows.itertuples())
    sentence = f"{where}, compared with training from scratch ({seeds}, one source): {gains}."
    gaining = rows[rows["gain"] > 0]
    tested = ["adjusted", "adjusted_images"]
    if rows[tested].notna().any(axis=None) and not (gaining[tested] < SURE).any(axis=None):
        sentence += " No gain is shown."
    numbers = {}
    for row in rows.itertuples():
        figures = {"gain": row.gain, "95 % from": row.low, "95 % to": row.high, "p, Holm": row.adjusted}
        numbers |= {f"{row.mode}, {name}": value for name, value in figures.items()}
    return Finding(
        sentence,
        RULE,
        SURE,
        numbers | {"seeds": int(rows["pairs"].max())},
        tuple(of["run"]),
        answer=_answer(rows, where[0].lower() + where[1:]),
        kind="transfer",
    )


def _answer(rows: pd.DataFrame, where: str) -> str:
    """Does the start help? In words: which ways to start gain by both tests, or else by that of these images alone."""
    gains = {
        test: [row.mode for row in rows.itertuples() if row.gain > 0 and getattr(row, test) < SURE]
        for test in ("adjusted", "adjusted_images")
    }
    for test, limit in (
        ("adjusted", ""),
        ("adjusted_images", " in these runs; only more seeds can show whether that holds in general"),
    ):
        if who := gains[test]:
            return f"Yes, {where}: {listed(who)} {'beats' if len(who) == 1 else 'beat'} training from scratch{limit}."
    lost = [row.mode for row in rows.itertuples() if row.gain < 0 and row.adjusted < SURE]
    if lost:
        return f"No, {where}: {listed(lost)} {'loses' if len(lost) == 1 else 'lose'} against training from scratch."
    return f"These runs do not show that it helps, {where}."


def _gain(row: GainRow) -> str:
    verb = "gains" if row.gain > 0 else "loses"
    size = f"{abs(100 * row.gain):.1f} points"
    if row.pairs == 1:
        return _of_one_seed(row, f"{verb} {size}")
    spread = f"95 % {points(row.low)} to {points(row.high)}"
    if row.adjusted < SURE:
        return f"{row.mode} {verb} {size} ({spread}, {p_value(row.adjusted)})"
    if row.adjusted_images < SURE:
        return f"{row.mode} {verb} {size} in these runs, but so few seeds cannot show it for others ({spread})"
    return f"{row.mode} cannot be distinguished from it ({points(row.gain)} points, {spread})"


def _of_one_seed(row: GainRow, sentence: str) -> str:
    """For one seed each: only the images can tell, and only about these two networks."""
    if np.isnan(row.adjusted_images):
        return f"{row.mode} {sentence} in this one run of each, untested: their predictions were not saved"
    if row.adjusted_images < SURE:
        p = p_value(row.adjusted_images)
        return f"{row.mode} {sentence} in these runs ({p}), but one seed cannot show it for others"
    return f"{row.mode} cannot be distinguished from it ({points(row.gain)} points, one seed)"


def _against(results: pd.DataFrame, share: str) -> Finding | None:
    """Two networks, each with its most accurate way to start, which was picked after looking, hence the adjustment."""
    starts = {
        model: dict(list(of_model.groupby("mode", sort=False)))
        for model, of_model in results.groupby("model", sort=False)
    }
    if len(starts) != 2:
        return None
    best = {model: max(modes, key=lambda mode: modes[mode]["accuracy"].mean()) for model, modes in starts.items()}
    first, second = sorted(best, key=lambda model: -starts[model][best[model]]["accuracy"].mean())
    pairs = starts[first][best[first]].merge(starts[second][best[second]], on="seed", suffixes=("", "_other"))
    if len(pairs) < 2:
        return None
    values = (pairs["accuracy"] - pairs["accuracy_other"]).to_numpy()
    p, apart = paired_t(values), None
    if "correct" in pairs and pairs[["correct", "correct_other"]].notna().all(axis=None):
        correct, correct_other = (np.stack(pairs[name].to_list()) for name in ("correct", "correct_other"))
        p, apart = max(p, paired_images(correct, correct_other)), correct.mean(0) - correct_other.mean(0)
    ways = len(list(product(*starts.values())))
    adjusted, (low, high) = min(1.0, p * ways), interval(values, apart)
    text = listed([
        f"{model} {percent((pairs['accuracy'] if model == first else pairs['accuracy_other']).mean())} ({best[model]})"
        for model in (first, second)
    ])  # fmt: skip
    verdict = "they differ" if adjusted < SURE else "they cannot be distinguished"
    return Finding(
        f"With {share} of the images and each network's most accurate variant: {text}; {verdict} "
        f"({p_value(adjusted)}, difference {points(values.mean())} points, 95 % {points(low)} to {points(high)}, "
        f"{plural(len(pairs), 'seed')}).",
        "Both took the same steps on the same images. The variants were picked after seeing the results, so the "
        "p-value, the larger "
        f"of Student's paired t over seeds and a sign-flip test over test images, is multiplied by the {ways} pairs of "
        f"variants (Bonferroni); the interval is not adjusted and favours the first.",
        SURE,
        {"difference": float(values.mean()), "95 % from": low, "95 % to": high, "p, adjusted": adjusted},
        tuple(pairs["run"]) + tuple(pairs["run_other"]),
        kind="transfer",
    )
