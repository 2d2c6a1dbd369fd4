"""What people read on a sheet of a plan: values, and the words that say what these are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from calculator.model.sheet import Column, Label, Setting, Sheet, Total
from calculator.workbook.heads import Head, heads_of
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell
from calculator.xlsx.reference import a1, place

__all__ = [
    *("Place", "Read", "Seen", "is_step", "read_of", "seen_of", "shows", "wording_of", "words_for"),
]

Place = tuple[int, int]
#: Name, row in a node table and place of a value.
Seen = tuple[str, int | None, Place]

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
    return [*values, *_words_of(sheet, (each.name for each in values))]


def _values(plan: PlanReading, sheet: SheetCells) -> Iterator[Read]:
    for name, row, at in seen_of(plan, sheet):
        is_small = getattr(sheet.layout.sheet.by_name[name], "style", None) == "small"
        if not is_small and shows(sheet.cells.get(at, _NO_CELL)):
            yield Read(name, row, "the cell", at, is_value=True)


def words_for(sheet: SheetCells, seen: Iterable[Seen]) -> Iterator[Read]:
    """The words for values that are no steps on the way, and show something."""
    declared = sheet.layout.sheet
    yield from _words_of(
        sheet,
        [
            name
            for name, _, at in seen
            if not is_step(declared, name) and shows(sheet.cells.get(at, _NO_CELL))
        ],
    )


def _words_of(sheet: SheetCells, names: Iterable[str]) -> Iterator[Read]:
    """The words that say what values are, where they stand: labels, headers of columns, heads."""
    layout, known = sheet.layout, dict.fromkeys(names)
    for name in known:
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
        is_of_nothing = head.label.style == "above" and head.beside not in known
        if not is_of_nothing and (stands := head.place(sheet)) is not None:
            yield Read(head.beside, None, "the words that say what figures are", stands)


@cache
def wording_of(sheet: Sheet) -> list[Head]:
    """The same words where a new workbook has them, each with what it is found by."""
    found = {each.label.cell: each for each in heads_of(sheet)}
    for declared in sheet.placed:
        if not is_step(sheet, declared.name) and getattr(declared, "style", None) != "verdict":
            (row, column), (top, left) = place(declared.cell), place(declared.label_cell)
            label = Label(cell=declared.label_cell, text=declared.label)
            by = declared.name, row - top, column - left
            found.setdefault(label.cell, Head(label, normal(label.text), *by))
    for number, each in enumerate(sheet.columns, 1):
        if not is_step(sheet, each.name):
            label = Label(cell=a1(sheet.header_row, number), text=each.header)
            found[label.cell] = Head(label, normal(label.text), each.name, 0, 0)
    return [*found.values()]


def is_step(sheet: Sheet, name: str) -> bool:
    """Whether it is a step on the way: people may hide it, as AWS does; results stand elsewhere."""
    found = sheet.by_name.get(name)
    if isinstance(found, Column):
        return found.formula is not None and found.name != "check"
    return getattr(found, "style", None) == "small"


def seen_of(plan: PlanReading, sheet: SheetCells) -> Iterator[tuple[str, int | None, Place]]:
    """Name, row and place of settings, results and filled-in rows."""
    layout, declared = sheet.layout, sheet.layout.sheet
    placed: list[Setting | Total] = [*declared.settings, *declared.totals]
    # What lost nothing but the words for it is seen where it stands.
    lost = layout.missing - layout.unlabelled
    for each in placed:
        at = layout.places[each.name]
        value, formula = sheet.cells.get(at, _NO_CELL)
        if each.name not in lost and (value not in (None, "") or formula):
            yield each.name, None, at
    rows = plan.rows_of(sheet)
    for column in declared.columns:
        if column.style != "helper" and column.name in layout.columns:
            for row in rows:
                yield column.name, row, (row, layout.columns[column.name])


def shows(cell: Cell) -> bool:
    """Whether there is anything to see; what was never calculated may be something."""
    return cell.value not in (None, "") or (cell.value is None and cell.formula is not None)
