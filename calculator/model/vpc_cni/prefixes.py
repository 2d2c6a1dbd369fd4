"""Contiguous /28 blocks: what prefixes take, and what is left of a subnet for them.

The first and the last /28 of a subnet hold reserved addresses, and no prefix.

Source: Amazon EC2 User Guide (prefixes are /28 blocks); Amazon VPC User Guide (subnet CIDR
reservations).
"""

from __future__ import annotations

from calculator.model.expression import Expression, ref, where
from calculator.model.functions import floor, maximum, minimum, roundup
from calculator.model.ranges import total_product
from calculator.model.vpc_cni.ipamd import PREFIX_SIZE
from calculator.model.vpc_cni.moves import TAGGED
from calculator.model.vpc_cni.places import PODS_ELSEWHERE, at_right, further, known
from calculator.model.vpc_cni.sizes import all_blocks, whole_blocks
from calculator.model.vpc_cni.subnets import (
    AFTER,
    POD_NODES,
    replacement,
    update,
)

__all__ = ["PREFIX_RESULTS"]

_WHOLE_BLOCKS = ref("whole_blocks")
_SINGLES = ref("single_ips")
_PEAK_PREFIXES = ref("peak_prefixes")
_PREFIXES_ASKED = (
    ref("prefixes_of_nodes") + ref("prefixes_of_updates") + ref("prefixes_of_replaced")
)
_PACKED = roundup(maximum(0, _SINGLES - ref("free_at_ends")) / PREFIX_SIZE)
_RESERVED = ref("blocks_reserved")
#: Single addresses of a subnet of nodes that has prefixes while pods have others.
_BESIDE = maximum(0, ref("peak_asked") - ref("prefixes_of_primaries") * PREFIX_SIZE)
_PACKED_BESIDE = roundup(maximum(0, _BESIDE - ref("free_at_ends")) / PREFIX_SIZE)
_SIZE = where(PODS_ELSEWHERE, ref("pod_subnet_prefix_length"), ref("subnet_prefix_length"))


def _prefixes(column: str, nodes: str) -> Expression:
    """Prefixes of so many nodes in the subnet that has the pods."""
    of_pods = roundup(total_product(column, POD_NODES[nodes]) / ref("pod_subnets_by_eni"))
    return where(PODS_ELSEWHERE, of_pods, total_product(column, nodes))


