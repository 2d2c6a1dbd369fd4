"""What the subnets hold, in the steady state and at the peak, and what the peak consists of.

Every figure is of the fullest subnet: each node group's nodes are spread evenly over the zones, and
what is left over of each lands in the same one. With custom networking there are two subnets, one
of the nodes and one of their pods.

Sources: Amazon VPC User Guide (5 reserved addresses of a subnet); Amazon EKS User Guide (updates of
managed node groups, addresses for an upgrade); Amazon EC2 User Guide (prefixes are /28 blocks).
"""

from __future__ import annotations

from calculator.model.expression import (
    BLANK,
    Expression,
    count_where,
    greatest,
    maximum,
    minimum,
    ref,
    roundup,
    total,
    total_product,
    where,
)
from calculator.model.frame import known
from calculator.model.ipamd import CUSTOM_NETWORKING, PREFIX_SIZE
from calculator.model.sheet import Total

__all__ = ["BLOCK", "FREE_BLOCKS", "PREFIX_RESULTS", "ROWS", "ZONES_LEFT", "addresses"]

PREFIX_LENGTH = ref("subnet_prefix_length")
CONTROL_PLANE_ENIS = ref("control_plane_enis")
ZONES = ref("availability_zones")

#: Zones that nodes are spread over at the peak.
ZONES_LEFT = maximum(1, ZONES - where(ref("zone_loss") == "yes", 1, 0))

#: Addresses that an upgrade of the EKS version needs for a while.
_EKS_UPGRADE = 5
#: In the first and the last /28 of a subnet 5 of 32 addresses are reserved.
_FREE_AT_THE_ENDS = 2 * PREFIX_SIZE - 5


def _in_block(
    row: int,
    label: str,
    subnet: tuple[str, Expression],
    pod_subnet: tuple[str, Expression] | None = None,
    style: str = "number",
) -> tuple[Total, ...]:
    """A row of the block at the right: (name, formula) for the subnet, and for the pod subnet."""
    placed = [("U", *subnet)]
    if pod_subnet is not None:
        name, formula = pod_subnet
        placed.append(("V", name, where(CUSTOM_NETWORKING, formula, BLANK)))
    return tuple(
        Total(
            name=name,
            label=label,
            label_cell=f"Q{row}",
            cell=f"{column}{row}",
            formula=formula,
            style=style,
        )
        for column, name, formula in placed
    )


def addresses(prefix_length: Expression) -> Expression:
    """Addresses that a subnet offers [IPs]: AWS reserves 5."""
    return 2 ** (32 - prefix_length) - 5


#: With custom networking a node's primary ENI has its one address from the subnet of the nodes.
_NODE_IPS = where(CUSTOM_NETWORKING, total("nodes"), total("ips_total"))
_NODE_IPS_AFTER_LOSS = where(
    CUSTOM_NETWORKING,
    total("nodes_after_zone_loss"),
    total_product("ips_per_node", "nodes_after_zone_loss"),
)
_POD_IPS = total("ips_total") - total("nodes")
_POD_IPS_AFTER_LOSS = total_product("ips_per_node", "nodes_after_zone_loss") - total(
    "nodes_after_zone_loss"
)
ROWS = count_where("row_state", ">", 0)


def _update(one: Expression, all_groups: Expression) -> Expression:
    """What the nodes that an update adds to the fullest subnet take.

    Parameters
    ----------
    one, all_groups: what a node takes; of the group that takes most, and of all groups together.
    """
    nodes = roundup(maximum(ZONES * 2, ref("max_unavailable")) / ZONES_LEFT)
    updated = ref("updated_groups")
    return where(updated == "none", 0, nodes * where(updated == "one", one, all_groups))


