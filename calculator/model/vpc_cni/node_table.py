"""The node table of a mode's sheet: its columns, and what it has to say of a row.

Row by row it takes what is filled in on sheet Plan. The modes differ in what a node's warm pool
holds; all else is declared once, here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from calculator.model.expression import (
    BLANK,
    Expression,
    Operand,
    number,
    ref,
    text,
    where,
)
from calculator.model.functions import both, maximum, minimum, roundup
from calculator.model.ranges import say
from calculator.model.sheet import Column, Notice
from calculator.model.vpc_cni import ipamd
from calculator.model.vpc_cni.ipamd import (
    ACTIVE_IPS,
    NITRO,
    POD_SLOTS,
    PRIMARY_KEPT,
    WINDOWS,
)
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.rows import COPIES, fault_columns, helper

__all__ = ["Pool", "Remark", "node_table", "remarks", "step"]

INSTANCE_TYPE = ref("instance_type")
INSTANCES = ref("instances")
PODS = ref("pod_ips_needed")
CAPACITY = ref("pods_that_fit")
SECONDARY_IPS = ref("secondary_ips")
ATTACHED_ENIS = ref("attached_enis")
BRANCH_ENIS = ref("branch_enis")
FAULT, STATE, SAYS = ref("fault"), ref("state"), ref("says")


# --- what comes of it -----------------------------------------------------------------------------


def _computed(
    name: str, header: str, about: str, formula: Expression, looks_up: str | None = None
) -> Column:
    """A computed cell shows nothing in an empty row, and nothing in a row with a fault."""
    shown = where(STATE == 1, formula, BLANK)
    return Column(name=name, header=header, about=about, formula=shown, looks_up=looks_up)


def step(name: str, header: str, about: str, formula: Expression) -> Column:
    """A column that stands, in grey, at the right end."""
    return helper(name, header, about, where(STATE == 1, formula, BLANK))


_ALL_SLOTS = ref("pod_enis") * POD_SLOTS


def _limit(name: str, header: str, about: str, data_header: str) -> Column:
    found = ipamd.looked_up("INDEX({column},{row})", ref(f"catalog_{name}"), column=data_header)
    return _computed(name, header, about, found, looks_up=name)


@dataclass(frozen=True, eq=False)
class Remark:
    """What a sheet may have to say of a row that can be computed.

    Parameters
    ----------
    code: of the words, and of the finding.
    about: the input that it points to.
    when: condition.
    figure: what stands in the words for #.
    """

    code: str
    about: str
    when: Expression
    figure: Operand = 0

    @property
    def notice(self) -> Notice:
        """The same as a notice."""
        words = say(MESSAGES, self.code, self.figure)
        return Notice(code=self.code, about=self.about, when=self.when, message=words)


PODS_DO_NOT_FIT = Remark("pods-do-not-fit", "pods_per_node", PODS > CAPACITY, CAPACITY)
BRANCH_ENIS_DO_NOT_FIT = Remark(
    "branch-enis-do-not-fit",
    "security_group_pods",
    ref("security_group_pods") > BRANCH_ENIS,
    BRANCH_ENIS,
)


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool:
    """What a mode's nodes hold for their pods.

    Parameters
    ----------
    by_enis: whether max pods follow the ENIs where no setting says so.
    slot_size: addresses of a slot of an ENI [IPs].
    most_active: what limits the pods that get an address beside what fits [pods].
    steps: columns that lead to what is held.
    held: slots that a node holds [slots]; None for a mode whose pods cost no address.
    obstacle: code of what the mode cannot carry of a row, "" for nothing.
    obstacles: these codes.
    remarks: what only this mode may have to say of a row.
    """

    by_enis: bool
    slot_size: Operand = 1
    most_active: tuple[Expression, ...] = ()
    steps: tuple[Column, ...] = ()
    held: Expression | None = None
    obstacle: Expression | None = None
    obstacles: tuple[str, ...] = ()
    remarks: Sequence[Remark] = field(default=())


def remarks(pool: Pool) -> tuple[Remark, ...]:
    """What a mode may have to say of a row, the most important first."""
    by_vcpus = ref("max_pods_by") == "110 or 250"
    if not pool.by_enis:
        by_vcpus = ref("max_pods_by") != "ENI limits"
    vcpus_not_known = Remark(
        "vcpus-not-known",
        "instance_type",
        both(by_vcpus, ref("own_max_pods") == 0, where(WINDOWS, 1, ipamd.VCPUS) == 0),
    )
    return (PODS_DO_NOT_FIT, BRANCH_ENIS_DO_NOT_FIT, *pool.remarks, vcpus_not_known)


def node_table(pool: Pool) -> tuple[Column, ...]:
    """The columns of a mode's node table."""
    has_pool = pool.held is not None
    by_enis = ref("pod_slots") * pool.slot_size if has_pool else None
    if isinstance(pool.slot_size, int) and has_pool:
        by_enis = ref("pod_slots")
    slot_size: tuple[Column, ...] = ()
    if isinstance(pool.slot_size, Expression):
        slot_size = (_SLOT_SIZE,)
    return (
        *COPIES[:3],
        _limit("max_enis", "Max ENIs", "ENIs on the default network card [ENIs]", "max ENIs"),
        _limit(
            "ipv4_per_eni",
            "IPs per ENI",
            "IPv4 addresses of one ENI; its primary address serves no pod [IPs]",
            "IPs per ENI",
        ),
        *slot_size,
        _computed(
            "max_pods",
            "Max pods",
            "pods that kubelet allows on the node [pods]",
            ipamd.max_pods(pool.slot_size),
        ),
        _computed(
            "trunk_enis",
            "Trunk ENIs",
            "ENI that carries the branch ENIs of pods with own security group [ENIs]",
            ipamd.TRUNK_ENIS,
        ),
        *((_POD_ENIS,) if has_pool else ()),
        _computed(
            "branch_enis",
            "Branch ENIs",
            "pods with own security group that get their branch ENI [ENIs]",
            ipamd.branch_enis(),
        ),
        _computed(
            "pod_ips_needed",
            "Pods per instance",
            "workload and DaemonSet pods that need an address [pods]",
            ref("pods_per_node") + ref("daemonset_pods"),
        ),
        _computed(
            "pods_that_fit",
            "Pods that fit",
            "pods that the node has ENIs and max pods for [pods]",
            ipamd.pods_that_fit(by_enis),
        ),
        *(_pool_columns(pool) if has_pool else _NO_POOL),
        _computed(
            "pods_hosted_per_node",
            "Pods hosted per instance",
            "workload pods on the node that get an address, those with own security group too "
            "[pods]",
            minimum(ref("pods_per_node"), maximum(0, _hosted(pool) - ref("daemonset_pods")))
            + BRANCH_ENIS,
        ),
        *_IN_THE_SUBNET,
        Column(
            name="check",
            header="Check",
            about="OK, or what is to be said of the row in this mode",
            formula=say(MESSAGES, SAYS, ref("figure")),
            style="check",
            width=60,
        ),
        *COPIES[3:],
        *pool.steps,
        *_steps(pool),
    )


