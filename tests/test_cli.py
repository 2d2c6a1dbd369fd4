"""The command line: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl.styles import Font

from calculator import batch, evaluate, load_catalog, read_workbook
from calculator.cli import main
from calculator.findings import CODES
from calculator.model import get_model
from calculator.plan import MODES, NodeGroup, Plan
from calculator.report import WorkbookReport
from tests.helpers import (
    AWS_SAMPLE,
    MODELS,
    Raw,
    content,
    many,
    needs_aws_sample,
    needs_ironcalc,
    needs_libreoffice,
    needs_pyarrow,
    saved,
    thorough,
)
from tests.reports import finding, report, unreadable


class Outcome(NamedTuple):
    status: int | str | None
    out: str
    err: str


Run = Callable[..., Outcome]
#: A plan that fits in every mode and has nothing to remark.
SMALL = Plan(subnet_prefix_length=22, node_groups=[NodeGroup("m5.large", 2, 9)])
NEW = ("new", "plan.xlsx", "--rows", "3", "--subnet-size", "22", "--node", "m5.large:2:9")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*arguments: str) -> Outcome:
        try:
            status: int | str | None = main(arguments)
        except SystemExit as stop:
            status = stop.code
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Outcome(status, out, err)

    return run


@pytest.fixture
def found(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets workbooks be found and evaluated to reports made by hand."""

    def found(*reports: WorkbookReport, interrupted: bool = False) -> None:
        for one in reports:
            Path(one.file).write_text("anything")
        by_name = {one.file: one for one in reports}

        def evaluated(files: Sequence[str], *_: object) -> Iterator[list[WorkbookReport]]:
            for file in files:
                yield [by_name[os.path.basename(file)]]
            if interrupted:
                raise KeyboardInterrupt

        monkeypatch.setattr(batch, "evaluate_chunks", evaluated)

    return found


def to_do(*codes: str) -> list[str]:
    """What is said on stderr of what to do."""
    return [f"[{code}] {CODES[code].advice}" for code in codes]


def closing(
    workbooks: int,
    faults: int = 0,
    differences: int = 0,
    unreadable: int = 0,
    overflow: int = 0,
    warnings: int = 0,
) -> str:
    """The sentence that ends what is said on stderr."""
    plural = "" if workbooks == 1 else "s"
    not_fit = "that does not fit" if overflow == 1 else "that do not fit"
    return (
        f"{workbooks} workbook{plural} evaluated: {faults} with faults, "
        f"{differences} with differences, {unreadable} unreadable, {overflow} {not_fit}"
        f"{f'; {warnings} with warnings' if warnings else ''}\n"
    )


def cells(line: str) -> list[str]:
    """The cells of a line of a table."""
    return re.split("  +", line.strip())


def table(out: str) -> list[list[str]]:
    """The rows of a table, the header among them."""
    return [cells(line) for line in out.splitlines()]


def cell_of(sheet: str, name: str, model: str = "vpc-cni") -> str:
    """Where a setting or result stands in a new workbook."""
    placed = get_model(model).sheet(sheet).by_name[name]
    return str(placed.cell)  # type: ignore[union-attr]


def faulty(path: Path) -> Path:
    """A workbook with a fault on sheet Plan."""
    raw = Raw(content("vpc-cni", SMALL))
    raw.put("Plan", cell_of("Plan", "availability_zones"), "three")
    return raw.save(path)


def changed(path: Path) -> Path:
    """A workbook with a recorded value that is not the result."""
    raw = Raw(content("vpc-cni", SMALL))
    raw.put("WarmENI", cell_of("WarmENI", "ips_used"), 1.0)
    return raw.save(path)


FAULT = 'Plan!B5 (Availability Zones): found "three"; a whole number from 1 to 6 is expected'


# --- new ------------------------------------------------------------------------------------------


def as_plan(path: str) -> dict[str, Any]:
    """What is filled in in a workbook, as a report tells it."""
    [report] = batch.evaluate_workbooks([path])
    assert report.plan
    return {**report.plan.settings, "node_groups": report.plan.node_groups}


@pytest.mark.thorough
def test_new_writes_a_blank_workbook(run: Run) -> None:
    assert run("new", "plan.xlsx") == (0, "wrote plan.xlsx\n", "")
    found = as_plan("plan.xlsx")
    assert found.pop("node_groups") == []
    for name, value in found.items():
        assert value in (getattr(Plan(), name), ""), name


def test_new_fills_in_what_it_is_told(run: Run) -> None:
    status, out, err = run(
        *("new", "plan.xlsx", "--rows", "30", "--model", "vpc-cni", "--name", "prod, eu-west-1"),
        *("--node", "m5.12xlarge:2:100", "--node", "t3.medium:12:9,own_max_pods=15"),
        *("--subnet-size", "/20", "--warm-eni-target", "0", "--warm-ip-target", "5"),
        *("--minimum-ip-target", "8", "--host-network-pods", "3", "--mode", "prefix"),
        *("--pod-eni", "yes", "--nodes-from", "karpenter", "--updated-groups", "all"),
    )
    assert (status, out, err) == (0, "wrote plan.xlsx\n", "")
    found = as_plan("plan.xlsx")
    groups = [
        [group[name] for name in ("instance_type", "instances", "pods_per_node", "own_max_pods")]
        for group in found["node_groups"]
    ]
    assert groups == [["m5.12xlarge", 2, 100, 0], ["t3.medium", 12, 9, 15]]
    expected = {
        "name": "prod, eu-west-1",
        "subnet_prefix_length": 20,
        "warm_eni_target": 0,
        "warm_ip_target": 5,
        "minimum_ip_target": 8,
        "host_network_pods": 3,
        "mode": "prefix",
        "pod_eni": "yes",
        "nodes_from": "Karpenter",
        "updated_groups": "all",
        "daemonset_pods": 2,
    }
    assert {name: found[name] for name in expected} == expected


def test_new_of_the_other_model(run: Run) -> None:
    assert run("new", "plan.xlsx", "--rows", "3", "--model", "aws-sample").status == 0
    [report] = batch.evaluate_workbooks(["plan.xlsx"])
    assert report.model == "aws-sample"


