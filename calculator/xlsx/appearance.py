"""How the cells of a workbook look, as far as it changes what a person reads of them.

Colours are compared where they are plainly given, or of the theme.
"""

from __future__ import annotations

import colorsys
import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from calculator.xlsx.number_format import LONGEST, may_alter
from calculator.xlsx.reference import MAX_COLUMN, a1, place
from calculator.xlsx.source import Element, whole

__all__ = [
    "LOW_ROW",
    "PARTS",
    "Hidden",
    "Look",
    "Styles",
    "hidden_in",
    "looks",
    "styled_in",
    "styles_of",
    "usual",
]

#: The elements of a styles part that are looked at, those around them included.
PARTS = (
    *("numFmt", "fonts", "font", "name", "sz", "color", "fills", "fill", "patternFill", "fgColor"),
    *("borders", "border", "cellStyleXfs", "cellXfs", "xf", "alignment", "cellStyles"),
    *("dxfs", "dxf", "bgColor", "tableStyles"),
)
#: Formats that files name by number; all others show numbers as they are (ECMA-376, 18.8.30).
_DATES = map(str, (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_BUILT_IN = {
    "1": "0",
    "2": "0.00",
    "3": "#,##0",
    "4": "#,##0.00",
    "9": "0%",
    "10": "0.00%",
    "11": "0.00E+00",
    "48": "##0.0E+0",
    "49": "@",
    **dict.fromkeys(_DATES, "yyyy"),
}
_BLACK, _WHITE = "000000", "FFFFFF"
#: Of two colours that can be told apart, and the smallest letters that can be read [points].
_LEAST_CONTRAST, _SMALLEST = 1.5, 4
#: Fonts that show signs in place of letters and digits.
_SIGNS = re.compile("wingdings|webdings|dingbats|symbol|marlett|mt extra", re.IGNORECASE)
_USUAL_SIZE = 11.0
#: The first colours of a theme: the paper and the ink, twice; and those that have a number.
_THEME = {"0": _WHITE, "1": _BLACK}
_INDEXED = {"0": _BLACK, "1": _WHITE, "8": _BLACK, "9": _WHITE, "64": _BLACK, "65": _WHITE}

#: Attributes that name a colour, whatever it looks like.
_NAMES = {"theme", "indexed"}

_IN_WHITE = re.compile(r"\[(?:white|color ?2)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a cell.

    Parameters
    ----------
    number_format: as Excel writes it, such as ``#,##0``.
    unseen: whether the text has nearly the colour of what is behind it, is too small, or in signs.
    is_green: whether it has a colour that says that all is well; told of rules only.
    digit: width of a digit [digits of the first font]; 0 where numbers fit themselves to the cell.
    """

    number_format: str
    unseen: bool
    is_green: bool = False
    digit: float = 1.0

    @property
    def is_odd(self) -> bool:
        """Whether it may show something otherwise than it is, or not at all."""
        return self.unseen or may_alter(self.number_format)


@dataclass(frozen=True, slots=True)
class Styles:
    """The looks of a workbook.

    Parameters
    ----------
    every: all of them, by the number of their style.
    odd: those that may show something otherwise than it is, likewise.
    of_rules: what rules of conditional formatting make of a cell, by number.
    """

    every: Mapping[str, Look] = field(default_factory=dict)
    odd: Mapping[str, Look] = field(default_factory=dict)
    of_rules: Sequence[Look] = ()


def styles_of(elements: Iterable[Element]) -> Styles:
    """The looks of a workbook, from the elements of its styles part."""
    listed = list(elements)
    start = next((at for at, each in enumerate(listed) if each.name == "dxfs"), len(listed))
    every = {str(number): look for number, look in enumerate(looks(listed[:start]))}
    odd = {number: look for number, look in every.items() if look.is_odd}
    return Styles(every, odd, tuple(_looks_of_rules(listed[start:])))


def looks(elements: Iterable[Element]) -> Sequence[Look]:
    """The look of each style by its number, from the elements of a styles part."""
    formats: dict[str, str] = {}
    inks: list[str | None] = []
    sizes: list[float] = []
    grounds: list[str | None] = []
    found: list[Look] = []
    within = ""
    for name, at, _ in elements:
        if name.endswith("s") and name in PARTS:
            within = name
        elif name == "numFmt" and within == "":
            formats[at.get("numFmtId", "")] = at.get("formatCode", "")
        elif within == "fonts":
            if name == "font":
                inks.append(_BLACK)
                sizes.append(_USUAL_SIZE)
            elif name == "color" and inks:
                inks[-1] = _colour(at)
            elif name == "sz" and sizes and sizes[-1]:
                sizes[-1] = _size(at)
            elif name == "name" and sizes and _SIGNS.search(at.get("val", "")):
                sizes[-1] = 0.0  # as if no letter could be read
        elif within == "fills":
            if name == "fill":
                grounds.append(_WHITE)
            elif name == "patternFill" and grounds and at.get("patternType") == "solid":
                grounds[-1] = _BLACK  # as Excel shows one of no colour
            elif name == "fgColor" and grounds and grounds[-1] == _BLACK:
                grounds[-1] = _colour(at)
        elif within == "cellXfs" and name == "xf":
            number = at.get("numFmtId", "0")
            written = (formats.get(number) or _BUILT_IN.get(number, "General"))[:LONGEST]
            ink, ground = _of(inks, at.get("fontId")), _of(grounds, at.get("fillId"))
            if _IN_WHITE.search(written):
                ink = _WHITE
            size = _of(sizes, at.get("fontId"))
            size = _USUAL_SIZE if size is None else size
            digit = size / ((sizes[:1] or [size])[0] or _USUAL_SIZE)
            found.append(Look(written, size < _SMALLEST or _are_alike(ink, ground), digit=digit))
        elif within == "cellXfs" and name == "alignment" and _fits_itself(at):
            found[-1:] = [replace(each, digit=0.0) for each in found[-1:]]
    return tuple(found)


def _looks_of_rules(elements: Iterable[Element]) -> Iterator[Look]:
    """The looks of rules: what one leaves as it is counts as black on white."""
    read: list[dict[str, Any]] = []
    within = ""
    for name, at, _ in elements:
        if name == "dxf":
            read.append({"format": "General", "ink": _BLACK, "ground": _WHITE, "size": _USUAL_SIZE})
        elif not read:
            continue
        elif name in ("font", "fill", "border"):
            within = name
        elif name == "numFmt":
            read[-1]["format"] = at.get("formatCode", "General")[:LONGEST]
        elif name == "sz" and within == "font":
            read[-1]["size"] = _size(at)
        elif name == "color" and within == "font":
            read[-1]["ink"] = _colour(at)
        elif name == "bgColor" and within == "fill":
            read[-1]["ground"] = _colour(at)
    for each in read:
        ink, ground = each["ink"], each["ground"]
        if _IN_WHITE.search(each["format"]):
            ink = _WHITE
        is_green = _is_green(ink) or _is_green(ground)
        is_unseen = each["size"] < _SMALLEST or _are_alike(ink, ground)
        yield Look(each["format"], is_unseen, is_green)


_T = TypeVar("_T")


def _of(values: Sequence[_T], number: str | None) -> _T | None:
    known = number is not None and number.isdecimal() and int(number) < len(values)
    return values[int(number)] if known and number else None


def _fits_itself(at: Mapping[str, str]) -> bool:
    """Whether a number that is too wide for its cell is shown smaller, or stands upright."""
    return at.get("shrinkToFit") in ("1", "true") or at.get("textRotation", "0") != "0"


def _size(at: Mapping[str, str]) -> float:
    """The size of a font [points]."""
    try:
        return max(float(at["val"]), 1.0)
    except (LookupError, ValueError):
        return _USUAL_SIZE


def _colour(at: Mapping[str, str]) -> str | None:
    """A colour as six digits, or as the words by which it is named; None where none is."""
    found = (
        at["rgb"][-6:].upper()
        if "rgb" in at
        else _THEME.get(at["theme"])
        if "theme" in at
        else _INDEXED.get(at.get("indexed", ""))
    )
    try:
        tint = float(at.get("tint") or 0)
        red, green, blue = _channels(found or "")
    except ValueError:
        return " ".join(sorted(map("=".join, at.items()))) if at.keys() & _NAMES else None
    if not tint:
        return found
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    mixed = colorsys.hls_to_rgb(hue, min(max(light, 0), 1), full)
    return "".join(f"{round(255 * each):02X}" for each in mixed)


def _channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of a colour, from 0 to 1.

    Raises
    ------
    ValueError: it is not told in digits.
    """
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _are_alike(ink: str | None, ground: str | None) -> bool:
    """Whether two colours can hardly be told apart: by their contrast, as WCAG 2 defines it."""
    if ink is None or ground is None or ink == ground:
        return ink == ground is not None
    lights = []
    for colour in (ink, ground):
        try:
            channels = _channels(colour)
        except ValueError:  # what it looks like is not known
            return False
        linear = [
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
            for each in channels
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05) < _LEAST_CONTRAST


def _is_green(colour: str | None) -> bool:
    try:
        red, green, blue = _channels(colour or "")
    except ValueError:
        return False
    return green > max(red, blue) + 0.03


# --- what is hidden, and where a style is -------------------------------------------------------

#: Lower than three points, or narrower than a digit, is as good as hidden.
LOW_ROW = (
    '<row (?=[^>]*(?:hidden="(?:1|true)"| ht="[0-2](?:[.][0-9]*)?"))(?:[^>]* )?r="([0-9]{1,7})"'
)
_ROW = re.compile(LOW_ROW.encode())
_LOW_ROWS = re.compile(rb'<sheetFormatPr [^>]*defaultRowHeight="[0-2](?:[.][0-9]*)?"')
_ROW_AS_OTHERS = re.compile(rb'<row (?![^>]* ht=)(?:[^>]* )?r="([0-9]{1,7})"')
_COLUMN = re.compile(rb"<col [^>]*>")
_NARROW_COLUMN = re.compile(
    rb'<col (?=[^>]*(?:hidden="(?:1|true)"|width="[0-7]?(?:[.eE]|")))[^>]*>'
)
_NARROW_COLUMNS = re.compile(rb'<sheetFormatPr [^>]*defaultColWidth="([0-7](?:[.][0-9]*)?)"')
_HIDES = re.compile(rb'hidden="(?:1|true)"')
_WIDTH = re.compile(rb' width="([0-9]{1,5}(?:[.][0-9]*)?(?:[eE]-[0-9]{1,3})?|[.][0-9]+)"')
#: A column that is narrower [characters] has no room for a digit, or has for every number.
_LEAST_WIDTH, _WIDE = 1.5, 8.0
_FORMULAS_SHOWN = re.compile(rb'<sheetView [^>]*showFormulas="(?:1|true)"')
_ZEROS_HIDDEN = re.compile(rb'<sheetView [^>]*showZeros="(?:0|false)"')
_MERGED = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"')
#: So many merged areas of a sheet are looked at.
_MOST_MERGED = 1_000
_SPAN = re.compile(rb'(?<= )m(?:in|ax)="([0-9]{1,5})"')
_STYLED = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]* s="([0-9]{1,6})"')
#: A part in which every tag is written as above, but for the order of a row's attributes.
_USUAL = re.compile(
    rb'[^<]*+(?:<\?[^<>]*+>[^<]*+)?<worksheet(?: [\w:]++="[^"<>&]*+")*+>'
    rb'(?:[^<]*+<(?!c (?!r=")|row (?![^>]*r="))/?[A-Za-z][\w:]*+'
    rb'(?: [\w:]++="[^"<>&]*+")*+ ?/?>)*+\s*'
)
_LOOKED_AT = ("sheetView", "sheetFormatPr", "col", "sheetData", "row", "c", "mergeCell")


def usual(part: bytes) -> bytes:
    """A worksheet's part as most programs spell it; of one that is not, the tags looked at here."""
    if _USUAL.fullmatch(part):
        return part
    tags: list[str] = []
    row = column = 0

    def start(name: str, at: dict[str, str]) -> None:
        nonlocal row, column
        name = name.rpartition(":")[2]
        if name == "row":
            row, column = whole(at["r"]) if "r" in at else row + 1, 0
            at = {"r": str(row)} | at
        elif name == "c":
            here = _place(at["r"].encode()) if "r" in at else (row, column + 1)
            row, column = here or (row, column)
            at = {"r": a1(row, column), "s": at.get("s", "")}
        if name in _LOOKED_AT:
            tags.append(f"<{name}{''.join(f' {key}={quoteattr(at[key])}' for key in at)}>")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError):  # said by who reads cells
        parser.Parse(part, True)
    return "".join(tags).encode()


@dataclass(frozen=True, slots=True)
class Hidden:
    """What nobody sees of a sheet.

    Parameters
    ----------
    rows, columns: by number.
    merged: top, left, bottom and right of each merged area.
    is_by_default: whether rows are too low that say nothing of their own.
    narrow: width of columns in which a large number has no room [characters].
    formulas, zeros: whether formulas stand in place of what they give, and 0 is left out.
    """

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    is_by_default: bool = False
    narrow: Mapping[int, float] = field(default_factory=dict)
    formulas: bool = False
    zeros: bool = False

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


_NOTHING = Hidden()


def hidden_in(part: bytes, rows: frozenset[int] | None = None) -> Hidden:
    """What is hidden of a worksheet, from its part.

    Parameters
    ----------
    rows: its hidden rows, where they are known.
    """
    head = max(part.find(b"sheetData"), 0)
    if rows is None:
        rows = frozenset(map(int, _ROW.findall(part)))
    is_low = _LOW_ROWS.search(part, 0, head) is not None
    if is_low:
        rows |= frozenset(map(int, _ROW_AS_OTHERS.findall(part)))
    widths = _narrow_widths(part, head)
    areas = _MERGED.findall(part, max(part.rfind(b"sheetData>"), 0))[:_MOST_MERGED]
    merged = tuple(
        (*first, *last)
        for first, last in (map(_place, area) for area in areas)
        if first is not None and last is not None
    )
    formulas = _FORMULAS_SHOWN.search(part, 0, head) is not None
    zeros = _ZEROS_HIDDEN.search(part, 0, head) is not None
    if not (rows or widths or merged or formulas or zeros):
        return _NOTHING
    columns = frozenset(each for each, width in widths.items() if width < _LEAST_WIDTH)
    narrow = {each: width for each, width in widths.items() if _LEAST_WIDTH <= width < _WIDE}
    return Hidden(rows, columns, merged, is_low, narrow, formulas, zeros)


def _narrow_widths(part: bytes, head: int) -> dict[int, float]:
    """The widths of narrow columns [characters], 0 for hidden ones; maybe those of others."""
    by_default = _NARROW_COLUMNS.search(part, 0, head)
    usual = float(by_default[1]) if by_default else _WIDE
    widths = dict.fromkeys(range(1, MAX_COLUMN + 1), usual) if by_default else {}
    for column in (_COLUMN if by_default else _NARROW_COLUMN).findall(part, 0, head):
        span = sorted(map(int, _SPAN.findall(column)))
        width = _WIDTH.search(column)
        own = 0.0 if _HIDES.search(column) else float(width[1]) if width else usual
        if len(span) == 2:
            widths |= dict.fromkeys(range(span[0], min(span[1], MAX_COLUMN) + 1), own)
    return widths


def _place(reference: bytes) -> tuple[int, int] | None:
    try:
        return place(reference.decode())
    except ValueError:  # beyond the end of any sheet
        return None


def styled_in(part: bytes, looks: Mapping[str, Look]) -> dict[tuple[int, int], Look]:
    """The cells of a worksheet that have one of these looks, by place."""
    used = {
        style: looks[style.decode()]
        for style in map(str.encode, looks)
        if b' s="%s"' % style in part
    }
    if not used:
        return {}
    styled = ((_place(cell), used[style]) for cell, style in _STYLED.findall(part) if style in used)
    return {at: look for at, look in styled if at is not None}


def style_at(part: bytes, at: tuple[int, int]) -> str:
    """The number of a cell's style; that of the first, where it has none."""
    found = re.search(b'<c r="%s"[^>]* s="([0-9]{1,6})"' % a1(*at).encode(), part)
    return found[1].decode() if found else "0"
