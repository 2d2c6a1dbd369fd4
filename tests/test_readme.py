"""What README promises: its commands are CI's, its session and its example give what it shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from calculator.configuration import find_configuration
from calculator.options import configured
from tests.samples import findings_table, keys_table

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_quick_start_is_two_commands_which_ci_runs_as_they_are() -> None:
    section = README.split("\n## Quick start\n")[1].split("\n## ")[0]
    commands = blocks("sh", section)
    assert [command.count("\n") for command in commands] == [1, 1]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    for command in commands:
        assert command.rstrip("\n") in ci


def test_every_code_of_a_finding_is_listed() -> None:
    section = README.split("\n## Findings\n")[1].split("\n## ")[0]
    listed = [line for line in section.splitlines() if line.startswith("|")]
    # python -m tests.samples writes it
    assert listed == findings_table().splitlines()


def test_every_key_of_a_node_group_is_listed() -> None:
    section = README.split("\n## Commands\n")[1].split("\n## ")[0]
    assert f"\n\n{keys_table()}\n\n" in section  # python -m tests.samples writes it


def check_session(session: str, folder: Path) -> None:
    for step in session.split("$ eks-subnet-calc ")[1:]:
        command, _, shown = step.partition("\n")
        ran = subprocess.run(
            [sys.executable, "-m", "calculator.cli", *shlex.split(command)],
            cwd=folder,
            env=dict(os.environ),  # without what readline has told the process alone
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert ran.stdout == shown, command


@pytest.mark.thorough
def test_the_session_gives_what_it_shows(tmp_path: Path) -> None:
    faulty = ROOT / "sample_workbooks" / "faulty"
    shutil.copy(faulty / "not-a-number.xlsx", tmp_path / "prod.xlsx")
    shutil.copy(faulty / "stale-value.xlsx", tmp_path / "staging.xlsx")
    check_session(blocks("console")[0], tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("title", ["How small, and where", "Which mode, which targets"])
def test_the_session_of_an_answer_gives_what_it_shows(title: str, tmp_path: Path) -> None:
    section = README.split(f"\n## {title}\n")[1].split("\n## ")[0]
    check_session(blocks("console", section)[0], tmp_path)


@pytest.mark.thorough
def test_the_session_of_an_explanation_gives_what_it_shows(tmp_path: Path) -> None:
    section = README.split("\n## How a number comes about\n")[1].split("\n## ")[0]
    check_session(blocks("console", section)[0], tmp_path)


@pytest.mark.thorough
def test_the_session_of_capacity_gives_what_it_shows(tmp_path: Path) -> None:
    section = README.split("\n## How much more fits\n")[1].split("\n## ")[0]
    check_session(blocks("console", section)[0], tmp_path)


def test_what_a_team_is_told_to_write(tmp_path: Path) -> None:
    section = README.split("\n## In a team's CI\n")[1].split("\n## ")[0]
    (tmp_path / ".eks-subnet-calc.toml").write_text(blocks("toml", section)[0], encoding="utf-8")
    found = find_configuration(str(tmp_path))
    assert configured(found).keys() == {"baseline", "fail_on"}
    assert [each.codes for each in found.suppressions] == [("one-zone",)]
    workflow, hooks = map(yaml.safe_load, blocks("yaml", section))
    [_, step, upload] = workflow["jobs"]["plans"]["steps"]
    folder = step["uses"].removeprefix("OWNER/eks-subnet-calc/").partition("@")[0]
    action = yaml.safe_load((ROOT / folder / "action.yml").read_text(encoding="utf-8"))
    assert step["with"].keys() <= action["inputs"].keys()
    assert upload["with"]["sarif_file"] == step["with"]["sarif"]
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [each["id"] for each in hooks["repos"][0]["hooks"]] == [each["id"] for each in offered]


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    example, answers, _ = blocks("python", README.split("\n## From Python\n")[1])
    exec(compile(f"{example}\n{answers}", "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["True", "400", "23"]
    assert lines[2].split() == ["0", "m5.12xlarge", "103", "4"]
    assert lines[3].startswith("warm-eni {'warm_eni_target': 0} ")
    assert lines[-2].startswith("Prefix mode with WARM_IP_TARGET 1 and MINIMUM_IP_TARGET ")
    assert lines[-1].startswith("ModeSize(mode='warm-ip', sheet='WarmIP', smallest_subnet=")


@pytest.mark.thorough
def test_the_example_with_workbooks_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans").mkdir()
    shutil.copy(ROOT / "sample_workbooks" / "vpc-cni-example.xlsx", tmp_path / "plans")
    both = blocks("python", README.split("\n## From Python\n")[1])
    exec(compile("\n".join(both), "README.md", "exec"), {})
    said, of_folder = capsys.readouterr().out.splitlines()[-2:]
    assert said.startswith(
        "Fits in some modes: WarmENI lacks 33 addresses at the peak; WarmIP fits"
    )
    assert said.count("plan.xlsx, Plan!B6") == 1
    assert of_folder.split()[0] == str(Path("plans", "vpc-cni-example.xlsx"))
