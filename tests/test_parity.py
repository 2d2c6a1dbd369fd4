"""Whatever is changed in a workbook is found, at its cell, and nothing else is."""

from __future__ import annotations

import dataclasses
import io
import random
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calculator import verify_workbook, write_workbook
from calculator.errors import Finding, RecalculationError, WorkbookError
from calculator.model import get_model, get_sheet
from calculator.model.sheet import Column
from calculator.parity import WorkbookReport
from calculator.plan import NodeGroup, Plan
from calculator.workbook.layout import Layout
from calculator.workbook.reader import read_workbook
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
    needs_ironcalc,
    needs_libreoffice,
    saved,
)

BOTH = pytest.mark.parametrize("model", MODELS)
EACH_SHEET = pytest.mark.parametrize(
    ("model", "sheet"), [(model, sheet) for model in MODELS for sheet in SHEETS[model]]
)
Found = set[tuple[str, str, str]]


def found(report: WorkbookReport) -> Found:
    return {
        (each.sheet, each.cell, each.kind) for sheet in report.sheets for each in sheet.differences
    }


def verified(raw: Raw, folder: Path, **options: Any) -> WorkbookReport:
    return verify_workbook(raw.save(folder / "plan.xlsx"), **options)


@cache
def layouts(model: str) -> dict[str, Layout]:
    with TemporaryDirectory() as folder:
        reading = read_workbook(saved(Path(folder, "plan.xlsx"), model))
    return {each.name: each.layout for each in reading.sheets}


def formula_cells(model: str, sheet: str, *, filled: bool = False) -> list[str]:
    """Every cell with a formula, or those of the results and the rows that are filled in."""
    layout = layouts(model)[sheet]
    last = 22 + len(PLAN.node_groups) if filled else layout.last_row
    columns = [each.name for each in layout.sheet.computed]
    return [layout.cell(each.name) for each in layout.sheet.totals] + [
        layout.cell(name, row) for name in columns for row in range(23, last + 1)
    ]


def only(report: WorkbookReport) -> Finding:
    [difference] = [each for sheet in report.sheets for each in sheet.differences]
    return difference


# --- nothing to find ------------------------------------------------------------------------------


@BOTH
def test_a_workbook_of_ours_is_right(tmp_path: Path, model: str) -> None:
    report = verify_workbook(saved(tmp_path / "plan.xlsx", model))
    assert report.clean
    assert [each.sheet for each in report.sheets] == [*SHEETS[model]]
    assert [each.mode for each in report.sheets] == [each.mode for each in get_model(model)]
    assert {each.model for each in report.sheets} == {model}
    assert all(len(each.node_groups) == len(PLAN.node_groups) for each in report.sheets)


@needs_aws_sample
def test_the_published_workbook_is_right() -> None:
    report = verify_workbook(AWS_SAMPLE)
    assert found(report) == set()
    values = openpyxl_values(AWS_SAMPLE)
    for sheet in report.sheets:
        for name, cell in (
            ("ips_available", "B5"),
            ("ips_used", "B8"),
            ("pods_hosted", "B9"),
            ("ips_remaining", "B10"),
        ):
            assert sheet.totals[name] == values[sheet.sheet][cell].value


def openpyxl_values(path: Path) -> openpyxl.Workbook:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(path, data_only=True)


