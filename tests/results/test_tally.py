"""The closing sentence, and what it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from calculator import options
from calculator.errors import Finding
from calculator.model.verdict import OVERFLOWS
from calculator.parity import SheetReport, WorkbookReport, verify_workbook
from calculator.plan import NodeGroup, Plan
from calculator.results.tally import FAILURES, Tally, overflows
from tests.helpers import saved


def sheet(*, fault: bool = False, difference: bool = False, warning: str = "") -> SheetReport:
    def found(kind: str) -> list[Finding]:
        return [Finding("WarmENI", "B8", "IPs used", kind, 1, "found 1")] if kind else []

    return SheetReport(
        *("WarmENI", "warm-eni", "vpc-cni"),
        *({}, {}, {}, [], {}),
        faults=found("not-a-number" if fault else ""),
        warnings=found(warning),
        differences=found("value" if difference else ""),
    )


def report(*sheets: SheetReport, error: str | None = None) -> WorkbookReport:
    return WorkbookReport("a.xlsx", error, list(sheets))


def tally(*reports: WorkbookReport) -> Tally:
    counts = Tally()
    for each in reports:
        counts.add(each)
    return counts


def test_nothing() -> None:
    assert str(tally()) == (
        "0 workbooks evaluated: 0 with faults, 0 with differences, 0 unreadable, 0 over capacity"
    )


def test_workbooks_are_counted_and_not_their_sheets() -> None:
    every = sheet(fault=True, difference=True, warning="subnet-overflow")
    counts = tally(report(every, every, sheet()), report(sheet()), report(error="It is empty"))
    assert (counts.workbooks, counts.sheets) == (3, 4)
    assert counts.counts == {"faults": 1, "differences": 1, "unreadable": 1, "overflow": 1}
    assert str(counts) == (
        "3 workbooks evaluated: 1 with faults, 1 with differences, 1 unreadable, 1 over capacity"
    )


def test_one_and_thousands() -> None:
    assert str(tally(report(sheet(fault=True)))).startswith("1 workbook evaluated: 1 with faults")
    counts = Tally(12345, 30000, {**dict.fromkeys(FAILURES, 0), "overflow": 1234})
    assert str(counts) == (
        "12,345 workbooks evaluated: "
        "0 with faults, 0 with differences, 0 unreadable, 1,234 over capacity"
    )


@pytest.mark.parametrize("kind", [each.kind for each in OVERFLOWS])
def test_every_overflow_counts(kind: str) -> None:
    assert overflows(sheet(warning=kind))


def test_other_warnings_are_no_overflow() -> None:
    assert not overflows(sheet(warning="pods-do-not-fit"))
    assert not overflows(sheet(fault=True, difference=True))


def test_a_plan_that_overflows(tmp_path: Path) -> None:
    plan = Plan(subnet_prefix_length=28, node_groups=[NodeGroup("m5.large", 9, 20)])
    for model, number in (("vpc-cni", 1), ("aws-sample", 1)):
        path = saved(tmp_path / "a.xlsx", model, plan)
        assert tally(verify_workbook(path)).counts["overflow"] == number


def test_the_option_names_what_is_counted() -> None:
    assert options.FAILURES == tuple(FAILURES)
    assert set(options.FAIL_ON) == set(FAILURES) - {"overflow"}
