"""What a person fills in: a plan of one cluster's subnets and its node groups, validated.

Each input is declared once, as a field with a :class:`Quantity` or a :class:`Choice`; the
workbook's input cells and their validation, the reader's faults, the command line's options and
the columns of a sweep all take name, limits, default and explanation from here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from calculator.errors import InputError

__all__ = [
    "GROUP_INPUTS",
    "PLAN_INPUTS",
    "Choice",
    "Input",
    "NodeGroup",
    "Plan",
    "Quantity",
    "found_words",
    "plain",
]

#: No count of a real cluster comes near; it keeps products of two counts exact in a float.
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole number that a person fills in.

    Parameters
    ----------
    name: its name in Python, on the command line and in a sweep.
    about: what it is, with its unit in brackets.
    default: what it is when nothing is said.
    minimum, maximum: its limits, both allowed.
    """

    name: str
    about: str
    default: int
    minimum: int = 0
    maximum: int = MOST

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        if self.maximum == MOST:
            return f"a whole number of {self.minimum} or more"
        return f"a whole number from {self.minimum} to {self.maximum:,}"

    def problem(self, value: object) -> tuple[str, str] | None:
        """Why `value` cannot be used, as (kind, what is expected); None when it can.

        Kinds: ``missing``, ``not-a-number``, ``not-a-whole-number``, ``out-of-range``.
        """
        if type(value) is float and value.is_integer() and self.minimum <= value <= self.maximum:
            return None  # what nearly every cell of a workbook holds
        if value is None or value == "":
            return "missing", self.expected
        if isinstance(value, bool) or not isinstance(value, Real):
            return "not-a-number", self.expected
        number = int(value) if isinstance(value, Integral) else float(value)
        if isinstance(number, float) and not number.is_integer():
            return "not-a-whole-number", self.expected
        if number > self.maximum == MOST:
            return "out-of-range", f"a whole number from {self.minimum} to {self.maximum:,}"
        if not self.minimum <= number <= self.maximum:
            return "out-of-range", self.expected
        return None

    def read(self, value: Any) -> int:
        """A value without a problem, as it counts: 2.0 of a table is 2."""
        return int(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words that a person picks.

    Parameters
    ----------
    name, about, default: as of a :class:`Quantity`.
    options: the words; upper and lower case make no difference.
    """

    name: str
    about: str
    default: str
    options: tuple[str, ...]

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        return " or ".join(self.options)

    def problem(self, value: object) -> tuple[str, str] | None:
        """Why `value` cannot be used, as (kind, what is expected); None when it can.

        Kinds: ``missing``, ``not-an-option``.
        """
        if value is None or value == "":
            return "missing", self.expected
        known = isinstance(value, str) and value.casefold() in map(str.casefold, self.options)
        return None if known else ("not-an-option", self.expected)

    def read(self, value: Any) -> str:
        """A value without a problem, as the option is spelt."""
        return next(each for each in self.options if each.casefold() == value.casefold())

    def said(self, value: object) -> object:
        """What programs and tables say for yes and no, as these words; all else as it is."""
        words = {"true": "yes", "1": "yes", "1.0": "yes", "false": "no", "0": "no", "0.0": "no"}
        return words.get(str(value).lower(), value) if self.options == _NO_YES else value


_NO_YES = ("no", "yes")

#: What one input is declared by.
Input = Quantity | Choice


def plain(value: Any) -> Any:
    """A value as plain text or number, whole where it is; None for NaN, the number not known."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    number = float(value)
    if math.isnan(number):
        return None
    return int(number) if number.is_integer() else number


def found_words(value: object) -> str:
    """A value as a message shows it: text in quotes, an empty cell in words."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if type(value) is str:  # an Excel error is a str of its own kind
        return f'"{value if len(value) <= 60 else value[:57] + "..."}"'
    return str(value)


def _number(name: str, default: int, about: str, *limits: int, by_sheet: bool = False) -> Any:
    """A number; with `by_sheet`, None stands for the default of each sheet."""
    quantity = Quantity(name, about, default, *limits)
    return field(default=None if by_sheet else default, metadata={"input": quantity})


def _choice(
    name: str, about: str, *options: str, default: str | None = None, by_sheet: bool = False
) -> Any:
    """One of `options`, by default the first."""
    choice = Choice(name, about, default or options[0], options)
    return field(default=None if by_sheet else choice.default, metadata={"input": choice})


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Instances of one type that carry the same number of pods.

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

    def __post_init__(self) -> None:
        if not isinstance(self.instance_type, str) or not self.instance_type.strip():
            found = found_words(self.instance_type)
            raise InputError(f"instance_type: found {found}; an instance type is expected")
        _check_inputs(self, GROUP_INPUTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A cluster's subnets, the settings of the VPC CNI and the node groups.

    Each sheet of a model uses the settings that its mode knows. None stands for the default of
    each sheet.

    Raises
    ------
    InputError: when an input is out of its limits.
    """

    subnet_prefix_length: int = _number(
        "subnet_prefix_length", 23, "size of the subnet, the n of /n [bits]", 16, 28
    )
    warm_eni_target: int = _number(
        "warm_eni_target", 1, "ENIs kept ready on each node, beyond those in use [ENIs]"
    )
    warm_ip_target: int | None = _number(
        "warm_ip_target",
        1,
        "addresses kept ready on each node, beyond those in use [IPs]",
        by_sheet=True,
    )
    minimum_ip_target: int = _number(
        "minimum_ip_target", 0, "addresses each node holds at least, 0 for no minimum [IPs]"
    )
    warm_prefix_target: int = _number(
        "warm_prefix_target", 1, "/28 prefixes kept ready on each node, beyond those in use"
    )
    host_network_pods: int = _number(
        "host_network_pods", 2, "pods on each node that share its own address [pods]"
    )
    daemonset_pods: int = _number(
        "daemonset_pods", 2, "DaemonSet pods on each node with an address of their own [pods]"
    )
    max_eni: int = _number(
        "max_eni", 0, "the VPC CNI's MAX_ENI, 0 for the limit of the instance type [ENIs]"
    )
    max_pods_by: str | None = _choice(
        "max_pods_by",
        "what kubelet's max pods follow: the ENIs of the type, or, as managed node groups with "
        "prefixes have it, 110 below 30 vCPUs and 250 from 30 on",
        "ENI limits",
        "110 or 250",
        by_sheet=True,
    )
    pod_eni: str = _choice(
        "pod_eni", "security groups for pods (ENABLE_POD_ENI): a trunk ENI on each node", *_NO_YES
    )
    custom_networking: str = _choice(
        "custom_networking",
        "pods in a subnet of their own, such as one of 100.64.0.0/10",
        *_NO_YES,
    )
    pod_subnet_prefix_length: int = _number(
        "pod_subnet_prefix_length",
        19,
        "with custom networking, size of the pods' subnet, the n of /n [bits]",
        16,
        28,
    )
    ip_family: str = _choice("ip_family", "addresses of pods", "IPv4", "IPv6")
    availability_zones: int = _number(
        "availability_zones",
        1,
        "zones that the nodes are spread over, each with subnets of this size [zones]",
        1,
        6,
    )
    zone_loss: str = _choice(
        "zone_loss", "at the peak a zone is lost: its nodes land in the others", *_NO_YES
    )
    updated_groups: str = _choice(
        "updated_groups",
        "node groups updated at once, at the peak: each adds the larger of twice the zones and "
        "its max unavailable",
        "none",
        "one",
        "all",
    )
    max_unavailable: int = _number(
        "max_unavailable", 1, "nodes of a node group that an update takes down at once", 1, 100
    )
    other_ips: int = _number(
        "other_ips",
        0,
        "other addresses in the subnet: 8 free for each load balancer, VPC endpoints, NAT [IPs]",
    )
    control_plane_enis: int = _number(
        "control_plane_enis",
        0,
        "ENIs of the EKS control plane, 2 to 4; 0 where they are in other subnets [ENIs]",
        0,
        4,
    )
    windows_warm_ip_target: int = _number(
        "windows_warm_ip_target", 3, "windows-warm-ip-target, on Windows nodes [IPs]", 1
    )
    windows_minimum_ip_target: int = _number(
        "windows_minimum_ip_target", 3, "windows-minimum-ip-target, on Windows nodes [IPs]"
    )
    windows_warm_prefix_target: int = _number(
        "windows_warm_prefix_target",
        0,
        "warm-prefix-target on Windows nodes, used when both IP targets are 0 [prefixes]",
    )
    windows_prefix_warm_ip_target: int = _number(
        "windows_prefix_warm_ip_target", 1, "warm-ip-target on Windows nodes with prefixes [IPs]"
    )
    windows_prefix_minimum_ip_target: int = _number(
        "windows_prefix_minimum_ip_target",
        3,
        "minimum-ip-target on Windows nodes with prefixes [IPs]",
    )
    prefix_case: str = _choice(
        "prefix_case",
        "which /28 blocks are free for prefixes: single addresses packed together, as with a "
        "subnet CIDR reservation (best case), or each in a block of its own (worst case)",
        "best case",
        "worst case",
    )
    node_groups: Sequence[NodeGroup] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_groups", tuple(self.node_groups))
        for each in self.node_groups:
            if not isinstance(each, NodeGroup):
                raise InputError(f"node_groups: found {each!r}; a NodeGroup is expected")
        _check_inputs(self, PLAN_INPUTS)


def _inputs(cls: type) -> dict[str, Input]:
    declared = dataclasses.fields(cls)
    return {each.name: each.metadata["input"] for each in declared if each.metadata}


#: The inputs of a plan and of a node group, by name, in the order they are declared.
PLAN_INPUTS = _inputs(Plan)
GROUP_INPUTS = _inputs(NodeGroup)


def _check_inputs(filled_in: Plan | NodeGroup, inputs: dict[str, Input]) -> None:
    by_sheet = {each.name for each in dataclasses.fields(filled_in) if each.default is None}
    for name, declared in inputs.items():
        value = getattr(filled_in, name)
        if value is None and name in by_sheet:
            continue
        if isinstance(declared, Choice):
            value = declared.said(value)
        problem = declared.problem(value)
        if problem:
            raise InputError(f"{name}: found {found_words(value)}; {problem[1]} is expected")
        object.__setattr__(filled_in, name, declared.read(value))
