"""Plans in several modes and with several targets each, measured in one vectorised pass."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calculator.answers.calls import Filled, Limits, Targets, filled
from calculator.answers.remarks import remarks_of
from calculator.catalog import Catalog
from calculator.inputs import plain
from calculator.model import get_model
from calculator.model.engine import Book, plan_tables
from calculator.model.expression import Array
from calculator.model.result import FITS
from calculator.plan import Plan

__all__ = [
    "Measured",
    "Node",
    "Row",
    "Variant",
    "given_targets",
    "in_variants",
    "measure",
    "rows_of",
]

#: The inputs of a plan that a variant gives, in the order of :class:`Targets`.
_INPUTS = ("warm_eni_target", "warm_ip_target", "minimum_ip_target", "warm_prefix_target")
#: An IPv6 node gets its /80 prefix once (AssignIpv6Addresses).
_IPV6 = Filled(assignments=1, new_enis=0, attached=1, slots_held=0)
_NO_NODE = Filled(0, 0, 0, 0)
_LIMITS = ("pod_enis", "ipv4_per_eni", "slot_size", "max_pods", "primary_kept")


@dataclass(frozen=True, slots=True)
class Variant:
    """A plan in a mode with targets of its own.

    Parameters
    ----------
    plan: its number among the plans that are measured.
    mode: ``warm-eni``, ``warm-ip``, ``prefix`` or ``ipv6``.
    targets: what ipamd is given; IP targets are no matter in warm-eni mode.
    """

    plan: int
    mode: str
    targets: Targets


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a group, filled from empty to the plan's pods.

    Counts are None on nodes whose addresses ipamd does not keep: those of Windows and of EKS Auto
    Mode. Pods on Fargate have no node, and take no call.

    Parameters
    ----------
    instance_type: of the group.
    assignments: rounds that gave addresses to an ENI that was there [calls].
    new_enis: ENIs that were made [ENIs].
    ec2_calls: calls to EC2 in all: 1 an assignment, 3 a new ENI [calls].
    """

    instance_type: str
    assignments: int | None
    new_enis: int | None
    ec2_calls: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """What a plan comes to in a mode with some targets, of the fullest subnet.

    What cannot be known is None.

    Parameters
    ----------
    mode: ``warm-eni``, ``warm-ip``, ``prefix`` or ``ipv6``.
    settings: the targets that act, by the name of the plan's input.
    ips_used, peak_ips, peak_remaining: in the steady state, at the peak, left at the peak [IPs].
    pod_subnet_used, pod_subnet_peak_ips, pod_subnet_peak_remaining: the same of the pods' subnet;
        None where pods have addresses of their node's subnet [IPs].
    idle_share: share of the addresses held for pods that no pod has, in the steady state.
    smallest_subnet, smallest_pod_subnet: that hold the peak, the n of /n; None where none does.
    pods_hosted: pods that get an address, of the whole plan [pods].
    ec2_calls: calls to EC2 to fill a node, of the group whose node needs the most [calls].
    fits: whether the plan fits.
    nodes: one of each node group.
    """

    mode: str
    settings: dict[str, int]
    ips_used: int | None
    peak_ips: int | None
    peak_remaining: int | None
    pod_subnet_used: int | None
    pod_subnet_peak_ips: int | None
    pod_subnet_peak_remaining: int | None
    idle_share: float | None
    smallest_subnet: int | None
    smallest_pod_subnet: int | None
    pods_hosted: int | None
    ec2_calls: int | None
    fits: bool | None
    nodes: tuple[Node, ...]

    def as_json(self) -> dict[str, Any]:
        """The row as the answers' JSON has it."""
        names = [name for name in Row.__slots__ if name not in ("pods_hosted", "nodes")]
        nodes = [{name: getattr(node, name) for name in Node.__slots__} for node in self.nodes]
        return {**{name: getattr(self, name) for name in names}, "nodes": nodes}


def measure(
    plans: Sequence[Plan], variants: Sequence[Variant], catalog: Catalog | Sequence[Catalog]
) -> Measured:
    """Evaluate variants of plans, all in one pass.

    Parameters
    ----------
    plans: what is filled in, of instance types that the catalog lists.
    variants: the modes and targets to look at, of each plan in a row.
    catalog: of all plans, or a catalog a plan, shape (plans,).
    """
    model = get_model("vpc-cni")
    base = plan_tables(model, model.sheets, plans, catalog)
    targets = np.array([variant.targets for variant in variants], dtype=float)
    book = in_variants(
        base,
        np.array([variant.plan for variant in variants]),
        settings=dict(zip(_INPUTS, targets.T, strict=True)),
    )
    return Measured(book, plans, variants)