def _hosted(pool: Pool) -> Expression:
    return ACTIVE_IPS if pool.held is not None else minimum(PODS, CAPACITY)


_SLOT_SIZE = _computed(
    "slot_size",
    "IPs per slot",
    "16 where a slot of an ENI takes a /28 prefix, 1 where it takes a secondary address [IPs]",
    where(NITRO, ipamd.PREFIX_SIZE, 1),
)
_POD_ENIS = _computed(
    "pod_enis", "ENIs for pods", "ENIs that can serve pods [ENIs]", ipamd.POD_ENIS
)


def _pool_columns(pool: Pool) -> tuple[Column, ...]:
    assert pool.held is not None
    held, size = pool.held, pool.slot_size
    of_prefixes: tuple[Column, ...] = ()
    if not isinstance(size, int):
        of_prefixes = (
            _computed(
                "prefixes",
                "Prefixes",
                "/28 prefixes that the node holds, in use and warm [prefixes]",
                where(ref("slot_size") == 1, 0, ref("slots_held")),
            ),
        )
        held = ref("slots_held") * ref("slot_size")
    slots = SECONDARY_IPS if isinstance(size, int) else ref("slots_held")
    return (
        _computed(
            "active_ips",
            "Active IPs",
            "IPv4 addresses in use by pods [IPs]",
            minimum(PODS, CAPACITY, *pool.most_active),
        ),
        _computed(
            "active_enis",
            "Active ENIs",
            "ENIs whose addresses pods need [ENIs]",
            roundup(ipamd.slots_for(ACTIVE_IPS, size) / POD_SLOTS),
        ),
        *of_prefixes,
        _computed(
            "secondary_ips",
            "Secondary IPs",
            "addresses for pods that the node holds, in use and warm [IPs]",
            held,
        ),
        _computed(
            "attached_enis",
            "Attached ENIs",
            "ENIs on the node, its primary ENI included, trunk and branch ENIs not [ENIs]",
            maximum(1 - PRIMARY_KEPT, roundup(slots / POD_SLOTS)) + PRIMARY_KEPT,
        ),
        _computed(
            "warm_ips",
            "Warm IPs",
            "addresses held ready for pods to come [IPs]",
            SECONDARY_IPS - ACTIVE_IPS,
        ),
        _computed(
            "warm_enis",
            "Warm ENIs",
            "ENIs that the pods could do without [ENIs]",
            ATTACHED_ENIS - ref("active_enis") - PRIMARY_KEPT,
        ),
        _computed(
            "ips_per_node",
            "IPs used per instance",
            "secondary addresses, and a primary address for each ENI [IPs]",
            SECONDARY_IPS + ATTACHED_ENIS + ref("trunk_enis") + BRANCH_ENIS,
        ),
    )


