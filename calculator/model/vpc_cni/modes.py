"""The sheets of the modes: what the warm pool of a node holds in each."""

from __future__ import annotations

from calculator.model.expression import Expression, number, ref, where
from calculator.model.functions import both, is_nothing, maximum, minimum, roundup
from calculator.model.ranges import say
from calculator.model.sheet import Column, Notice, Total
from calculator.model.vpc_cni import ipamd
from calculator.model.vpc_cni.ipamd import (
    AUTO_MODE,
    CUSTOM_NETWORKING,
    MAX_PODS,
    POD_SLOTS,
    PREFIX_SIZE,
    WINDOWS,
)
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.mode_sheet import mode_sheet
from calculator.model.vpc_cni.places import at_left, when_settings_are_good
from calculator.model.vpc_cni.pool import PEAK, Moment, Pool, step
from calculator.model.vpc_cni.remarks import Remark

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
SLOT_SIZE = ref("slot_size")
_MOST_SLOTS, _FIRST_TAKEN = ref("slots_for_max_pods"), ref("first_slots_taken")

NO_WARM_IP_TARGET = Remark(
    "no-warm-ip-target",
    "pods_per_node",
    both(ONLY_MINIMUM, minimum(ref("pod_ips_needed"), CAPACITY) > ref("active_ips")),
    ref("active_ips"),
)
PREFIX_FALLBACK = Remark("prefix-fallback", "instance_type", SLOT_SIZE == 1)

#: ipamd attaches no ENI that max pods cannot need.
_FOR_MAX_PODS = roundup(MAX_PODS / POD_SLOTS) * POD_SLOTS


def _windows_ips(at: Moment) -> Expression:
    """Addresses that the controller of Windows nodes wants; a warm target of 0 counts as 1."""
    warm = maximum(1, ref("windows_warm_ip_target"))
    return maximum(at.ref("active_ips") + warm, ref("windows_minimum_ip_target"))


def _enis_wanted(at: Moment) -> Column:
    return at.step(
        "units_wanted",
        "ENIs",
        "ENIs for pods that WARM_ENI_TARGET asks for [ENIs]",
        ipamd.units_wanted(at.ref("active_ips"), WARM_ENI_TARGET, POD_SLOTS),
    )


def _wanted(at: Moment, formula: Expression) -> Column:
    return at.step(
        "slots_wanted", "Slots wanted", "slots that the targets ask for [slots]", formula
    )


def _slots_of_enis(at: Moment) -> Expression:
    return at.ref("units_wanted") * POD_SLOTS


def _first(formula: Expression) -> tuple[Column, Column]:
    return (
        step(
            "slots_at_first", "Slots at first", "slots taken when the node joins [slots]", formula
        ),
        step(
            "first_slots_taken",
            "At first",
            "slots taken when the node joins, of no ENI more than max pods can need [slots]",
            ipamd.taken_at_first(ref("slots_at_first")),
        ),
    )


def _most(formula: Expression) -> Column:
    return step("slots_for_max_pods", "Max slots", "slots that max pods can need [slots]", formula)


def _targets(when_empty: int) -> tuple[Total, ...]:
    target = ref("warm_ip_target")
    kept = when_settings_are_good(where(is_nothing(target), when_empty, target))
    only_minimum = where(both(WARM_IPS == 0, MINIMUM_IP_TARGET > 0), 1, 0)
    return (
        at_left(13, "warm_ips_kept", "WARM_IP_TARGET that counts", kept, "small"),
        at_left(15, "only_minimum", "1 for a minimum alone", only_minimum, "small"),
    )


def _most_active(most: Expression) -> Expression:
    """Pods that get an address: without a warm target ipamd never grows past the minimum."""
    only_minimum = both(ONLY_MINIMUM, ref("os") != "Windows", ref("is_auto_mode") == 0)
    return where(only_minimum, minimum(most, CAPACITY), CAPACITY)


# --- WarmENI --------------------------------------------------------------------------------------

