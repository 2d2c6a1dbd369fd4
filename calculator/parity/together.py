"""What was done to several cells at once: lines moved, words exchanged, a row or column lost."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from calculator.findings import Finding
from calculator.inputs import found_words
from calculator.model.sheet import Sheet
from calculator.parity.exchanged import exchanged, exchanged_headers, exchanged_tables
from calculator.parity.lost_tables import LostTables
from calculator.parity.moved import (
    Moved,
    first_moved,
    moved_lines,
    of_another_table,
    tables_left_behind,
)
from calculator.parity.shifted import shifted
from calculator.workbook.heads import misnamed
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.workbook.words import normal
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import place as place_of

__all__ = [
    "LOST",
    "LOST_QUIETLY",
    "LOST_SHEETS",
    "counted",
    "lost_alone",
    "lost_together",
    "moved_together",
    "pasted_over",
]

LOST_SHEETS = ("missing-sheet", "missing-mode")
LOST = (*LOST_SHEETS, "missing-result", "missing-column", "missing-label")
LOST_QUIETLY = ("missing-setting", "missing-optional-column")
#: Of labels and headers that were lost with another, so many are named.
_NAMED = 3
_T = TypeVar("_T")
#: Of a sheet over which values were pasted, one formula may be left for so many that were lost.
_MOST_LOST = 20
#: What else is found where lines were moved without what refers to them.
_OF_LINES = ("head", "name", "conditional-format", "validation")


class _Cause(Protocol):
    """Something that was done at once, and what is found because of it."""

    def finding(self) -> Finding: ...

    def concerns(self, finding: Finding) -> bool: ...


def moved_together(
    reading: PlanReading, findings: Sequence[Finding], geometry: Geometry, lost: LostTables
) -> Iterator[tuple[Finding, set[str]]]:
    """Lines that were moved without the references to them, and the places of what follows."""
    yield from _lost_headers(reading, findings, geometry)
    by_names: set[str] = set()
    for called in exchanged_tables(reading, geometry):
        # Where formulas were renamed with the tables, nothing differs.
        if concerned := _places(findings, called.concerns):
            by_names |= concerned
            yield called.finding(), concerned
    others = [each for each in findings if each.place not in by_names]
    lines = [*moved_lines(findings, lost.standing, reading, lost.explained)]
    causes: list[_Cause] = [
        *of_another_table(others, geometry, reading),
        *tables_left_behind(reading, geometry),
        *exchanged(reading, geometry),
        *exchanged_headers(lines, geometry, reading),
        *shifted(reading, [each for each in findings if not lost.is_broken(each)], geometry),
    ]
    explained: set[str] = set()
    for each in causes:
        concerned = _places(findings, each.concerns)
        explained |= concerned
        yield each.finding(), concerned
    for moved in lines:
        if not explained.issuperset(moved.places):
            yield _moved(moved, reading, findings, geometry)


def _moved(
    moved: Moved, reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
) -> tuple[Finding, set[str]]:
    """What happened to the lines that formulas miss, and the places of what follows."""
    first = moved.first
    name = geometry.sheet(first.sheet) or first.sheet
    there = [each for each in findings if each.sheet == name]
    # Widths stay with the columns that they were of.
    codes = (*_OF_LINES, *["unseen"] * first.axis)
    begin = first_moved(reading, first)

    def moved_with_them(each: Finding) -> bool:
        """Whether it may have moved; rules of cells that did not look at some that did.

        A text ends at what came to stand beside it.
        """
        at = place_of(str(each.cell).partition(":")[0])[first.axis] if each.cell else begin
        is_behind = at >= begin - (each.code == "unseen")
        return each.code in codes and (is_behind or each.code == "conditional-format")

    follows = {*moved.places, *_places(there, moved_with_them)}
    if name == reading.plan.name:  # whose figures the chart shows
        follows |= _places(findings, lambda each: each.code == "chart")
    gone = next((each for each in there if each.code in LOST), None)
    if gone and first.axis:
        return gone, follows  # a column with all that it held
    lost = {
        str(each.place): place_of(str(each.cell))[first.axis]
        for each in there
        if each.code in ("missing-label", *LOST_QUIETLY)
    }
    # What was lost stood in the first of those that were deleted.
    first = first._replace(number=min([first.number, *lost.values()]))
    deleted = range(first.number, first.number + moved.off)
    follows |= _places(there, lambda each: _is_result_of(each, deleted))
    cause = Finding(moved.code, name, first.first_cell, None, None, moved.message(name))
    return cause, {*follows, *lost}


def _is_result_of(finding: Finding, rows: Container[int]) -> bool:
    return finding.code == "missing-result" and place_of(str(finding.cell))[0] in rows


def _places(findings: Iterable[Finding], concerned: Callable[[Finding], bool]) -> set[str]:
    """The places of what something concerns, but of what was done there beside that."""
    places, others = set[str](), set[str]()
    for each in findings:
        if concerned(each):
            places.add(str(each.place))
        elif each.code == "formula":
            others.add(str(each.place))
    return places - others


def _lost_headers(
    reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
) -> Iterator[tuple[Finding, set[str]]]:
    """The columns that were lost and that their tables still have, under other headers."""
    for sheet in reading.sheets.values():
        there = [each for each in findings if each.sheet == sheet.name]
        called = {normal(name) for _, name in misnamed(sheet, geometry)}
        # Where it is but one, a header was typed; else the columns behind it moved up.
        codes = _OF_LINES if len(called) > 1 else ("name",)
        lost = (each for each in there if each.code in (*LOST, *LOST_QUIETLY))
        if first := next((each for each in lost if normal(str(each.column)) in called), None):
            yield first, _places(there, lambda each: each.code in codes)  # noqa: B023


def lost_together(reading: PlanReading, findings: Sequence[Finding]) -> dict[str, str]:
    """What was lost with a row or column of a worksheet: the place of the first thing, by each."""
    together: dict[str, str] = {}
    for sheet in reading.sheets.values():
        layout, declared = sheet.layout, sheet.layout.sheet
        of_sheet = [each for each in findings if each.sheet == sheet.name]
        lost = [each for each in of_sheet if each.code in (*LOST, *LOST_QUIETLY)]
        if not lost:
            continue
        words = {str(each.column) for each in lost}
        rows: dict[int, set[str]] = {}
        columns: dict[int, set[str]] = {
            number: {each.header} for number, each in enumerate(declared.columns, 1)
        }
        for each in declared.placed:
            row, column = place_of(each.label_cell)
            rows.setdefault(row, set()).add(each.label)
            for number in (column, place_of(each.cell)[1]):
                columns.setdefault(number, set()).add(each.label)
        lines = []
        gone = {row for row, labels in rows.items() if labels <= words}
        for those in _runs(sorted(rows), gone):
            labels = set().union(*(rows[row] for row in those))
            # What stood in the rows, though its label stands elsewhere.
            totals = (each for each in declared.totals if place_of(each.cell)[0] in those)
            cells = {layout.cell(each.name) for each in totals}
            cleared = [each for each in of_sheet if each.code == "missing-formula"]
            lines.append(
                [each for each in lost if each.column in labels or each.cell in cells]
                + [each for each in cleared if each.cell in cells]
            )
        headers = [each.header for each in declared.columns]
        with_header = [columns[number] for number, each in enumerate(headers, 1) if each in words]
        for line in (*_side_by_side(declared, words), *_runs(headers, words), *with_header):
            lines.append([each for each in lost if each.column in line])
        for first, *others in lines:
            cause = str(first.place)
            while cause in together:  # of a line that has it, too
                cause = together[cause]
            places = {str(each.place) for each in others} - {cause}
            together |= dict.fromkeys(places, cause)
    return together


def lost_alone(reading: PlanReading, findings: Sequence[Finding]) -> list[Finding]:
    """What is said of inputs and results of which nothing but the words was lost."""
    places = {
        f"{sheet.name}!{sheet.layout.cell(name)}"
        for sheet in reading.sheets.values()
        for name in (*sheet.layout.missing - sheet.layout.unplaced, *sheet.layout.unheaded)
    }
    headers = {
        (sheet.name, header) for sheet in reading.sheets.values() for header in _typed_over(sheet)
    }
    return [
        each
        for each in findings
        if each.code in (*LOST, *LOST_QUIETLY)
        and (each.place in places or (each.sheet, each.column) in headers)
    ]


def _typed_over(sheet: SheetCells) -> Iterator[str]:
    """The headers of inputs in whose place something else stands, between those beside them."""
    layout = sheet.layout
    names = [each.name for each in layout.sheet.columns]
    for number, column in enumerate(layout.sheet.columns):
        if column.formula is None and column.name not in layout.columns:
            beside = {
                layout.columns.get(names[there], 0) - there + number
                for there in (number - 1, number + 1)
                if 0 <= there < len(names)
            }
            at = layout.header_row, min(beside)
            if len(beside) == 1 and at in sheet.cells:
                yield column.header


def pasted_over(reading: PlanReading, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Of each sheet the first formula that was lost, where next to none is left among those.

    Whoever pastes values over a sheet, or a part of it, does so at once; one formula or another may
    have been restored since.
    """
    for sheet in reading.sheets.values():
        lost = {
            place_of(each.cell): each
            for each in findings
            if each.sheet == sheet.name
            and each.cell
            and each.code in ("formula", "missing-formula")
            and not each.is_edited
        }
        rows, columns = ([at[axis] for at in lost] for axis in (0, 1))
        if not lost:
            continue
        left = sum(
            cell.formula is not None
            and min(rows) <= row <= max(rows)
            and min(columns) <= column <= max(columns)
            for (row, column), cell in sheet.cells.items()
        )
        if left * _MOST_LOST <= len(lost):
            yield lost[min(lost)]


