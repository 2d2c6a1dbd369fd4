"""Where the cells are that a reference, a name or a column of a table stands for in one file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from calculator.errors import CalculatorError
from calculator.memory import Kept
from calculator.xlsx.reference import MAX_COLUMN, MAX_ROW, column_number, place
from calculator.xlsx.source import Element, unescape, whole

__all__ = ["Area", "DefinedName", "FormulaError", "Geometry", "OfCellError", "Table", "table_in"]

_REFERENCE = re.compile(
    r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?"
    r"|\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})"
    r"|\$?([0-9]{1,7}):\$?([0-9]{1,7})"
)
_SHEET_AND_REST = re.compile(r"=?(?:'((?:[^']|'')++)'|([\w.]++))!(.+)")
_WITHOUT_DOLLAR = re.compile(r"(?<![$A-Za-z])[A-Za-z]|(?<![$0-9])[0-9]")
_TEXT = re.compile(r'"(?:[^"]|"")*+"')
_SHEET_NAME = re.compile(r"(?:'((?:[^']|'')++)'|(?<![\w.#\]'])([\w.]++))!")
_TABLE_NAME = re.compile(r"(?<![\w.'\]])([^\W\d][\w.]*+)\[(?![0-9]+\])")
_PART = re.compile(r"\s*+\[((?:[^\[\]']|'.)*+)\]\s*+([,:]?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a worksheet; rows and columns count from 1.

    header_row: the row of its headers, 0 if they are switched off.
    first_row, last_row: its data rows, without the headers and the totals.
    has_totals: whether a row of totals follows them.
    columns: the names of its columns, from first_column on.
    style: the name of its style, and which parts of that it shows, as its part says it.
    """

    name: str
    sheet: str
    header_row: int
    first_row: int
    last_row: int
    first_column: int
    columns: tuple[str, ...]
    has_totals: bool = False
    style: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def area(self) -> tuple[int, int, int, int]:
        """Top, left, bottom and right, without the totals."""
        last = self.first_column + len(self.columns) - 1
        return self.header_row or self.first_row, self.first_column, self.last_row, last

    @property
    def totals(self) -> tuple[int, int, int]:
        """The row of its totals, where it has them, and their first and last column."""
        _, first, bottom, last = self.area
        return bottom + 1, first, last


