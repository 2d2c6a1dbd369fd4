"""Scenarios from a table and from a file: results, defaults, and every fault in words."""

import csv
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from calculator.catalog import Catalog, InstanceType
from calculator.errors import InputError
from calculator.model.result import evaluate
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, NodeGroup, Plan
from calculator.scenarios import OUTPUTS, sweep, sweep_file
from calculator.scenarios.evaluation import sweep_in_blocks
from calculator.scenarios.inputs import DECLARED

RESULTS = OUTPUTS[:-1]
COUNT = "a whole number of 0 or more is expected"


def swept(path, **options):
    """What sweep_file returned, and the rows that it wrote."""
    target = path.with_name("results.csv")
    counts = sweep_file(path, target, **options)
    with open(target, encoding="utf-8", newline="") as stream:
        return counts, list(csv.DictReader(stream))


def one(model="vpc-cni", sheet="WarmENI", catalog=None, **given):
    """The result of one scenario."""
    table = sweep(pd.DataFrame([{"sheet": sheet, **given}]), model=model, catalog=catalog)
    return table.iloc[0]


def test_states_of_ipamd_through_a_file(ipamd_cases, file_of):
    names = {
        "max_enis": "max_enis",
        "ipv4_per_eni": "ips_per_eni",
        "max_pods": "max_pods",
        "custom_networking": "custom_networking",
        "pod_eni": "pod_eni",
        "pods_per_node": "pods",
        "warm_eni_target": "warm_eni",
        "warm_ip_target": "warm_ip",
        "minimum_ip_target": "min_ip",
        "warm_prefix_target": "warm_prefix",
    }
    lines = [",".join(["sheet", "host_network_pods", "daemonset_pods", *names]) + "\n"]
    for case in ipamd_cases:
        sheet = "Prefix" if case["prefix"] else "WarmIP"
        numbers = (str(case[name]) for name in names.values())
        lines.append(",".join([sheet, "0", "0", *numbers]) + "\n")
    counts, rows = swept(file_of("".join(lines)))
    assert counts == (4000, 0)
    found = ("active_ips", "attached_enis", "secondary_ips", "prefixes")
    decided = ("assigned", "enis", "secondary_ips", "prefixes")
    for row, case in zip(rows, ipamd_cases, strict=True):
        assert [int(row[name] or 0) for name in found] == [case[name] for name in decided], case


def test_empty_cells_and_absent_columns_take_the_defaults(file_of):
    # m5.large with 10 and 2 DaemonSet pods: 2 ENIs and a warm one
    expected = ["12", "2", "15", "1", "3", "27", "", "0", "0", "30", "30", "10", "30", "30"]
    names = [name for name in PLAN_INPUTS if name in DECLARED]
    settings, nothing = ",".join(names), "," * (len(names) - 1)
    given = (PLAN_INPUTS[name].default for name in names)
    defaults = ",".join("" if each is None else str(each) for each in given)
    files = [
        "sheet,instance_type,pods_per_node\nWarmENI,m5.large,10\n",
        "sheet,instance_type,pods_per_node,instances\nwarm-eni,M5.Large,10,\n",
        f"sheet,instance_type,pods_per_node,{settings}\nWarmENI,m5.large,10,{nothing}\n",
    ]
    for content in files:
        counts, (row,) = swept(file_of(content))
        assert counts == (1, 0)
        assert [row[name] for name in RESULTS] == expected
        assert row["check"] == "OK"
    stated = f"sheet,instance_type,pods_per_node,{settings}\nWarmENI,m5.large,10,{defaults}\n"
    _, (row,) = swept(file_of(stated))
    assert [row[name] for name in RESULTS] == expected


