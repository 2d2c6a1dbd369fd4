"""Results of the subnets: the steady state, the peak and what it consists of, the smallest size."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.model.engine import plan_tables
from calculator.model.expression import NOTHING
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.helpers import examples
from tests.model.vpc_cni.nodes import (
    CATALOG,
    EACH,
    IPV6,
    MODEL,
    PREFIX,
    SHEETS,
    WARM_ENI,
    WARM_IP,
    book_of,
    shown,
)

M5_LARGE = ("m5.large", 2, 10)
#: One zone, and a peak that is the steady state.
STILL = {"availability_zones": 1.0, "updated_groups": "none", "rollout_surge": 0.0}


def of(sheet, rows, **settings):
    """The tables of a sheet of a plan at rest, but for what `settings` say."""
    return book_of(rows, **{**STILL, **settings})[sheet.name]


@pytest.mark.parametrize(
    ("prefix_length", "addresses"), [(16, 65531), (20, 4091), (24, 251), (27, 27), (28, 11)]
)
def test_aws_reserves_five_addresses_of_a_subnet(prefix_length, addresses):
    """Amazon VPC User Guide, subnet CIDR blocks."""
    plan = Plan(subnet_prefix_length=prefix_length)
    for sheet in SHEETS:
        assert evaluate(plan, mode=sheet.mode).totals["ips_available"] == addresses


# --- one subnet, one zone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "changed", "totals"),
    [
        ([], {}, [507, 0, 0, 507]),
        ([M5_LARGE], {}, [507, 60, 20, 447]),
        ([M5_LARGE, ("m5.large", 1, 28)], {}, [507, 90, 45, 417]),
        ([("m5.large", 1, 8)], {"subnet_prefix_length": 28.0}, [11, 30, 8, -19]),
        ([("m5.large", 0, 10)], {"subnet_prefix_length": 28.0}, [11, 0, 0, 11]),
        ([M5_LARGE], {"other_ips": 24.0}, [507, 84, 20, 423]),
    ],
)
def test_results_at_rest(rows, changed, totals):
    tables = of(WARM_ENI, rows, **changed)
    names = ("ips_available", "ips_used", "pods_hosted", "ips_remaining")
    assert shown(tables, *names) == totals
    available, used, _, remaining = totals
    same = ("subnet_available", "steady_ips", "peak_ips", "steady_remaining", "peak_remaining")
    assert shown(tables, *same) == [available, used, used, remaining, remaining]


@EACH
def test_a_plan_at_rest_has_no_peak(sheet):
    tables = of(sheet, [M5_LARGE])
    same = shown(tables, "ips_used", "steady_ips", "node_ips", "peak_ips")
    assert len(set(same)) == 1
    assert shown(tables, "zone_loss_ips", "update_ips", "upgrade_ips", "other_used") == [0] * 4
    # what does not apply shows nothing, which is no error
    assert shown(tables, "pod_subnet_used", "pod_subnet_peak_remaining") == ["", ""]
    assert shown(tables, "smallest_pod_subnet") == [""]


@EACH
def test_by_default_the_peak_holds_one_node_group_being_updated(sheet):
    tables = book_of([M5_LARGE], rollout_surge=0.0)[sheet.name]
    per_node = tables.groups["ips_per_node"][0]
    # of two nodes in two zones one is here; four more are added, two of them here
    assert shown(tables, "ips_used", "update_ips", "peak_ips", "peak_nodes") == [
        *(per_node, 2 * per_node, 3 * per_node, 3)
    ]


# --- zones and the peak ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "steady", "zone_loss", "update", "upgrade"),
    [
        # 7 and 4 nodes of 30 addresses in 3 zones: 3 + 2 in the fullest one
        ({}, 150, 0, 0, 0),
        # 4 + 2 in each of the two that are left
        ({"zone_loss": "yes"}, 150, 30, 0, 0),
        # twice the zones, spread over them
        ({"updated_groups": "one"}, 150, 0, 60, 0),
        ({"updated_groups": "all"}, 150, 0, 120, 0),
        ({"updated_groups": "one", "max_unavailable": 10.0}, 150, 0, 120, 0),
        ({"updated_groups": "one", "zone_loss": "yes"}, 150, 30, 90, 0),
        ({"control_plane_enis": 2.0}, 151, 0, 0, 5),
        ({"control_plane_enis": 4.0, "other_ips": 16.0}, 168, 0, 0, 5),
    ],
)
def test_the_peak_and_what_it_consists_of(changed, steady, zone_loss, update, upgrade):
    rows = [("m5.large", 7, 10), ("m5.large", 4, 10)]
    tables = of(WARM_ENI, rows, availability_zones=3.0, **changed)
    parts = ("steady_ips", "zone_loss_ips", "update_ips", "upgrade_ips")
    assert shown(tables, *parts) == [steady, zone_loss, update, upgrade]
    peak = steady + zone_loss + update + upgrade
    assert shown(tables, "peak_ips", "peak_remaining") == [peak, 507 - peak]


def test_an_update_of_one_node_group_is_of_the_largest():
    rows = [("m5.large", 7, 10), ("m5.12xlarge", 1, 10)]
    tables = of(WARM_ENI, rows, updated_groups="one")
    assert shown(tables, "update_ips") == [2 * 2 * 30]
    assert shown(tables, "peak_nodes") == [8 + 2]
    assert shown(of(WARM_ENI, [], updated_groups="one"), "update_ips") == [0]


# --- where pods' addresses come from --------------------------------------------------------------

SUBNETS = ("ips_used", "pod_subnet_used")
TRUNK = {"pod_eni": "yes"}


@pytest.mark.parametrize(
    ("settings", "sheet", "row", "in_node_subnet", "in_pod_subnet"),
    [
        # m5.large, 12 pods: three ENIs of ten addresses
        ({"pods_from": "node subnets"}, WARM_ENI, ("m5.large", 1, 10), 30, ""),
        # the primary ENI and its addresses stay; it serves pods, too
        ({"pods_from": "tagged subnets"}, WARM_ENI, ("m5.large", 1, 10), 10, 20),
        ({"pods_from": "tagged subnets"}, WARM_ENI, ("m5.large", 1, 0), 10, 10),
        (
            {"pods_from": "tagged subnets", "daemonset_pods": 0.0},
            WARM_ENI,
            ("m5.large", 1, 0),
            10,
            0,
        ),
        ({"pods_from": "tagged subnets only"}, WARM_ENI, ("m5.large", 1, 10), 1, 20),
        ({"pods_from": "custom networking"}, WARM_ENI, ("m5.large", 1, 10), 1, 20),
        ({"pods_from": "tagged subnets"}, WARM_IP, ("m5.large", 1, 10), 10, 5),
        ({"pods_from": "tagged subnets"}, PREFIX, ("m5.large", 1, 10), 33, 0),
        ({"pods_from": "tagged subnets"}, PREFIX, ("m5.large", 1, 140, "Linux", 300), 145, 17),
        ({"pods_from": "tagged subnets only"}, PREFIX, ("m5.large", 1, 10), 1, 33),
        # trunk and branch ENIs stay, but for custom networking
        (
            {"pods_from": "tagged subnets", **TRUNK},
            WARM_ENI,
            ("m5.large", 1, 10, "Linux", 0, 3),
            14,
            10,
        ),
        (
            {"pods_from": "tagged subnets only", **TRUNK},
            WARM_IP,
            ("m5.large", 1, 5, "Linux", 0, 3),
            5,
            9,
        ),
        (
            {"pods_from": "custom networking", **TRUNK},
            WARM_IP,
            ("m5.large", 1, 5, "Linux", 0, 3),
            1,
            13,
        ),
        # Windows nodes know no subnet discovery
        ({"pods_from": "tagged subnets only"}, WARM_IP, ("m5.large", 1, 3, "Windows"), 9, 0),
    ],
)
def test_what_each_subnet_holds(settings, sheet, row, in_node_subnet, in_pod_subnet):
    tables = of(sheet, [row], **settings)
    assert shown(tables, *SUBNETS) == [in_node_subnet, in_pod_subnet]


def test_the_enis_of_tagged_subnets_are_spread_over_them():
    more = {"pods_from": "tagged subnets", "pod_subnets": 3.0}
    assert shown(of(WARM_ENI, [("m5.large", 2, 10)], **more), *SUBNETS) == [20, 20]  # four ENIs


@pytest.mark.thorough
@pytest.mark.parametrize("mode", ["WarmENI", "WarmIP", "Prefix"])
@given(
    nodes=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    pods=st.lists(st.integers(0, 250), min_size=3, max_size=3),
    subnets=st.integers(1, 5),
)
def test_the_fullest_has_what_enis_leave_that_go_to_the_freest_one_by_one(
    mode, nodes, pods, subnets
):
    """Node by node, ENI by ENI: exactly where all ENIs have as many, never more than said."""
    more = {"pods_from": "tagged subnets", "pod_subnets": float(subnets)}
    rows = [("m5.large", *each, "Linux", 250) for each in zip(nodes, pods, strict=False)]
    tables = of(MODEL.sheet(mode), rows, **more)
    of_eni = 145 if mode == "Prefix" else 10
    enis = []
    for number, asked in zip(nodes, tables.groups["pod_subnet_ips"].tolist(), strict=True):
        full, rest = divmod(asked, of_eni)
        enis += number * (int(full) * [of_eni] + [rest] * bool(rest))
    held = [0.0] * subnets
    for ips in enis:
        held[held.index(min(held))] += ips
    for name in ("pod_subnet_node_ips", "pod_subnet_held_by_nodes"):
        [most] = shown(tables, name)
        assert max(held) <= most <= sum(held)
        if len(set(enis)) < 2:
            assert most == max(held)


def test_nodes_are_spread_over_the_subnets_of_a_zone():
    more = {"node_subnets": 2.0, "availability_zones": 2.0}
    # 5 of 9 nodes in the fullest zone, 3 in its fullest subnet
    assert shown(of(WARM_ENI, [("m5.large", 9, 10)], **more), *SUBNETS) == [90, ""]
    more |= {"pods_from": "custom networking", "pod_subnets": 4.0}
    assert shown(of(WARM_ENI, [("m5.large", 9, 10)], **more), *SUBNETS) == [3, 2 * 20]


def test_nodes_that_are_replaced_are_spread_over_the_subnets_of_all_zones():
    more = {"node_subnets": 2.0, "availability_zones": 3.0, "nodes_from": "Karpenter"}
    # 7 of 20 nodes in the fullest zone, 4 in its fullest subnet, and 2 of the 10 that come first
    tables = of(WARM_ENI, [("m5.large", 20, 10)], **more, replaced_at_once=50.0)
    assert shown(tables, "peak_nodes", "replacement_ips") == [4 + 2, 2 * 30]


def test_what_a_full_subnet_lacks_moves_to_tagged_ones():
    small = {"subnet_prefix_length": 28.0, "pods_from": "tagged subnets", "daemonset_pods": 0.0}
    names = (*SUBNETS, "peak_ips", "outcome")
    # 11 addresses; a node with 5 pods asks for 7: 6 for pods on its one ENI
    assert shown(of(WARM_IP, [("m5.large", 1, 5)], **small), *names) == [7, 0, 7, "fits"]
    # of two nodes three addresses move, each with the first further ENI of a node, of two nodes
    assert shown(of(WARM_IP, [("m5.large", 2, 5)], **small), *names) == [
        11,
        5,
        11,
        "fits-with-remarks",
    ]
    # where further ENIs are full another one is needed: 10 + 20 addresses, if one node has all 9
    # on its primary ENI; one more, if both lack some
    assert shown(of(WARM_IP, [("m5.large", 2, 17)], **small), *SUBNETS) == [11, 31]
    # where they have room it takes none
    assert shown(of(WARM_IP, [("m5.large", 2, 18)], **small), *SUBNETS) == [11, 24 + 9]
    # own addresses cannot move
    assert shown(of(WARM_IP, [("m5.large", 11, 0)], **small), *names)[:1] == [11]
    tables = of(WARM_IP, [("m5.large", 12, 0)], **small)
    assert shown(tables, "ips_used", "ips_remaining", "outcome") == [12, -1, "does-not-fit"]
    # the peak moves more than the steady state
    tables = of(WARM_IP, [("m5.large", 1, 5)], **{**small, "updated_groups": "one"})
    assert shown(tables, "ips_used", "update_ips", "peak_moved_ips", "peak_ips") == [7, 14, -10, 11]


def test_what_tagged_subnets_have_no_room_for_goes_to_subnets_of_nodes():
    """VPC CNI v1.23.1, createENI: where a subnet has no room, the next one is tried."""
    more = {"pods_from": "tagged subnets", "pod_subnet_prefix_length": 28.0}
    names = (*SUBNETS, "peak_remaining", "pod_subnet_peak_remaining", "status_code")
    # three nodes with 10 addresses on the primary ENI and 20 on others, of which 10 in the /28
    tables = of(WARM_ENI, [("m5.large", 3, 10)], **more)
    assert shown(tables, *names) == [30 + 50, 10, 507 - 80, 1, "tagged-subnets-full"]
    # where neither has room for the rest it lacks whole ENIs
    tables = of(WARM_ENI, [("m5.large", 3, 10)], **more, subnet_prefix_length=26.0)
    assert shown(tables, "ips_remaining", "pod_subnet_remaining") == [9, 11 + 20 - 60]
    assert shown(tables, "outcome") == ["does-not-fit"]
    # the smallest sizes are those that hold all without
    assert shown(tables, "smallest_subnet", "smallest_pod_subnet") == [26, 25]


@pytest.mark.thorough
@pytest.mark.parametrize("subnets", [(1.0, 1.0), (2.0, 1.0), (1.0, 3.0)])
@given(
    rows=st.lists(st.integers(0, 27), min_size=1, max_size=3),
    sizes=st.tuples(st.integers(23, 28), st.integers(24, 28)),
)
def test_nothing_is_lost_between_subnets_of_nodes_and_tagged_ones(subnets, rows, sizes):
    nodes, pods = subnets
    more = {"pods_from": "tagged subnets", "node_subnets": nodes, "pod_subnets": pods}
    more |= {"subnet_prefix_length": float(sizes[0]), "pod_subnet_prefix_length": float(sizes[1])}
    groups = [("m5.large", 6, each) for each in rows]
    tables = of(WARM_ENI, groups, **more)
    room, of_pods = shown(tables, "ips_available", "pod_subnet_available")
    used, there = shown(tables, *SUBNETS)
    ample = {"subnet_prefix_length": 16.0, "pod_subnet_prefix_length": 16.0}
    asked, asked_there = shown(of(WARM_ENI, groups, **{**more, **ample}), *SUBNETS)
    # What is asked of the zone, by the fullest of its subnets, is in them; ENIs have 10 addresses.
    assert nodes * used + pods * there >= nodes * asked + pods * asked_there - (nodes + pods)
    excess = 0 if asked_there <= of_pods else asked_there - of_pods // 10 * 10
    if asked <= room and (room - asked) // 10 * 10 >= -(-pods * excess // nodes):
        assert used <= room
        assert there <= of_pods
        assert shown(tables, "outcome")[0] != "does-not-fit"
    elif asked <= room and excess and pods == nodes == 1:
        assert shown(tables, "outcome") == ["does-not-fit"]


@pytest.mark.parametrize(
    ("size", "pod_size", "row", "outcome"),
    [
        # a /26 has two whole blocks, and of three nodes one has its prefix in a tagged subnet
        (26, 24, ("m5.large", 3, 4), "fits-with-remarks"),
        (26, 28, ("m5.large", 3, 4), "does-not-fit"),
        (27, 27, ("m5.large", 1, 4), "does-not-fit"),
        (25, 28, ("m5.large", 6, 4), "fits"),
        (25, 28, ("m5.large", 7, 4), "does-not-fit"),
        # nodes of Windows have their prefixes in their own subnet, which has 6 blocks
        (25, 28, ("m5.large", 2, 20, "Windows"), "fits"),
        (25, 16, ("m5.large", 4, 20, "Windows"), "does-not-fit"),
    ],
)
def test_prefixes_of_primary_enis_need_blocks_of_the_nodes_subnet(size, pod_size, row, outcome):
    more = {"pods_from": "tagged subnets", "warm_prefix_target": 0.0}
    more |= {"subnet_prefix_length": float(size), "pod_subnet_prefix_length": float(pod_size)}
    if "Windows" in row:
        more["pods_from"] = "tagged subnets only"
    tables = of(PREFIX, [row], **more)
    assert shown(tables, "outcome") == [outcome]


@pytest.mark.parametrize(("pods", "outcome"), [(200, "fits-with-remarks"), (240, "does-not-fit")])
def test_prefixes_for_which_tagged_subnets_have_no_block_take_blocks_of_the_nodes_subnet(
    pods, outcome
):
    """A /24 has 14 whole blocks: 9 prefixes are on the primary ENI, and 5 more can be."""
    more = {"pods_from": "tagged subnets", "warm_prefix_target": 0.0}
    more |= {"subnet_prefix_length": 24.0, "pod_subnet_prefix_length": 28.0, "daemonset_pods": 0.0}
    tables = of(PREFIX, [("m5.large", 1, pods, "Linux", 250)], **more)
    assert shown(tables, "outcome") == [outcome]
    if outcome != "does-not-fit":  # 4 prefixes on another ENI: a /26 has two whole blocks, a /25 6
        assert shown(tables, "smallest_pod_subnet") == [25]


@pytest.mark.parametrize("nodes", [7, 8, 12])
def test_prefixes_move_whole_to_tagged_subnets_and_few_more_than_must(nodes):
    """A /25 has 6 whole blocks, and each node has a prefix on its primary ENI."""
    more = {"pods_from": "tagged subnets", "warm_prefix_target": 0.0, "daemonset_pods": 0.0}
    tables = of(PREFIX, [("m5.large", nodes, 4)], **more, subnet_prefix_length=25.0)
    moved = (17 * nodes - shown(tables, "ips_used")[0]) / 16
    assert moved in range(nodes - 6, nodes - 6 + 2)
    # Those of two subnets of nodes come to one that is tagged, or are spread over two.
    of_two = {**more, "subnet_prefix_length": 25.0, "node_subnets": 2.0}
    for subnets in (1.0, 2.0):
        tables = of(PREFIX, [("m5.large", 2 * nodes, 4)], **of_two, pod_subnets=subnets)
        assert shown(tables, "prefixes_moved") == [2 * moved / subnets]


def test_an_eni_goes_whole_to_another_subnet_or_not_at_all():
    more = {"pods_from": "tagged subnets", "daemonset_pods": 0.0, "warm_eni_target": 0.0}
    more |= {"subnet_prefix_length": 25.0, "pod_subnet_prefix_length": 28.0}
    for others, outcome in ((22.0, "fits-with-remarks"), (34.0, "does-not-fit")):
        tables = of(WARM_ENI, [("m5.24xlarge", 1, 97)], **more, other_ips=others)
        assert shown(tables, "outcome") == [outcome], others


def test_a_zone_that_is_fuller_must_fit_as_well():
    few = ("m5.large", 2, 10, "Linux", 0, 0, 10, 0)
    rows = [few, ("m5.large", 2, 10, "Linux", 0, 0, NOTHING, 2)]
    more = {**STILL, "availability_zones": 2.0}
    # by autoscaling the other zone gets 10 nodes of 15 addresses
    for size, outcome in ((25.0, "does-not-fit"), (24.0, "fits-with-remarks")):
        tables = book_of(rows, **more, subnet_prefix_length=size)["WarmIP"]
        assert shown(tables, "outcome") == [outcome]
    # of a group that has no instances now, the most are spread evenly
    none = ("m5.large", 0, 10, "Linux", 0, 0, 100, 0)
    tables = of(WARM_IP, [none], subnet_prefix_length=28.0)
    assert shown(tables, "outcome") == ["does-not-fit"]


# --- quotas ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "units", "enis"),
    [(WARM_ENI, 3 * 30, 9), (WARM_IP, 3 * 15, 6), (PREFIX, 3 * 3, 3), (IPV6, 3 * 2, 3)],
)
def test_network_address_units_and_enis_of_the_whole_plan(sheet, units, enis):
    """Amazon VPC User Guide: an address or a prefix counts 1, a gateway or the like 6 a zone."""
    rows = [("m5.large", 3, 10)]
    names = ("network_address_units", "enis")
    assert shown(of(sheet, rows, availability_zones=3.0), *names) == [units, enis]
    beside = {"albs": 1.0, "nlbs": 1.0, "endpoints": 2.0, "nat_gateways": 1.0, "other_ips": 4.0}
    more = {**beside, "control_plane_enis": 2.0, "availability_zones": 3.0}
    assert shown(of(sheet, rows, **more), *names) == [units + 3 * (5 * 6 + 4) + 2, enis + 15 + 2]


@pytest.mark.parametrize(("instances", "said"), [(1333, False), (1334, True)])
def test_four_fifths_of_a_quota_are_said(instances, said):
    plan = Plan(mode="warm-eni", node_groups=[NodeGroup("m5.large", instances, 10)])
    assert any("of the region's 5,000: 4002" in each for each in evaluate(plan).warnings) is said


# --- pods that start, and what is idle ------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "room"),
    [
        ({"subnet_prefix_length": 24.0}, 251),
        ({"subnet_prefix_length": 24.0, "node_subnets": 3.0, "other_ips": 1.0}, 3 * 250),
        (
            {
                "pods_from": "custom networking",
                "subnet_prefix_length": 24.0,
                "node_subnets": 2.0,
                "pod_subnet_prefix_length": 26.0,
                "pod_subnets": 3.0,
            },
            3 * 59,
        ),
        (
            {
                "pods_from": "tagged subnets",
                "subnet_prefix_length": 24.0,
                "node_subnets": 2.0,
                "pod_subnet_prefix_length": 26.0,
                "pod_subnets": 3.0,
            },
            2 * 251 + 3 * 59,
        ),
    ],
)
def test_room_of_a_zone_for_pods(settings, room):
    assert shown(of(WARM_IP, [M5_LARGE], **settings), "room_for_pods") == [room]


def test_where_nodes_fill_the_subnets_no_pod_starts():
    tables = of(WARM_IP, [("m5.large", 30, 5)], subnet_prefix_length=28.0)
    assert shown(tables, "start_here", "pods_that_start") == [0, 0]


def test_the_share_that_is_idle():
    """Of the 27 secondary IPs of three ENIs, 12 are those of pods: 15 are idle."""
    tables = of(WARM_ENI, [("m5.large", 4, 10)], daemonset_pods=2.0)
    assert shown(tables, "idle_share") == [15 / 27]


# --- custom networking ----------------------------------------------------------------------------


def test_custom_networking_has_two_subnets():
    more = {"pods_from": "custom networking", "pod_subnet_prefix_length": 24.0, "zone_loss": "yes"}
    tables = of(WARM_ENI, [M5_LARGE], availability_zones=2.0, **more)
    # Each m5.large: a primary ENI in the node subnet, two pod ENIs of ten addresses in the other.
    assert shown(tables, "ips_available", "ips_used", "ips_remaining") == [507, 1, 506]
    assert shown(tables, "pod_subnet_available", "pod_subnet_used") == [251, 20]
    assert shown(tables, "pod_subnet_remaining") == [231]
    assert shown(tables, "peak_ips", "pod_subnet_peak_ips") == [2, 40]
    assert shown(tables, "pod_subnet_peak_remaining") == [211]
    assert shown(tables, "smallest_subnet", "smallest_pod_subnet") == [28, 26]


def test_an_update_and_other_addresses_with_custom_networking():
    more = {"pods_from": "custom networking", "updated_groups": "all", "other_ips": 8.0}
    tables = of(WARM_ENI, [M5_LARGE, M5_LARGE], **more)
    assert shown(tables, "ips_used", "update_ips", "peak_ips") == [4 + 8, 4, 16]
    assert shown(tables, "pod_subnet_used", "pod_subnet_update_ips") == [80, 80]


@pytest.mark.parametrize(
    ("settings", "added"),
    [
        ({"nodes_from": "Karpenter", "replaced_at_once": 50.0}, 2),
        ({"nodes_from": "Karpenter", "replaced_at_once": 0.0}, 0),
        ({"updated_groups": "all", "max_unavailable": 1.0}, 2),
    ],
)
def test_of_nodes_that_are_added_the_primary_eni_cannot_move(settings, added):
    """Four m5.large, all three ENIs in use: the first stays, with its ten addresses."""
    tables = of(WARM_ENI, [("m5.large", 4, 25)], pods_from="tagged subnets", **settings)
    assert shown(tables, "fixed_of_added", "peak_fixed") == [10 * added, 10 * (4 + added)]


def test_an_ipv6_cluster_holds_no_addresses_for_pods():
    assert shown(of(IPV6, [M5_LARGE]), "idle_share") == [0]


def test_an_ipv6_cluster_has_no_custom_networking():
    """Its figures are unknown, and one mode's being impossible is no fault of the plan."""
    book = book_of([M5_LARGE], pods_from="custom networking")
    tables = book[IPV6.name]
    assert shown(tables, "ips_used", "peak_ips", "smallest_subnet", "pods_hosted") == [None] * 4
    assert shown(tables, "outcome", "status_code") == ["not-possible", "custom-networking-ipv6"]
    assert shown(book["Plan"], "outcome_of_plan", "ipv6_left") == ["fits", None]
    chosen = book_of([M5_LARGE], pods_from="custom networking", mode="ipv6")["Plan"]
    assert shown(chosen, "outcome_of_plan", "to_correct") == ["not-possible", 0]


