"""What a person cannot see, or reads otherwise than it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.formatting.rule import ColorScaleRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from calculator.plan import NodeGroup, Plan
from calculator.report import WorkbookReport
from tests.helpers import PLAN, Raw, all_calculated, content, needs_ironcalc, report_of, reports_of

Change = Callable[[Workbook], object]


def number_format(sheet: str, cell: str, code: str) -> Change:
    return lambda book: setattr(book[sheet][cell], "number_format", code)


def column_format(sheet: str, cells: str, code: str) -> Change:
    return lambda book: [
        setattr(cell, "number_format", code) for row in book[sheet][cells] for cell in row
    ]


def ink(sheet: str, cell: str, colour: str) -> Change:
    return lambda book: setattr(book[sheet][cell], "font", Font(color=colour))


def ground(sheet: str, cell: str, colour: str) -> Change:
    return lambda book: setattr(book[sheet][cell], "fill", PatternFill("solid", fgColor=colour))


def hide_rows(sheet: str, *rows: int) -> Change:
    return lambda book: [setattr(book[sheet].row_dimensions[row], "hidden", True) for row in rows]


def hide_column(sheet: str, column: str) -> Change:
    return lambda book: setattr(book[sheet].column_dimensions[column], "hidden", True)


def hide_sheet(sheet: str, state: str = "hidden") -> Change:
    return lambda book: setattr(book[sheet], "sheet_state", state)


def rule(sheet: str, area: str, **look: object) -> Change:
    made = Rule(type="expression", formula=["TRUE"], dxf=DifferentialStyle(**look))
    return lambda book: book[sheet].conditional_formatting.add(area, made)


def scale(sheet: str, area: str) -> Change:
    colours = {"start_color": "FF0000", "end_color": "00FF00"}
    made = ColorScaleRule(start_type="min", end_type="max", **colours)
    return lambda book: book[sheet].conditional_formatting.add(area, made)


def low_rows(sheet: str) -> Change:
    return lambda book: setattr(book[sheet].sheet_format, "defaultRowHeight", 0.1)


def calculation(name: str, value: object) -> Change:
    return lambda book: setattr(book.calculation, name, value)


#: What is done to a workbook, and what must be said of it: much in one, where it meets nowhere.
NAMED: dict[str, tuple[list[Change], list[tuple[str, str | None]]]] = {
    "numbers and texts": (
        [
            number_format("Plan", "E5", '0"0"'),
            number_format("Plan", "B4", "yyyy-mm-dd"),
            number_format("Plan", "A2", ";;;"),
            column_format("Plan", "C14:C18", ";;"),
            number_format("WarmENI", "B8", "0.0,"),
            number_format("WarmIP", "B8", "0%"),
            ink("WarmIP", "B10", "FFFFFFFF"),
            ground("Prefix", "B8", "FF1F2933"),
        ],
        [
            ("number-format", "Plan!B4"),
            ("number-format", "Plan!A2"),
            ("number-format", "Plan!E5"),
            ("number-format", "Plan!C14"),
            ("number-format", "WarmENI!B8"),
            ("number-format", "WarmIP!B8"),
            ("unseen", "WarmIP!B10"),
            ("unseen", "Prefix!B8"),
        ],
    ),
    "rules that paint, and letters": (
        [
            rule("Plan", "A2:H2", fill=PatternFill(bgColor="FFC6EFCE")),
            rule("Plan", "D14:D20", font=Font(color="FF11663A")),
            rule("Plan", "E5:G8", numFmt=NumberFormat(200, '0"0"')),
            rule("WarmIP", "B8:B20 C3", font=Font(color="FFFFFFFF")),
            lambda book: setattr(book["WarmENI"]["B8"], "font", Font(sz=4)),
            lambda book: setattr(book["WarmENI"]["B10"], "font", Font(sz=5)),
            ink("WarmENI", "B9", "FFF7F7F7"),
        ],
        [
            ("conditional-format", "Plan!A2"),
            ("conditional-format", "Plan!D14"),
            ("conditional-format", "Plan!E5"),
            ("conditional-format", "WarmIP!B8"),
            ("unseen", "WarmENI!B8"),
            ("unseen", "WarmENI!B9"),
        ],
    ),
    "rules that paint nothing over": (
        [
            rule("Plan", "A2:H2", fill=PatternFill(bgColor="FFFFFF00")),
            rule("Plan", "A14:C20", fill=PatternFill(bgColor="FFC6EFCE")),
            rule("About", "A1:A9", font=Font(color="FFFFFFFF")),
            scale("Plan", "G5:G8"),
        ],
        [],
    ),
    "all rows low": ([low_rows("WarmIP")], [("hidden", "WarmIP!B4")]),
    "rows, a column and sheets hidden": (
        [
            hide_rows("Plan", 15, 16, 17),
            hide_rows("WarmIP", 8),
            hide_column("Plan", "B"),
            hide_sheet("Settings"),
        ],
        [
            ("hidden", "Plan!B4"),
            ("hidden", "Plan!A15"),
            ("hidden", "Settings"),
            ("hidden", "WarmIP!B8"),
        ],
    ),
    "the plan very hidden": ([hide_sheet("Plan", "veryHidden")], [("hidden", "Plan")]),
    "how it is calculated": (
        [
            calculation("calcMode", "manual"),
            calculation("iterate", True),
            calculation("fullPrecision", False),
        ],
        [("manual-calculation", None), ("iteration", None), ("precision-as-displayed", None)],
    ),
    "nothing that matters": (
        [
            number_format("WarmENI", "B8", "0.00"),
            number_format("WarmENI", "B9", '#,##0" pods"'),
            number_format("WarmENI", "B10", "#,##0_);[Red]\\(#,##0\\)"),
            number_format("WarmIP", "B8", "0;-0;;@"),
            number_format("Prefix", "I14", "0;[Red]0"),
            number_format("WarmIP", "B9", "0.00E+00"),
            number_format("Plan", "P20", "0%"),
            ink("Plan", "A13", "FFFFFFFF"),
            hide_rows("Plan", 20),
            hide_column("WarmENI", "K"),
            hide_sheet("IPv6"),
            hide_sheet("Tables"),
        ],
        [],
    ),
    "nothing": ([], []),
}


def _merged(cells: str) -> str:
    return f'</sheetData><mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>'


def _without_column(first: int, last: int = 0) -> str:
    return f'<cols><col min="{first}" max="{last or first}" width="9" hidden="1"/>'


def changed(*changes: Change) -> Raw:
    """A workbook that was changed by way of openpyxl, which records no values."""
    book = openpyxl.load_workbook(BytesIO(content(rows=5)))
    for change in changes:
        change(book)
    stream = BytesIO()
    book.save(stream)
    return Raw(stream.getvalue())


@pytest.fixture(scope="module")
def reports() -> dict[str, WorkbookReport]:
    """The reports of all of them, calculated with one start."""
    raws = {name: changed(*changes) for name, (changes, _) in NAMED.items()}
    return reports_of(all_calculated(raws))


def said(report: WorkbookReport) -> list[tuple[str, str | None]]:
    return [(each.code, each.place) for each in report.findings]


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize("name", NAMED)
def test_what_is_not_seen_is_a_warning(reports: dict[str, WorkbookReport], name: str) -> None:
    assert sorted(said(reports[name]), key=str) == sorted(NAMED[name][1], key=str)
    assert reports[name].clean


# --- by value, in a file that was calculated ------------------------------------------------------


def styled(raw: Raw, cell: str, code: str, *, within: str = "") -> Raw:
    """The workbook with a number format in a cell such as ``Plan!B4``."""
    sheet, _, at = cell.partition("!")
    part = raw.parts["xl/styles.xml"].decode()
    begin, end = part.index("<cellXfs"), part.index("</cellXfs>")
    number, own = part[begin:end].count("<xf "), 900 + part.count("<numFmt ")
    added = f'<xf numFmtId="{own}" fontId="0" fillId="0" borderId="0">{within}</xf>'
    part = part[:end] + added + part[end:]
    format_ = f'<numFmt numFmtId="{own}" formatCode={quoteattr(code)}/></numFmts>'
    raw.parts["xl/styles.xml"] = part.replace("</numFmts>", format_).encode()
    part = re.sub(f'<c r="{at}"(?: s="[0-9]+")?', f'<c r="{at}" s="{number}"', raw.text(sheet))
    raw.parts[raw.sheets[sheet]] = part.encode()
    return raw


@pytest.mark.parametrize(
    ("cell", "code", "shown"),
    [
        (
            "Plan!A2",
            '"Not so: "@',
            '"Fits in each mode, WarmENI, WarmIP and Prefix: choose one" as',
        ),
        ("Plan!B6", '"no, "@', '"undecided" as "no, undecided"'),
        ("Plan!A14", '"m5."@', '"m5.12xlarge" as "m5.m5.12xlarge"'),
        ("Plan!C4", '0;0;0;"enter 1 to 3"', 'nothing as "enter 1 to 3"'),
        ("Plan!J5", '"/"0;;;"/26"', 'nothing as "/26"'),
        ("WarmENI!I8", '0;0;"12"', '0 as "12"'),
        ("WarmENI!I8", "0;-0;", "0 as nothing"),
        ("Plan!B10", "0;-0;;@", "0 as nothing"),
        ("Plan!I5", '0"%"', '0.4397031539888683 as "0%"'),
        ("Plan!I5", "#,##0", '0.4397031539888683 as "0"'),
        ("Groups!B5", '0"0"', '2 as "20"'),
        ("WarmENI!B8", "yyyy-mm-dd", "578 as a date"),
        ("WarmENI!B8", '0"."0', '578 as "57.8"'),
        ("WarmENI!B8", '0" negative"', '578 as "578 negative"'),
        ("WarmENI!B8", '0" -"', '578 as "578 -"'),
        ("WarmENI!B8", "\u202e0", '578 as "875"'),
        ("WarmENI!B8", '0" per node"', '578 as "578 per node"'),
        ("Plan!B4", '0" zones"', '20 as "20 zones"'),
        ("Groups!B5", '0" pods"', '2 as "2 pods"'),
        ("Settings!B23", '0" pods"', '25 as "25 pods"'),
    ],
)
def test_a_format_that_shows_another_value(cell: str, code: str, shown: str) -> None:
    [finding] = report_of(styled(Raw(content()), cell, code)).findings
    assert (finding.code, finding.place) == ("number-format", cell)
    assert f"the number format {code} shows {shown}" in finding.message


@pytest.mark.parametrize(
    ("cell", "code", "shown"),
    [
        ("WarmENI!B8", '0"0"', '147 as "1470"'),
        ("WarmENI!B8", "0;0;0", '-147 as "147"'),
        ("Plan!I5", "0", '0.33 as "0"'),
        ("Plan!A2", '"Not so: "@', '"text" as "Not so: text"'),
    ],
)
def test_a_format_that_shows_what_is_not_known_as_another(cell: str, code: str, shown: str) -> None:
    raw = Raw(content())
    raw.put(*cell.split("!"), value=None)
    found = [each for each in report_of(styled(raw, cell, code)).findings if each.place == cell]
    message = f"the number format {code} shows {shown}, say: what the formula gives is not known"
    assert ("number-format", message) in [(each.code, each.message) for each in found]


@pytest.mark.parametrize(
    ("label", "cell", "code"),
    [
        ("WarmENI!A8", "WarmENI!B8", "missing-result"),
        ("Settings!A23", "Settings!B23", "missing-label"),
    ],
)
def test_what_lost_its_label_is_seen_where_it_stands(label: str, cell: str, code: str) -> None:
    raw = Raw(content())
    raw.put(*label.split("!"), "See the wiki", None)
    found = report_of(styled(raw, cell, '0"0"')).findings
    assert [each.code for each in found if each.place == cell] == [code, "number-format"]


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (300, "can show it otherwise"),
        (2_000, "are looked at: what the last of them show otherwise is not known"),
    ],
)
def test_a_rule_behind_many_others(before: int, said: str) -> None:
    raw = Raw(content())
    styles = raw.parts["xl/styles.xml"].decode()
    hides = '<dxf><font><color rgb="FFFFFFFF"/></font></dxf></dxfs>'
    raw.parts["xl/styles.xml"] = styles.replace("</dxfs>", hides).encode()
    rule = '<conditionalFormatting sqref="{}"><cfRule type="expression" dxfId="{}"><formula>TRUE'
    rule += "</formula></cfRule></conditionalFormatting>"
    others = rule.format("Z1", 0) * before + rule.format("E5", styles.count("<dxf>"))
    raw.replace("Plan", "<dataValidations", f"{others}<dataValidations")
    [finding] = report_of(raw).findings
    assert finding.code == "conditional-format"
    assert said in finding.message


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("WarmENI!B10", "General;-General"),
        ("Sizes!C14", "General;-General"),
        ("Sizes!C14", "#,##0_);[Red](#,##0)"),
        ("Plan!A2", "_-* @_-"),
        ("Plan!C4", "0;-0;0;@"),
        ("Plan!H5", '"/"0;;;'),
        ("Plan!I5", "0.0%"),
        ("Plan!I5", "General"),
        ("Plan!I8", "0%"),
        ("Plan!E14", "0;-0;;@"),
        ("WarmENI!I8", '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-'),
        ("Groups!B5", '0" nodes"'),
        ("WarmENI!B8", '#,##0" IPs used"'),
        ("Plan!B5", '0" AZs"'),
        ("Plan!B12", '0" pods per node"'),
        ("Plan!B14", '0" VMs"'),
        ("WarmENI!B10", '#,##0" free"'),
        ("Plan!B4", '0 "/n"'),
        ("Settings!B16", '0" load balancer(s)"'),
        ("Settings!B23", '0"%"'),
        ("Groups!B14", ";;;"),
    ],
)
def test_a_format_that_shows_the_value(cell: str, code: str) -> None:
    assert report_of(styled(Raw(content()), cell, code)).findings == []


def test_a_format_that_shows_yet_another_value_is_another_issue() -> None:
    made = [report_of(styled(Raw(content()), "WarmENI!B8", code)) for code in ("0.0,", '"0"')]
    assert [each.findings[0].fingerprint for each in made] == [
        "number-format | warm-eni | 0 as 0.0, 147 as 0.1, 2417 as 2.4, 65531 as 65.5, -5 as -0.0, "
        "0.45 as 0.0",
        "number-format | warm-eni | 0 as 0, 147 as 0, 2417 as 0, 65531 as 0, -5 as -0, 0.45 as 0",
    ]


def test_a_number_that_is_repeated() -> None:
    fill = '<alignment horizontal="fill"/>'
    [finding] = report_of(styled(Raw(content()), "WarmENI!B8", "General", within=fill)).findings
    assert (finding.code, finding.place) == ("number-format", "WarmENI!B8")
    assert "the alignment Fill repeats 578 as often as there is room" in finding.message
    nothing = styled(Raw(content()), "Groups!B14", "General", within=fill)
    assert report_of(nothing).findings == []


@pytest.mark.parametrize(
    ("cells", "is_told"), [("FG", True), ("FGH", True), ("F", False), ("CD", False), ("GH", False)]
)
def test_a_value_that_is_centred_over_empty_cells_beside_it(cells: str, *, is_told: bool) -> None:
    raw = Raw(content(plan=Plan(node_groups=[NodeGroup("m5.large", 2, 9, own_max_pods=20)])))
    for letter in cells:
        across = '<alignment horizontal="centerContinuous"/>'
        raw = styled(raw, f"Plan!{letter}14", "General", within=across)
    found = report_of(raw).findings
    assert [(each.code, each.place) for each in found] == [("number-format", "Plan!F14")] * is_told
    end = f"shows 20 in the middle of F14 to {cells[-1]}14"
    assert all(each.message.endswith(end) for each in found)


@pytest.mark.parametrize("code", ["[Yellow]0", "[Yellow]0;0", "0;[Yellow]0"])
def test_the_colour_of_a_number_is_that_for_its_sign(code: str) -> None:
    expected = [] if code.startswith("0") else [("unseen", "WarmENI!B8")]
    assert said(report_of(styled(Raw(content()), "WarmENI!B8", code))) == expected


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "m/d/yyyy", "[$-F800]dddd, mmmm dd, yyyy", "@"])
def test_the_date_of_a_plan_is_a_date(code: str) -> None:
    raw = styled(Raw(content()), "Plan!H1", code)
    raw.put("Plan", "H1", 46_000.0)
    assert report_of(raw).findings == []
    raw.put("Plan", "B12", 2.0)
    assert said(report_of(styled(raw, "Plan!B12", "yyyy"))) == [("number-format", "Plan!B12")]


@pytest.mark.thorough
@pytest.mark.parametrize("number", [*range(14, 23), 30, 46])
def test_the_date_of_a_plan_in_a_format_by_number(number: int) -> None:
    raw = styled(Raw(content()), "Plan!H1", "yyyy")
    raw.put("Plan", "H1", 46_000.0)
    own = re.findall('numFmtId="(9[0-9]+)"', raw.parts["xl/styles.xml"].decode())[-1]
    raw.replace_in("xl/styles.xml", f'<xf numFmtId="{own}"', f'<xf numFmtId="{number}"')
    assert report_of(raw).findings == []


def test_a_format_is_found_however_a_cell_is_spelled() -> None:
    raw = styled(Raw(content()), "WarmENI!B8", '0"0"')
    raw.replace("WarmENI", '<c r="B8" ', "<c\n r = 'B8' ")
    assert ("number-format", "WarmENI!B8") in said(report_of(raw))


def test_what_this_program_writes_is_clean_however_it_is_saved() -> None:
    book = openpyxl.load_workbook(BytesIO(content()))
    stream = BytesIO()
    book.save(stream)
    assert said(report_of(stream.getvalue())) == [("no-recorded-values", None)]


# --- rules, views and widths ----------------------------------------------------------------------


def with_rule(raw: Raw, sheet: str, area: str, rule: str) -> Raw:
    """The workbook with one more rule of conditional formatting."""
    made = f'<conditionalFormatting sqref="{area}">{rule}</conditionalFormatting>'
    before, mark, after = raw.text(sheet).partition("<conditionalFormatting")
    raw.parts[raw.sheets[sheet]] = f"{before}{made}{mark}{after}".encode()
    return raw


BAR = '<cfRule type="dataBar" priority="99"><dataBar{}><cfvo type="min"/></dataBar></cfRule>'
ICONS = '<cfRule type="iconSet" priority="99"><iconSet{}><cfvo type="min"/></iconSet></cfRule>'


@pytest.mark.parametrize("rule", [BAR, ICONS])
def test_a_bar_or_a_sign_in_place_of_a_figure(rule: str) -> None:
    hidden = with_rule(Raw(content()), "WarmENI", "B8", rule.format(' showValue="0"'))
    [finding] = report_of(hidden).findings
    assert (finding.code, finding.place) == ("conditional-format", "WarmENI!B8")
    # Texts stay, and columns of steps are for no one.
    for area, attribute in (
        *(("B8", ""), ("B8", ' showValue="1"')),
        *(("B2", ' showValue="0"'), ("E31:E38", ' showValue="0"')),
    ):
        raw = with_rule(Raw(content()), "WarmENI", area, rule.format(attribute))
        assert report_of(raw).findings == []


@pytest.mark.parametrize("mark", ["<!-- {} -->", "<?note {}?>", "<x><![CDATA[{}]]></x>"])
def test_what_is_commented_out_is_not_seen(mark: str) -> None:
    bars = '<cfRule type="dataBar" priority="9"><dataBar showValue="0"/></cfRule>'
    rule = f'<conditionalFormatting sqref="A1:Z99">{bars}</conditionalFormatting>'
    merged = '<mergeCells count="1"><mergeCell ref="A4:D8"/></mergeCells>'
    raw = Raw(content("vpc-cni"))
    raw.replace("Plan", "</worksheet>", mark.replace("{}", f"{merged}{rule}") + "</worksheet>")
    assert said(report_of(raw)) == []
    raw.replace("Plan", "</worksheet>", f"<!-- <sheetData> -->{merged}</worksheet>")
    assert ("hidden", "Plan!B4") in said(report_of(raw))


@pytest.mark.parametrize(
    ("kind", "formulas", "words"),
    [
        ('type="cellIs" operator="greaterThan"', ["0"], " (> 0) "),
        ('type="cellIs" operator="greaterThanOrEqual"', ["0"], " (>= 0) "),
        ('type="cellIs" operator="equal"', ["0"], " (= 0) "),
        ('type="cellIs" operator="notEqual"', ["0"], " (<> 0) "),
        ('type="cellIs" operator="lessThan"', ["0"], " (< 0) "),
        ('type="cellIs" operator="lessThanOrEqual"', ["$B$4"], " (<= $B$4) "),
        ('type="cellIs" operator="between"', ["1", "9"], " (between 1 and 9) "),
        ('type="cellIs" operator="notBetween"', ["1", "9"], " (not between 1 and 9) "),
        ('type="expression"', ["B8&gt;0"], " (=B8>0) "),
        ('type="containsText" operator="containsText"', ['FIND("a",B8)'], ' (=FIND("a",B8)) '),
        ('type="top10"', [], " formatting can "),
    ],
)
def test_the_condition_of_a_rule_in_words(kind: str, formulas: list[str], words: str) -> None:
    raw = Raw(content())
    look = '<dxf><font><color rgb="FFFFFFFF"/></font></dxf></dxfs>'
    raw.replace_in("xl/styles.xml", "</dxfs>", look)
    number = raw.parts["xl/styles.xml"].count(b"<dxf>") - 1
    inside = "".join(f"<formula>{each}</formula>" for each in formulas)
    rule = f'<cfRule {kind} dxfId="{number}" priority="99">{inside}</cfRule>'
    [finding] = report_of(with_rule(raw, "WarmENI", "B8", rule)).findings
    assert words in finding.message


@pytest.mark.thorough
def test_a_rule_is_judged_anew_where_other_rows_are_filled_in() -> None:
    rule = BAR.format(' showValue="0"')
    few = Plan(node_groups=[NodeGroup("m5.large", 2, 9)])
    for plan, places in ((few, []), (PLAN, ["Plan!B15"])):
        raw = with_rule(Raw(content(plan=plan)), "Plan", "B15", rule)
        report = report_of(raw)
        assert [
            each.place for each in report.findings if each.code == "conditional-format"
        ] == places


@pytest.mark.parametrize(
    ("sheet", "view", "expected"),
    [
        ("WarmENI", 'showFormulas="1"', [("hidden", "WarmENI")]),
        ("Plan", 'showFormulas="true"', [("hidden", "Plan")]),
        ("About", 'showFormulas="1"', []),
        ("Plan", 'showZeros="0"', [("hidden", "Plan!B10")]),
        ("WarmENI", 'showZeros="false"', [("hidden", "WarmENI!I7")]),
        ("InstanceTypes", 'showZeros="0"', []),
        ("Plan", 'showFormulas="false" showZeros="true"', []),
    ],
)
def test_views(sheet: str, view: str, expected: list[tuple[str, str]]) -> None:
    raw = Raw(content())
    raw.replace(sheet, "<sheetView ", f"<sheetView {view} ")
    assert said(report_of(raw)) == expected


@pytest.mark.parametrize(
    ("sheet", "view", "pane", "expected"),
    [
        ("Plan", "A5", 'ySplit="9"', [("hidden", "Plan!B4")]),
        ("WarmENI", "C1", 'xSplit="2"', [("hidden", "WarmENI!B4")]),
        ("Plan", "A5", 'xSplit="1"', []),
        # What fills a window leaves no room to scroll in.
        ("Settings", "A1", 'ySplit="70"', [("hidden", "Settings!B45")]),
        ("Prefix", "A1", 'xSplit="60"', [("hidden", "Prefix!AA30")]),
        ("Settings", "A1", 'ySplit="40"', []),
        ("WarmENI", "A1", 'xSplit="3" ySplit="29"', []),
    ],
)
def test_nobody_can_scroll_to_what_is_beyond_frozen_panes(
    sheet: str, view: str, pane: str, expected: list[tuple[str, str]]
) -> None:
    raw = Raw(content())
    inside = f'<sheetView topLeftCell="{view}" workbookViewId="0"><pane {pane} state="frozen"/>'
    part = re.sub("<sheetView .*?</sheetView>", f"{inside}</sheetView>", raw.text(sheet))
    raw.parts[raw.sheets[sheet]] = part.encode()
    report = report_of(raw)
    assert said(report) == expected
    assert all("unfreeze" in each.message for each in report.findings)


@pytest.mark.parametrize(
    ("windows", "is_told"),
    [
        (['visibility="hidden"'], True),
        (['visibility="veryHidden"', 'visibility="hidden"'], True),
        (['visibility="hidden"', 'xWindow="0"'], False),
        (['visibility="visible"'], False),
        ([], False),
    ],
)
def test_a_workbook_that_opens_without_a_window(windows: list[str], *, is_told: bool) -> None:
    raw = Raw(content(rows=5))
    part = raw.parts["xl/workbook.xml"].decode()
    views = "".join(f"<workbookView {each}/>" for each in windows)
    part = re.sub("<bookViews>.*</bookViews>", f"<bookViews>{views}</bookViews>", part)
    raw.parts["xl/workbook.xml"] = part.encode()
    assert said(report_of(raw)) == [("hidden", None)] * is_told


@pytest.mark.parametrize(
    ("option", "place", "cells"), [("showZeros", "Plan!B10", 9), ("showFormulas", "Plan", 2)]
)
def test_what_a_program_does_to_all_sheets_is_one(option: str, place: str, cells: int) -> None:
    raw = Raw(content())
    for sheet in ("Plan", "WarmENI"):
        raw.replace(sheet, "<sheetView ", f'<sheetView {option}="{int(option != "showZeros")}" ')
    [found] = report_of(raw).findings
    assert (found.place, found.cells) == (place, cells)
    assert found.message.endswith("; so it is with WarmENI")


def test_a_sheet_without_a_0_may_leave_it_out() -> None:
    """Nor is it missed in the columns of the node table."""
    raw = Raw(content("aws-sample"))
    raw.replace("WarmIP", "<sheetView ", '<sheetView showZeros="0" ')
    assert report_of(raw).findings == []


@pytest.mark.parametrize(
    ("sheet", "column", "width", "expected"),
    [
        ("Plan", 5, 0.9, [("hidden", "Plan!E5")]),
        ("Plan", 5, 1.2, [("hidden", "Plan!E5")]),
        ("Plan", 5, 2.71, [("unseen", "Plan!E5")]),
        ("Plan", 5, 3.71, []),
        ("Plan", 14, 1.2, []),
        ("WarmENI", 2, 3.5, [("unseen", "WarmENI!B5")]),
        ("WarmENI", 9, 4.71, []),
        ("WarmENI", 5, 1.2, []),
        ("WarmENI", 26, 1.2, []),
        ("InstanceTypes", 2, 0.1, []),
    ],
)
def test_widths(sheet: str, column: int, width: float, expected: list[tuple[str, str]]) -> None:
    raw = Raw(content())
    own = f'<cols><col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
    part = raw.text(sheet).replace("<cols>", own)
    raw.parts[raw.sheets[sheet]] = part.encode()
    assert said(report_of(raw)) == expected


@pytest.mark.parametrize(
    ("within", "merged", "is_named"),
    [
        ("", "", True),
        ('<alignment horizontal="right"/>', "", True),
        ('<alignment shrinkToFit="1"/>', "", False),
        ('<alignment textRotation="90"/>', "", False),
        ("", '<mergeCells count="1"><mergeCell ref="B12:C12"/></mergeCells>', False),
    ],
)
def test_numbers_that_have_room_all_the_same(within: str, merged: str, *, is_named: bool) -> None:
    raw = Raw(content())
    part = raw.text("Plan").replace("<cols>", '<cols><col min="2" max="2" width="2.9"/>')
    raw.parts[raw.sheets["Plan"]] = part.encode()
    assert said(report_of(raw)) == [("unseen", "Plan!B6")]  # a word, "undecided"
    raw.put("Plan", "B12", 200.0)
    raw.replace("Plan", "</sheetData>", f"</sheetData>{merged}")
    report = report_of(styled(raw, "Plan!B12", "0", within=within))
    cells = {each.cells for each in report.findings if each.code == "unseen"}
    assert (2 in cells) is is_named


@pytest.mark.parametrize("look", ["<color rgb='FFFFFFFF'/>", "<strike/>"])
@pytest.mark.parametrize("is_shared", [True, False])
def test_a_text_that_is_seen_in_part(look: str, *, is_shared: bool) -> None:
    """Of m5.24xlarge a white 4: it reads m5.2xlarge. Excel shares such texts, openpyxl does not."""
    raw = Raw(content())
    run = f"<r><t>m5.2</t></r><r><rPr><sz val='11'/>{look}</rPr><t>4</t></r>"
    runs = f"{run}<r><t>xlarge</t></r>".replace("'", '"')
    strings = raw.parts["xl/sharedStrings.xml"].decode()
    number = strings.count("<si>")
    strings = strings.replace("</sst>", f"<si>{runs}</si></sst>")
    raw.parts["xl/sharedStrings.xml"] = strings.encode()
    [cell] = re.findall('<c r="A14"[^>]* t="s"><v>[0-9]+</v>', raw.text("Plan"))
    own = f"<v>{number}</v>" if is_shared else f"<is>{runs}</is>"
    new = re.sub("<v>.*", own, cell).replace('t="s"', f't="{"s" if is_shared else "inlineStr"}"')
    raw.replace("Plan", cell, new)
    assert ("unseen", "Plan!A14") in said(report_of(raw))


@pytest.mark.parametrize(
    ("style", "cell", "is_seen"),
    [
        *(("TableStyleMedium2", "A13", True), ("TableStyleLight9", "A13", True)),
        *(("TableStyleMedium2", "A14", False), ("TableStyleLight1", "A13", False)),
        *(("TableStyleDark1", "A14", True), ("Of our own", "A14", True), ("", "A13", False)),
        ("TableStyleDark1", "A2", False),
    ],
)
def test_white_words_on_what_a_table_fills(style: str, cell: str, *, is_seen: bool) -> None:
    raw = styled(Raw(content()), f"Plan!{cell}", "General")
    styles = raw.parts["xl/styles.xml"].decode()
    white = '<font><color rgb="FFFFFFFF"/></font></fonts>'
    number = styles[: styles.index("</fonts>")].count("<font>")
    before, last, after = styles.replace("</fonts>", white).rpartition('fontId="0" fillId="0"')
    raw.parts["xl/styles.xml"] = f"{before}{last.replace('0', str(number), 1)}{after}".encode()
    raw.replace_in("xl/tables/table1.xml", "<tableStyleInfo ", f'<tableStyleInfo name="{style}" ')
    found = [] if is_seen else [("unseen", f"Plan!{cell}")]
    assert said(report_of(raw)) == found


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["Plan!A15", "Plan!B15"], ("Plan!A15", "row 15 is struck out, and what stands there", 2)),
        (["WarmENI!B8"], ("WarmENI!B8", "the cell is struck out, and what stands there", 1)),
        (
            ["Plan!A11", "Plan!B11"],
            ("Plan!B11", "the cell is struck out, and what stands there", 2),
        ),
        (["Plan!A11"], ("Plan!A11", '"Host-network pods" is struck out, and what it stands', 1)),
        (["Plan!A22"], None),
    ],
)
def test_what_is_struck_out_and_counts(
    cells: list[str], found: tuple[str, str, int] | None
) -> None:
    raw = Raw(content())
    styles = raw.parts["xl/styles.xml"].decode()
    number = styles[: styles.index("</fonts>")].count("<font>")
    styles = styles.replace("</fonts>", '<font><strike/><sz val="11"/></font></fonts>')
    raw.parts["xl/styles.xml"] = styles.encode()
    for cell in cells:
        raw = styled(raw, cell, "General")
    raw.parts["xl/styles.xml"] = raw.parts["xl/styles.xml"].replace(
        b'fontId="0" fillId="0" borderId="0"></xf>',
        b'fontId="%d" fillId="0" borderId="0"></xf>' % number,
    )
    report = report_of(raw)
    assert [(each.code, each.place, each.cells) for each in report.findings] == (
        [("struck-out", found[0], found[2])] if found else []
    )
    assert all(found and each.message.startswith(found[1]) for each in report.findings)


@pytest.mark.parametrize(
    ("lines", "style", "is_told"),
    [
        ('diagonalUp="1" diagonalDown="1"', "medium", True),
        ('diagonalDown="true"', "thin", True),
        ('diagonalUp="1"', "none", False),
        ('diagonalUp="0"', "thin", False),
    ],
)
def test_what_is_crossed_out_and_counts(lines: str, style: str, *, is_told: bool) -> None:
    raw = Raw(content())
    border = f'<border {lines}><left/><diagonal style="{style}"/></border></borders>'
    raw.replace_in("xl/styles.xml", "</borders>", border)
    number = raw.parts["xl/styles.xml"].count(b"<border>") + raw.parts["xl/styles.xml"].count(
        b"<border "
    )
    for cell in ("Plan!A15", "Plan!B15", "Plan!B13", "Plan!B25"):
        styled(raw, cell, "General")
    raw.parts["xl/styles.xml"] = raw.parts["xl/styles.xml"].replace(
        b'borderId="0"></xf>', b'borderId="%d"></xf>' % (number - 1)
    )
    found = report_of(raw).findings
    assert [(each.code, each.place, each.cells) for each in found] == (
        [("struck-out", "Plan!A15", 2)] * is_told
    )
    assert all(each.message.startswith("row 15 is crossed out, and what") for each in found)


EXPRESSION = 'type="expression"'


def ruled(cells: str, look: str, formula: str = "TRUE", kind: str = EXPRESSION) -> Raw:
    """A workbook with a rule for cells such as ``Plan!A15:C15`` that gives them a look."""
    raw, (sheet, _, area) = Raw(content()), cells.partition("!")
    raw.replace_in("xl/styles.xml", "</dxfs>", f"<dxf>{look}</dxf></dxfs>")
    number = raw.parts["xl/styles.xml"].count(b"<dxf>") - 1
    inside = f'{kind} dxfId="{number}" priority="9"><formula>{formula}</formula>'
    if "<conditionalFormatting" not in raw.text(sheet):
        raw.replace(sheet, "</sheetData>", "</sheetData><conditionalFormatting/>")
    return with_rule(raw, sheet, area, f"<cfRule {inside}</cfRule>")


STRUCK, WHITE = "<font><strike/></font>", '<font><color rgb="FFFFFFFF"/></font>'


@pytest.mark.parametrize(("formula", "is_told"), [("TRUE", True), ("$B15=0", False)])
def test_a_rule_that_strikes_out_whatever_there_is(formula: str, *, is_told: bool) -> None:
    raw = ruled("Plan!A15:C15", STRUCK, formula)
    assert said(report_of(raw)) == [("conditional-format", "Plan!A15")] * is_told


def painted(colour: str) -> str:
    return f'<fill><patternFill><bgColor rgb="FF{colour}"/></patternFill></fill>'


@pytest.mark.parametrize(
    ("cells", "look", "found"),
    [
        ("Plan!A4:A12", WHITE, ("Plan!A4", 'can show "Subnet prefix length (/n)" otherwise', 9)),
        ("Plan!A13:C13", WHITE + painted("FFFFFF"), ("Plan!A13", 'show "instance type" other', 3)),
        ("Plan!A13:C13", painted("FFFF99"), ("Plan!A13", 'show "instance type" otherwise', 3)),
        ("Plan!D3", STRUCK, ("Plan!D3", "and what it stands for counts", 1)),
        (
            "Plan!E4:G4",
            '<numFmt numFmtId="250" formatCode=";;;&quot;IPs left&quot;"/>',
            ("Plan!E4", "otherwise than it is, or not at all", 3),
        ),
        # A rule is told once, of values where it is for these.
        ("Plan!A8:B8", WHITE, ("Plan!B8", "can show it otherwise", 1)),
        ("Plan!A13:C13", WHITE, None),
        ("Plan!A4:A12", painted("FFFF99"), None),
        ("Plan!A4:A12", painted("C6EFCE") + '<font><color rgb="FF11663A"/></font>', None),
        ("Plan!A1", WHITE, None),
        ("Plan!A4:A12", '<numFmt numFmtId="250" formatCode="0.0"/>', None),
    ],
)
def test_a_rule_for_words(cells: str, look: str, found: tuple[str, str, int] | None) -> None:
    told = [
        each for each in report_of(ruled(cells, look)).findings if each.code == "conditional-format"
    ]
    assert [(each.place, each.cells) for each in told] == ([found[::2]] if found else [])
    assert all(found and found[1] in each.message for each in told)


@pytest.mark.parametrize(
    ("kind", "formula", "is_told"),
    [
        (EXPRESSION, "LEN(A4)", True),
        ('type="cellIs" operator="lessThan"', "0", False),
        ('type="cellIs" operator="greaterThan"', "0", True),
        ('type="cellIs" operator="equal"', '"IPs"', True),
        ('type="top10"', "1", False),
        ('type="containsBlanks"', "LEN(A4)=0", False),
    ],
)
def test_rules_that_never_hold_for_words(kind: str, formula: str, *, is_told: bool) -> None:
    found = said(report_of(ruled("Plan!A4:A12", WHITE, formula, kind)))
    assert found == [("conditional-format", "Plan!A4")] * is_told


@pytest.mark.parametrize(
    ("cells", "look", "is_told"),
    [
        ("B2:C9999", '<numFmt numFmtId="250" formatCode="0&quot;0&quot;"/>', True),
        ("A1:Z9999", WHITE, True),
        ("B2:C9999", painted("FFFF99"), False),
        ("A1:Z1", WHITE, False),
    ],
)
def test_a_rule_on_a_data_sheet(cells: str, look: str, *, is_told: bool) -> None:
    found = report_of(ruled(f"InstanceTypes!{cells}", look)).findings
    assert [(each.code, each.sheet) for each in found] == [
        ("conditional-format", "InstanceTypes")
    ] * is_told


WHITE_ON_NONE = '<dxf><font><color rgb="FFFFFFFF"/></font></dxf>'
DARK = '<dxf><fill><patternFill><bgColor rgb="FF101010"/></patternFill></fill></dxf>'


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"wholeTable": WHITE_ON_NONE}, ["WarmENI!A23"]),
        ({"wholeTable": DARK}, ["WarmENI!A23"]),
        ({"secondRowStripe": DARK}, ["WarmENI!A24"]),
        ({"firstColumn": DARK}, []),
        # On what is dark, white is seen, and the ink of a workbook of ours is not.
        (
            {"wholeTable": WHITE_ON_NONE, "firstRowStripe": DARK, "secondRowStripe": DARK},
            ["WarmENI!D23"],
        ),
        ({"wholeTable": DARK.replace("10", "F0")}, []),
    ],
)
def test_a_style_of_tables_that_hides_what_is_bare(parts: dict[str, str], found: list[str]) -> None:
    """What a stripe does not say it has from the whole table."""
    raw = Raw(content("aws-sample"))
    styles = raw.parts["xl/styles.xml"].decode()
    first = styles.count("<dxf>")
    elements = "".join(
        f'<tableStyleElement type="{each}" dxfId="{number}"/>'
        for number, each in enumerate(parts, first)
    )
    styles = styles.replace("</dxfs>", f"{''.join(parts.values())}</dxfs>")
    own = f'<tableStyles><tableStyle name="Own">{elements}</tableStyle></tableStyles>'
    raw.parts["xl/styles.xml"] = re.sub("<tableStyles[^>]*/>", own, styles).encode()
    for sheet in ("WarmENI", "WarmIP"):
        raw.parts[raw.sheets[sheet]] = re.sub(
            '(<c r="[A-C]2[3-9]") s="[0-9]+"', r"\1", raw.text(sheet)
        ).encode()
    table = raw.parts["xl/tables/table1.xml"].decode()
    own = '<tableStyleInfo name="Own" showRowStripes="1"/>'
    raw.parts["xl/tables/table1.xml"] = re.sub("<tableStyleInfo[^>]*/>", own, table).encode()
    assert said(report_of(raw)) == [("unseen", each) for each in found]


@pytest.mark.parametrize(
    ("style", "shown", "expected"),
    [
        ("TableStyleDark1", "showRowStripes", ("WarmENI!A30", 72)),
        ("TableStyleDark1", "showFirstColumn", ("WarmENI!A30", 5)),
        *(("TableStyleDark1", each, None) for each in ("showColumnStripes", "showLastColumn")),
        *((f"TableStyle{each}", "showRowStripes", None) for each in ("Dark2", "Dark9", "Medium1")),
    ],
)
def test_a_dark_style_of_tables_below_our_own_ink(
    style: str, shown: str, expected: tuple[str, int] | None
) -> None:
    raw = Raw(content(rows=8))
    own = f'<tableStyleInfo name="{style}" {shown}="1"/>'
    table = raw.parts["xl/tables/table3.xml"].decode()
    raw.parts["xl/tables/table3.xml"] = re.sub("<tableStyleInfo[^>]*/>", own, table).encode()
    found = [(each.code, each.place, each.cells) for each in report_of(raw).findings]
    assert found == ([("unseen", *expected)] if expected else [])


@pytest.mark.parametrize(
    ("cell", "code", "expected"),
    [
        ("InstanceTypes!B{}", '"8"', "number-format"),
        ("InstanceTypes!B{}", "[White]0", "unseen"),
        ("InstanceTypes!B{}", "#,##0", None),
        ("InstanceTypes!B1", '"8"', None),
    ],
)
def test_figures_of_the_types_of_a_plan(cell: str, code: str, expected: str | None) -> None:
    raw = Raw(content())
    book = openpyxl.load_workbook(BytesIO(content()))
    row = next(each[0].row for each in book["InstanceTypes"] if each[0].value == "t3.medium")
    place = cell.format(row)
    found = report_of(styled(raw, place, code)).findings
    assert [(each.code, each.place) for each in found] == [(expected, place)] * bool(expected)


def test_dates_of_1904() -> None:
    raw = Raw(content())
    raw.replace_in("xl/workbook.xml", "<workbookPr ", '<workbookPr date1904="1" ')
    assert said(report_of(raw)) == [("dates-of-1904", None)]


def test_charts_that_are_switched_off() -> None:
    raw = Raw(content())
    raw.replace_in("xl/workbook.xml", "<workbookPr ", '<workbookPr showObjects="none" ')
    assert said(report_of(raw)) == [("hidden", None)]


@pytest.mark.thorough
def test_a_file_that_was_never_calculated_shows_nothing_as_it_is() -> None:
    raw = changed(number_format("Plan", "E5", '0"0"'))
    assert said(report_of(raw)) == [
        ("no-recorded-values", None),
        ("number-format", "Plan!E5"),
    ]


def test_styles_that_cannot_be_read_are_none() -> None:
    raw = Raw(content())
    raw.parts["xl/styles.xml"] = b"<styleSheet><fonts>"
    assert report_of(raw).findings == []
    del raw.parts["xl/styles.xml"]
    assert report_of(raw).findings == []


# --- the words that say what figures are ----------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "code", "said"),
    [
        (
            "WarmIP!A8",
            ';;;"IPs remaining"',
            'the number format shows "IPs used" as "IPs remaining"',
        ),
        ("Plan!F4", ';;;"Left"', 'the number format shows "At the peak" as "Left"'),
        ("Plan!B13", ';;;"Pods"', 'the number format shows "# of Instances" as "Pods"'),
        ("Settings!D6", ';;;"zones"', 'the number format shows "ENIs" as "zones"'),
        ("Sizes!A3", ";;;", 'the number format shows "The fullest subnet" as nothing'),
        ("WarmIP!A8", '@"  "', None),
    ],
)
def test_words_that_are_shown_as_others(cell: str, code: str, said: str | None) -> None:
    found = report_of(styled(Raw(content()), cell, code)).findings
    assert [(each.code, each.place, each.message) for each in found] == (
        [("number-format", cell, said)] if said else []
    )


@pytest.mark.parametrize(
    ("sheet", "change", "cell", "message"),
    [
        ("WarmIP", ("</sheetData>", _merged("A8:A10")), "A9", "the cell lies under a merged one"),
        ("Plan", ("</sheetData>", _merged("B13:C13")), "C13", "the cell lies under a merged one"),
        ("Plan", ('<row r="13"', '<row hidden="1" r="13"'), "A13", "row 13 is hidden"),
        ("Sizes", ("<cols>", _without_column(1)), "A5", "column A is hidden"),
        ("Settings", ("<cols>", _without_column(4)), "D3", "column D is hidden"),
    ],
)
def test_words_that_are_hidden_are_one_finding(
    sheet: str, change: tuple[str, str], cell: str, message: str
) -> None:
    raw = Raw(content())
    raw.parts[raw.sheets[sheet]] = raw.text(sheet).replace(*change, 1).encode()
    found = report_of(raw).findings
    assert [(each.code, each.place, each.message) for each in found] == [
        ("hidden", f"{sheet}!{cell}", f"{message}, and the words there say what figures are")
    ]


@pytest.mark.parametrize(
    ("sheet", "first", "last"),
    [("Sizes", 8, 8), ("Plan", 15, 19), ("WarmENI", 11, 23), ("WarmENI", 10, 10), ("Plan", 10, 10),
     ("Settings", 6, 7), ("Plan", 11, 13)],
)  # fmt: skip
def test_steps_prose_and_what_is_empty_may_be_hidden(sheet: str, first: int, last: int) -> None:
    raw = Raw(content())
    columns = _without_column(first, last)
    raw.parts[raw.sheets[sheet]] = raw.text(sheet).replace("<cols>", columns, 1).encode()
    assert report_of(raw).findings == []


def test_lines_hidden_at_once_are_one_finding() -> None:
    raw = Raw(content())
    part = raw.text("Settings")
    for row in range(31, 36):
        part = part.replace(f'<row r="{row}"', f'<row hidden="1" r="{row}"')
    raw.parts[raw.sheets["Settings"]] = part.encode()
    [found] = report_of(raw).findings
    assert found.message.startswith("rows 31 to 35 are hidden, and what stands there counts")


@pytest.mark.parametrize(
    ("sheet", "change", "cells"),
    [
        ("WarmENI", ("</sheetData>", _merged("A8:B9")), 2),
        ("WarmENI", ("</sheetData>", _merged("B8:B9")), 1),
        ("Plan", ("<cols>", _without_column(3)), 5),
    ],
)
def test_a_finding_tells_of_how_many_cells_it_is(
    sheet: str, change: tuple[str, str], cells: int
) -> None:
    raw = Raw(content())
    raw.parts[raw.sheets[sheet]] = raw.text(sheet).replace(*change, 1).encode()
    [found] = report_of(raw).findings
    assert found.cells == cells


def test_another_hidden_row_is_more_of_the_same_wherever_it_stands() -> None:
    found = []
    for rows in ([15], [15, 16], [14, 15], [14, 17]):
        raw = Raw(content())
        part = raw.text("Plan")
        for row in rows:
            part = part.replace(f'<row r="{row}"', f'<row hidden="1" r="{row}"')
        raw.parts[raw.sheets["Plan"]] = part.encode()
        found += report_of(raw).findings
    assert {each.fingerprint for each in found} == {"hidden | plan"}
    one, *more = (each.cells for each in found)
    assert all(each > one for each in more)
    # Each is named, once.
    assert [each.message.partition("; ")[2] for each in found] == [
        "",
        "so it is with row 16",
        "so it is with row 15",
        "so it is with row 17",
    ]


def test_cells_that_have_one_odd_look_are_one_finding() -> None:
    raw = Raw(content())
    for row in range(5, 9):
        for column in "EFG":
            styled(raw, f"Plan!{column}{row}", '0.0,"k"')
    [found] = [each for each in report_of(raw).findings if each.code == "number-format"]
    assert (found.place, found.cells) == ("Plan!E5", 12)
    assert found.message.endswith("; so it is with F5, G5, E6 and 8 more")


def test_a_rule_tells_it_too() -> None:
    raw = with_rule(Raw(content()), "WarmIP", "B8:B9 A1", BAR.format(' showValue="0"'))
    assert [each.cells for each in report_of(raw).findings] == [2]
