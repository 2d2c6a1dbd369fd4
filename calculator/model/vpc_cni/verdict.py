"""Whether a plan fits in a mode: the results at the left of the mode's sheet, and its words.

Sources: Amazon EKS User Guide (free addresses for the control plane).
"""

from __future__ import annotations

from dataclasses import dataclass

from calculator.model.expression import Expression, Operand, expression, number, ref, where
from calculator.model.functions import both, either, maximum, not_available, roundup
from calculator.model.ranges import count_where, say, total_product
from calculator.model.sheet import Notice, Total
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.places import PODS_ELSEWHERE, at_left, further, known
from calculator.model.vpc_cni.sizes import addresses
from calculator.model.vpc_cni.subnets import ROWS, block

__all__ = ["Overflow", "mode_notices", "mode_results"]

IPS_REMAINING = ref("ips_remaining")
PEAK_REMAINING = ref("peak_remaining")
POD_PEAK_REMAINING = ref("pod_subnet_peak_remaining")
CONTROL_PLANE_ENIS = ref("control_plane_enis")
TO_CORRECT = ref("to_correct")
INPUTS_TO_CORRECT = ref("inputs_to_correct")
GROUPS = ref("groups")
REMARKED = ref("rows_with_remark")
NOT_POSSIBLE = ref("rows_not_possible")


@dataclass(frozen=True, eq=False)
class Overflow:
    """What takes more than a subnet has.

    Parameters
    ----------
    code: of the words, and of the finding.
    about: the input that it points to.
    lacks: how many, above 0 where it applies; an error where that is not known.
    """

    code: str
    about: str
    lacks: Expression
    when: Expression | None = None

    @property
    def holds(self) -> Expression:
        """Whether it applies."""
        lacks = self.lacks > 0
        return lacks if self.when is None else where(self.when, lacks, number(0) > 0)


_SUBNET = "subnet_prefix_length"
OVERFLOWS = (
    # What is lacking in the steady state is lacking at the peak, and more: one figure to act on.
    Overflow("subnet-overflow", _SUBNET, 0 - PEAK_REMAINING, IPS_REMAINING < 0),
    Overflow("peak-overflow", _SUBNET, 0 - PEAK_REMAINING),
    Overflow(
        "pod-subnet-overflow", "pod_subnet_prefix_length", 0 - POD_PEAK_REMAINING, PODS_ELSEWHERE
    ),
    Overflow("fuller-zone-overflow", "availability_zones", ref("fuller_zone_lacks")),
)
TOO_FEW_PREFIXES = Overflow("too-few-prefixes", "prefix_case", ref("blocks_lacking"))
#: Addresses that the control plane's own ENIs take of the subnet.
_OF_EKS = roundup(CONTROL_PLANE_ENIS / ref("availability_zones"))
#: What EKS recommends to leave free is said only where the subnet could have it.
_LITTLE_ROOM = both(
    CONTROL_PLANE_ENIS > 0,
    IPS_REMAINING < ref("eks_recommended"),
    ref("ips_available") - _OF_EKS >= ref("eks_recommended"),
)
#: Eight addresses must be free where a load balancer is made: room, which it does not take.
_LITTLE_FOR_LOAD_BALANCERS = both(
    ref("albs") + ref("nlbs") > 0, PEAK_REMAINING < ref("lb_headroom")
)


_OTHER_ZONES = ref("availability_zones") - 1


def _more(ips: str, here: str, in_all: str) -> Expression:
    """What each of the other zones takes more than the one said to be the fullest."""
    taken = total_product(ips, here)
    each = (total_product(ips, in_all) - taken) / maximum(1, _OTHER_ZONES)
    return where(_OTHER_ZONES == 0, 0, roundup(maximum(0, each - taken)))


@dataclass(frozen=True, eq=False)
class Room:
    """What deserves a look though the plan fits.

    Parameters
    ----------
    code: of the words, and of the finding.
    about: the input that it points to.
    when: condition; an error where that is not known.
    figure: what stands in the words for #.
    in_any_mode: whether it is said while the plan's mode is undecided, too.
    """

    code: str
    about: str
    when: Expression
    figure: Expression
    in_any_mode: bool = False

    @property
    def notice(self) -> Notice:
        """The same as a notice."""
        known_here = INPUTS_TO_CORRECT == 0
        applies = where(known_here, self.when, number(0) > 0)
        return Notice(
            code=self.code,
            about=self.about,
            when=both(known_here, ref("overflow") == "", applies),
            message=say(MESSAGES, self.code, self.figure),
            of_row=False,
            in_any_mode=self.in_any_mode,
        )


