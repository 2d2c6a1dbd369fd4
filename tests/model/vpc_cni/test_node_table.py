"""What a mode has to say of a good row, and in which subnet its nodes are."""

import re

import pytest

from calculator.model.expression import NOTHING
from calculator.model.vpc_cni.messages import MESSAGES, input_code
from calculator.plan import GROUP_INPUTS
from tests.model.vpc_cni.nodes import EACH, IPV6, MODEL, SHEETS, WITH_POOL, book_of, shown

FALLS_BACK = "Not known to be a Nitro type: falls back to secondary IPs, counted so"


@pytest.mark.parametrize(
    ("instance_type", "says"),
    [("m5.large", "OK"), ("c5a.metal", "OK"), ("m4.large", FALLS_BACK)],
)
def test_which_types_can_have_prefixes(instance_type, says):
    tables = book_of([(instance_type, 1, 5, "Linux", 110)])["Prefix"]
    assert tables.groups["check"].tolist() == [says]


def test_of_several_remarks_the_most_important_is_said():
    """Pods without an address, then branch ENIs, then what the type cannot."""
    settings = {"warm_ip_target": 0.0, "minimum_ip_target": 2.0}
    rows = [
        ("m4.large", 1, 200, "Linux", 0, 5),
        ("m4.large", 1, 0, "Linux", 0, 5),
        ("m4.large", 1, 10, "Linux", 0, 0),
        ("m4.large", 1, 0, "Linux", 0, 0),
    ]
    tables = book_of(rows, **settings)["Prefix"]
    assert tables.groups["says"].tolist() == [
        *("pods-do-not-fit", "branch-enis-do-not-fit", "no-warm-ip-target", "prefix-fallback")
    ]
    assert tables.groups["figure"].tolist() == [18, 0, 2, 18]  # the last has no figure in its words


@EACH
def test_every_code_that_a_sheet_can_say_has_words(sheet):
    assert {notice.code for notice in sheet.notices} <= MESSAGES.keys()


def test_words_hold_one_figure_at_most():
    """# is replaced wherever it stands, by nothing where there is no figure."""
    assert max(words.count("#") for words in MESSAGES.values()) == 1
    without = {code for code, words in MESSAGES.items() if "#" not in words}
    assert without >= {input_code(name) for name in GROUP_INPUTS}
    assert input_code("pods_per_node") == "pods-per-node"


def test_nodes_are_spread_over_zones_and_the_fullest_subnet_counts():
    rows = [("m5.large", 7, 10), ("m5.large", 2, 10), ("m5.large", 0, 10)]
    book = book_of(rows, availability_zones=3.0)
    tables = book["WarmENI"]
    assert tables.groups["nodes"].tolist() == [3, 1, 0]
    assert tables.groups["ips_total"].tolist() == [90, 30, 0]
    assert tables.groups["pods_total"].tolist() == [30, 10, 0]
    for sheet in SHEETS:
        assert shown(book[sheet.name], "pods_hosted", "pods_hosted_in_subnet") == [90, 40]
    assert {each.name for each in WITH_POOL} == {"WarmENI", "WarmIP", "Prefix"}
    assert shown(book[IPV6.name], "ips_used") == [4]


#: What may be less than nothing: a state, and what is left.
_LESS = re.compile("state|blocks_lacking|peak_moved_ips|.*(remaining|_left(_[0-9]+)?)")


@pytest.mark.parametrize(
    "settings",
    [
        {"nodes_from": "Karpenter"},
        {"pods_from": "tagged subnets"},
        {"pods_from": "tagged subnets only", "pod_eni": "yes"},
        {"pods_from": "custom networking", "availability_zones": 1.0, "replaced_at_once": 0.0},
        {"rollout_surge": 0.0, "updated_groups": "none", "warm_eni_target": 0.0},
    ],
)
def test_nothing_is_counted_below_0(settings):
    rows = [
        *(("m5.large", 2, 10), ("m5.large", 2, 10, "Windows"), ("c5.2xlarge", 1, 30, "Linux", 9)),
        *(("Fargate", 3, 1), ("m5.large", 3, 200, "Linux", 250), ("m5.large", 0, 0)),
    ]
    for some in (rows, rows[:1], rows[3:4], [*rows, ("x", 1, 1), ("", NOTHING, NOTHING)]):
        book = book_of(some, **settings)
        for sheet in MODEL.sheets:
            found = {each.name: book[sheet.name].groups[each.name] for each in sheet.columns}
            found |= {each.name: book[sheet.name].plans[each.name] for each in sheet.totals}
            below = [
                name for name, each in found.items() if each.dtype == float and (each < 0).any()
            ]
            assert [name for name in below if not _LESS.fullmatch(name)] == []
