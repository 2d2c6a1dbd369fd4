"""How far counts of a plan can grow until something gives out: all of them in vectorised passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from calculator.answers.boundary import Boundary
from calculator.answers.measured import in_variants, rows_of
from calculator.findings import OVERFLOWS
from calculator.inputs import MOST
from calculator.model.engine import Book, Tables
from calculator.model.expression import NOTHING, Array
from calculator.model.sheet import Sheet

__all__ = ["GROWTH", "INSTANCES", "PODS", "Question", "Room", "grown", "rooms"]

#: What grows: instances of a node group, pods on each of them, instances of all groups [%].
INSTANCES, PODS, GROWTH = "instances", "pods", "% of the instances"
#: Node groups that are evaluated in one pass, about: enough for arrays to be worth it.
_ROWS = 50_000
#: Counts that are looked at of each question in one pass, at most: more end the search no sooner.
_COUNTS = 15

#: What gives out, by the code of the finding that says so; of several at once the first is named.
_GIVES_OUT = {
    "beyond-max-pods": "max pods",
    "pods-do-not-fit": "ENIs of the node",
    "no-warm-ip-target": "MINIMUM_IP_TARGET",
    **dict.fromkeys(OVERFLOWS, "node subnet addresses"),
    "pod-subnet-overflow": "pod subnet addresses",
    "fuller-zone-overflow": "addresses of a fuller zone",
    "too-few-prefixes": "/28 blocks",
    "network-address-units": "network address units",
    "many-enis": "ENIs of the region",
}


class Question(NamedTuple):
    """What of a plan grows.

    Parameters
    ----------
    plan: its number in the book.
    kind: ``INSTANCES``, ``PODS`` or ``GROWTH``.
    present: the count that there is.
    group: the number of the node group in the plan; of GROWTH no matter.
    most: the largest count that the inputs can have.
    is_new: whether the group is not there yet, so that 0 fits.
    """

    plan: int
    kind: str
    present: int
    group: int = 0
    most: int = MOST
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """How far a count can grow, all else as it is.

    Parameters
    ----------
    present: the count that there is.
    fits: the count that fits, and one more does not; None where not even 0 does, or nothing is
        known.
    limited_by: what gives out at one more, or why nothing is known, in words.
    gives_out: whether anything does.
    """

    present: int
    fits: int | None
    limited_by: str
    gives_out: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the mode can compute it."""
        return self.gives_out or self.fits is not None

    @property
    def more(self) -> int | None:
        """How many more fit; below 0 for how many must go."""
        return None if self.fits is None else self.fits - self.present

    @property
    def limited_at(self) -> int | None:
        """The count at which something gives out; None where nothing does."""
        if not self.gives_out:
            return None
        return 0 if self.fits is None else self.fits + 1


Counts = TypeVar("Counts", int, Array)


