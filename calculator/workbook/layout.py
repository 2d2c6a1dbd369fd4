"""Where a sheet's settings, results and node table stand in one workbook.

The writer lays a new sheet out by its model; the reader finds the places in a file by label and
header. From then on both are alike: a layout tells the cell of every name, and renders the formula
that belongs there.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from calculator.model.sheet import Column, Sheet
from calculator.xlsx.reference import a1, place

if TYPE_CHECKING:
    from calculator.model.expression import Expression

__all__ = ["Layout", "new_layout", "quoted"]

Place = tuple[int, int]


#: Sheet names that read as something else in a formula: a cell, R1C1, a truth value.
_AMBIGUOUS = re.compile(r"[a-z]{1,3}[0-9]+|r?[0-9]*c?[0-9]*|true|false", re.IGNORECASE)


@lru_cache(maxsize=1024)
def quoted(sheet: str) -> str:
    """A sheet's name as a formula writes it."""
    plain = re.fullmatch(r"[^\W\d]\w*", sheet) and not _AMBIGUOUS.fullmatch(sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def _escaped(header: str) -> str:
    return re.sub(r"(['#\[\]])", r"'\1", header)


@dataclass(frozen=True)
class Layout:
    """The places of one sheet in one workbook; rows and columns are counted from 1.

    Parameters
    ----------
    sheet: what the model says of it.
    name: the worksheet's name.
    places: (row, column) of each setting and result that is there, by name.
    columns: column number of each column of the node table that is there, by name.
    header_row, first_row, last_row: rows of the node table; first_row > last_row when it is empty.
    table: name of the node table; None where the file has none, as after Google Sheets.
    table_last_row: where that table ends; rows may have been added below it.
    names: defined names of the workbook that stand for a setting.
    missing: settings and results whose label was not found; `places` says where they should be.
    data: (data table, header) -> text of a formula that stands for that column.
    """

    sheet: Sheet
    name: str
    places: Mapping[str, Place]
    columns: Mapping[str, int]
    header_row: int
    first_row: int
    last_row: int
    table: str | None
    table_last_row: int
    names: frozenset[str]
    missing: frozenset[str] = frozenset()
    data: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def formula(self, name: str, row: int | None = None, *, spare: bool = False) -> str:
        """The formula, without ``=``, that belongs in a result cell or in a column at `row`.

        `spare` gives the form for a spare row, where the model has one.
        """
        in_table = self.in_table(row)
        # With structured references a column's formula reads the same in every row.
        key = (name, spare and self.sheet.spare_row is not None)
        if in_table and (known := self._rendered.get(key)) is not None:
            return known
        rule: Expression | None = getattr(self.sheet.by_name[name], "formula", None)
        if rule is None:
            raise ValueError(f"{name} is an input")
        if spare and self.sheet.spare_row:
            rule = self.sheet.spare_row(rule)
        rendered = rule.render(_Cells(self, row))
        if in_table:
            self._rendered[key] = rendered
        return rendered

    def in_table(self, row: int | None) -> bool:
        """Whether a row, or every row of the node table for None, belongs to a table object."""
        return self.table is not None and (row or self.last_row) <= self.table_last_row

    @cached_property
    def _rendered(self) -> dict[tuple[str, bool], str]:
        places, data = tuple(self.places.items()), tuple(self.data.items())
        return _rendered_alike(id(self.sheet), self.table, self.names, places, data)

    def cell(self, name: str, row: int | None = None) -> str:
        """The A1 reference of a setting, a result, or a column at `row`."""
        return a1(*self.place(name, row))

    def place(self, name: str, row: int | None = None) -> Place:
        """Where a setting, a result, or a column at `row` stands."""
        if name in self.columns:
            return row or self.header_row, self.columns[name]
        return self.places[name]

    @property
    def known_formulas(self) -> Mapping[tuple[str, bool], str]:
        """What `formula` gave so far for sheets like this, by its name and whether it is spare."""
        return self._rendered if self.in_table(None) else {}

    def text_of(self, name: str) -> str:
        """The header of a column, the label of a setting or result."""
        declared = self.sheet.by_name[name]
        return declared.header if isinstance(declared, Column) else declared.label


@lru_cache(maxsize=1024)
def _rendered_alike(*layout: Hashable) -> dict[tuple[str, bool], str]:
    """The formulas rendered so far for all layouts that are alike: most files of a folder are."""
    return {}


class _Cells:
    """Names of cells as formula text, seen from a row of the node table or from outside of it."""

    def __init__(self, layout: Layout, row: int | None) -> None:
        self._layout = layout
        self._row = row

    def cell(self, name: str) -> str:
        layout = self._layout
        declared = layout.sheet.by_name[name]
        if isinstance(declared, Column):
            if not layout.in_table(self._row):
                return a1(self._row or 0, layout.columns[name])
            return f"{layout.table}[[#This Row],[{_escaped(declared.header)}]]"
        defined_name = getattr(declared, "defined_name", None)
        if defined_name in layout.names:
            return str(defined_name)
        return a1(*layout.places[name], absolute=self._row is not None)

    def column(self, name: str) -> str:
        layout = self._layout
        column = layout.sheet.by_name[name]
        assert isinstance(column, Column)
        if not layout.in_table(None):
            number = layout.columns[name]
            first, last = a1(layout.first_row, number), a1(layout.last_row, number)
            return f"{first}:{last}"
        return f"{layout.table}[{_escaped(column.header)}]"

    def data(self, table: str, header: str) -> str:
        return self._layout.data.get((table, header), f"{table}[{_escaped(header)}]")


def new_layout(sheet: Sheet, name: str, table: str, rows: int) -> Layout:
    """The layout of a new worksheet with `rows` rows for node groups, as the model places it."""
    defined = {each.defined_name for each in sheet.settings if each.defined_name}
    return Layout(
        sheet=sheet,
        name=name,
        places={each.name: place(each.cell) for each in sheet.placed},
        columns={each.name: number for number, each in enumerate(sheet.columns, 1)},
        header_row=sheet.header_row,
        first_row=sheet.header_row + 1,
        last_row=sheet.header_row + rows,
        table=table,
        table_last_row=sheet.header_row + rows,
        names=frozenset(defined),
    )
