"""Rules of conditional formatting of ours that are gone, and paint where none is left."""

from __future__ import annotations

import re

import pytest

from calculator import Plan
from calculator.workbook.rules import wrong_on_data
from calculator.xlsx.appearance import Look
from calculator.xlsx.cells import CellError
from calculator.xlsx.decoration import Rule
from calculator.xlsx.reference import a1
from tests.helpers import AWS_PLAN, PLAN, Raw, content, formulas_read, report_of
from tests.workbook.test_looks import WHITE_ON_NONE, styled, with_rule

#: A rule of one cell, and all rules of a sheet.
_RULE = r"<cfRule(?:(?!</cfRule>).)*{}.*?</cfRule>"
_ALL = "<conditionalFormatting.*</conditionalFormatting>"
#: What does not fit.
_LACKS = Plan(subnet_prefix_length=26, node_groups=PLAN.node_groups)


def changed(raw: Raw, sheet: str, pattern: str, to: str = "") -> Raw:
    part, number = re.subn(pattern, to, raw.text(sheet), flags=re.DOTALL)
    assert number
    raw.parts[raw.sheets[sheet]] = part.encode()
    return raw


@pytest.mark.parametrize(
    ("sheet", "pattern", "to", "expected"),
    [
        ("WarmENI", _RULE.format("does-not-fit"), "", ("B10", "red", 6)),
        ("WarmENI", '"does-not-fit",IFERROR', '"no",IFERROR', ("B10", "red", 6)),
        ("WarmENI", "AND[^<]*does-not-fit[^<]*", "REF!$A$1=0", ("B10", "red", 6)),
        ("WarmIP", _RULE.format("fits-with-remarks"), "", ("B10", "amber", 6)),
        ("Prefix", r'\$B\$22="not', '$B$21="not', ("B10", "red", 6)),
        ("Plan", _RULE.format('"not-known"'), "", ("A2", "red", 9)),
        ("Plan", _RULE.format(r"LEN\(\$D14"), "", ("D14", "red", 5)),
    ],
)
def test_a_rule_of_ours_that_is_gone_is_named_where_others_are_left(
    sheet: str, pattern: str, to: str, expected: tuple[str, str, int]
) -> None:
    report = report_of(changed(Raw(content(rows=8)), sheet, pattern, to))
    cell, colour, cells = expected
    [found] = report.findings
    assert (found.code, found.place) == ("conditional-format", f"{sheet}!{cell}")
    assert found.message.startswith(f"a rule by which this is coloured {colour} (=")
    assert found.cells == cells


@pytest.mark.parametrize(
    ("sheet", "pattern", "to"),
    [
        ("WarmENI", "AND[^<]*does-not-fit[^<]*", "#REF!=0"),  # which may have been any of ours
        ("Plan", r'(sqref="D|>\$D|LEN\(\$D)14', r"\g<1>15"),  # of a column that begins below
    ],
)
def test_a_rule_that_may_be_one_of_ours_is_not_gone(sheet: str, pattern: str, to: str) -> None:
    assert report_of(changed(Raw(content(rows=8)), sheet, pattern, to)).findings == []


def test_a_green_rule_that_goes_by_something_else_is_one_finding() -> None:
    raw = changed(Raw(content(rows=8)), "Prefix", r"\$B\$22=", "$B$21=")
    found = [each for each in report_of(raw).findings if "is gone" in each.message]
    assert len(report_of(raw).findings) == 6
    assert not found


def test_a_rule_of_ours_that_colours_nothing_any_more_is_gone() -> None:
    raw = Raw(content(rows=8))
    [number] = set(re.findall(r'dxfId="(\d+)"[^>]*><formula>AND\([^<]*not-known', raw.text("IPv6")))
    styles = raw.parts["xl/styles.xml"].decode()
    begin = styles.index("<dxfs")
    dxfs = re.findall("<dxf>.*?</dxf>", styles[begin:])
    styles = styles.replace(dxfs[int(number)], "<dxf><font><b/></font></dxf>")
    raw.parts["xl/styles.xml"] = styles.encode()
    found = {each.place: each.cells for each in report_of(raw).findings}
    assert found["IPv6!B10"] > 0


