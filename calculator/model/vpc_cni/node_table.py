"""The node table of a mode's sheet: its columns, and what it has to say of a row.

Row by row it takes what sheet Groups has worked out. The modes differ in what a node's warm pool
holds; all else is declared once, here.
"""

from __future__ import annotations

from calculator.model.expression import BLANK, Expression, number, ref, where
from calculator.model.functions import maximum, minimum, roundup
from calculator.model.ranges import say
from calculator.model.sheet import Column
from calculator.model.vpc_cni import ipamd
from calculator.model.vpc_cni.groups import GROUPS
from calculator.model.vpc_cni.ipamd import AUTO_MODE, POD_SLOTS, PRIMARY_KEPT
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.pool import Pool, attached, pool_steps, step
from calculator.model.vpc_cni.remarks import figure, remarks, said
from calculator.model.vpc_cni.rows import NUMBER, helper
from calculator.model.vpc_cni.shares import prefix_shares, shares

__all__ = ["node_table"]

PODS = ref("pod_ips_needed")
CAPACITY = ref("pods_that_fit")
BRANCH_ENIS = ref("branch_enis")
SLOT_SIZE = ref("slot_size")
STATE, IS_NODE, SAYS = ref("state"), ref("is_node"), ref("says")


# --- what the sheet shows of sheet Groups ---------------------------------------------------------


def _from_groups(name: str, style: str | None = None) -> Column:
    of = GROUPS.by_name[name]
    assert isinstance(of, Column)
    formula = ref(name, GROUPS.name)
    formula = where(formula == "", "", formula) if of.is_text else formula
    return Column(
        name=name,
        header=of.header,
        about=of.about.removesuffix(", from sheet Plan"),
        formula=formula,
        copies=of.copies,
        style=style or of.style,
        width=of.width if name == "instance_type" else 11,
    )


# --- what comes of it -----------------------------------------------------------------------------


def _of_row(name: str, header: str, about: str, formula: Expression) -> Column:
    """A computed cell shows nothing in an empty row, and nothing in a row with a fault."""
    return Column(name=name, header=header, about=about, formula=where(STATE == 1, formula, BLANK))


def _of_node(name: str, header: str, about: str, formula: Expression) -> Column:
    """What only nodes have: nothing for pods on Fargate."""
    return Column(
        name=name, header=header, about=about, formula=where(IS_NODE == 1, formula, BLANK)
    )


def node_table(pool: Pool | None, obstacle: Expression | None = None) -> tuple[Column, ...]:
    """The columns of a mode's node table.

    Parameters
    ----------
    pool: what its nodes hold for their pods; None for a mode whose pods cost no address.
    obstacle: code of what the mode cannot carry of a row, "" for nothing.
    """
    size = SLOT_SIZE if pool else ref("prefix_size")
    all_remarks = remarks(pool.remarks if pool else None)
    return (
        *map(_from_groups, ("instance_type", "instances", "pods_per_node")),
        *map(_from_groups, ("max_enis", "ipv4_per_eni")),
        *((_slot_size(pool),) if pool and pool.with_prefixes else ()),
        _of_node(
            "max_pods",
            "Max pods",
            "pods that kubelet allows on the node [pods]",
            ipamd.max_pods(size),
        ),
        _from_groups("trunk_enis"),
        *((_from_groups("pod_enis"),) if pool else ()),
        _of_node(
            "branch_enis",
            "Branch ENIs",
            "pods with own security group that get their branch ENI [ENIs]",
            ipamd.branch_enis(),
        ),
        _from_groups("pod_ips_needed"),
        _of_node(
            "pods_that_fit",
            "Pods that fit",
            "pods that the node has ENIs and max pods for [pods]",
            ipamd.pods_that_fit(ref("pod_slots") * SLOT_SIZE if pool else None),
        ),
        *(_pool_columns(pool) if pool else _NO_POOL),
        _of_row(
            "pods_hosted_per_node",
            "Pods hosted per instance",
            "workload pods on the node that get an address, those with own security group too; "
            "1 for a pod on Fargate [pods]",
            where(IS_NODE == 1, _hosted(pool), 1),
        ),
        _from_groups("nodes"),
        _of_row(
            "ips_total",
            "IPs total",
            "addresses of the row's nodes in the fullest subnet [IPs]",
            ref("ips_per_node") * ref("nodes"),
        ),
        _of_row(
            "pods_total",
            "Pods total",
            "workload pods hosted on the row's nodes in the fullest subnet [pods]",
            ref("pods_hosted_per_node") * ref("nodes"),
        ),
        Column(
            name="check",
            header="Check",
            about="OK, or what is to be said of the row in this mode",
            formula=say(MESSAGES, SAYS, ref("figure")),
            style="check",
            width=60,
        ),
        NUMBER,
        *_states(obstacle),
        *((_slot_size(pool),) if pool and not pool.with_prefixes else ()),
        *(pool_steps(pool) if pool else ()),
        *shares(has_pool=pool is not None),
        *(prefix_shares() if pool and pool.with_prefixes else ()),
        *said(all_remarks, has_obstacle=obstacle is not None),
        step("figure", "Figure", "the number in the words of column Check", figure(all_remarks)),
    )


