"""Places of cells and the formulas that belong there."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter

from calculator.model import get_model, get_sheet
from calculator.workbook.layout import Layout, new_layout, quoted
from calculator.xlsx.reference import (
    MAX_COLUMN,
    MAX_ROW,
    a1,
    column_letters,
    column_number,
    place,
)

WARM_ENI = get_sheet(get_model("vpc-cni"), "warm-eni")
SAMPLE = get_sheet(get_model("aws-sample"), "warm-eni")


def layout(rows: int = 20, **changes: object) -> Layout:
    made = new_layout(WARM_ENI, "WarmENI", "WarmENI", rows)
    return dataclasses.replace(made, **changes)


# --- references -----------------------------------------------------------------------------------


@given(st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))
def test_a_reference_leads_back_to_its_place(row: int, column: int) -> None:
    assert place(a1(row, column)) == (row, column)
    assert a1(row, column, absolute=True).replace("$", "") == a1(row, column)


def test_letters_are_those_of_openpyxl() -> None:
    for column in range(1, MAX_COLUMN + 1):
        letters = column_letters(column)
        assert letters == get_column_letter(column)
        assert column_number(letters) == column_index_from_string(letters) == column


@pytest.mark.parametrize(
    "text", ["", "B", "4", "b4", "B0", "B04", "$B$4", "XFE1", "A1048577", "AAAA1", "B4:C5", "B4 "]
)
def test_what_is_no_cell_has_no_place(text: str) -> None:
    with pytest.raises(ValueError, match="is no cell of a worksheet"):
        place(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WarmENI", "WarmENI"),
        ("_x1", "_x1"),
        ("Größe", "Größe"),
        ("prod eu-west-1", "'prod eu-west-1'"),
        ("a'b", "'a''b'"),
        ("1st", "'1st'"),
    ],
)
def test_a_sheets_name_is_quoted_where_a_formula_needs_it(name: str, text: str) -> None:
    assert quoted(name) == text


@pytest.mark.parametrize("name", ["AB12", "R1C1", "RC", "r2", "TRUE", "C", "1st"])
def test_a_sheets_name_that_reads_as_something_else_is_quoted(name: str) -> None:
    assert quoted(name) == f"'{name}'"


# --- formulas -------------------------------------------------------------------------------------


def test_in_a_table_a_column_names_columns() -> None:
    assert layout().formula("ips_total", 23) == (
        "IF(WarmENI[[#This Row],[Row state]]>0,"
        "WarmENI[[#This Row],[IPs used per instance]]*"
        'WarmENI[[#This Row],[Nodes in the subnet]],"")'
    )


def test_in_a_table_a_column_reads_the_same_in_every_row() -> None:
    made = layout()
    for column in WARM_ENI.computed:
        assert len({made.formula(column.name, row) for row in range(23, 43)}) == 1


def test_a_result_names_whole_columns() -> None:
    assert "SUM(WarmENI[IPs total])" in layout().formula("node_ips")
    assert layout().formula("ips_used") == "U6+U7"
    assert layout().formula("ips_remaining") == "B5-B8"


def test_a_setting_is_absolute_in_a_column_and_relative_in_a_result() -> None:
    assert "$B$13" in layout().formula("secondary_ips", 23)
    assert "B4" in layout().formula("ips_available")
    assert "$" not in layout().formula("ips_available")
    assert "$N$6=" in layout().formula("trunk_enis", 23)


def test_a_header_with_a_sign_of_its_own_is_escaped() -> None:
    assert layout().formula("nodes", 23) == (
        "IF(WarmENI[[#This Row],[Row state]]>0,"
        'ROUNDUP(WarmENI[[#This Row],[\'# of Instances]]/$N$10,0),"")'
    )


def test_without_a_table_everything_is_a_cell() -> None:
    made = layout(table=None, table_last_row=0)
    column = {name: column_letters(number) for name, number in made.columns.items()}
    assert made.formula("ips_total", 30) == (
        f'IF({column["row_state"]}30>0,{column["ips_per_node"]}30*{column["nodes"]}30,"")'
    )
    assert f"SUM({column['ips_total']}23:{column['ips_total']}42)" in made.formula("node_ips")


def test_beyond_the_tables_end_everything_is_a_cell() -> None:
    made = layout(last_row=45)
    assert "WarmENI[[#This Row]," in made.formula("ips_total", 42)
    assert "WarmENI" not in made.formula("ips_total", 43)
    assert "B43" in made.formula("nodes", 43)
    # A result must count the rows below, too, which the table's own column does not.
    total = column_letters(made.columns["ips_total"])
    assert f"SUM({total}23:{total}45)" in made.formula("node_ips")


def test_cells_of_settings_results_and_columns() -> None:
    made = layout()
    assert made.cell("subnet_prefix_length") == "B4"
    assert made.cell("ips_used") == "B8"
    assert made.cell("instances") == "B22"
    assert made.cell("instances", 27) == "B27"
    assert made.text_of("instances") == "# of Instances"
    assert made.text_of("ips_used") == "IPs used"


def test_an_input_has_no_formula() -> None:
    with pytest.raises(ValueError, match="instances is an input"):
        layout().formula("instances", 23)


def test_a_defined_name_stands_for_its_setting_where_the_file_has_it() -> None:
    made = new_layout(SAMPLE, "WarmENI", "Table3", 20)
    assert "WARM_ENI_TARGET" in made.formula("attached_enis", 23)
    without = dataclasses.replace(made, names=frozenset())
    assert "$B$13" in without.formula("attached_enis", 23)
    assert "WARM_ENI_TARGET" not in without.formula("attached_enis", 23)


def test_a_spare_row_of_the_sample_shows_nothing() -> None:
    made = new_layout(SAMPLE, "WarmENI", "Table3", 20)
    plain = made.formula("ips_total", 23)
    assert made.formula("ips_total", 23, spare=True) == (
        f'IF(Table3[[#This Row],[instance type]]="","",{plain})'
    )
    # The model's own formulas need no such thing.
    assert layout().formula("ips_total", 23, spare=True) == layout().formula("ips_total", 23)


def test_data_columns_go_by_the_name_that_the_file_has() -> None:
    headers = {("InstanceTypes", "instance type"): "Types!$A$2:$A$900"}
    assert "Types!$A$2:$A$900" in layout(data=headers).formula("row_state", 23)
    assert "InstanceTypes[instance type]" in layout().formula("row_state", 23)
