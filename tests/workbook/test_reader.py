"""Inputs are found wherever people and programs have put them, and each fault says where it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.worksheet import Worksheet

from calculator import read_workbook, verify_workbook, write_workbook
from calculator.errors import Finding, WorkbookError
from calculator.model import get_model
from calculator.plan import NodeGroup, Plan
from calculator.workbook.cells import CellError
from calculator.workbook.reader import SheetReading, WorkbookReading
from calculator.workbook.reference import column_letters
from calculator.workbook.writer import SheetPlan
from tests.helpers import (
    AWS_SAMPLE,
    MODELS,
    PLAN,
    Raw,
    content,
    libreoffice,
    needs_aws_sample,
    needs_libreoffice,
    saved,
)

BOTH = pytest.mark.parametrize("model", MODELS)
Sheets = dict[str, Worksheet]


@cache
def slim(model: str) -> bytes:
    """The filled-in workbook without its long data sheets: openpyxl is slow with those."""
    book = openpyxl.load_workbook(io.BytesIO(content(model)))
    for data in get_model(model).data_tables:
        book[data.sheet].tables.clear()
        book[data.sheet].delete_rows(40, 2000)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def through_openpyxl(
    tmp_path: Path, change: Callable[[openpyxl.Workbook], object], model: str = "vpc-cni"
) -> WorkbookReading:
    """The filled-in workbook, changed and saved by openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(slim(model)))
    change(book)
    path = tmp_path / "plan.xlsx"
    book.save(path)
    return read_workbook(path)


def edited(tmp_path: Path, model: str = "vpc-cni", **cells: Any) -> SheetReading:
    """The first sheet of the filled-in workbook, with other values in some cells."""
    raw = Raw(content(model))
    for cell, value in cells.items():
        raw.put("WarmENI", cell, value)
    return read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]


def is_as_planned(sheet: SheetReading, plan: Plan = PLAN) -> bool:
    """Whether a sheet was read with the inputs of the plan and without a fault."""
    assert sheet.faults == []
    for setting in sheet.layout.sheet.settings:
        assert sheet.settings[setting.name] == getattr(plan, setting.name), setting.name
    for column in sheet.layout.sheet.inputs:
        wanted = [getattr(group, column.name) for group in plan.node_groups]
        assert sheet.groups[column.name] == wanted
    assert len(sheet.rows) == len(plan.node_groups)
    return True


def said(sheet: SheetReading) -> list[str]:
    return [fault.at("plan.xlsx") for fault in sheet.faults]


# --- as it was written, and as others saved it ----------------------------------------------------


@BOTH
def test_inputs_come_back(tmp_path: Path, model: str) -> None:
    reading = read_workbook(saved(tmp_path / "plan.xlsx", model))
    assert [each.name for each in reading.sheets] == ["WarmENI", "WarmIP"]
    assert [each.layout.sheet.mode for each in reading.sheets] == ["warm-eni", "warm-ip"]
    for sheet in reading.sheets:
        assert sheet.model.name == model
        assert is_as_planned(sheet)
        assert sheet.rows == [23, 24, 25, 26, 27]
        assert (sheet.layout.first_row, sheet.layout.last_row) == (23, 42)
        assert sheet.warnings == []


def openpyxl_values(path: Path, sheet: str) -> dict[tuple[int, int], Any]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (cell.row, cell.column): cell.value
        for row in book[sheet].iter_rows()
        for cell in row
        if cell.value is not None
    }


@BOTH
def test_every_cell_is_what_openpyxl_reads(tmp_path: Path, model: str) -> None:
    path = saved(tmp_path / "plan.xlsx", model)
    for sheet in read_workbook(path).sheets:
        values = {
            where: str(cell.value) if isinstance(cell.value, CellError) else cell.value
            for where, cell in sheet.cells.items()
            if cell.value not in (None, "")
        }
        assert values == openpyxl_values(path, sheet.name)


