"""Whether a plan fits: the results at the left, the status line, and notices about the subnets.

Sources: Amazon EKS User Guide (free addresses for the control plane).
"""

from __future__ import annotations

from collections.abc import Sequence

from calculator.model.expression import (
    Expression,
    both,
    count_where,
    not_available,
    ref,
    roundup,
    text,
    total,
    where,
)
from calculator.model.frame import (
    ROWS_TO_CORRECT,
    SETTINGS_TO_CORRECT,
    at_left,
    known,
    messages,
    valid,
)
from calculator.model.ipamd import CUSTOM_NETWORKING, IPV6
from calculator.model.sheet import Notice, Setting, Total
from calculator.model.subnets import BLOCK, FREE_BLOCKS, ROWS, addresses
from calculator.plan import PLAN_INPUTS

__all__ = ["DOES_NOT_FIT", "OVERFLOWS", "REMARKS", "SUBNET_OVERFLOW", "TOO_FEW_PREFIXES", "results"]

PREFIX_LENGTH = ref("subnet_prefix_length")
ROWS_WITH_WARNING = ref("rows_with_warning")
IPS_REMAINING = ref("ips_remaining")
PEAK_REMAINING = ref("peak_remaining")
POD_PEAK_REMAINING = ref("pod_subnet_peak_remaining")
CONTROL_PLANE_ENIS = ref("control_plane_enis")
ZONES = ref("availability_zones")

#: Free addresses of a subnet that EKS asks for its ENIs, and recommends.
_EKS_LEAST, _EKS_RECOMMENDED = 6, 16

SUBNET_OVERFLOW = Notice(
    kind="subnet-overflow",
    about="subnet_prefix_length",
    when=IPS_REMAINING < 0,
    message="the plan needs " & (0 - IPS_REMAINING) & " addresses more than the subnet has",
    of_row=False,
)
_PEAK_OVERFLOW = Notice(
    kind="peak-overflow",
    about="subnet_prefix_length",
    when=both(PEAK_REMAINING < 0, IPS_REMAINING >= 0),
    message="at the peak the plan needs "
    & (0 - PEAK_REMAINING)
    & " addresses more than the subnet has",
    of_row=False,
)
_POD_SUBNET_OVERFLOW = Notice(
    kind="pod-subnet-overflow",
    about="pod_subnet_prefix_length",
    when=both(CUSTOM_NETWORKING, POD_PEAK_REMAINING < 0),
    message="at the peak the pods need "
    & (0 - POD_PEAK_REMAINING)
    & " addresses more than their subnet has",
    of_row=False,
)
TOO_FEW_PREFIXES = Notice(
    kind="too-few-prefixes",
    about="prefix_case",
    when=ref("peak_prefixes") > FREE_BLOCKS,
    message="at the peak the plan needs "
    & ref("peak_prefixes")
    & " /28 prefixes, the subnet can give "
    & FREE_BLOCKS,
    of_row=False,
)
#: What takes more than a subnet has.
OVERFLOWS = (SUBNET_OVERFLOW, _PEAK_OVERFLOW, _POD_SUBNET_OVERFLOW, TOO_FEW_PREFIXES)
_EKS_ROOM = IPS_REMAINING + roundup(CONTROL_PLANE_ENIS / ZONES)
_NO_ROOM_FOR_EKS = Notice(
    kind="no-room-for-eks",
    about="control_plane_enis",
    when=both(CONTROL_PLANE_ENIS > 0, IPS_REMAINING >= 0, _EKS_ROOM < _EKS_LEAST),
    message="EKS asks for "
    & text(str(_EKS_LEAST))
    & " free addresses in the subnet for its control plane, "
    & _EKS_ROOM
    & " are free",
    of_row=False,
)
_LITTLE_ROOM_FOR_EKS = Notice(
    kind="little-room-for-eks",
    about="control_plane_enis",
    when=both(CONTROL_PLANE_ENIS > 0, _EKS_ROOM >= _EKS_LEAST, _EKS_ROOM < _EKS_RECOMMENDED),
    message="EKS recommends "
    & text(str(_EKS_RECOMMENDED))
    & " free addresses in the subnet for its control plane, "
    & _EKS_ROOM
    & " are free",
    of_row=False,
)
_NO_OTHER_ZONE = Notice(
    kind="no-other-zone",
    about="zone_loss",
    when=both(ref("zone_loss") == "yes", ZONES == 1),
    message=text("the loss of the only zone leaves no subnet to land in"),
    of_row=False,
)
_NO_CUSTOM_NETWORKING = Notice(
    kind="no-custom-networking",
    about="custom_networking",
    when=both(ref("custom_networking") == "yes", IPV6),
    message=text("an IPv6 cluster has no custom networking: it counts for nothing"),
    of_row=False,
)
DOES_NOT_FIT = (SUBNET_OVERFLOW, _PEAK_OVERFLOW, _POD_SUBNET_OVERFLOW, _NO_ROOM_FOR_EKS)
REMARKS = (_LITTLE_ROOM_FOR_EKS, _NO_OTHER_ZONE, _NO_CUSTOM_NETWORKING)


def _status(does_not_fit: Sequence[Notice]) -> Expression:
    said = (
        "Fits: "
        & IPS_REMAINING
        & " addresses remain"
        & where(PEAK_REMAINING < IPS_REMAINING, ", " & PEAK_REMAINING & " at the peak", "")
        & where(CUSTOM_NETWORKING, ", and " & POD_PEAK_REMAINING & " in the pod subnet", "")
    )
    for notice in reversed(REMARKS):
        said = where(notice.when, "The subnet suffices, but " & notice.message, said)
    said = where(ROWS_WITH_WARNING > 0, "The subnet suffices, but see column Check", said)
    for notice in reversed(does_not_fit):
        said = where(notice.when, "Does not fit: " & notice.message, said)
    said = where(ROWS_TO_CORRECT > 0, "Correct the rows marked in column Check", said)
    return where(SETTINGS_TO_CORRECT > 0, "Correct the settings marked in red", said)


def results(of: Sequence[Setting], *does_not_fit: Notice) -> tuple[Total, ...]:
    """The results of a sheet with these settings, the status line and the counts behind it.

    Parameters
    ----------
    does_not_fit: what makes a plan on this sheet not fit, beside what does on every sheet.
    """
    to_correct = where(ref(f"{of[0].name}_message") == "", 0, 1)
    for each in of[1:]:
        to_correct = to_correct + where(ref(f"{each.name}_message") == "", 0, 1)
    return (
        at_left(
            "ips_available",
            "IPs available",
            5,
            where(
                valid(PREFIX_LENGTH, PLAN_INPUTS["subnet_prefix_length"]),
                addresses(PREFIX_LENGTH),
                not_available(),
            ),
        ),
        at_left("ips_used", "IPs used", 8, ref("node_ips") + ref("other_used")),
        at_left("pods_hosted", "Pods hosted", 9, known(total("pods_total"))),
        at_left(
            "ips_remaining",
            "IPs remaining",
            10,
            ref("ips_available") - ref("ips_used"),
            "remaining",
        ),
        at_left("status", "Status", 11, _status((*DOES_NOT_FIT, *does_not_fit)), "status"),
        at_left("settings_to_correct", "Settings to correct", 18, to_correct, "small"),
        at_left(
            "rows_to_correct", "Rows to correct", 19, count_where("row_state", "<", 0), "small"
        ),
        at_left(
            "rows_with_warning",
            "Rows with a warning",
            20,
            ROWS - count_where("check", "=", "OK"),
            "small",
        ),
        *BLOCK,
        *messages(of),
    )