def test_new_refuses_what_the_model_has_no_place_for(run: Run) -> None:
    status, out, err = run("new", "plan.xlsx", "--model", "aws-sample", "--zone-loss", "yes")
    assert (status, out) == (2, "")
    assert "zone_loss" in err
    assert os.listdir() == []


FAULTY_NODES = (
    "--rows",
    "3",
    "--node",
    "m5.lagre:1:1",
    "--node",
    "nonsense:1:1",
    "--node",
    "m5.large:1:1",
)


def test_new_says_which_rows_are_faulty(run: Run) -> None:
    status, out, err = run("new", "plan.xlsx", *FAULTY_NODES)
    assert (status, out) == (1, "wrote plan.xlsx\n")
    first, second, *advice = err.splitlines()
    assert advice == to_do("unknown-type")
    assert first.startswith("plan.xlsx, Plan!A14 (instance type): ")
    assert 'found "m5.lagre"' in first
    assert "m5.large" in first
    assert 'found "nonsense"' in second
    assert len(as_plan("plan.xlsx")["node_groups"]) == 3


@pytest.mark.thorough
def test_new_writes_nothing_if_it_is_to_be_strict(run: Run) -> None:
    status, out, err = run("new", "plan.xlsx", "--strict", *FAULTY_NODES)
    assert (status, out) == (2, "")
    assert "m5.lagre" in err
    assert "nonsense" in err
    assert os.listdir() == []
    assert run(*NEW, "--strict") == (0, "wrote plan.xlsx\n", "")


def test_new_replaces_nothing_unless_it_is_told_to(run: Run) -> None:
    Path("plan.xlsx").write_text("mine")
    message = "eks-subnet-calc: plan.xlsx: there is such a file already; nothing was written\n"
    assert run("new", "plan.xlsx") == (2, "", message)
    assert Path("plan.xlsx").read_text() == "mine"
    assert run("new", "plan.xlsx", "--rows", "3", "--force").status == 0


def test_new_with_a_catalog_of_ones_own(run: Run) -> None:
    Path("types.csv").write_text("instance_type,max_enis,ipv4_per_eni\nmy.metal,3,11\n")
    arguments = ("new", "plan.xlsx", "--catalog", "types.csv", "--node", "my.metal:1:1")
    assert run(*arguments) == (0, "wrote plan.xlsx\n", "")


# --- evaluate -------------------------------------------------------------------------------------


def test_evaluate_prints_a_row_a_workbook(run: Run) -> None:
    run(*NEW)
    status, out, err = run("evaluate", "plan.xlsx")
    assert (status, err) == (0, closing(1))
    header, row = table(out)
    assert header == ["file", "verdict", "mode", "left at peak", "smallest", "findings"]
    details = [evaluate(SMALL, mode=mode).details for mode in MODES[1:4]]
    left = max(each["peak_remaining"] for each in details)
    smallest = max(each["smallest_subnet"] for each in details)
    assert row[0] == "plan.xlsx"
    assert row[1].startswith("Fits")
    assert row[2:] == ["all 3 modes", f"{left:,}", f"/{smallest}", "ok"]


def test_evaluate_prints_a_row_a_sheet(run: Run) -> None:
    run(*NEW)
    status, out, err = run("evaluate", "plan.xlsx", "--by-sheet")
    assert (status, err) == (0, closing(1))
    header, *rows = table(out)
    assert header[:5] == ["file", "sheet", "fits", "available", "used"]
    assert [row[1] for row in rows] == ["WarmENI", "WarmIP", "Prefix", "IPv6"]
    for row, mode in zip(rows, MODES[1:], strict=True):
        result = evaluate(SMALL, mode=mode)
        names = ("ips_available", "ips_used", "ips_remaining", "peak_remaining", "pods_hosted")
        known = result.totals | result.details
        assert row[2:] == [
            "yes",
            *(f"{known[name]:,}" for name in names),
            f"/{known['smallest_subnet']}",
        ]


def test_evaluate_prints_the_chosen_mode(run: Run) -> None:
    run(*NEW, "--mode", "warm-ip")
    result = evaluate(SMALL, mode="warm-ip")
    [_, row] = table(run("evaluate", "plan.xlsx").out)
    assert row[2:4] == ["warm-ip", f"{result.details['peak_remaining']:,}"]


@needs_aws_sample
def test_evaluate_awss_own_workbook(run: Run) -> None:
    _, out, _ = run("evaluate", str(AWS_SAMPLE))
    [_, row] = table(out)
    assert row[0].endswith("subnet-calc.xlsx")


def test_an_empty_workbook_fits_nothing(run: Run) -> None:
    saved(Path("plan.xlsx"), plan=None)
    status, out, err = run("evaluate", "plan.xlsx")
    assert (status, err) == (0, closing(1))
    [_, row] = table(out)
    assert row[1].startswith("Enter a node group")
    assert row[2:4] == ["undecided", "-"]


def test_the_worst_comes_first(run: Run, found: Callable[..., None]) -> None:
    found(
        report("1.xlsx"),
        report("2.xlsx", finding("one-zone")),
        report("3.xlsx", fits=False),
        report("4.xlsx", finding(), fits=None),
        unreadable("5.xlsx"),
    )
    status, out, err = run("evaluate", ".")
    assert status == 1
    assert [row[0] for row in table(out)] == ["file", *(f"{each}.xlsx" for each in (5, 4, 3, 2, 1))]
    assert err.splitlines() == [
        "warning: 2.xlsx, Plan!B15 (# of Instances): a message of one-zone [one-zone]",
        "4.xlsx, Plan!B15 (# of Instances): a message of not-a-number [not-a-number]",
        "5.xlsx: It breaks off.",
        *to_do("not-a-number", "one-zone"),
        closing(5, faults=1, unreadable=1, overflow=1, warnings=1).strip(),
    ]


