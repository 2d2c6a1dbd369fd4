"""What follows from what was found of data sheets: that they are gone, cut, moved or changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calculator.catalog import load_catalog
from calculator.findings import Finding
from calculator.parity.moved import refers_to, refers_to_sheet
from calculator.workbook.reading import PlanReading
from calculator.xlsx.geometry import Geometry

__all__ = ["DataCauses"]


class DataCauses:
    """What was found of the data sheets of a workbook, for what looks there.

    Parameters
    ----------
    findings: of all plans so far, which share the data sheets.
    """

    def __init__(
        self, reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
    ) -> None:
        self._model, self._geometry = reading.model, geometry
        self._plans = {each.name for each in reading.sheets.values()}
        #: Tables that are missing, by the name that formulas call them.
        self._missing = {
            table.name: str(each.place)
            for each in findings
            if each.code == "missing-mode"
            for table in reading.model.data_tables
            if table.sheet == each.sheet
        }
        #: The first of each sheet.
        self._of_sheet = {str(each.sheet): each for each in findings[::-1] if self._is_of(each)}
        #: The headers that others stand in the place of, which programs may not follow at once.
        self._headers = {
            str(each.sheet): each
            for each in findings[::-1]
            if each.code == "head" and each.sheet not in self._plans
        }
        self._types = next(self._lists_cut(), None)
        cut = (each for each in findings if each.code == "outside-the-table")
        self._below = {str(each.found).lower() for each in cut if each.sheet not in self._plans}

    def _is_of(self, finding: Finding) -> bool:
        """Whether it says that a data sheet does not hold what it should."""
        is_moved = finding.code == "moved-rows" or (finding.code == "name" and finding.cells > 0)
        is_cut = finding.code == "outside-the-table"
        of_data = finding.sheet not in self._plans
        return finding.code == "figure" or (of_data and (is_cut or is_moved))

    def _lists_cut(self) -> Iterator[str]:
        """What was found of lists of types that lack some, or are gone."""
        cut = (each for each in self._of_sheet.values() if each.code == "outside-the-table")
        yield from (str(each.place) for each in cut)
        of_types = (each.name for each in self._model.data_tables if each.figures)
        yield from filter(None, map(self._missing.get, of_types))

    def of_type(self, finding: Finding) -> str | None:
        """What a list of types lacks, where one is not known that was published, or is below it."""
        name = str(finding.found)
        was_listed = name in load_catalog(model=self._model.name) or name.lower() in self._below
        return self._types if was_listed else None

    def missing(self, formula: str) -> str | None:
        """What was found of a missing table that a formula looks in."""
        lost = (place for table, place in self._missing.items() if refers_to(formula, table))
        return next(lost, None)

    def looked_up(self, formula: str, *, is_error: bool = False) -> Finding | None:
        """What was found of a sheet that a formula looks in, of an error also of its headers."""
        for sheet, found in {**(self._headers if is_error else {}), **self._of_sheet}.items():
            tables = self._geometry.tables_of(sheet)
            if any(refers_to(formula, each.name) for each in tables):
                return found
            if refers_to_sheet(formula, sheet):
                return found
        return None
