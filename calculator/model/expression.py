"""The small language the rules are written in: one expression, two readings.

``expression.evaluate(values)`` gives numbers, one a row of a table; ``expression.render(cells)``
gives the text of an Excel formula. A rule is built from references to named cells with Python's
operators, :func:`where` and the functions of ``functions``::

    attached = maximum(1, minimum(ref("max_enis"), roundup(ref("active_ips") / slots)))

A cell shows one of three things. Values are floats and texts (object arrays of ``str``). NaN is an
error. Infinity, which no cell can hold, shows nothing: ``""`` in a column of numbers.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

__all__ = [
    "BLANK",
    "NOTHING",
    "Array",
    "Cells",
    "Expression",
    "Name",
    "Operand",
    "Values",
    "expression",
    "group",
    "join",
    "number",
    "ref",
    "text",
    "where",
]

Array = np.ndarray[Any, np.dtype[Any]]

#: What a cell of a column of numbers holds that shows nothing.
NOTHING = float("inf")


class Name(NamedTuple):
    """What an expression refers to.

    Parameters
    ----------
    name: of a column, a setting, a result or a constant.
    sheet: the sheet that has it; None for the sheet of the rule, or the sheets with the inputs.
    is_column: whether it is a whole column of a node table, not a cell.
    """

    name: str
    sheet: str | None = None
    is_column: bool = False


class Values(Protocol):
    """What an expression is evaluated on: named arrays, all of one shape (rows,)."""

    size: int

    def find(self, name: Name) -> Any:
        """The values of a cell or column, one a row, or a scalar for all rows."""

    def take(self, rows: Array) -> Values:
        """The same names for the rows where `rows` (bool, shape (rows,)) is true."""

    def column(self, name: Name) -> tuple[Array, Array, int]:
        """A whole column of a node table.

        Its values, the row here that each of them belongs to, and how many rows there are here.
        """


class Cells(Protocol):
    """What an expression is rendered with: names of cells, as formula text."""

    def cell(self, name: Name) -> str:
        """A cell of the same row, a setting, a constant or a result."""

    def column(self, name: Name) -> str:
        """A whole column of a node table, without its header."""

    def data(self, table: str, header: str) -> str:
        """A whole column of a data table, without its header."""

    def position(self) -> str:
        """The number of the formula's row in the node table, counted from 1."""

    def span(self, names: tuple[str, ...], beside: int) -> str:
        """The cells from the first to the last of some, or those so many columns beside them."""

    def below(self, rows: int) -> dict[str, str]:
        """Of the plan's node table and so many rows below it, for the formulas that look there.

        ``before`` and ``behind``: the input columns before and behind the computed ones; ``rows``:
        one column of them; ``last``: the last row that the sheets of all modes can see.
        """


class Expression:
    """A rule, or a part of one. Immutable; its parts are `children`."""

    precedence = 9
    is_text = False
    children: tuple[Expression, ...] = ()

    def evaluate(self, values: Values) -> Any:
        """The value for each row: an array of shape (rows,) or a scalar."""
        raise NotImplementedError

    def render(self, cells: Cells) -> str:
        """The formula text, without the leading ``=``."""
        raise NotImplementedError

    def decide(self, values: Values) -> tuple[Any, Any]:
        """As a condition: where it holds, and where it is an error (None for nowhere)."""
        return self.evaluate(values), None

    def names(self) -> Iterator[Name]:
        """What it refers to, in all its parts."""
        for child in self.children:
            yield from child.names()

    def __bool__(self) -> bool:
        raise TypeError("a rule is neither true nor false: use where(), both() or either()")

    def __add__(self, other: Operand) -> Expression:
        return _Operation("+", self, expression(other))

    def __sub__(self, other: Operand) -> Expression:
        return _Operation("-", self, expression(other))

    def __rsub__(self, other: Operand) -> Expression:
        return _Operation("-", expression(other), self)

    def __mul__(self, other: Operand) -> Expression:
        return _Operation("*", self, expression(other))

    def __truediv__(self, other: Operand) -> Expression:
        return _Operation("/", self, expression(other))

    def __rpow__(self, other: Operand) -> Expression:
        return _Operation("^", expression(other), self)

    def __and__(self, other: Operand) -> Expression:
        """Text joined to text: Excel's ``&``."""
        return _Operation("&", self, expression(other))

    def __rand__(self, other: Operand) -> Expression:
        return _Operation("&", expression(other), self)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return _Operation("=", self, expression(other))

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return _Operation("<>", self, expression(other))

    def __lt__(self, other: Operand) -> Expression:
        return _Operation("<", self, expression(other))

    def __le__(self, other: Operand) -> Expression:
        return _Operation("<=", self, expression(other))

    def __gt__(self, other: Operand) -> Expression:
        return _Operation(">", self, expression(other))

    def __ge__(self, other: Operand) -> Expression:
        return _Operation(">=", self, expression(other))

    __hash__ = object.__hash__


Operand = Expression | float | int | str


