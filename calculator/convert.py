"""Moves the inputs of a filled-in workbook into a fresh workbook, of the same or another model."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from calculator.catalog import Catalog, load_catalog
from calculator.errors import InputError, WorkbookError
from calculator.findings import Finding
from calculator.inputs import found_words
from calculator.model import get_model
from calculator.model.expression import NOTHING
from calculator.model.sheet import Model
from calculator.parity.data_sheets import catalog_of
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, NodeGroup, Plan
from calculator.report import WorkbookReport
from calculator.verify import judge, without_garbage_collection
from calculator.workbook.reader import read_workbook
from calculator.workbook.reading import PlanReading, WorkbookReading
from calculator.workbook.writer import ROWS, lacking_inputs, write_workbook

__all__ = ["convert_workbook", "plan_in", "plan_of", "read_plan"]


def convert_workbook(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    model: str = "vpc-cni",
    sheet: str | None = None,
    rows: int = ROWS,
    catalog: Catalog | None = None,
    overwrite: bool = False,
) -> tuple[WorkbookReport, WorkbookReport]:
    """Write a workbook of `model` with the inputs of another.

    Parameters
    ----------
    source: the filled-in workbook, of any model or layout.
    target: where to write.
    sheet: the sheet that is moved, of a workbook whose sheets have inputs of their own and differ
        in them; where they agree, each adds the target of its mode.
    model, rows, overwrite: as for :func:`calculator.write_workbook`.
    catalog: instance types to write; by default the model's own, and those of the workbook that
        its node groups use and the model does not list.

    Returns
    -------
    The reports of the source and of what was written. What `model` cannot say is left out, with a
    warning ``left-out`` in the report of the source.

    Raises
    ------
    WorkbookError: when the source cannot be read, or an input of it cannot be used.
    InputError: when its sheets differ and none is named, there is such a file already, or nothing
        can be written there.
    """
    reading = read_workbook(source)
    if faults := _faults(reading):
        message = f"its inputs cannot all be used; nothing was written:\n  {faults}"
        raise WorkbookError(reading.file, "faults", message)
    declared = get_model(model)
    chosen = _chosen(reading, sheet)
    plan = _plan_of(chosen)
    lacking = lacking_inputs(plan, declared)
    own = catalog_of(reading, chosen[0])
    names = dict.fromkeys(each.instance_type.lower() for each in plan.node_groups)
    used = [each for each in map(own.get, names) if each is not None]
    write_workbook(
        target,
        _without(plan, lacking),
        model=model,
        rows=rows,
        catalog=catalog or load_catalog(model=model).with_others(Catalog(used, own.version)),
        overwrite=overwrite,
    )
    [before] = judge([reading])
    [after] = judge([read_workbook(target)], catalog)
    before.findings += _left_out(chosen[0], lacking, declared)
    return before, after


def plan_of(source: str | os.PathLike[str], sheet: str | None = None) -> Plan:
    """What is filled in in a workbook, of any model or layout.

    Parameters
    ----------
    sheet: as for :func:`convert_workbook`.

    Raises
    ------
    WorkbookError: when it cannot be read, or an input of it cannot be used.
    InputError: when its sheets differ and none is named.
    """
    return read_plan(source, sheet).plan


def plan_in(reading: WorkbookReading, sheet: str | None = None) -> Plan:
    """The same of a workbook that was read.

    Raises
    ------
    WorkbookError: when an input of it cannot be used.
    InputError: when its sheets differ and none is named.
    """
    return _plan_of(_usable(reading, sheet))


class ReadPlan(NamedTuple):
    """What is filled in in a workbook.

    Parameters
    ----------
    plan: the plan.
    catalog: the instance types that it is computed with.
    is_of_aws: whether the workbook is AWS's sample.
    """

    plan: Plan
    catalog: Catalog
    is_of_aws: bool


def read_plan(source: str | os.PathLike[str], sheet: str | None = None) -> ReadPlan:
    """What is filled in in a workbook, with its instance types.

    They are those of the workbook, as it is evaluated. Those of AWS's sample have gaps, and count
    only for a type that the built-in catalog does not list.

    Parameters, errors: as of :func:`plan_of`.
    """
    with without_garbage_collection():
        reading = read_workbook(source)
        chosen = _usable(reading, sheet)
        own = catalog_of(reading, chosen[0])
    is_of_aws = reading.model.plan is None
    return ReadPlan(
        _plan_of(chosen), load_catalog().with_others(own) if is_of_aws else own, is_of_aws
    )


def _usable(reading: WorkbookReading, sheet: str | None) -> list[PlanReading]:
    """The plans of a workbook that are moved together, all of whose inputs can be used."""
    if faults := _faults(reading):
        message = f"its inputs cannot all be used:\n  {faults}"
        raise WorkbookError(reading.file, "faults", message)
    return _chosen(reading, sheet)


def _faults(reading: WorkbookReading) -> str:
    """What cannot be used of a workbook, a line each."""
    found = [*reading.findings, *(each for plan in reading.plans for each in plan.faults)]
    return "\n  ".join(each.at(reading.file) for each in found if each.severity == "fault")


def _chosen(reading: WorkbookReading, sheet: str | None) -> list[PlanReading]:
    """The plans of a workbook that are moved together."""
    if sheet is not None:
        named = [plan for plan in reading.plans if plan.plan.name.casefold() == sheet.casefold()]
        if not named:
            listed = ", ".join(plan.plan.name for plan in reading.plans)
            raise InputError(f'sheet: found "{sheet}"; one of {listed} is expected')
        return named
    first, *others = reading.plans
    kept = [first]
    for plan in others:
        differing = list(_differing(first, plan))
        if differing:
            names = f"{first.plan.name} and {plan.plan.name}"
            raise InputError(
                f"{reading.file}: sheets {names} are plans of their own, they differ in "
                f"{', '.join(differing)}; name the one to convert with --sheet"
            )
        kept.append(plan)
    return kept


def _differing(one: PlanReading, other: PlanReading) -> Iterator[str]:
    """What two sheets with inputs of their own do not agree in."""
    for name in one.settings.keys() & other.settings.keys():
        if one.settings[name] != other.settings[name]:
            yield name
    if one.groups != other.groups:
        yield "node groups"


def _plan_of(readings: list[PlanReading]) -> Plan:
    columns = [map(_filled_in, values) for values in readings[0].groups.values()]
    groups = [
        NodeGroup(**dict(zip(readings[0].groups, values, strict=True)))
        for values in zip(*columns, strict=True)
    ]
    settings: dict[str, Any] = {}
    for reading in readings:
        settings |= reading.settings
    given: dict[str, Any] = {name: _filled_in(value) for name, value in settings.items()}
    words = {name for name, declared in PLAN_INPUTS.items() if declared.default == ""}
    given |= {name: given[name] or "" for name in words & given.keys()}
    # A sheet that knows no zones has all its nodes in the one subnet.
    given.setdefault("availability_zones", 1)
    return Plan(node_groups=groups, **given)


def _filled_in(value: float | str) -> Any:
    """What the engine was given, as a person fills it in."""
    return None if value in ("", NOTHING) else value


def _without(plan: Plan, names: list[str]) -> Plan:
    """A plan with the defaults of some inputs."""
    settings = {name: getattr(plan, name) for name in PLAN_INPUTS if name not in names}
    groups = [
        NodeGroup(
            group.instance_type,
            **{name: getattr(group, name) for name in GROUP_INPUTS if name not in names},
        )
        for group in plan.node_groups
    ]
    return Plan(node_groups=groups, **settings)


def _left_out(reading: PlanReading, names: list[str], model: Model) -> Iterator[Finding]:
    """What was filled in and the model has no input for."""

    def finding(name: str, row: int | None, value: float | str) -> Finding | None:
        sheet = reading.sheet_of(name, of_row=row is not None)
        default = (PLAN_INPUTS if row is None else GROUP_INPUTS)[name].default
        if sheet is None or _filled_in(value) == default:
            return None
        message = f"found {found_words(value)}; model {model.name} has no such input: left out"
        return sheet.finding("left-out", name, row, value, message)

    for name in names:
        # What the source has no input for was not filled in either; some are of plan and group.
        values: list[tuple[int | None, float | str]] = []
        if name in reading.settings:
            values.append((None, reading.settings[name]))
        if name in reading.groups:
            values += zip(reading.rows, reading.groups[name], strict=True)
        yield from filter(None, (finding(name, *each) for each in values))
