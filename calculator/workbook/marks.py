"""What colours a sheet takes on by what it shows: the rules of conditional formatting of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from calculator.model.sheet import Total
from calculator.workbook.layout import Layout
from calculator.xlsx.cells import Cells
from calculator.xlsx.reference import a1

__all__ = ["Mark", "marks_of_column", "marks_of_results", "style_of"]

_COLOURS = {
    "fits": "good",
    "fits-with-remarks": "warning",
    "fits-in-some": "warning",
    "does-not-fit": "bad",
    "not-possible": "bad",
    "not-known": "bad",
}


class Mark(NamedTuple):
    """A result that is shown in a style where a formula holds.

    Parameters
    ----------
    name: the result's, or the column's.
    formula: for its cell, or its first cell.
    style: ``good``, ``warning`` or ``bad``.
    """

    name: str
    formula: str
    style: str


def marks_of_results(layout: Layout) -> Iterator[Mark]:
    """Green stands beside a number only where the verdict for it is green."""
    places = layout.places
    for result in layout.sheet.totals:
        outcome = _outcome_of(layout, result)
        if outcome is None:
            continue
        here, told = (a1(*places[name], absolute=True) for name in (result.name, outcome))
        for word, style in _COLOURS.items():
            # What cannot be known is an error, and shows that it is.
            formula = f'=AND({told}="{word}",IFERROR(LEN({here}),1)>0)'
            yield Mark(result.name, formula, style)
    if not layout.model.plan:
        for result in layout.sheet.totals:
            if result.style == "remaining":
                cell = a1(*places[result.name], absolute=True)
                # A result that cannot be known is an error: it fits no more than one below 0 does.
                fits = f"=IFERROR(AND(ISNUMBER({cell}),{cell}>=0),FALSE)"
                yield Mark(result.name, fits, "good")
                yield Mark(result.name, f"=IFERROR({cell}<0,TRUE)", "bad")


def marks_of_column(layout: Layout, name: str) -> Iterator[Mark]:
    """A check is green where it is OK, for the first row of the node table."""
    cell = f"${a1(layout.first_row, layout.columns[name])}"
    yield Mark(name, f'={cell}="OK"', "good")
    yield Mark(name, f"=LEN({cell})>0", "bad")


def style_of(layout: Layout, name: str, at: tuple[int, int], cells: Cells) -> str | None:
    """The style that rules give to the cell of a result or check; None where that is not known."""
    declared, value = layout.sheet.by_name[name], cells[at].value
    if value is None:
        return None
    if not isinstance(declared, Total):
        return "good" if value == "OK" else "bad" if value else None
    if outcome := _outcome_of(layout, declared):
        told = cells.get(layout.places[outcome])
        return _COLOURS.get(str(told.value)) if told else None
    return "good" if isinstance(value, float) and value >= 0 else "bad"


def _outcome_of(layout: Layout, result: Total) -> str | None:
    """The result that says whether it is good news."""
    if result.style == "verdict":
        return "outcome_of_plan"
    if result.style in ("compared", "left"):
        return f"{result.name.rpartition('_')[0]}_outcome"
    if result.style in ("status", "remaining") and "outcome" in layout.places:
        return "outcome"
    return None
