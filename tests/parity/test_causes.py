"""One cause is one finding: what follows from it names it, and stands behind it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from calculator import NodeGroup, Plan, read_workbook
from calculator.catalog import load_catalog
from calculator.findings import SEVERITIES
from calculator.model import get_model
from calculator.model.sheet import Column, Setting
from calculator.report import WorkbookReport
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1
from calculator.xlsx.reference import place as place_of
from tests.helpers import (
    AWS_SAMPLE,
    GROUPS,
    PLAN,
    PLANS,
    Raw,
    all_calculated,
    content,
    found,
    needs_aws_sample,
    needs_ironcalc,
    report_of,
    reports_of,
    scratch,
    thorough,
)

MODEL = get_model("vpc-cni")
PLAN_SHEET, SETTINGS = MODEL.sheets[:2]
#: Every setting does something.
BUSY = Plan(
    subnet_prefix_length=18,
    availability_zones=3,
    pod_eni="yes",
    zone_loss="yes",
    control_plane_enis=2,
    other_ips=8,
    pods_from="custom networking",
    warm_ip_target=2,
    node_groups=[*GROUPS[:2], NodeGroup("m5.large", 3, 5, own_max_pods=20, security_group_pods=2)],
)


def small(plan: Plan = PLAN, model: str = "vpc-cni", rows: int = 8) -> Raw:
    return Raw(content(model, plan, rows))


def causes(report: WorkbookReport) -> list[tuple[str, str | None]]:
    """What is wrong and follows from nothing else; warnings are no matter here."""
    return [(each.code, each.place) for each in report.findings if _is_wrong(each)]


def _is_wrong(finding: object) -> bool:
    return finding.severity != "warning" and not finding.because_of  # type: ignore[attr-defined]


def following(report: WorkbookReport) -> set[str | None]:
    """What the other findings follow from."""
    return {each.because_of for each in report.findings if each.because_of}


def test_causes_come_first_and_the_worst_before_all() -> None:
    raw = small()
    raw.put("Plan", "B15", "three")
    raw.put("Plan", "A18", "m5.lagre")
    raw.put("WarmENI", "B10", formula="B5-B8-1")
    report = report_of(raw)
    follows = [each.because_of is not None for each in report.findings]
    assert follows == sorted(follows)
    order = [SEVERITIES.index(each.severity) for each in report.findings if not each.because_of]
    assert order == sorted(order)
    places = {each.place for each in report.findings if not each.because_of}
    assert following(report) <= places
    assert causes(report) == [
        ("not-a-number", "Plan!B15"),
        ("unknown-type", "Plan!A18"),
        ("formula", "WarmENI!B10"),
    ]


# --- an input was changed, and nothing calculated since -------------------------------------------


def changed(declared: Setting | Column) -> list[float | str]:
    """Other values than the plan's own, good ones and one that cannot be used."""
    options = getattr(declared.input, "options", None)
    if options:
        return [option for option in options if option != getattr(BUSY, declared.name, "Linux")][:1]
    if declared.name == "instance_type":
        return ["m5.24xlarge"]
    good = {"subnet_prefix_length": 17.0, "pod_subnet_prefix_length": 17.0}
    return [good.get(declared.name, 4.0), "4", 1e9]


def _inputs() -> dict[str, tuple[str, Setting | Column]]:
    words = {"name", "owner", "date"}
    placed = {
        f"{sheet.name}!{each.cell}": each
        for sheet in (PLAN_SHEET, SETTINGS)
        for each in sheet.settings
        if each.name not in words
    }
    for number, column in enumerate(PLAN_SHEET.columns, 1):
        if column.formula is None:
            row = PLAN_SHEET.header_row + (3 if column.optional else 2)
            placed[f"Plan!{a1(row, number)}"] = column
    return {f"{each.name} {where}": (where, each) for where, each in placed.items()}


@pytest.fixture(scope="module")
def stale() -> dict[str, WorkbookReport]:
    """The reports of workbooks in which one input was changed."""
    raws = {}
    for which, (where, declared) in _inputs().items():
        for number, value in enumerate(changed(declared)):
            raw = raws[f"{which} {number}"] = small(BUSY, rows=4)
            raw.put(*where.split("!"), value)
    return reports_of(raws)


@pytest.mark.thorough
@pytest.mark.parametrize("which", _inputs())
def test_a_stale_input_is_one_finding(stale: dict[str, WorkbookReport], which: str) -> None:
    where, declared = _inputs()[which]
    for number, value in enumerate(changed(declared)):
        report = stale[f"{which} {number}"]
        assert len(causes(report)) <= 1, (value, causes(report))
        faults = report.of("fault")
        if faults:
            assert [each.place for each in faults] == [where]
            assert following(report) <= {where}


@pytest.mark.parametrize(
    ("sheet", "cell", "value"),
    [
        ("Plan", "B4", 19.0),
        ("Plan", "B15", 13.0),
        ("Plan", "A15", "m5.large"),
        ("Plan", "B5", 3.0),
        ("Settings", "B25", "all"),
    ],
)
def test_what_depends_on_a_stale_input_is_stale(sheet: str, cell: str, value: object) -> None:
    raw = small()
    raw.put(sheet, cell, value)
    report = report_of(raw)
    [(code, place)] = causes(report)
    assert code == "value"
    assert following(report) == {place}
    assert len(report.findings) > 5


@pytest.mark.parametrize("cell", ["N6", "N7", "N8"])
def test_what_looks_for_rows_below_follows_from_no_formula_elsewhere(cell: str) -> None:
    raw = small()
    raw.put("WarmENI", "B10", formula="B5-B8-1")
    raw.put("Plan", cell, 77.0)
    assert set(found(report_of(raw))) == {("formula", "WarmENI!B10"), ("value", f"Plan!{cell}")}


def test_values_of_a_row_below_the_table_follow_from_it() -> None:
    """Table Nodes was shortened: the finding stands at the row's type, values go by its numbers."""
    raw, last = small(), 13 + len(PLAN.node_groups)
    cut(raw, "Plan", last - 1)
    report = report_of(raw)
    assert causes(report) == [("below-the-table", f"Plan!A{last}")]
    assert ("value", f"Groups!B{4 + len(PLAN.node_groups)}") in found(report, causes=False)


