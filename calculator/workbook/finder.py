"""Finds the calculator sheets of a workbook, by header and label.

People insert rows, rename and copy sheets, put others beside them; and other programs drop the
table objects. What stays is the words in the header row and beside the inputs.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from functools import partial

from calculator.model.sheet import Sheet
from calculator.workbook.about import ABOUT, LAYOUT_LABEL, PROPERTIES
from calculator.workbook.data_places import HEADER_ROWS, LARGE, DataSheets
from calculator.workbook.layout import Layout
from calculator.workbook.places import find_columns, find_places, without_totals
from calculator.workbook.words import (
    KNOWN_WORDS,
    Kind,
    kinds,
    known_headers,
    labels_of_words,
    marks,
    normal,
)
from calculator.xlsx.cells import Cell, CellError, Cells
from calculator.xlsx.geometry import Table
from calculator.xlsx.package import Package
from calculator.xlsx.reference import place_or_none

__all__ = ["find_sheet", "layout_version", "meaning_of", "name_target"]

#: Header cells that make a row a header row.
_ENOUGH = 4
#: Rows of a node table of ours, at most.
_MOST_ROWS = 10_000
_NO_CELL = Cell(None, None)
_ONE_CELL = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$([A-Z]{1,3})\$([0-9]{1,7})")


def find_sheet(
    package: Package, name: str, cells: Cells, data: DataSheets, shared: dict[str, Layout]
) -> tuple[Layout, Cells] | None:
    """Where everything stands on a sheet of a model, and all its cells; None for any other sheet.

    Parameters
    ----------
    cells: its cells, of a large sheet down to where a header may be.
    data: the workbook's data sheets.
    shared: the layouts of the workbook's sheets, for those whose formulas refer to each other.
    """
    # Words stand above a node table, and in its header; other tables are other people's.
    tables = [
        table
        for table in package.tables_of(name)
        if _is_node_table(table) and _stands_under_headers(table, cells)
    ]
    lowest = max((table.area[0] for table in tables), default=HEADER_ROWS)
    texts = [
        (where, words)
        for where, cell in itertools.takewhile(lambda one: one[0][0] <= lowest, cells.items())
        if type(cell[0]) is str and (words := KNOWN_WORDS[cell[0]])
    ]
    # Free words may read as a label.
    at, often = dict(texts), Counter(words for _, words in texts)
    texts = [
        (where, words)
        for where, words in texts
        if often[words] == 1 or at.get((where[0], where[1] - 1)) not in labels_of_words()
    ]
    known = known_headers()
    rows: dict[int, dict[str, int]] = {}
    for (row, column), words in texts:
        if words in known:
            rows.setdefault(row, {}).setdefault(words, column)
    header_row = max(rows, key=lambda row: len(rows[row]), default=0)
    headers = rows.get(header_row, {})
    if len(headers) < _ENOUGH or not headers.keys() & marks():
        header_row, headers = 0, {}
    labels: dict[str, list[tuple[int, int]]] = {}
    for where, words in texts:
        if not header_row or where[0] < header_row:
            labels.setdefault(words, []).append(where)
    kind = _most_alike(headers, labels)
    if kind is None:
        return None
    if package.size_of(name) > LARGE:
        cells = package.cells(name)
    sheet = kind.sheet
    table = next((each for each in tables if each.header_row == header_row), None)
    columns = {
        each.name: headers[header]
        for each, header in zip(sheet.columns, kind.headers, strict=True)
        if header in headers
    }
    called = dict(enumerate(table.columns, table.first_column)) if table else {}
    last = max(called, default=0)
    columns, unheaded = find_columns(columns, sheet.columns, cells, header_row, last)
    if table and not kind.model.plan:  # whose formulas count what stands below as inputs
        cells = without_totals(cells, table, columns)
    numbers = columns.values()
    has_gap = bool(columns) and max(numbers) - min(numbers) >= len(columns)
    moved = header_row - sheet.header_row if header_row else 0
    places, missing, inserted = find_places(
        kind.placed,
        labels,
        cells,
        moved=moved,
        has_gap=has_gap,
        headed=partial(kind.headed, cells),
    )
    if not inserted.number:
        column, number = kind.inserted_beyond(cells)
        inserted = inserted._replace(column=column, number=number)
    last_row = _last_row(kind, cells, columns, header_row, table) if header_row else 0
    layout = Layout(
        model=kind.model,
        sheet=sheet,
        name=name,
        places=places,
        columns=columns,
        unheaded={name: called.get(columns[name], "") for name in unheaded},
        header_row=header_row,
        first_row=header_row + 1,
        last_row=last_row,
        table=table.name if table else None,
        table_last_row=table.last_row if table else 0,
        names=_names_of_settings(package, name, sheet, places),
        missing=missing.labels,
        gone=missing.rows,
        unlabelled=missing.labels_alone,
        data={
            (declared, called): where.column_text(header, last)
            for declared, where in data.items()
            if where.table != declared or where.called
            for last in [0 if where.table else where.reach(cells)]
            for header in where.columns
            # Formulas that name a table that was lost may name what was typed over a header.
            for called in (header, where.called.get(header, header))
        },
        book=shared,
        bottom=_bottom(places, cells, last_row),
        inserted=inserted,
    )
    return layout, cells


def _is_node_table(table: Table) -> bool:
    known = known_headers()
    return sum(KNOWN_WORDS[header] in known for header in table.columns) >= _ENOUGH


def _stands_under_headers(table: Table, cells: Cells) -> bool:
    """Whether a table is where its headers are: some libraries move cells and not the table."""
    return not table.header_row or any(
        normal(str(cells.get((table.header_row, column), _NO_CELL).value)) == normal(header)
        for column, header in enumerate(table.columns, start=table.first_column)
    )


def _most_alike(
    headers: Mapping[str, int], labels: Mapping[str, list[tuple[int, int]]]
) -> Kind | None:
    """The sheet of a model with most of its headers and labels there, and the fewest missing.

    Another layout may lack many, and more of one sheet than of another.
    """

    def likeness(kind: Kind) -> tuple[int, int]:
        there = sum(map(headers.__contains__, kind.headers))
        there += sum(map(labels.__contains__, kind.settings))
        return there, -len(kind.headers) - len(kind.settings)

    def can_be(kind: Kind) -> bool:
        if kind.headers:
            return bool(headers.keys() & kind.marks)
        return not headers and sum(map(labels.__contains__, kind.settings)) >= _ENOUGH

    return max(filter(can_be, kinds()), key=likeness, default=None)


_ROW_NUMBER = re.compile(r"\$[A-Z]{1,3}\$([0-9]{1,7})")
#: Rows below the table, at least, that formulas must look at for inputs.
_LOOKED_AT = 100


def _bottom(places: Mapping[str, tuple[int, int]], cells: Cells, last_row: int) -> int:
    """How far down the file's own formula looks for inputs below the table; 0 if not far enough."""
    at = places.get("rows_below")
    formula = cells.get(at, _NO_CELL).formula if at else None
    deepest = max(map(int, _ROW_NUMBER.findall(formula or "")), default=0)
    return deepest if deepest >= last_row + _LOOKED_AT else 0


