"""What a node takes, against ipamd's own decisions, its documentation, and ipamd step by step."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.model import get_model, get_sheet
from calculator.model.engine import catalog_figures, evaluate, evaluate_tables, plan_tables
from calculator.plan import NodeGroup, Plan

WARM_ENI, WARM_IP = get_model("vpc-cni")
NAN = math.nan
COLUMNS = [
    *("active_ips", "active_enis", "secondary_ips", "attached_enis", "warm_ips"),
    *("warm_enis", "ips_per_node", "ips_total", "pods_total", "check", "row_state"),
]


def nodes(sheet, cases):
    """A table of what single nodes take.

    Each case gives max_enis, ips_per_eni and max_pods, and numbers of Plan and of NodeGroup.
    """
    plans, types = [], []
    for number, case in enumerate(cases):
        given = dict(case)
        limits = (given.pop(name) for name in ("max_enis", "ips_per_eni", "max_pods"))
        types.append(InstanceType(f"type {number}", *limits))
        pods, instances = given.pop("pods_per_node"), given.pop("instances", 1)
        group = NodeGroup(f"type {number}", instances, pods)
        plans.append(Plan(node_groups=[group], **given))
    tables = evaluate_tables(sheet, *plan_tables(sheet, plans, Catalog(types, "cases")))
    return pd.DataFrame({name: tables.groups[name] for name in COLUMNS})


def settled(sheet, cases):
    """(pods with an address, ENIs, secondary IPs) for cases of the ipamd table."""
    plans = [
        {
            **{name: case[name] for name in ("max_enis", "ips_per_eni", "max_pods")},
            "pods_per_node": case["pods"],
            "warm_eni_target": case["warm_eni"],
            "warm_ip_target": case["warm_ip"],
            "minimum_ip_target": case["min_ip"],
            "host_network_pods": case.get("host", 0),
            "daemonset_pods": 0,
        }
        for case in cases
    ]
    table = nodes(sheet, plans)[["active_ips", "attached_enis", "secondary_ips"]]
    return [tuple(map(int, row)) for row in table.to_numpy()]


def decided(cases):
    return [(case["assigned"], case["enis"], case["secondary_ips"]) for case in cases]


def test_warm_ip_mode_settles_where_ipamd_does(ipamd_cases):
    cases = [case for case in ipamd_cases if case["warm_ip"] or case["min_ip"]]
    assert len(cases) == 690
    assert settled(WARM_IP, cases) == decided(cases)


@pytest.mark.parametrize("sheet", [WARM_ENI, WARM_IP], ids=["WarmENI", "WarmIP"])
def test_warm_eni_mode_settles_where_ipamd_does(sheet, ipamd_cases):
    """The WarmIP sheet falls back to it when both of its targets are 0."""
    cases = [case for case in ipamd_cases if not case["warm_ip"] and not case["min_ip"]]
    assert len(cases) == 493
    assert settled(sheet, cases) == decided(cases)


def test_examples_of_the_documentation(docs_cases):
    assert len(docs_cases) == 16
    catalog = load_catalog()
    for row in docs_cases:
        number = {name: int(row[name] or 0) for name in row if name.endswith(("target", "pods"))}
        group = NodeGroup(row["instance_type"], 1, number.pop("pods"))
        plan = Plan(node_groups=[group], host_network_pods=0, daemonset_pods=0, **number)
        mode = "warm-eni" if row["warm_eni_target"] else "warm-ip"
        node = evaluate(plan, mode=mode, catalog=catalog).node_groups.iloc[0]
        held = int(row["attached_secondary_ips"])
        assert held == sum(map(int, row["ips_per_eni"].split("/")))
        assert (node.attached_enis, node.secondary_ips, node.warm_ips) == (
            int(row["attached_enis"]),
            held,
            int(row["unused_ips"]),
        ), row


# --- ipamd, step by step --------------------------------------------------------------------------


def step_by_step(case):
    """What a node settles at when its pods are scheduled one at a time.

    A plain restatement of ipamd: it fills its primary ENI when it starts, then, as long as its pool
    is too low and the node holds fewer addresses than max pods, it fills the first ENI with room,
    or else attaches another.
    """
    slots = case["ips_per_eni"] - 1
    warm_eni, warm_ip, min_ip = case["warm_eni"], case["warm_ip"], case["min_ip"]
    enis, pods = [0], 0  # addresses on each ENI; pods that have one

    def short():
        free = sum(enis) - pods
        if warm_ip or min_ip:
            return max(warm_ip - free, min_ip - sum(enis), 0)
        too_low = free < warm_eni * slots or free == 0
        return slots if too_low else 0

    def grow():
        """Whether ipamd could take any of the addresses it is short of."""
        for number, held in enumerate(enis):
            if held < slots:
                enis[number] += min(slots - held, short())
                return True
        if len(enis) < case["max_enis"]:
            enis.append(min(slots, short()))
            return True
        return False

    grow()
    while True:
        while short() and sum(enis) < case["max_pods"] and grow():
            pass
        no_address = pods == sum(enis)
        if pods == case["pods"] or pods + case["host"] >= case["max_pods"] or no_address:
            return pods, len(enis), sum(enis)
        pods += 1


LIMITS = sorted({(each.max_enis, each.ipv4_per_eni) for each in load_catalog()})


@st.composite
def states(draw):
    max_enis, ips_per_eni = draw(st.sampled_from(LIMITS))
    most = max_enis * (ips_per_eni - 1)
    return {
        "max_enis": max_enis,
        "ips_per_eni": ips_per_eni,
        "max_pods": draw(st.sampled_from([most + 2, 110, 250]) | st.integers(1, most + 20)),
        "warm_eni": draw(st.integers(0, 4)),
        "warm_ip": draw(st.sampled_from([0, 1, 5]) | st.integers(0, most + 5)),
        "min_ip": draw(st.sampled_from([0, 10]) | st.integers(0, most + 5)),
        "pods": draw(st.integers(0, 40) | st.integers(0, most + 10)),
        "host": draw(st.integers(0, 5)),
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(states(), min_size=1, max_size=10))
def test_closed_forms_are_where_ipamd_gets_step_by_step(cases):
    assert settled(WARM_IP, cases) == [step_by_step(case) for case in cases]
    off = [{**case, "warm_ip": 0, "min_ip": 0} for case in cases]
    assert settled(WARM_ENI, cases) == [step_by_step(case) for case in off]


def test_the_restatement_is_itself_where_ipamd_gets(ipamd_cases):
    assert [step_by_step({**case, "host": 0}) for case in ipamd_cases] == decided(ipamd_cases)


@st.composite
def plans_of_a_node(draw):
    state = draw(states())
    names = {
        "warm_eni": "warm_eni_target",
        "warm_ip": "warm_ip_target",
        "min_ip": "minimum_ip_target",
        "pods": "pods_per_node",
        "host": "host_network_pods",
    }
    case = {names.get(name, name): value for name, value in state.items()}
    return {
        **case,
        "daemonset_pods": draw(st.integers(0, 5)),
        "instances": draw(st.integers(0, 9)),
    }


@pytest.mark.parametrize("sheet", [WARM_ENI, WARM_IP], ids=["WarmENI", "WarmIP"])
@settings(max_examples=40, deadline=None)
@given(case=plans_of_a_node())
def test_invariants(sheet, case):
    more = [{**case, "pods_per_node": case["pods_per_node"] + extra} for extra in range(12)]
    table = nodes(sheet, more)
    slots = case["ips_per_eni"] - 1
    needed = np.array([each["pods_per_node"] for each in more]) + case["daemonset_pods"]
    assert (table.row_state > 0).all()
    assert (table.active_ips <= needed).all()
    assert (table.active_ips <= max(0, case["max_pods"] - case["host_network_pods"])).all()
    assert (table.active_ips <= table.secondary_ips).all()
    assert (table.secondary_ips <= case["max_enis"] * slots).all()
    assert table.attached_enis.between(1, case["max_enis"]).all()
    assert (table.active_enis <= table.attached_enis).all()
    assert (table.secondary_ips <= table.attached_enis * slots).all()
    assert (table.warm_ips == table.secondary_ips - table.active_ips).all()
    assert (table.warm_enis == table.attached_enis - table.active_enis).all()
    assert (table.ips_per_node == table.secondary_ips + table.attached_enis).all()
    assert (table.ips_total == table.ips_per_node * case["instances"]).all()
    for name in ("active_ips", "active_enis", "secondary_ips", "attached_enis", "pods_total"):
        assert (np.diff(table[name]) >= 0).all(), name
    assert ((table.check == "OK") == (table.active_ips == needed)).all()


# --- pods that take no address, and pods that get none --------------------------------------------

M5_LARGE = {"max_enis": 3, "ips_per_eni": 10, "max_pods": 29}
ONLY_MINIMUM = {"warm_ip_target": 0, "minimum_ip_target": 5}


@pytest.mark.parametrize(
    ("sheet", "given", "active_ips", "ips_per_node", "pods_total", "check"),
    [
        # 12 pods on 2 of 3 ENIs, the third is warm
        (WARM_ENI, {"pods_per_node": 10}, 12, 30, 20, "OK"),
        (WARM_IP, {"pods_per_node": 10}, 12, 15, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 10, "host_network_pods": 0}, 12, 30, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 10, "host_network_pods": 17}, 12, 30, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 12, "daemonset_pods": 0}, 12, 30, 24, "OK"),
        (WARM_ENI, {"pods_per_node": 0, "daemonset_pods": 0}, 0, 10, 0, "OK"),
        (WARM_ENI, {"pods_per_node": 25}, 27, 30, 50, "OK"),
        (WARM_ENI, {"pods_per_node": 28}, 27, 30, 50, "30 pods a node need an address, 27 fit"),
        (
            WARM_ENI,
            {"pods_per_node": 10, "host_network_pods": 28},
            *(1, 20, 0, "12 pods a node need an address, 1 fit"),
        ),
        (
            WARM_ENI,
            {"pods_per_node": 10, "host_network_pods": 30},
            *(0, 10, 0, "12 pods a node need an address, 0 fit"),
        ),
        (
            WARM_ENI,
            {"pods_per_node": 3, "max_pods": 4, "host_network_pods": 0},
            *(4, 10, 4, "5 pods a node need an address, 4 fit"),
        ),
        (WARM_IP, {"pods_per_node": 3, **ONLY_MINIMUM}, 5, 6, 6, "OK"),
        (
            WARM_IP,
            {"pods_per_node": 10, **ONLY_MINIMUM},
            *(5, 6, 6),
            "12 pods a node need an address, 5 get one: without WARM_IP_TARGET ipamd stops at "
            "MINIMUM_IP_TARGET",
        ),
        (
            WARM_IP,
            {"pods_per_node": 28, **ONLY_MINIMUM},
            *(5, 6, 6, "30 pods a node need an address, 27 fit"),
        ),
    ],
)
def test_pods_and_addresses(sheet, given, active_ips, ips_per_node, pods_total, check):
    row = nodes(sheet, [{**M5_LARGE, "instances": 2, **given}]).iloc[0]
    assert (row.active_ips, row.ips_per_node, row.pods_total, row.check) == (
        active_ips,
        ips_per_node,
        pods_total,
        check,
    )


# --- rows and settings with a fault ---------------------------------------------------------------

SETTINGS = {
    "subnet_prefix_length": 23.0,
    "warm_eni_target": 1.0,
    "warm_ip_target": 1.0,
    "minimum_ip_target": 0.0,
    "host_network_pods": 2.0,
    "daemonset_pods": 2.0,
}
COUNT = "a whole number of 0 or more"
#: The row of sheet InstanceTypes, counted below its header: types stand in alphabetical order.
M5_LARGE_ROW = 1 + sorted(each.instance_type for each in load_catalog()).index("m5.large")
ROWS = {
    # (instance type, # of instances, pods), NaN for what is no number: state, check
    ("m5.large", 2, 10): (M5_LARGE_ROW, "OK"),
    ("M5.Large", 0, 0): (M5_LARGE_ROW, "OK"),
    ("", NAN, NAN): (0, ""),
    ("", 1, NAN): (-1, "Enter an instance type"),
    ("", NAN, 0): (-1, "Enter an instance type"),
    ("m5.large", NAN, 10): (-2, f"# of Instances: enter {COUNT}"),
    ("m5.large", -1, 10): (-2, f"# of Instances: enter {COUNT}"),
    ("m5.large", 1.5, NAN): (-2, f"# of Instances: enter {COUNT}"),
    ("m5.large", 1_000_001, 10): (-2, f"# of Instances: enter {COUNT}"),
    ("m5.large", 1, NAN): (-3, f"Pods: enter {COUNT}"),
    ("m5.large", 1, -10): (-3, f"Pods: enter {COUNT}"),
    ("m5.lage", 1, 0.5): (-3, f"Pods: enter {COUNT}"),
    ("m5.lage", 1, 10): (-5, "This type is not on sheet InstanceTypes"),
    ("m5*", 1, 10): (-5, "This type is not on sheet InstanceTypes"),
}


def sheet_of(sheet, rows, **changed):
    values = {**SETTINGS, **changed}
    types, instances, pods = zip(*rows, strict=True) if rows else ((), (), ())
    groups = {
        "instance_type": np.array(types, dtype=object),
        "instances": np.array(instances, dtype=float),
        "pods_per_node": np.array(pods, dtype=float),
        **catalog_figures(types, load_catalog()),
    }
    settings = {each.name: np.array([values[each.name]]) for each in sheet.settings}
    return evaluate_tables(sheet, settings, groups, np.zeros(len(types), dtype=int))


def results(tables):
    names = ("ips_available", "ips_used", "pods_hosted", "ips_remaining")
    return [tables.plans[name][0] for name in names]


SHEETS = pytest.mark.parametrize("sheet", [WARM_ENI, WARM_IP], ids=["WarmENI", "WarmIP"])


@SHEETS
def test_each_row_is_judged_by_itself(sheet):
    tables = sheet_of(sheet, ROWS)
    said = zip(tables.groups["row_state"], tables.groups["check"], strict=True)
    assert dict(zip(ROWS, said, strict=True)) == ROWS
    faulty = tables.groups["row_state"] < 1
    per_node = {"WarmENI": [30, 20], "WarmIP": [15, 4]}[sheet.name]
    assert tables.groups["ips_per_node"][~faulty].tolist() == per_node
    for column in sheet.computed:
        if column.style == "number":
            assert np.isnan(tables.groups[column.name][faulty]).all(), column.name
    # Without the faulty rows the total would be too low, so there is none.
    assert results(tables) == pytest.approx([507, NAN, NAN, NAN], nan_ok=True)
    assert tables.plans["rows_to_correct"].tolist() == [11]
    assert tables.plans["status"].tolist() == ["Correct the rows marked in column Check"]


@SHEETS
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
    ],
)
def test_a_setting_with_a_fault_says_so_beside_it(sheet, name, value, expected):
    tables = sheet_of(sheet, [("m5.large", 2, 10), ("", NAN, NAN)], **{name: value})
    messages = {each.name: tables.plans[f"{each.name}_message"][0] for each in sheet.settings}
    assert {key: words for key, words in messages.items() if words} == {name: f"enter {expected}"}
    assert tables.groups["row_state"].tolist() == [-4, 0]
    assert tables.groups["check"].tolist() == ["Correct the settings above", ""]
    available = NAN if name == "subnet_prefix_length" else 507
    assert results(tables) == pytest.approx([available, NAN, NAN, NAN], nan_ok=True)
    assert tables.plans["settings_to_correct"].tolist() == [1]
    assert tables.plans["status"].tolist() == ["Correct the settings marked in red"]


@pytest.mark.parametrize(
    ("rows", "changed", "totals", "status"),
    [
        ([], {}, [507, 0, 0, 507], "Fits: 507 addresses remain"),
        ([("m5.large", 2, 10)], {}, [507, 60, 20, 447], "Fits: 447 addresses remain"),
        (
            [("m5.large", 2, 10), ("m5.large", 1, 28)],
            {},
            [507, 90, 45, 417],
            "The subnet suffices, but see column Check: not every pod gets an address",
        ),
        (
            [("m5.large", 1, 8)],
            {"subnet_prefix_length": 28.0},
            [11, 30, 8, -19],
            "Does not fit: the subnet is 19 addresses short",
        ),
        (
            [("m5.large", 0, 10)],
            {"subnet_prefix_length": 28.0},
            [11, 0, 0, 11],
            "Fits: 11 addresses remain",
        ),
    ],
)
def test_results_and_status(rows, changed, totals, status):
    tables = sheet_of(WARM_ENI, rows, **changed)
    assert results(tables) == totals
    assert tables.plans["status"].tolist() == [status]


@pytest.mark.parametrize(
    ("targets", "note"),
    [
        ((1, 0), ""),
        ((0, 1), ""),
        (
            (0, 0),
            "WARM_IP_TARGET and MINIMUM_IP_TARGET are both 0: ipamd falls back to warm ENI mode, "
            "with WARM_ENI_TARGET 3",
        ),
        ((NAN, 0), ""),
    ],
)
def test_both_targets_0_are_said(targets, note):
    tables = sheet_of(
        WARM_IP, [], warm_ip_target=targets[0], minimum_ip_target=targets[1], warm_eni_target=3.0
    )
    assert tables.plans["targets_note"].tolist() == [note]


@pytest.mark.parametrize(
    ("prefix_length", "addresses"), [(16, 65531), (20, 4091), (24, 251), (27, 27), (28, 11)]
)
def test_aws_reserves_five_addresses_of_a_subnet(prefix_length, addresses):
    """Amazon VPC User Guide, subnet CIDR blocks."""
    plan = Plan(subnet_prefix_length=prefix_length)
    assert evaluate(plan).totals["ips_available"] == addresses


def test_sheets_are_found_by_name_and_by_mode():
    model = get_model("vpc-cni")
    assert get_sheet(model, "WarmENI") is get_sheet(model, "warm-eni") is WARM_ENI
    assert get_sheet(model, "WarmIP") is get_sheet(model, "warm-ip") is WARM_IP
