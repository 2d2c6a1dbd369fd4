"""From AWS's workbook to ours and back, without a number lost."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from calculator import NodeGroup, Plan, evaluate, read_workbook, verify_workbook, write_workbook
from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.convert import convert_workbook
from calculator.errors import InputError, WorkbookError
from calculator.inputs import Input
from calculator.model import get_model
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS
from calculator.report import MAIN_TOTALS, WorkbookReport
from calculator.workbook.reading import PlanReading
from tests.helpers import (
    AWS_PLAN,
    AWS_SAMPLE,
    FEW_TYPES,
    GROUPS,
    PLAN,
    PLANS,
    Raw,
    content,
    found,
    needs_aws_sample,
)

MODES = ["warm-eni", "warm-ip", "prefix", "ipv6"]
COUNTS = ("instance_type", "instances", "pods_per_node")


def saved(path: Path, model: str = "vpc-cni", plan: Plan | None = None) -> Path:
    path.write_bytes(content(model, plan or PLANS[model], 8))
    return path


def read(path: Path) -> PlanReading:
    return read_workbook(path).plans[0]


def left_out(report: WorkbookReport) -> list[tuple[str | None, object]]:
    return [(each.place, each.found) for each in report.findings if each.code == "left-out"]


# --- from AWS's -----------------------------------------------------------------------------------


@pytest.mark.thorough
def test_every_mode_of_the_same_inputs(tmp_path: Path) -> None:
    source, target = saved(tmp_path / "a.xlsx", "aws-sample"), tmp_path / "b.xlsx"
    original = source.read_bytes()
    before, after = convert_workbook(source, target)
    assert source.read_bytes() == original
    assert (before.file, before.model) == (str(source), "aws-sample")
    assert (after.file, after.model) == (str(target), "vpc-cni")
    assert [each.mode for each in before.sheets] == ["warm-eni", "warm-ip"]
    assert [each.mode for each in after.sheets] == MODES
    assert (before.clean, after.clean) == (True, True)
    # AWS's sample knows no zones: all nodes are in the one subnet.
    plan = dataclasses.replace(AWS_PLAN, availability_zones=1)
    for sheet in before.sheets:
        expected = evaluate(AWS_PLAN, "aws-sample", sheet.mode).totals
        assert {name: sheet.totals[name] for name in MAIN_TOTALS} == expected
    for sheet in after.sheets:
        assert {name: sheet.totals[name] for name in MAIN_TOTALS} == (
            evaluate(plan, mode=sheet.mode).totals
        )
    reading = read(target)
    for name in ("subnet_prefix_length", "host_network_pods", "daemonset_pods", "warm_ip_target"):
        assert reading.settings[name] == getattr(AWS_PLAN, name), name
    groups = [tuple(getattr(each, name) for name in COUNTS) for each in GROUPS]
    assert list(zip(*(reading.groups[name] for name in COUNTS), strict=True)) == groups


@pytest.mark.thorough
@needs_aws_sample
def test_the_published_workbook_moves(tmp_path: Path) -> None:
    target = tmp_path / "ours.xlsx"
    before, after = convert_workbook(AWS_SAMPLE, target)
    published = read_workbook(AWS_SAMPLE)
    assert [each.sheet for each in before.sheets] == [each.plan.name for each in published.plans]
    assert [each.mode for each in after.sheets] == MODES
    assert after.of("fault") + after.of("difference") == []
    reading = read(target)
    for plan in published.plans:
        for name in COUNTS:
            assert reading.groups[name] == plan.groups[name]
        for name in plan.settings:
            assert reading.settings[name] == plan.settings[name]


def differing(path: Path, **more: object) -> Path:
    """A workbook of AWS's sample whose sheets are plans of their own."""
    raw = Raw(content("aws-sample", AWS_PLAN, 8))
    raw.put("WarmIP", "B24", 99.0)
    for cell, value in more.items():
        raw.put("WarmIP", cell, value)
    return raw.save(path)


@pytest.mark.thorough
def test_sheets_that_differ_are_moved_one_by_one(tmp_path: Path) -> None:
    source, target = differing(tmp_path / "a.xlsx", B4=22.0), tmp_path / "b.xlsx"
    with pytest.raises(InputError) as caught:
        convert_workbook(source, target, rows=8, catalog=FEW_TYPES)
    assert str(caught.value) == (
        f"{source}: sheets WarmENI and WarmIP are plans of their own, they differ in "
        "subnet_prefix_length, node groups; name the one to convert with --sheet"
    )
    assert not target.exists()
    for sheet, instances, size in (("WarmENI", 12, 20), ("warmip", 99, 22)):
        convert_workbook(source, target, sheet=sheet, overwrite=True, rows=8, catalog=FEW_TYPES)
        reading = read(target)
        assert reading.groups["instances"][1] == instances
        assert reading.settings["subnet_prefix_length"] == size
        assert verify_workbook(target).clean
    with pytest.raises(InputError) as caught:
        convert_workbook(source, target, sheet="Prefix", overwrite=True, rows=8, catalog=FEW_TYPES)
    assert str(caught.value) == 'sheet: found "Prefix"; one of WarmENI, WarmIP is expected'