# --- /28 prefixes ---------------------------------------------------------------------------------


def free_blocks(prefix_length, taken):
    """The /28 blocks of a subnet that hold no address of `taken` and no reserved one."""
    size = 2 ** (32 - prefix_length)
    held = {0, 1, 2, 3, size - 1, *taken}
    return [start for start in range(0, size, 16) if held.isdisjoint(range(start, start + 16))]


@examples(40)
@given(prefix_length=st.integers(20, 28), singles=st.integers(0, 400), seed=st.integers(0, 9_999))
def test_blocks_of_a_subnet_address_by_address(prefix_length, singles, seed):
    """No way to place single addresses frees more blocks than the best case, or fewer."""
    size = 2 ** (32 - prefix_length)
    usable = list(range(4, size - 1))
    if singles > len(usable):
        return
    more = {"subnet_prefix_length": float(prefix_length), "other_ips": float(singles)}
    best, worst = shown(of(PREFIX, [], **more), "prefixes_best_case", "prefixes_worst_case")
    at_the_ends = [each for each in usable if each < 16 or each >= size - 16]
    between = [each for each in usable if 16 <= each < size - 16]
    packed = (at_the_ends + between)[:singles]
    assert len(free_blocks(prefix_length, packed)) == best
    one_a_block = sorted(between, key=lambda address: (address % 16, address))
    apart = (one_a_block + at_the_ends)[:singles]
    assert len(free_blocks(prefix_length, apart)) == worst
    anyhow = random.Random(seed).sample(usable, singles)
    assert worst <= len(free_blocks(prefix_length, anyhow)) <= best


