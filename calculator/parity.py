"""Holds a filled-in workbook against the Python results: formula, recorded value, recalculation.

Three checks, one kind of finding. The formula in a cell must mean what the model's rule means; the
value recorded beside it must be what the engine computes from the inputs; and, where it is asked
for, so must the value that another spreadsheet engine gives to the file's own formulas.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, load_catalog
from calculator.errors import Finding, RecalculationError, WorkbookError
from calculator.model.engine import (
    MAIN_TOTALS,
    Tables,
    catalog_figures,
    evaluate_tables,
    notices,
    whole,
)
from calculator.model.sheet import Column, Total
from calculator.workbook.formula import same_formula
from calculator.workbook.layout import place
from calculator.workbook.package import Cell, CellError
from calculator.workbook.reader import SheetReading, WorkbookReading, read_workbook

if TYPE_CHECKING:
    from calculator.workbook.recalculate import Recalculated

__all__ = ["SheetReport", "WorkbookReport", "judge", "verify_workbook"]

#: Two numbers are the same within this relative difference; LibreOffice stores 15 digits.
TOLERANCE = 1e-12

#: What the engine takes from the catalog, as columns of a sheet.
_FIGURES = ("max_enis", "ipv4_per_eni", "max_pods")


@dataclass
class SheetReport:
    """What one sheet says and whether it is right.

    Parameters
    ----------
    sheet: the worksheet's name.
    mode, model: what it was recognised as.
    settings: its settings by name; None for one that cannot be used.
    totals: ``ips_available``, ``ips_used``, ``ips_remaining`` [IPs], ``pods_hosted`` [pods], from
        the engine; None for one that cannot be known.
    node_groups: for each node group its worksheet row, inputs and computed columns, by name.
    faults: inputs that cannot be used.
    warnings: what can be computed and wants attention.
    differences: where formula or value differ from the model's.
    """

    sheet: str
    mode: str
    model: str
    settings: dict[str, float | None]
    totals: dict[str, int | None]
    node_groups: list[dict[str, Any]]
    faults: list[Finding]
    warnings: list[Finding]
    differences: list[Finding]


@dataclass
class WorkbookReport:
    """One file: its sheets, or why it could not be read.

    Parameters
    ----------
    file: its path, as given.
    error: why it could not be read or recalculated; None if it could.
    """

    file: str
    error: str | None = None
    sheets: list[SheetReport] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether there is no error, no fault and no difference."""
        return not self.error and not any(each.faults or each.differences for each in self.sheets)


def verify_workbook(
    path: str | os.PathLike[str],
    *,
    catalog: Catalog | None = None,
    recalculate: str | None = None,
) -> WorkbookReport:
    """Read one workbook, evaluate its inputs and hold every formula and value against the result.

    Parameters
    ----------
    path: an .xlsx of this program, AWS's sample workbook, or either after another program saved it.
    catalog: instance types to compute with; by default those the workbook was made with.
    recalculate: ``ironcalc`` or ``libreoffice``, to check the values which that engine gives, too.

    Raises
    ------
    WorkbookError: when the file cannot be read.
    RecalculationError: when the engine is missing, fails or takes too much.
    """
    reading = read_workbook(path)
    [report] = judge([reading], catalog, recalculate)
    if report.error:
        raise RecalculationError(report.error)
    return report


def judge(
    readings: Sequence[WorkbookReading],
    catalog: Catalog | None = None,
    recalculate: str | None = None,
) -> list[WorkbookReport]:
    """Evaluate and check many workbooks, all sheets of one kind in one pass of the engine.

    Parameters
    ----------
    readings: what was read, shape (workbooks,).
    catalog, recalculate: as for :func:`verify_workbook`.
    """
    reports = [WorkbookReport(each.file) for each in readings]
    engine_values = _recalculate(readings, reports, recalculate) if recalculate else {}
    kinds: dict[int, list[_Checked]] = {}
    in_order = []
    for number, reading in enumerate(readings):
        values = engine_values.get(reading.file)
        try:
            figures = [_figures(reading, sheet, catalog) for sheet in reading.sheets]
        except WorkbookError as error:
            reports[number].error = error.message
            continue
        for sheet, figures_of_sheet in zip(reading.sheets, figures, strict=True):
            checked = _Checked(number, reading, sheet, figures_of_sheet)
            if values is not None and recalculate:
                checked.recalculated = recalculate, values[sheet.name]
            kinds.setdefault(id(sheet.layout.sheet), []).append(checked)
            in_order.append(checked)
    for alike in kinds.values():
        _evaluate(alike)
    for checked in in_order:
        reports[checked.number].sheets.append(checked.report())
    return reports


