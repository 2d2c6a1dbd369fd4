"""What there is to say of a workbook."""

from __future__ import annotations

import pytest

from calculator.report import SheetReport
from calculator.results.standing import (
    REMARKS,
    accepted,
    decisive,
    left_at_peak,
    modes,
    remarks,
    smallest,
)
from tests.reports import finding, of_aws, report, sheet, unreadable


def test_remarks() -> None:
    assert remarks(report()) == []
    assert remarks(report(fits=None)) == []
    assert remarks(unreadable()) == ["unreadable"]
    assert remarks(report("a", fits=False)) == ["overflow"]
    found = [finding("one-zone"), finding("value"), finding("missing")]
    everything = report("a", *found, fits=False, error="The engine failed.")
    assert remarks(everything) == list(REMARKS)


def test_what_says_that_a_plan_does_not_fit_is_no_warning_beside_it() -> None:
    overflow = finding("peak-overflow", "Plan!B4")
    assert remarks(report("a.xlsx", overflow, fits=False)) == ["overflow"]
    assert remarks(report("a.xlsx", overflow)) == ["warnings"]  # of a mode that is not chosen


def test_what_follows_is_no_remark_of_its_own() -> None:
    found = finding("value", because_of="Plan!B15")
    assert remarks(report("a", found)) == []


def test_a_fault_is_said_whatever_it_follows_from() -> None:
    moved, lost = finding("moved-rows", "Plan!A12"), finding(because_of="Plan!A12")
    assert remarks(report("a.xlsx", moved, lost)) == ["faults", "differences"]


def test_what_is_accepted_is_no_remark() -> None:
    known, suppressed = finding(standing="known"), finding("one-zone", standing="suppressed")
    follows = finding("value", because_of="Plan!B15", standing="known")
    found = report("a", known, suppressed, follows, finding("value", standing="worse"))
    assert remarks(found) == ["differences"]
    assert accepted(found) == {"known": 1, "suppressed": 1}
    assert accepted(found, "fault") == {"known": 1}
    over = report("a", fits=False, accepted={"overflow": "suppressed: It grows."})
    assert (remarks(over), accepted(over)) == ([], {"suppressed": 1})


def test_the_chosen_mode() -> None:
    chosen = report(mode="prefix", fits=False)
    assert modes(chosen) == "prefix"
    assert [each.mode for each in chosen.chosen] == ["prefix"]


@pytest.mark.parametrize(
    ("of_sheets", "fits", "expected"),
    [
        ((True, True, True), True, "all 3 modes"),
        ((False, False, False), False, "all 3 modes"),
        ((False, True, False), True, "warm-ip"),
        ((False, True, True), True, "warm-ip, prefix"),
        ((None, False, None), False, "warm-ip"),
        ((None, None, None), None, "undecided"),
    ],
)
def test_modes_while_it_is_undecided(
    of_sheets: tuple[bool | None, ...], fits: bool | None, expected: str
) -> None:
    sheets = [
        sheet(mode, fits=one)
        for mode, one in zip(("warm-eni", "warm-ip", "prefix"), of_sheets, strict=True)
    ]
    sheets.append(sheet("ipv6", fits=True))
    assert modes(report(fits=fits, sheets=sheets)) == expected


def test_modes_of_what_has_no_verdict_and_of_copies() -> None:
    assert modes(unreadable()) == ""
    copies = [sheet(), sheet(name="WarmENI (2)")]
    assert modes(report(sheets=copies)) == "warm-eni"


def test_the_sheet_that_the_verdict_rests_on() -> None:
    sheets = [sheet("warm-eni", -376), sheet("warm-ip", 209), sheet("prefix", -236)]
    sheets.append(sheet("ipv6", 997))
    assert decisive(report(sheets=sheets)) is sheets[1]
    assert decisive(report(sheets=sheets, mode="prefix")) is sheets[2]
    assert decisive(report(sheets=sheets, mode="ipv6")) is sheets[3]
    some = [sheet("warm-ip", None), sheet("prefix", -5)]
    assert decisive(report(sheets=some)) is some[1]


def test_where_a_plan_fits_a_sheet_decides_on_which_it_does() -> None:
    sheets = [sheet("warm-ip", 9), sheet("prefix", 400, fits=False)]  # its /28 blocks do not do
    assert decisive(report(sheets=sheets)) is sheets[0]
    assert decisive(report(sheets=sheets, fits=False)) is sheets[1]


def of_pods(mode: str, left: int, pods_left: int, *sizes: int | str | None) -> SheetReport:
    found = sheet(mode, left)
    found.details |= dict(zip(("smallest_subnet", "smallest_pod_subnet"), sizes, strict=True))
    found.details["pod_subnet_peak_remaining"] = pods_left
    return found


def test_where_pods_have_a_subnet_of_their_own_both_count() -> None:
    sheets = [
        of_pods("warm-eni", 976, -4, 27, 21),
        of_pods("warm-ip", 900, 60, 26, 23),
        of_pods("prefix", 960, 12, 27, 22),
    ]
    assert decisive(report(sheets=sheets)) is sheets[1]
    assert smallest(report(sheets=sheets)) == (26, 23)
    assert smallest(report(sheets=sheets, mode="prefix")) == (27, 22)
    sheets[1].details["smallest_pod_subnet"] = ""  # not even a /16 holds it
    assert smallest(report(sheets=sheets)) == (27, 22)


def test_the_smallest_subnet_of_the_modes_that_are_compared() -> None:
    sheets = [sheet(smallest=21), sheet("warm-ip", smallest=23), sheet("ipv6", smallest=28)]
    assert smallest(report(sheets=sheets)) == (23, None)
    assert smallest(report(sheets=[sheet(smallest=None)])) == (None, None)


def test_where_nothing_is_known_nothing_decides() -> None:
    assert decisive(report(sheets=[sheet(peak=None)])) is None
    assert decisive(report(fits=None)) is None
    assert decisive(unreadable()) is None


def test_of_plans_of_their_own_the_worst_decides() -> None:
    aws = of_aws()
    aws.sheets[1].totals["ips_remaining"] = -7
    assert decisive(aws) is aws.sheets[1]
    aws.sheets[0].totals["ips_remaining"] = -8
    assert decisive(aws) is aws.sheets[0]


def test_left_at_the_peak() -> None:
    assert left_at_peak(sheet(peak=209)) == 209
    assert left_at_peak(sheet(peak=None)) is None
    assert left_at_peak(of_aws().sheets[0]) == 309  # what remains, in a model without a peak
