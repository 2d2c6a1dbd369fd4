"""The peak against nodes dealt out one by one, to zones and to the subnets of a zone."""

import math
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.model.result import evaluate
from calculator.plan import NODES_FROM, NodeGroup, Plan
from tests.helpers import examples
from tests.model.vpc_cni.nodes import EACH, IPV6, PREFIX, WARM_ENI, WARM_IP

STILL = {
    "availability_zones": 1,
    "updated_groups": "none",
    "rollout_surge": 0,
    "daemonset_pods": 0,
    "subnet_prefix_length": 16,
}
PARTS = ("churn_ips", "autoscaling_ips", "zone_loss_ips", "update_ips", "replacement_ips")


def of(mode, *groups, **more):
    return evaluate(Plan(mode=mode, node_groups=groups, **{**STILL, **more}))


def parts(result, before=""):
    return [result.details[f"{before}{name}"] for name in PARTS]


# --- each part by itself --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "pods", "settings", "group", "per_node", "at_peak"),
    [
        # m5.large, 9 pods an ENI: two ENIs and a warm one; 12 pods need no more
        ("warm-eni", 8, {}, {}, 20, 20),
        ("warm-eni", 8, {"rollout_surge": 25}, {}, 20, 30),
        ("warm-ip", 8, {}, {}, 10, 10),
        ("warm-ip", 8, {"rollout_surge": 25}, {}, 10, 13),
        ("warm-ip", 8, {"rollout_surge": 100}, {}, 10, 19),
        # its own number goes before the plan's surge, and is no less than the pods of the plan
        ("warm-ip", 8, {"rollout_surge": 100}, {"most_pods": 9}, 10, 12),
        ("warm-ip", 8, {"rollout_surge": 100}, {"most_pods": 3}, 10, 10),
        # as far as they fit: 27 pods on 3 ENIs
        ("warm-ip", 8, {}, {"most_pods": 99}, 10, 30),
        # DaemonSet pods do not surge
        ("warm-ip", 4, {"rollout_surge": 25, "daemonset_pods": 3}, {}, 9, 10),
        # 15 pods on a prefix and a warm one, 19 on two and a warm one
        ("prefix", 15, {"rollout_surge": 25}, {}, 33, 49),
        # three warm prefixes: up to two more by scatter, as far as there are pods to be scattered
        ("prefix", 15, {"warm_prefix_target": 3}, {}, 65, 97),
        ("prefix", 2, {"warm_prefix_target": 3}, {}, 65, 81),
        ("prefix", 0, {"warm_prefix_target": 3}, {}, 49, 49),
        # no more prefixes than 110 max pods can need, but where a growth had begun
        ("prefix", 60, {"warm_prefix_target": 3}, {}, 113, 145),
        # targets in addresses rule: nothing is scattered
        ("prefix", 15, {"warm_prefix_target": 3, "warm_ip_target": 1}, {}, 17, 17),
        ("ipv6", 8, {"rollout_surge": 100}, {}, 1, 1),
    ],
)
def test_pods_that_come_and_go(mode, pods, settings, group, per_node, at_peak):
    result = of(mode, NodeGroup("m5.large", 10, pods, **group), **settings)
    row = result.node_groups.iloc[0]
    assert (row.ips_per_node, row.peak_ips_per_node) == (per_node, at_peak)
    assert result.details["churn_ips"] == 10 * (at_peak - per_node)
    assert result.details["peak_ips"] == 10 * at_peak
    assert per_node <= row.kept_ips_per_node <= at_peak


@pytest.mark.parametrize(
    ("most", "zones", "added"), [(None, 1, 0), (3, 1, 0), (12, 1, 7), (12, 3, 2), (13, 3, 3)]
)
def test_autoscaling_brings_a_group_to_its_most_instances(most, zones, added):
    result = of(
        "warm-ip", NodeGroup("m5.large", 5, 8, most_instances=most), availability_zones=zones
    )
    assert result.details["autoscaling_ips"] == 10 * added


def test_nodes_of_autoscaling_hold_what_the_most_pods_need():
    group = NodeGroup("m5.large", 5, 8, most_instances=7, most_pods=16)
    assert parts(of("warm-ip", group)) == [5 * 9, 2 * 19, 0, 0, 0]


