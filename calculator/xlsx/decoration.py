"""What a workbook shows beside its cells: their looks, rules that change them, and notes."""

from __future__ import annotations

import contextlib
import html
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from calculator.errors import WorkbookError
from calculator.memory import Kept
from calculator.xlsx.appearance import Look, Styles, styled_in, styles_of
from calculator.xlsx.colours import BLACK, Fill, Font, Palette, are_alike, is_green, theme_in
from calculator.xlsx.geometry import Table
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1, place
from calculator.xlsx.source import Element, whole
from calculator.xlsx.spelling import may_hold, usual
from calculator.xlsx.table_styles import TableStyle, dark_style

__all__ = [
    "Rule",
    "Validation",
    "are_all_rules",
    "formats_of",
    "looks_at",
    "looks_of",
    "lost_on_tables",
    "notes_of",
    "odd_cells",
    "partly_unseen",
    "rules_of",
    "validations_of",
]

Place = tuple[int, int]
Area = tuple[int, int, int, int]

#: Styles of files made from one template are alike; so are the rules of their sheets.
_STYLES = Kept[bytes, Styles](512)
_RULES = Kept[tuple[bytes, bytes], "tuple[Sequence[Rule], bool]"](512)
#: So many rules of a sheet, areas of them all, and tables are looked at.
_MOST_RULES, _MOST_AREAS, _MOST_TABLES = 2_000, 20_000, 50
_FORMATS = (b"conditionalFormatting", b"x14:conditionalFormatting")

