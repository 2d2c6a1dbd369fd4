"""Reports as rows and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from calculator import NodeGroup, Plan, evaluate_workbooks
from calculator.errors import Finding
from calculator.parity import SheetReport, WorkbookReport
from calculator.results.tables import (
    DETAILS,
    FINDINGS,
    NODE_GROUPS,
    SUMMARY,
    as_json,
    frame,
    summary,
)
from tests.helpers import MODELS, PLAN, SHEETS, Raw, content, saved

COLUMNS = [
    *("file", "sheet", "model", "subnet_prefix_length"),
    *("ips_available", "ips_used", "ips_remaining", "peak_remaining", "pods_hosted"),
    *("faults", "warnings", "differences", "error"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good workbook, one with a fault and a difference, and one that cannot be read."""
    folder = tmp_path / "plans"
    folder.mkdir()
    saved(folder / "good.xlsx")
    raw = Raw(content())
    raw.put("WarmIP", "B13", "three")
    raw.put("Prefix", "B8", 1.0)
    raw.save(folder / "bad.xlsx")
    (folder / "text.xlsx").write_text("no workbook")
    return folder


# --- tables ---------------------------------------------------------------------------------------


def test_a_row_a_sheet(folder: Path) -> None:
    table = summary(evaluate_workbooks([folder]))
    assert list(table.columns) == COLUMNS
    assert [Path(each).name for each in table["file"]] == [
        *("bad.xlsx", "bad.xlsx", "bad.xlsx", "good.xlsx", "good.xlsx", "good.xlsx", "text.xlsx")
    ]
    assert table["sheet"].tolist()[:6] == ["WarmENI", "WarmIP", "Prefix"] * 2
    assert table["faults"].tolist()[:6] == [0, 1, 0, 0, 0, 0]
    assert table["warnings"].tolist()[:6] == [0] * 6
    assert table["differences"].tolist()[2:6] == [1, 0, 0, 0]
    assert table["ips_used"].isna().tolist() == [False, True, *[False] * 4, True]
    assert str(table["ips_used"].dtype) == "Int64"
    assert table.loc[2, "subnet_prefix_length"] == PLAN.subnet_prefix_length
    assert table.loc[2, "ips_available"] == 2**12 - 5
    assert table["error"].isna().tolist() == [True] * 6 + [False]
    assert str(table.loc[6, "error"]).startswith("It is a text file")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("value", [22.5, 1e300, -1, "x", None])
def test_a_setting_that_cannot_be_used_is_missing(
    tmp_path: Path, model: str, value: object
) -> None:
    raw = Raw(content(model))
    raw.put("WarmENI", "B4", value)
    reports = list(evaluate_workbooks([raw.save(tmp_path / "a.xlsx")]))
    # Sheets that follow the first have its size, too.
    of_sheets = {"vpc-cni": [True, True, True], "aws-sample": [True, False]}
    assert summary(reports)["subnet_prefix_length"].isna().tolist() == of_sheets[model]
    sheets = as_json(reports[0])["sheets"]
    for sheet, is_missing in zip(sheets, of_sheets[model], strict=True):
        assert (sheet["subnet_prefix_length"] is None) == is_missing
        assert [each["cell"] for each in sheet["faults"]] == ["B4"] * is_missing


@pytest.mark.parametrize("table", [SUMMARY, *DETAILS], ids=lambda table: table.name)
def test_no_reports_make_an_empty_table(table: Any) -> None:
    found = frame(table, [])
    assert list(found.columns) == list(table.columns)
    assert len(found) == 0


@pytest.mark.parametrize("table", [SUMMARY, *DETAILS], ids=lambda table: table.name)
def test_types_are_the_same_whatever_is_in_a_table(table: Any, folder: Path) -> None:
    reports = list(evaluate_workbooks([folder]))
    empty = frame(table, [WorkbookReport("a.xlsx", "It is empty")])
    assert frame(table, reports).dtypes.equals(frame(table, []).dtypes)
    assert empty.dtypes.equals(frame(table, []).dtypes)


