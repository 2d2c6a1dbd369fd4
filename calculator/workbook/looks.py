"""What a person cannot see of a workbook, or reads otherwise than it is: a warning each."""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.workbook.figures import kind_of, shown_otherwise
from calculator.workbook.marks import Mark, marks_of_column, marks_of_results
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.workbook.seen import is_step, seen_of, shows, words_of
from calculator.workbook.widths import ROWS, Room, column_of
from calculator.xlsx.appearance import Hidden, Look
from calculator.xlsx.cells import Cell
from calculator.xlsx.decoration import (
    Rule,
    are_all_rules,
    looks_at,
    looks_of,
    lost_on_tables,
    odd_cells,
    partly_unseen,
    rules_of,
)
from calculator.xlsx.formula import same_formula
from calculator.xlsx.number_format import SEEN_IF_0, alters, colour_of
from calculator.xlsx.number_format import shown as shown_as
from calculator.xlsx.package import Package
from calculator.xlsx.reference import MAX_ROW, a1, place

__all__ = ["look_at", "look_at_data"]

_NO_CELL, _PLAIN = Cell(None, None), Look("General", unseen=False, is_bare=True)
#: Rules of conditional formatting that were found to say nothing wrong, where they are.
_HARMLESS: set[Hashable] = set()
_MOST_KNOWN = 256
#: The odd cells of data sheets, by what tells the sheets and their styles apart.
_ODD_DATA: dict[Hashable, Mapping[tuple[int, int], Look]] = {}
#: So many cells are looked up by themselves.
_FEW = 20
#: Of cells that have one odd look, so many are named beside the first.
_NAMED = 3
#: How far from a cell hidden lines are told with its own.
_MOST_LINES = 500
#: A rule that goes by what stands somewhere may strike out what is 0.
_REFERS = re.compile("[A-Z][$]?[0-9]")
#: The rules by which AWS's published workbook has a green number: a text is none to it.
_OF_AWS = (("greaterThan", "0"), ("greaterThan", '"-"'))
#: What a rule says of a cell's value, by its operator.
_OPERATORS = {
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "equal": "=",
    "notEqual": "<>",
    "greaterThanOrEqual": ">=",
    "greaterThan": ">",
    "between": "between",
    "notBetween": "not between",
}


def look_at(reading: WorkbookReading, plan: PlanReading, chosen: str) -> Iterator[Finding]:
    """What is hidden or shown otherwise of a plan, its settings and results, once a line of cells.

    Parameters
    ----------
    chosen: the mode that the plan is judged by, whose sheet people look at.
    """
    package = reading.package
    for sheet in plan.sheets.values():
        if sheet.name in package.hidden_sheets and sheet.layout.sheet.mode in (None, chosen):
            message = "the sheet is hidden, and what stands there counts"
            yield Finding("hidden", sheet.name, None, None, None, message)
        hidden = package.hidden.get(sheet.name, Hidden())
        if hidden.formulas and (sheet.layout.sheet.totals or sheet.layout.sheet.computed):
            message = "the sheet shows formulas in place of what they give"
            yield Finding("hidden", sheet.name, None, None, None, message)
        seen = [*seen_of(plan, sheet)]
        yield from _rules(reading, sheet, seen)
        room = Room(package, sheet, hidden)
        looks = _looks(package, sheet, room, seen)
        parts = partly_unseen(package, sheet.name)
        odd, is_plain = looks.keys() | parts, hidden == Hidden(narrow=hidden.narrow)
        may_be = [each for each in seen if each[2] in odd] if is_plain else seen
        said = _once(_values(sheet, hidden, room, looks, parts, may_be))
        yield from said.values()
        header = sheet.layout.header_row or MAX_ROW
        others = odd.difference(at for *_, at in seen)
        words: list[tuple[_Line, Finding]] = []
        if not is_plain or any(row <= header for row, _ in others):
            words += _words(sheet, hidden, looks, parts, seen)
        if not reading.is_of_other_layout:
            words += _cut_words(package, sheet, room, said)
        yield from (each for line, each in _once(words).items() if line not in said)


