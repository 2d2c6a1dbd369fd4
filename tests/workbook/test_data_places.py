"""Data sheets are found by the headers of their tables, and without some of these."""

from __future__ import annotations

from pathlib import Path

import pytest

from calculator import load_catalog, read_workbook
from calculator.model import models
from calculator.workbook.data_places import DataPlace
from calculator.xlsx.cells import Cell
from tests.helpers import content, report_of, thorough
from tests.workbook.readings import is_as_planned, raw_of, read


def test_data_sheets_may_lack_what_no_formula_looks_up() -> None:
    raw = raw_of()
    [table] = raw.tables("InstanceTypes")
    raw.replace_in(table, 'name="source"', 'name="remark"')
    raw.put("InstanceTypes", "K1", value="remark")
    reading = read(raw)
    assert is_as_planned(reading)
    assert reading.catalog is not None
    assert "m5.large" in reading.catalog


def test_a_data_table_of_another_name_is_looked_up_by_that() -> None:
    raw = raw_of()
    [table] = raw.tables("InstanceTypes")
    for part, text in raw.parts.items():
        raw.parts[part] = text.replace(b"InstanceTypes[", b"Types[")
    raw.parts[table] = raw.parts[table].replace(b'ame="InstanceTypes"', b'ame="Types"')
    assert report_of(raw).findings == []


def test_the_workbooks_own_types_are_read(tmp_path: Path) -> None:
    raw = raw_of()
    raw.put("InstanceTypes", "A2", "my.metal")
    raw.put("InstanceTypes", "B2", 3.0)
    raw.put("InstanceTypes", "C2", 11.0)
    catalog = read(raw).catalog
    assert catalog is not None
    mine = catalog.get("MY.metal")
    assert mine is not None
    assert (mine.max_enis, mine.ipv4_per_eni) == (3, 11)


def test_a_real_workbook_has_all_types(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content(catalog=load_catalog()))
    catalog = read_workbook(path).catalog
    assert catalog is not None
    assert len(catalog) == 1447


def test_a_data_table_without_its_header_has_no_type_of_that_name() -> None:
    """As exceljs saves a table that it has loaded: no row of headers, an area that holds them."""
    raw = raw_of()
    [part] = raw.tables("InstanceTypes")
    raw.parts[part] = raw.parts[part].replace(b"<table ", b'<table headerRowCount="0" ', 1)
    catalog, whole = read(raw).catalog, read(raw_of()).catalog
    assert catalog is not None
    assert whole is not None
    assert [each.instance_type for each in catalog] == [each.instance_type for each in whole]


DATA = {each.name: each for model in models() for each in model.data_tables}
LISTED = {
    3: ("instance type", "max ENIs", "IPs per ENI", "hypervisor", "bare metal", "trunk ENI"),
    4: ("m5.large", 3.0, 10.0, "nitro", "No", "yes"),
    5: (7.0, 3.0, 10.0, "nitro", "no", "yes"),
    6: ("", 3.0, 10.0, "nitro", "no", "yes"),
    7: ("c5.large", 2.5, "10", 7.0, "perhaps", None),
    8: ("a1.metal", True, None, "", "YES", 1.0),
    9: ("below", 3.0, 10.0, "nitro", "no", "yes"),
}


def listed(name: str = "InstanceTypes", table: str | None = None) -> DataPlace:
    """Where a data table stands: its rows 4 to 8 of sheet My types, from column A on."""
    columns = {str(header): number for number, header in enumerate(LISTED[3], 1)}
    return DataPlace(DATA[name], "My types", table, columns, 3, 8)


def test_the_figures_of_types_are_those_of_its_rows_that_say_something_of_use() -> None:
    cells = {
        (row, column): Cell(value, None)
        for row, values in {2: ("above",), **LISTED}.items()
        for column, value in enumerate(values, 1)
    }
    enis = {"max_enis": 3, "ipv4_per_eni": 10}
    nitro = {"hypervisor": "nitro", "bare_metal": False, "trunk_compatible": True}
    assert [*listed().types(cells)] == [
        (4, "m5.large", {**enis, **nitro}),
        (7, "c5.large", {}),
        (8, "a1.metal", {"bare_metal": True}),
    ]


