"""Calls to EC2 while a node is filled: what ipamd does from an empty node to its last pod.

Addresses, or /28 prefixes, come in rounds: to an ENI that is there (AssignPrivateIpAddresses), or
with a new one (CreateNetworkInterface, AttachNetworkInterface, ModifyNetworkInterfaceAttribute).

Source: VPC CNI v1.23.1, pkg/ipamd/ipamd.go (isDatastorePoolTooLow, increaseDatastorePool).
"""

from __future__ import annotations

import functools
from typing import NamedTuple

__all__ = ["Filled", "Limits", "Targets", "filled"]

#: Calls that a new ENI takes; addresses of an ENI that is there take one.
_CALLS_OF_ENI = 3


class Limits(NamedTuple):
    """What a node can hold.

    Parameters
    ----------
    enis: ENIs that can serve pods [ENIs].
    slots: slots of an ENI, its primary address not among them [slots].
    slot_size: addresses of a slot, 16 for a prefix [IPs].
    max_pods: kubelet's; ipamd grows no further once it holds as many addresses [pods].
    primary_kept: 1 where the primary ENI, there from the start, serves no pod [ENIs].
    """

    enis: int
    slots: int
    slot_size: int
    max_pods: int
    primary_kept: int


class Targets(NamedTuple):
    """The targets of ipamd as it reads them: IP targets rule where either is above 0."""

    warm_eni: int = 0
    warm_ip: int = 0
    minimum_ip: int = 0
    warm_prefix: int = 0


class Filled(NamedTuple):
    """A node with its pods.

    Parameters
    ----------
    assignments: rounds that gave addresses to an ENI that was there [calls].
    new_enis: ENIs that were made [ENIs].
    attached: ENIs on the node, its primary ENI included [ENIs].
    slots_held: addresses, or prefixes, that the node holds in the end [slots].
    """

    assignments: int
    new_enis: int
    attached: int
    slots_held: int

    @property
    def ec2_calls(self) -> int:
        """Calls to EC2 in all [calls]."""
        return self.assignments + _CALLS_OF_ENI * self.new_enis


@functools.lru_cache(maxsize=1 << 16)
def filled(limits: Limits, targets: Targets, pods: int) -> Filled:
    """Fill an empty node with pods, one at a time.

    ipamd keeps `reserve` addresses free and holds `least`: as long as it is short of any, it takes
    what it lacks (whole ENIs without prefixes and IP targets) from the first ENI with room, or
    makes a new ENI. It does so when the node joins, and after each pod; pods for which nothing is
    short are stepped over, and rounds of one slot that follow each other are counted together.

    Parameters
    ----------
    pods: those that get an address [pods].
    """
    enis, slots, size, max_pods, kept = limits
    by_targets = targets.warm_ip + targets.minimum_ip > 0
    whole_enis = size == 1 and not by_targets
    reserve, least = targets.warm_ip, targets.minimum_ip
    if not by_targets:
        # With a target of 0 ipamd takes more only when the last address is gone.
        kept_warm = targets.warm_eni * slots if whole_enis else targets.warm_prefix * size
        reserve, least = max(1, kept_warm), 0
    serving = 1 - kept
    assignments = new_enis = held = placed = 0
    while held * size < max_pods:
        short = max(reserve - (held * size - placed), least - held * size)
        if short <= 0:
            placed = held * size - reserve + 1  # the next pod that leaves too few
            if placed > min(pods, held * size):
                break
            short = 1
        room = serving * slots - held
        if not room:
            if serving >= enis:
                break
            serving, new_enis = serving + 1, new_enis + 1
            held += slots if whole_enis else min(slots, -(-short // size))
        elif whole_enis or short > 1 or not placed:
            assignments += 1
            held += room if whole_enis else min(room, -(-short // size))
        else:
            by_pods = (pods - placed) // size + 1
            by_max_pods = -(-(max_pods - held * size) // size)
            rounds = min(room, by_pods, by_max_pods)
            assignments, held = assignments + rounds, held + rounds
            placed += (rounds - 1) * size
    return Filled(assignments, new_enis, serving + kept, held)