#: Contiguous /28 blocks: what the prefixes take and what is left of the subnet for them.
PREFIX_RESULTS = (
    at_right(
        5,
        "steady_prefixes",
        "/28 prefixes in use, steady state",
        known(_prefixes("prefixes_there", "nodes")),
    ),
    at_right(
        6,
        "peak_prefixes",
        "/28 prefixes in use at the peak",
        _PREFIXES_ASKED - ref("prefixes_returned"),
    ),
    at_right(
        7,
        "prefixes_best_case",
        "/28 blocks free at the peak, best case",
        maximum(0, _WHOLE_BLOCKS - _PACKED),
    ),
    at_right(
        8,
        "prefixes_worst_case",
        "/28 blocks free at the peak, worst case",
        maximum(0, _WHOLE_BLOCKS - _SINGLES),
    ),
    at_right(
        9,
        "prefixes_reservation",
        "/28 blocks free at the peak, with the reservation",
        minimum(
            _WHOLE_BLOCKS,
            _RESERVED + maximum(0, _WHOLE_BLOCKS - _RESERVED - _SINGLES),
        ),
    ),
    at_right(
        10,
        "blocks_needed",
        "/28 blocks that the peak needs",
        where(_PEAK_PREFIXES == 0, 0, ref("blocks_by_case")),
    ),
    at_right(11, "whole_blocks", "Whole /28 blocks of the subnet", known(whole_blocks(_SIZE))),
    at_right(
        12,
        "single_ips",
        "Single addresses beside them at the peak",
        maximum(
            0,
            where(PODS_ELSEWHERE, ref("pod_subnet_peak_ips"), ref("peak_ips"))
            - _PEAK_PREFIXES * PREFIX_SIZE,
        ),
        "small",
    ),
    at_right(
        13,
        "blocks_reserved",
        "/28 blocks of the reservation",
        known(all_blocks(ref("prefix_reservation"))),
        "small",
    ),
    at_right(
        14,
        "prefixes_of_nodes",
        "Prefixes of nodes, after loss of a zone",
        known(_prefixes("peak_prefixes_there", AFTER) + ref("prefixes_moved")),
        "small",
    ),
    at_right(
        15,
        "prefixes_of_updates",
        "Prefixes of nodes that updates add",
        known(roundup(update("update_prefixes") / ref("pod_subnets_by_eni"))),
        "small",
    ),
    at_right(
        28,
        "prefixes_of_replaced",
        "Prefixes of nodes that replace others",
        known(
            roundup(
                replacement("replaced_prefixes", "subnets_of_prefixes") / ref("pod_subnets_by_eni")
            )
        ),
        "small",
    ),
    at_right(
        2,
        "prefixes_moved",
        "Prefixes that move to a tagged subnet",
        known(
            roundup(
                roundup(ref("moved_at_peak") / PREFIX_SIZE)
                * ref("node_subnets")
                / ref("pod_subnets")
            )
        ),
        "small",
    ),
    at_right(
        1,
        "prefixes_returned",
        "Prefixes that tagged subnets have no room for",
        where(
            ref("pod_returned_at_peak") > 0,
            maximum(0, _PREFIXES_ASKED - floor(ref("pod_subnet_peak_ips") / PREFIX_SIZE)),
            0,
        ),
        "small",
    ),
    further(
        19,
        "prefixes_of_primaries",
        "Prefixes in subnets of nodes, where pods have others",
        known(total_product("peak_prefixes_here", AFTER) + ref("prefixes_added_here")),
    ),
    further(
        24,
        "prefixes_added_here",
        "Of these, of nodes that are added",
        known(
            update("update_prefixes_here") + replacement("replaced_prefixes_here", "node_subnets")
        ),
    ),
    further(
        25,
        "blocks_lacking",
        "/28 blocks that are lacking",
        maximum(
            ref("blocks_needed") - ref("whole_blocks"),
            where(TAGGED, 0, ref("blocks_of_nodes") - ref("whole_blocks_of_nodes")),
        ),
    ),
    further(
        20,
        "blocks_of_nodes",
        "/28 blocks that they need of a subnet of nodes",
        where(
            ref("prefixes_of_primaries") == 0,
            0,
            ref("prefixes_of_primaries")
            + where(ref("prefix_case") == "worst case", _BESIDE, _PACKED_BESIDE),
        ),
    ),
    further(
        21,
        "whole_blocks_of_nodes",
        "Whole /28 blocks of a subnet of nodes",
        known(whole_blocks(ref("subnet_prefix_length"))),
    ),
    at_right(
        3,
        "subnets_of_prefixes",
        "Subnets of a zone that nodes with prefixes are spread over",
        known(where(PODS_ELSEWHERE, ref("pod_subnets_by_node"), ref("node_subnets"))),
        "small",
    ),
    at_right(
        27,
        "blocks_by_case",
        "/28 blocks needed where there are prefixes",
        where(
            ref("prefix_case") == "best case",
            _PEAK_PREFIXES + _PACKED,
            where(
                ref("prefix_case") == "worst case",
                _PEAK_PREFIXES + maximum(0, _SINGLES),
                # Other addresses stay outside of it, and so do prefixes that it has no room for.
                maximum(
                    _RESERVED + _PACKED,
                    where(_PEAK_PREFIXES > _RESERVED, _PEAK_PREFIXES + _SINGLES, 0),
                ),
            ),
        ),
        "small",
    ),
)
