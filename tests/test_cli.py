"""The command line: what goes to stdout, what to stderr, and the exit status."""

from __future__ import annotations

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
from calculator.plan import PLAN_QUANTITIES
from tests.helpers import MODELS, PLAN, Raw, content, needs_ironcalc, needs_libreoffice, saved


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
    """A workbook with a fault on one sheet and a difference on the other."""
    raw = Raw(content())
    raw.put("WarmENI", "B24", "three")
    raw.put("WarmIP", "B8", 1.0)
    return raw.save(path)


FAULT = 'WarmENI!B24 (# of Instances): found "three"; a whole number of 0 or more is expected'


# --- new ------------------------------------------------------------------------------------------


def test_new_writes_a_blank_workbook(run: Run) -> None:
    assert run("new", "plan.xlsx") == (0, "wrote plan.xlsx\n", "")
    [eni, ip] = read_workbook("plan.xlsx").sheets
    assert eni.rows == ip.rows == []
    assert eni.layout.last_row - eni.layout.first_row + 1 == 20
    for sheet in (eni, ip):
        for name, value in sheet.settings.items():
            assert value == PLAN_QUANTITIES[name].default


def test_new_fills_in_what_it_is_told(run: Run) -> None:
    status, out, err = run(
        *("new", "plan.xlsx", "--rows", "30", "--model", "vpc-cni"),
        *("--node", "m5.12xlarge:2:100", "--node", "t3.medium:12:9"),
        *("--subnet-size", "20", "--warm-eni-target", "0", "--warm-ip-target", "5"),
        *("--minimum-ip-target", "8", "--host-network-pods", "3", "--daemonset-pods", "4"),
    )
    assert (status, out, err) == (0, "wrote plan.xlsx\n", "")
    [eni, ip] = read_workbook("plan.xlsx").sheets
    assert eni.groups == {
        "instance_type": ["m5.12xlarge", "t3.medium"],
        "instances": [2, 12],
        "pods_per_node": [100, 9],
    }
    assert eni.settings["subnet_prefix_length"] == 20
    assert eni.settings["warm_eni_target"] == 0
    assert (ip.settings["warm_ip_target"], ip.settings["minimum_ip_target"]) == (5, 8)
    assert (ip.settings["host_network_pods"], ip.settings["daemonset_pods"]) == (3, 4)
    assert eni.layout.last_row == 52


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
    assert (status, err) == (0, "")
    header, eni, ip = out.splitlines()
    assert header.split()[:3] == ["file", "sheet", "model"]
    assert "error" not in header
    for line, sheet in ((eni, "WarmENI"), (ip, "WarmIP")):
        totals = evaluate(PLAN, model, sheet).totals
        assert line.split() == [
            *("plan.xlsx", sheet, model, "20"),
            *(str(totals[name]) for name in ("ips_available", "ips_used", "ips_remaining")),
            *(str(totals["pods_hosted"]), "0", "0", "0"),
        ]


def test_evaluate_says_problems_on_stderr(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "bad.xlsx")
    saved(tmp_path / "good.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    status, out, err = run("evaluate", ".")
    assert status == 1
    bad, good, text = (os.path.join(".", f"{name}.xlsx") for name in ("bad", "good", "text"))
    [used] = [s.split()[5] for s in out.splitlines() if s.split()[:2] == [good, "WarmIP"]]
    first, *follow, more, last, unreadable = err.splitlines()
    assert first == f"{bad}, {FAULT}"
    # What is recorded on the sheet does not fit its inputs any more.
    assert all(each.startswith(f"{bad}, WarmENI!") for each in follow)
    assert len(follow) == 10
    assert re.fullmatch(
        re.escape(f"{bad}, WarmENI: ") + "[0-9]+ more differences; verify lists all", more
    )
    assert last == f"{bad}, WarmIP!B8 (IPs used): recorded 1, but {used} is the result"
    assert unreadable == (
        f"{text}: It is a text file (such as CSV), not an .xlsx workbook. "
        "Open it in Excel or LibreOffice and save it again as .xlsx."
    )
    assert len(out.splitlines()) == 6
    assert "error" in out.splitlines()[0]


def test_evaluate_as_json(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "bad.xlsx")
    status, out, err = run("evaluate", "bad.xlsx", "--json")
    assert status == 1
    [workbook] = json.loads(out)["workbooks"]
    assert workbook["file"] == "bad.xlsx"
    assert workbook["sheets"][0]["faults"][0]["cell"] == "B24"
    assert err.startswith(f"bad.xlsx, {FAULT}")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_evaluate_into_a_file(run: Run, tmp_path: Path, ending: str) -> None:
    saved(tmp_path / "plan.xlsx")
    assert run("evaluate", "plan.xlsx", "-o", f"results.{ending}") == (0, "", "")
    assert (tmp_path / f"results.{ending}").stat().st_size > 100


def test_evaluate_both_prints_and_writes_json(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "plan.xlsx")
    status, out, _ = run("evaluate", "plan.xlsx", "--json", "-o", "results.json")
    assert status == 0
    assert json.loads(out) == json.loads((tmp_path / "results.json").read_text())


def test_evaluate_never_writes_over_a_workbook_it_reads(run: Run, tmp_path: Path) -> None:
    before = saved(tmp_path / "plan.xlsx").read_bytes()
    status, out, err = run("evaluate", ".", "-o", "plan.xlsx")
    assert (status, out) == (2, "")
    assert "the results cannot go into a workbook that is evaluated" in err
    assert (tmp_path / "plan.xlsx").read_bytes() == before


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
        "plan.xlsx, WarmIP (vpc-cni): no differences\n",
        "",
    )


