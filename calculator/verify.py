"""Holds a filled-in workbook against the Python results: formula, recorded value, recalculation.

Three checks, because each sees what the others cannot: an edited formula that gives the same
number today, a number that belongs to other inputs, a spreadsheet program that computes otherwise.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from calculator.catalog import Catalog
from calculator.errors import RecalculationError, WorkbookError
from calculator.evaluation import Evaluated, evaluate_alike
from calculator.findings import Finding
from calculator.fingerprints import with_fingerprints
from calculator.inputs import plain
from calculator.model.engine import details
from calculator.model.names import NOTHING
from calculator.model.result import FITS, verdict_words
from calculator.model.sheet import Model
from calculator.parity.causes import by_cause
from calculator.parity.comparison import SheetComparison
from calculator.parity.data_sheets import changed_words, figures_of
from calculator.plan import UNDECIDED
from calculator.report import MAIN_TOTALS, PlanReport, SheetReport, Verdict, WorkbookReport
from calculator.workbook.among_settings import with_notes
from calculator.workbook.calculated_columns import look_at_calculated_columns
from calculator.workbook.calculation import names_of_tables, settings_of_calculation
from calculator.workbook.drawings import look_at_charts, look_at_shapes
from calculator.workbook.explanations import reworded
from calculator.workbook.heads import misnamed_sheets, wrong_heads
from calculator.workbook.looks import by_theme_once, look_at, look_at_data, look_at_windows
from calculator.workbook.reader import read_workbook
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.workbook.recalculate import Recalculated
from calculator.workbook.several_inputs import said_together
from calculator.xlsx.cells import Cell

__all__ = ["judge", "verify_workbook", "without_garbage_collection"]


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
    if report.error and recalculate is None:
        raise WorkbookError(report.file, "damaged", report.error)
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
    """Evaluate and check many workbooks, all plans of one kind in one pass of the engine.

    Parameters
    ----------
    readings: what was read, shape (workbooks,).
    catalog, recalculate: as for :func:`verify_workbook`.
    """
    reports = [WorkbookReport(each.file) for each in readings]
    engine_values = _recalculate(readings, reports, recalculate) if recalculate else {}
    kinds: dict[tuple[str, str], list[Evaluated]] = {}
    in_order: list[list[Evaluated]] = []
    for reading, report in zip(readings, reports, strict=True):
        plans: list[Evaluated] = []
        in_order.append(plans)
        try:
            plans += [
                Evaluated(reading, plan, *figures_of(reading, plan, catalog))
                for plan in reading.plans
            ]
        except WorkbookError as error:
            report.error = error.message
        for checked in plans:
            kind = checked.reading.model.name, next(iter(checked.reading.sheets))
            kinds.setdefault(kind, []).append(checked)
    for alike in kinds.values():
        evaluate_alike(alike)
    for report, plans in zip(reports, in_order, strict=True):
        if plans:
            given = engine_values.get(report.file)
            try:
                _report(report, plans, given, recalculate)
            except WorkbookError as error:  # of a part that is read only now
                report.error = error.message
                report.plan, report.verdict, report.sheets, report.findings = None, None, [], []
    return reports


def _recalculate(
    readings: Sequence[WorkbookReading], reports: Sequence[WorkbookReport], engine: str
) -> dict[str, Recalculated]:
    """The values `engine` gives to each file's own formulas; a file without them says why."""
    from calculator.workbook.recalculate import recalculate

    sheets = {
        each.file: [sheet.name for plan in each.plans for sheet in plan.sheets.values()]
        for each in readings
    }
    results = recalculate([each.file for each in readings], engine, sheets=sheets)
    values = {}
    for report in reports:
        result = results[report.file]
        if isinstance(result, RecalculationError):
            report.error = str(result).removeprefix(f"{report.file}: ")
        else:
            values[report.file] = result
    return values


# --- reporting ------------------------------------------------------------------------------------


