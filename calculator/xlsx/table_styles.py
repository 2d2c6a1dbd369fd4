"""Styles of tables: those that a workbook has of its own, and Excel's dark ones."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from calculator.xlsx.colours import Fill, Font, Palette
from calculator.xlsx.source import Element, whole

__all__ = ["Made", "TableStyle", "dark_style", "tables_in"]

#: What a rule, or a part of a table's style, has: number formats, a font and a fill.
Made = tuple[list[str], Font, Fill]
#: The parts that a table may leave out, with what it has for them.
_IF_SHOWN = {
    "firstRowStripe": "showRowStripes",
    "secondRowStripe": "showRowStripes",
    "lastColumn": "showLastColumn",
    "firstColumn": "showFirstColumn",
}
#: Those of Excel's styles that fill the body with something dark: with the ink, or an accent. Of
#: each, the theme's colour and the tints of the whole table, and of stripes and outer columns.
_DARK = re.compile("TableStyleDark([1-7])")
_INK, _TINTS_OF_INK, _TINTS_OF_ACCENT = 1, (0.45, 0.25), (0.0, -0.25)
_BEFORE_ACCENTS, _OUTER = 2, ("firstColumn", "lastColumn")


@dataclass(frozen=True, slots=True)
class TableStyle:
    """The style of one table.

    Parameters
    ----------
    parts: what it makes of each part of a table.
    shown: which of those that it may leave out the table has.
    area: its top, left, bottom and right, with the headers.
    """

    parts: Mapping[str, Made]
    shown: Container[str]
    area: tuple[int, int, int, int]

    def of(self, at: tuple[int, int]) -> tuple[Font | None, Fill | None]:
        """The font and the fill that it gives to a cell, None where it leaves them as they are."""
        found: tuple[Font | None, Fill | None] = None, None
        for part in self._parts_at(at):
            if part in self.parts and (part not in _IF_SHOWN or _IF_SHOWN[part] in self.shown):
                _, font, fill = self.parts[part]
                found = font if font != Font() else found[0], fill if fill != Fill() else found[1]
        return found

    def _parts_at(self, at: tuple[int, int]) -> Iterator[str]:
        """The parts of a table that a cell is in, the later ones on top."""
        top, left, bottom, right = self.area
        if not (top <= at[0] <= bottom and left <= at[1] <= right):
            return
        yield "wholeTable"
        if at[0] == top:
            yield "headerRow"
            return
        yield "firstRowStripe" if (at[0] - top) % 2 else "secondRowStripe"
        if at[1] == right:
            yield "lastColumn"
        if at[1] == left:
            yield "firstColumn"


def tables_in(elements: Iterable[Element], made: Sequence[Made]) -> dict[str, dict[str, Made]]:
    """What each style makes of each part of a table."""
    styles: dict[str, dict[str, Made]] = {}
    style = ""
    for name, at, _ in elements:
        if name == "tableStyle":
            style = at.get("name", "")
        elif name == "tableStyleElement" and 0 <= whole(at.get("dxfId", "")) < len(made):
            styles.setdefault(style, {})[at.get("type", "")] = made[whole(at["dxfId"])]
    return styles


def dark_style(name: str, palette: Palette) -> dict[str, Made]:
    """What a style of Excel's makes of the body of a table, where that is dark."""
    if not (found := _DARK.fullmatch(name)):
        return {}
    number = int(found[1])
    colour = _INK if number == 1 else _BEFORE_ACCENTS + number
    tints = _TINTS_OF_INK if number == 1 else _TINTS_OF_ACCENT
    body, other = (
        Fill("solid", back=palette.colour({"theme": str(colour), "tint": str(tint)}), is_told=True)
        for tint in tints
    )
    font = Font(palette.colour({"theme": "0"}), is_told=True)
    parts = {"wholeTable": body, **dict.fromkeys(("firstRowStripe", *_OUTER), other)}
    return {part: ([], font, fill) for part, fill in parts.items()}
