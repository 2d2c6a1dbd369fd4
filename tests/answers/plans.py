"""Random plans of few types, and ipamd gone through pod by pod."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from calculator.answers.calls import Limits, Targets
from calculator.plan import NodeGroup, Plan

TYPES = ("m5.large", "m5.2xlarge", "c5.xlarge", "t2.medium", "r6g.4xlarge")


def pod_by_pod(limits: Limits, targets: Targets, pods: int) -> tuple[int, int, int, int]:
    """Calls of both kinds, ENIs, and slots held: no pod is stepped over."""
    of_enis = [] if limits.primary_kept else [0]
    assigned = made = 0
    by_targets = targets.warm_ip > 0 or targets.minimum_ip > 0

    def wanted(number: int) -> int:
        """What the next round takes with so many pods; 0 while the pool is not too low."""
        held = sum(of_enis) * limits.slot_size
        free = held - number
        if held >= limits.max_pods:
            return 0
        if by_targets:
            short = max(targets.warm_ip - free, targets.minimum_ip - held, 0)
            return math.ceil(short / limits.slot_size)
        if limits.slot_size == 1:
            return limits.slots if free < targets.warm_eni * limits.slots or free == 0 else 0
        if free < targets.warm_prefix * limits.slot_size or free == 0:
            free_prefixes = sum(of_enis) - math.ceil(number / limits.slot_size)
            return max(1, targets.warm_prefix - free_prefixes)
        return 0

    for number in range(pods + 1):
        while slots := wanted(number):
            with_room = [at for at, held in enumerate(of_enis) if held < limits.slots]
            if with_room:
                first = with_room[0]
                of_enis[first] += min(slots, limits.slots - of_enis[first])
                assigned += 1
            elif len(of_enis) < limits.enis:
                of_enis.append(min(slots, limits.slots))
                made += 1
            else:
                break
        if number < pods and sum(of_enis) * limits.slot_size <= number:
            break  # the next pod gets no address
    return assigned, made, len(of_enis) + limits.primary_kept, sum(of_enis)


def calls_of(node: dict[str, Any], targets: Targets) -> tuple[int, int]:
    """Assignments and new ENIs of a node, from its row of a mode's table."""
    names = ("pod_enis", "ipv4_per_eni", "slot_size", "max_pods", "primary_kept")
    enis, ips, size, max_pods, kept = (int(node[name]) for name in names)
    limits = Limits(enis, ips - 1, size, max_pods, kept)
    assigned, made, *settled = pod_by_pod(limits, targets, int(node["active_ips"]))
    assert settled == [node["attached_enis"], node["slots_held"]]
    return assigned, made


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans of one to three node groups, as people make them."""
    pods_from = draw(st.sampled_from(["node subnets"] * 3 + ["custom networking"]))
    groups = [
        NodeGroup(
            draw(st.sampled_from(TYPES)),
            draw(st.integers(1, 30)),
            draw(st.integers(0, 60)),
            os=draw(st.sampled_from(["Linux"] * 5 + ["Windows"] * (pods_from == "node subnets"))),
            nodes_from=draw(st.sampled_from([None, None, "Karpenter", "EKS Auto Mode", "Fargate"])),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    return Plan(
        subnet_prefix_length=draw(st.integers(19, 24)),
        availability_zones=draw(st.integers(1, 3)),
        mode=draw(st.sampled_from(["undecided", "undecided", "warm-ip", "prefix", "ipv6"])),
        warm_eni_target=draw(st.integers(0, 3)),
        warm_ip_target=draw(st.sampled_from([None, 0, 1, 5])),
        minimum_ip_target=draw(st.sampled_from([0, 0, 12])),
        warm_prefix_target=draw(st.integers(0, 2)),
        pods_from=pods_from,
        pod_eni=draw(st.sampled_from(["no", "no", "yes"])),
        zone_loss=draw(st.sampled_from(["no", "yes"])),
        node_groups=groups,
    )