def counted(findings: Sequence[Finding], said: Container[str | None]) -> Iterator[Finding]:
    """The findings, with how many cells were changed with that of a cause not yet `said` to be."""
    done, lost = ("formula", "missing-formula", "figure"), (*LOST, *LOST_QUIETLY)
    findings, wrong = _without_typed(findings)
    also = Counter(each.because_of for each in findings if each.code in done)
    also_lost: dict[str | None, list[Finding]] = {}
    for each in findings:
        if each.code in lost:
            also_lost.setdefault(each.because_of, []).append(each)
    for each in findings:
        if each.because_of or each.code not in (*done, *lost):
            yield each
        elif each.code in lost:
            yield _with_lost(each, also_lost.get(each.place, ()))
        else:
            others = also[each.place]
            more = f"; {others:,} more cell{'s were' if others > 1 else ' was'} changed with it"
            is_told = 0 < others >= each.cells and each.place not in said
            message = each.message + more * is_told
            cause = replace(each, cells=max(each.cells, 1 + others), message=message)
            yield _with_wrong(cause, wrong.get(each.place, ()))


def _without_typed(
    findings: Sequence[Finding],
) -> tuple[list[Finding], dict[str | None, list[Finding]]]:
    """The findings but those on values that were typed over formulas; these by their cause."""
    typed = {each.place: each.because_of or each.place for each in findings if each.is_typed}
    kept: list[Finding] = []
    wrong: dict[str | None, list[Finding]] = {}
    for each in findings:
        if each.code != "value" or each.place != each.because_of or each.place not in typed:
            kept.append(each)
        else:
            wrong.setdefault(typed[each.place], []).append(each)
    return kept, wrong


