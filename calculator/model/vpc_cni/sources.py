"""Where the rules come from: the documents of each, by the names of what they give."""

from __future__ import annotations

from calculator.model.vpc_cni.settings import SOURCES_OF_SETTINGS

__all__ = ["SOURCES"]

_IPAMD = "VPC CNI v1.23.1: pkg/ipamd/ipamd.go"
_TARGETS = "VPC CNI v1.23.1: docs/eni-and-ip-target.md, docs/prefix-and-ip-target.md"
_OF = {
    f"{_IPAMD} (isDatastorePoolTooLow, increaseDatastorePool)": (
        *("units_wanted", "slots_wanted", "slots_at_first", "first_slots_taken", "slots_held"),
        *("secondary_ips", "attached_enis", "prefixes", "slots_in_use"),
        *("peak_units_wanted", "peak_slots_wanted", "peak_slots_held", "peak_attached_enis"),
    ),
    f"{_IPAMD} (freeing ENIs and addresses; none that serves a pod is given back)": (
        *("kept_ips_per_node", "kept_slots", "gives_back", "scatter", "churn_ips"),
        "pod_subnet_churn_ips",
    ),
    f"{_IPAMD} (ENABLE_POD_ENI, MAX_ENI)": ("usable_enis", "trunk_slot", "trunk_enis", "pod_enis"),
    "VPC CNI v1.23.1: pkg/awsutils/awsutils.go (createENI)": (
        *("moved_ips", "moved", "moved_at_peak", "returned", "returned_at_peak"),
        *("pod_subnet_moved_ips", "peak_moved_ips", "pod_subnet_peak_moved_ips"),
    ),
    _TARGETS: (
        *("warm_eni_target", "warm_ip_target", "minimum_ip_target", "warm_prefix_target"),
        "warm_ips_kept",
    ),
    "Amazon EKS User Guide: max pods of managed node groups; Karpenter; nodeadm": (
        *("max_pods", "max_pods_cap", "max_pods_limit", "slots_allowed", "enis_limit"),
    ),
    "Amazon EC2 User Guide: addresses of a network interface": ("max_enis", "ipv4_per_eni"),
    "Amazon EC2 User Guide: prefixes are whole /28 blocks": (
        *("blocks_needed", "blocks_by_case", "whole_blocks"),
    ),
    "Amazon VPC User Guide: 5 addresses of a subnet are reserved": (
        *("ips_available", "subnet_available", "pod_subnet_available", "prefix_length"),
    ),
    "Amazon EKS User Guide: at least two Availability Zones": ("availability_zones",),
    "Kubernetes: Deployments surge by 25 % while they are rolled out": (
        *("most_workload_pods", "most_on_fargate"),
    ),
    "Amazon EKS User Guide: managed node group updates": (
        *("unavailable", "added_by_update", "update_ips", "pod_subnet_update_ips"),
        *("update_node_ips", "update_pod_ips"),
    ),
    "Karpenter: disruption budgets; Amazon EKS User Guide: Auto Mode": (
        *("replaced", "replacement_ips", "pod_subnet_replacement_ips"),
    ),
    "Amazon EKS User Guide: subnet requirements": ("upgrade_ips",),
    "Amazon VPC User Guide: network address usage, quotas": ("network_address_units", "enis"),
}
#: Documents by the name of an input, a column or a result.
SOURCES = SOURCES_OF_SETTINGS | {name: source for source, names in _OF.items() for name in names}