@pytest.mark.parametrize("plan", [PLAN, _LACKS])
def test_rules_that_a_program_drops_are_no_edit(plan: Plan) -> None:
    raw = Raw(content(plan=plan, rows=8))
    for sheet in ("Plan", "WarmENI", "WarmIP"):
        changed(raw, sheet, _ALL)
    assert not [each for each in report_of(raw).findings if each.code == "conditional-format"]


def test_rules_lost_with_a_save_as_xls_go_with_its_formulas() -> None:
    raw = changed(Raw(content(rows=8)), "WarmENI", _RULE.format("not-possible"))
    raw.put("WarmENI", "B9", CellError("#N/A"), "NA()")
    findings = report_of(raw).findings
    assert {each.because_of for each in findings if each.code == "conditional-format"} == {
        "WarmENI!B9"
    }


@pytest.mark.parametrize(
    ("number", "said"), [(1, ""), (2, "; so can 1 more rule"), (400, "; so can 399 more rules")]
)
def test_rules_that_do_the_same_to_the_same_cells_are_one_finding(number: int, said: str) -> None:
    raw = Raw(content(rows=8))
    styles = raw.parts["xl/styles.xml"].decode()
    white = styles.count("<dxf>")
    dxf = '<dxf><font><color rgb="FFFFFFFF"/></font></dxf></dxfs>'
    raw.parts["xl/styles.xml"] = styles.replace("</dxfs>", dxf).encode()
    rules = [
        f'<conditionalFormatting sqref="{cells}"><cfRule type="expression" dxfId="{white}" '
        f'priority="{100 + at}"><formula>B4&gt;{at}</formula></cfRule></conditionalFormatting>'
        for at, cells in enumerate([*["B4:B5"] * number, "B4"])
    ]
    raw.replace("Plan", "<dataValidations", f"{''.join(rules)}<dataValidations")
    report = report_of(raw)
    what = "can show it otherwise than it is, or not at all"
    start = "a rule of conditional formatting"
    assert [(each.place, each.cells, each.message) for each in report.findings] == [
        ("Plan!B4", 2, f"{start} (=B4>0) {what}{said}"),
        ("Plan!B4", 1, f"{start} (=B4>{number}) {what}"),
    ]


@pytest.mark.parametrize(("formula", "number"), [("REF!$A$1=0", 1), ("#REF!=0", 0)])
def test_a_rule_that_lost_what_it_referred_to_never_holds(formula: str, number: int) -> None:
    """But one that refers to a sheet called REF may."""
    raw = Raw(content(rows=8))
    raw.replace_in("xl/styles.xml", "</dxfs>", f"{WHITE_ON_NONE}</dxfs>")
    white = raw.parts["xl/styles.xml"].count(b"<dxf>") - 1
    rule = f'type="expression" dxfId="{white}" priority="9"><formula>{formula}</formula>'
    report = report_of(with_rule(raw, "Plan", "B4", f"<cfRule {rule}</cfRule>"))
    assert [each.place for each in report.findings] == ["Plan!B4"] * number


@pytest.mark.parametrize(
    ("kind", "look", "told"),
    [
        ("expression", Look("General", True), ["A2", "B2"]),
        ("top10", Look("General", True), ["B2"]),
        ("expression", Look(';;;"x"', False), ["A2", "B2"]),
        ("expression", Look("General", False), []),
    ],
)
def test_what_a_rule_shows_otherwise_of_a_data_sheet(
    kind: str, look: Look, told: list[str]
) -> None:
    rule = Rule(((2, 1, 2, 9),), (), look, kind=kind)
    values: dict[tuple[int, int], float | str] = {
        (3, 1): "c5.large",
        (2, 2): 3.0,
        (2, 1): "m5.large",
    }
    found = wrong_on_data([rule], values, {1: "instance type", 2: "max ENIs"})
    assert [(a1(*at), code) for at, code, _ in found] == [
        (cell, "conditional-format") for cell in told
    ]


