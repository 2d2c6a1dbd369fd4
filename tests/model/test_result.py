"""What Python is told of a plan: totals, details, a table, a verdict and warnings."""

import math

import pytest

from calculator.catalog import Catalog, InstanceType
from calculator.errors import InputError
from calculator.model import get_model, get_sheet
from calculator.model.result import evaluate, verdict_words
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.plan import MODES, NodeGroup, Plan

MODELS_AND_MODES = [
    *(("vpc-cni", mode) for mode in MODES[1:]),
    *(("aws-sample", mode) for mode in ("warm-eni", "warm-ip")),
]


def test_evaluate():
    plan = Plan(node_groups=[NodeGroup("m5.large", 2, 10), NodeGroup("C5.2xlarge", 1, 30)])
    result = evaluate(plan)
    # m5.large: 12 pods on 2 ENIs and a warm one; c5.2xlarge: 32 on 3 and a warm one.
    assert result.totals == {
        "ips_available": 507,
        "ips_used": 30 + 60,
        "ips_remaining": 417,
        "pods_hosted": 50,
    }
    assert (result.mode, result.fits, result.warnings) == ("warm-eni", True, ())
    assert result.verdict == "Fits in each mode, WarmENI, WarmIP and Prefix: choose one"
    # an updated node group adds two nodes of the larger type to each zone
    peak = 90 + 2 * 60
    assert (result.details["peak_ips"], result.details["peak_remaining"]) == (peak, 507 - peak)
    assert (result.details["smallest_subnet"], result.details["pod_subnet_used"]) == (24, None)
    table = result.node_groups
    assert list(table.columns) == [
        *("instance_type", "instances", "pods_per_node", "max_enis"),
        *("ipv4_per_eni", "max_pods", "trunk_enis", "pod_enis", "branch_enis"),
        *("pod_ips_needed", "pods_that_fit", "active_ips", "active_enis"),
        *("secondary_ips", "attached_enis", "warm_ips", "warm_enis", "ips_per_node"),
        *("kept_ips_per_node", "peak_ips_per_node"),
        *("pods_hosted_per_node", "nodes", "ips_total", "pods_total", "check"),
    ]
    assert table.to_numpy().tolist() == [
        [
            *("m5.large", 2, 10, 3, 10, 29, 0, 3, 0, 12, 27, 12, 2, 27, 3, 15, 1, 30, 30, 30),
            *(10, 1, 30, 10, "OK"),
        ],
        [
            *("C5.2xlarge", 1, 30, 4, 15, 58, 0, 4, 0, 32, 56, 32, 3, 56, 4, 24, 1, 60, 60, 60),
            *(30, 1, 60, 30, "OK"),
        ],
    ]


@pytest.mark.parametrize(
    ("model", "mode", "ips_used"),
    [
        ("vpc-cni", "warm-eni", 30),
        ("vpc-cni", "warm-ip", 12 + 5 + 2),
        ("vpc-cni", "prefix", 2 * 16 + 1),
        ("vpc-cni", "ipv6", 1),
        ("aws-sample", "warm-eni", 2 * 10 + 2),
        ("aws-sample", "warm-ip", 1 * 10 + 2),
    ],
)
def test_model_and_mode(model, mode, ips_used):
    plan = Plan(warm_ip_target=5, node_groups=[NodeGroup("m5.large", 1, 10)])
    for name in (mode, get_sheet(get_model(model), mode).name):
        result = evaluate(plan, model, name)
        assert (result.mode, result.totals["ips_used"], result.fits) == (mode, ips_used, True)
    if model == "vpc-cni":  # the mode that the plan says, when none is asked for
        chosen = Plan(mode=mode, warm_ip_target=5, node_groups=[NodeGroup("m5.large", 1, 10)])
        result = evaluate(chosen)
        assert (result.mode, result.totals["ips_used"]) == (mode, ips_used)
        name = get_sheet(get_model(model), mode).name
        assert result.verdict == f"{name} fits"


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
    if model == "vpc-cni":
        assert (result.fits, result.verdict) == (None, MESSAGES["enter-a-node-group"])