def look_at_data(reading: WorkbookReading) -> Iterator[Finding]:
    """What formulas look up on data sheets and that is not seen, or as another, once a table."""
    used = {str(each).lower() for plan in reading.plans for each in plan.groups["instance_type"]}
    for where in reading.data.values():
        odd = _odd_data(reading.package, where.sheet)
        cells = reading.package.cells(where.sheet) if odd else {}
        headers, key = {at: each for each, at in where.columns.items()}, where.columns[where.key]
        for (row, column), look in odd.items():
            name = str(cells.get((row, key), _NO_CELL).value).lower()
            if not where.header_row < row <= where.last_row or column not in headers:
                continue
            value = cells.get((row, column), _NO_CELL).value
            if (where.data.figures and name not in used) or not isinstance(value, float | str):
                continue
            message = f"{found_words(value)} {_UNSEEN}" if _is_unseen(look, value) else ""
            code = "unseen" if message else "number-format"
            if not message and alters(look.number_format, value, label=headers[column]):
                shown = found_words(shown_as(look.number_format, value))
                message = f"the number format shows {found_words(value)} as {shown}"
            if message:
                at, header = a1(row, column), headers[column]
                yield Finding(code, where.sheet, at, header, plain(value), message)
                break


def _odd_data(package: Package, sheet: str) -> Mapping[tuple[int, int], Look]:
    """The odd cells of a data sheet; most sheets are those of another file, byte for byte."""
    key = package.identity(sheet), package.style_part
    if key not in _ODD_DATA:
        if len(_ODD_DATA) >= _MOST_KNOWN:
            _ODD_DATA.clear()
        _ODD_DATA[key] = odd_cells(package, sheet)
    return _ODD_DATA[key]


def _once(told: Iterable[tuple[_Line, Finding]]) -> dict[_Line, Finding]:
    """The first finding of each line of cells, with the number of cells that it is for."""
    every: dict[_Line, list[Finding]] = {}
    for line, finding in told:
        every.setdefault(line, []).append(finding)
    found = {}
    for line, (first, *others) in every.items():
        message = first.message
        also: list[str] = []  # of other lines, the message says which
        if isinstance(line[1], Look):
            also = [str(each.cell) for each in others]
        elif line[1] == ROWS:
            rows = dict.fromkeys(place(str(each.cell))[0] for each in (first, *others))
            also = [f"row {each}" for each in rows][1:]
        if also:
            left = len(also) - _NAMED
            more = f" and {left:,} more" if left > 0 else ""
            message += f"; so it is with {', '.join(also[:_NAMED])}{more}"
        # What a formula may show, and whether it was calculated, is no matter.
        held = {each.cell for each in (first, *others) if each.found not in (None, "")}
        found[line] = replace(first, cells=max(len(held), 1), message=message)
    return found


def _values(
    sheet: SheetCells,
    hidden: Hidden,
    room: Room,
    looks: Mapping[tuple[int, int], Look],
    parts: Container[tuple[int, int]],
    seen: Iterable[_Seen],
) -> Iterator[tuple[_Line, Finding]]:
    """The values that are not seen, or as others."""
    for name, row, at in seen:
        cell, look = sheet.cells.get(at, _NO_CELL), looks.get(at, _PLAIN)
        told = (
            (shows(cell) and _hidden_value(sheet, hidden, name, row, at))
            or _unseen(look, at in parts, name, cell)
            or _altered(sheet, look, name, cell)
            or _left_out(sheet, hidden, name, cell)
            or ((lack := room.lack(look, name, at, cell)) and ("unseen", *lack))
            or _struck(look, row, cell)
        )
        if told:
            code, line, message = told
            yield (code, line), sheet.finding(code, name, row, cell.value, message)


