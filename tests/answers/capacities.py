"""What capacity says fits, fits, and one more does not: of random plans, a plan a count.

The tests look at some tens of plans; ``python -m tests.answers.capacities --plans 4000 --seed 7``
at thousands.
"""

from __future__ import annotations

import argparse
import collections
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from calculator.answers.asked import Asked, usable
from calculator.answers.capacity import Capacity, capacities
from calculator.answers.rooms import Room
from calculator.inputs import Choice
from calculator.model import get_model
from calculator.model.engine import Tables, plan_tables
from calculator.plan import GROUP_INPUTS, MODES, PLAN_INPUTS, NodeGroup, Plan
from tests.helpers import FEW_TYPES

TYPES = (
    *("m5.large", "m5.2xlarge", "m5.24xlarge", "t3.medium", "m4.large", "m6g.large"),
    *("c5.4xlarge", "fargate"),
)
#: What changes how much fits, and the limits between which it is tried.
SETTINGS = {
    "availability_zones": (1, 5),
    "warm_eni_target": (0, 3),
    "warm_ip_target": (0, 20),
    "minimum_ip_target": (0, 40),
    "warm_prefix_target": (0, 3),
    "host_network_pods": (0, 4),
    "daemonset_pods": (0, 5),
    "reserved_enis": (0, 2),
    "max_eni": (0, 5),
    "node_subnets": (1, 3),
    "pod_subnets": (1, 3),
    "prefix_reservation": (20, 28),
    "rollout_surge": (0, 100),
    "max_unavailable": (1, 20),
    "max_unavailable_percent": (0, 100),
    "replaced_at_once": (0, 100),
    "control_plane_enis": (0, 4),
    "nlbs": (0, 4),
    "endpoints": (0, 4),
    "other_ips": (0, 30),
}
CHOICES = (
    *("pods_from", "prefix_case", "zone_loss", "updated_groups", "update_strategy"),
    *("nodes_from", "pod_eni"),
)
GROUPS = {
    "most_instances": (0, 300),
    "most_pods": (0, 60),
    "security_group_pods": (0, 10),
    "own_max_pods": (0, 200),
    "other_enis": (0, 2),
    "other_ips_per_node": (0, 3),
}
NEW = (
    NodeGroup("m5.large", pods_per_node=20),
    NodeGroup("m4.large", pods_per_node=3, nodes_from="Karpenter"),
)
SHEETS = {str(sheet.mode): sheet.name for sheet in get_model("vpc-cni")}
#: Cases that are evaluated in one pass.
_CASES = 4000


def random_plan(seed: int) -> Plan:
    """A plan with some settings of its own, of 1 to 4 node groups, once in a while of none."""
    chance = random.Random(seed)
    settings: dict[str, Any] = {
        name: chance.randint(*limits) for name, limits in SETTINGS.items() if chance.random() < 0.3
    }
    for name in CHOICES:
        declared = PLAN_INPUTS[name]
        assert isinstance(declared, Choice)
        if chance.random() < 0.45:
            settings[name] = chance.choice(declared.options)
    for name in ("subnet_prefix_length", "pod_subnet_prefix_length"):
        settings[name] = chance.randint(16, 24)
    most, zones = chance.choice((3, 30, 300)), settings.get("availability_zones", 2)
    least = 0 if chance.random() < 0.05 else 1
    groups = [_random_group(chance, most, zones) for _ in range(chance.randint(least, 4))]
    return Plan(node_groups=groups, mode=chance.choice(MODES), **settings)


def _random_group(chance: random.Random, most: int, zones: int) -> NodeGroup:
    instances = chance.randint(0, most)
    given: dict[str, Any] = {
        name: chance.randint(*limits) for name, limits in GROUPS.items() if chance.random() < 0.1
    }
    if chance.random() < 0.2:
        given["in_fullest_zone"] = instances if zones == 1 else chance.randint(0, instances)
    if chance.random() < 0.3:
        declared = GROUP_INPUTS["nodes_from"]
        assert isinstance(declared, Choice)
        given["nodes_from"] = chance.choice(declared.options)
    system = chance.choice(("Linux",) * 9 + ("Windows",))
    return NodeGroup(chance.choice(TYPES), instances, chance.randint(0, 60), os=system, **given)


# --- what is said, as plans that must fit or must not --------------------------------------------


class Case(NamedTuple):
    """A plan with a count that was found, in a mode.

    Parameters
    ----------
    fits: what is said of it; None where nothing can be known.
    limited_by: what is said to give out.
    with_pods: the number of the node group whose pods are counted, if any.
    """

    plan: Plan
    mode: str
    fits: bool | None
    limited_by: str
    with_pods: int | None = None


