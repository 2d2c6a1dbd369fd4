"""What data sheets hold that is not what they should: figures, names of types, sizes of subnets."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from calculator import NodeGroup, Plan
from calculator.catalog import load_catalog
from calculator.model import get_model
from calculator.parity import data_sheets
from calculator.parity.data_tables import rows_of
from calculator.xlsx.reference import a1
from tests.helpers import AS_BUILT_IN, FEW_TYPES, Raw, content, report_of
from tests.workbook.readings import read

PLAN = Plan(node_groups=[NodeGroup("m5.large", 2, 9), NodeGroup("c5.large", 1, 5)])
OURS = 2 + [each.instance_type for each in FEW_TYPES].index("m5.large")
TABLES = {each.sheet: each for each in get_model("aws-sample").data_tables}
AWS_CATALOG = load_catalog(model="aws-sample")
AWS = 2 + [name for *_, name in TABLES["maxENI"].rows(AWS_CATALOG)].index("m5.large")


pytestmark = pytest.mark.usefixtures("few_types_are_published")


@cache
def written(model: str) -> bytes:
    return content(model, PLAN, 4, AS_BUILT_IN if model == "vpc-cni" else None)


def book(model: str = "vpc-cni") -> Raw:
    return Raw(written(model))


def causes(raw: Raw) -> list[tuple[str, str | None]]:
    found = report_of(raw).findings
    places = {each.place for each in found}
    assert all(each.because_of in places for each in found if each.because_of)
    return [(each.code, each.place) for each in found if not each.because_of]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("B", "3", 'found "3", a text, for m5.large, but 3 is'),
        ("B", 3.5, "found 3.5 for m5.large, but 3 is"),
        ("C", None, "found nothing for m5.large, but 10 is"),
        ("C", "ten", 'found "ten", a text, for m5.large, but 10 is'),
        ("G", "none", 'found "none" for m5.large, but "no" is'),
        ("G", False, 'found FALSE for m5.large, but "no" is'),
        ("J", 2.0, "found 2 for m5.large, but 0 is"),  # which no formula looks up
    ],
)
def test_a_figure_of_no_use_is_said_as_it_stands_and_once(
    column: str, value: object, said: str
) -> None:
    raw = book()
    raw.put("InstanceTypes", f"{column}{OURS}", value)
    assert causes(raw) == [("figure", f"InstanceTypes!{column}{OURS}")]
    assert report_of(raw).findings[0].message.startswith(said)


def test_a_formula_that_gives_another_figure_is_one_finding() -> None:
    raw = book()
    raw.put("InstanceTypes", f"B{OURS}", 15.0, f"B{OURS - 1}")
    assert causes(raw) == [("figure", f"InstanceTypes!B{OURS}")]
    codes = {each.code for each in report_of(raw).findings}
    assert codes >= {"figure", "input-formula"}


def test_the_case_of_a_text_makes_no_difference_to_formulas() -> None:
    raw = book()
    for column, text in {"A": "M5.Large", "F": "Nitro", "G": "NO"}.items():
        raw.put("InstanceTypes", f"{column}{OURS}", text)
    raw.put("Tables", "F2", "OK")  # the code, by which the words are found
    assert causes(raw) == []
    raw.put("InstanceTypes", f"B{OURS}", 9.0)
    assert causes(raw) == [("figure", f"InstanceTypes!B{OURS}")]


def test_the_case_of_words_that_are_shown_is_told() -> None:
    raw = book()
    raw.put("Tables", "G2", "ok")
    assert causes(raw)[0] == ("figure", "Tables!G2")


def test_types_in_capitals_were_not_moved() -> None:
    raw = book()
    for row, each in enumerate(FEW_TYPES, 2):
        raw.put("InstanceTypes", f"A{row}", each.instance_type.upper())
    raw.put("InstanceTypes", f"B{OURS}", 9.0)
    assert causes(raw) == [("figure", f"InstanceTypes!B{OURS}")]


@pytest.mark.parametrize("column", "BC")
def test_a_figure_is_looked_at_though_a_header_was_typed_over(column: str) -> None:
    raw = book()
    raw.type_over_header("InstanceTypes", "B1", "InstanceTypes", "max ENIs", "ENIs")
    assert causes(raw) == [("head", "InstanceTypes!B1")]
    raw.put("InstanceTypes", f"{column}{OURS}", 77.0)
    figure = "figure", f"InstanceTypes!{column}{OURS}"
    assert causes(raw) == [("head", "InstanceTypes!B1"), figure]


def test_a_size_is_looked_at_though_a_header_was_typed_over() -> None:
    raw = book()
    raw.type_over_header("Tables", "C1", "SubnetSizes", "/28 blocks", "blocks")
    raw.put("Tables", "C5", 77.0)
    assert causes(raw) == [("head", "Tables!C1"), ("figure", "Tables!C5")]


@pytest.mark.parametrize("how", ["filled", "moved"])
def test_a_column_that_was_changed_as_a_whole_is_one_finding(how: str) -> None:
    """Which tells how many of its figures differ, of types that are not in use, too."""
    raw = book()
    figures = [each.max_enis for each in FEW_TYPES]
    now = [99] * len(figures) if how == "filled" else [*figures[1:], 98]
    differ = sum(one != other for one, other in zip(figures, now, strict=True))
    for row, value in enumerate(now, 2):
        raw.put("InstanceTypes", f"B{row}", float(value))
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert (cause.code, cause.cells) == ("figure", differ)
    assert cause.message.endswith(
        f"; {differ} figures of the column differ: it was sorted, moved or filled alone"
    )


@pytest.mark.parametrize(
    ("model", "table", "cell"),
    [("vpc-cni", "InstanceTypes", "InstanceTypes!A2"), ("aws-sample", "Table1", "maxENI!C2")],
)
def test_types_that_were_sorted_without_their_figures_are_one_finding(
    model: str, table: str, cell: str
) -> None:
    [data] = [each for each in get_model(model).data_tables if each.name == table]
    at = data.figures.index("instance_type")
    catalog = data_sheets.load_catalog(model=model)
    names = [str(each[at]) for each in data.rows(catalog)]
    now = sorted(names, reverse=True)
    raw = Raw(content(model, PLAN, 4, catalog))
    for row, name in enumerate(now, 2):
        raw.put(data.sheet, a1(row, at + 1), name)
    [cause] = [
        each for each in report_of(raw).findings if each.code == "figure" and not each.because_of
    ]
    assert (cause.place, cause.found, cause.expected) == (cell, now[0], names[0])
    assert cause.cells == sum(one != other for one, other in zip(names, now, strict=True))
    assert "types of the column stand in other rows" in cause.message


HEADERS = {
    "InstanceTypes": ("instance type", "max ENIs", "max pods", "branch ENIs", "source"),
    "maxENI": ("IPv4addr", "MaxENI", "Type"),
    "maxPods": ("instance type", "max pods"),
    "CidrData": ("size", "number of ips"),
}


def without_column(path: Path, sheet: str, header: str) -> Raw:
    """A workbook without a column of a data sheet, which its table still has."""
    path.write_bytes(written("vpc-cni" if sheet == "InstanceTypes" else "aws-sample"))
    book = openpyxl.load_workbook(path)
    [number] = [each.column for each in book[sheet][1] if each.value == header]
    book[sheet].delete_cols(number)
    book.save(path)
    return Raw(path)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "header"), [(sheet, each) for sheet, headers in HEADERS.items() for each in headers]
)
def test_a_column_that_was_deleted_without_its_table_is_one_finding(
    tmp_path: Path, sheet: str, header: str
) -> None:
    raw = without_column(tmp_path / "a.xlsx", sheet, header)
    first, *others = [each for each in report_of(raw).findings if not each.because_of]
    if first.code == "no-recorded-values":
        [first] = others
    assert (first.code, first.sheet, first.expected) == ("name", sheet, header)
    assert f'the column that formulas call "{header}": the column was deleted by' in first.message


def test_a_figure_that_is_wrong_beside_a_deleted_column_is_told(tmp_path: Path) -> None:
    raw = without_column(tmp_path / "a.xlsx", "InstanceTypes", "vCPUs")
    for cell in (f"C{OURS}", f"G{OURS}"):  # before it, and among those that moved up
        other = Raw(raw.save(tmp_path / "b.xlsx"))
        other.put("InstanceTypes", cell, 7.0)
        found = [each.place for each in report_of(other).findings if not each.because_of]
        assert f"InstanceTypes!{cell}" in found


def test_a_header_alone_says_nothing_of_its_column() -> None:
    raw = book()
    raw.put("InstanceTypes", "K1", "origin")
    [found] = report_of(raw).findings
    assert found.message == 'found "origin" as the header of the column that formulas call "source"'


def test_figures_of_the_types_in_use_alone_are_changed_one_by_one() -> None:
    raw = book()
    numbers = {each.instance_type: row for row, each in enumerate(FEW_TYPES, 2)}
    cells = [f"B{numbers[name]}" for name in ("m5.large", "c5.large")]
    for cell in cells:
        raw.put("InstanceTypes", cell, 9.0)
    assert "of the column differ" not in report_of(raw).findings[0].message


@pytest.mark.parametrize("name", ["m5.large ", "m5. large", "\u00a0M5.large"])
def test_a_name_of_a_type_with_a_blank_is_said_where_it_stands(name: str) -> None:
    raw = book()
    raw.put("InstanceTypes", f"A{OURS}", name)
    assert causes(raw) == [("figure", f"InstanceTypes!A{OURS}")]
    assert report_of(raw).findings[0].expected == "m5.large"


@pytest.mark.parametrize("name", ["m5.large ", "m5.large-old", "large"])
def test_a_type_of_aws_sample_that_was_renamed_is_one_finding_of_both_sheets(name: str) -> None:
    raw = book("aws-sample")
    raw.put("maxENI", f"C{AWS}", name)
    assert causes(raw) == [("figure", f"maxENI!C{AWS}")]
    follow = {each.place for each in report_of(raw).findings if each.code == "unknown-type"}
    assert follow == {"WarmENI!A23", "WarmIP!A23"}


@pytest.mark.parametrize(
    ("model", "cell"), [("vpc-cni", f"InstanceTypes!C{OURS}"), ("aws-sample", f"maxENI!A{AWS}")]
)
def test_that_pods_do_not_fit_by_a_figure_that_was_changed_follows_from_it(
    model: str, cell: str
) -> None:
    raw = book(model)
    raw.put(*cell.split("!"), 2.0)
    assert causes(raw) == [("figure", cell)]
    follow = [each for each in report_of(raw).findings if each.code == "pods-do-not-fit"]
    assert {each.because_of for each in follow} == {cell}


def test_a_type_that_is_gone_is_said_where_it_is_planned() -> None:
    raw = book()
    raw.put("InstanceTypes", f"A{OURS}", "m5.metal")  # which stands further down, too
    assert causes(raw) == [("unknown-type", "Plan!A14")]


def sizes(raw: Raw, sheet: str, first: int, values: list[tuple[float, float]]) -> Raw:
    for row, (size, addresses) in enumerate(values, first):
        raw.put(sheet, f"A{row}", size)
        raw.put(sheet, f"B{row}", addresses)
    return raw


@pytest.mark.parametrize(
    ("model", "cells", "found"),
    [
        # /28 twice, of which the first would be found; and the addresses of the plan's own size
        ("vpc-cni", {"Tables!A3": 28.0}, ["Tables!A3"]),
        ("vpc-cni", {"Tables!A3": 28.0, "Tables!B9": 600.0}, ["Tables!A3", "Tables!B9"]),
        ("aws-sample", {"CidrData!A5": 23.0}, ["CidrData!A5"]),
        ("aws-sample", {"CidrData!A2": 30.0, "CidrData!B24": 9.0}, ["CidrData!A2", "CidrData!B24"]),
        ("aws-sample", {"CidrData!A24": 99.0}, ["CidrData!A24"]),
    ],
)
def test_sizes_are_said_where_they_were_changed(
    model: str, cells: dict[str, float], found: list[str]
) -> None:
    raw = book(model)
    for where, value in cells.items():
        raw.put(*where.split("!"), value)
    assert [each for each in causes(raw) if each[0] == "figure"] == [
        ("figure", each) for each in found
    ]
    [first, *_] = [each for each in report_of(raw).findings if each.code == "figure"]
    assert first.found == next(iter(cells.values()))


def test_sizes_of_aws_sample_that_were_exchanged_are_one_finding() -> None:
    raw = book("aws-sample")
    raw.put("CidrData", "A24", 24.0)
    raw.put("CidrData", "A25", 23.0)
    assert causes(raw) == [("figure", "CidrData!B24")]


def test_sizes_of_the_plan_in_another_order_are_said_once() -> None:
    ours = [(16.0 + each, 2.0 ** (16 - each) - 5) for each in range(13)]
    turned = sizes(book(), "Tables", 2, ours[::-1])
    assert causes(turned)[0] == ("figure", "Tables!A2")
    assert [each for each in causes(turned) if each[0] == "figure"] == [("figure", "Tables!A2")]


def test_sizes_of_aws_sample_may_stand_in_any_order_and_those_of_no_subnet_be_gone() -> None:
    rows = [(float(size), float(ips)) for size, ips in TABLES["CidrData"].rows(AWS_CATALOG)]
    assert causes(sizes(book("aws-sample"), "CidrData", 2, rows[::-1])) == []
    fewer = sizes(book("aws-sample"), "CidrData", 2, rows[8:])
    for row in range(2 + len(rows) - 8, 2 + len(rows)):
        fewer.put("CidrData", f"A{row}", None)
        fewer.put("CidrData", f"B{row}", None)
    assert causes(fewer) == []


def test_a_shorter_table_is_told_whatever_was_read_before() -> None:
    """Its sheet is the same, byte for byte."""
    reading = read(Raw(content()))
    where = reading.data["InstanceTypes"]
    names = [str(name).lower() for _, name, _ in where.types(reading.data_cells[where.sheet])][-2:]
    wanted = {name: rows_of(where.data, FEW_TYPES)[name] for name in names}
    shorter = replace(where, last_row=where.last_row - 1)
    assert [*data_sheets._differing(reading, where, wanted)] == []
    assert [row for row, *_ in data_sheets._differing(reading, shorter, wanted)] == [where.last_row]


def test_max_pods_that_a_shorter_table_lacks_follow_from_that() -> None:
    raw = Raw(content("aws-sample"))
    [part] = raw.tables("maxPods")
    raw.parts[part] = re.sub(r'ref="A1:B[0-9]+"', 'ref="A1:B3"', raw.parts[part].decode()).encode()
    [cause] = [each for each in report_of(raw).findings if not each.because_of]
    assert (cause.code, cause.place) == ("outside-the-table", "maxPods!A4")