def test_evaluate_says_a_fault_once(run: Run, tmp_path: Path) -> None:
    faulty(tmp_path / "plan.xlsx")
    status, out, err = run("evaluate", "plan.xlsx")
    assert status == 1
    first, advice, end = err.splitlines()
    assert first.startswith(f"plan.xlsx, {FAULT}")
    assert advice == "[not-a-number] Type the number in digits."
    assert end.startswith("1 workbook evaluated: 1 with faults")
    [_, row] = table(out)
    assert row[2:] == ["undecided", "-", "-", "1 fault"]


def test_all_is_listed_if_it_is_asked_for(run: Run, found: Callable[..., None]) -> None:
    follow = [finding("value", f"WarmENI!B{row}", because_of="Plan!B15") for row in range(11)]
    found(report("a.xlsx", finding(), *follow))
    line, *_ = run("evaluate", "a.xlsx").err.splitlines()
    assert line.endswith("… and 11 more that follow from it (--all lists them)")
    assert len(run("evaluate", "a.xlsx", "--all").err.splitlines()) == 14
    assert (
        run("verify", "a.xlsx", "--quiet").out
        == "a.xlsx: 11 differences, from faults alone; 1 fault\n"
    )
    assert len(run("verify", "a.xlsx", "--quiet", "--all").out.splitlines()) == 12


def test_evaluate_as_json(run: Run, tmp_path: Path) -> None:
    faulty(tmp_path / "plan.xlsx")
    status, out, err = run("evaluate", "plan.xlsx", "--json")
    assert status == 1
    [workbook] = json.loads(out)["workbooks"]
    assert workbook["file"] == "plan.xlsx"
    fault = workbook["findings"][0]
    assert (fault["code"], fault["sheet"], fault["cell"]) == ("not-a-number", "Plan", "B5")
    assert workbook["plan"]["settings"]["availability_zones"] is None
    assert [each["ips_used"] for each in workbook["sheets"]] == [None] * 4
    assert err.startswith(f"plan.xlsx, {FAULT}")


