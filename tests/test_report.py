"""Reports: what was found in a workbook, its plan and its sheets, as plain data."""

from __future__ import annotations

import pickle

import pytest

from calculator.report import WorkbookReport
from tests.helpers import as_text
from tests.reports import NAN, NOTHING, finding, of_aws, plan, report, sheet, unreadable

FAULT = finding("not-a-number", "Plan!B15")
DIFFERENCE = finding("formula", "WarmENI!B8")
FOLLOWS = finding("value", "Plan!E5", because_of="WarmENI!B8")
WARNING = finding("one-zone", "Plan!B5")


def test_a_value_an_error_and_nothing_are_three_things() -> None:
    first, second = plan(columns={"pods": [9.0, NAN], "shown": [NOTHING, 2.5]}).node_groups
    assert first == {"row": 15, "pods": 9, "shown": ""}
    assert second == {"row": 16, "pods": None, "shown": 2.5}
    assert type(first["pods"]) is int


def test_a_sheet_gives_its_results_by_name() -> None:
    one = sheet(details={"peak_remaining": 7, "steady_prefixes": "", "pods_in_the_subnet": None})
    assert one.number("ips_used") == one.totals["ips_used"]
    assert one.number("peak_remaining") == 7
    assert one.number("steady_prefixes") is None  # does not apply
    assert one.number("pods_in_the_subnet") is None  # is not known
    assert one.number("no_such_result") is None


def test_findings_by_severity_and_causes_alone() -> None:
    one = report("a.xlsx", FAULT, DIFFERENCE, WARNING, FOLLOWS)
    assert one.of("fault") == [FAULT]
    assert one.of("difference") == [DIFFERENCE, FOLLOWS]
    assert one.of("difference", causes=True) == [DIFFERENCE]
    assert one.of("warning") == [WARNING]


@pytest.mark.parametrize(
    ("one", "clean"),
    [
        (report(), True),
        (report("a.xlsx", WARNING), True),
        (report("a.xlsx", FAULT), False),
        (report("a.xlsx", WARNING, DIFFERENCE), False),
        (unreadable(), False),
    ],
)
def test_a_workbook_is_clean_without_faults_and_differences(
    one: WorkbookReport, clean: bool
) -> None:
    assert one.clean is clean


def modes(one: WorkbookReport) -> list[str]:
    return [each.mode for each in one.chosen]


def test_the_verdict_is_of_the_mode_that_is_chosen_or_of_all_compared() -> None:
    assert modes(report()) == ["warm-eni", "warm-ip", "prefix"]
    assert modes(report(mode="prefix")) == ["prefix"]
    assert modes(report(mode="ipv6")) == ["ipv6"]
    assert modes(of_aws()) == ["warm-eni", "warm-ip"]
    assert modes(unreadable()) == []
    # Of a mode whose sheet is gone, the others tell.
    assert modes(report(mode="prefix", sheets=[sheet("warm-eni")])) == ["warm-eni"]


def test_a_report_can_be_sent_to_another_process() -> None:
    one = report("a.xlsx", FAULT, FOLLOWS)
    sent = pickle.loads(pickle.dumps(one))
    assert as_text([sent]) == as_text([one])
