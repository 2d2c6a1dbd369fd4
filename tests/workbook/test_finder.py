"""Sheets, labels and headers are found wherever people and programs have put them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.worksheet.table import Table

from calculator import read_workbook, verify_workbook
from calculator.errors import WorkbookError
from calculator.model.expression import NOTHING
from calculator.plan import NodeGroup, Plan
from calculator.report import WorkbookReport
from calculator.workbook.finder import meaning_of, name_target
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.cells import CellError
from calculator.xlsx.geometry import DefinedName
from calculator.xlsx.package import Package
from tests.helpers import (
    AWS_SAMPLE,
    HEADER_ROW,
    MODELS,
    MODES,
    PLAN,
    SHEETS,
    Raw,
    all_calculated,
    found,
    libreoffice,
    needs_aws_sample,
    needs_ironcalc,
    needs_uno,
    report_of,
    reports_of,
    thorough,
)
from tests.workbook.readings import (
    ROWS,
    cell_of,
    edited,
    findings,
    is_as_planned,
    raw_of,
    read,
    said,
    same_inputs,
)

BOTH = pytest.mark.parametrize("model", MODELS)
OURS = SHEETS["vpc-cni"]


def names(reading: WorkbookReading) -> list[str]:
    """The sheets that were found, by their names in the file."""
    return [sheet.name for plan in reading.plans for sheet in plan.sheets.values()]


def through_openpyxl(
    tmp_path: Path, change: Callable[[openpyxl.Workbook], object], model: str = "vpc-cni"
) -> WorkbookReading:
    """The filled-in workbook, changed and saved by openpyxl."""
    path = raw_of(model).save(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return read_workbook(path)


# --- as it was written, and as others saved it ----------------------------------------------------


@BOTH
def test_inputs_come_back(model: str) -> None:
    reading = read(raw_of(model))
    first = HEADER_ROW[model] + 1
    assert names(reading) == [*SHEETS[model]]
    assert is_as_planned(reading)
    for plan in reading.plans:
        assert plan.model.name == model
        assert plan.rows == [*range(first, first + 5)]
        layout = plan.plan.layout
        assert (layout.first_row, layout.last_row) == (first, first + ROWS - 1)
    assert reading.layout == (4 if model == "vpc-cni" else None)


def openpyxl_values(path: Path) -> dict[str, dict[tuple[int, int], Any]]:
    """The values of every sheet as openpyxl reads them."""
    return {
        sheet.title: {
            (cell.row, cell.column): cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets
    }


@BOTH
def test_every_cell_is_what_openpyxl_reads(tmp_path: Path, model: str) -> None:
    path = raw_of(model).save(tmp_path / "plan.xlsx")
    expected = openpyxl_values(path)
    for plan in read(path).plans:
        for sheet in plan.sheets.values():
            values = {
                where: str(cell.value) if isinstance(cell.value, CellError) else cell.value
                for where, cell in sheet.cells.items()
                if cell.value not in (None, "")
            }
            assert values == expected[sheet.name]


@needs_aws_sample
@pytest.mark.filterwarnings("ignore:Data Validation extension is not supported")
def test_the_published_workbook_is_what_openpyxl_reads() -> None:
    reading, expected = read_workbook(AWS_SAMPLE), openpyxl_values(AWS_SAMPLE)
    assert names(reading) == [*SHEETS["aws-sample"]]
    assert said(reading) == []
    for plan in reading.plans:
        values = expected[plan.plan.name]
        assert plan.model.name == "aws-sample"
        assert plan.rows
        for number, row in enumerate(plan.rows):
            assert plan.groups["instance_type"][number] == values[row, 1]
            assert plan.groups["instances"][number] == values[row, 2]
            assert plan.groups["pods_per_node"][number] == values[row, 3]
        assert plan.settings["subnet_prefix_length"] == values[4, 2]
        assert plan.settings["host_network_pods"] == values[14, 2]


@BOTH
def test_openpyxl_may_save_it(tmp_path: Path, model: str) -> None:
    reading = through_openpyxl(tmp_path, lambda book: None, model)
    assert names(reading) == [*SHEETS[model]]
    assert is_as_planned(reading)


@BOTH
def test_without_tables_as_google_sheets_saves_it(model: str) -> None:
    raw = raw_of(model)
    raw.without_tables()
    reading = read(raw)
    assert names(reading) == [*SHEETS[model]]
    assert is_as_planned(reading)
    for plan in reading.plans:
        assert plan.plan.layout.table is None
        assert plan.plan.layout.last_row == HEADER_ROW[model] + ROWS


BELOW = [(column, below) for column in "ABCEFGHIJKLM" for below in (1, 2, 100, 500)]


def below_the_table(cells: list[tuple[str, int]] = BELOW) -> Raw:
    """Inputs that were typed under the table: each is a row of its own."""
    raw = raw_of()
    for number, (column, below) in enumerate(cells):
        raw.put("Plan", f"{column}{HEADER_ROW['vpc-cni'] + ROWS + below + number}", 7.0)
    return raw


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Workbooks as LibreOffice saves them, all in one start."""
    folder = tmp_path_factory.mktemp("libreoffice")
    moved = raw_of()
    for sheet in OURS:
        moved.shift(sheet, 3)
    cell = read(moved).plans[0].plan.layout.cell("last_row_seen")
    moved.put("Plan", cell, 13.0 + ROWS + 3)
    moved.rename("Plan", "Größe & mehr")
    sources = {"below": below_the_table(), "moved": moved}
    paths = [raw.save(folder / f"{name}.xlsx") for name, raw in sources.items()]
    return {path.stem: path for path in libreoffice(paths, folder)}


