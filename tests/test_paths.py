"""Names of files that runs share, and patterns of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from calculator.paths import existing, pattern_of, shared_name


@pytest.mark.parametrize(
    ("pattern", "names", "others"),
    [
        ("plans/a.xlsx", ["plans/a.xlsx"], ["a.xlsx", "x/plans/a.xlsx", "plans/aXxlsx"]),
        ("./plans/a.xlsx", ["plans/a.xlsx"], []),
        ("a.xlsx", ["a.xlsx", "x/y/a.xlsx"], ["ba.xlsx"]),
        ("plans/*.xlsx", ["plans/a.xlsx"], ["plans/b/a.xlsx"]),
        ("plans/**/*.xlsx", ["plans/a.xlsx", "plans/b/c/a.xlsx"], ["a.xlsx"]),
        ("plans/", ["plans/a.xlsx", "plans/b/a.xlsx"], ["plans2/a.xlsx"]),
        ("plans/**", ["plans/a.xlsx", "plans/b/a.xlsx"], ["a.xlsx"]),
        ("plan?.xlsx", ["plan1.xlsx"], ["plan.xlsx", "plan/.xlsx"]),
        ("[1].xlsx", ["[1].xlsx"], ["1.xlsx"]),
    ],
)
def test_patterns(pattern: str, names: list[str], others: list[str]) -> None:
    matches = pattern_of(pattern).fullmatch
    assert [each for each in names + others if matches(each)] == names


def test_names_are_relative_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shared_name("plans/a.xlsx", "") == "plans/a.xlsx"
    assert shared_name("./plans/../plans/a.xlsx", "") == "plans/a.xlsx"
    assert shared_name(str(tmp_path / "plans" / "a.xlsx"), "") == "plans/a.xlsx"
    assert shared_name("plans/a.xlsx", "plans") == "a.xlsx"
    assert shared_name("a.xlsx", str(tmp_path / "plans")) == "../a.xlsx"
    assert shared_name("s3://bucket/a.xlsx", "plans") == "s3://bucket/a.xlsx"


def test_files_that_a_pattern_is_for(tmp_path: Path) -> None:
    os.makedirs(tmp_path / "plans" / "lab")
    for name in ("plans/a.xlsx", "plans/lab/b.xlsx", "c.xlsx", "d.txt", "[1].csv", "1.csv"):
        (tmp_path / name).touch()
    assert sorted(existing("*.xlsx", str(tmp_path))) == [
        "c.xlsx",
        "plans/a.xlsx",
        "plans/lab/b.xlsx",
    ]
    assert [*existing("plans/lab/", str(tmp_path))] == ["plans/lab/b.xlsx"]
    assert [*existing("[1].csv", str(tmp_path))] == ["[1].csv"]
    assert [*existing("plans/x.xlsx", str(tmp_path))] == []
