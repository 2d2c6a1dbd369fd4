"""Results of the subnets: the steady state, the peak and what it consists of, what fits."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.catalog import load_catalog
from calculator.model.engine import evaluate
from calculator.plan import NodeGroup, Plan
from tests.model.nodes import PREFIX, SHEETS, WARM_ENI, WARM_IP, sheet_of

CATALOG = load_catalog()
ALL_SHEETS = pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
M5_LARGE = ("m5.large", 2, 10)


def results(tables, *names):
    values = [tables.plans[name][0] for name in names]
    return [None if isinstance(each, float) and math.isnan(each) else each for each in values]


@pytest.mark.parametrize(
    ("prefix_length", "addresses"), [(16, 65531), (20, 4091), (24, 251), (27, 27), (28, 11)]
)
def test_aws_reserves_five_addresses_of_a_subnet(prefix_length, addresses):
    """Amazon VPC User Guide, subnet CIDR blocks."""
    plan = Plan(subnet_prefix_length=prefix_length)
    assert evaluate(plan).totals["ips_available"] == addresses


# --- one subnet, one zone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "changed", "totals", "status"),
    [
        ([], {}, [507, 0, 0, 507], "Fits: 507 addresses remain"),
        ([M5_LARGE], {}, [507, 60, 20, 447], "Fits: 447 addresses remain"),
        (
            [M5_LARGE, ("m5.large", 1, 28)],
            {},
            [507, 90, 45, 417],
            "The subnet suffices, but see column Check",
        ),
        (
            [("m5.large", 1, 8)],
            {"subnet_prefix_length": 28.0},
            [11, 30, 8, -19],
            "Does not fit: the plan needs 19 addresses more than the subnet has",
        ),
        (
            [("m5.large", 0, 10)],
            {"subnet_prefix_length": 28.0},
            [11, 0, 0, 11],
            "Fits: 11 addresses remain",
        ),
        ([M5_LARGE], {"other_ips": 24.0}, [507, 84, 20, 423], "Fits: 423 addresses remain"),
        ([M5_LARGE], {"ip_family": "IPv6"}, [507, 2, 20, 505], "Fits: 505 addresses remain"),
    ],
)
def test_results_and_status(rows, changed, totals, status):
    tables = sheet_of(WARM_ENI, rows, CATALOG, **changed)
    names = ("ips_available", "ips_used", "pods_hosted", "ips_remaining")
    assert results(tables, *names) == totals
    assert results(tables, "status") == [status]


@ALL_SHEETS
def test_the_defaults_of_what_most_people_never_touch_change_nothing(sheet):
    tables = sheet_of(sheet, [M5_LARGE], CATALOG)
    same = results(tables, "ips_used", "steady_ips", "node_ips", "peak_ips")
    assert len(set(same)) == 1
    assert results(tables, "zone_loss_ips", "update_ips", "upgrade_ips", "other_used") == [0] * 4
    assert results(tables, "pod_subnet_used", "pod_subnet_peak_remaining") == [None, None]


@pytest.mark.parametrize(
    ("targets", "note"),
    [
        ((1, 0), ""),
        ((0, 1), ""),
        (
            (0, 0),
            "WARM_IP_TARGET and MINIMUM_IP_TARGET are both 0: ipamd falls back to warm ENI mode, "
            "with WARM_ENI_TARGET 3",
        ),
        ((math.nan, 0), ""),
    ],
)
def test_both_targets_0_are_said(targets, note):
    warm, least = targets
    more = {"warm_ip_target": warm, "minimum_ip_target": least, "warm_eni_target": 3.0}
    assert results(sheet_of(WARM_IP, [], CATALOG, **more), "targets_note") == [note]


@pytest.mark.parametrize(
    ("targets", "note"),
    [
        ((1.0, 0.0, 0.0), ""),
        ((0.0, 5.0, 0.0), ""),
        (
            (1.0, 5.0, 0.0),
            "WARM_IP_TARGET or MINIMUM_IP_TARGET is set: WARM_PREFIX_TARGET counts for nothing",
        ),
    ],
)
def test_ip_targets_that_override_the_prefix_target_are_said(targets, note):
    names = ("warm_prefix_target", "warm_ip_target", "minimum_ip_target")
    more = dict(zip(names, targets, strict=True))
    assert results(sheet_of(PREFIX, [], CATALOG, **more), "targets_note") == [note]


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
    tables = sheet_of(WARM_ENI, rows, CATALOG, availability_zones=3.0, **changed)
    parts = ("steady_ips", "zone_loss_ips", "update_ips", "upgrade_ips")
    assert results(tables, *parts) == [steady, zone_loss, update, upgrade]
    peak = steady + zone_loss + update + upgrade
    assert results(tables, "peak_ips", "peak_remaining") == [peak, 507 - peak]
    words = f"Fits: {507 - steady} addresses remain"
    words += f", {507 - peak} at the peak" if peak > steady else ""
    assert results(tables, "status") == [words]


def test_an_update_of_one_node_group_is_of_the_largest():
    rows = [("m5.large", 7, 10), ("m5.12xlarge", 1, 10)]
    tables = sheet_of(WARM_ENI, rows, CATALOG, updated_groups="one")
    assert results(tables, "update_ips") == [2 * 2 * 30]
    assert results(tables, "peak_nodes") == [8 + 2]
    assert results(sheet_of(WARM_ENI, [], CATALOG, updated_groups="one"), "update_ips") == [0]


@pytest.mark.parametrize(
    ("other_ips", "status"),
    [
        (0, "Fits: 25 addresses remain, 20 at the peak"),
        (
            12,
            "The subnet suffices, but EKS recommends 16 free addresses in the subnet for its "
            "control plane, 15 are free",
        ),
        (
            20,
            "The subnet suffices, but EKS recommends 16 free addresses in the subnet for its "
            "control plane, 7 are free",
        ),
        (24, "Does not fit: at the peak the plan needs 4 addresses more than the subnet has"),
        (26, "Does not fit: the plan needs 1 addresses more than the subnet has"),
    ],
)
def test_room_for_the_eks_control_plane(other_ips, status):
    more = {"subnet_prefix_length": 27.0, "control_plane_enis": 2.0}
    tables = sheet_of(WARM_ENI, [], CATALOG, other_ips=float(other_ips), **more)
    assert results(tables, "status") == [status]


def test_what_has_no_effect_is_said():
    more = {"zone_loss": "yes", "control_plane_enis": 0.0}
    [said] = results(sheet_of(WARM_ENI, [M5_LARGE], CATALOG, **more), "status")
    assert said == "The subnet suffices, but the loss of the only zone leaves no subnet to land in"
    more = {"custom_networking": "yes", "ip_family": "IPv6"}
    [said] = results(sheet_of(WARM_ENI, [M5_LARGE], CATALOG, **more), "status")
    assert said == (
        "The subnet suffices, but an IPv6 cluster has no custom networking: it counts for nothing"
    )


@settings(max_examples=60, deadline=None)
@given(
    groups=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=4),
    zones=st.integers(1, 6),
    zone_loss=st.sampled_from(["no", "yes"]),
    updated=st.sampled_from(["none", "one", "all"]),
    unavailable=st.integers(1, 100),
    mode=st.sampled_from(["warm-eni", "warm-ip", "prefix"]),
)
def test_the_peak_is_the_fullest_subnet_of_nodes_dealt_out(
    groups, zones, zone_loss, updated, unavailable, mode
):
    """Nodes are dealt out one by one, what is left over of each node group to the same zone."""
    plan = Plan(
        subnet_prefix_length=16,
        availability_zones=zones,
        zone_loss=zone_loss,
        updated_groups=updated,
        max_unavailable=unavailable,
        node_groups=[NodeGroup("m5.large", count, pods) for count, pods in groups],
    )
    result = evaluate(plan, mode=mode)
    per_node = result.node_groups["ips_per_node"].tolist()

    def fullest(extra, zones):
        dealt = [0] * zones
        for (count, _), addresses, more in zip(groups, per_node, extra, strict=True):
            for nodes in (count, more):
                for number in range(nodes):
                    dealt[number % zones] += addresses
        return max(dealt)

    left = max(1, zones - (zone_loss == "yes"))
    surge = max(2 * zones, unavailable)
    most = max(range(len(groups)), key=per_node.__getitem__, default=None)
    extra = [
        surge if updated == "all" or (updated == "one" and number == most) else 0
        for number in range(len(groups))
    ]
    assert result.totals["ips_used"] == fullest([0] * len(groups), zones)
    assert result.details["peak_ips"] == fullest(extra, left)


# --- custom networking ----------------------------------------------------------------------------


def test_custom_networking_has_two_subnets():
    more = {"custom_networking": "yes", "pod_subnet_prefix_length": 24.0, "zone_loss": "yes"}
    tables = sheet_of(WARM_ENI, [M5_LARGE], CATALOG, availability_zones=2.0, **more)
    # Each m5.large: a primary ENI in the node subnet, two pod ENIs of ten addresses in the other.
    assert results(tables, "ips_available", "ips_used", "ips_remaining") == [507, 1, 506]
    assert results(tables, "pod_subnet_available", "pod_subnet_used") == [251, 20]
    assert results(tables, "pod_subnet_remaining") == [231]
    assert results(tables, "peak_ips", "pod_subnet_peak_ips") == [2, 40]
    assert results(tables, "pod_subnet_peak_remaining") == [211]
    assert results(tables, "status") == [
        "Fits: 506 addresses remain, 505 at the peak, and 211 in the pod subnet"
    ]


def test_an_update_and_other_addresses_with_custom_networking():
    more = {"custom_networking": "yes", "updated_groups": "all", "other_ips": 8.0}
    tables = sheet_of(WARM_ENI, [M5_LARGE, M5_LARGE], CATALOG, **more)
    assert results(tables, "ips_used", "update_ips", "peak_ips") == [4 + 8, 4, 16]
    assert results(tables, "pod_subnet_used", "pod_subnet_update_ips") == [80, 80]


def test_a_pod_subnet_that_is_too_small():
    more = {"custom_networking": "yes", "pod_subnet_prefix_length": 27.0}
    tables = sheet_of(WARM_ENI, [M5_LARGE], CATALOG, **more)
    assert results(tables, "status") == [
        "Does not fit: at the peak the pods need 13 addresses more than their subnet has"
    ]


# --- /28 prefixes ---------------------------------------------------------------------------------


def free_blocks(prefix_length, taken):
    """The /28 blocks of a subnet that hold no address of `taken` and no reserved one."""
    size = 2 ** (32 - prefix_length)
    held = {0, 1, 2, 3, size - 1, *taken}
    return [start for start in range(0, size, 16) if held.isdisjoint(range(start, start + 16))]


@settings(max_examples=80, deadline=None)
@given(prefix_length=st.integers(20, 28), singles=st.integers(0, 400), seed=st.integers(0, 9_999))
def test_blocks_of_a_subnet_address_by_address(prefix_length, singles, seed):
    """No way to place single addresses frees more blocks than the best case, or fewer."""
    size = 2 ** (32 - prefix_length)
    usable = list(range(4, size - 1))
    if singles > len(usable):
        return
    more = {"subnet_prefix_length": float(prefix_length), "other_ips": float(singles)}
    best, worst = results(
        sheet_of(PREFIX, [], CATALOG, **more), "prefixes_best_case", "prefixes_worst_case"
    )
    at_the_ends = [each for each in usable if each < 16 or each >= size - 16]
    between = [each for each in usable if 16 <= each < size - 16]
    packed = (at_the_ends + between)[:singles]
    assert len(free_blocks(prefix_length, packed)) == best
    one_a_block = sorted(between, key=lambda address: (address % 16, address))
    apart = (one_a_block + at_the_ends)[:singles]
    assert len(free_blocks(prefix_length, apart)) == worst
    anyhow = random.Random(seed).sample(usable, singles)
    assert worst <= len(free_blocks(prefix_length, anyhow)) <= best


@pytest.mark.parametrize("prefix_length", [27, 28])
def test_a_small_subnet_gives_no_prefix_at_all(prefix_length):
    more = {"subnet_prefix_length": float(prefix_length)}
    tables = sheet_of(PREFIX, [("m5.large", 1, 0)], CATALOG, **more)
    assert results(tables, "prefixes_best_case", "prefixes_worst_case") == [0, 0]
    assert results(tables, "status")[0].startswith("Does not fit:")


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("best case", "Fits: 188 addresses remain"),
        (
            "worst case",
            "Does not fit: at the peak the plan needs 3 /28 prefixes, the subnet can give 2",
        ),
    ],
)
def test_the_setting_that_the_plan_is_judged_by(case, status):
    """A /24 has 14 blocks; 3 nodes with an ENI and a prefix each, and 9 addresses more."""
    more = {"subnet_prefix_length": 24.0, "other_ips": 9.0, "daemonset_pods": 0.0}
    rows = [("m5.large", 3, 0)]
    tables = sheet_of(PREFIX, rows, CATALOG, prefix_case=case, **more)
    assert results(tables, "steady_prefixes", "peak_prefixes") == [3, 3]
    assert results(tables, "prefixes_best_case", "prefixes_worst_case") == [14, 2]
    assert results(tables, "ips_remaining") == [251 - 9 - 3 * 17]
    assert results(tables, "status") == [status.replace("188", "191")]


def test_prefixes_at_the_peak_and_in_the_pod_subnet():
    rows = [("m5.large", 4, 20), ("m5.large", 1, 5)]
    more = {"availability_zones": 2.0, "zone_loss": "yes", "updated_groups": "one"}
    tables = sheet_of(PREFIX, rows, CATALOG, **more)
    # 3 and 2 prefixes a node; 2 + 1 nodes, then 4 + 1, and 4 more of the largest
    assert results(tables, "steady_prefixes", "peak_prefixes") == [8, 14 + 12]
    more |= {"custom_networking": "yes", "pod_subnet_prefix_length": 22.0}
    tables = sheet_of(PREFIX, rows, CATALOG, **more)
    # 9 nodes at the peak, each with one pod ENI: its address is single
    assert results(tables, "peak_prefixes", "pod_subnet_peak_ips") == [26, 26 * 16 + 9]
    assert results(tables, "prefixes_best_case", "prefixes_worst_case") == [62, 62 - 9]
