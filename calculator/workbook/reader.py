"""Reads a filled-in workbook: inputs, recorded values and recorded formulas, each with its cell.

Sheets, settings and columns are found by label and header, so that inserted rows, renamed or
copied sheets and other programs' habits do no harm. Reading collects every fault it meets.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from calculator.catalog import Catalog, InstanceType
from calculator.errors import Finding, WorkbookError
from calculator.model import models
from calculator.model.sheet import Column, DataTable, Model, Setting, Sheet
from calculator.plan import Quantity, found_words
from calculator.workbook.formula import Geometry
from calculator.workbook.layout import Layout, a1, column_letters, place, quoted
from calculator.workbook.package import Cell, CellError, Cells, Package, Table

__all__ = ["SheetReading", "WorkbookReading", "read_workbook"]

#: Rows in which a header row is looked for; people put a page of notes above, not a book.
_HEADER_ROWS = 400
#: Header cells that make a row a header row.
_ENOUGH = 4
_NO_CELL = Cell(None, None)
_UNKNOWN = float("nan")


def _normal(words: str) -> str:
    return " ".join(words.split()).rstrip(":").casefold()


@dataclass
class SheetReading:
    """One sheet as it was filled in.

    Parameters
    ----------
    layout: where everything stands.
    cells: everything recorded on the sheet.
    settings: the settings by name; NaN for one that cannot be used.
    rows: worksheet row of each node group, shape (groups,).
    groups: the input columns by name, each a list of shape (groups,); NaN for a number that
        cannot be used.
    faults: inputs that cannot be used.
    warnings: inputs that can be used and want attention.
    """

    model: Model
    layout: Layout
    cells: Cells
    settings: dict[str, float] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    groups: dict[str, list[float | str]] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The worksheet's name."""
        return self.layout.name

    def finding(
        self, name: str, row: int | None, kind: str, found: object, message: str, **more: object
    ) -> Finding:
        """A finding on the cell `name`, at `row` for a column."""
        value = found if isinstance(found, bool | float | int | str) else None
        return Finding(
            sheet=self.name,
            cell=self.layout.cell(name, row),
            column=self.layout.text_of(name),
            kind=kind,
            found=_plain(value),
            message=message,
            **more,  # type: ignore[arg-type]
        )


@dataclass
class WorkbookReading:
    """A workbook as it was filled in.

    Parameters
    ----------
    file: its path, as given.
    properties: its custom document properties.
    sheets: its calculator sheets, in workbook order.
    geometry: its tables and names, for comparing formulas.
    """

    file: str
    properties: Mapping[str, str]
    sheets: tuple[SheetReading, ...]
    geometry: Geometry
    _package: Package
    _data: Mapping[str, tuple[DataTable, _DataPlace]]

    @cached_property
    def catalog(self) -> Catalog | None:
        """The instance types on the workbook's own data sheets; None where it has none."""
        types: dict[str, dict[str, object]] = {}
        order: list[str] = []
        for data, where in self._data.values():
            if data.figures:
                for name, figures in where.types(self._package, data):
                    if name.lower() not in types:
                        types[name.lower()] = {"instance_type": name}
                        order.append(name)
                    # As a look-up does, take the first of two rows of the same name.
                    for key, value in figures.items():
                        types[name.lower()].setdefault(key, value)
        if not types:
            return None
        figures_of = (types[name.lower()] for name in order)
        blank = {"max_enis": None, "ipv4_per_eni": None}
        return Catalog(
            (InstanceType(**{**blank, **each}) for each in figures_of),  # type: ignore[arg-type]
            f"data sheets of {self.file}",
        )

    def data_cell(self, instance_type: str, figure: str) -> tuple[str, str, str] | None:
        """Sheet, cell and header that hold a figure of an instance type."""
        for data, where in self._data.values():
            if figure in data.figures:
                column = where.columns[data.headers[data.figures.index(figure)]]
                for row, name in where.names(self._package, data):
                    if name.lower() == instance_type.lower():
                        return (
                            where.sheet,
                            a1(row, column),
                            data.headers[data.figures.index(figure)],
                        )
        return None