@pytest.mark.thorough
@needs_uno
def test_libreoffice_may_save_what_moved(by_libreoffice: dict[str, Path]) -> None:
    reading = read(by_libreoffice["moved"])
    assert names(reading) == ["Größe & mehr", *OURS[1:]]
    assert is_as_planned(reading)
    assert found(verify_workbook(by_libreoffice["moved"])) == []


# --- inputs below the table -----------------------------------------------------------------------


@pytest.mark.parametrize("below", [1, 2, 100, 500])
@pytest.mark.parametrize("column", "ABCEFGHIJKLM")
def test_an_input_below_the_table_is_a_fault(column: str, below: int) -> None:
    last = HEADER_ROW["vpc-cni"] + ROWS
    reading = edited(**{f"{column}{last + below}": 7.0})
    assert said(reading) == [("below-the-table", f"Plan!{column}{last + below}")]
    [fault] = findings(reading)
    assert fault.found == 7
    advice = "move the row up into the table, or make a new workbook with more --rows"
    if column != "A":
        advice = (
            "move it up into the table, or, if it is a note or a total, to where no input stands"
        )
    assert fault.message == (
        f"found 7 below row {last}, the last one that the formulas count; {advice}"
    )
    assert same_inputs(reading.plans[0])


@pytest.mark.thorough
@needs_uno
def test_an_input_below_the_table_is_a_fault_after_libreoffice_too(
    by_libreoffice: dict[str, Path],
) -> None:
    reading, ours = read(by_libreoffice["below"]), read(below_the_table())
    assert len(said(ours)) == len(BELOW)
    assert said(reading) == said(ours)
    report = verify_workbook(by_libreoffice["below"])
    assert {code for code, _ in found(report)} == {"below-the-table"}
    assert report.verdict is not None
    assert report.verdict.fits is None


@pytest.mark.parametrize("model", MODELS)
def test_a_whole_group_below_the_table_is_one_fault(model: str) -> None:
    raw, row = raw_of(model), HEADER_ROW[model] + ROWS + 2
    sheet = SHEETS[model][0]
    for column, value in (("A", "m5.large"), ("B", 4.0), ("C", 11.0)):
        raw.put(sheet, f"{column}{row}", value)
    assert said(read(raw)) == [("below-the-table", f"{sheet}!A{row}")]


def test_a_second_table_below_the_first_is_not_counted_and_named() -> None:
    raw = raw_of()
    for row, values in ((25, ("instance type", "# of Instances")), (26, ("m5.large", 4.0))):
        for column, value in zip("AB", values, strict=True):
            raw.put("Plan", f"{column}{row}", value)
    reading = read(raw)
    assert said(reading) == [("below-the-table", "Plan!A25"), ("below-the-table", "Plan!A26")]
    assert same_inputs(reading.plans[0])


def test_a_table_grown_by_a_row_that_the_modes_do_not_see() -> None:
    raw, row = raw_of(), HEADER_ROW["vpc-cni"] + ROWS + 1
    for column, value in (("A", "m5.large"), ("B", 4.0), ("C", 11.0)):
        raw.put("Plan", f"{column}{row}", value)
    [table] = raw.tables("Plan")
    raw.replace_in(table, f":O{row - 1}", f":O{row}")
    reading = read(raw)
    assert reading.plans[0].plan.layout.last_row == row
    assert said(reading) == [("below-the-table", f"Plan!A{row}")]


def test_a_row_added_below_the_table_of_the_sample() -> None:
    raw, row = raw_of("aws-sample"), HEADER_ROW["aws-sample"] + ROWS + 1
    for column, value in (("A", "m5.large"), ("B", 4.0), ("C", 11.0)):
        raw.put("WarmENI", f"{column}{row}", value)
    plan = read(raw).plans[0]
    assert plan.groups["instance_type"][-1] == "m5.large"
    assert plan.rows[-1] == plan.plan.layout.last_row == row
    assert not plan.plan.layout.in_table(row)