@pytest.mark.parametrize("model", MODELS)
def test_a_row_a_node_group(tmp_path: Path, model: str) -> None:
    [report] = evaluate_workbooks([saved(tmp_path / "a.xlsx", model)])
    table = frame(NODE_GROUPS, [report])
    assert list(table.columns)[:7] == [
        *("file", "sheet", "model", "row", "instance_type", "instances", "pods_per_node")
    ]
    assert len(table) == len(SHEETS[model]) * len(PLAN.node_groups)
    assert table["row"].tolist() == [23, 24, 25, 26, 27] * len(SHEETS[model])
    assert str(table["row"].dtype) == "Int64"
    rows = [row for sheet in report.sheets for row in sheet.node_groups]
    for found, row in zip(table.to_dict("records"), rows, strict=True):
        for name, value in found.items():
            if name not in ("file", "sheet", "model"):
                assert (None if pd.isna(value) else value) == row.get(name)


def test_a_node_group_that_cannot_be_computed_has_gaps(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "A23", "m5.lagre")
    table = frame(NODE_GROUPS, evaluate_workbooks([raw.save(tmp_path / "a.xlsx")]))
    first = table.iloc[0]
    assert first["instance_type"] == "m5.lagre"
    assert pd.isna(first["ips_total"])
    assert "m5.lagre" in first["check"] or first["check"]


def test_a_row_a_finding(folder: Path) -> None:
    table = frame(FINDINGS, evaluate_workbooks([folder]))
    first = table.iloc[0].to_dict()
    assert first == {
        "file": str(folder / "bad.xlsx"),
        "sheet": "WarmIP",
        "cell": "B13",
        "column": "WARM_IP_TARGET",
        "severity": "fault",
        "kind": "not-a-number",
        "found": "three",
        "expected": None,
        "message": 'found "three"; a whole number of 0 or more is expected',
    }
    follow, last, unreadable = table.iloc[1:-2], table.iloc[-2], table.iloc[-1]
    assert set(zip(follow["sheet"], follow["severity"], strict=True)) == {("WarmIP", "difference")}
    assert (last["sheet"], last["cell"], last["kind"]) == ("Prefix", "B8", "value")
    assert last["found"] == 1
    assert last["expected"] > 1
    assert unreadable["severity"] == "unreadable"
    assert unreadable["message"].startswith("It is a text file")
    assert unreadable[["sheet", "cell", "column", "kind", "found", "expected"]].isna().all()


def test_findings_are_in_the_order_of_their_weight() -> None:
    def found(kind: str) -> list[Finding]:
        return [Finding("S", "A1", "column", kind, None, "message")]

    sheet = SheetReport(
        *("S", "warm-eni", "vpc-cni", {}, {}, {}, [], {}),
        faults=found("f"),
        warnings=found("w"),
        differences=found("d"),
    )
    table = frame(FINDINGS, [WorkbookReport("a.xlsx", "why", [sheet])])
    assert table["severity"].tolist() == ["unreadable", "fault", "warning", "difference"]
    assert table["kind"].tolist() == [None, "f", "w", "d"]


# --- JSON -----------------------------------------------------------------------------------------


