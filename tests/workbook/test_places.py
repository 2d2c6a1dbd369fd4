"""Where the cells of labels are, wherever rows and columns were inserted or deleted."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calculator.model import expression
from calculator.model.sheet import Column
from calculator.workbook.places import (
    MOST_INSERTED,
    MOST_ROWS,
    Inserted,
    PlacedLabel,
    find_columns,
    find_places,
)
from calculator.workbook.words import Kind, kinds, normal
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.reference import a1, place
from tests.helpers import examples

Place = tuple[int, int]


# --- the sheets of the models ---------------------------------------------------------------------

KINDS = [each for each in kinds() if each.placed]
PLAN_SHEET = KINDS[0]
FILLED_IN = {float: Cell(5.0, None), str: Cell("words", None), None: Cell("", '""')}


def cells_of(kind: Kind) -> Cells:
    """A sheet with its words, something in each input, and a formula for each result."""
    cells = {place(each.cell): Cell(each.text, None) for each in kind.sheet.labels}
    cells |= {place(each.label_cell): Cell(each.label, None) for each in kind.sheet.placed}
    return cells | {each.place: FILLED_IN[each.holds] for each in kind.placed}


def labels_in(kind: Kind, cells: Cells) -> dict[str, list[Place]]:
    """Where the words of each label stand."""
    labels: dict[str, list[Place]] = {}
    known = {each.label for each in kind.placed}
    for at, cell in cells.items():
        if cell.formula is None and (words := normal(str(cell.value))) in known:
            labels.setdefault(words, []).append(at)
    return labels


def found_in(
    kind: Kind, cells: Cells, *, moved: int = 0, has_gap: bool = False
) -> dict[str, Place | None]:
    """Where each setting and result is found, None for those that are missing."""
    places, missing, _ = find_places(
        kind.placed,
        labels_in(kind, cells),
        cells,
        moved=moved,
        has_gap=has_gap,
        headed=partial(kind.headed, cells),
    )
    return {name: None if name in missing.labels else at for name, at in places.items()}


@examples(60)
@example(KINDS[-1], 2, 1, 1, 0, set())
@given(
    st.sampled_from(KINDS),
    st.integers(1, 26),
    st.integers(0, MOST_INSERTED),
    st.integers(1, 40),
    st.integers(0, MOST_ROWS),
    st.sets(st.integers(0, 50), max_size=4),
)
def test_columns_and_rows_may_be_inserted_anywhere_in_a_sheet(
    kind: Kind, before: int, columns: int, above: int, rows: int, empty: set[int]
) -> None:
    """Each cell that holds something is found where it has moved to."""

    def moved(at: Place) -> Place:
        return at[0] + rows * (at[0] >= above), at[1] + columns * (at[1] >= before)

    cells = cells_of(kind)
    inputs = [each.place for each in kind.placed if each.holds]
    for number in empty & {*range(len(inputs))}:
        del cells[inputs[number]]
    expected = {each.name: moved(each.place) for each in kind.placed if each.place in cells}
    has_gap = bool(columns) and 1 < before <= len(kind.headers)
    places = found_in(
        kind,
        {moved(at): cell for at, cell in cells.items()},
        moved=rows,
        has_gap=has_gap,
    )
    assert {name: at for name, at in places.items() if name in expected} == expected
    assert None not in places.values()


@pytest.mark.parametrize("above", range(2, 13))
def test_rows_may_be_inserted_between_labels_and_the_cells_below_them(above: int) -> None:
    """As many as are looked for, and no more than the table has moved."""
    for rows in (1, MOST_ROWS):

        def moved(at: Place, rows: int = rows) -> Place:
            return at[0] + rows * (at[0] >= above), at[1]

        cells = {moved(at): cell for at, cell in cells_of(PLAN_SHEET).items()}
        expected = {each.name: moved(each.place) for each in PLAN_SHEET.placed}
        assert found_in(PLAN_SHEET, cells, moved=rows) == expected


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.model.name}-{kind.sheet.name}")
def test_a_cell_without_its_label_is_missing_and_looked_for_where_it_stood(kind: Kind) -> None:
    """Also where the sheet has moved. Its title is anybody's to write."""
    cells = {(row + 3, column): cell for (row, column), cell in cells_of(kind).items()}
    for row, column in {each.label_place for each in kind.placed}:
        labels = labels_in(kind, cells)
        without = {each.label for each in kind.placed if each.label_place == (row, column)}
        for words in without:
            labels[words].remove((row + 3, column))
        places, missing, inserted = find_places(
            kind.placed,
            {words: at for words, at in labels.items() if at},
            cells,
            moved=3,
            has_gap=False,
            headed=set,
        )
        lost = {each.name for each in kind.placed if each.label in without}
        assert missing.labels == (set() if (row, column) == (1, 1) else lost)
        assert (missing.rows, inserted) == (set(), (0, 0, 0, 0))
        expected = {each.name: (each.place[0] + 3, each.place[1]) for each in kind.placed}
        assert places == expected


