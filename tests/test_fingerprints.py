"""Fingerprints: what they say, and that they stay where nothing but places changed."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import quoteattr

import openpyxl
import pytest

from calculator import NodeGroup, Plan, read_workbook
from calculator.batch import evaluate_workbooks
from calculator.findings import Finding
from calculator.fingerprints import with_fingerprints
from calculator.followers import rowless
from calculator.report import WorkbookReport
from tests.drawn import PICTURE, draw, over, shape
from tests.faulty import EXAMPLE
from tests.helpers import (
    AWS_PLAN,
    FEW_TYPES,
    Raw,
    all_calculated,
    content,
    edited_in_libreoffice,
    libreoffice,
    needs_ironcalc,
    needs_uno,
    report_of,
    reports_of,
    scratch,
)
from tests.reports import finding
from tests.workbook.test_looks import WHITE_ON_NONE, styled, with_rule

SAMPLES = Path(__file__).resolve().parent.parent / "sample_workbooks" / "faulty"


def fingerprints(report: WorkbookReport) -> list[str]:
    return sorted(each.fingerprint for each in report.findings if not each.because_of)


def book(plan: Plan = EXAMPLE) -> Raw:
    return Raw(content("vpc-cni", plan, 5, FEW_TYPES))


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("not-a-number", "not-a-number | plan | # of Instances | c5.2xlarge, Linux, 1 | three"),
        ("subnet-too-small", "out-of-range | plan | Subnet prefix length (/n) | 29"),
        (
            "edited-formula",
            "formula | prefix | IPs total | row 2 | =[@IPs used per instance]*[@Instances]",
        ),
        ("edited-formula-of-aws", "formula | warm-eni | Used IPs PI | c5.2xlarge, Linux, 1 | "
            "=[@with warm ENI PI]*15+[Host Networking IPs]"),
        ("typed-over", "formula | warm-ip | Secondary IPs | row 1 | 150"),
        (
            "unknown-type",
            "unknown-type | plan | instance type | c5.2xlrage, Linux, 1 | instances: 1 | "
            "pods: 30 | c5.2xlrage",
        ),
        ("peak-overflow", "overflow | plan | Subnet prefix length (/n)"),
        ("subnet-overflow", "overflow | plan | Subnet prefix length (/n)"),
        ("stale-value", "value | warm-eni | IPs used"),
        ("constant", "constant | settings | Max pods of a smaller instance | 58"),
        ("figure", "figure | InstanceTypes | max ENIs | m5.12xlarge | 9"),
        ("missing-sheet", "missing-sheet | settings"),
        ("windows-ipv6", "windows-ipv6 | plan | Operating system | m5.large, Windows, 1 | Windows"),
        ("row-without-type", "row-without-type | plan | Pods with own security group | "
         "no node group | 5"),
        ("copied-sheet", "copied-sheet | another sheet"),
        ("no-formulas", "no-formulas"),
    ],
)  # fmt: skip
def test_a_fingerprint_says_what_and_where(sample: str, expected: str) -> None:
    assert fingerprints(report_of(SAMPLES / f"{sample}.xlsx")) == [expected]


def test_every_finding_has_one_and_can_be_sent() -> None:
    report = report_of(SAMPLES / "stale-input.xlsx")
    assert len(report.findings) > 5
    assert all(each.fingerprint.startswith(f"{each.code} | ") for each in report.findings)
    assert pickle.loads(pickle.dumps(report)).findings == report.findings


def test_it_does_not_depend_on_the_path(tmp_path: Path) -> None:
    raw = book()
    raw.put("Plan", "B15", value="three")
    paths = [raw.save(tmp_path / name) for name in ("a.xlsx", "b.xlsx")]
    one, other = (fingerprints(each) for each in evaluate_workbooks(paths))
    assert one == other != []


@pytest.mark.parametrize("found", [0.1 + 0.2, 0.3, 0.30000000000000004])
def test_a_number_has_the_digits_that_every_program_keeps(found: float) -> None:
    raw = book()
    raw.put("Plan", "B15", value=found)
    assert "| 0.3" in fingerprints(report_of(raw))[0]


def test_a_long_text_is_told_apart_by_its_end() -> None:
    raws = [book(), book()]
    for raw, end in zip(raws, "ab", strict=True):
        raw.put("Plan", "B15", value="x" * 30_000 + end)
    one, other = (fingerprints(report_of(raw))[0] for raw in raws)
    assert one != other
    assert len(one) < 200


def test_the_same_type_twice_is_counted() -> None:
    groups = [NodeGroup("m5.large", 1, 5), NodeGroup("c5.large", 1, 5), NodeGroup("m5.large", 2, 5)]
    raw = book(Plan(node_groups=groups))
    for cell in ("B14", "B16"):
        raw.put("Plan", cell, value="three")
    assert fingerprints(report_of(raw)) == [
        f"not-a-number | plan | # of Instances | m5.large, Linux, {number} (pods: 5) | three"
        for number in (1, 2)
    ]


@pytest.mark.parametrize("words", ["x, y, 1", "row 3", "no node group", "x | m5.large, Linux, 1"])
def test_what_was_typed_is_none_of_our_words(words: str) -> None:
    raw = book()
    raw.put("Plan", "B15", words)
    [found] = fingerprints(report_of(raw))
    assert found.count(" | ") == 4
    assert rowless(found).endswith(found.rpartition(" | ")[2])


def test_a_finding_on_any_sheet_and_of_any_cells_has_one(tmp_path: Path) -> None:
    reading = read_workbook(book().save(tmp_path / "a.xlsx"))
    places = [("Tables", "B3"), ("Chart", "A1"), ("Plan", "A14:C15"), ("InstanceTypes", "A9999")]
    findings = [Finding("figure", *place, "x", 9.0, "a message") for place in places]
    assert [each.fingerprint for each in with_fingerprints(findings, reading)] == [
        "figure | Tables | x | 9",
        "figure | another sheet | x | 9",
        "figure | plan | x | m5.12xlarge, Linux, 1 | 9",
        "figure | InstanceTypes | x | 9",
    ]


def test_a_finding_of_no_cell_tells_its_words_and_one_of_rows_what_they_need(
    tmp_path: Path,
) -> None:
    raw = book()
    raw.put("Plan", "A16", "")
    raw.put("Plan", "B16", 3.0)
    reading = read_workbook(raw.save(tmp_path / "a.xlsx"))
    told = {
        "conditional-format | plan | lost": finding(
            "conditional-format", "Plan!", found=None, fingerprint="lost"
        ),
        "chart | plan | x": finding("chart", "Plan!", found="x"),
        "missing-mode | nowhere | a, b": finding(
            "missing-mode", "Nowhere!", found=None, expected="a, b"
        ),
        "row-without-type | plan | # of Instances | no node group | 3": finding(
            "row-without-type", "Plan!B16", found=3.0
        ),
    }
    assert [each.fingerprint for each in with_fingerprints([*told.values()], reading)] == [*told]
    below = finding("below-the-table", "Plan!A14", holds="A14\nA15\nB16\nA11")
    [found] = with_fingerprints([below], reading)
    groups = (
        f"instance type, {each.instance_type}, {each.instance_type}, Linux, "
        f"instances: {each.instances}, pods: {each.pods_per_node}"
        for each in EXAMPLE.node_groups
    )
    others = "# of Instances, no type, instances: 3, pods: 0", "Host-network pods"
    assert found.called.split("\n") == [*groups, *others]


# --- what changes places only ---------------------------------------------------------------------


def faulty(plan: Plan = EXAMPLE, by: int = 0) -> Raw:
    """A workbook with a fault on its last node group, and two differences."""
    raw = book(plan)
    raw.put("Plan", f"B{15 + by}", value="three")
    raw.put("WarmENI", "N31", formula=None, value=150.0)
    raw.put("WarmIP", "B8", formula="B4-1")
    return raw


KNOWN = [
    "formula | warm-eni | Secondary IPs | row 2 | 150",
    "formula | warm-ip | IPs used | =[Subnet prefix length (/n)]-1",
    "not-a-number | plan | # of Instances | c5.2xlarge, Linux, 1 | three",
]


def another_row_above() -> Raw:
    groups = [NodeGroup("m5.xlarge", 2, 10), *EXAMPLE.node_groups]
    return faulty(replace(EXAMPLE, node_groups=tuple(groups)), by=1)


def renamed() -> Raw:
    raw = faulty()
    for sheet, name in {"Plan": "our plan", "WarmENI": "Blatt 2", "WarmIP": "Plan 2"}.items():
        raw.rename(sheet, name)
    return raw


def moved() -> Raw:
    raw = faulty()
    for sheet in ("Plan", "WarmENI", "WarmIP"):
        raw.shift(sheet, 3)
    return raw


@pytest.mark.thorough
@needs_ironcalc
def test_rows_and_names_change_nothing() -> None:
    made = {each.__name__: each() for each in (faulty, another_row_above, renamed, moved)}
    for name, found in reports_of(all_calculated(made)).items():
        assert fingerprints(found) == KNOWN, name


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "cell"),
    [
        # Ranges of cells that are no column of a table, and a setting in the formula's own row.
        *(("Plan", "N4"), ("Plan", "N7"), ("Settings", "B47"), ("Settings", "B48")),
        *(("Groups", "AD5"), ("Groups", "AT6"), ("Plan", "E5")),
    ],
)
def test_an_edited_formula_is_the_same_below_other_rows(sheet: str, cell: str) -> None:
    raw = book()
    raw.put(sheet, cell, formula=f"1*({raw.formulas(sheet)[cell]})")
    inserted = raw.copied()
    for each, before, rows in (("Plan", "A13", 1), ("Plan", "A3", 2), ("Settings", "A5", 3)):
        inserted.insert(each, before=before, rows=rows)
    before, after = (
        [each.fingerprint for each in report_of(made).findings if each.code == "formula"]
        for made in (raw, inserted)
    )
    assert (before, len(before)) == (after, 1)


@pytest.mark.thorough
@needs_uno
def test_a_row_inserted_in_libreoffice_changes_nothing(tmp_path: Path) -> None:
    source = faulty().save(tmp_path / "source.xlsx")
    edits = [["insert_rows", "Plan", 14, 1], ["insert_rows", "Plan", 1, 2]]
    made = edited_in_libreoffice(tmp_path, {"out.xlsx": (source, edits)})
    found = fingerprints(report_of(made["out.xlsx"]))
    assert found == sorted([*KNOWN, "missing-formula | plan | Check | no node group"])


#: Samples that no program mends by saving them.
SAVED = [
    *("not-a-number", "edited-formula", "typed-over", "constant", "missing-label", "too-long"),
    *("row-without-type", "second-plan", "windows-ipv6", "missing-mode", "edited-formula-of-aws"),
]


@pytest.mark.thorough
@needs_uno
def test_a_save_by_libreoffice_changes_nothing(tmp_path: Path) -> None:
    # To load and save takes long: the others are openpyxl's.
    sources = [SAMPLES / f"{each}.xlsx" for each in SAVED[::2]]
    _compare(sources, libreoffice(sources, tmp_path))


@pytest.mark.thorough
def test_a_save_by_openpyxl_changes_nothing(tmp_path: Path) -> None:
    sources = [SAMPLES / f"{each}.xlsx" for each in SAVED[1::2]]
    made = [tmp_path / each.name for each in sources]
    for source, target in zip(sources, made, strict=True):
        openpyxl.load_workbook(source).save(target)
    _compare(sources, made)


def _compare(sources: list[Path], made: list[Path]) -> None:
    before, after = (
        {Path(each.file).name: fingerprints(each) for each in evaluate_workbooks(paths)}
        for paths in (sources, made)
    )
    for found in after.values():  # which openpyxl's files have besides
        while "no-recorded-values" in found and len(found) > 1:
            found.remove("no-recorded-values")
    assert after == before


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (lambda raw: raw.insert("Plan", before="N1", columns=-1), "Nodes from"),
        (lambda raw: raw.insert("Plan", before="M1", columns=-1), "Other addresses per node"),
    ],
)
def test_a_column_that_was_deleted_is_known_by_what_was_lost(
    edit: Callable[[Raw], object], what: str
) -> None:
    raw = book()
    edit(raw)
    [lost] = [each for each in fingerprints(report_of(raw)) if each.startswith("missing-")]
    assert what in lost


def test_each_label_that_is_lost_beside_another_counts() -> None:
    """A second one beside the first, which it is taken to follow from, is not known with it."""
    raw = book()
    raw.put("Settings", "A23", "Surge, one")
    [one] = report_of(raw).of("fault", causes=True)
    raw.put("Settings", "A24", "Zone, two")
    [two] = report_of(raw).of("fault", causes=True)
    assert (one.place, one.fingerprint) == (two.place, two.fingerprint)
    assert (one.cells, two.cells) == (1, 2)


def test_looks_tell_what_they_are_of() -> None:
    def hidden(row: int) -> Finding:
        raw = book()
        raw.replace("Plan", f'<row r="{row}"', f'<row r="{row}" hidden="1"')
        [found] = [each for each in report_of(raw).findings if each.code == "hidden"]
        return found

    one, other = hidden(14), hidden(15)
    assert one.fingerprint == other.fingerprint
    assert one.called.splitlines()[0] == f"instance type, {EXAMPLE.node_groups[0].instance_type}"
    assert one.called != other.called


def test_of_many_cells_that_look_so_the_first_may_be_another() -> None:
    def hidden(*rows: int) -> Finding:
        raw = book()
        for row in rows:
            raw.replace("Plan", f'<row r="{row}"', f'<row r="{row}" hidden="1"')
        [found] = [each for each in report_of(raw).findings if each.code == "hidden"]
        return found

    both, one = hidden(*range(2, 10)), hidden(*range(5, 10))
    assert both.cells > 40
    assert both.column != one.column
    assert both.fingerprint == one.fingerprint == "hidden | plan"


def test_looks_are_as_known_whether_calculated_or_not_and_where_a_part_was_mended() -> None:
    def found(*cells: str, calculated: bool = True) -> Finding:
        raw = book()
        for cell in cells if not calculated else ():
            raw.put("Plan", cell, None)
        for cell in cells:
            raw = styled(raw, f"Plan!{cell}", '0"0"')
        [one] = [each for each in report_of(raw).findings if each.code == "number-format"]
        return one

    both, one = found("G5", "G6"), found("G6")
    assert both.fingerprint == one.fingerprint == found("G5", calculated=False).fingerprint
    assert set(one.called.splitlines()) < set(both.called.splitlines())
    never = found("G5", "G6", calculated=False)
    assert (never.cells, never.called) == (both.cells, both.called) == (2, both.called)


def test_what_shows_nothing_is_not_hidden_whether_that_was_written_down_or_not() -> None:
    def found(*cells: str) -> Finding:
        raw = book()
        for cell in cells:
            raw.put("WarmIP", cell, None)
        raw.replace("WarmIP", '<row r="18"', '<row r="18" hidden="1"')
        [one] = [each for each in report_of(raw).findings if each.code == "hidden"]
        return one

    one, other = found(), found("J18")
    assert "J18" not in one.holds.split("\n")
    assert (one.cells, one.called) == (other.cells, other.called)


def test_words_that_look_so_are_known_below_inserted_rows() -> None:
    def found(rows: int) -> Finding:
        raw = book()
        raw = styled(raw, "Plan!A11", ';;;"Pods"')
        if rows:
            raw = Raw(raw.save(scratch() / "one.xlsx"))
            raw.insert("Plan", before="A7", rows=rows)
        [one] = [each for each in report_of(raw).findings if each.code == "number-format"]
        return one

    one, moved = found(0), found(2)
    assert one.place != moved.place
    assert (one.fingerprint, one.called) == (moved.fingerprint, moved.called)
    assert one.called == "Host-network pods"


def test_a_rule_holds_its_cells_whether_they_were_calculated_or_not() -> None:
    def found(area: str, *, calculated: bool = True) -> Finding:
        raw = book()
        if not calculated:
            for row in range(5, 9):
                raw.put("Plan", f"{area[0]}{row}", None)
        raw.replace_in("xl/styles.xml", "</dxfs>", f"{WHITE_ON_NONE}</dxfs>")
        number = raw.parts["xl/styles.xml"].count(b"<dxf>") - 1
        rule = f'type="expression" dxfId="{number}" priority="9"><formula>TRUE</formula>'
        raw = with_rule(raw, "Plan", area, f"<cfRule {rule}</cfRule>")
        [one] = [each for each in report_of(raw).findings if each.code == "conditional-format"]
        return one

    one, other, never = found("G5:G8"), found("E5:E8"), found("G5:G8", calculated=False)
    assert one.fingerprint == other.fingerprint
    assert (one.cells, one.called) == (never.cells, never.called)
    assert one.called != other.called


def test_a_name_is_told_by_what_it_stands_for() -> None:
    """Below inserted rows and on renamed sheets, too."""

    def found(target: str, *, moved: bool = False) -> str:
        raw = Raw(content("aws-sample", AWS_PLAN))
        text = raw.parts["xl/workbook.xml"].decode()
        text, number = re.subn(r"(>)WarmENI!\$B\$13(<)", rf"\g<1>{target}\g<2>", text)
        assert number == 1
        raw.parts["xl/workbook.xml"] = text.encode()
        if moved:
            raw.insert("WarmIP", before="A5", rows=2)
            raw.insert("WarmENI", before="A3", rows=1)
            raw.rename("WarmIP", "Warm addresses")
        [one] = [each for each in report_of(raw).findings if each.code == "name"]
        return one.fingerprint

    first, second = "WarmIP!$B$13", "WarmENI!$B$15"
    assert found(first).startswith("name | warm-eni | WARM_ENI_TARGET | =WarmIP[")
    assert found(first) == found(first, moved=True)
    assert found(first) != found(second) == found(second, moved=True)


def test_what_is_wrong_with_the_rules_of_a_cell_is_told() -> None:
    raw = book()
    rule = r'<cfRule(?:(?!</cfRule>).)*\$N\$11="{}".*?</cfRule>'

    def found(*words: str, white: bool = False) -> list[str]:
        made = raw.copied()
        for each in words:
            text, number = re.subn(rule.format(each), "", made.text("Plan"), flags=re.DOTALL)
            assert number
            made.parts[made.sheets["Plan"]] = text.encode()
        if white:
            made.replace_in("xl/styles.xml", "</dxfs>", f"{WHITE_ON_NONE}</dxfs>")
            number = made.parts["xl/styles.xml"].count(b"<dxf>") - 1
            style = f'type="expression" dxfId="{number}" priority="9"><formula>TRUE</formula>'
            made = with_rule(made, "Plan", "A2", f"<cfRule {style}</cfRule>")
        return [each for each in fingerprints(report_of(made)) if each.startswith("conditional")]

    start = "conditional-format | plan | "
    assert found("fits") == [f"{start}gone: green"]
    assert found("fits", "does-not-fit") == [f"{start}gone: green, red"]
    assert found(white=True) == [f"{start}can show | =1"]
    effects = []
    for code in ('0"0"', '"9999"'):
        made = raw.copied()
        style = f'<dxf><numFmt numFmtId="199" formatCode={quoteattr(code)}/></dxf>'
        made.replace_in("xl/styles.xml", "</dxfs>", f"{style}</dxfs>")
        number = made.parts["xl/styles.xml"].count(b"<dxf>") - 1
        style = f'type="expression" dxfId="{number}" priority="9"><formula>TRUE</formula>'
        made = with_rule(made, "Plan", "G5", f"<cfRule {style}</cfRule>")
        effects += [each for each in fingerprints(report_of(made)) if each.startswith(start)]
    assert [each.partition(", 2417 as ")[2][:6] for each in effects] == ["24170,", "9999, "]


def of_rule(area: str, kind: str, *formulas: str, moved: bool = False) -> Finding:
    """The finding on a rule of sheet Plan that makes white what it is for."""
    raw = book()
    raw.replace_in("xl/styles.xml", "</dxfs>", f"{WHITE_ON_NONE}</dxfs>")
    number = raw.parts["xl/styles.xml"].count(b"<dxf>") - 1
    told = "".join(f"<formula>{each}</formula>" for each in formulas)
    raw = with_rule(
        raw, "Plan", area, f'<cfRule type="{kind} dxfId="{number}" priority="9">{told}</cfRule>'
    )
    if moved:
        raw.insert("Plan", before="A3", rows=2)
        raw.rename("WarmIP", "Warm addresses")
    [one] = [each for each in report_of(raw).findings if each.code == "conditional-format"]
    return one


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("area", "kind", "formulas", "said"),
    [
        ("G5", 'expression"', ["G5&gt;100000"], "this cell>100000"),
        ("G5", 'expression"', ["TRUE"], "1"),
        ("G5:G6", 'expression"', ["IF(G5=$B$11,TRUE,0)"], "IF(this cell=[Host-network pods],1,0)"),
        ("B14:B20", 'expression"', ["$C14&gt;3"], "[@Target Workload Pods per Node]>3"),
        ("G5", 'expression"', ["WarmIP!$B$8&gt;0.5"], "WarmIP[IPs used]>0.5"),
        ("G5", 'cellIs" operator="lessThan"', ["$B$11+1"], "this cell<[Host-network pods]+1"),
        ("G5", 'cellIs" operator="between"', ["1", "2"], "AND(this cell>=1,this cell<=2)"),
        ("G5", 'cellIs" operator="notBetween"', ["1", "2"], "OR(this cell<1,this cell>2)"),
        ("A14:A20", 'beginsWith" text="m"', ['LEFT(A14,1)="m"'], 'LEFT(this cell,1)="m"'),
        ("G5:G8", 'top10" rank="1"', [], None),
    ],
)
def test_when_a_rule_does_so_is_told(
    area: str, kind: str, formulas: list[str], said: str | None
) -> None:
    """Below inserted rows and of renamed sheets, too."""
    one = of_rule(area, kind, *formulas)
    when = [] if said is None else [f"={said}"]
    assert one.fingerprint == " | ".join(["conditional-format", "plan", "can show", *when])
    assert of_rule(area, kind, *formulas, moved=True).fingerprint == one.fingerprint


def test_of_rules_that_do_the_same_all_conditions_are_told() -> None:
    made = []
    for limits in ((1, 2), (2, 1), (1, 3)):
        raw = book()
        raw.replace_in("xl/styles.xml", "</dxfs>", f"{WHITE_ON_NONE}</dxfs>")
        number = raw.parts["xl/styles.xml"].count(b"<dxf>") - 1
        rules = [
            f'<cfRule type="expression" dxfId="{number}" priority="{priority}">'
            f"<formula>G5&gt;{limit}</formula></cfRule>"
            for priority, limit in enumerate(limits, 9)
        ]
        report = report_of(with_rule(raw, "Plan", "G5", "".join(rules)))
        made += [each for each in fingerprints(report) if each.startswith("conditional")]
    one, other, more = made
    assert one == other == "conditional-format | plan | can show | =this cell>1 or =this cell>2"
    assert more != one


def test_what_a_text_box_says_is_told() -> None:
    def found(made: str, *, moved: bool = False) -> str:
        raw = draw(book(), "Plan", over("G5:G5", made))
        if moved:
            raw.insert("WarmIP", before="A2", rows=2)
            raw.rename("WarmIP", "Warm addresses")
        [one] = report_of(raw).findings
        return one.fingerprint

    assert found(shape("All  fit\nhere")) == "covered | plan | All fit here"
    assert found(shape("None fits")) == "covered | plan | None fits"
    assert len(found(shape("fits " * 50))) < 120
    assert found(PICTURE) == found(shape("")) == "covered | plan"
    # Of a cell's words, which may be others tomorrow, it tells of which cell.
    linked = [shape(words, link="WarmIP!$B$8") for words in ("", "578")]
    assert {*map(found, linked)} == {"covered | plan | =WarmIP[IPs used]"}
    assert found(linked[0], moved=False) == found(
        shape("9", link="'Warm addresses'!$B$10"), moved=True
    )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "cell"), [("WarmENI", "D19"), ("WarmENI", "R29"), ("Plan", "E1")]
)
def test_other_words_in_the_place_of_some_are_another_finding(sheet: str, cell: str) -> None:
    """They say what the figures are now."""
    made = []
    for words in (None, "", "Spare", "Left at night", "Spare"):
        raw = book()
        raw.put("Plan", "F1", "we")  # the owner, of whom cell E1 says so
        raw.put(sheet, cell, words, None)
        made += [each for each in fingerprints(report_of(raw)) if each.startswith("missing-")]
    assert made[0] == made[1]
    assert made[2].endswith(" | Spare")
    assert len({*made}) == 3
