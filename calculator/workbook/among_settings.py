"""What stands among the settings and is none: the workbook counts it as one that was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.workbook.reading import SheetCells
from calculator.xlsx.reference import a1

__all__ = ["with_notes"]

#: The result that counts the rows in which a setting and its default differ.
_COUNT = "settings_changed"


def with_notes(sheet: SheetCells, findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a plan, with those on notes among the settings of a sheet.

    That more is counted than there is follows from them, where they are as many.
    """
    if _COUNT not in sheet.layout.places or not (notes := [*_notes(sheet)]):
        return [*findings]
    count = f"{sheet.name}!{sheet.layout.cell(_COUNT)}"

    return [
        *notes,
        *(
            replace(each, because_of=notes[0].place)
            if each.place == count and _is_more_by(len(notes), each)
            else each
            for each in findings
        ),
    ]


def _is_more_by(number: int, finding: Finding) -> bool:
    """Whether a count that is recorded is so much more than it should be."""
    match finding.found, finding.expected:
        case float(found) | int(found), float(expected) | int(expected):
            return found - expected == number
    return False


def _notes(sheet: SheetCells) -> Iterator[Finding]:
    layout = sheet.layout
    names = [each.name for each in layout.sheet.settings]
    if not layout.missing.isdisjoint(names):
        return  # one of them may be a setting
    places = [layout.places[name] for name in names]
    first, last = min(places), max(places)
    known = {*layout.places.values()}  # of results, too, where a setting was moved below them
    for at, cell in sheet.cells.items():
        if (
            first < at < last
            and at[1] == first[1]
            and at not in known
            and cell.value not in ("", None)
        ):
            message = (
                f"found {found_words(cell.value)} among the settings, where it counts as one that "
                "was changed; move it to another column"
            )
            yield Finding("no-setting", sheet.name, a1(*at), None, plain(cell.value), message)
