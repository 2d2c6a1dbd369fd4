"""Headers of data sheets that were exchanged, which formulas followed and figures did not."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from calculator.findings import Finding
from calculator.moved import Moved
from calculator.workbook.reading import PlanReading
from calculator.xlsx.geometry import Geometry, Table
from calculator.xlsx.reference import a1

__all__ = ["ExchangedHeaders", "exchanged_headers"]


class ExchangedHeaders(NamedTuple):
    """Headers of a data sheet in each other's places, as its table and its formulas have them.

    Of LibreOffice's files nothing else tells it: there a column is called as its header is.

    Parameters
    ----------
    headers, cells: the two, as they stand, and where.
    places: those of the formulas.
    """

    table: Table
    headers: tuple[str, str]
    cells: tuple[str, str]
    places: frozenset[str]

    def finding(self) -> Finding:
        """What happened."""
        one, other = self.headers
        message = (
            f'the headers "{one}" and "{other}" were exchanged, so that {len(self.places):,} '
            "formulas look under each for the other; put them back"
        )
        return Finding("name", self.table.sheet, self.cells[0], other, one, message, other)

    def concerns(self, finding: Finding) -> bool:
        """Whether a finding is of one of the formulas, or of a figure below the headers."""
        is_below = finding.sheet == self.table.sheet and finding.column in self.headers
        return finding.place in self.places or (finding.code == "figure" and is_below)


def exchanged_headers(
    moved: Sequence[Moved], geometry: Geometry, reading: PlanReading
) -> Iterator[ExchangedHeaders]:
    """The headers of two columns, of which formulas that look at one should look at the other."""
    own = {each.name for each in reading.sheets.values()}
    for one, other in itertools.combinations(moved, 2):
        if one.first.sheet != other.first.sheet or one.first.axis + other.first.axis != 2:
            continue
        first, last = sorted((one.first.number, other.first.number))
        for table in geometry.tables_of(one.first.sheet):
            names = dict(enumerate(table.columns, table.first_column))
            are_each_others = last - first == abs(one.off) and one.off == -other.off
            if are_each_others and names.keys() >= {first, last} and table.sheet not in own:
                cells = a1(table.header_row or 1, first), a1(table.header_row or 1, last)
                places = frozenset(one.places + other.places)
                yield ExchangedHeaders(table, (names[first], names[last]), cells, places)
