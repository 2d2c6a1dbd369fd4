"""What a formula of a workbook depends on, place by place, and the ways to be wrong by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from calculator.findings import Finding
from calculator.model.expression import Name
from calculator.model.sheet import ROWS_SEEN, Column, Setting, Sheet, Total
from calculator.parity.comparison import is_rounded
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.xlsx.reference import column_letters

__all__ = ["Precedents", "ways_of"]


class Precedents:
    """The places that the formulas of a plan refer to, and those of what was found on the way.

    Parameters
    ----------
    by_column: the place of what was found of a column or label, by sheet and header.
    misnamed: of sheets whose tables call columns otherwise than their headers do, where that is.
    below: the places of inputs that formulas see in the node table or below it.
    outside: the places of rows that no total reaches, by sheet and row.
    """

    def __init__(
        self,
        reading: PlanReading,
        by_column: Mapping[tuple[str, str], str],
        misnamed: Mapping[str | None, str],
        below: Sequence[str],
        outside: Mapping[tuple[str | None, int], str],
    ) -> None:
        self._reading = reading
        self._by_column = by_column
        self._misnamed = misnamed
        self._below = below
        self._outside = outside
        self._sheets = {each.name: each for each in reading.sheets.values()}
        self._names = {each.name: _named(each) for each in reading.sheets.values()}

    def declared_at(self, place: str) -> tuple[Column | Total | None, int | None]:
        """What stands at a place, and its row for a column of a node table."""
        sheet, _, cell = place.rpartition("!")
        named = self._names.get(sheet, {})
        if cell in named:
            return named[cell], None
        letters = cell.rstrip("0123456789")
        column = named.get(letters)
        return column, int(cell[len(letters) :]) if column else None

    def of(
        self, sheet: SheetCells, declared: Column | Total, row: int | None
    ) -> Iterator[tuple[str, bool]]:
        """The places that a formula refers to, and whether each is an input."""
        assert declared.formula is not None
        model = self._reading.model
        for name in declared.formula.names():
            if name.name in ROWS_SEEN:  # which no sheet declares
                yield from ((place, False) for place in self._below)
            home = model.home(sheet.layout.sheet, name)
            there = sheet if home is sheet.layout.sheet else self._reading.sheets.get(home.name)
            if there is None:
                yield home.name, False
                continue
            yield from self._places(sheet, there, home, name, row)
        if isinstance(declared, Total):
            rows = (outside for (name, _), outside in self._outside.items() if name == sheet.name)
            yield from ((outside, False) for outside in rows)

    def all_of(self, sheet: SheetCells, declared: Column | Total, row: int | None) -> Iterator[str]:
        """The places that a formula refers to, and those that what stands there refers to."""
        waiting, seen = [(sheet, declared, row)], set[str]()
        while waiting:
            for place, _ in self.of(*waiting.pop()):
                yield place
                found, at = self.declared_at(place)
                if place not in seen and found:
                    seen.add(place)
                    waiting.append((self._sheets[place.rpartition("!")[0]], found, at))

    def _places(
        self, sheet: SheetCells, there: SheetCells, home: Sheet, name: Name, row: int | None
    ) -> Iterator[tuple[str, bool]]:
        found = home.by_name.get(name.name)
        layout = there.layout
        if isinstance(found, Column):
            if there.name in self._misnamed:
                yield self._misnamed[there.name], False
            if name.name not in layout.columns:
                yield self._by_column.get((there.name, found.header), there.name), False
            elif row is not None:
                if there is not sheet:  # whose rows are found by their number
                    has_number = "number" in sheet.layout.columns
                    at_number = f"!{sheet.layout.cell('number', row)}" if has_number else ""
                    yield f"{sheet.name}{at_number}", False
                at = row - sheet.layout.header_row + layout.header_row
                if layout.table and at > layout.table_last_row:
                    yield f"{layout.table}, below its rows", True
                yield f"{there.name}!{layout.cell(name.name, at)}", found.formula is None
            elif (there.name, found.header) in self._by_column:
                yield self._by_column[there.name, found.header], False
        elif name.name in layout.missing:
            label = layout.text_of(name.name)
            yield self._by_column.get((there.name, label), there.name), False
        elif found is not None and name.name in layout.places:
            yield f"{there.name}!{layout.cell(name.name)}", isinstance(found, Setting)


def _named(sheet: SheetCells) -> dict[str, Column | Total]:
    """The results of a sheet by header, or by cell where they stand alone."""
    named: dict[str, Column | Total] = {}
    for column in sheet.layout.sheet.computed:
        if column.name in sheet.layout.columns:
            named[column_letters(sheet.layout.columns[column.name])] = column
    for total in sheet.layout.sheet.totals:
        named[sheet.layout.cell(total.name)] = total
    return named


def ways_of(finding: Finding) -> list[str]:
    """The ways to calculate, or to record, by which a value is wrong: each is the same for all."""
    found, expected = finding.found, finding.expected
    ways = {
        "#NAME?": found == "#NAME?",  # a function that the program lacks that calculated the file
        "rounded": is_rounded(found, expected),
        # As where LibreOffice saved as .ods.
        "0 for an error": found == 0 and str(expected).startswith("#"),
        "a text for an error": found == expected,  # which reads the same
    }
    return [way for way, is_so in ways.items() if is_so]
