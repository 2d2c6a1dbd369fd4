"""The tables of data sheets: what their rows hold, and what they should."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calculator.catalog import load_catalog
from calculator.model import get_model
from calculator.parity.data_tables import as_compared, held, keys_of, once, rows_of
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.cells import Cell
from tests.helpers import FEW_TYPES
from tests.workbook.readings import raw_of, read, reading_of


def test_the_keys_of_a_table_are_those_of_its_rows() -> None:
    reading = reading_of()
    where = reading.data["InstanceTypes"]
    names = [each.instance_type for each in FEW_TYPES]
    assert keys_of(reading, where) == dict(enumerate(names, 2))
    shorter = replace(where, header_row=2, last_row=4)
    assert keys_of(reading, shorter) == {3: names[1], 4: names[2]}


def test_rows_by_their_type_or_first_word() -> None:
    tables = {each.name: each for each in get_model("vpc-cni").data_tables}
    types = rows_of(tables["InstanceTypes"], load_catalog())
    assert [*types["m5.large"]][:4] == ["m5.large", 3, 10, 29]
    assert [*rows_of(tables["SubnetSizes"], load_catalog())["28"]][:2] == [28, 11]


def test_nothing_is_an_empty_text_too() -> None:
    cells = {(1, 1): Cell("", None), (2, 1): Cell(0.0, None)}
    assert [held(cells, (row, 1)) for row in (1, 2, 3)] == [None, 0.0, None]


@pytest.mark.parametrize(
    ("found", "value", "expected"),
    [("NITRO", "nitro", "nitro"), ("xen", "nitro", "xen"), ("3", 3, "3"), (3.0, "3", 3.0)],
)
def test_the_case_of_a_text_is_no_matter(found: object, value: object, expected: object) -> None:
    assert as_compared(found, value) == expected


def test_sheets_that_are_the_same_are_looked_at_once() -> None:
    asked = []

    @once
    def find(reading: WorkbookReading, sheet: str, *where: object) -> object:
        asked.append((sheet, *where))
        return len(asked)

    changed = raw_of()
    changed.put("InstanceTypes", "B2", 9.0)
    one, same, other = (read(each) for each in (raw_of(), raw_of(), changed))
    assert [find(each, "InstanceTypes", 1) for each in (one, same, other, one)] == [1, 1, 2, 1]
    assert find(one, "InstanceTypes", 2) == 3
    assert find(one, "Tables", 1) == 4
