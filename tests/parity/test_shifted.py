"""Cells that were inserted or deleted alone, as spreadsheet programs do it with a click."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1, place
from tests.helpers import PLAN, Raw, content, report_of


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


def test_what_referred_to_a_cell_that_was_deleted_follows_from_that() -> None:
    raw = book()
    shift(raw, "vpc-cni", "WarmENI", "I19", "I27", -1)
    raw.put("Plan", "F5", CellError("#REF!"), "#REF!")
    assert causes(raw) == [("moved-rows", "WarmENI!I18")]
