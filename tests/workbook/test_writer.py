"""What the writer lays down, as other programs see it: openpyxl, IronCalc, the zip itself."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.worksheet import Worksheet

from calculator import load_catalog, read_workbook, verify_workbook, write_workbook
from calculator.errors import InputError
from calculator.model import get_model
from calculator.plan import Choice, Input, NodeGroup, Plan
from calculator.workbook.layout import new_layout
from calculator.workbook.links import link_target
from calculator.workbook.recalculate import recalculate
from calculator.workbook.writer import SheetPlan
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1, column_letters, place
from tests.helpers import (
    AWS_SAMPLE,
    MODELS,
    PLAN,
    SHEETS,
    Raw,
    content,
    needs_aws_sample,
    needs_ironcalc,
    saved,
)

BOTH = pytest.mark.parametrize("model", MODELS)


def opened(path: Path, *, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path, data_only=values)


@cache
def filled_in(model: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content(model)))


# --- the file -------------------------------------------------------------------------------------


@BOTH
def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, model: str) -> None:
    paths = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in paths:
        write_workbook(path, PLAN, model=model)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_text("mine")
    with pytest.raises(InputError, match=r"plan\.xlsx: there is such a file already; nothing was"):
        write_workbook(path)
    assert path.read_text() == "mine"
    assert os.listdir(tmp_path) == ["plan.xlsx"]
    write_workbook(path, overwrite=True)
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
        write_workbook(tmp_path / name)
    assert str(caught.value).endswith(message)
    assert os.listdir(tmp_path) == []


def test_a_failure_on_the_last_step_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        write_workbook(tmp_path / "plan.xlsx")
    assert os.listdir(tmp_path) == []


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        write_workbook(tmp_path / "plan.xlsx", overwrite=True)
    assert os.listdir(tmp_path) == ["plan.xlsx"]


@pytest.mark.parametrize("rows", [0, -1, 10_001])
def test_rows_have_limits(tmp_path: Path, rows: int) -> None:
    message = f"rows: found {rows}; a whole number from 1 to 10000 is expected"
    with pytest.raises(InputError, match=message):
        write_workbook(tmp_path / "plan.xlsx", rows=rows)


# --- formulas and their results -------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("plan", [PLAN, None], ids=["filled in", "blank"])
def test_every_formula_has_its_result(model: str, plan: Plan | None) -> None:
    raw, seen = Raw(content(model, plan)), 0
    for sheet in get_model(model):
        cells = re.findall('<c r="[A-Z]+[0-9]+"[^>]*><f>[^<]*</f>(.*?)</c>', raw.text(sheet.name))
        assert all(re.fullmatch("<v>[^<]*</v>", each) for each in cells)
        links = [each for each in raw.formulas(sheet.name).values() if link_target(each)]
        assert len(cells) == 20 * len(sheet.computed) + len(sheet.totals) + len(links)
        seen += sum(each != "<v></v>" for each in cells)
    # The blank sample shows four results, and nothing else.
    assert seen >= 2 * (4 if plan is None else 4 + 5 * (len(sheet.computed) - 3))


@needs_ironcalc
@BOTH
def test_ironcalc_gives_the_same_results(tmp_path: Path, model: str) -> None:
    path = saved(tmp_path / "plan.xlsx", model)
    report = verify_workbook(path, recalculate="ironcalc")
    assert [each.sheet for each in report.sheets] == [*SHEETS[model]]
    assert report.clean


@needs_ironcalc
def test_ironcalc_agrees_about_faults_and_empty_rows(tmp_path: Path) -> None:
    groups = [NodeGroup("m5.lagre", 1, 3), NodeGroup("t3.nano", 2, 40), NodeGroup("m*", 1, 1)]
    path = tmp_path / "plan.xlsx"
    write_workbook(path, Plan(node_groups=groups, warm_ip_target=0))
    report = verify_workbook(path, recalculate="ironcalc")
    for sheet in report.sheets:
        assert sheet.differences == []
        assert [each.kind for each in sheet.faults] == ["unknown-type", "unknown-type"]
        assert sheet.totals["ips_used"] is None
    values = opened(path, values=True)["WarmENI"]
    assert values["B8"].value == values["B10"].value == "#N/A"
    assert values["B11"].value == "Correct the rows marked in column Check"


def test_formulas_of_vpc_cni_are_known_to_every_program() -> None:
    known = {
        *(
            "CHOOSE",
            "COUNTIF",
            "IF",
            "IFERROR",
            "INDEX",
            "INT",
            "ISNUMBER",
            "LEFT",
            "LEN",
            "MATCH",
            "MAX",
        ),
        *("MIN", "NA", "NOT", "ROUNDUP", "SUBSTITUTE", "SUM", "SUMPRODUCT", "AND", "OR", "N"),
    }
    raw = Raw(content())
    for sheet in SHEETS["vpc-cni"]:
        for formula in raw.formulas(sheet).values():
            without_texts = re.sub('"[^"]*"|\\[[^]]*\\]', "", formula)
            assert set(re.findall(r"([A-Z][A-Z.]*)\(", without_texts)) <= known, formula
    every = b"".join(raw.parts.values())
    assert b"_xlfn" not in every
    assert b"_xlws" not in every


@BOTH
def test_formulas_stay_within_excels_limits(model: str) -> None:
    raw = Raw(content(model))
    for sheet in get_model(model):
        for formula in raw.formulas(sheet.name).values():
            assert len(formula) < 8192
            depth = deepest = 0
            for sign in re.sub('"[^"]*"', "", formula):
                depth += (sign == "(") - (sign == ")")
                deepest = max(deepest, depth)
            assert deepest <= 64


@BOTH
def test_every_formula_is_a_plain_one(model: str) -> None:
    raw = Raw(content(model))
    for sheet in get_model(model):
        assert " t=" not in "".join(re.findall("<f[^>]*>", raw.text(sheet.name)))
    assert not [part for part in raw.parts if "metadata" in part]


@needs_aws_sample
def test_formulas_of_the_sample_are_the_published_ones() -> None:
    ours, published = Raw(content("aws-sample")), Raw(AWS_SAMPLE)
    for sheet in get_model("aws-sample"):
        model_of = new_layout(sheet, sheet.name, sheet.table, 20)
        theirs, mine = published.formulas(sheet.name), ours.formulas(sheet.name)
        places = [model_of.cell(each.name) for each in sheet.totals]
        places += [model_of.cell(each.name, 23) for each in sheet.computed]
        for cell in places:
            assert mine[cell] == theirs[cell], (sheet.name, cell)


# --- what a person meets --------------------------------------------------------------------------


def allowed(given: Input) -> tuple[str, ...]:
    if isinstance(given, Choice):
        return "list", "between", f'"{",".join(given.options)}"'
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
    }


@BOTH
def test_inputs_accept_what_the_plan_accepts(model: str) -> None:
    book = filled_in(model)
    for sheet in get_model(model):
        found = validations(book[sheet.name])
        for setting in sheet.settings:
            assert found.pop(setting.cell) == allowed(setting.input)
        for number, column in enumerate(sheet.columns, 1):
            if column.input:
                letters = column_letters(number)
                assert found.pop(f"{letters}23:{letters}42") == allowed(column.input)
        kind, _, source = found.pop("A23:A42")
        assert kind == "list"
        assert not found
        name, area = source.split("!")
        listed = [cell.value for (cell,) in book[name][area.replace("$", "")]]
        assert listed[0]
        assert listed[-1]
        assert listed == [
            row[name_at(model)] for row in types_of(model) if row[name_at(model)] is not None
        ]


def types_of(model: str) -> list[tuple[object, ...]]:
    data = next(each for each in get_model(model).data_tables if "instance_type" in each.figures)
    return [tuple(row) for row in data.rows(load_catalog(model=model))]


def name_at(model: str) -> int:
    data = next(each for each in get_model(model).data_tables if "instance_type" in each.figures)
    return data.figures.index("instance_type")


def test_messages_of_validation_fit_excels_limits() -> None:
    for model in MODELS:
        book = filled_in(model)
        for sheet in get_model(model):
            for each in book[sheet.name].data_validations.dataValidation:
                assert len(each.promptTitle) <= 32
                assert len(each.errorTitle) <= 32
                assert len(each.prompt) <= 255
                assert len(each.error) <= 255


GREEN, RED, ORANGE, YELLOW = "DDF3E4", "FBE0DD", "FFD9A8", "FFF1D0"


def colours(path: Path, *cells: tuple[str, str]) -> list[str | None]:
    """The colour that each cell (of a sheet) takes on, by IronCalc's reading of the formulas."""
    book, raw = opened(path), Raw(path)
    asked: list[list[tuple[str, str, str]]] = []
    for number, (sheet, cell) in enumerate(cells, 1):
        rules = [
            (rule.priority, rule.formula[0], area.sqref, rule.dxf.fill.bgColor.rgb[-6:])
            for area in book[sheet].conditional_formatting
            if cell in area.sqref
            for rule in area.rules
        ]
        asked.append([])
        for column, (_, formula, area, colour) in enumerate(sorted(rules), 40):
            corner = str(area).split(":")[0]
            text = Translator(f"={formula}", corner).translate_formula(cell)[1:]
            raw.put(sheet, a1(number, column), None, text)
            asked[-1].append((sheet, a1(number, column), colour))
    sheets = list(dict.fromkeys(sheet for sheet, _ in cells))
    file = str(raw.save(path.with_name("asked.xlsx")))
    values = recalculate([file], "ironcalc", sheets={file: sheets})[file]
    assert isinstance(values, dict), values
    found = [
        [colour for sheet, cell, colour in each if values[sheet].get(place(cell)) is True]
        for each in asked
    ]
    return [next(iter(each), None) for each in found]


