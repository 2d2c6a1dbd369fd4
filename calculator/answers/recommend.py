"""Which warm targets: the fewest addresses at the peak against the calls to EC2 to fill a node."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from calculator.answers.asked import Asked, usable
from calculator.answers.calls import Limits, Targets, filled
from calculator.answers.compare import BURST, peak_of
from calculator.answers.lines import line_of
from calculator.answers.measured import Measured, Row, Variant, given_targets, measure
from calculator.catalog import Catalog
from calculator.errors import InputError
from calculator.model.expression import Array
from calculator.notebook import Showing, Shown
from calculator.plan import Plan

__all__ = ["Recommendation", "recommend", "recommended"]

#: The modes whose targets ipamd reads.
_MODES = ("warm-eni", "warm-ip", "prefix")
_PREFIX = 16
_NONE = (
    "no targets to recommend: all node groups must be usable, and one at least be of Linux nodes "
    "that are not of EKS Auto Mode or Fargate"
)


@dataclass(frozen=True, slots=True)
class Recommendation(Showing):
    """The settings that none beats in both addresses and calls, and the one to take.

    Parameters
    ----------
    file: as it was asked for; "" for node groups that stand in none.
    rows: the frontier, by addresses at the peak, the fewest first.
    pick: the number of the row that is recommended; None where there is none.
    is_good: whether the pick fits and keeps to the calls that were asked for.
    reason: why it is the pick, in a sentence.
    error: why the file cannot be used, in words.
    """

    file: str
    rows: tuple[Row, ...] = ()
    pick: int | None = None
    is_good: bool = False
    reason: str = ""
    error: str = ""

    @property
    def words(self) -> list[str]:
        """What is said of each row: ``recommended``, or nothing."""
        return ["recommended" if at == self.pick else "" for at in range(len(self.rows))]

    def _shown(self) -> Shown:
        return Shown(self.reason or self.error, [*map(line_of, self.rows, self.words)])

    def as_json(self) -> dict[str, Any]:
        """The recommendation as the answers' JSON has it; ``error`` where there is none."""
        rows = [
            {**row.as_json(), "recommended": number == self.pick}
            for number, row in enumerate(self.rows)
        ]
        error = {"error": self.error} if self.error else {}
        return {"file": self.file or None, "rows": rows, "reason": self.reason or None, **error}


def recommend(
    plan: Plan,
    *,
    burst: int = BURST,
    calls: int | None = None,
    catalog: Catalog | None = None,
) -> Recommendation:
    """The warm targets that use the fewest addresses at the peak.

    Looked at are all targets of WarmENI, WarmIP and Prefix (by prefixes and by IP targets) that
    could be on the frontier, of which those count by which every pod gets its address, on each
    node so many more pods start without a call, and the plan fits, if it does with any.

    Parameters
    ----------
    plan: what is filled in; its own targets and mode are no matter.
    burst: pods a node that are to start from what it holds, as far as it can host them [pods].
    calls: calls to EC2 to fill a node, at most; None for any number [calls].
    catalog: limits of the instance types; by default the model's own.

    Raises
    ------
    InputError: for an instance type that is not in the catalog, or a plan without a Linux node
        whose targets ipamd reads.
    """
    [found] = recommended([usable(Asked("", plan), catalog)], burst=burst, calls=calls)
    return found


def recommended(
    plans: Iterable[Asked], *, burst: int = BURST, calls: int | None = None
) -> Iterator[Recommendation]:
    """Recommend targets for many plans; a file that cannot be used costs itself.

    Parameters
    ----------
    plans: those of :func:`calculator.answers.asked.asked`, or that are ``usable``.
    burst, calls: as for :func:`recommend`.

    Raises
    ------
    InputError: for a plan that stands in no file, as :func:`recommend`.
    """
    for one in plans:
        if one.plan is None:
            yield Recommendation(one.file, error=one.error)
            continue
        rows = tuple(_frontier(_candidates(one.plan, burst, one.catalog)))
        if rows:
            found = _picked(one.file, rows, burst, calls)
            yield found if rows[0].fits else _with_advice(found, one.plan, burst, one.catalog)
        elif one.file:
            yield Recommendation(one.file, error=f"{one.file}: {_NONE}")
        else:
            raise InputError(_NONE)