def _with_lost(cause: Finding, others: Sequence[Finding]) -> Finding:
    """What was lost, with the labels and headers that were lost with it."""
    labels = [*dict.fromkeys(f'"{each.column}"' for each in others if each.column)]
    message = cause.message
    if cause.column and labels:
        more = f" and {len(labels) - _NAMED} more" * (len(labels) > _NAMED)
        message += f"; lost with it: {', '.join(labels[:_NAMED])}{more}"
    return replace(cause, message=message, cells=1 + len(others))


def _with_wrong(cause: Finding, values: Sequence[Finding]) -> Finding:
    """What was pasted over formulas, with those of the values that are not the results."""
    holds = cause.holds or "\n".join(str(each.cell) for each in values)
    told = [each for each in values if each.place != cause.place]  # of its own it says so
    if not told:
        return replace(cause, holds=holds)
    first, *others = told
    words = f"; {first.cell} holds {found_words(first.found)} where "
    words += f"{found_words(first.expected)} is the result"
    more = f", and {len(others):,} more {'are' if len(others) > 1 else 'is'} wrong"
    return replace(cause, message=cause.message + words + more * bool(others), holds=holds)


def _runs(listed: Iterable[_T], lost: Container[_T]) -> Iterator[list[_T]]:
    """Those that are lost, side by side."""
    for is_lost, run in itertools.groupby(listed, key=lost.__contains__):
        if is_lost:
            yield [*run]


def _side_by_side(sheet: Sheet, words: set[str]) -> Iterator[list[str]]:
    """The labels of some words that stand next to each other, by row and then by column."""
    labels = {(place_of(each.label_cell), each.label) for each in sheet.placed}
    for axis in (0, 1):
        in_order = sorted(((at[axis], at[1 - axis]), label) for at, label in labels)
        for _, line in itertools.groupby(in_order, key=lambda each: each[0][0]):
            yield from _runs((label for _, label in line), words)
