"""Evaluates a model's rules on tables of inputs, all node groups of all plans in one pass."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from calculator.catalog import Catalog, is_fargate
from calculator.inputs import plain
from calculator.model.expression import NOTHING, Array, Expression, Name, Values
from calculator.model.sheet import (
    ALSO_LOOKED_UP,
    LOOKED_UP,
    ROWS_SEEN,
    Column,
    Constant,
    Model,
    Notice,
    Setting,
    Sheet,
    Total,
)
from calculator.plan import Plan
from calculator.report import MAIN_TOTALS

__all__ = [
    "Book",
    "Tables",
    "applying",
    "catalog_figures",
    "details",
    "evaluated",
    "notices",
    "plan_tables",
    "spare_row",
]


class Book:
    """The inputs of some plans, and everything computed from them, sheet by sheet.

    Values are computed when they are first asked for.

    Parameters
    ----------
    model: the rules.
    sheets: those that take these inputs: all of a model whose inputs stand once, else one.
    settings: the settings by name, each of shape (plans,), or () where it is the same for all.
        A result that is given here, too, takes these values.
    groups: the input columns, ``catalog_*`` figures and ``position`` by name, each of shape
        (groups,), or () as well.
    plan: the plan that each node group belongs to, counted from 0, shape (groups,).
    size: how many plans there are; by default as many as settings say, or one a node group.
    """

    def __init__(
        self,
        model: Model,
        sheets: Sequence[Sheet],
        settings: Mapping[str, Array],
        groups: Mapping[str, Array],
        plan: Array,
        size: int | None = None,
    ) -> None:
        self.model = model
        self.settings = {**dict.fromkeys(ROWS_SEEN, np.array(0.0)), **settings}
        self.groups = dict(groups)
        self.plan = plan
        if size is None:
            shapes = [each.shape for each in settings.values() if each.shape]
            size = shapes[0][0] if shapes else len(plan)
        self.size = size
        self._tables = {sheet.name: Tables(self, sheet) for sheet in sheets}
        self._quiet = False

    def __getitem__(self, sheet: str) -> Tables:
        """The values of a sheet."""
        return self._tables[sheet]

    def __iter__(self) -> Iterator[Tables]:
        return iter(self._tables.values())

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

    def evaluate(self) -> None:
        """Evaluate every column and result of all sheets."""
        with self.quiet():
            for tables in self:
                for column in tables.sheet.columns:
                    tables.groups.seen.find(Name(column.name))
                for result in tables.sheet.totals:
                    tables.plans.seen.find(Name(result.name))


class Tables:
    """The values of one sheet, at two levels: plans and their node groups."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.book = book
        self.sheet = sheet
        self.plans = _Level(self, book.settings, book.size)
        self.groups = _Level(self, book.groups, len(book.plan))


class _Level:
    """The named values of all plans, or of all node groups."""

    def __init__(self, tables: Tables, given: dict[str, Array], size: int) -> None:
        self._tables = tables
        self.given = given
        self.size = size
        self.seen = _Seen(tables, self)

    def __getitem__(self, name: str) -> Array:
        """The values of `name`, shape (size,)."""
        with self._tables.book.quiet():
            values = self.seen.find(Name(name))
        return self.spread(values, is_text=isinstance(values, str))

    def listed(self, name: str, rows: slice) -> list[Any]:
        """The values of `name` in some rows."""
        values = self.seen.find(Name(name))
        if isinstance(values, np.ndarray):
            return list(values[rows].tolist())
        return [values] * (rows.stop - rows.start)

    def evaluate(self, expression: Expression) -> Array:
        """An expression's values, shape (size,)."""
        with self._tables.book.quiet():
            values = expression.evaluate(self.seen)
        return self.spread(values, is_text=expression.is_text)

    def spread(self, values: Any, *, is_text: bool) -> Array:
        """Values as an array of shape (size,), which a scalar fills."""
        if isinstance(values, np.ndarray) and values.ndim:
            return values
        return np.full(self.size, values, dtype=object if is_text else float)


