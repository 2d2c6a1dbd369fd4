"""What stands among the settings and is none: the workbook counts it as one all the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.vpc_cni.settings import DEFAULTS_BESIDE
from calculator.workbook.reading import SheetCells
from calculator.xlsx.reference import a1

__all__ = ["with_notes"]

#: The results that count rows of settings, and as what they count a note among them.
_TO_CORRECT, _CHANGED = "settings_on_settings_to_correct", "settings_changed"
_AS = {_TO_CORRECT: "is to be corrected", _CHANGED: "was changed"}


def with_notes(sheet: SheetCells, findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a plan, with those on notes among the settings of a sheet.

    That more is counted than there is follows from them, where they are as many.
    """
    if _CHANGED not in sheet.layout.places:
        return [*findings]
    notes: dict[str, list[Finding]] = {}
    for count, note in _notes(sheet):
        notes.setdefault(f"{sheet.name}!{sheet.layout.cell(count)}", []).append(note)
    return [
        *itertools.chain(*notes.values()),
        *(
            replace(each, because_of=there[0].place)
            if (there := notes.get(str(each.place))) and _is_more_by(len(there), each)
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


def _notes(sheet: SheetCells) -> Iterator[tuple[str, Finding]]:
    """What stands in rows without a setting, each with the result that counts it."""
    layout = sheet.layout
    names = [each.name for each in layout.sheet.settings]
    if not layout.missing.isdisjoint(names):
        return  # one of them may be a setting
    places = [layout.places[name] for name in names]
    (first, column), (last, _) = min(places), max(places)
    counted = {column: _CHANGED, layout.places[f"{names[0]}_message"][1]: _TO_CORRECT}
    counted[layout.inserted.right_of(column, DEFAULTS_BESIDE)] = _CHANGED
    # Results, too, where a setting was moved below them.
    rows = {row for row, _ in layout.places.values()}
    for at, cell in sheet.cells.items():
        if first < at[0] < last and at[0] not in rows and at[1] in counted:
            if cell.value in ("", None):
                continue
            count = counted[at[1]]
            message = (
                f"found {found_words(cell.value)} among the settings, where it counts as one that "
                f"{_AS[count]}; move it to the right of them"
            )
            told = "no-setting", sheet.name, a1(*at), None, plain(cell.value), message
            yield count, Finding(*told)