@dataclass
class _DataPlace:
    """Where a data table stands in a workbook."""

    sheet: str
    table: Table | None
    columns: Mapping[str, int]
    header_row: int
    last_row: int
    cells: Cells | None = None

    def read(self, package: Package) -> Cells:
        if self.cells is None:
            self.cells = package.cells(self.sheet)
        return self.cells

    def names(self, package: Package, data: DataTable) -> Iterator[tuple[int, str]]:
        """Row and name of each instance type."""
        cells = self.read(package)
        column = self.columns[data.headers[data.figures.index("instance_type")]]
        for (row, number), cell in cells.items():
            inside = number == column and self.header_row < row <= self.last_row
            if inside and isinstance(cell.value, str) and cell.value:
                yield row, cell.value

    def types(self, package: Package, data: DataTable) -> Iterator[tuple[str, dict[str, object]]]:
        """Name and figures of each instance type."""
        cells = self.read(package)
        for row, name in self.names(package, data):
            figures: dict[str, object] = {}
            for header, figure in zip(data.headers, data.figures, strict=True):
                value = cells.get((row, self.columns[header]), _NO_CELL).value
                if isinstance(value, float) and value.is_integer():
                    figures[figure] = int(value)
            yield name, figures

    def formula_text(self, header: str) -> str:
        """A column as formula text."""
        column = column_letters(self.columns[header])
        return f"{quoted(self.sheet)}!${column}${self.header_row + 1}:${column}${self.last_row}"


def read_workbook(path: str | os.PathLike[str]) -> WorkbookReading:
    """Read a filled-in workbook of any model.

    Parameters
    ----------
    path: an .xlsx of this program, AWS's sample workbook, or either after another program saved it.

    Returns
    -------
    The reading; its sheets hold all inputs, faults, recorded values and formulas.

    Raises
    ------
    WorkbookError: when it is no workbook, is damaged, or has no calculator sheet.
    """
    package = Package.open(path)
    geometry = Geometry(package.tables, package.names)
    data, others = _find_data(package)
    names = frozenset(each.name for each in package.names)
    readings = []
    for name, cells in others:
        found = _find_sheet(package, name, cells, names, data)
        if found is not None:
            readings.append(_read_inputs(*found))
    if not readings:
        listed = ", ".join(package.sheets)
        raise WorkbookError(
            package.file,
            "no-calculator-sheet",
            f"it has no sheet with a node table (a row with the headers {_HEADERS_IN_WORDS}); "
            f"its sheets: {listed}",
        )
    return WorkbookReading(
        package.file, package.properties, tuple(readings), geometry, package, data
    )


_NODE_HEADER = _normal("# of Instances")
_HEADERS_IN_WORDS = '"instance type", "# of Instances", "Target Workload Pods per Node"'


@cache
def _data_tables() -> dict[frozenset[str], DataTable]:
    return {
        frozenset(map(_normal, data.headers)): data
        for model in models()
        for data in model.data_tables
    }


@cache
def _known_headers() -> dict[str, str]:
    """Every header of every model's node tables, as compared -> as written."""
    return {
        _normal(column.header): column.header
        for model in models()
        for sheet in model
        for column in sheet.columns
    }


def _find_data(
    package: Package,
) -> tuple[dict[str, tuple[DataTable, _DataPlace]], list[tuple[str, Cells]]]:
    """The data sheets, which are not read until asked for, and the cells of all other sheets."""
    data: dict[str, tuple[DataTable, _DataPlace]] = {}
    others = []
    for name in package.sheets:
        tables = package.tables_of(name)
        known = [(each, _data_table(each.columns)) for each in tables]
        if tables and all(declared for _, declared in known):
            for table, declared in known:
                assert declared is not None
                columns = _columns_of(declared, table.columns, table.first_column)
                where = _DataPlace(name, table, columns, table.header_row, table.last_row)
                data[declared.name] = (declared, where)
            continue
        cells = package.cells(name, until_row=_HEADER_ROWS)
        headers = {
            column: cell.value
            for (row, column), cell in cells.items()
            if row == 1 and isinstance(cell.value, str)
        }
        declared = None if tables else _data_table(headers.values())
        if declared is not None:
            cells = package.cells(name)
            columns = {
                header: next(c for c, text in headers.items() if _normal(text) == _normal(header))
                for header in declared.headers
            }
            where = _DataPlace(name, None, columns, 1, max(row for row, _ in cells), cells)
            data[declared.name] = (declared, where)
        else:
            others.append((name, cells))
    return data, others


def _data_table(headers: Iterable[str]) -> DataTable | None:
    present = frozenset(map(_normal, headers))
    if _NODE_HEADER in present:  # a node table looks up the same figures
        return None
    fitting = [wanted for wanted in _data_tables() if wanted <= present]
    return _data_tables()[max(fitting, key=len)] if fitting else None


def _columns_of(data: DataTable, present: Iterable[str], first: int) -> dict[str, int]:
    numbers = {_normal(text): number for number, text in enumerate(present, first)}
    return {header: numbers[_normal(header)] for header in data.headers}


# --- finding a calculator sheet -------------------------------------------------------------------


