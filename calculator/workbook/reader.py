"""Reads a filled-in workbook: inputs, recorded values and recorded formulas, each with its cell.

Sheets, settings and columns are found by label and header, so that inserted rows, renamed or
copied sheets and other programs' habits do no harm. Reading collects every fault it meets.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from calculator.catalog import Catalog, InstanceType
from calculator.errors import Finding, WorkbookError
from calculator.model.sheet import Column, Model, Setting
from calculator.plan import Choice, Input, found_words, plain
from calculator.workbook.about import PROPERTIES
from calculator.workbook.finder import DataSheets, find_data, find_sheet, name_target
from calculator.workbook.layout import Layout, Place, quoted
from calculator.workbook.links import followed_cell, warn_of_parting
from calculator.xlsx.cells import Cell, CellError, Cells
from calculator.xlsx.formula import Geometry
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1

__all__ = ["SheetReading", "WorkbookReading", "read_workbook"]

_NO_CELL = Cell(None, None)
_UNKNOWN = float("nan")


@dataclass
class SheetReading:
    """One sheet as it was filled in.

    Parameters
    ----------
    layout: where everything stands.
    cells: everything recorded on the sheet.
    settings: the settings by name; NaN for a number that cannot be used.
    rows: worksheet row of each node group, shape (groups,).
    groups: the input columns by name, each a list of shape (groups,); NaN for a number that
        cannot be used.
    faults: inputs that cannot be used.
    warnings: inputs that can be used and want attention.
    followed: places of input cells that are links, and the sheet and place each points at.
    stale: links whose recorded value is not what they point at.
    """

    model: Model
    layout: Layout
    cells: Cells
    settings: dict[str, float | str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    groups: dict[str, list[float | str]] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    followed: dict[Place, tuple[str, Place]] = field(default_factory=dict)
    stale: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The worksheet's name."""
        return self.layout.name

    def follows(self, name: str, row: int | None) -> str:
        """Says of the cell `name`, at `row` for a column, which cell it follows, if any."""
        followed = self.followed.get(self.layout.place(name, row))
        return f" (the cell follows {quoted(followed[0])}!{a1(*followed[1])})" if followed else ""

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
            found=plain(value),
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
    _data: DataSheets

    @cached_property
    def catalog(self) -> Catalog | None:
        """The instance types on the workbook's own data sheets; None where it has none."""
        listed: dict[str, dict[str, object]] = {}
        in_order: list[dict[str, object]] = []
        for where in self._data.values():
            if not where.data.figures:
                continue
            first = not in_order
            for row, name, figures in where.types(self._package):
                is_new = name.lower() not in listed
                known = listed.setdefault(name.lower(), {"instance_type": name})
                # As a look-up does, take the first of two rows of the same name.
                for figure, value in figures.items():
                    known.setdefault(figure, value)
                if first:  # the place of a type is its row, which MATCH finds
                    gap = row - where.header_row - 1 - len(in_order)
                    in_order += [{"instance_type": ""}] * gap
                if first or is_new:
                    in_order.append(known)
        if not in_order:
            return None
        unknown: dict[str, object] = {"max_enis": None, "ipv4_per_eni": None}
        types = (InstanceType(**(unknown | each)) for each in in_order)  # type: ignore[arg-type]
        return Catalog(types, f"data sheets of {self.file}", first_counts=True)

    def figure_cell(self, instance_type: str, figure: str) -> tuple[str, str] | None:
        """Cell (with its sheet) and header of a figure of an instance type, None without one."""
        for where in self._data.values():
            if figure in where.data.figures:
                header = where.data.headers[where.data.figures.index(figure)]
                for row, name, _ in where.types(self._package):
                    if name.lower() == instance_type.lower():
                        return f"{quoted(where.sheet)}!{a1(row, where.columns[header])}", header
        return None


