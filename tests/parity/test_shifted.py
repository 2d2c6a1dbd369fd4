"""Cells that were inserted or deleted alone, as spreadsheet programs do it with a click."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from calculator.findings import Finding
from calculator.parity.shifted import Shifted, _belonging, _first_label, _way, shifted
from calculator.xlsx.cells import Cell, CellError
from calculator.xlsx.formula import skeleton
from calculator.xlsx.reference import a1, place
from tests.helpers import PLAN, Raw, content, report_of
from tests.workbook.readings import read, reading_of

READING = reading_of(rows=3)


def book(model: str = "vpc-cni") -> Raw:
    return Raw(content(model, PLAN, 8))


def shift(raw: Raw, model: str, sheet: str, cell: str, last: str, by: int) -> None:
    """Move the cells from one to another, down or aside, and what refers to them."""
    (top, left), (bottom, right) = place(cell), place(last)
    file = BytesIO(content(model, PLAN, 8))
    values = openpyxl.load_workbook(file, data_only=True)[sheet]
    formulas = raw.formulas(sheet)
    down = left == right
    cells = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    for row, column in cells:
        raw.put(sheet, a1(row, column), None, None)
    for row, column in cells:
        to = (row + by, column) if down else (row, column + by)
        value = values.cell(row, column).value
        raw.put(sheet, a1(*to), value, formulas.get(a1(row, column)))

    def moved(match: re.Match[str]) -> str:
        row, column = place(match[2] + match[3])
        if (row, column) not in cells:
            return match[0]
        to = a1(row + by, column, absolute=True) if down else a1(row, column + by, absolute=True)
        return f"{match[1]}{to}"

    for name in raw.sheets:
        for at, formula in raw.formulas(name).items():
            if f"{sheet}!$" in formula:
                text = re.sub(rf"({sheet}!)\$([A-Z]+)\$([0-9]+)", moved, formula)
                raw.put(name, at, formula=text)


def causes(raw: Raw) -> list[tuple[str, str | None]]:
    return [(each.code, each.place) for each in report_of(raw).findings if not each.because_of]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "sheet", "cell", "last", "by", "expected"),
    [
        ("vpc-cni", "Settings", "B20", "B70", 1, ("moved-rows", "Settings!B20")),
        ("vpc-cni", "Settings", "B50", "B70", 2, ("moved-rows", "Settings!B50")),
        ("vpc-cni", "WarmENI", "B8", "B26", 1, ("moved-rows", "WarmENI!B8")),
        ("vpc-cni", "WarmENI", "I19", "I27", -1, ("moved-rows", "WarmENI!I18")),
        ("aws-sample", "WarmENI", "D23", "O23", 1, ("moved-columns", "WarmENI!D23")),
    ],
)
def test_cells_that_moved_without_their_labels_are_one_finding(
    model: str, sheet: str, cell: str, last: str, by: int, expected: tuple[str, str]
) -> None:
    raw = book(model)
    shift(raw, model, sheet, cell, last, by)
    assert causes(raw) == [expected]


def test_what_happened_is_told() -> None:
    raw = book()
    shift(raw, "vpc-cni", "Settings", "B50", "B70", 2)
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert cause.message == (
        "2 cells were inserted here, and what stood below moved down without what it belongs to; "
        "take that back, or convert the workbook"
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("cell", "last", "by", "told", "done"),
    [
        ("A20", "A71", 1, "A20", "a cell was inserted here, and the labels below moved down"),
        ("A21", "A71", -1, "A20", "a cell was deleted here, and the labels below moved up"),
    ],
)
def test_labels_that_moved_without_their_cells_are_one_finding(
    cell: str, last: str, by: int, told: str, done: str
) -> None:
    raw = book()
    shift(raw, "vpc-cni", "Settings", cell, last, by)
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert (cause.code, cause.place) == ("moved-rows", f"Settings!{told}")
    assert cause.message == f"{done} without what they belong to; take that back"


def test_cells_below_a_row_that_was_inserted_moved_without_their_labels() -> None:
    raw = book()
    raw.insert("Settings", before="A20", rows=1)
    shift(raw, "vpc-cni", "Settings", "B51", "B71", 0)  # as before the row was inserted
    assert ("moved-rows", "Settings!B51") in causes(raw)


def test_what_was_edited_elsewhere_is_a_finding_of_its_own() -> None:
    raw = book()
    shift(raw, "vpc-cni", "WarmENI", "B8", "B26", 1)
    raw.put("WarmENI", "I7", formula="B5-I6")
    raw.put("Plan", "G6", formula="WarmIP!$I$18")
    assert {*causes(raw)} == {
        *(("moved-rows", "WarmENI!B8"), ("formula", "WarmENI!I7"), ("formula", "Plan!G6"))
    }


def test_cells_that_were_edited_below_each_other_did_not_move() -> None:
    raw = book()
    for number, row in enumerate((50, 51, 52, 53)):
        raw.put("Settings", f"B{row}", 1000.0 + number)
    assert [code for code, _ in causes(raw)] == ["constant"] * 4


def test_cells_of_which_some_hold_what_belongs_above_did_not_move() -> None:
    raw = book()
    recorded = openpyxl.load_workbook(BytesIO(content("vpc-cni", PLAN, 8)), data_only=True)
    for row in (51, 52, 53):
        raw.put("Settings", f"B{row}", recorded["Settings"][f"B{row - 1}"].value)
    for row in (57, 59, 61, 63, 65):
        raw.put("Settings", f"B{row}", 1000.0 + row)
    assert [code for code, _ in causes(raw)] == ["constant"] * 8


def test_what_was_edited_above_is_a_finding_of_its_own() -> None:
    raw = book()
    raw.put("WarmENI", "B5", formula="1+1")
    alone = causes(raw)
    shift(raw, "vpc-cni", "WarmENI", "B8", "B26", 1)
    assert {*causes(raw)} == {*alone, ("moved-rows", "WarmENI!B8")}


@pytest.mark.parametrize(
    ("cell", "what", "code"),
    [
        ("I20", {"value": 5.0, "formula": None}, "formula"),
        ("I17", {"formula": "(X17-Q20)+100"}, "formula"),
    ],
)
def test_what_moved_and_was_edited_is_a_finding_of_its_own(
    cell: str, what: dict[str, Any], code: str
) -> None:
    raw = book()
    shift(raw, "vpc-cni", "WarmENI", "I9", "I27", 1)
    raw.put("WarmENI", cell, **what)
    assert {*causes(raw)} == {("moved-rows", "WarmENI!I9"), (code, f"WarmENI!{cell}")}


@pytest.mark.parametrize(
    ("cell", "what", "code"),
    [
        ("B31", {"value": 99.0, "formula": None}, "formula"),
        ("B31", {"formula": "5*1"}, "formula"),
        ("B31", {"value": None, "formula": None}, "missing-formula"),
    ],
)
def test_what_a_shift_does_not_make_is_a_finding_of_its_own(
    cell: str, what: dict[str, Any], code: str
) -> None:
    raw = book()
    shift(raw, "vpc-cni", "WarmENI", "B8", "B26", 1)
    raw.put("WarmENI", cell, **what)
    assert {*causes(raw)} == {("moved-rows", "WarmENI!B8"), (code, f"WarmENI!{cell}")}


@pytest.mark.thorough
def test_a_rule_that_no_shift_makes_is_a_finding_of_its_own() -> None:
    raw = book()
    shift(raw, "vpc-cni", "WarmENI", "B8", "B26", 1)
    raw.replace("WarmENI", "$B$22", "$B$23")  # as rules follow the cell
    assert causes(raw) == [("moved-rows", "WarmENI!B8")]
    of_title = '<conditionalFormatting sqref="B2:F2"><cfRule type="expression" dxfId="1" '
    always = f'{of_title} priority="999"><formula>TRUE</formula></cfRule></conditionalFormatting>'
    raw.replace("WarmENI", of_title, always + of_title)
    first, second = (each for each in report_of(raw).findings if not each.because_of)
    assert (first.code, first.place) == ("moved-rows", "WarmENI!B8")
    assert (second.code, second.place) == ("conditional-format", "WarmENI!B2")
    assert second.message == (
        "a rule of conditional formatting (=TRUE) can colour it green, whatever the verdict is; "
        "so can 1 more rule"
    )


def test_what_referred_to_a_cell_that_was_deleted_follows_from_that() -> None:
    raw = book()
    shift(raw, "vpc-cni", "WarmENI", "I19", "I27", -1)
    raw.put("Plan", "F5", CellError("#REF!"), "#REF!")
    assert causes(raw) == [("moved-rows", "WarmENI!I18")]


# --- by what cells hold ---------------------------------------------------------------------------

BELONGS: dict[int, float | set[tuple[str, ...] | None]] = {
    **{row: 10.0 * row for row in range(1, 5)},
    5: {skeleton("A1+B1")},
}


def way(held: dict[int, object], wrong: set[int], axis: int = 0) -> object:
    """What is said of the cells of a column, or a row, where a text is a formula."""
    cells = {
        (2, at) if axis else (at, 2): Cell(1.0, each) if isinstance(each, str) else Cell(each, None)
        for at, each in held.items()
    }
    return _way(cells, BELONGS, wrong, axis, 2)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(
    ("held", "wrong", "expected"),
    [
        ({1: 10.0, 3: 20.0, 4: 30.0, 5: 40.0, 6: "C1+D1"}, {2, 3, 4, 5}, (1, 1, set())),
        ({2: 10.0, 3: 20.0, 4: 30.0, 5: 40.0, 6: "C1+D1"}, {1, 2, 3, 4, 5}, (1, 0, set())),
        ({1: 10.0, 4: 20.0, 5: 30.0, 6: 40.0, 7: "A1+B1"}, {2, 3, 4, 5}, (2, 1, set())),
        ({1: 10.0, 5: 20.0, 6: 30.0, 7: 40.0, 8: "A1+B1"}, {2, 3, 4, 5}, (3, 1, set())),
        ({1: 10.0, 6: 20.0, 7: 30.0, 8: 40.0, 9: "A1+B1"}, {2, 3, 4, 5}, None),  # too far
        ({1: 10.0, 2: 30.0, 3: 40.0, 4: "A1+B1"}, {2, 3, 4, 5}, (-1, 1, {1})),
        # One that was typed since, or edited.
        ({1: 10.0, 3: 20.0, 4: 99.0, 5: 40.0, 6: "A1+B1"}, {2, 3, 4, 5}, (1, 1, {4})),
        ({1: 10.0, 3: 20.0, 4: 30.0, 5: 40.0, 6: "A1*B1"}, {2, 3, 4, 5}, (1, 1, {6})),
        ({1: 10.0, 3: 20.0, 4: 30.0, 5: "40+0", 6: "A1+B1"}, {2, 3, 4, 5}, (1, 1, {5})),
        ({1: 10.0, 3: 20.0, 4: 30.0, 5: 40.0, 6: 1.0}, {2, 3, 4, 5}, (1, 1, {6})),
        ({1: 10.0, 3: 20.0, 4: 99.0, 5: 99.0, 6: "A1+B1"}, {2, 3, 4, 5}, None),
        ({1: 10.0, 3: 20.0, 4: 99.0, 5: 40.0, 6: 1.0}, {2, 3, 4, 5}, None),
        ({1: 10.0, 2: 20.0, 4: 30.0, 5: 40.0}, {3, 4}, None),  # of which few tell
        ({1: 10.0, 2: 20.0, 4: 30.0, 5: 40.0, 6: "A1+B1"}, {3, 4, 5}, (1, 2, set())),
    ],
)
def test_by_how_far_cells_moved(
    held: dict[int, object], wrong: set[int], expected: tuple[int, int, set[int]] | None, axis: int
) -> None:
    assert way(held, wrong, axis) == expected


@pytest.mark.parametrize("by", [1, 2, 3, 4])
def test_three_cells_at_most_were_deleted(by: int) -> None:
    """Of those in rows 1 to 19, below the first."""
    belongs = {row: 10.0 * row for row in range(1, 20)}
    left = {row - by: 10.0 * row for row in range(2 + by, 20)}
    cells = {(row, 2): Cell(value, None) for row, value in {1: 10.0, **left}.items()}
    found = _way(cells, belongs, {*range(2, 20)}, 0, 2)
    assert (found and found[:2]) == ((-by, 1) if by < 4 else None)


def test_cells_that_are_alike_tell_nothing() -> None:
    cells = {(row, 2): Cell(7.0, None) for row in range(2, 8)}
    assert _way(cells, dict.fromkeys(range(1, 7), 7.0), {1, 2, 3, 4, 5}, 0, 2) is None


@pytest.mark.parametrize(
    ("code", "place", "found", "expected", "told"),
    [
        ("constant", "WarmIP!B5", 1.0, None, "down up"),
        ("constant", "WarmIP!B4", 1.0, None, ""),
        ("constant", "WarmIP!C5", 1.0, None, ""),
        ("constant", "WarmIP!B8", 1.0, None, ""),  # which is another
        ("unseen", "WarmIP!B6:C9", None, None, "down up"),
        ("constant", "Prefix!B5", 1.0, None, ""),
        ("conditional-format", "WarmIP!D1", None, None, "down up"),
        ("conditional-format", "Prefix!B5", None, None, ""),
        ("formula", "WarmIP!X5", "=1+#REF!", "=1+I9", "up"),
        ("formula", "Plan!X5", "=1+WarmIP!#REF!", "=1+WarmIP!$B$9", "up"),
        ("formula", "Plan!X5", "=2+WarmIP!#REF!", "=1+WarmIP!$B$9", ""),
        ("formula", "Plan!X5", "=1+#REF!", "=1+Prefix!$B$9", ""),
        ("formula", "Plan!X5", "=WarmIP!$B$10", "=WarmIP!$B$9", "down"),
        ("formula", "Plan!X5", "=WarmIP!$B$8", "=WarmIP!$B$9", "up"),
        ("formula", "Plan!X5", "=WarmIP!$B$11", "=WarmIP!$B$9", ""),
        ("formula", "Plan!X5", "=WarmIP!$C$10", "=WarmIP!$C$9", ""),
        ("formula", "Plan!X5", "=Prefix!$B$10", "=Prefix!$B$9", ""),
        ("formula", "Plan!X5", "=WarmIP!$B$10+Prefix!$B$10", "=WarmIP!$B$9+Prefix!$B$9", ""),
        ("formula", "Plan!X5", "=1", "=2", ""),
        ("formula", "Plan!X5", 7.0, "=2", ""),
    ],
)
def test_what_concerns_cells_that_moved(
    code: str, place: str, found: float | str | None, expected: str | None, told: str
) -> None:
    """Those of column B from row 5 on, a row down or up; of columns the same holds of row 2."""
    sheet, _, cell = place.partition("!")
    finding = Finding(code, sheet, cell, None, found, "", expected)
    [plan] = READING.plans
    for by, way in ((1, "down"), (-1, "up")):
        there = Shifted(plan.sheets["WarmIP"], 0, 2, 5, by, frozenset([8]), READING.geometry)
        assert there.concerns(finding) is (way in told)


def test_spare_rows_of_aws_sample_have_formulas_of_their_own() -> None:
    sheet = reading_of("aws-sample").plans[0].sheets["WarmENI"]
    of_row = _belonging(sheet)[23, 4]
    assert isinstance(of_row, frozenset)
    assert len(of_row) == 2


def test_what_is_said_of_a_whole_sheet_tells_of_no_cells() -> None:
    [plan] = READING.plans
    lost = [Finding("missing-result", "WarmIP", None, None, None, "")] * 4
    assert [*shifted(plan, lost, READING.geometry)] == []


OF_B9 = f"={READING.plans[0].sheets['WarmIP'].layout.formula('pods_hosted')}"


@pytest.mark.parametrize(
    ("code", "place", "found", "is_so"),
    [
        *(("head", "B5", None, True), ("head", "B4", None, False)),
        *(("formula", "B10", OF_B9, True), ("formula", "B10", "=B7-B9", False)),
        *(("formula", "B6", 7.0, False), ("not-a-number", "B6", "x", False)),
    ],
)
def test_what_concerns_labels_that_moved(
    code: str, place: str, found: float | str | None, is_so: bool
) -> None:
    """What is beside them and below, but not what somebody typed."""
    [plan] = READING.plans
    there = Shifted(plan.sheets["WarmIP"], 0, 1, 5, 1, frozenset(), READING.geometry, labels=(5, 1))
    for sheet in ("WarmIP", "Prefix"):
        finding = Finding(code, sheet, place, None, found, "", "=2")
        assert there.concerns(finding) is (is_so and sheet == "WarmIP")


@pytest.mark.parametrize(("code", "is_told"), [("value", True), ("hidden", True), ("name", False)])
def test_values_of_old_and_looks_tell_of_no_cells_that_stayed(code: str, *, is_told: bool) -> None:
    raw = book()
    shift(raw, "vpc-cni", "WarmENI", "I19", "I27", -1)
    reading = read(raw)
    moved, stayed = (
        [Finding(code, "WarmENI", f"I{row}", None, None, "") for row in rows]
        for code, rows in (("formula", range(18, 28)), (code, range(5, 17)))
    )
    told = [*shifted(reading.plans[0], moved + stayed, reading.geometry)]
    assert [(each.first, each.by) for each in told] == [(18, -1)] * is_told


@pytest.mark.parametrize("by", [1, -1, 2])
@pytest.mark.parametrize("axis", [0, 1])
def test_the_first_label_that_moved_by_as_many_as_cells_seem_to_have(by: int, axis: int) -> None:
    """Of row 5 of sheet Plan, with labels from D4 on, and of column B, with labels from A4 on."""
    layout = READING.plans[0].sheets["Plan"].layout
    line = (2, 5)[axis]
    away = {
        name: (row, column + 1) if axis else (row + 1, column)
        for name, (row, column) in layout.places.items()
        if (row, column)[1 - axis] == line
    }
    moved = replace(layout, places={**layout.places, **away})
    assert _first_label(layout, axis, line, by) is None
    assert _first_label(moved, axis, line, by) == (((4, 1), (4, 4))[axis] if by == -1 else None)


def test_what_concerns_cells_of_a_row() -> None:
    [plan] = READING.plans
    there = Shifted(plan.sheets["WarmIP"], 1, 2, 5, 1, frozenset(), READING.geometry)
    for cell, is_so in (("E2", True), ("D2", False), ("E3", False)):
        finding = Finding("constant", "WarmIP", cell, None, 1.0, "")
        assert there.concerns(finding) is is_so
    for found, is_so in (("G", True), ("H", False)):
        formula = "formula", "Plan", "X5", None, f"=WarmIP!${found}$2", "", "=WarmIP!$F$2"
        assert there.concerns(Finding(*formula)) is is_so
    for by, words in (
        (1, "a cell was inserted here, and what stood to the right moved to the right without"),
        (-2, "2 cells were deleted here, and what stood to the right moved to the left without"),
    ):
        said = there._replace(by=by).finding()
        assert (said.code, said.place) == ("moved-columns", "WarmIP!E2")
        assert said.message.startswith(words)
    up = there._replace(axis=0, by=-1).finding()
    assert (up.code, up.place) == ("moved-rows", "WarmIP!B5")
    assert up.message.startswith("a cell was deleted here, and what stood below moved up without")
