"""A team's repository of old workbooks: a baseline, one new fault, one failure wherever one looks.

The hook of pre-commit and the composite action are run as they are written.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import junitparser
import pytest
import yaml

from calculator.baseline import read_baseline
from calculator.cli import main
from tests.faulty import EXAMPLE
from tests.helpers import FEW_TYPES, Raw, content, libreoffice, needs_uno

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.thorough

CONFIGURATION = 'baseline = "plans.baseline.json"\n'


class Ran(NamedTuple):
    status: int
    out: list[str]
    err: str


def run(folder: Path, *arguments: str) -> Ran:
    """What a command of the program says in a folder."""
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        status = main(arguments)
    return Ran(status, out.getvalue().splitlines(), err.getvalue())


def run_process(folder: Path, *command: str, **environment: str) -> Ran:
    ran = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ran(ran.returncode, ran.stdout.splitlines(), ran.stderr)


def faulty(value: object = "three") -> Raw:
    raw = Raw(content("vpc-cni", EXAMPLE, 3, FEW_TYPES))
    raw.put("Plan", "B15", value=value)
    return raw


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Old workbooks, good and bad, and what is known of them; a new fault in one."""
    tmp_path = tmp_path_factory.mktemp("repository")
    plans = tmp_path / "plans"
    plans.mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".eks-subnet-calc.toml").write_text(CONFIGURATION, encoding="utf-8")
    good = content("vpc-cni", EXAMPLE, 3, FEW_TYPES)
    for number in range(5):
        (plans / f"good{number}.xlsx").write_bytes(good)
    for number in range(3):
        faulty().save(plans / f"faulty{number}.xlsx")
    (plans / "broken.xlsx").write_bytes(good[: len(good) // 2])
    (plans / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    shutil.copy(ROOT / "sample_workbooks" / "vpc-cni-overflow.xlsx", plans)
    first = run(tmp_path, "verify", "plans", "--update-baseline")
    assert first.status == 0, first.err
    assert run(tmp_path, "verify", "plans").status == 0
    assert len(read_baseline(str(tmp_path / "plans.baseline.json")).known) == 6
    faulty("four").save(plans / "good4.xlsx")
    return tmp_path


@pytest.fixture
def team(repository: Path, tmp_path: Path) -> Path:
    """A copy of it, to work in."""
    return Path(shutil.copytree(repository, tmp_path / "team"))


def results_of(path: Path) -> list[dict[str, Any]]:
    [of_run] = json.loads(path.read_text(encoding="utf-8"))["runs"]
    return list(of_run["results"])


def test_one_new_fault_is_one_failure_everywhere(team: Path) -> None:
    outputs = ("-o", "a.sarif", "-o", "a.junit.xml")
    ran = run(team, "verify", "plans", "--format", "github", *outputs)
    assert ran.status == 1
    assert ran.out == [
        "::error file=plans/good4.xlsx,title=not-a-number::"
        'Plan!B15 (# of Instances): found "four"; a whole number of 0 or more is expected%0A'
        "Type the number in digits."
    ]
    states = [each["baselineState"] for each in results_of(team / "a.sarif")]
    assert (states.count("new"), states.count("unchanged"), len(states)) == (1, 6, 7)
    assert sum(not each["suppressions"] for each in results_of(team / "a.sarif")) == 1
    suites = junitparser.JUnitXml.fromfile(str(team / "a.junit.xml"))
    assert [suite.name for suite in suites if suite.failures] == ["plans/good4.xlsx"]
    assert sum(suite.failures for suite in suites) == 1
    ran = run_process(team, *(sys.executable, "-m", "pytest"), *("-p", "calculator.pytest_plugin"),
              *("--eks-workbooks", "plans", "-q", "-p", "no:hypothesispytest"))  # fmt: skip
    assert ran.status == 1
    assert ran.out[-1].startswith("1 failed, ")


def test_other_outputs_and_the_lines_for_people(team: Path) -> None:
    ran = run(team, "verify", "plans", "--quiet")
    assert ran.status == 1
    assert ran.err.splitlines() == [
        'plans/good4.xlsx, Plan!B15 (# of Instances): found "four"; a whole number of 0 or more '
        "is expected [not-a-number]"
    ]
    assert len(ran.out) == 1
    ran = run(team, "verify", "plans")
    # What follows from what is known is as known.
    assert "plans/faulty1.xlsx: no differences; 1 known fault" in ran.out
    assert "plans/broken.xlsx: unreadable and known" in ran.out
    [line] = [each for each in ran.out if each.startswith("plans/good4.xlsx: ")]
    assert line.endswith(" from faults alone; 1 fault")
    books = json.loads("\n".join(run(team, "verify", "plans", "--json").out))["workbooks"]
    standings = [each["standing"] for book in books for each in book["findings"]]
    assert standings.count("new") > standings.count(None) == 0
    assert [book["accepted"] for book in books if book["error"]] == [{"unreadable": "known"}] * 2
    ran = run(team, "evaluate", "plans")
    assert ran.status == 1
    assert ran.err.splitlines()[-1] == (
        "11 workbooks evaluated: 1 with faults, 0 with differences, 0 unreadable, "
        "0 that do not fit; 6 known findings"
    )


def test_what_is_mended_is_gone(team: Path) -> None:
    for name in ("good4", "faulty1"):
        shutil.copy(team / "plans" / "good1.xlsx", team / "plans" / f"{name}.xlsx")
    (team / "plans" / "old.xls").unlink()
    ran = run(team, "verify", "plans")
    assert ran.status == 0
    assert [line for line in ran.err.splitlines() if line.startswith("gone: ")] == [
        "gone: plans/faulty1.xlsx: not-a-number (plan, # of Instances, c5.2xlarge, Linux, 1, "
        "three)",
        "gone: plans/old.xls: unreadable (It is a file of an old Office program, not .xlsx. Open "
        "it in Excel or LibreOffice and save it again as .xlsx.)",
    ]
    run(team, "verify", "plans", "--update-baseline")
    assert len(read_baseline(str(team / "plans.baseline.json")).known) == 4
    assert "gone" not in run(team, "verify", "plans").err


@needs_uno
def test_a_save_by_libreoffice_is_nothing_new(team: Path) -> None:
    source = team / "plans" / "faulty1.xlsx"
    [saved] = libreoffice([source], team / "office")
    shutil.copy(saved, source)
    assert run(team, "verify", str(source)).status == 0


# --- pre-commit, the action -----------------------------------------------------------------------


def test_the_hook_of_pre_commit(team: Path) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    program, *command = shlex.split(hook["entry"])
    assert program == "eks-subnet-calc"
    changed = ["plans/faulty1.xlsx", "plans/good1.xlsx"]
    ran = run(team, *command, *hook["args"], *changed)
    assert (ran.status, ran.err) == (0, "")
    ran = run(team, *command, *hook["args"], *changed, "plans/good4.xlsx")
    assert ran.status == 1
    assert len(ran.err.splitlines()) == 1


ACTION = yaml.safe_load((ROOT / ".github/actions/verify/action.yml").read_text("utf-8"))


def step(name: str) -> dict[str, Any]:
    return next(each for each in ACTION["runs"]["steps"] if each.get("name") == name)


def test_every_input_of_the_action_is_used_by_the_environment() -> None:
    used = [value for each in ACTION["runs"]["steps"] for value in each.get("env", {}).values()]
    used += [ACTION["runs"]["steps"][0]["with"]["python-version"]]
    assert {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]} <= {*used}
    # Nothing is put into a script, where it would be read as commands.
    assert all("${{" not in each.get("run", "") for each in ACTION["runs"]["steps"])


def test_the_step_of_the_action(team: Path) -> None:
    os.makedirs(team / "runner")
    (team / "runner" / "eks-subnet-calc").symlink_to(ROOT)
    verify = step("Verify")
    defaults = {name: ACTION["inputs"][name]["default"] for name in ACTION["inputs"]}
    given = defaults | {
        "paths": "plans/good4.xlsx\nplans/faulty*.xlsx\n",
        "sarif": "a b.sarif",
        "junit": "a.junit.xml",
        "fail-on": "$(touch hacked)",
    }
    environment = {
        name: given[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, value in verify["env"].items()
    }
    environment |= {
        "RUNNER_TEMP": str(team / "runner"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    command = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", verify["run"])
    assert run_process(team, *command, **environment).status == 2
    assert not (team / "hacked").exists()
    ran = run_process(team, *command, **environment | {"FAIL_ON": ""})
    assert ran.status == 1
    assert len(ran.out) == 1
    assert ran.out[0].startswith("::error file=plans/good4.xlsx,")
    assert [each["baselineState"] for each in results_of(team / "a b.sarif")].count("new") == 1
    assert (team / "a.junit.xml").exists()
    ran = run_process(team, *command, **environment | {"PATHS": "plans/good1.xlsx", "FAIL_ON": ""})
    assert (ran.status, ran.out) == (0, [])
