"""Tables of data sheets that programs leave behind when they move the cells: one finding each."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from calculator import NodeGroup, Plan
from calculator.catalog import load_catalog
from calculator.convert import convert_workbook
from calculator.parity.left_behind import _Area
from calculator.report import WorkbookReport
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.package import Package
from tests.helpers import AS_BUILT_IN, FEW_TYPES, Raw, content, report_of, thorough

GROUPS = [NodeGroup(each.instance_type, 1, 1) for each in FEW_TYPES]
PLAN = Plan(node_groups=[NodeGroup("m5.large", 2, 9), NodeGroup("c5.large", 1, 5)])
OF_AWS = ("maxENI", "maxPods", "CidrData")
AWS_CATALOG = load_catalog(model="aws-sample")
M5_LARGE = 2 + [each.instance_type for each in FEW_TYPES].index("m5.large")
LAST = 1 + len([*FEW_TYPES])

Change = Callable[[Any], None]


pytestmark = pytest.mark.usefixtures("few_types_are_published")


@cache
def written(model: str) -> bytes:
    return content(model, PLAN, 4, AS_BUILT_IN if model == "vpc-cni" else None)


def book_with(sheet: str) -> bytes:
    return written("aws-sample" if sheet in OF_AWS else "vpc-cni")


def saved_by_openpyxl(sheet: str, change: Change, source: bytes | None = None) -> Raw:
    """A workbook with a data sheet that openpyxl changed, which leaves its tables as they are."""
    book = openpyxl.load_workbook(io.BytesIO(source or book_with(sheet)))
    change(book[sheet])
    stream = io.BytesIO()
    book.save(stream)
    return Raw(stream.getvalue())


def causes(report: WorkbookReport) -> list[tuple[str, str | None]]:
    places = {each.place for each in report.findings}
    assert all(each.because_of in places for each in report.findings if each.because_of)
    # Formulas by openpyxl have no values.
    roots = [each for each in report.findings if not each.because_of]
    return [(each.code, each.place) for each in roots if each.code != "no-recorded-values"]


def message(report: WorkbookReport) -> str:
    [said] = [each.message for each in report.of("difference", causes=True)]
    return said


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "before", "cell"),
    [
        *[("InstanceTypes", number, cell) for number, cell in ((1, "A1"), (2, "B1"), (4, "D1"))],
        *[("maxENI", number, f"{'ABC'[number - 1]}1") for number in (1, 2, 3)],
        *[("maxPods", 1, "A1"), ("maxPods", 2, "B1"), ("CidrData", 1, "A1")],
        *[("Tables", 2, "B1"), ("Tables", 6, "F1"), ("Tables", 1, "A1")],
    ],
)
def test_a_column_that_was_inserted_without_its_table_is_one_finding(
    sheet: str, before: int, cell: str
) -> None:
    report = report_of(saved_by_openpyxl(sheet, lambda there: there.insert_cols(before)))
    assert causes(report) == [("name", f"{sheet}!{cell}")]
    assert ": a column was inserted by a program that leaves the table as it is" in message(report)


def test_two_columns_that_were_inserted_are_said_as_two() -> None:
    report = report_of(saved_by_openpyxl("maxPods", lambda there: there.insert_cols(1, 2)))
    assert "2 columns were inserted by a program" in message(report)
    assert "; delete them, or" in message(report)


@pytest.mark.thorough
@pytest.mark.parametrize("sheet", ["InstanceTypes", "Tables", *OF_AWS])
def test_a_row_that_was_inserted_above_the_headers_is_one_finding(sheet: str) -> None:
    report = report_of(saved_by_openpyxl(sheet, lambda there: there.insert_rows(1)))
    cell = "A2"
    assert causes(report) == [("moved-rows", f"{sheet}!{cell}")]
    assert "the headers stand in row 2, and table " in message(report)
    assert "a row was inserted above by a program that moves neither" in message(report)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "row", "found"),
    [
        ("Tables", 5, "28"),  # in both tables
        ("Tables", 20, None),  # in that of the messages
        ("InstanceTypes", 3, "t3.xlarge"),
        ("maxENI", 50, "z1d.xlarge"),
        ("maxPods", 50, "z1d.xlarge"),
        ("CidrData", 5, "30"),
    ],
)
def test_a_row_that_was_inserted_in_a_table_is_one_finding(
    sheet: str, row: int, found: str | None
) -> None:
    report = report_of(saved_by_openpyxl(sheet, lambda there: there.insert_rows(row)))
    [(code, _)] = causes(report)
    assert code == "outside-the-table"
    assert f": a row was inserted in row {row} by a program" in message(report)
    assert found is None or report.of("difference")[0].found == found


def test_a_table_that_ends_too_soon_is_cut_off_and_has_no_row_inserted() -> None:
    raw = Raw(written("vpc-cni"))
    [part] = raw.tables("InstanceTypes")
    raw.replace_in(part, f":K{LAST}", f":K{LAST - 1}")
    raw.put("InstanceTypes", "L2", "a remark beside it")
    report = report_of(raw)
    assert causes(report) == [("outside-the-table", f"InstanceTypes!A{LAST}")]
    assert message(report).endswith("formulas look no further; extend it")


@pytest.mark.parametrize(
    ("filled", "first", "number"),
    [
        ({2, 3, 4, 5, 6}, 0, 0),
        ({2, 3, 5, 6}, 4, 1),
        ({3, 4, 5, 6}, 2, 1),
        ({2, 5, 6, 7}, 3, 2),
        ({2, 5, 6}, 0, 0),  # one of them was emptied
        ({2, 3, 5, 6, 7}, 0, 0),
        ({2, 3, 4, 6}, 5, 1),
    ],
)
def test_rows_that_were_pushed_out_of_a_table_down_to_row_5(
    filled: set[int], first: int, number: int
) -> None:
    cells = {(row, 2): Cell("x", None) for row in filled} | {(8, 3): Cell("beside", None)}
    words, columns, down, grown = _Area(cells, 1, 5, {"a": 1, "b": 2}).pushed_out()
    assert (columns, down, grown) == ((("a", 1), ("b", 2)), 0, number)
    were = {0: "formulas look no further; extend it", 1: "a row was", 2: "2 rows were"}[number]
    assert words.startswith(f"{were} inserted in row {first} by" if number else were)


@pytest.mark.thorough
@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("sheet", ["InstanceTypes", "Tables", *OF_AWS])
def test_headers_that_were_deleted_are_one_finding(sheet: str, rows: int) -> None:
    report = report_of(saved_by_openpyxl(sheet, lambda there: there.delete_rows(1, rows)))
    assert causes(report) == [("name", f"{sheet}!A1")]
    assert ": the row of headers was deleted by a program" in message(report)


@pytest.mark.parametrize(
    ("sheet", "table", "one", "other", "cell"),
    [
        ("InstanceTypes", 0, "max pods", "vCPUs", "D1"),
        ("maxENI", 0, "IPv4addr", "MaxENI", "A1"),
        ("maxPods", 0, "instance type", "max pods", "A1"),
        ("CidrData", 0, "size", "number of ips", "A1"),
        ("Tables", 0, "/28 blocks", "/28 in all", "C1"),
        ("Tables", 1, "code", "words", "F1"),
    ],
)
def test_columns_that_a_table_has_in_another_order_are_one_finding(
    sheet: str, table: int, one: str, other: str, cell: str
) -> None:
    raw = Raw(book_with(sheet))
    part = raw.tables(sheet)[table]
    names = {f'name="{one}"': f'name="{other}"', f'name="{other}"': f'name="{one}"'}
    xml = raw.parts[part].decode()
    raw.parts[part] = re.sub("|".join(names), lambda at: names[at[0]], xml).encode()
    report = report_of(raw)
    assert causes(report) == [("name", f"{sheet}!{cell}")]
    assert "the table has its columns in another order than they stand" in message(report)


@pytest.mark.parametrize(
    ("sheet", "one", "other"), [("InstanceTypes", "D1", "E1"), ("maxPods", "A1", "B1")]
)
def test_headers_that_were_exchanged_say_nothing_of_their_columns(
    sheet: str, one: str, other: str
) -> None:
    raw = Raw(book_with(sheet))
    texts = [each.value for each in openpyxl.load_workbook(io.BytesIO(book_with(sheet)))[sheet][1]]
    for cell, there in ((one, other), (other, one)):
        raw.put(sheet, cell, texts["ABCDEFGHIJK".index(there[0])])
    report = report_of(raw)
    assert causes(report) == [("name", f"{sheet}!{one}")]
    assert message(report).endswith('"max pods"' if sheet != "maxPods" else '"instance type"')


@pytest.mark.parametrize(
    ("to", "words"), [("H", ": it stands in column H, "), (None, ": nothing is left in the column")]
)
def test_a_column_that_was_cut_away_is_one_finding(to: str | None, words: str) -> None:
    def cut(sheet: Any) -> None:
        for row in range(1, sheet.max_row + 1):
            if to:
                sheet[f"{to}{row}"] = sheet[f"A{row}"].value
            sheet[f"A{row}"] = None

    raw = saved_by_openpyxl("maxENI", cut)
    report = report_of(raw)
    assert causes(report) == [("name", "maxENI!A1")]
    assert words in message(report)
    # So is it where formulas lost the column, as LibreOffice lets them.
    for sheet in ("WarmENI", "WarmIP"):
        for cell, formula in raw.formulas(sheet).items():
            raw.put(sheet, cell, formula=formula.replace("[IPv4addr]", "['#REF!]"))
    assert causes(report_of(raw)) == [("name", "maxENI!A1")]


def test_what_is_recorded_of_formulas_follows_from_the_table() -> None:
    """As a program calculates them, of the wrong column."""
    raw = Raw(written("aws-sample"))
    [part] = raw.tables("maxENI")
    xml = raw.parts[part].decode()
    names = {'name="IPv4addr"': 'name="MaxENI"', 'name="MaxENI"': 'name="IPv4addr"'}
    raw.parts[part] = re.sub("|".join(names), lambda at: names[at[0]], xml).encode()
    raw.put("WarmENI", "E23", 99.0)  # what is looked up
    report = report_of(raw)
    assert causes(report) == [("name", "maxENI!A1")]
    assert ("value", "maxENI!A1") in {(each.code, each.because_of) for each in report.findings}


@pytest.mark.parametrize("how", ["insert_cols", "insert_rows", "delete_rows"])
def test_a_figure_that_is_wrong_in_a_table_left_behind_is_told_where_it_stands(how: str) -> None:
    def change(sheet: Any) -> None:
        sheet[f"B{M5_LARGE}"] = 9
        getattr(sheet, how)(1)

    cell = {
        "insert_cols": f"C{M5_LARGE}",
        "insert_rows": f"B{M5_LARGE + 1}",
        "delete_rows": f"B{M5_LARGE - 1}",
    }[how]
    found = causes(report_of(saved_by_openpyxl("InstanceTypes", change)))
    assert ("figure", f"InstanceTypes!{cell}") in found
    assert len(found) == 2


@pytest.mark.parametrize("how", ["insert_cols", "insert_rows", "delete_rows"])
def test_a_word_that_is_wrong_in_a_table_left_behind_is_told_where_it_stands(how: str) -> None:
    def change(sheet: Any) -> None:
        sheet["G9"] = "other words"
        getattr(sheet, how)(1)

    cell = {"insert_cols": "H9", "insert_rows": "G10", "delete_rows": "G8"}[how]
    found = causes(report_of(saved_by_openpyxl("Tables", change)))
    assert ("figure", f"Tables!{cell}") in found
    assert len(found) == 2


def test_types_of_a_catalog_of_ones_own_follow_from_the_table_too() -> None:
    few = content("vpc-cni", PLAN, 4, FEW_TYPES)
    raw = saved_by_openpyxl("InstanceTypes", lambda there: there.insert_cols(2), few)
    report = report_of(raw)
    assert causes(report) == [("name", "InstanceTypes!B1")]
    assert {each.because_of for each in report.findings if each.code == "unknown-type"} == {
        "InstanceTypes!B1"
    }


@pytest.mark.thorough
def test_types_of_ones_own_are_converted_from_where_they_stand(tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet[f"A{M5_LARGE}"] = "m5.ours"
        sheet.insert_cols(1)

    plan = Plan(node_groups=[NodeGroup("m5.ours", 2, 9)])
    few = content("vpc-cni", plan, 4, FEW_TYPES)
    source = saved_by_openpyxl("InstanceTypes", change, few).save(tmp_path / "a.xlsx")
    _, after = convert_workbook(source, tmp_path / "b.xlsx")
    assert {each.code for each in after.findings} <= {"own-type"}


@pytest.mark.thorough
@pytest.mark.parametrize("how", ["insert_cols", thorough("delete_cols")])
def test_a_data_sheet_is_read_as_often_for_many_types_as_for_one(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    often = Counter[str]()
    cells = Package.cells

    def counted(package: Package, sheet: str, **more: int) -> Cells:
        often[sheet] += 1
        return cells(package, sheet, **more)

    monkeypatch.setattr(Package, "cells", counted)
    read = []
    for groups in (GROUPS[:1], GROUPS):
        book = content("vpc-cni", Plan(node_groups=groups), len(GROUPS), AS_BUILT_IN)
        raw = saved_by_openpyxl("InstanceTypes", lambda there: getattr(there, how)(2), book)
        often.clear()
        report_of(raw)
        read.append(often["InstanceTypes"])
    assert read[0] == read[1]


# --- totals ---------------------------------------------------------------------------------------


def with_totals(sheet: str, table: int = 0) -> tuple[Raw, str]:
    """A workbook with a row of totals below a data table, and the first cell of that."""
    raw = Raw(book_with(sheet))
    part = raw.tables(sheet)[table]
    xml = raw.parts[part].decode()
    area, first, last = re.findall(r' ref="(([A-Z]+)1:[A-Z]+([0-9]+))"', xml)[0]
    below = f"{first}{int(last) + 1}"
    longer = area.removesuffix(last) + below[1:]
    # What is filtered are the rows above it.
    xml = xml.replace(f' ref="{area}"', f' ref="{longer}" totalsRowCount="1"', 1)
    raw.parts[part] = xml.encode()
    return raw, below


@pytest.mark.parametrize(
    ("sheet", "table", "name"),
    [
        ("InstanceTypes", 0, "InstanceTypes[source]"),
        ("Tables", 0, "SubnetSizes[addresses]"),
        ("Tables", 1, "Messages[words]"),
        ("maxPods", 0, "Table2[max pods]"),
        ("CidrData", 0, "Table4[size]"),
    ],
)
def test_a_row_of_totals_changes_nothing(sheet: str, table: int, name: str) -> None:
    raw, cell = with_totals(sheet, table)
    raw.put(sheet, cell, "Total")
    beside = chr(ord(cell[0]) + 1) + cell[1:]
    raw.put(sheet, beside, 20.0, f"SUBTOTAL(103,{name})")
    assert causes(report_of(raw)) == []


def test_a_formula_beside_a_row_of_totals_is_told() -> None:
    """As in a row of the other table of the sheet."""
    raw, cell = with_totals("Tables")
    raw.put("Tables", f"G{cell[1:]}", formula="1+1")
    assert ("input-formula", f"Tables!G{cell[1:]}") in {
        (each.code, each.place) for each in report_of(raw).findings
    }


def test_a_type_in_a_row_of_totals_is_out_of_the_table() -> None:
    raw, cell = with_totals("InstanceTypes")
    raw.put("InstanceTypes", cell, "m5.large")
    assert causes(report_of(raw)) == [("outside-the-table", f"InstanceTypes!{cell}")]