def rows_of(base: Book, of: Array) -> tuple[Array, Array]:
    """The node groups of some plans of a book, each as often as its plan is named.

    Parameters
    ----------
    of: the number of the plan that each variant is of, shape (variants,).

    Returns
    -------
    The number of each group in the book, shape (groups of all variants,), and of the first of each
    variant among these, shape (variants,).
    """
    counts = np.bincount(base.plan, minlength=base.size)
    first = np.cumsum(counts) - counts
    counted = counts[of]
    start = np.cumsum(counted) - counted
    return np.repeat(first[of] - start, counted) + np.arange(counted.sum()), start


def in_variants(
    base: Book,
    of: Array,
    settings: Mapping[str, Array] | None = None,
    groups: Mapping[str, Array] | None = None,
) -> Book:
    """Plans of a book in several variants, each with some inputs of its own.

    Parameters
    ----------
    of: the number of the plan that each variant is of, shape (variants,).
    settings: inputs that the variants give, by name, each of shape (variants,).
    groups: inputs that their node groups give, by name, each of shape (groups of all variants,).
    """
    rows, start = rows_of(base, of)
    repeated = {name: _repeated(values, of) for name, values in base.settings.items()}
    columns = {name: _repeated(values, rows) for name, values in base.groups.items()}
    plan = np.repeat(np.arange(len(of)), np.diff(start, append=len(rows)))
    sheets = [tables.sheet for tables in base]
    settings, groups = {**repeated, **(settings or {})}, {**columns, **(groups or {})}
    return Book(base.model, sheets, settings, groups, plan, len(of))


def _repeated(values: Array, numbers: Array) -> Array:
    """Values of some plans or groups; one that is the same for all is computed with once."""
    if not values.ndim or not len(values):
        return values
    is_one = len(values) == 1 or bool((values == values[0]).all())
    return np.array(values[0]) if is_one else values[numbers]


