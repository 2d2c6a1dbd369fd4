"""Finds the calculator sheets and the data sheets of a workbook, by header and label.

People insert rows, rename and copy sheets, put others beside them; and other programs drop the
table objects. What stays is the words in the header row and beside the inputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from calculator.model import models
from calculator.model.sheet import DataTable, Model, Sheet
from calculator.workbook.about import ABOUT, PROPERTIES
from calculator.workbook.layout import Layout, quoted
from calculator.xlsx.cells import Cell, CellError, Cells, Memo
from calculator.xlsx.package import Package, Table
from calculator.xlsx.reference import column_letters, place

__all__ = ["DataSheets", "find_data", "find_sheet", "name_target"]

#: Rows in which a header row is looked for; people put a page of notes above, not a book.
_HEADER_ROWS = 400
#: Header cells that make a row a header row.
_ENOUGH = 4
_NO_CELL = Cell(None, None)
_ONE_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$([A-Z]{1,3})\$([0-9]{1,7})")


@lru_cache(maxsize=10_000)
def _normal(words: str) -> str:
    """Words as they are compared: case, white space and a colon at the end make no difference."""
    return " ".join(words.rstrip(": \t\n").split()).casefold()


@cache
def _data_tables() -> dict[frozenset[str], DataTable]:
    """The data tables by the headers that they cannot do without."""
    return {
        frozenset(map(_normal, data.needed)): data
        for model in models()
        for data in model.data_tables
    }


@cache
def _node_headers() -> frozenset[str]:
    """The headers of inputs that no data table has."""
    inputs = {each.header for model in models() for sheet in model for each in sheet.inputs}
    data = {header for model in models() for each in model.data_tables for header in each.headers}
    return frozenset(map(_normal, inputs)) - frozenset(map(_normal, data))


@cache
def _known_headers() -> frozenset[str]:
    """Every header of every model's node tables."""
    sheets = (sheet for model in models() for sheet in model)
    return frozenset(_normal(column.header) for sheet in sheets for column in sheet.columns)


class _Kind(NamedTuple):
    """A sheet of a model, with its words as they are compared.

    Parameters
    ----------
    headers: of its columns, shape (columns,).
    settings: labels of its settings, shape (settings,).
    placed: name, label and place of each setting and result, and how far it is from its label.
    """

    model: Model
    sheet: Sheet
    headers: list[str]
    settings: list[str]
    placed: list[tuple[str, str, tuple[int, int], tuple[int, int]]]


@cache
def _kinds() -> list[_Kind]:
    """Every sheet of every model."""
    return [
        _Kind(
            model,
            sheet,
            [_normal(each.header) for each in sheet.columns],
            [_normal(each.label) for each in sheet.settings],
            [
                (each.name, _normal(each.label), at, (at[0] - label[0], at[1] - label[1]))
                for each in sheet.placed
                for at, label in [(place(each.cell), place(each.label_cell))]
            ],
        )
        for model in models()
        for sheet in model
    ]


@cache
def _known_labels() -> frozenset[str]:
    """Every label of every model's settings and results."""
    return frozenset(label for kind in _kinds() for _, label, _, _ in kind.placed)


def _known_words(text: str) -> str:
    words = _normal(text)
    return words if words in _known_headers() or words in _known_labels() else ""


#: The header or label that a text is, "" for any other text.
_KNOWN: Memo[str, str] = Memo(_known_words)


