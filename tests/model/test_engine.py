"""Plans in, results and warnings out; many plans in one pass are as each of them alone."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.errors import InputError
from calculator.model import get_model, get_sheet
from calculator.model.engine import Tables, evaluate, evaluate_tables, plan_tables
from calculator.plan import NodeGroup, Plan

TOTALS = ("ips_available", "ips_used", "ips_remaining", "pods_hosted")
MODELS_AND_MODES = [
    *((model, mode) for model in ("vpc-cni", "aws-sample") for mode in ("warm-eni", "warm-ip")),
    ("vpc-cni", "prefix"),
]


def test_evaluate():
    plan = Plan(node_groups=[NodeGroup("m5.large", 2, 10), NodeGroup("C5.2xlarge", 1, 30)])
    result = evaluate(plan)
    # m5.large: 12 pods on 2 ENIs and a warm one; c5.2xlarge: 32 on 3 and a warm one.
    assert result.totals == {
        "ips_available": 507,
        "ips_used": 2 * 30 + 60,
        "ips_remaining": 387,
        "pods_hosted": 50,
    }
    assert result.warnings == ()
    table = result.node_groups
    assert list(table.columns) == [
        *("instance_type", "instances", "pods_per_node", "max_enis"),
        *("ipv4_per_eni", "max_pods", "trunk_enis", "pod_enis", "branch_enis"),
        *("pod_ips_needed", "pods_that_fit", "active_ips", "active_enis"),
        *("secondary_ips", "attached_enis", "warm_ips", "warm_enis", "ips_per_node"),
        *("pods_hosted_per_node", "nodes", "ips_total", "pods_total"),
        *("os", "own_max_pods", "security_group_pods", "check"),
    ]
    assert table.to_numpy()[:, :-4].tolist() == [
        ["m5.large", 2, 10, 3, 10, 29, 0, 3, 0, 12, 27, 12, 2, 27, 3, 15, 1, 30, 10, 2, 60, 20],
        ["C5.2xlarge", 1, 30, 4, 15, 58, 0, 4, 0, 32, 56, 32, 3, 56, 4, 24, 1, 60, 30, 1, 60, 30],
    ]
    assert table.to_numpy()[:, -4:].tolist() == [["Linux", 0, 0, "OK"]] * 2


@pytest.mark.parametrize(
    ("model", "mode", "ips_used"),
    [
        ("vpc-cni", "warm-eni", 30),
        ("vpc-cni", "warm-ip", 12 + 5 + 2),
        ("aws-sample", "warm-eni", 2 * 10 + 2),
        ("aws-sample", "warm-ip", 1 * 10 + 2),
    ],
)
def test_model_and_mode(model, mode, ips_used):
    plan = Plan(warm_ip_target=5, node_groups=[NodeGroup("m5.large", 1, 10)])
    sheet = {"warm-eni": "WarmENI", "warm-ip": "WarmIP"}[mode]
    assert evaluate(plan, model, mode).totals["ips_used"] == ips_used
    assert evaluate(plan, model, sheet).totals["ips_used"] == ips_used


def test_catalog_of_ones_own():
    catalog = Catalog([InstanceType("my.type", 2, 5, 10)], "own")
    plan = Plan(node_groups=[NodeGroup("My.Type", 3, 1), NodeGroup("m5.large", 1, 1)])
    result = evaluate(plan, catalog=catalog)
    assert result.node_groups["ips_total"].tolist()[0] == 3 * 2 * 5
    assert result.warnings == ('instance_type: found "m5.large", which is not known',)


@pytest.mark.parametrize(("model", "mode"), MODELS_AND_MODES)
def test_empty_plan(model, mode):
    result = evaluate(Plan(), model, mode)
    available = {"vpc-cni": 507, "aws-sample": 510}[model]
    assert result.totals == {
        "ips_available": available,
        "ips_used": 0,
        "ips_remaining": available,
        "pods_hosted": 0,
    }
    sheet = get_sheet(get_model(model), mode)
    shown = [each.name for each in sheet.columns if each.style != "helper"]
    assert list(result.node_groups.columns) == shown
    assert len(result.node_groups) == 0


def test_unknown_type_leaves_totals_open_and_says_why():
    plan = Plan(node_groups=[NodeGroup("m5.lage", 1, 10), NodeGroup("m5.large", 1, 10)])
    result = evaluate(plan)
    assert result.totals == {
        "ips_available": 507,
        "ips_used": None,
        "ips_remaining": None,
        "pods_hosted": None,
    }
    assert result.warnings == (
        'instance_type: found "m5.lage", which is not known (is m5.large meant?)',
    )
    assert math.isnan(result.node_groups["ips_total"][0])
    assert result.node_groups["ips_total"][1] == 30


def test_figures_that_divide_by_0_are_errors():
    """A data sheet of a workbook may say anything."""
    catalog = Catalog([InstanceType("odd", 3, 0, 5)], "own")
    result = evaluate(Plan(node_groups=[NodeGroup("odd", 1, 10)]), "aws-sample", catalog=catalog)
    assert result.totals["ips_used"] is None
    assert math.isnan(result.node_groups["raw_enis"][0])


@pytest.mark.parametrize(
    ("plan", "mode", "warnings"),
    [
        (
            Plan(subnet_prefix_length=28, node_groups=[NodeGroup("m5.large", 2, 28)]),
            "warm-eni",
            (
                "m5.large: 30 pods a node need an address, 27 fit",
                "the plan needs 49 addresses more than the subnet has",
            ),
        ),
        (
            Plan(
                warm_ip_target=0,
                minimum_ip_target=5,
                node_groups=[NodeGroup("t2.micro"), NodeGroup("m5.large", 1, 4)],
            ),
            "warm-ip",
            (
                "m5.large: 6 pods a node need an address, 5 get one: without WARM_IP_TARGET ipamd "
                "stops at MINIMUM_IP_TARGET",
            ),
        ),
        (
            Plan(warm_ip_target=0, warm_eni_target=2),
            "warm-ip",
            (
                "WARM_IP_TARGET and MINIMUM_IP_TARGET are both 0: ipamd falls back to warm ENI "
                "mode, with WARM_ENI_TARGET 2",
            ),
        ),
        (Plan(warm_ip_target=0), "warm-eni", ()),
    ],
)
def test_warnings(plan, mode, warnings):
    assert evaluate(plan, mode=mode).warnings == warnings


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cni",), 'model: found "cni"; one of vpc-cni, aws-sample is expected'),
        (
            ("vpc-cni", "ipvs"),
            'sheet: found "ipvs"; model vpc-cni has WarmENI (warm-eni), WarmIP (warm-ip), '
            "Prefix (prefix)",
        ),
    ],
)
def test_unknown_model_or_mode(arguments, message):
    with pytest.raises(InputError) as caught:
        evaluate(Plan(), *arguments)
    assert str(caught.value) == message


GROUPS = st.builds(
    NodeGroup,
    st.sampled_from(["m5.large", "t2.micro", "c5.2xlarge", "c5a.metal", "x2idn.16xlarge", "nope"]),
    st.integers(0, 50),
    st.integers(0, 300),
)
PLANS = st.builds(
    Plan,
    subnet_prefix_length=st.integers(16, 28),
    warm_eni_target=st.integers(0, 3),
    warm_ip_target=st.integers(0, 20),
    minimum_ip_target=st.integers(0, 20),
    host_network_pods=st.integers(0, 4),
    daemonset_pods=st.integers(0, 4),
    node_groups=st.lists(GROUPS, max_size=4),
)


@pytest.mark.parametrize(("model", "mode"), MODELS_AND_MODES)
@settings(max_examples=15, deadline=None)
@given(plans=st.lists(PLANS, min_size=1, max_size=5))
def test_many_plans_in_one_pass(model, mode, plans):
    sheet, catalog = get_sheet(get_model(model), mode), load_catalog(model=model)
    tables = evaluate_tables(sheet, *plan_tables(sheet, plans, catalog))
    alone = [evaluate(plan, model, mode) for plan in plans]
    for name in TOTALS:
        each = [np.nan if one.totals[name] is None else one.totals[name] for one in alone]
        np.testing.assert_array_equal(tables.plans[name], each)
    for name in alone[0].node_groups:
        each = [value for one in alone for value in one.node_groups[name].tolist()]
        if isinstance(next(iter(each), 0), str):
            assert tables.groups[name].tolist() == each
        else:
            np.testing.assert_array_equal(tables.groups[name], each)


@pytest.mark.parametrize(("model", "mode"), MODELS_AND_MODES)
@settings(max_examples=15, deadline=None)
@given(plan=PLANS.filter(lambda plan: plan.node_groups))
def test_what_is_the_same_in_all_rows_may_be_given_once(model, mode, plan):
    sheet, catalog = get_sheet(get_model(model), mode), load_catalog(model=model)
    values, groups, of_plan = plan_tables(sheet, [plan], catalog)
    tables = evaluate_tables(sheet, values, groups, of_plan)
    once = {
        name: np.array(each[0], dtype=each.dtype) if (each == each[0]).all() else each
        for name, each in groups.items()
    }
    short = evaluate_tables(sheet, values, once, of_plan)
    rows = slice(0, len(of_plan))
    for column in sheet.columns:
        expected = tables.groups[column.name]
        assert short.groups[column.name].dtype == expected.dtype
        np.testing.assert_array_equal(short.groups[column.name], expected)
        np.testing.assert_array_equal(short.groups.listed(column.name, rows), expected.tolist())
    for result in sheet.totals:
        np.testing.assert_array_equal(short.plans[result.name], tables.plans[result.name])


def test_a_given_value_stands_in_for_a_computed_one():
    sheet = get_sheet(get_model("vpc-cni"), "warm-eni")
    plan = Plan(node_groups=[NodeGroup("m5.large", 1, 10), NodeGroup("m5.large", 1, 10)])
    values, groups, of_plan = plan_tables(sheet, [plan], load_catalog())
    groups["max_pods"] = np.array([10.0, np.nan])
    tables = Tables(sheet, values, groups, of_plan)
    assert tables.groups["max_pods"].tolist() == [10, 29]
    assert tables.groups["active_ips"].tolist() == [8, 12]


def test_a_name_the_sheet_does_not_have():
    sheet = get_sheet(get_model("vpc-cni"), "warm-eni")
    tables = Tables(sheet, *plan_tables(sheet, [Plan()], load_catalog()))
    with pytest.raises(KeyError, match="sheet WarmENI has no minimum_ip_target"):
        tables.plans["minimum_ip_target"]