class _Seen(dict[tuple[str, str | None], Any]):
    """A level as expressions see it: what is the same for all of its rows is a scalar.

    So are most settings of a sweep, and everything that a single plan says.
    """

    def __init__(self, tables: Tables, level: _Level) -> None:
        super().__init__()
        self._tables = tables
        self._level = level
        self.size = level.size

    def find(self, name: Name) -> Any:
        return self[name.name, name.sheet]

    def __missing__(self, key: tuple[str, str | None]) -> Any:
        values = self._find(*key)
        if isinstance(values, np.ndarray) and (
            values.ndim == 0 or (values.size == 1 and self._level is self._tables.plans)
        ):
            values = values.item()
        self[key] = values
        return values

    def _find(self, name: str, sheet: str | None) -> Any:
        tables, level = self._tables, self._level
        book, of_groups = tables.book, level is tables.groups
        if sheet and sheet != tables.sheet.name:
            there = book[sheet]
            return (there.groups if of_groups else there.plans).seen[name, None]
        declared = tables.sheet.by_name.get(name)
        if isinstance(declared, Column) and declared.formula is not None and of_groups:
            return self._compute(declared)
        if of_groups and isinstance(declared, Setting):
            return self._of_plan(book.settings[name])  # a node group may say the same for itself
        if name in level.given:
            return level.given[name]
        if of_groups:
            if not isinstance(declared, Column) and name in book.settings:
                return self._of_plan(book.settings[name])
            if isinstance(home := book.model.homes.get(name), Sheet) and declared is None:
                return book[home.name].groups.seen[name, None]
            return self._of_plan(tables.plans.seen[name, None])
        if isinstance(declared, Total):
            return self._compute(declared)
        if isinstance(declared, Constant):
            return float(declared.value)
        home = book.model.homes.get(name)
        if home is None or declared is not None:
            raise KeyError(f"sheet {tables.sheet.name} has no {name}")
        return book[home.name].plans.seen[name, None]

    def _compute(self, declared: Column | Total) -> Any:
        assert declared.formula is not None
        values = declared.formula.evaluate(self)
        if isinstance(values, np.ndarray) and values.ndim:
            return values
        return values if isinstance(values, str) else float(values)

    def _of_plan(self, values: Any) -> Any:
        is_one = not isinstance(values, np.ndarray) or values.ndim == 0
        return values if is_one else values[self._tables.book.plan]

    def take(self, rows: Array) -> Values:
        return _Taken(self, rows)

    def column(self, name: Name) -> tuple[Array, Array, int]:
        book = self._tables.book
        tables = book[name.sheet] if name.sheet else self._tables
        level = tables.groups
        values = level.seen.find(Name(name.name))
        return level.spread(values, is_text=isinstance(values, str)), book.plan, self.size


class _Taken:
    """Some rows of what expressions see."""

    def __init__(self, seen: _Seen | _Taken, rows: Array) -> None:
        self._seen = seen
        self._rows = rows
        self.size = int(rows.sum())

    def find(self, name: Name) -> Any:
        values = self._seen.find(name)
        return values[self._rows] if isinstance(values, np.ndarray) else values

    def take(self, rows: Array) -> _Taken:
        return _Taken(self, rows)

    def column(self, name: Name) -> tuple[Array, Array, int]:
        raise TypeError("a total inside a text is a result of its own")


# --- inputs ---------------------------------------------------------------------------------------


def catalog_figures(sheet_types: Sequence[str], catalog: Catalog) -> dict[str, Array]:
    """What a catalog says of instance types, as the ``catalog_*`` columns of :class:`Book`.

    Shape (n,) in, each (n,) out; position 0 and NaN figures for a type it does not list. What a
    type can do without counts as 0 where it is not known, as an empty cell does in a formula.
    """
    positions = catalog.positions(sheet_types)
    figures = {f"catalog_{name}": catalog.figures(name, positions) for name in LOOKED_UP}
    for name in ALSO_LOOKED_UP:
        figures[f"catalog_{name}"] = catalog.figures(name, positions, unknown=0.0)
    # A type without limits cannot be computed any more than one that is not listed.
    limits = figures["catalog_max_enis"] + figures["catalog_ipv4_per_eni"]
    fargate = np.array([is_fargate(name) for name in sheet_types], dtype=float)
    position = np.where(np.isnan(limits), 0.0, positions)
    return {"catalog_position": position, "catalog_fargate": fargate, **figures}


