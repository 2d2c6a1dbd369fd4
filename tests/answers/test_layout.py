"""Subnets as ranges of a VPC: disjoint, aligned, inside, never used ones; all that have room."""

from __future__ import annotations

import random
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from calculator.answers.layout import Layout, Subnet, lay_out, wanted
from calculator.answers.vpc import Vpc
from calculator.plan import Plan


def ranges(layout: Layout, use: str | None = None) -> list[str]:
    return [str(each.cidr) for each in layout.subnets if use in (None, each.use)]


def addresses(blocks: list[IPv4Network]) -> set[int]:
    return {number for each in blocks for number in range(int(each[0]), int(each[-1]) + 1)}


def laid(layout: Layout) -> list[IPv4Network]:
    return [each.cidr for each in layout.subnets if each.cidr is not None]


def random_vpc(chance: random.Random) -> Vpc:
    cidr = IPv4Network(f"10.2.0.0/{chance.randint(19, 25)}")
    secondary = IPv4Network(f"100.64.0.0/{chance.randint(20, 25)}")
    used = []
    for _ in range(chance.randint(0, 5)):
        block, size = chance.choice((cidr, secondary)), chance.randint(24, 32)
        at = chance.randrange(int(block[0]), int(block[-1]) + 1)
        used.append(IPv4Network((at, size), strict=False))
    return Vpc(cidr, (secondary,) if chance.random() < 0.5 else (), tuple(used))


def random_subnets(chance: random.Random) -> list[Subnet]:
    plan = Plan(
        availability_zones=chance.randint(1, 4),
        node_subnets=chance.randint(1, 2),
        pod_subnets=chance.randint(1, 2),
        pods_from=chance.choice(("node subnets", "custom networking")),
        control_plane_enis=chance.choice((0, 2)),
    )
    return wanted(plan, chance.randint(22, 28), chance.randint(21, 28))


@pytest.mark.parametrize("seed", range(120))
def test_of_random_vpcs(seed: int) -> None:
    chance = random.Random(seed)
    vpc, subnets = random_vpc(chance), random_subnets(chance)
    layout = lay_out(subnets, vpc)
    found = laid(layout)
    # as many as are wanted, each of its size, and the largest first
    lacking = list(layout.missing.subnets) if layout.missing else []
    assert sorted(map(repr, subnets)) == sorted(
        repr(replace(each, cidr=None)) for each in (*layout.subnets, *lacking)
    )
    assert all(each.cidr and each.cidr.prefixlen == each.size for each in layout.subnets)
    assert found == sorted(found, key=lambda each: each.prefixlen)
    # each inside of one range, and every address used, laid out or free, once
    assert all(any(each.subnet_of(block) for block in vpc.ranges) for each in found)
    whole = addresses(list(vpc.ranges))
    used = addresses(list(vpc.used)) & whole
    taken, free = addresses(found), addresses(list(layout.free))
    assert len(taken) == sum(each.num_addresses for each in found)
    assert len(free) == sum(each.num_addresses for each in layout.free)
    assert (taken | free, taken & free) == (whole - used, set())
    assert not taken & used
    # what is missing has no room in what is free
    for each in lacking:
        assert all(each.size is not None and block.prefixlen > each.size for block in layout.free)


@pytest.mark.parametrize("seed", range(60))
def test_what_would_do_does(seed: int) -> None:
    chance = random.Random(seed)
    vpc = random_vpc(chance)
    subnets = [
        replace(each, number=each.number + more)
        for each in random_subnets(chance)
        for more in range(chance.choice((1, 9)))
    ]
    missing = lay_out(subnets, vpc).missing
    if missing is None:
        return
    assert missing.secondary
    more = Vpc(vpc.cidr, (*vpc.secondary, *missing.secondary), vpc.used)
    assert lay_out(subnets, more).missing is None
    # the next smaller one would not
    *others, last = missing.secondary
    half = next(last.subnets()) if last.prefixlen < 28 else None
    fewer = Vpc(vpc.cidr, (*vpc.secondary, *others, *([half] if half else [])), vpc.used)
    assert lay_out(subnets, fewer).missing is not None
    larger = missing.smallest_vpc
    if larger is not None:
        assert vpc.cidr.subnet_of(larger)
        assert lay_out(subnets, replace(vpc, cidr=larger)).missing is None
        if larger.prefixlen + 1 < vpc.cidr.prefixlen:
            smaller = vpc.cidr.supernet(new_prefix=larger.prefixlen + 1)
            assert lay_out(subnets, replace(vpc, cidr=smaller)).missing is not None


