"""What a rule takes from more than one cell: rows of the plan, whole columns, tables of data."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from calculator.model.expression import (
    NOTHING,
    Array,
    Cells,
    Expression,
    Name,
    Operand,
    Values,
    expression,
    number,
    ref,
    refer,
    where,
)
from calculator.model.functions import maximum
from calculator.model.operators import OPERATORS, join

__all__ = [
    "ERROR_SHOWN",
    "copy_of",
    "count_differing",
    "count_said",
    "count_where",
    "greatest",
    "lookup",
    "position",
    "say",
    "total",
    "total_product",
    "total_where_0",
]


# --- words by their code --------------------------------------------------------------------------


class _Say(Expression):
    is_text = True

    def __init__(self, words: Mapping[str, str], code: Expression, figure: Expression) -> None:
        self._words = words
        self.children = self._code, self._figure = code, figure

    def evaluate(self, values: Values) -> Any:
        code = self._code.evaluate(values)
        if isinstance(code, str):
            return self._of(code, values)
        said = np.full(values.size, "", dtype=object)
        for each in set(code.tolist()):
            rows = code == each
            said[rows] = self._of(each, values.take(rows))
        return said

    def _of(self, code: str, values: Values) -> Any:
        before, figure, after = self._words.get(code, "").partition("#")
        if not figure:
            return before
        return join(join(before, self._figure.evaluate(values)), after)

    def render(self, cells: Cells) -> str:
        code, figure = self._code.render(cells), self._figure.render(cells)
        words, codes = cells.data("Messages", "words"), cells.data("Messages", "code")
        said = f"INDEX({words},MATCH({code},{codes},0))"
        constant = None if list(self._code.names()) else str(getattr(self._code, "value", ""))
        if constant is None or "#" in self._words[constant]:
            said = f'SUBSTITUTE({said},"#",{figure})'
        return said if constant else f'IF({code}="","",{said})'


def say(words: Mapping[str, str], code: Operand, figure: Operand = 0) -> Expression:
    """The words of a code in table Messages, with `figure` in place of ``#``; "" for "".

    Parameters
    ----------
    words: the table, by code.
    """
    return _Say(words, expression(code), expression(figure))


# --- rows of the plan -----------------------------------------------------------------------------


class _Position(Expression):
    def evaluate(self, values: Values) -> Any:
        return values.find(Name("position"))

    def render(self, cells: Cells) -> str:
        return cells.position()


def position() -> Expression:
    """The number of the row in its node table, counted from 1."""
    return _Position()


#: What stands for an error that was filled in: no type, no number, no option.
ERROR_SHOWN = "?"


class _Copy(Expression):
    """An input of the plan's row of the same number."""

    def __init__(self, name: Name, empty: Expression, *, is_text: bool) -> None:
        self._input, self.empty, self.is_text = name, empty, is_text

    def evaluate(self, values: Values) -> Any:
        return values.find(self._input)

    def render(self, cells: Cells) -> str:
        column = cells.column(self._input)
        row = cells.cell(Name("number"))
        value = f"INDEX({column},{row})"
        # INDEX of an empty cell is 0, and of a row that the plan does not have an error.
        value = f'IF({row}>ROWS({column}),"",IF({value}="",{self.empty.render(cells)},{value}))'
        return f'IFERROR({value},"{ERROR_SHOWN}")'

    def names(self) -> Iterator[Name]:
        yield self._input
        yield Name("number")

    def part(self, values: Values) -> Expression:
        return ref(self._input.name, self._input.sheet)


def copy_of(name: str, sheet: str, empty: Operand, *, is_text: bool) -> Expression:
    """What stands in the row of the same number of another sheet's node table.

    Parameters
    ----------
    empty: what stands for an empty cell, which the engine is given as that.
    """
    return _Copy(Name(name, sheet, is_column=True), expression(empty), is_text=is_text)


# --- whole columns --------------------------------------------------------------------------------


class _Columns(Expression):
    """Whole columns of a node table, taken together to one number for each plan.

    Parameters
    ----------
    spell: gives the same of the cells of each node group, a tuple for each.
    """

    is_single = True

    def __init__(
        self,
        template: str,
        compute: Callable[..., Any],
        *names: Name,
        spell: Callable[[Sequence[tuple[Expression, ...]]], Expression],
    ) -> None:
        self.template, self._names, self._compute = template, names, compute
        self._spell = spell

    def evaluate(self, values: Values) -> Any:
        columns = [values.column(name) for name in self._names]
        _, belongs_to, size = columns[0]
        return self._compute(belongs_to, size, *(numbers for numbers, _, _ in columns))

    def render(self, cells: Cells) -> str:
        return self.template.format(*map(cells.column, self._names))

    def names(self) -> Iterator[Name]:
        yield from self._names

    def spelled(self, values: Values) -> Expression:
        columns = [values.column(name)[0] for name in self._names]
        names = [name._replace(is_column=False) for name in self._names]
        rows = [
            tuple(refer(name._replace(row=row)) for name in names)
            for row in range(len(columns[0]))
            if not any(column[row] == NOTHING for column in columns)
        ]
        return self._spell(rows) if rows else number(0)


def _added(rows: Iterable[tuple[Expression, ...]]) -> Expression:
    """The sum of the rows, of two columns of their products."""
    products = (one[0] if len(one) == 1 else one[0] * one[1] for one in rows)
    return functools.reduce(operator.add, products)


