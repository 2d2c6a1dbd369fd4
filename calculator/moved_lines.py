"""Rows and columns that a program deleted or inserted without moving the references behind them.

openpyxl does so: then all formulas that look there look at other cells than they should.
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
from calculator.xlsx.reference import a1, column_number
from calculator.xlsx.reference import place as place_of

__all__ = ["Line", "Moved", "moved_lines"]

#: So many formulas are not all edited alike by hand.
_FEWEST = 3


class Line(NamedTuple):
    """A row of a worksheet, or a column, counted from 1.

    Parameters
    ----------
    sheet: case-folded.
    axis: 0 for a row, 1 for a column, as in the place of a cell.
    """

    sheet: str
    axis: int
    number: int

    @property
    def first_cell(self) -> str:
        """The A1 reference of its first cell."""
        return a1(1, self.number) if self.axis else a1(self.number, 1)


class Moved(NamedTuple):
    """Formulas that refer to rows, or columns, of a sheet that are all off by as many.

    Parameters
    ----------
    first: the first that is meant and not found.
    off: how far behind it they look [rows or columns]; before it where this is negative.
    places: those of the formulas.
    """

    first: Line
    off: int
    places: tuple[str, ...]

    @property
    def code(self) -> str:
        """That of the finding."""
        return "moved-columns" if self.first.axis else "moved-rows"

    def message(self, sheet: str) -> str:
        """What happened, in words, with the name of the worksheet."""
        count, noun = abs(self.off), ("row", "column")[self.first.axis]
        before, behind = (("above", "below"), ("to the left of", "to the right of"))[
            self.first.axis
        ]
        many = f"a {noun} was" if count == 1 else f"{count} {noun}s were"
        far = f"a {noun}" if count == 1 else f"{count} {noun}s"
        done = "deleted here" if self.off > 0 else f"inserted here, or {before} this,"
        return (
            f"{many} {done} by a program that moves no references: {len(self.places):,} formulas "
            f"refer to cells of {sheet} {far} {behind if self.off > 0 else before} those that are "
            "meant; convert the workbook"
        )


def moved_lines(
    findings: Sequence[Finding], geometry: Geometry, reading: PlanReading
) -> Iterator[Moved]:
    """The rows and columns that were deleted or inserted so, by what edited formulas refer to.

    A formula that refers to them as it should tells that others were edited.
    """
    found: dict[tuple[str, int, int], dict[str, int]] = {}
    for each in findings:
        is_formula = each.code == "formula" and str(each.found).startswith("=")
        if each.place and is_formula and (moved := _off(each, geometry)):
            first, off = moved
            found.setdefault((first.sheet, first.axis, off), {})[each.place] = first.number
    edited = {each.place for each in findings}
    for (sheet, axis, off), places in found.items():
        first = Line(sheet, axis, min(places.values()))
        if len(places) >= _FEWEST and not any(
            number >= first.number for number in _right(reading, sheet, axis, edited)
        ):
            yield Moved(first, off, tuple(places))


def _right(
    reading: PlanReading, sheet: str, axis: int, edited: Container[str | None]
) -> Iterator[int]:
    """The rows, or columns, of a sheet that formulas name by cell which are as they should be."""
    lost = {
        each.layout.places[name][axis]
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
        cell = re.compile(f"{before}\\$?([A-Z]{{1,3}})\\$?([0-9]+)(?![\\w(])")
        placed: list[tuple[str, int | None]] = [(total.name, None) for total in declared.totals]
        placed += [(column.name, layout.first_row) for column in declared.computed]
        for name, row in placed:
            with contextlib.suppress(KeyError):  # of what refers to a column that is missing
                if (
                    name not in layout.missing
                    and f"{each.name}!{layout.cell(name, row)}" not in edited
                ):
                    for letters, digits in cell.findall(layout.formula(name, row)):
                        number = column_number(letters) if axis else int(digits)
                        # Where a setting was lost, its place is a guess.
                        if number not in lost:
                            yield number


def _off(finding: Finding, geometry: Geometry) -> tuple[Line, int] | None:
    """The first row, or column, that is meant and not found, and by how many a formula is off.

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
    offs: set[tuple[str, int, int]] = set()
    meant = []
    for one, other in zip(found, expected, strict=True):
        if one == other:
            continue
        if not (isinstance(one, Area) and isinstance(other, Area) and one.sheet == other.sheet):
            return None
        # A row of 0 is the formula's own.
        pairs = (
            (0, one.top or row, other.top or row),
            (0, one.bottom or row, other.bottom or row),
            (1, one.left, other.left),
            (1, one.right, other.right),
        )
        for axis, there, here in pairs:
            if there != here:
                offs.add((one.sheet, axis, there - here))
                meant.append(here)
    if len(offs) != 1:
        return None
    [(sheet, axis, off)] = offs
    return Line(sheet, axis, min(meant)), off