def cut(raw: Raw, sheet: str, last_row: int) -> None:
    """End the table of a sheet at another row."""
    [part] = raw.tables(sheet)
    table = raw.parts[part].decode()
    raw.parts[part] = re.sub(r'(ref="A[0-9]+:[A-Z]+)[0-9]+', rf"\g<1>{last_row}", table).encode()


def test_values_do_not_follow_from_sheets_that_are_not_looked_at() -> None:
    raw = small()
    raw.copy("WarmENI", "WarmENI (2)")
    raw.put("WarmIP", "B9", 123.0)
    assert set(found(report_of(raw))) == {
        ("copied-sheet", "WarmENI (2)"),
        ("value", "WarmIP!B9"),
    }


def test_values_do_not_follow_from_a_warning() -> None:
    raw = small()
    raw.put("Plan", "B15", 13.0, "6+7")
    assert found(report_of(raw))[1:] == [("input-formula", "Plan!B15")]
    [stale, _] = found(report_of(raw))
    assert stale[0] == "value"


def test_two_stale_inputs_are_two_findings() -> None:
    raw = small()
    raw.put("Plan", "B15", 13.0)
    raw.put("Plan", "C18", 13.0)
    report = report_of(raw)
    assert len(causes(report)) == 2
    assert {each.code for each in report.findings} == {"value"}


# --- something was changed, and everything calculated since ---------------------------------------


def _calculated() -> dict[str, tuple[Raw, list[tuple[str, str]]]]:
    """Workbooks in which a formula, a constant or a figure was changed before calculating."""
    made: dict[str, tuple[Raw, list[tuple[str, str]]]] = {}

    def change(name: str, raw: Raw, code: str, where: str, **what: object) -> None:
        sheet, cell = where.split("!")
        raw.put(sheet, cell, **what)
        made[name] = raw, [(code, where)]

    change("a total", small(), "formula", "WarmENI!B8", formula="I6+I7+5")
    change("a total of all", small(), "formula", "Prefix!I6", formula="1000000")
    row, columns = 29 + 2, [each.name for each in MODEL.sheet("WarmIP").columns]
    for name in ("max_enis", "active_ips", "instances"):
        cell = a1(row, 1 + columns.index(name))
        change(f"column {name}", small(), "formula", f"WarmIP!{cell}", formula="1+1")
    change("a value typed", small(), "formula", "WarmIP!I18", formula=None, value=3.0)
    change("a value typed in a row", small(), "formula", "WarmIP!L32", formula=None, value=3.0)
    change("a row's number", small(), "formula", "Plan!N15", formula="1+0")
    change("the verdict", small(), "formula", "Plan!A2", formula='"Fits"')
    change("what is to correct", small(), "formula", "Plan!N4", formula="1+1")
    for constant in SETTINGS.constants[::3]:
        where = f"Settings!{constant.cell}"
        change(f"{constant.name}", small(), "constant", where, value=constant.value + 1)
    types = [each.instance_type for each in load_catalog()]
    whole = content(plan=PLAN, rows=8, catalog=load_catalog())
    for column, value in (("B", 5.0), ("C", 11.0)):
        where = f"InstanceTypes!{column}{2 + types.index('t3.medium')}"
        change(f"figure {column}", Raw(whole), "figure", where, value=value)
    return made


@pytest.mark.thorough
@needs_ironcalc
def test_what_was_calculated_from_it_follows_from_it() -> None:
    made = _calculated()
    books = all_calculated({name: raw for name, (raw, _) in made.items()})
    reports, at_work = reports_of(books), 0
    for name, (_, wanted) in made.items():
        report = reports[name]
        assert causes(report) == wanted, name
        assert following(report) <= {wanted[0][1]}, name
        at_work += bool(following(report))
    assert at_work > len(made) / 3


@needs_ironcalc
def test_what_another_engine_gives_follows_from_the_formula() -> None:
    raw = small()
    raw.put("WarmENI", "B10", formula="B5-B8+1")
    report = report_of(raw, recalculate="ironcalc")
    assert causes(report) == [("formula", "WarmENI!B10")]
    assert {(each.code, each.place) for each in report.findings if each.because_of} >= {
        ("recalculated", "WarmENI!B10"),
        ("recalculated", "WarmENI!I10"),
    }
    assert following(report) == {"WarmENI!B10"}


# --- faults, and what is unknown because of them --------------------------------------------------


@pytest.mark.thorough
@needs_ironcalc
def test_a_fault_is_one_finding_before_and_after_calculating() -> None:
    faults: dict[str, tuple[str, str, object]] = {
        "text": ("Plan!B15", "not-a-number", "three"),
        "type": ("Plan!A15", "unknown-type", "m5.lagre"),
        "error": ("Plan!A15", "not-a-type", CellError("#REF!")),
        "error in a count": ("Plan!C15", "not-a-number", CellError("#N/A")),
        "no type": ("Plan!A15", "missing", None),
        "setting": ("Plan!B4", "out-of-range", 29.0),
        "choice": ("Settings!B10", "not-an-option", "maybe"),
        "mode": ("Plan!B6", "not-an-option", "pre-fix"),
        "below": ("Plan!A40", "below-the-table", "m5.large"),
    }
    raws = {}
    for name, (where, _, value) in faults.items():
        raws[name] = small()
        raws[name].put(*where.split("!"), value)
    before = reports_of(raws)
    after = reports_of(all_calculated(raws))
    for name, (where, code, _) in faults.items():
        assert causes(before[name]) == [(code, where)], name
        assert following(before[name]) == {where}, name
        assert found(after[name]) == [(code, where)], name
        assert following(after[name]) == set(), name


# --- what was lost --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "code"),
    [("Settings", "missing-sheet"), *((each.name, "missing-mode") for each in MODEL)],
)
def test_a_deleted_sheet_is_one_finding(sheet: str, code: str) -> None:
    raw = small()
    raw.remove(sheet)
    report = report_of(raw)
    assert found(report) == [(code, sheet)]
    assert following(report) == {sheet}


