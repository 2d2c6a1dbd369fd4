"""What a person cannot see of a workbook, or reads otherwise than it is: a warning each."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.findings import Finding
from calculator.inputs import found_words
from calculator.model.sheet import Column, Setting, Total
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.xlsx.appearance import Hidden
from calculator.xlsx.cells import Cell
from calculator.xlsx.reference import a1

__all__ = ["look_at", "settings_of_calculation"]

_NO_CELL = Cell(None, None)
#: What a workbook may ask of the program that calculates it: code, attribute, values, and words.
_SETTINGS = (
    ("manual-calculation", "calcMode", ("manual",), "results stay as they are while inputs change"),
    ("iteration", "iterate", ("1", "true"), "formulas that refer to themselves give no error"),
    (
        "precision-as-displayed",
        "fullPrecision",
        ("0", "false"),
        "numbers are cut off to the digits that are shown",
    ),
    ("dates-of-1904", "date1904", ("1", "true"), "dates count from 1904"),
)


def settings_of_calculation(reading: WorkbookReading) -> Iterator[Finding]:
    """Settings by which a spreadsheet program calculates otherwise than people expect."""
    for code, name, values, words in _SETTINGS:
        if reading.package.settings.get(name, "").lower() in values:
            yield Finding(code, None, None, None, None, f"{words} ({name} is set)")


def look_at(reading: WorkbookReading, plan: PlanReading, chosen: str) -> Iterator[Finding]:
    """What is hidden or shown otherwise of a plan, its settings and results, once a line of cells.

    Parameters
    ----------
    chosen: the mode that the plan is judged by, whose sheet people look at.
    """
    package = reading.package
    for sheet in plan.sheets.values():
        if sheet.name in package.hidden_sheets and sheet.layout.sheet.mode in (None, chosen):
            message = "the sheet is hidden, and what stands there counts"
            yield Finding("hidden", sheet.name, None, None, None, message)
        hidden = package.hidden.get(sheet.name, Hidden())
        odd = package.odd_cells(sheet.name) if package.odd_looks else {}
        if not (odd or hidden != Hidden()):
            continue
        said: dict[tuple[object, ...], Finding] = {}
        for name, row, (at_row, at_column) in _seen(plan, sheet):
            value, formula = sheet.cells.get((at_row, at_column), _NO_CELL)
            look = odd.get((at_row, at_column))
            if at_column in hidden.columns and not _is_step(sheet, name):
                line: object = f"column {a1(1, at_column)[:-1]}"
                code, message = "hidden", f"{line} is hidden, and what stands there counts"
            elif at_row in hidden.rows:
                # A filter hides many rows at once.
                line = "rows" if row else f"row {at_row}"
                message = f"row {at_row} is hidden, and what stands there counts"
                code = "hidden"
            elif hidden.is_under_another(at_row, at_column):
                line, code = "merged", "hidden"
                message = "the cell lies under a merged one, and what stands there counts"
            elif look and look.unseen:
                line, code = name, "unseen"
                message = f"{found_words(value)} has the colour of what is behind it"
            elif look and (look.alters(value) or (value is None and formula)):
                line, code = name, "number-format"
                message = f"the number format {look.number_format} shows {found_words(value)} "
                message += "otherwise than it is, or not at all"
            else:
                continue
            if (code, line) not in said:
                said[code, line] = sheet.finding(code, name, row, value, message)
        yield from said.values()


def _is_step(sheet: SheetCells, name: str) -> bool:
    """Whether it is a column that people may hide, as AWS does, since results stand elsewhere."""
    found = sheet.layout.sheet.by_name.get(name)
    return isinstance(found, Column) and found.formula is not None and found.name != "check"


def _seen(
    plan: PlanReading, sheet: SheetCells
) -> Iterator[tuple[str, int | None, tuple[int, int]]]:
    """What people read: name, row and place of settings, results and filled-in rows."""
    layout, declared = sheet.layout, sheet.layout.sheet
    placed: list[Setting | Total] = [*declared.settings, *declared.totals]
    for each in placed:
        place = layout.places[each.name]
        value, formula = sheet.cells.get(place, _NO_CELL)
        if each.name not in layout.missing and (value not in (None, "") or formula):
            yield each.name, None, place
    rows = plan.rows
    if plan.model.plan and declared.mode:
        rows = [layout.header_row + number for number in plan.positions]
    for column in declared.columns:
        if column.style != "helper" and column.name in layout.columns:
            for row in rows:
                yield column.name, row, (row, layout.columns[column.name])
