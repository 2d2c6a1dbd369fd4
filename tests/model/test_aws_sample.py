"""AWS's published workbook: the values that Excel stored in it, and its formulas, typed in."""

import csv
import math
import re

import pytest

from calculator.catalog import load_catalog
from calculator.model import get_model
from calculator.model.engine import evaluated, plan_tables
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from calculator.workbook.layout import new_layout
from tests.layouts import HEADERS, file_of, words_of

MODEL = get_model("aws-sample")
PLAN = Plan(node_groups=[NodeGroup("m5.12xlarge", 2, 100), NodeGroup("c5.2xlarge", 1, 30)])

#: Header, formula of row 23 ([x] is a cell of the same row), the two values: what both sheets have.
COMMON = [
    (
        "Max ENIs per Instance (PI)",
        "XLOOKUP([instance type],Table1[Type],Table1[MaxENI])",
        8,
        4,
    ),
    ("IPs per ENI PI", "XLOOKUP([instance type],Table1[Type],Table1[IPv4addr])", 30, 15),
    (
        "Max Pods PI",
        "XLOOKUP([instance type],Table2[instance type],Table2[max pods])",
        234,
        58,
    ),
    ("Max IPv4 PI", "[Max ENIs per Instance (PI)]*[IPs per ENI PI]", 240, 60),
    ("Raw ENIs needed PI", "[Target Workload Pods per Node]/[IPs per ENI PI]", 10 / 3, 2),
    (
        "in use ENIs PI",
        "CEILING.MATH([Target Workload Pods per Node]/[IPs per ENI PI])",
        4,
        2,
    ),
]
#: Sheet: its table, and its columns likewise.
COLUMNS = {
    "WarmENI": (
        "Table3",
        [
            *COMMON,
            ("with warm ENI PI", "[in use ENIs PI]+WARM_ENI_TARGET", 5, 3),
            ("Actual IPs PI", "[Target Workload Pods per Node]+$B$14", 102, 32),
            ("Used IPs PI", "[with warm ENI PI]*[IPs per ENI PI]+$B$14", 152, 47),
            ("Total Pods PI", "[Target Workload Pods per Node]*['# of Instances]", 200, 30),
            ("IPs Total", "[Used IPs PI]*['# of Instances]", 304, 47),
            ("Pods Total", "[Target Workload Pods per Node]*['# of Instances]", 200, 30),
        ],
    ),
    "WarmIP": (
        "Table36",
        [
            *COMMON,
            ("Actual IPs PI", "[Target Workload Pods per Node]+$B$14", 102, 32),
            ("Used IPs PI", "[in use ENIs PI]*[IPs per ENI PI]+$B$14", 122, 32),
            ("Warm ENIs Needed", "IF(([Used IPs PI]-[Actual IPs PI])<WARM_IP_TARGET,1,0)", 0, 1),
            ("in use ENIs PI -", "[in use ENIs PI]+[Warm ENIs Needed]", 4, 3),
            ("Actual IPs PI -", "[Actual IPs PI]", 102, 32),
            ("Used IPs PI -", "[in use ENIs PI -]*[IPs per ENI PI]", 120, 45),
            ("Total Pods", "[Target Workload Pods per Node]*['# of Instances]", 200, 30),
            ("IPs Total", "[Used IPs PI]*['# of Instances]", 244, 32),
        ],
    ),
}
TOTALS = {
    # sheet: result, formula, value
    "WarmENI": [
        ("ips_available", "_xlfn.XLOOKUP(B4,Table4[size],Table4[number of ips])", 510),
        ("ips_used", "SUM(Table3[IPs Total])", 351),
        ("pods_hosted", "SUM(Table3[Pods Total])", 230),
        ("ips_remaining", "B5-B8", 159),
    ],
    "WarmIP": [
        ("ips_available", "_xlfn.XLOOKUP(B4,Table4[size],Table4[number of ips])", 510),
        ("ips_used", "SUM(Table36[IPs Total])", 276),
        ("pods_hosted", "SUM(Table36[Total Pods])", 230),
        ("ips_remaining", "B5-B8", 234),
    ],
}
SHEETS = list(COLUMNS)


def by_name(name):
    return MODEL.sheet(name)


def tables_of(plan, name):
    """The tables of a plan that names types which are not in the catalog, too."""
    return plan_tables(MODEL, [by_name(name)], [plan], load_catalog(model="aws-sample"))[name]


def published(formula, table):
    """A formula of COLUMNS as the file has it."""
    for function in ("XLOOKUP", "CEILING.MATH"):
        formula = formula.replace(f"{function}(", f"_xlfn.{function}(")
    return re.sub(r"(?<!Table[12])\[(.+?)\]", rf"{table}[[#This Row],[\1]]", formula)


