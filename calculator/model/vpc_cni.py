"""What an EKS cluster really takes from its subnets, in each mode of the VPC CNI: its sheets.

The rules of a node are in ``ipamd``, the columns of the node table in ``node_table``; settings in
``frame``, what the subnets hold in ``subnets``, whether that fits in ``verdict``. Here stands what
each mode makes of them.
"""

from __future__ import annotations

from calculator.model import frame, ipamd, verdict
from calculator.model.expression import Expression, both, minimum, ref, roundup, text, where
from calculator.model.ipamd import PREFIX_SIZE, WINDOWS
from calculator.model.node_table import (
    NOTICES,
    PREFIX_FALLBACK,
    bands,
    node_table,
    stops_at_minimum,
)
from calculator.model.sheet import (
    Column,
    DataTable,
    Model,
    Notice,
    Setting,
    Sheet,
    Total,
    catalog_rows,
)
from calculator.model.subnets import PREFIX_RESULTS

__all__ = ["VPC_CNI"]

WARM_ENI_TARGET = ref("warm_eni_target")
WARM_IP_TARGET = ref("warm_ip_target")
MINIMUM_IP_TARGET = ref("minimum_ip_target")
CAPACITY = ref("pods_that_fit")

SUBNET = ("subnet_prefix_length", "Subnet prefix length (/n)", 4)
PODS = (
    ("host_network_pods", "Host-network pods", 14),
    ("daemonset_pods", "DaemonSet pods", 15),
)
WARM_ENI_FALLBACK = ("warm_eni_target", "WARM_ENI_TARGET (when both IP targets are 0)")
#: What most people never touch, on every sheet.
MORE = (
    ("max_eni", "MAX_ENI"),
    ("max_pods_by", "Max pods follow"),
    ("pod_eni", "Security groups for pods (ENABLE_POD_ENI)"),
    ("custom_networking", "Custom networking"),
    ("pod_subnet_prefix_length", "Pod subnet prefix length (/n)"),
    ("ip_family", "Addresses of pods"),
    ("availability_zones", "Availability Zones"),
    ("zone_loss", "Loss of a zone"),
    ("updated_groups", "Node groups updated at once"),
    ("max_unavailable", "Max unavailable in an update"),
    ("other_ips", "Other addresses (8 for each load balancer)"),
    ("control_plane_enis", "EKS control-plane ENIs"),
)
WINDOWS_TARGETS = (
    ("windows_warm_ip_target", "windows-warm-ip-target"),
    ("windows_minimum_ip_target", "windows-minimum-ip-target"),
)
WINDOWS_PREFIX_TARGETS = (
    ("windows_warm_prefix_target", "windows-warm-prefix-target"),
    ("windows_prefix_warm_ip_target", "windows-warm-ip-target"),
    ("windows_prefix_minimum_ip_target", "windows-minimum-ip-target"),
)

WARM_ENI_IPS = ipamd.by_warm_enis(WARM_ENI_TARGET) * ipamd.POD_SLOTS
WINDOWS_IPS = ipamd.windows_by_ip_targets(
    ref("windows_warm_ip_target"), ref("windows_minimum_ip_target"), 1
)
BOTH_TARGETS_0 = ipamd.targets_are_0(WARM_IP_TARGET, MINIMUM_IP_TARGET)
IP_TARGET_IPS = where(
    BOTH_TARGETS_0, WARM_ENI_IPS, ipamd.by_ip_targets(WARM_IP_TARGET, MINIMUM_IP_TARGET, 1)
)


def _most_active(most: Expression) -> Expression:
    """Pods that get an address: without a warm target ipamd never grows past the minimum."""
    stops = both(*ipamd.only_minimum(WARM_IP_TARGET, MINIMUM_IP_TARGET))
    return where(stops, where(WINDOWS, CAPACITY, minimum(CAPACITY, most)), CAPACITY)


NO_WARM_IP_TARGET = stops_at_minimum(*ipamd.only_minimum(WARM_IP_TARGET, MINIMUM_IP_TARGET))


def _note(cell: str, notice: Notice) -> Total:
    """A notice in words, below the targets that it is about."""
    return Total(
        name="targets_note",
        label="MINIMUM_IP_TARGET",
        label_cell="A16",
        cell=cell,
        formula=where(frame.SETTINGS_TO_CORRECT > 0, "", where(notice.when, notice.message, "")),
        style="message",
    )


# --- the sheets -----------------------------------------------------------------------------------


def _sheet(
    name: str,
    mode: str,
    title: str,
    settings: tuple[Setting, ...],
    columns: tuple[Column, ...],
    *,
    totals: tuple[Total, ...] = (),
    notices: tuple[Notice, ...],
    does_not_fit: tuple[Notice, ...] = (),
) -> Sheet:
    return Sheet(
        name=name,
        mode=mode,
        title=title,
        table=name,
        labels=frame.labels(title, settings, bands(columns)),
        settings=settings,
        columns=columns,
        totals=(*verdict.results(settings, *does_not_fit), *totals),
        good_row=ref("row_state") > 0,
        notices=(*notices, *verdict.DOES_NOT_FIT, *does_not_fit, *verdict.REMARKS),
    )


WARM_ENI = _sheet(
    "WarmENI",
    "warm-eni",
    "warm ENI mode",
    frame.settings(
        SUBNET, ("warm_eni_target", "WARM_ENI_TARGET", 13), *PODS, more=(*MORE, *WINDOWS_TARGETS)
    ),
    node_table(where(WINDOWS, WINDOWS_IPS, WARM_ENI_IPS), NOTICES),
    notices=NOTICES,
)

