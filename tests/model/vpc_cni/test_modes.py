"""Pods that get an address and that get none, max pods and ENIs, in each mode."""

import numpy as np
import pytest

from calculator.catalog import load_catalog
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.model.vpc_cni.nodes import (
    CATALOG,
    IPV6,
    PREFIX,
    SHEETS,
    WARM_ENI,
    WARM_IP,
    WITH_POOL,
    nodes,
)

# --- pods that take no address, and pods that get none --------------------------------------------

M5_LARGE = {"max_enis": 3, "ips_per_eni": 10}
ONLY_MINIMUM = {"warm_ip_target": 0, "minimum_ip_target": 5}


@pytest.mark.parametrize(
    ("sheet", "given", "active_ips", "ips_per_node", "pods_total", "check"),
    [
        # 12 pods on 2 of 3 ENIs, the third is warm
        (WARM_ENI, {"pods_per_node": 10}, 12, 30, 20, "OK"),
        (WARM_IP, {"pods_per_node": 10}, 12, 15, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 10, "host_network_pods": 0}, 12, 30, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 10, "host_network_pods": 17}, 12, 30, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 12, "daemonset_pods": 0}, 12, 30, 24, "OK"),
        (WARM_ENI, {"pods_per_node": 0, "daemonset_pods": 0}, 0, 10, 0, "OK"),
        (WARM_ENI, {"pods_per_node": 25}, 27, 30, 50, "OK"),
        (
            WARM_ENI,
            {"pods_per_node": 28},
            27,
            30,
            50,
            "Only 27 of the pods that need an address fit on a node",
        ),
        (
            WARM_ENI,
            {"pods_per_node": 10, "host_network_pods": 28},
            *(1, 20, 0, "Only 1 of the pods that need an address fit on a node: its max pods"),
        ),
        (
            WARM_ENI,
            {"pods_per_node": 10, "host_network_pods": 30},
            *(0, 10, 0, "Only 0 of the pods that need an address fit on a node: its max pods"),
        ),
        (
            WARM_ENI,
            {"pods_per_node": 3, "own_max_pods": 4, "host_network_pods": 0},
            *(4, 10, 4, "Only 4 of the pods that need an address fit on a node: its max pods"),
        ),
        (WARM_IP, {"pods_per_node": 3, **ONLY_MINIMUM}, 5, 6, 6, "OK"),
        (
            WARM_IP,
            {"pods_per_node": 10, **ONLY_MINIMUM},
            *(5, 6, 6),
            "Only 5 pods of a node get an address: without WARM_IP_TARGET ipamd stops at "
            "MINIMUM_IP_TARGET",
        ),
        (
            WARM_IP,
            {"pods_per_node": 28, **ONLY_MINIMUM},
            *(5, 6, 6, "Only 27 of the pods that need an address fit on a node"),
        ),
        # 12 pods in 1 prefix, another is warm
        (PREFIX, {"pods_per_node": 10}, 12, 33, 20, "OK"),
        (PREFIX, {"pods_per_node": 10, "warm_prefix_target": 0}, 12, 17, 20, "OK"),
        (PREFIX, {"pods_per_node": 10, "warm_ip_target": 5}, 12, 33, 20, "OK"),
        (PREFIX, {"pods_per_node": 10, **ONLY_MINIMUM}, 12, 17, 20, "OK"),
        (
            PREFIX,
            {"pods_per_node": 30, **ONLY_MINIMUM},
            *(16, 17, 28),
            "Only 16 pods of a node get an address: without WARM_IP_TARGET ipamd stops at "
            "MINIMUM_IP_TARGET",
        ),
        (PREFIX, {"pods_per_node": 106}, 108, 113, 212, "OK"),
        (
            PREFIX,
            {"pods_per_node": 107},
            108,
            113,
            212,
            "Only 108 of the pods that need an address fit on a node: its max pods",
        ),
        (PREFIX, {"pods_per_node": 107, "vcpus": 30}, 109, 129, 214, "OK"),
        (
            PREFIX,
            {"pods_per_node": 10, "hypervisor": None},
            *(12, 30, 20),
            "Not known to be a Nitro type: falls back to secondary IPs, counted so",
        ),
        (
            PREFIX,
            {"pods_per_node": 10, "vcpus": None},
            *(12, 33, 20),
            "Its vCPUs are not known: 110 max pods are assumed; enter its own max pods",
        ),
    ],
)
def test_pods_and_addresses(sheet, given, active_ips, ips_per_node, pods_total, check):
    one_zone = {"instances": 2, "availability_zones": 1}
    row = nodes(sheet, [{**M5_LARGE, **one_zone, **given}]).iloc[0]
    assert (row.active_ips, row.ips_per_node, row.pods_total, row.check) == (
        active_ips,
        ips_per_node,
        pods_total,
        check,
    )


