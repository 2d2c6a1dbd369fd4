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
from calculator.model.engine import setting_of
from calculator.plan import NodeGroup, Plan
from calculator.workbook.layout import quoted
from calculator.workbook.reader import SheetReading, WorkbookReading
from calculator.workbook.writer import SheetPlan
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1, column_letters, place
from tests.helpers import (
    AWS_SAMPLE,
    MODELS,
    PLAN,
    SHEETS,
    Raw,
    content,
    libreoffice,
    needs_aws_sample,
    needs_libreoffice,
    saved,
)

BOTH = pytest.mark.parametrize("model", MODELS)
OURS = [*SHEETS["vpc-cni"]]
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
        assert sheet.settings[setting.name] == setting_of(plan, setting), setting.name
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
    assert [each.name for each in reading.sheets] == [*SHEETS[model]]
    assert [each.layout.sheet for each in reading.sheets] == [*get_model(model)]
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
    assert [each.name for each in reading.sheets] == [*SHEETS["aws-sample"]]
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
        assert [each.name for each in reading.sheets] == [*SHEETS[path.stem]]
        assert all(map(is_as_planned, reading.sheets))
        assert reading.properties["Model"] == path.stem
        assert not [each for sheet in reading.sheets for each in (*sheet.warnings, *sheet.stale)]


# --- rows and columns that moved ------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("by", [1, 9, 350])
def test_rows_inserted_above(tmp_path: Path, model: str, by: int) -> None:
    raw = Raw(content(model))
    for sheet in SHEETS[model]:
        raw.shift(sheet, by)
    path = raw.save(tmp_path / "plan.xlsx")
    reading = read_workbook(path)
    assert all(map(is_as_planned, reading.sheets))
    assert reading.sheets[0].rows[0] == 23 + by
    assert reading.sheets[0].layout.cell("subnet_prefix_length") == f"B{4 + by}"
    # Whatever moved has moved altogether: it is still the same workbook.
    assert [each.differences for each in verify_workbook(path).sheets] == [[]] * len(SHEETS[model])


@pytest.mark.parametrize("sheet", OURS)
def test_rows_inserted_above_one_sheet(tmp_path: Path, sheet: str) -> None:
    raw = Raw(content())
    raw.shift(sheet, 5)
    path = raw.save(tmp_path / "plan.xlsx")
    reading = read_workbook(path)
    assert all(map(is_as_planned, reading.sheets))
    assert [each.warnings for each in reading.sheets] == [[], [], []]
    assert verify_workbook(path).clean


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
        # Spreadsheet programs rename it in formulas, too.
        for sheet in (book["WarmIP"], book["Prefix"]):
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    cell.value = cell.value.replace("WarmENI!", f"{quoted(name)}!")

    reading = through_openpyxl(tmp_path, rename)
    assert [each.name for each in reading.sheets] == [name, "WarmIP", "Prefix"]
    assert all(map(is_as_planned, reading.sheets))
    assert reading.sheets[1].followed[(23, 1)] == (name, (23, 1))


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
    assert [each.name for each in reading.sheets] == OURS
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
    ("N6", "maybe", "not-an-option", 'found "maybe"; no or yes is expected'),
    # Formulas compare with the word: TRUE is another thing to them.
    ("N6", True, "not-an-option", "found TRUE; no or yes is expected"),
    ("N6", 1.0, "not-an-option", "found 1; no or yes is expected"),
    ("N6", "yes ", "not-an-option", 'found "yes "; no or yes is expected'),
    ("N6", CellError("#N/A"), "not-an-option", "found #N/A; no or yes is expected"),
    ("N6", None, "missing", "found nothing; no or yes is expected"),
    ("N12", "some", "not-an-option", 'found "some"; none or one or all is expected'),
    ("N10", 0, "out-of-range", "found 0; a whole number from 1 to 6 is expected"),
    ("N10", None, "missing", "found nothing; a whole number from 1 to 6 is expected"),
    ("N14", "x", "not-a-number", f'found "x"; {COUNT}'),
    ("W24", "BSD", "not-an-option", 'found "BSD"; Linux or Windows is expected'),
    ("W24", 1.0, "not-an-option", "found 1; Linux or Windows is expected"),
    ("X24", "30", "not-a-number", f'found "30"; {COUNT}{AGAIN}'),
    ("X24", "thirty", "not-a-number", f'found "thirty"; {COUNT}'),
    ("X24", True, "not-a-number", f"found TRUE; {COUNT}"),
    ("Y24", -1, "out-of-range", f"found -1; {COUNT}"),
    ("Y24", 0.5, "not-a-whole-number", f"found 0.5; {COUNT}"),
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
    "N6": "Security groups for pods (ENABLE_POD_ENI)",
    "N10": "Availability Zones",
    "N12": "Node groups updated at once",
    "N14": "Other addresses (8 for each load balancer)",
    "W24": "Operating system",
    "X24": "Own max pods",
    "Y24": "Pods with own security group",
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