PODS_APART = Plan(custom_networking="yes", node_groups=[NodeGroup("m5.12xlarge", 2, 100)])


@needs_ironcalc
@pytest.mark.parametrize(
    ("plan", "remaining", "peak", "pod_subnet", "status"),
    [
        (PLAN, GREEN, GREEN, None, GREEN),
        (Plan(), GREEN, GREEN, None, GREEN),
        (replace(PLAN, subnet_prefix_length=28), RED, RED, None, RED),
        (replace(PLAN, subnet_prefix_length=23, other_ips=1), RED, RED, None, RED),
        (PODS_APART, GREEN, GREEN, GREEN, GREEN),
        (replace(PODS_APART, pod_subnet_prefix_length=26), GREEN, GREEN, RED, RED),
        (Plan(node_groups=[NodeGroup("m5.lagre", 1, 3)]), RED, RED, None, RED),
        (Plan(node_groups=[NodeGroup("t3.nano", 1, 30)]), GREEN, GREEN, None, YELLOW),
        (Plan(zone_loss="yes"), GREEN, GREEN, None, YELLOW),
    ],
)
def test_results_take_on_colour(
    tmp_path: Path,
    plan: Plan,
    remaining: str | None,
    peak: str | None,
    pod_subnet: str | None,
    status: str,
) -> None:
    path = saved(tmp_path / "plan.xlsx", plan=plan, rows=5)
    cells = ["B10", "U9", "U14", "V9", "V14", "B11", "D11"]
    found = colours(path, *(("WarmENI", cell) for cell in cells))
    assert found == [remaining, remaining, peak, pod_subnet, pod_subnet, status, status]