# --- ENIs, max pods, pods with a security group of their own --------------------------------------


@pytest.mark.parametrize(
    ("given", "max_pods", "pod_enis"),
    [
        ({}, 29, 3),
        ({"max_eni": 2}, 20, 2),
        ({"max_eni": 9}, 29, 3),
        ({"pods_from": "custom networking"}, 20, 2),
        ({"pods_from": "custom networking", "max_eni": 2}, 11, 1),
        ({"pods_from": "custom networking", "max_eni": 1}, 2, 0),
        ({"pod_eni": "yes"}, 29, 2),
        ({"pod_eni": "yes", "pods_from": "custom networking"}, 20, 1),
        ({"pod_eni": "yes", "max_eni": 1}, 11, 1),
        ({"pod_eni": "yes", "trunk_compatible": None}, 29, 2),
        ({"pod_eni": "yes", "trunk_compatible": False}, 29, 3),
        ({"own_max_pods": 58}, 58, 3),
        ({"own_max_pods": 17}, 17, 3),
        ({"os": "Windows"}, 110, 1),
        ({"os": "Windows", "own_max_pods": 5}, 5, 1),
    ],
)
def test_enis_for_pods_and_max_pods(given, max_pods, pod_enis):
    row = nodes(WARM_ENI, [{**M5_LARGE, **given}]).iloc[0]
    assert (row.max_pods, row.pod_enis) == (max_pods, pod_enis)


_BRANCHES = (
    "Only {} of the pods with own security group get a branch ENI: see Security groups for pods"
)


@pytest.mark.parametrize(
    ("given", "branch_enis", "that_fit", "ips_per_node", "check"),
    [
        # An m5.large: 18 secondary IPs and 9 branch ENIs, a trunk ENI and two more.
        ({"pods_per_node": 16, "security_group_pods": 9}, 9, 18, 18 + 9 + 3, "OK"),
        (
            {"pods_per_node": 16, "security_group_pods": 10},
            *(9, 18, 18 + 9 + 3, _BRANCHES.format(9)),
        ),
        (
            {"pods_per_node": 0, "security_group_pods": 9, "own_max_pods": 9},
            *(7, 0, 9 + 7 + 2),
            "Only 0 of the pods that need an address fit on a node: its max pods",
        ),
        (
            {"pods_per_node": 0, "security_group_pods": 1, "pod_eni": "no"},
            *(0, 27, 20, _BRANCHES.format(0)),
        ),
        (
            {"pods_per_node": 0, "security_group_pods": 1, "trunk_compatible": False},
            *(0, 27, 20, _BRANCHES.format(0)),
        ),
    ],
)
def test_pods_with_a_security_group_of_their_own(given, branch_enis, that_fit, ips_per_node, check):
    case = {**M5_LARGE, "pod_eni": "yes", **given}
    row = nodes(WARM_ENI, [case]).iloc[0]
    assert (row.branch_enis, row.pods_that_fit) == (branch_enis, that_fit)
    assert (row.ips_per_node, row.check) == (ips_per_node, check)
    assert (
        row.pods_hosted_per_node == min(given["pods_per_node"], max(0, that_fit - 2)) + branch_enis
    )


