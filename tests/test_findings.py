"""Findings, and the codes that each of them has one of."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from pathlib import Path

import pytest

import calculator
from calculator.findings import CODES, SEVERITIES, Finding
from tests.reports import finding

FINDING = Finding(
    "not-a-number", "Plan", "B15", "# of Instances", "three", 'found "three"; a whole number'
)


def test_a_code_has_its_severity_and_advice() -> None:
    assert {each.severity for each in CODES.values()} == {*SEVERITIES}
    for name, code in CODES.items():
        assert code.code == name
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name)
        assert re.fullmatch(r"[A-Z].*\.", code.advice)
        assert len(code.advice) < 100


def test_the_severities_stand_worst_first() -> None:
    assert SEVERITIES == ("fault", "difference", "warning")
    in_order = [SEVERITIES.index(each.severity) for each in CODES.values()]
    assert in_order == sorted(in_order)


def test_every_code_is_used_and_none_that_does_not_exist() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in Path(calculator.__file__).parent.rglob("*.py")
        if path.name != "findings.py"
    )
    words = {*re.findall('"([a-z0-9]+(?:-[a-z0-9]+)*)"', source)}
    assert CODES.keys() - words == set()


def test_a_finding_of_no_code_is_none() -> None:
    with pytest.raises(ValueError, match="there is no code nothing-known"):
        replace(FINDING, code="nothing-known")


@pytest.mark.parametrize(
    ("code", "severity"),
    [("below-the-table", "fault"), ("value", "difference"), ("made-by-older", "warning")],
)
def test_a_finding_has_the_severity_of_its_code(code: str, severity: str) -> None:
    assert replace(FINDING, code=code).severity == severity


@pytest.mark.parametrize(
    ("sheet", "cell", "column", "place", "line"),
    [
        ("Plan", "B15", "# of Instances", "Plan!B15", "a.xlsx, Plan!B15 (# of Instances): found"),
        ("Plan", None, "Check", "Plan", "a.xlsx, Plan (Check): found"),
        ("Plan", None, None, "Plan", "a.xlsx, Plan: found"),
        (None, None, None, None, "a.xlsx: found"),
    ],
)
def test_a_finding_begins_with_its_place(
    sheet: str | None, cell: str | None, column: str | None, place: str | None, line: str
) -> None:
    finding = replace(FINDING, sheet=sheet, cell=cell, column=column)
    assert finding.place == place
    assert finding.at("a.xlsx").startswith(line)
    assert finding.at("a.xlsx").endswith(FINDING.message)


def test_a_finding_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(FINDING)) == FINDING
    assert hash(FINDING) == hash(replace(FINDING))


def test_what_follows_from_what_is_worse_says_no_reason() -> None:
    told = replace(finding("value"), standing="worse")
    assert told.line("a.xlsx") == "a.xlsx, Plan!B15 (# of Instances): a message of value [value]"
    assert "(worse than known)" in replace(told, reason="worse than known").line("a.xlsx")