_RULE = re.compile(rb"<(?:x14:)?cfRule\b([^<>]*)>")
_AREAS = re.compile(rb'sqref="([^"]*)"|<xm:sqref>([^<]*)</')
#: Of Excel's own styles of tables, light and medium ones fill the head at most.
_UNFILLED = re.compile("TableStyleLight(?:[1-7]|1[5-9]|2[01])")
_BRIGHT = re.compile("TableStyle(?:Light|Medium)[0-9]+")
_FORMULA = re.compile(rb"<(?:formula|xm:f)>([^<]*)</")
_VALIDATION = re.compile(rb"<(?:x14:)?dataValidation\b([^<>]*)>")
_LIMIT = re.compile(rb"<(?:formula[12]|xm:f)>([^<]*)</")
_NUMBER = re.compile(rb'dxfId="([0-9]{1,5})"')
_OPERATOR = re.compile(rb'operator="([A-Za-z]{1,30})"')
_KIND = re.compile(rb'\btype="([A-Za-z0-9]{1,30})"')
_SHOWS_ERROR = re.compile(rb'\bshowErrorMessage="(?:1|true)"')
_ERROR_STYLE = re.compile(rb'\berrorStyle="([A-Za-z]{1,30})"')
#: Rules that never hold for texts, which are more than any number.
_OF_NUMBERS = frozenset(
    (
        *("top10", "aboveAverage", "timePeriod", "colorScale", "dataBar", "iconSet"),
        *("containsBlanks", "containsErrors"),
    )
)
_BELOW = frozenset({"lessThan", "lessThanOrEqual", "equal", "between"})
_NUMBER_ALONE = re.compile(r"-?[0-9.]+")
#: A bar or a sign in place of a number; texts stay.
_NO_VALUE = re.compile(rb'<(?:x14:)?(?:dataBar|iconSet)\b[^<>]*showValue="(?:0|false)"')
_ONLY_TEXT, _PLAIN = Look(";;;@", unseen=False), Look("General", unseen=False)
_BARE = replace(_PLAIN, is_bare=True, is_on_none=True)
#: What paints by value: a scale, bars, or signs, and the sets of signs of which none is green.
_BY_VALUE = re.compile(rb"<(?:x14:)?(?:colorScale|dataBar|iconSet)\b")
_NOT_GREEN = re.compile("Gray|RedToBlack|Rating|Quarters|Stars|Boxes")
_STYLE_OF = re.compile(rb' s="([0-9]{1,6})"')
_CELL = re.compile(rb'ref="([A-Z]{1,3}[0-9]{1,7})"')
_PLACE = re.compile(rb'<c (?:[^<>]* )?r="([A-Z]{1,3}[0-9]{1,7})"')
_EMPTY_TEXT = re.compile(rb"<si ?/>")
_WORDS = re.compile(rb"<t\b[^<>]*>([^<]*)</t>")
_SHARED = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?>[^<>]*? t="s")[^<>]*+>\s*<v>([0-9]{1,9})</v>'
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of conditional formatting.

    Parameters
    ----------
    areas: the cells it is for: top, left, bottom and right of each area.
    formulas: as it has them, for the first cell of its areas.
    look: what it makes of a cell.
    operator: how it compares a cell with its formula, "" for a rule that does not.
    kind: what it goes by, as files have it.
    """

    areas: tuple[Area, ...]
    formulas: tuple[str, ...]
    look: Look
    operator: str = ""
    kind: str = ""

    @property
    def is_for_texts(self) -> bool:
        """Whether it may hold for a text."""
        is_below = self.operator in _BELOW and _NUMBER_ALONE.fullmatch("".join(self.formulas[-1:]))
        return self.kind not in _OF_NUMBERS and not is_below

    def those_of(self, places: Sequence[Place]) -> list[int]:
        """The numbers of those places, in the order of their rows, that it is for."""
        found: set[int] = set()
        for top, left, bottom, right in self.areas:
            if len(found) == len(places):
                break
            begin = bisect_left(places, (top, 0))
            end = bisect_left(places, (bottom + 1, 0), begin)
            found.update(at for at in range(begin, end) if left <= places[at][1] <= right)
        return sorted(found)


@dataclass(frozen=True, slots=True)
class Validation:
    """What may be typed into cells.

    Parameters
    ----------
    areas: the cells it is for.
    kind: ``list``, ``whole`` or another kind of value; "" for any.
    operator: how a value compares with the formulas, "" for ``between``.
    formulas: as it has them: a list, or limits.
    refusal: what it does about other values: ``stop``, or ``warning`` and ``information``, which
        let them stay; "" for nothing at all.
    """

    areas: tuple[Area, ...]
    kind: str
    operator: str
    formulas: tuple[str, ...]
    refusal: str


def validations_of(package: Package, sheet: str) -> Iterator[Validation]:
    """What may be typed into the cells of a sheet that was read, as far as rules are looked at."""
    tail = package.tails.get(sheet, b"")
    starts = [*itertools.islice(_VALIDATION.finditer(tail), _MOST_RULES)]
    for start, end in itertools.pairwise([*(each.start() for each in starts), len(tail)]):
        head, _, inside = tail[start:end].partition(b">")
        part = head if head.endswith(b"/") else head + inside.partition(b"dataValidation>")[0]
        kind, operator, style = (each.search(head) for each in (_KIND, _OPERATOR, _ERROR_STYLE))
        refusal = style[1].decode() if style else "stop"
        yield Validation(
            tuple(itertools.islice(_areas(part), _MOST_AREAS)),
            kind[1].decode() if kind else "",
            operator[1].decode() if operator else "",
            tuple(html.unescape(each.decode(errors="replace")) for each in _LIMIT.findall(part)),
            refusal if _SHOWS_ERROR.search(head) else "",
        )


def odd_cells(package: Package, sheet: str) -> dict[Place, Look]:
    """The cells of a sheet with a look that may show something otherwise than it is."""
    return _styled(package, sheet, _styles(package).odd)


def looks_of(package: Package, sheet: str) -> dict[Place, Look]:
    """The looks of all cells of a sheet that have one of their own."""
    return _styled(package, sheet, _styles(package).every)


def looks_at(package: Package, sheet: str, places: Iterable[Place]) -> dict[Place, Look]:
    """The looks of a few cells of a sheet."""
    part, found = package.whole(sheet), {}
    looks = _styles(package).every
    for at in places:
        start = part.find(b'<c r="%s"' % a1(*at).encode())
        style = _STYLE_OF.search(part, start, part.find(b">", start)) if start >= 0 else None
        if style and (look := looks.get(style[1].decode())):
            found[at] = look
    return _on_tables(package, sheet, found)


def _styled(package: Package, sheet: str, looks: Mapping[str, Look]) -> dict[Place, Look]:
    """The cells of a sheet with one of these looks."""
    if not looks:
        return {}
    return _on_tables(package, sheet, styled_in(package.whole(sheet), looks))


def _on_tables(package: Package, sheet: str, found: dict[Place, Look]) -> dict[Place, Look]:
    """The looks of cells where the style of a table may fill what has no fill."""
    if any(look.is_white_on_none for look in found.values()):
        for area in _filled(package.tables_of(sheet)[:_MOST_TABLES]):
            for at, look in found.items():
                if look.is_white_on_none and _is_in(area, at):
                    found[at] = replace(look, unseen=False, grounds=(None,))
    return found


def _filled(tables: Iterable[Table]) -> Iterator[Area]:
    """The areas that styles of tables may fill with something dark."""
    for table in tables:
        name = table.style.get("name", "")
        if name and not _UNFILLED.fullmatch(name):
            top, left, bottom, right = table.area
            yield top, left, top if _BRIGHT.fullmatch(name) else bottom, right


def lost_on_tables(package: Package, sheet: str, cells: Iterable[Place]) -> dict[Place, Look]:
    """Those of the cells of a sheet whose text the style of a table lets be lost.

    What rules paint is no matter of the table's.
    """
    found: dict[Place, Look] = {}
    tables = [*_styled_tables(package.tables_of(sheet)[:_MOST_TABLES], _styles(package))]
    if not tables:
        return found
    looks = looks_of(package, sheet)
    painted = [each.areas for each in rules_of(package, sheet) if each.look.grounds]
    for at in cells:
        look = looks.get(at, _BARE)
        fonts_and_fills = (each.of(at) for each in tables) if look.is_on_none else ()
        for font, fill in fonts_and_fills:
            ink = font or Font() if look.is_bare else Font(look.ink, look.size)
            is_lost = (fill or (font and look.is_bare)) and ink.is_unseen(
                (fill or Fill()).grounds(of_rule=True)
            )
            if is_lost and not any(_is_in(area, at) for areas in painted for area in areas):
                found[at] = replace(look, unseen=True, is_bare=True)
    return found


def _styled_tables(tables: Iterable[Table], styles: Styles) -> Iterator[TableStyle]:
    for table in tables:
        name = table.style.get("name", "")
        if parts := styles.tables.get(name) or dark_style(name, styles.palette):
            shown = [key for key, value in table.style.items() if value in ("1", "true")]
            yield TableStyle(parts, shown, table.area)


def partly_unseen(package: Package, sheet: str) -> set[Place]:
    """The cells of a sheet with a text of which a part can hardly be seen, or is struck out."""
    fonts: dict[bytes, list[Font]] = {}
    palette = _styles(package).palette
    for part in _parts(package, "", "officeDocument", "sharedStrings"):
        if not may_hold(part, b"rPr"):
            continue
        number = 0
        for _, text, before in _elements(usual(part), b"si"):
            number += len(_EMPTY_TEXT.findall(before))
            if runs := _fonts_of(text, palette):
                fonts[b"%d" % number] = runs
            number += 1
    if package.is_plain.get(sheet) and not fonts:
        return set()
    part = package.whole(sheet)
    texts = [(cell, fonts[number]) for cell, number in _SHARED.findall(part) if number in fonts]
    for _, text, before in _elements(part, b"is") if b"<rPr>" in part else ():
        if cell := _PLACE.search(before, max(before.rfind(b"<c "), 0)):
            texts.append((cell[1], _fonts_of(text, palette)))
    looks, found = looks_of(package, sheet) if texts else {}, set()
    for reference, runs in texts:
        with contextlib.suppress(ValueError):  # which is no cell
            at = place(reference.decode())
            grounds = looks.get(at, _PLAIN).grounds
            if any(each.is_struck or each.is_unseen(grounds) for each in runs):
                found.add(at)
    return found


def _fonts_of(text: bytes, palette: Palette) -> list[Font]:
    """The fonts that parts of a text have of their own."""
    fonts = []
    for _, run, _ in _elements(text, b"rPr"):
        fonts.append(Font())
        for name, at, _ in _tags(run):
            fonts[-1].take(name, at, palette)
    return fonts


def rules_of(package: Package, sheet: str) -> Sequence[Rule]:
    """The rules of a sheet that change how cells look."""
    return _known_rules(package, sheet)[0]


def are_all_rules(package: Package, sheet: str) -> bool:
    """Whether these are all, and for all their areas; else they are the first of many."""
    return _known_rules(package, sheet)[1]


def _known_rules(package: Package, sheet: str) -> tuple[Sequence[Rule], bool]:
    tail = package.tails.get(sheet)
    if tail is None:  # a data sheet that is known from another file
        part = package.whole(sheet)
        tail = part[max(part.rfind(b"sheetData>"), 0) :]
    if b"conditionalFormatting" not in tail:
        return (), True
    key = tail, package.style_part or b""
    return _RULES.of(key, lambda: _rules(tail, _styles(package)))


def formats_of(package: Package, sheet: str) -> dict[Place, str]:
    """The number formats of the cells of a sheet, other than General."""
    formats = ((at, look.number_format) for at, look in looks_of(package, sheet).items())
    return {at: each for at, each in formats if each != "General"}


def notes_of(package: Package, sheet: str) -> dict[Place, str]:
    """The notes on the cells of a sheet, each in one line."""
    notes = {}
    for part in _parts(package, sheet, "comments"):
        for head, inside, _ in _elements(usual(part), b"comment"):
            words = b"".join(_WORDS.findall(inside)).decode(errors="replace")
            if cell := _CELL.search(head):
                with contextlib.suppress(ValueError):  # which is no cell
                    notes[place(cell[1].decode())] = " ".join(html.unescape(words).split())
    return notes


def _styles(package: Package) -> Styles:
    key = package.style_part
    return Styles() if key is None else _STYLES.of(key, partial(_styles_in, package))


def _styles_in(package: Package) -> Styles:
    themes = _parts(package, "", "officeDocument", "theme")
    palette = Palette(theme_in(usual(themes[0]))) if themes else Palette()
    with contextlib.suppress(WorkbookError):
        return styles_of(package.styles(), palette)
    return Styles()  # without styles, all is shown as it is


def _parts(package: Package, sheet: str, *kinds: str) -> list[bytes]:
    """Parts that a sheet refers to; none where one cannot be read, as no figure needs it."""
    try:
        return package.parts_of(sheet, *kinds)
    except WorkbookError:
        return []


def _elements(part: bytes, name: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The start, the inside, and what stands before each element that holds none of its name.

    In time that grows with the part only, whatever a stranger put into it.
    """
    for piece in part.split(b"</" + name + b">")[:-1]:
        before, start, rest = piece.rpartition(b"<" + name)
        head, end, inside = rest.partition(b">")
        if start and end:
            yield head, inside, before