def test_a_setting_that_one_of_the_sheets_has_is_no_matter(tmp_path: Path) -> None:
    """Each mode has a target of its own."""
    source = saved(tmp_path / "a.xlsx", "aws-sample", AWS_PLAN)
    first, second = read_workbook(source).plans
    assert first.settings.keys() != second.settings.keys()
    convert_workbook(source, tmp_path / "b.xlsx", rows=8, catalog=FEW_TYPES)
    reading = read(tmp_path / "b.xlsx")
    assert (reading.settings["warm_eni_target"], reading.settings["warm_ip_target"]) == (1, 3)


# --- to AWS's -------------------------------------------------------------------------------------


def test_a_workbook_of_the_other_model_may_be_made_anew(tmp_path: Path) -> None:
    """As one that a program damaged; there is nothing that it could leave out."""
    source = saved(tmp_path / "a.xlsx", "aws-sample", AWS_PLAN)
    before, after = convert_workbook(source, tmp_path / "b.xlsx", model="aws-sample")
    assert (left_out(before), after.clean) == ([], True)
    assert [each.totals for each in before.sheets] == [each.totals for each in after.sheets]


@pytest.mark.thorough
def test_there_and_back_is_the_same_file(tmp_path: Path) -> None:
    plan = Plan(subnet_prefix_length=21, node_groups=GROUPS)
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx", "c.xlsx")]
    write_workbook(paths[0], plan, model="aws-sample")
    convert_workbook(paths[0], paths[1])
    before, _ = convert_workbook(paths[1], paths[2], model="aws-sample")
    assert left_out(before) == [("Plan!B5", 1)]  # the one zone, of which it says nothing
    assert paths[2].read_bytes() == paths[0].read_bytes()


def test_what_the_other_model_has_not_is_named_with_its_cells(tmp_path: Path) -> None:
    groups = [
        NodeGroup("m5.large", 3, 20),
        NodeGroup("m5.large", 3, 20, os="Windows", own_max_pods=30),
        NodeGroup("m5.large", 3, 20, security_group_pods=4),
    ]
    plan = Plan(name="prod", pod_eni="yes", availability_zones=3, mode="prefix", node_groups=groups)
    source = saved(tmp_path / "a.xlsx", plan=plan)
    before, after = convert_workbook(source, tmp_path / "b.xlsx", model="aws-sample")
    assert sorted(map(str, left_out(before))) == sorted(
        map(
            str,
            [
                ("Plan!C1", "prod"),
                ("Plan!B5", 3),
                ("Plan!B6", "prefix"),
                ("Settings!B8", "yes"),
                ("Plan!E15", "Windows"),
                ("Plan!F15", 30),
                ("Plan!G16", 4),
            ],
        )
    )
    [pod_eni] = [each for each in before.findings if each.place == "Settings!B8"]
    assert pod_eni.at("a.xlsx") == (
        "a.xlsx, Settings!B8 (Security groups for pods (ENABLE_POD_ENI)): "
        'found "yes"; model aws-sample has no such input: left out'
    )
    assert [each.mode for each in after.sheets] == ["warm-eni", "warm-ip"]
    assert after.clean


@pytest.mark.thorough
def test_every_input_that_the_other_model_has_not_is_named(tmp_path: Path) -> None:
    known = {each.name for each in get_model("aws-sample").inputs}

    def others(inputs: Mapping[str, Input], **given: object) -> dict[str, Any]:
        for name, declared in inputs.items():
            options = getattr(declared, "options", None)
            given.setdefault(name, options[1] if options else 5)
        return {name: value for name, value in given.items() if name not in known}

    of_plan = others(
        PLAN_INPUTS,
        mode="ipv6",
        updated_groups="all",
        pod_subnet_prefix_length=20,
        control_plane_enis=2,
        prefix_reservation=25,
        nodes_from="Karpenter",
        date="2026-11-25",
    )
    of_group = others(GROUP_INPUTS, nodes_from="self-managed", in_fullest_zone=2)
    plan = Plan(
        node_groups=[NodeGroup("m5.large"), NodeGroup("m5.large", 9, **of_group)], **of_plan
    )
    source = saved(tmp_path / "a.xlsx", plan=plan)
    before, _ = convert_workbook(source, tmp_path / "b.xlsx", model="aws-sample")
    given = [*of_plan.values(), *of_group.values()]
    assert sorted(str(each) for _, each in left_out(before)) == sorted(map(str, given))
    assert len({place for place, _ in left_out(before)}) == len(given) > 30
    written = openpyxl.load_workbook(source)
    for place, value in left_out(before):
        sheet, _, cell = str(place).partition("!")
        assert str(written[sheet][cell].value).removesuffix(" 00:00:00") == str(value)


