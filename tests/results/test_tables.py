"""Reports as rows of tables."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from calculator.model import models
from calculator.report import WorkbookReport
from calculator.results.tables import DETAILS, FINDINGS, NODE_GROUPS, SUMMARY, frame
from tests.reports import finding, of_aws, plan, report, sheet, unreadable

TABLES = [SUMMARY, *DETAILS]


def rows(table: Any, *reports: WorkbookReport) -> list[dict[str, Any]]:
    names = list(table.columns)
    return [dict(zip(names, row, strict=True)) for one in reports for row in table.rows(one)]


def column(table: Any, name: str, *reports: WorkbookReport) -> list[Any]:
    return [row[name] for row in rows(table, *reports)]


# --- a row a sheet --------------------------------------------------------------------------------


def test_a_row_a_sheet() -> None:
    sheets = [sheet("warm-eni", -376, fits=False, smallest=21), sheet("warm-ip", 209)]
    first, second = rows(SUMMARY, report("a.xlsx", sheets=sheets))
    assert first == {
        "file": "a.xlsx",
        "sheet": "WarmENI",
        "model": "vpc-cni",
        "mode": "warm-eni",
        "fits": False,
        "chosen_mode": "undecided",
        "plan_fits": True,
        "subnet_prefix_length": 22,
        "ips_available": 1019,
        "ips_used": 1295,
        "ips_remaining": -276,
        "peak_remaining": -376,
        "pods_hosted": 1150,
        "smallest_subnet": 21,
        "pod_subnet_used": None,
        "pod_subnet_remaining": None,
        "pod_subnet_peak_remaining": None,
        "smallest_pod_subnet": None,
        "faults": 0,
        "warnings": 0,
        "differences": 0,
        "error": None,
        "known": 0,
        "suppressed": 0,
    }
    assert (second["mode"], second["fits"], second["smallest_subnet"]) == ("warm-ip", True, 22)


def test_a_row_of_what_could_not_be_read() -> None:
    [row] = rows(SUMMARY, unreadable())
    assert {name for name, value in row.items() if value is not None} == {"file", "error"}
    assert row["error"] == "It breaks off."


def test_a_row_of_a_plan_without_any_sheet() -> None:
    lacks = finding("missing-sheet", "WarmENI")
    [row] = rows(SUMMARY, report("a.xlsx", lacks, sheets=[], fits=None))
    known = {name: value for name, value in row.items() if value is not None}
    assert known == {
        "file": "a.xlsx",
        "model": "vpc-cni",
        "chosen_mode": "undecided",
        "faults": 1,
        "warnings": 0,
        "differences": 0,
        "known": 0,
        "suppressed": 0,
        "error": "WarmENI: a message of missing-sheet",
    }


def test_sheets_with_settings_of_their_own() -> None:
    aws = of_aws()
    aws.sheets[1].settings = {"subnet_prefix_length": None}
    assert column(SUMMARY, "subnet_prefix_length", aws) == [23, None]
    assert column(SUMMARY, "peak_remaining", aws) == [None, None]


def test_each_row_counts_what_concerns_its_sheet() -> None:
    found = [
        finding("missing", "Plan!A16"),
        finding("constant", "Settings!C40"),
        finding("macros", None),
        finding("value", "WarmENI!B8"),
        finding("value", "WarmENI!B9", because_of="WarmENI!B8"),
        finding("formula", "WarmIP!B8"),
        finding("one-zone", "Plan!B5"),
    ]
    both = report("a.xlsx", *found, sheets=[sheet("warm-eni"), sheet("warm-ip"), sheet("prefix")])
    assert column(SUMMARY, "faults", both) == [1, 1, 1]
    assert column(SUMMARY, "warnings", both) == [2, 2, 2]
    assert column(SUMMARY, "differences", both) == [2, 2, 1]


def test_the_reason_why_nothing_is_known_is_in_the_row() -> None:
    faults = [finding(message="one"), finding("missing", "WarmIP!A23", message="another")]
    aws = of_aws("a.xlsx", finding("one-zone"), faults[1])
    assert column(SUMMARY, "error", aws) == [None, "WarmIP!A23: another"]
    assert column(SUMMARY, "error", report("a.xlsx", *faults))[:2] == ["Plan!B15: one"] * 2
    whole = report("a.xlsx", finding("second-plan", None, message="two"))
    assert set(column(SUMMARY, "error", whole)) == {"two"}
    failed = report("a.xlsx", *faults, error="The engine failed.")
    assert set(column(SUMMARY, "error", failed)) == {"The engine failed."}


# --- a row a node group ---------------------------------------------------------------------------


def test_a_row_a_node_group_and_sheet_with_the_inputs_of_the_plan() -> None:
    found = rows(NODE_GROUPS, report("a.xlsx"))
    assert [(row["sheet"], row["row"]) for row in found] == [
        (name, row) for name in ("WarmENI", "WarmIP", "Prefix", "IPv6") for row in (15, 16)
    ]
    first, second = ({k: v for k, v in row.items() if v is not None} for row in found[:2])
    assert first == {
        "file": "a.xlsx",
        "sheet": "WarmENI",
        "model": "vpc-cni",
        "row": 15,
        "instance_type": "m5.2xlarge",
        "instances": 30,
        "os": "Linux",
        "active_ips": 27,
        "check": "OK",
    }
    # Neither an error nor nothing is a value.
    assert second == {
        "file": "a.xlsx",
        "sheet": "WarmENI",
        "model": "vpc-cni",
        "row": 16,
        "instance_type": "r6g.4xlarge",
        "own_max_pods": 110,
        "os": "Windows",
    }


def test_what_a_sheet_says_of_a_row_goes_before_what_the_plan_says() -> None:
    one = report(plan=plan(columns={"check": ["Enter a type", "OK"]}), sheets=[sheet()])
    assert column(NODE_GROUPS, "check", one) == ["OK", None]


def test_node_groups_of_sheets_with_inputs_of_their_own() -> None:
    assert column(NODE_GROUPS, "instance_type", of_aws()) == ["m5.2xlarge", "r6g.4xlarge"] * 2
    assert rows(NODE_GROUPS, unreadable()) == []


def test_every_column_of_the_models_but_helpers_has_a_place() -> None:
    every = [column for model in models() for sheet in model.sheets for column in sheet.columns]
    shown = [one for one in every if one.style != "helper"]
    assert len(shown) > 50
    assert {one.name for one in shown} == NODE_GROUPS.columns.keys() - {
        *("file", "sheet", "model", "row")
    }
    kinds = {name: NODE_GROUPS.columns[name] for name in ("check", "os", "instances", "prefixes")}
    assert list(kinds.values()) == ["text", "text", "number", "number"]


# --- a row a finding ------------------------------------------------------------------------------


def test_a_row_a_finding() -> None:
    found = finding("value", "WarmENI!B8", found=300, expected=360, because_of="Plan!B15")
    known = finding(fingerprint="not-a-number | plan")
    first, second = rows(FINDINGS, report("a.xlsx", known, found))
    assert first == {
        "file": "a.xlsx",
        "sheet": "Plan",
        "cell": "B15",
        "column": "# of Instances",
        "severity": "fault",
        "code": "not-a-number",
        "found": "three",
        "expected": None,
        "message": "a message of not-a-number",
        "because_of": None,
        "fingerprint": "not-a-number | plan",
        "standing": None,
        "reason": None,
    }
    assert (second["severity"], second["code"]) == ("difference", "value")
    assert (second["found"], second["expected"], second["because_of"]) == (300, 360, "Plan!B15")


def test_why_a_file_could_not_be_read_is_a_row() -> None:
    [row] = rows(FINDINGS, unreadable())
    assert {name: value for name, value in row.items() if value is not None} == {
        "file": "broken.xlsx",
        "severity": "unreadable",
        "message": "It breaks off.",
        "fingerprint": "unreadable",
    }


# --- frames ---------------------------------------------------------------------------------------

REPORTS = [
    report("a.xlsx", finding(), finding("value", found=1.5)),
    unreadable(),
    of_aws(fits=None),
    report("c.xlsx", finding(found=True), sheets=[], plan=None),
]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_frame_has_the_rows(table: Any) -> None:
    found = frame(table, REPORTS)
    assert list(found.columns) == list(table.columns)
    for records, expected in zip(found.to_dict("records"), rows(table, *REPORTS), strict=True):
        assert {k: None if pd.isna(v) else v for k, v in records.items()} == expected


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_types_are_the_same_whatever_is_in_a_table(table: Any) -> None:
    empty = frame(table, [])
    assert len(empty) == 0
    kinds = {"count": "Int64", "number": "Float64", "flag": "boolean"}
    for some in ([], REPORTS, REPORTS[1:2]):
        found = frame(table, some).dtypes
        assert [str(each) for each in found] == [
            kinds.get(kind, "object") for kind in table.columns.values()
        ]