def _recalculate(
    readings: Sequence[WorkbookReading], reports: Sequence[WorkbookReport], engine: str
) -> dict[str, Recalculated]:
    """The values `engine` gives to each file's own formulas; a file without them says why."""
    from calculator.workbook.recalculate import recalculate

    sheets = {each.file: [sheet.name for sheet in each.sheets] for each in readings}
    results = recalculate([each.file for each in readings], engine, sheets=sheets)
    values = {}
    for report in reports:
        result = results[report.file]
        if isinstance(result, RecalculationError):
            report.error = str(result)
        else:
            values[report.file] = result
    return values


# --- which figures an instance type has -----------------------------------------------------------


def _figures(
    reading: WorkbookReading, sheet: SheetReading, catalog: Catalog | None
) -> dict[str, Any]:
    types = [str(name) for name in sheet.groups["instance_type"]]
    if catalog is not None:
        return catalog_figures(types, catalog)
    if not sheet.model.own_data:
        builtin = load_catalog(model=sheet.model.name)
        figures = catalog_figures(types, builtin)
        # The data sheet is long: it is read only where the workbook says, or shows, that its
        # figures are not the built-in ones.
        if reading.properties.get("Catalog") == builtin.version and _recorded(sheet, figures):
            return figures
    own = reading.catalog
    return catalog_figures(types, own or load_catalog(model=sheet.model.name))


def _recorded(sheet: SheetReading, figures: Mapping[str, Any]) -> bool:
    """Whether the look-ups recorded on the sheet gave these figures."""
    for name in ("type_row", *_FIGURES):
        column = sheet.layout.columns.get(name)
        expected = figures["catalog_position" if name == "type_row" else f"catalog_{name}"]
        for row, value in zip(sheet.rows, expected.tolist(), strict=True):
            cell = sheet.cells.get((row, column or 0))
            if value > 0 and (cell is None or cell.value != value):
                return False
            if not value > 0 and cell is not None and isinstance(cell.value, float) and cell.value:
                return False
    return True


def _evaluate(alike: Sequence[_Checked]) -> None:
    """Evaluate sheets of one kind in one pass and give each its own part."""
    sheet = alike[0].reading.layout.sheet
    readings = [each.reading for each in alike]
    settings = {
        each.name: np.array([reading.settings[each.name] for reading in readings])
        for each in sheet.settings
    }
    groups: dict[str, Any] = {
        each.name: np.array(
            [value for reading in readings for value in reading.groups[each.name]],
            dtype=object if each.quantity is None else float,
        )
        for each in sheet.inputs
    }
    for name in alike[0].figures:
        groups[name] = np.concatenate([each.figures[name] for each in alike])
    counts = [len(reading.rows) for reading in readings]
    tables = evaluate_tables(sheet, settings, groups, np.repeat(np.arange(len(alike)), counts))
    starts = np.cumsum([0, *counts])
    for number, each in enumerate(alike):
        part = slice(starts[number], starts[number + 1])
        each.columns = {column.name: tables.groups[column.name][part] for column in sheet.columns}
        each.totals = {result.name: tables.plans[result.name][number] for result in sheet.totals}
        each.faults = list(_unknown_types(each))
    _note(alike, tables, starts)


def _unknown_types(checked: _Checked) -> Iterator[Finding]:
    reading, figures = checked.reading, checked.figures
    faulty = {each.cell for each in reading.faults}
    for number, row in enumerate(reading.rows):
        known = [figures[f"catalog_{name}"][number] for name in _FIGURES]
        if not np.isnan(known).any():
            continue
        if reading.layout.cell("instance_type", row) in faulty:
            continue
        name = str(reading.groups["instance_type"][number])
        data = [each for each in reading.model.data_tables if each.figures]
        lacking = {
            each.sheet
            for each in data
            for figure, value in zip(_FIGURES, known, strict=True)
            if figure in each.figures and np.isnan(value)
        }
        message = (
            f'found "{name}"; an instance type of sheet {" and ".join(sorted(lacking))} is expected'
        )
        if figures["catalog_position"][number] == 0:
            nearest = load_catalog().nearest(name)
            message += f"; is {nearest} meant?" if nearest else ""
        yield reading.finding("instance_type", row, "unknown-type", name, message)


