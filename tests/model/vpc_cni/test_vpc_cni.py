"""The sheets of the model: what stands where, what they share, and how long a formula gets."""

import csv
import re

import pytest

from calculator.model.sheet import Column, Constant
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.plan import GROUP_INPUTS, MODES, NODES_FROM, PLAN_INPUTS
from calculator.workbook.layout import new_layout
from tests.layouts import HEADERS, file_of, words_of
from tests.model.vpc_cni.nodes import MODEL, SHEETS

EVERY = pytest.mark.parametrize("sheet", MODEL.sheets, ids=[each.name for each in MODEL.sheets])
EACH = pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])


def test_the_sheets_that_there_are():
    names = ["Plan", "Settings", "Groups", "WarmENI", "WarmIP", "Prefix", "IPv6", "Sizes"]
    assert [each.name for each in MODEL.sheets] == names
    assert [each.mode for each in MODEL.sheets] == [None, None, None, *MODES[1:], None]
    assert (MODEL.plan, MODEL.layout) == ("Plan", 4)


def test_the_words_and_places_of_a_layout_that_is_out_there_stay():
    """The files of colleagues have them: with others, LAYOUT becomes 5, and 4 is still read."""
    with open(file_of(MODEL.name), encoding="utf-8", newline="") as stream:
        kept = [*csv.reader(stream)]
    assert [[*HEADERS], *map(list, words_of(MODEL.name))] == kept


@EVERY
def test_headers_and_labels_are_each_sheets_own(sheet):
    headers = [each.header for each in sheet.columns]
    assert len(set(headers)) == len(headers)
    # What stands beside a label belongs to it: labels that are shared are of cells in one row.
    rows = {}
    for each in sheet.placed:
        rows.setdefault(each.label, set()).add(each.label_cell)
    assert {label: cells for label, cells in rows.items() if len(cells) > 1} == {}


@EACH
def test_places_that_users_of_the_sample_know(sheet):
    cells = {each.name: each.cell for each in sheet.placed}
    names = ("prefix_length", "ips_available", "ips_used", "pods_hosted", "ips_remaining")
    assert [cells[name] for name in names] == ["B4", "B5", "B8", "B9", "B10"]
    headers = ["instance type", "# of Instances", "Target Workload Pods per Node", "Check"]
    assert [each.header for each in MODEL.sheet("Plan").columns[:4]] == headers


@EACH
def test_nothing_is_filled_in_on_the_sheet_of_a_mode(sheet):
    assert (sheet.settings, sheet.inputs) == ((), ())


def test_what_is_filled_in_is_copied_once():
    inputs = [each.name for each in MODEL.sheet("Plan").inputs]
    copied = {
        sheet.name: [each.copies for each in sheet.columns if each.copies] for sheet in MODEL.sheets
    }
    assert copied.pop("Groups") == inputs
    # which the sheets of the modes show in turn, as far as people look for it
    shown_first = {sheet.name: inputs[:3] for sheet in SHEETS}
    assert {name: each[:3] for name, each in copied.items() if each} == shown_first
    assert (MODEL.sheet("Groups").settings, MODEL.sheet("Groups").inputs) == ((), ())


def test_every_input_of_a_plan_stands_on_one_sheet():
    placed = [each.name for sheet in MODEL.sheets for each in sheet.settings]
    assert sorted(placed) == sorted(PLAN_INPUTS)
    columns = [each.name for sheet in MODEL.sheets for each in sheet.inputs if each.input]
    assert columns == list(GROUP_INPUTS)


def test_what_is_optional_in_a_workbook_has_a_default():
    for sheet in MODEL.sheets:
        for each in (*sheet.settings, *sheet.inputs):
            if each.optional:
                assert each.input.default is not None or each.input.empty


# --- formulas -------------------------------------------------------------------------------------


def formulas():
    """Every formula of a new workbook of 40 rows, by sheet and name."""
    book = {}
    for sheet in MODEL.sheets:
        new_layout(MODEL, sheet, sheet.name, sheet.table, 40, book)
    found = {}
    for sheet in MODEL.sheets:
        layout = book[sheet.name]
        rows = dict.fromkeys(each.name for each in sheet.totals)
        rows |= dict.fromkeys((each.name for each in sheet.computed), layout.first_row)
        for name, row in rows.items():
            found[sheet.name, name] = layout.formula(name, row)
    return found


