"""The small language the rules are written in: one expression, two readings.

``expression.evaluate(values)`` gives numbers, one a row of a table; ``expression.render(cells)``
gives the text of an Excel formula. A rule is built from references to named cells with Python's
operators and the functions below::

    attached = maximum(1, minimum(ref("max_enis"), roundup(ref("active_ips") / slots)))

Numbers are floats. NaN stands for whatever is no number: an error, or a cell that shows nothing.
Texts are object arrays of ``str``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

__all__ = [
    "BLANK",
    "Cells",
    "Expression",
    "Values",
    "both",
    "ceiling_math",
    "choose",
    "count_of",
    "count_where",
    "either",
    "floor",
    "greatest",
    "group",
    "is_number",
    "is_whole_number",
    "lookup",
    "maximum",
    "minimum",
    "not_available",
    "number",
    "ref",
    "roundup",
    "text",
    "total",
    "total_product",
    "where",
]

Array = np.ndarray[Any, np.dtype[Any]]


class Values(Protocol):
    """What an expression is evaluated on: named arrays, all of one shape (rows,)."""

    size: int

    def __getitem__(self, name: str) -> Any:
        """The values of the cell or column `name`, one a row, or a scalar for all rows."""

    def take(self, rows: Array) -> Values:
        """The same names for the rows where `rows` (bool, shape (rows,)) is true."""

    def column(self, name: str) -> tuple[Array, Array, int]:
        """A whole column of the node table.

        Its values, the row here that each of them belongs to, and how many rows there are here.
        """


class Cells(Protocol):
    """What an expression is rendered with: names of cells, as formula text."""

    def cell(self, name: str) -> str:
        """A cell of the same row, a setting or a result."""

    def column(self, name: str) -> str:
        """A whole column of the node table, without its header."""

    def data(self, table: str, header: str) -> str:
        """A whole column of a data table, without its header."""


class Expression:
    """A rule, or a part of one. Immutable."""

    precedence = 9
    is_text = False

    def evaluate(self, values: Values) -> Any:
        """The value for each row: an array of shape (rows,) or a scalar."""
        raise NotImplementedError

    def render(self, cells: Cells) -> str:
        """The formula text, without the leading ``=``."""
        raise NotImplementedError

    def decide(self, values: Values) -> tuple[Any, Any]:
        """As a condition: where it holds, and where it is an error (None for nowhere)."""
        return self.evaluate(values), None

    def __add__(self, other: Operand) -> Expression:
        return _Operation("+", self, _expression(other))

    def __sub__(self, other: Operand) -> Expression:
        return _Operation("-", self, _expression(other))

    def __rsub__(self, other: Operand) -> Expression:
        return _Operation("-", _expression(other), self)

    def __mul__(self, other: Operand) -> Expression:
        return _Operation("*", self, _expression(other))

    def __truediv__(self, other: Operand) -> Expression:
        return _Operation("/", self, _expression(other))

    def __rpow__(self, other: Operand) -> Expression:
        return _Operation("^", _expression(other), self)

    def __and__(self, other: Operand) -> Expression:
        """Text joined to text: Excel's ``&``."""
        return _Operation("&", self, _expression(other))

    def __rand__(self, other: Operand) -> Expression:
        return _Operation("&", _expression(other), self)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return _Operation("=", self, _expression(other))

    def __lt__(self, other: Operand) -> Expression:
        return _Operation("<", self, _expression(other))

    def __le__(self, other: Operand) -> Expression:
        return _Operation("<=", self, _expression(other))

    def __gt__(self, other: Operand) -> Expression:
        return _Operation(">", self, _expression(other))

    def __ge__(self, other: Operand) -> Expression:
        return _Operation(">=", self, _expression(other))

    __hash__ = object.__hash__


Operand = Expression | float | int | str


def _expression(value: object) -> Expression:
    if isinstance(value, Expression):
        return value
    if isinstance(value, str):
        return _Text(value)
    if isinstance(value, int | float):
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
        return np.nan

    def render(self, cells: Cells) -> str:
        return '""'


BLANK: Expression = _Blank()


def text(words: str) -> Expression:
    """A text as an expression, where no other operand makes it one."""
    return _Text(words)


@dataclass(frozen=True, eq=False)
class _Reference(Expression):
    name: str

    def evaluate(self, values: Values) -> Any:
        return values[self.name]

    def render(self, cells: Cells) -> str:
        return cells.cell(self.name)


def ref(name: str) -> Expression:
    """The cell `name`: a column of the same row, a setting, or a result of the sheet."""
    return _Reference(name)


@dataclass(frozen=True, eq=False)
class _Group(Expression):
    inner: Expression

    def evaluate(self, values: Values) -> Any:
        return self.inner.evaluate(values)

    def render(self, cells: Cells) -> str:
        return f"({self.inner.render(cells)})"


