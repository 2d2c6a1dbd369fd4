"""Cells and values for rules that belong to no model."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from calculator.model.expression import Expression, Name


class Cells:
    """Cells A1, B1 and C1 by the names a, b and c, table T with columns, data table D."""

    def cell(self, name: Name) -> str:
        cell = f"{name.name.upper()}1"
        return f"{name.sheet}!{cell}" if name.sheet else cell

    def column(self, name: Name) -> str:
        return f"{name.sheet or 'T'}[{name.name}]"

    def data(self, table: str, header: str) -> str:
        return f"{table}[{header}]"

    def position(self) -> str:
        return "ROW()-ROW(T[#Headers])"

    def span(self, names: tuple[str, ...], beside: int) -> str:
        column = chr(ord("A") + beside)
        return f"{column}1:{column}{len(names)}"

    def below(self, rows: int) -> dict[str, str]:
        return {"last": f"ROW(T)+{rows}"}


class Rows:
    """Named columns; their rows are a node table of two plans, half of it each.

    Whole numbers are taken as floats, texts as objects.
    """

    def __init__(self, **columns: Any) -> None:
        self.columns = {name: _array(values) for name, values in columns.items()}
        self.size = len(next(iter(self.columns.values())))

    def find(self, name: Name) -> Any:
        return self.columns[name.name]

    def take(self, rows: Any) -> "Rows":
        return type(self)(**{name: values[rows] for name, values in self.columns.items()})

    def column(self, name: Name) -> tuple[Any, Any, int]:
        return self.columns[name.name], np.arange(self.size) * 2 // self.size, 2


class Scalars(Rows):
    """One row of a table as a single plan says it: plain numbers and texts in place of arrays."""

    def find(self, name: Name) -> Any:
        column = self.columns[name.name]
        return column.item() if name.row is None else float(column[name.row])

    def column(self, name: Name) -> tuple[Any, Any, int]:
        return self.columns[name.name], np.zeros(self.size, dtype=int), 1


def _array(values: Any) -> Any:
    is_text = any(isinstance(each, str) for each in values)
    return np.array(values, dtype=object if is_text else float)


def rendered(expression: Expression) -> str:
    return expression.render(Cells())


def evaluated(expression: Expression, values: Rows) -> Any:
    """The values of all rows, which a scalar fills."""
    with np.errstate(all="ignore"):
        found = expression.evaluate(values)
    return np.broadcast_to(np.asarray(found), values.size)


def ironcalc_reads(expressions: Iterable[Expression], *inputs: Any) -> list[Any]:
    """What IronCalc shows for formulas of the cells A1, B1 …; NaN for an error."""
    ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    book = ironcalc.create("expressions", "en", "UTC", "en")
    for column, value in enumerate(inputs, 1):
        book.set_user_input(0, 1, column, str(value))
    formulas = [rendered(each) for each in expressions]
    for row, formula in enumerate(formulas, 2):
        book.set_user_input(0, row, 1, f"={formula}")
    book.evaluate()
    shown = [book.get_cell_value(0, row, 1) for row in range(2, len(formulas) + 2)]
    return [math.nan if isinstance(each, str) and each.startswith("#") else each for each in shown]