def read_workbook(
    path: str | os.PathLike[str], content: bytes | OSError | None = None
) -> WorkbookReading:
    """Read a filled-in workbook of any model.

    Parameters
    ----------
    path: an .xlsx of this program, AWS's sample workbook, or either after another program saved
        it; also a URL for fsspec.
    content: the file's bytes, or why they could not be read, where that is known already.

    Returns
    -------
    The reading; its sheets hold all inputs, faults, recorded values and formulas.

    Raises
    ------
    WorkbookError: when it is no workbook, is damaged, or has no calculator sheet.
    """
    package = Package.open(path, content)
    geometry = Geometry.of(package.tables, package.names)
    data, others = find_data(package)
    readings = []
    for name, cells in others:
        found = find_sheet(package, name, cells, data)
        if found is not None:
            readings.append(SheetReading(*found))
    by_name = {each.name.casefold(): each for each in readings}
    for reading in readings:
        _read_inputs(reading, by_name, package)
    if not readings:
        said = package.properties
        if PROPERTIES["version"] in said and PROPERTIES["model"] not in said:
            message = "It is a report of this program, not a plan. Keep reports in another folder."
            raise WorkbookError(package.file, "report", message)
        listed = ", ".join(package.sheets)
        raise WorkbookError(
            package.file,
            "no-calculator-sheet",
            'it has no sheet with a node table (a row with the headers "instance type", '
            '"# of Instances", "Target Workload Pods per Node"); '
            f"its sheets: {listed}",
        )
    return WorkbookReading(
        package.file, package.properties, tuple(readings), geometry, package, data
    )


# --- reading the inputs ---------------------------------------------------------------------------

_Sheets = dict[str, "SheetReading"]


def _read_inputs(reading: SheetReading, sheets: _Sheets, package: Package) -> None:
    """Read a sheet's settings and rows; `sheets` holds all of them by their casefolded names."""
    layout = reading.layout
    # A workbook of an earlier version knows none of the settings that a sheet can do without.
    optional = {each.name for each in layout.sheet.settings if each.optional}
    is_older = bool(optional) and optional <= layout.missing
    for setting in layout.sheet.settings:
        reading.settings[setting.name] = _read_setting(reading, setting, sheets, is_older=is_older)
        if setting.defined_name in layout.names:
            _warn_of_dangling_name(reading, setting, package)
    missing = [each for each in layout.sheet.inputs if each.name not in layout.columns]
    for column in missing:
        if not (column.optional and is_older):
            _missing_column(reading, column)
    missing = [each for each in missing if not each.optional]
    reading.groups = {each.name: [] for each in layout.sheet.inputs}
    columns = [(each, layout.columns.get(each.name)) for each in layout.sheet.inputs]
    for row in range(layout.first_row, layout.last_row + 1):
        _read_row(reading, row, columns, sheets, missing=bool(missing))
    warn_of_parting(reading, sheets)


def _warn_of_dangling_name(reading: SheetReading, setting: Setting, package: Package) -> None:
    target = name_target(package, reading.name, str(setting.defined_name))
    if target is not None and target[0] != reading.name.casefold():
        message = (
            f"the name {setting.defined_name} refers to a sheet that is not there; let it refer "
            f"to {quoted(reading.name)}!{a1(*reading.layout.places[setting.name], absolute=True)}"
        )
        reading.warnings.append(reading.finding(setting.name, None, "dangling-name", None, message))


def _read_setting(
    reading: SheetReading, setting: Setting, sheets: _Sheets, *, is_older: bool
) -> float | str:
    if setting.name not in reading.layout.missing:
        place = reading.layout.places[setting.name]
        cell = followed_cell(reading, setting.name, None, place, sheets)
        return _read_input(reading, setting, None, cell)
    message = f'the label "{setting.label}" was not found; '
    if setting.optional:
        if not is_older:
            message += f"{setting.default} is assumed; put it back beside its cell"
            reading.warnings.append(
                reading.finding(setting.name, None, "missing-label", None, message)
            )
        return setting.default if setting.is_text else float(setting.default)
    message += f"put it back, with {setting.input.expected} beside it"
    reading.faults.append(reading.finding(setting.name, None, "missing-label", None, message))
    return _UNKNOWN


def _missing_column(reading: SheetReading, column: Column) -> None:
    layout = reading.layout
    present = [layout.text_of(name) for name in layout.columns]
    findings, assumed = reading.faults, ""
    if column.optional and column.input:
        findings, assumed = reading.warnings, f"{column.input.default} is assumed; "
    findings.append(
        Finding(
            sheet=reading.name,
            cell=a1(layout.header_row, 1 + layout.sheet.columns.index(column)),
            column=column.header,
            kind="missing-column",
            found=None,
            message=f'the column "{column.header}" was not found in row {layout.header_row}; '
            f"{assumed}its headers: {', '.join(present)}",
        )
    )


def _has_value(cell: Cell) -> bool:
    return cell.value not in (None, "")


