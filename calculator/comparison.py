"""Compares what a sheet records with what it should: formulas, values, another engine's values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import Any

from calculator.errors import Finding
from calculator.model.engine import can_be_errors
from calculator.model.sheet import Column, Total
from calculator.plan import plain
from calculator.workbook.reader import SheetReading
from calculator.xlsx.cells import Cell, CellError
from calculator.xlsx.formula import Geometry, same_formula
from calculator.xlsx.reference import place

__all__ = ["TOLERANCE", "Comparison"]

#: Two numbers are the same within this relative difference; LibreOffice stores 15 digits.
TOLERANCE = 1e-12

_NO_CELL = Cell(None, None)
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")


class _Nothing:
    """Stands for the result of a formula in a row without a node group: it shows nothing."""


_NOTHING = _Nothing()
_EMPTY = (None, "", 0.0)


class Comparison:
    """One sheet, its recorded cells and its results.

    Parameters
    ----------
    reading: the sheet as it was read.
    geometry: the workbook's tables and names.
    columns: results by column, each of shape (groups,), in the order of ``reading.rows``.
    totals: results of the sheet by name.
    """

    def __init__(
        self,
        reading: SheetReading,
        geometry: Geometry,
        columns: Mapping[str, Sequence[Any]],
        totals: Mapping[str, Any],
    ) -> None:
        self.reading = reading
        self.layout = reading.layout
        self.geometry = geometry
        self.columns = columns
        self.totals = totals

    # --- what is looked at ------------------------------------------------------------------------

    def _results(self) -> Iterator[tuple[Total, Cell, Any]]:
        """Each result cell: what it is, what is recorded, what should be."""
        cells, places, totals = self.reading.cells, self.layout.places, self.totals
        may_be_errors = can_be_errors(totals)
        for result in self.layout.sheet.totals:
            value = totals[result.name]
            if value != value and not may_be_errors:
                value = _NOTHING
            yield result, cells.get(places[result.name], _NO_CELL), value

    def _rows(self, column: Column) -> Iterator[tuple[int, Cell, Any]]:
        """Each cell of a computed column: its row, what is recorded, what should be."""
        layout, cells = self.layout, self.reading.cells
        at = layout.columns[column.name]
        expected = dict(zip(self.reading.rows, self.columns[column.name], strict=True))
        for row in range(layout.first_row, layout.last_row + 1):
            yield row, cells.get((row, at), _NO_CELL), expected.get(row, _NOTHING)

    @cached_property
    def _has_truth_value(self) -> bool:
        return bool in set(map(type, map(itemgetter(0), self.reading.cells.values())))

    @cached_property
    def _spare_rows(self) -> list[int]:
        """Rows of the node table without a node group."""
        filled = set(self.reading.rows)
        rows = range(self.layout.first_row, self.layout.last_row + 1)
        return [row for row in rows if row not in filled]

    def _columns(self) -> Iterator[Column]:
        for column in self.layout.sheet.computed:
            if column.name in self.layout.columns:
                yield column

    @cached_property
    def was_calculated(self) -> bool:
        """Whether the sheet records any result of its formulas at all."""
        results = (cell for _, cell, _ in self._results())
        rows = (cell for column in self._columns() for _, cell, _ in self._rows(column))
        return any(
            cell.formula is not None and cell.value not in (None, "")
            for cells in (results, rows)
            for cell in cells
        )

    # --- formulas and recorded values -------------------------------------------------------------

    def differences(self) -> Iterator[Finding]:
        """Where a formula or a recorded value is not what it should be."""
        yield from self._missing()
        yield from self._below_table()
        known, values_matter = self.layout.known_formulas, self.was_calculated
        for result, cell, value in self._results():
            found, formula = cell
            same = found in _EMPTY if value is _NOTHING else found == value
            same = (same and type(found) is not bool) or not values_matter
            if same and formula is not None and formula == known.get((result.name, False)):
                continue  # as nearly all of them are
            if result.name not in self.layout.missing:
                yield from self._judge(result, None, cell, value)
        for column in self._columns():
            yield from self._judge_column(column)

    def _judge_column(self, column: Column) -> Iterator[Finding]:
        """Judge a column; most cells are as they should be, and are passed over at once."""
        layout, name = self.layout, column.name
        last, text, spare = 0, None, None
        if layout.table is not None:
            last = layout.table_last_row
            text = layout.formula(name, layout.first_row)
            spare = layout.formula(name, layout.first_row, spare=True)
        values_matter = self.was_calculated
        at, cells = layout.columns[name], self.reading.cells
        rows, expected = self.reading.rows, self.columns[name]
        recorded = list(map(cells.get, zip(rows, repeat(at))))
        # TRUE is 1 to Python, and to no spreadsheet.
        alike = recorded == list(zip(expected, repeat(text))) and not self._has_truth_value
        if not alike or max(rows, default=0) > last:
            for row, cell, value in zip(rows, recorded, expected, strict=True):
                found, formula = cell = cell or _NO_CELL
                same = (found == value and type(found) is not bool) or not values_matter
                if not (same and formula == text and row <= last):
                    yield from self._judge(column, row, cell, value)
        for row in self._spare_rows:
            cell = cells.get((row, at), _NO_CELL)
            found, formula = cell
            if formula == spare and row <= last and (found in _EMPTY or not values_matter):
                continue
            yield from self._judge(column, row, cell, _NOTHING)

    def _judge(
        self, declared: Column | Total, row: int | None, cell: Cell, value: Any
    ) -> Iterator[Finding]:
        difference = self._formula_difference(declared, row, cell, value)
        if difference is None and self.was_calculated and not self._same(row, cell.value, value):
            difference = self._value_difference("value", declared, row, cell.value, value)
        if difference is not None:
            yield difference

    def _formula_difference(
        self, declared: Column | Total, row: int | None, cell: Cell, value: Any
    ) -> Finding | None:
        layout, name = self.layout, declared.name
        spare = value is _NOTHING
        try:
            expected = layout.formula(name, row, spare=spare)
        except KeyError:
            return None  # it refers to a column that is missing, which is a finding of its own
        if cell.formula == expected and layout.in_table(row):
            return None
        below = row is not None and layout.table is not None and not layout.in_table(row)
        if below and cell.formula == layout.formula(name, layout.first_row):
            return None  # such a row is one difference, not one a cell
        if cell.formula is not None:
            allowed = [expected]
            if layout.sheet.spare_row:
                allowed.append(layout.formula(name, row, spare=not spare))
            if self._means_one_of(name, row, cell.formula, allowed):
                return None
            found: Any = f"={cell.formula}"
            kind, message = "formula", f"the formula was edited: found {found}; "
            message += f"={expected} is expected"
        elif cell.value in (None, ""):
            found = None
            kind, message = "missing", "the cell is empty; its formula is missing"
        else:
            found = cell.value
            kind, message = "formula", "a value was typed over the formula: found " + _words(found)
        return self.reading.finding(name, row, kind, found, message, expected=f"={expected}")

    def _means_one_of(
        self, name: str, row: int | None, formula: str, allowed: Iterable[str]
    ) -> bool:
        layout = self.layout
        at_row, at_column = layout.places[name] if row is None else (row, layout.columns[name])
        return any(
            same_formula(
                formula,
                each,
                sheet=layout.name,
                row=at_row,
                column=at_column,
                geometry=self.geometry,
            )
            for each in allowed
        )

    def _missing(self) -> Iterator[Finding]:
        """Results and columns that were not found; a missing input is a fault already."""
        layout = self.layout
        settings = {each.label for each in layout.sheet.settings}
        lost: list[tuple[str, str, str]] = [
            (layout.cell(each.name), "label", each.label)
            for each in layout.sheet.totals
            if each.name in layout.missing and each.label not in settings
        ]
        lost += [
            (f"A{layout.header_row}", "column", each.header)
            for each in layout.sheet.computed
            if each.name not in layout.columns
        ]
        for cell, what, words in lost:
            message = f'the {what} "{words}" was not found; its formulas cannot be checked'
            yield Finding(layout.name, cell, words, "missing", None, message, words)

    def _below_table(self) -> Iterator[Finding]:
        """Rows that were added under the end of the table: the results leave them out."""
        layout = self.layout
        if layout.table is None:
            return
        types = self.reading.groups["instance_type"]
        for row, found in zip(self.reading.rows, types, strict=True):
            if row > layout.table_last_row:
                message = (
                    f"the row lies below table {layout.table}, which ends at row "
                    f"{layout.table_last_row}, and the workbook's results leave it out; "
                    "extend the table"
                )
                yield self.reading.finding("instance_type", row, "formula", found, message)

    # --- values -----------------------------------------------------------------------------------

    def recalculated(self, values: Mapping[tuple[int, int], Any], engine: str) -> Iterator[Finding]:
        """Where the values that another engine gives to the formulas differ from the results."""
        for result, cell, value in self._results():
            if cell.formula is not None:
                yield from self._judge_given(result, None, values, value, engine)
        for column in self._columns():
            for row, cell, value in self._rows(column):
                if cell.formula is not None:
                    yield from self._judge_given(column, row, values, value, engine)

    def _judge_given(
        self,
        declared: Column | Total,
        row: int | None,
        values: Mapping[tuple[int, int], Any],
        value: Any,
        engine: str,
    ) -> Iterator[Finding]:
        layout, name = self.layout, declared.name
        given = values.get(layout.places[name] if row is None else (row, layout.columns[name]))
        if not self._same(row, given, value):
            yield self._value_difference("recalculated", declared, row, given, value, engine)

    def _same(self, row: int | None, found: Any, expected: Any) -> bool:
        return _same_value(found, expected) or self._says_nothing(row, expected)

    def _value_difference(
        self,
        kind: str,
        declared: Column | Total,
        row: int | None,
        found: Any,
        value: Any,
        engine: str = "",
    ) -> Finding:
        expected: Any = "" if value is _NOTHING else plain(value)
        if expected is None:
            expected = "#N/A"
        said = f"{engine} gives" if engine else "recorded"
        message = f"{said} {_words(found)}, but {_words(expected)} is the result"
        if found == CellError("#NAME?"):
            message += " (a function or name of the formula was unknown to what calculated it)"
        return self.reading.finding(declared.name, row, kind, found, message, expected=expected)

    @cached_property
    def _opaque(self) -> set[int]:
        """Rows with an input of which a spreadsheet may make something else than the engine.

        A label or column that was renamed still has its cells; LibreOffice counts a truth value
        as a number; an error spreads; a formula without a recorded result has one once it is
        calculated; and formulas that do not check their inputs compute with whatever they find.
        """
        unchecked = self.layout.sheet.spare_row is not None
        return {
            place(fault.cell)[0]
            for fault in self.reading.faults
            if unchecked
            or fault.kind in ("not-calculated", "missing-label", "missing-column")
            or isinstance(fault.found, bool)
            or _ERROR.fullmatch(str(fault.found))
        }

    def _says_nothing(self, row: int | None, expected: Any) -> bool:
        """Whether a difference in this cell says nothing, because of an input it depends on."""
        opaque = self._opaque
        if not opaque:
            return False
        unknown = isinstance(expected, float) and math.isnan(expected)
        if self.layout.sheet.spare_row and not unknown:
            return False
        first = self.layout.first_row
        return row is None or row in opaque or any(each < first for each in opaque)


def _same_value(found: Any, expected: Any) -> bool:
    if expected is _NOTHING:
        return found in _EMPTY
    if isinstance(expected, str):
        return (found or "") == expected and not isinstance(found, CellError)
    if math.isnan(expected):
        # The engine has one kind of nothing for an error and for a cell that shows nothing.
        return found is None or found == "" or isinstance(found, CellError)
    if isinstance(found, bool) or not isinstance(found, float | int):
        return False
    return bool(abs(found - expected) <= TOLERANCE * max(abs(found), abs(expected)))


def _words(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return str(value) if isinstance(value, CellError) or value == "#N/A" else f'"{value}"'
    return str(plain(value)) if isinstance(value, float) else str(value)