def test_a_remark_below_the_table_of_the_sample_is_no_row() -> None:
    last = HEADER_ROW["aws-sample"] + ROWS
    cells = {f"A{last + 1}": "Prices are those of last year", f"A{last + 3}": "Total"}
    assert is_as_planned(edited("WarmENI", "aws-sample", **cells))


@pytest.mark.parametrize("column", "DNOPZ")
def test_a_remark_where_no_input_is_harms_nothing(column: str) -> None:
    assert is_as_planned(edited(**{f"{column}24": "see the ticket"}))


@BOTH
def test_a_table_down_to_the_end_of_the_sheet(model: str) -> None:
    raw, sheet = raw_of(model), SHEETS[model][0]
    last = HEADER_ROW[model] + ROWS
    [table] = raw.tables(sheet)
    xml = raw.parts[table].decode()
    assert f'{last}"' in xml
    raw.parts[table] = xml.replace(f'{last}"', '1048576"').encode()
    reading = read(raw)
    assert same_inputs(reading.plans[0])


# --- rows and columns that moved ------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("by", [9, *map(thorough, (1, 350))])
def test_rows_inserted_above(model: str, by: int) -> None:
    raw = raw_of(model)
    for sheet in SHEETS[model]:
        raw.shift(sheet, by)
    reading = read(raw)
    assert is_as_planned(reading)
    assert reading.plans[0].rows[0] == HEADER_ROW[model] + 1 + by
    layout = reading.plans[0].plan.layout
    assert layout.cell("subnet_prefix_length") == f"B{4 + by}"


def test_a_note_above_pushes_the_sheet_down() -> None:
    raw = raw_of()
    raw.shift("Plan", 3)
    raw.put("Plan", "A1", "Plan of the payments team")
    raw.put("Plan", "B1", 17.0)
    assert is_as_planned(read(raw))


@pytest.mark.parametrize("column", "ABCDEFGHIJKLMNOPQRST")
def test_a_column_inserted(column: str) -> None:
    assert is_as_planned(read(inserted(f"Plan!{column}14", columns=1)))


@pytest.mark.parametrize("column", "DFK")
def test_a_column_inserted_in_a_plan_with_a_date_and_without_an_owner(column: str) -> None:
    """The date is not taken for the owner, though it stands where that would then be."""
    raw = raw_of()
    raw.put("Plan", "H1", "2026-11-27")
    raw.insert("Plan", before=f"{column}14", columns=1)
    [plan] = read(raw).plans
    assert not plan.findings
    assert (plan.settings["owner"], plan.settings["date"]) == ("", "2026-11-27")


def test_columns_in_another_order(tmp_path: Path) -> None:
    def swap(book: openpyxl.Workbook) -> None:
        sheet = book["Plan"]
        sheet.tables.clear()
        for row in range(13, 14 + ROWS):
            first, third = sheet.cell(row, 1).value, sheet.cell(row, 3).value
            sheet.cell(row, 1).value, sheet.cell(row, 3).value = third, first

    reading = through_openpyxl(tmp_path, swap)
    assert is_as_planned(reading)
    layout = reading.plans[0].plan.layout
    assert (layout.columns["instance_type"], layout.columns["pods_per_node"]) == (3, 1)
    assert layout.cell("instance_type", 14) == "C14"


# --- what a spreadsheet program moves, and calculates -------------------------------------------


@pytest.mark.parametrize(("before", "columns"), [("C1", 1), ("D1", 2), ("E1", 1)])
def test_columns_inserted_before_the_defaults(before: str, columns: int) -> None:
    assert report_of(inserted(f"Settings!{before}", columns=columns)).of("difference") == []


def inserted(*places: str, rows: int = 0, columns: int = 0, of: int = ROWS) -> Raw:
    """Rows or columns inserted before some cells, such as ``Plan!B14``."""
    raw = raw_of(rows=of)
    for each in places:
        sheet, _, before = each.partition("!")
        raw.insert(sheet, before=before, rows=rows, columns=columns)
    return raw


def renamed() -> Raw:
    raw = raw_of()
    for sheet, name in zip(OURS, NAMES, strict=True):
        raw.rename(sheet, name)
    return raw


def without_tables() -> Raw:
    raw = raw_of()
    raw.without_tables()
    return raw


