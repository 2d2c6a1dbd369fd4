"""What the writer lays down, as other programs see it: openpyxl, IronCalc, the zip itself."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.worksheet.worksheet import Worksheet

from calculator import load_catalog, write_workbook
from calculator.errors import InputError
from calculator.inputs import Choice, Input, Text
from calculator.model import get_model
from calculator.plan import NodeGroup, Plan
from calculator.workbook.recalculate import Recalculated, recalculate
from calculator.xlsx.package import Package
from calculator.xlsx.reference import column_letters, column_number, place
from tests.helpers import (
    AWS_PLAN,
    AWS_SAMPLE,
    FEW_TYPES,
    GROUPS,
    HEADER_ROW,
    MODELS,
    MODES,
    PLAN,
    SHEETS,
    Raw,
    content,
    found,
    needs_aws_sample,
    needs_ironcalc,
    report_of,
    thorough,
)
from tests.workbook.readings import is_as_planned, raw_of, read

BOTH = pytest.mark.parametrize("model", MODELS)
OURS = SHEETS["vpc-cni"]
#: Rows with a fault in each mode, in some, in none; a plan that no mode but IPv6 could carry.
FAULTY_ROWS = (
    NodeGroup("m5.large", 2, 10),
    NodeGroup("m5.large", 2, 10, os="Windows"),
    NodeGroup("m5.lagre", 1, 3),
    NodeGroup("m4.large", 3, 9),
    NodeGroup("t3.nano", 2, 40),
    NodeGroup("m*", 1, 1),
)
PLANS = {
    "filled in": PLAN,
    "blank": Plan(),
    # The Windows row has no IPv6: what this mode gives is unknown, and its cells show nothing.
    "windows on ipv6": Plan(mode="ipv6", node_groups=FAULTY_ROWS[:2]),
    "undecided": Plan(node_groups=FAULTY_ROWS[:2]),
    "unknown types": Plan(node_groups=FAULTY_ROWS, warm_ip_target=0, minimum_ip_target=4),
    "prefix": Plan(mode="prefix", node_groups=FAULTY_ROWS[3:5], warm_prefix_target=2),
    "custom networking on ipv6": Plan(
        mode="ipv6", pods_from="custom networking", node_groups=[NodeGroup("m5.large", 2, 10)]
    ),
    "does not fit": replace(PLAN, subnet_prefix_length=28),
    "everything": replace(
        PLAN,
        pods_from="custom networking",
        pod_eni="yes",
        zone_loss="yes",
        updated_groups="all",
        control_plane_enis=4,
        prefix_case="worst case",
        nodes_from="Karpenter",
        prefix_reservation=26,
        other_ips=24,
    ),
}


def written(name: str, rows: int = 8) -> bytes:
    return content("vpc-cni", PLANS[name], rows)


@cache
def opened(model: str = "vpc-cni", *, values: bool = False) -> openpyxl.Workbook:
    """The filled-in workbook with few rows, as openpyxl loads it."""
    stream = io.BytesIO(content(model))
    return openpyxl.load_workbook(stream, data_only=values)


# --- the file -------------------------------------------------------------------------------------


@BOTH
def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, model: str) -> None:
    paths = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in paths:
        write_workbook(path, AWS_PLAN, model=model, rows=3, catalog=FEW_TYPES)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_text("mine")
    with pytest.raises(InputError, match=r"plan\.xlsx: there is such a file already; nothing was"):
        write_workbook(path)
    assert path.read_text() == "mine"
    assert os.listdir(tmp_path) == ["plan.xlsx"]
    write_workbook(path, overwrite=True, catalog=FEW_TYPES, rows=1)
    assert path.read_bytes().startswith(b"PK")
    assert os.listdir(tmp_path) == ["plan.xlsx"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("plan.xls", "plan.xls: a workbook's name must end in .xlsx"),
        ("plan", "plan: a workbook's name must end in .xlsx"),
        ("no/such/folder/plan.xlsx", "plan.xlsx: cannot be written: No such file or directory"),
    ],
)
def test_a_failure_leaves_nothing_behind(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        write_workbook(tmp_path / name, catalog=FEW_TYPES, rows=1)
    assert str(caught.value).endswith(message)
    assert os.listdir(tmp_path) == []


def test_a_failure_on_the_last_step_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        write_workbook(tmp_path / "plan.xlsx", catalog=FEW_TYPES, rows=1)
    assert os.listdir(tmp_path) == []


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_workbook(tmp_path / "plan.xlsx", overwrite=True, catalog=FEW_TYPES, rows=1)
    assert os.listdir(tmp_path) == ["plan.xlsx"]


@pytest.mark.parametrize("rows", [0, -1, 10_001])
def test_rows_have_limits(tmp_path: Path, rows: int) -> None:
    message = f"rows: found {rows}; a whole number from 1 to 10,000 is expected"
    with pytest.raises(InputError, match=message):
        write_workbook(tmp_path / "plan.xlsx", rows=rows)


# --- what a model cannot say, and what is wrong with a plan ---------------------------------------


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"minimum_ip_target": 7}, "minimum_ip_target"),
        ({"availability_zones": 3, "pod_eni": "yes"}, "availability_zones, pod_eni"),
        ({"name": "payments"}, "name"),
        ({"mode": "prefix"}, "mode"),
        ({"node_groups": [NodeGroup("m5.large", 1, 1, os="Windows")]}, "os"),
        ({"node_groups": [NodeGroup("m5.large", 1, 1, own_max_pods=30)]}, "own_max_pods"),
    ],
)
def test_settings_that_a_model_lacks_are_refused(
    tmp_path: Path, given: dict[str, Any], lacking: str
) -> None:
    with pytest.raises(InputError) as caught:
        write_workbook(tmp_path / "plan.xlsx", Plan(**given), model="aws-sample")
    assert str(caught.value) == f"model aws-sample has no input for {lacking}; leave it out"
    assert os.listdir(tmp_path) == []


def test_no_setting_is_lacking_where_all_have_their_defaults(tmp_path: Path) -> None:
    for model in MODELS:
        path = tmp_path / f"{model}.xlsx"
        assert write_workbook(path, Plan(), model=model, rows=1, catalog=FEW_TYPES) == []


def test_what_is_wrong_with_a_plan_is_told_and_written_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    told = write_workbook(path, PLANS["unknown types"], catalog=FEW_TYPES, rows=8)
    assert [(each.code, each.place) for each in told] == [
        ("unknown-type", "Plan!A16"),
        ("unknown-type", "Plan!A19"),
    ]
    assert told[0].at("plan.xlsx") == (
        'plan.xlsx, Plan!A16 (instance type): found "m5.lagre", which is not known (is '
        "m5.large meant?)"
    )
    # The same is found in the file.
    report = report_of(path)
    assert [each for each in found(report) if each[0] == "unknown-type"] == [
        (each.code, each.place) for each in told
    ]


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (PLANS["windows on ipv6"], "windows-ipv6"),
        (
            Plan(
                pods_from="custom networking",
                node_groups=[NodeGroup("m5.large", 1, 1, os="Windows")] * 2,
            ),
            "windows-custom-networking",
        ),
        (Plan(mode="ipv6", node_groups=[FAULTY_ROWS[0], FAULTY_ROWS[3]]), "ipv6-needs-nitro"),
    ],
)
def test_what_a_mode_cannot_carry_is_told_of_its_row(tmp_path: Path, plan: Plan, code: str) -> None:
    told = write_workbook(tmp_path / "plan.xlsx", plan, catalog=FEW_TYPES, rows=3)
    assert (told[-1].code, told[-1].severity) == (code, "fault")
    assert str(told[-1].place).endswith("15")
    report = report_of(tmp_path / "plan.xlsx")
    assert [(each.code, each.place) for each in told] == [
        (each.code, each.place) for each in report.of("fault")
    ]


def test_what_another_mode_cannot_carry_is_no_matter(tmp_path: Path) -> None:
    plan = PLANS["undecided"]
    path = tmp_path / "plan.xlsx"
    assert write_workbook(path, plan, catalog=FEW_TYPES, rows=2, strict=True) == []


def test_strict_writes_nothing_of_a_plan_with_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    with pytest.raises(InputError) as caught:
        write_workbook(path, PLANS["unknown types"], catalog=FEW_TYPES, rows=6, strict=True)
    assert str(caught.value).startswith(f"{path}: nothing was written:\n  {path}, Plan!A16 (")
    assert str(caught.value).count("\n") == 2
    assert os.listdir(tmp_path) == []


# --- formulas and their results -------------------------------------------------------------------


def shown(value: object) -> object:
    """A value as a person sees it: nothing for "", the error for an error."""
    return None if value == "" else value  # of an error, its words are more than a text


@pytest.fixture(scope="module")
def by_ironcalc(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recalculated]:
    """What IronCalc gives for the workbooks of all plans, with one start."""
    folder = tmp_path_factory.mktemp("plans")
    paths = {}
    for name in PLANS:
        paths[name] = folder / f"{name}.xlsx"
        paths[name].write_bytes(written(name))
    paths["aws-sample"] = folder / "aws-sample.xlsx"
    paths["aws-sample"].write_bytes(content("aws-sample", AWS_PLAN, 8))
    values = recalculate(paths.values(), "ironcalc")
    for one in values.values():
        assert isinstance(one, dict), one
    return {name: values[str(path)] for name, path in paths.items()}  # type: ignore[misc]


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize("name", [*PLANS, "aws-sample"])
def test_every_formula_has_the_result_that_ironcalc_gives(
    by_ironcalc: dict[str, Recalculated], name: str
) -> None:
    of_sample = name == "aws-sample"
    book = content("aws-sample", AWS_PLAN, 8) if of_sample else written(name)
    model = get_model("aws-sample" if of_sample else "vpc-cni")
    seen = 0
    with Package.open("plan.xlsx", book) as package:
        for sheet in package.sheets:
            values = by_ironcalc[name][sheet]
            for at, cell in package.cells(sheet).items():
                if cell.formula is not None:
                    seen += 1
                    given = shown(values.get(at))
                    own = shown(cell.value)
                    same = own == given and type(own) is type(given)
                    assert same or _near(own, given), (sheet, at, cell, given)
    rows = 8
    cells = (len(sheet.totals) + rows * len(sheet.computed) for sheet in model.sheets)
    assert seen == sum(cells)


def _near(one: object, other: object) -> bool:
    return isinstance(one, float) and isinstance(other, float) and abs(one - other) < 1e-9


def test_faulty_rows_show_nothing_and_totals_an_error() -> None:
    # Once 86 of these cells were written as #N/A where the formulas give "".
    with Package.open("plan.xlsx", written("windows on ipv6")) as package:
        ipv6, plan = package.cells("IPv6"), package.cells("Plan")
    [check] = [column for (row, column), cell in ipv6.items() if cell.value == "Check"]
    of_groups = {
        column
        for column in range(4, check)
        if str(ipv6[31, column].formula).startswith("INDEX(Groups[")
    }
    computed = {*range(4, check)} - of_groups
    assert len(computed) == 10
    assert {shown(ipv6[31, column].value) for column in computed} == {None}
    # What holds in every mode is that of the other row, of the same type.
    assert all(ipv6[31, column].value == ipv6[30, column].value for column in of_groups)
    assert None not in {shown(ipv6[30, column].value) for column in range(4, check)}
    assert ipv6[31, check].value == "Windows nodes have no IPv6"
    assert {ipv6[row, 2].value for row in (8, 9, 10)} == {"#N/A"}
    assert {plan[8, column].value for column in (5, 6, 7)} == {"#N/A"}
    assert str(plan[2, 1].value).startswith("Does not fit: IPv6 is not possible")
    with Package.open("plan.xlsx", written("unknown types")) as package:
        warm_eni, groups = package.cells("WarmENI"), package.cells("Groups")
    assert warm_eni[32, 1].value == groups[7, 1].value == "m5.lagre"
    assert {shown(warm_eni[32, column].value) for column in range(4, 25)} == {None}
    assert warm_eni[29, 25].value == "Check"
    # Of two columns every row has a number, 0 or 1.
    [first] = [column for (row, column), cell in groups.items() if cell.value == "Max ENIs"]
    last = max(column for row, column in groups if row == 4)
    shows = {groups[4, at].value: shown(groups[7, at].value) for at in range(first, last + 1)}
    assert {shows.pop("Auto"), shows.pop("Elsewhere")} == {0}
    assert len(shows) > 20
    assert {*shows.values()} == {None}


#: What every program knows; nothing newer than Excel 2010.
FUNCTIONS = {
    *("AND", "COUNTIF", "IF", "IFERROR", "INDEX", "INT", "ISNUMBER", "MATCH", "MAX", "MIN", "NA"),
    *("OR", "ROUNDUP", "ROW", "ROWS", "SUBSTITUTE", "SUM", "SUMIF", "SUMPRODUCT"),
}


@pytest.mark.parametrize("sheet", OURS)
def test_formulas_are_short_and_known_to_every_program(sheet: str) -> None:
    for formula in set(Raw(written("filled in")).formulas(sheet).values()):
        assert len(formula) <= 300, (len(formula), formula)
        for token in Tokenizer(f"={formula}").items:
            if token.type == Token.FUNC and token.subtype == Token.OPEN:
                assert token.value.rstrip("(") in FUNCTIONS, formula
            if token.type == Token.OPERAND and token.subtype == Token.NUMBER:
                assert token.value in ("0", "1"), formula  # with -, the sign is another token
            assert token.type not in (Token.ARRAY, "ARRAY", "ARRAYROW"), formula
            assert token.value not in ("TRUE", "FALSE"), formula


def test_nothing_in_the_workbook_is_newer_than_excel_2010() -> None:
    every = b"".join(Raw(written("filled in")).parts.values())
    for new in (b"_xlfn", b"_xlws", b"LET(", b"XLOOKUP", b"LAMBDA"):
        assert new not in every
    assert b"externalLink" not in every


@BOTH
def test_every_formula_is_a_plain_one(model: str) -> None:
    raw = raw_of(model)
    for sheet in SHEETS[model]:
        assert " t=" not in "".join(re.findall("<f[^>]*>", raw.text(sheet)))
    assert not [part for part in raw.parts if "metadata" in part]


@BOTH
def test_formulas_stay_within_excels_limits(model: str) -> None:
    raw = raw_of(model)
    for sheet in SHEETS[model]:
        for formula in raw.formulas(sheet).values():
            assert len(formula) < 8192
            depth = deepest = 0
            for sign in re.sub('"[^"]*"', "", formula):
                depth += (sign == "(") - (sign == ")")
                deepest = max(deepest, depth)
            assert deepest <= 64


@needs_aws_sample
def test_formulas_of_the_sample_are_the_published_ones() -> None:
    ours, published = raw_of("aws-sample"), Raw(AWS_SAMPLE)
    for sheet in SHEETS["aws-sample"]:
        theirs, mine = published.formulas(sheet), ours.formulas(sheet)
        cells = [cell for cell in mine if place(cell)[0] in (5, 8, 9, 10, 23)]
        assert len(cells) > 10
        for cell in cells:
            assert mine[cell] == theirs[cell], (sheet, cell)


# --- the sheets, and what stands on them ----------------------------------------------------------


def test_the_sheets_stand_in_order_and_the_first_is_in_sight() -> None:
    assert opened().sheetnames == [*OURS, "Chart", "About", "InstanceTypes", "Tables"]
    assert opened().active.title == "Plan"
    assert opened("aws-sample").sheetnames == [
        *("WarmENI", "WarmIP", "About", "CidrData", "maxPods", "maxENI")
    ]
    assert opened("aws-sample").active.title == "WarmENI"


#: What a person reads on sheet Plan, and the inputs beside it.
PLAN_CELLS = {
    "A1": "EKS subnet plan",
    "B1": "Name",
    "E1": "Owner",
    "G1": "Date",
    "A3": "Cluster",
    "D3": "Modes compared, in the fullest subnet",
    "D9": "Good to know",
    "A4": "Subnet prefix length (/n)",
    "B4": 20,
    "A5": "Availability Zones",
    "B5": 2,
    "A6": "Mode of the cluster",
    "B6": "undecided",
    "A7": "WARM_ENI_TARGET",
    "B7": 1,
    "A8": "WARM_IP_TARGET",
    "B8": 3,
    "A9": "MINIMUM_IP_TARGET",
    "B9": 7,
    "A10": "WARM_PREFIX_TARGET",
    "B10": 0,
    "A11": "Host-network pods",
    "B11": 2,
    "A12": "DaemonSet pods",
    "B12": 2,
    "D4": "Mode",
    "E4": "IPs used",
    "F4": "At the peak",
    "G4": "Left",
    "H4": "Smallest",
    "A13": "instance type",
    "B13": "# of Instances",
    "C13": "Target Workload Pods per Node",
    "D13": "Check",
    "E13": "Operating system",
    "F13": "Own max pods",
    "G13": "Pods with own security group",
    "H13": "Most Instances",
    "I13": "In the fullest zone",
    "J13": "Most Pods per Node",
    "K13": "Other ENIs on the default card",
    "L13": "Other addresses per node",
    "M13": "Nodes from",
    "A14": "m5.12xlarge",
    "B14": 2,
    "C14": 100,
    "D14": "OK",
    "A18": "r5.4xlarge",
    "B18": 3,
    "C18": 61,
    "A19": None,
    "D19": None,
    **dict.fromkeys(("E14", "F14", "G14", "H14", "I14", "J14", "K14", "L14", "M14")),
    "A2": "Fits in each mode, WarmENI, WarmIP and Prefix: choose one",
    "D5": "WarmENI fits",
}


def test_sheet_plan_holds_what_everyone_fills_in_and_the_answer() -> None:
    plan = opened(values=True)["Plan"]
    assert {cell: plan[cell].value for cell in PLAN_CELLS} == PLAN_CELLS
    for row, mode in enumerate(MODES["vpc-cni"], 5):
        sheet = opened(values=True)[mode]
        assert [plan.cell(row, column).value for column in (5, 6, 7, 8)] == [
            sheet[cell].value for cell in ("B8", "I18", "I19", "I20")
        ]
        assert plan.cell(row, 6).value + plan.cell(row, 7).value == sheet["B5"].value


def test_the_modes_have_their_results_where_users_of_the_sample_know_them() -> None:
    for mode in MODES["vpc-cni"]:
        sheet = opened(values=True)[mode]
        assert sheet["B4"].value == 20
        assert sheet["B5"].value == 4091
        assert sheet["B8"].value + sheet["B10"].value == 4091
        assert sheet["B9"].value == 491


def test_what_everyone_needs_is_on_the_screen_of_a_laptop() -> None:
    # At 1366 x 768 and 100 %, a spreadsheet program shows some 520 x 1310 pixels of cells.
    plan = opened()["Plan"]
    heights = [plan.row_dimensions[row].height or 15 for row in range(1, 24)]
    assert sum(heights) * 4 / 3 <= 520  # the inputs, the answer and ten rows of the table
    letters = {}
    for each in plan.column_dimensions.values():
        letters |= dict.fromkeys(range(each.min, each.max + 1), each.width)
    assert sum(letters[column] * 7 + 5 for column in range(1, 8)) <= 1310


def test_a_blank_workbook_says_what_to_do_and_nothing_that_is_not_known() -> None:
    report = report_of(content("vpc-cni", None, 3))
    assert report.findings == []
    assert report.verdict is not None
    assert (report.verdict.fits, report.verdict.message) == (
        None,
        "Enter a node group: instance type, number of instances, pods on each",
    )
    with Package.open("plan.xlsx", content("vpc-cni", None, 3)) as package:
        plan = package.cells("Plan")
    assert plan[2, 1].value == report.verdict.message
    assert [plan[row, 4].value for row in range(5, 9)] == [
        f"{mode} waits for a node group" for mode in MODES["vpc-cni"]
    ]
    assert [(14, column) in plan for column in (1, 2, 3)] == [False] * 3
    assert shown(plan[14, 4].value) is None


def test_a_blank_sample_computes_nothing() -> None:
    report = report_of(content("aws-sample", None, 3))
    assert report.findings == []
    for sheet in report.sheets:
        assert sheet.totals["ips_used"] == sheet.totals["pods_hosted"] == 0
        assert sheet.totals["ips_available"] == sheet.totals["ips_remaining"] == 510


def test_nothing_is_hidden() -> None:
    for model in MODELS:
        book = opened(model)
        assert not [each for each in book.defined_names.values() if each.hidden]
        for sheet in book.worksheets:
            assert sheet.sheet_state == "visible"
            assert not [each for each in sheet.column_dimensions.values() if each.hidden]
            assert not [each for each in sheet.row_dimensions.values() if each.hidden]
            assert not [each for each in sheet.column_dimensions.values() if each.width == 0]
        raw = raw_of(model)
        assert b'state="' not in raw.parts["xl/workbook.xml"]
        assert not [part for part in raw.parts.values() if b' hidden="' in part]


def test_optional_cells_are_empty_where_they_have_their_default() -> None:
    groups = [
        NodeGroup("m5.large", 3, 20),
        NodeGroup("m5.large", 3, 20, os="Windows", own_max_pods=30, security_group_pods=4),
        NodeGroup("m5.large", 3, 20, own_max_pods=17),
    ]
    plan = Plan(node_groups=groups)
    raw = raw_of(plan=plan)
    with Package.open("plan.xlsx", content("vpc-cni", plan, 8)) as package:
        cells = package.cells("Plan")
    rows = [[cells.get((row, column)) for column in (5, 6, 7)] for row in range(14, 18)]
    assert [[cell and cell.value for cell in row] for row in rows] == [
        [None, None, None],
        ["Windows", 30, 4],
        [None, 17, None],
        [None, None, None],
    ]
    assert is_as_planned(read(raw), plan)
    # A 0 that somebody types says nothing either, and shows nothing.
    assert opened()["Plan"]["F14"].number_format.split(";")[2] == ""


def test_a_target_that_may_be_empty_is_empty() -> None:
    assert opened(values=True)["Plan"]["B8"].value == 3
    with Package.open("plan.xlsx", content("vpc-cni", None, 3)) as package:
        assert (8, 2) not in package.cells("Plan")


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", "=1+1"), ("owner", "a & b <c>"), ("date", "2026-11-23"), ("name", "Größe 🚀")],
)
def test_words_are_written_as_words(name: str, value: str) -> None:
    plan = replace(PLAN, **{name: value})
    assert is_as_planned(read(raw_of(plan=plan)), plan)


def test_names_of_types_are_never_formulas() -> None:
    plan = Plan(node_groups=[NodeGroup('=HYPERLINK("http://x")', 1, 1)])
    stream = io.BytesIO(content("vpc-cni", plan, 3))
    cell = openpyxl.load_workbook(stream)["Plan"]["A14"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')
    assert cell.hyperlink is None


# --- tables, rows, data ---------------------------------------------------------------------------


@BOTH
def test_node_tables_are_named_like_their_sheets(model: str) -> None:
    with Package.open("plan.xlsx", content(model, rows=3)) as package:
        names = [table.name for sheet in SHEETS[model] for table in package.tables_of(sheet)]
    expected = {
        "vpc-cni": ["Nodes", "Groups", "WarmENI", "WarmIP", "Prefix", "IPv6_"],
        "aws-sample": ["Table3", "Table36"],
    }
    assert names == expected[model]


@pytest.mark.thorough
@BOTH
def test_the_tables_grow_with_the_plan(model: str) -> None:
    groups = tuple(NodeGroup("m5.large", 1, number) for number in range(25))
    book = content(model, Plan(node_groups=groups), 3)
    with Package.open("plan.xlsx", book) as package:
        for sheet in SHEETS[model]:
            for table in package.tables_of(sheet):
                assert table.last_row - table.header_row == 25
    report = report_of(book)
    assert not report.of("difference")
    for sheet in report.sheets:
        assert [each["pods_per_node"] for each in sheet.node_groups] == list(range(25))


@pytest.mark.parametrize(
    ("model", "rows"),
    [
        ("vpc-cni", 1),
        thorough("vpc-cni", 60),
        ("aws-sample", 1),
        thorough("aws-sample", 1_000),
    ],
)
def test_any_number_of_rows(model: str, rows: int) -> None:
    plan = Plan(node_groups=[NodeGroup("m5.large", 3, 5)])
    book = content(model, plan, rows)
    with Package.open("plan.xlsx", book) as package:
        tables = [table for sheet in SHEETS[model] for table in package.tables_of(sheet)]
    assert {table.last_row - table.header_row for table in tables} == {rows}
    assert report_of(book).findings == []


@pytest.mark.thorough
def test_the_data_sheets_hold_the_catalog_and_the_tables() -> None:
    with Package.open("plan.xlsx", content(catalog=load_catalog())) as package:
        types, tables = package.cells("InstanceTypes"), package.cells("Tables")
    listed = [types[row, 1].value for row in range(2, 1_449)]
    assert listed == [each.instance_type for each in load_catalog()]
    assert (1_449, 1) not in types
    [row] = [row for row in range(2, 1_449) if types[row, 1].value == "m5.large"]
    assert [types[row, column].value for column in range(2, 9)] == [
        *(3, 10, 29, 2, "nitro", "no", "yes")
    ]
    sizes = {tables[row, 1].value: tables[row, 2].value for row in range(2, 15)}
    assert sizes == {size: 2 ** (32 - size) - 5 for size in range(16, 29)}
    words = {tables[row, 6].value: tables[row, 7].value for row in range(2, 30)}
    assert words["ok"] == "OK"


def test_a_catalog_of_ones_own(tmp_path: Path) -> None:
    listed = tmp_path / "types.csv"
    listed.write_text(
        "instance_type,max_enis,ipv4_per_eni,vcpus\nmy.metal,3,11,8\nmy.small,2,4,2\n"
    )
    path = tmp_path / "plan.xlsx"
    plan = Plan(updated_groups="none", node_groups=[NodeGroup("my.metal", 2, 12)])
    write_workbook(path, plan, catalog=load_catalog(listed), rows=3)
    with Package.open(path) as package:
        types = package.cells("InstanceTypes")
    assert [types[row, 1].value for row in (2, 3)] == ["my.metal", "my.small"]
    report = report_of(path)
    assert not report.of("fault")
    assert not report.of("difference")
    first = report.sheets[0]
    assert [first.node_groups[0][name] for name in ("max_enis", "ipv4_per_eni")] == [3, 11]
    # One node a zone, with 14 pods of 10 slots an ENI: two ENIs in use, one warm.
    assert first.totals["ips_used"] == 3 * 11


# --- what a person meets --------------------------------------------------------------------------


def allowed(given: Input) -> tuple[str, ...] | None:
    if isinstance(given, Choice):
        return "list", "between", f'"{",".join(given.options)}"'
    if isinstance(given, Text):
        return None
    if given.maximum == 1_000_000:
        return "whole", "greaterThanOrEqual", str(given.minimum)
    return "whole", "between", str(given.minimum), str(given.maximum)


def validations(sheet: Worksheet) -> dict[str, tuple[str, ...]]:
    return {
        str(each.sqref): tuple(
            str(part)
            for part in (each.type, each.operator or "between", each.formula1, each.formula2)
            if part is not None
        )
        for each in sheet.data_validations.dataValidation
        if each.type
    }


@BOTH
def test_inputs_accept_what_the_plan_accepts(model: str) -> None:
    book = opened(model)
    first, last = HEADER_ROW[model] + 1, HEADER_ROW[model] + 8
    for sheet in get_model(model).sheets:
        found = validations(book[sheet.name])
        for setting in sheet.settings:
            assert found.pop(setting.cell, None) == allowed(setting.input), setting.name
        for number, column in enumerate(sheet.columns, 1):
            if column.formula is None and column.input:
                letters = column_letters(number)
                assert found.pop(f"{letters}{first}:{letters}{last}") == allowed(column.input)
        if sheet.inputs:
            kind, _, source = found.pop(f"A{first}:A{last}")
            assert kind == "list"
            name, area = source.split("!")
            listed = [cell.value for (cell,) in book[name][area.replace("$", "")]]
            catalog = FEW_TYPES if model == "vpc-cni" else load_catalog(model=model)
            known = {each.instance_type for each in catalog if each.max_enis or each.max_pods}
            assert None not in listed
            assert "m5.12xlarge" in listed
            assert set(listed) <= known
            assert model != "vpc-cni" or len(listed) == len(known)
        assert not found  # formulas take no input


def test_a_target_that_may_be_empty_may_be_cleared() -> None:
    validations = opened()["Plan"].data_validations.dataValidation
    [rule] = [each for each in validations if str(each.sqref) == "B8"]
    assert rule.allowBlank
    assert "Empty: 1 in warm-ip mode, 0 in prefix mode." in rule.prompt


@BOTH
def test_messages_of_validation_fit_excels_limits(model: str) -> None:
    for sheet in opened(model).worksheets:
        for each in sheet.data_validations.dataValidation:
            assert len(each.promptTitle or "") <= 32
            assert len(each.errorTitle or "") <= 32
            assert len(each.prompt or "") <= 255
            assert len(each.error or "") <= 255


@BOTH
def test_conditional_formats_see_their_own_sheet_only(model: str) -> None:
    # In Excel 2010 and older files they cannot see another, nor a table.
    for sheet in opened(model).worksheets:
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                assert "!" not in "".join(rule.formula)
                assert "[" not in "".join(rule.formula)


def test_an_input_is_blue_and_a_formula_is_not() -> None:
    for model in MODELS:
        last = HEADER_ROW[model] + 8
        for sheet in get_model(model).sheets:
            worksheet = opened(model)[sheet.name]
            for setting in sheet.settings:
                assert worksheet[setting.cell].fill.fgColor.rgb == "FFDCEBFA", setting.name
            for number, column in enumerate(sheet.columns, 1):
                is_blue = worksheet.cell(last, number).fill.fgColor.rgb == "FFDCEBFA"
                assert is_blue == (column.formula is None), column.name


#: All others are one wide.
PAGES_WIDE = {"Groups": 4, **dict.fromkeys(MODES["vpc-cni"], 2)}


def points(sheet: Worksheet) -> float:
    """How large a cell's words are printed on A4, of 11 points on the screen."""
    letters = re.findall(r"\$([A-Z]+)\$", sheet.print_area.rpartition("!")[2] or "$A$1:$B$1")
    first, last = map(column_number, letters)
    widths = {}
    for each in sheet.column_dimensions.values():
        widths |= dict.fromkeys(range(each.min, each.max + 1), each.width)
    pixels = sum(widths.get(column, 8.43) * 7 + 5 for column in range(first, last + 1))
    across = 210 if sheet.page_setup.orientation == "portrait" else 297
    page = (across / 25.4 - 2 * sheet.page_margins.left) * 96
    return 11 * min(1, page * (sheet.page_setup.fitToWidth or 1) / pixels)


