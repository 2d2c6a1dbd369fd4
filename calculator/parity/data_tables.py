"""The tables of data sheets: what their rows should hold, and their headers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial, wraps
from typing import Any, NamedTuple, TypeVar

from calculator.catalog import Catalog
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.memory import Kept
from calculator.model.sheet import DataTable
from calculator.workbook.finder import DataPlace
from calculator.workbook.reading import WorkbookReading
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.reference import a1, place

__all__ = [
    "Values",
    "WrongHeader",
    "deleted_columns",
    "held",
    "is_moved_up",
    "keys_of",
    "once",
    "rows_of",
    "wrong_header",
]

#: How the message ends of a column that was deleted while its table still has it.
_DELETED = (
    ": the column was deleted by a program that leaves the table as it is, and formulas look in "
    "the next one; put the column back, or convert the workbook"
)
#: What a row of a data table holds.
Values = Sequence[float | str | None]
_NO_CELL = Cell(None, None)
_Found = TypeVar("_Found")


def once(find: Callable[..., _Found]) -> Callable[..., _Found]:
    """Keeps what is found on a data sheet for all sheets that are the same, byte for byte."""
    known = Kept[tuple[object, ...], _Found](1_024)

    @wraps(find)
    def found(reading: WorkbookReading, sheet: str, *where: object) -> _Found:
        key = reading.package.identity(sheet), *where
        return known.of(key, partial(find, reading, sheet, *where))

    return found


@cache
def rows_of(data: DataTable, catalog: Catalog) -> Mapping[str, Values]:
    """What the rows of a data table should hold, by instance type, or by their first word."""
    rows = data.rows(catalog)
    at = data.figures.index("instance_type") if data.figures else 0
    return {str(row[at]).lower(): row for row in rows}


def held(cells: Cells, at: tuple[int, int]) -> Any:
    """What stands in a cell, None for nothing."""
    value = cells.get(at, _NO_CELL).value
    return None if value == "" else value


def keys_of(reading: WorkbookReading, where: DataPlace) -> dict[int, object]:
    """What stands in the column of a data table that formulas search, by row."""
    column = where.columns[where.key]
    return {
        row: cell.value
        for (row, at), cell in reading.package.cells(where.sheet).items()
        if at == column and where.header_row < row <= where.last_row
    }


class WrongHeader(NamedTuple):
    """A header that is not the name of its column, and whether the column itself is gone."""

    finding: Finding
    is_deleted: bool


def wrong_header(reading: WorkbookReading, where: DataPlace) -> WrongHeader | None:
    """The first header of a data table that is not the name of its column; None for none."""
    names = tuple(where.columns.items())
    if not (where.table and where.header_row):
        return None
    wrong = _misnamed(reading, where.sheet, where.header_row, names)
    if wrong is None:
        return None
    column, found, name, is_deleted = wrong
    message = f"found {found_words(found)} as the header of the column that formulas call "
    message += f'"{name}"' + _DELETED * is_deleted
    cell = a1(where.header_row, column)
    finding = Finding("name", where.sheet, cell, name, found, message, expected=name)
    return WrongHeader(finding, is_deleted)


def deleted_columns(reading: WorkbookReading) -> dict[str, Finding]:
    """Of each data sheet with a column that was deleted while its table still has it, that."""
    wrong = (wrong_header(reading, each) for each in reading.data.values() if each.data.figures)
    return {str(each.finding.sheet): each.finding for each in wrong if each and each.is_deleted}


def is_moved_up(
    reading: WorkbookReading, figure: Finding, builtin: Catalog, name: str, lacking: Finding
) -> bool:
    """Whether a figure is that of the next column, which took the place of one deleted."""
    at, deleted = place(str(figure.cell)), place(str(lacking.cell))
    for where in reading.data.values():
        if where.sheet != figure.sheet or at[1] < deleted[1]:
            continue
        of_column = {column: header for header, column in where.columns.items()}
        row = rows_of(where.data, builtin)[name.lower()]
        following = of_column.get(at[1] + 1)
        expected = row[where.data.headers.index(following)] if following else None
        return bool(held(reading.package.cells(where.sheet), at) == expected)
    return False


@once
def _misnamed(
    reading: WorkbookReading, sheet: str, row: int, names: tuple[tuple[str, int], ...]
) -> tuple[int, Any, str, bool] | None:
    """The first column under another header than its name, and whether those behind it moved up."""
    cells = reading.package.cells_of(sheet, [row, row + 1])

    def called(column: int) -> str:
        return normal(str(plain(held(cells, (row, column))) or ""))

    in_order = sorted(names, key=lambda each: each[1])
    for number, (name, column) in enumerate(in_order):
        if called(column) != normal(name):
            behind = in_order[number:]
            last = behind[-1][1]
            moved_up = all(
                called(at) == normal(following)
                for (_, at), (following, _) in itertools.pairwise(behind)
            )
            is_empty = called(last) == "" and held(cells, (row + 1, last)) is None
            found = plain(held(cells, (row, column)))
            return column, found, name, moved_up and is_empty
    return None