def _rules(tail: bytes, styles: Styles) -> tuple[Sequence[Rule], bool]:
    """The rules that change looks, and whether these are all."""
    found: list[Rule] = []
    looks, is_all, left = styles.of_rules, True, _MOST_AREAS
    # Rules that refer to other sheets stand apart.
    formats = [each for name in _FORMATS for each in _elements(tail, name)]
    for head, body, _ in formats:
        starts = [*_RULE.finditer(body)]
        areas = tuple(itertools.islice(_areas(head + body), left + 1)) if starts else ()
        is_all = is_all and len(areas) <= left and len(starts) <= _MOST_RULES - len(found)
        areas, starts = areas[:left], starts[: _MOST_RULES - len(found)]
        left -= len(areas)
        ends = [each.start() for each in starts[1:]] + [len(body)]
        for start, end in zip(starts, ends, strict=False):
            inside, number = body[start.end() : end], _NUMBER.search(start[1])
            look = looks[int(number[1])] if number and int(number[1]) < len(looks) else None
            for _, own, _ in _elements(inside, b"x14:dxf"):
                dxf = [Element("dxfs", {}, ""), Element("dxf", {}, ""), *_tags(own)]
                look = styles_of(dxf, styles.palette).of_rules[0]
            if _BY_VALUE.search(inside):
                look = _look_by_value(_tags(inside), styles.palette)
            if _NO_VALUE.search(inside):
                look = _ONLY_TEXT
            if areas and look is not None:
                formulas = (each.decode(errors="replace") for each in _FORMULA.findall(inside))
                operator = _OPERATOR.search(start[1])
                said = operator[1].decode() if operator else ""
                kind = _KIND.search(start[1])
                read = tuple(map(html.unescape, formulas))
                found.append(Rule(areas, read, look, said, kind[1].decode() if kind else ""))
    return found, is_all


