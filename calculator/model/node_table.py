"""The node table of a vpc-cni sheet: its columns, and what its Check column says of a row.

The sheets differ in what a node's warm pool holds; all else is declared once, here.
"""

from __future__ import annotations

from collections.abc import Sequence

from calculator.model import frame, ipamd
from calculator.model.expression import (
    BLANK,
    Expression,
    both,
    choose,
    either,
    is_number,
    lookup,
    maximum,
    minimum,
    number,
    ref,
    roundup,
    text,
    where,
)
from calculator.model.ipamd import CUSTOM_NETWORKING, IPV6, NITRO, POD_SLOTS, PREFIX_SIZE, WINDOWS
from calculator.model.sheet import Column, Notice
from calculator.model.subnets import ZONES_LEFT
from calculator.plan import GROUP_INPUTS, Choice

__all__ = ["NOTICES", "PREFIX_FALLBACK", "bands", "node_table", "stops_at_minimum"]

INSTANCE_TYPE = ref("instance_type")
INSTANCES = ref("instances")
WORKLOAD_PODS = ref("pods_per_node")
PODS = ref("pod_ips_needed")
CAPACITY = ref("pods_that_fit")
ACTIVE_IPS = ref("active_ips")
SECONDARY_IPS = ref("secondary_ips")
ATTACHED_ENIS = ref("attached_enis")
BRANCH_ENIS = ref("branch_enis")
NODES = ref("nodes")
ZONES = ref("availability_zones")
ROW_STATE = ref("row_state")
SLOT_SIZE = ref("slot_size")

# A row's state: its type's row in InstanceTypes, 0 for an empty row, below 0 for one with a fault.
NO_TYPE, BAD_SETTING, UNKNOWN_TYPE, NOT_ON_WINDOWS = -1, -2, -3, -4
BAD_INPUT = {
    "instances": -5,
    "pods_per_node": -6,
    "os": -7,
    "own_max_pods": -8,
    "security_group_pods": -9,
}


def shown(formula: Expression) -> Expression:
    """A computed cell shows nothing in an empty row, and nothing in a row with a fault."""
    return where(ROW_STATE > 0, formula, BLANK)


def _computed(name: str, header: str, about: str, formula: Expression) -> Column:
    return Column(name=name, header=header, about=about, formula=shown(formula), width=10)


def _input(name: str, header: str, width: float, *, optional: bool = False) -> Column:
    declared = GROUP_INPUTS[name]
    return Column(
        name=name,
        header=header,
        about=declared.about,
        input=declared,
        optional=optional,
        style="text" if isinstance(declared, Choice) else "number",
        width=width,
    )


INPUTS = (
    Column(
        name="instance_type",
        header="instance type",
        about="EC2 instance type, one of sheet InstanceTypes",
        style="text",
        width=26,
    ),
    _input("instances", "# of Instances", 14),
    _input("pods_per_node", "Target Workload Pods per Node", 18),
)
#: What few rows need, apart from what everyone fills in.
MORE_INPUTS = (
    _input("os", "Operating system", 11, optional=True),
    _input("own_max_pods", "Own max pods", 10, optional=True),
    _input("security_group_pods", "Pods with own security group", 12, optional=True),
)


def _limit(name: str, header: str, about: str, data_header: str) -> Column:
    formula = ipamd.looked_up("INDEX({column},{row})", ref(f"catalog_{name}"), column=data_header)
    return Column(
        name=name, header=header, about=about, formula=shown(formula), looks_up=name, width=10
    )


LIMITS = (
    _limit("max_enis", "Max ENIs", "ENIs on the default network card [ENIs]", "max ENIs"),
    _limit(
        "ipv4_per_eni",
        "IPs per ENI",
        "IPv4 addresses of one ENI; its primary address serves no pod [IPs]",
        "IPs per ENI",
    ),
)