def test_the_shape_of_the_json(folder: Path) -> None:
    reports = evaluate_workbooks([folder])
    bad, good, text = (json.loads(json.dumps(as_json(each), allow_nan=False)) for each in reports)
    for each in (bad, good, text):
        assert list(each) == ["file", "error", "sheets"]
    assert text["sheets"] == []
    assert text["error"].startswith("It is a text file")
    assert bad["error"] is good["error"] is None

    for sheet in (*good["sheets"], *bad["sheets"]):
        assert list(sheet) == [
            *("sheet", "mode", "model", "subnet_prefix_length"),
            *("ips_available", "ips_used", "ips_remaining", "pods_hosted"),
            *("details", "settings", "node_groups", "faults", "warnings", "differences"),
        ]
    [eni, ip, prefix] = good["sheets"]
    assert (eni["sheet"], eni["mode"], eni["model"]) == ("WarmENI", "warm-eni", "vpc-cni")
    assert (ip["mode"], prefix["mode"]) == ("warm-ip", "prefix")
    assert eni["subnet_prefix_length"] == 20
    assert list(eni["settings"]) == [
        *("warm_eni_target", "host_network_pods", "daemonset_pods", "max_eni", "max_pods_by"),
        *("pod_eni", "custom_networking", "pod_subnet_prefix_length", "ip_family"),
        *("availability_zones", "zone_loss", "updated_groups", "max_unavailable", "other_ips"),
        *("control_plane_enis", "windows_warm_ip_target", "windows_minimum_ip_target"),
    ]
    assert (eni["settings"]["warm_eni_target"], eni["settings"]["ip_family"]) == (1, "IPv4")
    assert ip["settings"]["minimum_ip_target"] == 7
    assert eni["details"]["peak_remaining"] == eni["ips_remaining"]
    assert eni["details"]["pod_subnet_used"] is None
    assert prefix["details"]["steady_prefixes"] > 0
    assert eni["settings"]["max_pods_by"] == "ENI limits"
    assert prefix["settings"]["max_pods_by"] == "110 or 250"
    first = eni["node_groups"][0]
    assert list(first)[:4] == ["row", "instance_type", "instances", "pods_per_node"]
    assert list(first.values())[:4] == [23, "m5.12xlarge", 2, 100]
    assert {"max_enis", "active_ips", "warm_ips", "ips_total", "check"} <= set(first)
    assert (first["os"], first["own_max_pods"], first["security_group_pods"]) == ("Linux", 0, 0)
    assert first.keys().isdisjoint({"row_state", "nodes_after_zone_loss", "prefixes"})
    assert "prefixes" in prefix["node_groups"][0]

    [eni, ip, prefix] = bad["sheets"]
    assert eni["faults"] == []
    assert ip["ips_used"] is None
    assert ip["faults"] == [
        {
            "cell": "B13",
            "column": "WARM_IP_TARGET",
            "kind": "not-a-number",
            "found": "three",
            "message": 'found "three"; a whole number of 0 or more is expected',
        }
    ]
    assert ip["settings"]["warm_ip_target"] is None
    [difference] = prefix["differences"]
    assert list(difference) == ["cell", "column", "kind", "found", "message", "expected"]
    assert (difference["cell"], difference["kind"]) == ("B8", "value")
    assert (difference["found"], difference["expected"]) == (1, prefix["ips_used"])


def test_a_word_that_cannot_be_used_is_missing_in_the_json(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "N9", "IPv5")
    [report] = evaluate_workbooks([raw.save(tmp_path / "a.xlsx")])
    workbook = as_json(report)
    for sheet in workbook["sheets"]:
        assert sheet["settings"]["ip_family"] is None
        assert [each["found"] for each in sheet["faults"]] == ["IPv5"]


def test_faults_that_a_notice_tells_in_the_json(tmp_path: Path) -> None:
    plan = Plan(ip_family="IPv6", node_groups=[NodeGroup("m5.large", 1, 9, os="Windows")])
    path = saved(tmp_path / "a.xlsx", plan=plan)
    [report] = evaluate_workbooks([path])
    workbook = as_json(report)
    for sheet in workbook["sheets"]:
        [fault] = sheet["faults"]
        assert (fault["kind"], fault["found"]) == ("not-on-windows", "Windows")
        assert sheet["ips_used"] is None
    cells = {each["sheet"]: each["faults"][0]["cell"] for each in workbook["sheets"]}
    assert cells == {"WarmENI": "W23", "WarmIP": "W23", "Prefix": "Y23"}


def test_warnings_in_the_json(tmp_path: Path) -> None:
    plan = Plan(subnet_prefix_length=28, node_groups=[NodeGroup("t3.nano", 3, 9)])
    [report] = evaluate_workbooks([saved(tmp_path / "a.xlsx", plan=plan)])
    warnings = as_json(report)["sheets"][0]["warnings"]
    assert [each["kind"] for each in warnings] == ["pods-do-not-fit", "subnet-overflow"]
    assert [each["cell"] for each in warnings] == ["C23", "B4"]
    assert all(list(each) == ["cell", "column", "kind", "found", "message"] for each in warnings)