@needs_ironcalc
def test_checks_take_on_colour(tmp_path: Path) -> None:
    groups = [NodeGroup("m5.large", 1, 3), NodeGroup("t3.nano", 1, 200), NodeGroup("m5.lagre")]
    path = saved(tmp_path / "plan.xlsx", plan=Plan(node_groups=groups), rows=5)
    for sheet in get_model("vpc-cni"):
        check = column_letters(1 + [each.name for each in sheet.columns].index("check"))
        rows = range(23, 27)
        assert colours(path, *((sheet.name, f"{check}{row}") for row in rows)) == [
            *(GREEN, RED, RED, None)
        ]
        assert colours(path, *((sheet.name, f"A{row}") for row in rows)) == [None, RED, RED, None]


@needs_ironcalc
def test_a_setting_that_cannot_be_used_takes_on_colour(tmp_path: Path) -> None:
    raw = Raw(content())
    for cell, value in (("B4", 29), ("B14", "two"), ("N6", "maybe"), ("N10", 0)):
        raw.put("WarmENI", cell, value)
    path = raw.save(tmp_path / "plan.xlsx")
    cells = ["B4", "B13", "B14", "N6", "N7", "N10"]
    found = colours(path, *(("WarmENI", cell) for cell in cells))
    assert found == [RED, None, RED, RED, None, RED]