#: On an IPv6 cluster a node has an IPv4 address for each ENI, and pods have none.
_NO_POOL = (
    _computed(
        "attached_enis",
        "Attached ENIs",
        "ENIs on the node, trunk and branch ENIs not [ENIs]",
        number(1),
    ),
    _computed(
        "ips_per_node",
        "IPs used per instance",
        "IPv4 addresses of the node, one for each ENI [IPs]",
        ATTACHED_ENIS + ref("trunk_enis") + BRANCH_ENIS,
    ),
)
_IN_THE_SUBNET = (
    _computed(
        "nodes",
        "Nodes in the subnet",
        "instances of the row in the fullest subnet [instances]",
        roundup(INSTANCES / ref("availability_zones")),
    ),
    _computed(
        "ips_total",
        "IPs total",
        "addresses of the row's nodes in the fullest subnet [IPs]",
        ref("ips_per_node") * ref("nodes"),
    ),
    _computed(
        "pods_total",
        "Pods total",
        "workload pods hosted on the row's nodes in the fullest subnet [pods]",
        ref("pods_hosted_per_node") * ref("nodes"),
    ),
)


def _says(pool: Pool) -> tuple[Column, ...]:
    """The code of what column Check says, few remarks a column: the last column says it all."""
    first, second, *others = remarks(pool)
    parts = [(first, second), *((remark,) for remark in others)]
    said: Expression | str = "ok"
    columns = []
    for at, part in reversed(list(enumerate(parts))):
        for remark in reversed(part):
            said = where(remark.when, remark.code, said)
        if at:
            name, header, otherwise = f"says_{at + 1}", f"Says {at + 1}", text("")
        else:
            name, header = "says", "Says"
            otherwise = FAULT if pool.obstacle is None else ref("fault_here")
        about = "the code of what column Check says"
        columns.append(helper(name, header, about, where(STATE == 1, said, otherwise)))
        said = ref(name)
    return tuple(columns)


def _figure(pool: Pool) -> Expression:
    figure: Expression = number(0)
    for remark in reversed(remarks(pool)):
        if isinstance(remark.figure, Expression):
            figure = where(SAYS == remark.code, remark.figure, figure)
    return figure


def _steps(pool: Pool) -> tuple[Column, ...]:
    """What stands, in grey, at the right end."""
    of_pool = (
        step("pod_slots", "Slots for pods", "slots of all ENIs for pods [slots]", _ALL_SLOTS),
        step(
            "slots_in_use",
            "Slots in use",
            "slots whose addresses pods have [slots]",
            ipamd.slots_for(ACTIVE_IPS, pool.slot_size),
        ),
    )
    kept = 0 if pool.held is None else 1 if isinstance(pool.slot_size, int) else 2
    return (
        step("allowed_enis", "ENIs allowed", "ENIs that the VPC CNI may attach [ENIs]", ipamd.ENIS),
        step(
            "eks_max_pods",
            "EKS max pods",
            "max pods where a row has no number of its own [pods]",
            ipamd.eks_max_pods(by_enis=pool.by_enis),
        ),
        *of_pool[:kept],
        step(
            "nodes_after_zone_loss",
            "Nodes after loss of a zone",
            "instances of the row in the fullest subnet once a zone is lost [instances]",
            roundup(INSTANCES / ref("zones_left")),
        ),
        *fault_columns(pool.obstacle),
        *_says(pool),
        step("figure", "Figure", "the number in the words of column Check", _figure(pool)),
    )