def _find_sheet(
    package: Package,
    name: str,
    cells: Cells,
    names: frozenset[str],
    data: Mapping[str, tuple[DataTable, _DataPlace]],
) -> tuple[Model, Layout, Cells] | None:
    texts = {
        where: _normal(cell.value)
        for where, cell in cells.items()
        if isinstance(cell.value, str) and not isinstance(cell.value, CellError) and cell.value
    }
    known = _known_headers()
    rows: dict[int, dict[str, int]] = {}
    for (row, column), words in texts.items():
        if words in known:
            rows.setdefault(row, {}).setdefault(words, column)
    header_row = max(rows, key=lambda row: len(rows[row]), default=0)
    if not header_row or len(rows[header_row]) < _ENOUGH:
        return None
    headers = rows[header_row]
    if max(row for row, _ in cells) >= _HEADER_ROWS:
        cells = package.cells(name)
    labels: dict[str, list[tuple[int, int]]] = {}
    for where, words in texts.items():
        if where[0] < header_row:
            labels.setdefault(words, []).append(where)

    def likeness(sheet: Sheet) -> int:
        wanted = [_normal(each.header) in headers for each in sheet.columns]
        wanted += [_normal(each.label) in labels for each in sheet.settings]
        return 2 * sum(wanted) - len(wanted)

    model, sheet = max(
        ((model, sheet) for model in models() for sheet in model),
        key=lambda both: likeness(both[1]),
    )
    tables = [each for each in package.tables_of(name) if each.header_row == header_row]
    table = tables[0] if tables else None
    columns = {
        each.name: headers[_normal(each.header)]
        for each in sheet.columns
        if _normal(each.header) in headers
    }
    last_row = _last_row(cells, columns, header_row, table)
    return (
        model,
        Layout(
            sheet=sheet,
            name=name,
            places=_find_places(sheet, labels, cells),
            columns=columns,
            header_row=header_row,
            first_row=header_row + 1,
            last_row=last_row,
            table=table.name if table else None,
            table_last_row=table.last_row if table else 0,
            names=names,
            data=_data_names(data),
        ),
        cells,
    )


def _find_places(
    sheet: Sheet, labels: Mapping[str, list[tuple[int, int]]], cells: Cells
) -> dict[str, tuple[int, int]]:
    """The cell of each setting and result: as far from its label as the model puts it."""
    places = {}
    for each in sheet.placed:
        (label_row, label_column), (row, column) = place(each.label_cell), place(each.cell)
        found = [
            (at_row + row - label_row, at_column + column - label_column)
            for at_row, at_column in sorted(labels.get(_normal(each.label), ()))
        ]
        # A label may stand twice, as a remark; the one with something beside it is meant.
        filled = [where for where in found if where in cells]
        if found:
            places[each.name] = (filled or found)[0]
    return places


def _last_row(
    cells: Cells, columns: Mapping[str, int], header_row: int, table: Table | None
) -> int:
    """The last row of the node table, rows that were added below its end included."""
    numbers = list(columns.values())
    inputs = [columns[name] for name in ("instance_type", "instances") if name in columns]
    pods = columns.get("pods_per_node")

    def filled(row: int) -> bool:
        if table is None:
            return any((row, number) in cells for number in numbers)
        # Below a table, a remark may stand; a row that was meant to belong has more than a name.
        has = [_has_value(cells.get((row, number), _NO_CELL)) for number in (*inputs, pods or 0)]
        return has[0] and any(has[1:])

    # A table may be declared down to the end of the sheet.
    bottom = max((row for row, _ in cells), default=header_row)
    last = min(table.last_row, bottom) if table else header_row
    while filled(last + 1):
        last += 1
    return last


def _has_value(cell: Cell) -> bool:
    return cell.value not in (None, "")


def _data_names(data: Mapping[str, tuple[DataTable, _DataPlace]]) -> dict[tuple[str, str], str]:
    """How formulas of this file may name the columns of data tables that go by another name."""
    named = {}
    for declared, where in data.values():
        if where.table is None:
            for header in declared.headers:
                named[declared.name, header] = where.formula_text(header)
        elif where.table.name != declared.name:
            for header in declared.headers:
                named[declared.name, header] = f"{where.table.name}[{header}]"
    return named


# --- reading the inputs ---------------------------------------------------------------------------


def _read_inputs(model: Model, layout: Layout, cells: Cells) -> SheetReading:
    reading = SheetReading(model, layout, cells)
    for setting in layout.sheet.settings:
        reading.settings[setting.name] = _read_setting(reading, setting)
    missing = [each for each in layout.sheet.inputs if each.name not in layout.columns]
    for column in missing:
        _missing_column(reading, column)
    reading.groups = {each.name: [] for each in layout.sheet.inputs}
    for row in range(layout.first_row, layout.last_row + 1):
        _read_row(reading, row, missing=bool(missing))
    return reading


