"""Cells that were inserted or deleted alone, so that others of their row or column moved.

Spreadsheet programs do so with a click, and move references with the cells; labels and headers, and
what else stands beside them, stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from typing import NamedTuple

from calculator.findings import CALCULATED, Finding
from calculator.parity.moved import differing, lines_were, refers_to_sheet
from calculator.workbook.layout import Layout
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.formula import skeleton
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import a1
from calculator.xlsx.reference import place as place_of

__all__ = ["Shifted", "shifted"]

Place = tuple[int, int]
#: A constant, or what a formula does in one or another form.
_What = float | frozenset[tuple[str, ...] | None]

_NO_CELL = Cell(None, None)
#: So many cells do not hold what belongs beside them by chance.
_FEWEST = 3
#: By how many cells it is looked for, the likeliest first.
_BY = (1, -1, 2, -2, 3, -3)


class Shifted(NamedTuple):
    """Cells of one column, or of one row, that stand elsewhere than what they belong to.

    Parameters
    ----------
    axis: 0 where cells of a column moved up or down, 1 where those of a row moved aside.
    line: the column, or the row.
    first: where in it what was done begins.
    by: how far they moved; below 0 for up, or to the left.
    others: what holds something else than what moved there.
    labels: where labels moved, and what they belong to did not: the first of their cells.
    """

    sheet: SheetCells
    axis: int
    line: int
    first: int
    by: int
    others: frozenset[int]
    geometry: Geometry
    labels: Place | None = None

    def finding(self) -> Finding:
        """What happened."""
        many, cell = lines_were(abs(self.by), "cell"), a1(*(self.labels or self._at(self.first)))
        is_in = (self.by > 0) is not bool(self.labels)
        done = "inserted" if is_in else "deleted"
        behind = ("below", "to the right")[self.axis]
        way = (("up", "down"), ("to the left", "to the right"))[self.axis][is_in]
        what, whose = ("the labels", "they belong") if self.labels else ("what stood", "it belongs")
        message = f"{many} {done} here, and {what} {behind} moved {way} without what {whose} to; "
        message += "take that back" + ", or convert the workbook" * (not self.labels)
        code = ("moved-rows", "moved-columns")[self.axis]
        return Finding(code, self.sheet.name, cell, None, None, message)

    def concerns(self, finding: Finding) -> bool:
        """Whether a finding is of the cells that moved, or of what refers to them."""
        if finding.sheet == self.sheet.name and finding.cell:
            at = place_of(finding.cell.partition(":")[0])
            if at[1 - self.axis] == self.line and at[self.axis] >= self.first:
                return at[self.axis] not in self.others
            if self.labels and at[self.axis] >= self.labels[self.axis]:
                return self._is_beside_labels(finding)
            if finding.code == "conditional-format":  # which looks at other cells, too
                return True
        # It may have referred to what is gone.
        if self.by < 0 and "#REF!" in str(finding.found) and self._does_as_before(finding):
            return finding.sheet == self.sheet.name or refers_to_sheet(
                str(finding.expected), self.sheet.name
            )
        taken = differing(finding, self.geometry) if finding.is_edited else None
        if not taken:
            return False
        return all(
            there.sheet == self.sheet.name.casefold()
            and (there.left, there.top)[self.axis] == self.line
            and (there.top - meant.top, there.left - meant.left)[self.axis] == self.by
            for there, meant in taken
        )

    def _is_beside_labels(self, finding: Finding) -> bool:
        """Whether it is of what labels moved away from: a formula is that of one so far off."""
        if not finding.is_edited:
            return not finding.is_typed and finding.severity != "fault"
        layout, (row, column) = self.sheet.layout, place_of(str(finding.cell))
        there = (row, column - self.by) if self.axis else (row - self.by, column)
        names = [each.name for each in layout.sheet.totals if layout.places[each.name] == there]
        does = skeleton(str(finding.found))
        return any(skeleton(layout.formula(name)) == does for name in names)

    def _does_as_before(self, finding: Finding) -> bool:
        """Whether a formula is as it should be, but for what it lost."""
        found = skeleton(str(finding.found).replace("#REF!", "A1"))
        return found == skeleton(str(finding.expected))

    def _at(self, number: int) -> Place:
        return (self.line, number) if self.axis else (number, self.line)


def shifted(
    reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
) -> Iterator[Shifted]:
    """The cells of each sheet that moved so, by what belongs where they stood."""
    for sheet in reading.sheets.values():
        found = [
            place_of(each.cell.partition(":")[0])
            for each in findings
            if each.sheet == sheet.name and each.cell
            if each.severity != "warning" and each.code not in CALCULATED
        ]
        if len(found) < _FEWEST:
            continue
        for axis in (0, 1):
            yield from _along(sheet, found, axis, geometry)


def _along(
    sheet: SheetCells, found: Sequence[Place], axis: int, geometry: Geometry
) -> Iterator[Shifted]:
    """The same of columns, or of rows, in which enough is found."""
    wrong: dict[int, set[int]] = {}
    for at in found:
        wrong.setdefault(at[1 - axis], set()).add(at[axis])
    belongs: dict[int, dict[int, _What]] = {}
    for at, what in _belonging(sheet).items():
        belongs.setdefault(at[1 - axis], {})[at[axis]] = what
    for line, numbers in wrong.items():
        way = _way(sheet.cells, belongs.get(line, {}), numbers, axis, line)
        if way is not None:
            by, begin, others = way
            first = min(number for number in numbers if number > begin)
            labels = _first_label(sheet.layout, axis, line, by)
            # Of a line that was inserted before them, the labels moved, too.
            labels = labels if labels and abs(labels[axis] - first) <= abs(by) else None
            yield Shifted(sheet, axis, line, first, by, others, geometry, labels)


def _way(
    cells: Cells, belongs: Mapping[int, _What], wrong: Set[int], axis: int, line: int
) -> tuple[int, int, frozenset[int]] | None:
    """By how far the cells of a row or column moved, behind what, and which did something else.

    None where they did not move.
    """

    def holds(number: int, what: _What) -> bool:
        value, formula = cells.get((line, number) if axis else (number, line), _NO_CELL)
        if isinstance(what, float):
            return formula is None and value == what
        return formula is not None and skeleton(formula) in what

    for by in _BY:
        # Of cells that are alike, nothing tells which they were.
        unlike = [at for at in belongs.keys() & wrong if belongs.get(at + by) != belongs[at]]
        moved = [at for at in unlike if holds(at + by, belongs[at])]
        if len(moved) >= _FEWEST and 4 * len(moved) >= 3 * len(unlike):
            first = min(moved) + min(by, 0)  # with those that were deleted
            before = (at for at in (belongs.keys() - wrong).union(unlike) if at < first)
            others = (at + by for at, what in belongs.items() if not holds(at + by, what))
            return by, max(before, default=0), frozenset(at for at in others if at >= first + by)
    return None


def _first_label(layout: Layout, axis: int, line: int, by: int) -> Place | None:
    """The first cell of labels that moved, where what they belong to stands as in a new sheet."""
    moved = {
        (place_of(each.label_cell), layout.label_place(each.name))
        for each in layout.sheet.placed
        if each.name not in layout.missing and layout.places[each.name][1 - axis] == line
    }
    moved = {(home, here) for home, here in moved if home != here}
    away = {(here[0] - home[0], here[1] - home[1]) for home, here in moved}
    return min(map(min, moved)) if away == {(0, -by) if axis else (-by, 0)} else None


def _belonging(sheet: SheetCells) -> dict[Place, _What]:
    """What belongs in the cells of a sheet: constants, and what formulas do."""
    layout = sheet.layout
    belongs: dict[Place, _What] = {
        layout.places[each.name]: float(each.value)
        for each in layout.sheet.constants
        if each.name not in layout.unplaced
    }
    for total in layout.sheet.totals:
        if total.name not in layout.unplaced:
            with suppress(KeyError):  # it refers to something that is missing
                does = skeleton(layout.formula(total.name))
                belongs[layout.places[total.name]] = frozenset([does])
    rows = range(layout.first_row, layout.last_row + 1)
    for column in layout.sheet.computed if rows else ():
        with suppress(KeyError):
            at, first = layout.columns[column.name], rows[0]
            forms = (layout.formula(column.name, first, spare=each) for each in (False, True))
            # Each row refers to other cells, and does the same.
            belongs |= dict.fromkeys(((row, at) for row in rows), frozenset(map(skeleton, forms)))
    return belongs