def test_of_a_subnet_that_is_more_than_full_no_block_is_free():
    tables = of(PREFIX, [], subnet_prefix_length=24.0, other_ips=300.0)
    assert shown(tables, "prefixes_best_case", "prefixes_worst_case") == [0, 0]


@pytest.mark.parametrize("prefix_length", [27, 28])
def test_a_small_subnet_gives_no_prefix_at_all(prefix_length):
    tables = of(PREFIX, [("m5.large", 1, 0)], subnet_prefix_length=float(prefix_length))
    assert shown(tables, "prefixes_best_case", "prefixes_worst_case") == [0, 0]
    assert shown(tables, "outcome") == ["does-not-fit"]


@pytest.mark.parametrize(
    ("case", "outcome", "needed", "smallest"),
    [("best case", "fits", 3, 25), ("worst case", "does-not-fit", 15, 23)],
)
def test_the_setting_that_the_plan_is_judged_by(case, outcome, needed, smallest):
    """A /24 has 14 blocks; 3 nodes with an ENI and a prefix each, and 9 addresses more."""
    more = {"subnet_prefix_length": 24.0, "other_ips": 9.0, "daemonset_pods": 0.0}
    tables = of(PREFIX, [("m5.large", 3, 0)], prefix_case=case, **more)
    assert shown(tables, "steady_prefixes", "peak_prefixes", "single_ips") == [3, 3, 12]
    assert shown(tables, "prefixes_best_case", "prefixes_worst_case") == [14, 2]
    assert shown(tables, "ips_remaining") == [251 - 9 - 3 * 17]
    assert shown(tables, "outcome", "blocks_needed", "smallest_subnet") == [
        *(outcome, needed, smallest)
    ]
    if outcome != "fits":
        assert shown(tables, "status_code", "status_figure") == ["too-few-prefixes", 1]