def _read_setting(reading: SheetReading, setting: Setting) -> float:
    if setting.name not in reading.layout.places:
        reading.faults.append(
            Finding(
                sheet=reading.name,
                cell=setting.label_cell,
                column=setting.label,
                kind="missing-label",
                found=None,
                message=f'the label "{setting.label}" was not found; put it back, with '
                f"{setting.quantity.expected} beside it",
            )
        )
        return _UNKNOWN
    cell = reading.cells.get(reading.layout.places[setting.name], _NO_CELL)
    return _read_number(reading, setting, setting.quantity, None, cell)


def _missing_column(reading: SheetReading, column: Column) -> None:
    layout = reading.layout
    present = [layout.text_of(name) for name in layout.columns]
    reading.faults.append(
        Finding(
            sheet=reading.name,
            cell=a1(layout.header_row, 1 + layout.sheet.columns.index(column)),
            column=column.header,
            kind="missing-column",
            found=None,
            message=f'the column "{column.header}" was not found in row {layout.header_row}; '
            f"its headers: {', '.join(present)}",
        )
    )


def _read_row(reading: SheetReading, row: int, *, missing: bool) -> None:
    layout, sheet = reading.layout, reading.layout.sheet
    found = {
        each.name: reading.cells.get((row, layout.columns.get(each.name, 0)), _NO_CELL)
        for each in sheet.inputs
    }
    if not any(_has_value(cell) or cell.formula for cell in found.values()):
        if sheet.spare_row and _unguarded(reading, row):
            message = (
                "the row is empty, and the published formulas give #N/A for it; "
                "delete the row or fill it in"
            )
            reading.faults.append(reading.finding("instance_type", row, "empty-row", None, message))
        return
    name = _read_type(reading, row, found["instance_type"], missing=missing)
    if name is None:
        return
    reading.rows.append(row)
    reading.groups["instance_type"].append(name)
    for column in sheet.inputs:
        if column.quantity is not None:
            number = (
                _read_number(reading, column, column.quantity, row, found[column.name])
                if column.name in layout.columns
                else _UNKNOWN
            )
            reading.groups[column.name].append(number)


def _unguarded(reading: SheetReading, row: int) -> bool:
    """Whether the formulas of an empty row lack what makes the spare rows of ours show nothing."""
    layout = reading.layout
    first = layout.sheet.computed[0].name
    cell = reading.cells.get((row, layout.columns.get(first, 0)), _NO_CELL)
    return cell.formula is not None and not cell.formula.upper().startswith("IF(")


def _read_type(reading: SheetReading, row: int, cell: Cell, *, missing: bool) -> str | None:
    """The instance type; "" where it cannot be used, None for a row that shows nothing."""
    value = cell.value
    if isinstance(value, str) and not isinstance(value, CellError) and value:
        return value
    if "instance_type" not in reading.layout.columns:
        return ""
    if _has_value(cell):
        kind, message = "not-a-type", f"found {found_words(value)}; an instance type is expected"
    elif cell.formula is not None and value is None:
        kind, message = "not-calculated", _not_calculated("an instance type")
    else:
        numbers = [
            reading.cells.get((row, number), _NO_CELL).value
            for name, number in reading.layout.columns.items()
            if name in ("instances", "pods_per_node")
        ]
        if not missing and not any(isinstance(each, float) for each in numbers):
            return None
        kind = "missing"
        message = "found nothing; an instance type is expected, or an empty row"
    reading.faults.append(reading.finding("instance_type", row, kind, value, message))
    return found_words(value) if _has_value(cell) else ""


def _not_calculated(expected: str) -> str:
    return (
        f"its formula has no recorded value; open the workbook in a spreadsheet program and save "
        f"it, or enter {expected}"
    )


def _read_number(
    reading: SheetReading,
    declared: Setting | Column,
    quantity: Quantity,
    row: int | None,
    cell: Cell,
) -> float:
    value = cell.value
    if cell.formula is not None and value is None:
        message = _not_calculated(quantity.expected)
        reading.faults.append(reading.finding(declared.name, row, "not-calculated", None, message))
        return _UNKNOWN
    problem = quantity.problem(value)
    if problem is None:
        assert isinstance(value, float)
        return value
    kind, expected = problem
    if kind == "missing" and declared.empty is not None:
        message = f"the cell is empty and counts as {declared.empty:g}"
        reading.warnings.append(reading.finding(declared.name, row, "empty-cell", None, message))
        return declared.empty
    message = f"found {found_words(value)}; {expected} is expected"
    if isinstance(value, str) and _looks_like_number(value):
        message += " (the cell holds text: type the number again, without an apostrophe)"
    reading.faults.append(reading.finding(declared.name, row, kind, value, message))
    # Formulas that check their inputs look at the number itself to say what is wrong with it.
    checked = reading.layout.sheet.spare_row is None
    return value if checked and isinstance(value, float) else _UNKNOWN


def _looks_like_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _plain(value: bool | float | str | None) -> bool | float | str | None:
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
