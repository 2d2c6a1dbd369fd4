"""What was moved, so that formulas look at other cells than they should.

Rows and columns that a program deleted or inserted without moving references or tables, as openpyxl
does; and sheets that were copied with formulas that look at the first one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from calculator.findings import Finding
from calculator.model.sheet import Model
from calculator.workbook.heads import misnamed
from calculator.workbook.layout import skeletons_of
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.xlsx.formula import (
    FormulaError,
    canonical,
    lost_references,
    same_formula,
    skeleton,
)
from calculator.xlsx.geometry import Area, Geometry, Table
from calculator.xlsx.reference import a1, column_number
from calculator.xlsx.reference import place as place_of

__all__ = [
    "NAMED_TABLE",
    "LeftBehind",
    "Line",
    "Moved",
    "OfAnother",
    "differing",
    "first_moved",
    "is_ours",
    "lines_were",
    "misnamed_headers",
    "moved_lines",
    "of_another_table",
    "refers_to",
    "refers_to_sheet",
    "tables_left_behind",
]

#: So many formulas are not all edited alike by hand.
_FEWEST = 3
#: Where a formula names a table.
NAMED_TABLE = re.compile(r"(?<![\w.])([^\W\d][\w.]*+)\[")


class Line(NamedTuple):
    """A row of a worksheet, or a column, counted from 1.

    Parameters
    ----------
    sheet: case-folded.
    axis: 0 for a row, 1 for a column, as in the place of a cell.
    """

    sheet: str
    axis: int
    number: int

    @property
    def first_cell(self) -> str:
        """The A1 reference of its first cell."""
        return a1(1, self.number) if self.axis else a1(self.number, 1)


class Moved(NamedTuple):
    """Formulas that refer to rows, or columns, of a sheet that are all off by as many.

    Parameters
    ----------
    first: the first that is meant and not found.
    off: how far behind it they look [rows or columns]; before it where this is negative.
    places: those of the formulas.
    stands: whether all labels and headers stand as in a new sheet.
    """

    first: Line
    off: int
    places: tuple[str, ...]
    stands: bool = False

    @property
    def code(self) -> str:
        """That of the finding."""
        return "moved-columns" if self.first.axis else "moved-rows"

    def message(self, sheet: str) -> str:
        """What happened, in words, with the name of the worksheet."""
        count, noun = abs(self.off), ("row", "column")[self.first.axis]
        ways = (("above", "below"), ("to the left of", "to the right of"))[self.first.axis]
        far = f"a {noun}" if count == 1 else f"{count} {noun}s"
        said = f"{len(self.places):,} formulas refer to cells of {sheet} {far} "
        said += f"{ways[self.off > 0]} those that are meant"
        if self.stands:
            return f"cells moved from beside their labels: {said}; move them back"
        done = "deleted here" if self.off > 0 else f"inserted here, or {ways[0]} this,"
        done = f"{lines_were(count, noun)} {done} by a program that moves no references"
        return f"{done}: {said}; convert the workbook"


def lines_were(count: int, noun: str) -> str:
    """Of so many rows or columns, in words, the beginning of what was done to them."""
    return f"a {noun} was" if count == 1 else f"{count} {noun}s were"


def misnamed_headers(
    reading: PlanReading, geometry: Geometry
) -> set[tuple[str | None, str | None]]:
    """The columns that tables call otherwise than their headers, as their sheets and headers."""
    return {
        (sheet.name, column.header)
        for sheet in reading.sheets.values()
        for column, _ in misnamed(sheet, geometry)
    }


def moved_lines(
    findings: Sequence[Finding],
    geometry: Geometry,
    reading: PlanReading,
    explained: Container[str | None] = (),
) -> Iterator[Moved]:
    """The rows and columns that were deleted or inserted so, by what edited formulas refer to.

    A formula that refers to them as it should tells that others were edited. One that stands under
    another header than its table has may refer to what it is meant to.

    Parameters
    ----------
    explained: the places of formulas that refer to what they should.
    """
    others = misnamed_headers(reading, geometry)
    found: dict[tuple[str, int, int], dict[str, int]] = {}
    for each in findings:
        if each.place in explained or not (each.place and each.is_edited):
            continue
        if moved := _off(each, geometry):
            first, off = moved
            elsewhere = first.sheet != str(each.sheet).casefold()
            if elsewhere and (each.sheet, each.column) in others:
                continue
            found.setdefault((first.sheet, first.axis, off), {})[each.place] = first.number
    edited = {each.place for each in findings}
    for (sheet, axis, off), places in found.items():
        first = Line(sheet, axis, min(places.values()))
        # By a replaced reference one is missed, by cells that were moved all behind them.
        stands = _stands(reading, first)
        is_replaced = len({*places.values()}) == 1 and stands
        if (
            len(places) >= _FEWEST
            and not is_replaced
            and not any(number >= first.number for number in _right(reading, sheet, axis, edited))
        ):
            yield Moved(first, off, tuple(places), stands)


def first_moved(reading: PlanReading, line: Line) -> int:
    """The first row, or column, that may have moved with one behind it."""
    lines = _lines_of(reading, line)
    return 1 + max(here for here, home in lines if here == home and here < line.number)


def _stands(reading: PlanReading, line: Line) -> bool:
    """Whether all that tells where a sheet's rows, or columns, are stands as in a new one."""
    lines = _lines_of(reading, line)
    return max(lines)[0] >= line.number and all(here == home for here, home in lines)