def test_a_column_of_data_as_formulas_name_it() -> None:
    assert listed(table="Types").column_text("max ENIs", 9) == "Types[max ENIs]"
    assert listed().column_text("max ENIs", 9) == "'My types'!$B$4:$B$9"
    assert listed().column_text("max ENIs", 0) == "'My types'!$B:$B"


@pytest.mark.parametrize(
    ("name", "key"),
    [("InstanceTypes", "instance type"), ("Table1", "Type"), ("Messages", "code")],
)
def test_the_column_of_data_that_formulas_search(name: str, key: str) -> None:
    assert listed(name).key == key


@pytest.mark.parametrize(
    ("areas", "end"),
    [
        ("", 8),
        ("$A$4:$A$900", 900),
        ("$A:$A", 0),
        ("$A$4:$A$6", 8),  # less than there is
        ("$A$4:$A$900 $B$4:$B$700 $C$4:$C$700", 700),  # as most say
        ("$Z$4:$Z$900", 8),
        ("$A$4:$B$900", 8),
    ],
)
def test_how_far_formulas_look_down_a_column_of_data(areas: str, end: int) -> None:
    cells = {
        (1, number): Cell(7.0, f"MATCH(A1,'My types'!{area},0)")
        for number, area in enumerate(areas.split())
    }
    other = Cell(7.0, "SUM(Other!$A$4:$A$950,Other!$A$4:$A$950)")
    assert listed().reach({**cells, (2, 1): other, (3, 1): Cell(7.0, None)}) == end


@pytest.mark.parametrize(("word", "row"), [("instance type", 1), ("Typ", 0), (7.0, 0), (None, 0)])
def test_a_data_table_that_says_it_has_no_headers_has_them_where_they_stand(
    word: object, row: int
) -> None:
    """As exceljs leaves it."""
    raw = raw_of()
    [part] = raw.tables("InstanceTypes")
    raw.parts[part] = raw.parts[part].replace(b"<table ", b'<table headerRowCount="0" ', 1)
    raw.put("InstanceTypes", "A1", word)
    assert read(raw).data["InstanceTypes"].header_row == row


# --- other words over a header --------------------------------------------------------------------


HEADERS = [
    ("vpc-cni", "InstanceTypes", "A1", "InstanceTypes", "instance type"),
    ("vpc-cni", "InstanceTypes", "B1", "InstanceTypes", "max ENIs"),
    ("vpc-cni", "InstanceTypes", "I1", "InstanceTypes", "branch ENIs"),
    ("vpc-cni", "Tables", "A1", "SubnetSizes", "prefix length"),
    ("vpc-cni", "Tables", "D1", "SubnetSizes", "/28 in all"),
    ("vpc-cni", "Tables", "G1", "Messages", "words"),
    ("aws-sample", "CidrData", "B1", "Table4", "number of ips"),
    ("aws-sample", "maxPods", "A1", "Table2", "instance type"),
    ("aws-sample", "maxENI", "C1", "Table1", "Type"),
]


@pytest.mark.parametrize(("model", "sheet", "cell", "table", "header"), HEADERS)
@pytest.mark.parametrize("has_tables", [True, thorough(False)])
def test_a_header_of_a_data_sheet_that_was_typed_over_is_one_finding(
    model: str, sheet: str, cell: str, table: str, header: str, has_tables: bool
) -> None:
    raw = raw_of(model)
    raw.type_over_header(sheet, cell, table, header, "Spalte")
    if not has_tables:
        raw.without_tables()
    [finding] = report_of(raw).findings
    assert (finding.code, finding.place) == ("head", f"{sheet}!{cell}")
    assert finding.message == f'found "Spalte", but "{header}" is the header of this column'


def test_what_has_few_headers_of_a_data_sheet_is_none() -> None:
    raw = raw_of("aws-sample")
    for cell, header in (("A1", "IPv4addr"), ("B1", "MaxENI")):
        raw.type_over_header("maxENI", cell, "Table1", header, f"{header}?")
    assert "Table1" not in read(raw).data