@pytest.mark.parametrize(
    ("column", "others"),
    [("addresses", "/28 blocks"), ("/28 blocks", "/28 in all")],
)
def test_formulas_that_another_column_was_given_follow_from_the_data_sheet(
    column: str, others: str
) -> None:
    """As LibreOffice gives them, where a column of a data sheet is deleted."""
    raw = small()
    formulas = {each: raw.formulas(each) for each in raw.sheets}
    [table] = [each for each in MODEL.data_tables if each.name == "SubnetSizes"]
    after = table.first_column + table.headers.index(column) + 1
    raw.insert("Tables", before=a1(1, after), columns=-1)
    for sheet in (*(each.name for each in MODEL if each.mode), "Sizes"):
        for cell, formula in formulas[sheet].items():
            if f"SubnetSizes[{column}]" in formula:
                edited = formula.replace(f"[{column}]", f"[{others}]")
                raw.put(sheet, cell, formula=edited)
    report = report_of(raw)
    assert causes(report) == [("missing-mode", "Tables")]
    assert following(report) == {"Tables"}


def test_what_counts_the_rows_of_a_table_follows_from_its_column() -> None:
    """As LibreOffice lets it count those of the next column, where that one is deleted."""
    raw = small()
    formulas = raw.formulas("Plan")
    [last_seen] = [cell for cell, each in formulas.items() if "ROWS(Groups[No.])" in each]
    formula = formulas[last_seen]
    raw.put("Plan", last_seen, formula=formula.replace("Groups[No.]", "Groups[Row of type]"))
    columns = [each.header for each in MODEL.sheet("Groups").columns]
    number, top = 1 + columns.index("No."), MODEL.sheet("Groups").header_row
    for row in range(top, top + 1 + len(raw.formulas("Groups"))):
        raw.put("Groups", a1(row, number), None, None)
    report = report_of(raw)
    assert causes(report) == [("missing-result", "Groups")]
    assert ("formula", f"Plan!{last_seen}") in found(report, causes=False)


def test_formulas_of_a_row_that_was_inserted_into_one_table_follow_from_that() -> None:
    raw = small()
    cut(raw, "WarmIP", MODEL.sheet("WarmIP").header_row + 9)
    report = report_of(raw)
    assert [code for code, _ in causes(report)] == ["uneven-rows"]
    assert "missing-formula" in {code for code, _ in found(report, causes=False)}


def test_values_of_a_table_that_was_cut_follow_from_that() -> None:
    raw = small()
    cut(raw, "WarmIP", MODEL.sheet("WarmIP").header_row + 2)
    report = report_of(raw)
    assert {code for code, _ in causes(report)} == {"uneven-rows"}
    # What the others have no rows for stands in the table.
    assert "below-the-table" in {code for code, _ in found(report, causes=False)}


@pytest.mark.parametrize("sheet", ["Chart", "About"])
def test_a_sheet_that_computes_nothing_may_go(sheet: str) -> None:
    raw = small()
    raw.remove(sheet)
    assert report_of(raw).findings == []


def test_everything_lost_with_a_column_is_one_finding() -> None:
    """Column E of sheet Plan: Owner, IPs used, Operating system."""
    raw = small()
    for cell in ("E1", "E4", "E13"):
        raw.put("Plan", cell, None)
    report = report_of(raw)
    assert found(report)[0] == ("missing-optional-column", "Plan!E13")
    assert {code for code, _ in found(report, causes=False)} >= {
        "missing-result",
        "missing-setting",
        "missing-optional-column",
    }
    assert following(report) == {"Plan!E13"}


def test_two_labels_lost_in_one_column_are_two_findings() -> None:
    raw = small()
    raw.put("WarmENI", "A8", None)
    raw.put("WarmENI", "A10", None)
    assert [code for code, _ in causes(report_of(raw))] == ["missing-result"] * 2


def test_labels_lost_side_by_side_are_one_finding() -> None:
    raw = small()
    for column in "DEFG":
        raw.put("Plan", f"{column}4", None)
    raw.put("Plan", "I4", None)
    assert [place for _, place in causes(report_of(raw))] == ["Plan!D5", "Plan!I5"]


def test_what_was_done_to_neighbours_at_once_is_one_finding() -> None:
    layout, columns = MODEL.sheet("WarmENI"), [each.name for each in MODEL.sheet("WarmENI").columns]
    at = 1 + columns.index("ips_per_node")
    # values pasted over a column; a formula filled down; a row cleared
    typed, filled, cleared, both = small(), small(), small(), small()
    for row in range(layout.header_row + 1, layout.header_row + 9):
        typed.put("WarmENI", a1(row, at), 30.0, None)
        filled.put("WarmENI", a1(row, at), formula="1+1")
    for number, column in enumerate(layout.columns, 1):
        if column.formula is not None:
            cleared.put("WarmENI", a1(layout.header_row + 2, number), None, None)
    first = a1(layout.header_row + 1, at)
    assert causes(report_of(typed)) == [("formula", f"WarmENI!{first}")]
    assert causes(report_of(filled)) == [("formula", f"WarmENI!{first}")]
    report = report_of(cleared)
    assert causes(report) == [("missing-formula", f"WarmENI!A{layout.header_row + 2}")]
    # what lies apart was done apart; of values pasted over formulas, nothing is an empty cell
    both.put("WarmENI", a1(layout.header_row + 1, at), 30.0, None)
    both.put("WarmENI", a1(layout.header_row + 2, at), None, None)
    both.put("WarmENI", a1(layout.header_row + 4, at), None, None)
    both.put("WarmENI", "B9", None, None)
    both.put("WarmENI", "B10", None, None)
    assert causes(report_of(both)) == [
        ("missing-formula", "WarmENI!B9"),
        ("formula", f"WarmENI!{a1(layout.header_row + 1, at)}"),
        ("missing-formula", f"WarmENI!{a1(layout.header_row + 4, at)}"),
    ]


def test_formulas_edited_side_by_side_are_two_findings() -> None:
    """A formula that is filled down is the same in a column, and another in the next."""
    raw = small()
    raw.put("Groups", "S5", formula="1+1")
    raw.put("Groups", "T5", formula="2+2")
    assert causes(report_of(raw)) == [("formula", "Groups!S5"), ("formula", "Groups!T5")]


