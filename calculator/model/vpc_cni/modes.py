"""The sheets of the modes: what the warm pool of a node holds in each."""

from __future__ import annotations

from collections.abc import Sequence

from calculator.model.expression import Expression, ref, where
from calculator.model.functions import both, is_nothing, maximum, minimum, not_available, roundup
from calculator.model.ranges import say
from calculator.model.sheet import Column, Label, Notice, Sheet, Total
from calculator.model.vpc_cni import ipamd
from calculator.model.vpc_cni.ipamd import (
    ACTIVE_IPS,
    CUSTOM_NETWORKING,
    MAX_PODS,
    NITRO,
    POD_SLOTS,
    PREFIX_SIZE,
    WINDOWS,
)
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.node_table import Pool, Remark, node_table, remarks, step
from calculator.model.vpc_cni.subnets import PREFIX_RESULTS
from calculator.model.vpc_cni.verdict import mode_notices, mode_results

__all__ = ["MODE_SHEETS"]

CAPACITY = ref("pods_that_fit")
WARM_ENI_TARGET = ref("warm_eni_target")
MINIMUM_IP_TARGET = ref("minimum_ip_target")
#: WARM_IP_TARGET as it counts in the mode, which says what an empty cell means.
WARM_IPS = ref("warm_ips_kept")
NO_IP_TARGETS = WARM_IPS + MINIMUM_IP_TARGET == 0
#: Without a warm target ipamd never grows past the minimum.
ONLY_MINIMUM = ref("only_minimum") == 1
POD_ENI_SLOTS = ref("pod_slots")
UNITS_WANTED = ref("units_wanted")
SLOT_SIZE = ref("slot_size")
SLOTS_WANTED, MOST_SLOTS = ref("slots_wanted"), ref("slots_for_max_pods")

NO_WARM_IP_TARGET = Remark(
    "no-warm-ip-target",
    "pods_per_node",
    both(ONLY_MINIMUM, minimum(ref("pod_ips_needed"), CAPACITY) > ACTIVE_IPS),
    ACTIVE_IPS,
)
PREFIX_FALLBACK = Remark("prefix-fallback", "instance_type", SLOT_SIZE == 1)


_ENIS_WANTED = step(
    "units_wanted",
    "ENIs wanted",
    "ENIs for pods that WARM_ENI_TARGET asks for [ENIs]",
    ipamd.units_wanted(WARM_ENI_TARGET, POD_SLOTS),
)
_SLOTS_OF_ENIS = UNITS_WANTED * POD_SLOTS
#: ipamd attaches no ENI that max pods cannot need.
_FOR_MAX_PODS = roundup(MAX_PODS / POD_SLOTS) * POD_SLOTS
_WINDOWS_IPS = maximum(ACTIVE_IPS + ref("windows_warm_ip_target"), ref("windows_minimum_ip_target"))


def _wanted(formula: Expression) -> Column:
    return step("slots_wanted", "Slots wanted", "slots that the targets ask for [slots]", formula)


def _first(formula: Expression) -> Column:
    return step(
        "slots_at_first", "Slots at first", "slots taken when the node joins [slots]", formula
    )


_FIRST_TAKEN = step(
    "first_slots_taken",
    "Slots taken at first",
    "slots taken when the node joins, of no ENI more than max pods can need [slots]",
    ipamd.taken_at_first(ref("slots_at_first")),
)


def _most(formula: Expression) -> Column:
    return step(
        "slots_for_max_pods", "Slots for max pods", "slots that max pods can need [slots]", formula
    )


def _sheet(
    name: str,
    mode: str,
    title: str,
    pool: Pool,
    *,
    with_prefixes: bool = False,
    carries: Expression | None = None,
    totals: tuple[Total, ...] = (),
    notices: Sequence[Notice] = (),
) -> Sheet:
    of_rows = tuple(remark.notice for remark in remarks(pool))
    obstacles = tuple(
        Notice(
            code=code,
            about="os" if code.startswith("windows") else "instance_type",
            when=ref("says") == code,
            message=say(MESSAGES, code),
        )
        for code in ("windows-custom-networking", *pool.obstacles)
    )
    return Sheet(
        name=name,
        mode=mode,
        title=title,
        # IPv6 alone reads as a cell.
        table="IPv6_" if name == "IPv6" else name,
        labels=(
            Label(cell="A1", text=f"EKS subnet calculator: {title}", style="title"),
            Label(
                cell="E1",
                text="Formulas only: everything is filled in on sheet Plan.",
                style="remark",
            ),
            Label(cell="A3", text="Subnet:", style="heading"),
            Label(cell="A7", text="Results, of the fullest subnet:", style="heading"),
            Label(cell="D3", text="Steady state and peak of the fullest subnet:", style="heading"),
            Label(cell="I4", text="Subnet", style="above"),
            Label(cell="J4", text="Pod subnet", style="above"),
            Label(cell="A12", text="Steps", style="remark"),
        ),
        columns=node_table(pool),
        totals=(*mode_results(with_prefixes=with_prefixes, carries=carries), *totals),
        good_row=ref("state") == 1,
        notices=(*obstacles, *of_rows, *mode_notices(with_prefixes=with_prefixes), *notices),
        header_row=27,
    )