@pytest.mark.parametrize(
    ("group", "zones", "steady", "autoscaling", "zone_loss"),
    [
        # spread evenly: 4 of 10 in the fullest zone, then 5 in each of the two that are left
        ({}, 3, 4, 0, 1),
        ({"most_instances": 20}, 3, 4, 3, 3),
        # 8 of 10 are there; the other zones have one each, of which one is lost to the two left
        ({"in_fullest_zone": 8}, 3, 8, 0, 1),
        ({"in_fullest_zone": 4}, 3, 4, 0, 2),
        ({"in_fullest_zone": 10}, 3, 10, 0, 0),
        ({"in_fullest_zone": 0}, 3, 0, 0, 3),
        # the share grows in proportion, rounded up: 5 of 13 and 4 are lost, 2 come
        ({"in_fullest_zone": 4, "most_instances": 13}, 3, 4, 2, 2),
        ({"in_fullest_zone": 8}, 2, 8, 0, 2),
        ({"in_fullest_zone": 10}, 1, 10, 0, 0),
    ],
)
def test_uneven_zones_and_the_loss_of_one(group, zones, steady, autoscaling, zone_loss):
    group = NodeGroup("m5.large", 10, 8, **group)
    result = of("warm-ip", group, availability_zones=zones, zone_loss="yes")
    assert result.totals["ips_used"] == 10 * steady
    assert parts(result) == [0, 10 * autoscaling, 10 * zone_loss, 0, 0]


@pytest.mark.parametrize(
    ("settings", "added"),
    [
        ({"updated_groups": "one"}, 2),
        ({"updated_groups": "all"}, 2),
        ({"updated_groups": "all", "update_strategy": "minimal"}, 0),
        ({"updated_groups": "one", "max_unavailable": 5}, 5),
        ({"updated_groups": "one", "max_unavailable_percent": 10}, 4),
        ({"updated_groups": "one", "max_unavailable_percent": 11}, 5),
        ({"updated_groups": "one", "max_unavailable": 9, "max_unavailable_percent": 1}, 2),
        ({"updated_groups": "one", "nodes_from": "Karpenter", "replaced_at_once": 0}, 0),
        ({"updated_groups": "one", "nodes_from": "self-managed"}, 0),
        ({"nodes_from": "Karpenter"}, 4),
        ({"nodes_from": "Karpenter", "replaced_at_once": 1}, 1),
        ({"nodes_from": "Karpenter", "replaced_at_once": 1, "availability_zones": 3}, 1),
        ({"nodes_from": "Karpenter", "availability_zones": 3}, 2),
    ],
)
def test_updates_and_replacements_add_nodes(settings, added):
    result = of("warm-ip", NodeGroup("m5.large", 40, 8), **settings)
    assert sum(parts(result)[3:]) == 10 * added
    replaced = settings.get("nodes_from") == "Karpenter"
    assert parts(result)[4 if replaced else 3] == 10 * added


def test_replaced_nodes_of_all_groups_are_spread_together():
    groups = [NodeGroup("m5.large", 5, 8, nodes_from="Karpenter")] * 4
    for zones, here in ((1, 4), (2, 2), (3, 2), (4, 1)):
        result = of("warm-ip", *groups, availability_zones=zones)
        assert parts(result)[4] == 10 * here
        assert parts(result)[3] == 0


@EACH
def test_fargate_is_an_address_a_pod_and_no_node(sheet):
    groups = [NodeGroup("fargate", 3, 8), NodeGroup("m5.large", 2, 5, nodes_from="Fargate")]
    result = of(sheet.mode, *groups, availability_zones=2, host_network_pods=7, daemonset_pods=4)
    assert result.totals["ips_used"] == 12 + 5
    assert result.totals["pods_hosted"] == result.details["pods_that_start"] == 34
    assert result.node_groups.check.tolist() == ["OK", "OK"]
    assert (result.details["enis"], result.details["network_address_units"]) == (34, 34)
    result = of(sheet.mode, *groups, availability_zones=2, rollout_surge=25)
    # 3 × 10 and 2 × 7 pods: 15 and 7 here
    assert result.details["peak_ips"] == 22


