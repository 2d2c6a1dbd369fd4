"""What moves between a full subnet of nodes and tagged subnets, where subnet discovery finds some.

ipamd makes a further ENI in any subnet of the zone that has room for it, the freest first; here the
tagged ones count as the freer. What a full subnet of nodes lacks for pods of primary ENIs goes to
slots of further ones; what tagged subnets have no room for goes to the subnets of nodes.

Source: VPC CNI v1.23.1, pkg/awsutils/awsutils.go (createENI).
"""

from __future__ import annotations

import functools
import operator

from calculator.model.expression import Expression, ref, where
from calculator.model.functions import either, floor, maximum, minimum, roundup
from calculator.model.ranges import total_product, total_where_0
from calculator.model.sheet import Total
from calculator.model.vpc_cni.ipamd import PREFIX_SIZE
from calculator.model.vpc_cni.places import PODS_ELSEWHERE, further, in_small, known

__all__ = ["TAGGED", "arrived", "left", "moves"]

TAGGED = ref("is_tagged") == 1


def arrived(moved: Expression, room: str, nodes: str) -> Expression:
    """What tagged subnets get of it, each: another ENI of a node brings an address of its own.

    Parameters
    ----------
    room: what the further ENIs of a node have room for: without any it takes another.
    nodes: how many of each group there are.
    """
    in_zone = (moved + minimum(moved, total_where_0(room, nodes))) * ref("node_subnets")
    return roundup(in_zone / ref("pod_subnets"))


def left(returned: str) -> Expression:
    """What each tagged subnet is relieved of, where each subnet of nodes takes over so much."""
    in_zone = ref(returned) * ref("node_subnets")
    return minimum(ref(f"{returned}_wanted"), floor(in_zone / ref("pod_subnets")))


_STEPS = (
    in_small(
        17,
        "can_move",
        "Of it, what tagged subnets can take over",
        known(where(TAGGED, ref("node_ips") - total_product("fixed_ips", "nodes"), 0)),
    ),
    in_small(
        18,
        "can_move_at_peak",
        "Of it, what they can take over at the peak",
        where(TAGGED, ref("peak_asked") - ref("peak_fixed"), 0),
    ),
)


def moves(*, with_prefixes: bool) -> tuple[Total, ...]:
    """What moves, either way: where a subnet of nodes is full, it takes nothing from others.

    Parameters
    ----------
    with_prefixes: whether a subnet must have /28 blocks for prefixes, too.
    """
    here, there = ref("ips_available"), ref("pod_subnet_available")
    largest = ref("largest_eni")

    def moved(asked: Expression, can_move: str) -> Expression:
        excess = maximum(0, asked - here)
        if with_prefixes:
            # Of a subnet whose blocks are all taken, the ends hold single addresses at most.
            lacks_blocks = ref("blocks_of_nodes") > ref("whole_blocks_of_nodes")
            room = here - where(lacks_blocks, ref("free_at_ends"), 0)
            excess = roundup(maximum(0, asked - room) / PREFIX_SIZE) * PREFIX_SIZE
        return minimum(excess, ref(can_move))

    def wanted(asked: Expression, prefixes: tuple[str, ...]) -> Expression:
        # An ENI comes with all its addresses, or to another subnet.
        too_many, room = asked > there, floor(there / largest) * largest
        if with_prefixes:
            in_all = functools.reduce(operator.add, map(ref, prefixes))
            too_many = either(too_many, in_all > ref("whole_blocks"))
            room = there - ref("free_at_ends")
        lacking = where(too_many, minimum(asked, maximum(0, asked - room)), 0)
        return where(TAGGED, lacking, 0)

    def returned(wanted: str, asked: Expression) -> Expression:
        in_each = roundup(ref(wanted) * ref("pod_subnets") / ref("node_subnets"))
        if with_prefixes:
            return minimum(in_each, maximum(0, here - asked - ref("free_at_ends")))
        room = maximum(0, here - asked)
        return where(in_each > room, floor(room / largest) * largest, in_each)

    at_peak = ("prefixes_of_nodes", "prefixes_of_updates", "prefixes_of_replaced")
    of_pods = (
        f"pod_subnet_{each}_ips"
        for each in ("node", "churn", "autoscaling", "zone_loss", "update", "replacement")
    )
    return (
        *_STEPS,
        in_small(
            19,
            "moved",
            "What tagged subnets take over",
            moved(ref("node_ips") + ref("other_used"), "can_move"),
        ),
        in_small(
            20,
            "moved_at_peak",
            "What they take over at the peak",
            moved(ref("peak_asked"), "can_move_at_peak"),
        ),
        further(
            13,
            "returned_wanted",
            "What tagged subnets have no room for",
            wanted(ref("pod_subnet_node_ips"), ("steady_prefixes",)),
        ),
        further(
            14,
            "returned",
            "Of it, what a subnet of nodes takes",
            returned("returned_wanted", ref("node_ips") + ref("other_used")),
        ),
        further(
            15,
            "pod_asked_at_peak",
            "Asked of the pod subnet at the peak",
            where(PODS_ELSEWHERE, functools.reduce(operator.add, map(ref, of_pods)), 0),
        ),
        further(
            16,
            "returned_at_peak_wanted",
            "What tagged subnets have no room for then",
            wanted(ref("pod_asked_at_peak"), at_peak),
        ),
        further(
            17,
            "returned_at_peak",
            "Of it, what a subnet of nodes takes then",
            returned("returned_at_peak_wanted", ref("peak_asked")),
        ),
        further(
            18,
            "pod_returned_at_peak",
            "What it relieves a tagged subnet of",
            left("returned_at_peak"),
        ),
    )
