"""Holds a filled-in workbook against the Python results: formula, recorded value, recalculation.

Three checks, one kind of finding. The formula in a cell must mean what the model's rule means; the
value recorded beside it must be what the engine computes from the inputs; and, where it is asked
for, so must the value that another spreadsheet engine gives to the file's own formulas.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, load_catalog
from calculator.comparison import Comparison
from calculator.errors import Finding, RecalculationError, WorkbookError
from calculator.extras import PROGRAM
from calculator.model.engine import (
    MAIN_TOTALS,
    Tables,
    catalog_figures,
    details,
    evaluate_tables,
    notices,
)
from calculator.model.sheet import LOOKED_UP
from calculator.plan import found_words, plain
from calculator.workbook.about import PROPERTIES
from calculator.workbook.reader import SheetReading, WorkbookReading, read_workbook

if TYPE_CHECKING:
    from calculator.workbook.recalculate import Recalculated

__all__ = [
    "SheetReport",
    "WorkbookReport",
    "judge",
    "verify_workbook",
    "without_garbage_collection",
]


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
    details: the sheet's other results by name, such as those of the peak; None for one that
        cannot be known or does not apply.
    rows: the worksheet row of each node group, shape (groups,).
    columns: inputs and computed columns by name, each of shape (groups,); NaN for what cannot be
        known.
    faults: inputs that cannot be used.
    warnings: what can be computed and wants attention.
    differences: where formula or value differ from the model's.
    """

    sheet: str
    mode: str
    model: str
    settings: dict[str, float | None]
    totals: dict[str, int | None]
    details: dict[str, int | None]
    rows: list[int]
    columns: dict[str, list[Any]] = field(repr=False)
    faults: list[Finding]
    warnings: list[Finding]
    differences: list[Finding]

    @property
    def node_groups(self) -> list[dict[str, Any]]:
        """Row, inputs and computed columns of each node group by name; None for NaN."""
        return [
            {"row": row, **{name: plain(values[number]) for name, values in self.columns.items()}}
            for number, row in enumerate(self.rows)
        ]


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
    with without_garbage_collection():
        [report] = judge([read_workbook(path)], catalog, recalculate)
    if report.error:
        raise RecalculationError(f"{report.file}: {report.error}")
    return report


@contextlib.contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Puts off Python's search for reference cycles.

    All that reading and judging allocates is needed until its end: to look for what is not takes a
    fifth of the time and finds nothing.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
        for sheet, (known, changed) in zip(reading.sheets, figures, strict=True):
            checked = _Checked(number, reading, sheet, known, changed)
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
            report.error = str(result).removeprefix(f"{report.file}: ")
        else:
            values[report.file] = result
    return values


# --- which figures an instance type has -----------------------------------------------------------


def _figures(
    reading: WorkbookReading, sheet: SheetReading, catalog: Catalog | None
) -> tuple[dict[str, Any], list[Finding]]:
    """The catalog's figures for a sheet's node groups, and where the workbook's own differ."""
    types = [str(name) for name in sheet.groups["instance_type"]]
    if catalog is not None:
        return catalog_figures(types, catalog), []
    builtin = load_catalog(model=sheet.model.name)
    same = reading.properties.get(PROPERTIES["catalog"]) == builtin.version
    if same:
        # The data sheets are long: they are read only where the recorded look-ups show that their
        # figures are not the built-in ones, or where the workbook was made with others.
        figures = catalog_figures(types, builtin)
        if _recorded(sheet, figures):
            return figures, []
    own = reading.catalog or builtin
    changed = _changed_figures(reading, sheet, builtin, own) if same else []
    return catalog_figures(types, own), changed


def _changed_figures(
    reading: WorkbookReading, sheet: SheetReading, builtin: Catalog, own: Catalog
) -> list[Finding]:
    """Figures on the data sheet of a workbook that are not those of the catalog it names."""
    findings = []
    for name in dict.fromkeys(str(name) for name in sheet.groups["instance_type"]):
        ours, theirs = builtin.get(name), own.get(name)
        if ours is None or theirs is None:
            continue
        for figure in LOOKED_UP:
            expected, found = getattr(ours, figure), getattr(theirs, figure)
            where = None if found == expected else reading.figure_cell(name, figure)
            if where is not None:
                message = (
                    f"found {found_words(found)} for {name}, but {expected} is the figure of "
                    f"{builtin.version}"
                )
                findings.append(
                    Finding(sheet.name, *where, "value", found, message, expected=expected)
                )
    return findings


def _recorded(sheet: SheetReading, figures: Mapping[str, Any]) -> bool:
    """Whether the look-ups recorded on the sheet gave these figures."""
    for declared in sheet.layout.sheet.computed:
        if not declared.looks_up or declared.name not in sheet.layout.columns:
            continue
        column = sheet.layout.columns[declared.name]
        expected = figures[f"catalog_{declared.looks_up}"]
        for row, value in zip(sheet.rows, expected.tolist(), strict=True):
            cell = sheet.cells.get((row, column))
            if value > 0 and (cell is None or cell.value != value):
                return False
            found = None if cell is None else cell.value
            if not value > 0 and isinstance(found, float) and found > 0:
                return False
    return True