def test_input_text_stays_as_it_was(file_of):
    text = "sheet,instance_type,pods_per_node,instances\n WarmENI,M5.LARGE, 010 ,1e1\n"
    _, (row,) = swept(file_of("\ufeff" + text))
    assert [*row][:4] == ["sheet", "instance_type", "pods_per_node", "instances"]
    assert [*row.values()][:4] == [" WarmENI", "M5.LARGE", " 010 ", "1e1"]
    # ten nodes in two zones
    assert (row["ips_total"], row["pods_total"]) == ("150", "50")


FAULTS = [
    ({"pods_per_node": "-1"}, f'pods_per_node: found "-1"; {COUNT}'),
    ({"pods_per_node": "ten"}, f'pods_per_node: found "ten"; {COUNT}'),
    ({"pods_per_node": "1.5"}, f'pods_per_node: found "1.5"; {COUNT}'),
    ({"pods_per_node": "inf"}, f'pods_per_node: found "inf"; {COUNT}'),
    ({"pods_per_node": "nan"}, f'pods_per_node: found "nan"; {COUNT}'),
    ({"pods_per_node": " "}, f'pods_per_node: found " "; {COUNT}'),
    (
        {"instances": "1000001"},
        'instances: found "1000001"; a whole number from 0 to 1,000,000 is expected',
    ),
    (
        {"subnet_prefix_length": "29"},
        'subnet_prefix_length: found "29"; a whole number from 16 to 28 is expected',
    ),
    (
        {"max_pods": "0"},
        'max_pods: found "0"; a whole number from 1 to 100,000 is expected',
    ),
    (
        {"instance_type": "m5.lage"},
        'instance_type: found "m5.lage", which is not known (is m5.large meant?)',
    ),
    ({"instance_type": "gpu"}, 'instance_type: found "gpu", which is not known'),
    (
        {"instance_type": ""},
        "instance_type: found nothing; an instance type is expected, or max_enis and ipv4_per_eni",
    ),
    (
        {"instance_type": "", "max_enis": "3"},
        "instance_type: found nothing; an instance type is expected, or max_enis and ipv4_per_eni",
    ),
    (
        {"instance_type": "", "max_enis": "0", "ipv4_per_eni": "10"},
        'max_enis: found "0"; a whole number from 1 to 100,000 is expected',
    ),
    # Limits do not excuse a name that is wrong.
    (
        {"instance_type": "gpu", "max_enis": "3", "ipv4_per_eni": "10"},
        'instance_type: found "gpu", which is not known',
    ),
    ({"sheet": "IPVS"}, 'sheet: found "IPVS"; WarmENI or WarmIP or Prefix or IPv6 is expected'),
    ({"sheet": ""}, "sheet: found nothing; WarmENI or WarmIP or Prefix or IPv6 is expected"),
    # Two sheets of the workbook, but of no mode
    ({"sheet": "Plan"}, 'sheet: found "Plan"; WarmENI or WarmIP or Prefix or IPv6 is expected'),
    (
        {"sheet": "Settings"},
        'sheet: found "Settings"; WarmENI or WarmIP or Prefix or IPv6 is expected',
    ),
    (
        {"custom_networking": "maybe"},
        'custom_networking: found "maybe"; no or yes is expected',
    ),
    ({"custom_networking": "2"}, 'custom_networking: found "2"; no or yes is expected'),
    ({"os": "Mac"}, 'os: found "Mac"; Linux or Windows is expected'),
    (
        {"os": "windows", "custom_networking": "1"},
        "Windows nodes have no custom networking: plan them in a cluster of their own",
    ),
    # What a mode cannot carry
    ({"sheet": "IPv6", "os": "Windows"}, "Windows nodes have no IPv6"),
    (
        {"sheet": "IPv6", "instance_type": "m4.large"},
        "An IPv6 cluster needs Nitro types, and this one is not known to be one",
    ),
    (
        {"sheet": "ipv6", "custom_networking": "yes"},
        "is not possible: an IPv6 cluster has no custom networking",
    ),
    (
        {"instance_type": "", "max_enis": "3", "ipv4_per_eni": "10", "security_group_pods": "1"},
        "branch_enis: found nothing; a whole number is expected, or an instance type",
    ),
    (
        {"instances": "x", "pods_per_node": "y", "instance_type": "gpu"},
        f'instances: found "x"; {COUNT}; pods_per_node: found "y"; {COUNT}; '
        'instance_type: found "gpu", which is not known',
    ),
]


