"""The small language the rules are written in: one expression, three readings.

``expression.evaluate(values)`` gives numbers, one a row of a table; ``expression.render(cells)``
gives the text of an Excel formula; ``expression.part(values)`` is what counts of it in one row,
which explains the number. A rule is built from references to named cells with Python's
operators, :func:`where` and the functions of ``functions``::

    attached = maximum(1, minimum(ref("max_enis"), roundup(ref("active_ips") / slots)))

A cell shows one of three things. Values are floats and texts (object arrays of ``str``). NaN is an
error. Infinity, which no cell can hold, shows nothing: ``""`` in a column of numbers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.model.names import NOTHING, Array, Cells, Name, Values
from calculator.model.operators import COMPARES, OPERATORS

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
    "number",
    "ref",
    "refer",
    "text",
    "where",
]


class Expression:
    """A rule, or a part of one. Immutable; its parts are `children`."""

    precedence = 9
    is_text = False
    children: tuple[Expression, ...] = ()
    #: Whether it is one number, cell or column, and no arithmetic.
    is_single = False
    #: The cell that it is, where it is nothing else.
    name: Name | None = None

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

    def with_children(self, *children: Expression) -> Expression:
        """The same of other parts."""
        changed = copy.copy(self)
        changed.children = children
        return changed

    def part(self, values: Values) -> Expression:
        """What counts of it in one row: of an ``IF`` the branch taken, no 0 added, no factor 1.

        Parameters
        ----------
        values: of this row, each a number or a text.
        """
        if not self.children:
            return self
        return self.with_children(*(child.part(values) for child in self.children))

    def spelled(self, values: Values) -> Expression:
        """The same with the cells of a whole column, one by one, where it takes them together."""
        if not self.children:
            return self
        return self.with_children(*(child.spelled(values) for child in self.children))

    def deciding(self, values: Values) -> Iterator[Name]:
        """What its value in one row hangs on: of ``MIN`` what is least, of ``MAX`` greatest."""
        if not self.children:
            yield from self.names()
        for child in self.children:
            yield from child.deciding(values)

    def reasons(self, values: Values) -> Iterator[Expression]:
        """The conditions by which its branches are taken in one row, each as it holds."""
        for child in self.children:
            yield from child.reasons(values)

    def grounds(self, values: Values) -> Iterator[Expression]:
        """As a condition in one row: what holds; nothing where that is what something is not."""
        if self.evaluate(values):
            yield self.part(values)

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
    is_single = True

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
    is_single = True

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


def refer(name: Name) -> Expression:
    """What `name` stands for."""
    return _Reference(name)


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


# --- operators and conditions ---------------------------------------------------------------------


def _all(condition: Any) -> bool:
    is_array = isinstance(condition, np.ndarray)
    return bool(np.count_nonzero(condition) == condition.size if is_array else condition)


_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "<>": "="}


def _is(number: float, part: Expression, values: Values) -> bool:
    return part.is_single and bool(part.evaluate(values) == number)


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
        if self.precedence == COMPARES and self.sign != "<>" and _all(holds):
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

    def with_children(self, *children: Expression) -> Expression:
        return _Operation(self.sign, *children)

    def part(self, values: Values) -> Expression:
        left, right = (child.part(values) for child in self.children)
        if self.sign in ("+", "-") and _is(0, right, values):
            return left
        if self.sign == "+" and _is(0, left, values):
            return right
        if self.sign in ("*", "/") and _is(1, right, values):
            return left
        return _added(left, right) if self.sign == "+" else _Operation(self.sign, left, right)

    def grounds(self, values: Values) -> Iterator[Expression]:
        if self.evaluate(values):
            if self.sign != "<>":
                yield self.part(values)
        elif (sign := _OPPOSITE.get(self.sign)) and not (
            self.sign == ">" and _is(0, self.right, values)
        ):
            yield _Operation(sign, self.left, self.right).part(values)


def _added(left: Expression, right: Expression) -> Expression:
    """A sum without parentheses around its right side."""
    if isinstance(right, _Operation) and right.sign in ("+", "-"):
        return _Operation(right.sign, _added(left, right.left), right.right)
    return _Operation("+", left, right)


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

    def with_children(self, *children: Expression) -> Expression:
        return _Where(*children)

    def _branches(self, values: Values) -> tuple[Expression, Expression] | None:
        """The branch that is taken in one row, and the other; None where that is an error."""
        holds, unknown = (
            (self.condition.evaluate(values), None)
            if self.is_text
            else self.condition.decide(values)
        )
        if unknown is not None and unknown:
            return None
        return (self.then, self.otherwise) if holds else (self.otherwise, self.then)

    def part(self, values: Values) -> Expression:
        branches = self._branches(values)
        return branches[0].part(values) if branches else super().part(values)

    def reasons(self, values: Values) -> Iterator[Expression]:
        if branches := self._branches(values):
            taken, other = branches
            if not _shows_nothing(other, values):
                yield from self.condition.grounds(values)
            yield from taken.reasons(values)


def _shows_nothing(branch: Expression, values: Values) -> bool:
    """Whether a branch is there only for rows that cannot be computed."""
    if any(branch.names()):
        return False
    value = branch.evaluate(values)
    return bool(value == "" or (isinstance(value, float) and not np.isfinite(value)))


def where(condition: Expression, then: Operand, otherwise: Operand) -> Expression:
    """``IF``."""
    return _Where(condition, expression(then), expression(otherwise))