def _at_left(name: str, label: str, row: int, formula: Expression, style: str) -> Total:
    return Total(
        name=name, label=label, label_cell=f"A{row}", cell=f"B{row}", formula=formula, style=style
    )


def _targets(when_empty: int) -> tuple[Total, ...]:
    target = ref("warm_ip_target")
    kept = where(
        ref("settings_to_correct") > 0,
        not_available(),
        where(is_nothing(target), when_empty, target),
    )
    only_minimum = where(both(WARM_IPS == 0, MINIMUM_IP_TARGET > 0), 1, 0)
    return (
        _at_left("warm_ips_kept", "WARM_IP_TARGET that counts", 13, kept, "small"),
        _at_left("only_minimum", "1 for a minimum alone", 15, only_minimum, "small"),
    )


def _most_active(most: Expression) -> tuple[Expression, ...]:
    """Pods that get an address: without a warm target ipamd never grows past the minimum."""
    return (where(both(ONLY_MINIMUM, ref("os") != "Windows"), most, CAPACITY),)


# --- WarmENI --------------------------------------------------------------------------------------

WARM_ENI = _sheet(
    "WarmENI",
    "warm-eni",
    "warm ENI mode",
    Pool(
        by_enis=True,
        steps=(
            _ENIS_WANTED,
            _wanted(where(WINDOWS, _WINDOWS_IPS, _SLOTS_OF_ENIS)),
            _most(where(WINDOWS, POD_ENI_SLOTS, _FOR_MAX_PODS)),
        ),
        held=ipamd.slots_held(minimum(SLOTS_WANTED, MOST_SLOTS), ACTIVE_IPS),
    ),
)

# --- WarmIP ---------------------------------------------------------------------------------------

TARGETS_ARE_0 = Notice(
    code="both-targets-0",
    about="warm_ip_target",
    when=NO_IP_TARGETS,
    message=say(MESSAGES, "both-targets-0", WARM_ENI_TARGET),
    of_row=False,
)


def _note(notice: Notice) -> Total:
    """A notice in words, beside the target that it is about."""
    formula = where(ref("to_correct") > 0, "", where(notice.when, notice.message, ""))
    return _at_left("targets_note", "Note", 14, formula, "message")


WARM_IP = _sheet(
    "WarmIP",
    "warm-ip",
    "warm IP mode",
    Pool(
        by_enis=True,
        most_active=_most_active(MINIMUM_IP_TARGET),
        steps=(
            _ENIS_WANTED,
            _wanted(
                where(
                    WINDOWS,
                    _WINDOWS_IPS,
                    where(
                        NO_IP_TARGETS,
                        _SLOTS_OF_ENIS,
                        maximum(ACTIVE_IPS + WARM_IPS, MINIMUM_IP_TARGET),
                    ),
                )
            ),
            _first(where(WINDOWS, 0, maximum(WARM_IPS, MINIMUM_IP_TARGET))),
            _FIRST_TAKEN,
            # The controller of Windows nodes does not look at max pods.
            _most(where(WINDOWS, POD_ENI_SLOTS, where(NO_IP_TARGETS, _FOR_MAX_PODS, MAX_PODS))),
        ),
        held=ipamd.slots_held(
            ref("first_slots_taken"), minimum(SLOTS_WANTED, MOST_SLOTS), ACTIVE_IPS
        ),
        remarks=(NO_WARM_IP_TARGET,),
    ),
    totals=(*_targets(1), _note(TARGETS_ARE_0)),
    notices=(TARGETS_ARE_0,),
)

# --- Prefix ---------------------------------------------------------------------------------------

IP_TARGETS_OVERRIDE = Notice(
    code="ip-targets-override",
    about="warm_prefix_target",
    when=both(WARM_IPS + MINIMUM_IP_TARGET > 0, ref("warm_prefix_target") > 0),
    message=say(MESSAGES, "ip-targets-override"),
    of_row=False,
)
_WARM, _LEAST = ref("warm_target"), ref("minimum_target")
#: Windows nodes that are not on Nitro keep secondary addresses, and IP targets in any case.
_BY_TARGETS = _WARM + _LEAST + where(WINDOWS, where(SLOT_SIZE == 1, 1, 0), 0) > 0
_IS_PREFIX = SLOT_SIZE > 1

