"""What a person fills in: a plan of one cluster's subnets and its node groups, validated.

Each input is declared once, as a field with a :class:`~calculator.inputs.Quantity`, a
:class:`~calculator.inputs.Choice` or a :class:`~calculator.inputs.Text`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from calculator.errors import InputError
from calculator.inputs import MOST, NO_YES, Choice, Input, Quantity, Text, found_words

__all__ = [
    "CUSTOM_NETWORKING",
    "EKS_AUTO_MODE",
    "FARGATE",
    "GROUP_INPUTS",
    "KARPENTER",
    "MANAGED_NODE_GROUP",
    "MODES",
    "NODES_FROM",
    "NODE_SUBNETS",
    "PLAN_INPUTS",
    "PODS_FROM",
    "SELF_MANAGED",
    "TAGGED_SUBNETS",
    "TAGGED_SUBNETS_ONLY",
    "UNDECIDED",
    "NodeGroup",
    "Plan",
]

UNDECIDED = "undecided"
#: The modes of a cluster, and the one that is not yet chosen.
MODES = (UNDECIDED, "warm-eni", "warm-ip", "prefix", "ipv6")
#: Where nodes come from.
MANAGED_NODE_GROUP, KARPENTER, SELF_MANAGED, EKS_AUTO_MODE = NODES_FROM = (
    "managed node group",
    "Karpenter",
    "self-managed",
    "EKS Auto Mode",
)
#: Pods without nodes, each on its own: as what they come from, and as their instance type.
FARGATE = "Fargate"
#: Where the addresses of pods come from.
NODE_SUBNETS, CUSTOM_NETWORKING, TAGGED_SUBNETS, TAGGED_SUBNETS_ONLY = PODS_FROM = (
    "node subnets",
    "custom networking",
    "tagged subnets",
    "tagged subnets only",
)


def _number(
    name: str,
    default: int | None,
    about: str,
    minimum: int = 0,
    maximum: int = MOST,
    *,
    empty: str = "",
) -> Any:
    quantity = Quantity(name, about, default, minimum, maximum, empty)
    return field(default=default, metadata={"input": quantity})


def _choice(name: str, about: str, *options: str, default: str = "", empty: str = "") -> Any:
    """One of `options`, by default the first; with `empty`, by default nothing."""
    chosen = None if empty else default or options[0]
    return field(default=chosen, metadata={"input": Choice(name, about, chosen, options, empty)})


def _text(name: str, about: str, *, is_date: bool = False) -> Any:
    return field(default="", metadata={"input": Text(name, about, is_date=is_date)})


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Instances of one type that carry the same number of pods.

    Parameters
    ----------
    {parameters}

    Raises
    ------
        InputError: when an input is out of its limits, or the type is empty.
    """

    instance_type: str
    instances: int = _number("instances", 1, "instances of this type [instances]")
    pods_per_node: int = _number("pods_per_node", 0, "workload pods on each instance [pods]")
    os: str = _choice("os", "operating system of the nodes", "Linux", "Windows")
    own_max_pods: int = _number(
        "own_max_pods", 0, "kubelet's max pods where it has a number of its own, else 0 [pods]"
    )
    security_group_pods: int = _number(
        "security_group_pods",
        0,
        "pods with a security group of their own on each instance, beside the workload pods; "
        "each takes a branch ENI [pods]",
    )
    most_instances: int | None = _number(
        "most_instances",
        None,
        "instances that autoscaling may bring the row to, at the peak [instances]",
        empty="no more than there are",
    )
    in_fullest_zone: int | None = _number(
        "in_fullest_zone",
        None,
        "instances of the row in the fullest zone, where nodes are spread unevenly [instances]",
        empty="an even share",
    )
    most_pods: int | None = _number(
        "most_pods",
        None,
        "workload pods on an instance at most, as while Deployments are rolled out [pods]",
        empty="by the plan's rollout surge",
    )
    other_enis: int = _number(
        "other_enis",
        0,
        "ENIs on the default network card that the VPC CNI does not manage, such as an EFA-only "
        "one [ENIs]",
    )
    other_ips_per_node: int = _number(
        "other_ips_per_node",
        0,
        "other addresses of each instance, such as one for each EFA interface of type efa [IPs]",
    )
    nodes_from: str | None = _choice(
        "nodes_from",
        "where the nodes come from; Fargate runs each pod on its own, as an instance type fargate "
        "does",
        *NODES_FROM,
        FARGATE,
        empty="the plan's",
    )

    def __post_init__(self) -> None:
        if not isinstance(self.instance_type, str) or not self.instance_type.strip():
            found = found_words(self.instance_type)
            raise InputError(f"instance_type: found {found}; an instance type is expected")
        _check_inputs(self, GROUP_INPUTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A cluster's subnets, the settings of the VPC CNI and the node groups.

    A model that lacks a setting refuses a plan that gives it. None, where it may stand, leaves the
    choice to the mode.

    Parameters
    ----------
    {parameters}
        node_groups: the node groups, shape (groups,).

    Raises
    ------
        InputError: when an input is out of its limits.
    """

    name: str = _text("name", "what the plan is called")
    owner: str = _text("owner", "who answers for it")
    date: str = _text("date", "when it was made", is_date=True)
    subnet_prefix_length: int = _number(
        "subnet_prefix_length", 23, "size of the subnet, the n of /n [bits]", 16, 28
    )
    availability_zones: int = _number(
        "availability_zones",
        2,
        "zones that the nodes are spread over, each with subnets of this size; EKS asks for two "
        "[zones]",
        1,
        6,
    )
    mode: str = _choice(
        "mode",
        "mode of the VPC CNI: undecided compares them; ipv6 is chosen when a cluster is made",
        *MODES,
    )
    warm_eni_target: int = _number(
        "warm_eni_target", 1, "ENIs kept ready on each node, beyond those in use [ENIs]"
    )
    warm_ip_target: int | None = _number(
        "warm_ip_target",
        None,
        "addresses kept ready on each node, beyond those in use [IPs]",
        empty="1 in warm-ip mode, 0 in prefix mode",
    )
    minimum_ip_target: int = _number(
        "minimum_ip_target", 0, "addresses each node holds at least, 0 for no minimum [IPs]"
    )
    warm_prefix_target: int = _number(
        "warm_prefix_target",
        1,
        "/28 prefixes kept ready on each node, beyond those in use [prefixes]",
    )
    host_network_pods: int = _number(
        "host_network_pods", 2, "pods on each node that share its own address [pods]"
    )
    daemonset_pods: int = _number(
        "daemonset_pods", 2, "DaemonSet pods on each node with an address of their own [pods]"
    )
    nodes_from: str = _choice(
        "nodes_from",
        "where nodes come from: it says their max pods, and what is added to them for a while",
        *NODES_FROM,
    )
    reserved_enis: int = _number(
        "reserved_enis",
        0,
        "Karpenter's reserved ENIs, which it takes off max pods, as people do for custom "
        "networking [ENIs]",
    )
    max_eni: int = _number(
        "max_eni", 0, "the VPC CNI's MAX_ENI, 0 for the limit of the instance type [ENIs]"
    )
    pod_eni: str = _choice(
        "pod_eni", "security groups for pods (ENABLE_POD_ENI): a trunk ENI on each node", *NO_YES
    )
    pods_from: str = _choice(
        "pods_from",
        "where the addresses of pods come from: the subnet of their node; a pod subnet in each "
        "zone (custom networking), such as one of 100.64.0.0/10; or subnet discovery, by which "
        "further ENIs go to tagged subnets, or all pods do, where the node's is tagged 0",
        *PODS_FROM,
    )
    node_subnets: int = _number(
        "node_subnets",
        1,
        "subnets of a zone that its nodes are spread over [subnets]",
        1,
        100,
    )
    pod_subnets: int = _number(
        "pod_subnets",
        1,
        "subnets of a zone for pods, where they are not those of the nodes [subnets]",
        1,
        100,
    )
    pod_subnet_prefix_length: int = _number(
        "pod_subnet_prefix_length",
        19,
        "size of a pod subnet, where pods have subnets of their own, the n of /n [bits]",
        16,
        28,
    )
    prefix_case: str = _choice(
        "prefix_case",
        "which /28 blocks are free for prefixes: single addresses packed together (best case), "
        "each in a block of its own (worst case), or beside a subnet CIDR reservation for prefixes",
        "best case",
        "worst case",
        "reservation",
    )
    prefix_reservation: int = _number(
        "prefix_reservation",
        24,
        "size of the subnet CIDR reservation for prefixes, the n of /n [bits]",
        16,
        28,
    )
    rollout_surge: int = _number(
        "rollout_surge",
        25,
        "workload pods beyond the plan's while Deployments are rolled out, at the peak [%]",
        0,
        100,
    )
    zone_loss: str = _choice(
        "zone_loss", "at the peak a zone is lost: its nodes land in the others", *NO_YES
    )
    updated_groups: str = _choice(
        "updated_groups",
        "managed node groups updated at once, at the peak: each adds the larger of twice the zones "
        "and its max unavailable",
        "none",
        "one",
        "all",
        default="one",
    )
    update_strategy: str = _choice(
        "update_strategy",
        "update strategy of managed node groups: minimal adds no node",
        "default",
        "minimal",
    )
    max_unavailable: int = _number(
        "max_unavailable",
        1,
        "nodes of a node group that an update takes down at once [instances]",
        1,
        100,
    )
    max_unavailable_percent: int = _number(
        "max_unavailable_percent",
        0,
        "the same as a share of the node group's instances, 0 for the number [%]",
        0,
        100,
    )
    replaced_at_once: int = _number(
        "replaced_at_once",
        10,
        "share of a group's nodes that Karpenter or EKS Auto Mode replaces at once, rounded up [%]",
        0,
        100,
    )
    albs: int = _number("albs", 0, "Application Load Balancers in a subnet [load balancers]")
    nlbs: int = _number("nlbs", 0, "Network Load Balancers in a subnet [load balancers]")
    endpoints: int = _number(
        "endpoints", 0, "interface VPC endpoints in a subnet, an address each [endpoints]"
    )
    nat_gateways: int = _number("nat_gateways", 0, "NAT gateways in a subnet [gateways]")
    other_ips: int = _number("other_ips", 0, "other addresses in a subnet [IPs]")
    control_plane_enis: int = _number(
        "control_plane_enis",
        0,
        "ENIs of the EKS control plane in a subnet, of 2 to 4 in all; 0 where they are in other "
        "subnets [ENIs]",
        0,
        4,
    )
    windows_warm_ip_target: int = _number(
        "windows_warm_ip_target", 3, "warm-ip-target on Windows nodes; 0 counts as 1 [IPs]"
    )
    windows_minimum_ip_target: int = _number(
        "windows_minimum_ip_target", 3, "minimum-ip-target on Windows nodes [IPs]"
    )
    windows_warm_prefix_target: int = _number(
        "windows_warm_prefix_target",
        0,
        "warm-prefix-target on Windows nodes, used while both IP targets are 0 [prefixes]",
    )
    windows_prefix_warm_ip_target: int = _number(
        "windows_prefix_warm_ip_target",
        1,
        "warm-ip-target on Windows nodes with prefixes; 0 is none given [IPs]",
    )
    windows_prefix_minimum_ip_target: int = _number(
        "windows_prefix_minimum_ip_target",
        3,
        "minimum-ip-target on Windows nodes with prefixes; 0 is none given [IPs]",
    )
    node_groups: Sequence[NodeGroup] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_groups", tuple(self.node_groups))
        for group in self.node_groups:
            if not isinstance(group, NodeGroup):
                raise InputError(f"node_groups: found {group!r}; a NodeGroup is expected")
        _check_inputs(self, PLAN_INPUTS)


def _inputs(cls: type) -> dict[str, Input]:
    declared = dataclasses.fields(cls)
    return {each.name: each.metadata["input"] for each in declared if each.metadata}


#: The inputs of a plan and of a node group, by name, in the order they are declared.
PLAN_INPUTS = _inputs(Plan)
GROUP_INPUTS = _inputs(NodeGroup)


def _document(cls: type, inputs: dict[str, Input], *before: str) -> None:
    """Put what each input takes into the documentation of its class."""
    lines = list(before)
    for name, declared in inputs.items():
        default = declared.empty if declared.default is None else repr(declared.default)
        lines.append(f"{name}: {declared.about}; {declared.expected}; by default {default}.")
    cls.__doc__ = (cls.__doc__ or "").format(parameters="\n    ".join(lines))


_document(Plan, PLAN_INPUTS)
_document(NodeGroup, GROUP_INPUTS, "instance_type: EC2 instance type, such as ``m5.large``.")


def _check_inputs(filled_in: Plan | NodeGroup, inputs: dict[str, Input]) -> None:
    for name, declared in inputs.items():
        value = getattr(filled_in, name)
        if isinstance(declared, Choice):
            value = declared.said(value)
        problem = declared.problem(value)
        if problem:
            raise InputError(f"{name}: found {found_words(value)}; {problem[1]} is expected")
        object.__setattr__(filled_in, name, declared.read(value))
