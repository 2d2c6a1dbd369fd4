"""What people read on a sheet of a plan: values, and the words that say what these are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from calculator.model.sheet import Column, Setting, Sheet, Total
from calculator.workbook.heads import heads_of
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell
from calculator.xlsx.reference import place

__all__ = ["Place", "Read", "is_step", "read_of", "seen_of"]

Place = tuple[int, int]

_NO_CELL = Cell(None, None)


class Read(NamedTuple):
    """Something that people read.

    Parameters
    ----------
    name, row: of a value, that it is or that it is said of, and its row in a node table.
    what: what its cell is.
    place: where that is.
    is_value: whether it is a value, and not words.
    """

    name: str
    row: int | None
    what: str
    place: Place
    is_value: bool = False


def read_of(plan: PlanReading, sheet: SheetCells) -> list[Read]:
    """What people read on a sheet but steps on the way: its values, then the words for them."""
    values = [*_values(plan, sheet)]
    return [*values, *words_of(sheet, (each.name for each in values))]


def _values(plan: PlanReading, sheet: SheetCells) -> Iterator[Read]:
    for name, row, at in seen_of(plan, sheet):
        value, formula = sheet.cells.get(at, _NO_CELL)
        is_small = getattr(sheet.layout.sheet.by_name[name], "style", None) == "small"
        if not is_small and (value not in (None, "") or (value is None and formula)):
            yield Read(name, row, "the cell", at, is_value=True)


def words_of(sheet: SheetCells, names: Iterable[str]) -> Iterator[Read]:
    """The words that say what values are, where they stand: labels, headers of columns, heads."""
    layout = sheet.layout
    for name in dict.fromkeys(names):
        declared = layout.sheet.by_name[name]
        if isinstance(declared, Column):
            yield Read(name, None, "the header of a column", layout.place(name))
            continue
        here, there, label = layout.place(name), place(declared.cell), place(declared.label_cell)
        at = here[0] + label[0] - there[0], here[1] + label[1] - there[1]
        is_there = normal(str(sheet.cells.get(at, _NO_CELL).value)) == normal(declared.label)
        if is_there and getattr(declared, "style", None) != "verdict":  # which needs no title
            yield Read(name, None, "the words that say what the cell is", at)
    for head in heads_of(layout.sheet):
        if (stands := head.place(sheet)) is not None:
            yield Read(head.beside, None, "the words that say what figures are", stands)


def is_step(sheet: Sheet, name: str) -> bool:
    """Whether it is a column that people may hide, as AWS does, since results stand elsewhere."""
    found = sheet.by_name.get(name)
    return isinstance(found, Column) and found.formula is not None and found.name != "check"


def seen_of(plan: PlanReading, sheet: SheetCells) -> Iterator[tuple[str, int | None, Place]]:
    """Name, row and place of settings, results and filled-in rows."""
    layout, declared = sheet.layout, sheet.layout.sheet
    placed: list[Setting | Total] = [*declared.settings, *declared.totals]
    for each in placed:
        at = layout.places[each.name]
        value, formula = sheet.cells.get(at, _NO_CELL)
        if each.name not in layout.missing and (value not in (None, "") or formula):
            yield each.name, None, at
    rows = plan.rows
    if sheet is not plan.plan:  # it has the rows by position
        rows = [layout.header_row + number for number in plan.positions]
    for column in declared.columns:
        if column.style != "helper" and column.name in layout.columns:
            for row in rows:
                yield column.name, row, (row, layout.columns[column.name])
