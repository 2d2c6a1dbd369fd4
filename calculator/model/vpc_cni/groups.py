"""Sheet Groups: what holds for a node group in every mode, computed once.

What is filled in on sheet Plan, row by row, and what is wrong with it; the ENIs and max pods of a
node; and how many nodes of the group the fullest subnet has: now, when autoscaling has brought it
to its most instances, once a zone is lost, and what updates and replacements add.

Sources: Amazon EKS User Guide (updates of managed node groups, Fargate, Auto Mode); Karpenter,
disruption budgets; Kubernetes, Deployments (rolling updates).
"""

from __future__ import annotations

from calculator.model.expression import BLANK, Expression, ref, where
from calculator.model.functions import both, either, is_nothing, maximum, roundup, surely
from calculator.model.ranges import say
from calculator.model.sheet import Column, Label, Notice, Sheet
from calculator.model.vpc_cni import ipamd
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.rows import COPIES, FAULT_COLUMNS, IS_FARGATE, NUMBER, helper
from calculator.plan import EKS_AUTO_MODE, FARGATE, KARPENTER, MANAGED_NODE_GROUP

__all__ = ["GROUPS"]

STATE = ref("state")
INSTANCES = ref("instances")
ZONES, ZONES_LEFT = ref("availability_zones"), ref("zones_left")
PER_CENT = ref("per_cent")
COME_FROM = ref("nodes_come_from")
IS_NODE = ref("is_node")
OWN_IS_0 = where(ipamd.WINDOWS, 1, ref("own_max_pods")) == 0


def _of_row(name: str, header: str, about: str, formula: Expression) -> Column:
    """What every row that can be computed has."""
    shown = where(STATE == 1, formula, BLANK)
    return Column(name=name, header=header, about=about, formula=shown)


def _of_node(
    name: str, header: str, about: str, formula: Expression, looks_up: str | None = None
) -> Column:
    """What only nodes have: nothing for pods on Fargate."""
    shown = where(IS_NODE == 1, formula, BLANK)
    return Column(name=name, header=header, about=about, formula=shown, looks_up=looks_up)


def _limit(name: str, header: str, about: str, data_header: str) -> Column:
    found = ipamd.looked_up("INDEX({column},{row})", ref(f"catalog_{name}"), column=data_header)
    return _of_node(name, header, about, found, looks_up=name)


def _remark() -> Expression:
    """The code of what of a row is left out of account: a slip, most likely."""
    remark = ref("remark_on_fargate")
    for code, least in reversed(_LEAST.items()):
        most = ref(code.replace("-", "_"))
        remark = where(surely(most < ref(least)), f"{code}-low", remark)
    return where(STATE == 1, remark, "")


def _on_fargate() -> Expression:
    """The same of pods on Fargate."""
    is_elsewhere = both(_OWN_WORD != "", _OWN_WORD != FARGATE)
    is_odd = either(is_elsewhere, ref("of_nodes_only") > 0)
    odd = where(is_odd, "on-fargate", "ok")
    return where(ref("most_units") == 0, "no-pod-on-fargate", odd)


#: Inputs that are no less than another.
_LEAST = {"most-instances": "instances", "most-pods": "pods_per_node"}
_OWN_WORD, _WORD_OF_PLAN = ref("nodes_from"), ref("nodes_from", "Settings")
_ROW_COLUMNS = (
    *FAULT_COLUMNS,
    helper(
        "nodes_come_from",
        "Come from",
        "where the nodes of the row come from",
        where(
            STATE == 1,
            where(IS_FARGATE, FARGATE, where(_OWN_WORD == "", _WORD_OF_PLAN, _OWN_WORD)),
            "",
        ),
    ),
    helper(
        "is_node",
        "Node",
        "1 for nodes, 0 for pods on Fargate and what cannot be computed",
        where(STATE == 1, where(COME_FROM == FARGATE, 0, 1), 0),
    ),
    helper(
        "of_nodes_only",
        "Nodes only",
        "what is filled in that only nodes have, 1 for Windows",
        where(
            STATE == 1,
            ref("own_max_pods")
            + ref("security_group_pods")
            + ref("other_enis")
            + ref("other_ips_per_node")
            + where(ipamd.WINDOWS, 1, 0),
            BLANK,
        ),
    ),
    helper(
        "remark_on_fargate",
        "Odd Fargate",
        "what is odd of pods on Fargate, ok for nodes",
        where(COME_FROM == "", "", where(COME_FROM == FARGATE, _on_fargate(), "ok")),
    ),
    helper(
        "remark",
        "Odd in the row",
        "what is odd in what is filled in, though it can be computed",
        _remark(),
    ),
    helper(
        "first_said",
        "Says",
        "ok, the fault, or the remark",
        where(STATE == 1, ref("remark"), ref("fault")),
    ),
)