def test_prefixes_at_the_peak_and_in_the_pod_subnet():
    rows = [("m5.large", 4, 20), ("m5.large", 1, 5)]
    more = {"availability_zones": 2.0, "zone_loss": "yes", "updated_groups": "one"}
    # 3 and 2 prefixes a node; 2 + 1 nodes, then 4 + 1, and 4 more of the largest
    assert shown(of(PREFIX, rows, **more), "steady_prefixes", "peak_prefixes") == [8, 14 + 12]
    more |= {"pods_from": "custom networking", "pod_subnet_prefix_length": 22.0}
    tables = of(PREFIX, rows, **more)
    # 9 nodes at the peak, each with one pod ENI: its address is single
    assert shown(tables, "peak_prefixes", "pod_subnet_peak_ips") == [26, 26 * 16 + 9]
    assert shown(tables, "prefixes_best_case", "prefixes_worst_case") == [62, 62 - 9]


@pytest.mark.parametrize(
    ("reservation", "other_ips", "free", "needed", "outcome"),
    [
        # a /24 has 14 whole blocks and 27 addresses at its ends; 8 prefixes and 4 single addresses
        (25, 0, 8 + 6 - 4, 8, "fits"),
        (26, 0, 4 + 10 - 4, 8 + 4, "fits"),
        (26, 2, 4 + 10 - 6, 8 + 6, "fits"),
        (26, 3, 4 + 10 - 7, 8 + 7, "does-not-fit"),
        # all prefixes are within it: others stay outside, in the ends and the blocks that are left
        (25, 100, 8, 8 + 5, "fits"),
        (25, 119, 8, 8 + 6, "fits"),
        (25, 120, 8, 8 + 7, "does-not-fit"),
        (23, 0, 14, 32, "does-not-fit"),
    ],
)
def test_a_reservation_keeps_its_blocks_whole(reservation, other_ips, free, needed, outcome):
    more = {"prefix_case": "reservation", "prefix_reservation": float(reservation)}
    more |= {"subnet_prefix_length": 24.0, "other_ips": float(other_ips), "daemonset_pods": 0.0}
    tables = of(PREFIX, [("m5.large", 4, 10)], **more)
    names = ("peak_prefixes", "prefixes_reservation", "blocks_needed", "outcome")
    assert shown(tables, *names) == [8, free, needed, outcome]


