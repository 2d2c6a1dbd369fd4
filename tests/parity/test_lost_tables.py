"""Tables that a program lost are one finding, and hide no formula that was edited as well."""

from __future__ import annotations

import io
import re
from functools import cache

import openpyxl
import pytest

from calculator.findings import Finding
from calculator.parity.lost_tables import LostTables
from calculator.report import WorkbookReport
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.cells import CellError
from tests.helpers import PLAN, Raw, content, report_of
from tests.workbook.readings import read, reading_of


def lost_tables(model: str, *header: str) -> Raw:
    """A workbook without its tables, whose formulas name them.

    Parameters
    ----------
    header: of a data sheet, which was typed over before: its sheet, cell, table, and words.
    """
    raw = Raw(content(model, PLAN, 8))
    if header:
        raw.type_over_header(*header)  # type: ignore[call-arg]
    for name, part in raw.parts.items():
        if name.endswith(".rels"):
            kept = re.sub("<Relationship [^>]*/tables/[^>]*/>", "", part.decode())
            raw.parts[name] = kept.encode()
    return raw


def causes(report: WorkbookReport) -> list[tuple[str, str | None]]:
    return [(each.code, each.place) for each in report.of("difference", causes=True)]


@cache
def first(model: str) -> tuple[str, str | None]:
    """What is said of the tables where nothing else was done."""
    [cause] = causes(report_of(lost_tables(model)))
    return cause


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "sheet", "cell", "table", "header"),
    [
        ("vpc-cni", "InstanceTypes", "B1", "InstanceTypes", "max ENIs"),
        ("vpc-cni", "Tables", "G1", "Messages", "words"),
        ("aws-sample", "maxENI", "C1", "Table1", "Type"),
    ],
)
def test_a_header_that_was_typed_over_before_is_another_finding(
    model: str, sheet: str, cell: str, table: str, header: str
) -> None:
    raw = lost_tables(model, sheet, cell, table, header, "Other words")
    assert {*causes(report_of(raw))} == {("head", f"{sheet}!{cell}"), first(model)}
    # As where a program moves no formula along.
    raw = lost_tables(model)
    raw.put(sheet, cell, "Other words")
    assert {*causes(report_of(raw))} == {("head", f"{sheet}!{cell}"), first(model)}


@pytest.mark.parametrize("model", ["vpc-cni", "aws-sample"])
def test_tables_that_were_lost_are_one_finding(model: str) -> None:
    assert first(model)[0] == "formula"


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "place", "done"),
    [
        ("vpc-cni", "WarmENI!N31", "+1"),  # alike above and below
        ("vpc-cni", "Groups!AJ6", "*2"),  # it looks in a data table, too
        ("vpc-cni", "WarmENI!I6", "*2"),
        ("vpc-cni", "Plan!D14", '&"x"'),
        ("vpc-cni", "WarmENI!B8", "+1"),  # it names no table
        ("aws-sample", "WarmENI!L23", "-50"),
        ("aws-sample", "WarmENI!B9", "*0.5"),
        ("aws-sample", "WarmENI!B10", "+100"),  # it stands below two that name one
    ],
)
def test_a_formula_that_was_edited_as_well_is_a_finding(model: str, place: str, done: str) -> None:
    raw = lost_tables(model)
    sheet, _, cell = place.partition("!")
    raw.put(sheet, cell, formula=raw.formulas(sheet)[cell] + done)
    report = report_of(raw)
    assert causes(report) == [first(model), ("formula", place)]
    [edited] = [each for each in report.findings if each.place == place]
    assert f"{done}; ={str(edited.expected).removeprefix('=')} is expected" in edited.message


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "place", "one", "other"),
    [
        ("vpc-cni", "WarmENI!I22", "WarmENI[Pods total]", "WarmIP[Pods total]"),
        ("vpc-cni", "Plan!D15", "WarmENI[Check]", "WarmIP[Check]"),
        ("aws-sample", "WarmENI!B9", "Table3[Pods Total]", "Table3[IPs Total]"),
        ("aws-sample", "WarmENI!J23", "[in use ENIs PI]", "[Max ENIs per Instance (PI)]"),
        ("aws-sample", "WarmENI!D23", "Table1[MaxENI]", "Table1[IPv4addr]"),
    ],
)
def test_so_is_one_that_looks_at_another_column(
    model: str, place: str, one: str, other: str
) -> None:
    raw = lost_tables(model)
    sheet, _, cell = place.partition("!")
    formula = raw.formulas(sheet)[cell]
    raw.put(sheet, cell, formula=formula.replace(one, other))
    assert raw.formulas(sheet)[cell] != formula
    assert causes(report_of(raw)) == [first(model), ("formula", place)]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "cell", "expected"),
    [
        ("WarmENI", "D19", ("missing-result", "WarmENI!I19")),
        ("Settings", "A23", ("missing-label", "Settings!B23")),
        ("Groups", "BD4", ("missing-result", "Groups!BD4")),
    ],
)
def test_words_that_were_lost_as_well_are_a_finding_of_their_own(
    sheet: str, cell: str, expected: tuple[str, str]
) -> None:
    """And the tables are none of theirs: who puts the words back has still lost these."""
    raw = lost_tables("vpc-cni")
    raw.put(sheet, cell, None, None)
    found = [(each.code, each.place) for each in report_of(raw).findings if not each.because_of]
    assert sorted(found) == sorted([first("vpc-cni"), expected])


