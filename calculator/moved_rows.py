"""Rows that a program deleted or inserted without moving the references to what lies below.

openpyxl does so: then all formulas that look below look at other cells than they should.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from calculator.findings import Finding
from calculator.workbook.reading import PlanReading
from calculator.xlsx.formula import FormulaError, canonical
from calculator.xlsx.geometry import Area, Geometry
from calculator.xlsx.reference import place as place_of

__all__ = ["Moved", "moved_rows"]

#: So many formulas are not all edited alike by hand.
_FEWEST = 3


class Moved(NamedTuple):
    """Formulas that refer to rows of a sheet that are all off by as many.

    Parameters
    ----------
    sheet: the worksheet that they refer to, case-folded.
    first_row: the first of its rows that are meant and not found.
    off: how far below it they look [rows]; above it where this is negative.
    places: those of the formulas.
    """

    sheet: str
    first_row: int
    off: int
    places: tuple[str, ...]

    def message(self, sheet: str) -> str:
        """What happened, in words, with the name of the worksheet."""
        count = abs(self.off)
        rows = "a row was" if count == 1 else f"{count} rows were"
        done = "deleted" if self.off > 0 else "inserted"
        side = "below" if self.off > 0 else "above"
        far = f"a row {side}" if count == 1 else f"{count} rows {side}"
        return (
            f"{rows} {done} here by a program that moves no references: {len(self.places):,} "
            f"formulas refer to cells of {sheet} {far} those that are meant; convert the workbook"
        )


def moved_rows(
    findings: Sequence[Finding], geometry: Geometry, reading: PlanReading
) -> Iterator[Moved]:
    """The rows that were deleted or inserted so, by what edited formulas refer to.

    A formula that refers to them as it should tells that others were edited.
    """
    found: dict[tuple[str, int], dict[str, int]] = {}
    for each in findings:
        is_formula = each.code == "formula" and str(each.found).startswith("=")
        if each.place and is_formula and (off := _off(each, geometry)):
            sheet, rows, first = off
            found.setdefault((sheet, rows), {})[each.place] = first
    edited = {each.place for each in findings}
    for (sheet, rows), places in found.items():
        first = min(places.values())
        if len(places) >= _FEWEST and not any(
            row >= first for row in _right_rows(reading, sheet, edited)
        ):
            yield Moved(sheet, first, rows, tuple(places))


def _right_rows(reading: PlanReading, sheet: str, edited: Container[str | None]) -> Iterator[int]:
    """The rows of a sheet that formulas refer to by cell which are as they should be."""
    lost = {
        each.layout.places[name][0]
        for each in reading.sheets.values()
        if each.name.casefold() == sheet
        for name in each.layout.missing
        if name in each.layout.places
    }
    of_sheet = re.escape(sheet.replace("'", "''"))
    for each in reading.sheets.values():
        layout, declared = each.layout, each.layout.sheet
        is_own = each.name.casefold() == sheet
        before = "(?<![\\w!$'])" if is_own else f"(?i:'?{of_sheet}'?!)"
        cell = re.compile(f"{before}\\$?[A-Z]{{1,3}}\\$?([0-9]+)(?![\\w(])")
        placed: list[tuple[str, int | None]] = [(total.name, None) for total in declared.totals]
        placed += [(column.name, layout.first_row) for column in declared.computed]
        for name, row in placed:
            with contextlib.suppress(KeyError):  # of what refers to a column that is missing
                if (
                    name not in layout.missing
                    and f"{each.name}!{layout.cell(name, row)}" not in edited
                ):
                    rows = {*map(int, cell.findall(layout.formula(name, row)))}
                    # Where a setting was lost, its place is a guess.
                    yield from rows - lost


def _off(finding: Finding, geometry: Geometry) -> tuple[str, int, int] | None:
    """Sheet and rows by which a formula is off, and the first row that is meant.

    None where it differs in anything else.
    """
    row, column = place_of(str(finding.cell))
    try:
        found, expected = (
            canonical(
                str(text), sheet=str(finding.sheet), row=row, column=column, geometry=geometry
            )
            for text in (finding.found, finding.expected)
        )
    except FormulaError:
        return None
    if len(found) != len(expected):
        return None
    offs: set[tuple[str, int]] = set()
    meant = []
    for one, other in zip(found, expected, strict=True):
        if one == other:
            continue
        if not (isinstance(one, Area) and isinstance(other, Area)):
            return None
        # A row of 0 is the formula's own.
        tops = one.top or row, other.top or row
        bottoms = one.bottom or row, other.bottom or row
        if one._replace(top=0, bottom=0) != other._replace(top=0, bottom=0):
            return None
        for there, here in (tops, bottoms):
            if there != here:
                offs.add((one.sheet, there - here))
                meant.append(here)
    if len(offs) != 1:
        return None
    [(sheet, rows)] = offs
    return sheet, rows, min(meant)