# --- the smallest subnet --------------------------------------------------------------------------

SIZES = range(16, 29)


@st.composite
def plans(draw):
    groups = draw(
        st.lists(
            st.builds(
                NodeGroup,
                st.sampled_from(["m5.large", "c5.4xlarge", "m4.large", "t3.micro"]),
                st.integers(0, 30) | st.integers(0, 1500),
                st.integers(0, 40) | st.integers(0, 300),
                security_group_pods=st.integers(0, 3),
            ),
            max_size=3,
        )
    )
    return {
        "node_groups": groups,
        "availability_zones": draw(st.integers(1, 3)),
        "zone_loss": draw(st.sampled_from(["no", "yes"])),
        "updated_groups": draw(st.sampled_from(["none", "one", "all"])),
        "pods_from": draw(st.sampled_from(["node subnets", "custom networking"])),
        "pod_eni": draw(st.sampled_from(["no", "yes"])),
        "prefix_case": draw(st.sampled_from(["best case", "worst case", "reservation"])),
        "prefix_reservation": draw(st.integers(21, 28)),
        "other_ips": draw(st.integers(0, 40) | st.integers(0, 3000)),
        "control_plane_enis": draw(st.integers(0, 4)),
        "warm_ip_target": draw(st.none() | st.integers(0, 30)),
        "warm_prefix_target": draw(st.integers(0, 3)),
    }


