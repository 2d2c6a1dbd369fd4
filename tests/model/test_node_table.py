"""Rows with a fault: what they say, and that no number is shown for them or above them."""

import math

import numpy as np
import pytest

from calculator.catalog import load_catalog
from calculator.model.engine import evaluate
from calculator.plan import NodeGroup, Plan
from tests.model.nodes import PREFIX, SHEETS, WARM_ENI, sheet_of

NAN = math.nan
CATALOG = load_catalog()
ALL_SHEETS = pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
COUNT = "a whole number of 0 or more"
NOT_ON_WINDOWS = (
    "Windows nodes have neither IPv6 nor custom networking: plan them on a sheet of their own"
)
#: The row of sheet InstanceTypes, counted below its header: types stand in alphabetical order.
M5_LARGE_ROW = 1 + sorted(each.instance_type for each in CATALOG).index("m5.large")
ROWS = {
    # instance type, # of instances, pods, and so on; NaN for what is no number: state, check
    ("m5.large", 2, 10): (M5_LARGE_ROW, "OK"),
    ("M5.Large", 0, 0): (M5_LARGE_ROW, "OK"),
    ("", NAN, NAN): (0, ""),
    ("", 1, NAN): (-1, "Enter an instance type"),
    ("", NAN, 0): (-1, "Enter an instance type"),
    ("m5.large", NAN, 10): (-5, f"# of Instances: enter {COUNT}"),
    ("m5.large", -1, 10): (-5, f"# of Instances: enter {COUNT}"),
    ("m5.large", 1.5, NAN): (-5, f"# of Instances: enter {COUNT}"),
    ("m5.large", 1_000_001, 10): (-5, f"# of Instances: enter {COUNT}"),
    ("m5.large", 1, NAN): (-6, f"Pods: enter {COUNT}"),
    ("m5.large", 1, -10): (-6, f"Pods: enter {COUNT}"),
    ("m5.lage", 1, 0.5): (-6, f"Pods: enter {COUNT}"),
    ("m5.lage", 1, 10): (-3, "This type is not on sheet InstanceTypes"),
    ("m5*", 1, 10): (-3, "This type is not on sheet InstanceTypes"),
    ("m5.large", 1, 0, "Linux", 58): (M5_LARGE_ROW, "OK"),
    ("m5.large", 1, 0, "Mac"): (-7, "Operating system: enter Linux or Windows"),
    ("m5.large", 1, 0, "Linux", NAN): (-8, f"Own max pods: enter {COUNT}"),
    ("m5.large", 1, 0, "Linux", 0.5): (-8, f"Own max pods: enter {COUNT}"),
    ("m5.large", 1, 0, "Linux", 0, -1): (-9, f"Pods with own security group: enter {COUNT}"),
}


@ALL_SHEETS
def test_each_row_is_judged_by_itself(sheet):
    tables = sheet_of(sheet, ROWS, CATALOG)
    said = zip(tables.groups["row_state"], tables.groups["check"], strict=True)
    assert dict(zip(ROWS, said, strict=True)) == ROWS
    faulty = tables.groups["row_state"] < 1
    per_node = {"WarmENI": [30, 20, 20], "WarmIP": [15, 4, 4], "Prefix": [33, 33, 33]}
    assert tables.groups["ips_per_node"][~faulty].tolist() == per_node[sheet.name]
    for column in sheet.computed:
        if column.style == "number":
            assert np.isnan(tables.groups[column.name][faulty]).all(), column.name
    # Without the faulty rows the total would be too low, so there is none.
    for name in ("ips_used", "pods_hosted", "ips_remaining", "peak_ips", "peak_remaining"):
        assert np.isnan(tables.plans[name][0]), name
    assert tables.plans["ips_available"].tolist() == [507]
    assert tables.plans["rows_to_correct"].tolist() == [len(ROWS) - 4]
    assert tables.plans["status"].tolist() == ["Correct the rows marked in column Check"]


