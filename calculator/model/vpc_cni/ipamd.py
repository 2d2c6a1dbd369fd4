"""What one node takes: the steady state of the VPC CNI's ipamd, in every mode.

Every address that a node holds comes with an ENI: its primary address, which serves no pod, and
slots of secondary addresses, one a pod, or, with prefix delegation, of /28 prefixes, sixteen pods
each. The closed forms below give what ipamd settles at when pods were scheduled one at a time.

Sources: VPC CNI v1.23, pkg/ipamd/ipamd.go; Windows nodes: VPC resource controller, docs/windows.
Symbols: S = slots of an ENI = IPs per ENI - 1; P = max pods.
"""

from __future__ import annotations

from calculator.model.expression import Expression, Operand, ref, where
from calculator.model.functions import both, floor, maximum, minimum, roundup
from calculator.model.ranges import lookup

__all__ = [
    "ACTIVE_IPS",
    "CUSTOM_NETWORKING",
    "EKS_MAX_PODS",
    "ENIS",
    "MAX_PODS",
    "NITRO",
    "POD_SLOTS",
    "PREFIX_SIZE",
    "PRIMARY_KEPT",
    "TRUNK_ENIS",
    "VCPUS",
    "WINDOWS",
    "branch_enis",
    "eks_max_pods",
    "looked_up",
    "max_pods",
    "pods_that_fit",
    "slots_for",
    "slots_held",
    "taken_at_first",
    "units_wanted",
]

#: Addresses of a prefix.
PREFIX_SIZE = ref("prefix_size")
POD_SLOTS = ref("ipv4_per_eni") - 1
ACTIVE_IPS = ref("active_ips")
MAX_PODS = ref("max_pods")
EKS_MAX_PODS = ref("eks_max_pods")
WINDOWS = ref("os") == "Windows"
#: 1 where the primary ENI serves no pod, as with custom networking.
PRIMARY_KEPT = ref("primary_enis_kept")
CUSTOM_NETWORKING = PRIMARY_KEPT == 1

_MAX_ENIS = ref("max_enis")
_MAX_ENI = ref("max_eni")
_ALLOWED_ENIS = ref("allowed_enis")
_HOST_NETWORK_PODS = ref("host_network_pods")


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
VCPUS = _figure("vcpus", "vCPUs")

# --- ENIs and max pods ----------------------------------------------------------------------------

#: ENIs that the VPC CNI may attach [ENIs].
ENIS = where(_MAX_ENI > 0, minimum(_MAX_ENIS, _MAX_ENI), _MAX_ENIS)
#: A trunk ENI takes the place of another ENI, and is left out where there is none to spare.
TRUNK_ENIS = where(
    ref("pod_eni") == "yes",
    where(WINDOWS, 0, where(both(_ALLOWED_ENIS > 1, _CAN_CARRY_TRUNK), 1, 0)),
    0,
)
#: Windows nodes have one ENI.
POD_ENIS = where(WINDOWS, 1, maximum(_ALLOWED_ENIS - ref("trunk_enis"), 1) - PRIMARY_KEPT)

_BY_VCPUS = where(VCPUS < ref("large_vcpus"), ref("max_pods_of_small"), ref("max_pods_of_large"))
_BY_ENIS = (_ALLOWED_ENIS - PRIMARY_KEPT) * POD_SLOTS + ref("pods_beside_enis")


def eks_max_pods(*, by_enis: bool) -> Expression:
    """What EKS lets kubelet have [pods], by the setting; `by_enis` where it leaves it to the mode.

    Source: EKS, eni-max-pods.txt and the bootstrap of managed node groups.
    """
    setting = ref("max_pods_by")
    if by_enis:
        return where(setting == "110 or 250", _BY_VCPUS, _BY_ENIS)
    return where(setting == "ENI limits", _BY_ENIS, _BY_VCPUS)


def max_pods(slot_size: Operand) -> Expression:
    """Kubelet's max pods [pods]; on Windows by default as many as there are addresses for."""
    on_windows = POD_SLOTS * slot_size + _HOST_NETWORK_PODS
    own = ref("own_max_pods")
    return where(own > 0, own, where(WINDOWS, on_windows, EKS_MAX_PODS))


def branch_enis() -> Expression:
    """Pods with a security group of their own that get a branch ENI [pods]."""
    limit = ref("trunk_enis") * _figure("branch_enis", "branch ENIs")
    left = maximum(0, MAX_PODS - _HOST_NETWORK_PODS)
    return minimum(ref("security_group_pods"), limit, left)


def pods_that_fit(by_enis: Expression | None) -> Expression:
    """Pods that can get an address [pods]: by kubelet, and by the addresses of the ENIs if any."""
    left = MAX_PODS - _HOST_NETWORK_PODS - ref("branch_enis")
    return maximum(0, left if by_enis is None else minimum(by_enis, left))


# --- what the warm pool holds ---------------------------------------------------------------------


def slots_for(ips: Expression, size: Operand) -> Expression:
    """Slots of `size` addresses that hold so many [slots]."""
    return ips if isinstance(size, int) else roundup(ips / size)


def units_wanted(target: Expression, unit: Expression) -> Expression:
    """ENIs, or prefixes, of `unit` addresses each that are in use and kept warm [units].

    With a target of 0 ipamd adds one only when the last address is gone.
    """
    return where(target >= 1, roundup(ACTIVE_IPS / unit) + target, floor(ACTIVE_IPS / unit) + 1)


def taken_at_first(first: Expression) -> Expression:
    """Slots that ipamd takes when the node joins [slots]: no ENI more than max pods can need."""
    return minimum(first, roundup(ref("slots_for_max_pods") / POD_SLOTS) * POD_SLOTS)


def slots_held(*asked: Expression) -> Expression:
    """Slots that a node holds [slots]: the most that is asked for, and that its ENIs have."""
    return minimum(ref("pod_slots"), maximum(*asked))