def tables_by_size(sheet, plan, name):
    """The tables of a plan with a subnet of each size."""
    every = [Plan(**{**plan, name: size}) for size in SIZES]
    return plan_tables(MODEL, MODEL.sheets, every, CATALOG)[sheet.name]


def smallest_that_holds(sheet, tables, case, remaining, *, with_blocks):
    """The longest prefix length with which nothing is lacking; None where a /16 is too small.

    Blocks are asked for by what is free of each size, not by what is needed.
    """
    holds = tables.plans[remaining] >= 0
    if with_blocks and sheet is PREFIX:
        free = f"prefixes_{case.replace(' ', '_')}"
        holds = holds & (tables.plans[free] >= tables.plans["peak_prefixes"])
    if (
        with_blocks
        and sheet is PREFIX
        and case == "reservation"
        and tables.plans["peak_prefixes"][0]
    ):
        # Others stay outside of it, in the ends of the subnet and the blocks that are left.
        left = tables.plans["whole_blocks"] - tables.plans["blocks_reserved"]
        holds = holds & (left >= 0) & (tables.plans["single_ips"] <= 27 + 16 * left)
    fitting = [size for size, good in zip(SIZES, holds, strict=True) if good]
    assert fitting == [*SIZES][: len(fitting)]  # what a size holds, every larger one does
    return max(fitting, default=None)