def test_what_is_filled_in_stays_in_sight_and_prints_on_a_page_wide() -> None:
    book = opened()
    for name in (*OURS, "Chart", "About"):
        sheet = book[name]
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # Sizes is read as one picture, on one page, which is what is meant where nothing is said.
        assert sheet.page_setup.fitToHeight == (None if name == "Sizes" else 0)
        assert sheet.page_setup.fitToWidth == PAGES_WIDE.get(name)
        assert round(points(sheet)) >= 7
        upright = name in ("Sizes", "About")
        assert sheet.page_setup.orientation == ("portrait" if upright else "landscape")
    assert (book["Plan"].freeze_panes, book["Plan"].print_title_rows) == ("B14", "$13:$13")
    assert book["Settings"].freeze_panes == "B4"
    for mode in MODES["vpc-cni"]:
        assert book[mode].print_title_rows == "$29:$29"
        assert book[mode].freeze_panes == "B1"  # it is read from the top
    assert book["Plan"].print_area == "'Plan'!$A$1:$M$21"
    # All but the steps, which stand at the right.
    assert book["WarmENI"].print_area == "'WarmENI'!$A$1:$Y$37"
    for data in ("InstanceTypes", "Tables"):
        assert book[data].freeze_panes == "A2"
        top = book[data].print_area.rpartition("!")[2]
        assert top is None or book[data][top.replace("$", "")].value is None  # is not printed