def _lines_of(reading: PlanReading, line: Line) -> list[tuple[int, int]]:
    """The rows, or columns, of what a sheet is known by, each with that in a new one."""
    lines = [(0, 0)]
    for layout in (each.layout for each in reading.sheets.values()):
        if layout.name.casefold() != line.sheet:
            continue
        homes = {each.name: place_of(each.cell) for each in layout.sheet.placed}
        for number, column in enumerate(layout.sheet.columns, 1):
            homes[column.name] = layout.sheet.header_row, number
        there = homes.keys() & {*layout.columns, *layout.places} - layout.missing
        lines += [(layout.place(each)[line.axis], homes[each][line.axis]) for each in there]
    return lines


class OfAnother(NamedTuple):
    """A sheet with formulas that refer to the table of another, as in LibreOffice's copy of it.

    Parameters
    ----------
    places: those of the formulas.
    """

    sheet: SheetCells
    table: Table
    places: frozenset[str]

    def finding(self) -> Finding:
        """What happened."""
        own = self.sheet.layout.table
        message = (
            f"{len(self.places):,} formulas of the sheet refer to table {self.table.name} of sheet "
            f"{self.table.sheet} and not to {f'{own}, its own' if own else 'its own cells'}: it "
            "was copied by a program that leaves them with the table of the other"
        )
        return Finding("formula", self.sheet.name, None, None, None, message)

    def concerns(self, finding: Finding) -> bool:
        """Whether a finding is of one of the formulas, or of what its own table is called."""
        of_name = finding.code == "name" and finding.sheet == self.sheet.name
        return finding.place in self.places or of_name


def of_another_table(
    findings: Sequence[Finding], geometry: Geometry, reading: PlanReading
) -> Iterator[OfAnother]:
    """The sheets with such formulas: as they should be, but for the table that they name."""
    for sheet in reading.sheets.values():
        own = geometry.table(sheet.layout.table or "")
        edited = [each for each in findings if each.sheet == sheet.name and each.is_edited]
        if len(edited) < _FEWEST:
            continue
        named = {name for each in edited for name in NAMED_TABLE.findall(str(each.found))}
        for table in filter(None, map(geometry.table, sorted(named))):
            if table.sheet == sheet.name:
                continue
            places = frozenset(
                str(each.place) for each in edited if _means(each, table, own, geometry)
            )
            if len(places) >= _FEWEST:
                yield OfAnother(sheet, table, places)


def _means(finding: Finding, table: Table, own: Table | None, geometry: Geometry) -> bool:
    """Whether a formula would be right if it named its sheet's own table, or stood on the other."""
    found = str(finding.found)
    row, column = place_of(str(finding.cell))

    def named(at: re.Match[str]) -> str:
        return f"{own.name}[" if own and geometry.table(at[1]) is table else at[0]

    return refers_to(found, table.name) and same_formula(
        NAMED_TABLE.sub(named, found),
        str(finding.expected),
        sheet=str(finding.sheet) if own else table.sheet,
        row=row,
        column=column,
        geometry=geometry,
    )


class LeftBehind(NamedTuple):
    """A table that a program did not move with the cells of its sheet.

    Formulas that name its columns look at other rows than those under the headers.
    """

    sheet: str
    header_row: int
    table: Table
    model: Model

    def finding(self) -> Finding:
        """What happened."""
        off, row = self.header_row - self.table.header_row, self.table.header_row
        done = "inserted" if off > 0 else "deleted"
        how = (
            f"begins in row {row}: {lines_were(abs(off), 'row')} {done} above by a program that "
            "moves neither tables nor references, and"
            if row
            else "is said to have none and takes them for data:"
        )
        message = (
            f"the headers stand in row {self.header_row}, and table {self.table.name} {how} "
            "formulas look at other cells than they should; convert the workbook"
        )
        return Finding("moved-rows", self.sheet, a1(self.header_row, 1), None, None, message)

    def concerns(self, finding: Finding) -> bool:
        """Whether a finding is of a formula on its sheet, or one that looks there.

        Formulas of other cells came to stand in each other's place; none that does anything else,
        and no value.
        """
        if finding.is_typed or (finding.is_edited and not is_ours(finding, self.model)):
            return False
        if finding.sheet == self.sheet:
            return finding.code in _OF_FORMULAS
        said = f"{finding.found} {finding.expected} {finding.message}"
        return finding.code in ("formula", "value", "recalculated", "chart") and (
            refers_to(said, self.table.name) or refers_to_sheet(said, self.sheet)
        )


