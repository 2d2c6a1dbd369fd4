"""Reads a filled-in workbook: inputs, recorded values and recorded formulas, each with its cell.

Sheets, settings and columns are found by label and header, so that inserted rows, renamed or
copied sheets and other programs' habits do no harm. Reading collects every fault it meets.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from calculator.errors import LISTED, WorkbookError
from calculator.findings import Finding
from calculator.model.sheet import Model, Sheet
from calculator.workbook.about import ABOUT, PROPERTIES
from calculator.workbook.data_places import find_data
from calculator.workbook.elsewhere import on_other_sheet
from calculator.workbook.filled_in import read_inputs
from calculator.workbook.finder import find_sheet, layout_version
from calculator.workbook.input_formulas import fetched_inputs
from calculator.workbook.layout import Layout
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.package import Package

__all__ = ["read_workbook"]


def read_workbook(
    path: str | os.PathLike[str], content: bytes | OSError | None = None
) -> WorkbookReading:
    """Read a filled-in workbook of any model.

    Parameters
    ----------
    path: an .xlsx of this program, AWS's sample workbook, or either after another program saved
        it; also a URL for fsspec.
    content: the file's bytes, or why they could not be read, where that is known already.

    Returns
    -------
    The reading; its plans hold all inputs, recorded values and formulas.

    Raises
    ------
    WorkbookError: when it is no workbook, is damaged, or has no calculator sheet.
    """
    package = Package.open(path, content)
    data, others = find_data(package)
    shared: dict[str, Layout] = {}
    sheets, beside = [], []
    for name, cells in others:
        found = find_sheet(package, name, cells, data, shared)
        if found is not None:
            sheets.append(SheetCells(*found))
        else:
            beside.append((name, cells))
    findings: list[Finding] = []
    plans = _plans(package, sheets, shared, findings)
    if not plans:
        _refuse(package, sheets)
    version = layout_version(package) if plans[0].model.layout is not None else None
    reading = WorkbookReading(
        file=package.file,
        properties=package.properties,
        layout=version,
        plans=tuple(plans),
        geometry=Geometry.of(package.tables, package.names, tuple(package.sheets)),
        findings=findings,
        package=package,
        data=data,
    )
    if package.has_macros:
        message = "the file holds macros; they were not run, and what they do was not looked at"
        findings.append(Finding("macros", None, None, None, None, message))
    findings += _missing_sheets(reading)
    for plan in plans:
        read_inputs(plan, reading)
        plan.findings += fetched_inputs(reading, plan)
    if ABOUT in package.sheets and ABOUT not in dict(others):
        beside.append((ABOUT, package.cells(ABOUT)))
    for name, cells in beside:
        findings += on_other_sheet(plans, name, cells)
    _tell_layout(reading)
    if not reading.is_of_other_layout:
        findings += _missing_data(reading)
    return reading


def _plans(
    package: Package,
    sheets: Sequence[SheetCells],
    shared: dict[str, Layout],
    findings: list[Finding],
) -> list[PlanReading]:
    """The plans of a workbook, with the sheets that compute each."""
    together: dict[str, list[SheetCells]] = {}
    plans = []
    for each in sheets:
        if each.layout.model.plan:
            together.setdefault(each.layout.sheet.name, []).append(each)
        else:
            plans.append(PlanReading(each.layout.model, {each.layout.sheet.name: each}))
    if not together:
        return plans
    model = next(iter(together.values()))[0].layout.model
    if model.plan not in together:
        return plans
    if plans:
        listed = ", ".join(each.plan.name for each in plans)
        message = (
            f"the workbook also holds sheets of AWS's sample, which are not looked at: {listed}"
        )
        findings.append(Finding("copied-sheet", None, None, None, None, message))
    chosen = {}
    for sheet in model.sheets:
        copies = together.get(sheet.name)
        if not copies:
            continue
        # Of a sheet and its copies, the one that still has its name.
        named = [each for each in copies if each.name.casefold() == sheet.name.casefold()]
        one = chosen[sheet.name] = (named or copies)[0]
        shared[sheet.name] = one.layout
        findings += [_copy(sheet, model, each) for each in copies if each is not one]
    return [PlanReading(model, chosen)]


def _missing_sheets(reading: WorkbookReading) -> Iterator[Finding]:
    """The sheets of the plan's model that are not there; of another layout, those with inputs."""
    sheets = reading.model.sheets if reading.model.plan else ()
    for sheet in (each for each in sheets if each.name not in reading.plans[0].sheets):
        is_there = sheet.name in reading.package.sheets
        words = "labels" if sheet.settings else "headers"
        start = f"the {words} of sheet {sheet.name} are" if is_there else f"sheet {sheet.name} is"
        if sheet.settings:
            message = f"{start} missing, and its settings are not known; put them back"
            yield Finding("missing-sheet", sheet.name, None, None, None, message)
        elif not reading.is_of_other_layout:
            message = f"{start} missing; what it would show cannot be checked"
            yield Finding("missing-mode", sheet.name, None, None, None, message)


