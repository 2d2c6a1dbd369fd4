"""Sheet Settings: every setting that few plans touch, and the constants, each with its source."""

from __future__ import annotations

from calculator.inputs import Choice, Quantity
from calculator.model.expression import ref, where
from calculator.model.functions import both, is_number, maximum, not_available, surely
from calculator.model.ranges import count_differing, count_said
from calculator.model.sheet import Constant, Label, Setting, Sheet, Total
from calculator.model.vpc_cni.places import beside, when_settings_are_good
from calculator.model.vpc_cni.rows import valid
from calculator.plan import (
    CUSTOM_NETWORKING,
    MANAGED_NODE_GROUP,
    NODE_SUBNETS,
    PLAN_INPUTS,
    SELF_MANAGED,
    TAGGED_SUBNETS,
    TAGGED_SUBNETS_ONLY,
)

__all__ = ["SETTINGS", "SOURCES_OF_SETTINGS", "message_of"]

#: Columns of the sheet, and what stands in them.
_COLUMNS = {
    "A": "Setting",
    "B": "Value",
    "C": "Check",
    "D": "Unit",
    "E": "Default",
    "F": "What it does",
    "G": "Where it comes from",
}
#: How far the defaults stand to the right of the values.
DEFAULTS_BESIDE = 3
_CNI = "VPC CNI v1.23.1"
_EKS = "Amazon EKS User Guide"
_WINDOWS = "VPC resource controller, docs/windows"
_UPDATES = f"{_EKS}: managed node group updates"
_ELB = "Elastic Load Balancing: an address in each subnet"

