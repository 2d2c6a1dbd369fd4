"""What was typed, or left out, in many inputs of the node table at once: one finding for it.

People fill an input down over the spare rows, leave half a row empty, or write a title or a total
among the node groups. The first finding says what there is to do; the others follow from it, so
that every fault is still one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from calculator.findings import MOST_HELD, SEVERITIES, Finding
from calculator.workbook.reading import SheetCells
from calculator.xlsx.reference import a1, place

__all__ = ["said_together"]

Place = tuple[int, int]

#: What may be wrong with several inputs in the same way.
_ALIKE = frozenset(
    (
        *("missing", "not-a-number", "not-a-whole-number", "out-of-range", "not-an-option"),
        *("not-a-type", "row-without-type", "empty-cell"),
    )
)
#: What is wrong with a row that is perhaps no node group, and what else is of the row then.
_OF_TYPE = ("missing", "not-a-type", "unknown-type")
_OF_ROW = _ALIKE | {"unknown-type", "input-formula", "missing-formula"}
#: So many areas are told.
_MOST = 6


def said_together(sheet: SheetCells, findings: Sequence[Finding]) -> list[Finding]:
    """The findings of a plan, with those on inputs of rows that belong together as one.

    That is what is wrong in the same way with neighbours in a column or with others of a row, and
    all that is wrong with a row whose type is.
    """
    told = _of_rows(sheet, findings)
    said: dict[int, Finding] = {}
    for first, *others in _below(sheet, findings):
        rows = f"row{'s' * (len(others) > 1)} {_rows(others)}"
        more = f"; so it is in {rows}"
        cells = (str(each.cell) for each in (first, *others))
        said[id(first)] = replace(first, message=first.message + more).over(cells)
        said |= {id(each): replace(each, because_of=first.place) for each in others}
    for places in _groups(sheet, told):
        first, *others = (told[at] for at in places)
        if all(_is_alike(first, each) for each in others):
            more = f"; so it is in {_areas(places)}"
        else:
            more = (
                f"; see also {_areas(places[1:])}: complete the row, or, if it is a note or a "
                "total, move it to where no input stands"
            )
        cells = (a1(*at) for at in places)
        said[id(first)] = replace(first, message=first.message + more).over(cells)
        said |= {id(each): replace(each, because_of=first.place) for each in others}
    return [said.get(id(each), each) for each in findings]


def _of_rows(sheet: SheetCells, findings: Sequence[Finding]) -> dict[Place, Finding]:
    """The worst that is said of each cell in rows of the node table, by place."""
    told: dict[Place, Finding] = {}
    for each in sorted(findings, key=lambda each: SEVERITIES.index(each.severity)):
        is_told = each.code in _OF_ROW and not each.because_of
        if is_told and each.sheet == sheet.name and each.cell:
            at = place(each.cell)
            if at[0] > sheet.layout.header_row:
                told.setdefault(at, each)
    return told


def _below(sheet: SheetCells, findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """What stands below the node table in rows that follow each other, two and more.

    Each tells its cells, and is of no more than can be told.
    """
    below = {
        place(str(each.cell)): each
        for each in findings
        if each.code == "below-the-table" and each.sheet == sheet.name and not each.because_of
    }
    columns: dict[int, list[int]] = {}
    for row, column in sorted(below):
        columns.setdefault(column, []).append(row)
    for column, rows in columns.items():
        for top, bottom in _runs(rows):
            for start in range(top, bottom, MOST_HELD):
                run = range(start, min(start + MOST_HELD, bottom + 1))
                yield [below[row, column] for row in run]


def _rows(findings: Sequence[Finding]) -> str:
    first, last = (place(str(each.cell))[0] for each in (findings[0], findings[-1]))
    return f"{first}" if first == last else f"{first} to {last}"


def _groups(sheet: SheetCells, told: Mapping[Place, Finding]) -> Iterator[list[Place]]:
    """The places of what belongs together, two and more."""
    of_types = sheet.layout.columns.get("instance_type", 0)
    groups: dict[Place, list[Place]] = {}
    first_of: dict[Place, Place] = {}
    of_row: dict[tuple[int, str, object], Place] = {}
    for at in sorted(told, key=lambda at: (at[0], at[1] != of_types, at[1])):
        (row, column), each = at, told[at]
        types = told.get((row, of_types))
        alike = row, each.code, each.found
        near: list[Place] = []
        if types and types.code in _OF_TYPE and types is not each:
            near = [first_of[row, of_types]]
        elif each.code in _ALIKE:
            beside = of_row.get(alike), first_of.get((row - 1, column))
            near = [there for there in beside if there and _is_alike(told[there], each)]
        first = near[0] if near else at
        groups.setdefault(first, []).append(at)
        first_of[at] = first
        of_row.setdefault(alike, first)
    for places in groups.values():  # that each tells its cells keeps one from passing for another
        for start in range(0, len(places) - 1, MOST_HELD):
            yield places[start : start + MOST_HELD]


def _is_alike(one: Finding, other: Finding) -> bool:
    return (one.code, one.found) == (other.code, other.found)


def _areas(places: Iterable[Place]) -> str:
    """The cells at some places, as few areas."""
    columns: dict[int, list[int]] = {}
    for row, column in sorted(places):
        columns.setdefault(column, []).append(row)
    heights: dict[tuple[int, int], list[int]] = {}
    for column in sorted(columns):
        for height in _runs(columns[column]):
            heights.setdefault(height, []).append(column)
    areas = [
        a1(top, left) if (top, left) == (bottom, right) else f"{a1(top, left)}:{a1(bottom, right)}"
        for (top, bottom), across in heights.items()
        for left, right in _runs(across)
    ]
    return ", ".join(areas[:_MOST] + ["others"] * (len(areas) > _MOST))


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of numbers that follow each other."""
    for _, run in itertools.groupby(enumerate(numbers), lambda each: each[1] - each[0]):
        following = [number for _, number in run]
        yield following[0], following[-1]