_ENI_COLUMNS = (
    _limit("max_enis", "Max ENIs", "ENIs on the default network card [ENIs]", "max ENIs"),
    _limit(
        "ipv4_per_eni",
        "IPs per ENI",
        "IPv4 addresses of one ENI; its primary address serves no pod [IPs]",
        "IPs per ENI",
    ),
    _of_node("vcpus", "vCPUs", "vCPUs, 0 where they are not known [vCPUs]", ipamd.VCPUS),
    _of_node(
        "is_nitro",
        "Nitro",
        "1 for a type that is known to be on Nitro or bare metal",
        where(ipamd.NITRO, 1, 0),
    ),
    _of_node(
        "usable_enis",
        "ENIs usable",
        "ENIs that the VPC CNI may have on the node [ENIs]",
        ipamd.ENIS,
    ),
    _of_node(
        "trunk_slot",
        "Trunk slot",
        "ENIs whose place is kept for a trunk ENI [ENIs]",
        ipamd.TRUNK_SLOT,
    ),
    _of_node(
        "trunk_enis",
        "Trunk ENIs",
        "ENI that carries the branch ENIs of pods with own security group [ENIs]",
        ipamd.TRUNK_ENIS,
    ),
    _of_node(
        "most_branch_enis",
        "Branch limit",
        "branch ENIs that the trunk ENI can carry [ENIs]",
        where(ref("trunk_enis") == 1, ipamd.BRANCH_ENIS, 0),
    ),
    _of_node(
        "primary_kept",
        "Primary kept",
        "1 where the primary ENI serves no pod [ENIs]",
        where(ipamd.WINDOWS, 0, ref("primary_enis_kept")),
    ),
    _of_node("pod_enis", "ENIs for pods", "ENIs that can serve pods [ENIs]", ipamd.POD_ENIS),
    _of_node(
        "enis_limit",
        "By all ENIs",
        "max pods as Karpenter and nodeadm reckon them [pods]",
        ipamd.ENIS_LIMIT,
    ),
    _of_node("max_pods_cap", "Cap", "max pods by where nodes come from [pods]", ipamd.CAP),
    _of_node(
        "max_pods_limit",
        "Pods limit",
        "max pods, or their cap where the ENIs lower it [pods]",
        ipamd.LIMIT,
    ),
    _of_node(
        "is_capped",
        "Not known",
        "1 for a managed node group whose cap is that of unknown vCPUs",
        where(both(COME_FROM == MANAGED_NODE_GROUP, ref("vcpus") == 0, OWN_IS_0), 1, 0),
    ),
    _of_node(
        "lowered_by_enis",
        "By ENIs",
        "1 where max pods are no more than the ENIs allow",
        ipamd.LOWERED_BY_ENIS,
    ),
    _of_node(
        "slots_allowed",
        "Slots allowed",
        "slots that lower max pods; as many as the limit where they do not [slots]",
        ipamd.SLOTS_ALLOWED,
    ),
    helper(
        "is_auto_mode",
        "Auto",
        "1 for nodes of EKS Auto Mode",
        where(IS_NODE == 1, where(COME_FROM == EKS_AUTO_MODE, 1, 0), 0),
    ),
    helper(
        "pods_move",
        "Elsewhere",
        "1 where pods have addresses of other subnets than their node",
        where(IS_NODE == 1, where(ipamd.WINDOWS, 0, ref("pods_elsewhere")), 0),
    ),
    _of_node(
        "pod_ips_needed",
        "Pods per instance",
        "workload and DaemonSet pods that need an address [pods]",
        ref("pods_per_node") + ref("daemonset_pods"),
    ),
)

