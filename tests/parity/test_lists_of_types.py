"""Lists of instance types that lost some, or that were exchanged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from calculator import NodeGroup, Plan
from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.findings import Finding
from calculator.parity.lists_of_types import changed_list, names_moved
from calculator.report import WorkbookReport
from calculator.workbook.reading import WorkbookReading
from tests.helpers import Raw, content, report_of
from tests.workbook.readings import read

PLAN = Plan(node_groups=[NodeGroup("m5.large", 2, 9)])
[M5_LARGE] = [each for each in load_catalog() if each.instance_type == "m5.large"]
LISTS = {"vpc-cni": ("InstanceTypes", "A1"), "aws-sample": ("maxENI", "C1")}


@cache
def made(model: str, catalog: Catalog) -> bytes:
    return content(model, PLAN, 4, catalog)


def report_with(
    types: list[InstanceType], model: str = "vpc-cni", version: str = ""
) -> WorkbookReport:
    """The report of a workbook with these types, said to have all that were published."""
    catalog = Catalog(types, version or load_catalog(model=model).version)
    return report_of(Raw(made(model, catalog)))


def of_list(report: WorkbookReport, model: str = "vpc-cni") -> list[Finding]:
    sheet, cell = LISTS[model]
    return [each for each in report.findings if each.place == f"{sheet}!{cell}"]


@pytest.mark.thorough
@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("gone", [slice(40, 50), slice(-10, None)])
def test_types_that_are_gone_are_counted(model: str, gone: slice) -> None:
    types = [*load_catalog(model=model)]
    names = [each.instance_type for each in types if each.max_enis is not None]
    lost = {*names[gone]} - {"m5.large"}
    report = report_with([each for each in types if each.instance_type not in lost], model)
    [found] = of_list(report, model)
    assert (found.code, found.cells) == ("missing-types", len(lost))
    assert found.message.startswith(f"{len(lost)} of the {len(names):,} instance types of ")
    first = next(name for name in names if name in lost)
    assert f'such as "{first}"' in found.message
    assert not report.of("difference")


def test_one_is_said_as_one() -> None:
    [found] = of_list(report_with([*load_catalog()][:-1]))
    assert " is missing from the list, such as " in found.message


def test_a_catalog_of_ones_own_lacks_nothing() -> None:
    few = [each for each in load_catalog() if each.instance_type.startswith("m5")]
    assert report_with(few, version="ours of May").findings == []


def test_types_that_were_added_are_no_others() -> None:
    own = replace(M5_LARGE, instance_type="x9.large")
    assert report_with([*load_catalog(), own]).findings == []


@pytest.mark.parametrize("name", ["ours.large", "z1d.xlarge"])
def test_a_name_that_was_typed_over_is_not_missing(name: str) -> None:
    raw = Raw(made("vpc-cni", load_catalog()))
    raw.put("InstanceTypes", "A2", name)
    assert of_list(report_of(raw)) == []


def test_a_list_that_was_exchanged_is_one_finding_whatever_its_figures() -> None:
    types = [replace(M5_LARGE, max_enis=9), replace(M5_LARGE, instance_type="x9.large")]
    report = report_with(types)
    [found] = [each for each in report.findings if not each.because_of]
    assert found in of_list(report)
    assert (found.code, found.cells) == ("figure", len([*load_catalog()]))
    assert found.message.startswith("this is another list: it has 1 of the ")
    assert found.message.endswith(", and 1 that is none of these")
    assert [each.because_of for each in report.findings if each.found == 9] == [found.place]


def test_a_type_of_the_plan_that_another_list_has_not_is_told_by_itself() -> None:
    types = [replace(M5_LARGE, instance_type=each) for each in ("x9.large", "x9.xlarge")]
    raw = Raw(made("vpc-cni", Catalog([*types, M5_LARGE], load_catalog().version)))
    raw.put("Plan", "A14", "c5.large")
    causes = [each.code for each in report_of(raw).findings if not each.because_of]
    assert "unknown-type" in causes
    assert "figure" in causes


# --- of four types --------------------------------------------------------------------------------

FOUR = Catalog(
    [
        replace(M5_LARGE, instance_type=f"m5.{each}", max_enis=3 + n)
        for n, each in enumerate("abcd")
    ],
    "May",
)


def of_four(*names: str | None, planned: str = "m5.large", **cells: object) -> WorkbookReading:
    """A workbook whose list has these names in the rows of the four, and below them."""
    raw = Raw(content("vpc-cni", PLAN, 4, FOUR))
    for row, name in enumerate((*names, *[None] * (4 - len(names))), 2):
        raw.put("InstanceTypes", f"A{row}", name)
    for cell, value in cells.items():
        raw.put("InstanceTypes", cell, value)
    raw.put("Plan", "A14", planned)
    return read(raw)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("m5.a m5.b m5.c m5.d", None),
        ("m5.a M5.B m5.c m5.d x9.a", None),
        ("m5.a m5.b m5.d", (1, '{} is missing from the list, such as "m5.c"')),
        ("m5.a m5.c x9.a", (2, '{} are missing from the list, such as "m5.b"')),
        ("m5.d", (3, '{} are missing from the list, such as "m5.a"')),
        ("m5.a m5.b x9.a x9.b", None),  # typed over
        ("m5.d x9.a x9.b", (5, "another list: it has 1 {}, and 2 that are none of these")),
        ("m5.d x9.a", (4, "another list: it has 1 {}, and 1 that is none of these")),
        ("x9.a x9.b x9.c x9.d", (8, "another list: it has 0 {}, and 4 that are none of these")),
    ],
)
def test_what_is_said_of_a_list(names: str, expected: tuple[int, str] | None) -> None:
    reading = of_four(*names.split(), A9="")
    found = changed_list(reading, reading.data["InstanceTypes"], FOUR)
    if expected is None or found is None:
        assert found is expected
        return
    cells, words = expected
    code = "figure" if "another" in words else "missing-types"
    assert (found.code, found.place, found.cells) == (code, "InstanceTypes!A1", cells)
    said = found.message.replace("this is ", "").replace("of the 4 instance types of May", "{}")
    assert said == (words if code == "figure" else f"{cells} {words}")


def test_types_that_are_planned_are_told_there_if_no_others_are_missing() -> None:
    for names, is_told in ((("m5.a", "m5.b", "m5.d"), False), (("m5.a", "m5.d"), True)):
        reading = of_four(*names, planned="M5.C")
        found = changed_list(reading, reading.data["InstanceTypes"], FOUR)
        assert (found is not None) is is_told


@pytest.mark.parametrize(
    ("names", "cells", "expected"),
    [
        ("acdb", {}, ("InstanceTypes!A3", "m5.c", "m5.b", 3)),
        ("dabc", {"K1": "origin"}, ("InstanceTypes!A2", "m5.d", "m5.a", 4)),
        ("ba", {}, None),  # two were typed
        ("ABCD", {}, None),
        ("acdb", {"B2": 99.0}, None),  # and figures with them
    ],
)
def test_names_in_each_others_rows_were_moved_alone(
    names: str, cells: dict[str, object], expected: tuple[object, ...] | None
) -> None:
    rest = "abcd"[len(names) :]
    reading = of_four(*(f"m5.{each}" for each in names + rest), **cells)
    found = names_moved(reading, FOUR)
    told = [(each.place, each.found, each.expected, each.cells) for each in found]
    assert told == ([expected] if expected else [])


def test_lists_of_another_model_are_left() -> None:
    reading = of_four("m5.b", "m5.c", "m5.d", "m5.a")
    assert [*names_moved(reading, FOUR)]
    other = replace(reading, plans=read(Raw(content("aws-sample"))).plans)
    assert [*names_moved(other, FOUR)] == []
