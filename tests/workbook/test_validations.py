"""Data validation of inputs that lets something else be typed than they take."""

from __future__ import annotations

import re

import pytest

from calculator.report import WorkbookReport
from tests.helpers import Raw, content, report_of

_OF = '<dataValidation [^>]*sqref="{}"[^>]*>.*?</dataValidation>'


def changed(cells: str, old: str, new: str, sheet: str = "Plan") -> Raw:
    """A workbook in whose validation of some cells something was replaced."""
    raw = Raw(content(rows=8))
    part = raw.text(sheet)
    [rule] = re.findall(_OF.format(cells), part)
    assert old in rule
    raw.parts[raw.sheets[sheet]] = part.replace(rule, rule.replace(old, new)).encode()
    return raw


def said(report: WorkbookReport) -> list[tuple[str, str | None]]:
    return [(each.code, each.place) for each in report.findings]


@pytest.mark.parametrize(
    ("cells", "old", "new", "words"),
    [
        ("B6", '"undecided,warm-eni,', '"undecided,warm,', "offers undecided, warm, warm-ip, "),
        ("B6", '"undecided,warm-eni,warm-ip,prefix,ipv6"', "Tables!$A$2:$A$9", "offers what st"),
        ("B6", 'type="list" ', "", "has no list: "),
        ("E14:E21", "Linux,Windows", "Linux", "offers Linux, in place of"),
        ("B4", "<formula2>28<", "<formula2>30<", "is for values of kind whole (between 16 and 30"),
        ("B5", 'type="whole" ', "", "is for any value (between 1 and 6), in place of a whole"),
        ("B7", 'type="whole"', 'type="decimal"', "is for values of kind decimal (greaterThanOr"),
        ("B7", "<formula1>0<", "<formula1>B8<", "is for values of kind whole (greaterThanOrEqual"),
        ("B14:B21", "greaterThanOrEqual", "lessThan", "is for values of kind whole (lessThan "),
    ],
)
def test_a_validation_for_other_values(cells: str, old: str, new: str, words: str) -> None:
    report = report_of(changed(cells, old, new))
    assert said(report) == [("validation", f"Plan!{cells.partition(':')[0]}")]
    assert report.findings[0].message.startswith(f"the data validation of the cell {words}")
    assert report.clean


def test_a_sheet_of_other_validations_is_one_finding() -> None:
    raw = Raw(content(rows=8))
    raw.replace("Settings", '"no,yes"', '"0,1"')
    [found] = report_of(raw).findings
    assert (found.code, found.place) == ("validation", "Settings!B8")
    assert found.cells > 1


@pytest.mark.parametrize(
    ("cells", "old", "new"),
    [
        ("B6", "undecided,warm-eni", "Undecided, WARM-ENI"),
        ("A14:A21", "InstanceTypes!$A$2:$A$37", '"m5.large,m5.xlarge"'),
        ("C1", 'promptTitle="Name"', 'promptTitle="Who"'),
        # Whoever copies a cell takes its validation with it.
        ("B14:B21", 'sqref="B14:B21"', 'sqref="B14:B19 E14:E16"'),
    ],
)
def test_what_is_no_other_validation(cells: str, old: str, new: str) -> None:
    pattern = _OF if cells != "C1" else _OF.replace("</dataValidation>", "")
    raw = Raw(content(rows=8))
    [rule] = re.findall(pattern.format(cells), raw.text("Plan"))[:1]
    raw.replace("Plan", rule, rule.replace(old, new))
    assert report_of(raw).findings == []


def test_a_program_that_drops_validations_edits_nothing() -> None:
    raw = Raw(content(rows=8))
    part = re.sub("<dataValidations.*</dataValidations>", "", raw.text("Plan"))
    raw.parts[raw.sheets["Plan"]] = part.encode()
    assert report_of(raw).findings == []