@pytest.mark.thorough
def test_words_that_were_exchanged_as_well_are_a_finding_of_their_own() -> None:
    raw = lost_tables("vpc-cni")
    for cell, words in (("E4", "Left"), ("G4", "IPs used")):
        raw.put("Plan", cell, words, None)
    found = [(each.code, each.place) for each in report_of(raw).findings if not each.because_of]
    assert sorted(found) == sorted([first("vpc-cni"), ("head", "Plan!G4")])


@pytest.mark.thorough
def test_formulas_that_are_off_by_a_column_as_well_follow_from_that() -> None:
    book = openpyxl.load_workbook(io.BytesIO(content("vpc-cni", PLAN, 6)))
    for sheet in book:
        for table in [*sheet.tables]:
            del sheet.tables[table]
    book["Plan"].insert_cols(2)
    stream = io.BytesIO()
    book.save(stream)
    report = report_of(Raw(stream.getvalue()))
    assert causes(report)[0] == ("moved-columns", "Plan!C1")
    [pods] = [each for each in report.findings if each.place == "Groups!BB5"]
    assert "Plan!$B$12" in str(pods.found)
    assert pods.because_of == "Plan!C1"


def test_where_the_first_formula_was_edited_the_next_tells_of_the_tables() -> None:
    raw = lost_tables("aws-sample")
    (_, place), formulas = first("aws-sample"), raw.formulas("WarmENI")
    sheet, _, cell = str(place).partition("!")
    raw.put(sheet, cell, formula=formulas[cell] + "*2")
    [_, (_, following)] = causes(report_of(raw))
    assert following not in (None, place)


@pytest.mark.thorough
def test_a_table_that_was_renamed_hides_no_formula_that_looks_at_another_column() -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    for name, part in raw.parts.items():
        if name.startswith("xl/tables/"):
            raw.parts[name] = part.replace(b'ame="WarmENI"', b'ame="Mine"')
    [renamed] = causes(report_of(raw))
    formula = raw.formulas("WarmENI")["I22"]
    raw.put("WarmENI", "I22", formula=formula.replace("[Pods total]", "[Active IPs]"))
    assert raw.formulas("WarmENI")["I22"] != formula
    assert causes(report_of(raw)) == [renamed, ("formula", "WarmENI!I22")]


def test_a_sheet_that_was_renamed_hides_no_formula_that_looks_at_another_cell() -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    raw.parts["xl/workbook.xml"] = raw.parts["xl/workbook.xml"].replace(
        b'name="WarmIP"', b'name="Mine"'
    )
    assert causes(report_of(raw)) == [("formula", "Plan!D6")]
    formula = raw.formulas("Plan")["N1"]
    raw.put("Plan", "N1", formula=formula.replace("WarmIP!$B$26", "WarmIP!$B$27", 1))
    assert raw.formulas("Plan")["N1"] != formula
    assert causes(report_of(raw)) == [("formula", "Plan!D6"), ("formula", "Plan!N1")]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "place", "value"),
    [
        ("vpc-cni", "Plan!A2", "WarmENI fits not"),
        ("vpc-cni", "Plan!D14", "all good"),
        ("vpc-cni", "WarmENI!R30", 1.0),
        ("vpc-cni", "WarmENI!I19", 9999.0),  # it names no table
        ("vpc-cni", "WarmENI!R30", None),
        ("aws-sample", "WarmENI!B8", 99.0),
        ("aws-sample", "WarmENI!N23", 99.0),
    ],
)
def test_a_value_that_was_recorded_wrongly_as_well_is_a_finding(
    model: str, place: str, value: float | str | None
) -> None:
    raw = lost_tables(model)
    sheet, _, cell = place.partition("!")
    raw.put(sheet, cell, value)
    assert causes(report_of(raw)) == [first(model), ("value", place)]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "inputs"),
    [
        ("vpc-cni", {"B14": 60.0}),
        ("vpc-cni", {"A17": "m5.large", "B17": 4.0, "C17": 10.0}),
        ("vpc-cni", {"B14": "2"}),
        ("aws-sample", {"B23": 60.0}),
    ],
)
def test_values_from_before_an_input_was_changed_are_said_to_be_so(
    model: str, inputs: dict[str, float | str]
) -> None:
    reports = []
    for raw in (Raw(content(model, PLAN, 8)), lost_tables(model)):
        for cell, value in inputs.items():
            raw.put("Plan" if model == "vpc-cni" else "WarmENI", cell, value)
        reports.append(report_of(raw))
    standing, lost = reports
    assert causes(lost) == [first(model), *causes(standing)]
    stale = [
        {(each.place, each.because_of) for each in report.findings if each.code == "value"}
        for report in reports
    ]
    assert len(stale[0]) > 3
    assert stale[0] == stale[1]