def test_faults_are_named_and_the_other_rows_computed(file_of):
    good = {"sheet": "WarmENI", "instance_type": "m5.large", "pods_per_node": "10"}
    names = sorted({name for fault, _ in FAULTS for name in fault} | set(good))
    rows = [good]
    for fault, _ in FAULTS:
        rows += [{**good, **fault}, good]
    lines = [",".join(row.get(name, "") for name in names) + "\n" for row in rows]
    counts, results = swept(file_of(",".join(names) + "\n" + "".join(lines)))
    assert counts == (2 * len(FAULTS) + 1, len(FAULTS))
    assert [row["check"] for row in results[1::2]] == [words for _, words in FAULTS]
    for row in results[1::2]:
        assert [row[name] for name in RESULTS] == [""] * len(RESULTS)
    assert {(row["ips_total"], row["check"]) for row in results[0::2]} == {("30", "OK")}


@pytest.mark.parametrize(
    ("given", "check"),
    [
        ({"pods_per_node": 28}, "Only 27 of the pods that need an address fit on a node"),
        ({"warm_ip_target": 1}, "OK; sheet WarmENI does not use warm_ip_target"),
        ({"warm_ip_target": 0}, "OK"),
        (
            {"pods_per_node": 28, "minimum_ip_target": 2},
            "Only 27 of the pods that need an address fit on a node; "
            "sheet WarmENI does not use minimum_ip_target",
        ),
        ({"sheet": "WarmIP", "warm_eni_target": 3}, "OK"),
        ({"sheet": "Prefix", "minimum_ip_target": 3, "prefix_case": "worst case"}, "OK"),
        ({"prefix_case": "worst case"}, "OK; sheet WarmENI does not use prefix_case"),
        (
            {"sheet": "IPv6", "warm_ip_target": 2, "warm_eni_target": 2, "os": "linux"},
            "OK; sheet IPv6 does not use warm_eni_target; sheet IPv6 does not use warm_ip_target",
        ),
    ],
)
def test_what_is_to_be_known_of_a_row_that_is_computed(given, check):
    row = one(**{"instance_type": "m5.large", "pods_per_node": 5, **given})
    assert row["check"] == check
    assert row["ips_total"] > 0


@pytest.mark.parametrize(
    ("given", "active_ips", "secondary_ips"),
    [
        ({"instance_type": "m5.large"}, 27, 27),
        ({"instance_type": "m5.large", "max_pods": 12}, 10, 18),
        # Limits over those of the type, from which max pods follow
        ({"instance_type": "m5.large", "max_enis": 2}, 18, 18),
        ({"instance_type": "m5.large", "ipv4_per_eni": 5, "max_pods": 300}, 12, 12),
        ({"max_enis": 2, "ipv4_per_eni": 4}, 6, 6),
        ({"max_enis": 2, "ipv4_per_eni": 4, "max_pods": 4}, 2, 6),
    ],
)
def test_limits_in_place_of_a_types(given, active_ips, secondary_ips):
    row = one(pods_per_node=100, **given)
    assert (row["active_ips"], row["secondary_ips"]) == (active_ips, secondary_ips)


