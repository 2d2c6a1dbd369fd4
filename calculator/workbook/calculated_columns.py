"""The formulas that tables keep for rows to come: a row that is added computes by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache

from calculator.findings import Finding
from calculator.model.sheet import Column
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell
from calculator.xlsx.formula import same_formula
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.tree import read, related

__all__ = ["look_at_calculated_columns"]

_NO_CELL = Cell(None, None)
#: What is found of a sheet whose formulas are others than they should be.
_SAID = ("formula", "missing-formula", "name", "missing-result", "missing-column")
#: As much as is told of a formula [characters].
_MOST = 80


def look_at_calculated_columns(
    book: WorkbookReading, plan: PlanReading, findings: Iterable[Finding]
) -> Iterator[Finding]:
    """The tables of a plan whose new rows would compute otherwise than those they have, each once.

    LibreOffice keeps none of these formulas; where they are gone from one table, somebody took
    them away. Of a sheet with other formulas that differ, those are told.
    """
    said = {each.sheet for each in findings if each.code in _SAID}
    kept = {each.name: _kept(book, each) for one in book.plans for each in one.sheets.values()}
    if not any(kept.values()):
        return
    for sheet in plan.sheets.values():
        if sheet.name in said or not sheet.layout.table:
            continue
        if wrong := [*_wrong(sheet, kept[sheet.name], book.geometry)]:
            (column, found), more = wrong[0], len(wrong) - 1
            others = f" and {more} more of its columns" if more else ""
            what = "none" if found is None else f"={found[:_MOST]}"
            message = f"rows that are added to table {sheet.layout.table} get other formulas than "
            message += f'it has: under "{column.header}"{others}, {what}; convert the workbook'
            yield Finding("formula", sheet.name, None, None, None, message)


def _kept(book: WorkbookReading, sheet: SheetCells) -> Mapping[str, str]:
    """The formulas that the table of a sheet keeps, by header as compared."""
    name = (sheet.layout.table or "").casefold()
    parts = related(book.package, sheet.name, "table") if name else []
    tables = map(_formulas_of, parts)
    return next((formulas for called, formulas in tables if called == name), {})


@lru_cache(maxsize=256)
def _formulas_of(part: bytes) -> tuple[str, Mapping[str, str]]:
    """What a table is called, and such formulas of it; those of a folder's files are alike."""
    table = next(read(part).every("table"), None)
    if table is None:
        return "", {}
    at = table.attributes
    formulas = {
        normal(column.attributes.get("name", "")): formula
        for column in table.every("tableColumns/tableColumn")
        if (formula := column.text("calculatedColumnFormula"))
    }
    return (at.get("displayName") or at.get("name", "")).casefold(), formulas


def _wrong(
    sheet: SheetCells, kept: Mapping[str, str], geometry: Geometry
) -> Iterator[tuple[Column, str | None]]:
    """The columns whose formula for new rows is neither what it should be, nor what rows have."""
    layout = sheet.layout
    for column in layout.sheet.columns:
        if column.name not in layout.columns:
            continue
        at = layout.first_row, layout.columns[column.name]
        found, there = kept.get(normal(column.header)), sheet.cells.get(at, _NO_CELL).formula
        if column.formula is None and found not in (None, there):
            yield column, found  # what nobody filled in
        if column.formula is None or there is None or found == there:
            continue  # of which all is said that there is to say
        if found is None:
            yield column, None
            continue
        with suppress(KeyError):  # it refers to something that is missing, which is said
            expected = [layout.formula(column.name, at[0], spare=spare) for spare in (True, False)]
            if found not in expected and not any(
                same_formula(
                    found, each, sheet=layout.name, row=at[0], column=at[1], geometry=geometry
                )
                for each in (*expected, there)
            ):
                yield column, found
