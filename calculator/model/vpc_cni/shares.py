"""What a node takes of each subnet, and what updates and replacements of its group add."""

from __future__ import annotations

from calculator.model.expression import BLANK, Expression, number, ref, where
from calculator.model.functions import both, maximum, minimum
from calculator.model.sheet import Column
from calculator.model.vpc_cni.ipamd import POD_SLOTS
from calculator.model.vpc_cni.pool import PEAK, STEADY, Moment, step
from calculator.model.vpc_cni.rows import helper

__all__ = ["prefix_shares", "shares"]

STATE, IS_NODE = ref("state"), ref("is_node")
SLOT_SIZE, BRANCH_ENIS = ref("slot_size"), ref("branch_enis")
_PEAK_IPS, _PEAK_POD_IPS = ref("peak_ips_per_node"), ref("peak_pod_subnet_ips")


def _elsewhere(ips: str, at: Moment) -> Expression:
    """Of what a node takes, the addresses in a pod subnet [IPs].

    A node's own addresses stay in its subnet, a trunk ENI's and branch ENIs' but for custom
    networking, and what the primary ENI holds for pods where subnet discovery finds others.
    """
    of_enis = (ref("trunk_enis") + BRANCH_ENIS) * ref("is_custom")
    return ref(ips) - ref("own_ips") - at.ref("primary_ips") + of_enis


def _in_grey(name: str, header: str, about: str, formula: Expression) -> Column:
    """A step of every row that can be computed."""
    return helper(name, header, about, where(STATE == 1, formula, BLANK))


def _of_primary(at: Moment) -> Column:
    return at.step(
        "primary_ips",
        "primary",
        "what the primary ENI holds for pods, where others are in tagged subnets [IPs]",
        minimum(at.ref("slots_held"), POD_SLOTS) * SLOT_SIZE * ref("is_tagged"),
    )


def _fixed(at: Moment, *, has_pool: bool) -> Column:
    """What stays in a full subnet of nodes: not the pods that further ENIs have slots for."""
    own: Expression = ref("own_ips")
    if has_pool:
        on_others = (ref("pod_slots") - POD_SLOTS) * SLOT_SIZE
        left = maximum(0, at.ref("active_ips") - on_others)
        own = own + minimum(at.ref("primary_ips"), left)
    header = "Cannot move" if at is STEADY else "Peak: cannot move"
    about = "addresses that no tagged subnet can take over [IPs]"
    return _in_grey(f"{at.prefix}fixed_ips", header, about, where(IS_NODE == 1, own, 1))


def _room(at: Moment, part: str, *, has_pool: bool) -> Column:
    """What further ENIs have room for: without any, what moves there takes another ENI."""
    of_eni = (ref("ipv4_per_eni") - 1) * SLOT_SIZE + 1
    room = (at.ref("attached_enis") - 1) * of_eni - ref(part) if has_pool else number(0)
    about = "addresses that its ENIs in a pod subnet have room for [IPs]"
    return at.step("pod_eni_room", "Room there", about, where(ref("pods_move") == 1, room, 0))


def prefix_shares() -> tuple[Column, ...]:
    """Prefixes in the subnet that has the pods."""

    def here(at: Moment) -> Column:
        of_primary = at.ref("primary_ips") / SLOT_SIZE
        in_own = where(ref("pods_move") == 1, of_primary, at.ref("slots_held"))
        return at.step(
            "prefixes_here",
            "Prefixes here",
            "prefixes of the node in its own subnet, where pods have others [prefixes]",
            where(both(SLOT_SIZE > 1, ref("pods_elsewhere") == 1), in_own, 0),
        )

    def there(at: Moment) -> Column:
        return at.step(
            "prefixes_there",
            "Prefixes there",
            "prefixes of the node in the subnet that has the pods [prefixes]",
            where(SLOT_SIZE == 1, 0, at.ref("slots_held") - at.ref("prefixes_here")),
        )

    added = where(ref("pods_elsewhere") == 1, ref("pod_update_nodes"), ref("update_nodes"))
    return (
        *(column(at) for at in (STEADY, PEAK) for column in (here, there)),
        step(
            "update_prefixes",
            "Update of prefixes",
            "prefixes of an update of the group [prefixes]",
            ref("peak_prefixes_there") * added,
        ),
        step(
            "replaced_prefixes",
            "Replaced prefixes",
            "prefixes of a node that is replaced [prefixes]",
            where(ref("replaced") > 0, ref("peak_prefixes_there"), 0),
        ),
        step(
            "update_prefixes_here",
            "Update of prefixes here",
            "of these, of an update of the group [prefixes]",
            ref("peak_prefixes_here") * ref("update_nodes"),
        ),
        step(
            "replaced_prefixes_here",
            "Replaced prefixes here",
            "of these, of a node that is replaced [prefixes]",
            where(ref("replaced") > 0, ref("peak_prefixes_here"), 0),
        ),
    )


def shares(*, has_pool: bool) -> tuple[Column, ...]:
    """What a node takes of the pod subnet, and what updates and replacements add."""

    def pods_part(at: Moment, name: str, ips: str) -> Column:
        part = _elsewhere(ips, at) if has_pool else number(0)
        header = "In pod subnet" if at is STEADY else "Peak: in pod subnet"
        about = "of these in the pod subnet [IPs]"
        return step(name, header, about, where(ref("pods_move") == 1, part, 0))

    own = ref("trunk_enis") + BRANCH_ENIS + ref("other_ips_per_node") + 1
    added, of_pods = ref("update_nodes"), ref("pod_update_nodes")
    fixed = ref("peak_fixed_ips")
    is_replaced = ref("replaced") > 0
    return (
        *(_of_primary(at) for at in (STEADY, PEAK) if has_pool),
        pods_part(STEADY, "pod_subnet_ips", "ips_per_node"),
        pods_part(PEAK, "peak_pod_subnet_ips", "peak_ips_per_node"),
        _in_grey(
            "own_ips",
            "Own IPs",
            "addresses of the node itself, and branch ENIs: what stays in its subnet [IPs]",
            where(IS_NODE == 1, own, 1),
        ),
        _room(STEADY, "pod_subnet_ips", has_pool=has_pool),
        _room(PEAK, "peak_pod_subnet_ips", has_pool=has_pool),
        *(_fixed(at, has_pool=has_pool) for at in (STEADY, PEAK)),
        step(
            "update_fixed_ips",
            "Update of these",
            "what cannot move of the nodes that an update adds to a subnet of nodes [IPs]",
            fixed * added,
        ),
        step(
            "replaced_fixed_ips",
            "Replaced of these",
            "what cannot move of a node that is replaced [IPs]",
            where(is_replaced, fixed, 0),
        ),
        step(
            "update_node_ips",
            "Update",
            "addresses of the nodes that an update of the group adds to a subnet of nodes [IPs]",
            (_PEAK_IPS - _PEAK_POD_IPS) * added,
        ),
        step(
            "replaced_node_ips",
            "Replaced",
            "addresses of a node that is replaced, in a subnet of nodes [IPs]",
            where(is_replaced, _PEAK_IPS - _PEAK_POD_IPS, 0),
        ),
        step(
            "update_pod_ips",
            "Update of pods",
            "addresses of an update in a pod subnet [IPs]",
            _PEAK_POD_IPS * of_pods,
        ),
        step(
            "replaced_pod_ips",
            "Replaced of pods",
            "addresses of a node that is replaced, in a pod subnet [IPs]",
            where(is_replaced, _PEAK_POD_IPS, 0),
        ),
    )
