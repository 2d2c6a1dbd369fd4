"""Styles of tables that a workbook has of its own, and where they let a text be lost."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from calculator.xlsx.colours import Fill, Font
from calculator.xlsx.source import Element, whole

__all__ = ["Lost", "Made", "places_of", "tables_in"]

#: What a rule, or a part of a table's style, has: number formats, a font and a fill.
Made = tuple[list[str], Font, Fill]
#: The part that is for all cells, and those that a table may leave out, with what it has for them.
_ALL = "wholeTable"
_IF_SHOWN = {
    "firstColumn": "FirstColumn",
    "lastColumn": "LastColumn",
    "firstRowStripe": "RowStripes",
    "secondRowStripe": "RowStripes",
}


class Lost(NamedTuple):
    """Cells of a table in which its style lets a bare text be lost: of so many rows one.

    Parameters
    ----------
    area: their top, left, bottom and right.
    """

    area: tuple[int, int, int, int]
    rows: int = 1

    def is_for(self, at: tuple[int, int]) -> bool:
        """Whether a cell is one of them."""
        top, left, bottom, right = self.area
        is_in = top <= at[0] <= bottom and left <= at[1] <= right
        return is_in and (at[0] - top) % self.rows == 0


def tables_in(elements: Iterable[Element], made: Sequence[Made]) -> dict[str, frozenset[str]]:
    """The parts of a table in which each style lets a text without a font and a fill be lost."""
    styles: dict[str, dict[str, Made]] = {}
    style = ""
    for name, at, _ in elements:
        if name == "tableStyle":
            style = at.get("name", "")
        elif name == "tableStyleElement" and 0 <= whole(at.get("dxfId", "")) < len(made):
            styles.setdefault(style, {})[at.get("type", "")] = made[whole(at["dxfId"])]
    return {name: _lost(parts) for name, parts in styles.items()}


def _lost(parts: Mapping[str, Made]) -> frozenset[str]:
    """Those of the parts: each has what it does not say from the whole table."""
    _, all_font, all_fill = parts.get(_ALL) or ([], Font(), Fill())
    lost = set()
    for name, (_, font, fill) in parts.items():
        ink = all_font if font == Font() else font
        behind = all_fill if fill == Fill() else fill
        if ink.is_unseen(behind.grounds(of_rule=True)):
            lost.add(name)
    if any("Stripe" in name for name in parts.keys() - lost):  # which may lie over all of it
        lost.discard(_ALL)
    return frozenset(lost)


def places_of(
    lost: Iterable[str], shown: Container[str], table: tuple[int, int, int, int]
) -> Iterator[Lost]:
    """Where these parts of a table are, of which it shows those that it may leave out."""
    top, left, bottom, right = table
    first = top + 1
    places = {
        _ALL: Lost((first, left, bottom, right)),
        "headerRow": Lost((top, left, top, right)),
        "firstColumn": Lost((first, left, bottom, left)),
        "lastColumn": Lost((first, right, bottom, right)),
        "firstRowStripe": Lost((first, left, bottom, right), 2),
        "secondRowStripe": Lost((first + 1, left, bottom, right), 2),
    }
    for part in lost:
        if part in places and (part not in _IF_SHOWN or _IF_SHOWN[part] in shown):
            yield places[part]