#: Name, label and source of each setting, under headings.
_SETTINGS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Nodes": (
        ("nodes_from", "Nodes from", f"{_EKS}; Karpenter; nodeadm"),
        ("reserved_enis", "Reserved ENIs of Karpenter", "Karpenter: settings"),
        ("max_eni", "MAX_ENI", _CNI),
        ("pod_eni", "Security groups for pods (ENABLE_POD_ENI)", _CNI),
    ),
    "Subnets": (
        ("pods_from", "Pods' addresses from", f"{_CNI}: custom networking, subnet discovery"),
        ("node_subnets", "Node subnets of a zone", "what you plan for"),
        ("pod_subnets", "Pod subnets of a zone", "what you plan for"),
        ("pod_subnet_prefix_length", "Pod subnet prefix length (/n)", "Amazon VPC User Guide"),
        (
            "prefix_case",
            "/28 blocks that are free for prefixes",
            "Amazon EC2 User Guide: prefixes are whole /28 blocks",
        ),
        (
            "prefix_reservation",
            "Reservation for prefixes (/n)",
            "Amazon VPC User Guide: subnet CIDR reservations",
        ),
        ("albs", "Application Load Balancers", _ELB),
        ("nlbs", "Network Load Balancers", _ELB),
        ("endpoints", "Interface VPC endpoints", "AWS PrivateLink Guide"),
        ("nat_gateways", "NAT gateways", "Amazon VPC User Guide"),
        ("other_ips", "Other addresses", "what else lives in the subnet"),
        ("control_plane_enis", "EKS control-plane ENIs", f"{_EKS}: subnet requirements"),
    ),
    "The peak": (
        ("rollout_surge", "Rollout surge of pods [%]", "Kubernetes: Deployments surge by 25 %"),
        ("zone_loss", "Loss of a zone", "what you plan for"),
        ("updated_groups", "Node groups updated at once", _UPDATES),
        ("update_strategy", "Update strategy", _UPDATES),
        ("max_unavailable", "Max unavailable in an update", _UPDATES),
        ("max_unavailable_percent", "Max unavailable in an update [%]", _UPDATES),
        ("replaced_at_once", "Nodes replaced at once [%]", "Karpenter: disruption budgets"),
    ),
    "Windows nodes": (
        ("windows_warm_ip_target", "windows-warm-ip-target", _WINDOWS),
        ("windows_minimum_ip_target", "windows-minimum-ip-target", _WINDOWS),
        ("windows_warm_prefix_target", "windows-warm-prefix-target", _WINDOWS),
        ("windows_prefix_warm_ip_target", "windows-warm-ip-target, with prefixes", _WINDOWS),
        ("windows_prefix_minimum_ip_target", "windows-minimum-ip-target, with prefixes", _WINDOWS),
    ),
}
SOURCES_OF_SETTINGS = {
    name: source for declared in _SETTINGS.values() for name, _, source in declared
}
#: What layout 2 called them.
_FORMERLY = {
    "pods_from": (
        "Custom networking",
        {"yes": CUSTOM_NETWORKING, "no": NODE_SUBNETS},
    ),
    "nodes_from": (
        "Max pods follow",
        {"ENI limits": SELF_MANAGED, "110 or 250": MANAGED_NODE_GROUP},
    ),
    "other_ips": ("Other addresses (8 for each load balancer)", {}),
}
_VPC = "Amazon VPC User Guide: subnet sizing"
_NAU = "Amazon VPC User Guide: network address usage"
_ELB_ROOM = "Elastic Load Balancing: eight free addresses in each subnet"
#: Name, label, value, unit and source of each constant.
_CONSTANTS = (
    ("prefix_size", "Addresses of a prefix", 16, "IPs", "Amazon EC2 User Guide: a /28"),
    ("large_vcpus", "vCPUs of a large instance, from", 30, "vCPUs", f"{_EKS}: max pods"),
    ("max_pods_of_small", "Max pods of a smaller instance", 110, "pods", f"{_EKS}: max pods"),
    ("max_pods_of_large", "Max pods of a large instance", 250, "pods", f"{_EKS}: max pods"),
    ("pods_beside_enis", "Pods beside those of the ENIs", 2, "pods", f"{_EKS}: max pods"),
    (
        "update_nodes_per_zone",
        "Nodes a zone that an update adds",
        2,
        "instances",
        f"{_EKS}: updates",
    ),
    ("eks_upgrade_ips", "Addresses for an EKS upgrade", 5, "IPs", f"{_EKS}: subnet requirements"),
    ("eks_recommended", "Free addresses EKS recommends", 16, "IPs", f"{_EKS}: subnet requirements"),
    ("free_at_ends", "Free in the first and last /28", 27, "IPs", f"{_VPC}, 5 of 32 are reserved"),
    ("largest_subnet", "Largest subnet (/n)", 16, "bits", _VPC),
    ("smallest_subnet_size", "Smallest subnet (/n)", 28, "bits", _VPC),
    ("most_zones", "Availability Zones, at most", 6, "zones", "AWS regions"),
    ("most_control_plane_enis", "Control-plane ENIs, at most", 4, "ENIs", _EKS),
    ("per_cent", "A hundred: per cent, and the most of some counts", 100, "", "this program"),
    ("lb_headroom", "Free addresses that a load balancer asks for", 8, "IPs", _ELB_ROOM),
    (
        "windows_minimum",
        "Minimum on Windows with prefixes, where none is given",
        3,
        "IPs",
        _WINDOWS,
    ),
    ("units_of_interface", "Units of a load balancer, an endpoint, a gateway", 6, "units", _NAU),
    ("most_address_units", "Network address units of a VPC", 64_000, "units", _NAU),
    ("most_enis", "ENIs of a region", 5_000, "ENIs", "Amazon VPC User Guide: quotas"),
    ("quota_share", "Share of a quota from which it is said", 80, "%", "this program"),
    ("most", "Largest count this workbook takes", 1_000_000, "", "this program"),
)


def message_of(setting: Setting) -> Total:
    """Beside an input, what is wrong with it."""
    declared = setting.input
    assert isinstance(declared, Quantity | Choice)
    words = "pick from the list" if isinstance(declared, Choice) else _limits(declared)
    row, column = setting.cell[1:], setting.cell[0]
    cell = ref(setting.name)
    is_valid = valid(cell, declared)
    if isinstance(declared, Quantity) and declared.default is not None:
        is_valid = both(is_number(cell), is_valid)  # an empty cell would count as 0
    return Total(
        name=f"{setting.name}_message",
        label=setting.label,
        label_cell=setting.label_cell,
        cell=f"{chr(ord(column) + 1)}{row}",
        formula=where(is_valid, "", words),
        style="message",
    )


def _limits(declared: Quantity) -> str:
    limits = declared.limits.removeprefix("of ").removeprefix("from ")
    return f"enter {limits}{' or nothing' if declared.default is None else ''}"


def _unit(about: str) -> str:
    return about.rpartition("[")[2].rstrip("]") if about.endswith("]") else ""


def _words(about: str) -> str:
    words = about.rpartition(" [")[0] if about.endswith("]") else about
    return words[0].upper() + words[1:] + "."


_PODS_FROM = ref("pods_from")
_ADDED_BY_STRATEGY = where(surely(ref("update_strategy") == "minimal"), 0, 1)


