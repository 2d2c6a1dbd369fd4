"""Data validation of inputs that lets something else be typed than they take."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from calculator.report import WorkbookReport
from calculator.workbook.validations import _has_lengths_of_types, _offers_types
from calculator.xlsx.decoration import Validation
from tests.helpers import Raw, content, report_of
from tests.workbook.readings import reading_of

_OF = '<dataValidation [^>]*sqref="{}"[^>]*>.*?</dataValidation>'

_REFUSES = 'showErrorMessage="1" '


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
        ("B5", 'type="whole" ', "", "is for any value, in place of a whole"),
        ("B7", 'type="whole"', 'type="decimal"', "is for values of kind decimal (greaterThanOr"),
        ("B7", "<formula1>0<", "<formula1>B8<", "is for values of kind whole (greaterThanOrEqual"),
        ("B14:B21", "greaterThanOrEqual", "lessThan", "is for values of kind whole (lessThan "),
        ("B5", 'type="whole"', 'type="list"', 'offers what stands in "1", in place of a whole'),
        ("B5", 'type="whole"', 'type="custom"', 'is for values by the formula "=1", in place'),
        ("B14:B21", 'showErrorMessage="1"', "", "shows no error, and lets anything be typed in p"),
        ("B6", 'type="list"', 'type="list" errorStyle="warning"', "only warns, and lets anything"),
    ],
)
def test_a_validation_for_other_values(cells: str, old: str, new: str, words: str) -> None:
    report = report_of(changed(cells, old, new))
    first = cells.partition(":")[0]
    assert said(report) == [("validation", f"Plan!{first}")]
    assert report.findings[0].holds == first
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
        ("C1", 'promptTitle="Name"', 'promptTitle="Who"'),
        # Whoever copies a cell takes its validation with it.
        ("B14:B21", 'sqref="B14:B21"', 'sqref="B14:B19 E14:E16"'),
        ("B14:B21", 'sqref="B14:B21"', 'sqref="B14:B21 E14:E17"'),
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


def of_types(head: str, formula: str) -> WorkbookReport:
    """The report of a workbook with another validation of its instance types."""
    raw = Raw(content(rows=8))
    [rule] = re.findall(_OF.format("A14:A21"), raw.text("Plan"))
    inside = f"<formula1>{formula}</formula1>"
    new = f'<dataValidation {head} sqref="A14:A21">{inside}</dataValidation>'
    raw.replace("Plan", rule, new)
    return report_of(raw)


@pytest.mark.parametrize(
    ("head", "formula", "words"),
    [
        ('type="list"', "InstanceTypes!$B$2:$B$37", 'offers what stands in "InstanceTypes!$B$2:$'),
        ('type="list"', "InstanceTypes!$A$1:$A$1", 'offers what stands in "InstanceTypes!$A$1:$'),
        ('type="list"', "InstanceTypes!$Z$2:$Z$37", 'offers what stands in "InstanceTypes!$Z$2:$'),
        ('type="list"', '"small,medium,large"', "offers small, medium, large, in place of instan"),
        ('type="list"', "MyTypes!$A$1:$A$9", 'offers what stands in "MyTypes!$A$1:$A$9", in pla'),
        ('type="list"', "#REF!", 'offers what stands in "#REF!", in place of instance types'),
        (_REFUSES + 'type="whole"', "1", "is for values of kind whole (between 1), in place of in"),
        (_REFUSES + 'type="custom"', "FALSE", 'is for values by the formula "=FALSE", in place o'),
        (
            *(_REFUSES + 'type="textLength" operator="equal"', "3"),
            "is for values of kind textLength (equal 3), in place of instance types",
        ),
        (
            *(_REFUSES + 'type="textLength" operator="greaterThan"', "40"),
            "is for values of kind textLength (greaterThan 40), in place of instance types",
        ),
        (
            *(_REFUSES + 'type="textLength"', "3"),
            "is for values of kind textLength (between 3), in place of instance types",
        ),
    ],
)
def test_no_instance_type_can_be_picked_or_typed(head: str, formula: str, words: str) -> None:
    report = of_types(head, formula)
    assert said(report) == [("validation", "Plan!A14")]
    assert report.findings[0].message.startswith(f"the data validation of the cell {words}")


@pytest.mark.parametrize(
    ("head", "formula"),
    [
        ('type="list"', '"m5.large,m5.xlarge"'),
        ('type="list"', '"i3.large"'),  # which the workbook's list has not
        ('type="list"', "$A$14:$A$14"),
        ('type="list"', '"small,fargate"'),
        ('type="list"', "InstanceTypes!$A$30:$C$37"),
        ('type="list"', "$A$14:$A$21"),  # which a colleague's own list may be
        ('type="list"', "INDIRECT(&quot;Somewhere!A1&quot;)"),
        ('type="list"', "OurTypes"),
        ('type="whole"', "1"),  # which shows no error
        (_REFUSES + 'type="custom"', "LEN(A14)&gt;3"),
        (_REFUSES + 'type="textLength" operator="lessThan"', "30"),
        (_REFUSES + 'type="textLength" operator="greaterThan"', "3"),
        (_REFUSES + 'type="textLength" operator="lessThan"', "$X$1"),
    ],
)
def test_fewer_instance_types_are_fine(head: str, formula: str) -> None:
    assert of_types(head, formula).findings == []


@pytest.mark.parametrize(
    ("operator", "formulas", "is_so"),
    [
        *(("", ["1", "7"], True), ("", ["1", "6"], False), ("", ["19", "40"], True)),
        *(("between", ["20", "40"], False), ("notBetween", ["7", "19"], False)),
        *(("notBetween", ["8", "19"], True), ("notBetween", ["7", "18"], True)),
        *(("equal", ["19"], True), ("equal", ["20"], False), ("notEqual", ["7"], True)),
        *(("greaterThan", ["18"], True), ("greaterThan", ["19"], False)),
        *(("greaterThanOrEqual", ["19"], True), ("greaterThanOrEqual", ["20"], False)),
        *(("lessThan", ["8"], True), ("lessThan", ["7"], False)),
        *(("lessThanOrEqual", ["7"], True), ("lessThanOrEqual", ["6"], False)),
        *(("ofOurs", ["99"], True), ("equal", ["B4"], True), ("equal", [], True)),
    ],
)
def test_types_of_7_to_19_letters(operator: str, formulas: list[str], *, is_so: bool) -> None:
    rule = Validation((), "textLength", operator, tuple(formulas), "stop")
    assert _has_lengths_of_types(rule, reading_of()) is is_so


def test_where_no_list_of_types_is_there_that_is_said_elsewhere() -> None:
    reading = reading_of()
    data = {name: each for name, each in reading.data.items() if name != "InstanceTypes"}
    rule = Validation((), "list", "", ('"small"',), "stop")
    [plan] = reading.plans
    assert not _offers_types(rule, reading, plan.plan)
    others = Validation((), "list", "", ("InstanceTypes!$B$2:$B$37", "*1"), "stop")
    assert not _offers_types(others, reading, plan.plan)  # by its first formula
    assert _offers_types(rule, replace(reading, data=data), plan.plan)


def test_types_of_aws_sample_have_17_letters_at_most() -> None:
    rule = Validation((), "textLength", "equal", ("18",), "stop")
    assert not _has_lengths_of_types(rule, reading_of("aws-sample"))


def test_a_list_of_types_of_ones_own() -> None:
    """A type that only the workbook's own data sheet has is one."""
    raw = Raw(content(rows=8))
    [rule] = re.findall(_OF.format("A14:A21"), raw.text("Plan"))
    raw.replace("Plan", rule, re.sub("InstanceTypes![^<]*", '"mine.large"', rule))
    raw.put("InstanceTypes", "A37", "mine.large")
    assert "validation" not in {each.code for each in report_of(raw).findings}
