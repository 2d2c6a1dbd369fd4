"""The comparison of modes: each row is what `evaluate` says, with ipamd's calls pod by pod."""

import csv
import dataclasses
import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings

from calculator.answers.asked import asked
from calculator.answers.calls import Targets
from calculator.answers.compare import compare, compared
from calculator.cli import main
from calculator.errors import InputError
from calculator.model import get_model, get_sheet
from calculator.model.engine import plan_tables
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.answers.plans import calls_of, plans
from tests.model.vpc_cni.nodes import CATALOG

SAMPLE = Path(__file__).parents[2] / "sample_workbooks" / "vpc-cni-example.xlsx"
PLAN = Plan(
    subnet_prefix_length=22,
    availability_zones=3,
    zone_loss="yes",
    node_groups=[NodeGroup("m5.2xlarge", 30, 25), NodeGroup("r6g.4xlarge", 10, 40)],
)
#: Targets that do not act are as the plan has them; in WarmIP and Prefix IP targets act if given.
NAMES = {
    "warm_eni_target": "warm_eni",
    "warm_ip_target": "warm_ip",
    "minimum_ip_target": "minimum_ip",
    "warm_prefix_target": "warm_prefix",
}


def with_targets(plan, row):
    """The plan of a row: its mode, and the targets that act in it, alone."""
    off = {"warm_ip_target": 0, "minimum_ip_target": 0, "warm_prefix_target": 3}
    return dataclasses.replace(plan, mode=row.mode, **{**off, **row.settings})