def test_aws_sample():
    table = sweep(
        pd.DataFrame(
            [
                ("WarmENI", "m5.12xlarge", 2, 100),
                ("WarmIP", "c5.2xlarge", 1, 30),
                ("WarmENI", "c5a.metal", 1, 30),
                ("WarmENI", "c5.2xlarge", 1, 60),
            ],
            columns=["sheet", "instance_type", "instances", "pods_per_node"],
        ),
        model="aws-sample",
    )
    # The first two are the rows of the published workbook.
    names = [
        "active_ips",
        "active_enis",
        "attached_enis",
        "ips_per_node",
        "ips_total",
        "pods_total",
    ]
    assert table[names].values.tolist()[:2] == [[102, 4, 5, 152, 304, 200], [32, 2, 3, 32, 32, 30]]
    assert table[["secondary_ips", "warm_ips"]].isna().all().all()
    assert table[names].iloc[2].isna().all()
    assert table["check"].tolist() == [
        "OK",
        "OK",
        'instance_type: found "c5a.metal", whose limits are not known',
        "62 pods a node need an address, DaemonSet pods included, and 56 fit; "
        "this workbook counts all of them",
    ]


@pytest.mark.parametrize("yes", ["yes", " YES ", "1", "true", 1, 1.0, True, np.True_])
def test_what_means_yes(yes):
    row = one(instance_type="m5.large", pods_per_node=10, pod_eni=yes, custom_networking="no")
    assert (row["trunk_enis"], row["attached_enis"], row["ips_per_node"]) == (1, 2, 21)


@pytest.mark.parametrize("no", ["no", "0", "False", 0, 0.0, False, None, np.nan, ""])
def test_what_means_no(no):
    row = one(instance_type="m5.large", pods_per_node=10, pod_eni=no)
    assert (row["trunk_enis"], row["check"]) == (0, "OK")


def test_a_row_without_a_type_counts_as_nitro_that_can_carry_a_trunk_eni():
    limits = {"max_enis": 3, "ipv4_per_eni": 10}
    row = one(sheet="Prefix", pod_eni=1, max_pods=110, pods_per_node=30, **limits)
    assert (row["prefixes"], row["trunk_enis"], row["check"]) == (3, 1, "OK")
    row = one(pod_eni=1, security_group_pods=5, branch_enis=4, **limits)
    assert (row["branch_enis"], row["ips_per_node"]) == (4, 9 * 2 + 2 + 1 + 4)
    # A type says itself what it can do.
    row = one(sheet="prefix", instance_type="m4.large", pod_eni=1, pods_per_node=5)
    assert (row["prefixes"], row["trunk_enis"]) == (0, 0)


@pytest.mark.parametrize(
    ("given", "active_ips"),
    [({}, 108), ({"vcpus": 30}, 248), ({"max_pods": 50}, 48), ({"nodes_from": "Karpenter"}, 27)],
)
def test_max_pods_on_the_prefix_sheet(given, active_ips):
    row = one(sheet="Prefix", instance_type="m5.large", pods_per_node=1000, **given)
    assert row["active_ips"] == active_ips


def test_settings_differ_from_row_to_row():
    rows = [
        {"sheet": "IPv6"},
        {"os": "Windows"},
        {"custom_networking": "yes"},
        {"max_eni": 1},
        {"instances": 3},
        {"availability_zones": 1, "instances": 3},
        {},
        {"sheet": "WarmIP", "warm_ip_target": 4},
        {"sheet": "WarmIP"},  # 1, what an empty WARM_IP_TARGET is there
        {"sheet": "Prefix", "warm_ip_target": 10},
        {"sheet": "Prefix", "warm_prefix_target": 2},  # counts where it is 0, as it is there
    ]
    common = {"sheet": "WarmENI", "instance_type": "m5.large", "pods_per_node": 5}
    rows = [{**common, **each} for each in rows]
    alone = [one(**each)["ips_total"] for each in rows]
    expected = [1, 10, 21, 10, 40, 60, 20, 13, 9, 33, 49]
    assert sweep(pd.DataFrame(rows))["ips_total"].tolist() == alone == expected


