"""Evaluates a sheet's rules on tables of inputs, all node groups of all plans in one pass."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, load_catalog
from calculator.model import get_model, get_sheet
from calculator.model.expression import Array, Expression, Values
from calculator.model.sheet import ALSO_LOOKED_UP, LOOKED_UP, Column, Notice, Setting, Sheet, Total
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
    settings: the sheet's settings by name, each of shape (plans,), or () where it is the same for
        all.
    groups: the sheet's input columns and ``catalog_*`` figures by name, each of shape (groups,),
        or () as well. A computed column that is given here, too, takes these values where they
        are not NaN.
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
        shapes = [each.shape for each in settings.values() if each.shape]
        self.plans = _Level(self, dict(settings), shapes[0][0] if shapes else len(plan))
        given = {each.name for each in sheet.computed} & set(groups)
        inputs = {name: values for name, values in groups.items() if name not in given}
        self.groups = _Level(self, inputs, len(plan))
        self._quiet = False
        self._given = {name: groups[name] for name in given}

    def compute(self, level: _Level, name: str) -> Any:
        """The values of a column or result, shape (size of the level,); a scalar if all are one."""
        declared = self.sheet.by_name.get(name)
        if not isinstance(declared, Column | Total) or declared.formula is None:
            raise KeyError(f"sheet {self.sheet.name} has no {name}")
        values = self.quietly(declared.formula, level.seen)
        if not (isinstance(values, np.ndarray) and values.ndim):
            values = values if declared.formula.is_text else float(values)
        given = self._given.get(name)
        return values if given is None else np.where(np.isnan(given), values, given)

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """Keeps NumPy from warning about numbers that are not known."""
        if self._quiet:
            yield
            return
        with np.errstate(all="ignore"):
            self._quiet = True
            try:
                yield
            finally:
                self._quiet = False

    def quietly(self, expression: Expression, values: Values) -> Any:
        """An expression's values, without NumPy's warnings about numbers that are not known."""
        if self._quiet:
            return expression.evaluate(values)
        with self.quiet():
            return expression.evaluate(values)


class _Level:
    """The named values of all plans, or of all node groups."""

    def __init__(self, tables: Tables, known: dict[str, Array], size: int) -> None:
        self._tables = tables
        self.known = known
        self.size = size
        self.seen = _Seen(tables, self)

    def __getitem__(self, name: str) -> Array:
        """The values of `name`, shape (size,)."""
        values = self.known.get(name)
        if values is None:
            values = self.seen[name]
            values = self.known[name] = self.spread(values, is_text=isinstance(values, str))
        return values if values.ndim else np.full(self.size, values.item(), dtype=values.dtype)

    def listed(self, name: str, rows: slice) -> list[Any]:
        """The values of `name` in some rows."""
        values = self.seen[name]
        if isinstance(values, np.ndarray):
            return list(values[rows].tolist())
        return [values] * (rows.stop - rows.start)

    def evaluate(self, expression: Expression) -> Array:
        """An expression's values, shape (size,)."""
        return self.spread(self._tables.quietly(expression, self.seen), is_text=expression.is_text)

    def spread(self, values: Any, *, is_text: bool) -> Array:
        """Values as an array of shape (size,), which a scalar fills."""
        if isinstance(values, np.ndarray) and values.ndim:
            return values
        return np.full(self.size, values, dtype=object if is_text else float)


class _Seen(dict[str, Any]):
    """A level as expressions see it: what is the same for all of its rows is a scalar.

    So are most settings of a sweep, and everything that a single plan says.
    """

    def __init__(self, tables: Tables, level: _Level) -> None:
        super().__init__()
        self._tables = tables
        self._level = level
        self.size = level.size

    def __missing__(self, name: str) -> Any:
        values = self[name] = self._find(name)
        return values

    def _find(self, name: str) -> Any:
        tables, level = self._tables, self._level
        values = level.known.get(name)
        if values is None:
            if level is tables.groups and not isinstance(tables.sheet.by_name.get(name), Column):
                of_plan = tables.plans.seen[name]
                return of_plan[tables.plan] if isinstance(of_plan, np.ndarray) else of_plan
            values = tables.compute(level, name)
        if isinstance(values, np.ndarray) and (values.ndim == 0 or level is tables.plans):
            return values.item() if values.size == 1 else values
        return values

    def take(self, rows: Array) -> _Taken:
        return _Taken(self, rows)

    def column(self, name: str) -> tuple[Array, Array, int]:
        return self._tables.groups[name], self._tables.plan, self.size


class _Taken:
    """Some rows of what expressions see."""

    def __init__(self, seen: _Seen | _Taken, rows: Array) -> None:
        self._seen = seen
        self._rows = rows
        self.size = int(rows.sum())

    def __getitem__(self, name: str) -> Any:
        values = self._seen[name]
        return values[self._rows] if isinstance(values, np.ndarray) else values

    def take(self, rows: Array) -> _Taken:
        return _Taken(self, rows)

    def column(self, name: str) -> tuple[Array, Array, int]:
        raise TypeError("a total inside a text is a result of its own")