def _words(
    sheet: SheetCells,
    hidden: Hidden,
    looks: Mapping[tuple[int, int], Look],
    parts: Container[tuple[int, int]],
    seen: Iterable[_Seen],
) -> Iterator[tuple[_Line, Finding]]:
    """The words that say what figures are, where they are not seen, or as others."""
    declared = sheet.layout.sheet
    names = [
        name
        for name, _, at in seen
        if not is_step(declared, name) and shows(sheet.cells.get(at, _NO_CELL))
    ]
    for read in words_of(sheet, names):
        at, value = read.place, sheet.cells.get(read.place, _NO_CELL).value
        look, words = looks.get(at, _PLAIN), found_words(value)
        told = _hidden(hidden, at, "and the words there say what figures are")
        if not told and _is_unseen(look, value):
            told = "unseen", "words", f"{words} {_UNSEEN}"
        elif not told and at in parts:
            told = "unseen", "words", f"of {words} a part {_IN_PART}"
        elif not told and isinstance(value, str) and alters(look.number_format, value, "text"):
            shown = found_words(shown_as(look.number_format, value))
            told = "number-format", "words", f"the number format shows {words} as {shown}"
        elif not told and look.is_struck:
            told = "struck-out", "words", f"{words} is struck out, and what it stands for counts"
        if told:
            yield _of_words(sheet, at, *told)


def _cut_words(
    package: Package, sheet: SheetCells, room: Room, said: Container[_Line]
) -> Iterator[tuple[_Line, Finding]]:
    """The same words, where they have no room; a column that is too narrow is said already."""
    places = sorted(at for at in {*room.words()} if ("unseen", column_of(at)) not in said)
    looks = looks_at(package, sheet.name, places) if places else {}
    for at in places:
        if at in looks and (lack := room.lack_of_words(looks[at], at)):
            yield _of_words(sheet, at, "unseen", *lack)


def _of_words(
    sheet: SheetCells, at: tuple[int, int], code: str, line: Hashable, message: str
) -> tuple[_Line, Finding]:
    value = sheet.cells.get(at, _NO_CELL).value
    found = value if isinstance(value, float | str) else None
    return (code, line), Finding(code, sheet.name, a1(*at), str(value or ""), found, message)


def _looks(
    package: Package, sheet: SheetCells, room: Room, seen: Iterable[_Seen]
) -> Mapping[tuple[int, int], Look]:
    """The looks of a sheet's cells that may not show what is there."""
    layout, found = sheet.layout, odd_cells(package, sheet.name)
    # What is right for a number is wrong for a share, or where there is little room.
    others = [layout.places[each.name] for each in layout.sheet.totals if kind_of(each) == "share"]
    others += room.doubtful(seen)
    if lost := lost_on_tables(package, sheet.name):
        every = looks_of(package, sheet.name)
        bare = {at: each for at in sheet.cells if (each := every.get(at, _PLAIN)).is_bare}
        found |= {
            at: replace(look, unseen=True)
            for at, look in bare.items()
            if any(each.is_for(at) for each in lost)
        }
    if not (unknown := {*others}.difference(found)):
        return found
    few = len(unknown) <= _FEW
    every = looks_at(package, sheet.name, unknown) if few else looks_of(package, sheet.name)
    return found | {at: every.get(at, _PLAIN) for at in unknown}


_COUNTS = "what stands there counts"
_IN_PART = "can hardly be seen, or is struck out"
_UNSEEN = "has nearly the colour of what is behind it, or is too small or in signs"
#: A finding to be: its code, the line of cells that it is said once of, and its message.
_Told = tuple[str, Hashable, str] | None
#: The code and the line of cells that a finding is said once of.
_Line = tuple[str, Hashable]
#: Something that is seen: its name, its row in a node table, and its place.
_Seen = tuple[str, int | None, tuple[int, int]]


def _hidden_value(
    sheet: SheetCells, hidden: Hidden, name: str, row: int | None, at: tuple[int, int]
) -> _Told:
    """A value that is hidden; of steps only with its row."""
    is_away = at[1] in hidden.columns or at[1] < hidden.first[1]
    if is_away and is_step(sheet.layout.sheet, name):
        return None
    return _hidden(hidden, at, f"and {_COUNTS}", in_table=bool(row))