# --- words, and what a workbook may lack ----------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value", "read"),
    [
        ("N6", "YES", "yes"),
        ("N9", "ipv6", "IPv6"),
        ("N5", "110 OR 250", "110 or 250"),
        ("N12", "All", "all"),
        ("W24", "windows", "Windows"),
        ("W24", "LINUX", "Linux"),
        ("W24", None, "Linux"),
        ("W24", "", "Linux"),
        ("X24", None, 0),
        ("X24", 17, 17),
        ("Y24", 4.0, 4),
    ],
)
def test_words_in_any_case_and_optional_cells(
    tmp_path: Path, cell: str, value: Any, read: Any
) -> None:
    edited(tmp_path, **{cell: value})
    for sheet in read_workbook(tmp_path / "plan.xlsx").sheets:
        assert (sheet.faults, sheet.warnings) == ([], [])
        if cell.endswith("24"):
            number = place(cell)[1]
            leading = get_model("vpc-cni").sheets[0].columns[number - 1].name
            assert sheet.groups[leading][1] == read
        else:
            leading = next(
                s.name for s in get_model("vpc-cni").sheets[0].settings if s.cell == cell
            )
            assert sheet.settings[leading] == read


def test_a_row_with_nothing_but_optional_inputs_is_no_row(tmp_path: Path) -> None:
    sheet = edited(tmp_path, W30="Windows", X30=30, Y30=4)
    assert is_as_planned(sheet)


def without(cells: list[str]) -> Raw:
    """A workbook without some labels or headers of its first sheet."""
    raw = Raw(content())
    for cell in cells:
        raw.put("WarmENI", cell, None)
    return raw


OPTIONAL_LABELS = [s.label_cell for s in get_model("vpc-cni").sheets[0].settings if s.optional]


def test_the_settings_at_the_right_are_optional() -> None:
    assert OPTIONAL_LABELS == [f"J{row}" for row in range(4, 18)]


def test_an_older_workbook_lacks_settings_and_columns(tmp_path: Path) -> None:
    # Nothing of it is read, whatever stands there.
    raw = without([*OPTIONAL_LABELS, "W22", "X22", "Y22"])
    raw.put("WarmENI", "N6", "maybe")
    raw.put("WarmENI", "W24", "a remark")
    sheet = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]
    assert is_as_planned(sheet)
    assert sheet.warnings == []


def test_one_optional_label_that_is_gone(tmp_path: Path) -> None:
    raw = without(["J10"])
    raw.put("WarmENI", "N10", 3)
    sheet = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]
    assert is_as_planned(sheet)
    [warning] = sheet.warnings
    assert warning.kind == "missing-label"
    assert warning.at("plan.xlsx") == (
        "plan.xlsx, WarmENI!N10 (Availability Zones): "
        'the label "Availability Zones" was not found; 1 is assumed; put it back beside its cell'
    )


def test_an_optional_column_that_is_gone_has_its_default(tmp_path: Path) -> None:
    raw = without(["X22"])
    raw.put("WarmENI", "X24", 30)
    raw.put("WarmENI", "Y24", 4)
    sheet = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets[0]
    assert sheet.faults == []
    [warning] = sheet.warnings
    assert (warning.kind, warning.cell) == ("missing-column", "X22")
    assert '"Own max pods" was not found in row 22; 0 is assumed; ' in warning.message
    assert sheet.groups["own_max_pods"] == [0, 0, 0, 0, 0]
    assert sheet.groups["security_group_pods"] == [0, 4, 0, 0, 0]