NAMES = ("prod eu-west-1", "it's", "Größe & mehr", "AB12", "R1C1", "1st", "TRUE", "2 sizes")
#: Rows that were inserted into the table of sheet Plan, less than 0 deleted, and where.
IN_THE_TABLE = [(1, "A16"), (3, "A19"), (-1, "A19"), (-2, "A16")]
#: What changes where things stand, and nothing else.
MOVED = {
    "without tables": without_tables,
    "down": partial(inserted, *(f"{sheet}!A1" for sheet in OURS if sheet != "IPv6"), rows=5),
    **{f"plan, {column}": partial(inserted, f"Plan!{column}14", columns=1) for column in "HLP"},
    "B": partial(inserted, *(f"{sheet}!B14" for sheet in OURS), columns=1),
    "C": partial(inserted, "Plan!C14", "Settings!C9", "WarmENI!C9", "Prefix!H9", columns=1),
    "D": partial(
        inserted, "Plan!D14", "Groups!D9", "WarmENI!D9", "Prefix!I9", "IPv6!F9", columns=1
    ),
    "N": partial(
        inserted, "Plan!N14", "WarmENI!N9", "WarmIP!J9", "Prefix!Q9", "IPv6!X9", columns=1
    ),
    "three columns": partial(inserted, "Settings!B9", "WarmENI!B14", columns=3),
    "renamed": renamed,
    **{f"{rows} {at}": partial(inserted, f"Plan!{at}", rows=rows) for rows, at in IN_THE_TABLE},
}
#: Columns that were deleted: the one thing that is found, what else there is follows from it.
DELETED = {
    "Plan B": ("missing-column", "Plan"),
    "Plan C": ("missing-column", "Plan"),
    "Plan F": ("missing-optional-column", "Plan!F13"),
    "Plan H": ("missing-optional-column", "Plan!H13"),
    "Plan D": ("missing-result", "Plan!D5"),
    "Plan N": ("missing-result", "Plan"),
    "Settings B": ("missing-column", "Settings"),
    "Groups D": ("missing-result", "Groups"),
    "WarmENI B": ("missing-result", "WarmENI"),
}
#: What is no longer right; each cell holds an input that no formula counts.
LOST = {**{cell: cell for cell in ("A22", "C121", "G122", "M122")}, "pushed": "A19"}


@pytest.fixture(scope="module")
def moved() -> dict[str, Raw]:
    """Workbooks that were changed and calculated, all in one start of IronCalc."""
    raws = {name: make() for name, make in MOVED.items()}
    raws["pushed"] = inserted("Plan!A16", rows=1, of=5)
    for name in DELETED:
        sheet, column = name.split()
        raws[name] = inserted(f"{sheet}!{chr(ord(column) + 1)}14", columns=-1)
    for cell in LOST.keys() - {"pushed"}:
        raws[cell] = raw_of()
        raws[cell].put("Plan", cell, "m5.large")
    return all_calculated(raws)


@pytest.fixture(scope="module")
def reports_of_moved(moved: dict[str, Raw]) -> dict[str, WorkbookReport]:
    return reports_of(moved)


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize("name", MOVED)
def test_what_moved_is_still_the_same_workbook(
    moved: dict[str, Raw], reports_of_moved: dict[str, WorkbookReport], name: str
) -> None:
    plan = PLAN
    for rows, at in IN_THE_TABLE:
        if name == f"{rows} {at}" and rows < 0:
            first = int(at[1:]) - 14 + rows
            groups = PLAN.node_groups[:first] + PLAN.node_groups[first - rows :]
            plan = replace(PLAN, node_groups=groups)
    assert is_as_planned(read(moved[name]), plan)
    assert found(reports_of_moved[name]) == []


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize("name", DELETED)
def test_a_deleted_column_is_one_finding(
    moved: dict[str, Raw], reports_of_moved: dict[str, WorkbookReport], name: str
) -> None:
    report = reports_of_moved[name]
    assert found(report) == [DELETED[name]]
    first = report.findings[0]
    if name in ("Plan B", "Settings B"):
        assert report.verdict is not None
        assert (first.severity, report.verdict.fits) == ("fault", None)
        assert "column B was deleted, and with it what belongs to " in first.message
    elif name != "Plan C":
        assert same_inputs(read(moved[name]).plans[0])


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize("name", LOST)
def test_the_workbook_says_itself_what_is_not_counted(
    moved: dict[str, Raw], reports_of_moved: dict[str, WorkbookReport], name: str
) -> None:
    report = reports_of_moved[name]
    assert found(report) == [("below-the-table", f"Plan!{LOST[name]}")]
    assert report.verdict is not None
    assert report.verdict.message == (
        f"Row {LOST[name][1:]} lies below the rows that are counted: move it up into the table"
    )
    assert {sheet.totals["ips_used"] for sheet in report.sheets} == {None}
    cells = read(moved[name]).plans[0].plan.cells
    assert cells[2, 1].value == report.verdict.message
    assert {cells[row, 5].value for row in range(5, 9)} == {"#N/A"}


# --- sheets ---------------------------------------------------------------------------------------


def test_sheets_in_another_order() -> None:
    raw = raw_of()
    raw.order(*reversed(raw.sheets))
    reading = read(raw)
    assert names(reading) == [*OURS]  # as the model has them
    assert is_as_planned(reading)
    assert found(report_of(raw)) == []


