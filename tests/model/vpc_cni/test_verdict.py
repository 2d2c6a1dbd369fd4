"""Whether a plan fits in a mode, down to the last address, and what is said of it."""

import pytest

from calculator.model.engine import notices
from calculator.model.expression import NOTHING
from tests.model.vpc_cni.nodes import (
    EACH,
    MODEL,
    PREFIX,
    WARM_ENI,
    WARM_IP,
    book_of,
    said,
    shown,
)

M5_LARGE = ("m5.large", 2, 10)
#: One zone, and a peak that is the steady state.
STILL = {"availability_zones": 1.0, "updated_groups": "none", "rollout_surge": 0.0}


def said_of(sheet, rows, **settings):
    """Outcome, status and its figure, in one mode, of a plan at rest."""
    tables = book_of(rows, **{**STILL, **settings})[sheet.name]
    return shown(tables, "outcome", "status_code", "status_figure")


@EACH
def test_exactly_no_address_left_fits(sheet):
    rows = [M5_LARGE]
    [remaining] = shown(book_of(rows)[sheet.name], "peak_remaining")
    for more, outcome, left in ((0, "fits", 0), (1, "does-not-fit", -1)):
        book = book_of(rows, other_ips=float(remaining + more), mode=str(sheet.mode))
        assert shown(book[sheet.name], "outcome", "peak_remaining") == [outcome, left]
        assert shown(book["Plan"], "outcome_of_plan") == [outcome]
        assert shown(book[sheet.name], "smallest_subnet") == [23 - more]


@pytest.mark.parametrize(("pods", "left", "outcome"), [(9, 0, "fits"), (10, -1, "does-not-fit")])
def test_exactly_no_address_left_for_pods_fits(pods, left, outcome):
    """A /28 has 11 addresses: for an ENI, nine pods and one kept warm."""
    more = {
        "pods_from": "custom networking",
        "pod_subnet_prefix_length": 28.0,
        "daemonset_pods": 0.0,
    }
    book = book_of([("m5.2xlarge", 1, pods)], **STILL, **more)
    assert shown(book["WarmIP"], "pod_subnet_peak_remaining", "outcome") == [left, outcome]
    assert shown(book["WarmIP"], "smallest_subnet", "smallest_pod_subnet") == [
        28,
        28 + min(0, left),
    ]


@pytest.mark.parametrize(("other_ips", "outcome"), [(0, "fits"), (1, "does-not-fit")])
def test_exactly_no_block_left_fits(other_ips, outcome):
    """A /24 has 14: for seven prefixes, and in the worst case one for each of seven ENIs."""
    more = {"subnet_prefix_length": 24.0, "daemonset_pods": 0.0, "prefix_case": "worst case"}
    book = book_of([("m5.large", 7, 0)], **STILL, **more, other_ips=float(other_ips))
    assert shown(book["Prefix"], "whole_blocks", "blocks_needed", "outcome") == [
        *(14, 14 + other_ips, outcome)
    ]


@pytest.mark.parametrize(
    ("sheet", "rows", "settings", "expected"),
    [
        (WARM_ENI, [M5_LARGE], {}, ["fits", "fits", 0]),
        (WARM_ENI, [], {}, ["no-node-group", "no-node-group", 0]),
        (WARM_ENI, [("", NOTHING, NOTHING)], {}, ["no-node-group", "no-node-group", 0]),
        (WARM_ENI, [("m5.large", 1, 28)], {}, ["fits-with-remarks", "fits-see-check", 0]),
        # lacking in the steady state, and only at the peak: one figure to act on
        (
            WARM_ENI,
            [("m5.large", 1, 8)],
            {"subnet_prefix_length": 28.0},
            ["does-not-fit", "subnet-overflow", 30 - 11],
        ),
        (
            WARM_ENI,
            [("m5.large", 1, 8)],
            {"subnet_prefix_length": 28.0, "updated_groups": "one"},
            ["does-not-fit", "subnet-overflow", 90 - 11],
        ),
        (
            WARM_ENI,
            [("m5.large", 1, 8)],
            {"subnet_prefix_length": 26.0, "updated_groups": "one"},
            ["does-not-fit", "peak-overflow", 90 - 59],
        ),
        # of the pods' own subnet, unless the nodes' lacks addresses, too
        (
            WARM_ENI,
            [M5_LARGE],
            {"pods_from": "custom networking", "pod_subnet_prefix_length": 27.0},
            ["does-not-fit", "pod-subnet-overflow", 40 - 27],
        ),
        (
            WARM_ENI,
            [("m5.large", 20, 10)],
            {
                "pods_from": "custom networking",
                "pod_subnet_prefix_length": 27.0,
                "subnet_prefix_length": 28.0,
            },
            ["does-not-fit", "subnet-overflow", 9],
        ),
        # blocks, where addresses would do
        (
            PREFIX,
            [("m5.large", 3, 0)],
            {"subnet_prefix_length": 24.0, "prefix_case": "worst case", "other_ips": 9.0},
            ["does-not-fit", "too-few-prefixes", 6 + 12 - 14],
        ),
        (
            PREFIX,
            [("m5.large", 1, 0)],
            {
                "pods_from": "custom networking",
                "pod_subnet_prefix_length": 27.0,
                "daemonset_pods": 0.0,
            },
            ["does-not-fit", "too-few-prefixes", 1],
        ),
        # what overflows comes before what is remarked
        (
            WARM_ENI,
            [("m5.large", 1, 28)],
            {"subnet_prefix_length": 28.0},
            ["does-not-fit", "subnet-overflow", 30 - 11],
        ),
    ],
)
def test_what_a_mode_comes_to(sheet, rows, settings, expected):
    assert said_of(sheet, rows, **settings) == expected


