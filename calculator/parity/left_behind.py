"""Tables of data sheets that stand elsewhere than their cells: a program moved those alone.

Formulas look where the table is. All else that is wrong is found where the cells stand.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from calculator.catalog import Catalog
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.sheet import DataTable
from calculator.parity.data_tables import held, once, rows_of
from calculator.parity.moved import LeftBehind, lines_were
from calculator.workbook.data_places import DataPlace
from calculator.workbook.reading import WorkbookReading
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cells
from calculator.xlsx.reference import a1, column_letters

__all__ = ["Misplaced", "as_they_stand", "misplaced_tables"]

_BY = "by a program that leaves the table as it is, and formulas look"
_COLUMN_DELETED = (
    f": the column was deleted {_BY} in the next one; put the column back, or convert the workbook"
)
_DELETED_BEFORE = f": a column before it was deleted {_BY} in the next one; convert the workbook"
_EMPTIED = ": nothing is left in the column; put it back, or convert the workbook"
_AWAY = ", where formulas do not look; put the column back, or convert the workbook"
_EXCHANGED = (
    ": the table has its columns in another order than they stand, and formulas look in one for "
    "another; convert the workbook"
)
_NO_HEADERS = f": the row of headers was deleted {_BY} a row further down; convert the workbook"

#: The headers of a table in order, each with the number of its column.
_Columns = tuple[tuple[str, int], ...]


class Misplaced(NamedTuple):
    """What is found of the headers of a data table, or of what lies below it.

    Parameters
    ----------
    table: the name that the model gives it.
    where: where formulas look for it.
    stands: where its cells do; None where nothing can be found in them.
    """

    finding: Finding
    table: str
    where: DataPlace
    stands: DataPlace | None

    @property
    def is_moved(self) -> bool:
        """Whether formulas look elsewhere than its cells are."""
        return self.stands != self.where


class _Found(NamedTuple):
    """What is found so, of all sheets that are the same.

    Parameters
    ----------
    code, at: of the finding, and the cell that it is of.
    words: how its message ends.
    columns: the columns where they stand.
    down, grown: how many rows further down the cells stand, and how many more they are.
    """

    code: str
    at: tuple[int, int]
    words: str
    columns: _Columns
    down: int = 0
    grown: int = 0


def misplaced_tables(reading: WorkbookReading, builtin: Catalog) -> list[Misplaced]:
    """The data tables of which any is found; those that were moved follow from the first so."""
    every = []
    causes: dict[str, str | None] = {}
    for name, where in () if reading.is_of_other_layout else reading.data.items():
        if (found := _found_of(reading, where, builtin)) is None:
            continue
        headers = {other: header for header, other in where.called.items()}
        stands = replace(
            where,
            columns={headers.get(name, name): at for name, at in found.columns},
            header_row=where.header_row + found.down,
            last_row=where.last_row + found.down + found.grown,
        )
        finding = _finding(reading, where, found)
        if stands != where:
            finding = replace(finding, cells=_moved_cells(where, stands))
            cause = causes.setdefault(where.sheet, finding.place)
            finding = replace(finding, because_of=None if cause == finding.place else cause)
        is_of_use = where.key in stands.columns and stands.header_row >= 0
        every.append(Misplaced(finding, name, where, stands if is_of_use else None))
    return every


def as_they_stand(reading: WorkbookReading, misplaced: Sequence[Misplaced]) -> WorkbookReading:
    """A workbook with its data tables where their cells are."""
    if not misplaced:
        return reading
    places = {**reading.data, **{each.table: each.stands for each in misplaced}}
    return replace(reading, data={name: place for name, place in places.items() if place})


def _found_of(reading: WorkbookReading, where: DataPlace, builtin: Catalog) -> _Found | None:
    table = reading.geometry.table(where.table or "")
    if table is None:
        return None
    called = {header: where.called.get(header, header) for header in where.columns}
    in_order = sorted(where.columns.items(), key=lambda each: each[1])
    columns = tuple((called[header], at) for header, at in in_order)
    rows = where.header_row, where.last_row, table.has_totals
    key = called[where.key]
    return _misplaced(reading, where.sheet, *rows, columns, key, where.data, builtin)


def _finding(reading: WorkbookReading, where: DataPlace, found: _Found) -> Finding:
    row, column = found.at
    value = plain(held(reading.package.cells_of(where.sheet, [row]), found.at))
    header = next(name for name, number in where.columns.items() if number == column)
    told = where.sheet, a1(row, column), header
    if found.code == "name":
        message = f"found {found_words(value)} as the header of the column that formulas call "
        message += f'"{where.called.get(header, header)}"{found.words}'
        return Finding("name", *told, value, message, expected=header)
    if found.code == "outside-the-table":
        message = f"found {found_words(str(value))} below table {where.table}, which ends at row "
        message += f"{where.last_row}: {found.words}"
        return Finding(found.code, *told, str(value), message)
    table = reading.geometry.table(str(where.table))
    assert table is not None
    return replace(LeftBehind(where.sheet, row, table, reading.model).finding(), cell=told[1])


def _moved_cells(where: DataPlace, stands: DataPlace) -> int:
    """How many cells are elsewhere than formulas look for them."""
    moved = [
        header
        for header, at in where.columns.items()
        if (stands.header_row, stands.columns.get(header)) != (where.header_row, at)
    ]
    return (where.last_row - where.header_row) * len(moved)


@once
def _misplaced(
    reading: WorkbookReading,
    sheet: str,
    top: int,
    last: int,
    has_totals: bool,
    columns: _Columns,
    key: str,
    data: DataTable,
    builtin: Catalog,
) -> _Found | None:
    area = _Area(reading.package.cells_of(sheet, [top, last + 1]), top, last, dict(columns))
    under = last + 1, area.columns[key]
    below = held(area.cells, under)
    if has_totals and str(plain(below)).lower() not in rows_of(data, builtin):
        below = None  # totals may be of anything
    is_headed = not top or area.is_header(top)
    if is_headed and below is None:
        return None
    area = area._replace(cells=reading.data_cells[sheet])
    if is_headed:
        return _Found("outside-the-table", under, *area.pushed_out())
    if row := next(area.other_headers(), None):
        return _Found("moved-rows", (row, columns[0][1]), "", columns, row - top)
    at = top, next(at for name, at in columns if not area.is_called(name, (top, at)))
    stand = area.columns_standing()
    if not stand and last not in (filled := area.filled(area.columns.values())):
        # Of several rows that were deleted, nobody knows which.
        up = 1 if last - 1 in filled else top + 1
        return _Found("name", at, _NO_HEADERS, columns, -up)
    words, stand = area.columns_moved(stand)
    if words == _EXCHANGED:
        now, before = (area.right(each, data, key, builtin) for each in (stand, columns))
        if now <= before:  # the headers alone were
            words, stand = "", columns
    return _Found("name", at, words, stand)


class _Area(NamedTuple):
    """Where a table is, on the cells of its sheet.

    Parameters
    ----------
    top, last: the rows of its headers and of its end.
    columns: in order, by what it calls them.
    """

    cells: Cells
    top: int
    last: int
    columns: Mapping[str, int]

    def is_called(self, name: str, at: tuple[int, int]) -> bool:
        """Whether a header stands in a cell."""
        return normal(str(plain(held(self.cells, at)))) == normal(name)

    def is_header(self, row: int) -> bool:
        """Whether all headers stand in a row, in their columns."""
        return all(self.is_called(name, (row, at)) for name, at in self.columns.items())

    def other_headers(self) -> Iterator[int]:
        """The rows that are so."""
        return (row for row in sorted({row for row, _ in self.cells}) if self.is_header(row))

    def filled(self, columns: Collection[int]) -> set[int]:
        """The rows in which anything stands in some columns."""
        at = ((row, column) for row, column in self.cells if column in columns)
        return {row for row, column in at if held(self.cells, (row, column)) is not None}

    def is_empty(self, column: int) -> bool:
        """Whether nothing stands in a column of its rows."""
        return not any(self.top <= row <= self.last for row in self.filled([column]))

    def columns_standing(self) -> _Columns:
        """The columns whose headers stand in the row of headers, and where."""
        called = {
            normal(str(plain(cell.value))): at
            for (row, at), cell in self.cells.items()
            if row == self.top
        }
        for name, at in self.columns.items():
            if self.is_called(name, (self.top, at)):
                called[normal(name)] = at
        names = (name for name in self.columns if normal(name) in called)
        return tuple((name, called[normal(name)]) for name in names)

    def pushed_out(self) -> tuple[str, _Columns, int, int]:
        """What is said of rows below the table, and by how many rows it should be longer."""
        columns, filled = tuple(self.columns.items()), self.filled(self.columns.values())
        rows = range(self.top + 1, self.last + 1)
        inserted = len(rows) - sum(row in rows for row in filled)
        below = (row in filled for row in range(self.last + 1, self.last + inserted + 1))
        if not inserted or not all(below) or self.last + inserted + 1 in filled:
            return "formulas look no further; extend it", columns, 0, 0
        first = next(row for row in rows if row not in filled)
        words = f"{lines_were(inserted, 'row')} inserted in row {first} {_BY} no further; "
        words += f"delete {'it' if inserted == 1 else 'them'}, or convert the workbook"
        return words, columns, 0, inserted

    def columns_moved(self, stand: _Columns) -> tuple[str, _Columns]:
        """What was done to columns, in words, by those whose headers stand; where they all are."""
        off = {name: at - self.columns[name] for name, at in stand}
        lacking = [name for name in self.columns if name not in off]
        if lacking:
            if self.is_empty(max(self.columns.values())) and all(
                off.get(name, -lost) == -lost
                for name, lost in zip(self.columns, self._lost_before(lacking), strict=True)
            ):
                return _COLUMN_DELETED, stand
            gone = [name for name in lacking if self.is_empty(self.columns[name])]
            kept = tuple((name, at) for name, at in self.columns.items() if name not in gone)
            return _EMPTIED * (lacking[0] in gone), kept
        if [*stand] != sorted(stand, key=lambda each: each[1]):
            away = [at for _, at in stand if at not in self.columns.values()]
            if away:
                return f": it stands in column {column_letters(away[0])}{_AWAY}", stand
            return _EXCHANGED, stand
        if (by := max(off.values())) < 0:
            return _DELETED_BEFORE, stand
        words = f": {lines_were(by, 'column')} inserted {_BY} in another one; "
        return f"{words}delete {'it' if by == 1 else 'them'}, or convert the workbook", stand

    def _lost_before(self, lacking: Sequence[str]) -> Iterator[int]:
        """How many columns are lacking before each, or with it."""
        return itertools.accumulate(name in lacking for name in self.columns)

    def right(self, columns: _Columns, data: DataTable, key: str, builtin: Catalog) -> int:
        """How many cells would be as they should if these were the columns."""
        at, rows = dict(columns), rows_of(data, builtin)
        in_order = [(n, at[header]) for n, header in enumerate(data.headers) if header in at]
        found = (
            (row, rows.get(str(plain(held(self.cells, (row, column)))).lower()))
            for row, column in self.cells
            if column == at[key] and self.top < row <= self.last
        )
        return sum(
            held(self.cells, (row, column)) == values[number]
            for row, values in found
            if values
            for number, column in in_order
        )
