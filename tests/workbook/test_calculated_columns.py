"""Formulas that tables keep for rows to come: nothing else tells that those would be others."""

from __future__ import annotations

import re

import pytest

from tests.helpers import Raw, content, found, report_of

_KEPT = re.compile("<calculatedColumnFormula>([^<]*)</calculatedColumnFormula>")


def kept(raw: Raw, sheet: str, formula: str, count: int = 0) -> Raw:
    """With other formulas for new rows in the table of a sheet; none for ""."""
    [part] = raw.tables(sheet)
    new = formula and f"<calculatedColumnFormula>{formula}</calculatedColumnFormula>"
    raw.parts[part] = _KEPT.sub(new, raw.parts[part].decode(), count=count).encode()
    return raw


@pytest.mark.parametrize(("model", "sheet"), [("vpc-cni", "Plan"), ("aws-sample", "WarmIP")])
@pytest.mark.parametrize(
    ("formula", "count", "words"),
    [("0", 1, "more"), (r"1+0*(\1)", 0, "columns, =1+0*("), ("", 0, "columns, none;")],
)
def test_other_formulas_for_new_rows_are_one_finding(
    model: str, sheet: str, formula: str, count: int, words: str
) -> None:
    report = report_of(kept(Raw(content(model)), sheet, formula, count))
    [finding] = report.of("difference")
    assert (finding.code, finding.place) == ("formula", sheet)
    assert (words in finding.message) == (count == 0)


def test_a_program_that_keeps_none() -> None:
    raw = Raw(content("aws-sample"))
    for sheet in ("WarmENI", "WarmIP"):
        kept(raw, sheet, "")
    assert report_of(raw).findings == []


def test_an_edit_of_a_whole_column_is_told_of_its_cells() -> None:
    """As Excel does it, which keeps the formula for new rows as well."""
    raw = Raw(content("aws-sample"))
    for cell in [cell for cell in raw.formulas("WarmIP") if cell.startswith("D")]:
        raw.put("WarmIP", cell, formula="1+1")
    before = found(report_of(raw))
    assert ("formula", "WarmIP!D23") in before
    assert found(report_of(kept(raw, "WarmIP", "1+1", 1))) == before


def test_what_nobody_fills_in_is_one_finding() -> None:
    """A formula for an input, which each row that is added would hold."""
    raw = Raw(content())
    [part] = raw.tables("Plan")
    column = '<tableColumn id="3" name="Target Workload Pods per Node"'
    text = raw.parts[part].decode()
    assert f"{column}/>" in text
    kept_there = f"{column}><calculatedColumnFormula>25</calculatedColumnFormula></tableColumn>"
    raw.parts[part] = text.replace(f"{column}/>", kept_there).encode()
    [finding] = report_of(raw).findings
    assert (finding.code, finding.place) == ("formula", "Plan")
    assert 'under "Target Workload Pods per Node", =25;' in finding.message
