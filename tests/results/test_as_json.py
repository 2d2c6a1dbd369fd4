"""The JSON of a report: its keys, in order, and the three kinds of values."""

from __future__ import annotations

import io
import json

from calculator.results.as_json import Json, as_json
from tests.reports import NAN, finding, of_aws, plan, report, sheet, unreadable


def test_a_workbook_with_a_plan() -> None:
    found = finding(
        "value",
        "WarmENI!B8",
        found=300.0,
        expected=360,
        because_of="Plan!B15",
        fingerprint="value | warm-eni | IPs used",
    )
    document = as_json(report("a.xlsx", finding(), found, sheets=[sheet()]))
    assert document == {
        "file": "a.xlsx",
        "error": None,
        "model": "vpc-cni",
        "layout": 2,
        "verdict": {
            "fits": True,
            "mode": "undecided",
            "message": "Fits: 209 addresses are left at the peak.",
        },
        "plan": {
            "sheet": "Plan",
            "settings": {"subnet_prefix_length": 22, "mode": "undecided", "warm_ip_target": None},
            "node_groups": [
                {
                    "row": 15,
                    "instance_type": "m5.2xlarge",
                    "instances": 30,
                    "own_max_pods": "",
                    "os": "Linux",
                },
                {
                    "row": 16,
                    "instance_type": "r6g.4xlarge",
                    "instances": None,
                    "own_max_pods": 110,
                    "os": "Windows",
                },
            ],
        },
        "sheets": [
            {
                "sheet": "WarmENI",
                "mode": "warm-eni",
                "fits": True,
                "smallest_subnet": 22,
                "ips_available": 1019,
                "ips_used": 710,
                "ips_remaining": 309,
                "peak_remaining": 209,
                "pods_hosted": 1150,
                "details": {"steady_prefixes": ""},
                "node_groups": [
                    {"row": 15, "instance_type": "m5.2xlarge", "active_ips": 27, "check": "OK"},
                    {"row": 16, "instance_type": "r6g.4xlarge", "active_ips": None, "check": ""},
                ],
            }
        ],
        "findings": [
            {
                "code": "not-a-number",
                "severity": "fault",
                "sheet": "Plan",
                "cell": "B15",
                "column": "# of Instances",
                "found": "three",
                "expected": None,
                "message": "a message of not-a-number",
                "because_of": None,
                "fingerprint": "",
                "standing": None,
                "reason": None,
            },
            {
                "code": "value",
                "severity": "difference",
                "sheet": "WarmENI",
                "cell": "B8",
                "column": "# of Instances",
                "found": 300,
                "expected": 360,
                "message": "a message of value",
                "because_of": "Plan!B15",
                "fingerprint": "value | warm-eni | IPs used",
                "standing": None,
                "reason": None,
            },
        ],
        "accepted": {},
    }


def test_the_order_of_the_keys() -> None:
    document = as_json(report("a.xlsx", finding()))
    assert list(document) == [
        *("file", "error", "model", "layout", "verdict", "plan", "sheets", "findings"),
        "accepted",
    ]
    assert list(document["sheets"][0]) == [
        *("sheet", "mode", "fits", "smallest_subnet", "ips_available", "ips_used"),
        *("ips_remaining", "peak_remaining", "pods_hosted", "details", "node_groups"),
    ]
    assert list(document["findings"][0]) == [
        *("code", "severity", "sheet", "cell", "column", "found", "expected", "message"),
        *("because_of", "fingerprint", "standing", "reason"),
    ]


def test_a_workbook_whose_sheets_have_their_own_inputs() -> None:
    document = as_json(of_aws())
    assert document["plan"] is None
    assert document["layout"] is None
    for one in document["sheets"]:
        assert list(one) == [
            *("sheet", "mode", "fits", "smallest_subnet", "ips_available", "ips_used"),
            *("ips_remaining", "peak_remaining", "pods_hosted", "settings", "details"),
            "node_groups",
        ]
        assert one["settings"] == {"subnet_prefix_length": 23, "warm_ip_target": 3}
        assert (one["smallest_subnet"], one["peak_remaining"], one["details"]) == (None, None, {})


def test_a_file_that_cannot_be_read() -> None:
    assert as_json(unreadable()) == {
        "file": "broken.xlsx",
        "error": "It breaks off.",
        **dict.fromkeys(("model", "layout", "verdict", "plan")),
        "sheets": [],
        "findings": [],
        "accepted": {},
    }


def test_what_does_not_apply_is_no_number_beside_the_details() -> None:
    one = sheet(peak=None, details={"peak_remaining": "", "smallest_subnet": ""})
    document = as_json(report(sheets=[one]))["sheets"][0]
    assert (document["peak_remaining"], document["smallest_subnet"]) == (None, None)


def test_it_is_json_whatever_a_cell_holds() -> None:
    found = [finding(found=each) for each in (NAN, float("inf"), True, "\udcff\x1b", 10**15)]
    text = json.dumps(as_json(report("pl\udcffan.xlsx", *found)), allow_nan=False)
    assert text.isascii()
    assert [each["found"] for each in json.loads(text)["findings"]] == [
        *(None, "", True, "\udcff\x1b", 10**15)
    ]


def test_reports_one_by_one_are_what_json_dump_gives() -> None:
    reports = [report(plan=plan(settings={})), unreadable("b", 'a "reason"\nin two lines')]
    for number in range(3):
        stream = io.StringIO()
        output = Json(stream)
        for one in reports[:number]:
            output.add(one)
        output.close()
        expected = {"workbooks": [as_json(one) for one in reports[:number]]}
        assert stream.getvalue() == json.dumps(expected, indent=1) + "\n"