# --- inputs that follow another sheet -------------------------------------------------------------


def followers(raw: Raw, tmp_path: Path) -> tuple[SheetReading, SheetReading, SheetReading]:
    """The sheets of a filled-in workbook, of which the first leads."""
    leading, ip, prefix = read_workbook(raw.save(tmp_path / "plan.xlsx")).sheets
    return leading, ip, prefix


def kinds(sheet: SheetReading) -> list[tuple[str, str, str]]:
    return [(each.kind, each.sheet, each.cell) for each in sheet.warnings]


MANY = Plan(
    subnet_prefix_length=21,
    pod_eni="yes",
    node_groups=[
        NodeGroup("m5.large", 3, 20, os="Windows"),
        NodeGroup("m5.xlarge", 2, 9, own_max_pods=30, security_group_pods=4),
    ],
)


@pytest.mark.parametrize("plan", [PLAN, MANY])
def test_links_are_read_though_never_calculated(tmp_path: Path, plan: Plan) -> None:
    book = openpyxl.load_workbook(saved(tmp_path / "whole.xlsx", plan=plan, rows=5))
    assert "WarmENI!B4" in book["WarmIP"]["B4"].value
    book.save(tmp_path / "plan.xlsx")
    for sheet in read_workbook(tmp_path / "plan.xlsx").sheets:
        assert is_as_planned(sheet, plan)
        assert (sheet.warnings, sheet.stale) == ([], [])
        assert bool(sheet.followed) == (sheet.name != "WarmENI")


def test_a_link_is_what_it_points_at_whatever_is_recorded(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B24", 99)
    raw.put("WarmENI", "A25", "c5.xlarge")
    raw.put("WarmENI", "N6", "yes")
    raw.put("WarmENI", "X27", 17)
    for sheet in followers(raw, tmp_path):
        assert sheet.groups["instances"] == [2, 99, 7, 0, 3]
        assert sheet.groups["instance_type"][2] == "c5.xlarge"
        assert sheet.groups["own_max_pods"] == [0, 0, 0, 0, 17]
        assert sheet.settings["pod_eni"] == "yes"
        stale = {each.cell for each in sheet.stale}
        # X27 records what a formula does that was never calculated.
        wanted = {"B24", "A25", a1(*sheet.layout.places["pod_eni"])}
        assert stale == (set() if sheet.name == "WarmENI" else wanted)


def test_a_stale_link_says_what_it_follows(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmIP", "B24", 5)
    _, ip, _ = followers(raw, tmp_path)
    assert is_as_planned(ip)
    [stale] = ip.stale
    assert (stale.kind, stale.found, stale.expected) == ("value", 5, 12)
    assert stale.at("plan.xlsx") == (
        "plan.xlsx, WarmIP!B24 (# of Instances): recorded 5, but 12 is what it follows"
    )


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("B24", "three", f'found "three"; {COUNT}'),
        ("B24", None, f"found nothing; {COUNT}"),
        ("C24", "30", f'found "30"; {COUNT}{AGAIN}'),
        ("B14", -1, f"found -1; {COUNT}"),
        ("W24", "BSD", 'found "BSD"; Linux or Windows is expected'),
        ("N6", "maybe", 'found "maybe"; no or yes is expected'),
    ],
)
def test_a_fault_of_what_is_followed_names_the_cell_followed(
    tmp_path: Path, cell: str, value: Any, message: str
) -> None:
    raw = Raw(content())
    raw.put("WarmENI", cell, value)
    leading, *others = followers(raw, tmp_path)
    assert [each.message for each in leading.faults] == [message]
    for sheet in others:
        assert [each.message for each in sheet.faults] == [
            f"{message} (the cell follows WarmENI!{cell})"
        ]