@needs_aws_sample
@pytest.mark.filterwarnings("ignore:Data Validation extension is not supported")
def test_the_published_workbook_is_what_openpyxl_reads() -> None:
    reading = read_workbook(AWS_SAMPLE)
    assert [each.name for each in reading.sheets] == ["WarmENI", "WarmIP"]
    for sheet in reading.sheets:
        assert sheet.model.name == "aws-sample"
        assert sheet.faults == []
        values = openpyxl_values(AWS_SAMPLE, sheet.name)
        assert sheet.rows
        for number, row in enumerate(sheet.rows):
            assert sheet.groups["instance_type"][number] == values[row, 1]
            assert sheet.groups["instances"][number] == values[row, 2]
            assert sheet.groups["pods_per_node"][number] == values[row, 3]
        assert sheet.settings["subnet_prefix_length"] == values[4, 2]
        assert sheet.settings["host_network_pods"] == values[14, 2]


@BOTH
def test_openpyxl_may_save_it(tmp_path: Path, model: str) -> None:
    reading = through_openpyxl(tmp_path, lambda book: None, model)
    assert all(map(is_as_planned, reading.sheets))


@BOTH
def test_without_tables_as_google_sheets_saves_it(tmp_path: Path, model: str) -> None:
    def without_tables(book: openpyxl.Workbook) -> None:
        for sheet in book.worksheets:
            sheet.tables.clear()

    reading = through_openpyxl(tmp_path, without_tables, model)
    assert all(map(is_as_planned, reading.sheets))
    for sheet in reading.sheets:
        assert sheet.layout.table is None
        assert sheet.layout.last_row == 42


@needs_libreoffice
def test_libreoffice_may_save_it(tmp_path: Path) -> None:
    sources = [saved(tmp_path / f"{model}.xlsx", model) for model in MODELS]
    for path in libreoffice(sources, tmp_path):
        reading = read_workbook(path)
        assert len(reading.sheets) == 2
        assert all(map(is_as_planned, reading.sheets))
        assert reading.properties["Model"] == path.stem


# --- rows and columns that moved ------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("by", [1, 9, 350])
def test_rows_inserted_above(tmp_path: Path, model: str, by: int) -> None:
    raw = Raw(content(model))
    for sheet in ("WarmENI", "WarmIP"):
        raw.shift(sheet, by)
    path = raw.save(tmp_path / "plan.xlsx")
    reading = read_workbook(path)
    assert all(map(is_as_planned, reading.sheets))
    assert reading.sheets[0].rows[0] == 23 + by
    assert reading.sheets[0].layout.cell("subnet_prefix_length") == f"B{4 + by}"
    # Whatever moved has moved altogether: it is still the same workbook.
    assert [each.differences for each in verify_workbook(path).sheets] == [[], []]


def test_a_note_above_pushes_the_sheet_down(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.shift("WarmENI", 3)
    raw.put("WarmENI", "A1", "Plan of the payments team")
    raw.put("WarmENI", "B1", 17.0)
    assert is_as_planned(read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0])


def more_rows(*, extended: bool) -> Raw:
    """A row typed below the table, which a spreadsheet program extends or not."""
    raw = Raw(content())
    raw.put("WarmENI", "A43", "m6i.large")
    raw.put("WarmENI", "B43", 4)
    raw.put("WarmENI", "C43", 11)
    if extended:
        [table] = raw.tables("WarmENI")
        last = column_letters(len(get_model("vpc-cni").sheets[0].columns))
        raw.replace_in(table, f"A22:{last}42", f"A22:{last}43")
    return raw


@pytest.mark.parametrize("extended", [True, False])
def test_rows_added_below(tmp_path: Path, extended: bool) -> None:
    raw = more_rows(extended=extended)
    sheet = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]
    groups = (*PLAN.node_groups, NodeGroup("m6i.large", 4, 11))
    assert sheet.groups["instance_type"] == [group.instance_type for group in groups]
    assert sheet.groups["instances"] == [group.instances for group in groups]
    assert sheet.rows == [23, 24, 25, 26, 27, 43]
    assert sheet.layout.last_row == 43
    assert sheet.layout.in_table(43) is extended