def node_table(
    secondary_ips: Expression,
    notices: Sequence[Notice],
    *,
    most_active: Expression = CAPACITY,
    prefixes: Expression | None = None,
) -> tuple[Column, ...]:
    """The columns of a sheet's node table.

    Parameters
    ----------
    secondary_ips: addresses for pods that a node holds, in use and warm [IPs].
    notices: what the Check column says where it applies, the first of them first.
    most_active: pods that get an address, at most [pods].
    prefixes: /28 prefixes that a node holds [prefixes], on the sheet that has them.
    """
    slot_size: Expression | int = 1 if prefixes is None else SLOT_SIZE
    slots_in_use, slots_held = ACTIVE_IPS, SECONDARY_IPS
    of_prefixes: tuple[Column, ...] = ()
    if prefixes is not None:
        slots_in_use, slots_held = roundup(ACTIVE_IPS / SLOT_SIZE), SECONDARY_IPS / SLOT_SIZE
        of_prefixes = (
            _computed(
                "prefixes",
                "Prefixes",
                "/28 prefixes that the node holds, in use and warm [prefixes]",
                where(IPV6, 0, where(SLOT_SIZE == PREFIX_SIZE, prefixes, 0)),
            ),
        )
    enis_held = roundup(slots_held / POD_SLOTS)
    return (
        *INPUTS,
        *LIMITS,
        *(() if prefixes is None else (_SLOT_SIZE,)),
        _computed(
            "max_pods",
            "Max pods",
            "pods that kubelet allows on the node [pods]",
            ipamd.max_pods(slot_size),
        ),
        _computed(
            "trunk_enis",
            "Trunk ENIs",
            "ENI that carries the branch ENIs of pods with own security group [ENIs]",
            ipamd.TRUNK_ENIS,
        ),
        _computed("pod_enis", "ENIs for pods", "ENIs that can serve pods [ENIs]", ipamd.POD_ENIS),
        _computed(
            "branch_enis",
            "Branch ENIs",
            "pods with own security group that get their branch ENI [ENIs]",
            ipamd.BRANCH_ENIS,
        ),
        _computed(
            "pod_ips_needed",
            "Pod IPs needed",
            "workload and DaemonSet pods, each with an address [IPs]",
            WORKLOAD_PODS + ref("daemonset_pods"),
        ),
        _computed(
            "pods_that_fit",
            "Pods that fit",
            "pods that the node has ENIs and max pods for [pods]",
            ipamd.pods_that_fit(slot_size),
        ),
        _computed(
            "active_ips",
            "Active IPs",
            "IPv4 addresses in use by pods [IPs]",
            where(IPV6, 0, minimum(PODS, most_active)),
        ),
        _computed(
            "active_enis",
            "Active ENIs",
            "ENIs whose addresses pods need [ENIs]",
            roundup(slots_in_use / POD_SLOTS),
        ),
        *of_prefixes,
        _computed(
            "secondary_ips",
            "Secondary IPs",
            "addresses for pods that the node holds, in use and warm [IPs]",
            where(IPV6, 0, secondary_ips),
        ),
        _computed(
            "attached_enis",
            "Attached ENIs",
            "ENIs on the node, its primary ENI included, trunk and branch ENIs not [ENIs]",
            where(CUSTOM_NETWORKING, enis_held + 1, maximum(1, enis_held)),
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
            ATTACHED_ENIS - ref("active_enis") - where(CUSTOM_NETWORKING, 1, 0),
        ),
        _computed(
            "ips_per_node",
            "IPs used per instance",
            "secondary addresses, and a primary address for each ENI [IPs]",
            SECONDARY_IPS + ATTACHED_ENIS + ref("trunk_enis") + BRANCH_ENIS,
        ),
        _computed(
            "pods_hosted_per_node",
            "Pods hosted per instance",
            "workload pods on the node that get an address, those with own security group too "
            "[pods]",
            minimum(WORKLOAD_PODS, maximum(0, _HOSTED - ref("daemonset_pods"))) + BRANCH_ENIS,
        ),
        _computed(
            "nodes",
            "Nodes in the subnet",
            "instances of the row in the fullest subnet [instances]",
            roundup(INSTANCES / ZONES),
        ),
        _computed(
            "ips_total",
            "IPs total",
            "addresses of the row's nodes in the fullest subnet [IPs]",
            ref("ips_per_node") * NODES,
        ),
        _computed(
            "pods_total",
            "Pods total",
            "workload pods hosted on the row's nodes in the fullest subnet [pods]",
            ref("pods_hosted_per_node") * NODES,
        ),
        *MORE_INPUTS,
        _check(notices),
        *HELPERS,
    )


def bands(columns: Sequence[Column]) -> list[tuple[str, str]]:
    """(Letter of its first column, words) for each part of the node table."""
    parts = {
        "max_enis": "Of one instance",
        "nodes": "In the fullest subnet",
        "os": "What few rows need",
    }
    at = {each.name: number for number, each in enumerate(columns)}
    return [(chr(ord("A") + at[name]), words) for name, words in parts.items()]


_SLOT_SIZE = _computed(
    "slot_size",
    "IPs per slot",
    "16 where a slot of an ENI takes a /28 prefix, 1 where it takes a secondary address [IPs]",
    where(NITRO, PREFIX_SIZE, 1),
)
#: On an IPv6 cluster pods have IPv6 addresses, of the node's /80 prefix.
_HOSTED = where(IPV6, minimum(PODS, CAPACITY), ACTIVE_IPS)


# --- faults and checks ----------------------------------------------------------------------------

# MATCH takes * ? ~ as wildcards; a type that holds one is not on the sheet.
TYPE_ROW = lookup(
    'IFERROR(IF(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({key},"*",""),"?",""),"~","")={key},'
    "MATCH({key},{column},0),{unknown}),{unknown})",
    where(ref("catalog_position") > 0, ref("catalog_position"), UNKNOWN_TYPE),
    key=INSTANCE_TYPE,
    column=("InstanceTypes", "instance type"),
    unknown=number(UNKNOWN_TYPE),
)