# --- within the model -----------------------------------------------------------------------------


@pytest.mark.thorough
def test_within_a_model_nothing_is_left_out(tmp_path: Path) -> None:
    groups = [
        NodeGroup("m5.large", 3, 20, own_max_pods=30, security_group_pods=4),
        NodeGroup("m5.large", 3, 20, nodes_from="EKS Auto Mode", most_instances=9, most_pods=22),
        NodeGroup("m5.large", 3, 20, in_fullest_zone=0, other_enis=1, other_ips_per_node=4),
        NodeGroup("fargate", 1, 12),
        NodeGroup("m5.large", 3, 20, os="Windows"),
    ]
    plan = Plan(
        name="prod",
        owner="<me>",
        date="2026-11-25",
        mode="warm-ip",
        pod_eni="yes",
        nodes_from="Karpenter",
        warm_ip_target=0,
        minimum_ip_target=4,
        zone_loss="yes",
        availability_zones=3,
        prefix_case="worst case",
        windows_warm_ip_target=2,
        node_groups=groups,
    )
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    write_workbook(source, plan)
    before, after = convert_workbook(source, target)
    assert left_out(before) == []
    assert (before.plan, before.sheets) == (after.plan, after.sheets)
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.thorough
def test_an_empty_target_stays_empty(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.xlsx", plan=Plan(node_groups=GROUPS))
    _, after = convert_workbook(source, tmp_path / "b.xlsx", rows=8, catalog=FEW_TYPES)
    assert after.plan is not None
    assert after.plan.settings["warm_ip_target"] is None


@pytest.mark.thorough
@pytest.mark.parametrize(("version", "code"), [(1, "made-by-older"), (9, "made-by-newer")])
def test_a_workbook_of_another_layout_gets_the_present_one(
    tmp_path: Path, version: int, code: str
) -> None:
    """It lacks a setting, and has one that is not known."""
    raw = Raw(content(plan=PLAN, rows=8))
    [*_, last] = re.findall('<c r="A([0-9]+)"', raw.text("About"))
    raw.put("About", f"B{last}", float(version))
    raw.put("Settings", "A7", "Pods per phase of the moon")
    raw.put("Settings", "B7", 3.0)
    source, target = raw.save(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    before, after = convert_workbook(source, target, rows=8, catalog=FEW_TYPES)
    assert found(before) == [(code, "About")]
    assert before.layout == version
    assert after.layout == get_model("vpc-cni").layout
    assert after.findings == []
    assert before.plan is not None
    assert after.plan is not None
    assert before.plan.settings == after.plan.settings
    assert [each.totals for each in before.sheets] == [each.totals for each in after.sheets]


def test_formulas_that_were_edited_are_put_back(tmp_path: Path) -> None:
    raw = Raw(content(plan=PLAN, rows=8))
    raw.put("WarmENI", "B8", 1.0, "1")
    raw.remove("IPv6")
    before, after = convert_workbook(
        raw.save(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", rows=8, catalog=FEW_TYPES
    )
    assert not before.clean
    assert after.clean
    assert [each.mode for each in after.sheets] == MODES


@pytest.mark.thorough
def test_more_groups_than_rows(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    groups = [NodeGroup("m5.large", 1, number) for number in range(30)]
    write_workbook(source, Plan(node_groups=groups), model="aws-sample")
    _, after = convert_workbook(source, tmp_path / "b.xlsx", rows=4)
    assert [len(each.node_groups) for each in after.sheets] == [30] * 4
    assert after.clean


@pytest.mark.thorough
def test_a_catalog_of_ones_own(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.xlsx", "aws-sample", Plan(node_groups=[NodeGroup("m5.large")]))
    convert_workbook(source, tmp_path / "b.xlsx", catalog=FEW_TYPES)
    catalog = read_workbook(tmp_path / "b.xlsx").catalog
    assert catalog is not None
    assert [*map(str, catalog)] == [*map(str, FEW_TYPES)]


@pytest.mark.thorough
def test_types_of_the_workbooks_own_move_with_it(tmp_path: Path) -> None:
    own = Catalog([InstanceType("lab.large", 3, 10, vcpus=2, hypervisor="nitro")], "the lab's")
    plan = Plan(node_groups=[NodeGroup("LAB.large", 2, 9), NodeGroup("m5.large", 1, 5)])
    known = FEW_TYPES.with_others(own)
    write_workbook(tmp_path / "a.xlsx", plan, catalog=known)
    before, after = convert_workbook(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    assert [each.totals for each in before.sheets] == [each.totals for each in after.sheets]
    assert after.clean
    catalog = read_workbook(tmp_path / "b.xlsx").catalog
    assert catalog is not None
    assert len(catalog) == len(load_catalog()) + 1


# --- what is refused ------------------------------------------------------------------------------


def test_a_workbook_with_faults_is_refused(tmp_path: Path) -> None:
    raw = Raw(content("aws-sample"))
    raw.put("WarmENI", "B24", "three")
    raw.put("WarmIP", "B4", 99)
    source = raw.save(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookError) as caught:
        convert_workbook(source, tmp_path / "b.xlsx", rows=8, catalog=FEW_TYPES)
    assert caught.value.reason == "faults"
    first, *listed = str(caught.value).splitlines()
    assert first == f"{source}: its inputs cannot all be used; nothing was written:"
    assert listed == [
        f'  {source}, WarmENI!B24 (# of Instances): found "three"; '
        "a whole number of 0 or more is expected",
        f"  {source}, WarmIP!B4 (Subnet CIDR Size): found 99; "
        "a whole number from 16 to 28 is expected",
    ]
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_a_node_group_below_the_table_is_not_lost(tmp_path: Path) -> None:
    raw = Raw(content(plan=PLAN, rows=8))
    raw.put("Plan", "A60", "m5.large")
    with pytest.raises(WorkbookError, match="below row 21, the last one that the formulas count"):
        convert_workbook(
            raw.save(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", rows=8, catalog=FEW_TYPES
        )
    assert os.listdir(tmp_path) == ["a.xlsx"]


@pytest.mark.parametrize("second", ["second-plan", "missing-sheet"])
def test_a_workbook_whose_plan_is_not_whole_is_refused(tmp_path: Path, second: str) -> None:
    raw = Raw(content(plan=PLAN, rows=8))
    if second == "second-plan":
        raw.copy("Plan", "Plan (2)")
    else:
        raw.remove("Settings")
    with pytest.raises(WorkbookError):
        convert_workbook(
            raw.save(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", rows=8, catalog=FEW_TYPES
        )
    assert os.listdir(tmp_path) == ["a.xlsx"]


@pytest.mark.thorough
def test_a_type_that_the_other_catalog_lacks_is_said_in_the_report(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    write_workbook(source, Plan(node_groups=[NodeGroup("m9.unheard", 1, 1)]))
    _, after = convert_workbook(source, tmp_path / "b.xlsx", model="aws-sample")
    assert {each.code for each in after.of("fault")} == {"unknown-type"}
    assert after.sheets[0].totals["ips_used"] is None


def test_a_target_that_is_there(tmp_path: Path) -> None:
    source, target = saved(tmp_path / "a.xlsx", "aws-sample"), tmp_path / "b.xlsx"
    target.write_text("mine")
    with pytest.raises(InputError, match="there is such a file already"):
        convert_workbook(source, target, rows=8, catalog=FEW_TYPES)
    assert target.read_text() == "mine"
    convert_workbook(source, target, overwrite=True, rows=8, catalog=FEW_TYPES)
    assert verify_workbook(target).clean


def test_a_source_that_is_its_own_target(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.xlsx", "aws-sample")
    with pytest.raises(InputError, match="there is such a file already"):
        convert_workbook(source, source, rows=8, catalog=FEW_TYPES)
    convert_workbook(source, source, overwrite=True, rows=8, catalog=FEW_TYPES)
    assert read(source).model.name == "vpc-cni"


def test_inputs_that_are_formulas_move_as_what_they_come_to(tmp_path: Path) -> None:
    raw = Raw(content(plan=PLAN, rows=8))
    raw.put("Plan", "B15", 99.0, "33*3")
    raw.put("Plan", "B4", 18.0, "20-2")
    _, after = convert_workbook(
        raw.save(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", rows=8, catalog=FEW_TYPES
    )
    assert after.plan is not None
    assert after.plan.node_groups[1]["instances"] == 99
    assert after.plan.settings["subnet_prefix_length"] == 18
    assert after.of("difference") == []


def test_every_input_of_a_node_group_moves() -> None:
    assert {"instance_type", *GROUP_INPUTS} == {
        each.name for each in get_model("vpc-cni").sheet("Plan").inputs
    }
