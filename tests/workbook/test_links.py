"""Which formulas are links to another sheet, and which inputs two sheets share."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.model import get_model, get_sheet, models
from calculator.workbook.links import link, link_target, shared_inputs
from calculator.xlsx.formula import Geometry, same_formula
from calculator.xlsx.reference import MAX_COLUMN, MAX_ROW

OURS, SAMPLE = get_model("vpc-cni"), get_model("aws-sample")


@pytest.mark.parametrize(
    ("formula", "sheet", "cell"),
    [
        ("WarmENI!B4", "warmeni", (4, 2)),
        ("WarmENI!$B$4", "warmeni", (4, 2)),
        ("WarmENI!B$4", "warmeni", (4, 2)),
        ("WarmENI!$AA120", "warmeni", (120, 27)),
        ("_x1!A1", "_x1", (1, 1)),
        ("Größe!A1", "grösse", (1, 1)),
        (" WarmENI!B4 ", "warmeni", (4, 2)),
        ("'WarmENI'!B4", "warmeni", (4, 2)),
        ("'prod eu-west-1'!B4", "prod eu-west-1", (4, 2)),
        ("'a''b'!B4", "a'b", (4, 2)),
        ("'''quoted'''!B4", "'quoted'", (4, 2)),
        ("'1st'!C23", "1st", (23, 3)),
        ("'x!y'!B4", "x!y", (4, 2)),
        ("'say \"x\"'!B4", 'say "x"', (4, 2)),
        ("warmeni!b4", "warmeni", (4, 2)),
    ],
)
def test_a_plain_link_counts_an_empty_cell_as_0(
    formula: str, sheet: str, cell: tuple[int, int]
) -> None:
    assert link_target(formula) == ((sheet, cell), True)


@pytest.mark.parametrize(
    ("formula", "sheet", "cell"),
    [
        ('IF(WarmENI!A23="","",WarmENI!A23)', "warmeni", (23, 1)),
        ('if(WarmENI!A23="","",warmeni!a23)', "warmeni", (23, 1)),
        ('IF( WarmENI!A23 = "" , "" , WarmENI!A23 )', "warmeni", (23, 1)),
        ('IF(WarmENI!$A$23="","",WarmENI!$A$23)', "warmeni", (23, 1)),
        ("IF('a''b'!A23=\"\",\"\",'a''b'!A23)", "a'b", (23, 1)),
        ("IF('a b'!A23 = \"\", \"\", 'a b'!A23)", "a b", (23, 1)),
        ("IF('x!y'!A1=\"\",\"\",'x!y'!A1)", "x!y", (1, 1)),
    ],
)
def test_a_link_that_shows_nothing_for_an_empty_cell(
    formula: str, sheet: str, cell: tuple[int, int]
) -> None:
    assert link_target(formula) == ((sheet, cell), False)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "B4",
        "$B$4",
        "3*4",
        "WarmENI!B4+1",
        "-WarmENI!B4",
        "(WarmENI!B4)",
        "WarmENI!B4:B5",
        "WarmENI!B:B",
        "WarmENI!4:4",
        "WarmENI[instance type]",
        "SUM(WarmENI!B4)",
        "[1]WarmENI!B4",
        "'[other.xlsx]WarmENI'!B4x",
        "WarmENI!B4&WarmIP!B4",
        "'WarmENI!B4",
        "WarmENI'!B4",
        "1st!B4",
        "WarmENI!XFE1",
        "WarmENI!B0",
        "WarmENI!A1048577",
        "prod eu-west-1!B4",
        'IF(WarmENI!A23="","",WarmENI!A24)',
        'IF(WarmENI!A23="","",WarmIP!A23)',
        'IF(WarmENI!A23="",0,WarmENI!A23)',
        'IF(WarmENI!A23="","x",WarmENI!A23)',
        'IF(WarmENI!A23<>"","",WarmENI!A23)',
        'IF(WarmENI!A23="","")',
        'IF(WarmENI!A23="","",WarmENI!A23)+0',
        'IF(A23="","",A23)',
        'IFERROR(WarmENI!A23,"")',
    ],
)
def test_what_is_no_link(formula: str) -> None:
    assert link_target(formula) is None


SHEET_NAMES = st.from_regex(re.compile(r"(?!')[^\[\]:*?/\\\x00-\x1f]{1,31}(?<!')"), fullmatch=True)


@given(SHEET_NAMES, st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))
def test_a_link_leads_back_to_its_cell(sheet: str, row: int, column: int) -> None:
    formula = link(sheet, row, column)
    assert link_target(formula) == ((sheet.casefold(), (row, column)), False)


def test_a_link_is_a_formula_as_others_write_it() -> None:
    formula = link("a b", 23, 1)
    assert formula == "IF('a b'!A23=\"\",\"\",'a b'!A23)"
    geometry = Geometry({}, {})
    place = {"sheet": "WarmIP", "row": 23, "column": 1}
    assert same_formula(formula, formula.replace("A23", "$A$23"), **place, geometry=geometry)


# --- what sheets share ----------------------------------------------------------------------------

GROUP = ["instance_type", "instances", "pods_per_node", "os", "own_max_pods", "security_group_pods"]
SETTINGS = {
    *("subnet_prefix_length", "host_network_pods", "daemonset_pods", "max_eni", "pod_eni"),
    *("custom_networking", "pod_subnet_prefix_length", "ip_family", "availability_zones"),
    *("zone_loss", "updated_groups", "max_unavailable", "other_ips", "control_plane_enis"),
    "warm_eni_target",
}
WINDOWS = {"windows_warm_ip_target", "windows_minimum_ip_target"}


@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        ("warm-ip", SETTINGS | WINDOWS | {"max_pods_by"}),
        # Max pods of prefix mode have a default of their own.
        ("prefix", SETTINGS),
    ],
)
def test_inputs_that_a_sheet_shares_with_the_first(mode: str, settings: set[str]) -> None:
    shared = [each.name for each in shared_inputs(get_sheet(OURS, mode), OURS.sheets[0])]
    assert set(shared[: -len(GROUP)]) == settings
    assert shared[-len(GROUP) :] == GROUP


def test_what_has_another_default_is_not_shared() -> None:
    prefix, warm_ip = get_sheet(OURS, "prefix"), get_sheet(OURS, "warm-ip")
    shared = {each.name for each in shared_inputs(prefix, warm_ip)}
    assert "minimum_ip_target" in shared
    assert shared.isdisjoint({"warm_ip_target", "max_pods_by"})


def test_every_sheet_shares_its_own_inputs() -> None:
    for model in models():
        for sheet in model:
            assert shared_inputs(sheet, sheet) == [*sheet.settings, *sheet.inputs]


def test_sheets_of_the_sample_stand_alone() -> None:
    assert (OURS.linked, SAMPLE.linked) == (True, False)