def test_pods_of_ipv6_clusters_take_no_ipv4_address():
    row = one("vpc-cni", "IPv6", instance_type="m5.large", instances=3, pods_per_node=40, pod_eni=1)
    # A primary address and a trunk ENI's; two nodes in the fuller zone
    assert row[list(RESULTS)].tolist() == [0, 0, 0, 1, 1, 0, pd.NA, 1, 0, 2, 4, 80, 2, 2]
    assert row["check"] == "OK"


@pytest.mark.thorough
def test_a_row_is_a_plan_of_one_node_group():
    """What the same inputs come to when a plan says them, in every mode and for every input."""
    random = np.random.default_rng(5)
    types = ["m5.large", "c5.xlarge", "t3.micro", "m4.large", "c5.metal"]
    rows = []
    for number in range(160):
        row = {"sheet": ("WarmENI", "WarmIP", "Prefix", "IPv6")[number % 4]}
        row |= {"instance_type": str(random.choice(types)), "pods_per_node": random.integers(60)}
        for name in random.choice(sorted(DECLARED.keys() - row.keys()), 8, replace=False):
            declared = {**PLAN_INPUTS, **GROUP_INPUTS}.get(str(name))
            if declared is None:
                continue
            if hasattr(declared, "options"):
                row[name] = str(random.choice(declared.options))
            else:
                most = min(declared.maximum, declared.minimum + 20)
                row[name] = int(random.integers(declared.minimum, most + 1))
        rows.append(row)
    results = sweep(pd.DataFrame(rows))
    faults = 0
    for row, result in zip(rows, results.itertuples(), strict=True):
        given = {**row}
        mode = given.pop("sheet")
        of_group = {name: given.pop(name) for name in GROUP_INPUTS if name in given}
        group = NodeGroup(given.pop("instance_type"), **of_group)
        expected = evaluate(Plan(**given, node_groups=[group]), mode=mode).node_groups.iloc[0]
        if result.ips_per_node is pd.NA:
            faults += 1
            assert "possible" in result.check or expected.isna().ips_per_node
            continue
        shown = [name for name in RESULTS if name in expected]
        found = [getattr(result, name) for name in shown]
        # pods on Fargate have no node, and show nothing of one
        assert [None if pd.isna(each) else each for each in found] == [
            None if pd.isna(each) else each for each in expected[shown].tolist()
        ], row
        assert result.check.startswith(expected.check)
    assert 10 < faults < 60


