"""What a place in a workbook is called by its label and header, wherever it stands in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from calculator.findings import Finding
from calculator.memory import Kept
from calculator.model.sheet import Setting
from calculator.workbook.data_places import DataPlace
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.xlsx.formula import Canonical, FormulaError, canonical
from calculator.xlsx.formula_text import formula_text
from calculator.xlsx.geometry import Area
from calculator.xlsx.reference import a1, column_letters, place

__all__ = ["Naming", "Where", "group_title", "groups_of", "titles_of", "together"]

Place = tuple[int, int]
#: What rows of the node table are called that hold no node group.
_SPARE = "rows without a node group"
#: A sheet, what there is meant, and in which row.
Where = tuple[str, str, str]
#: Node groups with the same in a column that are counted rather than listed.
_MANY = 4

_Found = TypeVar("_Found", bound=Hashable)


def group_title(instance_type: str, os: str, number: int) -> str:
    """What a node group is called; the second of two alike says so."""
    words = (instance_type or "no type") + (f" {os}" if os.casefold() not in ("", "linux") else "")
    return words + (f" (no. {number})" if number > 1 else "")


class Naming:
    """Names for the places of one workbook.

    Parameters
    ----------
    reading: the workbook.
    titles: what each of its sheets is called, by the sheet's name in the file.
    """

    def __init__(self, reading: WorkbookReading, titles: Mapping[str, str]) -> None:
        self._geometry = reading.geometry
        of_data = {where.sheet: where.data.sheet for where in reading.data.values()}
        self._titles = {**of_data, **titles}
        self._folded = {name.casefold(): title for name, title in self._titles.items()}
        self._sheets: dict[str, _Sheet] = {}
        for plan in reading.plans:
            titles_of_groups = (group_title(*each) for each in groups_of(plan))
            groups = dict(zip(plan.positions, titles_of_groups, strict=True))
            for sheet in plan.sheets.values():
                self._sheets[sheet.name.casefold()] = _Sheet(sheet, groups)
        #: Of formulas, by their form, sheet and row, where that matters.
        self._texts = Kept[tuple[Canonical, str, int, bool], str](4_000)
        self._data: dict[str, list[DataPlace]] = {}
        for where in reading.data.values():
            self._data.setdefault(where.sheet.casefold(), []).append(where)

    def where(self, finding: Finding) -> str:
        """What a finding is about: sheet, label or header, and row, as far as it has them."""
        sheet, at = finding.sheet or "", (finding.column or "", "")
        if sheet.casefold() in self._sheets and finding.cell:
            at = self._sheets[sheet.casefold()].name_of(place(finding.cell), finding.column)
        return ", ".join(filter(None, (self._titles.get(sheet, sheet), *at)))

    def at(self, sheet: str, cell: Place, otherwise: str | None = None) -> Where:
        """The sheet of a cell of a model's sheet, its label or header, and its row, "" for none.

        One without a label or header is called `otherwise`, or by its address.
        """
        return self._titles[sheet], *self._sheets[sheet.casefold()].name_of(cell, otherwise)

    def is_lost(self, text: object) -> bool:
        """Whether it is a formula that refers to what is no longer there."""
        lost = isinstance(text, str) and ("#REF!" in text or self._geometry.lacks(text))
        return bool(lost)

    def formula(self, sheet: str, cell: Place, text: str) -> str:
        """A formula of a cell, with or without ``=``, as it reads by names."""
        try:
            form = canonical(
                text, sheet=sheet, row=cell[0], column=cell[1], geometry=self._geometry
            )
        except FormulaError:
            return "=" + text.removeprefix("=")
        home = sheet.casefold()
        in_table = home not in self._sheets or self._sheets[home].is_in_table(cell[0])
        own = Area(home, 0, cell[1], 0, cell[1])

        def is_elsewhere(area: Area) -> bool:
            """Whether it is in the formula's own row, which is one like others there."""
            return not area.top and not (in_table and area.sheet == home)

        def named(area: Area) -> str:
            if area == own:
                return "this cell"
            if is_elsewhere(area):
                area = area._replace(top=cell[0], bottom=cell[0])
            return self._area(area, home)

        areas = [each for each in form if isinstance(each, Area)]
        key = form, home, cell[0] * any(map(is_elsewhere, areas)), own in areas
        return self._texts.of(key, lambda: "=" + formula_text(form, named))

    def _area(self, area: Area, home: str) -> str:
        sheet = self._sheets.get(area.sheet)
        found: str | None = None
        if sheet:
            found = sheet.named(area)
        for data in self._data.get(area.sheet, ()):
            found = found or _column_of_data(data, area)
        start = "" if area.sheet == home else self._folded.get(area.sheet, area.sheet)
        if found is not None:
            return f"{start}[{found}]"
        corners = [(area.top, area.left), (area.bottom, area.right)]
        cells = ":".join(dict.fromkeys(_corner(sheet, *corner) for corner in corners))
        return f"{start}!{cells}" if start else cells


