"""The tables of data sheets: what their rows should hold, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial, wraps
from typing import Any, TypeVar

from calculator.catalog import Catalog
from calculator.memory import Kept
from calculator.model.sheet import DataTable
from calculator.workbook.data_places import DataPlace
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.cells import Cell, Cells

__all__ = ["Values", "as_compared", "held", "keys_of", "once", "rows_of"]

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


def as_compared(found: object, value: object) -> object:
    """What is found; the value itself for a text that is no other to formulas, but for its case."""
    if isinstance(found, str) and isinstance(value, str) and found.lower() == value.lower():
        return value
    return found


def keys_of(reading: WorkbookReading, where: DataPlace) -> dict[int, object]:
    """What stands in the column of a data table that formulas search, by row."""
    column = where.columns[where.key]
    return {
        row: cell.value
        for (row, at), cell in reading.data_cells[where.sheet].items()
        if at == column and where.header_row < row <= where.last_row
    }
