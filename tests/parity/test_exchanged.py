"""Words in each other's places: which of them are, and which only stand elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from calculator.model import get_model
from calculator.model.vpc_cni.settings import SETTINGS
from calculator.parity.exchanged import _chains
from tests.helpers import PLAN, Raw, content, found, report_of

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
    raw.put("WarmENI", "B8", 1.0, raw.formulas("WarmENI")["B8"] + "*0.5")
    assert [each for each in found(report_of(raw)) if each not in before] == [
        ("formula", "WarmENI!B8")
    ]


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
