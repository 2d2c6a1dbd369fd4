"""Many workbooks at once: found, evaluated, each by itself, and written down."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from calculator import NodeGroup, Plan, evaluate_workbooks, load_catalog, verify_workbook
from calculator.batch import as_json, find_workbooks, summary, write_results
from calculator.errors import InputError
from calculator.workbook import package
from tests.helpers import MODELS, PLAN, SHEETS, Raw, content, needs_ironcalc, saved

GOOD = ("a.xlsx", "b.xlsx", "z.xlsx")


def touched(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


# --- finding workbooks ----------------------------------------------------------------------------


def test_a_folder_gives_its_workbooks_and_those_below_in_order(tmp_path: Path) -> None:
    touched(tmp_path, "b.xlsx", "a.xlsx", "sub/deep/c.XLSX", "~$a.xlsx", "notes.txt", "d.xls")
    (tmp_path / "folder.xlsx").mkdir()
    found = [os.path.relpath(each, tmp_path) for each in find_workbooks([tmp_path])]
    assert found == ["a.xlsx", "b.xlsx", os.path.join("sub", "deep", "c.XLSX")]


def test_globs(tmp_path: Path) -> None:
    touched(tmp_path, "b.xlsx", "a.xlsx", "~$a.xlsx", "sub/c.xlsx", "a.csv")
    names = [Path(each).name for each in find_workbooks([f"{tmp_path}/*"])]
    assert names == ["a.xlsx", "b.xlsx"]
    names = [Path(each).name for each in find_workbooks([f"{tmp_path}/**/*.xlsx"])]
    assert names == ["a.xlsx", "b.xlsx", "c.xlsx"]


def test_a_name_is_taken_as_it_is(tmp_path: Path) -> None:
    touched(tmp_path, "plan [1].xlsx", "plan.bin", "~$plan.xlsx")
    paths = [str(tmp_path / name) for name in ("plan [1].xlsx", "plan.bin", "~$plan.xlsx")]
    assert find_workbooks(paths) == paths


def test_a_folder_with_signs_of_a_glob_in_its_name(tmp_path: Path) -> None:
    touched(tmp_path, "team [1]/a.xlsx", "team 1/b.xlsx")
    [found] = find_workbooks([tmp_path / "team [1]"])
    assert Path(found).name == "a.xlsx"


def test_order_of_the_arguments_and_each_once(tmp_path: Path) -> None:
    touched(tmp_path, "a.xlsx", "b.xlsx", "c.xlsx")
    found = find_workbooks([tmp_path / "c.xlsx", tmp_path, f"{tmp_path}/a*"])
    assert [Path(each).name for each in found] == ["c.xlsx", "a.xlsx", "b.xlsx"]


@pytest.mark.parametrize("name", ["none.xlsx", "none*.xlsx", "empty"])
def test_where_there_is_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    path = str(tmp_path / name)
    with pytest.raises(InputError) as caught:
        list(evaluate_workbooks([path]))
    assert str(caught.value) == (
        f"{path}: there is no workbook; a file, folder or glob is expected"
    )


def test_no_paths_at_all() -> None:
    with pytest.raises(InputError, match="no path given: there is no workbook; a file, folder or"):
        list(evaluate_workbooks([]))


# --- evaluating them ------------------------------------------------------------------------------


def broken(folder: Path) -> dict[str, str]:
    """A file of each kind that cannot be read, and how its message begins."""
    whole = content()
    (folder / "c-empty.xlsx").write_bytes(b"")
    (folder / "d-text.xlsx").write_text("instance type,count\nm5.large,3\n")
    (folder / "e-cut.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "f-old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    book = openpyxl.Workbook()
    book.save(folder / "g-other.xlsx")
    raw = Raw(content())
    raw.parts.pop(raw.sheets["WarmENI"])
    raw.sheets.clear()
    raw.save(folder / "h-part.xlsx")
    return {
        "c-empty.xlsx": "The file is empty",
        "d-text.xlsx": "It is a text file (such as CSV)",
        "e-cut.xlsx": "It breaks off in the middle",
        "f-old.xlsx": "It is a file of an old Office program",
        "g-other.xlsx": "it has no sheet with a node table",
        "h-part.xlsx": "It is incomplete: the part xl/worksheets/sheet1.xml is missing",
    }


def test_a_broken_file_costs_itself_and_no_other(tmp_path: Path) -> None:
    for name in GOOD:
        saved(tmp_path / name)
    messages = broken(tmp_path)
    reports = list(evaluate_workbooks([tmp_path]))
    assert [Path(each.file).name for each in reports] == sorted([*GOOD, *messages])
    for report in reports:
        name = Path(report.file).name
        if name in GOOD:
            assert report.clean
            assert [each.sheet for each in report.sheets] == [*SHEETS["vpc-cni"]]
        else:
            assert str(report.error).startswith(messages[name])
            assert report.sheets == []
            assert not report.clean


def test_many_in_one_pass_are_as_each_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        groups = [NodeGroup("m5.large", number, 3), NodeGroup("c5.xlarge", 2, 9)][: number % 3]
        plan = Plan(subnet_prefix_length=20 + number, node_groups=groups)
        saved(tmp_path / f"{number}.xlsx", MODELS[number % 2], plan, 5)
    raw = Raw(content())
    raw.put("WarmENI", "B8", 1.0)
    raw.put("WarmENI", "B24", "x")
    raw.put("WarmIP", "A23", "m5.lagre")
    raw.save(tmp_path / "8.xlsx")
    broken(tmp_path)
    # Three chunks, so that their borders are in it, too.
    monkeypatch.setattr("calculator.batch._CHUNK", 5)
    together = list(evaluate_workbooks([tmp_path]))
    assert len(together) == 14
    for report in together:
        if not report.error:
            assert as_json([verify_workbook(report.file)]) == as_json([report])


def test_a_file_that_is_not_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.xlsx")
    opened: list[Any] = []
    original = package._content
    monkeypatch.setattr(
        package, "_content", lambda file, *more: opened.append(file) or original(file, *more)
    )
    [report] = evaluate_workbooks([path, tmp_path])
    assert report.clean
    assert opened == [str(path)]


def test_a_catalog_of_ones_own(tmp_path: Path) -> None:
    listed = tmp_path / "types.csv"
    listed.write_text("instance_type,max_enis,ipv4_per_eni\nm5.12xlarge,2,5\n")
    path = saved(tmp_path / "a.xlsx")
    [report] = evaluate_workbooks([path], catalog=load_catalog(listed))
    first = report.sheets[0].node_groups[0]
    assert (first["max_enis"], first["ipv4_per_eni"]) == (2, 5)
    assert {each.cell for each in report.sheets[0].faults} == {"A24", "A25", "A26", "A27"}
    assert report.sheets[0].totals["ips_used"] is None


@needs_ironcalc
def test_recalculating_many(tmp_path: Path) -> None:
    saved(tmp_path / "a.xlsx")
    broken(tmp_path)
    raw = Raw(content("aws-sample"))
    raw.put("WarmENI", "B10", formula="B5-B8+1")
    raw.save(tmp_path / "b.xlsx")
    reports = {
        Path(each.file).name: each
        for each in evaluate_workbooks([tmp_path], recalculate="ironcalc")
    }
    assert reports["a.xlsx"].clean
    kinds = [(each.cell, each.kind) for each in reports["b.xlsx"].sheets[0].differences]
    assert kinds == [("B10", "formula"), ("B10", "recalculated")]
    assert reports["c-empty.xlsx"].error


# --- results --------------------------------------------------------------------------------------

SUMMARY = [
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


def test_a_row_a_sheet(folder: Path) -> None:
    table = summary(evaluate_workbooks([folder]))
    assert list(table.columns) == SUMMARY
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
    sheets = as_json(reports)["workbooks"][0]["sheets"]
    for sheet, is_missing in zip(sheets, of_sheets[model], strict=True):
        assert (sheet["subnet_prefix_length"] is None) == is_missing
        assert [each["cell"] for each in sheet["faults"]] == ["B4"] * is_missing


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("cell", ["A22", "B22", "C22", "D22", "A4", "A8", "A13"])
def test_whatever_is_missing_costs_no_other_file(tmp_path: Path, model: str, cell: str) -> None:
    raw = Raw(content(model))
    raw.put("WarmENI", cell, "mine")
    raw.save(tmp_path / "a.xlsx")
    saved(tmp_path / "b.xlsx", model)
    first, second = evaluate_workbooks([tmp_path])
    assert not first.clean
    assert first.error is None
    assert second.clean
    json.dumps(as_json([first]), allow_nan=False)
    assert summary([first])["sheet"].tolist() == [*SHEETS[model]]


def test_no_reports_make_an_empty_table() -> None:
    assert list(summary([]).columns) == SUMMARY
    assert len(summary([])) == 0
    assert as_json([]) == {"workbooks": []}


def test_the_shape_of_the_json(folder: Path) -> None:
    answer = json.loads(json.dumps(as_json(evaluate_workbooks([folder])), allow_nan=False))
    assert list(answer) == ["workbooks"]
    bad, good, text = answer["workbooks"]
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
    [workbook] = as_json(evaluate_workbooks([raw.save(tmp_path / "a.xlsx")]))["workbooks"]
    for sheet in workbook["sheets"]:
        assert sheet["settings"]["ip_family"] is None
        assert [each["found"] for each in sheet["faults"]] == ["IPv5"]


def test_faults_that_a_notice_tells_in_the_json(tmp_path: Path) -> None:
    plan = Plan(ip_family="IPv6", node_groups=[NodeGroup("m5.large", 1, 9, os="Windows")])
    path = saved(tmp_path / "a.xlsx", plan=plan)
    [workbook] = as_json(evaluate_workbooks([path]))["workbooks"]
    for sheet in workbook["sheets"]:
        [fault] = sheet["faults"]
        assert (fault["kind"], fault["found"]) == ("not-on-windows", "Windows")
        assert sheet["ips_used"] is None
    cells = {each["sheet"]: each["faults"][0]["cell"] for each in workbook["sheets"]}
    assert cells == {"WarmENI": "W23", "WarmIP": "W23", "Prefix": "Y23"}


def test_warnings_in_the_json(tmp_path: Path) -> None:
    plan = Plan(subnet_prefix_length=28, node_groups=[NodeGroup("t3.nano", 3, 9)])
    [workbook] = as_json(evaluate_workbooks([saved(tmp_path / "a.xlsx", plan=plan)]))["workbooks"]
    warnings = workbook["sheets"][0]["warnings"]
    assert [each["kind"] for each in warnings] == ["pods-do-not-fit", "subnet-overflow"]
    assert [each["cell"] for each in warnings] == ["C23", "B4"]
    assert all(list(each) == ["cell", "column", "kind", "found", "message"] for each in warnings)


@pytest.mark.parametrize("ending", ["csv", "CSV", "xlsx", "json"])
def test_results_in_a_file(folder: Path, tmp_path: Path, ending: str) -> None:
    reports = list(evaluate_workbooks([folder]))
    path = tmp_path / f"results.{ending}"
    write_results(reports, str(path))
    if ending == "json":
        assert json.loads(path.read_text("utf-8")) == as_json(reports)
        return
    table = pd.read_excel(path) if ending == "xlsx" else pd.read_csv(path)
    assert list(table.columns) == SUMMARY
    expected = summary(reports)
    for name in SUMMARY:
        wanted = [None if pd.isna(each) else each for each in expected[name]]
        assert [None if pd.isna(each) else each for each in table[name]] == wanted
    if ending == "xlsx":
        sheet = openpyxl.load_workbook(path)["Summary"]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == "A1:M8"


def test_a_name_is_never_a_formula(tmp_path: Path) -> None:
    from calculator.parity import WorkbookReport

    path = tmp_path / "results.xlsx"
    write_results([WorkbookReport("=1+1.xlsx", "=2+2")], str(path))
    cell = openpyxl.load_workbook(path)["Summary"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1.xlsx", "s")


@pytest.mark.parametrize("name", ["results.ods", "results", "json"])
def test_results_in_no_known_form(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    with pytest.raises(InputError) as caught:
        write_results([], path)
    assert str(caught.value) == f"{path}: a name ending in .csv, .xlsx or .json is expected"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_results_that_cannot_be_written(tmp_path: Path, ending: str) -> None:
    path = str(tmp_path / "no" / "such" / f"results.{ending}")
    with pytest.raises(InputError, match="cannot be written"):
        write_results([], path)
