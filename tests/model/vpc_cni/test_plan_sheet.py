"""Sheet Plan: the comparison of the modes, the verdict on the plan, and column Check."""

import itertools

import numpy as np
import pytest

from calculator.model.expression import NOTHING
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.model.vpc_cni.nodes import (
    SHEETS,
    book_of,
    said,
    shown,
)

M5_LARGE = ("m5.large", 2, 10)
#: Subnet sizes, and the modes that this plan of two m5.large nodes fits in: WarmENI holds 60
#: addresses, Prefix 66 in 4 blocks, WarmIP 30.
GROUPS = [NodeGroup("m5.large", 2, 10)]
FITS_IN = {
    24: {"WarmENI", "WarmIP", "Prefix", "IPv6"},
    25: {"WarmENI", "WarmIP", "Prefix", "IPv6"},
    26: {"WarmIP", "IPv6"},
    27: {"IPv6"},
}


def key(sheet):
    return str(sheet.mode).replace("-", "_")


def verdict(size, mode, **more):
    still = {"availability_zones": 1, "updated_groups": "none", "rollout_surge": 0}
    plan = Plan(subnet_prefix_length=size, mode=mode, node_groups=GROUPS, **{**still, **more})
    result = evaluate(plan)
    return result.fits, result.verdict


@pytest.mark.parametrize("size", FITS_IN)
def test_a_plan_fits_if_its_mode_does(size):
    for sheet in SHEETS:
        fits, words = verdict(size, sheet.mode)
        assert fits is (sheet.name in FITS_IN[size]), (size, sheet.name)
        said_first = f"{sheet.name} fits" if fits else f"Does not fit: {sheet.name} lacks "
        assert words.startswith(said_first)


def test_while_the_mode_is_undecided_pods_are_those_of_the_first():
    """All host the same, but IPv6, which Windows nodes have not."""
    rows = [M5_LARGE, ("m5.large", 3, 8, "Windows")]
    hosted = {each.name: shown(book_of(rows)[each.name], "pods_hosted")[0] for each in SHEETS}
    for mode, sheet in (("undecided", "WarmENI"), *((each.mode, each.name) for each in SHEETS)):
        [pods] = shown(book_of(rows, mode=mode)["Plan"], "hosted")
        assert pods == hosted[sheet], mode


@pytest.mark.parametrize("size", FITS_IN)
def test_while_the_mode_is_undecided_a_plan_fits_if_it_does_in_any_of_three(size):
    """Which IPv6 is not one of: that is chosen when a cluster is made."""
    of_three = FITS_IN[size] - {"IPv6"}
    fits, words = verdict(size, "undecided")
    assert fits is bool(of_three)
    if len(of_three) == 3:
        assert words == said("fits-each-mode")
        return
    beginning = "Fits in some modes: " if of_three else "Does not fit: "
    lacking = {"WarmENI": 60, "WarmIP": 30, "Prefix": 66}
    available = 2 ** (32 - size) - 5
    parts = [
        f"{name} fits" if name in of_three else f"{name} {said('subnet-overflow', ips - available)}"
        for name, ips in lacking.items()
    ]
    assert words == beginning + "; ".join(parts)


def test_one_verdict_for_every_combination_of_modes():
    """The outcomes of the three modes in any combination, as column D and the verdict have them."""
    possible = ("fits", "fits-with-remarks", "does-not-fit")
    for outcomes in itertools.product(possible, repeat=3):
        book = book_of([M5_LARGE])
        for sheet, outcome in zip(SHEETS[:3], outcomes, strict=True):
            book.settings[f"{key(sheet)}_outcome"] = np.array(outcome, dtype=object)
            fits = np.array(float(outcome != "does-not-fit"))
            book[sheet.name].plans.given = {**book.settings, "fits_here": fits}
        fitting = 3 - outcomes.count("does-not-fit")
        expected = {3: "fits-with-remarks", 0: "does-not-fit"}.get(fitting, "fits-in-some")
        if outcomes.count("fits") == 3:
            expected = "fits"
        assert shown(book["Plan"], "outcome_of_plan") == [expected], outcomes


def test_the_comparison_shows_what_the_sheets_of_the_modes_do():
    book = book_of([M5_LARGE, ("c5.4xlarge", 7, 30)], pods_from="custom networking")
    plan = book["Plan"]
    names = {
        "used": "ips_used",
        "at_peak": "peak_ips",
        "left": "peak_remaining",
        "smallest": "smallest_subnet",
        "smallest_pods": "smallest_pod_subnet",
        "outcome": "outcome",
    }
    for sheet in SHEETS:
        tables = book[sheet.name]
        compared = shown(plan, *(f"{key(sheet)}_{each}" for each in names))
        assert compared == shown(tables, *names.values())
        [words] = shown(tables, "status")
        assert shown(plan, f"{key(sheet)}_verdict") == [f"{sheet.name} {words}"]