def group(expression: Expression) -> Expression:
    """Parentheses that a published formula has, though it could do without."""
    return _Group(expression)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def _texts(values: Any) -> Any:
    """Numbers as texts; of many rows, few are distinct."""
    if not isinstance(values, np.ndarray):
        return _text(values)
    if values.dtype == object:
        return values
    distinct, rows = np.unique(values, return_inverse=True)
    return np.array([_text(each) for each in distinct.tolist()], dtype=object)[rows]


def _join(left: Any, right: Any) -> Any:
    return _texts(left) + _texts(right)


# What a single plan says is plain numbers, for which NumPy takes ten times as long as Python.


def _divide(dividend: Any, divisor: Any) -> Any:
    if isinstance(divisor, float):
        return dividend / divisor if divisor else dividend * np.nan
    return np.divide(dividend, np.where(np.equal(divisor, 0), np.nan, divisor))


def _least(one: Any, other: Any) -> Any:
    if isinstance(one, float) and isinstance(other, float):
        return other if other < one or other != other else one
    return np.minimum(one, other)


def _most(one: Any, other: Any) -> Any:
    if isinstance(one, float) and isinstance(other, float):
        return other if other > one or other != other else one
    return np.maximum(one, other)


def _and(one: Any, other: Any) -> Any:
    if isinstance(one, bool) and isinstance(other, bool):
        return one and other
    return np.logical_and(one, other)


def _or(one: Any, other: Any) -> Any:
    if isinstance(one, bool) and isinstance(other, bool):
        return one or other
    return np.logical_or(one, other)


