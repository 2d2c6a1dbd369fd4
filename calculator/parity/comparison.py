"""Compares what a sheet records with what it should: formulas, values, another engine's values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import Any

from calculator.findings import Finding
from calculator.inputs import as_they_differ, plain
from calculator.model.engine import spare_row
from calculator.model.expression import NOTHING
from calculator.model.ranges import ERROR_SHOWN
from calculator.model.sheet import ROWS_SEEN, Column, Total
from calculator.workbook.heads import misnamed_columns
from calculator.workbook.input_formulas import formula_words
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.xlsx.cells import Cell, CellError
from calculator.xlsx.formula import lost_references, same_formula
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import a1, column_letters

__all__ = ["TOLERANCE", "SheetComparison", "is_rounded", "same_value"]

#: Two numbers are the same within this relative difference; LibreOffice stores 15 digits.
TOLERANCE = 1e-12

#: Rows of a table without a cell are missed up to here; others declare it to the sheet's end.
_MOST_DECLARED = 1_000
#: Those behind the point that cells show.
_DIGITS = (1, 2, 3)
_NO_CELL = Cell(None, None)
#: Functions that came after the file format, as files call them.
_NEWER = re.compile(r"_xlfn\.([a-z.]+)", re.IGNORECASE)
_EMPTY = (None, "")
_VALUE: Any = itemgetter(0)


@dataclass
class SheetComparison:
    """One sheet, its recorded cells and its results.

    Parameters
    ----------
    sheet, reading: the sheet, and the plan that it is of, as they were read.
    geometry: the workbook's tables and names.
    columns: results by column, each of shape (groups,), in the order of ``reading.rows``.
    totals: results of the sheet by name.
    with_formulas: whether formulas are compared: a file may hold values only.
    with_values: whether recorded values are compared: a file that was never calculated has none.
    """

    sheet: SheetCells
    reading: PlanReading
    geometry: Geometry
    columns: Mapping[str, Sequence[Any]]
    totals: Mapping[str, Any]
    with_formulas: bool
    with_values: bool

    def __post_init__(self) -> None:
        self.layout, reading = self.sheet.layout, self.reading
        rows = [self.layout.header_row + number for number in reading.positions]
        self.rows = rows if reading.model.plan else reading.rows

    # --- what is looked at ------------------------------------------------------------------------

    @cached_property
    def _table_rows(self) -> Sequence[int]:
        """The rows of the node table that count."""
        layout, model = self.layout, self.reading.model
        last = layout.last_row
        if layout.sheet.name == model.plan:  # what stands below is a fault already
            last = min(last, int(self.reading.given["given_last_row_seen"]))
        rows = range(layout.first_row, last + 1)
        if len(rows) <= _MOST_DECLARED:
            return rows
        held = {row for row, _ in self.sheet.cells}
        return [row for row in rows if row in held]

    @cached_property
    def _spare_rows(self) -> list[int]:
        """Rows of the node table without a node group."""
        filled = set(self.rows)
        return [row for row in self._table_rows if row not in filled]

    @cached_property
    def _computed(self) -> list[Column]:
        columns = self.layout.columns
        return [column for column in self.layout.sheet.computed if column.name in columns]

    @cached_property
    def _nothing(self) -> str | None:
        """How the file records that a formula shows nothing: not every program writes "" down."""
        rows, columns = self._spare_rows, self._computed
        if not rows or not columns:
            return None
        value = self.sheet.cells.get((rows[0], self.layout.columns[columns[0].name]), _NO_CELL)[0]
        return "" if value == "" else None

    def _expected(self, column: Column) -> Sequence[Any]:
        """What a column should hold, by node group."""
        if column.copies is None:
            return self.columns[column.name]
        raw = [
            ERROR_SHOWN if isinstance(value, CellError) else value
            for value in self.reading.raw[column.copies]
        ]
        if column.style != "helper":
            return ["" if value is None else value for value in raw]
        # Of an optional input its default, in a row with a type.
        types, values = self.reading.raw["instance_type"], self.columns[column.name]
        return [
            "" if kind in _EMPTY else default if value in _EMPTY else value
            for kind, value, default in zip(types, raw, values, strict=True)
        ]

    def _spare(self, column: Column) -> Sequence[Any]:
        """What it should hold in the other rows, which are alike but for their numbers."""
        if column.name == "number":
            return [float(row - self.layout.header_row) for row in self._spare_rows]
        values = spare_row(self.layout.model, self.layout.sheet)
        return [values[column.name]] * len(self._spare_rows)

    def formula_cells(self) -> Iterator[Cell]:
        """The cells that should hold formulas, as far as they are there."""
        cells = self.sheet.cells
        places = [self.layout.places[total.name] for total in self.layout.sheet.totals]
        places += [
            (row, self.layout.columns[column.name])
            for column in self._computed
            for row in self._table_rows
        ]
        return (cells[place] for place in places if place in cells)

    # --- formulas and recorded values -------------------------------------------------------------

    def differences(self) -> Iterator[Finding]:
        """Where a formula, a constant or a recorded value is not what it should be."""
        yield from self._missing()
        yield from misnamed_columns(self.sheet, self.geometry)
        yield from self._outside_the_table()
        yield from self._constants()
        known, lost = self.layout.known_formulas, self.layout.unplaced
        for result in self.layout.sheet.totals:
            cell = self.sheet.cells.get(self.layout.places[result.name], _NO_CELL)
            value = self.totals[result.name]
            found, formula = cell
            same = found == value and type(found) is not bool
            is_known = formula is not None and formula == known.get((result.name, False))
            if is_known and (same or not self.with_values):
                continue  # as nearly all of them are
            # A row's number among values that were copied is from where they stood.
            copied = not self.with_formulas
            by_rows = copied and any(each.name in ROWS_SEEN for each in result.formula.names())
            if result.name not in lost and not by_rows:
                yield from self._judge(result, None, cell, value)
        for column in self._computed:
            yield from self._judge_column(column, self.rows, self._expected(column))
        for column in self._computed:
            yield from self._judge_column(column, self._spare_rows, self._spare(column), True)

    def _judge_column(
        self, column: Column, rows: Sequence[int], expected: Sequence[Any], spare: bool = False
    ) -> Iterator[Finding]:
        """Judge some rows of a column; most are as they should be, and are passed over at once."""
        layout, cells, text = self.layout, self.sheet.cells, None
        with suppress(KeyError):  # it refers to a column that is not there
            text = layout.formula(column.name, layout.first_row, spare=spare)
        recorded = list(map(cells.get, zip(rows, repeat(layout.columns[column.name]))))
        nothing = self._nothing
        wanted = [nothing if value == "" or value == NOTHING else value for value in expected]
        # Without a table a formula reads otherwise in every row.
        alike = layout.table is not None and recorded == list(zip(wanted, repeat(text)))
        # TRUE is 1 to Python, and to no spreadsheet.
        if alike and bool not in map(type, map(_VALUE, recorded)):
            return
        for row, cell, value in zip(rows, recorded, expected, strict=True):
            yield from self._judge(column, row, cell or _NO_CELL, value, spare)

    def _judge(
        self,
        declared: Column | Total,
        row: int | None,
        cell: Cell,
        value: Any,
        spare: bool = False,
    ) -> Iterator[Finding]:
        found = None
        if self.with_formulas:
            found = self._formula_difference(declared, row, cell, spare)
        is_lost = found is not None and cell.formula is None
        wrong = None
        # What was typed is seen, whether the file was ever calculated or not.
        if (is_lost or self.with_values) and not same_value(cell.value, value):
            wrong = self._value_difference("value", declared, row, cell.value, value)
        if wrong is not None and is_lost and found is not None and found.code == "formula":
            found = replace(
                found, message=f"{found.message}, and comes to {_words(wrong.expected)}"
            )
        yield from filter(None, (found, wrong))

    def _formula_difference(
        self, declared: Column | Total, row: int | None, cell: Cell, spare: bool
    ) -> Finding | None:
        layout, name, cells = self.layout, declared.name, 1
        try:
            expected = layout.formula(name, row, spare=spare)
        except KeyError:  # it refers to something that is missing, which is a finding of its own
            if cell.formula is not None or cell.value in _EMPTY:
                return None
            message = f"a value was typed over the formula: found {_words(cell.value)}"
            return self.sheet.finding("formula", name, row, cell.value, message)
        if cell.formula == expected:
            return None
        if not layout.in_table(row) and layout.table and cell.formula == layout.formula(name):
            return None  # a row below the table is one difference, not one a cell
        if cell.formula is not None:
            allowed = self._allowed(name, row, expected, spare)
            if self._means_one_of(name, row, cell.formula, allowed):
                return None
            found: Any = f"={cell.formula}"
            code, message = "formula", self._edited(found, expected)
        elif cell.value in _EMPTY:
            found = None
            code, (message, cells) = "missing-formula", self._emptied(row)
        else:
            found = cell.value
            code, message = "formula", f"a value was typed over the formula: found {_words(found)}"
            message += f"; ={expected} is expected"
        told = self.sheet.finding(code, name, row, found, message, expected=f"={expected}")
        return replace(told, cells=cells)

    def _emptied(self, row: int | None) -> tuple[str, int]:
        """What is said of an empty cell, and of how many cells that is."""
        columns = [self.layout.columns[column.name] for column in self._computed]
        held = (self.sheet.cells.get((row or 0, each), _NO_CELL) for each in columns)
        if row is None or len(columns) < 2 or any(each != _NO_CELL for each in held):
            return "the cell is empty; its formula is missing", 1
        letters = [*map(column_letters, columns)]
        which = ", ".join(letters) if len(letters) < 5 else f"{letters[0]} to {letters[-1]}"
        return (
            f"row {row} has none of its {len(columns)} formulas: it was inserted or emptied, or a "
            "row of the table was deleted by a program that does not shorten it; copy the cells "
            f"of columns {which} from another row"
        ), len(columns)

    def _edited(self, found: str, expected: str) -> str:
        if lost := self.geometry.lacks(found):
            what = f"refers to {lost}, which is not in the workbook"
            what += ", or is damaged (convert mends that)" * lost.startswith("table ")
        elif "#REF!" in found:
            what = "lost what it referred to"
        else:
            what = "was lost, as with a save as .xls" if found == "=NA()" else "was edited"
        return f"the formula {what}: found {found}; ={expected} is expected"

    def _allowed(self, name: str, row: int | None, expected: str, spare: bool) -> list[str]:
        layout = self.layout
        allowed = [expected]
        with suppress(KeyError):  # it refers to a column that is not there
            if row is not None:  # what fends off an empty row does no harm in any other
                allowed.append(layout.formula(name, row, spare=True))
            else:  # whoever added rows below the table may have had the totals reach them
                allowed.append(replace(layout, table=None).formula(name))
        return allowed

    def _means_one_of(
        self, name: str, row: int | None, formula: str, allowed: Sequence[str]
    ) -> bool:
        layout = self.layout
        at_row, at_column = layout.place(name, row)
        return not lost_references(formula) and any(
            same_formula(
                formula,
                each,
                sheet=layout.name,
                row=at_row,
                column=at_column,
                geometry=self.geometry,
            )
            for each in dict.fromkeys(allowed)
        )

    def _missing(self) -> Iterator[Finding]:
        """Results and columns that were not found; a missing input is a fault already."""
        layout = self.layout
        inputs = {setting.label for setting in layout.sheet.settings}
        if (lost := layout.deleted) and not inputs.intersection(lost):  # else it is a fault already
            message = f"{layout.deleted_words}; it cannot be checked"
            yield Finding("missing-result", layout.name, None, None, None, message, ", ".join(lost))
        if lost:
            return
        said: set[str] = set()
        for name in [each.name for each in layout.sheet.placed if each.name in layout.missing]:
            label = layout.text_of(name)
            if label not in inputs | said:
                said.add(label)
                what = (
                    "cannot be checked" if name in layout.unplaced else "is checked where it stands"
                )
                at = layout.label_place(name) if name in layout.unlabelled else (0, 0)
                message = f"{self.sheet.not_found(label, at=at)}; what belongs there {what}"
                cell = layout.cell(name)
                yield Finding("missing-result", layout.name, cell, label, None, message, label)
        for column in layout.sheet.computed:
            stands = column.name in layout.unheaded
            if column.name in layout.columns and not stands:
                continue
            header, where = column.header, None
            what, message = "cannot be checked", f'the column "{header}" was not found'
            if stands:
                row, at = layout.header_row, layout.label_place(column.name)
                what, where = "are checked where they stand", a1(*at)
                message = self.sheet.not_found(header, row=row, at=at)
            message += f"; its formulas {what}"
            yield Finding("missing-result", layout.name, where, header, None, message, header)

    def _constants(self) -> Iterator[Finding]:
        for constant in self.layout.sheet.constants:
            if constant.name in self.layout.unplaced:
                continue
            cell = self.sheet.cells.get(self.layout.places[constant.name], _NO_CELL)
            found = cell.value
            if cell.formula is not None:
                message = formula_words(cell)
                yield self.sheet.finding("input-formula", constant.name, None, found, message)
            if found != constant.value or isinstance(found, bool):
                message = f"found {_words(found)}, but {constant.value:g} is the fact "
                message += f"({constant.source})"
                yield self.sheet.finding(
                    "constant", constant.name, None, found, message, expected=constant.value
                )

    def _outside_the_table(self) -> Iterator[Finding]:
        """Rows that were added under the end of the table: the results leave them out."""
        layout = self.layout
        if layout.table is None or layout.model.plan:
            return
        types = self.reading.groups["instance_type"]
        for row, found in zip(self.rows, types, strict=True):
            if row > layout.table_last_row:
                message = (
                    f"the row lies below table {layout.table}, which ends at row "
                    f"{layout.table_last_row}, and the workbook's results leave it out; "
                    "extend the table"
                )
                yield self.sheet.finding("outside-the-table", "instance_type", row, found, message)

    # --- values of another engine -----------------------------------------------------------------

    def recalculated(self, values: Mapping[tuple[int, int], Any], engine: str) -> Iterator[Finding]:
        """Where the values that another engine gives to the formulas differ from the results."""
        cells, layout = self.sheet.cells, self.layout
        for result in layout.sheet.totals:
            place = layout.places[result.name]
            if cells.get(place, _NO_CELL).formula is not None:
                value = self.totals[result.name]
                yield from self._judge_given(result, None, values.get(place), value, engine)
        for column in self._computed:
            at = layout.columns[column.name]
            expected = [*self._expected(column), *self._spare(column)]
            for row, value in zip([*self.rows, *self._spare_rows], expected, strict=True):
                if cells.get((row, at), _NO_CELL).formula is not None:
                    yield from self._judge_given(column, row, values.get((row, at)), value, engine)

    def _judge_given(
        self, declared: Column | Total, row: int | None, given: Any, value: Any, engine: str
    ) -> Iterator[Finding]:
        if not same_value(given, value):
            yield self._value_difference("recalculated", declared, row, given, value, engine)

    def _value_difference(
        self,
        code: str,
        declared: Column | Total,
        row: int | None,
        found: Any,
        value: Any,
        engine: str = "",
    ) -> Finding:
        expected = plain(value)
        if expected is None:
            expected = "#N/A"
        said = f"{engine} gives" if engine else "recorded"
        kind = ", a text," if type(found) is str and found == expected else ","
        was, right = map(_words, as_they_differ(found, expected))
        message = f"{said} {was}{kind} but {right} is the result"
        if found == CellError("#NAME?"):
            message += f" ({self._why_unknown(declared, row)})"
        elif is_rounded(found, expected):
            message += " (rounded as it is shown: turn that off in the program, and calculate anew)"
        return self.sheet.finding(code, declared.name, row, found, message, expected=expected)

    def _why_unknown(self, declared: Column | Total, row: int | None) -> str:
        """Why a program gives #NAME? for a formula of ours."""
        place = self.layout.place(declared.name, row)
        if newer := _NEWER.findall(str(self.sheet.cells[place].formula)):
            return (
                f"what calculated it does not know {' and '.join(dict.fromkeys(newer)).upper()}: "
                "save it with LibreOffice 24.8, Excel 2021 or a newer one"
            )
        return "a function or name of the formula was unknown to what calculated it"