# --- where the nodes land -------------------------------------------------------------------------


def _surged(pods: Expression) -> Expression:
    """Pods at most while Deployments are rolled out [pods]."""
    return roundup(pods * (PER_CENT + ref("rollout_surge")) / PER_CENT)


#: Workload pods of a node at most.
_MOST_PODS = where(
    is_nothing(ref("most_pods")),
    _surged(ref("pods_per_node")),
    maximum(ref("most_pods"), ref("pods_per_node")),
)
_MOST_HERE = ref("most_here")
_SPREAD_EVENLY = is_nothing(ref("in_fullest_zone"))
_ZONE, _ZONE_MOST = ref("zone_nodes"), ref("zone_nodes_most")
_UNITS, _MOST_UNITS = ref("units"), ref("most_units")


def _per(subnets: str, nodes: str) -> Expression:
    """The share of the fullest of some subnets of the zone."""
    return roundup(ref(nodes) / ref(subnets))


_IN_ZONE = where(
    _SPREAD_EVENLY,
    roundup(_UNITS / ZONES),
    ref("in_fullest_zone") * where(IS_NODE == 1, 1, ref("pods_per_node")),
)
_IN_ZONE_MOST = where(
    either(_SPREAD_EVENLY, _UNITS == 0),
    roundup(_MOST_UNITS / ZONES),
    roundup(_ZONE * _MOST_UNITS / maximum(1, _UNITS)),
)
#: Where the fullest zone is said, another is lost: its nodes go to those that are left.
_IN_ZONE_AFTER_LOSS = where(
    _SPREAD_EVENLY,
    roundup(_MOST_UNITS / ZONES_LEFT),
    _ZONE_MOST + where(ZONES_LEFT == ZONES, 0, roundup(ref("lost_nodes") / ZONES_LEFT)),
)
_UNAVAILABLE_HERE = where(
    ref("max_unavailable_percent") > 0,
    roundup(_MOST_HERE * ref("max_unavailable_percent") / PER_CENT),
    ref("max_unavailable"),
)
_ADDED_BY_UPDATE = where(
    both(COME_FROM == MANAGED_NODE_GROUP, ref("updates") == 1),
    maximum(ZONES * ref("update_nodes_per_zone"), ref("unavailable")),
    0,
)
_REPLACED = where(
    either(COME_FROM == KARPENTER, COME_FROM == EKS_AUTO_MODE),
    roundup(_MOST_UNITS * ref("replaced_at_once") / PER_CENT),
    0,
)
_NODE_COLUMNS = (
    _of_row(
        "most_workload_pods",
        "Most workload pods",
        "workload pods of an instance at the peak, as far as they fit [pods]",
        _MOST_PODS,
    ),
    _of_row(
        "units",
        "Nodes",
        "nodes in all zones, and pods on Fargate, each on its own [nodes]",
        INSTANCES * where(IS_NODE == 1, 1, ref("pods_per_node")),
    ),
    _of_row(
        "most_here",
        "Instances at most",
        "instances of the row at most [instances]",
        maximum(INSTANCES, where(is_nothing(ref("most_instances")), 0, ref("most_instances"))),
    ),
    _of_row(
        "most_on_fargate",
        "On Fargate at most",
        "pods on Fargate at most: they surge together, whatever instance they stand in [pods]",
        where(
            is_nothing(ref("most_pods")),
            _surged(_MOST_HERE * ref("pods_per_node")),
            _MOST_HERE * ref("most_workload_pods"),
        ),
    ),
    _of_row(
        "most_units",
        "Most nodes",
        "nodes, and pods on Fargate, at most [nodes]",
        where(IS_NODE == 1, _MOST_HERE, ref("most_on_fargate")),
    ),
    _of_row("zone_nodes", "In the zone", "nodes in the fullest zone [nodes]", _IN_ZONE),
    _of_row("zone_nodes_most", "In the zone at most", "the same at most [nodes]", _IN_ZONE_MOST),
    _of_row(
        "lost_nodes",
        "In a lost zone",
        "nodes of the zone that is lost, where it is said what the fullest has [nodes]",
        where(_SPREAD_EVENLY, 0, roundup((_MOST_UNITS - _ZONE_MOST) / ZONES_LEFT)),
    ),
    _of_row(
        "zone_nodes_after",
        "In the zone after loss",
        "the same once another zone is lost [nodes]",
        _IN_ZONE_AFTER_LOSS,
    ),
    _of_row(
        "nodes",
        "Nodes in the subnet",
        "nodes in the fullest subnet [nodes]",
        _per("node_subnets", "zone_nodes"),
    ),
    _of_row(
        "nodes_most",
        "In the subnet at most",
        "the same at most [nodes]",
        _per("node_subnets", "zone_nodes_most"),
    ),
    _of_row(
        "nodes_after_zone_loss",
        "In the subnet after loss",
        "the same once another zone is lost [nodes]",
        _per("node_subnets", "zone_nodes_after"),
    ),
    _of_row(
        "pod_nodes",
        "Nodes of the pod subnet",
        "nodes whose pods are in the fullest pod subnet [nodes]",
        _per("pod_subnets_by_node", "zone_nodes"),
    ),
    _of_row(
        "pod_nodes_most",
        "Of the pod subnet at most",
        "the same at most [nodes]",
        _per("pod_subnets_by_node", "zone_nodes_most"),
    ),
    _of_row(
        "pod_nodes_after",
        "Of the pod subnet after loss",
        "the same once another zone is lost [nodes]",
        _per("pod_subnets_by_node", "zone_nodes_after"),
    ),
    _of_node(
        "unavailable",
        "Unavailable",
        "nodes that an update of the group takes down at once [nodes]",
        _UNAVAILABLE_HERE,
    ),
    _of_node(
        "added_by_update",
        "Added by an update",
        "nodes that an update of the group adds in all zones [nodes]",
        _ADDED_BY_UPDATE,
    ),
    _of_node(
        "update_nodes",
        "Update in the subnet",
        "of these, in a subnet of nodes [nodes]",
        roundup(ref("added_by_update") / (ZONES_LEFT * ref("node_subnets"))),
    ),
    _of_node(
        "pod_update_nodes",
        "Update of the pod subnet",
        "of these, with pods in a pod subnet [nodes]",
        roundup(ref("added_by_update") / (ZONES_LEFT * ref("pod_subnets_by_node"))),
    ),
    _of_node(
        "replaced",
        "Replaced at once",
        "nodes that Karpenter or EKS Auto Mode adds in all zones before others go [nodes]",
        _REPLACED,
    ),
)