def layout_version(package: Package) -> int | None:
    """The version of a workbook's layout, from sheet About or the properties; None if neither."""
    said: list[object] = []
    if ABOUT in package.sheets:
        cells = package.cells(ABOUT)
        labels = (at for at, cell in cells.items() if cell.value == LAYOUT_LABEL)
        said += [cells.get((row, column + 1), _NO_CELL).value for row, column in labels]
    said.append(package.properties.get(PROPERTIES["layout"]))
    return next((version for version in map(_version, said) if version is not None), None)


def _version(found: object) -> int | None:
    text = str(int(found)) if isinstance(found, float) and found.is_integer() else str(found)
    return int(text) if text.isdecimal() and len(text) < 6 else None


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
    match = _ONE_CELL.fullmatch(meaning_of(package, sheet, name) or "")
    at = place_or_none(match[3] + match[4]) if match else None
    return ((match[1] or match[2]).replace("''", "'").casefold(), at) if match and at else None


def meaning_of(package: Package, sheet: str, name: str) -> str | None:
    """What a defined name refers to, seen from `sheet`; None where there is no such name."""
    same = [each for each in package.names if each.name.casefold() == name.casefold()]
    scoped = [each.refers_to for each in same if each.sheet == sheet]
    others = [each.refers_to for each in same if each.sheet is None]
    # Of two in one place, which no program leaves, the last counts.
    return next(reversed(scoped or others), None)


def _last_row(
    kind: Kind, cells: Cells, columns: Mapping[str, int], header_row: int, table: Table | None
) -> int:
    """The last row of the node table, rows that were added below its end included.

    Where the inputs stand once, formulas elsewhere see only the rows of the table.
    """
    inputs = [columns.get(name, 0) for name in ("instance_type", "instances", "pods_per_node")]

    def filled(row: int) -> bool:
        if table is None:
            return any((row, number) in cells for number in columns.values())
        if kind.model.plan:
            return False
        # Below a table, a remark may stand; a row that was meant to belong has more than a name.
        values = [cells.get((row, number), _NO_CELL).value for number in inputs]
        has = [value not in (None, "") and not isinstance(value, CellError) for value in values]
        return has[0] and any(has[1:])

    last = table.last_row if table else header_row
    # A table may be declared down to the end of the sheet, far below what anybody filled in.
    if table and (not kind.model.plan or last > header_row + _MOST_ROWS):
        last = min(last, next(reversed(cells))[0])
    while filled(last + 1):
        last += 1
    return last