#: What is found on a sheet whose table was left behind, and follows from that.
_OF_FORMULAS = (
    *("formula", "missing-formula", "value", "recalculated"),
    *("missing-result", "missing-label", "missing-setting", "name", "conditional-format"),
    "validation",
)


def refers_to(said: str, table: str) -> bool:
    """Whether a formula, or words with one in them, refers to a table by name."""
    return f"{table}[" in said and table in NAMED_TABLE.findall(said)


def refers_to_sheet(said: str, sheet: str) -> bool:
    """Whether a formula, or words with one in them, refers to cells of a sheet."""
    name = re.escape(sheet.replace("'", "''"))
    return re.search(rf"(?<!\w)'?{name}'?!", said) is not None


def tables_left_behind(reading: PlanReading, geometry: Geometry) -> Iterator[LeftBehind]:
    """The tables that stand elsewhere than their headers."""
    for each in reading.sheets.values():
        layout = each.layout
        headers = {column.header for column in layout.sheet.columns}
        for table in geometry.tables_of(each.name) if layout.table is None else ():
            away = table.header_row not in (0, layout.header_row)
            if headers.issuperset(table.columns) and (away or table.first_row == layout.header_row):
                yield LeftBehind(each.name, layout.header_row, table, reading.model)


def is_ours(finding: Finding, model: Model) -> bool:
    """Whether a formula does what one of this program does, whatever it refers to."""
    return finding.is_edited and skeleton(str(finding.found)) in skeletons_of(model)


def _right(
    reading: PlanReading, sheet: str, axis: int, edited: Container[str | None]
) -> Iterator[int]:
    """The rows, or columns, of a sheet that formulas name by cell which are as they should be."""
    lost = {
        each.layout.places[name][axis]
        for each in reading.sheets.values()
        if each.name.casefold() == sheet
        for name in each.layout.missing
        if name in each.layout.places
    }
    of_sheet = re.escape(sheet.replace("'", "''"))
    for each in reading.sheets.values():
        layout, declared = each.layout, each.layout.sheet
        is_own = each.name.casefold() == sheet
        before = "(?<![\\w!$'])" if is_own else f"(?i:'?{of_sheet}'?!)"
        cell = re.compile(f"{before}\\$?([A-Z]{{1,3}})\\$?([0-9]+)(?![\\w(])")
        placed: list[tuple[str, int | None]] = [(total.name, None) for total in declared.totals]
        placed += [(column.name, layout.first_row) for column in declared.computed]
        for name, row in placed:
            with contextlib.suppress(KeyError):  # of what refers to a column that is missing
                if (
                    name not in layout.missing
                    and f"{each.name}!{layout.cell(name, row)}" not in edited
                ):
                    for letters, digits in cell.findall(layout.formula(name, row)):
                        number = column_number(letters) if axis else int(digits)
                        # Where a setting was lost, its place is a guess.
                        if number not in lost:
                            yield number


def _off(finding: Finding, geometry: Geometry) -> tuple[Line, int] | None:
    """The first row, or column, that is meant and not found, and by how many a formula is off.

    None where it differs in anything else.
    """
    offs: set[tuple[str, int, int]] = set()
    meant = []
    for one, other in differing(finding, geometry) or ():
        if one.sheet != other.sheet:
            return None
        pairs = (
            (0, one.top, other.top),
            (0, one.bottom, other.bottom),
            (1, one.left, other.left),
            (1, one.right, other.right),
        )
        for axis, there, here in pairs:
            if there != here:
                offs.add((one.sheet, axis, there - here))
                meant.append(here)
    if len(offs) != 1:
        return None
    [(sheet, axis, off)] = offs
    return Line(sheet, axis, min(meant)), off


def differing(
    finding: Finding, geometry: Geometry, *, every: bool = False
) -> list[tuple[Area, Area]] | None:
    """The areas that an edited formula refers to, each with the one that is meant in its place.

    None where it differs in anything else.

    Parameters
    ----------
    every: those, too, that are as they should be.
    """
    if lost_references(str(finding.found)):
        return None
    row, column = place_of(str(finding.cell))
    try:
        found, expected = (
            canonical(
                str(text), sheet=str(finding.sheet), row=row, column=column, geometry=geometry
            )
            for text in (finding.found, finding.expected)
        )
    except FormulaError:
        return None
    if len(found) != len(expected):
        return None
    areas = []
    for one, other in zip(found, expected, strict=True):
        if one != other or (every and isinstance(one, Area)):
            if not (isinstance(one, Area) and isinstance(other, Area)):
                return None
            # A row of 0 is the formula's own.
            one, other = (
                each._replace(top=each.top or row, bottom=each.bottom or row)
                for each in (one, other)
            )
            areas.append((one, other))
    return areas