GROUPS = Sheet(
    name="Groups",
    mode=None,
    title="node groups",
    table="Groups",
    labels=(
        Label(
            cell="A1",
            text="Node groups: what holds for each in every mode",
            style="title",
        ),
        Label(
            cell="A2",
            text="Formulas only: everything is filled in on sheet Plan.",
            style="remark",
        ),
    ),
    columns=(*COPIES, NUMBER, *_ROW_COLUMNS, *_ENI_COLUMNS, *_NODE_COLUMNS),
    good_row=STATE == 1,
    notices=(
        Notice(
            code="windows-custom-networking",
            about="os",
            when=ref("fault") == "windows-custom-networking",
            message=say(MESSAGES, "windows-custom-networking"),
        ),
        # Check names the input, as it speaks of the row; a finding names what it found.
        Notice(
            code="share-of-zone",
            about="in_fullest_zone",
            when=ref("fault") == "share-of-zone",
            message="found "
            & ref("in_fullest_zone")
            & ", of "
            & INSTANCES
            & " instances; a part of them is expected, and all of them where there is one zone",
        ),
        *(
            Notice(code=code, about=about, when=ref("remark") == code, message=say(MESSAGES, code))
            for code, about in (
                *((f"{code}-low", code.replace("-", "_")) for code in _LEAST),
                ("no-pod-on-fargate", "pods_per_node"),
                ("on-fargate", "instance_type"),
            )
        ),
    ),
    header_row=4,
)