FORMULAS = formulas()
#: What all spreadsheet programs have had since Excel 2010, and nothing newer.
FUNCTIONS = {
    *("AND", "CHOOSE", "COUNTA", "COUNTIF", "IF", "IFERROR", "INDEX", "INT", "ISBLANK"),
    *("ISERROR", "ISNUMBER", "MATCH", "MAX", "MIN", "NA", "OR", "ROUNDUP", "ROW", "ROWS", "SUM"),
    *("SUBSTITUTE", "SUMIF", "SUMPRODUCT"),
}


def without_texts_and_names(formula):
    """A formula without its texts, sheet names, structured references and cells."""
    formula = re.sub(r'"[^"]*"', "", formula)
    formula = re.sub(r"'[^']*'!", "", formula)
    formula = re.sub(r"\[\[.*?\]\]|\[[^\]]*\]", "", formula)
    return re.sub(r"\$?\b[A-Z]{1,3}\$?\d+\b", "", formula)


def test_no_formula_is_too_long_to_be_read():
    assert len(FORMULAS) > 400
    too_long = {name: len(text) for name, text in FORMULAS.items() if len(text) > 300}
    assert too_long == {}


def test_no_formula_holds_a_number_but_0_and_1():
    """All other figures are constants with a source, or settings."""
    found = {
        number
        for formula in FORMULAS.values()
        for number in re.findall(r"(?<![A-Za-z_])-?\d+\.?\d*", without_texts_and_names(formula))
    }
    assert found <= {"0", "1", "-1"}


def test_formulas_work_in_every_program():
    used = {
        name
        for formula in FORMULAS.values()
        for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", without_texts_and_names(formula))
    }
    assert used <= FUNCTIONS
    assert not [formula for formula in FORMULAS.values() if "_xl" in formula or "@" in formula]


def test_formulas_look_up_what_the_data_tables_have():
    headers = {each.name: {*each.headers} - each.shown for each in MODEL.data_tables}
    used = {
        (name, header)
        for formula in FORMULAS.values()
        for name, header in re.findall(r"(\w+)\[([^\[\]]+)\]", formula)
        if name in headers
    }
    assert used == {(name, each) for name, listed in headers.items() for each in listed}


def test_the_words_of_formulas_are_codes_that_have_words():
    """What a sheet says stands in table Messages, so that no formula holds a sentence."""
    codes = {
        text
        for formula in FORMULAS.values()
        for text in re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', formula)
    }
    outcomes = {"not-known", "not-possible", "does-not-fit", "fits-in-some", "no-node-group"}
    outcomes |= {"fits-with-remarks", *NODES_FROM}
    assert codes - outcomes - set(MODES) <= MESSAGES.keys()
    assert {"pods-do-not-fit", "correct-rows", "subnet-overflow"} <= codes


# --- constants and tables -------------------------------------------------------------------------


def test_every_constant_has_a_source_and_is_used():
    constants = [each for sheet in MODEL.sheets for each in sheet.constants]
    assert all(each.source for each in constants)
    used = {
        name.name
        for sheet in MODEL.sheets
        for rule in sheet.rules
        for name in rule.names()
        if isinstance(MODEL.home(sheet, name).by_name.get(name.name), Constant)
    }
    # Free addresses at both ends of a subnet: 5 of 32 are reserved (Amazon VPC User Guide).
    assert {each.name: each.value for each in constants}["free_at_ends"] == 2 * 16 - 5
    assert used == {each.name for each in constants}


def test_every_column_and_result_is_shown_or_used():
    """No step leads nowhere; by its number a row of sheet Plan finds those of the other sheets."""
    used = {(sheet.name, "number") for sheet in MODEL.sheets} | {
        (MODEL.home(sheet, name).name, name.name)
        for sheet in MODEL.sheets
        for rule in sheet.rules
        for name in rule.names()
    }
    for sheet in MODEL.sheets:
        for each in (*sheet.totals, *sheet.columns):
            is_step = each.style in ("helper", "small")
            if is_step and not (isinstance(each, Column) and each.copies):
                assert (sheet.name, each.name) in used, (sheet.name, each.name)


def test_sizes_of_subnets():
    """Amazon VPC User Guide: /16 to /28, 5 addresses of each are reserved, in its first and last
    /28 block.
    """
    tables = {each.name: each for each in MODEL.data_tables}
    sizes = {row[0]: tuple(row[1:]) for row in tables["SubnetSizes"].rows(None)}
    assert sorted(sizes) == [*range(16, 29)]
    assert (sizes[16], sizes[24], sizes[27], sizes[28]) == (
        *((65531, 4094, 4096), (251, 14, 16), (27, 0, 2), (11, 0, 1)),
    )