TARGETS_ARE_0 = Notice(
    kind="both-targets-0",
    about="warm_ip_target",
    when=BOTH_TARGETS_0,
    message="WARM_IP_TARGET and MINIMUM_IP_TARGET are both 0: "
    "ipamd falls back to warm ENI mode, with WARM_ENI_TARGET " & WARM_ENI_TARGET,
    of_row=False,
)
WARM_IP = _sheet(
    "WarmIP",
    "warm-ip",
    "warm IP mode",
    frame.settings(
        SUBNET,
        ("warm_ip_target", "WARM_IP_TARGET", 13),
        *PODS,
        ("minimum_ip_target", "MINIMUM_IP_TARGET", 16),
        more=(*MORE, *WINDOWS_TARGETS, WARM_ENI_FALLBACK),
    ),
    node_table(
        where(WINDOWS, WINDOWS_IPS, IP_TARGET_IPS),
        (*NOTICES, NO_WARM_IP_TARGET),
        most_active=_most_active(MINIMUM_IP_TARGET),
    ),
    totals=(_note("D17", TARGETS_ARE_0),),
    notices=(*NOTICES, NO_WARM_IP_TARGET, TARGETS_ARE_0),
)

WINDOWS_WARM_IP_TARGET = ref("windows_prefix_warm_ip_target")
WINDOWS_MINIMUM_IP_TARGET = ref("windows_prefix_minimum_ip_target")
WINDOWS_PREFIXES = where(
    ipamd.targets_are_0(WINDOWS_WARM_IP_TARGET, WINDOWS_MINIMUM_IP_TARGET),
    ipamd.windows_by_warm_prefixes(ref("windows_warm_prefix_target")),
    ipamd.windows_by_ip_targets(WINDOWS_WARM_IP_TARGET, WINDOWS_MINIMUM_IP_TARGET, PREFIX_SIZE),
)
LINUX_PREFIXES = where(
    BOTH_TARGETS_0,
    ipamd.by_warm_prefixes(ref("warm_prefix_target")),
    ipamd.by_ip_targets(WARM_IP_TARGET, MINIMUM_IP_TARGET, PREFIX_SIZE),
)
#: Types that cannot have prefixes fall back to secondary addresses.
FALLBACK_IPS = where(
    WINDOWS,
    ipamd.windows_by_ip_targets(WINDOWS_WARM_IP_TARGET, WINDOWS_MINIMUM_IP_TARGET, 1),
    IP_TARGET_IPS,
)
SLOT_SIZE = ref("slot_size")
IP_TARGETS_OVERRIDE = Notice(
    kind="ip-targets-override",
    about="warm_prefix_target",
    when=both(where(BOTH_TARGETS_0, 0, 1) > 0, ref("warm_prefix_target") > 0),
    message=text(
        "WARM_IP_TARGET or MINIMUM_IP_TARGET is set: WARM_PREFIX_TARGET counts for nothing"
    ),
    of_row=False,
)
PREFIX = _sheet(
    "Prefix",
    "prefix",
    "prefix mode",
    frame.settings(
        SUBNET,
        ("warm_prefix_target", "WARM_PREFIX_TARGET", 13),
        *PODS,
        ("minimum_ip_target", "MINIMUM_IP_TARGET", 16),
        ("warm_ip_target", "WARM_IP_TARGET", 17),
        more=(
            ("prefix_case", "/28 blocks that are free for prefixes"),
            *MORE,
            *WINDOWS_PREFIX_TARGETS,
            WARM_ENI_FALLBACK,
        ),
        warm_ip_target=0,
        max_pods_by="110 or 250",
    ),
    node_table(
        where(SLOT_SIZE == PREFIX_SIZE, ref("prefixes") * PREFIX_SIZE, FALLBACK_IPS),
        (*NOTICES, NO_WARM_IP_TARGET, PREFIX_FALLBACK),
        most_active=_most_active(roundup(MINIMUM_IP_TARGET / SLOT_SIZE) * SLOT_SIZE),
        prefixes=where(WINDOWS, WINDOWS_PREFIXES, LINUX_PREFIXES),
    ),
    totals=(*PREFIX_RESULTS, _note("D18", IP_TARGETS_OVERRIDE)),
    notices=(*NOTICES, NO_WARM_IP_TARGET, PREFIX_FALLBACK, IP_TARGETS_OVERRIDE),
    does_not_fit=(verdict.TOO_FEW_PREFIXES,),
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
        "Every figure above the table is of the fullest subnet: each node group's nodes are spread "
        "evenly over the Availability Zones, and what is left over lands in the same one. The "
        "peak adds what the settings at the right name: the nodes of a lost zone, those that an "
        "update of node groups adds, and 5 addresses for an upgrade of the EKS version.",
        "Prefix mode needs contiguous /28 blocks. In the best case single addresses (of ENIs, "
        "load balancers and the like) are packed together, as a subnet CIDR reservation makes "
        "sure; in the worst case each stands in another block.",
    ),
    sheets=(WARM_ENI, WARM_IP, PREFIX),
    data_tables=(
        DataTable(
            name="InstanceTypes",
            sheet="InstanceTypes",
            headers=tuple(INSTANCE_TYPES),
            figures=tuple(INSTANCE_TYPES.values()),
            rows=catalog_rows(*INSTANCE_TYPES.values()),
        ),
    ),
    linked=True,
)