@pytest.mark.parametrize(
    "given",
    [
        {"own_max_pods": 20},
        {"security_group_pods": 1},
        {"security_group_pods": 1, "other_enis": 1},
        {"other_ips_per_node": 1},
        {"os": "Windows"},
    ],
)
def test_what_only_nodes_have_counts_nothing_on_fargate(given):
    result = of("warm-ip", NodeGroup("fargate", 3, 8, **given))
    assert result.node_groups.check.tolist() == [
        "On Fargate pods are Linux, and only instances and their pods count"
    ]


# --- all together ---------------------------------------------------------------------------------


@st.composite
def groups_of(draw):
    instances = draw(st.integers(0, 30))
    here = draw(st.none() | st.integers(0, instances))
    return {
        "instances": instances,
        "pods_per_node": draw(st.integers(0, 20)),
        "most_instances": draw(st.none() | st.integers(0, 60)),
        "in_fullest_zone": here,
        "most_pods": draw(st.none() | st.integers(0, 40)),
        "nodes_from": draw(st.none() | st.sampled_from(NODES_FROM)),
        "other_ips_per_node": draw(st.sampled_from([0, 0, 5])),
    }


def dealt(count, zones):
    """How many of `count` each zone gets, one after the other."""
    return [len(range(zone, count, zones)) for zone in range(zones)]


def fullest(nodes, subnets):
    """How many of a zone's nodes its fullest subnet gets."""
    return max(dealt(nodes, subnets))