@BOTH
def test_openpyxl_drops_the_results_and_no_formula(tmp_path: Path, model: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content(model)))
    book.save(tmp_path / "plan.xlsx")
    report = verify_workbook(tmp_path / "plan.xlsx")
    assert found(report) == set()
    for sheet in report.sheets:
        [warning] = [each for each in sheet.warnings if each.kind == "never-calculated"]
        assert warning.cell == "B5"
        assert warning.message == (
            "the file was never calculated: its formulas have no recorded results; open it in a "
            "spreadsheet program and save it"
        )


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Workbooks that LibreOffice has opened and saved."""
    folder = tmp_path_factory.mktemp("libreoffice")
    sources = [saved(folder / f"{model}.xlsx", model) for model in MODELS]
    return dict(zip(MODELS, libreoffice(sources, folder), strict=True))


@needs_libreoffice
@BOTH
def test_libreoffice_changes_nothing(by_libreoffice: dict[str, Path], model: str) -> None:
    report = verify_workbook(by_libreoffice[model])
    assert found(report) == set()
    assert not [each for sheet in report.sheets for each in sheet.warnings + sheet.faults]


@needs_libreoffice
@BOTH
def test_what_was_changed_after_libreoffice_is_found(
    by_libreoffice: dict[str, Path], tmp_path: Path, model: str
) -> None:
    raw = Raw(by_libreoffice[model])
    raw.put("WarmENI", "E24", 99.0, None)
    raw.put("WarmIP", "B8", 99.0)
    assert found(verified(raw, tmp_path)) == {
        ("WarmENI", "E24", "formula"),
        ("WarmIP", "B8", "value"),
    }


def in_a1(model: str) -> Raw:
    """The workbook with every formula written out in cells and no table, as Google Sheets does."""
    raw = Raw(content(model))
    for name, layout in layouts(model).items():
        data = {}
        for table in get_model(model).data_tables:
            last = 1 + raw.text(table.sheet).count("<row ") - 1
            for number, header in enumerate(table.headers, 1):
                letters = column_letters(number)
                data[table.name, header] = f"{table.sheet}!${letters}$2:${letters}${last}"
        plain = dataclasses.replace(layout, table=None, table_last_row=0, data=data)
        groups = len(PLAN.node_groups)
        for each in (*layout.sheet.totals, *layout.sheet.computed):
            rows = range(23, 43) if isinstance(each, Column) else [None]
            for row in rows:
                spare = row is not None and row > 22 + groups
                formula = plain.formula(each.name, row, spare=spare)
                raw.put(name, layout.cell(each.name, row), formula=formula)
    for name in raw.sheets.values():
        folder, _, part = name.rpartition("/")
        raw.parts.pop(f"{folder}/_rels/{part}.rels", None)
    return raw


@BOTH
def test_formulas_in_a1_are_the_same(tmp_path: Path, model: str) -> None:
    report = verified(in_a1(model), tmp_path)
    assert "[[" not in "".join(in_a1_formulas(model))
    assert found(report) == set()
    assert not [each for sheet in report.sheets for each in sheet.faults]


def in_a1_formulas(model: str) -> list[str]:
    return [text for sheet in SHEETS[model] for text in in_a1(model).formulas(sheet).values()]


@BOTH
def test_changes_among_formulas_in_a1_are_found(tmp_path: Path, model: str) -> None:
    raw = in_a1(model)
    formulas, layout = raw.formulas("WarmENI"), layouts(model)["WarmENI"]
    column, result = layout.cell("ips_total", 25), layout.cell("pods_hosted")
    for cell, old, new in ((column, "25", "26"), (result, "42", "41")):
        assert old in formulas[cell]
        raw.put("WarmENI", cell, formula=formulas[cell].replace(old, new))
    assert found(verified(raw, tmp_path)) == {
        ("WarmENI", column, "formula"),
        ("WarmENI", result, "formula"),
    }


def test_what_stands_elsewhere_is_no_concern(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "H2", 12.0, "B8/2")
    raw.put("WarmENI", "AH30", 1.0, "SUM(A1:A2)")
    raw.put("WarmENI", "P16", "a remark")
    raw.put("WarmENI", "A60", "a remark")
    raw.put("WarmENI", "D60", 7.0, "B8*2")
    assert verified(raw, tmp_path).clean


# --- one change at a time -------------------------------------------------------------------------


def test_a_number_typed_over_a_formula(tmp_path: Path) -> None:
    raw = Raw(content())
    cell = layouts("vpc-cni")["WarmENI"].cell("ips_per_node", 24)
    expected = raw.formulas("WarmENI")[cell]
    raw.put("WarmENI", cell, 150.0, None)
    difference = only(verified(raw, tmp_path))
    assert difference.at("plan.xlsx") == (
        f"plan.xlsx, WarmENI!{cell} (IPs used per instance): "
        "a value was typed over the formula: found 150"
    )
    assert (difference.kind, difference.found) == ("formula", 150)
    assert difference.expected == f"={expected}"


def test_a_right_number_typed_over_a_formula_is_found_all_the_same(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B8", formula=None)
    assert found(verified(raw, tmp_path)) == {("WarmENI", "B8", "formula")}


def test_an_edited_formula(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B10", formula="B5-B8+1")
    difference = only(verified(raw, tmp_path))
    assert difference.at("plan.xlsx") == (
        "plan.xlsx, WarmENI!B10 (IPs remaining): "
        "the formula was edited: found =B5-B8+1; =B5-B8 is expected"
    )
    assert (difference.found, difference.expected) == ("=B5-B8+1", "=B5-B8")


def test_a_deleted_formula(tmp_path: Path) -> None:
    raw = Raw(content())
    cell = layouts("vpc-cni")["WarmENI"].cell("pods_total", 23)
    expected = raw.formulas("WarmENI")[cell]
    raw.put("WarmENI", cell, None, None)
    difference = only(verified(raw, tmp_path))
    assert difference.at("plan.xlsx") == (
        f"plan.xlsx, WarmENI!{cell} (Pods total): the cell is empty; its formula is missing"
    )
    assert (difference.kind, difference.found) == ("missing", None)
    assert difference.expected == f"={expected}"


@pytest.mark.parametrize(
    ("value", "shown", "recorded"),
    [
        (300.0, 300, "300"),
        (CellError("#N/A"), "#N/A", "#N/A"),
        ("many", "many", '"many"'),
        (True, True, "True"),
        (None, None, "nothing"),
    ],
)
def test_a_stale_value(tmp_path: Path, value: Any, shown: Any, recorded: str) -> None:
    right = verify_workbook(saved(tmp_path / "right.xlsx")).sheets[0].totals["ips_used"]
    raw = Raw(content())
    raw.put("WarmENI", "B8", value)
    difference = only(verified(raw, tmp_path))
    assert difference.at("plan.xlsx") == (
        f"plan.xlsx, WarmENI!B8 (IPs used): recorded {recorded}, but {right} is the result"
    )
    assert (difference.kind, difference.found) == ("value", shown)
    assert difference.expected == right


def test_a_value_that_is_off_by_a_hair(tmp_path: Path) -> None:
    sheet = verify_workbook(saved(tmp_path / "right.xlsx")).sheets[0]
    used = sheet.totals["ips_used"] or 0
    for share, kinds in ((1e-13, set()), (1e-9, {("WarmENI", "B8", "value")})):
        raw = Raw(content())
        raw.put("WarmENI", "B8", used * (1 + share))
        assert found(verified(raw, tmp_path)) == kinds


def test_an_input_that_was_changed_without_recalculation(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B24", 13)
    wanted = set()
    for sheet, layout in layouts("vpc-cni").items():
        of_row = ("nodes", "nodes_after_zone_loss", "ips_total", "pods_total")
        cells = {layout.cell(name, 24) for name in of_row}
        cells |= {"B8", "B9", "B10", "B11"}  # used, hosted, remaining, status
        cells |= {"U6", "U8", "U9", "U13", "U14", "U15", "U16"}  # the same in steady state and peak
        if sheet == "Prefix":
            cells |= {"U17", "U18", "U20"}  # one ENI more takes no block in the best case
        if sheet != "WarmENI":
            cells.add("B24")  # the link
        wanted |= {(sheet, cell, "value") for cell in cells}
    assert found(verified(raw, tmp_path)) == wanted


# --- inputs that follow another sheet -------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("B24", 13.0, "recorded 13, but 12 is what it follows"),
        ("A24", "m5.large", 'recorded "m5.large", but "t3.medium" is what it follows'),
        ("B4", 21.0, "recorded 21, but 20 is what it follows"),
        ("N6", "yes", 'recorded "yes", but "no" is what it follows'),
        ("B24", CellError("#REF!"), "recorded #REF!, but 12 is what it follows"),
        ("X24", 30.0, "recorded 30, but nothing is what it follows"),
        ("A30", "m5.large", 'recorded "m5.large", but nothing is what it follows'),
    ],
)
def test_a_stale_link(tmp_path: Path, cell: str, value: Any, message: str) -> None:
    raw = Raw(content())
    raw.put("WarmIP", cell, value)
    report = verified(raw, tmp_path)
    difference = only(report)
    assert (difference.sheet, difference.cell, difference.kind) == ("WarmIP", cell, "value")
    assert difference.message == message
    totals = verify_workbook(saved(tmp_path / "right.xlsx")).sheets[1].totals
    assert report.sheets[1].totals == totals


@pytest.mark.parametrize("cell", ["A24", "B4", "B24", "N6", "W24", "X24"])
def test_a_link_that_was_never_calculated_is_not_stale(tmp_path: Path, cell: str) -> None:
    raw = Raw(content())
    raw.put("WarmIP", cell, None)
    assert verified(raw, tmp_path).clean


@needs_ironcalc
def test_ironcalc_follows_the_links_as_we_do(tmp_path: Path) -> None:
    groups = [
        NodeGroup("m5.large", 3, 20, os="windows"),
        NodeGroup("m5.xlarge", 0, 30, own_max_pods=17),
        NodeGroup("m5.large", 2, 5, security_group_pods=3),
    ]
    plan = Plan(pod_eni="yes", updated_groups="one", node_groups=groups)
    path = saved(tmp_path / "plan.xlsx", plan=plan)
    report = verify_workbook(path, recalculate="ironcalc")
    assert report.clean
    assert [each["os"] for each in report.sheets[1].node_groups] == ["Windows", "Linux", "Linux"]


# --- faults that formulas tell --------------------------------------------------------------------


def test_a_notice_may_be_a_fault(tmp_path: Path) -> None:
    plan = Plan(custom_networking="yes", node_groups=[NodeGroup("m5.large", 1, 9, os="Windows")])
    for sheet in verify_workbook(saved(tmp_path / "plan.xlsx", plan=plan)).sheets:
        [fault] = sheet.faults
        assert (fault.kind, fault.column, fault.found) == (
            *("not-on-windows", "Operating system"),
            "Windows",
        )
        assert fault.message == (
            "Windows nodes have neither IPv6 nor custom networking: plan them on a sheet of "
            "their own"
        )
        assert sheet.totals["ips_used"] is None
        assert sheet.differences == []
        assert sheet.warnings == []


@BOTH
def test_a_label_that_is_gone(tmp_path: Path, model: str) -> None:
    raw = Raw(content(model))
    raw.put("WarmENI", "A8", None)
    report = verified(raw, tmp_path)
    difference = only(report)
    label = {"vpc-cni": "IPs used", "aws-sample": "Number of IPs Used"}[model]
    assert (difference.kind, difference.column) == ("missing", label)
    assert difference.message == (
        f'the label "{label}" was not found; its formulas cannot be checked'
    )


@BOTH
def test_a_column_that_is_gone(tmp_path: Path, model: str) -> None:
    layout = layouts(model)["WarmENI"]
    raw = Raw(content(model))
    number = layout.columns["pods_total"]
    raw.put("WarmENI", a1(22, number), "mine")
    header = layout.text_of("pods_total")
    missing = [
        each for each in verified(raw, tmp_path).sheets[0].differences if each.kind == "missing"
    ]
    assert [each.column for each in missing] == [header]
    assert missing[0].message == (
        f'the column "{header}" was not found; its formulas cannot be checked'
    )


def test_a_row_below_the_table_is_one_difference_and_what_follows_from_it(tmp_path: Path) -> None:
    raw = Raw(content())
    for cell, value in (("A43", "m5.large"), ("B43", 4), ("C43", 11)):
        raw.put("WarmENI", cell, value)
    differences = verified(raw, tmp_path).sheets[0].differences
    first = next(each for each in differences if each.cell == "A43")
    assert first.kind == "formula"
    assert "the row lies below table WarmENI, which ends at row 42" in first.message
    beyond = {each.cell for each in differences if place(each.cell)[0] != 43}
    layout = layouts("vpc-cni")["WarmENI"]
    assert beyond <= {layout.cell(each.name) for each in layout.sheet.totals}
    assert ("WarmENI", "B8") in {(each.sheet, each.cell) for each in differences}


# --- every formula, every part of it --------------------------------------------------------------

OPERATORS = dict(
    zip(
        ("+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">="),
        ("-", "+", "/", "*", "*", "=", "<>", "=", "<=", ">=", "<", ">"),
        strict=True,
    )
)
FUNCTIONS = {"MIN": "MAX", "MAX": "MIN", "ROUNDUP": "ROUND", "INT": "ABS", "IF": "IFERROR"}
TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    |(?P<this>\w+\[\[\#This[ ]Row\],\[(?:'.|[^]'])+\]\])
    |(?P<column>\w+\[(?:'.|[^]'])+\])
    |(?P<call>[A-Z_][\w.]*\()
    |(?P<cell>\$?[A-Z]{1,2}\$?[0-9]+)
    |(?P<name>[A-Z_]{4,})
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<operator><=|>=|<>|[-+*/^&=<>])
    |(?P<rest>.)""",
    re.VERBOSE,
)