class Measured:
    """Variants of plans, and what each comes to; a sheet is evaluated when it is asked for."""

    def __init__(self, book: Book, plans: Sequence[Plan], variants: Sequence[Variant]) -> None:
        self.variants = variants
        self._book = book
        self._plans = plans
        counts = [len(plans[variant.plan].node_groups) for variant in variants]
        self._starts = [0, *itertools.accumulate(counts)]
        self._sheets = {str(sheet.mode): sheet for sheet in book.model}
        self._remarks: dict[str, dict[int, list[str]]] = {}

    def remarks(self, number: int) -> tuple[str, ...]:
        """What else is to be said of a variant's plan, in words."""
        mode = self.variants[number].mode
        if mode not in self._remarks:
            self._remarks[mode] = remarks_of(self._book, self._sheets[mode])
        return tuple(self._remarks[mode].get(number, ()))

    def of_plans(self, mode: str, name: str) -> Array:
        """A result of a mode's sheet, shape (variants,)."""
        return self._book[self._sheets[mode].name].plans[name]

    def of_groups(self, mode: str, name: str) -> Array:
        """A column of a mode's sheet, shape (node groups of all variants,)."""
        return self._book[self._sheets[mode].name].groups[name]

    @functools.cached_property
    def kept_by_ipamd(self) -> Array:
        """Whether ipamd keeps the addresses of a group's nodes, shape (node groups,)."""
        tables = self._book["Groups"]
        is_linux = tables.groups["os"] != "Windows"
        is_auto = tables.groups["is_auto_mode"] == 1
        kept: Array = (tables.groups["is_node"] == 1) & is_linux & ~is_auto
        return kept

    def row(self, number: int) -> Row:
        """What a variant comes to."""
        variant = self.variants[number]
        mode = variant.mode

        def known(name: str) -> int | None:
            value = plain(self.of_plans(mode, name)[number])
            return value if isinstance(value, int) else None

        nodes = self._nodes(number)
        calls = [node.ec2_calls for node in nodes if node.ec2_calls is not None]
        return Row(
            mode=mode,
            settings=self._settings(number),
            ips_used=known("ips_used"),
            peak_ips=known("peak_ips"),
            peak_remaining=known("peak_remaining"),
            pod_subnet_used=known("pod_subnet_used"),
            pod_subnet_peak_ips=known("pod_subnet_peak_ips"),
            pod_subnet_peak_remaining=known("pod_subnet_peak_remaining"),
            idle_share=self._idle_share(number),
            smallest_subnet=known("smallest_subnet") or None,
            smallest_pod_subnet=known("smallest_pod_subnet") or None,
            pods_hosted=known("pods_hosted"),
            ec2_calls=max(calls, default=None),
            fits=FITS.get(str(self.of_plans(mode, "outcome")[number])),
            nodes=tuple(nodes),
        )

    def _groups_of(self, number: int) -> slice:
        return slice(self._starts[number], self._starts[number + 1])

    def _nodes(self, number: int) -> list[Node]:
        groups = self._plans[self.variants[number].plan].node_groups
        return [
            Node(group.instance_type, None, None, None)
            if one is None
            else Node(group.instance_type, one.assignments, one.new_enis, one.ec2_calls)
            for group, one in zip(groups, self._filled(number), strict=True)
        ]

    @functools.cached_property
    def _is_node(self) -> list[bool]:
        is_node: list[bool] = (self._book["Groups"].groups["is_node"] == 1).tolist()
        return is_node

    @functools.cached_property
    def _kept(self) -> list[bool]:
        kept: list[bool] = self.kept_by_ipamd.tolist()
        return kept

    def limits(self, number: int) -> list[tuple[Limits, int] | None]:
        """What a node of each group can hold, and its pods; None where that is not known."""
        mode, at = self.variants[number].mode, self._groups_of(number)
        columns = [self.of_groups(mode, name)[at] for name in (*_LIMITS, "active_ips")]
        return [
            (Limits(int(enis), int(ips) - 1, int(size), int(most), int(kept)), int(pods))
            if math.isfinite(enis + ips + size + most + kept + pods)
            else None
            for enis, ips, size, most, kept, pods in np.array(columns).T.tolist()
        ]

    def _filled(self, number: int) -> Iterable[Filled | None]:
        """A node of each group of a variant; None where ipamd does not keep its addresses."""
        mode, targets = self.variants[number].mode, self.variants[number].targets
        at = self._groups_of(number)
        rows = range(at.start, at.stop)
        states = self.of_groups(mode, "state")[at].tolist()
        limits = self.limits(number) if mode != "ipv6" else [None] * len(rows)
        for row, state, found in zip(rows, states, limits, strict=True):
            if state != 1 or (self._is_node[row] and not self._kept[row]):
                yield None
            elif not self._is_node[row]:
                yield _NO_NODE
            elif mode == "ipv6":
                yield _IPV6
            else:
                yield None if found is None else filled(found[0], targets, found[1])

    def _settings(self, number: int) -> dict[str, int]:
        """The targets that act in a variant."""
        mode, targets = self.variants[number].mode, self.variants[number].targets
        given = dict(zip(_INPUTS, targets, strict=True))
        if mode == "ipv6":
            return {}
        if mode != "warm-eni" and targets.warm_ip + targets.minimum_ip > 0:
            return {name: given[name] for name in _INPUTS[1:3]}
        if mode != "prefix":
            return {_INPUTS[0]: given[_INPUTS[0]]}
        at = self._groups_of(number)
        falls_back = (self.of_groups(mode, "slot_size")[at] == 1) & self.kept_by_ipamd[at]
        names = [*_INPUTS[:1]] if falls_back.any() else []
        if not names or not falls_back[self.kept_by_ipamd[at]].all():
            names.append(_INPUTS[3])
        return {name: given[name] for name in names}

    def _idle_share(self, number: int) -> float | None:
        share = float(self.of_plans(self.variants[number].mode, "idle_share")[number])
        return round(share, 4) if np.isfinite(share) else None


def given_targets(plan: Plan, **changed: int) -> Targets:
    """The targets of a plan as ipamd reads them, but for some.

    WARM_IP_TARGET counts as 0 where it is empty.
    """
    values: Mapping[str, int] = {
        "warm_eni": plan.warm_eni_target,
        "warm_ip": plan.warm_ip_target or 0,
        "minimum_ip": plan.minimum_ip_target,
        "warm_prefix": plan.warm_prefix_target,
    }
    return Targets(**{**values, **changed})
