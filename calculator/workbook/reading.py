"""A workbook as it was filled in: its sheets, inputs and recorded cells, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from calculator.catalog import Catalog, InstanceType
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.memory import Memo
from calculator.model.sheet import Column, Model, Setting
from calculator.workbook.about import ABOUT
from calculator.workbook.data_places import DataSheets
from calculator.workbook.layout import Layout
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cells
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1

__all__ = ["PlanReading", "SheetCells", "WorkbookReading"]


@dataclass
class SheetCells:
    """One sheet of a model in a workbook: where everything stands, and all that is recorded."""

    layout: Layout
    cells: Cells

    @property
    def name(self) -> str:
        """The worksheet's name."""
        return self.layout.name

    def not_found(self, label: str, *, row: int | None = None, at: tuple[int, int] = (0, 0)) -> str:
        """That a label, or the header in a row, was not found; or where it is, in words.

        Parameters
        ----------
        at: where it should stand; what does so now is told.
        """
        noun, here = ("label", "beside") if row is None else ("column", "above")
        places = (
            a1(*at)
            for at, cell in self.cells.items()
            if row in (None, at[0]) and normal(str(cell.value)) == normal(label)
        )
        away = next(places, None)
        missing = "" if row is None else f" in row {row}"
        where = f" {here} its cells, but in {away}" if away else missing
        instead = self.cells.get(at)
        held = instead.value if instead else None
        holds = f": {a1(*at)} holds {found_words(held)}" if held not in (None, "") else ""
        return f'the {noun} "{label}" was not found{where}{holds}'

    def finding(
        self, code: str, name: str, row: int | None, found: object, message: str, **more: object
    ) -> Finding:
        """A finding on the cell `name`, at `row` for a column."""
        value = found if isinstance(found, bool | float | int | str) else None
        return Finding(
            code=code,
            sheet=self.name,
            cell=self.layout.cell(name, row),
            column=self.layout.text_of(name),
            found=plain(value),
            message=message,
            **more,  # type: ignore[arg-type]
        )


@dataclass
class PlanReading:
    """The inputs of one plan as they were filled in, and the sheets that compute it.

    Parameters
    ----------
    sheets: by their names in the model; the one with the node groups comes first.
    settings: by name; NaN, or the text that was found, for one that cannot be used.
    rows: worksheet row of each node group, shape (groups,).
    groups: the input columns by name, each a list of shape (groups,); NaN for a number that
        cannot be used.
    raw: what the cells of the input columns hold, likewise; None for an empty one.
    given: what the rows are to the formulas of sheets that see them by position.
    findings: inputs that cannot be used, and those that want attention.
    """

    model: Model
    sheets: dict[str, SheetCells]
    settings: dict[str, float | str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    groups: dict[str, list[float | str]] = field(default_factory=dict)
    raw: dict[str, list[object]] = field(default_factory=dict)
    given: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def plan(self) -> SheetCells:
        """The sheet with the node groups."""
        return next(iter(self.sheets.values()))

    @property
    def faults(self) -> Iterator[Finding]:
        """The inputs that cannot be used."""
        return (each for each in self.findings if each.severity == "fault")

    def rows_of(self, sheet: SheetCells) -> Sequence[int]:
        """The worksheet row of each node group on one of its sheets."""
        if sheet is self.plan:
            return self.rows
        return [sheet.layout.header_row + number for number in self.positions]

    @property
    def positions(self) -> list[int]:
        """The number of each node group's row in the node table, counted from 1."""
        return [row - self.plan.layout.header_row for row in self.rows]

    def sheet_of(self, name: str, *, of_row: bool) -> SheetCells | None:
        """The sheet that has an input of that name; None where it is missing.

        Parameters
        ----------
        of_row: whether it is one of the node groups; there may be a setting of the same name.
        """
        for sheet in self.sheets.values():
            declared = sheet.layout.sheet.by_name.get(name)
            if (
                isinstance(declared, Column) and declared.formula is None
                if of_row
                else isinstance(declared, Setting)
            ):
                return sheet
        return None


@dataclass
class WorkbookReading:
    """A workbook as it was filled in.

    Parameters
    ----------
    file: its path, as given.
    properties: its custom document properties.
    layout: the version of its layout; None where it does not say.
    plans: its plans: one, of a model whose inputs stand once, else one a sheet.
    geometry: its tables and names, for comparing formulas.
    findings: on the workbook as a whole.
    assumed: settings that another layout does not have, with their defaults.
    """

    file: str
    properties: Mapping[str, str]
    layout: int | None
    plans: tuple[PlanReading, ...]
    geometry: Geometry
    findings: list[Finding]
    package: Package
    data: DataSheets
    assumed: list[str] = field(default_factory=list)

    @property
    def model(self) -> Model:
        """The model of its first plan."""
        return self.plans[0].model

    @property
    def is_of_other_layout(self) -> bool:
        """Whether its formulas stand elsewhere than those of the present layout."""
        present = self.model.layout
        return present is not None and self.layout is not None and self.layout != present

    @cached_property
    def data_cells(self) -> Memo[str, Cells]:
        """The cells of each data sheet, read when they are first asked for, and once."""
        return Memo(self.package.cells)

    @cached_property
    def catalog(self) -> Catalog | None:
        """The instance types on the workbook's own data sheets; None where it has none."""
        listed: dict[str, dict[str, object]] = {}
        in_order: list[dict[str, object]] = []
        for where in self.data.values():
            # What is left of one model's table may read like the other's.
            if not where.data.figures or where.data not in self.model.data_tables:
                continue
            first = not in_order
            for row, name, figures in where.types(self.data_cells[where.sheet]):
                is_new = name.lower() not in listed
                known = listed.setdefault(name.lower(), {"instance_type": name})
                # As a look-up does, take the first of two rows of the same name.
                for figure, value in figures.items():
                    known.setdefault(figure, value)
                if first:  # the place of a type is its row, which MATCH finds
                    gap = row - where.header_row - 1 - len(in_order)
                    in_order += [{"instance_type": ""}] * gap
                if first or is_new:
                    in_order.append(known)
        if not in_order:
            return None
        unknown: dict[str, object] = {"max_enis": None, "ipv4_per_eni": None}
        types = (InstanceType(**(unknown | each)) for each in in_order)  # type: ignore[arg-type]
        return Catalog(types, f"data sheets of {self.file}", first_counts=True)

    @cached_property
    def about(self) -> list[str]:
        """What the workbook says of itself on sheet About; nothing where it has none."""
        cells = self.package.cells(ABOUT) if ABOUT in self.package.sheets else {}
        return [cell.value for cell in cells.values() if isinstance(cell.value, str)]

    def figure_cell(self, instance_type: str, figure: str) -> tuple[str, str, str] | None:
        """Sheet, cell and header of a figure of an instance type, None without one."""
        for name, where in self.data.items():
            if figure in where.data.figures:
                header = where.data.headers[where.data.figures.index(figure)]
                row = self._rows_of_types[name].get(instance_type.lower())
                if header in where.columns and row is not None:
                    return where.sheet, a1(row, where.columns[header]), header
        return None

    @cached_property
    def _rows_of_types(self) -> dict[str, dict[str, int]]:
        """The first row of each instance type, its name in lower case, of each data table."""
        listed: dict[str, dict[str, int]] = {}
        for name, where in self.data.items():
            rows = listed.setdefault(name, {})
            types = where.types(self.data_cells[where.sheet]) if where.data.figures else ()
            for row, each, _ in types:
                rows.setdefault(each.lower(), row)
        return listed
