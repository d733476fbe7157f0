"""A DataFrame as text for a paper: Markdown, LaTeX, CSV."""

import pandas as pd

from explorer.charts.formatting import number
from explorer.spreadsheet import harmless

LONGEST = 200  # rows of a table for a paper
LATEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
LATEX |= {sign: f"\\{sign}" for sign in "&%$#_{}"} | {"−": "$-$"}
MARKDOWN = "\\`*_{}[]<>#|!$~"


def csv(frame: pd.DataFrame) -> str:
    """Every row, with full numbers and a header line; no text in it is a formula to a spreadsheet."""
    return frame.map(harmless).rename(columns=harmless).to_csv(index=False)


def markdown(frame: pd.DataFrame) -> str:
    """At most LONGEST rows, numbers to three digits."""
    rows = [list(frame.columns.map(str)), *_written(frame)]
    lines = ["| " + " | ".join(map(literal, row)) + " |" for row in rows]
    lines.insert(1, "|" + "".join(" ---: |" if number else " --- |" for number in _is_number(frame)))
    return "\n".join(lines) + "\n"


def latex(frame: pd.DataFrame, caption: str) -> str:
    """At most LONGEST rows as a table of the package booktabs, numbers to three digits."""
    columns = "".join("r" if number else "l" for number in _is_number(frame))
    head, *rows = ([_latex(cell) for cell in row] for row in [list(frame.columns.map(str)), *_written(frame)])
    lines = [
        r"% The preamble needs \usepackage{booktabs}.",
        r"\begin{table}",
        rf"  \caption{{{_latex(caption)}}}",
        rf"  \begin{{tabular}}{{{columns}}}",
        r"    \toprule",
        f"    {' & '.join(head)} \\\\",
        r"    \midrule",
        *(f"    {' & '.join(row)} \\\\" for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def literal(text: str) -> str:
    """Text that Markdown shows unchanged."""
    return "".join(f"\\{sign}" if sign in MARKDOWN else sign for sign in text)


def _written(frame: pd.DataFrame) -> list[list[str]]:
    return [[_cell(value) for value in row] for row in frame.head(LONGEST).itertuples(index=False)]


def _cell(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    if value is None or value is pd.NA:
        return ""
    return " ".join(str(value).split())


def _is_number(frame: pd.DataFrame) -> list[bool]:
    return [pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes]


def _latex(text: str) -> str:
    return "".join(LATEX.get(sign, sign) for sign in text)