_MORE_ELSEWHERE = ref("more_elsewhere")
_RETURNED, _MOVED = ref("returned_at_peak"), ref("moved_at_peak")
#: The most important first.
ROOMS = (
    # Where rows say what the fullest zone has, another must not have more.
    Room(
        "not-the-fullest",
        "availability_zones",
        _MORE_ELSEWHERE > 0,
        _MORE_ELSEWHERE,
        in_any_mode=True,
    ),
    # Subnets of nodes take what tagged ones have no room for, and the other way round.
    Room("tagged-subnets-full", "pod_subnet_prefix_length", _RETURNED > 0, _RETURNED),
    Room("node-subnets-full", _SUBNET, _MOVED > 0, _MOVED),
    Room("little-room-for-eks", "control_plane_enis", _LITTLE_ROOM, IPS_REMAINING),
    Room("little-room-for-load-balancers", "albs", _LITTLE_FOR_LOAD_BALANCERS, PEAK_REMAINING),
)
#: Of these, so many are asked in one formula.
_FIRST = 3


def overflows(*, with_prefixes: bool) -> tuple[Overflow, ...]:
    """What can make a plan not fit in a mode."""
    return (*OVERFLOWS, TOO_FEW_PREFIXES) if with_prefixes else OVERFLOWS


def _chain(*cases: tuple[Expression, Operand], otherwise: Operand) -> Expression:
    """The first of some cases that applies."""
    result = expression(otherwise)
    for holds, value in reversed(cases):
        result = where(holds, value, result)
    return result