def with_instances(group: NodeGroup, instances: int) -> NodeGroup:
    """A node group with more instances, as many of them in the fullest zone in proportion."""
    here = group.in_fullest_zone
    if here is not None and instances != group.instances:
        here = -(-here * instances // group.instances) if group.instances else None
    return replace(group, instances=instances, in_fullest_zone=here)


def cases(plan: Plan, found: Capacity, new: Iterable[NodeGroup] = ()) -> Iterator[Case]:
    """All that was found of a plan."""
    groups = list(plan.node_groups)

    def with_group(at: int, group: NodeGroup) -> Plan:
        return replace(plan, node_groups=[*groups[:at], group, *groups[at + 1 :]])

    def more_nodes(at: int) -> Callable[[int], Plan]:
        return lambda count: with_group(at, with_instances(groups[at], count))

    def more_pods(at: int) -> Callable[[int], Plan]:
        return lambda count: with_group(at, replace(groups[at], pods_per_node=count))

    def all_grown(per_cent: int) -> Plan:
        counts = [-(-group.instances * per_cent // 100) for group in groups]
        return replace(plan, node_groups=list(map(with_instances, groups, counts)))

    for mode in found.modes:
        for at, group in enumerate(mode.groups):
            yield from _of_room(plan, mode.mode, group.instances, more_nodes(at))
            yield from _of_room(plan, mode.mode, group.pods, more_pods(at), at)
        if any(group.instances for group in groups):
            yield from _of_room(plan, mode.mode, mode.growth, all_grown)
        for added, one in zip(mode.new_groups, new, strict=True):
            room, at = added.instances, len(groups)
            if room.fits:
                more = replace(one, instances=room.fits)
                yield Case(with_group(at, more), mode.mode, True, room.limited_by, at)
            if room.limited_at is not None:
                more = replace(one, instances=room.limited_at)
                yield Case(with_group(at, more), mode.mode, False, room.limited_by, at)


def _of_room(
    plan: Plan, mode: str, room: Room, grown: Callable[[int], Plan], with_pods: int | None = None
) -> Iterator[Case]:
    if not room.is_known:
        yield Case(plan, mode, None, room.limited_by)
    if room.fits is not None:
        yield Case(grown(room.fits), mode, True, room.limited_by, with_pods)
    if room.limited_at is not None:
        yield Case(grown(room.limited_at), mode, False, room.limited_by, with_pods)


# --- what the model says of these plans -----------------------------------------------------------


def check(found: list[Case]) -> None:
    """Hold what is said against each plan, evaluated as it stands."""
    model = get_model("vpc-cni")
    for mode, sheet in SHEETS.items():
        of_mode = [each for each in found if each.mode == mode]
        for first in range(0, len(of_mode), _CASES):
            part = of_mode[first : first + _CASES]
            tables = plan_tables(model, model.sheets, [each.plan for each in part], FEW_TYPES)[
                sheet
            ]
            row = 0
            for number, case in enumerate(part):
                _check(case, tables, number, row)
                row += len(case.plan.node_groups)


def _check(case: Case, tables: Tables, number: int, row: int) -> None:
    def of_plan(name: str) -> Any:
        return tables.plans[name][number]

    def of_group(name: str) -> Any:
        return tables.groups[name][row + (case.with_pods or 0)]

    outcome = of_plan("outcome")
    if case.fits is None:
        assert outcome in ("not-known", "not-possible"), case
        return
    lacks = {
        "network address units": of_plan("network_address_units") > 64_000,
        "ENIs of the region": of_plan("enis") > 5_000,
    }
    is_short = False
    if case.with_pods is not None and of_group("is_node") == 1:
        asked = case.plan.node_groups[case.with_pods].pods_per_node + case.plan.daemonset_pods
        room = of_group("pods_that_fit")
        active = min(asked, room) if case.mode == "ipv6" else of_group("active_ips")
        is_short = active < asked
        left = of_group("max_pods") - case.plan.host_network_pods - of_group("branch_enis")
        lacks["max pods"] = asked > max(0, left)
        if case.mode != "ipv6":
            lacks["ENIs of the node"] = asked > of_group("pod_slots") * of_group("slot_size")
            lacks["MINIMUM_IP_TARGET"] = is_short and asked <= room
    exceeds_quota = lacks["network address units"] or lacks["ENIs of the region"]
    fits = outcome in ("fits", "fits-with-remarks") and not exceeds_quota and not is_short
    assert fits == case.fits, case
    lacks["node subnet addresses"] = of_plan("peak_remaining") < 0
    lacks["pod subnet addresses"] = np.isfinite(left := of_plan("pod_subnet_peak_remaining")) and (
        left < 0
    )
    if case.mode == "prefix":
        lacks["/28 blocks"] = of_plan("blocks_lacking") > 0
    # The zone that is said to be the fullest is none: the others have what is left.
    others = (case.plan.availability_zones - 1) or 1
    rows = slice(row, row + len(case.plan.node_groups))
    more = [
        (tables.groups["peak_ips_per_node"][rows] * tables.groups[name][rows]).sum()
        for name in ("most_units", "zone_nodes_most")
    ]
    in_another = max((more[0] - more[1]) / others - more[1], of_plan("more_now"))
    lacks["addresses of a fuller zone"] = in_another > 0 and (
        -(-in_another // case.plan.node_subnets) > of_plan("peak_remaining")
    )
    assert fits or lacks[case.limited_by], case


def cases_of(seeds: Iterable[int]) -> list[Case]:
    """What capacity says of random plans."""
    plans = [random_plan(seed) for seed in seeds]
    found = capacities([usable(Asked("plan", plan), FEW_TYPES) for plan in plans], NEW)
    return [
        case
        for plan, of_plan in zip(plans, found, strict=True)
        for case in cases(plan, of_plan, NEW)
    ]


def main() -> None:
    """Look at many plans, and say what they were limited by."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0, help="of the first plan")
    options = parser.parse_args()
    counts: collections.Counter[tuple[str, str]] = collections.Counter()
    for first in range(options.seed, options.seed + options.plans, 100):
        found = cases_of(range(first, min(first + 100, options.seed + options.plans)))
        check(found)
        counts.update(
            (each.mode, "not known" if each.fits is None else each.limited_by) for each in found
        )
    for (mode, limited_by), count in sorted(counts.items()):
        print(f"{mode:9} {limited_by:22} {count:,}")
    print(f"{options.plans:,} plans, {sum(counts.values()):,} cases")


if __name__ == "__main__":
    main()
