"""What follows from what was found of data sheets."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from calculator import NodeGroup, Plan
from calculator.parity.data_causes import DataCauses
from calculator.xlsx.cells import CellError
from tests.helpers import FEW_TYPES, Raw, content, report_of
from tests.reports import finding
from tests.workbook.readings import reading_of

PLAN = Plan(node_groups=[NodeGroup("m5.large", 2, 9), NodeGroup("c5.large", 1, 5)])
LAST = [*FEW_TYPES][-1].instance_type


def book(model: str, *types: str) -> Raw:
    raw = Raw(content(model, PLAN, 4))
    for sheet in ("Plan",) if model == "vpc-cni" else ("WarmENI", "WarmIP"):
        for row, name in enumerate(types, 14 if model == "vpc-cni" else 23):
            raw.put(sheet, f"A{row}", name)
    return raw


def causes(raw: Raw) -> list[tuple[str, str | None]]:
    return [(each.code, each.place) for each in report_of(raw).findings if not each.because_of]


@pytest.mark.parametrize(
    ("model", "sheet"),
    [("vpc-cni", "InstanceTypes"), ("aws-sample", "maxENI"), ("aws-sample", "maxPods")],
)
def test_types_are_unknown_because_their_list_is_gone(model: str, sheet: str) -> None:
    raw = book(model)
    raw.remove(sheet)
    assert causes(raw) == [("missing-mode", sheet)]


def test_a_type_that_nobody_published_is_unknown_by_itself() -> None:
    raw = book("aws-sample", "m5.large", "m5.largo")
    raw.remove("maxENI")
    assert {*causes(raw)} == {
        ("missing-mode", "maxENI"),
        ("unknown-type", "WarmENI!A24"),
        ("unknown-type", "WarmIP!A24"),
    }


@pytest.mark.parametrize(("name", "is_told"), [(LAST, False), ("m5.largo", True)])
def test_behind_a_table_that_was_cut_a_type_that_nobody_published_is_told(
    name: str, is_told: bool
) -> None:
    raw = book("vpc-cni", "m5.large", name)
    [part] = raw.tables("InstanceTypes")
    table = raw.parts[part].decode()
    last = len(FEW_TYPES) + 1
    raw.parts[part] = re.sub(f'(?<=[A-Z]){last}(?=")', str(last - 1), table).encode()
    cut = "outside-the-table", f"InstanceTypes!A{last}"
    assert causes(raw) == [("unknown-type", "Plan!A15")] * is_told + [cut]


def test_a_type_of_ones_own_below_a_table_is_unknown_because_of_that() -> None:
    raw = book("vpc-cni", "m5.large", "acme.large")
    below = len(FEW_TYPES) + 2
    for column, value in zip("ABC", ("acme.large", 3.0, 10.0), strict=True):
        raw.put("InstanceTypes", f"{column}{below}", value)
    assert causes(raw) == [("outside-the-table", f"InstanceTypes!A{below}")]


@pytest.mark.parametrize(("recorded", "is_told"), [(CellError("#VALUE!"), False), (7.0, True)])
def test_an_error_of_a_look_up_follows_from_a_header_that_was_typed_over(
    recorded: object, is_told: bool
) -> None:
    raw = Raw(content("vpc-cni", PLAN, 4))
    raw.type_over_header("InstanceTypes", "B1", "InstanceTypes", "max ENIs", "cards")
    raw.put("Groups", "AJ5", recorded)
    found = {at for code, at in causes(raw) if code == "value"}
    assert found == ({"Groups!AJ5"} if is_told else set())


def test_another_input_of_the_row_of_a_type_is_a_fault_of_its_own() -> None:
    raw = book("aws-sample")
    raw.remove("maxENI")
    raw.put("WarmENI", "B24", "three")
    assert {*causes(raw)} == {("missing-mode", "maxENI"), ("not-a-number", "WarmENI!B24")}


@pytest.mark.parametrize(
    ("code", "cells", "explains"),
    [
        *(("figure", 0, True), ("outside-the-table", 0, True), ("moved-rows", 0, True)),
        *(("name", 1, True), ("name", 0, False), ("head", 1, False)),
    ],
)
def test_what_was_found_of_a_data_sheet_first_explains_what_looks_there(
    code: str, cells: int, explains: bool
) -> None:
    book = reading_of("aws-sample")
    first = finding(code, "maxENI!B5", cells=cells)
    second, of_a_plan = replace(first, cell="B9"), replace(first, sheet="WarmENI")
    causes = DataCauses(book.plans[0], [first, second, of_a_plan], book.geometry)
    for formula in ("MATCH(A24,Table1[Type],0)", "INDEX(maxENI!$B:$B,7)"):
        assert causes.looked_up(formula) is (first if explains else None)
        of_error = causes.looked_up(formula, is_error=True)
        assert of_error is (first if explains or code == "head" else None)
    for formula in ("SUM(Table2[])", "CidrData!$A$1"):
        assert causes.looked_up(formula) is None
    for is_error in (False, True):
        found = causes.looked_up("WarmENI!$A$1", is_error=is_error)
        assert (found is of_a_plan) is (code == "figure")


@pytest.mark.parametrize(
    ("name", "is_told"),
    [("Ours.large", False), ("m5.large", False), ("mine.large", True), ("c7i.large", True)],
)
def test_which_types_a_list_that_was_cut_lacks(name: str, *, is_told: bool) -> None:
    """Those published in the model's time, and those below it; not those below a node table."""
    book = reading_of("aws-sample")
    cut = [
        finding("outside-the-table", "maxENI!A9", found="ours.large"),
        finding("outside-the-table", "WarmENI!A40", found="mine.large"),
    ]
    causes = DataCauses(book.plans[0], cut, book.geometry)
    unknown = finding("unknown-type", "WarmENI!A24", found=name)
    assert causes.of_type(unknown) == (None if is_told else "maxENI!A9")


def test_what_looks_in_one_of_several_tables_of_a_sheet_looks_there() -> None:
    book, found = reading_of(), finding("figure", "Tables!C5")
    causes = DataCauses(book.plans[0], [found], book.geometry)
    assert causes.looked_up("SUM(SubnetSizes[/28 blocks])") is found
    assert causes.looked_up("SUM(Messages[code])") is found
    lost = replace(found, code="missing-mode", cell=None)
    causes = DataCauses(book.plans[0], [lost], book.geometry)
    assert causes.missing("SUM(Messages[code])") == "Tables"
    assert causes.missing("SUM(InstanceTypes[max ENIs])") is None
