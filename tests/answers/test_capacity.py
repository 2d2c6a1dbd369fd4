"""How much more fits: it does, and one more does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

import calculator
from calculator.answers import rooms
from calculator.answers.asked import Asked, usable
from calculator.answers.capacity import Capacity, ModeCapacity, capacities, capacity
from calculator.errors import InputError
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.answers.capacities import NEW, cases, cases_of, check, random_plan
from tests.helpers import FEW_TYPES

PLAN = Plan(
    subnet_prefix_length=22,
    availability_zones=3,
    node_groups=[NodeGroup("m5.2xlarge", 30, 25), NodeGroup("m5.4xlarge", 6, 40)],
)


def modes(found: Capacity) -> dict[str, ModeCapacity]:
    return {each.mode: each for each in found.modes}


def in_mode(plan: Plan, mode: str = "warm-ip", *new: NodeGroup) -> ModeCapacity:
    return modes(capacity(plan, new, FEW_TYPES))[mode]


def alone(plan: Plan, **changed: object) -> Plan:
    """The plan with its first node group alone, changed."""
    return replace(plan, node_groups=[replace(plan.node_groups[0], **changed)])


@pytest.mark.thorough
def test_what_is_said_to_fit_fits_and_one_more_does_not() -> None:
    check(cases_of(range(60)))


@pytest.mark.thorough
def test_the_same_by_evaluate() -> None:
    for seed in (112, 116):
        plan = random_plan(seed)
        for case in cases(plan, capacity(plan, NEW, FEW_TYPES), NEW):
            result = evaluate(case.plan, mode=case.mode, catalog=FEW_TYPES)
            if case.fits:
                assert result.fits, case
            elif case.limited_by.endswith(("subnet addresses", "/28 blocks")):
                assert result.fits is False, case


@pytest.mark.thorough
def test_many_plans_are_as_one_alone() -> None:
    plans = [random_plan(seed) for seed in range(6)]
    together = list(capacities([usable(Asked("plan", plan), FEW_TYPES) for plan in plans], NEW))
    for plan, found in zip(plans, together, strict=True):
        assert replace(found, file="") == capacity(plan, NEW, FEW_TYPES)


@pytest.mark.thorough
def test_however_many_are_looked_at_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = capacity(PLAN, NEW, FEW_TYPES)
    for most in (1, 7, 100):
        monkeypatch.setattr(rooms, "_ROWS", most)
        assert capacity(PLAN, NEW, FEW_TYPES) == expected


def test_by_hand() -> None:
    # m5.large has 9 pod slots an ENI; in a /26 of one zone 59 addresses.
    plan = Plan(
        subnet_prefix_length=26,
        availability_zones=1,
        daemonset_pods=0,
        rollout_surge=0,
        updated_groups="none",
        node_groups=[NodeGroup("m5.large", 3, 4)],
    )
    # with WARM_ENI_TARGET 1 two ENIs of 10 addresses each: 2 such nodes
    nodes = in_mode(plan, "warm-eni")
    assert (nodes.fits, nodes.growth.fits) == (False, 66)
    assert nodes.groups[0].instances.more == -1
    assert nodes.groups[0].at_growth == 2
    # with WARM_IP_TARGET 1 one ENI of 6: 9 nodes, or 3 nodes with 17 pods on 2 ENIs: 20 addresses
    found = in_mode(plan, "warm-ip")
    assert found.fits
    assert (found.groups[0].instances.fits, found.groups[0].instances.limited_at) == (9, 10)
    assert (found.groups[0].pods.fits, found.groups[0].pods.more) == (16, 12)
    assert (found.growth.fits, found.groups[0].at_growth) == (300, 9)
    assert found.groups[0].pods.limited_by == "node subnet addresses"


# --- what gives out -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "given", "instances", "pods"),
    [
        ("warm-ip", {}, "node subnet addresses", "ENIs of the node"),
        ("prefix", {}, "node subnet addresses", "node subnet addresses"),
        ("warm-eni", {"subnet_prefix_length": 16}, "network address units", "ENIs of the node"),
        ("ipv6", {"subnet_prefix_length": 16}, "ENIs of the region", "max pods"),
        (
            "warm-ip",
            {"pods_from": "custom networking", "pod_subnet_prefix_length": 23},
            "pod subnet addresses",
            "pod subnet addresses",
        ),
        (
            "warm-ip",
            {
                "pods_from": "custom networking",
                "subnet_prefix_length": 26,
                "pod_subnet_prefix_length": 16,
            },
            "node subnet addresses",
            "ENIs of the node",
        ),
        ("prefix", {"prefix_case": "worst case", "other_ips": 8}, "/28 blocks", "/28 blocks"),
        (
            "prefix",
            {"subnet_prefix_length": 16, "warm_ip_target": 0, "minimum_ip_target": 40},
            "node subnet addresses",
            "MINIMUM_IP_TARGET",
        ),
    ],
)  # fmt: skip
def test_what_gives_out_first(
    mode: str, given: dict[str, object], instances: str, pods: str
) -> None:
    plan = replace(alone(PLAN), **given)  # type: ignore[arg-type]
    [group] = in_mode(plan, mode).groups
    assert (group.instances.limited_by, group.pods.limited_by) == (instances, pods)


def test_a_quota_gives_out_once_it_is_exceeded() -> None:
    plan = replace(alone(PLAN, instances=4999), mode="ipv6", subnet_prefix_length=16)
    [group] = in_mode(plan, "ipv6").groups
    assert (group.instances.more, group.instances.limited_at) == (1, 5001)
    # the plan fits all the same, as evaluate says
    above = in_mode(alone(plan, instances=5003), "ipv6")
    assert (above.fits, above.groups[0].instances.more) == (True, -3)


def test_nothing_gives_out() -> None:
    plan = Plan(node_groups=[NodeGroup("fargate", 3, 0), NodeGroup("fargate", 0, 3)])
    found = in_mode(plan)
    room = found.groups[0].instances
    assert (room.fits, room.more, room.limited_at) == (1_000_000, 999_997, None)
    assert room.is_known
    assert room.limited_by == "nothing up to 1,000,000 instances"
    assert found.groups[1].pods.limited_by == "nothing up to 1,000,000 pods"
    assert found.growth.limited_by == "nothing up to 33,333,333 % of the instances"


def test_pods_beyond_what_a_node_hosts_must_go() -> None:
    plan = replace(alone(PLAN, pods_per_node=70), subnet_prefix_length=18)
    found = in_mode(plan)
    # 4 ENIs of 14 pods each, less 2 DaemonSet pods
    assert (found.fits, found.groups[0].pods.more) == (True, 4 * 14 - 2 - 70)
    assert found.groups[0].instances.more is not None
    assert found.groups[0].instances.more > 0


def test_what_does_not_fit_without_any_instance_either() -> None:
    # at the peak an update adds 6 nodes of at least 27 addresses in 3 zones
    for size, growth in ((25, 0), (26, None)):
        found = in_mode(replace(PLAN, subnet_prefix_length=size))
        room = found.groups[0].instances
        assert (room.fits, room.more, room.limited_at) == (None, None, 0)
        assert room.limited_by == "node subnet addresses"
        assert found.growth.fits == growth


# --- how a count grows ----------------------------------------------------------------------------


def test_the_fullest_zone_grows_in_proportion() -> None:
    uneven = alone(PLAN, instances=10, in_fullest_zone=10)
    even = alone(PLAN, instances=10)
    fits = in_mode(uneven).groups[0].instances.fits
    most = in_mode(even).groups[0].instances.fits
    assert fits is not None
    assert most is not None
    assert 2.5 * fits < most < 3.5 * fits


def test_up_to_the_most_instances_more_cost_nothing() -> None:
    plan = alone(PLAN, instances=10, most_instances=30)
    without = alone(PLAN, instances=10)
    assert in_mode(plan).groups[0].instances == in_mode(without).groups[0].instances


def test_growth_is_rounded_up_for_each_group() -> None:
    found = in_mode(replace(PLAN, subnet_prefix_length=20))
    per_cent = found.growth.fits
    assert per_cent is not None
    assert [each.at_growth for each in found.groups] == [
        -(-30 * per_cent // 100),
        -(-6 * per_cent // 100),
    ]


def test_a_new_group_is_a_group_of_a_plan() -> None:
    added = NodeGroup("c5.4xlarge", 1, 12, nodes_from="Karpenter")
    plan = replace(PLAN, subnet_prefix_length=21)
    [new] = in_mode(plan, "warm-ip", replace(added, instances=77)).new_groups
    there = in_mode(replace(plan, node_groups=[*plan.node_groups, added]))
    assert new.instances.fits == there.groups[-1].instances.fits
    [none] = in_mode(replace(plan, subnet_prefix_length=26), "warm-ip", added).new_groups
    assert (none.instances.fits, none.instances.limited_at) == (0, 1)


def test_a_new_group_in_an_empty_subnet() -> None:
    [new] = in_mode(Plan(), "warm-ip", NodeGroup("m5.large", pods_per_node=5)).new_groups
    assert new.instances.fits
    with pytest.raises(InputError, match="no node group"):
        capacity(Plan())


# --- what is not known ----------------------------------------------------------------------------


def test_a_mode_that_is_not_possible() -> None:
    plan = replace(PLAN, pods_from="custom networking")
    ipv6 = in_mode(plan, "ipv6", NodeGroup("m5.large"))
    words = "an IPv6 cluster has no custom networking"
    assert (ipv6.fits, ipv6.status) == (None, words)
    for room in (
        ipv6.growth,
        ipv6.groups[0].instances,
        ipv6.groups[1].pods,
        ipv6.new_groups[0].instances,
    ):
        assert (room.fits, room.more, room.limited_at, room.limited_by) == (None, None, None, words)


def test_rows_that_cannot_be_computed_are_named() -> None:
    windows = [NodeGroup(name, 1, 1, os="Windows") for name in ("m5.large", "m5.large", "c5.large")]
    found = capacity(Plan(node_groups=windows), catalog=FEW_TYPES)
    assert modes(found)["ipv6"].status == "m5.large, c5.large: Windows nodes have no IPv6"
    assert found.fits
    assert not replace(found, mode="ipv6").fits


def test_a_new_group_that_the_mode_cannot_carry() -> None:
    ipv6 = in_mode(PLAN, "ipv6", NodeGroup("m4.large"), NodeGroup("m5.large"))
    assert ipv6.fits
    old, nitro = ipv6.new_groups
    assert old.instances.limited_by.startswith("m4.large: An IPv6 cluster needs Nitro types")
    assert not old.instances.is_known
    assert nitro.instances.is_known


def test_a_type_that_is_not_known() -> None:
    with pytest.raises(InputError, match=r"m5\.lrage"):
        capacity(alone(PLAN, instance_type="m5.lrage"))
    with pytest.raises(InputError, match=r"m5\.lrage"):
        capacity(PLAN, [NodeGroup("m5.lrage")])


def test_it_is_public() -> None:
    assert calculator.capacity is capacity