@pytest.mark.thorough
@EACH
@examples(20)
@given(plan=plans())
def test_the_smallest_subnet_is_the_last_size_that_holds_the_peak(sheet, plan):
    custom = plan["pods_from"] == "custom networking"
    if sheet is IPV6:
        plan["pods_from"], custom = "node subnets", False
        plan["node_groups"] = [g for g in plan["node_groups"] if g.instance_type != "m4.large"]
    case = plan["prefix_case"]
    by_size = tables_by_size(sheet, plan, "subnet_prefix_length")
    expected = smallest_that_holds(sheet, by_size, case, "peak_remaining", with_blocks=not custom)
    # The size that is filled in does not matter to it.
    assert {*by_size.plans["smallest_subnet"]} == {float("inf") if expected is None else expected}
    found = evaluate(Plan(**plan, subnet_prefix_length=20), mode=sheet.mode).details
    assert found["smallest_subnet"] == expected
    if not custom:
        assert found["smallest_pod_subnet"] is None
        return
    by_size = tables_by_size(sheet, plan, "pod_subnet_prefix_length")
    expected = smallest_that_holds(
        sheet, by_size, case, "pod_subnet_peak_remaining", with_blocks=True
    )
    assert found["smallest_pod_subnet"] == expected


@pytest.mark.parametrize(
    ("sheet", "given", "smallest"),
    [
        # 65,531 addresses of a /16, nodes of 30
        (WARM_ENI, {"instances": 2184, "other_ips": 11}, 16),
        (WARM_ENI, {"instances": 2184, "other_ips": 12}, None),
        (WARM_ENI, {"instances": 2185}, None),
        (WARM_ENI, {"instances": 0}, 28),
        (WARM_ENI, {"instances": 0, "other_ips": 11}, 28),
        (WARM_ENI, {"instances": 0, "other_ips": 12}, 27),
        # 4,094 blocks of a /16, two prefixes and an address a node
        (PREFIX, {"instances": 1920}, 16),
        (PREFIX, {"instances": 2000}, None),
        (PREFIX, {"instances": 1364, "prefix_case": "worst case"}, 16),
        (PREFIX, {"instances": 1365, "prefix_case": "worst case"}, None),
    ],
)
def test_where_even_the_largest_subnet_is_too_small(sheet, given, smallest):
    group = NodeGroup("m5.large", given.pop("instances"), 10)
    plan = Plan(availability_zones=1, updated_groups="none", node_groups=[group], **given)
    assert evaluate(plan, mode=sheet.mode).details["smallest_subnet"] == smallest


