"""Evaluates a table of scenarios, a row each with settings of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, default_max_pods, load_catalog
from calculator.model import get_model
from calculator.model.engine import Tables, applying, catalog_figures
from calculator.model.sheet import Model, Sheet
from calculator.plan import found_words
from calculator.scenarios.inputs import DECLARED, LIMITS, Inputs, Texts, check_columns
from calculator.scenarios.remarks import Remarks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OUTPUTS", "sweep"]

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
    "check",
)
#: Rows that are evaluated together: the arrays of so many stay in the processor's cache.
_BLOCK = 65_536
#: Rows of one sheet and the same words, at least, for which it pays to evaluate them on their own.
_FEWEST = 4_096


def sweep(
    scenarios: pd.DataFrame, *, model: str = "vpc-cni", catalog: Catalog | None = None
) -> pd.DataFrame:
    """Evaluate scenarios, each row a node group with its own settings.

    Parameters
    ----------
    scenarios: shape (rows, columns). Column ``sheet`` (a sheet's name or mode) and any of
        ``instance_type``, the inputs of :class:`calculator.Plan` and
        :class:`calculator.NodeGroup`, and ``max_enis``, ``ipv4_per_eni``, ``max_pods``, ``vcpus``,
        ``branch_enis`` in place of a type's. An empty cell, or a column that is not there, takes
        the sheet's default; for yes and no, true and false or 1 and 0 will do. A row without an
        instance type counts as a Nitro type that can carry a trunk ENI.
    model: ``vpc-cni`` or ``aws-sample``.
    catalog: instance types; by default the model's own.

    Returns
    -------
    The input columns, then ``active_ips``, ``active_enis``, ``warm_ips``, ``warm_enis``,
    ``attached_enis``, ``secondary_ips``, ``prefixes``, ``trunk_enis``, ``branch_enis``,
    ``ips_per_node``, ``ips_total``, ``pods_total`` (missing where the model's sheet has no such
    column or the row has a fault) and ``check``, in words.

    Raises
    ------
    InputError: for a column that is unknown, missing, or among the results.
    """
    declared = get_model(model)
    check_columns(scenarios.columns)
    catalog = load_catalog(model=model) if catalog is None else catalog
    evaluation = _Evaluation(Inputs(scenarios), catalog)
    for sheet, words, rows in _alike(declared, evaluation.inputs):
        for first in range(0, len(rows), _BLOCK):
            evaluation.add(sheet, words, rows[first : first + _BLOCK])
    return evaluation.table(scenarios)


def _alike(model: Model, inputs: Inputs) -> Iterator[tuple[Sheet, dict[str, str], Any]]:
    """The scenarios in groups; one whose sheet the model does not have is in none.

    Yields
    ------
    The sheet, the words that all rows of the group share by name, and the numbers of the rows.
    """
    import pandas as pd

    names = inputs.texts("sheet")
    place = {name: at for at, each in enumerate(model) for name in (each.name, each.mode)}
    sheets = np.array([place.get(each, -1) for each in names.distinct])[names.codes]
    _say_of_sheets(model, inputs, names, np.flatnonzero(sheets < 0))
    group, distinct = pd.factorize(sheets)
    shared = []
    for name, each in inputs.words.items():
        finer, parts = pd.factorize(group * len(each.distinct) + each.codes + 1)
        if len(parts) == len(distinct) or len(parts) * _FEWEST <= inputs.size:
            group, distinct = finer, parts
            shared.append(name)
    ends = np.bincount(group, minlength=len(distinct)).cumsum()
    for rows in np.split(np.argsort(group, kind="stable"), ends[:-1]):
        if len(rows) and sheets[rows[0]] >= 0:
            words = {name: inputs.words[name].of(rows[0]) for name in shared}
            yield model.sheets[sheets[rows[0]]], words, rows


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


class _Evaluation:
    """Takes in scenarios of one sheet after another.

    Parameters
    ----------
    inputs: the columns of the scenarios.
    catalog: instance types.
    """

    def __init__(self, inputs: Inputs, catalog: Catalog) -> None:
        self.inputs = inputs
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
        """Evaluate some rows of a sheet, which share `words`."""
        figures = self._figures(sheet, rows)
        given = {
            each.name: self._given(each.name, words, rows, each.default) for each in sheet.settings
        }
        for each in sheet.inputs:
            if each.input:
                name = "max_pods" if each.name == "own_max_pods" else each.name
                given[each.name] = self._given(name, words, rows, each.input.default)
        # Every row has a type or limits in its place, and settings that are good.
        given["instance_type"] = np.array("given", dtype=object)
        settings = {"settings_to_correct": np.array(0.0)}
        tables = Tables(sheet, settings, {**given, **figures}, np.arange(len(rows)))
        with tables.quiet():
            for name in OUTPUTS[:-1]:
                if name in sheet.by_name:
                    values = tables.groups.seen[name]
                    missing = self._missing[name][rows] = np.isnan(values)
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

    def _given(self, name: str, words: Mapping[str, str], rows: Any, default: float | str) -> Any:
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
        self._say_of_types(rows, codes, typed, ~complete | (typed & (position == 0)))
        if "security_group_pods" in sheet.by_name:
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

    def _say(self, sheet: Sheet, tables: Tables, words: Mapping[str, str], rows: Any) -> None:
        """Say what the rules find, and which inputs the sheet has no use for."""
        import pandas as pd

        if "check" in sheet.by_name:
            with tables.quiet():
                texts = tables.groups.seen["check"]
        else:
            texts = np.full(len(rows), "OK", dtype=object)
            for notice in sheet.notices:
                if notice.of_row:
                    numbers, messages = applying(tables, notice)
                    texts[numbers] = messages
        if isinstance(texts, str):
            self.check.add(rows, [texts])
        else:
            which, distinct = pd.factorize(texts)
            self.check.add(rows, distinct.tolist(), which)
        if "row_state" in sheet.by_name:
            # A fault in the rules' own words, which leaves the row without results.
            found = rows[np.flatnonzero(tables.groups["row_state"] < 0)]
            self.inputs.faults.copy(found[~self.inputs.faults[found]], self.check)
        for name in sorted({*self.inputs.numbers, *self.inputs.words} - LIMITS.keys()):
            if name not in sheet.by_name:
                default = DECLARED[name].default
                values = self._given(name, words, rows, default if isinstance(default, str) else 0)
                stated = values != default if isinstance(default, str) else values > 0
                unused = rows[np.broadcast_to(stated, len(rows))]
                self.check.add(unused, [f"sheet {sheet.name} does not use {name}"])