def test_a_second_plan_is_a_fault() -> None:
    raw = raw_of()
    raw.copy("Plan", "Plan (2)")
    raw.put("Plan (2)", "B4", 17.0)
    raw.put("Plan (2)", "B14", 99.0)
    reading = read(raw)
    assert said(reading) == [("second-plan", "Plan (2)")]
    [fault] = findings(reading)
    assert "one workbook, one plan" in fault.message
    assert same_inputs(reading.plans[0])
    assert found(report_of(raw)) == [("second-plan", "Plan (2)")]


def test_of_two_plans_the_one_with_its_name_counts() -> None:
    raw = raw_of()
    raw.copy("Plan", "Plan (2)")
    raw.put("Plan (2)", "B4", 17.0)
    raw.order("Plan (2)", *[sheet for sheet in raw.sheets if sheet != "Plan (2)"])
    reading = read(raw)
    assert said(reading) == [("second-plan", "Plan (2)")]
    assert same_inputs(reading.plans[0])


@pytest.mark.parametrize("sheet", OURS[1:])
def test_a_copy_of_another_sheet_is_named_and_not_looked_at(sheet: str) -> None:
    raw = raw_of()
    raw.copy(sheet, f"{sheet} (2)")
    raw.put(f"{sheet} (2)", "B5", 17.0)
    reading = read(raw)
    assert said(reading) == [("copied-sheet", f"{sheet} (2)")]
    assert same_inputs(reading.plans[0])
    assert found(report_of(raw)) == [("copied-sheet", f"{sheet} (2)")]


@BOTH
def test_copies_of_the_sample_are_plans_of_their_own(model: str) -> None:
    raw = raw_of("aws-sample")
    raw.copy("WarmIP", "staging")
    raw.put("staging", "B4", 17.0)
    reading = read(raw)
    assert names(reading) == ["WarmENI", "WarmIP", "staging"]
    assert [plan.settings["subnet_prefix_length"] for plan in reading.plans] == [20, 20, 17]


@pytest.mark.parametrize("sheet", ["Groups", *MODES["vpc-cni"]])
def test_a_mode_that_was_deleted(sheet: str) -> None:
    raw = raw_of()
    raw.remove(sheet)
    reading = read(raw)
    assert said(reading) == [("missing-mode", sheet)]
    assert findings(reading)[0].severity == "difference"
    assert same_inputs(reading.plans[0])
    assert found(report_of(raw)) == [("missing-mode", sheet)]


def test_settings_that_were_deleted_are_a_fault() -> None:
    raw = raw_of()
    raw.remove("Settings")
    reading = read(raw)
    assert said(reading) == [("missing-sheet", "Settings")]
    assert findings(reading)[0].severity == "fault"
    report = report_of(raw)
    assert found(report) == [("missing-sheet", "Settings")]
    assert report.verdict is not None
    assert report.verdict.fits is None


def test_a_workbook_without_its_plan_is_none(tmp_path: Path) -> None:
    raw = raw_of()
    raw.remove("Plan")
    path = raw.save(tmp_path / "plan.xlsx")
    with pytest.raises(WorkbookError) as caught:
        read_workbook(path)
    assert caught.value.reason == "no-plan"
    assert str(caught.value) == (
        f"{path}: its sheet Plan, on which everything is filled in, was not found by its headers "
        '("instance type", "# of Instances", "Target Workload Pods per Node"); put them back over '
        "their columns, or the sheet; its sheets: Settings, Groups, WarmENI, WarmIP, Prefix, IPv6, "
        "Sizes, Chart, About, InstanceTypes, "
        "Tables"
    )


@pytest.mark.parametrize(("left", "reason"), [("WarmIP", "no-plan"), ("", "no-calculator-sheet")])
def test_what_is_left_of_a_workbook_is_none(tmp_path: Path, left: str, reason: str) -> None:
    raw = raw_of()
    for sheet in SHEETS["vpc-cni"]:
        if sheet != left:
            raw.remove(sheet)
    with pytest.raises(WorkbookError, match=r"its sheets: (WarmIP, )?Chart, About") as caught:
        read_workbook(raw.save(tmp_path / "plan.xlsx"))
    assert caught.value.reason == reason


def test_other_sheets_are_left_alone(tmp_path: Path) -> None:
    def add(book: openpyxl.Workbook) -> None:
        big = book.create_sheet("Inventory", 0)
        for row in range(1, 1500):
            big.append([f"i-{row:08x}", "m5.large", row])
        notes = book.create_sheet("Notes")
        notes["A1"] = "instance type"  # one known header makes no node table
        notes["A2"] = "# of Instances"
        limits = ["Max ENIs", "IPs per ENI", "Max pods", "Warm IPs", "Check"]
        book.create_sheet("Limits").append(limits)
        chart = BarChart()
        chart.add_data(Reference(big, min_col=3, min_row=1, max_row=20))
        book.create_chartsheet("Costs", 1).add_chart(chart)
        book.create_sheet("Empty")

    reading = through_openpyxl(tmp_path, add)
    assert names(reading) == [*OURS]
    assert is_as_planned(reading)


