"""What expressions refer to, and what they are read with: values, or the cells of a workbook."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np

__all__ = ["NOTHING", "Array", "Cells", "Name", "Values"]

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
    row: of a column, the cell of that node group, counted from 0; None for the row of the rule.
    """

    name: str
    sheet: str | None = None
    is_column: bool = False
    row: int | None = None


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
