"""The words of a vpc-cni workbook, by their codes: one table, which the sheets look them up in.

Where a finding says the same, its code is the same.
"""

from __future__ import annotations

from calculator.inputs import Choice, Quantity
from calculator.plan import GROUP_INPUTS

__all__ = ["MESSAGES", "input_code"]

#: What the words of a node group's inputs call them.
_HEADERS = {
    "instances": "Instances",  # of no number: # stands for a figure
    "pods_per_node": "Pods",
    "os": "Operating system",
    "own_max_pods": "Own max pods",
    "security_group_pods": "Pods with own security group",
    "nodes_from": "Nodes from",
    "most_instances": "Most Instances",
    "in_fullest_zone": "In the fullest zone",
    "most_pods": "Most Pods",
    "other_enis": "Other ENIs",
    "other_ips_per_node": "Other addresses",
}


def input_code(name: str) -> str:
    """The code of what is said where an input of a node group cannot be used."""
    return name.replace("_", "-")


def _expected(name: str) -> str:
    declared = GROUP_INPUTS[name]
    assert isinstance(declared, Quantity | Choice)
    return f"{_HEADERS[name]}: enter {declared.expected}"


#: Words by code; # stands for a figure.
MESSAGES = {
    # of a row
    "ok": "OK",
    "missing": "Enter an instance type",
    "correct-settings": "Correct the settings marked in red",
    "unknown-type": "This type is not on sheet InstanceTypes",
    "windows-custom-networking": "Windows nodes have no custom networking: plan them in a cluster "
    "of their own",
    "windows-ipv6": "Windows nodes have no IPv6",
    "ipv6-needs-nitro": "An IPv6 cluster needs Nitro types, and this one is not known to be one",
    **{input_code(name): _expected(name) for name in _HEADERS},
    "share-of-zone": "In the fullest zone: enter a part of the instances; all with one zone",
    "beyond-max-pods": "Only # of the pods that need an address fit on a node: its max pods",
    "auto-mode-at-least": "At least: what EKS Auto Mode keeps warm is not published",
    "pods-do-not-fit": "Only # of the pods that need an address fit on a node",
    "branch-enis-do-not-fit": "Only # of the pods with own security group get a branch ENI: see "
    "Security groups for pods",
    "no-warm-ip-target": "Only # pods of a node get an address: without WARM_IP_TARGET ipamd stops "
    "at MINIMUM_IP_TARGET",
    "prefix-fallback": "Not known to be a Nitro type: falls back to secondary IPs, counted so",
    "vcpus-not-known": "Its vCPUs are not known: 110 max pods are assumed; enter its own max pods",
    "most-instances-low": "Most Instances is less than there are: these count",
    "most-pods-low": "Most Pods is less than there are: these count, without a surge",
    "no-pod-on-fargate": "No pod, and so no address: on Fargate instances count times their pods",
    "on-fargate": "On Fargate pods are Linux, and only instances and their pods count",
    # of a mode
    "fits": "fits",
    "fits-see-check": "fits, but see column Check",
    "little-room-for-eks": "fits, but EKS recommends more free addresses: # are left for its "
    "control plane",
    "not-the-fullest": "fits, but another zone takes # addresses more than the one said to be the "
    "fullest",
    "tagged-subnets-full": "fits, but tagged subnets get full at the peak: a subnet of nodes takes "
    "# addresses for pods",
    "node-subnets-full": "fits, but a subnet of nodes gets full at the peak: tagged ones take # of "
    "its addresses",
    "little-room-for-load-balancers": "fits, but a load balancer asks for 8 free addresses: # are "
    "left at the peak",
    "subnet-overflow": "lacks # addresses at the peak",
    "peak-overflow": "lacks # addresses at the peak",
    "pod-subnet-overflow": "lacks # addresses for pods at the peak",
    "fuller-zone-overflow": "lacks # addresses in a zone that takes more than the one said to be "
    "the fullest",
    "too-few-prefixes": "lacks # /28 blocks at the peak",
    "custom-networking-ipv6": "is not possible: an IPv6 cluster has no custom networking",
    "rows-not-possible": "is not possible: rows that it cannot carry: #",
    "correct-the-plan": "is not known until sheet Plan is corrected",
    "no-node-group": "waits for a node group",
    # of the plan
    "correct-settings-first": "Settings to correct, marked in red: #",
    "below-the-table": "Row # lies below the rows that are counted: move it up into the table",
    "correct-rows": "Rows to correct: #. Column Check says what is wrong",
    "enter-a-node-group": "Enter a node group: instance type, number of instances, pods on each",
    "fits-each-mode": "Fits in each mode, WarmENI, WarmIP and Prefix: choose one",
    "one-zone": "EKS asks for subnets in at least two Availability Zones",
    "no-other-zone": "the loss of the only zone leaves no subnet to land in",
    "default-does-not-fit": "no mode is chosen, and WarmENI, as the VPC CNI comes, does not fit",
    "network-address-units": "network address units that the plan takes of the VPC's 64,000: #",
    "many-enis": "ENIs that the plan takes of the region's 5,000: #",
    "both-targets-0": "WARM_IP_TARGET and MINIMUM_IP_TARGET are both 0: ipamd falls back to warm "
    "ENI mode, with WARM_ENI_TARGET #",
    "ip-targets-override": "WARM_IP_TARGET or MINIMUM_IP_TARGET is set: WARM_PREFIX_TARGET counts "
    "for nothing",
}