# --- what a newcomer to subnet discovery may believe ----------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "row", "settings", "outcome"),
    [
        # further ENIs have no slot left for what the primary ENI should hold: 27 pods a node
        (WARM_ENI, ("m5.large", 3, 25), {}, "does-not-fit"),
        (WARM_IP, ("m5.large", 3, 25), {}, "does-not-fit"),
        (WARM_ENI, ("m5.large", 3, 10), {"max_eni": 1.0}, "does-not-fit"),
        # 18 slots on further ENIs do for 12 pods, whatever is kept warm
        (WARM_ENI, ("m5.large", 3, 10), {}, "fits-with-remarks"),
        # nodes that come for a while leave theirs, too
        (WARM_ENI, ("m5.large", 3, 10), {"updated_groups": "one"}, "fits-with-remarks"),
        (WARM_ENI, ("m5.large", 3, 10), {"nodes_from": "Karpenter"}, "fits-with-remarks"),
        (WARM_ENI, ("m5.large", 12, 0), {}, "does-not-fit"),
    ],
)
def test_only_what_further_enis_have_slots_for_can_move(sheet, row, settings, outcome):
    more = {"subnet_prefix_length": 28.0, "pods_from": "tagged subnets", **settings}
    tables = of(sheet, [row], **more)
    assert shown(tables, "outcome") == [outcome]


def test_the_zone_that_is_said_to_be_the_fullest_is_no_other():
    row = ("m5.large", 10, 10, "Linux", 0, 0, NOTHING, 3)
    tables = book_of([row], **{**STILL, "availability_zones": 2.0})["WarmENI"]
    assert shown(tables, "status_code", "status_figure") == ["not-the-fullest", 210 - 90]
    other = ("m5.large", 6, 10, "Linux", 0, 0, NOTHING, 6)
    tables = book_of([row, other], **{**STILL, "availability_zones": 2.0})["WarmENI"]
    assert shown(tables, "status_code") == ["fits"]