def _hidden(hidden: Hidden, at: tuple[int, int], why: str, *, in_table: bool = False) -> _Told:
    """A cell that is hidden with its column or row, or lies under another."""
    if at[1] in hidden.columns:
        line, are = _lines("column", hidden.columns, at[1])
        return "hidden", line, f"{line} {are} hidden, {why}"
    if at[0] in hidden.rows:
        if in_table or hidden.is_by_default:
            return "hidden", ROWS, f"row {at[0]} is hidden, {why}"
        line, are = _lines("row", hidden.rows, at[0])
        return "hidden", line, f"{line} {are} hidden, {why}"
    if at[0] < hidden.first[0] or at[1] < hidden.first[1]:
        where = "stands before the frozen panes, where nobody can scroll to"
        return "hidden", "panes", f"the cell {where}, {why}: unfreeze them"
    if hidden.is_under_another(*at):
        return "hidden", "merged", f"the cell lies under a merged one, {why}"
    return None


def _is_unseen(look: Look, value: object) -> bool:
    if look.unseen or not look.unseen_in:
        return look.unseen
    return colour_of(look.number_format, value) in look.unseen_in


def _unseen(look: Look, in_part: bool, name: str, cell: Cell) -> _Told:
    """A text that can hardly be seen."""
    value = "what the formula gives" if cell.value is None else found_words(cell.value)
    if _is_unseen(look, cell.value):
        # What has no look of its own is lost by one cause.
        return "unseen", "bare" if look.is_bare else look, f"{value} {_UNSEEN}"
    if in_part:
        return "unseen", name, f"of {value} a part {_IN_PART}"
    return None


def _altered(sheet: SheetCells, look: Look, name: str, cell: Cell) -> _Told:
    """A value that its number format shows as another."""
    value = cell.value
    if look is _PLAIN or cell == _NO_CELL:
        return None
    if look.is_repeated and value != "":
        what = "what the formula gives" if value is None else found_words(value)
        message = f"the alignment Fill repeats {what} as often as there is room across the cell"
        return "number-format", look, message
    odd = shown_otherwise(look, sheet.layout.sheet.by_name[name], value)
    if not isinstance(odd, float | str):
        return None
    text = shown_as(look.number_format, odd)
    what = f"{found_words(odd)} as {'a date' if text is None else found_words(text)}"
    not_known = ", say: what the formula gives is not known" if value is None else ""
    return "number-format", look, f"the number format {look.number_format} shows {what}{not_known}"


def _struck(look: Look, row: int | None, cell: Cell) -> _Told:
    """A value that is struck out, as what does not count any more."""
    if not look.is_struck or not shows(cell):
        return None
    what = f"row {row}" if row else "the cell"
    return "struck-out", "struck", f"{what} is struck out, and {_COUNTS}"


def _left_out(sheet: SheetCells, hidden: Hidden, name: str, cell: Cell) -> _Told:
    """A 0 that is not shown."""
    if not hidden.zeros or cell.value != 0 or is_step(sheet.layout.sheet, name):
        return None
    if kind_of(sheet.layout.sheet.by_name[name]) in SEEN_IF_0:
        return "hidden", "zeros", "the sheet shows nothing in place of 0"
    return None


def _rules(reading: WorkbookReading, sheet: SheetCells, seen: Sequence[_Seen]) -> Iterator[Finding]:
    """Rules by which what is seen may be shown otherwise than it is, or as good news, each once."""
    package = reading.package
    tail = package.tails.get(sheet.name, b"")
    if b"conditionalFormatting" not in tail:
        return
    # Most sheets of a folder have the same rules in the same places.
    places = hash(tuple(at for *_, at in seen))
    alike = tail, package.style_part, reading.is_of_other_layout, sheet.layout.shape, places
    if alike in _HARMLESS:
        return
    found = [*_once(_wrong_rules(reading, sheet, seen)).values()]
    if not are_all_rules(package, sheet.name):
        message = "the sheet has more rules of conditional formatting, or areas of these, than are "
        message += "looked at: what the last of them show otherwise is not known"
        found.append(Finding("conditional-format", sheet.name, None, None, None, message))
    if not found:
        if len(_HARMLESS) >= _MOST_KNOWN:
            _HARMLESS.clear()
        _HARMLESS.add(alike)
    yield from found


