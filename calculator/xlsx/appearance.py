"""How the cells of a workbook look, as far as it changes what a person reads of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from calculator.xlsx.colours import USUAL_SIZE, WHITE, Fill, Font, Palette, is_green, is_lost
from calculator.xlsx.number_format import LONGEST, colour_of, colours_in, is_wide, may_alter
from calculator.xlsx.reference import place_or_none
from calculator.xlsx.source import Element, whole
from calculator.xlsx.table_styles import Made, tables_in

__all__ = [
    "ACROSS",
    "PARTS",
    "Look",
    "Styles",
    "looks",
    "styled_in",
    "styles_of",
]

#: The elements of a styles part that are looked at, those around them included.
PARTS = (
    *("numFmt", "fonts", "font", "name", "sz", "color", "fills", "fill", "patternFill", "fgColor"),
    *("gradientFill", "stop", "borders", "border", "cellStyleXfs", "cellXfs", "xf", "alignment"),
    *("cellStyles", "dxfs", "dxf", "bgColor", "tableStyles", "colors", "rgbColor"),
    *("tableStyle", "tableStyleElement", "strike", "charset", "diagonal"),
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
_USUAL_COLOURS = Palette()
_DIAGONALS = ("diagonalUp", "diagonalDown")
#: Of letters and indents, what no usual column is too narrow for.
_LARGE, _FAR = 1.6, 2
#: Alignments that break a text into lines, and the order of reading from right to left.
_SPREAD, _FROM_RIGHT = ("justify", "distributed"), "2"
#: What Excel calls Center Across Selection.
ACROSS = "centerContinuous"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a value is set into its cell.

    Parameters
    ----------
    side: where a text is aligned: ``left``, ``right``, ``center``, or ``centerContinuous``, over
        the empty cells that follow and have the same; "" where its kind tells.
    indent: as often as three blanks are wide.
    turn: the angle it is turned by, to either side; 255 where it stands letter above letter.
    wraps, shrinks: what is done where it is too long: whether it goes on below, or gets smaller.
    """

    side: str = ""
    indent: int = 0
    turn: int = 0
    wraps: bool = False
    shrinks: bool = False

    @property
    def is_odd(self) -> bool:
        """Whether it may take more room than cells have, or that of others."""
        return self.indent > _FAR or self.turn != 0 or self.shrinks or self.side == ACROSS


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a cell.

    Parameters
    ----------
    number_format: as Excel writes it, such as ``#,##0``.
    unseen: whether the text has nearly the colour of what is behind it, is too small, or in signs.
    is_green: whether it has a colour that says that all is well; told of rules only.
    digit: width of a digit [digits of the first font].
    size: of its letters [points].
    setting: how a value is set into the cell.
    is_repeated: whether the text is written again and again, until the cell is full.
    unseen_in: those colours of the number format that are as hard to see.
    ink: the colour of the text, None where it is not known; of a rule, "" where it leaves that.
    grounds: the colours behind the text; of a rule, none where it leaves these.
    is_struck: whether a line runs through the text.
    is_crossed: whether one runs from corner to corner of the cell.
    is_white_on_none: whether it is unseen for want of a fill, which a table's style may bring.
    is_bare: whether it has no font and no fill of its own, and takes on those of a table's style.
    is_on_none: whether it has no fill of its own.
    is_by_theme: whether it is unseen by the colours of the workbook's theme, and not by Office's.
    """

    number_format: str
    unseen: bool
    is_green: bool = False
    digit: float = 1.0
    is_repeated: bool = False
    unseen_in: frozenset[str] = frozenset()
    setting: Setting = field(default=Setting(), compare=False)
    size: float = field(default=USUAL_SIZE, compare=False)
    ink: str | None = field(default=None, compare=False)
    grounds: tuple[str | None, ...] = field(default=(WHITE,), compare=False)
    is_struck: bool = False
    is_crossed: bool = False
    is_white_on_none: bool = field(default=False, compare=False)
    is_bare: bool = field(default=False, compare=False)
    is_on_none: bool = field(default=False, compare=False)
    is_by_theme: bool = field(default=False, compare=False)

    @property
    def is_odd(self) -> bool:
        """Whether it may show something otherwise than it is, or not at all."""
        odd = self.unseen or self.is_repeated or self.unseen_in or self.is_large
        is_out = self.is_struck or self.is_crossed
        return bool(odd) or is_out or may_alter(self.number_format)

    @property
    def is_large(self) -> bool:
        """Whether a value may have no room in a usual cell."""
        return self.digit > _LARGE or self.setting.is_odd or is_wide(self.number_format)

    @property
    def paints(self) -> bool:
        """Whether a rule with this look gives cells a colour."""
        return self.ink != "" or bool(self.grounds)

    def loses(self, text: Look) -> bool:
        """Whether a rule that makes this of a cell lets a text be lost that looks so itself."""
        font = Font(text.ink if self.ink == "" else self.ink, self.size)
        return font.is_unseen(self.grounds or text.grounds)


@dataclass(frozen=True, slots=True)
class Styles:
    """The looks of a workbook.

    Parameters
    ----------
    every: all of them, by the number of their style.
    odd: those that may show something otherwise than it is, likewise.
    of_rules: what rules of conditional formatting make of a cell, by number.
    palette: the colours of the workbook.
    tables: what styles of tables of its own make of the parts of a table.
    """

    every: Mapping[str, Look] = field(default_factory=dict)
    odd: Mapping[str, Look] = field(default_factory=dict)
    of_rules: Sequence[Look] = ()
    palette: Palette = _USUAL_COLOURS
    tables: Mapping[str, Mapping[str, Made]] = field(default_factory=dict)


def styles_of(elements: Iterable[Element], palette: Palette = _USUAL_COLOURS) -> Styles:
    """The looks of a workbook, from the elements of its styles part."""
    listed = list(elements)
    start = next((at for at, each in enumerate(listed) if each.name == "dxfs"), len(listed))
    own = tuple(each.attributes.get("rgb", "") for each in listed if each.name == "rgbColor")
    palette = replace(palette, indexed=[each[-6:] for each in own]) if own else palette
    found = looks(listed[:start], palette)
    if palette.theme != _USUAL_COLOURS.theme and any(each.unseen for each in found):
        usual = looks(listed[:start], replace(palette, theme=_USUAL_COLOURS.theme))
        found = [
            replace(look, is_by_theme=look.unseen and not other.unseen)
            for look, other in zip(found, usual, strict=True)
        ]
    every = {str(number): look for number, look in enumerate(found)}
    odd = {number: look for number, look in every.items() if look.is_odd}
    read = _rules_in(listed[start:], palette)
    tables = tables_in(listed[start:], read)
    return Styles(every, odd, tuple(_looks_of_rules(read, palette)), palette, tables)


def looks(elements: Iterable[Element], palette: Palette = _USUAL_COLOURS) -> Sequence[Look]:
    """The look of each style by its number, from the elements of a styles part."""
    formats: dict[str, str] = {}
    fonts: list[Font] = []
    fills: list[Fill] = []
    crossed: list[bool] = []
    found: list[Look] = []
    within = ""
    for name, at, _ in elements:
        if name.endswith("s") and name in PARTS:
            within = name
        elif name == "numFmt" and within == "":
            formats[at.get("numFmtId", "")] = at.get("formatCode", "")
        elif within == "fonts" and name == "font":
            fonts.append(Font())
        elif within == "fills" and name == "fill":
            fills.append(Fill())
        elif within == "fonts" and fonts:
            fonts[-1].take(name, at, palette)
        elif within == "fills" and fills:
            fills[-1].take(name, at, palette)
        elif within == "borders" and name == "border":
            crossed.append(any(at.get(each) in ("1", "true") for each in _DIAGONALS))
        elif within == "borders" and name == "diagonal" and crossed:
            crossed[-1] = crossed[-1] and at.get("style", "none") != "none"
        elif within == "cellXfs" and name == "xf":
            number = at.get("numFmtId", "0")
            written = (formats.get(number) or _BUILT_IN.get(number, "General"))[:LONGEST]
            font = _of(fonts, at.get("fontId")) or Font()
            fill = _of(fills, at.get("fillId")) or Fill()
            digit = font.size / ((fonts[:1] or [font])[0].size or USUAL_SIZE)
            look = _look(written, font, fill.grounds(), palette)
            on_none = look.unseen and fill.is_none and not font.is_unseen((None,))
            is_bare = fill.is_none and at.get("fontId", "0") == "0"
            look = replace(look, digit=digit, is_white_on_none=on_none, is_on_none=fill.is_none)
            is_crossed = _of(crossed, at.get("borderId")) or False
            look = replace(look, is_bare=is_bare, is_crossed=is_crossed)
            found.append(look)
        elif within == "cellXfs" and name == "alignment" and found:
            is_repeated = at.get("horizontal") == "fill"
            found[-1] = replace(found[-1], is_repeated=is_repeated, setting=_setting(at))
    return tuple(found)


def _rules_in(elements: Iterable[Element], palette: Palette) -> list[Made]:
    """What rules make of a cell: what one leaves as it is counts as black on white."""
    read: list[Made] = []
    within = ""
    for name, at, _ in elements:
        if name == "dxf":
            read.append((["General"], Font(), Fill()))
        elif not read:
            continue
        elif name in ("font", "fill", "border", "colors", "tableStyles"):
            within = name
        elif name == "numFmt":
            read[-1][0].append(at.get("formatCode", "General")[:LONGEST])
        elif within == "font":
            read[-1][1].take(name, at, palette)
        elif within == "fill":
            read[-1][2].take(name, at, palette)
    return read


def _looks_of_rules(read: Iterable[Made], palette: Palette) -> Iterator[Look]:
    """The looks of rules."""
    for formats, font, fill in read:
        grounds = fill.grounds(of_rule=True)
        look = _look(formats[-1], font, grounds, palette)
        unseen, of_loss = look.unseen or bool(look.unseen_in), colour_of(formats[-1], -1.0)
        green = map(is_green, (font.ink, *grounds, palette.named(of_loss)))
        look = replace(look, unseen=unseen, is_green=any(green))
        ink = look.ink if font.is_told else ""
        yield replace(look, ink=ink, grounds=grounds if fill.is_told else ())


def _look(
    number_format: str, font: Font, grounds: tuple[str | None, ...], palette: Palette
) -> Look:
    """The look that a font and what is behind it give."""
    named = colours_in(number_format)
    unseen_in = frozenset(each for each in named if is_lost(palette.named(each), grounds))
    return Look(
        number_format,
        font.is_unseen(grounds),
        unseen_in=unseen_in,
        size=font.size,
        is_struck=font.is_struck,
        ink=font.ink,
        grounds=grounds,
    )


_T = TypeVar("_T")


def _of(values: Sequence[_T], number: str | None) -> _T | None:
    known = number is not None and number.isdecimal() and int(number) < len(values)
    return values[int(number)] if known and number else None


def _setting(at: Mapping[str, str]) -> Setting:
    """How an alignment sets a value into its cell."""
    indent, turn = (max(whole(at.get(name, "0")), 0) for name in ("indent", "textRotation"))
    turn = turn - 90 if 90 < turn <= 180 else turn
    wraps, shrinks = (at.get(name) in ("1", "true") for name in ("wrapText", "shrinkToFit"))
    # What is spread over its cell goes on below.
    wraps = wraps or not {at.get("horizontal"), at.get("vertical")}.isdisjoint(_SPREAD)
    side = at.get("horizontal", "general")
    if side == "general":
        side = "right" if at.get("readingOrder") == _FROM_RIGHT else ""
    return Setting(side, indent, turn, wraps, shrinks)


# --- where a style is ---------------------------------------------------------------------------

_STYLED = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^<>]* s="([0-9]{1,6})"')
#: The style of cells that name none, and these cells.
_NO_STYLE = "0"
_UNSTYLED = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?![^<>]* s=")')
#: So many looks can be searched for at once quickly.
_FEW_LOOKS = 8


def styled_in(part: bytes, looks: Mapping[str, Look]) -> dict[tuple[int, int], Look]:
    """The cells of a worksheet that have one of these looks, by place."""
    found = {}
    if _NO_STYLE in looks and looks[_NO_STYLE].is_odd:
        unstyled = map(place_or_none, _UNSTYLED.findall(part))
        found = {at: looks[_NO_STYLE] for at in unstyled if at}
    if len(looks) > _FEW_LOOKS:
        cells = ((cell, style.decode()) for cell, style in _STYLED.findall(part))
        every = ((place_or_none(cell), looks[style]) for cell, style in cells if style in looks)
        return found | {at: look for at, look in every if at}
    seen = 0
    for each in re.finditer(b' s="(?:%s)"' % "|".join(looks).encode(), part) if looks else ():
        start = part.rfind(b"<", seen, each.start())  # nothing is looked through twice
        seen = each.end()
        styled = _STYLED.fullmatch(part, start, seen) if start >= 0 else None
        if styled and (at := place_or_none(styled[1])):
            found[at] = looks[styled[2].decode()]
    return found