@BOTH
def test_about_explains_the_workbook(model: str) -> None:
    about = opened(model)["About"]
    said = "\n".join(
        str(cell.value) for row in about.iter_rows() for cell in row if cell.value is not None
    )
    for paragraph in get_model(model).about:
        assert paragraph in said
    for sheet in get_model(model).sheets:
        for column in sheet.columns:
            assert f"{column.header}: " in said or column.about.startswith("step:")
    version = (FEW_TYPES if model == "vpc-cni" else load_catalog(model=model)).version
    assert f"Catalog of instance types: {version}, on sheet " in said
    assert f"Model: {model}, " in said


def test_about_and_the_properties_tell_the_layout() -> None:
    about = opened()["About"]
    [row] = [
        row for (cell, *_) in about.iter_rows() if cell.value == "Layout" for row in [cell.row]
    ]
    assert about.cell(row, 2).value == 4
    assert "Layout" not in [cell.value for (cell, *_) in opened("aws-sample")["About"].iter_rows()]


@BOTH
def test_properties_tell_what_made_the_file(model: str) -> None:
    book = opened(model)
    custom = {each.name: each.value for each in book.custom_doc_props.props}
    layout = {"vpc-cni": {"Layout": "4"}, "aws-sample": {}}[model]
    assert custom["Model"] == model
    assert {name: custom[name] for name in layout} == layout
    assert set(custom) == {"Model", "Catalog", "Calculator version", "Written with", *layout}
    assert book.properties.title == "EKS subnet calculator"
    assert book.properties.created.year == 2026
    assert not book.properties.creator


