"""What a person cannot see of a workbook, or reads otherwise than it is: a warning each."""

from __future__ import annotations

import itertools
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.memory import Kept
from calculator.workbook.data_places import DataPlace
from calculator.workbook.figures import kind_of, shown_otherwise
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.workbook.rules import look_at_rules, wrong_on_data
from calculator.workbook.seen import Seen, is_step, seen_of, shows, words_for
from calculator.workbook.validations import look_at_validations
from calculator.workbook.widths import COLUMNS, ROWS, Room, column_of
from calculator.xlsx.appearance import ACROSS, Look
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.decoration import (
    Rule,
    looks_at,
    looks_of,
    lost_on_tables,
    odd_cells,
    partly_unseen,
    rules_of,
)
from calculator.xlsx.hidden import Hidden
from calculator.xlsx.number_format import SEEN_IF_0, alters, colour_of
from calculator.xlsx.number_format import shown as shown_as
from calculator.xlsx.package import Package
from calculator.xlsx.reference import MAX_ROW, a1, column_letters, place

__all__ = ["by_theme_once", "look_at", "look_at_data", "look_at_windows"]

_NO_CELL, _PLAIN = Cell(None, None), Look("General", unseen=False, is_bare=True)
#: The odd cells and rules of data sheets, by what tells the sheets and their styles apart.
_ODD_DATA = Kept[Hashable, tuple[Mapping[tuple[int, int], Look], Sequence[Rule]]](256)
#: So many cells are looked up by themselves.
_FEW = 20
#: Of cells that have one odd look, so many are named beside the first.
_NAMED = 3
#: Lines of which several are one finding.
_LINES = (ROWS, COLUMNS)
#: How far from a cell hidden lines are told with its own.
_MOST_LINES = 500


def look_at(reading: WorkbookReading, plan: PlanReading, chosen: str) -> Iterator[Finding]:
    """What is hidden or shown otherwise of a plan, its settings and results, once a line of cells.

    Parameters
    ----------
    chosen: the mode that the plan is judged by, whose sheet people look at.
    """
    shown_by: dict[str, list[Finding]] = {}
    for sheet in plan.sheets.values():
        for found in _look_at_sheet(reading, plan, sheet, chosen):
            if found.message in _OPTIONS:
                shown_by.setdefault(found.message, []).append(found)
            else:
                yield found
    for first, *others in shown_by.values():
        if not others:
            yield first
            continue
        also = f"; so it is with {', '.join(str(each.sheet) for each in others)}"
        cells = sum(max(each.cells, 1) for each in (first, *others))
        yield replace(first, message=first.message + also, cells=cells, holds="")


def _look_at_sheet(
    reading: WorkbookReading, plan: PlanReading, sheet: SheetCells, chosen: str
) -> Iterator[Finding]:
    package = reading.package
    if sheet.name in package.hidden_sheets and sheet.layout.sheet.mode in (None, chosen):
        message = "the sheet is hidden, and what stands there counts"
        yield Finding("hidden", sheet.name, None, None, None, message)
    hidden = package.hidden.get(sheet.name, Hidden())
    if hidden.formulas and (sheet.layout.sheet.totals or sheet.layout.sheet.computed):
        yield Finding("hidden", sheet.name, None, None, None, _FORMULAS)
    seen = [*seen_of(plan, sheet)]
    yield from look_at_rules(reading, sheet, seen)
    if not reading.is_of_other_layout:
        yield from look_at_validations(reading, sheet)
    room = Room(package, sheet, hidden)
    looks = _looks(package, sheet, room, seen)
    parts = partly_unseen(package, sheet.name)
    odd, is_plain = looks.keys() | parts, hidden == Hidden(narrow=hidden.narrow)
    may_be = [each for each in seen if each[2] in odd] if is_plain else seen
    told = [*_values(sheet, hidden, room, looks, parts, may_be)]
    said = {line for line, _ in told}
    header = sheet.layout.header_row or MAX_ROW
    others = odd.difference(at for *_, at in seen)
    words: list[tuple[_Line, Finding]] = []
    if not is_plain or any(row <= header for row, _ in others):
        words += _words(sheet, hidden, looks, parts, seen)
    if not reading.is_of_other_layout:
        narrow = {place(str(each.cell))[1] for line, each in told if line[1] == COLUMNS}
        words += _cut_words(package, sheet, room, narrow)
    # Words go with the line that is told of, or with the value beside them.
    beside = {(line[0], place(str(each.cell))[0]): line for line, each in told}
    for line, each in words:
        with_value = beside.get((line[0], place(str(each.cell))[0])) if line[1] == "words" else None
        if with_value or line not in said or line[1] in _LINES:
            told.append((with_value or line, each))
    yield from _once(told)


