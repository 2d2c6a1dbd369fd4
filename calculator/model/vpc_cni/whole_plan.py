"""What the plan comes to over all its subnets: pods that start, and what it takes of AWS's quotas.

Source: Amazon VPC User Guide (network address usage, quotas).
"""

from __future__ import annotations

from calculator.model.expression import Expression, number, ref, where
from calculator.model.functions import maximum, minimum
from calculator.model.ranges import total, total_product
from calculator.model.sheet import Total
from calculator.model.vpc_cni.moves import TAGGED
from calculator.model.vpc_cni.places import PODS_ELSEWHERE, in_block, in_small, known

__all__ = ["whole_plan"]

CONTROL_PLANE_ENIS = ref("control_plane_enis")
ZONES = ref("availability_zones")


def _start(pods: Expression, subnets: Expression, before: Expression) -> Expression:
    """Pods that get an address in some zones, at most [pods].

    Parameters
    ----------
    pods: those that should.
    subnets: addresses of the subnets there, but for what else lives in them.
    before: what nodes and their DaemonSet pods take of these before.
    """
    return maximum(0, minimum(pods, subnets - before))


def _of_units(column: str) -> Expression:
    """The sum of what each node has, over all zones."""
    return total_product(column, "units")


_ROOM = ref("ips_available") - ref("other_used")
_OF_PODS = ref("pod_subnet_available") * ref("pod_subnets")
#: Addresses of a zone in which pods can be.
_ROOM_OF_ZONE = where(
    PODS_ELSEWHERE,
    where(TAGGED, _ROOM * ref("node_subnets") + _OF_PODS, _OF_PODS),
    _ROOM * ref("node_subnets"),
)
_INTERFACES = ref("interfaces")
#: Pods on Fargate, each with an address and an ENI.
_ON_FARGATE = total("units") - _of_units("is_node")


def _address_units(*, has_pool: bool) -> Expression:
    """Network address units [units]: an address or a prefix each, of IPv6 nodes one more."""
    units = _of_units("ips_per_node")
    if has_pool:
        units = units - _of_units("secondary_ips") + _of_units("slots_held")
    else:
        units = units + _of_units("is_node")
    beside = _INTERFACES * ref("units_of_interface") + ref("other_ips") * ZONES
    return units + beside + CONTROL_PLANE_ENIS


_ENIS = (
    _of_units("attached_enis")
    + _of_units("trunk_enis")
    + _of_units("branch_enis")
    + _of_units("other_enis")
    + _ON_FARGATE
    + _INTERFACES
    + CONTROL_PLANE_ENIS
)


def _before(nodes: str, *, has_pool: bool) -> Expression:
    """What nodes and their DaemonSet pods take before other pods start [IPs]."""
    of_node = ref("daemonset_pods") + 1 if has_pool else number(1)
    return total_product("is_node", nodes) * of_node


_HELD = total_product("secondary_ips", "nodes")
_IDLE = where(_HELD == 0, 0, total_product("warm_ips", "nodes") / maximum(1, _HELD))


def whole_plan(*, has_pool: bool) -> tuple[Total, ...]:
    """The results of the whole plan on the sheet of a mode.

    Parameters
    ----------
    has_pool: whether pods of the mode take addresses.
    """
    hosted = "pods_hosted_per_node"
    here = _before("zone_nodes", has_pool=has_pool)
    return (
        *in_block(
            23,
            "Pods that start, of all subnets, at most",
            ("pods_that_start", ref("start_here") + ref("start_elsewhere")),
        ),
        *in_block(
            24,
            "Network address units in the VPC",
            ("network_address_units", known(_address_units(has_pool=has_pool))),
        ),
        *in_block(25, "ENIs in the region", ("enis", known(_ENIS))),
        *in_block(
            26,
            "Idle, of the addresses that nodes hold for pods",
            ("idle_share", known(_IDLE if has_pool else number(0))),
            style="share",
        ),
        in_small(
            21, "room_for_pods", "Addresses for nodes and pods in a zone", known(_ROOM_OF_ZONE)
        ),
        in_small(
            22,
            "pods_in_zone",
            "Pods hosted in the fullest zone",
            known(total_product(hosted, "zone_nodes")),
        ),
        in_small(
            23,
            "start_here",
            "Pods that start there",
            _start(
                ref("pods_in_zone"),
                ref("room_for_pods"),
                here,
            ),
        ),
        in_small(
            24,
            "start_elsewhere",
            "Pods that start in the other zones",
            _start(
                ref("pods_hosted") - ref("pods_in_zone"),
                ref("room_for_pods") * (ZONES - 1),
                _before("units", has_pool=has_pool) - here,
            ),
        ),
    )