def test_unknown_types():
    plan = Plan(node_groups=[NodeGroup("m5.lage", 1, 10), NodeGroup("gpu"), NodeGroup("m5.large")])
    with pytest.raises(InputError) as caught:
        evaluate(plan)
    assert str(caught.value) == (
        'instance_type: found "m5.lage", which is not known (is m5.large meant?); '
        'found "gpu", which is not known'
    )


def test_catalog_of_ones_own():
    catalog = Catalog([InstanceType("my.type", 2, 5, 10)], "own")
    result = evaluate(Plan(node_groups=[NodeGroup("My.Type", 3, 1)]), catalog=catalog)
    # two of three nodes in the fuller zone
    assert result.node_groups["ips_total"].tolist() == [2 * 2 * 5]
    with pytest.raises(InputError, match=r'found "m5\.large", which is not known'):
        evaluate(Plan(node_groups=[NodeGroup("m5.large")]), catalog=catalog)


def test_what_a_mode_cannot_carry_leaves_its_totals_open():
    groups = [NodeGroup("m5.large", 1, 10, os="Windows"), NodeGroup("m5.large", 1, 10)]
    result = evaluate(Plan(node_groups=groups), mode="ipv6")
    assert (result.fits, result.totals["ips_used"], result.totals["ips_available"]) == (
        *(False, None, 507),
    )
    assert result.verdict == "Does not fit: IPv6 is not possible: rows that it cannot carry: 1"
    assert [line.fits for line in result._lines] == [False]
    assert result.warnings == ("m5.large: Windows nodes have no IPv6",)
    table = result.node_groups
    assert table["instances"].tolist() == [1, 1]
    assert math.isnan(table["ips_total"][0])
    assert table["ips_total"][1] == 1
    # which is no fault of the plan while another mode is chosen
    assert evaluate(Plan(node_groups=groups)).fits is True


@pytest.mark.parametrize(
    ("plan", "mode", "warnings"),
    [
        (
            Plan(subnet_prefix_length=28, node_groups=[NodeGroup("m5.large", 2, 28)]),
            "warm-eni",
            (
                "m5.large: Only 27 of the pods that need an address fit on a node",
                "WarmENI lacks 79 addresses at the peak",
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
                "m5.large: Only 5 pods of a node get an address: without WARM_IP_TARGET ipamd "
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
        (
            Plan(warm_ip_target=3),
            "prefix",
            ("WARM_IP_TARGET or MINIMUM_IP_TARGET is set: WARM_PREFIX_TARGET counts for nothing",),
        ),
        (
            Plan(availability_zones=1, zone_loss="yes"),
            "warm-eni",
            (
                "EKS asks for subnets in at least two Availability Zones",
                "the loss of the only zone leaves no subnet to land in",
            ),
        ),
        (
            Plan(pods_from="custom networking"),
            "ipv6",
            ("is not possible: an IPv6 cluster has no custom networking",),
        ),
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
            "Prefix (prefix), IPv6 (ipv6)",
        ),
    ],
)
def test_unknown_model_or_mode(arguments, message):
    with pytest.raises(InputError) as caught:
        evaluate(Plan(), *arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("remaining", "words"),
    [(None, "WarmIP is not known"), (0, "WarmIP fits"), (-3, "WarmIP lacks 3 addresses")],
)
def test_the_verdict_of_a_model_without_words_of_its_own(remaining, words):
    assert verdict_words("WarmIP", remaining) == words


@pytest.mark.parametrize(("size", "left", "fits"), [(26, 0, True), (27, -32, False)])
def test_a_subnet_of_which_nothing_is_left_fits(size, left, fits):
    plan = Plan(subnet_prefix_length=size, node_groups=[NodeGroup("m5.large", 1, 55)])
    result = evaluate(plan, "aws-sample", "warm-ip")
    assert (result.totals["ips_remaining"], result.fits) == (left, fits)


@pytest.mark.parametrize(
    ("pods_from", "is_shown"), [("custom networking", True), ("node subnets", False)]
)
def test_the_subnet_of_pods_is_shown_where_there_is_one(pods_from, is_shown):
    plan = Plan(pods_from=pods_from, node_groups=[NodeGroup("m5.large", 3, 9)])
    assert ("pod subnet" in evaluate(plan)._repr_html_()) is is_shown