@pytest.mark.parametrize(
    ("given", "max_pods", "hosted", "check"),
    [
        ({"pods_per_node": 25}, 110, 25, "OK"),
        ({"pods_per_node": 106}, 110, 106, "OK"),
        (
            {"pods_per_node": 107},
            *(110, 106, "Only 108 of the pods that need an address fit on a node: its max pods"),
        ),
        ({"pods_per_node": 200, "vcpus": 30}, 250, 200, "OK"),
        ({"pods_per_node": 200, "own_max_pods": 250}, 250, 200, "OK"),
        (
            {"pods_per_node": 26, "own_max_pods": 29},
            *(29, 25, "Only 27 of the pods that need an address fit on a node: its max pods"),
        ),
        (
            {"pods_per_node": 26, "vcpus": None},
            *(110, 26),
            "Its vCPUs are not known: 110 max pods are assumed; enter its own max pods",
        ),
    ],
)
def test_pods_of_ipv6_clusters_take_no_ipv4_address(given, max_pods, hosted, check):
    row = nodes(IPV6, [{**M5_LARGE, **given}]).iloc[0]
    assert (row.ips_per_node, row.attached_enis, row.max_pods) == (1, 1, max_pods)
    assert (row.pods_hosted_per_node, row.check) == (hosted, check)


@pytest.mark.parametrize(
    ("given", "check"),
    [
        (
            {"hypervisor": "xen"},
            "An IPv6 cluster needs Nitro types, and this one is not known to be one",
        ),
        ({"os": "Windows"}, "Windows nodes have no IPv6"),
        ({"os": "Windows", "hypervisor": None}, "Windows nodes have no IPv6"),
    ],
)
def test_what_ipv6_cannot_carry(given, check):
    row = nodes(IPV6, [{**M5_LARGE, "pods_per_node": 5, **given}]).iloc[0]
    assert (row.state, row.check, row.instances) == (-1, check, 1)
    assert np.isinf([row.ips_per_node, row.ips_total, row.max_pods]).all()
    # and every other mode can
    for sheet in WITH_POOL:
        assert nodes(sheet, [{**M5_LARGE, "pods_per_node": 5, **given}]).iloc[0].state == 1


@pytest.mark.parametrize(
    ("sheet", "warm_ip_target", "secondary_ips"),
    [
        *((WARM_ENI, None, 27), (WARM_IP, None, 13), (WARM_IP, 1, 13), (WARM_IP, 0, 27)),
        *((PREFIX, None, 32), (PREFIX, 0, 32), (PREFIX, 1, 16), (PREFIX, 5, 32)),
    ],
)
def test_an_empty_warm_ip_target_is_what_the_mode_has(sheet, warm_ip_target, secondary_ips):
    """1 in WarmIP, and 0 in Prefix, where WARM_PREFIX_TARGET rules then."""
    case = {**M5_LARGE, "pods_per_node": 10, "warm_ip_target": warm_ip_target}
    assert nodes(sheet, [case]).secondary_ips.tolist() == [secondary_ips]


LARGE = {"max_enis": 8, "ips_per_eni": 30}
PREFIXES = (PREFIX, IPV6)