def test_formulas_below_each_other_that_do_not_do_the_same_are_two_findings() -> None:
    raw = small()
    other = raw.formulas("Groups")["AJ5"].replace("[max ENIs]", "[IPs per ENI]")
    raw.put("Groups", "AJ5", formula=other)
    raw.put("Groups", "AJ6", formula="8*0")
    assert causes(report_of(raw)) == [("formula", "Groups!AJ5"), ("formula", "Groups!AJ6")]
    # Three and more were pasted.
    raw.put("Groups", "AJ7", formula="3-2")
    raw.put("Groups", "AJ8", formula="4+2*3")
    assert causes(report_of(raw)) == [("formula", "Groups!AJ5"), ("formula", "Groups!AJ6")]


@pytest.mark.parametrize(("cell", "formula"), [("G6", "Prefix!$I$19+500"), ("S6", '"fits"')])
def test_a_formula_that_was_edited_among_those_that_moved_is_a_finding_of_its_own(
    cell: str, formula: str
) -> None:
    raw = small()
    raw.insert("Plan", before="A6", rows=-1)
    alone = causes(report_of(raw))
    assert alone == [("missing-label", "Plan!B5")]
    raw.put("Plan", cell, formula=formula)
    assert causes(report_of(raw)) == [*alone, ("formula", f"Plan!{cell}")]


def test_a_formula_that_lost_what_was_cleared_follows_from_that() -> None:
    """And not from the first one that lost something else."""
    raw = small()
    raw.put("Plan", "N10", formula="#REF!+1")
    raw.put("WarmENI", "B8", None, None)
    raw.put("WarmENI", "B10", formula="#REF!-1")
    report = report_of(raw)
    assert causes(report) == [("formula", "Plan!N10"), ("missing-formula", "WarmENI!B8")]
    [lost] = [each for each in report.findings if each.place == "WarmENI!B10"]
    assert lost.because_of == "WarmENI!B8"


#: Labels of inputs, each typed over, with formulas of its sheet and of others.
WORDS_LOST = [
    ("vpc-cni", "Plan", "A5", [("Plan", "G5", "WarmIP!$I$19"), ("WarmIP", "B10", "B5-#REF!")]),
    ("vpc-cni", "Plan", "A5", [("Plan", "G5", None), ("Plan", "N7", "N6")]),
    ("vpc-cni", "Settings", "A10", [("Settings", "B47", None)]),
    ("aws-sample", "WarmENI", "A15", [("WarmENI", "B8", "SUM(Table3[Pods Total])")]),
    ("aws-sample", "WarmENI", "A13", [("WarmENI", "B10", None), ("WarmENI", "B9", "B5-B8")]),
]


@pytest.mark.parametrize(("model", "sheet", "label", "edits"), WORDS_LOST)
def test_words_that_were_typed_over_explain_no_formula(
    model: str, sheet: str, label: str, edits: list[tuple[str, str, str | None]]
) -> None:
    raw = Raw(content(model, PLAN, 8))
    raw.put(sheet, label, "something")
    [lost] = causes(report_of(raw))
    assert lost == ("missing-label", f"{sheet}!B{label[1:]}")
    for each, cell, formula in edits:
        raw.put(each, cell, None, formula)
    named = {place for _, place in causes(report_of(raw))}
    assert named == {lost[1], *(f"{each}!{cell}" for each, cell, _ in edits)}


def test_a_setting_pasted_over_another_is_one_finding() -> None:
    raw = small()
    check = raw.formulas("Settings")["C24"]
    raw.put("Settings", "A26", "Loss of a zone")
    raw.put("Settings", "C26", "", check.replace("B24", "B26"))
    assert causes(report_of(raw)) == [("missing-label", "Settings!B26")]
    raw.put("Settings", "C26", "", "0")
    assert ("formula", "Settings!C26") in causes(report_of(raw))


def test_an_alarm_that_was_switched_off_does_not_follow_from_what_it_should_tell() -> None:
    raw = small()
    row = 14 + 8
    for column, value in zip("ABC", ("m5.large", 2.0, 9.0), strict=True):
        raw.put("Plan", f"{column}{row}", value)
    below = ("below-the-table", f"Plan!A{row}")
    assert causes(report_of(raw)) == [below]
    raw.put("Plan", "N7", 22.0, "N6")
    assert causes(report_of(raw)) == [below, ("formula", "Plan!N7")]


def test_other_words_that_were_typed_over_are_another_finding() -> None:
    raw = small()
    raw.put("Plan", "A5", "zones")
    raw.put("Plan", "K6", "something")
    lost = [("missing-label", "Plan!B5"), ("missing-result", "Plan!N6")]
    assert causes(report_of(raw)) == lost


def test_0_recorded_for_errors_is_one_finding() -> None:
    """As where LibreOffice saved as .ods and back."""
    raw = small(Plan(pods_from="custom networking", node_groups=[NodeGroup("m5.large", 2, 9)]))
    cells = read_workbook("a.xlsx", raw.save(scratch() / "a.xlsx").read_bytes())
    errors = [
        (sheet.name, a1(*at))
        for sheet in cells.plans[0].sheets.values()
        for at, cell in sheet.cells.items()
        if isinstance(cell.value, CellError) and cell.formula
    ]
    assert len(errors) > 5
    for sheet, cell in errors:
        raw.put(sheet, cell, 0.0)
    assert [code for code, _ in causes(report_of(raw))] == ["value"]


def test_texts_recorded_for_errors_are_one_finding() -> None:
    raw = small(Plan(pods_from="custom networking", node_groups=[NodeGroup("m5.large", 2, 9)]))
    cells = read_workbook("a.xlsx", raw.save(scratch() / "a.xlsx").read_bytes())
    errors = [
        (sheet.name, a1(*at), str(cell.value))
        for sheet in cells.plans[0].sheets.values()
        for at, cell in sheet.cells.items()
        if isinstance(cell.value, CellError) and cell.formula
    ]
    assert len(errors) > 5
    for sheet, cell, text in errors:
        raw.put(sheet, cell, text)
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert (cause.code, cause.message) == ("value", "recorded #N/A, a text, but #N/A is the result")


