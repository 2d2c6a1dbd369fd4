"""What people reported or measured in clusters of theirs, and labs: public threads, by kind.

One zone, a subnet with room, no update, no surge, no DaemonSet pods, two host-network pods, and
pods that have only come, but for what a case says. What is right was worked out from the sources:
VPC CNI v1.23.1, the VPC resource controller, Karpenter and the Amazon EKS User Guide.
"""

import pytest

from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan

STILL = {
    "subnet_prefix_length": 16,
    "availability_zones": 1,
    "updated_groups": "none",
    "rollout_surge": 0,
    "daemonset_pods": 0,
}
CUSTOM = {"pods_from": "custom networking"}
POD_ENI = {"pod_eni": "yes"}


def of(mode, *groups, **settings):
    return evaluate(Plan(mode=mode, node_groups=groups, **{**STILL, **settings}))


def node(mode, instance_type, pods, *, settings=None, **group):
    """The first row of the node table, for one node."""
    result = of(mode, NodeGroup(instance_type, 1, pods, **group), **(settings or {}))
    return result.node_groups.iloc[0]


# --- what a node holds ----------------------------------------------------------------------------


def test_without_a_warm_target_pods_are_stuck_at_the_minimum():
    more = {"warm_ip_target": 0, "minimum_ip_target": 22, **CUSTOM}
    for instance_type in ("m5.4xlarge", "c5.4xlarge"):
        row = node("prefix", instance_type, 40, settings=more)
        assert (row.prefixes, row.active_ips) == (2, 32)
        assert "Only 32 pods of a node get an address" in row.check


@pytest.mark.parametrize(("pods", "secondary", "in_all"), [(1, 256, 258), (0, 240, 242)])
def test_a_large_warm_target_with_prefixes(pods, secondary, in_all):
    row = node("prefix", "m5.xlarge", pods, settings={"warm_ip_target": 240}, own_max_pods=400)
    assert (row.secondary_ips, row.attached_enis, row.ips_per_node) == (secondary, 2, in_all)


def test_a_minimum_of_a_prefix_is_a_prefix():
    more = {"warm_ip_target": 0, "minimum_ip_target": 16}
    assert node("prefix", "m5.large", 1, settings=more).prefixes == 1


@pytest.mark.parametrize(
    ("settings", "used"),
    [({}, 30), ({"daemonset_pods": 2}, 60), ({"daemonset_pods": 2, "control_plane_enis": 2}, 62)],
)
def test_two_small_nodes(settings, used):
    assert of("warm-eni", NodeGroup("t3.2xlarge", 2), **settings).totals["ips_used"] == used


def test_few_pods_on_large_nodes():
    assert of("warm-eni", NodeGroup("i3.4xlarge", 4, 5)).totals["ips_used"] == 240


@pytest.mark.parametrize(("pods", "enis"), [(0, 1), (1, 2), (10, 3)])
def test_enis_of_a_node_in_warm_eni_mode(pods, enis):
    assert node("warm-eni", "m5.large", pods).attached_enis == enis


def test_77_pods_and_10_warm_addresses():
    assert node("warm-ip", "m5.4xlarge", 77, settings={"warm_ip_target": 10}).secondary_ips == 87


# --- what fits ------------------------------------------------------------------------------------


def test_custom_networking_leaves_the_primary_eni_out():
    assert node("warm-eni", "t2.medium", 15, settings=CUSTOM).active_ips == 10


def test_prefixes_and_a_trunk_on_two_enis():
    row = node("prefix", "r6g.medium", 60, settings=POD_ENI, security_group_pods=9)
    assert (row.secondary_ips, row.branch_enis) == (48, 4)


def test_two_enis_are_too_few_for_a_trunk_and_custom_networking():
    row = node("warm-eni", "r6g.medium", 5, settings={**POD_ENI, **CUSTOM})
    assert row.pods_that_fit == 0


def test_a_trunk_takes_an_eni_from_pods():
    row = node("warm-eni", "m6i.large", 25, settings=POD_ENI)
    assert (row.pods_that_fit, row.max_pods) == (18, 29)


@pytest.mark.parametrize(("instance_type", "most"), [("c5.12xlarge", 54), ("m5a.large", 9)])
def test_branch_enis_by_type(instance_type, most):
    more = {"host_network_pods": 0, **POD_ENI}
    row = node("warm-eni", instance_type, 0, settings=more, security_group_pods=200)
    assert row.branch_enis == most


def test_windows_nodes_have_one_eni():
    assert node("warm-ip", "t3.medium", 20, os="Windows").active_ips == 5


def test_full_nodes_of_their_own():
    result = of("warm-eni", NodeGroup("m2.4xlarge", 6, 300, nodes_from="self-managed"))
    assert (result.totals["ips_used"], result.totals["pods_hosted"]) == (1440, 1392)


@pytest.mark.parametrize(
    ("instance_type", "settings", "max_pods"),
    [
        ("m6g.medium", {}, 98),
        ("t3.micro", {}, 34),
        ("i3.large", {}, 29),
        ("c7g.medium", CUSTOM, 50),
        ("m5.large", {}, 110),
        ("m5.24xlarge", {}, 250),
    ],
)
def test_managed_node_groups_cap_max_pods(instance_type, settings, max_pods):
    assert node("prefix", instance_type, 1, settings=settings).max_pods == max_pods


