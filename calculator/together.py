"""What was done to several cells at once: lines moved, words exchanged, a row or column lost."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TypeVar

from calculator.exchanged import exchanged, exchanged_headers, exchanged_tables
from calculator.findings import Finding
from calculator.model.sheet import Sheet
from calculator.moved import is_edited_formula, moved_lines, of_another_table, tables_left_behind
from calculator.workbook.heads import misnamed
from calculator.workbook.reading import PlanReading
from calculator.workbook.words import normal
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import a1
from calculator.xlsx.reference import place as place_of

__all__ = ["LOST", "LOST_QUIETLY", "lost_together", "moved_together", "pasted_over"]

LOST = ("missing-sheet", "missing-mode", "missing-result", "missing-column", "missing-label")
LOST_QUIETLY = ("missing-setting", "missing-optional-column")
_T = TypeVar("_T")
#: What else is found where lines were moved without what refers to them.
_OF_LINES = ("head", "name", "conditional-format")


def moved_together(
    reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
) -> Iterator[tuple[Finding, set[str]]]:
    """Lines that were moved without the references to them, and the places of what follows."""
    yield from _lost_headers(reading, findings, geometry)
    for called in exchanged_tables(reading):
        # Where formulas were renamed with the tables, nothing differs.
        if concerned := {str(each.place) for each in findings if called.concerns(each)}:
            yield called.finding(), concerned
            findings = [each for each in findings if str(each.place) not in concerned]
    for copy in of_another_table(findings, geometry, reading):
        of_copy = (each for each in findings if each.sheet == copy.sheet.name)
        named = {str(each.place) for each in of_copy if each.code == "name"}
        yield copy.finding(), named | copy.places
    behind = list(tables_left_behind(reading, geometry))
    for each in behind:
        cell = a1(each.header_row, 1)
        cause = Finding("moved-rows", each.sheet, cell, None, None, each.message())
        yield cause, {str(one.place) for one in findings if each.concerns(one)}
    explained: set[str] = set()
    for words in exchanged(reading):
        cause = words.finding()
        concerned = {str(each.place) for each in findings if words.concerns(each, geometry)}
        explained |= concerned
        yield cause, concerned - {str(cause.place)}
    lines = [*moved_lines(findings, geometry, reading)]
    for headers in exchanged_headers(lines, geometry, reading):
        cause = headers.finding()
        concerned = {str(each.place) for each in findings if headers.concerns(each)}
        explained |= concerned
        yield cause, concerned - {str(cause.place)}
    for moved in lines:
        first = moved.first
        if first.sheet in (each.sheet.casefold() for each in behind) or explained.issuperset(
            moved.places
        ):
            continue
        names = [each.name for each in reading.sheets.values()]
        names += [each.sheet for each in geometry.tables_of(first.sheet)]
        name = next((each for each in names if each.casefold() == first.sheet), first.sheet)
        there = [each for each in findings if each.sheet == name]
        follows = {*moved.places}
        follows |= {str(each.place) for each in there if each.code in _OF_LINES}
        if name == reading.plan.name:  # whose figures the chart shows
            follows |= {str(each.place) for each in findings if each.code == "chart"}
        if first.axis and (gone := next((each for each in there if each.code in LOST), None)):
            yield gone, follows  # a column with all that it held
            continue
        lost = {
            str(each.place): place_of(each.cell)[first.axis]
            for each in there
            if each.cell and each.code in ("missing-label", *LOST_QUIETLY)
        }
        # What was lost stood in the first of those that were deleted.
        first = first._replace(number=min([first.number, *lost.values()]))
        cause = Finding(moved.code, name, first.first_cell, None, None, moved.message(name))
        yield cause, {*follows, *lost}


def _lost_headers(
    reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
) -> Iterator[tuple[Finding, set[str]]]:
    """The columns that were lost and that their tables still have, under other headers."""
    for sheet in reading.sheets.values():
        there = [each for each in findings if each.sheet == sheet.name]
        if all(each.code != "name" for each in there):
            continue
        called = {normal(name) for _, name in misnamed(sheet, geometry)}
        for lost in there:
            if lost.code in (*LOST, *LOST_QUIETLY) and normal(str(lost.column)) in called:
                # Where it is but one, a header was typed; else the columns behind it moved up.
                codes = _OF_LINES if len(called) > 1 else ("name",)
                yield lost, {str(each.place) for each in there if each.code in codes}
                break


def lost_together(reading: PlanReading, findings: Sequence[Finding]) -> dict[str, str]:
    """What was lost with a row or column of a worksheet: the place of the first thing, by each."""
    together: dict[str, str] = {}
    for sheet in reading.sheets.values():
        layout, declared = sheet.layout, sheet.layout.sheet
        of_sheet = [each for each in findings if each.sheet == sheet.name]
        lost = [each for each in of_sheet if each.code in (*LOST, *LOST_QUIETLY)]
        words = {str(each.column) for each in lost}
        rows: dict[int, set[str]] = {}
        columns: dict[int, set[str]] = {}
        for each in declared.placed if lost else ():
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
        for run in _side_by_side(declared, words) if lost else ():
            lines.append([each for each in lost if each.column in run])
        headers = [each.header for each in declared.columns]
        for run in _runs(headers, words):
            if len(run) > 1:
                lines.append([each for each in lost if each.column in run])
        for number, header in enumerate(headers, 1):
            if header in words:
                line = {header} | columns.get(number, set())
                lines.append([each for each in lost if each.column in line])
        for first, *others in lines:
            places = {str(each.place) for each in others} - {str(first.place)}
            together |= dict.fromkeys(places, str(first.place))
    return together


def pasted_over(reading: PlanReading, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Of each sheet the first formula that was lost, where none is left among those that were.

    Whoever pastes values over a sheet, or a part of it, does so at once.
    """
    for sheet in reading.sheets.values():
        lost = {
            place_of(each.cell): each
            for each in findings
            if each.sheet == sheet.name
            and each.cell
            and each.code in ("formula", "missing-formula")
            and not is_edited_formula(each)
        }
        rows, columns = ([at[axis] for at in lost] for axis in (0, 1))
        if not lost:
            continue
        is_left = any(
            cell.formula is not None
            and min(rows) <= row <= max(rows)
            and min(columns) <= column <= max(columns)
            for (row, column), cell in sheet.cells.items()
        )
        if not is_left:
            yield lost[min(lost)]


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
