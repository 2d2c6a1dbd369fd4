"""Formulas to which the same was done: side by side, or of those that look at the same instead."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from calculator.findings import Finding
from calculator.parity.lost_tables import LostTables
from calculator.parity.moved import differing, is_ours
from calculator.parity.precedents import Precedents
from calculator.parity.together import pasted_over
from calculator.workbook.reading import PlanReading
from calculator.xlsx.formula import skeleton
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import a1
from calculator.xlsx.reference import place as place_of

__all__ = ["Neighbours", "looking_alike"]

#: Of values that are pasted over formulas, nothing is an empty cell.
_LOST_FORMULA = {"typed", "missing-formula"}
#: Cells between results that hold other things, and are passed over.
_BACK = (1, 2, 3)


class Neighbours:
    """What was done to the cells beside those of which something was found.

    Parameters
    ----------
    by_place: what was found, by its place.
    together: the places of what follows from something that was done at once.
    """

    def __init__(
        self,
        reading: PlanReading,
        findings: Sequence[Finding],
        by_place: Mapping[str, Finding],
        together: Container[str | None],
        precedents: Precedents,
        lost_tables: LostTables,
    ) -> None:
        self._model = reading.model
        self._sheets = {each.name: each for each in reading.sheets.values()}
        self._by_place, self._together = by_place, together
        self._precedents, self._lost_tables = precedents, lost_tables
        self._pasted = {each.sheet: each for each in pasted_over(reading, findings)}

    def of(self, finding: Finding) -> Finding | None:
        """The cell above, or at the left, to which the same was done."""
        declared, row = self._precedents.declared_at(f"{finding.sheet}!{finding.cell}")
        if finding.code not in ("formula", "missing-formula") or declared is None:
            return None
        sheet, kind = self._sheets[str(finding.sheet)], _kind(finding)
        first = self._pasted.get(finding.sheet)
        if first is not None and kind in _LOST_FORMULA:
            return first if first is not finding else None
        if row is None:
            # What is pasted over a block, or cleared, is so at once; one or two formulas are edited
            # alone.
            at_row, at_column = place_of(str(finding.cell))
            beside = [(at_row - back, at_column) for back in _BACK]
            beside += [(at_row, at_column - back) for back in _BACK]
            if kind == "formula":
                beside = [at for at in beside if self._is_of_block(finding, at)]
            cells = [a1(*at) for at in beside if min(at) > 0]
        else:
            layout = sheet.layout
            columns = [each.name for each in layout.sheet.computed if each.name in layout.columns]
            at = columns.index(declared.name)
            # A formula that is filled down is the same in a column, and another in the next.
            left = columns[at - 1 : at] if kind != "formula" else []
            cells = [layout.cell(declared.name, row - 1)]
            cells += [layout.cell(name, row) for name in left]
        for cell in cells:
            there = self._beside(finding, cell)
            if there is None or not (_kind(there) == kind or {_kind(there), kind} == _LOST_FORMULA):
                continue
            if kind != "formula" or self._is_pasted(finding, there):
                return there
        return None

    def _is_pasted(self, finding: Finding, beside: Finding) -> bool:
        """Whether an edited formula does what another does, or is one of three and more."""
        pair = (finding, beside)
        if all(is_ours(each, self._model) for each in pair):
            return True
        one, other = (skeleton(str(each.found)) for each in pair)
        return one == other or self._is_of_block(finding, place_of(str(beside.cell)))

    def _beside(self, finding: Finding, cell: str) -> Finding | None:
        """What was done to another cell of the sheet, unless that explains no edited formula.

        Where formulas came to stand in each other's place, all of them are this program's.
        """
        there = self._by_place.get(f"{finding.sheet}!{cell}")
        # What something else explains explains no neighbour.
        if there is None or there.place in self._together:
            return None
        if not there.is_edited:
            return there
        is_other = is_ours(there, self._model) and not is_ours(finding, self._model)
        return None if is_other or self._lost_tables.is_broken(there) else there

    def _is_of_block(self, finding: Finding, beside: tuple[int, int]) -> bool:
        """Whether formulas of three cells and more, side by side, were edited: they were pasted."""
        row, column = place_of(str(finding.cell))
        down, right = row - beside[0], column - beside[1]
        if down + right != 1:
            return False

        def edited(step: int) -> bool:
            at = row + step * down, column + step * right
            there = self._beside(finding, a1(*at)) if min(at) > 0 else None
            return there is not None and there.is_edited

        return edited(-1) and (edited(-2) or edited(1))


def _kind(finding: Finding) -> str:
    """What was done to a cell: its formula edited, cleared, or a value typed over it."""
    return "typed" if finding.is_typed else finding.code


def looking_alike(
    findings: Sequence[Finding], geometry: Geometry, explained: Container[str | None] = ()
) -> dict[str, Finding]:
    """The first edited formula that looks at the same other rows or columns, by place of each.

    Parameters
    ----------
    explained: the places of formulas that refer to what they should.
    """
    first: dict[frozenset[tuple[object, ...]], Finding] = {}
    alike = {}
    edited = (each for each in findings if each.is_edited)
    for each in (each for each in edited if each.place not in explained):
        lines = frozenset(
            (there.sheet, number, there[number], here[number])
            for there, here in differing(each, geometry) or ()
            for number in range(1, len(here))
            if there.sheet == here.sheet and there[number] != here[number]
        )
        if lines and first.setdefault(lines, each) is not each:
            alike[str(each.place)] = first[lines]
    return alike
