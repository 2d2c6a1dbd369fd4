"""What follows from what, told from findings that are typed here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from calculator.findings import Finding
from calculator.model import get_model
from calculator.parity.causes import by_cause
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1
from tests.helpers import PLAN, Raw, content
from tests.workbook.readings import read

MODEL = get_model("vpc-cni")
#: Results that have no input in common.
APART = ("WarmENI!I11", "Prefix!B9")


@cache
def book_of(deleted: int = 0) -> WorkbookReading:
    """A workbook, where columns of WarmIP were deleted before column J."""
    raw = Raw(content("vpc-cni", PLAN, 8))
    if deleted:
        raw.insert("WarmIP", before="J1", columns=-deleted)
    return read(raw)


def typed(code: str, place: str, found: Any = None, **more: Any) -> Finding:
    sheet, _, cell = place.partition("!")
    return Finding(code, sheet, cell or None, more.pop("column", None), found, "", **more)


def linked(
    *findings: Finding, before: Sequence[Finding] = (), deleted: int = 0
) -> dict[str | None, str]:
    """What follows from what, by place."""
    book = book_of(deleted)
    every = by_cause(book.plans[0], findings, book.geometry, before)
    return {each.place: each.because_of for each in every if each.because_of}


def test_figures_of_one_row_and_the_next_were_changed_at_once() -> None:
    places = ["A5", "C5", "B6", "D7", "A9", "A3"]
    findings = [typed("figure", f"InstanceTypes!{cell}", 1.0) for cell in places]
    assert linked(*findings, typed("figure", "Tables!A5", 1.0)) == {
        f"InstanceTypes!{cell}": "InstanceTypes!A5" for cell in ("C5", "B6", "D7")
    }


def test_heads_of_one_row_or_column_were_changed_at_once() -> None:
    places = ["D5", "F5", "D9", "H9", "H12", "G11", "E6"]
    findings = [typed("head", f"Settings!{cell}", "x") for cell in places]
    assert linked(*findings, typed("head", "Plan!D5", "x")) == {
        f"Settings!{cell}": "Settings!D5" for cell in ("F5", "D9", "H9", "H12")
    }
    # Cleared, they were lost with what is said of the sheet; typed over, they were not.
    gone = typed("missing-result", "Settings!B40", column="mine")
    cleared, over = typed("head", "Settings!D5"), typed("head", "Settings!F8", "x")
    assert linked(gone, cleared, over) == {"Settings!D5": "Settings!B40"}
    assert linked(typed("missing-result", "Plan!E5"), cleared) == {}


def test_types_below_a_table_that_was_cut_are_unknown_because_of_that() -> None:
    unknown = typed("unknown-type", "Plan!A15", "m5.large")
    wrong = typed("not-a-number", "Plan!B15", "x")
    assert linked(unknown, wrong, typed("outside-the-table", "InstanceTypes!A9")) == {
        "Plan!A15": "InstanceTypes!A9"
    }
    assert linked(unknown, typed("figure", "InstanceTypes!A9")) == {}
    assert linked(unknown, typed("outside-the-table", "WarmIP!A9")) == {}


def test_what_stands_in_a_row_outside_of_its_table_follows_from_that() -> None:
    cut, also = (typed("outside-the-table", f"WarmIP!{cell}33") for cell in "AB")
    found = (typed("value", "WarmIP!C33", 1.0), typed("formula", "WarmIP!D33", "=1"))
    assert linked(cut, also, *found, typed("formula", "WarmIP!D35", "=1")) == {
        "WarmIP!B33": "WarmIP!A33",
        "WarmIP!C33": "WarmIP!A33",
        "WarmIP!D33": "WarmIP!A33",
    }


def test_rows_that_show_errors_where_nothing_is_filled_in_are_one() -> None:
    rows = [typed("empty-row", f"Plan!A{row}") for row in (20, 21, 25)]
    assert linked(*rows) == {"Plan!A21": "Plan!A20", "Plan!A25": "Plan!A20"}


def test_what_tables_of_uneven_length_lack_follows_from_that() -> None:
    uneven = typed("uneven-rows", "WarmIP!AA29", 9.0)
    found = [
        typed("missing-formula", "WarmIP!D33"),
        typed("missing-formula", "WarmIP!B8"),
        typed("missing-formula", "Prefix!D33"),
        typed("value", "Prefix!B8", CellError("#N/A"), expected=3.0),
        typed("value", "IPv6!B8", 7.0, expected=3.0),
    ]
    assert linked(uneven, *found) == {"WarmIP!D33": "WarmIP!AA29", "Prefix!B8": "WarmIP!AA29"}


def test_a_row_that_others_have_no_row_for_follows_from_their_tables() -> None:
    uneven = typed("uneven-rows", "WarmIP!AA29", 9.0)
    last, beyond = (typed("below-the-table", f"Plan!A{row}") for row in (21, 22))
    assert linked(uneven, last, beyond) == {"Plan!A21": "WarmIP!AA29"}
    assert linked(last) == {}


def test_an_empty_row_that_was_inserted_follows_from_the_one_that_no_longer_counts() -> None:
    last, beyond = (typed("below-the-table", f"Plan!A{row}") for row in (21, 22))
    empty, filled = (typed("missing-formula", f"Plan!D{row}", cells=3) for row in (19, 14))
    assert linked(last, empty, filled) == {"Plan!D19": "Plan!A21"}
    # It was typed below the table, or one cell was cleared.
    assert linked(beyond, empty) == {}
    assert linked(last, replace(empty, cells=1)) == {}


def test_results_of_the_sheet_are_lost_with_a_label_of_an_input() -> None:
    found = [typed("missing-result", "Plan!N10"), typed("missing-formula", "Plan!S7")]
    label = typed("missing-label", "Plan!B5", column="Availability Zones")
    other = typed("missing-label", "Plan!B9", column="MINIMUM_IP_TARGET")
    assert linked(label, other, *found, typed("missing-formula", "WarmIP!B8")) == {
        "Plan!N10": "Plan!B5",
        "Plan!S7": "Plan!B5",
    }
    assert linked(*found) == {}


def test_where_a_label_was_lost_nothing_is_recorded_of_what_stands_elsewhere() -> None:
    lost = typed("missing-result", "WarmIP!X5", column="mine")
    also = typed("missing-result", "WarmIP!Y5", column="more")
    empty, other = (
        typed("value", "WarmIP!B4", None, expected=3.0),
        typed("value", "WarmIP!B8", 1.0),
    )
    assert linked(lost, also, empty, other) == {"WarmIP!B4": "WarmIP!X5"}
    # Words that came to stand on a formula say that they were moved; other words were typed.
    words = typed("formula", "WarmIP!B4", "IPs used", expected="=1")
    label = typed("formula", "WarmIP!B9", "Instances", expected="=1")
    assert linked(lost, words, label, typed("formula", "WarmIP!J5", "many", expected="=1")) == {
        "WarmIP!B4": "WarmIP!X5",
        "WarmIP!B9": "WarmIP!X5",
    }
    assert linked(words) == {}


def test_rules_follow_from_columns_that_were_deleted_and_the_chart_from_what_it_shows() -> None:
    lost, rule, unseen = (
        typed(code, f"WarmIP{cell}")
        for code, cell in (("missing-result", ""), ("conditional-format", "!A1"), ("unseen", "!B1"))
    )
    elsewhere, chart = typed("unseen", "Plan!B1"), typed("chart", "Chart!A1")
    on_data = typed("unseen", "InstanceTypes!B1")
    assert linked(lost, rule, unseen, elsewhere, on_data, chart, deleted=2) == {
        "WarmIP!A1": "WarmIP",
        "WarmIP!B1": "WarmIP",
    }
    assert linked(lost, rule, unseen, chart) == {}
    assert linked(typed("missing-result", "Plan!N4", column="mine"), rule, chart) == {
        "Chart!A1": "Plan!N4"
    }


def test_rules_and_formulas_that_a_save_as_xls_lost_are_one() -> None:
    lost = [typed("formula", f"WarmIP!{cell}", "=NA()") for cell in ("B8", "X5")]
    rule = typed("conditional-format", "Plan!B5")
    follows = {"WarmIP!X5": "WarmIP!B8", "Plan!B5": "WarmIP!B8"}
    assert linked(*lost, rule) == follows
    assert linked(rule, before=[typed("formula", "Copy!B8", "=NA()")]) == {"Plan!B5": "Copy!B8"}
    assert linked(rule, typed("formula", "WarmIP!B8", "=1")) == {}


@pytest.mark.parametrize("lost", ["=#REF!", "=1+#NAME?", "=Planned!B5", "=NA()"])
def test_formulas_that_lost_what_they_refer_to_are_one(lost: str) -> None:
    one, other = (typed("formula", place, lost, expected="=Plan!B5") for place in APART)
    assert linked(one, other) == {APART[1]: APART[0]}
    edited = [replace(each, found="=1+1", expected="=1") for each in (one, other)]
    assert linked(*edited) == {}


@pytest.mark.parametrize(
    "found", ["=Planned!B5*2", "=Planned!B6", "=Planned!B5-Settings!B9", "=Sizes!B5-Settings!B5"]
)
def test_a_formula_that_was_edited_as_well_is_no_consequence_of_a_renamed_sheet(found: str) -> None:
    renamed = typed("formula", APART[0], "=Planned!B5-1", expected="=Plan!B5-1")
    edited = typed("formula", APART[1], found, expected="=Plan!B5-Settings!B5")
    assert linked(renamed, edited) == {}
    as_it_was = replace(edited, found="=Planned!B5-Settings!B5")
    assert linked(renamed, as_it_was) == {APART[1]: APART[0]}


@pytest.mark.parametrize("found", ["=SUM(Nodes_2[IPs])", "=SUM(Nodes_2[[#All],[Type]])"])
def test_of_a_table_that_stood_nowhere_the_shape_of_a_formula_is_known(found: str) -> None:
    one, other = (typed("formula", place, found, expected="=SUM(B2:B9)") for place in APART)
    assert linked(one, other) == {APART[1]: APART[0]}
    assert linked(one, replace(other, found=f"{found}*2")) == {}


def test_an_input_that_lost_what_it_refers_to_elsewhere_stands_for_itself() -> None:
    value = typed("value", "Plan!B15", CellError("#REF!"), expected=3.0)
    assert linked(value, typed("formula", "WarmIP!B8", "=#REF!")) == {}
    assert linked(value, typed("missing-mode", "Tables")) == {"Plan!B15": "Tables"}


def test_the_chart_follows_from_a_sheet_that_was_renamed_alone() -> None:
    renamed = typed("formula", "Settings!B43", "=Planned!B5", expected="=Plan!B5")
    of_it, other = (
        replace(typed("chart", f"Chart!{cell}"), message=f'series "Left" shows {shown}')
        for cell, shown in (("A1", "Planned!G5:G8"), ("A2", "Plan!G5:G6"))
    )
    assert linked(renamed, of_it, other) == {"Chart!A1": "Settings!B43"}
    assert linked(of_it) == {}


def test_what_is_found_by_the_number_of_a_row_follows_from_that() -> None:
    layout = MODEL.sheet("WarmIP")
    column = 1 + [each.name for each in layout.columns].index("number")
    number, below = (f"WarmIP!{a1(layout.header_row + row, column)}" for row in (1, 2))
    value = typed("value", f"WarmIP!A{layout.header_row + 1}", "m5.large", expected="t3.medium")
    for place, follows in ((number, {value.place: number}), (below, {})):
        pasted = typed("formula", place, 3.0), typed("value", place, 3.0, expected=2.0)
        assert {**linked(value, *pasted), place: place} == {**follows, place: place}
    # A number that is as it should be makes nothing wrong.
    assert linked(value, typed("formula", number, 3.0)) == {}


def test_what_counts_the_rows_of_all_tables_follows_from_one_that_was_cut() -> None:
    cut, last_row = typed("uneven-rows", "WarmIP!Z29"), typed("value", "Plan!N6", 12.0)
    assert linked(cut, last_row) == {"Plan!N6": "WarmIP!Z29"}


def test_a_figure_of_all_plans_of_a_workbook_is_one_cause() -> None:
    figure, most_enis = typed("figure", "InstanceTypes!B5", 5.0), typed("value", "Groups!AJ5", 5.0)
    assert linked(most_enis, before=[figure]) == {"Groups!AJ5": "InstanceTypes!B5"}
    assert linked(most_enis, before=[typed("head", "InstanceTypes!B1", "x")]) == {}


def test_a_figure_is_the_cause_of_nothing_that_does_not_look_it_up() -> None:
    figure, pods = typed("figure", "InstanceTypes!B5", 5.0), typed("value", "Groups!BB5", 5.0)
    assert linked(figure, pods) == {}
    assert linked(typed("figure", "Tables!A5", 5.0), typed("value", "Groups!AJ5", 5.0)) == {}
    # What is worked out with it follows by way of what looks it up.
    most_enis, in_use = (typed("value", f"Groups!{cell}", 5.0) for cell in ("AJ5", "AN5"))
    assert linked(figure, most_enis, in_use).keys() == {"Groups!AJ5", "Groups!AN5"}
    assert linked(figure, in_use) == {}


def test_a_number_that_cannot_be_used_brings_its_format() -> None:
    typed_in, shown = (
        typed("not-a-whole-number", "Plan!B15", 0.1),
        typed("number-format", "Plan!B15"),
    )
    assert linked(typed_in, shown) == {"Plan!B15": "Plan!B15"}
    # That of a whole column was set, and so was that of a result.
    assert linked(typed_in, replace(shown, cells=2)) == {}
    assert linked(typed("formula", "Plan!E5", 1.0), typed("number-format", "Plan!E5")) == {}
    for look in ("number-format", "conditional-format"):  # so does a formula that is copied
        copied = typed("formula", "Plan!E5", "=G5", expected="=H5"), typed(look, "Plan!E5")
        assert linked(*copied) == {"Plan!E5": "Plan!E5"}


@pytest.mark.parametrize(
    ("found", "expected", "is_one"),
    [
        ((CellError("#NAME?"), CellError("#NAME?")), (3.0, 4.0), True),
        ((CellError("#N/A"), CellError("#NAME?")), (3.0, 4.0), False),
        ((1.5, 2.25), (1.4999, 2.2499), True),
        ((1.5, 2.5), (1.4999, 2.2499), False),
        ((0, 0), ("#N/A", "#N/A"), True),
        ((0, 0), ("#N/A", 4.0), False),
        ((1.0, 0), ("#N/A", "#N/A"), False),
    ],
)
def test_a_way_to_calculate_is_one_cause(found: Any, expected: Any, is_one: bool) -> None:
    one, other = (typed("value", APART[at], found[at], expected=expected[at]) for at in (0, 1))
    assert linked(one, other) == ({APART[1]: APART[0]} if is_one else {})


def test_a_function_that_was_unknown_in_another_plan_is_the_cause_in_this_one() -> None:
    before = typed("value", "Copy!B8", CellError("#NAME?"))
    here = typed("value", "WarmIP!B8", CellError("#NAME?"))
    assert linked(here, before=[typed("value", "Copy!B9", 7.0), before]) == {"WarmIP!B8": "Copy!B8"}
    assert linked(here, before=[replace(before, because_of="Copy!A1")]) == {}
    assert linked(typed("value", "WarmIP!B8", 1.0), before=[before]) == {}


def test_a_formula_that_lost_its_cells_in_another_plan_is_the_cause_in_this_one() -> None:
    before = typed("formula", "Copy!B8", "=#REF!")
    assert linked(typed("formula", "WarmIP!X5", "=1+#REF!"), before=[before]) == {
        "WarmIP!X5": "Copy!B8"
    }


def test_what_is_found_twice_of_a_cell_follows_from_the_first() -> None:
    codes = ("recalculated", "formula", "constant")
    first, *others = (typed(each, "WarmIP!X5", "=1") for each in ("name", *codes))
    every = by_cause(book_of().plans[0], [first, *others], book_of().geometry)
    follows = {each.code: each.because_of for each in every}
    assert follows == {
        "name": None,
        "formula": "WarmIP!X5",
        "recalculated": "WarmIP!X5",
        "constant": None,
    }
    value, name = typed("value", "WarmIP!X5", 1.0), typed("name", "WarmIP!X5", 1.0)
    assert linked(value, name) == {"WarmIP!X5": "WarmIP!X5"}


def test_what_is_known_to_follow_does_so_from_the_first_of_all() -> None:
    lost, next_to_it = (
        typed("missing-result", f"Plan!{cell}", column=label)
        for cell, label in (("D5", "Mode"), ("E5", "IPs used"))
    )
    unknown = typed("unknown-type", "Plan!A15", because_of="Plan!E5")
    assert linked(lost, next_to_it, unknown)["Plan!A15"] == "Plan!D5"
    assert linked(lost, replace(unknown, because_of="Tables!A1"))["Plan!A15"] == "Tables!A1"


def test_figures_that_are_looked_up_follow_from_a_type_that_is_not_known() -> None:
    unknown = typed("unknown-type", "Plan!A15", "m5.lagre")
    looked_up = [typed("value", f"Groups!{cell}", 5.0) for cell in ("AJ6", "AK6", "AJ7")]
    assert linked(unknown, *looked_up) == {"Groups!AJ6": "Plan!A15", "Groups!AK6": "Plan!A15"}
    assert linked(typed("own-type", "Plan!A15", "own.large"), *looked_up) == {}
    assert linked(unknown, typed("value", "Groups!B6", 5.0, expected=1.0)) == {}  # which is copied


def test_all_of_a_row_without_a_type_follows_from_that() -> None:
    missing, value = typed("missing", "Plan!A15"), typed("value", "WarmIP!H31", None, expected=2.0)
    below = typed("value", "WarmIP!H32", None, expected=2.0)
    assert linked(missing, value, below) == {"WarmIP!H31": "Plan!A15"}
    assert linked(typed("not-a-number", "Plan!B15", "x"), below) == {}


def test_inputs_of_a_node_group_that_was_added_are_one() -> None:
    cells = ("A6", "B6", "D6", "A7")
    added = [typed("value", f"Groups!{cell}", None, expected=1.0) for cell in cells]
    assert linked(*added) == {"Groups!B6": "Groups!A6", "Groups!D6": "Groups!A6"}
    computed = [typed("value", f"WarmIP!{cell}", None, expected=1.0) for cell in ("D31", "E31")]
    assert linked(*computed) == {}
    changed = [replace(each, found=2.0) for each in added]
    assert linked(changed[0], changed[1], changed[3]) == {}


def test_what_looks_in_a_data_sheet_follows_from_what_is_lost_or_changed_there() -> None:
    lost, value = typed("missing-mode", "InstanceTypes"), typed("value", "Groups!AJ6", 5.0)
    formulas = [
        typed("formula", "Groups!AK6", "=1+#REF!", expected="=INDEX(InstanceTypes[max ENIs],1)"),
        typed("formula", "Groups!AL6", "=1+1", expected="=INDEX(InstanceTypes[max ENIs],1)"),
    ]
    assert linked(lost, value, *formulas) == {
        "Groups!AJ6": "InstanceTypes",
        "Groups!AK6": "InstanceTypes",
    }
    assert linked(typed("figure", "InstanceTypes!A5", 1.0), value) == {
        "Groups!AJ6": "InstanceTypes!A5"
    }
    # Where two are lost, it follows from the one that it looks in.
    other, follows = typed("missing-mode", "Tables"), {"Groups!AJ6": "InstanceTypes"}
    assert linked(other, lost, value) == linked(lost, other, value) == follows


@pytest.mark.parametrize(
    ("code", "follows"),
    [
        ("missing", True),
        ("missing-formula", True),
        ("name", True),
        ("missing-label", True),
        ("missing-setting", True),
        ("out-of-range", False),
    ],
)
def test_a_formula_may_have_followed_what_it_looks_at_to_another_place(
    code: str, follows: bool
) -> None:
    looks = '=IF(Plan!$C$4="",Plan!$B$4,NA())'
    moved = typed("formula", "WarmENI!B4", looks.replace("B$4", "B$40"), expected=looks)
    more = typed("formula", "WarmENI!B4", f"{looks}+1", expected=looks)
    cause = typed(code, "Plan!B4", column="Subnet prefix length (/n)")
    assert linked(cause, moved) == ({"WarmENI!B4": "Plan!B4"} if follows else {})
    assert linked(cause, more) == {}  # which does another thing


def test_formulas_behind_a_column_that_was_deleted_follow_from_the_first_head() -> None:
    looks = '=IF(Plan!$C$4="",Plan!$B$4,NA())'
    moved = typed("formula", "WarmIP!B4", looks.replace("B$4", "B$40"), expected=looks)
    heads = [typed("head", f"WarmIP!{cell}", "x") for cell in ("D4", "F9", "H12")]
    assert linked(*heads, moved, deleted=2) == {"WarmIP!B4": "WarmIP!D4"}
    assert linked(*heads, moved) == {}


def test_what_looks_for_rows_below_the_table_follows_from_those() -> None:
    wrong = typed("not-a-number", "Plan!B15", "x", column="# of Instances")
    below = typed("below-the-table", "Plan!A40", column="instance type")
    seen = typed("value", "Plan!N7", 5.0)
    assert linked(wrong, below, seen) == {"Plan!N7": "Plan!A40"}
    assert linked(wrong, seen) == {"Plan!N7": "Plan!B15"}
    assert linked(typed("out-of-range", "Plan!B4", column="/n"), seen) == {}


def test_what_depends_on_what_was_lost_follows_through_what_shows_nothing_of_it() -> None:
    zones = typed("missing-label", "Plan!B5", column="Availability Zones")
    far, other = typed("value", "WarmENI!B10", 5.0), typed("value", "Sizes!H7", 5.0)
    assert linked(zones, far, other) == {"WarmENI!B10": "Plan!B5"}


def test_words_that_are_pasted_over_formulas_are_one_where_nothing_was_lost() -> None:
    words = [typed("formula", f"WarmIP!H{row}", "Instances", expected="=1") for row in (30, 31)]
    assert linked(*words) == {"WarmIP!H31": "WarmIP!H30"}


def test_formulas_that_are_pasted_over_a_block_are_one() -> None:
    edited = [typed("formula", f"WarmIP!B{row}", "=1", expected="=2") for row in (8, 9, 10)]
    assert linked(*edited) == {"WarmIP!B9": "WarmIP!B8", "WarmIP!B10": "WarmIP!B8"}
    assert linked(*edited[:2]) == {}  # two are edited alone


def test_values_that_were_typed_over_formulas_are_told_with_those_that_are_wrong() -> None:
    cells = [typed("formula", f"WarmIP!H{row}", 5.0, expected="=1") for row in range(30, 34)]
    wrong = [typed("value", f"WarmIP!H{row}", 5.0, expected=row - 30.0) for row in (30, 31, 33)]
    book = book_of()
    first, *others = by_cause(book.plans[0], [*cells, *wrong], book.geometry)
    assert (first.cells, first.holds) == (4, "H30\nH31\nH33")
    told = "; 3 more cells were changed with it; H31 holds 5 where 1 is the result, and 1 more is"
    assert first.message == f"{told} wrong"
    assert {each.code for each in others} == {"formula"}


@pytest.mark.parametrize(
    "lost",
    [
        typed("missing-mode", "Groups"),
        typed("missing-result", "Groups", column="Max ENIs"),
    ],
)
def test_results_that_were_lost_explain_no_wrong_number_of_a_formula_that_is_right(
    lost: Finding,
) -> None:
    number = typed("value", "WarmENI!I10", 99.0, expected=3.0)
    assert linked(lost, number) == {}
    error = replace(number, found=CellError("#REF!"))
    assert linked(lost, error) == {"WarmENI!I10": "Groups"}


def test_results_that_were_cleared_with_other_cells_between_them_are_one() -> None:
    lost = [typed("missing-formula", f"WarmIP!B{row}") for row in (5, 8, 10)]
    assert linked(*lost) == {"WarmIP!B8": "WarmIP!B5", "WarmIP!B10": "WarmIP!B5"}
    far = typed("missing-formula", "WarmIP!B14")
    assert linked(lost[2], far) == {}


def test_cells_were_cleared_side_by_side_though_a_column_between_them_was_deleted() -> None:
    left, right, row = (typed("missing-formula", f"WarmIP!{cell}") for cell in ("G31", "H31", "A1"))
    assert linked(left, right, row, deleted=2) == {"WarmIP!H31": "WarmIP!G31"}


def test_cells_that_were_changed_with_a_cause_are_counted_once() -> None:
    column = [typed("formula", f"WarmIP!H{row}", 5.0) for row in range(30, 34)]
    book = book_of()
    one, *others = by_cause(book.plans[0], column, book.geometry)
    assert (one.cells, one.message) == (4, "; 3 more cells were changed with it")
    assert {(each.because_of, each.cells, each.message) for each in others} == {
        ("WarmIP!H30", 0, "")
    }
    whole, part = (typed("missing-formula", f"WarmIP!{cell}") for cell in ("B31", "C31"))
    first, _ = by_cause(book.plans[0], [replace(whole, cells=7), part], book.geometry)
    assert (first.cells, first.message) == (7, "")  # it has said so itself
    lost = [typed("missing-result", f"Plan!{cell}", column="x") for cell in ("D5", "E5")]
    lost = [replace(lost[0], column="Mode"), replace(lost[1], column="IPs used")]
    first, second = by_cause(book.plans[0], lost, book.geometry)
    assert (first.cells, first.message, second.cells) == (2, '; lost with it: "IPs used"', 0)
    alone = [typed("formula", "WarmIP!H30", 5.0), typed("value", "Sizes!H7", 5.0)]
    assert [each.cells for each in by_cause(book.plans[0], alone, book.geometry)] == [1, 0]


def test_errors_follow_from_a_name_that_hides_a_table() -> None:
    hidden, apart = typed("name", "Tables"), [typed("value", each, "#N/A") for each in APART]
    assert linked(*apart) == {}
    assert linked(hidden, *apart) == dict.fromkeys(APART, "Tables")
    assert linked(typed("name", "Tables!A1"), *apart) == {}
    assert linked(hidden, typed("value", APART[0], 5.0)) == {}