@BOTH
def test_the_table_stays_in_sight_and_prints_on_a_page_wide(model: str) -> None:
    book = filled_in(model)
    for sheet in get_model(model):
        worksheet = book[sheet.name]
        assert worksheet.freeze_panes == "B23"
        assert worksheet.print_title_rows == "$22:$22"
        assert worksheet.sheet_properties.pageSetUpPr.fitToPage
        assert worksheet.page_setup.fitToWidth in (None, 1)
        assert worksheet.page_setup.fitToHeight == 0
        assert worksheet.page_setup.orientation == "landscape"
        last = max(n for n, each in enumerate(sheet.columns, 1) if each.style != "helper")
        area = f"'{sheet.name}'!$A$1:${column_letters(last)}$42"
        assert worksheet.print_area == area
        bottom = place(worksheet.print_area.rpartition("$A$1:")[2].replace("$", ""))
        assert all(place(each.cell)[1] <= bottom[1] for each in sheet.placed)
    for data in get_model(model).data_tables:
        assert book[data.sheet].print_title_rows == "$1:$1"
        assert book[data.sheet].freeze_panes == "A2"


def test_only_helper_columns_are_hidden() -> None:
    book = filled_in("vpc-cni")
    for sheet in get_model("vpc-cni"):
        dimensions = book[sheet.name].column_dimensions
        hidden = {
            number
            for each in dimensions.values()
            if each.hidden
            for number in range(each.min, each.max + 1)
        }
        helpers = {n for n, each in enumerate(sheet.columns, 1) if each.style == "helper"}
        assert hidden == helpers


@BOTH
def test_about_explains_the_workbook(model: str) -> None:
    about = filled_in(model)["About"]
    said = "\n".join(
        str(cell.value) for row in about.iter_rows() for cell in row if cell.value is not None
    )
    for paragraph in get_model(model).about:
        assert paragraph in said
    for sheet in get_model(model):
        assert f"{sheet.name} ({sheet.title})" in said
        for column in sheet.columns:
            assert f"{column.header}: " in said
    assert load_catalog(model=model).version in said
    assert f"Model: {model}, " in said


@BOTH
def test_properties_tell_what_made_the_file(model: str) -> None:
    book = filled_in(model)
    custom = {each.name: each.value for each in book.custom_doc_props.props}
    assert custom["Model"] == model
    assert custom["Catalog"] == load_catalog(model=model).version
    assert set(custom) == {"Model", "Catalog", "Calculator version", "Written with"}
    assert book.properties.title == "EKS subnet calculator"
    assert book.properties.created.year == 2026
    assert not book.properties.creator


@BOTH
def test_the_first_sheet_is_the_one_in_sight(model: str) -> None:
    book = filled_in(model)
    data = [each.sheet for each in get_model(model).data_tables]
    assert book.sheetnames == [*SHEETS[model], "About", *data]
    assert book.active.title == "WarmENI"


