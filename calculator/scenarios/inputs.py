"""The columns of a table of scenarios as numbers and words, with what is wrong in each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.errors import InputError
from calculator.inputs import NO_YES, Choice, Quantity, found_words, near
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, PODS_FROM
from calculator.scenarios.remarks import Remarks

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DECLARED", "LIMITS", "Inputs", "Texts", "check_columns"]

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
#: What a column of scenarios may say, beside sheet and instance type.
DECLARED: dict[str, Quantity | Choice] = {
    name: declared
    for name, declared in {**PLAN_INPUTS, **GROUP_INPUTS, **LIMITS}.items()
    # here the sheet is the mode, and own_max_pods is max_pods
    if name not in ("mode", "own_max_pods") and isinstance(declared, Quantity | Choice)
}
#: Another way to say where pods' addresses come from, with its two words in theirs.
CUSTOM_NETWORKING = Choice("custom_networking", "pods in subnets of their own", "no", NO_YES)
_INPUTS = ("sheet", "instance_type", *DECLARED, CUSTOM_NETWORKING.name)


def check_columns(columns: Iterable[object]) -> None:
    """Check the header of a table of scenarios.

    Raises
    ------
    InputError: for a column that is unknown, missing, or there twice.
    """
    columns = list(columns)
    for name in columns:
        # pandas reads a second column x of a file as x.1
        stem = str(name).rpartition(".")[0]
        if columns.count(name) > 1 or stem in columns:
            raise InputError(f"column {stem or name} stands there twice")
        if name not in _INPUTS:
            hint = near(str(name), _INPUTS)
            raise InputError(
                f"column {name} is unknown{hint}; possible columns: {', '.join(_INPUTS)}"
            )
    if {"pods_from", CUSTOM_NETWORKING.name} <= {*columns}:
        raise InputError("columns pods_from and custom_networking say the same: leave one out")
    if "sheet" not in columns:
        listed = ", ".join(map(str, columns)) or "none"
        raise InputError(f"column sheet is missing; the columns that are there: {listed}")


@dataclass(frozen=True)
class Texts:
    """A column of few distinct texts.

    Parameters
    ----------
    distinct: the texts, and ``""`` as the last one.
    codes: the number of each row's text, -1 where it is empty, shape (rows,).
    """

    distinct: list[str]
    codes: Any

    def of(self, row: Any) -> str:
        """The text of one row."""
        return self.distinct[int(self.codes[row])]


class Inputs:
    """The columns of a table of scenarios.

    Parameters
    ----------
    numbers: by name, shape (rows,); NaN where a cell is empty or cannot be used.
    words: by name, as the options of a choice are spelt; ``""`` there.
    faults: what is wrong in each row.
    limit_faults: whether a limit is among it, shape (rows,).
    """

    def __init__(self, scenarios: pd.DataFrame) -> None:
        self._scenarios = scenarios
        self.size = len(scenarios)
        self.faults = Remarks(self.size)
        self.limit_faults = np.zeros(self.size, dtype=bool)
        self.numbers: dict[str, Any] = {}
        self.words: dict[str, Texts] = {}
        for name, each in DECLARED.items():
            if name not in scenarios:
                continue
            if isinstance(each, Choice):
                self.words[name] = self._read_words(scenarios[name], each)
            else:
                self.numbers[name] = self._read_numbers(scenarios[name], each)

        if CUSTOM_NETWORKING.name in scenarios:
            said = self._read_words(scenarios[CUSTOM_NETWORKING.name], CUSTOM_NETWORKING)
            self.words["pods_from"] = Texts([*PODS_FROM[:2], ""], said.codes)

    def texts(self, name: str) -> Texts:
        """A column that is neither: the sheets or the instance types."""
        if name not in self._scenarios:
            return Texts([""], np.full(self.size, -1))
        codes, found = _distinct(self._scenarios[name])
        return Texts([*(str(each).strip() for each in found), ""], codes)

    def _read_numbers(self, column: pd.Series, quantity: Quantity) -> Any:
        """A column as numbers, NaN where it is empty or cannot be used, shape (rows,)."""
        import pandas as pd

        types = pd.api.types
        if types.is_numeric_dtype(column.dtype) and not types.is_bool_dtype(column.dtype):
            values = column.to_numpy(dtype=float, na_value=np.nan)
            rows = np.flatnonzero(~_usable(values, quantity) & ~np.isnan(values))
            if len(rows):
                which, distinct = pd.factorize(values[rows])
                first = np.unique(which, return_index=True)[1]
                raw = [column.iloc[row] for row in rows[first].tolist()]
                self._fault(quantity, rows, which, raw, distinct)
                values = values.copy()  # it may be the column itself
                values[rows] = np.nan
            return values
        codes, raw = _distinct(column)
        numbers = pd.to_numeric(pd.Series(raw, dtype=object), errors="coerce")
        values = numbers.to_numpy(dtype=float, na_value=np.nan)
        is_bool = np.array([isinstance(each, bool | np.bool_) for each in raw], dtype=bool)
        good = _usable(values, quantity) & ~is_bool
        wrong = np.flatnonzero(~good & np.array([each != "" for each in raw], dtype=bool))
        if len(wrong):
            rows, which = _rows_of(wrong, codes, len(raw))
            self._fault(quantity, rows, which, [raw[each] for each in wrong], values[wrong])
        return np.append(np.where(good, values, np.nan), np.nan)[codes]

    def _read_words(self, column: pd.Series, choice: Choice) -> Texts:
        """A column as options of a choice, ``""`` where it is empty or cannot be used."""
        codes, raw = _distinct(column)
        options, wrong = [], []
        for number, each in enumerate(raw):
            said = choice.said(each.strip() if isinstance(each, str) else each)
            good = said != "" and not choice.problem(said)
            options.append(choice.options.index(choice.read(said)) if good else -1)
            if not good and said != "":
                wrong.append(number)
        if wrong:
            rows, which = _rows_of(wrong, codes, len(raw))
            self._fault(choice, rows, which, [raw[each] for each in wrong])
        return Texts([*choice.options, ""], np.array([*options, -1], dtype=np.int64)[codes])

    def _fault(
        self,
        declared: Quantity | Choice,
        rows: Any,
        which: Any,
        raw: Sequence[Any],
        numbers: Any = None,
    ) -> None:
        """Say of some rows what cannot be used: number `which` of what is found there.

        Parameters
        ----------
        raw: the distinct values, as they stand in the table.
        numbers: the same as numbers, for a quantity, shape (distinct values,).
        """
        texts = []
        for number, value in enumerate(raw):
            plain = bool(value) if isinstance(value, np.bool_) else value
            found = plain
            if numbers is not None and not isinstance(plain, bool) and np.isfinite(numbers[number]):
                found = float(numbers[number])
            _, expected = declared.problem(found) or ("", declared.expected)
            texts.append(f"{declared.name}: found {found_words(plain)}; {expected} is expected")
        self.faults.add(rows, texts, which)
        if declared.name in LIMITS:
            self.limit_faults[rows] = True


def _usable(values: Any, quantity: Quantity) -> Any:
    """Whether numbers are whole and within their limits, shape (n,) in and out."""
    good = (values >= quantity.minimum) & (values <= quantity.maximum)
    good &= values == np.floor(values)
    return good


def _distinct(column: pd.Series) -> tuple[Any, list[Any]]:
    """The number of each row's value, -1 where it is missing, and the distinct values."""
    import pandas as pd

    if column.dtype == object:
        kind = pd.api.types.infer_dtype(column, skipna=True)
        if kind not in ("string", "empty"):
            # True, 1 and 1.0 are one to pandas and three to a person: each row stands for itself.
            return np.arange(len(column)), column.where(column.notna(), "").tolist()
    codes, found = pd.factorize(column)
    return codes, np.asarray(found, dtype=object).tolist()


def _rows_of(wrong: Any, codes: Any, size: int) -> tuple[Any, Any]:
    """The rows with one of some of `size` distinct values, and which of these each of them has."""
    place = np.full(size + 1, -1)
    place[wrong] = np.arange(len(wrong))
    which = place[codes]
    rows = np.flatnonzero(which >= 0)
    return rows, which[rows]