def _read_row(
    reading: SheetReading,
    row: int,
    columns: Sequence[tuple[Column, int | None]],
    sheets: _Sheets,
    *,
    missing: bool,
) -> None:
    """Read a row of the node table; `columns` are its inputs, and where they are if they are."""
    sheet, cells = reading.layout.sheet, reading.cells
    found: dict[str, Cell] = {}
    is_filled = False
    for column, number in columns:
        if number is None:
            continue
        cell = cells.get((row, number), _NO_CELL)
        if cell.formula is not None:
            cell = followed_cell(reading, column.name, row, (row, number), sheets)
        found[column.name] = cell
        if not is_filled and not column.optional and (_has_value(cell) or cell.formula):
            is_filled = True
    if not is_filled:
        if sheet.spare_row and _unguarded(reading, row):
            _empty_row(reading, row)
        return
    name = _read_type(reading, row, found, missing=missing)
    if name is None:
        return
    reading.rows.append(row)
    reading.groups["instance_type"].append(name)
    for column, number in columns:
        if column.input is None:
            continue
        if number is not None:
            value = _read_input(reading, column, row, found[column.name])
        elif column.optional:
            value = _default(column.input)
        else:
            value = _UNKNOWN
        reading.groups[column.name].append(value)


def _default(declared: Input) -> float | str:
    return declared.default if isinstance(declared, Choice) else float(declared.default)


def _empty_row(reading: SheetReading, row: int) -> None:
    """An empty row that counts, because its formulas give an error where ours show nothing."""
    message = (
        "the row is empty, and the published formulas give #N/A for it; "
        "delete the row or fill it in"
    )
    reading.faults.append(reading.finding("instance_type", row, "empty-row", None, message))
    reading.rows.append(row)
    for column in reading.layout.sheet.inputs:
        reading.groups[column.name].append("" if column.is_text else column.empty or 0.0)


def _unguarded(reading: SheetReading, row: int) -> bool:
    """Whether the formulas of an empty row lack what makes the spare rows of ours show nothing."""
    layout = reading.layout
    first = layout.sheet.computed[0].name
    cell = reading.cells.get((row, layout.columns.get(first, 0)), _NO_CELL)
    return cell.formula is not None and not cell.formula.upper().startswith("IF(")


def _read_type(
    reading: SheetReading, row: int, found: Mapping[str, Cell], *, missing: bool
) -> str | None:
    """The instance type; "" where it cannot be used, None for a row that shows nothing."""
    cell = found.get("instance_type", _NO_CELL)
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
        numbers = [found.get(name, _NO_CELL).value for name in ("instances", "pods_per_node")]
        if not missing and not any(isinstance(each, float) for each in numbers):
            return None
        kind = "missing"
        message = "found nothing; an instance type is expected, or an empty row"
    message += reading.follows("instance_type", row)
    reading.faults.append(reading.finding("instance_type", row, kind, value, message))
    return found_words(value) if _has_value(cell) else ""


def _not_calculated(expected: str) -> str:
    return (
        f"its formula has no recorded value; open the workbook in a spreadsheet program and save "
        f"it, or enter {expected}"
    )


def _read_input(
    reading: SheetReading, declared: Setting | Column, row: int | None, cell: Cell
) -> float | str:
    """A number or an option; NaN, or the text that was found, where it cannot be used."""
    given = declared.input
    assert given is not None
    value = cell.value
    if value is None or value == "":
        if cell.formula is not None and value is None:
            message = _not_calculated(given.expected)
            reading.faults.append(
                reading.finding(declared.name, row, "not-calculated", None, message)
            )
            return "" if declared.is_text else _UNKNOWN
        if isinstance(declared, Column) and declared.optional:
            return _default(given)
    problem = given.problem(value)
    if problem is None:
        return given.read(value) if isinstance(given, Choice) else value  # type: ignore
    kind, expected = problem
    if kind == "missing" and declared.empty is not None:
        message = f"the cell is empty and counts as {declared.empty:g}"
        reading.warnings.append(reading.finding(declared.name, row, "empty-cell", None, message))
        return declared.empty
    message = f"found {found_words(value)}; {expected} is expected"
    if not declared.is_text and isinstance(value, str) and _looks_like_number(value):
        message += " (the cell holds text: type the number again, without an apostrophe)"
    message += reading.follows(declared.name, row)
    reading.faults.append(reading.finding(declared.name, row, kind, value, message))
    if declared.is_text:
        return found_words(value)
    # Formulas that check their inputs look at the number itself to say what is wrong with it.
    checked = reading.layout.sheet.spare_row is None
    return value if checked and isinstance(value, float) else _UNKNOWN


def _looks_like_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
