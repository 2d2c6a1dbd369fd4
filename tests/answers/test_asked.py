"""The plans that a question is asked of, with the instance types that they are computed with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from calculator.answers.asked import Asked, asked, usable
from calculator.answers.compare import compared
from calculator.answers.recommend import recommended
from calculator.answers.size import sizes_of
from calculator.batch import evaluate_workbooks
from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.cli import main
from calculator.errors import InputError
from calculator.plan import NodeGroup, Plan
from tests.helpers import AWS_SAMPLE, FEW_TYPES, needs_aws_sample, saved

#: A type that no catalog has, and one with other figures than EC2's.
OWN = InstanceType("own.large", 3, 20, vcpus=8, hypervisor="nitro", trunk_compatible=False)
SMALLER = replace(next(each for each in FEW_TYPES if each.instance_type == "m5.large"), max_enis=2)
MINE = Catalog([SMALLER, OWN], "mine")
PLAN = Plan(node_groups=[NodeGroup("own.large", 6, 12), NodeGroup("m5.large", 4, 9)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workbook with types of its own, between two of others."""
    saved(tmp_path / "a.xlsx", plan=Plan(node_groups=PLAN.node_groups[1:]))
    saved(tmp_path / "b.xlsx", plan=PLAN, catalog=MINE)
    saved(tmp_path / "c.xlsx", plan=Plan(node_groups=PLAN.node_groups[1:]))
    return tmp_path


@pytest.mark.thorough
def test_a_workbook_is_asked_with_its_own_types(folder: Path) -> None:
    plans = list(asked([folder]))
    assert [one.error for one in plans] == ["", "", ""]
    reports = list(evaluate_workbooks([folder]))
    for one, rows, sizes, report in zip(
        plans,
        compared(plans),
        sizes_of([one.plan for one in plans if one.plan], 0, [one.catalog for one in plans]),
        reports,
        strict=True,
    ):
        of_mode = {each.mode: each for each in report.sheets}
        as_set = {row.mode: row for at, row in enumerate(rows.rows) if at in rows.as_set}
        for size in sizes.modes:
            found = of_mode[size.mode]
            assert as_set[size.mode].peak_ips == found.number("peak_ips") == size.peak_ips
            assert size.smallest_subnet == found.number("smallest_subnet")
        assert one.file == report.file
    few, own, again = (found.rows for found in recommended(plans))
    assert few == again
    assert [node.instance_type for node in own[0].nodes] == ["own.large", "m5.large"]


@pytest.mark.thorough
def test_what_is_given_goes_before_a_workbooks_own(folder: Path) -> None:
    given = Catalog([replace(OWN, max_enis=1), SMALLER], "given")
    for one in asked([folder], catalog=given):
        assert one.catalog is given
    [refused] = [one for one in asked([folder], catalog=load_catalog()) if one.plan is None]
    assert refused.error.startswith(f"{folder / 'b.xlsx'}: instance_type: ")
    assert '"own.large"' in refused.error


@pytest.mark.parametrize("command", ["compare", "recommend", "size"])
def test_the_commands_take_a_workbooks_own_types(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, str(folder / "b.xlsx")]) == 0
    assert "not known" not in capsys.readouterr().err


@needs_aws_sample
def test_of_aws_sample_its_types_count_where_the_built_in_ones_lack_them() -> None:
    [one] = asked([AWS_SAMPLE])
    built_in = load_catalog()
    assert [each for each in one.catalog if each.instance_type in built_in] == [*built_in]
    assert "p2.xlarge" not in built_in
    assert "p2.xlarge" in one.catalog


def test_a_plan_in_no_file_has_the_built_in_types() -> None:
    [one] = asked(node_groups=PLAN.node_groups[1:])
    assert one.catalog is load_catalog()
    with pytest.raises(InputError, match=r"own\.large"):
        next(asked(node_groups=PLAN.node_groups))
    assert usable(Asked("", PLAN), MINE).catalog is MINE


def test_who_names_no_plan_is_told_what_is_missing() -> None:
    with pytest.raises(InputError, match="found no plan: name workbooks, or node groups with"):
        next(asked())
    with pytest.raises(InputError, match="and not both"):
        next(asked(["a.xlsx"], PLAN.node_groups))
