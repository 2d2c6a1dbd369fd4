"""The words that say what a figure is, as people read them and not as formulas do.

By labels and headers the reader finds what is theirs; formulas go by what the table object calls a
column. No figure is found by the other words that say what it is: heads, units and defaults,
and headings that say of which subnets it is.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.sheet import Column, Label, Sheet
from calculator.workbook.layout import Layout
from calculator.workbook.places import MOST_INSERTED, MOST_ROWS
from calculator.workbook.reading import SheetCells
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import a1, place

__all__ = [
    "Head",
    "head_of",
    "heads_of",
    "misnamed",
    "misnamed_columns",
    "misnamed_sheets",
    "wrong_heads",
]

Place = tuple[int, int]

_NO_CELL = Cell(None, None)
#: Styles of words above the figures that they are of, and beside them.
_ABOVE = ("head", "above", "scope")
_BESIDE = ("unit", "default")
#: Of what explains figures, which has a head and may say it in other words.
_PROSE = ("wrapped", "source")
#: What makes no difference between names of modes, and between titles that say them.
_PARTS = re.compile(r"(?<![a-z])(?:eks|subnet|calculator|mode|sheet|delegation)(?![a-z])|[\W_]+")
#: Columns that a message lists.
_MOST = 3


def misnamed(sheet: SheetCells, geometry: Geometry) -> list[tuple[Column, str]]:
    """The columns that the table calls otherwise than their header, and what it calls them."""
    layout, table = sheet.layout, geometry.table(sheet.layout.table or "")
    if table is None:
        return []
    names = dict(enumerate(table.columns, table.first_column))
    pairs = [
        (column, names.get(layout.columns[column.name], ""))
        for column in layout.sheet.columns
        if column.name in layout.columns and column.name not in layout.unheaded
    ]
    return [pair for pair in pairs if normal(pair[1]) != normal(pair[0].header)]


def misnamed_columns(sheet: SheetCells, geometry: Geometry) -> Iterator[Finding]:
    """The same as one finding."""
    layout = sheet.layout
    if wrong := misnamed(sheet, geometry):
        said = [
            f'"{column.header}" is ' + (f'"{name}"' if name else "none of its columns")
            for column, name in wrong
        ]
        said[_MOST:] = [f"{len(said) - _MOST} more"] * (len(said) > _MOST)
        message = f"for the table, and for all formulas, the column under {', '.join(said)}"
        column, found = wrong[0]
        cell, header = layout.cell(column.name), column.header
        yield Finding("name", layout.name, cell, header, found or None, message, header)


def misnamed_sheets(sheets: Iterable[SheetCells]) -> Iterator[Finding]:
    """The sheets of a workbook that are called as another of their model, as one finding."""
    wrong = []
    for each in sheets:
        own = each.layout.sheet
        called = _called if own.mode else normal  # a plan may be called after its mode
        others = {called(one.name) for one in each.layout.model.sheets if one is not own}
        if called(each.name) in others:
            wrong.append(f'"{each.name}" holds what belongs on {own.name}')
    if wrong:
        message = f"sheets are called as others: {'; '.join(wrong)}"
        yield Finding("name", None, None, None, None, message)


def _called(text: str) -> str:
    """A name of a mode, or a title, as it is compared: however people write it."""
    return _PARTS.sub("", text.casefold())


def _misleading_title(sheet: SheetCells) -> Iterator[Finding]:
    """The first words of a sheet, where they say that it is another of its model's."""
    layout, own = sheet.layout, sheet.layout.sheet
    title = next((each.text for each in own.labels if each.style == "title"), None)
    first = ((at, cell) for at, cell in sheet.cells.items() if type(cell.value) is str)
    at, cell = next(first, ((1, 1), _NO_CELL))
    others = {_called(one.name) for one in layout.model.sheets if one.mode and one is not own}
    called = _called(str(cell.value))
    if title and called in others and called != _called(layout.name):  # which is said itself
        message = f'found {found_words(cell.value)}; "{title}" is expected, for the sheet holds '
        message += f"what belongs on {own.name}"
        yield Finding("head", layout.name, a1(*at), title, plain(cell.value), message, title)


