"""The command line: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from calculator import evaluate, load_catalog, read_workbook
from calculator.cli import main
from calculator.plan import PLAN_INPUTS, NodeGroup, Plan
from tests.helpers import (
    MODELS,
    PLAN,
    SHEETS,
    Raw,
    content,
    many,
    needs_ironcalc,
    needs_libreoffice,
    needs_pyarrow,
    saved,
)


class Outcome(NamedTuple):
    status: int | str | None
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Outcome:
        try:
            status: int | str | None = main(arguments)
        except SystemExit as stop:
            status = stop.code
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Outcome(status, out, err)

    return run


def with_findings(path: Path) -> Path:
    """A workbook with a fault on one sheet and a difference on another."""
    raw = Raw(content())
    raw.put("WarmIP", "B13", "three")
    raw.put("Prefix", "B8", 1.0)
    return raw.save(path)


def closing(workbooks: int, faults: int = 0, differences: int = 0, unreadable: int = 0) -> str:
    """The sentence that ends what is said on stderr."""
    plural = "" if workbooks == 1 else "s"
    return (
        f"{workbooks} workbook{plural} evaluated: {faults} with faults, "
        f"{differences} with differences, {unreadable} unreadable, 0 over capacity\n"
    )


FAULT = 'WarmIP!B13 (WARM_IP_TARGET): found "three"; a whole number of 0 or more is expected'


# --- new ------------------------------------------------------------------------------------------


def test_new_writes_a_blank_workbook(run: Run) -> None:
    assert run("new", "plan.xlsx") == (0, "wrote plan.xlsx\n", "")
    sheets = read_workbook("plan.xlsx").sheets
    assert [each.name for each in sheets] == [*SHEETS["vpc-cni"]]
    for sheet in sheets:
        assert sheet.rows == []
        assert sheet.layout.last_row - sheet.layout.first_row + 1 == 20
        own = {"warm_ip_target": 0, "max_pods_by": "110 or 250"} if sheet.name == "Prefix" else {}
        for name, value in sheet.settings.items():
            assert value == own.get(name, PLAN_INPUTS[name].default)


def test_new_fills_in_what_it_is_told(run: Run) -> None:
    status, out, err = run(
        *("new", "plan.xlsx", "--rows", "30", "--model", "vpc-cni"),
        *("--node", "m5.12xlarge:2:100", "--node", "t3.medium:12:9"),
        *("--subnet-size", "20", "--warm-eni-target", "0", "--warm-ip-target", "5"),
        *("--minimum-ip-target", "8", "--host-network-pods", "3", "--daemonset-pods", "4"),
    )
    assert (status, out, err) == (0, "wrote plan.xlsx\n", "")
    [eni, ip, prefix] = read_workbook("plan.xlsx").sheets
    assert eni.groups == {
        "instance_type": ["m5.12xlarge", "t3.medium"],
        "instances": [2, 12],
        "pods_per_node": [100, 9],
        "os": ["Linux", "Linux"],
        "own_max_pods": [0, 0],
        "security_group_pods": [0, 0],
    }
    assert eni.groups == ip.groups == prefix.groups
    assert eni.settings["subnet_prefix_length"] == 20
    assert eni.settings["warm_eni_target"] == 0
    assert (ip.settings["warm_ip_target"], ip.settings["minimum_ip_target"]) == (5, 8)
    assert (ip.settings["host_network_pods"], ip.settings["daemonset_pods"]) == (3, 4)
    assert prefix.settings["warm_ip_target"] == 5
    assert eni.layout.last_row == 52


def test_new_with_words_to_pick_from(run: Run) -> None:
    status, out, err = run(
        *("new", "plan.xlsx", "--pod-eni", "yes", "--ip-family", "IPv4", "--zone-loss", "yes"),
        *("--availability-zones", "3", "--max-pods-by", "110 or 250", "--updated-groups", "all"),
        *("--prefix-case", "worst case", "--warm-prefix-target", "2", "--other-ips", "16"),
    )
    assert (status, out, err) == (0, "wrote plan.xlsx\n", "")
    sheets = read_workbook("plan.xlsx").sheets
    said = {
        "pod_eni": "yes",
        "ip_family": "IPv4",
        "zone_loss": "yes",
        "availability_zones": 3,
        "max_pods_by": "110 or 250",
        "updated_groups": "all",
        "other_ips": 16,
    }
    for sheet in sheets:
        assert {name: sheet.settings[name] for name in said} == said
    assert sheets[2].settings["prefix_case"] == "worst case"
    assert sheets[2].settings["warm_prefix_target"] == 2


NODES = {
    "m5.large:3:20": NodeGroup("m5.large", 3, 20),
    "m5.large:3:20,os=Windows": NodeGroup("m5.large", 3, 20, os="Windows"),
    "m5.large:3:20,os=windows,own_max_pods=30": NodeGroup("m5.large", 3, 20, "Windows", 30),
    "m5.large:3:20,security_group_pods=4,own_max_pods=30": NodeGroup(
        "m5.large", 3, 20, own_max_pods=30, security_group_pods=4
    ),
}


@pytest.mark.parametrize(("node", "group"), NODES.items(), ids=list(NODES))
def test_new_with_more_of_a_node_group(run: Run, node: str, group: NodeGroup) -> None:
    assert run("new", "plan.xlsx", "--node", node) == (0, "wrote plan.xlsx\n", "")
    for sheet in read_workbook("plan.xlsx").sheets:
        assert sheet.groups == {name: [getattr(group, name)] for name in sheet.groups}


def test_new_of_the_other_model(run: Run) -> None:
    assert run("new", "plan.xlsx", "--model", "aws-sample").status == 0
    assert read_workbook("plan.xlsx").sheets[0].model.name == "aws-sample"


def test_new_warns_of_a_type_that_is_not_listed(run: Run) -> None:
    status, out, err = run("new", "plan.xlsx", "--node", "m5.lagre:1:1", "--node", "nonsense:1:1")
    assert (status, out) == (0, "wrote plan.xlsx\n")
    assert err.splitlines() == [
        'eks-subnet-calc: instance_type: found "m5.lagre", which is not known (is m5.large meant?)',
        'eks-subnet-calc: instance_type: found "nonsense", which is not known',
    ]


def test_new_replaces_nothing_unless_it_is_told_to(run: Run) -> None:
    Path("plan.xlsx").write_text("mine")
    message = "eks-subnet-calc: plan.xlsx: there is such a file already; nothing was written\n"
    assert run("new", "plan.xlsx") == (2, "", message)
    assert Path("plan.xlsx").read_text() == "mine"
    assert run("new", "plan.xlsx", "--force").status == 0


def test_new_with_a_catalog_of_ones_own(run: Run) -> None:
    Path("types.csv").write_text("instance_type,max_enis,ipv4_per_eni\nmy.metal,3,11\n")
    arguments = ("new", "plan.xlsx", "--catalog", "types.csv", "--node", "my.metal:1:1")
    assert run(*arguments) == (0, "wrote plan.xlsx\n", "")


# --- evaluate -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_evaluate_prints_a_row_a_sheet(run: Run, tmp_path: Path, model: str) -> None:
    saved(tmp_path / "plan.xlsx", model)
    status, out, err = run("evaluate", "plan.xlsx")
    assert (status, err) == (0, closing(1))
    header, *lines = out.splitlines()
    assert header.split()[:3] == ["file", "sheet", "model"]
    assert "error" not in header
    for line, sheet in zip(lines, SHEETS[model], strict=True):
        result = evaluate(PLAN, model, sheet)
        names = ["ips_available", "ips_used", "ips_remaining", "pods_hosted"]
        found = result.totals | result.details
        if model == "vpc-cni":
            names.insert(3, "peak_remaining")
        assert line.split() == [
            *("plan.xlsx", sheet, model, "20"),
            *(str(found[name]) for name in names),
            *("0", "0", "0"),
        ]


def test_evaluate_says_problems_on_stderr(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "bad.xlsx")
    saved(tmp_path / "good.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    status, out, err = run("evaluate", ".")
    assert status == 1
    bad, good, text = (os.path.join(".", f"{name}.xlsx") for name in ("bad", "good", "text"))
    [used] = [s.split()[5] for s in out.splitlines() if s.split()[:2] == [good, "Prefix"]]
    first, *follow, more, last, unreadable, end = err.splitlines()
    assert first == f"{bad}, {FAULT}"
    # What is recorded on the sheet does not fit its inputs any more.
    assert all(each.startswith(f"{bad}, WarmIP!") for each in follow)
    assert len(follow) == 10
    assert re.fullmatch(
        re.escape(f"{bad}, WarmIP: ") + "[0-9]+ more differences; verify lists all", more
    )
    assert last == f"{bad}, Prefix!B8 (IPs used): recorded 1, but {used} is the result"
    assert unreadable == (
        f"{text}: It is a text file (such as CSV), not an .xlsx workbook. "
        "Open it in Excel or LibreOffice and save it again as .xlsx."
    )
    assert end + "\n" == closing(3, 1, 1, 1)
    assert len(out.splitlines()) == 8
    assert "error" in out.splitlines()[0]


def test_evaluate_as_json(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "bad.xlsx")
    status, out, err = run("evaluate", "bad.xlsx", "--json")
    assert status == 1
    [workbook] = json.loads(out)["workbooks"]
    assert workbook["file"] == "bad.xlsx"
    assert workbook["sheets"][1]["faults"][0]["cell"] == "B13"
    assert err.startswith(f"bad.xlsx, {FAULT}")


@pytest.mark.parametrize(
    "ending", ["csv", "xlsx", "json", pytest.param("parquet", marks=needs_pyarrow)]
)
def test_evaluate_into_a_file(run: Run, tmp_path: Path, ending: str) -> None:
    saved(tmp_path / "plan.xlsx")
    assert run("evaluate", "plan.xlsx", "-o", f"results.{ending}") == (0, "", closing(1))
    assert (tmp_path / f"results.{ending}").stat().st_size > 100


def test_evaluate_both_prints_and_writes_json(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx")
    status, out, _ = run("evaluate", "plan.xlsx", "--json", "-o", "results.json")
    assert status == 0
    assert json.loads(out) == json.loads((tmp_path / "results.json").read_text())


@pytest.mark.parametrize("paths", [(".",), ("plan.xlsx",), ("*.xlsx",), ("sub/../plan.xlsx", ".")])
@pytest.mark.parametrize("start", ["", "./", "{}/", "file://{}/"])
def test_evaluate_never_writes_over_a_workbook_it_reads(
    run: Run, tmp_path: Path, paths: tuple[str, ...], start: str
) -> None:
    before = saved(tmp_path / "plan.xlsx").read_bytes()
    (tmp_path / "sub").mkdir()
    output = f"{start.format(tmp_path)}plan.xlsx"
    status, out, err = run("evaluate", *paths, "-o", output)
    assert (status, out) == (2, "")
    assert err == f"eks-subnet-calc: {output}: the results cannot go into what is evaluated\n"
    assert (tmp_path / "plan.xlsx").read_bytes() == before
    assert sorted(os.listdir()) == ["plan.xlsx", "sub"]


def test_a_report_beside_the_workbooks_is_made_anew(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx")
    for _ in range(2):
        assert run("evaluate", ".", "-o", "report.xlsx") == (0, "", closing(1))


FAIL_ON = [
    ((), 1, 1, 1, 0),
    (("--fail-on", "none"), 0, 0, 0, 0),
    (("--fail-on", "faults"), 1, 0, 0, 0),
    (("--fail-on", "differences"), 0, 1, 0, 0),
    (("--fail-on", "unreadable"), 0, 0, 1, 0),
    (("--fail-on", "overflow"), 0, 0, 0, 1),
    (("--fail-on", "overflow,faults"), 1, 0, 0, 1),
]


@pytest.mark.parametrize("command", ["evaluate", "verify"])
@pytest.mark.parametrize("case", FAIL_ON, ids=[" ".join(case[0]) for case in FAIL_ON])
def test_what_makes_it_fail(
    run: Run, tmp_path: Path, command: str, case: tuple[tuple[str, ...], int, int, int, int]
) -> None:
    options, *expected = case
    raw = Raw(content())
    raw.put("WarmENI", "B13", "three")
    for sheet in SHEETS["vpc-cni"]:  # nothing recorded is nothing that differs
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, None)
    raw.save(tmp_path / "fault.xlsx")
    raw = Raw(content())
    raw.put("Prefix", "B8", 1.0)
    raw.save(tmp_path / "difference.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    plan = Plan(subnet_prefix_length=28, node_groups=[NodeGroup("m5.large", 9, 20)])
    saved(tmp_path / "overflow.xlsx", plan=plan)
    names = ("fault", "difference", "text", "overflow")
    found = [run(command, f"{name}.xlsx", *options).status for name in names]
    assert found == expected
    assert run(command, *(f"{name}.xlsx" for name in names), *options).status == max(expected)


def test_the_closing_sentence_counts_what_overflows(run: Run) -> None:
    run("new", "plan.xlsx", "--subnet-size", "28", "--node", "m5.large:9:20")
    status, _, err = run("evaluate", "plan.xlsx")
    assert status == 0
    assert err.splitlines()[-1] == closing(1).strip().replace("0 over", "1 over")


@pytest.mark.parametrize("command", ["evaluate", "verify"])
def test_quiet(run: Run, tmp_path: Path, command: str) -> None:
    saved(tmp_path / "plan.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    loud = run(command, ".")
    quiet = run(command, ".", "--quiet")
    assert quiet.out == loud.out
    assert quiet.status == loud.status == 1
    assert loud.err == quiet.err + closing(2, unreadable=1)
    assert len(quiet.err.splitlines()) == 1


def test_warnings_are_left_to_the_results(run: Run) -> None:
    run("new", "plan.xlsx", "--subnet-size", "28", "--node", "m5.large:9:20")
    assert "warning: plan.xlsx" in run("evaluate", "plan.xlsx").err
    assert "warning: plan.xlsx" in run("verify", "plan.xlsx").err
    _, out, err = run("evaluate", "plan.xlsx", "-o", "r.csv")
    assert (out, len(err.splitlines())) == ("", 1)


@pytest.mark.parametrize("form", [".csv", ".json", ".xlsx"])
def test_details(run: Run, tmp_path: Path, form: str) -> None:
    saved(tmp_path / "plan.xlsx")
    assert run("evaluate", "plan.xlsx", "--details", "--quiet", "-o", f"r{form}") == (0, "", "")
    beside = {f"r-findings{form}", f"r-node-groups{form}"} if form == ".csv" else set()
    assert {*os.listdir()} == {"plan.xlsx", f"r{form}", *beside}


@needs_pyarrow
def test_everything_is_in_the_json_beside_parts(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx")
    _, alone, _ = run("evaluate", "plan.xlsx", "--json")
    status, out, _ = run("evaluate", "plan.xlsx", "--json", "-o", "parts/")
    assert status == 0
    assert out == alone
    assert os.listdir("parts/summary") == ["part-00000.parquet"]


def test_json_of_many_is_one_document(run: Run, tmp_path: Path) -> None:
    paths = many(tmp_path / "plans", 3)
    _, out, _ = run("verify", "plans", "--json", "--quiet")
    assert [each["file"] for each in json.loads(out)["workbooks"]] == [
        os.path.relpath(each, tmp_path) for each in paths
    ]


def test_reports_are_kept(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "plan.xlsx")
    first = run("evaluate", "plan.xlsx", "--cache", "cache")
    assert len(list((tmp_path / "cache").rglob("*.json"))) == 1
    assert run("evaluate", "plan.xlsx", "--cache", "cache") == first
    assert run("verify", "plan.xlsx", "--cache", "cache") == run("verify", "plan.xlsx")


def test_workers(run: Run, tmp_path: Path) -> None:
    many(tmp_path / "plans", 6)
    (tmp_path / "plans" / "p002.xlsx").write_text("no workbook")
    expected = run("evaluate", "plans")
    assert run("evaluate", "plans", "--workers", "2") == expected
    assert expected.status == 1


def test_what_cannot_be_written_is_said_and_no_more(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx")
    status, out, err = run("evaluate", "plan.xlsx", "-o", "no/such/results.csv")
    assert (status, out) == (2, "")
    assert err == (
        "eks-subnet-calc: no/such/results.csv: cannot be written: No such file or directory\n"
    )


def test_results_at_a_url_of_no_kind(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx")
    status, out, err = run("evaluate", "plan.xlsx", "-o", "xyz://results.csv")
    assert (status, out) == (2, "")
    assert err == "eks-subnet-calc: xyz://results.csv: cannot be reached: Protocol not known: xyz\n"


def test_warnings_are_no_failure(run: Run, tmp_path: Path) -> None:
    run("new", "plan.xlsx", "--subnet-size", "28", "--node", "m5.large:9:20")
    status, _, err = run("evaluate", "plan.xlsx")
    assert status == 0
    assert err.count("warning: plan.xlsx, WarmENI!B4 (Subnet prefix length (/n)): the plan") == 1


# --- verify ---------------------------------------------------------------------------------------


def test_verify_a_workbook_that_is_right(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx")
    assert run("verify", "plan.xlsx") == (
        0,
        "plan.xlsx, WarmENI (vpc-cni): no differences\n"
        "plan.xlsx, WarmIP (vpc-cni): no differences\n"
        "plan.xlsx, Prefix (vpc-cni): no differences\n",
        closing(1),
    )


def test_a_fault_that_others_follow_is_said_of_each_sheet(run: Run, tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B24", "three")
    raw.save(tmp_path / "plan.xlsx")
    status, _, err = run("verify", "plan.xlsx")
    assert status == 1
    fault = '!B24 (# of Instances): found "three"; a whole number of 0 or more is expected'
    follows = " (the cell follows WarmENI!B24)"
    assert err.splitlines() == [
        f"plan.xlsx, WarmENI{fault}",
        f"plan.xlsx, WarmIP{fault}{follows}",
        f"plan.xlsx, Prefix{fault}{follows}",
        closing(1, 1, 1).rstrip(),
    ]


def test_verify_prints_differences_and_complains_of_faults(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "plan.xlsx")
    status, out, err = run("verify", "plan.xlsx")
    assert status == 1
    assert err == f"plan.xlsx, {FAULT}\n{closing(1, 1, 1)}"
    first, *follow, number, difference, last = out.splitlines()
    assert first == "plan.xlsx, WarmENI (vpc-cni): no differences"
    assert all(each.startswith("plan.xlsx, WarmIP!") for each in follow)
    assert number == f"plan.xlsx, WarmIP (vpc-cni): {len(follow)} differences"
    assert difference.startswith("plan.xlsx, Prefix!B8 (IPs used): recorded 1, but ")
    assert last == "plan.xlsx, Prefix (vpc-cni): 1 difference"


def test_verify_a_workbook_that_was_never_calculated(run: Run, tmp_path: Path) -> None:
    openpyxl.load_workbook(saved(tmp_path / "a.xlsx")).save(tmp_path / "plan.xlsx")
    status, out, err = run("verify", "plan.xlsx")
    assert status == 0
    assert out.splitlines() == [
        f"plan.xlsx, {sheet} (vpc-cni): no differences, formulas only: it was never calculated"
        for sheet in SHEETS["vpc-cni"]
    ]
    assert err.count("the file was never calculated") == 3


def test_verify_as_json(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "plan.xlsx")
    status, out, _ = run("verify", "plan.xlsx", "--json")
    assert status == 1
    [difference] = json.loads(out)["workbooks"][0]["sheets"][2]["differences"]
    assert (difference["cell"], difference["kind"], difference["found"]) == ("B8", "value", 1)


@needs_ironcalc
def test_verify_with_ironcalc(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "a.xlsx")
    saved(tmp_path / "b.xlsx", "aws-sample")
    status, out, err = run("verify", ".", "--recalculate", "ironcalc")
    assert (status, err) == (0, closing(2))
    assert out.count("no differences") == 5


@needs_libreoffice
def test_an_engine_that_lacks_a_function_says_so_once(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx", "aws-sample")
    status, _, err = run("verify", "plan.xlsx", "--recalculate", "libreoffice")
    if status == 0:
        pytest.skip("this LibreOffice knows XLOOKUP")
    assert status == 1
    assert err.startswith("plan.xlsx: its formulas use XLOOKUP, which LibreOffice has from version")


# --- sweep, convert, catalog ----------------------------------------------------------------------

SCENARIOS = "sheet,instance_type,instances,pods_per_node\nWarmENI,m5.large,2,9\n"


def test_sweep(run: Run) -> None:
    Path("in.csv").write_text(SCENARIOS)
    expected = "wrote out.csv: 1 scenario, 0 with a fault\n"
    assert run("sweep", "in.csv", "-o", "out.csv") == (0, expected, "")
    assert len(Path("out.csv").read_text().splitlines()) == 2


def test_sweep_with_a_fault(run: Run) -> None:
    Path("in.csv").write_text(SCENARIOS + "WarmENI,m5.lagre,1,1\n")
    status, out, err = run("sweep", "in.csv", "--output", "out.csv")
    assert status == 1
    assert out == "wrote out.csv: 2 scenarios, 1 with a fault\n"
    assert err == "eks-subnet-calc: column check says what is wrong with those that have a fault\n"


def test_convert(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "old.xlsx", "aws-sample")
    status, out, err = run("convert", "old.xlsx", "new.xlsx")
    assert status == 0
    assert err == ""
    lines = out.splitlines()
    assert lines[0].split() == ["sheet", "aws-sample", "(before)", "vpc-cni", "(after)"]
    assert lines[-1] == "wrote new.xlsx"
    totals = [evaluate(PLAN, model, "WarmENI").totals["ips_used"] for model in MODELS[::-1]]
    assert lines[2].split() == ["WarmENI", "ips_used", *map(str, totals)]


def test_convert_says_what_it_leaves_out(run: Run) -> None:
    run("new", "old.xlsx", "--pod-eni", "yes", "--node", "m5.large:3:20,own_max_pods=30")
    status, out, err = run("convert", "old.xlsx", "new.xlsx", "--model", "aws-sample")
    assert status == 0
    assert err.splitlines() == [
        f"eks-subnet-calc: {each}"
        for each in (
            *(
                f"old.xlsx, {sheet}!{cell}; model aws-sample has no such input: left out"
                for sheet in ("WarmENI", "WarmIP")
                for cell in (
                    'N6 (Security groups for pods (ENABLE_POD_ENI)): found "yes"',
                    "X23 (Own max pods): found 30",
                )
            ),
            "sheet Prefix: model aws-sample has no prefix; left out",
        )
    ]
    assert "Prefix" not in out


def test_convert_refuses_faults(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "old.xlsx")
    status, out, err = run("convert", "old.xlsx", "new.xlsx", "--model", "aws-sample")
    assert (status, out) == (1, "")
    assert "its inputs cannot all be used; nothing was written:" in err
    assert FAULT in err
    assert os.listdir() == ["old.xlsx"]


def test_convert_replaces_nothing_unless_it_is_told_to(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "old.xlsx", "aws-sample")
    (tmp_path / "new.xlsx").write_text("mine")
    status, out, err = run("convert", "old.xlsx", "new.xlsx")
    assert (status, out) == (2, "")
    assert err == "eks-subnet-calc: new.xlsx: there is such a file already; nothing was written\n"
    assert run("convert", "old.xlsx", "new.xlsx", "--force").status == 0


def test_convert_tells_of_a_type_that_is_not_listed(run: Run) -> None:
    run("new", "old.xlsx", "--node", "m9.unheard:1:1")
    status, out, err = run("convert", "old.xlsx", "new.xlsx", "--model", "aws-sample")
    assert status == 1
    assert "wrote new.xlsx" in out
    assert "eks-subnet-calc: new.xlsx, WarmENI!A23 (instance type): found" in err


def test_catalog(run: Run) -> None:
    status, out, err = run("catalog", "m5.12x")
    assert (status, err) == (0, "")
    header, line = out.splitlines()
    assert header.split()[:4] == ["instance_type", "max_enis", "ipv4_per_eni", "max_pods"]
    assert line.split()[:4] == ["m5.12xlarge", "8", "30", "234"]


@pytest.mark.parametrize("model", MODELS)
def test_the_whole_catalog(run: Run, model: str) -> None:
    _, out, _ = run("catalog", "--model", model)
    assert len(out.splitlines()) == 1 + len(list(load_catalog(model=model)))


def test_a_catalog_without_such_a_type(run: Run) -> None:
    status, out, err = run("catalog", "zzz")
    assert (status, out) == (2, "")
    assert err.startswith("eks-subnet-calc: no instance type of ")
    assert err.endswith('contains "zzz"\n')


# --- wrong usage ----------------------------------------------------------------------------------

WRONG = [
    ((), "the following arguments are required: COMMAND"),
    (("wirte",), "invalid choice: 'wirte'"),
    (("new",), "the following arguments are required: FILE.xlsx"),
    (("new", "plan.xls"), "plan.xls: a workbook's name must end in .xlsx"),
    (("new", "no/such/plan.xlsx"), "cannot be written: No such file or directory"),
    (("new", "plan.xlsx", "--rows", "many"), "argument --rows: invalid int value: 'many'"),
    (("new", "plan.xlsx", "--rows", "0"), "rows: found 0; a whole number from 1 to 10000"),
    (("new", "plan.xlsx", "--subnet-size", "29"), "found 29; a whole number from 16 to 28"),
    (("new", "plan.xlsx", "--warm-ip-target", "-1"), "found -1; a whole number of 0 or more"),
    (("new", "plan.xlsx", "--model", "aws"), "argument --model: invalid choice: 'aws'"),
    *(
        (("new", "plan.xlsx", "--node", node), f'found "{node}"; TYPE:INSTANCES:PODS is expected')
        for node in ("m5.large", "m5.large:2", "m5.large:two:3", "m5.large:-2:3", "a:1:2:3", "")
    ),
    (("new", "plan.xlsx", "--node", ":1:2"), "instance_type: found nothing"),
    (("new", "plan.xlsx", "--node", "a:1:9999999"), "found 9999999; a whole number from 0 to"),
    (("new", "plan.xlsx", "--node", "a:1:2,os=BSD"), 'os: found "BSD"; Linux or Windows is exp'),
    (("new", "plan.xlsx", "--node", "a:1:2,own_max_pods=x"), 'own_max_pods: found "x"; a whole'),
    *(
        (
            ("new", "plan.xlsx", "--node", f"a:1:2,{more}"),
            f'found "{more}"; one of os=…, own_max_pods=…, security_group_pods=… is expected',
        )
        for more in ("os", "os=", "instances=3", "max_pods=30", "")
    ),
    (("new", "plan.xlsx", "--pod-eni", "maybe"), "argument --pod-eni: invalid choice: 'maybe'"),
    (("new", "plan.xlsx", "--max-pods-by", "110"), "argument --max-pods-by: invalid choice: '110'"),
    (("new", "plan.xlsx", "--availability-zones", "7"), "found 7; a whole number from 1 to 6"),
    (("new", "plan.xlsx", "--catalog", "no.csv"), "no.csv: No such file or directory"),
    (("evaluate",), "the following arguments are required: PATH"),
    (("evaluate", "none.xlsx"), "none.xlsx: there is no workbook; a file, folder or glob"),
    (("evaluate", "*.xlsx"), "*.xlsx: there is no workbook; a file, folder or glob is expected"),
    (("evaluate", "."), ".: there is no workbook; a file, folder or glob is expected"),
    (("evaluate", "text.txt", "-o", "r.pdf"), "found r.pdf; a name ending in .csv, .parquet, "),
    (("verify", "none.xlsx"), "none.xlsx: there is no workbook"),
    (("evaluate", "xyz://a.xlsx"), "xyz://a.xlsx: cannot be reached: Protocol not known: xyz"),
    (("evaluate", "text.txt", "--details"), "--details go where the results go; name it with"),
    *(
        (("evaluate", "text.txt", "--workers", n), f'found "{n}"; a whole number of 1 or more is')
        for n in ("0", "-1", "two", "1.5", "")
    ),
    *(
        (("verify", "text.txt", "--fail-on", what), f'found "{name}"; faults, differences, unread')
        for what, name in (("", ""), ("warnings", "warnings"), ("faults,none", "none"))
    ),
    (("evaluate", "text.txt", "--cache", "binary"), "binary: no folder for a cache: File exists"),
    (("evaluate", "text.txt", "--cache", "s3://a"), "s3://a: a cache is a folder of this machine"),
    (("verify", "text.txt", "--recalculate", "excel"), "invalid choice: 'excel'"),
    (("sweep", "in.csv"), "the following arguments are required: -o/--output"),
    (("sweep", "none.csv", "-o", "out.csv"), "none.csv: No such file or directory"),
    (("sweep", "text.txt", "-o", "out.csv"), "text.txt: a name ending in .csv or .parquet is exp"),
    (("sweep", "binary", "-o", "out.csv"), "binary: "),
    (("convert", "text.txt"), "the following arguments are required: OUT.xlsx"),
    (("catalog", "--catalog", "text.txt"), "column instance_type is missing"),
    (("catalog", "--catalog", "binary"), "this is not text in UTF-8"),
    (("catalog", "--catalog", "."), "Is a directory"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_wrong_usage(run: Run, arguments: tuple[str, ...], message: str) -> None:
    Path("text.txt").write_text("a,b\n1,2\n")
    Path("binary").write_bytes(bytes(range(256)) * 4)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert sorted(os.listdir()) == ["binary", "text.txt"]


BAD_FILES = {
    "empty": b"",
    "text": b"a,b\n1,2\n",
    "zeros": bytes(1000),
    "cut": content()[:5000],
    "html": b"<!DOCTYPE html><html>Sign in</html>",
    "zip": b"PK\3\4" + bytes(100),
}


@pytest.mark.parametrize("command", ["evaluate", "verify", "convert"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_a_finding(run: Run, command: str, kind: str) -> None:
    Path("bad.xlsx").write_bytes(BAD_FILES[kind])
    more = ["out.xlsx"] if command == "convert" else []
    status, _, err = run(command, "bad.xlsx", *more)
    assert status == 1
    problem, *end = err.splitlines(keepends=True)
    assert "bad.xlsx: " in problem
    assert end == ([] if command == "convert" else [closing(1, unreadable=1)])
    assert os.listdir() == ["bad.xlsx"]


def test_interruption(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("calculator.workbook.writer.write_workbook", interrupted)
    assert run("new", "plan.xlsx") == (130, "", "eks-subnet-calc: interrupted\n")


def test_version(run: Run) -> None:
    status, out, err = run("--version")
    assert (status, err) == (0, "")
    assert out.startswith("eks-subnet-calc ")


def test_help_of_every_command(run: Run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert "Exit status: 0 all is well;" in " ".join(out.split())
    for command in ("new", "evaluate", "verify", "sweep", "convert", "catalog"):
        assert f"    {command} " in out
        assert run(command, "--help").status == 0
    for name, quantity in PLAN_INPUTS.items():
        words = " ".join(run("new", "--help").out.split())
        assert f"--{name.replace('_', '-')}" in words
        by_sheet = getattr(Plan(), name) is None
        default = "each sheet's own default" if by_sheet else quantity.default
        assert f"{default} if not given" in words


# --- in a process of its own ----------------------------------------------------------------------

MODULE = [sys.executable, "-m", "calculator.cli"]
ROOT = Path(__file__).parents[1]


def test_as_a_module() -> None:
    done = subprocess.run([*MODULE, "--help"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: eks-subnet-calc")


def test_help_is_there_at_once() -> None:
    code = (
        "import sys; from calculator.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'numpy', 'openpyxl', 'xlsxwriter'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_reader_that_has_had_enough() -> None:
    process = subprocess.Popen(
        [*MODULE, "catalog"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()  # before there is any output
    with process.stderr as stream:
        assert stream.read() == b""
    assert process.wait(30) == 0


def test_results_replace_a_file_beside_a_workbook_that_is_not_there(
    run: Run, tmp_path: Path
) -> None:
    saved(tmp_path / "plan.xlsx")
    (tmp_path / "results.csv").write_text("old")
    status, _, err = run("evaluate", "missing.xlsx", "plan.xlsx", "--output", "results.csv")
    assert status == 1
    assert err == "missing.xlsx: There is no such file. Check the path.\n" + closing(
        2, unreadable=1
    )
    assert (tmp_path / "results.csv").read_text().startswith("file,sheet,")


# --- on a terminal --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_on_a_terminal(tmp_path: Path) -> None:
    import pty
    import termios

    many(tmp_path / "plans", 5)
    (tmp_path / "plans" / "p002.xlsx").write_text("no workbook")
    main, side = pty.openpty()
    termios.tcsetwinsize(side, (24, 200))
    command = [*MODULE, "evaluate", str(tmp_path / "plans")]
    with subprocess.Popen(command, stdout=side, stderr=side, cwd=ROOT) as process:
        os.close(side)
        shown = b""
        with contextlib.suppress(OSError):  # that is the end of a terminal
            while part := os.read(main, 10_000):
                shown += part
    os.close(main)
    assert process.returncode == 1
    lines = shown.decode().replace("\r\n", "\n").split("\n")
    assert any("0/5 [" in line for line in lines)
    # What stands before the last return was the bar, which is gone.
    seen = [line.rpartition("\r")[2] for line in lines]
    assert seen[0].startswith(f"{tmp_path}/plans/p002.xlsx: It is a text file")
    assert seen[1].split()[:2] == ["file", "sheet"]
    assert len(seen[2:-2]) == 4 * 3 + 1
    assert seen[-2:] == [closing(5, unreadable=1).strip(), ""]


@pytest.mark.parametrize("command", ["evaluate", "verify"])
def test_a_name_whose_bytes_are_no_text(tmp_path: Path, command: str) -> None:
    try:
        saved(tmp_path / "plan\udcff.xlsx")
    except OSError:
        pytest.skip("this file system has no such names")
    done = subprocess.run(
        [*MODULE, command, "."],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict", "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr.decode()) == (0, closing(1))
    assert done.stdout.count(b"plan\\udcff.xlsx") == 3