def test_verify_prints_differences_and_complains_of_faults(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "plan.xlsx")
    status, out, err = run("verify", "plan.xlsx")
    assert status == 1
    assert err == f"plan.xlsx, {FAULT}\n"
    *follow, number, difference, last = out.splitlines()
    assert all(each.startswith("plan.xlsx, WarmENI!") for each in follow)
    assert number == f"plan.xlsx, WarmENI (vpc-cni): {len(follow)} differences"
    assert difference.startswith("plan.xlsx, WarmIP!B8 (IPs used): recorded 1, but ")
    assert last == "plan.xlsx, WarmIP (vpc-cni): 1 difference"


def test_verify_a_workbook_that_was_never_calculated(run: Run, tmp_path: Path) -> None:
    openpyxl.load_workbook(saved(tmp_path / "a.xlsx")).save(tmp_path / "plan.xlsx")
    status, out, err = run("verify", "plan.xlsx")
    assert status == 0
    assert out.splitlines() == [
        f"plan.xlsx, {sheet} (vpc-cni): no differences, formulas only: it was never calculated"
        for sheet in ("WarmENI", "WarmIP")
    ]
    assert err.count("the file was never calculated") == 2


def test_verify_as_json(run: Run, tmp_path: Path) -> None:
    with_findings(tmp_path / "plan.xlsx")
    status, out, _ = run("verify", "plan.xlsx", "--json")
    assert status == 1
    [difference] = json.loads(out)["workbooks"][0]["sheets"][1]["differences"]
    assert (difference["cell"], difference["kind"], difference["found"]) == ("B8", "value", 1)


@needs_ironcalc
def test_verify_with_ironcalc(run: Run, tmp_path: Path) -> None:
    saved(tmp_path / "a.xlsx")
    saved(tmp_path / "b.xlsx", "aws-sample")
    status, out, err = run("verify", ".", "--recalculate", "ironcalc")
    assert (status, err) == (0, "")
    assert out.count("no differences") == 4


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
    expected = "wrote out.csv: 1 scenarios, 0 with a fault\n"
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
    (("new", "plan.xlsx", "--catalog", "no.csv"), "no.csv: No such file or directory"),
    (("evaluate",), "the following arguments are required: PATH"),
    (("evaluate", "none.xlsx"), "none.xlsx: there is no workbook; a file, folder or glob"),
    (("evaluate", "*.xlsx"), "*.xlsx: there is no workbook; a file, folder or glob is expected"),
    (("evaluate", "."), ".: there is no workbook; a file, folder or glob is expected"),
    (("evaluate", "text.txt", "-o", "r.pdf"), "found r.pdf; a name ending in .csv, .xlsx or .json"),
    (("verify", "none.xlsx"), "none.xlsx: there is no workbook"),
    (("verify", "text.txt", "--recalculate", "excel"), "invalid choice: 'excel'"),
    (("sweep", "in.csv"), "the following arguments are required: -o/--output"),
    (("sweep", "none.csv", "-o", "out.csv"), "none.csv: No such file or directory"),
    (("sweep", "text.txt", "-o", "out.csv"), "text.txt: column a is unknown"),
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
    assert "bad.xlsx: " in err
    assert len(err.splitlines()) == 1
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
    for name, quantity in PLAN_QUANTITIES.items():
        words = " ".join(run("new", "--help").out.split())
        assert f"--{name.replace('_', '-')}" in words
        assert f"{quantity.default} if not given" in words


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
    assert err == "missing.xlsx: There is no such file. Check the path.\n"
    assert (tmp_path / "results.csv").read_text().startswith("file,sheet,")