def _sheet() -> Sheet:
    labels = [
        Label(cell="A1", text="Settings that few plans touch", style="title"),
        Label(
            cell="A2", text="Change a blue cell where your cluster differs; the rest are defaults."
        ),
        *(Label(cell=f"{letter}3", text=words, style="head") for letter, words in _COLUMNS.items()),
    ]
    settings, totals, constants = [], [], []
    row = 4
    for heading, declared in _SETTINGS.items():
        labels.append(Label(cell=f"A{row}", text=heading, style="heading"))
        for name, label, source in declared:
            row += 1
            input_ = PLAN_INPUTS[name]
            setting = Setting(
                input=input_,
                label=label,
                label_cell=f"A{row}",
                cell=f"B{row}",
                optional=True,
                formerly=_FORMERLY.get(name),
            )
            settings.append(setting)
            totals.append(message_of(setting))
            default = input_.empty if input_.default is None else str(input_.default)
            about = _words(input_.about)
            if input_.default is None:
                about += f" Empty: {input_.empty}."
            elif default:
                labels.append(Label(cell=f"E{row}", text=default, style="default"))
            labels += [
                Label(cell=f"D{row}", text=_unit(input_.about), style="unit"),
                Label(cell=f"F{row}", text=about, style="wrapped"),
                Label(cell=f"G{row}", text=source, style="source"),
            ]
        row += 1
    values = {each.name: each.value(None) for each in settings}
    steps = (
        (
            "pods_elsewhere",
            "1 where pods have subnets of their own",
            where(surely(_PODS_FROM == NODE_SUBNETS), 0, 1),
        ),
        (
            "is_custom",
            "1 for custom networking",
            where(surely(_PODS_FROM == CUSTOM_NETWORKING), 1, 0),
        ),
        ("is_tagged", "1 for tagged subnets", where(surely(_PODS_FROM == TAGGED_SUBNETS), 1, 0)),
        (
            "primary_enis_kept",
            "Primary ENIs that serve no pod",
            where(surely(_PODS_FROM == TAGGED_SUBNETS_ONLY), 1, ref("is_custom")),
        ),
        (
            "pod_subnets_by_node",
            "Pod subnets that nodes are spread over",
            where(ref("is_custom") == 1, ref("pod_subnets"), 1),
        ),
        (
            "pod_subnets_by_eni",
            "Pod subnets that ENIs are spread over",
            where(ref("is_custom") == 1, 1, ref("pod_subnets")),
        ),
        (
            "zones_left",
            "Zones left at the peak",
            when_settings_are_good(
                maximum(1, ref("availability_zones") - where(ref("zone_loss") == "yes", 1, 0))
            ),
        ),
        (
            "updates",
            "1 where updates add nodes",
            where(surely(ref("updated_groups") == "none"), 0, _ADDED_BY_STRATEGY),
        ),
        (
            "ips_beside",
            "Load balancers, endpoints, gateways of a subnet",
            when_settings_are_good(
                ref("albs") + ref("nlbs") + ref("endpoints") + ref("nat_gateways")
            ),
        ),
        (
            "interfaces",
            "The same in all zones",
            when_settings_are_good(ref("ips_beside") * ref("availability_zones")),
        ),
        (
            "settings_on_settings_to_correct",
            "Settings to correct here",
            count_said([f"{each.name}_message" for each in settings]),
        ),
        (
            "settings_changed",
            "Settings that differ from their default",
            where(
                ref("settings_on_settings_to_correct") > 0,
                not_available(),
                count_differing(values, DEFAULTS_BESIDE),
            ),
        ),
    )
    labels.append(Label(cell=f"A{row}", text="Steps", style="heading"))
    for name, label, formula in steps:
        row += 1
        totals.append(beside("A", "B", row, name, label, formula, "small"))
    row += 1
    labels.append(Label(cell=f"A{row}", text="Constants, not to be changed", style="heading"))
    for name, label, value, unit, source in _CONSTANTS:
        row += 1
        constants.append(
            Constant(
                name=name,
                label=label,
                label_cell=f"A{row}",
                cell=f"B{row}",
                value=value,
                unit=unit,
                source=source,
            )
        )
        labels.append(Label(cell=f"D{row}", text=unit, style="unit"))
        labels.append(Label(cell=f"G{row}", text=source, style="source"))
    return Sheet(
        name="Settings",
        mode=None,
        title="settings",
        table=None,
        labels=tuple(label for label in labels if label.text),
        settings=tuple(settings),
        constants=tuple(constants),
        totals=tuple(totals),
        widths=(40, 20, 24, 13, 13, 66, 46),
    )


SETTINGS = _sheet()