_ADDED_NODES = _update(minimum(1, ROWS), ROWS)
_ROWS_OF_BLOCK: tuple[tuple[Total, ...], ...] = (
    _in_block(
        5,
        "Available",
        ("subnet_available", ref("ips_available")),
        ("pod_subnet_available", known(addresses(ref("pod_subnet_prefix_length")))),
    ),
    _in_block(
        6,
        "Nodes and their pods",
        ("node_ips", known(_NODE_IPS)),
        ("pod_subnet_node_ips", known(_POD_IPS)),
    ),
    _in_block(
        7,
        "Other addresses, EKS control plane",
        ("other_used", known(ref("other_ips") + roundup(CONTROL_PLANE_ENIS / ZONES))),
    ),
    _in_block(
        8,
        "In use, steady state",
        ("steady_ips", ref("ips_used")),
        ("pod_subnet_used", ref("pod_subnet_node_ips")),
    ),
    _in_block(
        9,
        "Remaining, steady state",
        ("steady_remaining", ref("ips_remaining")),
        ("pod_subnet_remaining", ref("pod_subnet_available") - ref("pod_subnet_used")),
        "remaining",
    ),
    _in_block(
        10,
        "+ loss of a zone",
        ("zone_loss_ips", known(_NODE_IPS_AFTER_LOSS - ref("node_ips"))),
        ("pod_subnet_zone_loss_ips", known(_POD_IPS_AFTER_LOSS - ref("pod_subnet_node_ips"))),
    ),
    _in_block(
        11,
        "+ nodes that an update adds",
        (
            "update_ips",
            known(
                where(
                    CUSTOM_NETWORKING,
                    _ADDED_NODES,
                    _update(greatest("ips_per_node"), total("ips_per_node")),
                )
            ),
        ),
        (
            "pod_subnet_update_ips",
            known(_update(maximum(0, greatest("ips_per_node") - 1), total("ips_per_node") - ROWS)),
        ),
    ),
    _in_block(
        12,
        "+ EKS version upgrade",
        ("upgrade_ips", known(where(CONTROL_PLANE_ENIS > 0, _EKS_UPGRADE, 0))),
    ),
    _in_block(
        13,
        "In use at the peak",
        (
            "peak_ips",
            ref("ips_used") + ref("zone_loss_ips") + ref("update_ips") + ref("upgrade_ips"),
        ),
        (
            "pod_subnet_peak_ips",
            ref("pod_subnet_used") + ref("pod_subnet_zone_loss_ips") + ref("pod_subnet_update_ips"),
        ),
    ),
    _in_block(
        14,
        "Remaining at the peak",
        ("peak_remaining", ref("ips_available") - ref("peak_ips")),
        ("pod_subnet_peak_remaining", ref("pod_subnet_available") - ref("pod_subnet_peak_ips")),
        "remaining",
    ),
    _in_block(
        15,
        "Nodes at the peak (on IPv6 each with a /80)",
        ("peak_nodes", known(total("nodes_after_zone_loss") + _ADDED_NODES)),
    ),
    _in_block(
        16,
        "Pods hosted in all zones",
        ("pods_in_all_zones", known(total_product("pods_hosted_per_node", "instances"))),
    ),
)

#: The results of the block at the right.
BLOCK = tuple(each for row in _ROWS_OF_BLOCK for each in row)


# --- /28 prefixes ---------------------------------------------------------------------------------

_PREFIXES_SUBNET = where(CUSTOM_NETWORKING, ref("pod_subnet_prefix_length"), PREFIX_LENGTH)
#: The first and the last /28 hold reserved addresses.
_WHOLE_BLOCKS = maximum(0, 2 ** (28 - _PREFIXES_SUBNET) - 2)
_SINGLES = (
    where(CUSTOM_NETWORKING, ref("pod_subnet_peak_ips"), ref("peak_ips"))
    - ref("peak_prefixes") * PREFIX_SIZE
)

#: Contiguous /28 blocks: what the prefixes take and what is left of the subnet for them.
PREFIX_RESULTS = (
    *_in_block(
        17,
        "/28 prefixes in use, steady state",
        ("steady_prefixes", known(total_product("prefixes", "nodes"))),
    ),
    *_in_block(
        18,
        "/28 prefixes in use at the peak",
        (
            "peak_prefixes",
            known(
                total_product("prefixes", "nodes_after_zone_loss")
                + _update(greatest("prefixes"), total("prefixes"))
            ),
        ),
    ),
    *_in_block(
        19,
        "/28 blocks free at the peak, best case",
        (
            "prefixes_best_case",
            maximum(
                0, _WHOLE_BLOCKS - roundup(maximum(0, _SINGLES - _FREE_AT_THE_ENDS) / PREFIX_SIZE)
            ),
        ),
    ),
    *_in_block(
        20,
        "/28 blocks free at the peak, worst case",
        ("prefixes_worst_case", maximum(0, _WHOLE_BLOCKS - _SINGLES)),
    ),
)
FREE_BLOCKS = where(
    ref("prefix_case") == "best case", ref("prefixes_best_case"), ref("prefixes_worst_case")
)
