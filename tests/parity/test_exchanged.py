"""Words in each other's places: which of them are, and which only stand elsewhere."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from calculator.findings import Finding
from calculator.model import get_model
from calculator.model.vpc_cni.settings import SETTINGS
from calculator.parity.exchanged import Exchanged, _chains, exchanged, exchanged_headers
from calculator.parity.moved import Line, Moved
from tests.helpers import PLAN, Raw, content, found, report_of
from tests.workbook.readings import read, reading_of

Place = tuple[int, int]
A, B, C, D = ((row, 1) for row in range(1, 5))


@pytest.mark.parametrize(
    ("homes", "chains"),
    [
        ({A: A, B: B}, []),
        ({A: B, B: A, C: C}, [[A, B]]),
        ({A: B, B: C, C: A}, [[A, B, C]]),
        ({A: B, B: A, C: D, D: C}, [[A, B], [C, D]]),
        ({A: B, B: C}, [[A, B]]),  # moved down, and not exchanged
        ({A: C, B: C, C: A}, [[A, C], [B]]),  # two that stand in one place are none of a ring
        ({A: D, B: C, C: B}, [[A], [B, C]]),
    ],
)
def test_chains(homes: dict[Place, Place], chains: list[list[Place]]) -> None:
    assert [*_chains(homes)] == chains


def words_of(model: str, sheet: str, cell: str) -> str:
    placed = get_model(model).sheet(sheet).placed
    return next(each.label for each in placed if each.label_cell == cell)


# --- what has nothing to do with it ---------------------------------------------------------------


def test_a_fault_in_another_row_follows_from_no_words() -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    (one, first), (other, second) = (
        (each.label_cell, each.label) for each in SETTINGS.settings[:2]
    )
    raw.put("Settings", one, second, None)
    raw.put("Settings", other, first, None)
    before = found(report_of(raw))
    assert before == [("head", f"Settings!{other}")]  # with what else may be typed beside them
    last = SETTINGS.settings[-1].cell
    raw.put("Settings", last, "perhaps", None)
    assert [each for each in found(report_of(raw)) if each not in before] == [
        ("not-a-number", f"Settings!{last}")
    ]


def test_a_formula_that_was_edited_follows_from_no_names_of_tables() -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    for name, part in raw.parts.items():
        if name.startswith("xl/tables/"):
            names = {b'ame="WarmENI"': b'ame="WarmIP"', b'ame="WarmIP"': b'ame="WarmENI"'}
            for old, new in names.items():
                if old in part:
                    raw.parts[name] = part.replace(old, new)
    before = found(report_of(raw))
    assert before == [("name", "WarmENI")]
    raw.put("WarmENI", "B8", 1.0, raw.formulas("WarmENI")["B8"] + "*0.5")
    assert [each for each in found(report_of(raw)) if each not in before] == [
        ("formula", "WarmENI!B8")
    ]


def test_words_that_were_exchanged_below_rows_that_were_inserted() -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    raw.insert("Settings", before="A2", rows=2)
    raw.put("Settings", "A20", "NAT gateways", None)
    raw.put("Settings", "A21", "Interface VPC endpoints", None)
    assert found(report_of(raw)) == [("head", "Settings!A21")]


@cache
def of_endpoints() -> Exchanged:
    """Interface endpoints in row 19 of Settings, and NAT gateways in row 18."""
    raw = Raw(content("vpc-cni", PLAN, 8))
    raw.put("Settings", "A18", "NAT gateways", None)
    raw.put("Settings", "A19", "Interface VPC endpoints", None)
    reading = read(raw)
    [one] = exchanged(reading.plans[0], reading.geometry)
    return one


@pytest.mark.parametrize(
    ("code", "place", "is_so"),
    [
        ("not-a-number", "Settings!B18", True),
        ("not-a-number", "Settings!B17", False),
        ("not-a-number", "Settings!D18", False),
        ("not-a-number", "Plan!B18", False),
        ("validation", "Settings!B19", True),
        ("validation", "Settings!B17", False),
        ("head", "Settings!D18", True),
        ("head", "Settings!D17", False),
        ("head", "Plan!A18", False),
        ("reworded", "Settings!F18", True),
        ("reworded", "Settings!F17", False),
        ("unseen", "Settings!B18", False),
        ("head", "Settings", False),
    ],
)
def test_what_is_said_of_the_rows_of_words_that_were_exchanged(
    code: str, place: str, *, is_so: bool
) -> None:
    sheet, _, cell = place.partition("!")
    assert of_endpoints().concerns(Finding(code, sheet, cell or None, None, None, "")) is is_so


@pytest.mark.parametrize(
    ("place", "found", "expected", "is_so"),
    [
        ("Plan!X5", "=Settings!$B$18", "=Settings!$B$19", True),
        ("Plan!X5", "=Settings!$B$18+Settings!$B$19", "=Settings!$B$19+Settings!$B$18", True),
        ("Plan!X5", "=Settings!$B$18+Settings!$B$7", "=Settings!$B$19+Settings!$B$8", False),
        ("Plan!X5", "=Settings!$B$19", "=Settings!$B$20", False),
        ("Plan!X5", "=Plan!$B$18", "=Plan!$B$19", False),
        ("Plan!X5", "=1", "=2", False),
        ("Plan!X5", 7.0, "=Settings!$B$19", False),
        ("Settings!B18", "=1", "=2", False),
        ("Settings!D18", "=1", "=2", False),
        ("Settings!B18", "=SUM(Ours[Pods])", "=2", False),
    ],
)
def test_formulas_that_take_one_for_the_other(
    place: str, found: float | str, expected: str, *, is_so: bool
) -> None:
    sheet, _, cell = place.partition("!")
    finding = Finding("formula", sheet, cell, None, found, "", expected)
    assert of_endpoints().concerns(finding) is is_so


@pytest.mark.parametrize(
    ("rings", "told"),
    [
        (["AB"], 1),
        (["AB", "CD"], 2),
        (["AB", "CD", "EF"], 1),
        (["ABC"], 1),
        (["ABC", "DE"], 1),
    ],
)
def test_pairs_are_told_apart_and_what_was_sorted_as_one(rings: list[str], told: int) -> None:
    """Of the words of six constants, each in the place of the next of its ring."""
    book = reading_of()
    [plan] = book.plans
    sheet = plan.sheets["Settings"]
    names = dict(zip("ABCDEF", (each.name for each in sheet.layout.sheet.constants), strict=False))
    after = {
        one: other for ring in rings for one, other in zip(ring, ring[1:] + ring[0], strict=True)
    }
    places = sheet.layout.places | {
        names[one]: sheet.layout.places[names[other]] for one, other in after.items()
    }
    moved = replace(sheet, layout=replace(sheet.layout, places=places))
    found = [*exchanged(replace(plan, sheets={"Settings": moved}), book.geometry)]
    assert len(found) == told
    assert sum(len(ring) for each in found for ring in each.rings) == len(after)


@pytest.mark.parametrize(("cells", "is_so"), [("B18 B19", True), ("B18 B20", False)])
def test_a_chart_that_begins_at_both_cells(cells: str, *, is_so: bool) -> None:
    said = ", ".join(f"Settings!{each}:B99" for each in cells.split())
    assert of_endpoints().concerns(Finding("chart", "Chart", None, None, None, said)) is is_so


@pytest.mark.parametrize(
    ("first", "second", "sheet", "is_told"),
    [
        ((2, 1), (3, -1), "InstanceTypes", True),
        ((2, 2), (4, -2), "InstanceTypes", True),
        ((3, -1), (2, 1), "InstanceTypes", True),
        ((2, 1), (3, 1), "InstanceTypes", False),
        ((2, 2), (3, -2), "InstanceTypes", False),
        ((11, 1), (12, -1), "InstanceTypes", False),  # beyond the table
        ((2, 1), (3, -1), "WarmIP", False),  # where words are ours
    ],
)
def test_headers_in_each_others_places_by_the_formulas_that_look_there(
    first: tuple[int, int], second: tuple[int, int], sheet: str, *, is_told: bool
) -> None:
    book = reading_of()
    moved = [
        Moved(Line(sheet.casefold(), 1, number), off, (f"Groups!A{number}",))
        for number, off in (first, second)
    ]
    plain = [replace(each, header_row=0) for each in book.geometry.tables_of(sheet)]
    for geometry in (book.geometry, book.geometry.with_tables(plain)):
        found = [*exchanged_headers(moved, geometry, book.plans[0])]
        assert [(each.cell, each.headers[0], {*each.places}) for each in found] == (
            [("B1", "max ENIs", {f"Groups!A{number}" for number, _ in (first, second)})] * is_told
        )
    rows = [each._replace(first=each.first._replace(axis=0)) for each in moved]
    elsewhere = [moved[0], moved[1]._replace(first=Line("tables", 1, second[0]))]
    for others in (rows, elsewhere, [moved[0], rows[1]]):
        assert [*exchanged_headers(others, book.geometry, book.plans[0])] == []


@pytest.mark.parametrize(
    ("cell", "what"),
    [("G5", {"formula": "WarmENI!$I$18"}), ("E5", {"value": 1.0, "formula": None})],
)
def test_what_was_done_in_the_row_of_words_is_a_finding_of_its_own(
    cell: str, what: dict[str, Any]
) -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    for label, words in (("K5", "Inputs below it"), ("K7", "Rows to correct")):
        raw.put("Plan", label, words, None)
    before = [each for each in report_of(raw).findings if not each.because_of]
    assert [each.code for each in before] == ["head"]
    raw.put("Plan", cell, **what)
    after = [each.place for each in report_of(raw).findings if not each.because_of]
    assert sorted(map(str, after)) == sorted([str(before[0].place), f"Plan!{cell}"])


@pytest.mark.parametrize(
    ("model", "sheet", "labels", "edit"),
    [
        ("vpc-cni", "WarmENI", ("A8", "A9"), ("B8", "1+1")),
        ("vpc-cni", "WarmENI", ("A8", "A9"), ("B9", "SUMPRODUCT(WarmENI[IPs total])")),
        ("aws-sample", "WarmENI", ("A8", "A9"), ("B9", "1+1")),
        ("vpc-cni", "WarmENI", ("A8", "A9"), ("B10", "B6-B8")),
        ("vpc-cni", "Settings", ("A16", "A17"), ("C16", 'IF(B17>0,"","enter")')),
    ],
)
def test_a_formula_in_the_place_of_another_follows_where_it_is_that_one(
    model: str, sheet: str, labels: tuple[str, str], edit: tuple[str, str]
) -> None:
    raw = Raw(content(model, PLAN, 8))
    cell, formula = edit
    assert formula != raw.formulas(sheet)[cell]
    words = [words_of(model, sheet, each) for each in labels]
    for label, text in zip(labels, words[::-1], strict=True):
        raw.put(sheet, label, text, None)
    before = found(report_of(raw))
    assert [code for code, _ in before if code != "value"] == ["head"]
    raw.put(sheet, cell, 2.0, formula)
    assert ("formula", f"{sheet}!{cell}") in found(report_of(raw))


def test_heads_of_other_rows_follow_from_no_words() -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    for label, other in (("A16", "A17"), ("A17", "A16")):
        raw.put("Settings", label, words_of("vpc-cni", "Settings", other))
    raw.put("Settings", "E5", "Karpenter")
    assert ("head", "Settings!E5") in found(report_of(raw))