def _report(
    report: WorkbookReport,
    plans: Sequence[Evaluated],
    engine_values: Recalculated | None,
    engine: str | None,
) -> None:
    """Fill in the report of a workbook."""
    first, *_ = plans
    book, model = first.book, first.reading.model
    report.model = model.name
    report.layout = model.layout if book.layout is None else book.layout
    formulas, values = _holds(plans)
    if not (formulas and values) and not book.is_of_other_layout:
        report.findings.append(_nothing_to_compare(formulas=formulas))
    for checked in plans:
        # A figure that two sheets look up is one figure.
        said = {(each.code, each.place) for each in report.findings}
        changed = [each for _, each in checked.changed if (each.code, each.place) not in said]
        # Tables that were moved are told with the words.
        changed = [each for each in changed if each.code in ("figure", "own-type")]
        findings = [*checked.reading.findings, *checked.findings, *changed]
        compared = [] if book.is_of_other_layout else _compared(checked, formulas, values)
        for one in compared:
            findings += one.differences()
            if engine and engine_values is not None:
                findings += one.recalculated(engine_values[one.sheet.name], engine)
        findings = said_together(checked.reading.plan, findings)
        if not book.is_of_other_layout:
            for sheet in checked.reading.sheets.values():
                findings = with_notes(sheet, [*findings, *wrong_heads(sheet)])
                findings += reworded(sheet)
            findings += look_at_calculated_columns(book, checked.reading, findings)
        if book.package.application.startswith("LibreOffice"):
            # What was pasted over a formula is no way to record what that shows.
            lost = {each.place for each in findings if each.code == "formula"}
            findings = [each for each in findings if each.place in lost or not _shows_0(each)]
        shown = _as_shown(checked)
        findings += look_at(book, shown, _mode(checked))
        findings += look_at_shapes(book, shown)
        of_book: list[Finding] = []
        if checked is first:
            of_book = [*book.findings, *settings_of_calculation(book), *changed_words(book)]
            of_book += names_of_tables(book)
            of_book += [*look_at_data(book), *look_at_windows(book)]
            if not book.is_of_other_layout:
                of_book += misnamed_sheets(
                    sheet for each in plans for sheet in each.reading.sheets.values()
                )
            if model.plan:
                of_book += look_at_charts(book, checked.reading)
        every = [*of_book, *findings]
        report.findings += by_cause(checked.reading, every, book.geometry, report.findings)
        report.sheets += _sheet_reports(checked)
        if model.plan:
            report.plan, report.verdict = _plan_report(checked), checked.verdict
    if report.verdict is None:
        report.verdict = _verdict_of_sheets(report.sheets, book)
    report.checked = [sheet.name for each in plans for sheet in each.reading.sheets.values()]
    report.findings = with_fingerprints(by_theme_once(report.findings), book)


def _as_shown(checked: Evaluated) -> PlanReading:
    """What was read, with "" where a formula shows nothing: not every program writes it down."""
    plan, sheets = checked.reading, dict[str, SheetCells]()
    for name, sheet in plan.sheets.items():
        layout, columns, totals = sheet.layout, checked.columns[name], checked.totals[name]
        shown = [(layout.places[each.name], totals[each.name]) for each in layout.sheet.totals]
        rows = plan.rows_of(sheet)
        for each in layout.sheet.computed:
            values = columns[each.name]
            if each.name in layout.columns and ("" in values or NOTHING in values):
                shown += zip(
                    [(row, layout.columns[each.name]) for row in rows], values, strict=True
                )
        empty = {
            at: Cell("", cell.formula)
            for at, value in shown
            if value in ("", NOTHING) and (cell := sheet.cells.get(at))
            if cell.value is None and cell.formula is not None
        }
        sheets[name] = replace(sheet, cells={**sheet.cells, **empty}) if empty else sheet
    return replace(plan, sheets=sheets)


def _mode(checked: Evaluated) -> str:
    """The mode that a plan is judged by."""
    if checked.verdict is not None:
        return checked.verdict.mode
    return str(checked.reading.plan.layout.sheet.mode)


def _shows_0(finding: Finding) -> bool:
    """Whether 0 is recorded for nothing; LibreOffice makes it of "" by way of its own format."""
    is_0 = finding.found == 0 and not isinstance(finding.found, bool)
    return finding.code == "value" and is_0 and finding.expected == ""