def test_formulas_lost_with_a_save_as_xls_are_one_finding() -> None:
    raw = small()
    for sheet, cell in (("Plan", "A2"), ("Groups", "C5"), ("WarmIP", "B8"), ("Sizes", "B5")):
        raw.put(sheet, cell, CellError("#N/A"), "NA()")
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert cause.place == "Plan!A2"
    assert cause.message.startswith("the formula was lost, as with a save as .xls: found =NA(); ")


def test_what_was_done_to_several_cells_at_once_is_counted() -> None:
    """So that a baseline does not take the second edit for the first."""
    raw = small()
    for cell in ("B30", "C30", "D30"):
        raw.put("WarmENI", cell, 7.0, None)
        [cause] = [each for each in report_of(raw).findings if not each.because_of]
        cells = "BCD".index(cell[0]) + 1
        assert (cause.place, cause.cells) == ("WarmENI!B30", cells)
        words = "" if cells == 1 else f"; {cells - 1} more cell{'s were' if cells > 2 else ' was'}"
        said = cause.message.partition(" is expected, and comes to 2")[2]
        said, _, wrong = said.partition("; C30 holds 7 where 100 is the result")
        assert said == f"{words} changed with it" * bool(words)
        assert wrong == ", and 1 more is wrong" * (cell == "D30")