class _Candidates(NamedTuple):
    """What is measured of a plan in a mode, and whether a variant serves all pods and the burst.

    `nodes` are what the nodes can hold, and the most pods on one: with more it takes no fewer
    calls.
    """

    mode: str
    measured: Measured
    serving: Array
    nodes: dict[Limits, int]

    def calls(self, number: int) -> int:
        """Calls to EC2 to fill a node, of the group whose node needs the most [calls]."""
        targets = self.measured.variants[number].targets
        return max(filled(limits, targets, pods).ec2_calls for limits, pods in self.nodes.items())

    def of_plans(self, name: str) -> Array:
        """A result of the mode's sheet, shape (variants,)."""
        return self.measured.of_plans(self.mode, name)


# --- what is looked at ----------------------------------------------------------------------------


def _candidates(plan: Plan, burst: int, catalog: Catalog) -> list[_Candidates]:
    """What may be recommended to a plan, by mode; nothing where no node's targets are ipamd's."""
    own = given_targets(plan, warm_ip=0, minimum_ip=0)
    looked_at = [Variant(0, mode, own._replace(warm_ip=1)) for mode in _MODES]
    base = measure([plan], looked_at, catalog)
    size = len(plan.node_groups)
    kept = base.kept_by_ipamd[:size]
    found = []
    for number, mode in enumerate(_MODES):
        at = slice(number * size, (number + 1) * size)
        of_mode = kept & (base.of_groups(mode, "state")[at] == 1)
        pods = {
            name: base.of_groups(mode, name)[at][of_mode]
            for name in ("active_ips", "peak_active_ips", "pods_that_fit", "slot_size", "pod_enis")
        }
        if not of_mode.any():
            return []
        if not all(np.isfinite(values).all() for values in pods.values()):
            return []
        targets = dict.fromkeys(_targets(mode, own, pods, burst))
        measured = measure([plan], [Variant(0, mode, each) for each in targets], catalog)
        serving = _serving(measured, mode, kept, burst)
        found.append(_Candidates(mode, measured, serving, _most_pods(base.limits(number), kept)))
    hosted = [one.of_plans("pods_hosted") for one in found]
    most = np.max([of_mode.max() for of_mode in hosted])
    return [
        one._replace(serving=one.serving & (of_mode == most))
        for one, of_mode in zip(found, hosted, strict=True)
    ]


def _most_pods(nodes: Iterable[tuple[Limits, int] | None], kept: Array) -> dict[Limits, int]:
    """What nodes can hold, and the most pods on one that can hold as much."""
    found: dict[Limits, int] = {}
    for node, is_kept in zip(nodes, kept.tolist(), strict=True):
        if node and is_kept:
            found[node[0]] = max(node[1], found.get(node[0], 0))
    return found


