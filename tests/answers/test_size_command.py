"""The command size: what it prints, as a table, JSON and Terraform, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import calculator.answers.asked as asked_module
from calculator.cli import main
from calculator.convert import read_plan
from calculator.plan import NodeGroup, Plan
from tests.helpers import AWS_SAMPLE, content, needs_aws_sample, saved

NODES = ("--node", "m5.2xlarge:30:25", "--availability-zones", "3")
NONE_HOLDS = "WarmENI, WarmIP and Prefix have no subnets that hold the peak"


class Outcome(NamedTuple):
    status: int | str | None
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Asks in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Outcome:
        try:
            status: int | str | None = main(["size", *arguments])
        except SystemExit as stop:
            status = stop.code
        return Outcome(status, *capsys.readouterr())

    return run


def asked(run: Run, *arguments: str) -> tuple[int | str | None, Any]:
    found = run(*arguments, "--json")
    return found.status, json.loads(found.out)


TABLE = """\
mode      smallest subnet  at peak  left
warm-eni              /22      720   299
warm-ip*              /23      456    51
prefix                /22      780   239
ipv6                  /27       12    15
"""
SAID = """\
WarmIP (*): a subnet of /23 in each of 3 zones; no mode is chosen: of WarmENI, WarmIP and Prefix it
  needs the smallest subnets
"""


def test_how_small(run: Run) -> None:
    assert run(*NODES) == (0, TABLE + SAID, "")


def test_of_modes_with_equal_subnets_the_one_with_the_fewest_addresses(run: Run) -> None:
    status, out, _ = run("--node", "m5.large:3:9")
    _, warm_eni, warm_ip, _, _, *said = out.splitlines()
    assert status == 0
    assert warm_eni.split() == ["warm-eni", "/25", "120", "3"]
    assert warm_ip.split() == ["warm-ip*", "/25", "68", "55"]
    assert " ".join(map(str.strip, said)).endswith(
        "no mode is chosen: of WarmENI, WarmIP and Prefix it takes the fewest addresses at the "
        "peak of those with the smallest subnets"
    )


def test_with_headroom(run: Run) -> None:
    for said in ("20%", "20", " 20 % "):
        _, found = asked(run, *NODES, "--headroom", said)
        assert [each["smallest_subnet"] for each in found["modes"]] == [22, 22, 22, 27]
    # 507 less 10 % are the 456 of the peak, and less 11 % they are not
    assert asked(run, *NODES, "--headroom", "10%")[1]["mode"] == "warm-ip"
    assert [
        each["smallest_subnet"] for each in asked(run, *NODES, "--headroom", "11%")[1]["modes"]
    ] == [*(22, 22, 22, 27)]


LAYOUT = """\