@pytest.mark.parametrize("command", ["evaluate", "verify"])
def test_json_is_all_that_is_on_stdout(
    run: Run, found: Callable[..., None], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    found(report("a.xlsx", finding(), finding("value")), unreadable("b.xlsx", "\x1b[2J"))
    _, out, err = run(command, ".", "--json")
    assert [each["file"] for each in json.loads(out)["workbooks"]] == ["a.xlsx", "b.xlsx"]
    assert "\x1b" not in out + err


@pytest.mark.parametrize(
    "ending", ["csv", "xlsx", "json", pytest.param("parquet", marks=needs_pyarrow)]
)
def test_evaluate_into_a_file(
    run: Run, found: Callable[..., None], tmp_path: Path, ending: str
) -> None:
    found(report("plan.xlsx"))
    assert run("evaluate", "plan.xlsx", "-o", f"results.{ending}") == (0, "", closing(1))
    assert (tmp_path / f"results.{ending}").stat().st_size > 100


def test_evaluate_both_prints_and_writes(run: Run, found: Callable[..., None]) -> None:
    found(report("plan.xlsx"))
    status, out, _ = run("evaluate", "plan.xlsx", "--json", "-o", "results.json")
    assert status == 0
    assert json.loads(out) == json.loads(Path("results.json").read_text())
    assert len(run("evaluate", "plan.xlsx", "--by-sheet", "-o", "r.csv").out.splitlines()) == 5


@pytest.mark.parametrize("paths", [(".",), ("plan.xlsx",), ("*.xlsx",), ("sub/../plan.xlsx", ".")])
@pytest.mark.parametrize("start", ["", "./", "{}/", "file://{}/"])
def test_evaluate_never_writes_over_a_workbook_it_reads(
    run: Run, tmp_path: Path, paths: tuple[str, ...], start: str
) -> None:
    before = saved(tmp_path / "plan.xlsx", "vpc-cni", SMALL).read_bytes()
    (tmp_path / "sub").mkdir()
    output = f"{start.format(tmp_path)}plan.xlsx"
    status, out, err = run("evaluate", *paths, "-o", output)
    assert (status, out) == (2, "")
    assert err == f"eks-subnet-calc: {output}: the results cannot go into what is evaluated\n"
    assert (tmp_path / "plan.xlsx").read_bytes() == before
    assert sorted(os.listdir()) == ["plan.xlsx", "sub"]


def test_a_report_beside_the_workbooks_is_made_anew(run: Run) -> None:
    run(*NEW)
    for _ in range(2):
        assert run("evaluate", ".", "-o", "report.xlsx") == (0, "", closing(1))


# --- what makes it fail ---------------------------------------------------------------------------

KINDS = {
    "fault": report("fault.xlsx", finding(), fits=None),
    "difference": report("difference.xlsx", finding("value", "WarmENI!B8")),
    "unreadable": unreadable("unreadable.xlsx"),
    "overflow": report("overflow.xlsx", fits=False),
    "warning": report("warning.xlsx", finding("one-zone")),
    "fine": report("fine.xlsx"),
}
FAIL_ON = {
    "": {"fault", "difference", "unreadable", "overflow"},
    "none": set(),
    "faults": {"fault"},
    "differences": {"difference"},
    "unreadable": {"unreadable"},
    "overflow": {"overflow"},
    "warnings": {"warning"},
    "overflow,faults": {"overflow", "fault"},
    "one-zone": {"warning"},
    "value,not-a-number": {"difference", "fault"},
    "no-other-zone": set(),
}


@pytest.mark.parametrize("command", ["evaluate", "verify"])
@pytest.mark.parametrize("names", FAIL_ON, ids=lambda names: names or "by default")
def test_what_makes_it_fail(run: Run, found: Callable[..., None], command: str, names: str) -> None:
    found(*KINDS.values())
    options = ("--fail-on", names) if names else ()
    failed = {kind for kind in KINDS if run(command, f"{kind}.xlsx", *options).status == 1}
    assert failed == FAIL_ON[names]
    assert run(command, ".", *options).status == (1 if failed else 0)


def test_a_plan_that_does_not_fit_fails(run: Run) -> None:
    plan = Plan(subnet_prefix_length=28, node_groups=[NodeGroup("m5.large", 9, 20)])
    saved(Path("plan.xlsx"), plan=plan)
    status, out, err = run("evaluate", "plan.xlsx")
    assert status == 1
    assert err.splitlines()[-1] == closing(1, overflow=1).strip()
    assert run("evaluate", "plan.xlsx", "--fail-on", "faults").status == 0
    assert int(table(out)[1][3].replace(",", "")) < 0


def test_what_makes_a_run_fail_is_called_no_warning(run: Run, found: Callable[..., None]) -> None:
    small = finding("peak-overflow", "Plan!B4")
    found(report("a.xlsx", small, finding("one-zone"), fits=False))
    status, out, err = run("verify", "a.xlsx")
    assert (status, out) == (1, "a.xlsx: no differences; does not fit; 1 warning\n")
    assert err.splitlines() == [
        "a.xlsx, Plan!B4 (# of Instances): a message of peak-overflow [peak-overflow]",
        "warning: a.xlsx, Plan!B15 (# of Instances): a message of one-zone [one-zone]",
        *to_do("peak-overflow", "one-zone"),
        closing(1, overflow=1, warnings=1).strip(),
    ]
    found(report("a.xlsx", finding("one-zone")))
    status, _, err = run("verify", "a.xlsx", "--fail-on", "warnings")
    assert (status, err.splitlines()) == (
        1,
        [
            "a.xlsx, Plan!B15 (# of Instances): a message of one-zone [one-zone]",
            *to_do("one-zone"),
            closing(1, warnings=1).strip(),
        ],
    )


@pytest.mark.thorough
def test_an_undecided_plan_fits_if_a_mode_does(run: Run) -> None:
    plan = Plan(subnet_prefix_length=24, node_groups=[NodeGroup("m5.4xlarge", 10, 4)])
    saved(Path("plan.xlsx"), plan=plan)
    fits = {
        mode: bool(evaluate(plan, mode=mode).details["peak_remaining"] >= 0) for mode in MODES[1:4]
    }
    assert set(fits.values()) == {True, False}
    assert run("evaluate", "plan.xlsx").status == 0
    for mode, does in fits.items():
        saved(Path("chosen.xlsx"), plan=replace(plan, mode=mode))
        assert run("evaluate", "chosen.xlsx").status == (0 if does else 1)


# --- how much is said -----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["evaluate", "verify"])
def test_quiet(run: Run, found: Callable[..., None], command: str) -> None:
    found(report("plan.xlsx"), unreadable("text.xlsx"))
    loud = run(command, ".")
    quiet = run(command, ".", "--quiet")
    fine = "plan.xlsx: no differences\n"
    assert quiet.out == (loud.out if command == "evaluate" else loud.out.replace(fine, ""))
    assert quiet.status == loud.status == 1
    assert loud.err == quiet.err + closing(2, unreadable=1)
    assert len(quiet.err.splitlines()) == 1


def test_warnings_are_left_to_the_results(run: Run, found: Callable[..., None]) -> None:
    found(report("plan.xlsx", finding("one-zone")))
    assert "warning: plan.xlsx" in run("evaluate", "plan.xlsx").err
    assert "warning: plan.xlsx" in run("verify", "plan.xlsx").err
    _, out, err = run("evaluate", "plan.xlsx", "-o", "r.csv")
    assert (out, len(err.splitlines())) == ("", 1)


def test_lock_files_are_counted(run: Run, found: Callable[..., None]) -> None:
    found(report("plan.xlsx"))
    Path("~$plan.xlsx").write_text("somebody")
    assert run("evaluate", ".").err == closing(1).strip() + "; 1 lock file skipped\n"
    assert run("verify", ".").err == closing(1).strip() + "; 1 lock file skipped\n"


def test_other_peoples_texts_never_reach_a_terminal_as_they_are(
    run: Run, found: Callable[..., None]
) -> None:
    bad = "\x1b[2J\u202e.xlsx"
    found(report(bad, finding(message="\x9b5m\n"), message="\x07"), unreadable("b.xlsx", "\x1b"))
    for command in ("evaluate", "verify"):
        for option in ("--all", "--json", "--quiet"):
            _, out, err = run(command, ".", option)
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out + err)
    _, _, err = run("evaluate", "no\x1b\nsuch.xlsx")
    assert err == (
        r"eks-subnet-calc: no\x1b\x0asuch.xlsx: there is no workbook; a file, folder or glob is "
        "expected\n"
    )