def _compared(checked: Evaluated, formulas: bool, values: bool) -> list[SheetComparison]:
    return [
        SheetComparison(
            sheet,
            checked.reading,
            checked.book.geometry,
            checked.columns[name],
            checked.totals[name],
            formulas,
            values,
        )
        for name, sheet in checked.reading.sheets.items()
    ]


def _holds(plans: Sequence[Evaluated]) -> tuple[bool, bool]:
    """Whether a file holds formulas, and whether it holds results: zeros alone are a writer's."""
    has_formulas = False
    for checked in plans:
        for one in _compared(checked, True, True):
            for cell in one.formula_cells():
                if cell.formula is None:
                    continue
                has_formulas = True
                if cell.value not in (None, "", 0.0):
                    return True, True
    return has_formulas, not has_formulas


def _nothing_to_compare(*, formulas: bool) -> Finding:
    """What is said of a file that holds formulas only, or values only."""
    if formulas:
        code = "no-recorded-values"
        message = (
            "the file was never calculated: it holds no recorded values to compare, its formulas "
            "only; open it in a spreadsheet program and save it, or --recalculate"
        )
    else:
        code = "no-formulas"
        message = (
            "the file holds values only: no formula computes them, so that they stay as they are "
            "whatever is filled in; convert it to have formulas again"
        )
    return Finding(code, None, None, None, None, message)


def _sheet_reports(checked: Evaluated) -> Iterator[SheetReport]:
    reading = checked.reading
    for name, sheet in reading.sheets.items():
        declared = sheet.layout.sheet
        if not declared.mode:
            continue
        totals = checked.totals[name]
        yield SheetReport(
            sheet=sheet.name,
            mode=declared.mode,
            fits=_fits(reading.model, totals),
            totals={each: plain(totals[each]) for each in MAIN_TOTALS},
            details={each: plain(totals[each]) for each in details(declared)},
            settings={} if reading.model.plan else _settings(reading, [sheet]),
            rows=reading.rows,
            columns={
                column.name: checked.columns[name][column.name]
                for column in declared.columns
                if column.style != "helper"
            },
        )


def _fits(model: Model, totals: Mapping[str, Any]) -> bool | None:
    if model.plan:
        return FITS.get(str(totals["outcome"]))
    remaining = plain(totals["ips_remaining"])
    return None if remaining is None else remaining >= 0


def _settings(reading: PlanReading, sheets: Sequence[SheetCells]) -> dict[str, float | str | None]:
    """The settings by name; None for what cannot be used, or is left to the mode."""
    faulty = {(each.sheet, each.cell) for each in reading.faults}
    settings: dict[str, float | str | None] = {}
    for sheet in sheets:
        for setting in sheet.layout.sheet.settings:
            name = setting.name
            value = plain(reading.settings[name])
            unusable = (sheet.name, sheet.layout.cell(name)) in faulty
            empty = value == "" and setting.default is None
            settings[name] = None if unusable or empty else value
    return settings


def _plan_report(checked: Evaluated) -> PlanReport:
    reading = checked.reading
    name = str(reading.model.plan)
    inputs = [column.name for column in reading.plan.layout.sheet.inputs]
    columns = {each: reading.groups[each] for each in inputs}
    return PlanReport(
        sheet=reading.plan.name,
        settings=_settings(reading, list(reading.sheets.values())),
        rows=reading.rows,
        columns={**columns, "check": checked.columns[name]["check"]},
    )


def _verdict_of_sheets(sheets: Sequence[SheetReport], book: WorkbookReading) -> Verdict:
    """Of a workbook whose sheets are plans of their own: all of them must fit."""
    left: dict[str, int | None]
    left = {str(each.sheet): None for each in book.findings if each.code == "missing-column"}
    left |= {each.sheet: each.totals["ips_remaining"] for each in sheets}
    fits = [None if remaining is None else remaining >= 0 for remaining in left.values()]
    words = "; ".join(verdict_words(*one) for one in left.items())
    known = False if False in fits else None if None in fits else True
    return Verdict(known, UNDECIDED, words)