def _sum(belongs_to: Array, size: int, *factors: Array) -> Any:
    shown = [np.where(each == NOTHING, 0, each) for each in factors]
    numbers = shown[0] if len(shown) == 1 else shown[0] * shown[1]
    if size == 1:
        return float(numbers.sum())
    return np.bincount(belongs_to, weights=numbers, minlength=size)


def _max(belongs_to: Array, size: int, numbers: Array) -> Any:
    most = np.zeros(size)
    np.maximum.at(most, belongs_to, np.where(numbers == NOTHING, 0, numbers))
    return most


def total(name: str, sheet: str | None = None) -> Expression:
    """``SUM`` of a column of a node table."""
    return _Columns("SUM({})", _sum, Name(name, sheet, is_column=True), spell=_added)


def total_product(name: str, other: str) -> Expression:
    """``SUMPRODUCT`` of two columns of the node table."""
    names = (Name(each, is_column=True) for each in (name, other))
    return _Columns("SUMPRODUCT({},{})", _sum, *names, spell=_added)


def total_where_0(name: str, of: str) -> Expression:
    """``SUMIF``: the sum of column `of` in the rows where column `name` is 0."""

    def add(belongs_to: Array, size: int, cells: Array, numbers: Array) -> Any:
        return _sum(belongs_to, size, np.where(cells == 0, numbers, 0))

    def spell(rows: Sequence[tuple[Expression, ...]]) -> Expression:
        return _added([(where(one == 0, number, 0),) for one, number in rows])

    names = (Name(each, is_column=True) for each in (name, of))
    return _Columns("SUMIF({},0,{})", add, *names, spell=spell)


def greatest(name: str) -> Expression:
    """``MAX`` of a column of the node table of counts; 0 where it has no number."""

    def spell(rows: Sequence[tuple[Expression, ...]]) -> Expression:
        return maximum(*(number for (number,) in rows))

    return _Columns("MAX({})", _max, Name(name, is_column=True), spell=spell)


def count_where(name: str, sign: str, value: float | str, sheet: str | None = None) -> Expression:
    """``COUNTIF``: rows of a node table whose column `name` compares so with `value`."""
    compare = OPERATORS[sign][1]
    criterion = value if sign == "=" and isinstance(value, str) else f"{sign}{value}"

    def count(belongs_to: Array, size: int, cells: Array) -> Any:
        holds = np.asarray(compare(cells, value), dtype=float)
        if cells.dtype != object:
            holds[cells == NOTHING] = 0
        return _sum(belongs_to, size, holds)

    def spell(rows: Sequence[tuple[Expression, ...]]) -> Expression:
        return _added([(where(compare(cell, value), 1, 0),) for (cell,) in rows])

    template = f'COUNTIF({{}},"{criterion}")'
    return _Columns(template, count, Name(name, sheet, is_column=True), spell=spell)


# --- cells below each other -----------------------------------------------------------------------


class _Span(Expression):
    """How many cells, which stand below each other on a sheet, hold something else.

    Parameters
    ----------
    others: what each is compared with, by name.
    beside: how many columns to the right of the cells these stand.
    """

    def __init__(self, template: str, others: Mapping[str, float | str], beside: int) -> None:
        self.template, self._beside = template, beside
        self._others = dict(others)
        self._names = tuple(others)
        self.children = tuple(map(ref, others))

    def evaluate(self, values: Values) -> Any:
        cells = [child.evaluate(values) for child in self.children]
        pairs = zip(cells, self._others.values(), strict=True)
        return sum((cell != other) * 1.0 for cell, other in pairs)

    def spelled(self, values: Values) -> Expression:
        pairs = zip(self.children, self._others.values(), strict=True)
        return _added([(where(cell != other, 1, 0),) for cell, other in pairs])

    def render(self, cells: Cells) -> str:
        spans = (cells.span(self._names, beside) for beside in (0, self._beside))
        return self.template.format(*spans)


def count_said(names: Sequence[str]) -> Expression:
    """How many of some cells with texts, which stand below each other, show something."""
    return _Span('SUMPRODUCT(({}<>"")*1)', dict.fromkeys(names, ""), 0)


def count_differing(defaults: Mapping[str, float | str], beside: int) -> Expression:
    """How many of some settings, which stand below each other, differ from their defaults.

    Parameters
    ----------
    defaults: by name.
    beside: how many columns to the right the sheet shows them.
    """
    return _Span("SUMPRODUCT(({}<>{})*1)", defaults, beside)


# --- data tables ----------------------------------------------------------------------------------


class _Lookup(Expression):
    def __init__(
        self,
        template: str,
        value: Expression,
        arguments: Mapping[str, Expression | tuple[str, str]],
    ) -> None:
        self.template, self.value, self.arguments = template, value, arguments
        self.children = tuple(each for each in arguments.values() if isinstance(each, Expression))
        self.is_text = value.is_text

    def evaluate(self, values: Values) -> Any:
        return self.value.evaluate(values)

    def part(self, values: Values) -> Expression:
        return self.value.part(values)

    def reasons(self, values: Values) -> Iterator[Expression]:
        yield from self.value.reasons(values)

    def grounds(self, values: Values) -> Iterator[Expression]:
        yield from self.value.grounds(values)

    def render(self, cells: Cells) -> str:
        texts = {
            name: cells.data(*argument) if isinstance(argument, tuple) else argument.render(cells)
            for name, argument in self.arguments.items()
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