def test_a_remark_below_the_table_is_no_row(tmp_path: Path) -> None:
    assert is_as_planned(edited(tmp_path, A43="Prices are those of last year", A45="Total"))


def test_a_table_down_to_the_end_of_the_sheet(tmp_path: Path) -> None:
    raw = Raw(content())
    [table] = raw.tables("WarmENI")
    raw.replace_in(table, "42", "1048576")
    sheet = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]
    assert is_as_planned(sheet)
    assert sheet.layout.last_row == 42


def test_columns_in_another_order(tmp_path: Path) -> None:
    def swap(book: openpyxl.Workbook) -> None:
        sheet = book["WarmENI"]
        sheet.tables.clear()
        for row in range(22, 43):
            first, third = sheet.cell(row, 1).value, sheet.cell(row, 3).value
            sheet.cell(row, 1).value, sheet.cell(row, 3).value = third, first

    sheet = through_openpyxl(tmp_path, swap).sheets[0]
    assert is_as_planned(sheet)
    assert (sheet.layout.columns["instance_type"], sheet.layout.columns["pods_per_node"]) == (3, 1)
    assert sheet.layout.cell("instance_type", 23) == "C23"


def test_a_column_inserted_among_the_others(tmp_path: Path) -> None:
    def insert(book: openpyxl.Workbook) -> None:
        sheet = book["WarmENI"]
        sheet.tables.clear()
        sheet.insert_cols(2)
        sheet["B22"] = "Owner"
        # The settings have moved one column away from their labels: put them back.
        for row in range(1, 22):
            sheet.cell(row, 2).value = sheet.cell(row, 3).value

    sheet = through_openpyxl(tmp_path, insert).sheets[0]
    assert is_as_planned(sheet)
    assert sheet.layout.columns["instances"] == 3


# --- sheets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["prod eu-west-1", "it's", "1st", "Größe & mehr"])
def test_a_renamed_sheet(tmp_path: Path, name: str) -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book["WarmENI"].title = name

    reading = through_openpyxl(tmp_path, rename)
    assert [each.name for each in reading.sheets] == [name, "WarmIP"]
    assert all(map(is_as_planned, reading.sheets))


@BOTH
def test_sheets_that_were_copied(tmp_path: Path, model: str) -> None:
    other = Plan(subnet_prefix_length=25, node_groups=[NodeGroup("m5.large", 9, 9)])
    plans = [
        SheetPlan("WarmENI", "warm-eni", PLAN),
        SheetPlan("WarmENI (2)", "warm-eni", other),
        SheetPlan("WarmIP", "warm-ip", PLAN),
        SheetPlan("WarmIP (2)", "warm-ip", other),
    ]
    path = tmp_path / "plan.xlsx"
    write_workbook(path, plans, model=model)
    sheets = read_workbook(path).sheets
    assert [each.name for each in sheets] == [each.name for each in plans]
    for sheet, planned in zip(sheets, plans, strict=True):
        assert sheet.layout.sheet.mode == planned.mode
        assert is_as_planned(sheet, planned.plan)


