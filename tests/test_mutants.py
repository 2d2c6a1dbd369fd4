"""The mutation tests' own script: what it changes, and that it tells what no test finds."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.changes import mutants
from tests.mutants import TESTS, files_of
from tests.unseen import UNSEEN

ROOT = Path(__file__).parents[1]


def changed(line: str) -> set[str]:
    """The line of a function with each change that is made in it."""
    source = f"def f(a, b):\n    {line}\n"
    found = set()
    for number in range(len(mutants(source)[1])):
        tree, every = mutants(source)
        every[number].apply()
        found.add(ast.unparse(tree).partition("\n")[2].strip())
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a = b < 1", {"a = b <= 1", "a = b >= 1", "a = b < 2", "a = b < 0"}),
        ("a = b + 'text of a message'", set()),
        ("a = not b", {"a = b"}),
        ("a = a and b", {"a = a or b", "a = a", "a = b"}),
        ("a = min(a, b)", {"a = max(a, b)", "a = min(a)", "a = min(b)"}),
        ("a = f(a, b)", {"a = f(b, a)", "a = f(a)", "a = f(b)"}),
        ("a = f(a, a)", {"a = f(a)"}),
        ("a = f(x=True)", {"a = f()", "a = f(x=False)"}),
        ("return a[0]", {"return None", "return a[1]", "return a[-1]"}),
        ("a: int = 1", {"a: int = 2", "a: int = 0"}),
        ("a = [b for b in a if b]", {"a = [b for b in a]"}),
        ("a = 'fits' if a else b", {"a = 'its' if a else b", "a = 'fits' if not a else b"}),
        ("b.append(a)", {"pass"}),
        ("a -= b", {"pass", "a += b"}),
    ],
)
def test_what_is_changed(line: str, expected: set[str]) -> None:
    assert changed(line) == expected


@pytest.mark.thorough
def test_what_no_test_finds_is_told() -> None:
    """Changes of a module with its own tests, and of one that these have nothing to do with."""
    modules = ["calculator/csv_text.py", "calculator/issues.py"]
    run = [sys.executable, "-m", "tests.mutants", *modules, "--sample", "2"]
    done = subprocess.run(
        [*run, "--tests", "tests/test_csv_text.py"], cwd=ROOT, capture_output=True, text=True
    )
    said = [line for line in done.stdout.splitlines() if " tried" in line]
    assert said == [
        "calculator/csv_text.py: 2 tried, 2 killed, 0 survive (100.0 %), 0 explained",
        "calculator/issues.py: 2 tried, 0 killed, 2 survive (0.0 %), 0 explained",
    ], done.stderr
    assert done.stdout.count("found by none of 0 tests") == 2
    assert done.returncode == 1


def test_every_file_that_is_named_is_there() -> None:
    files = [name for names in TESTS.values() for name in names if "{" not in name]
    assert [name for name in [*files, *UNSEEN] if not (ROOT / name).exists()] == []
    assert files_of("calculator/issues.py") == ["tests/test_issues.py"]


@pytest.mark.thorough
def test_what_is_explained_is_there() -> None:
    """A reason goes when its line does, or when no such change is made of it any more."""
    gone = []
    for module, reasons in UNSEEN.items():
        every = mutants((ROOT / module).read_text(encoding="utf-8"))[1]
        known = {key for each in every for key in ((each.text, each.change), (each.text, "*"))}
        gone += [(module, key) for key in reasons if key not in known]
    assert gone == []