#: Columns of a sheet, and how many, behind which there are others of labels before them.
BEFORE_OTHERS = [
    (kind, first, number)
    for kind in KINDS
    for number in range(1, MOST_INSERTED + 1)
    for first in range(2, 26)
    if any(each.label_place[1] < first and first + number <= each.place[1] for each in kind.placed)
]


@examples(60)
@given(st.sampled_from(BEFORE_OTHERS))
def test_columns_may_be_deleted_before_others_of_their_labels(
    case: tuple[Kind, int, int],
) -> None:
    """What was in them is missing, and all else where it has moved to."""
    kind, first, number = case

    def moved(at: Place) -> Place | None:
        if at[1] < first:
            return at
        return (at[0], at[1] - number) if at[1] >= first + number else None

    cells = {there: cell for at, cell in cells_of(kind).items() if (there := moved(at))}
    assert found_in(kind, cells) == {
        each.name: moved(each.label_place) and moved(each.place) for each in kind.placed
    }


# --- labels and their cells -----------------------------------------------------------------------

FIVE, FORMULA = Cell(5.0, None), Cell(5.0, "1+4")
#: Four settings with a message beside each, and a result.
PLACED = [
    *(PlacedLabel(f"s{n}", f"setting {n}", (n, 2), (0, 1), float) for n in range(1, 5)),
    *(PlacedLabel(f"m{n}", f"setting {n}", (n, 3), (0, 2), None) for n in range(1, 5)),
    PlacedLabel("total", "total", (6, 2), (0, 1), None),
]
LABELS = {**{f"setting {n}": [(n, 1)] for n in range(1, 5)}, "total": [(6, 1)]}
CELLS: Cells = {
    **{(n, 2): FIVE for n in range(1, 5)},
    **{(n, 3): FORMULA for n in range(1, 5)},
    (6, 2): FORMULA,
}


def found(
    cells: Cells, labels: dict[str, list[Place]] = LABELS, moved: int = 0
) -> tuple[dict[str, str], set[str]]:
    """The cells that are found by their labels, and what is missing."""
    places, missing, _ = find_places(PLACED, labels, cells, moved=moved, has_gap=False, headed=set)
    return {name: a1(*at) for name, at in places.items()}, {*missing.labels}


AS_MADE = {each.name: a1(*each.place) for each in PLACED}


def test_a_cell_stands_where_its_label_says() -> None:
    assert found(CELLS) == (AS_MADE, set())
    labels = {label: [(row + 7, column + 3)] for label, [(row, column)] in LABELS.items()}
    cells = {(row + 7, column + 3): cell for (row, column), cell in CELLS.items()}
    moved = {each.name: a1(each.place[0] + 7, each.place[1] + 3) for each in PLACED}
    assert found(cells, labels) == (moved, set())


