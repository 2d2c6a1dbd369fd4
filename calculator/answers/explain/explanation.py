"""How a number comes about: the rules behind it, step by step, with the numbers put in."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any

from calculator.answers.explain.find import find
from calculator.answers.explain.rules import Place, Rules
from calculator.answers.explain.source import Source, source_of, sources_of
from calculator.answers.explain.steps import Step, Steps
from calculator.catalog import Catalog
from calculator.inputs import plain
from calculator.plan import Plan

__all__ = ["Explanation", "explain", "explained"]


@dataclass(frozen=True)
class Explanation:
    """How one number comes about.

    Parameters
    ----------
    file: the workbook; "" for a plan that stands in none.
    model, sheet, mode: whose rules they are; the sheet as the workbook calls it.
    row: of a node group its row on the sheet, or its number in a plan; None for a total.
    plan_row: its row on sheet Plan; None where there is no such sheet.
    group: what the node group is called; "" for a total.
    check: what is to be said of the node group, in words; "" where that is nothing.
    source: where its rules come from.
    result: the number.
    steps: what it comes from, in the order of calculation: each after those that it refers to.
    vpc_cni: what model ``vpc-cni`` says in its place, of another model; None where it says nothing.
    """

    file: str
    model: str
    sheet: str
    mode: str
    row: int | None
    plan_row: int | None
    group: str
    check: str
    source: str
    result: Step
    steps: tuple[Step, ...]
    vpc_cni: float | str | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self) | {"file": self.file or None, "group": self.group or None}


def explain(
    plan: Plan | str | os.PathLike[str],
    name: str | None = None,
    *,
    row: int | None = None,
    mode: str | None = None,
    model: str | None = None,
    depth: int | None = None,
    everything: bool = False,
    catalog: Catalog | None = None,
) -> Explanation:
    """How a number of a plan comes about: its rule, with the numbers put in, and those before it.

    Parameters
    ----------
    plan: what a person fills in, or a workbook with it.
    name: of a total or, with `row`, of a column: its name, its label or header, or a part of it
        that no other has; by default what a node group takes of the fullest subnet, or what the
        subnet holds at the peak.
    row: a node group: of a plan its number, counted from 1; of a workbook its row on the sheet
        of the mode, or, above the node table there, on sheet Plan.
    mode: as for :func:`calculator.evaluate`; of a workbook also the sheet by its name there.
    model: as for :func:`calculator.evaluate`; by default a workbook's own.
    depth: how many steps it goes back at most; None for all.
    everything: whether it goes back, too, from what does not decide: a limit not reached.
    catalog: limits of the instance types; by default the model's, or the workbook's own.

    Raises
    ------
    InputError: for a name, a row, a mode, a model or an instance type that is not there.
    WorkbookError: when the workbook cannot be read, or an input of it cannot be used.
    """
    if isinstance(plan, Plan):
        source = source_of(plan, model or "vpc-cni", mode, catalog)
    else:
        source = sources_of(plan, mode, model=model, catalog=catalog)[0]
    group = None if row is None else source.group(row)
    return explained(source, Rules(source.book()), name, group, depth=depth, everything=everything)


def explained(
    source: Source,
    rules: Rules,
    name: str | None,
    group: int | None,
    *,
    depth: int | None = None,
    everything: bool = False,
) -> Explanation:
    """How a number of a source comes about.

    Parameters
    ----------
    group: the node group of a column, counted from 0; None for a total.

    Raises
    ------
    InputError: for a name that is not there.
    """
    found = find(source.sheet, name, of_row=group is not None)
    asked = Place(source.sheet.name, found, group)
    first = rules.followed(asked)
    if first.name == asked.name:  # the same on the sheet that has it first
        asked = first
    *steps, result = Steps(source, rules, depth, everything=everything).of(asked)
    return Explanation(
        file=source.file,
        model=source.model.name,
        sheet=source.sheet_name,
        mode=str(source.sheet.mode),
        row=None if group is None else source.row(source.sheet.name, group) or group + 1,
        plan_row=None if group is None else source.row(source.plan_sheet, group),
        group=source.titles[group] if group is not None else "",
        check=_check(source, rules, group),
        source=source.model.title,
        result=result,
        steps=tuple(steps),
        vpc_cni=None if source.model.plan else _by_vpc_cni(source, found, group),
    )


def _check(source: Source, rules: Rules, group: int | None) -> str:
    if group is None or "check" not in source.sheet.by_name:
        return ""
    words = str(rules.value(Place(source.sheet.name, "check", group)))
    return "" if words == "OK" else words


def _by_vpc_cni(source: Source, name: str, group: int | None) -> float | str | None:
    """What a node really takes, by the same inputs, where that has the same name."""
    really = source_of(source.plan, mode=source.sheet.mode)
    if name not in really.sheet.by_name:
        return None
    value: float | str | None = plain(
        Rules(really.book()).value(Place(really.sheet.name, name, group))
    )
    return value
