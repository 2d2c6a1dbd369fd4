"""What a node really takes from its subnet: the steady state of the VPC CNI's ipamd.

Every address that a node holds comes with an ENI: its primary address, which serves no pod, and
secondary addresses, one a pod, active or warm. The closed forms below give what ipamd settles at
when pods were scheduled one at a time. Source: VPC CNI v1.23, pkg/ipamd/ipamd.go; a subnet's
reserved addresses: Amazon VPC User Guide.

Symbols: S = pod slots of an ENI = IPs per ENI - 1; P = max pods.
"""

from __future__ import annotations

from calculator.model import frame
from calculator.model.expression import (
    BLANK,
    Expression,
    both,
    either,
    floor,
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
from calculator.model.sheet import (
    Column,
    DataTable,
    Label,
    Model,
    Notice,
    Sheet,
    Total,
    catalog_rows,
)
from calculator.plan import GROUP_QUANTITIES

__all__ = ["VPC_CNI"]

INSTANCE_TYPE = ref("instance_type")
INSTANCES = ref("instances")
WORKLOAD_PODS = ref("pods_per_node")
MAX_ENIS = ref("max_enis")
IPV4_PER_ENI = ref("ipv4_per_eni")
MAX_PODS = ref("max_pods")
PODS = ref("pod_ips_needed")
ACTIVE_IPS = ref("active_ips")
ACTIVE_ENIS = ref("active_enis")
SECONDARY_IPS = ref("secondary_ips")
ATTACHED_ENIS = ref("attached_enis")
ROW_STATE = ref("row_state")
WARM_ENI_TARGET = ref("warm_eni_target")
WARM_IP_TARGET = ref("warm_ip_target")
MINIMUM_IP_TARGET = ref("minimum_ip_target")
HOST_NETWORK_PODS = ref("host_network_pods")
DAEMONSET_PODS = ref("daemonset_pods")

# A row's state: its type's row in InstanceTypes, 0 for an empty row, below 0 for one with a fault.
NO_TYPE, BAD_INSTANCES, BAD_PODS, BAD_SETTING, UNKNOWN_TYPE = -1, -2, -3, -4, -5


def shown(formula: Expression) -> Expression:
    """A computed cell shows nothing in an empty row, and nothing in a row with a fault."""
    return where(ROW_STATE > 0, formula, BLANK)


# --- ipamd's rules, for one node ------------------------------------------------------------------

POD_SLOTS = IPV4_PER_ENI - 1
#: Pods that can get an address: by the ENIs, and by kubelet's max pods.
CAPACITY = maximum(0, minimum(MAX_ENIS * POD_SLOTS, MAX_PODS - HOST_NETWORK_PODS))
ENIS_FOR_MAX_PODS = roundup(MAX_PODS / POD_SLOTS)

#: ENIs that warm ENI mode wants: those in use and the target; with a target of 0 ipamd adds an
#: ENI only when the last address is gone.
WANTED_ENIS = where(
    WARM_ENI_TARGET >= 1, ACTIVE_ENIS + WARM_ENI_TARGET, floor(ACTIVE_IPS / POD_SLOTS) + 1
)
ENIS_IN_WARM_ENI_MODE = minimum(
    MAX_ENIS, maximum(ACTIVE_ENIS, minimum(WANTED_ENIS, ENIS_FOR_MAX_PODS))
)

#: What ipamd takes when the node joins, before there is a pod.
FIRST_IPS = minimum(maximum(WARM_IP_TARGET, MINIMUM_IP_TARGET), ENIS_FOR_MAX_PODS * POD_SLOTS)
IPS_IN_WARM_IP_MODE = minimum(
    MAX_ENIS * POD_SLOTS,
    maximum(
        FIRST_IPS,
        minimum(maximum(ACTIVE_IPS + WARM_IP_TARGET, MINIMUM_IP_TARGET), MAX_PODS),
        ACTIVE_IPS,
    ),
)
BOTH_TARGETS_0 = both(WARM_IP_TARGET == 0, MINIMUM_IP_TARGET == 0)
#: With a minimum and no warm target ipamd never grows past the minimum.
ONLY_MINIMUM = both(WARM_IP_TARGET == 0, MINIMUM_IP_TARGET > 0)


# --- the node table -------------------------------------------------------------------------------

INPUTS = (
    Column(
        name="instance_type",
        header="instance type",
        about="EC2 instance type, one of sheet InstanceTypes",
        style="text",
        width=26,
    ),
    Column(
        name="instances",
        header="# of Instances",
        about=GROUP_QUANTITIES["instances"].about,
        quantity=GROUP_QUANTITIES["instances"],
        width=14,
    ),
    Column(
        name="pods_per_node",
        header="Target Workload Pods per Node",
        about=GROUP_QUANTITIES["pods_per_node"].about,
        quantity=GROUP_QUANTITIES["pods_per_node"],
        width=18,
    ),
)


def _limit(name: str, header: str, about: str, data_header: str) -> Column:
    formula = lookup(
        "INDEX({column},{row})",
        ref(f"catalog_{name}"),
        column=("InstanceTypes", data_header),
        row=ROW_STATE,
    )
    return Column(name=name, header=header, about=about, formula=shown(formula))


LIMITS = (
    _limit("max_enis", "Max ENIs", "ENIs on the default network card [ENIs]", "max ENIs"),
    _limit(
        "ipv4_per_eni",
        "IPs per ENI",
        "IPv4 addresses of one ENI; its primary address serves no pod [IPs]",
        "IPs per ENI",
    ),
    _limit("max_pods", "Max pods", "pods that its ENIs can serve [pods]", "max pods"),
    Column(
        name="pod_ips_needed",
        header="Pod IPs needed",
        about="workload and DaemonSet pods, each with an address [IPs]",
        formula=shown(WORKLOAD_PODS + DAEMONSET_PODS),
    ),
)


def _ips(capacity: Expression) -> tuple[Column, ...]:
    return (
        Column(
            name="active_ips",
            header="Active IPs",
            about="addresses in use by pods [IPs]",
            formula=shown(minimum(PODS, capacity)),
        ),
        Column(
            name="active_enis",
            header="Active ENIs",
            about="ENIs whose addresses pods need [ENIs]",
            formula=shown(roundup(ACTIVE_IPS / POD_SLOTS)),
        ),
    )


def _enis(secondary_ips: Expression) -> tuple[Column, ...]:
    return (
        Column(
            name="secondary_ips",
            header="Secondary IPs",
            about="addresses for pods that the node holds, in use and warm [IPs]",
            formula=shown(secondary_ips),
        ),
        Column(
            name="attached_enis",
            header="Attached ENIs",
            about="ENIs on the node, its primary ENI included [ENIs]",
            formula=shown(maximum(1, roundup(SECONDARY_IPS / POD_SLOTS))),
        ),
        Column(
            name="warm_ips",
            header="Warm IPs",
            about="addresses held ready for pods to come [IPs]",
            formula=shown(SECONDARY_IPS - ACTIVE_IPS),
        ),
        Column(
            name="warm_enis",
            header="Warm ENIs",
            about="ENIs that the pods could do without [ENIs]",
            formula=shown(ATTACHED_ENIS - ACTIVE_ENIS),
        ),
        Column(
            name="ips_per_node",
            header="IPs used per instance",
            about="secondary addresses, and a primary address for each ENI [IPs]",
            formula=shown(SECONDARY_IPS + ATTACHED_ENIS),
        ),
        Column(
            name="ips_total",
            header="IPs total",
            about="subnet addresses of all instances of the row [IPs]",
            formula=shown(ref("ips_per_node") * INSTANCES),
        ),
        Column(
            name="pods_total",
            header="Pods total",
            about="workload pods that get an address, on all instances of the row [pods]",
            formula=shown(
                minimum(WORKLOAD_PODS, maximum(0, ACTIVE_IPS - DAEMONSET_PODS)) * INSTANCES
            ),
        ),
    )


# MATCH takes * ? ~ as wildcards; a type that holds one is not on the sheet.
TYPE_ROW = lookup(
    'IFERROR(IF(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({key},"*",""),"?",""),"~","")={key},'
    "MATCH({key},{column},0),{unknown}),{unknown})",
    where(ref("catalog_position") > 0, ref("catalog_position"), UNKNOWN_TYPE),
    key=INSTANCE_TYPE,
    column=("InstanceTypes", "instance type"),
    unknown=number(UNKNOWN_TYPE),
)
HELPERS = (
    Column(
        name="row_state",
        header="Row state",
        about="helper: the type's row in InstanceTypes, 0 for an empty row, below 0 for a fault",
        formula=where(
            INSTANCE_TYPE == "",
            where(either(is_number(INSTANCES), is_number(WORKLOAD_PODS)), NO_TYPE, 0),
            where(
                frame.valid(INSTANCES, GROUP_QUANTITIES["instances"]),
                where(
                    frame.valid(WORKLOAD_PODS, GROUP_QUANTITIES["pods_per_node"]),
                    where(frame.SETTINGS_TO_CORRECT > 0, BAD_SETTING, TYPE_ROW),
                    BAD_PODS,
                ),
                BAD_INSTANCES,
            ),
        ),
        style="helper",
    ),
)

PODS_DO_NOT_FIT = Notice(
    kind="pods-do-not-fit",
    about="pods_per_node",
    when=PODS > CAPACITY,
    message=PODS & " pods a node need an address, " & CAPACITY & " fit",
)
MINIMUM_IS_THE_MOST = Notice(
    kind="no-warm-ip-target",
    about="pods_per_node",
    when=both(ONLY_MINIMUM, PODS > MINIMUM_IP_TARGET),
    message=PODS
    & " pods a node need an address, "
    & ACTIVE_IPS
    & " get one: without WARM_IP_TARGET ipamd stops at MINIMUM_IP_TARGET",
)


def _check(*notices: Notice) -> Column:
    # The cells that a notice compares show nothing in a row with a fault: ask for the state first.
    said = text("OK")
    for notice in reversed(notices):
        said = where(notice.when, notice.message, said)
    faults = {
        NO_TYPE: "Enter an instance type",
        BAD_INSTANCES: f"# of Instances: enter {GROUP_QUANTITIES['instances'].expected}",
        BAD_PODS: f"Pods: enter {GROUP_QUANTITIES['pods_per_node'].expected}",
        BAD_SETTING: "Correct the settings above",
        UNKNOWN_TYPE: "This type is not on sheet InstanceTypes",
    }
    wrong = text("")
    for state, words in faults.items():
        wrong = where(ROW_STATE == state, words, wrong)
    said = where(ROW_STATE > 0, said, wrong)
    return Column(
        name="check",
        header="Check",
        about="OK, or what is wrong with the row and what to do",
        formula=said,
        style="check",
        width=58,
    )


# --- settings and results -------------------------------------------------------------------------


TARGETS_ARE_0 = Notice(
    kind="both-targets-0",
    about="warm_ip_target",
    when=BOTH_TARGETS_0,
    message="WARM_IP_TARGET and MINIMUM_IP_TARGET are both 0: "
    "ipamd falls back to warm ENI mode, with WARM_ENI_TARGET " & WARM_ENI_TARGET,
    of_row=False,
)


SUBNET = ("subnet_prefix_length", "Subnet prefix length (/n)", "A4", "B4")
HOST = ("host_network_pods", "Host-network pods", "A14", "B14")
DAEMONSETS = ("daemonset_pods", "DaemonSet pods", "A15", "B15")

WARM_ENI_SETTINGS = frame.settings(
    SUBNET, ("warm_eni_target", "WARM_ENI_TARGET", "A13", "B13"), HOST, DAEMONSETS
)
WARM_IP_SETTINGS = frame.settings(
    SUBNET,
    ("warm_ip_target", "WARM_IP_TARGET", "A13", "B13"),
    HOST,
    DAEMONSETS,
    ("minimum_ip_target", "MINIMUM_IP_TARGET", "A16", "B16"),
    ("warm_eni_target", "WARM_ENI_TARGET (used when both IP targets are 0)", "J4", "N4"),
)

WARM_ENI = Sheet(
    name="WarmENI",
    mode="warm-eni",
    title="warm ENI mode",
    table="WarmENI_Nodes",
    labels=frame.labels("warm ENI mode", WARM_ENI_SETTINGS),
    settings=WARM_ENI_SETTINGS,
    columns=(
        *INPUTS,
        *LIMITS,
        *_ips(CAPACITY),
        *_enis(ENIS_IN_WARM_ENI_MODE * POD_SLOTS),
        _check(PODS_DO_NOT_FIT),
        *HELPERS,
    ),
    totals=frame.results(WARM_ENI_SETTINGS),
    notices=(PODS_DO_NOT_FIT, frame.SUBNET_OVERFLOW),
)

WARM_IP = Sheet(
    name="WarmIP",
    mode="warm-ip",
    title="warm IP mode",
    table="WarmIP_Nodes",
    labels=frame.labels(
        "warm IP mode",
        WARM_IP_SETTINGS,
        Label(cell="J3", text="What most people never touch:", style="heading"),
    ),
    settings=WARM_IP_SETTINGS,
    columns=(
        *INPUTS,
        *LIMITS,
        *_ips(where(ONLY_MINIMUM, minimum(CAPACITY, MINIMUM_IP_TARGET), CAPACITY)),
        *_enis(where(BOTH_TARGETS_0, ENIS_IN_WARM_ENI_MODE * POD_SLOTS, IPS_IN_WARM_IP_MODE)),
        _check(PODS_DO_NOT_FIT, MINIMUM_IS_THE_MOST),
        *HELPERS,
    ),
    totals=(
        *frame.results(WARM_IP_SETTINGS),
        Total(
            name="targets_note",
            label="MINIMUM_IP_TARGET",
            label_cell="A16",
            cell="D17",
            formula=where(
                frame.SETTINGS_TO_CORRECT > 0, "", where(BOTH_TARGETS_0, TARGETS_ARE_0.message, "")
            ),
            style="message",
        ),
    ),
    notices=(PODS_DO_NOT_FIT, MINIMUM_IS_THE_MOST, frame.SUBNET_OVERFLOW, TARGETS_ARE_0),
)

#: Headers of sheet InstanceTypes, and the figure of an instance type under each.
INSTANCE_TYPES = {
    "instance type": "instance_type",
    "max ENIs": "max_enis",
    "IPs per ENI": "ipv4_per_eni",
    "max pods": "max_pods",
    "vCPUs": "vcpus",
    "hypervisor": "hypervisor",
    "bare metal": "bare_metal",
    "trunk ENI": "trunk_compatible",
    "branch ENIs": "branch_enis",
    "source": "source",
}

VPC_CNI = Model(
    name="vpc-cni",
    title="VPC CNI v1.23",
    about=(
        "This workbook computes what a node takes from its subnet once the VPC CNI has settled: "
        "the addresses its pods use, those kept warm, and a primary address for every ENI.",
        "How it differs from AWS's sample workbook: it reserves 5 addresses of the subnet for 2; "
        "an ENI's primary address serves no pod; host-network pods share the node's own address "
        "and cost the subnet none; DaemonSet pods count; nothing grows past the limits of the "
        "instance; warm IP mode holds addresses, not whole ENIs, and keeps its target.",
    ),
    sheets=(WARM_ENI, WARM_IP),
    data_tables=(
        DataTable(
            name="InstanceTypes",
            sheet="InstanceTypes",
            headers=tuple(INSTANCE_TYPES),
            figures=tuple(INSTANCE_TYPES.values()),
            rows=catalog_rows(*INSTANCE_TYPES.values()),
        ),
    ),
)