@pytest.mark.thorough
def test_sheets_of_the_sample_beside_a_plan_are_named(tmp_path: Path) -> None:
    sample = openpyxl.load_workbook(raw_of("aws-sample").save(tmp_path / "old.xlsx"))["WarmENI"]

    def add(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet("WarmENI old")
        for row in sample.iter_rows(values_only=True):
            sheet.append(row)

    reading = through_openpyxl(tmp_path, add)
    assert said(reading) == [("copied-sheet", None)]
    assert "WarmENI old" in findings(reading)[0].message
    assert same_inputs(reading.plans[0])


@pytest.mark.parametrize(("sheet", "area"), [("Settings", "A3:G35"), ("Sizes", "A4:F19")])
def test_what_somebody_formats_as_a_table_is_read_as_before(
    tmp_path: Path, sheet: str, area: str
) -> None:
    def add(book: openpyxl.Workbook) -> None:
        [header, *_] = book[sheet][area]
        for cell in header:
            cell.value = cell.value or f"Column{cell.column}"  # as Excel calls them
        book[sheet].add_table(Table(displayName="Theirs", ref=area))

    reading = through_openpyxl(tmp_path, add)
    assert names(reading) == [*OURS]
    assert is_as_planned(reading)


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


def test_labels_in_other_clothes() -> None:
    reading = edited(
        A4="SUBNET prefix  length (/N):",
        A7=" warm_eni_target",
        A11="Host-Network Pods :",
        A13="Instance Type",
        B13="# OF INSTANCES:",
    )
    assert is_as_planned(reading)


@pytest.mark.parametrize("cell", ["P2", "P9", "L9"])
def test_a_label_that_stands_twice(cell: str) -> None:
    assert is_as_planned(edited(**{cell: "WARM_ENI_TARGET"}))


@pytest.mark.parametrize(
    ("name", "label", "limits"),
    [
        ("subnet_prefix_length", "Subnet prefix length (/n)", "a whole number from 16 to 28"),
        ("warm_eni_target", "WARM_ENI_TARGET", "a whole number of 0 or more"),
        ("warm_ip_target", "WARM_IP_TARGET", "a whole number of 0 or more or nothing"),
        (
            "mode",
            "Mode of the cluster",
            "undecided, warm-eni, warm-ip, prefix or ipv6",
        ),
    ],
)
def test_a_label_that_everyone_needs_is_gone(name: str, label: str, limits: str) -> None:
    _, cell = cell_of(name)
    raw = raw_of()
    raw.put("Plan", f"A{cell[1:]}", "something else")
    reading = read(raw)
    assert said(reading) == [("missing-label", f"Plan!{cell}")]
    assert findings(reading)[0].at("plan.xlsx") == (
        f'plan.xlsx, Plan!{cell} ({label}): the label "{label}" was not found: '
        f'A{cell[1:]} holds "something else"; put it back, with {limits} beside it'
    )
    assert len(reading.plans[0].rows) == 5
    assert found(report_of(raw)) == [("missing-label", f"Plan!{cell}")]


#: Words that are moved away from their cells, and what is then found.
MOVED_AWAY = [
    ("vpc-cni", "Plan", "A5", "T5", "Availability Zones", ("missing-label", "Plan!B5")),
    ("vpc-cni", "Plan", "A5", "A3", "Availability Zones", ("missing-label", "Plan!B5")),
    (
        *("vpc-cni", "Settings", "A23", "J23", "Rollout surge of pods [%]"),
        ("missing-label", "Settings!B23"),
    ),
    ("vpc-cni", "WarmIP", "D18", "CZ18", "In use at the peak", ("missing-result", "WarmIP!I18")),
    ("vpc-cni", "Plan", "B13", "T13", "# of Instances", ("missing-column", "Plan!B13")),
    (
        *("aws-sample", "WarmENI", "A14", "Q14", "Host Networking IPs"),
        ("missing-label", "WarmENI!B14"),
    ),
]


@pytest.mark.thorough
@pytest.mark.parametrize(("model", "sheet", "cell", "to", "words", "cause"), MOVED_AWAY)
def test_words_that_were_moved_away_from_their_cells_are_missing(
    model: str, sheet: str, cell: str, to: str, words: str, cause: tuple[str, str]
) -> None:
    """And nothing is read from beside, or below, where they now stand."""
    raw = raw_of(model)
    raw.put(sheet, cell, None)
    alone = found(report_of(raw), causes=False)
    raw.put(sheet, to, words)
    report = report_of(raw)
    assert found(report) == [cause]
    # As where they are nowhere.
    assert found(report, causes=False) == alone
    told = next(each for each in report.findings if each.place == cause[1])
    start = f'column "{words}" was not found above' if "column" in cause[0] else ""
    start = start or f'label "{words}" was not found beside'
    assert told.message.startswith(f"the {start} its cells, but in {to}; ")


def test_a_setting_may_be_moved_with_its_label_and_without_what_is_said_of_it() -> None:
    """Its message stays where it was, and is compared there."""
    raw = raw_of()
    raw.put("Plan", "T5", "Availability Zones")
    raw.put("Plan", "U5", 3)
    raw.put("Plan", "A5", None)
    raw.put("Plan", "B5", None)
    layout = read(raw).plans[0].plan.layout
    assert (layout.cell("availability_zones"), layout.missing) == ("U5", frozenset())
    places = [
        at for name, at in layout.places.items() if at[0] == 5 and name != "availability_zones"
    ]
    assert (5, 3) in places
    assert all(column < 20 for _, column in places)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("owner", "missing-setting"),
        ("pod_eni", "missing-label"),
        ("updated_groups", "missing-label"),
        ("other_ips", "missing-label"),
        ("rollout_surge", "missing-label"),
    ],
)
def test_a_label_that_few_need_is_gone(name: str, code: str) -> None:
    """Nothing is assumed: what the formulas compute with stands there, whatever it is called."""
    sheet, cell = cell_of(name)
    beside = f"{chr(ord(cell[0]) - 1)}{cell[1:]}"
    raw = raw_of()
    raw.put(sheet, beside, "something else")
    reading = read(raw)
    assert said(reading) == [(code, f"{sheet}!{cell}")]
    report = report_of(raw)
    assert found(report) == [(code, f"{sheet}!{cell}")]
    assert report.verdict is not None
    assert (report.verdict.fits is None) == (code == "missing-label")