def test_no_order_finds_room_for_more() -> None:
    """Whatever has the addresses of a VPC without used ranges fills it to the last one."""
    for seed in range(40):
        chance = random.Random(seed)
        blocks = [IPv4Network("10.2.0.0/20")]
        while len(blocks) < 12:
            number = chance.randrange(len(blocks))
            if blocks[number].prefixlen < 28:
                blocks += blocks.pop(number).subnets()
        sizes = sorted(block.prefixlen for block in blocks)
        layout = lay_out([Subnet(size, 1, "nodes") for size in sizes], Vpc.read("10.2.0.0/20"))
        assert (layout.missing, layout.free) == (None, ())


# --- what is wanted -------------------------------------------------------------------------------


def test_the_subnets_of_a_plan() -> None:
    plan = Plan(availability_zones=2, node_subnets=2, pods_from="custom networking")
    assert wanted(plan, 26, 22) == [
        Subnet(22, 1, "pods"),
        Subnet(22, 2, "pods"),
        Subnet(26, 1, "nodes", 1),
        Subnet(26, 1, "nodes", 2),
        Subnet(26, 2, "nodes", 1),
        Subnet(26, 2, "nodes", 2),
        Subnet(28, 1, "control-plane"),
        Subnet(28, 2, "control-plane"),
    ]


def test_a_control_plane_among_the_nodes_has_no_subnets() -> None:
    assert wanted(Plan(availability_zones=1, control_plane_enis=2), 26, None) == [
        Subnet(26, 1, "nodes")
    ]


# --- where they go --------------------------------------------------------------------------------


def test_pods_go_into_the_secondary_range_while_it_has_room() -> None:
    plan = Plan(availability_zones=3, pods_from="custom networking")
    layout = lay_out(wanted(plan, 26, 22), Vpc.read("10.2.0.0/20", ["100.64.0.0/21"]))
    assert ranges(layout, "pods") == ["100.64.0.0/22", "100.64.4.0/22", "10.2.0.0/22"]
    assert ranges(layout, "nodes") == ["10.2.4.0/26", "10.2.4.64/26", "10.2.4.128/26"]


def test_the_smallest_block_with_room_is_taken() -> None:
    layout = lay_out(wanted(Plan(availability_zones=1), 24, None), Vpc.read("10.2.0.0/20", [], [
        "10.2.0.0/24", "10.2.2.0/28",
    ]))  # fmt: skip
    assert ranges(layout) == ["10.2.1.0/24", "10.2.2.16/28"]


def test_what_no_subnet_holds_is_missing_and_nothing_would_do() -> None:
    subnets = wanted(Plan(availability_zones=1), None, None)
    layout = lay_out(subnets, Vpc.read("10.2.0.0/20"))
    assert ranges(layout) == ["10.2.0.0/28"]
    assert layout.missing is not None
    assert layout.missing.subnets == (Subnet(None, 1, "nodes"),)
    assert (layout.missing.smallest_vpc, layout.missing.secondary) == (None, ())


def test_more_than_one_range_may_have_to_be_added() -> None:
    plan = Plan(availability_zones=3, control_plane_enis=2)
    vpc = Vpc.read("10.2.0.0/24", ["100.64.0.0/24"], ["100.65.3.0/24"])
    missing = lay_out(wanted(plan, 17, None), vpc).missing
    assert missing is not None
    assert missing.smallest_vpc is None
    assert list(map(str, missing.secondary)) == ["100.66.0.0/16", "100.67.0.0/17"]


def test_the_smallest_vpc_may_be_many_times_as_large() -> None:
    subnets = [Subnet(19, zone, "nodes") for zone in range(1, 8)]
    missing = lay_out(subnets, Vpc.read("10.2.0.0/24")).missing
    assert missing is not None
    assert missing.smallest_vpc == IPv4Network("10.2.0.0/16")


def test_one_that_no_subnet_holds_leaves_nothing_that_would_do_for_others() -> None:
    subnets = [Subnet(None, 1, "nodes"), Subnet(20, 1, "pods")]
    missing = lay_out(subnets, Vpc.read("10.2.0.0/24")).missing
    assert missing is not None
    assert (len(missing.subnets), missing.smallest_vpc, missing.secondary) == (2, None, ())


def test_where_every_range_is_taken_none_can_be_added() -> None:
    vpc = Vpc.read("10.2.0.0/24", [], ["100.64.0.0/10"])
    missing = lay_out([Subnet(16, 1, "nodes")], vpc).missing
    assert missing is not None
    assert missing.secondary == ()
