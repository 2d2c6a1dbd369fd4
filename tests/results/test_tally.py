"""The closing sentence, and what it counts."""

from __future__ import annotations

from collections import Counter

import pytest

from calculator.findings import CODES
from calculator.report import WorkbookReport
from calculator.results.tally import Tally
from tests.reports import finding, report, unreadable


def tally(*reports: WorkbookReport, lock_files: int = 0) -> Tally:
    counts = Tally(lock_files)
    for one in reports:
        counts.add(one)
    return counts


NOTHING = "0 with faults, 0 with differences, 0 unreadable, 0 that do not fit"


def test_nothing() -> None:
    assert str(tally()) == f"0 workbooks evaluated: {NOTHING}"
    assert str(tally(report())) == f"1 workbook evaluated: {NOTHING}"


def test_workbooks_are_counted_and_not_their_findings() -> None:
    every = report("a", finding(), finding(), finding("value"), finding("one-zone"), fits=False)
    counts = tally(every, report(), unreadable(), report("b", fits=False))
    assert str(counts) == (
        "4 workbooks evaluated: 1 with faults, 1 with differences, 1 unreadable, 2 that do not fit"
    )
    assert counts.counts["not-a-number"] == counts.counts["warnings"] == 1


def test_one_and_thousands() -> None:
    assert str(tally(report("a", fits=False))).endswith(", 1 that does not fit")
    counts = Tally(0, 12345, Counter(overflow=1234))
    assert str(counts) == (
        "12,345 workbooks evaluated: "
        "0 with faults, 0 with differences, 0 unreadable, 1,234 that do not fit"
    )


def test_lock_files() -> None:
    assert str(tally(lock_files=1)) == f"0 workbooks evaluated: {NOTHING}; 1 lock file skipped"
    assert str(tally(lock_files=2)).endswith("; 2 lock files skipped")


def test_a_plan_that_is_not_known_to_fit_is_no_overflow() -> None:
    counts = tally(report(fits=None))
    assert not counts.has_any(["overflow"])


@pytest.mark.parametrize("code", CODES)
def test_every_code_can_be_asked_for(code: str) -> None:
    counts = tally(report("a", finding(code)))
    severity = CODES[code].severity
    assert counts.has_any([code])
    assert counts.has_any([f"{severity}s"])
    assert not counts.has_any([each for each in CODES if each != code])
    assert not counts.has_any([])