@pytest.mark.parametrize("name", SHEETS)
def test_every_cell_has_the_value_that_excel_stored(name):
    result = evaluate(PLAN, "aws-sample", name)
    table = result.node_groups
    inputs = ["instance_type", "instances", "pods_per_node"]
    assert table[inputs].to_numpy().tolist() == [["m5.12xlarge", 2, 100], ["c5.2xlarge", 1, 30]]
    computed = by_name(name).computed
    stored = {header: values for header, _, *values in COLUMNS[name][1]}
    assert {each.header: table[each.name].tolist() for each in computed} == stored
    assert result.totals == {total: value for total, _, value in TOTALS[name]}
    assert result.warnings == ()


@pytest.mark.parametrize("name", SHEETS)
def test_formulas_are_those_of_the_published_file(name):
    sheet = by_name(name)
    table, columns = COLUMNS[name]
    layout = new_layout(MODEL, sheet, name, table, 2, {})
    rendered = [(each.header, layout.formula(each.name, 23)) for each in sheet.computed]
    assert rendered == [(header, published(formula, table)) for header, formula, *_ in columns]
    for result, formula, _ in TOTALS[name]:
        assert layout.formula(result) == formula
    cells = {"ips_available": "B5", "ips_used": "B8", "pods_hosted": "B9", "ips_remaining": "B10"}
    assert {result: layout.cell(result) for result in cells} == cells


def test_the_shorthand_of_this_test_is_the_text_of_the_file():
    # Cells I23 and L23 of the published WarmIP sheet.
    columns = {header: formula for header, formula, *_ in COLUMNS["WarmIP"][1]}
    assert published(columns["in use ENIs PI"], "Table36") == (
        "_xlfn.CEILING.MATH(Table36[[#This Row],[Target Workload Pods per Node]]"
        "/Table36[[#This Row],[IPs per ENI PI]])"
    )
    assert published(columns["Warm ENIs Needed"], "Table36") == (
        "IF((Table36[[#This Row],[Used IPs PI]]-Table36[[#This Row],[Actual IPs PI]])"
        "<WARM_IP_TARGET,1,0)"
    )
    assert published(columns["Max Pods PI"], "Table36") == (
        "_xlfn.XLOOKUP(Table36[[#This Row],[instance type]],Table2[instance type],Table2[max pods])"
    )


#: instance type: headers that still have a value for 3 instances with 10 pods; the rest is #N/A.
GAPS = {
    "c5a.metal": {  # not on sheet maxENI
        "Max Pods PI": 737,
        "Actual IPs PI": 12,
        "Actual IPs PI -": 12,
        "Total Pods PI": 30,
        "Total Pods": 30,
        "Pods Total": 30,
    },
    "m7g.large": {  # on neither
        "Actual IPs PI": 12,
        "Actual IPs PI -": 12,
        "Total Pods PI": 30,
        "Total Pods": 30,
        "Pods Total": 30,
    },
}


@pytest.mark.parametrize("name", SHEETS)
@pytest.mark.parametrize("instance_type", GAPS)
def test_missing_figures_spread_as_an_error(name, instance_type):
    groups = [NodeGroup(instance_type, 3, 10), NodeGroup("c5.2xlarge", 1, 30)]
    tables = tables_of(Plan(node_groups=groups), name)
    known = {
        each.header: value
        for each in by_name(name).computed
        if not math.isnan(value := tables.groups[each.name][0])
    }
    headers = {each.header for each in by_name(name).computed}
    assert known == {key: value for key, value in GAPS[instance_type].items() if key in headers}
    assert tables.groups["ips_total"][1] == {"WarmENI": 47, "WarmIP": 32}[name]
    assert evaluated(tables, 0) == {
        "ips_available": 510,
        "ips_used": None,
        "pods_hosted": 60,
        "ips_remaining": None,
    }


def test_missing_max_pods_is_an_error_in_no_other_cell():
    result = evaluate(Plan(node_groups=[NodeGroup("x2idn.16xlarge", 1, 50)]), "aws-sample")
    row = result.node_groups.iloc[0]
    assert [name for name in row.index if row[name] != row[name]] == ["max_pods"]
    # 15 ENIs of 50; one in use, one warm, two host-network pods
    assert result.totals["ips_used"] == 102


