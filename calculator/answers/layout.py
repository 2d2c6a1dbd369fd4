"""Subnets as real ranges of a VPC: disjoint, aligned, the largest first, and what is missing.

Sources: Amazon VPC User Guide (subnet sizing); Amazon EKS User Guide (a small subnet, /28, of its
own for the control plane in each zone).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, collapse_addresses

from calculator.answers.vpc import Vpc, is_allowed_beside
from calculator.plan import NODE_SUBNETS, Plan

__all__ = ["CONTROL_PLANE", "NODES", "PODS", "Layout", "Missing", "Subnet", "lay_out", "wanted"]

NODES, PODS, CONTROL_PLANE = USES = ("nodes", "pods", "control-plane")
#: Size of a subnet for the control plane, the n of /n [bits].
_CONTROL_PLANE_SIZE = 28
_LARGEST = 16
#: Ranges of it can be added to any VPC.
_SHARED = IPv4Network("100.64.0.0/10")


@dataclass(frozen=True)
class Subnet:
    """A subnet that a plan needs.

    Parameters
    ----------
    size: the n of /n [bits]; None where not even a /16 would do.
    zone: its Availability Zone, counted from 1.
    use: ``nodes``, ``pods`` or ``control-plane``.
    number: which of the zone's subnets of that use it is, counted from 1.
    cidr: where it lies; None where there is no room for it.
    """

    size: int | None
    zone: int
    use: str
    number: int = 1
    cidr: IPv4Network | None = None


@dataclass(frozen=True)
class Missing:
    """What a VPC has no room for.

    Parameters
    ----------
    subnets: those without a range.
    smallest_vpc: the smallest range in place of the VPC's own, around it and with the same in use,
        that all would have room in; None where not even a /16 has.
    secondary: ranges that could be added to the VPC instead, and would do; () where none would.
    """

    subnets: tuple[Subnet, ...]
    smallest_vpc: IPv4Network | None
    secondary: tuple[IPv4Network, ...]


@dataclass(frozen=True)
class Layout:
    """Where the subnets of a plan lie in a VPC.

    Parameters
    ----------
    subnets: those that have a range, the largest first.
    free: what remains free, in the order of the VPC's ranges.
    missing: what there is no room for; None where all have a range.
    """

    vpc: Vpc
    subnets: tuple[Subnet, ...]
    free: tuple[IPv4Network, ...]
    missing: Missing | None


def wanted(plan: Plan, subnet: int | None, pod_subnet: int | None) -> list[Subnet]:
    """The subnets of all zones of a plan, the largest first.

    Parameters
    ----------
    subnet, pod_subnet: the sizes of those for nodes and for pods, the n of /n [bits]; None where
        no size holds the peak.
    """
    each_zone = [(NODES, subnet, plan.node_subnets)]
    if plan.pods_from != NODE_SUBNETS:
        each_zone.append((PODS, pod_subnet, plan.pod_subnets))
    if not plan.control_plane_enis:  # else they are among the addresses of the nodes' subnets
        each_zone.append((CONTROL_PLANE, _CONTROL_PLANE_SIZE, 1))
    subnets = [
        Subnet(size, zone, use, number)
        for use, size, count in each_zone
        for zone in range(1, plan.availability_zones + 1)
        for number in range(1, count + 1)
    ]
    return sorted(subnets, key=lambda each: each.size or 0)


def lay_out(subnets: Sequence[Subnet], vpc: Vpc) -> Layout:
    """Give each subnet a range of a VPC, in so far as there is room.

    Subnets for pods go into the secondary ranges while these have room, all others into the VPC's
    own range. Since sizes are powers of 2 and the largest come first, no other order finds room
    for more.

    Parameters
    ----------
    subnets: the largest first, as :func:`wanted` gives them.
    """
    placed, free = _placed(subnets, vpc)
    found = tuple(each for each in placed if each.cidr)
    lacking = tuple(each for each in placed if not each.cidr)
    missing = _missing(subnets, lacking, vpc) if lacking else None
    return Layout(vpc, found, tuple(free), missing)


def _placed(subnets: Iterable[Subnet], vpc: Vpc) -> tuple[list[Subnet], list[IPv4Network]]:
    """Subnets with their ranges, or None where there is no room; and what remains free."""
    own, *others = (_Room(blocks) for blocks in vpc.free())
    placed = []
    for subnet in subnets:
        cidr = None
        rooms = [*others, own] if subnet.use == PODS else [own, *others]
        if subnet.size is not None:
            taken = (room.take(subnet.size) for room in rooms)
            cidr = next((each for each in taken if each), None)
        placed.append(replace(subnet, cidr=cidr))
    return placed, [block for room in (own, *others) for block in room.free()]


class _Room:
    """Free blocks of one range, by size."""

    def __init__(self, blocks: Iterable[IPv4Network]) -> None:
        self._blocks: dict[int, list[IPv4Network]] = {}
        for each in blocks:
            self._add(each)

    def _add(self, block: IPv4Network) -> None:
        heapq.heappush(self._blocks.setdefault(block.prefixlen, []), block)

    def take(self, size: int) -> IPv4Network | None:
        """The first block of that size out of the smallest that has room; None where none has."""
        sizes = [each for each, blocks in self._blocks.items() if blocks and each <= size]
        if not sizes:
            return None
        block = heapq.heappop(self._blocks[max(sizes)])
        while block.prefixlen < size:
            block, rest = block.subnets()
            self._add(rest)
        return block

    def free(self) -> Iterator[IPv4Network]:
        """What was not taken, as few blocks as can be, in order."""
        return collapse_addresses(each for blocks in self._blocks.values() for each in blocks)


def _missing(subnets: Sequence[Subnet], lacking: tuple[Subnet, ...], vpc: Vpc) -> Missing:
    if any(each.size is None for each in lacking):
        return Missing(lacking, None, ())
    return Missing(lacking, _smallest_vpc(subnets, vpc), _more_ranges(lacking, vpc))


def _smallest_vpc(subnets: Sequence[Subnet], vpc: Vpc) -> IPv4Network | None:
    """The smallest range around the VPC's own in which all have room; None where none has."""
    for size in range(vpc.cidr.prefixlen - 1, _LARGEST - 1, -1):
        larger = vpc.cidr.supernet(new_prefix=size)
        if any(map(larger.overlaps, vpc.secondary)):
            return None
        placed, _ = _placed(subnets, replace(vpc, cidr=larger))
        if all(each.cidr for each in placed):
            return larger
    return None


def _more_ranges(lacking: Sequence[Subnet], vpc: Vpc) -> tuple[IPv4Network, ...]:
    """Ranges to add to the VPC that hold what is lacking, as few and small as can be."""
    addresses = sum(2 ** (32 - each.size) for each in lacking if each.size is not None)
    full, rest = divmod(addresses, 2 ** (32 - _LARGEST))
    sizes = [_LARGEST] * full + ([32 - (rest - 1).bit_length()] if rest else [])
    ranges = list(vpc.ranges)
    for size in sizes:
        blocks = _SHARED.subnets(new_prefix=_LARGEST)
        free = (
            next(block.subnets(new_prefix=size))
            for block in blocks
            if not any(map(block.overlaps, (*ranges, *vpc.used)))
        )
        found = next((each for each in free if is_allowed_beside(each, ranges)), None)
        if found is None:
            return ()
        ranges.append(found)
    return tuple(ranges[len(vpc.ranges) :])
