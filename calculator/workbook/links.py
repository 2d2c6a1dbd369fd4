"""Inputs that follow another sheet, so that a cluster is filled in once for all its sheets.

In a new workbook the inputs that a sheet shares with the first one are links to it, until somebody
types over them. A link counts as what it points at, whatever value the file records for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from calculator.errors import Finding
from calculator.model.sheet import Column, Setting, Sheet
from calculator.plan import found_words
from calculator.workbook.layout import quoted
from calculator.xlsx.cells import Cell
from calculator.xlsx.reference import a1, place

if TYPE_CHECKING:
    from calculator.workbook.reader import SheetReading

__all__ = ["ROW_INPUTS", "followed_cell", "link", "link_target", "shared_inputs", "warn_of_parting"]

#: A sheet's name in lower case, and the row and column of a cell, counted from 1.
Target = tuple[str, tuple[int, int]]

_NO_CELL, _SHOWS_NOTHING = Cell(None, None), Cell("", None)
_EMPTY = (None, "")
#: Cells that a warning names, at most; links that are followed from one to the next.
_LISTED, _FOLLOWED = 8, 8
#: What makes a row that of the same node group.
ROW_INPUTS = ("instance_type", "instances", "pods_per_node")

_REFERENCE = r" *(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!(\$?[A-Z]{1,3}\$?[0-9]{1,7}) *"
_PLAIN = re.compile(_REFERENCE, re.IGNORECASE)
_UNLESS_EMPTY = re.compile(rf' *IF *\({_REFERENCE}= *"" *, *"" *,{_REFERENCE}\) *', re.IGNORECASE)


def shared_inputs(follower: Sheet, first: Sheet) -> list[Setting | Column]:
    """The inputs of `follower` that are the same on `first`."""
    settings = [
        each
        for each in follower.settings
        if (other := first.by_name.get(each.name)) is not None
        and isinstance(other, Setting)
        and other.default == each.default
    ]
    return [*settings, *(each for each in follower.inputs if each.name in first.by_name)]


def link(sheet: str, row: int, column: int) -> str:
    """The formula of a link, without ``=``; a link to an empty cell shows nothing."""
    target = f"{quoted(sheet)}!{a1(row, column)}"
    return f'IF({target}="","",{target})'


@lru_cache(maxsize=65_536)
def link_target(formula: str) -> tuple[Target, bool] | None:
    """Where a link points, and whether an empty cell there counts as 0; None for no link.

    A plain link such as ``=WarmENI!B4`` is one, too.
    """
    is_plain = _PLAIN.fullmatch(formula) is not None
    if not is_plain and _UNLESS_EMPTY.fullmatch(formula) is None:
        return None
    target, *others = (_target(each) for each in _PLAIN.finditer(formula))
    if target is None or any(other != target for other in others):
        return None
    return target, is_plain


def _target(match: re.Match[str]) -> Target | None:
    name = (match[1] or match[2]).replace("''", "'")
    try:
        return name.casefold(), place(match[3].replace("$", "").upper())
    except ValueError:
        return None  # beyond the end of a worksheet


# --- reading --------------------------------------------------------------------------------------


def followed_cell(
    reading: SheetReading,
    name: str,
    row: int | None,
    at: tuple[int, int],
    sheets: Mapping[str, SheetReading],
) -> Cell:
    """What stands in an input cell; for a link to another calculator sheet, what stands there.

    Parameters
    ----------
    name, row, at: the input, the row of a column, and the place of the cell.
    sheets: the calculator sheets of the workbook by their names in lower case.
    """
    cell = there = reading.cells.get(at, _NO_CELL)
    formula = cell.formula
    followed = None
    empty_is_0 = False
    for _ in range(_FOLLOWED):
        if formula is None or (found := link_target(formula)) is None:
            break
        (sheet, target), of_plain = found
        if (other := sheets.get(sheet)) is None:
            break
        followed = followed or (other.layout.name, target)
        empty_is_0 = empty_is_0 or of_plain
        there = other.cells.get(target, _NO_CELL)
        formula = there.formula
    if followed is None:
        return cell
    reading.followed[at] = followed
    value = there.value
    if formula is None:
        if value is None and cell.value == "" and not empty_is_0:
            return _SHOWS_NOTHING
        if value == cell.value and value not in _EMPTY:
            return there
    elif value is None:
        return there  # a formula there that was never calculated, which the fault says
    if value is None or value == "":
        value = 0.0 if empty_is_0 else ""
    if cell.value != value and cell.value is not None and (cell.value or value):
        message = f"recorded {found_words(cell.value)}, but {found_words(value)} is what it follows"
        reading.stale.append(
            reading.finding(name, row, "value", cell.value, message, expected=value)
        )
    return Cell(value, None)


def warn_of_parting(reading: SheetReading, sheets: Mapping[str, SheetReading]) -> None:
    """Say which inputs no longer follow, and which rows of the sheet they followed are not here."""
    if not reading.followed:
        return
    name, _ = next(iter(reading.followed.values()))
    leading = sheets[name.casefold()]
    if leading is reading:
        return
    layout, cells = reading.layout, reading.cells
    shared = shared_inputs(layout.sheet, leading.layout.sheet)
    columns = {
        each.name: layout.columns[each.name]
        for each in shared
        if isinstance(each, Column) and each.name in layout.columns
    }
    inputs = [
        layout.places[each.name]
        for each in shared
        if isinstance(each, Setting) and each.name not in layout.missing
    ]
    filled_in = ((row, number) for row in reading.rows for number in columns.values())
    inputs += [at for at in filled_in if at in cells]
    own = [a1(*at) for at in inputs if at not in reading.followed]
    if own:
        listed = ", ".join(own[:_LISTED]) + (", …" if len(own) > _LISTED else "")
        what = "an input no longer follows" if len(own) == 1 else "inputs no longer follow"
        message = f"{what} sheet {leading.name}: {listed}"
        reading.warnings.append(
            Finding(reading.name, own[0], "inputs", "does-not-follow", None, message)
        )
    numbers = [columns[name] for name in ROW_INPUTS if name in columns]
    links = (reading.followed.get((row, number)) for row in reading.rows for number in numbers)
    followed = {found[1][0] for found in links if found}
    here = set(_filled_in(reading))
    for row, filled in zip(leading.rows, _filled_in(leading), strict=True):
        if row not in followed and filled not in here:
            message = f"sheet {reading.name} has no such row and counts without it"
            leading.warnings.append(
                leading.finding("instance_type", row, "row-not-followed", None, message)
            )


def _filled_in(reading: SheetReading) -> Iterable[tuple[object, ...]]:
    """The inputs of each node group; none of a sheet that is yet to be read."""
    return zip(*(reading.groups.get(name, ()) for name in ROW_INPUTS), strict=True)
