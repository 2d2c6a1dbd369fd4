"""Data validation of inputs that lets something else be typed than they take.

Programs drop all of it, or keep it: what is not there says nothing. A colleague may narrow which
instance types are offered.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import suppress

from calculator.findings import Finding
from calculator.inputs import MOST, Choice, Input, Quantity, found_words
from calculator.memory import Kept
from calculator.workbook.reading import SheetCells
from calculator.xlsx.decoration import Validation, validations_of
from calculator.xlsx.package import Package

__all__ = ["look_at_validations"]

#: Sheets whose rules were found to say nothing else, by rules and places.
_HARMLESS = Kept[Hashable, None](256)


def look_at_validations(package: Package, sheet: SheetCells) -> Iterator[Finding]:
    """The first input of a sheet whose validation is for other values, and how many there are."""
    tail = package.tails.get(sheet.name, b"")
    # Most sheets of a folder have the same rules in the same places.
    alike = tail, sheet.layout.shape
    if b"dataValidation" not in tail or alike in _HARMLESS:
        return
    rules = [*validations_of(package, sheet.name)]
    found: list[tuple[str, int | None, str]] = []
    for name, row, declared in _inputs(sheet):
        at = sheet.layout.place(name, row)
        for rule in rules:
            if _is_for(rule, at, sheet) and (said := _otherwise(rule, declared)):
                found.append((name, row, said))
    for name, row, said in found[:1]:
        told = sheet.finding(
            "validation", name, row, None, f"the data validation of the cell {said}"
        )
        yield told.over(sheet.layout.cell(name, row) for name, row, _ in found)
    if not found:
        _HARMLESS[alike] = None


def _inputs(sheet: SheetCells) -> Iterator[tuple[str, int | None, Input]]:
    """The inputs of a sheet, columns by their first row."""
    layout = sheet.layout
    for setting in layout.sheet.settings:
        if setting.name not in layout.missing:
            yield setting.name, None, setting.input
    for column in layout.sheet.inputs:
        if column.input and column.name in layout.columns:
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
        offered = "".join(rule.formulas[:1])
        if not offered.startswith('"'):
            return f"offers what stands in {found_words(offered)}, {taken}"
        options = [each.strip() for each in offered.strip('"').split(",")]
        if {*map(str.casefold, options)} != {*map(str.casefold, declared.options)}:
            return f"offers {', '.join(options)}, {taken}"
    if isinstance(declared, Quantity):
        limits = [declared.minimum, *[declared.maximum] * (declared.maximum < MOST)]
        operator = "between" if len(limits) > 1 else "greaterThanOrEqual"
        with suppress(ValueError):  # which is a formula
            found = [float(each) for each in rule.formulas[: len(limits)]]
            if (rule.kind, rule.operator or "between", found) == ("whole", operator, limits):
                return None
        kind = f"values of kind {rule.kind}" if rule.kind else "any value"
        words = f" ({rule.operator or 'between'} {' and '.join(rule.formulas)})"
        return f"is for {kind}{words if rule.formulas else ''}, {taken}"
    return None
