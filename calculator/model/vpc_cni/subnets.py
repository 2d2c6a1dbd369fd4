"""What the subnets hold, in the steady state and at the peak, and what the peak consists of.

Every figure is of the fullest subnet: each node group's nodes are spread evenly over the zones, and
what is left over of each lands in the same one. With custom networking there are two subnets, one
of the nodes and one of their pods.

Sources: Amazon VPC User Guide (5 reserved addresses of a subnet); Amazon EKS User Guide (updates of
managed node groups, addresses for an upgrade); Amazon EC2 User Guide (prefixes are /28 blocks).
"""

from __future__ import annotations

from typing import Any

from calculator.model.expression import (
    BLANK,
    Cells,
    Expression,
    Values,
    ref,
    where,
)
from calculator.model.functions import is_whole_number, maximum, minimum, not_available, roundup
from calculator.model.ranges import count_where, greatest, lookup, total, total_product
from calculator.model.sheet import Total
from calculator.model.vpc_cni.ipamd import CUSTOM_NETWORKING, PREFIX_SIZE

__all__ = [
    "BLOCKS_FREE",
    "BLOCKS_NEEDED",
    "PREFIX_RESULTS",
    "ROWS",
    "SIZES",
    "addresses",
    "block",
    "known",
]

CONTROL_PLANE_ENIS = ref("control_plane_enis")
ZONES = ref("availability_zones")

#: Prefix length, addresses and whole /28 blocks of every size that a subnet can have. AWS reserves
#: 5 addresses, which lie in the first and in the last /28.
SIZES = tuple((n, 2 ** (32 - n) - 5, max(0, 2 ** (28 - n) - 2)) for n in range(16, 29))


def known(formula: Expression) -> Expression:
    """A result while every setting and every row can be computed; else an error, never too low."""
    return where(ref("inputs_to_correct") > 0, not_available(), formula)


def _of_size(prefix_length: Expression, header: str, value: Expression) -> Expression:
    return lookup(
        "INDEX({column},MATCH({size},{sizes},0))",
        value,
        size=prefix_length,
        column=("SubnetSizes", header),
        sizes=("SubnetSizes", "prefix length"),
    )


def addresses(prefix_length: Expression) -> Expression:
    """Addresses that a subnet offers [IPs]; an error for a size that no subnet has."""
    is_size = is_whole_number(prefix_length, SIZES[0][0], SIZES[-1][0])
    value = where(is_size, 2 ** (32 - prefix_length) - 5, not_available())
    return _of_size(prefix_length, "addresses", value)


def _blocks(prefix_length: Expression) -> Expression:
    """Whole /28 blocks of a subnet [blocks]."""
    return _of_size(prefix_length, "/28 blocks", maximum(0, 2 ** (28 - prefix_length) - 2))


class _SizesThatHold(Expression):
    """How many of the sizes, from the largest on, hold so many addresses and blocks."""

    def __init__(self, ips: Expression, blocks: Expression | None) -> None:
        self.children = (ips,) if blocks is None else (ips, blocks)

    def evaluate(self, values: Values) -> Any:
        needed = [child.evaluate(values) for child in self.children]
        holds: Any = 0.0
        for _, *offered in SIZES:
            fits: Any = 1.0
            for has, need in zip(offered, needed, strict=False):
                fits = fits * (has >= need)
            holds = holds + fits
        for need in needed:
            holds = holds + (need - need)  # an error where that is one
        return holds

    def render(self, cells: Cells) -> str:
        columns = (cells.data("SubnetSizes", each) for each in ("addresses", "/28 blocks"))
        needed = (child.render(cells) for child in self.children)
        parts = "*".join(
            f"({column}>={need})" for column, need in zip(columns, needed, strict=False)
        )
        return f"SUMPRODUCT({parts}{'*1' if len(self.children) == 1 else ''})"


def _smallest(sizes_that_hold: Expression) -> Expression:
    """The prefix length of the smallest size that holds it; nothing where not even a /16 does."""
    largest = SIZES[0][0]
    return where(
        sizes_that_hold == 0,
        BLANK,
        lookup(
            "INDEX({sizes},{number})",
            sizes_that_hold + (largest - 1),
            number=sizes_that_hold,
            sizes=("SubnetSizes", "prefix length"),
        ),
    )


# --- the block at the right -----------------------------------------------------------------------


def _in_block(
    row: int,
    label: str,
    subnet: tuple[str, Expression] | None,
    pod_subnet: tuple[str, Expression] | None = None,
    style: str = "number",
) -> tuple[Total, ...]:
    """A row of the block: (name, formula) for the subnet, and for the pod subnet."""
    placed = [("I", *subnet)] if subnet else []
    if pod_subnet is not None:
        name, formula = pod_subnet
        placed.append(("J", name, where(CUSTOM_NETWORKING, formula, BLANK)))
    return tuple(
        Total(
            name=name,
            label=label,
            label_cell=f"D{row}",
            cell=f"{column}{row}",
            formula=formula,
            style=style,
        )
        for column, name, formula in placed
    )


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
ROWS = count_where("state", ">", 0)


