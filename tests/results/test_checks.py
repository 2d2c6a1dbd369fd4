"""Checks: the tests that a workbook is, and how what fails them is told."""

from __future__ import annotations

from calculator.configuration import Configuration, Suppression
from calculator.gate import Gate
from calculator.report import WorkbookReport
from calculator.results.checks import as_text, checks_of
from tests.reports import finding, report, unreadable

SHEETS = ["Plan", "WarmENI"]


def checks(found: WorkbookReport, gate: Gate | None = None) -> dict[str, list[str]]:
    gate = gate or Gate()
    return {
        str(each): [issue.code for issue in each.failures]
        for each in checks_of(found, gate.judge(found))
    }


def test_every_check_is_there_whether_it_fails_or_not() -> None:
    found = report("a.xlsx", checked=SHEETS)
    of_sheets = [
        f"{sheet}: {name}" for sheet in SHEETS for name in ("inputs", "formulas", "values")
    ]
    assert checks(found) == {name: [] for name in ("read", "fits", *of_sheets)}
    assert checks(unreadable()) == {"read": ["unreadable"]}


def test_an_issue_fails_one_check() -> None:
    found = report(
        "a.xlsx",
        finding(),
        finding("peak-overflow", "Plan!B4"),
        finding("formula", "WarmENI!B8"),
        finding("value", "WarmENI!B9"),
        finding("recalculated", "WarmENI!B10"),
        finding("missing-sheet", "Settings"),
        fits=False,
        checked=SHEETS,
    )
    assert {name: codes for name, codes in checks(found).items() if codes} == {
        "fits": ["peak-overflow"],
        "Plan: inputs": ["not-a-number"],
        "WarmENI: formulas": ["formula"],
        "WarmENI: values": ["value", "recalculated"],
        "Settings: inputs": ["missing-sheet"],
    }


def test_what_does_not_fail_is_told() -> None:
    rule = Suppression(("one-zone",), (), "the lab has one")
    gate = Gate(configuration=Configuration("rules.toml", {}, (rule,)))
    found = report("a.xlsx", finding("one-zone", "Plan!B5"), finding("no-other-zone", "Plan!B6"))
    [check] = [each for each in checks_of(found, gate.judge(found)) if each.issues]
    assert check.failures == []
    assert [each.partition(": a.xlsx")[0] for each in check.remarks] == [
        "suppressed (the lab has one)",
        "warning",
    ]


def test_a_failure_says_where_what_was_found_and_what_is_expected() -> None:
    message = 'found "three"; a whole number of 0 or more is expected'
    found = report("a\x1b.xlsx", finding(message=message), finding("value", "A!B8", expected=2.0))
    first, second = (as_text(each.issue) for each in Gate().judge(found))
    assert first.splitlines() == [
        f"not-a-number: {message}",
        "  file      a\\x1b.xlsx",
        "  sheet     Plan",
        "  cell      B15 (# of Instances)",
        '  found     "three"',
        "  expected  a whole number of 0 or more",
        "  to do     Type the number in digits.",
    ]
    assert second.splitlines()[-2] == "  expected  2"
