"""How small subnets may be: of many plans in one pass, in every mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from calculator.answers.asked import Asked, usable
from calculator.answers.remarks import remarks_of
from calculator.catalog import Catalog, load_catalog
from calculator.errors import InputError
from calculator.inputs import plain
from calculator.load import Load
from calculator.model import get_model
from calculator.model.engine import Tables, plan_tables
from calculator.model.expression import Expression
from calculator.model.vpc_cni.sizes import SIZES, SizesThatHold, smallest
from calculator.model.vpc_cni.subnets import needed
from calculator.notebook import Line, Showing, Shown, Subnet
from calculator.plan import UNDECIDED, Plan

__all__ = ["ADDRESSES", "ModeSize", "Sizes", "size", "sizes_of"]

#: Addresses that a subnet offers [IPs], by the n of /n.
ADDRESSES = {size: addresses for size, addresses, *_ in SIZES}
_LARGEST = SIZES[0][0]


@dataclass(frozen=True)
class ModeSize:
    """The smallest subnets of each zone that hold the peak in a mode.

    Parameters
    ----------
    mode: ``warm-eni``, ``warm-ip``, ``prefix`` or ``ipv6``.
    sheet: the name of its sheet.
    smallest_subnet: the n of /n of a subnet for nodes [bits]; None where not even a /16 does, or
        the mode cannot carry the plan.
    smallest_pod_subnet: the same of a subnet for pods; None also where pods have none.
    peak_ips, pod_peak_ips: what each of these holds at the peak [IPs]; None where not known.
    has_sizes: whether there are subnets that hold it.
    problem: why there are none, in words; "" where there are.
    """

    mode: str
    sheet: str
    smallest_subnet: int | None
    smallest_pod_subnet: int | None
    peak_ips: int | None
    pod_peak_ips: int | None
    has_sizes: bool
    problem: str = ""


@dataclass(frozen=True)
class Sizes(Showing):
    """How small the subnets of a plan may be.

    Parameters
    ----------
    modes: all modes.
    chosen: the plan's own mode; while that is undecided, the one of WarmENI, WarmIP and Prefix
        whose subnets are the smallest, and of equals the one that takes the fewest addresses at
        the peak; None where none has any.
    remarks: what else wants attention there, in words.
    """

    plan: Plan
    modes: tuple[ModeSize, ...]
    chosen: ModeSize | None
    remarks: tuple[str, ...] = ()

    def _shown(self) -> Shown:
        lines = [
            Line(
                each.mode,
                Subnet(_load(each.smallest_subnet, each.peak_ips), each.smallest_subnet),
                Subnet(_load(each.smallest_pod_subnet, each.pod_peak_ips), each.smallest_pod_subnet)
                if each.pod_peak_ips is not None
                else None,
                each.has_sizes,
                "chosen" if each is self.chosen else "",
            )
            for each in self.modes
        ]
        heading = "The smallest subnets that hold the peak"
        problems = [f"{each.mode}: {each.problem}" for each in self.modes if each.problem]
        return Shown(heading, lines, [*problems, *self.remarks], with_used=False)

    @property
    def are_equal(self) -> bool:
        """Whether another mode that is compared needs no larger subnets than the chosen one."""
        chosen = self.chosen
        return chosen is not None and any(
            each is not chosen
            and each.has_sizes
            and _addresses(self.plan, each) == _addresses(self.plan, chosen)
            for each in self.compared
        )

    @property
    def compared(self) -> tuple[ModeSize, ...]:
        """The modes that are compared while none is chosen."""
        return _compared(self.modes)


def size(plan: Plan, headroom: int = 0, catalog: Catalog | None = None) -> Sizes:
    """The smallest subnets that hold a plan's peak, in each mode.

    Parameters
    ----------
    headroom, catalog: as for :func:`sizes_of`.

    Raises
    ------
    InputError: for a plan without a node group, a type that is not in the catalog, or a headroom
        out of its limits.
    """
    one = usable(Asked("", plan), catalog)
    [found] = sizes_of([plan], headroom, one.catalog)
    return found


def sizes_of(
    plans: Sequence[Plan], headroom: int = 0, catalog: Catalog | Sequence[Catalog] | None = None
) -> list[Sizes]:
    """The smallest subnets that hold the peaks of some plans, all of them in one pass.

    A size holds the peak where no more of its addresses, and in prefix mode of its whole /28
    blocks, are needed than the headroom leaves. The sizes in the plans do not count. Where subnet
    discovery finds tagged subnets, the nodes' subnet holds all that it is asked for, and nothing
    moves out of it.

    Parameters
    ----------
    plans: of instance types that the catalog lists, shape (plans,).
    headroom: share of each subnet that is free at the peak, 0 to 99 [%].
    catalog: limits of the instance types, of all plans or a catalog a plan, shape (plans,); by
        default the built-in ones.

    Returns
    -------
    The sizes of each plan, shape (plans,).

    Raises
    ------
    InputError: for a plan without a node group, or a headroom out of its limits.
    """
    if isinstance(headroom, bool) or headroom not in range(100):
        raise InputError(f"headroom: found {headroom}; a whole number from 0 to 99 is expected")
    if not all(plan.node_groups for plan in plans):
        raise InputError("node_groups: found nothing; a node group is expected")
    model = get_model("vpc-cni")
    catalog = load_catalog() if catalog is None else catalog
    # From the largest subnet nothing moves that could stay, and of none is said that it overflows.
    roomy = [
        replace(plan, subnet_prefix_length=_LARGEST, pod_subnet_prefix_length=_LARGEST)
        for plan in plans
    ]
    book = plan_tables(model, model.sheets, roomy, catalog)
    sheets = list(model)
    by_mode = [_in_mode(book[sheet.name], headroom) for sheet in sheets]
    sizes = [
        Sizes(plan, modes, _chosen(plan, modes))
        for plan, modes in zip(plans, zip(*by_mode, strict=True), strict=True)
    ]
    remarks = {sheet.name: remarks_of(book, sheet) for sheet in sheets}
    return [
        replace(each, remarks=tuple(remarks[each.chosen.sheet].get(number, ())))
        if each.chosen and each.chosen.has_sizes
        else each
        for number, each in enumerate(sizes)
    ]


def _load(size: int | None, at_peak: int | None) -> Load | None:
    """What a subnet of a size holds at the peak."""
    if size is None or at_peak is None:
        return None
    return Load(ADDRESSES[size], 0, ADDRESSES[size], ADDRESSES[size] - at_peak)


def _in_mode(tables: Tables, headroom: int) -> list[ModeSize]:
    """The sizes of all plans in one mode."""
    sheet = tables.sheet
    of_nodes, of_pods = needed(with_prefixes="blocks_needed" in sheet.by_name)
    plans = tables.plans
    columns = (
        plans.evaluate(_smallest(of_nodes, headroom)),
        plans.evaluate(_smallest(of_pods, headroom)),
        plans["peak_asked"],
        plans["pod_subnet_peak_ips"],
        plans["pods_elsewhere"],
        plans["status"],
    )
    return [
        _sized(str(sheet.mode), sheet.name, headroom, *map(plain, values))
        for values in zip(*columns, strict=True)
    ]


def _smallest(needs: Sequence[Expression], headroom: int) -> Expression:
    """The smallest size that holds what is needed, and has so much of it free beside [%]."""
    return smallest(SizesThatHold(*(need * 100 / (100 - headroom) for need in needs)))


def _sized(
    mode: str,
    sheet: str,
    headroom: int,
    subnet: Any,
    pod_subnet: Any,
    peak: Any,
    pod_peak: Any,
    pods_elsewhere: Any,
    status: str,
) -> ModeSize:
    """The sizes of one plan, which shows "" for what does not apply and None for an error."""
    size, pod_size = subnet or None, (pod_subnet or None) if pods_elsewhere else None
    has_sizes = bool(size and (pod_size or not pods_elsewhere))
    problem = ""
    if peak is None:
        problem = status.removeprefix("is not possible: ")
    elif not has_sizes:
        lacking = "subnets" if size is None else "pod subnets"
        share = f" with {headroom} % of it free" if headroom else ""
        problem = f"more than a /{_LARGEST} holds{share}: plan more {lacking} a zone"
    return ModeSize(
        mode,
        sheet,
        size,
        pod_size,
        peak if isinstance(peak, int) else None,
        pod_peak if pods_elsewhere and isinstance(pod_peak, int) else None,
        has_sizes,
        problem,
    )


def _chosen(plan: Plan, modes: Sequence[ModeSize]) -> ModeSize | None:
    if plan.mode != UNDECIDED:
        return next(each for each in modes if each.mode == plan.mode)
    with_sizes = (each for each in _compared(modes) if each.has_sizes)
    return min(
        with_sizes,
        key=lambda each: (_addresses(plan, each), _peak(plan, each)),
        default=None,
    )


def _compared(modes: Sequence[ModeSize]) -> tuple[ModeSize, ...]:
    return tuple(each for each in modes if each.mode != "ipv6")


def _of_zone(plan: Plan, of_nodes: int | None, of_pods: int | None) -> int:
    """A figure of a zone's subnets together."""
    return plan.node_subnets * (of_nodes or 0) + plan.pod_subnets * (of_pods or 0)


def _peak(plan: Plan, mode: ModeSize) -> int:
    """Addresses that a zone's subnets hold at the peak [IPs]."""
    return _of_zone(plan, mode.peak_ips, mode.pod_peak_ips)


def _addresses(plan: Plan, mode: ModeSize) -> int:
    """Addresses of a zone's subnets, those that AWS reserves among them [IPs]."""
    sizes = mode.smallest_subnet, mode.smallest_pod_subnet
    return _of_zone(plan, *(size and 2 ** (32 - size) for size in sizes))
