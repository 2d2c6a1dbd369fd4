"""The commands that show what changed: text, as git calls it, and diff."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import calculator
from calculator.cli import main
from calculator.plan import NodeGroup, Plan
from tests.helpers import FEW_TYPES, saved

ROOT = Path(calculator.__file__).parents[1]
FAULTY = ROOT / "sample_workbooks" / "faulty"
TEXT = f'"{sys.executable}" -m calculator.cli text --textconv'
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def plan(path: Path, instances: int, size: int = 23) -> Path:
    groups = [NodeGroup("m5.large", instances, 9), NodeGroup("c5.large", 2, 5)]
    one = Plan(subnet_prefix_length=size, node_groups=groups)
    return saved(path, plan=one, rows=6, catalog=FEW_TYPES)


def run_python(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def git(folder: Path, *arguments: str) -> str:
    done = run_python(folder, "git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.thorough
@needs_git
def test_git_shows_what_a_colleague_changed(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    # The two lines of README.
    (tmp_path / ".gitattributes").write_text("*.xlsx diff=xlsx\n")
    git(tmp_path, "config", "diff.xlsx.textconv", TEXT)
    plan(tmp_path / "plan.xlsx", 3)
    shutil.copy(FAULTY / "no-calculator-sheet.xlsx", tmp_path / "budget.xlsx")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "plans")
    plan(tmp_path / "plan.xlsx", 4)
    shutil.copy(FAULTY / "truncated.xlsx", tmp_path / "budget.xlsx")
    lines = git(tmp_path, "diff").splitlines()
    changed = [line for line in lines if line[0] in "+-" and line[1:2] != line[0]]
    assert "-  m5.large: # of Instances 3, Target Workload Pods per Node 9" in changed
    assert "+  m5.large: # of Instances 4, Target Workload Pods per Node 9" in changed
    assert not any("c5.large" in line for line in changed)
    assert any(line.startswith("-no plan: it has no sheet with a node table") for line in changed)
    assert any(line.startswith("+no plan: It breaks off") for line in changed)
    assert sum("sha256: " in line for line in changed) == 2


@pytest.mark.thorough
def test_text_starts_quickly(tmp_path: Path) -> None:
    path = plan(tmp_path / "plan.xlsx", 3)
    code = "import sys; from calculator.cli import main; main(['text', sys.argv[1]]); "
    code += "print(*{'pandas', 'xlsxwriter', 'jinja2'} & {*sys.modules}, file=sys.stderr)"
    done = run_python(tmp_path, sys.executable, "-c", code, str(path))
    assert done.stdout.startswith("model: vpc-cni, layout 4\n")
    assert done.stderr == "\n"


def test_text_of_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", str(tmp_path / "none.xlsx")]) == 2
    out, err = capsys.readouterr()
    assert (out, "There is no such file" in err) == ("", True)


@pytest.mark.parametrize("name", ["truncated.xlsx", "no-calculator-sheet.xlsx"])
def test_text_of_what_is_no_plan(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["text", str(FAULTY / name)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"eks-subnet-calc: {FAULTY / name}: ")
    assert main(["text", "--textconv", str(FAULTY / name)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("no plan: ")
    assert err == ""


@pytest.mark.thorough
def test_diff_has_the_exit_status_of_diff(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, same = plan(tmp_path / "1.xlsx", 3), plan(tmp_path / "2.xlsx", 3)
    other, none = plan(tmp_path / "3.xlsx", 4, 22), tmp_path / "none.xlsx"
    assert main(["diff", str(one), str(same)]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["diff", str(one), str(other)]) == 1
    out, err = capsys.readouterr()
    first = re.split(" {2,}", out.splitlines()[1])
    assert first == ["input", "-", "Subnet prefix length (/n)", "23", "22"]
    assert err == ""
    assert main(["diff", str(one), str(none)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{none}: There is no such file" in err


def test_diff_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = plan(tmp_path / "1.xlsx", 3), plan(tmp_path / "3.xlsx", 4)
    assert main(["diff", "--json", str(one), str(other)]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["old"], document["new"]) == (str(one), str(other))
    assert document["changes"][0] == {
        "kind": "node-group",
        "severity": "input",
        "where": "m5.large",
        "what": "# of Instances",
        "name": "instances",
        "old": 3,
        "new": 4,
    }
    assert main(["diff", "--json", str(one), str(one)]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
