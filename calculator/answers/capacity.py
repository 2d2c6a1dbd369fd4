"""How much more fits in the subnets as they are, and what gives out first.

What fits is what :func:`calculator.evaluate` says to fit, at the peak, of which AWS's quotas hold
all: network address units of the VPC and ENIs of the region. More pods on a node fit as long as
each of them gets an address, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calculator.answers.asked import NO_GROUP, PLANS, Asked, usable
from calculator.answers.rooms import GROWTH, INSTANCES, PODS, Question, Room, grown, rooms
from calculator.catalog import Catalog
from calculator.errors import InputError
from calculator.inputs import MOST
from calculator.model import get_model
from calculator.model.engine import Book, Tables, plan_tables
from calculator.model.sheet import Sheet
from calculator.plan import UNDECIDED, NodeGroup, Plan

__all__ = ["Capacity", "GroupCapacity", "ModeCapacity", "capacities", "capacity"]


@dataclass(frozen=True, slots=True)
class GroupCapacity:
    """How much more fits of a node group, all else as it is.

    Parameters
    ----------
    group: as it is planned.
    instances: how many instances fit [instances].
    pods: how many workload pods fit on each of its instances [pods].
    at_growth: its instances when all groups have grown as far as fits; None where none do
        [instances].
    """

    group: NodeGroup
    instances: Room
    pods: Room
    at_growth: int | None

    def as_json(self) -> dict[str, Any]:
        """The node group as the answers' JSON has it."""
        return {
            "instance_type": self.group.instance_type,
            "instances": self.group.instances,
            "pods_per_node": self.group.pods_per_node,
            "more_instances": self.instances.more,
            "limited_by": self.instances.limited_by,
            "limited_at": self.instances.limited_at,
            "more_pods_per_node": self.pods.more,
            "pods_limited_by": self.pods.limited_by,
            "pods_limited_at": self.pods.limited_at,
            "instances_at_growth": self.at_growth,
        }


@dataclass(frozen=True, slots=True)
class NewGroup:
    """How many nodes fit of a group that is not planned.

    Parameters
    ----------
    group: what it is of.
    instances: how many instances fit [instances].
    """

    group: NodeGroup
    instances: Room

    def as_json(self) -> dict[str, Any]:
        """The node group as the answers' JSON has it."""
        return {
            "instance_type": self.group.instance_type,
            "pods_per_node": self.group.pods_per_node,
            "instances": self.instances.fits,
            "limited_by": self.instances.limited_by,
            "limited_at": self.instances.limited_at,
        }