#: Excel's operators: precedence, and what they do with arrays.
_OPERATORS: dict[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "^": (5, np.power),
    "*": (4, operator.mul),
    "/": (4, _divide),
    "+": (3, operator.add),
    "-": (3, operator.sub),
    "&": (2, _join),
    "=": (1, operator.eq),
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
        self.sign, self.left, self.right = sign, left, right
        self.precedence, self._compute = _OPERATORS[sign]
        self.is_text = sign == "&"

    def evaluate(self, values: Values) -> Any:
        return self._compute(self.left.evaluate(values), self.right.evaluate(values))

    def decide(self, values: Values) -> tuple[Any, Any]:
        left, right = self.left.evaluate(values), self.right.evaluate(values)
        holds = self._compute(left, right)
        if self.precedence == _COMPARES and _all(holds):
            return holds, None  # what is no number compares to nothing
        if isinstance(right, float):  # a constant, as most are
            return holds, left != left
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


class _Function(Expression):
    def __init__(
        self, template: str, compute: Callable[..., Any], *arguments: Expression, text: bool = False
    ) -> None:
        self.template, self.arguments, self._compute = template, arguments, compute
        self.is_text = text

    def evaluate(self, values: Values) -> Any:
        return self._compute(*[each.evaluate(values) for each in self.arguments])

    def render(self, cells: Cells) -> str:
        return self.template.format(",".join(each.render(cells) for each in self.arguments))


class _Fold(_Function):
    """A function of any number of arguments that takes in one after the other."""

    def evaluate(self, values: Values) -> Any:
        first, *others = self.arguments
        result = first.evaluate(values)
        for each in others:
            result = self._compute(result, each.evaluate(values))
        return result


def minimum(*arguments: Operand) -> Expression:
    """``MIN``."""
    return _Fold("MIN({})", _least, *map(_expression, arguments))


def maximum(*arguments: Operand) -> Expression:
    """``MAX``."""
    return _Fold("MAX({})", _most, *map(_expression, arguments))


def both(*arguments: Expression) -> Expression:
    """``AND`` of conditions."""
    return _Fold("AND({})", _and, *arguments)


def either(*arguments: Expression) -> Expression:
    """``OR`` of conditions."""
    return _Fold("OR({})", _or, *arguments)


def roundup(quotient: Expression) -> Expression:
    """``ROUNDUP`` to a whole number, for quotients of 0 and more."""
    return _Function("ROUNDUP({},0)", np.ceil, quotient)


def ceiling_math(quotient: Expression) -> Expression:
    """``CEILING.MATH`` as AWS's sample writes it; Excel 2013 and newer."""
    return _Function("_xlfn.CEILING.MATH({})", np.ceil, quotient)


def floor(quotient: Expression) -> Expression:
    """``INT``."""
    return _Function("INT({})", np.floor, quotient)


def is_number(cell: Expression) -> Expression:
    """``ISNUMBER``."""
    return _Function("ISNUMBER({})", lambda value: ~np.isnan(value), cell)


def count_of(cell: Expression) -> Expression:
    """``N``: a number, 0 for an empty cell and for one that shows nothing."""
    return _Function("N({})", lambda value: value, cell)


def is_whole_number(
    cell: Expression, least: int, most: int, *, or_empty: bool = False
) -> Expression:
    """Whether a cell holds a whole number within limits; text, nothing and errors are none.

    With `or_empty`, an empty cell is one; the engine is given what it counts as.
    """

    def compute(value: Any) -> Any:
        whole = np.floor(value) if isinstance(value, np.ndarray) else value // 1
        return (value >= least) & (value <= most) & (value == whole)

    within = f"MIN(MAX(INT({{0}}),{least}),{most})={{0}}"
    otherwise = '{0}=""' if or_empty else "0"
    return _Function(f"IF(ISNUMBER({{0}}),{within},{otherwise})", compute, cell)


def not_available() -> Expression:
    """``NA()``: a number that cannot be known."""
    return _Function("NA()", lambda: np.nan)


class _Where(Expression):
    def __init__(self, condition: Expression, then: Expression, otherwise: Expression) -> None:
        self.condition, self.then, self.otherwise = condition, then, otherwise
        self.is_text = then.is_text or otherwise.is_text
        # An error in the condition of a text is none, and one that comes to nothing makes no other.
        self._spreads_error = not self.is_text and otherwise is not BLANK

    def evaluate(self, values: Values) -> Any:
        condition, unknown = (
            self.condition.decide(values)
            if self._spreads_error
            else (self.condition.evaluate(values), None)
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
        parts = (self.condition, self.then, self.otherwise)
        return f"IF({','.join(each.render(cells) for each in parts)})"


class _Choose(Expression):
    is_text = True

    def __init__(self, index: Expression, texts: tuple[str, ...]) -> None:
        self.index, self.texts = index, texts

    def evaluate(self, values: Values) -> Any:
        index = self.index.evaluate(values)
        if not isinstance(index, np.ndarray):
            return self.texts[int(index) - 1]
        return np.array(self.texts, dtype=object)[index.astype(int) - 1]

    def render(self, cells: Cells) -> str:
        texts = (_Text(each).render(cells) for each in self.texts)
        return f"CHOOSE({self.index.render(cells)},{','.join(texts)})"


def choose(index: Expression, *texts: str) -> Expression:
    """``CHOOSE``: the text of that number, counted from 1."""
    return _Choose(index, texts)


def where(condition: Expression, then: Operand, otherwise: Operand) -> Expression:
    """``IF``."""
    return _Where(condition, _expression(then), _expression(otherwise))


class _Columns(Expression):
    """Whole columns of the node table, taken together to one number for each sheet."""

    def __init__(self, template: str, compute: Callable[..., Any], *names: str) -> None:
        self.template, self.names, self._compute = template, names, compute

    def evaluate(self, values: Values) -> Any:
        columns = [values.column(name) for name in self.names]
        _, belongs_to, size = columns[0]
        return self._compute(belongs_to, size, *(numbers for numbers, _, _ in columns))

    def render(self, cells: Cells) -> str:
        return self.template.format(*map(cells.column, self.names))


def _sum(belongs_to: Array, size: int, *factors: Array) -> Any:
    numbers = factors[0] if len(factors) == 1 else factors[0] * factors[1]
    if size == 1:
        return float(numbers.sum())
    return np.bincount(belongs_to, weights=numbers, minlength=size)


def _max(belongs_to: Array, size: int, numbers: Array) -> Any:
    greatest = np.zeros(size)
    np.maximum.at(greatest, belongs_to, numbers)
    return greatest


def total(name: str) -> Expression:
    """``SUM`` of a column of the node table."""
    return _Columns("SUM({})", _sum, name)


def total_product(name: str, other: str) -> Expression:
    """``SUMPRODUCT`` of two columns of the node table."""
    return _Columns("SUMPRODUCT({},{})", _sum, name, other)


def greatest(name: str) -> Expression:
    """``MAX`` of a column of the node table of counts; 0 where it has no number."""
    return _Columns("MAX({})", _max, name)


def count_where(name: str, operator: str, value: Operand) -> Expression:
    """``COUNTIF``: rows of the node table whose column `name` compares so with `value`."""
    compare = _OPERATORS[operator][1]
    criterion = value if operator == "=" and isinstance(value, str) else f"{operator}{value}"

    def count(belongs_to: Array, size: int, cells: Array) -> Any:
        return _sum(belongs_to, size, np.asarray(compare(cells, value), dtype=float))

    return _Columns(f'COUNTIF({{}},"{criterion}")', count, name)


class _Lookup(Expression):
    def __init__(
        self,
        template: str,
        value: Expression,
        arguments: Mapping[str, Expression | tuple[str, str]],
    ) -> None:
        self.template, self.value, self.arguments = template, value, arguments

    def evaluate(self, values: Values) -> Any:
        return self.value.evaluate(values)

    def render(self, cells: Cells) -> str:
        texts = {
            name: cells.data(*each) if isinstance(each, tuple) else each.render(cells)
            for name, each in self.arguments.items()
        }
        return self.template.format(**texts)


def lookup(
    template: str, value: Expression, **arguments: Expression | tuple[str, str]
) -> Expression:
    """A look-up in a data table, which a workbook does by formula and the engine by the catalog.

    Parameters
    ----------
    template: the formula with ``{name}`` for each argument.
    value: what it finds, for the engine: a figure of the catalog or an expression.
    arguments: expressions, or (table, header) for a column of a data table.
    """
    return _Lookup(template, value, arguments)