@BOTH
def test_a_blank_workbook_computes_nothing_wrong(tmp_path: Path, model: str) -> None:
    report = verify_workbook(saved(tmp_path / "plan.xlsx", model, None))
    for sheet in report.sheets:
        assert sheet.node_groups == sheet.faults == sheet.differences == sheet.warnings == []
        assert sheet.totals["ips_used"] == sheet.totals["pods_hosted"] == 0
        assert sheet.totals["ips_available"] == sheet.totals["ips_remaining"]
    values = opened(tmp_path / "plan.xlsx", values=True)["WarmENI"]
    spare = [values.cell(row, column).value for row in range(23, 43) for column in range(1, 17)]
    assert set(spare) <= {None, ""}


# --- sheets, tables, rows -------------------------------------------------------------------------


def test_sheets_of_any_name_have_tables_of_their_own(tmp_path: Path) -> None:
    names = (
        "prod eu-west-1",
        "1st",
        "a'b",
        "a b",
        "a-b",
        "WarmENI",
        "Größe",
        "AB12",
        "x!",
        "x" * 31,
    )
    path = tmp_path / "plan.xlsx"
    plans = [
        SheetPlan(name, "warm-ip" if number % 2 else "warm-eni", PLAN)
        for number, name in enumerate(names)
    ]
    for model in MODELS:
        write_workbook(path, plans, model=model, overwrite=True)
        assert openpyxl.load_workbook(path).sheetnames[: len(names)] == list(names)
        with Package.open(path) as package:
            tables = [package.tables_of(name)[0].name for name in names]
        assert len({each.lower() for each in tables}) == len(names)
        for each in tables:
            assert re.fullmatch(r"[^\W\d]\w*", each)
            # A name that reads as a cell is none: Excel would repair the file.
            assert not re.fullmatch(r"[A-Za-z]{1,3}[0-9]+|[RrCc]", each)
        report = verify_workbook(path)
        assert [each.sheet for each in report.sheets] == list(names)
        assert [each.differences for each in report.sheets] == [[]] * len(names)


@needs_ironcalc
def test_sheets_of_any_name_are_recalculated(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    names = ("prod eu-west-1", "1st", "AB12", "a b", "a-b")
    for model in MODELS:
        plans = [SheetPlan(name, "warm-eni", PLAN) for name in names]
        write_workbook(path, plans, model=model, overwrite=True)
        report = verify_workbook(path, recalculate="ironcalc")
        assert [each.differences for each in report.sheets] == [[]] * len(names)


@pytest.mark.parametrize("name", ["InstanceTypes", "instancetypes", "ABOUT", "Twice"])
def test_sheets_must_differ_in_name(tmp_path: Path, name: str) -> None:
    plans = [SheetPlan("Twice", "warm-eni", PLAN), SheetPlan(name, "warm-eni", PLAN)]
    with pytest.raises(InputError, match=f"sheet {name}: there cannot be two of that name"):
        write_workbook(tmp_path / "plan.xlsx", plans)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["x" * 32, "a/b", "", "'a", "a[1]"])
def test_a_name_that_excel_refuses_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        InputError, match=r"^sheet .*: a name of 1 to 31 characters, .* is expected"
    ):
        write_workbook(tmp_path / "plan.xlsx", [SheetPlan(name, "warm-eni", PLAN)])
    assert os.listdir(tmp_path) == []


def test_a_workbook_has_a_worksheet(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="found no worksheet; at least one is expected"):
        write_workbook(tmp_path / "plan.xlsx", [])


@BOTH
def test_the_table_grows_with_the_plan(tmp_path: Path, model: str) -> None:
    path = tmp_path / "plan.xlsx"
    groups = [NodeGroup("m5.large", 1, number) for number in range(25)]
    write_workbook(path, Plan(node_groups=groups), model=model, rows=20)
    with Package.open(path) as package:
        assert package.tables_of("WarmENI")[0].last_row == 47
    for sheet in verify_workbook(path).sheets:
        assert sheet.differences == []
        assert [each["pods_per_node"] for each in sheet.node_groups] == list(range(25))


