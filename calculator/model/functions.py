"""The functions of the rules, each with the spreadsheet function that it renders as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from calculator.model.expression import (
    NOTHING,
    Cells,
    Expression,
    Name,
    Operand,
    Values,
    expression,
)

__all__ = [
    "both",
    "ceiling_math",
    "choose",
    "either",
    "floor",
    "if_error",
    "is_nothing",
    "is_number",
    "is_whole_number",
    "maximum",
    "minimum",
    "not_available",
    "or_nothing",
    "roundup",
    "surely",
]


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


class _Function(Expression):
    def __init__(self, template: str, compute: Callable[..., Any], *arguments: Expression) -> None:
        self.template, self.children, self._compute = template, arguments, compute

    def evaluate(self, values: Values) -> Any:
        return self._compute(*[child.evaluate(values) for child in self.children])

    def render(self, cells: Cells) -> str:
        return self.template.format(*[child.render(cells) for child in self.children])


class _Fold(_Function):
    """A function of any number of arguments that takes in one after the other."""

    def evaluate(self, values: Values) -> Any:
        first, *others = self.children
        result = first.evaluate(values)
        for child in others:
            result = self._compute(result, child.evaluate(values))
        return result

    def render(self, cells: Cells) -> str:
        return f"{self.template}({','.join(child.render(cells) for child in self.children)})"

    def part(self, values: Values) -> Expression:
        parts: list[Expression] = []
        for child in self.children:
            part = child.part(values)
            is_same = isinstance(part, _Fold) and part.template == self.template
            parts += part.children if is_same else [part]
        if self.template == "MAX":
            # What only keeps a count from falling below 0 or 1 says nothing where it does not.
            most = self.evaluate(values)
            others = [each for each in parts if not _is_least(each, values)]
            if any(each.evaluate(values) == most for each in others):
                parts = others
        return parts[0] if len(parts) == 1 else self.with_children(*parts)

    def deciding(self, values: Values) -> Iterator[Name]:
        result = self.evaluate(values)
        for child in self.children:
            if self.template not in ("MIN", "MAX") or child.evaluate(values) == result:
                yield from child.deciding(values)


def _is_least(part: Expression, values: Values) -> bool:
    """Whether it is a literal, or the 0 of a cell."""
    return part.is_single and (not any(part.names()) or part.evaluate(values) == 0)


def minimum(*arguments: Operand) -> Expression:
    """``MIN``."""
    return _Fold("MIN", _least, *map(expression, arguments))


def maximum(*arguments: Operand) -> Expression:
    """``MAX``."""
    return _Fold("MAX", _most, *map(expression, arguments))


class _Condition(_Fold):
    """Conditions taken together: where one of them is an error, so are all."""

    def decide(self, values: Values) -> tuple[Any, Any]:
        first, *others = self.children
        holds, unknown = first.decide(values)
        for child in others:
            also, also_unknown = child.decide(values)
            holds = self._compute(holds, also)
            if also_unknown is not None:
                unknown = also_unknown if unknown is None else unknown | also_unknown
        return holds, unknown

    def grounds(self, values: Values) -> Iterator[Expression]:
        holds = [bool(child.evaluate(values)) for child in self.children]
        # Of what suffices for the outcome the first, else all.
        needs_all = self.template == "AND"
        outcome = all(holds) if needs_all else any(holds)
        deciding = [
            child for child, each in zip(self.children, holds, strict=True) if each == outcome
        ]
        for child in deciding if outcome == needs_all else deciding[:1]:
            yield from child.grounds(values)


def both(*arguments: Expression) -> Expression:
    """``AND`` of conditions."""
    return _Condition("AND", _and, *arguments)


def either(*arguments: Expression) -> Expression:
    """``OR`` of conditions."""
    return _Condition("OR", _or, *arguments)


class _Caught(_Function):
    """What another value stands for where it is an error."""

    def part(self, values: Values) -> Expression:
        value = self.children[0].evaluate(values)
        is_error = isinstance(value, float) and np.isnan(value)
        return super().part(values) if is_error else self.children[0].part(values)

    def grounds(self, values: Values) -> Iterator[Expression]:
        yield from self.children[0].grounds(values)


def if_error(value: Expression, otherwise: Expression) -> Expression:
    """``IFERROR`` of numbers."""

    def compute(value: Any, otherwise: Any) -> Any:
        chosen = np.where(np.isnan(value), otherwise, value)
        return chosen if chosen.ndim else float(chosen)

    return _Caught("IFERROR({},{})", compute, value, otherwise)


def or_nothing(words: Expression) -> Expression:
    """``IFERROR`` of a text of another sheet: nothing in a row that the sheet does not have."""
    shown = _Caught('IFERROR({},"")', lambda words: words, words)
    shown.is_text = True
    return shown


def surely(condition: Expression) -> Expression:
    """A condition of texts that does not hold where it is an error."""
    return _Caught("IFERROR({},0)", lambda holds: holds, condition)


class _Whole(_Function):
    """A whole number made of one with a fraction."""

    def part(self, values: Values) -> Expression:
        part = super().part(values)
        [quotient] = part.children
        is_whole = quotient.is_single and part.evaluate(values) == quotient.evaluate(values)
        return quotient if is_whole else part


def roundup(quotient: Expression) -> Expression:
    """``ROUNDUP`` to a whole number, for quotients of 0 and more."""
    return _Whole("ROUNDUP({},0)", np.ceil, quotient)


def ceiling_math(quotient: Expression) -> Expression:
    """``CEILING.MATH`` as AWS's sample writes it; Excel 2013 and newer."""
    return _Whole("_xlfn.CEILING.MATH({})", np.ceil, quotient)