@pytest.mark.parametrize(
    ("other_ips", "expected"),
    [
        # a /27 has 27 addresses; of the control plane's two ENIs one is here, and 5 for its upgrade
        (0, ["fits", "fits", 0]),
        (10, ["fits", "fits", 0]),
        (11, ["fits-with-remarks", "little-room-for-eks", 15]),
        (20, ["fits-with-remarks", "little-room-for-eks", 6]),
        (21, ["fits-with-remarks", "little-room-for-eks", 5]),
        (22, ["does-not-fit", "peak-overflow", 1]),
    ],
)
def test_room_for_the_eks_control_plane(other_ips, expected):
    """Amazon EKS User Guide: 16 free addresses are recommended, beside its own ENIs."""
    rows = [("m5.large", 0, 0)]
    more = {"subnet_prefix_length": 27.0, "control_plane_enis": 1.0}
    assert said_of(WARM_ENI, rows, other_ips=float(other_ips), **more) == expected


def codes_of(rows, **settings):
    """The codes of what is said of a whole plan on the sheet of warm-eni mode."""
    tables = book_of(rows, **{**STILL, **settings})["WarmENI"]
    return {notice.code for notice, _, _ in notices(tables) if not notice.of_row}


def test_what_is_said_on_a_sheet_is_a_finding_too_while_inputs_are_right():
    tight = {"subnet_prefix_length": 27.0, "control_plane_enis": 1.0, "other_ips": 15.0}
    assert codes_of([("m5.large", 0, 0)], **tight) == {"little-room-for-eks"}
    assert codes_of([("m5.large", 0, 0)], **tight, rollout_surge=-1.0) == set()
    full = [("m5.large", 1334, 10)]
    assert codes_of(full, subnet_prefix_length=16.0) == {"many-enis"}
    assert codes_of(full, subnet_prefix_length=16.0, rollout_surge=-1.0) == set()


def test_nothing_is_recommended_that_no_subnet_of_the_size_can_have():
    more = {"subnet_prefix_length": 28.0, "control_plane_enis": 1.0}
    assert said_of(WARM_ENI, [("m5.large", 0, 0)], **more) == ["fits", "fits", 0]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        # a /27 has 27 addresses
        ({"other_ips": 27.0}, ["fits", "fits", 0]),
        ({"albs": 1.0, "other_ips": 18.0}, ["fits", "fits", 0]),
        ({"albs": 1.0, "other_ips": 19.0}, [7]),
        ({"nlbs": 2.0, "other_ips": 18.0}, [7]),
        ({"albs": 1.0, "endpoints": 3.0, "nat_gateways": 1.0, "other_ips": 22.0}, [0]),
        ({"albs": 1.0, "other_ips": 27.0}, ["does-not-fit", "subnet-overflow", 1]),
    ],
)
def test_room_for_load_balancers_to_be_made(settings, expected):
    """Elastic Load Balancing: eight must be free where one is made; it takes one."""
    if len(expected) == 1:
        expected = ["fits-with-remarks", "little-room-for-load-balancers", *expected]
    rows = [("m5.large", 0, 0)]
    assert said_of(WARM_ENI, rows, subnet_prefix_length=27.0, **settings) == expected


@pytest.mark.parametrize(
    ("sheet", "targets", "note"),
    [
        (WARM_IP, (1, 0, 1), ""),
        (WARM_IP, (0, 1, 1), ""),
        (
            WARM_IP,
            (0, 0, 1),
            said("both-targets-0", 3),
        ),
        (WARM_IP, (NOTHING, 0, 1), ""),
        (PREFIX, (0, 0, 1), ""),
        (PREFIX, (NOTHING, 0, 1), ""),
        (PREFIX, (5, 0, 0), ""),
        (
            PREFIX,
            (5, 0, 1),
            said("ip-targets-override"),
        ),
        (
            PREFIX,
            (NOTHING, 5, 1),
            said("ip-targets-override"),
        ),
    ],
)
def test_targets_that_do_not_count_are_said(sheet, targets, note):
    names = ("warm_ip_target", "minimum_ip_target", "warm_prefix_target")
    more = dict(zip(names, map(float, targets), strict=True))
    book = book_of([], warm_eni_target=3.0, **more)
    assert shown(book[sheet.name], "targets_note") == [note]


def test_every_total_of_the_model_can_be_computed():
    """For a good plan no result is an error, whichever the mode."""
    for custom in ("no", "yes"):
        book = book_of(
            [M5_LARGE], pods_from="custom networking" if custom == "yes" else "node subnets"
        )
        for sheet in MODEL.sheets:
            unknown = [
                each.name for each in sheet.totals if shown(book[sheet.name], each.name) == [None]
            ]
            if custom == "yes" and sheet.name in ("IPv6", "Plan", "Sizes"):
                assert all("ipv6_" in name for name in unknown) or sheet.name == "IPv6"
                continue
            assert unknown == []
