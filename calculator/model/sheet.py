"""The vocabulary of a model: settings, columns, results, notices, sheets, data tables.

A sheet is declared once. The engine reads its expressions, the writer its places and words, the
reader its labels and headers, the parity check its formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from calculator.catalog import Catalog, InstanceType
from calculator.model.expression import Expression
from calculator.plan import Choice, Input

__all__ = [
    "ALSO_LOOKED_UP",
    "LOOKED_UP",
    "Column",
    "DataTable",
    "Label",
    "Model",
    "Notice",
    "Setting",
    "Sheet",
    "Total",
]


#: Figures of an instance type that formulas look up, and cannot do without.
LOOKED_UP = ("max_enis", "ipv4_per_eni", "max_pods")
#: Those that they can do without: what is not known counts as an empty cell does, as 0.
ALSO_LOOKED_UP = ("vcpus", "nitro", "trunk_compatible", "branch_enis")


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words in a cell: a heading or a remark.

    Parameters
    ----------
    style: ``title``, ``heading``, ``text``, ``remark`` or ``band``.
    """

    cell: str
    text: str
    style: str = "text"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """An input of the whole sheet.

    Parameters
    ----------
    quantity: name, limits, default and explanation.
    label: the words by which the reader finds it.
    label_cell, cell: where the label and the input stand in a new workbook.
    defined_name: the workbook's name for the cell, where a model's formulas use one.
    empty: what an empty cell counts as; None when it is a fault.
    sheet_default: what it is on this sheet when nothing is said; None for the input's default.
    optional: whether a workbook may lack it, as those of earlier versions do; then it has its
        default.
    """

    input: Input
    label: str
    label_cell: str
    cell: str
    defined_name: str | None = None
    empty: float | None = None
    sheet_default: int | str | None = None
    optional: bool = False

    @property
    def name(self) -> str:
        """The input's name."""
        return self.input.name

    @property
    def default(self) -> int | str:
        """What it is when nothing is said."""
        return self.input.default if self.sheet_default is None else self.sheet_default

    @property
    def is_text(self) -> bool:
        """Whether it holds a word rather than a number."""
        return isinstance(self.input, Choice)


@dataclass(frozen=True, kw_only=True)
class Total:
    """A result of the whole sheet, found by its label as a setting is."""

    name: str
    label: str
    label_cell: str
    cell: str
    formula: Expression
    style: str = "number"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the node table: an input where it has no formula.

    Parameters
    ----------
    name: its name in Python and in results.
    header: its header in the workbook, by which the reader finds it.
    about: what it is, with its unit in brackets.
    formula: the rule, or None for an input.
    input: limits and default of an input; None for the instance type.
    empty: what an empty input cell counts as, with a warning; None when it is a fault.
    optional: whether an empty input cell has the input's default, and a workbook may lack the
        column.
    looks_up: the figure of the catalog that the formula looks up and shows as it is.
    style: ``number``, ``ratio``, ``text`` or ``helper`` (hidden).
    width: width in the workbook [characters].
    """

    name: str
    header: str
    about: str
    formula: Expression | None = None
    input: Input | None = None
    empty: float | None = None
    optional: bool = False
    looks_up: str | None = None
    style: str = "number"
    width: float = 11

    @property
    def is_text(self) -> bool:
        """Whether an input holds text rather than numbers."""
        return self.input is None or isinstance(self.input, Choice)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something a person should know about a plan that can be computed.

    Parameters
    ----------
    kind: a code that stays the same, such as ``pods-do-not-fit``.
    about: the input that it points to, by name.
    when: condition.
    message: text.
    of_row: whether it is said of a node group, or of the whole sheet.
    is_fault: whether it says that an input cannot be used, so that no total is known.
    """

    kind: str
    about: str
    when: Expression
    message: Expression
    of_row: bool = True
    is_fault: bool = False


@dataclass(frozen=True, kw_only=True)
class DataTable:
    """A table of figures that formulas look up, on a sheet of its own.

    Parameters
    ----------
    headers: the headers of its columns, by which the reader finds it.
    rows: gives the rows for a catalog, shape (types, headers).
    figures: the figure of an instance type in each column; () for a table that holds none.
    """

    name: str
    sheet: str
    headers: tuple[str, ...]
    rows: Callable[[Catalog], Sequence[Sequence[float | str | None]]]
    figures: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The headers of what formulas look up; a workbook may lack the others."""
        if not self.figures:
            return self.headers
        pairs = zip(self.headers, self.figures, strict=True)
        return tuple(header for header, figure in pairs if figure in ("instance_type", *LOOKED_UP))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet of a model: a mode of the VPC CNI, with its node table.

    Parameters
    ----------
    table: name of the node table in a new workbook.
    good_row: whether a row can be computed, on a sheet whose rows can say that they cannot.
    spare_row: for a model whose formulas do not fend off a row without an instance type, wraps
        the formulas of the spare rows of a new workbook; None where the formulas do it themselves.
    """

    name: str
    mode: str
    title: str
    table: str
    labels: tuple[Label, ...]
    settings: tuple[Setting, ...]
    columns: tuple[Column, ...]
    totals: tuple[Total, ...]
    notices: tuple[Notice, ...]
    header_row: int = 22
    good_row: Expression | None = None
    spare_row: Callable[[Expression], Expression] | None = None

    @cached_property
    def by_name(self) -> dict[str, Setting | Total | Column]:
        """Settings, results and columns by name."""
        return {each.name: each for each in (*self.placed, *self.columns)}

    @cached_property
    def placed(self) -> tuple[Setting | Total, ...]:
        """The settings and results: what stands in a cell of its own, beside a label."""
        return self.settings + self.totals

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that a person fills in."""
        return tuple(each for each in self.columns if each.formula is None)

    @cached_property
    def computed(self) -> tuple[Column, ...]:
        """The columns that hold a formula."""
        return tuple(each for each in self.columns if each.formula is not None)


@dataclass(frozen=True, kw_only=True)
class Model:
    """A way to compute a plan, with a sheet for each mode.

    Parameters
    ----------
    about: paragraphs for the About sheet.
    linked: whether, in a new workbook, the inputs that a sheet shares with the first one follow
        that one until somebody types over them.
    """

    name: str
    title: str
    about: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    data_tables: tuple[DataTable, ...]
    linked: bool = False

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.sheets)


def catalog_rows(*figures: str) -> Callable[[Catalog], list[list[float | str | None]]]:
    """Rows of a data table: these figures of each instance type that has any but its name."""

    def cell(each: InstanceType, figure: str) -> float | str | None:
        value = getattr(each, figure)
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

    def rows(catalog: Catalog) -> list[list[float | str | None]]:
        table = [[cell(each, figure) for figure in figures] for each in catalog]
        return [row for row in table if sum(value is not None for value in row) > 1]

    return rows
