"""What one node takes: the steady state of the VPC CNI's ipamd, in every mode.

Every address that a node holds comes with an ENI: its primary address, which serves no pod, and
slots of secondary addresses, one a pod, or, with prefix delegation, of /28 prefixes, sixteen pods
each. The closed forms below give what ipamd settles at when pods were scheduled one at a time.

Sources: VPC CNI v1.23.1, pkg/ipamd/ipamd.go; Windows nodes: VPC resource controller, docs/windows.
Symbols: S = slots of an ENI = IPs per ENI - 1; P = max pods.
"""

from __future__ import annotations

from calculator.model.expression import Expression, Operand, ref, where
from calculator.model.functions import both, either, floor, maximum, minimum, roundup
from calculator.model.ranges import lookup
from calculator.plan import EKS_AUTO_MODE, KARPENTER, MANAGED_NODE_GROUP

__all__ = [
    "AUTO_MODE",
    "BRANCH_ENIS",
    "CAP",
    "CUSTOM_NETWORKING",
    "ENIS",
    "ENIS_LIMIT",
    "LIMIT",
    "LOWERED_BY_ENIS",
    "MAX_PODS",
    "NITRO",
    "POD_ENIS",
    "POD_SLOTS",
    "PREFIX_SIZE",
    "PRIMARY_KEPT",
    "SLOTS_ALLOWED",
    "TRUNK_ENIS",
    "TRUNK_SLOT",
    "VCPUS",
    "WINDOWS",
    "branch_enis",
    "looked_up",
    "max_pods",
    "pods_that_fit",
    "slots_for",
    "taken_at_first",
    "units_wanted",
]

#: Addresses of a prefix.
PREFIX_SIZE = ref("prefix_size")
POD_SLOTS = ref("ipv4_per_eni") - 1
MAX_PODS = ref("max_pods")
WINDOWS = ref("os") == "Windows"
AUTO_MODE = ref("is_auto_mode") == 1
#: 1 where the primary ENI of a node serves no pod, as with custom networking.
PRIMARY_KEPT = ref("primary_kept")
CUSTOM_NETWORKING = ref("is_custom") == 1

_MAX_ENIS = ref("max_enis")
_MAX_ENI = ref("max_eni")
_USABLE_ENIS = ref("usable_enis")
_HOST_NETWORK_PODS = ref("host_network_pods")
_BESIDE_ENIS = ref("pods_beside_enis")
_OTHER_ENIS = ref("other_enis")


def looked_up(template: str, value: Expression, **headers: str) -> Expression:
    """What sheet InstanceTypes says in the row of the node group's type."""
    columns = {name: ("InstanceTypes", header) for name, header in headers.items()}
    return lookup(template, value, row=ref("type_row"), **columns)


def _figure(name: str, header: str) -> Expression:
    return looked_up("INDEX({column},{row})", ref(f"catalog_{name}"), column=header)


NITRO = looked_up(
    'OR(INDEX({hypervisor},{row})="nitro",INDEX({metal},{row})="yes")',
    ref("catalog_nitro") > 0,
    hypervisor="hypervisor",
    metal="bare metal",
)
_CAN_CARRY_TRUNK = looked_up(
    'INDEX({column},{row})="yes"', ref("catalog_trunk_compatible") > 0, column="trunk ENI"
)
_CAN_CARRY_NO_TRUNK = looked_up(
    'INDEX({column},{row})="no"', ref("catalog_no_trunk") > 0, column="trunk ENI"
)
VCPUS = _figure("vcpus", "vCPUs")
BRANCH_ENIS = _figure("branch_enis", "branch ENIs")

# --- ENIs -----------------------------------------------------------------------------------------

#: ENIs that the VPC CNI may have on the node, its primary ENI and a trunk ENI among them [ENIs].
ENIS = maximum(1, where(_MAX_ENI > 0, minimum(_MAX_ENIS, _MAX_ENI), _MAX_ENIS) - _OTHER_ENIS)
#: A trunk ENI takes the place of another ENI, and is left out where there is none to spare. The
#: VPC CNI keeps the place of one, too, where it does not know whether the type can carry one.
TRUNK_SLOT = where(
    both(ref("pod_eni") == "yes", _USABLE_ENIS > 1),
    where(WINDOWS, 0, where(_CAN_CARRY_NO_TRUNK, 0, 1)),
    0,
)
TRUNK_ENIS = where(ref("trunk_slot") == 1, where(_CAN_CARRY_TRUNK, 1, 0), 0)
#: Windows nodes have one ENI.
POD_ENIS = where(WINDOWS, 1, _USABLE_ENIS - ref("trunk_slot") - PRIMARY_KEPT)


