"""What one node takes: the steady state of the VPC CNI's ipamd, in every mode.

Every address that a node holds comes with an ENI: its primary address, which serves no pod, and
slots of secondary addresses, one a pod, or, with prefix delegation, of /28 prefixes, sixteen pods
each. The closed forms below give what ipamd settles at when pods were scheduled one at a time.

Sources: VPC CNI v1.23, pkg/ipamd/ipamd.go; Windows nodes: VPC resource controller, docs/windows.
Symbols: S = slots of an ENI = IPs per ENI - 1; P = max pods.
"""

from __future__ import annotations

from calculator.model.expression import (
    Expression,
    both,
    count_of,
    either,
    floor,
    lookup,
    maximum,
    minimum,
    ref,
    roundup,
    where,
)

__all__ = [
    "BRANCH_ENIS",
    "BRANCH_LIMIT",
    "CUSTOM_NETWORKING",
    "IPV6",
    "NITRO",
    "OWN_MAX_PODS",
    "POD_ENIS",
    "POD_SLOTS",
    "PREFIX_SIZE",
    "SECURITY_GROUP_PODS",
    "TRUNK_ENIS",
    "VCPUS",
    "WINDOWS",
    "by_ip_targets",
    "by_warm_enis",
    "by_warm_prefixes",
    "looked_up",
    "max_pods",
    "only_minimum",
    "pods_that_fit",
    "targets_are_0",
    "windows_by_ip_targets",
    "windows_by_warm_prefixes",
]

#: Addresses of a prefix.
PREFIX_SIZE = 16

MAX_ENIS = ref("max_enis")
ACTIVE_IPS = ref("active_ips")
ACTIVE_ENIS = ref("active_enis")
HOST_NETWORK_PODS = ref("host_network_pods")
MAX_ENI = ref("max_eni")
OWN_MAX_PODS = count_of(ref("own_max_pods"))
SECURITY_GROUP_PODS = count_of(ref("security_group_pods"))
ROW_STATE = ref("row_state")

POD_SLOTS = ref("ipv4_per_eni") - 1
WINDOWS = ref("os") == "Windows"
IPV6 = ref("ip_family") == "IPv6"
#: IPv6 clusters have none.
CUSTOM_NETWORKING = both(ref("custom_networking") == "yes", ref("ip_family") == "IPv4")
_CUSTOM = where(CUSTOM_NETWORKING, 1, 0)


def looked_up(template: str, value: Expression, **headers: str) -> Expression:
    """What sheet InstanceTypes says in the row of the node group's type."""
    columns = {name: ("InstanceTypes", header) for name, header in headers.items()}
    return lookup(template, value, row=ROW_STATE, **columns)


def _figure(name: str, header: str) -> Expression:
    return looked_up("INDEX({column},{row})", ref(f"catalog_{name}"), column=header)


NITRO = looked_up(
    'OR(INDEX({hypervisor},{row})="nitro",INDEX({metal},{row})="yes")',
    ref("catalog_nitro") > 0,
    hypervisor="hypervisor",
    metal="bare metal",
)
CAN_CARRY_TRUNK = looked_up(
    'INDEX({column},{row})="yes"', ref("catalog_trunk_compatible") > 0, column="trunk ENI"
)
VCPUS = _figure("vcpus", "vCPUs")
BRANCH_LIMIT = ref("trunk_enis") * _figure("branch_enis", "branch ENIs")

# --- ENIs and max pods ----------------------------------------------------------------------------

ENIS = where(MAX_ENI > 0, minimum(MAX_ENIS, MAX_ENI), MAX_ENIS)
#: A trunk ENI takes the place of another ENI, and is left out where there is none to spare.
TRUNK_ENIS = where(
    ref("pod_eni") == "yes",
    where(WINDOWS, 0, where(both(ENIS > 1, CAN_CARRY_TRUNK), 1, 0)),
    0,
)
#: With custom networking the primary ENI serves no pod. Windows nodes have one ENI.
POD_ENIS = where(WINDOWS, 1, maximum(ENIS - ref("trunk_enis"), 1) - _CUSTOM)

#: What EKS lets kubelet have where a row has no number of its own.
_BY_VCPUS = where(VCPUS < 30, 110, 250)
_BY_ENIS = where(
    either(CUSTOM_NETWORKING, both(MAX_ENI > 0, MAX_ENI < MAX_ENIS)),
    (ENIS - _CUSTOM) * POD_SLOTS + 2,
    _figure("max_pods", "max pods"),
)


