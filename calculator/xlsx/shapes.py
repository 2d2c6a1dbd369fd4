"""What lies over the cells of a sheet: pictures, charts, shapes, ink, controls, shown notes."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from html import unescape
from itertools import accumulate
from typing import NamedTuple

from calculator.xlsx.hidden import Hidden
from calculator.xlsx.package import Package
from calculator.xlsx.spelling import usual
from calculator.xlsx.tree import Node, read, related

__all__ = ["Box", "Grid", "Shape", "lines_of", "shapes_of", "shapes_on"]

#: English Metric Units of a point and of a pixel, and the pixels of a digit of the usual font.
_POINT, _PIXEL, _DIGIT = 12_700, 9_525, 7
#: What is turned about its middle where it is no part of a group, by so many parts of a degree.
_TURNED, _DEGREE = ("pic", "sp"), 60_000
#: Excel's own height of rows and width of columns: points and digits.
_HEIGHT, _WIDTH = "15", "9.14"
#: Programs round where a shape ends: less than this over a cell covers nothing of it.
_EDGE = 3 * _PIXEL
_DRAWN = {
    "pic": "a picture",
    "graphicFrame": "a chart",
    "contentPart": "ink",
    "sp": "a shape",
    "cxnSp": "a line",
}
#: Programs offer lines of up to six points; what is wider hides a cell as a shape does.
_WIDEST = 6 * _POINT
#: Straight lines, and what ends in no arrow.
_STRAIGHT, _NO_ARROW = ("line", "straightConnector1"), ("", "none")
#: A fill with no more of its colour marks what is behind it [thousandths of a per cent].
_MARKER = 60_000

_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_USUALLY = re.compile(rb"<sheetFormatPr [^<>]*>")
_COLUMN = re.compile(rb"<col [^<>]*>")
_ROW = re.compile(rb'<row (?=[^<>]* ht="([0-9.]{1,20})")(?:[^<>]* )?r="([0-9]{1,7})"')
#: Notes and controls are described by themselves; what stands for a control among the other shapes
#: is hidden, or lies nowhere.
_DESCRIBED = {"Note": "a note", "Pict": "an object"}
_KIND = re.compile(rb'^[^<>]*ObjectType="([A-Za-z]{1,20})"')
_IS_SHOWN = re.compile(rb"<x:Visible\s*/>|<x:Visible>\s*[Tt]")
_IS_HIDDEN = re.compile(rb"visibility:\s*hidden")
_ANCHOR = re.compile(rb"<x:Anchor>([-0-9,\s]{1,200})<")
_TAG = re.compile("<[^<>]*>")


class Box(NamedTuple):
    """Where something lies on a sheet [EMU], and by how much it is turned there [degrees]."""

    left: int
    top: int
    right: int
    bottom: int
    turn: float = 0.0

    def strikes(self, other: Box) -> bool:
        """Whether a line with this box runs across most of another, half way up, nearly level."""
        margin, quarter = (other.right - other.left) // 4, (other.bottom - other.top) // 4
        is_across = self.left <= other.left + margin and self.right >= other.right - margin
        is_within = self.top >= other.top - _EDGE and self.bottom <= other.bottom + _EDGE
        off = abs(self.top + self.bottom - other.top - other.bottom) // 2
        return is_across and is_within and margin > 0 and off <= quarter

    def covers(self, other: Box) -> bool:
        """Whether it lies over some of another box, which is not turned.

        They meet where they do along the sides of both.
        """
        along, across = (abs(each(math.radians(self.turn))) for each in (math.cos, math.sin))
        wide, high = (self.right - self.left) / 2, (self.bottom - self.top) / 2
        wide_2, high_2 = (other.right - other.left) / 2, (other.bottom - other.top) / 2
        right = (other.left + other.right - self.left - self.right) / 2
        down = (other.top + other.bottom - self.top - self.bottom) / 2
        over = [
            wide_2 + wide * along + high * across - abs(right),
            high_2 + wide * across + high * along - abs(down),
        ]
        if self.turn:
            cos, sin = (each(math.radians(self.turn)) for each in (math.cos, math.sin))
            over.append(wide + wide_2 * along + high_2 * across - abs(right * cos + down * sin))
            over.append(high + wide_2 * across + high_2 * along - abs(down * cos - right * sin))
        # Along one side, no more than all of the smaller one.
        return min(*over, 2 * min(wide, wide_2), 2 * min(high, high_2)) > _EDGE


class Shape(NamedTuple):
    """Something that lies over the cells of a sheet and cannot be seen through.

    Parameters
    ----------
    what: what it is, such as ``a picture``.
    words: what is written on it.
    start, end: its corners, each as a column and a row that count from 0 with what is beyond their
        beginning, (column, right, row, down), or as (right, down); such an end is its size [EMU].
    line: how wide the line is that it is drawn with, where that covers something [EMU].
    chart: the id of the relationship to the chart that it shows; "" for no chart.
    turn: by how much it is turned about its middle [degrees].
    link: the cell whose words it shows; "" for those of its own.
    """

    what: str
    words: str
    start: tuple[int, ...]
    end: tuple[int, ...]
    line: int = 0
    chart: str = ""
    turn: float = 0.0
    link: str = ""


class Grid:
    """Where the cells of a sheet lie, as far as to a row and a column."""

    def __init__(self, package: Package, sheet: str, last_row: int, last_column: int) -> None:
        part, hidden = package.whole(sheet), package.hidden.get(sheet, Hidden())
        usually = _attributes(_USUALLY.search(part))
        #: Of rows that say it [EMU].
        self.heights = {int(row): _emu(size, _POINT) for size, row in _ROW.findall(part)}
        widths: dict[int, int] = {}
        for each in map(_attributes, _COLUMN.finditer(part)):
            with contextlib.suppress(KeyError, ValueError):  # which are no columns
                numbers = range(int(each["min"]), min(int(each["max"]), last_column) + 1)
                widths |= dict.fromkeys(numbers, _emu(each["width"], _DIGIT * _PIXEL))
        height = _emu(usually.get("defaultRowHeight", _HEIGHT), _POINT)
        width = _emu(usually.get("defaultColWidth", _WIDTH), _DIGIT * _PIXEL)
        self._rows = _ends(self.heights | dict.fromkeys(hidden.rows, 0), height, last_row)
        self._columns = _ends(widths | dict.fromkeys(hidden.columns, 0), width, last_column)
        self._merged = {area[:2]: area[2:] for area in hidden.merged}

    def cell(self, row: int, column: int, characters: int = 0, until: int = 0) -> Box:
        """The box of a cell, with all that is merged with it.

        Parameters
        ----------
        characters: of its text, which runs on over empty cells before column `until`.
        """
        last_row, last_column = self._merged.get((row, column), (row, column))
        left, top = self._columns[column - 1], self._rows[row - 1]
        # Most letters are narrower than a digit.
        end = min(left + characters * (_DIGIT - 1) * _PIXEL, _end(self._columns, until - 1))
        right = max(_end(self._columns, last_column), end)
        return Box(left, top, right, _end(self._rows, last_row))

    def box(self, shape: Shape) -> Box:
        """The box of a shape, as far as it lies over these cells."""
        left, top = self._point(shape.start)
        right, bottom = self._point(shape.end)
        if len(shape.end) == 2:
            right, bottom = left + right, top + bottom
        half = shape.line // 2
        if shape.turn % 180 >= 45 and shape.turn % 180 < 135:  # its corners lie as if by 90 more
            middle, centre = (left + right) // 2, (top + bottom) // 2
            wide, high = (right - left) // 2, (bottom - top) // 2
            left, right, top, bottom = middle - high, middle + high, centre - wide, centre + wide
        return Box(left - half, top - half, right + half, bottom + half, shape.turn)

    def _point(self, where: tuple[int, ...]) -> tuple[int, int]:
        if len(where) == 2:
            return where[0], where[1]
        column, right, row, down = where
        return _within(self._columns, column, right), _within(self._rows, row, down)


def shapes_of(package: Package, sheet: str) -> Iterator[Shape]:
    """What lies over the cells of a sheet, wherever that is; the last is on top."""
    for part in related(package, sheet, "drawing"):
        yield from _shapes_in(part)
    for part in related(package, sheet, "vmlDrawing"):
        for piece in usual(part).split(b"</x:ClientData>"):
            looks, _, data = piece.rpartition(b"<x:ClientData")
            kind, anchored = _KIND.search(data), _ANCHOR.search(data)
            if kind and anchored and _is_seen(kind[1], looks, data):
                with contextlib.suppress(ValueError):
                    left, x, top, y, right, x2, bottom, y2 = map(int, anchored[1].split(b","))
                    start = (left, x * _PIXEL, top, y * _PIXEL)
                    end = (right, x2 * _PIXEL, bottom, y2 * _PIXEL)
                    what = _DESCRIBED.get(kind[1].decode(), "a control")
                    yield Shape(what, _words_on(looks), start, end)


def lines_of(package: Package, sheet: str) -> Iterator[Shape]:
    """Thin lines that hide nothing, and point to nothing: they may strike something out."""
    for part in related(package, sheet, "drawing"):
        for anchor in read(part).every("*/*"):
            for each in anchor.inside:
                if each.name in ("cxnSp", "sp") and _is_thin_line(each):
                    with contextlib.suppress(ValueError):  # which is no place
                        yield Shape(_DRAWN["cxnSp"], "", *_corners(anchor))


def shapes_on(package: Package, sheet: str, chart: str) -> Iterator[Shape]:
    """What lies on a chart and belongs to it; `chart` is the id of the relationship to that."""
    for part in related(package, sheet, "drawing", chart, "chartUserShapes"):
        yield from _shapes_in(part)


def _shapes_in(part: bytes) -> Iterator[Shape]:
    for anchor in read(part).every("*/*"):
        if drawn := _drawn(anchor):
            what, words, line, turn, link = drawn
            with contextlib.suppress(ValueError):  # which is no place
                yield Shape(what, words, *_corners(anchor), line, _chart(anchor), turn, link)


def _is_seen(kind: bytes, looks: bytes, data: bytes) -> bool:
    """Whether something is seen that is described so, and covers what is below it."""
    if kind == b"Note":
        return _IS_SHOWN.search(data) is not None
    # Of a box around other controls, there is but a frame.
    return kind != b"GBox" and not _IS_HIDDEN.search(looks)


def _words_on(looks: bytes) -> str:
    """What is written on a control."""
    box = looks.rpartition(b"<v:textbox")[2].partition(b">")[2].partition(b"</v:textbox>")[0]
    return " ".join(unescape(_TAG.sub(" ", box.decode(errors="replace"))).split())


def _drawn(anchor: Node) -> tuple[str, str, int, float, str] | None:
    """What covers something of all that is anchored together: what it says, line, turn and link.

    Words may be those of a cell, which the file need not know.
    """
    for each in anchor.all_inside():
        if each.name not in _DRAWN or _is_hidden(each):
            continue
        words = "".join(body.words for body in each.every("txBody"))
        link = each.attributes.get("textlink", "")
        words = words or link
        line = _wide_line(each)
        is_seen_through = each.name == "cxnSp" or (each.name == "sp" and not _is_filled(each))
        if words or line or not is_seen_through:
            turn = 0.0
            if each.name in _TURNED and not any(anchor.all_inside("grpSp")):
                turn = _emu(each.value("spPr/xfrm", "rot"), 1) / _DEGREE
            return "a text box" if words else _DRAWN[each.name], words, line, turn, link
    return None


def _is_thin_line(shape: Node) -> bool:
    if shape.value("spPr/prstGeom", "prst") not in _STRAIGHT or _wide_line(shape):
        return False
    if _is_hidden(shape) or _emu(shape.value("spPr/xfrm", "rot"), 1) % (180 * _DEGREE):
        return False
    arrows = (shape.value(f"spPr/ln/{end}", "type") for end in ("headEnd", "tailEnd"))
    bound = (each for end in ("stCxn", "endCxn") for each in shape.every(f"*/cNvCxnSpPr/{end}"))
    if any(each not in _NO_ARROW for each in arrows) or any(bound):
        return False
    if fills := [*_fills(shape, "spPr/ln/*")]:
        return all(map(_is_opaque, fills))
    return shape.value("style/lnRef", "idx") not in ("", "0")


def _is_hidden(shape: Node) -> bool:
    return shape.value("*/cNvPr", "hidden") in ("1", "true")


def _is_filled(shape: Node) -> bool:
    """Whether nothing can be seen through a shape."""
    if fill := next(_fills(shape, "spPr/*"), None):
        return _is_opaque(fill)
    return shape.value("style/fillRef", "idx") not in ("", "0")


def _wide_line(shape: Node) -> int:
    """How wide a line is that hides what is below it; 0 for a usual line, and for none [EMU]."""
    width = _emu(shape.value("spPr/ln", "w"), 1)
    return width if width > _WIDEST and all(map(_is_opaque, _fills(shape, "spPr/ln/*"))) else 0


def _fills(shape: Node, path: str) -> Iterator[Node]:
    return (each for each in shape.every(path) if each.name.endswith("Fill"))


def _is_opaque(fill: Node) -> bool:
    alphas = (each.attributes.get("val", "") for each in fill.all_inside("alpha"))
    seen_through = sum(each.isdecimal() and int(each) <= _MARKER for each in alphas)
    colours = len([*fill.all_inside("gs")]) or 1  # of a gradient, most tell
    return fill.name != "noFill" and 2 * seen_through < colours


def _chart(anchor: Node) -> str:
    charts = anchor.every("graphicFrame/graphic/graphicData/chart")
    attributes = (each for chart in charts for each in chart.attributes.items())
    return next((id_ for name, id_ in attributes if name.endswith(":id")), "")


def _corners(anchor: Node) -> tuple[tuple[int, ...], tuple[int, ...]]:
    corners = [
        tuple(int(corner.text(each) or 0) for each in ("col", "colOff", "row", "rowOff"))
        for name in ("from", "to")
        for corner in anchor.every(name)
    ]
    if not corners:
        corners.append((int(anchor.value("pos", "x")), int(anchor.value("pos", "y"))))
    if len(corners) == 1:
        corners.append((int(anchor.value("ext", "cx")), int(anchor.value("ext", "cy"))))
    return corners[0], corners[1]


def _attributes(found: re.Match[bytes] | None) -> dict[str, str]:
    pairs = _ATTRIBUTE.findall(found[0]) if found else ()
    return {key.decode(): value.decode(errors="replace") for key, value in pairs}


def _emu(size: str | bytes, unit: int) -> int:
    with contextlib.suppress(ValueError, OverflowError):
        return round(float(size) * unit)
    return 0


def _ends(sizes: dict[int, int], usually: int, last: int) -> list[int]:
    """Where rows or columns end; before all of them, where the first begins."""
    return [0, *accumulate(sizes.get(number, usually) for number in range(1, last + 1))]


def _end(ends: list[int], number: int) -> int:
    return ends[max(0, min(number, len(ends) - 1))]


def _within(ends: list[int], number: int, offset: int) -> int:
    start, end = _end(ends, number), _end(ends, number + 1)
    return start + min(max(offset, 0), end - start)