@pytest.mark.parametrize(
    ("name", "settings", "group", "ips_used"),
    [
        # c5.2xlarge has 15 addresses an ENI: 3 ENIs for 31 pods.
        ("WarmENI", {}, ("c5.2xlarge", 1, 31), 4 * 15 + 2),
        ("WarmENI", {"warm_eni_target": 3}, ("c5.2xlarge", 2, 31), 2 * (6 * 15 + 2)),
        ("WarmENI", {"host_network_pods": 7}, ("c5.2xlarge", 1, 0), 1 * 15 + 7),
        ("WarmENI", {"daemonset_pods": 50}, ("c5.2xlarge", 1, 31), 4 * 15 + 2),
        ("WarmENI", {}, ("c5.2xlarge", 0, 31), 0),
        ("WarmIP", {"warm_ip_target": 100}, ("c5.2xlarge", 1, 31), 3 * 15 + 2),
        ("WarmIP", {"host_network_pods": 0}, ("c5.2xlarge", 1, 0), 0),
        # Nothing caps at the limits of the instance: 500 pods on 4 ENIs.
        ("WarmENI", {}, ("c5.2xlarge", 1, 500), (34 + 1) * 15 + 2),
    ],
)
def test_known_errors_are_kept(name, settings, group, ips_used):
    plan = Plan(node_groups=[NodeGroup(*group)], **settings)
    assert evaluate(plan, "aws-sample", name).totals["ips_used"] == ips_used


@pytest.mark.parametrize(
    ("prefix_length", "addresses"), [(16, 65534), (20, 4094), (24, 254), (28, 14)]
)
def test_subnet_sizes_of_its_cidr_sheet(prefix_length, addresses):
    plan = Plan(subnet_prefix_length=prefix_length)
    assert evaluate(plan, "aws-sample").totals["ips_available"] == addresses


def test_notices():
    plan = Plan(subnet_prefix_length=28, node_groups=[NodeGroup("c5.2xlarge", 1, 60)])
    assert evaluate(plan, "aws-sample").warnings == (
        "c5.2xlarge: 62 pods a node need an address, DaemonSet pods included, and 56 fit; "
        "this workbook counts all of them",
        # 5 ENIs of 15 and 2 host-network pods, of 14 addresses
        "the plan needs 63 addresses more than the subnet has",
    )


@pytest.mark.parametrize(("host_network_pods", "fitting"), [(0, 56), (2, 56), (3, 55)])
def test_pods_fit_by_pod_slots_and_by_max_pods(host_network_pods, fitting):
    """A c5.2xlarge has 4 ENIs of 14 slots and 58 max pods."""
    for pods, fits in ((fitting, True), (fitting + 1, False)):
        plan = Plan(
            host_network_pods=host_network_pods,
            daemonset_pods=0,
            node_groups=[NodeGroup("c5.2xlarge", 1, pods)],
        )
        assert (evaluate(plan, "aws-sample").warnings == ()) is fits


def test_its_data_sheets_are_called_as_the_published_ones():
    tables = {
        table.name: (table.sheet, table.headers, table.figures) for table in MODEL.data_tables
    }
    assert tables == {
        "Table4": ("CidrData", ("size", "number of ips"), ()),
        "Table2": ("maxPods", ("instance type", "max pods"), ("instance_type", "max_pods")),
        "Table1": (
            "maxENI",
            ("IPv4addr", "MaxENI", "Type"),
            ("ipv4_per_eni", "max_enis", "instance_type"),
        ),
    }


def test_the_rows_of_its_cidr_sheet():
    [rows] = [each.rows(load_catalog()) for each in MODEL.data_tables if each.name == "Table4"]
    assert [rows[size - 1] for size in (1, 16, 24, 30)] == [
        (1, 2147483646),
        (16, 65534),
        (24, 254),
        (30, 2),
    ]
    assert len(rows) == 30


def test_what_it_does_not_support_is_said_on_each_sheet():
    said = {
        sheet.name: [label.text for label in sheet.labels if label.cell in ("A18", "A19", "A20")]
        for sheet in MODEL.sheets
    }
    assert said == {
        "WarmENI": ["WARM_IP_TARGET", "MINIMUM_IP_TARGET", "Prefix Delegation"],
        "WarmIP": ["MINIMUM_IP_TARGET", "WARM_ENI_TARGET", "Prefix Delegation"],
    }


def test_the_words_and_places_of_the_workbook_stay():
    with open(file_of("aws-sample"), encoding="utf-8", newline="") as stream:
        kept = [*csv.reader(stream)]
    assert [[*HEADERS], *map(list, words_of("aws-sample"))] == kept


def test_an_empty_setting_is_0_as_an_empty_cell_is():
    for sheet in MODEL.sheets:
        assert [each.empty for each in sheet.settings[1:]] == [0, 0, 0]