def _targets(mode: str, own: Targets, pods: dict[str, Array], burst: int) -> Iterator[Targets]:
    """The targets of a mode that may be on the frontier.

    More than these takes more addresses for no fewer calls: a minimum beyond what any node needs
    with its burst; less than the fewest pods of a node only adds calls. The least warm target is
    the best that gives each node its burst, but for nodes that have it by the minimum; without one
    the minimum is all that a node ever holds.
    """
    active, at_peak, size = pods["active_ips"], pods["peak_active_ips"], pods["slot_size"]
    most = int(max(at_peak.max(), active.max() + burst))
    if mode == "warm-eni":
        for number in range(int(pods["pod_enis"].max()) + 1):
            yield own._replace(warm_eni=number)
        return
    if mode == "prefix":
        for number in range(most // _PREFIX + 3):
            yield own._replace(warm_prefix=number)
    # The first address of the last slot that a node needs with its burst, for the plan's pods.
    with_burst = active + np.minimum(burst, pods["pods_that_fit"] - active)
    last = np.ceil(with_burst / size - 1) * size + 1
    needed = np.maximum(last - active, 0)
    single = size == 1
    for warm in sorted({0, 1, *needed.astype(int).tolist()}):
        least = max(active.min(), last[needed > warm].max(initial=0))
        if not warm:
            least = max(least, (at_peak - size + 1).max())
        minimums = set()
        if single.any():
            first = max(least, active[single].min())
            of_single = max(at_peak[single].max(), active[single].max() + burst)
            minimums |= {*range(int(first), int(of_single) + 1)}
        if not single.all():
            # As good for prefixes as any number up to the next, and the best of them for others.
            whole = range(int(least) // _PREFIX * _PREFIX, most + _PREFIX, _PREFIX)
            minimums |= {*whole, *(number + 1 for number in whole if single.any())}
        for minimum in sorted(minimums):
            if warm or minimum:
                yield own._replace(warm_ip=warm, minimum_ip=minimum)


def _serving(measured: Measured, mode: str, kept: Array, burst: int) -> Array:
    """Whether all pods get an address that do by any target, and on each node the burst.

    Shape (variants,).
    """
    shape = len(measured.variants), len(kept)

    def of_nodes(name: str) -> Array:
        return measured.of_groups(mode, name).reshape(shape)[:, kept]

    active, at_peak = of_nodes("active_ips"), of_nodes("peak_active_ips")
    free = of_nodes("secondary_ips") - active
    can_start = np.minimum(burst, of_nodes("pods_that_fit") - active)
    serving: Array = ((free >= can_start) & (at_peak == at_peak.max(axis=0))).all(axis=1)
    return serving


# --- the frontier ---------------------------------------------------------------------------------


def _frontier(candidates: list[_Candidates]) -> Iterator[Row]:
    """The rows that none beats in both addresses and calls, of those that fit if any does."""
    found = []
    for one in candidates:
        peaks = one.of_plans("peak_ips")
        of_pods = one.of_plans("pod_subnet_peak_ips")
        peaks = peaks + np.where(np.isfinite(of_pods), of_pods, 0)
        used, lacking = one.of_plans("ips_used"), one.of_plans("fits_here") != 1
        for number in np.flatnonzero(one.serving).tolist():
            targets = one.measured.variants[number].targets
            # Of settings that are as good, the one that holds less and keeps more warm.
            rank = used[number], -targets.warm_ip, targets.minimum_ip, sum(targets)
            found.append((bool(lacking[number]), peaks[number], one, number, rank))
    all_lack = all(lacks for lacks, *_ in found)
    counted = [
        (peak, one.calls(number), rank, one, number)
        for lacks, peak, one, number, rank in found
        if lacks == all_lack
    ]
    fewest = None
    for _, calls, _, one, number in sorted(counted, key=lambda found: found[:3]):
        if fewest is None or calls < fewest:
            fewest = calls
            yield one.measured.row(number)


def _picked(file: str, rows: tuple[Row, ...], burst: int, calls: int | None) -> Recommendation:
    """The row with the fewest addresses that keeps to the calls, and why."""
    within = [at for at, row in enumerate(rows) if calls is None or _calls(row) <= calls]
    pick = within[0] if within else len(rows) - 1
    row = rows[pick]
    starts = f"{burst} more pod{'s' * (burst != 1)} on each node start without a call to EC2"
    at_most = f"at most {_counted(_calls(row), 'call')}"
    if not within:
        words = f"no setting by which {starts} fills a node with {_counted(calls or 0, 'call')}"
        reason = f"{words}; the fewest are {_calls(row)}, by {_name(row)}"
    else:
        limit = f" and a node is filled with {_counted(calls, 'call')} or fewer" if calls else ""
        words = f"{_name(row)} uses the fewest addresses at the peak, {peak_of(row):,}, of all "
        reason = f"{words}settings by which {starts}{limit}; it fills a node with {at_most}"
    if row.settings.get("warm_ip_target") == 0:
        # ipamd never grows past the minimum then: what is best for the plan is a trap beyond it.
        reason += "; pods beyond the minimum get no address: with WARM_IP_TARGET 1 they do"
    if not row.fits:
        lacks = [left for left in (row.peak_remaining, row.pod_subnet_peak_remaining) if left]
        lacking = max([-left for left in lacks if left < 0], default=0)
        what = f"{_counted(lacking, 'address')} lacking" if lacking else "too few /28 blocks"
        reason += f"; the plan does not fit ({what})"
    return Recommendation(
        file, rows, pick, bool(within and row.fits), f"{reason[0].upper()}{reason[1:]}."
    )


def _with_advice(found: Recommendation, plan: Plan, burst: int, catalog: Catalog) -> Recommendation:
    """What is said of a plan that does not fit, and the largest burst with which it would."""

    def lacks(smaller: int) -> bool:
        return not next(_frontier(_candidates(plan, smaller, catalog))).fits

    # What keeps one address warm takes nearly the fewest: most plans are seen through here.
    frugal = given_targets(plan, warm_ip=1, minimum_ip=0)
    tried = [Variant(0, mode, frugal) for mode in ("warm-ip", "prefix")]
    measured = measure([plan], tried, catalog)
    if not any(measured.row(number).fits for number in range(len(tried))):
        return found
    most = bisect.bisect_left(range(burst), True, key=lacks) - 1
    if most < 0:
        return found
    return replace(found, reason=f"{found.reason[:-1]}; with a burst of {most} it fits.")


def _calls(row: Row) -> int:
    return row.ec2_calls or 0


def _counted(number: int, noun: str) -> str:
    plural = "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{plural * (number != 1)}"


def _name(row: Row) -> str:
    settings = " and ".join(f"{name.upper()} {value}" for name, value in row.settings.items())
    return f"{row.mode} mode with {settings}"
