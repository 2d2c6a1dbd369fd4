"""Filled-in workbooks and what was read of them, for the tests of the reader."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from calculator import read_workbook
from calculator.findings import Finding
from calculator.model import get_model
from calculator.plan import Plan
from calculator.workbook.reading import PlanReading, WorkbookReading
from calculator.xlsx.reference import a1
from tests.helpers import HEADER_ROW, PLAN, PLANS, Raw, content, scratch

ROWS = 8


def raw_of(model: str = "vpc-cni", plan: Plan | None = PLAN, rows: int = ROWS) -> Raw:
    """A filled-in workbook with few rows and few types."""
    return Raw(content(model, plan, rows))


def read(source: Raw | Path) -> WorkbookReading:
    if isinstance(source, Path):
        return read_workbook(source)
    return read_workbook(source.save(scratch() / "plan.xlsx", compress=False))


@cache
def reading_of(model: str = "vpc-cni", rows: int = ROWS) -> WorkbookReading:
    """What is read of such a workbook, once for all tests: nobody may change it."""
    return read(raw_of(model, rows=rows))


def edited(sheet: str = "Plan", model: str = "vpc-cni", **cells: Any) -> WorkbookReading:
    """The filled-in workbook with other values in some cells, as it is read."""
    raw = raw_of(model)
    for cell, value in cells.items():
        raw.put(sheet, cell, value)
    return read(raw)


def findings(reading: WorkbookReading) -> list[Finding]:
    """All that is found in reading, of the workbook and of its plans."""
    return [*reading.findings, *(each for plan in reading.plans for each in plan.findings)]


def said(reading: WorkbookReading) -> list[tuple[str, str | None]]:
    """Code and place of all that is found in reading."""
    return [(each.code, each.place) for each in findings(reading)]


def same_inputs(reading: PlanReading, plan: Plan | None = None) -> bool:
    """Whether the settings and node groups of a plan were read, whatever was said of them."""
    model = reading.model
    plan = plan or PLANS[model.name]
    for sheet in [reading.plan.layout.sheet] if not model.plan else model.sheets:
        for setting in sheet.settings:
            expected = setting.value(getattr(plan, setting.name))
            assert reading.settings[setting.name] == expected, setting.name
    for column in reading.plan.layout.sheet.inputs:
        expected = [column.value(getattr(group, column.name)) for group in plan.node_groups]
        assert reading.groups[column.name] == expected, column.name
    assert len(reading.rows) == len(plan.node_groups)
    return True


def is_as_planned(reading: WorkbookReading, plan: Plan | None = None) -> bool:
    """Whether every plan was read as it was written, and nothing was found."""
    assert said(reading) == []
    return all(same_inputs(each, plan) for each in reading.plans)


def cell_of(name: str, row: int | None = None, model: str = "vpc-cni") -> tuple[str, str]:
    """Sheet and cell of an input of a new workbook."""
    for sheet in get_model(model).sheets:
        for setting in sheet.settings:
            if setting.name == name:
                return sheet.name, setting.cell
        for number, column in enumerate(sheet.columns, 1):
            if column.name == name and column.formula is None:
                return sheet.name, a1(row or HEADER_ROW[model] + 2, number)
    raise KeyError(name)