@ALL_SHEETS
@pytest.mark.parametrize("changed", [{"ip_family": "IPv6"}, {"custom_networking": "yes"}])
def test_windows_nodes_where_they_cannot_be(sheet, changed):
    rows = [("m5.large", 1, 3, "Windows"), ("m5.large", 1, 3)]
    tables = sheet_of(sheet, rows, CATALOG, **changed)
    assert tables.groups["check"].tolist() == [NOT_ON_WINDOWS, "OK"]
    assert np.isnan(tables.plans["ips_used"][0])
    plan = Plan(node_groups=[NodeGroup("m5.large", os="Windows")], **changed)
    result = evaluate(plan, mode=sheet.mode)
    assert result.warnings == (f"m5.large: {NOT_ON_WINDOWS}",)
    assert result.totals["ips_used"] is None


@ALL_SHEETS
@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("subnet_prefix_length", 29.0, "a whole number from 16 to 28"),
        ("subnet_prefix_length", 15.0, "a whole number from 16 to 28"),
        ("subnet_prefix_length", 23.5, "a whole number from 16 to 28"),
        ("subnet_prefix_length", NAN, "a whole number from 16 to 28"),
        ("host_network_pods", -1.0, COUNT),
        ("daemonset_pods", NAN, COUNT),
        ("warm_eni_target", 0.5, COUNT),
        ("custom_networking", "maybe", "no or yes"),
        ("ip_family", "", "IPv4 or IPv6"),
        ("availability_zones", 0.0, "a whole number from 1 to 6"),
        ("control_plane_enis", 5.0, "a whole number from 0 to 4"),
        ("updated_groups", "two", "none or one or all"),
    ],
)
def test_a_setting_with_a_fault_says_so_beside_it(sheet, name, value, expected):
    rows = [("m5.large", 2, 10), ("", NAN, NAN)]
    tables = sheet_of(sheet, rows, CATALOG, **{name: value})
    messages = {each.name: tables.plans[f"{each.name}_message"][0] for each in sheet.settings}
    assert {key: words for key, words in messages.items() if words} == {name: f"enter {expected}"}
    assert tables.groups["row_state"].tolist() == [-2, 0]
    assert tables.groups["check"].tolist() == ["Correct the settings above", ""]
    available = NAN if name == "subnet_prefix_length" else 507
    assert tables.plans["ips_available"][0] == pytest.approx(available, nan_ok=True)
    assert np.isnan(tables.plans["ips_used"][0])
    assert tables.plans["settings_to_correct"].tolist() == [1]
    assert tables.plans["status"].tolist() == ["Correct the settings marked in red"]


@pytest.mark.parametrize(
    ("types", "says"),
    [
        (("m5.large", "c5a.metal"), ["OK", "OK"]),
        (("m4.large",), ["not known to be a Nitro type: falls back to secondary IPs, counted so"]),
        (
            ("m5.large", "m4.large"),
            ["OK", "not known to be a Nitro type: falls back to secondary IPs, counted so"],
        ),
    ],
)
def test_which_types_can_have_prefixes(types, says):
    tables = sheet_of(PREFIX, [(name, 1, 5, "Linux", 110) for name in types], CATALOG)
    assert tables.groups["check"].tolist() == says


def test_nodes_are_spread_over_zones_and_the_fullest_subnet_counts():
    rows = [("m5.large", 7, 10), ("m5.large", 2, 10), ("m5.large", 0, 10)]
    tables = sheet_of(WARM_ENI, rows, CATALOG, availability_zones=3.0)
    assert tables.groups["nodes"].tolist() == [3, 1, 0]
    assert tables.groups["ips_total"].tolist() == [90, 30, 0]
    assert tables.groups["pods_total"].tolist() == [30, 10, 0]
    assert tables.plans["pods_in_all_zones"].tolist() == [90]
