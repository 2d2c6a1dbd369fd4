"""How small subnets may be, held against every size of random plans."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from calculator.answers.size import ADDRESSES, ModeSize, Sizes, size, sizes_of
from calculator.catalog import Catalog, InstanceType
from calculator.errors import InputError
from calculator.inputs import Choice
from calculator.model import get_model
from calculator.model.engine import plan_tables
from calculator.model.result import evaluate
from calculator.plan import MODES, PLAN_INPUTS, NodeGroup, Plan
from tests.helpers import FEW_TYPES

TYPES = ("m5.large", "m5.2xlarge", "t3.medium", "m4.large", "m6g.large", "c5.4xlarge", "fargate")
#: What changes subnets, their sizes apart, and the most of each that is tried.
NUMBERS = {
    "availability_zones": (1, 5),
    "warm_ip_target": (0, 20),
    "minimum_ip_target": (0, 40),
    "warm_prefix_target": (0, 3),
    "node_subnets": (1, 3),
    "pod_subnets": (1, 3),
    "prefix_reservation": (20, 28),
    "control_plane_enis": (0, 4),
    "nlbs": (0, 4),
    "other_ips": (0, 30),
}
CHOICES = ("pods_from", "prefix_case", "zone_loss", "updated_groups", "nodes_from")
SHEETS = {sheet.mode: sheet.name for sheet in get_model("vpc-cni") if sheet.mode}


def random_plan(seed: int) -> Plan:
    chance = random.Random(seed)
    settings: dict[str, object] = {
        name: chance.randint(*limits) for name, limits in NUMBERS.items() if chance.random() < 0.4
    }
    for name in CHOICES:
        declared = PLAN_INPUTS[name]
        assert isinstance(declared, Choice)
        if chance.random() < 0.4:
            settings[name] = chance.choice(declared.options)
    most = chance.choice((3, 30, 300, 3000))
    groups = [
        NodeGroup(
            chance.choice(TYPES),
            chance.randint(0, most),
            chance.randint(0, 40),
            os=chance.choice(("Linux",) * 9 + ("Windows",)),
        )
        for _ in range(chance.randint(1, 4))
    ]
    return Plan(node_groups=groups, mode=chance.choice(MODES), **settings)  # type: ignore[arg-type]


PLANS = [random_plan(seed) for seed in range(150)]


def holds(asked: list[tuple[Plan, int, int]], mode: str, headroom: int = 0) -> list[bool]:
    """Whether plans fit in subnets, and pod subnets, of some sizes, and leave so much free."""
    model = get_model("vpc-cni")
    sized = [
        replace(plan, mode=mode, subnet_prefix_length=size, pod_subnet_prefix_length=pod_size)
        for plan, size, pod_size in asked
    ]
    book = plan_tables(model, model.sheets, sized, FEW_TYPES)
    level = book[SHEETS[mode]].plans
    fits = np.isin(level["outcome"].astype(str), ("fits", "fits-with-remarks"))
    within = 100 - headroom
    fits &= level["peak_ips"] * 100 <= level["ips_available"] * within
    is_elsewhere = level["pods_elsewhere"] == 1
    pods = level["pod_subnet_peak_ips"] * 100 <= level["pod_subnet_available"] * within
    fits &= ~is_elsewhere | pods
    if mode == "prefix":
        fits &= level["blocks_needed"] * 100 <= level["whole_blocks"] * within
    return [bool(each) for each in fits]


@pytest.mark.parametrize("headroom", [0, 20, 57])
@pytest.mark.parametrize("mode", MODES[1:])
def test_the_smallest_holds_the_peak_and_one_smaller_does_not(mode: str, headroom: int) -> None:
    number = MODES.index(mode) - 1
    found = [each.modes[number] for each in sizes_of(PLANS, headroom, FEW_TYPES)]
    assert {each.mode for each in found} == {mode}
    enough, too_small, none = [], [], []
    for plan, each in zip(PLANS, found, strict=True):
        size, pod_size = each.smallest_subnet, each.smallest_pod_subnet
        has_pods = plan.pods_from != "node subnets"
        if not each.has_sizes:
            assert each.problem
            none.append((plan, 16, 16))
            continue
        assert not each.problem
        assert size is not None
        assert (pod_size is not None) == has_pods
        enough.append((plan, size, pod_size or 28))
        # from a full subnet pods move to others of the zone, and a smaller one fits, too
        if plan.pods_from == "tagged subnets":
            continue
        if size < 28:
            too_small.append((plan, size + 1, 16))
        if pod_size is not None and pod_size < 28:
            too_small.append((plan, 16, pod_size + 1))
    assert len(enough) > 50
    assert len(too_small) > 50
    assert none
    assert all(holds(enough, mode, headroom))
    assert not any(holds(too_small, mode, headroom))
    assert not any(holds(none, mode, headroom))


@pytest.mark.thorough
@pytest.mark.parametrize("mode", MODES[1:])
def test_nothing_has_to_move_out_of_the_nodes_subnet(mode: str) -> None:
    plans = [replace(plan, pods_from="tagged subnets") for plan in PLANS[:60]]
    number = MODES.index(mode) - 1
    found = [each.modes[number] for each in sizes_of(plans, 0, FEW_TYPES)]
    for plan, each in zip(plans, found, strict=True):
        size, pod_size = each.smallest_subnet, each.smallest_pod_subnet
        if size is None or size == 28 or pod_size is None:
            continue
        model = get_model("vpc-cni")
        sized = [replace(plan, subnet_prefix_length=n) for n in (size, size + 1)]
        moved = plan_tables(model, model.sheets, sized, FEW_TYPES)[SHEETS[mode]].plans
        peak = moved["peak_asked"][0]
        assert moved["moved_at_peak"][0] == 0
        assert peak <= ADDRESSES[size]
        lacks = mode == "prefix" and moved["blocks_of_nodes"][1] > moved["whole_blocks_of_nodes"][1]
        assert lacks or ADDRESSES[size + 1] < peak


def test_sizes_are_those_of_evaluate() -> None:
    plans = [plan for plan in PLANS if plan.pods_from != "tagged subnets"][:6]
    for plan, sizes in zip(plans, sizes_of(plans, 0, FEW_TYPES), strict=True):
        for each in sizes.modes:
            details = evaluate(plan, mode=each.mode, catalog=FEW_TYPES).details
            assert each.smallest_subnet == details["smallest_subnet"]
            assert each.smallest_pod_subnet == details["smallest_pod_subnet"]
            assert each.peak_ips == details["peak_ips"]
            assert each.pod_peak_ips == details["pod_subnet_peak_ips"]


def test_the_sizes_in_the_plan_do_not_count() -> None:
    plans = [
        Plan(
            node_groups=[NodeGroup("m5.2xlarge", 40, 30)],
            pods_from="tagged subnets",
            subnet_prefix_length=size,
            pod_subnet_prefix_length=pod_size,
        )
        for size, pod_size in ((16, 16), (28, 28), (25, 19))
    ]
    first, *others = sizes_of(plans, 0, FEW_TYPES)
    assert [(each.modes, each.remarks) for each in others] == [(first.modes, first.remarks)] * 2


# --- the mode -------------------------------------------------------------------------------------


def chosen(plan: Plan) -> tuple[Sizes, ModeSize | None]:
    [sizes] = sizes_of([plan], 0, FEW_TYPES)
    return sizes, sizes.chosen


@pytest.mark.parametrize("mode", MODES[1:])
def test_a_mode_that_is_chosen_stays_so(mode: str) -> None:
    sizes, found = chosen(Plan(mode=mode, node_groups=[NodeGroup("m5.2xlarge", 30, 25)]))
    assert found is sizes.modes[MODES.index(mode) - 1]


@pytest.mark.thorough
def test_while_no_mode_is_chosen_it_is_the_one_with_the_smallest_subnets() -> None:
    for plan in (replace(plan, mode="undecided") for plan in PLANS[:60]):
        sizes, found = chosen(plan)
        taken, peaks = {}, {}
        for each in sizes.modes[:3]:
            if each.has_sizes:
                assert each.smallest_subnet is not None
                taken[each.mode] = plan.node_subnets * 2 ** (32 - each.smallest_subnet)
                peaks[each.mode] = plan.node_subnets * (each.peak_ips or 0)
                if each.smallest_pod_subnet is not None:
                    taken[each.mode] += plan.pod_subnets * 2 ** (32 - each.smallest_pod_subnet)
                    peaks[each.mode] += plan.pod_subnets * (each.pod_peak_ips or 0)
        if not taken:
            assert found is None
            continue
        assert found is not None
        assert taken[found.mode] == min(taken.values())
        equal = [mode for mode in taken if taken[mode] == taken[found.mode]]
        assert sizes.are_equal == (len(equal) > 1)
        # of equals the one with the fewest addresses at the peak, then the order of the sheets
        assert found.mode == min(equal, key=lambda mode: peaks[mode])


def test_ipv6_is_not_compared() -> None:
    sizes, found = chosen(Plan(node_groups=[NodeGroup("m5.large", 9000, 25)], node_subnets=1))
    assert found is None
    assert [each.has_sizes for each in sizes.modes] == [False, False, False, True]
    assert sizes.modes[0].problem == "more than a /16 holds: plan more subnets a zone"


def test_why_a_mode_has_no_sizes() -> None:
    plan = Plan(
        node_groups=[NodeGroup("m5.large", 2, 9)], pods_from="custom networking", mode="ipv6"
    )
    _, found = chosen(plan)
    assert found is not None
    assert (found.has_sizes, found.peak_ips) == (False, None)
    assert found.problem == "an IPv6 cluster has no custom networking"


def test_what_wants_attention_is_said_of_its_plan() -> None:
    fine = Plan(node_groups=[NodeGroup("m5.large", 2, 9)])
    full = Plan(node_groups=[NodeGroup("m5.large", 2, 9), NodeGroup("t3.medium", 2, 90)])
    one, other, again = sizes_of([fine, full, fine], 0, FEW_TYPES)
    assert (one.remarks, again.remarks) == ((), ())
    assert [each.partition(":")[0] for each in other.remarks] == ["t3.medium"]


def test_what_is_said_of_a_plan_as_a_whole() -> None:
    alone = Plan(node_groups=[NodeGroup("m5.large", 2, 9)], availability_zones=1)
    [sizes] = sizes_of([alone], catalog=FEW_TYPES)
    assert sizes.remarks == ("EKS asks for subnets in at least two Availability Zones",)
    [none] = sizes_of([replace(alone, mode="ipv6", pods_from="custom networking")], 0, FEW_TYPES)
    assert none.remarks == ()


# --- what cannot be used --------------------------------------------------------------------------


@pytest.mark.parametrize("headroom", [-1, 100, 20.5, True])
def test_a_headroom_out_of_its_limits_is_refused(headroom: float) -> None:
    with pytest.raises(InputError, match=r"headroom: found .* from 0 to 99 is expected"):
        sizes_of(PLANS[:1], headroom, FEW_TYPES)  # type: ignore[arg-type]


def test_a_plan_without_a_node_group_is_refused() -> None:
    with pytest.raises(InputError, match="a node group is expected"):
        sizes_of([Plan()], 0, FEW_TYPES)


def test_a_type_that_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match=r"m5\.lrage"):
        size(Plan(node_groups=[NodeGroup("m5.lrage", 1, 1)]), catalog=FEW_TYPES)


def test_a_catalog_of_ones_own_counts() -> None:
    mine = Catalog([InstanceType("own.large", max_enis=2, ipv4_per_eni=30, vcpus=2)], "mine")
    plan = Plan(node_groups=[NodeGroup("own.large", 10, 8)])
    assert size(plan, catalog=mine).modes[0].peak_ips == (5 + 2) * 60
    theirs = Catalog([InstanceType("own.large", max_enis=2, ipv4_per_eni=9, vcpus=2)], "theirs")
    assert [one.modes[0].peak_ips for one in sizes_of([plan] * 3, 0, [mine, theirs, mine])] == [
        *((5 + 2) * 60, (5 + 2) * 18, (5 + 2) * 60)
    ]