def edits(formula: str, row: int | None) -> Iterator[str]:
    """The formula with one thing changed: each operator, constant, reference, function in turn."""
    tokens = [(str(each.lastgroup), each[0]) for each in TOKEN.finditer(formula)]
    for number, (kind, token) in enumerate(tokens):
        for other in other_tokens(kind, token, row):
            texts = [text for _, text in tokens]
            texts[number] = other
            yield "".join(texts)
    yield f"({formula})+0"
    yield f"{formula}*1"
    yield f"-{formula}"


def other_tokens(kind: str, token: str, row: int | None) -> Iterator[str]:
    if kind == "text":
        yield '" "' if token == '""' else token[:-1] + '!"'
    elif kind == "this":
        header = "Max ENIs" if "Max ENIs" not in token else "IPs per ENI"
        if "Table3" in token:
            header += " per Instance (PI)" if header == "Max ENIs" else " PI"
        yield re.sub(r",\[.*\]\]$", f",[{header}]]", token)
        yield f"A{(row or 0) + 1}"  # the row below
    elif kind == "column":
        yield token.replace("[", "[[#Headers],[", 1) + "]"
    elif kind == "cell":
        yield re.sub("[0-9]+$", lambda digits: str(int(digits[0]) + 1), token)
        yield re.sub("[A-Z]+", "Y", token, count=1)
    elif kind == "number":
        yield str(float(token) + 1)
        yield str(float(token) * (1 + 1e-9) + 1e-9)
    elif kind == "operator":
        yield OPERATORS[token]
    elif kind == "call" and token[:-1] in FUNCTIONS:
        yield FUNCTIONS[token[:-1]] + "("
    elif kind == "name" and token.endswith("_TARGET"):
        yield "$B$14"