def test_other_sheets_are_left_alone(tmp_path: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        big = book.create_sheet("Inventory", 0)
        for row in range(1, 1500):
            big.append([f"i-{row:08x}", "m5.large", row])
        notes = book.create_sheet("Notes")
        notes["A1"] = "instance type"  # one known header makes no node table
        notes["A2"] = "# of Instances"
        chart = BarChart()
        chart.add_data(Reference(big, min_col=3, min_row=1, max_row=20))
        book.create_chartsheet("Chart", 1).add_chart(chart)
        book.create_sheet("Empty")

    reading = through_openpyxl(tmp_path, add)
    assert [each.name for each in reading.sheets] == ["WarmENI", "WarmIP"]
    assert all(map(is_as_planned, reading.sheets))


def test_without_a_calculator_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Budget"
    book.active.append(["instance type", "price"])
    book.create_sheet("2027")
    path = tmp_path / "plan.xlsx"
    book.save(path)
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    assert caught.value.reason == "no-calculator-sheet"
    assert str(caught.value) == (
        f"{path}: it has no sheet with a node table (a row with the headers "
        '"instance type", "# of Instances", "Target Workload Pods per Node"); '
        "its sheets: Budget, 2027"
    )


# --- labels and headers ---------------------------------------------------------------------------


def test_labels_in_other_clothes(tmp_path: Path) -> None:
    sheet = edited(
        tmp_path,
        A4="SUBNET prefix  length (/N):",
        A13=" warm_eni_target",
        A14="Host-Network Pods :",
        A22="Instance Type",
        B22="# OF INSTANCES:",
    )
    assert is_as_planned(sheet)


def test_a_label_that_stands_twice(tmp_path: Path) -> None:
    assert is_as_planned(edited(tmp_path, H2="WARM_ENI_TARGET", H9="daemonset pods:"))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("A4", "Subnet prefix length (/n)"),
        ("A13", "WARM_ENI_TARGET"),
        ("A15", "DaemonSet pods"),
    ],
)
def test_a_missing_label(tmp_path: Path, label: str, expected: str) -> None:
    sheet = edited(tmp_path, **{label: "something else"})
    quantity = "16 to 28" if label == "A4" else "0 or more"
    words = "from " if label == "A4" else "of "
    assert said(sheet) == [
        f'plan.xlsx, WarmENI!B{label[1:]} ({expected}): the label "{expected}" was not found; '
        f"put it back, with a whole number {words}{quantity} beside it"
    ]
    assert sheet.faults[0].kind == "missing-label"
    assert len(sheet.rows) == 5


@pytest.mark.parametrize(
    ("cell", "header"),
    [
        ("A22", "instance type"),
        ("B22", "# of Instances"),
        ("C22", "Target Workload Pods per Node"),
    ],
)
def test_a_missing_column(tmp_path: Path, cell: str, header: str) -> None:
    sheet = edited(tmp_path, **{cell: "My column"})
    [fault] = [each for each in sheet.faults if each.kind == "missing-column"]
    start = f'plan.xlsx, WarmENI!{cell} ({header}): the column "{header}" was not found in row 22; '
    assert fault.at("plan.xlsx").startswith(f"{start}its headers: ")
    others = [each.header for each in get_model("vpc-cni").sheets[0].columns]
    others.remove(header)
    assert fault.message.endswith(", ".join(others))
    assert len(sheet.rows) == 5


# --- faults of single cells -----------------------------------------------------------------------

COUNT = "a whole number of 0 or more is expected"
AGAIN = " (the cell holds text: type the number again, without an apostrophe)"
FAULTS = [
    ("B24", "three", "not-a-number", f'found "three"; {COUNT}'),
    ("B24", "3", "not-a-number", f'found "3"; {COUNT}{AGAIN}'),
    ("C24", " 12 ", "not-a-number", f'found " 12 "; {COUNT}{AGAIN}'),
    ("B24", "x" * 70, "not-a-number", f'found "{"x" * 57}..."; {COUNT}'),
    ("B24", True, "not-a-number", f"found TRUE; {COUNT}"),
    ("B24", False, "not-a-number", f"found FALSE; {COUNT}"),
    ("B24", CellError("#N/A"), "not-a-number", f"found #N/A; {COUNT}"),
    ("C24", CellError("#DIV/0!"), "not-a-number", f"found #DIV/0!; {COUNT}"),
    ("B24", None, "missing", f"found nothing; {COUNT}"),
    ("B24", "", "missing", f"found nothing; {COUNT}"),
    ("B24", -1, "out-of-range", f"found -1; {COUNT}"),
    ("C24", 2.5, "not-a-whole-number", f"found 2.5; {COUNT}"),
    (
        "C24",
        1_000_001,
        "out-of-range",
        "found 1000001; a whole number from 0 to 1,000,000 is expected",
    ),
    ("B4", 29, "out-of-range", "found 29; a whole number from 16 to 28 is expected"),
    ("B4", 15, "out-of-range", "found 15; a whole number from 16 to 28 is expected"),
    ("B4", "/23", "not-a-number", 'found "/23"; a whole number from 16 to 28 is expected'),
    ("B4", None, "missing", "found nothing; a whole number from 16 to 28 is expected"),
    ("B13", -1, "out-of-range", f"found -1; {COUNT}"),
    ("B14", 0.5, "not-a-whole-number", f"found 0.5; {COUNT}"),
    ("B15", "two", "not-a-number", f'found "two"; {COUNT}'),
    ("A24", 5, "not-a-type", "found 5; an instance type is expected"),
    ("A24", True, "not-a-type", "found TRUE; an instance type is expected"),
    ("A24", CellError("#REF!"), "not-a-type", "found #REF!; an instance type is expected"),
    (
        "A24",
        None,
        "missing",
        "found nothing; an instance type is expected, or an empty row",
    ),
]
NAMES = {
    "A24": "instance type",
    "B24": "# of Instances",
    "C24": "Target Workload Pods per Node",
    "B4": "Subnet prefix length (/n)",
    "B13": "WARM_ENI_TARGET",
    "B14": "Host-network pods",
    "B15": "DaemonSet pods",
}