def test_the_chart_shows_the_comparison_of_the_modes() -> None:
    raw = raw_of()
    [chart] = [part for name, part in raw.parts.items() if name.startswith("xl/charts/chart")]
    plotted = re.findall("<c:f>([^<]*)</c:f>", chart.decode())
    assert plotted[2::3] == ["Plan!$E$5:$E$8", "Plan!$F$5:$F$8", "Plan!$G$5:$G$8"]
    assert {*plotted[1::3]} == {"Plan!$D$5:$D$8"}  # each mode, with its verdict in words
    # LibreOffice keeps names of cells, where it forgets typed ones.
    assert plotted[::3] == ["Chart!$A$4", "Chart!$A$5", "Chart!$A$6"]
    names = [opened()["Chart"][cell].value for cell in ("A4", "A5", "A6")]
    assert names == ["In use, steady state", "At the peak", "Left at the peak"]


# --- colours --------------------------------------------------------------------------------------

GREEN, RED, AMBER = "DDF3E4", "FBE0DD", "FFF1D0"
BAD_TYPE = NodeGroup("m5.lagre", 1, 3)
#: A plan, other values in cells of sheet Plan, and the colour of each cell that is asked for.
COLOURED: dict[str, tuple[Plan, dict[str, Any], dict[str, str | None]]] = {
    "fits": (
        PLAN,
        {},
        {"Plan!A2": GREEN, "Plan!H2": GREEN, "Plan!D5": GREEN, "Plan!G5": GREEN, "Plan!D8": GREEN}
        | {"WarmENI!B2": GREEN, "WarmENI!B10": GREEN, "WarmENI!I19": GREEN, "Plan!B4": None},
    ),
    "no node group": (
        Plan(),
        {},
        dict.fromkeys(("Plan!A2", "Plan!D5", "Plan!G5", "WarmENI!B2", "WarmENI!B10", "Plan!D14")),
    ),
    "does not fit": (
        replace(PLAN, subnet_prefix_length=28),
        {},
        {"Plan!A2": RED, "Plan!D5": RED, "Plan!G5": RED, "WarmENI!B2": RED, "WarmENI!B10": RED},
    ),
    # The steady state would fit; green stands beside no number of a plan that does not.
    "only the peak is too high": (
        Plan(subnet_prefix_length=26, node_groups=[NodeGroup("m5.large", 4, 3)]),
        {},
        {
            "Plan!A2": AMBER,
            "Plan!D5": RED,
            "WarmENI!B10": RED,
            "WarmENI!I10": RED,
            "Plan!D8": GREEN,
        },
    ),
    "fits in the mode that is chosen": (
        Plan(subnet_prefix_length=26, mode="ipv6", node_groups=[NodeGroup("m5.large", 6, 10)]),
        {},
        {"Plan!A2": GREEN, "Plan!D5": RED, "Plan!D8": GREEN},
    ),
    "a row with a fault": (
        Plan(node_groups=[GROUPS[0], BAD_TYPE, NodeGroup("t3.nano", 1, 200)]),
        {},
        {"Plan!A2": RED, "Plan!D5": RED, "Plan!G5": RED, "WarmENI!B10": RED, "Plan!D14": GREEN}
        | {"Plan!D15": RED, "Plan!D16": RED, "Plan!D17": None},
    ),
    "settings with faults": (
        PLAN,
        {"B4": 29, "B11": "two", "B6": "maybe", "B5": 0, "B8": -1},
        {"Plan!B4": RED, "Plan!B11": RED, "Plan!B6": RED, "Plan!B5": RED, "Plan!B8": RED}
        | {"Plan!B7": None, "Plan!A2": RED, "Plan!D5": RED},
    ),
    # One row of it is no Nitro type, whose vCPUs are not known.
    "fits, but see column Check": (
        Plan(mode="prefix", subnet_prefix_length=22, node_groups=[GROUPS[0], FAULTY_ROWS[3]]),
        {},
        {"Plan!A2": AMBER, "Plan!D7": AMBER, "Plan!G7": AMBER, "Plan!D5": GREEN},
    ),
    "a row below the table": (PLAN, {"A30": "m5.large"}, {"Plan!A2": RED, "Plan!G5": RED}),
    "a mode that is not possible": (
        PLANS["windows on ipv6"],
        {},
        {"Plan!A2": RED, "Plan!D8": RED, "Plan!G8": RED, "IPv6!B2": RED, "IPv6!S31": RED},
    ),
}


