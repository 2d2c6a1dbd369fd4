"""Plans as tables: many in one pass are as each of them alone, and what is shared counts once."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.model import models
from calculator.model.engine import (
    Book,
    applying,
    catalog_figures,
    details,
    evaluated,
    notices,
    plan_tables,
    spare_row,
)
from calculator.model.expression import NOTHING
from calculator.model.sheet import GIVEN
from calculator.plan import MODES, NodeGroup, Plan
from calculator.report import MAIN_TOTALS
from tests.helpers import examples

VPC_CNI, AWS_SAMPLE = models()
#: What is filled in once: a model, and the sheets that it is for.
FILLED_IN = {
    "vpc-cni": (VPC_CNI, VPC_CNI.sheets),
    **{f"aws-sample {sheet.name}": (AWS_SAMPLE, (sheet,)) for sheet in AWS_SAMPLE},
}
EACH = pytest.mark.parametrize("which", FILLED_IN)
CATALOGS = {model.name: load_catalog(model=model.name) for model in models()}


def book_of(which, plans, **given):
    model, sheets = FILLED_IN[which]
    return plan_tables(model, sheets, plans, CATALOGS[model.name], **given)


GROUPS = st.builds(
    NodeGroup,
    st.sampled_from(["m5.large", "t2.micro", "c5.2xlarge", "c5a.metal", "x2idn.16xlarge", "nope"]),
    st.integers(0, 50),
    st.integers(0, 300),
    os=st.sampled_from(["Linux", "Linux", "Windows"]),
)
PLANS = st.builds(
    Plan,
    subnet_prefix_length=st.integers(16, 28),
    mode=st.sampled_from(MODES),
    warm_eni_target=st.integers(0, 3),
    warm_ip_target=st.none() | st.integers(0, 20),
    minimum_ip_target=st.integers(0, 20),
    host_network_pods=st.integers(0, 4),
    daemonset_pods=st.integers(0, 4),
    pods_from=st.sampled_from(["node subnets", "custom networking"]),
    zone_loss=st.sampled_from(["no", "yes"]),
    control_plane_enis=st.integers(0, 4),
    node_groups=st.lists(GROUPS, max_size=4),
)


def same(found, expected):
    """Whether values are equal, an error equal to an error."""
    return all(a == b or (a != a and b != b) for a, b in zip(found, expected, strict=True))


@pytest.mark.thorough
@EACH
@examples(6)
@given(plans=st.lists(PLANS, min_size=2, max_size=5))
def test_many_plans_in_one_pass(which, plans):
    together = book_of(which, plans)
    alone = [book_of(which, [plan]) for plan in plans]
    for tables in together:
        name = tables.sheet.name
        for each in tables.sheet.totals:
            apart = [one[name].plans[each.name][0] for one in alone]
            assert same(tables.plans[each.name].tolist(), apart), (name, each.name)
        for each in tables.sheet.columns:
            apart = [cell for one in alone for cell in one[name].groups[each.name].tolist()]
            assert same(tables.groups[each.name].tolist(), apart), (name, each.name)


@pytest.mark.thorough
@EACH
@examples(6)
@given(plan=PLANS.filter(lambda plan: plan.node_groups))
def test_what_is_the_same_in_all_rows_may_be_given_once(which, plan):
    book = book_of(which, [plan])
    once = {
        name: np.array(each[0], dtype=each.dtype) if (each == each[0]).all() else each
        for name, each in book.groups.items()
    }
    short = Book(*FILLED_IN[which], book.settings, once, book.plan)
    short.evaluate()
    rows = slice(0, len(book.plan))
    for tables in book:
        other = short[tables.sheet.name]
        for column in tables.sheet.columns:
            expected = tables.groups[column.name]
            assert other.groups[column.name].dtype == expected.dtype
            np.testing.assert_array_equal(other.groups[column.name], expected)
            assert same(other.groups.listed(column.name, rows), expected.tolist())
        for result in tables.sheet.totals:
            np.testing.assert_array_equal(other.plans[result.name], tables.plans[result.name])


def test_a_given_result_stands_in_for_a_computed_one():
    plan = Plan(node_groups=[NodeGroup("m5.large", 2, 10)])
    book = book_of("vpc-cni", [plan, plan], zones_left=5.0, to_correct=0.0)
    assert book["Settings"].plans["zones_left"].tolist() == [5, 5]
    assert book["WarmENI"].groups["nodes_after_zone_loss"].tolist() == [1, 1]
    # inputs that the reader found below the table
    book = book_of("vpc-cni", [plan], given_inputs_below=2.0, given_last_row_below=77.0)
    assert book["Plan"].plans["to_correct"].tolist() == [2]
    assert math.isnan(book["WarmENI"].plans["ips_used"][0])
    [words] = book["Plan"].plans["verdict"].tolist()
    assert words.startswith("Row 77 lies below the rows that are counted")


def test_the_settings_of_a_row_may_be_its_own():
    """As in a sweep, where each row is a plan."""
    book = plan_tables(
        VPC_CNI,
        VPC_CNI.sheets,
        [Plan(node_groups=[NodeGroup("m5.large", 1, 10)])] * 3,
        CATALOGS["vpc-cni"],
    )
    target = {"warm_ip_target": np.array([NOTHING, 5.0, 0.0])}
    own = Book(
        VPC_CNI, VPC_CNI.sheets, {**book.settings, **target}, {**book.groups, **target}, book.plan
    )
    assert own["WarmIP"].groups["ips_per_node"].tolist() == [15, 19, 30]


def test_a_name_the_sheet_does_not_have():
    book = book_of("aws-sample WarmENI", [Plan()])
    with pytest.raises(KeyError, match="sheet WarmENI has no minimum_ip_target"):
        book["WarmENI"].plans["minimum_ip_target"]
    with pytest.raises(KeyError):
        book["WarmIP"]


def test_a_column_that_a_sheet_shares_is_of_the_sheet_that_has_it():
    plan = Plan(node_groups=[NodeGroup("m5.large", 3, 10), NodeGroup("m5.large", 1, 2)])
    book = book_of("vpc-cni", [plan])
    assert book["Prefix"].groups["instances"].tolist() == [3, 1]
    assert book["IPv6"].groups["number"].tolist() == [1, 2]
    assert book["WarmIP"].plans["warm_eni_target"].tolist() == [1]


@EACH
def test_a_spare_row_shows_nothing_but_its_number(which):
    model, sheets = FILLED_IN[which]
    steps = {
        "state": 0,
        "type_row": 0,
        **dict.fromkeys(("is_node", "is_auto_mode", "pods_move"), 0),
    }
    for sheet in sheets:
        row = spare_row(model, sheet)
        assert row.keys() == {each.name for each in sheet.computed} - {"number"}
        for name, value in row.items():
            assert value == steps.get(name, NOTHING), name


def test_figures_of_types():
    catalog = Catalog([InstanceType("my.type", 2, 5, 10), InstanceType("other", None, None)], "own")
    figures = catalog_figures(["My.Type", "none", "other"], catalog)
    assert figures.keys() <= GIVEN
    # without limits a type is as good as not there
    assert figures["catalog_position"].tolist() == [1, 0, 0]
    assert figures["catalog_max_enis"] == pytest.approx([2, math.nan, math.nan], nan_ok=True)
    # what a type can do without counts as 0 where it is not known, as an empty cell does
    assert figures["catalog_vcpus"].tolist() == [0, 0, 0]
    assert figures["catalog_nitro"].tolist() == [0, 0, 0]


def test_results_as_plain_numbers():
    """None for an error, "" for what does not apply."""
    good = NodeGroup("m5.large", 2, 10)
    plans = [Plan(node_groups=[good]), Plan(node_groups=[good, NodeGroup("nope")])]
    tables = book_of("vpc-cni", plans)["WarmENI"]
    assert [evaluated(tables, 0)[name] for name in MAIN_TOTALS] == [507, 30, 477, 20]
    assert [evaluated(tables, 1)[name] for name in MAIN_TOTALS] == [507, None, None, None]
    shown = evaluated(tables, 0)
    assert shown.keys() == {*MAIN_TOTALS, *details(tables.sheet)}
    assert (shown["peak_ips"], shown["smallest_subnet"], shown["pod_subnet_used"]) == (90, 25, "")
    assert evaluated(tables, 1)["smallest_subnet"] is None
    assert {type(value) for value in shown.values()} == {int, str}


def test_a_division_by_0_is_an_error():
    """A data sheet of a workbook may say anything."""
    catalog = Catalog([InstanceType("odd", 3, 0, 5)], "own")
    sheet = AWS_SAMPLE.sheet("WarmENI")
    plan = Plan(node_groups=[NodeGroup("odd", 1, 10)])
    tables = plan_tables(AWS_SAMPLE, [sheet], [plan], catalog)["WarmENI"]
    assert math.isnan(tables.groups["raw_enis"][0])
    assert math.isnan(tables.plans["ips_used"][0])


def test_notices_name_the_rows_and_plans_that_they_are_of():
    groups = [
        NodeGroup("m5.large", 1, 3),
        NodeGroup("m5.large", 1, 28),
        NodeGroup("m5.large", 1, 40),
    ]
    plans = [
        Plan(node_groups=groups[:1]),
        Plan(node_groups=groups[1:]),
        Plan(subnet_prefix_length=28, node_groups=groups[:1]),
    ]
    tables = book_of("vpc-cni", plans)["WarmENI"]
    by_code = {notice.code: notice for notice in tables.sheet.notices}
    numbers, words = applying(tables, by_code["pods-do-not-fit"])
    assert numbers == [1, 2]
    assert set(words) == {"Only 27 of the pods that need an address fit on a node"}
    assert applying(tables, by_code["subnet-overflow"]) == (
        [2],
        ["lacks 49 addresses at the peak"],
    )
    assert applying(tables, by_code["peak-overflow"]) == ([], [])
    said = [(notice.code, number) for notice, number, _ in notices(tables)]
    assert said == [("pods-do-not-fit", 1), ("pods-do-not-fit", 2), ("subnet-overflow", 2)]


def test_what_cannot_be_computed_has_no_warning_beside_its_fault():
    rows = [NodeGroup("m5.large", 1, 300, os="Windows")]
    plan = Plan(pods_from="custom networking", node_groups=rows)
    said = [notice.code for tables in book_of("vpc-cni", [plan]) for notice, *_ in notices(tables)]
    assert said == ["windows-custom-networking", "custom-networking-ipv6"]