def by_theme_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, with one for all texts of a workbook that its theme lets be lost."""
    kept: list[Finding] = []
    lost: list[Finding] = []
    for each in findings:
        (lost if each.message.startswith(_BY_THEME) else kept).append(each)
    if lost:
        sheets = ", ".join(dict.fromkeys(str(each.sheet) for each in lost))
        cells = sum(max(1, each.cells) for each in lost)
        message = f"{_BY_THEME}; so it is on {sheets}"
        kept.append(Finding("unseen", None, None, None, None, message, cells=cells))
    return kept


def look_at_windows(reading: WorkbookReading) -> Iterator[Finding]:
    """Whether the workbook opens without a window, as personal ones do."""
    windows = reading.package.windows
    if windows and not any(each == "visible" for each in windows):
        message = "the windows of the workbook are hidden, and nothing of it is seen"
        yield Finding("hidden", None, None, None, None, message)


def look_at_data(reading: WorkbookReading) -> Iterator[Finding]:
    """What formulas look up on data sheets and that is not seen, or as another, once a table."""
    used = {str(each).lower() for plan in reading.plans for each in plan.groups["instance_type"]}
    for where in reading.data.values():
        odd, rules = _odd_data(reading.package, where.sheet)
        if not odd and not rules:
            continue
        values = _looked_up(where, reading.package.cells(where.sheet), used)
        headers = {at: each for each, at in where.columns.items()}
        told = itertools.chain(
            _odd_values(odd, values, headers), wrong_on_data(rules, values, headers)
        )
        for at, code, message in itertools.islice(told, 1):
            value, header = plain(values[at]), headers[at[1]]
            yield Finding(code, where.sheet, a1(*at), header, value, message)


def _looked_up(
    where: DataPlace, cells: Cells, used: Container[str]
) -> dict[tuple[int, int], float | str]:
    """What a data sheet holds for a plan: of instance types, for those that it uses."""
    key, columns = where.columns[where.key], {*where.columns.values()}
    return {
        (row, column): value
        for (row, column), (value, _) in cells.items()
        if where.header_row < row <= where.last_row and column in columns
        if isinstance(value, float | str)
        if not where.data.figures or str(cells.get((row, key), _NO_CELL).value).lower() in used
    }


def _odd_values(
    odd: Mapping[tuple[int, int], Look],
    values: Mapping[tuple[int, int], float | str],
    headers: Mapping[int, str],
) -> Iterator[tuple[tuple[int, int], str, str]]:
    """The values of a data sheet that are not seen, or as others: place, code and message."""
    for at, look in odd.items():
        value = values.get(at)
        if value is None:
            continue
        if _is_unseen(look, value):
            words = _BY_THEME if look.is_by_theme else f"{found_words(value)} {_UNSEEN}"
            yield at, "unseen", words
        elif alters(look.number_format, value, label=headers[at[1]]):
            shown = found_words(shown_as(look.number_format, value))
            message = f"the number format shows {found_words(value)} as {shown}"
            yield at, "number-format", message


def _odd_data(
    package: Package, sheet: str
) -> tuple[Mapping[tuple[int, int], Look], Sequence[Rule]]:
    """The odd cells and rules of a data sheet; most are those of another file, byte for byte."""

    def found() -> tuple[Mapping[tuple[int, int], Look], Sequence[Rule]]:
        rules = [each for each in rules_of(package, sheet) if each.look.is_odd]
        return odd_cells(package, sheet), rules

    return _ODD_DATA.of((package.identity(sheet), package.style_part), found)


def _once(told: Iterable[tuple[_Line, Finding]]) -> Iterator[Finding]:
    """The first finding of each line of cells, with the number of cells that it is for."""
    every: dict[_Line, list[Finding]] = {}
    for line, finding in told:
        every.setdefault(line, []).append(finding)
    for line, (first, *others) in every.items():
        message = first.message
        also: list[str] = []  # of other lines, the message says which
        if isinstance(line[1], Look):
            also = [str(each.cell) for each in others]
        elif line[1] in _LINES:
            places = [place(str(each.cell)) for each in (first, *others)]
            lines = (f"row {at[0]}" if line[1] == ROWS else column_of(at) for at in places)
            also = [*dict.fromkeys(lines)][1:]
        if also:
            left = len(also) - _NAMED
            more = f" and {left:,} more" if left > 0 else ""
            message += f"; so it is with {', '.join(also[:_NAMED])}{more}"
        cells = (str(each.cell) for each in (first, *others))
        yield replace(first, message=message).over(cells)


def _values(
    sheet: SheetCells,
    hidden: Hidden,
    room: Room,
    looks: Mapping[tuple[int, int], Look],
    parts: Container[tuple[int, int]],
    seen: Iterable[Seen],
) -> Iterator[tuple[_Line, Finding]]:
    """The values that are not seen, or as others."""
    for name, row, at in seen:
        cell, look = sheet.cells.get(at, _NO_CELL), looks.get(at, _PLAIN)
        told = (
            (shows(cell) and _hidden_value(sheet, hidden, name, row, at))
            or _unseen(look, at in parts, name, cell)
            or _altered(sheet, look, name, cell)
            or (row and _across(sheet, looks, at, cell))
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
    seen: Iterable[Seen],
) -> Iterator[tuple[_Line, Finding]]:
    """The words that say what figures are, where they are not seen, or as others."""
    for read in words_for(sheet, seen):
        at, value = read.place, sheet.cells.get(read.place, _NO_CELL).value
        look, words = looks.get(at, _PLAIN), found_words(value)
        told = _hidden(hidden, at, "and the words there say what figures are")
        if not told and look.is_by_theme:
            told = "unseen", "theme", _BY_THEME
        elif not told and _is_unseen(look, value):
            told = "unseen", "words", f"{words} {_UNSEEN}"
        elif not told and at in parts:
            told = "unseen", "words", f"of {words} a part {_IN_PART}"
        elif not told and isinstance(value, str) and alters(look.number_format, value):
            shown = found_words(shown_as(look.number_format, value))
            told = "number-format", "words", f"the number format shows {words} as {shown}"
        elif not told and look.is_struck:
            told = "struck-out", "words", f"{words} is struck out, and what it stands for counts"
        if told:
            yield _of_words(sheet, at, *told)


def _cut_words(
    package: Package, sheet: SheetCells, room: Room, narrow: Container[int]
) -> Iterator[tuple[_Line, Finding]]:
    """The same words, where they have no room; columns that are too narrow are said already."""
    places = sorted(at for at in {*room.words()} if at[1] not in narrow)
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
    package: Package, sheet: SheetCells, room: Room, seen: Iterable[Seen]
) -> Mapping[tuple[int, int], Look]:
    """The looks of a sheet's cells that may not show what is there."""
    layout, found = sheet.layout, odd_cells(package, sheet.name)
    # What is right for a number is wrong for a share, or where there is little room.
    others = [layout.places[each.name] for each in layout.sheet.totals if kind_of(each) == "share"]
    others += room.doubtful(seen)
    found |= lost_on_tables(package, sheet.name, sheet.cells)
    if not (unknown := {*others}.difference(found)):
        return found
    few = len(unknown) <= _FEW
    every = looks_at(package, sheet.name, unknown) if few else looks_of(package, sheet.name)
    return found | {at: every.get(at, _PLAIN) for at in unknown}


