"""Moves the inputs of a filled-in workbook into a fresh workbook of another model."""

from __future__ import annotations

import os

from calculator.catalog import Catalog
from calculator.errors import Finding, WorkbookError
from calculator.model import get_model
from calculator.model.sheet import Column, Setting, Sheet
from calculator.parity import SheetReport, judge
from calculator.plan import NodeGroup, Plan, found_words
from calculator.workbook.reader import SheetReading, read_workbook
from calculator.workbook.writer import SheetPlan, write_workbook

__all__ = ["convert_workbook"]


def convert_workbook(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    model: str = "vpc-cni",
    rows: int = 20,
    catalog: Catalog | None = None,
    overwrite: bool = False,
) -> list[tuple[SheetReport, SheetReport | None]]:
    """Write a workbook of `model` with the inputs of another, sheet by sheet.

    Parameters
    ----------
    source: the filled-in workbook, of any model.
    target: where to write.
    model, rows, catalog, overwrite: as for :func:`calculator.write_workbook`.

    Returns
    -------
    For each sheet its report before and after; None for a sheet of a mode that `model` has not.
    What `model` cannot say is left out, with a warning ``left-out`` in the report before.

    Raises
    ------
    WorkbookError: when the source cannot be read, an input of it cannot be used, or `model` has
        none of its modes.
    InputError: when there is such a file already, or nothing can be written there.
    """
    reading = read_workbook(source)
    faults = [fault.at(reading.file) for sheet in reading.sheets for fault in sheet.faults]
    if faults:
        listed = "\n  ".join(faults)
        message = f"its inputs cannot all be used; nothing was written:\n  {listed}"
        raise WorkbookError(reading.file, "faults", message)
    declared = {each.mode: each for each in get_model(model)}
    kept = [each for each in reading.sheets if each.layout.sheet.mode in declared]
    if not kept:
        listed = ", ".join(each.name for each in reading.sheets)
        message = f"model {model} has none of the modes of its sheets ({listed})"
        raise WorkbookError(reading.file, "no-such-mode", message)
    plans = [SheetPlan(each.name, each.layout.sheet.mode, _plan_of(each)) for each in kept]
    write_workbook(target, plans, model=model, rows=rows, catalog=catalog, overwrite=overwrite)
    [before] = judge([reading])
    [after] = judge([read_workbook(target)], catalog)
    written = {each.sheet: each for each in after.sheets}
    for sheet, report in zip(reading.sheets, before.sheets, strict=True):
        if report.sheet in written:
            report.warnings += _left_out(sheet, declared[report.mode], model)
    return [(each, written.get(each.sheet)) for each in before.sheets]


def _plan_of(sheet: SheetReading) -> Plan:
    groups = [
        NodeGroup(**dict(zip(sheet.groups, values, strict=True)))
        for values in zip(*sheet.groups.values(), strict=True)
    ]
    return Plan(node_groups=groups, **sheet.settings)  # type: ignore[arg-type]


def _left_out(sheet: SheetReading, target: Sheet, model: str) -> list[Finding]:
    """What was filled in and the model's sheet has no input for."""
    findings = []

    def say(declared: Setting | Column, row: int | None, value: float | str) -> None:
        default = declared.input.default if declared.input else ""
        if declared.name not in target.by_name and value != default:
            message = f"found {found_words(value)}; model {model} has no such input: left out"
            findings.append(sheet.finding(declared.name, row, "left-out", value, message))

    for setting in sheet.layout.sheet.settings:
        say(setting, None, sheet.settings[setting.name])
    for column in sheet.layout.sheet.inputs:
        for row, value in zip(sheet.rows, sheet.groups[column.name], strict=True):
            say(column, row, value)
    return findings
