"""Evaluates a sheet's rules on tables of inputs, all node groups of all plans in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, load_catalog
from calculator.model import get_model, get_sheet
from calculator.model.expression import Array, Expression, Values
from calculator.model.sheet import LOOKED_UP, Column, Notice, Sheet, Total
from calculator.plan import Plan, plain

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Result", "Tables", "catalog_figures", "evaluate", "evaluate_tables"]


class Tables:
    """The inputs and everything computed from them, at two levels: plans and their node groups.

    Values are computed when they are first asked for.

    Parameters
    ----------
    sheet: the rules.
    settings: the sheet's settings by name, each of shape (plans,).
    groups: the sheet's input columns and ``catalog_*`` figures by name, each of shape (groups,).
        A computed column that is given here, too, takes these values where they are not NaN.
    plan: the plan that each node group belongs to, counted from 0, shape (groups,).
    """

    def __init__(
        self,
        sheet: Sheet,
        settings: Mapping[str, Array],
        groups: Mapping[str, Array],
        plan: Array,
    ) -> None:
        self.sheet = sheet
        self.plan = plan
        self.plans = _Level(self, dict(settings), len(next(iter(settings.values()))))
        given = {each.name for each in sheet.computed} & set(groups)
        inputs = {name: values for name, values in groups.items() if name not in given}
        self.groups = _Level(self, inputs, len(plan))
        self._quiet = False
        self._given = {name: groups[name] for name in given}

    def quietly(self, expression: Expression, values: Values) -> Any:
        """An expression's values, without NumPy's warnings about numbers that are not known."""
        if self._quiet:
            return expression.evaluate(values)
        with np.errstate(all="ignore"):
            self._quiet = True
            try:
                return expression.evaluate(values)
            finally:
                self._quiet = False

    def compute(self, level: _Level, name: str) -> Array:
        """The values of `name` at that level."""
        declared = self.sheet.by_name.get(name)
        if level is self.groups and not isinstance(declared, Column):
            return self.plans[name][self.plan]
        if not isinstance(declared, Column | Total) or declared.formula is None:
            raise KeyError(f"sheet {self.sheet.name} has no {name}")
        values = level.evaluate(declared.formula)
        given = self._given.get(name)
        return values if given is None else np.where(np.isnan(given), values, given)


class _Level:
    """The named values of all plans, or of all node groups."""

    def __init__(self, tables: Tables, known: dict[str, Array], size: int) -> None:
        self._tables = tables
        self._known = known
        self.size = size

    def __getitem__(self, name: str) -> Array:
        values = self._known.get(name)
        if values is None:
            values = self._known[name] = self._tables.compute(self, name)
        return values

    def take(self, rows: Array) -> _Taken:
        return _Taken(self, rows)

    def column(self, name: str) -> tuple[Array, Array, int]:
        return self._tables.groups[name], self._tables.plan, self.size

    def evaluate(self, expression: Expression) -> Array:
        """An expression's values, shape (size,)."""
        values = np.asarray(self._tables.quietly(expression, self))
        if values.ndim:
            return values
        dtype = object if expression.is_text else float
        return np.full(self.size, values[()], dtype=dtype)


class _Taken:
    """Some of a level's rows."""

    def __init__(self, level: _Level | _Taken, rows: Array) -> None:
        self._level = level
        self._rows = rows
        self.size = int(rows.sum())

    def __getitem__(self, name: str) -> Array:
        values: Array = self._level[name][self._rows]
        return values

    def take(self, rows: Array) -> _Taken:
        return _Taken(self, rows)

    def column(self, name: str) -> tuple[Array, Array, int]:
        raise TypeError("a total inside a text is a result of its own")


def catalog_figures(sheet_types: Sequence[str], catalog: Catalog) -> dict[str, Array]:
    """What a catalog says of instance types, as the ``catalog_*`` columns of :class:`Tables`.

    Shape (n,) in, each (n,) out; position 0 and NaN figures for a type it does not list.
    """
    positions = catalog.positions(sheet_types)
    figures = {f"catalog_{name}": catalog.figures(name, positions) for name in LOOKED_UP}
    return {"catalog_position": positions.astype(float), **figures}


