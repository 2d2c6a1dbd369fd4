"""Where the settings and results of a sheet stand: each as far from its label as the model has it.

Columns that were inserted between labels and their cells, or deleted, are noticed by what stands
there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import partial
from typing import NamedTuple

from calculator.model.sheet import Column
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.geometry import Table

__all__ = [
    "MOST_INSERTED",
    "MOST_ROWS",
    "Inserted",
    "Missing",
    "PlacedLabel",
    "find_columns",
    "find_places",
    "without_totals",
]

Place = tuple[int, int]

_NO_CELL = Cell(None, None)
#: Settings that may be empty.
_MOST_EMPTY = 4
#: Columns, and rows, that may have been inserted between words and their cells.
MOST_INSERTED, MOST_ROWS = 3, 10


class PlacedLabel(NamedTuple):
    """A setting, constant or result, as the model places it.

    Parameters
    ----------
    label: as words are compared.
    place: where it stands in a new workbook.
    distance: how far it is from its label.
    holds: what was filled in there, as a rule: float or str; None for a formula.
    """

    name: str
    label: str
    place: Place
    distance: Place
    holds: type | None

    @property
    def label_place(self) -> Place:
        """Where the label stands in a new workbook."""
        return self.place[0] - self.distance[0], self.place[1] - self.distance[1]


#: The label of each that was found.
_Found = Mapping[PlacedLabel, Place]


class Missing(NamedTuple):
    """Those without a label: all, and of these the ones whose row seems to be deleted, too.

    Of others nothing but the label was lost: the labels around it stand as they should.
    """

    labels: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    labels_alone: frozenset[str] = frozenset()


class Inserted(NamedTuple):
    """Columns inserted before a column of a sheet, or below 0 deleted from it on; rows likewise."""

    column: int = 0
    number: int = 0
    row: int = 0
    rows: int = 0

    def right_of(self, column: int, distance: int) -> int:
        """The column that was so far to the right of another before; 0 if it was deleted."""
        there = column + distance
        if not column < self.column <= there:
            return there
        return 0 if there < self.column - self.number else there + self.number

    def beside(self, label: Place, each: PlacedLabel) -> Place:
        """The cell that belongs to a label."""
        down, right = each.distance
        below = label[0] + down
        if label[0] < self.row <= below:
            below += self.rows
        return below, self.right_of(label[1], right)


def find_places(
    placed: Sequence[PlacedLabel],
    labels: Mapping[str, list[Place]],
    cells: Cells,
    *,
    moved: int,
    has_gap: bool,
    headed: Callable[[], Set[int]],
) -> tuple[dict[str, Place], Missing, Inserted]:
    """The cell of each setting and result, those that are missing, and what was inserted.

    Parameters
    ----------
    labels: where each known label stands.
    moved: by how many rows the header row has moved; what has no label is taken to move with it.
    has_gap: whether there are columns in the node table that the model does not know.
    headed: tells the columns that have their heads, and cannot have been deleted.
    """
    found = _labels_of(placed, labels, moved)
    # An input may be a word that is a label of another sheet.
    taken = {at for each in found for at in labels[each.label]}
    inserted = Inserted()
    # Columns that came into the table, or a result that is not where it should be, say more.
    if found and (
        has_gap
        or any(
            each.holds is None and cells.get(inserted.beside(label, each), _NO_CELL).formula is None
            for each, label in found.items()
        )
    ):
        # Without formulas, or with few that are left, nothing tells an input from a result.
        lowest, _ = max(found.values())
        formulas = sum(at[0] <= lowest and cell.formula is not None for at, cell in cells.items())
        results = sum(each.holds is None for each in found)
        if formulas and 2 * formulas >= results:
            inserted = _inserted(found, cells, taken, moved, headed())
    left = _left_behind(found, cells, taken, inserted, moved)
    beside = {each: label for each, label in found.items() if each not in left}
    # A label is none of a cell that it left, unless another of its cells is beside it.
    labelled = {each.label for each in beside}
    stayed = {each.name: at for each, at in left.items() if each.label in labelled}
    places = stayed | _dropped(beside, taken, inserted)
    missing = {each.name: each for each in placed if each.name not in places}
    taken |= {*places.values()}
    there = {each.name: at for each, at in left.items()}
    guessed = {name: _guessed(each, beside, moved) for name, each in missing.items()}
    places = guessed | there | places
    # A sheet's title is anybody's to write, and only what is below it is looked for.
    titled = {each.name for each in placed if each.label_place == (1, 1)}
    for name in titled & missing.keys():
        if cells.get(places[name], _NO_CELL).formula is not None:
            del missing[name]
    rows = frozenset(name for name in missing if places[name] in taken)
    in_order = {each.name: places[each.name] for each in placed}
    alone = frozenset(
        name
        for name, each in missing.items()
        if inserted == Inserted()
        and name not in rows
        and _is_alone(each, beside, places[name], moved)
        if cells.get(places[name], _NO_CELL) not in (_NO_CELL, ("", None))
    )
    return in_order, Missing(frozenset(missing), rows, alone), inserted


def find_columns(
    headers: Mapping[str, int],
    declared: Sequence[Column],
    cells: Cells,
    header_row: int,
    last: int,
) -> tuple[dict[str, int], list[str]]:
    """The columns of a node table, and those of them that stand under other headers.

    Parameters
    ----------
    headers: where the header of each stands, as far as it does.
    declared: all columns of the sheet, in their order.
    last: where its table ends; 0 without one.
    """
    moved = {
        headers[each.name] - number for number, each in enumerate(declared) if each.name in headers
    }
    if len(moved) < 2 and len(headers) == len(declared):
        return {**headers}, []
    holds_formulas: dict[int, bool] = {}
    for (row, column), cell in cells.items():
        if row > header_row and cell != _NO_CELL:
            holds_formulas[column] = holds_formulas.get(column) or cell.formula is not None
    columns = _with_cells(headers, [each.name for each in declared], holds_formulas.keys())
    unheaded = _without_headers(columns, declared, holds_formulas, last)
    columns |= unheaded
    in_order = {each.name: columns[each.name] for each in declared if each.name in columns}
    return in_order, [*unheaded]


def _with_cells(columns: Mapping[str, int], names: Sequence[str], held: Set[int]) -> dict[str, int]:
    """The columns under their headers, without headers that were moved away from their cells."""
    by = {name: columns[name] - number for number, name in enumerate(names) if name in columns}
    sound = {name: number for number, name in enumerate(names) if columns.get(name) in held}

    def is_away(name: str, number: int) -> bool:
        if name in sound or any(by[name] == by[one] for one in sound):
            return False
        near = min(sound, key=lambda one: abs(sound[one] - number), default=name)
        at = number + by[near]
        return at in held and at not in columns.values()

    away = {name for number, name in enumerate(names) if name in columns and is_away(name, number)}
    return {name: at for name, at in columns.items() if name not in away}


def _without_headers(
    columns: Mapping[str, int],
    declared: Sequence[Column],
    holds_formulas: Mapping[int, bool],
    last: int,
) -> dict[str, int]:
    """The columns of formulas that have lost their headers, between those that have not."""
    at = {
        number: columns[each.name] for number, each in enumerate(declared) if each.name in columns
    }
    if last:
        at[len(declared)] = last + 1
    return {
        declared[number].name: column
        for left, right in itertools.pairwise(at)
        if right - left == at[right] - at[left]
        for number, column in enumerate(range(at[left] + 1, at[right]), left + 1)
        if declared[number].formula is not None and holds_formulas.get(column)
    }


def without_totals(cells: Cells, table: Table, columns: Mapping[str, int]) -> Cells:
    """The cells but those in the row of totals of a node table, as it is no node group.

    A row with a number of instances or pods that was typed is one, whatever the table says of it.
    """
    row = table.last_row + 1
    inputs = (columns.get(name, 0) for name in ("instances", "pods_per_node"))
    held = [cells.get((row, column), _NO_CELL) for column in inputs]
    if not table.has_totals or any(map(_is_typed, held)):
        return cells
    return {at: cell for at, cell in cells.items() if at[0] != row}


def _is_typed(cell: Cell) -> bool:
    return cell.value not in (None, "") and cell.formula is None


def _guessed(each: PlacedLabel, found: _Found, moved: int) -> Place:
    """Where a cell should be whose label is not there: in its column, beside that of a label."""
    row = _expected(each, found, moved)[0] + each.distance[0]
    return row if row > 0 else each.place[0], each.place[1]


def _is_alone(each: PlacedLabel, found: _Found, at: Place, moved: int) -> bool:
    """Whether nothing but a label was lost: those above and below it, or beside, have their places.

    Below the last of a column, the node table has.

    Parameters
    ----------
    at: the cell that would be its own.
    moved: by how many rows the node table has moved.
    """
    row, column = each.label_place
    shift = at[0] - each.place[0], at[1] - each.place[1]
    in_line = {one.label_place[0]: one for one in found if one.label_place[1] == column}
    above = max((there for there in in_line if there < row), default=0)
    below = min((there for there in in_line if there > row), default=0)
    near = [in_line[there] for there in (above, below) if there]
    is_last = bool(above) and not below and shift == (moved, 0)
    if len(near) < 2:
        near += [one for one in found if one.label_place[0] == row][:1]
    is_between = is_last or len(near) > 1
    return is_between and all(_shift(one, found[one]) == shift for one in near)


def _expected(each: PlacedLabel, found: _Found, moved: int) -> Place:
    """Where a label should be, as the nearest that was found has moved; without any, the table."""
    row, column = each.label_place
    if not found:
        return row + moved, column
    near = min(found, key=lambda one: _far(one.label_place, each.label_place))
    down, right = _shift(near, found[near])
    return row + down, column + right


def _labels_of(
    placed: Sequence[PlacedLabel], labels: Mapping[str, list[Place]], moved: int
) -> dict[PlacedLabel, Place]:
    """The label that is meant for each: its words may stand elsewhere, too, as a remark or input.

    It is the one that stands as the labels around it do.
    """
    there = [each for each in placed if each.label in labels]
    alone = {each: at for each in there for at, *others in [labels[each.label]] if not others}

    def likely(each: PlacedLabel) -> Place:
        return min(labels[each.label], key=partial(_far, _expected(each, alone, moved)))

    return alone | {each: likely(each) for each in there if each not in alone}


def _far(one: Place, other: Place) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _left_behind(
    found: _Found, cells: Cells, taken: Set[Place], inserted: Inserted, moved: int
) -> dict[PlacedLabel, Place]:
    """The cells that stay where labels stood which were moved without them, and not as others."""
    there = {each: inserted.beside(label, each) for each, label in found.items()}
    sound = {each: found[each] for each, at in there.items() if _holds(each, cells, at)}
    others = {*taken, *there.values()}
    away = {}
    for each in found.keys() - sound.keys():
        around = {one: label for one, label in sound.items() if one.label != each.label}
        if not any(
            _shift(one, label) == _shift(each, found[each]) for one, label in around.items()
        ):
            label = _expected(each, around, moved)
            at = inserted.beside(label, each)
            if label not in others and at not in others:
                away[each] = at
    held = {each.label for each, at in away.items() if _holds(each, cells, at)}
    alone = held - {each.label for each in sound}
    return {each: at for each, at in away.items() if each.label in alone or _holds(each, cells, at)}


def _shift(each: PlacedLabel, label: Place) -> Place:
    """By how many rows and columns a label has moved."""
    row, column = each.label_place
    return label[0] - row, label[1] - column


def _holds(each: PlacedLabel, cells: Cells, at: Place) -> bool:
    """Whether a cell holds what it should."""
    value, formula = cells.get(at, _NO_CELL)
    return formula is not None if each.holds is None else isinstance(value, each.holds)


def _score(found: _Found, cells: Cells, labels: Set[Place], inserted: Inserted) -> int:
    """How many cells hold what they should, less those that do not."""
    score, taken = 0, {*labels}
    for each, label in found.items():
        at = inserted.beside(label, each)
        if at not in taken and _holds(each, cells, at):
            taken.add(at)
            score += 1
        elif at[1]:
            score -= 1
    return score


def _inserted(
    found: _Found,
    cells: Cells,
    taken: Set[Place],
    moved: int,
    headed: Set[int],
) -> Inserted:
    """The columns and rows that were inserted, or deleted, by what then fits best.

    Rows that were inserted above a table have moved it.
    """

    def best(ways: Iterable[Inserted]) -> Inserted:
        # Where a few cells are empty, nothing need have been deleted.
        return max(
            ways,
            key=lambda way: (
                _score(found, cells, taken, way) - (_MOST_EMPTY if way.number < 0 else 0)
            ),
        )

    numbers = sorted(range(-MOST_INSERTED, MOST_INSERTED + 1), key=abs)
    ways = (
        Inserted(column, number)
        for column, number in itertools.product(_between(found, 1), numbers)
        if headed.isdisjoint(range(column, column - number))
    )
    way = best([Inserted(), *ways])
    rows = itertools.product(_between(found, 0), range(min(moved, MOST_ROWS)))
    return best([way, *(way._replace(row=row, rows=1 + number) for row, number in rows)])


def _between(found: _Found, axis: int) -> list[int]:
    """The rows, for axis 0, or columns behind a label up to its cell, of all labels."""
    ways = ((label[axis], each.distance[axis]) for each, label in found.items())
    return sorted({start + 1 + by for start, distance in ways for by in range(distance)})


def _dropped(found: _Found, labels: Set[Place], inserted: Inserted) -> dict[str, Place]:
    """The cells, but none on a label, in a deleted column, or nearer to the label of another."""
    taken = {*labels}
    places = {}
    for each in sorted(found, key=lambda each: each.distance):
        at = inserted.beside(found[each], each)
        if at[1] and at not in taken:
            taken.add(at)
            places[each.name] = at
    return places