def _wrong_rules(
    reading: WorkbookReading, sheet: SheetCells, seen: Iterable[_Seen]
) -> Iterator[tuple[_Line, Finding]]:
    # A rule that lost what it referred to never holds; another layout has rules of its own.
    rules = [
        each
        for each in rules_of(reading.package, sheet.name)
        if each.look.is_odd or (each.look.is_green and not reading.is_of_other_layout)
        if "#REF!" not in "".join(each.formulas)
    ]
    if not rules:
        return
    marks = [*marks_of_results(sheet.layout)]
    for column in sheet.layout.sheet.computed:
        if column.style == "check" and column.name in sheet.layout.columns:
            marks += marks_of_column(sheet.layout, column.name)
    results = [each for each in seen if not is_step(sheet.layout.sheet, each[0])]
    in_order = sorted(range(len(results)), key=lambda each: results[each][2])
    places = [results[each][2] for each in in_order]
    by_name = sheet.layout.sheet.by_name
    may_alter = cache(lambda look, name: shown_otherwise(look, by_name[name]) is not None)
    for number, rule in enumerate(rules):
        numbers = sorted(in_order[each] for each in rule.those_of(places))
        for name, row, at in map(results.__getitem__, numbers):
            ours = [mark for mark in marks if mark.name == name and rule.look.is_green]
            if may_alter(rule.look, name):
                what = "show it otherwise than it is, or not at all"
            elif rule.look.is_struck and not _REFERS.search("".join(rule.formulas)):
                what = "strike it out, and it counts"
            elif ours and not any(_is_mark(rule, mark, sheet, at, reading) for mark in ours):
                what = "colour it green, whatever the verdict is"
            else:
                continue
            message = f"a rule of conditional formatting{_condition(rule)} can {what}"
            value = sheet.cells.get(at, _NO_CELL).value
            finding = sheet.finding("conditional-format", name, row, value, message)
            yield ("conditional-format", str(number)), finding


def _condition(rule: Rule) -> str:
    """When a rule holds, as far as it says so."""
    if not rule.formulas:
        return ""
    sign = _OPERATORS.get(rule.operator)
    return f" ({sign} {' and '.join(rule.formulas)})" if sign else f" (={rule.formulas[0]})"


def _is_mark(
    rule: Rule, mark: Mark, sheet: SheetCells, at: tuple[int, int], reading: WorkbookReading
) -> bool:
    """Whether a green rule is one of ours, wherever rows were inserted and whoever saved it."""
    if mark.style != "good" or len(rule.formulas) != 1:
        return False
    if not sheet.layout.model.plan and (rule.operator, *rule.formulas) in _OF_AWS:
        return True
    # LibreOffice writes FALSE as 0.
    pair = rule.formulas[0].replace(",0)", ",FALSE)"), mark.formula.removeprefix("=")
    if at[0] > sheet.layout.header_row > 0:  # of a column: in which row it begins is no matter
        found, ours = (re.sub("(?<=[A-Z])[0-9]+", "", each) for each in pair)
        return found == ours
    row, column = at
    return same_formula(*pair, sheet=sheet.name, row=row, column=column, geometry=reading.geometry)


def _lines(noun: str, hidden: Container[int], number: int) -> tuple[str, str]:
    """The rows or columns that are hidden together with one, and the verb for them."""
    first, last = number, number
    while first - 1 in hidden and number - first < _MOST_LINES:
        first -= 1
    while last + 1 in hidden and last - number < _MOST_LINES:
        last += 1
    said = [str(each) if noun == "row" else a1(1, each)[:-1] for each in (first, last)]
    if first == last:
        return f"{noun} {said[0]}", "is"
    return f"{noun}s {said[0]} to {said[1]}", "are"