@BOTH
@pytest.mark.parametrize("rows", [1, 300])
def test_any_number_of_rows(tmp_path: Path, model: str, rows: int) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, Plan(node_groups=[NodeGroup("m5.large", 3, 5)]), model=model, rows=rows)
    sheet = read_workbook(path).sheets[0]
    assert sheet.layout.last_row - sheet.layout.first_row + 1 == rows
    assert verify_workbook(path).clean


def test_a_catalog_of_ones_own(tmp_path: Path) -> None:
    listed = tmp_path / "types.csv"
    listed.write_text("instance_type,max_enis,ipv4_per_eni\nmy.metal,3,11\nmy.small,2,4\n")
    catalog = load_catalog(listed)
    path = tmp_path / "plan.xlsx"
    plan = Plan(node_groups=[NodeGroup("my.metal", 2, 12)])
    write_workbook(path, plan, catalog=catalog)
    types = opened(path)["InstanceTypes"]
    assert [types.cell(row, 1).value for row in (2, 3, 4)] == ["my.metal", "my.small", None]
    first = verify_workbook(path).sheets[0]
    assert (first.faults, first.differences) == ([], [])
    assert first.node_groups[0]["max_enis"] == 3
    assert first.node_groups[0]["ipv4_per_eni"] == 11
    # A node with 14 pods of 10 slots an ENI: two ENIs in use, one warm.
    assert first.totals["ips_used"] == 2 * 3 * 11


def test_names_of_files_and_types_are_never_formulas(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, Plan(node_groups=[NodeGroup('=HYPERLINK("http://x")', 1, 1)]))
    cell = opened(path)["WarmENI"]["A23"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')
    assert cell.hyperlink is None


def test_an_input_is_blue_and_a_formula_is_not(tmp_path: Path) -> None:
    book = filled_in("vpc-cni")
    for sheet in get_model("vpc-cni"):
        worksheet = book[sheet.name]
        for setting in sheet.settings:
            assert worksheet[setting.cell].fill.fgColor.rgb == blue_of(worksheet[setting.cell])
        for number, column in enumerate(sheet.columns, 1):
            cell = worksheet[a1(42, number)]
            is_blue = cell.fill.fgColor.rgb == blue_of(cell)
            assert is_blue == (column.formula is None), column.name


def blue_of(cell: Cell) -> str:
    """The blue of an input: a paler one where it follows another sheet."""
    is_link = cell.data_type == "f" and link_target(str(cell.value)[1:])
    return "FFF1F7FD" if is_link else "FFDCEBFA"


# --- inputs that follow another sheet -------------------------------------------------------------


def links(path: Path, sheet: str) -> dict[str, str]:
    """The links of a sheet: where each stands, and the cell that it points at."""
    found = {}
    for cell, formula in Raw(path).formulas(sheet).items():
        if (target := link_target(formula)) is not None:
            found[cell] = f"{target[0][0]}!{a1(*target[0][1])}"
    return found


def test_followers_have_links_where_they_share_an_input(tmp_path: Path) -> None:
    path = saved(tmp_path / "plan.xlsx", rows=5)
    model = get_model("vpc-cni")
    first = model.sheets[0]
    leading = new_layout(first, first.name, first.table, 5)
    assert links(path, first.name) == {}
    for sheet in model.sheets[1:]:
        found, layout = links(path, sheet.name), new_layout(sheet, sheet.name, sheet.table, 5)
        for setting in sheet.settings:
            target = found.pop(setting.cell, None)
            own = sheet.name == "Prefix" and setting.name == "max_pods_by"
            shared = setting.name in {each.name for each in first.settings} and not own
            assert target == (f"warmeni!{leading.cell(setting.name)}" if shared else None)
        for column in sheet.inputs:
            for row in range(23, 28):
                target = found.pop(layout.cell(column.name, row))
                assert target == f"warmeni!{leading.cell(column.name, row)}"
        assert found == {}


@pytest.mark.parametrize("plan", [PLAN, None])
def test_the_sample_has_no_links(tmp_path: Path, plan: Plan | None) -> None:
    path = saved(tmp_path / "plan.xlsx", "aws-sample", plan)
    assert [links(path, sheet) for sheet in SHEETS["aws-sample"]] == [{}, {}]


def test_a_follower_says_whom_it_follows(tmp_path: Path) -> None:
    plans = [SheetPlan("prod", "warm-eni", PLAN), SheetPlan("prod ip", "warm-ip", PLAN)]
    write_workbook(tmp_path / "plan.xlsx", plans)
    book = opened(tmp_path / "plan.xlsx")
    assert str(book["prod ip"]["A2"].value).startswith("Follows sheet prod until you type over")
    assert "Follows" not in str(book["prod"]["A2"].value)


OTHER_PLANS = [
    replace(PLAN, subnet_prefix_length=21),
    replace(PLAN, pod_eni="yes"),
    replace(PLAN, warm_eni_target=2),
    replace(PLAN, node_groups=PLAN.node_groups[:-1]),
    replace(PLAN, node_groups=[*PLAN.node_groups[:-1], NodeGroup("r5.4xlarge", 3, 62)]),
    replace(
        PLAN, node_groups=[*PLAN.node_groups[:-1], NodeGroup("r5.4xlarge", 3, 61, os="Windows")]
    ),
    replace(PLAN, node_groups=PLAN.node_groups[::-1]),
]


@pytest.mark.parametrize("other", OTHER_PLANS)
@pytest.mark.parametrize("mode", ["warm-ip", "prefix"])
def test_sheets_that_differ_have_no_links(tmp_path: Path, mode: str, other: Plan) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, [SheetPlan("one", "warm-eni", PLAN), SheetPlan("two", mode, other)])
    assert links(path, "two") == {}
    assert verify_workbook(path).clean


