"""From AWS's workbook to ours and back, without a number lost."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from calculator import NodeGroup, Plan, evaluate, read_workbook, verify_workbook, write_workbook
from calculator.convert import convert_workbook
from calculator.errors import InputError, WorkbookError
from calculator.model.engine import MAIN_TOTALS
from calculator.parity import SheetReport
from calculator.workbook.writer import SheetPlan
from tests.helpers import AWS_SAMPLE, MODELS, PLAN, SHEETS, Raw, content, needs_aws_sample, saved

OTHER = {"vpc-cni": "aws-sample", "aws-sample": "vpc-cni"}


@pytest.mark.parametrize("model", MODELS)
def test_inputs_move_and_totals_are_those_of_each_model(tmp_path: Path, model: str) -> None:
    source, target = saved(tmp_path / "a.xlsx", OTHER[model]), tmp_path / "b.xlsx"
    before = source.read_bytes()
    pairs = convert_workbook(source, target, model=model)
    assert source.read_bytes() == before
    assert [old.sheet for old, _ in pairs] == [*SHEETS[OTHER[model]]]
    moved = [(old, new) for old, new in pairs if new]
    assert [(old.sheet, new.sheet) for old, new in moved] == [
        ("WarmENI", "WarmENI"),
        ("WarmIP", "WarmIP"),
    ]
    for old, new in moved:
        assert (old.model, new.model) == (OTHER[model], model)
        assert old.mode == new.mode
        expected = evaluate(PLAN, OTHER[model], old.mode).totals
        assert {name: old.totals[name] for name in MAIN_TOTALS} == expected
        assert old.totals["ips_used"] != new.totals["ips_used"]
        assert (new.faults, new.differences) == ([], [])
        for setting in ("subnet_prefix_length", "host_network_pods", "daemonset_pods"):
            assert new.settings[setting] == getattr(PLAN, setting)
        inputs = [
            (each["instance_type"], each["instances"], each["pods_per_node"])
            for each in new.node_groups
        ]
        assert inputs == [
            (each.instance_type, each.instances, each.pods_per_node) for each in PLAN.node_groups
        ]
    assert verify_workbook(target).clean


def test_there_and_back_is_the_same_file(tmp_path: Path) -> None:
    plan = Plan(subnet_prefix_length=21, node_groups=PLAN.node_groups)
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx", "c.xlsx")]
    write_workbook(paths[0], plan, model="aws-sample")
    convert_workbook(paths[0], paths[1])
    convert_workbook(paths[1], paths[2], model="aws-sample")
    assert paths[2].read_bytes() == paths[0].read_bytes()


@needs_aws_sample
def test_the_published_workbook_moves(tmp_path: Path) -> None:
    pairs = convert_workbook(AWS_SAMPLE, tmp_path / "ours.xlsx")
    published = read_workbook(AWS_SAMPLE)
    assert [new.sheet for _, new in pairs] == [each.name for each in published.sheets]
    for (_, new), reading in zip(pairs, published.sheets, strict=True):
        assert new.differences == []
        types = [each["instance_type"] for each in new.node_groups]
        assert types == reading.groups["instance_type"]


# --- what the other model has not -----------------------------------------------------------------


def left_out(report: SheetReport) -> list[tuple[str, object]]:
    return [(each.cell, each.found) for each in report.warnings if each.kind == "left-out"]


def test_a_mode_that_the_model_has_not_is_left_out(tmp_path: Path) -> None:
    source, target = saved(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    pairs = convert_workbook(source, target, model="aws-sample")
    assert [(old.sheet, new and new.sheet) for old, new in pairs] == [
        ("WarmENI", "WarmENI"),
        ("WarmIP", "WarmIP"),
        ("Prefix", None),
    ]
    assert [left_out(old) for old, _ in pairs] == [[], [("B16", PLAN.minimum_ip_target)], []]
    assert [each.name for each in read_workbook(target).sheets] == ["WarmENI", "WarmIP"]


def test_a_workbook_of_none_of_its_modes_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    write_workbook(source, [SheetPlan("blocks", "prefix", PLAN)])
    with pytest.raises(WorkbookError) as caught:
        convert_workbook(source, tmp_path / "b.xlsx", model="aws-sample")
    assert caught.value.reason == "no-such-mode"
    assert str(caught.value) == (
        f"{source}: model aws-sample has none of the modes of its sheets (blocks)"
    )
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_inputs_that_the_model_has_not_are_named_with_their_cells(tmp_path: Path) -> None:
    groups = [
        NodeGroup("m5.large", 3, 20),
        NodeGroup("m5.large", 3, 20, os="Windows", own_max_pods=30),
        NodeGroup("m5.large", 3, 20, security_group_pods=4),
    ]
    plan = Plan(pod_eni="yes", availability_zones=3, node_groups=groups)
    source = saved(tmp_path / "a.xlsx", plan=plan)
    pairs = convert_workbook(source, tmp_path / "b.xlsx", model="aws-sample")
    own = [("N6", "yes"), ("N10", 3), ("W24", "Windows"), ("X24", 30), ("Y25", 4)]
    assert [left_out(old) for old, _ in pairs] == [own, own, []]
    [first, *_] = [each for each in pairs[0][0].warnings if each.kind == "left-out"]
    assert first.at("a.xlsx") == (
        "a.xlsx, WarmENI!N6 (Security groups for pods (ENABLE_POD_ENI)): "
        'found "yes"; model aws-sample has no such input: left out'
    )


def test_within_a_model_nothing_is_left_out(tmp_path: Path) -> None:
    groups = [NodeGroup("m5.large", 3, 20, own_max_pods=30, security_group_pods=4)]
    plan = Plan(
        pod_eni="yes",
        max_pods_by="110 or 250",
        warm_ip_target=4,
        zone_loss="yes",
        availability_zones=3,
        prefix_case="worst case",
        node_groups=groups,
    )
    source, target = saved(tmp_path / "a.xlsx", plan=plan), tmp_path / "b.xlsx"
    for old, new in convert_workbook(source, target):
        assert new is not None
        assert left_out(old) == []
        assert (new.settings, new.node_groups) == (old.settings, old.node_groups)
    assert target.read_bytes() == source.read_bytes()


# --- links of a fresh workbook --------------------------------------------------------------------


def sample_of(path: Path, *plans: tuple[str, str, Plan]) -> Path:
    write_workbook(path, [SheetPlan(*each) for each in plans], model="aws-sample")
    return path


def test_sheets_that_are_alike_follow_the_first(tmp_path: Path) -> None:
    source, target = saved(tmp_path / "a.xlsx", "aws-sample"), tmp_path / "b.xlsx"
    convert_workbook(source, target)
    [eni, ip] = read_workbook(target).sheets
    assert eni.followed == {}
    assert ip.followed[(4, 2)] == ("WarmENI", (4, 2))
    assert ip.followed[(23, 1)] == ("WarmENI", (23, 1))
    assert (13, 2) not in ip.followed
    assert ip.warnings == []


def test_sheets_that_differ_keep_their_own_inputs(tmp_path: Path) -> None:
    plans = (
        ("WarmENI", "warm-eni", PLAN),
        ("WarmIP", "warm-ip", dataclasses.replace(PLAN, daemonset_pods=5)),
    )
    target = tmp_path / "b.xlsx"
    convert_workbook(sample_of(tmp_path / "a.xlsx", *plans), target)
    [eni, ip] = read_workbook(target).sheets
    assert eni.followed == ip.followed == {}
    assert (eni.settings["daemonset_pods"], ip.settings["daemonset_pods"]) == (2, 5)


def test_sheets_keep_their_names_and_modes(tmp_path: Path) -> None:
    names = ("prod eu-west-1", "1st", "a'b", "AB12", "x!y")
    modes = ("warm-eni", "warm-ip", "warm-ip", "warm-eni", "warm-eni")
    for model in MODELS:
        source, target = tmp_path / f"{model}.xlsx", tmp_path / f"{model}-moved.xlsx"
        plans = [
            SheetPlan(name, mode, Plan(node_groups=[NodeGroup("m5.large", number, 3)]))
            for number, (name, mode) in enumerate(zip(names, modes, strict=True))
        ]
        write_workbook(source, plans, model=model)
        pairs = convert_workbook(source, target, model=OTHER[model])
        assert [new.sheet for _, new in pairs] == list(names)
        assert [new.mode for _, new in pairs] == list(modes)
        assert [new.node_groups[0]["instances"] for _, new in pairs] == [0, 1, 2, 3, 4]
        assert verify_workbook(target).clean


def test_a_workbook_with_faults_is_refused(tmp_path: Path) -> None:
    raw = Raw(content("aws-sample"))
    raw.put("WarmENI", "B24", "three")
    raw.put("WarmIP", "B4", 99)
    source = raw.save(tmp_path / "a.xlsx")
    with pytest.raises(WorkbookError) as caught:
        convert_workbook(source, tmp_path / "b.xlsx")
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


def test_a_type_that_the_other_catalog_lacks_is_said_in_the_report(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    write_workbook(source, Plan(node_groups=[NodeGroup("m9.unheard", 1, 1)]))
    pairs = convert_workbook(source, tmp_path / "b.xlsx", model="aws-sample")
    assert [each.kind for each in pairs[0][1].faults] == ["unknown-type"]
    assert pairs[0][1].totals["ips_used"] is None


def test_a_sheet_named_as_one_of_ours(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    write_workbook(source, [SheetPlan("InstanceTypes", "warm-eni", PLAN)], model="aws-sample")
    with pytest.raises(InputError, match="sheet InstanceTypes: there cannot be two of that name"):
        convert_workbook(source, tmp_path / "b.xlsx")
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_a_target_that_is_there(tmp_path: Path) -> None:
    source, target = saved(tmp_path / "a.xlsx", "aws-sample"), tmp_path / "b.xlsx"
    target.write_text("mine")
    with pytest.raises(InputError, match="there is such a file already"):
        convert_workbook(source, target)
    assert target.read_text() == "mine"
    convert_workbook(source, target, overwrite=True)
    assert verify_workbook(target).clean


def test_a_source_that_is_its_own_target(tmp_path: Path) -> None:
    source = saved(tmp_path / "a.xlsx", "aws-sample")
    with pytest.raises(InputError, match="there is such a file already"):
        convert_workbook(source, source)
    convert_workbook(source, source, overwrite=True)
    assert read_workbook(source).sheets[0].model.name == "vpc-cni"


def test_inputs_that_are_links_move_as_what_they_point_at(tmp_path: Path) -> None:
    raw = Raw(content())
    raw.put("WarmENI", "B24", 99)
    raw.put("WarmENI", "N8", 18)
    pairs = convert_workbook(raw.save(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    for _, new in pairs:
        assert new is not None
        assert new.node_groups[1]["instances"] == 99
        assert new.settings["pod_subnet_prefix_length"] == 18
        assert new.differences == []


def test_more_groups_than_rows(tmp_path: Path) -> None:
    source = tmp_path / "a.xlsx"
    groups = [NodeGroup("m5.large", 1, number) for number in range(30)]
    write_workbook(source, Plan(node_groups=groups), model="aws-sample")
    [(_, new), _] = convert_workbook(source, tmp_path / "b.xlsx", rows=4)
    assert len(new.node_groups) == 30
    assert new.differences == []
