"""Many scenarios of one node group each, a row each, evaluated in one vectorised pass."""

from __future__ import annotations

import difflib
import math
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, default_max_pods, load_catalog
from calculator.errors import InputError
from calculator.files import same_file
from calculator.model import get_model
from calculator.model.engine import Tables, catalog_figures, notices
from calculator.model.sheet import Sheet
from calculator.plan import (
    GROUP_INPUTS,
    PLAN_INPUTS,
    Choice,
    Input,
    Quantity,
    found_words,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OUTPUTS", "sweep", "sweep_file"]

#: The limits that stand in place of an instance type, or over those of one.
LIMITS = {
    each.name: each
    for each in (
        Quantity("max_enis", "ENIs on the default network card [ENIs]", 0, 1, 100_000),
        Quantity("ipv4_per_eni", "IPv4 addresses of one ENI [IPs]", 0, 2, 100_000),
        Quantity("max_pods", "kubelet's max pods [pods]", 0, 1, 100_000),
        Quantity("vcpus", "virtual CPUs, which max pods may follow [vCPUs]", 0, 1, 100_000),
        Quantity("branch_enis", "branch ENIs of a trunk ENI [ENIs]", 0, 0, 100_000),
    )
}
_DECLARED: dict[str, Input] = {**PLAN_INPUTS, **GROUP_INPUTS, **LIMITS}
del _DECLARED["own_max_pods"]  # here it is max_pods
_INPUTS = ("sheet", "instance_type", *_DECLARED)

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
_ROWS_AT_ONCE = 250_000


def sweep_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    model: str = "vpc-cni",
    catalog: Catalog | None = None,
) -> tuple[int, int]:
    """Evaluate the scenarios of a CSV file and write them, with results, to another.

    Parameters
    ----------
    source: CSV in UTF-8 with a header; columns as for :func:`sweep`.
    target: the CSV file to write; one that is there is replaced.

    Returns
    -------
    The number of rows, and how many of them had a fault.

    Raises
    ------
    InputError: names the file and what cannot be used, an unknown column among it.
    """
    import pandas as pd

    source, target = os.fspath(source), os.fspath(target)
    if same_file(source, target):
        raise InputError(f"{target}: the results cannot go into the file of the scenarios")
    partial_path = f"{target}.part"
    rows = faulty = 0
    try:
        chunks = pd.read_csv(
            source,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            chunksize=_ROWS_AT_ONCE,
        )
        with chunks, open(partial_path, "w", encoding="utf-8", newline="") as stream:
            for chunk in chunks:
                if not isinstance(chunk.index, pd.RangeIndex):
                    raise InputError("the first row has more cells than the header has columns")
                results = sweep(chunk, model=model, catalog=catalog)
                results.to_csv(stream, index=False, header=rows == 0, lineterminator="\n")
                rows += len(results)
                faulty += int(results["ips_per_node"].isna().sum())
        os.replace(partial_path, target)
    except OSError as error:
        file = target if error.filename == partial_path else error.filename or source
        raise InputError(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise InputError(f"{source}: this is not text in UTF-8; save it as CSV UTF-8") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        reason = str(error).strip()
        raise InputError(f"{source}: this is no CSV with a header: {reason}") from None
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    finally:
        if os.path.exists(partial_path):
            os.remove(partial_path)
    return rows, faulty


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
    ``attached_enis``, ``secondary_ips``, ``ips_per_node``, ``ips_total``, ``pods_total`` (missing
    where the model's sheet has no such column or the row has a fault) and ``check``, in words.

    Raises
    ------
    InputError: for a column that is unknown, missing, or among the results.
    """
    import pandas as pd

    declared = get_model(model)
    catalog = load_catalog(model=model) if catalog is None else catalog
    _check_columns(list(scenarios.columns))
    inputs = _Inputs(scenarios)
    size = len(scenarios)
    results: dict[str, Any] = {name: np.full(size, np.nan) for name in OUTPUTS[:-1]}
    check = np.full(size, "", dtype=object)
    names = inputs.texts("sheet")
    unmatched = np.ones(size, dtype=bool)
    for sheet in declared:
        rows = np.isin(names, [sheet.name, sheet.mode])
        unmatched &= ~rows
        if rows.any():
            _evaluate(sheet, inputs, rows, catalog, results, check)
    listed = " or ".join(each.name for each in declared)
    for row in np.flatnonzero(unmatched).tolist():
        check[row] = f"sheet: found {found_words(names[row])}; {listed} is expected"
    table = scenarios.reset_index(drop=True)
    for name, values in results.items():
        table[name] = pd.array(values, dtype="Float64").astype("Int64")
    table["check"] = check
    return table


def _check_columns(columns: list[str]) -> None:
    for name in columns:
        # pandas reads a second column x of a file as x.1
        stem = str(name).rpartition(".")[0]
        if columns.count(name) > 1 or stem in columns:
            raise InputError(f"column {stem or name} stands there twice")
        if name not in _INPUTS:
            near = difflib.get_close_matches(str(name), _INPUTS, 1)
            hint = f" (is {near[0]} meant?)" if near else ""
            raise InputError(
                f"column {name} is unknown{hint}; possible columns: {', '.join(_INPUTS)}"
            )
    if "sheet" not in columns:
        listed = ", ".join(columns) or "none"
        raise InputError(f"column sheet is missing; the columns that are there: {listed}")


class _Inputs:
    """The columns of the scenarios as numbers and texts, with the faults of each row.

    Parameters
    ----------
    columns: the inputs that the scenarios have a column for, each of shape (rows,): numbers, NaN
        where a cell is empty or cannot be used; or words, ``""`` there.
    """

    def __init__(self, scenarios: pd.DataFrame) -> None:
        self.scenarios = scenarios
        self.faults: dict[int, list[str]] = {}
        self.columns = {
            name: self._words(each) if isinstance(each, Choice) else self._numbers(each)
            for name, each in _DECLARED.items()
            if name in scenarios
        }

    def of(self, name: str, rows: Any, default: float | str = math.nan) -> Any:
        """An input at some rows, with `default` where nothing is said; one value for no column."""
        if name not in self.columns:
            return np.array(default, dtype=object if isinstance(default, str) else float)
        values = self.columns[name][rows]
        empty = values == "" if values.dtype == object else np.isnan(values)
        return np.where(empty, default, values)

    def texts(self, name: str) -> Any:
        """A column as texts, ``""`` where it is empty, shape (rows,)."""
        if name not in self.scenarios:
            return np.full(len(self.scenarios), "", dtype=object)
        column = self.scenarios[name].astype(object)
        return column.where(column.notna(), "").astype(str).str.strip().to_numpy(dtype=object)

    def _numbers(self, quantity: Quantity) -> Any:
        """A column as numbers, NaN where it is empty or cannot be used, shape (rows,)."""
        import pandas as pd

        column = self.scenarios[quantity.name]
        given = column.notna() & (column.astype(object) != "")
        values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        with np.errstate(invalid="ignore"):
            good = (values == np.floor(values)) & (values >= quantity.minimum)
            good &= values <= quantity.maximum
        if column.dtype == object or pd.api.types.is_bool_dtype(column):
            good &= [not isinstance(value, bool | np.bool_) for value in column]
        bad = given.to_numpy() & ~good
        for row in np.flatnonzero(bad).tolist():
            raw = column.iloc[row]
            if isinstance(raw, np.bool_):
                raw = bool(raw)
            as_read = isinstance(raw, bool) or not np.isfinite(values[row])
            found = raw if as_read else values[row]
            self._fault(row, quantity, raw, found)
        return np.where(good & given.to_numpy(), values, np.nan)

    def _words(self, choice: Choice) -> Any:
        """A column as options of a choice, ``""`` where it is empty or cannot be used."""
        import pandas as pd

        column = self.scenarios[choice.name].astype(object)
        codes, found = pd.factorize(column)  # few words, many rows
        words = np.full(len(found) + 1, "", dtype=object)  # the last one is for what is missing
        for code, raw in enumerate(found):
            said = choice.said(raw.strip() if isinstance(raw, str) else raw)
            if not choice.problem(said):
                words[code] = choice.read(said)
            elif said != "":
                for row in np.flatnonzero(codes == code).tolist():
                    self._fault(row, choice, raw, raw)
        return words[codes]

    def _fault(self, row: int, declared: Input, raw: Any, found: Any) -> None:
        _, expected = declared.problem(found) or ("", declared.expected)
        words = f"{declared.name}: found {found_words(raw)}; {expected} is expected"
        self.faults.setdefault(row, []).append(words)


def _evaluate(
    sheet: Sheet,
    inputs: _Inputs,
    rows: Any,
    catalog: Catalog,
    results: dict[str, Any],
    check: Any,
) -> None:
    """Evaluate the scenarios of one sheet and put their results in place."""
    numbers = np.flatnonzero(rows)
    types = inputs.texts("instance_type")[rows]
    figures = _figures(sheet, inputs, rows, types, catalog)
    settings = {each.name: inputs.of(each.name, rows, each.default) for each in sheet.settings}
    groups: dict[str, Any] = {
        each.name: inputs.of(
            "max_pods" if each.name == "own_max_pods" else each.name, rows, each.input.default
        )
        for each in sheet.inputs
        if each.input
    }
    groups |= {"instance_type": np.where(types != "", types, "limits"), **figures}
    tables = Tables(sheet, settings, groups, np.arange(len(numbers)))
    for name in OUTPUTS[:-1]:
        if name in sheet.by_name:
            results[name][numbers] = tables.groups[name]
    _say(sheet, inputs, tables, rows, results, check)


def _figures(
    sheet: Sheet, inputs: _Inputs, rows: Any, types: Any, catalog: Catalog
) -> dict[str, Any]:
    """The catalog's figures for some scenarios, with the limits that stand in their place."""
    figures = catalog_figures(types, catalog)
    typed = types != ""
    given = {name: np.broadcast_to(inputs.of(name, rows), types.shape) for name in LIMITS}
    any_limit = ~np.isnan(given["max_enis"]) | ~np.isnan(given["ipv4_per_eni"])
    for name in ("max_enis", "ipv4_per_eni", "vcpus", "branch_enis"):
        known = figures[f"catalog_{name}"]
        figures[f"catalog_{name}"] = np.where(np.isnan(given[name]), known, given[name])
    for name in ("nitro", "trunk_compatible"):
        figures[f"catalog_{name}"] = np.where(typed, figures[f"catalog_{name}"], 1.0)
    derived = default_max_pods(figures["catalog_max_enis"], figures["catalog_ipv4_per_eni"])
    max_pods = np.where(any_limit, derived, figures["catalog_max_pods"])
    figures["catalog_max_pods"] = np.where(np.isnan(given["max_pods"]), max_pods, given["max_pods"])
    numbers = np.flatnonzero(rows)
    complete = ~np.isnan(figures["catalog_max_enis"]) & ~np.isnan(figures["catalog_ipv4_per_eni"])
    for row in np.flatnonzero(~complete | (typed & (figures["catalog_position"] == 0))).tolist():
        faults = inputs.faults.setdefault(int(numbers[row]), [])
        problem = catalog.problem(types[row]) if typed[row] else None
        if problem:
            faults.append(problem)
        elif not any(each.partition(":")[0] in LIMITS for each in faults):
            faults.append(
                "instance_type: found nothing; an instance type is expected, "
                "or max_enis and ipv4_per_eni"
            )
    if "security_group_pods" in sheet.by_name:
        unlimited = ~typed & (inputs.of("security_group_pods", rows, 0.0) > 0)
        for row in np.flatnonzero(unlimited & np.isnan(given["branch_enis"])).tolist():
            words = "branch_enis: found nothing; a whole number is expected, or an instance type"
            inputs.faults.setdefault(int(numbers[row]), []).append(words)
    # Limits without a type are a type of their own, which the formulas would find.
    figures["catalog_position"] = np.where(complete, np.maximum(figures["catalog_position"], 1), 0)
    return figures


def _say(
    sheet: Sheet,
    inputs: _Inputs,
    tables: Tables,
    rows: Any,
    results: dict[str, Any],
    check: Any,
) -> None:
    """Fill in the check column, and take the results of a row with a fault away."""
    numbers = np.flatnonzero(rows)
    if "check" in sheet.by_name:
        check[numbers] = tables.groups["check"]
        # A fault in the rules' own words, which leaves the row without results.
        for row in np.flatnonzero(tables.groups["row_state"] < 0).tolist():
            inputs.faults.setdefault(int(numbers[row]), [check[numbers[row]]])
    else:
        check[numbers] = "OK"
        for notice, row, message in notices(tables):
            if notice.of_row:
                check[numbers[row]] = message
    used = {*sheet.by_name, "max_pods"}
    for name in sorted(inputs.columns.keys() - used - LIMITS.keys()):
        values = inputs.columns[name][rows]
        default = _DECLARED[name].default
        said = (values != "") & (values != default) if isinstance(default, str) else values > 0
        for row in np.flatnonzero(said).tolist():
            check[numbers[row]] += f"; sheet {sheet.name} does not use {name}"
    for row, faults in inputs.faults.items():
        check[row] = "; ".join(faults)
        for name in OUTPUTS[:-1]:
            results[name][row] = np.nan
