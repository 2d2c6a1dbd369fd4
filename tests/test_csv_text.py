"""Texts that a spreadsheet program would take for formulas."""

from __future__ import annotations

import pytest

from calculator.csv_text import harmless


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=", "-", "-plan.xlsx"),
        *("＝1+1", "＋1", "－1", "＠SUM(A1)"),
    ],
)
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    ["", "plan.xlsx", "a=1", "-5", "+5", "-1.5e3", "-inf", "'=1", " =1", "5-1", "/plans/=1.xlsx"],
)
def test_all_else_stays(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;=1", "a;'=1"),
        ("a| -1;\t＋2", "a| '-1;\t'＋2"),
        ("=1;@2", "'=1;'@2"),
        ("a;b=1|2", "a;b=1|2"),
    ],
)
def test_what_begins_so_behind_another_separator_gets_one_too(text: str, expected: str) -> None:
    assert harmless(text) == expected