@pytest.mark.parametrize(("cell", "value", "kind", "message"), FAULTS)
def test_a_fault_says_where_what_and_what_for(
    tmp_path: Path, cell: str, value: Any, kind: str, message: str
) -> None:
    sheet = edited(tmp_path, **{cell: value})
    assert said(sheet) == [f"plan.xlsx, WarmENI!{cell} ({NAMES[cell]}): {message}"]
    [fault] = sheet.faults
    found = str(value) if isinstance(value, CellError) else value
    assert (fault.sheet, fault.cell, fault.column) == ("WarmENI", cell, NAMES[cell])
    assert (fault.kind, fault.found) == (kind, found)
    assert type(fault.found) is not CellError


def test_a_date_is_a_number_that_is_too_large(tmp_path: Path) -> None:
    # 2027-03-01 typed into a cell for a number: a spreadsheet stores the day's number.
    sheet = edited(tmp_path, B4=46447)
    assert said(sheet) == [
        "plan.xlsx, WarmENI!B4 (Subnet prefix length (/n)): "
        "found 46447; a whole number from 16 to 28 is expected"
    ]


def test_all_faults_are_collected(tmp_path: Path) -> None:
    sheet = edited(tmp_path, B4=99, B15=None, B23="x", C23=-5, B25=0.5, A26=7)
    assert [fault.cell for fault in sheet.faults] == ["B4", "B15", "B23", "C23", "B25", "A26"]
    assert len(sheet.rows) == 5


def test_a_formula_as_an_input(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B24", 12, "3*4")
    raw.put("WarmENI", "A23", "m5.12xlarge", '"m5."&"12xlarge"')
    assert is_as_planned(read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0])


@pytest.mark.parametrize(
    ("cell", "formula", "expected"),
    [
        ("B24", "3*4", "a whole number of 0 or more"),
        ("B4", "20+3", "a whole number from 16 to 28"),
        ("A24", '"t3."&"medium"', "an instance type"),
    ],
)
def test_a_formula_that_was_never_calculated(
    tmp_path: Path, cell: str, formula: str, expected: str
) -> None:
    raw = Raw(content())
    raw.put("WarmENI", cell, None, formula)
    sheet = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]
    assert said(sheet) == [
        f"plan.xlsx, WarmENI!{cell} ({NAMES[cell]}): its formula has no recorded value; open the "
        f"workbook in a spreadsheet program and save it, or enter {expected}"
    ]
    assert sheet.faults[0].kind == "not-calculated"


def test_a_row_without_type_and_counts_shows_nothing(tmp_path: Path) -> None:
    sheet = edited(tmp_path, A24=None, B24=None, C24=None)
    assert sheet.faults == []
    assert sheet.rows == [23, 25, 26, 27]