def _is_in(area: Area, at: Place) -> bool:
    top, left, bottom, right = area
    return top <= at[0] <= bottom and left <= at[1] <= right


def _areas(text: bytes) -> Iterator[Area]:
    return (area for said in _AREAS.findall(text) for area in _areas_of(b" ".join(said)))


def _areas_of(said: bytes) -> Iterator[Area]:
    for area in said.decode(errors="replace").split():
        first, _, last = area.partition(":")
        with contextlib.suppress(ValueError):  # which is no area
            (top, left), (bottom, right) = place(first), place(last or first)
            yield top, left, bottom, right


_TAGS = re.compile(rb"<(?:x14:)?(\w++)([^<>]*?)/?>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')


def _tags(part: bytes) -> list[Element]:
    """The elements of a piece of XML."""
    return [
        Element(
            name.decode(),
            {
                key.decode(): html.unescape(value.decode(errors="replace"))
                for key, value in _ATTRIBUTE.findall(attributes)
            },
            "",
        )
        for name, attributes in _TAGS.findall(part)
    ]


def _look_by_value(elements: Sequence[Element], palette: Palette) -> Look | None:
    """What a scale, bars or signs make of a cell at the worst, None for nothing bad.

    What is green is so for the least of all, or signs where the best one is for what is below 0.
    """
    of = {name: at for name, at, _ in elements}  # of several limits, the last one
    paints = [palette.colour(at) for name, at, _ in elements if name in ("color", "fillColor")]
    green = "colorScale" in of and is_green(paints[0] if paints else None)
    own = next((at for name, at, _ in elements if name == "cfIcon"), None)
    signs = of.get("iconSet", {})
    if own is not None:  # the sign for the least: of each set the last is the best one
        name = own.get("iconSet", "")
        green = own.get("iconId") == str(whole(name[:1]) - 1) and not _NOT_GREEN.search(name)
    elif "iconSet" in of and not _NOT_GREEN.search(signs.get("iconSet", "")):
        limit = of.get("cfvo", {})
        with contextlib.suppress(LookupError, ValueError):  # which is a formula
            least = float(limit["val"])
            green = least < 0 or (least == 0 and limit.get("type", "").startswith("percent"))
        green = green or signs.get("reverse") in ("1", "true")
    unseen = any(are_alike(BLACK, paint) for paint in paints)
    return Look("General", unseen, green) if unseen or green else None
