"""What openpyxl moves without references and tables, and words exchanged: one finding says it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from calculator.findings import Finding
from calculator.parity.moved import (
    LeftBehind,
    Line,
    Moved,
    _right,
    differing,
    moved_lines,
    of_another_table,
    refers_to,
    refers_to_sheet,
    tables_left_behind,
)
from calculator.parity.neighbours import looking_alike
from calculator.report import WorkbookReport
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.formula import skeleton
from calculator.xlsx.formula_text import formula_text
from calculator.xlsx.geometry import Area
from calculator.xlsx.reference import a1
from tests.helpers import Raw, content, report_of, thorough
from tests.workbook.readings import read, reading_of

Change = Callable[[Any], None]


def saved_by_openpyxl(change: Change, rows: int = 6) -> WorkbookReport:
    book = openpyxl.load_workbook(io.BytesIO(content(rows=rows)))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return report_of(Raw(stream.getvalue()))


def row_of(sheet: str, label: str) -> int:
    """The row of a setting."""
    book = openpyxl.load_workbook(io.BytesIO(content(rows=6)))
    [cell] = [first for first, *_ in book[sheet].iter_rows() if str(first.value).startswith(label)]
    return int(cell.row)


def causes(report: WorkbookReport) -> list[tuple[str, str | None]]:
    return [(each.code, each.place) for each in report.of("difference", causes=True)]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("label", "rows"),
    [
        ("MAX_ENI", 1),
        thorough("MAX_ENI", 2),
        thorough("Other addresses", 1),
        thorough("Other addresses", 2),
    ],
)
def test_a_deleted_setting_is_one_finding(label: str, rows: int) -> None:
    row = row_of("Settings", label)
    found = saved_by_openpyxl(lambda book: book["Settings"].delete_rows(row, rows))
    assert causes(found) == [("moved-rows", f"Settings!A{row}")]
    [cause] = found.of("difference", causes=True)
    edited = [each for each in found.findings if each.code == "formula"]
    assert {each.because_of for each in edited} == {cause.place}
    count, far = ("a row was", "a row below") if rows == 1 else ("2 rows were", "2 rows below")
    assert cause.message == (
        f"{count} deleted here by a program that moves no references: {len(edited):,} formulas "
        f"refer to cells of Settings {far} those that are meant; convert the workbook"
    )
    lost = [each for each in found.findings if each.code == "missing-label"]
    assert len(lost) == rows
    assert {each.because_of for each in lost} == {cause.place}


@pytest.mark.thorough
@pytest.mark.parametrize("label", ["Primary ENIs that serve no pod", "Nodes a zone that an"])
def test_a_deleted_result_of_settings_is_one_finding(label: str) -> None:
    row = row_of("Settings", label)
    found = saved_by_openpyxl(lambda book: book["Settings"].delete_rows(row))
    assert causes(found) == [("moved-rows", f"Settings!A{row}")]
    lost = [each for each in found.findings if each.code == "missing-result"]
    assert {each.because_of for each in lost} == {f"Settings!A{row}"}


@pytest.mark.thorough
def test_widths_that_stay_where_columns_move_follow_from_that() -> None:
    found = saved_by_openpyxl(lambda book: book["Plan"].insert_cols(1))
    codes = {each.code for each in found.findings if not each.because_of}
    assert codes == {"moved-columns", "no-recorded-values"}
    assert "unseen" in {each.code for each in found.findings}


@pytest.mark.thorough
def test_rows_of_the_node_table_do_the_same_and_are_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    def text(*formula: Any) -> str:
        told.append(formula_text(*formula))
        return told[-1]

    monkeypatch.setattr("calculator.naming.formula_text", text)

    def looked_at(rows: int) -> tuple[int, int]:
        skeleton.cache_clear()
        told.clear()
        assert saved_by_openpyxl(lambda book: book["Plan"].insert_rows(3), rows).findings
        return skeleton.cache_info().misses, len(told)

    (looked, written), (looked_many, written_many) = looked_at(12), looked_at(24)
    assert 0 < looked_many <= looked
    assert 0 < written_many <= written


@pytest.mark.thorough
def test_what_stands_before_an_inserted_row_was_not_moved() -> None:
    def change(book: Any) -> None:
        book["Settings"].insert_rows(20)
        book["Settings"]["E5"] = "Karpenter"

    found = saved_by_openpyxl(change)
    assert causes(found) == [("moved-rows", "Settings!A21"), ("head", "Settings!E5")]


@pytest.mark.thorough
def test_a_rule_that_looks_at_nothing_follows_from_no_inserted_column() -> None:
    def change(book: Any) -> None:
        book["Plan"].insert_cols(6)
        rule = FormulaRule(formula=["TRUE"], font=Font(color="00B050"))
        book["Plan"].conditional_formatting.add("A2", rule)

    found = saved_by_openpyxl(change)
    assert causes(found) == [("moved-columns", "Plan!N1")]
    [always] = [each for each in found.of("warning", causes=True) if each.sheet]
    assert (always.code, always.place) == ("conditional-format", "Plan!A2")


def test_cells_that_moved_though_the_labels_stand_are_no_row_that_was_deleted() -> None:
    raw = Raw(content("aws-sample", rows=6))
    for cell, formula in raw.formulas("WarmENI").items():
        moved = formula.replace("$B$14", "$B$15").replace("WARM_ENI_TARGET", "$B$14")
        raw.put("WarmENI", cell, formula=moved)
    [cause] = report_of(raw).of("difference", causes=True)
    assert (cause.code, cause.place) == ("moved-rows", "WarmENI!A13")
    assert cause.message == (
        "cells moved from beside their labels: 18 formulas refer to cells of WarmENI a row below "
        "those that are meant; move them back"
    )


@pytest.mark.thorough
def test_an_inserted_row_is_one_finding() -> None:
    row = row_of("Settings", "MAX_ENI")
    found = saved_by_openpyxl(lambda book: book["Settings"].insert_rows(row))
    [cause] = found.of("difference", causes=True)
    assert cause.code == "moved-rows"
    assert cause.message.startswith(
        "a row was inserted here, or above this, by a program that moves no references: "
    )
    assert "refer to cells of Settings a row above those that are meant" in cause.message


@pytest.mark.thorough
@pytest.mark.parametrize("columns", [1, thorough(2)])
@pytest.mark.parametrize(
    ("sheet", "before", "first"),  # column that is meant, and is not found
    [("Sizes", 1, 2), thorough("Sizes", 4, 4), thorough("WarmENI", 2, 2), ("Plan", 4, 4)],
)
def test_an_inserted_column_is_one_finding(
    sheet: str, before: int, first: int, columns: int
) -> None:
    found = saved_by_openpyxl(lambda book: book[sheet].insert_cols(before, columns))
    [cause] = found.of("difference", causes=True)
    assert (cause.code, cause.cell) == ("moved-columns", a1(1, first + columns))
    many, far = ("a column was", "a column") if columns == 1 else ("2 columns were", "2 columns")
    assert cause.message.startswith(f"{many} inserted here, or to the left of this, by a program ")
    assert f" refer to cells of {sheet} {far} to the left of those that are meant" in cause.message


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "column", "code"),
    [
        thorough("Sizes", 2, "missing-result"),
        thorough("Sizes", 4, "missing-result"),
        ("WarmENI", 2, "missing-result"),
        thorough("WarmENI", 4, "missing-result"),
        ("Settings", 4, "head"),
        ("Plan", 4, "missing-result"),
        ("Plan", 11, "missing-optional-column"),
    ],
)
def test_a_deleted_column_is_one_finding(sheet: str, column: int, code: str) -> None:
    found = saved_by_openpyxl(lambda book: book[sheet].delete_cols(column))
    [cause] = found.of("difference", causes=True)
    assert (cause.code, cause.sheet) == (code, sheet)


@pytest.mark.thorough
@pytest.mark.parametrize("sheet", ["Groups", "Plan"])
def test_a_deleted_row_of_a_table_is_one_finding_that_says_so(sheet: str) -> None:
    header = next(
        row[0].row
        for row in openpyxl.load_workbook(io.BytesIO(content(rows=6)))[sheet].iter_rows()
        if row[0].value in ("Type", "instance type")
    )
    found = saved_by_openpyxl(lambda book: book[sheet].delete_rows(header + 2))
    [cause] = found.of("difference", causes=True)
    assert cause.code == "missing-formula"
    assert cause.message.startswith(f"row {header + 6} has none of its ")
    assert "a row of the table was deleted by a program that does not shorten it" in (cause.message)


@pytest.mark.thorough
@pytest.mark.parametrize("column", [4, thorough(5)])
def test_a_formula_that_looks_beside_the_defaults_is_one_finding(column: int) -> None:
    found = saved_by_openpyxl(lambda book: book["Settings"].insert_cols(column))
    assert causes(found) == [("formula", "Settings!B48")]
    assert found.of("difference")[0].message.endswith("<>$F$5:$F$35)*1)) is expected")


def test_a_few_formulas_that_look_a_row_off_were_edited_by_hand() -> None:
    def edit(book: Any) -> None:
        cell = book["Plan"]["C5"]
        assert "Settings!$B$" in cell.value
        before, _, rest = cell.value.partition("Settings!$B$")
        number, _, after = rest.partition(")")
        cell.value = f"{before}Settings!$B${int(number) + 1}){after}"

    assert causes(saved_by_openpyxl(edit)) == [("formula", "Plan!C5")]


@pytest.mark.thorough
def test_what_else_was_edited_is_a_finding_of_its_own() -> None:
    row = row_of("Settings", "MAX_ENI")

    def change(book: Any) -> None:
        book["Settings"].delete_rows(row)
        book["WarmENI"]["B8"].value = "=1+1"

    assert causes(saved_by_openpyxl(change)) == [
        ("moved-rows", f"Settings!A{row}"),
        ("formula", "WarmENI!B8"),
    ]


@pytest.mark.parametrize(
    ("sheet", "row", "header"),
    [("WarmENI", 3, 29), ("Groups", 2, 4), ("Plan", 3, 13)],
)
@pytest.mark.thorough
def test_a_table_that_was_left_behind_is_one_finding(sheet: str, row: int, header: int) -> None:
    found = saved_by_openpyxl(lambda book: book[sheet].insert_rows(row, 2))
    [cause] = [each for each in found.findings if not each.because_of and each.code != _NEVER]
    assert (cause.code, cause.place) == ("moved-rows", f"{sheet}!A{header + 2}")
    assert f"begins in row {header}: 2 rows were inserted above by a program" in cause.message
    found = saved_by_openpyxl(lambda book: book[sheet].delete_rows(row))
    assert ("moved-rows", f"{sheet}!A{header - 1}") in causes(found)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("cell", "typed"), [("E6", None), ("F7", 7.0), *map(thorough, ("E6", "F7"), (7.0, None))]
)
def test_a_table_that_was_left_behind_hides_no_formula_that_was_edited(
    cell: str, typed: float | None
) -> None:
    def change(book: Any) -> None:
        book["Plan"].insert_rows(1)
        book["Plan"][cell].value = typed or book["Plan"][cell].value + "+7"

    assert causes(saved_by_openpyxl(change)) == [
        ("moved-rows", "Plan!A14"),
        ("formula", f"Plan!{cell}"),
    ]


@pytest.mark.thorough
def test_settings_lost_above_a_table_that_was_left_behind_follow_from_it() -> None:
    found = saved_by_openpyxl(lambda book: book["Plan"].delete_rows(1))
    assert {each.code for each in found.findings if not each.because_of} == {"moved-rows", _NEVER}
    assert [each.code for each in found.findings].count("missing-setting") == 3


#: openpyxl keeps no results.
_NEVER = "no-recorded-values"


@pytest.mark.parametrize(
    ("sheet", "one", "other", "words"),
    [
        ("Plan", "A11", "A12", ("Host-network pods", "DaemonSet pods")),
        # What is filled in is none of the other's, and formulas look at the other's in its row.
        ("Plan", "A4", "A5", ("Subnet prefix length (/n)", "Availability Zones")),
        thorough("Plan", "E4", "F4", ("IPs used", "At the peak")),
        thorough("WarmENI", "D10", "D19", ("Remaining, steady state", "Remaining at the peak")),
        thorough("Settings", "A18", "A19", ("Interface VPC endpoints", "NAT gateways")),
        thorough("Settings", "A23", "A24", ("Rollout surge of pods [%]", "Loss of a zone")),
        thorough(
            "Settings", "A37", "A38", ("1 where pods have subnets", "1 for custom networking")
        ),
        thorough("Sizes", "A7", "A19", ("/16 subnet", "/28 subnet")),
    ],
)
def test_exchanged_words_are_one_finding(
    sheet: str, one: str, other: str, words: tuple[str, str]
) -> None:
    def exchange(book: Any) -> None:
        first, second = book[sheet][one], book[sheet][other]
        assert first.value.startswith(words[0])
        first.value, second.value = second.value, first.value

    report = saved_by_openpyxl(exchange)
    assert report.of("fault", causes=True) == []
    [cause] = report.of("difference", causes=True)
    assert (cause.code, cause.place) == ("head", f"{sheet}!{other}")
    assert cause.message.startswith("the words ")
    assert cause.message.endswith(" were exchanged, so that each names the other's cell")
    assert all(each in cause.message for each in words)


@pytest.mark.parametrize(
    ("model", "sheet", "row"),
    [("vpc-cni", "Plan", 13), ("vpc-cni", "WarmIP", 29), ("aws-sample", "WarmENI", 22)],
)
def test_a_table_that_takes_its_headers_for_data_is_one_finding(
    model: str, sheet: str, row: int
) -> None:
    raw = Raw(content(model, rows=6))
    [part] = raw.tables(sheet)
    raw.replace_in(part, "<table ", '<table headerRowCount="0" ')
    report = report_of(raw)
    assert causes(report) == [("moved-rows", f"{sheet}!A{row}")]
    [cause] = report.of("difference", causes=True)
    assert "is said to have none and takes them for data: formulas look at" in cause.message


@pytest.mark.parametrize("other", ["$B$15", "$C$14"])
def test_replaced_references_are_no_row_or_column_that_was_deleted(other: str) -> None:
    raw = Raw(content("aws-sample", rows=6))
    for cell, formula in raw.formulas("WarmENI").items():
        if "$B$14" in formula:
            raw.put("WarmENI", cell, formula=formula.replace("$B$14", other))
    assert causes(report_of(raw)) == [("formula", "WarmENI!K23")]


def test_cells_that_were_moved_without_their_labels_are_moved_rows() -> None:
    """As where a cell was inserted above the inputs: formulas went with all the cells below it."""
    raw = Raw(content("aws-sample", rows=6))
    for cell, formula in raw.formulas("WarmENI").items():
        moved = re.sub(r"(?<!\w)(\$?B\$?)([0-9]+)", lambda at: f"{at[1]}{int(at[2]) + 1}", formula)
        if moved != formula:
            raw.put("WarmENI", cell, formula=moved)
    assert causes(report_of(raw)) == [("moved-rows", "WarmENI!A4")]


def test_rows_of_inputs_that_were_sorted_are_one_finding() -> None:
    """Their labels stand beside them, and formulas look where they stood."""

    def sort(book: Any) -> None:
        sheet = book["Plan"]
        rows = [tuple(sheet.cell(row, column).value for column in (1, 2)) for row in range(4, 13)]
        for row, (label, value) in enumerate(sorted(rows, key=lambda each: str(each[0])), 4):
            sheet.cell(row, 1).value, sheet.cell(row, 2).value = label, value

    report = saved_by_openpyxl(sort)
    assert causes(report) == [("head", "Plan!A9")]
    [cause] = report.of("difference", causes=True)
    assert " words, " in cause.message
    assert "stand in each other's places" in cause.message


def test_a_chart_by_whose_words_others_go_follows_from_their_exchange() -> None:
    raw = Raw(content())
    raw.put("Plan", "F4", "Left")
    raw.put("Plan", "G4", "At the peak")
    [chart] = [each for each in report_of(raw).findings if each.code == "chart"]
    assert chart.because_of == "Plan!G4"


@pytest.mark.parametrize(
    ("sheet", "headers", "cause"),
    [
        ("WarmIP", {"B29": "Pods", "C29": "Instances"}, ("name", "WarmIP!C29")),
        ("WarmIP", {"B29": "Pods"}, ("missing-result", "WarmIP")),
        ("Groups", {"B4": "Pods"}, ("missing-result", "Groups")),
        ("Plan", {"B13": "Target Workload Pods per Node"}, ("missing-column", "Plan!B13")),
    ],
)
def test_headers_of_other_columns_are_one_finding(
    sheet: str, headers: dict[str, str], cause: tuple[str, str]
) -> None:
    raw = Raw(content(rows=6))
    for cell, header in headers.items():
        raw.put(sheet, cell, header)
    found = report_of(raw).findings
    assert [(each.code, each.place) for each in found if not each.because_of] == [cause]
    assert {each.because_of for each in found if each.because_of} == {cause[1]}
    assert "name" in {each.code for each in found}


def test_a_column_cut_out_of_its_table_is_one_finding() -> None:
    """With formulas that lost it, as LibreOffice leaves them."""

    def cut(book: Any) -> None:
        book["Plan"].move_range("L13:L19", cols=4)
        lost = book["Groups"]["K5"].value.replace("[Other addresses per node]", "['#REF!]")
        book["Groups"]["K5"].value = lost

    found = saved_by_openpyxl(cut)
    assert causes(found) == [("name", "Plan!P13")]
    edited = {each.place for each in found.findings if each.code == "formula"}
    assert edited == {"Plan!N7", "Plan!N8", "Groups!K5"}


def test_exchanged_words_and_rows_inserted_by_a_program_that_moves_references() -> None:
    raw = Raw(content(rows=6))
    raw.insert("Plan", before="A7", rows=2)
    raw.insert("WarmENI", before="A4", rows=1)
    assert {code for code, _ in causes(report_of(raw))} <= {"value"}  # of the last row


@pytest.mark.thorough
@pytest.mark.parametrize("column", [2, *map(thorough, range(5, 15, 3))])
@pytest.mark.parametrize("how", ["insert_cols", "delete_cols"])
def test_what_follows_names_a_cause_that_follows_from_nothing(how: str, column: int) -> None:
    """None is lost in a circle: whatever was done, something is said first."""
    found = saved_by_openpyxl(lambda book: getattr(book["Plan"], how)(column)).findings
    first = {each.place for each in found if not each.because_of}
    assert {each.because_of for each in found if each.because_of} <= first
    assert [each for each in found if not each.because_of and each.severity != "warning"]


def test_headers_of_figures_exchanged_in_libreoffice_are_one_finding() -> None:
    """There a column is called as its header is, and formulas follow the name."""
    one, other = "max ENIs", "IPs per ENI"
    raw = Raw(content(rows=6))
    raw.put("InstanceTypes", "B1", other)
    raw.put("InstanceTypes", "C1", one)
    part, *_ = raw.tables("InstanceTypes")
    for sheet in raw.sheets:
        raw.text(sheet)
    for name in (part, *raw.sheets.values()):
        for old, new in ((one, "\0"), (other, one), ("\0", other)):
            xml = raw.parts[name].decode()
            for around in ('name="{}"', "InstanceTypes[{}]"):
                xml = xml.replace(around.format(old), around.format(new))
            raw.parts[name] = xml.encode()
    found = report_of(raw)
    assert ("name", "InstanceTypes!B1") in causes(found)
    assert {code for code, _ in causes(found)} <= {"name", "default-does-not-fit"}
    [cause] = [each for each in found.findings if each.code == "name"]
    assert cause.message.startswith(f'the headers "{other}" and "{one}" were exchanged')


def test_formulas_that_were_copied_from_another_sheet_are_one_finding() -> None:
    """A part of a row, though the tables have other columns, too."""
    raw = Raw(content())
    formulas = raw.formulas("WarmENI")
    for column in "ABCDE":
        raw.put("WarmIP", f"{column}30", formula=formulas[f"{column}30"])
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert (cause.code, cause.place) == ("formula", "WarmIP")
    assert cause.message.startswith("5 formulas of the sheet refer to table WarmENI")


# --- from findings that are typed here ------------------------------------------------------------


def book() -> WorkbookReading:
    return reading_of(rows=6)


def edited(cell: str, found: object, expected: str, sheet: str = "WarmIP") -> Finding:
    told = f"={found}" if isinstance(found, str) else found
    return Finding("formula", sheet, cell, None, told, "", f"={expected}")  # type: ignore[arg-type]


def lines(*findings: Finding, explained: str = "") -> list[tuple[Line, int, int]]:
    geometry, [plan] = book().geometry, book().plans
    found = moved_lines(findings, geometry, plan, [explained])
    return [(each.first, each.off, len(each.places)) for each in found]


ONE, TWO, THREE = (
    edited(f"X{row}", f"Tables!$Z${row + 4}", f"Tables!$Z${row + 3}") for row in (5, 6, 7)
)


def test_three_formulas_that_are_off_by_as_much_tell_of_a_row() -> None:
    assert lines(THREE, ONE, TWO) == [(Line("tables", 0, 8), 1, 3)]
    assert lines(ONE, TWO) == []
    assert lines(ONE, TWO, THREE, explained="WarmIP!X6") == []
    for other in (
        edited("X7", 5.0, "Tables!$Z$10"),  # typed
        edited("X7", "Tables!$Z$12", "Tables!$Z$10"),  # further off
        edited("X7", "Tables!$Z$9", "Tables!$Z$10"),
        edited("X7", "Tables!$AA$11", "Tables!$Z$10"),  # in a column, too
        edited("X7", "Tables!$AA$10", "Tables!$Z$10"),
        edited("X7", "About!$Z$11", "About!$Z$10"),
        edited("X7", "About!$Z$11", "Tables!$Z$10"),
        edited("X7", "Tables!$Z$11+1", "Tables!$Z$10"),
        edited("X7", "Tables!$Z$11+1", "Tables!$Z$10+2"),
        edited("X7", "Tables!$Z$11+", "Tables!$Z$10"),
        edited("X7", "#REF!", "Tables!$Z$10"),
    ):
        assert lines(ONE, TWO, other) == []


def test_areas_are_off_by_their_ends() -> None:
    found = [
        edited("X5", "Tables!$D$9:$E$12", "Tables!$E$9:$F$12"),
        edited("X6", "Tables!$D$9:$E$12+Tables!$F$2", "Tables!$E$9:$F$12+Tables!$G$2"),
        edited("X7", "Tables!$B$3", "Tables!$C$3"),
    ]
    assert lines(*found) == [(Line("tables", 1, 3), -1, 3)]
    assert Line("tables", 1, 3).first_cell == "C1"
    assert Line("tables", 0, 3).first_cell == "A3"
    grown = edited("X7", "Tables!$C$3:$C$9", "Tables!$C$3:$C$8")
    assert lines(ONE, TWO, grown) == [(Line("tables", 0, 8), 1, 3)]


@pytest.mark.parametrize(
    ("axis", "off", "words"),
    [
        (
            0,
            1,
            "a row was deleted here by a program that moves no references: 2 formulas refer to "
            "cells of Tables a row below those that are meant",
        ),
        (
            1,
            2,
            "2 columns were deleted here by a program that moves no references: 2 formulas "
            "refer to cells of Tables 2 columns to the right of those that are meant",
        ),
        (
            0,
            -2,
            "2 rows were inserted here, or above this, by a program that moves no references: "
            "2 formulas refer to cells of Tables 2 rows above those that are meant",
        ),
        (
            1,
            -1,
            "a column was inserted here, or to the left of this, by a program that moves no "
            "references: 2 formulas refer to cells of Tables a column to the left of those "
            "that are meant",
        ),
    ],
)
def test_what_was_moved_in_words(axis: int, off: int, words: str) -> None:
    moved = Moved(Line("tables", axis, 3), off, ("WarmIP!X5", "WarmIP!X6"))
    assert moved.message("Tables") == f"{words}; convert the workbook"
    assert moved.code == ("moved-rows", "moved-columns")[axis]


def test_formulas_that_look_at_the_same_other_line_were_edited_at_once() -> None:
    same = edited("X8", "Tables!$Z$9*2", "Tables!$Z$8*2")
    beside = edited("X9", "Tables!$Z$9", "Tables!$Z$7")
    right = edited("X10", "Tables!$Z$8", "Tables!$Z$8")
    again = edited("X11", "Tables!$Z$8", "Tables!$Z$8")
    elsewhere = [edited(f"X{row}", "About!$Z$9", "Tables!$Z$8") for row in (12, 13)]
    others = [beside, right, again, *elsewhere, edited("X14", 5.0, "Tables!$Z$8")]
    assert looking_alike([ONE, same, *others], book().geometry) == {"WarmIP!X8": ONE}
    assert looking_alike([ONE, same], book().geometry, ["WarmIP!X8"]) == {}


def test_a_row_of_its_own_is_that_of_the_formula() -> None:
    found = edited("B5", "Groups[[#This Row],[Pods]]+C7", "Groups[[#This Row],[OS]]+C7", "Groups")
    [(one, other)] = differing(found, book().geometry) or []
    assert (one, other) == (Area("groups", 5, 3, 5, 3), Area("groups", 5, 4, 5, 4))


@pytest.mark.parametrize(
    ("said", "sheet", "is_so"),
    [
        ("=Plan!A1", "Plan", True),
        ("=SUM('Plan'!A1:B2)", "Plan", True),
        ("=MyPlan!A1", "Plan", False),
        ("=Planned!A1", "Plan", False),
        ("='It''s'!A1", "It's", True),
        ("=A1", "Plan", False),
    ],
)
def test_what_refers_to_a_sheet(said: str, sheet: str, *, is_so: bool) -> None:
    assert refers_to_sheet(said, sheet) is is_so


def test_what_refers_to_a_table() -> None:
    assert refers_to("=SUM(Groups[Pods])", "Groups")
    assert not refers_to("=SUM(MyGroups[Pods])+Groups!A1", "Groups")


def test_what_follows_from_a_table_that_was_left_behind() -> None:
    table = book().geometry.table("WarmIP")
    assert table is not None
    left = LeftBehind("WarmIP", table.header_row + 2, table, book().plans[0].model)
    ours = str(Raw(content(rows=6)).formulas("WarmIP")["B5"])
    assert left.concerns(edited("B5", ours, "1"))
    assert not left.concerns(edited("B5", f"{ours}*7", "1"))
    assert not left.concerns(edited("B5", 7.0, "1"))
    codes = ["missing-formula", "value", "recalculated", "missing-result", "missing-label"]
    codes += ["missing-setting", "name", "conditional-format", "validation"]
    for code in (*codes, "head"):
        there = Finding(code, "WarmIP", "B5", None, None, "")
        assert left.concerns(there) is (code != "head"), code
    for said, is_so in (("WarmIP[Pods]", True), ("WarmIP!B8", True), ("WarmENI!B8", False)):
        for code in ("chart", "value", "recalculated"):
            assert left.concerns(Finding(code, "Plan", "B5", None, None, said)) is is_so
        assert left.concerns(Finding("value", "Plan", "B5", None, None, "", said)) is is_so
        assert not left.concerns(Finding("head", "Plan", "B5", None, None, said))
    assert "2 rows were inserted above" in left.finding().message
    up = left._replace(header_row=table.header_row - 1)
    assert "a row was deleted above" in up.finding().message


def test_rows_that_formulas_name_as_they_should_but_not_where_a_label_is_lost() -> None:
    [plan] = book().plans
    rows = {*_right(plan, "settings", 0, ())}
    assert {6, 7} <= rows
    every = {
        f"{sheet.name}!{a1(row, column)}"
        for sheet in plan.sheets.values()
        for row in range(1, 99)
        for column in range(1, 120)
    }
    assert {*_right(plan, "settings", 0, every)} == set()
    raw = Raw(content(rows=6))
    raw.put("Settings", "A6", None, None)
    assert 6 not in {*_right(read(raw).plans[0], "settings", 0, ())}


def test_a_table_right_below_its_headers_was_not_left_behind() -> None:
    raw = Raw(content(rows=6))
    raw.replace_in(raw.tables("WarmIP")[0], "<table ", '<table headerRowCount="0" ')
    reading = read(raw)
    [table], [plan] = reading.geometry.tables_of("WarmIP"), reading.plans
    assert [each.sheet for each in tables_left_behind(plan, reading.geometry)] == ["WarmIP"]
    below = reading.geometry.with_tables([replace(table, first_row=table.first_row + 1)])
    assert [*tables_left_behind(plan, below)] == []


def test_formulas_of_another_sheets_table() -> None:
    [plan], geometry = book().plans, book().geometry
    found = [
        edited(f"X{row}", f"WarmENI[[#This Row],[Pods]]+{row}", f"WarmIP[[#This Row],[Pods]]+{row}")
        for row in (30, 31, 32)
    ]
    [one] = of_another_table(found, geometry, plan)
    assert (one.sheet.name, one.table.name, len(one.places)) == ("WarmIP", "WarmENI", 3)
    assert [*of_another_table(found[:2], geometry, plan)] == []
    other = edited("X32", "WarmENI[[#This Row],[OS]]+32", "WarmIP[[#This Row],[Pods]]+32")
    assert [*of_another_table([*found[:2], other], geometry, plan)] == []
    assert one.concerns(found[0])
    assert one.concerns(Finding("name", "WarmIP", "A29", None, None, ""))
    assert not one.concerns(Finding("name", "WarmENI", "A29", None, None, ""))
    assert not one.concerns(Finding("head", "WarmIP", "A29", None, None, ""))
    assert "and not to WarmIP, its own: it was copied" in one.finding().message