range          zone  use            addresses
10.2.2.0/23       1  nodes                507
10.2.4.0/23       2  nodes                507
10.2.6.0/23       3  nodes                507
10.2.0.128/28     1  control-plane         11
10.2.0.144/28     2  control-plane         11
10.2.0.160/28     3  control-plane         11
free: 10.2.0.176/28, 10.2.0.192/26, 10.2.8.0/21
"""


def test_a_layout(run: Run) -> None:
    used = ("--used", "10.2.0.0/25,10.2.1.0/25", "--used", "10.2.1.128/25")
    assert run(*NODES, "--vpc", "10.2.0.0/20", *used) == (0, TABLE + SAID + LAYOUT, "")


def test_what_is_missing_and_what_would_do(run: Run) -> None:
    status, out, err = run(*NODES, "--vpc", "10.2.0.0/22")
    assert (status, err) == (1, "")
    assert out.endswith(
        "free: nothing\n"
        "missing: a subnet of /23 for nodes in zone 3, 3 subnets of /28 for control-plane in "
        "zones 1, 2, 3;\n"
        "  the smallest VPC that would do is 10.2.0.0/21; to add --secondary 100.64.0.0/22 would "
        "do, too\n"
    )
    assert run(*NODES, "--vpc", "10.2.0.0/21").status == 0
    assert run(*NODES, "--vpc", "10.2.0.0/22", "--secondary", "100.64.0.0/22").status == 0


def test_json(run: Run) -> None:
    status, found = asked(
        run, *NODES, "--pods-from", "custom networking", "--vpc", "10.2.0.0/24",
        "--secondary", "100.64.0.0/21",
    )  # fmt: skip
    assert (status, list(found)) == (0, ["mode", "modes", "layout", "free", "missing"])
    assert found["mode"] == "warm-ip"
    assert found["modes"] == [
        {"mode": mode, "smallest_subnet": size, "smallest_pod_subnet": pod_size}
        for mode, size, pod_size in (
            ("warm-eni", 27, 22), ("warm-ip", 27, 23), ("prefix", 27, 22), ("ipv6", None, None),
        )
    ]  # fmt: skip
    assert found["layout"][0] == {"cidr": "100.64.0.0/23", "zone": 1, "use": "pods"}
    assert [each["use"] for each in found["layout"]] == [
        *("pods",) * 3,
        *("nodes",) * 3,
        *("control-plane",) * 3,
    ]
    assert found["free"] == ["10.2.0.144/28", "10.2.0.160/27", "10.2.0.192/26", "100.64.6.0/23"]
    assert found["missing"] is None


def test_json_of_what_is_missing(run: Run) -> None:
    status, found = asked(run, *NODES, "--control-plane-enis", "2", "--vpc", "10.2.0.0/22")
    assert status == 1
    assert len(found["layout"]) == 2
    assert found["missing"] == {
        "subnets": [{"size": 23, "zone": 3, "use": "nodes"}],
        "smallest_vpc": "10.2.0.0/21",
        "secondary": ["100.64.0.0/23"],
    }


def test_without_a_vpc_there_is_no_layout(run: Run) -> None:
    _, found = asked(run, *NODES)
    assert (found["layout"], found["free"], found["missing"]) == ([], [], None)


def test_the_layout_is_for_the_mode_that_is_named(run: Run) -> None:
    for mode, size in (("prefix", 22), ("ipv6", 27)):
        _, found = asked(run, *NODES, "--mode", mode, "--vpc", "10.2.0.0/16")
        assert found["mode"] == mode
        assert found["layout"][0]["cidr"] == f"10.2.0.0/{size}"
        assert "no mode is chosen" not in run(*NODES, "--mode", mode).out


def test_a_mode_that_cannot_carry_the_plan(run: Run) -> None:
    status, out, _ = run(*NODES, "--mode", "ipv6", "--pods-from", "custom networking")
    assert status == 1
    assert out.splitlines()[-1] == (
        "IPv6 has no subnets that hold the peak: an IPv6 cluster has no custom networking"
    )


def test_more_than_a_subnet_can_hold(run: Run) -> None:
    status, out, _ = run("--node", "m5.8xlarge:3000:80", "--vpc", "10.2.0.0/16")
    assert status == 1
    assert out.splitlines()[-2].startswith(f"{NONE_HOLDS}: more than a /16 holds: plan")
    assert out.splitlines()[-1].endswith(" subnets a zone")
    status, found = asked(run, "--node", "m5.8xlarge:3000:80", "--vpc", "10.2.0.0/16")
    assert (status, found["mode"], found["layout"]) == (1, None, [])
    status, found = asked(
        run, "--node", "m5.8xlarge:3000:80", "--mode", "prefix", "--vpc", "10.2.0.0/16"
    )
    assert (status, found["missing"]["smallest_vpc"]) == (1, None)
    assert found["missing"]["subnets"][0] == {"size": None, "zone": 1, "use": "nodes"}


def test_terraform(run: Run) -> None:
    status, out, err = run(*NODES, "--vpc", "10.2.0.0/16", "--terraform")
    assert (status, err) == (0, "")
    assert out.startswith('variable "vpc_id" {\n')
    assert 'cidr = "10.2.0.0/23", zone = 1' in out


def test_no_terraform_of_half_a_layout(run: Run) -> None:
    status, out, err = run(*NODES, "--vpc", "10.2.0.0/22", "--terraform")
    assert (status, out) == (1, "")
    assert err.startswith("missing: a subnet of /23 for nodes in zone 3, ")


# --- workbooks and folders ------------------------------------------------------------------------


def test_a_workbook(run: Run, tmp_path: Path) -> None:
    plan = Plan(node_groups=[NodeGroup("m5.2xlarge", 30, 25)], availability_zones=3)
    saved(tmp_path / "plan.xlsx", plan=plan)
    assert run("plan.xlsx") == (0, TABLE + SAID, "")
    assert asked(run, "plan.xlsx") == asked(run, *NODES)
    assert asked(run, "plan.xlsx", "--mode", "prefix")[1]["mode"] == "prefix"


@needs_aws_sample
def test_aws_sample(run: Run) -> None:
    status, found = asked(run, str(AWS_SAMPLE), "--vpc", "10.2.0.0/20")
    assert (status, found["mode"]) == (0, "prefix")  # of subnets of a size, the fewest addresses
    assert [each["zone"] for each in found["layout"]] == [1, 1]


def test_what_does_not_hold_in_a_folder_is_said_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    saved(tmp_path / "plans" / "a.xlsx", plan=Plan(node_groups=[NodeGroup("m5.4xlarge", 9000, 90)]))
    status, out, _ = run("plans")
    assert status == 1
    row, mark, blank, *words = out.splitlines()[1:]
    assert row.split() == ["plans/a.xlsx", "-", "-", "-", "/19"]
    assert (mark[:2], blank) == ("* ", "")
    said = f"plans/a.xlsx: {NONE_HOLDS}: more than a /16 holds: plan more subnets a zone"
    assert " ".join(map(str.strip, words)) == said


def folder(path: Path) -> None:
    path.mkdir()
    few = Plan(node_groups=[NodeGroup("m5.large", 3, 9)])
    many = Plan(node_groups=[NodeGroup("m5.large", 90, 9)], pods_from="custom networking")
    unknown = Plan(node_groups=[NodeGroup("m9.unheard", 3, 9)])
    for name, plan in {"a": few, "b": many, "c": unknown, "e": few}.items():
        (path / f"{name}.xlsx").write_bytes(content(plan=plan, rows=3))
    (path / "d.xlsx").write_bytes(content(plan=Plan(), rows=3))


@pytest.mark.thorough
def test_a_folder_has_a_row_a_plan(run: Run, tmp_path: Path) -> None:
    folder(tmp_path / "plans")
    status, out, err = run("plans")
    assert status == 1
    assert out == (
        "file          warm-eni  warm-ip   prefix   ipv6\n"
        "plans/a.xlsx  /25       /25*      /24      /28\n"
        "plans/b.xlsx  /26+/22   /26+/22*  /26+/21  -\n"
        "plans/e.xlsx  /25       /25*      /24      /28\n"
        "* is the mode of the plan, or the one with the smallest subnets; /28+/22: nodes, pods\n"
    )
    assert [line.partition(": ")[0] for line in err.splitlines()] == [
        "plans/c.xlsx",
        "plans/d.xlsx",
    ]


@pytest.mark.thorough
def test_the_plans_of_a_folder_are_laid_out_side_by_side(run: Run, tmp_path: Path) -> None:
    folder(tmp_path / "plans")
    status, found = asked(run, "plans", "--vpc", "10.2.0.0/18")
    assert status == 1
    plans = found["plans"]
    assert [each["file"] for each in plans] == [f"plans/{name}.xlsx" for name in "abcde"]
    assert [list(each) for each in plans if "error" in each] == [["file", "error"]] * 2
    ranges = [IPv4Network(each["cidr"]) for plan in plans for each in plan.get("layout", ())]
    assert len(ranges) == 4 + 6 + 4
    assert len(ranges) == len({*ranges})
    assert not any(one.overlaps(other) for one in ranges for other in ranges if one != other)


def test_one_file_of_a_folder_is_a_list_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    saved(tmp_path / "plans" / "a.xlsx")
    assert list(asked(run, "plans")[1]) == ["plans"]
    assert list(asked(run, "plans/a.xlsx")[1])[:1] == ["mode"]


def test_terraform_of_a_folder_is_refused_at_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path / "plans")
    read = []
    monkeypatch.setattr(asked_module, "read_plan", counted(read))
    status, out, err = run("plans", "--vpc", "10.2.0.0/18", "--terraform")
    assert (status, out) == (2, "")
    assert "--terraform: it is of one plan; name one workbook" in err
    assert len(read) == 2


def counted(read: list[str]) -> Callable[[str], Any]:
    """Reads plans as ever, and notes which."""
    return lambda file: read.append(file) or read_plan(file)


# --- wrong usage ----------------------------------------------------------------------------------

BLOCK = ("--vpc", "10.2.0.0/16")
WRONG: dict[Sequence[str], str] = {
    (): "found no plan: name workbooks, or node groups with --node",
    BLOCK: "found no plan: name workbooks, or node groups with --node",
    ("plan.xlsx", *NODES): "name workbooks, or node groups with --node, and not both",
    (*NODES, "--secondary", "100.64.0.0/16"): "--secondary: it needs the range of a VPC; name it",
    (*NODES, "--used", "10.2.0.0/24"): "--used: it needs the range of a VPC; name it with --vpc",
    (*NODES, "--terraform"): "--terraform: it needs the range of a VPC; name it with --vpc",
    (*NODES, *BLOCK, "--terraform", "--json"): "--terraform and --json: print one of them",
    (*NODES, *BLOCK, "--secondary", "198.19.0.0/16"): "secondary: found 198.19.0.0/16; no range",
    (*NODES, "--vpc", "10.0.0.0/8"): "vpc: found 10.0.0.0/8; a range of a VPC is a /16 to a /28",
    (*NODES, *BLOCK, "--used", "10.2"): 'used: found "10.2"; a range of IPv4 addresses is',
    (*NODES, "--headroom", "0.2"): 'argument --headroom: found "0.2"; a whole percentage from 0%',
    (*NODES, "--headroom", "100%"): 'argument --headroom: found "100%"; a whole percentage',
    ("--node", "m5.lrage:1:1"): 'instance_type: found "m5.lrage", which is not known',
}


@pytest.mark.parametrize(("said", "problem"), WRONG.items(), ids=[" ".join(each) for each in WRONG])
def test_wrong_usage(run: Run, said: Sequence[str], problem: str) -> None:
    status, out, err = run(*said)
    assert (status, out) == (2, "")
    assert problem in err


def test_what_is_used_elsewhere_is_said(run: Run) -> None:
    status, _, err = run(*NODES, *BLOCK, "--used", "10.3.0.0/24")
    assert (status, err) == (0, "warning: --used 10.3.0.0/24 lies in none of the VPC's ranges\n")


def test_what_wants_attention_is_said(run: Run) -> None:
    status, _, err = run("--node", "t3.medium:3:90")
    assert status == 0
    assert err.startswith("warning: t3.medium: ")
