"""What is explained: a plan, and the workbook that it stands in, if any."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from calculator.catalog import Catalog, load_catalog
from calculator.convert import plan_in
from calculator.errors import InputError, WorkbookError
from calculator.model import get_model, get_sheet
from calculator.model.engine import Book, plan_tables
from calculator.model.sheet import Model, Sheet
from calculator.naming import group_title
from calculator.plan import UNDECIDED, Plan
from calculator.workbook.layout import Layout, quoted
from calculator.workbook.reader import read_workbook
from calculator.workbook.reading import PlanReading, WorkbookReading

__all__ = ["Source", "source_of", "sources_of"]


@dataclass(frozen=True)
class Source:
    """A plan on one sheet of a model.

    Parameters
    ----------
    model, sheet: whose rules are explained.
    plan: what is filled in, with the mode that it is judged by.
    catalog: limits of its instance types.
    file: the workbook; "" for a plan that stands in none.
    layouts: where the cells of the workbook stand, by the model's name of the sheet.
    plan_sheet: the model's name of the sheet with the node groups, where that is another one.
    is_shown: whether these are the workbook's numbers, of its own model and inputs.
    positions: the number of each node group's row in the node table, counted from 1.
    """

    model: Model
    sheet: Sheet
    plan: Plan
    catalog: Catalog
    file: str = ""
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    plan_sheet: str | None = None
    is_shown: bool = False
    positions: tuple[int, ...] = ()

    @property
    def titles(self) -> list[str]:
        """What each node group is called."""
        seen = Counter[tuple[str, str]]()
        titles = []
        for group in self.plan.node_groups:
            kind = group.instance_type, group.os
            seen[kind] += 1
            titles.append(group_title(*kind, seen[kind]))
        return titles

    @property
    def sheet_name(self) -> str:
        """What the workbook calls the sheet."""
        layout = self.layouts.get(self.sheet.name)
        return layout.name if layout else self.sheet.name

    def book(self) -> Book:
        """The plan as the engine takes it."""
        sheets = self.model.sheets if self.model.plan else [self.sheet]
        return plan_tables(self.model, sheets, [self.plan], self.catalog)

    def row(self, sheet: str | None, group: int) -> int | None:
        """The row of a node group, counted from 0, on a sheet of the workbook, if it has one."""
        layout = self.layouts.get(sheet or "")
        return layout.header_row + self.positions[group] if layout else None

    def cell(self, sheet: str, name: str, group: int | None) -> str | None:
        """Where a number stands in the workbook; None where it does not.

        Parameters
        ----------
        group: of a column, the number of the node group, counted from 0.
        """
        layout = self.layouts.get(sheet)
        if layout is None or not self.is_shown or (group is None and name not in layout.places):
            return None
        if group is not None and name not in layout.columns:
            return None
        row = None if group is None else self.row(sheet, group)
        return f"{quoted(layout.name)}!{layout.cell(name, row)}"

    def group(self, row: int) -> int:
        """The number of a node group, counted from 0.

        Parameters
        ----------
        row: of a workbook the row of the sheet, or, above its node table, that of sheet Plan;
            else the number of the node group, counted from 1.

        Raises
        ------
        InputError: when no node group stands there.
        """
        numbers = list(range(1, len(self.plan.node_groups) + 1))
        rows, where = numbers, "node groups"
        if self.layouts:
            layout = self.layouts[self.sheet.name]
            where = f"rows of sheet {layout.name}"
            if self.plan_sheet and row <= layout.header_row:
                layout = self.layouts[self.plan_sheet]
                where += f" above its node table are those of sheet {layout.name}"
            rows = [layout.header_row + position for position in self.positions]
        if row in rows:
            return rows.index(row)
        if not rows:
            raise InputError(f"row: found {row}; the plan has no node group")
        listed = ", ".join(map(str, rows if len(rows) < 10 else [*rows[:8], "...", rows[-1]]))
        raise InputError(f"row: found {row}; {where}: {listed} is expected")


def source_of(
    plan: Plan,
    model: str = "vpc-cni",
    mode: str | None = None,
    catalog: Catalog | None = None,
) -> Source:
    """A plan that stands in no workbook.

    Parameters
    ----------
    model, mode, catalog: as for :func:`calculator.evaluate`.

    Raises
    ------
    InputError: for a model or a mode that does not exist, or an instance type that is not in the
        catalog.
    """
    declared = get_model(model)
    chosen = mode or (plan.mode if declared.plan else UNDECIDED)
    sheet = next(iter(declared)) if chosen == UNDECIDED else get_sheet(declared, chosen)
    catalog = load_catalog(model=model) if catalog is None else catalog
    catalog.require(group.instance_type for group in plan.node_groups)
    if declared.plan:
        plan = replace(plan, mode=UNDECIDED if chosen == UNDECIDED else str(sheet.mode))
    return Source(declared, sheet, plan, catalog)


def sources_of(
    path: str | os.PathLike[str],
    sheet: str | None = None,
    *,
    model: str | None = None,
    settings: Mapping[str, Any] | None = None,
    catalog: Catalog | None = None,
) -> list[Source]:
    """What is filled in in a workbook: on the sheet that is named, else on each that is a plan.

    Parameters
    ----------
    path: as for :func:`calculator.read_workbook`.
    sheet: a sheet of the workbook, or a mode; of a workbook whose inputs stand once, its sheet
        Plan is the mode of the plan.
    model: whose rules are explained; by default the workbook's.
    settings: inputs that go before those of the workbook, by name.
    catalog: limits of the instance types; by default the workbook's.

    Raises
    ------
    WorkbookError: when it cannot be read, or an input of it cannot be used.
    InputError: for a sheet that is not there.
    """
    reading = read_workbook(path)
    declared = reading.model
    if declared.plan:
        chosen = [(reading.plans[0], _mode_of(reading.plans[0], sheet))]
    else:
        chosen = [(plan, None) for plan in _plans_of(reading, sheet)]
    found = []
    for plan, mode in chosen:
        own = None if declared.plan else plan.plan.name
        filled_in = replace(plan_in(reading, own), **(settings or {}))
        named = model or declared.name
        limits = catalog or (reading.catalog if named == declared.name else None)
        try:
            source = source_of(filled_in, named, mode or _mode_in(plan, named), limits)
        except InputError as error:
            raise WorkbookError(reading.file, "faults", str(error)) from None
        found.append(
            replace(
                source,
                file=reading.file,
                layouts={name: each.layout for name, each in plan.sheets.items()},
                plan_sheet=declared.plan,
                is_shown=named == declared.name and not settings,
                positions=tuple(plan.positions),
            )
        )
    return found


def _mode_of(plan: PlanReading, sheet: str | None) -> str | None:
    """The mode of a sheet of a workbook whose inputs stand once; None for the plan's own."""
    if sheet is None:
        return None
    listed = []
    for each in plan.sheets.values():
        declared = each.layout.sheet
        if not declared.mode and declared.name != plan.model.plan:
            continue
        listed.append(each.name)
        if sheet.casefold() in {each.name.casefold(), declared.name.casefold(), declared.mode}:
            return declared.mode
    raise InputError(f'sheet: found "{sheet}"; one of {", ".join(listed)} is expected')


def _plans_of(reading: WorkbookReading, sheet: str | None) -> list[PlanReading]:
    """The plans of a workbook whose sheets have inputs of their own."""
    if sheet is None:
        return list(reading.plans)
    for plan in reading.plans:
        declared = plan.plan.layout.sheet
        known = {plan.plan.name.casefold(), declared.name.casefold(), declared.mode}
        if sheet.casefold() in known:
            return [plan]
    listed = ", ".join(plan.plan.name for plan in reading.plans)
    raise InputError(f'sheet: found "{sheet}"; one of {listed} is expected')


def _mode_in(plan: PlanReading, model: str) -> str | None:
    """The mode of a plan that has its sheet for itself, in the model that explains it."""
    return None if plan.model.plan else plan.plan.layout.sheet.mode