def painted(raw: Raw, cell: str, colour: str) -> Raw:
    """The workbook with a fill in a cell that has no rule any more."""
    raw = styled(changed(raw, cell.partition("!")[0], _ALL), cell, "General")
    styles = raw.parts["xl/styles.xml"].decode()
    number = styles[: styles.index("</fills>")].count("<fill>")
    solid = f'<patternFill patternType="solid"><fgColor rgb="FF{colour}"/></patternFill>'
    fill = f"<fill>{solid}</fill>"
    before, last, after = styles.replace("</fills>", f"{fill}</fills>").rpartition('fillId="0"')
    raw.parts["xl/styles.xml"] = f"{before}{last.replace('0', str(number))}{after}".encode()
    return raw


@pytest.mark.parametrize(
    ("plan", "cell", "colour", "said"),
    [
        (_LACKS, "WarmENI!B10", "C6EFCE", "the cell is painted green, and by rule it would be red"),
        (_LACKS, "Plan!A2", "00B050", "the cell is painted green, and by rule it would be red"),
        (PLAN, "WarmENI!B10", "FFC7CE", "the cell is painted red, and by rule it would be green"),
        (_LACKS, "WarmENI!B10", "FFC7CE", None),
        (PLAN, "WarmENI!B10", "C6EFCE", None),
        (PLAN, "WarmENI!B10", "FFF1D0", None),
        (_LACKS, "WarmENI!B8", "C6EFCE", None),
        (PLAN, "Plan!D14", "FF0000", "the cell is painted red, and by rule it would be green"),
        (PLAN, "Plan!D19", "FF0000", None),
    ],
)
def test_a_cell_that_is_painted_otherwise_than_a_rule_would(
    plan: Plan, cell: str, colour: str, said: str | None
) -> None:
    report = report_of(painted(Raw(content(plan=plan, rows=8)), cell, colour))
    found = [each for each in report.findings if each.code == "conditional-format"]
    told = [(each.place, each.holds, each.message) for each in found]
    assert told == ([(cell, cell.partition("!")[2], said)] if said else [])


@pytest.mark.parametrize(("prefix_length", "is_told"), [(20, False), (26, True)])
def test_a_painted_result_of_aws_sample(prefix_length: int, *, is_told: bool) -> None:
    plan = Plan(subnet_prefix_length=prefix_length, node_groups=AWS_PLAN.node_groups)
    raw = painted(Raw(content("aws-sample", plan)), "WarmIP!B10", "C6EFCE")
    found = [each for each in report_of(raw).findings if each.code == "conditional-format"]
    assert [each.place for each in found] == (["WarmIP!B10"] if is_told else [])


def test_a_rule_or_paint_of_a_result_that_was_never_calculated_says_nothing() -> None:
    raw = Raw(content(plan=_LACKS, rows=8))
    raw.put("WarmENI", "B10", None, raw.formulas("WarmENI")["B10"])
    assert "conditional-format" not in {
        each.code for each in report_of(painted(raw, "WarmENI!B10", "C6EFCE")).findings
    }


def test_many_rules_are_read_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many results they are for, and so is each rule of ours beside them."""
    raw = Raw(content(rows=8))
    [red] = {*re.findall(r'dxfId="(\d+)"[^>]*><formula>AND\([^<]*not-known', raw.text("Plan"))}
    rules = [
        f'<conditionalFormatting sqref="A4:S200"><cfRule type="expression" dxfId="{red}" '
        f'priority="{row}"><formula>$A${row}=1</formula></cfRule></conditionalFormatting>'
        for row in range(1, 401)
    ]
    ours = '<conditionalFormatting sqref="B4">'
    raw.replace("Plan", ours, "".join(rules) + ours)
    read = formulas_read(monkeypatch)
    report_of(raw)
    assert 0 < sum(each.startswith("$A$") for each in read) < 500
    assert len(read) < 2_000