def same_value(found: Any, expected: Any) -> bool:
    """Whether a cell shows what it should: a value, nothing, or an error."""
    if isinstance(expected, CellError):
        return isinstance(found, CellError)
    if isinstance(expected, bool):
        return found is expected
    if isinstance(expected, str):
        shown = "" if found is None else found
        if isinstance(found, bool | CellError):
            return False
        # An option may be typed in any case, and is handed on as it was typed.
        return shown == expected or str(shown).casefold() == expected.casefold()
    if expected == NOTHING:
        return found in _EMPTY and not isinstance(found, CellError)
    if math.isnan(expected):
        return isinstance(found, CellError)
    if isinstance(found, bool) or not isinstance(found, float | int):
        return False
    return bool(abs(found - expected) <= TOLERANCE * max(abs(found), abs(expected)))


def is_rounded(found: Any, expected: Any) -> bool:
    """Whether a number is the result as cells show it, which LibreOffice can calculate with."""
    if not isinstance(found, float | int) or not isinstance(expected, float | int):
        return False
    # A number without digits behind the point tells nothing.
    return found % 1 != 0 and any(found == round(expected, digits) for digits in _DIGITS)


def _words(value: Any) -> str:
    if value in _EMPTY:
        return "nothing"
    if isinstance(value, str):
        if isinstance(value, CellError) or value == "#N/A":
            return str(value)
        return f'"{value if len(value) <= 80 else value[:77] + "..."}"'
    return str(plain(value)) if isinstance(value, float) else str(value).upper()
