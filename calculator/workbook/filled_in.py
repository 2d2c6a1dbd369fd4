"""What is filled in: the settings and node groups of a plan, each checked as it is read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from calculator.findings import Finding
from calculator.inputs import Choice, Text, found_words, plain
from calculator.model.expression import NOTHING
from calculator.model.sheet import Column, Setting
from calculator.plan import GROUP_INPUTS
from calculator.workbook.elsewhere import groups_on_sheets_of
from calculator.workbook.finder import meaning_of, name_target
from calculator.workbook.input_formulas import formula_words, idle_formulas, what_it_comes_to
from calculator.workbook.layout import Layout, quoted
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell, CellError
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1

__all__ = ["read_inputs"]

_NO_CELL = Cell(None, None)
_UNKNOWN = float("nan")
_MOVE_IT_UP = "move the row up into the table, or make a new workbook with more --rows"
_MOVE_IT_ASIDE = (
    "move it up into the table, or, if it is a note or a total, to where no input stands"
)


def read_inputs(reading: PlanReading, book: WorkbookReading) -> None:
    """Read the settings of all sheets, then the rows of the node table."""
    for declared in reading.model.sheets if reading.model.plan else [reading.plan.layout.sheet]:
        sheet = reading.sheets.get(declared.name)
        for setting in declared.settings:
            if sheet is None:  # which is a fault of its own
                reading.settings[setting.name] = "" if setting.is_text else _UNKNOWN
                continue
            value = _read_setting(reading, sheet, setting, book)
            reading.settings[setting.name] = value
            if setting.defined_name and setting.name not in sheet.layout.missing:
                reading.findings += _wrong_name(sheet, setting, book.package)
    for sheet in reading.sheets.values():
        layout = sheet.layout
        if layout.deleted and not layout.missing.isdisjoint(
            each.name for each in layout.sheet.settings
        ):
            reading.findings.append(_deleted_column(layout))
    _read_rows(reading, book)


def _deleted_column(layout: Layout) -> Finding:
    message = f"{layout.deleted_words}; put it back, or take the values from another copy"
    lost = ", ".join(layout.deleted)
    return Finding("missing-column", layout.name, None, None, None, message, lost)


def _wrong_name(sheet: SheetCells, setting: Setting, package: Package) -> Iterator[Finding]:
    """A defined name that does not stand for the cell of its setting."""
    name, place = str(setting.defined_name), sheet.layout.places[setting.name]
    target, meaning = name_target(package, sheet.name, name), meaning_of(package, sheet.name, name)
    if target == (sheet.name.casefold(), place):
        return
    code, said = "name", f"refers to {meaning}"
    if meaning is None:
        word = re.compile(rf"(?<![\w.!]){name}(?![\w.!(])", re.IGNORECASE)
        if not any(cell.formula and word.search(cell.formula) for cell in sheet.cells.values()):
            return
        said = "is not known on this sheet"
    elif target is not None and "[" in target[0]:
        said = "refers to another workbook"
    elif target is not None and name in sheet.layout.names:
        code, said = "dangling-name", "refers to a sheet that is not there"
    own = f"{quoted(sheet.name)}!{a1(*place, absolute=True)}"
    message = f"the name {name} {said}; let it refer to {own}"
    yield sheet.finding(code, setting.name, None, None, message)


def _words(declared: Setting | Column) -> str:
    """The default of an input in words."""
    default = declared.default if isinstance(declared, Setting) else declared.value(None)
    return "nothing" if default in (None, "", NOTHING) else str(plain(default))


def _read_setting(
    reading: PlanReading, sheet: SheetCells, setting: Setting, book: WorkbookReading
) -> float | str:
    layout = sheet.layout
    if setting.name not in layout.missing:
        cell = sheet.cells.get(layout.places[setting.name], _NO_CELL)
        return _read_input(reading, sheet, setting, None, cell, book.geometry)
    if setting.optional and book.is_of_other_layout:
        if (said := _said_formerly(reading, sheet, setting)) is not None:
            return said
        book.assumed.append(f"{setting.label} ({_words(setting)})")
        return setting.value(None)
    if layout.deleted:  # which is said once
        return "" if setting.is_text else _UNKNOWN
    # Without a number, or one of some words, nothing can be computed; without a remark, all can.
    is_remark = isinstance(setting.input, Text)
    code = "missing-setting" if is_remark else "missing-label"
    if setting.name in layout.gone:
        message = sheet.not_found(setting.label)
        message += ", and its row, which stood here, seems to be deleted; put it back"
    else:
        message = sheet.not_found(setting.label, at=layout.label_place(setting.name))
        wanted = "" if is_remark else f", with {setting.input.expected} beside it"
        message += f"; put it back{wanted}"
    reading.findings.append(sheet.finding(code, setting.name, None, None, message))
    return "" if setting.is_text else _UNKNOWN


def _said_formerly(reading: PlanReading, sheet: SheetCells, setting: Setting) -> float | str | None:
    """What an input of an older layout says of a setting; None where there is none, or nothing."""
    label, words = setting.formerly or ("", {})
    now = {normal(each): word for each, word in words.items()}
    for (row, column), (text, _) in sheet.cells.items() if label else ():
        if not isinstance(text, str) or normal(text) != normal(label):
            continue
        at = row, sheet.layout.inserted.right_of(column, 1)
        value = sheet.cells.get(at, _NO_CELL).value
        if value is None or value == "":
            continue
        value = now.get(normal(value), value) if isinstance(value, str) else value
        problem = setting.input.problem(value)
        if problem is None:
            return setting.value(setting.input.read(value))
        message = f"found {found_words(value)}; {problem[1]} is expected"
        fault = Finding(problem[0], sheet.name, a1(*at), label, plain(value), message)
        reading.findings.append(fault)
        return found_words(value) if setting.is_text else _UNKNOWN
    return None


def _read_rows(reading: PlanReading, book: WorkbookReading) -> None:
    sheet = reading.plan
    layout = sheet.layout
    missing = [each for each in layout.sheet.inputs if each.name not in layout.columns]
    for column in missing:
        if not (layout.deleted or (column.optional and book.is_of_other_layout)):
            reading.findings.append(_missing_column(sheet, column))
    reading.groups = {each.name: [] for each in layout.sheet.inputs}
    reading.raw = {each.name: [] for each in layout.sheet.inputs}
    columns = [(each, layout.columns.get(each.name)) for each in layout.sheet.inputs]
    last, lacks = _last_row_seen(reading, book), any(not each.optional for each in missing)
    for row in range(layout.first_row, last + 1):
        _read_row(reading, row, columns, book.geometry, missing=lacks)
    _find_rows_below(reading, last, book.geometry)
    reading.findings += groups_on_sheets_of(reading)


def _last_row_seen(reading: PlanReading, book: WorkbookReading) -> int:
    """The last row of the node table that the formulas of all sheets see."""
    layout = reading.plan.layout
    if not reading.model.plan:
        return layout.last_row
    tables = [each.layout for each in reading.sheets.values() if "number" in each.layout.columns]
    _find_uneven_tables(reading, tables, book)
    sizes = [each.last_row - each.header_row for each in (layout, *tables)]
    last = layout.header_row + min(sizes)
    reading.given["given_last_row_seen"] = float(last)
    return layout.last_row if book.is_of_other_layout else last


def _find_rows_below(reading: PlanReading, last: int, geometry: Geometry) -> None:
    """Name the rows with inputs that no formula sees, in every column that takes inputs.

    And formulas in rows that show nothing, wherever: one day they may give a node group.
    """
    layout = reading.plan.layout
    names = {
        layout.columns[each.name]: each.name
        for each in layout.sheet.inputs
        if each.name in layout.columns
    }
    below: dict[int, set[int]] = {}
    has_error = False
    idle = []
    known = {*reading.rows}
    for (row, column), cell in reading.plan.cells.items():
        if column not in names or row <= layout.header_row:
            continue
        if _has_value(cell):
            has_error = has_error or isinstance(cell.value, CellError)
            if row > last:
                below.setdefault(row, set()).add(column)
        elif cell.formula is not None and row not in known:
            idle.append((row, column))
    reading.findings += idle_formulas(reading, idle, geometry)
    if reading.model.plan:
        # Beside an error the workbook's formulas cannot see what is filled in.
        count, last_below = sum(map(len, below.values())), max(below, default=0)
        reading.given["given_inputs_below"] = _UNKNOWN if has_error else float(count)
        reading.given["given_last_row_below"] = _UNKNOWN if has_error else float(last_below)
    else:
        # Below the tables of AWS's sample stand remarks; a node group has more than a name.
        below = {row: columns for row, columns in below.items() if len(columns) > 1}
    for row, columns in below.items():
        number, name = next(each for each in names.items() if each[0] in columns)
        found = reading.plan.cells[row, number].value
        advice = _MOVE_IT_UP if name == "instance_type" else _MOVE_IT_ASIDE
        if isinstance(found, str) and not found.strip():
            advice = "clear the cell, which only looks empty"
        message = (
            f"found {found_words(found)} below row {last}, the last one that the formulas count; "
            f"{advice}"
        )
        reading.findings.append(reading.plan.finding("below-the-table", name, row, found, message))


def _find_uneven_tables(
    reading: PlanReading, tables: Sequence[Layout], book: WorkbookReading
) -> None:
    """Tables of formulas that do not have as many rows as most: their columns do not match."""
    sizes = {
        each: each.table_last_row - each.header_row
        for each in tables
        if each.table and not each.sheet.inputs
    }
    usual = max(sizes.values(), key=[*sizes.values()].count, default=0)
    for layout, rows in sizes.items():
        if rows != usual and not book.is_of_other_layout:
            message = (
                f"table {layout.table} has {rows} rows, where those of the other sheets of "
                f"formulas have {usual}: rows were deleted or inserted; convert the workbook"
            )
            sheet = reading.sheets[layout.sheet.name]
            reading.findings.append(sheet.finding("uneven-rows", "number", None, rows, message))


def _missing_column(sheet: SheetCells, column: Column) -> Finding:
    layout = sheet.layout
    present = ", ".join(layout.text_of(name) for name in layout.columns)
    code, assumed = "missing-column", ""
    if column.optional and column.input:
        code, assumed = (
            "missing-optional-column",
            f"{_words(column)} is assumed, and formulas with it not compared; ",
        )
    cell = a1(layout.header_row, 1 + layout.sheet.columns.index(column))
    message = sheet.not_found(column.header, row=layout.header_row)
    message += f"; {assumed}its headers: {present}"
    return Finding(code, layout.name, cell, column.header, None, message)


def _has_value(cell: Cell) -> bool:
    return cell.value is not None and cell.value != ""


def _read_row(
    reading: PlanReading,
    row: int,
    columns: Sequence[tuple[Column, int | None]],
    geometry: Geometry,
    *,
    missing: bool,
) -> None:
    """Read a row of the node table; `columns` are its inputs, and where they are if they are."""
    cells, sheet = reading.plan.cells, reading.plan.layout.sheet
    found: dict[str, Cell] = {}
    is_filled = False
    for column, number in columns:
        if number is None:
            continue
        cell = found[column.name] = cells.get((row, number), _NO_CELL)
        if not is_filled and not column.optional and (_has_value(cell) or cell.formula):
            is_filled = True
    if not is_filled:
        if sheet.spare_row and _unguarded(reading, row):
            _empty_row(reading, row)
        _tell_idle_inputs(reading, row, found)
        return
    name = _read_type(reading, row, found, missing=missing)
    if name is None:
        return
    known = len(reading.findings)
    reading.rows.append(row)
    reading.groups["instance_type"].append(name)
    for column, number in columns:
        reading.raw[column.name].append(found[column.name].value if number else None)
        if column.input is None:
            continue
        if number is not None:
            value = _read_input(reading, reading.plan, column, row, found[column.name], geometry)
        elif column.optional:
            value = column.value(None)
        else:
            value = _UNKNOWN
        reading.groups[column.name].append(value)
    if not name.strip():  # a row without a type is one fault, whatever else it lacks
        more = (each for each in reading.findings[known:] if each.code != "missing")
        reading.findings[known:] = more


def _tell_idle_inputs(reading: PlanReading, row: int, found: Mapping[str, Cell]) -> None:
    """Say of a row without a node group what is filled in all the same."""
    for name, cell in found.items():
        if not _has_value(cell):
            continue
        given = GROUP_INPUTS[name]
        problem = given.problem(cell.value)
        code = problem[0] if problem else "row-without-type"
        message = f"found {found_words(cell.value)}; "
        message += (
            f"{problem[1]} is expected"
            if problem
            else "the row has no instance type, and counts for nothing"
        )
        reading.findings.append(reading.plan.finding(code, name, row, cell.value, message))


def _empty_row(reading: PlanReading, row: int) -> None:
    """An empty row that counts, because its formulas give an error where ours show nothing."""
    message = (
        "the row is empty, and the published formulas give #N/A for it; "
        "delete the row or fill it in"
    )
    sheet = reading.plan
    reading.findings.append(sheet.finding("empty-row", "instance_type", row, None, message))
    reading.rows.append(row)
    for column in sheet.layout.sheet.inputs:
        reading.groups[column.name].append("" if column.is_text else column.empty or 0.0)
        reading.raw[column.name].append(None)


def _unguarded(reading: PlanReading, row: int) -> bool:
    """Whether the formulas of an empty row lack what makes the spare rows of ours show nothing.

    Where most have it, the row is one of ours, and the others were edited.
    """
    layout, cells = reading.plan.layout, reading.plan.cells
    columns = (layout.columns.get(each.name, 0) for each in layout.sheet.computed)
    held = (cells.get((row, column), _NO_CELL).formula for column in columns)
    formulas = [each.upper() for each in held if each is not None]
    return 2 * sum(each.startswith("IF(") for each in formulas) < len(formulas)


def _read_type(
    reading: PlanReading, row: int, found: Mapping[str, Cell], *, missing: bool
) -> str | None:
    """The instance type; "" where it cannot be used, None for a row that shows nothing."""
    cell = found.get("instance_type", _NO_CELL)
    value = cell.value
    is_blank = isinstance(value, str) and not value.strip()
    if isinstance(value, str) and not isinstance(value, CellError) and not is_blank:
        if cell.formula is not None:
            message = formula_words(cell)
            warning = reading.plan.finding("input-formula", "instance_type", row, value, message)
            reading.findings.append(warning)
        return value
    if "instance_type" not in reading.plan.layout.columns:
        return ""
    if _has_value(cell):
        code, message = "not-a-type", f"found {found_words(value)}; an instance type is expected"
    elif cell.formula is not None and value is None:
        code, message = "not-calculated", _not_calculated("an instance type")
    else:
        others = [found.get(name, _NO_CELL) for name in ("instances", "pods_per_node")]
        if not missing and not any(map(_has_value, others)):
            return None
        code = "missing"
        message = "found nothing; an instance type is expected, or an empty row"
    sheet = reading.plan
    reading.findings.append(sheet.finding(code, "instance_type", row, value, message))
    # Blanks are no empty cell to a formula.
    return str(value) if is_blank else found_words(value) if _has_value(cell) else ""


def _not_calculated(expected: str) -> str:
    return (
        f"its formula has no recorded value; open the workbook in a spreadsheet program and save "
        f"it, or enter {expected}"
    )


def _read_input(
    reading: PlanReading,
    sheet: SheetCells,
    declared: Setting | Column,
    row: int | None,
    cell: Cell,
    geometry: Geometry,
) -> float | str:
    """A number, words, or nothing; NaN, or the text that was found, where it cannot be used."""
    given = declared.input
    assert given is not None
    value = _in_15_digits(cell.value)

    def say(code: str, found: object, message: str) -> None:
        reading.findings.append(sheet.finding(code, declared.name, row, found, message))

    is_said = cell.formula is None
    if not is_said and (found := what_it_comes_to(reading, sheet, declared, row, geometry)):
        reading.findings.append(found)
        is_said = True
    if value is None or value == "":
        if cell.formula is not None and value is None:
            say("not-calculated", None, _not_calculated(given.expected))
            return "" if declared.is_text else _UNKNOWN
        if not is_said:
            say("input-formula", value, formula_words(cell))
        if isinstance(declared, Column) and declared.optional:
            return declared.value(None)
        if given.default is None and declared.empty is None:
            own = declared.default if isinstance(declared, Setting) else None
            if own is None:
                return "" if declared.is_text else NOTHING
    if isinstance(given, Text):
        problem = given.problem(value)
        if problem:
            say(problem[0], None, f"{problem[1]} is expected")
        return given.read(value)
    problem = given.problem(value)
    if problem is None and _has_value(cell):
        if not is_said:
            say("input-formula", value, formula_words(cell))
        return str(given.read(value)) if isinstance(given, Choice) else value  # type: ignore
    code, expected = problem or ("missing", given.expected)
    if code == "missing" and declared.empty is not None:
        say("empty-cell", None, f"the cell is empty and counts as {declared.empty:g}")
        return declared.empty
    given_by = "" if cell.formula is None else f", which ={cell.formula} gives"
    message = f"found {found_words(value)}{given_by}; {expected} is expected"
    if not declared.is_text and isinstance(value, str) and _looks_like_number(value):
        message += " (the cell holds text: type the number again, without an apostrophe)"
    say(code, value, message)
    if declared.is_text:
        return found_words(value) if _has_value(cell) else ""
    # Formulas that check their inputs look at the number itself to say what is wrong with it.
    checked = sheet.layout.sheet.spare_row is None
    return value if checked and isinstance(value, float) else _UNKNOWN


def _in_15_digits(value: object) -> object:
    """A value as spreadsheet programs show it, and compare it: 7.000000000000001 is 7 to them."""
    return float(f"{value:.15g}") if isinstance(value, float) and value % 1 else value


def _looks_like_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