def test_the_cap_holds_without_prefixes():
    result = of("warm-eni", NodeGroup("m5.4xlarge", 10, 200), daemonset_pods=2)
    row = result.node_groups.iloc[0]
    assert (row.max_pods, row.pods_hosted_per_node) == (110, 106)
    assert result.totals["ips_used"] == 1200
    assert row.check == "Only 108 of the pods that need an address fit on a node: its max pods"
    result = of("warm-eni", NodeGroup("m5.4xlarge", 10, 100), daemonset_pods=2)
    assert result.totals["ips_used"] == 1200


@pytest.mark.parametrize(("settings", "fitting"), [({}, 49), (CUSTOM, 0)])
def test_an_efa_only_eni_takes_a_slot(settings, fitting):
    row = node("warm-eni", "p5.48xlarge", 80, settings=settings, other_enis=1)
    assert row.active_ips == row.pods_that_fit == fitting


def test_efa_interfaces_take_addresses():
    group = NodeGroup("p5.48xlarge", 4, 40, other_ips_per_node=31)
    result = of("warm-eni", group, subnet_prefix_length=23)
    assert result.totals["ips_used"] == 524
    assert result.fits is False


def test_ipv6_nodes_have_the_max_pods_of_their_node_group():
    result = of("ipv6", NodeGroup("m5.large", 3, 100))
    assert (result.totals["pods_hosted"], result.node_groups.max_pods[0]) == (300, 110)
    result = of("ipv6", NodeGroup("m5.large", 3, 120))
    assert "its max pods" in result.node_groups.check[0]


@pytest.mark.parametrize(
    ("instance_type", "used", "hosted"), [("c8in.large", 610, 550), ("r9g.large", 400, 360)]
)
def test_a_place_is_kept_for_a_trunk_that_is_not_known(instance_type, used, hosted):
    more = {"daemonset_pods": 2, **POD_ENI}
    result = of("warm-eni", NodeGroup(instance_type, 10, 70), **more)
    assert (result.totals["ips_used"], result.totals["pods_hosted"]) == (used, hosted)


# --- Windows --------------------------------------------------------------------------------------


def test_windows_nodes_have_110_max_pods():
    result = of("prefix", NodeGroup("m5.xlarge", 10, 150, os="Windows"))
    assert (result.node_groups.max_pods[0], result.totals["ips_used"]) == (110, 1130)


def test_windows_with_prefixes_keeps_a_warm_address():
    more = {"windows_prefix_minimum_ip_target": 5, "windows_prefix_warm_ip_target": 0}
    row = node("prefix", "m5.large", 14, settings={"daemonset_pods": 2, **more}, os="Windows")
    assert (row.prefixes, row.ips_per_node) == (2, 33)


def test_windows_off_nitro_keeps_its_targets():
    row = node("prefix", "m4.xlarge", 5, settings={"daemonset_pods": 2}, os="Windows")
    assert row.ips_per_node == 11


def test_a_warm_target_of_0_is_1_on_windows():
    at = {
        warm: node(
            "warm-ip", "m5.xlarge", 5, settings={"windows_warm_ip_target": warm}, os="Windows"
        ).ips_per_node
        for warm in (0, 1, 2)
    }
    assert at[0] == at[1] == at[2] - 1


# --- where nodes land -----------------------------------------------------------------------------


def test_an_update_adds_two_nodes_a_zone():
    more = {"availability_zones": 3, "updated_groups": "one"}
    result = of("warm-eni", NodeGroup("m5.large", 1, 5), **more)
    assert result.details["peak_nodes"] == 1 + 2


def test_uneven_zones():
    group = NodeGroup("m5.large", 39, 10, in_fullest_zone=25)
    assert of("warm-eni", group, availability_zones=3).totals["ips_used"] == 750


LAB = {
    "availability_zones": 2,
    "subnet_prefix_length": 28,
    "warm_ip_target": 1,
    "control_plane_enis": 2,
}
#: 20 replicas and 2 pods of CoreDNS on four nodes, two in each zone.
REPLICAS = NodeGroup("t3.medium", 2, 6), NodeGroup("t3.medium", 2, 5)


def test_pods_that_start_in_a_full_subnet():
    result = of("warm-ip", *REPLICAS, **LAB)
    assert result.fits is False
    assert (result.totals["pods_hosted"], result.details["pods_that_start"]) == (22, 16)


def test_what_a_full_subnet_lacks_goes_to_tagged_ones():
    more = {"pods_from": "tagged subnets", "pod_subnet_prefix_length": 18}
    details = of("warm-ip", *REPLICAS, **LAB, **more).details
    assert details["pods_that_start"] == 22
    assert details["steady_remaining"] == 0
    assert 2 * details["pod_subnet_used"] == 14


# --- after pods have come and gone ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "settings", "most", "pods", "max_pods", "steady", "kept"),
    [
        ("warm-eni", {}, 200, 40, 234, 90, 240),
        ("prefix", {}, 105, 20, 0, 49, 113),
        ("warm-ip", {"warm_ip_target": 5}, 200, 40, 234, 47, 53),
        ("prefix", {"warm_prefix_target": 4}, 25, 25, 250, 6 * 16 + 1, 9 * 16 + 1),
    ],
)
def test_what_a_node_keeps(mode, settings, most, pods, max_pods, steady, kept):
    row = node(mode, "m5.4xlarge", pods, settings=settings, most_pods=most, own_max_pods=max_pods)
    assert (row.ips_per_node, row.kept_ips_per_node) == (steady, kept)