_COUNTS = "what stands there counts"
_FORMULAS = "the sheet shows formulas in place of what they give"
_ZEROS = "the sheet shows nothing in place of 0"
#: What an option of a program does to all sheets at once.
_OPTIONS = (_FORMULAS, _ZEROS)
_IN_PART = "can hardly be seen, or is struck out"
_UNSEEN = "has nearly the colour of what is behind it, or is too small or in signs"
_BY_THEME = (
    "a text has nearly the colour of what is behind it by the workbook's theme: give the theme "
    "back its colours"
)
#: A finding to be: its code, the line of cells that it is said once of, and its message.
_Told = tuple[str, Hashable, str] | None
#: The code and the line of cells that a finding is said once of.
_Line = tuple[str, Hashable]
#: Something that is seen: its name, its row in a node table, and its place.


def _hidden_value(
    sheet: SheetCells, hidden: Hidden, name: str, row: int | None, at: tuple[int, int]
) -> _Told:
    """A value that is hidden; of steps only with its row."""
    is_away = at[1] in hidden.columns or not hidden.first[1] <= at[1] <= hidden.last[1]
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
    if at[0] > hidden.last[0] or at[1] > hidden.last[1]:
        where = "stands behind frozen panes that fill a window, where nobody can scroll to"
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
    if look.is_by_theme:
        return "unseen", "theme", _BY_THEME
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