def floor(quotient: Expression) -> Expression:
    """``INT``."""
    return _Whole("INT({})", np.floor, quotient)


def is_number(cell: Expression) -> Expression:
    """``ISNUMBER``."""
    return _Function("ISNUMBER({})", np.isfinite, cell)


def is_nothing(cell: Expression) -> Expression:
    """Whether a cell is empty or shows nothing."""

    def compute(value: Any) -> Any:
        if isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype == object):
            return value == ""
        return value == NOTHING

    return _Function('{}=""', compute, cell)


def is_whole_number(
    cell: Expression, least: Operand, most: Operand, *, or_empty: bool = False
) -> Expression:
    """Whether a cell holds a whole number within limits; text, nothing and errors are none.

    With `or_empty`, an empty cell is one, too.
    """

    def compute(value: Any, least: float, most: float) -> Any:
        with np.errstate(invalid="ignore"):
            whole = np.floor(value) if isinstance(value, np.ndarray) else value // 1
        good = (value >= least) & (value <= most) & (value == whole)
        return good | (value == np.inf) if or_empty else good

    # INT of a text is an error; a text that holds a number is no number all the same.
    template = "MIN(MAX(INT({0}),{1}),{2})={0}"
    if or_empty:
        template = f'IF({{0}}="",1,{template})'
    template = f"IFERROR({template},0)"
    return _Function(template, compute, cell, expression(least), expression(most))


def not_available() -> Expression:
    """``NA()``: a number that cannot be known."""
    return _Function("NA()", lambda: np.nan)


class _Choose(_Function):
    """Texts by number."""

    is_text = True

    def evaluate(self, values: Values) -> Any:
        index, *texts = [child.evaluate(values) for child in self.children]
        if not isinstance(index, np.ndarray):
            return texts[int(index) - 1]
        columns = [np.broadcast_to(np.asarray(each, dtype=object), values.size) for each in texts]
        return np.choose(index.astype(int) - 1, columns)


def choose(index: Expression, *texts: Operand) -> Expression:
    """``CHOOSE``: the text of that number, counted from 1."""
    places = ",".join(["{}"] * (len(texts) + 1))
    return _Choose(f"CHOOSE({places})", lambda: None, index, *map(expression, texts))