def _missing_data(reading: WorkbookReading) -> Iterator[Finding]:
    """The data sheets that formulas look in, or columns of them, that are not there."""
    sheets = (sheet for plan in reading.plans for sheet in plan.sheets.values())
    if any(cell.formula for sheet in sheets for cell in sheet.cells.values()):
        tables = reading.model.data_tables
        missing = {each.sheet: "" for each in tables if each.name not in reading.data}
        for where in (reading.data[each.name] for each in tables if each.name in reading.data):
            known = {*where.columns, *where.data.shown}
            if lost := [f'"{each}"' for each in where.data.headers if each not in known]:
                missing.setdefault(where.sheet, " nor ".join(lost))
        for name, lacking in missing.items():
            message = f"sheet {name} is missing, or its headers are; formulas look in it"
            if lacking:
                message = f"the sheet has no column {lacking}; formulas look there"
            yield Finding("missing-mode", name, None, None, None, message)


def _copy(sheet: Sheet, model: Model, copy: SheetCells) -> Finding:
    if sheet.name == model.plan:
        message = "this is a second sheet with a plan; one workbook, one plan: save it as a file "
        message += "of its own"
        return Finding("second-plan", copy.name, None, None, None, message)
    message = f"this is a copy of sheet {sheet.name}, and is not looked at"
    return Finding("copied-sheet", copy.name, None, None, None, message)


def _refuse(package: Package, sheets: Sequence[SheetCells]) -> None:
    said = package.properties
    if PROPERTIES["version"] in said and PROPERTIES["model"] not in said:
        message = "It is a report of this program, not a plan. Keep reports in another folder."
        raise WorkbookError(package.file, "report", message)
    listed = ", ".join(package.sheets)
    if sheets:
        plan = sheets[0].layout.model.plan
        message = (
            f"its sheet {plan}, on which everything is filled in, was not found by its headers "
            '("instance type", "# of Instances", "Target Workload Pods per Node"); put them back '
            f"over their columns, or the sheet{LISTED}{listed}"
        )
        raise WorkbookError(package.file, "no-plan", message)
    raise WorkbookError(
        package.file,
        "no-calculator-sheet",
        'it has no sheet with a node table (a row with the headers "instance type", '
        f'"# of Instances", "Target Workload Pods per Node"){LISTED}{listed}',
    )


def _tell_layout(reading: WorkbookReading) -> None:
    if not reading.is_of_other_layout:
        return
    present = reading.model.layout
    assert present is not None
    assert reading.layout is not None
    older = reading.layout < present
    code, age = ("made-by-older", "an older") if older else ("made-by-newer", "a newer")
    message = (
        f"the workbook has {age} layout ({reading.layout}, the present one is {present}): its "
        "inputs are evaluated with today's rules, its formulas and values were not compared"
    )
    if reading.assumed:
        message += f"; settings that it does not have are assumed: {', '.join(reading.assumed)}"
    sheet = ABOUT if ABOUT in reading.package.sheets else None
    reading.findings.append(Finding(code, sheet, None, None, reading.layout, message))
