"""Evaluates a table of scenarios, a row each with settings of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, default_max_pods, load_catalog
from calculator.inputs import Choice, found_words
from calculator.model import get_model
from calculator.model.engine import Book, Tables, applying, catalog_figures
from calculator.model.expression import Name
from calculator.model.sheet import Column, Model, Sheet, Total
from calculator.scenarios.inputs import DECLARED, LIMITS, Inputs, Texts, check_columns
from calculator.scenarios.remarks import Remarks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OUTPUTS", "sweep", "sweep_in_blocks"]

#: The columns of the result that follow the input columns.
OUTPUTS = (
    "active_ips",
    "active_enis",
    "warm_ips",
    "warm_enis",
    "attached_enis",
    "secondary_ips",
    "prefixes",
    "trunk_enis",
    "branch_enis",
    "ips_per_node",
    "ips_total",
    "pods_total",
    "kept_ips_per_node",
    "peak_ips_per_node",
    "check",
)
#: What sheet IPv6 has no columns for: pods take no IPv4 address, so no ENI is there for them.
_OF_IPV6 = {"active_ips": 0, "active_enis": 0, "warm_ips": 0, "warm_enis": 1, "secondary_ips": 0}
#: Settings that are good before they get here.
_GOOD = {name: np.array(0.0) for name in ("settings_to_correct", "to_correct")}


def sweep(
    scenarios: pd.DataFrame, *, model: str = "vpc-cni", catalog: Catalog | None = None
) -> pd.DataFrame:
    """Evaluate scenarios, each row a node group with its own settings.

    Parameters
    ----------
    scenarios: shape (rows, columns). Column ``sheet`` (a sheet's name or mode) and any of
        ``instance_type``, the inputs of :class:`calculator.Plan` and
        :class:`calculator.NodeGroup` (not ``mode``, which is the sheet, nor free texts), and
        ``max_enis``, ``ipv4_per_eni``, ``vcpus``, ``branch_enis`` in place of a type's, and
        ``max_pods`` of the row's own. An empty cell, or a column that is not there, takes the
        default; for yes and no, true and false or 1 and 0 will do. A row without an instance type
        counts as a Nitro type that can carry a trunk ENI.
    model: ``vpc-cni`` or ``aws-sample``.
    catalog: instance types; by default the model's own.

    Returns
    -------
    The input columns, then ``active_ips``, ``active_enis``, ``warm_ips``, ``warm_enis``,
    ``attached_enis``, ``secondary_ips``, ``prefixes``, ``trunk_enis``, ``branch_enis``,
    ``ips_per_node``, ``ips_total``, ``pods_total``, ``kept_ips_per_node``,
    ``peak_ips_per_node`` (missing where the model's sheet has no such
    column or the row has a fault) and ``check``, in words. On sheet IPv6, where pods take no IPv4
    address, their addresses and active ENIs are 0. What a mode cannot carry is a fault of the row.

    Raises
    ------
    InputError: for a column that is unknown, missing, or among the results.
    """
    return sweep_in_blocks(scenarios, model, catalog)


def sweep_in_blocks(
    scenarios: pd.DataFrame,
    model: str,
    catalog: Catalog | None,
    *,
    most: int = 65_536,
    fewest: int = 4_096,
) -> pd.DataFrame:
    """:func:`sweep` with what it takes together, which changes nothing but its speed.

    Parameters
    ----------
    most: rows that are evaluated together; the arrays of so many stay in the processor's cache.
    fewest: rows of one sheet and the same words, at least, that are evaluated on their own.
    """
    declared = get_model(model)
    check_columns(scenarios.columns)
    catalog = load_catalog(model=model) if catalog is None else catalog
    evaluation = _Evaluation(declared, Inputs(scenarios), catalog)
    for sheet, words, rows in _alike(declared, evaluation.inputs, fewest):
        for first in range(0, len(rows), most):
            evaluation.add(sheet, words, rows[first : first + most])
    return evaluation.table(scenarios)


def _alike(
    model: Model, inputs: Inputs, fewest: int
) -> Iterator[tuple[Sheet, dict[str, str], Any]]:
    """The scenarios in groups; one whose sheet the model does not have is in none.

    Yields
    ------
    The sheet, the words that all rows of the group share by name, and the numbers of the rows.
    """
    import pandas as pd

    names, modes = inputs.texts("sheet"), tuple(model)
    place = {name: at for at, each in enumerate(modes) for name in (each.name, each.mode)}
    sheets = np.array([place.get(each, -1) for each in names.distinct])[names.codes]
    _say_of_sheets(model, inputs, names, np.flatnonzero(sheets < 0))
    group, distinct = pd.factorize(sheets)
    shared = []
    for name, each in inputs.words.items():
        finer, parts = pd.factorize(group * len(each.distinct) + each.codes + 1)
        if len(parts) == len(distinct) or len(parts) * fewest <= inputs.size:
            group, distinct = finer, parts
            shared.append(name)
    ends = np.bincount(group, minlength=len(distinct)).cumsum()
    for rows in np.split(np.argsort(group, kind="stable"), ends[:-1]):
        if len(rows) and sheets[rows[0]] >= 0:
            words = {name: inputs.words[name].of(rows[0]) for name in shared}
            yield modes[sheets[rows[0]]], words, rows


def _say_of_sheets(model: Model, inputs: Inputs, names: Texts, rows: Any) -> None:
    """Say that the model does not have the sheets of some rows; what else they say is idle."""
    if len(rows):
        listed = " or ".join(each.name for each in model)
        found = [found_words(each) for each in names.distinct]
        inputs.faults.clear(rows)
        inputs.faults.add(
            rows,
            [f"sheet: found {each}; {listed} is expected" for each in found],
            names.codes[rows] % len(found),  # -1 is the last one
        )


@cache
def _used(model: Model, sheet: Sheet) -> frozenset[str]:
    """The inputs that the rules of a sheet lead to, but for asking whether they can be used."""
    used: set[str] = set()
    seen: set[tuple[Sheet, str]] = set()
    to_see = [(sheet, name) for rule in sheet.rules for name in rule.names()]
    while to_see:
        at, name = to_see.pop()
        home = model.home(at, name)
        declared = home.by_name.get(name.name)
        if declared is None or name.name in _GOOD or (home, name.name) in seen:
            continue
        seen.add((home, name.name))
        if isinstance(declared, Column | Total) and declared.formula is not None:
            to_see += [(home, each) for each in declared.formula.names()]
        else:
            used.add(name.name)
    return frozenset(used)


class _Evaluation:
    """Takes in scenarios of one sheet after another.

    Parameters
    ----------
    model: the rules.
    inputs: the columns of the scenarios.
    catalog: instance types.
    """

    def __init__(self, model: Model, inputs: Inputs, catalog: Catalog) -> None:
        self.inputs = inputs
        self._model = model
        self.check = Remarks(inputs.size)
        self._catalog = catalog
        self._types = inputs.texts("instance_type")
        typed = np.array([each != "" for each in self._types.distinct])
        figures = catalog_figures(self._types.distinct, catalog)
        for name in ("catalog_nitro", "catalog_trunk_compatible"):
            figures[name] = np.where(typed, figures[name], 1.0)
        self._typed, self._figures_of_types = typed, figures
        self._results = {name: np.zeros(inputs.size, dtype=np.int64) for name in OUTPUTS[:-1]}
        self._missing = {name: np.ones(inputs.size, dtype=bool) for name in OUTPUTS[:-1]}

    def add(self, sheet: Sheet, words: Mapping[str, str], rows: Any) -> None:
        """Evaluate some rows of a sheet, which share `words`; those with a fault are left out."""
        figures = self._figures(sheet, rows)
        good = ~self.inputs.faults[rows]
        if not good.all():
            rows, figures = rows[good], {name: each[good] for name, each in figures.items()}
        if not len(rows):
            return
        sheets = self._model.sheets if self._model.plan else (sheet,)
        settings = {
            each.name: self._given(each.name, words, rows, each.value(None))
            for one in sheets
            for each in one.settings
        }
        groups = {
            each.name: self._given(
                "max_pods" if each.name == "own_max_pods" else each.name,
                words,
                rows,
                each.value(None),
            )
            for one in sheets
            for each in one.inputs
            if each.input
        }
        # Every row has a type or limits in its place.
        groups["instance_type"] = np.array("given", dtype=object)
        groups["position"] = np.array(1.0)
        # A row is a plan of its own, so that each has its settings.
        book = Book(
            self._model,
            sheets,
            {**settings, **_GOOD},
            {**settings, **groups, **figures},
            np.arange(len(rows)),
        )
        tables = book[sheet.name]
        with book.quiet():
            for name in OUTPUTS[:-1]:
                if name in sheet.by_name:
                    values = tables.groups.seen.find(Name(name))
                elif sheet.mode == "ipv6" and name in _OF_IPV6:
                    values = _OF_IPV6[name]
                else:
                    continue
                missing = self._missing[name][rows] = ~np.isfinite(values)
                self._results[name][rows] = np.where(missing, 0, values)
        self._say(sheet, tables, words, rows)

    def table(self, scenarios: pd.DataFrame) -> pd.DataFrame:
        """The scenarios, and their results beside them."""
        import pandas as pd

        faults = self.inputs.faults
        faulty = np.flatnonzero(faults[:])
        self.check.clear(faulty)
        self.check.copy(faulty, faults)
        table = scenarios.reset_index(drop=True)
        for name, values in self._results.items():
            missing = self._missing[name]
            missing[faulty] = True
            table[name] = pd.arrays.IntegerArray(values, missing)
        table["check"] = self.check.column()
        return table

    def _given(
        self, name: str, words: Mapping[str, str], rows: Any, default: float | str | None
    ) -> Any:
        """An input at some rows, with `default` where nothing is said; one value if all are one."""
        if name in words:
            return np.array(words[name] or default, dtype=object)
        if name in self.inputs.words:
            column = self.inputs.words[name]
            texts = np.array([*column.distinct[:-1], default], dtype=object)
            return texts[column.codes[rows]]
        if name not in self.inputs.numbers:
            return np.array(default, dtype=object if isinstance(default, str) else float)
        values = self.inputs.numbers[name][rows]
        empty = np.isnan(values)
        if empty.any():
            values = np.where(empty, default, values)
        is_one = values[0] == values[-1] and (values == values[0]).all()
        return values[:1].reshape(()) if is_one else values

    def _figures(self, sheet: Sheet, rows: Any) -> dict[str, Any]:
        """The catalog's figures at some rows, with the limits that stand in their place."""
        codes = self._types.codes[rows]
        typed = self._typed[codes]
        figures = {name: values[codes] for name, values in self._figures_of_types.items()}
        self._put_limits(figures, rows)
        enis, addresses = figures["catalog_max_enis"], figures["catalog_ipv4_per_eni"]
        position = figures["catalog_position"]
        complete = ~np.isnan(enis) & ~np.isnan(addresses)
        unusable = ~complete | (typed & (position == 0))
        self._say_of_types(rows, codes, typed, unusable & (figures["catalog_fargate"] == 0))
        if any(each.name == "security_group_pods" for each in self._model.inputs):
            unlimited = ~typed & (self._numbers("security_group_pods", rows) > 0)
            unlimited &= np.isnan(self._numbers("branch_enis", rows))
            words = "branch_enis: found nothing; a whole number is expected, or an instance type"
            self.inputs.faults.add(rows[unlimited], [words])
        # Limits without a type are a type of their own, which the formulas would find.
        figures["catalog_position"] = np.where(complete, np.maximum(position, 1), 0)
        return figures

    def _put_limits(self, figures: dict[str, Any], rows: Any) -> None:
        """Put the limits that rows state in the place of those of their types."""
        enis, addresses = figures["catalog_max_enis"], figures["catalog_ipv4_per_eni"]
        derived = np.zeros(len(rows), dtype=bool)
        for name in LIMITS:
            if name not in self.inputs.numbers:
                continue
            values = self._numbers(name, rows)
            stated = ~np.isnan(values)
            if name in ("max_enis", "ipv4_per_eni"):
                derived |= stated
            figures[f"catalog_{name}"][stated] = values[stated]
        if derived.any():
            derived &= np.isnan(self._numbers("max_pods", rows))
            figures["catalog_max_pods"][derived] = default_max_pods(enis, addresses)[derived]

    def _numbers(self, name: str, rows: Any) -> Any:
        """An input at some rows, NaN where nothing is said; one NaN for no column."""
        values = self.inputs.numbers.get(name)
        return np.nan if values is None else values[rows]

    def _say_of_types(self, rows: Any, codes: Any, typed: Any, unusable: Any) -> None:
        """Say why the instance types of some rows cannot be used."""
        import pandas as pd

        if not unusable.any():
            return
        faults = self.inputs.faults
        which, distinct = pd.factorize(codes[unusable & typed])
        names = [self._types.distinct[each] for each in distinct.tolist()]
        problems = [self._catalog.problem(each) or "" for each in names]
        faults.add(rows[unusable & typed], problems, which)
        nothing = rows[unusable & ~typed]
        words = "instance_type: found nothing; an instance type is expected, or max_enis and "
        faults.add(nothing[~self.inputs.limit_faults[nothing]], [f"{words}ipv4_per_eni"])

    def _say_each(self, remarks: Remarks, rows: Any, texts: Any) -> None:
        """Say a text of each of some rows, or one of all of them."""
        import pandas as pd

        which, distinct = pd.factorize(np.atleast_1d(np.asarray(texts, dtype=object)))
        remarks.add(rows, distinct.tolist(), which)

    def _say(self, sheet: Sheet, tables: Tables, words: Mapping[str, str], rows: Any) -> None:
        """Say what the rules find, and which inputs the sheet has no use for."""
        if "check" in sheet.by_name:
            with tables.book.quiet():
                texts = tables.groups.seen.find(Name("check"))
        else:
            texts = np.full(len(rows), "OK", dtype=object)
        shared = [one for one in tables.book if not one.sheet.mode]
        for at, notice in ((one, each) for one in (*shared, tables) for each in one.sheet.notices):
            if notice.is_fault or (notice.of_row and "check" not in sheet.by_name):
                numbers, messages = applying(at, notice)
                if notice.is_fault:  # in the rules' own words
                    self._say_each(self.inputs.faults, rows[numbers], messages)
                else:
                    texts[numbers] = messages
        self._say_each(self.check, rows, texts)
        used = _used(self._model, sheet)
        for name in sorted({*self.inputs.numbers, *self.inputs.words} - LIMITS.keys()):
            if name not in used:
                default = DECLARED[name].default
                is_word = isinstance(DECLARED[name], Choice)
                values = self._given(name, words, rows, default or "" if is_word else 0)
                stated = values != (default or "") if is_word else values > 0
                unused = rows[np.broadcast_to(stated, len(rows))]
                self.check.add(unused, [f"sheet {sheet.name} does not use {name}"])