@pytest.mark.parametrize("before", [2, 3])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_columns_inserted_behind_the_labels_are_seen_by_what_stands_there(
    before: int, number: int
) -> None:
    def moved(column: int) -> int:
        return column + number * (column >= before)

    cells = {(row, moved(column)): cell for (row, column), cell in CELLS.items()}
    expected = {each.name: a1(each.place[0], moved(each.place[1])) for each in PLACED}
    if before == 3:
        cells[4, 2] = Cell(None, "1+4")  # a setting may be a formula
    places, missing, inserted = find_places(
        PLACED, LABELS, cells, moved=0, has_gap=True, headed=set
    )
    assert {name: a1(*at) for name, at in places.items()} == expected
    assert (missing.labels, inserted) == (frozenset(), Inserted(before, number))
    assert inserted.right_of(1, 2) == 3 + number
    assert inserted.right_of(before, 1) == before + 1


def test_empty_settings_are_no_inserted_columns() -> None:
    cells = {at: cell for at, cell in CELLS.items() if at[1] != 2}
    assert found(cells) == (AS_MADE, set())
    assert found({}) == (AS_MADE, set())


def test_a_file_of_values_only_has_no_inserted_columns() -> None:
    assert found(dict.fromkeys(CELLS, FIVE)) == (AS_MADE, set())
    # Nor one of which only a table further down computes something.
    moved = {(row, column + 1): FIVE for row, column in CELLS}
    for below in ({}, {(30, 1): FORMULA}):
        places = find_places(PLACED, LABELS, {**moved, **below}, moved=0, has_gap=True, headed=set)[
            0
        ]
        assert {name: a1(*at) for name, at in places.items()} == AS_MADE


def test_one_formula_is_enough_to_tell_an_inserted_column() -> None:
    """In the last row of the sheet, and that it stands elsewhere than it should."""
    placed = [each for each in PLACED if each.name[0] in "st"]
    cells: Cells = {**{(n, 3): FIVE for n in range(1, 5)}, (6, 3): FORMULA}
    places, missing, inserted = find_places(
        placed, LABELS, cells, moved=0, has_gap=False, headed=set
    )
    assert {*places.values()} == {*cells}
    assert (missing.labels, inserted) == (set(), Inserted(2, 1))


def test_without_any_label_nothing_is_said_to_be_inserted() -> None:
    _, missing, inserted = find_places(PLACED, {}, {}, moved=0, has_gap=True, headed=set)
    assert missing.labels == {each.name for each in PLACED}
    assert inserted == Inserted()


def test_what_has_no_label_is_missing_and_moves_with_what_is_near() -> None:
    labels = {label: at for label, at in LABELS.items() if label != "setting 2"}
    assert found(CELLS, labels) == (AS_MADE, {"s2", "m2"})
    down = {label: [(row + 4, column)] for label, [(row, column)] in labels.items()}
    cells = {(row + 4, column): cell for (row, column), cell in CELLS.items()}
    assert found(cells, down)[0] == {
        each.name: a1(each.place[0] + 4, 2 + (each.name[0] == "m"))
        for each in PLACED
        if each.name != "total"
    } | {"total": "B10"}
    # Without any, with the header of the table.
    places, missing = found({}, {}, moved=4)
    assert (places["s2"], missing) == ("B6", {each.name for each in PLACED})
    assert found({}, {}, moved=-1)[0]["s2"] == "B1"
    assert found({}, {}, moved=-9)[0]["s2"] == "B2"


def test_where_rows_were_inserted_between_the_nearest_label_tells() -> None:
    """Two rows above the third setting: what has no label is beside what it stood beside."""
    for lost, row in (("setting 2", 2), ("setting 4", 6)):
        labels = {
            label: [(at + 2 * (at > 2), column)]
            for label, [(at, column)] in LABELS.items()
            if label not in (lost, "setting 3" if lost == "setting 2" else "")
        }
        cells = {(at + 2 * (at > 2), column): cell for (at, column), cell in CELLS.items()}
        places, missing = found(cells, labels)
        assert lost.replace("setting ", "s") in missing
        assert places[lost.replace("setting ", "s")] == f"B{row}"


