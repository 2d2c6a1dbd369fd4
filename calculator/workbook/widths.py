"""Whether the values of a sheet have room in their cells; where they have not, how that is said.

Room is judged with leave: of what is found to have too little, a part is cut off, or the whole is
shown as ####, whichever program shows it and in whichever font.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from calculator.inputs import Choice, found_words
from calculator.model.sheet import Column, Setting, Sheet, Total
from calculator.workbook.reading import SheetCells
from calculator.workbook.seen import Place, is_step, wording_of
from calculator.xlsx.appearance import Look
from calculator.xlsx.cells import Cell
from calculator.xlsx.hidden import Hidden
from calculator.xlsx.number_format import shown, width_shown
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1, column_letters, place
from calculator.xlsx.shapes import Grid

__all__ = ["COLUMNS", "ROWS", "Room", "column_of"]

_NO_CELL = Cell(None, None)
#: Width of a letter and of an indent [digits]; what is left free beside a text [characters].
_LETTER, _INDENT, _BESIDE = 0.75, 1.25, 0.71
#: How high a digit is, and half as wide [of its size]; the smallest that can be read [points].
_HIGH, _HALF, _SMALLEST = 0.75, 0.5, 4.0
#: Of a long text, so many letters say enough: our own columns have no room for more.
_ENOUGH = 48
#: A text runs on over so many empty cells at most.
_FAR = 50
#: Texts that stand where there is room for them, or are judged by what they are for.
_ELSEWHERE = ("message", "small")
#: EMU of a point.
_POINT = 12_700
#: The lines of rows, and of columns, that are alike.
ROWS, COLUMNS = "rows", "columns"
#: The line and the message of a finding on something that is unseen.
_Lack = tuple[str, str]


class Room:
    """The room that the cells of a sheet have."""

    def __init__(self, package: Package, sheet: SheetCells, hidden: Hidden) -> None:
        self._package, self._sheet, self._hidden = package, sheet, hidden

    def doubtful(self, seen: Iterable[tuple[str, int | None, Place]]) -> Iterator[Place]:
        """Where it takes the look of a cell to know whether its value has room, of what is seen."""
        narrow, low = self._hidden.narrow, self._hidden.low
        for name, _, at in seen:
            value = self._sheet.cells.get(at, _NO_CELL).value
            if isinstance(value, float):
                is_doubtful = at[1] in narrow or at[0] in low
                if is_doubtful and not is_step(self._sheet.layout.sheet, name):
                    yield at
            elif isinstance(value, str):
                own = self._hidden.width(at[1], at[1])
                is_long = len(value) * _LETTER > own and self._needs(name, at, value) > own
                if is_long or (at[0] in low and not is_step(self._sheet.layout.sheet, name)):
                    yield at

    def words(self) -> Iterator[Place]:
        """Where the words are that may have no room, of those that say what figures are."""
        hidden, layout = self._hidden, self._sheet.layout
        for words in wording_of(layout.sheet):
            at = next(words.places(layout), None)
            if at is None or not (self._is_long(words.label.text, at) or at[0] in hidden.low):
                continue
            stands = words.place(self._sheet)
            if stands and stands[0] not in hidden.rows and stands[1] not in hidden.columns:
                yield stands

    def _is_long(self, text: str, at: Place) -> bool:
        """Whether a text is longer than its cell, and those that are empty beside it."""
        needs, own = len(text) * _LETTER, self._hidden.width(at[1], at[1])
        return needs > own and needs > self._hidden.width(at[1], self._end(at, 1))

    def lack(self, look: Look, name: str, at: Place, cell: Cell) -> _Lack | None:
        """What is to say of a value that has too little room."""
        value = cell.value
        if value in (None, "") or is_step(self._sheet.layout.sheet, name):
            return None
        needs, free = 0.0, 0
        if isinstance(value, str):
            needs, free = self._needs(name, at, value), self._free(name)
        elif isinstance(value, float) and (at[1] in self._hidden.narrow or look.is_large):
            needs = width_shown(look.number_format, value)
        return self._lack(look, at, value, needs, free)

    def lack_of_words(self, look: Look, at: Place) -> _Lack | None:
        """The same of words that say what figures are."""
        words = str(self._sheet.cells[at].value)
        return self._lack(look, at, words, len(words) * _LETTER)

    def _lack(
        self, look: Look, at: Place, value: float | str, needs: float, free: int = 0
    ) -> _Lack | None:
        is_text, setting = isinstance(value, str), look.setting
        is_number = isinstance(value, float)
        words = shown(look.number_format, value) if is_number else found_words(value)
        needs *= look.digit
        if setting.turn or look.is_large or setting.wraps or at[0] in self._hidden.low:
            lines = self._lines(look, needs, at) if is_text and setting.wraps else 1
            if self._is_low(look, needs, lines, at):
                return ROWS, f"row {at[0]} is too low for {words}: heighten it"
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
        column, beside = column_of(at), self._end(at, 1) + 1
        if beside <= at[1] + free and setting.side not in ("right", "center"):
            return column, f"{a1(at[0], beside)} cuts off {words}: move what stands there"
        how = " in its font, format and indent" if look.is_large else ""
        return COLUMNS, f"{column} is too narrow for {words}{how}: widen it"

    def _needs(self, name: str, at: Place, text: str) -> float:
        """How wide a text is, as far as a new workbook has room for it [digits]."""
        if not self._is_result(name):
            return 0.0
        free = self._free(name)
        room = self._hidden.width(at[1], at[1] + free - 1) if free else 0.0
        return min(len(text) * _LETTER, max(room, _ENOUGH * _LETTER))

    def _free(self, name: str) -> int:
        """How many columns are free beside a result, as in a new workbook."""
        layout = self._sheet.layout
        return 0 if layout.inserted.number else _free_beside(layout.sheet).get(name, 0)

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
        side, own = look.setting.side, self._own_width(at)
        left, right = (
            self._hidden.width(*sorted((at[1], self._end(at, step)))) - own for step in (-1, 1)
        )
        if side == "center":  # it runs on to both sides alike
            return own + 2 * min(left, right)
        return own + (left if side == "right" else right)

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
        if at[0] not in self._hidden.low and at[0] not in self._grid.heights:
            return False
        box, turn = self._grid.cell(*at), look.setting.turn
        high = look.size * (lines if lines > 1 else _HIGH)
        if turn:
            up = 1.0 if turn > 90 else math.sin(math.radians(turn))
            high = needs / look.digit * look.size * _HALF * up
        return high > (box.bottom - box.top) / _POINT

    @cached_property
    def _grid(self) -> Grid:
        last_row, last_column = map(max, zip(*self._sheet.cells, strict=True))
        return Grid(self._package, self._sheet.name, last_row, last_column)


def column_of(at: Place) -> str:
    """The column of a cell, as a line and in words."""
    return f"column {column_letters(at[1])}"


@cache
def _free_beside(sheet: Sheet) -> dict[str, int]:
    """How many columns are free beside each text that is a result, in a new workbook."""
    taken = {place(each.label_cell) for each in sheet.placed}
    taken |= {place(each.cell) for each in (*sheet.labels, *sheet.placed)}
    free = {}
    for each in sheet.totals:
        row, column = place(each.cell)
        beyond = [at[1] - column - 1 for at in taken if at[0] == row and at[1] > column]
        free[each.name] = min(beyond, default=_FAR) if each.is_text else 0
    return free