def test_interrupted_evaluation_prints_what_it_has(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx"), report("b.xlsx", finding()), interrupted=True)
    status, out, err = run("evaluate", ".")
    assert status == 130
    assert [row[0] for row in table(out)] == ["file", "b.xlsx", "a.xlsx"]
    assert err.splitlines()[1:] == [
        "eks-subnet-calc: interrupted after 2 of 2 workbooks; what was done is kept",
        *to_do("not-a-number"),
        closing(2, faults=1).strip(),
    ]
    status, out, _ = run("evaluate", ".", "--json")
    assert status == 130
    assert len(json.loads(out)["workbooks"]) == 2


@pytest.mark.parametrize("form", [".csv", ".json", ".xlsx"])
def test_details(run: Run, found: Callable[..., None], form: str) -> None:
    found(report("plan.xlsx"))
    assert run("evaluate", "plan.xlsx", "--details", "--quiet", "-o", f"r{form}") == (0, "", "")
    beside = {f"r-findings{form}", f"r-node-groups{form}"} if form == ".csv" else set()
    assert {*os.listdir()} == {"plan.xlsx", f"r{form}", *beside}


@needs_pyarrow
def test_everything_is_in_the_json_beside_parts(run: Run) -> None:
    run(*NEW)
    _, alone, _ = run("evaluate", "plan.xlsx", "--json")
    status, out, _ = run("evaluate", "plan.xlsx", "--json", "-o", "parts/")
    assert status == 0
    assert out == alone
    assert os.listdir("parts/summary") == ["part-00000.parquet"]


def test_reports_are_kept(run: Run, tmp_path: Path) -> None:
    faulty(tmp_path / "plan.xlsx")
    first = run("evaluate", "plan.xlsx", "--cache", "cache")
    assert len(list((tmp_path / "cache").rglob("*.json"))) == 1
    assert run("evaluate", "plan.xlsx", "--cache", "cache") == first
    assert run("verify", "plan.xlsx", "--cache", "cache") == run("verify", "plan.xlsx")


@pytest.mark.thorough
def test_workers(run: Run, tmp_path: Path) -> None:
    many(tmp_path / "plans", 6)
    (tmp_path / "plans" / "p002.xlsx").write_text("no workbook")
    # Where a machine is slow, progress is told meanwhile.
    expected = run("evaluate", "plans", "--quiet")
    assert run("evaluate", "plans", "--quiet", "--workers", "2") == expected
    assert expected.status == 1


def test_what_cannot_be_written_is_said_and_no_more(run: Run, found: Callable[..., None]) -> None:
    found(report("plan.xlsx"))
    for output, why in {
        "no/such/results.csv": "cannot be written: No such file or directory",
        "xyz://results.csv": "cannot be reached: Protocol not known: xyz",
    }.items():
        status, out, err = run("evaluate", "plan.xlsx", "-o", output)
        assert (status, out) == (2, "")
        assert err == f"eks-subnet-calc: {output}: {why}\n"


def test_results_replace_a_file_beside_a_workbook_that_is_not_there(
    run: Run, tmp_path: Path
) -> None:
    saved(tmp_path / "plan.xlsx", "vpc-cni", SMALL)
    (tmp_path / "results.csv").write_text("old")
    status, _, err = run("evaluate", "missing.xlsx", "plan.xlsx", "--output", "results.csv")
    assert status == 1
    assert err == "missing.xlsx: There is no such file. Check the path.\n" + closing(
        2, unreadable=1
    )
    assert (tmp_path / "results.csv").read_text().startswith("file,sheet,")


# --- verify ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_verify_a_workbook_that_is_right(run: Run, tmp_path: Path, model: str) -> None:
    saved(tmp_path / "plan.xlsx", model, Plan(node_groups=SMALL.node_groups))
    assert run("verify", "plan.xlsx") == (0, "plan.xlsx: no differences\n", closing(1))


def test_verify_prints_differences(run: Run, tmp_path: Path) -> None:
    changed(tmp_path / "plan.xlsx")
    status, out, err = run("verify", "plan.xlsx")
    assert (status, err.splitlines(keepends=True)) == (
        1,
        [f"{to_do('value')[0]}\n", closing(1, differences=1)],
    )
    used = evaluate(SMALL, mode="warm-eni").totals["ips_used"]
    first, last = out.splitlines()
    assert first.startswith(f"plan.xlsx, WarmENI!{cell_of('WarmENI', 'ips_used')} (IPs used): ")
    assert "1" in first
    assert str(used) in first
    assert last == "plan.xlsx: 1 difference"


def test_verify_complains_of_faults(run: Run, tmp_path: Path) -> None:
    faulty(tmp_path / "plan.xlsx")
    status, _, err = run("verify", "plan.xlsx")
    assert status == 1
    first, *_ = err.splitlines()
    assert first.startswith(f"plan.xlsx, {FAULT}")


@pytest.mark.thorough
def test_verify_a_workbook_that_was_never_calculated(run: Run, tmp_path: Path) -> None:
    source = saved(tmp_path / "a.xlsx", "vpc-cni", SMALL)
    openpyxl.load_workbook(source).save(tmp_path / "plan.xlsx")
    status, out, err = run("verify", "plan.xlsx")
    assert status == 0
    only = "formulas only: it holds no recorded values to compare"
    assert out == f"plan.xlsx: no differences; {only}\n"
    assert len(err.splitlines()) == 3  # a warning, what to do, and the closing sentence


def test_verify_as_json(run: Run, tmp_path: Path) -> None:
    changed(tmp_path / "plan.xlsx")
    status, out, _ = run("verify", "plan.xlsx", "--json")
    assert status == 1
    [difference] = json.loads(out)["workbooks"][0]["findings"]
    assert (difference["severity"], difference["code"]) == ("difference", "value")
    assert (difference["sheet"], difference["found"]) == ("WarmENI", 1)


@pytest.mark.thorough
@needs_ironcalc
def test_verify_with_ironcalc(run: Run, tmp_path: Path) -> None:
    for number, model in enumerate(MODELS):
        saved(tmp_path / f"{number}.xlsx", model, Plan(node_groups=SMALL.node_groups))
    status, out, err = run("verify", ".", "--recalculate", "ironcalc")
    assert (status, err) == (0, closing(2))
    assert out.splitlines() == [
        f"{os.path.join('.', name)}: no differences; the values of ironcalc agree"
        for name in ("0.xlsx", "1.xlsx")
    ]


@needs_libreoffice
def test_an_engine_that_lacks_a_function_says_so_once(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx", "aws-sample")
    status, out, err = run("verify", "plan.xlsx", "--recalculate", "libreoffice")
    if status == 0:
        pytest.skip("this LibreOffice knows XLOOKUP")
    assert status == 1
    assert err.startswith("plan.xlsx: its formulas use XLOOKUP, which LibreOffice has from version")
    assert out in (
        "plan.xlsx: unreadable\n",
        "plan.xlsx: no differences; libreoffice gave no values\n",
    )


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


@pytest.mark.thorough
def test_convert(run: Run, tmp_path: Path) -> None:
    plan = Plan(node_groups=SMALL.node_groups)
    saved(tmp_path / "old.xlsx", "aws-sample", plan)
    status, out, err = run("convert", "old.xlsx", "new.xlsx")
    assert status == 0
    # AWS's sample knows no zones: all nodes are in its one subnet.
    line, advice = err.splitlines()
    assert line.startswith("warning: new.xlsx, Plan!B5 (Availability Zones): ")
    assert [advice] == to_do("one-zone")
    *lines, last = out.splitlines()
    assert last == "wrote new.xlsx"
    header, *rows = map(cells, lines)
    assert header == ["sheet", "result", "aws-sample (before)", "vpc-cni (after)"]
    assert [row[0] for row in rows[::6]] == ["WarmENI", "WarmIP", "Prefix", "IPv6"]
    before = evaluate(plan, "aws-sample", mode="warm-eni").totals["ips_used"]
    in_one = Plan(availability_zones=1, node_groups=plan.node_groups)
    after = evaluate(in_one, mode="warm-eni").totals["ips_used"]
    assert rows[1] == ["WarmENI", "IPs used", str(before), str(after)]
    assert rows[13][2] == "-"
    assert read_workbook("new.xlsx")


@pytest.mark.thorough
def test_convert_says_what_it_leaves_out(run: Run) -> None:
    run("new", "old.xlsx", "--pod-eni", "yes", "--node", "m5.large:3:20,own_max_pods=30")
    status, out, err = run("convert", "old.xlsx", "new.xlsx", "--model", "aws-sample")
    assert status == 0
    *said, advice = err.splitlines()
    assert len(said) == len(set(said)) > 1
    assert all(line.startswith("warning: ") for line in said)
    assert [advice] == to_do("left-out")
    assert sum('found "yes"' in line for line in said) == 1
    assert sum("(Own max pods): found 30" in line for line in said) == 1
    assert ["Prefix", "IPs used"] in [row[:2] for row in table(out)]


@pytest.mark.thorough
def test_convert_says_why_it_ends_with_1(run: Run) -> None:
    run(*NEW)
    raw = Raw(Path("plan.xlsx"))
    raw.put("WarmENI", cell_of("WarmENI", "ips_used"), 7, None)
    raw.put("WarmIP", cell_of("WarmIP", "ips_used"), 9)
    raw.save(Path("edited.xlsx"))
    status, out, err = run("convert", "edited.xlsx", "new.xlsx")
    assert (status, out.splitlines()[-1]) == (1, "wrote new.xlsx")
    assert err == (
        "edited.xlsx: 2 differences: what was moved are its inputs, and the results above are "
        "computed from them; eks-subnet-calc verify edited.xlsx lists what is found\n"
    )
    assert run("convert", "plan.xlsx", "other.xlsx").err == ""


@pytest.mark.thorough
def test_convert_says_what_people_saw_of_rows_that_count(run: Run) -> None:
    run(*NEW, "--node", "m5.large:1:9")
    plan = openpyxl.load_workbook("plan.xlsx")
    plan["Plan"]["A14"].font = Font(strike=True)
    plan["Plan"].row_dimensions[15].hidden = True
    plan.save("marked.xlsx")
    status, _, err = run("convert", "marked.xlsx", "new.xlsx")
    assert status == 0
    said = [line for line in err.splitlines() if line.startswith("warning: marked.xlsx, Plan!")]
    assert [re.sub(r".*\[(.*)\]", r"\1", line) for line in said] == ["struck-out", "hidden"]
    assert err.splitlines()[-2:] == to_do("hidden", "struck-out")


def test_convert_refuses_faults(run: Run, tmp_path: Path) -> None:
    faulty(tmp_path / "old.xlsx")
    status, out, err = run("convert", "old.xlsx", "new.xlsx", "--model", "aws-sample")
    assert (status, out) == (1, "")
    assert FAULT in err
    assert os.listdir() == ["old.xlsx"]


@pytest.mark.thorough
def test_convert_replaces_nothing_unless_it_is_told_to(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "old.xlsx", "aws-sample")
    (tmp_path / "new.xlsx").write_text("mine")
    status, out, err = run("convert", "old.xlsx", "new.xlsx")
    assert (status, out) == (2, "")
    assert err == "eks-subnet-calc: new.xlsx: there is such a file already; nothing was written\n"
    assert run("convert", "old.xlsx", "new.xlsx", "--force").status == 0


def test_catalog(run: Run) -> None:
    status, out, err = run("catalog", "m5.12x")
    assert (status, err) == (0, "")
    header, row = table(out)
    assert header[:4] == ["instance_type", "max_enis", "ipv4_per_eni", "max_pods"]
    assert "source" not in header
    assert row[:4] == ["m5.12xlarge", "8", "30", "234"]
    named = dict(zip(header, row, strict=True))
    assert (named["bare_metal"], named["hypervisor"]) == ("no", "nitro")
    assert named["efa_interfaces"].isdecimal() or named["efa_interfaces"] == "-"


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
    (("new",), "the following arguments are required: FILE.xlsx"),
    (("new", "plan.xls"), "plan.xls: a workbook's name must end in .xlsx"),
    (("new", "no/such/plan.xlsx"), "cannot be written: No such file or directory"),
    (("new", "plan.xlsx", "--rows", "20000"), "rows: found 20000; a whole number from 1 to 10,000"),
    (("new", "plan.xlsx", "--subnet-size", "29"), "found 29; a whole number from 16 to 28"),
    (("new", "plan.xlsx", "--zones", "3"), "--zones (is --availability-zones meant?) 3"),
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
    "empty": lambda: b"",
    "text": lambda: b"a,b\n1,2\n",
    "zeros": lambda: bytes(1000),
    "cut": lambda: content("vpc-cni", SMALL)[:5000],
    "html": lambda: b"<!DOCTYPE html><html>Sign in</html>",
    "zip": lambda: b"PK\3\4" + bytes(100),
}


@pytest.mark.parametrize("command", ["evaluate", "verify", "convert"])
@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_a_finding(run: Run, command: str, kind: str) -> None:
    Path("bad.xlsx").write_bytes(BAD_FILES[kind]())
    more = ["out.xlsx"] if command == "convert" else []
    status, _, err = run(command, "bad.xlsx", *more)
    assert status == 1
    problem, *end = err.splitlines(keepends=True)
    assert "bad.xlsx: " in problem
    assert end == ([] if command == "convert" else [closing(1, unreadable=1)])
    assert os.listdir() == ["bad.xlsx"]


def test_what_an_error_lists_stands_in_lines_of_its_own(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calculator.errors import InputError

    def failing(*_: object, **__: object) -> None:
        raise InputError("two rows:\n  one\x1b\n  two\nmore")

    monkeypatch.setattr("calculator.workbook.writer.write_workbook", failing)
    said = "eks-subnet-calc: two rows:\n  one\\x1b\n  two\\x0amore\n"
    assert run("new", "plan.xlsx") == (2, "", said)


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
    for command in ("new", "evaluate", "verify", "sweep", "convert", "diff", "text", "catalog"):
        assert f"    {command} " in out
        assert run(command, "--help").status == 0


# --- in a process of its own ----------------------------------------------------------------------

MODULE = [sys.executable, "-m", "calculator.cli"]
ROOT = Path(__file__).parents[1]


@cache
def imported(*arguments: str) -> set[str]:
    """The modules that a command has imported in the end."""
    code = (
        "import sys; from calculator.cli import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit: pass\n"
        "print('\\n' + ' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_as_a_module() -> None:
    done = subprocess.run([*MODULE, "--help"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: eks-subnet-calc")


def test_help_is_there_at_once() -> None:
    assert not {"pandas", "numpy", "openpyxl", "xlsxwriter"} & imported("--help")


def test_a_catalog_needs_nothing_heavy() -> None:
    assert not {"pandas", "numpy", "openpyxl", "xlsxwriter"} & imported("catalog", "m5.large")


@pytest.fixture(scope="module")
def small_plan(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a workbook."""
    return str(saved(tmp_path_factory.mktemp("plan") / "plan.xlsx", "vpc-cni", SMALL))


@pytest.mark.parametrize(
    "arguments", [("--json",), thorough(()), thorough(("--by-sheet",))], ids=" ".join
)
def test_evaluating_needs_no_pandas(small_plan: str, arguments: tuple[str, ...]) -> None:
    modules = imported("evaluate", small_plan, *arguments)
    assert not {"pandas", "openpyxl", "xlsxwriter", "pyarrow"} & modules
    # What verify does without, evaluate does without, too.
    assert not {each for each in modules - imported("verify", small_plan) if "calculator" in each}


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
    assert process.wait(30) == 141  # as of a program that the closed pipe ends


# --- on a terminal --------------------------------------------------------------------------------


def on_a_terminal(*arguments: str, **environment: str) -> tuple[int, str]:
    """The exit status of a command on a terminal of 200 columns, and what was sent there."""
    import pty
    import termios

    main, side = pty.openpty()
    termios.tcsetwinsize(side, (24, 200))
    kept = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")
    }
    environment = {**kept, "TERM": "xterm", **environment}
    with subprocess.Popen(
        [*MODULE, *arguments], stdout=side, stderr=side, cwd=ROOT, env=environment
    ) as process:
        os.close(side)
        shown = b""
        with contextlib.suppress(OSError):  # that is the end of a terminal
            while part := os.read(main, 10_000):
                shown += part
    os.close(main)
    return process.returncode, shown.decode().replace("\r\n", "\n")


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
def test_on_a_terminal(tmp_path: Path) -> None:
    many(tmp_path / "plans", 5)
    (tmp_path / "plans" / "p002.xlsx").write_text("no workbook")
    status, shown = on_a_terminal("evaluate", str(tmp_path / "plans"))
    assert status == 1
    lines = shown.split("\n")
    assert any("0/5 [" in line for line in lines)
    # What stands before the last return was the bar, which is gone.
    seen = [line.rpartition("\r")[2] for line in lines]
    assert seen[0].startswith(f"{tmp_path}/plans/p002.xlsx: It is a text file")
    header = next(number for number, line in enumerate(seen) if line.startswith("file"))
    rows = seen[header + 1 : -2]
    colour = re.compile("\x1b\\[[0-9]+m")
    files = "".join(colour.sub("", line).split("  ")[0] for line in rows)
    assert files == "".join(f"{tmp_path}/plans/p00{number}.xlsx" for number in (2, 0, 1, 3, 4))
    assert "\x1b[31m" in rows[0]
    assert all(len(colour.sub("", line)) <= 200 for line in seen[header:-2])
    assert seen[-2].startswith("5 workbooks evaluated: ")


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_that_wants_no_colours(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "a.xlsx").write_text("no workbook")
    status, shown = on_a_terminal("evaluate", str(tmp_path), "--quiet", **environment)
    assert status == 1
    assert "\x1b[3" not in shown


@pytest.mark.thorough
@pytest.mark.parametrize("command", ["evaluate", "verify"])
def test_a_name_whose_bytes_are_no_text(tmp_path: Path, command: str) -> None:
    try:
        saved(tmp_path / "plan\udcff.xlsx", "vpc-cni", SMALL)
    except OSError:
        pytest.skip("this file system has no such names")
    done = subprocess.run(
        [*MODULE, command, "."],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict", "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr.decode()) == (0, closing(1))
    assert done.stdout.count(b"plan\\xff.xlsx") == 1


# --- what counts ----------------------------------------------------------------------------------

KNOWN = ("--baseline", "known.json")
OLD = finding(fingerprint="not-a-number | plan")
NOTE = finding("one-zone", "Plan!B5", fingerprint="one-zone | plan")


def test_a_baseline_is_written_and_counts(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD, NOTE), unreadable("b.xlsx"), report("c.xlsx", fits=False))
    paths = ("a.xlsx", "b.xlsx", "c.xlsx")
    assert run("verify", *paths).status == 1
    status, out, err = run("verify", *paths, *KNOWN, "--update-baseline")
    assert status == 0
    assert out.splitlines() == [
        "a.xlsx: no differences; 1 known fault; 1 known warning",
        *("b.xlsx: unreadable and known", "c.xlsx: no differences; does not fit (known)"),
    ]
    assert err == f"wrote known.json: 4 known from now on\n{closing(3)[:-1]}; 4 known findings\n"
    assert json.loads(Path("known.json").read_text())["findings"] == [
        {"file": file, "fingerprint": fingerprint, "count": 1}
        for file, fingerprint in [
            ("a.xlsx", "not-a-number | plan"),
            ("a.xlsx", "one-zone | plan"),
            ("b.xlsx", "unreadable | It breaks off."),
            ("c.xlsx", "overflow"),
        ]
    ]
    again = run("verify", *paths, *KNOWN, "--update-baseline").err
    assert again.startswith("wrote known.json: nothing new\n")
    found(report("d.xlsx", OLD))
    again = run("verify", "d.xlsx", *KNOWN, "--update-baseline").err
    assert again.startswith("wrote known.json: 1 new or worse\n")
    found(report("a.xlsx", OLD, NOTE), unreadable("b.xlsx"), report("c.xlsx", fits=False))
    assert run("evaluate", *paths, *KNOWN, "--fail-on", "warnings,faults").status == 0
    found(report("a.xlsx", OLD, replace(OLD, cell="B16", fingerprint="another")))
    status, _, err = run("verify", "a.xlsx", *KNOWN)
    assert status == 1
    assert err.splitlines() == [
        "a.xlsx, Plan!B16 (# of Instances): a message of not-a-number [not-a-number]",
        "gone: a.xlsx: one-zone (plan)",
        *to_do("not-a-number"),
        f"{closing(1, faults=1)[:-1]}; 1 known finding",
    ]


def test_json_and_tables_hold_what_is_known(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD))
    run("verify", "a.xlsx", *KNOWN, "--update-baseline")
    status, out, _ = run("verify", "a.xlsx", *KNOWN, "--json", "-o", "a.csv", "--details")
    assert status == 0
    [document] = json.loads(out)["workbooks"]
    assert document["findings"][0]["fingerprint"] == OLD.fingerprint
    assert OLD.fingerprint in Path("a-findings.csv").read_text()


def test_the_results_cannot_go_into_the_baseline(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD))
    run("verify", "a.xlsx", *KNOWN, "--update-baseline")
    before = Path("known.json").read_text()
    status, out, err = run("verify", "a.xlsx", *KNOWN, "-o", "./known.json")
    assert (status, out) == (2, "")
    assert err == "eks-subnet-calc: ./known.json: the results cannot go into the baseline\n"
    assert Path("known.json").read_text() == before


def test_a_file_that_is_named_twice_is_written_once(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD))
    run("verify", "a.xlsx", "-o", "a.json", "-o", "a.json")
    assert len(json.loads(Path("a.json").read_text())["workbooks"]) == 1


def test_an_interrupted_run_writes_no_baseline(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD), interrupted=True)
    assert run("verify", "a.xlsx", *KNOWN, "--update-baseline").status == 130
    assert not Path("known.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--update-baseline",), "--update-baseline: there is none to write; name it with "
         "--baseline"),
        (KNOWN, "known.json: there is no baseline; --update-baseline makes it"),
        (("-o", "a/", "-o", "b/"), "found a/ and b/; one folder for the results is expected"),
        (("-o", "a.sarif", "-o", "a.xml"), "found a.xml; a name ending in .csv, .parquet, .json, "
         ".xlsx, .html, .sarif, .junit.xml or a folder is expected"),
    ],
)  # fmt: skip
def test_wrong_usage_of_the_gate(
    run: Run, found: Callable[..., None], arguments: Sequence[str], message: str
) -> None:
    found(report("a.xlsx"))
    assert run("verify", "a.xlsx", *arguments) == (2, "", f"eks-subnet-calc: {message}\n")
    assert os.listdir() == ["a.xlsx"]


def test_suppressions_that_are_findings(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD, NOTE))
    Path(".eks-subnet-calc.toml").write_text(
        '[[suppress]]\ncode = "not-a-number"\nreason = "so"\n[[suppress]]\ncode = "missing"\n'
    )
    status, out, err = run("verify", "a.xlsx")
    assert (status, out) == (0, "a.xlsx: no differences; 1 suppressed fault; 1 warning\n")
    assert err.splitlines() == [
        "warning: a.xlsx, Plan!B5 (# of Instances): a message of one-zone [one-zone]",
        "warning: .eks-subnet-calc.toml: the suppression of missing has no reason, and does not "
        "count [suppression-without-reason]",
        *to_do("one-zone", "suppression-without-reason"),
        f"{closing(1, warnings=1)[:-1]}; 1 suppressed",
    ]
    assert run("verify", "a.xlsx", "--fail-on", "suppression-without-reason").status == 1


def test_annotations_are_all_that_is_printed(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD, NOTE))
    status, out, err = run("evaluate", "a.xlsx", "--format", "github", "--quiet")
    assert (status, err) == (1, "")
    assert [line.split(" ")[0] for line in out.splitlines()] == ["::error", "::warning"]
    Path(".eks-subnet-calc.toml").write_text('format = "github"')
    assert run("verify", "a.xlsx", "--quiet").out == out
    assert json.loads(run("verify", "a.xlsx", "--json").out)["workbooks"]


def test_verify_writes_results_and_prints_as_ever(run: Run, found: Callable[..., None]) -> None:
    found(report("a.xlsx", OLD, NOTE))
    before = run("verify", "a.xlsx")
    assert run("verify", "a.xlsx", "-o", "a.sarif", "-o", "a.junit.xml", "-o", "a.json") == before
    assert {*os.listdir()} == {"a.xlsx", "a.sarif", "a.junit.xml", "a.json"}


def test_results_over_a_plan_that_nobody_evaluates(tmp_path: Path, capsys: Any) -> None:
    one, other = saved(tmp_path / "a.xlsx"), saved(tmp_path / "b.xlsx")
    before = Path(other).read_bytes()
    assert main(["verify", str(one), "--output", str(other)]) == 2
    assert "it holds a plan; name another file" in capsys.readouterr().err
    assert Path(other).read_bytes() == before


@pytest.mark.thorough
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")
def test_no_room_for_what_is_printed(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx")
    command = [sys.executable, "-m", "calculator.cli", "verify", str(path)]
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
        )
    assert ran.returncode == 2
    assert ran.stderr.startswith("eks-subnet-calc: the output cannot be written: ")


@pytest.mark.thorough
def test_a_closed_pipe_is_no_success(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx")
    command = [sys.executable, "-m", "calculator.cli", "verify", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.close()
    assert process.returncode == 141
