"""Finds the data sheets of a workbook, by the headers of their tables.

Formulas look up figures and words there. Other programs drop the table objects, and people type
other words over a header: then what stands around it tells what it was.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from calculator.model.sheet import DataTable
from calculator.workbook.about import ABOUT, PROPERTIES
from calculator.workbook.layout import quoted
from calculator.workbook.words import data_tables, marks, normal
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.geometry import Table
from calculator.xlsx.package import Package
from calculator.xlsx.reference import MAX_ROW, column_letters

__all__ = ["HEADER_ROWS", "LARGE", "DataPlace", "DataSheets", "find_data"]

#: Rows in which a header row is looked for; people put a page of notes above, not a book.
HEADER_ROWS = 400
#: Of a larger sheet [bytes], these are read first.
LARGE = 4 << 20
_NO_CELL = Cell(None, None)


@dataclass
class DataPlace:
    """Where a data table stands in a workbook; its cells are read when they are first asked for.

    Parameters
    ----------
    data: what the model says of it.
    sheet: the worksheet's name.
    table: the name of its table object, None where there is none.
    columns: column number of each header.
    header_row, last_row: its rows, counted from 1.
    called: what stands in the place of a header, as the table calls its column.
    """

    data: DataTable
    sheet: str
    table: str | None
    columns: Mapping[str, int]
    header_row: int
    last_row: int
    called: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The header of the column that formulas search: of types, or the first."""
        figures = self.data.figures
        return self.data.headers[figures.index("instance_type") if figures else 0]

    def types(self, cells: Cells) -> Iterator[tuple[int, str, dict[str, int | str | bool]]]:
        """Row, name and figures of each instance type, in the order of the sheet."""
        figures = dict(zip(self.data.figures, self.data.headers, strict=True))
        numbers = {
            figure: self.columns[header]
            for figure, header in figures.items()
            if header in self.columns
        }
        at = numbers.pop("instance_type")
        names = {row: cell.value for (row, column), cell in cells.items() if column == at}
        for row, name in names.items():
            if self.header_row < row <= self.last_row and isinstance(name, str) and name:
                values = {
                    figure: _figure(figure, cells.get((row, column), _NO_CELL).value)
                    for figure, column in numbers.items()
                }
                known = {figure: value for figure, value in values.items() if value is not None}
                yield row, name, known

    def column_text(self, header: str, last_row: int) -> str:
        """A column without its header, as formula text; the whole column where `last_row` is 0."""
        if self.table is not None:
            return f"{self.table}[{self.called.get(header, header)}]"
        letters = column_letters(self.columns[header])
        rows = (f"${self.header_row + 1}", f"${last_row}") if last_row else ("", "")
        return f"{quoted(self.sheet)}!${letters}{rows[0]}:${letters}{rows[1]}"

    def reach(self, cells: Cells) -> int:
        """How far down formulas look in it without a table, 0 for whole columns.

        Other programs leave areas behind that go beyond the data; most of them say how far.
        """
        name = re.escape(quoted(self.sheet))
        area = re.compile(rf"{name}!\$([A-Z]{{1,3}})(?:\$[0-9]{{1,7}})?:\$\1(?:\$([0-9]{{1,7}}))?")
        letters = {column_letters(number) for number in self.columns.values()}
        ends = Counter(
            int(match[2] or 0)
            for cell in cells.values()
            if cell.formula
            for match in area.finditer(cell.formula)
            if match[1] in letters
        )
        end = max(ends, key=lambda end: ends[end], default=self.last_row)
        return end if end == 0 or end > self.last_row else self.last_row


def _figure(name: str, value: object) -> int | str | bool | None:
    """A figure of an instance type as its cell says it, None where it says nothing of use."""
    if name in ("bare_metal", "trunk_compatible"):
        return {"yes": True, "no": False}.get(str(value).lower())
    if name in ("hypervisor", "source"):
        return value if isinstance(value, str) and value else None
    return int(value) if isinstance(value, float) and value.is_integer() else None


#: The data sheets of a workbook by the name that the model gives their table.
DataSheets = dict[str, DataPlace]


