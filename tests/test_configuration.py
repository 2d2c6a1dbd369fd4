"""Configurations: where they are found, what they may say, how they go with the command line."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from calculator.cli import main
from calculator.configuration import Suppression, find_configuration
from calculator.errors import InputError
from calculator.options import ANSWERS, configured, parser_of

OWN = ".eks-subnet-calc.toml"
Say = Callable[..., Path]


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Writes a configuration into a repository, whose root is the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)

    def say(text: str, name: str = OWN) -> Path:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return say


def options(*arguments: str) -> dict[str, object]:
    commands = (
        *("new", "evaluate", "verify", "diff", "text", "sweep", "convert", "catalog"),
        *ANSWERS,
    )
    return vars(parser_of(dict.fromkeys(commands, print)).parse_args(arguments))


# --- where ----------------------------------------------------------------------------------------


def test_there_may_be_none(say: Say) -> None:
    assert find_configuration().path == ""


def test_the_nearest_counts_and_its_own_file_before_pyproject(say: Say) -> None:
    say("[tool.eks-subnet-calc]\nquiet = true\n", "pyproject.toml")
    assert find_configuration().options == {"quiet": True}
    say("[tool.black]\n", "plans/pyproject.toml")
    assert find_configuration("plans").options == {"quiet": True}
    say("all = true\n", "plans/" + OWN)
    assert find_configuration("plans").options == {"all": True}
    say("details = true\n")
    assert find_configuration().options == {"details": True}


def test_it_is_not_looked_for_beyond_the_repository(say: Say) -> None:
    say("quiet = true\n")
    os.makedirs("inner/.git")
    assert find_configuration("inner").path == ""
    os.makedirs("a/b")
    assert find_configuration("a/b").options == {"quiet": True}
    os.rmdir(".git")
    assert find_configuration("a/b").path == ""


# --- what -----------------------------------------------------------------------------------------


def test_suppressions(say: Say) -> None:
    path = say(
        '[[suppress]]\ncode = "one-zone"\npath = "lab/*.xlsx"\nreason = " The lab. "\n'
        'expires = 2027-01-31\n[[suppress]]\ncode = ["value", "unreadable"]\npath = ["a", "b"]\n'
    )
    found = find_configuration()
    assert (found.path, path.name) == (OWN, OWN)
    assert found.suppressions == (
        Suppression(("one-zone",), ("lab/*.xlsx",), "The lab.", datetime.date(2027, 1, 31)),
        Suppression(("value", "unreadable"), ("a", "b")),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = ", "this is no TOML: "),
        ("suppress = 1", "suppress: found a number; [[suppress]] is expected"),
        ("suppress = [1]", "suppress 1: found a number; a table is expected"),
        ("[[suppress]]\nreason = 'x'", "suppress 1, code: the code of a finding is expected"),
        (
            "[[suppress]]\ncode = 'one-zon'",
            'suppress 1, code: found "one-zon"; the code of a finding is expected '
            "(is one-zone meant?)",
        ),
        (
            "[[suppress]]\ncode = 'value'\npaths = 'a'",
            "suppress 1, paths: code, path, reason, expires are known (is path meant?)",
        ),
        ("[[suppress]]\ncode = 'value'\npath = 1", "suppress 1, path: found a number; a text"),
        (
            "[[suppress]]\ncode = 'value'\npath = ['a.xlsx', '/plans/a.xlsx']",
            'suppress 1, path: found "/plans/a.xlsx"; a path relative to the folder of this file',
        ),
        ("[[suppress]]\ncode = 'value'\nreason = 1", "suppress 1, reason: found a number; a text"),
        (
            "[[suppress]]\ncode = 'value'\nexpires = '2027-01-31'",
            'suppress 1, expires: found the text "2027-01-31"; a date such as 2027-01-31 is '
            "expected, without quotes",
        ),
        (
            "[[suppress]]\ncode = 'value'\nexpires = 2027-01-31T00:00:00",
            "suppress 1, expires: found a time; a date",
        ),
    ],
)
def test_what_nobody_can_use(say: Say, text: str, message: str) -> None:
    say(text)
    with pytest.raises(InputError) as caught:
        find_configuration()
    assert str(caught.value).startswith(f"{OWN}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fail_on = 'none'", "fail_on: options of evaluate and verify and [[suppress]] are known "
         "(is fail-on meant?)"),
        ("update-baseline = true", "update-baseline: options of evaluate and verify"),
        ("quiet = 1", "quiet: found a number; true or false is expected"),
        ("workers = 0", 'workers: found "0"; a whole number of 1 or more is expected'),
        ("workers = true", "workers: found true or false; a text or a list of texts is expected"),
        ("fail-on = ['faultz']", 'fail-on: found "faultz"; '),
        ("format = 'html'", 'format: found "html"; text, github are known'),
        ("baseline = ['a', 'b']", "baseline: found a list; a text is expected"),
    ],
)  # fmt: skip
def test_options_that_nobody_can_use(
    say: Say, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    say(text)
    assert main(["verify", "plans"]) == 2
    assert capsys.readouterr().err.startswith(f"eks-subnet-calc: {OWN}: {message}")


def test_pyproject_is_named_with_its_key(say: Say) -> None:
    say("[tool.eks-subnet-calc]\nquit = true\n", "pyproject.toml")
    with pytest.raises(InputError, match=r"^pyproject.toml: quit: .*\(is quiet meant\?\)$"):
        configured(find_configuration())
    say("[tool]\neks-subnet-calc = 1\n", "pyproject.toml")
    with pytest.raises(InputError, match=r"^pyproject.toml: tool.eks-subnet-calc: found a number"):
        find_configuration()


# --- with the command line ------------------------------------------------------------------------


def test_the_command_line_wins(say: Say) -> None:
    say(
        'fail-on = ["faults", "one-zone"]\nworkers = 3\nquiet = true\nbaseline = "known.json"\n'
        'output = "a.sarif"\nrecalculate = "ironcalc"\n'
    )
    found = options("verify", "plans")
    assert found["fail_on"] == ("faults", "one-zone")
    assert (found["workers"], found["quiet"], found["recalculate"]) == (3, True, "ironcalc")
    assert (found["baseline"], found["output"]) == ("known.json", ["a.sarif"])
    found = options("verify", "plans", "--fail-on", "none", "--workers", "1", "-o", "b.sarif")
    assert (found["fail_on"], found["workers"], found["output"]) == ((), 1, ["b.sarif"])
    assert options("evaluate", "plans")["recalculate"] is None


def test_nothing_to_fail_on(say: Say) -> None:
    say("fail-on = []")
    assert options("verify", "plans")["fail_on"] == ()


def test_paths_are_relative_to_the_file(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = say('baseline = "known.json"\noutput = ["a.sarif", "s3://b/c.csv"]\n').parent
    (folder / "plans").mkdir()
    monkeypatch.chdir("plans")
    found = options("verify", ".")
    assert found["baseline"] == str(folder / "known.json")
    assert found["output"] == [str(folder / "a.sarif"), "s3://b/c.csv"]


def test_other_commands_have_none(say: Say) -> None:
    say("nonsense = 1")
    assert "configuration" not in options("catalog", "m5.")