# --- data sheets ----------------------------------------------------------------------------------


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
    """

    data: DataTable
    sheet: str
    table: str | None
    columns: Mapping[str, int]
    header_row: int
    last_row: int

    def types(self, package: Package) -> Iterator[tuple[int, str, dict[str, int | str | bool]]]:
        """Row, name and figures of each instance type, in the order of the sheet."""
        cells = package.cells(self.sheet)
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

    def column_text(self, header: str) -> str:
        """A column without its header, as formula text."""
        if self.table is not None:
            return f"{self.table}[{header}]"
        letters = column_letters(self.columns[header])
        return f"{quoted(self.sheet)}!${letters}${self.header_row + 1}:${letters}${self.last_row}"


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
    """The data sheets, and the cells of all other sheets down to where a header may be."""
    data: DataSheets = {}
    others = []
    ours = PROPERTIES["model"] in package.properties
    for name in package.sheets:
        tables = package.tables_of(name)
        if ours and name == ABOUT and not tables:
            continue  # our own words, which are long
        known = [
            (each, declared)
            for each in tables
            if (declared := _data_table(each.columns)) is not None
        ]
        if tables and len(known) == len(tables):
            for table, declared in known:
                columns = _columns_of(declared, dict(enumerate(table.columns, table.first_column)))
                data[declared.name] = DataPlace(
                    declared, name, table.name, columns, table.header_row, table.last_row
                )
            continue
        cells = package.cells(name, until_row=_HEADER_ROWS)
        plain = None if tables else _plain_data(package, name, cells)
        if plain is not None:
            data[plain.data.name] = plain
        else:
            others.append((name, cells))
    return data, others


def _plain_data(package: Package, name: str, cells: Cells) -> DataPlace | None:
    """A data table without a table object, as other programs leave it: headers in row 1."""
    headers = {
        column: cell.value
        for (row, column), cell in cells.items()
        if row == 1 and isinstance(cell.value, str)
    }
    declared = _data_table(headers.values())
    if declared is None:
        return None
    last_row = max(row for row, _ in package.cells(name))
    return DataPlace(declared, name, None, _columns_of(declared, headers), 1, last_row)


def _data_table(headers: Iterable[str]) -> DataTable | None:
    present = frozenset(map(_normal, headers))
    fitting = [wanted for wanted in _data_tables() if wanted <= present]
    # A node table shows the same figures, among its inputs.
    if not fitting or present & _node_headers():
        return None
    return _data_tables()[max(fitting, key=len)]


def _columns_of(data: DataTable, headers: Mapping[int, str]) -> dict[str, int]:
    numbers = {_normal(text): number for number, text in headers.items()}
    return {
        header: numbers[_normal(header)] for header in data.headers if _normal(header) in numbers
    }


# --- calculator sheets ----------------------------------------------------------------------------


def find_sheet(
    package: Package, name: str, cells: Cells, data: DataSheets
) -> tuple[Model, Layout, Cells] | None:
    """What a sheet is, where everything stands on it, and all its cells; None for any other.

    Parameters
    ----------
    cells: its cells down to where a header may be.
    data: the workbook's data sheets.
    """
    texts = [
        (where, words)
        for where, cell in cells.items()
        if type(cell[0]) is str and (words := _KNOWN[cell[0]])
    ]
    known = _known_headers()
    rows: dict[int, dict[str, int]] = {}
    for (row, column), words in texts:
        if words in known:
            rows.setdefault(row, {}).setdefault(words, column)
    header_row = max(rows, key=lambda row: len(rows[row]), default=0)
    headers = rows.get(header_row, {})
    if len(headers) < _ENOUGH or not headers.keys() & _node_headers():
        return None
    # Cells come row by row: the last one tells how far they go.
    if next(reversed(cells))[0] >= _HEADER_ROWS:
        cells = package.cells(name)
    labels: dict[str, list[tuple[int, int]]] = {}
    for where, words in texts:
        if where[0] < header_row:
            labels.setdefault(words, []).append(where)
    kind = _most_alike(headers, labels)
    model, sheet = kind.model, kind.sheet
    tables = [each for each in package.tables_of(name) if each.header_row == header_row]
    table = tables[0] if tables else None
    columns = {
        each.name: headers[header]
        for each, header in zip(sheet.columns, kind.headers, strict=True)
        if header in headers
    }
    places, missing = _find_places(kind, labels, cells, header_row)
    layout = Layout(
        sheet=sheet,
        name=name,
        places=places,
        columns=columns,
        header_row=header_row,
        first_row=header_row + 1,
        last_row=_last_row(cells, columns, header_row, table),
        table=table.name if table else None,
        table_last_row=table.last_row if table else 0,
        names=_names_of_settings(package, name, sheet, places),
        missing=missing,
        data={
            (declared, header): where.column_text(header)
            for declared, where in data.items()
            if where.table != declared
            for header in where.columns
        },
    )
    return model, layout, cells


def _most_alike(headers: Mapping[str, int], labels: Mapping[str, list[tuple[int, int]]]) -> _Kind:
    """The sheet of a model whose headers and labels are there, and few of them missing."""

    def likeness(kind: _Kind) -> int:
        there = sum(map(headers.__contains__, kind.headers))
        there += sum(map(labels.__contains__, kind.settings))
        return 2 * there - len(kind.headers) - len(kind.settings)

    return max(_kinds(), key=likeness)


def _find_places(
    kind: _Kind, labels: Mapping[str, list[tuple[int, int]]], cells: Cells, header_row: int
) -> tuple[dict[str, tuple[int, int]], frozenset[str]]:
    """The cell of each setting and result, and the names of those whose label is missing.

    A cell is as far from its label as the model puts it; without the label, from the header row.
    """
    places = {}
    missing = set()
    for name, label, (row, column), (down, right) in kind.placed:
        found = [(label_row + down, beside + right) for label_row, beside in labels.get(label, ())]
        if len(found) > 1:
            # A label may stand twice, as a remark; the one with something beside it is meant.
            found.sort()
            found = [where for where in found if where in cells] or found
        if found:
            places[name] = found[0]
        else:
            missing.add(name)
            shifted = row + header_row - kind.sheet.header_row
            places[name] = shifted if shifted > 0 else row, column
    return places, frozenset(missing)


def _names_of_settings(
    package: Package, name: str, sheet: Sheet, places: Mapping[str, tuple[int, int]]
) -> frozenset[str]:
    """The defined names that stand, on this sheet, for the setting they should stand for."""
    good = set()
    for setting in sheet.settings:
        target = setting.defined_name and name_target(package, name, setting.defined_name)
        if not target:
            continue
        # A program that renames sheets may leave names behind that refer to the old one.
        dangling = target[0] not in (each.casefold() for each in package.sheets)
        if dangling or target == (name.casefold(), places[setting.name]):
            good.add(str(setting.defined_name))
    return frozenset(good)


def name_target(package: Package, sheet: str, name: str) -> tuple[str, tuple[int, int]] | None:
    """The sheet (casefolded) and cell that a defined name stands for, seen from `sheet`."""
    same = [each for each in package.names if each.name.casefold() == name.casefold()]
    scoped = [each for each in same if each.sheet == sheet]
    for each in scoped or [each for each in same if each.sheet is None]:
        match = _ONE_CELL.fullmatch(each.refers_to)
        if match:
            return (match[1] or match[2]).replace("''", "'").casefold(), place(match[3] + match[4])
    return None


def _last_row(
    cells: Cells, columns: Mapping[str, int], header_row: int, table: Table | None
) -> int:
    """The last row of the node table, rows that were added below its end included."""
    inputs = [columns.get(name, 0) for name in ("instance_type", "instances", "pods_per_node")]

    def filled(row: int) -> bool:
        if table is None:
            return any((row, number) in cells for number in columns.values())
        # Below a table, a remark may stand; a row that was meant to belong has more than a name.
        values = [cells.get((row, number), _NO_CELL).value for number in inputs]
        has = [value not in (None, "") and not isinstance(value, CellError) for value in values]
        return has[0] and any(has[1:])

    # A table may be declared down to the end of the sheet.
    last = min(table.last_row, next(reversed(cells))[0]) if table else header_row
    while filled(last + 1):
        last += 1
    return last