def catalog_figures(sheet_types: Sequence[str], catalog: Catalog) -> dict[str, Array]:
    """What a catalog says of instance types, as the ``catalog_*`` columns of :class:`Tables`.

    Shape (n,) in, each (n,) out; position 0 and NaN figures for a type it does not list. What a
    type can do without counts as 0 where it is not known, as an empty cell does in a formula.
    """
    positions = catalog.positions(sheet_types)
    figures = {f"catalog_{name}": catalog.figures(name, positions) for name in LOOKED_UP}
    for name in ALSO_LOOKED_UP:
        figures[f"catalog_{name}"] = catalog.figures(name, positions, unknown=0.0)
    return {"catalog_position": positions.astype(float), **figures}


def evaluate_tables(
    sheet: Sheet, settings: Mapping[str, Array], groups: Mapping[str, Array], plan: Array
) -> Tables:
    """Evaluate every column and result of `sheet` in one pass; parameters as of :class:`Tables`."""
    tables = Tables(sheet, settings, groups, plan)
    with tables.quiet():
        for column in sheet.columns:
            tables.groups.seen[column.name]
        for result in sheet.totals:
            tables.plans.seen[result.name]
    return tables


@dataclass(frozen=True)
class Result:
    """What a plan takes from its subnet.

    Parameters
    ----------
    totals: ``ips_available``, ``ips_used``, ``ips_remaining`` [IPs], ``pods_hosted`` [pods]; None
        for one that cannot be known, because a node group's type is not in the catalog.
    details: the sheet's other results by name: the peak and what it consists of, the pod subnet,
        prefixes; None for one that does not apply.
    node_groups: a row for each node group, a column for each column of the sheet, shape
        (groups, columns); counts are integers, a column of which something cannot be known holds
        floats and NaN.
    warnings: what wants attention, in words.
    """

    totals: dict[str, int | None]
    details: dict[str, int | None]
    node_groups: pd.DataFrame
    warnings: tuple[str, ...]


def _counts(values: Array) -> Array:
    """Whole numbers as integers, where all of a column are."""
    if values.dtype == float and np.all(values == np.floor(values)):
        return values.astype(np.int64)
    return values


#: The results that every sheet of every model has.
MAIN_TOTALS = ("ips_available", "ips_used", "ips_remaining", "pods_hosted")


def can_be_errors(totals: Mapping[str, Any]) -> bool:
    """Whether a result that is not known is an error; otherwise it shows nothing."""
    names = ("settings_to_correct", "rows_to_correct")
    return any(totals[name] for name in names if name in totals) or names[0] not in totals


def details(sheet: Sheet) -> list[str]:
    """The names of a sheet's other results."""
    numbers = [each.name for each in sheet.totals if each.style in ("number", "remaining")]
    return [name for name in numbers if name not in MAIN_TOTALS]


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
    more = {name: plain(tables.plans[name][0]) for name in details(sheet)}
    return Result(totals, more, frame, tuple(said))


def plan_tables(
    sheet: Sheet, plans: Sequence[Plan], catalog: Catalog
) -> tuple[dict[str, Array], dict[str, Array], Array]:
    """Plans as the tables the engine takes: settings, node groups, the plan of each group."""
    settings: dict[str, Array] = {
        each.name: np.array(
            [setting_of(plan, each) for plan in plans], dtype=object if each.is_text else float
        )
        for each in sheet.settings
    }
    groups = [group for plan in plans for group in plan.node_groups]
    columns: dict[str, Array] = {
        each.name: np.array(
            [getattr(group, each.name) for group in groups],
            dtype=object if each.is_text else float,
        )
        for each in sheet.inputs
    }
    columns |= catalog_figures([group.instance_type for group in groups], catalog)
    return settings, columns, np.repeat(np.arange(len(plans)), [len(p.node_groups) for p in plans])


def setting_of(plan: Plan, setting: Setting) -> int | str:
    """What a plan says of a setting; the sheet's default where it says nothing."""
    value: int | str | None = getattr(plan, setting.name)
    return setting.default if value is None else value


def notices(tables: Tables) -> list[tuple[Notice, int, str]]:
    """The notices that apply: notice, number of the node group or plan it is of, message."""
    return [
        (notice, number, message)
        for notice in tables.sheet.notices
        for number, message in zip(*applying(tables, notice), strict=True)
    ]


def applying(tables: Tables, notice: Notice) -> tuple[list[int], list[str]]:
    """The numbers of the node groups or plans that a notice applies to, and the messages."""
    level = tables.groups if notice.of_row else tables.plans
    with tables.quiet():
        when = notice.when.evaluate(level.seen)
        if not (np.count_nonzero(when) if isinstance(when, np.ndarray) else when):
            return [], []
        applies = level.spread(when, is_text=False).astype(bool)
        good_row = tables.sheet.good_row
        if notice.of_row and not notice.is_fault and good_row is not None:
            applies &= tables.groups.evaluate(good_row).astype(bool)
            if not applies.any():
                return [], []
        taken = level.seen.take(applies)
        messages = np.broadcast_to(np.asarray(notice.message.evaluate(taken)), taken.size)
        return np.flatnonzero(applies).tolist(), list(map(str, messages))