def grown(instances: Counts, per_cent: Counts) -> Counts:
    """So much of some instances, rounded up [instances]."""
    return -(-instances * per_cent // 100)


def rooms(base: Book, sheet: Sheet, questions: Sequence[Question]) -> list[Room]:
    """How far counts can grow in a mode.

    Parameters
    ----------
    base: the plans as they are.
    sheet: the mode's.
    questions: of plans whose figures the mode knows, shape (questions,).
    """
    found = []
    for batch in _batches(base, questions):
        found += _found(base, sheet, batch)
    return found


def _batches(base: Book, questions: Sequence[Question]) -> Iterator[list[Question]]:
    """Questions that can be looked at together."""
    counts = np.bincount(base.plan, minlength=base.size).tolist()
    batch: list[Question] = []
    rows = 0
    for one in questions:
        if batch and rows + counts[one.plan] > _ROWS:
            yield batch
            batch, rows = [], 0
        batch.append(one)
        rows += counts[one.plan]
    if batch:
        yield batch


def _found(base: Book, sheet: Sheet, questions: Sequence[Question]) -> list[Room]:
    reasons = _reasons(base, sheet, [(one, one.present) for one in questions])
    searches = [
        Boundary(one.present, one.most, "" if one.is_new else reason)
        for one, reason in zip(questions, reasons, strict=True)
    ]
    counts = np.bincount(base.plan, minlength=base.size)
    while ongoing := [at for at, search in enumerate(searches) if not search.is_found]:
        rows = int(counts[[questions[at].plan for at in ongoing]].sum())
        number = max(1, min(_COUNTS, _ROWS // max(1, rows)))
        wanted = [searches[at].wanted(number) for at in ongoing]
        asked = [
            (questions[at], count)
            for at, each in zip(ongoing, wanted, strict=True)
            for count in each
        ]
        told = iter(_reasons(base, sheet, asked))
        for at, each in zip(ongoing, wanted, strict=True):
            searches[at].learn(each, [next(told) for _ in each])
    return [_room(*both) for both in zip(questions, searches, strict=True)]


def _room(question: Question, search: Boundary) -> Room:
    words = search.reason or f"nothing up to {question.most:,} {question.kind}"
    return Room(question.present, search.count, words, gives_out=bool(search.reason))


def _reasons(base: Book, sheet: Sheet, asked: Sequence[tuple[Question, int]]) -> list[str]:
    """Why counts do not fit, in words; "" for each that does."""
    questions = [one for one, _ in asked]
    of = np.array([one.plan for one in questions])
    kinds = np.array([one.kind for one in questions])
    count = np.array([count for _, count in asked])
    rows, start = rows_of(base, of)
    row = start + np.array([one.group for one in questions])
    columns = _with_counts(base, rows, start, row, kinds, count)
    tables = in_variants(base, of, groups=columns)[sheet.name]
    given_out = _of_plans(tables)
    # Of pods, and of nodes that are not there yet, each must get an address.
    at = np.flatnonzero((kinds == PODS) | np.array([one.is_new for one in questions]))
    for code, holds in _of_nodes(tables, row[at]).items():
        given_out[code] = np.zeros(len(asked), dtype=bool)
        given_out[code][at] = holds
    order = [name for name in _GIVES_OUT if name in given_out]
    found = np.select([given_out[name] for name in order], [_GIVES_OUT[name] for name in order], "")
    return [str(each) for each in found]


def _with_counts(
    base: Book, rows: Array, start: Array, row: Array, kinds: Array, count: Array
) -> dict[str, Array]:
    """Instances, pods and share of the fullest zone of the node groups of all variants."""
    before, pods, here = (
        base.groups[name][rows] for name in ("instances", "pods_per_node", "in_fullest_zone")
    )
    per_cent = np.repeat(np.where(kinds == GROWTH, count, 100), np.diff(start, append=len(rows)))
    instances = grown(before, per_cent)
    instances[row[kinds == INSTANCES]] = count[kinds == INSTANCES]
    pods[row[kinds == PODS]] = count[kinds == PODS]
    # Of a group without instances nothing says where more of them land.
    is_spread = (here == NOTHING) | (before == 0)
    share = np.ceil(np.where(is_spread, 0, here) * instances / np.maximum(before, 1))
    here = np.where(instances == before, here, np.where(is_spread, NOTHING, share))
    return {"instances": instances, "pods_per_node": pods, "in_fullest_zone": here}


def _of_plans(tables: Tables) -> dict[str, Array]:
    """What gives out of the subnets and of AWS's quotas, by code, each of shape (variants,)."""
    plans = tables.plans
    overflow = plans["overflow"]
    found = {code: overflow == code for code in OVERFLOWS}
    found["network-address-units"] = plans["network_address_units"] > plans["most_address_units"]
    found["many-enis"] = plans["enis"] > plans["most_enis"]
    return found


def _of_nodes(tables: Tables, rows: Array) -> dict[str, Array]:
    """What leaves a pod of a node without an address, by code, each of shape (rows,)."""
    groups = tables.groups
    is_node = groups["is_node"][rows] == 1
    pods, room = groups["pod_ips_needed"][rows], groups["pods_that_fit"][rows]
    beyond = is_node & (pods > room)
    if "most_active" not in tables.sheet.by_name:  # pods of IPv6 nodes need no slot of an ENI
        return {"beyond-max-pods": beyond}
    by_max_pods = groups["by_max_pods"][rows] == 1
    return {
        "beyond-max-pods": beyond & by_max_pods,
        "pods-do-not-fit": beyond & ~by_max_pods,
        "no-warm-ip-target": is_node & ~beyond & (pods > groups["most_active"][rows]),
    }