@cache
def alone(model: str, sheet: str) -> bytes:
    """A workbook with that one calculator sheet."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        mode = get_sheet(get_model(model), sheet).mode
        write_workbook(path, [SheetPlan(sheet, mode, PLAN)], model=model, rows=5)
        return path.read_bytes()


@EACH_SHEET
def test_every_edit_of_every_formula_is_found(tmp_path: Path, model: str, sheet: str) -> None:
    layout, formulas = layouts(model)[sheet], Raw(alone(model, sheet)).formulas(sheet)
    waiting: dict[str, list[tuple[str, str]]] = {}
    for each in (*layout.sheet.totals, *layout.sheet.computed):
        of_row = isinstance(each, Column)
        # One file holds an edit of each result, and in every filled row one of each column.
        rows = range(23, 23 + len(PLAN.node_groups)) if of_row else [None]
        cells = [layout.cell(each.name, row) for row in rows]
        made = list(edits(formulas[cells[0]], 23 if of_row else None))
        waiting[each.name] = [
            (cells[number % len(cells)], text) for number, text in enumerate(made)
        ]
    planted = 0
    while any(waiting.values()):
        raw, wanted = Raw(alone(model, sheet)), dict[str, str]()
        for name, left in waiting.items():
            size = len(PLAN.node_groups) if name in layout.columns else 1
            wanted |= dict(left[:size])
            del left[:size]
        wanted = {cell: of_the_row(text, cell) for cell, text in wanted.items()}
        for cell, text in wanted.items():
            raw.put(sheet, cell, formula=text)
        planted += len(wanted)
        assert found(verified(raw, tmp_path)) == {(sheet, cell, "formula") for cell in wanted}
    assert planted > 100


def of_the_row(text: str, cell: str) -> str:
    """An edit that was made in row 23, for the row of this cell: its references to row 24 move."""
    row, _ = place(cell)
    return re.sub(r"(?<![$A-Z])A24\b", f"A{row + 1}", text) if row > 22 else text


@EACH_SHEET
@pytest.mark.parametrize("kind", ["value", "typed", "missing", "text"])
def test_every_cell_is_looked_at(tmp_path: Path, model: str, sheet: str, kind: str) -> None:
    raw = Raw(content(model))
    cells = formula_cells(model, sheet, filled=True)
    for cell in cells:
        if kind == "value":
            raw.put(sheet, cell, 123456.75)
        elif kind == "text":
            raw.put(sheet, cell, "stale")
        elif kind == "typed":
            raw.put(sheet, cell, 3.0, None)
        else:
            raw.put(sheet, cell, None, None)
    expected = {"value": "value", "text": "value", "typed": "formula", "missing": "missing"}[kind]
    report = verified(raw, tmp_path)
    assert found(report) == {(sheet, cell, expected) for cell in cells}


@BOTH
def test_formulas_of_spare_rows_are_looked_at(tmp_path: Path, model: str) -> None:
    raw = Raw(content(model))
    layout = layouts(model)["WarmENI"]
    cells = [layout.cell(each.name, 35) for each in layout.sheet.computed]
    for number, cell in enumerate(cells):
        raw.put("WarmENI", cell, 3.0, None if number % 2 else "1+1")
    assert found(verified(raw, tmp_path)) == {("WarmENI", cell, "formula") for cell in cells}


@pytest.mark.parametrize("model", MODELS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 40))
def test_any_number_of_changes_is_found(tmp_path: Path, model: str, seed: int, count: int) -> None:
    chance = random.Random(seed)
    # With custom networking no result shows nothing, where an error would be as good.
    plan = dataclasses.replace(PLAN, custom_networking="yes")
    raw, wanted = Raw(content(model, plan)), set[tuple[str, str, str]]()
    formulas = {sheet: raw.formulas(sheet) for sheet in SHEETS[model]}
    every = [(s, c) for s in SHEETS[model] for c in formula_cells(model, s, filled=True)]
    for sheet, cell in chance.sample(every, count):
        kind = chance.choice(["value", "formula", "typed", "missing"])
        if kind == "value":
            raw.put(sheet, cell, chance.choice([0.125, -1e6, "old", CellError("#VALUE!"), True]))
        elif kind == "typed":
            raw.put(sheet, cell, chance.choice([0.125, "none"]), None)
        elif kind == "missing":
            raw.put(sheet, cell, None, None)
        else:
            row = place(cell)[0]
            made = list(edits(formulas[sheet][cell], row if row > 22 else None))
            raw.put(sheet, cell, formula=chance.choice(made))
        wanted.add((sheet, cell, "formula" if kind == "typed" else kind))
    assert found(verified(raw, tmp_path)) == wanted


@needs_aws_sample
def test_changes_in_the_published_workbook_are_found(tmp_path: Path) -> None:
    raw = Raw(AWS_SAMPLE)
    formulas = raw.formulas("WarmENI")
    raw.put("WarmENI", "B10", formula="B5-B8-1")
    raw.put("WarmENI", "L23", formula=formulas["L23"] + "+1")
    raw.put("WarmENI", "B9", 17.0)
    raw.put("WarmIP", "D23", 4.0, None)
    raw.put("WarmIP", "E23", 4.5)
    assert found(verified(raw, tmp_path)) == {
        ("WarmENI", "B10", "formula"),
        ("WarmENI", "L23", "formula"),
        ("WarmENI", "B9", "value"),
        ("WarmIP", "D23", "formula"),
        ("WarmIP", "E23", "value"),
    }


# --- another engine -------------------------------------------------------------------------------


def with_another_figure() -> Raw:
    """A figure on the data sheet was changed, and nothing was calculated since."""
    raw = Raw(content())
    listed = openpyxl.load_workbook(io.BytesIO(content()), read_only=True)["InstanceTypes"]
    names = [row[0] for row in listed.iter_rows(values_only=True, max_col=1)]
    raw.put("InstanceTypes", f"C{1 + names.index('t3.medium')}", 11.0)
    return raw


def ips_of_t3_medium(report: WorkbookReport) -> Found:
    wanted = [("WarmENI", name) for name in ("ipv4_per_eni", "ips_total", "ips_per_node")]
    layout = layouts("vpc-cni")["WarmENI"]
    return {(sheet, layout.cell(name, 24), "recalculated") for sheet, name in wanted}


@needs_ironcalc
def test_ironcalc_finds_a_figure_that_was_changed(tmp_path: Path) -> None:
    report = verified(with_another_figure(), tmp_path, recalculate="ironcalc")
    assert ips_of_t3_medium(report) <= found(report)
    cell = layouts("vpc-cni")["WarmENI"].cell("ipv4_per_eni", 24)
    [difference] = [each for each in report.sheets[0].differences if each.cell == cell]
    assert difference.message == "ironcalc gives 11, but 6 is the result"
    # Rows of other types are as they were.
    rows = {place(cell)[0] for _, cell, _ in found(report)}
    assert rows & set(range(23, 43)) == {24}


@needs_libreoffice
def test_libreoffice_finds_a_figure_that_was_changed(tmp_path: Path) -> None:
    report = verified(with_another_figure(), tmp_path, recalculate="libreoffice")
    assert ips_of_t3_medium(report) <= found(report)
    assert "libreoffice gives 11, but 6" in str(report.sheets[0].differences)


@needs_ironcalc
def test_ironcalc_finds_what_an_edited_formula_gives(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B10", formula="B5-B8+1")
    assert found(verified(raw, tmp_path, recalculate="ironcalc")) == {
        ("WarmENI", "B10", "formula"),
        ("WarmENI", "B10", "recalculated"),
        ("WarmENI", "B11", "recalculated"),
        ("WarmENI", "U9", "recalculated"),
    }


def test_an_engine_that_is_missing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = saved(tmp_path / "plan.xlsx")
    with pytest.raises(RecalculationError) as caught:
        verify_workbook(path, recalculate="libreoffice")
    assert str(caught.value).startswith(f"{path}: LibreOffice is not installed")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="There is no such file"):
        verify_workbook(tmp_path / "none.xlsx")


def test_formulas_of_another_version_are_told_from_edited_ones(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "N23", formula="1+1")
    report = verify_workbook(raw.save(tmp_path / "edited.xlsx"))
    assert [each.kind for each in report.sheets[0].warnings] == []
    raw.replace_in("docProps/custom.xml", f">{version('eks-subnet-calc')}<", ">0.0.1<")
    report = verify_workbook(raw.save(tmp_path / "older.xlsx"))
    (warning,) = report.sheets[0].warnings
    assert (warning.kind, warning.found) == ("other-version", "0.0.1")
    assert "made with version 0.0.1" in warning.message
    assert report.sheets[1].warnings == []