def test_inputs_that_are_a_sheets_own_may_differ(tmp_path: Path) -> None:
    other = replace(
        PLAN, warm_ip_target=9, minimum_ip_target=0, warm_prefix_target=4, prefix_case="worst case"
    )
    path = tmp_path / "plan.xlsx"
    modes = ("warm-ip", "prefix")
    plans = [SheetPlan("one", "warm-eni", PLAN), *(SheetPlan(m, m, other) for m in modes)]
    write_workbook(path, plans)
    assert all(links(path, mode)["B4"] == "one!B4" for mode in modes)
    assert verify_workbook(path).clean


@pytest.mark.parametrize(
    ("leaders", "followed"),
    [
        (["same", "same", "here"], 1),
        (["same", "other", "here"], 0),
        (["other", "same", "here"], 1),
        (["other", "other", "here"], None),
        (["here", "same"], None),
        (["other", "here", "same"], None),
        (["same", "same", "same", "other", "here", "same"], 2),
    ],
)
def test_the_nearest_sheet_before_is_followed(
    tmp_path: Path, leaders: list[str], followed: int | None
) -> None:
    plans = {"same": PLAN, "other": OTHER_PLANS[0], "here": PLAN}
    path = tmp_path / "plan.xlsx"
    write_workbook(
        path,
        [
            SheetPlan(f"s_{number}", "prefix" if each == "here" else "warm-eni", plans[each])
            for number, each in enumerate(leaders)
        ],
        rows=5,
    )
    target = links(path, f"s_{leaders.index('here')}").get("A23")
    assert target == (None if followed is None else f"s_{followed}!A23")
    assert verify_workbook(path).clean


@pytest.mark.parametrize("name", ["prod eu-west-1", "a'b", "1st", "AB12", "Größe", "x!y"])
def test_a_sheet_of_any_name_is_followed(tmp_path: Path, name: str) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, [SheetPlan(name, "warm-eni", PLAN), SheetPlan("ip", "warm-ip", PLAN)])
    [_, ip] = read_workbook(path).sheets
    assert ip.followed[(23, 1)][1] == (23, 1)
    assert ip.stale == ip.faults == ip.warnings == []
    assert verify_workbook(path).clean


