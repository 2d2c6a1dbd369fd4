"""The command capacity: what it prints, as tables and JSON, and its exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from calculator.answers.capacity import capacity
from calculator.cli import main
from calculator.plan import NodeGroup, Plan
from tests.helpers import AWS_SAMPLE, needs_aws_sample

SAMPLES = Path(__file__).parents[2] / "sample_workbooks"
NODES = ("--node", "m5.2xlarge:30:25", "--availability-zones", "3")
Captured = pytest.CaptureFixture[str]


def asked(capsys: Captured, *arguments: str) -> tuple[int, Any]:
    status = main(["capacity", "--json", *arguments])
    return status, json.loads(capsys.readouterr().out)


def modes(found: Any) -> dict[str, Any]:
    return {each["mode"]: each for each in found["modes"]}


FITS = """\
warm-ip, the mode of the plan: fits
node group         instances   more  limited by             pods  more pods  pods limited by
m5.2xlarge                30      3  node subnet addresses    25          3  node subnet addresses
all in proportion         30  × 1.1  node subnet addresses
new m5.large               0      3  node subnet addresses    20

warm-eni: lacks 213 addresses at the peak
node group         instances   more  limited by             pods  more pods  pods limited by
m5.2xlarge                30    -12  node subnet addresses    25        -16  node subnet addresses
all in proportion         30  × 0.6  node subnet addresses
new m5.large               0      0  node subnet addresses    20
"""
MUST_GO = "\nbelow 0: so many must go before it fits; none: nor does it fit without any\n"


def test_a_table_a_mode_the_plans_own_first(capsys: Captured) -> None:
    assert main(["capacity", *NODES, "--mode", "warm-ip", "--new", "m5.large:20"]) == 0
    out, err = capsys.readouterr()
    assert (out[: len(FITS)], err) == (FITS, "")
    assert out.endswith(MUST_GO)
    starts = [line.partition(":")[0] for line in out.splitlines() if ": " in line]
    assert starts[2:4] == ["prefix", "ipv6"]


def test_all_is_well(capsys: Captured) -> None:
    assert main(["capacity", *NODES, "--subnet-size", "/20"]) == 0
    assert MUST_GO not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("mode", "status"), [("undecided", 0), ("warm-eni", 1), ("warm-ip", 0), ("ipv6", 0)]
)
def test_the_exit_status_is_that_of_the_plan(capsys: Captured, mode: str, status: int) -> None:
    assert asked(capsys, *NODES, "--mode", mode)[0] == status


def test_why_a_mode_is_not_possible(capsys: Captured) -> None:
    main(["capacity", *NODES, "--pods-from", "custom networking", "--new", "m4.large:3"])
    out = capsys.readouterr().out
    assert out.endswith("\nipv6: an IPv6 cluster has no custom networking\n")
    main(["capacity", *NODES, "--new", "m4.large:3"])
    words = "m4.large: An IPv6 cluster needs Nitro types, and this one is not known to be one\n"
    assert words in capsys.readouterr().out


@pytest.mark.thorough
def test_lines_fit(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    long = "u7in-32tb.224xlarge:900000:800000"
    for given in (
        (),
        ("--pods-from", "custom networking"),
        ("--node", "m4.large:3:3,os=Windows", "--node", "t2.large:3:3,os=Windows"),
    ):
        nodes = ("--node", long, "--node", "fargate:0:0", "--new", "u7in-32tb.224xlarge:800000")
        main(["capacity", *nodes, *given])
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) > 10
        assert max(map(len, lines)) <= 100


# --- JSON -----------------------------------------------------------------------------------------


def test_json_of_one_plan(capsys: Captured) -> None:
    status, found = asked(capsys, *NODES, "--new", "c5.large:9")
    assert (status, list(found)) == (0, ["modes"])
    assert [each["mode"] for each in found["modes"]] == ["warm-eni", "warm-ip", "prefix", "ipv6"]
    one = modes(found)["warm-ip"]
    assert list(one) == ["mode", "fits", "groups", "growth", "limited_by", "new_groups"]
    assert (one["fits"], one["growth"], one["limited_by"]) == (True, 1.1, "node subnet addresses")
    [group] = one["groups"]
    assert group == {
        "instance_type": "m5.2xlarge",
        "instances": 30,
        "pods_per_node": 25,
        "more_instances": 3,
        "limited_by": "node subnet addresses",
        "limited_at": 34,
        "more_pods_per_node": 3,
        "pods_limited_by": "node subnet addresses",
        "pods_limited_at": 29,
        "instances_at_growth": 33,
    }
    [new] = one["new_groups"]
    assert list(new) == ["instance_type", "pods_per_node", "instances", "limited_by", "limited_at"]
    assert (new["instance_type"], new["pods_per_node"]) == ("c5.large", 9)
    assert new["limited_at"] == new["instances"] + 1


def test_it_is_what_the_function_says(capsys: Captured) -> None:
    plan = Plan(availability_zones=3, node_groups=[NodeGroup("m5.2xlarge", 30, 25)])
    _, found = asked(capsys, *NODES)
    assert found == capacity(plan).as_json()


def test_json_of_what_is_not_known(capsys: Captured) -> None:
    _, found = asked(capsys, *NODES, "--pods-from", "custom networking")
    ipv6 = modes(found)["ipv6"]
    words = "an IPv6 cluster has no custom networking"
    assert (ipv6["fits"], ipv6["growth"], ipv6["limited_by"]) == (None, None, words)
    [group] = ipv6["groups"]
    assert group["more_instances"] is group["more_pods_per_node"] is None
    assert group["limited_by"] == group["pods_limited_by"] == words


# --- what is asked --------------------------------------------------------------------------------


@pytest.mark.thorough
def test_a_folder(tmp_path: Path, capsys: Captured) -> None:
    for name in ("vpc-cni-small.xlsx", "vpc-cni-overflow.xlsx", "faulty/truncated.xlsx"):
        shutil.copy(SAMPLES / name, tmp_path)
    status, found = asked(capsys, str(tmp_path))
    plans = {Path(plan["file"]).name: plan for plan in found["plans"]}
    assert status == 1
    assert list(plans) == ["truncated.xlsx", "vpc-cni-overflow.xlsx", "vpc-cni-small.xlsx"]
    assert list(plans["truncated.xlsx"]) == ["file", "error"]
    alone = asked(capsys, str(tmp_path / "vpc-cni-small.xlsx"))
    assert alone == (0, {"modes": plans["vpc-cni-small.xlsx"]["modes"]})

    assert main(["capacity", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert "truncated.xlsx" in err
    lines = [line for line in out.splitlines() if str(tmp_path) in line]
    assert [Path(line).name for line in lines] == ["vpc-cni-overflow.xlsx", "vpc-cni-small.xlsx"]


@needs_aws_sample
def test_the_sample_of_aws(capsys: Captured) -> None:
    status, found = asked(capsys, str(AWS_SAMPLE))
    assert status == 1
    assert [each["fits"] for each in found["modes"]] == [False, False, False, True]


def test_a_new_group_alone(capsys: Captured) -> None:
    # nodes of 30 addresses at the peak, in each of 2 zones 251 for them; an update adds 2 in each
    status, found = asked(capsys, "--new", "m5.large:20", "--subnet-size", "/24")
    [new] = modes(found)["warm-ip"]["new_groups"]
    assert (status, new["instances"]) == (0, (251 // 30 - 2) * 2)


def test_a_workbook_without_node_groups_costs_itself(tmp_path: Path, capsys: Captured) -> None:
    blank = SAMPLES.parent / "templates" / "vpc-cni.xlsx"
    status, found = asked(capsys, str(blank))
    assert (status, list(found)) == (1, ["error"])
    assert asked(capsys, str(blank), "--new", "m5.large:20")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name workbooks, or node groups with --node"),
        (("--new", "m5.lrage:3", *NODES), '"m5.lrage", which is not known (is m5.large meant?)'),
        (("--node", "m5.lrage:3:3"), '"m5.lrage", which is not known'),
        ((str(SAMPLES / "vpc-cni-small.xlsx"), *NODES), "and not both"),
    ],
)
def test_what_cannot_be_asked(capsys: Captured, arguments: tuple[str, ...], words: str) -> None:
    assert main(["capacity", *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("text", ["m5.large", "m5.large:3:3", "m5.large:-1", "m5.large:3,os=Linx"])
def test_a_new_group_that_is_not_one(capsys: Captured, text: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["capacity", "--new", text, *NODES])
    assert "argument --new: " in capsys.readouterr().err


def test_a_quota_is_no_reason_not_to_fit_and_is_said(capsys: Captured) -> None:
    """AWS raises quotas; capacity tells the room there is under those that a VPC begins with."""
    large = ["--node", "m5.large:2600:5", "--subnet-size", "/16", "--mode", "warm-eni"]
    main(["capacity", *large])
    said = capsys.readouterr().out.splitlines()
    words = "warm-eni, the mode of the plan: fits, but for a quota: ENIs of the region"
    assert said[0] == words
    # pods beyond what a node has addresses for are no quota
    main(["capacity", "--node", "m5.large:2:50", "--mode", "warm-eni"])
    assert capsys.readouterr().out.splitlines()[0].endswith(": fits")