@pytest.mark.thorough
@examples(60)
@given(
    groups=st.lists(groups_of(), max_size=4),
    zones=st.integers(1, 4),
    subnets=st.sampled_from([1, 1, 2, 3]),
    pod_subnets=st.sampled_from([1, 1, 2, 3]),
    zone_loss=st.sampled_from(["no", "yes"]),
    updated=st.sampled_from(["none", "one", "all"]),
    strategy=st.sampled_from(["default", "default", "minimal"]),
    unavailable=st.integers(1, 100),
    percent=st.sampled_from([0, 0, 7, 50]),
    replaced=st.sampled_from([0, 10, 33, 100]),
    surge=st.sampled_from([0, 25, 100]),
    custom=st.booleans(),
    mode=st.sampled_from([each.mode for each in (WARM_ENI, WARM_IP, PREFIX, IPV6)]),
)
def test_the_peak_is_the_fullest_subnet_of_nodes_dealt_out(
    groups,
    zones,
    subnets,
    pod_subnets,
    zone_loss,
    updated,
    strategy,
    unavailable,
    percent,
    replaced,
    surge,
    custom,
    mode,
):
    """Nodes are dealt out one by one, what is left over of each node group to the same zone."""
    custom = custom and mode != "ipv6"
    for group in groups:
        if zones == 1 and group["in_fullest_zone"] is not None:
            group["in_fullest_zone"] = group["instances"]
    plan = Plan(
        subnet_prefix_length=16,
        pod_subnet_prefix_length=16,
        availability_zones=zones,
        node_subnets=subnets,
        pod_subnets=pod_subnets,
        zone_loss=zone_loss,
        updated_groups=updated,
        update_strategy=strategy,
        max_unavailable=unavailable,
        max_unavailable_percent=percent,
        replaced_at_once=replaced,
        rollout_surge=surge,
        pods_from="custom networking" if custom else "node subnets",
        node_groups=[NodeGroup("m5.large", **group) for group in groups],
    )
    result = evaluate(plan, mode=mode)
    table = result.node_groups.to_dict("records")
    details = result.details
    left = zones - 1 if zone_loss == "yes" and zones > 1 else zones

    def in_zone(group, count):
        """How many of `count` nodes of a group the fullest zone has, and then a lost one."""
        if group["in_fullest_zone"] is None or not group["instances"]:
            return dealt(count, zones)[0]  # of none, there is no share
        share = group["in_fullest_zone"] / group["instances"]
        return math.ceil(round(share * count, 9))

    def after_loss(group, count):
        here = in_zone(group, count)
        if left == zones:
            return here
        if group["in_fullest_zone"] is None:
            return dealt(count, left)[0]
        lost = dealt(count - here, zones - 1)[0]
        return here + dealt(lost, left)[0]

    steady = churned = most = lost = updates = 0
    pods_steady = pods_peak = 0
    of_updates, pods_of_updates, replacing = [], [], []
    for group, row in zip(groups, table, strict=True):
        of_node, at_peak = int(row["ips_per_node"]), int(row["peak_ips_per_node"])
        assert at_peak >= of_node
        own = 1 + group["other_ips_per_node"]
        in_pods, in_pods_at_peak = (of_node - own, at_peak - own) if custom else (0, 0)
        of_node, at_peak = of_node - in_pods, at_peak - in_pods_at_peak
        count = group["instances"]
        more = max(count, group["most_instances"] or 0)
        zone, zone_most, zone_lost = (
            *(in_zone(group, count), in_zone(group, more), after_loss(group, more)),
        )
        steady += of_node * fullest(zone, subnets)
        churned += at_peak * fullest(zone, subnets)
        most += at_peak * fullest(zone_most, subnets)
        lost += at_peak * fullest(zone_lost, subnets)
        pods_steady += in_pods * fullest(zone, pod_subnets)
        pods_peak += in_pods_at_peak * fullest(zone_lost, pod_subnets)
        source = group["nodes_from"] or "managed node group"
        if source == "managed node group" and strategy == "default":
            down = math.ceil(round(more * percent / 100, 9)) if percent else unavailable
            added = max(2 * zones, down)
            in_each = dealt(added, left)[0]
            of_updates.append(at_peak * fullest(in_each, subnets))
            pods_of_updates.append(in_pods_at_peak * fullest(in_each, pod_subnets))
        if source in ("Karpenter", "EKS Auto Mode"):
            share = math.ceil(round(more * replaced / 100, 9))
            replacing += [(at_peak, in_pods_at_peak)] * share
    if updated != "none":
        take = max if updated == "one" else sum
        updates = take(of_updates, default=0) if take is max else sum(of_updates)
        pods_peak += max(pods_of_updates, default=0) if take is max else sum(pods_of_updates)
    assert result.totals["ips_used"] == details["node_ips"] == steady
    assert details["churn_ips"] == churned - steady
    assert details["autoscaling_ips"] == most - churned
    assert details["zone_loss_ips"] == lost - most
    assert details["update_ips"] == updates

    def dealt_out(addresses, of_zone):
        """The fullest subnet of nodes that land in zones and subnets one after the other."""
        places = [0] * (left * of_zone)
        for place, of_node in zip(cycle(range(len(places))), addresses):
            places[place] += of_node
        return max(places, default=0)

    for at, (name, of_zone) in enumerate(
        (("replacement_ips", subnets), ("pod_subnet_replacement_ips", pod_subnets))
    ):
        addresses = [each[at] for each in replacing]
        if details[name] is None:
            continue
        assert dealt_out(addresses, of_zone) <= details[name] <= sum(addresses)
        if len(set(addresses)) == 1:
            assert details[name] == dealt_out(addresses, of_zone)
    assert details["peak_ips"] == lost + updates + details["replacement_ips"]
    if custom:
        assert details["pod_subnet_used"] == pods_steady
        pods_peak += details["pod_subnet_replacement_ips"]
        assert details["pod_subnet_peak_ips"] == pods_peak
    hosted = [int(row["pods_hosted_per_node"]) for row in table]
    in_all = sum(g["instances"] * pods for g, pods in zip(groups, hosted, strict=True))
    assert result.totals["pods_hosted"] == in_all


def test_auto_mode_does_not_read_warm_prefix_target():
    """Amazon EKS User Guide: its warm pool is its own, so no pod is scattered for the plan's."""
    plans = [
        Plan(
            mode="prefix",
            nodes_from="EKS Auto Mode",
            warm_prefix_target=target,
            node_groups=[NodeGroup("m5.large", 4, 20)],
        )
        for target in (1, 5)
    ]
    one, other = (evaluate(plan) for plan in plans)
    assert one.details == other.details