@needs_ironcalc
def test_what_parted_is_marked(tmp_path: Path) -> None:
    raw = Raw(content())
    for cell, value in (("B4", 21), ("N6", "yes"), ("N7", "no"), ("N11", "NO")):
        raw.put("WarmIP", cell, value, None)  # the last two say what is followed
    path = raw.save(tmp_path / "plan.xlsx")
    cells = ("B4", "N6", "N7", "N11", "B14", "B13")
    assert colours(path, *(("WarmIP", cell) for cell in cells)) == [
        *(ORANGE, ORANGE, None, None, None, None)
    ]
    assert colours(path, *(("Prefix", cell) for cell in cells)) == [None] * 6


@needs_ironcalc
def test_rows_that_others_have_not_are_marked(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmIP", "C24", 8, None)
    path = raw.save(tmp_path / "plan.xlsx")
    cells = ("A23", "A24", "C24", "A30")
    marked = {
        sheet: colours(path, *((sheet, cell) for cell in cells)) for sheet in SHEETS["vpc-cni"]
    }
    assert marked == {
        # A row of the leading sheet that one of its followers has not, and the follower's own.
        "WarmENI": [None, ORANGE, ORANGE, None],
        "WarmIP": [None, ORANGE, ORANGE, None],
        "Prefix": [None, None, None, None],
    }


@needs_ironcalc
def test_a_row_in_another_place_is_not_marked(tmp_path: Path) -> None:
    raw = Raw(content())
    for row, group in ((23, PLAN.node_groups[1]), (24, PLAN.node_groups[0])):
        for column, name in (("A", "instance_type"), ("B", "instances"), ("C", "pods_per_node")):
            raw.put("WarmIP", f"{column}{row}", getattr(group, name), None)
    path = raw.save(tmp_path / "plan.xlsx")
    for sheet in ("WarmENI", "WarmIP"):
        assert colours(path, (sheet, "A23"), (sheet, "A24")) == [None, None]


def test_sheets_that_follow_nobody_mark_nothing(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    plans = [SheetPlan("one", "warm-eni", PLAN), SheetPlan("two", "warm-ip", OTHER_PLANS[0])]
    write_workbook(path, plans)
    for sheet in opened(path).worksheets[:2]:
        rules = [rule for area in sheet.conditional_formatting for rule in area.rules]
        assert rules
        assert not [each for each in rules if each.dxf.fill.bgColor.rgb[-6:] == ORANGE]


# --- what few rows need ---------------------------------------------------------------------------


def test_optional_cells_are_empty_where_they_have_their_default(tmp_path: Path) -> None:
    groups = [
        NodeGroup("m5.large", 3, 20),
        NodeGroup("m5.large", 3, 20, os="Windows", own_max_pods=30, security_group_pods=4),
        NodeGroup("m5.large", 3, 20, own_max_pods=17),
    ]
    path = saved(tmp_path / "plan.xlsx", plan=Plan(node_groups=groups), rows=5)
    book = opened(path, values=True)
    leading, follower = (
        [[book[sheet][f"{column}{row}"].value for column in "WXY"] for row in range(23, 27)]
        for sheet in ("WarmENI", "WarmIP")
    )
    nothing = [None, None, None]
    assert leading == follower == [nothing, ["Windows", 30, 4], [None, 17, None], nothing]
    # A 0 that somebody types says nothing either, and shows nothing.
    shown = opened(path)["WarmIP"]["X23"].number_format
    assert shown.split(";")[2] == ""
    for sheet in read_workbook(path).sheets:
        assert sheet.groups["os"] == ["Linux", "Windows", "Linux"]
        assert sheet.groups["own_max_pods"] == [0, 30, 17]
        assert sheet.groups["security_group_pods"] == [0, 4, 0]


@BOTH
def test_node_tables_have_names_of_their_own(tmp_path: Path, model: str) -> None:
    with Package.open(saved(tmp_path / "plan.xlsx", model)) as package:
        names = [package.tables_of(sheet)[0].name for sheet in SHEETS[model]]
    assert names == [each.table for each in get_model(model)]
    assert model == "aws-sample" or names == [*SHEETS["vpc-cni"]]