@pytest.mark.parametrize(
    ("given", "by_enis", "with_prefixes"),
    [
        # Amazon EKS User Guide: 110 below 30 vCPUs, 250 from there on, and never above the ENIs
        ({}, 29, 110),
        (LARGE, 110, 110),
        ({**LARGE, "vcpus": 29}, 110, 110),
        ({**LARGE, "vcpus": 30}, 234, 250),
        ({**LARGE, "vcpus": 30, "max_eni": 3}, 89, 250),
        ({**LARGE, "vcpus": 30, "other_enis": 5}, 89, 250),
        ({**LARGE, "vcpus": 30, "own_max_pods": 300}, 300, 300),
        # a place for a trunk ENI is not taken off, the primary ENI is
        ({"pod_eni": "yes"}, 29, 110),
        ({"pods_from": "custom networking"}, 20, 110),
        ({"max_enis": 2, "ips_per_eni": 2, "pods_from": "custom networking"}, 3, 18),
        ({"pods_from": "tagged subnets only"}, 29, 110),
        # Karpenter, ENI-limited pods; nodeadm, max pods: never times 16
        ({**LARGE, "nodes_from": "Karpenter"}, 234, 234),
        ({**LARGE, "nodes_from": "Karpenter", "max_eni": 2}, 234, 234),
        ({**LARGE, "nodes_from": "Karpenter", "reserved_enis": 1}, 205, 205),
        ({**LARGE, "nodes_from": "Karpenter", "reserved_enis": 9}, 2, 2),
        ({**LARGE, "nodes_from": "Karpenter", "other_enis": 2}, 176, 176),
        ({**LARGE, "nodes_from": "self-managed", "other_enis": 2, "reserved_enis": 1}, 234, 234),
        ({"nodes_from": "EKS Auto Mode"}, 110, 110),
        ({**LARGE, "vcpus": 64, "nodes_from": "EKS Auto Mode"}, 110, 110),
        # its nodes have prefixes in every mode: 2 on the slots beside the addresses of two ENIs
        ({"max_enis": 2, "ips_per_eni": 2, "nodes_from": "EKS Auto Mode"}, 34, 34),
        ({**LARGE, "os": "Windows", "nodes_from": "Karpenter"}, 110, 110),
    ],
)
def test_max_pods_by_where_nodes_come_from(given, by_enis, with_prefixes):
    for sheet in SHEETS:
        if sheet is IPV6 and (
            given.get("os") == "Windows" or given.get("pods_from") == "custom networking"
        ):
            continue
        expected = with_prefixes if sheet in PREFIXES else by_enis
        assert nodes(sheet, [{**M5_LARGE, **given}]).max_pods.tolist() == [expected], sheet.name


def test_no_more_pods_have_an_address_at_the_peak_than_a_node_has_slots():
    case = {**M5_LARGE, "instances": 1, "pods_per_node": 10, "most_pods": 40}
    for sheet in (WARM_ENI, WARM_IP):
        assert nodes(sheet, [case]).peak_active_ips.tolist() == [27]


def test_a_row_says_itself_where_its_nodes_come_from():
    group = NodeGroup("m5.4xlarge", nodes_from="Karpenter")
    for plan in (Plan(node_groups=[group]), Plan(nodes_from="self-managed", node_groups=[group])):
        assert evaluate(plan).node_groups.max_pods.tolist() == [234]
    plan = Plan(nodes_from="Karpenter", node_groups=[NodeGroup("m5.4xlarge")])
    assert evaluate(plan).node_groups.max_pods.tolist() == [234]


@pytest.mark.parametrize(("pods", "prefixes"), [(0, 1), (14, 1), (15, 2), (30, 2), (31, 3)])
def test_auto_mode_counts_what_it_holds_at_least(pods, prefixes):
    """Its warm pool is not published: a prefix, and those in use, in every mode."""
    case = {**M5_LARGE, "pods_per_node": pods, "nodes_from": "EKS Auto Mode", "warm_ip_target": 9}
    for sheet in WITH_POOL:
        [row] = nodes(sheet, [case]).to_dict("records")
        assert (row["secondary_ips"], row["ips_per_node"]) == (16 * prefixes, 16 * prefixes + 1)
        assert row["check"] == "At least: what EKS Auto Mode keeps warm is not published"


def test_max_pods_by_enis_are_those_that_aws_published():
    """The list of AWS's sample workbook (2022), but for two types whose ENIs it had wrong."""
    published = {each.instance_type: each.max_pods for each in load_catalog(model="aws-sample")}
    types = [each for each in CATALOG if published.get(each.instance_type)]
    cases = [{"max_enis": each.max_enis, "ips_per_eni": each.ipv4_per_eni} for each in types]
    found = nodes(WARM_ENI, [{**case, "nodes_from": "self-managed"} for case in cases]).max_pods
    assert len(types) == 483
    assert {
        each.instance_type: (max_pods, published[each.instance_type])
        for each, max_pods in zip(types, found, strict=True)
        if max_pods != published[each.instance_type]
    } == {"g5.48xlarge": (345, 737), "h1.16xlarge": (394, 737)}