def test_a_row_that_is_deleted_is_gone() -> None:
    """What stood below is in the place where its cell should be."""
    labels = {
        label: [(row - (row > 2), column)]
        for label, [(row, column)] in LABELS.items()
        if label != "setting 2"
    }
    cells = {(row - (row > 2), column): cell for (row, column), cell in CELLS.items()}
    _, missing, _ = find_places(PLACED, labels, cells, moved=0, has_gap=False, headed=set)
    assert missing == ({"s2", "m2"}, {"s2", "m2"}, set())
    # Where only its label was typed over, it is not.
    labels = {label: at for label, at in LABELS.items() if label != "setting 2"}
    assert find_places(PLACED, labels, CELLS, moved=0, has_gap=False, headed=set)[1] == (
        {"s2", "m2"},
        set(),
        {"s2", "m2"},
    )


def test_where_another_label_stands_nothing_else_can() -> None:
    # The column of messages was deleted, and what stood behind it moved up.
    labels = {**LABELS, "total": [(3, 3)]}
    places, missing = found({**CELLS, (3, 4): FORMULA}, labels)
    assert missing == {"m3"}
    assert places["total"] == "D3"


def test_of_two_that_would_stand_in_a_cell_the_nearer_one_does() -> None:
    labels = {**LABELS, "total": [(2, 2)]}
    places, missing = found(CELLS, labels)
    assert (places["total"], missing) == ("C2", {"s2", "m2"})


def test_a_label_that_stands_twice_is_the_one_in_its_place() -> None:
    labels = {**LABELS, "setting 1": [(9, 5), (1, 1), (0, 1)]}
    assert found(CELLS, labels) == (AS_MADE, set())


@pytest.mark.parametrize("setting", [1, 3])
def test_of_labels_that_stand_twice_the_one_counts_that_stands_as_those_around_it(
    setting: int,
) -> None:
    """On a sheet that has moved; its words are there, too, in other rows, and in other columns."""
    labels = {label: [(row + 7, column + 3)] for label, [(row, column)] in LABELS.items()}
    cells = {(row + 7, column + 3): cell for (row, column), cell in CELLS.items()}
    here = setting + 7
    others = [(here, column) for column in (1, 7, 8, 9, 12)]
    others += [(row, 4) for row in (1, 2, 3, 5, here + 8, here + 14)]
    labels[f"setting {setting}"] = [*others, (here, 4)]
    beside = {(row, column + 1): FIVE for row, column in others}
    places, (missing, *_), inserted = find_places(
        PLACED, labels, {**beside, **cells}, moved=7, has_gap=False, headed=set
    )
    assert (places[f"s{setting}"], missing, inserted) == ((here, 5), set(), Inserted())


def test_what_has_no_label_is_guessed_to_be_on_the_sheet() -> None:
    """Though all others moved up."""
    labels = {label: [(at[0] - 1, at[1])] for label, [at] in LABELS.items() if label != "setting 1"}
    cells = {(row - 1, column): cell for (row, column), cell in CELLS.items() if row > 1}
    places, missing = found(cells, labels)
    assert ("s1" in missing, places["s1"], places["s2"]) == (True, "B1", "B1")


@pytest.mark.parametrize("to", [(2, 20), (9, 1), (30, 1)])
def test_a_label_that_was_moved_away_from_its_cells_is_missing(to: Place) -> None:
    labels = {**LABELS, "setting 2": [to]}
    assert found(CELLS, labels) == (AS_MADE, {"s2", "m2"})
    # Though its message is gone, too.
    cells = {at: cell for at, cell in CELLS.items() if at != (2, 3)}
    assert found(cells, labels) == (AS_MADE, {"s2", "m2"})


def test_a_setting_that_was_moved_with_its_label_leaves_its_message() -> None:
    labels = {**LABELS, "setting 2": [(2, 20)]}
    cells = {at: cell for at, cell in CELLS.items() if at != (2, 2)} | {(2, 21): FIVE}
    assert found(cells, labels) == (AS_MADE | {"s2": "U2"}, set())
    # Both were moved where nothing is left.
    del cells[2, 3]
    assert found(cells, labels) == (AS_MADE | {"s2": "U2", "m2": "V2"}, set())