def _note(alike: Sequence[_Checked], tables: Tables, starts: Any) -> None:
    """Give each sheet the notices that apply to it."""
    for notice, row, message in notices(tables):
        number = int(tables.plan[row]) if notice.of_row else row
        reading = alike[number].reading
        at = reading.rows[row - int(starts[number])] if notice.of_row else None
        if at is None and notice.about not in reading.layout.places:
            continue
        if notice.of_row:
            found: Any = _plain(tables.groups[notice.about][row])
        else:
            found = _plain(tables.plans[notice.about][row])
        alike[number].warnings.append(
            reading.finding(notice.about, at, notice.kind, found, message)
        )


# --- one sheet ------------------------------------------------------------------------------------


class _Checked:
    """One sheet while it is evaluated and checked."""

    def __init__(
        self, number: int, book: WorkbookReading, reading: SheetReading, figures: dict[str, Any]
    ) -> None:
        self.number = number
        self.book = book
        self.reading = reading
        self.figures = figures
        self.recalculated: tuple[str, Mapping[tuple[int, int], Any]] | None = None
        self.columns: dict[str, Any] = {}
        self.totals: dict[str, Any] = {}
        self.warnings: list[Finding] = []
        self.faults: list[Finding] = []

    def report(self) -> SheetReport:
        reading = self.reading
        shown = [each for each in reading.layout.sheet.columns if each.style != "helper"]
        columns = [(each.name, _plain_list(self.columns[each.name])) for each in shown]
        return SheetReport(
            sheet=reading.name,
            mode=reading.layout.sheet.mode,
            model=reading.model.name,
            settings={name: _plain(value) for name, value in reading.settings.items()},
            totals={name: whole(self.totals[name]) for name in MAIN_TOTALS},
            node_groups=[
                {"row": row, **{name: values[number] for name, values in columns}}
                for number, row in enumerate(reading.rows)
            ],
            faults=[*reading.faults, *self.faults],
            warnings=[*reading.warnings, *self.warnings, *self._never_calculated()],
            differences=[*self._differences(), *self._recalculated()],
        )

    # --- formulas and values ----------------------------------------------------------------------

    def _formula_cells(self) -> Iterator[tuple[Column | Total, int | None, Cell | None, Any]]:
        """Each cell that should hold a formula: what it is, its row, the cell, its value."""
        layout, cells = self.reading.layout, self.reading.cells
        for result in layout.sheet.totals:
            where = layout.places.get(result.name, (0, 0))
            yield result, None, cells.get(where), self.totals[result.name]
        places = {row: number for number, row in enumerate(self.reading.rows)}
        for column in layout.sheet.computed:
            at = layout.columns.get(column.name, 0)
            values = self.columns[column.name]
            for row in range(layout.first_row, layout.last_row + 1):
                number = places.get(row)
                value = _SPARE if number is None else values[number]
                yield column, row, cells.get((row, at)), value

    def calculated(self) -> bool:
        """Whether the file records results at all."""
        return any(
            cell is not None and cell.formula is not None and cell.value not in (None, "")
            for _, _, cell, _ in self._formula_cells()
        )

    def _never_calculated(self) -> list[Finding]:
        if self.calculated():
            return []
        first = self.reading.layout.sheet.totals[0]
        if first.name not in self.reading.layout.places:
            return []
        message = (
            "the file was never calculated: its formulas have no recorded results; "
            "open it in a spreadsheet program and save it"
        )
        return [self.reading.finding(first.name, None, "never-calculated", None, message)]

    def _differences(self) -> Iterator[Finding]:
        calculated = self.calculated()
        for declared, row, cell, value in self._formula_cells():
            difference = self._formula_difference(declared, row, cell, value)
            if difference is None and calculated and cell is not None and value is not _SPARE:
                difference = self._value_difference(declared, row, cell, value)
            if difference is not None:
                yield difference

    def _formula_difference(
        self, declared: Column | Total, row: int | None, cell: Cell | None, value: Any
    ) -> Finding | None:
        reading, layout = self.reading, self.reading.layout
        name = declared.name
        if name not in layout.places and name not in layout.columns:
            if row in (None, layout.first_row):
                return self._missing_place(declared)
            return None
        expected = layout.formula(name, row, spare=value is _SPARE)
        if cell is not None and cell.formula == expected and layout.in_table(row):
            return None
        if cell is None or (cell.formula is None and cell.value in (None, "")):
            message = "the cell is empty; its formula is missing"
            return reading.finding(name, row, "missing", None, message, expected=f"={expected}")
        if cell.formula is None:
            message = f"a value was typed over the formula: found {_words(cell.value)}"
            return reading.finding(
                name, row, "formula", cell.value, message, expected=f"={expected}"
            )
        at_row, at_column = layout.places[name] if row is None else (row, layout.columns[name])
        allowed = [expected]
        if layout.sheet.spare_row:
            allowed.append(layout.formula(name, row, spare=value is not _SPARE))
        for each in allowed:
            if same_formula(
                cell.formula,
                each,
                sheet=layout.name,
                row=at_row,
                column=at_column,
                geometry=self.book.geometry,
            ):
                return None
        message = f"the formula was edited: found ={cell.formula}; ={expected} is expected"
        found = f"={cell.formula}"
        return reading.finding(name, row, "formula", found, message, expected=f"={expected}")

    def _missing_place(self, declared: Column | Total) -> Finding:
        layout = self.reading.layout
        if isinstance(declared, Column):
            where, what, words = f"A{layout.header_row}", "column", declared.header
        else:
            where, what, words = declared.cell, "label", declared.label
        message = f'the {what} "{words}" was not found; its formulas cannot be checked'
        return Finding(layout.name, where, words, "missing", None, message, words)

    def _value_difference(
        self, declared: Column | Total, row: int | None, cell: Cell, value: Any
    ) -> Finding | None:
        if _same_value(cell.value, value) or self._unknowable(row, value):
            return None
        return self._difference("value", declared, row, cell.value, value, "recorded")

    def _difference(
        self,
        kind: str,
        declared: Column | Total,
        row: int | None,
        found: Any,
        value: Any,
        verb: str,
    ) -> Finding:
        expected = "#N/A" if isinstance(value, float) and np.isnan(value) else _plain(value)
        message = f"{verb} {_words(found)}, but {_words(expected)} is the result"
        return self.reading.finding(declared.name, row, kind, found, message, expected=expected)

    @cached_property
    def _opaque(self) -> set[int]:
        """Rows with an input of which a spreadsheet may make something else than the engine.

        LibreOffice counts a truth value as a number; an error spreads; a formula without a
        recorded result has one once it is calculated; and formulas that do not check their
        inputs compute with whatever they find.
        """
        unchecked = self.reading.layout.sheet.spare_row is not None
        return {
            place(fault.cell)[0]
            for fault in self.reading.faults
            if unchecked
            or fault.kind == "not-calculated"
            or isinstance(fault.found, bool)
            or str(fault.found).startswith("#")
        }

    def _unknowable(self, row: int | None, value: Any) -> bool:
        """Whether a difference in this cell says nothing, because of an input it depends on."""
        opaque = self._opaque
        if not opaque:
            return False
        if self.reading.layout.sheet.spare_row and not (
            isinstance(value, float) and np.isnan(value)
        ):
            return False
        first = self.reading.layout.first_row
        return row is None or row in opaque or any(each < first for each in opaque)

    def _recalculated(self) -> Iterator[Finding]:
        """Where the values that another engine gives differ from the results."""
        if self.recalculated is None:
            return
        layout, (engine, values) = self.reading.layout, self.recalculated
        for declared, row, cell, value in self._formula_cells():
            if cell is None or cell.formula is None or value is _SPARE:
                continue
            name = declared.name
            given = values.get(layout.places[name] if row is None else (row, layout.columns[name]))
            if not _same_value(given, value) and not self._unknowable(row, value):
                yield self._difference(
                    "recalculated", declared, row, given, value, f"{engine} gives"
                )


class _Spare:
    """Stands for the results of a row without a node group: nothing to compare."""


_SPARE = _Spare()


def _same_value(found: Any, expected: Any) -> bool:
    if isinstance(expected, str):
        return (found or "") == expected if not isinstance(found, CellError) else False
    if np.isnan(expected):
        # The engine has one kind of nothing for an error and for a cell that shows nothing.
        return found is None or found == "" or isinstance(found, CellError)
    if isinstance(found, bool) or not isinstance(found, float | int):
        return False
    return bool(abs(found - expected) <= TOLERANCE * max(abs(found), abs(expected)))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    number = float(value)
    if np.isnan(number):
        return None
    return int(number) if number.is_integer() else number


def _plain_list(values: Any) -> list[Any]:
    return [_plain(value) for value in values.tolist()]


def _words(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, str):
        return f'"{value}"'
    return str(_plain(value)) if isinstance(value, float) else str(value)