@pytest.mark.parametrize(
    ("rows", "settings", "outcome", "before", "code", "figure"),
    [
        ([], {}, "no-node-group", "", "enter-a-node-group", 0),
        ([("",)], {"mode": "ipv6"}, "no-node-group", "", "enter-a-node-group", 0),
        ([("m5.large", 0, 0)], {}, "fits", "", "fits-each-mode", 0),
        ([("m5.lage", 1, 1)], {}, "not-known", "", "correct-rows", 1),
        # the settings first
        (
            [("m5.lage", 1, 1)],
            {"daemonset_pods": -1.0, "other_ips": 0.5},
            *("not-known", "", "correct-settings-first", 2),
        ),
        (
            [("m5.large", 1, 1, "Windows")],
            {"mode": "ipv6"},
            *("not-possible", "IPv6 ", "rows-not-possible", 1),
        ),
        (
            [M5_LARGE],
            {"mode": "ipv6", "pods_from": "custom networking"},
            *("not-possible", "IPv6 ", "custom-networking-ipv6", 0),
        ),
        ([M5_LARGE], {"mode": "prefix"}, "fits", "Prefix ", "fits", 0),
    ],
)
def test_the_verdict_in_words(rows, settings, outcome, before, code, figure):
    plan = book_of(rows, **settings)["Plan"]
    [found, words] = shown(plan, "outcome_of_plan", "verdict")
    assert found == outcome
    assert words.endswith(before + said(code, figure))


def test_inputs_below_the_table_make_all_totals_unknown():
    book = book_of([M5_LARGE])
    book.settings["given_inputs_below"] = np.array(3.0)
    book.settings["given_last_row_below"] = np.array(60.0)
    assert shown(book["Plan"], "outcome_of_plan", "verdict") == [
        "not-known",
        said("below-the-table", 60),
    ]
    for sheet in SHEETS:
        assert shown(book[sheet.name], "ips_used", "peak_remaining", "outcome") == [
            *(None, None, "not-known")
        ]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "The peak: pods surge by 25 %, one node group is updated."),
        (
            {"zone_loss": "yes", "updated_groups": "all", "control_plane_enis": 2.0},
            "The peak: pods surge by 25 %, a zone is lost, all node groups are updated, EKS is "
            "upgraded.",
        ),
        ({"updated_groups": "none", "rollout_surge": 0.0}, "The peak: no node group is updated."),
        (
            {"availability_zones": 1.0},
            "The peak: pods surge by 25 %, one node group is updated. EKS asks for two zones.",
        ),
    ],
)
def test_what_the_peak_holds_in_words(settings, words):
    assert shown(book_of([M5_LARGE], **settings)["Plan"], "peak_words") == [words]


# --- column Check of sheet Plan -------------------------------------------------------------------

#: 8 vCPUs and Nitro; not Nitro; more pods than a node has ENIs for.
SAID_OF = [("m5.2xlarge", 1, 5), ("m4.large", 1, 5), ("m5.large", 1, 28), ("", NOTHING, NOTHING)]
FALLS_BACK = "Not known to be a Nitro type: falls back to secondary IPs, counted so"
NEEDS_NITRO = "An IPv6 cluster needs Nitro types, and this one is not known to be one"
FIT_27 = "Only 27 of the pods that need an address fit on a node"


@pytest.mark.parametrize(
    ("mode", "checks", "sheets"),
    [
        ("undecided", ["OK", FALLS_BACK, FIT_27, ""], ["Prefix", "Prefix", "WarmENI", ""]),
        ("warm-eni", ["OK", "OK", FIT_27, ""], ["WarmENI"] * 3 + [""]),
        ("warm-ip", ["OK", "OK", FIT_27, ""], ["WarmIP"] * 3 + [""]),
        ("prefix", ["OK", FALLS_BACK, "OK", ""], ["Prefix"] * 3 + [""]),
        ("ipv6", ["OK", NEEDS_NITRO, "OK", ""], ["IPv6"] * 3 + [""]),
    ],
)
def test_column_check_of_the_plan_has_the_words_of_its_mode(mode, checks, sheets):
    """Or, while that is undecided, of the first that has more to say than OK."""
    plan = book_of(SAID_OF, mode=mode)["Plan"]
    assert plan.groups["check"].tolist() == checks
    assert plan.groups["said_by"].tolist() == sheets
