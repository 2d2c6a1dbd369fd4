"""The vocabulary of a model: settings, constants, columns, results, notices, sheets, data tables.

A sheet is declared once. The engine reads its expressions, the writer its places and words, the
reader its labels and headers, the verification its formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from calculator.catalog import Catalog, InstanceType
from calculator.findings import CODES
from calculator.inputs import Choice, Input, Quantity, Text
from calculator.model.expression import NOTHING, Expression, Name

__all__ = [
    "ALSO_LOOKED_UP",
    "LOOKED_UP",
    "ROWS_SEEN",
    "Column",
    "Constant",
    "DataTable",
    "Label",
    "Model",
    "Notice",
    "Placed",
    "Setting",
    "Sheet",
    "Total",
]


#: Figures of an instance type that formulas look up, and cannot do without.
LOOKED_UP = ("max_enis", "ipv4_per_eni", "max_pods")
#: Those that they can do without: what is not known counts as an empty cell does, as 0.
ALSO_LOOKED_UP = ("vcpus", "nitro", "trunk_compatible", "no_trunk", "branch_enis")
#: What the engine is given of the rows of a workbook's plan.
ROWS_SEEN = ("given_inputs_below", "given_last_row_below", "given_last_row_seen")
#: What the engine is given beside the inputs.
GIVEN = frozenset(
    {"position", *ROWS_SEEN, "catalog_position", "catalog_fargate"}
    | {f"catalog_{figure}" for figure in (*LOOKED_UP, *ALSO_LOOKED_UP)}
)


def _given(value: float | str | None, *, is_text: bool) -> float | str:
    """What is filled in as the engine takes it."""
    if value is None:
        return "" if is_text else NOTHING
    return str(value) if is_text else float(value)


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words in a cell: a heading or a remark.

    Parameters
    ----------
    style: one of the writer's styles.
    """

    cell: str
    text: str
    style: str = "text"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """An input of the whole sheet.

    Parameters
    ----------
    input: name, limits, default and explanation.
    label: the words by which the reader finds it.
    label_cell, cell: where the label and the input stand in a new workbook.
    defined_name: the workbook's name for the cell, where a model's formulas use one.
    empty: what an empty cell counts as; None when it is a fault.
    own_default: what it is in this model when nothing is said; None for the input's default.
    optional: whether a workbook may lack it, as those of an older layout do; then it has its
        default.
    formerly: label of the input of an older layout that said it, and what its words are now.
    """

    input: Input
    label: str
    label_cell: str
    cell: str
    formerly: tuple[str, Mapping[str, str]] | None = None
    defined_name: str | None = None
    empty: float | None = None
    own_default: int | str | None = None
    optional: bool = False

    @property
    def name(self) -> str:
        """The input's name."""
        return self.input.name

    @property
    def default(self) -> int | str | None:
        """What it is when nothing is said; None where it may be empty."""
        return self.input.default if self.own_default is None else self.own_default

    @property
    def is_text(self) -> bool:
        """Whether it holds a word rather than a number."""
        return not isinstance(self.input, Quantity)

    def value(self, value: float | str | None) -> float | str:
        """A value as the engine takes it: an empty cell is nothing."""
        return _given(self.default if value is None else value, is_text=self.is_text)


@dataclass(frozen=True, kw_only=True)
class Constant:
    """A fact that formulas compute with, in a cell of its own.

    Parameters
    ----------
    source: where it comes from.
    """

    name: str
    label: str
    label_cell: str
    cell: str
    value: float
    unit: str
    source: str
    defined_name: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Total:
    """A result of the whole sheet, found by its label as a setting is."""

    name: str
    label: str
    label_cell: str
    cell: str
    formula: Expression
    style: str = "number"

    @property
    def is_text(self) -> bool:
        """Whether it holds words."""
        return self.formula.is_text


#: What stands in a cell of its own, beside a label.
Placed = Setting | Constant | Total