def _update(one: Expression, all_groups: Expression) -> Expression:
    """What the nodes that an update adds to the fullest subnet take.

    Parameters
    ----------
    one, all_groups: what a node takes; of the group that takes most, and of all groups together.
    """
    return ref("nodes_of_update") * where(ref("updated_groups") == "one", one, all_groups)


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
        ("upgrade_ips", known(where(CONTROL_PLANE_ENIS > 0, ref("eks_upgrade_ips"), 0))),
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
        16,
        "Nodes at the peak",
        ("peak_nodes", known(total("nodes_after_zone_loss") + _ADDED_NODES)),
    ),
    _in_block(
        17,
        "Pods hosted in this subnet",
        ("pods_hosted_in_subnet", known(total("pods_total"))),
    ),
)


def block(*, with_prefixes: bool = False) -> tuple[Total, ...]:
    """The results of the block at the right.

    Parameters
    ----------
    with_prefixes: whether a subnet must have /28 blocks for prefixes, too.
    """
    needed = ref("blocks_needed") if with_prefixes else None
    of_subnet = None if needed is None else where(CUSTOM_NETWORKING, 0, needed)
    # Nothing is an error in a sum, so the pods' subnet is looked at only where there is one.
    sizes = (
        _in_block(
            18,
            "Sizes that hold the peak",
            ("sizes_that_hold", _SizesThatHold(ref("peak_ips"), of_subnet)),
            ("pod_sizes_that_hold", _SizesThatHold(ref("pod_subnet_peak_ips"), needed)),
            "small",
        ),
        _in_block(
            15,
            "Smallest subnet that holds the peak (/n)",
            ("smallest_subnet", _smallest(ref("sizes_that_hold"))),
            ("smallest_pod_subnet", _smallest(ref("pod_sizes_that_hold"))),
            "size",
        ),
    )
    return tuple(each for row in (*_ROWS_OF_BLOCK, *sizes) for each in row)


# --- /28 prefixes ---------------------------------------------------------------------------------

_PREFIXES_SUBNET = where(
    CUSTOM_NETWORKING, ref("pod_subnet_prefix_length"), ref("subnet_prefix_length")
)
_WHOLE_BLOCKS = ref("whole_blocks")
_SINGLES = ref("single_ips")
_PEAK_PREFIXES = ref("peak_prefixes")
_PACKED = roundup(maximum(0, _SINGLES - ref("free_at_ends")) / PREFIX_SIZE)

#: Contiguous /28 blocks: what the prefixes take and what is left of the subnet for them.
PREFIX_RESULTS = tuple(
    each
    for row in (
        _in_block(
            19,
            "/28 prefixes in use, steady state",
            ("steady_prefixes", known(total_product("prefixes", "nodes"))),
        ),
        _in_block(
            20,
            "/28 prefixes in use at the peak",
            (
                "peak_prefixes",
                known(
                    total_product("prefixes", "nodes_after_zone_loss")
                    + _update(greatest("prefixes"), total("prefixes"))
                ),
            ),
        ),
        _in_block(
            21,
            "Single addresses beside them at the peak",
            (
                "single_ips",
                where(CUSTOM_NETWORKING, ref("pod_subnet_peak_ips"), ref("peak_ips"))
                - _PEAK_PREFIXES * PREFIX_SIZE,
            ),
            style="small",
        ),
        _in_block(
            22,
            "Whole /28 blocks of the subnet",
            ("whole_blocks", known(_blocks(_PREFIXES_SUBNET))),
            style="small",
        ),
        _in_block(
            23,
            "/28 blocks free at the peak, best case",
            ("prefixes_best_case", maximum(0, _WHOLE_BLOCKS - _PACKED)),
        ),
        _in_block(
            24,
            "/28 blocks free at the peak, worst case",
            ("prefixes_worst_case", maximum(0, _WHOLE_BLOCKS - _SINGLES)),
        ),
        _in_block(
            25,
            "/28 blocks that the peak needs",
            (
                "blocks_needed",
                where(
                    _PEAK_PREFIXES == 0,
                    0,
                    _PEAK_PREFIXES
                    + where(ref("prefix_case") == "best case", _PACKED, maximum(0, _SINGLES)),
                ),
            ),
        ),
    )
    for each in row
)
BLOCKS_NEEDED = ref("blocks_needed")
BLOCKS_FREE = where(
    ref("prefix_case") == "best case", ref("prefixes_best_case"), ref("prefixes_worst_case")
)