def table_in(elements: Sequence[Element], sheet: str) -> Table | None:
    """A table by the elements of its part; None for one that cannot be right, as libraries leave.

    Parameters
    ----------
    elements: its root, its columns and its style.
    """
    at = elements[0].attributes.get
    columns = [each for each in elements if each.name == "tableColumn"]
    header, totals = whole(at("headerRowCount", "1")), whole(at("totalsRowCount", "0"))
    first, _, last = at("ref", "").partition(":")
    if first.isalpha():  # whole columns, as LibreOffice writes a table that fills the sheet
        first, last = f"{first}1", f"{last or first}{MAX_ROW}"
    try:
        (top, left), (bottom, right) = place(first), place(last or first)
    except ValueError:
        return None
    if header not in (0, 1) or totals not in (0, 1) or right - left + 1 != len(columns):
        return None
    return Table(
        name=at("displayName") or at("name", ""),
        sheet=sheet,
        header_row=top if header else 0,
        first_row=top + header,
        last_row=bottom - totals,
        first_column=left,
        columns=tuple(unescape(column.attributes.get("name", "")) for column in columns),
        has_totals=totals > 0,
        style=next((each.attributes for each in elements if each.name == "tableStyleInfo"), {}),
    )


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name of the workbook (sheet is None) or of one sheet, and the text it refers to."""

    name: str
    sheet: str | None
    refers_to: str


class FormulaError(CalculatorError):
    """A formula text that cannot be understood, or that refers to something the file lacks."""


class OfCellError(FormulaError):
    """A formula that cannot be understood in its cell, and may be in another."""


class Area(NamedTuple):
    """A rectangle of cells, both corners included, counted from 1; the sheet is case-folded."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def of(cls, sheet: str, reference: str) -> Area | None:
        """The area of ``B2``, ``$B$2:C3``, ``A:C`` or ``2:3``; None for anything else."""
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            return None
        left, top, right, bottom, first, last, upper, lower = match.groups()
        columns = sorted(
            column_number((letters or "").upper())
            for letters in (left or first, right or last or left)
        )
        rows = sorted(int(digits) for digits in (top or upper or 0, bottom or lower or top or 0))
        if upper:
            columns = [1, MAX_COLUMN]
        elif first:
            rows = [1, MAX_ROW]
        if rows[0] < 1 or rows[1] > MAX_ROW or columns[1] > MAX_COLUMN:
            return None
        return cls(sheet.casefold(), rows[0], columns[0], rows[1], columns[1])

    def to(self, other: Area) -> Area:
        """The smallest area with both in it, as ``A1:B2`` spans two cells of one sheet."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        bottom, right = max(self.bottom, other.bottom), max(self.right, other.right)
        return Area(self.sheet, top, left, bottom, right)


class Geometry:
    """What names and structured references stand for in one file.

    Parameters
    ----------
    tables: the tables of the workbook.
    names: its defined names. A name that is not one fixed area of cells stays a name.
    sheets: its worksheets, where they are known.
    """

    def __init__(
        self, tables: Iterable[Table], names: Iterable[DefinedName], sheets: Iterable[str] = ()
    ) -> None:
        self._sheets = {sheet.casefold(): sheet for sheet in sheets}
        self._tables = {table.name.casefold(): table for table in tables}
        self._tables_of: dict[str, list[Table]] = {}
        for table in self._tables.values():
            self._tables_of.setdefault(table.sheet.casefold(), []).append(table)
        self._columns = {
            name: {
                _in_one_line(header): table.first_column + at
                for at, header in enumerate(table.columns)
            }
            for name, table in self._tables.items()
        }
        self._names: dict[tuple[str | None, str], Area | None] = {
            (name.sheet and name.sheet.casefold(), name.name.casefold()): _target(name.refers_to)
            for name in names
        }
        # For formula.canonical: forms of texts that were met before, or why they have none.
        self.memory = Kept[object, object](4_000)
        # A column has one formula in many cells.
        self.lacks = lru_cache(maxsize=1_024)(self._lacks)

    @classmethod
    @lru_cache(maxsize=64)
    def of(
        cls, tables: tuple[Table, ...], names: tuple[DefinedName, ...], sheets: tuple[str, ...]
    ) -> Geometry:
        """The same one for all files that are alike in these, as most of a folder's are."""
        return cls(tables, names, sheets)

    def with_tables(self, tables: Iterable[Table]) -> Geometry:
        """The same one with more tables."""
        more = Geometry([*self._tables.values(), *tables], (), self._sheets.values())
        more._names = self._names
        return more

    def sheet(self, folded: str) -> str | None:
        """The name of a worksheet, by that of an area; None for one that is not there."""
        return self._sheets.get(folded)

    def table(self, name: str) -> Table | None:
        """The table of this name, in any case."""
        return self._tables.get(name.casefold())

    def tables_of(self, sheet: str) -> Sequence[Table]:
        """The tables of a worksheet, in any case."""
        return self._tables_of.get(sheet.casefold(), ())

    def _lacks(self, formula: str) -> str | None:
        """A table or sheet that a formula names and the file lacks; None where there is none."""
        plain = _TEXT.sub("", formula)
        for match in _TABLE_NAME.finditer(plain):
            if self.table(match[1]) is None:
                return f"table {match[1]}"
        for match in _SHEET_NAME.finditer(plain):
            name = (match[1] or match[2]).replace("''", "'")
            if self._sheets and name.casefold() not in self._sheets and "[" not in name:
                return f"sheet {name}"
        return None

    def table_at(self, sheet: str, row: int, column: int) -> Table | None:
        """The table whose header or data cover a cell: references in it need no table name."""
        for table in self.tables_of(sheet):
            in_rows = (table.header_row or table.first_row) <= row <= table.last_row
            if in_rows and 0 <= column - table.first_column < len(table.columns):
                return table
        return None

    def name(self, sheet: str, name: str) -> Area | tuple[str, str | None, str]:
        """What a name means to a formula on a sheet; ("name", its sheet, name) if not cells.

        Raises
        ------
        FormulaError: there is no such name.
        """
        for key in ((sheet.casefold(), name.casefold()), (None, name.casefold())):
            if key in self._names:
                return self._names[key] or ("name", *key)
        raise FormulaError(f"there is no name {name[:80]}")

    def structured(self, table: Table, brackets: str, sheet: str, row: int) -> tuple[Area, bool]:
        """The area of ``[x]``, ``[@x]``, ``[[#This Row],[x]:[y]]`` and the like after a table name.

        sheet, row: the cell with the formula. The second value is whether its own row is meant.

        Raises
        ------
        FormulaError: the table has no such column, the cell is in none of its rows, or the text
            is no reference to a part of the table.
        """
        inner = brackets[1:-1]
        items, headers = list[str](), list[int]()
        if inner.lstrip().startswith("@"):
            items, inner = ["#this row"], inner.lstrip()[1:]
        before, valid = ",", True
        for part, after in _parts(inner):
            if part.startswith("#"):
                valid = valid and not headers
                items.append(part.strip().casefold())
            else:
                valid = valid and before == (":" if headers else ",") and len(headers) < 2
                headers.append(self._column_of(table, part))
            before = after
        left = min(headers, default=table.first_column)
        right = max(headers, default=table.first_column + len(table.columns) - 1)
        folded = table.sheet.casefold()
        match items if valid else None:
            case [] | ["#data"]:
                return Area(folded, table.first_row, left, table.last_row, right), False
            case ["#headers"] if table.header_row:
                return Area(folded, table.header_row, left, table.header_row, right), False
            case ["#totals"] if table.has_totals:
                return Area(folded, table.last_row + 1, left, table.last_row + 1, right), False
            case ["#all"]:
                first, last = table.header_row or table.first_row, table.last_row + table.has_totals
                return Area(folded, first, left, last, right), False
            case ["#this row"]:
                if folded != sheet.casefold():
                    raise FormulaError(f"the sheet is not that of the table {table.name}")
                if not table.first_row <= row <= table.last_row:
                    raise OfCellError(f"the cell is in no row of the table {table.name}")
                return Area(folded, row, left, row, right), True
        raise FormulaError(f"{table.name}{brackets[:80]} is no reference to a part of a table")

    def _column_of(self, table: Table, escaped: str) -> int:
        header = re.sub("'(.)", r"\1", escaped, flags=re.DOTALL)
        column = self._columns[table.name.casefold()].get(_in_one_line(header))
        if column is None:
            raise FormulaError(f"the table {table.name} has no column {header[:80]!r}")
        return column


def _in_one_line(header: str) -> str:
    """A header as it is compared: with line breaks of one's own it is still the same."""
    return " ".join(header.casefold().split())


def _parts(inner: str) -> list[tuple[str, str]]:
    """The bracketed parts of ``[#This Row],[x]:[y]``, each with the separator after it."""
    if not inner.lstrip().startswith("["):
        return [(inner, "")] if inner else []
    found = list(_PART.finditer(inner))
    if "".join(match.group() for match in found).rstrip() != inner.rstrip() or found[-1][2]:
        raise FormulaError(f"[{inner[:80]}] is no reference to a table")
    return [(match[1], match[2]) for match in found]


def _target(refers_to: str) -> Area | None:
    """The area of ``Sheet!$B$13``; None for formulas and for what moves with the cell, ``B13``."""
    match = _SHEET_AND_REST.fullmatch(refers_to)
    if match is None or _WITHOUT_DOLLAR.search(match[3]):
        return None
    return Area.of(match[2] or match[1].replace("''", "'"), match[3])
