"""Where the defaults of settings stand: no label tells, and formulas look at them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from calculator.inputs import plain
from calculator.model.sheet import Sheet
from calculator.workbook.places import MOST_INSERTED
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.reference import place

__all__ = ["inserted_before_defaults"]

_NO_CELL = Cell(None, None)


def inserted_before_defaults(
    sheet: Sheet, places: Mapping[str, tuple[int, int]], cells: Cells
) -> tuple[int, int]:
    """Where columns were inserted between settings and their defaults, and how many; 0 for none."""
    for number in range(MOST_INSERTED + 1):
        for name, distance, words in _beside(sheet):
            row, column = places[name]
            value = cells.get((row, column + distance + number), _NO_CELL).value
            if normal(str(plain(value))) == words:
                return (column + distance, number) if number else (0, 0)
    return 0, 0


@cache
def _beside(sheet: Sheet) -> list[tuple[str, int, str]]:
    """The settings that have their default beside them, how far, and its words."""
    settings = {place(each.cell)[0]: each for each in sheet.settings}
    found = []
    for label in (each for each in sheet.labels if each.style == "default"):
        row, column = place(label.cell)
        setting = settings[row]
        found.append((setting.name, column - place(setting.cell)[1], normal(label.text)))
    return found
