"""Moves the inputs of a filled-in workbook into a fresh workbook of another model."""

from __future__ import annotations

import os

from calculator.catalog import Catalog
from calculator.errors import WorkbookError
from calculator.parity import SheetReport, judge
from calculator.plan import NodeGroup, Plan
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
) -> list[tuple[SheetReport, SheetReport]]:
    """Write a workbook of `model` with the inputs of another, sheet by sheet.

    Parameters
    ----------
    source: the filled-in workbook, of any model.
    target: where to write.
    model, rows, catalog, overwrite: as for :func:`calculator.write_workbook`.

    Returns
    -------
    For each sheet its report before and after.

    Raises
    ------
    WorkbookError: when the source cannot be read, or an input of it cannot be used.
    InputError: when there is such a file already, or nothing can be written there.
    """
    reading = read_workbook(source)
    faults = [fault.at(reading.file) for sheet in reading.sheets for fault in sheet.faults]
    if faults:
        listed = "\n  ".join(faults)
        message = f"its inputs cannot all be used; nothing was written:\n  {listed}"
        raise WorkbookError(reading.file, "faults", message)
    plans = [
        SheetPlan(each.name, each.layout.sheet.mode, _plan_of(each)) for each in reading.sheets
    ]
    write_workbook(target, plans, model=model, rows=rows, catalog=catalog, overwrite=overwrite)
    [before] = judge([reading])
    [after] = judge([read_workbook(target)], catalog)
    return list(zip(before.sheets, after.sheets, strict=True))


def _plan_of(sheet: SheetReading) -> Plan:
    columns = (sheet.groups[each.name] for each in sheet.layout.sheet.inputs)
    groups = [
        NodeGroup(str(name), int(instances), int(pods))
        for name, instances, pods in zip(*columns, strict=True)
    ]
    settings = {name: int(value) for name, value in sheet.settings.items()}
    return Plan(node_groups=groups, **settings)