@pytest.mark.thorough
@pytest.mark.parametrize("value", [None, CellError("#NAME?")])
@pytest.mark.parametrize("model", ["vpc-cni", "aws-sample"])
def test_what_could_not_be_calculated_without_them_follows_from_that(
    model: str, value: CellError | None
) -> None:
    raw = lost_tables(model)
    for sheet in raw.sheets:
        for cell, formula in raw.formulas(sheet).items():
            if "[" in formula:
                raw.put(sheet, cell, value)
    assert causes(report_of(raw)) == [first(model)]


@pytest.mark.parametrize("lost", [False, True])
def test_rows_that_moved_with_what_was_recorded_in_them_are_one_finding(lost: bool) -> None:
    raw = lost_tables("vpc-cni") if lost else Raw(content("vpc-cni", PLAN, 8))
    moved = {"N15": 3.0, "N16": 4.0, "N17": 5.0, "N6": 22.0}
    for cell, number in moved.items():
        raw.put("Plan", cell, number)
    raw.put("Groups", "B6", 99.0)
    told = causes(report_of(raw))
    assert told == [*([first("vpc-cni")] if lost else []), ("value", told[-1][1])]


# --- from findings that are typed here ------------------------------------------------------------


@cache
def without_tables() -> WorkbookReading:
    return read(lost_tables("vpc-cni"))


def edited(cell: str, found: str, expected: str = "1", code: str = "formula") -> Finding:
    return Finding(code, "WarmIP", cell, None, f"={found}", "", f"={expected}")


def explained(*findings: Finding) -> set[str | None]:
    book = without_tables()
    return LostTables(book.plans[0], findings, book.geometry).explained


OWN = edited("B30", "WarmIP[[#This Row],[Type]]+1", "$A30+1")


@pytest.mark.parametrize(
    ("found", "expected", "is_so"),
    [
        ("WarmIP[[#This Row],[Pods]]*2", "$C30*2", True),
        ("WarmIP[[#This Row],[Pods]]*2", "$B30*2", False),
        ("WarmIP[[#This Row],[Pods]]*3", "$C30*2", False),
        ("SUM(WarmIP[Pods])", "SUM($C$30:$C$37)", True),
        ("SUM(WarmIP[Pods])", "SUM($C$30:$C$36)", False),
        ("SUM(WarmIP[Pods])", "SUM(B30:B37)", False),
        ("INDEX(InstanceTypes[max ENIs],1)", "INDEX(InstanceTypes!$B$2:$B$37,1)", True),
        ("INDEX(InstanceTypes[max ENIs],2)", "INDEX(InstanceTypes!$B$2:$B$37,1)", False),
        # Of a table that stood nowhere the shape is known.
        ("SUM(Ours[Pods])", "SUM($C$30:$C$37)", True),
        ("MAX(Ours[Pods])", "SUM($C$30:$C$37)", False),
        # What names nothing that is gone was edited.
        ("$C30+1", "$B30+1", False),
        ("Planned!$B$12", "Plan!$B$12", True),
        ("Planned!$B$11", "Plan!$B$12", False),
        ("Prefix!$B$8", "WarmENI!$B$8", False),
    ],
)
def test_what_formulas_mean_as_if_the_tables_stood(
    found: str, expected: str, *, is_so: bool
) -> None:
    formula = edited("C30", found, expected)
    assert ("WarmIP!C30" in explained(OWN, formula)) is is_so
    assert "WarmIP!C30" not in explained(OWN, edited("C30", found, expected, "missing-formula"))


@pytest.mark.parametrize(
    ("code", "found", "is_so"),
    [
        ("formula", "=NA()", True),
        ("formula", "=1+#REF!", True),
        ("formula", "=#NAME?", True),
        ("formula", "=1+1", False),
        ("formula", "=NA()+1", False),
        ("formula", '="NAME?"', False),
        ("formula", "#REF!", False),  # typed
        ("value", "#NAME?", False),
        ("formula", "=SUM(Ours[Pods])", True),
    ],
)
def test_a_formula_that_lost_what_it_referred_to(code: str, found: str, *, is_so: bool) -> None:
    book = reading_of()
    finding = Finding(code, "WarmIP", "C30", None, found, "", "=SUM($C$30:$C$37)")
    lost = LostTables(book.plans[0], [finding], book.geometry)
    assert lost.is_broken(finding) is is_so