# --- instance types -------------------------------------------------------------------------------


def of_types(tmp_path: Path, model: str, name: str) -> tuple[list[Finding], dict[str, Any]]:
    edited(tmp_path, model, A24=name)
    [sheet, _] = verify_workbook(tmp_path / "plan.xlsx").sheets
    return sheet.faults, sheet.node_groups[1]


@BOTH
def test_a_type_in_another_case_is_the_same(tmp_path: Path, model: str) -> None:
    faults, group = of_types(tmp_path, model, "T3.Medium")
    assert faults == []
    assert (group["instance_type"], group["max_enis"]) == ("T3.Medium", 3)


@pytest.mark.parametrize("name", ["t3.medium ", " t3.medium", "t3.mediun"])
def test_a_type_with_a_slip_of_the_finger(tmp_path: Path, name: str) -> None:
    [fault], group = of_types(tmp_path, "vpc-cni", name)
    assert fault.at("plan.xlsx") == (
        f'plan.xlsx, WarmENI!A24 (instance type): found "{name}"; an instance type of sheet '
        "InstanceTypes is expected; is t3.medium meant?"
    )
    assert (fault.kind, fault.found) == ("unknown-type", name)
    assert group["max_enis"] is None


def test_a_type_that_is_no_type_at_all(tmp_path: Path) -> None:
    [fault], _ = of_types(tmp_path, "vpc-cni", "the big ones")
    assert fault.message == (
        'found "the big ones"; an instance type of sheet InstanceTypes is expected'
    )


# --- AWS's sample ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["B13", "B14", "B15", "B24", "C24"])
def test_an_empty_cell_counts_as_0_in_the_sample(tmp_path: Path, cell: str) -> None:
    sheet = edited(tmp_path, "aws-sample", **{cell: None})
    assert sheet.faults == []
    [warning] = sheet.warnings
    assert (warning.cell, warning.kind) == (cell, "empty-cell")
    assert warning.message == "the cell is empty and counts as 0"


def test_an_empty_row_of_the_published_sample(tmp_path: Path) -> None:
    raw = Raw(content("aws-sample", PLAN, 5))
    for cell in ("A24", "B24", "C24"):
        raw.put("WarmENI", cell, None)
    sheet = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]
    assert said(sheet) == [
        "plan.xlsx, WarmENI!A24 (instance type): the row is empty, and the published formulas "
        "give #N/A for it; delete the row or fill it in"
    ]
    assert sheet.faults[0].kind == "empty-row"


def test_data_sheets_may_lack_what_no_formula_looks_up(tmp_path: Path) -> None:
    raw = Raw(content())
    (table,) = raw.tables("InstanceTypes")
    raw.replace_in(table, 'name="source"', 'name="remark"')
    raw.put("InstanceTypes", "J1", value="remark")
    reading = read_workbook(raw.save(tmp_path / "plan.xlsx"))
    assert [each.name for each in reading.sheets] == ["WarmENI", "WarmIP"]
    assert reading.catalog is not None
    assert "m5.large" in reading.catalog


def test_a_sheet_of_limits_is_no_calculator_sheet(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = openpyxl.load_workbook(saved(tmp_path / "whole.xlsx"))
    book.create_sheet("Limits").append(["Max ENIs", "IPs per ENI", "Max pods", "Warm IPs", "Check"])
    book.save(path)
    assert [each.name for each in read_workbook(path).sheets] == ["WarmENI", "WarmIP"]


def test_labels_that_are_gone_are_named_by_a_cell_of_the_sheet(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "plan.xlsx"
    headers = ["instance type", "# of Instances", "Target Workload Pods per Node", "Max ENIs"]
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Plan").write_row(0, 0, headers)
    (sheet,) = read_workbook(path).sheets
    cells = [fault.cell for fault in sheet.faults if fault.kind == "missing-label"]
    assert cells[:2] == ["B4", "B13"]