def max_pods(slot_size: Expression | int) -> Expression:
    """Kubelet's max pods; on Windows by default as many as there are addresses for."""
    on_windows = POD_SLOTS * slot_size + HOST_NETWORK_PODS
    by_setting = where(ref("max_pods_by") == "110 or 250", _BY_VCPUS, _BY_ENIS)
    return where(OWN_MAX_PODS > 0, OWN_MAX_PODS, where(WINDOWS, on_windows, by_setting))


MAX_PODS = ref("max_pods")
#: Pods with a security group of their own that get a branch ENI.
BRANCH_ENIS = minimum(SECURITY_GROUP_PODS, BRANCH_LIMIT, maximum(0, MAX_PODS - HOST_NETWORK_PODS))


def pods_that_fit(slot_size: Expression | int) -> Expression:
    """Pods that can get an address: by the ENIs (none of whose IPs IPv6 needs), and by kubelet."""
    left = MAX_PODS - HOST_NETWORK_PODS - ref("branch_enis")
    return maximum(0, where(IPV6, left, minimum(ref("pod_enis") * POD_SLOTS * slot_size, left)))


# --- what the warm pool holds ---------------------------------------------------------------------

_ENIS = ref("pod_enis")
_SLOTS = _ENIS * POD_SLOTS


def _slots_for(pods: Expression, size: int) -> Expression:
    return pods if size == 1 else roundup(pods / size)


def by_warm_enis(target: Expression) -> Expression:
    """ENIs for pods [ENIs]: those in use and the target, no more than max pods need.

    With a target of 0 ipamd adds an ENI only when the last address is gone.
    """
    wanted = where(target >= 1, ACTIVE_ENIS + target, floor(ACTIVE_IPS / POD_SLOTS) + 1)
    return minimum(_ENIS, maximum(ACTIVE_ENIS, minimum(wanted, roundup(MAX_PODS / POD_SLOTS))))


def _settled(first: Expression, wanted: Expression, size: int) -> Expression:
    """Slots [slots]: what ipamd takes when the node joins, then what it wants up to max pods."""
    most = _slots_for(MAX_PODS, size)
    return minimum(
        _SLOTS,
        maximum(
            minimum(first, roundup(most / POD_SLOTS) * POD_SLOTS),
            minimum(wanted, most),
            _slots_for(ACTIVE_IPS, size),
        ),
    )


def by_ip_targets(warm: Expression, least: Expression, size: int) -> Expression:
    """Slots [slots] of `size` addresses each that WARM_IP_TARGET and MINIMUM_IP_TARGET ask for."""
    return _settled(_slots_for(maximum(warm, least), size), _wanted(warm, least, size), size)


def _wanted(warm: Expression, least: Expression, size: int) -> Expression:
    return _slots_for(maximum(ACTIVE_IPS + warm, least), size)


def by_warm_prefixes(target: Expression) -> Expression:
    """Prefixes [prefixes] that WARM_PREFIX_TARGET asks for; 0 adds one when the last is in use."""
    in_use = _slots_for(ACTIVE_IPS, PREFIX_SIZE)
    wanted = where(target >= 1, in_use + target, floor(ACTIVE_IPS / PREFIX_SIZE) + 1)
    return _settled(maximum(target, 1), wanted, PREFIX_SIZE)


def windows_by_ip_targets(warm: Expression, least: Expression, size: int) -> Expression:
    """Slots [slots] that the controller keeps on a Windows node, whatever its max pods."""
    return minimum(POD_SLOTS, _wanted(warm, least, size))


def windows_by_warm_prefixes(target: Expression) -> Expression:
    """Prefixes [prefixes] that the controller keeps on a Windows node."""
    in_use = roundup(ACTIVE_IPS / PREFIX_SIZE)
    wanted = where(target >= 1, in_use + target, floor(ACTIVE_IPS / PREFIX_SIZE) + 1)
    return minimum(POD_SLOTS, wanted)


def targets_are_0(warm: Expression, least: Expression) -> Expression:
    """Whether the IP targets are off."""
    return both(warm == 0, least == 0)


def only_minimum(warm: Expression, least: Expression) -> tuple[Expression, Expression]:
    """Conditions of a minimum without a warm target: then ipamd never grows past the minimum."""
    return warm == 0, least > 0
