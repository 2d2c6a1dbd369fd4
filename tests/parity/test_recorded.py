"""What is recorded of formulas that differ: what of it is a finding of its own."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import pytest

from calculator.findings import Finding
from calculator.parity.recorded import Recorded
from calculator.workbook.reading import PlanReading
from calculator.xlsx.cells import CellError
from tests.helpers import PLAN, Raw, content
from tests.workbook.readings import read


@cache
def plan() -> PlanReading:
    """A plan of which nothing is recorded in two cells."""
    raw = Raw(content("vpc-cni", PLAN, 8))
    raw.put("WarmIP", "B8", None)
    raw.put("WarmIP", "B9", "")
    return read(raw).plans[0]


def typed(code: str, cell: str | None, found: float | str | None = None) -> Finding:
    return Finding(code, "WarmIP", cell, None, found, "")


def recorded(*findings: Finding, explained: Collection[str] = ()) -> Recorded:
    return Recorded(plan(), findings, [f"WarmIP!{cell}" for cell in explained])


EDITED, VALUE = typed("formula", "B4", "=1"), typed("value", "B4", 7.0)
ERROR = typed("value", "B4", CellError("#NAME?"))


def test_what_another_formula_or_none_gave_says_nothing_more() -> None:
    for said in (EDITED, typed("missing-formula", "B4")):
        alone = typed("value", "B5", 7.0)
        found = recorded(said, VALUE, alone)
        assert found.is_hidden(VALUE)
        assert not found.is_hidden(alone)
        assert not found.is_hidden(typed("recalculated", "B4", 7.0))
    # Of what was typed over a formula it tells whether it is wrong.
    assert not recorded(typed("formula", "B4", 7.0), VALUE).is_hidden(VALUE)


def test_what_a_formula_that_lost_what_it_names_did_not_give_is_a_finding() -> None:
    found = recorded(EDITED, VALUE, explained=["B4"])
    assert found.is_own(VALUE)
    assert not found.is_hidden(VALUE)
    assert not found.is_own(ERROR)
    assert not found.is_own(typed("recalculated", "B4", 7.0))
    assert not found.is_own(typed("value", "B5", 7.0))
    assert not recorded(EDITED, VALUE).is_own(VALUE)
    assert not recorded(VALUE, explained=["B4"]).is_own(VALUE)


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize(
    ("explained", "wrong", "is_own"),
    [
        (["B8", "B4"], [], False),  # as many that are empty
        (["B8", "B4", "B5"], [], True),
        (["B8", "B9", "B4", "B5"], ["B9"], False),
        (["B8", "B4", "B5", "I5"], ["B5"], True),
    ],
)
def test_nothing_is_a_finding_where_most_was_calculated(
    explained: list[str], wrong: list[str], nothing: str | None, *, is_own: bool
) -> None:
    empty = typed("value", "B8", nothing)
    edited = [typed("formula", cell, "=1") for cell in explained]
    others = [typed("value", cell, nothing if cell == "B9" else 7.0) for cell in wrong]
    assert recorded(*edited, empty, *others, explained=explained).is_own(empty) is is_own
    # An error came of what was lost: it was calculated since.
    found = recorded(*edited, empty, ERROR, explained=explained)
    assert not found.is_own(empty)


def test_what_makes_others_wrong() -> None:
    head, of_sheet = typed("head", "B4", "x"), typed("formula", None)
    found = recorded(EDITED, head, of_sheet)
    assert found.explaining(head) is head
    assert found.explaining(of_sheet) is of_sheet
    assert found.explaining(EDITED) is None  # whose value is right
    assert recorded(EDITED, VALUE).explaining(EDITED) is EDITED
    assert recorded(EDITED, VALUE, explained=["B4"]).explaining(EDITED) is VALUE
    first = typed("recalculated", "B4", 7.0)
    assert recorded(EDITED, first, VALUE, explained=["B4"]).explaining(EDITED) is EDITED