def expression(value: object) -> Expression:
    """A number or a text as an expression, an expression as it is.

    Raises
    ------
    TypeError: for anything else.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, str):
        return _Text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _Number(value)
    raise TypeError(f"{value!r} is no expression")


@dataclass(frozen=True, eq=False)
class _Number(Expression):
    value: float

    def evaluate(self, values: Values) -> Any:
        return float(self.value)

    def render(self, cells: Cells) -> str:
        return str(self.value)


@dataclass(frozen=True, eq=False)
class _Text(Expression):
    value: str
    is_text = True

    def evaluate(self, values: Values) -> Any:
        return self.value

    def render(self, cells: Cells) -> str:
        return '"' + self.value.replace('"', '""') + '"'


def number(value: float) -> Expression:
    """A number as an expression, where no other operand makes it one."""
    return _Number(value)


class _Blank(Expression):
    """Shows nothing, in a column of numbers."""

    def evaluate(self, values: Values) -> Any:
        return NOTHING

    def render(self, cells: Cells) -> str:
        return '""'


BLANK: Expression = _Blank()


def text(words: str) -> Expression:
    """A text as an expression, where no other operand makes it one."""
    return _Text(words)


@dataclass(frozen=True, eq=False)
class _Reference(Expression):
    name: Name

    def evaluate(self, values: Values) -> Any:
        return values.find(self.name)

    def render(self, cells: Cells) -> str:
        return cells.cell(self.name)

    def names(self) -> Iterator[Name]:
        yield self.name


def ref(name: str, sheet: str | None = None) -> Expression:
    """The cell `name`: a column of the same row, a setting, a constant or a result.

    Parameters
    ----------
    sheet: the sheet that has it, where that is another mode's.
    """
    return _Reference(Name(name, sheet))


class _Group(Expression):
    def __init__(self, inner: Expression) -> None:
        self.children = (inner,)

    def evaluate(self, values: Values) -> Any:
        return self.children[0].evaluate(values)

    def render(self, cells: Cells) -> str:
        return f"({self.children[0].render(cells)})"


def group(inner: Expression) -> Expression:
    """Parentheses that a published formula has, though it could do without."""
    return _Group(inner)


# --- operators ------------------------------------------------------------------------------------


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
_COMPARES = 1


def _all(condition: Any) -> bool:
    is_array = isinstance(condition, np.ndarray)
    return bool(np.count_nonzero(condition) == condition.size if is_array else condition)


class _Operation(Expression):
    def __init__(self, sign: str, left: Expression, right: Expression) -> None:
        self.sign = sign
        self.children = self.left, self.right = left, right
        self.precedence, self._compute = OPERATORS[sign]
        self.is_text = sign == "&"

    def evaluate(self, values: Values) -> Any:
        return self._compute(self.left.evaluate(values), self.right.evaluate(values))

    def decide(self, values: Values) -> tuple[Any, Any]:
        left, right = self.left.evaluate(values), self.right.evaluate(values)
        holds = self._compute(left, right)
        if self.precedence == _COMPARES and self.sign != "<>" and _all(holds):
            return holds, None  # what is no number compares to nothing
        if isinstance(right, float):  # a constant, as most are
            return holds, left != left if right == right else True
        if isinstance(right, str) or np.asarray(left).dtype == object:  # a text is no error
            return holds, None
        return holds, np.isnan(left) | np.isnan(right)

    def render(self, cells: Cells) -> str:
        left, right = self.left.render(cells), self.right.render(cells)
        if self.left.precedence < self.precedence:
            left = f"({left})"
        if self.right.precedence <= self.precedence:
            right = f"({right})"
        return f"{left}{self.sign}{right}"


class _Where(Expression):
    def __init__(self, condition: Expression, then: Expression, otherwise: Expression) -> None:
        self.children = self.condition, self.then, self.otherwise = condition, then, otherwise
        self.is_text = then.is_text or otherwise.is_text

    def evaluate(self, values: Values) -> Any:
        # Texts have no error: their rules ask first whether what they compare is known.
        condition, unknown = (
            (self.condition.evaluate(values), None)
            if self.is_text
            else self.condition.decide(values)
        )
        if not isinstance(condition, np.ndarray):  # one setting for all rows
            if unknown is not None and unknown:
                return np.nan
            return (self.then if condition else self.otherwise).evaluate(values)
        # Most rows are alike: then only one branch is of interest.
        if unknown is None or not np.count_nonzero(unknown):
            unknown = None
            count = np.count_nonzero(condition)
            if count == condition.size:
                return self.then.evaluate(values)
            if not count:
                return self.otherwise.evaluate(values)
        if self.is_text:
            # Texts are slow to put together: each branch only for the rows that take it.
            taken = condition.astype(bool)
            result = np.empty(values.size, dtype=object)
            result[taken] = self.then.evaluate(values.take(taken))
            result[~taken] = self.otherwise.evaluate(values.take(~taken))
            return result
        result = np.where(condition, self.then.evaluate(values), self.otherwise.evaluate(values))
        return result if unknown is None else np.where(unknown, np.nan, result)

    def render(self, cells: Cells) -> str:
        return f"IF({','.join(child.render(cells) for child in self.children)})"


def where(condition: Expression, then: Operand, otherwise: Operand) -> Expression:
    """``IF``."""
    return _Where(condition, expression(then), expression(otherwise))
