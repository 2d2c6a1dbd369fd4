"""Places of cells and the formulas that belong there."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string, get_column_letter

from calculator.model import get_model
from calculator.workbook.layout import Layout, new_layout, quoted
from calculator.xlsx.reference import (
    MAX_COLUMN,
    MAX_ROW,
    a1,
    column_letters,
    column_number,
    place,
)

VPC_CNI, SAMPLE = get_model("vpc-cni"), get_model("aws-sample")


def book(rows: int = 20, model: str = "vpc-cni") -> dict[str, Layout]:
    """The layouts of a new workbook by the names of their sheets."""
    declared, shared = get_model(model), {}
    return {
        sheet.name: new_layout(declared, sheet, sheet.name, sheet.table, rows, shared)
        for sheet in declared.sheets
    }


def layout(sheet: str = "WarmENI", **changes: object) -> Layout:
    """A layout of a new workbook, with changes that the other sheets see, too."""
    made = book()[sheet]
    changed = dataclasses.replace(made, **changes)
    made.book[sheet] = changed
    return changed


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
    assert layout().formula("ips_total", 30) == (
        "IF(WarmENI[[#This Row],[State]]=1,"
        "WarmENI[[#This Row],[IPs used per instance]]*"
        'WarmENI[[#This Row],[Nodes in the subnet]],"")'
    )


def test_in_a_table_a_column_reads_the_same_in_every_row() -> None:
    for made in book().values():
        for column in made.sheet.computed:
            rows = range(made.first_row, made.last_row + 1)
            assert len({made.formula(column.name, row) for row in rows}) == 1


def test_a_result_names_whole_columns() -> None:
    made = layout()
    assert "SUM(WarmENI[Pods total])" in made.formula("pods_hosted_in_subnet")
    used = "SUMPRODUCT(WarmENI[IPs used per instance],WarmENI[Nodes in the subnet])"
    assert used in made.formula("node_ips")
    assert "SUMPRODUCT(WarmENI[Pods hosted per instance],Groups[Nodes])" in (
        made.formula("pods_hosted")
    )
    assert made.formula("ips_remaining") == "B5-B8"
    assert layout("Plan").formula("rows_to_correct") == 'COUNTIF(WarmENI[State],"<0")'


def test_a_cell_of_another_sheet_is_absolute() -> None:
    assert "Plan!$B$4" in layout().formula("ips_available")
    assert layout("Plan").formula("warm_eni_used") == "WarmENI!$B$8"
    assert layout("Plan").formula("ipv6_used") == "'IPv6'!$B$8"


def test_a_cell_of_the_same_sheet_is_absolute_in_a_column_and_relative_in_a_result() -> None:
    made = layout("Plan")
    assert "$N$12" in made.formula("said_by", 14)
    assert made.formula("to_correct") == "N4+N5+N7"


def test_a_row_of_another_sheet_is_found_by_its_number() -> None:
    assert "INDEX(Nodes[instance type],Groups[[#This Row],[No.]])" in layout("Groups").formula(
        "instance_type", 5
    )
    assert "INDEX(Groups[Type],WarmENI[[#This Row],[No.]])" in layout().formula("instance_type", 30)
    assert "INDEX(WarmENI[Says],Nodes[[#This Row],[N]])" in layout("Plan").formula("said_by", 14)
    assert layout().formula("number", 30) == "ROW()-ROW(WarmENI[[#Headers],[No.]])"


def test_a_header_with_a_sign_of_its_own_is_escaped() -> None:
    assert "INDEX(Nodes['# of Instances]," in layout("Groups").formula("instances", 5)


def test_a_sheet_under_another_name_is_named_so_in_the_formulas_of_others() -> None:
    plan = layout("Plan", name="prod eu-west-1", places={**layout("Plan").places, "mode": (9, 4)})
    assert plan.book["WarmENI"].formula("prefix_length") == (
        "IF('prod eu-west-1'!$C$4=\"\",'prod eu-west-1'!$B$4,NA())"
    )


def test_without_a_table_everything_is_a_cell() -> None:
    made = layout(table=None, table_last_row=0)
    column = {name: column_letters(number) for name, number in made.columns.items()}
    assert made.formula("ips_total", 32) == (
        f'IF({column["state"]}32=1,{column["ips_per_node"]}32*{column["nodes"]}32,"")'
    )
    total = column["pods_total"]
    assert f"SUM(${total}$30:${total}$49)" in made.formula("pods_hosted_in_subnet")
    assert made.formula("number", 32) == f"ROW()-ROW(${column['number']}$29)"
    assert f"COUNTIF(WarmENI!${column['state']}$30:${column['state']}$49" in (
        made.book["Plan"].formula("rows_to_correct")
    )


def test_beyond_the_tables_end_of_the_sample_everything_is_a_cell() -> None:
    made = dataclasses.replace(book(model="aws-sample")["WarmENI"], last_row=45)
    assert "Table3[[#This Row]," in made.formula("ips_total", 42)
    assert "Table3" not in made.formula("ips_total", 43)


def test_the_formulas_that_look_below_the_table_see_every_input_and_no_formula() -> None:
    made = layout("Plan")
    formula = made.formula("rows_below")
    # 20 rows from row 14 on, and 200 more; D computes, and what stands behind M.
    assert "$A$13:$C$233" in formula
    assert "$E$13:$M$233" in formula
    assert formula.count("$A$13:$A$233") == 2
    assert "$A$13:$C$900" in layout("Plan", bottom=900).formula("rows_below")


def test_cells_of_settings_results_and_columns() -> None:
    made = layout("Plan")
    assert made.cell("subnet_prefix_length") == "B4"
    assert made.cell("verdict") == "A2"
    assert made.cell("instances") == "B13"
    assert made.cell("instances", 27) == "B27"
    assert made.text_of("instances") == "# of Instances"
    assert made.text_of("warm_eni_used") == "IPs used"


def test_an_input_has_no_formula() -> None:
    with pytest.raises(ValueError, match="instances is an input"):
        layout("Plan").formula("instances", 23)


def test_a_column_that_is_not_there_has_no_formula_and_none_that_needs_it() -> None:
    columns = {name: at for name, at in layout().columns.items() if name != "ips_per_node"}
    made = layout(columns=columns)
    with pytest.raises(KeyError):
        made.formula("node_ips")
    assert made.formula("ips_remaining") == "B5-B8"


def test_a_defined_name_stands_for_its_setting_where_the_file_has_it() -> None:
    made = book(model="aws-sample")["WarmENI"]
    assert "WARM_ENI_TARGET" in made.formula("attached_enis", 23)
    without = dataclasses.replace(made, names=frozenset())
    assert "$B$13" in without.formula("attached_enis", 23)
    assert "WARM_ENI_TARGET" not in without.formula("attached_enis", 23)


def test_a_spare_row_of_the_sample_shows_nothing() -> None:
    made = book(model="aws-sample")["WarmENI"]
    plain = made.formula("ips_total", 23)
    assert made.formula("ips_total", 23, spare=True) == (
        f'IF(Table3[[#This Row],[instance type]]="","",{plain})'
    )
    # The model's own formulas need no such thing.
    assert layout().formula("ips_total", 30, spare=True) == layout().formula("ips_total", 30)


def test_data_columns_go_by_the_name_that_the_file_has() -> None:
    headers = {("InstanceTypes", "instance type"): "Types!$A$2:$A$900"}
    assert "Types!$A$2:$A$900" in layout("Groups", data=headers).formula("type_row", 5)
    assert "InstanceTypes[instance type]" in layout("Groups").formula("type_row", 5)


def test_a_new_layout_has_no_cell_twice() -> None:
    for made in book(rows=3).values():
        cells = [*made.places.values()]
        cells += [(made.header_row, column) for column in made.columns.values()]
        assert len(cells) == len(set(cells))
        assert all(row < made.header_row for row, _ in made.places.values() if made.table)
