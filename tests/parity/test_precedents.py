"""What formulas depend on, by what they say, and the ways to be wrong by itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from calculator.findings import Finding
from calculator.parity.precedents import Precedents, ways_of
from calculator.workbook.reading import PlanReading
from calculator.xlsx.cells import CellError
from tests.workbook.readings import raw_of, read

NOTHING: dict[Any, Any] = {"by_column": {}, "misnamed": {}, "below": (), "outside": {}}


@cache
def plan(*removed: str) -> PlanReading:
    """A plan of three rows, without some words."""
    raw = raw_of(rows=3)
    for where in removed:
        raw.put(*where.split("!"), None, None)
    return read(raw).plans[0]


def of(place: str, there: PlanReading | None = None, **more: Any) -> list[tuple[str, bool]]:
    there = there or plan()
    precedents = Precedents(there, **{**NOTHING, **more})
    declared, row = precedents.declared_at(place)
    assert declared is not None
    name = place.partition("!")[0]
    [sheet] = [each for each in there.sheets.values() if each.name == name]
    return [*precedents.of(sheet, declared, row)]


def with_layout(name: str, lost: str = "", **more: Any) -> PlanReading:
    """A plan on one of whose sheets a column is gone, or something else is elsewhere."""
    there = plan().sheets[name]
    columns = {each: at for each, at in there.layout.columns.items() if each != lost}
    layout = replace(there.layout, columns=columns, **more)
    return replace(plan(), sheets={**plan().sheets, name: replace(there, layout=layout)})


@pytest.mark.parametrize(
    ("place", "inputs", "others"),
    [
        ("WarmENI!B5", "Plan!B4", ""),
        ("WarmENI!B8", "", "WarmENI!I6 WarmENI!I7 WarmENI!I8"),
        ("WarmENI!B10", "", "WarmENI!B5 WarmENI!B8"),
        ("Plan!E5", "", "WarmENI!B8"),
        ("Settings!B40", "Settings!B10", "Settings!B38"),
        # Columns, in the same row; of another sheet by the number of the row.
        ("Groups!BB6", "Plan!B12", "Groups!AE6 Groups!C6"),
        ("WarmENI!D31", "", "WarmENI!Z31 Groups!AJ6"),
        # And the figures of all rows, of a sum.
        ("WarmENI!I22", "", "WarmENI!B19"),
        ("Plan!N7", "", "Plan!N6 Plan!N5"),
    ],
)
def test_what_formulas_refer_to(place: str, inputs: str, others: str) -> None:
    found = of(place)
    assert {at for at, is_input in found if is_input} == {*inputs.split()}
    assert {at for at, is_input in found if not is_input} == {*others.split()}


def test_inputs_below_the_table_and_rows_that_no_total_reaches() -> None:
    below = ["Plan!B14", "Plan!A40"]
    assert {(each, False) for each in below} <= {*of("Plan!N7", below=below)}
    outside = {("WarmENI", 33): "WarmENI!A33", ("WarmIP", 33): "WarmIP!A33"}
    assert ("WarmENI!A33", False) in of("WarmENI!B8", outside=outside)
    assert ("WarmIP!A33", False) not in of("WarmENI!B8", outside=outside)
    assert ("WarmENI!A33", False) not in of("WarmENI!D31", outside=outside)


def test_what_is_lost_or_misnamed_on_the_way() -> None:
    column = {("Groups", "Max ENIs"): "Groups!AJ6"}
    assert of("WarmENI!D31", misnamed={"Groups": "Groups!C4"})[0] == ("Groups!C4", False)
    pods = of("WarmENI!I22", by_column={("WarmENI", "Pods total"): "WarmENI!X31"})
    assert ("WarmENI!X31", False) in pods  # a sum is of all its rows
    lost = with_layout("Groups", "max_enis")
    assert of("WarmENI!D31", lost)[-1] == ("Groups", False)
    assert of("WarmENI!D31", lost, by_column=column)[-1] == ("Groups!AJ6", False)
    numberless = with_layout("WarmENI", "number")
    assert of("WarmENI!D31", numberless)[0] == ("WarmENI", False)
    label = plan("Plan!A12")
    assert ("Plan", False) in of("Groups!BB6", label)
    at_label = {("Plan", "DaemonSet pods"): "Plan!A12"}
    assert ("Plan!A12", False) in of("Groups!BB6", label, by_column=at_label)


def test_a_sheet_that_is_gone_is_named() -> None:
    sheets = {name: each for name, each in plan().sheets.items() if name != "WarmENI"}
    assert of("Plan!E5", replace(plan(), sheets=sheets)) == [("WarmENI", False)]


def test_rows_below_the_end_of_a_table() -> None:
    shorter = with_layout("Groups", table_last_row=6)
    beyond = ("Groups, below its rows", True)
    assert beyond not in of("WarmENI!D31", shorter)
    assert beyond in of("WarmENI!D32", shorter)


def test_all_that_formulas_depend_on() -> None:
    precedents = Precedents(plan(), **NOTHING)
    declared, row = precedents.declared_at("WarmENI!B10")
    assert declared is not None
    every = {*precedents.all_of(plan().sheets["WarmENI"], declared, row)}
    assert {"WarmENI!B5", "Plan!B4", "WarmENI!B8", "WarmENI!I6"} <= every
    assert "WarmENI!B10" not in every


@pytest.mark.parametrize(
    ("place", "name", "row"),
    [
        ("WarmENI!B10", "ips_remaining", None),
        ("WarmENI!D30", "max_enis", 30),
        ("Plan!A15", None, None),  # an input
        ("Nowhere!B10", None, None),
        ("WarmENI", None, None),
    ],
)
def test_what_stands_at_a_place(place: str, name: str | None, row: int | None) -> None:
    declared, at = Precedents(plan(), **NOTHING).declared_at(place)
    assert (declared and declared.name, at) == (name, row)


@pytest.mark.parametrize(
    ("found", "expected", "ways"),
    [
        (CellError("#NAME?"), 3.0, ["#NAME?"]),
        (1.5, 1.4999, ["rounded"]),
        (0, "#N/A", ["0 for an error"]),
        (0, 4.0, []),
        ("#N/A", CellError("#N/A"), ["a text for an error"]),
        (7.0, 4.0, []),
    ],
)
def test_ways_to_be_wrong(found: Any, expected: Any, ways: list[str]) -> None:
    assert ways_of(Finding("value", "Plan", "B5", None, found, "", expected)) == ways
