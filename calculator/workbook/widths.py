"""Whether the values of a sheet have room in their cells; where they have not, how that is said.

Room is judged with leave: of what is found to have too little, a part is cut off, or the whole is
shown as ####, whichever program shows it and in whichever font.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property

from calculator.inputs import Choice, found_words
from calculator.model.sheet import Column, Setting, Total
from calculator.workbook.reading import SheetCells
from calculator.workbook.seen import Place, is_step
from calculator.xlsx.appearance import Hidden, Look
from calculator.xlsx.cells import Cell
from calculator.xlsx.number_format import width_shown
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1
from calculator.xlsx.shapes import Grid

__all__ = ["Room"]

_NO_CELL = Cell(None, None)
#: Width of a letter and of an indent [digits]; what is left free beside a text [characters].
_LETTER, _INDENT, _BESIDE = 0.75, 1.25, 0.71
#: How high a digit is, and half as wide [of its size]; the smallest that can be read [points].
_HIGH, _HALF, _SMALLEST = 0.6, 0.5, 4.0
#: Of a long text, so many letters say enough: our own columns have no room for more.
_ENOUGH = 48
#: A text runs on over so many empty cells at most.
_FAR = 50
#: Texts that stand where there is room for them, or are judged by what they are for.
_ELSEWHERE = ("message", "small")
#: EMU of a point.
_POINT = 12_700


class Room:
    """The room that the cells of a sheet have."""

    def __init__(self, package: Package, sheet: SheetCells, hidden: Hidden) -> None:
        self._package, self._sheet, self._hidden = package, sheet, hidden

    def doubtful(self, seen: Iterable[tuple[str, int | None, Place]]) -> Iterator[Place]:
        """Where it takes the look of a cell to know whether its value has room, of what is seen."""
        narrow = self._hidden.narrow
        for name, _, at in seen:
            value = self._sheet.cells.get(at, _NO_CELL).value
            if isinstance(value, float):
                if at[1] in narrow and not is_step(self._sheet.layout.sheet, name):
                    yield at
            elif (
                isinstance(value, str)
                and min(len(value), _ENOUGH) * _LETTER > self._hidden.width(at[1], at[1])
                and self._is_result(name)
            ):
                yield at

    def lack(self, look: Look, name: str, at: Place, cell: Cell) -> tuple[str, str, str] | None:
        """The finding on a value that has too little room: its code, its line, and its message."""
        value, setting = cell.value, look.setting
        if isinstance(value, float):
            is_doubtful = at[1] in self._hidden.narrow or look.is_large
            if not is_doubtful or is_step(self._sheet.layout.sheet, name):
                return None
            needs = width_shown(look.number_format, value)
        elif isinstance(value, str) and self._is_result(name):
            needs = min(len(value), _ENOUGH) * _LETTER
        else:
            return None
        is_text, needs = isinstance(value, str), needs * look.digit
        column = f"column {a1(1, at[1])[:-1]}"
        if setting.turn or look.is_large or setting.wraps:
            lines = self._lines(look, needs, at) if is_text and setting.wraps else 1
            if self._is_low(look, needs, lines, at):
                message = f"row {at[0]} is too low for {found_words(value)}: heighten it"
                return "unseen", f"row {at[0]}", message
        if setting.turn or (setting.wraps and is_text):
            return None
        needs += setting.indent * _INDENT
        room = self._wide(look, at) if is_text else self._own_width(at)
        if setting.shrinks:
            is_cut = look.size * (room - _BESIDE) < _SMALLEST * needs
        else:
            is_cut = needs > room
        if not is_cut:
            return None
        how = " in its font, format and indent" if look.is_large else ""
        message = f"{column} is too narrow for {found_words(value)}{how}: widen it"
        return "unseen", column, message

    def _is_result(self, name: str) -> bool:
        """Whether a text is read for what a plan is, or what follows from it."""
        declared = self._sheet.layout.sheet.by_name[name]
        if isinstance(declared, Column):
            return name in ("check", "instance_type")
        if isinstance(declared, Setting):  # an option that is cut may read as another one
            return isinstance(declared.input, Choice)
        return isinstance(declared, Total) and declared.style not in _ELSEWHERE

    def _own_width(self, at: Place) -> float:
        """How wide a cell is, with all that is merged with it [characters]."""
        _, left, _, right = self._hidden.merged_at(*at) or (*at, *at)
        return self._hidden.width(left, right)

    def _wide(self, look: Look, at: Place) -> float:
        """How wide a text can be that runs on over empty cells [characters]."""
        if self._hidden.merged_at(*at) or look.setting.shrinks:
            return self._own_width(at)
        side = look.setting.side
        first = self._end(at, -1) if side in ("right", "center") else at[1]
        last = self._end(at, 1) if side != "right" else at[1]
        return self._hidden.width(first, last)

    def _end(self, at: Place, step: int) -> int:
        """The last empty column beside a cell, to one side."""
        row, column = at
        for _ in range(_FAR):
            value, formula = self._sheet.cells.get((row, column + step), _NO_CELL)
            if column + step < 1 or formula is not None or value is not None:
                return column
            column += step
        return column

    def _lines(self, look: Look, needs: float, at: Place) -> int:
        """How many lines a text takes that goes on below."""
        room = self._own_width(at) - look.setting.indent * _INDENT - _BESIDE
        return math.ceil(needs / max(room, 1))

    def _is_low(self, look: Look, needs: float, lines: int, at: Place) -> bool:
        """Whether a row whose height is set has no room for so many lines, or for what is turned.

        A row that does not say it becomes as high as it must.
        """
        if at[0] not in self._grid.heights:
            return False
        box, turn = self._grid.cell(*at), look.setting.turn
        high = (look.size if lines > 1 else look.size * _HIGH) * lines
        if turn:
            up = 1.0 if turn > 90 else math.sin(math.radians(turn))
            high = needs / look.digit * look.size * _HALF * up
        return high > (box.bottom - box.top) / _POINT

    @cached_property
    def _grid(self) -> Grid:
        last_row, last_column = (
            max((at[side] for at in self._sheet.cells), default=1) for side in (0, 1)
        )
        return Grid(self._package, self._sheet.name, last_row, last_column)
