"""Words that explain what is filled in and what comes out, where others were put in their place.

People may write what they like beside a plan. Where our own words stood and others do, somebody
reads something else of a setting or a figure: a warning, once a sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from calculator.findings import Finding
from calculator.inputs import found_words
from calculator.model.sheet import Sheet
from calculator.workbook.heads import Head, head_of, heads_of
from calculator.workbook.reading import SheetCells
from calculator.workbook.words import KNOWN_WORDS, normal
from calculator.xlsx.cells import Cell
from calculator.xlsx.reference import a1

__all__ = ["reworded"]

_NO_CELL = Cell(None, None)
#: Styles of what explains settings, of what says what all figures of a sheet are, and of what
#: stands over the parts of AWS's sheets; titles are anybody's to write.
_OF_SETTINGS = ("heading", "head", "text", "wrapped", "source")
_OF_FIGURES = ("remark",)
_OF_PARTS = ("heading",)
#: As much as is told of what should stand there [characters].
_MOST = 100


def reworded(sheet: SheetCells) -> Iterator[Finding]:
    """The first words of a sheet that others stand in place of, and how many there are."""
    layout, cells = sheet.layout, sheet.cells
    first, number = None, 0
    for head in _explanations(layout.sheet):
        at = next(head.places(layout), None)
        value, formula = cells.get(at, _NO_CELL) if at else _NO_CELL
        if at is None or value == head.label.text or value in (None, ""):
            continue
        # Whoever adds something, or moves it, changes nothing of it.
        words = normal(str(value))
        if head.words in words or KNOWN_WORDS[str(value)] or head.place(sheet):
            continue
        number += 1
        if first is None:
            said = head.label.text
            said = said if len(said) <= _MOST else f"{said[:_MOST]}..."
            message = f'found {found_words(value)} in place of "{said}"'
            found = value if isinstance(value, float | str) and formula is None else None
            first = Finding("reworded", sheet.name, a1(*at), None, found, message)
    if first is not None:
        yield replace(first, cells=number)


@cache
def _explanations(sheet: Sheet) -> list[Head]:
    """Such words of a sheet; none of sheet Plan, where people write headings of their own."""
    styles: tuple[str, ...] = ()
    if sheet.settings and not sheet.inputs:
        styles = _OF_SETTINGS
    elif not sheet.settings and not sheet.columns:
        styles = _OF_FIGURES
    elif sheet.mode and sheet.inputs:
        styles = _OF_PARTS
    known = {each.label for each in heads_of(sheet)}
    labels = (each for each in sheet.labels if each.style in styles and each not in known)
    return [head_of(sheet, each) for each in labels]
