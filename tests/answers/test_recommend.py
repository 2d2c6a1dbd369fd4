"""What is recommended, against all targets of a full grid, and what is printed of it."""

import dataclasses
import itertools
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.answers.calls import Targets
from calculator.answers.compare import peak_of
from calculator.answers.environment import environment
from calculator.answers.measured import Variant, given_targets, measure
from calculator.answers.recommend import recommend
from calculator.cli import main
from calculator.errors import InputError
from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.model.vpc_cni.nodes import CATALOG

SAMPLE = Path(__file__).parents[2] / "sample_workbooks" / "vpc-cni-example.xlsx"
NODES = ("--node", "m5.2xlarge:30:25", "--node", "r6g.4xlarge:10:40", "--availability-zones", "3")
PLAN = Plan(
    subnet_prefix_length=20,
    availability_zones=3,
    node_groups=[NodeGroup("m5.2xlarge", 30, 25), NodeGroup("r6g.4xlarge", 10, 40)],
)


@st.composite
def small_plans(draw):
    """Plans whose full grid of targets is soon gone through."""
    groups = [
        NodeGroup(
            draw(st.sampled_from(["c5.large", "m5.large", "t2.medium", "m5.2xlarge"])),
            draw(st.integers(1, 20)),
            draw(st.integers(0, 24)),
            own_max_pods=draw(st.sampled_from([0, 0, 20])),
            nodes_from=draw(st.sampled_from([None, None, None, "Karpenter", "Fargate"])),
        )
        for _ in range(draw(st.integers(1, 3)))
    ]
    groups.append(NodeGroup("m5.xlarge", 2, draw(st.integers(0, 24))))
    return Plan(
        subnet_prefix_length=draw(st.sampled_from([20, 20, 23, 24, 26])),
        pods_from=draw(st.sampled_from(["node subnets", "node subnets", "custom networking"])),
        prefix_case=draw(st.sampled_from(["best case", "worst case"])),
        node_groups=groups,
    )


def full_grid(plan, burst):
    """(mode, targets) of all settings that anyone may try."""
    enis = given_targets(plan, warm_ip=0, minimum_ip=0)
    both = [*itertools.product(range(burst + 4), [*range(44), 48, 64, 80])][1:]
    for warm, minimum in both:
        yield "warm-ip", enis._replace(warm_ip=warm, minimum_ip=minimum)
        yield "prefix", enis._replace(warm_ip=warm, minimum_ip=minimum)
    for number in range(6):
        yield "warm-eni", enis._replace(warm_eni=number)
        yield "prefix", enis._replace(warm_prefix=number)


def counted(plan, burst):
    """(does not fit, addresses, calls) of all settings that serve all pods and the burst."""
    found = []
    grid = list(full_grid(plan, burst))
    tried = [
        (mode, measure([plan], [Variant(0, *one) for one in grid if one[0] == mode], CATALOG))
        for mode in ("warm-eni", "warm-ip", "prefix")
    ]
    for mode, measured in tried:
        names = ("active_ips", "secondary_ips", "peak_active_ips", "pods_that_fit")
        shape = len(measured.variants), len(plan.node_groups)
        of_groups = [measured.of_groups(mode, name).reshape(shape) for name in names]
        most_at_peak = of_groups[2].max(axis=0)
        for number in range(len(measured.variants)):
            active, held, at_peak, fit = (values[number] for values in of_groups)
            nodes = [one.nodes_from != "Fargate" for one in plan.node_groups]
            serves = [
                held[at] >= min(active[at] + burst, fit[at]) and at_peak[at] == most_at_peak[at]
                for at in np.flatnonzero(nodes)
            ]
            if all(serves):
                row = measured.row(number)
                found.append((row.pods_hosted, not row.fits, peak_of(row), row.ec2_calls))
    hosted = max(one[0] for one in found)
    served = [one[1:] for one in found if one[0] == hosted]
    fitting = [one for one in served if not one[0]]
    return fitting or served


@pytest.mark.thorough
@settings(max_examples=15, deadline=None)
@given(plan=small_plans(), burst=st.integers(0, 7))
def test_the_frontier_is_that_of_a_full_grid(plan, burst):
    points = {one[1:] for one in counted(plan, burst)}
    frontier = {
        one
        for one in points
        if not any(other != one and other[0] <= one[0] and other[1] <= one[1] for other in points)
    }
    found = recommend(plan, burst=burst, catalog=CATALOG)
    assert [(peak_of(row), row.ec2_calls) for row in found.rows] == sorted(frontier)


@pytest.mark.thorough
@settings(max_examples=10, deadline=None)
@given(plan=small_plans(), burst=st.integers(0, 7), calls=st.integers(1, 20))
def test_the_pick_is_the_first_that_keeps_to_the_calls(plan, burst, calls):
    found = recommend(plan, burst=burst, calls=calls, catalog=CATALOG)
    within = [row for row in found.rows if row.ec2_calls <= calls]
    pick = found.rows[found.pick]
    assert pick == (within[0] if within else found.rows[-1])
    assert found.is_good == bool(within and pick.fits)
    result = evaluate(
        dataclasses.replace(
            plan, mode=pick.mode, **{"warm_ip_target": 0, "minimum_ip_target": 0} | pick.settings
        ),
        catalog=CATALOG,
    )
    assert (pick.peak_ips, pick.fits) == (result.details["peak_ips"], result.fits)


def test_the_plans_own_targets_and_mode_are_no_matter():
    other = dataclasses.replace(
        PLAN, mode="ipv6", warm_eni_target=7, warm_ip_target=3, minimum_ip_target=80
    )
    assert recommend(other).rows == recommend(PLAN).rows


