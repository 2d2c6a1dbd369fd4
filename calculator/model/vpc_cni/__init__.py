"""What an EKS cluster really takes from its subnets, in each mode of the VPC CNI.

The plan stands on one sheet (``plan_sheet``), what few touch on another (``settings``), what holds
for a node group in every mode on a third (``groups``); each mode has a sheet of formulas
(``modes``) with the rules of a node (``ipamd``, ``node_table``), what the subnets hold
(``subnets``) and whether that fits (``verdict``).
"""

from __future__ import annotations

from calculator.model.sheet import DataTable, Model, catalog_rows
from calculator.model.vpc_cni.groups import GROUPS
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.modes import MODE_SHEETS
from calculator.model.vpc_cni.plan_sheet import PLAN
from calculator.model.vpc_cni.settings import SETTINGS
from calculator.model.vpc_cni.sizes import SIZES
from calculator.model.vpc_cni.sizes_sheet import SIZES_SHEET
from calculator.model.vpc_cni.sources import SOURCES

__all__ = ["LAYOUT", "VPC_CNI"]

#: Where things stand; the first layout had no sheet Plan and was never released.
LAYOUT = 4

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
    "EFA interfaces": "efa_interfaces",
    "source": "source",
}

VPC_CNI = Model(
    name="vpc-cni",
    title="VPC CNI v1.23.1",
    layout=LAYOUT,
    sources=SOURCES,
    plan=PLAN.name,
    about=(
        "This workbook computes what a node takes from its subnet once the VPC CNI has settled: "
        "the addresses its pods use, those kept warm, and a primary address for every ENI.",
        "How it differs from AWS's sample workbook: it reserves 5 addresses of the subnet for 2; "
        "an ENI's primary address serves no pod; host-network pods share the node's own address "
        "and cost the subnet none; DaemonSet pods count; nothing grows past the limits of the "
        "instance; warm IP mode holds addresses, not whole ENIs, and keeps its target.",
        "Every figure is of the fullest subnet: each node group's nodes are spread evenly over "
        "the Availability Zones, and what is left over lands in the same one, unless a row says "
        "how many are there. The peak adds, in this order: what nodes hold for their most pods, "
        "and do not give back; more instances by autoscaling; the nodes of a lost zone; those "
        "that an update of node groups, Karpenter or EKS Auto Mode adds; and 5 addresses for an "
        "upgrade of the EKS version.",
        "Prefix mode needs contiguous /28 blocks. In the best case single addresses (of ENIs, "
        "load balancers and the like) are packed together; in the worst case each stands in "
        "another block; a subnet CIDR reservation keeps its blocks whole.",
    ),
    sheets=(PLAN, SETTINGS, GROUPS, *MODE_SHEETS, SIZES_SHEET),
    data_tables=(
        DataTable(
            name="InstanceTypes",
            sheet="InstanceTypes",
            headers=tuple(INSTANCE_TYPES),
            figures=tuple(INSTANCE_TYPES.values()),
            shown=frozenset(("max pods", "EFA interfaces", "source")),
            rows=catalog_rows(*INSTANCE_TYPES.values()),
        ),
        DataTable(
            name="SubnetSizes",
            sheet="Tables",
            headers=("prefix length", "addresses", "/28 blocks", "/28 in all"),
            rows=lambda _: SIZES,
        ),
        DataTable(
            name="Messages",
            sheet="Tables",
            headers=("code", "words"),
            rows=lambda _: list(MESSAGES.items()),
            first_column=6,
        ),
    ),
)
