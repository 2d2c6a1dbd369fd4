"""Which mode: a row a mode and setting, what it takes, leaves and asks of EC2."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from calculator.answers.asked import NO_GROUP, PLANS, Asked, usable
from calculator.answers.calls import Targets
from calculator.answers.lines import line_of
from calculator.answers.measured import Row, Variant, given_targets, measure
from calculator.catalog import Catalog, is_fargate
from calculator.notebook import Showing, Shown
from calculator.plan import FARGATE, UNDECIDED, Plan

__all__ = ["BURST", "Comparison", "advised", "compare", "compared", "peak_of"]

#: Pods a node that are to start without a call to EC2, where nothing is said [pods].
BURST = 5


@dataclass(frozen=True, slots=True)
class Comparison(Showing):
    """The modes of a plan, with the settings that are compared in each.

    Parameters
    ----------
    file: as it was asked for; "" for node groups that stand in none.
    rows: a row a mode and setting.
    as_set: the numbers of the rows that have the plan's own targets.
    mode: the plan's.
    error: why the file cannot be used, in words.
    remarks: what else wants attention in the plan's mode, or, while undecided, in the first.
    """

    file: str
    rows: tuple[Row, ...] = ()
    as_set: frozenset[int] = frozenset()
    mode: str = UNDECIDED
    error: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """What is said of each row: ``best``, ``worst``, ``set``, or nothing."""
        marks = self.marks
        return [
            ", ".join(filter(None, (marks.get(at), "set" if at in self.as_set else None)))
            for at in range(len(self.rows))
        ]

    def _shown(self) -> Shown:
        heading = self.error or "Modes and warm targets compared"
        return Shown(heading, [*map(line_of, self.rows, self.words)])

    @property
    def marks(self) -> dict[int, str]:
        """``best`` and ``worst`` by number of row: the fewest and the most IPs at the peak.

        IPv6 is not among them unless it is chosen; where some rows give more pods an address than
        others, they alone can be best.
        """
        peaks = {
            number: peak
            for number, row in enumerate(self.rows)
            if (peak := peak_of(row)) is not None and (row.mode != "ipv6" or self.mode == "ipv6")
        }
        if len(set(peaks.values())) < 2:
            return {}
        most = max(self.rows[number].pods_hosted or 0 for number in peaks)
        serving = [number for number in peaks if self.rows[number].pods_hosted == most]
        best = min(serving, key=lambda number: (not self.rows[number].fits, peaks[number]))
        worst = max(peaks, key=peaks.__getitem__)
        return {worst: "worst", best: "best"}

    @property
    def fits(self) -> bool:
        """Whether the plan fits with any setting of its mode, or, while undecided, in any mode."""
        return any(
            row.fits
            for row in self.rows
            if row.mode == self.mode or (self.mode == UNDECIDED and row.mode != "ipv6")
        )

    def as_json(self) -> dict[str, Any]:
        """The comparison as the answers' JSON has it; ``error`` where the file cannot be used."""
        error = {"error": self.error} if self.error else {}
        return {"file": self.file or None, "rows": [row.as_json() for row in self.rows], **error}


def compare(plan: Plan, catalog: Catalog | None = None) -> Comparison:
    """What a plan takes in each mode, with the targets that are worth a look.

    The rows: WarmENI with targets 0, 1, 2 and the plan's own; WarmIP as set and as :func:`advised`;
    Prefix with one warm prefix, as set and as advised; IPv6.

    Parameters
    ----------
    plan: what is filled in.
    catalog: limits of the instance types; by default the model's own.

    Raises
    ------
    InputError: for an instance type that is not in the catalog.
    """
    [found] = compared([usable(Asked("", plan), catalog)])
    return found


def compared(plans: Iterable[Asked]) -> Iterator[Comparison]:
    """Compare many plans, some hundred in one pass; a file that cannot be used costs itself.

    Parameters
    ----------
    plans: those of :func:`calculator.answers.asked.asked`, or that are ``usable``.
    """
    asked = iter(plans)
    while chunk := list(itertools.islice(asked, PLANS)):
        yield from _compared(chunk)


def _compared(chunk: Sequence[Asked]) -> Iterator[Comparison]:
    plans = [one.plan for one in chunk if one.plan is not None]
    catalogs = [one.catalog for one in chunk if one.plan is not None]
    of_plans = [_variants(plan) for plan in plans]
    variants = [
        Variant(number, mode, targets)
        for number, of_plan in enumerate(of_plans)
        for mode, targets in of_plan
    ]
    measured = measure(plans, variants, catalogs) if plans else None
    rows, each = itertools.count(), iter(of_plans)
    for one in chunk:
        if one.plan is None or measured is None:
            yield Comparison(one.file, error=one.error)
            continue
        of_plan = next(each)
        numbers = list(itertools.islice(rows, len(of_plan)))
        as_set = [at for at, is_set in enumerate(of_plan.values()) if is_set]
        judged = [at for at in as_set if variants[numbers[at]].mode == one.plan.mode] or as_set
        yield Comparison(
            one.file,
            tuple(map(measured.row, numbers)),
            frozenset(as_set),
            one.plan.mode,
            remarks=measured.remarks(numbers[judged[0]]) if one.plan.node_groups else (NO_GROUP,),
        )


def _variants(plan: Plan) -> dict[tuple[str, Targets], bool]:
    """What is compared of a plan: mode and targets, and whether they are the plan's own."""
    own = given_targets(plan)
    # An empty WARM_IP_TARGET is 1 in WarmIP.
    warm_ip = own._replace(warm_ip=1) if plan.warm_ip_target is None else own
    warm, minimum = advised(plan)
    better = own._replace(warm_ip=warm, minimum_ip=minimum)
    enis = own._replace(warm_ip=0, minimum_ip=0)
    found = {("warm-eni", enis._replace(warm_eni=number)): False for number in (0, 1, 2)}
    found[("warm-eni", enis)] = True
    found |= {("warm-ip", better): False, ("warm-ip", warm_ip): True}
    found |= {("prefix", enis._replace(warm_prefix=1)): False, ("prefix", better): False}
    found[("prefix", own)] = True
    found[("ipv6", own)] = True
    return found


def advised(plan: Plan, burst: int = BURST) -> tuple[int, int]:
    """WARM_IP_TARGET and MINIMUM_IP_TARGET for a plan, by a rule of thumb [IPs].

    The minimum is what the node with the fewest pods needs, and a burst; nodes with more pods keep
    a burst by the warm target. Where all have as many, the minimum does it, and the warm target
    is 1. What is best for a plan, :mod:`calculator.answers.recommend` finds.

    Source: VPC CNI, docs/eni-and-ip-target.md.
    """
    pods = {
        group.pods_per_node + plan.daemonset_pods
        for group in plan.node_groups
        if not is_fargate(group.instance_type)
        and (group.nodes_from or plan.nodes_from) != FARGATE
        and group.os != "Windows"
    }
    return burst if len(pods) > 1 else 1, min(pods, default=0) + burst


def peak_of(row: Row) -> int | None:
    """Addresses at the peak, of the subnet of nodes and that of pods together [IPs]."""
    return None if row.peak_ips is None else row.peak_ips + (row.pod_subnet_peak_ips or 0)