class _Sheet:
    """One sheet of a model, and the names of what stands there."""

    def __init__(self, sheet: SheetCells, groups: Mapping[int, str]) -> None:
        self.sheet = sheet
        self._groups = groups
        layout = sheet.layout
        # Several results may have one label; an input goes by its label all the same.
        often = Counter(each.label for each in layout.sheet.placed)
        self._placed = {
            layout.places[each.name]: each.label
            if often[each.label] == 1 or isinstance(each, Setting)
            else f"{each.label} ({each.name})"
            for each in reversed(layout.sheet.placed)
        }
        #: What stands first in a row that is above the node table, or of no table.
        self._first = {row: self._placed[row, column] for row, column in sorted(self._placed)[::-1]}
        self._headers = {
            layout.columns[each.name]: each.header
            for each in layout.sheet.columns
            if each.name in layout.columns
        }

    def name_of(self, cell: Place, otherwise: str | None = None) -> tuple[str, str]:
        """What a cell is called, and its row in the node table, "" for one that is in none.

        One without a label or header is called `otherwise`, or by its address.
        """
        row, column = cell
        layout = self.sheet.layout
        if self.is_in_table(row):
            header = self._headers.get(column) or otherwise or column_letters(column)
            return header, "" if row == layout.header_row else self._row(row)
        return self._placed.get(cell) or otherwise or a1(*cell), ""

    def is_in_table(self, row: int) -> bool:
        """Whether a row is of the node table, or of its header."""
        return 0 < self.sheet.layout.header_row <= row

    def _row(self, row: int) -> str:
        layout = self.sheet.layout
        number = row - layout.header_row
        if number in self._groups:
            return self._groups[number]
        return _SPARE if row <= layout.last_row else "below the table"

    def named(self, area: Area) -> str | None:
        """What an area is called; None for one that has no name."""
        layout, (_, top, left, bottom, right) = self.sheet.layout, area
        if left != right:
            return None
        header = self._headers.get(left)
        if header and not top:  # the formula's own row
            return f"@{header}"
        if (
            header
            and top == layout.first_row
            and bottom in (layout.last_row, layout.table_last_row)
        ):
            return header
        if top != bottom:
            return None
        if header and top == layout.header_row:
            return f"{header}, header"
        if header and top > layout.header_row:
            number = top - layout.header_row
            return f"{header}, {self._groups.get(number, f'row {number}')}"
        return self._placed.get((top, left))

    def row(self, row: int) -> str:
        """A row by its label, or by where it is in the node table; "" for one of neither."""
        layout = self.sheet.layout
        if not self.is_in_table(row):
            return self._first.get(row, "")
        below = row - layout.last_row
        return str(row - layout.header_row) if below < 0 else f"last + {below}"


def _column_of_data(data: DataPlace, area: Area) -> str | None:
    headers = {number: header for header, number in data.columns.items()}
    whole = area.top <= data.header_row + 1 and area.bottom >= data.last_row
    return headers.get(area.left) if whole and area.left == area.right else None


def _corner(sheet: _Sheet | None, row: int, column: int) -> str:
    """A cell that has no name: by its column, and its row in words as far as these go."""
    letters = column_letters(column)
    if not row:
        return f"{letters}@"
    words = sheet.row(row) if sheet else ""
    return f"{letters}[{words}]" if words else f"{letters}{row}"


def titles_of(plans: Sequence[PlanReading]) -> dict[str, str]:
    """What each sheet is called, by its name in the file; a second one of its kind says so."""
    titles: dict[str, str] = {}
    seen = Counter[str]()
    for plan in plans:
        for name, sheet in plan.sheets.items():
            seen[name] += 1
            titles[sheet.name] = name + (f" ({seen[name]})" if seen[name] > 1 else "")
    return titles


def groups_of(plan: PlanReading) -> list[tuple[str, str, int]]:
    """Instance type, operating system and the number among its like of each node group."""
    seen = Counter[tuple[str, str]]()
    found = []
    systems = plan.groups.get("os") or ["Linux"] * len(plan.rows)
    for kind, system in zip(plan.groups["instance_type"], systems, strict=True):
        like = str(kind).casefold(), str(system).casefold()
        seen[like] += 1
        found.append((str(kind), str(system), seen[like]))
    return found


def together(
    found: Mapping[Where, _Found],
    counted: Callable[[Sequence[str]], str] = lambda rows: f"{len(rows)} node groups",
) -> Iterator[tuple[tuple[str, str], _Found]]:
    """What was found, by sheet and place; where many rows of a column have the same, it is one.

    Parameters
    ----------
    counted: says how many node groups there are.
    """
    rows: dict[tuple[str, str, _Found], list[str]] = {}
    for (sheet, name, row), each in found.items():
        rows.setdefault((sheet, name, each), []).append(row)
    for (sheet, name, each), listed in rows.items():
        groups = [row for row in listed if row != _SPARE]
        if len(groups) >= _MANY:
            listed = [counted(groups), *([_SPARE] if _SPARE in listed else [])]
        for row in listed:
            yield (sheet, ", ".join(filter(None, (name, row)))), each