@BOTH
@pytest.mark.parametrize(
    ("column", "header"),
    [("A", "instance type"), ("B", "# of Instances"), ("C", "Target Workload Pods per Node")],
)
def test_a_header_that_everyone_needs_is_gone(model: str, column: str, header: str) -> None:
    sheet, row = SHEETS[model][0], HEADER_ROW[model]
    reading = edited(sheet, model, **{f"{column}{row}": "My column"})
    assert said(reading) == [("missing-column", f"{sheet}!{column}{row}")]
    [fault] = findings(reading)
    start = f'{sheet}!{column}{row} ({header}): the column "{header}" was not found in row {row}; '
    assert fault.at("plan.xlsx").startswith(f"plan.xlsx, {start}its headers: ")
    assert header not in fault.message.rpartition("its headers: ")[2].split(", ")
    assert len(reading.plans[0].rows) == 5


@pytest.mark.parametrize(
    ("column", "name", "header", "assumed"),
    [
        ("F", "own_max_pods", "Own max pods", 0),
        ("H", "most_instances", "Most Instances", NOTHING),
        ("M", "nodes_from", "Nodes from", ""),
    ],
)
def test_a_header_that_few_need_is_gone(
    column: str, name: str, header: str, assumed: float | str
) -> None:
    group = NodeGroup("m5.large", 2, 9, own_max_pods=30, security_group_pods=4)
    raw = raw_of(plan=Plan(node_groups=[replace(group, most_instances=3, nodes_from="Karpenter")]))
    raw.put("Plan", f"{column}13", "My column")
    reading = read(raw)
    assert said(reading) == [("missing-optional-column", f"Plan!{column}13")]
    [warning] = findings(reading)
    words = "nothing" if assumed in (NOTHING, "") else assumed
    assert f'"{header}" was not found in row 13; {words} is assumed, and ' in warning.message
    assert reading.plans[0].groups[name] == [assumed]
    assert reading.plans[0].groups["security_group_pods"] == [4]


def test_labels_that_are_gone_are_named_by_a_cell_of_the_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    headers = ["instance type", "# of Instances", "Target Workload Pods per Node", "Check"]
    book.active.append([*headers, "Operating system", "Own max pods"])
    book.save(tmp_path / "plan.xlsx")
    reading = read_workbook(tmp_path / "plan.xlsx")
    places = [each.place for each in findings(reading) if each.code == "missing-label"]
    assert places[:2] == ["Sheet!B4", "Sheet!B5"]


def test_labels_of_all_settings_altered_at_once_are_a_missing_sheet() -> None:
    raw = raw_of()
    for row in range(4, 70):
        raw.put("Settings", f"A{row}", f"setting {row}")
    assert said(read(raw)) == [("missing-sheet", "Settings")]


# --- rows -----------------------------------------------------------------------------------------