@dataclass(frozen=True, slots=True)
class ModeCapacity:
    """How much more fits in a mode.

    Parameters
    ----------
    mode: ``warm-eni``, ``warm-ip``, ``prefix`` or ``ipv6``.
    fits: whether the plan fits as it is; None where that is not known.
    status: the same in words.
    groups: of each node group, alone.
    growth: of the instances of all groups together, in proportion, rounded up for each [%].
    new_groups: of each new group that was asked for, alone.
    """

    mode: str
    fits: bool | None
    status: str
    groups: tuple[GroupCapacity, ...]
    growth: Room
    new_groups: tuple[NewGroup, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The mode as the answers' JSON has it."""
        return {
            "mode": self.mode,
            "fits": self.fits,
            "groups": [each.as_json() for each in self.groups],
            "growth": None if self.growth.fits is None else self.growth.fits / 100,
            "limited_by": self.growth.limited_by,
            "new_groups": [each.as_json() for each in self.new_groups],
        }


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much more fits of a plan.

    Parameters
    ----------
    file: as it was asked for; "" for node groups that stand in none.
    modes: all modes.
    mode: the plan's.
    error: why the file cannot be used, in words.
    """

    file: str
    modes: tuple[ModeCapacity, ...] = ()
    mode: str = UNDECIDED
    error: str = ""

    @property
    def fits(self) -> bool:
        """Whether the plan fits as it is: in its mode, or, while undecided, in any but IPv6."""
        return any(
            bool(each.fits)
            for each in self.modes
            if each.mode == self.mode or (self.mode == UNDECIDED and each.mode != "ipv6")
        )

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON has it; ``error`` in its place where the file cannot be used."""
        if self.error:
            return {"error": self.error}
        return {"modes": [each.as_json() for each in self.modes]}


def capacity(
    plan: Plan, new_groups: Sequence[NodeGroup] = (), catalog: Catalog | None = None
) -> Capacity:
    """How much more fits in the subnets of a plan as they are, in every mode.

    Counted are the instances of each node group, alone, and of all together in proportion; workload
    pods on each instance of a group; instances of new groups, each alone. A count that is found
    fits, and one more does not. Where the plan does not fit as it is, ``more`` is below 0: so many
    must go. It is None where not even 0 fit, and where the mode cannot carry the plan.

    With its instances, a group's ``in_fullest_zone`` grows in proportion, rounded up; its
    ``most_instances`` and ``most_pods`` stay, and count as long as they are the larger number.

    A quota that AWS may raise on request gives out, too, once more than it is taken: 64,000 network
    address units of a VPC, 5,000 ENIs of a region.

    Parameters
    ----------
    plan: what is filled in.
    new_groups: node groups that could be added; their number of instances is no matter.
    catalog: limits of the instance types; by default the model's own.

    Raises
    ------
    InputError: for an instance type that is not in the catalog, or nothing to count.
    """
    [found] = capacities([usable(Asked("", plan), catalog)], new_groups)
    return found


def capacities(plans: Iterable[Asked], new_groups: Sequence[NodeGroup] = ()) -> Iterator[Capacity]:
    """How much more fits of many plans, some hundred in one pass.

    A file that cannot be used costs itself.

    Raises
    ------
    InputError: for an instance type of a new group or of a plan that stands in no file.
    """
    judged = (_countable(one, new_groups) for one in plans)
    while chunk := list(itertools.islice(judged, PLANS)):
        yield from _of_chunk(chunk, [replace(each, instances=0) for each in new_groups])


def _countable(one: Asked, new_groups: Sequence[NodeGroup]) -> Asked:
    """A plan with something to count, or why it cannot be used."""
    if one.plan is None:
        return one
    try:
        if not (one.plan.node_groups or new_groups):
            raise InputError(NO_GROUP)
        one.catalog.require(each.instance_type for each in new_groups)
    except InputError as error:
        if not one.file:
            raise
        return Asked(one.file, None, f"{one.file}: {error}")
    return one


def _of_chunk(chunk: Sequence[Asked], new_groups: Sequence[NodeGroup]) -> Iterator[Capacity]:
    plans = [(one.plan, one.catalog) for one in chunk if one.plan is not None]
    modes = iter(_in_modes(plans, new_groups) if plans else ())
    for one in chunk:
        if one.plan is None:
            yield Capacity(one.file, error=one.error)
        else:
            yield Capacity(one.file, next(modes), one.plan.mode)


def _in_modes(
    plans: Sequence[tuple[Plan, Catalog]], new_groups: Sequence[NodeGroup]
) -> Iterator[tuple[ModeCapacity, ...]]:
    """How much more fits of plans, each with its catalog, in every mode."""
    with_new = [
        (replace(plan, node_groups=[*plan.node_groups, added]), catalog)
        for plan, catalog in plans
        for added in new_groups
    ]
    model = get_model("vpc-cni")
    filled_in, catalogs = zip(*plans, *with_new, strict=True)
    base = plan_tables(model, model.sheets, filled_in, catalogs)
    alone = [plan for plan, _ in plans]
    return zip(*(_in_mode(base, sheet, alone, new_groups) for sheet in model), strict=True)


def _in_mode(
    base: Book, sheet: Sheet, plans: Sequence[Plan], new_groups: Sequence[NodeGroup]
) -> list[ModeCapacity]:
    """How much more fits of all plans in one mode."""
    level = base[sheet.name].plans
    is_known = (level["inputs_to_correct"] == 0).tolist()
    overflows = (level["overflow"] != "").tolist()
    status = _status(base[sheet.name])
    questions = [
        [*_questions(number, plan), *_of_new(number, plan, len(plans), len(new_groups))]
        for number, plan in enumerate(plans)
    ]
    asked = [one for of_plan in questions for one in of_plan if is_known[one.plan]]
    found = iter(rooms(base, sheet, asked))
    answers = [
        [
            next(found) if is_known[one.plan] else Room(one.present, None, status[one.plan])
            for one in of_plan
        ]
        for of_plan in questions
    ]
    return [
        ModeCapacity(
            mode=str(sheet.mode),
            fits=not overflows[number] if is_known[number] else None,
            status=status[number],
            **_of_plan(plan, answers[number], new_groups),
        )
        for number, plan in enumerate(plans)
    ]


#: What a mode that cannot carry a plan says before why.
_BEFORE_WHY = "is not possible: "


def _status(tables: Tables) -> list[str]:
    """What is to be said of each plan in a mode: of its rows, where they cannot be computed."""
    level, groups = tables.plans, tables.groups
    wrong: dict[int, dict[str, dict[str, None]]] = {}
    for row in np.flatnonzero(groups["state"] < 0).tolist():
        words = groups["check"][row].removeprefix(_BEFORE_WHY)
        types = wrong.setdefault(int(tables.book.plan[row]), {}).setdefault(words, {})
        types[groups["instance_type"][row]] = None
    of_rows = {
        number: "; ".join(f"{', '.join(types)}: {words}" for words, types in each.items())
        for number, each in wrong.items()
    }
    said = []
    for number, (code, words) in enumerate(zip(level["status_code"], level["status"], strict=True)):
        if code == "fits-see-check":  # which is seen by the pods that fit on a node
            said.append("fits")
        elif code in ("correct-the-plan", "rows-not-possible") and number in of_rows:
            said.append(of_rows[number])
        else:
            said.append(words.removeprefix(_BEFORE_WHY))
    return said


def _questions(number: int, plan: Plan) -> Iterator[Question]:
    """What is asked of a plan: instances and pods of each group, and all instances."""
    for at, group in enumerate(plan.node_groups):
        yield Question(number, INSTANCES, group.instances, at)
        yield Question(number, PODS, group.pods_per_node, at)
    most = max((group.instances for group in plan.node_groups), default=0)
    yield Question(number, GROWTH, 100, most=100 * MOST // max(most, 1))


def _of_new(number: int, plan: Plan, plans: int, new_groups: int) -> Iterator[Question]:
    """What is asked of new groups, each of which stands in a plan of its own after all others."""
    for added in range(plans + number * new_groups, plans + (number + 1) * new_groups):
        yield Question(added, INSTANCES, 0, len(plan.node_groups), is_new=True)


def _of_plan(plan: Plan, found: Sequence[Room], new_groups: Sequence[NodeGroup]) -> dict[str, Any]:
    """What is found of a plan, in the order of its questions."""
    groups = plan.node_groups
    growth, *added = found[2 * len(groups) :]
    if not any(group.instances for group in groups):
        growth = Room(growth.present, None, "no instances to grow")
    return {
        "groups": tuple(
            GroupCapacity(
                group,
                instances,
                pods,
                None if growth.fits is None else grown(group.instances, growth.fits),
            )
            for group, instances, pods in zip(groups, found[::2], found[1::2], strict=False)
        ),
        "growth": growth,
        "new_groups": tuple(map(NewGroup, new_groups, added)),
    }