def _across(
    sheet: SheetCells, looks: Mapping[tuple[int, int], Look], at: tuple[int, int], cell: Cell
) -> _Told:
    """A value in a node table that is shown below the headers of empty columns beside its own."""
    row, end = at
    while looks.get((row, end), _PLAIN).setting.side == ACROSS and (
        end == at[1] or (row, end) not in sheet.cells
    ):
        end += 1
    if end - at[1] < 2 or not shows(cell):
        return None
    where = f"in the middle of {a1(*at)} to {a1(row, end - 1)}"
    message = f"the alignment Center Across Selection shows {found_words(cell.value)} {where}"
    return "number-format", looks[at], message


def _struck(look: Look, row: int | None, cell: Cell) -> _Told:
    """A value that is struck or crossed out, as what does not count any more."""
    if not (look.is_struck or look.is_crossed) or not shows(cell):
        return None
    what, how = f"row {row}" if row else "the cell", "struck" if look.is_struck else "crossed"
    return "struck-out", "struck", f"{what} is {how} out, and {_COUNTS}"


def _left_out(sheet: SheetCells, hidden: Hidden, name: str, cell: Cell) -> _Told:
    """A 0 that is not shown."""
    if not hidden.zeros or cell.value != 0 or is_step(sheet.layout.sheet, name):
        return None
    if kind_of(sheet.layout.sheet.by_name[name]) in SEEN_IF_0:
        return "hidden", "zeros", _ZEROS
    return None


def _lines(noun: str, hidden: Container[int], number: int) -> tuple[str, str]:
    """The rows or columns that are hidden together with one, and the verb for them."""
    first, last = number, number
    while first - 1 in hidden and number - first < _MOST_LINES:
        first -= 1
    while last + 1 in hidden and last - number < _MOST_LINES:
        last += 1
    said = [str(each) if noun == "row" else column_letters(each) for each in (first, last)]
    if first == last:
        return f"{noun} {said[0]}", "is"
    return f"{noun}s {said[0]} to {said[1]}", "are"