#: A sheet, the row that rows were inserted before, and how many.
INSERTED = [
    (sheet, before, rows)
    for sheet, every in (
        ("Plan", range(1, 14)),
        ("Settings", (2, 10, 25, 40, 55)),
        ("Groups", (2, 4)),
        ("WarmENI", range(2, 30, 4)),
    )
    for before in every
    for rows in [1 + before % 2]
]


@pytest.fixture(scope="module")
def with_rows_inserted() -> dict[str, WorkbookReport]:
    raws, small = {}, NodeGroup("m5.large", 2, 9)
    for sheet, before, rows in INSERTED:
        raw = raws[f"{sheet} {before}"] = raw_of(plan=Plan(node_groups=[small]), rows=2)
        raw.insert(sheet, before=f"A{before}", rows=rows)
    return reports_of(all_calculated(raws))


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize(("sheet", "before", "rows"), INSERTED)
def test_rows_inserted_anywhere(
    with_rows_inserted: dict[str, WorkbookReport], sheet: str, before: int, rows: int
) -> None:
    """Between labels and their cells, and among the modes that are compared, too."""
    assert found(with_rows_inserted[f"{sheet} {before}"]) == []


def test_a_table_of_formulas_with_fewer_rows_than_the_others() -> None:
    raw = raw_of()
    [part] = raw.tables("WarmIP")
    table = raw.parts[part].decode()
    [(first, last)] = re.findall(r'<table [^>]* ref="(A[0-9]+:[A-Z]+)([0-9]+)"', table)
    raw.parts[part] = table.replace(f"{first}{last}", f"{first}{int(last) - 1}").encode()
    [finding] = findings(read(raw))
    assert (finding.code, finding.column) == ("uneven-rows", "No.")
    rows = int(last) - int(first[1:].partition(":")[0]) - 1
    assert finding.found == rows
    assert finding.message == (
        f"table WarmIP has {rows} rows, where those of the other sheets of formulas have "
        f"{rows + 1}: rows were deleted or inserted; convert the workbook"
    )


DEFINED = (
    DefinedName("SIZE", None, "'It''s'!$B$4"),
    DefinedName("size", None, "Plan!$B$4"),
    DefinedName("Zones", None, "Plan!$B$5"),
    DefinedName("ZONES", "Other", "$C$7"),
    DefinedName("area", None, "Plan!$B$5:$B$6"),
    DefinedName("quoted", None, "'It''s'!$B$4"),
)


@pytest.mark.parametrize(
    ("sheet", "name", "meaning", "target"),
    [
        ("Plan", "Size", "Plan!$B$4", ("plan", (4, 2))),  # the last of two
        ("Plan", "zones", "Plan!$B$5", ("plan", (5, 2))),
        ("Other", "zones", "$C$7", None),  # its own comes before that of the workbook
        ("Plan", "area", "Plan!$B$5:$B$6", None),
        ("Plan", "quoted", "'It''s'!$B$4", ("it's", (4, 2))),
        ("Plan", "none", None, None),
    ],
)
def test_what_a_defined_name_stands_for(
    sheet: str, name: str, meaning: str | None, target: tuple[str, tuple[int, int]] | None
) -> None:
    package = cast(Package, SimpleNamespace(names=DEFINED))
    assert meaning_of(package, sheet, name) == meaning
    assert name_target(package, sheet, name) == target


@pytest.mark.parametrize(
    ("cells", "last"),
    [
        ({}, 30),
        ({"A31": "m5.large", "B31": 2.0}, 31),
        ({"A31": "m5.large", "C31": 2.0, "A32": "c5.large", "B32": 1.0}, 32),
        ({"A31": "Totals are above."}, 30),
        ({"B31": 9.0, "C31": 99.0}, 30),  # a total of somebody's own
        ({"A31": "m5.large", "B31": ""}, 30),
    ],
)
def test_rows_below_the_table_of_aws_sample_are_counted_where_they_are_node_groups(
    cells: dict[str, object], last: int
) -> None:
    raw = raw_of("aws-sample")
    for sheet in ("WarmENI", "WarmIP"):
        for cell, value in cells.items():
            raw.put(sheet, cell, value)
    assert {each.plan.layout.last_row for each in read(raw).plans} == {last}


def test_a_table_without_one_of_its_header_cells_stands_under_the_others() -> None:
    raw = raw_of()
    raw.put("WarmIP", "B29", None)
    layout = read(raw).plans[0].sheets["WarmIP"].layout
    assert (layout.table, layout.header_row) == ("WarmIP", 29)


def test_a_label_whose_row_was_deleted_says_so() -> None:
    raw = raw_of()
    raw.insert("Plan", before="A9", rows=-1)
    [finding] = [each for each in findings(read(raw)) if each.code == "missing-label"]
    assert finding.message == (
        'the label "WARM_IP_TARGET" was not found, and its row, which stood here, seems to be '
        "deleted; put it back"
    )
