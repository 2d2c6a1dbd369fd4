"""What somebody has to look at in a workbook, as one list."""

from __future__ import annotations

from calculator.issues import issues_of, root_of
from calculator.report import WorkbookReport
from tests.reports import finding, of_aws, report, unreadable


def said(found: WorkbookReport) -> list[tuple[str, str]]:
    return [(each.remark, each.code) for each in issues_of(found)]


def test_causes_are_issues_and_what_follows_is_not() -> None:
    follows = finding("value", "WarmENI!B8", because_of="Plan!B15")
    found = report("a.xlsx", finding(), finding("one-zone", "Plan!B5"), follows)
    assert said(found) == [("faults", "not-a-number"), ("warnings", "one-zone")]
    first, _ = issues_of(found)
    assert first.asked == {"faults", "not-a-number", "value"}


def test_a_fault_is_asked_for_whatever_it_follows_from() -> None:
    moved = finding("moved-rows", "Settings!A20")
    lost = finding("missing-label", "Settings!B20", because_of="Settings!A20")
    [issue] = issues_of(report("a.xlsx", moved, lost))
    assert issue.remark == "differences"
    assert issue.asked == {"differences", "moved-rows", "faults", "missing-label"}


def test_what_follows_over_several_steps_follows_from_the_cause() -> None:
    chain = [
        finding("formula", "A!B1"),
        finding("value", "A!B2", because_of="A!B1"),
        finding("value", "A!B3", because_of="A!B2"),
        finding("value", "A!B4", because_of="nowhere"),
    ]
    assert root_of(chain) == [None, "A!B1", "A!B1", None]


def test_a_file_that_cannot_be_read_is_an_issue() -> None:
    [issue] = issues_of(unreadable())
    assert (issue.remark, issue.code) == ("unreadable", "unreadable")
    assert issue.fingerprint == "unreadable | It breaks off."
    assert str(issue) == "broken.xlsx: It breaks off."
    assert issue.words == "It breaks off."


def test_what_sheets_a_file_has_is_no_matter_where_none_is_a_plan() -> None:
    [issue] = issues_of(unreadable("a.xlsx", "it has no sheet with a plan; its sheets: A, B"))
    assert issue.fingerprint == "unreadable | it has no sheet with a plan"
    assert issue.message == "it has no sheet with a plan; its sheets: A, B"


def test_a_plan_that_does_not_fit_is_one_issue() -> None:
    overflow = finding("peak-overflow", "Plan!B4", fingerprint="peak-overflow | plan")
    found = report("a.xlsx", overflow, finding("one-zone", "Plan!B5"), fits=False)
    assert said(found) == [("overflow", "peak-overflow"), ("warnings", "one-zone")]
    first, _ = issues_of(found)
    assert first.asked == {"overflow", "peak-overflow", "warnings"}


def test_sheets_that_are_plans_overflow_one_by_one() -> None:
    overflows = [finding("subnet-overflow", f"{sheet}!B4") for sheet in ("WarmENI", "WarmIP")]
    assert said(of_aws("a.xlsx", *overflows, fits=False)) == [("overflow", "subnet-overflow")] * 2


def test_a_plan_that_does_not_fit_for_no_said_reason_is_an_issue() -> None:
    [issue] = issues_of(report("a.xlsx", fits=False, message="Does not fit."))
    assert (issue.remark, issue.code, issue.message) == ("overflow", "overflow", "Does not fit.")


def test_a_fault_that_makes_a_plan_impossible_is_one_issue() -> None:
    [issue] = issues_of(report("a.xlsx", finding("windows-ipv6", "Plan!E14"), fits=False))
    assert issue.asked == {"faults", "windows-ipv6", "overflow"}


def test_the_overflow_of_a_mode_that_is_not_chosen_is_a_warning() -> None:
    assert said(report("a.xlsx", finding("peak-overflow"), fits=True)) == [
        ("warnings", "peak-overflow")
    ]


def test_a_second_finding_of_a_cell_follows_from_what_the_first_does() -> None:
    """What another engine gives, too, comes of a constant that was changed."""
    found = [
        finding("constant", "Settings!B52"),
        finding("value", "Groups!B5", because_of="Settings!B52"),
        finding("recalculated", "Groups!B5", because_of="Groups!B5"),
    ]
    assert root_of(found) == [None, "Settings!B52", "Settings!B52"]
