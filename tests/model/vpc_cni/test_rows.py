"""A row of the plan as the modes see it: what is wrong with it, and what that leaves unknown."""

import math

import numpy as np
import pytest

from calculator.model.expression import NOTHING
from calculator.model.result import evaluate
from calculator.plan import GROUP_INPUTS, NodeGroup, Plan
from tests.model.vpc_cni.nodes import EACH, SHEETS, book_of, said, shown

NAN = math.nan
COUNT = "a whole number of 0 or more"
NOT_ON_WINDOWS = "Windows nodes have no custom networking: plan them in a cluster of their own"
NOT_LISTED = "This type is not on sheet InstanceTypes"
IN_ZONE = "In the fullest zone: enter a part of the instances; all with one zone"
ROWS = {
    # instance type, # of instances, pods, and so on; NaN for what is no number: state, check
    ("m5.large", 2, 10): (1, "OK"),
    ("M5.Large", 0, 0): (1, "OK"),
    ("",): (0, ""),
    ("", 1): (-1, "Enter an instance type"),
    ("", NOTHING, 0): (-1, "Enter an instance type"),
    ("", NAN): (-1, "Enter an instance type"),
    ("m5.large", NOTHING, 10): (-1, f"Instances: enter {COUNT}"),
    ("m5.large", NAN, 10): (-1, f"Instances: enter {COUNT}"),
    ("m5.large", -1, 10): (-1, f"Instances: enter {COUNT}"),
    ("m5.large", 1.5, NAN): (-1, f"Instances: enter {COUNT}"),
    ("m5.large", 1_000_001, 10): (-1, f"Instances: enter {COUNT}"),
    ("m5.large", 1): (-1, f"Pods: enter {COUNT}"),
    ("m5.large", 1, NAN): (-1, f"Pods: enter {COUNT}"),
    ("m5.large", 1, -10): (-1, f"Pods: enter {COUNT}"),
    ("m5.lage", 1, 0.5): (-1, f"Pods: enter {COUNT}"),
    ("m5.lage", 1, 10): (-1, NOT_LISTED),
    ("m5*", 1, 10): (-1, NOT_LISTED),
    ("m5.large ", 1, 10): (-1, NOT_LISTED),
    ("m5.large", 1_000_000, 0): (1, "OK"),
    ("m5.large", 1, 0, "Linux", 58): (1, "OK"),
    ("m5.large", 1, 0, "Mac"): (-1, "Operating system: enter Linux or Windows"),
    ("m5.large", 1, 0, "Linux", NAN): (-1, f"Own max pods: enter {COUNT}"),
    ("m5.large", 1, 0, "Linux", 0.5): (-1, f"Own max pods: enter {COUNT}"),
    ("m5.large", 1, 0, "Linux", 0, 0, NOTHING, NOTHING, NOTHING, 0, 0, "Outer space"): (
        -1,
        "Nodes from: enter managed node group, Karpenter, self-managed, EKS Auto Mode or Fargate "
        "or nothing",
    ),
    ("m5.large", 3, 0, "Linux", 0, 0, -1): (-1, f"Most Instances: enter {COUNT} or nothing"),
    ("m5.large", 3, 0, "Linux", 0, 0, NAN): (-1, f"Most Instances: enter {COUNT} or nothing"),
    ("m5.large", 3, 0, "Linux", 0, 0, 2, 3, 0.5): (-1, f"Most Pods: enter {COUNT} or nothing"),
    ("m5.large", 3, 0, "Linux", 0, 0, 2, 4): (-1, IN_ZONE),
    ("m5.large", 3, 0, "Linux", 0, 0, 2, NAN): (
        -1,
        f"In the fullest zone: enter {COUNT} or nothing",
    ),
    ("m5.lage", 3, 0, "Linux", 0, 0, 2, 4): (-1, IN_ZONE),
    ("m5.large", 3, 0, "Linux", 0, 0, 2, 3, 1, -1): (-1, f"Other ENIs: enter {COUNT}"),
    ("m5.large", 3, 0, "Linux", 0, 0, 2, 3, 1, 0, 0.5): (
        -1,
        f"Other addresses: enter {COUNT}",
    ),
    ("m5.large", 1, 0, "Linux", 0, -1): (-1, f"Pods with own security group: enter {COUNT}"),
}


@EACH
def test_each_row_is_judged_by_itself(sheet):
    book = book_of(ROWS)
    tables = book[sheet.name]
    found = zip(tables.groups["state"].tolist(), tables.groups["check"], strict=True)
    assert dict(zip(ROWS, found, strict=True)) == ROWS
    good = tables.groups["state"] == 1
    per_node = {"WarmENI": [30, 20], "WarmIP": [15, 4], "Prefix": [33, 33], "IPv6": [1, 1]}
    assert tables.groups["ips_per_node"][good].tolist()[:2] == per_node[sheet.name]
    for column in sheet.computed:
        if column.style == "number" and column.name not in GROUP_INPUTS:
            # nothing is shown, which is no error
            assert np.isposinf(tables.groups[column.name][~good]).all(), column.name
            assert np.isfinite(tables.groups[column.name][good]).all(), column.name


