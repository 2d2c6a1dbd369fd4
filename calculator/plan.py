"""What a person fills in: a plan of one cluster's subnet and its node groups, validated.

Each number is declared once, as a field with a :class:`Quantity`; the workbook's input cells and
their validation, the reader's faults, the command line's options and the columns of a sweep all
take name, limits, default and explanation from here.
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
    "GROUP_QUANTITIES",
    "PLAN_QUANTITIES",
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


def _number(name: str, default: int, about: str, *limits: int) -> Any:
    quantity = Quantity(name, about, default, *limits)
    return field(default=default, metadata={"quantity": quantity})


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Instances of one type that carry the same number of pods.

    Raises
    ------
    InputError: when a number is out of its limits, or the type is empty.
    """

    instance_type: str
    instances: int = _number("instances", 1, "instances of this type [instances]")
    pods_per_node: int = _number("pods_per_node", 0, "workload pods on each instance [pods]")

    def __post_init__(self) -> None:
        if not isinstance(self.instance_type, str) or not self.instance_type.strip():
            found = found_words(self.instance_type)
            raise InputError(f"instance_type: found {found}; an instance type is expected")
        _check_quantities(self, GROUP_QUANTITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A cluster's subnet, the settings of the VPC CNI and the node groups.

    Each sheet of a model uses the settings that its mode knows.

    Raises
    ------
    InputError: when a number is out of its limits.
    """

    subnet_prefix_length: int = _number(
        "subnet_prefix_length", 23, "size of the subnet, the n of /n [bits]", 16, 28
    )
    warm_eni_target: int = _number(
        "warm_eni_target", 1, "ENIs kept ready on each node, beyond those in use [ENIs]"
    )
    warm_ip_target: int = _number(
        "warm_ip_target", 1, "addresses kept ready on each node, beyond those in use [IPs]"
    )
    minimum_ip_target: int = _number(
        "minimum_ip_target", 0, "addresses each node holds at least, 0 for no minimum [IPs]"
    )
    host_network_pods: int = _number(
        "host_network_pods", 2, "pods on each node that share its own address [pods]"
    )
    daemonset_pods: int = _number(
        "daemonset_pods", 2, "DaemonSet pods on each node with an address of their own [pods]"
    )
    node_groups: Sequence[NodeGroup] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_groups", tuple(self.node_groups))
        for each in self.node_groups:
            if not isinstance(each, NodeGroup):
                raise InputError(f"node_groups: found {each!r}; a NodeGroup is expected")
        _check_quantities(self, PLAN_QUANTITIES)


def _quantities(cls: type) -> dict[str, Quantity]:
    declared = dataclasses.fields(cls)
    return {each.name: each.metadata["quantity"] for each in declared if each.metadata}


#: The numbers of a plan and of a node group, by name, in the order they are declared.
PLAN_QUANTITIES = _quantities(Plan)
GROUP_QUANTITIES = _quantities(NodeGroup)


def _check_quantities(filled_in: Plan | NodeGroup, quantities: dict[str, Quantity]) -> None:
    for name, quantity in quantities.items():
        value = getattr(filled_in, name)
        problem = quantity.problem(value)
        if problem:
            raise InputError(f"{name}: found {found_words(value)}; {problem[1]} is expected")
        object.__setattr__(filled_in, name, int(value))  # 2.0 of a table is 2