def _states(obstacle: Expression | None) -> tuple[Column, ...]:
    """Whether the mode can compute a row."""
    if obstacle is None:
        names = ("state", "is_node", "os", "is_auto_mode", "primary_kept")
        return tuple(_from_groups(name, "helper") for name in names)
    fault = ref("fault", GROUPS.name)
    state = ref("state", GROUPS.name)
    return (
        helper(
            "fault_here",
            "Here",
            "why this mode cannot compute the row",
            where(state == 1, obstacle, fault),
        ),
        helper(
            "state",
            "State",
            "1 for a row that can be computed, 0 for an empty one, -1 for one with a fault",
            where(ref("fault_here") == "", state, -1),
        ),
        helper(
            "is_node",
            "Node",
            "1 for nodes, 0 for pods on Fargate and what cannot be computed",
            where(STATE == 1, ref("is_node", GROUPS.name), 0),
        ),
        helper(
            "first_said_here",
            "Says first",
            "ok, the fault, or the remark",
            where(STATE == 1, ref("first_said", GROUPS.name), ref("fault_here")),
        ),
    )


def _hosted(pool: Pool | None) -> Expression:
    with_address = ref("active_ips") if pool else minimum(PODS, CAPACITY)
    workload = maximum(0, with_address - ref("daemonset_pods"))
    return minimum(ref("pods_per_node"), workload) + BRANCH_ENIS


def _slot_size(pool: Pool) -> Column:
    size = where(AUTO_MODE, ipamd.PREFIX_SIZE, pool.slot_size)
    of_node = _of_node if pool.with_prefixes else step
    return of_node(
        "slot_size",
        "IPs per slot",
        "16 where a slot of an ENI takes a /28 prefix, 1 where it takes a secondary address [IPs]",
        size,
    )


def _with_own(ips: Expression, enis: Expression) -> Expression:
    """All addresses of a node: those for pods, and a primary one for each ENI.

    The first ENI's is among the node's own; a pod on Fargate has only that.
    """
    return ref("own_ips") + where(IS_NODE == 1, ips + enis - 1, 0)


def _pool_columns(pool: Pool) -> tuple[Column, ...]:
    return (
        _of_node(
            "active_ips",
            "Active IPs",
            "IPv4 addresses in use by pods [IPs]",
            minimum(PODS, ref("most_active")),
        ),
        _of_node(
            "active_enis",
            "Active ENIs",
            "ENIs whose addresses pods need [ENIs]",
            roundup(ref("slots_in_use") / POD_SLOTS),
        ),
        *((_PREFIXES,) if pool.with_prefixes else ()),
        _of_node(
            "secondary_ips",
            "Secondary IPs",
            "addresses for pods that the node holds, in use and warm [IPs]",
            ref("slots_held") * SLOT_SIZE,
        ),
        _of_node(
            "attached_enis",
            "Attached ENIs",
            "ENIs on the node, its primary ENI included, trunk and branch ENIs not [ENIs]",
            attached(ref("slots_held")),
        ),
        _of_node(
            "warm_ips",
            "Warm IPs",
            "addresses held ready for pods to come [IPs]",
            ref("secondary_ips") - ref("active_ips"),
        ),
        _of_node(
            "warm_enis",
            "Warm ENIs",
            "ENIs that the pods could do without [ENIs]",
            ref("attached_enis") - ref("active_enis") - PRIMARY_KEPT,
        ),
        _of_row(
            "ips_per_node",
            "IPs used per instance",
            "secondary addresses, a primary address for each ENI, and other addresses; 1 for a "
            "pod on Fargate [IPs]",
            _with_own(ref("secondary_ips"), ref("attached_enis")),
        ),
        _of_row(
            "kept_ips_per_node",
            "IPs kept per instance",
            "at most, once pods have come and gone back to the plan's number: what the most pods "
            "needed, but addresses that a warm IP target gives back [IPs]",
            _with_own(ref("kept_slots") * SLOT_SIZE, ref("peak_attached_enis")),
        ),
        _of_row(
            "peak_ips_per_node",
            "Peak IPs per instance",
            "with the most pods [IPs]",
            _with_own(ref("peak_slots_held") * SLOT_SIZE, ref("peak_attached_enis")),
        ),
    )


_PREFIXES = _of_node(
    "prefixes",
    "Prefixes",
    "/28 prefixes that the node holds, in use and warm [prefixes]",
    where(SLOT_SIZE == 1, 0, ref("slots_held")),
)
#: On an IPv6 cluster a node has an IPv4 address for each ENI, and pods have none.
_NO_POOL = (
    _of_node(
        "attached_enis",
        "Attached ENIs",
        "ENIs on the node, trunk and branch ENIs not [ENIs]",
        number(1),
    ),
    *(
        _of_row(
            name,
            header,
            f"IPv4 addresses of the node, one for each ENI{when} [IPs]",
            ref("own_ips"),
        )
        for name, header, when in (
            ("ips_per_node", "IPs used per instance", ""),
            ("kept_ips_per_node", "IPs kept per instance", "; it keeps none for pods"),
            ("peak_ips_per_node", "Peak IPs per instance", ", also with the most pods"),
        )
    ),
)
