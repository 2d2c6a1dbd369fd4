"""Data validation of inputs that lets something else be typed than they take.

Programs drop all of it, or keep it: what is not there says nothing. A colleague may narrow which
instance types are offered, as long as there is one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import suppress
from functools import partial

from calculator.catalog import is_fargate, load_catalog
from calculator.findings import Finding
from calculator.inputs import MOST, Choice, Input, Quantity, found_words
from calculator.memory import Kept
from calculator.workbook.data_places import DataPlace
from calculator.workbook.reading import SheetCells, WorkbookReading
from calculator.xlsx.cells import Cells
from calculator.xlsx.decoration import Validation, validations_of
from calculator.xlsx.formula import FormulaError, canonical
from calculator.xlsx.geometry import Area
from calculator.xlsx.reference import MAX_ROW

__all__ = ["look_at_validations"]

#: What is wrong with the inputs of a sheet, and the rules of instance types, by rules and places.
_Rules = tuple[list[tuple[str, int | None, str]], list[tuple[str, int | None, Validation]]]
_RULES = Kept[Hashable, _Rules](256)


def look_at_validations(book: WorkbookReading, sheet: SheetCells) -> Iterator[Finding]:
    """The first input of a sheet whose validation is for other values, and how many there are."""
    tail = book.package.tails.get(sheet.name, b"")
    if b"dataValidation" not in tail:
        return
    # Most sheets of a folder have the same rules in the same places.
    alike = tail, sheet.layout.shape
    wrong, of_types = _RULES.of(alike, partial(_rules, book, sheet))
    lost = ((name, row, _without_types(rule, book, sheet)) for name, row, rule in of_types)
    found = [*wrong, *((name, row, said) for name, row, said in lost if said)]
    for name, row, said in found[:1]:
        told = sheet.finding(
            "validation", name, row, None, f"the data validation of the cell {said}"
        )
        yield told.over(sheet.layout.cell(name, row) for name, row, _ in found)


def _rules(book: WorkbookReading, sheet: SheetCells) -> _Rules:
    """What rules are for, whatever the workbook holds besides."""
    rules = [*validations_of(book.package, sheet.name)]
    wrong, of_types = [], []
    for name, row, declared in _inputs(sheet):
        at = sheet.layout.place(name, row)
        for rule in rules:
            if not _is_for(rule, at, sheet):
                continue
            if declared is None:
                of_types.append((name, row, rule))
            elif said := _otherwise(rule, declared):
                wrong.append((name, row, said))
    return wrong, of_types


def _inputs(sheet: SheetCells) -> Iterator[tuple[str, int | None, Input | None]]:
    """The inputs of a sheet, columns by their first row; None for one of instance types."""
    layout = sheet.layout
    for setting in layout.sheet.settings:
        if setting.name not in layout.missing:
            yield setting.name, None, setting.input
    for column in layout.sheet.inputs:
        if column.name in layout.columns:
            yield column.name, layout.first_row, column.input


def _is_for(rule: Validation, at: tuple[int, int], sheet: SheetCells) -> bool:
    """Whether a rule is for a cell; of a column, for most rows: one may have been copied there."""
    row, column = at
    layout = sheet.layout
    last = layout.last_row if layout.header_row and row == layout.first_row else row
    rows = 0
    for top, left, bottom, right in rule.areas:
        if left <= column <= right:
            rows += max(0, min(bottom, last) - max(top, row) + 1)
    return 2 * rows > last - row + 1


def _otherwise(rule: Validation, declared: Input) -> str | None:
    """What a rule lets be typed in place of what an input takes; None for nothing else."""
    taken = f"in place of {declared.expected}"
    if isinstance(declared, Choice):
        if rule.kind != "list":
            return f"has no list: {declared.expected} is expected"
        if {*map(str.casefold, _typed(rule))} != {*map(str.casefold, declared.options)}:
            return f"{_said(rule)}, {taken}"
    elif isinstance(declared, Quantity):
        limits = [declared.minimum, *[declared.maximum] * (declared.maximum < MOST)]
        compared = "between" if len(limits) > 1 else "greaterThanOrEqual"
        found: list[float] = []
        with suppress(ValueError):  # which is a formula
            found = [float(each) for each in rule.formulas[: len(limits)]]
        if (rule.kind, rule.operator or "between", found) != ("whole", compared, limits):
            return f"{_said(rule)}, {taken}"
    else:
        return None
    if rule.refusal != "stop":
        how = "only warns" if rule.refusal else "shows no error"
        return f"{how}, and lets anything be typed {taken}"
    return None


def _typed(rule: Validation) -> list[str]:
    """What a list offers that was typed into the rule itself; nothing of another."""
    offered = "".join(rule.formulas[:1])
    is_typed = offered.startswith('"')
    return [each.strip() for each in offered.strip('"').split(",")] if is_typed else []


def _said(rule: Validation) -> str:
    """What a rule is for, in words."""
    first = "".join(rule.formulas[:1])
    if rule.kind == "list":
        return f"offers {', '.join(_typed(rule)) or f'what stands in {found_words(first)}'}"
    if rule.kind == "custom":
        return f"is for values by the formula {found_words('=' + first)}"
    if not rule.kind:
        return "is for any value"
    words = f" ({rule.operator or 'between'} {' and '.join(rule.formulas)})"
    return f"is for values of kind {rule.kind}{words if rule.formulas else ''}"


def _without_types(rule: Validation, book: WorkbookReading, sheet: SheetCells) -> str | None:
    """What a rule lets be picked or typed, where that is no instance type; None where it may be."""
    if rule.kind == "list":
        is_lost = not _offers_types(rule, book, sheet)
    elif rule.kind == "textLength":
        is_lost = not _has_lengths_of_types(rule, book)
    elif rule.kind == "custom":
        is_lost = "".join(rule.formulas[:1]).upper() in ("FALSE", "FALSE()", "0")
    else:
        is_lost = bool(rule.kind)  # all others are for numbers
    # What is not refused may be typed, but a list is there to pick from.
    is_told = is_lost and (rule.kind == "list" or rule.refusal)
    return f"{_said(rule)}, in place of instance types" if is_told else None


def _offers_types(rule: Validation, book: WorkbookReading, sheet: SheetCells) -> bool:
    """Whether a list offers an instance type, or what it offers is not known."""
    data = [each for each in book.data.values() if "instance_type" in each.data.figures]
    offered: list[object] = [*_typed(rule)]
    if not data:  # which is said of the sheet
        return True
    if not offered:
        tables = (each.name for each in book.model.data_tables if each.figures)
        is_gone = not book.data.keys() >= {*tables}  # which is said of the sheet
        try:
            form = canonical(
                "".join(rule.formulas[:1]),
                sheet=sheet.name,
                row=MAX_ROW,
                column=1,
                geometry=book.geometry,
            )
        except FormulaError:
            return True
        match form:
            case (Area() as area,):
                name = book.geometry.sheet(area.sheet)
                if name is None:
                    return is_gone
                if any(_are_of_types(area, each) for each in data):
                    return True
                offered += _values(area, book.package.cells(name))
            case (("error", _),):
                return is_gone
            case _:
                return True
    builtin = load_catalog(model=book.model.name)
    names = [each.strip() for each in offered if isinstance(each, str)]
    if any(each in builtin or is_fargate(each) for each in names):
        return True
    own = book.catalog
    return own is not None and any(each in own for each in names)


def _are_of_types(area: Area, where: DataPlace) -> bool:
    """Whether cells are those of instance types on a data sheet."""
    return (
        where.sheet.casefold() == area.sheet
        and area.left <= where.columns[where.key] <= area.right
        and area.top <= where.last_row
        and area.bottom > where.header_row
    )


def _values(area: Area, cells: Cells) -> Iterator[object]:
    for (row, column), cell in cells.items():
        if area.top <= row <= area.bottom and area.left <= column <= area.right:
            yield cell.value


def _has_lengths_of_types(rule: Validation, book: WorkbookReading) -> bool:
    """Whether an instance type is as long as a rule asks for, or that is not known."""
    try:
        low, high = (float(each) for each in (*rule.formulas, *rule.formulas)[:2])
    except ValueError:  # of a formula, or of nothing
        return True
    return any(
        {
            "between": low <= length <= high,
            "notBetween": not low <= length <= high,
            "equal": length == low,
            "notEqual": length != low,
            "greaterThan": length > low,
            "greaterThanOrEqual": length >= low,
            "lessThan": length < low,
            "lessThanOrEqual": length <= low,
        }.get(rule.operator or "between", True)
        for length in {len(each.instance_type) for each in load_catalog(model=book.model.name)}
    )