def test_an_empty_setting_below_a_row_of_somebody_else_is_where_its_label_is() -> None:
    """Others have moved as it has; or nothing of its own is where it should be."""
    labels = {label: [(row + (row > 2), 1)] for label, [(row, _)] in LABELS.items()}
    cells = {(row + (row > 2), column): cell for (row, column), cell in CELLS.items()}
    del cells[4, 2]
    expected = {
        each.name: a1(each.place[0] + (each.place[0] > 2), each.place[1]) for each in PLACED
    }
    assert found({**cells, (3, 2): FIVE}, labels) == (expected, set())
    # A label that stands there has its own cell.
    cells = {at: cell for at, cell in CELLS.items() if at[0] != 1}
    exchanged = {**LABELS, "setting 1": [(2, 1)], "setting 2": [(8, 1)]}
    assert found(cells, exchanged)[0]["s2"] == "B8"


NAMES = ["type", "number", "pods", "note", "step"]
COLUMNS = [
    Column(
        name=name,
        header=name,
        about=name,
        formula=None if name in NAMES[:2] else expression.number(1),
    )
    for name in NAMES
]


@pytest.mark.parametrize(
    ("columns", "filled", "away"),
    [
        ([1, 20, 3, 4, 5], {1, 2, 3, 5}, "number"),
        ([20, 2, 3, 4, 5], {1, 2, 3, 5}, "type"),
        ([4, 21, 6, 7, 8], {4, 5, 6, 8}, "number"),
        # Nothing is where it should be; or it stands with others; or has cells.
        ([1, 20, 3, 4, 5], {1, 3, 5}, None),
        ([1, 2, 3, 20, 5], {1, 2, 3, 5}, None),
        ([1, 2, 4, 5, 6], {1, 2, 3, 4, 6}, None),
        ([1, 20, 3, 4, 5], {1, 2, 3, 5, 20}, None),
        ([1, 3, 2, 4, 5], {1, 2, 5}, None),
        ([1, 20, 3, 4, 5], set(), None),
    ],
)
def test_a_header_that_was_moved_away_from_its_cells_is_none(
    columns: list[int], filled: set[int], away: str | None
) -> None:
    headers = dict(zip(NAMES, columns, strict=True))
    expected = {name: at for name, at in headers.items() if name != away}
    cells = {(8, column): Cell(1.0, None) for column in filled}
    assert find_columns(headers, COLUMNS, cells, 7, 0) == (expected, [])


@pytest.mark.parametrize(
    ("columns", "formulas", "last", "unheaded"),
    [
        ({"type": 1, "number": 2, "note": 4, "step": 5}, {3}, 0, {"pods": 3}),
        ({"type": 3, "step": 7}, {5, 6}, 0, {"pods": 5, "note": 6}),
        ({"type": 1, "number": 2, "pods": 3, "note": 4}, {5}, 5, {"step": 5}),
        # An input is whatever its header says; a column may have been deleted, or come in, or hold
        # what was typed; what is last may be anybody's, where no table says how far it goes.
        ({"type": 1, "pods": 3, "note": 4, "step": 5}, {2}, 5, {}),
        ({"type": 1, "number": 2, "note": 3, "step": 4}, {3}, 4, {}),
        ({"type": 1, "number": 2, "note": 5, "step": 6}, {3, 4}, 6, {}),
        ({"type": 1, "number": 2, "note": 4, "step": 5}, set(), 5, {}),
        ({"type": 1, "number": 2, "pods": 3, "note": 4}, {5}, 0, {}),
        ({"type": 1, "number": 2, "pods": 3, "note": 4}, {5}, 4, {}),
        ({"type": 1, "number": 2, "pods": 3, "note": 4}, {5}, 6, {}),
    ],
)
def test_a_column_of_formulas_between_others_stands_under_another_header(
    columns: dict[str, int], formulas: set[int], last: int, unheaded: dict[str, int]
) -> None:
    cells = {(9, column): Cell(1.0, None) for column in range(1, 9)}
    cells |= {(8, column): Cell(1.0, "1") for column in formulas}
    cells |= {(7, column): Cell("Other", None) for column in range(1, 9)}
    found, without = find_columns(columns, COLUMNS, cells, 7, last)
    assert found == columns | unheaded
    assert without == [*unheaded]
    assert [*found] == [each for each in NAMES if each in found]