def branch_enis() -> Expression:
    """Pods with a security group of their own that get a branch ENI [pods]."""
    left = maximum(0, MAX_PODS - _HOST_NETWORK_PODS)
    return minimum(ref("security_group_pods"), ref("most_branch_enis"), left)


# --- max pods -------------------------------------------------------------------------------------

_MANAGED = ref("nodes_come_from") == MANAGED_NODE_GROUP
_AUTO_MODE = ref("nodes_come_from") == EKS_AUTO_MODE
_KARPENTER = ref("nodes_come_from") == KARPENTER
_BY_VCPUS = where(
    ref("vcpus") < ref("large_vcpus"), ref("max_pods_of_small"), ref("max_pods_of_large")
)
#: Max pods by where nodes come from [pods].
#: Source: Amazon EKS User Guide (managed node groups, Auto Mode); Karpenter, ENI-limited pods;
#: nodeadm, max pods.
CAP = where(_MANAGED, _BY_VCPUS, where(_AUTO_MODE, ref("max_pods_of_small"), ref("enis_limit")))
_OWN = ref("own_max_pods")
#: Max pods of a node whatever its mode, or their limit where the ENIs may lower it [pods].
LIMIT = where(_OWN > 0, _OWN, where(WINDOWS, ref("max_pods_of_small"), ref("max_pods_cap")))
#: What Karpenter and nodeadm reckon with: all ENIs of the type, or those that are not reserved.
ENIS_LIMIT = (
    where(_KARPENTER, maximum(0, _MAX_ENIS - _OTHER_ENIS - ref("reserved_enis")), _MAX_ENIS)
    * POD_SLOTS
    + _BESIDE_ENIS
)
#: 1 where max pods are no more than the ENIs allow.
LOWERED_BY_ENIS = where(both(_OWN == 0, ref("os") != "Windows", either(_MANAGED, _AUTO_MODE)), 1, 0)
#: Slots that max pods of managed node groups and Auto Mode do not exceed; elsewhere they are no
#: limit, and so as many as max pods [slots].
SLOTS_ALLOWED = where(
    ref("lowered_by_enis") == 1,
    (_USABLE_ENIS - where(CUSTOM_NETWORKING, 1, 0)) * POD_SLOTS,
    ref("max_pods_limit"),
)


def max_pods(slot_size: Operand) -> Expression:
    """Kubelet's max pods [pods]: its limit, and, where they lower it, what the ENIs allow."""
    return minimum(ref("max_pods_limit"), ref("slots_allowed") * slot_size + _BESIDE_ENIS)


def pods_that_fit(by_enis: Expression | None) -> Expression:
    """Pods that can get an address [pods]: by kubelet, and by the addresses of the ENIs if any."""
    left = MAX_PODS - _HOST_NETWORK_PODS - ref("branch_enis")
    return maximum(0, left if by_enis is None else minimum(by_enis, left))


# --- what the warm pool holds ---------------------------------------------------------------------


def slots_for(ips: Expression, size: Expression) -> Expression:
    """Slots of `size` addresses that hold so many [slots]."""
    return roundup(ips / size)


def units_wanted(active: Expression, target: Expression, unit: Expression) -> Expression:
    """ENIs, or prefixes, of `unit` addresses each that are in use and kept warm [units].

    With a target of 0 ipamd adds one only when the last address is gone.
    """
    return where(target >= 1, roundup(active / unit) + target, floor(active / unit) + 1)


def taken_at_first(first: Expression) -> Expression:
    """Slots that ipamd takes when the node joins [slots]: no ENI more than max pods can need."""
    return minimum(first, roundup(ref("slots_for_max_pods") / POD_SLOTS) * POD_SLOTS)
