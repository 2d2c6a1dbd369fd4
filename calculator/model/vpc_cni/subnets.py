"""What the subnets hold, in the steady state and at the peak, and what the peak consists of.

Every figure is of the fullest subnet: each node group's nodes are spread evenly over the zones, and
what is left over of each lands in the same one, unless a row says how many of its nodes are there.
Where pods have subnets of their own there are two, one of nodes and one of pods. Where subnet
discovery finds tagged subnets, what no longer goes into a full subnet of nodes goes to those, and
what these have no room for goes to the subnets of nodes.

The peak adds to the steady state, in this order: pods that come and go, autoscaling, the loss of a
zone, updates of managed node groups, replacement by Karpenter and EKS Auto Mode, an EKS upgrade.

Sources: Amazon VPC User Guide (5 reserved addresses of a subnet); Amazon EKS User Guide (updates of
managed node groups, addresses for an upgrade); Amazon EC2 User Guide (prefixes are /28 blocks).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from calculator.model.expression import BLANK, Expression, ref, where
from calculator.model.functions import both, floor, minimum, roundup
from calculator.model.ranges import count_where, greatest, total, total_product
from calculator.model.sheet import Total
from calculator.model.vpc_cni.moves import arrived, left, moves
from calculator.model.vpc_cni.places import (
    PODS_ELSEWHERE,
    beside,
    further,
    in_block,
    in_small,
    known,
)
from calculator.model.vpc_cni.sizes import SizesThatHold, addresses, smallest

__all__ = [
    "AFTER",
    "POD_NODES",
    "ROWS",
    "block",
    "needed",
    "replacement",
    "update",
]

CONTROL_PLANE_ENIS = ref("control_plane_enis")
ZONES = ref("availability_zones")


#: How many nodes of a group have their pods in the fullest pod subnet, for each number of nodes.
POD_NODES = {
    "nodes": "pod_nodes",
    "nodes_most": "pod_nodes_most",
    "nodes_after_zone_loss": "pod_nodes_after",
}


def _of_nodes(ips: str, nodes: str) -> Expression:
    """What so many nodes take of their own subnet."""
    return total_product(ips, nodes) - total_product(_POD_PART[ips], nodes)


def _of_pods(ips: str, nodes: str, *, has_pool: bool) -> Expression:
    """What the pods of so many nodes take of the fullest pod subnet.

    ENIs go to the freest: the fullest has no more than its share and a part of one ENI; where all
    have as many addresses, whole ones.
    """
    subnets = ref("pod_subnets_by_eni")
    in_all = total_product(_POD_PART[ips], POD_NODES[nodes])
    if not has_pool:
        return in_all
    largest, unit = (ref(f"{_MOMENT[ips]}{name}") for name in ("largest_pod_eni", "pod_eni_unit"))
    at_most = (in_all + largest * (subnets - 1)) / subnets
    return minimum(in_all, floor(at_most / unit) * unit)


def _of_pod_enis(ips: str, nodes: str, column: str) -> Iterator[Total]:
    """The steps to what an ENI for pods has, where pods have subnets of their own."""
    part, before = _POD_PART[ips], _MOMENT[ips]
    largest = ref(f"{before}largest_pod_eni")
    enis = total_product(_ENIS[ips], POD_NODES[nodes]) - total_product("is_node", POD_NODES[nodes])
    # As many as so many ENIs have if none has fewer than the largest.
    are_alike = both(largest > 0, total_product(part, POD_NODES[nodes]) == enis * largest)
    for row, name, label, formula in (
        (9, "largest_pod_eni", _LARGEST, minimum(greatest(part), ref("largest_eni"))),
        (10, "pod_eni_unit", _UNIT, where(are_alike, largest, 1)),
    ):
        yield beside("S", column, row, before + name, label, known(formula), "small")


_LARGEST = "Addresses of the largest ENI in a pod subnet; at the peak"
_UNIT = "The same, where all have as many; else 1"
#: Of the addresses of a node, those in a pod subnet.
_POD_PART = {"ips_per_node": "pod_subnet_ips", "peak_ips_per_node": "peak_pod_subnet_ips"}
_MOMENT = {"ips_per_node": "", "peak_ips_per_node": "peak_"}
_ENIS = {"ips_per_node": "attached_enis", "peak_ips_per_node": "peak_attached_enis"}
ROWS = count_where("state", ">", 0)
_STEADY, _PEAK = "ips_per_node", "peak_ips_per_node"
AFTER = "nodes_after_zone_loss"


def _part(
    name: str, stage: str, before: str
) -> tuple[tuple[str, Expression], tuple[str, Expression]]:
    """What a step of the peak adds to the subnet and to the pod subnet, from stage to stage."""
    return (
        (name, ref(stage) - ref(before)),
        (f"pod_subnet_{name}", ref(f"pod_subnet_{stage}") - ref(f"pod_subnet_{before}")),
    )


def update(column: str) -> Expression:
    """What updates add, by a column with what the update of a group adds."""
    return where(ref("updated_groups") == "one", greatest(column), total(column))


def replacement(column: str, subnets: str) -> Expression:
    """What nodes take that replace others, all groups together: no more than the largest of them.

    Parameters
    ----------
    column: what a node of the group takes.
    subnets: over which subnets of a zone they are spread.
    """
    nodes = roundup(total("replaced") / (ref("zones_left") * ref(subnets)))
    return minimum(total_product(column, "replaced"), nodes * greatest(column))


_ROWS_OF_BLOCK: tuple[tuple[Total, ...], ...] = (
    in_block(
        5,
        "Available",
        ("subnet_available", ref("ips_available")),
        ("pod_subnet_available", known(addresses(ref("pod_subnet_prefix_length")))),
    ),
    in_block(
        7,
        "Load balancers, EKS control plane and others",
        (
            "other_used",
            known(ref("other_ips") + ref("ips_beside") + roundup(CONTROL_PLANE_ENIS / ZONES)),
        ),
    ),
    in_block(
        8,
        "Moved between a full subnet and tagged ones",
        ("moved_ips", ref("returned") - ref("moved")),
        (
            "pod_subnet_moved_ips",
            arrived(ref("moved"), "pod_eni_room", "nodes") - left("returned"),
        ),
    ),
    in_block(
        9,
        "In use, steady state",
        ("steady_ips", ref("ips_used")),
        ("pod_subnet_used", ref("pod_subnet_node_ips") + ref("pod_subnet_moved_ips")),
    ),
    in_block(
        10,
        "Remaining, steady state",
        ("steady_remaining", ref("ips_remaining")),
        ("pod_subnet_remaining", ref("pod_subnet_available") - ref("pod_subnet_used")),
        "remaining",
    ),
    in_block(
        11,
        "+ pods that come and go",
        *_part("churn_ips", "held_by_nodes", "node_ips"),
    ),
    in_block(
        12,
        "+ autoscaling, Fargate pods that come",
        *_part("autoscaling_ips", "held_by_most", "held_by_nodes"),
    ),
    in_block(
        13,
        "+ loss of a zone",
        *_part("zone_loss_ips", "held_after_loss", "held_by_most"),
    ),
    in_block(
        14,
        "+ nodes that an update adds",
        ("update_ips", known(update("update_node_ips"))),
        (
            "pod_subnet_update_ips",
            known(roundup(update("update_pod_ips") / ref("pod_subnets_by_eni"))),
        ),
    ),
    in_block(
        15,
        "+ nodes that replace others",
        ("replacement_ips", known(replacement("replaced_node_ips", "node_subnets"))),
        (
            "pod_subnet_replacement_ips",
            known(
                roundup(
                    replacement("replaced_pod_ips", "pod_subnets_by_node")
                    / ref("pod_subnets_by_eni")
                )
            ),
        ),
    ),
    in_block(
        16,
        "+ EKS version upgrade",
        ("upgrade_ips", known(where(CONTROL_PLANE_ENIS > 0, ref("eks_upgrade_ips"), 0))),
    ),
    in_block(
        17,
        "+ moved between them, beyond the steady state",
        ("peak_moved_ips", ref("returned_at_peak") - ref("moved_at_peak") - ref("moved_ips")),
        (
            "pod_subnet_peak_moved_ips",
            arrived(ref("moved_at_peak"), "peak_pod_eni_room", AFTER)
            - ref("pod_returned_at_peak")
            - ref("pod_subnet_moved_ips"),
        ),
    ),
    in_block(
        18,
        "In use at the peak",
        ("peak_ips", ref("peak_asked") - ref("moved_at_peak") + ref("returned_at_peak")),
        (
            "pod_subnet_peak_ips",
            ref("pod_subnet_used")
            + ref("pod_subnet_churn_ips")
            + ref("pod_subnet_autoscaling_ips")
            + ref("pod_subnet_zone_loss_ips")
            + ref("pod_subnet_update_ips")
            + ref("pod_subnet_replacement_ips")
            + ref("pod_subnet_peak_moved_ips"),
        ),
    ),
    in_block(
        19,
        "Remaining at the peak",
        ("peak_remaining", ref("ips_available") - ref("peak_ips")),
        ("pod_subnet_peak_remaining", ref("pod_subnet_available") - ref("pod_subnet_peak_ips")),
        "remaining",
    ),
    in_block(
        21,
        "Nodes at the peak",
        (
            "peak_nodes",
            known(
                total("nodes_after_zone_loss")
                + update("update_nodes")
                + roundup(total("replaced") / (ref("zones_left") * ref("node_subnets")))
            ),
        ),
    ),
    in_block(
        22,
        "Pods hosted in this subnet",
        ("pods_hosted_in_subnet", known(total("pods_total"))),
    ),
)
_STAGES = (
    ("Nodes and their pods, with the most pods", "held_by_nodes", "nodes"),
    ("The same, with the most nodes", "held_by_most", "nodes_most"),
    ("The same, after the loss of a zone", "held_after_loss", AFTER),
)


def _stage(row: int, label: str, name: str, nodes: str, *, has_pool: bool) -> tuple[Total, ...]:
    """What nodes hold with the most pods, in their subnet and in the pod subnet."""
    return tuple(
        Total(
            name=f"{prefix}{name}",
            label=label,
            label_cell=f"S{row}",
            cell=f"{column}{row}",
            formula=known(formula),
            style="small",
        )
        for prefix, column, formula in (
            ("", "X", _of_nodes(_PEAK, nodes)),
            ("pod_subnet_", "Y", _of_pods(_PEAK, nodes, has_pool=has_pool)),
        )
    )


_STEPS = (
    in_small(
        16,
        "peak_asked",
        "Asked of the subnet at the peak",
        ref("node_ips")
        + ref("other_used")
        + ref("churn_ips")
        + ref("autoscaling_ips")
        + ref("zone_loss_ips")
        + ref("update_ips")
        + ref("replacement_ips")
        + ref("upgrade_ips"),
    ),
    further(
        8,
        "peak_fixed",
        "What cannot move, at the peak",
        known(
            total_product("peak_fixed_ips", AFTER)
            + ref("fixed_of_added")
            + ref("other_used")
            + ref("upgrade_ips")
        ),
    ),
    further(
        11,
        "fixed_of_added",
        "Of it, of nodes that are added",
        known(update("update_fixed_ips") + replacement("replaced_fixed_ips", "node_subnets")),
    ),
)


def needed(
    *, with_prefixes: bool, sheet: str | None = None
) -> tuple[tuple[Expression, ...], tuple[Expression, ...]]:
    """What the peak needs of the subnet, and of a pod subnet: addresses, then /28 blocks.

    Parameters
    ----------
    with_prefixes: whether a subnet must have /28 blocks for prefixes, too.
    sheet: the mode's, seen from another.
    """
    # Without anything moving between them, which their sizes would change.
    ips = ref("peak_asked", sheet)
    pod_ips = ref("pod_subnet_peak_ips", sheet) + ref("pod_returned_at_peak", sheet)
    pod_ips = where(PODS_ELSEWHERE, pod_ips, BLANK)
    if not with_prefixes:
        return (ips,), (pod_ips,)
    blocks = ref("blocks_needed", sheet)
    of_pods = where(PODS_ELSEWHERE, blocks + ref("prefixes_returned", sheet), BLANK)
    of_nodes = ref("blocks_of_nodes", sheet)
    return (ips, where(PODS_ELSEWHERE, of_nodes, blocks)), (pod_ips, of_pods)


def block(*, has_pool: bool, with_prefixes: bool) -> tuple[Total, ...]:
    """The results of the block at the right.

    Parameters
    ----------
    has_pool: whether pods of the mode take addresses.
    with_prefixes: whether a subnet must have /28 blocks for prefixes, too.
    """
    of_subnet, of_pod_subnet = needed(with_prefixes=with_prefixes)
    # Nothing is an error in a sum, so the pods' subnet is looked at only where there is one.
    sizes = (
        *in_block(
            20,
            "Smallest subnet that holds the peak (/n)",
            ("smallest_subnet", smallest(ref("sizes_that_hold"))),
            ("smallest_pod_subnet", smallest(ref("pod_sizes_that_hold"))),
            "size",
        ),
        in_small(25, "sizes_that_hold", "Sizes that hold the peak", SizesThatHold(*of_subnet)),
        in_small(
            26,
            "pod_sizes_that_hold",
            "Sizes of pod subnets that hold it",
            where(PODS_ELSEWHERE, SizesThatHold(*of_pod_subnet), BLANK),
        ),
    )
    of_slot = ref("prefix_size")
    if not with_prefixes:
        of_slot = where(greatest("is_auto_mode") > 0, of_slot, 1)
    largest_eni = further(
        12, "largest_eni", "Addresses of the largest ENI", greatest("ipv4_per_eni") * of_slot
    )
    of_nodes = in_block(
        6,
        "Nodes and their pods",
        ("node_ips", known(_of_nodes(_STEADY, "nodes"))),
        ("pod_subnet_node_ips", known(_of_pods(_STEADY, "nodes", has_pool=has_pool))),
    )
    stages = (_stage(row, *each, has_pool=has_pool) for row, each in enumerate(_STAGES, 5))
    of_enis = [_of_pod_enis(_STEADY, "nodes", "X"), _of_pod_enis(_PEAK, AFTER, "Y")]
    of_block = itertools.chain(of_nodes, *_ROWS_OF_BLOCK, *stages, *(of_enis if has_pool else ()))
    return (*of_block, *_STEPS, *moves(with_prefixes=with_prefixes), *sizes, largest_eni)