PREFIX = _sheet(
    "Prefix",
    "prefix",
    "prefix mode",
    Pool(
        by_enis=False,
        slot_size=SLOT_SIZE,
        most_active=_most_active(roundup(MINIMUM_IP_TARGET / SLOT_SIZE) * SLOT_SIZE),
        steps=(
            step(
                "warm_target",
                "Warm target",
                "the warm IP target of its operating system [IPs]",
                where(WINDOWS, ref("windows_prefix_warm_ip_target"), WARM_IPS),
            ),
            step(
                "minimum_target",
                "Min target",
                "the minimum IP target of its operating system [IPs]",
                where(WINDOWS, ref("windows_prefix_minimum_ip_target"), MINIMUM_IP_TARGET),
            ),
            step(
                "by_targets",
                "By targets",
                "1 where IP targets rule, 0 where warm prefixes or warm ENIs do",
                where(_BY_TARGETS, 1, 0),
            ),
            step(
                "warm_units",
                "Warm units",
                "prefixes, or ENIs, to be kept warm [units]",
                where(
                    _IS_PREFIX,
                    where(WINDOWS, ref("windows_warm_prefix_target"), ref("warm_prefix_target")),
                    WARM_ENI_TARGET,
                ),
            ),
            step(
                "unit",
                "IPs per unit",
                "addresses of a prefix, or pods that an ENI serves [IPs]",
                where(_IS_PREFIX, PREFIX_SIZE, POD_SLOTS),
            ),
            step(
                "slots_per_unit",
                "Slots per unit",
                "slots of an ENI that a prefix, or an ENI, takes [slots]",
                where(_IS_PREFIX, 1, POD_SLOTS),
            ),
            step(
                "units_wanted",
                "Units wanted",
                "prefixes, or ENIs, that a warm target asks for [units]",
                ipamd.units_wanted(ref("warm_units"), ref("unit")),
            ),
            _wanted(
                where(
                    ref("by_targets") == 1,
                    roundup(maximum(ACTIVE_IPS + _WARM, _LEAST) / SLOT_SIZE),
                    UNITS_WANTED * ref("slots_per_unit"),
                )
            ),
            # On Windows nothing is taken at first; what is wanted is never less than this.
            _first(
                where(
                    ref("by_targets") == 1,
                    roundup(maximum(_WARM, _LEAST) / SLOT_SIZE),
                    where(_IS_PREFIX, maximum(ref("warm_units"), 1), 0),
                )
            ),
            _most(
                where(
                    ref("by_targets") == 1,
                    roundup(MAX_PODS / SLOT_SIZE),
                    roundup(MAX_PODS / ref("unit")) * ref("slots_per_unit"),
                )
            ),
            step(
                "slots_asked",
                "Slots asked for",
                "slots wanted, no more than max pods can need; on Windows nothing asks [slots]",
                where(WINDOWS, SLOTS_WANTED, minimum(SLOTS_WANTED, MOST_SLOTS)),
            ),
            _FIRST_TAKEN,
            step(
                "slots_held",
                "Slots held",
                "prefixes, or secondary addresses, that the node holds [slots]",
                ipamd.slots_held(ref("first_slots_taken"), ref("slots_asked"), ref("slots_in_use")),
            ),
        ),
        held=ref("slots_held"),
        remarks=(NO_WARM_IP_TARGET, PREFIX_FALLBACK),
    ),
    with_prefixes=True,
    totals=(*PREFIX_RESULTS, *_targets(0), _note(IP_TARGETS_OVERRIDE)),
    notices=(IP_TARGETS_OVERRIDE,),
)

# --- IPv6 -----------------------------------------------------------------------------------------

IPV6 = _sheet(
    "IPv6",
    "ipv6",
    "IPv6",
    Pool(
        by_enis=False,
        obstacle=where(
            CUSTOM_NETWORKING,
            "custom-networking-ipv6",
            where(WINDOWS, "windows-ipv6", where(ref("is_nitro") == 1, "", "ipv6-needs-nitro")),
        ),
        obstacles=("windows-ipv6", "ipv6-needs-nitro"),
        steps=(
            # Asked of every row with a type that is listed, before it is known to be good.
            Column(
                name="is_nitro",
                header="Nitro",
                about="step: 1 for a type that is known to be on Nitro or bare metal",
                formula=where(ref("type_row") > 0, where(NITRO, 1, 0), 0),
                style="helper",
            ),
        ),
    ),
    carries=where(CUSTOM_NETWORKING, 1, 0),
    notices=(
        Notice(
            code="custom-networking-ipv6",
            about="custom_networking",
            when=CUSTOM_NETWORKING,
            message=say(MESSAGES, "custom-networking-ipv6"),
            of_row=False,
        ),
    ),
)

MODE_SHEETS = (WARM_ENI, WARM_IP, PREFIX, IPV6)
