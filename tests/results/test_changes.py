"""Changes as they are printed: a table that fits, and JSON."""

from __future__ import annotations

import json
import re

import pytest

from calculator.difference import Change
from calculator.results.changes import print_changes, print_changes_as_json

FORMULA = Change("formula", "difference", "WarmENI", "IPs used", "", "ours", "=" + "1+" * 200)
RESULT = Change("result", "result", "WarmENI", "IPs used", "ips_used", 1000, None)
PART = Change("result", "result", "WarmENI", "Nodes", "node_ips", 5, 6)


def test_a_table_has_all_of_a_change(capsys: pytest.CaptureFixture[str]) -> None:
    print_changes([FORMULA, RESULT, PART])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["change", "where", "what", "old", "new"]
    assert lines[1].endswith(str(FORMULA.new))
    assert re.split(" {2,}", lines[2]) == ["result", "WarmENI", "IPs used", "1,000", "not known"]
    assert lines[3:] == ["and 1 more result (--all lists them)"]


def test_everything_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    print_changes([PART], everything=True)
    assert "Nodes" in capsys.readouterr().out


def test_cells_that_look_otherwise_alike_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    looks = [
        Change("look", "input", sheet, f"number format, {name}", "", "#,##0", "0.00")
        for sheet in ("WarmENI", "WarmIP")
        for name in ("IPs used", "Nodes")
    ]
    other = Change("look", "input", "Plan", "number format, Check", "", "General", "0")
    print_changes([*looks, other])
    _, together, alone = capsys.readouterr().out.splitlines()
    assert re.split(" {2,}", together) == [
        *("look", "2 sheets", "number format of 4, such as IPs used on WarmENI", "#,##0", "0.00")
    ]
    assert re.split(" {2,}", alone)[2] == "number format, Check"
    print_changes(looks[:3])
    assert len(capsys.readouterr().out.splitlines()) == 4
    print_changes([*looks, other], everything=True)
    assert len(capsys.readouterr().out.splitlines()) == 6


def test_no_change_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_changes([])
    assert capsys.readouterr().out == ""


def test_colours_are_those_of_severities(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    gone = Change("finding", "mended", "Plan", "\x1b[31mone-zone", "", "found", None)
    print_changes([FORMULA, gone])
    formula, mended = capsys.readouterr().out.splitlines()[1:]
    assert formula.startswith("\x1b[33mformula")
    assert mended.startswith("\x1b[32mfinding")
    assert "\\x1b[31mone-zone" in mended


def test_json_has_both_values(capsys: pytest.CaptureFixture[str]) -> None:
    print_changes_as_json("a.xlsx", "b.xlsx", [RESULT])
    assert json.loads(capsys.readouterr().out) == {
        "old": "a.xlsx",
        "new": "b.xlsx",
        "changes": [
            {
                "kind": "result",
                "severity": "result",
                "where": "WarmENI",
                "what": "IPs used",
                "name": "ips_used",
                "old": 1000,
                "new": None,
            }
        ],
    }
