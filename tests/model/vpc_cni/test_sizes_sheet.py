"""Sheet Sizes against plans of each size, evaluated one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.model.engine import plan_tables
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.model.vpc_cni.nodes import CATALOG, MODEL, SHEETS, book_of, shown

SIZES = range(16, 29)
MODES = ("warm_eni", "warm_ip", "prefix", "ipv6")
ROWS = [("m5.large", 9, 20), ("c5.4xlarge", 3, 60)]


def lefts(rows, prefix="", **changed):
    tables = book_of(rows, **changed)["Sizes"]
    names = [f"{prefix}{mode}_left_{size}" for mode in MODES for size in SIZES]
    keys = ((mode, size) for mode in MODES for size in SIZES)
    return dict(zip(keys, shown(tables, *names), strict=True))


@pytest.mark.thorough
@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["m5.large", "c5.4xlarge", "t3.medium"]),
            st.integers(1, 60),
            st.integers(0, 40),
        ),
        min_size=1,
        max_size=3,
    ),
    zones=st.integers(1, 3),
)
def test_a_size_holds_the_peak_where_a_plan_of_that_size_fits(rows, zones):
    found = lefts(rows, availability_zones=float(zones))
    groups = [NodeGroup(*row) for row in rows]
    plans = [
        Plan(subnet_prefix_length=size, availability_zones=zones, node_groups=groups)
        for size in SIZES
    ]
    book = plan_tables(MODEL, MODEL.sheets, plans, CATALOG)
    for mode, sheet in zip(MODES, SHEETS, strict=True):
        fits = book[sheet.name].plans["fits_here"] if mode != "ipv6" else [1] * len(SIZES)
        remaining = book[sheet.name].plans["peak_remaining"]
        for number, size in enumerate(SIZES):
            left = found[mode, size]
            assert (left >= 0) == fits[number] or mode == "ipv6", (mode, size)
            if mode != "prefix" or left >= 0:
                assert left == remaining[number], (mode, size)


def test_a_block_that_is_lacking_counts_its_addresses():
    """29 nodes with a /28 each and an address, of which the ends of a subnet hold 27, another block
    the other two: of these 30 blocks a /23 has all, a /24 14.
    """
    still = {"rollout_surge": 0.0, "daemonset_pods": 0.0, "availability_zones": 1.0}
    found = lefts([("m5.large", 29, 1)], **still, updated_groups="none", warm_prefix_target=0.0)
    assert (found["prefix", 23], found["prefix", 24]) == (507 - 29 * 17, -16 * 16)
    more = lefts([("m5.large", 30, 1)], **still, updated_groups="none", warm_prefix_target=0.0)
    assert more["prefix", 23] == -16


@pytest.mark.parametrize("custom", [True, False])
def test_pod_subnets_are_shown_where_there_are_any(custom):
    more = {"pods_from": "custom networking"} if custom else {}
    found = lefts(ROWS, "pod_", **more)
    tables = book_of(ROWS, **more)["Sizes"]
    planned = shown(tables, "planned_23", "planned_24", "pod_planned_19")
    if not custom:
        assert {*found.values()} == {""}
        assert planned == ["as planned", "", ""]
        return
    assert planned == ["as planned", "", "as planned"]
    plan = {"mode": "warm-ip", "pods_from": "custom networking"}
    groups = [NodeGroup(*row) for row in ROWS]
    for size in SIZES:
        result = evaluate(Plan(**plan, pod_subnet_prefix_length=size, node_groups=groups))
        assert found["warm_ip", size] == result.details["pod_subnet_peak_remaining"]


def test_nothing_is_said_without_a_node_group():
    assert {*lefts([]).values()} == {""}