def plan_tables(
    model: Model,
    sheets: Sequence[Sheet],
    plans: Sequence[Plan],
    catalog: Catalog | Sequence[Catalog],
    **given: float,
) -> Book:
    """Plans as a book: their settings, node groups, and the figures of the instance types.

    Parameters
    ----------
    catalog: of all plans, or a catalog a plan, shape (plans,).
    given: more values that are the same for all plans.
    """
    settings = {
        each.name: np.array(
            [each.value(getattr(plan, each.name)) for plan in plans],
            dtype=object if each.is_text else float,
        )
        for sheet in sheets
        for each in sheet.settings
    }
    settings |= {name: np.array(value) for name, value in given.items()}
    groups = [group for plan in plans for group in plan.node_groups]
    columns: dict[str, Array] = {
        each.name: np.array(
            [each.value(getattr(group, each.name)) for group in groups],
            dtype=object if each.is_text else float,
        )
        for sheet in sheets
        for each in sheet.inputs
    }
    columns |= _figures(plans, catalog)
    counts = [len(plan.node_groups) for plan in plans]
    numbers = [number for count in counts for number in range(1, count + 1)]
    columns["position"] = np.array(numbers, dtype=float)
    return Book(model, sheets, settings, columns, np.repeat(np.arange(len(plans)), counts))


def _figures(plans: Sequence[Plan], catalog: Catalog | Sequence[Catalog]) -> dict[str, Array]:
    """The figures of all node groups, plans in a row that have one catalog at a time."""
    types = [[group.instance_type for group in plan.node_groups] for plan in plans]
    if isinstance(catalog, Catalog):
        return catalog_figures(list(itertools.chain(*types)), catalog)
    parts = [
        catalog_figures([name for _, names in run for name in names], one)
        for one, run in itertools.groupby(
            zip(catalog, types, strict=True), key=lambda pair: pair[0]
        )
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@lru_cache(maxsize=64)
def spare_row(model: Model, sheet: Sheet) -> dict[str, Any]:
    """What the formulas of a row without a node group give, by column; NOTHING for nothing.

    The number of the row is not among them: it is another in every row.
    """
    if sheet.spare_row:
        return {each.name: NOTHING for each in sheet.computed}
    nothing: dict[str, Array] = {
        each.name: np.array([""], dtype=object) if each.is_text else np.array([NOTHING])
        for one in model.sheets
        for each in one.inputs
    }
    nothing |= {
        f"catalog_{name}": np.array([0.0])
        for name in ("position", "fargate", *LOOKED_UP, *ALSO_LOOKED_UP)
    }
    nothing["position"] = np.array([1.0])
    settings = {
        each.name: np.array([each.value(None)], dtype=object if each.is_text else float)
        for one in model.sheets
        for each in one.settings
    }
    book = Book(model, model.sheets, settings, nothing, np.array([0]))
    groups = book[sheet.name].groups
    values = {each.name: groups.listed(each.name, slice(0, 1))[0] for each in sheet.computed}
    values = {name: NOTHING if value == "" else value for name, value in values.items()}
    return {name: value for name, value in values.items() if name != "number"}


# --- results --------------------------------------------------------------------------------------


def details(sheet: Sheet) -> list[str]:
    """The names of a sheet's other results that are numbers."""
    numbers = [each.name for each in sheet.totals if each.style in ("number", "remaining", "size")]
    return [name for name in numbers if name not in MAIN_TOTALS]


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
    with tables.book.quiet():
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


def evaluated(tables: Tables, plan: int) -> dict[str, Any]:
    """A sheet's totals and details of one plan; None for an error, "" for what does not apply."""
    names = (*MAIN_TOTALS, *details(tables.sheet))
    return {name: plain(tables.plans[name][plan]) for name in names}