def evaluate_tables(
    sheet: Sheet, settings: Mapping[str, Array], groups: Mapping[str, Array], plan: Array
) -> Tables:
    """Evaluate every column and result of `sheet` in one pass; parameters as of :class:`Tables`."""
    tables = Tables(sheet, settings, groups, plan)
    for column in sheet.columns:
        tables.groups[column.name]
    for result in sheet.totals:
        tables.plans[result.name]
    return tables


@dataclass(frozen=True)
class Result:
    """What a plan takes from its subnet.

    Parameters
    ----------
    totals: ``ips_available``, ``ips_used``, ``ips_remaining`` [IPs], ``pods_hosted`` [pods]; None
        for one that cannot be known, because a node group's type is not in the catalog.
    node_groups: a row for each node group, a column for each column of the sheet, shape
        (groups, columns); counts are integers, a column of which something cannot be known holds
        floats and NaN.
    warnings: what wants attention, in words.
    """

    totals: dict[str, int | None]
    node_groups: pd.DataFrame
    warnings: tuple[str, ...]


def _counts(values: Array) -> Array:
    """Whole numbers as integers, where all of a column are."""
    if values.dtype == float and np.all(values == np.floor(values)):
        return values.astype(np.int64)
    return values


#: The results that every sheet of every model has.
MAIN_TOTALS = ("ips_available", "ips_used", "ips_remaining", "pods_hosted")


def evaluate(
    plan: Plan,
    model: str = "vpc-cni",
    mode: str = "warm-eni",
    catalog: Catalog | None = None,
) -> Result:
    """What a plan takes from its subnet, in the steady state.

    Parameters
    ----------
    plan: what a person fills in.
    model: ``vpc-cni`` (what the VPC CNI takes) or ``aws-sample`` (AWS's published workbook).
    mode: ``warm-eni`` or ``warm-ip``, or the sheet's name.
    catalog: limits of the instance types; by default the model's own.

    Raises
    ------
    InputError: for a model or a mode that does not exist.

    Source: VPC CNI v1.23 (ipamd); see ``calculator.model.vpc_cni``.
    """
    import pandas as pd

    sheet = get_sheet(get_model(model), mode)
    catalog = load_catalog(model=model) if catalog is None else catalog
    tables = evaluate_tables(sheet, *plan_tables(sheet, [plan], catalog))
    columns = [each for each in sheet.columns if each.style != "helper"]
    frame = pd.DataFrame({each.name: _counts(tables.groups[each.name]) for each in columns})
    totals = {name: plain(tables.plans[name][0]) for name in MAIN_TOTALS}
    problems = (catalog.problem(each.instance_type) for each in plan.node_groups)
    said = [problem for problem in problems if problem]
    said += [
        f"{plan.node_groups[number].instance_type}: {message}" if notice.of_row else message
        for notice, number, message in notices(tables)
    ]
    return Result(totals, frame, tuple(said))


def plan_tables(
    sheet: Sheet, plans: Sequence[Plan], catalog: Catalog
) -> tuple[dict[str, Array], dict[str, Array], Array]:
    """Plans as the tables the engine takes: settings, node groups, the plan of each group."""
    settings = {
        each.name: np.array([getattr(plan, each.name) for plan in plans], dtype=float)
        for each in sheet.settings
    }
    groups = [group for plan in plans for group in plan.node_groups]
    columns: dict[str, Array] = {
        each.name: np.array(
            [getattr(group, each.name) for group in groups],
            dtype=object if each.quantity is None else float,
        )
        for each in sheet.inputs
    }
    columns |= catalog_figures([group.instance_type for group in groups], catalog)
    return settings, columns, np.repeat(np.arange(len(plans)), [len(p.node_groups) for p in plans])


def notices(tables: Tables) -> list[tuple[Notice, int, str]]:
    """The notices that apply: notice, number of the node group or plan it is of, message."""
    found = []
    for notice in tables.sheet.notices:
        level = tables.groups if notice.of_row else tables.plans
        applies = level.evaluate(notice.when).astype(bool)
        if applies.any():
            taken = level.take(applies)
            messages = np.broadcast_to(np.asarray(notice.message.evaluate(taken)), taken.size)
            numbers = np.flatnonzero(applies).tolist()
            found += [(notice, *each) for each in zip(numbers, map(str, messages), strict=True)]
    return found