@EACH
def test_without_the_faulty_rows_a_total_would_be_too_low_so_there_is_none(sheet):
    book = book_of(ROWS)
    faulty = sum(state < 0 for state, _ in ROWS.values())
    tables = book[sheet.name]
    for name in ("ips_used", "pods_hosted", "ips_remaining", "peak_ips", "peak_remaining"):
        assert shown(tables, name) == [None], name
    assert shown(tables, "smallest_subnet", "ips_available") == [None, 507]
    assert shown(tables, "outcome", "status") == [*("not-known", said("correct-the-plan"))]
    plan = book["Plan"]
    assert shown(plan, "rows_to_correct", "settings_to_correct", "to_correct") == [
        faulty,
        0,
        faulty,
    ]
    assert shown(plan, "outcome_of_plan") == ["not-known"]
    assert shown(plan, "verdict") == [said("correct-rows", faulty)]
    assert plan.groups["check"].tolist() == [check for _, check in ROWS.values()]


@EACH
def test_windows_nodes_have_no_custom_networking(sheet):
    rows = [("m5.large", 1, 3, "Windows"), ("m5.large", 1, 3)]
    book = book_of(rows, pods_from="custom networking")
    # IPv6 carries no custom networking at all.
    is_ipv6 = sheet.mode == "ipv6"
    other = said("custom-networking-ipv6") if is_ipv6 else "OK"
    assert book[sheet.name].groups["state"].tolist() == [-1, -1 if is_ipv6 else 1]
    assert book[sheet.name].groups["check"].tolist() == [NOT_ON_WINDOWS, other]
    assert shown(book[sheet.name], "ips_used") == [None]
    assert shown(book["Plan"], "rows_to_correct", "outcome_of_plan") == [1, "not-known"]
    plan = Plan(pods_from="custom networking", node_groups=[NodeGroup("m5.large", os="Windows")])
    result = evaluate(plan, mode=sheet.mode)
    assert f"m5.large: {NOT_ON_WINDOWS}" in result.warnings
    assert (result.fits, result.totals["ips_used"]) == (None, None)


@pytest.mark.parametrize(
    ("zones", "here", "check"),
    [(1.0, 2, IN_ZONE), (1.0, 3, "OK"), (2.0, 2, "OK"), (2.0, 4, IN_ZONE)],
)
def test_the_fullest_zone_has_a_part_of_the_instances_and_the_only_one_all(zones, here, check):
    row = ("m5.large", 3, 9, "Linux", 0, 0, NOTHING, here)
    plan = book_of([row], availability_zones=zones)["Plan"]
    assert plan.groups["check"].tolist() == [check]


def test_what_only_ipv6_cannot_carry_is_no_fault_of_the_plan():
    rows = [("m5.large", 1, 3, "Windows"), ("m4.large", 1, 3), ("m5.large", 1, 3)]
    book = book_of(rows)
    assert book["IPv6"].groups["check"].tolist() == [
        "Windows nodes have no IPv6",
        "An IPv6 cluster needs Nitro types, and this one is not known to be one",
        "OK",
    ]
    assert shown(book["IPv6"], "rows_not_possible", "ips_used", "outcome") == [
        *(2, None, "not-possible")
    ]
    assert shown(book["IPv6"], "status") == [said("rows-not-possible", 2)]
    assert shown(book["Plan"], "to_correct", "outcome_of_plan") == [0, "fits-with-remarks"]
    # A fault of every mode comes first.
    faulty = book_of([("m5.large", NAN, 3, "Windows"), ("x", 1, 1)])
    assert faulty["IPv6"].groups["check"].tolist() == [f"Instances: enter {COUNT}", NOT_LISTED]
    assert shown(faulty["IPv6"], "rows_not_possible", "outcome") == [0, "not-known"]


def test_the_sheets_of_the_modes_show_the_row_of_the_same_number():
    rows = [("m5.large", 1, 1), ("", NOTHING, NOTHING), ("c5.large", 2, 3, "Windows", 7, 0)]
    book = book_of(rows)
    for sheet in SHEETS:
        groups = book[sheet.name].groups
        assert groups["number"].tolist() == [1, 2, 3]
        assert groups["instance_type"].tolist() == ["m5.large", "", "c5.large"]
        assert groups["pods_per_node"].tolist() == [1, NOTHING, 3]
    # An optional input of an empty row is nothing, too, whatever its default.
    groups = book["Groups"].groups
    assert groups["os"].tolist() == ["Linux", "", "Windows"]
    assert groups["own_max_pods"].tolist() == [0, NOTHING, 7]


def test_a_fault_of_a_row_comes_before_that_of_a_setting():
    rows = [("m5.large", NAN, 10), ("m5.lage", 1, 10), ("m5.large", 1, 1, "Mac")]
    book = book_of(rows, daemonset_pods=-1.0)
    assert book["WarmENI"].groups["check"].tolist() == [
        f"Instances: enter {COUNT}",
        NOT_LISTED,
        "Operating system: enter Linux or Windows",
    ]
    book = book_of([("m5.large", 1, 1)], daemonset_pods=-1.0)
    assert book["WarmENI"].groups["check"].tolist() == ["Correct the settings marked in red"]
