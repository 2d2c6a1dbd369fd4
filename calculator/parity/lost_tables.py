"""Formulas that name tables or sheets that are gone, told from those that were edited as well.

Programs that lose tables leave the formulas as they were. As if each table stood where its headers
do, such a formula means what is expected in its place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from calculator.findings import Finding
from calculator.parity.moved import differing
from calculator.workbook.layout import Layout, quoted
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.xlsx.formula import canonical, skeleton
from calculator.xlsx.geometry import Area, Geometry, Table

__all__ = ["LOST_BY_XLS", "LostTables"]

#: What LibreOffice makes of a formula with references to tables in a file of the old format.
LOST_BY_XLS = "=NA()"
#: Where a formula names its own row of a table, which is its own sheet's.
_OWN_ROW = re.compile(r"(?<![\w.])([^\W\d][\w.]*+)\[\[#This Row\]")


class LostTables:
    """What the formulas of a plan mean, as if the tables that they name and the file lacks stood.

    Parameters
    ----------
    findings: what was found, of which the formulas tell whose tables were lost.
    """

    def __init__(
        self, reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
    ) -> None:
        self._geometry = geometry
        sheets = {sheet.name: sheet for sheet in reading.sheets.values()}
        named = Counter(
            (name, str(each.sheet))
            for each in findings
            if each.is_edited
            for name in _OWN_ROW.findall(str(each.found))
            if geometry.table(name) is None and each.sheet in sheets
        )
        # A formula of another sheet may have been pasted; most stand on their own.
        lost: dict[str, Table] = {}
        for (name, sheet), _ in named.most_common():
            lost.setdefault(name, _table(name, sheets[sheet], geometry))
        data: dict[str, dict[str, Area]] = {}
        for layout in (sheet.layout for sheet in sheets.values()):
            for (name, header), text in layout.data.items():
                [area] = canonical(text, sheet="", row=0, column=0, geometry=geometry)
                assert isinstance(area, Area)
                data.setdefault(name, {}).setdefault(header, area)
        texts = [str(each.found) for each in findings if each.is_edited]
        tables = [*lost.values(), *(_data_table(*each, texts) for each in data.items())]
        #: The tables and names of the file, with those that were lost.
        self.standing = geometry.with_tables(tables) if tables else geometry
        as_written = _as_written(reading, lost.values()) if tables else {}
        #: The places of formulas that name what is gone, and would else be as they should.
        self.explained = {
            each.place
            for each in findings
            if each.is_edited
            if each.found in as_written.get((each.sheet, each.column), ()) or self._explain(each)
        }

    def is_broken(self, finding: Finding) -> bool:
        """Whether a formula lost what it referred to."""
        found = str(finding.found)
        return finding.is_edited and (
            found == LOST_BY_XLS
            or "#REF!" in found
            or "#NAME?" in found
            or finding.place in self.explained
        )

    def _explain(self, finding: Finding) -> bool:
        found = str(finding.found)
        if self._geometry.lacks(found) is None:
            return False
        if str(self.standing.lacks(found)).startswith("table "):  # nothing tells where it stood
            return skeleton(found) == skeleton(str(finding.expected))
        areas = differing(finding, self.standing)
        return areas is not None and all(
            self._geometry.lacks(f"{quoted(there.sheet)}!A1") and there[1:] == here[1:]
            for there, here in areas
        )


def _as_written(
    reading: PlanReading, tables: Iterable[Table]
) -> dict[tuple[str | None, str | None], set[str]]:
    """The formulas of columns where their tables stood, by sheet and header.

    Most programs leave them as they were; others take longer to understand.
    """
    names = {table.sheet: table.name for table in tables}
    book: dict[str, Layout] = {}
    for layout in (sheet.layout for sheet in reading.sheets.values()):
        own = names.get(layout.name, layout.table)
        last = max(layout.last_row, layout.table_last_row)
        book[layout.sheet.name] = replace(
            layout, table=own, table_last_row=last, data={}, book=book
        )
    written: dict[tuple[str | None, str | None], set[str]] = {}
    for layout in book.values():
        for column in layout.sheet.computed if layout.table else ():
            for spare in (False, True):
                with suppress(KeyError):  # it refers to a column that is not there
                    text = layout.formula(column.name, layout.first_row, spare=spare)
                    written.setdefault((layout.name, column.header), set()).add(f"={text}")
    return written


def _table(name: str, sheet: SheetCells, geometry: Geometry) -> Table:
    """A table of this name over the node table of a sheet."""
    layout = sheet.layout
    if own := geometry.table(layout.table or ""):
        return replace(own, name=name)
    first, last = min(layout.columns.values()), max(layout.columns.values())
    cells = ((at, sheet.cells.get((layout.header_row, at))) for at in range(first, last + 1))
    lost = {layout.columns[each]: layout.text_of(each) for each in layout.unheaded}
    return Table(
        name,
        layout.name,
        layout.header_row,
        layout.first_row,
        layout.last_row,
        first,
        tuple(lost.get(at, str(cell and cell.value)) for at, cell in cells),
    )


def _data_table(name: str, columns: Mapping[str, Area], texts: Sequence[str]) -> Table:
    """A table of this name over columns of a data sheet, which it calls as formulas do."""
    first, *_ = columns.values()
    at: dict[int, str] = {}
    for header, area in columns.items():
        if area.left not in at or any(f"{name}[{header}]" in each for each in texts):
            at[area.left] = header
    headers = tuple(at.get(number, "") for number in range(min(at), max(at) + 1))
    return Table(name, first.sheet, 0, first.top, first.bottom, min(at), headers)