@pytest.mark.thorough
@pytest.mark.parametrize("sheet", ["Plan", "Sizes", "WarmENI", "Groups"])
def test_values_pasted_over_a_sheet_are_one_finding(sheet: str) -> None:
    """Whatever of them showed nothing, and wherever they stand."""
    raw = small()
    formulas = raw.formulas(sheet)
    for cell in formulas:
        raw.put(sheet, cell, formula=None)
    [(_, at)] = causes(report_of(raw))
    assert at == f"{sheet}!{min(formulas, key=place_of)}"
    # So it is with one formula left between, or restored; with several, nobody pasted over all.
    in_order = [*formulas.items()]
    for number in (2, 3):
        cell, formula = in_order[len(formulas) // number]
        raw.put(sheet, cell, formula=formula)
        assert len(causes(report_of(raw))) == 1
        if len(formulas) < 100:
            break
    for cell, formula in in_order[len(formulas) // 4 : len(formulas) // 2]:
        raw.put(sheet, cell, formula=formula)
    assert len(causes(report_of(raw))) > 1


@pytest.mark.parametrize("left", ["I19", "B8", "X5", "R30"])
def test_what_is_done_to_a_pasted_sheet_with_a_formula_left_is_told(left: str) -> None:
    """No column of it is taken to be deleted, and each cell is compared."""
    raw = small()
    formulas = raw.formulas("WarmENI")
    for cell in formulas.keys() - {left}:
        raw.put("WarmENI", cell, formula=None)
    raw.put("WarmENI", "Q17", 9999.0, None)
    raw.put("WarmENI", "X6", 3.0, None)
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert (cause.code, cause.place, cause.cells) == ("formula", "WarmENI!B2", len(formulas) - 1)
    assert "; X6 holds 3 where " in cause.message
    assert cause.message.endswith(", and 1 more is wrong")
    assert "9999" in cause.called
    assert len(cause.holds.split("\n")) == 2
    raw.put("WarmENI", left, formula=f"{formulas[left]}+1")  # the one that was left, edited
    edited = [each for each in report_of(raw).findings if not each.because_of]
    assert f"WarmENI!{left}" in [each.place for each in edited]
    assert len(edited) == 2


# --- AWS's sample ---------------------------------------------------------------------------------


@needs_aws_sample
def test_a_row_below_the_published_table_is_one_finding() -> None:
    """Its formulas came along, as in a program that does not grow tables; the totals did not."""
    raw = Raw(AWS_SAMPLE)
    before = report_of(raw)
    last = before.sheets[0].node_groups[-1]["row"]
    formulas = raw.formulas("WarmENI")
    for cell, value in ((f"A{last + 1}", "m5.large"), (f"B{last + 1}", 4.0), (f"C{last + 1}", 9.0)):
        raw.put("WarmENI", cell, value)
    for column in "DEFGHIJKLMNO":
        raw.put("WarmENI", f"{column}{last + 1}", None, formulas[f"{column}{last}"])
    report = report_of(raw)
    assert causes(report)[0] == ("outside-the-table", f"WarmENI!A{last + 1}")
    totals = {f"WarmENI!B{row}" for row in (8, 9, 10)}
    follow = {each.place: each.because_of for each in report.findings if each.because_of}
    assert {place: follow.get(place) for place in totals} == dict.fromkeys(
        totals, f"WarmENI!A{last + 1}"
    )


def test_a_row_below_the_table_of_aws_sample_is_one_finding() -> None:
    raw = small(PLANS["aws-sample"], "aws-sample")
    for cell, value in (("A31", "m5.large"), ("B31", 4.0), ("C31", 9.0)):
        raw.put("WarmENI", cell, value)
    formulas = raw.formulas("WarmENI")
    for letter in "DEFGHIJKLMNO":  # which came along
        raw.put("WarmENI", f"{letter}31", formula=formulas[f"{letter}23"])
    report = report_of(raw)
    assert "formula" not in {each.code for each in report.findings}
    assert ("outside-the-table", "WarmENI!A31") in causes(report)
    assert {each.place for each in report.findings if each.code == "value"} >= {
        "WarmENI!B8",
        "WarmENI!B10",
    }
    assert following(report) == {"WarmENI!A31"}


def test_totals_that_reach_a_row_below_the_table_of_aws_sample_are_right() -> None:
    """As of somebody who added the row, but not to the table."""
    raw = small(PLANS["aws-sample"], "aws-sample")
    for cell, value in (("A31", "m5.large"), ("B31", 4.0), ("C31", 9.0)):
        raw.put("WarmENI", cell, value)
    for last, edited in ((31, []), (29, ["WarmENI!B8", "WarmENI!B9"])):
        raw.put("WarmENI", "B8", formula=f"SUM(N23:N{last})")
        raw.put("WarmENI", "B9", formula=f"SUM($O$23:$O${last})")
        report = report_of(raw)
        assert [each.place for each in report.findings if each.code == "formula"] == edited


def test_what_both_sheets_of_aws_sample_lost_is_one_finding() -> None:
    raw = small(model="aws-sample")
    for name in [each for each in raw.parts if each.startswith("xl/worksheets/_rels/")]:
        del raw.parts[name]
    report = report_of(raw)
    assert found(report) == [("formula", "WarmENI!B5")]
    assert {each.sheet for each in report.findings} == {"WarmENI", "WarmIP"}


def test_a_copy_that_computes_with_the_table_of_the_first_is_one_finding() -> None:
    """As LibreOffice copies a sheet."""
    raw = small(model="aws-sample")
    raw.copy("WarmENI", "WarmENI_2")
    first, second = (_table_of(raw, sheet) for sheet in ("WarmENI", "WarmENI_2"))
    edited = {
        cell: formula.replace(f"{second}[", f"{first}[").replace("WARM_ENI_TARGET", "$B$13")
        for cell, formula in raw.formulas("WarmENI_2").items()
        if f"{second}[" in formula
    }
    for cell, formula in edited.items():
        raw.put("WarmENI_2", cell, formula=formula)
    report = report_of(raw)
    assert causes(report) == [("formula", "WarmENI_2")]
    assert following(report) == {"WarmENI_2"}
    assert report.of("difference", causes=True)[0].message == (
        f"{len(edited)} formulas of the sheet refer to table {first} of sheet WarmENI and not to "
        f"{second}, its own: it was copied by a program that leaves them with the table of the "
        "other"
    )


@pytest.mark.parametrize("sheet", ["WarmENI", "WarmIP"])
def test_so_is_a_copy_without_a_table(sheet: str) -> None:
    """As openpyxl copies a sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content("aws-sample", rows=3)))
    book.copy_worksheet(book[sheet])
    stream = io.BytesIO()
    book.save(stream)
    report = report_of(Raw(stream.getvalue()))
    assert [each.place for each in report.of("difference", causes=True)] == [f"{sheet} Copy"]
    [cause] = report.of("difference", causes=True)
    assert f"of sheet {sheet} and not to its own cells" in cause.message


def _exchange_tables(raw: Raw) -> None:
    for sheet, other in (("WarmENI", "WarmIP"), ("WarmIP", "WarmENI")):
        [part] = raw.tables(sheet)
        raw.replace_in(part, f'displayName="{sheet}"', f'displayName="{other}"')


def test_tables_whose_names_were_exchanged_are_one_finding() -> None:
    raw = small()
    _exchange_tables(raw)
    report = report_of(raw)
    assert causes(report) == [("name", "WarmENI")]
    assert following(report) == {"WarmENI"}
    assert report.of("difference", causes=True)[0].message == (
        "tables are called as others: that of sheet WarmENI is WarmIP, that of sheet WarmIP is "
        "WarmENI; formulas that name one look in another"
    )


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (
            {"WarmENI": ("Table3", "Table36"), "WarmIP": ("Table36", "Table3")},
            "that of sheet WarmENI is Table36, that of sheet WarmIP is Table3",
        ),
        (
            {"maxENI": ("Table1", "Table2"), "maxPods": ("Table2", "Table1")},
            "that of sheet maxPods is Table1, that of sheet maxENI is Table2",
        ),
    ],
)
def test_so_are_those_that_plans_apart_look_in(
    tables: dict[str, tuple[str, str]], said: str
) -> None:
    raw = Raw(content("aws-sample", rows=3))
    for sheet, (name, other) in tables.items():
        [part] = raw.tables(sheet)
        raw.replace_in(part, f'displayName="{name}"', f'displayName="{other}"')
    [cause] = report_of(raw).of("difference", causes=True)
    assert cause.code == "name"
    assert cause.message == (
        f"tables are called as others: {said}; formulas that name one look in another"
    )


def test_tables_that_were_renamed_with_their_formulas_are_right() -> None:
    raw = small()
    _exchange_tables(raw)
    names = {"WarmENI[": "WarmIP[", "WarmIP[": "WarmENI["}
    tables = [part for part in raw.parts if part.startswith("xl/tables/")]
    for part in (*raw.sheets.values(), *tables):
        text = raw.parts[part].decode()
        new = re.sub(r"\bWarm(?:ENI|IP)\[", lambda one: names[one[0]], text)
        raw.parts[part] = new.encode()
    assert causes(report_of(raw)) == []


def _table_of(raw: Raw, sheet: str) -> str:
    [part] = raw.tables(sheet)
    return re.findall(' displayName="([^"]+)"', raw.parts[part].decode())[0]


def test_a_function_that_the_program_lacked_is_one_finding() -> None:
    raw = small(model="aws-sample")
    for sheet in ("WarmENI", "WarmIP"):
        raw.put(sheet, "B5", CellError("#NAME?"))
        raw.put(sheet, "D23", CellError("#NAME?"))
    report = report_of(raw)
    assert found(report) == [("value", "WarmENI!B5")]
    assert following(report) == {"WarmENI!B5"}
    [cause] = report.of("difference", causes=True)
    assert "what calculated it does not know XLOOKUP: save it with" in cause.message


def test_numbers_rounded_as_they_are_shown_are_one_finding(tmp_path: Path) -> None:
    """As LibreOffice calculates where precision is as shown, which it does not save."""
    raw, shares = small(), 0
    for name, sheet in read_workbook(raw.save(tmp_path / "plan.xlsx")).plans[0].sheets.items():
        for place, (value, formula) in sheet.cells.items():
            if formula and isinstance(value, float) and value != round(value, 2):
                raw.put(name, a1(*place), round(value, 2))
                shares += 1
    report = report_of(raw)
    assert shares == len(report.of("difference")) > 3
    [cause] = report.of("difference", causes=True)
    assert cause.message.endswith(
        "(rounded as it is shown: turn that off in the program, and calculate anew)"
    )


def test_rows_that_others_made_errors_of_are_one_finding() -> None:
    """As Gnumeric does with the rows of AWS's sample that are not filled in."""
    raw = small(model="aws-sample")
    spare = range(23 + len(PLAN.node_groups), 31)
    for row in spare:
        for column in "DEFGHIJKLM":
            if f"{column}{row}" in raw.formulas("WarmENI"):
                raw.put("WarmENI", f"{column}{row}", CellError("#N/A"), "NA()")
    report = report_of(raw)
    assert len([each for each in report.findings if each.code == "empty-row"]) == len(spare) > 1
    faults = [each for each in report.findings if each.severity == "fault" and not each.because_of]
    assert [(each.code, each.place) for each in faults] == [("empty-row", f"WarmENI!A{spare[0]}")]


@pytest.mark.parametrize(
    ("sheet", "rows", "code"),
    [
        ("Plan", range(4, 13), "missing-label"),
        ("Settings", range(23, 30), "missing-label"),
        ("Sizes", range(7, 20), "missing-result"),
    ],
)
def test_labels_cleared_one_below_the_other_are_one_finding(
    sheet: str, rows: range, code: str
) -> None:
    raw = Raw(content())
    for row in rows:
        raw.put(sheet, f"A{row}", None, None)
    [found] = [each for each in report_of(raw).findings if not each.because_of]
    assert (found.code, found.cell) == (code, f"B{rows[0]}")


def test_what_follows_from_a_lost_data_sheet() -> None:
    raw = Raw(content())
    raw.insert("InstanceTypes", before="D1", columns=-1)
    [found] = [each for each in report_of(raw).findings if not each.because_of]
    assert (found.code, found.sheet) == ("missing-mode", "InstanceTypes")


@pytest.mark.parametrize(
    ("sheet", "before", "number", "words"),
    [
        ("WarmIP", "J1", 2, "columns H and I were deleted, and with them what belongs to "),
        thorough("Sizes", "E1", 2, "columns C and D were deleted, and with them"),
        thorough("WarmENI", "K1", 3, "columns H to J were deleted, and with them"),
    ],
)
def test_columns_that_were_deleted_side_by_side_are_one_finding(
    sheet: str, before: str, number: int, words: str
) -> None:
    raw = small()
    raw.insert(sheet, before=before, columns=-number)
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert (cause.code, cause.place) == ("missing-result", sheet)
    assert cause.message.startswith(words)


def test_optional_columns_that_were_deleted_side_by_side_are_one_finding() -> None:
    raw = small()
    raw.insert("Plan", before="M1", columns=-2)
    assert causes(report_of(raw)) == [("missing-optional-column", "Plan!K13")]


def test_rows_that_were_deleted_from_a_data_sheet_are_one_finding() -> None:
    raw = small()
    raw.insert("Tables", before="A6", rows=-3)
    report = report_of(raw)
    [cause] = [each for each in report.findings if each.code == "figure" and not each.because_of]
    assert cause.place == "Tables!A3"
    more = sum(each.because_of == cause.place and each.code == "figure" for each in report.findings)
    assert f"{more} more cells were changed with it" in cause.message


@pytest.mark.parametrize(("cells", "number"), [("EFGH", 1), ("EF", 2), ("EFH", 3)])
def test_formulas_that_were_pasted_over_a_block_are_one_finding(cells: str, number: int) -> None:
    raw = small()
    formulas = raw.formulas("Plan")
    for letter in cells:
        raw.put("Plan", f"{letter}6", formula=formulas[f"{letter}5"])
    edited = [each for each in causes(report_of(raw)) if each[0] == "formula"]
    assert edited == [("formula", f"Plan!{each}6") for each in cells[:number]]


@pytest.mark.parametrize(
    ("sheet", "before", "rows", "cause"),
    [
        ("Plan", "A11", 4, ("missing-label", "Plan!B7")),
        ("WarmIP", "A10", 6, ("missing-result", "WarmIP!B4")),
    ],
)
def test_rows_that_were_deleted_side_by_side_are_one_finding(
    sheet: str, before: str, rows: int, cause: tuple[str, str]
) -> None:
    raw = small()
    raw.insert(sheet, before=before, rows=-rows)
    assert causes(report_of(raw)) == [cause]


def test_an_edited_formula_is_no_consequence_of_what_is_lost_beside_it() -> None:
    raw = small()
    raw.put("Plan", "A5", "AZs")
    edited = raw.formulas("WarmIP")["I7"] + "-100"
    raw.put("WarmIP", "I7", formula=edited)
    assert causes(report_of(raw)) == [("missing-label", "Plan!B5"), ("formula", "WarmIP!I7")]
    raw = Raw(content("aws-sample"))
    raw.put("WarmIP", "G22", "Max")
    raw.put("WarmIP", "B8", formula="SUM(Table36[IPs Total])/2")
    assert causes(report_of(raw)) == [("missing-result", "WarmIP!G22"), ("formula", "WarmIP!B8")]


def test_the_check_of_an_input_is_looked_at_without_its_label() -> None:
    raw = small()
    raw.put("Plan", "A5", "AZs")
    raw.put("Plan", "C5", "", 'IF(B5="","","")')
    assert causes(report_of(raw)) == [("missing-label", "Plan!B5"), ("formula", "Plan!C5")]


def test_formulas_that_look_at_the_same_other_rows_are_one_finding() -> None:
    """As where cells of a few columns were inserted, and their areas reach one row further."""
    raw = Raw(content(rows=6))
    formulas = raw.formulas("Plan")
    last = max(map(int, re.findall(r"\$C\$([0-9]+)", formulas["N7"])))

    def reach(cell: str, row: int) -> None:
        formula = re.sub(rf"(\$[AC]\$){last}", rf"\g<1>{row}", formulas[cell])
        raw.put("Plan", cell, formula=formula)

    reach("N7", last + 1)
    reach("N8", last + 1)
    [cause] = report_of(raw).of("difference", causes=True)
    assert (cause.place, cause.cells) == ("Plan!N7", 2)
    reach("N8", last + 2)  # another row is another finding
    assert len(report_of(raw).of("difference", causes=True)) == 2


@pytest.mark.parametrize("pasted", [False, True])
def test_a_cell_that_holds_the_result_makes_no_other_wrong(pasted: bool) -> None:
    raw = small()
    formula = raw.formulas("WarmENI")["R30"]
    raw.put("WarmENI", "R30", formula=None if pasted else f"{formula}+0")
    [edited] = causes(report_of(raw))
    raw.put("WarmENI", "W30", 1.0)
    assert causes(report_of(raw)) == [edited, ("value", "WarmENI!W30")]


def test_a_formula_that_gives_another_value_makes_others_wrong() -> None:
    raw = small()
    formula = raw.formulas("WarmENI")["R30"]
    raw.put("WarmENI", "R30", 1.0, formula=f"{formula}*0+1")
    raw.put("WarmENI", "W30", 1.0)
    report = report_of(raw)
    assert causes(report) == [("formula", "WarmENI!R30")]
    [follows] = [each for each in report.findings if each.code == "value"]
    assert (follows.place, follows.because_of) == ("WarmENI!W30", "WarmENI!R30")


def test_the_total_of_a_column_follows_from_what_is_wrong_in_it() -> None:
    raw = small()
    formula = raw.formulas("WarmENI")["R30"]
    raw.put("WarmENI", "R30", formula=f"{formula}+0")
    raw.put("WarmENI", "R31", 1.0)
    raw.put("WarmENI", "I6", 1.0)
    report = report_of(raw)
    assert {*causes(report)} == {("formula", "WarmENI!R30"), ("value", "WarmENI!R31")}
    [total] = [each for each in report.findings if each.place == "WarmENI!I6"]
    assert total.because_of == "WarmENI!R31"


def test_values_that_were_pasted_explain_no_other() -> None:
    raw = small()
    for cell in raw.formulas("WarmENI"):
        raw.put("WarmENI", cell, formula=None)
    [pasted] = causes(report_of(raw))
    raw.put("Plan", "G5", 9999.0)
    assert {*causes(report_of(raw))} == {pasted, ("value", "Plan!G5")}
    raw = small()
    raw.put("WarmENI", "I19", 9999.0, formula=None)
    raw.put("Plan", "G5", 9999.0)
    assert causes(report_of(raw)) == [("formula", "WarmENI!I19")]


# --- words alone were lost ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "edit", "code"),
    [
        (("Settings", "A60"), ("Settings", "B60", {"value": 30.0}), "constant"),
        (("WarmENI", "D18"), ("WarmENI", "I18", {"value": 5.0}), "value"),
        (("WarmENI", "D18"), ("WarmENI", "I18", {"formula": "B5-I6"}), "formula"),
        (("WarmENI", "D16"), ("WarmENI", "I13", {"formula": "X7-X5"}), "formula"),
        (("WarmENI", "N29"), ("Plan", "E5", {"formula": "WarmENI!$B$9"}), "formula"),
    ],
)
def test_nothing_follows_from_words_that_were_typed_over(
    words: tuple[str, str], edit: tuple[str, str, dict[str, Any]], code: str
) -> None:
    """What belongs there is known without them."""
    raw = small()
    raw.put(*words, "mine", None)
    [lost] = causes(report_of(raw))
    sheet, cell, what = edit
    raw.put(sheet, cell, **what)
    assert {*causes(report_of(raw))} == {lost, (code, f"{sheet}!{cell}")}


def test_a_row_that_was_emptied_follows_from_no_label() -> None:
    raw = small(model="aws-sample")
    raw.put("WarmENI", "A14", "Hosts")
    for column in "DEFGHIJKLMNO":
        raw.put("WarmENI", f"{column}24", None, None)
    assert ("missing-formula", "WarmENI!D24") in causes(report_of(raw))


def test_of_a_name_that_hides_a_table_errors_follow_alone() -> None:
    raw = small()
    name = '<definedName name="WarmENI">Settings!$B$5</definedName></definedNames>'
    raw.replace_in("xl/workbook.xml", "</definedNames>", name)
    assert causes(report_of(raw)) == [("name", "WarmENI")]
    raw.put("WarmENI", "I6", 12.0)
    raw.put("Plan", "G5", formula="WarmENI!$I$18")
    expected = {("name", "WarmENI"), ("value", "WarmENI!I6"), ("formula", "Plan!G5")}
    assert {*causes(report_of(raw))} == expected


@pytest.mark.parametrize("sheet", ["WarmENI", "Prefix"])
def test_a_column_of_labels_that_was_deleted_is_one_finding(sheet: str) -> None:
    raw = small()
    raw.insert(sheet, before="T1", columns=-1)
    assert causes(report_of(raw)) == [("missing-result", f"{sheet}!X5")]


@pytest.mark.parametrize(
    ("model", "header", "edit"),
    [
        ("vpc-cni", ("Plan", "B13"), ("Plan", "D10", "N5")),
        ("aws-sample", ("WarmENI", "C22"), ("WarmENI", "B10", "B6-B8")),
    ],
)
def test_a_header_of_an_input_that_was_typed_over_explains_no_other_formula(
    model: str, header: tuple[str, str], edit: tuple[str, str, str]
) -> None:
    raw = Raw(content(model, PLAN, 8))
    raw.put(*header, "Count")
    [lost] = causes(report_of(raw))
    assert lost == ("missing-column", "!".join(header))
    sheet, cell, formula = edit
    raw.put(sheet, cell, None, formula)
    assert causes(report_of(raw)) == [lost, ("formula", f"{sheet}!{cell}")]


@pytest.mark.parametrize("is_typed", [False, True])
def test_labels_that_moved_alone_explain_the_formulas_of_their_neighbours(
    *, is_typed: bool
) -> None:
    """As where LibreOffice inserts a cell among the labels."""
    raw = small()
    labels = {at: f"A{at}" for at in range(20, 36)}
    texts = {each.label_cell: each.label for each in SETTINGS.settings}
    for at in labels:
        raw.put("Settings", f"A{at + 1}", texts.get(f"A{at}"), None)
    raw.put("Settings", "A20", None, None)
    moved = causes(report_of(raw))
    formula = None if is_typed else raw.formulas("Settings")["C35"] + "+1"
    raw.put("Settings", "C35", 9.0, formula)
    assert [each for each in causes(report_of(raw)) if each not in moved] == [
        ("formula", "Settings!C35")
    ]
