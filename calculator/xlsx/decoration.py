"""What a workbook shows beside its cells: their looks, rules that change them, and charts."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from calculator.errors import WorkbookError
from calculator.xlsx.appearance import Look, Styles, styled_in, styles_of
from calculator.xlsx.package import Package
from calculator.xlsx.reference import place
from calculator.xlsx.source import Element

__all__ = ["Rule", "chart_values", "formats_of", "notes_of", "odd_cells", "rules_of"]

#: Styles of files made from one template are alike; so are the rules of their sheets.
_STYLES: dict[bytes, Styles] = {}
_RULES: dict[tuple[bytes, bytes], tuple[Rule, ...]] = {}
_MOST_SEEN = 512
#: So many rules of a sheet are looked at.
_MOST_RULES = 1_000

# As programs write them: rules of the first kind, and those that refer to other sheets.
_FORMATS = re.compile(
    rb"<(x14:)?conditionalFormatting\b([^>]*)>(.*?)</(?:x14:)?conditionalFormatting>", re.DOTALL
)
_RULE = re.compile(rb"<(?:x14:)?cfRule\b([^>]*?)(?:/>|>(.*?)</(?:x14:)?cfRule>)", re.DOTALL)
_AREAS = re.compile(rb'sqref="([^"]*)"|<xm:sqref>([^<]*)</')
_FORMULA = re.compile(rb"<(?:formula|xm:f)>([^<]*)</")
_NUMBER = re.compile(rb'dxfId="([0-9]{1,5})"')
_OWN_LOOK = re.compile(rb"<x14:dxf>(.*?)</x14:dxf>", re.DOTALL)
_VALUES = re.compile(rb"<(?:c:)?val>(.*?)</(?:c:)?val>", re.DOTALL)
_NOTE = re.compile(rb'<comment\b[^>]*?ref="([A-Z]{1,3}[0-9]{1,7})"[^>]*>(.*?)</comment>', re.DOTALL)
_WORDS = re.compile(rb"<t\b[^>]*>([^<]*)</t>")
_REFERENCE = re.compile(rb"<(?:c:)?f>([^<]*)</")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of conditional formatting.

    Parameters
    ----------
    areas: the cells it is for: top, left, bottom and right of each area.
    formulas: as it has them, for the first cell of its areas.
    look: what it makes of a cell.
    """

    areas: tuple[tuple[int, int, int, int], ...]
    formulas: tuple[str, ...]
    look: Look

    def is_for(self, at: tuple[int, int]) -> bool:
        """Whether it is for a cell."""
        row, column = at
        return any(
            top <= row <= bottom and left <= column <= right
            for top, left, bottom, right in self.areas
        )


def odd_cells(package: Package, sheet: str) -> dict[tuple[int, int], Look]:
    """The cells of a sheet with a look that may show something otherwise than it is."""
    odd = _styles(package).odd
    return styled_in(package.whole(sheet), odd) if odd else {}


def rules_of(package: Package, sheet: str) -> tuple[Rule, ...]:
    """The rules of a sheet, once its cells were read, that change how cells look."""
    tail = package.tails.get(sheet, b"")
    if b"conditionalFormatting" not in tail:
        return ()
    key = tail, package.style_part or b""
    if key not in _RULES:
        if len(_RULES) >= _MOST_SEEN:
            _RULES.clear()
        _RULES[key] = tuple(_rules(tail, _styles(package).of_rules))
    return _RULES[key]


def chart_values(package: Package, sheet: str) -> list[list[str]]:
    """What the series of each chart on a sheet show: formulas, "" for numbers that stand alone."""
    return [
        [
            html.unescape(found[1].decode(errors="replace"))
            if (found := _REFERENCE.search(values))
            else ""
            for values in _VALUES.findall(chart)[:_MOST_RULES]
        ]
        for chart in package.parts_of(sheet, "drawing", "chart")
    ]


def formats_of(package: Package, sheet: str) -> dict[tuple[int, int], str]:
    """The number formats of the cells of a sheet, other than General."""
    formats = _styles(package).formats
    return {at: look.number_format for at, look in styled_in(package.whole(sheet), formats).items()}


def notes_of(package: Package, sheet: str) -> dict[tuple[int, int], str]:
    """The notes on the cells of a sheet, each in one line."""
    notes = {}
    for part in package.parts_of(sheet, "comments"):
        for cell, inside in _NOTE.findall(part):
            words = b"".join(_WORDS.findall(inside)).decode(errors="replace")
            with contextlib.suppress(ValueError):  # which is no cell
                notes[place(cell.decode())] = " ".join(html.unescape(words).split())
    return notes


def _styles(package: Package) -> Styles:
    key = package.style_part
    if key is None:
        return Styles()
    if key not in _STYLES:
        if len(_STYLES) >= _MOST_SEEN:
            _STYLES.clear()
        _STYLES[key] = Styles()
        with contextlib.suppress(WorkbookError):  # without styles, all is shown as it is
            _STYLES[key] = styles_of(package.styles())
    return _STYLES[key]


def _rules(tail: bytes, looks: Sequence[Look]) -> list[Rule]:
    found: list[Rule] = []
    for _, head, body in _FORMATS.findall(tail):
        areas = tuple(_areas(head + body))
        for attributes, inside in _RULE.findall(body)[: _MOST_RULES - len(found)]:
            number = _NUMBER.search(attributes)
            look = looks[int(number[1])] if number and int(number[1]) < len(looks) else None
            if own := _OWN_LOOK.search(inside):
                look = _look_of(own[1])
            if areas and look is not None:
                formulas = (each.decode(errors="replace") for each in _FORMULA.findall(inside))
                found.append(Rule(areas, tuple(map(html.unescape, formulas)), look))
    return found


def _areas(text: bytes) -> list[tuple[int, int, int, int]]:
    areas = []
    for said in _AREAS.findall(text):
        for area in b" ".join(said).decode(errors="replace").split():
            first, _, last = area.partition(":")
            with contextlib.suppress(ValueError):  # which is no area
                (top, left), (bottom, right) = place(first), place(last or first)
                areas.append((top, left, bottom, right))
    return areas


_TAGS = re.compile(rb"<(?:x14:)?(\w+)([^>]*?)/?>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')


def _look_of(inside: bytes) -> Look | None:
    """The look that a rule has of its own."""
    elements = [Element("dxfs", {}, ""), Element("dxf", {}, "")]
    for name, attributes in _TAGS.findall(inside):
        pairs = ((key.decode(), value.decode()) for key, value in _ATTRIBUTE.findall(attributes))
        elements.append(Element(name.decode(), {k: html.unescape(v) for k, v in pairs}, ""))
    found = styles_of(elements).of_rules
    return found[0] if found else None