def find_data(package: Package) -> tuple[DataSheets, list[tuple[str, Cells]]]:
    """The data sheets, and the cells of all others, of large ones down to where a header may be."""
    data: DataSheets = {}
    others = []
    ours = PROPERTIES["model"] in package.properties
    for name in package.sheets:
        tables = package.tables_of(name)
        if ours and name == ABOUT and not tables:
            continue  # our own words, which are long
        known = [_known_of(package, name, table) for table in tables]
        if tables and None not in known:
            for where in filter(None, known):
                data.setdefault(where.data.name, where)
            continue
        large = package.size_of(name) > LARGE
        cells = package.cells(name, until_row=HEADER_ROWS if large else MAX_ROW)
        plain = [] if tables else _plain_data(package, name, cells)
        for where in plain:
            data.setdefault(where.data.name, where)
        if not plain:
            others.append((name, cells))
    return data, others


def _known_of(package: Package, sheet: str, table: Table) -> DataPlace | None:
    """Where a table of data stands; None for any other table."""
    headers = dict(enumerate(table.columns, table.first_column))
    if (found := _columns_of(headers, sheet, table.name)) is None:
        return None
    data, columns, called = found
    header_row = table.header_row or _header_within(package, table)
    return DataPlace(data, sheet, table.name, columns, header_row, table.last_row, called)


def _header_within(package: Package, table: Table) -> int:
    """The row of the headers of a table that says it has none, as exceljs leaves it; 0 for none."""
    cells = package.cells_of(table.sheet, [table.first_row])
    held = (
        cells.get((table.first_row, column), _NO_CELL).value
        for column, _ in enumerate(table.columns, table.first_column)
    )
    is_header = all(
        isinstance(value, str) and normal(value) == normal(header)
        for value, header in zip(held, table.columns, strict=True)
    )
    return table.first_row if is_header else 0


def _plain_data(package: Package, name: str, cells: Cells) -> list[DataPlace]:
    """Data tables without table objects, as other programs leave them: headers in row 1."""
    headers = {
        column: cell.value
        for (row, column), cell in cells.items()
        if row == 1 and isinstance(cell.value, str)
    }
    places = []
    while (found := _columns_of(headers, name, None)) is not None:
        data, columns, called = found
        numbers = set(columns.values())
        last_row = max(row for row, column in package.cells(name) if column in numbers)
        places.append(DataPlace(data, name, None, columns, 1, last_row, called))
        headers = {column: text for column, text in headers.items() if column not in numbers}
    return places


def _columns_of(
    headers: Mapping[int, str], sheet: str, table: str | None
) -> tuple[DataTable, dict[str, int], dict[str, str]] | None:
    """The data table that has these headers, its columns, and what is typed over their headers.

    Parameters
    ----------
    headers: the words in a row of headers, by column.
    sheet, table: the names of where they stand, by which it is known without some of its headers.
    """
    numbers = {normal(text): number for number, text in headers.items()}
    for data in data_tables().values():
        if sheet.casefold() == data.sheet.casefold() and table in (None, data.name):
            columns, called = _with_others(data, numbers, headers)
            if columns.keys() >= {*data.needed} and 2 * len(called) <= len(columns):
                return data, columns, called
    fitting = [needed for needed in data_tables() if needed <= numbers.keys()]
    # A node table shows the same figures, among its inputs and steps.
    if not fitting or not marks().isdisjoint(numbers):
        return None
    data = data_tables()[max(fitting, key=len)]
    return data, *_with_others(data, numbers, headers)


def _with_others(
    data: DataTable, numbers: Mapping[str, int], headers: Mapping[int, str]
) -> tuple[dict[str, int], dict[str, str]]:
    """The columns of a data table, and what is typed over the headers of some.

    Where none came in and none is gone, each stands where it should beside the others.
    """
    columns = {each: numbers[normal(each)] for each in data.headers if normal(each) in numbers}
    begins = {columns[each] - at for at, each in enumerate(data.headers) if each in columns}
    called: dict[str, str] = {}
    if len(begins) == 1:
        for at, each in enumerate(data.headers, min(begins)):
            if each not in columns and each not in data.shown and at in headers:
                columns[each], called[each] = at, headers[at]
    return columns, called
