"""Edits as colleagues make them: nothing lost, nothing right condemned, one cause one finding."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from calculator.catalog import load_catalog
from calculator.model import get_model
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.parity.data_sheets import figures_of
from calculator.report import WorkbookReport
from calculator.workbook.reader import read_workbook
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1, column_letters, place
from tests.helpers import (
    AWS_SAMPLE,
    FEW_TYPES,
    PLAN,
    SHEETS,
    Raw,
    all_calculated,
    content,
    edited_in_libreoffice,
    found,
    needs_aws_sample,
    needs_ironcalc,
    needs_uno,
    report_of,
    reports_of,
)

ROWS = 8
#: What is done to a workbook.
Edit = Callable[[Raw], object]


def small(model: str = "vpc-cni") -> Raw:
    """A workbook with five node groups in rows 14 to 18 of a table down to row 21."""
    return Raw(content(model, PLAN, ROWS))


def types_row(name: str) -> int:
    """The row of a type on sheet InstanceTypes."""
    return 2 + [each.instance_type for each in load_catalog()].index(name)


def put(where: str, *value: object, **more: object) -> Edit:
    """Type into a cell."""
    return lambda raw: raw.put(*where.split("!"), *value, **more)


def row(number: int, *values: object) -> Edit:
    """Type into the first cells of a row of sheet Plan."""

    def change(raw: Raw) -> None:
        for column, value in enumerate(values, 1):
            raw.put("Plan", a1(number, column), value, None)

    return change


def both(*edits: Edit) -> Edit:
    """One edit after the other."""
    return lambda raw: [edit(raw) for edit in edits]


def rewritten(where: str, old: str, new: str) -> Edit:
    """A part of a formula edited."""

    def change(raw: Raw) -> None:
        sheet, cell = where.split("!")
        formula = raw.formulas(sheet)[cell]
        assert old in formula
        raw.put(sheet, cell, formula=formula.replace(old, new))

    return change


def swap_names_of_columns(raw: Raw) -> None:
    [part] = raw.tables("WarmENI")
    xml = raw.parts[part].decode()
    one, other = 'name="Max ENIs"', 'name="IPs per ENI"'
    raw.parts[part] = xml.replace(one, "\0").replace(other, one).replace("\0", other).encode()


def drop_tables(*sheets: str) -> Edit:
    """Table objects gone, and formulas left as they are: so do some libraries."""

    def change(raw: Raw) -> None:
        for sheet in sheets or raw.sheets:
            relations = raw.sheets[sheet].replace("worksheets/", "worksheets/_rels/") + ".rels"
            if relations in raw.parts:
                kept = re.sub(rb"<Relationship [^>]*/tables/[^>]*/>", b"", raw.parts[relations])
                raw.parts[relations] = kept

    return change


def break_table(raw: Raw) -> None:
    """As exceljs saves a table that it has loaded."""
    [part] = raw.tables("WarmENI")
    xml = raw.parts[part].decode()
    columns = "".join(re.findall("<tableColumn .*?</tableColumn>", xml, re.DOTALL)[:4])
    few = f'<tableColumns count="4">{columns}</tableColumns>'
    xml = re.sub("<tableColumns.*</tableColumns>", lambda _: few, xml, flags=re.DOTALL)
    raw.parts[part] = xml.replace("<table ", '<table headerRowCount="0" ', 1).encode()


def narrow_table(raw: Raw) -> None:
    """A table declared without its last column, which formulas name all the same."""
    [part] = raw.tables("Prefix")
    xml = raw.parts[part].decode()
    [last] = set(re.findall(r'ref="A[0-9]+:([A-Z]+[0-9]+)"', xml))
    bottom, right = place(last)
    xml = xml.replace(f":{last}", f":{a1(bottom, right - 1)}")
    before, _, column = xml.rpartition("<tableColumn ")
    xml = before.replace(f'count="{right}"', f'count="{right - 1}"')
    raw.parts[part] = (xml + "</tableColumns>" + column.partition("</tableColumns>")[2]).encode()


def table_to(last: int) -> Edit:
    """The table of node groups declared down to a row."""

    def change(raw: Raw) -> None:
        [part] = raw.tables("Plan")
        xml = re.sub(r'ref="A13:([A-Z])21"', rf'ref="A13:\g<1>{last}"', raw.parts[part].decode())
        raw.parts[part] = xml.encode()

    return change


def total(sheet: str, *typed: object) -> Edit:
    """The row of totals of Excel switched on, with more that was typed into its first cells."""

    def change(raw: Raw) -> None:
        part, *_ = raw.tables(sheet)
        xml = raw.parts[part].decode()
        pattern = '<table [^>]*ref="([A-Z0-9]+):([A-Z]+)([0-9]+)"'
        [(first, column, bottom)] = re.findall(pattern, xml)
        row = int(bottom) + 1
        xml = xml.replace(f'ref="{first}:{column}{bottom}"', f'ref="{first}:{column}{row}"', 1)
        raw.parts[part] = xml.replace("<table ", '<table totalsRowCount="1" ', 1).encode()
        raw.put(sheet, f"A{row}", "Total")
        raw.put(sheet, f"B{row}", 7.0, f"SUBTOTAL(109,B{int(bottom) - 1}:B{bottom})")
        for at, value in enumerate(typed, 1):
            raw.put(sheet, a1(row, at), value, None)

    return change


def shorten_table(sheet: str) -> Edit:
    """The tables of a data sheet declared for two rows alone."""

    def change(raw: Raw) -> None:
        for part in raw.tables(sheet):
            xml = raw.parts[part].decode()
            xml = re.sub(r'ref="([A-Z])1:([A-Z])[0-9]+"', r'ref="\g<1>1:\g<2>3"', xml)
            raw.parts[part] = xml.encode()

    return change


def other_labels_of_settings(raw: Raw) -> None:
    for setting in get_model("vpc-cni").sheet("Settings").settings:
        raw.put("Settings", setting.label_cell, f"my {setting.label}", None)


def name_elsewhere(raw: Raw) -> None:
    pattern = r'(<definedName name="WARM_ENI_TARGET"[^>]*>)[^<]*'
    xml = re.sub(pattern, r"\1[1]Other!$A$1", raw.parts["xl/workbook.xml"].decode())
    raw.parts["xl/workbook.xml"] = xml.encode()


# --- edits that must be named, nothing calculated since -------------------------------------------

_BELOW = ("m5.4xlarge", 30.0, 10.0)
_T3, _M6G = types_row("t3.medium"), types_row("m6g.large")
_HEADERS = ("instance type", "# of Instances", "Target Workload Pods per Node")
_LAST = column_letters(len(get_model("vpc-cni").sheet("Prefix").columns))
_SINGLE = "SUM(_xlfn.SINGLE(WarmENI[Pods total]))"
NAMED: dict[str, tuple[Edit, list[tuple[str, str]]]] = {
    "a group two rows below": (row(24, *_BELOW), [("below-the-table", "Plan!A24")]),
    "a group 150 rows below": (row(171, *_BELOW), [("below-the-table", "Plan!A171")]),
    "a group far below in a table declared that far": (
        both(table_to(1_000_000), row(999_999, *_BELOW)),
        [("below-the-table", "Plan!A999999")],
    ),
    "a word below, in an optional column": (
        put("Plan!E30", "Windows"),
        [("below-the-table", "Plan!E30")],
    ),
    "a second table below": (
        both(row(24, *_HEADERS), row(25, *_BELOW)),
        [("below-the-table", "Plan!A24")],
    ),
    "a group beside the table": (
        both(put("Plan!P15", "m5.4xlarge"), put("Plan!Q15", 30.0), put("Plan!R15", 10.0)),
        [("not-counted", "Plan!P15")],
    ),
    "a group below a mode's table": (
        both(put("WarmIP!A40", "m5.4xlarge"), put("WarmIP!B40", 30.0), put("WarmIP!C40", 10.0)),
        [("not-counted", "WarmIP!A40")],
    ),
    "a second plan": (lambda raw: raw.copy("Plan", "Plan 27"), [("second-plan", "Plan 27")]),
    "the verdict typed over": (put("Plan!A2", "All is well", None), [("formula", "Plan!A2")]),
    "headers of columns exchanged": (
        both(put("Plan!B13", _HEADERS[2]), put("Plan!C13", _HEADERS[1])),
        # as people read them, the plan is another
        [("default-does-not-fit", "Plan!B6"), ("name", "Plan!C13")],
    ),
    "a constant that a formula computes": (
        put("Settings!B56", 5.0, formula="IF(TODAY()>50000,0,5)"),
        [("input-formula", "Settings!B56")],
    ),
    "a default that a formula computes": (
        put("Settings!E23", 25.0, formula="B23"),
        [("head", "Settings!E23")],
    ),
    "words and figures that formulas compute": (
        both(
            put("Tables!B9", 507.0, formula="IF(Plan!$B$5=3,1019,507)"),
            put(f"InstanceTypes!B{_T3}", 3.0, formula="[1]x!$A$1"),
        ),
        [("input-formula", f"InstanceTypes!B{_T3}"), ("input-formula", "Tables!B9")],
    ),
    "a type that only looks empty": (put("Plan!A20", "  "), [("not-a-type", "Plan!A20")]),
    "a group that was added": (row(20, *_BELOW), [("value", "Groups!A11")]),
    "headers of figures exchanged": (
        both(put("InstanceTypes!B1", "IPs per ENI"), put("InstanceTypes!C1", "max ENIs")),
        [("name", "InstanceTypes!B1")],
    ),
    "names of columns swapped": (swap_names_of_columns, [("name", "WarmENI!D29")]),
    "a group right below the table of a mode": (
        both(*(put(f"WarmENI!{c}38", v) for c, v in zip("ABC", _BELOW, strict=True))),
        [("not-counted", "WarmENI!A38")],
    ),
    "a header far to the right cleared": (
        put(f"Prefix!{_LAST}29", None),
        [("missing-result", "Prefix!CJ29")],
    ),
    "inputs that are errors": (
        both(*(put(f"Plan!B{number}", CellError("#REF!")) for number in (15, 17))),
        [("not-a-number", "Plan!B15"), ("not-a-number", "Plan!B17")],
    ),
    "a type that a formula makes and nobody knows": (
        put("Plan!A15", "m5.lagre", formula='"m5."&"lagre"'),
        [("unknown-type", "Plan!A15")],
    ),
    "a formula that gives nothing where a number should be": (
        put("Plan!B9", "", formula='IF(A1="","",0)'),
        [("missing", "Plan!B9")],
    ),
    "a table without its last column": (narrow_table, [("name", f"Prefix!{_LAST}29")]),
    "AWS's name of another workbook": (name_elsewhere, [("name", "WarmENI!B13")]),
    "one cell of a range": (
        rewritten("WarmENI!I22", "SUM(", "SUM(@"),
        [("formula", "WarmENI!I22")],
    ),
    "one cell of a range, as files have it": (
        rewritten("WarmENI!I22", "SUM(WarmENI[Pods total])", _SINGLE),
        [("formula", "WarmENI!I22")],
    ),
    "a function that nobody knows": (
        rewritten("WarmENI!I22", "SUM(", "_xludf.SUM("),
        [("formula", "WarmENI!I22")],
    ),
    "FALSE where nothing is shown": (
        put("WarmENI!J5", value=False),
        [("value", "WarmENI!J5")],
    ),
    "an input of another workbook": (
        put("Plan!B15", 12.0, "[1]Other!$B$2"),
        [("input-elsewhere", "Plan!B15")],
    ),
    "an input of another workbook, by path": (
        put("Plan!B15", 12.0, "'C:\\x\\[b.xlsx]My plan'!$B$2*1"),
        [("input-elsewhere", "Plan!B15")],
    ),
    "an input that changes by itself": (
        put("Plan!B4", 20.0, "IF(TODAY()>45000,20,22)"),
        [("input-elsewhere", "Plan!B4")],
    ),
    "an input as a formula": (
        put("Plan!B15", 12.0, "3*4"),
        [("input-formula", "Plan!B15")],
    ),
    "an input as a formula that comes to something else": (
        put("Plan!B15", 12.0, "30*40"),
        [("value", "Plan!B15")],
    ),
    "an input that refers to its own cell": (
        put("Plan!B15", 12.0, "B15+1"),
        [("input-formula", "Plan!B15")],
    ),
    "an empty row that may fill itself": (
        both(put("Plan!A19", "", 'IF(TODAY()>50000,"m5.large","")'), put("Plan!B19", "", "A1&B1")),
        [("input-elsewhere", "Plan!A19"), ("input-formula", "Plan!B19")],
    ),
    "formulas filled down over empty rows, and below the table": (
        both(*(put(f"Plan!A{row}", "", f'IF(Q{row}=1,"m5.large","")') for row in (19, 20, 40))),
        [("input-formula", "Plan!A19")],
    ),
    "an optional input that shows nothing yet": (
        put("Plan!E15", "", 'IF(Q1=1,"Windows","")'),
        [("input-formula", "Plan!E15")],
    ),
    "totals of the node table, which formulas count as inputs": (
        total("Plan"),
        [("below-the-table", "Plan!A22")],
    ),
    "a group in AWS's row of totals": (
        total("WarmENI", *_BELOW),
        [("outside-the-table", "WarmENI!A31")],
    ),
    "AWS's empty row that may fill itself": (
        put("WarmENI!A28", "", 'IF(TODAY()>50000,"m5.large","")'),
        [("input-elsewhere", "WarmENI!A28")],
    ),
    "a table of types that ends too early": (
        shorten_table("InstanceTypes"),
        [("outside-the-table", "InstanceTypes!A4")],
    ),
    "a table of words that ends too early": (
        shorten_table("Tables"),
        [("outside-the-table", "Tables!A4")],
    ),
    "inputs merged": (
        lambda raw: raw.replace(
            "Plan",
            "</sheetData>",
            '</sheetData><mergeCells count="1"><mergeCell ref="A14:A16"/></mergeCells>',
        ),
        [("hidden", "Plan!A15")],
    ),
    "an input that follows another cell": (
        put("Plan!B15", 12.0, "B14"),
        [("value", "Plan!B15")],
    ),
    "an input that lost its cell": (
        put("Plan!B15", CellError("#REF!"), "#REF!"),
        [("not-a-number", "Plan!B15")],
    ),
    "a mode deleted": (lambda raw: raw.remove("Prefix"), [("missing-mode", "Prefix")]),
    "the settings deleted": (
        lambda raw: raw.remove("Settings"),
        [("missing-sheet", "Settings")],
    ),
    "labels of all settings altered": (other_labels_of_settings, [("missing-sheet", "Settings")]),
    "the header of an optional column": (
        put("Plan!G13", "Own pods"),
        [("missing-optional-column", "Plan!G13")],
    ),
    "the header of an optional column, without tables": (
        both(lambda raw: raw.without_tables(), put("Plan!G13", "Own pods")),
        [("missing-optional-column", "Plan!G13")],
    ),
    "a column of the instance types deleted": (
        lambda raw: raw.insert("InstanceTypes", before="H1", columns=-1),
        [("missing-mode", "InstanceTypes")],
    ),
    "the instance types deleted": (
        lambda raw: raw.remove("InstanceTypes"),
        [("missing-mode", "InstanceTypes")],
    ),
    "the words deleted": (lambda raw: raw.remove("Tables"), [("missing-mode", "Tables")]),
    "all tables dropped": (drop_tables(), [("formula", "Plan!A2")]),
    "one table dropped": (drop_tables("WarmIP"), [("formula", "Plan!N6")]),
    "a table broken": (break_table, [("formula", "Plan!N5")]),
    "a mode copied": (
        lambda raw: raw.copy("WarmIP", "WarmIP (2)"),
        [("copied-sheet", "WarmIP (2)")],
    ),
}


@pytest.mark.parametrize("edit", NAMED)
def test_it_is_named_once(edit: str) -> None:
    change, expected = NAMED[edit]
    raw = small("aws-sample" if "AWS" in edit else "vpc-cni")
    change(raw)
    report = report_of(raw)
    assert sorted(found(report)) == expected
    if "below-the-table" in dict(expected):
        assert {each.totals["ips_used"] for each in report.sheets} == {None}
        assert report.verdict is not None
        last = max(place(str(each.cell))[0] for each in report.of("fault") if each.cell)
        assert report.verdict.message.startswith(f"Row {last} lies below the rows")


# --- edits that are no concern --------------------------------------------------------------------


def lengthen_areas(raw: Raw) -> None:
    """No tables, and areas down to row 1,000: so Google Sheets clips a grid."""
    raw.without_tables()
    area = re.compile(r"((?:Tables|InstanceTypes)!\$[A-Z]+\$2:\$[A-Z]+)\$[0-9]+")
    for sheet in SHEETS["vpc-cni"]:
        for cell, formula in raw.formulas(sheet).items():
            if area.search(formula):
                raw.put(sheet, cell, formula=area.sub(r"\1$1000", formula))


def rename_sheets(raw: Raw) -> None:
    for old, new in (("Plan", "Netz 2026"), ("WarmENI", "eni"), ("Tables", "T"), ("Settings", "S")):
        raw.rename(old, new)


_REMARKS = ("Plan!R30", "Plan!S60", "WarmENI!A60", "Settings!I2", "InstanceTypes!R7")


def test_a_cell_below_that_only_looks_empty_is_to_be_cleared() -> None:
    raw = small()
    raw.put("Plan", "A30", " ", None)
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert cause.message.endswith("; clear the cell, which only looks empty")


@pytest.mark.parametrize("meaning", ["1", "WarmENI!$B$15", "OFFSET(WarmENI!$B$12,1,0)"])
def test_a_name_that_means_something_else_is_one_finding(meaning: str) -> None:
    raw = small("aws-sample")
    before = raw.parts["xl/workbook.xml"].decode()
    pattern = r'(<definedName name="WARM_ENI_TARGET"[^>]*>)[^<]*'
    raw.parts["xl/workbook.xml"] = re.sub(pattern, rf"\g<1>{meaning}", before).encode()
    assert found(report_of(raw)) == [("name", "WarmENI!B13")]


@pytest.mark.parametrize("instead", ["", r'\1 localSheetId="1">WarmENI!$B$13</definedName>'])
def test_a_name_that_a_sheet_does_not_know_is_one_finding(instead: str) -> None:
    raw = small("aws-sample")
    before = raw.parts["xl/workbook.xml"].decode()
    pattern = r'(<definedName name="WARM_ENI_TARGET")[^>]*>[^<]*</definedName>'
    raw.parts["xl/workbook.xml"] = re.sub(pattern, instead, before).encode()
    report = report_of(raw)
    assert found(report) == [("name", "WarmENI!B13")]
    message = "the name WARM_ENI_TARGET is not known on this sheet; let it refer to WarmENI!$B$13"
    assert report.findings[0].message == message
    for cell, formula in raw.formulas("WarmENI").items():
        raw.put("WarmENI", cell, formula=formula.replace("WARM_ENI_TARGET", "$B$13"))
    assert "name" not in [code for code, _ in found(report_of(raw))]


def test_what_lies_below_a_data_table_is_said() -> None:
    raw = small()
    shorten_table("InstanceTypes")(raw)
    [cause, *_] = report_of(raw).findings
    assert cause.message == (
        f'found "{[*FEW_TYPES][2].instance_type}" below table InstanceTypes, which '
        "ends at row 3: formulas look no further; extend it"
    )


def test_a_column_that_formulas_look_up_is_missed_by_its_header() -> None:
    raw = small()
    raw.insert("InstanceTypes", before="H1", columns=-2)
    [cause] = [each for each in report_of(raw).findings if each.code == "missing-mode"]
    assert cause.message == (
        'the sheet has no column "hypervisor" nor "bare metal"; formulas look there'
    )


def sort_words(raw: Raw) -> None:
    """Messages the other way round: formulas look them up by their codes."""
    words = get_model("vpc-cni").data_tables[2].rows(load_catalog())
    for row, (code, text) in enumerate(reversed(words), 2):
        raw.put("Tables", f"F{row}", code, None)
        raw.put("Tables", f"G{row}", text, None)


NO_CONCERN: dict[str, Edit] = {
    "a note that repeats labels above them": both(
        put("Plan!I1", "Subnet prefix length (/n)"),
        put("Plan!J1", 20.0),
        put("Settings!C1", "MAX_ENI"),
        put("Settings!D1", 3.0),
        put("WarmENI!A6", "IPs remaining"),
        put("WarmENI!B6", 9999.0),
    ),
    "a title of one's own": put("Plan!A1", "EKS subnet plan: prod-1"),
    "words in another order": sort_words,
    "remarks beside": both(*(put(where, "ask Bob") for where in _REMARKS)),
    "words of labels above them": both(put("Plan!M3", "At the peak"), put("Plan!L2", "Left")),
    "remarks about a type": both(
        *(put("Plan!P15", "m5.large"), put("Plan!Q15", 2.0), put("Plan!R15", "of 3")),
        *(put("Plan!P17", "m5.large"), put("Plan!Q17", "at most"), put("Plan!R17", 2.0)),
    ),
    "sheets renamed": rename_sheets,
    "sheets in another order": lambda raw: raw.order(*sorted(raw.sheets)),
    "rows inserted at the top": lambda raw: raw.shift("WarmENI", 3),
    "a column deleted that no formula looks up": (
        lambda raw: raw.insert("InstanceTypes", before="E1", columns=-1)
    ),
    "columns inserted": lambda raw: raw.insert("Plan", before="C1", columns=1),
    "the instance types copied": lambda raw: raw.copy("InstanceTypes", "Types (2)"),
    "the words copied": lambda raw: raw.copy("Tables", "Tables (2)"),
    "the chart deleted": lambda raw: raw.remove("Chart"),
    "About deleted": lambda raw: raw.remove("About"),
    "tables turned into areas": lambda raw: raw.without_tables(),
    "areas longer than the data": lengthen_areas,
    "a table declared far down": table_to(1_000_000),
    "a number that is not quite whole": put("Plan!B15", 12.000000000000002),
    "AWS's node table with totals": total("WarmENI"),
    "totals of a mode": total("WarmENI"),
    "AWS's tables turned into areas": lambda raw: raw.without_tables(),
}


@pytest.mark.parametrize("edit", NO_CONCERN)
def test_it_is_no_concern(edit: str) -> None:
    raw = small("aws-sample" if "AWS" in edit else "vpc-cni")
    before = report_of(raw)
    NO_CONCERN[edit](raw)
    report = report_of(raw)
    assert report.findings == []
    assert [each.totals for each in report.sheets] == [each.totals for each in before.sheets]


# --- edits that must be named, all calculated since -----------------------------------------------


def drop_properties(raw: Raw) -> None:
    """As Google Sheets does."""
    relations = raw.parts["_rels/.rels"]
    raw.parts["_rels/.rels"] = re.sub(rb"<Relationship [^>]*custom[^>]*/>", b"", relations)


def add_a_blank(raw: Raw) -> None:
    xml = raw.parts["docProps/custom.xml"].decode()
    xml = re.sub(r'(name="Catalog"><vt:lpwstr>[^<]*)', r"\1 ", xml)
    raw.parts["docProps/custom.xml"] = xml.encode()


def figure(column: str, value: object, name: str = "t3.medium") -> Edit:
    return put(f"InstanceTypes!{column}{types_row(name)}", value)


CALCULATED: dict[str, tuple[Edit, list[tuple[str, str]]]] = {
    "rows inserted at the top": (lambda raw: raw.shift("Plan", 3), []),
    "the settings deleted": (lambda raw: raw.remove("Settings"), [("missing-sheet", "Settings")]),
    "a mode deleted": (lambda raw: raw.remove("WarmIP"), [("missing-mode", "WarmIP")]),
    "the messages deleted": (lambda raw: raw.remove("Tables"), [("missing-mode", "Tables")]),
    "a gap in the table": (row(15, None, None, None), []),
    "a group in the last row": (row(21, *_BELOW), []),
    "every group cleared": (both(*(row(n, None, None, None) for n in range(14, 22))), []),
    "a number as text": (put("Plan!B15", "12"), [("not-a-number", "Plan!B15")]),
    "an unknown type": (put("Plan!A15", "t3.mediun"), [("unknown-type", "Plan!A15")]),
    "a figure": (figure("C", 11.0), [("figure", f"InstanceTypes!C{_T3}")]),
    "a figure that few formulas use": (
        figure("E", 99.0),
        [("figure", f"InstanceTypes!E{_T3}")],
    ),
    "a figure, and properties gone": (
        both(figure("C", 11.0), drop_properties),
        [("figure", f"InstanceTypes!C{_T3}")],
    ),
    "a figure, and a blank behind the catalog's name": (
        both(figure("C", 11.0), add_a_blank),
        [("figure", f"InstanceTypes!C{_T3}")],
    ),
    "a row above named as a type": (
        figure("A", "t3.medium", "m6g.large"),
        [("figure", f"InstanceTypes!C{_M6G}")],
    ),
    "a type that only this workbook has": (
        both(figure("A", "m5.12xIarge", "m6g.large"), put("Plan!A16", "m5.12xIarge")),
        [("own-type", "Plan!A16")],
    ),
}


@pytest.fixture(scope="module")
def calculated() -> dict[str, WorkbookReport]:
    """The reports of all of them, calculated with one start."""
    made = {}
    for name, (change, _) in CALCULATED.items():
        with_types = "figure" in name or "type" in name
        catalog = load_catalog() if with_types else None
        made[name] = Raw(content(plan=PLAN, rows=ROWS, catalog=catalog))
        change(made[name])
    return reports_of(all_calculated(made))


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize("edit", CALCULATED)
def test_it_is_named_once_after_calculating(
    calculated: dict[str, WorkbookReport], edit: str
) -> None:
    assert found(calculated[edit]) == CALCULATED[edit][1]


@pytest.mark.thorough
def test_a_figure_is_named_whatever_depends_on_it() -> None:
    """Calculated or not, and of those that few formulas use, too."""
    raws = {}
    for letter in "BCDEGHI":
        cell = f"{letter}{types_row('t3.medium')}"
        raws[cell] = Raw(content(plan=PLAN, rows=ROWS, catalog=load_catalog()))
        raws[cell].put("InstanceTypes", cell, 99.0, None)
    for cell, report in reports_of(raws).items():
        assert found(report) == [("figure", f"InstanceTypes!{cell}")]


@pytest.mark.thorough
def test_a_header_over_figures_that_is_gone() -> None:
    """There is no table that says it either; a figure of the column cannot be looked up."""
    raw = Raw(content(plan=PLAN, rows=ROWS, catalog=load_catalog()))
    raw.without_tables()
    changed = {}
    for letter in "BCEGHI":  # no formula looks in D, max pods
        changed[letter] = raw.copied()
        changed[letter].put("InstanceTypes", f"{letter}1", "mine", None)
    for letter, report in reports_of(changed).items():
        assert not report.clean, letter


@pytest.mark.parametrize("text", ["ipv6-needs-nitro", "t3.medium"])
def test_a_shared_text_that_is_another_one(text: str) -> None:
    """The sheet that shows it is the same, byte for byte, as one that was read before."""
    raw = Raw(content(plan=PLAN, rows=ROWS, catalog=load_catalog()))
    assert report_of(raw).findings == []
    raw.replace_in("xl/sharedStrings.xml", f"<t>{text}</t>", f"<t>{text}x</t>")
    assert not report_of(raw).clean


@pytest.mark.thorough
def test_a_figure_of_two_node_groups_is_one() -> None:
    raw = Raw(content(plan=PLAN, rows=ROWS, catalog=load_catalog()))
    row(16, "T3.Medium", 1.0, 2.0)(raw)
    cell = f"C{types_row('t3.medium')}"
    raw.put("InstanceTypes", cell, 99.0, None)
    report = report_of(raw)
    assert [each.place for each in report.findings if each.code == "figure"] == [
        f"InstanceTypes!{cell}"
    ]


def test_what_other_types_have_is_not_looked_at() -> None:
    raw = Raw(content(plan=PLAN, rows=ROWS, catalog=load_catalog()))
    raw.put("InstanceTypes", f"B{types_row('x2iezn.metal')}", 99.0, None)
    assert found(report_of(raw)) == []


@pytest.mark.parametrize(("cell", "value"), [("B5", 3.0), ("F5", "All is well"), ("F7", None)])
def test_words_and_sizes_that_formulas_find(cell: str, value: object) -> None:
    raw = small()
    raw.put("Tables", cell, value, None)
    assert found(report_of(raw)) == [("figure", f"Tables!{cell}")]


@needs_ironcalc
def test_what_follows_from_other_words() -> None:
    raw = small()
    at = 2 + list(MESSAGES).index("fits")
    raw.put("Tables", f"F{at}", "is fine", None)
    [calculated] = all_calculated({"": raw}).values()
    report = report_of(calculated)
    assert found(report) == [("figure", f"Tables!F{at}")]
    assert len(report.findings) > 3


@needs_aws_sample
def test_figures_of_the_published_workbook_stand_where_they_are_looked_for() -> None:
    reading = read_workbook(AWS_SAMPLE)
    for plan in reading.plans:
        figures, changed = figures_of(reading, plan, None)
        assert changed == []
        assert (figures["catalog_position"] > 0).all()
    assert "catalog" not in vars(reading)  # the long way was not gone


@pytest.mark.thorough
@needs_aws_sample
@needs_ironcalc
def test_a_figure_of_the_published_workbook() -> None:
    """It has no properties that say where its figures are from."""
    raw = Raw(AWS_SAMPLE)
    first = read_workbook(AWS_SAMPLE).plans[0].groups["instance_type"][0]
    where = read_workbook(AWS_SAMPLE).figure_cell(str(first), "max_enis")
    assert where is not None
    raw.put(where[0], where[1], 15.0)
    [calculated] = all_calculated({"": raw}).values()
    assert found(report_of(calculated)) == [("figure", f"{where[0]}!{where[1]}")]


# --- edits in LibreOffice -------------------------------------------------------------------------

_GROUP = [
    ["put", "Plan", cell, value] for cell, value in (("A20", "m5.large"), ("B20", 2), ("C20", 9))
]
_SWAP = [
    ["cut", "Plan", "B13:B21", "Z13"],
    ["cut", "Plan", "C13:C21", "B13"],
    ["cut", "Plan", "Z13:Z21", "C13"],
]
_FULL = [
    ["put", "Plan", f"{letter}{number}", value]
    for number in (19, 20, 21)
    for letter, value in (("A", "m5.large"), ("B", 2), ("C", 9))
]
_FIRST = [
    ["put", "Plan", cell, value] for cell, value in (("A14", "m5.large"), ("B14", 2), ("C14", 5))
]
LIBREOFFICE: dict[str, tuple[list[list[object]], list[tuple[str, str]]]] = {
    "rows hidden, filtered and inserted, sheets renamed and moved": (
        [
            ["hide_rows", "Plan", 15, 2],
            ["filter_rows", "Plan", "A13:I21", 0, "t3.medium"],
            ["rename_sheet", "Plan", "My plan"],
            ["move_sheet", "WarmIP", 0],
            ["insert_rows", "My plan", 1, 2],
            ["insert_rows", "Settings", 7, 2],
            ["insert_rows", "WarmENI", 9, 1],
        ],
        [("hidden", "My plan!A16")],
    ),
    "a row inserted in the table": (
        [["insert_rows", "Plan", 15, 1]],
        [("missing-formula", "Plan!D15")],
    ),
    "rows deleted from the table, others copied and pasted, a row of all formulas deleted": (
        [
            ["delete_rows", "Plan", 14, 1],
            ["copy", "Plan", "A14:C15", "A18"],
            ["delete_rows", "Groups", 7, 1],
            *(["delete_rows", name, 32, 1] for name in ("WarmENI", "WarmIP", "Prefix", "IPv6")),
        ],
        [],
    ),
    "the first row cut and pasted, rows sorted, a column inserted": (
        [
            ["cut", "Plan", "A14:C14", "A20"],
            ["sort", "Plan", "A14:M21", 0],
            ["insert_columns", "Plan", 3, 1],
        ],
        [],
    ),
    "the last row cut and pasted": ([*_GROUP, ["cut", "Plan", "A20:C20", "A19"]], []),
    "a row cut and pasted below": (
        [["cut", "Plan", "A14:C14", "A30"]],
        [("below-the-table", "Plan!A30")],
    ),
    "a column deleted": (
        [["delete_columns", "Plan", 7, 1]],
        [("missing-optional-column", "Plan!G13")],
    ),
    "an input's row deleted": ([["delete_rows", "Plan", 8, 1]], [("missing-label", "Plan!B8")]),
    "a setting's row deleted": (
        [["delete_rows", "Settings", 7, 1]],
        [("missing-label", "Settings!B7")],
    ),
    "the first column of the plan deleted": (
        [["delete_columns", "Plan", 1, 1]],
        [("missing-label", "Plan!B4")],
    ),
    "a row of inputs and of the comparison deleted": (
        [["delete_rows", "Plan", 5, 1]],
        [("missing-label", "Plan!B5")],
    ),
    "a line break in a header": (
        [["put", "Plan", "C13", "Target Workload\nPods per Node"]],
        [],
    ),
    "the last row of inputs deleted, which moves a header onto a formula": (
        [["delete_rows", "Plan", 12, 1]],
        [("missing-label", "Plan!B12")],
    ),
    "the headers of a mode deleted": (
        [["delete_rows", "WarmENI", 29, 1]],
        [("missing-mode", "WarmENI")],
    ),
    "the first column of a mode deleted": (
        [["delete_columns", "WarmENI", 1, 1]],
        [("missing-result", "WarmENI")],
    ),
    "many rows inserted between words and their cells": (
        [
            ["insert_rows", "Plan", 2, 5],
            ["insert_rows", "Settings", 4, 6],
            ["insert_rows", "WarmENI", 5, 5],
        ],
        [],
    ),
    "all rows of the table deleted": (
        [["delete_rows", "Plan", 14, 8]],
        [("value", "Plan!N6"), ("value", "Groups!A5")],
    ),
    "inputs cut and pasted beside": (
        [["cut", "Plan", "B5:B6", "P20"]],
        [("missing", "Plan!B5"), ("missing", "Plan!B6")],
    ),
    "a result cut and pasted, a row of another mode's table deleted": (
        [["cut", "WarmENI", "B10:B10", "H3"], ["delete_rows", "WarmIP", 32, 1]],
        [("uneven-rows", "WarmIP!Z29"), ("missing-formula", "WarmENI!B10")],
    ),
    "columns exchanged by cut and paste": (_SWAP, [("value", "Groups!B5")]),
    "columns exchanged, and a formula edited": (
        [*_SWAP, ["put", "WarmENI", "B10", "=B5"]],
        [("value", "Groups!B5"), ("formula", "WarmENI!B10")],
    ),
    "settings sorted with their headings": (
        [["sort", "Settings", "A5:G35", 0]],
        [("head", "Settings!A17")],
    ),
    "settings sorted, and a formula that looks at another of them": (
        [
            ["sort", "Settings", "A5:G35", 0],
            ["put", "Settings", "B37", '=IF(IFERROR(B11="node subnets";0);0;1)'],
        ],
        [("head", "Settings!A17"), ("formula", "Settings!B37")],
    ),
    "sizes sorted": ([["sort", "Sizes", "A7:H19", 0, False]], [("head", "Sizes!A19")]),
    "a row inserted in a table that is full": (
        [*_FULL, ["insert_rows", "Plan", 14, 1], *_FIRST],
        [("below-the-table", "Plan!A22")],
    ),
    "a row inserted in a table that is full, and the formulas of another deleted": (
        [
            *_FULL,
            ["insert_rows", "Plan", 14, 1],
            *_FIRST,
            ["clear", "Plan", "D17"],
            ["clear", "Plan", "N17:O17"],
        ],
        [
            ("below-the-table", "Plan!A22"),
            ("missing-formula", "Plan!D14"),
            ("missing-formula", "Plan!D17"),
        ],
    ),
    "cells inserted above a part of the table": (
        [["insert_cells", "Plan", "A8:C8"]],
        [("missing-column", "Plan!A13")],
    ),
    "the settings deleted": ([["delete_sheet", "Settings"]], [("missing-sheet", "Settings")]),
    "the chart deleted": ([["delete_sheet", "Chart"]], []),
    "the plan copied": ([["copy_sheet", "Plan", "Plan 27"]], [("second-plan", "Plan 27")]),
}


@pytest.fixture(scope="module")
def in_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, WorkbookReport]:
    """The reports of all of them, edited with one start."""
    folder = tmp_path_factory.mktemp("edits")
    source = small().save(folder / "source.xlsx")
    names = {name: f"{number}.xlsx" for number, name in enumerate(LIBREOFFICE)}
    jobs = {names[name]: (source, edits) for name, (edits, _) in LIBREOFFICE.items()}
    done = edited_in_libreoffice(folder, jobs)
    return reports_of({name: done[names[name]] for name in LIBREOFFICE})


@pytest.mark.thorough
@needs_uno
@pytest.mark.parametrize("edit", LIBREOFFICE)
def test_an_edit_in_libreoffice(in_libreoffice: dict[str, WorkbookReport], edit: str) -> None:
    report = in_libreoffice[edit]
    assert found(report) == LIBREOFFICE[edit][1]
    if edit == "the first row cut and pasted, rows sorted, a column inserted":
        before = report_of(small())
        assert [each.totals for each in report.sheets] == [each.totals for each in before.sheets]