class Head(NamedTuple):
    """Such words, with the setting or result that they are found by.

    Parameters
    ----------
    words: as they are compared.
    beside: the name of what stands nearest below them, or in their row.
    down, right: how far its cell is from theirs.
    """

    label: Label
    words: str
    beside: str
    down: int
    right: int

    def places(self, layout: Layout) -> Iterator[Place]:
        """Where they may stand, and should first of all; none where nothing tells."""
        is_there = self.beside in layout.places or self.beside in layout.columns
        if self.beside in layout.missing or not is_there:
            return
        row, column = layout.place(self.beside)
        top, first = row - self.down, column - self.right
        if top < 1 or first < 1:
            return
        if self.right > 0 and layout.inserted.number:
            return
        columns = [first]
        if self.right < 0:  # of what lies beyond, nothing tells what was inserted before it
            columns += range(column + 1, first + MOST_INSERTED + 1)
        # Nearly all stand in the first; rows between these and figures may be gone, or new.
        rows = [top, *range(top + 1, row), *range(top - 1, top - 1 - MOST_ROWS, -1)]
        yield from itertools.product(rows if self.down else [row], columns)

    def place(self, sheet: SheetCells) -> Place | None:
        """Where they stand; None where they do not."""
        places = self.places(sheet.layout)
        return next((each for each in places if self._stand_in(sheet.cells, each)), None)

    def _stand_in(self, cells: Cells, at: Place) -> bool:
        """Whether a cell holds them."""
        value, formula = cells.get(at, _NO_CELL)
        same = value == self.label.text or normal(str(plain(value))) == self.words
        return same and formula is None


def wrong_heads(sheet: SheetCells) -> Iterator[Finding]:
    """The heads, units and defaults of a sheet that say something else than they should."""
    layout, cells = sheet.layout, sheet.cells
    yield from _misleading_title(sheet)
    for head in heads_of(layout.sheet):
        at = next(head.places(layout), None)
        if at is None or head.place(sheet):
            continue
        yield _wrong(layout.name, at, cells.get(at, _NO_CELL), head.label.text)
    # What a formula gives is another word tomorrow.
    labels = {layout.label_place(each.name): each.label for each in layout.sheet.placed}
    labels |= {
        layout.place(each.name): each.header
        for each in layout.sheet.columns
        if each.name in layout.columns
    }
    for at, said in labels.items():
        cell = cells.get(at, _NO_CELL)
        if cell.formula is not None and normal(str(plain(cell.value))) == normal(said):
            yield _wrong(layout.name, at, cell, said)


def _wrong(sheet: str, at: Place, cell: Cell, said: str) -> Finding:
    """Other words, or a formula, where some are expected."""
    found = cell.value if cell.formula is None else f"={cell.formula}"
    message = f'found {found_words(found)}; "{said}" is expected, which says what the figures are'
    return Finding("head", sheet, a1(*at), said, plain(found), message, said)


@cache
def heads_of(sheet: Sheet) -> list[Head]:
    """The words of a sheet that say what figures are."""
    prose = {place(each.cell)[1] for each in sheet.labels if each.style in _PROSE}
    return [
        head_of(sheet, label)
        for label in sheet.labels
        if label.style in (*_ABOVE, *_BESIDE) or _is_over_columns(sheet, label)
        if label.style != "head" or place(label.cell)[1] not in prose
    ]


def _is_over_columns(sheet: Sheet, label: Label) -> bool:
    """Whether words stand right over the headers of a node table, and say what some are."""
    return place(label.cell)[0] == sheet.header_row - 1 and label.style == "remark"


def head_of(sheet: Sheet, label: Label) -> Head:
    """Some words of a sheet, with what is nearest to them, below or in their row."""
    row, column = place(label.cell)
    placed = [(each.name, place(each.cell)) for each in sheet.placed]
    is_beside = label.style in (*_BESIDE, *_PROSE)
    there = [each for each in placed if (each[1][0] == row if is_beside else each[1][0] > row)]
    if not there:  # nothing but the node table
        numbers = enumerate(sheet.columns, 1)
        there = [(each.name, (sheet.header_row, number)) for number, each in numbers]

    def nearness(one: tuple[str, Place]) -> Place:
        return abs(one[1][1] - column), one[1][0]

    name, at = min(there, key=nearness)
    return Head(label, normal(label.text), name, at[0] - row, at[1] - column)