def test_inputs_that_were_typed_over_are_read_alike(tmp_path: Path) -> None:
    raw = Raw(content())
    for cell, value in (("B4", 22), ("C24", 8), ("N6", "yes"), ("X25", 30)):
        raw.put("WarmIP", cell, value, None)
    leading, ip, prefix = followers(raw, tmp_path)
    assert is_as_planned(leading)
    assert is_as_planned(prefix)
    assert (ip.settings["subnet_prefix_length"], ip.settings["pod_eni"]) == (22, "yes")
    assert ip.groups["pods_per_node"] == [100, 8, 0, 30, 61]
    assert ip.groups["own_max_pods"] == [0, 0, 30, 0, 0]
    assert (ip.faults, ip.stale) == ([], [])


def test_a_warning_lists_the_inputs_that_no_longer_follow(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmIP", "C24", 8, None)
    _, ip, prefix = followers(raw, tmp_path)
    assert [each.at("plan.xlsx") for each in ip.warnings] == [
        "plan.xlsx, WarmIP!C24 (inputs): an input no longer follows sheet WarmENI: C24"
    ]
    assert prefix.warnings == []
    raw.put("WarmIP", "B4", 22, None)
    for row in range(23, 28):
        raw.put("WarmIP", f"B{row}", 1, None)
        raw.put("WarmIP", f"C{row}", 1, None)
    _, ip, _ = followers(raw, tmp_path)
    [warning] = ip.warnings
    assert (warning.kind, warning.cell) == ("does-not-follow", "B4")
    assert warning.message == (
        "inputs no longer follow sheet WarmENI: B4, B23, C23, B24, C24, B25, C25, B26, …"
    )


def test_own_inputs_are_no_parting(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmIP", "B13", 9)
    raw.put("Prefix", "B17", 9)
    raw.put("Prefix", "N4", "worst case")
    raw.put("Prefix", "N6", "ENI limits")
    assert [kinds(sheet) for sheet in followers(raw, tmp_path)] == [[], [], []]


def test_a_sheet_that_follows_in_nothing_has_parted_for_good(tmp_path: Path) -> None:
    plans = [SheetPlan("WarmENI", "warm-eni", PLAN), SheetPlan("WarmIP", "warm-ip", MANY)]
    path = tmp_path / "plan.xlsx"
    write_workbook(path, plans)
    assert [kinds(each) for each in read_workbook(path).sheets] == [[], []]


def test_a_row_that_others_have_not_is_named(tmp_path: Path) -> None:
    raw = more_rows(extended=True)
    leading, *others = followers(raw, tmp_path)
    assert [each.at("plan.xlsx") for each in leading.warnings] == [
        f"plan.xlsx, WarmENI!A43 (instance type): sheet {sheet.name} has no such row and counts "
        "without it"
        for sheet in others
    ]
    assert {each.kind for each in leading.warnings} == {"row-not-followed"}
    for sheet in others:
        assert is_as_planned(sheet)
        assert sheet.warnings == []


def test_a_row_of_the_followers_own(tmp_path: Path) -> None:
    raw = Raw(content())
    for cell, value in (("A28", "m6i.large"), ("B28", 4), ("C28", 11)):
        raw.put("WarmIP", cell, value, None)
    leading, ip, _ = followers(raw, tmp_path)
    assert (len(leading.rows), len(ip.rows)) == (5, 6)
    assert kinds(ip) == [("does-not-follow", "WarmIP", "A28")]


def test_a_row_that_was_cleared_in_a_follower(tmp_path: Path) -> None:
    raw = Raw(content())
    for cell in ("A24", "B24", "C24"):
        raw.put("WarmIP", cell, None, None)
    leading, ip, _ = followers(raw, tmp_path)
    assert ip.rows == [23, 25, 26, 27]
    assert kinds(leading) == [("row-not-followed", "WarmENI", "A24")]


@pytest.mark.parametrize("cells", ["A", "BC", "ABC"])
def test_a_row_that_was_typed_over_with_the_same_is_there(tmp_path: Path, cells: str) -> None:
    raw = Raw(content())
    values = {"A": "t3.medium", "B": 12, "C": PLAN.node_groups[1].pods_per_node}
    for column in cells:
        raw.put("WarmIP", f"{column}24", values[column], None)
    leading, ip, _ = followers(raw, tmp_path)
    assert kinds(leading) == []
    assert kinds(ip) == [("does-not-follow", "WarmIP", f"{cells[0]}24")]


def test_an_optional_input_of_the_followers_own_parts_too(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmIP", "X24", 30, None)
    _, ip, _ = followers(raw, tmp_path)
    assert kinds(ip) == [("does-not-follow", "WarmIP", "X24")]


def test_a_link_to_another_row_follows_that_row(tmp_path: Path) -> None:
    raw = Raw(content())
    for column in "ABC":
        for row, other in ((23, 24), (24, 23)):
            link = f'IF(WarmENI!{column}{other}="","",WarmENI!{column}{other})'
            raw.put("WarmIP", f"{column}{row}", None, link)
    _, ip, _ = followers(raw, tmp_path)
    assert ip.groups["instance_type"][:2] == ["t3.medium", "m5.12xlarge"]
    assert ip.groups["instances"][:2] == [12, 2]
    assert (ip.faults, ip.warnings) == ([], [])


@pytest.mark.parametrize("link", ["Notes!B3", "Nowhere!B3", "WarmENI!B24+0", "B25"])
def test_a_formula_that_follows_no_calculator_sheet_counts_as_recorded(
    tmp_path: Path, link: str
) -> None:
    def change(book: openpyxl.Workbook) -> None:
        book.create_sheet("Notes")["B3"] = 77
        book["WarmENI"]["B24"] = f"={link}"

    [leading, *_] = through_openpyxl(tmp_path, change).sheets
    assert [(each.cell, each.kind) for each in leading.faults] == [("B24", "not-calculated")]
    raw = Raw(tmp_path / "plan.xlsx")
    raw.put("WarmENI", "B24", 5)
    leading, *others = followers(raw, tmp_path)
    assert leading.groups["instances"][1] == 5
    assert (leading.faults, leading.followed, leading.stale) == ([], {}, [])
    assert [each.groups["instances"][1] for each in others] == [5, 5]


@pytest.mark.parametrize("between", [12, 5, None])
def test_a_chain_of_links_is_followed_to_its_end(tmp_path: Path, between: object) -> None:
    raw = Raw(content())
    raw.put("Prefix", "B24", 12, "WarmIP!B24")
    raw.put("WarmIP", "B24", between)
    *_, prefix = followers(raw, tmp_path)
    assert is_as_planned(prefix)
    assert prefix.followed[(24, 2)] == ("WarmIP", (24, 2))
    assert prefix.stale == []


def test_links_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B24", None, "WarmIP!B24")
    raw.put("WarmIP", "B24", None, "WarmENI!B24")
    leading, ip, _ = followers(raw, tmp_path)
    for sheet in (leading, ip):
        assert [(each.cell, each.kind) for each in sheet.faults] == [("B24", "not-calculated")]


# --- instance types -------------------------------------------------------------------------------


def of_types(tmp_path: Path, model: str, name: str) -> tuple[list[Finding], dict[str, Any]]:
    edited(tmp_path, model, A24=name)
    sheet = verify_workbook(tmp_path / "plan.xlsx").sheets[0]
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
    assert [each.name for each in reading.sheets] == OURS
    assert reading.catalog is not None
    assert "m5.large" in reading.catalog


def test_a_sheet_of_limits_is_no_calculator_sheet(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = openpyxl.load_workbook(saved(tmp_path / "whole.xlsx"))
    book.create_sheet("Limits").append(["Max ENIs", "IPs per ENI", "Max pods", "Warm IPs", "Check"])
    book.save(path)
    assert [each.name for each in read_workbook(path).sheets] == OURS


def test_labels_that_are_gone_are_named_by_a_cell_of_the_sheet(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "plan.xlsx"
    headers = ["instance type", "# of Instances", "Target Workload Pods per Node", "Max ENIs"]
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Plan").write_row(0, 0, headers)
    (sheet,) = read_workbook(path).sheets
    cells = [fault.cell for fault in sheet.faults if fault.kind == "missing-label"]
    assert cells[:2] == ["B4", "B13"]
