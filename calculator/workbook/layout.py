"""Where a sheet's settings, results and node table stand in one workbook.

The writer lays a new sheet out by its model; the reader finds the places in a file by label and
header. From then on both are alike: a layout tells the cell of every name, and renders the formula
that belongs there.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from calculator.model.expression import Expression, Name
from calculator.model.sheet import Column, Model, Sheet
from calculator.workbook.places import Inserted
from calculator.xlsx.formula import skeleton
from calculator.xlsx.reference import a1, column_letters, place

__all__ = ["Layout", "new_layout", "quoted", "skeletons_of"]

Place = tuple[int, int]


#: Sheet names that read as something else in a formula: a cell, R1C1, a truth value.
_AMBIGUOUS = re.compile(r"[a-z]{1,3}[0-9]+|r?[0-9]*c?[0-9]*|true|false", re.IGNORECASE)


@lru_cache(maxsize=1024)
def quoted(sheet: str) -> str:
    """A sheet's name as a formula writes it."""
    plain = re.fullmatch(r"[^\W\d]\w*", sheet) and not _AMBIGUOUS.fullmatch(sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def _escaped(header: str) -> str:
    return re.sub(r"(['#\[\]])", r"'\1", header)


@dataclass(frozen=True, eq=False)
class Layout:
    """The places of one sheet in one workbook; rows and columns are counted from 1.

    Parameters
    ----------
    model, sheet: what the model says of it.
    name: the worksheet's name.
    places: (row, column) of each setting, constant and result that is there, by name.
    columns: column number of each column of the node table that is there, by name.
    unheaded: what formulas call those of them that stand under another header.
    header_row, first_row, last_row: rows of the node table; first_row > last_row when it is empty.
    table: name of the node table; None where the file has none, as after Google Sheets.
    table_last_row: where that table ends; rows may have been added below it.
    names: defined names of the workbook that stand for a setting.
    missing: settings and results whose label was not found; `places` says where they should be.
    gone: those of them that have no place, as another's is there: their row was deleted.
    unlabelled: those of them of which nothing but the label was lost: the place is no guess.
    data: (data table, header) -> text of a formula that stands for that column.
    book: the layouts of the workbook's sheets by their names in the model, this one's, too, where
        the model's inputs stand once.
    bottom: last row that the formulas look at for inputs below the table; 0 for what is usual.
    inserted: columns that the model does not know, between labels and their cells.
    """

    model: Model
    sheet: Sheet
    name: str
    places: Mapping[str, Place]
    columns: Mapping[str, int]
    header_row: int
    first_row: int
    last_row: int
    table: str | None
    table_last_row: int
    names: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    unlabelled: frozenset[str] = frozenset()
    data: Mapping[tuple[str, str], str] = field(default_factory=dict)
    book: dict[str, Layout] = field(default_factory=dict, repr=False)
    bottom: int = 0
    unheaded: Mapping[str, str] = field(default_factory=dict)
    inserted: Inserted = field(default_factory=Inserted)

    def formula(self, name: str, row: int | None = None, *, spare: bool = False) -> str:
        """The formula, without ``=``, that belongs in a result cell or in a column at `row`.

        `spare` gives the form for a spare row, where the model has one.

        Raises
        ------
        KeyError: when it refers to something that is not in the workbook.
        """
        in_table = self.in_table(row)
        # With structured references a column's formula reads the same in every row.
        key = (name, spare and self.sheet.spare_row is not None)
        if in_table and (known := self._rendered.get(key)) is not None:
            return known
        rule: Expression | None = getattr(self.sheet.by_name[name], "formula", None)
        if rule is None:
            raise ValueError(f"{name} is an input")
        if spare and self.sheet.spare_row:
            rule = self.sheet.spare_row(rule)
        rendered = rule.render(_Cells(self, row))
        if in_table:
            self._rendered[key] = rendered
        return rendered

    def in_table(self, row: int | None) -> bool:
        """Whether a row, or the whole node table for None, is a table object's."""
        if row is None and not self.sheet.columns:
            return True
        return self.table is not None and (row is None or row <= self.table_last_row)

    @cached_property
    def _rendered(self) -> dict[tuple[str, bool], str]:
        of_all = (self.book or {self.sheet.name: self}).values()
        return _rendered_alike(id(self.sheet), *(each.shape for each in of_all))

    @cached_property
    def shape(self) -> Hashable:
        """All that the texts of formulas depend on."""
        return (
            self.name,
            self.table,
            self.names,
            tuple(self.places.items()),
            tuple(self.data.items()),
            # Where a formula may name cells of the node table by row and column.
            () if self.table and not self.bottom else (self.header_row, self.last_row, self.bottom),
            tuple(self.columns.items()) if self.table is None or self.model.plan else (),
            self.header_row,
            tuple(self.unheaded.items()),
            self.inserted,
            self.gone,
        )

    @property
    def deleted(self) -> list[str]:
        """The labels and headers of what was lost with a column of the worksheet."""
        if self.inserted.number >= 0:
            return []
        lost = [self.text_of(each.name) for each in self.sheet.placed if each.name in self.missing]
        lost += [each.header for each in self.sheet.columns if each.name not in self.columns]
        return list(dict.fromkeys(lost))

    @property
    def unplaced(self) -> frozenset[str]:
        """Those of `missing` whose place is a guess; the check of an input stands beside that."""
        if not self.missing or self.deleted:
            return self.missing
        inputs = {each.label for each in self.sheet.settings}
        checks = {each.name for each in self.sheet.totals if each.label in inputs}
        return self.missing - checks - self.unlabelled | self.gone

    @property
    def deleted_words(self) -> str:
        """Which column of the worksheet was lost, as far as that can be told, and what with it."""
        lines = [
            {place(each.cell)[1], place(each.label_cell)[1]}
            for each in self.sheet.placed
            if each.name in self.missing
        ]
        lines += [
            {number}
            for number, each in enumerate(self.sheet.columns, 1)
            if each.name not in self.columns
        ]
        # What was lost stood there, or its label did; by what stands there now, it is a guess.
        common = set.intersection(*lines) if lines else set()
        guess, number = self.inserted.column, -self.inserted.number
        lost = ", ".join(self.deleted)
        if number > 1:
            ends = map(column_letters, (guess, guess + number - 1))
            letters = (" and " if number == 2 else " to ").join(ends)
            return f"columns {letters} were deleted, and with them what belongs to {lost}"
        letters = column_letters(guess if guess in common else min(common, default=guess))
        return f"column {letters} was deleted, and with it what belongs to {lost}"

    def cell(self, name: str, row: int | None = None) -> str:
        """The A1 reference of a setting, a result, or a column at `row`."""
        return a1(*self.place(name, row))

    def place(self, name: str, row: int | None = None) -> Place:
        """Where a setting, a result, or a column at `row` stands."""
        if name in self.columns:
            return row or self.header_row, self.columns[name]
        return self.places[name]

    def label_place(self, name: str) -> Place:
        """Where the label of a setting, constant or result, or a header, stands, or should."""
        declared = self.sheet.by_name[name]
        if isinstance(declared, Column):
            return self.header_row, self.columns[name]
        (row, column), (down, right) = place(declared.cell), place(declared.label_cell)
        return self.places[name][0] + down - row, self.places[name][1] + right - column

    def called(self, column: Column) -> str:
        """What formulas call a column of the node table."""
        return _escaped(self.unheaded.get(column.name) or column.header)

    @property
    def known_formulas(self) -> Mapping[tuple[str, bool], str]:
        """What `formula` gave so far for sheets like this, by its name and whether it is spare."""
        return self._rendered if self.in_table(None) else {}

    def text_of(self, name: str) -> str:
        """The header of a column, the label of a setting or result."""
        declared = self.sheet.by_name[name]
        return declared.header if isinstance(declared, Column) else declared.label


@lru_cache(maxsize=1024)
def _rendered_alike(*layout: Hashable) -> dict[tuple[str, bool], str]:
    """The formulas rendered so far for all layouts that are alike: most files of a folder are."""
    return {}


class _Cells:
    """Names of cells as formula text, seen from a row of the node table or from outside of it."""

    def __init__(self, layout: Layout, row: int | None) -> None:
        self._layout = layout
        self._row = row

    def _home(self, name: Name) -> Layout:
        layout = self._layout
        home = layout.model.home(layout.sheet, name)
        return layout if home is layout.sheet else layout.book[home.name]

    def cell(self, name: Name) -> str:
        home, layout = self._home(name), self._layout
        declared = home.sheet.by_name[name.name]
        if isinstance(declared, Column):
            _require(home, name)
            if home is not layout:  # the row of the same number
                return f"INDEX({self.column(name)},{self.cell(Name('number'))})"
            if not layout.in_table(self._row):
                return a1(self._row or 0, layout.columns[name.name])
            return f"{layout.table}[[#This Row],[{home.called(declared)}]]"
        defined_name = getattr(declared, "defined_name", None)
        if name.name in home.gone:
            raise KeyError(name.name)
        if defined_name in home.names:
            return str(defined_name)
        elsewhere = home is not layout
        at = a1(*home.places[name.name], absolute=elsewhere or self._row is not None)
        return f"{quoted(home.name)}!{at}" if elsewhere else at

    def column(self, name: Name) -> str:
        home = self._home(name)
        column = home.sheet.by_name[name.name]
        assert isinstance(column, Column)
        _require(home, name)
        if home.in_table(None):
            return f"{home.table}[{home.called(column)}]"
        number, elsewhere = home.columns[name.name], home is not self._layout
        absolute = elsewhere or home.model.plan is not None
        cells = ":".join(
            a1(row, number, absolute=absolute) for row in (home.first_row, home.last_row)
        )
        return f"{quoted(home.name)}!{cells}" if elsewhere else cells

    def data(self, table: str, header: str) -> str:
        return self._layout.data.get((table, header), f"{table}[{_escaped(header)}]")

    def position(self) -> str:
        layout = self._layout
        if layout.table is None:
            return f"ROW()-ROW({a1(layout.header_row, layout.columns['number'], absolute=True)})"
        header = layout.text_of("number")
        return f"ROW()-ROW({layout.table}[[#Headers],[{header}]])"

    def span(self, names: tuple[str, ...], beside: int) -> str:
        places = [self._layout.places[name] for name in names]
        column = self._layout.inserted.right_of(places[0][1], beside)
        rows = [row for row, _ in places]
        return ":".join(a1(row, column, absolute=True) for row in (min(rows), max(rows)))

    def below(self, rows: int) -> dict[str, str]:
        layout = self._layout
        bottom = layout.bottom or layout.last_row + rows
        inputs = [layout.columns[each.name] for each in layout.sheet.inputs]
        check = layout.columns["check"]

        def area(numbers: list[int]) -> str:
            top, end = a1(layout.header_row, min(numbers)), a1(bottom, max(numbers))
            return ":".join(a1(*place(cell), absolute=True) for cell in (top, end))

        tables = [
            Name("number", name) for name in layout.book if "number" in layout.book[name].columns
        ]
        counted = ",".join(f"ROWS({self.column(name)})" for name in tables)
        return {
            "before": area([number for number in inputs if number < check]),
            "behind": area([number for number in inputs if number > check]),
            "rows": area([min(inputs)]),
            "last": f"{self.position().removeprefix('ROW()-')}+MIN({counted})",
        }


def _require(home: Layout, name: Name) -> None:
    """A column under another header has another name in formulas."""
    if name.name not in home.columns:
        raise KeyError(name.name)


def new_layout(
    model: Model, sheet: Sheet, name: str, table: str | None, rows: int, book: dict[str, Layout]
) -> Layout:
    """The layout of a new worksheet with `rows` rows for node groups, as the model places it."""
    defined = {each.defined_name for each in sheet.settings if each.defined_name}
    layout = Layout(
        model=model,
        sheet=sheet,
        name=name,
        places={each.name: place(each.cell) for each in sheet.placed},
        columns={each.name: number for number, each in enumerate(sheet.columns, 1)},
        header_row=sheet.header_row,
        first_row=sheet.header_row + 1,
        last_row=sheet.header_row + rows,
        table=table,
        table_last_row=sheet.header_row + rows,
        names=frozenset(defined),
        book=book,
    )
    if model.plan:
        book[sheet.name] = layout
    return layout


@cache
def skeletons_of(model: Model) -> frozenset[tuple[str, ...] | None]:
    """What the formulas of a model do, whatever they refer to, those of spare rows included."""
    book: dict[str, Layout] = {}
    for sheet in model.sheets:
        book[sheet.name] = new_layout(model, sheet, sheet.name, sheet.table, 1, book)
    formulas = [each.formula(total.name) for each in book.values() for total in each.sheet.totals]
    formulas += [
        each.formula(column.name, each.first_row, spare=spare)
        for each in book.values()
        for column in each.sheet.computed
        for spare in (False, True)
    ]
    return frozenset(map(skeleton, formulas))