def with_its_rules(raw: Raw, cells: list[str]) -> dict[str, list[tuple[str, str, str]]]:
    """For each cell that is asked for, where its rules were put as formulas, and their colours."""
    asked = {}
    xml = raw.parts["xl/styles.xml"].decode()
    colours = re.findall('<bgColor rgb="FF([0-9A-F]{6})"/>', xml.partition("<dxfs")[2])
    for number, at in enumerate(cells, 200):
        sheet, cell = at.split("!")
        rules = []
        areas = re.findall(
            '<conditionalFormatting sqref="([^"]*)">(.*?)</conditionalFormatting>', raw.text(sheet)
        )
        for area, inside in areas:
            (top, left), (bottom, right) = map(place, (area.split(":") * 2)[:2])
            row, column = place(cell)
            if not (top <= row <= bottom and left <= column <= right):
                continue
            found = re.findall('dxfId="([0-9]+)" priority="([0-9]+)".*?<formula>(.*?)<', inside)
            for colour, priority, formula in found:
                # Of a column, the rule is of its first row.
                text = re.sub(rf"(\$[A-Z]){top}\b", rf"\g<1>{row}", formula)
                rules.append((int(priority), text, colours[int(colour)]))
        asked[at] = []
        for column, (_, text, colour) in enumerate(sorted(rules), 60):
            where = f"{column_letters(column)}{number}"
            plain = text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")
            raw.put(sheet, where, None, plain)
            asked[at].append((sheet, where, colour))
    return asked


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str | None]]:
    """The colour that each cell takes on, by IronCalc's reading of the rules; one start."""
    folder = tmp_path_factory.mktemp("colours")
    asked, paths = {}, {}
    for name, (plan, edits, cells) in COLOURED.items():
        raw = raw_of(plan=plan, rows=5)
        for cell, value in edits.items():
            raw.put("Plan", cell, value)
        asked[name] = with_its_rules(raw, [*cells])
        paths[name] = raw.save(folder / f"{len(paths)}.xlsx")
    values = recalculate(paths.values(), "ironcalc")
    result: dict[str, dict[str, str | None]] = {}
    for name, path in paths.items():
        found = values[str(path)]
        assert isinstance(found, dict), found
        result[name] = {
            at: next((c for sheet, cell, c in rules if found[sheet].get(place(cell)) is True), None)
            for at, rules in asked[name].items()
        }
    return result


@pytest.mark.thorough
@needs_ironcalc
@pytest.mark.parametrize("name", COLOURED)
def test_results_take_on_colour(colours: dict[str, dict[str, str | None]], name: str) -> None:
    assert colours[name] == COLOURED[name][2]


@needs_ironcalc
def test_rules_of_colour_are_read_as_spreadsheets_do() -> None:
    # A rule that is an error colours nothing, and the one before it wins.
    raw = raw_of(plan=Plan(node_groups=[BAD_TYPE]))
    asked = with_its_rules(raw, ["Plan!D14"])
    assert [colour for _, _, colour in asked["Plan!D14"]] == [GREEN, RED]