def test_a_plan_with_nothing_to_set():
    for group in (NodeGroup("fargate", 2, 3), NodeGroup("m5.large", 2, 3, os="Windows")):
        with pytest.raises(InputError, match="no targets to recommend"):
            recommend(Plan(node_groups=[group]))


def test_nodes_of_others_have_no_say():
    windows = NodeGroup("m5.large", 3, 4, os="Windows")
    both = dataclasses.replace(PLAN, node_groups=[*PLAN.node_groups, windows])
    settings_of = [[row.settings for row in recommend(plan).rows] for plan in (PLAN, both)]
    assert settings_of[0] == settings_of[1]


# --- the environment ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "settings_", "variables"),
    [
        ("warm-eni", {"warm_eni_target": 2}, {"WARM_ENI_TARGET": "2"}),
        ("warm-ip", {"warm_ip_target": 5, "minimum_ip_target": 0}, {"WARM_IP_TARGET": "5"}),
        (
            "prefix",
            {"warm_ip_target": 1, "minimum_ip_target": 32},
            {"WARM_IP_TARGET": "1", "MINIMUM_IP_TARGET": "32"},
        ),
        ("prefix", {"warm_prefix_target": 1}, {"WARM_PREFIX_TARGET": "1"}),
    ],
)
def test_variables(mode, settings_, variables):
    delegation = "true" if mode == "prefix" else "false"
    assert environment(mode, settings_) == {"ENABLE_PREFIX_DELEGATION": delegation, **variables}


def test_what_is_to_be_pasted(capsys):
    assert main(["recommend", "--subnet-size", "20", "--calls", "10", *NODES]) == 0
    out = capsys.readouterr().out
    table, reason, kubectl, add_on, helm = out.strip().split("\n\n")
    assert all(len(line) <= 100 for line in table.splitlines())
    [pick] = [line.split() for line in table.splitlines() if line.endswith("recommended")]
    targets = {"WARM_IP_TARGET": pick[1], "MINIMUM_IP_TARGET": pick[4]}
    variables = {"ENABLE_PREFIX_DELEGATION": "false", **targets}
    said = " ".join(f"{name}={value}" for name, value in variables.items())
    assert f"kubectl set env daemonset aws-node -n kube-system {said}" in kubectl.splitlines()
    assert json.loads(add_on.splitlines()[-1]) == {"env": variables}
    assert yaml.safe_load(helm.partition("\n")[2]) == {"env": variables}
    assert "filled with 10 calls or fewer" in reason.replace("\n", " ")
    assert re.search(r"smallest subnet that holds the peak: /\d\d\.", reason)


def test_ip_targets_that_would_rule_are_unset(capsys):
    one_pod = ["--node", "c5.large:1:9", "--daemonset-pods", "0", "--rollout-surge", "0"]
    main(["recommend", "--burst", "0", *one_pod])
    commands = [
        line for line in capsys.readouterr().out.splitlines() if line.startswith("kubectl ")
    ]
    for name in ("WARM_IP_TARGET", "MINIMUM_IP_TARGET"):
        assert re.search(rf"\b{name}(=\d+|-)", commands[0])


def test_no_setting_keeps_to_the_calls(capsys):
    node = ["--node", "t2.medium:3:10", "--subnet-size", "20"]
    assert main(["recommend", "--calls", "1", *node]) == 1
    out = capsys.readouterr().out.replace("\n", " ")
    assert "No setting by which 5 more pods on each node start without a call to EC2 fills" in out


def test_a_plan_that_does_not_fit(capsys):
    assert main(["recommend", "--subnet-size", "26", *NODES]) == 1
    assert "the plan does not fit (" in capsys.readouterr().out.replace("\n", " ")


def test_the_largest_burst_with_which_it_would_fit():
    plan = dataclasses.replace(PLAN, subnet_prefix_length=22, zone_loss="yes")
    reason = recommend(plan, burst=7).reason
    burst = int(re.search(r"; with a burst of (\d) it fits\.$", reason)[1])
    assert recommend(plan, burst=burst).is_good
    assert not recommend(plan, burst=burst + 1).is_good
    assert "it fits" not in recommend(dataclasses.replace(plan, subnet_prefix_length=26)).reason


def test_a_minimum_alone_is_said_to_be_a_trap():
    plan = Plan(subnet_prefix_length=20, node_groups=[NodeGroup("m5.2xlarge", 30, 25)])
    found = recommend(plan)
    assert found.rows[found.pick].settings == {"warm_ip_target": 0, "minimum_ip_target": 34}
    assert "pods beyond the minimum get no address" in found.reason
    assert "beyond the minimum" not in recommend(PLAN).reason


def test_as_json(capsys, tmp_path):
    shutil.copy(SAMPLE, tmp_path / "good.xlsx")
    shutil.copy(SAMPLE.parent / "faulty" / "truncated.xlsx", tmp_path)
    assert main(["recommend", "--json", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    good, bad = sorted(json.loads(out)["plans"], key=lambda plan: "error" in plan)
    assert list(good) == ["file", "rows", "reason"]
    assert [row["recommended"] for row in good["rows"]].count(True) == 1
    assert bad["rows"] == []
    assert bad["error"] in err
    peaks = [(row["peak_ips"], -row["ec2_calls"]) for row in good["rows"]]
    assert peaks == sorted(peaks)


def test_targets_are_those_of_the_words(capsys):
    main(["recommend", "--json", *NODES, "--subnet-size", "20"])
    [plan] = json.loads(capsys.readouterr().out)["plans"]
    for row in plan["rows"]:
        assert row["settings"].keys() <= {f"{name}_target" for name in Targets._fields}