def the_nodes(plan, mode):
    """The node table of a mode, with its steps."""
    model = get_model("vpc-cni")
    tables = plan_tables(model, model.sheets, [plan], CATALOG)[get_sheet(model, mode).name]
    names = [column.name for column in tables.sheet.columns]
    columns = [tables.groups[name].tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(plan=plans())
def test_each_row_is_what_evaluate_says(plan):
    for row in compare(plan, CATALOG).rows:
        result = evaluate(with_targets(plan, row), catalog=CATALOG)
        assert row.ips_used == result.totals["ips_used"]
        for name in ("peak_ips", "peak_remaining", "pod_subnet_peak_ips"):
            assert getattr(row, name) == result.details[name], name
        assert row.smallest_subnet == (result.details["smallest_subnet"] or None)
        assert row.fits == result.fits


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(plan=plans())
def test_calls_are_those_of_ipamd_pod_by_pod(plan):
    for row in compare(plan, CATALOG).rows:
        if row.mode == "ipv6":
            continue
        targets = Targets(**{NAMES[name]: value for name, value in row.settings.items()})
        table = the_nodes(with_targets(plan, row), row.mode)
        for group, node, found in zip(plan.node_groups, table, row.nodes, strict=True):
            assert found.instance_type == group.instance_type
            if group.nodes_from == "Fargate":
                assert (found.assignments, found.new_enis, found.ec2_calls) == (0, 0, 0)
            elif group.os == "Windows" or group.nodes_from == "EKS Auto Mode":
                assert (found.assignments, found.new_enis, found.ec2_calls) == (None,) * 3
            else:
                assigned, made = calls_of(node, targets)
                assert (found.assignments, found.new_enis) == (assigned, made), row
                assert found.ec2_calls == assigned + 3 * made
        known = [node.ec2_calls for node in row.nodes if node.ec2_calls is not None]
        assert row.ec2_calls == max(known, default=None)


def test_many_plans_are_compared_as_one_alone(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        shutil.copy(SAMPLE, tmp_path / name)
    others = list(asked(node_groups=PLAN.node_groups, settings={"mode": "ipv6"}))
    both = list(compared([*asked([tmp_path]), *others]))
    assert [Path(one.file).name for one in both] == ["a.xlsx", "b.xlsx", ""]
    assert both[0].rows == both[1].rows == compare(next(asked([SAMPLE])).plan).rows
    assert both[2].rows == compare(dataclasses.replace(others[0].plan)).rows


def test_the_rows_of_a_plan():
    found = compare(PLAN)
    assert [(row.mode, *row.settings.values()) for row in found.rows] == [
        ("warm-eni", 0),
        ("warm-eni", 1),
        ("warm-eni", 2),
        ("warm-ip", 5, 32),
        ("warm-ip", 1, 0),
        ("prefix", 1),
        ("prefix", 5, 32),
        ("ipv6",),
    ]
    assert found.as_set == {1, 4, 5, 7}
    assert found.marks == {2: "worst", 4: "best"}
    assert found.fits


def test_targets_of_the_plan_are_rows_of_their_own():
    plan = dataclasses.replace(PLAN, warm_eni_target=4, warm_ip_target=2, warm_prefix_target=3)
    found = compare(plan)
    own = [found.rows[number] for number in sorted(found.as_set)]
    assert [(row.mode, row.settings) for row in own] == [
        ("warm-eni", {"warm_eni_target": 4}),
        ("warm-ip", {"warm_ip_target": 2, "minimum_ip_target": 0}),
        ("prefix", {"warm_ip_target": 2, "minimum_ip_target": 0}),
        ("ipv6", {}),
    ]


def test_where_prefixes_are_not_to_be_had_warm_enis_act():
    [only] = [row for row in _of_types("t2.medium") if "warm_ip_target" not in row.settings]
    assert only.settings == {"warm_eni_target": 1}
    [both] = [
        row for row in _of_types("t2.medium", "m5.large") if "warm_ip_target" not in row.settings
    ]
    assert both.settings == {"warm_eni_target": 1, "warm_prefix_target": 1}


def _of_types(*types):
    plan = Plan(node_groups=[NodeGroup(name, 2, 5) for name in types])
    return [row for row in compare(plan).rows if row.mode == "prefix"]


def test_what_is_idle_of_what_is_held():
    # m5.large: 4 pods on 9 slots of the first ENI, and a second one that is warm.
    plan = Plan(node_groups=[NodeGroup("m5.large", 2, 2)])
    by_setting = {(row.mode, *row.settings.values()): row.idle_share for row in compare(plan).rows}
    assert by_setting["warm-eni", 0] == round(5 / 9, 4)
    assert by_setting["warm-eni", 1] == round(14 / 18, 4)
    assert by_setting["warm-ip", 1, 0] == 0.2
    assert by_setting[("ipv6",)] == 0


def test_a_type_that_is_not_known():
    with pytest.raises(InputError, match=r'"m5.nothing", which is not known'):
        compare(Plan(node_groups=[NodeGroup("m5.nothing", 1, 1)]))


# --- the command ----------------------------------------------------------------------------------

NODES = ("--node", "m5.2xlarge:30:25", "--node", "r6g.4xlarge:10:40", "--availability-zones", "3")


def test_a_table(capsys):
    assert main(["compare", "--subnet-size", "/22", "--zone-loss", "yes", *NODES]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == [
        *("mode", "targets", "used", "at", "peak", "left", "smallest"),
        *("idle", "calls", "fits", "mark"),
    ]
    assert lines[5] == (
        "warm-ip   1 IP               480    1,010     9       /22    3%     45  yes   best, set"
    )
    assert main(["compare", "--subnet-size", "/26", "--mode", "prefix", *NODES]) == 1


@pytest.mark.parametrize("pods_from", ["node subnets", "custom networking"])
def test_lines_fit(capsys, monkeypatch, pods_from):
    monkeypatch.setenv("COLUMNS", "120")
    node = "m5.24xlarge:4000:200"
    main(["compare", "--pods-from", pods_from, "--node", node, "--node", "t2.large:900:3"])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= 9
    assert all(len(line) <= 120 for line in lines)


def test_no_two_columns_have_one_name(capsys):
    for pods_from in ("node subnets", "custom networking"):
        main(["compare", "--pods-from", pods_from, *NODES])
        names = re.split("  +", capsys.readouterr().out.splitlines()[0])
        assert len(names) == len(set(names))
        assert ("both at peak" in names) == (pods_from == "custom networking")


def test_as_json(capsys):
    assert main(["compare", "--json", *NODES, "--subnet-size", "20"]) == 0
    [plan] = json.loads(capsys.readouterr().out)["plans"]
    assert list(plan) == ["file", "rows"]
    assert plan["file"] is None
    assert list(plan["rows"][3]) == [
        *("mode", "settings", "ips_used", "peak_ips", "peak_remaining"),
        *("pod_subnet_used", "pod_subnet_peak_ips", "pod_subnet_peak_remaining", "idle_share"),
        *("smallest_subnet", "smallest_pod_subnet", "ec2_calls", "fits", "nodes"),
    ]
    assert plan["rows"][3]["settings"] == {"warm_ip_target": 5, "minimum_ip_target": 32}
    assert plan["rows"][3]["nodes"][0] == {
        "instance_type": "m5.2xlarge",
        "assignments": 1,
        "new_enis": 2,
        "ec2_calls": 7,
    }


def test_a_file_that_cannot_be_used_costs_itself(tmp_path, capsys):
    shutil.copy(SAMPLE, tmp_path / "good.xlsx")
    faulty = SAMPLE.parent / "faulty"
    for name in ("truncated.xlsx", "unknown-type.xlsx", "empty-cell.xlsx"):
        shutil.copy(faulty / name, tmp_path / name)
    output = tmp_path / "rows.csv"
    assert main(["compare", "--json", str(tmp_path), "--output", str(output)]) == 1
    out, err = capsys.readouterr()
    answers = {Path(plan["file"]).name: plan for plan in json.loads(out)["plans"]}
    assert [name for name in answers if "error" not in answers[name]] == ["good.xlsx"]
    assert len(answers) == 4
    for plan in answers.values():
        assert plan.get("error", "") in err
    rows = list(csv.DictReader(output.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 3 + len(answers["good.xlsx"]["rows"])
    assert sum(bool(row["error"]) for row in rows) == 3
    best = [row for row in rows if row["mark"] == "best"]
    assert [Path(row["file"]).name for row in best] == ["good.xlsx"]


def test_neither_or_both(capsys):
    assert main(["compare"]) == 2
    assert main(["compare", str(SAMPLE), *NODES]) == 2
    assert capsys.readouterr().err.count("name workbooks, or node groups with --node") == 2