@pytest.fixture(scope="module")
def scenarios_and_results():
    """Scenarios of many kinds, and what each of them gives alone."""
    choices = {
        "sheet": ["WarmENI", "WarmIP", "prefix", "nope", "IPv6"],
        "pod_eni": ["yes", "no", "", "maybe"],
        "os": ["Linux", "Windows"],
        "custom_networking": ["no", "yes", "no"],
        "instance_type": ["m5.large", "t2.micro", "gpu", "", "c5.xlarge"],
        "pods_per_node": [3, 3, 40, None, -1],
        "warm_ip_target": [0, 2, 2],
    }
    rows = [
        {
            name: each[number * (at + 3) // 5 % len(each)]
            for at, (name, each) in enumerate(choices.items())
        }
        for number in range(80)
    ]
    scenarios = pd.DataFrame(rows)
    alone = pd.concat([sweep(scenarios[at : at + 1]) for at in range(len(rows))])
    return scenarios, alone.reset_index(drop=True)


@pytest.mark.parametrize(("block", "fewest"), [(1, 1), (4, 1), (7, 6), (1000, 1000)])
def test_rows_give_the_same_however_they_are_taken_together(scenarios_and_results, block, fewest):
    scenarios, alone = scenarios_and_results
    table = sweep_in_blocks(scenarios, "vpc-cni", None, most=block, fewest=fewest)
    pd.testing.assert_frame_equal(table, alone)


def test_catalog_of_ones_own():
    catalog = Catalog([InstanceType("my.type", 2, 5, 10)], "own")
    assert one(instance_type="MY.TYPE", catalog=catalog)["secondary_ips"] == 8
    assert one(instance_type="m5.large", catalog=catalog)["check"].endswith("which is not known")


@pytest.mark.parametrize(
    ("values", "checks"),
    [
        ([1, 2], ["OK", "OK"]),
        (pd.array([1, None], dtype="Int64"), ["OK", "OK"]),
        ([1.0, np.nan], ["OK", "OK"]),
        ([None, "2"], ["OK", "OK"]),
        ([1.5, np.inf], [f"instances: found 1.5; {COUNT}", f"instances: found inf; {COUNT}"]),
        ([True, False], [f"instances: found TRUE; {COUNT}", f"instances: found FALSE; {COUNT}"]),
        ([True, 2], [f"instances: found TRUE; {COUNT}", "OK"]),
        (pd.array([True, None], dtype="boolean"), [f"instances: found TRUE; {COUNT}", "OK"]),
    ],
    ids=str,
)
def test_columns_of_a_table_of_any_kind(values, checks):
    scenario = {"sheet": "WarmIP", "instance_type": "m5.large", "instances": values}
    assert sweep(pd.DataFrame(scenario, index=[7, 7]))["check"].tolist() == checks


def test_the_table_given_is_left_alone():
    given = pd.DataFrame({"sheet": ["WarmENI"], "instance_type": ["m5.large"]}, index=["a"])
    before = given.copy()
    table = sweep(given)
    pd.testing.assert_frame_equal(given, before)
    assert list(table.columns) == ["sheet", "instance_type", *OUTPUTS]
    assert {str(table[name].dtype) for name in RESULTS} == {"Int64"}


@pytest.mark.parametrize("kind", [object, float, str])
def test_no_rows(kind):
    names = ["sheet", "instance_type", "instances", "pod_eni"]
    table = sweep(pd.DataFrame(columns=names, dtype=kind))
    assert list(table.columns) == [*names, *OUTPUTS]
    assert len(table) == 0
    assert {str(table[name].dtype) for name in RESULTS} == {"Int64"}


# --- columns and files that cannot be used --------------------------------------------------------

POSSIBLE = (
    "possible columns: sheet, instance_type, subnet_prefix_length, availability_zones, "
    "warm_eni_target, warm_ip_target, minimum_ip_target, warm_prefix_target, host_network_pods, "
    "daemonset_pods, nodes_from, reserved_enis, max_eni, pod_eni, pods_from, node_subnets, "
    "pod_subnets, pod_subnet_prefix_length, prefix_case, prefix_reservation, rollout_surge, "
    "zone_loss, updated_groups, update_strategy, max_unavailable, max_unavailable_percent, "
    "replaced_at_once, albs, nlbs, endpoints, nat_gateways, other_ips, control_plane_enis, "
    "windows_warm_ip_target, windows_minimum_ip_target, windows_warm_prefix_target, "
    "windows_prefix_warm_ip_target, windows_prefix_minimum_ip_target, instances, pods_per_node, "
    "os, security_group_pods, most_instances, in_fullest_zone, most_pods, other_enis, "
    "other_ips_per_node, max_enis, ipv4_per_eni, max_pods, vcpus, branch_enis, custom_networking"
)
BAD_FILES = {
    "sheet,instance_typ\n": f"column instance_typ is unknown (is instance_type meant?); {POSSIBLE}",
    "sheet,colour\nWarmENI,red\n": f"column colour is unknown; {POSSIBLE}",
    # the sheet is the mode, and free texts are no inputs
    "sheet,mode\n": f"column mode is unknown; {POSSIBLE}",
    "sheet,owner\n": f"column owner is unknown; {POSSIBLE}",
    "sheet,check\n": f"column check is unknown; {POSSIBLE}",
    "instance_type,instances\nm5.large,1\n": "column sheet is missing; the columns that are there: "
    "instance_type, instances",
    "sheet,instances,instances\nWarmENI,1,2\n": "column instances stands there twice",
    "sheet,sheet\n": "column sheet stands there twice",
    "": "this is no CSV with a header: No columns to parse from file",
    "sheet,instances\nWarmENI,1,000\n": "the first row has more cells than the header has columns",
    "sheet,instances\nWarmENI,1\nWarmENI,1,000\n": "this is no CSV with a header: Error tokenizing "
    "data. C error: Expected 2 fields in line 3, saw 3",
    'sheet,instances\n"WarmENI,1\n': "this is no CSV with a header: Error tokenizing data. "
    "C error: EOF inside string starting at row 1",
    b"sheet,instance_type\nWarmENI,m\xfc.large\n": "this is not text in UTF-8; "
    "save it as CSV UTF-8",
}


@pytest.mark.parametrize(("content", "message"), BAD_FILES.items(), ids=range(len(BAD_FILES)))
def test_file_that_cannot_be_used(content, message, file_of):
    path = file_of(content)
    target = path.with_name("results.csv")
    target.write_text("what was there")
    with pytest.raises(InputError) as caught:
        sweep_file(path, target)
    assert str(caught.value) == f"{path}: {message}"
    assert target.read_text() == "what was there"
    assert sorted(each.name for each in path.parent.iterdir()) == ["input.csv", "results.csv"]


def test_same_column_twice_in_a_table():
    table = pd.DataFrame([["WarmENI", 1, 2]], columns=["sheet", "instances", "instances"])
    with pytest.raises(InputError, match=r"^column instances stands there twice$"):
        sweep(table)


def test_no_columns():
    with pytest.raises(InputError, match=r"^column sheet is missing; .* there: none$"):
        sweep(pd.DataFrame())


def test_header_alone_gives_a_header_alone(file_of):
    path = file_of("sheet,instance_type\n")
    assert swept(path) == ((0, 0), [])
    header = ",".join(["sheet", "instance_type", *OUTPUTS])
    assert path.with_name("results.csv").read_text() == header + "\n"


def test_results_do_not_go_into_the_file_of_the_scenarios(file_of):
    path = file_of("sheet\nWarmENI\n")
    link = path.with_name("link.csv")
    link.symlink_to(path)
    for target in (path, link):
        with pytest.raises(InputError) as caught:
            sweep_file(path, target)
        words = "the results cannot go into the file of the scenarios"
        assert str(caught.value) == f"{target}: {words}"
    assert path.read_text() == "sheet\nWarmENI\n"


def test_files_that_cannot_be_opened(tmp_path, file_of):
    none = tmp_path / "none.csv"
    with pytest.raises(InputError) as caught:
        sweep_file(none, tmp_path / "results.csv")
    assert str(caught.value) == f"{none}: No such file or directory"
    with pytest.raises(
        InputError, match=r"none/results\.csv: cannot be written: No such file or directory$"
    ):
        sweep_file(file_of("sheet\nWarmENI\n"), tmp_path / "none" / "results.csv")


@pytest.mark.thorough
def test_chunks_give_the_same_bytes(file_of):
    rows = [
        f"{sheet},{instance_type},{pods}\n"
        for pods in ("", "10", "28", "x")
        for sheet in ("WarmENI", "WarmIP", "nope")
        for instance_type in ("m5.large", "t2.micro", "gpu")
    ]
    path = file_of("sheet,instance_type,pods_per_node\n" + "".join(rows))
    target = path.with_name("results.csv")
    counts, whole = sweep_file(path, target), target.read_bytes()
    assert counts[0] == len(rows)
    for size in (1, 5, len(rows)):
        assert sweep_file(path, target, rows_at_once=size) == counts
        assert target.read_bytes() == whole


def test_the_public_name_is_the_function():
    """A module of the same name would take its place as soon as it is imported."""
    code = (
        "from calculator.scenarios import sweep_file; from calculator import sweep; "
        "import calculator; assert callable(sweep) and calculator.sweep is sweep"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
