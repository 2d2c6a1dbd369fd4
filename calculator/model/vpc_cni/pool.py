"""What a mode's nodes hold for their pods: columns that are worked out for two moments.

One is the steady state, with the pods of the plan; the other the peak, with the most pods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from calculator.model.expression import BLANK, Expression, ref, where
from calculator.model.functions import maximum, minimum, roundup
from calculator.model.sheet import Column
from calculator.model.vpc_cni import ipamd
from calculator.model.vpc_cni.ipamd import AUTO_MODE, POD_SLOTS, PRIMARY_KEPT
from calculator.model.vpc_cni.remarks import Remark
from calculator.model.vpc_cni.rows import helper

__all__ = ["PEAK", "STEADY", "Moment", "Pool", "attached", "pool_steps", "step"]

IS_NODE, SLOT_SIZE = ref("is_node"), ref("slot_size")
CAPACITY = ref("pods_that_fit")


def step(name: str, header: str, about: str, formula: Expression) -> Column:
    """A column that stands, in grey, at the right end."""
    return helper(name, header, about, where(IS_NODE == 1, formula, BLANK))


@dataclass(frozen=True)
class Moment:
    """A number of pods for which the pool of a node is worked out.

    Parameters
    ----------
    prefix: before the names of its columns.
    header: before their headers.
    """

    prefix: str
    header: str

    def ref(self, name: str) -> Expression:
        """A column of the moment."""
        return ref(f"{self.prefix}{name}")

    def step(self, name: str, header: str, about: str, formula: Expression) -> Column:
        """A column of the moment that stands, in grey, at the right end."""
        about = f"at the peak: {about}" if self.header else about
        return step(f"{self.prefix}{name}", f"{self.header}{header}", about, formula)


STEADY, PEAK = Moment("", ""), Moment("peak_", "Peak: ")


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool:
    """What a mode's nodes hold for their pods.

    Parameters
    ----------
    slot_size: addresses of a slot of an ENI, but on nodes of EKS Auto Mode [IPs].
    most_active: what limits the pods that get an address beside what fits [pods].
    steps: columns that hold for any number of pods.
    wanted: gives the columns that lead to the slots asked for at a moment.
    asked: gives these slots [slots].
    gives_back: 1 where a node gives addresses back once pods are gone, and keeps its ENIs.
    with_prefixes: whether its nodes take /28 prefixes.
    remarks: what only this mode may have to say of a row.
    """

    slot_size: Expression
    most_active: Expression
    steps: tuple[Column, ...]
    wanted: Callable[[Moment], tuple[Column, ...]]
    asked: Callable[[Moment], Expression]
    gives_back: Expression
    with_prefixes: bool = False
    remarks: Sequence[Remark] = field(default=())


def attached(held: Expression) -> Expression:
    """ENIs that hold so many slots, and the primary ENI, which serves none where it is kept."""
    return maximum(1 - PRIMARY_KEPT, roundup(held / POD_SLOTS)) + PRIMARY_KEPT


def pool_steps(pool: Pool) -> tuple[Column, ...]:
    """What leads to what the node holds, in the steady state and at the peak."""
    most_pods = ref("most_workload_pods") + ref("daemonset_pods")
    peak_active = minimum(most_pods, ref("most_active"))
    return (
        step(
            "pod_slots",
            "Pod slots",
            "slots of all ENIs for pods [slots]",
            ref("pod_enis") * POD_SLOTS,
        ),
        *pool.steps,
        step(
            "by_max_pods",
            "By max pods",
            "1 where max pods are short of what the ENIs could serve",
            where(CAPACITY < ref("pod_slots") * SLOT_SIZE, 1, 0),
        ),
        step(
            "most_active", "Active at most", "pods that can get an address [pods]", pool.most_active
        ),
        step("gives_back", "Gives back", "1 where it gives back idle addresses", pool.gives_back),
        step(
            "slots_in_use",
            "Slots in use",
            "slots whose addresses pods have [slots]",
            ipamd.slots_for(ref("active_ips"), SLOT_SIZE),
        ),
        *pool.wanted(STEADY),
        step(
            "slots_held",
            "Slots held",
            "prefixes, or secondary addresses, that the node holds [slots]",
            _held(pool, STEADY),
        ),
        PEAK.step("active_ips", "active", "addresses in use by pods [IPs]", peak_active),
        PEAK.step(
            "slots_in_use",
            "Slots in use",
            "slots whose addresses pods have [slots]",
            ipamd.slots_for(ref("peak_active_ips"), SLOT_SIZE),
        ),
        *pool.wanted(PEAK),
        PEAK.step(
            "slots_held",
            "Slots held",
            "prefixes, or secondary addresses, that the node holds [slots]",
            # A growth that has begun is not cut off at what max pods can need.
            _held(pool, PEAK, ref("scatter") if pool.with_prefixes else None),
        ),
        PEAK.step(
            "attached_enis",
            "Attached ENIs",
            "its primary ENI included, trunk and branch ENIs not [ENIs]",
            attached(ref("peak_slots_held")),
        ),
        step(
            "kept_slots",
            "Slots kept",
            "slots held once pods have come and gone [slots]",
            where(ref("gives_back") == 1, ref("slots_held"), ref("peak_slots_held")),
        ),
    )


def _held(pool: Pool, at: Moment, scattered: Expression | None = None) -> Expression:
    """Slots that a node holds [slots]: the most that is asked for, and that its ENIs have.

    EKS Auto Mode keeps a prefix at least; what else it keeps warm is not published.
    """
    held = maximum(where(AUTO_MODE, 1, pool.asked(at)), at.ref("slots_in_use"))
    return minimum(ref("pod_slots"), held if scattered is None else held + scattered)
