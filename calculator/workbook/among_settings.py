"""What stands among the settings and is none: the workbook counts it as one all the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.vpc_cni.settings import DEFAULTS_BESIDE
from calculator.workbook.reading import SheetCells
from calculator.xlsx.cells import Cell
from calculator.xlsx.reference import a1, place

__all__ = ["with_notes"]

_NO_CELL = Cell(None, None)
#: The results that count rows of settings, and as what they count a note among them.
_TO_CORRECT, _CHANGED = "settings_on_settings_to_correct", "settings_changed"
_AS = {_TO_CORRECT: "is to be corrected", _CHANGED: "was changed"}


def with_notes(sheet: SheetCells, findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a plan, with those on notes among the settings of a sheet.

    That more is counted than there is follows from them, where they are as many; and that others
    differ from their defaults, from defaults that were edited.
    """
    layout = sheet.layout
    moved = {each.name for each in layout.sheet.settings} & layout.missing - layout.unlabelled
    if _CHANGED not in layout.places or moved:
        return [*findings]  # one of the notes may be a setting
    notes: dict[str, list[Finding]] = {}
    for count, note in _notes(sheet):
        notes.setdefault(f"{sheet.name}!{layout.cell(count)}", []).append(note)
    _, _, defaults = _area(sheet)
    edited = [
        each
        for each in findings
        if each.code == "head" and each.sheet == sheet.name
        if each.cell and place(each.cell)[1] == defaults
    ]
    changed, number = f"{sheet.name}!{layout.cell(_CHANGED)}", _differing(sheet)

    def explained(finding: Finding) -> Finding:
        there = notes.get(str(finding.place), ())
        if not (there and _is_more_by(len(there), finding)):
            there = edited if (finding.place, finding.found) == (changed, number) else ()
        return replace(finding, because_of=there[0].place) if there else finding

    return [*itertools.chain(*notes.values()), *map(explained, findings)]


def _area(sheet: SheetCells) -> tuple[range, int, int]:
    """The rows of the settings, the column of their values and that of their defaults."""
    layout = sheet.layout
    places = [layout.places[each.name] for each in layout.sheet.settings]
    (first, column), (last, _) = min(places), max(places)
    return range(first, last + 1), column, layout.inserted.right_of(column, DEFAULTS_BESIDE)


def _differing(sheet: SheetCells) -> int:
    """How many rows of settings hold another value than default, as formulas compare them."""
    rows, *columns = _area(sheet)
    pairs = ([sheet.cells.get((row, each), _NO_CELL).value for each in columns] for row in rows)
    return sum(not _are_equal(one, other) for one, other in pairs)


def _are_equal(one: object, other: object) -> bool:
    """Whether two values are to a formula, which takes an empty cell for 0 and for no text."""
    if one is None or other is None:
        return (one or other) in (None, "", 0.0)
    return str(one).casefold() == str(other).casefold() and isinstance(one, type(other))


def _is_more_by(number: int, finding: Finding) -> bool:
    """Whether a count that is recorded is so much more than it should be."""
    match finding.found, finding.expected:
        case float(found) | int(found), float(expected) | int(expected):
            return found - expected == number
    return False


def _notes(sheet: SheetCells) -> Iterator[tuple[str, Finding]]:
    """What stands in rows without a setting, each with the result that counts it."""
    layout = sheet.layout
    area, column, defaults = _area(sheet)
    messages = layout.places[f"{layout.sheet.settings[0].name}_message"][1]
    counted = {column: _CHANGED, messages: _TO_CORRECT, defaults: _CHANGED}
    # Results, too, where a setting was moved below them.
    rows = {row for row, _ in layout.places.values()}
    for at, cell in sheet.cells.items():
        if at[0] in area and at[0] not in rows and at[1] in counted:
            if cell.value in ("", None):
                continue
            count = counted[at[1]]
            message = (
                f"found {found_words(cell.value)} among the settings, where it counts as one that "
                f"{_AS[count]}; move it to the right of them"
            )
            told = "no-setting", sheet.name, a1(*at), None, plain(cell.value), message
            yield count, Finding(*told)