def mode_results(
    *, has_pool: bool, with_prefixes: bool = False, carries: Expression | None = None
) -> tuple[Total, ...]:
    """The results of a mode's sheet.

    Parameters
    ----------
    has_pool: whether pods of the mode take addresses.
    with_prefixes: whether the mode takes /28 blocks.
    carries: 0 where the mode can carry the cluster's settings, 1 where it cannot.
    """
    lacking = overflows(with_prefixes=with_prefixes)
    cannot = number(0) if carries is None else carries
    outcome = _chain(
        (TO_CORRECT > 0, "not-known"),
        (INPUTS_TO_CORRECT > 0, "not-possible"),
        (GROUPS == 0, "no-node-group"),
        (ref("overflow") != "", "does-not-fit"),
        (ref("status_code") == "fits", "fits"),
        otherwise="fits-with-remarks",
    )
    fits = either(ref("outcome") == "fits", ref("outcome") == "fits-with-remarks")
    overflow = _chain(
        (INPUTS_TO_CORRECT > 0, ""),
        *((each.holds, each.code) for each in lacking),
        otherwise="",
    )
    figure: Expression = number(0)
    for each in reversed(lacking):
        figure = where(ref("overflow") == each.code, each.lacks, figure)
    status = _chain(
        (TO_CORRECT > 0, "correct-the-plan"),
        *([] if carries is None else [(carries > 0, "custom-networking-ipv6")]),
        (NOT_POSSIBLE > 0, "rows-not-possible"),
        (GROUPS == 0, "no-node-group"),
        (ref("overflow") != "", ref("overflow")),
        (REMARKED > 0, "fits-see-check"),
        otherwise=ref("room_code"),
    )
    first, last = (
        _chain(
            (INPUTS_TO_CORRECT > 0, ""),
            *((each.when, each.code) for each in some),
            otherwise=otherwise,
        )
        for some, otherwise in ((ROOMS[:_FIRST], ref("last_room_code")), (ROOMS[_FIRST:], "fits"))
    )
    figures = _chain(
        (TO_CORRECT > 0, 0),
        (NOT_POSSIBLE > 0, NOT_POSSIBLE),
        (ref("overflow") == "", ref("room_figure")),
        otherwise=figure,
    )
    of_room = _chain(*((ref("room_code") == each.code, each.figure) for each in ROOMS), otherwise=0)
    return (
        at_left(
            4,
            "prefix_length",
            "Subnet prefix length (/n)",
            where(ref(f"{_SUBNET}_message") == "", ref(_SUBNET), not_available()),
        ),
        at_left(5, "ips_available", "IPs available", addresses(ref(_SUBNET))),
        at_left(
            8,
            "ips_used",
            "IPs used",
            ref("node_ips") + ref("other_used") + ref("moved_ips"),
        ),
        at_left(
            9,
            "pods_hosted",
            "Pods hosted in all subnets",
            known(total_product("pods_hosted_per_node", "units")),
        ),
        at_left(
            10,
            "ips_remaining",
            "IPs remaining",
            ref("ips_available") - ref("ips_used"),
            "remaining",
        ),
        at_left(
            2,
            "status",
            "In this mode the plan",
            say(MESSAGES, ref("status_code"), ref("status_figure")),
            "status",
        ),
        *block(has_pool=has_pool, with_prefixes=with_prefixes),
        at_left(
            18,
            "rows_not_possible",
            "Rows not possible here",
            where(TO_CORRECT > 0, 0, count_where("state", "<", 0)),
            "small",
        ),
        at_left(
            19,
            "inputs_to_correct",
            "What makes it unknown",
            TO_CORRECT + NOT_POSSIBLE + cannot,
            "small",
        ),
        at_left(
            20,
            "rows_with_remark",
            "Rows with a remark",
            ROWS - count_where("says", "=", "ok"),
            "small",
        ),
        at_left(21, "overflow", "What overflows", overflow, "small"),
        at_left(22, "outcome", "Outcome", outcome, "small"),
        # A mode that is not compared while the plan is undecided is not asked.
        *(
            [at_left(26, "fits_here", "1 where it fits", where(fits, 1, 0), "small")]
            if carries is None
            else []
        ),
        at_left(23, "status_code", "Status", status, "small"),
        at_left(25, "room_code", "Room", first, "small"),
        at_left(
            27,
            "more_elsewhere",
            "What other zones take more",
            maximum(ref("more_now"), ref("more_at_peak")),
            "small",
        ),
        at_left(24, "status_figure", "Figure of the status", figures, "small"),
        further(
            22,
            "more_now",
            "What other zones take more now",
            known(_more("ips_per_node", "zone_nodes", "units")),
        ),
        further(
            23,
            "more_at_peak",
            "What they take more with the most nodes and pods",
            known(_more("peak_ips_per_node", "zone_nodes_most", "most_units")),
        ),
        further(
            26,
            "fuller_zone_lacks",
            "What the subnet lacks for that",
            known(
                where(
                    PODS_ELSEWHERE,
                    0,
                    where(
                        ref("more_elsewhere") > 0,
                        roundup(ref("more_elsewhere") / ref("node_subnets")) - PEAK_REMAINING,
                        0,
                    ),
                )
            ),
        ),
        further(27, "last_room_code", "Room, what is asked last", last),
        at_left(28, "room_figure", "Figure of the room", of_room, "small"),
    )


def mode_notices(*, with_prefixes: bool = False) -> tuple[Notice, ...]:
    """What is said of a plan that does not fit in a mode, or only just."""
    known_here = INPUTS_TO_CORRECT == 0
    return (
        *(
            Notice(
                code=each.code,
                about=each.about,
                when=where(known_here, ref("overflow") == each.code, number(0) > 0),
                message=ref("status"),
                of_row=False,
            )
            for each in overflows(with_prefixes=with_prefixes)
        ),
        *(each.notice for each in ROOMS),
        _quota("network-address-units", "network_address_units", "most_address_units"),
        _quota("many-enis", "enis", "most_enis"),
    )


def _quota(code: str, taken: str, quota: str) -> Notice:
    """That the plan takes most of what AWS grants."""
    most = ref(quota) * ref("quota_share") / ref("per_cent")
    return Notice(
        code=code,
        about="subnet_prefix_length",
        when=where(INPUTS_TO_CORRECT == 0, ref(taken) >= most, number(0) > 0),
        message=say(MESSAGES, code, ref(taken)),
        of_row=False,
    )