@dataclass(frozen=True, kw_only=True, eq=False)
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
    copies: the input of the plan that it shows, whatever is filled in there.
    looks_up: the figure of the catalog that the formula looks up and shows as it is.
    style: ``number``, ``ratio``, ``text``, ``check`` or ``helper`` (grey).
    width: width in the workbook [characters].
    """

    name: str
    header: str
    about: str
    formula: Expression | None = None
    input: Input | None = None
    empty: float | None = None
    optional: bool = False
    copies: str | None = None
    looks_up: str | None = None
    style: str = "number"
    width: float = 11

    @property
    def is_text(self) -> bool:
        """Whether it holds text rather than numbers."""
        if self.formula is not None:
            return self.formula.is_text
        return self.input is None or isinstance(self.input, Choice | Text)

    def value(self, value: float | str | None) -> float | str:
        """A value of an input as the engine takes it: an empty optional cell is its default."""
        if value is None and self.input is not None:
            value = self.input.default
        return _given(value, is_text=self.is_text)


@dataclass(frozen=True, kw_only=True, eq=False)
class Notice:
    """Something a person should know about a plan.

    Parameters
    ----------
    code: of the finding.
    about: the input that it points to, by name.
    when: condition.
    message: text.
    of_row: whether it is said of a node group, or of the whole sheet.
    in_any_mode: whether it is said while the plan's mode is undecided, too.
    """

    code: str
    about: str
    when: Expression
    message: Expression
    of_row: bool = True
    in_any_mode: bool = False

    @property
    def is_fault(self) -> bool:
        """Whether it says that an input cannot be used, so that no total is known."""
        return CODES[self.code].severity == "fault"


@dataclass(frozen=True, kw_only=True, eq=False)
class DataTable:
    """A table of figures or words that formulas look up.

    Parameters
    ----------
    headers: the headers of its columns, by which the reader finds it.
    rows: gives the rows for a catalog, shape (types, headers).
    figures: the figure of an instance type in each column; () for a table that holds none.
    shown: the headers of what no formula looks up.
    first_column: where it stands on its sheet, counted from 1.
    """

    name: str
    sheet: str
    headers: tuple[str, ...]
    rows: Callable[[Catalog], Sequence[Sequence[float | str | None]]]
    figures: tuple[str, ...] = ()
    shown: frozenset[str] = frozenset()
    first_column: int = 1

    @property
    def needed(self) -> tuple[str, ...]:
        """The headers of what formulas cannot do without; a workbook may lack the others."""
        of = dict(zip(self.headers, self.figures, strict=False)).get
        known = (None, "instance_type", *LOOKED_UP)
        return tuple(each for each in self.headers if of(each) in known and each not in self.shown)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """One sheet of a model.

    Parameters
    ----------
    name: in a new workbook.
    mode: the mode that it computes; None for one that holds inputs, or what the modes share.
    table: name of the node table in a new workbook; None for a sheet without one.
    good_row: whether a row can be computed, on a sheet whose rows can say that they cannot.
    widths: of the columns of a sheet without a node table [characters].
    spare_row: for a model whose formulas do not fend off a row without an instance type, wraps
        the formulas of the spare rows of a new workbook; None where the formulas do it themselves.

    Raises
    ------
    ValueError: when two of its cells are the same, or two of its names.
    """

    name: str
    mode: str | None
    title: str
    table: str | None
    labels: tuple[Label, ...]
    settings: tuple[Setting, ...] = ()
    constants: tuple[Constant, ...] = ()
    columns: tuple[Column, ...] = ()
    totals: tuple[Total, ...] = ()
    notices: tuple[Notice, ...] = ()
    header_row: int = 22
    widths: tuple[float, ...] = ()
    good_row: Expression | None = None
    spare_row: Callable[[Expression], Expression] | None = None

    def __post_init__(self) -> None:
        cells = [each.cell for each in (*self.labels, *self.placed)]
        cells += {each.label_cell for each in self.placed} - {each.cell for each in self.labels}
        names = [each.name for each in (*self.placed, *self.columns)]
        for what, listed in (("cell", cells), ("name", names)):
            for one in listed:
                if listed.count(one) > 1:
                    raise ValueError(f"sheet {self.name}: {what} {one} is there twice")
        for total in self.totals:
            if total.is_text and any(name.is_column for name in total.formula.names()):
                raise ValueError(f"sheet {self.name}: {total.name} is a text with a whole column")
        if self.table and any(
            int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) >= self.header_row for cell in cells
        ):
            raise ValueError(f"sheet {self.name}: a cell stands in the node table")

    @cached_property
    def by_name(self) -> dict[str, Placed | Column]:
        """Settings, constants, results and columns by name."""
        return {each.name: each for each in (*self.placed, *self.columns)}

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """The settings, constants and results: what stands in a cell of its own."""
        return self.settings + self.constants + self.totals

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that a person fills in."""
        return tuple(each for each in self.columns if each.formula is None)

    @cached_property
    def computed(self) -> tuple[Column, ...]:
        """The columns that hold a formula."""
        return tuple(each for each in self.columns if each.formula is not None)

    def label_of(self, total: Total) -> str:
        """The label of a result, with the head over it where an earlier one has the same label."""
        words = total.label.removeprefix("+ ")
        label = words if words == total.label else words[0].upper() + words[1:]
        first = next(each for each in self.totals if each.label == total.label)
        column = total.cell.rstrip("0123456789")
        heads = [
            each.text
            for each in self.labels
            if each.style == "above" and each.cell.rstrip("0123456789") == column
        ]
        return f"{label}, {heads[0].lower()}" if heads and first is not total else label

    @property
    def rules(self) -> Iterator[Expression]:
        """Every expression of the sheet."""
        yield from (total.formula for total in self.totals)
        yield from (column.formula for column in self.computed if column.formula is not None)
        for notice in self.notices:
            yield from (notice.when, notice.message)


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """A way to compute a plan, with a sheet for each mode.

    Parameters
    ----------
    about: paragraphs for the About sheet.
    plan: the sheet on which node groups are filled in, for a model whose inputs stand once; None
        where each sheet has inputs of its own.
    layout: the version of where things stand; None for a model that has but one.
    sources: the documents that a rule or an input comes from, by name.

    Raises
    ------
    ValueError: when a rule refers to something that is not there, or a source is of nothing.
    """

    name: str
    title: str
    about: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    data_tables: tuple[DataTable, ...]
    plan: str | None = None
    layout: int | None = None
    sources: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {name for sheet in self.sheets for name in sheet.by_name}
        if unknown := self.sources.keys() - known:
            raise ValueError(f"sources of what is not there: {', '.join(sorted(unknown))}")
        for sheet in self.sheets:
            for rule in sheet.rules:
                for name in rule.names():
                    self.home(sheet, name)

    def __iter__(self) -> Iterator[Sheet]:
        """The sheets that compute a mode."""
        return (sheet for sheet in self.sheets if sheet.mode)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name.

        Raises
        ------
        KeyError: when there is none.
        """
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)

    def home(self, sheet: Sheet, name: Name) -> Sheet:
        """The sheet that has what a rule of `sheet` refers to.

        Raises
        ------
        ValueError: when none has.
        """
        if name.name in GIVEN:
            return sheet
        found = self.sheet(name.sheet) if name.sheet else sheet
        if name.name not in found.by_name and not name.sheet:
            found = self.homes.get(name.name, sheet)
        declared = found.by_name.get(name.name)
        if declared is None or (name.is_column and not isinstance(declared, Column)):
            raise ValueError(
                f"sheet {sheet.name}: a rule refers to {name.name}, which is not there"
            )
        return found

    @cached_property
    def homes(self) -> dict[str, Sheet]:
        """The sheet of each name that the sheets of all modes see without saying whose it is."""
        shared = [sheet for sheet in self.sheets if self.plan and not sheet.mode]
        return {name: sheet for sheet in shared for name in sheet.by_name}

    @cached_property
    def inputs(self) -> tuple[Setting | Column, ...]:
        """Every setting and input column of the model's sheets, each once by name."""
        found: dict[str, Setting | Column] = {}
        for sheet in self.sheets:
            found |= {setting.name: setting for setting in sheet.settings}
            found |= {column.name: column for column in sheet.inputs}
        return tuple(found.values())


def catalog_rows(*figures: str) -> Callable[[Catalog], list[list[float | str | None]]]:
    """Rows of a data table: these figures of each instance type that has any but its name."""

    def cell(each: InstanceType, figure: str) -> float | str | None:
        value = getattr(each, figure)
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value

    def rows(catalog: Catalog) -> list[list[float | str | None]]:
        table = [[cell(each, figure) for figure in figures] for each in catalog]
        return [row for row in table if sum(value is not None for value in row) > 1]

    return rows
