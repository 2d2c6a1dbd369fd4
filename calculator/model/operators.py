"""Excel's operators: what they do with numbers, texts and arrays of them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["COMPARES", "OPERATORS", "join"]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    number = float(value)
    if not np.isfinite(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


def _texts(values: Any) -> Any:
    """Numbers as texts; of many rows, few are distinct."""
    if not isinstance(values, np.ndarray):
        return _text(values)
    if values.dtype == object:
        return values
    distinct, rows = np.unique(values, return_inverse=True)
    return np.array([_text(each) for each in distinct.tolist()], dtype=object)[rows]


def join(left: Any, right: Any) -> Any:
    """Texts, or numbers as texts, one behind the other."""
    return _texts(left) + _texts(right)


# What a single plan says is plain numbers, for which NumPy takes ten times as long as Python.
def _divide(dividend: Any, divisor: Any) -> Any:
    if isinstance(divisor, float):
        return dividend / divisor if divisor else dividend * np.nan
    return np.divide(dividend, np.where(np.equal(divisor, 0), np.nan, divisor))


#: Excel's operators: precedence, and what they do with arrays.
OPERATORS: dict[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "^": (5, np.power),
    "*": (4, operator.mul),
    "/": (4, _divide),
    "+": (3, operator.add),
    "-": (3, operator.sub),
    "&": (2, join),
    "=": (1, operator.eq),
    "<>": (1, operator.ne),
    "<": (1, operator.lt),
    "<=": (1, operator.le),
    ">": (1, operator.gt),
    ">=": (1, operator.ge),
}
#: The precedence of comparisons.
COMPARES = 1
