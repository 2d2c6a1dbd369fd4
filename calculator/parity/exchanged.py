"""What was exchanged, so that one is taken for the other: words, headers of data sheets, tables."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from calculator.findings import Finding
from calculator.parity.moved import NAMED_TABLE, Moved, differing
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.xlsx.formula import lost_references
from calculator.xlsx.geometry import Area, Geometry, Table
from calculator.xlsx.reference import a1
from calculator.xlsx.reference import place as place_of

__all__ = [
    "Exchanged",
    "ExchangedHeaders",
    "ExchangedTables",
    "exchanged",
    "exchanged_headers",
    "exchanged_tables",
]


Place = tuple[int, int]


class Exchanged(NamedTuple):
    """Words of a sheet that stand in each other's places.

    Parameters
    ----------
    rings: the settings or results that they are of, by name, each in the place of the next; more
        than one where the words stand beside or above several cells, or more than two were sorted.
    moved: by how many rows and columns all else on the sheet has moved.
    """

    sheet: SheetCells
    rings: Sequence[tuple[str, ...]]
    moved: Place
    geometry: Geometry

    def finding(self) -> Finding:
        """What happened."""
        layout, (first, second, *_) = self.sheet.layout, self.rings[0]
        one, other = (f'"{layout.text_of(name)}"' for name in (first, second))
        message = f"the words {one} and {other} were exchanged, so that each names the other's cell"
        if len(self._words) > 2:
            message = f"{len(self._words)} words, {one} among them, stand in each other's places, "
            message += "as where rows were sorted: formulas take each for another; put them back"
        label = a1(*layout.label_place(first))
        return replace(self.sheet.finding("head", first, None, None, message), cell=label)

    @property
    def _words(self) -> set[str]:
        return {self.sheet.layout.text_of(name) for ring in self.rings for name in ring}

    def concerns(self, finding: Finding) -> bool:
        """Whether a finding is of their cells or rows, or a formula takes one for the other."""
        sheet, layout = self.sheet.name.casefold(), self.sheet.layout
        # Where each stands, and where formulas look for it, as before.
        cells, homes = {}, dict[Place, str]()
        names = {each for ring in self.rings for each in ring}
        for placed in (each for each in layout.sheet.placed if each.name in names):
            here, (row, column) = layout.places[placed.name], place_of(placed.cell)
            before = row + self.moved[0], column + self.moved[1]
            cells[Area(sheet, *here, *here)] = Area(sheet, *before, *before)
            homes[before] = placed.name
        if finding.cell and finding.sheet == self.sheet.name:
            row, column = place_of(finding.cell)
            there = [area for area in cells if area.top == row]
            # What is filled in is of the other, and so is what may be.
            if finding.severity == "fault" or finding.code == "validation":
                return any(area.left == column for area in there)
            if finding.code in ("head", "reworded"):
                return bool(there)
            if finding.is_edited and (was := cells.get(Area(sheet, row, column, row, column))):
                # Words alone were exchanged, or whole rows with the formulas that they hold.
                others = replace(finding, expected=self._formula_of(homes.get((row, column), "")))
                by = row - was.top, column - was.left
                if len(self._words) > 2 and lost_references(str(finding.found)):
                    return True  # to cells above the sheet, where rows were sorted
                return self._takes(others, cells) or self._takes(finding, cells, by)
        if finding.code == "chart":  # whose series begin at the cells
            begins = {f"!{layout.cell(name)}:" for ring in self.rings for name in ring}
            return sum(each in finding.message for each in begins) > 1
        return finding.code == "formula" and self._takes(finding, cells)

    def _takes(self, finding: Finding, cells: Mapping[Area, Area], by: Place = (0, 0)) -> bool:
        """Whether a formula is as it should be, but for taking cells for others.

        Parameters
        ----------
        by: how far it was moved, with what it refers to beside the row.
        """
        taken = differing(finding, self.geometry, every=True)
        return taken is not None and all(
            other in (cells.get(meant, meant), _moved(cells.get(meant, meant), by))
            for other, meant in taken
        )

    def _formula_of(self, name: str) -> str:
        """The formula of a result, "" of an input."""
        is_result = any(each.name == name for each in self.sheet.layout.sheet.totals)
        return f"={self.sheet.layout.formula(name)}" if is_result else ""


def _moved(area: Area, by: Place) -> Area:
    down, right = by
    sheet, top, left, bottom, last = area
    return Area(sheet, top + down, left + right, bottom + down, last + right)


def exchanged(reading: PlanReading, geometry: Geometry) -> Iterator[Exchanged]:
    """The words that were exchanged, where all others of the sheet stand as they should."""
    for sheet in reading.sheets.values():
        layout = sheet.layout
        found = {
            place_of(each.cell): (each.name, layout.places[each.name])
            for each in layout.sheet.placed
            if each.name not in layout.missing
        }
        moved = Counter((to[0] - at[0], to[1] - at[1]) for at, (_, to) in found.items())
        if len(moved) < 2:
            continue  # as on nearly all of them
        [(by, _)] = moved.most_common(1)
        homes = {at: (to[0] - by[0], to[1] - by[1]) for at, (_, to) in found.items()}
        rings: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        left: list[tuple[str, ...]] = []
        for chain in _chains(homes):
            names = tuple(found[at][0] for at in chain)
            if homes[chain[-1]] == chain[0]:
                rings.setdefault(tuple(map(layout.text_of, names)), []).append(names)
            else:  # they only came to stand elsewhere, or in the place of a heading
                left.append(names)
        # More than two are sorted at once, as are several pairs.
        if len(rings) > 2 or any(len(words) > 2 for words in rings):
            every = [each for alike in rings.values() for each in alike]
            yield Exchanged(sheet, [*every, *left], by, geometry)
        else:
            yield from (Exchanged(sheet, alike, by, geometry) for alike in rings.values())


def _chains(homes: Mapping[Place, Place]) -> Iterator[list[Place]]:
    """Places of which each has what belongs in the next.

    In a ring the last has what belongs in the first; all others only came to stand elsewhere.
    """
    away = {at: there for at, there in homes.items() if at != there}
    while away:
        chain = [min(away)]
        while (there := away.pop(chain[-1])) in away:
            chain.append(there)
        yield chain


class ExchangedHeaders(NamedTuple):
    """Headers of a data sheet in each other's places, as its table and its formulas have them.

    Of LibreOffice's files nothing else tells it: there a column is called as its header is.

    Parameters
    ----------
    headers: the two, as they stand.
    cell: of the first.
    places: those of the formulas.
    """

    table: Table
    headers: tuple[str, str]
    cell: str
    places: frozenset[str]

    def finding(self) -> Finding:
        """What happened."""
        one, other = self.headers
        message = (
            f'the headers "{one}" and "{other}" were exchanged, so that {len(self.places):,} '
            "formulas look under each for the other; put them back"
        )
        return Finding("name", self.table.sheet, self.cell, other, one, message, other)

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
                cell = a1(table.header_row or 1, first)
                places = frozenset(one.places + other.places)
                yield ExchangedHeaders(table, (names[first], names[last]), cell, places)


class ExchangedTables(NamedTuple):
    """Tables that are called as others of their model.

    Parameters
    ----------
    names: what each table is called, by what it should be called, in the order of the model.
    """

    names: dict[str, str]
    geometry: Geometry

    def finding(self) -> Finding:
        """What happened."""
        tables = [each for each in map(self.geometry.table, self.names.values()) if each]
        said = (f"that of sheet {each.sheet} is {each.name}" for each in tables)
        message = f"tables are called as others: {', '.join(said)}; formulas that name one look in "
        message += "another"
        return Finding("name", tables[0].sheet, None, None, None, message)

    def concerns(self, finding: Finding) -> bool:
        """Whether a formula is as it should be, but for these names."""
        found = NAMED_TABLE.sub(lambda at: f"{self.names.get(at[1], at[1])}[", str(finding.found))
        return finding.is_edited and found == finding.expected


def exchanged_tables(reading: PlanReading, geometry: Geometry) -> Iterator[ExchangedTables]:
    """The tables whose names were exchanged, once."""
    model = reading.model
    called: dict[str | None, str | None] = {}
    for layout in (each.layout for each in reading.sheets.values()):
        called[layout.sheet.table] = layout.table
        named = ((name, NAMED_TABLE.match(text)) for (name, _), text in layout.data.items())
        called |= {name: match[1] for name, match in named if match}
    every = [*(each.table for each in model.sheets), *(each.name for each in model.data_tables)]
    ours = [each for each in every if each]
    wrong = {own: str(called[own]) for own in ours if called.get(own) in {*ours} - {own}}
    taken = {*wrong.values()}
    # The other one may be another plan's.
    left = [own for own in wrong if own not in taken]
    wrong |= zip([own for own in ours if own in taken - wrong.keys()], left, strict=False)
    names = {own: wrong[own] for own in ours if own in wrong}
    if names:
        yield ExchangedTables(names, geometry)
