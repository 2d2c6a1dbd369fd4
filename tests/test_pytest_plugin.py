"""The plugin for pytest, in runs of pytest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faulty import EXAMPLE
from tests.helpers import FEW_TYPES, Raw, content

pytest_plugins = ["pytester"]

#: Without what takes seconds to start and is not asked for.
PLUGIN = ("-p", "calculator.pytest_plugin", "-p", "no:hypothesispytest")


@pytest.fixture
def plans(pytester: pytest.Pytester) -> Path:
    """A folder with a good workbook, one with a fault, and one that cannot be read."""
    pytester.makeini("[pytest]\nfilterwarnings = error\n")
    folder = pytester.mkdir("plans")
    good = content("vpc-cni", EXAMPLE, 3, FEW_TYPES)
    (folder / "good.xlsx").write_bytes(good)
    raw = Raw(good)
    raw.put("Plan", "B15", value="three")
    raw.put("WarmENI", "B8", formula="B4-1")
    raw.save(folder / "faulty.xlsx")
    (folder / "broken.xlsx").write_text("nothing")
    return folder


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest(*PLUGIN, *arguments)


def test_a_test_a_sheet_and_check(pytester: pytest.Pytester, plans: Path) -> None:
    result = run(pytester, "--eks-workbooks", "plans/good.xlsx", "-v")
    result.assert_outcomes(passed=26)
    result.stdout.fnmatch_lines(["plans/good.xlsx::WarmENI: formulas PASSED*"])


def test_failures_are_readable(pytester: pytest.Pytester, plans: Path) -> None:
    result = run(pytester, "--eks-workbooks", "plans")
    result.assert_outcomes(passed=50, failed=3)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*plans/broken.xlsx: read*",
            "unreadable: It is a text file*",
            "*plans/faulty.xlsx: Plan: inputs*",
            'not-a-number: found "three"; a whole number of 0 or more is expected',
            "  file      plans/faulty.xlsx",
            "  sheet     Plan",
            "  cell      B15 (# of Instances)",
            '  found     "three"',
            "  expected  a whole number of 0 or more",
            "*plans/faulty.xlsx: WarmENI: formulas*",
            "FAILED plans/broken.xlsx::read - *",
        ]
    )
    result.stdout.no_fnmatch_line("*.py:*")  # no traceback


def test_tests_of_the_folder_run_beside_them(pytester: pytest.Pytester, plans: Path) -> None:
    pytester.makepyfile("def test_own(): pass")
    run(pytester, "--eks-workbooks", "plans/good.xlsx").assert_outcomes(passed=27)
    run(pytester).assert_outcomes(passed=1)
    chosen = ("-k", "good and values and WarmENI")
    run(pytester, "--eks-workbooks", "plans", *chosen).assert_outcomes(passed=1, deselected=53)


@pytest.mark.thorough
def test_a_baseline_and_suppressions(pytester: pytest.Pytester, plans: Path) -> None:
    command = [sys.executable, "-m", "calculator.cli", "verify", "plans/faulty.xlsx"]
    command += ["--baseline", "known.json", "--update-baseline", "--quiet"]
    subprocess.run(command, check=True, capture_output=True)
    (pytester.path / ".eks-subnet-calc.toml").write_text(
        'baseline = "known.json"\n[[suppress]]\ncode = "unreadable"\npath = "plans/broken.xlsx"\n'
        'reason = "as it came"\n[[suppress]]\ncode = "value"\nreason = "for nothing"\n'
    )
    result = run(pytester, "--eks-workbooks", "plans", "-rP")
    result.assert_outcomes(passed=54)  # one of which is of the suppressions
    result.stdout.fnmatch_lines(["suppressed (as it came): plans/broken.xlsx: *"])
    result.stdout.fnmatch_lines(
        ["warning: *.eks-subnet-calc.toml: the suppression of value suppresses nothing"]
    )
    (plans / "faulty.xlsx").write_bytes((plans / "good.xlsx").read_bytes())
    result = run(pytester, "--eks-workbooks", "plans")
    result.stdout.fnmatch_lines(["gone: *plans/faulty.xlsx: not-a-number (plan, *"])
    result = run(pytester, "--eks-workbooks", "plans", "--eks-baseline", "none.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: none.json: there is no baseline*"])


def test_what_fails_is_configured(pytester: pytest.Pytester, plans: Path) -> None:
    (pytester.path / ".eks-subnet-calc.toml").write_text('fail-on = ["unreadable"]')
    run(pytester, "--eks-workbooks", "plans").assert_outcomes(passed=52, failed=1)
    (pytester.path / ".eks-subnet-calc.toml").write_text("fail-on = 3")
    assert run(pytester, "--eks-workbooks", "plans").ret == pytest.ExitCode.USAGE_ERROR


def test_nothing_to_verify_is_wrong_usage(pytester: pytest.Pytester, plans: Path) -> None:
    result = run(pytester, "--eks-workbooks", "plans/none")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: plans/none: there is no workbook; *"])


def test_the_fixture(pytester: pytest.Pytester, plans: Path) -> None:
    pytester.makepyfile(
        """
        from pathlib import Path

        def test_good(eks_verify):
            assert eks_verify(Path("plans/good.xlsx")).verdict.fits

        def test_faulty(eks_verify):
            eks_verify("plans/faulty.xlsx")

        def test_broken(eks_verify):
            eks_verify("plans/broken.xlsx")
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["  cell      B15 (# of Instances)", "  sheet     WarmENI"])
    result.stdout.no_fnmatch_line("*.py:*: Failed*")


@pytest.mark.thorough
def test_several_processes(pytester: pytest.Pytester, plans: Path) -> None:
    result = run(pytester, "--eks-workbooks", "plans", "-n", "2")
    result.assert_outcomes(passed=50, failed=3)


def test_it_costs_nothing_when_it_is_not_used() -> None:
    code = (
        "import sys, calculator.pytest_plugin\n"
        "print([each for each in sys.modules if each.startswith(('calculator.', 'numpy'))])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "['calculator.pytest_plugin']\n"
