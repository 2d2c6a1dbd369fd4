"""Lists of instance types that lost some, or that were exchanged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from calculator import NodeGroup, Plan
from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.findings import Finding
from calculator.report import WorkbookReport
from tests.helpers import Raw, content, report_of

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