def _row_state() -> Expression:
    state = where(
        both(WINDOWS, either(IPV6, CUSTOM_NETWORKING)),
        NOT_ON_WINDOWS,
        TYPE_ROW,
    )
    state = where(frame.SETTINGS_TO_CORRECT > 0, BAD_SETTING, state)
    for column in reversed((*INPUTS, *MORE_INPUTS)):
        if column.input:
            good = frame.valid(ref(column.name), column.input, or_empty=column.optional)
            state = where(good, state, BAD_INPUT[column.name])
    filled_in = either(is_number(INSTANCES), is_number(WORKLOAD_PODS))
    return where(INSTANCE_TYPE == "", where(filled_in, NO_TYPE, 0), state)


HELPERS = (
    Column(
        name="nodes_after_zone_loss",
        header="Nodes after loss of a zone",
        about="helper: instances of the row in the fullest subnet once a zone is lost",
        formula=shown(roundup(INSTANCES / ZONES_LEFT)),
        style="helper",
    ),
    Column(
        name="row_state",
        header="Row state",
        about="helper: the type's row in InstanceTypes, 0 for an empty row, below 0 for a fault",
        formula=_row_state(),
        style="helper",
        looks_up="position",
    ),
)

#: What the Check column says in a row with a fault, in the order of the states.
_FAULTS = (
    "",
    "Enter an instance type",
    "Correct the settings above",
    "This type is not on sheet InstanceTypes",
    "Windows nodes have neither IPv6 nor custom networking: plan them on a sheet of their own",
    *(
        f"{'Pods' if name == 'pods_per_node' else column.header}: enter {column.input.expected}"
        for name in BAD_INPUT
        for column in (*INPUTS, *MORE_INPUTS)
        if column.name == name and column.input
    ),
)


WINDOWS_NOT_SUPPORTED = Notice(
    kind="not-on-windows",
    about="os",
    when=ROW_STATE == NOT_ON_WINDOWS,
    message=text(_FAULTS[-NOT_ON_WINDOWS]),
    is_fault=True,
)
NEEDS_NITRO = Notice(
    kind="ipv6-needs-nitro",
    about="instance_type",
    when=where(IPV6, where(NITRO, 0, 1), 0) > 0,
    message=text("an IPv6 cluster needs Nitro types, and this one is not known to be one"),
)
PODS_DO_NOT_FIT = Notice(
    kind="pods-do-not-fit",
    about="pods_per_node",
    when=PODS > CAPACITY,
    message=PODS & " pods a node need an address, " & CAPACITY & " fit",
)
BRANCH_ENIS_DO_NOT_FIT = Notice(
    kind="branch-enis-do-not-fit",
    about="security_group_pods",
    when=ipamd.SECURITY_GROUP_PODS > BRANCH_ENIS,
    message=ipamd.SECURITY_GROUP_PODS
    & " pods a node need a branch ENI, "
    & BRANCH_ENIS
    & where(ref("pod_eni") == "yes", " fit", " fit: ENABLE_POD_ENI is off"),
)


def stops_at_minimum(*only_minimum: Expression) -> Notice:
    """Says that pods get no address, where there is a minimum and no warm target."""
    return Notice(
        kind="no-warm-ip-target",
        about="pods_per_node",
        when=both(*only_minimum, ref("ip_family") == "IPv4", minimum(PODS, CAPACITY) > ACTIVE_IPS),
        message=PODS
        & " pods a node need an address, "
        & ACTIVE_IPS
        & " get one: without WARM_IP_TARGET ipamd stops at MINIMUM_IP_TARGET",
    )


PREFIX_FALLBACK = Notice(
    kind="prefix-fallback",
    about="instance_type",
    when=SLOT_SIZE == 1,
    message=text("not known to be a Nitro type: falls back to secondary IPs, counted so"),
)
VCPUS_NOT_KNOWN = Notice(
    kind="vcpus-not-known",
    about="instance_type",
    when=both(
        ref("max_pods_by") == "110 or 250",
        ipamd.OWN_MAX_PODS == 0,
        where(WINDOWS, 1, ipamd.VCPUS) == 0,
    ),
    message=text("its vCPUs are not known: 110 max pods are assumed; enter its own max pods"),
)
#: What any sheet may say of a row, the most important first.
NOTICES = (
    WINDOWS_NOT_SUPPORTED,
    NEEDS_NITRO,
    PODS_DO_NOT_FIT,
    BRANCH_ENIS_DO_NOT_FIT,
    VCPUS_NOT_KNOWN,
)


def _check(notices: Sequence[Notice]) -> Column:
    # The cells that a notice compares show nothing in a row with a fault: ask for the state first.
    said = text("OK")
    for notice in reversed([each for each in notices if each.of_row and not each.is_fault]):
        said = where(notice.when, notice.message, said)
    return Column(
        name="check",
        header="Check",
        about="OK, or what is wrong with the row and what to do",
        formula=where(ROW_STATE > 0, said, choose(1 - ROW_STATE, *_FAULTS)),
        style="check",
        width=80,
    )