WARM_ENI = mode_sheet(
    "WarmENI",
    "warm-eni",
    "warm ENI mode",
    Pool(
        slot_size=number(1),
        most_active=CAPACITY,
        steps=(_most(where(WINDOWS, POD_ENI_SLOTS, _FOR_MAX_PODS)),),
        wanted=lambda at: (
            _enis_wanted(at),
            _wanted(at, where(WINDOWS, _windows_ips(at), _slots_of_enis(at))),
        ),
        asked=lambda at: minimum(at.ref("slots_wanted"), _MOST_SLOTS),
        gives_back=where(WINDOWS, 1, 0),
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
    return at_left(14, "targets_note", "Note", formula, "message")


def _warm_ips_wanted(at: Moment) -> Expression:
    by_targets = maximum(at.ref("active_ips") + WARM_IPS, MINIMUM_IP_TARGET)
    on_linux = where(NO_IP_TARGETS, _slots_of_enis(at), by_targets)
    return where(WINDOWS, _windows_ips(at), on_linux)


WARM_IP = mode_sheet(
    "WarmIP",
    "warm-ip",
    "warm IP mode",
    Pool(
        slot_size=number(1),
        most_active=_most_active(MINIMUM_IP_TARGET),
        steps=(
            # The controller of Windows nodes does not look at max pods.
            _most(where(WINDOWS, POD_ENI_SLOTS, where(NO_IP_TARGETS, _FOR_MAX_PODS, MAX_PODS))),
            *_first(where(WINDOWS, 0, maximum(WARM_IPS, MINIMUM_IP_TARGET))),
        ),
        wanted=lambda at: (_enis_wanted(at), _wanted(at, _warm_ips_wanted(at))),
        asked=lambda at: maximum(_FIRST_TAKEN, minimum(at.ref("slots_wanted"), _MOST_SLOTS)),
        gives_back=where(AUTO_MODE, 0, where(WINDOWS, 1, where(NO_IP_TARGETS, 0, 1))),
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
_BY_TARGETS = ref("by_targets") == 1
_IS_PREFIX = SLOT_SIZE > 1
#: The targets of Windows nodes as their controller takes them: with prefixes, a warm target and a
#: minimum that are not given are 1 and 3, unless warm prefixes rule.
_WINDOWS_WARM, _WINDOWS_LEAST = (
    ref("windows_prefix_warm_ip_target"),
    ref("windows_prefix_minimum_ip_target"),
)
_WINDOWS_PREFIXES = ref("windows_warm_prefix_target")


def _by_kind(windows_prefix: Expression, windows: Expression, linux: Expression) -> Expression:
    """A target: of Windows nodes with prefixes, of those that are not on Nitro, of Linux nodes."""
    return where(WINDOWS, where(_IS_PREFIX, windows_prefix, windows), linux)


def _units_wanted(at: Moment) -> Column:
    wanted = ipamd.units_wanted(at.ref("active_ips"), ref("warm_units"), ref("unit"))
    return at.step(
        "units_wanted",
        "Units",
        "prefixes, or ENIs, that a warm target asks for [units]",
        wanted,
    )


def _prefix_slots_wanted(at: Moment) -> Column:
    by_targets = roundup(maximum(at.ref("active_ips") + _WARM, _LEAST) / SLOT_SIZE)
    by_units = at.ref("units_wanted") * ref("slots_per_unit")
    return _wanted(at, where(_BY_TARGETS, by_targets, by_units))


def _scattered(at: Moment) -> tuple[Column, ...]:
    """Pods that come and go may be spread over prefixes that fewer would do for."""
    if at is not PEAK:
        return ()
    most = minimum(ref("warm_units") - 1, ref("peak_active_ips") - ref("peak_slots_in_use"))
    return (
        step(
            "scatter",
            "Scatter",
            "prefixes in use at the peak beyond those that the pods need [slots]",
            where(
                both(_IS_PREFIX, ref("is_auto_mode") == 0, ref("by_targets") == 0),
                maximum(0, most),
                0,
            ),
        ),
    )


PREFIX = mode_sheet(
    "Prefix",
    "prefix",
    "prefix mode",
    Pool(
        slot_size=where(ref("is_nitro") == 1, PREFIX_SIZE, 1),
        with_prefixes=True,
        most_active=_most_active(roundup(MINIMUM_IP_TARGET / SLOT_SIZE) * SLOT_SIZE),
        steps=(
            step(
                "warm_target",
                "Warm",
                "the warm IP target of its operating system [IPs]",
                _by_kind(
                    where(ref("windows_by_prefixes") == 1, 0, maximum(1, _WINDOWS_WARM)),
                    maximum(1, ref("windows_warm_ip_target")),
                    WARM_IPS,
                ),
            ),
            step(
                "minimum_target",
                "Least",
                "the minimum IP target of its operating system [IPs]",
                _by_kind(
                    where(ref("windows_by_prefixes") == 1, 0, ref("windows_least")),
                    ref("windows_minimum_ip_target"),
                    MINIMUM_IP_TARGET,
                ),
            ),
            step(
                "by_targets",
                "Targets",
                "1 where IP targets rule, 0 where warm prefixes or warm ENIs do",
                where(_WARM + _LEAST > 0, 1, 0),
            ),
            step(
                "warm_units",
                "Kept warm",
                "prefixes, or ENIs, to be kept warm [units]",
                where(
                    _IS_PREFIX,
                    where(WINDOWS, _WINDOWS_PREFIXES, ref("warm_prefix_target")),
                    WARM_ENI_TARGET,
                ),
            ),
            step(
                "unit",
                "Unit",
                "addresses of a prefix, or pods that an ENI serves [IPs]",
                where(both(SLOT_SIZE == 1, ref("by_targets") == 0), POD_SLOTS, SLOT_SIZE),
            ),
            step(
                "slots_per_unit",
                "Per unit",
                "slots of an ENI that a prefix, or an ENI, takes [slots]",
                ref("unit") / SLOT_SIZE,
            ),
            # The controller of Windows nodes does not look at max pods, and takes nothing at first.
            _most(
                where(
                    WINDOWS,
                    POD_ENI_SLOTS,
                    roundup(MAX_PODS / ref("unit")) * ref("slots_per_unit"),
                )
            ),
            *_first(
                where(
                    WINDOWS,
                    0,
                    where(
                        _BY_TARGETS,
                        roundup(maximum(_WARM, _LEAST) / SLOT_SIZE),
                        where(_IS_PREFIX, maximum(ref("warm_units"), 1), 0),
                    ),
                )
            ),
        ),
        wanted=lambda at: (*_scattered(at), _units_wanted(at), _prefix_slots_wanted(at)),
        asked=lambda at: maximum(_FIRST_TAKEN, minimum(at.ref("slots_wanted"), _MOST_SLOTS)),
        gives_back=where(both(SLOT_SIZE == 1, _BY_TARGETS), 1, 0),
        remarks=(NO_WARM_IP_TARGET, PREFIX_FALLBACK),
    ),
    totals=(
        *_targets(0),
        _note(IP_TARGETS_OVERRIDE),
        at_left(
            16,
            "windows_by_prefixes",
            "Warm prefixes rule on Windows",
            when_settings_are_good(
                where(
                    both(_WINDOWS_WARM + _WINDOWS_LEAST == 0, _WINDOWS_PREFIXES > 0),
                    1,
                    0,
                )
            ),
            "small",
        ),
        at_left(
            17,
            "windows_least",
            "Minimum on Windows with prefixes",
            when_settings_are_good(
                where(_WINDOWS_LEAST > 0, _WINDOWS_LEAST, ref("windows_minimum"))
            ),
            "small",
        ),
    ),
    notices=(IP_TARGETS_OVERRIDE,),
)

# --- IPv6 -----------------------------------------------------------------------------------------

IPV6 = mode_sheet(
    "IPv6",
    "ipv6",
    "IPv6",
    None,
    obstacle=where(
        CUSTOM_NETWORKING,
        "custom-networking-ipv6",
        where(
            WINDOWS,
            "windows-ipv6",
            where(ref("is_nitro") == 0, "ipv6-needs-nitro", ""),
        ),
    ),
    obstacles=("windows-ipv6", "ipv6-needs-nitro"),
    carries=where(CUSTOM_NETWORKING, 1, 0),
    notices=(
        Notice(
            code="custom-networking-ipv6",
            about="pods_from",
            when=CUSTOM_NETWORKING,
            message=say(MESSAGES, "custom-networking-ipv6"),
            of_row=False,
        ),
    ),
)

MODE_SHEETS = (WARM_ENI, WARM_IP, PREFIX, IPV6)
