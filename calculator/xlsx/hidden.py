"""What nobody sees of a sheet: rows and columns, what lies under merged cells, or beyond panes."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from calculator.xlsx.reference import MAX_COLUMN, MAX_ROW, place_or_none

__all__ = ["LOW_ROW", "Hidden", "hidden_in"]

_IS_ROW = '<row (?=[^<>]*(?:%s))(?:[^<>]* )?r="([0-9]{1,7})"'
#: Lower than seven points, or narrower than a digit, is as good as hidden.
_NO_ROOM = ' ht="[0-6](?:[.][0-9]*)?"'
#: What is lower than twelve has no room for letters of sixteen.
_LITTLE_ROOM = '"((?:[7-9]|1[01])(?:[.][0-9]*)?)"'
#: Rows that are hidden, or may be too low.
LOW_ROW = _IS_ROW % ' ht="(?:[0-9]|1[01])(?:[.][0-9]*)?"|hidden="(?:1|true)"'
_MAY_BE_LOW = re.compile(LOW_ROW.encode())
_ROW = re.compile((_IS_ROW % f'hidden="(?:1|true)"|{_NO_ROOM}').encode())
_LITTLE_ROW = re.compile((_IS_ROW % f" ht={_LITTLE_ROOM}").encode())
_LOW_ROWS = re.compile(rb'<sheetFormatPr [^<>]*defaultRowHeight="[0-6](?:[.][0-9]*)?"')
_LITTLE_ROWS = re.compile(
    f'<sheetFormatPr (?=[^<>]*customHeight="1")[^<>]*defaultRowHeight={_LITTLE_ROOM}'.encode()
)
_ROW_AS_OTHERS = re.compile(rb'<row (?![^<>]* ht=)(?:[^<>]* )?r="([0-9]{1,7})"')
_COLUMN = re.compile(rb"<col [^<>]*>")
_NARROW_COLUMNS = re.compile(rb'<sheetFormatPr [^<>]*defaultColWidth="([0-7](?:[.][0-9]*)?)"')
_HIDES = re.compile(rb'hidden="(?:1|true)"')
_WIDTH = re.compile(rb' width="([0-9]{1,5}(?:[.][0-9]*)?(?:[eE]-[0-9]{1,3})?|[.][0-9]+)"')
#: A column that is narrower [characters] has no room for a digit, or has for every number.
_LEAST_WIDTH, _WIDE = 1.5, 8.0
#: Excel's own width of columns, with what is left free beside the text in one [characters].
_USUAL_WIDTH = 9.14
_FORMULAS_SHOWN = re.compile(rb'<sheetView [^<>]*showFormulas="(?:1|true)"')
_ZEROS_HIDDEN = re.compile(rb'<sheetView [^<>]*showZeros="(?:0|false)"')
_VIEW = re.compile(rb'<sheetView [^<>]*topLeftCell="([A-Z]{1,3}[0-9]{1,7})"')
_FROZEN = re.compile(rb'<pane (?=[^<>]*state="frozen)[^<>]*>')
_SPLIT_ROWS = re.compile(rb' ySplit="([0-9]{1,7})')
_SPLIT_COLUMNS = re.compile(rb' xSplit="([0-9]{1,5})')
_HEIGHT = re.compile(
    rb'<row (?=[^<>]* ht="([0-9]{1,5}(?:[.][0-9]*)?)")(?:[^<>]* )?r="([0-9]{1,7})"'
)
#: So many frozen rows have room in a window; of more, so many are looked at.
_FEW_ROWS, _MOST_FROZEN = 20, 2_000
#: Excel's own height of rows, and what fills a window of 1,200 pixels [points].
_USUAL_HEIGHT, _WINDOW_HIGH = 15.0, 900.0
#: What fills one of 2,560 [characters].
_WINDOW_WIDE = 365.0
_TRANSITION = re.compile(rb'<sheetPr [^<>]*transitionEvaluation="(?:1|true)"')
_MERGED = re.compile(rb'<mergeCell [^<>]*?ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"')
#: So many merged areas of a sheet are looked at.
_MOST_MERGED = 1_000
_SPAN = re.compile(rb'(?<= )m(?:in|ax)="([0-9]{1,5})"')


@dataclass(frozen=True, slots=True)
class Hidden:
    """What nobody sees of a sheet.

    Parameters
    ----------
    rows, columns: by number.
    merged: top, left, bottom and right of each merged area.
    is_by_default: whether rows are too low that say nothing of their own.
    narrow: width of columns in which a large number has no room [characters].
    widths: of all columns that say it [characters].
    low: height of rows that are seen, and in which letters may be cut [points].
    formulas, zeros: whether formulas stand in place of what they give, and 0 is left out.
    first, last: the first and the last row and column that people can scroll to.
    transition: whether texts count as 0 in its formulas, as they did in Lotus 1-2-3.
    """

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    is_by_default: bool = False
    narrow: Mapping[int, float] = field(default_factory=dict)
    formulas: bool = False
    zeros: bool = False
    first: tuple[int, int] = (1, 1)
    transition: bool = False
    last: tuple[int, int] = (MAX_ROW, MAX_COLUMN)
    widths: Mapping[int, float] = field(default_factory=dict, compare=False)
    low: Mapping[int, float] = field(default_factory=dict, compare=False)

    def width(self, first: int, last: int) -> float:
        """How wide columns are together [characters]."""
        if first == last:
            return self.widths.get(first, _USUAL_WIDTH)
        every = range(first, last + 1)
        return math.fsum(self.widths.get(each, _USUAL_WIDTH) for each in every)

    def merged_at(self, row: int, column: int) -> tuple[int, int, int, int] | None:
        """The merged area that a cell is part of."""
        for area in self.merged:
            top, left, bottom, right = area
            if top <= row <= bottom and left <= column <= right:
                return area
        return None

    def is_under_another(self, row: int, column: int) -> bool:
        """Whether a cell lies in a merged area, of which only the first is seen."""
        area = self.merged_at(row, column)
        return area is not None and area[:2] != (row, column)


def hidden_in(part: bytes, rows: frozenset[int] | None = None) -> Hidden:
    """What is hidden of a worksheet, from its part.

    Parameters
    ----------
    rows: those that are hidden or may be too low, where they are known.
    """
    head = max(part.find(b"sheetData"), 0)
    if rows is None:
        rows = frozenset(map(int, _MAY_BE_LOW.findall(part)))
    low: dict[int, float] = {}
    if rows:
        low = {int(row): float(height) for height, row in _LITTLE_ROW.findall(part)}
        rows = rows.intersection(map(int, _ROW.findall(part)))
    is_low = _LOW_ROWS.search(part, 0, head) is not None
    if is_low:
        rows |= frozenset(map(int, _ROW_AS_OTHERS.findall(part)))
    elif usually := _LITTLE_ROWS.search(part, 0, head):
        low |= dict.fromkeys(map(int, _ROW_AS_OTHERS.findall(part)), float(usually[1]))
    widths = _widths(part, head)
    areas = _MERGED.findall(part, max(part.rfind(b"sheetData>"), 0))[:_MOST_MERGED]
    merged = tuple(
        (*first, *last)
        for first, last in (map(place_or_none, area) for area in areas)
        if first is not None and last is not None
    )
    formulas = _FORMULAS_SHOWN.search(part, 0, head) is not None
    zeros = _ZEROS_HIDDEN.search(part, 0, head) is not None
    first, last = _within_reach(part, head, widths, rows)
    transition = _TRANSITION.search(part, 0, head) is not None
    columns = frozenset(each for each, width in widths.items() if width < _LEAST_WIDTH)
    narrow = {each: width for each, width in widths.items() if _LEAST_WIDTH <= width < _WIDE}
    return Hidden(
        *(rows, columns, merged, is_low, narrow, formulas, zeros, first, transition, last),
        *(widths, low),
    )


def _within_reach(
    part: bytes, head: int, widths: Mapping[int, float], hidden: Container[int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last row and column that people can scroll to.

    Frozen panes keep where they begin; behind those that fill a window, there is no room.
    """
    view, pane = _VIEW.search(part, 0, head), _FROZEN.search(part, 0, head)
    row, column = (view and pane and place_or_none(view[1])) or (1, 1)
    split = pane[0] if pane else b""
    rows, columns = (
        int(found[1]) if (found := each.search(split)) else 0
        for each in (_SPLIT_ROWS, _SPLIT_COLUMNS)
    )
    last_row, last_column = MAX_ROW, MAX_COLUMN
    if rows > _FEW_ROWS:
        heights = {int(number): float(height) for height, number in _HEIGHT.findall(part)}
        high = (
            (each, 0.0 if each in hidden else heights.get(each, _USUAL_HEIGHT))
            for each in range(row, row + min(rows, _MOST_FROZEN))
        )
        last_row = _last_that_fits(high, _WINDOW_HIGH, MAX_ROW)
    if columns > 1:
        wide = ((each, widths.get(each, _USUAL_WIDTH)) for each in range(column, column + columns))
        last_column = _last_that_fits(wide, _WINDOW_WIDE, MAX_COLUMN)
    return (row if rows else 1, column if columns else 1), (last_row, last_column)


def _last_that_fits(sizes: Iterable[tuple[int, float]], most: float, otherwise: int) -> int:
    """The last frozen line that a window has room for; `otherwise` where it has for all."""
    total = 0.0
    for number, size in sizes:
        total += size
        if total > most:
            return number - 1
    return otherwise


def _widths(part: bytes, head: int) -> dict[int, float]:
    """The widths of columns [characters], 0 for hidden ones; of usual ones where they say it."""
    by_default = _NARROW_COLUMNS.search(part, 0, head)
    usual = float(by_default[1]) if by_default else _WIDE
    widths = dict.fromkeys(range(1, MAX_COLUMN + 1), usual) if by_default else {}
    spans: list[tuple[float, list[int]]] = []
    for column in _COLUMN.findall(part, 0, head):
        width = _WIDTH.search(column)
        own = 0.0 if _HIDES.search(column) else float(width[1]) if width else usual
        spans.append((own, sorted(map(int, _SPAN.findall(column)))))
    for own, span in sorted(spans, reverse=True):  # the narrower one, where two are of one column
        if len(span) == 2:
            widths |= dict.fromkeys(range(span[0], min(span[1], MAX_COLUMN) + 1), own)
    return widths