def _evaluate(alike: Sequence[_Checked]) -> None:
    """Evaluate sheets of one kind in one pass and give each its own part."""
    sheet = alike[0].reading.layout.sheet
    readings = [each.reading for each in alike]
    settings = {
        each.name: np.array(
            [reading.settings[each.name] for reading in readings],
            dtype=object if each.is_text else float,
        )
        for each in sheet.settings
    }
    groups: dict[str, Any] = {}
    for column in sheet.inputs:
        values = [value for reading in readings for value in reading.groups[column.name]]
        # What few rows need is alike in most files: then it is computed with once for all rows.
        is_one = values and values.count(values[0]) == len(values)
        groups[column.name] = np.array(
            values[0] if is_one else values, dtype=object if column.is_text else float
        )
    for name in alike[0].figures:
        groups[name] = np.concatenate([each.figures[name] for each in alike])
    counts = [len(reading.rows) for reading in readings]
    tables = evaluate_tables(sheet, settings, groups, np.repeat(np.arange(len(alike)), counts))
    starts = np.cumsum([0, *counts])
    for number, each in enumerate(alike):
        part = slice(starts[number], starts[number + 1])
        each.columns = {
            column.name: tables.groups.listed(column.name, part) for column in sheet.columns
        }
        alone = slice(number, number + 1)
        each.totals = {
            result.name: tables.plans.listed(result.name, alone)[0] for result in sheet.totals
        }
        _find_unknown_types(each)
    _note(alike, tables, starts)


def _find_unknown_types(checked: _Checked) -> None:
    """Note the node groups whose type the catalog, or one of its data sheets, does not list."""
    reading, figures = checked.reading, checked.figures
    if "instance_type" not in reading.layout.columns:
        return  # a fault of its own
    unknown = {name: np.isnan(figures[f"catalog_{name}"]) for name in LOOKED_UP}
    faulty = {each.cell for each in reading.faults}
    for number in np.flatnonzero(sum(unknown.values())).tolist():
        row = reading.rows[number]
        lacking = [name for name in LOOKED_UP if unknown[name][number]]
        if reading.layout.cell("instance_type", row) in faulty:
            continue
        name = str(reading.groups["instance_type"][number])
        sheets = sorted(
            each.sheet for each in reading.model.data_tables if set(lacking) & set(each.figures)
        )
        message = f'found "{name}"; an instance type of sheet {" and ".join(sheets)} is expected'
        if figures["catalog_position"][number] == 0:
            nearest = load_catalog().nearest(name)
            message += f"; is {nearest} meant?" if nearest else ""
        # AWS's sample shows max pods and computes nothing with them.
        kind, findings = "unknown-type", checked.faults
        if lacking == ["max_pods"]:
            kind, findings = "unknown-max-pods", checked.warnings
        findings.append(reading.finding("instance_type", row, kind, name, message))


def _note(alike: Sequence[_Checked], tables: Tables, starts: Any) -> None:
    """Give each sheet the notices that apply to it."""
    for notice, row, message in notices(tables):
        number = int(tables.plan[row]) if notice.of_row else row
        reading = alike[number].reading
        at = reading.rows[row - int(starts[number])] if notice.of_row else None
        if notice.of_row:
            found: Any = plain(tables.groups[notice.about][row])
        else:
            found = plain(tables.plans[notice.about][row])
        findings = alike[number].faults if notice.is_fault else alike[number].warnings
        findings.append(reading.finding(notice.about, at, notice.kind, found, message))


# --- one sheet ------------------------------------------------------------------------------------


class _Checked:
    """One sheet while it is evaluated and checked."""

    def __init__(
        self,
        number: int,
        book: WorkbookReading,
        reading: SheetReading,
        figures: dict[str, Any],
        changed: list[Finding],
    ) -> None:
        self.number = number
        self.book = book
        self.reading = reading
        self.figures = figures
        self.changed = changed
        self.recalculated: tuple[str, Mapping[tuple[int, int], Any]] | None = None
        self.columns: dict[str, list[Any]] = {}
        self.totals: dict[str, Any] = {}
        self.warnings: list[Finding] = []
        self.faults: list[Finding] = []

    def report(self) -> SheetReport:
        reading, sheet = self.reading, self.reading.layout.sheet
        compared = Comparison(reading, self.book.geometry, self.columns, self.totals)
        differences = [*self.changed, *reading.stale, *compared.differences()]
        if self.recalculated is not None:
            engine, values = self.recalculated
            differences += compared.recalculated(values, engine)
        faulty = {each.cell for each in reading.faults}
        warnings = [*reading.warnings, *self.warnings]
        if not compared.was_calculated:
            message = (
                "the file was never calculated: its formulas have no recorded results; "
                "open it in a spreadsheet program and save it"
            )
            first = sheet.totals[0].name
            warnings.append(reading.finding(first, None, "never-calculated", None, message))
        made_with = self.book.properties.get(PROPERTIES["version"])
        edited = any(each.kind == "formula" for each in differences)
        if edited and made_with and made_with != version(PROGRAM):
            message = (
                f"the workbook was made with version {made_with}, whose formulas may have been "
                "others; convert it to have the present ones"
            )
            first = sheet.totals[0].name
            warnings.append(reading.finding(first, None, "other-version", made_with, message))
        return SheetReport(
            sheet=reading.name,
            mode=sheet.mode,
            model=reading.model.name,
            settings={
                name: None if faulty and reading.layout.cell(name) in faulty else plain(value)
                for name, value in reading.settings.items()
            },
            totals={name: plain(self.totals[name]) for name in MAIN_TOTALS},
            details={name: plain(self.totals[name]) for name in details(sheet)},
            rows=reading.rows,
            columns={
                each.name: self.columns[each.name]
                for each in sheet.columns
                if each.style != "helper"
            },
            faults=[*reading.faults, *self.faults],
            warnings=warnings,
            differences=differences,
        )
